//! A cycle of inspection (周期) and the states it goes through, one after the other and never back.

use engine::facts::{AppliesTo, Role};
use engine::grade::GradeRule;
use engine::rates::ClaimRule;
use engine::sampling::SampleRule;
use serde::{Deserialize, Serialize};

use crate::base::actor::OrganisationId;
use crate::base::id::Id;
use crate::base::lang::Lang;
use crate::standards::requirement::{EditionId, RequirementId};

/// Marker of a cycle's id.
pub enum CycleMark {}
/// A cycle's id.
pub type CycleId = Id<CycleMark>;

/// Where a cycle stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Being prepared; only those who run cycles see it.
    Draft,
    /// Dates and items are told (事前に示したスケジュールや検査項目); nothing is asked yet.
    Announced,
    /// Answers are taken; edition, items, scope, denominators and rules are frozen.
    Open,
    /// Answers are final.
    Closed,
    /// The evaluation is made; the auditors' verdicts are final too.
    Evaluated,
    /// The results are out.
    Published,
}

/// What one does with a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Tell dates and items.
    Announce,
    /// Begin to ask.
    Open,
    /// Stop asking.
    Close,
    /// Note that the evaluation is made.
    Evaluate,
    /// Let the results out.
    Publish,
}

impl State {
    /// Every state, in order.
    pub const ALL: [Self; 6] = [Self::Draft, Self::Announced, Self::Open, Self::Closed, Self::Evaluated, Self::Published];

    /// The stable spelling; `inspections-state-{…}` is the key of its words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Announced => "announced",
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Evaluated => "evaluated",
            Self::Published => "published",
        }
    }

    /// The state spelled `text`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// The state after `step`, or the key of the words that say why it cannot be taken.
    pub fn after(self, step: Step) -> Result<Self, &'static str> {
        match (self, step) {
            (Self::Draft, Step::Announce) => Ok(Self::Announced),
            (Self::Announced, Step::Open) => Ok(Self::Open),
            (Self::Open, Step::Close) => Ok(Self::Closed),
            // Evaluating a closed cycle again is allowed and gives the same.
            (Self::Closed | Self::Evaluated, Step::Evaluate) => Ok(Self::Evaluated),
            (Self::Evaluated, Step::Publish) => Ok(Self::Published),
            (_, Step::Announce) => Err("inspections-error-not-draft"),
            (_, Step::Open) => Err("inspections-error-not-announced"),
            (_, Step::Close) => Err("inspections-error-not-open"),
            (_, Step::Evaluate) => Err("inspections-error-not-closed"),
            (_, Step::Publish) => Err("inspections-error-not-evaluated"),
        }
    }
}

/// Regular, or urgent (臨時), which is marked as such everywhere and may be opened without waiting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Only by the schedule told beforehand.
    #[default]
    Regular,
    /// With a reason.
    Urgent,
}

impl Kind {
    /// The stable spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Regular => "regular",
            Self::Urgent => "urgent",
        }
    }

    /// The kind spelled `text`.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Regular, Self::Urgent].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// How long a cycle is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Period {
    /// A fiscal year.
    #[default]
    Year,
    /// April to September.
    FirstHalf,
    /// October to March.
    SecondHalf,
}

impl Period {
    /// Every period.
    pub const ALL: [Self; 3] = [Self::Year, Self::FirstHalf, Self::SecondHalf];

    /// The stable spelling; `inspections-period-{…}` is the key of its words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::FirstHalf => "first-half",
            Self::SecondHalf => "second-half",
        }
    }

    /// The period spelled `text`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|period| period.as_str() == text)
    }
}

/// A cycle.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cycle {
    /// Its id.
    pub id: CycleId,
    /// Its code, used once, such as `2026`.
    pub code: String,
    /// Regular or urgent.
    pub kind: Kind,
    /// Why it is urgent; empty for a regular one.
    pub urgent_reason: String,
    /// How long it is.
    pub period: Period,
    /// Its name in Japanese.
    pub name_ja: String,
    /// Its name in English.
    pub name_en: String,
    /// The fiscal year, which begins in April.
    pub fiscal_year: i64,
    /// The edition of the standard it asks about.
    pub edition_id: EditionId,
    /// The first day on which answers are taken, `2026-09-01`.
    pub opens_on: String,
    /// The last day on which answers are taken.
    pub closes_on: String,
    /// Where it stands.
    pub state: State,
    /// How an organisation's claim follows from its answers.
    pub claim_rule: ClaimRule,
    /// How the priority inspection is graded.
    pub grade_rule: GradeRule,
    /// How the audit sample is drawn.
    pub sample_rule: SampleRule,
    /// The seed of the sample, once drawn.
    pub sample_seed: Option<i64>,
    /// When it was made.
    pub created_at: String,
    /// When it was announced.
    pub announced_at: Option<String>,
    /// When it was opened.
    pub opened_at: Option<String>,
    /// When it was closed.
    pub closed_at: Option<String>,
    /// When it was evaluated.
    pub evaluated_at: Option<String>,
    /// When it was published.
    pub published_at: Option<String>,
}

impl Cycle {
    /// Its name in `lang`.
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_ja, &self.name_en)
    }

    /// Whether it is urgent.
    pub fn is_urgent(&self) -> bool {
        self.kind == Kind::Urgent
    }
}

/// What a new cycle is made from.
#[derive(Clone, Debug, Default, Deserialize, schemars::JsonSchema)]
pub struct NewCycle {
    /// Its code: small letters, digits, hyphens.
    pub code: String,
    /// Regular or urgent.
    #[serde(default)]
    pub kind: Kind,
    /// Why it is urgent.
    #[serde(default)]
    pub urgent_reason: String,
    /// How long it is.
    #[serde(default)]
    pub period: Period,
    /// Its name in Japanese.
    pub name_ja: String,
    /// Its name in English.
    pub name_en: String,
    /// The fiscal year.
    pub fiscal_year: i64,
    /// The id of the edition it asks about.
    pub edition: String,
    /// The first day on which answers are taken.
    pub opens_on: String,
    /// The last day on which answers are taken.
    pub closes_on: String,
    /// The codes of the organisations that take part; empty for all that exist on the opening day, the centre left out.
    #[serde(default)]
    pub organisations: Vec<String>,
    /// The codes of the requirements asked; empty for all of the edition.
    #[serde(default)]
    pub items: Vec<String>,
}

/// An item of a cycle: one requirement and who is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// The cycle.
    pub cycle_id: CycleId,
    /// The requirement.
    pub requirement_id: RequirementId,
    /// The requirement's code, such as `inf-01`.
    pub code: String,
    /// Its place in the order of the standard.
    pub position: i64,
    /// Who is asked.
    pub roles: Vec<Role>,
    /// What it applies to.
    pub applies_to: AppliesTo,
    /// 1 is the highest.
    pub priority: i64,
    /// Whether respondents are asked.
    pub self_inspected: bool,
    /// Whether it can be drawn for audit.
    pub audited: bool,
    /// Whether units held and done are counted.
    pub priority_inspected: bool,
}

impl Item {
    /// Whether it is answered for each system by itself.
    pub fn by_system(&self) -> bool {
        self.applies_to == AppliesTo::System
    }
}

/// An organisation that takes part in a cycle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Participant {
    /// The cycle.
    pub cycle_id: CycleId,
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// Rises with every change of an answer.
    pub revision: i64,
}

/// A requirement that an organisation's derived standard leaves out, as it was when the cycle opened: its people are not asked,
/// and the reason is shown instead (comply or explain).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct CycleExclusion {
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// The requirement.
    pub requirement_id: RequirementId,
    /// Why it is left out, in the organisation's words.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: [Step; 5] = [Step::Announce, Step::Open, Step::Close, Step::Evaluate, Step::Publish];

    #[test]
    fn a_cycle_goes_forward_one_state_at_a_time() {
        let mut state = State::Draft;
        for (step, next) in STEPS.into_iter().zip(State::ALL.into_iter().skip(1)) {
            state = state.after(step).unwrap();
            assert_eq!(state, next);
        }
    }

    #[test]
    fn no_other_step_is_allowed_and_each_refusal_has_words() {
        for state in State::ALL {
            for step in STEPS {
                match state.after(step) {
                    Ok(next) => {
                        let (from, to) = (state as usize, next as usize);
                        assert!(to == from + 1 || (state == State::Evaluated && next == state), "{state:?} {step:?}");
                    }
                    Err(key) => {
                        for words in [include_str!("ja.ftl"), include_str!("en.ftl")] {
                            assert!(words.contains(&format!("\n{key} =")) || words.starts_with(&format!("{key} =")), "{key}");
                        }
                    }
                }
            }
            assert_eq!(State::parse(state.as_str()), Some(state));
        }
    }
}
