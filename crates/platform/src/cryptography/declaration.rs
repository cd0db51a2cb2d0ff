//! A declared use (申告した暗号の用途): what a system's manager says it uses where nobody sees it from outside.

use engine::crypto::{Algorithm, Day, Declared, Purpose};
use serde::{Deserialize, Serialize};

use crate::base::error::Field;
use crate::base::id::Id;
use crate::register::system::SystemId;

/// Marker of a declared use's id.
pub enum UseMark {}
/// A declared use's id.
pub type UseId = Id<UseMark>;

/// The longest remark.
pub const LONGEST: usize = 1_000;

/// What a declared use is made from, as somebody enters it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct NewDeclaration {
    /// The system's code.
    pub system: String,
    /// `long-signature`, `timestamp`, `authentication`, `transport` or `storage`.
    pub purpose: String,
    /// The algorithm's id, such as `sha-256`.
    pub algorithm: String,
    /// `yes`, `no`, or empty where nobody said: whether it can be exchanged quickly, by configuration alone.
    #[serde(default)]
    pub exchangeable: String,
    /// The last day of use, planned or past, `2027-03-31`; empty where none is planned.
    #[serde(default)]
    pub gone_on: String,
    /// A remark.
    #[serde(default)]
    pub note: String,
}

/// A use as it is declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Declaration {
    /// Its id.
    pub id: UseId,
    /// The system.
    pub system_id: SystemId,
    /// What for.
    #[schemars(with = "String")]
    pub purpose: Purpose,
    /// What.
    #[schemars(with = "String")]
    pub algorithm: Algorithm,
    /// Whether it can be exchanged quickly; nothing where nobody said.
    pub exchangeable: Option<bool>,
    /// Its last day, planned or past.
    #[schemars(with = "Option<String>")]
    pub gone_on: Option<Day>,
    /// A remark.
    pub note: String,
    /// Who said so.
    pub declared_by: String,
    /// When, UTC.
    pub declared_at: String,
}

impl Declaration {
    /// As the engine joins it.
    pub fn declared(&self) -> Declared {
        Declared { algorithm: self.algorithm, purpose: self.purpose, exchangeable: self.exchangeable, gone_on: self.gone_on }
    }
}

/// What was entered, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entered {
    /// What for.
    pub purpose: Purpose,
    /// What.
    pub algorithm: Algorithm,
    /// Whether it can be exchanged quickly.
    pub exchangeable: Option<bool>,
    /// Its last day.
    pub gone_on: Option<Day>,
    /// A remark.
    pub note: String,
}

/// A field that is wrong.
pub fn wrong(name: &str, text: &'static str) -> Field {
    Field { name: name.to_owned(), text, values: Vec::new() }
}

/// A day somebody entered, in any form offices write; nothing for an empty field.
pub fn day(name: &str, text: &str, errors: &mut Vec<Field>) -> Option<Day> {
    if text.trim().is_empty() {
        return None;
    }
    let day = formats::sheets::date(text).and_then(|text| Day::parse(&text));
    if day.is_none() {
        errors.push(wrong(name, "error-not-a-date"));
    }
    day
}

/// An algorithm somebody named; nothing for an empty field.
pub fn algorithm(name: &str, text: &str, errors: &mut Vec<Field>) -> Option<Algorithm> {
    if text.trim().is_empty() {
        return None;
    }
    let found = Algorithm::meant(text);
    if found.is_none() {
        errors.push(Field { name: name.to_owned(), text: "cryptography-error-algorithm", values: vec![("algorithm", text.trim().to_owned())] });
    }
    found
}

impl NewDeclaration {
    /// Reads it.
    ///
    /// # Errors
    /// Everything that is wrong with it, by field.
    pub fn read(&self) -> Result<Entered, Vec<Field>> {
        let mut errors = Vec::new();
        let purpose = Purpose::parse(self.purpose.trim());
        if purpose.is_none() {
            errors.push(wrong("purpose", if self.purpose.trim().is_empty() { "error-required" } else { "error-not-a-choice" }));
        }
        let algorithm = algorithm("algorithm", &self.algorithm, &mut errors);
        if self.algorithm.trim().is_empty() {
            errors.push(wrong("algorithm", "error-required"));
        }
        let exchangeable = match self.exchangeable.trim() {
            "" => None,
            "yes" => Some(true),
            "no" => Some(false),
            _ => {
                errors.push(wrong("exchangeable", "error-not-a-choice"));
                None
            }
        };
        let gone_on = day("gone_on", &self.gone_on, &mut errors);
        if self.note.chars().count() > LONGEST {
            errors.push(Field { name: "note".to_owned(), text: "error-too-long", values: vec![("limit", LONGEST.to_string())] });
        }
        match (purpose, algorithm) {
            (Some(purpose), Some(algorithm)) if errors.is_empty() => {
                Ok(Entered { purpose, algorithm, exchangeable, gone_on, note: self.note.trim().to_owned() })
            }
            _ => Err(errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_field_by_field() {
        let good = NewDeclaration {
            purpose: "timestamp".into(),
            algorithm: "SHA-256".into(),
            exchangeable: "no".into(),
            gone_on: "令和9年3月31日".into(),
            ..NewDeclaration::default()
        };
        let read = good.read().unwrap();
        assert_eq!(
            (read.algorithm.id, read.exchangeable, read.gone_on.map(|day| day.to_string()).as_deref()),
            ("sha-256", Some(false), Some("2027-03-31"))
        );
        let bad = NewDeclaration {
            purpose: "other".into(),
            algorithm: "sha-0".into(),
            exchangeable: "maybe".into(),
            gone_on: "soon".into(),
            note: "x".repeat(LONGEST + 1),
            ..NewDeclaration::default()
        };
        let names: Vec<String> = bad.read().unwrap_err().into_iter().map(|field| field.name).collect();
        assert_eq!(names, ["purpose", "algorithm", "exchangeable", "gone_on", "note"]);
        let empty: Vec<&str> = NewDeclaration::default().read().unwrap_err().into_iter().map(|field| field.text).collect();
        assert_eq!(empty, ["error-required", "error-required"]);
    }
}
