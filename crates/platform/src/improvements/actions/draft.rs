//! Drafts: one written by hand, or many proposed from an evaluation, for what was found or measured as not met.

use std::collections::{BTreeMap, BTreeSet};

use engine::evaluate::{Evaluation, TripleRow};
use engine::facts::Finding;
use jiff::ToSpan;
use serde_json::json;

use super::{ISSUER, Words, today, words_wrong};
use crate::base::actor::{Scope, Verb};
use crate::base::dates::{date, parse_date};
use crate::base::error::{Error, Result};
use crate::base::lang::{Lang, texts};
use crate::base::settings;
use crate::base::work::Work;
use crate::evaluations;
use crate::improvements::exemption::Standing;
use crate::improvements::recommendation::{Reason, Recommendation, RecommendationId, State};
use crate::improvements::store;
use crate::register;
use crate::register::organisation::Organisation;
use crate::standards;
use crate::standards::requirement::Requirement;

/// What a recommendation written by hand is made from.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize, schemars::JsonSchema)]
pub struct NewRecommendation {
    /// The organisation's code.
    pub organisation: String,
    /// `evaluation`, `incident` or `other`.
    pub origin: String,
    /// The incident or the decision it comes from, in words.
    #[serde(default)]
    pub origin_note: String,
    /// The code of the requirement it concerns; may be empty.
    #[serde(default)]
    pub requirement: String,
    /// What it says.
    pub words: Words,
}

/// What is proposed from an evaluation.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize, schemars::JsonSchema)]
pub struct NewDraft {
    /// The cycle's id.
    pub cycle: String,
    /// The codes of the organisations; empty for all.
    #[serde(default)]
    pub organisations: Vec<String>,
    /// The code of the one requirement to propose, even if it is not among the biggest; empty for the biggest.
    #[serde(default)]
    pub requirement: String,
    /// How many at most for each organisation; 0 is taken as 5.
    #[serde(default)]
    pub most: usize,
    /// The last day; empty for half a year from now.
    #[serde(default)]
    pub due_on: String,
}

/// What was drafted, and what was not and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Drafted {
    /// The numbers of the new drafts.
    pub codes: Vec<String>,
    /// Not drafted, because one for the same requirement is unfinished.
    pub unfinished: u64,
    /// Not drafted, because an exception is in force.
    pub exceptions: u64,
}

const ORIGINS: [&str; 3] = ["evaluation", "incident", "other"];
const MOST: usize = 5;

/// Drafts one by hand.
pub async fn draft(work: &mut Work, new: &NewRecommendation) -> Result<RecommendationId> {
    let scope = work.scope("improvements", Verb::Manage)?;
    let mut wrong = words_wrong(&new.words);
    let mut bad = |name: &str, text: &'static str| wrong.push(crate::base::error::Field { name: name.to_owned(), text, values: Vec::new() });
    if !ORIGINS.contains(&new.origin.as_str()) {
        bad("origin", "error-not-a-choice");
    }
    let organisation = match register::store::organisation_by_code(&mut work.tx, &scope, new.organisation.trim()).await {
        Ok(one) => Some(one),
        Err(Error::NotFound) => {
            bad("organisation", "error-not-a-choice");
            None
        }
        Err(error) => return Err(error),
    };
    let code = new.requirement.trim();
    let mut requirement = None;
    if !code.is_empty() {
        requirement = newest_requirement(work, code).await?;
        if requirement.is_none() {
            bad("requirement", "error-not-a-choice");
        }
    }
    let Some(organisation) = organisation.filter(|_| wrong.is_empty()) else { return Err(Error::Invalid(wrong)) };
    let issuer = match new.words.issuer.as_str() {
        "" => settings::get(&mut work.tx, ISSUER, "centre".to_owned()).await?,
        issuer => issuer.to_owned(),
    };
    let one = Recommendation {
        origin: new.origin.clone(),
        origin_note: new.origin_note.trim().to_owned(),
        title: new.words.title.trim().to_owned(),
        body: new.words.body.trim().to_owned(),
        issuer,
        due_on: parse_date(&new.words.due_on).map(|day| day.to_string()).unwrap_or_default(),
        ..blank(work, &organisation, requirement.as_ref())
    };
    let year = crate::base::dates::fiscal_year(date(work.now));
    add(work, one, &format!("{year}-{}-{}", organisation.code, if code.is_empty() { &new.origin } else { code })).await
}

/// The requirement `code` of the newest edition that has it.
async fn newest_requirement(work: &mut Work, code: &str) -> Result<Option<Requirement>> {
    let mut editions = standards::store::editions(&mut work.tx).await?;
    editions.reverse();
    for edition in editions {
        let found = standards::store::requirements(&mut work.tx, &edition.id).await?.into_iter().find(|one| one.code == code);
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

pub(super) fn blank(work: &Work, organisation: &Organisation, requirement: Option<&Requirement>) -> Recommendation {
    let now = work.stamp();
    Recommendation {
        id: work.id(),
        code: String::new(),
        organisation_id: organisation.id.clone(),
        origin: "evaluation".to_owned(),
        origin_note: String::new(),
        cycle_id: None,
        first_cycle_id: None,
        requirement_id: requirement.map(|one| one.id.to_string()),
        requirement_code: requirement.map_or(String::new(), |one| one.code.clone()),
        checks: requirement.map_or(Vec::new(), |one| one.checks.iter().map(|check| check.as_str().to_owned()).collect()),
        priority: requirement.map_or(2, |one| one.priority),
        title: String::new(),
        body: String::new(),
        because: Vec::new(),
        issuer: String::new(),
        due_on: String::new(),
        state: State::Draft,
        created_at: now.clone(),
        issued_at: None,
        since: None,
        closed_at: None,
        closed_by: None,
        proof: None,
        reopened: 0,
        updated_at: now,
    }
}

/// Stores a draft under `code`, or `code-2`, `code-3` … where it is taken.
pub(super) async fn add(work: &mut Work, mut one: Recommendation, code: &str) -> Result<RecommendationId> {
    one.code = code.to_owned();
    let mut number = 2;
    while store::code_taken(&mut work.tx, &one.code).await? {
        one.code = format!("{code}-{number}");
        number += 1;
    }
    store::insert_recommendation(&mut work.tx, &one).await?;
    let (who, now) = (work.actor.name.clone(), work.stamp());
    store::add_history(&mut work.tx, &one.id, &now, &who, "draft", State::Draft, "").await?;
    let detail = json!({ "code": one.code, "requirement": one.requirement_code, "title": one.title });
    work.audit(one.organisation_id.as_str(), "improvements", "recommendation.draft", one.id.as_str(), detail).await?;
    Ok(one.id)
}

/// Both languages, for nobody knows who reads it.
pub(super) fn both(text: impl Fn(Lang) -> String, between: &str) -> String {
    let (ja, en) = (text(Lang::Ja), text(Lang::En));
    if ja == en { ja } else { format!("{ja}{between}{en}") }
}

/// One requirement of one organisation for which a recommendation is due, with how urgent it is (smaller is more urgent).
struct Candidate<'e> {
    requirement: &'e str,
    rows: Vec<&'e TripleRow>,
    order: (u8, u8, usize),
}

/// Not met, as somebody other than the organisation saw it.
fn is_not_met(row: &TripleRow) -> bool {
    row.triple.audited() == Some(false) || row.triple.measured() == Some(false)
}

/// What an organisation should mend, the most urgent first: priority of the requirement, then weight (major findings and
/// contradicted claims before the rest), then how many of its systems are concerned.
fn candidates<'e>(evaluation: &'e Evaluation, organisation: &str) -> Vec<Candidate<'e>> {
    let mut by_requirement: BTreeMap<&str, Vec<&TripleRow>> = BTreeMap::new();
    for row in evaluations::view::triples_of(evaluation, organisation).iter().filter(|row| is_not_met(row)) {
        by_requirement.entry(row.triple.requirement.as_str()).or_default().push(row);
    }
    let mut all: Vec<Candidate<'_>> = by_requirement
        .into_iter()
        .map(|(requirement, rows)| {
            let priority = evaluation.requirements.get(requirement).map_or(u8::MAX, |one| one.priority);
            let heavy = rows.iter().any(|row| row.triple.finding == Some(Finding::Major) || row.triple.over_claimed());
            let order = (priority, u8::from(!heavy), usize::MAX - rows.len());
            Candidate { requirement, rows, order }
        })
        .collect();
    all.sort_by(|a, b| (a.order, a.requirement).cmp(&(b.order, b.requirement)));
    all
}

/// Proposes recommendations from a cycle's evaluation, as drafts in the words of `lang`. Run again, it adds none twice.
pub async fn draft_from_findings(work: &mut Work, new: &NewDraft, lang: Lang) -> Result<Drafted> {
    let scope = work.scope("improvements", Verb::Manage)?;
    let record = evaluations::store::evaluation(&mut work.tx, &new.cycle).await?.ok_or(Error::Conflict("improvements-error-not-evaluated"))?;
    let evaluation = evaluations::view::load(&mut work.tx, &record).await?;
    let edition = crate::base::id::Id::from_text(record.edition_id.clone());
    let requirements: BTreeMap<String, Requirement> =
        standards::store::requirements(&mut work.tx, &edition).await?.into_iter().map(|one| (one.code.clone(), one)).collect();
    let organisations = register::store::organisations(&mut work.tx, &scope).await?;
    let systems: BTreeMap<String, String> =
        register::store::systems(&mut work.tx, &scope).await?.into_iter().map(|system| (system.code.clone(), system.name(lang).to_owned())).collect();
    let there: BTreeSet<(String, String)> = store::recommendations(&mut work.tx, &Scope::Everything, "")
        .await?
        .into_iter()
        .filter(|one| one.state.is_open() || one.state == State::Draft)
        .map(|one| (one.organisation_id.to_string(), one.requirement_code))
        .collect();
    let day = today(work);
    let exempt: BTreeSet<(String, String)> = store::exemptions(&mut work.tx, &Scope::Everything)
        .await?
        .into_iter()
        .filter(|one| one.on(&day) == Standing::InForce && one.system_id.is_none())
        .map(|one| (one.organisation_id.to_string(), one.requirement_code))
        .collect();
    let due_on = match new.due_on.trim() {
        "" => date(work.now).checked_add(6.months()).map_err(Error::internal)?.to_string(),
        text => parse_date(text).ok_or(Error::invalid("due_on", "error-not-a-date"))?.to_string(),
    };
    let issuer = settings::get(&mut work.tx, ISSUER, "centre".to_owned()).await?;
    let most = if new.most == 0 { MOST } else { new.most };
    let mut drafted = Drafted::default();
    for organisation in organisations.iter().filter(|one| new.organisations.is_empty() || new.organisations.contains(&one.code)) {
        let mut taken = 0;
        for candidate in candidates(&evaluation, &organisation.code) {
            if taken == most {
                break;
            }
            if !new.requirement.is_empty() && candidate.requirement != new.requirement {
                continue;
            }
            let key = (organisation.id.to_string(), candidate.requirement.to_owned());
            if there.contains(&key) {
                drafted.unfinished += 1;
                continue;
            }
            if exempt.contains(&key) {
                drafted.exceptions += 1;
                continue;
            }
            let requirement = requirements.get(candidate.requirement);
            let one = Recommendation {
                cycle_id: Some(new.cycle.clone()),
                first_cycle_id: Some(new.cycle.clone()),
                requirement_code: candidate.requirement.to_owned(),
                title: evaluation.requirements.get(candidate.requirement).map_or(String::new(), |one| one.title.get(lang).to_owned()),
                body: body(&candidate, requirement, &systems, lang),
                because: candidate.rows.iter().map(|row| reason(row)).collect(),
                issuer: issuer.clone(),
                due_on: due_on.clone(),
                ..blank(work, organisation, requirement)
            };
            let code = format!("{}-{}-{}", evaluation.cycle, organisation.code, candidate.requirement);
            let id = add(work, one, &code).await?;
            drafted.codes.push(store::recommendation(&mut work.tx, &Scope::Everything, &id).await?.code);
            taken += 1;
        }
    }
    if drafted.codes.is_empty() {
        let detail = json!({ "cycle": new.cycle, "unfinished": drafted.unfinished, "exceptions": drafted.exceptions });
        work.audit("", "improvements", "recommendation.draft-none", &new.cycle, detail).await?;
    }
    Ok(drafted)
}

fn reason(row: &TripleRow) -> Reason {
    Reason {
        system: row.triple.scope.0.as_ref().map_or(String::new(), |system| system.as_str().to_owned()),
        claim: row.triple.claim.map(|claim| claim.as_str().to_owned()),
        finding: row.triple.finding.map(|finding| finding.as_str().to_owned()),
        verdict: row.triple.verdict.map(|verdict| verdict.as_str().to_owned()),
    }
}

/// The draft's text: what was seen where, what contradicts what, and what is asked.
fn body(candidate: &Candidate<'_>, requirement: Option<&Requirement>, systems: &BTreeMap<String, String>, lang: Lang) -> String {
    let t = |key: &str, values: &[(&str, String)]| texts().with(lang, key, values);
    let count = |seen: fn(&TripleRow) -> bool| candidate.rows.iter().filter(|row| seen(row)).count().to_string();
    let values = [
        ("audited", count(|row| row.triple.audited() == Some(false))),
        ("measured", count(|row| row.triple.measured() == Some(false))),
        ("claimed", count(|row| row.triple.over_claimed())),
    ];
    let mut lines = Vec::new();
    if candidate.rows.iter().any(|row| row.triple.audited() == Some(false)) {
        lines.push(t("improvements-draft-audited", &values));
    }
    if candidate.rows.iter().any(|row| row.triple.measured() == Some(false)) {
        lines.push(t("improvements-draft-measured", &values));
    }
    if candidate.rows.iter().any(|row| row.triple.over_claimed()) {
        lines.push(t("improvements-draft-claimed", &values));
    }
    let name = |row: &&TripleRow| row.triple.scope.0.as_ref().map(|id| systems.get(id.as_str()).cloned().unwrap_or_else(|| id.to_string()));
    let names: Vec<String> = candidate.rows.iter().filter_map(name).collect();
    if !names.is_empty() {
        lines.push(t("improvements-draft-systems", &[("systems", names.join(lang.pick("、", ", ")))]));
    }
    if let Some(requirement) = requirement {
        lines.push(t("improvements-draft-requirement", &[("statement", requirement.statement(lang).to_owned())]));
    }
    let ask = if requirement.is_some_and(|one| !one.checks.is_empty()) { "improvements-draft-ask-measured" } else { "improvements-draft-ask" };
    lines.push(t(ask, &[]));
    lines.join("\n")
}
