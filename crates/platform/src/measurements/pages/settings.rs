//! What the centre sets for measurements.

use std::collections::BTreeMap;

use axum::Form as Sent;
use axum::response::{IntoResponse, Response};
use engine::judge::Profile;

use super::{HOME, value};
use crate::base::actor::Verb;
use crate::base::cx::Cx;
use crate::base::error::{Error, Field, Result};
use crate::base::view::cell::Cell;
use crate::base::view::form::{Form, Input};
use crate::base::view::page::Page;
use crate::base::view::respond::Go;
use crate::measurements::setting::Wanted;
use crate::measurements::{actions, store};
use crate::register;

/// The form.
pub async fn settings(cx: Cx) -> Result<Page> {
    form(&cx, &[], &[]).await
}

async fn form(cx: &Cx, sent: &[(String, String)], wrong: &[Field]) -> Result<Page> {
    cx.scope("measurements", Verb::Manage)?;
    let mut tx = cx.read().await?;
    let set = store::settings(&mut tx).await?;
    let kinds = register::store::kinds(&mut tx).await?;
    let mut hours = vec![(String::new(), cx.t("measurements-schedule-off"))];
    hours.extend((0..24).map(|hour: i8| (hour.to_string(), cx.tv("measurements-schedule-at", &[("hour", hour.to_string())]))));
    let mut form = Form::post(format!("{HOME}/settings"), cx.t("measurements-settings-save"))
        .field("hour", cx.t("measurements-schedule"), Input::Select(hours))
        .value(set.schedule.hour.map(|hour| hour.to_string()).unwrap_or_default())
        .field("max_age_days", cx.t("measurements-max-age"), Input::Line("number"))
        .value(set.max_age_days.to_string())
        .hint(cx.t("measurements-max-age-hint"))
        .required();
    let profiles = Profile::ALL.iter().map(|one| (one.as_str().to_owned(), cx.t(&format!("measurements-profile-{}", one.as_str())))).collect();
    form = form
        .field("profile", cx.t("measurements-profile"), Input::Select(profiles))
        .value(set.profile.as_str())
        .hint(cx.t("measurements-profile-hint"));
    form = form
        .field("evidence_days", cx.t("measurements-evidence-days"), Input::Line("number"))
        .value(set.evidence_days.to_string())
        .hint(cx.t("measurements-evidence-days-hint"))
        .required();
    for (at, kind) in kinds.into_iter().enumerate() {
        let label = cx.tv("measurements-suffix-of", &[("kind", cx.lang.pick(kind.name_ja, kind.name_en))]);
        form = form.text(format!("suffix-{}", kind.code), label).value(set.suffixes.of(&kind.code).join(" "));
        if at == 0 {
            form = form.hint(cx.t("measurements-suffix-hint"));
        }
    }
    form = form.wrong(cx.lang, sent, wrong);
    let vantage = &cx.app.config.probe.vantage;
    let resolvers: Vec<String> = vantage.resolvers.iter().map(ToString::to_string).collect();
    let mut page = cx
        .page(cx.t("measurements-settings"))
        .crumb(HOME, cx.t("measurements-title"))
        .facts(vec![
            (cx.t("measurements-vantage"), Cell::text(&*vantage.name)),
            (
                cx.t("measurements-resolvers"),
                Cell::text(if resolvers.is_empty() { cx.t("measurements-resolvers-machine") } else { resolvers.join(", ") }),
            ),
            (cx.t("measurements-suffix-version"), Cell::text(&*set.suffixes.version)),
        ])
        .form(form)
        .heading("rejudge", cx.t("measurements-rejudge-heading"))
        .text(cx.t("measurements-rejudge-hint"))
        .form(Form::post(format!("{HOME}/rejudge"), cx.t("measurements-rejudge")));
    if !wrong.is_empty() {
        page.status = 422;
    }
    Ok(page)
}

/// Sets them.
pub async fn settings_sent(cx: Cx, Sent(sent): Sent<Vec<(String, String)>>) -> Result<Response> {
    let by_kind: BTreeMap<String, Vec<String>> =
        sent.iter().filter_map(|(name, text)| Some((name.strip_prefix("suffix-")?.to_owned(), words(text)))).collect();
    let mut wrong = Vec::new();
    let hour = match value(&sent, "hour") {
        "" => None,
        text => Some(text.parse::<i8>().unwrap_or(-1)),
    };
    let mut days = |name: &str| {
        value(&sent, name).parse::<i64>().unwrap_or_else(|_| {
            wrong.push(Field { name: name.to_owned(), text: "error-not-a-number", values: Vec::new() });
            0
        })
    };
    let (max_age_days, evidence_days) = (days("max_age_days"), days("evidence_days"));
    if wrong.is_empty() {
        let mut work = cx.work().await?;
        let profile = Profile::parse(value(&sent, "profile"));
        match actions::set(&mut work, Wanted { by_kind, hour, max_age_days, profile, evidence_days }).await {
            Ok(()) => {
                work.commit().await?;
                return Ok(Go::done(format!("{HOME}/settings"), "measurements-settings-saved").into_response());
            }
            Err(Error::Invalid(fields)) => wrong = fields,
            Err(error) => return Err(error),
        }
    }
    Ok(form(&cx, &sent, &wrong).await?.into_response())
}

/// The words of a line, however they are separated.
fn words(text: &str) -> Vec<String> {
    text.split([' ', '　', ',', '、', '\n', '\r']).map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
