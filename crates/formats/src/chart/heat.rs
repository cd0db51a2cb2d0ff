//! A small matrix, organisations by blocks of requirements: the value stands in each cell, the shade repeats it.

use super::draw::{Anchor, FONT, Ink, Pen, fit, width};
use super::{Chart, Head, Palette, Unit};

/// One row of the matrix.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeatRow {
    pub label: String,
    /// One per column; `None` where there is no value.
    pub values: Vec<Option<f64>>,
}

/// The matrix.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heat {
    pub head: Head,
    pub unit: Unit,
    /// What a row is, such as 組織.
    pub row_name: String,
    pub columns: Vec<String>,
    pub rows: Vec<HeatRow>,
    /// The values of the lightest and the darkest shade; the first may be the greater one.
    pub shades: (f64, f64),
}

const WIDTH: f64 = 720.0;
const ROW: f64 = 24.0;

impl Chart for Heat {
    fn svg(&self, id: &str, palette: Palette) -> String {
        let labels = self.rows.iter().map(|row| width(&row.label)).fold(40.0, f64::max).min(220.0);
        let left = labels + 12.0;
        let cell = ((WIDTH - left - 2.0) / self.columns.len().max(1) as f64).min(140.0);
        let longest = self.columns.iter().map(|text| width(text)).fold(0.0, f64::max);
        let turned = longest > cell - 6.0;
        // At 40 degrees a text rises by 0.64 of its length.
        let top = if turned { (longest.min(150.0) * 0.64 + FONT).ceil() + 6.0 } else { 24.0 };
        // Turned texts reach out to the right by 0.77 of their length.
        let spill = if turned { longest.min(150.0) * 0.77 } else { 0.0 };
        let cell = if turned { ((WIDTH - left - 2.0 - spill) / self.columns.len().max(1) as f64).clamp(14.0, 140.0) } else { cell };
        let reach = left + cell * self.columns.len() as f64;
        let whole = (reach + spill).max(reach + 2.0).max(240.0);
        let mut pen = Pen::new(&self.head, id, palette, whole, top + ROW * self.rows.len() as f64 + 4.0);
        for (text, number) in self.columns.iter().zip(0_u32..) {
            let x = left + cell * (f64::from(number) + 0.5);
            if turned {
                pen.rising(x, top - 6.0, Ink::Text, &fit(text, 150.0));
            } else {
                pen.text(x, top - 8.0, Anchor::Middle, Ink::Text, text);
            }
        }
        for (row, number) in self.rows.iter().zip(0_u32..) {
            let y = top + ROW * f64::from(number);
            pen.text(left - 8.0, y + ROW / 2.0 + 4.0, Anchor::End, Ink::Text, &fit(&row.label, labels));
            for (column, at) in self.columns.iter().zip(0_usize..) {
                let x = left + cell * at as f64;
                let value = row.values.get(at).copied().flatten().filter(|value| value.is_finite());
                let (corner, size) = ((x + 1.0, y + 1.0), (cell - 2.0, ROW - 2.0));
                let text = self.unit.text(value);
                match value {
                    Some(value) => {
                        let tip = format!("{} / {column}: {text}", row.label);
                        pen.rect(corner, size, Ink::Data(1), self.shade(value), &tip);
                    }
                    None => pen.hatch(corner, size),
                }
                if width(&text) <= cell {
                    pen.text(x + cell / 2.0, y + ROW / 2.0 + 4.0, Anchor::Middle, Ink::Text, &text);
                }
            }
        }
        pen.finish()
    }

    fn data_table(&self) -> (Vec<String>, Vec<Vec<String>>) {
        let mut headers = vec![self.row_name.clone()];
        headers.extend(self.columns.iter().cloned());
        let row = |row: &HeatRow| {
            let mut texts = vec![row.label.clone()];
            texts.extend((0..self.columns.len()).map(|at| self.unit.text(row.values.get(at).copied().flatten())));
            texts
        };
        (headers, self.rows.iter().map(row).collect())
    }
}

impl Heat {
    /// Five shades, the darkest still light enough for text on it.
    fn shade(&self, value: f64) -> f64 {
        let (light, dark) = self.shades;
        let share = if (dark - light).abs() > 0.0 { ((value - light) / (dark - light)).clamp(0.0, 1.0) } else { 0.0 };
        0.06 + (share * 4.0).round() * 0.11
    }
}
