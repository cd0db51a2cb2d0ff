//! What programs read and send: the same shapes for the interface and for `--json`.

use engine::facts::{AppliesTo, Claim, Finding as Verdict, Role};
use engine::numbers::Figure;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::Given;
use super::audit::{Finding, NewFinding, Sampled};
use super::cycle::{Cycle, CycleId, Item, Kind, Period, State};
use super::priority::{NewUnit, PriorityUnit};
use super::rates::{Counted, Rates};
use super::respondent::RespondentId;
use crate::base::actor::OrganisationId;
use crate::register::system::SystemId;
use crate::standards::requirement::{EditionId, RequirementId};

/// A cycle.
#[derive(Serialize, JsonSchema)]
pub struct CycleOut {
    pub id: CycleId,
    pub code: String,
    pub kind: Kind,
    pub urgent_reason: String,
    pub period: Period,
    pub name_ja: String,
    pub name_en: String,
    pub fiscal_year: i64,
    pub edition_id: EditionId,
    pub opens_on: String,
    pub closes_on: String,
    pub state: State,
    /// How an organisation's claim follows from its answers.
    #[schemars(with = "serde_json::Value")]
    pub claim_rule: engine::rates::ClaimRule,
    /// How the priority inspection is graded.
    #[schemars(with = "serde_json::Value")]
    pub grade_rule: engine::grade::GradeRule,
    /// How the audit sample is drawn.
    #[schemars(with = "serde_json::Value")]
    pub sample_rule: engine::sampling::SampleRule,
    pub sample_seed: Option<i64>,
    pub announced_at: Option<String>,
    pub opened_at: Option<String>,
    pub closed_at: Option<String>,
    pub evaluated_at: Option<String>,
    pub published_at: Option<String>,
}

impl From<Cycle> for CycleOut {
    fn from(one: Cycle) -> Self {
        Self {
            id: one.id,
            code: one.code,
            kind: one.kind,
            urgent_reason: one.urgent_reason,
            period: one.period,
            name_ja: one.name_ja,
            name_en: one.name_en,
            fiscal_year: one.fiscal_year,
            edition_id: one.edition_id,
            opens_on: one.opens_on,
            closes_on: one.closes_on,
            state: one.state,
            claim_rule: one.claim_rule,
            grade_rule: one.grade_rule,
            sample_rule: one.sample_rule,
            sample_seed: one.sample_seed,
            announced_at: one.announced_at,
            opened_at: one.opened_at,
            closed_at: one.closed_at,
            evaluated_at: one.evaluated_at,
            published_at: one.published_at,
        }
    }
}

/// An item of a cycle.
#[derive(Serialize, JsonSchema)]
pub struct ItemOut {
    pub requirement_id: RequirementId,
    pub code: String,
    #[schemars(with = "Vec<String>")]
    pub roles: Vec<Role>,
    #[schemars(with = "String")]
    pub applies_to: AppliesTo,
    /// 1 is the highest.
    pub priority: i64,
    pub self_inspected: bool,
    pub audited: bool,
    pub priority_inspected: bool,
}

impl From<Item> for ItemOut {
    fn from(one: Item) -> Self {
        Self {
            requirement_id: one.requirement_id,
            code: one.code,
            roles: one.roles,
            applies_to: one.applies_to,
            priority: one.priority,
            self_inspected: one.self_inspected,
            audited: one.audited,
            priority_inspected: one.priority_inspected,
        }
    }
}

/// The three rates of one group, each a figure with its definition, counts and coverage.
#[derive(Serialize, JsonSchema)]
pub struct RateOut {
    /// `total`, `organisation`, `role`, `item`, `organisation-role` or `organisation-item`.
    pub group: String,
    pub organisation_id: Option<OrganisationId>,
    #[schemars(with = "Option<String>")]
    pub role: Option<Role>,
    pub requirement_id: Option<RequirementId>,
    /// Answers by claim.
    #[schemars(with = "serde_json::Value")]
    pub answers: engine::rates::Answers,
    #[schemars(with = "serde_json::Value")]
    pub implementation: Figure,
    /// People who answered of people asked; absent for items.
    #[schemars(with = "Option<serde_json::Value>")]
    pub reach: Option<Figure>,
    /// People who implemented everything of people who answered; absent for items.
    #[schemars(with = "Option<serde_json::Value>")]
    pub attainment: Option<Figure>,
}

/// Every rate of a cycle.
pub fn rates(rates: &Rates) -> Vec<RateOut> {
    let line = |group: &str, organisation: Option<&OrganisationId>, role: Option<Role>, item: Option<&RequirementId>, counted: &Counted| RateOut {
        group: group.to_owned(),
        organisation_id: organisation.cloned(),
        role,
        requirement_id: item.cloned(),
        answers: counted.answers,
        implementation: counted.implementation(),
        reach: item.is_none().then(|| counted.reach()),
        attainment: item.is_none().then(|| counted.attainment()),
    };
    let mut out = vec![line("total", None, None, None, &rates.total)];
    out.extend(rates.organisations.iter().map(|(id, one)| line("organisation", Some(id), None, None, one)));
    out.extend(rates.roles.iter().map(|(role, one)| line("role", None, Some(*role), None, one)));
    out.extend(rates.items.iter().map(|(id, one)| line("item", None, None, Some(id), one)));
    out.extend(rates.organisation_roles.iter().map(|((id, role), one)| line("organisation-role", Some(id), Some(*role), None, one)));
    out.extend(rates.organisation_items.iter().map(|((id, item), one)| line("organisation-item", Some(id), None, Some(item), one)));
    out
}

/// An answer sent by a program.
#[derive(Deserialize, JsonSchema)]
pub struct GivenIn {
    /// Who answers; left out where one answers for oneself.
    #[serde(default)]
    pub respondent_id: Option<RespondentId>,
    pub requirement_id: RequirementId,
    /// For which system; left out for the whole organisation.
    #[serde(default)]
    pub system_id: Option<SystemId>,
    /// `implemented`, `partly`, `not` or `not-applicable`.
    #[schemars(with = "String")]
    pub claim: Claim,
    /// Why it does not apply.
    #[serde(default)]
    pub reason: String,
    #[serde(default)]
    pub note: String,
}

impl GivenIn {
    /// As an answer of `own`, or of the person it names.
    pub fn given(self, own: Option<&RespondentId>) -> Given {
        let respondent_id = own.cloned().or(self.respondent_id).unwrap_or_else(|| RespondentId::from_text(""));
        Given {
            respondent_id,
            requirement_id: self.requirement_id,
            system_id: self.system_id,
            claim: self.claim,
            reason: self.reason,
            note: self.note,
            evidence: None,
        }
    }
}

/// A question asked of whoever asks, with the answer there is.
#[derive(Serialize, JsonSchema)]
pub struct QuestionOut {
    pub requirement_id: RequirementId,
    pub code: String,
    pub system_id: Option<SystemId>,
    pub system: String,
    pub question_ja: String,
    pub question_en: String,
    #[schemars(with = "Option<String>")]
    pub claim: Option<Claim>,
    pub reason: String,
    pub note: String,
    pub version: i64,
}

/// An auditor's verdict.
#[derive(Serialize, JsonSchema)]
pub struct FindingOut {
    pub organisation_id: OrganisationId,
    pub requirement_id: RequirementId,
    pub system_id: Option<SystemId>,
    #[schemars(with = "String")]
    pub verdict: Verdict,
    pub note: String,
    pub version: i64,
    pub auditor: String,
    pub found_at: String,
}

impl From<Finding> for FindingOut {
    fn from(one: Finding) -> Self {
        Self {
            organisation_id: one.organisation_id,
            requirement_id: one.requirement_id,
            system_id: one.system_id,
            verdict: one.verdict,
            note: one.note,
            version: one.version,
            auditor: one.auditor,
            found_at: one.found_at,
        }
    }
}

/// A verdict sent by a program.
#[derive(Deserialize, JsonSchema)]
pub struct FindingIn {
    pub organisation_id: OrganisationId,
    pub requirement_id: RequirementId,
    #[serde(default)]
    pub system_id: Option<SystemId>,
    /// `strength`, `met`, `observation`, `minor` or `major`.
    #[schemars(with = "String")]
    pub verdict: Verdict,
    #[serde(default)]
    pub note: String,
}

impl From<FindingIn> for NewFinding {
    fn from(one: FindingIn) -> Self {
        Self {
            organisation_id: one.organisation_id,
            requirement_id: one.requirement_id,
            system_id: one.system_id,
            verdict: one.verdict,
            note: one.note,
            evidence: None,
        }
    }
}

/// Something drawn for audit.
#[derive(Serialize, JsonSchema)]
pub struct SampledOut {
    pub organisation_id: OrganisationId,
    pub requirement_id: RequirementId,
    pub system_id: Option<SystemId>,
    pub priority: i64,
    #[schemars(with = "String")]
    pub claim: Claim,
    pub drawn_at: String,
}

impl From<Sampled> for SampledOut {
    fn from(one: Sampled) -> Self {
        Self {
            organisation_id: one.organisation_id,
            requirement_id: one.requirement_id,
            system_id: one.system_id,
            priority: one.priority,
            claim: one.claim,
            drawn_at: one.drawn_at,
        }
    }
}

/// Units of the priority inspection.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct UnitInOut {
    pub organisation_id: OrganisationId,
    pub requirement_id: RequirementId,
    /// `terminal`, `web-server` or `mail-server`.
    #[schemars(with = "String")]
    pub class: AppliesTo,
    pub held: u64,
    pub done: u64,
    #[serde(default)]
    pub note: String,
}

impl From<PriorityUnit> for UnitInOut {
    fn from(one: PriorityUnit) -> Self {
        Self {
            organisation_id: one.organisation_id,
            requirement_id: one.requirement_id,
            class: one.class,
            held: one.held,
            done: one.done,
            note: one.note,
        }
    }
}

impl From<UnitInOut> for NewUnit {
    fn from(one: UnitInOut) -> Self {
        Self {
            organisation_id: one.organisation_id,
            requirement_id: one.requirement_id,
            class: one.class,
            held: one.held,
            done: one.done,
            note: one.note,
        }
    }
}

/// A remark that goes with an approval.
#[derive(Deserialize, JsonSchema)]
pub struct ApproveIn {
    #[serde(default)]
    pub comment: String,
}

/// The seed of a sample.
#[derive(Deserialize, JsonSchema)]
pub struct DrawIn {
    /// Drawn where none is given.
    #[serde(default)]
    pub seed: Option<i64>,
}

/// How many.
#[derive(Serialize, JsonSchema)]
pub struct CountOut {
    pub count: usize,
}
