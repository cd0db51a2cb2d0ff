//! Pages of the register: one action and one rendering each.

use std::collections::BTreeMap;

use axum::Form as Sent;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};

use super::actions::{self, NewOrganisation};
use super::store;
use crate::base::actor::{OrganisationId, Verb};
use crate::base::cx::Cx;
use crate::base::error::{Error, Field, Result};
use crate::base::view::cell::Cell;
use crate::base::view::form::{Form, Input};
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::base::view::respond::Go;

/// The tree as a list.
pub async fn organisations(cx: Cx) -> Result<Page> {
    let mut tx = cx.read().await?;
    let organisations = store::organisations(&mut tx, &cx.scope("register", Verb::Read)?).await?;
    let kinds: BTreeMap<String, String> =
        store::kinds(&mut tx).await?.into_iter().map(|kind| (kind.code, cx.lang.pick(kind.name_ja, kind.name_en))).collect();
    let list = List::new("organisations", cx.t("register-organisations"))
        .column(cx.t("register-name"))
        .column(cx.t("register-code"))
        .choice(cx.t("register-kind"))
        .column(cx.t("register-valid-from"))
        .column(cx.t("register-valid-to"))
        .empty(cx.t("register-organisations-empty"))
        .rows(organisations.iter().map(|one| {
            vec![
                Cell::link(format!("/register/organisations/{}", one.id), format!("{}{}", "　".repeat(one.depth()), one.name(cx.lang))),
                Cell::text(&*one.code),
                Cell::text(kinds.get(&one.kind).cloned().unwrap_or_default()),
                Cell::text(&*one.valid_from),
                Cell::text(one.valid_to.clone().unwrap_or_default()),
            ]
        }));
    let mut page = cx.page(cx.t("register-organisations")).list(list);
    if cx.actor.may("register", Verb::Manage) {
        page = page.links(vec![("/register/organisations/new".to_owned(), cx.t("register-organisation-add"))]);
    }
    Ok(page)
}

/// One organisation.
pub async fn organisation(cx: Cx, Path(id): Path<OrganisationId>) -> Result<Page> {
    let mut tx = cx.read().await?;
    let one = store::organisation(&mut tx, &cx.scope("register", Verb::Read)?, &id).await?;
    Ok(cx
        .page(one.name(cx.lang))
        .crumb("/register/organisations", cx.t("register-organisations"))
        .facts(vec![
            (cx.t("register-code"), Cell::text(&*one.code)),
            (cx.t("register-name-ja"), Cell::text(&*one.name_ja)),
            (cx.t("register-name-en"), Cell::text(&*one.name_en)),
            (cx.t("register-valid-from"), Cell::text(&*one.valid_from)),
        ]))
}

/// The form for a new organisation.
pub async fn organisation_new(cx: Cx) -> Result<Page> {
    organisation_form(&cx, &[], &[]).await
}

async fn organisation_form(cx: &Cx, sent: &[(String, String)], wrong: &[Field]) -> Result<Page> {
    let mut tx = cx.read().await?;
    let parents = store::organisations(&mut tx, &cx.scope("register", Verb::Manage)?)
        .await?
        .into_iter()
        .map(|one| (one.code.clone(), one.name(cx.lang).to_owned()))
        .collect();
    let kinds = store::kinds(&mut tx).await?.into_iter().map(|kind| (kind.code, cx.lang.pick(kind.name_ja, kind.name_en))).collect();
    let form = Form::post("/register/organisations/new", cx.t("register-organisation-add"))
        .field("parent", cx.t("register-parent"), Input::Select(parents))
        .field("kind", cx.t("register-kind"), Input::Select(kinds))
        .text("code", cx.t("register-code"))
        .hint(cx.t("register-code-hint"))
        .required()
        .text("name_ja", cx.t("register-name-ja"))
        .required()
        .text("name_en", cx.t("register-name-en"))
        .required()
        .field("valid_from", cx.t("register-valid-from"), Input::Line("date"))
        .required()
        .wrong(cx.lang, sent, wrong);
    let mut page =
        cx.page(cx.t("register-organisation-add")).crumb("/register/organisations", cx.t("register-organisations")).form(form);
    if !wrong.is_empty() {
        page.status = 422;
    }
    Ok(page)
}

/// Adds an organisation.
pub async fn organisation_new_sent(cx: Cx, Sent(sent): Sent<Vec<(String, String)>>) -> Result<Response> {
    let value = |name: &str| sent.iter().find(|(key, _)| key == name).map_or(String::new(), |(_, value)| value.trim().to_owned());
    let new = NewOrganisation {
        code: value("code"),
        parent: value("parent"),
        kind: value("kind"),
        name_ja: value("name_ja"),
        name_en: value("name_en"),
        valid_from: value("valid_from"),
    };
    let mut work = cx.work().await?;
    match actions::add_organisation(&mut work, &new).await {
        Ok(id) => {
            work.commit().await?;
            Ok(Go::done(format!("/register/organisations/{id}"), "organisation-added").into_response())
        }
        Err(Error::Invalid(wrong)) => {
            drop(work);
            Ok(organisation_form(&cx, &sent, &wrong).await?.into_response())
        }
        Err(error) => Err(error),
    }
}
