//! A run: one asking for measurements, from the wish to the last target.

use engine::facts::{Check, Verdict};
use serde::{Deserialize, Serialize};

use crate::base::actor::OrganisationId;
use crate::base::id::Id;
use crate::base::jobs::JobId;

/// Marker of a run's id.
pub enum RunKind {}
/// A run's id.
pub type RunId = Id<RunKind>;

/// What a run is asked to measure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Asked {
    /// The code of the organisation; it and everything below is measured. Empty: all that the asker may measure.
    #[serde(default)]
    pub organisation: String,
    /// Only these registered domains; empty: all of them.
    #[serde(default)]
    pub targets: Vec<String>,
    /// Only these checks; empty: all of them.
    #[serde(default)]
    pub checks: Vec<String>,
}

impl Asked {
    /// Whether nothing is left out.
    pub fn is_whole(&self) -> bool {
        self.targets.is_empty() && self.checks.is_empty()
    }

    /// The checks asked for; a word that names none is left out.
    pub fn checks(&self) -> Vec<Check> {
        if self.checks.is_empty() {
            return Check::ALL.to_vec();
        }
        let mut checks: Vec<Check> = self.checks.iter().filter_map(|text| Check::parse(text)).collect();
        checks.sort();
        checks.dedup();
        checks
    }
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Not begun.
    Waiting,
    /// Under way.
    Running,
    /// Every target was measured.
    Done,
    /// Somebody stopped it; what was measured stays.
    Cancelled,
    /// It was given up; what was measured stays.
    Failed,
}

impl State {
    /// The stable spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }

    /// The state spelled `text`; what is unknown counts as failed.
    pub fn parse(text: &str) -> Self {
        [Self::Waiting, Self::Running, Self::Done, Self::Cancelled].into_iter().find(|state| state.as_str() == text).unwrap_or(Self::Failed)
    }

    /// Whether nothing more will happen.
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Waiting | Self::Running)
    }
}

/// How many observations had which verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Counts {
    /// Met.
    pub met: u64,
    /// Not met.
    pub not_met: u64,
    /// Does not apply.
    pub not_applicable: u64,
    /// Could not be measured, was never measured, or is too old.
    pub unknown: u64,
}

impl Counts {
    /// Counts `times` more of `verdict`.
    pub fn add(&mut self, verdict: Verdict, times: u64) {
        match verdict {
            Verdict::Met => self.met += times,
            Verdict::NotMet => self.not_met += times,
            Verdict::NotApplicable => self.not_applicable += times,
            Verdict::CouldNotMeasure | Verdict::Stale => self.unknown += times,
        }
    }

    /// Those that were met or not met.
    pub fn decided(&self) -> u64 {
        self.met + self.not_met
    }

    /// Those the rule applies to.
    pub fn applicable(&self) -> u64 {
        self.decided() + self.unknown
    }

    /// The figure `measured-met-rate` of them.
    pub fn rate(&self) -> engine::numbers::Figure {
        let coverage = engine::numbers::Coverage { known: self.decided(), all: self.applicable() };
        engine::numbers::Figure::share(&engine::numbers::MEASURED_MET_RATE, self.met, self.decided(), coverage)
    }
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.met += other.met;
        self.not_met += other.not_met;
        self.not_applicable += other.not_applicable;
        self.unknown += other.unknown;
    }
}

/// A run as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// It and everything below it was to be measured.
    pub organisation_id: OrganisationId,
    /// `person`, `schedule`, `import` or `rejudge`.
    pub origin: String,
    /// Whether nothing was left out.
    pub whole: bool,
    /// What was asked for.
    pub asked: Asked,
    /// Who asked.
    pub asked_by: String,
    /// Where it stands.
    pub state: State,
    /// The job that does it.
    pub job_id: Option<JobId>,
    /// When it was asked for.
    pub created_at: String,
    /// When it began.
    pub started_at: Option<String>,
    /// When it ended.
    pub finished_at: Option<String>,
    /// Targets in all; 0 before it began.
    pub targets: i64,
    /// Targets measured.
    pub done: i64,
    /// What came out.
    pub counts: Counts,
}
