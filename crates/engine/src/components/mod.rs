//! Principal components of the organisation × requirement matrix, with what each axis separates said in words.
//!
//! The matrix holds values between 0 and 1 (met, share implemented). A column with fewer than `min_known` of its cells is
//! dropped as unknown, a column that is everywhere the same is dropped as constant, both are listed; other missing cells take
//! the column's mean and their share is reported. Columns are centred, not scaled: they have one unit, and a requirement on
//! which hardly anybody differs must not weigh as much as one that divides the field. The components come from the singular
//! value decomposition; an axis has no natural direction, so its largest loading is made positive (first in order if equal).
//! Scores describe *in what* organisations differ; an axis is no mark, and its high end is not its good end.
//!
//! # Worked examples
//! Ten organisations; requirements a and b are kept by the same five, c by the other five: one axis explains everything,
//! "separates organisations by: a, b (high) against c (high)". Two axes that explain nearly the same share are marked
//! `distinct: false`, since a small change of the data may turn them into each other.

use std::collections::{BTreeMap, BTreeSet};

use nalgebra::{DMatrix, SVD};
use serde::{Deserialize, Serialize};

use crate::compare::Cells;
use crate::ids::{OrganisationId, RequirementId};
use crate::numbers::{Coverage, SMALL_GROUP, stable};
use crate::words::Words;

/// The declared numbers of the analysis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComponentsRule {
    pub version: u32,
    /// Axes to give.
    pub axes: usize,
    /// Least share of known cells in a column.
    pub min_known: f64,
    /// Requirements named per end of an axis.
    pub named: usize,
    /// Loadings smaller than this share of the largest are not named.
    pub named_above: f64,
}

impl Default for ComponentsRule {
    fn default() -> Self {
        Self { version: 1, axes: 3, min_known: 0.5, named: 3, named_above: 0.4 }
    }
}

/// One axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Axis {
    /// Share of all variance, between 0 and 1.
    pub variance: f64,
    /// Its singular value is at least 5 % from its neighbours'.
    pub distinct: bool,
    /// Per requirement; squares sum to one.
    pub loadings: BTreeMap<RequirementId, f64>,
    /// Per organisation, in the unit of the values.
    pub scores: BTreeMap<OrganisationId, f64>,
    pub words: Words,
}

/// The analysis, with everything left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Components {
    pub organisations: u64,
    pub requirements: u64,
    /// Cells known of all cells of the requirements kept.
    pub coverage: Coverage,
    /// The same everywhere.
    pub constant: Vec<RequirementId>,
    /// Too few cells known.
    pub unknown: Vec<RequirementId>,
    /// Empty for fewer than five organisations, or nothing that varies.
    pub axes: Vec<Axis>,
}

/// One requirement's cells in the order of the organisations.
struct Column<'a> {
    requirement: &'a RequirementId,
    cells: Vec<Option<f64>>,
    mean: f64,
}

/// Analyses `cells`; `titles` name the requirements in words (the id where one is missing).
pub fn components(cells: &Cells, titles: &BTreeMap<RequirementId, Words>, rule: &ComponentsRule) -> Components {
    let organisations: Vec<&OrganisationId> = cells.keys().collect();
    let requirements: BTreeSet<&RequirementId> = cells.values().flat_map(BTreeMap::keys).collect();
    let (mut columns, mut constant, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    for requirement in requirements {
        let column: Vec<Option<f64>> = cells.values().map(|row| row.get(requirement).copied().filter(|v| v.is_finite())).collect();
        let known: Vec<f64> = column.iter().copied().flatten().collect();
        let first = known.first().copied().unwrap_or_default();
        if known.is_empty() || (known.len() as f64) < rule.min_known * column.len() as f64 {
            unknown.push(requirement.clone());
        } else if known.iter().all(|v| *v == first) {
            constant.push(requirement.clone());
        } else {
            let mean = known.iter().sum::<f64>() / known.len() as f64;
            columns.push(Column { requirement, cells: column, mean });
        }
    }
    let known = columns.iter().flat_map(|c| &c.cells).filter(|v| v.is_some()).count() as u64;
    let mut result = Components {
        organisations: organisations.len() as u64,
        requirements: columns.len() as u64,
        coverage: Coverage { known, all: (organisations.len() * columns.len()) as u64 },
        constant,
        unknown,
        axes: Vec::new(),
    };
    if (organisations.len() as u64) < SMALL_GROUP || columns.is_empty() {
        return result;
    }
    result.axes = axes(&organisations, &columns, titles, rule).unwrap_or_default();
    result
}

/// The first axes by singular value decomposition; `None` if it does not converge, which it does for finite values.
fn axes(
    organisations: &[&OrganisationId],
    columns: &[Column<'_>],
    titles: &BTreeMap<RequirementId, Words>,
    rule: &ComponentsRule,
) -> Option<Vec<Axis>> {
    // Requirements in rows: the decomposition is faster on a tall matrix, and there are more requirements than organisations.
    let rows = columns.iter().flat_map(|c| c.cells.iter().map(|v| v.map_or(0.0, |v| v - c.mean)));
    let matrix = DMatrix::from_row_iterator(columns.len(), organisations.len(), rows);
    let total: f64 = matrix.iter().map(|v| v * v).sum();
    let svd = SVD::try_new(matrix, true, true, 1e-12, 100_000)?;
    let (u, v_t) = (svd.u?, svd.v_t?);
    let sizes: Vec<f64> = svd.singular_values.iter().copied().collect();
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    let size = |i: &usize| sizes.get(*i).copied().unwrap_or_default();
    order.sort_by(|a, b| size(b).total_cmp(&size(a)).then(a.cmp(b)));
    let sorted: Vec<f64> = order.iter().map(size).collect();
    let apart = |a: Option<&f64>, b: f64| a.is_none_or(|a| (a - b).abs() > 0.05 * a.max(b));
    let mut axes = Vec::new();
    for (place, index) in order.into_iter().enumerate().take(rule.axes) {
        let value = sorted.get(place).copied().unwrap_or_default();
        if value * value <= 1e-12 * total {
            break;
        }
        let loading: Vec<f64> = u.column(index).iter().copied().collect();
        let sign = direction(&loading);
        let loadings: BTreeMap<RequirementId, f64> = columns.iter().zip(&loading).map(|(c, l)| (c.requirement.clone(), stable(sign * l))).collect();
        let row = v_t.row(index);
        let scores = organisations.iter().zip(row.iter());
        let scores = scores.map(|(o, s)| ((*o).clone(), stable(sign * s * value))).collect();
        let before = place.checked_sub(1).and_then(|p| sorted.get(p));
        axes.push(Axis {
            variance: stable(value * value / total),
            distinct: apart(before, value) && apart(sorted.get(place + 1), value),
            words: words(&loadings, titles, rule),
            loadings,
            scores,
        });
    }
    Some(axes)
}

/// +1 or −1, so that the largest loading becomes positive; among equals (to rounding) the first decides.
fn direction(loading: &[f64]) -> f64 {
    let largest = loading.iter().fold(0.0_f64, |m, l| m.max(l.abs()));
    let first = loading.iter().find(|l| l.abs() >= largest * (1.0 - 1e-9));
    if first.is_some_and(|l| *l < 0.0) { -1.0 } else { 1.0 }
}

/// What the axis separates, by the titles of its largest loadings at both ends.
fn words(loadings: &BTreeMap<RequirementId, f64>, titles: &BTreeMap<RequirementId, Words>, rule: &ComponentsRule) -> Words {
    let mut sorted: Vec<(&RequirementId, f64)> = loadings.iter().map(|(r, l)| (r, *l)).collect();
    sorted.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then_with(|| a.0.cmp(b.0)));
    let least = sorted.first().map_or(0.0, |(_, l)| l.abs() * rule.named_above);
    let names = |sign: f64| -> Vec<Words> {
        let end = sorted.iter().filter(|(_, l)| l * sign > 0.0 && l.abs() >= least).take(rule.named);
        end.map(|(r, _)| titles.get(*r).cloned().unwrap_or_else(|| Words::new(r.as_str(), r.as_str()))).collect()
    };
    let (high, low) = (names(1.0), names(-1.0));
    let ja = |list: &[Words]| list.iter().map(|w| format!("「{}」", w.ja)).collect::<String>();
    let en = |list: &[Words]| list.iter().map(|w| w.en.as_str()).collect::<Vec<_>>().join(", ");
    if low.is_empty() {
        Words::new(
            format!("この軸は、{}ができている組織とできていない組織を分けています。", ja(&high)),
            format!("This axis separates organisations that keep {} from those that do not.", en(&high)),
        )
    } else {
        Words::new(
            format!("この軸は、{}ができている組織（値が大きい）と、{}ができている組織（値が小さい）を分けています。", ja(&high), ja(&low)),
            format!("This axis separates organisations by: {} (high) against {} (low).", en(&high), en(&low)),
        )
    }
}

#[cfg(test)]
mod tests;
