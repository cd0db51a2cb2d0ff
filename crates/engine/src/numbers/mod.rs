//! Numbers as products: every figure shown or published carries its registered definition, its counts and its coverage.
//!
//! A screen, the interface for programs, a table file and a report all take the same [`Figure`] and write it with
//! [`Figure::text`], so that they cannot differ. Rules that hold for every figure:
//! - the value is computed here from the counts, never handed in beside them (statistics such as κ excepted, which state
//!   their counts too);
//! - what could not be measured, or did not answer, leaves the denominator and is shown as [`Coverage`];
//! - a group smaller than [`SMALL_GROUP`] shows counts and no rate, so that nobody is identified by a percentage;
//! - an estimate (a share of what happened to be checked) carries a 95 % interval, a full count does not;
//! - text rounds to fixed decimals but never *to* 100 % or 0 %: 9,999 of 10,000 reads `99.9 %`, for "all" must mean all.
//!
//! # Worked examples
//! 297 of 300 applicable answers are "implemented", and all 300 asked answered: implementation rate 99.0 %.
//!
//! ```
//! use engine::numbers::{Coverage, Figure, IMPLEMENTATION_RATE, OVER_CLAIM_RATE, REACH_RATE};
//! use engine::words::Lang;
//! let rate = Figure::share(&IMPLEMENTATION_RATE, 297, 300, Coverage::full(300));
//! assert_eq!(rate.text(Lang::En), "99.0 %");
//! assert_eq!(rate.interval, None); // a full count estimates nothing
//!
//! // Three of four: a group of four is shown as counts.
//! assert_eq!(Figure::share(&REACH_RATE, 3, 4, Coverage::full(4)).text(Lang::En), "3 / 4");
//!
//! // 81 of 263 checked claims were contradicted: 30.8 %, 95 % interval 25.5–36.6 % (Newcombe 1998, Wilson's score).
//! let over = Figure::share(&OVER_CLAIM_RATE, 81, 263, Coverage { known: 263, all: 900 });
//! assert_eq!(over.interval_text(), Some("25.5–36.6 %".to_owned()));
//! ```

mod definitions;
pub mod interval;
mod reported;

use serde::{Deserialize, Serialize};

pub use definitions::*;
pub use interval::{Interval, Method};
pub use reported::*;

use crate::words::Lang;

/// Groups with fewer members than this show counts, not rates.
pub const SMALL_GROUP: u64 = 5;

/// The unit of a figure's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// A share between 0 and 1, written as a percentage.
    Percent,
    /// A number of things.
    Count,
    /// A dimensionless statistic, written with two decimals.
    Ratio,
    /// Days.
    Days,
}

/// What a number means, in words that do not need the source code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Definition {
    /// Stable name, also in addresses and column heads.
    pub id: &'static str,
    /// Rises whenever the meaning changes; figures of different versions are never subtracted.
    pub version: u32,
    pub name_ja: &'static str,
    pub name_en: &'static str,
    pub formula_ja: &'static str,
    pub formula_en: &'static str,
    pub numerator_ja: &'static str,
    pub numerator_en: &'static str,
    pub denominator_ja: &'static str,
    pub denominator_en: &'static str,
    /// What [`Coverage`] counts: known of all.
    pub coverage_ja: &'static str,
    pub coverage_en: &'static str,
    pub unit: Unit,
    /// Whether groups below [`SMALL_GROUP`] show counts only.
    pub small_group_guard: bool,
    /// Whether the counts are a sample of something larger, so that an interval belongs to the value.
    pub estimate: bool,
}

impl Definition {
    /// The name in `lang`.
    pub fn name(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Ja => self.name_ja,
            Lang::En => self.name_en,
        }
    }

    /// The formula in words, in `lang`.
    pub fn formula(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Ja => self.formula_ja,
            Lang::En => self.formula_en,
        }
    }
}

/// The definition registered as `id`.
pub fn definition(id: &str) -> Option<&'static Definition> {
    DEFINITIONS.iter().copied().find(|d| d.id == id)
}

/// How much of what a figure speaks about is known: answered, checked, or measurable. In things, `known` ≤ `all`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Coverage {
    pub known: u64,
    pub all: u64,
}

impl Coverage {
    /// Everything is known.
    pub fn full(all: u64) -> Self {
        Self { known: all, all }
    }

    /// Share known, as text: `92.5 %`, or `—` when there is nothing to know.
    pub fn text(self) -> String {
        percent_text(self.known, self.all)
    }
}

/// One number with everything a reader needs to judge it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// [`Definition::id`].
    pub definition: String,
    /// [`Definition::version`] at the time of computing.
    pub version: u32,
    pub numerator: u64,
    pub denominator: u64,
    /// In the definition's unit (a share for percent). `None`: nothing to divide by, undefined, or shown as counts.
    pub value: Option<f64>,
    pub coverage: Coverage,
    /// 95 % interval, where the definition is an estimate.
    pub interval: Option<Interval>,
    /// The group is too small for a rate: show numerator and denominator.
    pub shown_as_counts: bool,
    /// A remark for the reader, as a stable code (`undefined`, …).
    pub note: Option<String>,
}

impl Figure {
    fn bare(definition: &Definition, numerator: u64, denominator: u64, coverage: Coverage) -> Self {
        Self {
            definition: definition.id.to_owned(),
            version: definition.version,
            numerator,
            denominator,
            value: None,
            coverage,
            interval: None,
            shown_as_counts: false,
            note: None,
        }
    }

    /// `numerator / denominator`, guarded for small groups, with an interval where the definition estimates.
    pub fn share(definition: &Definition, numerator: u64, denominator: u64, coverage: Coverage) -> Self {
        let mut figure = Self::bare(definition, numerator, denominator, coverage);
        if denominator == 0 {
            figure.note = Some("nothing-to-count".to_owned());
        } else if definition.small_group_guard && denominator < SMALL_GROUP {
            figure.shown_as_counts = true;
        } else {
            figure.value = Some(stable(numerator as f64 / denominator as f64));
            if definition.estimate {
                figure.interval = interval::of_share(numerator, denominator);
            }
        }
        figure
    }

    /// A number of things, `count` of `all`.
    pub fn count(definition: &Definition, count: u64, all: u64, coverage: Coverage) -> Self {
        let mut figure = Self::bare(definition, count, all, coverage);
        figure.value = Some(count as f64);
        figure
    }

    /// A statistic that is not a plain share (κ, a median): its value, its interval, and the counts it rests on.
    pub fn statistic(definition: &Definition, counts: (u64, u64), coverage: Coverage, value: Option<f64>, interval: Option<Interval>) -> Self {
        let mut figure = Self::bare(definition, counts.0, counts.1, coverage);
        if definition.small_group_guard && counts.1 < SMALL_GROUP {
            figure.shown_as_counts = true;
        } else {
            figure.value = value.filter(|v| v.is_finite()).map(stable);
            figure.interval = interval.filter(|_| figure.value.is_some());
            if figure.value.is_none() {
                figure.note = Some("undefined".to_owned());
            }
        }
        figure
    }

    /// The figure as every screen and file writes it: `99.0 %`, `12`, `0.68`, `14 days`, `3 / 4`, or `—`.
    pub fn text(&self, lang: Lang) -> String {
        if self.shown_as_counts {
            return format!("{} / {}", self.numerator, self.denominator);
        }
        let Some(value) = self.value else {
            return "—".to_owned();
        };
        match definition(&self.definition).map_or(Unit::Ratio, |d| d.unit) {
            Unit::Percent => percent_text(self.numerator, self.denominator),
            Unit::Count => format!("{value:.0}"),
            Unit::Ratio => decimal(value, 2),
            Unit::Days if lang == Lang::Ja => format!("{}日", decimal(value, 1)),
            Unit::Days => format!("{} days", decimal(value, 1)),
        }
    }

    /// The interval as text, in the unit of the value: `25.5–36.6 %` or `0.51–0.84`.
    pub fn interval_text(&self) -> Option<String> {
        let i = self.interval?;
        Some(match definition(&self.definition).map_or(Unit::Ratio, |d| d.unit) {
            Unit::Percent => {
                format!("{}–{} %", decimal(i.low * 100.0, 1), decimal(i.high * 100.0, 1))
            }
            _ => format!("{}–{}", decimal(i.low, 2), decimal(i.high, 2)),
        })
    }

    /// `self − before` in the definition's unit; only figures of the same definition and version compare.
    pub fn difference(&self, before: &Self) -> Option<f64> {
        if self.definition != before.definition || self.version != before.version {
            return None;
        }
        Some(stable(self.value? - before.value?))
    }
}

/// A share as a percentage with one decimal, rounded half up from the counts; never rounded *to* 0 or 100.
pub fn percent_text(numerator: u64, denominator: u64) -> String {
    if denominator == 0 {
        return "—".to_owned();
    }
    let (n, d) = (u128::from(numerator), u128::from(denominator));
    let mut tenths = (n * 2000 + d) / (2 * d);
    if tenths == 1000 && n < d {
        tenths = 999;
    }
    if tenths == 0 && n > 0 {
        tenths = 1;
    }
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// A value with fixed decimals, without a negative zero.
pub fn decimal(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().all(|c| c == '0' || c == '.') => rest.to_owned(),
        _ => text,
    }
}

/// `value` rounded to ten decimals, so that the last bits of a platform's mathematics never reach a published file.
pub fn stable(value: f64) -> f64 {
    let rounded = (value * 1e10).round() / 1e10;
    if rounded == 0.0 { 0.0 } else { rounded }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_definition_is_complete_and_unique() {
        for (i, d) in DEFINITIONS.iter().enumerate() {
            assert!(DEFINITIONS.iter().skip(i + 1).all(|other| other.id != d.id), "{}", d.id);
            assert!(d.version > 0);
            for text in [
                d.name_ja,
                d.name_en,
                d.formula_ja,
                d.formula_en,
                d.numerator_ja,
                d.numerator_en,
                d.denominator_ja,
                d.denominator_en,
                d.coverage_ja,
                d.coverage_en,
            ] {
                assert!(!text.is_empty(), "{}", d.id);
            }
            assert_eq!(definition(d.id), Some(*d));
        }
    }

    #[test]
    fn all_means_all() {
        assert_eq!(percent_text(999, 1000), "99.9 %");
        assert_eq!(percent_text(99_999, 100_000), "99.9 %");
        assert_eq!(percent_text(1000, 1000), "100.0 %");
        assert_eq!(percent_text(1, 100_000), "0.1 %");
        assert_eq!(percent_text(0, 7), "0.0 %");
        assert_eq!(percent_text(1, 8), "12.5 %");
        assert_eq!(percent_text(1, 16), "6.3 %");
        assert_eq!(percent_text(0, 0), "—");
        assert_eq!(percent_text(u64::MAX, u64::MAX), "100.0 %");
    }

    #[test]
    fn small_groups_are_counts_and_empty_ones_are_nothing() {
        let small = Figure::share(&REACH_RATE, 4, 4, Coverage::full(4));
        assert_eq!((small.value, small.shown_as_counts, small.text(Lang::Ja)), (None, true, "4 / 4".to_owned()));
        let five = Figure::share(&REACH_RATE, 4, 5, Coverage::full(5));
        assert_eq!((five.value, five.text(Lang::Ja)), (Some(0.8), "80.0 %".to_owned()));
        let empty = Figure::share(&REACH_RATE, 0, 0, Coverage::full(0));
        assert_eq!((empty.value, empty.text(Lang::Ja)), (None, "—".to_owned()));
    }

    #[test]
    fn only_like_is_compared_with_like() {
        let now = Figure::share(&REACH_RATE, 9, 10, Coverage::full(10));
        let before = Figure::share(&REACH_RATE, 8, 10, Coverage::full(10));
        assert_eq!(now.difference(&before), Some(0.1));
        let older = Figure { version: 0, ..before.clone() };
        assert_eq!(now.difference(&older), None);
        assert_eq!(now.difference(&Figure::share(&IMPLEMENTATION_RATE, 8, 10, Coverage::full(10))), None);
    }

    #[test]
    fn texts_have_fixed_decimals() {
        assert_eq!(decimal(-0.001, 2), "0.00");
        assert_eq!(decimal(-0.5, 2), "-0.50");
        let days = Figure::statistic(&DAYS_TO_CLOSE, (6, 6), Coverage::full(9), Some(14.0), None);
        assert_eq!((days.text(Lang::Ja), days.text(Lang::En)), ("14.0日".to_owned(), "14.0 days".to_owned()));
        assert_eq!(Figure::count(&FINDINGS_OPEN, 12, 30, Coverage::full(30)).text(Lang::En), "12");
    }
}
