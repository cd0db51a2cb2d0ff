//! Security reports, the annual report, and what is published to whom.

use crate::base::area::Area;

/// The area.
pub const AREA: Area = Area {
    name: "reports",
    tables: &[],
    texts: (include_str!("ja.ftl"), include_str!("en.ftl")),
    routes: Vec::new,
    menu: &[],
    jobs: &[],
    plan: None,
    cli: None,
};
