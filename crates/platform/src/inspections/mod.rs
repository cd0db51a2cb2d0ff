//! The yearly inspection: cycles, self-inspection, priority inspection, audit.
//!
//! Owns the tables `cycle`, `cycle_item`, `cycle_organisation`, `cycle_respondent`, `cycle_system`, `cycle_denominator`, `respondent`,
//! `respondent_system`, `respondent_link`, `reminder`, `answer`, `answer_version`, `submission`, `priority_unit`,
//! `priority_unit_version`, `audit_sample`, `finding`, `finding_version`.
//! Holds always: opening freezes edition, items, organisations, people, denominators and rules; after closing no answer changes; a
//! change keeps what was; an auditor's verdict is a row of its own and never touches a claim.
//! Not here on purpose: what the answers mean for an organisation (`evaluations`), and what probes saw (`measurements`).
//! Begin at [`cycle`], then [`actions`].

pub mod cycle;
pub mod respondent;
pub mod answer;
pub mod audit;
pub mod priority;
pub mod store;
pub mod actions;

#[cfg(test)]
mod tests;

use crate::base::area::Area;

/// The area.
pub const AREA: Area = Area {
    name: "inspections",
    tables: &[include_str!("tables.sql")],
    texts: (include_str!("ja.ftl"), include_str!("en.ftl")),
    routes: Vec::new,
    menu: &[],
    jobs: &[],
    plan: None,
    cli: None,
};
