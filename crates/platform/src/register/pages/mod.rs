//! Pages of the register: one action and one rendering each.

pub mod assets;
pub mod exchange;
pub mod gaps;
pub mod organisations;
pub mod posts;
pub mod systems;

use std::collections::BTreeMap;

use axum::response::{IntoResponse, Response};

use super::organisation::Organisation;
use super::post::PostKind;
use super::system::Stage;
use crate::base::actor::{OrganisationId, Verb};
use crate::base::audit::Line;
use crate::base::cx::Cx;
use crate::base::dates::show_stamp;
use crate::base::error::{Error, Field, Result};
use crate::base::view::cell::Cell;
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::base::view::respond::Go;
use crate::base::work::Work;

/// What a form sent.
type Fields = Vec<(String, String)>;

/// The value of a field, trimmed; empty if it was not sent.
fn value(sent: &[(String, String)], name: &str) -> String {
    sent.iter().find(|(key, _)| key == name).map_or(String::new(), |(_, value)| value.trim().to_owned())
}

/// A number; what is none becomes -1, which no field of the register takes, so that the rule of the field answers.
fn number(sent: &[(String, String)], name: &str) -> i64 {
    formats::sheets::tidy(&value(sent, name)).replace(',', "").parse().unwrap_or(-1)
}

/// Whether a box was ticked.
fn ticked(sent: &[(String, String)], name: &str) -> bool {
    !value(sent, name).is_empty()
}

/// Keeps the change and leads on, or gives back what is wrong with the input.
async fn done<T>(work: Work, result: Result<T>, to: impl FnOnce(T) -> String, key: &str) -> Result<Result<Response, Vec<Field>>> {
    match result {
        Ok(made) => {
            work.commit().await?;
            Ok(Ok(Go::done(to(made), key).into_response()))
        }
        Err(Error::Invalid(wrong)) => Ok(Err(wrong)),
        Err(error) => Err(error),
    }
}

/// The page of a form again, with the status that says the input was wrong.
fn again(mut page: Page, wrong: &[Field]) -> Page {
    if !wrong.is_empty() {
        page.status = 422;
    }
    page
}

/// The first choice of a list: nothing.
fn none() -> (String, String) {
    (String::new(), "—".to_owned())
}

fn organisation_href(id: &OrganisationId) -> String {
    format!("/register/organisations/{id}")
}

/// The name of an organisation with a link to it; one outside the reach has no name here.
fn organisation_cell(cx: &Cx, all: &BTreeMap<OrganisationId, Organisation>, id: Option<&OrganisationId>) -> Cell {
    match id.and_then(|id| all.get(id)) {
        Some(one) => Cell::link(organisation_href(&one.id), one.name(cx.lang)),
        None => Cell::text(""),
    }
}

/// The organisations a form offers: code and name, those that still exist.
fn offered(cx: &Cx, all: &[Organisation]) -> Vec<(String, String)> {
    all.iter()
        .filter(|one| one.valid_to.is_none())
        .map(|one| (one.code.clone(), format!("{}{}", "　".repeat(one.depth()), one.name(cx.lang))))
        .collect()
}

fn post_name(cx: &Cx, kind: PostKind) -> String {
    cx.t(&format!("register-post-{}", kind.as_str()))
}

fn stage_name(cx: &Cx, stage: Stage) -> String {
    cx.t(&format!("register-stage-{}", stage.as_str()))
}

fn answer(cx: &Cx, yes: bool) -> String {
    cx.t(if yes { "register-yes" } else { "register-no" })
}

/// Who changed what, newest first.
fn history(cx: &Cx, lines: &[Line]) -> List {
    let texts = crate::base::lang::texts();
    List::new("history", cx.t("register-history"))
        .bare()
        .column(cx.t("register-history-at"))
        .column(cx.t("register-history-who"))
        .column(cx.t("register-history-what"))
        .column(cx.t("register-history-detail"))
        .empty(cx.t("register-history-empty"))
        .rows(lines.iter().map(|line| {
            let key = format!("register-did-{}", line.verb.replace('.', "-"));
            let verb = if texts.has(cx.lang, &key) { cx.t(&key) } else { line.verb.clone() };
            vec![Cell::text(show_stamp(&line.at)), Cell::text(&*line.actor_name), Cell::text(verb), Cell::text(detail(cx, &line.detail))]
        }))
}

/// The detail of an audit line in words: old and new values where it has them.
fn detail(cx: &Cx, text: &str) -> String {
    let Ok(serde_json::Value::Object(fields)) = serde_json::from_str(text) else { return String::new() };
    let plain = |value: &serde_json::Value| match value {
        serde_json::Value::Null => "—".to_owned(),
        serde_json::Value::String(text) if text.is_empty() => "—".to_owned(),
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(items) => {
            items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    };
    let texts = crate::base::lang::texts();
    let parts = fields
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "path" | "parent_id" | "successor_id" | "organisation_id" | "system_id"))
        .map(|(name, value)| {
            let key = format!("register-{}", name.replace('_', "-"));
            let name = if texts.has(cx.lang, &key) { cx.t(&key) } else { name.clone() };
            match (value.get("old"), value.get("new")) {
                (Some(old), Some(new)) => format!("{name}: {} → {}", plain(old), plain(new)),
                _ => format!("{name}: {}", plain(value)),
            }
        });
    parts.collect::<Vec<_>>().join(cx.lang.pick("、", "; "))
}

/// A link that only those see who may follow it.
fn link_if(cx: &Cx, verb: Verb, path: String, organisation: &str, key: &str) -> Option<(String, String)> {
    cx.actor.scope("register", verb).holds(organisation).then(|| (path, cx.t(key)))
}
