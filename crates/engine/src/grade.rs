//! Grade of a priority inspection (重点検査) by a rule kept as data: the best step whose share is reached.
//!
//! # Worked examples
//! Under the default rule (A at 100 %, B at 90 %, C at 70 %, else D): 1000 of 1000 servers is A; 999 of 1000 is B, because A
//! asks for all and nothing rounds up to all; 0 of 0 is "not applicable", not A: an organisation without mail servers has
//! not secured them; 1001 of 1000 is an error of whoever counted, and is said so.
//!
//! ```
//! use engine::grade::{grade, Grade, GradeRule};
//! let rule = GradeRule::default();
//! assert_eq!(grade(1000, 1000, &rule), Ok(Grade::Letter("A".to_owned())));
//! assert_eq!(grade(999, 1000, &rule), Ok(Grade::Letter("B".to_owned())));
//! assert_eq!(grade(0, 0, &rule), Ok(Grade::NotApplicable));
//! assert!(grade(1001, 1000, &rule).is_err());
//! ```

use serde::{Deserialize, Serialize};

use crate::numbers::{Coverage, Figure, PRIORITY_INSPECTION_RATE};

/// One step of a grading rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Least share done, between 0 and 1.
    pub at_least: f64,
    pub letter: String,
}

/// Steps in any order; the highest `at_least` that is reached gives the letter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GradeRule {
    pub version: u32,
    pub steps: Vec<Step>,
}

impl Default for GradeRule {
    fn default() -> Self {
        let step = |at_least, letter: &str| Step { at_least, letter: letter.to_owned() };
        Self { version: 1, steps: vec![step(1.0, "A"), step(0.9, "B"), step(0.7, "C"), step(0.0, "D")] }
    }
}

/// A grade, or that there is nothing to grade.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    Letter(String),
    /// No units held.
    NotApplicable,
}

/// Why no grade can be given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GradeError {
    /// More done than held: one of the two counts is wrong.
    #[error("{done} units are reported done, but only {held} are held: correct one of the two counts")]
    MoreDoneThanHeld { done: u64, held: u64 },
    /// The rule has no step for so low a share.
    #[error("the grading rule has no step for {done} of {held}: add a step at 0")]
    NoStep { done: u64, held: u64 },
}

/// The grade for `done` of `held` units.
pub fn grade(done: u64, held: u64, rule: &GradeRule) -> Result<Grade, GradeError> {
    if done > held {
        return Err(GradeError::MoreDoneThanHeld { done, held });
    }
    if held == 0 {
        return Ok(Grade::NotApplicable);
    }
    let share = done as f64 / held as f64;
    // A share of 1 - 10⁻¹⁷ is 1.0 in floating point; "all" is therefore asked of the counts.
    let reached = |s: &&Step| {
        if s.at_least >= 1.0 { done == held } else { share >= s.at_least }
    };
    rule.steps
        .iter()
        .filter(reached)
        .max_by(|a, b| a.at_least.total_cmp(&b.at_least))
        .map(|s| Grade::Letter(s.letter.clone()))
        .ok_or(GradeError::NoStep { done, held })
}

/// Units done ÷ units held; `known` units were looked at.
pub fn rate(done: u64, held: u64, known: u64) -> Figure {
    Figure::share(&PRIORITY_INSPECTION_RATE, done, held, Coverage { known, all: held })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn huge_fleets_do_not_round_up_to_all() {
        let rule = GradeRule::default();
        assert_eq!(grade(u64::MAX - 1, u64::MAX, &rule), Ok(Grade::Letter("B".to_owned())));
        assert_eq!(grade(u64::MAX, u64::MAX, &rule), Ok(Grade::Letter("A".to_owned())));
    }

    #[test]
    fn steps_are_data() {
        let rule = GradeRule { version: 2, steps: vec![Step { at_least: 0.5, letter: "可".to_owned() }] };
        assert_eq!(grade(1, 2, &rule), Ok(Grade::Letter("可".to_owned())));
        assert_eq!(grade(1, 3, &rule), Err(GradeError::NoStep { done: 1, held: 3 }));
    }

    proptest! {
        #[test]
        fn more_done_is_never_a_worse_letter(held in 1_u64..5000, done in 0_u64..5000) {
            let done = done.min(held - 1);
            let rule = GradeRule::default();
            prop_assert!(grade(done + 1, held, &rule).unwrap() <= grade(done, held, &rule).unwrap());
        }
    }
}
