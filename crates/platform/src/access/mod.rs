//! Accounts, what they hold, and how people and programs sign in.
//!
//! Owns the tables `account`, `held_role`, `session`, `api_token`, `sign_in_link`, `sign_in_try`, `oidc_state`.
//! Holds always: secrets are stored as hashes only; a role is held in an organisation and everything below it.
//! Not here on purpose: what a role may do; each area says so, and one function decides, [`crate::base::actor::allows`].
//! Begin at [`layer`] (how a request gets its actor), then [`actions`].

pub mod actions;
pub mod api;
pub mod layer;
pub mod oidc;
pub mod pages;
pub mod password;
pub mod store;

#[cfg(test)]
mod tests;

use crate::base::actor::{Role, Verb};
use crate::base::area::{Area, MenuEntry, Need, Route};

/// The area.
pub const AREA: Area = Area {
    name: "access",
    tables: &[include_str!("tables.sql"), include_str!("tables_2.sql")],
    texts: (include_str!("ja.ftl"), include_str!("en.ftl")),
    // Accounts are the administrator's; the audit log the evaluator reads too.
    rights: &[(Role::Administrator, &Verb::ALL), (Role::Evaluator, &[Verb::Read])],
    routes,
    menu: &[
        MenuEntry { path: "/access/accounts", text: "access-accounts", need: Some(Verb::Manage) },
        MenuEntry { path: "/access/audit", text: "access-audit", need: Some(Verb::Read) },
    ],
    jobs: &[],
    plan: None,
    cli: &[],
};

fn routes() -> Vec<Route> {
    vec![
        Route::page("/sign-in", Need::Public, pages::sign_in),
        Route::form("/sign-in", Need::Public, pages::sign_in_sent),
        Route::page("/sign-in/link/{link}", Need::Public, pages::link),
        Route::form("/sign-in/link/{link}", Need::Public, pages::link_sent),
        Route::page("/sign-in/oidc", Need::Public, oidc::begin),
        Route::page("/sign-in/oidc/back", Need::Public, oidc::back),
        Route::form("/sign-out", Need::Public, pages::sign_out),
        Route::page("/access/own", Need::Known, pages::own::own),
        Route::form("/access/own/password", Need::Known, pages::own::password),
        Route::form("/access/own/language", Need::Known, pages::own::language),
        Route::form("/access/own/sessions/end", Need::Known, pages::own::end_sessions),
        Route::form("/access/own/sessions/{session}/end", Need::Known, pages::own::end_session),
        Route::form("/access/own/tokens", Need::Known, pages::own::make_token),
        Route::form("/access/own/tokens/{api_token}/revoke", Need::Known, pages::own::revoke_token),
        Route::api("/api/v1/access/own", Need::Known, "Who one is: one's own account with its roles", api::own).gives::<store::AccountRow>(),
        Route::api_post("/api/v1/access/own/language", Need::Known, "Say in which language one wants mail: `ja`, `en`, or both", api::language)
            .takes::<api::LanguageIn>()
            .gives::<store::AccountRow>(),
        Route::api("/api/v1/access/own/tokens", Need::Known, "List one's own API tokens, without their secrets", api::tokens)
            .gives::<Vec<store::TokenRow>>(),
        Route::api_post("/api/v1/access/own/tokens/{api_token}/revoke", Need::Known, "Revoke one of one's own API tokens", api::revoke_token)
            .gives::<Vec<store::TokenRow>>(),
        Route::api_post("/api/v1/access/own/sessions/end", Need::Known, "Sign out everywhere", api::end_sessions).gives::<store::AccountRow>(),
    ]
}
