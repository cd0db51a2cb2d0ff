//! The list of cycles, and the form for a new one.

use axum::Form as Sent;
use axum::response::{IntoResponse, Response};

use super::{CYCLES, path, state};
use crate::base::actor::Verb;
use crate::base::cx::Cx;
use crate::base::dates::{date, fiscal_year, fiscal_year_name};
use crate::base::error::{Error, Field, Result};
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::form::{Form, Input};
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::base::view::respond::Go;
use crate::inspections::actions;
use crate::inspections::cycle::{Kind, NewCycle, Period};
use crate::inspections::store;

/// Every cycle the actor may know of.
pub async fn cycles(cx: Cx) -> Result<Page> {
    let mut tx = cx.read().await?;
    let runs = cx.actor.may("inspections", Verb::Manage);
    let all = if runs { store::cycles(&mut tx).await? } else { store::cycles_within(&mut tx, &cx.scope("inspections", Verb::Read)?).await? };
    let list = List::new("cycles", cx.t("inspections-cycles"))
        .column(cx.t("inspections-name"))
        .choice(cx.t("inspections-kind"))
        .choice(cx.t("inspections-state"))
        .column(cx.t("inspections-fiscal-year"))
        .column(cx.t("inspections-opens-on"))
        .column(cx.t("inspections-closes-on"))
        .empty(cx.t(if runs { "inspections-cycles-empty" } else { "inspections-cycles-none" }))
        .rows(all.iter().map(|one| {
            let kind = cx.t(&format!("inspections-kind-{}", one.kind.as_str()));
            vec![
                Cell::link(path(&one.id), one.name(cx.lang)),
                if one.is_urgent() { Cell::Badge(Tone::Warn, kind) } else { Cell::text(kind) },
                state(&cx, one),
                Cell::text(i16::try_from(one.fiscal_year).map_or(String::new(), |year| fiscal_year_name(year, cx.lang))),
                Cell::text(&*one.opens_on),
                Cell::text(&*one.closes_on),
            ]
        }));
    let mut page = cx.page(cx.t("inspections-cycles")).lead(cx.t("inspections-cycles-lead")).list(list);
    let mut links = Vec::new();
    if runs {
        links.push((format!("{CYCLES}/new"), cx.t("inspections-cycle-new")));
    }
    if runs || cx.actor.may("inspections", Verb::Write) {
        links.push(("/inspections/respondents".to_owned(), cx.t("inspections-respondents")));
    }
    if !links.is_empty() {
        page = page.links(links);
    }
    Ok(page)
}

/// The form for a new cycle.
pub async fn cycle_new(cx: Cx) -> Result<Page> {
    form(&cx, &[], &[]).await
}

async fn form(cx: &Cx, sent: &[(String, String)], wrong: &[Field]) -> Result<Page> {
    let mut tx = cx.read().await?;
    let editions: Vec<(String, String)> =
        crate::standards::store::editions(&mut tx).await?.into_iter().rev().map(|one| (one.id.to_string(), super::cycle::named(cx, &one))).collect();
    let mut page = cx.page(cx.t("inspections-cycle-new")).crumb(CYCLES, cx.t("inspections-cycles")).lead(cx.t("inspections-cycle-new-lead"));
    if editions.is_empty() {
        return Ok(page.note("warn", cx.t("inspections-no-edition")).links(vec![("/standards/editions".to_owned(), cx.t("inspections-edition"))]));
    }
    let kinds = [Kind::Regular, Kind::Urgent].map(|kind| (kind.as_str().to_owned(), cx.t(&format!("inspections-kind-{}", kind.as_str())))).to_vec();
    let periods = Period::ALL.map(|one| (one.as_str().to_owned(), cx.t(&format!("inspections-period-{}", one.as_str())))).to_vec();
    let year = fiscal_year(date(cx.app.clock.now()));
    // The year is the code most choose; a second cycle of the year needs one of its own.
    let taken = store::cycles(&mut tx).await?.iter().any(|one| one.code == year.to_string());
    let code = if taken { String::new() } else { year.to_string() };
    let form = Form::post(format!("{CYCLES}/new"), cx.t("inspections-cycle-make"))
        .text("code", cx.t("inspections-code"))
        .value(code)
        .hint(cx.t("inspections-code-hint"))
        .required()
        .text("name_ja", cx.t("inspections-name-ja"))
        .value(format!("{}情報セキュリティ点検", fiscal_year_name(year, crate::base::lang::Lang::Ja)))
        .required()
        .text("name_en", cx.t("inspections-name-en"))
        .value(format!("Information security inspection {}", fiscal_year_name(year, crate::base::lang::Lang::En)))
        .required()
        .field("edition", cx.t("inspections-edition"), Input::Select(editions))
        .required()
        .field("fiscal_year", cx.t("inspections-fiscal-year"), Input::Line("number"))
        .value(year.to_string())
        .required()
        .field("period", cx.t("inspections-period"), Input::Select(periods))
        .field("opens_on", cx.t("inspections-opens-on"), Input::Line("date"))
        .required()
        .field("closes_on", cx.t("inspections-closes-on"), Input::Line("date"))
        .required()
        .field("kind", cx.t("inspections-kind"), Input::Radio(kinds))
        .value("regular")
        .field("urgent_reason", cx.t("inspections-urgent-reason"), Input::Line("text"))
        .hint(cx.t("inspections-urgent-reason-hint"))
        .field("organisations", cx.t("inspections-organisations"), Input::Area)
        .hint(cx.t("inspections-organisations-hint"))
        .field("items", cx.t("inspections-items"), Input::Area)
        .hint(cx.t("inspections-items-hint"))
        .wrong(cx.lang, sent, wrong);
    if !wrong.is_empty() {
        page.status = 422;
    }
    Ok(page.form(form))
}

/// Codes as people write them: separated by blanks, commas or lines.
fn codes(text: &str) -> Vec<String> {
    text.split([' ', '\n', '\r', '\t', ',', '、', '，', '　']).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Makes a cycle.
pub async fn cycle_new_sent(cx: Cx, Sent(sent): Sent<Vec<(String, String)>>) -> Result<Response> {
    let value = |name: &str| sent.iter().find(|(key, _)| key == name).map_or(String::new(), |(_, value)| value.trim().to_owned());
    let new = NewCycle {
        code: value("code"),
        kind: Kind::parse(&value("kind")).unwrap_or_default(),
        urgent_reason: value("urgent_reason"),
        period: Period::parse(&value("period")).unwrap_or_default(),
        name_ja: value("name_ja"),
        name_en: value("name_en"),
        fiscal_year: value("fiscal_year").parse().unwrap_or(0),
        edition: value("edition"),
        opens_on: value("opens_on"),
        closes_on: value("closes_on"),
        organisations: codes(&value("organisations")),
        items: codes(&value("items")),
    };
    let mut work = cx.work().await?;
    match actions::create_cycle(&mut work, &new).await {
        Ok(id) => {
            work.commit().await?;
            Ok(Go::done(path(&id), "inspections-cycle-made").into_response())
        }
        Err(Error::Invalid(wrong)) => {
            drop(work);
            Ok(form(&cx, &sent, &wrong).await?.into_response())
        }
        Err(error) => Err(error),
    }
}
