//! What probes observe about registered targets.

use crate::base::area::Area;

/// The area.
pub const AREA: Area = Area {
    name: "measurements",
    tables: &[],
    texts: (include_str!("ja.ftl"), include_str!("en.ftl")),
    routes: Vec::new,
    menu: &[],
    jobs: &[],
    plan: None,
    cli: None,
};
