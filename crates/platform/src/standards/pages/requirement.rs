//! One requirement: what it asks, of whom, and what counts as evidence.

use axum::extract::Path;

use super::{EDITIONS, applies_to, evidence, roles};
use crate::base::cx::Cx;
use crate::base::error::Result;
use crate::base::view::cell::Cell;
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::standards::requirement::RequirementId;
use crate::standards::store;

/// One requirement, and how other editions word it.
pub async fn requirement(cx: Cx, Path(id): Path<RequirementId>) -> Result<Page> {
    let mut tx = cx.read().await?;
    let one = store::requirement(&mut tx, &id).await?;
    let edition = store::edition(&mut tx, &one.edition_id).await?;
    let editions = store::editions_of(&mut tx, &edition.standard_id).await?;
    let everywhere = store::requirements_called(&mut tx, &edition.standard_id, &one.code).await?;
    let list = List::new("editions", cx.t("standards-requirement-editions"))
        .column(cx.t("standards-version"))
        .column(cx.t("standards-published-on"))
        .column(cx.t("standards-requirement-same"))
        .bare()
        .rows(editions.iter().map(|edition| {
            let there = everywhere.iter().find(|other| other.edition_id == edition.id);
            let words = match there {
                Some(other) if other.id == one.id => cx.t("standards-this"),
                Some(other) if other.digest == one.digest => cx.t("standards-same"),
                Some(_) => cx.t("standards-differs"),
                None => cx.t("standards-absent"),
            };
            vec![
                there.map_or_else(
                    || Cell::text(&*edition.version),
                    |other| Cell::link(format!("/standards/requirements/{}", other.id), &*edition.version),
                ),
                Cell::text(&*edition.published_on),
                Cell::text(words),
            ]
        }));
    let place = if one.theme == one.block {
        one.block_name(cx.lang).to_owned()
    } else {
        format!("{} › {}", one.block_name(cx.lang), one.theme_name(cx.lang))
    };
    Ok(cx
        .page(format!("{} {}", one.code, one.title(cx.lang)))
        .crumb(EDITIONS, cx.t("standards-standards"))
        .crumb(
            format!("{EDITIONS}/{}", edition.id),
            cx.tv("standards-edition-named", &[("title", edition.title(cx.lang).to_owned()), ("version", edition.version.clone())]),
        )
        .note("plain", one.statement(cx.lang))
        .facts(vec![
            (cx.t("standards-question"), Cell::text(one.question(cx.lang))),
            (cx.t("standards-guidance"), Cell::text(one.guidance(cx.lang))),
            (cx.t("standards-place"), Cell::text(place)),
            (cx.t("standards-role"), Cell::text(roles(&cx, &one))),
            (cx.t("standards-applies-to"), Cell::text(applies_to(&cx, one.applies_to))),
            (cx.t("standards-evidence"), Cell::text(evidence(&cx, &one))),
            (cx.t("standards-priority"), Cell::int(one.priority)),
            (cx.t("standards-priority-inspection"), Cell::text(cx.t(if one.priority_inspection { "yes" } else { "no" }))),
            (cx.t("standards-source"), Cell::text(&*one.source)),
        ])
        .list(list))
}
