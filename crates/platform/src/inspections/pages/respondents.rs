//! The list of people who can be asked: how many where, out and in as a sheet.

use std::collections::BTreeMap;

use axum::extract::multipart::Multipart;
use axum::response::{IntoResponse, Response};

use super::CYCLES;
use super::cycle::XLSX;
use super::organisation::{examined, modes};
use crate::base::actor::Verb;
use crate::base::cx::Cx;
use crate::base::error::Result;
use crate::base::upload;
use crate::base::view::cell::Cell;
use crate::base::view::form::{Form, Input};
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::base::view::respond::{File, Go};
use crate::inspections::actions;
use crate::inspections::store;

const HERE: &str = "/inspections/respondents";

/// How many people can be asked, by organisation, and the forms for the sheet.
pub async fn respondents(cx: Cx) -> Result<Page> {
    let mut tx = cx.read().await?;
    let scope = actions::either(cx.actor.scope("inspections", Verb::Write), cx.actor.scope("inspections", Verb::Manage))?;
    let counts: BTreeMap<_, _> = store::respondent_counts(&mut tx, &scope).await?.into_iter().collect();
    let organisations = crate::register::store::organisations(&mut tx, &scope).await?;
    let list = List::new("respondents", cx.t("inspections-respondents"))
        .column(cx.t("inspections-organisation"))
        .column(cx.t("inspections-organisation-code"))
        .column(cx.t("inspections-people-count"))
        .empty(cx.t("inspections-respondents-empty"))
        .rows(
            organisations
                .iter()
                .map(|one| vec![Cell::text(one.name(cx.lang)), Cell::text(&*one.code), Cell::int(counts.get(&one.id).copied().unwrap_or(0) as i64)]),
        );
    Ok(cx
        .page(cx.t("inspections-respondents"))
        .crumb(CYCLES, cx.t("inspections-cycles"))
        .lead(cx.t("inspections-respondents-lead"))
        .links(vec![(format!("{HERE}/sheet"), cx.t("inspections-sheet-download"))])
        .form(
            Form::post(format!("{HERE}/sheet"), cx.t("inspections-import"))
                .heading(cx.t("inspections-respondents-upload"))
                .field("file", cx.t("inspections-file"), Input::File(".xlsx,.csv"))
                .hint(cx.t("inspections-respondents-file-hint"))
                .required()
                .field("mode", cx.t("inspections-import-mode"), Input::Radio(modes(&cx)))
                .value("examine"),
        )
        .list(list))
}

/// The sheet, out.
pub async fn sheet(cx: Cx) -> Result<File> {
    let mut work = cx.work().await?;
    let bytes = actions::export_respondents(&mut work, cx.lang).await?;
    // Names and addresses of people leave the system here; that is logged.
    work.audit("", "inspections", "respondent.export", "", serde_json::json!({ "bytes": bytes.len() })).await?;
    work.commit().await?;
    Ok(File { name: "respondents.xlsx".to_owned(), kind: XLSX, bytes, inline: false })
}

/// The sheet, in.
pub async fn sheet_sent(cx: Cx, form: Multipart) -> Result<Response> {
    let sent = upload::read(form, upload::LIMIT).await?;
    let (name, bytes) = sent.needed_file("file")?;
    let mut work = cx.work().await?;
    let import = actions::import_respondents(&mut work, bytes, name).await?;
    if import.taken.is_some() && sent.text("mode") == "import" {
        work.commit().await?;
        return Ok(Go::done(HERE, "inspections-imported").into_response());
    }
    drop(work);
    let values = import.taken.map(|one| [("added", one.added), ("changed", one.changed), ("same", one.same)]);
    let page = cx.page(cx.t("inspections-import-result")).crumb(HERE, cx.t("inspections-respondents"));
    Ok(examined(&cx, page, values, &import.problems, HERE.to_owned()).into_response())
}
