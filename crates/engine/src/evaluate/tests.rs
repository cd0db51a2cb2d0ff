//! An evaluation from outside: the worked example, the same bytes for any order, rows outside the cycle.

use proptest::prelude::*;
use rand::{RngExt, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::facts::{Finding, Verdict};
use crate::importance::{SystemFacts, usual_criteria};
use crate::rates::{Answers, Respondents};
use crate::triple::Scope;
use crate::words::Lang;

fn requirement(id: &str) -> Requirement {
    Requirement { id: id.into(), title: Words::new(format!("遵守事項{id}"), format!("requirement {id}")), priority: 1 }
}

fn organisation(id: &str) -> Organisation {
    Organisation { id: id.into(), name: Words::new(id, id) }
}

/// A cycle with every kind of row, drawn from a seed.
fn drawn(organisations: usize, requirements: usize, scopes: usize, seed: u64) -> CycleData {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut data = CycleData { cycle: "2026".to_owned(), edition: "1".to_owned(), ..CycleData::default() };
    data.rules.criteria = usual_criteria();
    data.requirements = (0..requirements).map(|r| requirement(&format!("r{r:03}"))).collect();
    data.organisations = (0..organisations).map(|o| organisation(&format!("o{o:02}"))).collect();
    for o in data.organisations.clone() {
        for role in [Role::Staff, Role::SystemManager] {
            let respondents = Respondents { asked: 40, answered: rng.random_range(20..=40), complete: rng.random_range(0..=20) };
            data.respondents.push(RespondentsRow { organisation: o.id.clone(), role, respondents });
        }
        for r in data.requirements.clone() {
            for s in 0..scopes {
                let scope = if s == 0 { Scope::whole() } else { Scope::system(format!("{}-s{s}", o.id)) };
                let implemented = rng.random_range(0..=10);
                let counts = Answers { implemented, partly: 2, not: 10 - implemented, not_applicable: rng.random_range(0..2) };
                for role in [Role::Staff, Role::SystemManager] {
                    data.answers.push(AnswersRow {
                        organisation: o.id.clone(),
                        scope: scope.clone(),
                        requirement: r.id.clone(),
                        role,
                        asked: 15,
                        counts,
                    });
                }
                for _ in 0..rng.random_range(0..3) {
                    let verdict = Verdict::ALL[rng.random_range(0..5)];
                    data.verdicts.push(VerdictRow { organisation: o.id.clone(), scope: scope.clone(), requirement: r.id.clone(), verdict });
                }
                if rng.random_bool(0.2) {
                    let finding = Finding::ALL[rng.random_range(0..5)];
                    data.findings.push(FindingRow { organisation: o.id.clone(), scope, requirement: r.id.clone(), finding });
                }
            }
        }
        data.units.push(UnitsRow {
            organisation: o.id.clone(),
            class: "terminal".to_owned(),
            item: "updates".to_owned(),
            held: 100,
            known: 90,
            done: rng.random_range(50..=100),
        });
        data.posts.push(PostsRow { organisation: o.id.clone(), required: 6, reported: 6, vacant: rng.random_range(0..3) });
        let level = ["1", "2", "3"][rng.random_range(0..3)].to_owned();
        data.systems.push(SystemFacts { system: format!("{}-s1", o.id).into(), levels: BTreeMap::from([("confidentiality".to_owned(), level)]) });
    }
    data
}

#[test]
fn the_worked_example_holds() {
    let data = CycleData {
        requirements: vec![requirement("r")],
        organisations: vec![organisation("a")],
        answers: vec![AnswersRow {
            organisation: "a".into(),
            scope: Scope::whole(),
            requirement: "r".into(),
            role: Role::Staff,
            asked: 10,
            counts: Answers { implemented: 9, not: 1, ..Answers::default() },
        }],
        verdicts: vec![VerdictRow { organisation: "a".into(), scope: Scope::whole(), requirement: "r".into(), verdict: Verdict::NotMet }],
        ..CycleData::default()
    };
    let result = evaluate(&data);
    assert_eq!(result.triples[0].triple.claim, Some(Claim::Implemented));
    assert_eq!(result.triples[0].disagreements, [Disagreement::OverClaimMeasurement]);
    let text = |id: &str| result.organisations["a"].figures[id].text(Lang::Ja);
    assert_eq!(text("implementation-rate"), "90.0 %");
    assert_eq!(text("measured-met-rate"), "0 / 1");
    assert_eq!(text("over-claim-rate"), "1 / 1");
    assert_eq!(result.comparisons["claimed-rate"].spread, None);
    assert_eq!(result.over_claims.flags, []);
    assert_eq!(result.problems, []);
}

#[test]
fn several_facts_on_one_thing_are_the_worst_and_a_stated_claim_wins() {
    let mut data = drawn(1, 1, 1, 1);
    data.verdicts = [Verdict::Met, Verdict::NotMet, Verdict::Stale]
        .map(|verdict| VerdictRow { organisation: "o00".into(), scope: Scope::whole(), requirement: "r000".into(), verdict })
        .to_vec();
    data.findings = [Finding::Minor, Finding::Strength]
        .map(|finding| FindingRow { organisation: "o00".into(), scope: Scope::whole(), requirement: "r000".into(), finding })
        .to_vec();
    data.claims = vec![ClaimRow { organisation: "o00".into(), scope: Scope::whole(), requirement: "r000".into(), claim: Claim::NotApplicable }];
    let triple = evaluate(&data).triples[0].triple.clone();
    assert_eq!((triple.claim, triple.finding, triple.verdict), (Some(Claim::NotApplicable), Some(Finding::Minor), Some(Verdict::NotMet)));
}

#[test]
fn rows_outside_the_cycle_are_left_out_and_said() {
    let base = drawn(5, 4, 1, 2);
    let mut data = base.clone();
    data.verdicts.push(VerdictRow { organisation: "stranger".into(), scope: Scope::whole(), requirement: "r000".into(), verdict: Verdict::Met });
    data.answers.push(AnswersRow {
        organisation: "o00".into(),
        scope: Scope::whole(),
        requirement: "withdrawn".into(),
        role: Role::Staff,
        asked: 9,
        counts: Answers { implemented: 9, ..Answers::default() },
    });
    data.units.push(UnitsRow { organisation: "o00".into(), class: "x".into(), item: "y".into(), held: 1, known: 1, done: 2 });
    let (before, after) = (evaluate(&base), evaluate(&data));
    assert_eq!(before.figures, after.figures);
    assert_eq!(before.roles, after.roles);
    let places: Vec<(&str, &str)> = after.problems.iter().map(|p| (p.organisation.as_str(), p.place.as_str())).collect();
    assert_eq!(places, [("o00", "withdrawn"), ("o00", "x y"), ("stranger", "r000")]);
}

#[test]
fn a_cycle_compared_with_itself_has_not_changed() {
    let mut data = drawn(6, 10, 2, 3);
    data.previous = Some(evaluate(&data).summary());
    let result = evaluate(&data);
    assert!(!result.changes.is_empty() && !result.differences.is_empty());
    use crate::change::Movement::Same;
    let same = |m: Option<crate::change::Movement>| m.is_none_or(|m| m == Same);
    assert!(result.changes.iter().all(|c| same(c.claim) && same(c.audit) && same(c.measurement)));
    assert!(result.differences.values().flat_map(BTreeMap::values).all(|d| *d == 0.0));
    let summary = serde_json::to_vec(&result.summary()).unwrap();
    assert_eq!(serde_json::from_slice::<Summary>(&summary).unwrap(), result.summary());
}

#[test]
fn the_data_file_reads_back_as_the_evaluation() {
    let result = evaluate(&drawn(7, 12, 2, 4));
    let back: Evaluation = serde_json::from_slice(&result.to_json().unwrap()).unwrap();
    assert_eq!(back, result);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_order_of_rows_gives_the_same_bytes(seed in 0_u64..10_000) {
        let mut data = drawn(6, 8, 2, seed);
        data.previous = Some(evaluate(&drawn(6, 8, 2, seed + 1)).summary());
        let first = evaluate(&data).to_json().unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 7);
        data.requirements.shuffle(&mut rng);
        data.organisations.shuffle(&mut rng);
        data.respondents.shuffle(&mut rng);
        data.answers.shuffle(&mut rng);
        data.findings.shuffle(&mut rng);
        data.verdicts.shuffle(&mut rng);
        data.units.shuffle(&mut rng);
        data.posts.shuffle(&mut rng);
        data.systems.shuffle(&mut rng);
        data.rules.criteria.shuffle(&mut rng);
        prop_assert!(evaluate(&data).to_json().unwrap() == first);
    }
}
