//! One dot per organisation along an axis, over the band from the lower to the upper quartile; outliers by name.

use super::draw::{Anchor, Axis, Ink, Pen, fit, width};
use super::{Chart, Head, Palette, Unit, owned};

/// One organisation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dot {
    pub label: String,
    pub value: f64,
    /// Drawn as a diamond, with its name.
    pub outlier: bool,
}

/// One measure: its dots and where the middle half of them lies.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StripRow {
    pub label: String,
    pub dots: Vec<Dot>,
    /// Lower quartile, median, upper quartile; `None` where there are too few to say.
    pub quartiles: Option<(f64, f64, f64)>,
}

/// Strips that share one axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Strip {
    pub head: Head,
    pub unit: Unit,
    pub rows: Vec<StripRow>,
    /// Ends of the axis where they are fixed, such as 0 and 100.
    pub bounds: Option<(f64, f64)>,
}

const WIDTH: f64 = 720.0;
const LINE: f64 = 15.0;

/// More names than these would bury the picture; the others have their tip and the table.
const MOST_NAMES: usize = 24;

/// A name of an outlier: it stands beside a thin line from its dot, `level` lines above the dots.
struct Name<'a> {
    dot: &'a Dot,
    /// Where the thin line is.
    x: f64,
    /// Ends of the text.
    ends: (f64, f64),
    level: u32,
}

impl Chart for Strip {
    fn svg(&self, id: &str, palette: Palette) -> String {
        let labels = self.rows.iter().map(|row| width(&row.label)).fold(0.0, f64::max).min(170.0);
        let left = if labels > 0.0 { labels + 22.0 } else { 22.0 };
        let values = self.rows.iter().flat_map(|row| row.dots.iter().map(|dot| dot.value));
        let axis = Axis::new(values, false, self.bounds, (left, WIDTH - 30.0));
        let plans: Vec<_> = self.rows.iter().map(|row| (row, swarm(row, &axis), self.names(row, &axis))).collect();
        let mut height = 8.0;
        let mut tops = Vec::new();
        for (_, swarm, names) in &plans {
            let levels = names.iter().map(|name| name.level + 1).max().unwrap_or(0);
            let half = swarm.iter().fold(12.0_f64, |half, (_, _, offset)| half.max(offset.abs() + 6.0));
            let middle = height + LINE * f64::from(levels) + half + 4.0;
            tops.push((height, middle, half));
            height = middle + half + 18.0;
        }
        let mut pen = Pen::new(&self.head, id, palette, WIDTH, height + 22.0);
        for tick in &axis.ticks {
            let x = axis.at(*tick);
            pen.line((x, 4.0), (x, height), Ink::Grid, 1.0, "");
            let unit = Unit::new(self.unit.suffix.as_str(), axis.decimals);
            pen.text(x, height + 16.0, Anchor::Middle, Ink::Muted, &unit.text(Some(*tick)));
        }
        for ((row, swarm, names), (_, middle, half)) in plans.iter().zip(tops) {
            self.row(&mut pen, row, &axis, (left, middle, half));
            for (dot, x, offset) in swarm {
                let tip = format!("{}: {}", dot.label, self.unit.text(Some(dot.value)));
                let (shape, ink) = if dot.outlier { (1, Ink::Data(2)) } else { (0, Ink::Data(1)) };
                pen.mark(*x, middle + offset, shape, ink, &tip);
            }
            for name in names {
                let y = middle - half - 4.0 - LINE * f64::from(name.level);
                pen.line((name.x, y - 9.0), (name.x, middle - 6.0), Ink::Muted, 0.8, "");
                pen.text(name.ends.0, y, Anchor::Start, Ink::Text, &self.name_text(name.dot));
            }
            self.median(&mut pen, row, &axis, (middle, half));
        }
        pen.finish()
    }

    fn data_table(&self) -> (Vec<String>, Vec<Vec<String>>) {
        let lang = self.head.lang;
        let headers =
            owned([lang.pick("指標", "Measure"), lang.pick("組織", "Organisation"), lang.pick("値", "Value"), lang.pick("外れ値", "Outlier")]);
        let mut rows = Vec::new();
        for row in &self.rows {
            if let Some((low, median, high)) = row.quartiles {
                for (name, value) in [
                    (lang.pick("第1四分位", "Lower quartile"), low),
                    (lang.pick("中央値", "Median"), median),
                    (lang.pick("第3四分位", "Upper quartile"), high),
                ] {
                    rows.push(vec![row.label.clone(), name.to_owned(), self.unit.text(Some(value)), String::new()]);
                }
            }
            for dot in &row.dots {
                let mark = if dot.outlier { lang.pick("はい", "yes") } else { "" };
                rows.push(vec![row.label.clone(), dot.label.clone(), self.unit.text(Some(dot.value)), mark.to_owned()]);
            }
        }
        (headers, rows)
    }
}

impl Strip {
    fn name_text(&self, dot: &Dot) -> String {
        format!("{} {}", fit(&dot.label, 140.0), self.unit.text(Some(dot.value)))
    }

    fn row(&self, pen: &mut Pen, row: &StripRow, axis: &Axis, (left, middle, half): (f64, f64, f64)) {
        if !row.label.is_empty() {
            pen.bold(left - 20.0, middle + 4.0, Anchor::End, Ink::Text, &fit(&row.label, left - 22.0));
        }
        if let Some((low, _, high)) = row.quartiles {
            let (a, b) = (axis.at(low), axis.at(high));
            pen.rect((a, middle - half), (b - a, 2.0 * half), Ink::Data(1), 0.16, "");
        }
    }

    /// Over the dots, so that it is seen among them.
    fn median(&self, pen: &mut Pen, row: &StripRow, axis: &Axis, (middle, half): (f64, f64)) {
        let Some((low, median, high)) = row.quartiles else { return };
        let m = axis.at(median);
        for (ink, stroke) in [(Ink::Ground, 4.0), (Ink::Text, 2.0)] {
            pen.line((m, middle - half - 3.0), (m, middle + half), ink, stroke, "");
        }
        let (median, low, high) = (self.unit.text(Some(median)), self.unit.text(Some(low)), self.unit.text(Some(high)));
        let text =
            self.head.lang.pick(format!("中央値 {median}（中央の半分 {low}〜{high}）"), format!("median {median} (middle half {low} to {high})"));
        let side = width(&text) / 2.0 + 2.0;
        pen.text(m.clamp(side, WIDTH - side), middle + half + 13.0, Anchor::Middle, Ink::Muted, &text);
    }

    /// Names of outliers on the lowest levels where no two touch and no thin line crosses a name.
    fn names<'a>(&self, row: &'a StripRow, axis: &Axis) -> Vec<Name<'a>> {
        let mut dots: Vec<&Dot> = row.dots.iter().filter(|dot| dot.outlier && dot.value.is_finite()).collect();
        dots.sort_by(|a, b| a.value.total_cmp(&b.value).then_with(|| a.label.cmp(&b.label)));
        // Names in the left half stand to the right of their line and are placed from the right; in the right half the
        // other way round. So a line rises past the names placed before it instead of through them.
        let (left, right): (Vec<&Dot>, Vec<&Dot>) = dots.into_iter().partition(|dot| axis.at(dot.value) < WIDTH / 2.0);
        let mut names: Vec<Name<'a>> = Vec::new();
        let order = left.into_iter().rev().map(|dot| (dot, true)).chain(right.into_iter().map(|dot| (dot, false)));
        for (dot, rightwards) in order.take(MOST_NAMES) {
            let (x, wide) = (axis.at(dot.value), width(&self.name_text(dot)));
            let ends = if rightwards { (x + 3.0, x + 3.0 + wide) } else { (x - 3.0 - wide, x - 3.0) };
            let fits = |level: u32| {
                names.iter().all(|other| {
                    let touch = other.level == level && other.ends.0 < ends.1 + 6.0 && ends.0 < other.ends.1 + 6.0;
                    let crossed = other.level >= level && (ends.0 - 2.0..=ends.1 + 2.0).contains(&other.x);
                    let crosses = other.level <= level && (other.ends.0 - 2.0..=other.ends.1 + 2.0).contains(&x);
                    !touch && !crossed && !crosses
                })
            };
            let level = (0..=2 * names.len() as u32).find(|level| fits(*level)).unwrap_or(names.len() as u32);
            names.push(Name { dot, x, ends, level });
        }
        names
    }
}

/// Each dot with its x and its distance from the row's middle: as near to the middle as the dots before it allow.
fn swarm<'a>(row: &'a StripRow, axis: &Axis) -> Vec<(&'a Dot, f64, f64)> {
    const APART: f64 = 9.5;
    let mut dots: Vec<&Dot> = row.dots.iter().filter(|dot| dot.value.is_finite()).collect();
    dots.sort_by(|a, b| a.value.total_cmp(&b.value).then_with(|| a.label.cmp(&b.label)));
    let mut placed: Vec<(&Dot, f64, f64)> = Vec::with_capacity(dots.len());
    for dot in dots {
        let x = axis.at(dot.value);
        // Sorted by x: only the last ones can touch.
        let near: Vec<(f64, f64)> = placed.iter().rev().take_while(|(_, other, _)| x - other < APART).map(|(_, x, offset)| (*x, *offset)).collect();
        let free = |offset: f64| near.iter().all(|(ox, oy)| (x - ox).powi(2) + (offset - oy).powi(2) >= APART * APART - 1e-6);
        let tries = (0..=8_u32).flat_map(|step| [f64::from(step) * 5.0, f64::from(step) * -5.0]);
        let offset = tries.into_iter().find(|&offset| free(offset)).unwrap_or(0.0);
        placed.push((dot, x, offset));
    }
    placed
}
