//! Rates of a self-inspection by organisation, role and item, from counts: the definitions are the engine's.

use std::collections::BTreeMap;

use engine::facts::Role;
use engine::numbers::Figure;
use engine::rates::{Answers, Respondents, attainment, implementation, reach};
use serde::Serialize;

use super::answer::{AnswerCount, AskedCount, Denominator, Sum};
use crate::base::actor::OrganisationId;
use crate::standards::requirement::RequirementId;

/// What was counted for one group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// Answers by claim.
    pub answers: Answers,
    /// Answers asked for.
    pub asked: u64,
    /// People; nobody where the group is an item.
    pub people: Respondents,
}

impl Counted {
    /// Answered ÷ asked, in people.
    pub fn reach(&self) -> Figure {
        reach(&self.people)
    }

    /// "Implemented" ÷ applicable, in answers.
    pub fn implementation(&self) -> Figure {
        implementation(&self.answers, self.asked)
    }

    /// Implemented everything ÷ answered, in people.
    pub fn attainment(&self) -> Figure {
        attainment(&self.people)
    }
}

/// Everything counted of a cycle, within somebody's reach.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    /// All together.
    pub total: Counted,
    /// By organisation.
    pub organisations: BTreeMap<OrganisationId, Counted>,
    /// By role asked.
    pub roles: BTreeMap<Role, Counted>,
    /// By item.
    pub items: BTreeMap<RequirementId, Counted>,
    /// By organisation and role.
    pub organisation_roles: BTreeMap<(OrganisationId, Role), Counted>,
    /// By organisation and item.
    pub organisation_items: BTreeMap<(OrganisationId, RequirementId), Counted>,
}

/// Adds counts up.
pub fn rates(counts: &[AnswerCount], denominators: &[Denominator], people: &[AskedCount]) -> Rates {
    let mut out = Rates::default();
    for one in counts {
        let answers = one.answers();
        for counted in out.groups(&one.organisation_id, Some(one.role), Some(&one.requirement_id)) {
            counted.answers += answers;
        }
    }
    for one in denominators {
        for counted in out.groups(&one.organisation_id, Some(one.role), Some(&one.requirement_id)) {
            counted.asked += one.asked;
        }
    }
    for one in people {
        let respondents = one.respondents();
        for counted in out.groups(&one.organisation_id, Some(one.role), None) {
            counted.people += respondents;
        }
    }
    out
}

/// Adds up what the database added up already. What crosses organisations with items stays empty.
pub fn overview(roles: &[Sum<(OrganisationId, Role)>], items: &[Sum<RequirementId>], people: &[AskedCount]) -> Rates {
    let mut out = rates(&[], &[], people);
    for one in roles {
        for counted in out.groups(&one.key.0, Some(one.key.1), None) {
            counted.answers += one.answers;
            counted.asked += one.asked;
        }
    }
    for one in items {
        let counted = out.items.entry(one.key.clone()).or_default();
        counted.answers += one.answers;
        counted.asked += one.asked;
    }
    out
}

impl Rates {
    fn groups(&mut self, organisation: &OrganisationId, role: Option<Role>, item: Option<&RequirementId>) -> Vec<&mut Counted> {
        let mut out = vec![&mut self.total, self.organisations.entry(organisation.clone()).or_default()];
        if let Some(role) = role {
            out.push(self.roles.entry(role).or_default());
            out.push(self.organisation_roles.entry((organisation.clone(), role)).or_default());
        }
        if let Some(item) = item {
            out.push(self.items.entry(item.clone()).or_default());
            out.push(self.organisation_items.entry((organisation.clone(), item.clone())).or_default());
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use engine::words::Lang;

    use super::*;
    use crate::base::id::Id;

    #[test]
    fn the_parts_add_up_to_the_whole() {
        let count = |organisation: &str, item: &str, role, implemented, not| AnswerCount {
            organisation_id: Id::from_text(organisation),
            system_id: None,
            requirement_id: Id::from_text(item),
            role,
            implemented,
            partly: 0,
            not,
            not_applicable: 1,
        };
        let counts = [count("a", "r1", Role::Staff, 8, 2), count("a", "r2", Role::Ciso, 1, 0), count("b", "r1", Role::Staff, 5, 5)];
        let denominators = [Denominator { organisation_id: Id::from_text("a"), requirement_id: Id::from_text("r1"), role: Role::Staff, asked: 44 }];
        let people = [AskedCount { organisation_id: Id::from_text("a"), role: Role::Staff, asked: 10, answered: 9, everything_implemented: 6 }];
        let rates = rates(&counts, &denominators, &people);
        assert_eq!(rates.total.implementation().text(Lang::En), "66.7 %"); // 14 of 21
        assert_eq!(rates.items[&Id::from_text("r1")].implementation().text(Lang::En), "65.0 %");
        assert_eq!(rates.organisations[&Id::from_text("a")].reach().text(Lang::En), "90.0 %");
        assert_eq!(rates.roles[&Role::Staff].attainment().text(Lang::En), "66.7 %");
        let sum = rates.organisation_items.values().fold(Answers::default(), |mut sum, one| {
            sum += one.answers;
            sum
        });
        assert_eq!(sum, rates.total.answers);
        assert_eq!(rates.total.implementation().coverage.all, 44);
    }
}
