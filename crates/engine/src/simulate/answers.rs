//! What each respondent answers, drawn when asked for, so that sixty thousand sheets need no memory.

use super::{
    dice::{self, chance, pick},
    model::{Cell, Government, Person, Scope, Text},
    plan::RequirementModel,
};
use crate::facts::{Claim, Role};
use rand::RngExt;
use std::{collections::BTreeMap, ops::Range};

/// One answer of one respondent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    pub requirement: &'a str,
    pub scope: &'a Scope,
    pub claim: Claim,
    /// Why it does not apply; present exactly when `claim` is "not applicable".
    pub reason: Option<Text>,
}

/// Questions one respondent gets at most, where enough colleagues of the same role share the rest.
const QUESTIONS: usize = 10;

/// From how many people of one role on their answers differ from one another.
const CROWD: usize = 12;

/// Where things are, so that one person's answers are found without a walk through all cells.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    /// For each cycle: organisation, requirement → its cells, which lie side by side.
    cells: Vec<BTreeMap<(String, String), Range<usize>>>,
    /// Organisation, role → the people's positions.
    roles: BTreeMap<(String, Role), Vec<usize>>,
    /// Person's position → place among those of the same organisation and role.
    rank: Vec<usize>,
    response: BTreeMap<String, f64>,
    /// System → its manager's code.
    managers: BTreeMap<String, String>,
}

impl Index {
    pub(super) fn of(made: &Government) -> Self {
        let mut index = Self::default();
        for (position, person) in made.people.iter().enumerate() {
            let same = index.roles.entry((person.organisation.clone(), person.role)).or_default();
            index.rank.push(same.len());
            same.push(position);
        }
        for cycle in &made.cycles {
            let mut cells: BTreeMap<(String, String), Range<usize>> = BTreeMap::new();
            for (position, cell) in cycle.cells.iter().enumerate() {
                let key = (cell.organisation.clone(), cell.requirement.clone());
                cells.entry(key).or_insert(position..position).end = position + 1;
            }
            index.cells.push(cells);
        }
        index.response = made.truth.organisations.iter().map(|o| (o.organisation.clone(), o.response_rate)).collect();
        let managed = made.systems.iter().filter_map(|s| Some((s.code.clone(), s.manager.clone()?)));
        index.managers = managed.collect();
        index
    }
}

impl Government {
    /// The answers of the person at `person` (a position in [`Government::people`]) in the cycle `cycle` (from 1); `None` if
    /// they do not answer, or there is no such person or cycle.
    ///
    /// Officers give the organisation's claim. Staff and section heads, where there is a crowd of them, speak of their own
    /// practice ([`own_practice`]), so that the claim drawn from all their answers (`crate::rates::ClaimRule`) is mostly that of
    /// the [`Cell`], and some people have done everything even where the organisation has not. Each person is asked about ten
    /// things; a system manager besides everything about each of their systems.
    pub fn answers(&self, cycle: u32, person: usize) -> Option<Vec<Answer<'_>>> {
        let who = self.people.get(person)?;
        let position = (cycle as usize).checked_sub(1)?;
        let cells = &self.cycles.get(position)?.cells;
        let places = self.index.cells.get(position)?;
        let mut rng = dice::stream(self.seed, "answers", &[dice::number(&who.code), u64::from(cycle)]);
        let crowd = matches!(who.role, Role::Staff | Role::SectionHead);
        let response = self.index.response.get(&who.organisation).copied().unwrap_or(1.0);
        if !chance(&mut rng, if crowd { response } else { 0.985 }) {
            return None;
        }
        let colleagues = self.index.roles.get(&(who.organisation.clone(), who.role)).map_or(1, Vec::len);
        let by_practice = crowd && colleagues >= CROWD;
        let own = |requirement: &RequirementModel| -> &[Cell] {
            places.get(&(who.organisation.clone(), requirement.id.clone())).and_then(|range| cells.get(range.clone())).unwrap_or_default()
        };
        let mut asked: Vec<&Cell> = self.common(person, who, colleagues).into_iter().flat_map(own).collect();
        for requirement in self.requirements.iter().filter(|r| r.per_system() && r.roles.contains(&who.role)) {
            asked.extend(own(requirement).iter().filter(|cell| self.is_asked_about(cell, requirement, person, who)));
        }
        Some(
            asked
                .into_iter()
                .map(|cell| {
                    let claim = if by_practice { own_practice(&mut rng, cell.claim) } else { cell.claim };
                    Answer {
                        requirement: &cell.requirement,
                        scope: &cell.scope,
                        claim,
                        reason: (claim == Claim::NotApplicable).then(|| reason(&mut rng)),
                    }
                })
                .collect(),
        )
    }

    /// The requirements of `who`'s role that are answered for the whole organisation; a window of ten of them where at least
    /// three times enough colleagues share them.
    fn common(&self, person: usize, who: &Person, colleagues: usize) -> Vec<&RequirementModel> {
        let all: Vec<&RequirementModel> = self.requirements.iter().filter(|r| !r.per_system() && r.roles.contains(&who.role)).collect();
        if all.len() <= QUESTIONS || colleagues * QUESTIONS < all.len() * 3 {
            return all;
        }
        let rank = self.index.rank.get(person).copied().unwrap_or_default();
        all.iter().copied().cycle().skip(rank * QUESTIONS % all.len()).take(QUESTIONS).collect()
    }

    /// Whether this person answers for the system of `cell`: its manager does, or, where a requirement does not ask system
    /// managers, one person of each role it asks.
    fn is_asked_about(&self, cell: &Cell, requirement: &RequirementModel, person: usize, who: &Person) -> bool {
        let Scope::System(code) = &cell.scope else {
            return false;
        };
        if requirement.roles.contains(&Role::SystemManager) {
            return who.role == Role::SystemManager && self.index.managers.get(code) == Some(&who.code);
        }
        let same = self.index.roles.get(&(who.organisation.clone(), who.role));
        same.is_some_and(|same| {
            let turn = dice::number(code) as usize % same.len().max(1);
            same.get(turn) == Some(&person)
        })
    }
}

/// What one of many says where the organisation as a whole stands at `claim`: of twenty, nineteen have implemented what the
/// organisation has; of what it has partly, eleven have it, six partly; of what it has not, two have it and four partly.
/// Whether something applies is known to all.
fn own_practice(rng: &mut rand_chacha::ChaCha8Rng, claim: Claim) -> Claim {
    let (implemented, partly) = match claim {
        Claim::Implemented => (0.95, 1.0),
        Claim::Partly => (0.55, 0.85),
        Claim::Not => (0.1, 0.3),
        Claim::NotApplicable => return claim,
    };
    match rng.random::<f64>() {
        luck if luck < implemented => Claim::Implemented,
        luck if luck < partly => Claim::Partly,
        _ => Claim::Not,
    }
}

fn reason(rng: &mut rand_chacha::ChaCha8Rng) -> Text {
    let (ja, en) = pick(
        rng,
        &[
            ("対象となる機器を保有していないため。", "We have no equipment of this kind."),
            ("稼働前のシステムであり、運用の対象がないため。", "The system is not yet in operation."),
            ("この業務は所管する組織に委ねているため。", "This task is done by the organisation above us."),
            ("該当する情報を取り扱っていないため。", "We do not handle this kind of information."),
        ],
    );
    Text::new(ja, en)
}
