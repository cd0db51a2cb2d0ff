//! Which organisations over-claim as a habit: a declared test against a baseline that the over-claimers cannot move.
//!
//! The procedure, all of whose numbers are data ([`DetectionRule`]) and frozen with the cycle:
//! 1. Organisations with at least `min_checked` checked claims are tested; the rest are listed as too few. Each is read in
//!    two ways ([`Basis`]): of its checked claims, how many were contradicted; of its gaps, how many had been claimed. The
//!    first catches many wrong claims. The second compares like with like where levels differ: someone who has done little
//!    and says so makes few wrong claims per gap, someone who hides what is open makes many, however good the rest is.
//! 2. The baseline starts as the median of the organisations' rates (weighted by their trials), so that any minority of
//!    over-claimers leaves it alone; it is never below `honest_error`, the share of honest mistakes everybody makes.
//! 3. Each organisation's *expected* rate is the baseline of the requirements it was checked on (shrunk to the pooled rate,
//!    its own claims left out): whoever is checked mostly on what everybody gets wrong is not blamed for it.
//! 4. Baselines come from the *core*: organisations whose record, at the least spread, has a chance of at least `core_above`.
//!    Core and baselines are computed in turn until they settle. Leaving the core is no flag; it only keeps the yardstick
//!    clean, for one over-claimer inside it would hide the others.
//! 5. Honest organisations differ too. Their spread beyond chance ρ is estimated from the core (Pearson's moment estimate,
//!    within declared limits), and the one-sided p-value is P(X ≥ over) for X beta-binomial (trials, expected, ρ). Steps 2 to
//!    5 are done for each basis; an organisation's p-value is the smaller one, doubled (Bonferroni, for it was read twice)
//!    unless one of them could not have been significant even at its worst (Tarone 1990).
//! 6. Holm's step-down (1979) holds the chance of *any* wrong flag at `alpha`, whatever the number of organisations.
//! 7. A flag also needs an effect worth naming: on the basis that speaks louder, rate ≥ `min_ratio` × expected; of claims, rate
//!    ≥ expected + `min_effect` if claims speak louder, else + `min_effect_beside`; of gaps, rate ≥ expected +
//!    `min_gap_effect` wherever gaps can tell. So nobody is blamed for doing little and saying so, nor for one slip among a handful of gaps.
//! 8. If more than half would be flagged there is no honest majority to compare with: nobody is flagged, and that is said.

use super::reading::{Reading, Row, rate, read};
use super::{Count, Tally};
use crate::ids::OrganisationId;
use crate::numbers::{Coverage, Figure, Interval, OVER_CLAIM_RATE, interval, percent_text, stable};
use crate::words::Words;
use serde::{Deserialize, Serialize};

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
    /// The same where the gaps speak louder.
    pub min_effect_beside: f64,
    /// On gaps, the rate must exceed the expected by this much (absolute).
    pub min_gap_effect: f64,
    /// Fewer gaps say nothing by themselves.
    pub min_gaps: u64,
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
            version: 2,
            alpha: 0.01,
            min_checked: 10,
            honest_error: 0.02,
            min_effect: 0.10,
            min_effect_beside: 0.07,
            min_gap_effect: 0.30,
            min_gaps: 5,
            min_ratio: 2.0,
            spread: (0.01, 0.10),
            core_above: 0.01,
            shrinkage: 5.0,
        }
    }
}

/// What the contradicted claims are counted against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// Against the claims "implemented" that were checked: the over-claim rate.
    Claims,
    /// Against what was found not met, whatever had been claimed of it.
    Gaps,
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
    /// Found not met, whatever was claimed; `over` of them were claimed as implemented.
    pub gaps: u64,
    /// The share of `gaps` that its peers' record lets expect to be claimed as implemented.
    pub gap_baseline: f64,
    /// The basis that speaks louder.
    pub basis: Basis,
    /// One-sided, of both bases together, before adjustment for the number of organisations.
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
    /// Found not met, whatever was claimed; `over` of them were claimed as implemented.
    pub gaps: u64,
    /// The share of `gaps` that its peers' record lets expect to be claimed as implemented.
    pub gap_baseline: f64,
    /// The basis that speaks louder.
    pub basis: Basis,
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
    /// ρ, the spread of the over-claim rate among honest organisations beyond chance.
    pub spread: f64,
    /// The same for the share of gaps claimed.
    pub gap_spread: f64,
    pub flags: Vec<Flag>,
    pub tested: Vec<Tested>,
    pub too_few: Vec<TooFew>,
    /// More than half would be flagged: no honest majority, no flags (step 8).
    pub no_majority: bool,
}

/// One organisation on both bases.
struct Joint<'a> {
    organisation: &'a OrganisationId,
    claims: (&'a Row, f64),
    gaps: (&'a Row, f64),
    /// Whether the gaps could have been significant at all.
    gaps_tell: bool,
    basis: Basis,
    p_value: f64,
    adjusted: f64,
    flagged: bool,
}

/// Tests every organisation of `tally` under `rule`.
pub fn detect(tally: &Tally, rule: &DetectionRule) -> Detection {
    let enough = |count: &Count| count.checked >= rule.min_checked.max(1);
    let too_few = tally.organisations.iter().filter(|(_, c)| !enough(c));
    let too_few = too_few.map(|(organisation, count)| TooFew { organisation: organisation.clone(), checked: count.checked });
    let tested: Vec<&OrganisationId> = tally.organisations.iter().filter(|(_, c)| enough(c)).map(|(organisation, _)| organisation).collect();
    let claims = read(tally, &tested, Basis::Claims, rule);
    let gaps = read(tally, &tested, Basis::Gaps, rule);
    let joint = judge(&tested, &claims, &gaps, rule);

    let flagged = joint.iter().filter(|o| o.flagged).count();
    let no_majority = flagged * 2 > joint.len();
    let (mut over, mut checked) = (0, 0);
    let mut flags = Vec::new();
    let mut rows = Vec::new();
    for one in &joint {
        let (row, expected) = one.claims;
        if one.flagged && !no_majority {
            flags.push(flag(one));
        } else {
            over += row.over;
            checked += row.trials;
        }
        rows.push(Tested {
            organisation: one.organisation.clone(),
            over: row.over,
            checked: row.trials,
            rate: stable(rate(row)),
            baseline: stable(expected),
            gaps: one.gaps.0.trials,
            gap_baseline: stable(one.gaps.1),
            basis: one.basis,
            p_value: stable(one.p_value),
            adjusted: stable(one.adjusted),
        });
    }
    let coverage = Coverage { known: checked, all: tally.all.claimed };
    Detection {
        rule: rule.clone(),
        baseline: Figure::share(&OVER_CLAIM_RATE, over, checked, coverage),
        spread: stable(claims.spread),
        gap_spread: stable(gaps.spread),
        flags,
        tested: rows,
        too_few: too_few.collect(),
        no_majority,
    }
}

/// Steps 6 and 7.
fn judge<'a>(tested: &[&'a OrganisationId], claims: &'a Reading, gaps: &'a Reading, rule: &DetectionRule) -> Vec<Joint<'a>> {
    fn each(r: &Reading) -> impl Iterator<Item = (&Row, f64, f64, bool)> {
        let numbers = r.expected.iter().zip(&r.p_values).zip(&r.able);
        let numbers = numbers.map(|((e, p), able)| (*e, *p, *able));
        r.rows.iter().zip(numbers).map(|(row, (e, p, able))| (row, e, p, able))
    }
    let mut joint: Vec<Joint> = tested
        .iter()
        .zip(each(claims).zip(each(gaps)))
        .map(|(organisation, ((row, expected, p, able), gap))| {
            let readings = f64::from(u8::from(able && gap.3) + 1);
            Joint {
                organisation,
                claims: (row, expected),
                gaps: (gap.0, gap.1),
                gaps_tell: gap.3,
                basis: if gap.2 < p { Basis::Gaps } else { Basis::Claims },
                p_value: (readings * p.min(gap.2)).min(1.0),
                adjusted: 1.0,
                flagged: false,
            }
        })
        .collect();
    let mut order: Vec<usize> = (0..joint.len()).collect();
    order.sort_by(|a, b| {
        let p = |i: &usize| joint.get(*i).map_or(1.0, |o| o.p_value);
        p(a).total_cmp(&p(b)).then(a.cmp(b))
    });
    let mut worst = 0.0_f64;
    for (place, i) in order.into_iter().enumerate() {
        let left = (tested.len() - place) as f64;
        let Some(one) = joint.get_mut(i) else {
            continue;
        };
        worst = worst.max((one.p_value * left).min(1.0));
        one.adjusted = worst;
        one.flagged = worst <= rule.alpha && is_notable(one, rule);
    }
    joint
}

/// Step 7.
fn is_notable(one: &Joint, rule: &DetectionRule) -> bool {
    let exceeds = |(row, expected): (&Row, f64), effect: f64| rate(row) >= expected + effect;
    let (louder, min_effect) = match one.basis {
        Basis::Claims => (one.claims, rule.min_effect),
        Basis::Gaps => (one.gaps, rule.min_effect_beside),
    };
    rate(louder.0) >= louder.1 * rule.min_ratio && exceeds(one.claims, min_effect) && (!one.gaps_tell || exceeds(one.gaps, rule.min_gap_effect))
}

fn flag(one: &Joint) -> Flag {
    let (row, expected) = one.claims;
    let (over, checked) = (row.over, row.trials);
    let (gaps, gap_expected) = (one.gaps.0.trials, one.gaps.1);
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let reason = match one.basis {
        Basis::Claims => {
            let (share, baseline) = (percent_text(over, checked), percent(expected));
            Words::new(
                format!(
                    "「実施」と申告し確かめた{checked}件のうち{over}件（{share}）が、監査または実測と食い違いました。同じ項目での他の組織の水準は{baseline}で、偶然やふだんのばらつきでは説明できません。"
                ),
                format!(
                    "Of {checked} checked claims \"implemented\", {over} ({share}) were contradicted by audit or measurement. Peers on the same requirements: {baseline}; chance and the usual spread do not explain the difference."
                ),
            )
        }
        Basis::Gaps => {
            let (share, baseline) = (percent_text(over, gaps), percent(gap_expected));
            Words::new(
                format!(
                    "監査または実測で満たしていないとされた{gaps}件のうち{over}件（{share}）を「実施」と申告していました。同じ項目での他の組織の水準は{baseline}で、偶然やふだんのばらつきでは説明できません。"
                ),
                format!(
                    "Of {gaps} requirements found not met by audit or measurement, {over} ({share}) had been claimed as implemented. Peers on the same requirements: {baseline}; chance and the usual spread do not explain the difference."
                ),
            )
        }
    };
    Flag {
        organisation: one.organisation.clone(),
        over,
        checked,
        rate: stable(rate(row)),
        interval: interval::of_share(over, checked),
        baseline: stable(expected),
        gaps,
        gap_baseline: stable(gap_expected),
        basis: one.basis,
        p_value: stable(one.adjusted),
        reason,
    }
}
