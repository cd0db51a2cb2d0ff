//! An answer (回答): what one person claims on one question.

use engine::facts::{Claim, Role};
use serde::{Deserialize, Serialize};

use super::cycle::CycleId;
use super::respondent::RespondentId;
use crate::base::actor::OrganisationId;
use crate::base::error::Field;
use crate::base::id::Id;
use crate::register::system::SystemId;
use crate::standards::requirement::RequirementId;

/// Marker of an answer's id.
pub enum AnswerMark {}
/// An answer's id.
pub type AnswerId = Id<AnswerMark>;

/// A file kept as evidence, under the SHA-256 of its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Evidence {
    /// SHA-256, hexadecimal.
    pub hash: String,
    /// The name the file came with.
    pub name: String,
}

/// An answer as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Its id.
    pub id: AnswerId,
    /// The cycle.
    pub cycle_id: CycleId,
    /// The organisation it counts for.
    pub organisation_id: OrganisationId,
    /// Who answered.
    pub respondent_id: RespondentId,
    /// On what.
    pub requirement_id: RequirementId,
    /// For which system; `None` for the whole organisation.
    pub system_id: Option<SystemId>,
    /// In which role.
    pub role: Role,
    /// The claim.
    pub claim: Claim,
    /// Why it does not apply.
    pub reason: String,
    /// A remark.
    pub note: String,
    /// A file that shows it.
    pub evidence: Option<Evidence>,
    /// 1, then one more with each change.
    pub version: i64,
    /// When.
    pub answered_at: String,
}

/// An answer to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Who answers.
    pub respondent_id: RespondentId,
    /// On what.
    pub requirement_id: RequirementId,
    /// For which system; `None` for the whole organisation.
    pub system_id: Option<SystemId>,
    /// The claim.
    pub claim: Claim,
    /// Why it does not apply; needed exactly then.
    pub reason: String,
    /// A remark.
    pub note: String,
    /// A file; `None` keeps the one there is.
    pub evidence: Option<Evidence>,
}

/// The longest reason or note, in characters.
pub const LONGEST: usize = 2_000;

impl Given {
    /// What is wrong with it by itself; `at` is put before the names of fields.
    pub fn problems(&self, at: &str) -> Vec<Field> {
        let mut wrong = Vec::new();
        if self.claim == Claim::NotApplicable && self.reason.trim().is_empty() {
            wrong.push(Field { name: format!("{at}reason"), text: "inspections-error-reason", values: Vec::new() });
        }
        for (name, text) in [("reason", &self.reason), ("note", &self.note)] {
            if text.chars().count() > LONGEST {
                wrong.push(Field { name: format!("{at}{name}"), text: "error-too-long", values: vec![("limit", LONGEST.to_string())] });
            }
        }
        wrong
    }

    /// Whether it says the same as `answer`.
    pub fn is_same(&self, answer: &Answer) -> bool {
        self.claim == answer.claim
            && self.reason == answer.reason
            && self.note == answer.note
            && (self.evidence.is_none() || self.evidence == answer.evidence)
    }
}

/// What a bulk of answers did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Taken {
    /// Answers that were not there before.
    pub added: u64,
    /// Answers that changed; what they were is kept.
    pub changed: u64,
    /// Answers that said the same already.
    pub same: u64,
}

impl Taken {
    /// Whether anything changed.
    pub fn changes(&self) -> bool {
        self.added + self.changed > 0
    }
}

/// Answers counted by state, for one requirement in one scope and role of one organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AnswerCount {
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// The system, or `None` for the whole organisation.
    pub system_id: Option<SystemId>,
    /// The requirement.
    pub requirement_id: RequirementId,
    /// The role asked.
    pub role: Role,
    pub implemented: u64,
    pub partly: u64,
    pub not: u64,
    pub not_applicable: u64,
}

impl AnswerCount {
    /// The counts as the engine takes them.
    pub fn answers(&self) -> engine::rates::Answers {
        engine::rates::Answers { implemented: self.implemented, partly: self.partly, not: self.not, not_applicable: self.not_applicable }
    }
}

/// Answers of one group, counted by state, and how many were asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum<K> {
    /// The group: a requirement, an organisation, an organisation's role.
    pub key: K,
    /// What was answered.
    pub answers: engine::rates::Answers,
    /// Answers asked for.
    pub asked: u64,
}

/// People asked in one organisation and principal role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AskedCount {
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// The principal role.
    pub role: Role,
    /// People asked.
    pub asked: u64,
    /// People who answered at least one question.
    pub answered: u64,
    /// People who answered every question asked of them, none with "partly" or "not".
    pub everything_implemented: u64,
}

impl AskedCount {
    /// The counts as the engine takes them.
    pub fn respondents(&self) -> engine::rates::Respondents {
        engine::rates::Respondents { asked: self.asked, answered: self.answered, complete: self.everything_implemented }
    }
}

/// How many answers are asked for, of one requirement in one organisation and role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Denominator {
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// The requirement.
    pub requirement_id: RequirementId,
    /// The role asked.
    pub role: Role,
    /// Answers asked for.
    pub asked: u64,
}

/// A CISO's approval of an organisation's self-inspection; in force while its revision is the organisation's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Submission {
    /// The revision of the answers that was approved.
    pub revision: i64,
    /// SHA-256 over the answers approved.
    pub digest: String,
    /// What the CISO said.
    pub comment: String,
    /// Who.
    pub approved_by: String,
    /// When.
    pub approved_at: String,
}
