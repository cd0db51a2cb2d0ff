//! Rates of a self-inspection, and the organisation's claim drawn from its answers under a rule kept as data.
//!
//! # Worked examples
//! 300 people were asked; 297 answered: reach rate 99.0 %. Their 2,000 applicable answers hold 1,980 "implemented":
//! implementation rate 99.0 %. But 240 of the 297 implemented *everything* asked of them: attainment rate 80.8 %. All three
//! are true; only the definition says which question each answers (source 003 L176 against 004 L901).
//!
//! ```
//! use engine::facts::Claim;
//! use engine::rates::{claim, Answers, ClaimRule};
//! let rule = ClaimRule::default(); // implemented at 90 %, partly at 50 %
//! let answers = |implemented, partly, not, not_applicable| Answers { implemented, partly, not, not_applicable };
//! assert_eq!(claim(&answers(9, 1, 0, 5), &rule), Some(Claim::Implemented)); // 9 of 10 applicable
//! assert_eq!(claim(&answers(5, 2, 3, 0), &rule), Some(Claim::Partly)); // 7 of 10 at least partly
//! assert_eq!(claim(&answers(1, 1, 8, 0), &rule), Some(Claim::Not));
//! assert_eq!(claim(&answers(0, 0, 0, 4), &rule), Some(Claim::NotApplicable));
//! assert_eq!(claim(&answers(0, 0, 0, 0), &rule), None); // nobody answered: nothing is claimed
//! ```

use serde::{Deserialize, Serialize};

use crate::facts::Claim;
use crate::numbers::{ATTAINMENT_RATE, Coverage, Figure, IMPLEMENTATION_RATE, REACH_RATE};

/// Answers counted by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Answers {
    pub implemented: u64,
    pub partly: u64,
    pub not: u64,
    pub not_applicable: u64,
}

impl Answers {
    /// One answer.
    pub fn one(claim: Claim) -> Self {
        let mut answers = Self::default();
        answers.add(claim, 1);
        answers
    }

    /// Counts `times` answers `claim`.
    pub fn add(&mut self, claim: Claim, times: u64) {
        match claim {
            Claim::Implemented => self.implemented += times,
            Claim::Partly => self.partly += times,
            Claim::Not => self.not += times,
            Claim::NotApplicable => self.not_applicable += times,
        }
    }

    /// Answers to which the requirement applies.
    pub fn applicable(&self) -> u64 {
        self.implemented + self.partly + self.not
    }

    /// All answers.
    pub fn total(&self) -> u64 {
        self.applicable() + self.not_applicable
    }
}

impl std::ops::AddAssign for Answers {
    fn add_assign(&mut self, other: Self) {
        self.implemented += other.implemented;
        self.partly += other.partly;
        self.not += other.not;
        self.not_applicable += other.not_applicable;
    }
}

/// People of a self-inspection: asked, answered, and those who implemented everything asked of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Respondents {
    pub asked: u64,
    pub answered: u64,
    /// Answered, and every applicable answer is "implemented".
    pub complete: u64,
}

impl std::ops::AddAssign for Respondents {
    fn add_assign(&mut self, other: Self) {
        self.asked += other.asked;
        self.answered += other.answered;
        self.complete += other.complete;
    }
}

/// Reach rate (把握率): answered ÷ asked. Coverage is the frozen list itself.
pub fn reach(respondents: &Respondents) -> Figure {
    Figure::share(&REACH_RATE, respondents.answered, respondents.asked, Coverage::full(respondents.asked))
}

/// Implementation rate (実施率): "implemented" ÷ applicable answers; `asked` is the number of answers asked for.
pub fn implementation(answers: &Answers, asked: u64) -> Figure {
    let coverage = Coverage { known: answers.total(), all: asked.max(answers.total()) };
    Figure::share(&IMPLEMENTATION_RATE, answers.implemented, answers.applicable(), coverage)
}

/// Attainment rate (到達率): people who implemented everything ÷ people who answered.
pub fn attainment(respondents: &Respondents) -> Figure {
    let coverage = Coverage { known: respondents.answered, all: respondents.asked };
    Figure::share(&ATTAINMENT_RATE, respondents.complete, respondents.answered, coverage)
}

/// How an organisation's claim follows from its respondents' answers. Shares between 0 and 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimRule {
    pub version: u32,
    /// `implemented` when at least this share of applicable answers is "implemented".
    pub implemented_at: f64,
    /// `partly` when at least this share of applicable answers is "implemented" or "partly".
    pub partly_at: f64,
}

impl Default for ClaimRule {
    fn default() -> Self {
        Self { version: 1, implemented_at: 0.9, partly_at: 0.5 }
    }
}

/// The organisation's claim on one requirement in one scope; `None` when nobody answered.
pub fn claim(answers: &Answers, rule: &ClaimRule) -> Option<Claim> {
    if answers.total() == 0 {
        return None;
    }
    let applicable = answers.applicable();
    if applicable == 0 {
        return Some(Claim::NotApplicable);
    }
    // Division is correctly rounded, so 18 / 20 is exactly the double written 0.9.
    let share = |part: u64| part as f64 / applicable as f64;
    Some(if share(answers.implemented) >= rule.implemented_at {
        Claim::Implemented
    } else if share(answers.implemented + answers.partly) >= rule.partly_at {
        Claim::Partly
    } else {
        Claim::Not
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::words::Lang;

    #[test]
    fn the_three_rates_answer_three_questions() {
        let people = Respondents { asked: 300, answered: 297, complete: 240 };
        let answers = Answers { implemented: 1980, partly: 15, not: 5, not_applicable: 100 };
        assert_eq!(reach(&people).text(Lang::En), "99.0 %");
        assert_eq!(implementation(&answers, 2100).text(Lang::En), "99.0 %");
        assert_eq!(attainment(&people).text(Lang::En), "80.8 %");
        assert_eq!(attainment(&people).coverage, Coverage { known: 297, all: 300 });
    }

    proptest! {
        #[test]
        fn a_threshold_is_met_exactly_at_its_share(tens in 1_u64..200) {
            let rule = ClaimRule::default();
            let exact = Answers { implemented: 9 * tens, not: tens, ..Answers::default() };
            prop_assert_eq!(claim(&exact, &rule), Some(Claim::Implemented));
            let below = Answers { implemented: 9 * tens - 1, not: tens + 1, ..Answers::default() };
            prop_assert_eq!(claim(&below, &rule), Some(Claim::Partly));
        }

        #[test]
        fn a_better_answer_never_lowers_the_claim(i in 0_u64..50, p in 0_u64..50, n in 1_u64..50, na in 0_u64..9) {
            let rank = |a: &Answers| match claim(a, &ClaimRule::default()) {
                Some(Claim::Implemented) => 2,
                Some(Claim::Partly) => 1,
                _ => 0,
            };
            let before = Answers { implemented: i, partly: p, not: n, not_applicable: na };
            let after = Answers { implemented: i + 1, not: n - 1, ..before };
            prop_assert!(rank(&after) >= rank(&before));
        }
    }
}
