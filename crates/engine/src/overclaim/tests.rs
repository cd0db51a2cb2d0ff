//! Over-claims against a small model government: planted habits are found, honest governments are left alone.

use proptest::prelude::*;
use rand::{RngExt, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::facts::{Finding, Verdict};
use crate::triple::Scope;

/// A model government: who has done how much, who admits how little.
struct Model {
    organisations: usize,
    requirements: usize,
    /// Share of requirements truly kept, lowest and highest over the organisations.
    kept: (f64, f64),
    /// Share of requirements that are checked.
    checked: (f64, f64),
    /// Chance that a gap is claimed as implemented, honest and planted.
    honest: (f64, f64),
    planted: (f64, f64),
    planted_count: usize,
    /// Requirements whose gaps nobody recognises: how many, and the chance that a gap is claimed as implemented.
    misunderstood: (usize, f64),
}

const BASE: Model = Model {
    organisations: 24,
    requirements: 200,
    kept: (0.4, 0.8),
    checked: (0.5, 0.9),
    honest: (0.02, 0.15),
    planted: (0.6, 0.9),
    planted_count: 4,
    misunderstood: (3, 0.6),
};

fn name(i: usize) -> OrganisationId {
    OrganisationId(format!("o{i:02}"))
}

fn triples(model: &Model, seed: u64) -> Vec<Triple> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut all = Vec::new();
    for o in 0..model.organisations {
        let (low, high) = if o < model.planted_count { model.planted } else { model.honest };
        let hides = rng.random_range(low..=high);
        let level = rng.random_range(model.kept.0..=model.kept.1);
        let checked = rng.random_range(model.checked.0..=model.checked.1);
        for r in 0..model.requirements {
            let mut triple = Triple::of(name(o), Scope::whole(), format!("r{r:03}"));
            let hides = if r < model.misunderstood.0 { model.misunderstood.1.max(hides) } else { hides };
            let kept = rng.random_bool(level);
            let says = if kept { 0.95 } else { hides };
            triple.claim = Some(if rng.random_bool(says) { Claim::Implemented } else { Claim::Partly });
            if rng.random_bool(checked / 2.0) {
                triple.verdict = Some(if kept { Verdict::Met } else { Verdict::NotMet });
            }
            if rng.random_bool(checked / 2.0) {
                // An auditor errs twice in a hundred.
                let found = kept != rng.random_bool(0.02);
                triple.finding = Some(if found { Finding::Met } else { Finding::Minor });
            }
            all.push(triple);
        }
    }
    all
}

fn flagged(model: &Model, seed: u64) -> Vec<OrganisationId> {
    let detection = detect(&tally(&triples(model, seed)), &DetectionRule::default());
    detection.flags.into_iter().map(|f| f.organisation).collect()
}

/// (flags that are right, flags, planted) over twenty seeds.
fn score(model: &Model) -> (usize, usize, usize) {
    let (mut right, mut flags) = (0, 0);
    for seed in 0..20 {
        let found = flagged(model, seed);
        flags += found.len();
        right += found.iter().filter(|o| **o < name(model.planted_count)).count();
    }
    (right, flags, 20 * model.planted_count)
}

#[test]
fn planted_habits_are_found_over_twenty_seeds() {
    let models = [
        BASE,
        Model { planted_count: 8, ..BASE },
        Model { planted_count: 1, ..BASE },
        Model { honest: (0.02, 0.20), planted: (0.7, 0.9), ..BASE },
        Model { organisations: 50, requirements: 300, checked: (0.2, 0.4), planted_count: 10, ..BASE },
    ];
    for (i, model) in models.iter().enumerate() {
        let (right, flags, planted) = score(model);
        assert!(right as f64 >= 0.95 * flags as f64, "model {i}: precision {right}/{flags}");
        assert!(right as f64 >= 0.9 * planted as f64, "model {i}: recall {right}/{planted}");
    }
}

#[test]
fn wrong_flags_are_as_rare_as_declared() {
    let mut governments = 0;
    let mut wrong = 0;
    for honest in [(0.0, 0.0), (0.02, 0.12), (0.02, 0.20), (0.2, 0.4), (0.7, 0.9)] {
        for seed in 100..140 {
            let model = Model { planted_count: 0, honest, ..BASE };
            governments += 1;
            wrong += usize::from(!flagged(&model, seed).is_empty());
        }
    }
    let alpha = DetectionRule::default().alpha;
    assert!(wrong as f64 <= alpha * f64::from(governments), "{wrong} of {governments}");
}

#[test]
fn checks_on_what_everybody_misunderstands_blame_nobody() {
    // One organisation is checked only on five requirements whose gaps six of ten do not see, but in ten systems each.
    let model = Model { organisations: 50, planted_count: 0, misunderstood: (5, 0.6), checked: (0.9, 0.9), ..BASE };
    let mut all = triples(&model, 7);
    let mut rng = ChaCha8Rng::seed_from_u64(70);
    for r in 0..5 {
        for s in 0..10 {
            let mut triple = Triple::of("zz", Scope::system(format!("s{s}")), format!("r{r:03}"));
            triple.claim = Some(if rng.random_bool(0.6) { Claim::Implemented } else { Claim::Partly });
            triple.verdict = Some(Verdict::NotMet);
            all.push(triple);
        }
    }
    let detection = detect(&tally(&all), &DetectionRule::default());
    assert_eq!(detection.flags, []);
    let own = detection.tested.iter().find(|t| t.organisation.as_str() == "zz").unwrap();
    assert!(own.gap_baseline > 0.3, "{own:?}");
}

#[test]
fn doing_little_and_saying_so_is_no_over_claim() {
    let mut all = triples(&Model { planted_count: 0, kept: (0.8, 0.9), ..BASE }, 5);
    for r in 0..100 {
        let mut triple = Triple::of("poor", Scope::whole(), format!("r{r:03}"));
        // Nothing is kept; it says so of 88 in 100. Its over-claim rate is 100 %.
        triple.claim = Some(if r % 8 == 7 { Claim::Implemented } else { Claim::Not });
        triple.verdict = Some(Verdict::NotMet);
        all.push(triple);
    }
    let tally = tally(&all);
    assert_eq!(tally.organisations["poor"].figure().value, Some(1.0));
    assert_eq!(tally.organisations["poor"].unadmitted().value, Some(0.12));
    assert_eq!(detect(&tally, &DetectionRule::default()).flags, []);
}

#[test]
fn no_honest_majority_means_no_flags() {
    let model = Model { organisations: 10, planted_count: 7, planted: (0.5, 0.6), ..BASE };
    let found = flagged(&model, 3);
    // The majority sets the norm: either nobody stands out, or the test says that it cannot tell.
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn few_checks_are_listed_and_not_tested() {
    let model = Model { organisations: 3, requirements: 8, planted_count: 1, ..BASE };
    let detection = detect(&tally(&triples(&model, 1)), &DetectionRule::default());
    assert_eq!((detection.tested.len(), detection.too_few.len()), (0, 3));
    assert_eq!(detect(&Tally::default(), &DetectionRule::default()).flags, []);
}

#[test]
fn uniform_answers_are_noted_only_beside_poor_measurements() {
    let rows = |met: usize| -> Vec<Triple> {
        let verdict = |i| Some(if i < met { Verdict::Met } else { Verdict::NotMet });
        (0..30).map(|i| Triple { verdict: verdict(i), ..Triple::of("a", Scope::whole(), format!("r{i}")) }).collect()
    };
    let answers = |a| BTreeMap::from([(OrganisationId::from("a"), a)]);
    let rule = ImprobableRule::default();
    let all = answers(crate::rates::Answers { implemented: 240, ..Default::default() });
    let kinds = |answers, rows: &[Triple]| -> Vec<ImprobableKind> { improbable(answers, rows, &rule).into_iter().map(|n| n.kind).collect() };
    assert_eq!(kinds(&all, &rows(18)), [ImprobableKind::AllImplemented]);
    assert_eq!(kinds(&all, &rows(29)), []);
    assert_eq!(kinds(&all, &[]), []);
    let partly = answers(crate::rates::Answers { partly: 240, ..Default::default() });
    assert_eq!(kinds(&partly, &rows(18)), [ImprobableKind::AllIdentical]);
    let mixed = answers(crate::rates::Answers { implemented: 239, not: 1, ..Default::default() });
    assert_eq!(kinds(&mixed, &rows(18)), []);
}

/// P(X ≥ k) for X beta-binomial through products only: C(n,x)·∏(a+i)·∏(b+j)/∏(a+b+l).
fn slow_tail(k: u64, n: u64, p: f64, rho: f64) -> f64 {
    let strength = (1.0 - rho) / rho;
    let (a, b) = (p * strength, (1.0 - p) * strength);
    (k..=n)
        .map(|x| {
            let choose: f64 = (0..x).map(|i| (n - i) as f64 / (i + 1) as f64).product();
            let up: f64 = (0..x).map(|i| (a + i as f64) / (strength + i as f64)).product();
            let down: f64 = (0..n - x).map(|j| (b + j as f64) / (strength + (x + j) as f64)).product();
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
