//! An exception (例外措置, comply or explain): asked with reason and last day, decided by the centre, never hiding a finding.

use serde::{Deserialize, Serialize};

use crate::base::actor::OrganisationId;
use crate::base::id::Id;

/// Marker of an exception's id.
pub enum ExemptionMark {}
/// An exception's id.
pub type ExemptionId = Id<ExemptionMark>;

/// Where an exception stands, as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Waits for the centre.
    Asked,
    /// Granted until its last day.
    Approved,
    /// Not granted.
    Refused,
    /// Taken back by the organisation, or ended by the centre before its day.
    Withdrawn,
}

/// What is done with an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The centre grants it.
    Approve,
    /// The centre does not.
    Refuse,
    /// It is no longer wanted, or no longer granted.
    Withdraw,
}

/// How it stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Waits for the centre.
    Asked,
    /// Granted and within its time.
    InForce,
    /// Was granted; its last day has passed.
    Expired,
    /// Not granted.
    Refused,
    /// Taken back or ended.
    Withdrawn,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Asked, Self::Approved, Self::Refused, Self::Withdrawn];

    /// The stable spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state spelled `text`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// The state after `step`; `None` where it cannot be taken.
    pub fn after(self, step: Step) -> Option<Self> {
        match (self, step) {
            (Self::Asked, Step::Approve) => Some(Self::Approved),
            (Self::Asked, Step::Refuse) => Some(Self::Refused),
            (Self::Asked | Self::Approved, Step::Withdraw) => Some(Self::Withdrawn),
            _ => None,
        }
    }

    /// How it stands on `today`, when its last day is `expires_on` (both `2026-04-01`; the last day is included).
    pub fn on(self, expires_on: &str, today: &str) -> Standing {
        match self {
            Self::Asked => Standing::Asked,
            Self::Approved if today <= expires_on => Standing::InForce,
            Self::Approved => Standing::Expired,
            Self::Refused => Standing::Refused,
            Self::Withdrawn => Standing::Withdrawn,
        }
    }
}

impl Standing {
    /// The stable spelling; `improvements-exception-{…}` is the key of its words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::InForce => "in-force",
            Self::Expired => "expired",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// An exception.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Exemption {
    /// Its id.
    pub id: ExemptionId,
    /// Whose.
    pub organisation_id: OrganisationId,
    /// The requirement's id in the edition it was asked under.
    pub requirement_id: Option<String>,
    /// The requirement's code; it holds over editions until its last day.
    pub requirement_code: String,
    /// The system; `None` for the organisation as a whole.
    pub system_id: Option<String>,
    /// Why the requirement is not kept.
    pub reason: String,
    /// What is done instead.
    pub instead: String,
    /// Its last day.
    pub expires_on: String,
    /// As stored.
    pub state: State,
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub asked_at: String,
    /// Who decided; empty while it waits.
    pub decided_by: String,
    /// When.
    pub decided_at: Option<String>,
    /// What was said with it.
    pub decision_note: String,
}

impl Exemption {
    /// How it stands on `today`.
    pub fn on(&self, today: &str) -> Standing {
        self.state.on(&self.expires_on, today)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_and_every_step() {
        use State::*;
        let table = [
            (Asked, [Some(Approved), Some(Refused), Some(Withdrawn)]),
            (Approved, [None, None, Some(Withdrawn)]),
            (Refused, [None, None, None]),
            (Withdrawn, [None, None, None]),
        ];
        for (state, expected) in table {
            for (step, expected) in [Step::Approve, Step::Refuse, Step::Withdraw].into_iter().zip(expected) {
                assert_eq!(state.after(step), expected, "{state:?} {step:?}");
            }
            assert_eq!(State::parse(state.as_str()), Some(state));
        }
    }

    #[test]
    fn the_last_day_is_included_and_nothing_outlives_it() {
        assert_eq!(State::Approved.on("2026-09-30", "2026-09-30"), Standing::InForce);
        assert_eq!(State::Approved.on("2026-09-30", "2026-10-01"), Standing::Expired);
        assert_eq!(State::Asked.on("2026-09-30", "2026-10-01"), Standing::Asked);
    }
}
