//! Security reports, the annual report, and what is published to whom.
//!
//! Owns the tables `report`, `report_version`, `report_decision`, `report_comment`, `report_fact`, `report_incident`, and the
//! setting `reports.policy`.
//! Holds always: every save is a version and no version changes; an approval is of one version; everything that leaves is made
//! from a [`policy::Seen`], which only [`policy::see`] makes; the same version gives the same bytes.
//! Not here on purpose: computing numbers (`engine`), and deciding what is to be mended (`improvements`).
//! Begin at [`report`] (the fixed structure), [`tree`], then [`draft`].

pub mod report;
pub mod tree;
pub mod policy;
pub mod fact;
pub mod material;
pub mod draft;
pub mod paper;
pub mod render;
pub mod store;
pub mod gather;
pub mod actions;

#[cfg(test)]
mod tests;

use crate::base::area::Area;

/// The area.
pub const AREA: Area = Area {
    name: "reports",
    tables: &[include_str!("tables.sql")],
    texts: (include_str!("ja.ftl"), include_str!("en.ftl")),
    routes: Vec::new,
    menu: &[],
    jobs: &[],
    plan: None,
    cli: None,
};
