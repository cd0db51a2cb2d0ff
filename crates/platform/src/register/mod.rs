//! Who there is and what they have: the tree of organisations, their security organisation, systems and assets.
//!
//! Owns the tables `organisation_kind`, `organisation`, `organisation_name`, `post`, `classification_level`, `system`,
//! `asset`.
//! Holds always: every organisation has one path, its ancestors' ids and its own, `/id/id/`; nothing is deleted, its
//! period of validity ends; a code is used once.
//! Not here on purpose: who may sign in (`access`), and anything that is claimed or measured about an organisation.
//! Begin at [`organisation`], then [`actions`].

pub mod accounts;
pub mod organisation;
pub mod post;
pub mod system;
pub mod asset;
pub mod plan;
pub mod store;
pub mod actions;
pub mod pages;
pub mod api;

#[cfg(test)]
mod tests;

use crate::base::actor::Verb;
use crate::base::area::{Area, MenuEntry, Need, Route};

/// The area.
pub const AREA: Area = Area {
    name: "register",
    tables: &[include_str!("tables.sql")],
    texts: (include_str!("ja.ftl"), include_str!("en.ftl")),
    routes: all_routes,
    menu: &[MenuEntry { path: "/register/organisations", text: "register-organisations", need: Some(Verb::Read) }],
    jobs: &[],
    plan: None,
    cli: None,
};

fn all_routes() -> Vec<Route> {
    routes().into_iter().chain(accounts::routes()).collect()
}

fn routes() -> Vec<Route> {
    vec![
        Route::page("/register/organisations", Need::May(Verb::Read), pages::organisations),
        Route::page("/register/organisations/new", Need::May(Verb::Manage), pages::organisation_new),
        Route::form("/register/organisations/new", Need::May(Verb::Manage), pages::organisation_new_sent),
        Route::page("/register/organisations/{organisation}", Need::May(Verb::Read), pages::organisation),
        Route::api("/api/v1/register/organisations", Need::May(Verb::Read), "List the organisations within your reach", api::organisations)
            .gives::<Vec<organisation::Organisation>>(),
    ]
}
