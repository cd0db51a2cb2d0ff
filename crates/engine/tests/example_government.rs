//! The planted over-claimers of the example government are found, and nobody is flagged where none is planted.
//!
//! The facts are those a real cycle would have: the organisation's claim, the auditor's finding where one was sampled, and
//! for requirements with checks the verdict a correct probe reaches on the organisation's zones. The detection sees no truth.

use std::collections::{BTreeMap, BTreeSet};

use engine::facts::{Check, Finding, Verdict};
use engine::overclaim::{DetectionRule, detect, tally};
use engine::simulate::{AuditFinding, Cycle, Government, Plan, Scope, State, ZoneModel, government, synthetic_requirements};
use engine::triple::{self, Triple};

/// Seeds other than those of the example itself.
const SEEDS: std::ops::Range<u64> = 6_000..6_020;

/// The worst verdict of the organisation's zones under the checks: not met before could-not-measure before met.
fn verdict<'a>(checks: &[Check], zones: impl Iterator<Item = &'a ZoneModel>) -> Option<Verdict> {
    let seen: BTreeSet<Verdict> = zones.flat_map(|zone| checks.iter().map(|check| zone.expected(*check))).collect();
    [Verdict::NotMet, Verdict::CouldNotMeasure, Verdict::Met].into_iter().find(|verdict| seen.contains(verdict))
}

/// The triples of one cycle, as a platform would read them from its three tables.
fn triples(made: &Government, cycle: &Cycle) -> Vec<Triple> {
    let key = |organisation: &str, scope: &Scope, requirement: &str| (organisation.to_owned(), scope.clone(), requirement.to_owned());
    let findings: BTreeMap<_, Finding> =
        cycle.audits.iter().map(|a: &AuditFinding| (key(&a.organisation, &a.scope, &a.requirement), a.finding)).collect();
    let checks: BTreeMap<&str, &[Check]> = made.requirements.iter().map(|r| (r.id.as_str(), r.checks.as_slice())).collect();
    cycle
        .cells
        .iter()
        .map(|cell| {
            let scope = match &cell.scope {
                Scope::Organisation => triple::Scope::whole(),
                Scope::System(code) => triple::Scope::system(code.as_str()),
            };
            let zones = cycle.zones.iter().filter(|z| z.organisation == cell.organisation);
            Triple {
                claim: Some(cell.claim),
                finding: findings.get(&key(&cell.organisation, &cell.scope, &cell.requirement)).copied(),
                verdict: verdict(checks[cell.requirement.as_str()], zones),
                ..Triple::of(cell.organisation.as_str(), scope, cell.requirement.as_str())
            }
        })
        .collect()
}

fn flagged(triples: &[Triple]) -> BTreeSet<String> {
    detect(&tally(triples), &DetectionRule::default()).flags.into_iter().map(|flag| flag.organisation.0).collect()
}

#[test]
fn planted_over_claimers_are_found_over_twenty_seeds() {
    let requirements = synthetic_requirements(90);
    let (mut right, mut wrong, mut missed) = (0_u32, 0_u32, 0_u32);
    let (mut planted_level, mut other_level) = (Vec::new(), Vec::new());
    for seed in SEEDS {
        let made = government(seed, &Plan::example(), &requirements);
        let planted: BTreeSet<String> = made.truth.over_claimers.iter().cloned().collect();
        assert_eq!(planted.len(), Plan::example().over_claimers);
        for organisation in &made.truth.organisations {
            let levels = if planted.contains(&organisation.organisation) { &mut planted_level } else { &mut other_level };
            levels.extend(organisation.true_level.iter().copied());
        }
        for cycle in &made.cycles {
            let found = flagged(&triples(&made, cycle));
            let hits = found.intersection(&planted).count() as u32;
            let extra: Vec<&String> = found.difference(&planted).collect();
            let lost: Vec<&String> = planted.difference(&found).collect();
            println!("seed {seed} cycle {}: {hits} of {} found, wrongly {extra:?}, missed {lost:?}", cycle.number, planted.len());
            right += hits;
            wrong += extra.len() as u32;
            missed += lost.len() as u32;
        }
    }
    let precision = f64::from(right) / f64::from(right + wrong);
    let recall = f64::from(right) / f64::from(right + missed);
    let mean = |levels: &[f64]| levels.iter().sum::<f64>() / levels.len() as f64;
    println!("precision {precision:.3}, recall {recall:.3}; mean true level: planted {:.3}, others {:.3}", mean(&planted_level), mean(&other_level));
    assert!(precision >= 0.95, "precision {precision:.3}");
    assert!(recall >= 0.9, "recall {recall:.3}");
}

#[test]
fn nobody_is_flagged_where_nobody_over_claims() {
    let requirements = synthetic_requirements(90);
    let mut disagreements = 0;
    for seed in SEEDS {
        let made = government(seed, &Plan::null_case(), &requirements);
        assert!(made.truth.over_claimers.is_empty());
        for cycle in &made.cycles {
            let triples = triples(&made, cycle);
            disagreements += triples.iter().filter(|t| t.over_claimed()).count();
            let found = flagged(&triples);
            assert!(found.is_empty(), "seed {seed}: {found:?}");
        }
    }
    println!("{disagreements} contradicted claims in all, and nobody flagged");
    assert!(disagreements > 500, "honest people err too: only {disagreements}");
}

#[test]
fn the_verdict_of_the_zones_is_the_truth_of_the_cell() {
    let made = government(7, &Plan::example(), &synthetic_requirements(90));
    let mut measured = 0;
    for cycle in &made.cycles {
        for (cell, triple) in cycle.cells.iter().zip(triples(&made, cycle)) {
            if let Some(verdict) = triple.verdict {
                measured += 1;
                let met = cell.truth == State::Implemented;
                assert!(met != (verdict == Verdict::NotMet), "{cell:?} against {verdict:?}");
            }
        }
    }
    assert!(measured > 300);
}
