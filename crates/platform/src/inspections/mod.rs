//! The yearly inspection: cycles, self-inspection, priority inspection, audit.
//!
//! Owns the tables `cycle`, `cycle_item`, `cycle_organisation`, `cycle_respondent`, `cycle_system`, `cycle_denominator`, `cycle_exclusion`,
//! `respondent`, `respondent_system`, `respondent_link`, `reminder`, `answer`, `answer_version`, `submission`, `priority_unit`,
//! `priority_unit_version`, `audit_sample`, `finding`, `finding_version`.
//! Holds always: opening freezes edition, items, organisations, what their standards leave out, people, denominators and rules; after closing no answer changes; a
//! change keeps what was; an auditor's verdict is a row of its own and never touches a claim.
//! Not here on purpose: what the answers mean for an organisation (`evaluations`), and what probes saw (`measurements`).
//! Begin at [`cycle`], then [`actions`].

pub mod actions;
pub mod answer;
pub mod api;
pub mod audit;
pub mod cli;
pub mod cycle;
pub mod jobs;
pub mod pages;
pub mod priority;
pub mod rates;
pub mod respondent;
pub mod sheets;
pub mod store;
pub mod wire;

#[cfg(test)]
mod tests;

use crate::base::actor::{Role, Verb};
use crate::base::area::{Area, Cli, CliRun, MenuEntry, Need, Route};
use crate::base::jobs::JobKind;

/// The area.
pub const AREA: Area = Area {
    name: "inspections",
    tables: &[include_str!("tables.sql"), include_str!("tables_2.sql")],
    texts: (include_str!("ja.ftl"), include_str!("en.ftl")),
    rights: &[
        (Role::Administrator, &[Verb::Read, Verb::Manage]),
        (Role::Evaluator, &[Verb::Read, Verb::Manage]),
        (Role::Ciso, &[Verb::Read, Verb::Write, Verb::Decide]),
        (Role::Auditor, &[Verb::Read, Verb::Audit]),
        (Role::SystemManager, &[Verb::Read, Verb::Write]),
        (Role::Advisor, &[Verb::Read, Verb::Comment]),
    ],
    routes,
    menu: &[MenuEntry { path: pages::CYCLES, text: "inspections-cycles", need: Some(Verb::Read) }],
    jobs: &[JobKind { name: actions::REMIND, run: |cx, payload| Box::pin(jobs::remind(cx, payload)) }],
    plan: Some(|app| Box::pin(jobs::plan(app))),
    cli: &[Cli { command: cli::command, run: CliRun::App(|cx, m| Box::pin(cli::run(cx, m))) }],
};

fn routes() -> Vec<Route> {
    use Need::{Link, May};
    use Verb::{Audit, Decide, Manage, Read};
    let mut routes = vec![
        Route::page("/answer", Link, pages::answer::answer),
        Route::form("/answer", Link, pages::answer::answer_sent),
        Route::page("/answer/link/{link}", Need::Public, pages::answer::link),
        Route::page("/inspections/cycles", May(Read), pages::cycles::cycles),
        Route::page("/inspections/cycles/new", May(Manage), pages::cycles::cycle_new),
        Route::form("/inspections/cycles/new", May(Manage), pages::cycles::cycle_new_sent),
        Route::page("/inspections/cycles/{cycle}", May(Read), pages::cycle::cycle),
        Route::form("/inspections/cycles/{cycle}/announce", May(Manage), pages::cycle::announce),
        Route::form("/inspections/cycles/{cycle}/open", May(Manage), pages::cycle::open),
        Route::form("/inspections/cycles/{cycle}/close", May(Manage), pages::cycle::close),
        Route::form("/inspections/cycles/{cycle}/publish", May(Manage), pages::cycle::publish),
        Route::page("/inspections/cycles/{cycle}/reminders", May(Manage), pages::reminders::reminders),
        Route::form("/inspections/cycles/{cycle}/reminders", May(Manage), pages::reminders::remind),
        Route::form("/inspections/cycles/{cycle}/reminders/stop", May(Manage), pages::reminders::stop),
        Route::form("/inspections/cycles/{cycle}/links", May(Manage), pages::cycle::links),
        Route::page("/inspections/cycles/{cycle}/items/{requirement}", May(Read), pages::item::item),
        Route::page("/inspections/cycles/{cycle}/organisations/{organisation}", May(Read), pages::organisation::organisation),
        Route::file("/inspections/cycles/{cycle}/organisations/{organisation}/sheet", May(Read), pages::organisation::sheet),
        Route::form("/inspections/cycles/{cycle}/organisations/{organisation}/sheet", May(Read), pages::organisation::sheet_sent),
        Route::page("/inspections/cycles/{cycle}/organisations/{organisation}/people", May(Read), pages::organisation::people),
        Route::form("/inspections/cycles/{cycle}/organisations/{organisation}/links", May(Read), pages::organisation::links),
        Route::form("/inspections/cycles/{cycle}/organisations/{organisation}/approve", May(Decide), pages::organisation::approve),
        Route::page("/inspections/cycles/{cycle}/organisations/{organisation}/items/{requirement}", May(Read), pages::item::organisation_item),
        Route::form("/inspections/cycles/{cycle}/organisations/{organisation}/items/{requirement}", May(Audit), pages::item::finding),
        Route::file("/inspections/cycles/{cycle}/evidence/{evidence}", May(Read), pages::item::evidence),
        Route::page("/inspections/cycles/{cycle}/audit", May(Read), pages::audit::audit),
        Route::form("/inspections/cycles/{cycle}/audit", May(Read), pages::audit::draw),
        Route::page("/inspections/cycles/{cycle}/priority", May(Read), pages::priority::priority),
        Route::form("/inspections/cycles/{cycle}/priority", May(Read), pages::priority::priority_sent),
        Route::file("/inspections/cycles/{cycle}/priority/sheet", May(Read), pages::priority::sheet),
        Route::form("/inspections/cycles/{cycle}/priority/sheet", May(Read), pages::priority::sheet_sent),
        Route::page("/inspections/respondents", May(Read), pages::respondents::respondents),
        Route::file("/inspections/respondents/sheet", May(Read), pages::respondents::sheet),
        Route::form("/inspections/respondents/sheet", May(Read), pages::respondents::sheet_sent),
    ];
    routes.extend(api::routes());
    routes
}
