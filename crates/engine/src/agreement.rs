//! How far two judges agree beyond chance: Cohen's κ and Gwet's AC1, with 95 % intervals and a guard for few pairs.
//!
//! κ falls towards zero when nearly all judgements are alike, however often the judges agree; AC1 does not. Both are
//! given, so that a reader sees which effect is at work. Fewer than five pairs show counts only.
//!
//! # Worked examples
//! - Fleiss, Levin, Paik (Statistical Methods for Rates and Proportions, 3rd ed., table 18.1): 100 diagnoses
//!   75 1 4 / 5 4 1 / 0 0 10 give κ = 0.68 with standard error 0.087.
//! - Gwet (2002): 125 patients 118 5 / 2 0: the judges agree on 94.4 %, yet κ = −0.02; AC1 = 0.94.
//!
//! ```
//! use engine::agreement::kappa;
//! let estimate = kappa(&[vec![20, 5], vec![10, 15]]).unwrap();
//! assert!((estimate.value - 0.4).abs() < 1e-12);
//! ```

use serde::{Deserialize, Serialize};

use crate::facts::Claim;
use crate::numbers::interval::Z95;
use crate::numbers::{COHEN_KAPPA, Coverage, Definition, Figure, GWET_AC1, Interval, Method};
use crate::triple::Triple;

/// A statistic and its large-sample standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    pub value: f64,
    pub standard_error: f64,
}

/// Shares of a square table: cells, row margins, column margins, number of pairs.
struct Shares {
    cells: Vec<Vec<f64>>,
    rows: Vec<f64>,
    columns: Vec<f64>,
    pairs: f64,
    agreed: f64,
}

fn shares(table: &[Vec<u64>]) -> Option<Shares> {
    let q = table.len();
    let pairs = table.iter().flatten().sum::<u64>() as f64;
    if q < 2 || pairs == 0.0 || table.iter().any(|row| row.len() != q) {
        return None;
    }
    let cells: Vec<Vec<f64>> = table.iter().map(|row| row.iter().map(|c| *c as f64 / pairs).collect()).collect();
    let rows = cells.iter().map(|row| row.iter().sum()).collect();
    let columns = (0..q).map(|j| cells.iter().filter_map(|row| row.get(j)).sum()).collect();
    let agreed = cells.iter().enumerate().filter_map(|(i, row)| row.get(i)).sum();
    Some(Shares { cells, rows, columns, pairs, agreed })
}

/// Cohen's κ (1960) of a square table of counts, rows one judge, columns the other; standard error of Fleiss, Cohen and
/// Everitt (1969). `None` for an empty or ragged table, and when chance alone would agree always.
pub fn kappa(table: &[Vec<u64>]) -> Option<Estimate> {
    let s = shares(table)?;
    let chance: f64 = s.rows.iter().zip(&s.columns).map(|(r, c)| r * c).sum();
    if 1.0 - chance < 1e-12 {
        return None;
    }
    let value = (s.agreed - chance) / (1.0 - chance);
    let (mut same, mut other) = (0.0, 0.0);
    for (i, (row, column_i)) in s.cells.iter().zip(&s.columns).enumerate() {
        for (j, (cell, row_j)) in row.iter().zip(&s.rows).enumerate() {
            let margin = column_i + row_j;
            if i == j {
                same += cell * (1.0 - margin * (1.0 - value)).powi(2);
            } else {
                other += cell * margin.powi(2);
            }
        }
    }
    let last = (value - chance * (1.0 - value)).powi(2);
    let variance = (same + (1.0 - value).powi(2) * other - last) / ((1.0 - chance).powi(2) * s.pairs);
    Some(Estimate { value, standard_error: variance.max(0.0).sqrt() })
}

/// Gwet's AC1 (British Journal of Mathematical and Statistical Psychology 61, 2008) for two judges, with its unconditional
/// standard error for a large population of subjects. `None` for an empty or ragged table.
pub fn ac1(table: &[Vec<u64>]) -> Option<Estimate> {
    let s = shares(table)?;
    let others = s.rows.len() as f64 - 1.0;
    let pi: Vec<f64> = s.rows.iter().zip(&s.columns).map(|(r, c)| f64::midpoint(*r, *c)).collect();
    let chance = pi.iter().map(|p| p * (1.0 - p)).sum::<f64>() / others;
    let value = (s.agreed - chance) / (1.0 - chance);
    let (mut diagonal, mut square) = (0.0, 0.0);
    for (k, (row, pi_k)) in s.cells.iter().zip(&pi).enumerate() {
        for (l, (cell, pi_l)) in row.iter().zip(&pi).enumerate() {
            if k == l {
                diagonal += cell * (1.0 - pi_k);
            }
            square += cell * (1.0 - f64::midpoint(*pi_k, *pi_l)).powi(2);
        }
    }
    let off = 1.0 - value;
    let variance = (s.agreed * (1.0 - s.agreed) - 4.0 * off * (diagonal / others - s.agreed * chance)
        + 4.0 * off * off * (square / (others * others) - chance * chance))
        / (s.pairs * (1.0 - chance).powi(2));
    Some(Estimate { value, standard_error: variance.max(0.0).sqrt() })
}

/// Both statistics of one pair of sources.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    pub kappa: Figure,
    pub ac1: Figure,
}

/// κ and AC1 of `table` as registered figures; `all` is the number of things both could have judged.
pub fn agreement(table: &[Vec<u64>], all: u64) -> Agreement {
    let pairs: u64 = table.iter().flatten().sum();
    let agreed: u64 = table.iter().enumerate().filter_map(|(i, row)| row.get(i)).sum();
    let figure = |definition: &Definition, estimate: Option<Estimate>| {
        let interval = estimate.map(|e| {
            let half = Z95 * e.standard_error;
            Interval::new((e.value - half).max(-1.0), (e.value + half).min(1.0), Method::Normal)
        });
        let coverage = Coverage { known: pairs, all: all.max(pairs) };
        Figure::statistic(definition, (agreed, pairs), coverage, estimate.map(|e| e.value), interval)
    };
    Agreement { kappa: figure(&COHEN_KAPPA, kappa(table)), ac1: figure(&GWET_AC1, ac1(table)) }
}

/// Agreement between each two of the three sources.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Agreements {
    pub claim_audit: Agreement,
    pub claim_measurement: Agreement,
    pub audit_measurement: Agreement,
}

/// Agreement over `triples` on "met or not met"; a claim counts as met when it is "implemented", as not met when it is
/// "partly" or "not", and "not applicable" takes no part.
pub fn agreements<'a>(triples: impl IntoIterator<Item = &'a Triple>) -> Agreements {
    let mut tables = [[[0_u64; 2]; 2]; 3];
    let (mut claims, mut audits) = (0, 0);
    for triple in triples {
        let claim = match triple.claim {
            Some(Claim::Implemented) => Some(true),
            Some(Claim::Partly | Claim::Not) => Some(false),
            _ => None,
        };
        let (audited, measured) = (triple.audited(), triple.measured());
        claims += u64::from(claim.is_some());
        audits += u64::from(audited.is_some());
        let pairs = [(claim, audited), (claim, measured), (audited, measured)];
        for (table, pair) in tables.iter_mut().zip(pairs) {
            if let (Some(a), Some(b)) = pair {
                let row = if a { &mut table[0] } else { &mut table[1] };
                *(if b { &mut row[0] } else { &mut row[1] }) += 1;
            }
        }
    }
    let [a, b, c] = tables.map(|t| t.map(|row| row.to_vec()).to_vec());
    Agreements { claim_audit: agreement(&a, claims), claim_measurement: agreement(&b, claims), audit_measurement: agreement(&c, audits) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::facts::{Finding, Verdict};
    use crate::triple::Scope;

    fn close(got: f64, expect: f64, tolerance: f64) {
        assert!((got - expect).abs() <= tolerance, "{got} is not {expect} ± {tolerance}");
    }

    #[test]
    fn fleiss_levin_paik_table_18_1() {
        let e = kappa(&[vec![75, 1, 4], vec![5, 4, 1], vec![0, 0, 10]]).unwrap();
        close(e.value, 0.676, 5e-4);
        close(e.standard_error, 0.087, 1e-3);
    }

    #[test]
    fn gwet_2002_shows_the_paradox_of_kappa() {
        let table = [vec![118, 5], vec![2, 0]];
        close(kappa(&table).unwrap().value, -0.0234, 5e-5);
        close(ac1(&table).unwrap().value, 0.9408, 5e-5);
    }

    /// Standard error by leaving each pair out once (Efron's jackknife).
    fn jackknife(table: &[Vec<u64>], f: fn(&[Vec<u64>]) -> Option<Estimate>) -> f64 {
        let n = table.iter().flatten().sum::<u64>() as f64;
        let mut left_out = Vec::new();
        for i in 0..table.len() {
            for j in 0..table.len() {
                if table[i][j] > 0 {
                    let mut less = table.to_vec();
                    less[i][j] -= 1;
                    left_out.push((f(&less).unwrap().value, table[i][j] as f64));
                }
            }
        }
        let mean = left_out.iter().map(|(v, w)| v * w).sum::<f64>() / n;
        let square = left_out.iter().map(|(v, w)| w * (v - mean).powi(2)).sum::<f64>();
        ((n - 1.0) / n * square).sqrt()
    }

    proptest! {
        #[test]
        fn standard_errors_agree_with_the_jackknife(cells in proptest::collection::vec(20_u64..200, 9)) {
            let table: Vec<Vec<u64>> = cells.chunks(3).map(<[u64]>::to_vec).collect();
            for f in [kappa, ac1] {
                let (formula, slow) = (f(&table).unwrap().standard_error, jackknife(&table, f));
                prop_assert!((formula / slow - 1.0).abs() < 0.02, "{} {}", formula, slow);
            }
        }

        #[test]
        fn perfect_agreement_is_one(a in 1_u64..100, b in 1_u64..100) {
            let table = [vec![a, 0], vec![0, b]];
            prop_assert!((kappa(&table).unwrap().value - 1.0).abs() < 1e-12);
            prop_assert!((ac1(&table).unwrap().value - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn few_or_uniform_pairs_have_no_value() {
        let few = agreement(&[vec![3, 0], vec![1, 0]], 10);
        assert_eq!((few.kappa.value, few.kappa.shown_as_counts, few.kappa.numerator), (None, true, 3));
        let uniform = agreement(&[vec![30, 0], vec![0, 0]], 30);
        assert_eq!((uniform.kappa.value, uniform.kappa.note.as_deref()), (None, Some("undefined")));
        assert_eq!(uniform.ac1.value, Some(1.0));
        assert_eq!(kappa(&[vec![1, 2], vec![3]]), None);
    }

    #[test]
    fn triples_become_tables() {
        let base = Triple::of("a", Scope::whole(), "r");
        let rows = [
            Triple { claim: Some(Claim::Implemented), verdict: Some(Verdict::Met), ..base.clone() },
            Triple { claim: Some(Claim::Partly), finding: Some(Finding::Met), ..base.clone() },
            Triple { claim: Some(Claim::NotApplicable), verdict: Some(Verdict::Met), ..base },
        ];
        let all = agreements(&rows);
        assert_eq!((all.claim_measurement.ac1.numerator, all.claim_measurement.ac1.denominator), (1, 1));
        assert_eq!((all.claim_audit.ac1.numerator, all.claim_audit.ac1.denominator), (0, 1));
        assert_eq!(all.claim_audit.ac1.coverage, Coverage { known: 1, all: 2 });
        assert_eq!(all.audit_measurement.ac1.denominator, 0);
    }
}
