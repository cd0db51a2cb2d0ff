//! Gathers the material of reports from the areas below, each through its store, one query per kind of row.

use std::collections::BTreeMap;

use engine::evaluate::Evaluation;
use engine::facts::Verdict;
use engine::outcomes::Remedy;
use engine::words::Words;

use super::material::{Checked, Material, Member};
use super::policy::{Policy, SETTING};
use super::store;
use super::tree::{Action, Cycle, Named};
use crate::base::actor::{OrganisationId, Scope};
use crate::base::blobs;
use crate::base::dates::{date, fiscal_period, parse_stamp};
use crate::base::db::Tx;
use crate::base::error::Result;
use crate::base::settings;
use crate::improvements::recommendation::State as Recommended;
use crate::inspections::cycle::{Cycle as Inspected, CycleId};
use crate::{evaluations, improvements, inspections, measurements, register, standards};

/// The policy in force.
pub async fn policy(tx: &mut Tx) -> Result<Policy> {
    settings::get(tx, SETTING, Policy::default()).await
}

/// A cycle as reports name it.
fn named_cycle(cycle: &Inspected, edition: &str) -> Cycle {
    Cycle {
        code: cycle.code.clone(),
        name: Words::new(&cycle.name_ja, &cycle.name_en),
        fiscal_year: i16::try_from(cycle.fiscal_year).unwrap_or(i16::MAX),
        opens_on: cycle.opens_on.clone(),
        closes_on: cycle.closes_on.clone(),
        edition: edition.to_owned(),
    }
}

async fn evaluation(tx: &mut Tx, cycle: &str) -> Result<Option<(Evaluation, String)>> {
    let Some(record) = evaluations::store::evaluation(tx, cycle).await? else { return Ok(None) };
    let bytes = blobs::get(tx, &record.hash).await?;
    Ok(Some((serde_json::from_slice(&bytes)?, record.at)))
}

/// Everything known of `cycle` as of `now`. It holds all organisations: whose report it becomes, and who reads it, is
/// decided by the caller and by the policy.
pub async fn material(tx: &mut Tx, cycle: &CycleId, now: &str) -> Result<Material> {
    let inspected = inspections::store::cycle(tx, cycle).await?;
    let editions: BTreeMap<String, String> =
        standards::store::editions(tx).await?.into_iter().map(|edition| (edition.id.to_string(), edition.version)).collect();
    let version = |cycle: &Inspected| editions.get(cycle.edition_id.as_str()).cloned().unwrap_or_default();
    let evaluated = evaluation(tx, cycle.as_str()).await?;
    let organisations = register::store::organisations(tx, &Scope::Everything).await?;
    let name = |one: &register::organisation::Organisation| Named { code: one.code.clone(), name: Words::new(&one.name_ja, &one.name_en) };
    let codes: BTreeMap<&OrganisationId, &str> = organisations.iter().map(|one| (&one.id, one.code.as_str())).collect();
    let taking: Vec<OrganisationId> = inspections::store::participants(tx, cycle).await?.into_iter().map(|one| one.organisation_id).collect();
    // An evaluation names organisations by code or by id; whichever it is, it is found.
    let key = |one: &register::organisation::Organisation| {
        let by_id = evaluated.as_ref().is_some_and(|(evaluation, _)| evaluation.organisations.contains_key(one.id.as_str()));
        if by_id { one.id.to_string() } else { one.code.clone() }
    };
    let members: Vec<Member> =
        organisations.iter().filter(|one| taking.contains(&one.id)).map(|one| Member { key: key(one), named: name(one) }).collect();
    let centre = organisations.iter().find(|one| one.parent_id.is_none()).map(name).unwrap_or_default();
    let mut requirements = BTreeMap::new();
    for one in standards::store::requirements(tx, &inspected.edition_id).await? {
        let named = Named { code: one.code.clone(), name: Words::new(&one.title_ja, &one.title_en) };
        requirements.insert(one.id.to_string(), named.clone());
        requirements.insert(one.code, named);
    }
    let mut systems = BTreeMap::new();
    for one in register::store::systems(tx, &Scope::Everything).await? {
        let named = Named { code: one.code.clone(), name: Words::new(&one.name_ja, &one.name_en) };
        systems.insert(one.id.to_string(), named.clone());
        systems.insert(one.code, named);
    }
    let mut earlier = Vec::new();
    for past in inspections::store::cycles(tx).await?.iter().rev() {
        if past.opens_on < inspected.opens_on
            && let Some((evaluation, _)) = evaluation(tx, past.id.as_str()).await?
        {
            earlier.push((named_cycle(past, &version(past)), evaluation.figures));
        }
    }
    let until = evaluated.as_ref().map_or(now, |(_, at)| at.as_str()).to_owned();
    let since =
        i16::try_from(inspected.fiscal_year).ok().and_then(fiscal_period).map_or_else(|| inspected.opens_on.clone(), |(first, _)| first.to_string());
    let facts = store::facts(tx, cycle.as_str()).await?;
    let incidents = store::incidents(tx, cycle.as_str()).await?;
    let code = |id: &OrganisationId| codes.get(id).map(|code| (*code).to_owned());
    Ok(Material {
        cycle: named_cycle(&inspected, &version(&inspected)),
        centre,
        members,
        evaluation: evaluated.map(|(evaluation, _)| evaluation),
        earlier,
        requirements,
        systems,
        checks: checks(tx, &codes, &since, &until).await?,
        actions: actions(tx, &codes, cycle.as_str()).await?,
        remedies: remedies(tx, &codes, cycle.as_str(), now).await?,
        facts: facts.into_iter().filter_map(|(id, facts)| Some((code(&id)?, facts))).collect(),
        incidents: incidents.into_iter().filter_map(|(id, list)| Some((code(&id)?, list))).collect(),
        policy: policy(tx).await?,
    })
}

/// The last verdict of each target and check, counted.
async fn checks(tx: &mut Tx, codes: &BTreeMap<&OrganisationId, &str>, since: &str, until: &str) -> Result<Vec<Checked>> {
    let mut all: BTreeMap<(String, &'static str), Checked> = BTreeMap::new();
    for one in measurements::store::verdicts(tx, since, until).await? {
        let Some(code) = codes.get(&one.organisation_id) else { continue };
        let check = one.check.as_str();
        let counted = all.entry(((*code).to_owned(), check)).or_insert_with(|| Checked {
            organisation: (*code).to_owned(),
            check: check.to_owned(),
            ..Checked::default()
        });
        match one.verdict {
            Verdict::Met => counted.met += 1,
            Verdict::NotMet => counted.not_met += 1,
            Verdict::CouldNotMeasure | Verdict::Stale => counted.unknown += 1,
            Verdict::NotApplicable => {}
        }
    }
    Ok(all.into_values().filter(|one| one.met + one.not_met + one.unknown > 0).collect())
}

/// What became, by the day of `now`, of the recommendations pursued in the cycle.
async fn remedies(tx: &mut Tx, codes: &BTreeMap<&OrganisationId, &str>, cycle: &str, now: &str) -> Result<BTreeMap<String, Vec<Remedy>>> {
    let today = parse_stamp(now).map(|now| date(now).to_string()).unwrap_or_default();
    let mut all: BTreeMap<String, Vec<Remedy>> = BTreeMap::new();
    for one in improvements::store::recommendations(tx, &Scope::Everything, cycle).await? {
        if let (Some(code), Some(remedy)) = (codes.get(&one.organisation_id), improvements::outcome::remedy(&one, &today)) {
            all.entry((*code).to_owned()).or_default().push(remedy);
        }
    }
    Ok(all)
}

/// Recommendations pursued in the cycle and the newest plan of each. Drafts are the centre's own and not yet said.
async fn actions(tx: &mut Tx, codes: &BTreeMap<&OrganisationId, &str>, cycle: &str) -> Result<Vec<Action>> {
    let mut plans = BTreeMap::new();
    for plan in improvements::store::plans_of(tx, &Scope::Everything, None).await? {
        let newest = plans.entry(plan.recommendation_id.to_string()).or_insert_with(|| plan.clone());
        if plan.version > newest.version {
            *newest = plan;
        }
    }
    let recommended = improvements::store::recommendations(tx, &Scope::Everything, cycle).await?;
    let said = recommended.into_iter().filter(|one| !matches!(one.state, Recommended::Draft | Recommended::Withdrawn));
    Ok(said
        .filter_map(|one| {
            let plan = plans.get(one.id.as_str());
            let due_on = plan.map(|plan| plan.due_on.clone()).filter(|due| !due.is_empty()).unwrap_or(one.due_on);
            let step =
                |step: &improvements::plan::PlanStep| (step.words.clone(), if step.due_on.is_empty() { due_on.clone() } else { step.due_on.clone() });
            Some(Action {
                organisation: (*codes.get(&one.organisation_id)?).to_owned(),
                code: one.code,
                requirement: one.requirement_code,
                title: one.title,
                reason: one.body,
                state: one.state.as_str().to_owned(),
                owner: plan.map(|plan| plan.owner.clone()).unwrap_or_default(),
                steps: plan.map(|plan| plan.steps.iter().map(step).collect()).unwrap_or_default(),
                due_on,
                closed: one.state == Recommended::Closed,
            })
        })
        .collect())
}
