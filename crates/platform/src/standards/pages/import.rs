//! Taking a file in: sent, shown what it would do, then stored.

use axum::extract::multipart::Multipart;
use axum::response::{IntoResponse, Response};
use formats::problem::Problem;

use super::EDITIONS;
use crate::base::blobs;
use crate::base::cx::Cx;
use crate::base::error::{Error, Field, Result};
use crate::base::upload;
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::form::{Form, Input};
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::base::view::respond::Go;
use crate::standards::actions::{self, Examined, Parcel};

/// The form for a file.
pub async fn import(cx: Cx) -> Result<Page> {
    Ok(page(&cx, &[]))
}

fn page(cx: &Cx, wrong: &[Field]) -> Page {
    let form = Form::post("/standards/import", cx.t("standards-import-examine"))
        .field("file", cx.t("standards-import-file"), Input::File(".json,application/json"))
        .hint(cx.t("standards-import-file-hint"))
        .required()
        .field("beside", cx.t("standards-import-beside"), Input::File(".json,application/json"))
        .hint(cx.t("standards-import-beside-hint"));
    let mut page = cx.page(cx.t("standards-import")).crumb(EDITIONS, cx.t("standards-standards")).lead(cx.t("standards-import-lead"));
    for one in wrong {
        page = page.note("bad", one.message(cx.lang));
    }
    if !wrong.is_empty() {
        page.status = 422;
    }
    page.form(form)
}

/// Examines the file that was sent and shows what storing it would do. The bytes wait among the files for the answer.
pub async fn import_sent(cx: Cx, form: Multipart) -> Result<Response> {
    let sent = match upload::read(form, upload::LIMIT).await {
        Ok(sent) => sent,
        Err(Error::Invalid(wrong)) => return Ok(page(&cx, &wrong).into_response()),
        Err(error) => return Err(error),
    };
    let examined = async {
        let (name, bytes) = sent.needed_file("file")?;
        let beside: Vec<(String, Vec<u8>)> = sent.file("beside").into_iter().map(|(name, bytes)| (name.to_owned(), bytes.to_vec())).collect();
        let mut work = cx.work().await?;
        let kept = actions::examine_and_keep(&mut work, &Parcel::new(name, bytes, beside.clone()), &beside).await?;
        work.commit().await?;
        Ok::<_, Error>((name.to_owned(), kept))
    };
    match examined.await {
        Ok((name, (examined, keys))) => Ok(preview(&cx, &name, &examined, &keys).into_response()),
        Err(Error::Invalid(wrong)) => Ok(page(&cx, &wrong).into_response()),
        Err(error) => Err(error),
    }
}

/// A list of problems with place and remedy.
pub(super) fn problems(cx: &Cx, problems: &[Problem]) -> List {
    List::new("problems", cx.t("standards-problems"))
        .column(cx.t("standards-problem-code"))
        .choice(cx.t("standards-problem-severity"))
        .column(cx.t("standards-problem-what"))
        .column(cx.t("standards-problem-remedy"))
        .rows(problems.iter().map(|one| {
            let (tone, words) = if one.is_error() { (Tone::Bad, "standards-problem-error") } else { (Tone::Warn, "standards-problem-note") };
            vec![Cell::text(&*one.code), Cell::Badge(tone, cx.t(words)), Cell::text(one.message(cx.lang)), Cell::text(one.remedy(cx.lang))]
        }))
}

fn preview(cx: &Cx, name: &str, examined: &Examined, keys: &actions::Kept) -> Page {
    let draft = &examined.draft;
    let what = match (&examined.stored, &examined.standard) {
        _ if !draft.is_fit() => cx.t("standards-import-unfit"),
        (Some(_), _) => cx.t("standards-import-stored"),
        (None, Some(standard)) => cx.tv("standards-import-next", &[("name", standard.name(cx.lang).to_owned())]),
        (None, None) => cx.t("standards-import-first"),
    };
    let mut page = cx
        .page(cx.t("standards-import-preview"))
        .crumb(EDITIONS, cx.t("standards-standards"))
        .crumb("/standards/import", cx.t("standards-import"))
        .lead(cx.t(if draft.is_fit() { "standards-import-fit" } else { "standards-import-unfit" }))
        .facts(vec![
            (cx.t("standards-source-file"), Cell::text(name)),
            (cx.t("standards-title"), Cell::text(cx.lang.pick(&*draft.title_ja, &*draft.title_en))),
            (cx.t("standards-version"), Cell::text(&*draft.version)),
            (cx.t("standards-published-on"), Cell::text(&*draft.published_on)),
            (
                cx.t("standards-import-kind"),
                Cell::text(cx.t(if draft.profile { "standards-import-kind-profile" } else { "standards-import-kind-catalog" })),
            ),
            (cx.t("standards-requirements"), Cell::int(draft.requirements.len() as i64)),
            (cx.t("standards-import-withdrawn"), Cell::int(draft.withdrawn as i64)),
            (cx.t("standards-import-becomes"), Cell::text(what)),
        ]);
    if !draft.is_fit() {
        page.status = 422;
    }
    if !draft.problems.is_empty() {
        page = page.list(problems(cx, &draft.problems));
    }
    if draft.is_fit() && examined.stored.is_none() {
        if !examined.changes.is_empty() {
            page = page.list(super::diff::list(cx, &examined.changes));
        }
        page = page.form(
            Form::post("/standards/import/confirm", cx.t("standards-import-store"))
                .hidden("name", name)
                .hidden("file", &*keys.file)
                .hidden("beside", keys.beside.iter().map(|(name, hash)| format!("{hash} {name}")).collect::<Vec<_>>().join("\n")),
        );
    }
    page
}

/// Stores what was examined.
pub async fn confirm(cx: Cx, axum::Form(sent): axum::Form<Vec<(String, String)>>) -> Result<Response> {
    let value = |name: &str| sent.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let mut work = cx.work().await?;
    work.scope("standards", crate::base::actor::Verb::Manage)?;
    let bytes = blobs::get(&mut work.tx, value("file")).await?;
    let mut beside = Vec::new();
    for line in value("beside").lines() {
        if let Some((hash, name)) = line.split_once(' ') {
            beside.push((name.to_owned(), blobs::get(&mut work.tx, hash).await?));
        }
    }
    match actions::import(&mut work, &Parcel::new(value("name"), &bytes, beside)).await {
        Ok((id, _)) => {
            work.commit().await?;
            Ok(Go::done(format!("{EDITIONS}/{id}"), "standards-imported").into_response())
        }
        Err(Error::Invalid(wrong)) => {
            drop(work);
            Ok(page(&cx, &wrong).into_response())
        }
        Err(error) => Err(error),
    }
}
