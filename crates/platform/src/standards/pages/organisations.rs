//! Which organisation stands on which edition, and what each has left to align.

use axum::response::{IntoResponse, Response};

use super::EDITIONS;
use crate::base::actor::Verb;
use crate::base::cx::Cx;
use crate::base::dates::show_stamp;
use crate::base::error::Result;
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::form::{Form, Input};
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::base::view::respond::Go;
use crate::standards::requirement::EditionId;
use crate::standards::{actions, store};

/// The address of the overview.
pub const ORGANISATIONS: &str = "/standards/organisations";

/// The overview.
pub async fn organisations(cx: Cx) -> Result<Page> {
    let mut tx = cx.read().await?;
    let scope = cx.scope("standards", Verb::Read)?;
    let all = actions::overview(&mut tx, &scope, cx.app.clock.now()).await?;
    let waiting = all.iter().filter(|one| one.edition.is_none()).count();
    let behind = all.iter().filter(|one| one.open > 0).count();
    let editions = store::editions(&mut tx).await?;
    // People read titles; only commands spell an edition `baseline@2`.
    let named = |spelled: &Option<String>| {
        let Some(spelled) = spelled else { return String::new() };
        let found = editions.iter().zip(choices(&cx, &editions)).find(|(one, _)| one.spelled() == *spelled);
        found.map_or_else(|| spelled.clone(), |(_, (_, name))| name)
    };
    let list = List::new("organisations", cx.t("standards-organisations"))
        .column(cx.t("standards-organisation"))
        .choice(cx.t("standards-stands-on"))
        .choice(cx.t("standards-newest"))
        .choice(cx.t("standards-state"))
        .column(cx.t("standards-open"))
        .column(cx.t("standards-last-confirmed"))
        .empty(cx.t("standards-organisations-empty"))
        .rows(all.iter().map(|one| {
            let state = match (&one.edition, one.open) {
                (None, _) => Cell::Badge(Tone::Bad, cx.t("standards-state-none")),
                (Some(_), 0) => Cell::Badge(Tone::Good, cx.t("standards-state-aligned")),
                (Some(_), _) => Cell::Badge(Tone::Warn, cx.t("standards-state-behind")),
            };
            vec![
                Cell::link(format!("{ORGANISATIONS}/{}", one.organisation_id), cx.lang.pick(&*one.name_ja, &*one.name_en)),
                Cell::text(named(&one.edition)),
                Cell::text(named(&one.newest)),
                state,
                if one.changes == 0 { Cell::int(0) } else { Cell::figure(format!("{} / {}", one.open, one.changes), Some(one.open as f64)) },
                Cell::text(if one.last_confirmed_at.is_empty() { String::new() } else { show_stamp(&one.last_confirmed_at) }),
            ]
        }));
    let mut page =
        cx.page(cx.t("standards-organisations"))
            .crumb(EDITIONS, cx.t("standards-standards"))
            .lead(cx.tv(
                "standards-organisations-lead",
                &[("all", all.len().to_string()), ("waiting", waiting.to_string()), ("behind", behind.to_string())],
            ))
            .list(list);
    if waiting > 0 && cx.actor.may("standards", Verb::Manage) {
        page = match editions.is_empty() {
            true => page.note("warn", cx.t("standards-editions-empty-manage")).links(vec![(EDITIONS.to_owned(), cx.t("standards-standards"))]),
            false => page.form(
                Form::post("/standards/adoptions", cx.t("standards-adopt-all"))
                    .heading(cx.t("standards-adopt-all-heading"))
                    .field("edition", cx.t("standards-edition"), Input::Select(choices(&cx, &editions)))
                    .value(editions.last().map(|one| one.id.to_string()).unwrap_or_default())
                    .hint(cx.tv("standards-adopt-all-hint", &[("waiting", waiting.to_string())])),
            ),
        };
    }
    Ok(page)
}

/// Editions to choose from.
pub(super) fn choices(cx: &Cx, editions: &[crate::standards::requirement::Edition]) -> Vec<(String, String)> {
    let named = |one: &crate::standards::requirement::Edition| {
        cx.tv("standards-edition-named", &[("title", one.title(cx.lang).to_owned()), ("version", one.version.clone())])
    };
    editions.iter().map(|one| (one.id.to_string(), named(one))).collect()
}

/// Puts all that stand on none on an edition.
pub async fn adopt_all(cx: Cx, axum::Form(sent): axum::Form<Vec<(String, String)>>) -> Result<Response> {
    let edition = sent.iter().find(|(name, _)| name == "edition").map_or("", |(_, value)| value.as_str());
    let mut work = cx.work().await?;
    actions::adopt_all(&mut work, &EditionId::from_text(edition)).await?;
    work.commit().await?;
    Ok(Go::done(ORGANISATIONS, "standards-adopted").into_response())
}
