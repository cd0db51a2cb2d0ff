//! Over-claims: how often a claim "implemented" is contradicted by audit or measurement, and whose habit it is.
//!
//! The denominator holds only claims that somebody *checked*; a claim nobody looked at is neither right nor wrong and shows
//! in the coverage. One scope is one claim: an organisation that claims a requirement for six systems made six claims.
//!
//! # Worked examples
//! An organisation claims 120 requirements as implemented; 40 are checked; 14 are contradicted: rate 14 / 40 = 35.0 %,
//! coverage 40 of 120. Of its peers' 2,000 checked claims 80 are contradicted: the baseline is 4 %. By chance, with the
//! spread honest organisations show, 14 or more of 40 would happen far less often than once in ten thousand: [`detect`]
//! flags it. An organisation with 2 of 6 is not tested at all: [`DetectionRule::min_checked`].
//!
//! The same 14 are also read the other way: of 18 requirements found not met the organisation had claimed 14, while its peers
//! admit nine in ten of theirs. Whoever does little and says so is thereby told from whoever does little and hides it.

mod detect;
mod improbable;
mod reading;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use detect::{Basis, Detection, DetectionRule, Flag, Tested, TooFew, detect};
pub use improbable::{Improbable, ImprobableKind, ImprobableRule, improbable};

use crate::facts::Claim;
use crate::ids::{OrganisationId, RequirementId};
use crate::numbers::{Coverage, Figure, OVER_CLAIM_RATE, UNADMITTED_RATE};
use crate::triple::Triple;

/// Claims "implemented" of one organisation or one requirement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Contradicted by audit or measurement.
    pub over: u64,
    /// Checked by audit or measurement.
    pub checked: u64,
    /// All claims "implemented", checked or not.
    pub claimed: u64,
    /// Whatever was claimed and found not met by audit or measurement; `over` is the part of it claimed as implemented.
    pub gaps: u64,
}

impl Count {
    fn add(&mut self, triple: &Triple) {
        if triple.claim == Some(Claim::Implemented) {
            self.claimed += 1;
            self.checked += u64::from(triple.checked());
            self.over += u64::from(triple.over_claimed());
        }
        self.gaps += u64::from(is_gap(triple));
    }

    /// The registered unadmitted rate: gaps claimed as implemented ÷ gaps found.
    pub fn unadmitted(&self) -> Figure {
        Figure::share(&UNADMITTED_RATE, self.over, self.gaps, Coverage::full(self.gaps))
    }

    /// The registered over-claim rate.
    pub fn figure(&self) -> Figure {
        let coverage = Coverage { known: self.checked, all: self.claimed };
        Figure::share(&OVER_CLAIM_RATE, self.over, self.checked, coverage)
    }
}

/// Over-claims counted by organisation, by requirement, and by both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub all: Count,
    pub organisations: BTreeMap<OrganisationId, Count>,
    pub requirements: BTreeMap<RequirementId, Count>,
    /// Only cells with a checked claim or a gap.
    pub cells: BTreeMap<OrganisationId, BTreeMap<RequirementId, Count>>,
}

/// Whether something was claimed and somebody found it not met.
fn is_gap(triple: &Triple) -> bool {
    triple.claim.is_some() && (triple.audited() == Some(false) || triple.measured() == Some(false))
}

/// Counts `triples`, in any order. An organisation or requirement without a claim is present with zeros.
pub fn tally<'a>(triples: impl IntoIterator<Item = &'a Triple>) -> Tally {
    let mut tally = Tally::default();
    for triple in triples {
        tally.all.add(triple);
        at(&mut tally.organisations, &triple.organisation).add(triple);
        at(&mut tally.requirements, &triple.requirement).add(triple);
        if triple.claim_checked() || is_gap(triple) {
            at(at(&mut tally.cells, &triple.organisation), &triple.requirement).add(triple);
        }
    }
    tally
}

/// The entry of `key`, cloning the key only when it is new: 45,000 triples share a few hundred names.
fn at<'m, K: Ord + Clone, V: Default>(map: &'m mut BTreeMap<K, V>, key: &K) -> &'m mut V {
    if !map.contains_key(key) {
        map.insert(key.clone(), V::default());
    }
    map.entry(key.clone()).or_default()
}
