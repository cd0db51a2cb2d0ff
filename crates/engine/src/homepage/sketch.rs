//! Sets of features, kept small enough to store and exact enough to compare.
//!
//! Of the hashes of a set the smallest ones are kept (bottom-k sketch: Cohen and Kaplan, PODC 2007). Which hashes are small does not depend on
//! the set, so two sketches hold a sample of the same places, and what they have in common there estimates the Jaccard index
//! |a ∩ b| / |a ∪ b| of the sets. Sets of at most [`MOST`] features are kept whole, and the index is exact.

use std::collections::BTreeSet;

use formats::evidence::Octets;
use serde::{Deserialize, Serialize};

/// Hashes kept: the standard error of an estimate is at most √(¼ / 512), two per cent.
pub const MOST: usize = 512;
/// Features known to come and go that are remembered.
const NOISE: usize = 2_048;

/// A sketch of a set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Stored", from = "Stored")]
pub struct Sketch {
    /// Ascending, without repetition.
    kept: Vec<u64>,
    /// Up to here every member of the set is known; the greatest number where nothing was left out.
    reach: u64,
}

/// How a sketch is written: eight octets a hash, the smallest first.
#[derive(Serialize, Deserialize)]
struct Stored {
    reach: Octets,
    kept: Octets,
}

fn octets(hashes: &[u64]) -> Octets {
    Octets(hashes.iter().flat_map(|hash| hash.to_be_bytes()).collect())
}

fn hashes(octets: &Octets) -> Vec<u64> {
    octets.0.chunks_exact(8).filter_map(|part| part.try_into().ok()).map(u64::from_be_bytes).collect()
}

impl From<Sketch> for Stored {
    fn from(sketch: Sketch) -> Self {
        Self { reach: octets(&[sketch.reach]), kept: octets(&sketch.kept) }
    }
}

impl From<Stored> for Sketch {
    fn from(stored: Stored) -> Self {
        Self::cut(hashes(&stored.kept), hashes(&stored.reach).first().copied().unwrap_or(u64::MAX))
    }
}

impl Default for Sketch {
    /// The empty set.
    fn default() -> Self {
        Self { kept: Vec::new(), reach: u64::MAX }
    }
}

/// Spreads a feature evenly over all numbers (the finaliser of splitmix64; Steele and others, OOPSLA 2014).
fn spread(feature: u64) -> u64 {
    let mut z = feature.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Sketch {
    /// The sketch of a set of features.
    pub fn of(features: impl IntoIterator<Item = u64>) -> Self {
        Self::cut(features.into_iter().map(spread).collect(), u64::MAX)
    }

    fn cut(mut kept: Vec<u64>, reach: u64) -> Self {
        kept.sort_unstable();
        kept.dedup();
        let over = kept.len() > MOST;
        kept.truncate(MOST);
        let reach = if over { kept.last().copied().unwrap_or(reach) } else { reach };
        Self { kept, reach }
    }

    /// Whether the set is empty.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    fn up_to(&self, limit: u64) -> impl Iterator<Item = u64> + '_ {
        self.kept.iter().copied().take_while(move |hash| *hash <= limit)
    }

    fn without(&self, other: &Self) -> Vec<u64> {
        let limit = self.reach.min(other.reach);
        self.up_to(limit).filter(|hash| other.kept.binary_search(hash).is_err()).collect()
    }
}

/// What a page is known to hold: features that stay, and features that come and go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    stable: Sketch,
    noise: Noise,
}

/// Features that come and go, the latest last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Octets", from = "Octets")]
struct Noise(Vec<u64>);

impl From<Noise> for Octets {
    fn from(noise: Noise) -> Self {
        octets(&noise.0)
    }
}

impl From<Octets> for Noise {
    fn from(octets: Octets) -> Self {
        Self(hashes(&octets))
    }
}

impl Noise {
    fn set(&self) -> BTreeSet<u64> {
        self.0.iter().copied().collect()
    }

    fn add(&mut self, more: Vec<u64>) {
        let known = self.set();
        self.0.extend(more.into_iter().filter(|hash| !known.contains(hash)));
        let over = self.0.len().saturating_sub(NOISE);
        self.0.drain(..over);
    }
}

impl Known {
    /// All of it stays, as far as is known.
    pub fn new(stable: Sketch) -> Self {
        Self { stable, noise: Noise::default() }
    }

    /// Both were seen at nearly the same time: what only one of them has comes and goes by itself.
    pub fn between(a: &Sketch, b: &Sketch) -> Self {
        let mut known = Self::new(a.clone());
        let mut differing = [a.without(b), b.without(a)].concat();
        differing.sort_unstable();
        known.noise.add(differing);
        known.stable = known.silenced(b);
        known
    }

    /// `now` was found to be in order: what went away may come back, what is new stays.
    pub fn follow(&mut self, now: &Sketch) {
        self.noise.add(self.stable.without(now));
        self.stable = self.silenced(now);
    }

    fn silenced(&self, sketch: &Sketch) -> Sketch {
        let noise = self.noise.set();
        Sketch { kept: sketch.kept.iter().copied().filter(|hash| !noise.contains(hash)).collect(), reach: sketch.reach }
    }

    /// How alike `now` is to what stays, noise aside: the Jaccard index, 0 to 1; two empty sets are alike.
    pub fn similarity(&self, now: &Sketch) -> f64 {
        let noise = self.noise.set();
        let limit = self.stable.reach.min(now.reach);
        let before: BTreeSet<u64> = self.stable.up_to(limit).collect();
        let seen: BTreeSet<u64> = now.up_to(limit).filter(|hash| !noise.contains(hash)).collect();
        let (common, all) = (before.intersection(&seen).count(), before.union(&seen).count());
        if all == 0 { 1.0 } else { common as f64 / all as f64 }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sketch(range: std::ops::Range<u64>) -> Sketch {
        Sketch::of(range)
    }

    #[test]
    fn small_sets_are_compared_exactly() {
        for (a, b, index) in [(0..10, 0..10, 1.0), (0..10, 5..15, 1.0 / 3.0), (0..10, 10..20, 0.0), (0..0, 0..0, 1.0), (0..0, 0..5, 0.0)] {
            let found = Known::new(sketch(a.clone())).similarity(&sketch(b.clone()));
            assert!((found - index).abs() < 1e-12, "{a:?} {b:?} {found}");
        }
    }

    #[test]
    fn large_sets_are_estimated_within_four_standard_errors() {
        for shift in [0_u64, 2_000, 10_000, 20_000] {
            let truth = (20_000 - shift) as f64 / (20_000 + shift) as f64;
            let found = Known::new(sketch(0..20_000)).similarity(&sketch(shift..20_000 + shift));
            let error = (truth * (1.0 - truth) / MOST as f64).sqrt();
            assert!((found - truth).abs() <= 4.0 * error + 1e-12, "{shift}: {found} for {truth}");
        }
    }

    #[test]
    fn what_differs_at_the_same_time_is_no_difference() {
        let (one, two) = (Sketch::of((0..100).chain(500..510)), Sketch::of((0..100).chain(600..610)));
        let known = Known::between(&one, &two);
        assert!((known.similarity(&one) - 1.0).abs() < 1e-12 && (known.similarity(&two) - 1.0).abs() < 1e-12);
        assert!((known.similarity(&sketch(0..50)) - 0.5).abs() < 1e-12);
        assert!(known.similarity(&sketch(1_000..1_100)) < 1e-12);
    }

    fn set() -> impl Strategy<Value = Sketch> {
        prop::collection::vec(0_u64..2_000, 0..900).prop_map(Sketch::of)
    }

    proptest! {
        #[test]
        fn learning_is_fair_and_following_twice_changes_nothing(a in set(), b in set(), c in set()) {
            prop_assert_eq!(Known::between(&a, &a), Known::new(a.clone()));
            let known = Known::between(&a, &b);
            for one in [&a, &b] {
                prop_assert!((known.similarity(one) - 1.0).abs() < 1e-12);
            }
            let mut once = known.clone();
            once.follow(&c);
            prop_assert!((once.similarity(&c) - 1.0).abs() < 1e-12);
            let mut twice = once.clone();
            twice.follow(&c);
            prop_assert_eq!(&once, &twice);
            let text = serde_json::to_string(&once).unwrap();
            prop_assert_eq!(serde_json::from_str::<Known>(&text).unwrap(), once);
        }

        #[test]
        fn similarity_is_a_share_and_symmetric(a in set(), b in set()) {
            let (there, back) = (Known::new(a.clone()).similarity(&b), Known::new(b.clone()).similarity(&a));
            prop_assert!((0.0..=1.0).contains(&there));
            prop_assert!((there - back).abs() < 1e-12);
        }
    }
}
