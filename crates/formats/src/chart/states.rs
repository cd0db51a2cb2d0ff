//! States over time: one row per thing, one cell per moment; a sign stands in each cell, its colour repeats it.

use super::draw::{Anchor, FONT, Ink, Pen, fit, width};
use super::{Chart, Head, Palette};

/// What a cell says, as a sign and a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// As it shall be: ○.
    Good,
    /// Not as it shall be: ×.
    Bad,
    /// Not known: ?.
    Unknown,
    /// Says nothing here: －.
    Nothing,
}

impl Sign {
    /// The sign as it stands in its cell; told apart without colour.
    pub fn text(self) -> &'static str {
        match self {
            Self::Good => "○",
            Self::Bad => "×",
            Self::Unknown => "?",
            Self::Nothing => "－",
        }
    }

    fn ink(self) -> Ink {
        match self {
            Self::Good => Ink::Good,
            Self::Bad => Ink::Bad,
            Self::Unknown => Ink::Warn,
            Self::Nothing => Ink::Muted,
        }
    }

    /// How strongly the cell is filled: what is wrong is seen first, in grey print too.
    fn weight(self) -> f64 {
        match self {
            Self::Bad => 0.3,
            Self::Good | Self::Unknown => 0.14,
            Self::Nothing => 0.06,
        }
    }
}

/// One cell: its sign, and the state in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub sign: Sign,
    pub words: String,
}

/// One row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StateRow {
    pub label: String,
    /// One per moment, oldest first; `None` where nothing was looked at.
    pub cells: Vec<Option<State>>,
}

/// A moment: short for the axis, whole for the table and for who points at a cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    pub short: String,
    pub whole: String,
}

/// Rows over common moments.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct States {
    pub head: Head,
    /// What a moment is, such as 測定日時.
    pub moment_name: String,
    pub moments: Vec<Moment>,
    pub rows: Vec<StateRow>,
    /// What each sign means, in words.
    pub legend: Vec<State>,
}

const WIDTH: f64 = 720.0;
const ROW: f64 = 22.0;
/// Narrower than this a sign is not read.
const NARROWEST: f64 = 14.0;
const WIDEST: f64 = 60.0;

impl Chart for States {
    fn svg(&self, id: &str, palette: Palette) -> String {
        let labels = self.rows.iter().map(|row| width(&row.label)).fold(40.0, f64::max).min(190.0);
        let left = labels + 14.0;
        let cell = ((WIDTH - left - 4.0) / self.moments.len().max(1) as f64).clamp(NARROWEST, WIDEST);
        let bottom = 6.0 + ROW * self.rows.len() as f64;
        // As wide as the other charts, so that all are scaled alike on a phone.
        let whole = (left + cell * self.moments.len() as f64 + 4.0).max(self.legend_width()).max(WIDTH);
        let mut pen = Pen::new(&self.head, id, palette, whole, bottom + 44.0);
        for (row, number) in self.rows.iter().zip(0_u32..) {
            let y = 6.0 + ROW * f64::from(number);
            pen.text(left - 8.0, y + ROW / 2.0 + 4.0, Anchor::End, Ink::Text, &fit(&row.label, labels));
            for (at, moment) in self.moments.iter().enumerate() {
                let x = left + cell * at as f64;
                let (corner, size) = ((x + 1.0, y + 1.0), (cell - 2.0, ROW - 2.0));
                match row.cells.get(at).and_then(Option::as_ref) {
                    Some(state) => {
                        let tip = format!("{} / {}: {}", row.label, moment.whole, state.words);
                        pen.rect(corner, size, state.sign.ink(), state.sign.weight(), &tip);
                        pen.bold(x + cell / 2.0, y + ROW / 2.0 + 4.0, Anchor::Middle, state.sign.ink(), state.sign.text());
                    }
                    None => pen.hatch(corner, size),
                }
            }
        }
        self.axis(&mut pen, (left, cell, whole), bottom + 14.0);
        let mut x = 2.0;
        for state in &self.legend {
            pen.bold(x, bottom + 36.0, Anchor::Start, state.sign.ink(), state.sign.text());
            pen.text(x + FONT + 4.0, bottom + 36.0, Anchor::Start, Ink::Muted, &state.words);
            x += entry(&state.words);
        }
        pen.finish()
    }

    fn data_table(&self) -> (Vec<String>, Vec<Vec<String>>) {
        let headers = std::iter::once(self.moment_name.clone()).chain(self.rows.iter().map(|row| row.label.clone())).collect();
        let line = |(at, moment): (usize, &Moment)| {
            let cells =
                self.rows.iter().map(|row| row.cells.get(at).and_then(Option::as_ref).map_or_else(|| "–".to_owned(), |one| one.words.clone()));
            std::iter::once(moment.whole.clone()).chain(cells).collect()
        };
        (headers, self.moments.iter().enumerate().map(line).collect())
    }
}

/// The room an entry of the legend takes.
fn entry(words: &str) -> f64 {
    FONT + 4.0 + width(words) + 16.0
}

impl States {
    fn legend_width(&self) -> f64 {
        self.legend.iter().map(|state| entry(&state.words)).sum::<f64>() + 2.0
    }

    /// As many of the moments as fit side by side, the newest always among them.
    fn axis(&self, pen: &mut Pen, (left, cell, whole): (f64, f64, f64), y: f64) {
        let Some(last) = self.moments.len().checked_sub(1) else { return };
        let half = |moment: &Moment| width(&moment.short) / 2.0;
        // The newest may have to move to stay inside the picture.
        let middle = |at: usize, moment: &Moment| (left + cell * (at as f64 + 0.5)).min(whole - half(moment) - 2.0);
        let longest = self.moments.iter().map(half).fold(0.0, f64::max);
        let every = ((longest * 2.0 + 8.0) / cell).ceil().max(1.0) as usize;
        let newest = self.moments.last().map_or(whole, |moment| middle(last, moment) - half(moment));
        for (at, moment) in self.moments.iter().enumerate().filter(|(at, _)| (last - at).is_multiple_of(every)) {
            let x = middle(at, moment);
            if at == last || x + half(moment) + 6.0 <= newest {
                pen.text(x, y, Anchor::Middle, Ink::Muted, &moment.short);
            }
        }
    }
}
