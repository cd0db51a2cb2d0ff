//! Principal components against power iteration, an algorithm that shares nothing with the decomposition.

use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;

fn cells(rows: &[Vec<Option<f64>>]) -> Cells {
    let row = |row: &Vec<Option<f64>>| {
        let known = row.iter().enumerate().filter_map(|(j, v)| Some((j, (*v)?)));
        known.map(|(j, v)| (RequirementId(format!("r{j:02}")), v)).collect()
    };
    rows.iter().enumerate().map(|(i, r)| (OrganisationId(format!("o{i:02}")), row(r))).collect()
}

fn run(rows: &[Vec<Option<f64>>]) -> Components {
    components(&cells(rows), &BTreeMap::new(), &ComponentsRule::default())
}

/// First eigenvector and eigenvalue of XᵀX by repeated multiplication; X centred, no missing cells.
fn power_iteration(rows: &[Vec<f64>]) -> (Vec<f64>, f64) {
    let columns = rows[0].len();
    let mut v: Vec<f64> = (0..columns).map(|j| 1.0 + j as f64 * 0.01).collect();
    let mut length = 0.0;
    for _ in 0..20_000 {
        let scores: Vec<f64> = rows.iter().map(|r| r.iter().zip(&v).map(|(a, b)| a * b).sum()).collect();
        let next: Vec<f64> = (0..columns).map(|j| rows.iter().zip(&scores).map(|(r, s)| r[j] * s).sum()).collect();
        length = next.iter().map(|x| x * x).sum::<f64>().sqrt();
        v = next.iter().map(|x| x / length).collect();
    }
    (v, length)
}

#[test]
fn the_first_axis_equals_power_iteration() {
    for seed in 0..10 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let direction: Vec<f64> = (0..12).map(|_| rng.random_range(-1.0..1.0)).collect();
        let rows: Vec<Vec<f64>> = (0..20)
            .map(|_| {
                let s = rng.random_range(-1.0..1.0);
                direction.iter().map(|d| 0.5 + 0.4 * s * d + rng.random_range(-0.05..0.05)).collect()
            })
            .collect();
        let result = run(&rows.iter().map(|r| r.iter().copied().map(Some).collect()).collect::<Vec<_>>());
        let mean: Vec<f64> = (0..12).map(|j| rows.iter().map(|r| r[j]).sum::<f64>() / 20.0).collect();
        let centred: Vec<Vec<f64>> = rows.iter().map(|r| r.iter().zip(&mean).map(|(a, m)| a - m).collect()).collect();
        let (v, eigenvalue) = power_iteration(&centred);
        let total: f64 = centred.iter().flatten().map(|x| x * x).sum();
        let axis = &result.axes[0];
        assert!((axis.variance - eigenvalue / total).abs() < 1e-8, "seed {seed}");
        let dot: f64 = axis.loadings.values().zip(&v).map(|(a, b)| a * b).sum();
        assert!((dot.abs() - 1.0).abs() < 1e-8, "seed {seed}: {dot}");
        for (row, score) in centred.iter().zip(axis.scores.values()) {
            let expect: f64 = row.iter().zip(axis.loadings.values()).map(|(a, b)| a * b).sum();
            assert!((score - expect).abs() < 1e-8, "seed {seed}");
        }
        assert!(axis.distinct);
    }
}

#[test]
fn one_division_of_the_field_is_one_axis_in_words() {
    let rows: Vec<Vec<Option<f64>>> = (0..10)
        .map(|i| {
            let first = f64::from(i < 5);
            vec![Some(first), Some(first), Some(1.0 - first), Some(1.0), (i == 0).then_some(0.3)]
        })
        .collect();
    let result = run(&rows);
    assert_eq!(result.constant, ["r03".into()]);
    assert_eq!(result.unknown, ["r04".into()]);
    assert_eq!(result.axes.len(), 1);
    assert!((result.axes[0].variance - 1.0).abs() < 1e-9);
    assert_eq!(result.axes[0].words.en, "This axis separates organisations by: r00, r01 (high) against r02 (low).");
    assert_eq!(
        result.axes[0].words.ja,
        "この軸は、「r00」「r01」ができている組織（値が大きい）と、「r02」ができている組織（値が小さい）を分けています。"
    );
}

#[test]
fn few_organisations_or_nothing_that_varies_have_no_axes() {
    assert_eq!(run(&vec![vec![Some(0.0), Some(1.0)]; 4]).axes, []);
    assert_eq!(run(&vec![vec![Some(0.5), Some(1.0)]; 9]).axes, []);
    assert_eq!(run(&[]).axes, []);
}

#[test]
fn imputed_cells_are_counted() {
    let mut rows: Vec<Vec<Option<f64>>> = (0..8).map(|i| vec![Some(f64::from(i) / 8.0), Some(f64::from(i % 2))]).collect();
    rows[3][1] = None;
    assert_eq!(run(&rows).coverage, Coverage { known: 15, all: 16 });
}

proptest! {
    #[test]
    fn shares_fall_and_loadings_have_length_one(
        values in proptest::collection::vec(0.0_f64..1.0, 8 * 6),
        missing in 0_usize..48,
    ) {
        let mut rows: Vec<Vec<Option<f64>>> =
            values.chunks(6).map(|r| r.iter().copied().map(Some).collect()).collect();
        rows[missing / 6][missing % 6] = None;
        let axes = run(&rows).axes;
        prop_assert!(axes.windows(2).all(|w| w[0].variance >= w[1].variance));
        prop_assert!(axes.iter().map(|a| a.variance).sum::<f64>() <= 1.0 + 1e-9);
        for axis in &axes {
            let length: f64 = axis.loadings.values().map(|l| l * l).sum();
            prop_assert!((length - 1.0).abs() < 1e-8);
            let largest = axis.loadings.values().fold(0.0_f64, |m, l| if l.abs() > m.abs() { *l } else { m });
            prop_assert!(largest > 0.0);
        }
    }
}
