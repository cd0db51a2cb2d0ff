//! The list of reports, and how one is begun.

use axum::Form as Sent;
use axum::response::{IntoResponse, Response};

use super::{Fields, Names, badge, value};
use crate::base::actor::Verb;
use crate::base::cx::Cx;
use crate::base::dates::show_stamp;
use crate::base::error::{Error, Field, Result};
use crate::base::view::cell::Cell;
use crate::base::view::form::{Form, Input};
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::base::view::respond::Go;
use crate::inspections::cycle::CycleId;
use crate::reports::{actions, store};
use crate::{inspections, register};

const ANNUAL: &str = "*annual*";

/// The reports within reach.
pub async fn list(cx: Cx) -> Result<Page> {
    page(&cx, &[], &[]).await
}

async fn page(cx: &Cx, sent: &[(String, String)], wrong: &[Field]) -> Result<Page> {
    let mut tx = cx.read().await?;
    let scope = cx.scope("reports", Verb::Read)?;
    let reports = store::reports(&mut tx, &scope, "").await?;
    let names = Names::read(&mut tx, cx.lang).await?;
    let rows = reports.iter().map(|one| {
        let published = one.published_version.map_or(String::new(), |version| cx.tv("reports-version-number", &[("version", version.to_string())]));
        vec![
            Cell::link(format!("/reports/{}", one.id), names.organisation(one)),
            Cell::text(cx.t(&format!("reports-kind-{}", one.kind.as_str()))),
            Cell::text(names.cycle(one)),
            badge(cx, one.state),
            Cell::int(one.version),
            Cell::text(published),
            Cell::text(show_stamp(&one.updated_at)),
        ]
    });
    let table = List::new("reports", cx.t("reports-list"))
        .column(cx.t("reports-column-organisation"))
        .choice(cx.t("reports-kind"))
        .choice(cx.t("reports-column-cycle"))
        .choice(cx.t("reports-column-state"))
        .column(cx.t("reports-version"))
        .column(cx.t("reports-published-version"))
        .column(cx.t("reports-updated"))
        .empty(cx.t("reports-empty"))
        .rows(rows);
    let mut links = vec![("/reports/peers".to_owned(), cx.t("reports-peers")), ("/public".to_owned(), cx.t("reports-public"))];
    let manages = cx.actor.may("reports", Verb::Manage);
    if manages {
        links.push(("/reports/policy".to_owned(), cx.t("reports-policy")));
    }
    let mut page = cx.page(cx.t("reports")).lead(cx.t("reports-lead")).links(links).list(table);
    let writing = if manages { Verb::Manage } else { Verb::Write };
    if cx.actor.may("reports", writing) {
        let mut cycles: Vec<(String, String)> =
            inspections::store::cycles(&mut tx).await?.into_iter().map(|one| (one.id.to_string(), cx.lang.pick(one.name_ja, one.name_en))).collect();
        if !manages {
            let within: Vec<String> = inspections::store::cycles_within(&mut tx, &scope).await?.into_iter().map(|one| one.id.to_string()).collect();
            cycles.retain(|(id, _)| within.contains(id));
        }
        if cycles.is_empty() {
            page = page.note("plain", cx.t("reports-no-cycle"));
        } else {
            let mut whose: Vec<(String, String)> = Vec::new();
            if manages {
                whose.push((ANNUAL.to_owned(), cx.t("reports-kind-annual")));
            }
            let reach = cx.scope("reports", writing)?;
            let organisations = register::store::organisations(&mut tx, &reach).await?;
            whose.extend(organisations.into_iter().map(|one| (one.code.clone(), one.name(cx.lang).to_owned())));
            let form = Form::post("/reports", cx.t("reports-begin"))
                .heading(cx.t("reports-begin-heading"))
                .field("cycle", cx.t("reports-column-cycle"), Input::Select(cycles.clone()))
                .required()
                .field("organisation", cx.t("reports-whose"), Input::Select(whose))
                .required()
                .wrong(cx.lang, sent, wrong);
            page = page.form(form);
            if manages {
                let form = Form::post("/reports/all", cx.t("reports-begin-all"))
                    .heading(cx.t("reports-begin-all-heading"))
                    .field("cycle", cx.t("reports-column-cycle"), Input::Select(cycles))
                    .required()
                    .hint(cx.t("reports-begin-all-hint"));
                page = page.form(form);
            }
        }
    }
    if !wrong.is_empty() {
        page.status = 422;
    }
    Ok(page)
}

/// Begins a report.
pub async fn begin(cx: Cx, Sent(sent): Sent<Fields>) -> Result<Response> {
    let cycle = CycleId::from_text(value(&sent, "cycle"));
    let whose = value(&sent, "organisation");
    let mut work = cx.work().await?;
    let done = if whose == ANNUAL { actions::draft_annual(&mut work, &cycle).await } else { actions::draft(&mut work, &cycle, &whose).await };
    match done {
        Ok(id) => {
            work.commit().await?;
            Ok(Go::done(format!("/reports/{id}"), "reports-drafted").into_response())
        }
        Err(Error::Invalid(wrong)) => {
            drop(work);
            Ok(page(&cx, &sent, &wrong).await?.into_response())
        }
        Err(error) => Err(error),
    }
}

/// Begins all reports of a cycle that are not begun yet.
pub async fn all_sent(cx: Cx, Sent(sent): Sent<Fields>) -> Result<Response> {
    let mut work = cx.work().await?;
    let count = actions::draft_all(&mut work, &CycleId::from_text(value(&sent, "cycle"))).await?;
    if count == 0 {
        return Ok(Go::done("/reports", "reports-none-drafted").into_response());
    }
    work.commit().await?;
    Ok(Go::done("/reports", "reports-all-drafted").into_response())
}
