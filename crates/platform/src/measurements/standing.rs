//! How things stand: registered targets beside the newest observation of each, counted.

use std::collections::BTreeMap;

use engine::facts::{Check, Verdict};
use jiff::Timestamp;

use super::observation::{ObservationId, verdict_at};
use super::run::Counts;
use super::setting::Settings;
use super::store::Key;
use super::target::Target;
use crate::base::actor::OrganisationId;
use crate::register::organisation::Organisation;

/// What pages of many targets need of an observation: a federation may have hundreds of thousands of newest ones, whose sentences would fill the
/// memory. Whoever shows them fetches them by their ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brief {
    /// Its id.
    pub id: ObservationId,
    /// What was measured.
    pub check: Check,
    /// Its verdict as it was given.
    pub verdict: Verdict,
    /// When it was made, UTC.
    pub at: String,
    /// Its short value.
    pub value: String,
}

/// Targets and what is newest of them, within somebody's reach.
pub struct Standing {
    /// The organisations that exist today, in the order of the tree.
    pub organisations: Vec<Organisation>,
    /// Their domains.
    pub targets: Vec<Target>,
    /// What is set.
    pub settings: Settings,
    newest: BTreeMap<Key, Brief>,
    now: Timestamp,
}

impl Standing {
    /// Puts it together. `organisations` and `targets` are those that exist today.
    pub fn new(organisations: Vec<Organisation>, targets: Vec<Target>, settings: Settings, newest: BTreeMap<Key, Brief>, now: Timestamp) -> Self {
        Self { organisations, targets, settings, newest, now }
    }

    /// The newest observation of a target, if it was ever measured.
    pub fn newest(&self, target: &Target, check: Check) -> Option<&Brief> {
        self.newest.get(&(target.organisation_id.clone(), target.domain.clone(), check))
    }

    /// When the newest observation was made, UTC.
    pub fn last(&self) -> Option<&str> {
        self.newest.values().map(|one| one.at.as_str()).max()
    }

    /// The verdict of an observation as it stands now.
    pub fn verdict(&self, one: &Brief) -> Verdict {
        verdict_at(one.verdict, &one.at, self.now, self.settings.max_age_days)
    }

    /// The targets of one organisation.
    pub fn targets_of<'a>(&'a self, organisation: &'a OrganisationId) -> impl Iterator<Item = &'a Target> {
        self.targets.iter().filter(move |target| target.organisation_id == *organisation)
    }

    /// The verdicts of `targets` for `checks`, counted. What was never measured is unknown; a check that does not apply to
    /// a target is not expected of it.
    pub fn count<'a>(&'a self, targets: impl Iterator<Item = &'a Target>, checks: &[Check]) -> Counts {
        let mut counts = Counts::default();
        for target in targets {
            for check in target.expects(checks) {
                counts.add(self.newest(target, check).map_or(Verdict::CouldNotMeasure, |one| self.verdict(one)), 1);
            }
        }
        counts
    }

    /// What is not met now: target and observation, in the order of the register.
    pub fn not_met(&self) -> impl Iterator<Item = (&Target, &Brief)> {
        self.targets.iter().flat_map(move |target| {
            target.expects(Check::ALL).filter_map(move |check| {
                let one = self.newest(target, check)?;
                (self.verdict(one) == Verdict::NotMet).then_some((target, one))
            })
        })
    }
}
