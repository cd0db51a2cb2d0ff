//! A cycle's rows for the evaluation: a few queries, joined in memory, named by codes so that the data file reads by itself.

use std::collections::{BTreeMap, BTreeSet};

use engine::evaluate::{
    AnswersRow, ClaimRow, CycleData, FindingRow, Organisation, PostsRow, Requirement, RespondentsRow, Rules, Summary, UnitsRow, VerdictRow,
};
use engine::facts::Claim;
use engine::importance::{SystemFacts, usual_criteria};
use engine::triple::Scope as Part;
use engine::words::Words;

use super::{store, view};
use crate::base::actor::Scope;
use crate::base::db::Tx;
use crate::base::error::{Error, Result};
use crate::base::settings;
use crate::inspections;
use crate::inspections::cycle::{Cycle, Item};
use crate::measurements;
use crate::register;
use crate::register::system::System;
use crate::standards;

/// The setting that holds the rules of evaluation; those a cycle freezes itself (claim, grade) are taken from the cycle.
pub const RULES: &str = "evaluations.rules";

/// Codes by id: of the organisations, the systems and the requirements of a cycle.
struct Names {
    organisations: BTreeMap<String, String>,
    systems: BTreeMap<String, String>,
    items: BTreeMap<String, Item>,
}

impl Names {
    fn organisation(&self, id: &impl std::fmt::Display) -> Option<engine::ids::OrganisationId> {
        self.organisations.get(&id.to_string()).map(|code| code.as_str().into())
    }

    fn requirement(&self, id: &impl std::fmt::Display) -> Option<engine::ids::RequirementId> {
        self.items.get(&id.to_string()).map(|item| item.code.as_str().into())
    }

    /// What of the organisation is spoken of. A requirement that is answered for the organisation as a whole is judged so
    /// too, whatever system a domain belongs to: else claim and measurement would never meet.
    fn part(&self, requirement: &impl std::fmt::Display, system: Option<&impl std::fmt::Display>) -> Part {
        let by_system = self.items.get(&requirement.to_string()).is_some_and(Item::by_system);
        match system.filter(|_| by_system).and_then(|id| self.systems.get(&id.to_string())) {
            Some(code) => Part::system(code.as_str()),
            None => Part::whole(),
        }
    }
}

/// The rows of `cycle` as they stand, with measurements made from its opening until `until`.
pub async fn gather(tx: &mut Tx, cycle: &Cycle, until: &str) -> Result<CycleData> {
    let everything = Scope::Everything;
    let all = register::store::organisations(tx, &everything).await?;
    let taking_part: Vec<String> =
        inspections::store::participants(tx, &cycle.id).await?.into_iter().map(|one| one.organisation_id.to_string()).collect();
    let organisations: Vec<_> = all.iter().filter(|one| taking_part.contains(&one.id.to_string())).collect();
    let systems = register::store::systems(tx, &everything).await?;
    let edition = standards::store::edition(tx, &cycle.edition_id).await?;
    let requirements = standards::store::requirements(tx, &cycle.edition_id).await?;
    let names = Names {
        organisations: organisations.iter().map(|one| (one.id.to_string(), one.code.clone())).collect(),
        systems: systems.iter().map(|one| (one.id.to_string(), one.code.clone())).collect(),
        items: inspections::store::items(tx, &cycle.id).await?.into_iter().map(|item| (item.requirement_id.to_string(), item)).collect(),
    };
    let asked = requirements.iter().filter(|one| names.items.contains_key(one.id.as_str()));
    let findings = findings(tx, cycle, &names).await?;
    let verdicts = verdicts(tx, cycle, until, &names, asked.clone()).await?;
    Ok(CycleData {
        cycle: cycle.code.clone(),
        edition: edition.spelled(),
        requirements: asked
            .map(|one| Requirement {
                id: one.code.as_str().into(),
                title: Words::new(&*one.title_ja, &*one.title_en),
                priority: u8::try_from(one.priority).unwrap_or(u8::MAX),
            })
            .collect(),
        organisations: organisations
            .iter()
            .map(|one| Organisation { id: one.code.as_str().into(), name: Words::new(&*one.name_ja, &*one.name_en) })
            .collect(),
        respondents: respondents(tx, cycle, &names).await?,
        answers: answers(tx, cycle, &names).await?,
        claims: claims(tx, cycle, &names, &findings, &verdicts).await?,
        findings,
        verdicts,
        units: units(tx, cycle, &names).await?,
        posts: posts(tx, &names, &systems).await?,
        systems: systems
            .iter()
            .filter(|one| one.retired_on.is_none() && names.organisations.contains_key(one.organisation_id.as_str()))
            .map(facts)
            .collect(),
        rules: rules(tx, cycle).await?,
        previous: previous(tx, cycle).await?,
    })
}

async fn rules(tx: &mut Tx, cycle: &Cycle) -> Result<Rules> {
    let usual = Rules { criteria: usual_criteria(), ..Rules::default() };
    let set = settings::get(tx, RULES, usual).await?;
    Ok(Rules { claim: cycle.claim_rule.clone(), grade: cycle.grade_rule.clone(), ..set })
}

async fn respondents(tx: &mut Tx, cycle: &Cycle, names: &Names) -> Result<Vec<RespondentsRow>> {
    let rows = inspections::store::asked(tx, &cycle.id).await?;
    Ok(rows
        .iter()
        .filter_map(|row| {
            Some(RespondentsRow { organisation: names.organisation(&row.organisation_id)?, role: row.role, respondents: row.respondents() })
        })
        .collect())
}

async fn answers(tx: &mut Tx, cycle: &Cycle, names: &Names) -> Result<Vec<AnswersRow>> {
    let rows = inspections::store::answer_counts(tx, &cycle.id).await?;
    // Denominators are frozen per organisation, requirement and role. For a requirement answered system by system, each
    // system's row carries what was answered there, and what nobody answered is left with the whole.
    let mut left: BTreeMap<(String, String, &'static str), u64> = BTreeMap::new();
    let denominators = inspections::store::denominators(tx, &Scope::Everything, &cycle.id).await?;
    for one in &denominators {
        left.insert((one.organisation_id.to_string(), one.requirement_id.to_string(), one.role.as_str()), one.asked);
    }
    let mut out = Vec::with_capacity(rows.len());
    for row in &rows {
        let (Some(organisation), Some(requirement)) = (names.organisation(&row.organisation_id), names.requirement(&row.requirement_id)) else {
            continue;
        };
        let counts = row.answers();
        let key = (row.organisation_id.to_string(), row.requirement_id.to_string(), row.role.as_str());
        let scope = names.part(&row.requirement_id, row.system_id.as_ref());
        let rest = left.entry(key).or_default();
        let asked = if scope == Part::whole() { *rest } else { counts.total().min(*rest) };
        *rest -= asked;
        out.push(AnswersRow { organisation, scope, requirement, role: row.role, asked, counts });
    }
    for one in &denominators {
        let key = (one.organisation_id.to_string(), one.requirement_id.to_string(), one.role.as_str());
        let asked = left.get(&key).copied().unwrap_or_default();
        if let (Some(organisation), Some(requirement), true) =
            (names.organisation(&one.organisation_id), names.requirement(&one.requirement_id), asked > 0)
        {
            let counts = engine::rates::Answers::default();
            out.push(AnswersRow { organisation, scope: Part::whole(), requirement, role: one.role, asked, counts });
        }
    }
    Ok(out)
}

/// What a derived standard left out when the cycle opened is the claim "not applicable": an auditor or a probe that judges it all
/// the same then shows as a disagreement. Where a requirement is judged system by system, the claim is made for every system
/// the cycle asked about and for every other that was judged.
async fn claims(tx: &mut Tx, cycle: &Cycle, names: &Names, findings: &[FindingRow], verdicts: &[VerdictRow]) -> Result<Vec<ClaimRow>> {
    let exclusions = inspections::store::exclusions(tx, &Scope::Everything, &cycle.id).await?;
    if exclusions.is_empty() {
        return Ok(Vec::new());
    }
    let systems = inspections::store::systems_in(tx, &cycle.id).await?;
    let mut out = Vec::new();
    for one in &exclusions {
        let (Some(organisation), Some(requirement)) = (names.organisation(&one.organisation_id), names.requirement(&one.requirement_id)) else {
            continue;
        };
        let mut parts: BTreeSet<Part> = systems
            .iter()
            .filter(|(of, _)| *of == one.organisation_id)
            .map(|(_, system)| names.part(&one.requirement_id, Some(system)))
            .chain(findings.iter().filter(|row| row.organisation == organisation && row.requirement == requirement).map(|row| row.scope.clone()))
            .chain(verdicts.iter().filter(|row| row.organisation == organisation && row.requirement == requirement).map(|row| row.scope.clone()))
            .collect();
        if parts.is_empty() {
            parts.insert(Part::whole());
        }
        out.extend(parts.into_iter().map(|scope| ClaimRow {
            organisation: organisation.clone(),
            scope,
            requirement: requirement.clone(),
            claim: Claim::NotApplicable,
        }));
    }
    Ok(out)
}

async fn findings(tx: &mut Tx, cycle: &Cycle, names: &Names) -> Result<Vec<FindingRow>> {
    let rows = inspections::store::findings(tx, &cycle.id).await?;
    Ok(rows
        .iter()
        .filter_map(|row| {
            Some(FindingRow {
                organisation: names.organisation(&row.organisation_id)?,
                scope: names.part(&row.requirement_id, row.system_id.as_ref()),
                requirement: names.requirement(&row.requirement_id)?,
                finding: row.verdict,
            })
        })
        .collect())
}

async fn verdicts<'r>(
    tx: &mut Tx,
    cycle: &Cycle,
    until: &str,
    names: &Names,
    requirements: impl Iterator<Item = &'r standards::requirement::Requirement>,
) -> Result<Vec<VerdictRow>> {
    let from = cycle.opened_at.as_deref().ok_or_else(|| Error::internal("a closed cycle that was never opened"))?;
    let rows = measurements::store::verdicts(tx, from, until).await?;
    let mut out = Vec::new();
    for requirement in requirements.filter(|one| !one.checks.is_empty()) {
        for row in rows.iter().filter(|row| requirement.checks.contains(&row.check)) {
            let Some(organisation) = names.organisation(&row.organisation_id) else { continue };
            let scope = names.part(&requirement.id, row.system_id.as_ref());
            out.push(VerdictRow { organisation, scope, requirement: requirement.code.as_str().into(), verdict: row.verdict });
        }
    }
    Ok(out)
}

async fn units(tx: &mut Tx, cycle: &Cycle, names: &Names) -> Result<Vec<UnitsRow>> {
    let rows = inspections::store::priority_units(tx, &cycle.id).await?;
    Ok(rows
        .iter()
        .filter_map(|row| {
            Some(UnitsRow {
                organisation: names.organisation(&row.organisation_id)?,
                class: row.class.as_str().to_owned(),
                item: names.requirement(&row.requirement_id)?.to_string(),
                held: row.held,
                known: row.held,
                done: row.done,
            })
        })
        .collect())
}

async fn posts(tx: &mut Tx, names: &Names, systems: &[System]) -> Result<Vec<PostsRow>> {
    let all = register::store::posts(tx, &Scope::Everything).await?;
    Ok(names
        .organisations
        .iter()
        .map(|(id, code)| {
            let own = all.iter().filter(|post| post.organisation_id.as_str() == id);
            let count = systems.iter().filter(|one| one.organisation_id.as_str() == id && one.retired_on.is_none()).count();
            let (required, vacant, reported) = register::post::vacancies(own, count);
            PostsRow { organisation: code.as_str().into(), required, reported, vacant }
        })
        .collect())
}

/// What the criteria of importance ask of a system (`engine::importance::usual_criteria`).
fn facts(system: &System) -> SystemFacts {
    let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
    let users = match system.users {
        100_001.. => "over-100000",
        1_001.. => "over-1000",
        _ => "fewer",
    };
    let levels = [
        ("confidentiality", system.confidentiality.to_string()),
        ("integrity", system.integrity.to_string()),
        ("availability", system.availability.to_string()),
        ("same-day-recovery", yes(system.same_day_recovery)),
        ("users", users.to_owned()),
        ("public-facing", yes(system.public_facing)),
        ("outsourced", yes(!system.outsourced_to.is_empty())),
    ];
    SystemFacts { system: system.code.as_str().into(), levels: levels.map(|(criterion, level)| (criterion.to_owned(), level)).into() }
}

/// The newest evaluated cycle before this one.
async fn previous(tx: &mut Tx, cycle: &Cycle) -> Result<Option<Summary>> {
    let records = store::evaluations(tx).await?;
    for before in inspections::store::cycles(tx).await?.into_iter().skip_while(|one| one.id != cycle.id).skip(1) {
        if let Some(record) = records.iter().find(|record| record.cycle_id == before.id.as_str()) {
            return Ok(Some(view::load(tx, record).await?.summary()));
        }
    }
    Ok(None)
}
