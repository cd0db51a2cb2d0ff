//! Pages of the aggregate reports: every domain, and one with its senders, selectors and reports.

use axum::extract::Path;
use axum::extract::multipart::Multipart;
use axum::response::{IntoResponse, Response};
use engine::numbers::DMARC_ALIGNED_RATE;
use formats::chart::{Chart, Head, Line, Palette, Series, Unit};
use formats::problem::Problem;

use super::summary::{self, DomainFull};
use super::{AggregateReport, Messages, ReportedSelector, Source, actions};
use crate::base::actor::{Scope, Verb};
use crate::base::cx::Cx;
use crate::base::dates::show_stamp;
use crate::base::error::{Field, Result};
use crate::base::upload;
use crate::base::view::cell::Cell;
use crate::base::view::form::{Form, Input};
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::base::view::respond::Go;
use crate::measurements::pages::{coverage, problems};
use crate::register;
use crate::register::asset::AssetId;

const AREA: &str = "/measurements";
const HOME: &str = "/measurements/aggregate-reports";

/// Every domain within reach that reports tell of.
pub async fn list(cx: Cx) -> Result<Page> {
    listed(&cx, &[], &[]).await
}

async fn listed(cx: &Cx, wrong: &[Field], refused: &[Problem]) -> Result<Page> {
    let scope = cx.scope("measurements", Verb::Read)?;
    let mut tx = cx.read().await?;
    let all = summary::all(&mut tx, &scope, cx.app.clock.now()).await?;
    let organisations = register::store::organisations(&mut tx, &scope).await?;
    let name = |id: &str| organisations.iter().find(|one| one.id.as_str() == id).map_or("", |one| one.name(cx.lang));
    let mut page = cx.page(cx.t("measurements-aggregate")).lead(cx.t("measurements-aggregate-lead")).crumb(AREA, cx.t("measurements-title"));
    if !refused.is_empty() {
        page = page.note("bad", cx.t("measurements-aggregate-some-refused")).list(problems(cx, refused));
    }
    page = page.list(
        List::new("domains", cx.t("measurements-aggregate-domains"))
            .choice(cx.t("measurements-organisation"))
            .column(cx.t("measurements-aggregate-domain"))
            .column(cx.t("measurements-aggregate-messages"))
            .column(cx.t("measurements-aggregate-failed"))
            .column(DMARC_ALIGNED_RATE.name(cx.lang))
            .column(cx.t("measurements-coverage"))
            .column(cx.t("measurements-aggregate-count"))
            .column(cx.t("measurements-aggregate-last"))
            .empty(cx.t("measurements-aggregate-empty"))
            .rows(all.iter().map(|one| {
                vec![
                    Cell::text(name(one.organisation_id.as_str())),
                    Cell::link(format!("{HOME}/{}", one.asset_id), &*one.domain),
                    number(one.messages.all()),
                    number(one.messages.failed),
                    Cell::figure(one.aligned_rate.text(cx.lang), one.aligned_rate.value),
                    coverage(cx, &one.aligned_rate),
                    number(one.reports),
                    Cell::text(one.last_at.as_deref().map(show_stamp).unwrap_or_default()),
                ]
            })),
    );
    page = page.text(DMARC_ALIGNED_RATE.formula(cx.lang));
    if cx.actor.may("measurements", Verb::Write) {
        page = page.form(
            Form::post(HOME, cx.t("measurements-aggregate-send"))
                .heading(cx.t("measurements-aggregate-import"))
                .field("file", cx.t("measurements-aggregate-file"), Input::Files(".xml,.gz,.zip,.eml"))
                .hint(cx.t("measurements-aggregate-file-hint"))
                .required()
                .wrong(cx.lang, &[], wrong),
        );
    }
    if !wrong.is_empty() || !refused.is_empty() {
        page.status = 422;
    }
    Ok(page)
}

/// Takes files in, each by itself: one that is refused keeps none of the others out.
pub async fn import_sent(cx: Cx, sent: Multipart) -> Result<Response> {
    let sent = upload::read(sent, upload::LIMIT).await?;
    let mut refused = Vec::new();
    let mut files = 0;
    for (_, name, bytes) in sent.files.iter().filter(|(field, _, bytes)| field == "file" && !bytes.is_empty()) {
        files += 1;
        let mut work = cx.work().await?;
        let done = actions::import(&mut work, name, bytes).await?;
        if done.new > 0 {
            work.commit().await?;
        }
        if done.is_refused() {
            refused.extend(done.problems);
        }
    }
    if files == 0 {
        let wrong = [Field { name: "file".to_owned(), text: "error-file-required", values: Vec::new() }];
        return Ok(listed(&cx, &wrong, &[]).await?.into_response());
    }
    if refused.is_empty() {
        return Ok(Go::done(HOME, "measurements-aggregate-imported").into_response());
    }
    Ok(listed(&cx, &[], &refused).await?.into_response())
}

fn number(value: u64) -> Cell {
    Cell::int(i64::try_from(value).unwrap_or(i64::MAX))
}

/// One domain.
pub async fn one(cx: Cx, Path(id): Path<AssetId>) -> Result<Page> {
    let scope = cx.scope("measurements", Verb::Read)?;
    let mut tx = cx.read().await?;
    let full = summary::one(&mut tx, &scope, &id, cx.app.clock.now()).await?;
    let one = &full.domain;
    let organisation = register::store::organisation(&mut tx, &scope, &one.organisation_id).await?;
    let own = Scope::Paths(vec![organisation.path.clone()]);
    let registered = crate::measurements::actions::targets_in(&mut tx, &own, cx.app.clock.now()).await?;
    let registered: Vec<String> =
        registered.into_iter().filter(|target| target.asset_id == one.asset_id).flat_map(|target| target.selectors).collect();
    let policy = full.recent.first().map_or("", |report| report.policy.as_str());
    let mut page = cx
        .page(cx.tv("measurements-aggregate-of", &[("domain", one.domain.clone())]))
        .crumb(AREA, cx.t("measurements-title"))
        .crumb(HOME, cx.t("measurements-aggregate"))
        .facts(vec![
            (cx.t("measurements-organisation"), Cell::link(format!("{AREA}/organisations/{}", organisation.id), organisation.name(cx.lang))),
            (cx.t("measurements-aggregate-domain"), Cell::link(format!("{AREA}/targets/{}", one.asset_id), &*one.domain)),
            (DMARC_ALIGNED_RATE.name(cx.lang).to_owned(), Cell::text(one.aligned_rate.text(cx.lang))),
            (cx.t("measurements-coverage"), coverage(&cx, &one.aligned_rate)),
            (cx.t("measurements-aggregate-messages"), number(one.messages.all())),
            (cx.t("measurements-aggregate-failed"), number(one.messages.failed)),
            (cx.t("measurements-aggregate-policy"), Cell::text(policy)),
            (cx.t("measurements-aggregate-last"), Cell::text(one.last_at.as_deref().map(show_stamp).unwrap_or_default())),
        ])
        .list(sources(&cx, &full.sources))
        .list(selectors(&cx, &full.selectors, &registered));
    if !full.days.is_empty() {
        let line = by_day(&cx, &full);
        page = page.chart(cx.t("measurements-aggregate-days"), line.svg("days", Palette::Css), line.data_table());
    }
    Ok(page.text(DMARC_ALIGNED_RATE.formula(cx.lang)).list(reports(&cx, &full.recent)))
}

/// Messages of a row: all, and those that neither DKIM nor SPF vouches for.
fn counts(messages: &Messages) -> [Cell; 2] {
    [number(messages.all()), number(messages.failed)]
}

fn sources(cx: &Cx, sources: &[Source]) -> List {
    List::new("sources", cx.t("measurements-aggregate-sources"))
        .column(cx.t("measurements-aggregate-source"))
        .column(cx.t("measurements-aggregate-messages"))
        .column(cx.t("measurements-aggregate-failed"))
        .column(cx.t("measurements-aggregate-rejected"))
        .empty(cx.t("measurements-aggregate-sources-empty"))
        .rows(sources.iter().map(|one| {
            let name = if one.address.is_empty() { cx.t("measurements-aggregate-others") } else { one.address.clone() };
            let [all, failed] = counts(&one.messages);
            vec![Cell::text(name), all, failed, number(one.refused)]
        }))
}

fn selectors(cx: &Cx, selectors: &[ReportedSelector], registered: &[String]) -> List {
    List::new("selectors", cx.t("measurements-aggregate-selectors"))
        .column(cx.t("measurements-aggregate-selector"))
        .column(cx.t("measurements-aggregate-passed"))
        .column(cx.t("measurements-aggregate-bad"))
        .column(cx.t("measurements-aggregate-first-seen"))
        .column(cx.t("measurements-aggregate-last-good"))
        .choice(cx.t("measurements-aggregate-registered"))
        .empty(cx.t("measurements-aggregate-selectors-empty"))
        .rows(selectors.iter().map(|one| {
            let known = registered.iter().any(|name| name.eq_ignore_ascii_case(&one.selector));
            vec![
                Cell::text(&*one.selector),
                number(one.passed),
                number(one.failed),
                Cell::text(show_stamp(&one.first_at)),
                Cell::text(one.passed_at.as_deref().map(show_stamp).unwrap_or_default()),
                Cell::text(cx.t(if known { "yes" } else { "no" })),
            ]
        }))
}

fn reports(cx: &Cx, reports: &[AggregateReport]) -> List {
    List::new("reports", cx.t("measurements-aggregate-reports"))
        .choice(cx.t("measurements-aggregate-reporter"))
        .column(cx.t("measurements-aggregate-number"))
        .column(cx.t("measurements-aggregate-begin"))
        .column(cx.t("measurements-aggregate-end"))
        .column(cx.t("measurements-aggregate-messages"))
        .column(cx.t("measurements-aggregate-failed"))
        .column(cx.t("measurements-aggregate-taken-at"))
        .empty(cx.t("measurements-aggregate-empty"))
        .rows(reports.iter().map(|one| {
            let [all, failed] = counts(&one.messages);
            vec![
                Cell::text(&*one.reporter),
                Cell::text(&*one.report),
                Cell::text(show_stamp(&one.begin_at)),
                Cell::text(show_stamp(&one.end_at)),
                all,
                failed,
                Cell::text(format!("{} {}", show_stamp(&one.imported_at), one.by)),
            ]
        }))
}

/// The share of mail that is vouched for, day by day.
fn by_day(cx: &Cx, full: &DomainFull) -> Line {
    let steps = summary::days(cx.app.clock.now());
    let share = |day: &String| full.days.get(day).and_then(|messages| messages.figure().value).map(|share| share * 100.0);
    Line {
        head: Head { title: cx.t("measurements-aggregate-days"), description: cx.t("measurements-aggregate-days-description"), lang: cx.lang },
        unit: Unit::new("%", 1),
        step_name: cx.t("measurements-homepage-day"),
        series: vec![Series { label: DMARC_ALIGNED_RATE.name(cx.lang).to_owned(), values: steps.iter().map(share).collect() }],
        steps: steps.iter().map(|day| day.get(5..).unwrap_or(day).to_owned()).collect(),
        bounds: Some((0.0, 100.0)),
    }
}
