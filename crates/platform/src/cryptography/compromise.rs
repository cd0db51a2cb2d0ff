//! A compromise (暗号の危殆化): an algorithm that was broken, from which day, how badly, and whom it hits.

use engine::crypto::{Affected, Algorithm, Compromise as Fallen, Day, Severity};
use serde::{Deserialize, Serialize};

use super::declaration::{algorithm, day, wrong};
use crate::base::actor::OrganisationId;
use crate::base::error::Field;
use crate::base::id::Id;
use crate::base::lang::Lang;
use crate::register::system::SystemId;

/// Marker of a compromise's id.
pub enum CompromiseMark {}
/// A compromise's id.
pub type CompromiseId = Id<CompromiseMark>;

/// The longest text.
const LONGEST: usize = 2_000;

/// What a compromise is recorded from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
pub struct NewCompromise {
    /// The algorithm's id.
    pub algorithm: String,
    /// The day it became known; not after today.
    pub known_on: String,
    /// `critical`, `serious` or `notice`.
    pub severity: String,
    /// What happened, in Japanese.
    pub words_ja: String,
    /// What happened, in English.
    pub words_en: String,
    /// Until when those it hits must act; not before today.
    pub due_on: String,
}

/// An algorithm that was broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Compromise {
    /// Its id.
    pub id: CompromiseId,
    /// What was broken.
    #[schemars(with = "String")]
    pub algorithm: Algorithm,
    /// Since when it is known.
    #[schemars(with = "String")]
    pub known_on: Day,
    /// How bad it is.
    #[schemars(with = "String")]
    pub severity: Severity,
    /// What happened, in Japanese.
    pub words_ja: String,
    /// What happened, in English.
    pub words_en: String,
    /// Until when those it hits must act.
    #[schemars(with = "String")]
    pub due_on: Day,
    /// Who recorded it.
    pub recorded_by: String,
    /// When, UTC.
    pub recorded_at: String,
}

impl Compromise {
    /// What happened.
    pub fn words(&self, lang: Lang) -> &str {
        lang.pick(&self.words_ja, &self.words_en)
    }

    /// As the engine reads it.
    pub fn fallen(&self) -> Fallen {
        Fallen { algorithm: self.algorithm, from: self.known_on, severity: self.severity }
    }

    /// Whether whoever is `affected` must act. A mere notice does not make everybody search who declared nothing.
    pub fn concerns(&self, affected: Affected) -> bool {
        match affected {
            Affected::Measured | Affected::Declared => true,
            Affected::Unknown => self.severity != Severity::Notice,
            Affected::No => false,
        }
    }
}

/// Whom a compromise hits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Hit {
    /// A system's id, or the organisation's domains that belong to none.
    pub subject: String,
    /// Whose it is.
    pub organisation_id: OrganisationId,
    /// The system.
    pub system_id: Option<SystemId>,
    /// How it is known: `measured`, `declared` or `unknown`.
    #[schemars(with = "String")]
    pub how: Affected,
    /// When it was found, UTC.
    pub found_at: String,
}

impl NewCompromise {
    /// Reads what can be read on `today`; `(algorithm, known on, severity, due on)`.
    ///
    /// # Errors
    /// Everything that is wrong with it, by field.
    pub fn read(&self, today: Day) -> Result<(Algorithm, Day, Severity, Day), Vec<Field>> {
        let mut errors = Vec::new();
        let broken = algorithm("algorithm", &self.algorithm, &mut errors);
        for (name, text) in [
            ("algorithm", &self.algorithm),
            ("known_on", &self.known_on),
            ("due_on", &self.due_on),
            ("words_ja", &self.words_ja),
            ("words_en", &self.words_en),
        ] {
            if text.trim().is_empty() {
                errors.push(wrong(name, "error-required"));
            } else if text.chars().count() > LONGEST {
                errors.push(Field { name: name.to_owned(), text: "error-too-long", values: vec![("limit", LONGEST.to_string())] });
            }
        }
        let known_on = day("known_on", &self.known_on, &mut errors);
        if known_on.is_some_and(|day| day > today) {
            errors.push(wrong("known_on", "cryptography-error-future"));
        }
        let due_on = day("due_on", &self.due_on, &mut errors);
        if due_on.is_some_and(|day| day < today) {
            errors.push(wrong("due_on", "cryptography-error-past"));
        }
        let severity = Severity::parse(self.severity.trim());
        if severity.is_none() {
            errors.push(wrong("severity", "error-not-a-choice"));
        }
        match (broken, known_on, severity, due_on) {
            (Some(algorithm), Some(known_on), Some(severity), Some(due_on)) if errors.is_empty() => Ok((algorithm, known_on, severity, due_on)),
            _ => Err(errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compromise_is_known_today_at_the_latest_and_due_today_at_the_earliest() {
        let new = |known: &str, due: &str| NewCompromise {
            algorithm: "sha-1".into(),
            known_on: known.into(),
            severity: "critical".into(),
            words_ja: "衝突".into(),
            words_en: "A collision".into(),
            due_on: due.into(),
        };
        let today = Day::parse("2026-04-01").unwrap();
        let names = |new: NewCompromise| new.read(today).map(|_| ()).map_err(|wrong| wrong.into_iter().map(|one| one.name).collect::<Vec<_>>());
        assert_eq!(names(new("2026-04-01", "2026-04-01")), Ok(()));
        assert_eq!(names(new("2026-04-02", "2026-03-31")), Err(vec!["known_on".to_owned(), "due_on".to_owned()]));
        assert_eq!(names(NewCompromise::default()).unwrap_err().len(), 6);
    }
}
