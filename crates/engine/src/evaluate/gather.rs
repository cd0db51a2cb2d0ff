//! Brings the rows of a cycle together: triples, and the sums from which all figures of an evaluation are made.

use std::collections::BTreeMap;

use crate::facts::{Claim, Finding, Role, Verdict};
use crate::ids::{OrganisationId, RequirementId};
use crate::numbers::{self, Coverage, Figure};
use crate::overclaim::Count;
use crate::rates::{Answers, Respondents, attainment, claim, implementation, reach};
use crate::triple::{Scope, Triple};
use crate::words::Words;

use super::{CycleData, Figures, Problem, Requirement, Rules};

/// Counts of one organisation, one requirement, one role, or all.
#[derive(Clone, Debug, Default)]
pub(super) struct Sum {
    pub answers: Answers,
    asked: u64,
    respondents: Option<Respondents>,
    /// Claims made, those applicable, those "implemented", and places where one was due.
    claims: [u64; 4],
    /// Measured as met, decided, all verdicts.
    verdicts: [u64; 3],
    /// Audited as met, audited.
    audits: [u64; 2],
    /// Vacant, required, reported.
    posts: Option<[u64; 3]>,
}

fn plus<const N: usize>(a: &mut [u64; N], b: &[u64; N]) {
    for (x, y) in a.iter_mut().zip(b) {
        *x += y;
    }
}

fn plus_some<const N: usize>(a: &mut Option<[u64; N]>, b: Option<&[u64; N]>) {
    if let Some(b) = b {
        plus(a.get_or_insert([0; N]), b);
    }
}

impl Sum {
    pub fn merge(&mut self, other: &Self) {
        self.answers += other.answers;
        self.asked += other.asked;
        if let Some(r) = other.respondents {
            *self.respondents.get_or_insert_default() += r;
        }
        plus(&mut self.claims, &other.claims);
        plus(&mut self.verdicts, &other.verdicts);
        plus(&mut self.audits, &other.audits);
        plus_some(&mut self.posts, other.posts.as_ref());
    }

    fn add(&mut self, triple: &Triple, cell: &Cell) {
        let one = |yes: bool| u64::from(yes);
        self.answers += cell.answers;
        self.asked += cell.asked;
        let applicable = triple.claim.is_some_and(|c| c != Claim::NotApplicable);
        let implemented = triple.claim == Some(Claim::Implemented);
        let due = cell.asked > 0 || triple.claim.is_some();
        plus(&mut self.claims, &[one(triple.claim.is_some()), one(applicable), one(implemented), one(due)]);
        let measured = triple.measured();
        // What does not apply was never to be measured.
        let wanted = triple.verdict.is_some_and(|v| v != Verdict::NotApplicable);
        plus(&mut self.verdicts, &[one(measured == Some(true)), one(measured.is_some()), one(wanted)]);
        let audited = triple.audited();
        plus(&mut self.audits, &[one(audited == Some(true)), one(audited.is_some())]);
    }

    /// Every figure these sums have something to say on.
    pub fn figures(&self, count: &Count) -> Figures {
        let [made, applicable, implemented, due] = self.claims;
        let [met, decided, verdicts] = self.verdicts;
        let [audited_met, audited] = self.audits;
        let cover = |known, all| Coverage { known, all };
        let mut list = vec![
            implementation(&self.answers, self.asked),
            Figure::share(&numbers::CLAIMED_RATE, implemented, applicable, cover(made, due)),
            Figure::share(&numbers::MEASURED_MET_RATE, met, decided, cover(decided, verdicts)),
            Figure::share(&numbers::AUDITED_MET_RATE, audited_met, audited, cover(audited, made.max(audited))),
            count.figure(),
            count.unadmitted(),
        ];
        if let Some(respondents) = &self.respondents {
            list.extend([reach(respondents), attainment(respondents)]);
        }
        if let Some([vacant, required, reported]) = self.posts {
            list.push(Figure::count(&numbers::SECURITY_ORGANISATION_GAPS, vacant, required, cover(reported, required)));
        }
        list.into_iter().map(|f| (f.definition.clone(), f)).collect()
    }

    /// The figures of a role: its answers and its people.
    fn of_role(&self) -> Figures {
        let mut list = vec![implementation(&self.answers, self.asked)];
        if let Some(respondents) = &self.respondents {
            list.extend([reach(respondents), attainment(respondents)]);
        }
        list.into_iter().map(|f| (f.definition.clone(), f)).collect()
    }
}

/// What is known of one (organisation, requirement, scope).
#[derive(Clone, Debug, Default)]
struct Cell {
    answers: Answers,
    asked: u64,
    stated: Option<Claim>,
    finding: Option<Finding>,
    verdict: Option<Verdict>,
}

/// The rows of a cycle, brought together in the order of the ids.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub organisations: BTreeMap<OrganisationId, Words>,
    pub requirements: BTreeMap<RequirementId, Requirement>,
    pub triples: Vec<Triple>,
    pub by_organisation: BTreeMap<OrganisationId, Sum>,
    pub by_requirement: BTreeMap<RequirementId, Sum>,
    by_role: BTreeMap<OrganisationId, BTreeMap<Role, Sum>>,
    pub problems: Vec<Problem>,
}

impl Gathered {
    /// Figures by role of one organisation.
    pub fn roles_of(&self, organisation: &OrganisationId) -> BTreeMap<Role, Figures> {
        self.by_role.get(organisation).into_iter().flatten().map(|(role, sum)| (*role, sum.of_role())).collect()
    }

    /// Figures by role over all organisations.
    pub fn roles(&self) -> BTreeMap<Role, Figures> {
        let mut sums: BTreeMap<Role, Sum> = BTreeMap::new();
        for (role, sum) in self.by_role.values().flatten() {
            sums.entry(*role).or_default().merge(sum);
        }
        sums.iter().map(|(role, sum)| (*role, sum.of_role())).collect()
    }

    /// Titles of the requirements.
    pub fn titles(&self) -> BTreeMap<RequirementId, Words> {
        self.requirements.iter().map(|(id, r)| (id.clone(), r.title.clone())).collect()
    }
}

/// A row about something that is not part of the cycle.
pub(super) fn outside(organisation: &OrganisationId, place: &str) -> Problem {
    Problem {
        organisation: organisation.clone(),
        place: place.to_owned(),
        words: Words::new(
            "この周期の対象でない組織または遵守事項の行があったため、計算に含めていません。対象の一覧と照らし合わせてください。",
            "A row names an organisation or requirement outside this cycle and was left out. Compare it with the cycle's scope.",
        ),
    }
}

fn worse_finding(a: Option<Finding>, b: Finding) -> Option<Finding> {
    // The states are declared from best to worst.
    Some(a.map_or(b, |a| a.max(b)))
}

fn worse_verdict(a: Option<Verdict>, b: Verdict) -> Option<Verdict> {
    let rank = |v: Verdict| match v {
        Verdict::NotMet => 0,
        Verdict::Met => 1,
        Verdict::CouldNotMeasure => 2,
        Verdict::Stale => 3,
        Verdict::NotApplicable => 4,
    };
    Some(a.map_or(b, |a| if rank(b) < rank(a) { b } else { a }))
}

fn worse_claim(a: Option<Claim>, b: Claim) -> Option<Claim> {
    let rank = |c: Claim| match c {
        Claim::Not => 0,
        Claim::Partly => 1,
        Claim::Implemented => 2,
        Claim::NotApplicable => 3,
    };
    Some(a.map_or(b, |a| if rank(b) < rank(a) { b } else { a }))
}

type Place<'a> = (&'a OrganisationId, &'a RequirementId, &'a Scope);

/// Gathers `data` under `rules`. All sums are of whole numbers, so that the order of the rows cannot show.
pub(super) fn gather(data: &CycleData, rules: &Rules) -> Gathered {
    let mut gathered = Gathered::default();
    let mut sorted: Vec<_> = data.organisations.iter().collect();
    sorted.sort();
    for o in sorted {
        gathered.organisations.entry(o.id.clone()).or_insert_with(|| o.name.clone());
    }
    let mut sorted: Vec<_> = data.requirements.iter().collect();
    sorted.sort();
    for r in sorted {
        gathered.requirements.entry(r.id.clone()).or_insert_with(|| r.clone());
    }

    let mut cells: BTreeMap<Place<'_>, Cell> = BTreeMap::new();
    for row in &data.answers {
        let cell = cells.entry((&row.organisation, &row.requirement, &row.scope)).or_default();
        cell.answers += row.counts;
        cell.asked += row.asked;
        if gathered.organisations.contains_key(&row.organisation) && gathered.requirements.contains_key(&row.requirement) {
            let sum = gathered.by_role.entry(row.organisation.clone()).or_default().entry(row.role).or_default();
            sum.answers += row.counts;
            sum.asked += row.asked;
        }
    }
    for row in &data.claims {
        let cell = cells.entry((&row.organisation, &row.requirement, &row.scope)).or_default();
        cell.stated = worse_claim(cell.stated, row.claim);
    }
    for row in &data.findings {
        let cell = cells.entry((&row.organisation, &row.requirement, &row.scope)).or_default();
        cell.finding = worse_finding(cell.finding, row.finding);
    }
    for row in &data.verdicts {
        let cell = cells.entry((&row.organisation, &row.requirement, &row.scope)).or_default();
        cell.verdict = worse_verdict(cell.verdict, row.verdict);
    }
    for ((organisation, requirement, scope), cell) in cells {
        if !gathered.organisations.contains_key(organisation) || !gathered.requirements.contains_key(requirement) {
            gathered.problems.push(outside(organisation, requirement.as_str()));
            continue;
        }
        let triple = Triple {
            organisation: organisation.clone(),
            scope: scope.clone(),
            requirement: requirement.clone(),
            claim: cell.stated.or_else(|| claim(&cell.answers, &rules.claim)),
            finding: cell.finding,
            verdict: cell.verdict,
        };
        gathered.by_organisation.entry(organisation.clone()).or_default().add(&triple, &cell);
        gathered.by_requirement.entry(requirement.clone()).or_default().add(&triple, &cell);
        gathered.triples.push(triple);
    }
    people(data, &mut gathered);
    gathered
}

/// Adds what belongs to organisations as a whole: respondents, posts.
fn people(data: &CycleData, gathered: &mut Gathered) {
    let known = gathered.organisations.clone();
    let mut problems = Vec::new();
    let mut inside = |organisation: &OrganisationId, place: &str| {
        let inside = known.contains_key(organisation);
        if !inside {
            problems.push(outside(organisation, place));
        }
        inside
    };
    for row in data.respondents.iter().filter(|r| inside(&r.organisation, r.role.as_str())) {
        let sum = gathered.by_organisation.entry(row.organisation.clone()).or_default();
        *sum.respondents.get_or_insert_default() += row.respondents;
        let sum = gathered.by_role.entry(row.organisation.clone()).or_default().entry(row.role).or_default();
        *sum.respondents.get_or_insert_default() += row.respondents;
    }
    for row in data.posts.iter().filter(|r| inside(&r.organisation, "posts")) {
        let sum = gathered.by_organisation.entry(row.organisation.clone()).or_default();
        plus_some(&mut sum.posts, Some(&[row.vacant, row.required, row.reported]));
    }
    gathered.problems.extend(problems);
}
