//! The verb of the priority inspection: record units held and units done.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::audits::Recorded;
use super::entering;
use super::respondents::open_cycle;
use crate::base::actor::OrganisationId;
use crate::base::error::{Error, Field, Result};
use crate::base::work::Work;
use crate::inspections::answer::LONGEST;
use crate::inspections::cycle::CycleId;
use crate::inspections::priority::{NewUnit, PriorityUnit};
use crate::inspections::store;
use crate::standards::requirement::RequirementId;

/// Records units held and done while the cycle is open. All or nothing; doing it twice changes nothing. The names of wrong
/// fields are `index.field`.
pub async fn record_units(work: &mut Work, id: &CycleId, new: &[NewUnit]) -> Result<Recorded> {
    let scope = entering(work)?;
    open_cycle(work, id).await?;
    let reach: BTreeSet<OrganisationId> =
        store::participants_within(&mut work.tx, &scope, id).await?.into_iter().map(|one| one.organisation_id).collect();
    let items: BTreeMap<RequirementId, _> = store::items(&mut work.tx, id)
        .await?
        .into_iter()
        .filter(|item| item.priority_inspected)
        .map(|item| (item.requirement_id, item.applies_to))
        .collect();
    let left_out: BTreeSet<_> =
        store::exclusions(&mut work.tx, &scope, id).await?.into_iter().map(|one| (one.organisation_id, one.requirement_id)).collect();
    let key = |one: &PriorityUnit| (one.organisation_id.clone(), one.requirement_id.clone(), one.class);
    let there: BTreeMap<_, PriorityUnit> =
        store::priority_units_within(&mut work.tx, &scope, id).await?.into_iter().map(|one| (key(&one), one)).collect();
    let mut wrong = Vec::new();
    let mut done = Recorded::default();
    let (mut before, mut after) = (Vec::new(), Vec::new());
    let mut seen = BTreeSet::new();
    let now = work.stamp();
    for (index, one) in new.iter().enumerate() {
        let mut fail = |field: &str, text: &'static str| wrong.push(Field { name: format!("{index}.{field}"), text, values: Vec::new() });
        if !reach.contains(&one.organisation_id) {
            return Err(Error::NotFound);
        }
        match items.get(&one.requirement_id) {
            None => fail("requirement", "inspections-error-not-priority"),
            Some(_) if left_out.contains(&(one.organisation_id.clone(), one.requirement_id.clone())) => {
                fail("requirement", "inspections-error-left-out");
            }
            Some(class) if *class != one.class => fail("class", "inspections-error-class"),
            Some(_) => {}
        }
        if one.done > one.held {
            fail("done", "inspections-error-more-done");
        }
        if one.held > 10_000_000 {
            fail("held", "inspections-error-too-many-units");
        }
        if one.note.chars().count() > LONGEST {
            fail("note", "inspections-error-note-long");
        }
        let at = (one.organisation_id.clone(), one.requirement_id.clone(), one.class);
        if !seen.insert(at.clone()) {
            fail("requirement", "inspections-error-answer-twice");
        }
        let old = there.get(&at);
        let unit = PriorityUnit {
            id: old.map_or_else(|| work.id(), |old| old.id.clone()),
            cycle_id: id.clone(),
            organisation_id: one.organisation_id.clone(),
            requirement_id: one.requirement_id.clone(),
            class: one.class,
            held: one.held,
            done: one.done,
            note: one.note.trim().to_owned(),
            version: old.map_or(1, |old| old.version + 1),
            entered_by: work.actor.name.clone(),
            entered_at: now.clone(),
        };
        match old {
            Some(old) if (old.held, old.done, &old.note) == (unit.held, unit.done, &unit.note) => done.same += 1,
            Some(old) => {
                done.changed += 1;
                before.push(old.clone());
                after.push(unit);
            }
            None => {
                done.added += 1;
                after.push(unit);
            }
        }
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    // The same door as for answers: closing waits for this change. An approval covers these counts too, so it lapses.
    let organisations: BTreeSet<OrganisationId> = after.iter().map(|unit| unit.organisation_id.clone()).collect();
    for organisation in &organisations {
        if !store::raise_revision(&mut work.tx, id, organisation).await? {
            return Err(Error::Conflict("inspections-error-closed"));
        }
    }
    store::put_units(&mut work.tx, &before, &after).await?;
    let of = if organisations.len() == 1 { organisations.first().map(ToString::to_string).unwrap_or_default() } else { String::new() };
    work.audit(&of, "inspections", "priority-unit.record", id.as_str(), json!(done)).await?;
    Ok(done)
}
