//! Recommendations, improvement plans and exceptions, until a new measurement or an auditor closes them.
//!
//! Owns the tables `recommendation`, `recommendation_history`, `plan`, `plan_step`, `exemption`.
//! Holds always: no word of an organisation or of the centre closes a recommendation, only a newer measurement that is met
//! or an auditor; a measurement that decays reopens it; a plan is never overwritten; an exception never hides a finding
//! and ends by itself on its last day.
//! Not here on purpose: what the recommendation rests on (`evaluations`), and the measuring itself (`measurements`).
//! Begin at [`recommendation`], then [`actions`].

pub mod recommendation;
pub mod plan;
pub mod exemption;
pub mod store;

use crate::base::area::Area;

/// The area.
pub const AREA: Area = Area {
    name: "improvements",
    tables: &[include_str!("tables.sql")],
    texts: (include_str!("ja.ftl"), include_str!("en.ftl")),
    routes: Vec::new,
    menu: &[],
    jobs: &[],
    plan: None,
    cli: None,
};
