//! Comparison of organisations by median, quartiles and robust outliers, each outlier with the requirements that make it one.
//!
//! Quartiles are Hyndman and Fan's method 7 (The American Statistician 50, 1996): linear interpolation at h = (n − 1) p, the
//! method of spreadsheets, so that a reader can check them. Outliers use the modified z-score of Iglewicz and Hoaglin (1993),
//! z = 0.6745 (x − median) / MAD, |z| > 3.5; when more than half of the values are equal (MAD = 0) the mean absolute
//! deviation takes its place, z = (x − median) / (1.2533 · mean deviation). An outlier must also differ from the median by
//! `min_difference`, for where all are within 0.1 % nobody is unusual. Fewer than five organisations are not compared.
//! The result is never a rank of organisations.
//!
//! # Worked examples
//! Rates 0.90 0.91 0.92 0.93 0.40: median 0.91, MAD 0.01, z of the last −34: an outlier. It kept 4 of 10 requirements that
//! its peers keep at 90 %: those ten are its reasons, the largest shortfall first.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{OrganisationId, RequirementId};
use crate::numbers::{SMALL_GROUP, stable};

/// The declared numbers of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CompareRule {
    pub version: u32,
    /// |z| above which a value is unusual.
    pub threshold: f64,
    /// Least difference from the median, in the unit of the values.
    pub min_difference: f64,
    /// How many requirements are named per outlier.
    pub reasons: usize,
}

impl Default for CompareRule {
    fn default() -> Self {
        Self { version: 1, threshold: 3.5, min_difference: 0.05, reasons: 5 }
    }
}

/// A requirement's part in an organisation's distance from the median.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    pub requirement: RequirementId,
    /// The organisation's value on it.
    pub value: f64,
    /// The median of all organisations on it.
    pub median: f64,
    /// (value − median) ÷ number of the organisation's requirements: what it adds to the organisation's mean.
    pub contribution: f64,
}

/// An unusual organisation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outlier {
    pub organisation: OrganisationId,
    pub value: f64,
    /// Robust z-score; negative is below the median.
    pub z: f64,
    /// Largest first, only in the direction of `z`.
    pub because: Vec<Contribution>,
}

/// Where the organisations stand together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Organisations with a value.
    pub count: u64,
    /// Organisations without one; they are not compared, and are named.
    pub unknown: Vec<OrganisationId>,
    /// `None` when there are fewer than five.
    pub spread: Option<Spread>,
    pub outliers: Vec<Outlier>,
}

/// Five numbers and the median absolute deviation, in the unit of the values.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    pub min: f64,
    pub q1: f64,
    pub median: f64,
    pub q3: f64,
    pub max: f64,
    pub mad: f64,
}

/// The `p`-quantile of sorted `values` by Hyndman and Fan's method 7; `None` without values.
pub fn quantile(values: &[f64], p: f64) -> Option<f64> {
    let h = (values.len().checked_sub(1)? as f64) * p.clamp(0.0, 1.0);
    let low = *values.get(h.floor() as usize)?;
    let high = values.get(h.ceil() as usize).copied().unwrap_or(low);
    Some(low + (h - h.floor()) * (high - low))
}

/// The median of `values` in any order.
pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    quantile(&values, 0.5)
}

/// Five numbers of `values`, whatever their count; `None` without values.
pub fn spread(mut values: Vec<f64>) -> Option<Spread> {
    values.sort_by(f64::total_cmp);
    let at = |p| quantile(&values, p);
    let middle = at(0.5)?;
    let mad = median(values.iter().map(|v| (v - middle).abs()).collect())?;
    Some(Spread {
        min: stable(at(0.0)?),
        q1: stable(at(0.25)?),
        median: stable(middle),
        q3: stable(at(0.75)?),
        max: stable(at(1.0)?),
        mad: stable(mad),
    })
}

/// Values by organisation and requirement, each between 0 and 1 (the cells behind a compared figure).
pub type Cells = BTreeMap<OrganisationId, BTreeMap<RequirementId, f64>>;

/// Compares one figure over organisations; `cells` explain the outliers.
pub fn compare(values: &BTreeMap<OrganisationId, Option<f64>>, cells: &Cells, rule: &CompareRule) -> Comparison {
    let known: Vec<(&OrganisationId, f64)> = values.iter().filter_map(|(o, v)| Some((o, (*v).filter(|v| v.is_finite())?))).collect();
    let unknown = values.iter().filter(|(_, v)| v.is_none_or(|v| !v.is_finite()));
    let mut comparison =
        Comparison { count: known.len() as u64, unknown: unknown.map(|(o, _)| o.clone()).collect(), spread: None, outliers: Vec::new() };
    if (known.len() as u64) < SMALL_GROUP {
        return comparison;
    }
    let numbers: Vec<f64> = known.iter().map(|(_, v)| *v).collect();
    let Some(five) = spread(numbers.clone()) else {
        return comparison;
    };
    comparison.spread = Some(five);
    let mean_deviation = numbers.iter().map(|v| (v - five.median).abs()).sum::<f64>() / numbers.len() as f64;
    let scale = if five.mad > 0.0 { five.mad / 0.6745 } else { 1.2533 * mean_deviation };
    if scale <= 0.0 {
        return comparison;
    }
    let mut medians = None;
    for (organisation, value) in known {
        let difference = value - five.median;
        let z = difference / scale;
        if z.abs() > rule.threshold && difference.abs() >= rule.min_difference {
            let medians = medians.get_or_insert_with(|| requirement_medians(cells));
            comparison.outliers.push(Outlier {
                organisation: organisation.clone(),
                value: stable(value),
                z: stable(z),
                because: reasons(cells.get(organisation), medians, z, rule.reasons),
            });
        }
    }
    comparison
}

fn requirement_medians(cells: &Cells) -> BTreeMap<&RequirementId, f64> {
    let mut columns: BTreeMap<&RequirementId, Vec<f64>> = BTreeMap::new();
    for (requirement, value) in cells.values().flatten() {
        columns.entry(requirement).or_default().push(*value);
    }
    columns.into_iter().filter_map(|(r, column)| Some((r, median(column)?))).collect()
}

fn reasons(own: Option<&BTreeMap<RequirementId, f64>>, medians: &BTreeMap<&RequirementId, f64>, z: f64, limit: usize) -> Vec<Contribution> {
    let count = own.map_or(0, BTreeMap::len) as f64;
    let contribution = |(requirement, value): (&RequirementId, &f64)| {
        let median = *medians.get(requirement)?;
        let contribution = (value - median) / count;
        (contribution * z > 0.0).then(|| Contribution {
            requirement: requirement.clone(),
            value: stable(*value),
            median: stable(median),
            contribution: stable(contribution),
        })
    };
    let mut all: Vec<Contribution> = own.into_iter().flatten().filter_map(contribution).collect();
    all.sort_by(|a, b| {
        let size = |c: &Contribution| c.contribution.abs();
        size(b).total_cmp(&size(a)).then_with(|| a.requirement.cmp(&b.requirement))
    });
    all.truncate(limit);
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values(list: &[f64]) -> BTreeMap<OrganisationId, Option<f64>> {
        list.iter().enumerate().map(|(i, v)| (OrganisationId(format!("o{i:02}")), Some(*v))).collect()
    }

    #[test]
    fn quantiles_follow_method_seven() {
        // R: quantile(c(1, 2, 4, 8, 16, 32), type = 7) gives 1, 2.5, 6, 14, 32.
        let five = spread(vec![32.0, 1.0, 4.0, 2.0, 16.0, 8.0]).unwrap();
        assert_eq!([five.min, five.q1, five.median, five.q3, five.max], [1.0, 2.5, 6.0, 14.0, 32.0]);
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[7.0], 0.9), Some(7.0));
    }

    #[test]
    fn an_outlier_is_explained_by_its_requirements() {
        let list = values(&[0.90, 0.91, 0.92, 0.93, 0.40]);
        let row = |v: [f64; 3]| ["r1", "r2", "r3"].map(RequirementId::from).into_iter().zip(v).collect();
        let cells: Cells =
            list.keys().enumerate().map(|(i, o)| (o.clone(), if i == 4 { row([0.9, 0.3, 0.0]) } else { row([0.8, 0.9, 1.0]) })).collect();
        let result = compare(&list, &cells, &CompareRule::default());
        let [outlier] = &result.outliers[..] else { panic!("{result:?}") };
        assert_eq!(outlier.organisation.as_str(), "o04");
        assert!(outlier.z < -30.0);
        let because: Vec<&str> = outlier.because.iter().map(|c| c.requirement.as_str()).collect();
        assert_eq!(because, ["r3", "r2"]); // r1 is better than its peers: no reason for being low
    }

    #[test]
    fn equal_values_have_no_outliers_and_one_different_value_is_one() {
        assert_eq!(compare(&values(&[1.0; 9]), &Cells::new(), &CompareRule::default()).outliers, []);
        let mut list = vec![1.0; 19];
        list.push(0.5);
        let result = compare(&values(&list), &Cells::new(), &CompareRule::default());
        assert_eq!(result.spread.unwrap().mad, 0.0);
        assert_eq!(result.outliers.len(), 1);
        let tiny = compare(&values(&[0.990, 0.990, 0.991, 0.989, 0.970]), &Cells::new(), &CompareRule::default());
        assert_eq!(tiny.outliers, []); // unusual in sigmas, but by two points only
    }

    #[test]
    fn few_organisations_are_not_compared() {
        let mut list = values(&[0.1, 0.9, 0.9, 0.9]);
        list.insert("unknown".into(), None);
        let result = compare(&list, &Cells::new(), &CompareRule::default());
        assert_eq!((result.count, result.spread, result.outliers.len()), (4, None, 0));
        assert_eq!(result.unknown, ["unknown".into()]);
    }

    proptest! {
        #[test]
        fn quantiles_are_ordered_and_shift_with_the_values(mut list in proptest::collection::vec(-1e3_f64..1e3, 1..60), by in -1e3_f64..1e3) {
            let five = spread(list.clone()).unwrap();
            prop_assert!(five.min <= five.q1 && five.q1 <= five.median && five.median <= five.q3 && five.q3 <= five.max);
            for v in &mut list {
                *v += by;
            }
            let moved = spread(list).unwrap();
            prop_assert!((moved.median - five.median - by).abs() < 1e-8);
            prop_assert!((moved.mad - five.mad).abs() < 1e-8);
        }
    }
}
