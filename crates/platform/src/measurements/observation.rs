//! An observation: one measured fact, when it grows stale, and what its change means.

use std::collections::BTreeMap;

use engine::facts::{Check, Verdict};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::evidence::Proof;
use super::run::RunId;
use crate::base::actor::OrganisationId;
use crate::base::id::Id;
use crate::base::lang::Lang;
use crate::register::system::SystemId;

/// Marker of an observation's id.
pub enum ObservationKind {}
/// An observation's id.
pub type ObservationId = Id<ObservationKind>;

/// A sentence in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Text {
    /// In Japanese.
    pub ja: String,
    /// In English.
    pub en: String,
}

impl Text {
    /// The sentence in `lang`.
    pub fn get(&self, lang: Lang) -> &str {
        lang.pick(&self.ja, &self.en)
    }
}

impl From<engine::words::Words> for Text {
    fn from(text: engine::words::Words) -> Self {
        Self { ja: text.ja, en: text.en }
    }
}

/// Why a verdict was given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Reason {
    /// A stable code, such as `spf-missing`.
    pub code: String,
    /// Named values of the sentence.
    pub data: BTreeMap<String, String>,
    /// The sentence.
    pub text: Text,
}

impl From<engine::judge::Reason> for Reason {
    fn from(reason: engine::judge::Reason) -> Self {
        Self { code: reason.code, data: reason.data, text: reason.text.into() }
    }
}

/// One measured fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Observation {
    /// Its id.
    pub id: ObservationId,
    /// Whose target it is.
    pub organisation_id: OrganisationId,
    /// The system the target belongs to, if the register names one.
    pub system_id: Option<SystemId>,
    /// The domain, lower case, as it is asked for in the DNS.
    pub target: String,
    /// What was measured.
    #[schemars(with = "String")]
    pub check: Check,
    /// What the evidence says under the rule. Stored verdicts are never `stale`: see [`verdict_at`].
    #[schemars(with = "String")]
    pub verdict: Verdict,
    /// Whether the rule was in force; before that it only warns.
    pub in_force: bool,
    /// Why.
    pub reason: Reason,
    /// Smaller remarks that did not decide.
    pub notes: Vec<Reason>,
    /// A short value, such as `p=reject`.
    pub value: String,
    /// What was seen.
    pub observed: Text,
    /// What the rule asks for.
    pub expected: Text,
    /// The line to publish; empty when nothing is to be done.
    pub remedy: String,
    /// Who acts.
    pub who: Text,
    /// A command that repeats the measurement.
    pub command: String,
    /// SHA-256 of the raw evidence.
    pub evidence_hash: String,
    /// The rule it was judged by.
    pub rule_id: String,
    /// The rule's version.
    pub rule_version: String,
    /// The clause the rule rests on.
    pub clause: String,
    /// The place measured from, or the product that measured.
    pub vantage: String,
    /// When, UTC.
    pub at: String,
    /// Versions of the lists used.
    pub lists: BTreeMap<String, String>,
    /// `probe`, `import`, or `rejudge`: kept evidence judged again.
    pub source: String,
    /// The run it came from.
    pub run_id: RunId,
}

/// An observation about to be stored.
#[derive(Clone, Debug)]
pub struct New {
    /// The fact.
    pub observation: Observation,
    /// What was heard.
    pub proof: Proof,
    /// What makes it the same as an earlier one: see the table.
    pub origin: String,
}

/// What an evaluation needs of an observation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Whose target it is.
    pub organisation_id: OrganisationId,
    /// The system the target belongs to, if the register names one.
    pub system_id: Option<SystemId>,
    /// The domain.
    pub target: String,
    /// What was measured.
    pub check: Check,
    /// As it was given when measured.
    pub verdict: Verdict,
    /// The observation, for its evidence.
    pub observation_id: ObservationId,
    /// When, UTC.
    pub at: String,
}

/// The verdict as it stands at `now`: what is older than `max_age_days` says nothing about today any more.
/// What could not be measured does not grow staler than it is.
pub fn verdict_at(verdict: Verdict, at: &str, now: Timestamp, max_age_days: i64) -> Verdict {
    let Some(at) = crate::base::dates::parse_stamp(at) else { return Verdict::Stale };
    let old = now.duration_since(at) > SignedDuration::from_hours(24 * max_age_days);
    if old && verdict != Verdict::CouldNotMeasure { Verdict::Stale } else { verdict }
}

/// What happened to a target between two decided verdicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was met and no longer is.
    Decayed,
    /// It was not met and now is.
    Recovered,
}

impl Change {
    /// The name of its event.
    pub fn event(self) -> &'static str {
        match self {
            Self::Decayed => "measurements.decayed",
            Self::Recovered => "measurements.recovered",
        }
    }
}

/// What `new` says after `before`, the last verdict that was met or not met. A failed measurement is neither.
pub fn change(before: Option<Verdict>, new: Verdict) -> Option<Change> {
    match (before, new) {
        (Some(Verdict::Met), Verdict::NotMet) => Some(Change::Decayed),
        (Some(Verdict::NotMet), Verdict::Met) => Some(Change::Recovered),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_observation_grows_stale_after_its_age_and_not_before() {
        let at = "2026-04-01T00:00:00Z";
        let now = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(verdict_at(Verdict::Met, at, now("2026-05-01T00:00:00Z"), 30), Verdict::Met);
        assert_eq!(verdict_at(Verdict::NotMet, at, now("2026-05-01T00:00:01Z"), 30), Verdict::Stale);
        assert_eq!(verdict_at(Verdict::CouldNotMeasure, at, now("2027-05-01T00:00:01Z"), 30), Verdict::CouldNotMeasure);
    }

    #[test]
    fn only_decided_verdicts_change_anything() {
        for new in Verdict::ALL {
            assert_eq!(change(None, *new), None);
            for before in Verdict::ALL {
                let expected = match (before, new) {
                    (Verdict::Met, Verdict::NotMet) => Some(Change::Decayed),
                    (Verdict::NotMet, Verdict::Met) => Some(Change::Recovered),
                    _ => None,
                };
                assert_eq!(change(Some(*before), *new), expected);
            }
        }
    }
}
