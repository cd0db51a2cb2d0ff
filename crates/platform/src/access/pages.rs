//! Signing in and out, and the list of accounts.

use axum::Form as Sent;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Response};

use super::actions::{self, Outcome};
use super::layer::{RemoteAddress, SESSION_COOKIE, forget_cookie, session_cookie};
use crate::base::cx::{Cx, cookie};
use crate::base::error::{Field, Result};
use crate::base::view::form::{Form, Input};
use crate::base::view::list::query;
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
pub async fn sign_in_sent(cx: Cx, from: RemoteAddress, headers: HeaderMap, Sent(sent): Sent<Vec<(String, String)>>) -> Result<Response> {
    let value = |name: &str| sent.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let proof = actions::prove(&cx.app, value("email"), value("password"), &from.0).await?;
    let mut work = cx.work().await?;
    let outcome = actions::sign_in(&mut work, proof, cookie(&headers, SESSION_COOKIE).as_deref()).await?;
    work.commit().await?;
    let wrong = |text| Ok(form(&cx, &sent, &[Field { name: String::new(), text, values: Vec::new() }]).into_response());
    match outcome {
        Outcome::In(secret) => {
            let cookie = session_cookie(&cx.app, SESSION_COOKIE, &secret);
            Ok((AppendHeaders([(SET_COOKIE, cookie)]), Go::to(safe_back(value("back")))).into_response())
        }
        Outcome::Wrong => wrong("access-error-sign-in"),
        Outcome::TooMany => wrong("access-error-too-many"),
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

