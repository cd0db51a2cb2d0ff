//! Files in and out: upload, preview with every problem, confirm; download.

use axum::Form as Sent;
use axum::extract::Multipart;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::{Fields, value};
use crate::base::actor::Verb;
use crate::base::cx::Cx;
use crate::base::error::{Error, Field, Result};
use crate::base::lang::Lang;
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::form::{Form, Input};
use crate::base::view::list::{List, query};
use crate::base::view::page::Page;
use crate::base::view::respond::{File, Go};
use crate::base::{blobs, upload};
use crate::register::actions::{self, Format, ImportReport};
use crate::register::plan::Noun;

/// The form that takes a file.
pub async fn import(cx: Cx) -> Result<Page> {
    cx.scope("register", Verb::Write)?;
    Ok(upload_page(&cx, &[]))
}

fn upload_page(cx: &Cx, wrong: &[Field]) -> Page {
    let form = Form::post("/register/import", cx.t("register-import-check"))
        .field("file", cx.t("register-import-file"), Input::File(".xlsx,.csv"))
        .hint(cx.t("register-import-hint"))
        .required()
        .wrong(cx.lang, &[], wrong);
    let page = cx
        .page(cx.t("register-import"))
        .lead(cx.t("register-import-lead"))
        .crumb("/register/organisations", cx.t("register-organisations"))
        .form(form)
        .links(vec![("/register/export".to_owned(), cx.t("register-export"))]);
    super::again(page, wrong)
}

/// Looks the file over without changing anything; if nothing stops it, offers to take it over.
pub async fn import_sent(cx: Cx, form: Multipart) -> Result<Response> {
    cx.scope("register", Verb::Write)?;
    let sent = match upload::read(form, upload::LIMIT).await {
        Ok(sent) => sent,
        Err(Error::Invalid(wrong)) => return Ok(upload_page(&cx, &wrong).into_response()),
        Err(error) => return Err(error),
    };
    let (name, bytes) = match sent.needed_file("file") {
        Ok(file) => file,
        Err(Error::Invalid(wrong)) => return Ok(upload_page(&cx, &wrong).into_response()),
        Err(error) => return Err(error),
    };
    let mut work = cx.work().await?;
    let report = actions::import(&mut work, bytes, name, true).await?;
    let mut page = report_page(&cx, name, &report);
    if report.is_refused() {
        page.status = 422;
    } else if report.added + report.changed > 0 {
        // The file waits here for the confirmation, so that nobody uploads it twice or confirms another one.
        let now = work.now;
        let hash = blobs::put(&mut work.tx, bytes, now).await?;
        work.audit("", "register", "register.preview", &hash, json!({ "file": name })).await?;
        work.commit().await?;
        let confirm = Form::post("/register/import/confirm", cx.t("register-import-confirm")).hidden("hash", hash).hidden("name", name);
        page = page.form(confirm);
    }
    Ok(page.links(vec![("/register/import".to_owned(), cx.t("register-import-other"))]).into_response())
}

fn report_page(cx: &Cx, name: &str, report: &ImportReport) -> Page {
    let mut page = cx
        .page(cx.t("register-import-preview"))
        .lead(name.to_owned())
        .crumb("/register/organisations", cx.t("register-organisations"))
        .crumb("/register/import", cx.t("register-import"));
    if report.is_refused() {
        page = page.note("bad", cx.t("register-import-refused"));
    } else if report.added + report.changed == 0 {
        page = page.note("good", cx.t("register-import-nothing"));
    } else {
        let values = [("added", report.added.to_string()), ("changed", report.changed.to_string())];
        page = page.note("good", cx.tv("register-import-ready", &values));
    }
    let lists = List::new("lists", cx.t("register-import-lists"))
        .bare()
        .column(cx.t("register-import-list"))
        .column(cx.t("register-added"))
        .column(cx.t("register-changed"))
        .column(cx.t("register-unchanged"))
        .empty(cx.t("register-import-no-lists"))
        .rows(report.lists.iter().map(|(noun, tally)| {
            let count = |count: usize| Cell::int(i64::try_from(count).unwrap_or(i64::MAX));
            vec![Cell::text(crate::register::workbook::sheet_name(*noun, cx.lang)), count(tally.added), count(tally.changed), count(tally.unchanged)]
        }));
    page = page.list(lists);
    if !report.problems.is_empty() {
        let list = List::new("problems", cx.t("register-problems"))
            .choice(cx.t("register-problem-weight"))
            .choice(cx.t("register-problem-sheet"))
            .column(cx.t("register-problem-row"))
            .column(cx.t("register-problem-column"))
            .column(cx.t("register-problem-what"))
            .column(cx.t("register-problem-remedy"))
            .column(cx.t("register-problem-code"))
            .rows(report.problems.iter().map(|problem| {
                let place = &problem.place;
                let (tone, weight) = if problem.is_error() { (Tone::Bad, "register-problem-error") } else { (Tone::Plain, "register-problem-note") };
                let bare = formats::problem::Problem { place: formats::problem::Place::nowhere(), ..problem.clone() };
                vec![
                    Cell::Badge(tone, cx.t(weight)),
                    Cell::text(place.sheet.clone().unwrap_or_default()),
                    place.row.map_or(Cell::text(""), |row| Cell::int(row.into())),
                    Cell::text(place.column.clone().unwrap_or_default()),
                    Cell::text(bare.message(cx.lang)),
                    Cell::text(problem.remedy(cx.lang)),
                    Cell::text(problem.code.to_string()),
                ]
            }));
        page = page.list(list);
    }
    if report.more > 0 {
        page = page.text(cx.tv("register-problems-more", &[("count", report.more.to_string())]));
    }
    page
}

/// Takes over the file that was looked over.
pub async fn import_confirm(cx: Cx, Sent(sent): Sent<Fields>) -> Result<Response> {
    let mut work = cx.work().await?;
    work.scope("register", Verb::Write)?;
    let bytes = blobs::get(&mut work.tx, &value(&sent, "hash")).await?;
    let name = value(&sent, "name");
    let report = actions::import(&mut work, &bytes, &name, false).await?;
    if !report.written {
        // Somebody changed the register since the preview.
        let mut page = report_page(&cx, &name, &report);
        page.status = 422;
        return Ok(page.into_response());
    }
    work.commit().await?;
    Ok(Go::done("/register/organisations", "register-imported").into_response())
}

/// The register as a file, or the page that offers it.
pub async fn export(cx: Cx) -> Result<Response> {
    let scope = cx.scope("register", Verb::Read)?;
    let asked = query(&cx.uri);
    let kinds: Vec<(String, String)> =
        Noun::ALL.iter().map(|noun| (noun.as_str().to_owned(), crate::register::workbook::sheet_name(*noun, cx.lang).to_owned())).collect();
    let lang = Lang::parse(&value(&asked, "headers")).unwrap_or(cx.lang);
    let (format, name, kind) = match (value(&asked, "format").as_str(), Noun::parse(&value(&asked, "kind"))) {
        ("xlsx", _) => (Format::Xlsx, "register.xlsx".to_owned(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("csv", Some(noun)) => (Format::Csv(noun), format!("{}.csv", noun.as_str()), "text/csv; charset=utf-8"),
        _ => {
            let headers = || Input::Select(vec![("ja".to_owned(), "日本語".to_owned()), ("en".to_owned(), "English".to_owned())]);
            let whole = Form::get("/register/export", cx.t("register-export-download"))
                .heading(cx.t("register-export-xlsx"))
                .hidden("format", "xlsx")
                .field("headers", cx.t("register-export-headers"), headers())
                .value(cx.lang.as_str());
            let one = Form::get("/register/export", cx.t("register-export-download"))
                .heading(cx.t("register-export-csv"))
                .hidden("format", "csv")
                .field("kind", cx.t("register-import-list"), Input::Select(kinds))
                .field("headers", cx.t("register-export-headers"), headers())
                .value(cx.lang.as_str());
            let page =
                cx.page(cx.t("register-export")).lead(cx.t("register-export-lead")).crumb("/register/organisations", cx.t("register-organisations"));
            return Ok(page.form(whole).form(one).into_response());
        }
    };
    let bytes = actions::export(&mut cx.read().await?, &scope, format, lang).await?;
    Ok(File { name, kind, bytes, inline: false }.into_response())
}
