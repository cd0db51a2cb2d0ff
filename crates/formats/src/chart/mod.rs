//! Charts as SVG, drawn on the server: for screens in light and dark, and for print; each gives its data as a table too.
//!
//! Numbers come in as they shall be shown (a percentage as 0 to 100); nothing is computed here. Colour never carries a meaning alone: shape,
//! dash or text says the same. Same input, same bytes.

use crate::lang::Lang;

mod bars;
mod draw;
mod heat;
mod line;
mod scatter;
mod states;
mod strip;

pub use bars::{Bar, Bars};
pub use heat::{Heat, HeatRow};
pub use line::{Line, Series};
pub use scatter::{Point, Scatter};
pub use states::{Moment, Sign, State, StateRow, States};
pub use strip::{Dot, Strip, StripRow};

/// Where the colours come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Palette {
    /// CSS custom properties of the page (`--chart-1` … `--chart-6`, `--chart-text`, `--chart-muted`, `--chart-grid`,
    /// `--chart-ground`) with plain colours behind them. No `style` attributes, so a strict content security policy holds.
    Css,
    /// Plain colours that survive grey print, for documents.
    Print,
}

/// What every chart says of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Head {
    /// The chart's name.
    pub title: String,
    /// One or two sentences that say what is to be seen, for people who do not see it.
    pub description: String,
    pub lang: Lang,
}

/// How numbers are written: fixed decimals and what follows them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Unit {
    /// Such as `%` or ` 件`.
    pub suffix: String,
    pub decimals: usize,
}

impl Unit {
    pub fn new(suffix: impl Into<String>, decimals: usize) -> Self {
        Self { suffix: suffix.into(), decimals: decimals.min(9) }
    }

    /// The number as text; a value that is none is `–`.
    pub fn text(&self, value: Option<f64>) -> String {
        match value.filter(|value| value.is_finite()) {
            Some(value) => format!("{}{}", draw::fixed(value, self.decimals), self.suffix),
            None => "–".to_owned(),
        }
    }
}

/// A chart: a picture and the same as a table.
pub trait Chart {
    /// The picture. `id` begins the ids inside (letters, digits, `-`), so that several charts fit on one page.
    fn svg(&self, id: &str, palette: Palette) -> String;

    /// Headers and rows of the same data.
    fn data_table(&self) -> (Vec<String>, Vec<Vec<String>>);
}

fn owned<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

#[cfg(test)]
mod tests;
