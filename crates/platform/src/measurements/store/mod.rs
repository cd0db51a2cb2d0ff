//! All SQL of the measurements.

mod observations;
mod runs;

pub use observations::{
    Key, Newest, Tally, evidence, history, insert, known_origins, latest, measured_in_run, newest, observation, set_newest, tally, verdicts,
};
pub use runs::{counts_of, insert_run, open_run, run, runs, runs_above, set_job, set_progress, set_state};
