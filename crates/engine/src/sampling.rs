//! The audit sample: a stratified draw that anybody can repeat from the same population and seed.
//!
//! Every item gets a pseudo-random number from ChaCha8 in the order of the sorted population; each stratum (organisation,
//! priority, claim) gives its items with the smallest numbers. So the sample does not depend on the order of the input, and
//! an organisation cannot foresee it before the seed is announced.
//!
//! # Worked examples
//! Rule: 10 % of claims "implemented" of priority 1, 5 % of the rest, at least one per stratum. A stratum of 25 items with
//! 10 % gives 3 (rounded up); a stratum of two gives one; a stratum with share 0 gives none even so.

use std::collections::BTreeMap;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::facts::Claim;
use crate::ids::{OrganisationId, RequirementId};
use crate::triple::Scope;

/// Something that could be audited.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Item {
    pub organisation: OrganisationId,
    /// 1 is the highest.
    pub priority: u8,
    pub claim: Claim,
    pub requirement: RequirementId,
    pub scope: Scope,
}

/// The share to draw from the strata it matches; `None` matches everything.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Share {
    pub priority: Option<u8>,
    pub claim: Option<Claim>,
    /// Between 0 and 1; 0 draws nothing.
    pub share: f64,
}

/// How much to draw: the first matching share counts; a stratum without one is not drawn from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SampleRule {
    pub version: u32,
    pub shares: Vec<Share>,
    /// Least number from a stratum with a share above 0 (as far as it has them).
    pub at_least: usize,
}

impl Default for SampleRule {
    fn default() -> Self {
        let share = |priority, claim, share| Share { priority, claim, share };
        Self {
            version: 1,
            shares: vec![
                share(Some(1), Some(Claim::Implemented), 0.10),
                share(None, Some(Claim::Implemented), 0.05),
                share(None, Some(Claim::NotApplicable), 0.05),
                share(None, None, 0.02),
            ],
            at_least: 1,
        }
    }
}

/// What items of one stratum share.
type Stratum<'a> = (&'a OrganisationId, u8, Claim);

/// The sample of `population` under `rule` and `seed`, sorted; repeated items count once.
pub fn sample(population: &[Item], rule: &SampleRule, seed: u64) -> Vec<Item> {
    let mut sorted: Vec<&Item> = population.iter().collect();
    sorted.sort();
    sorted.dedup();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut strata: BTreeMap<Stratum<'_>, Vec<(u64, &Item)>> = BTreeMap::new();
    for item in sorted {
        let stratum = (&item.organisation, item.priority, item.claim);
        strata.entry(stratum).or_default().push((rng.next_u64(), item));
    }
    let mut drawn: Vec<Item> = Vec::new();
    for ((_, priority, claim), mut items) in strata {
        let matches = |s: &&Share| s.priority.is_none_or(|p| p == priority) && s.claim.is_none_or(|c| c == claim);
        let share = rule.shares.iter().find(matches).map_or(0.0, |s| s.share.clamp(0.0, 1.0));
        if share <= 0.0 {
            continue;
        }
        // The small subtraction keeps 0.1 × 30 (3.0000000000000004 in floating point) at three.
        let wanted = (share * items.len() as f64 - 1e-9).ceil().max(0.0) as usize;
        items.sort();
        drawn.extend(items.into_iter().take(wanted.max(rule.at_least)).map(|(_, item)| item.clone()));
    }
    drawn.sort();
    drawn
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::seq::SliceRandom;

    use super::*;

    fn population(organisations: usize, requirements: usize) -> Vec<Item> {
        let item = |o: usize, r: usize| Item {
            organisation: OrganisationId(format!("o{o}")),
            priority: (r % 3) as u8 + 1,
            claim: Claim::ALL[(o + r) % 4],
            requirement: RequirementId(format!("r{r}")),
            scope: Scope::whole(),
        };
        (0..organisations).flat_map(|o| (0..requirements).map(move |r| item(o, r))).collect()
    }

    proptest! {
        #[test]
        fn the_same_seed_draws_the_same_sample_in_any_order(seed: u64, shuffle: u64) {
            let mut items = population(4, 60);
            let first = sample(&items, &SampleRule::default(), seed);
            items.shuffle(&mut ChaCha8Rng::seed_from_u64(shuffle));
            prop_assert_eq!(sample(&items, &SampleRule::default(), seed), first);
        }
    }

    #[test]
    fn strata_give_their_share_rounded_up() {
        let rule = |share, at_least| SampleRule { version: 1, shares: vec![Share { priority: None, claim: None, share }], at_least };
        let items: Vec<Item> = population(1, 300).into_iter().filter(|i| i.priority == 1 && i.claim == Claim::Not).collect();
        assert_eq!(items.len(), 25);
        assert_eq!(sample(&items, &rule(0.10, 1), 1).len(), 3);
        assert_eq!(sample(&items, &rule(0.04, 0), 1).len(), 1);
        assert_eq!(sample(&items, &rule(0.04, 5), 1).len(), 5);
        assert_eq!(sample(&items, &rule(0.04, 99), 1).len(), 25);
        assert_eq!(sample(&items, &rule(0.0, 5), 1), []);
    }

    #[test]
    fn every_item_has_the_same_chance() {
        let items: Vec<Item> = population(1, 240).into_iter().filter(|i| i.priority == 1 && i.claim == Claim::Not).collect();
        let rule = SampleRule { version: 1, shares: vec![Share { priority: None, claim: None, share: 0.25 }], at_least: 0 };
        let mut hits = BTreeMap::new();
        for seed in 0..2000 {
            for item in sample(&items, &rule, seed) {
                *hits.entry(item).or_insert(0_u32) += 1;
            }
        }
        assert_eq!(hits.len(), 20);
        // 500 expected, standard deviation 19: five of them either way.
        assert!(hits.values().all(|h| (400..600).contains(h)), "{hits:?}");
    }
}
