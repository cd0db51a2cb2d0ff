//! What is asked: standards with editions, and what each organisation made of them.
//!
//! Owns the tables `standard`, `edition`, `requirement`, `parameter`, `adoption`, `exclusion`, `parameter_value`,
//! `own_requirement`, `own_document`, `alignment`.
//! Holds always: an edition never changes once it is stored; a requirement's code means the same in every edition that
//! asks it; nothing of a file with an error is stored; only a CISO says that an organisation follows a change.
//! Not here on purpose: reading OSCAL itself (`formats::oscal`), and whether anybody keeps a requirement (`inspections`).
//! Begin at [`requirement`], then [`actions`].

pub mod actions;
pub mod api;
pub mod change;
pub mod cli;
pub mod derived;
pub mod draft;
pub mod export;
pub mod extract;
pub mod pages;
pub mod profile;
pub mod requirement;
pub mod store;

#[cfg(test)]
mod tests;

use crate::base::actor::{Role, Verb};
use crate::base::area::{Area, Cli, CliRun, MenuEntry, Need, Route};

/// The area.
pub const AREA: Area = Area {
    name: "standards",
    tables: &[include_str!("tables.sql")],
    texts: (include_str!("ja.ftl"), include_str!("en.ftl")),
    rights: &[
        (Role::Administrator, &[Verb::Read, Verb::Write, Verb::Manage]),
        (Role::Evaluator, &[Verb::Read, Verb::Write, Verb::Manage]),
        (Role::Ciso, &[Verb::Read, Verb::Write, Verb::Decide]),
        (Role::Advisor, &[Verb::Read, Verb::Comment]),
        (Role::Auditor, &[Verb::Read]),
        (Role::SystemManager, &[Verb::Read]),
        (Role::Respondent, &[Verb::Read]),
    ],
    routes,
    menu: &[
        MenuEntry { path: pages::EDITIONS, text: "standards-standards", need: Some(Verb::Read) },
        MenuEntry { path: pages::ORGANISATIONS, text: "standards-organisations", need: Some(Verb::Read) },
    ],
    jobs: &[],
    plan: None,
    cli: &[Cli { command: cli::command, run: CliRun::App(|cx, matches| Box::pin(cli::run(cx, matches))) }],
};

fn routes() -> Vec<Route> {
    let read = Need::May(Verb::Read);
    let (manage, write, decide) = (Need::May(Verb::Manage), Need::May(Verb::Write), Need::May(Verb::Decide));
    vec![
        Route::page("/standards/editions", read, pages::editions),
        Route::page("/standards/editions/{edition}", read, pages::edition),
        Route::file("/standards/editions/{edition}/catalog.json", read, pages::catalog),
        Route::page("/standards/requirements/{requirement}", read, pages::requirement),
        Route::page("/standards/diff", read, pages::diff).query(&["from", "to"]),
        Route::file("/standards/diff.json", read, pages::diff_json).query(&["from", "to"]),
        Route::form("/standards/baseline", manage, pages::baseline),
        Route::page("/standards/import", manage, pages::import),
        Route::form("/standards/import", manage, pages::import_sent),
        Route::form("/standards/import/confirm", manage, pages::confirm),
        Route::page("/standards/organisations", read, pages::organisations),
        Route::form("/standards/adoptions", manage, pages::adopt_all),
        Route::page("/standards/organisations/{organisation}", read, pages::organisation),
        // The CISO, or the centre; the action decides.
        Route::form("/standards/organisations/{organisation}/adopt", read, pages::adopt),
        Route::page("/standards/organisations/{organisation}/align", read, pages::align),
        Route::form("/standards/organisations/{organisation}/align", decide, pages::align_sent),
        Route::form("/standards/organisations/{organisation}/exclusions", write, pages::exclude),
        Route::form("/standards/organisations/{organisation}/include", write, pages::include).query(&["code"]),
        Route::form("/standards/organisations/{organisation}/parameters", write, pages::set_parameter),
        Route::form("/standards/organisations/{organisation}/own-requirements", write, pages::own_sent),
        Route::form("/standards/own-requirements/{own_requirement}/end", write, pages::own_end),
        Route::form("/standards/organisations/{organisation}/documents", write, pages::document_sent),
        Route::form("/standards/documents/{own_document}/end", write, pages::document_end),
        Route::file("/standards/documents/{own_document}/file", read, pages::document),
        Route::file("/standards/organisations/{organisation}/profile.json", read, pages::profile),
        Route::api("/api/v1/standards/editions", read, "List the editions of every common standard", api::editions)
            .gives::<Vec<requirement::Edition>>(),
        Route::api("/api/v1/standards/editions/{edition}", read, "What an edition asks", api::edition).gives::<api::EditionFull>(),
        Route::api("/api/v1/standards/requirements/{requirement}", read, "One requirement", api::requirement).gives::<requirement::Requirement>(),
        Route::api("/api/v1/standards/diff", read, "What changed from one edition to another", api::diff).query(&["from", "to"]).gives::<api::Diff>(),
        Route::api_post("/api/v1/standards/import", manage, "Store an OSCAL catalog or profile, or with dry_run only examine it", api::import)
            .takes::<api::ImportBody>()
            .gives::<api::Imported>(),
        Route::api_post("/api/v1/standards/baseline", manage, "Store an edition of the baseline standard", api::baseline)
            .takes::<api::BaselineBody>()
            .gives::<api::Imported>(),
        Route::api("/api/v1/standards/organisations", read, "Where each organisation stands", api::derived::organisations)
            .gives::<Vec<derived::Standing>>(),
        Route::api_post("/api/v1/standards/adoptions", manage, "Put all that stand on no edition on one", api::derived::adopt_all)
            .takes::<api::derived::AdoptBody>()
            .gives::<api::derived::Counted>(),
        Route::api(
            "/api/v1/standards/organisations/{organisation}",
            read,
            "A derived standard, with what is left to align",
            api::derived::organisation,
        )
        .gives::<derived::Derived>(),
        Route::api_post("/api/v1/standards/organisations/{organisation}/adopt", read, "Adopt an edition", api::derived::adopt)
            .takes::<api::derived::AdoptBody>()
            .gives::<derived::Derived>(),
        Route::api_post(
            "/api/v1/standards/organisations/{organisation}/align",
            decide,
            "Confirm changes of the newest edition",
            api::derived::confirm,
        )
        .takes::<api::derived::ConfirmBody>()
        .gives::<api::derived::Counted>(),
        Route::api_post(
            "/api/v1/standards/organisations/{organisation}/exclusions",
            write,
            "Leave a requirement out, or take it in again",
            api::derived::exclude,
        )
        .takes::<api::derived::ExcludeBody>()
        .gives::<derived::Derived>(),
        Route::api_post(
            "/api/v1/standards/organisations/{organisation}/parameters",
            write,
            "Set a value the edition leaves open",
            api::derived::set_parameter,
        )
        .takes::<api::derived::ParameterBody>()
        .gives::<derived::Derived>(),
        Route::api_post(
            "/api/v1/standards/organisations/{organisation}/own-requirements",
            write,
            "Add an own requirement",
            api::derived::add_own_requirement,
        )
        .takes::<actions::NewOwnRequirement>()
        .gives::<derived::Derived>(),
        Route::api_post(
            "/api/v1/standards/own-requirements/{own_requirement}/end",
            write,
            "End an own requirement",
            api::derived::end_own_requirement,
        )
        .gives::<derived::Derived>(),
        Route::api_post(
            "/api/v1/standards/organisations/{organisation}/documents",
            write,
            "Add a document: a form with title, version and file",
            api::derived::add_document,
        )
        .gives::<derived::Derived>(),
        Route::api_post("/api/v1/standards/documents/{own_document}/end", write, "End a document", api::derived::end_document)
            .gives::<derived::Derived>(),
        Route::api("/api/v1/standards/organisations/{organisation}/profile", read, "A derived standard as an OSCAL profile", api::derived::profile)
            .gives::<serde_json::Value>(),
    ]
}
