//! One page watched over time: learning, up, down, changed. Who looks when, and where it is kept, is decided elsewhere.

use serde::{Deserialize, Serialize};

use super::baseline::{Baseline, learn};
use super::compare::{Change, compare};
use super::look::Sight;
use super::snapshot::Snapshot;
use super::verdict::{Thresholds, Verdict, Weight, judge};
use crate::judge::{Reason, Why};

/// Attempts to learn a page whose two fetches are not even alike; then it is taken as it is.
const ATTEMPTS: u32 = 3;

formats::spelled! {
    /// How a watched page stands.
    Standing {
        /// Not fetched twice yet.
        Learning => "learning",
        Up => "up",
        /// Unlike what it is known to be, and nobody has accepted it.
        Changed => "changed",
        Down => "down",
    }
}

/// A change with its weight.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    pub change: Change,
    pub verdict: Verdict,
}

/// What is told of a page, once each time it happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Happening {
    /// Learnt: from now on changes are seen.
    Began,
    /// Since the first of several misses in a row (Unix seconds).
    Down {
        since: i64,
        reason: Reason,
    },
    Back,
    /// An alert.
    Changed(Box<Finding>),
    /// The page is again what it is known to be, without anybody having accepted the change.
    Returned,
    /// For the digest.
    Drifted(Box<Finding>),
}

/// What is remembered of one page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Watch {
    pub standing: Standing,
    /// Unix seconds.
    pub since: i64,
    pub baseline: Option<Baseline>,
    /// While learning, the first fetch; later a change that nobody has accepted.
    pub pending: Option<Snapshot>,
    /// Sights in a row that told of a change, and misses in a row with the time of the first.
    doubts: u32,
    misses: u32,
    missed: i64,
}

impl Watch {
    /// A page nobody has looked at yet.
    pub fn new(at: i64) -> Self {
        Self { standing: Standing::Learning, since: at, baseline: None, pending: None, doubts: 0, misses: 0, missed: at }
    }

    /// Whether the next look should come in a minute rather than in its turn: something is half known.
    pub fn soon(&self) -> bool {
        (self.standing == Standing::Learning && self.pending.is_some()) || self.doubts > 0 || (self.misses > 0 && self.standing != Standing::Down)
    }

    /// Whether visitors got the page; none if the watch point cannot tell.
    pub fn available(&self, sight: &Sight) -> Option<bool> {
        match sight {
            Sight::Page(now) => Some(!self.lost(now)),
            Sight::Down(_) => Some(false),
            Sight::Unknown(_) => None,
        }
    }

    /// How the page as it was seen last differs, while nobody has accepted it.
    pub fn finding(&self, thresholds: &Thresholds) -> Option<Finding> {
        let change = compare(self.baseline.as_ref()?, self.pending.as_ref()?);
        let verdict = judge(&change, thresholds);
        Some(Finding { change, verdict })
    }

    /// An error in place of the page that is known: its server works, the page is gone.
    fn lost(&self, now: &Snapshot) -> bool {
        now.status >= 400 && self.baseline.as_ref().is_some_and(|known| known.page.status != now.status)
    }

    /// Takes in one sight at `at` (Unix seconds) and tells what has happened.
    pub fn see(&mut self, sight: &Sight, at: i64, thresholds: &Thresholds) -> Vec<Happening> {
        match sight {
            Sight::Unknown(_) => Vec::new(),
            Sight::Down(reason) => self.miss(reason, at, thresholds),
            Sight::Page(now) if self.lost(now) => {
                let reason = Reason::new(Why::HomepageGone, &[("status", &now.status.to_string())]);
                self.miss(&reason, at, thresholds)
            }
            Sight::Page(now) => {
                let mut told = if self.standing == Standing::Down { vec![Happening::Back] } else { Vec::new() };
                self.misses = 0;
                told.extend(self.page(now, at, thresholds));
                told
            }
        }
    }

    fn stand(&mut self, standing: Standing, since: i64) {
        if self.standing != standing {
            (self.standing, self.since) = (standing, since);
        }
    }

    fn miss(&mut self, reason: &Reason, at: i64, thresholds: &Thresholds) -> Vec<Happening> {
        if self.misses == 0 {
            self.missed = at;
        }
        self.misses = self.misses.saturating_add(1);
        if self.misses < thresholds.misses || self.standing == Standing::Down {
            return Vec::new();
        }
        self.stand(Standing::Down, self.missed);
        vec![Happening::Down { since: self.missed, reason: reason.clone() }]
    }

    fn page(&mut self, now: &Snapshot, at: i64, thresholds: &Thresholds) -> Vec<Happening> {
        let Some(known) = &mut self.baseline else { return self.study(now, at, thresholds) };
        let change = compare(known, now);
        let verdict = judge(&change, thresholds);
        if let Weight::Alert(_) = verdict.weight {
            return self.doubt(now, at, Finding { change, verdict }, thresholds);
        }
        known.follow(now);
        self.doubts = 0;
        let returned = self.pending.take().map(|_| Happening::Returned);
        self.stand(Standing::Up, at);
        let drifted = (verdict.weight == Weight::Digest).then(|| Happening::Drifted(Box::new(Finding { change, verdict })));
        returned.into_iter().chain(drifted).collect()
    }

    /// The second fetch teaches what changes by itself, if it is the same page at all.
    fn study(&mut self, now: &Snapshot, at: i64, thresholds: &Thresholds) -> Vec<Happening> {
        let learnt =
            self.pending.as_ref().filter(|before| self.doubts >= ATTEMPTS || !alarming(before, now, thresholds)).map(|before| learn(before, now));
        match learnt {
            Some(known) => {
                (self.baseline, self.pending, self.doubts) = (Some(known), None, 0);
                self.stand(Standing::Up, at);
                vec![Happening::Began]
            }
            None => {
                self.doubts = if self.pending.is_some() { self.doubts + 1 } else { 0 };
                self.pending = Some(now.clone());
                self.stand(Standing::Learning, at);
                Vec::new()
            }
        }
    }

    fn doubt(&mut self, now: &Snapshot, at: i64, finding: Finding, thresholds: &Thresholds) -> Vec<Happening> {
        if self.pending.as_ref().is_some_and(|told| !alarming(told, now, thresholds)) {
            // The same change as was told of, in its latest form.
            (self.pending, self.doubts) = (Some(now.clone()), 0);
            self.stand(Standing::Changed, at);
            return Vec::new();
        }
        self.doubts = self.doubts.saturating_add(1);
        if self.doubts < thresholds.sights {
            let before = if self.pending.is_some() { Standing::Changed } else { Standing::Up };
            self.stand(before, at);
            return Vec::new();
        }
        (self.pending, self.doubts) = (Some(now.clone()), 0);
        self.stand(Standing::Changed, at);
        vec![Happening::Changed(Box::new(finding))]
    }

    /// A person says that the page is as it should be. It is learnt anew from what was seen last; false if there is nothing to accept.
    pub fn accept(&mut self, at: i64) -> bool {
        if self.baseline.is_none() || self.pending.is_none() {
            return false;
        }
        (self.baseline, self.doubts) = (None, 0);
        if self.standing != Standing::Down {
            self.stand(Standing::Learning, at);
        }
        true
    }
}

/// Whether `now` is another page than `before`.
fn alarming(before: &Snapshot, now: &Snapshot, thresholds: &Thresholds) -> bool {
    matches!(judge(&compare(&Baseline::of(before), now), thresholds).weight, Weight::Alert(_))
}
