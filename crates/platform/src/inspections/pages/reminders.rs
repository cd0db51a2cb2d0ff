//! Reminding those who have not finished: who they are, how far a reminder under way is, and the list for one's own mail merge.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};

use super::{below, path, seen};
use crate::base::cx::Cx;
use crate::base::error::Result;
use crate::base::jobs::State as Progress;
use crate::base::view::cell::Cell;
use crate::base::view::form::Form;
use crate::base::view::list::List;
use crate::base::view::page::{Block, Page};
use crate::base::view::respond::Go;
use crate::inspections::actions;
use crate::inspections::cycle::{CycleId, State};
use crate::inspections::store;

#[derive(Template)]
#[template(path = "inspections/pages/progress.html")]
struct Bar<'a> {
    label: &'a str,
    done: i64,
    total: i64,
}

/// Who is late, and how to reach them.
pub async fn reminders(cx: Cx, Path(id): Path<CycleId>) -> Result<Page> {
    let mut tx = cx.read().await?;
    let (cycle, _) = seen(&cx, &mut tx, &id).await?;
    let scope = actions::reach(&cx.actor)?;
    let late = store::unanswered(&mut tx, &scope, &id).await?;
    let names: BTreeMap<_, _> =
        super::organisations(&mut tx, &scope, &id).await?.into_iter().map(|one| (one.id.clone(), one.name(cx.lang).to_owned())).collect();
    let mut by: BTreeMap<_, (u64, u64)> = BTreeMap::new();
    for (person, _) in &late {
        let entry = by.entry(person.organisation_id.clone()).or_default();
        entry.0 += 1;
        entry.1 += u64::from(person.email.is_empty());
    }
    let list = List::new("late", cx.t("inspections-late"))
        .column(cx.t("inspections-organisation"))
        .column(cx.t("inspections-late-people"))
        .column(cx.t("inspections-late-without-address"))
        .empty(cx.t("inspections-late-none"))
        .rows(by.iter().map(|(id, (people, without))| {
            vec![Cell::text(names.get(id).cloned().unwrap_or_default()), Cell::int(*people as i64), Cell::int(*without as i64)]
        }));
    let lead = if cx.app.config.smtp.is_some() { "inspections-reminders-mail" } else { "inspections-reminders-list" };
    let mut page = below(&cx, &cycle, cx.t("inspections-reminders")).lead(cx.t(lead));
    let newest = actions::reminding(&mut tx, &scope, &id).await?;
    if let Some(job) = &newest {
        page = progress(&cx, page, &id, job)?;
    }
    page = page.list(list);
    if cycle.state == State::Open && newest.is_none_or(|job| job.is_over()) {
        page = page.form(Form::post(format!("{}/reminders", path(&id)), cx.t("inspections-remind")).heading(cx.t("inspections-remind-heading")));
    }
    Ok(page.form(Form::post(format!("{}/links", path(&id)), cx.t("inspections-links-make")).heading(cx.t("inspections-links-heading"))))
}

/// How far the newest reminder is, or how it ended.
fn progress(cx: &Cx, page: Page, id: &CycleId, job: &Progress) -> Result<Page> {
    let values = [("done", job.done.to_string()), ("total", job.total.to_string())];
    let mut page = match job.state.as_str() {
        "done" => return Ok(page.note("good", cx.tv("inspections-reminding-done", &values))),
        "cancelled" => return Ok(page.note("warn", cx.tv("inspections-reminding-cancelled", &values))),
        "failed" => return Ok(page.note("bad", cx.tv("inspections-reminding-failed", &values))),
        _ => page,
    };
    let label = cx.tv("inspections-reminding", &values);
    page = page.with(Block::Html(Bar { label: &label, done: job.done, total: job.total.max(1) }.render()?));
    page.refresh = Some(2);
    Ok(page.form(Form::post(format!("{}/reminders/stop", path(id)), cx.t("inspections-reminding-stop")).danger()))
}

/// Puts the reminding on the list of jobs.
pub async fn remind(cx: Cx, Path(id): Path<CycleId>) -> Result<Response> {
    let mut work = cx.work().await?;
    actions::remind(&mut work, &id).await?;
    work.commit().await?;
    Ok(Go::to(format!("{}/reminders", path(&id))).into_response())
}

/// Stops the reminding.
pub async fn stop(cx: Cx, Path(id): Path<CycleId>) -> Result<Response> {
    let mut work = cx.work().await?;
    actions::stop_reminding(&mut work, &id).await?;
    work.commit().await?;
    Ok(Go::done(format!("{}/reminders", path(&id)), "inspections-reminding-stopped").into_response())
}
