//! One system: what it uses, and the form for what cannot be seen from outside.

use axum::Form as Sent;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};

use super::{
    Fields, HOME, again, agility_badge, algorithm_cell, algorithm_choices, day_text, evidence_cell, purpose_choices, purpose_name, state_badge, value,
};
use crate::base::actor::Verb;
use crate::base::cx::Cx;
use crate::base::dates::show_stamp;
use crate::base::error::{Error, Field, Result};
use crate::base::view::cell::Cell;
use crate::base::view::form::{Form, Input};
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::base::view::respond::Go;
use crate::cryptography::declaration::{Declaration, NewDeclaration, UseId};
use crate::cryptography::{actions, gather, store};
use crate::register;
use crate::register::system::SystemId;

/// One system.
pub async fn system(cx: Cx, Path(id): Path<SystemId>) -> Result<Page> {
    shown(&cx, &id, &[], &[]).await
}

async fn shown(cx: &Cx, id: &SystemId, sent: &[(String, String)], wrong: &[Field]) -> Result<Page> {
    let scope = cx.scope("cryptography", Verb::Read)?;
    let mut tx = cx.read().await?;
    let system = register::store::system(&mut tx, &scope, id).await?;
    let owner = register::store::organisation(&mut tx, &scope, &system.organisation_id).await?;
    let whole = gather::transition(&mut tx, &crate::base::actor::Scope::Paths(vec![owner.path.clone()]), cx.app.clock.now()).await?;
    let uses = store::uses_of(&mut tx, &scope, id).await?;
    let may_write = cx.actor.scope("cryptography", Verb::Write).holds(&owner.path);
    let mut page = cx.page(system.name(cx.lang)).crumb(HOME, cx.t("cryptography-title")).lead(owner.name(cx.lang));
    // A retired system stands nowhere any more.
    if let Some(subject) = whole.subjects.iter().find(|one| one.system.as_ref().is_some_and(|one| one.id == *id)) {
        let standing = &subject.standing;
        page = page
            .facts(vec![
                (cx.t("cryptography-state"), state_badge(cx, standing.state)),
                (cx.t("cryptography-agility"), agility_badge(cx, standing.agility)),
                (cx.t("cryptography-ledger"), Cell::link(format!("/register/systems/{id}"), system.code.clone())),
            ])
            .list(
                List::new("lines", cx.t("cryptography-lines"))
                    .column(cx.t("cryptography-algorithm"))
                    .choice(cx.t("cryptography-purpose"))
                    .choice(cx.t("cryptography-state"))
                    .column(cx.t("cryptography-no-new-from"))
                    .column(cx.t("cryptography-gone-by"))
                    .column(cx.t("cryptography-successor"))
                    .column(cx.t("cryptography-evidence"))
                    .empty(cx.t("cryptography-lines-empty"))
                    .rows(standing.lines.iter().map(|line| {
                        vec![
                            algorithm_cell(cx, line.algorithm),
                            Cell::text(purpose_name(cx, line.purpose)),
                            state_badge(cx, line.state),
                            Cell::text(day_text(cx, line.no_new_from)),
                            Cell::text(day_text(cx, line.gone_by)),
                            line.successor.map_or_else(|| Cell::text(""), |one| algorithm_cell(cx, one)),
                            evidence_cell(cx, line),
                        ]
                    })),
            );
    }
    page = page.list(declared(cx, &uses, may_write));
    if may_write {
        page = page.form(form(cx, id).wrong(cx.lang, sent, wrong));
    }
    Ok(again(page, wrong))
}

fn declared(cx: &Cx, uses: &[Declaration], may_write: bool) -> List {
    let mut list = List::new("uses", cx.t("cryptography-uses"))
        .column(cx.t("cryptography-algorithm"))
        .choice(cx.t("cryptography-purpose"))
        .choice(cx.t("cryptography-exchangeable"))
        .column(cx.t("cryptography-gone-on"))
        .column(cx.t("cryptography-note"))
        .column(cx.t("cryptography-declared-by"));
    if may_write {
        list = list.column(cx.t("cryptography-mistake"));
    }
    list.empty(cx.t("cryptography-uses-empty")).rows(uses.iter().map(|one| {
        let mut row = vec![
            algorithm_cell(cx, one.algorithm),
            Cell::text(purpose_name(cx, one.purpose)),
            Cell::text(one.exchangeable.map_or_else(
                || cx.t("cryptography-not-said"),
                |yes| cx.t(if yes { "cryptography-exchangeable-yes" } else { "cryptography-exchangeable-no" }),
            )),
            Cell::text(day_text(cx, one.gone_on)),
            Cell::text(&*one.note),
            Cell::text(cx.tv("cryptography-declared-when", &[("who", one.declared_by.clone()), ("at", show_stamp(&one.declared_at))])),
        ];
        if may_write {
            row.push(Cell::Button(format!("{HOME}/uses/{}/withdraw", one.id), cx.t("cryptography-withdraw")));
        }
        row
    }))
}

fn form(cx: &Cx, id: &SystemId) -> Form {
    let answers = vec![
        (String::new(), cx.t("cryptography-not-said")),
        ("yes".to_owned(), cx.t("cryptography-exchangeable-yes")),
        ("no".to_owned(), cx.t("cryptography-exchangeable-no")),
    ];
    Form::post(format!("{HOME}/systems/{id}"), cx.t("cryptography-declare"))
        .heading(cx.t("cryptography-declare-heading"))
        .field("purpose", cx.t("cryptography-purpose"), Input::Select(purpose_choices(cx, false)))
        .required()
        .field("algorithm", cx.t("cryptography-algorithm"), Input::Select(algorithm_choices(cx, false)))
        .required()
        .field("exchangeable", cx.t("cryptography-exchangeable"), Input::Radio(answers))
        .hint(cx.t("cryptography-exchangeable-hint"))
        .field("gone_on", cx.t("cryptography-gone-on"), Input::Line("date"))
        .hint(cx.t("cryptography-gone-on-hint"))
        .field("note", cx.t("cryptography-note"), Input::Area)
}

/// Declares a use, or changes what was said of it.
pub async fn declare_sent(cx: Cx, Path(id): Path<SystemId>, Sent(sent): Sent<Fields>) -> Result<Response> {
    let mut work = cx.work().await?;
    let scope = work.scope("cryptography", Verb::Write)?;
    let system = register::store::system(&mut work.tx, &scope, &id).await?;
    let new = NewDeclaration {
        system: system.code,
        purpose: value(&sent, "purpose"),
        algorithm: value(&sent, "algorithm"),
        exchangeable: value(&sent, "exchangeable"),
        gone_on: value(&sent, "gone_on"),
        note: value(&sent, "note"),
    };
    match actions::declare(&mut work, &[new]).await {
        Ok(_) => {
            work.commit().await?;
            Ok(Go::done(format!("{HOME}/systems/{id}"), "cryptography-declared").into_response())
        }
        Err(Error::Invalid(wrong)) => {
            drop(work);
            Ok(shown(&cx, &id, &sent, &wrong).await?.into_response())
        }
        Err(error) => Err(error),
    }
}

/// Withdraws a use that was declared by mistake.
pub async fn withdraw_sent(cx: Cx, Path(id): Path<UseId>) -> Result<Go> {
    let mut work = cx.work().await?;
    let one = actions::withdraw(&mut work, &id).await?;
    work.commit().await?;
    Ok(Go::done(format!("{HOME}/systems/{}", one.system_id), "cryptography-withdrawn"))
}
