//! What probes observe about registered targets, and what others observed about them.
//!
//! Owns the tables `measure_run`, `observation`, `observation_evidence`, `evidence_pack`, `evidence_use`, `observation_newest`,
//! `observation_head`, `regression`, of the homepage watch `homepage`, `homepage_event`, `homepage_evidence`, `homepage_day`, and of DMARC
//! aggregate reports `aggregate_report`, `aggregate_source`, `reported_selector`.
//! Holds always: a target is a domain of the register; an observation is never changed or removed, only its raw evidence, when its time is
//! over; the same run, or the same record imported again, adds nothing; "could not measure" is neither met nor not met.
//! Not here on purpose: how a check is made (`probe`), and what a verdict means beside claim and audit (`evaluations`).
//! Begin at [`observation`], then [`actions`] and [`jobs`].

pub mod actions;
pub mod aggregate_reports;
pub mod api;
pub mod cli;
pub mod evidence;
pub mod gather;
pub mod homepages;
pub mod import;
pub mod jobs;
pub mod observation;
pub mod oscal;
pub mod pages;
pub mod regression;
pub mod retention;
pub mod run;
pub mod series;
pub mod setting;
pub mod standing;
pub mod store;
pub mod target;

#[cfg(test)]
pub(crate) mod tests;

use crate::base::actor::{Role, Verb};
use crate::base::area::{Area, Cli, CliRun, MenuEntry, Need, Route};
use crate::base::jobs::JobKind;

/// The area.
pub const AREA: Area = Area {
    name: "measurements",
    tables: &[include_str!("tables.sql"), include_str!("tables_2.sql"), include_str!("tables_3.sql"), include_str!("tables_4.sql")],
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
    menu: &[MenuEntry { path: "/measurements", text: "measurements-title", need: Some(Verb::Read) }],
    jobs: &[
        JobKind { name: "measurements.run", run: |cx, payload| Box::pin(jobs::run(cx, payload)) },
        JobKind { name: "measurements.rejudge", run: |cx, payload| Box::pin(jobs::rejudge(cx, payload)) },
        JobKind { name: retention::jobs::JOB, run: |cx, payload| Box::pin(retention::jobs::tidy(cx, payload)) },
        JobKind { name: homepages::jobs::JOB, run: |cx, payload| Box::pin(homepages::jobs::look(cx, payload)) },
        JobKind { name: actions::TELL, run: |cx, payload| Box::pin(jobs::tell(cx, payload)) },
    ],
    plan: Some(|app| {
        Box::pin(async move {
            homepages::jobs::plan(app.clone()).await?;
            retention::jobs::plan(app.clone()).await?;
            jobs::plan(app).await
        })
    }),
    cli: &[
        Cli { command: cli::measure::command, run: CliRun::App(|cx, m| Box::pin(cli::measure::run(cx, m))) },
        Cli { command: cli::probe::command, run: CliRun::Alone(|cx, m| Box::pin(cli::probe::run(cx, m))) },
        Cli { command: cli::spf::command, run: CliRun::Alone(|cx, m| Box::pin(cli::spf::run(cx, m))) },
    ],
};

fn routes() -> Vec<Route> {
    let (read, write, manage) = (Need::May(Verb::Read), Need::May(Verb::Write), Need::May(Verb::Manage));
    let mut routes = vec![
        Route::page("/measurements", read, pages::overview),
        Route::page("/measurements/organisations/{organisation}", read, pages::organisation),
        Route::page("/measurements/organisations/{organisation}/observations", read, pages::observations),
        Route::page("/measurements/compare", read, pages::compare),
        Route::page("/measurements/targets/{asset}", read, pages::target),
        Route::page("/measurements/observations/{observation}", read, pages::observation),
        Route::page("/measurements/runs", read, pages::runs),
        Route::form("/measurements/runs", write, pages::run_sent),
        Route::page("/measurements/runs/{measure_run}", read, pages::run),
        Route::form("/measurements/runs/{measure_run}/cancel", write, pages::cancel_sent),
        Route::form("/measurements/rejudge", write, pages::rejudge_sent),
        Route::page("/measurements/import", write, pages::import),
        Route::form("/measurements/import", write, pages::import_sent),
        Route::page("/measurements/settings", manage, pages::settings),
        Route::form("/measurements/settings", manage, pages::settings_sent),
        Route::api("/api/v1/measurements/overview", read, "How each organisation stands in each check", api::overview).gives::<Vec<api::Stands>>(),
        Route::api("/api/v1/measurements/targets", read, "List the registered domains that are measured", api::targets)
            .gives::<Vec<api::TargetOut>>(),
        Route::api("/api/v1/measurements/observations", read, "The newest observation of each target and check", api::observations)
            .query(&["organisation", "target", "check", "verdict"])
            .gives::<Vec<observation::Observation>>(),
        Route::api("/api/v1/measurements/ocsf", read, "The newest observations as OCSF Compliance Findings, for other products", api::ocsf)
            .query(&["organisation", "target", "check", "verdict"])
            .gives::<Vec<serde_json::Value>>(),
        Route::api(
            "/api/v1/measurements/history",
            read,
            "Every observation in the order in which it was kept, page after page: ask again with `cursor` as `next` says",
            api::history,
        )
        .query(&["cursor", "limit", "since", "organisation", "target", "check"])
        .gives::<api::Batch>(),
        Route::api("/api/v1/measurements/unmet", read, "What is not met now, since when, and what to do", api::unmet)
            .query(&["organisation", "target", "check"])
            .gives::<Vec<api::Unmet>>(),
        Route::api("/api/v1/measurements/oscal", read, "The newest observations as OSCAL assessment results", api::results)
            .query(&["organisation", "target", "check", "verdict"])
            .gives::<serde_json::Value>(),
        Route::api("/api/v1/measurements/observations/{observation}", read, "One observation with its raw evidence", api::observation)
            .gives::<api::ObservationFull>(),
        Route::api("/api/v1/measurements/runs", read, "List the newest runs", api::runs).gives::<Vec<run::Run>>(),
        Route::api_post("/api/v1/measurements/runs", write, "Ask for measurements; a job does them", api::run_ask)
            .takes::<run::Asked>()
            .gives::<api::Made>(),
        Route::api_post(
            "/api/v1/measurements/rejudge",
            write,
            "Judge the newest kept evidence again under the rules as they are set now",
            api::rejudge_ask,
        )
        .takes::<run::Asked>()
        .gives::<api::Made>(),
        Route::api("/api/v1/measurements/runs/{measure_run}", read, "One run: how far it is, what came out", api::run).gives::<run::Run>(),
        Route::api_post("/api/v1/measurements/runs/{measure_run}/cancel", write, "Stop a run; what it has measured stays", api::run_cancel)
            .gives::<api::Made>(),
        Route::api_post(
            "/api/v1/measurements/import",
            write,
            "Take in observations made elsewhere: OCSF Compliance Findings (JSON, JSON lines), CSV or XLSX as the body; all or nothing",
            api::import,
        )
        .query(&["name", "dry_run"])
        .takes::<serde_json::Value>()
        .gives::<api::ImportedOut>(),
        Route::api(
            "/api/v1/measurements/settings",
            manage,
            "Allowed suffixes, daily run, age at which observations are stale, profile of the rules, days raw evidence is kept",
            api::settings,
        )
        .gives::<setting::Settings>(),
        Route::api_post("/api/v1/measurements/settings", manage, "Change them; what is left out stays", api::settings_set)
            .takes::<api::SettingsIn>()
            .gives::<setting::Settings>(),
    ];
    routes.extend(homepages::routes());
    routes.extend(aggregate_reports::routes());
    routes
}
