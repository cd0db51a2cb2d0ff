//! Exceptions: the list, the form to ask, and the decision.

use axum::Form as Sent;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};

use super::{day, finish, organisations, standing, today, value};
use crate::base::actor::{Scope, Verb};
use crate::base::cx::Cx;
use crate::base::dates::show_stamp;
use crate::base::error::{Field, Result};
use crate::base::view::cell::Cell;
use crate::base::view::form::{Form, Input};
use crate::base::view::list::List;
use crate::base::view::page::{Block, Page};
use crate::improvements::actions::{self, Ask};
use crate::improvements::exemption::{ExemptionId, Step};
use crate::improvements::store;
use crate::register;

type Fields = Sent<Vec<(String, String)>>;

fn at(id: &ExemptionId) -> String {
    format!("/improvements/exceptions/{id}")
}

/// Every exception within reach, as it stands today.
pub async fn exceptions(cx: Cx) -> Result<Page> {
    let scope = cx.scope("improvements", Verb::Read)?;
    let mut tx = cx.read().await?;
    let organisations = organisations(&mut tx, &scope).await?;
    let day_now = today(&cx);
    let all = store::exemptions(&mut tx, &scope).await?;
    let may_ask = cx.actor.may("improvements", Verb::Decide);
    let list = List::new("exceptions", cx.t("improvements-exceptions"))
        .column(cx.t("improvements-requirement"))
        .choice(cx.t("improvements-organisation"))
        .choice(cx.t("improvements-state"))
        .column(cx.t("improvements-expires"))
        .column(cx.t("improvements-reason"))
        .empty(cx.t(if may_ask { "improvements-exceptions-empty-ask" } else { "improvements-exceptions-empty" }))
        .rows(all.iter().map(|one| {
            vec![
                Cell::link(at(&one.id), &*one.requirement_code),
                Cell::text(organisations.get(one.organisation_id.as_str()).map_or("", |own| own.name(cx.lang))),
                standing(&cx, one.on(&day_now)),
                Cell::text(&*one.expires_on),
                Cell::text(&*one.reason),
            ]
        }));
    let mut page = cx
        .page(cx.t("improvements-exceptions"))
        .crumb("/improvements", cx.t("improvements-recommendations"))
        .lead(cx.t("improvements-exceptions-lead"))
        .list(list);
    if may_ask {
        page = page.links(vec![("/improvements/exceptions/new".to_owned(), cx.t("improvements-ask"))]);
    }
    Ok(page)
}

/// The form to ask for an exception.
pub async fn exemption_new(cx: Cx, Query(query): Query<Vec<(String, String)>>) -> Result<Page> {
    form(&cx, &query, &[]).await
}

async fn form(cx: &Cx, sent: &[(String, String)], wrong: &[Field]) -> Result<Page> {
    let scope = cx.scope("improvements", Verb::Decide)?;
    let mut tx = cx.read().await?;
    let choices = register::store::organisations(&mut tx, &scope).await?.into_iter().map(|one| (one.code.clone(), one.name(cx.lang).to_owned()));
    let form = Form::post("/improvements/exceptions/new", cx.t("improvements-ask"))
        .field("organisation", cx.t("improvements-organisation"), Input::Select(choices.collect()))
        .text("requirement", cx.t("improvements-requirement"))
        .hint(cx.t("improvements-requirement-hint-exception"))
        .required()
        .text("system", cx.t("improvements-system"))
        .hint(cx.t("improvements-system-hint"))
        .field("reason", cx.t("improvements-ask-reason"), Input::Area)
        .required()
        .field("instead", cx.t("improvements-instead"), Input::Area)
        .hint(cx.t("improvements-instead-hint"))
        .required()
        .field("expires_on", cx.t("improvements-expires"), Input::Line("date"))
        .required()
        .wrong(cx.lang, sent, wrong);
    let mut page = cx
        .page(cx.t("improvements-ask"))
        .crumb("/improvements", cx.t("improvements-recommendations"))
        .crumb("/improvements/exceptions", cx.t("improvements-exceptions"))
        .form(form);
    page.status = if wrong.is_empty() { 200 } else { 422 };
    Ok(page)
}

/// Asks for an exception.
pub async fn exemption_new_sent(cx: Cx, Sent(sent): Fields) -> Result<Response> {
    let new = Ask {
        organisation: value(&sent, "organisation"),
        requirement: value(&sent, "requirement"),
        system: value(&sent, "system"),
        reason: value(&sent, "reason"),
        instead: value(&sent, "instead"),
        expires_on: value(&sent, "expires_on"),
    };
    let mut work = cx.work().await?;
    let done = actions::ask(&mut work, &new).await;
    let to = done.as_ref().map_or(String::new(), at);
    let again = async |wrong: Vec<Field>| Ok(form(&cx, &sent, &wrong).await?.into_response());
    finish(work, done, to, "improvements-asked", again).await
}

/// One exception.
pub async fn exemption(cx: Cx, Path(id): Path<ExemptionId>) -> Result<Page> {
    shown(&cx, &id, "", &[], &[]).await
}

async fn shown(cx: &Cx, id: &ExemptionId, form: &str, sent: &[(String, String)], wrong: &[Field]) -> Result<Page> {
    let mut tx = cx.read().await?;
    let one = store::exemption(&mut tx, &cx.scope("improvements", Verb::Read)?, id).await?;
    let organisation = register::store::organisation(&mut tx, &Scope::Everything, &one.organisation_id).await?;
    let system = match &one.system_id {
        None => cx.t("improvements-whole"),
        Some(id) => {
            let own = Scope::Paths(vec![organisation.path.clone()]);
            let systems = register::store::systems(&mut tx, &own).await?;
            systems.iter().find(|each| each.id.as_str() == id).map_or(id.clone(), |each| each.name(cx.lang).to_owned())
        }
    };
    let mut facts = vec![
        (cx.t("improvements-organisation"), Cell::text(organisation.name(cx.lang))),
        (cx.t("improvements-requirement"), Cell::text(&*one.requirement_code)),
        (cx.t("improvements-scope"), Cell::text(system)),
        (cx.t("improvements-state"), standing(cx, one.on(&today(cx)))),
        (cx.t("improvements-expires"), Cell::text(day(cx, &one.expires_on))),
        (cx.t("improvements-ask-reason"), Cell::text(&*one.reason)),
        (cx.t("improvements-instead"), Cell::text(&*one.instead)),
        (cx.t("improvements-asked-by"), Cell::text(format!("{} {}", one.asked_by, show_stamp(&one.asked_at)))),
    ];
    if let Some(at) = &one.decided_at {
        facts.push((cx.t("improvements-decided-by"), Cell::text(format!("{} {}", one.decided_by, show_stamp(at)))));
        facts.push((cx.t("improvements-decision-note"), Cell::text(&*one.decision_note)));
    }
    let mut page = cx
        .page(cx.tv("improvements-exception-title", &[("code", one.requirement_code.clone())]))
        .crumb("/improvements", cx.t("improvements-recommendations"))
        .crumb("/improvements/exceptions", cx.t("improvements-exceptions"))
        .lead(cx.t("improvements-exceptions-lead"))
        .facts(facts);
    page.status = if wrong.is_empty() { 200 } else { 422 };
    let may = |verb| cx.actor.scope("improvements", verb).holds(&organisation.path);
    let again = |name: &str, made: Form| if name == form { made.wrong(cx.lang, sent, wrong) } else { made };
    if may(Verb::Manage) && one.state.after(Step::Approve).is_some() {
        let approve = Form::post(format!("{}/approve", at(id)), cx.t("improvements-approve"))
            .heading(cx.t("improvements-approve-heading"))
            .field("until", cx.t("improvements-until"), Input::Line("date"))
            .value(&*one.expires_on)
            .hint(cx.t("improvements-until-hint"))
            .text("note", cx.t("improvements-remark"));
        let refuse = Form::post(format!("{}/refuse", at(id)), cx.t("improvements-refuse"))
            .heading(cx.t("improvements-refuse-heading"))
            .field("reason", cx.t("improvements-reason"), Input::Area)
            .required();
        page = page.form(again("approve", approve)).form(again("refuse", refuse));
    }
    if (may(Verb::Manage) || may(Verb::Decide)) && one.state.after(Step::Withdraw).is_some() {
        let withdraw = Form::post(format!("{}/withdraw", at(id)), cx.t("improvements-end"))
            .field("reason", cx.t("improvements-reason"), Input::Area)
            .required()
            .danger();
        page = page.with(Block::FoldBegin(cx.t("improvements-end-heading"))).form(again("withdraw", withdraw)).with(Block::FoldEnd);
    }
    Ok(page)
}

/// Grants it.
pub async fn exemption_approve(cx: Cx, Path(id): Path<ExemptionId>, Sent(sent): Fields) -> Result<Response> {
    let mut work = cx.work().await?;
    let done = actions::approve(&mut work, &id, &value(&sent, "note"), &value(&sent, "until")).await;
    let again = async |wrong: Vec<Field>| Ok(shown(&cx, &id, "approve", &sent, &wrong).await?.into_response());
    finish(work, done, at(&id), "improvements-decided", again).await
}

/// Does not grant it.
pub async fn exemption_refuse(cx: Cx, Path(id): Path<ExemptionId>, Sent(sent): Fields) -> Result<Response> {
    let mut work = cx.work().await?;
    let done = actions::refuse(&mut work, &id, &value(&sent, "reason")).await;
    let again = async |wrong: Vec<Field>| Ok(shown(&cx, &id, "refuse", &sent, &wrong).await?.into_response());
    finish(work, done, at(&id), "improvements-decided", again).await
}

/// Takes it back, or ends it.
pub async fn exemption_withdraw(cx: Cx, Path(id): Path<ExemptionId>, Sent(sent): Fields) -> Result<Response> {
    let mut work = cx.work().await?;
    let done = actions::withdraw_exemption(&mut work, &id, &value(&sent, "reason")).await;
    let again = async |wrong: Vec<Field>| Ok(shown(&cx, &id, "withdraw", &sent, &wrong).await?.into_response());
    finish(work, done, at(&id), "improvements-decided", again).await
}
