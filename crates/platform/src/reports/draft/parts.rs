//! Tables that several fields share.

use engine::evaluate::{Evaluation, Figures};
use engine::facts::Role;
use engine::numbers::{self, Definition, Figure};
use std::collections::BTreeMap;

use crate::reports::fact::{Facts, Share, share};
use crate::reports::material::Material;
use crate::reports::tree::{Body, Cell, Chart, Table};

/// What became of recommendations, and how incidents were met, in reading order.
const REMEDIES: [&Definition; 3] = [&numbers::FINDINGS_OPEN, &numbers::CLOSED_IN_TIME_RATE, &numbers::DAYS_TO_CLOSE];
const INCIDENTS: [&Definition; 4] = [&numbers::INCIDENTS, &numbers::DAYS_TO_RESPOND, &numbers::DAYS_TO_RECOVER, &numbers::RECURRENCE_PREVENTED_RATE];

/// A table; `None` without rows, so that an empty one is never printed.
pub fn table(columns: &[&str], rows: Vec<Vec<Cell>>, chart: Option<Chart>) -> Option<Body> {
    if rows.is_empty() {
        return None;
    }
    // A column in which nobody has anything to say is left out; a chart counts its columns, so its table keeps them.
    let said = |at: usize| chart.is_some() || rows.iter().any(|row| row.get(at).is_some_and(|cell| *cell != Cell::Nothing));
    let keep: Vec<bool> = (0..columns.len()).map(said).collect();
    let columns = columns.iter().zip(&keep).filter(|(_, keep)| **keep).map(|(key, _)| (*key).to_owned()).collect();
    let rows = rows.into_iter().map(|row| row.into_iter().zip(&keep).filter(|(_, keep)| **keep).map(|(cell, _)| cell).collect()).collect();
    Some(Body::Table(Table { columns, rows, chart }))
}

/// Numerator and denominator.
pub fn basis(figure: &Figure) -> Cell {
    Cell::Of(figure.numerator, figure.denominator)
}

/// Known of all, where there is something to know.
pub fn coverage(figure: &Figure) -> Cell {
    if figure.coverage.all == 0 { Cell::Nothing } else { Cell::Of(figure.coverage.known, figure.coverage.all) }
}

/// The interval in words.
pub fn interval(figure: &Figure) -> Cell {
    Cell::maybe(figure.interval_text().map(Cell::Plain))
}

/// Figures of one organisation: value, counts, coverage, the median of all, and the change since the last cycle.
pub fn figures(material: &Material, figures: &Figures, differences: Option<&BTreeMap<String, f64>>, wanted: &[&Definition]) -> Option<Body> {
    let row = |figure: &Figure| {
        let id = figure.definition.clone();
        vec![
            Cell::Definition(id.clone()),
            Cell::figure(figure),
            basis(figure),
            coverage(figure),
            Cell::maybe(material.median(&id).map(|median| Cell::Value(id.clone(), median))),
            Cell::maybe(differences.and_then(|all| all.get(&id)).map(|change| Cell::Change(id.clone(), *change))),
        ]
    };
    let rows = wanted.iter().filter_map(|definition| figures.get(definition.id)).map(row).collect();
    table(&["measure", "value", "basis", "coverage", "median", "change"], rows, None)
}

/// Figures with intervals, over all organisations or of one.
pub fn estimates(figures: &Figures, wanted: &[&Definition]) -> Option<Body> {
    let row =
        |figure: &Figure| vec![Cell::Definition(figure.definition.clone()), Cell::figure(figure), interval(figure), basis(figure), coverage(figure)];
    let rows = wanted.iter().filter_map(|definition| figures.get(definition.id)).map(row).collect();
    table(&["measure", "value", "interval", "basis", "coverage"], rows, None)
}

/// What became of recommendations: nothing where none was sent.
pub fn remedies(material: &Material, organisation: Option<&str>) -> Option<Body> {
    let counted = material.remedies_of(organisation);
    if counted.all == 0 { None } else { outcomes(&counted.figures(), &REMEDIES) }
}

/// How incidents were met: nothing where nobody reported, for that is not the same as none.
pub fn incidents(material: &Material, organisation: Option<&str>) -> Option<Body> {
    let counted = material.incident_outcomes(organisation);
    if counted.organisations.known == 0 { None } else { outcomes(&counted.figures(), &INCIDENTS) }
}

fn outcomes(figures: &[Figure], wanted: &[&Definition]) -> Option<Body> {
    let row = |figure: &Figure| vec![Cell::Definition(figure.definition.clone()), Cell::figure(figure), basis(figure), coverage(figure)];
    let rows = wanted.iter().filter_map(|definition| figures.iter().find(|figure| figure.definition == definition.id)).map(row).collect();
    table(&["measure", "value", "basis", "coverage"], rows, None)
}

/// Rates by role.
pub fn roles(roles: &BTreeMap<Role, Figures>) -> Option<Body> {
    let ids = ["implementation-rate", "reach-rate", "attainment-rate"];
    let row = |(role, figures): (&Role, &Figures)| {
        let mut row = vec![Cell::Key(format!("role-{}", role.as_str()))];
        row.extend(ids.iter().map(|id| Cell::maybe(figures.get(*id).map(Cell::figure))));
        row
    };
    let rows = roles.iter().map(row).collect();
    table(&["role", ids[0], ids[1], ids[2]], rows, Some(Chart::Bars { value: 1, baseline: None }))
}

/// Counts and the shares drawn from them. `counts` alone, then `shares`.
pub fn facts<'a>(counts: &[&str], shares: &[Share], all: impl Iterator<Item = &'a Facts> + Clone) -> Option<Body> {
    let mut rows = Vec::new();
    for key in counts {
        let values: Vec<i64> = all.clone().filter_map(|facts| facts.get(*key)).copied().collect();
        if !values.is_empty() {
            rows.push(vec![Cell::Key(format!("fact-{key}")), Cell::Count(values.iter().sum()), Cell::Nothing]);
        }
    }
    for one in shares {
        let figure = share(*one, all.clone());
        if figure.denominator > 0 {
            rows.push(vec![Cell::Definition(figure.definition.clone()), Cell::figure(&figure), basis(&figure)]);
        }
    }
    table(&["measure", "value", "basis"], rows, None)
}

/// Checks: met, not met, not measured, and the share that meets.
pub fn checks(material: &Material, wanted: &[&str], organisation: Option<&str>) -> Option<Body> {
    let row = |check: &&str| {
        let (met, not_met, unknown) = material.check(check, organisation);
        let count = |value: u64| Cell::Count(i64::try_from(value).unwrap_or(i64::MAX));
        (met + not_met + unknown > 0).then(|| {
            let figure = material.check_figure(check, organisation);
            vec![Cell::Key(format!("check-{check}")), Cell::figure(&figure), count(met), count(not_met), count(unknown)]
        })
    };
    let rows = wanted.iter().filter_map(row).collect();
    table(&["check", "measured-met-rate", "met", "not-met", "unknown"], rows, Some(Chart::Bars { value: 1, baseline: None }))
}

/// Recommendations by state, open ones and closed ones.
pub fn recommendation_count(material: &Material, organisation: Option<&str>) -> Option<Body> {
    let actions = material.actions_of(organisation);
    if actions.is_empty() {
        return None;
    }
    let closed = actions.iter().filter(|action| action.closed).count();
    let count = |value: usize| Cell::Count(i64::try_from(value).unwrap_or(i64::MAX));
    let rows = vec![
        vec![Cell::Key("recommendations-issued".into()), count(actions.len())],
        vec![Cell::Key("recommendations-closed".into()), count(closed)],
        vec![Cell::Key("recommendations-open".into()), count(actions.len() - closed)],
    ];
    table(&["measure", "count"], rows, None)
}

/// The row of the evaluation's trend: a cycle's name and its figures.
pub fn trend(material: &Material, evaluation: &Evaluation, wanted: &[&str]) -> Option<Body> {
    let now = [(material.cycle.clone(), evaluation.figures.clone())];
    let rows: Vec<Vec<Cell>> = material
        .earlier
        .iter()
        .chain(&now)
        .map(|(cycle, figures)| {
            let mut row = vec![Cell::Words(cycle.name.clone())];
            row.extend(wanted.iter().map(|id| Cell::maybe(figures.get(*id).map(Cell::figure))));
            row
        })
        .collect();
    // One cycle is no trend.
    if rows.len() < 2 {
        return None;
    }
    let columns: Vec<&str> = ["cycle"].iter().chain(wanted).copied().collect();
    table(&columns, rows, Some(Chart::Line))
}
