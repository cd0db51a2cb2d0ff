//! The list of recommendations, and what is done from it: draft, issue all, name the issuer.

use axum::Form as Sent;
use axum::extract::Query;
use axum::response::{IntoResponse, Response};

use super::{at, finish, organisations, run_by, state, today, value};
use crate::base::actor::Verb;
use crate::base::cx::Cx;
use crate::base::error::{Field, Result};
use crate::base::settings;
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::form::{Form, Input};
use crate::base::view::list::List;
use crate::base::view::page::{Block, Page};
use crate::base::view::respond::Go;
use crate::evaluations;
use crate::improvements::actions::{self, ISSUER, ISSUERS, NewDraft, NewRecommendation, Words};
use crate::improvements::recommendation::State;
use crate::improvements::store;
use crate::register;

/// Every recommendation within reach, with what is overdue first said.
pub async fn recommendations(cx: Cx) -> Result<Page> {
    let scope = cx.scope("improvements", Verb::Read)?;
    let mut tx = cx.read().await?;
    let organisations = organisations(&mut tx, &scope).await?;
    let run = run_by(&cx);
    let mut all = store::recommendations(&mut tx, &scope, "").await?;
    all.retain(|one| one.state != State::Draft || organisations.get(one.organisation_id.as_str()).is_some_and(|own| run.holds(&own.path)));
    let plans = store::plans_of(&mut tx, &scope, None).await?;
    let day_now = today(&cx);
    let late = all.iter().filter(|one| one.is_overdue(&day_now)).count();
    let drafts = all.iter().filter(|one| one.state == State::Draft).count();
    let waiting = all.iter().filter(|one| one.state == State::Submitted).count();
    let mut list = List::new("recommendations", cx.t("improvements-recommendations"))
        .column(cx.t("improvements-title"))
        .choice(cx.t("improvements-organisation"))
        .column(cx.t("improvements-requirement"))
        .choice(cx.t("improvements-state"))
        .column(cx.t("improvements-due"))
        .choice(cx.t("improvements-overdue"))
        .column(cx.t("improvements-owner"))
        .column(cx.t("improvements-code"))
        .empty(cx.t(if run.is_empty() { "improvements-empty" } else { "improvements-empty-centre" }));
    for one in &all {
        let plan = plans.iter().find(|plan| plan.recommendation_id == one.id);
        let overdue = one.is_overdue(&day_now);
        list.row(vec![
            Cell::link(at(&one.id), &*one.title),
            Cell::text(organisations.get(one.organisation_id.as_str()).map_or("", |own| own.name(cx.lang))),
            Cell::text(&*one.requirement_code),
            state(&cx, one.state),
            Cell::text(&*one.due_on),
            if overdue { Cell::Badge(Tone::Bad, cx.t("improvements-is-overdue")) } else { Cell::text("") },
            Cell::text(plan.map_or("", |plan| &plan.owner)),
            Cell::text(&*one.code),
        ]);
    }
    let mut page = cx.page(cx.t("improvements-recommendations")).lead(cx.t("improvements-lead"));
    if late > 0 {
        page = page.note("bad", cx.tv("improvements-late", &[("count", late.to_string())]));
    }
    if waiting > 0 && !run.is_empty() {
        page = page.note("warn", cx.tv("improvements-to-decide", &[("count", waiting.to_string())]));
    }
    page = page.list(list).links(vec![
        ("/improvements/outcomes".to_owned(), cx.t("improvements-outcomes")),
        ("/improvements/exceptions".to_owned(), cx.t("improvements-exceptions")),
    ]);
    if !run.is_empty() {
        page = centre_forms(&cx, page, &mut tx, drafts).await?;
    }
    Ok(page)
}

/// The forms of the centre, folded below the list.
async fn centre_forms(cx: &Cx, mut page: Page, tx: &mut crate::base::db::Tx, drafts: usize) -> Result<Page> {
    page = page.links(vec![("/improvements/recommendations/new".to_owned(), cx.t("improvements-new"))]);
    if drafts > 0 {
        page = page.form(Form::post("/improvements/issue", cx.tv("improvements-issue-all", &[("count", drafts.to_string())])).danger());
    }
    let mut cycles = Vec::new();
    for record in evaluations::store::evaluations(tx).await? {
        let evaluation = evaluations::view::load(tx, &record).await?;
        cycles.push((record.cycle_id, evaluation.cycle.clone()));
    }
    if !cycles.is_empty() {
        page = page.form(
            Form::post("/improvements/draft", cx.t("improvements-draft"))
                .heading(cx.t("improvements-draft-heading"))
                .field("cycle", cx.t("improvements-cycle"), Input::Select(cycles))
                .field("most", cx.t("improvements-most"), Input::Line("number"))
                .value("5")
                .hint(cx.t("improvements-most-hint"))
                .field("due_on", cx.t("improvements-due"), Input::Line("date"))
                .hint(cx.t("improvements-due-hint")),
        );
    }
    let issuer = settings::get(tx, ISSUER, "centre".to_owned()).await?;
    Ok(page
        .with(Block::FoldBegin(cx.t("improvements-settings")))
        .form(
            Form::post("/improvements/issuer", cx.t("improvements-save"))
                .field("issuer", cx.t("improvements-issuer"), Input::Radio(issuers(cx)))
                .value(issuer)
                .hint(cx.t("improvements-issuer-hint")),
        )
        .with(Block::FoldEnd))
}

pub(super) fn issuers(cx: &Cx) -> Vec<(String, String)> {
    ISSUERS.iter().map(|one| ((*one).to_owned(), cx.t(&format!("improvements-issuer-{one}")))).collect()
}

/// Proposes drafts from an evaluation.
pub async fn draft_sent(cx: Cx, Sent(sent): Sent<Vec<(String, String)>>) -> Result<Response> {
    let organisation = value(&sent, "organisation");
    let new = NewDraft {
        cycle: value(&sent, "cycle"),
        organisations: if organisation.is_empty() { Vec::new() } else { vec![organisation] },
        requirement: value(&sent, "requirement"),
        most: value(&sent, "most").parse().unwrap_or(0),
        due_on: value(&sent, "due_on"),
    };
    let mut work = cx.work().await?;
    let drafted = actions::draft_from_findings(&mut work, &new, cx.lang).await?;
    work.commit().await?;
    let words = if drafted.codes.is_empty() { "improvements-drafted-none" } else { "improvements-drafted" };
    Ok(Go::done("/improvements", words).into_response())
}

/// Issues every draft within reach.
pub async fn issue_all_sent(cx: Cx) -> Result<Response> {
    let scope = cx.scope("improvements", Verb::Manage)?;
    let mut work = cx.work().await?;
    for one in store::recommendations(&mut work.tx, &scope, "").await?.into_iter().filter(|one| one.state == State::Draft) {
        actions::issue(&mut work, &one.id).await?;
    }
    work.commit().await?;
    Ok(Go::done("/improvements", "improvements-issued").into_response())
}

/// Says who issues.
pub async fn issuer_sent(cx: Cx, Sent(sent): Sent<Vec<(String, String)>>) -> Result<Response> {
    let mut work = cx.work().await?;
    actions::set_issuer(&mut work, &value(&sent, "issuer")).await?;
    work.commit().await?;
    Ok(Go::done("/improvements", "improvements-saved").into_response())
}

/// The form for a recommendation written by hand.
pub async fn new(cx: Cx, Query(query): Query<Vec<(String, String)>>) -> Result<Page> {
    form(&cx, &query, &[]).await
}

async fn form(cx: &Cx, sent: &[(String, String)], wrong: &[Field]) -> Result<Page> {
    let mut tx = cx.read().await?;
    let scope = cx.scope("improvements", Verb::Manage)?;
    let choices = register::store::organisations(&mut tx, &scope).await?.into_iter().map(|one| (one.code.clone(), one.name(cx.lang).to_owned()));
    let origins = ["incident", "other", "evaluation"].map(|one| (one.to_owned(), cx.t(&format!("improvements-origin-{one}")))).to_vec();
    let form = Form::post("/improvements/recommendations/new", cx.t("improvements-new"))
        .field("organisation", cx.t("improvements-organisation"), Input::Select(choices.collect()))
        .field("origin", cx.t("improvements-origin"), Input::Radio(origins))
        .value("incident")
        .text("origin_note", cx.t("improvements-origin-note"))
        .text("requirement", cx.t("improvements-requirement"))
        .hint(cx.t("improvements-requirement-hint"))
        .text("title", cx.t("improvements-title"))
        .required()
        .field("body", cx.t("improvements-body"), Input::Area)
        .required()
        .field("due_on", cx.t("improvements-due"), Input::Line("date"))
        .required()
        .wrong(cx.lang, sent, wrong);
    let mut page = cx.page(cx.t("improvements-new")).crumb("/improvements", cx.t("improvements-recommendations")).form(form);
    page.status = if wrong.is_empty() { 200 } else { 422 };
    Ok(page)
}

/// Drafts one by hand.
pub async fn new_sent(cx: Cx, Sent(sent): Sent<Vec<(String, String)>>) -> Result<Response> {
    let new = NewRecommendation {
        organisation: value(&sent, "organisation"),
        origin: value(&sent, "origin"),
        origin_note: value(&sent, "origin_note"),
        requirement: value(&sent, "requirement"),
        words: Words { title: value(&sent, "title"), body: value(&sent, "body"), issuer: String::new(), due_on: value(&sent, "due_on") },
    };
    let mut work = cx.work().await?;
    let done = actions::draft(&mut work, &new).await;
    let to = done.as_ref().map_or(String::new(), at);
    let again = async |wrong: Vec<Field>| Ok(form(&cx, &sent, &wrong).await?.into_response());
    finish(work, done, to, "improvements-drafted", again).await
}
