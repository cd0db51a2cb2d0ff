//! Horizontal bars: one value each, with its interval and a common baseline where there is one.

use super::draw::{Anchor, Axis, Ink, Pen, fit, width};
use super::{Chart, Head, Palette, Unit, owned};

/// One bar.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bar {
    pub label: String,
    /// `None` where it could not be measured: shown as such, never as zero.
    pub value: Option<f64>,
    /// Lower and upper end of the interval of an estimate.
    pub interval: Option<(f64, f64)>,
    /// Stands behind the value, such as `12/15`.
    pub note: String,
    /// Whether the bar deserves attention; it gets a second colour and a mark.
    pub marked: bool,
}

/// Horizontal bars.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bars {
    pub head: Head,
    pub unit: Unit,
    pub bars: Vec<Bar>,
    /// A value to compare with, and its name.
    pub baseline: Option<(String, f64)>,
    /// Ends of the axis where they are fixed, such as 0 and 100.
    pub bounds: Option<(f64, f64)>,
}

const WIDTH: f64 = 720.0;
const ROW: f64 = 26.0;

impl Chart for Bars {
    fn svg(&self, id: &str, palette: Palette) -> String {
        let top = if self.baseline.is_some() { 26.0 } else { 8.0 };
        let bottom = top + ROW * self.bars.len() as f64;
        let mut pen = Pen::new(&self.head, id, palette, WIDTH, bottom + 24.0);
        let labels = self.bars.iter().map(|bar| width(&bar.label)).fold(60.0, f64::max).min(230.0);
        let ends = self.bars.iter().map(|bar| width(&self.value_text(bar))).fold(40.0, f64::max).min(180.0);
        let (left, right) = (labels + 12.0, WIDTH - ends - 12.0);
        let values = self.bars.iter().flat_map(|bar| {
            let (low, high) = bar.interval.unwrap_or((f64::NAN, f64::NAN));
            [bar.value.unwrap_or(f64::NAN), low, high]
        });
        let values = values.chain(self.baseline.iter().map(|(_, value)| *value));
        let axis = Axis::new(values, true, self.bounds, (left, right));
        for tick in &axis.ticks {
            let x = axis.at(*tick);
            pen.line((x, top), (x, bottom), Ink::Grid, 1.0, "");
            let unit = Unit::new(self.unit.suffix.as_str(), axis.decimals);
            pen.text(x, bottom + 16.0, Anchor::Middle, Ink::Muted, &unit.text(Some(*tick)));
        }
        for (bar, number) in self.bars.iter().zip(0_u32..) {
            let y = top + ROW * f64::from(number);
            self.bar(&mut pen, bar, &axis, (left, right, y));
        }
        if let Some((name, value)) = &self.baseline {
            let x = axis.at(*value);
            pen.line((x, top - 6.0), (x, bottom), Ink::Text, 1.5, "5 3");
            let text = format!("{name} {}", self.unit.text(Some(*value)));
            let half = width(&text) / 2.0;
            pen.text(x.clamp(half, WIDTH - half), top - 11.0, Anchor::Middle, Ink::Text, &text);
        }
        pen.finish()
    }

    fn data_table(&self) -> (Vec<String>, Vec<Vec<String>>) {
        let lang = self.head.lang;
        let mut headers = owned([lang.pick("項目", "Item"), lang.pick("値", "Value")]);
        let intervals = self.bars.iter().any(|bar| bar.interval.is_some());
        let notes = self.bars.iter().any(|bar| !bar.note.is_empty());
        if intervals {
            headers.extend(owned([lang.pick("下限", "Lower"), lang.pick("上限", "Upper")]));
        }
        if notes {
            headers.push(lang.pick("備考", "Note").to_owned());
        }
        let row = |bar: &Bar| {
            let mut row = vec![bar.label.clone(), self.unit.text(bar.value)];
            if intervals {
                row.extend([bar.interval.map(|ends| ends.0), bar.interval.map(|ends| ends.1)].map(|end| self.unit.text(end)));
            }
            if notes {
                row.push(bar.note.clone());
            }
            row
        };
        let mut rows: Vec<_> = self.bars.iter().map(row).collect();
        if let Some((name, value)) = &self.baseline {
            let mut row = vec![name.clone(), self.unit.text(Some(*value))];
            row.resize(headers.len(), String::new());
            rows.push(row);
        }
        (headers, rows)
    }
}

impl Bars {
    fn value_text(&self, bar: &Bar) -> String {
        let value = match bar.value {
            Some(_) => self.unit.text(bar.value),
            None => self.head.lang.pick("測定できず", "not measured").to_owned(),
        };
        let mark = if bar.marked { "▲ " } else { "" };
        if bar.note.is_empty() { format!("{mark}{value}") } else { format!("{mark}{value}（{}）", bar.note) }
    }

    fn bar(&self, pen: &mut Pen, bar: &Bar, axis: &Axis, (left, right, y): (f64, f64, f64)) {
        let middle = y + ROW / 2.0;
        let label = fit(&bar.label, left - 12.0);
        pen.text(left - 8.0, middle + 4.0, Anchor::End, Ink::Text, &label);
        let text = self.value_text(bar);
        match bar.value.filter(|value| value.is_finite()) {
            Some(value) => {
                let (a, b) = (axis.at(0.0), axis.at(value));
                let ink = Ink::Data(if bar.marked { 2 } else { 1 });
                let tip = format!("{}: {text}", bar.label);
                pen.rect((a.min(b), y + 5.0), ((a - b).abs(), ROW - 10.0), ink, 1.0, &tip);
            }
            None => pen.hatch((left, y + 5.0), (right - left, ROW - 10.0)),
        }
        if let Some((low, high)) = bar.interval {
            let (a, b) = (axis.at(low), axis.at(high));
            // Drawn twice, the wider stroke in the ground's colour, so that it is seen on the bar as well as beside it.
            for (ink, stroke) in [(Ink::Ground, 4.0), (Ink::Text, 1.5)] {
                pen.line((a, middle), (b, middle), ink, stroke, "");
                pen.line((a, middle - 4.0), (a, middle + 4.0), ink, stroke, "");
                pen.line((b, middle - 4.0), (b, middle + 4.0), ink, stroke, "");
            }
        }
        pen.text(WIDTH - 2.0, middle + 4.0, Anchor::End, Ink::Text, &fit(&text, 180.0));
    }
}
