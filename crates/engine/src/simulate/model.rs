//! The shapes of a generated government; every code is unique in its list and every reference is by code.

use super::{answers::Index, plan::RequirementModel, truth::Truth, zones::ZoneModel};
use crate::facts::{AppliesTo, Claim, Finding, Role};
use serde::{Deserialize, Serialize};

/// A text in both languages of the product.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Text {
    pub ja: String,
    pub en: String,
}

impl Text {
    pub(super) fn new(ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self { ja: ja.into(), en: en.into() }
    }
}

/// Everything drawn from one seed. [`Government::answers`] gives the respondents' answers, which are drawn when asked for.
#[derive(Clone, Debug, Serialize)]
pub struct Government {
    pub seed: u64,
    pub requirements: Vec<RequirementModel>,
    /// Parents come before their children.
    pub organisations: Vec<Organisation>,
    /// One for each organisation that takes part, in the order of `organisations`.
    pub security: Vec<SecurityOrganisation>,
    pub people: Vec<Person>,
    pub systems: Vec<System>,
    pub assets: Vec<Asset>,
    pub domains: Vec<Domain>,
    /// In order of time.
    pub cycles: Vec<Cycle>,
    /// For `truth.json`.
    pub truth: Truth,
    #[serde(skip)]
    pub(super) index: Index,
}

/// Kinds of organisation; a register keeps them as data under these names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Centre,
    Ministry,
    Agency,
    LocalGovernment,
    SectorBody,
    Operator,
    Contractor,
}

impl Kind {
    /// The stable spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Centre => "centre",
            Self::Ministry => "ministry",
            Self::Agency => "agency",
            Self::LocalGovernment => "local-government",
            Self::SectorBody => "sector-body",
            Self::Operator => "operator",
            Self::Contractor => "contractor",
        }
    }
}

/// One node of the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Short, lower-case ASCII, unique.
    pub code: String,
    pub name: Text,
    pub kind: Kind,
    /// Code of the organisation above; only the centre has none.
    pub parent: Option<String>,
    /// First day, YYYY-MM-DD.
    pub valid_from: String,
    /// Last day, of an organisation that was merged or renamed.
    pub valid_to: Option<String>,
    /// Code of the organisation that carries on.
    pub successor: Option<String>,
    /// Whether it inspects itself in the cycles. Contractors and former organisations do not.
    pub takes_part: bool,
}

/// Who answers for security in an organisation. A post that is `None` is vacant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityOrganisation {
    pub organisation: String,
    pub ciso: Option<Post>,
    /// Who decides, from the section upwards; the last entry is the CISO's post.
    pub decision_line: Vec<Post>,
    /// Advises and never decides.
    pub advisor: Option<Post>,
    /// Whether the advisor comes from outside for their expertise.
    pub advisor_expert: bool,
    /// Whether the advisor holds another post besides (source 002, remark O51).
    pub advisor_concurrent: bool,
    pub audit_lead: Option<Post>,
    pub csirt: Option<Post>,
    /// Where to write and call, in and out of hours.
    pub contact_email: String,
    pub contact_telephone: String,
}

/// A post and who holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    pub title: Text,
    /// The code of a [`Person`], except for an advisor from outside, who is no respondent.
    pub person: Option<String>,
    pub name: Text,
}

/// A respondent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub code: String,
    pub organisation: String,
    pub role: Role,
    pub section: Text,
    /// Family name and given name with a blank between; `en` is the romanised form, given name first.
    pub name: Text,
    /// The reading in katakana.
    pub kana: String,
    /// Under the organisation's first domain.
    pub email: String,
}

/// Life-cycle stages of a system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    Planning,
    Procurement,
    Construction,
    Operation,
    Disposal,
}

impl Stage {
    /// The stable spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planning => "planning",
            Self::Procurement => "procurement",
            Self::Construction => "construction",
            Self::Operation => "operation",
            Self::Disposal => "disposal",
        }
    }
}

/// One line of the system ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct System {
    pub code: String,
    pub organisation: String,
    pub name: Text,
    pub purpose: Text,
    pub information: Text,
    /// 1–3, 3 the most confidential (機密性).
    pub confidentiality: u8,
    /// 1–2 (完全性).
    pub integrity: u8,
    /// 1–2 (可用性).
    pub availability: u8,
    /// 取扱制限; empty if none.
    pub handling_limit: Text,
    pub users: u32,
    /// Code of the contractor that runs it.
    pub outsourced_to: Option<String>,
    pub stage: Stage,
    /// YYYY-MM-DD.
    pub renewal: String,
    pub public_facing: bool,
    /// Must be back on the day of a disaster (発災当日の業務).
    pub same_day_recovery: bool,
    /// Code of the [`Person`] who manages it.
    pub manager: Option<String>,
}

/// How many machines of one class an organisation has at one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    pub organisation: String,
    /// `Terminal`, `WebServer` or `MailServer`.
    pub class: AppliesTo,
    pub location: Text,
    pub count: u32,
}

/// A domain name of an organisation. All end in a name reserved for examples (RFC 2606).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Domain {
    pub name: String,
    pub organisation: String,
    pub purpose: Text,
    /// Whether mail is sent and received under it.
    pub mail: bool,
    /// Whether it lies under a suffix the policy allows.
    pub allowed_suffix: bool,
    /// The last cycle in which it is used, if it was given up (moved under an allowed suffix).
    pub last_cycle: Option<u32>,
}

/// What a claim is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    Organisation,
    /// A system, by code.
    System(String),
}

/// What is so, known only to the generator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    Implemented,
    Partly,
    Not,
    NotApplicable,
}

/// One (organisation, scope, requirement) of a cycle: the organisation's claim, and the truth beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    pub organisation: String,
    pub scope: Scope,
    pub requirement: String,
    /// What is so. A loader does not store it.
    pub truth: State,
    /// What the organisation says; the commonest of its respondents' answers.
    pub claim: Claim,
}

/// One audited cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFinding {
    pub organisation: String,
    pub scope: Scope,
    pub requirement: String,
    pub finding: Finding,
    pub note: Text,
}

/// Priority inspection (重点検査): of the machines held, how many keep the requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriorityUnits {
    pub organisation: String,
    pub requirement: String,
    pub class: AppliesTo,
    pub held: u32,
    /// At most `held`.
    pub done: u32,
}

/// One inspection cycle.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Cycle {
    /// From 1.
    pub number: u32,
    pub fiscal_year: i32,
    /// Ordered by organisation, then requirement, then system.
    pub cells: Vec<Cell>,
    pub audits: Vec<AuditFinding>,
    pub priority: Vec<PriorityUnits>,
    /// How the domains answer while this cycle is measured.
    pub zones: Vec<ZoneModel>,
    /// One for each organisation that takes part; likewise the next two.
    pub reports: Vec<SecurityReport>,
    pub training: Vec<Training>,
    pub outsourcing: Vec<Outsourcing>,
    /// Ordered by the day they happened.
    pub incidents: Vec<Incident>,
}

/// The fields a CISO writes in the organisation's security report (source 003).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityReport {
    pub organisation: String,
    pub message: Text,
    pub priority_activity: Text,
    pub results: Text,
    pub recurrence_prevention: Text,
    pub next_year: Text,
    pub advisor_comment: Text,
}

/// Training in one year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Training {
    pub organisation: String,
    /// Who should have attended.
    pub enrolled: u32,
    /// Who did.
    pub completed: u32,
}

/// Outsourcing in one year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outsourcing {
    pub organisation: String,
    pub contracts: u32,
    /// Contracts with the security clauses.
    pub with_clauses: u32,
    /// Contracts whose measures were confirmed in the year.
    pub confirmed: u32,
}

/// Causes of incidents as the sources class them: an attack, a mistake or failure, a disaster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IncidentClass {
    Intentional,
    Accidental,
    Disaster,
}

/// How far the measures against recurrence have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prevention {
    Planned,
    UnderWay,
    Done,
}

/// An incident. Times are RFC 3339 in Japan's zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    pub id: String,
    pub organisation: String,
    pub class: IncidentClass,
    pub title: Text,
    pub happened_at: String,
    pub detected_at: String,
    pub responded_at: String,
    /// None while it is still open.
    pub recovered_at: Option<String>,
    pub prevention: Prevention,
    /// Code of the system concerned.
    pub system: Option<String>,
}
