//! The generated government from outside: the same seed the same bytes, no dangling reference, the planned sizes.

use super::*;
use crate::facts::{Claim, Verdict};
use std::collections::{BTreeMap, BTreeSet};

fn made(seed: u64) -> Government {
    government(seed, &Plan::example(), &synthetic_requirements(90))
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let bytes = |seed| serde_json::to_vec(&made(seed)).unwrap();
    let first = bytes(11);
    assert!(first == bytes(11));
    assert!(first != bytes(12));
}

#[test]
fn nothing_but_claims_and_truth_depends_on_the_standard() {
    let (small, large) = (government(3, &Plan::example(), &[]), made(3));
    assert_eq!(small.organisations, large.organisations);
    assert_eq!(small.people, large.people);
    assert_eq!(small.systems, large.systems);
    assert_eq!(small.truth.over_claimers, large.truth.over_claimers);
    assert_eq!(small.cycles[1].zones, large.cycles[1].zones);
}

#[test]
fn codes_are_unique_and_every_reference_holds() {
    for (seed, plan) in [(1, Plan::example()), (2, Plan::null_case()), (3, Plan { organisations: 24, ..Plan::example() })] {
        let made = government(seed, &plan, &synthetic_requirements(40));
        let organisations = unique(made.organisations.iter().map(|o| o.code.as_str()));
        let people = unique(made.people.iter().map(|p| p.code.as_str()));
        let systems = unique(made.systems.iter().map(|s| s.code.as_str()));
        unique(made.people.iter().map(|p| p.email.as_str()));
        unique(made.domains.iter().map(|d| d.name.as_str()));
        unique(made.organisations.iter().map(|o| o.name.ja.as_str()));
        unique(made.systems.iter().map(|s| s.name.ja.as_str()));
        assert!(made.organisations.iter().filter(|o| o.takes_part).count() >= 24);
        assert!(made.systems.len() >= 250 && made.people.len() >= 3_000);

        let mut above = BTreeSet::new();
        for organisation in &made.organisations {
            match &organisation.parent {
                Some(parent) => assert!(above.contains(parent.as_str()), "{parent} comes after {}", organisation.code),
                None => assert_eq!(organisation.kind, Kind::Centre),
            }
            above.insert(organisation.code.as_str());
            assert_eq!(organisation.valid_to.is_some(), organisation.successor.is_some());
            assert!(organisation.successor.as_deref().is_none_or(|code| organisations.contains(code)));
        }
        for person in &made.people {
            assert!(organisations.contains(person.organisation.as_str()));
            assert!(person.email.ends_with(".example") && person.email.is_ascii());
        }
        for system in &made.systems {
            assert!(organisations.contains(system.organisation.as_str()));
            assert!(system.outsourced_to.as_deref().is_none_or(|code| organisations.contains(code)));
            assert!(system.manager.as_deref().is_some_and(|code| people.contains(code)));
        }
        for security in &made.security {
            for post in [&security.ciso, &security.audit_lead, &security.csirt].into_iter().flatten() {
                assert!(post.person.as_deref().is_some_and(|code| people.contains(code)));
            }
        }
        assert_eq!(made.cycles.len(), 2);
        for cycle in &made.cycles {
            unique(cycle.incidents.iter().map(|i| i.id.as_str()));
            for incident in &cycle.incidents {
                assert!(incident.happened_at < incident.detected_at && incident.detected_at < incident.responded_at);
                assert!(incident.recovered_at.as_ref().is_none_or(|at| incident.responded_at < *at));
                assert!(incident.system.as_deref().is_none_or(|code| systems.contains(code)));
            }
            assert!(cycle.priority.iter().all(|units| units.done <= units.held && units.held > 0));
            assert!(cycle.training.iter().all(|t| t.completed <= t.enrolled));
            assert!(cycle.outsourcing.iter().all(|o| o.confirmed <= o.with_clauses && o.with_clauses <= o.contracts));
        }
    }
}

fn unique<'a>(codes: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    for code in codes {
        assert!(seen.insert(code), "{code} twice");
    }
    seen
}

#[test]
fn a_measured_requirement_is_as_its_zones_are() {
    let made = made(5);
    for cycle in &made.cycles {
        for cell in &cycle.cells {
            let requirement = made.requirements.iter().find(|r| r.id == cell.requirement).unwrap();
            if requirement.checks.is_empty() {
                continue;
            }
            let mut zones = cycle.zones.iter().filter(|z| z.organisation == cell.organisation);
            let all_met = zones.all(|z| requirement.checks.iter().all(|check| z.expected(*check) != Verdict::NotMet));
            assert_eq!(cell.truth == State::Implemented, all_met);
        }
    }
}

#[test]
fn zones_take_every_state_somewhere_and_change_between_cycles() {
    let (mut states, mut better, mut worse) = (BTreeSet::new(), 0, 0);
    for seed in 0..8 {
        let made = made(seed);
        for zone in &made.cycles[1].zones {
            states.extend([format!("{:?}", zone.mx), format!("{:?}", zone.spf), format!("{:?}", zone.dmarc), format!("{:?}", zone.dnssec)]);
            states.insert(format!("{:?}", zone.web).chars().take_while(|c| c.is_alphabetic()).collect());
            if let Some(before) = made.cycles[0].zones.iter().find(|z| z.domain == zone.domain) {
                let pass = |z: &ZoneModel| crate::facts::Check::ALL.iter().filter(|c| z.expected(**c) == Verdict::Met).count();
                better += u32::from(pass(zone) > pass(before));
                worse += u32::from(pass(zone) < pass(before));
            }
        }
    }
    for state in [
        "Hosts",
        "NoAddress",
        "Parked",
        "Null",
        "Missing",
        "HardFail",
        "SoftFail",
        "TwoRecords",
        "SyntaxError",
        "PlusAll",
        "TooManyLookups",
        "Reject",
        "Quarantine",
        "Invalid",
        "Unsigned",
        "Signed",
        "Island",
        "Expired",
        "WrongDs",
        "Valid",
        "WrongName",
        "SelfSigned",
        "NoHttps",
        "Down",
    ] {
        assert!(states.contains(state), "no zone is {state}");
    }
    assert!(better > worse && worse > 0, "{better} better, {worse} worse");
}

#[test]
fn the_commonest_answer_is_the_claim_and_not_everyone_answers() {
    let made = made(9);
    for cycle in &made.cycles {
        let (mut silent, mut most, mut votes) = (0, 0, BTreeMap::<(&str, &Scope, &str), BTreeMap<Claim, u32>>::new());
        for (position, person) in made.people.iter().enumerate() {
            let Some(answers) = made.answers(cycle.number, position) else {
                silent += 1;
                continue;
            };
            if person.role == crate::facts::Role::Staff {
                most = most.max(answers.len());
            }
            for answer in answers {
                assert_eq!(answer.reason.is_some(), answer.claim == Claim::NotApplicable);
                *votes.entry((&person.organisation, answer.scope, answer.requirement)).or_default().entry(answer.claim).or_default() += 1;
            }
        }
        assert!(most > 0 && most <= 18, "{most} questions");
        assert!(silent * 50 > made.people.len() && silent * 3 < made.people.len(), "{silent} silent");
        let (mut same, mut known) = (0, 0);
        for cell in &cycle.cells {
            if let Some(votes) = votes.get(&(cell.organisation.as_str(), &cell.scope, cell.requirement.as_str())) {
                known += 1;
                same += u32::from(votes.iter().max_by_key(|(_, count)| **count).unwrap().0 == &cell.claim);
            }
        }
        assert!(known as usize * 100 > cycle.cells.len() * 90, "{known} of {}", cycle.cells.len());
        assert!(same * 1000 > known * 985, "{same} of {known}");
    }
}

#[test]
fn levels_of_the_planted_and_the_honest_overlap() {
    let (mut overlap, mut honest, mut planted) = (0, Vec::new(), Vec::new());
    for seed in 0..10 {
        let truth = made(seed).truth;
        let level = |o: &OrganisationTruth| o.true_level.iter().sum::<f64>() / o.true_level.len() as f64;
        let is_planted = |o: &&OrganisationTruth| truth.over_claimers.contains(&o.organisation);
        let best = truth.organisations.iter().filter(is_planted).map(level).fold(0.0, f64::max);
        let others: Vec<f64> = truth.organisations.iter().filter(|o| !is_planted(o)).map(level).collect();
        overlap += u32::from(others.iter().any(|level| *level < best));
        honest.extend(others);
        planted.extend(truth.organisations.iter().filter(is_planted).map(level));
    }
    let mean = |levels: &[f64]| levels.iter().sum::<f64>() / levels.len() as f64;
    println!("mean true level: planted {:.3}, others {:.3}", mean(&planted), mean(&honest));
    assert!(overlap >= 9, "the levels overlap in only {overlap} of 10 seeds");
    assert!(mean(&planted) > 0.5);
}
