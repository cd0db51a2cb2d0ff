//! What is asked: standards with editions, and what each organisation made of them.
//!
//! Owns the tables `standard`, `edition`, `requirement`, `parameter`, `adoption`, `exclusion`, `parameter_value`,
//! `own_requirement`, `own_document`, `alignment`.
//! Holds always: an edition never changes once it is stored; a requirement's code means the same in every edition that
//! asks it; nothing of a file with an error is stored; only a CISO says that an organisation follows a change.
//! Not here on purpose: reading OSCAL itself (`formats::oscal`), and whether anybody keeps a requirement (`inspections`).
//! Begin at [`requirement`], then [`actions`].

pub mod requirement;
pub mod extract;
pub mod draft;
pub mod profile;
pub mod change;
pub mod store;
pub mod actions;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod shared_tests;

use crate::base::area::Area;

/// The area.
pub const AREA: Area = Area {
    name: "standards",
    tables: &[include_str!("tables.sql")],
    texts: (include_str!("ja.ftl"), include_str!("en.ftl")),
    routes: Vec::new,
    menu: &[],
    jobs: &[],
    plan: None,
    cli: None,
};
