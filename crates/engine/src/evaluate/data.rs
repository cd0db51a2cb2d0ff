//! What an evaluation reads: one closed cycle, frozen, as plain rows. The order of the rows means nothing.

use serde::{Deserialize, Serialize};

use crate::change::Standings;
use crate::compare::CompareRule;
use crate::components::ComponentsRule;
use crate::facts::{Claim, Finding, Role, Verdict};
use crate::grade::GradeRule;
use crate::ids::{OrganisationId, RequirementId};
use crate::importance::{Criterion, SystemFacts};
use crate::overclaim::{DetectionRule, ImprobableRule};
use crate::rates::{Answers, ClaimRule, Respondents};
use crate::triple::Scope;
use crate::words::Words;

use super::FiguresByOrganisation;

/// A requirement of the frozen edition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Requirement {
    pub id: RequirementId,
    pub title: Words,
    /// 1 is the highest.
    pub priority: u8,
}

/// An organisation within the cycle's scope.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Organisation {
    pub id: OrganisationId,
    pub name: Words,
}

/// People asked and answering, per organisation and role: the frozen denominators.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RespondentsRow {
    pub organisation: OrganisationId,
    pub role: Role,
    pub respondents: Respondents,
}

/// Answers counted, per organisation, scope, requirement and role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswersRow {
    pub organisation: OrganisationId,
    pub scope: Scope,
    pub requirement: RequirementId,
    pub role: Role,
    /// Answers asked for.
    pub asked: u64,
    pub counts: Answers,
}

/// A claim the organisation stated itself (approved by its CISO); it takes the place of the one drawn from the answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimRow {
    pub organisation: OrganisationId,
    pub scope: Scope,
    pub requirement: RequirementId,
    pub claim: Claim,
}

/// An auditor's verdict. Several on one thing count as the worst.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingRow {
    pub organisation: OrganisationId,
    pub scope: Scope,
    pub requirement: RequirementId,
    pub finding: Finding,
}

/// A measurement's verdict on one target. Several on one thing count as: any not met, else any met, else could not measure,
/// stale, not applicable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerdictRow {
    pub organisation: OrganisationId,
    pub scope: Scope,
    pub requirement: RequirementId,
    pub verdict: Verdict,
}

/// Priority inspection (重点検査): units of one class, for one item.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UnitsRow {
    pub organisation: OrganisationId,
    /// The asset class, e.g. `terminal`.
    pub class: String,
    /// The item inspected, e.g. a requirement's id.
    pub item: String,
    pub held: u64,
    /// Units whose state is known.
    pub known: u64,
    pub done: u64,
}

/// Posts of the security organisation (体制): required, reported on, vacant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostsRow {
    pub organisation: OrganisationId,
    pub required: u64,
    pub reported: u64,
    pub vacant: u64,
}

/// All rules of the cycle, kept as data and frozen with it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rules {
    pub claim: ClaimRule,
    pub grade: GradeRule,
    pub detection: DetectionRule,
    pub improbable: ImprobableRule,
    pub compare: CompareRule,
    pub components: ComponentsRule,
    /// Criteria of importance; none, no ranking.
    pub criteria: Vec<Criterion>,
}

/// What a later cycle needs of an earlier one: its standings and figures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    pub cycle: String,
    pub edition: String,
    pub standings: Standings,
    pub figures: FiguresByOrganisation,
}

/// A closed cycle with everything frozen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CycleData {
    pub cycle: String,
    pub edition: String,
    pub requirements: Vec<Requirement>,
    pub organisations: Vec<Organisation>,
    pub respondents: Vec<RespondentsRow>,
    pub answers: Vec<AnswersRow>,
    pub claims: Vec<ClaimRow>,
    pub findings: Vec<FindingRow>,
    pub verdicts: Vec<VerdictRow>,
    pub units: Vec<UnitsRow>,
    pub posts: Vec<PostsRow>,
    pub systems: Vec<SystemFacts>,
    pub rules: Rules,
    pub previous: Option<Summary>,
}
