//! All SQL of the measurements.

mod observations;
mod runs;

pub use observations::{
    Tally, decided_before, evidence, history, insert, known_origins, latest, measured_in_run, observation, tally, verdicts,
};
pub use runs::{counts_of, insert_run, open_run, run, runs, set_job, set_progress, set_state};
