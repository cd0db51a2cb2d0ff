//! People who are asked (回答者): who they are, in which turn they are asked, and what follows from it.

use std::collections::BTreeMap;

use engine::facts::Role;
use serde::{Deserialize, Serialize};

use super::cycle::{CycleId, Item};
use crate::base::actor::OrganisationId;
use crate::base::id::Id;
use crate::register::system::SystemId;

/// Marker of a respondent's id.
pub enum RespondentMark {}
/// A respondent's id.
pub type RespondentId = Id<RespondentMark>;

/// Questions one person gets at most, where enough colleagues of the same role share the rest.
pub const QUESTIONS: usize = 10;

/// Somebody who can be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Respondent {
    /// The id.
    pub id: RespondentId,
    /// Where they work.
    pub organisation_id: OrganisationId,
    /// A code used once in the organisation, such as a staff number; sheets name the person so.
    pub code: String,
    /// The name.
    pub name: String,
    /// The address for reminders; may be empty.
    pub email: String,
    /// The section they work in.
    pub section: String,
    /// What they are asked as; the first is the principal one.
    pub roles: Vec<Role>,
    /// Whether they still work there.
    pub active: bool,
}

/// Somebody to add, or to bring up to date: told by code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct NewRespondent {
    /// The code of the organisation.
    pub organisation: String,
    /// The person's code.
    pub code: String,
    /// The name.
    pub name: String,
    /// The address; may be empty.
    #[serde(default)]
    pub email: String,
    /// The section.
    #[serde(default)]
    pub section: String,
    /// Roles, as the standard spells them.
    #[schemars(with = "Vec<String>")]
    pub roles: Vec<Role>,
    /// Codes of the systems they answer for.
    #[serde(default)]
    pub systems: Vec<String>,
}

/// What somebody was frozen as when the cycle opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// The cycle.
    pub cycle_id: CycleId,
    /// The person.
    pub respondent_id: RespondentId,
    /// Where they worked at opening.
    pub organisation_id: OrganisationId,
    /// As what, and in which turn.
    pub duties: Vec<Duty>,
    /// Questions asked.
    pub asked: i64,
    /// Questions answered.
    pub answered: i64,
    /// Answers "implemented" or "not applicable".
    pub fulfilled: i64,
}

impl Asked {
    /// As what they are asked.
    pub fn roles(&self) -> Vec<Role> {
        self.duties.iter().map(|duty| duty.role).collect()
    }
}

/// A role somebody is asked in, and their turn among the colleagues who have it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Duty {
    /// The role.
    pub role: Role,
    /// Their place among the colleagues, from 0.
    pub turn: usize,
    /// How many there are, themselves included.
    pub colleagues: usize,
}

impl Duty {
    /// As it is stored: `staff:3:120`.
    pub fn spelled(&self) -> String {
        format!("{}:{}:{}", self.role.as_str(), self.turn, self.colleagues)
    }

    /// Reads what [`Duty::spelled`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let role = Role::parse(parts.next()?)?;
        Some(Self { role, turn: parts.next()?.parse().ok()?, colleagues: parts.next()?.parse().ok()? })
    }
}

/// Reads roles joined by commas; unknown ones are left out.
pub fn parse_roles(text: &str) -> Vec<Role> {
    text.split(',').filter_map(|word| Role::parse(word.trim())).collect()
}

/// Writes roles joined by commas.
pub fn spell_roles(roles: &[Role]) -> String {
    roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(",")
}

/// A question to one person: an item, in a role, for a system or for the whole organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question<'a> {
    /// The item.
    pub item: &'a Item,
    /// The role the person is asked in.
    pub role: Role,
    /// The system it is about.
    pub system: Option<SystemId>,
}

/// The questions of one person: of each duty the items for the whole organisation (a window of [`QUESTIONS`] of them where at
/// least three times enough colleagues share them), then, system by system, the items that are answered for each system.
/// An item is asked of a person once, in the first of their roles that it names.
pub fn questions<'a>(items: &'a [Item], duties: &[Duty], systems: &[(Role, SystemId)]) -> Vec<Question<'a>> {
    let mut out: Vec<Question<'a>> = Vec::new();
    for duty in duties {
        let all: Vec<&Item> = items.iter().filter(|item| item.self_inspected && !item.by_system() && item.roles.contains(&duty.role)).collect();
        let shared = all.len() > QUESTIONS && duty.colleagues * QUESTIONS >= all.len() * 3;
        let (skip, take) = if shared { (duty.turn * QUESTIONS % all.len(), QUESTIONS) } else { (0, all.len()) };
        for item in all.iter().cycle().skip(skip).take(take) {
            if !out.iter().any(|other| other.item.requirement_id == item.requirement_id) {
                out.push(Question { item, role: duty.role, system: None });
            }
        }
    }
    let mut by_system: BTreeMap<&SystemId, Vec<Role>> = BTreeMap::new();
    for (role, system) in systems {
        by_system.entry(system).or_default().push(*role);
    }
    for (system, roles) in by_system {
        for item in items.iter().filter(|item| item.self_inspected && item.by_system()) {
            if let Some(role) = duties.iter().map(|duty| duty.role).find(|role| roles.contains(role) && item.roles.contains(role)) {
                out.push(Question { item, role, system: Some(system.clone()) });
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use engine::facts::AppliesTo;
    use proptest::prelude::*;

    use super::*;

    fn items(count: usize, role: Role, applies_to: AppliesTo) -> Vec<Item> {
        (0..count)
            .map(|index| Item {
                cycle_id: Id::from_text("c"),
                requirement_id: Id::from_text(format!("r{index}")),
                code: format!("r{index}"),
                position: index as i64,
                roles: vec![role],
                applies_to,
                priority: 1,
                self_inspected: true,
                audited: true,
                priority_inspected: false,
            })
            .collect()
    }

    proptest! {
        #[test]
        fn sharing_asks_every_item_at_least_three_times_and_nobody_more_than_ten(count in 1_usize..60, colleagues in 1_usize..80) {
            let items = items(count, Role::Staff, AppliesTo::Person);
            let mut asked = vec![0; count];
            for turn in 0..colleagues {
                let duty = Duty { role: Role::Staff, turn, colleagues };
                let questions = questions(&items, &[duty], &[]);
                let shared = count > QUESTIONS && colleagues * QUESTIONS >= count * 3;
                prop_assert_eq!(questions.len(), if shared { QUESTIONS } else { count });
                for question in questions {
                    asked[question.item.position as usize] += 1;
                }
                prop_assert_eq!(Duty::parse(&duty.spelled()), Some(duty));
            }
            // Windows side by side: nobody's item is forgotten once the colleagues go round.
            prop_assert!(asked.iter().all(|times| *times >= colleagues.min(3)), "{asked:?}");
        }
    }

    #[test]
    fn a_system_manager_answers_for_each_system_and_an_item_is_asked_once() {
        let mut all = items(3, Role::SystemManager, AppliesTo::System);
        all.extend(items(2, Role::Ciso, AppliesTo::Organisation).into_iter().map(|mut item| {
            item.requirement_id = Id::from_text(format!("o{}", item.position));
            item.roles.push(Role::SystemManager);
            item
        }));
        let duties = [Duty { role: Role::Ciso, turn: 0, colleagues: 1 }, Duty { role: Role::SystemManager, turn: 0, colleagues: 2 }];
        let systems = [(Role::SystemManager, Id::from_text("s1")), (Role::SystemManager, Id::from_text("s2"))];
        let asked = questions(&all, &duties, &systems);
        assert_eq!(asked.len(), 2 + 6);
        assert!(asked.iter().filter(|question| question.system.is_none()).all(|question| question.role == Role::Ciso));
    }
}
