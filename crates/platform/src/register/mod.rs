//! Who there is and what they have: the tree of organisations, their security organisation, systems and assets.
//!
//! Owns the tables `organisation_kind`, `organisation`, `organisation_name`, `post`, `classification_level`, `system`,
//! `asset`.
//! Holds always: every organisation has one path, its ancestors' ids and its own, `/id/id/`; nothing is deleted, its
//! period of validity ends; a code is used once.
//! Not here on purpose: who may sign in (`access`), and anything that is claimed or measured about an organisation.
//! Begin at [`organisation`], then [`actions`].

pub mod accounts;
pub mod actions;
pub mod api;
pub mod asset;
pub mod cli;
pub mod organisation;
pub mod pages;
pub mod plan;
pub mod post;
pub mod store;
pub mod system;
pub mod workbook;

#[cfg(test)]
mod tests;

use crate::base::actor::{Role, Verb};
use crate::base::area::{Area, Cli, CliRun, MenuEntry, Need, Route};

/// The area.
pub const AREA: Area = Area {
    name: "register",
    tables: &[include_str!("tables.sql")],
    texts: (include_str!("ja.ftl"), include_str!("en.ftl")),
    rights: &[
        (Role::Administrator, &[Verb::Read, Verb::Write, Verb::Manage]),
        (Role::Evaluator, &[Verb::Read, Verb::Write, Verb::Manage]),
        (Role::Ciso, &[Verb::Read, Verb::Write, Verb::Decide]),
        (Role::SystemManager, &[Verb::Read, Verb::Write]),
        (Role::Advisor, &[Verb::Read]),
        (Role::Auditor, &[Verb::Read]),
    ],
    routes: all_routes,
    menu: &[
        MenuEntry { path: "/register/organisations", text: "register-organisations", need: Some(Verb::Read) },
        MenuEntry { path: "/register/systems", text: "register-ledger", need: Some(Verb::Read) },
        MenuEntry { path: "/register/assets", text: "register-assets", need: Some(Verb::Read) },
        MenuEntry { path: "/register/gaps", text: "register-gaps", need: Some(Verb::Read) },
    ],
    jobs: &[],
    plan: None,
    cli: &[Cli { command: cli::command, run: CliRun::App(|cx, matches| Box::pin(cli::run(cx, matches))) }],
};

fn all_routes() -> Vec<Route> {
    routes().into_iter().chain(accounts::routes()).collect()
}

fn routes() -> Vec<Route> {
    const READ: Need = Need::May(Verb::Read);
    const WRITE: Need = Need::May(Verb::Write);
    const MANAGE: Need = Need::May(Verb::Manage);
    vec![
        Route::page("/register/organisations", READ, pages::organisations::organisations),
        Route::page("/register/organisations/new", MANAGE, pages::organisations::new),
        Route::form("/register/organisations/new", MANAGE, pages::organisations::new_sent),
        Route::page("/register/organisations/{organisation}", READ, pages::organisations::organisation),
        Route::page("/register/organisations/{organisation}/edit", MANAGE, pages::organisations::edit),
        Route::form("/register/organisations/{organisation}/edit", MANAGE, pages::organisations::edit_sent),
        Route::page("/register/organisations/{organisation}/end", MANAGE, pages::organisations::end),
        Route::form("/register/organisations/{organisation}/end", MANAGE, pages::organisations::end_sent),
        Route::page("/register/kinds", MANAGE, pages::organisations::kinds),
        Route::form("/register/kinds", MANAGE, pages::organisations::kinds_sent),
        Route::page("/register/gaps", READ, pages::gaps::gaps),
        Route::page("/register/organisations/{organisation}/posts/new", WRITE, pages::posts::new),
        Route::form("/register/organisations/{organisation}/posts/new", WRITE, pages::posts::new_sent),
        Route::page("/register/posts/{post}", WRITE, pages::posts::post),
        Route::form("/register/posts/{post}", WRITE, pages::posts::change_sent),
        Route::form("/register/posts/{post}/end", WRITE, pages::posts::end_sent),
        Route::page("/register/systems", READ, pages::systems::systems),
        Route::page("/register/systems/new", WRITE, pages::systems::new),
        Route::form("/register/systems/new", WRITE, pages::systems::new_sent),
        Route::page("/register/systems/{system}", READ, pages::systems::system),
        Route::page("/register/systems/{system}/edit", WRITE, pages::systems::edit),
        Route::form("/register/systems/{system}/edit", WRITE, pages::systems::edit_sent),
        Route::page("/register/assets", READ, pages::assets::assets),
        Route::page("/register/assets/new", WRITE, pages::assets::new),
        Route::form("/register/assets/new", WRITE, pages::assets::new_sent),
        Route::page("/register/assets/{asset}", WRITE, pages::assets::asset),
        Route::form("/register/assets/{asset}", WRITE, pages::assets::asset_sent),
        Route::page("/register/import", WRITE, pages::exchange::import),
        Route::form("/register/import", WRITE, pages::exchange::import_sent),
        Route::form("/register/import/confirm", WRITE, pages::exchange::import_confirm),
        Route::file("/register/export", READ, pages::exchange::export).query(&["format", "kind", "headers"]),
        Route::api("/api/v1/register/organisations", READ, "List the organisations within your reach", api::organisations)
            .gives::<Vec<organisation::Organisation>>(),
        Route::api("/api/v1/register/organisations/{organisation}", READ, "Read one organisation", api::organisation)
            .gives::<organisation::Organisation>(),
        Route::api_post("/api/v1/register/organisations", MANAGE, "Add an organisation", api::add_organisation)
            .takes::<organisation::NewOrganisation>()
            .gives::<api::Made>(),
        Route::api_post("/api/v1/register/organisations/{organisation}", MANAGE, "Change an organisation", api::change_organisation)
            .takes::<organisation::OrganisationLine>()
            .gives::<api::Made>(),
        Route::api_post("/api/v1/register/organisations/{organisation}/end", MANAGE, "End an organisation", api::end_organisation)
            .takes::<actions::EndOrganisation>()
            .gives::<api::Made>(),
        Route::api("/api/v1/register/kinds", READ, "List the kinds of organisation", api::kinds).gives::<Vec<organisation::OrganisationKind>>(),
        Route::api_post("/api/v1/register/kinds", MANAGE, "Add a kind of organisation or change its names", api::add_kind)
            .takes::<organisation::OrganisationKind>()
            .gives::<api::Made>(),
        Route::api("/api/v1/register/posts", READ, "List the current posts", api::posts).gives::<Vec<post::Post>>(),
        Route::api_post("/api/v1/register/posts", WRITE, "Add a post", api::add_post).takes::<post::NewPost>().gives::<api::Made>(),
        Route::api_post("/api/v1/register/posts/{post}", WRITE, "Change a post", api::change_post).takes::<post::NewPost>().gives::<api::Made>(),
        Route::api_post("/api/v1/register/posts/{post}/end", WRITE, "End a post", api::end_post).takes::<api::End>().gives::<api::Made>(),
        Route::api("/api/v1/register/gaps", READ, "List security organisations with what is missing", api::gaps).gives::<Vec<post::Security>>(),
        Route::api("/api/v1/register/systems", READ, "List the system ledger", api::systems).gives::<Vec<system::System>>(),
        Route::api("/api/v1/register/systems/{system}", READ, "Read one system", api::system).gives::<system::System>(),
        Route::api_post("/api/v1/register/systems", WRITE, "Add a system", api::add_system).takes::<system::NewSystem>().gives::<api::Made>(),
        Route::api_post("/api/v1/register/systems/{system}", WRITE, "Change a system", api::change_system)
            .takes::<system::NewSystem>()
            .gives::<api::Made>(),
        Route::api("/api/v1/register/assets", READ, "List the assets", api::assets).gives::<Vec<asset::Asset>>(),
        Route::api_post("/api/v1/register/assets", WRITE, "Add an asset", api::add_asset).takes::<asset::NewAsset>().gives::<api::Made>(),
        Route::api_post("/api/v1/register/assets/{asset}", WRITE, "Change an asset", api::change_asset)
            .takes::<asset::NewAsset>()
            .gives::<api::Made>(),
        Route::api_post("/api/v1/register/import", WRITE, "Import an XLSX or CSV file sent as the body, all or nothing", api::import)
            .query(&["name", "dry_run"])
            .gives::<api::ReportLine>(),
    ]
}
