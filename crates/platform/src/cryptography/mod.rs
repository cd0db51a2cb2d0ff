//! The transition to stronger cryptography: what systems declare and what is measured of them, against a dated plan.
//!
//! Owns the tables `crypto_use`, `crypto_read`, `crypto_found`, `crypto_rule`, `crypto_exception`, `compromise`, `compromise_hit`.
//! Holds always: what is declared and what is measured stay apart; nothing is removed, it ends or is withdrawn; a compromise names
//! each system once, whenever it is found; what nobody knows is called unknown.
//! Not here on purpose: which algorithms there are, and where a system stands (`engine::crypto`); measuring (`measurements`); what
//! an organisation is asked to mend (`improvements`).
//! Begin at [`declaration`], [`rule`] and [`compromise`], then [`gather`].

pub mod actions;
pub mod api;
pub mod cli;
pub mod compromise;
pub mod declaration;
pub mod gather;
pub mod jobs;
pub mod pages;
pub mod rule;
pub mod sheet;
pub mod store;

#[cfg(test)]
mod tests;

use crate::base::actor::{Role, Verb};
use crate::base::area::{Area, Cli, CliRun, MenuEntry, Need, Route};
use crate::base::jobs::JobKind;

/// The area.
pub const AREA: Area = Area {
    name: "cryptography",
    tables: &[include_str!("tables.sql")],
    texts: (include_str!("ja.ftl"), include_str!("en.ftl")),
    rights: &[
        (Role::Administrator, &[Verb::Read, Verb::Write, Verb::Manage]),
        (Role::Evaluator, &[Verb::Read, Verb::Write, Verb::Manage]),
        (Role::Ciso, &[Verb::Read, Verb::Write]),
        (Role::SystemManager, &[Verb::Read, Verb::Write]),
        (Role::Advisor, &[Verb::Read]),
        (Role::Auditor, &[Verb::Read]),
    ],
    routes,
    menu: &[MenuEntry { path: "/cryptography", text: "cryptography-title", need: Some(Verb::Read) }],
    jobs: &[JobKind { name: jobs::LOOK, run: |cx, payload| Box::pin(jobs::look(cx, payload)) }],
    plan: Some(|app| Box::pin(jobs::plan(app))),
    cli: &[Cli { command: cli::command, run: CliRun::App(|cx, m| Box::pin(cli::run(cx, m))) }],
};

fn routes() -> Vec<Route> {
    let (read, write, manage) = (Need::May(Verb::Read), Need::May(Verb::Write), Need::May(Verb::Manage));
    vec![
        Route::page("/cryptography", read, pages::overview),
        Route::page("/cryptography/algorithms", read, pages::algorithms),
        Route::page("/cryptography/algorithms/{algorithm}", read, pages::algorithm),
        Route::page("/cryptography/systems/{system}", read, pages::system),
        Route::form("/cryptography/systems/{system}", write, pages::declare_sent),
        Route::form("/cryptography/uses/{crypto_use}/withdraw", write, pages::withdraw_sent),
        Route::page("/cryptography/plan", read, pages::plan),
        Route::form("/cryptography/plan", manage, pages::rule_sent),
        Route::page("/cryptography/plan/{crypto_rule}", read, pages::rule),
        Route::form("/cryptography/plan/{crypto_rule}/withdraw", manage, pages::rule_withdraw_sent),
        Route::form("/cryptography/plan/{crypto_rule}/exception", manage, pages::exception_sent),
        Route::page("/cryptography/compromises", read, pages::compromises),
        Route::page("/cryptography/compromises/new", manage, pages::compromise_new),
        Route::form("/cryptography/compromises/new", manage, pages::compromise_new_sent),
        Route::page("/cryptography/compromises/{compromise}", read, pages::compromise),
        Route::page("/cryptography/import", write, pages::import),
        Route::form("/cryptography/import", write, pages::import_sent),
        Route::file("/cryptography/export", read, pages::export).query(&["format"]),
        Route::api("/api/v1/cryptography/overview", read, "Progress of the transition: figures, plan and state of each system", api::overview)
            .gives::<api::OverviewOut>(),
        Route::api("/api/v1/cryptography/algorithms", read, "The vocabulary of algorithms with their strength", api::algorithms)
            .gives::<Vec<api::AlgorithmOut>>(),
        Route::api("/api/v1/cryptography/uses", read, "What systems declare", api::uses).gives::<Vec<declaration::Declaration>>(),
        Route::api_post("/api/v1/cryptography/uses", write, "Declare what a system uses; the same use again changes it", api::declare)
            .takes::<declaration::NewDeclaration>()
            .gives::<api::Written>(),
        Route::api_post("/api/v1/cryptography/uses/{crypto_use}/withdraw", write, "Withdraw a use declared by mistake", api::withdraw)
            .gives::<api::Written>(),
        Route::api("/api/v1/cryptography/plan", read, "The dated transition plan", api::plan).gives::<Vec<rule::PlanRule>>(),
        Route::api_post("/api/v1/cryptography/plan", manage, "Add a line to the plan, or change the one for the same use", api::rule_set)
            .takes::<rule::NewRule>()
            .gives::<api::Written>(),
        Route::api("/api/v1/cryptography/compromises", read, "Algorithms that were broken", api::compromises).gives::<Vec<compromise::Compromise>>(),
        Route::api_post(
            "/api/v1/cryptography/compromises",
            manage,
            "Record that an algorithm was broken; the systems it hits are listed and asked to act at once",
            api::compromise_record,
        )
        .takes::<compromise::NewCompromise>()
        .gives::<api::Written>(),
        Route::api("/api/v1/cryptography/compromises/{compromise}", read, "One broken algorithm with the systems it hits", api::compromise)
            .gives::<api::CompromiseOut>(),
        Route::api_post(
            "/api/v1/cryptography/import",
            write,
            "Take over declarations from CSV or XLSX sent as the body, all or nothing",
            api::import,
        )
        .query(&["name", "dry_run"])
        .takes::<serde_json::Value>()
        .gives::<api::ImportedOut>(),
    ]
}
