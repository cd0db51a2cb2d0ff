//! A recommendation (改善勧告): its states, who moves it from one to the next, and what alone can close it.
//!
//! ```text
//! draft ─issue▶ issued ─submit▶ submitted ─accept▶ accepted
//!                 ▲                 │ return           │
//!                 └── returned ◀────┘                  │
//! any of them once issued ─ new measurement, or auditor's confirmation ▶ closed ─ measurement decays ▶ reopened
//! ```
//! No verb of the organisation leads to `closed`: saying that something is done does not make it so.

use serde::{Deserialize, Serialize};

use crate::base::actor::OrganisationId;
use crate::base::id::Id;

/// Marker of a recommendation's id.
pub enum RecommendationMark {}
/// A recommendation's id.
pub type RecommendationId = Id<RecommendationMark>;

/// Where a recommendation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Being written; the organisation does not see it.
    Draft,
    /// Sent to the organisation, which owes a plan.
    Issued,
    /// The organisation answered with a plan, which the centre has to look at.
    Submitted,
    /// The plan was sent back with a reason; the organisation owes a better one.
    Returned,
    /// The plan was accepted and is being carried out.
    Accepted,
    /// A new measurement or an auditor showed that it is mended.
    Closed,
    /// It was closed, and a measurement shows that it no longer holds; the organisation owes a plan again.
    Reopened,
    /// Taken back by the centre, with a reason.
    Withdrawn,
}

/// What happens to a recommendation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// The centre changes the words.
    Edit,
    /// The centre sends it.
    Issue,
    /// The organisation sends a plan.
    Submit,
    /// The centre accepts the plan.
    Accept,
    /// The centre sends the plan back.
    Return,
    /// The organisation notes a step of the plan as done. It is a note.
    Progress,
    /// A measurement newer than the recommendation meets the requirement.
    CloseByMeasurement,
    /// An auditor confirms.
    CloseByAudit,
    /// A measurement no longer meets the requirement.
    Decay,
    /// The next cycle takes it over.
    Carry,
    /// The centre takes it back.
    Withdraw,
}

/// Who takes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Those who run the area.
    Centre,
    /// The organisation that is addressed.
    Organisation,
    /// An auditor.
    Auditor,
    /// A measurement, or the calendar.
    Machine,
}

impl State {
    /// Every state, in the order of the work.
    pub const ALL: [Self; 8] =
        [Self::Draft, Self::Issued, Self::Submitted, Self::Returned, Self::Accepted, Self::Closed, Self::Reopened, Self::Withdrawn];

    /// The stable spelling; `improvements-state-{…}` is the key of its words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Issued => "issued",
            Self::Submitted => "submitted",
            Self::Returned => "returned",
            Self::Accepted => "accepted",
            Self::Closed => "closed",
            Self::Reopened => "reopened",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state spelled `text`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Sent and not finished.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Issued | Self::Submitted | Self::Returned | Self::Accepted | Self::Reopened)
    }

    /// Whether the organisation has to act next.
    pub fn waits_for_organisation(self) -> bool {
        matches!(self, Self::Issued | Self::Returned | Self::Accepted | Self::Reopened)
    }

    /// The state after `step`; `None` where the step cannot be taken.
    pub fn after(self, step: Step) -> Option<Self> {
        use State::*;
        match step {
            Step::Edit => (self == Draft).then_some(Draft),
            Step::Issue => (self == Draft).then_some(Issued),
            // A plan whose dates slip is sent again and looked at again.
            Step::Submit => matches!(self, Issued | Returned | Reopened | Accepted).then_some(Submitted),
            Step::Accept => (self == Submitted).then_some(Accepted),
            Step::Return => (self == Submitted).then_some(Returned),
            Step::Progress => (self == Accepted).then_some(Accepted),
            Step::CloseByMeasurement | Step::CloseByAudit => self.is_open().then_some(Closed),
            Step::Decay => (self == Closed).then_some(Reopened),
            Step::Carry => self.is_open().then_some(self),
            Step::Withdraw => (self == Draft || self.is_open()).then_some(Withdrawn),
        }
    }
}

impl Step {
    /// Every step.
    pub const ALL: [Self; 11] = [
        Self::Edit,
        Self::Issue,
        Self::Submit,
        Self::Accept,
        Self::Return,
        Self::Progress,
        Self::CloseByMeasurement,
        Self::CloseByAudit,
        Self::Decay,
        Self::Carry,
        Self::Withdraw,
    ];

    /// The stable spelling; `improvements-step-{…}` is the key of its words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Edit => "edit",
            Self::Issue => "issue",
            Self::Submit => "submit",
            Self::Accept => "accept",
            Self::Return => "return",
            Self::Progress => "progress",
            Self::CloseByMeasurement => "close-by-measurement",
            Self::CloseByAudit => "close-by-audit",
            Self::Decay => "decay",
            Self::Carry => "carry",
            Self::Withdraw => "withdraw",
        }
    }

    /// Who takes it.
    pub fn by(self) -> By {
        match self {
            Self::Edit | Self::Issue | Self::Accept | Self::Return | Self::Withdraw => By::Centre,
            Self::Submit | Self::Progress => By::Organisation,
            Self::CloseByAudit => By::Auditor,
            Self::CloseByMeasurement | Self::Decay | Self::Carry => By::Machine,
        }
    }
}

/// A recommendation.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Recommendation {
    /// Its id.
    pub id: RecommendationId,
    /// Its number, such as `2026-moa-inf-01`.
    pub code: String,
    /// To whom.
    pub organisation_id: OrganisationId,
    /// `evaluation`, `incident` (recurrence prevention, 再発防止), `compromise` (an algorithm that was broken) or `other`.
    pub origin: String,
    /// What it came from, in words: the incident, the meeting.
    pub origin_note: String,
    /// The cycle in which it is pursued now.
    pub cycle_id: Option<String>,
    /// The cycle it came from.
    pub first_cycle_id: Option<String>,
    /// The requirement's id in the edition of its first cycle.
    pub requirement_id: Option<String>,
    /// The requirement's code; empty where none is concerned.
    pub requirement_code: String,
    /// The measurements that can close it.
    pub checks: Vec<String>,
    /// 1 is the highest.
    pub priority: i64,
    /// What it is about.
    pub title: String,
    /// What is asked.
    pub body: String,
    /// What it rests on.
    pub because: Vec<Reason>,
    /// Who issues it: `centre` or `council`.
    pub issuer: String,
    /// Until when, `2027-03-31`.
    pub due_on: String,
    /// Where it stands.
    pub state: State,
    /// When it was drafted.
    pub created_at: String,
    /// When it was issued.
    pub issued_at: Option<String>,
    /// From when a measurement counts as new: its issue, or its last reopening.
    pub since: Option<String>,
    /// When it was closed.
    pub closed_at: Option<String>,
    /// `measurement` or `audit`.
    pub closed_by: Option<String>,
    /// What closed it: the observation's id, or the auditor's words.
    pub proof: Option<String>,
    /// How often it was reopened.
    pub reopened: i64,
    /// When it last changed.
    pub updated_at: String,
}

impl Recommendation {
    /// Whether it should have been finished: open, and its day has passed.
    pub fn is_overdue(&self, today: &str) -> bool {
        self.state.is_open() && !self.due_on.is_empty() && self.due_on.as_str() < today
    }

    /// Whether a later cycle took it over.
    pub fn is_carried(&self) -> bool {
        self.cycle_id != self.first_cycle_id
    }
}

/// One thing a recommendation rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Reason {
    /// The system's code; empty for the organisation as a whole.
    pub system: String,
    /// The claim, if there was one, spelled as in `engine::facts`.
    pub claim: Option<String>,
    /// The auditor's verdict.
    pub finding: Option<String>,
    /// The measurement's verdict.
    pub verdict: Option<String>,
}

/// The latest measurement of one target by one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Whose target it is.
    pub organisation_id: OrganisationId,
    /// The system the target belongs to, if one is named.
    pub system_id: Option<crate::register::system::SystemId>,
    /// The target.
    pub target: String,
    /// What was measured.
    pub check: engine::facts::Check,
    /// Its verdict.
    pub verdict: engine::facts::Verdict,
    /// When, as stored.
    pub at: String,
    /// The observation.
    pub observation: String,
}

/// The observation that proves the remedy: everything measured is met or does not apply, and the newest "met" is newer than
/// `since`. What could not be measured, or is stale, proves nothing, so it does not close.
pub fn proof<'a>(measured: &[&'a Measured], since: &str) -> Option<&'a Measured> {
    use engine::facts::Verdict::{Met, NotApplicable};
    if measured.iter().any(|one| !matches!(one.verdict, Met | NotApplicable)) {
        return None;
    }
    measured
        .iter()
        .copied()
        .filter(|one| one.verdict == Met && one.at.as_str() > since)
        .max_by(|a, b| (&a.at, &a.observation).cmp(&(&b.at, &b.observation)))
}

/// A line of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Line {
    /// 1, 2, 3 …
    pub seq: i64,
    /// When.
    pub at: String,
    /// Who.
    pub who: String,
    /// What, spelled as [`Step`], or `draft`.
    pub verb: String,
    /// The state after it.
    pub state: State,
    /// What was said.
    pub note: String,
}

#[cfg(test)]
mod tests {
    use engine::facts::Verdict;
    use proptest::prelude::*;

    use super::*;

    /// Every state × every step, written by hand: rows are states, columns the steps in the order of `Step::ALL`.
    const TABLE: [&str; 8] = [
        //             edit issue submit accept return progress measured audited decay carry withdraw
        "draft       : draft issued - - - - - - - - withdrawn",
        "issued      : - - submitted - - - closed closed - issued withdrawn",
        "submitted   : - - - accepted returned - closed closed - submitted withdrawn",
        "returned    : - - submitted - - - closed closed - returned withdrawn",
        "accepted    : - - submitted - - accepted closed closed - accepted withdrawn",
        "closed      : - - - - - - - - reopened - -",
        "reopened    : - - submitted - - - closed closed - reopened withdrawn",
        "withdrawn   : - - - - - - - - - - -",
    ];

    #[test]
    fn every_state_and_every_step() {
        for (state, line) in State::ALL.into_iter().zip(TABLE) {
            let (name, cells) = line.split_once(':').unwrap();
            assert_eq!(name.trim(), state.as_str());
            let cells: Vec<&str> = cells.split_whitespace().collect();
            assert_eq!(cells.len(), Step::ALL.len());
            for (step, cell) in Step::ALL.into_iter().zip(cells) {
                assert_eq!(state.after(step).map_or("-", State::as_str), cell, "{state:?} {step:?}");
            }
        }
    }

    #[test]
    fn only_a_measurement_or_an_auditor_closes() {
        for state in State::ALL {
            for step in Step::ALL {
                if state.after(step) == Some(State::Closed) {
                    assert!(matches!(step, Step::CloseByMeasurement | Step::CloseByAudit));
                    assert!(matches!(step.by(), By::Machine | By::Auditor));
                }
            }
        }
    }

    fn measured(verdict: Verdict, at: &str) -> Measured {
        let check = engine::facts::Check::Spf;
        Measured {
            organisation_id: Id::from_text("o"),
            system_id: None,
            target: "t".into(),
            check,
            verdict,
            at: at.into(),
            observation: format!("o{at}"),
        }
    }

    fn proved(rows: &[Measured]) -> Option<&str> {
        proof(&rows.iter().collect::<Vec<_>>(), "1").map(|one| one.at.as_str())
    }

    #[test]
    fn only_a_newer_measurement_that_is_met_throughout_proves() {
        use Verdict::*;
        assert_eq!(proved(&[]), None);
        assert_eq!(proved(&[measured(Met, "1")]), None);
        assert_eq!(proved(&[measured(Met, "2"), measured(NotApplicable, "1")]), Some("2"));
        for bad in [NotMet, CouldNotMeasure, Stale] {
            assert_eq!(proved(&[measured(Met, "3"), measured(bad, "2")]), None, "{bad:?}");
        }
        assert_eq!(proved(&[measured(NotApplicable, "3")]), None);
    }

    proptest! {
        /// Whatever the organisation and the centre do among themselves, nothing is ever closed by it.
        #[test]
        fn no_words_close(steps in proptest::collection::vec(0_usize..11, 0..60)) {
            let mut state = State::Draft;
            for step in steps.into_iter().map(|at| Step::ALL[at]).filter(|step| matches!(step.by(), By::Centre | By::Organisation)) {
                state = state.after(step).unwrap_or(state);
                prop_assert!(state != State::Closed);
            }
        }
    }
}
