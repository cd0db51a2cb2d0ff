//! What was broken: the list, one with whom it hits, and the form that records it.

use axum::Form as Sent;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use engine::crypto::{Affected, Severity};

use super::{Fields, HOME, again, algorithm_cell, algorithm_choices, day_text, state_badge, subject_cell, value};
use crate::base::actor::Verb;
use crate::base::cx::Cx;
use crate::base::dates::show_stamp;
use crate::base::error::{Error, Field, Result};
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::form::{Form, Input};
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::base::view::respond::Go;
use crate::cryptography::compromise::{CompromiseId, NewCompromise};
use crate::cryptography::{actions, gather, store};

fn severity(cx: &Cx, one: Severity) -> Cell {
    let tone = match one {
        Severity::Critical => Tone::Bad,
        Severity::Serious => Tone::Warn,
        Severity::Notice => Tone::Plain,
    };
    Cell::Badge(tone, cx.t(&format!("cryptography-severity-{}", one.as_str())))
}

fn how(cx: &Cx, one: Affected) -> Cell {
    let tone = match one {
        Affected::Measured | Affected::Declared => Tone::Bad,
        Affected::Unknown => Tone::Warn,
        Affected::No => Tone::Good,
    };
    Cell::Badge(tone, cx.t(&format!("cryptography-affected-{}", one.as_str())))
}

/// Every compromise.
pub async fn compromises(cx: Cx) -> Result<Page> {
    cx.scope("cryptography", Verb::Read)?;
    let all = store::compromises(&mut cx.read().await?).await?;
    let list = List::new("compromises", cx.t("cryptography-compromises"))
        .column(cx.t("cryptography-known-on"))
        .column(cx.t("cryptography-algorithm"))
        .choice(cx.t("cryptography-severity"))
        .column(cx.t("cryptography-due-on"))
        .column(cx.t("cryptography-words"))
        .empty(cx.t("cryptography-compromises-empty"))
        .rows(all.iter().map(|one| {
            vec![
                Cell::link(format!("{HOME}/compromises/{}", one.id), day_text(&cx, Some(one.known_on))),
                algorithm_cell(&cx, one.algorithm),
                severity(&cx, one.severity),
                Cell::text(day_text(&cx, Some(one.due_on))),
                Cell::text(one.words(cx.lang)),
            ]
        }));
    let mut page = cx.page(cx.t("cryptography-compromises")).lead(cx.t("cryptography-compromises-lead")).crumb(HOME, cx.t("cryptography-title"));
    if cx.actor.may("cryptography", Verb::Manage) {
        page = page.links(vec![(format!("{HOME}/compromises/new"), cx.t("cryptography-compromise-new"))]);
    }
    Ok(page.list(list))
}

/// One compromise, with the systems within reach that it hits.
pub async fn compromise(cx: Cx, Path(id): Path<CompromiseId>) -> Result<Page> {
    let scope = cx.scope("cryptography", Verb::Read)?;
    let mut tx = cx.read().await?;
    let one = store::compromise(&mut tx, &id).await?;
    let hits = store::hits(&mut tx, &scope, &id).await?;
    let whole = gather::transition(&mut tx, &scope, cx.app.clock.now()).await?;
    let count = |wanted: Affected| hits.iter().filter(|hit| hit.how == wanted).count() as i64;
    let list = List::new("hits", cx.t("cryptography-hits"))
        .column(cx.t("cryptography-system"))
        .choice(cx.t("cryptography-organisation"))
        .choice(cx.t("cryptography-affected"))
        .choice(cx.t("cryptography-now"))
        .column(cx.t("cryptography-found-at"))
        .empty(cx.t("cryptography-hits-empty"))
        .rows(hits.iter().filter_map(|hit| {
            let subject = whole.subjects.iter().find(|subject| subject.key() == hit.subject)?;
            let now = subject.standing.affected(one.algorithm);
            Some(vec![
                subject_cell(&cx, subject),
                Cell::text(subject.organisation.name(cx.lang)),
                how(&cx, hit.how),
                if now == Affected::No { how(&cx, now) } else { state_badge(&cx, subject.standing.state) },
                Cell::text(show_stamp(&hit.found_at)),
            ])
        }));
    let title = cx.tv("cryptography-compromise-title", &[("algorithm", one.algorithm.name(cx.lang).to_owned())]);
    Ok(cx
        .page(title)
        .lead(one.words(cx.lang))
        .crumb(HOME, cx.t("cryptography-title"))
        .crumb(format!("{HOME}/compromises"), cx.t("cryptography-compromises"))
        .facts(vec![
            (cx.t("cryptography-algorithm"), algorithm_cell(&cx, one.algorithm)),
            (cx.t("cryptography-severity"), severity(&cx, one.severity)),
            (cx.t("cryptography-known-on"), Cell::text(day_text(&cx, Some(one.known_on)))),
            (cx.t("cryptography-due-on"), Cell::text(day_text(&cx, Some(one.due_on)))),
            (cx.t("cryptography-affected-measured"), Cell::int(count(Affected::Measured))),
            (cx.t("cryptography-affected-declared"), Cell::int(count(Affected::Declared))),
            (cx.t("cryptography-affected-unknown"), Cell::int(count(Affected::Unknown))),
            (
                cx.t("cryptography-recorded"),
                Cell::text(cx.tv("cryptography-declared-when", &[("who", one.recorded_by.clone()), ("at", show_stamp(&one.recorded_at))])),
            ),
        ])
        .list(list))
}

/// The form.
pub async fn compromise_new(cx: Cx) -> Result<Page> {
    Ok(form_page(&cx, &[], &[]))
}

fn form_page(cx: &Cx, sent: &[(String, String)], wrong: &[Field]) -> Page {
    let severities = Severity::ALL.iter().map(|one| (one.as_str().to_owned(), cx.t(&format!("cryptography-severity-{}", one.as_str())))).collect();
    let form = Form::post(format!("{HOME}/compromises/new"), cx.t("cryptography-compromise-record"))
        .field("algorithm", cx.t("cryptography-algorithm"), Input::Select(algorithm_choices(cx, false)))
        .required()
        .field("known_on", cx.t("cryptography-known-on"), Input::Line("date"))
        .required()
        .field("severity", cx.t("cryptography-severity"), Input::Radio(severities))
        .hint(cx.t("cryptography-severity-hint"))
        .required()
        .field("words_ja", cx.t("cryptography-words-ja"), Input::Area)
        .required()
        .field("words_en", cx.t("cryptography-words-en"), Input::Area)
        .required()
        .field("due_on", cx.t("cryptography-due-on"), Input::Line("date"))
        .required()
        .danger()
        .wrong(cx.lang, sent, wrong);
    let page = cx
        .page(cx.t("cryptography-compromise-new"))
        .lead(cx.t("cryptography-compromise-new-lead"))
        .crumb(HOME, cx.t("cryptography-title"))
        .crumb(format!("{HOME}/compromises"), cx.t("cryptography-compromises"));
    again(page.form(form), wrong)
}

/// Records a compromise.
pub async fn compromise_new_sent(cx: Cx, Sent(sent): Sent<Fields>) -> Result<Response> {
    let new = NewCompromise {
        algorithm: value(&sent, "algorithm"),
        known_on: value(&sent, "known_on"),
        severity: value(&sent, "severity"),
        words_ja: value(&sent, "words_ja"),
        words_en: value(&sent, "words_en"),
        due_on: value(&sent, "due_on"),
    };
    let mut work = cx.work().await?;
    match actions::record(&mut work, &new).await {
        Ok(id) => {
            work.commit().await?;
            Ok(Go::done(format!("{HOME}/compromises/{id}"), "cryptography-recorded").into_response())
        }
        Err(Error::Invalid(wrong)) => Ok(form_page(&cx, &sent, &wrong).into_response()),
        Err(error) => Err(error),
    }
}
