//! What opening a cycle freezes: who is asked what, and with it every denominator.

use std::collections::BTreeMap;

use engine::facts::Role;

use crate::base::actor::{OrganisationId, Scope};
use crate::base::error::{Error, Result};
use crate::base::work::Work;
use crate::inspections::answer::Denominator;
use crate::inspections::cycle::{Cycle, CycleExclusion, Item, Participant};
use crate::inspections::respondent::{Asked, Duty, Respondent, RespondentId, questions};
use crate::inspections::store;
use crate::register::system::{System, SystemId};

/// Freezes what is left out, and people, systems and denominators of every organisation that takes part.
pub(super) async fn freeze(work: &mut Work, cycle: &Cycle) -> Result<()> {
    let items = store::items(&mut work.tx, &cycle.id).await?;
    let participants = store::participants(&mut work.tx, &cycle.id).await?;
    let mut people: BTreeMap<OrganisationId, Vec<Respondent>> = BTreeMap::new();
    for person in store::respondents(&mut work.tx, &Scope::Everything).await?.into_iter().filter(|person| person.active) {
        people.entry(person.organisation_id.clone()).or_default().push(person);
    }
    let mut systems: BTreeMap<OrganisationId, Vec<System>> = BTreeMap::new();
    for system in crate::register::store::systems(&mut work.tx, &Scope::Everything).await?.into_iter().filter(|one| one.retired_on.is_none()) {
        systems.entry(system.organisation_id.clone()).or_default().push(system);
    }
    let mut managers: BTreeMap<SystemId, Vec<RespondentId>> = BTreeMap::new();
    for (person, system) in store::respondent_systems(&mut work.tx, &Scope::Everything).await? {
        managers.entry(system).or_default().push(person);
    }
    let exclusions = exclusions(work, cycle, &items, &participants).await?;
    store::insert_exclusions(&mut work.tx, &cycle.id, &exclusions).await?;
    let (mut asked, mut in_charge, mut denominators) = (Vec::new(), Vec::new(), Vec::new());
    for participant in &participants {
        let id = &participant.organisation_id;
        let left_out = |item: &Item| exclusions.iter().any(|one| one.organisation_id == *id && one.requirement_id == item.requirement_id);
        let own: Vec<Item> = items.iter().filter(|item| !left_out(item)).cloned().collect();
        let part = Part {
            cycle,
            items: &own,
            organisation: id,
            people: people.get(id).map_or(&[], Vec::as_slice),
            systems: systems.get(id).map_or(&[], Vec::as_slice),
            managers: &managers,
        };
        part.freeze(&mut asked, &mut in_charge, &mut denominators);
    }
    // A cycle that asks nobody is a mistake of preparation; better told now than found at closing.
    if asked.is_empty() {
        return Err(Error::Conflict("inspections-error-nobody"));
    }
    store::insert_asked(&mut work.tx, &asked).await?;
    store::insert_cycle_systems(&mut work.tx, &cycle.id, &in_charge).await?;
    store::insert_denominators(&mut work.tx, &cycle.id, &denominators).await?;
    store::set_taking(&mut work.tx, &cycle.id, true).await
}

/// What each organisation's derived standard leaves out of what this cycle asks. A code means the same in every edition of a
/// standard, so it does not matter on which of them the organisation stands; a derived standard of another series says nothing.
async fn exclusions(work: &mut Work, cycle: &Cycle, items: &[Item], participants: &[Participant]) -> Result<Vec<CycleExclusion>> {
    let standard = crate::standards::store::edition(&mut work.tx, &cycle.edition_id).await?.standard_id;
    let by_code: BTreeMap<&str, &Item> = items.iter().map(|item| (item.code.as_str(), item)).collect();
    let all = crate::standards::store::exclusions_under(&mut work.tx, &standard).await?;
    Ok(all
        .into_iter()
        .filter(|(organisation, _)| participants.iter().any(|one| one.organisation_id == *organisation))
        .filter_map(|(organisation_id, one)| {
            let requirement_id = by_code.get(one.code.as_str())?.requirement_id.clone();
            Some(CycleExclusion { organisation_id, requirement_id, reason: one.reason })
        })
        .collect())
}

/// One organisation's part of a cycle.
struct Part<'a> {
    cycle: &'a Cycle,
    /// What the organisation is asked.
    items: &'a [Item],
    organisation: &'a OrganisationId,
    people: &'a [Respondent],
    systems: &'a [System],
    managers: &'a BTreeMap<SystemId, Vec<RespondentId>>,
}

impl Part<'_> {
    fn freeze(
        &self,
        asked: &mut Vec<Asked>,
        in_charge: &mut Vec<(OrganisationId, SystemId, Role, RespondentId)>,
        denominators: &mut Vec<Denominator>,
    ) {
        let mut by_role: BTreeMap<Role, Vec<&Respondent>> = BTreeMap::new();
        for person in self.people {
            for role in &person.roles {
                by_role.entry(*role).or_default().push(person);
            }
        }
        let mut own: BTreeMap<&RespondentId, Vec<(Role, SystemId)>> = BTreeMap::new();
        for (turn, system) in self.systems.iter().enumerate() {
            for (role, person) in self.in_charge(turn, system, &by_role) {
                in_charge.push((self.organisation.clone(), system.id.clone(), role, person.id.clone()));
                own.entry(&person.id).or_default().push((role, system.id.clone()));
            }
        }
        let mut turns: BTreeMap<Role, usize> = BTreeMap::new();
        let mut counts: BTreeMap<(usize, Role), u64> = BTreeMap::new();
        let position: BTreeMap<_, usize> = self.items.iter().enumerate().map(|(at, item)| (&item.requirement_id, at)).collect();
        for person in self.people {
            let duties: Vec<Duty> = person
                .roles
                .iter()
                .map(|role| {
                    let turn = turns.entry(*role).or_default();
                    *turn += 1;
                    Duty { role: *role, turn: *turn - 1, colleagues: by_role.get(role).map_or(0, Vec::len) }
                })
                .collect();
            let questions = questions(self.items, &duties, own.get(&person.id).map_or(&[], Vec::as_slice));
            if questions.is_empty() {
                continue;
            }
            for question in &questions {
                if let Some(at) = position.get(&question.item.requirement_id) {
                    *counts.entry((*at, question.role)).or_default() += 1;
                }
            }
            asked.push(Asked {
                cycle_id: self.cycle.id.clone(),
                respondent_id: person.id.clone(),
                organisation_id: self.organisation.clone(),
                duties,
                asked: questions.len() as i64,
                answered: 0,
                fulfilled: 0,
            });
        }
        for ((at, role), asked) in counts {
            if let Some(item) = self.items.get(at) {
                denominators.push(Denominator {
                    organisation_id: self.organisation.clone(),
                    requirement_id: item.requirement_id.clone(),
                    role,
                    asked,
                });
            }
        }
    }

    /// Who answers for a system in which role: its manager as the list names them, or, where none is named and for every other
    /// role asked, one person of the role by turn.
    fn in_charge<'b>(&self, turn: usize, system: &System, by_role: &BTreeMap<Role, Vec<&'b Respondent>>) -> Vec<(Role, &'b Respondent)> {
        let mut roles: Vec<Role> = self.items.iter().filter(|item| item.by_system()).flat_map(|item| item.roles.iter().copied()).collect();
        roles.sort();
        roles.dedup();
        let mut out = Vec::new();
        for role in roles {
            let Some(candidates) = by_role.get(&role).filter(|candidates| !candidates.is_empty()) else { continue };
            let named: Vec<&'b Respondent> = candidates
                .iter()
                .filter(|person| self.managers.get(&system.id).is_some_and(|managers| managers.contains(&person.id)))
                .copied()
                .collect();
            if named.is_empty() {
                out.extend(candidates.get(turn % candidates.len()).map(|person| (role, *person)));
            } else {
                out.extend(named.into_iter().map(|person| (role, person)));
            }
        }
        out
    }
}
