//! A line of the transition plan (移行計画): which algorithm must be left for what, and by when.

use engine::crypto::{Algorithm, Day, Exception, Purpose, Rule};
use serde::{Deserialize, Serialize};

use super::declaration::{algorithm, day, wrong};
use crate::base::error::Field;
use crate::base::id::Id;
use crate::register::system::SystemId;

/// Marker of a plan line's id.
pub enum RuleMark {}
/// A plan line's id.
pub type RuleId = Id<RuleMark>;

/// What a line of the plan is made from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
pub struct NewRule {
    /// The algorithm's id.
    pub algorithm: String,
    /// The purpose; empty for every use that has no line of its own.
    #[serde(default)]
    pub purpose: String,
    /// What takes its place; may be empty.
    #[serde(default)]
    pub successor: String,
    /// The first day on which nothing new may use it.
    #[serde(default)]
    pub no_new_from: String,
    /// The last day on which anything may use it.
    #[serde(default)]
    pub gone_by: String,
    /// A remark.
    #[serde(default)]
    pub note: String,
}

/// A system that may go on for longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Granted {
    /// The system.
    pub system_id: SystemId,
    /// Its last day.
    #[schemars(with = "String")]
    pub until_on: Day,
    /// Why.
    pub reason: String,
    /// Who allowed it.
    pub granted_by: String,
}

/// A line of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct PlanRule {
    /// Its id.
    pub id: RuleId,
    /// What must be left.
    #[schemars(with = "String")]
    pub algorithm: Algorithm,
    /// For what; nothing: for every use that has no line of its own.
    #[schemars(with = "Option<String>")]
    pub purpose: Option<Purpose>,
    /// What takes its place.
    #[schemars(with = "Option<String>")]
    pub successor: Option<Algorithm>,
    /// The first day on which nothing new may use it.
    #[schemars(with = "Option<String>")]
    pub no_new_from: Option<Day>,
    /// The last day on which anything may use it.
    #[schemars(with = "Option<String>")]
    pub gone_by: Option<Day>,
    /// A remark.
    pub note: String,
    /// Systems that may go on for longer.
    pub exceptions: Vec<Granted>,
}

impl PlanRule {
    /// As the engine reads it.
    pub fn rule(&self) -> Rule {
        let exceptions = self.exceptions.iter().map(|one| Exception { system: one.system_id.to_string(), until: one.until_on });
        Rule {
            algorithm: self.algorithm,
            purpose: self.purpose,
            successor: self.successor,
            no_new_from: self.no_new_from,
            gone_by: self.gone_by,
            exceptions: exceptions.collect(),
        }
    }
}

impl NewRule {
    /// Reads it into a line with `id`.
    ///
    /// # Errors
    /// Everything that is wrong with it, by field.
    pub fn read(&self, id: RuleId) -> Result<PlanRule, Vec<Field>> {
        let mut errors = Vec::new();
        let left = algorithm("algorithm", &self.algorithm, &mut errors);
        if self.algorithm.trim().is_empty() {
            errors.push(wrong("algorithm", "error-required"));
        }
        let purpose = Purpose::parse(self.purpose.trim());
        if purpose.is_none() && !self.purpose.trim().is_empty() {
            errors.push(wrong("purpose", "error-not-a-choice"));
        }
        let successor = algorithm("successor", &self.successor, &mut errors);
        if successor.is_some() && successor == left {
            errors.push(wrong("successor", "cryptography-error-successor"));
        }
        let no_new_from = day("no_new_from", &self.no_new_from, &mut errors);
        let gone_by = day("gone_by", &self.gone_by, &mut errors);
        if self.no_new_from.trim().is_empty() && self.gone_by.trim().is_empty() {
            errors.push(wrong("gone_by", "cryptography-error-no-day"));
        }
        if no_new_from.zip(gone_by).is_some_and(|(from, by)| from > by) {
            errors.push(wrong("gone_by", "cryptography-error-order"));
        }
        match left {
            Some(algorithm) if errors.is_empty() => {
                Ok(PlanRule { id, algorithm, purpose, successor, no_new_from, gone_by, note: self.note.trim().to_owned(), exceptions: Vec::new() })
            }
            _ => Err(errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_needs_a_day_and_its_days_in_order() {
        let new = |from: &str, by: &str| NewRule { algorithm: "sha-1".into(), no_new_from: from.into(), gone_by: by.into(), ..NewRule::default() };
        let texts =
            |new: NewRule| new.read(Id::from_text("r")).map(|_| ()).map_err(|wrong| wrong.into_iter().map(|one| one.text).collect::<Vec<_>>());
        assert_eq!(texts(new("2026-04-01", "2026-04-01")), Ok(()));
        assert_eq!(texts(new("", "2026-04-01")), Ok(()));
        assert_eq!(texts(new("2026-04-02", "2026-04-01")), Err(vec!["cryptography-error-order"]));
        assert_eq!(texts(new("", "")), Err(vec!["cryptography-error-no-day"]));
        assert_eq!(texts(NewRule { successor: "SHA-1".into(), ..new("", "2026-04-01") }), Err(vec!["cryptography-error-successor"]));
        assert_eq!(texts(NewRule { purpose: "other".into(), ..new("", "2026-04-01") }), Err(vec!["error-not-a-choice"]));
    }
}
