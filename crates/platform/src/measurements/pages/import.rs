//! Observations made elsewhere, taken in from a file.

use axum::extract::multipart::Multipart;
use axum::response::{IntoResponse, Response};
use formats::problem::Problem;

use super::HOME;
use crate::base::cx::Cx;
use crate::base::error::{Error, Field, Result};
use crate::base::upload;
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::form::{Form, Input};
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::base::view::respond::Go;
use crate::measurements::actions;

/// The form for a file.
pub async fn import(cx: Cx) -> Result<Page> {
    Ok(form(&cx, &[]))
}

fn form(cx: &Cx, wrong: &[Field]) -> Page {
    let accept = ".json,.ndjson,.jsonl,.csv,.xlsx,application/json,text/csv";
    let form = Form::post(format!("{HOME}/import"), cx.t("measurements-import-send"))
        .field("file", cx.t("measurements-import-file"), Input::File(accept))
        .hint(cx.t("measurements-import-file-hint"))
        .required()
        .field("dry_run", cx.t("measurements-import-dry"), Input::Check)
        .wrong(cx.lang, &[], wrong);
    let mut page = cx.page(cx.t("measurements-import")).crumb(HOME, cx.t("measurements-title")).lead(cx.t("measurements-import-lead")).form(form);
    if !wrong.is_empty() {
        page.status = 422;
    }
    page
}

/// Takes a file in.
pub async fn import_sent(cx: Cx, sent: Multipart) -> Result<Response> {
    let sent = upload::read(sent, upload::LIMIT).await?;
    let Some((name, bytes)) = sent.file("file") else {
        return Ok(form(&cx, &[Field { name: "file".to_owned(), text: "error-file-required", values: Vec::new() }]).into_response());
    };
    let dry = sent.text("dry_run") == "1";
    let mut work = cx.work().await?;
    let done = match actions::import(&mut work, name, bytes, dry).await {
        Err(Error::Invalid(wrong)) => return Ok(form(&cx, &wrong).into_response()),
        other => other?,
    };
    if let (Some(run), true) = (&done.run, done.problems.is_empty()) {
        work.commit().await?;
        return Ok(Go::done(format!("{HOME}/runs/{run}"), "measurements-imported").into_response());
    }
    let (style, words) = match (done.is_refused(), &done.run, dry) {
        (true, ..) => ("bad", "measurements-import-refused"),
        (_, None, true) => ("plain", "measurements-import-would"),
        (_, None, false) => ("plain", "measurements-import-nothing-new"),
        (_, Some(_), _) => ("good", "measurements-import-with-notes"),
    };
    let counts = [("new", done.new.to_string()), ("known", done.known.to_string())];
    let mut page = cx
        .page(cx.t("measurements-import"))
        .crumb(HOME, cx.t("measurements-title"))
        .crumb(format!("{HOME}/import"), cx.t("measurements-import"))
        .note(style, cx.tv(words, &counts));
    if !done.problems.is_empty() {
        page = page.list(problems(&cx, &done.problems));
    }
    if done.is_refused() {
        page.status = 422;
    } else if done.run.is_some() {
        work.commit().await?;
    }
    Ok(page.links(vec![(format!("{HOME}/import"), cx.t("measurements-import-again"))]).into_response())
}

/// Problems with their remedies.
pub(in crate::measurements) fn problems(cx: &Cx, problems: &[Problem]) -> List {
    List::new("problems", cx.t("measurements-problems"))
        .column(cx.t("measurements-problem-what"))
        .column(cx.t("measurements-remedy"))
        .choice(cx.t("measurements-problem-severity"))
        .column(cx.t("measurements-code"))
        .rows(problems.iter().map(|one| {
            let (tone, words) = if one.is_error() { (Tone::Bad, "measurements-problem-error") } else { (Tone::Warn, "measurements-problem-note") };
            vec![Cell::text(one.message(cx.lang)), Cell::text(one.remedy(cx.lang)), Cell::Badge(tone, cx.t(words)), Cell::text(&*one.code)]
        }))
}
