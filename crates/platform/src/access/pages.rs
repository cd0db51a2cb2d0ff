//! Signing in and out, and the list of accounts.

use axum::Form as Sent;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Response};

use super::layer::{SESSION_COOKIE, forget_cookie, session_cookie};
use super::{actions, store};
use crate::base::actor::Verb;
use crate::base::cx::{Cx, cookie};
use crate::base::error::{Error, Field, Result};
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::form::{Form, Input};
use crate::base::view::list::{List, query};
use crate::base::view::page::Page;
use crate::base::view::respond::Go;

/// Only addresses of this site: "//elsewhere" and "/\elsewhere" are read by browsers as another host.
fn safe_back(back: &str) -> &str {
    if back.starts_with('/') && !back.starts_with("//") && !back.contains('\\') { back } else { "/" }
}

/// The form to sign in.
pub async fn sign_in(cx: Cx) -> Page {
    let back = query(&cx.uri).into_iter().find(|(name, _)| name == "back").map_or(String::new(), |(_, back)| back);
    form(&cx, &[("back".to_owned(), back)], &[])
}

fn form(cx: &Cx, sent: &[(String, String)], wrong: &[Field]) -> Page {
    let form = Form::post("/sign-in", cx.t("sign-in"))
        .hidden("back", "")
        .field("email", cx.t("access-email"), Input::Line("email"))
        .required()
        .field("password", cx.t("access-password"), Input::Line("password"))
        .required()
        .wrong(cx.lang, sent, wrong);
    let mut page = cx.page(cx.t("sign-in")).form(form);
    if !wrong.is_empty() {
        page.status = 422;
    }
    page
}

/// Signs in by address and password.
pub async fn sign_in_sent(cx: Cx, Sent(sent): Sent<Vec<(String, String)>>) -> Result<Response> {
    let value = |name: &str| sent.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let mut work = cx.work().await?;
    match actions::sign_in(&mut work, value("email"), value("password")).await {
        Ok(secret) => {
            work.commit().await?;
            let cookie = session_cookie(&cx.app, SESSION_COOKIE, &secret);
            Ok((AppendHeaders([(SET_COOKIE, cookie)]), Go::to(safe_back(value("back")))).into_response())
        }
        Err(Error::Invalid(wrong)) => Ok(form(&cx, &sent, &wrong).into_response()),
        Err(error) => Err(error),
    }
}

/// Signs in by a link.
pub async fn sign_in_by_link(cx: Cx, Path(link): Path<String>) -> Result<impl IntoResponse> {
    let mut work = cx.work().await?;
    let secret = actions::sign_in_by_link(&mut work, &link).await?;
    work.commit().await?;
    Ok((AppendHeaders([(SET_COOKIE, session_cookie(&cx.app, SESSION_COOKIE, &secret))]), Go::to("/")))
}

/// Signs out.
pub async fn sign_out(cx: Cx, headers: HeaderMap) -> Result<impl IntoResponse> {
    if let Some(secret) = cookie(&headers, SESSION_COOKIE) {
        let mut work = cx.work().await?;
        actions::sign_out(&mut work, &secret).await?;
        work.commit().await?;
    }
    Ok((AppendHeaders([(SET_COOKIE, forget_cookie(SESSION_COOKIE))]), Go::to("/")))
}

/// Every account.
pub async fn accounts(cx: Cx) -> Result<Page> {
    cx.scope("access", Verb::Read)?;
    let rows = store::accounts(&mut cx.read().await?).await?;
    let mut list = List::new("accounts", cx.t("access-accounts"))
        .column(cx.t("access-name"))
        .column(cx.t("access-email"))
        .column(cx.t("access-roles"))
        .choice(cx.t("access-state"));
    for row in rows {
        list.row(vec![
            Cell::text(row.name),
            Cell::text(row.email),
            Cell::Many(row.roles.iter().map(|(role, _)| Cell::text(cx.t(&format!("role-{role}")))).collect()),
            if row.active { Cell::Badge(Tone::Good, cx.t("access-active")) } else { Cell::Badge(Tone::Plain, cx.t("access-inactive")) },
        ]);
    }
    Ok(cx.page(cx.t("access-accounts")).list(list))
}
