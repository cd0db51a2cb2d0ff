//! The list of standards and editions, and one edition.

use axum::extract::Path;

use super::{EDITIONS, applies_to, evidence, link, roles};
use crate::base::actor::Verb;
use crate::base::blobs;
use crate::base::cx::Cx;
use crate::base::error::Result;
use crate::base::view::cell::Cell;
use crate::base::view::form::{Form, Input};
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::base::view::respond::{File, Go};
use crate::standards::requirement::{Edition, EditionId};
use crate::standards::{actions, store};

/// Every edition of every standard, and what one can do with them.
pub async fn editions(cx: Cx) -> Result<Page> {
    let mut tx = cx.read().await?;
    let editions = store::editions(&mut tx).await?;
    let manage = cx.actor.may("standards", Verb::Manage);
    let list = List::new("editions", cx.t("standards-editions"))
        .column(cx.t("standards-title"))
        .column(cx.t("standards-code"))
        .column(cx.t("standards-version"))
        .column(cx.t("standards-requirements"))
        .column(cx.t("standards-published-on"))
        .empty(cx.t(if manage { "standards-editions-empty-manage" } else { "standards-editions-empty" }))
        .rows(editions.iter().rev().map(|one| {
            vec![
                Cell::link(format!("{EDITIONS}/{}", one.id), one.title(cx.lang)),
                Cell::text(&*one.standard_code),
                Cell::text(&*one.version),
                Cell::int(one.requirements),
                Cell::text(&*one.published_on),
            ]
        }));
    let mut page = cx.page(cx.t("standards-standards")).lead(cx.t("standards-lead")).list(list);
    if editions.len() > 1 {
        page = page.form(comparison(&cx, &editions, None, None).heading(cx.t("standards-compare")));
    }
    if manage {
        // The newest first: it is the one to choose, unless an older one was already announced.
        for number in (1..=2).rev() {
            let stored = editions.iter().any(|one| one.standard_code == actions::BASELINE && one.version == number.to_string());
            if !stored {
                let words = cx.tv("standards-baseline-ship", &[("number", number.to_string())]);
                page = page.form(Form::post("/standards/baseline", words).hidden("number", number.to_string()));
            }
        }
        page = page.links(vec![("/standards/import".to_owned(), cx.t("standards-import"))]);
    }
    Ok(page)
}

/// The form that asks for the difference of two editions.
pub(super) fn comparison(cx: &Cx, editions: &[Edition], from: Option<&EditionId>, to: Option<&EditionId>) -> Form {
    let choices: Vec<(String, String)> = editions
        .iter()
        .map(|one| {
            (one.id.to_string(), cx.tv("standards-edition-named", &[("title", one.title(cx.lang).to_owned()), ("version", one.version.clone())]))
        })
        .collect();
    // The last two are what one mostly wants to compare.
    let last = |back: usize| editions.iter().rev().nth(back).map(|one| one.id.to_string()).unwrap_or_default();
    Form::get("/standards/diff", cx.t("standards-compare-show"))
        .field("from", cx.t("standards-compare-from"), Input::Select(choices.clone()))
        .value(from.map_or_else(|| last(1), EditionId::to_string))
        .field("to", cx.t("standards-compare-to"), Input::Select(choices))
        .value(to.map_or_else(|| last(0), EditionId::to_string))
}

/// One edition, by block and theme.
pub async fn edition(cx: Cx, Path(id): Path<EditionId>) -> Result<Page> {
    let mut tx = cx.read().await?;
    let edition = store::edition(&mut tx, &id).await?;
    let requirements = store::requirements(&mut tx, &id).await?;
    let before = store::editions_of(&mut tx, &edition.standard_id).await?.into_iter().rev().find(|one| one.position < edition.position);
    let list = List::new("requirements", cx.t("standards-requirements"))
        .column(cx.t("standards-number"))
        .column(cx.t("standards-requirement"))
        .choice(cx.t("standards-block"))
        .choice(cx.t("standards-theme"))
        .choice(cx.t("standards-role"))
        .choice(cx.t("standards-applies-to"))
        .choice(cx.t("standards-evidence"))
        .choice(cx.t("standards-priority"))
        .rows(requirements.iter().map(|one| {
            vec![
                link(one),
                Cell::text(one.title(cx.lang)),
                Cell::text(one.block_name(cx.lang)),
                Cell::text(one.theme_name(cx.lang)),
                Cell::text(roles(&cx, one)),
                Cell::text(applies_to(&cx, one.applies_to)),
                Cell::text(evidence(&cx, one)),
                Cell::text(if one.priority_inspection {
                    cx.tv("standards-priority-inspected", &[("priority", one.priority.to_string())])
                } else {
                    one.priority.to_string()
                }),
            ]
        }));
    let mut links = vec![(format!("{EDITIONS}/{id}/catalog.json"), cx.t("standards-catalog-download"))];
    if let Some(before) = before {
        links.insert(0, (format!("/standards/diff?from={}&to={id}", before.id), cx.tv("standards-diff-before", &[("version", before.version)])));
    }
    Ok(cx
        .page(edition.title(cx.lang))
        .crumb(EDITIONS, cx.t("standards-standards"))
        .facts(vec![
            (cx.t("standards-version"), Cell::text(&*edition.version)),
            (cx.t("standards-published-on"), Cell::text(&*edition.published_on)),
            (cx.t("standards-requirements"), Cell::int(edition.requirements)),
            (cx.t("standards-spelled"), Cell::text(edition.spelled())),
            (cx.t("standards-source-file"), Cell::text(&*edition.source_name)),
            (cx.t("standards-oscal-version"), Cell::text(&*edition.oscal_version)),
            (cx.t("standards-imported-at"), Cell::text(crate::base::dates::show_stamp(&edition.imported_at))),
        ])
        .links(links)
        .list(list))
}

/// An edition's catalog as it was taken in.
pub async fn catalog(cx: Cx, Path(id): Path<EditionId>) -> Result<File> {
    let mut tx = cx.read().await?;
    let edition = store::edition(&mut tx, &id).await?;
    let bytes = blobs::get(&mut tx, &edition.catalog_hash).await?;
    Ok(File { name: edition.file_name(), kind: "application/json", bytes, inline: false })
}

/// Stores an edition of the baseline.
pub async fn baseline(cx: Cx, axum::Form(sent): axum::Form<Vec<(String, String)>>) -> Result<Go> {
    let number = sent.iter().find(|(name, _)| name == "number").and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    let mut work = cx.work().await?;
    let id = actions::ship_baseline(&mut work, number).await?;
    work.commit().await?;
    Ok(Go::done(format!("{EDITIONS}/{id}"), "standards-imported"))
}
