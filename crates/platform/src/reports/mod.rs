//! Security reports, the annual report, and what is published to whom.
//!
//! Owns the tables `report`, `report_version`, `report_decision`, `report_comment`, `report_fact`, `report_incident`, and the
//! setting `reports.policy`.
//! Holds always: every save is a version and no version changes; an approval is of one version; everything that leaves is made
//! from a [`policy::Seen`], which only [`policy::see`] makes; the same version gives the same bytes.
//! Not here on purpose: computing numbers (`engine`), and deciding what is to be mended (`improvements`).
//! Begin at [`report`] (the fixed structure), [`tree`], then [`draft`].

pub mod actions;
pub mod api;
pub mod cli;
pub mod draft;
pub mod fact;
pub mod gather;
pub mod material;
pub mod pages;
pub mod paper;
pub mod policy;
pub mod render;
pub mod report;
pub mod store;
pub mod tree;

#[cfg(test)]
pub(crate) mod tests;

use crate::base::actor::Verb::{Comment, Decide, Manage, Read};
use crate::base::actor::{Role, Verb};
use crate::base::area::{Area, Cli, CliRun, MenuEntry, Need, Route};

/// The area.
pub const AREA: Area = Area {
    name: "reports",
    tables: &[include_str!("tables.sql")],
    texts: (include_str!("ja.ftl"), include_str!("en.ftl")),
    rights: &[
        (Role::Administrator, &[Verb::Read]),
        (Role::Evaluator, &[Verb::Read, Verb::Manage]),
        (Role::Ciso, &[Verb::Read, Verb::Write, Verb::Decide]),
        (Role::Advisor, &[Verb::Read, Verb::Comment]),
        (Role::Auditor, &[Verb::Read]),
    ],
    routes,
    menu: &[MenuEntry { path: "/reports", text: "reports", need: Some(Read) }, MenuEntry { path: "/public", text: "reports-public", need: None }],
    jobs: &[],
    plan: None,
    cli: &[Cli { command: cli::command, run: CliRun::App(|cx, matches| Box::pin(cli::run(cx, matches))) }],
};

fn routes() -> Vec<Route> {
    // Whoever may read a report reads the pages of its making; which of them may write, the action decides.
    let may = |verb: Verb| Need::May(verb);
    let mut routes = vec![
        Route::page("/reports", may(Read), pages::list),
        Route::form("/reports", may(Read), pages::begin),
        Route::form("/reports/all", may(Manage), pages::all_sent),
        Route::page("/reports/policy", may(Manage), pages::policy),
        Route::form("/reports/policy", may(Manage), pages::policy_sent),
        Route::page("/reports/peers", may(Read), pages::peers),
        Route::page("/reports/peers/{report}", may(Read), pages::peer),
        Route::file("/reports/peers/{report}/file", may(Read), pages::peer_file).query(&["format", "lang"]),
        Route::page("/reports/{report}", may(Read), pages::show).query(&["as", "version"]),
        Route::file("/reports/{report}/file", may(Read), pages::file).query(&["format", "as", "version", "lang"]),
        Route::page("/reports/{report}/texts", may(Read), pages::texts),
        Route::form("/reports/{report}/texts", may(Read), pages::texts_sent),
        Route::page("/reports/{report}/facts", may(Read), pages::facts),
        Route::form("/reports/{report}/facts", may(Read), pages::facts_sent),
        Route::form("/reports/{report}/incidents", may(Read), pages::incident_sent),
        Route::form("/reports/{report}/comments", may(Comment), pages::comment_sent),
        Route::form("/reports/{report}/redraft", may(Read), pages::redraft_sent),
        Route::form("/reports/{report}/approve", may(Read), pages::approve),
        Route::form("/reports/{report}/submit", may(Decide), pages::submit),
        Route::form("/reports/{report}/publish", may(Manage), pages::publish),
        Route::page("/public", Need::Public, pages::public),
        Route::page("/public/reports/{report}", Need::Public, pages::public_report),
        Route::file("/public/reports/{report}/file", Need::Public, pages::public_file).query(&["format", "lang"]),
    ];
    routes.extend(programs());
    routes
}

fn programs() -> Vec<Route> {
    use report::Report;
    vec![
        Route::api("/api/v1/reports", Need::May(Read), "List the reports within your reach", api::reports).gives::<Vec<Report>>(),
        Route::api_post("/api/v1/reports", Need::May(Read), "Begin a report, or draw its data anew", api::draft)
            .takes::<api::NewReport>()
            .gives::<Report>(),
        Route::api_post("/api/v1/reports/facts", Need::May(Read), "Enter facts and incidents of one organisation", api::enter)
            .takes::<actions::NewFacts>()
            .gives::<api::Done>(),
        Route::api_post("/api/v1/reports/facts/all", Need::May(Manage), "Enter facts and incidents of many organisations", api::enter_all)
            .takes::<Vec<actions::NewFacts>>()
            .gives::<api::Done>(),
        Route::api("/api/v1/reports/policy", Need::May(Manage), "Read the publication policy", api::policy).gives::<policy::Policy>(),
        Route::api_post("/api/v1/reports/policy", Need::May(Manage), "Set the publication policy", api::set_policy)
            .takes::<policy::Policy>()
            .gives::<policy::Policy>(),
        Route::api("/api/v1/reports/{report}", Need::May(Read), "Read a report as data, with remarks and decisions", api::report)
            .gives::<api::Shown>()
            .query(&["as", "version"]),
        Route::api_post("/api/v1/reports/{report}/texts", Need::May(Read), "Write texts, as a new version", api::write)
            .takes::<api::NewTexts>()
            .gives::<Report>(),
        Route::api_post("/api/v1/reports/{report}/redraft", Need::May(Read), "Draw the data anew, as a new version", api::redraft).gives::<Report>(),
        Route::api_post("/api/v1/reports/{report}/comments", Need::May(Comment), "Remark on the newest version", api::comment)
            .takes::<actions::NewComment>()
            .gives::<Report>(),
        Route::api_post("/api/v1/reports/{report}/approve", Need::May(Read), "Approve the newest version", api::approve)
            .takes::<api::NewDecision>()
            .gives::<Report>(),
        Route::api_post("/api/v1/reports/{report}/submit", Need::May(Decide), "Hand the approved version to the centre", api::submit)
            .takes::<api::NewDecision>()
            .gives::<Report>(),
        Route::api_post("/api/v1/reports/{report}/publish", Need::May(Manage), "Publish the submitted version", api::publish)
            .takes::<api::NewDecision>()
            .gives::<Report>(),
        Route::api("/api/v1/public/reports", Need::Public, "List what is published", api::published).gives::<Vec<api::Published>>(),
    ]
}
