//! Recommendations, improvement plans and exceptions, until a new measurement or an auditor closes them.
//!
//! Owns the tables `recommendation`, `recommendation_history`, `recommendation_cause`, `plan`, `plan_step`, `exemption`.
//! Holds always: no word of an organisation or of the centre closes a recommendation, only a newer measurement that is met
//! or an auditor; a measurement that decays reopens it; a plan is never overwritten; an exception never hides a finding
//! and ends by itself on its last day.
//! Not here on purpose: what the recommendation rests on (`evaluations`), and the measuring itself (`measurements`).
//! Begin at [`recommendation`], then [`actions`].

pub mod actions;
pub mod api;
pub mod cli;
pub mod exemption;
pub mod gather;
pub mod jobs;
pub mod outcome;
pub mod pages;
pub mod plan;
pub mod recommendation;
pub mod store;

#[cfg(test)]
mod tests;

use crate::base::actor::{Role, Verb};
use crate::base::area::{Area, Cli, CliRun, MenuEntry, Need, Route};
use crate::base::jobs::JobKind;

/// The area.
pub const AREA: Area = Area {
    name: "improvements",
    tables: &[include_str!("tables.sql"), include_str!("tables_2.sql")],
    texts: (include_str!("ja.ftl"), include_str!("en.ftl")),
    rights: &[
        (Role::Administrator, &[Verb::Read]),
        (Role::Evaluator, &[Verb::Read, Verb::Manage]),
        (Role::Ciso, &[Verb::Read, Verb::Write, Verb::Decide]),
        (Role::Auditor, &[Verb::Read, Verb::Audit]),
        (Role::SystemManager, &[Verb::Read, Verb::Write]),
        (Role::Advisor, &[Verb::Read, Verb::Comment]),
    ],
    routes,
    menu: &[MenuEntry { path: "/improvements", text: "improvements-recommendations", need: Some(Verb::Read) }],
    jobs: &[JobKind { name: jobs::LOOK, run: |cx, payload| Box::pin(jobs::look(cx, payload)) }],
    plan: Some(|app| Box::pin(jobs::plan(app))),
    cli: &[Cli { command: cli::command, run: CliRun::App(|cx, m| Box::pin(cli::run(cx, m))) }],
};

fn routes() -> Vec<Route> {
    use Need::May;
    use Verb::{Audit, Decide, Manage, Read, Write};
    const ONE: &str = "/improvements/recommendations/{recommendation}";
    vec![
        Route::page("/improvements", May(Read), pages::recommendations),
        Route::form("/improvements/draft", May(Manage), pages::draft_sent),
        Route::form("/improvements/issue", May(Manage), pages::issue_all_sent),
        Route::form("/improvements/issuer", May(Manage), pages::issuer_sent),
        Route::page("/improvements/recommendations/new", May(Manage), pages::new),
        Route::form("/improvements/recommendations/new", May(Manage), pages::new_sent),
        Route::page(ONE, May(Read), pages::recommendation),
        Route::form("/improvements/recommendations/{recommendation}/edit", May(Manage), pages::edit),
        Route::form("/improvements/recommendations/{recommendation}/issue", May(Manage), pages::issue),
        Route::form("/improvements/recommendations/{recommendation}/plan", May(Decide), pages::plan),
        Route::form("/improvements/recommendations/{recommendation}/accept", May(Manage), pages::accept),
        Route::form("/improvements/recommendations/{recommendation}/return", May(Manage), pages::return_plan),
        Route::form("/improvements/recommendations/{recommendation}/steps/{number}/{what}", May(Write), pages::step),
        Route::form("/improvements/recommendations/{recommendation}/audit", May(Audit), pages::audit),
        Route::form("/improvements/recommendations/{recommendation}/withdraw", May(Manage), pages::withdraw),
        // The page belongs to the evaluation; what is done about it is known here.
        Route::page("/evaluations/cycles/{cycle}/organisations/{organisation}/requirements/{requirement}", May(Read), pages::triple),
        Route::page("/improvements/outcomes", May(Read), pages::outcomes).query(&["cycle"]),
        Route::page("/improvements/exceptions", May(Read), pages::exceptions),
        Route::page("/improvements/exceptions/new", May(Decide), pages::exemption_new),
        Route::form("/improvements/exceptions/new", May(Decide), pages::exemption_new_sent),
        Route::page("/improvements/exceptions/{exemption}", May(Read), pages::exemption),
        Route::form("/improvements/exceptions/{exemption}/approve", May(Manage), pages::exemption_approve),
        Route::form("/improvements/exceptions/{exemption}/refuse", May(Manage), pages::exemption_refuse),
        Route::form("/improvements/exceptions/{exemption}/withdraw", May(Read), pages::exemption_withdraw),
    ]
    .into_iter()
    .chain(api_routes())
    .collect()
}

fn api_routes() -> Vec<Route> {
    use Need::May;
    use Verb::{Audit, Decide, Manage, Read, Write};
    use api::{Made, Remark, Standings, Whole};
    vec![
        Route::api("/api/v1/improvements/recommendations", May(Read), "List the recommendations within your reach", api::recommendations)
            .query(&["cycle"])
            .gives::<Vec<recommendation::Recommendation>>(),
        Route::api_post("/api/v1/improvements/recommendations", May(Manage), "Draft a recommendation", api::draft)
            .takes::<actions::NewRecommendation>()
            .gives::<Made>(),
        Route::api_post("/api/v1/improvements/drafts", May(Manage), "Draft recommendations from an evaluation", api::draft_from_findings)
            .takes::<actions::NewDraft>()
            .gives::<actions::Drafted>(),
        Route::api("/api/v1/improvements/recommendations/{recommendation}", May(Read), "Read a recommendation", api::recommendation).gives::<Whole>(),
        Route::api_post("/api/v1/improvements/recommendations/{recommendation}/edit", May(Manage), "Change a draft", api::edit)
            .takes::<actions::Words>()
            .gives::<Whole>(),
        Route::api_post("/api/v1/improvements/recommendations/{recommendation}/issue", May(Manage), "Issue a draft", api::issue).gives::<Whole>(),
        Route::api_post("/api/v1/improvements/recommendations/{recommendation}/plan", May(Decide), "Answer with a plan", api::submit)
            .takes::<plan::NewPlan>()
            .gives::<Whole>(),
        Route::api_post("/api/v1/improvements/recommendations/{recommendation}/accept", May(Manage), "Accept the plan", api::accept)
            .takes::<Remark>()
            .gives::<Whole>(),
        Route::api_post("/api/v1/improvements/recommendations/{recommendation}/return", May(Manage), "Send the plan back", api::return_plan)
            .takes::<Remark>()
            .gives::<Whole>(),
        Route::api_post(
            "/api/v1/improvements/recommendations/{recommendation}/steps/{number}/{what}",
            May(Write),
            "Note a step of the plan as done or open",
            api::step,
        )
        .gives::<Whole>(),
        Route::api_post(
            "/api/v1/improvements/recommendations/{recommendation}/audit",
            May(Audit),
            "Close by an auditor's confirmation",
            api::close_by_audit,
        )
        .takes::<Remark>()
        .gives::<Whole>(),
        Route::api_post("/api/v1/improvements/recommendations/{recommendation}/withdraw", May(Manage), "Withdraw a recommendation", api::withdraw)
            .takes::<Remark>()
            .gives::<Whole>(),
        Route::api("/api/v1/improvements/outcomes", May(Read), "Count what became of recommendations, by organisation and over all", api::outcomes)
            .query(&["cycle"])
            .gives::<outcome::Outcomes>(),
        Route::api("/api/v1/improvements/exceptions", May(Read), "List the exceptions within your reach", api::exceptions).gives::<Vec<Standings>>(),
        Route::api_post("/api/v1/improvements/exceptions", May(Decide), "Ask for an exception", api::ask).takes::<actions::Ask>().gives::<Made>(),
        Route::api_post("/api/v1/improvements/exceptions/{exemption}/approve", May(Manage), "Grant an exception", api::approve)
            .takes::<api::Grant>()
            .gives::<Standings>(),
        Route::api_post("/api/v1/improvements/exceptions/{exemption}/refuse", May(Manage), "Refuse an exception", api::refuse)
            .takes::<Remark>()
            .gives::<Standings>(),
        Route::api_post("/api/v1/improvements/exceptions/{exemption}/withdraw", May(Read), "End an exception", api::withdraw_exception)
            .takes::<Remark>()
            .gives::<Standings>(),
    ]
}
