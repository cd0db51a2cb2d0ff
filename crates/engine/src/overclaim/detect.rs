//! Which organisations over-claim as a habit: a declared test against a baseline that the over-claimers cannot move.
//!
//! The procedure, all of whose numbers are data ([`DetectionRule`]) and frozen with the cycle:
//! 1. Organisations with at least `min_checked` checked claims are tested; the rest are listed as too few.
//! 2. The baseline starts as the median of the organisations' rates (weighted by checked claims), so that any minority of
//!    over-claimers leaves it alone; it is never below `honest_error`, the share of honest mistakes everybody makes.
//! 3. Each organisation's *expected* rate is the baseline of the requirements it was checked on (shrunk to the pooled rate,
//!    its own claims left out): whoever is checked mostly on what everybody gets wrong is not blamed for it.
//! 4. Baselines come from the *core*: organisations whose record, at the least spread, has a chance of at least `core_above`.
//!    Core and baselines are computed in turn until they settle. Leaving the core is no flag; it only keeps the yardstick
//!    clean, for one over-claimer inside it would hide the others.
//! 5. Honest organisations differ too. Their spread beyond chance ρ is estimated from the core (Pearson's moment estimate,
//!    within declared limits), and the one-sided p-value is P(X ≥ over) for X beta-binomial (checked, expected, ρ).
//! 6. Holm's step-down (1979) holds the chance of *any* wrong flag at `alpha`, whatever the number of organisations.
//! 7. A flag also needs an effect worth naming: rate ≥ expected + `min_effect` and ≥ `min_ratio` × expected.
//! 8. If more than half would be flagged there is no honest majority to compare with: nobody is flagged, and that is said.

use serde::{Deserialize, Serialize};
use statrs::function::beta::checked_ln_beta;
use statrs::function::gamma::ln_gamma;

use super::Tally;
use crate::ids::OrganisationId;
use crate::numbers::{Coverage, Figure, Interval, OVER_CLAIM_RATE, interval, percent_text, stable};
use crate::words::Words;

/// Rounds until the core must have settled; in practice two to four.
const MAX_ROUNDS: usize = 25;

/// The declared numbers of the test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DetectionRule {
    /// Rises whenever the procedure or a number changes.
    pub version: u32,
    /// Chance of any wrong flag in a cycle in which nobody over-claims.
    pub alpha: f64,
    /// Fewer checked claims are not tested.
    pub min_checked: u64,
    /// Share of honest mistakes below which the baseline never goes.
    pub honest_error: f64,
    /// Rate must exceed the expected by this much (absolute).
    pub min_effect: f64,
    /// And be at least this many times the expected.
    pub min_ratio: f64,
    /// Least and greatest spread ρ among honest organisations (intra-class correlation).
    pub spread: (f64, f64),
    /// Chance of its record below which an organisation does not take part in the baseline.
    pub core_above: f64,
    /// Weight, in claims, with which a requirement's own baseline is drawn to the pooled one.
    pub shrinkage: f64,
}

impl Default for DetectionRule {
    fn default() -> Self {
        Self {
            version: 1,
            alpha: 0.01,
            min_checked: 10,
            honest_error: 0.02,
            min_effect: 0.10,
            min_ratio: 2.0,
            spread: (0.01, 0.10),
            core_above: 0.01,
            shrinkage: 5.0,
        }
    }
}

/// One organisation that was tested.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tested {
    pub organisation: OrganisationId,
    pub over: u64,
    pub checked: u64,
    /// over / checked.
    pub rate: f64,
    /// What its peers' record lets expect on the same requirements.
    pub baseline: f64,
    /// One-sided, before adjustment.
    pub p_value: f64,
    /// After Holm's adjustment; compared with `alpha`.
    pub adjusted: f64,
}

/// One organisation that over-claims as a habit, with the reason in words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Flag {
    pub organisation: OrganisationId,
    pub over: u64,
    pub checked: u64,
    pub rate: f64,
    pub interval: Option<Interval>,
    pub baseline: f64,
    /// After Holm's adjustment.
    pub p_value: f64,
    pub reason: Words,
}

/// An organisation with too few checked claims to be tested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TooFew {
    pub organisation: OrganisationId,
    pub checked: u64,
}

/// The result of the test, in the order of the organisations' ids.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Detection {
    pub rule: DetectionRule,
    /// Over-claim rate of the organisations that are not flagged.
    pub baseline: Figure,
    /// ρ, the spread among them beyond chance.
    pub spread: f64,
    pub flags: Vec<Flag>,
    pub tested: Vec<Tested>,
    pub too_few: Vec<TooFew>,
    /// More than half would be flagged: no honest majority, no flags (step 8).
    pub no_majority: bool,
}

/// One organisation's row: totals, and (requirement index, over, checked) of its cells.
struct Row {
    organisation: OrganisationId,
    over: u64,
    checked: u64,
    cells: Vec<(usize, u64, u64)>,
}

/// What one round concludes about one row.
#[derive(Clone, Copy)]
struct Outcome {
    expected: f64,
    p_value: f64,
    adjusted: f64,
    flagged: bool,
}

/// Tests every organisation of `tally` under `rule`.
pub fn detect(tally: &Tally, rule: &DetectionRule) -> Detection {
    let (rows, too_few) = rows(tally, rule);
    let requirements = tally.requirements.len();

    let mut expected = vec![weighted_median(&rows).max(rule.honest_error); rows.len()];
    let mut core: Vec<bool> = Vec::new();
    for _ in 0..MAX_ROUNDS {
        let ordinary = |(row, e): (&Row, &f64)| {
            upper_tail(row.over, row.checked, *e, rule.spread.0) >= rule.core_above
        };
        let next: Vec<bool> = rows.iter().zip(&expected).map(ordinary).collect();
        if next == core {
            break;
        }
        core = next;
        expected = expected_rates(&rows, &core, requirements, rule);
    }
    let spread = spread_of(&rows, &core, &expected, rule);
    let outcomes = judge(&rows, &expected, spread, rule);

    let flagged = outcomes.iter().filter(|o| o.flagged).count();
    let no_majority = flagged * 2 > rows.len();
    let (mut over, mut checked) = (0, 0);
    let mut flags = Vec::new();
    let mut tested = Vec::new();
    for (row, outcome) in rows.iter().zip(&outcomes) {
        if outcome.flagged && !no_majority {
            flags.push(flag(row, outcome));
        } else {
            over += row.over;
            checked += row.checked;
        }
        tested.push(Tested {
            organisation: row.organisation.clone(),
            over: row.over,
            checked: row.checked,
            rate: stable(rate(row)),
            baseline: stable(outcome.expected),
            p_value: stable(outcome.p_value),
            adjusted: stable(outcome.adjusted),
        });
    }
    let coverage = Coverage {
        known: checked,
        all: tally.all.claimed,
    };
    Detection {
        rule: rule.clone(),
        baseline: Figure::share(&OVER_CLAIM_RATE, over, checked, coverage),
        spread: stable(spread),
        flags,
        tested,
        too_few,
        no_majority,
    }
}

fn rows(tally: &Tally, rule: &DetectionRule) -> (Vec<Row>, Vec<TooFew>) {
    let index: std::collections::BTreeMap<_, _> = tally
        .requirements
        .keys()
        .enumerate()
        .map(|(i, id)| (id, i))
        .collect();
    let (mut rows, mut too_few) = (Vec::new(), Vec::new());
    for (organisation, count) in &tally.organisations {
        if count.checked < rule.min_checked.max(1) {
            too_few.push(TooFew {
                organisation: organisation.clone(),
                checked: count.checked,
            });
            continue;
        }
        let cells = tally.cells.get(organisation).into_iter().flatten();
        let cells = cells.filter_map(|(id, c)| Some((*index.get(id)?, c.over, c.checked)));
        rows.push(Row {
            organisation: organisation.clone(),
            over: count.over,
            checked: count.checked,
            cells: cells.collect(),
        });
    }
    (rows, too_few)
}

fn rate(row: &Row) -> f64 {
    row.over as f64 / row.checked as f64
}

/// The rate at which half of the checked claims belong to organisations with a lower one.
fn weighted_median(rows: &[Row]) -> f64 {
    let mut rates: Vec<(f64, u64)> = rows.iter().map(|r| (rate(r), r.checked)).collect();
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
fn expected_rates(
    rows: &[Row],
    core: &[bool],
    requirements: usize,
    rule: &DetectionRule,
) -> Vec<f64> {
    let mut by_requirement = vec![(0_u64, 0_u64); requirements];
    let (mut over, mut checked) = (0, 0);
    for (row, _) in rows.iter().zip(core).filter(|(_, h)| **h) {
        over += row.over;
        checked += row.checked;
        for (i, cell_over, cell_checked) in &row.cells {
            if let Some(sum) = by_requirement.get_mut(*i) {
                sum.0 += cell_over;
                sum.1 += cell_checked;
            }
        }
    }
    let one = |(row, inside): (&Row, &bool)| {
        let own = u64::from(*inside);
        let (others_over, others) = (over - own * row.over, checked - own * row.checked);
        let pooled = if others == 0 {
            0.0
        } else {
            others_over as f64 / others as f64
        };
        let pooled = pooled.max(rule.honest_error);
        let mut sum = 0.0;
        for (i, cell_over, cell_checked) in &row.cells {
            let (all_over, all) = by_requirement.get(*i).copied().unwrap_or_default();
            let (k, n) = (all_over - own * cell_over, all - own * cell_checked);
            let baseline = (k as f64 + rule.shrinkage * pooled) / (n as f64 + rule.shrinkage);
            sum += *cell_checked as f64 * baseline;
        }
        (sum / row.checked as f64).clamp(rule.honest_error, 0.99)
    };
    rows.iter().zip(core).map(one).collect()
}

/// Step 5: ρ from Pearson's statistic of the core, Σ(n−1)ρ being its excess over its degrees of freedom.
fn spread_of(rows: &[Row], core: &[bool], expected: &[f64], rule: &DetectionRule) -> f64 {
    let (mut pearson, mut count, mut weight) = (0.0, 0.0, 0.0);
    for ((row, e), _) in rows.iter().zip(expected).zip(core).filter(|(_, c)| **c) {
        let n = row.checked as f64;
        pearson += (row.over as f64 - n * e).powi(2) / (n * e * (1.0 - e));
        count += 1.0;
        weight += n - 1.0;
    }
    if weight <= 0.0 {
        return rule.spread.0;
    }
    ((pearson - (count - 1.0)) / weight).clamp(rule.spread.0, rule.spread.1)
}

/// Steps 5 to 7 for given expectations.
fn judge(rows: &[Row], expected: &[f64], spread: f64, rule: &DetectionRule) -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> = rows
        .iter()
        .zip(expected)
        .map(|(row, e)| Outcome {
            expected: *e,
            p_value: upper_tail(row.over, row.checked, *e, spread),
            adjusted: 1.0,
            flagged: false,
        })
        .collect();
    let mut order: Vec<usize> = (0..outcomes.len()).collect();
    order.sort_by(|a, b| {
        let p = |i: &usize| outcomes.get(*i).map_or(1.0, |o| o.p_value);
        p(a).total_cmp(&p(b)).then(a.cmp(b))
    });
    let mut worst = 0.0_f64;
    for (place, i) in order.into_iter().enumerate() {
        let left = (rows.len() - place) as f64;
        let (Some(outcome), Some(row)) = (outcomes.get_mut(i), rows.get(i)) else {
            continue;
        };
        worst = worst.max((outcome.p_value * left).min(1.0));
        outcome.adjusted = worst;
        outcome.flagged = worst <= rule.alpha
            && rate(row) >= outcome.expected + rule.min_effect
            && rate(row) >= outcome.expected * rule.min_ratio;
    }
    outcomes
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
    let (Ok(top), Ok(bottom)) = (checked_ln_beta(kf + a, nf - kf + b), checked_ln_beta(a, b))
    else {
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

fn flag(row: &Row, outcome: &Outcome) -> Flag {
    let (over, checked) = (row.over, row.checked);
    let share = percent_text(over, checked);
    let baseline = format!("{:.1} %", outcome.expected * 100.0);
    Flag {
        organisation: row.organisation.clone(),
        over,
        checked,
        rate: stable(rate(row)),
        interval: interval::of_share(over, checked),
        baseline: stable(outcome.expected),
        p_value: stable(outcome.adjusted),
        reason: Words::new(
            format!(
                "「実施」と申告し確かめた{checked}件のうち{over}件（{share}）が、監査または実測と食い違いました。同じ項目での他の組織の水準は{baseline}で、偶然やふだんのばらつきでは説明できません。"
            ),
            format!(
                "Of {checked} checked claims \"implemented\", {over} ({share}) were contradicted by audit or measurement. Peers on the same requirements: {baseline}; chance and the usual spread do not explain the difference."
            ),
        ),
    }
}
