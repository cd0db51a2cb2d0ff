//! What is asked: standards with editions, and what each organisation made of them.

use crate::base::area::Area;

/// The area.
pub const AREA: Area = Area {
    name: "standards",
    tables: &[],
    texts: (include_str!("ja.ftl"), include_str!("en.ftl")),
    routes: Vec::new,
    menu: &[],
    jobs: &[],
    plan: None,
    cli: None,
};
