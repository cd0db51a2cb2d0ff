//! Recommendations, improvement plans and exceptions, until a new measurement or an auditor closes them.

use crate::base::area::Area;

/// The area.
pub const AREA: Area = Area {
    name: "improvements",
    tables: &[],
    texts: (include_str!("ja.ftl"), include_str!("en.ftl")),
    routes: Vec::new,
    menu: &[],
    jobs: &[],
    plan: None,
    cli: None,
};
