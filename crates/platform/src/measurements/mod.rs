//! What probes observe about registered targets, and what others observed about them.
//!
//! Owns the tables `measure_run`, `observation`, `observation_evidence`.
//! Holds always: a target is a domain of the register; an observation is never changed or removed; the same run, or the same
//! record imported again, adds nothing; "could not measure" is neither met nor not met.
//! Not here on purpose: how a check is made (`probe`), and what a verdict means beside claim and audit (`evaluations`).
//! Begin at [`observation`], then [`actions`] and [`jobs`].

pub mod observation;
pub mod run;
pub mod setting;
pub mod target;
pub mod store;
pub mod actions;
pub mod jobs;

#[cfg(test)]
mod tests;

use crate::base::area::Area;
use crate::base::jobs::JobKind;

/// The area.
pub const AREA: Area = Area {
    name: "measurements",
    tables: &[include_str!("tables.sql")],
    texts: (include_str!("ja.ftl"), include_str!("en.ftl")),
    routes: Vec::new,
    menu: &[],
    jobs: &[JobKind { name: "measurements.run", run: |cx, payload| Box::pin(jobs::run(cx, payload)) }],
    plan: Some(|app| Box::pin(jobs::plan(app))),
    cli: None,
};
