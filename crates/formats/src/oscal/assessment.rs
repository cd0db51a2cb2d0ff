//! Assessment results: what was looked at in a cycle, what was observed, and what follows from it.

use serde_json::{Value, json};

use super::write::{self, Heading, Ids, Object, Party, WriteError};

/// Everything an assessment-results document says. Self-inspection, audit and measurement come in as observations
/// with methods INTERVIEW, EXAMINE and TEST; where they disagree, an observation of type `ssp-statement-issue` says so.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assessment {
    pub heading: Heading,
    /// Organisations other than the one assessed, such as the auditor.
    pub parties: Vec<Party>,
    pub cycle: Cycle,
    pub result_uuid: String,
    pub title: String,
    pub description: String,
    /// Ids of the controls looked at, at least one.
    pub controls: Vec<String>,
    pub subjects: Vec<Subject>,
    pub observations: Vec<Observation>,
    pub risks: Vec<Risk>,
    pub findings: Vec<Finding>,
}

/// The cycle, which takes the place of an assessment plan: it froze edition, scope and dates before it opened.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cycle {
    pub uuid: String,
    pub title: String,
    /// What was frozen: edition of the standard, scope, dates, in words.
    pub description: String,
    pub start: String,
    /// `None` while the cycle is open.
    pub end: Option<String>,
    /// Where the cycle can be looked up, if anywhere.
    pub href: Option<String>,
}

/// What an observation is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    pub uuid: String,
    pub kind: SubjectKind,
    pub title: String,
    pub description: String,
}

/// Where a subject is defined in the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectKind {
    /// A party of the document: the organisation itself. Its uuid is that of a party already given.
    Organisation,
    /// An information system in operation.
    System,
    /// An information system being built, changed over or taken out of service.
    SystemNotInOperation,
    /// A domain, server or terminal.
    Asset,
}

/// How something was observed (OSCAL `methods`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Asked: self-inspection.
    Interview,
    /// Looked at: audit.
    Examine,
    /// Measured: probe.
    Test,
}

/// What kind of observation it is (OSCAL `types`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObservationType {
    /// "A difference between the SSP implementation statement, and actual implementation": claim and fact disagree.
    SspStatementIssue,
    ControlObjective,
    Mitigation,
    Finding,
    Discovery,
    Historic,
}

/// One observed fact.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observation {
    pub uuid: String,
    pub title: String,
    pub description: String,
    /// At least one.
    pub methods: Vec<Method>,
    pub types: Vec<ObservationType>,
    pub collected: String,
    pub expires: Option<String>,
    /// UUIDs of subjects.
    pub subjects: Vec<String>,
    pub evidence: Vec<Evidence>,
    /// Properties of ours, name and value.
    pub props: Vec<(String, String)>,
}

/// What an observation rests on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    pub description: String,
    pub href: Option<String>,
    /// Properties of ours, name and value, such as a hash.
    pub props: Vec<(String, String)>,
}

/// A conclusion about one control.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Finding {
    pub uuid: String,
    pub title: String,
    pub description: String,
    /// Id of the control's statement part.
    pub statement_id: String,
    pub satisfied: bool,
    pub observations: Vec<String>,
    pub risks: Vec<String>,
    pub props: Vec<(String, String)>,
}

/// What may come of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Risk {
    pub uuid: String,
    pub title: String,
    pub description: String,
    /// What could happen, and to whom.
    pub statement: String,
    pub status: RiskStatus,
    pub deadline: Option<String>,
    pub remediation: Option<Remediation>,
    pub observations: Vec<String>,
    pub props: Vec<(String, String)>,
}

/// The state of a risk (OSCAL `risk-status`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RiskStatus {
    #[default]
    Open,
    Investigating,
    Remediating,
    DeviationRequested,
    /// An exception was approved.
    DeviationApproved,
    Closed,
}

/// How a risk is treated: recommended, planned or done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Remediation {
    pub uuid: String,
    pub lifecycle: Lifecycle,
    pub title: String,
    pub description: String,
    pub milestones: Vec<Milestone>,
}

/// How far a remediation is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lifecycle {
    #[default]
    Recommendation,
    Planned,
    Completed,
}

/// A dated step of a remediation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Milestone {
    pub uuid: String,
    pub title: String,
    pub date: String,
}

impl Assessment {
    /// The document, valid against NIST's 1.2.1 schema; the same input gives the same bytes.
    ///
    /// # Errors
    /// Names the input that is empty, of a wrong form, used twice, or that refers to something not given.
    pub fn to_json(&self, pretty: bool) -> Result<String, WriteError> {
        Ok(write::text("assessment-results", self.body()?, pretty))
    }

    fn body(&self) -> Result<Value, WriteError> {
        let mut ids = Ids::default();
        ids.define("document", "uuid", &self.heading.uuid)?;
        let metadata = write::metadata(&self.heading, &self.parties.iter().collect::<Vec<_>>(), &mut ids)?;
        ids.define("resource", "cycle uuid", &self.cycle.uuid)?;
        ids.define("result", "result uuid", &self.result_uuid)?;
        let local = local_definitions(&self.subjects, &mut ids)?;
        let facts = Facts::write(&self.subjects, &self.observations, &self.risks, &self.findings, &mut ids)?;
        let result = Object::default()
            .with("uuid", self.result_uuid.as_str())
            .with("title", write::line("title", &self.title)?)
            .with("description", write::prose("description", &self.description)?)
            .with("start", write::time("cycle start", &self.cycle.start)?)
            .maybe("end", self.cycle.end.as_deref().map(|end| write::time("cycle end", end)).transpose()?)
            .maybe("local-definitions", local)
            .with("reviewed-controls", reviewed(&self.controls)?);
        Ok(Object::default()
            .with("uuid", self.heading.uuid.as_str())
            .with("metadata", metadata)
            .with("import-ap", json!({ "href": format!("#{}", self.cycle.uuid) }))
            .with("results", vec![facts.into(result).done()])
            .with("back-matter", json!({ "resources": [cycle(&self.cycle)?] }))
            .done())
    }
}

fn cycle(cycle: &Cycle) -> Result<Value, WriteError> {
    let end = cycle.end.as_deref().unwrap_or_default();
    Ok(Object::default()
        .with("uuid", cycle.uuid.as_str())
        .with("title", write::line("cycle title", &cycle.title)?)
        .with("description", write::prose("cycle description", &cycle.description)?)
        .list("props", write::props(&[("cycle-start", &cycle.start), ("cycle-end", end)])?)
        .list("rlinks", cycle.href.iter().map(|href| json!({ "href": href })).collect())
        .done())
}

fn reviewed(controls: &[String]) -> Result<Value, WriteError> {
    if controls.is_empty() {
        return Err(WriteError::Empty { field: "controls" });
    }
    let ids: Result<Vec<Value>, WriteError> = controls.iter().map(|id| Ok(json!({ "control-id": write::token("control id", id)? }))).collect();
    Ok(json!({ "control-selections": [{ "include-controls": ids? }] }))
}

/// Systems as components and assets as inventory items; organisations must be parties already.
pub(super) fn local_definitions(subjects: &[Subject], ids: &mut Ids) -> Result<Option<Value>, WriteError> {
    let (mut components, mut items) = (Vec::new(), Vec::new());
    for subject in subjects {
        let state = match subject.kind {
            SubjectKind::Organisation => {
                ids.refer("party", "subject-uuid", std::slice::from_ref(&subject.uuid))?;
                continue;
            }
            SubjectKind::Asset => {
                ids.define("inventory-item", "subject uuid", &subject.uuid)?;
                items.push(
                    Object::default()
                        .with("uuid", subject.uuid.as_str())
                        .with("description", write::prose("subject description", &subject.description)?)
                        .list("props", write::props(&[("title", &subject.title)])?)
                        .done(),
                );
                continue;
            }
            SubjectKind::System => json!({ "state": "operational" }),
            SubjectKind::SystemNotInOperation => json!({ "state": "other", "remarks": "not in operation" }),
        };
        ids.define("component", "subject uuid", &subject.uuid)?;
        components.push(json!({
            "uuid": subject.uuid,
            "type": "system",
            "title": write::line("subject title", &subject.title)?,
            "description": write::prose("subject description", &subject.description)?,
            "status": state,
        }));
    }
    let any = !components.is_empty() || !items.is_empty();
    let local = Object::default().list("components", components).list("inventory-items", items);
    Ok(any.then(|| local.done()))
}

/// Observations, risks and findings, written the same way in both models.
pub(super) struct Facts {
    observations: Vec<Value>,
    risks: Vec<Value>,
    findings: Vec<Value>,
}

impl Facts {
    pub fn write(
        subjects: &[Subject],
        observations: &[Observation],
        risks: &[Risk],
        findings: &[Finding],
        ids: &mut Ids,
    ) -> Result<Self, WriteError> {
        observations.iter().try_for_each(|o| ids.define("observation", "observation uuid", &o.uuid))?;
        risks.iter().try_for_each(|r| ids.define("risk", "risk uuid", &r.uuid))?;
        findings.iter().try_for_each(|f| ids.define("finding", "finding uuid", &f.uuid))?;
        Ok(Self {
            observations: observations.iter().map(|o| observation(o, subjects)).collect::<Result<_, _>>()?,
            risks: risks.iter().map(|r| risk(r, ids)).collect::<Result<_, _>>()?,
            findings: findings.iter().map(|f| finding(f, ids)).collect::<Result<_, _>>()?,
        })
    }

    pub fn into(self, object: Object) -> Object {
        object.list("observations", self.observations).list("risks", self.risks).list("findings", self.findings)
    }
}

fn observation(observation: &Observation, subjects: &[Subject]) -> Result<Value, WriteError> {
    if observation.methods.is_empty() {
        return Err(WriteError::Empty { field: "observation methods" });
    }
    let about = |uuid: &String| match subjects.iter().find(|subject| subject.uuid == *uuid) {
        Some(subject) => {
            let kind = match subject.kind {
                SubjectKind::Organisation => "party",
                SubjectKind::System | SubjectKind::SystemNotInOperation => "component",
                SubjectKind::Asset => "inventory-item",
            };
            let title = write::line("subject title", &subject.title)?;
            Ok(json!({ "subject-uuid": uuid, "type": kind, "title": title }))
        }
        None => Err(WriteError::NotThere { field: "subject-uuid", value: uuid.clone() }),
    };
    let evidence = |evidence: &Evidence| {
        let description = write::prose("evidence description", &evidence.description)?;
        let props = props(&evidence.props)?;
        Ok(Object::default().maybe("href", evidence.href.as_deref()).with("description", description).list("props", props).done())
    };
    Ok(Object::default()
        .with("uuid", observation.uuid.as_str())
        .with("title", write::line("observation title", &observation.title)?)
        .with("description", write::prose("observation description", &observation.description)?)
        .list("props", props(&observation.props)?)
        .with("methods", observation.methods.iter().map(|m| m.as_str()).collect::<Vec<_>>())
        .list("types", observation.types.iter().map(|t| t.as_str().into()).collect())
        .list("subjects", observation.subjects.iter().map(about).collect::<Result<_, _>>()?)
        .list("relevant-evidence", observation.evidence.iter().map(evidence).collect::<Result<_, WriteError>>()?)
        .with("collected", write::time("collected", &observation.collected)?)
        .maybe("expires", observation.expires.as_deref().map(|t| write::time("expires", t)).transpose()?)
        .done())
}

fn risk(risk: &Risk, ids: &mut Ids) -> Result<Value, WriteError> {
    let mut remediations = Vec::new();
    if let Some(remediation) = &risk.remediation {
        ids.define("response", "remediation uuid", &remediation.uuid)?;
        let mut tasks = Vec::new();
        for milestone in &remediation.milestones {
            ids.define("task", "milestone uuid", &milestone.uuid)?;
            tasks.push(json!({
                "uuid": milestone.uuid,
                "type": "milestone",
                "title": write::line("milestone title", &milestone.title)?,
                "timing": { "on-date": { "date": write::time("milestone date", &milestone.date)? } },
            }));
        }
        remediations.push(
            Object::default()
                .with("uuid", remediation.uuid.as_str())
                .with("lifecycle", remediation.lifecycle.as_str())
                .with("title", write::line("remediation title", &remediation.title)?)
                .with("description", write::prose("remediation description", &remediation.description)?)
                .list("tasks", tasks)
                .done(),
        );
    }
    Ok(Object::default()
        .with("uuid", risk.uuid.as_str())
        .with("title", write::line("risk title", &risk.title)?)
        .with("description", write::prose("risk description", &risk.description)?)
        .with("statement", write::prose("risk statement", &risk.statement)?)
        .list("props", props(&risk.props)?)
        .with("status", risk.status.as_str())
        .maybe("deadline", risk.deadline.as_deref().map(|t| write::time("deadline", t)).transpose()?)
        .list("remediations", remediations)
        .list("related-observations", ids.refer("observation", "observation-uuid", &risk.observations)?)
        .done())
}

fn finding(finding: &Finding, ids: &Ids) -> Result<Value, WriteError> {
    let state = if finding.satisfied { "satisfied" } else { "not-satisfied" };
    Ok(Object::default()
        .with("uuid", finding.uuid.as_str())
        .with("title", write::line("finding title", &finding.title)?)
        .with("description", write::prose("finding description", &finding.description)?)
        .list("props", props(&finding.props)?)
        .with(
            "target",
            json!({
                "type": "statement-id",
                "target-id": write::token("statement id", &finding.statement_id)?,
                "status": { "state": state },
            }),
        )
        .list("related-observations", ids.refer("observation", "observation-uuid", &finding.observations)?)
        .list("related-risks", ids.refer("risk", "risk-uuid", &finding.risks)?)
        .done())
}

pub(super) fn props(pairs: &[(String, String)]) -> Result<Vec<Value>, WriteError> {
    write::props(&pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect::<Vec<_>>())
}

impl Method {
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Interview => "INTERVIEW",
            Method::Examine => "EXAMINE",
            Method::Test => "TEST",
        }
    }
}

impl ObservationType {
    pub fn as_str(self) -> &'static str {
        match self {
            ObservationType::SspStatementIssue => "ssp-statement-issue",
            ObservationType::ControlObjective => "control-objective",
            ObservationType::Mitigation => "mitigation",
            ObservationType::Finding => "finding",
            ObservationType::Discovery => "discovery",
            ObservationType::Historic => "historic",
        }
    }
}

impl RiskStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            RiskStatus::Open => "open",
            RiskStatus::Investigating => "investigating",
            RiskStatus::Remediating => "remediating",
            RiskStatus::DeviationRequested => "deviation-requested",
            RiskStatus::DeviationApproved => "deviation-approved",
            RiskStatus::Closed => "closed",
        }
    }
}

impl Lifecycle {
    pub fn as_str(self) -> &'static str {
        match self {
            Lifecycle::Recommendation => "recommendation",
            Lifecycle::Planned => "planned",
            Lifecycle::Completed => "completed",
        }
    }
}
