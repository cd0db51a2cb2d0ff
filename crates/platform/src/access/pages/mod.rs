//! Signing in and out. One's own account is in `own`.

pub mod own;

use axum::Form as Sent;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Response};

use super::actions::{self, Outcome};
use super::layer::{RemoteAddress, SESSION_COOKIE, forget_cookie, session_cookie};
use super::password;
use super::store::{self, AccountRow};
use crate::base::audit::sha256;
use crate::base::cx::{Cx, cookie};
use crate::base::dates::stamp;
use crate::base::error::{Error, Field, Result};
use crate::base::view::form::{Form, Input};
use crate::base::view::list::query;
use crate::base::view::page::Page;
use crate::base::view::respond::{Go, local};

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
    let mut page = cx.page(cx.t("sign-in"));
    if cx.app.config.oidc.is_some() {
        page = page.links(vec![("/sign-in/oidc".to_owned(), cx.t("access-oidc"))]);
    }
    page = page.form(form);
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
            Ok((AppendHeaders([(SET_COOKIE, cookie)]), Go::to(local(value("back")))).into_response())
        }
        Outcome::Wrong => wrong("access-error-sign-in"),
        Outcome::TooMany => wrong("access-error-too-many"),
    }
}

/// A personal link. One for single use asks before it is used up, because mail scanners follow links; with it a person who
/// has no password yet chooses one.
pub async fn link(cx: Cx, Path(link): Path<String>) -> Result<Response> {
    let now = stamp(cx.app.clock.now());
    let mut tx = cx.read().await?;
    let found = store::peek_link(&mut tx, &sha256(link.as_bytes()), &now).await?;
    let (account, single_use) = found.ok_or_else(|| Error::invalid("", "access-error-link"))?;
    if single_use {
        let account = store::account(&mut tx, &account).await?;
        return Ok(invitation(&cx, &link, &account, &[], &[]).into_response());
    }
    drop(tx);
    let mut work = cx.work().await?;
    let secret = actions::sign_in_by_link(&mut work, &link).await?;
    work.commit().await?;
    Ok((AppendHeaders([(SET_COOKIE, session_cookie(&cx.app, SESSION_COOKIE, &secret))]), Go::to("/")).into_response())
}

fn invitation(cx: &Cx, link: &str, account: &AccountRow, sent: &[(String, String)], wrong: &[Field]) -> Page {
    let mut form = Form::post(format!("/sign-in/link/{link}"), cx.t("sign-in"));
    // Where people sign in elsewhere, a password is theirs to choose or to leave.
    let needs = !account.has_password && !account.has_single_sign_on && cx.app.config.oidc.is_none();
    if !account.has_password {
        form = form
            .field("password", cx.t("access-password-new"), Input::Line("password"))
            .hint(cx.tv("access-password-hint", &[("count", password::SHORTEST.to_string())]));
        if needs {
            form = form.required();
        }
    }
    let mut page = cx
        .page(cx.t("access-invitation"))
        .lead(cx.tv("access-invitation-lead", &[("name", account.name.clone()), ("email", account.email.clone())]))
        .form(form.wrong(cx.lang, sent, wrong));
    page.plain = true;
    if !wrong.is_empty() {
        page.status = 422;
    }
    page
}

/// Uses a personal link for single use.
pub async fn link_sent(cx: Cx, Path(link): Path<String>, Sent(sent): Sent<Vec<(String, String)>>) -> Result<Response> {
    let typed = sent.iter().find(|(key, _)| key == "password").map_or("", |(_, value)| value.as_str());
    let now = stamp(cx.app.clock.now());
    let mut tx = cx.read().await?;
    let found = store::peek_link(&mut tx, &sha256(link.as_bytes()), &now).await?;
    let (account, _) = found.ok_or_else(|| Error::invalid("", "access-error-link"))?;
    let account = store::account(&mut tx, &account).await?;
    drop(tx);
    let needs = !account.has_password && !account.has_single_sign_on && cx.app.config.oidc.is_none();
    let hashed = if account.has_password || (typed.is_empty() && !needs) {
        None
    } else {
        match actions::hash_slowly("password", typed.to_owned(), cx.app.entropy.bytes()).await {
            Ok(hashed) => Some(hashed),
            Err(Error::Invalid(wrong)) => return Ok(invitation(&cx, &link, &account, &sent, &wrong).into_response()),
            Err(error) => return Err(error),
        }
    };
    let mut work = cx.work().await?;
    let secret = actions::accept_invitation(&mut work, &link, hashed.as_deref()).await?;
    work.commit().await?;
    Ok((AppendHeaders([(SET_COOKIE, session_cookie(&cx.app, SESSION_COOKIE, &secret))]), Go::to("/")).into_response())
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
