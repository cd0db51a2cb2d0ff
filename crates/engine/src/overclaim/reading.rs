//! One reading of a tally: what each organisation's peers let expect of it, and how improbable its record is.

use std::collections::BTreeMap;

use statrs::function::beta::checked_ln_beta;
use statrs::function::gamma::ln_gamma;

use super::detect::{Basis, DetectionRule};
use super::{Count, Tally};
use crate::ids::OrganisationId;

/// Rounds until the core must have settled; in practice two to four.
const MAX_ROUNDS: usize = 25;

/// One organisation's row on one basis: totals, and (requirement index, over, trials) of its cells.
pub(super) struct Row {
    pub(super) over: u64,
    pub(super) trials: u64,
    cells: Vec<(usize, u64, u64)>,
}

/// Steps 2 to 5 on one basis, row by row.
pub(super) struct Reading {
    pub(super) rows: Vec<Row>,
    pub(super) expected: Vec<f64>,
    pub(super) p_values: Vec<f64>,
    /// Whether the worst possible record of the row could be significant at all.
    pub(super) able: Vec<bool>,
    pub(super) spread: f64,
}

/// Steps 2 to 5 for the `tested` organisations, in their order.
pub(super) fn read(tally: &Tally, tested: &[&OrganisationId], basis: Basis, rule: &DetectionRule) -> Reading {
    let rows = rows(tally, tested, basis);
    let requirements = tally.requirements.len();
    let mut expected = vec![weighted_median(&rows).max(rule.honest_error); rows.len()];
    let mut core: Vec<bool> = Vec::new();
    for _ in 0..MAX_ROUNDS {
        let ordinary = |(row, e): (&Row, &f64)| upper_tail(row.over, row.trials, *e, rule.spread.0) >= rule.core_above;
        let next: Vec<bool> = rows.iter().zip(&expected).map(ordinary).collect();
        if next == core {
            break;
        }
        core = next;
        expected = expected_rates(&rows, &core, requirements, rule);
    }
    let spread = spread_of(&rows, &core, &expected, rule);
    let tail = |row: &Row, over: u64, e: f64| match basis {
        Basis::Gaps if row.trials < rule.min_gaps => 1.0,
        _ => upper_tail(over, row.trials, e, spread),
    };
    let least = rule.alpha / (2.0 * rows.len().max(1) as f64);
    let each = || rows.iter().zip(&expected);
    let p_values = each().map(|(row, e)| tail(row, row.over, *e)).collect();
    let able = each().map(|(row, e)| tail(row, row.trials, *e) <= least).collect();
    Reading { p_values, able, spread, rows, expected }
}

fn rows(tally: &Tally, tested: &[&OrganisationId], basis: Basis) -> Vec<Row> {
    let index: BTreeMap<_, _> = (0..).zip(tally.requirements.keys()).map(|(i, id)| (id, i)).collect();
    let trials = |count: &Count| match basis {
        Basis::Claims => count.checked,
        Basis::Gaps => count.gaps,
    };
    let row = |organisation: &&OrganisationId| {
        let count = tally.organisations.get(*organisation).copied().unwrap_or_default();
        let cells = tally.cells.get(*organisation).into_iter().flatten();
        let cells = cells.filter(|(_, c)| trials(c) > 0);
        let cells = cells.filter_map(|(id, c)| Some((*index.get(id)?, c.over, trials(c))));
        Row { over: count.over, trials: trials(&count), cells: cells.collect() }
    };
    tested.iter().map(row).collect()
}

pub(super) fn rate(row: &Row) -> f64 {
    row.over as f64 / row.trials.max(1) as f64
}

/// The rate at which half of the trials belong to organisations with a lower one.
fn weighted_median(rows: &[Row]) -> f64 {
    let mut rates: Vec<(f64, u64)> = rows.iter().map(|r| (rate(r), r.trials)).collect();
    rates.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = rates.iter().map(|r| r.1).sum::<u64>() as f64 / 2.0;
    let mut below = 0.0;
    for (rate, weight) in rates {
        below += weight as f64;
        if below >= half {
            return rate;
        }
    }
    0.0
}

/// Step 3: for each row, the mean baseline of its cells, from the core without its own claims.
fn expected_rates(rows: &[Row], core: &[bool], requirements: usize, rule: &DetectionRule) -> Vec<f64> {
    let mut by_requirement = vec![(0_u64, 0_u64); requirements];
    let (mut over, mut trials) = (0, 0);
    for (row, _) in rows.iter().zip(core).filter(|(_, h)| **h) {
        over += row.over;
        trials += row.trials;
        for (i, cell_over, cell_trials) in &row.cells {
            if let Some(sum) = by_requirement.get_mut(*i) {
                sum.0 += cell_over;
                sum.1 += cell_trials;
            }
        }
    }
    let one = |(row, inside): (&Row, &bool)| {
        let own = u64::from(*inside);
        let (others_over, others) = (over - own * row.over, trials - own * row.trials);
        let pooled = if others == 0 { 0.0 } else { others_over as f64 / others as f64 };
        let pooled = pooled.max(rule.honest_error);
        let mut sum = 0.0;
        for (i, cell_over, cell_trials) in &row.cells {
            let (all_over, all) = by_requirement.get(*i).copied().unwrap_or_default();
            let (k, n) = (all_over - own * cell_over, all - own * cell_trials);
            let baseline = (k as f64 + rule.shrinkage * pooled) / (n as f64 + rule.shrinkage);
            sum += *cell_trials as f64 * baseline;
        }
        if row.trials == 0 {
            return pooled.min(0.99);
        }
        (sum / row.trials as f64).clamp(rule.honest_error, 0.99)
    };
    rows.iter().zip(core).map(one).collect()
}

/// Step 5: ρ from Pearson's statistic of the core, Σ(n−1)ρ being its excess over its degrees of freedom.
fn spread_of(rows: &[Row], core: &[bool], expected: &[f64], rule: &DetectionRule) -> f64 {
    let (mut pearson, mut count, mut weight) = (0.0, 0.0, 0.0);
    for ((row, e), _) in rows.iter().zip(expected).zip(core).filter(|(_, c)| **c) {
        if row.trials == 0 {
            continue;
        }
        let n = row.trials as f64;
        pearson += (row.over as f64 - n * e).powi(2) / (n * e * (1.0 - e));
        count += 1.0;
        weight += n - 1.0;
    }
    if weight <= 0.0 {
        return rule.spread.0;
    }
    ((pearson - (count - 1.0)) / weight).clamp(rule.spread.0, rule.spread.1)
}

/// P(X ≥ k) for X beta-binomial with `n` trials, mean `p` and intra-class correlation `rho`; binomial for ρ → 0.
pub(super) fn upper_tail(k: u64, n: u64, p: f64, rho: f64) -> f64 {
    if k == 0 {
        return 1.0;
    }
    let strength = (1.0 - rho) / rho.max(1e-9);
    let (a, b) = (p * strength, (1.0 - p) * strength);
    let (kf, nf) = (k as f64, n as f64);
    let choose = ln_gamma(nf + 1.0) - ln_gamma(kf + 1.0) - ln_gamma(nf - kf + 1.0);
    let (Ok(top), Ok(bottom)) = (checked_ln_beta(kf + a, nf - kf + b), checked_ln_beta(a, b)) else {
        return 1.0;
    };
    let mut term = (choose + top - bottom).exp();
    let mut sum = 0.0;
    for x in k..=n {
        sum += term;
        let xf = x as f64;
        term *= (nf - xf) / (xf + 1.0) * (xf + a) / (nf - xf - 1.0 + b);
    }
    sum.clamp(0.0, 1.0)
}
