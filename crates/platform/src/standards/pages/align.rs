//! What an organisation has yet to align with the newest edition, and the CISO's confirmation.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};

use super::organisations::ORGANISATIONS;
use crate::base::actor::{OrganisationId, Verb};
use crate::base::cx::Cx;
use crate::base::error::{Error, Field, Result};
use crate::base::view::form::{Form, Input};
use crate::base::view::page::Page;
use crate::base::view::respond::Go;
use crate::standards::actions;

/// The list, and the form for who may confirm.
pub async fn align(cx: Cx, Path(id): Path<OrganisationId>) -> Result<Page> {
    page(&cx, &id, &[], &[]).await
}

async fn page(cx: &Cx, id: &OrganisationId, sent: &[(String, String)], wrong: &[Field]) -> Result<Page> {
    let mut tx = cx.read().await?;
    let (organisation, derived) = actions::derived(&mut tx, &cx.scope("standards", Verb::Read)?, id).await?;
    let name = cx.tv("standards-derived-of", &[("name", organisation.name(cx.lang).to_owned())]);
    let mut page =
        cx.page(cx.t("standards-align")).crumb(ORGANISATIONS, cx.t("standards-organisations")).crumb(format!("{ORGANISATIONS}/{id}"), name);
    if !wrong.is_empty() {
        page.status = 422;
    }
    let (Some(edition), Some(newest)) = (&derived.edition, &derived.newest) else {
        return Ok(page.note("good", cx.t("standards-error-nothing-open")));
    };
    page = page
        .lead(cx.tv(
            "standards-align-lead",
            &[("from", edition.version.clone()), ("to", newest.version.clone()), ("open", derived.open.len().to_string())],
        ))
        .list(super::diff::list(cx, &derived.open));
    if cx.actor.scope("standards", Verb::Decide).holds(&organisation.path) {
        let choices = derived
            .open
            .iter()
            .map(|one| {
                let kind = cx.t(&format!("standards-kind-{}", one.kind.as_str()));
                let words = cx.tv("standards-align-choice", &[("kind", kind), ("code", one.code.clone()), ("title", one.title(cx.lang).to_owned())]);
                (one.code.clone(), words)
            })
            .collect();
        page = page.form(
            Form::post(format!("{ORGANISATIONS}/{id}/align"), cx.t("standards-confirm"))
                .heading(cx.t("standards-confirm-heading"))
                .field("codes", cx.t("standards-confirm-codes"), Input::Many(choices))
                .field("note", cx.t("standards-confirm-note"), Input::Area)
                .wrong(cx.lang, sent, wrong),
        );
    } else {
        page = page.note("plain", cx.t("standards-confirm-who"));
    }
    Ok(page)
}

/// The CISO confirms.
pub async fn align_sent(cx: Cx, Path(id): Path<OrganisationId>, axum::Form(sent): axum::Form<Vec<(String, String)>>) -> Result<Response> {
    let codes: Vec<String> = sent.iter().filter(|(name, _)| name == "codes").map(|(_, value)| value.clone()).collect();
    let note = sent.iter().find(|(name, _)| name == "note").map_or("", |(_, value)| value.as_str());
    let mut work = cx.work().await?;
    match actions::confirm(&mut work, &id, &codes, note).await {
        Ok(left) => {
            work.commit().await?;
            let go = match left {
                0 => Go::done(format!("{ORGANISATIONS}/{id}"), "standards-aligned"),
                _ => Go::done(format!("{ORGANISATIONS}/{id}/align"), "standards-confirmed"),
            };
            Ok(go.into_response())
        }
        Err(Error::Invalid(wrong)) => {
            drop(work);
            Ok(page(&cx, &id, &sent, &wrong).await?.into_response())
        }
        Err(error) => Err(error),
    }
}
