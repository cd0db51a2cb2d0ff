//! What changed since the last cycle, per organisation, requirement and source; no source's change is read into another's.
//!
//! Over several scopes the *worst* state speaks for the organisation (declared direction: worst-of), so that one system that
//! got worse is not hidden by nine that did not.
//!
//! # Worked examples
//! Claim partly → implemented: `improved`. Measured met → not-met: `worsened`. Audited in this cycle, not in the last: `new`;
//! the reverse: `withdrawn`. Met → could-not-measure: `withdrawn`, for what is not known has neither improved nor worsened.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::facts::{Claim, Finding, Verdict};
use crate::ids::{OrganisationId, RequirementId};
use crate::triple::Triple;

/// How one fact moved between two cycles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Movement {
    Improved,
    Worsened,
    /// Known now, not known before.
    New,
    /// Known before, not known now.
    Withdrawn,
    Same,
}

/// What is known of one requirement in one organisation, worst of its scopes. Only decided states are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Standing {
    pub claim: Option<Claim>,
    pub finding: Option<Finding>,
    pub verdict: Option<Verdict>,
}

/// The standings of a cycle: what the next one is compared with.
pub type Standings = BTreeMap<OrganisationId, BTreeMap<RequirementId, Standing>>;

/// The movement of each source on one requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub organisation: OrganisationId,
    pub requirement: RequirementId,
    pub claim: Option<Movement>,
    pub audit: Option<Movement>,
    pub measurement: Option<Movement>,
}

fn claim_rank(claim: Claim) -> Option<u8> {
    match claim {
        Claim::Implemented => Some(2),
        Claim::Partly => Some(1),
        Claim::Not => Some(0),
        Claim::NotApplicable => None,
    }
}

fn finding_rank(finding: Finding) -> Option<u8> {
    Some(match finding {
        Finding::Strength => 4,
        Finding::Met => 3,
        Finding::Observation => 2,
        Finding::Minor => 1,
        Finding::Major => 0,
    })
}

fn verdict_rank(verdict: Verdict) -> Option<u8> {
    match verdict {
        Verdict::Met => Some(1),
        Verdict::NotMet => Some(0),
        Verdict::NotApplicable | Verdict::CouldNotMeasure | Verdict::Stale => None,
    }
}

/// The worse of two facts by `rank`; a fact without rank decides nothing.
fn worse<T: Copy>(a: Option<T>, b: Option<T>, rank: fn(T) -> Option<u8>) -> Option<T> {
    let (a, b) = (a.filter(|v| rank(*v).is_some()), b.filter(|v| rank(*v).is_some()));
    match (a, b) {
        (Some(x), Some(y)) => Some(if rank(y) < rank(x) { y } else { x }),
        (one, other) => one.or(other),
    }
}

/// The standings that `triples` amount to, in any order.
pub fn standings<'a>(triples: impl IntoIterator<Item = &'a Triple>) -> Standings {
    let mut all = Standings::new();
    for t in triples {
        if !all.contains_key(&t.organisation) {
            all.insert(t.organisation.clone(), BTreeMap::new());
        }
        let Some(own) = all.get_mut(&t.organisation) else {
            continue;
        };
        let standing = own.entry(t.requirement.clone()).or_default();
        standing.claim = worse(standing.claim, t.claim, claim_rank);
        standing.finding = worse(standing.finding, t.finding, finding_rank);
        standing.verdict = worse(standing.verdict, t.verdict, verdict_rank);
    }
    all
}

fn movement<T: Copy>(before: Option<T>, now: Option<T>, rank: fn(T) -> Option<u8>) -> Option<Movement> {
    match (before.and_then(rank), now.and_then(rank)) {
        (None, None) => None,
        (None, Some(_)) => Some(Movement::New),
        (Some(_), None) => Some(Movement::Withdrawn),
        (Some(b), Some(n)) if n > b => Some(Movement::Improved),
        (Some(b), Some(n)) if n < b => Some(Movement::Worsened),
        _ => Some(Movement::Same),
    }
}

/// Every (organisation, requirement) of either cycle of which anything is or was known, in the order of the ids.
pub fn changes(before: &Standings, now: &Standings) -> Vec<Change> {
    let mut merged: BTreeMap<(&OrganisationId, &RequirementId), (Standing, Standing)> = BTreeMap::new();
    for (organisation, rows) in before {
        for (requirement, standing) in rows {
            merged.entry((organisation, requirement)).or_default().0 = *standing;
        }
    }
    for (organisation, rows) in now {
        for (requirement, standing) in rows {
            merged.entry((organisation, requirement)).or_default().1 = *standing;
        }
    }
    let change = |((organisation, requirement), (b, n)): ((&OrganisationId, &RequirementId), (Standing, Standing))| {
        let claim = movement(b.claim, n.claim, claim_rank);
        let audit = movement(b.finding, n.finding, finding_rank);
        let measurement = movement(b.verdict, n.verdict, verdict_rank);
        (claim.is_some() || audit.is_some() || measurement.is_some()).then(|| Change {
            organisation: organisation.clone(),
            requirement: requirement.clone(),
            claim,
            audit,
            measurement,
        })
    };
    merged.into_iter().filter_map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triple::Scope;

    fn one(claim: Option<Claim>, finding: Option<Finding>, verdict: Option<Verdict>) -> Standings {
        standings(&[Triple { claim, finding, verdict, ..Triple::of("a", Scope::whole(), "r") }])
    }

    fn moved(before: &Standings, now: &Standings) -> Option<(Option<Movement>, Option<Movement>, Option<Movement>)> {
        changes(before, now).first().map(|c| (c.claim, c.audit, c.measurement))
    }

    #[test]
    fn each_source_moves_by_itself() {
        let before = one(Some(Claim::Partly), None, Some(Verdict::Met));
        let now = one(Some(Claim::Implemented), Some(Finding::Minor), Some(Verdict::NotMet));
        use Movement::*;
        assert_eq!(moved(&before, &now), Some((Some(Improved), Some(New), Some(Worsened))));
        assert_eq!(moved(&now, &before), Some((Some(Worsened), Some(Withdrawn), Some(Improved))));
        assert_eq!(moved(&now, &now), Some((Some(Same), Some(Same), Some(Same))));
    }

    #[test]
    fn what_is_not_known_has_not_worsened() {
        let before = one(None, None, Some(Verdict::Met));
        let now = one(None, None, Some(Verdict::CouldNotMeasure));
        assert_eq!(moved(&before, &now), Some((None, None, Some(Movement::Withdrawn))));
        assert_eq!(moved(&one(None, None, None), &now), None);
        assert_eq!(moved(&Standings::new(), &before), Some((None, None, Some(Movement::New))));
    }

    #[test]
    fn the_worst_scope_speaks_for_the_organisation() {
        let rows =
            [Verdict::Met, Verdict::NotMet, Verdict::Stale].map(|v| Triple { verdict: Some(v), ..Triple::of("a", Scope::system(v.as_str()), "r") });
        let mut backwards = rows.clone();
        backwards.reverse();
        assert_eq!(standings(&rows), standings(&backwards));
        assert_eq!(standings(&rows)["a"]["r"].verdict, Some(Verdict::NotMet));
    }
}
