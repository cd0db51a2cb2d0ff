//! Facts the report needs and no other area holds: counts of training, outsourcing and drills, and incidents.

use engine::numbers::{self, Coverage, Definition, Figure};
use engine::outcomes::Incidents;
use engine::words::Words;
use serde::{Deserialize, Serialize};

use crate::base::dates::parse_date;
use crate::base::error::Field as Wrong;

/// A share drawn from two facts: the number, its numerator, its denominator.
pub type Share = (&'static Definition, &'static str, &'static str);

/// The counts, in the order of the form; `reports-fact-{key}` names each.
pub const FACTS: &[&str] = &[
    "training-courses",
    "training-target",
    "training-completed",
    "outsourcing-contracts",
    "outsourcing-covered",
    "outsourcing-checked",
    "drills",
    "alerts",
    "mail-drill-sent",
    "mail-drill-opened",
    "mail-drill-reported",
];

/// Shares of training.
pub static EDUCATION: &[Share] = &[(&numbers::TRAINING_COMPLETION_RATE, "training-completed", "training-target")];
/// Shares of outsourcing.
pub static OUTSOURCING: &[Share] = &[
    (&numbers::OUTSOURCING_COVERED_RATE, "outsourcing-covered", "outsourcing-contracts"),
    (&numbers::OUTSOURCING_CHECKED_RATE, "outsourcing-checked", "outsourcing-contracts"),
];
/// Shares of the mail drill.
pub static MAIL_DRILL: &[Share] = &[
    (&numbers::MAIL_DRILL_OPENED_RATE, "mail-drill-opened", "mail-drill-sent"),
    (&numbers::MAIL_DRILL_REPORTED_RATE, "mail-drill-reported", "mail-drill-sent"),
];

/// Counts by key.
pub type Facts = std::collections::BTreeMap<String, i64>;

/// The share over several organisations' facts: those that reported both counts are its coverage.
pub fn share<'a>((definition, part, whole): Share, all: impl Iterator<Item = &'a Facts>) -> Figure {
    let (mut numerator, mut denominator, mut coverage) = (0_u64, 0_u64, Coverage::default());
    for facts in all {
        coverage.all += 1;
        if let (Some(part), Some(whole)) = (facts.get(part), facts.get(whole)) {
            numerator += part.unsigned_abs();
            denominator += whole.unsigned_abs();
            coverage.known += 1;
        }
    }
    Figure::share(definition, numerator, denominator, coverage)
}

formats::spelled! {
    #[derive(schemars::JsonSchema)]
    /// What kind of incident.
    Class {
        UnauthorisedAccess => "unauthorised-access",
        Malware => "malware",
        TargetedMail => "targeted-mail",
        DenialOfService => "denial-of-service",
        InformationLeak => "information-leak",
        Loss => "loss",
        Failure => "failure",
        Other => "other",
    }
}

formats::spelled! {
    #[derive(schemars::JsonSchema)]
    /// How far recurrence prevention is.
    Prevention {
        Planned => "planned",
        UnderWay => "under-way",
        Done => "done",
    }
}

/// An incident as the report tells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Incident {
    /// The organisation's own number for it, unique in its cycle.
    pub code: String,
    /// What kind.
    pub class: Class,
    /// What happened.
    pub title_ja: String,
    /// What happened.
    #[serde(default)]
    pub title_en: String,
    /// The day it was detected, `2026-06-03`.
    pub detected_on: String,
    /// The day the response began; empty while unknown.
    #[serde(default)]
    pub responded_on: String,
    /// The day of recovery; empty while not recovered.
    #[serde(default)]
    pub recovered_on: String,
    /// People or records concerned, where known.
    #[serde(default)]
    pub affected: Option<i64>,
    /// What keeps it from happening again.
    #[serde(default)]
    pub prevention_ja: String,
    /// What keeps it from happening again.
    #[serde(default)]
    pub prevention_en: String,
    /// How far that is.
    pub prevention_state: Prevention,
}

impl Incident {
    /// The title; English falls back on Japanese.
    pub fn title(&self) -> Words {
        both(&self.title_ja, &self.title_en)
    }

    /// The prevention; English falls back on Japanese.
    pub fn prevention(&self) -> Words {
        both(&self.prevention_ja, &self.prevention_en)
    }

    /// What is wrong with it; empty where nothing is.
    pub fn wrong(&self) -> Vec<Wrong> {
        let mut wrong = Vec::new();
        let mut say = |name: &str, text: &'static str| wrong.push(Wrong { name: name.to_owned(), text, values: Vec::new() });
        if self.code.trim().is_empty() {
            say("code", "error-required");
        }
        if self.title_ja.trim().is_empty() && self.title_en.trim().is_empty() {
            say("title_ja", "error-required");
        }
        let detected = parse_date(&self.detected_on);
        if detected.is_none() {
            say("detected_on", "error-not-a-date");
        }
        let mut last = detected;
        for (name, text) in [("responded_on", &self.responded_on), ("recovered_on", &self.recovered_on)] {
            if text.is_empty() {
                continue;
            }
            match parse_date(text) {
                None => say(name, "error-not-a-date"),
                date if date < last => say(name, "reports-error-order"),
                date => last = date,
            }
        }
        if self.affected.is_some_and(|number| number < 0) {
            say("affected", "reports-error-count");
        }
        wrong
    }
}

/// Incidents counted: days between the days that are known, and how many are prevented from happening again.
pub fn outcomes(all: &[&Incident], organisations: Coverage) -> Incidents {
    let between = |from: &str, to: &str| {
        let (from, to) = (parse_date(from)?, parse_date(to)?);
        u32::try_from((to - from).get_days()).ok()
    };
    Incidents {
        all: all.len() as u64,
        days_to_respond: all.iter().filter_map(|one| between(&one.detected_on, &one.responded_on)).collect(),
        days_to_recover: all.iter().filter_map(|one| between(&one.detected_on, &one.recovered_on)).collect(),
        prevented: all.iter().filter(|one| one.prevention_state == Prevention::Done).count() as u64,
        organisations,
    }
}

/// Both languages; an empty one takes the other's words.
pub fn both(ja: &str, en: &str) -> Words {
    let (ja, en) = (ja.trim(), en.trim());
    Words::new(if ja.is_empty() { en } else { ja }, if en.is_empty() { ja } else { en })
}

/// What is wrong with counts: unknown keys, negatives, a part greater than its whole.
pub fn wrong(facts: &Facts) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    let mut say = |name: &str, text: &'static str| wrong.push(Wrong { name: name.to_owned(), text, values: Vec::new() });
    for (key, value) in facts {
        if !FACTS.contains(&key.as_str()) {
            say(key, "error-not-a-choice");
        } else if *value < 0 {
            say(key, "reports-error-count");
        }
    }
    for (_, part, whole) in EDUCATION.iter().chain(OUTSOURCING).chain(MAIL_DRILL) {
        if let Some(part_value) = facts.get(*part)
            && facts.get(*whole).is_none_or(|whole| whole < part_value)
        {
            say(part, "reports-error-part");
        }
    }
    wrong
}
