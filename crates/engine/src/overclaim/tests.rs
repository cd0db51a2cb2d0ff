//! Over-claims against a small model government: planted habits are found, honest governments are left alone.

use proptest::prelude::*;
use rand::{RngExt, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::facts::{Finding, Verdict};
use crate::triple::Scope;

/// A model government. Rates are chances that a checked claim "implemented" is contradicted.
struct Model {
    organisations: usize,
    requirements: usize,
    /// Share of claims that are checked, lowest and highest over the organisations.
    checked: (f64, f64),
    honest: (f64, f64),
    planted: (f64, f64),
    planted_count: usize,
    /// Requirements that everybody misunderstands, and their contradiction chance.
    misunderstood: (usize, f64),
}

const BASE: Model = Model {
    organisations: 24,
    requirements: 100,
    checked: (0.2, 0.9),
    honest: (0.01, 0.07),
    planted: (0.3, 0.6),
    planted_count: 4,
    misunderstood: (5, 0.4),
};

fn name(i: usize) -> OrganisationId {
    OrganisationId(format!("o{i:02}"))
}

fn triples(model: &Model, seed: u64) -> Vec<Triple> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut all = Vec::new();
    for o in 0..model.organisations {
        let (low, high) = if o < model.planted_count {
            model.planted
        } else {
            model.honest
        };
        let error = rng.random_range(low..=high);
        let checked = rng.random_range(model.checked.0..=model.checked.1);
        for r in 0..model.requirements {
            let mut triple = Triple::of(name(o), Scope::whole(), format!("r{r:03}"));
            triple.claim = Some(if rng.random_bool(0.9) {
                Claim::Implemented
            } else {
                Claim::Partly
            });
            let error = if r < model.misunderstood.0 {
                error.max(model.misunderstood.1)
            } else {
                error
            };
            let kept = !rng.random_bool(error);
            if rng.random_bool(checked) {
                triple.verdict = Some(if kept { Verdict::Met } else { Verdict::NotMet });
            }
            if rng.random_bool(checked / 4.0) {
                triple.finding = Some(if kept { Finding::Met } else { Finding::Minor });
            }
            all.push(triple);
        }
    }
    all
}

fn flagged(model: &Model, seed: u64) -> Vec<OrganisationId> {
    let detection = detect(&tally(&triples(model, seed)), &DetectionRule::default());
    detection
        .flags
        .into_iter()
        .map(|f| f.organisation)
        .collect()
}

/// (flags that are right, flags, planted) over twenty seeds.
fn score(model: &Model) -> (usize, usize, usize) {
    let (mut right, mut flags) = (0, 0);
    for seed in 0..20 {
        let found = flagged(model, seed);
        flags += found.len();
        right += found
            .iter()
            .filter(|o| **o < name(model.planted_count))
            .count();
    }
    (right, flags, 20 * model.planted_count)
}

#[test]
fn planted_habits_are_found_over_twenty_seeds() {
    let models = [
        BASE,
        Model {
            planted_count: 8,
            ..BASE
        },
        Model {
            planted_count: 1,
            ..BASE
        },
        Model {
            honest: (0.02, 0.10),
            planted: (0.4, 0.6),
            ..BASE
        },
        Model {
            organisations: 50,
            requirements: 300,
            checked: (0.05, 0.3),
            planted_count: 10,
            ..BASE
        },
    ];
    for (i, model) in models.iter().enumerate() {
        let (right, flags, planted) = score(model);
        assert!(
            right as f64 >= 0.95 * flags as f64,
            "model {i}: precision {right}/{flags}"
        );
        assert!(
            right as f64 >= 0.9 * planted as f64,
            "model {i}: recall {right}/{planted}"
        );
    }
}

#[test]
fn nobody_is_flagged_when_nobody_over_claims() {
    for honest in [(0.0, 0.0), (0.01, 0.03), (0.01, 0.07), (0.05, 0.10)] {
        for seed in 100..160 {
            let model = Model {
                planted_count: 0,
                honest,
                ..BASE
            };
            assert_eq!(flagged(&model, seed), [], "honest {honest:?}, seed {seed}");
        }
    }
}

#[test]
fn checks_on_what_everybody_misunderstands_blame_nobody() {
    // One organisation is checked only on the five requirements that 40 % get wrong, but in ten systems each.
    let model = Model {
        planted_count: 0,
        misunderstood: (5, 0.4),
        checked: (0.9, 0.9),
        ..BASE
    };
    let mut all = triples(&model, 7);
    let mut rng = ChaCha8Rng::seed_from_u64(70);
    for r in 0..5 {
        for s in 0..10 {
            let mut triple = Triple::of("zz", Scope::system(format!("s{s}")), format!("r{r:03}"));
            triple.claim = Some(Claim::Implemented);
            triple.verdict = Some(if rng.random_bool(0.4) {
                Verdict::NotMet
            } else {
                Verdict::Met
            });
            all.push(triple);
        }
    }
    let detection = detect(&tally(&all), &DetectionRule::default());
    assert_eq!(detection.flags, []);
    let own = detection
        .tested
        .iter()
        .find(|t| t.organisation.as_str() == "zz")
        .unwrap();
    assert!(own.baseline > 0.25, "{own:?}");
}

#[test]
fn no_honest_majority_means_no_flags() {
    let model = Model {
        organisations: 10,
        planted_count: 7,
        planted: (0.5, 0.6),
        ..BASE
    };
    let found = flagged(&model, 3);
    // The majority sets the norm: either nobody stands out, or the test says that it cannot tell.
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn few_checks_are_listed_and_not_tested() {
    let model = Model {
        organisations: 3,
        requirements: 8,
        planted_count: 1,
        ..BASE
    };
    let detection = detect(&tally(&triples(&model, 1)), &DetectionRule::default());
    assert_eq!((detection.tested.len(), detection.too_few.len()), (0, 3));
    assert_eq!(
        detect(&Tally::default(), &DetectionRule::default()).flags,
        []
    );
}

#[test]
fn uniform_answers_are_noted_only_beside_poor_measurements() {
    let rows = |met: usize| -> Vec<Triple> {
        let verdict = |i| {
            Some(if i < met {
                Verdict::Met
            } else {
                Verdict::NotMet
            })
        };
        (0..30)
            .map(|i| Triple {
                verdict: verdict(i),
                ..Triple::of("a", Scope::whole(), format!("r{i}"))
            })
            .collect()
    };
    let answers = |a| BTreeMap::from([(OrganisationId::from("a"), a)]);
    let rule = ImprobableRule::default();
    let all = answers(crate::rates::Answers {
        implemented: 240,
        ..Default::default()
    });
    let kinds = |answers, rows: &[Triple]| -> Vec<ImprobableKind> {
        improbable(answers, rows, &rule)
            .into_iter()
            .map(|n| n.kind)
            .collect()
    };
    assert_eq!(kinds(&all, &rows(18)), [ImprobableKind::AllImplemented]);
    assert_eq!(kinds(&all, &rows(29)), []);
    assert_eq!(kinds(&all, &[]), []);
    let partly = answers(crate::rates::Answers {
        partly: 240,
        ..Default::default()
    });
    assert_eq!(kinds(&partly, &rows(18)), [ImprobableKind::AllIdentical]);
    let mixed = answers(crate::rates::Answers {
        implemented: 239,
        not: 1,
        ..Default::default()
    });
    assert_eq!(kinds(&mixed, &rows(18)), []);
}

/// P(X ≥ k) for X beta-binomial through products only: C(n,x)·∏(a+i)·∏(b+j)/∏(a+b+l).
fn slow_tail(k: u64, n: u64, p: f64, rho: f64) -> f64 {
    let strength = (1.0 - rho) / rho;
    let (a, b) = (p * strength, (1.0 - p) * strength);
    (k..=n)
        .map(|x| {
            let choose: f64 = (0..x).map(|i| (n - i) as f64 / (i + 1) as f64).product();
            let up: f64 = (0..x)
                .map(|i| (a + i as f64) / (strength + i as f64))
                .product();
            let down: f64 = (0..n - x)
                .map(|j| (b + j as f64) / (strength + (x + j) as f64))
                .product();
            choose * up * down
        })
        .sum()
}

proptest! {
    #[test]
    fn the_tail_equals_the_slow_sum(n in 1_u64..80, k in 0_u64..80, p in 0.01_f64..0.6, rho in 0.005_f64..0.2) {
        let k = k.min(n);
        let (fast, slow) = (super::reading::upper_tail(k, n, p, rho), slow_tail(k, n, p, rho));
        prop_assert!((fast - slow).abs() < 1e-9, "{} {}", fast, slow);
    }

    #[test]
    fn the_order_of_triples_does_not_matter(seed in 0_u64..1000) {
        let mut all = triples(&Model { organisations: 8, requirements: 30, planted_count: 1, ..BASE }, seed);
        let before = detect(&tally(&all), &DetectionRule::default());
        all.shuffle(&mut ChaCha8Rng::seed_from_u64(seed ^ 0xABCD));
        prop_assert_eq!(detect(&tally(&all), &DetectionRule::default()), before);
    }
}
