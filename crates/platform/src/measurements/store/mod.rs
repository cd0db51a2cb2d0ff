//! All SQL of the measurements.

mod batch;
mod evidence;
mod observations;
mod regressions;
mod runs;
mod series;

pub use batch::{Kept, Wanted, batch};
pub use evidence::{Dropped, drop_evidence, evidence, evidence_of};
pub use observations::{
    Key, Newest, Tally, briefs, history, insert, known_origins, latest, measured_in_run, newest, observation, observations, of_run, set_newest,
    tally, verdicts,
};
pub use regressions::{Untold, insert_regressions, set_outcomes, take_untold};
pub use runs::{counts_of, insert_run, open_run, run, runs, runs_above, set_job, set_progress, set_state};
pub use series::{readings, since, since_decided, since_of};

use engine::judge::Profile;

use super::retention;
use super::setting::{DEFAULT_MAX_AGE, MAX_AGE, PROFILE, SCHEDULE, SUFFIXES, Schedule, Settings, Suffixes};
use crate::base::db::Tx;
use crate::base::error::Result;
use crate::base::settings::get;

/// What is set now.
pub async fn settings(tx: &mut Tx) -> Result<Settings> {
    Ok(Settings {
        suffixes: get(tx, SUFFIXES, Suffixes::default()).await?,
        schedule: get(tx, SCHEDULE, Schedule::default()).await?,
        max_age_days: get(tx, MAX_AGE, DEFAULT_MAX_AGE).await?,
        profile: get(tx, PROFILE, Profile::default()).await?,
        evidence_days: get(tx, retention::DAYS, retention::DEFAULT_DAYS).await?,
    })
}
