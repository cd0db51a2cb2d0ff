//! Declarations as files, in and out.

use axum::extract::Multipart;
use axum::response::{IntoResponse, Response};
use formats::problem::Problem;

use super::{HOME, again, value};
use crate::base::actor::Verb;
use crate::base::cx::Cx;
use crate::base::error::{Error, Field, Result};
use crate::base::upload;
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::form::{Form, Input};
use crate::base::view::list::{List, query};
use crate::base::view::page::Page;
use crate::base::view::respond::{File, Go};
use crate::cryptography::actions;

/// The form for a file.
pub async fn import(cx: Cx) -> Result<Page> {
    cx.scope("cryptography", Verb::Write)?;
    Ok(form(&cx, &[]))
}

fn form(cx: &Cx, wrong: &[Field]) -> Page {
    let form = Form::post(format!("{HOME}/import"), cx.t("cryptography-import-send"))
        .field("file", cx.t("cryptography-import-file"), Input::File(".csv,.xlsx"))
        .hint(cx.t("cryptography-import-hint"))
        .required()
        .field("dry_run", cx.t("cryptography-import-dry"), Input::Check)
        .wrong(cx.lang, &[], wrong);
    let page = cx.page(cx.t("cryptography-import")).crumb(HOME, cx.t("cryptography-title")).lead(cx.t("cryptography-import-lead")).form(form);
    again(page, wrong)
}

/// Takes a file over.
pub async fn import_sent(cx: Cx, sent: Multipart) -> Result<Response> {
    cx.scope("cryptography", Verb::Write)?;
    let sent = match upload::read(sent, upload::LIMIT).await {
        Ok(sent) => sent,
        Err(Error::Invalid(wrong)) => return Ok(form(&cx, &wrong).into_response()),
        Err(error) => return Err(error),
    };
    let (name, bytes) = match sent.needed_file("file") {
        Ok(file) => file,
        Err(Error::Invalid(wrong)) => return Ok(form(&cx, &wrong).into_response()),
        Err(error) => return Err(error),
    };
    let mut work = cx.work().await?;
    let done = actions::import(&mut work, bytes, name, !sent.text("dry_run").is_empty()).await?;
    if done.written {
        work.commit().await?;
        return Ok(Go::done(HOME, "cryptography-imported").into_response());
    }
    let (style, words) = match (done.is_refused(), done.changed) {
        (true, _) => ("bad", "cryptography-import-refused"),
        (false, 0) => ("plain", "cryptography-import-nothing"),
        (false, _) => ("good", "cryptography-import-would"),
    };
    let counts = [("changed", done.changed.to_string()), ("unchanged", done.unchanged.to_string())];
    let mut page = cx
        .page(cx.t("cryptography-import"))
        .crumb(HOME, cx.t("cryptography-title"))
        .crumb(format!("{HOME}/import"), cx.t("cryptography-import"))
        .note(style, cx.tv(words, &counts));
    if !done.problems.is_empty() {
        page = page.list(problems(&cx, &done.problems));
    }
    if done.is_refused() {
        page.status = 422;
    }
    Ok(page.links(vec![(format!("{HOME}/import"), cx.t("cryptography-import-again"))]).into_response())
}

fn problems(cx: &Cx, problems: &[Problem]) -> List {
    List::new("problems", cx.t("cryptography-problems"))
        .column(cx.t("cryptography-problem-what"))
        .column(cx.t("cryptography-problem-remedy"))
        .choice(cx.t("cryptography-problem-weight"))
        .rows(problems.iter().map(|one| {
            let (tone, weight) = if one.is_error() { (Tone::Bad, "cryptography-problem-error") } else { (Tone::Plain, "cryptography-problem-note") };
            vec![Cell::text(one.message(cx.lang)), Cell::text(one.remedy(cx.lang)), Cell::Badge(tone, cx.t(weight))]
        }))
}

/// The declarations within reach as a file.
pub async fn export(cx: Cx) -> Result<File> {
    let scope = cx.scope("cryptography", Verb::Read)?;
    let xlsx = value(&query(&cx.uri), "format") == "xlsx";
    let bytes = actions::export(&mut cx.read().await?, &scope, xlsx, cx.lang).await?;
    let (name, kind) = if xlsx {
        ("cryptography.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    } else {
        ("cryptography.csv", "text/csv; charset=utf-8")
    };
    Ok(File { name: name.to_owned(), kind, bytes, inline: false })
}
