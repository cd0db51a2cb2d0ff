//! The dated plan that says which algorithm must be left for what, and the event that overtakes it: an algorithm that is broken.

use serde::{Deserialize, Serialize};

use super::{Algorithm, Day};

formats::spelled! {
    /// What cryptography is used for (用途).
    Purpose {
        /// Must be verifiable for years: documents, code, archives.
        LongSignature => "long-signature",
        Timestamp => "timestamp",
        /// Who somebody or a server is.
        Authentication => "authentication",
        /// What is on its way.
        Transport => "transport",
        /// What lies still.
        Storage => "storage",
    }
}

formats::spelled! {
    /// How bad it is that an algorithm is broken, worst first.
    Severity {
        /// Attacks are made, or anybody could make one.
        Critical => "critical",
        /// An attack was shown, at a cost that some can bear.
        Serious => "serious",
        /// Weaker than was thought; nobody has used it.
        Notice => "notice",
    }
}

/// A system that may go on for longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// The system's id, as the ledger has it.
    pub system: String,
    /// Its last day.
    pub until: Day,
}

/// One line of the plan: an algorithm, and from when it must no longer be begun with and be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    pub algorithm: Algorithm,
    /// For this use; none: for every use that has no line of its own.
    pub purpose: Option<Purpose>,
    /// What takes its place.
    pub successor: Option<Algorithm>,
    /// The first day on which nothing new may use it.
    pub no_new_from: Option<Day>,
    /// The last day on which anything may use it.
    pub gone_by: Option<Day>,
    pub exceptions: Vec<Exception>,
}

impl Rule {
    /// The last day for `system`.
    pub fn gone_by(&self, system: &str) -> Option<Day> {
        let later = self.exceptions.iter().filter(|one| one.system == system).map(|one| one.until).max();
        // An exception never shortens the time everybody has.
        self.gone_by.map(|day| later.map_or(day, |later| later.max(day)))
    }
}

/// An algorithm was broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compromise {
    pub algorithm: Algorithm,
    /// The day it became known.
    pub from: Day,
    pub severity: Severity,
}

/// What must be left by when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub rules: Vec<Rule>,
    pub compromises: Vec<Compromise>,
}

impl Plan {
    /// The line for `algorithm` used for `purpose`: the one that names the purpose, else the one for every purpose.
    pub fn rule(&self, algorithm: Algorithm, purpose: Purpose) -> Option<&Rule> {
        let of = |wanted: Option<Purpose>| self.rules.iter().find(move |rule| rule.algorithm == algorithm && rule.purpose == wanted);
        of(Some(purpose)).or_else(|| of(None))
    }

    /// The worst thing known about `algorithm` on `today`.
    pub fn broken(&self, algorithm: Algorithm, today: Day) -> Option<&Compromise> {
        self.compromises.iter().filter(|one| one.algorithm == algorithm && one.from <= today).min_by_key(|one| (one.severity, one.from))
    }
}
