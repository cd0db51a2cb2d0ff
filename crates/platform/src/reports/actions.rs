//! The verbs of reports: authorise, rule, store, audit, in one transaction.

use std::collections::BTreeMap;

use engine::words::Words;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::draft::{self, Draft, assemble};
use super::fact::{self, Facts, Incident};
use super::gather;
use super::material::Material;
use super::policy::{Policy, SETTING};
use super::report::{Kind, Report, ReportId, State, Step, fields};
use super::store::{self, Comment, Decision, Version};
use super::tree::Named;
use crate::base::actor::{Actor, OrganisationId, Scope, Verb};
use crate::base::audit::hex;
use crate::base::dates::date;
use crate::base::error::{Error, Field, Result};
use crate::base::settings;
use crate::base::work::Work;
use crate::inspections::cycle::{Cycle, CycleId};
use crate::register::organisation::Organisation;
use crate::{inspections, register};

const AREA: &str = "reports";

/// The longest text of one field.
const LONGEST: usize = 20_000;

/// Facts and incidents of one organisation on one cycle, as programs send them.
#[derive(Clone, Debug, Default, Deserialize, Serialize, schemars::JsonSchema)]
pub struct NewFacts {
    /// The cycle's code.
    pub cycle: String,
    /// The organisation's code.
    pub organisation: String,
    /// Counts by key; those not named stay as they are.
    #[serde(default)]
    pub facts: Facts,
    /// Incidents; one with a known code is corrected.
    #[serde(default)]
    pub incidents: Vec<Incident>,
}

/// A remark as it is sent.
#[derive(Clone, Debug, Default, Deserialize, schemars::JsonSchema)]
pub struct NewComment {
    /// The section's key, or empty for the whole.
    #[serde(default)]
    pub section: String,
    /// The remark.
    pub body: String,
    /// Whether it recommends the effort as a good practice.
    #[serde(default)]
    pub nominated: bool,
}

/// The cycle called `code`; a draft of a cycle is known only to those who run cycles.
pub async fn cycle_called(work: &mut Work, code: &str) -> Result<Cycle> {
    inspections::store::cycle_by_code(&mut work.tx, code.trim()).await
}

async fn organisation(work: &mut Work, scope: &Scope, code: &str) -> Result<Organisation> {
    register::store::organisation_by_code(&mut work.tx, scope, code.trim()).await
}

/// The organisation that writes annual reports: the root that the actor runs.
async fn centre(work: &mut Work) -> Result<Organisation> {
    let scope = work.scope(AREA, Verb::Manage)?;
    let all = register::store::organisations(&mut work.tx, &scope).await?;
    all.into_iter().find(|one| one.parent_id.is_none()).ok_or(Error::NotFound)
}

fn draft_of(material: &Material, kind: Kind, code: &str) -> Result<(Named, Draft)> {
    match kind {
        Kind::Annual => Ok((material.centre.clone(), draft::annual(material))),
        Kind::Organisation => {
            let member = material.member(code).ok_or_else(|| Error::invalid("organisation", "reports-error-not-taking"))?;
            let draft = draft::organisation(material, code).ok_or(Error::NotFound)?;
            Ok((member.named.clone(), draft))
        }
    }
}

/// Begins the security report of an organisation, or drafts it again from today's data. Texts people wrote are kept.
pub async fn draft(work: &mut Work, cycle: &CycleId, code: &str) -> Result<ReportId> {
    let scope = drafting(work)?;
    let one = organisation(work, &scope, code).await?;
    // The centre may begin a report for an organisation, but what is begun is the organisation's.
    if !work.actor.scope(AREA, Verb::Write).holds(&one.path)
        && store::report_of(&mut work.tx, cycle.as_str(), &one.id, Kind::Organisation).await?.is_some()
    {
        return Err(Error::Conflict("reports-error-begun"));
    }
    let now = work.stamp();
    let material = gather::material(&mut work.tx, cycle, &now).await?;
    save(work, &material, cycle, &one, Kind::Organisation, None).await
}

/// Who may draft a security report: the organisation itself, and the centre for everybody below.
fn drafting(work: &Work) -> Result<Scope> {
    let write = work.actor.scope(AREA, Verb::Write);
    if write.is_empty() { work.scope(AREA, Verb::Manage) } else { Ok(write) }
}

/// Begins the annual report of the centre on a cycle, or drafts it again.
pub async fn draft_annual(work: &mut Work, cycle: &CycleId) -> Result<ReportId> {
    let one = centre(work).await?;
    let now = work.stamp();
    let material = gather::material(&mut work.tx, cycle, &now).await?;
    save(work, &material, cycle, &one, Kind::Annual, None).await
}

/// Begins every report of a cycle that is not begun yet, the annual one too; gives how many.
pub async fn draft_all(work: &mut Work, cycle: &CycleId) -> Result<usize> {
    let scope = work.scope(AREA, Verb::Manage)?;
    let now = work.stamp();
    let material = gather::material(&mut work.tx, cycle, &now).await?;
    let organisations = register::store::organisations(&mut work.tx, &scope).await?;
    let begun: Vec<(OrganisationId, Kind)> =
        store::reports(&mut work.tx, &Scope::Everything, cycle.as_str()).await?.into_iter().map(|one| (one.organisation_id, one.kind)).collect();
    let mut count = 0;
    for one in &organisations {
        let annual = one.parent_id.is_none().then_some(Kind::Annual);
        let own = material.member(&one.code).map(|_| Kind::Organisation);
        for kind in [annual, own].into_iter().flatten() {
            if !begun.contains(&(one.id.clone(), kind)) {
                save(work, &material, cycle, one, kind, None).await?;
                count += 1;
            }
        }
    }
    Ok(count)
}

/// Saves a version: fresh data, the texts in force, and `changed` over them.
async fn save(
    work: &mut Work,
    material: &Material,
    cycle: &CycleId,
    one: &Organisation,
    kind: Kind,
    changed: Option<&BTreeMap<String, Words>>,
) -> Result<ReportId> {
    let (named, fresh) = draft_of(material, kind, &one.code)?;
    let known = store::report_of(&mut work.tx, cycle.as_str(), &one.id, kind).await?;
    let now = work.stamp();
    let mut texts = fresh.texts.clone();
    if let Some(report) = &known {
        let before = store::version(&mut work.tx, &report.id, report.version).await?;
        texts.extend(before.texts);
    }
    if let Some(changed) = changed {
        texts.extend(changed.clone());
    }
    // What still reads as it was drafted is no text of anybody's: the next draft may word it anew.
    let kept: BTreeMap<String, Words> =
        texts.iter().filter(|(field, words)| fresh.texts.get(*field) != Some(words)).map(|(field, words)| (field.clone(), words.clone())).collect();
    let (mut report, from) = match known {
        Some(report) => {
            let from = (report.state, report.version);
            (Report { version: report.version + 1, ..report }, Some(from))
        }
        None => {
            let report = Report {
                id: work.id(),
                cycle_id: cycle.to_string(),
                organisation_id: one.id.clone(),
                path: one.path.clone(),
                kind,
                state: State::Draft,
                version: 1,
                approved_version: None,
                published_version: None,
                created_at: now.clone(),
                updated_at: now.clone(),
                published_at: None,
            };
            store::insert(&mut work.tx, &report).await?;
            (report, None)
        }
    };
    report.updated_at = now.clone();
    if let Some((state, version)) = from {
        report.state = Step::Save.after(state, kind).ok_or(Error::Conflict("reports-error-state"))?;
        if !store::move_to(&mut work.tx, &report, state, version).await? {
            return Err(Error::Conflict("reports-error-faster"));
        }
    }
    let day = date(work.now).to_string();
    let tree = assemble(kind, material, &named, &fresh, &texts, report.version, (&day, &now));
    let bytes = serde_json::to_string(&tree)?;
    let version = Version {
        report_id: report.id.clone(),
        version: report.version,
        texts: kept,
        tree,
        digest: digest(&bytes),
        saved_by: work.actor.name.clone(),
        saved_at: now,
    };
    store::insert_version(&mut work.tx, &version, &bytes).await?;
    let detail = json!({ "cycle": material.cycle.code, "kind": kind.as_str(), "version": report.version, "digest": version.digest });
    work.audit(one.id.as_str(), AREA, "report.save", report.id.as_str(), detail).await?;
    Ok(report.id)
}

fn digest(text: &str) -> String {
    use sha2::{Digest as _, Sha256};
    hex(&Sha256::digest(text.as_bytes()))
}

/// The report within reach of those who write it: the organisation, or for an annual report the centre.
async fn own(work: &mut Work, id: &ReportId) -> Result<Report> {
    let report = store::report(&mut work.tx, &work.actor.scope(AREA, Verb::Read), id).await?;
    let verb = if report.kind == Kind::Annual { Verb::Manage } else { Verb::Write };
    decided(&work.actor, &report, verb)?;
    Ok(report)
}

/// Visible but not this reader's to change is said so; the pages show no button then.
fn decided(actor: &Actor, report: &Report, verb: Verb) -> Result<()> {
    if actor.scope(AREA, verb).holds(&report.path) { Ok(()) } else { Err(Error::Forbidden) }
}

/// The organisation of a report.
async fn of(work: &mut Work, report: &Report) -> Result<Organisation> {
    register::store::organisation(&mut work.tx, &Scope::Everything, &report.organisation_id).await
}

/// Saves texts as a new version; the data is drawn anew. An approval of the version before lapses.
pub async fn write(work: &mut Work, id: &ReportId, texts: &BTreeMap<String, Words>) -> Result<()> {
    let report = own(work, id).await?;
    let mut wrong = Vec::new();
    for (field, words) in texts {
        if !report.kind.texts().any(|known| known.key == field) {
            wrong.push(Field { name: field.clone(), text: "error-not-a-choice", values: Vec::new() });
        } else if words.ja.len().max(words.en.len()) > LONGEST {
            wrong.push(Field { name: format!("{field}.ja"), text: "reports-error-long", values: vec![("most", (LONGEST / 3).to_string())] });
        }
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let one = of(work, &report).await?;
    let cycle = CycleId::from_text(&report.cycle_id);
    let now = work.stamp();
    let material = gather::material(&mut work.tx, &cycle, &now).await?;
    save(work, &material, &cycle, &one, report.kind, Some(texts)).await.map(drop)
}

/// Draws the data of a report anew, as a new version.
pub async fn redraft(work: &mut Work, id: &ReportId) -> Result<()> {
    write(work, id, &BTreeMap::new()).await
}

/// Enters facts and incidents, and draws them into the report where it is begun.
pub async fn enter(work: &mut Work, new: &NewFacts) -> Result<()> {
    let scope = drafting(work)?;
    let cycle = cycle_called(work, &new.cycle).await?;
    let one = organisation(work, &scope, &new.organisation).await?;
    enter_rows(work, &cycle.id, &one, new).await?;
    let writes = work.actor.scope(AREA, Verb::Write).holds(&one.path);
    if let Some(report) = store::report_of(&mut work.tx, cycle.id.as_str(), &one.id, Kind::Organisation).await?
        // An approval lapses only by the organisation's own hand.
        && (writes || matches!(report.state, State::Draft | State::Commented))
    {
        let now = work.stamp();
        let material = gather::material(&mut work.tx, &CycleId::from_text(&report.cycle_id), &now).await?;
        save(work, &material, &cycle.id, &one, Kind::Organisation, None).await?;
    }
    Ok(())
}

/// Enters the facts of many organisations at once; reports already begun are not drawn anew.
pub async fn enter_all(work: &mut Work, all: &[NewFacts]) -> Result<usize> {
    let scope = work.scope(AREA, Verb::Manage)?;
    let mut cycles: BTreeMap<String, CycleId> = BTreeMap::new();
    let known: BTreeMap<String, Organisation> =
        register::store::organisations(&mut work.tx, &scope).await?.into_iter().map(|one| (one.code.clone(), one)).collect();
    for new in all {
        if !cycles.contains_key(&new.cycle) {
            let cycle = cycle_called(work, &new.cycle).await?;
            cycles.insert(new.cycle.clone(), cycle.id);
        }
        let (Some(cycle), Some(one)) = (cycles.get(&new.cycle), known.get(&new.organisation)) else { return Err(Error::NotFound) };
        enter_rows(work, cycle, one, new).await?;
    }
    Ok(all.len())
}

async fn enter_rows(work: &mut Work, cycle: &CycleId, one: &Organisation, new: &NewFacts) -> Result<()> {
    let mut facts = store::facts(&mut work.tx, cycle.as_str()).await?.remove(&one.id).unwrap_or_default();
    let before = facts.clone();
    facts.extend(new.facts.clone());
    let mut wrong = fact::wrong(&facts);
    wrong.extend(new.incidents.iter().flat_map(Incident::wrong));
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let (who, now) = (work.actor.name.clone(), work.stamp());
    store::set_facts(&mut work.tx, cycle.as_str(), &one.id, &new.facts, (&who, &now)).await?;
    let ids = new.incidents.iter().map(|_| work.id::<Incident>().to_string()).collect();
    store::put_incidents(&mut work.tx, cycle.as_str(), &one.id, &new.incidents, ids, (&who, &now)).await?;
    let detail = json!({ "before": before, "facts": new.facts, "incidents": new.incidents.iter().map(|one| &one.code).collect::<Vec<_>>() });
    work.audit(one.id.as_str(), AREA, "report.enter", cycle.as_str(), detail).await
}

/// An advisor's remark on the newest version. It changes no word of the report and decides nothing.
pub async fn comment(work: &mut Work, id: &ReportId, new: &NewComment) -> Result<()> {
    let report = store::report(&mut work.tx, &work.actor.scope(AREA, Verb::Read), id).await?;
    decided(&work.actor, &report, Verb::Comment)?;
    let known = new.section.is_empty() || report.kind.sections().iter().any(|(key, _)| *key == new.section);
    if new.body.trim().is_empty() {
        return Err(Error::invalid("body", "error-required"));
    }
    if !known {
        return Err(Error::invalid("section", "error-not-a-choice"));
    }
    if new.body.len() > LONGEST {
        return Err(Error::invalid_with("body", "reports-error-long", vec![("most", (LONGEST / 3).to_string())]));
    }
    let next = Step::Comment.after(report.state, report.kind).ok_or(Error::Conflict("reports-error-state"))?;
    let now = work.stamp();
    let comment = Comment {
        id: work.id::<Comment>().to_string(),
        version: report.version,
        section: new.section.clone(),
        body: new.body.trim().to_owned(),
        nominated: new.nominated,
        written_by: work.actor.name.clone(),
        written_at: now.clone(),
    };
    store::insert_comment(&mut work.tx, &report.id, &comment).await?;
    let moved = Report { state: next, updated_at: now, ..report.clone() };
    if !store::move_to(&mut work.tx, &moved, report.state, report.version).await? {
        return Err(Error::Conflict("reports-error-faster"));
    }
    let detail = json!({ "version": report.version, "section": comment.section, "nominated": comment.nominated });
    work.audit(report.organisation_id.as_str(), AREA, "report.comment", report.id.as_str(), detail).await
}

/// Approves, submits or publishes `version`, which must be the newest: what one decides on is what one has read.
pub async fn decide(work: &mut Work, id: &ReportId, step: Step, version: i64, note: &str) -> Result<()> {
    let report = store::report(&mut work.tx, &work.actor.scope(AREA, Verb::Read), id).await?;
    let verb = match (step, report.kind) {
        (Step::Publish, _) | (_, Kind::Annual) => Verb::Manage,
        _ => Verb::Decide,
    };
    decided(&work.actor, &report, verb)?;
    if version != report.version {
        return Err(Error::Conflict("reports-error-faster"));
    }
    let next = step.after(report.state, report.kind).filter(|_| matches!(step, Step::Approve | Step::Submit | Step::Publish));
    let next = next.ok_or(Error::Conflict("reports-error-state"))?;
    let now = work.stamp();
    let mut moved = Report { state: next, updated_at: now.clone(), ..report.clone() };
    match step {
        Step::Approve => moved.approved_version = Some(version),
        Step::Publish => {
            moved.published_version = Some(version);
            moved.published_at = Some(now.clone());
        }
        _ => {}
    }
    let digest = store::version(&mut work.tx, &report.id, version).await?.digest;
    if !store::move_to(&mut work.tx, &moved, report.state, report.version).await? {
        return Err(Error::Conflict("reports-error-faster"));
    }
    let decision = Decision {
        id: work.id::<Decision>().to_string(),
        version,
        digest: digest.clone(),
        decision: step.as_str().to_owned(),
        note: note.trim().to_owned(),
        decided_by: work.actor.name.clone(),
        decided_at: now,
    };
    store::insert_decision(&mut work.tx, &report.id, &decision).await?;
    let verb = format!("report.{}", step.as_str());
    work.audit(
        report.organisation_id.as_str(),
        AREA,
        &verb,
        report.id.as_str(),
        json!({ "version": version, "digest": digest, "note": decision.note }),
    )
    .await
}

/// Sets who may read what. Reports already published are read under the new policy from now on.
pub async fn set_policy(work: &mut Work, policy: &Policy) -> Result<()> {
    work.scope(AREA, Verb::Manage)?;
    let known = fields();
    if let Some(field) = policy.fields.keys().find(|field| known.iter().all(|one| one.key != field.as_str())) {
        return Err(Error::invalid(field, "error-not-a-choice"));
    }
    if policy.licence.trim().is_empty() {
        return Err(Error::invalid("licence", "error-required"));
    }
    let before = gather::policy(&mut work.tx).await?;
    settings::set(&mut work.tx, SETTING, policy).await?;
    work.audit("", AREA, "policy.set", SETTING, json!({ "before": before, "now": policy })).await
}
