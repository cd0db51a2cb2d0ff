//! The verbs of the audit: draw the sample, record verdicts.

use std::collections::{BTreeMap, BTreeSet};

use engine::facts::Finding as Verdict;
use engine::rates::{Answers, claim};
use engine::sampling::{Item as Population, sample};
use engine::triple::Scope as Whole;
use serde_json::json;

use super::either;
use crate::base::actor::{OrganisationId, Verb};
use crate::base::error::{Error, Field, Result};
use crate::base::work::Work;
use crate::inspections::answer::LONGEST;
use crate::inspections::audit::{Finding, NewFinding, Sampled};
use crate::inspections::cycle::{CycleId, State};
use crate::inspections::store;
use crate::register::system::SystemId;
use crate::standards::requirement::RequirementId;

/// Draws the audit sample of a closed cycle, once: stratified by organisation, priority and claim, repeatable from the seed.
/// `seed` is drawn where none is given. Gives how many were drawn.
pub async fn draw_sample(work: &mut Work, id: &CycleId, seed: Option<i64>) -> Result<usize> {
    let scope = either(work.actor.scope("inspections", Verb::Manage), work.actor.scope("inspections", Verb::Audit))?;
    let cycle = store::cycle(&mut work.tx, id).await?;
    match cycle.state {
        State::Closed => {}
        State::Draft | State::Announced | State::Open => return Err(Error::Conflict("inspections-error-sample-early")),
        State::Evaluated | State::Published => return Err(Error::Conflict("inspections-error-evaluated")),
    }
    let there = store::sampled(&mut work.tx, &scope, id).await?;
    let held: BTreeSet<OrganisationId> = there.iter().map(|one| one.organisation_id.clone()).collect();
    let items: BTreeMap<_, _> =
        store::items(&mut work.tx, id).await?.into_iter().filter(|item| item.audited).map(|item| (item.requirement_id.clone(), item)).collect();
    let mut answers: BTreeMap<(OrganisationId, RequirementId, Option<SystemId>), Answers> = BTreeMap::new();
    for one in store::answer_counts_within(&mut work.tx, &scope, id).await? {
        let counts = one.answers();
        *answers.entry((one.organisation_id, one.requirement_id, one.system_id)).or_default() += counts;
    }
    let population: Vec<Population> = answers
        .iter()
        // An organisation is drawn from once; a second call, by somebody who reaches more, draws from the rest.
        .filter(|((organisation, _, _), _)| !held.contains(organisation))
        .filter_map(|((organisation, requirement, system), counts)| {
            let item = items.get(requirement)?;
            Some(Population {
                organisation: organisation.as_str().into(),
                priority: u8::try_from(item.priority).unwrap_or(u8::MAX),
                claim: claim(counts, &cycle.claim_rule)?,
                requirement: requirement.as_str().into(),
                scope: system.as_ref().map_or_else(Whole::whole, |system| Whole::system(system.as_str())),
            })
        })
        .collect();
    let seed = cycle.sample_seed.or(seed).unwrap_or_else(|| i64::from_be_bytes(work.app().entropy.bytes::<8>()) & i64::MAX);
    let now = work.stamp();
    let drawn: Vec<Sampled> = sample(&population, &cycle.sample_rule, seed.unsigned_abs())
        .into_iter()
        .map(|one| Sampled {
            organisation_id: OrganisationId::from_text(one.organisation.as_str()),
            requirement_id: RequirementId::from_text(one.requirement.as_str()),
            system_id: one.scope.0.as_ref().map(|system| SystemId::from_text(system.as_str())),
            priority: i64::from(one.priority),
            claim: one.claim,
            drawn_at: now.clone(),
        })
        .collect();
    store::set_sample_seed(&mut work.tx, id, seed).await?;
    store::insert_sampled(&mut work.tx, id, &drawn).await?;
    work.audit("", "inspections", "audit.draw", id.as_str(), json!({ "seed": seed, "population": population.len(), "drawn": drawn.len() })).await?;
    Ok(drawn.len())
}

/// What a bulk of facts did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Recorded {
    /// Rows that were not there before.
    pub added: u64,
    /// Rows that changed; what they were is kept.
    pub changed: u64,
    /// Rows that said the same already.
    pub same: u64,
}

/// Records auditors' verdicts, of the sample or beyond it, while the cycle is open or closed and not yet evaluated. The claim is
/// never touched. All or nothing; doing it twice changes nothing. The names of wrong fields are `index.field`.
pub async fn record_findings(work: &mut Work, id: &CycleId, new: &[NewFinding]) -> Result<Recorded> {
    let scope = work.scope("inspections", Verb::Audit)?;
    let cycle = store::cycle(&mut work.tx, id).await?;
    match cycle.state {
        State::Open | State::Closed => {}
        State::Draft | State::Announced => return Err(Error::Conflict("inspections-error-not-yet-open")),
        State::Evaluated | State::Published => return Err(Error::Conflict("inspections-error-evaluated")),
    }
    let reach: BTreeSet<OrganisationId> =
        store::participants_within(&mut work.tx, &scope, id).await?.into_iter().map(|one| one.organisation_id).collect();
    let items: BTreeSet<RequirementId> = store::items(&mut work.tx, id).await?.into_iter().map(|item| item.requirement_id).collect();
    let systems: BTreeMap<SystemId, OrganisationId> =
        crate::register::store::systems(&mut work.tx, &scope).await?.into_iter().map(|one| (one.id, one.organisation_id)).collect();
    let key = |one: &Finding| (one.organisation_id.clone(), one.requirement_id.clone(), one.system_id.clone());
    let there: BTreeMap<_, Finding> = store::findings_within(&mut work.tx, &scope, id).await?.into_iter().map(|one| (key(&one), one)).collect();
    let mut wrong = Vec::new();
    let mut done = Recorded::default();
    let (mut before, mut after) = (Vec::new(), Vec::new());
    let mut seen = BTreeSet::new();
    let now = work.stamp();
    for (index, one) in new.iter().enumerate() {
        let mut fail = |field: &str, text: &'static str| wrong.push(Field { name: format!("{index}.{field}"), text, values: Vec::new() });
        if !reach.contains(&one.organisation_id) {
            // Whoever may not see it must not learn that it exists.
            return Err(Error::NotFound);
        }
        if !items.contains(&one.requirement_id) {
            fail("requirement", "inspections-error-item-unknown");
        }
        if one.system_id.as_ref().is_some_and(|system| systems.get(system) != Some(&one.organisation_id)) {
            fail("system", "inspections-error-system-unknown");
        }
        if one.verdict != Verdict::Met && one.note.trim().is_empty() {
            fail("note", "inspections-error-finding-note");
        }
        if one.note.chars().count() > LONGEST {
            fail("note", "inspections-error-note-long");
        }
        let at = (one.organisation_id.clone(), one.requirement_id.clone(), one.system_id.clone());
        if !seen.insert(at.clone()) {
            fail("requirement", "inspections-error-answer-twice");
        }
        let old = there.get(&at);
        let finding = Finding {
            id: old.map_or_else(|| work.id(), |old| old.id.clone()),
            cycle_id: id.clone(),
            organisation_id: one.organisation_id.clone(),
            requirement_id: one.requirement_id.clone(),
            system_id: one.system_id.clone(),
            verdict: one.verdict,
            note: one.note.trim().to_owned(),
            evidence: one.evidence.clone().or_else(|| old.and_then(|old| old.evidence.clone())),
            version: old.map_or(1, |old| old.version + 1),
            auditor: work.actor.name.clone(),
            found_at: now.clone(),
        };
        match old {
            Some(old) if old.verdict == finding.verdict && old.note == finding.note && old.evidence == finding.evidence => done.same += 1,
            Some(old) => {
                done.changed += 1;
                before.push(old.clone());
                after.push(finding);
            }
            None => {
                done.added += 1;
                after.push(finding);
            }
        }
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    store::put_findings(&mut work.tx, &before, &after).await?;
    let of = match after.as_slice() {
        [one] => one.organisation_id.to_string(),
        _ => String::new(),
    };
    let detail = json!({ "added": done.added, "changed": done.changed, "same": done.same,
        "verdicts": after.iter().take(20).map(|one| json!([one.organisation_id, one.requirement_id, one.system_id, one.verdict])).collect::<Vec<_>>() });
    work.audit(&of, "inspections", "finding.record", id.as_str(), detail).await?;
    Ok(done)
}
