//! The verbs of a cycle: make, announce, open, close, evaluate, publish.

use std::collections::BTreeSet;

use engine::grade::GradeRule;
use engine::rates::ClaimRule;
use engine::sampling::SampleRule;
use serde_json::json;

use super::freeze;
use crate::base::actor::{OrganisationId, Scope, Verb};
use crate::base::dates::{date, parse_date};
use crate::base::error::{Error, Field, Result};
use crate::base::events;
use crate::base::settings;
use crate::base::work::Work;
use crate::inspections::cycle::{Cycle, CycleId, Item, Kind, NewCycle, State, Step};
use crate::inspections::store;
use crate::register::organisation::is_code;
use crate::standards::requirement::EditionId;

/// Those who run cycles; nobody else knows of a draft.
fn running(work: &Work) -> Result<Scope> {
    work.scope("inspections", Verb::Manage)
}

/// Who moves a cycle on reaches everybody who takes part: one who runs a part of the tree does not close the inspection of all.
async fn whole(work: &mut Work, id: &CycleId) -> Result<()> {
    let scope = running(work)?;
    let reached = store::participants_within(&mut work.tx, &scope, id).await?.len();
    if reached < store::participants(&mut work.tx, id).await?.len() { Err(Error::Forbidden) } else { Ok(()) }
}

/// Makes a cycle as a draft. The rules are copied from the installation's settings, so that a later change of these does not
/// reach back.
pub async fn create_cycle(work: &mut Work, new: &NewCycle) -> Result<CycleId> {
    let scope = running(work)?;
    let mut wrong = Vec::new();
    let mut need = |name: &str, fits: bool, text: &'static str| {
        if !fits {
            wrong.push(Field { name: name.to_owned(), text, values: Vec::new() });
        }
    };
    let (opens, closes) = (parse_date(&new.opens_on), parse_date(&new.closes_on));
    need("code", is_code(&new.code), "inspections-error-code");
    need("name_ja", !new.name_ja.trim().is_empty(), "error-required");
    need("name_en", !new.name_en.trim().is_empty(), "error-required");
    need("fiscal_year", (1900..3000).contains(&new.fiscal_year), "inspections-error-year");
    need("opens_on", opens.is_some(), "error-not-a-date");
    need("closes_on", closes.is_some(), "error-not-a-date");
    need("closes_on", opens.is_none() || closes.is_none() || closes >= opens, "inspections-error-order");
    need("urgent_reason", new.kind == Kind::Regular || !new.urgent_reason.trim().is_empty(), "inspections-error-urgent-reason");
    let edition = EditionId::from_text(new.edition.as_str());
    let requirements = match crate::standards::store::edition(&mut work.tx, &edition).await {
        Ok(_) => crate::standards::store::requirements(&mut work.tx, &edition).await?,
        Err(Error::NotFound) => {
            need("edition", false, "inspections-error-edition");
            Vec::new()
        }
        Err(error) => return Err(error),
    };
    let all = crate::register::store::organisations(&mut work.tx, &scope).await?;
    let codes: BTreeSet<&str> = new.organisations.iter().map(|code| code.trim()).filter(|code| !code.is_empty()).collect();
    for code in &codes {
        if !all.iter().any(|one| one.code == *code) {
            let values = vec![("code", (*code).to_owned())];
            wrong.push(Field { name: "organisations".to_owned(), text: "inspections-error-organisation", values });
        }
    }
    let opening = new.opens_on.replace('/', "-");
    let organisations: Vec<OrganisationId> = all
        .iter()
        .filter(|one| if codes.is_empty() { one.parent_id.is_some() && one.is_valid_on(&opening) } else { codes.contains(one.code.as_str()) })
        .map(|one| one.id.clone())
        .collect();
    if organisations.is_empty() && wrong.is_empty() {
        wrong.push(Field { name: "organisations".to_owned(), text: "inspections-error-no-organisation", values: Vec::new() });
    }
    let asked: BTreeSet<&str> = new.items.iter().map(|code| code.trim()).filter(|code| !code.is_empty()).collect();
    for code in asked.iter().filter(|code| !requirements.iter().any(|one| one.code == **code)) {
        let values = vec![("code", (*code).to_owned())];
        wrong.push(Field { name: "items".to_owned(), text: "inspections-error-item", values });
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let id: CycleId = work.id();
    let items: Vec<Item> = requirements
        .iter()
        .filter(|one| asked.is_empty() || asked.contains(one.code.as_str()))
        .zip(0_i64..)
        .map(|(one, position)| Item {
            cycle_id: id.clone(),
            requirement_id: one.id.clone(),
            code: one.code.clone(),
            position,
            roles: one.roles.clone(),
            applies_to: one.applies_to,
            priority: one.priority,
            self_inspected: one.evidence_self,
            audited: one.evidence_audit,
            priority_inspected: one.priority_inspection,
        })
        .collect();
    let cycle = Cycle {
        id: id.clone(),
        code: new.code.clone(),
        kind: new.kind,
        urgent_reason: if new.kind == Kind::Urgent { new.urgent_reason.trim().to_owned() } else { String::new() },
        period: new.period,
        name_ja: new.name_ja.trim().to_owned(),
        name_en: new.name_en.trim().to_owned(),
        fiscal_year: new.fiscal_year,
        edition_id: edition,
        opens_on: opens.map(|day| day.to_string()).unwrap_or_default(),
        closes_on: closes.map(|day| day.to_string()).unwrap_or_default(),
        state: State::Draft,
        claim_rule: settings::get(&mut work.tx, "inspections.claim-rule", ClaimRule::default()).await?,
        grade_rule: settings::get(&mut work.tx, "inspections.grade-rule", GradeRule::default()).await?,
        sample_rule: settings::get(&mut work.tx, "inspections.sample-rule", SampleRule::default()).await?,
        sample_seed: None,
        created_at: work.stamp(),
        announced_at: None,
        opened_at: None,
        closed_at: None,
        evaluated_at: None,
        published_at: None,
    };
    store::insert_cycle(&mut work.tx, &cycle).await?;
    store::set_items(&mut work.tx, &id, &items).await?;
    store::set_participants(&mut work.tx, &id, &organisations).await?;
    let detail =
        json!({ "code": cycle.code, "kind": cycle.kind, "edition": cycle.edition_id, "items": items.len(), "organisations": organisations.len() });
    work.audit("", "inspections", "cycle.create", id.as_str(), detail).await?;
    Ok(id)
}

/// Takes one step of the state machine and tells the areas above.
async fn step(work: &mut Work, id: &CycleId, step: Step, verb: &str) -> Result<Cycle> {
    whole(work, id).await?;
    let cycle = store::cycle(&mut work.tx, id).await?;
    let to = cycle.state.after(step).map_err(Error::Conflict)?;
    let now = work.stamp();
    if !store::set_state(&mut work.tx, id, cycle.state, to, &now).await? {
        return Err(Error::Conflict("inspections-error-moved-on"));
    }
    let detail = json!({ "code": cycle.code, "from": cycle.state, "to": to });
    work.audit("", "inspections", verb, id.as_str(), detail.clone()).await?;
    events::emit(work, &format!("inspections.{verb}"), id.as_str(), detail).await?;
    Ok(cycle)
}

/// Tells dates and items before anything is asked (事前に示したスケジュールや検査項目).
pub async fn announce(work: &mut Work, id: &CycleId) -> Result<()> {
    step(work, id, Step::Announce, "cycle.announce").await.map(drop)
}

/// Opens: from here on edition, items, organisations, people, denominators and rules are frozen. A regular cycle waits for its
/// announced day; an urgent one need not, and needs no announcement of its own (S027).
pub async fn open(work: &mut Work, id: &CycleId) -> Result<()> {
    whole(work, id).await?;
    let cycle = store::cycle(&mut work.tx, id).await?;
    if cycle.is_urgent() && cycle.state == State::Draft {
        announce(work, id).await?;
    }
    if !cycle.is_urgent() && cycle.state == State::Announced && date(work.now).to_string() < cycle.opens_on {
        return Err(Error::Conflict("inspections-error-too-early"));
    }
    step(work, id, Step::Open, "cycle.open").await?;
    freeze::freeze(work, &cycle).await
}

/// Closes: answers and counts of units are final.
pub async fn close(work: &mut Work, id: &CycleId) -> Result<()> {
    whole(work, id).await?;
    // First the door: whoever answers at this moment is waited for, and counts.
    store::set_taking(&mut work.tx, id, false).await?;
    step(work, id, Step::Close, "cycle.close").await.map(drop)
}

/// Notes that the evaluation is made; the auditors' verdicts are final from here on.
pub async fn mark_evaluated(work: &mut Work, id: &CycleId) -> Result<()> {
    step(work, id, Step::Evaluate, "cycle.evaluate").await.map(drop)
}

/// Lets the results out.
pub async fn publish(work: &mut Work, id: &CycleId) -> Result<()> {
    step(work, id, Step::Publish, "cycle.publish").await.map(drop)
}
