//! Evaluation of a closed cycle: one pure function from frozen rows to everything that is shown and published.
//!
//! Holds always: equal rows in any order give a byte-identical [`Evaluation::to_json`]; every number is a registered figure;
//! what could not be measured leaves the denominator and shows in the coverage; no organisation has one mark. Rows that name
//! an organisation or requirement outside the cycle are left out and listed in [`Evaluation::problems`], never dropped silently.
//!
//! # Worked examples
//! One organisation, one requirement, ten staff asked, nine answer "implemented", one "not": the claim is "implemented" (rule:
//! 90 %). The probe says not met. The evaluation holds one triple with `over-claim-measurement`, implementation rate 90.0 %,
//! measured met rate and over-claim rate as counts (0 / 1 and 1 / 1: a group of one shows no percentage), no comparison (one
//! organisation), no flag (one checked claim proves no habit).

mod data;
mod gather;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use data::{
    AnswersRow, ClaimRow, CycleData, FindingRow, Organisation, PostsRow, Requirement, RespondentsRow, Rules, Summary, UnitsRow, VerdictRow,
};

use crate::agreement::{Agreements, agreements};
use crate::change::{Change, changes, standings};
use crate::compare::{Cells, Comparison, compare};
use crate::components::{Components, components};
use crate::facts::{Claim, Role};
use crate::grade::{Grade, GradeError, grade, rate};
use crate::ids::{OrganisationId, RequirementId};
use crate::importance::{Ranked, rank};
use crate::numbers::{self, Figure};
use crate::overclaim::{Detection, Improbable, detect, improbable, tally};
use crate::triple::{Disagreement, Triple, disagreement};
use crate::words::Words;
use gather::{Gathered, Sum, gather};

/// Figures by definition id.
pub type Figures = BTreeMap<String, Figure>;

/// Figures of each organisation.
pub type FiguresByOrganisation = BTreeMap<OrganisationId, Figures>;

/// How often each disagreement occurs; those that do not occur are absent.
pub type Disagreements = BTreeMap<Disagreement, u64>;

/// A grade of a priority inspection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GradeRow {
    pub class: String,
    pub item: String,
    pub rate: Figure,
    /// `None` when it cannot be given; the problem says why.
    pub grade: Option<Grade>,
}

/// One organisation's results.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OrganisationResult {
    pub name: Words,
    pub figures: Figures,
    pub roles: BTreeMap<Role, Figures>,
    pub grades: Vec<GradeRow>,
    pub disagreements: Disagreements,
}

/// One requirement's results over all organisations.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RequirementResult {
    pub title: Words,
    pub priority: u8,
    pub figures: Figures,
    pub disagreements: Disagreements,
}

/// A triple with what its facts disagree on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TripleRow {
    #[serde(flatten)]
    pub triple: Triple,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub disagreements: Vec<Disagreement>,
}

/// Rows that could not be used, or numbers that cannot be right.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Problem {
    pub organisation: OrganisationId,
    /// What it is about: a requirement, a class and item.
    pub place: String,
    pub words: Words,
}

/// Everything an evaluation says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    pub cycle: String,
    pub edition: String,
    pub rules: Rules,
    /// Over all organisations.
    pub figures: Figures,
    pub roles: BTreeMap<Role, Figures>,
    pub organisations: BTreeMap<OrganisationId, OrganisationResult>,
    pub requirements: BTreeMap<RequirementId, RequirementResult>,
    pub triples: Vec<TripleRow>,
    pub over_claims: Detection,
    pub improbable: Vec<Improbable>,
    pub agreements: Agreements,
    /// By definition id.
    pub comparisons: BTreeMap<String, Comparison>,
    /// Of the matrix of claims (implemented 1, partly ½, not 0; mean over scopes).
    pub components: Components,
    /// Since the previous cycle; empty without one.
    pub changes: Vec<Change>,
    /// Figures of the same definition and version, now − before, in the definition's unit.
    pub differences: BTreeMap<OrganisationId, BTreeMap<String, f64>>,
    pub importance: Vec<Ranked>,
    pub problems: Vec<Problem>,
}

impl Evaluation {
    /// The data file of the evaluation: JSON, fields and rows in a fixed order, one line feed at the end.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = serde_json::to_vec(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// What the next cycle needs of this one.
    pub fn summary(&self) -> Summary {
        Summary {
            cycle: self.cycle.clone(),
            edition: self.edition.clone(),
            standings: standings(self.triples.iter().map(|r| &r.triple)),
            figures: self.organisations.iter().map(|(id, o)| (id.clone(), o.figures.clone())).collect(),
        }
    }
}

/// The registered figures that are compared between organisations.
const COMPARED: [&numbers::Definition; 7] = [
    &numbers::REACH_RATE,
    &numbers::IMPLEMENTATION_RATE,
    &numbers::ATTAINMENT_RATE,
    &numbers::CLAIMED_RATE,
    &numbers::MEASURED_MET_RATE,
    &numbers::AUDITED_MET_RATE,
    &numbers::OVER_CLAIM_RATE,
];

/// Evaluates a closed cycle.
pub fn evaluate(data: &CycleData) -> Evaluation {
    let mut rules = data.rules.clone();
    rules.criteria.sort_by(|a, b| a.id.cmp(&b.id));
    let gathered = gather(data, &rules);
    let Gathered { triples, .. } = &gathered;
    let over = tally(triples);
    let mut problems = gathered.problems.clone();

    let rows: Vec<TripleRow> = triples.iter().map(|t| TripleRow { triple: t.clone(), disagreements: disagreement(t) }).collect();
    let mut organisations: BTreeMap<OrganisationId, OrganisationResult> = BTreeMap::new();
    for (id, name) in &gathered.organisations {
        let sum = gathered.by_organisation.get(id).cloned().unwrap_or_default();
        let count = over.organisations.get(id).copied().unwrap_or_default();
        let result =
            OrganisationResult { name: name.clone(), figures: sum.figures(&count), roles: gathered.roles_of(id), ..OrganisationResult::default() };
        organisations.insert(id.clone(), result);
    }
    let mut requirements: BTreeMap<RequirementId, RequirementResult> = BTreeMap::new();
    for (id, requirement) in &gathered.requirements {
        let sum = gathered.by_requirement.get(id).cloned().unwrap_or_default();
        let count = over.requirements.get(id).copied().unwrap_or_default();
        let result = RequirementResult {
            title: requirement.title.clone(),
            priority: requirement.priority,
            figures: sum.figures(&count),
            disagreements: Disagreements::new(),
        };
        requirements.insert(id.clone(), result);
    }
    for row in rows.iter().filter(|r| !r.disagreements.is_empty()) {
        for d in &row.disagreements {
            if let Some(organisation) = organisations.get_mut(&row.triple.organisation) {
                *organisation.disagreements.entry(*d).or_default() += 1;
            }
            if let Some(requirement) = requirements.get_mut(&row.triple.requirement) {
                *requirement.disagreements.entry(*d).or_default() += 1;
            }
        }
    }
    grades(data, &rules, &mut organisations, &mut problems);

    let mut all = Sum::default();
    for sum in gathered.by_organisation.values() {
        all.merge(sum);
    }
    let claims = cells(triples, |t| claim_value(t.claim));
    let now = standings(triples);
    let changes = data.previous.as_ref().map(|p| changes(&p.standings, &now)).unwrap_or_default();
    let answers = gathered.by_organisation.iter().map(|(id, s)| (id.clone(), s.answers)).collect();
    problems.sort();
    problems.dedup();
    Evaluation {
        cycle: data.cycle.clone(),
        edition: data.edition.clone(),
        figures: all.figures(&over.all),
        roles: gathered.roles(),
        comparisons: comparisons(&organisations, triples, &claims, &rules),
        components: components(&claims, &gathered.titles(), &rules.components),
        over_claims: detect(&over, &rules.detection),
        improbable: improbable(&answers, triples, &rules.improbable),
        agreements: agreements(triples),
        changes,
        differences: differences(data.previous.as_ref(), &organisations),
        importance: rank(&data.systems, &rules.criteria),
        organisations,
        requirements,
        triples: rows,
        rules,
        problems,
    }
}

fn claim_value(claim: Option<Claim>) -> Option<f64> {
    match claim? {
        Claim::Implemented => Some(1.0),
        Claim::Partly => Some(0.5),
        Claim::Not => Some(0.0),
        Claim::NotApplicable => None,
    }
}

/// Organisation × requirement, the mean of `value` over the scopes where it is known.
fn cells(triples: &[Triple], value: impl Fn(&Triple) -> Option<f64>) -> Cells {
    let mut sums: BTreeMap<&OrganisationId, BTreeMap<&RequirementId, (f64, f64)>> = BTreeMap::new();
    for triple in triples {
        if let Some(v) = value(triple) {
            let sum = sums.entry(&triple.organisation).or_default().entry(&triple.requirement).or_default();
            // Halves and ones: these sums are exact whatever their order.
            sum.0 += v;
            sum.1 += 1.0;
        }
    }
    let row = |row: BTreeMap<&RequirementId, (f64, f64)>| row.into_iter().map(|(r, (sum, n))| (r.clone(), sum / n)).collect();
    sums.into_iter().map(|(o, r)| (o.clone(), row(r))).collect()
}

fn comparisons(
    organisations: &BTreeMap<OrganisationId, OrganisationResult>,
    triples: &[Triple],
    claims: &Cells,
    rules: &Rules,
) -> BTreeMap<String, Comparison> {
    let share = |known: Option<bool>| known.map(|k| f64::from(u8::from(k)));
    let measured = cells(triples, |t| share(t.measured()));
    let audited = cells(triples, |t| share(t.audited()));
    let over = cells(triples, |t| share(t.claim_checked().then(|| t.over_claimed())));
    let nothing = Cells::new();
    let one = |definition: &&numbers::Definition| {
        let value = |o: &OrganisationResult| o.figures.get(definition.id).and_then(|f| f.value);
        let values = organisations.iter().map(|(id, o)| (id.clone(), value(o))).collect();
        let reasons = match definition.id {
            id if id == numbers::MEASURED_MET_RATE.id => &measured,
            id if id == numbers::AUDITED_MET_RATE.id => &audited,
            id if id == numbers::OVER_CLAIM_RATE.id => &over,
            // Who answers does not depend on a requirement.
            id if id == numbers::REACH_RATE.id => &nothing,
            _ => claims,
        };
        (definition.id.to_owned(), compare(&values, reasons, &rules.compare))
    };
    COMPARED.iter().map(one).collect()
}

fn grades(data: &CycleData, rules: &Rules, organisations: &mut BTreeMap<OrganisationId, OrganisationResult>, problems: &mut Vec<Problem>) {
    let mut units: Vec<&UnitsRow> = data.units.iter().collect();
    units.sort();
    for row in units {
        let place = format!("{} {}", row.class, row.item);
        let Some(organisation) = organisations.get_mut(&row.organisation) else {
            problems.push(gather::outside(&row.organisation, &place));
            continue;
        };
        let grade = grade(row.done, row.held, &rules.grade);
        if let Err(error) = &grade {
            let ja = match error {
                GradeError::MoreDoneThanHeld { done, held } => {
                    format!("対策済みが{done}台、保有が{held}台と報告されています。どちらかの台数を直してください。")
                }
                GradeError::NoStep { done, held } => {
                    format!("{held}台中{done}台に当たる区分が評価の基準にありません。0から始まる区分を加えてください。")
                }
            };
            let words = Words::new(ja, error.to_string());
            problems.push(Problem { organisation: row.organisation.clone(), place, words });
        }
        organisation.grades.push(GradeRow {
            class: row.class.clone(),
            item: row.item.clone(),
            rate: rate(row.done.min(row.held), row.held, row.known.min(row.held)),
            grade: grade.ok(),
        });
    }
}

fn differences(
    previous: Option<&Summary>,
    organisations: &BTreeMap<OrganisationId, OrganisationResult>,
) -> BTreeMap<OrganisationId, BTreeMap<String, f64>> {
    let mut all = BTreeMap::new();
    for (id, organisation) in organisations {
        let Some(before) = previous.and_then(|p| p.figures.get(id)) else {
            continue;
        };
        let difference = |(d, now): (&String, &Figure)| Some((d.clone(), now.difference(before.get(d)?)?));
        all.insert(id.clone(), organisation.figures.iter().filter_map(difference).collect());
    }
    all
}
