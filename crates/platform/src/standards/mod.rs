//! What is asked: standards with editions, and what each organisation made of them.
//!
//! Owns the tables `standard`, `edition`, `requirement`, `parameter`, `adoption`, `exclusion`, `parameter_value`,
//! `own_requirement`, `own_document`, `alignment`.
//! Holds always: an edition never changes once it is stored; a requirement's code means the same in every edition that
//! asks it; nothing of a file with an error is stored; only a CISO says that an organisation follows a change.
//! Not here on purpose: reading OSCAL itself (`formats::oscal`), and whether anybody keeps a requirement (`inspections`).
//! Begin at [`requirement`], then [`actions`].

pub mod requirement;
pub mod extract;
pub mod draft;
pub mod profile;
pub mod change;
pub mod store;
pub mod actions;
pub mod api;
pub mod pages;

#[cfg(test)]
mod tests;

use crate::base::actor::Verb;
use crate::base::area::{Area, MenuEntry, Need, Route};

/// The area.
pub const AREA: Area = Area {
    name: "standards",
    tables: &[include_str!("tables.sql")],
    texts: (include_str!("ja.ftl"), include_str!("en.ftl")),
    routes,
    menu: &[MenuEntry { path: pages::EDITIONS, text: "standards-standards", need: Some(Verb::Read) }],
    jobs: &[],
    plan: None,
    cli: None,
};

fn routes() -> Vec<Route> {
    let read = Need::May(Verb::Read);
    let manage = Need::May(Verb::Manage);
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
        Route::api("/api/v1/standards/editions", read, "List the editions of every common standard", api::editions)
            .gives::<Vec<requirement::Edition>>(),
        Route::api("/api/v1/standards/editions/{edition}", read, "What an edition asks", api::edition).gives::<api::EditionFull>(),
        Route::api("/api/v1/standards/requirements/{requirement}", read, "One requirement", api::requirement).gives::<requirement::Requirement>(),
        Route::api("/api/v1/standards/diff", read, "What changed from one edition to another", api::diff)
            .query(&["from", "to"])
            .gives::<api::Diff>(),
        Route::api_post("/api/v1/standards/import", manage, "Store an OSCAL catalog or profile, or with dry_run only examine it", api::import)
            .takes::<api::ImportBody>()
            .gives::<api::Imported>(),
        Route::api_post("/api/v1/standards/baseline", manage, "Store an edition of the baseline standard", api::baseline)
            .takes::<api::BaselineBody>()
            .gives::<api::Imported>(),
    ]
}
