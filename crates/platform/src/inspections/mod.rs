//! The yearly inspection: cycles, self-inspection, priority inspection, audit.

use crate::base::area::Area;

/// The area.
pub const AREA: Area = Area {
    name: "inspections",
    tables: &[],
    texts: (include_str!("ja.ftl"), include_str!("en.ftl")),
    routes: Vec::new,
    menu: &[],
    jobs: &[],
    plan: None,
    cli: None,
};
