//! A trend over cycles: one line per series, told apart by mark, dash and a name at its end.

use super::draw::{Anchor, Axis, FONT, Ink, Pen, fit, width};
use super::{Chart, Head, Palette, Unit};

/// One line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    pub label: String,
    /// One per step; `None` leaves a gap.
    pub values: Vec<Option<f64>>,
}

/// Lines over common steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    pub head: Head,
    pub unit: Unit,
    /// What a step is, such as 周期.
    pub step_name: String,
    pub steps: Vec<String>,
    pub series: Vec<Series>,
    /// Ends of the axis where they are fixed, such as 0 and 100.
    pub bounds: Option<(f64, f64)>,
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 300.0;
const DASHES: [&str; 6] = ["", "7 4", "2 3", "10 3 2 3", "4 2", "12 5"];

impl Chart for Line {
    fn svg(&self, id: &str, palette: Palette) -> String {
        let mut pen = Pen::new(&self.head, id, palette, WIDTH, HEIGHT);
        let names = self.series.iter().map(|series| width(&series.label)).fold(30.0, f64::max).min(180.0);
        let (left, right, top, bottom) = (64.0, WIDTH - names - 24.0, 14.0, HEIGHT - 30.0);
        let values = self.series.iter().flat_map(|series| series.values.iter().flatten().copied());
        let up = Axis::new(values, false, self.bounds, (bottom, top));
        for tick in &up.ticks {
            let y = up.at(*tick);
            pen.line((left, y), (right, y), Ink::Grid, 1.0, "");
            let unit = Unit::new(self.unit.suffix.as_str(), up.decimals);
            pen.text(left - 8.0, y + 4.0, Anchor::End, Ink::Muted, &unit.text(Some(*tick)));
        }
        let gaps = self.steps.len().saturating_sub(1).max(1) as f64;
        // A single step stands in the middle.
        let across = |at: usize| {
            if self.steps.len() == 1 { (left + right) / 2.0 } else { left + 16.0 + (right - left - 32.0) * at as f64 / gaps }
        };
        let room = (right - left) / self.steps.len().max(1) as f64;
        let every = (40.0 / room.max(1.0)).ceil().max(1.0) as usize;
        for (at, step) in self.steps.iter().enumerate().filter(|(at, _)| at % every == 0) {
            pen.text(across(at), bottom + 18.0, Anchor::Middle, Ink::Muted, &fit(step, room * every as f64 - 4.0));
        }
        for (series, number) in self.series.iter().zip(0_usize..) {
            let ink = Ink::Data(number + 1);
            let points: Vec<Option<(f64, f64)>> = (0..self.steps.len())
                .map(|at| {
                    let value = series.values.get(at).copied().flatten().filter(|value| value.is_finite());
                    value.map(|value| (across(at), up.at(value)))
                })
                .collect();
            for part in points.split(Option::is_none) {
                let part: Vec<(f64, f64)> = part.iter().flatten().copied().collect();
                if part.len() > 1 {
                    pen.path(&part, ink, DASHES.get(number % DASHES.len()).copied().unwrap_or_default());
                }
            }
            for ((point, step), value) in points.iter().zip(&self.steps).zip(&series.values) {
                if let Some((x, y)) = point {
                    let tip = format!("{} / {step}: {}", series.label, self.unit.text(*value));
                    pen.mark(*x, *y, number, ink, &tip);
                }
            }
        }
        for (at, number) in self.ends(&up, (top, bottom)) {
            let Some(series) = self.series.get(number) else { continue };
            pen.mark(right + 6.0, at, number, Ink::Data(number + 1), &series.label);
            pen.text(right + 16.0, at + 4.0, Anchor::Start, Ink::Text, &fit(&series.label, names));
        }
        pen.finish()
    }

    fn data_table(&self) -> (Vec<String>, Vec<Vec<String>>) {
        let mut headers = vec![self.step_name.clone()];
        headers.extend(self.series.iter().map(|series| series.label.clone()));
        let row = |(at, step): (usize, &String)| {
            let mut texts = vec![step.clone()];
            texts.extend(self.series.iter().map(|series| self.unit.text(series.values.get(at).copied().flatten())));
            texts
        };
        (headers, self.steps.iter().enumerate().map(row).collect())
    }
}

impl Line {
    /// Where each series' name stands: at its last value, pushed down where two would touch, then up from the bottom.
    fn ends(&self, up: &Axis, (top, bottom): (f64, f64)) -> Vec<(f64, usize)> {
        let gap = FONT + 3.0;
        let last = |series: &Series| series.values.iter().take(self.steps.len()).rev().flatten().copied().find(|value| value.is_finite());
        let mut ends: Vec<(f64, usize)> =
            self.series.iter().enumerate().filter_map(|(number, series)| Some((up.at(last(series)?), number))).collect();
        ends.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut least = top;
        for (y, _) in &mut ends {
            *y = y.max(least);
            least = *y + gap;
        }
        let mut most = bottom;
        for (y, _) in ends.iter_mut().rev() {
            *y = y.min(most);
            most = *y - gap;
        }
        ends
    }
}
