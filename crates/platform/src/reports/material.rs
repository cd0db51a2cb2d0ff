//! Everything a report is drafted from, gathered from the areas below and held together in memory.

use std::collections::BTreeMap;

use engine::evaluate::{Evaluation, Figures, OrganisationResult};
use engine::ids::OrganisationId;
use engine::numbers::{self, Coverage, Figure};
use engine::outcomes::{Incidents, Remedies, Remedy};

use super::fact::{Facts, Incident, outcomes};
use super::policy::Policy;
use super::tree::{Action, Cycle, Named};

/// What measurements say of one check in one organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// The organisation's code.
    pub organisation: String,
    /// The check, spelled as `engine::facts::Check`.
    pub check: String,
    /// Targets that meet it.
    pub met: u64,
    /// Targets that do not.
    pub not_met: u64,
    /// Targets that could not be measured, or not lately enough.
    pub unknown: u64,
}

/// An organisation within the cycle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Member {
    /// Its key in the evaluation.
    pub key: String,
    /// Its code and name.
    pub named: Named,
}

/// Everything a report is drafted from.
#[derive(Clone, Debug)]
pub struct Material {
    /// The cycle.
    pub cycle: Cycle,
    /// The centre, which writes the annual report.
    pub centre: Named,
    /// Everybody within the cycle, in the order of the register.
    pub members: Vec<Member>,
    /// The evaluation of the cycle; `None` while it is not evaluated.
    pub evaluation: Option<Evaluation>,
    /// The figures of earlier evaluated cycles over all organisations, oldest first.
    pub earlier: Vec<(Cycle, Figures)>,
    /// Requirements by their key in the evaluation.
    pub requirements: BTreeMap<String, Named>,
    /// Systems by their key in the evaluation.
    pub systems: BTreeMap<String, Named>,
    /// Measurements.
    pub checks: Vec<Checked>,
    /// Recommendations and the plans that answer them.
    pub actions: Vec<Action>,
    /// What became of them by the day of the draft, by organisation's code.
    pub remedies: BTreeMap<String, Vec<Remedy>>,
    /// Counts, by organisation's code.
    pub facts: BTreeMap<String, Facts>,
    /// Incidents, by organisation's code.
    pub incidents: BTreeMap<String, Vec<Incident>>,
    /// Who may read what: a drafted sentence quotes nothing that its own readers may not see.
    pub policy: Policy,
}

impl Material {
    /// The member with this code.
    pub fn member(&self, code: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.named.code == code)
    }

    /// What the evaluation says of a member.
    pub fn result(&self, member: &Member) -> Option<&OrganisationResult> {
        self.evaluation.as_ref()?.organisations.get(&OrganisationId(member.key.clone()))
    }

    /// A requirement's code and title; one that is not known keeps its key.
    pub fn requirement(&self, key: &str) -> Named {
        let known = self.requirements.get(key).cloned();
        known.unwrap_or_else(|| {
            let title = self.evaluation.as_ref().and_then(|evaluation| evaluation.requirements.get(key)).map(|one| one.title.clone());
            Named { code: key.to_owned(), name: title.unwrap_or_default() }
        })
    }

    /// The median of a registered number over all organisations.
    pub fn median(&self, definition: &str) -> Option<f64> {
        self.evaluation.as_ref()?.comparisons.get(definition)?.spread.as_ref().map(|spread| spread.median)
    }

    /// One check over all organisations, or one: met, not met, unknown.
    pub fn check(&self, check: &str, organisation: Option<&str>) -> (u64, u64, u64) {
        let rows = self.checks.iter().filter(|row| row.check == check && organisation.is_none_or(|code| row.organisation == code));
        rows.fold((0, 0, 0), |sum, row| (sum.0 + row.met, sum.1 + row.not_met, sum.2 + row.unknown))
    }

    /// The share of targets that meet a check.
    pub fn check_figure(&self, check: &str, organisation: Option<&str>) -> Figure {
        let (met, not_met, unknown) = self.check(check, organisation);
        let known = met + not_met;
        Figure::share(&numbers::MEASURED_MET_RATE, met, known, Coverage { known, all: known + unknown })
    }

    /// The facts of one organisation.
    pub fn facts_of(&self, code: &str) -> Facts {
        self.facts.get(code).cloned().unwrap_or_default()
    }

    /// The incidents of one organisation, by day.
    pub fn incidents_of(&self, code: &str) -> Vec<Incident> {
        let mut list = self.incidents.get(code).cloned().unwrap_or_default();
        list.sort_by(|a, b| (&a.detected_on, &a.code).cmp(&(&b.detected_on, &b.code)));
        list
    }

    /// What became of the recommendations of one organisation, or all, counted.
    pub fn remedies_of(&self, code: Option<&str>) -> Remedies {
        self.remedies.iter().filter(|(of, _)| code.is_none_or(|code| *of == code)).flat_map(|(_, all)| all.iter().copied()).collect()
    }

    /// The incidents of one organisation, or all members, counted; who entered neither facts nor incidents did not report.
    pub fn incident_outcomes(&self, code: Option<&str>) -> Incidents {
        let members: Vec<&str> =
            self.members.iter().map(|member| member.named.code.as_str()).filter(|own| code.is_none_or(|code| *own == code)).collect();
        let reported = members.iter().filter(|own| self.facts.contains_key(**own) || self.incidents.contains_key(**own)).count() as u64;
        let all: Vec<&Incident> = members.iter().filter_map(|own| self.incidents.get(*own)).flatten().collect();
        outcomes(&all, Coverage { known: reported, all: members.len() as u64 })
    }

    /// What is to be done by one organisation, or all.
    pub fn actions_of(&self, code: Option<&str>) -> Vec<Action> {
        let mut list: Vec<Action> = self.actions.iter().filter(|action| code.is_none_or(|code| action.organisation == code)).cloned().collect();
        list.sort();
        list
    }
}
