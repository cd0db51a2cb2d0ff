//! Named, independent streams of randomness from one seed, so that adding a draw in one place moves nothing elsewhere.

use rand::{RngExt, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;

/// The generator for `stream` and `numbers` (for example an organisation's and a requirement's position) under `seed`.
///
/// The stream's name and numbers are folded into the seed with the SplitMix64 finaliser, then expanded by ChaCha.
pub(super) fn stream(seed: u64, stream: &str, numbers: &[u64]) -> ChaCha8Rng {
    let named = stream.bytes().fold(mix(seed), |state, byte| mix(state ^ u64::from(byte)));
    ChaCha8Rng::seed_from_u64(numbers.iter().fold(named, |state, number| mix(state ^ *number)))
}

/// A stable number for a text, to name a stream by an id that is not a position.
pub(super) fn number(text: &str) -> u64 {
    text.bytes().fold(0x9E37_79B9_7F4A_7C15, |state, byte| mix(state ^ u64::from(byte)))
}

/// SplitMix64 (Steele, Lea, Flood 2014): one step and finaliser.
fn mix(state: u64) -> u64 {
    let z = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// One of `items`; the default of an empty slice.
pub(super) fn pick<T: Copy + Default>(rng: &mut ChaCha8Rng, items: &[T]) -> T {
    items.choose(rng).copied().unwrap_or_default()
}

/// True with probability `share`.
pub(super) fn chance(rng: &mut ChaCha8Rng, share: f64) -> bool {
    rng.random::<f64>() < share
}

/// A number around `mean`: the sum of twelve uniforms less six, which needs no transcendental function and so gives the same
/// bits on every machine.
pub(super) fn normal(rng: &mut ChaCha8Rng, mean: f64, deviation: f64) -> f64 {
    let sum: f64 = (0..12).map(|_| rng.random::<f64>()).sum();
    mean + deviation * (sum - 6.0)
}

/// The logistic function: log-odds to a share.
pub(super) fn share_of(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// `day` days (0–363) into the fiscal year that begins on 1 April of `fiscal_year`, as YYYY-MM-DD.
pub(super) fn day_of(fiscal_year: i32, day: u32) -> String {
    const LENGTHS: [(i32, u32, u32); 12] = [
        (0, 4, 30),
        (0, 5, 31),
        (0, 6, 30),
        (0, 7, 31),
        (0, 8, 31),
        (0, 9, 30),
        (0, 10, 31),
        (0, 11, 30),
        (0, 12, 31),
        (1, 1, 31),
        (1, 2, 28),
        (1, 3, 31),
    ];
    let mut left = day;
    for (later, month, length) in LENGTHS {
        if left < length {
            return format!("{:04}-{month:02}-{:02}", fiscal_year + later, left + 1);
        }
        left -= length;
    }
    format!("{:04}-03-31", fiscal_year + 1)
}

/// `count` different positions below `below`, each equally likely.
pub(super) fn chosen(seed: u64, name: &str, below: usize, count: usize) -> std::collections::BTreeSet<usize> {
    let mut rng = stream(seed, name, &[]);
    rand::seq::index::sample(&mut rng, below, count.min(below)).into_iter().collect()
}
