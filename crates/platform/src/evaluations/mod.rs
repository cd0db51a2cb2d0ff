//! A closed cycle evaluated: figures, comparison, disagreement of claim, audit and measurement.
//!
//! Owns the table `evaluation`; its data files lie in `blob`.
//! Holds always: a cycle has one evaluation, and evaluating again gives the same bytes; every number is one of
//! `engine::numbers`; no organisation has one mark; who is not the centre sees no other organisation's name or value.
//! Not here on purpose: how anything is computed (`engine::evaluate`), and what is done about it (`improvements`).
//! Begin at [`actions::evaluate`], then [`view`].

pub mod actions;
pub mod api;
pub mod cli;
pub mod gather;
pub mod pages;
pub mod store;
pub mod view;

#[cfg(test)]
pub(crate) mod tests;

use crate::base::actor::{Role, Verb};
use crate::base::area::{Area, Cli, CliRun, MenuEntry, Need, Route};

/// The area.
pub const AREA: Area = Area {
    name: "evaluations",
    tables: &[include_str!("tables.sql")],
    texts: (include_str!("ja.ftl"), include_str!("en.ftl")),
    rights: &[
        (Role::Administrator, &[Verb::Read, Verb::Manage]),
        (Role::Evaluator, &[Verb::Read, Verb::Manage]),
        (Role::Ciso, &[Verb::Read]),
        (Role::Advisor, &[Verb::Read]),
        (Role::Auditor, &[Verb::Read]),
    ],
    routes,
    menu: &[MenuEntry { path: "/evaluations", text: "evaluations", need: Some(Verb::Read) }],
    jobs: &[],
    plan: None,
    cli: &[
        Cli { command: cli::command, run: CliRun::App(|cx, m| Box::pin(cli::run(cx, m))) },
        Cli { command: cli::of_cycle, run: CliRun::App(|cx, m| Box::pin(cli::run(cx, m))) },
    ],
};

fn routes() -> Vec<Route> {
    use Need::May;
    use Verb::{Manage, Read};
    vec![
        Route::page("/evaluations", May(Read), pages::cycles),
        Route::form("/evaluations/peers", May(Manage), pages::peers),
        Route::page("/evaluations/cycles/{cycle}", May(Read), pages::overview),
        Route::form("/evaluations/cycles/{cycle}/evaluate", May(Manage), pages::evaluate),
        Route::page("/evaluations/cycles/{cycle}/over-claims", May(Manage), pages::over_claims),
        Route::page("/evaluations/cycles/{cycle}/requirements", May(Manage), pages::requirements),
        Route::page("/evaluations/cycles/{cycle}/requirements/{requirement}", May(Manage), pages::requirement),
        Route::page("/evaluations/cycles/{cycle}/components", May(Manage), pages::components),
        Route::page("/evaluations/cycles/{cycle}/changes", May(Read), pages::changes),
        Route::page("/evaluations/cycles/{cycle}/importance", May(Read), pages::importance),
        Route::page("/evaluations/cycles/{cycle}/agreement", May(Manage), pages::agreement),
        Route::file("/evaluations/cycles/{cycle}/data", May(Manage), api::data),
        // `…/organisations/{organisation}/requirements/{requirement}` is answered by `improvements`, which adds to the three
        // facts of `pages::triple` what is done about them.
        Route::page("/evaluations/cycles/{cycle}/organisations/{organisation}", May(Read), pages::organisation),
        Route::api("/api/v1/evaluations/cycles", May(Read), "List the evaluations of cycles within your reach", api::evaluations)
            .gives::<Vec<store::Record>>(),
        Route::api("/api/v1/evaluations/cycles/{cycle}", May(Manage), "Read the whole evaluation of a cycle", api::evaluation)
            .gives::<serde_json::Value>(),
        Route::api(
            "/api/v1/evaluations/cycles/{cycle}/organisations/{organisation}",
            May(Read),
            "Read one organisation's results with the quartiles of all",
            api::organisation,
        )
        .gives::<serde_json::Value>(),
        Route::api_post("/api/v1/evaluations/cycles/{cycle}/evaluate", May(Manage), "Evaluate a closed cycle", api::evaluate)
            .gives::<store::Record>(),
        Route::api("/api/v1/evaluations/cycles/{cycle}/verify", May(Manage), "Compute again and compare the bytes", api::verify)
            .gives::<actions::Verified>(),
        Route::api("/api/v1/evaluations/peers", May(Manage), "Read what organisations learn about their place", api::peers)
            .gives::<actions::PeersPolicy>(),
        Route::api_post("/api/v1/evaluations/peers", May(Manage), "Set what organisations learn about their place", api::set_peers)
            .takes::<actions::PeersPolicy>()
            .gives::<actions::PeersPolicy>(),
    ]
}
