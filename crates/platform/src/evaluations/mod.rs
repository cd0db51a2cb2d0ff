//! A closed cycle evaluated: figures, comparison, disagreement of claim, audit and measurement.

use crate::base::area::Area;

/// The area.
pub const AREA: Area = Area {
    name: "evaluations",
    tables: &[],
    texts: (include_str!("ja.ftl"), include_str!("en.ftl")),
    routes: Vec::new,
    menu: &[],
    jobs: &[],
    plan: None,
    cli: None,
};
