//! Improbable claims: answers too uniform to be likely, beside measurements that say otherwise. A note to look, never a flag.
//!
//! # Worked examples
//! 240 answers of an organisation, all "implemented"; of 30 things measured there 18 are met (60 %): a note
//! [`ImprobableKind::AllImplemented`]. The same answers with 29 of 30 met: nothing, for some organisations are that good.
//! 240 answers, all "partly": [`ImprobableKind::AllIdentical`] under the same condition.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::OrganisationId;
use crate::numbers::{Coverage, Figure, MEASURED_MET_RATE, percent_text};
use crate::rates::Answers;
use crate::triple::Triple;
use crate::words::Words;

/// When uniform answers deserve a note.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImprobableRule {
    /// Fewer answers prove nothing.
    pub min_answers: u64,
    /// Fewer measurements prove nothing.
    pub min_measured: u64,
    /// Measured met rate below which uniform answers are improbable.
    pub measured_below: f64,
}

impl Default for ImprobableRule {
    fn default() -> Self {
        Self { min_answers: 20, min_measured: 10, measured_below: 0.8 }
    }
}

/// In what way the answers are uniform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImprobableKind {
    /// Everything implemented by everyone.
    AllImplemented,
    /// One other answer everywhere.
    AllIdentical,
}

/// A note on one organisation's answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Improbable {
    pub organisation: OrganisationId,
    pub kind: ImprobableKind,
    /// Answers of the organisation.
    pub answers: u64,
    /// What was measured there.
    pub measured: Figure,
    pub note: Words,
}

/// Notes on organisations whose `answers` are uniform while `triples` measure them lower, by organisation id.
pub fn improbable<'a>(
    answers: &BTreeMap<OrganisationId, Answers>,
    triples: impl IntoIterator<Item = &'a Triple>,
    rule: &ImprobableRule,
) -> Vec<Improbable> {
    let mut measured: BTreeMap<&OrganisationId, (u64, u64, u64)> = BTreeMap::new();
    for triple in triples {
        let sum = measured.entry(&triple.organisation).or_default();
        sum.0 += u64::from(triple.measured() == Some(true));
        sum.1 += u64::from(triple.measured().is_some());
        sum.2 += u64::from(triple.verdict.is_some());
    }
    let mut notes = Vec::new();
    for (organisation, answers) in answers {
        let (met, decided, all) = measured.get(organisation).copied().unwrap_or_default();
        let total = answers.total();
        let kind = match answers {
            a if a.implemented == total => ImprobableKind::AllImplemented,
            a if [a.partly, a.not, a.not_applicable].contains(&total) => ImprobableKind::AllIdentical,
            _ => continue,
        };
        let enough = total >= rule.min_answers.max(1) && decided >= rule.min_measured.max(1);
        if !enough || met as f64 / decided as f64 >= rule.measured_below {
            continue;
        }
        let share = percent_text(met, decided);
        let (ja, en) = match kind {
            ImprobableKind::AllImplemented => ("すべて「実施」", "all \"implemented\""),
            ImprobableKind::AllIdentical => ("すべて同じ内容", "all identical"),
        };
        notes.push(Improbable {
            organisation: organisation.clone(),
            kind,
            answers: total,
            measured: Figure::share(&MEASURED_MET_RATE, met, decided, Coverage { known: decided, all }),
            note: Words::new(
                format!("{total}件の回答が{ja}ですが、実測で満たしているのは{decided}件中{met}件（{share}）です。回答の集め方を確認してください。"),
                format!(
                    "{total} answers are {en}, but {met} of {decided} measured are met ({share}). Please look at how the answers were collected."
                ),
            ),
        });
    }
    notes
}
