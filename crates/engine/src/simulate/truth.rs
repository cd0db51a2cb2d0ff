//! Who is how good, who says so, and the record of it that a test compares a detection with.

use super::{
    dice::{self, chance, normal, share_of},
    model::{Cycle, Organisation, State},
    plan::Plan,
};
use crate::facts::Claim;
use rand::RngExt;
use serde::{Deserialize, Serialize};

/// How an organisation answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// Errs a little, as everyone does.
    Honest,
    /// Claims most of what is not so.
    OverClaims,
    /// Has done much and claims little.
    UnderClaims,
}

/// What drives one organisation's cells.
#[derive(Clone, Debug)]
pub(super) struct Profile {
    pub organisation: String,
    /// Names the organisation's streams.
    pub number: u64,
    /// Log-odds that a requirement of ordinary difficulty is implemented in the first cycle.
    pub level: f64,
    /// Change of `level` in each later cycle.
    pub progress: f64,
    pub manner: Manner,
    /// Share of the requirements not implemented that are claimed as implemented.
    pub propensity: f64,
    /// Share of the staff that answers.
    pub response: f64,
}

/// Share of the cells whose state is drawn anew in a later cycle; the others move only with the organisation's level.
const REDRAWN: f64 = 0.2;

impl Profile {
    /// What is so in `cycle` for the thing named by `name`, which is `ease` (log-odds) easier than the ordinary one; of what is
    /// not implemented, `partly` (a share) is begun.
    pub(super) fn state(&self, seed: u64, cycle: u32, name: &str, ease: f64, partly: f64) -> State {
        let mut rng = dice::stream(seed, "state", &[self.number, dice::number(name)]);
        let mut luck: f64 = rng.random();
        for _ in 1..cycle {
            let again: f64 = rng.random();
            if chance(&mut rng, REDRAWN) {
                luck = again;
            }
        }
        let done = share_of(self.level + self.progress * f64::from(cycle - 1) + ease);
        if luck < done {
            State::Implemented
        } else if luck < done + (1.0 - done) * partly {
            State::Partly
        } else {
            State::Not
        }
    }

    /// What the organisation says of something that is `truth`.
    pub(super) fn claim(&self, rng: &mut rand_chacha::ChaCha8Rng, truth: State) -> Claim {
        match truth {
            State::NotApplicable => {
                if chance(rng, 0.97) {
                    Claim::NotApplicable
                } else {
                    Claim::Implemented
                }
            }
            State::Implemented => match self.manner {
                Manner::UnderClaims if chance(rng, 0.5) => {
                    if chance(rng, 0.7) {
                        Claim::Partly
                    } else {
                        Claim::Not
                    }
                }
                _ => {
                    if chance(rng, 0.97) {
                        Claim::Implemented
                    } else {
                        Claim::Partly
                    }
                }
            },
            State::Partly | State::Not if chance(rng, self.propensity) => Claim::Implemented,
            // "Does not apply to us" is the other way to hide a gap.
            State::Partly | State::Not if self.manner == Manner::OverClaims && chance(rng, 0.1) => Claim::NotApplicable,
            State::Partly => {
                if chance(rng, 0.92) {
                    Claim::Partly
                } else {
                    Claim::Not
                }
            }
            State::Not => {
                if chance(rng, 0.85) {
                    Claim::Not
                } else {
                    Claim::Partly
                }
            }
        }
    }
}

/// Draws who is how good and how honest.
///
/// Levels overlap: honest organisations lie around 77 % of what they should do, over-claimers around 64 %, under-claimers
/// around 88 %; so a low level alone tells nobody from the others. An honest organisation claims 2–12 % of what it has not
/// done, a planted over-claimer 62–90 %.
pub(super) fn profiles(seed: u64, plan: &Plan, organisations: &[Organisation]) -> Vec<Profile> {
    let taking_part: Vec<&Organisation> = organisations.iter().filter(|o| o.takes_part).collect();
    // The centre checks the others; nobody plants it.
    let planted = dice::chosen(seed, "planted", taking_part.len().saturating_sub(1), plan.over_claimers + plan.under_claimers);
    let mut order: Vec<usize> = planted.into_iter().map(|position| position + 1).collect();
    let mut rng = dice::stream(seed, "planted order", &[]);
    rand::seq::SliceRandom::shuffle(order.as_mut_slice(), &mut rng);
    let (over, under) = order.split_at(plan.over_claimers.min(order.len()));
    taking_part
        .iter()
        .enumerate()
        .map(|(position, organisation)| {
            let mut rng = dice::stream(seed, "profile", &[position as u64]);
            let manner = if over.contains(&position) {
                Manner::OverClaims
            } else if under.contains(&position) {
                Manner::UnderClaims
            } else {
                Manner::Honest
            };
            let (level, propensity) = match manner {
                Manner::Honest => (normal(&mut rng, 1.3, 0.5), rng.random_range(0.02..0.12)),
                Manner::OverClaims => (normal(&mut rng, 0.55, 0.3), rng.random_range(0.62..0.90)),
                Manner::UnderClaims => (normal(&mut rng, 2.2, 0.3), rng.random_range(0.0..0.03)),
            };
            Profile {
                organisation: organisation.code.clone(),
                number: position as u64,
                level: level.clamp(-0.5, 3.0),
                // Who reports a gap as closed does not close it.
                progress: match manner {
                    Manner::OverClaims => normal(&mut rng, 0.0, 0.1),
                    _ => normal(&mut rng, 0.2, 0.25),
                },
                manner,
                propensity,
                response: rng.random_range(0.72..0.98),
            }
        })
        .collect()
}

/// What a detection is compared with; `truth.json` is this in JSON.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    pub seed: u64,
    /// Codes of the organisations that over-claim by plan, ordered.
    pub over_claimers: Vec<String>,
    /// Codes of those that measure well and claim little, ordered.
    pub under_claimers: Vec<String>,
    pub organisations: Vec<OrganisationTruth>,
}

/// The truth about one organisation, counted over all its cells to which the requirement applies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrganisationTruth {
    pub organisation: String,
    /// Share truly implemented, for each cycle.
    pub true_level: Vec<f64>,
    /// Share claimed as implemented, for each cycle.
    pub claimed_level: Vec<f64>,
    /// Share of what is not implemented that the plan has it claim.
    pub over_claim_propensity: f64,
    /// Cells not implemented, over all cycles.
    pub gaps: u32,
    /// Of these, claimed as implemented.
    pub gaps_claimed: u32,
    /// Share of the staff that answers.
    pub response_rate: f64,
}

/// Counts the truth.
pub(super) fn summarise(seed: u64, profiles: &[Profile], cycles: &[Cycle]) -> Truth {
    let codes = |manner: Manner| {
        let mut codes: Vec<String> = profiles.iter().filter(|p| p.manner == manner).map(|p| p.organisation.clone()).collect();
        codes.sort();
        codes
    };
    let organisations = profiles
        .iter()
        .map(|profile| {
            let mut row = OrganisationTruth {
                organisation: profile.organisation.clone(),
                true_level: Vec::new(),
                claimed_level: Vec::new(),
                over_claim_propensity: rounded(profile.propensity),
                gaps: 0,
                gaps_claimed: 0,
                response_rate: rounded(profile.response),
            };
            for cycle in cycles {
                let (mut all, mut done, mut claimed) = (0_u32, 0_u32, 0_u32);
                for cell in cycle.cells.iter().filter(|c| c.organisation == profile.organisation) {
                    if cell.truth == State::NotApplicable {
                        continue;
                    }
                    let says = u32::from(cell.claim == Claim::Implemented);
                    all += 1;
                    claimed += says;
                    if cell.truth == State::Implemented {
                        done += 1;
                    } else {
                        row.gaps += 1;
                        row.gaps_claimed += says;
                    }
                }
                row.true_level.push(rounded(f64::from(done) / f64::from(all.max(1))));
                row.claimed_level.push(rounded(f64::from(claimed) / f64::from(all.max(1))));
            }
            row
        })
        .collect();
    Truth { seed, over_claimers: codes(Manner::OverClaims), under_claimers: codes(Manner::UnderClaims), organisations }
}

/// To four decimals.
fn rounded(share: f64) -> f64 {
    (share * 10_000.0).round() / 10_000.0
}
