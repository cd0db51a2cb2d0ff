//! The publication policy: who may read which field.

use axum::Form as Sent;
use axum::response::{IntoResponse, Response};

use super::{Fields, value};
use crate::base::actor::Verb;
use crate::base::cx::Cx;
use crate::base::error::{Error, Field, Result};
use crate::base::view::form::{Form, Input};
use crate::base::view::page::Page;
use crate::base::view::respond::Go;
use crate::reports::policy::{Audience, Policy};
use crate::reports::report::fields;
use crate::reports::{actions, gather};

/// The policy.
pub async fn policy(cx: Cx) -> Result<Page> {
    page(&cx, &[], &[]).await
}

async fn page(cx: &Cx, sent: &[(String, String)], wrong: &[Field]) -> Result<Page> {
    cx.scope("reports", Verb::Manage)?;
    let policy = gather::policy(&mut cx.read().await?).await?;
    let years = [("year", cx.t("reports-this-year")), ("next", cx.t("reports-next-year"))];
    let choices: Vec<(String, String)> =
        Audience::ALL.iter().map(|one| (one.as_str().to_owned(), cx.t(&format!("reports-audience-{}", one.as_str())))).collect();
    let mut form = Form::post("/reports/policy", cx.t("reports-policy-save"));
    for field in fields() {
        form = form
            .field(field.key, cx.tv(&format!("reports-field-{}", field.key), &years), Input::Select(choices.clone()))
            .value(policy.audience(field.key).as_str());
        if policy.audience(field.key) != field.default {
            form = form.hint(cx.tv("reports-policy-default", &[("audience", cx.t(&format!("reports-audience-{}", field.default.as_str())))]));
        }
    }
    form = form.text("licence", cx.t("reports-policy-licence")).value(policy.licence).required();
    let mut page =
        cx.page(cx.t("reports-policy")).crumb("/reports", cx.t("reports")).lead(cx.t("reports-policy-lead")).form(form.wrong(cx.lang, sent, wrong));
    if !wrong.is_empty() {
        page.status = 422;
    }
    Ok(page)
}

/// Sets the policy.
pub async fn policy_sent(cx: Cx, Sent(sent): Sent<Fields>) -> Result<Response> {
    let mut new = Policy { licence: value(&sent, "licence"), ..Policy::default() };
    let mut wrong = Vec::new();
    for field in fields() {
        match Audience::parse(&value(&sent, field.key)) {
            // A field left at its default follows the default.
            Some(audience) if audience == field.default => {}
            Some(audience) => drop(new.fields.insert(field.key.to_owned(), audience)),
            None => wrong.push(Field { name: field.key.to_owned(), text: "error-not-a-choice", values: Vec::new() }),
        }
    }
    if !wrong.is_empty() {
        return Ok(page(&cx, &sent, &wrong).await?.into_response());
    }
    let mut work = cx.work().await?;
    match actions::set_policy(&mut work, &new).await {
        Ok(()) => {
            work.commit().await?;
            Ok(Go::done("/reports/policy", "reports-policy").into_response())
        }
        Err(Error::Invalid(wrong)) => {
            drop(work);
            Ok(page(&cx, &sent, &wrong).await?.into_response())
        }
        Err(error) => Err(error),
    }
}
