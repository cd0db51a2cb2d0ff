//! The planted over-claimers of the example government are found, and nobody is flagged where none is planted.
//!
//! The facts are those a real cycle would have: the claim drawn from the answers of everybody asked, the auditor's finding where one was sampled, and
//! for requirements with checks the verdict a correct probe reaches on the organisation's zones. The detection sees no truth.

use std::collections::{BTreeMap, BTreeSet};

use engine::facts::{Check, Claim, Finding, Verdict};
use engine::overclaim::{DetectionRule, detect, tally};
use engine::rates::{Answers, ClaimRule, claim};
use engine::simulate::{AuditFinding, Cycle, Government, Plan, RequirementModel, Scope, State, ZoneModel, government, synthetic_requirements};
use engine::triple::{self, Triple};

/// Seeds other than those of the example itself.
const SEEDS: std::ops::Range<u64> = 6_000..6_020;

/// A standard of the usual shape. As in a real one, of every five requirements one asks nobody: it is audited only, so that a
/// part of the auditors' findings stands beside no claim.
fn standard() -> Vec<RequirementModel> {
    let mut requirements = synthetic_requirements(110);
    for (_, one) in requirements.iter_mut().enumerate().filter(|(position, one)| position % 5 == 0 && one.checks.is_empty()) {
        one.roles.clear();
    }
    requirements
}

/// The worst verdict of the organisation's zones under the checks: not met before could-not-measure before met.
fn verdict<'a>(checks: &[Check], zones: impl Iterator<Item = &'a ZoneModel>) -> Option<Verdict> {
    let seen: BTreeSet<Verdict> = zones.flat_map(|zone| checks.iter().map(|check| zone.expected(*check))).collect();
    [Verdict::NotMet, Verdict::CouldNotMeasure, Verdict::Met].into_iter().find(|verdict| seen.contains(verdict))
}

/// What a cell is called: organisation, scope, requirement.
type Key = (String, Scope, String);

fn key(organisation: &str, scope: &Scope, requirement: &str) -> Key {
    (organisation.to_owned(), scope.clone(), requirement.to_owned())
}

/// What each organisation claims, drawn from what its people answered, as the evaluation of a real cycle draws it.
fn claims(made: &Government, cycle: &Cycle) -> BTreeMap<Key, Claim> {
    let mut counts: BTreeMap<Key, Answers> = BTreeMap::new();
    for (position, person) in made.people.iter().enumerate() {
        for answer in made.answers(cycle.number, position).into_iter().flatten() {
            counts.entry(key(&person.organisation, answer.scope, answer.requirement)).or_default().add(answer.claim, 1);
        }
    }
    let rule = ClaimRule::default();
    counts.into_iter().filter_map(|(key, answers)| Some((key, claim(&answers, &rule)?))).collect()
}

/// The triples of one cycle, as a platform would read them from its three tables.
fn triples(made: &Government, cycle: &Cycle) -> Vec<Triple> {
    let claims = claims(made, cycle);
    let findings: BTreeMap<_, Finding> =
        cycle.audits.iter().map(|a: &AuditFinding| (key(&a.organisation, &a.scope, &a.requirement), a.finding)).collect();
    let models: BTreeMap<&str, _> = made.requirements.iter().map(|r| (r.id.as_str(), r)).collect();
    cycle
        .cells
        .iter()
        .map(|cell| {
            let scope = match &cell.scope {
                Scope::Organisation => triple::Scope::whole(),
                Scope::System(code) => triple::Scope::system(code.as_str()),
            };
            let zones = cycle.zones.iter().filter(|z| z.organisation == cell.organisation);
            let place = key(&cell.organisation, &cell.scope, &cell.requirement);
            Triple {
                claim: claims.get(&place).copied(),
                finding: findings.get(&place).copied(),
                verdict: verdict(&models[cell.requirement.as_str()].checks, zones),
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
    let requirements = standard();
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
    let requirements = standard();
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
    let made = government(7, &Plan::example(), &standard());
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
