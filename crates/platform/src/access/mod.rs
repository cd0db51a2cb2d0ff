//! Accounts, what they hold, and how people and programs sign in.
//!
//! Owns the tables `account`, `held_role`, `session`, `api_token`, `sign_in_link`, `sign_in_try`, `oidc_state`.
//! Holds always: secrets are stored as hashes only; a role is held in an organisation and everything below it.
//! Not here on purpose: what a role may do; that is one function, [`crate::base::actor::allows`].
//! Begin at [`layer`] (how a request gets its actor), then [`actions`].

pub mod layer;
pub mod password;
pub mod store;
pub mod actions;
pub mod pages;

use crate::base::actor::Verb;
use crate::base::area::{Area, MenuEntry, Need, Route};

/// The area.
pub const AREA: Area = Area {
    name: "access",
    tables: &[include_str!("tables.sql")],
    texts: (include_str!("ja.ftl"), include_str!("en.ftl")),
    routes,
    menu: &[MenuEntry { path: "/access/accounts", text: "access-accounts", need: Some(Verb::Manage) }],
    jobs: &[],
    plan: None,
    cli: None,
};

fn routes() -> Vec<Route> {
    vec![
        Route::page("/sign-in", Need::Public, pages::sign_in),
        Route::form("/sign-in", Need::Public, pages::sign_in_sent),
        Route::page("/sign-in/link/{link}", Need::Public, pages::sign_in_by_link),
        Route::form("/sign-out", Need::Public, pages::sign_out),
    ]
}
