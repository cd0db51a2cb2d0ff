//! One recommendation: what is asked and why, the plans, the history, and the one thing to do next.

use axum::extract::Path;

use super::{at, day, list::issuers, run_by, standing, state, today};
use crate::base::actor::{Scope, Verb};
use crate::base::cx::Cx;
use crate::base::dates::show_stamp;
use crate::base::error::{Error, Field, Result};
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::form::{Form, Input};
use crate::base::view::list::List;
use crate::base::view::page::{Block, Page};
use crate::improvements::plan::{Plan, steps_text};
use crate::improvements::recommendation::{Line, Recommendation, RecommendationId, State, Step};
use crate::improvements::store;
use crate::register;
use crate::register::organisation::Organisation;
use crate::register::system::System;

/// One recommendation.
pub async fn recommendation(cx: Cx, Path(id): Path<RecommendationId>) -> Result<Page> {
    shown(&cx, &id, "", &[], &[]).await
}

/// What a recommendation's page is made from.
struct Whole {
    one: Recommendation,
    organisation: Organisation,
    plans: Vec<Plan>,
}

/// The page, with what was sent to `form` and what was wrong with it.
pub(super) async fn shown(cx: &Cx, id: &RecommendationId, form: &str, sent: &[(String, String)], wrong: &[Field]) -> Result<Page> {
    let mut tx = cx.read().await?;
    let one = store::recommendation(&mut tx, &cx.scope("improvements", Verb::Read)?, id).await?;
    let organisation = register::store::organisation(&mut tx, &Scope::Everything, &one.organisation_id).await?;
    if one.state == State::Draft && !run_by(cx).holds(&organisation.path) {
        return Err(Error::NotFound);
    }
    let plans = store::plans(&mut tx, id).await?;
    let history = store::history(&mut tx, id).await?;
    let exceptions = store::exemptions_of(&mut tx, &cx.scope("improvements", Verb::Read)?, &one.organisation_id).await?;
    let whole = Whole { one, organisation, plans };
    let one = &whole.one;

    let mut page = cx.page(&*one.title).crumb("/improvements", cx.t("improvements-recommendations"));
    page.status = if wrong.is_empty() { 200 } else { 422 };
    if one.is_overdue(&today(cx)) {
        page = page.note("bad", cx.tv("improvements-overdue-since", &[("due", day(cx, &one.due_on))]));
    }
    page = page.note(if one.state == State::Closed { "good" } else { "plain" }, cx.t(&format!("improvements-next-{}", one.state.as_str())));
    page = page.facts(facts(cx, &whole));
    for paragraph in one.body.lines() {
        page = page.text(paragraph);
    }
    if !one.because.is_empty() {
        let systems = register::store::systems_of(&mut tx, &Scope::Everything, &one.organisation_id).await?;
        page = page.list(because(cx, one, &systems));
    }
    let day_now = today(cx);
    let about: Vec<_> = exceptions.iter().filter(|each| !one.requirement_code.is_empty() && each.requirement_code == one.requirement_code).collect();
    if !about.is_empty() {
        let mut list = List::new("exceptions", cx.t("improvements-exceptions-beside"))
            .bare()
            .column(cx.t("improvements-reason"))
            .column(cx.t("improvements-state"))
            .column(cx.t("improvements-expires"));
        for each in about {
            let cell = Cell::link(format!("/improvements/exceptions/{}", each.id), &*each.reason);
            list.row(vec![cell, standing(cx, each.on(&day_now)), Cell::text(day(cx, &each.expires_on))]);
        }
        page = page.list(list);
    }
    for plan in &whole.plans {
        page = plan_block(cx, page, plan, &whole);
    }
    page = forms(cx, page, &whole, form, sent, wrong);
    Ok(page.list(history_list(cx, &history)))
}

fn facts(cx: &Cx, whole: &Whole) -> Vec<(String, Cell)> {
    let one = &whole.one;
    let mut facts = vec![
        (cx.t("improvements-organisation"), Cell::text(whole.organisation.name(cx.lang))),
        (cx.t("improvements-state"), state(cx, one.state)),
        (cx.t("improvements-code"), Cell::text(&*one.code)),
        (cx.t("improvements-issuer"), Cell::text(cx.t(&format!("improvements-issuer-{}", one.issuer)))),
        (cx.t("improvements-due"), Cell::text(day(cx, &one.due_on))),
        (cx.t("improvements-origin"), Cell::text(cx.t(&format!("improvements-origin-{}", one.origin)))),
    ];
    if !one.origin_note.is_empty() {
        facts.push((cx.t("improvements-origin-note"), Cell::text(&*one.origin_note)));
    }
    if !one.requirement_code.is_empty() {
        // To the three facts it rests on, where there is an evaluation that holds them and the reader may read it.
        let cell = match (&one.first_cycle_id, &one.requirement_id) {
            (Some(cycle), Some(requirement)) if cx.actor.may("evaluations", Verb::Read) => Cell::link(
                format!("/evaluations/cycles/{cycle}/organisations/{}/requirements/{requirement}", one.organisation_id),
                &*one.requirement_code,
            ),
            _ => Cell::text(&*one.requirement_code),
        };
        facts.push((cx.t("improvements-requirement"), cell));
    }
    if one.is_carried() {
        facts.push((cx.t("improvements-carried"), Cell::Badge(Tone::Warn, cx.t("improvements-is-carried"))));
    }
    if one.reopened > 0 {
        facts.push((cx.t("improvements-reopened"), Cell::int(one.reopened)));
    }
    if let (Some(by), Some(proof)) = (&one.closed_by, &one.proof) {
        let cell = if by == "measurement" {
            Cell::link(format!("/measurements/observations/{proof}"), cx.t("improvements-proof-measurement"))
        } else {
            Cell::text(&**proof)
        };
        facts.push((cx.t(&format!("improvements-closed-by-{by}")), cell));
    }
    facts
}

fn because(cx: &Cx, one: &Recommendation, systems: &[System]) -> List {
    let named =
        |code: &String| systems.iter().find(|system| system.code == *code).map_or_else(|| code.clone(), |system| system.name(cx.lang).to_owned());
    let word = |kind: &str, text: &Option<String>| text.as_ref().map_or(String::new(), |text| cx.t(&format!("evaluations-{kind}-{text}")));
    let mut list = List::new("because", cx.t("improvements-because"))
        .bare()
        .column(cx.t("improvements-scope"))
        .column(cx.t("evaluations-claim"))
        .column(cx.t("evaluations-finding"))
        .column(cx.t("evaluations-verdict"));
    for reason in &one.because {
        list.row(vec![
            Cell::text(if reason.system.is_empty() { cx.t("improvements-whole") } else { named(&reason.system) }),
            Cell::text(word("claim", &reason.claim)),
            Cell::text(word("finding", &reason.finding)),
            Cell::text(word("verdict", &reason.verdict)),
        ]);
    }
    list
}

fn plan_block(cx: &Cx, mut page: Page, plan: &Plan, whole: &Whole) -> Page {
    let newest = whole.plans.first().is_some_and(|first| first.id == plan.id);
    let heading = cx.tv("improvements-plan-version", &[("version", plan.version.to_string())]);
    page = if newest { page.heading("plan", heading) } else { page.with(Block::FoldBegin(heading)) };
    let decision = match plan.decision.as_str() {
        "accepted" => Cell::Badge(Tone::Good, cx.t("improvements-decision-accepted")),
        "returned" => Cell::Badge(Tone::Warn, cx.t("improvements-decision-returned")),
        _ => Cell::text(cx.t("improvements-decision-waiting")),
    };
    let mut facts = vec![
        (cx.t("improvements-summary"), Cell::text(&*plan.summary)),
        (cx.t("improvements-owner"), Cell::text(&*plan.owner)),
        (cx.t("improvements-due"), Cell::text(day(cx, &plan.due_on))),
        (cx.t("improvements-submitted"), Cell::text(format!("{} {}", plan.submitted_by, show_stamp(&plan.submitted_at)))),
        (cx.t("improvements-decision"), decision),
    ];
    if !plan.decision_note.is_empty() {
        facts.push((cx.t("improvements-decision-note"), Cell::text(&*plan.decision_note)));
    }
    page = page.facts(facts);
    let may = newest && whole.one.state == State::Accepted && cx.actor.scope("improvements", Verb::Write).holds(&whole.organisation.path);
    let mut list = List::new("steps", cx.t("improvements-steps"))
        .bare()
        .column(cx.t("improvements-step"))
        .column(cx.t("improvements-due"))
        .column(cx.t("improvements-noted"));
    for (number, step) in (1..).zip(&plan.steps) {
        let note = match (&step.done_on, may) {
            (Some(done), false) => Cell::text(day(cx, done)),
            (None, false) => Cell::text(""),
            (Some(done), true) => Cell::Many(vec![
                Cell::text(day(cx, done)),
                Cell::Button(format!("{}/steps/{number}/open", at(&whole.one.id)), cx.t("improvements-note-undo")),
            ]),
            (None, true) => Cell::Button(format!("{}/steps/{number}/done", at(&whole.one.id)), cx.t("improvements-note-done")),
        };
        list.row(vec![Cell::text(&*step.words), Cell::text(day(cx, &step.due_on)), note]);
    }
    page = page.list(list);
    if newest { page } else { page.with(Block::FoldEnd) }
}

/// What the reader can do next, and nothing else.
fn forms(cx: &Cx, mut page: Page, whole: &Whole, form: &str, sent: &[(String, String)], wrong: &[Field]) -> Page {
    let one = &whole.one;
    let here = at(&one.id);
    let may = |verb| cx.actor.scope("improvements", verb).holds(&whole.organisation.path);
    let can = |step| one.state.after(step).is_some();
    let again = |name: &str, made: Form| if name == form { made.wrong(cx.lang, sent, wrong) } else { made };
    if may(Verb::Manage) && can(Step::Edit) {
        let edit = Form::post(format!("{here}/edit"), cx.t("improvements-save"))
            .heading(cx.t("improvements-edit"))
            .text("title", cx.t("improvements-title"))
            .value(&*one.title)
            .required()
            .field("body", cx.t("improvements-body"), Input::Area)
            .value(&*one.body)
            .required()
            .field("due_on", cx.t("improvements-due"), Input::Line("date"))
            .value(&*one.due_on)
            .required()
            .field("issuer", cx.t("improvements-issuer"), Input::Radio(issuers(cx)))
            .value(&*one.issuer);
        page = page.form(again("edit", edit));
        page = page.form(again("issue", Form::post(format!("{here}/issue"), cx.t("improvements-issue"))));
    }
    if may(Verb::Decide) && can(Step::Submit) {
        let last = whole.plans.first();
        let plan = Form::post(format!("{here}/plan"), cx.t("improvements-submit"))
            .heading(cx.t(if last.is_some() { "improvements-plan-again" } else { "improvements-plan" }))
            .field("summary", cx.t("improvements-summary"), Input::Area)
            .value(last.map_or(String::new(), |plan| plan.summary.clone()))
            .required()
            .text("owner", cx.t("improvements-owner"))
            .value(last.map_or(String::new(), |plan| plan.owner.clone()))
            .required()
            .field("owner_email", cx.t("improvements-owner-email"), Input::Line("email"))
            .value(last.map_or(String::new(), |plan| plan.owner_email.clone()))
            .hint(cx.t("improvements-owner-email-hint"))
            .field("due_on", cx.t("improvements-plan-due"), Input::Line("date"))
            .value(last.map_or(one.due_on.clone(), |plan| plan.due_on.clone()))
            .required()
            .field("steps", cx.t("improvements-steps"), Input::Area)
            .value(last.map_or(String::new(), |plan| steps_text(&plan.steps)))
            .hint(cx.t("improvements-steps-hint"))
            .required();
        page = page.form(again("plan", plan));
    }
    if may(Verb::Manage) && can(Step::Accept) {
        let accept = Form::post(format!("{here}/accept"), cx.t("improvements-accept"))
            .heading(cx.t("improvements-accept-heading"))
            .text("note", cx.t("improvements-remark"));
        let back = Form::post(format!("{here}/return"), cx.t("improvements-return"))
            .heading(cx.t("improvements-return-heading"))
            .field("reason", cx.t("improvements-reason"), Input::Area)
            .required();
        page = page.form(again("accept", accept)).form(again("return", back));
    }
    if may(Verb::Audit) && can(Step::CloseByAudit) {
        let close = Form::post(format!("{here}/audit"), cx.t("improvements-close"))
            .heading(cx.t("improvements-close-heading"))
            .field("seen", cx.t("improvements-seen"), Input::Area)
            .hint(cx.t("improvements-seen-hint"))
            .required();
        page = page.form(again("audit", close));
    }
    if may(Verb::Manage) && can(Step::Withdraw) {
        let withdraw = Form::post(format!("{here}/withdraw"), cx.t("improvements-withdraw"))
            .field("reason", cx.t("improvements-reason"), Input::Area)
            .required()
            .danger();
        page = page.with(Block::FoldBegin(cx.t("improvements-withdraw-heading"))).form(again("withdraw", withdraw)).with(Block::FoldEnd);
    }
    page
}

fn history_list(cx: &Cx, history: &[Line]) -> List {
    let mut list = List::new("history", cx.t("improvements-history"))
        .bare()
        .column(cx.t("improvements-at"))
        .column(cx.t("improvements-what"))
        .column(cx.t("improvements-who"))
        .column(cx.t("improvements-state"))
        .column(cx.t("improvements-note"));
    for line in history.iter().rev() {
        list.row(vec![
            Cell::text(show_stamp(&line.at)),
            Cell::text(cx.t(&format!("improvements-step-{}", line.verb))),
            Cell::text(&*line.who),
            state(cx, line.state),
            Cell::text(&*line.note),
        ]);
    }
    list
}
