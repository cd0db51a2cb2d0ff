//! A cycle of the example: announced, opened, answered, approved, audited, closed, on the generator's days.

use std::collections::BTreeMap;

use engine::facts::Claim;
use engine::simulate::{Government, Scope as About, Text};

use super::calendar::{Calendar, Window};
use super::evidence;
use super::stage::Stage;
use crate::base::actor::Role;
use crate::base::error::{Error, Result};
use crate::base::work::Work;
use crate::inspections::actions;
use crate::inspections::answer::Given;
use crate::inspections::audit::NewFinding;
use crate::inspections::cycle::{CycleId, Item, NewCycle};
use crate::inspections::priority::NewUnit;
use crate::inspections::respondent::{NewRespondent, questions};
use crate::inspections::store;
use crate::register::system::SystemId;
use crate::standards::requirement::RequirementId;

/// The reason where an organisation says that something does not apply and no respondent gave one.
const REASON: &str = "対象となる情報や機器がないため。";

/// Enters the people who are asked.
pub async fn people(stage: &Stage) -> Result<()> {
    let made = stage.government()?;
    let mut systems: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for system in &made.systems {
        if let Some(manager) = &system.manager {
            systems.entry(manager).or_default().push(system.code.clone());
        }
    }
    let all: Vec<NewRespondent> = made
        .people
        .iter()
        .map(|one| NewRespondent {
            organisation: one.organisation.clone(),
            code: one.code.clone(),
            name: one.name.ja.clone(),
            email: one.email.clone(),
            section: one.section.ja.clone(),
            roles: vec![one.role],
            systems: systems.get(one.code.as_str()).cloned().unwrap_or_default(),
        })
        .collect();
    let mut work = stage.work().await?;
    actions::add_respondents(&mut work, &all).await?;
    work.commit().await
}

/// Makes, announces and opens the cycle of `year` about `edition`, for the organisations named (empty: all that take part).
pub async fn open(stage: &Stage, year: i32, days: Window, edition: usize, organisations: Vec<String>) -> Result<CycleId> {
    let made = stage.government()?;
    stage.on(&days.announced)?;
    let mut work = stage.work_as(Role::Evaluator, &stage.centre()?).await?;
    let all = || made.organisations.iter().filter(|one| one.takes_part).map(|one| one.code.clone()).collect();
    let new = NewCycle {
        code: year.to_string(),
        name_ja: format!("{}の自己点検・監査・実測", crate::base::dates::fiscal_year_name(year as i16, crate::base::lang::Lang::Ja)),
        name_en: format!("Inspection of fiscal year {year}"),
        fiscal_year: i64::from(year),
        edition: stage.editions.get(edition).map(ToString::to_string).unwrap_or_default(),
        opens_on: days.opens.clone(),
        closes_on: days.closes,
        organisations: if organisations.is_empty() { all() } else { organisations },
        ..NewCycle::default()
    };
    let id = actions::create_cycle(&mut work, &new).await?;
    actions::announce(&mut work, &id).await?;
    work.commit().await?;
    stage.on(&days.opens)?;
    let mut work = stage.work_as(Role::Evaluator, &stage.centre()?).await?;
    actions::open(&mut work, &id).await?;
    work.commit().await?;
    Ok(id)
}

/// Answers, counts units, approves, closes and audits the cycle at `index`.
pub async fn run(stage: &Stage, index: usize, id: &CycleId) -> Result<()> {
    let made = stage.made.get(index).ok_or_else(|| Error::internal("no such cycle"))?;
    let days = Calendar(stage.cycle(index)?.fiscal_year);
    stage.on(&days.answered())?;
    let mut work = stage.work().await?;
    let codes = codes(&mut work, id).await?;
    let mut given = answers(stage, made, index, &mut work, id).await?;
    let attached = evidence::choose(stage, made, index, &mut work, id, &mut given).await?;
    actions::answer_many(&mut work, id, given).await?;
    let units = units(stage, made, index, &codes)?;
    actions::record_units(&mut work, id, &units).await?;
    work.commit().await?;
    evidence::send(stage, id, attached).await?;
    stage.on(&days.closes())?;
    for one in made.organisations.iter().filter(|one| one.takes_part) {
        let organisation = stage.organisation(&one.code)?.id.clone();
        let mut work = stage.work_as(Role::Ciso, &one.code).await?;
        actions::approve(&mut work, id, &organisation, "").await?;
        work.commit().await?;
    }
    let mut work = stage.work_as(Role::Evaluator, &stage.centre()?).await?;
    actions::close(&mut work, id).await?;
    work.commit().await?;
    stage.on(&days.audited())?;
    let mut work = stage.work_as(Role::Evaluator, &stage.centre()?).await?;
    actions::draw_sample(&mut work, id, Some(i64::try_from(stage.wish.seed).unwrap_or_default())).await?;
    work.commit().await?;
    for one in made.organisations.iter().filter(|one| one.takes_part) {
        let new = findings(stage, made, index, &one.code, &codes)?;
        let mut work = stage.work_as(Role::Auditor, &one.code).await?;
        actions::record_findings(&mut work, id, &new).await?;
        work.commit().await?;
    }
    Ok(())
}

type Codes = BTreeMap<String, RequirementId>;

async fn codes(work: &mut Work, id: &CycleId) -> Result<Codes> {
    Ok(store::items(&mut work.tx, id).await?.into_iter().map(|item| (item.code, item.requirement_id)).collect())
}

fn system(stage: &Stage, about: &About) -> Option<SystemId> {
    match about {
        About::Organisation => None,
        About::System(code) => stage.systems.get(code).cloned(),
    }
}

/// What everybody answers to the questions that opening the cycle froze. Whoever is silent in the generator is silent here.
/// Where the program asks somebody what the generator did not, the organisation's claim is their answer.
async fn answers(stage: &Stage, made: &Government, index: usize, work: &mut Work, id: &CycleId) -> Result<Vec<Given>> {
    let cycle = stage.cycle(index)?;
    let position: BTreeMap<&str, usize> = made.people.iter().enumerate().map(|(at, person)| (person.code.as_str(), at)).collect();
    let codes: BTreeMap<&SystemId, &String> = stage.systems.iter().map(|(code, id)| (id, code)).collect();
    let cells: BTreeMap<(&str, &str, &About), Claim> =
        cycle_of(made, index)?.cells.iter().map(|cell| ((cell.organisation.as_str(), cell.requirement.as_str(), &cell.scope), cell.claim)).collect();
    let mut out = Vec::new();
    for participant in store::participants(&mut work.tx, id).await? {
        let items: Vec<Item> = store::items_of(&mut work.tx, id, &participant.organisation_id).await?;
        let people = store::asked_people(&mut work.tx, id, &participant.organisation_id).await?;
        let mut in_charge: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (person, role, system) in store::systems_asked_of(&mut work.tx, id, &participant.organisation_id).await? {
            in_charge.entry(person).or_default().push((role, system));
        }
        for (person, asked) in people {
            let Some(at) = position.get(person.code.as_str()).copied() else { continue };
            let Some(said) = made.answers(cycle.number, at) else { continue };
            let organisation = made.people.get(at).map_or("", |one| one.organisation.as_str());
            let said: BTreeMap<(&str, &About), (Claim, Option<Text>)> =
                said.into_iter().map(|one| ((one.requirement, one.scope), (one.claim, one.reason))).collect();
            for question in questions(&items, &asked.duties, in_charge.get(&person.id).map_or(&[], Vec::as_slice)) {
                let about = match &question.system {
                    None => About::Organisation,
                    Some(id) => About::System(codes.get(id).map(|code| (*code).clone()).unwrap_or_default()),
                };
                let code = question.item.code.as_str();
                let (claim, reason) = match said.get(&(code, &about)) {
                    Some((claim, reason)) => (*claim, reason.as_ref().map(|text| text.ja.clone())),
                    None => match cells.get(&(organisation, code, &about)) {
                        Some(claim) => (*claim, None),
                        None => continue,
                    },
                };
                let reason = if claim == Claim::NotApplicable { reason.unwrap_or_else(|| REASON.to_owned()) } else { String::new() };
                out.push(Given {
                    respondent_id: person.id.clone(),
                    requirement_id: question.item.requirement_id.clone(),
                    system_id: question.system.clone(),
                    claim,
                    reason,
                    note: String::new(),
                    evidence: None,
                });
            }
        }
    }
    Ok(out)
}

fn cycle_of(made: &Government, index: usize) -> Result<&engine::simulate::Cycle> {
    made.cycles.get(index).ok_or_else(|| Error::internal("no such cycle"))
}

fn units(stage: &Stage, made: &Government, index: usize, codes: &Codes) -> Result<Vec<NewUnit>> {
    let mut out = Vec::new();
    for one in &cycle_of(made, index)?.priority {
        // The generator counts for every requirement of a class; the standard says which are inspected so.
        let Some(requirement_id) = codes.get(&one.requirement).filter(|id| stage.priority.contains(*id)) else { continue };
        out.push(NewUnit {
            organisation_id: stage.organisation(&one.organisation)?.id.clone(),
            requirement_id: requirement_id.clone(),
            class: one.class,
            held: u64::from(one.held),
            done: u64::from(one.done),
            note: String::new(),
        });
    }
    Ok(out)
}

fn findings(stage: &Stage, made: &Government, index: usize, organisation: &str, codes: &Codes) -> Result<Vec<NewFinding>> {
    let mut out = Vec::new();
    for one in cycle_of(made, index)?.audits.iter().filter(|one| one.organisation == organisation) {
        let Some(requirement_id) = codes.get(&one.requirement) else { continue };
        out.push(NewFinding {
            organisation_id: stage.organisation(organisation)?.id.clone(),
            requirement_id: requirement_id.clone(),
            system_id: system(stage, &one.scope),
            verdict: one.finding,
            note: one.note.ja.clone(),
            evidence: None,
        });
    }
    Ok(out)
}
