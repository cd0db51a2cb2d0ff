//! Runs: ask, watch, stop.

use askama::Template;
use axum::Form as Sent;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use engine::facts::Check;

use super::{HOME, badge, check_name, state_badge, value, values};
use crate::base::actor::Verb;
use crate::base::cx::Cx;
use crate::base::dates::show_stamp;
use crate::base::error::{Error, Field, Result};
use crate::base::view::cell::Cell;
use crate::base::view::form::{Form, Input};
use crate::base::view::list::List;
use crate::base::view::page::{Block, Page};
use crate::base::view::respond::Go;
use crate::measurements::run::{Asked, Run, RunId, State};
use crate::measurements::{actions, store};
use crate::register;
use crate::register::organisation::Organisation;

/// Observations the page of a run shows at most; the interface for programs gives the newest of all.
const MOST: i64 = 10_000;

/// The form that asks for a run.
pub fn form(cx: &Cx, organisations: &[Organisation], sent: &[(String, String)], wrong: &[Field]) -> Form {
    let write = cx.actor.scope("measurements", Verb::Write);
    let own = organisations
        .iter()
        .filter(|one| write.holds(&one.path))
        .map(|one| (one.code.clone(), format!("{}{}", "　".repeat(one.depth()), one.name(cx.lang))))
        .collect();
    let checks = Check::ALL.iter().map(|check| (check.as_str().to_owned(), check_name(cx, *check))).collect();
    Form::post(format!("{HOME}/runs"), cx.t("measurements-run-begin"))
        .heading(cx.t("measurements-run-new"))
        .field("organisation", cx.t("measurements-run-organisation"), Input::Select(own))
        .field("checks", cx.t("measurements-run-checks"), Input::Many(checks))
        .hint(cx.t("measurements-run-checks-hint"))
        .wrong(cx.lang, sent, wrong)
}

/// Asks for a run.
pub async fn run_sent(cx: Cx, Sent(sent): Sent<Vec<(String, String)>>) -> Result<Response> {
    let asked = Asked { organisation: value(&sent, "organisation").to_owned(), targets: values(&sent, "targets"), checks: values(&sent, "checks") };
    let mut work = cx.work().await?;
    match actions::run(&mut work, &asked).await {
        Ok(id) => {
            work.commit().await?;
            Ok(Go::to(format!("{HOME}/runs/{id}")).into_response())
        }
        Err(Error::Invalid(wrong)) => {
            drop(work);
            let scope = cx.scope("measurements", Verb::Read)?;
            let organisations = register::store::organisations(&mut cx.read().await?, &scope).await?;
            let mut page = cx.page(cx.t("measurements-run-new")).crumb(HOME, cx.t("measurements-title"));
            page = page.form(form(&cx, &organisations, &sent, &wrong));
            page.status = 422;
            Ok(page.into_response())
        }
        Err(error) => Err(error),
    }
}

/// Asks for kept evidence to be judged again, everywhere the asker may measure.
pub async fn rejudge_sent(cx: Cx) -> Result<Response> {
    let mut work = cx.work().await?;
    let id = actions::run_from(&mut work, &Asked::default(), actions::REJUDGE).await?;
    work.commit().await?;
    Ok(Go::to(format!("{HOME}/runs/{id}")).into_response())
}

fn origin(cx: &Cx, run: &Run) -> String {
    cx.t(&format!("measurements-origin-{}", run.origin))
}

/// The newest runs.
pub async fn runs(cx: Cx) -> Result<Page> {
    let scope = cx.scope("measurements", Verb::Read)?;
    let mut tx = cx.read().await?;
    let runs = store::runs(&mut tx, &scope, 500).await?;
    let organisations = register::store::organisations(&mut tx, &scope).await?;
    let name = |run: &Run| organisations.iter().find(|one| one.id == run.organisation_id).map_or("", |one| one.name(cx.lang)).to_owned();
    let list = List::new("runs", cx.t("measurements-runs"))
        .column(cx.t("measurements-run-asked-at"))
        .choice(cx.t("measurements-state"))
        .choice(cx.t("measurements-organisation"))
        .choice(cx.t("measurements-origin"))
        .column(cx.t("measurements-run-targets"))
        .column(cx.t("measurements-verdict-met"))
        .column(cx.t("measurements-verdict-not-met"))
        .column(cx.t("measurements-verdict-could-not-measure"))
        .empty(cx.t("measurements-runs-empty"))
        .rows(runs.iter().map(|run| {
            vec![
                Cell::link(format!("{HOME}/runs/{}", run.id), show_stamp(&run.created_at)),
                state_badge(&cx, run.state),
                Cell::text(name(run)),
                Cell::text(origin(&cx, run)),
                Cell::int(run.targets),
                Cell::int(run.counts.met as i64),
                Cell::int(run.counts.not_met as i64),
                Cell::int(run.counts.unknown as i64),
            ]
        }));
    Ok(cx.page(cx.t("measurements-runs")).crumb(HOME, cx.t("measurements-title")).list(list))
}

#[derive(Template)]
#[template(path = "measurements/pages/progress.html")]
struct Progress<'a> {
    label: &'a str,
    done: i64,
    total: i64,
}

/// One run: how far it is, or what came out.
pub async fn run(cx: Cx, Path(id): Path<RunId>) -> Result<Page> {
    let scope = cx.scope("measurements", Verb::Read)?;
    let mut tx = cx.read().await?;
    let mut run = store::run(&mut tx, &scope, &id).await?;
    if actions::is_given_up(&mut tx, &run).await? {
        run.state = State::Failed;
    }
    let organisation = register::store::organisation(&mut tx, &scope, &run.organisation_id).await?;
    let checks: Vec<String> = run.asked.checks().iter().map(|check| check_name(&cx, *check)).collect();
    let mut facts = vec![
        (cx.t("measurements-state"), state_badge(&cx, run.state)),
        (cx.t("measurements-organisation"), Cell::link(format!("{HOME}/organisations/{}", organisation.id), organisation.name(cx.lang))),
        (cx.t("measurements-origin"), Cell::text(origin(&cx, &run))),
        (cx.t("measurements-run-asked-by"), Cell::text(&*run.asked_by)),
        (cx.t("measurements-run-asked-at"), Cell::text(show_stamp(&run.created_at))),
        (cx.t("measurements-run-checks"), Cell::text(if run.asked.checks.is_empty() { cx.t("list-all") } else { checks.join("、") })),
        (cx.t("measurements-run-only"), Cell::text(if run.asked.targets.is_empty() { cx.t("list-all") } else { run.asked.targets.join("\n") })),
    ];
    if let Some(at) = &run.finished_at {
        facts.push((cx.t("measurements-run-ended-at"), Cell::text(show_stamp(at))));
    }
    if run.state.is_over() {
        facts.extend([
            (cx.t("measurements-verdict-met"), Cell::int(run.counts.met as i64)),
            (cx.t("measurements-verdict-not-met"), Cell::int(run.counts.not_met as i64)),
            (cx.t("measurements-verdict-could-not-measure"), Cell::int(run.counts.unknown as i64)),
            (cx.t("measurements-verdict-not-applicable"), Cell::int(run.counts.not_applicable as i64)),
        ]);
    }
    let mut page = cx
        .page(cx.t("measurements-run"))
        .crumb(HOME, cx.t("measurements-title"))
        .crumb(format!("{HOME}/runs"), cx.t("measurements-runs"))
        .facts(facts);
    let observations = if run.state.is_over() { store::of_run(&mut tx, &scope, &id, MOST).await? } else { Vec::new() };
    match run.state {
        State::Waiting | State::Running => {
            let label = cx.tv("measurements-progress", &[("done", run.done.to_string()), ("total", run.targets.to_string())]);
            let progress = Progress { label: &label, done: run.done, total: run.targets.max(1) };
            page = page.with(Block::Html(progress.render()?));
            page.refresh = Some(2);
            if cx.actor.scope("measurements", Verb::Write).holds(&organisation.path) {
                page = page.form(Form::post(format!("{HOME}/runs/{id}/cancel"), cx.t("measurements-run-cancel")).danger());
            }
        }
        State::Failed => page = page.note("bad", cx.t("measurements-run-failed")),
        State::Cancelled => page = page.note("warn", cx.t("measurements-run-cancelled")),
        State::Done => page = page.links(vec![(HOME.to_owned(), cx.t("measurements-run-results"))]),
    }
    if !observations.is_empty() {
        page = page.list(
            List::new("observations", cx.t("measurements-run-observations"))
                .column(cx.t("measurements-target"))
                .choice(cx.t("measurements-check"))
                .choice(cx.t("measurements-verdict"))
                .column(cx.t("measurements-why"))
                .rows(observations.iter().map(|one| {
                    vec![
                        Cell::link(format!("{HOME}/observations/{}", one.id), &*one.target),
                        Cell::text(check_name(&cx, one.check)),
                        badge(&cx, one.verdict),
                        Cell::text(one.reason.text.get(cx.lang)),
                    ]
                })),
        );
    }
    Ok(page)
}

/// Stops a run.
pub async fn cancel_sent(cx: Cx, Path(id): Path<RunId>) -> Result<Go> {
    let mut work = cx.work().await?;
    actions::cancel(&mut work, &id).await?;
    work.commit().await?;
    Ok(Go::done(format!("{HOME}/runs/{id}"), "measurements-cancelled"))
}
