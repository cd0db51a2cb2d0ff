//! A closed cycle evaluated: figures, comparison, disagreement of claim, audit and measurement.
//!
//! Owns the table `evaluation`; its data files lie in `blob`.
//! Holds always: a cycle has one evaluation, and evaluating again gives the same bytes; every number is one of
//! `engine::numbers`; no organisation has one mark; who is not the centre sees no other organisation's name or value.
//! Not here on purpose: how anything is computed (`engine::evaluate`), and what is done about it (`improvements`).
//! Begin at [`actions::evaluate`], then [`view`].

pub mod store;
pub mod view;
pub mod gather;
pub mod actions;

use crate::base::area::Area;

/// The area.
pub const AREA: Area = Area {
    name: "evaluations",
    tables: &[include_str!("tables.sql")],
    texts: (include_str!("ja.ftl"), include_str!("en.ftl")),
    routes: Vec::new,
    menu: &[],
    jobs: &[],
    plan: None,
    cli: None,
};
