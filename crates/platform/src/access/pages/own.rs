//! One's own account: password, sessions, API tokens.

use axum::Form as Sent;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Response};

use crate::access::layer::{RemoteAddress, SESSION_COOKIE, forget_cookie};
use crate::access::store::{self, AccountRow, SessionId, TokenId};
use crate::access::{actions, password};
use crate::base::actor::Role;
use crate::base::audit::sha256;
use crate::base::cx::{Cx, cookie};
use crate::base::dates::{show_stamp, stamp};
use crate::base::error::{Error, Field, Result};
use crate::base::lang::Lang;
use crate::base::view::cell::Cell;
use crate::base::view::form::{Form, Input};
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::base::view::respond::Go;

/// The account of the actor and the hash of the session it came with. A program with an API token has no session, so it
/// cannot change the password or make itself longer-living tokens.
async fn oneself(cx: &Cx, headers: &HeaderMap) -> Result<(AccountRow, String)> {
    let id = cx.actor.account.as_ref().ok_or(Error::NotFound)?;
    let hash = sha256(cookie(headers, SESSION_COOKIE).ok_or(Error::NotFound)?.as_bytes());
    let mut tx = cx.read().await?;
    let sessions = store::sessions(&mut tx, id, &stamp(cx.app.clock.now())).await?;
    if !sessions.iter().any(|session| session.hash == hash) {
        return Err(Error::NotFound);
    }
    Ok((store::account(&mut tx, id).await?, hash))
}

/// What was wrong with which form of the page.
#[derive(Default)]
struct Wrong<'a> {
    form: &'a str,
    sent: &'a [(String, String)],
    fields: &'a [Field],
}

/// The page.
pub async fn own(cx: Cx, headers: HeaderMap) -> Result<Page> {
    let (account, hash) = oneself(&cx, &headers).await?;
    page(&cx, &account, &hash, Wrong::default()).await
}

async fn page(cx: &Cx, account: &AccountRow, hash: &str, wrong: Wrong<'_>) -> Result<Page> {
    let mut tx = cx.read().await?;
    let now = stamp(cx.app.clock.now());
    let sessions = store::sessions(&mut tx, &account.id, &now).await?;
    let tokens = store::tokens(&mut tx, &account.id).await?;
    let mut roles: Vec<Role> = account.roles.iter().filter_map(|held| Role::parse(&held.role)).collect();
    roles.sort();
    roles.dedup();
    let role_name = |role: &str| cx.t(&format!("role-{role}"));
    let again = |form: Form, name: &str| if wrong.form == name { form.wrong(cx.lang, wrong.sent, wrong.fields) } else { form };

    let mut change = Form::post("/access/own/password", cx.t("access-password-change")).heading(cx.t("access-password-change"));
    if account.has_password {
        change = change.field("current", cx.t("access-password-current"), Input::Line("password")).required();
    }
    change = change
        .field("new", cx.t("access-password-new"), Input::Line("password"))
        .hint(cx.tv("access-password-hint", &[("count", password::SHORTEST.to_string())]))
        .required();

    let session_list = List::new("sessions", cx.t("access-sessions"))
        .column(cx.t("access-session-begun"))
        .column(cx.t("access-session-how"))
        .column(cx.t("access-ends"))
        .column(cx.t("access-action"))
        .rows(sessions.iter().map(|session| {
            vec![
                Cell::text(show_stamp(&session.created_at)),
                Cell::text(cx.t(&format!("access-how-{}", session.how))),
                Cell::text(show_stamp(&session.expires_at)),
                if session.hash == hash {
                    Cell::text(cx.t("access-session-this"))
                } else {
                    Cell::Button(format!("/access/own/sessions/{}/end", session.id), cx.t("access-session-end"))
                },
            ]
        }));
    let token_list = List::new("tokens", cx.t("access-tokens"))
        .column(cx.t("access-token-name"))
        .column(cx.t("access-role"))
        .column(cx.t("access-ends"))
        .column(cx.t("access-token-used"))
        .column(cx.t("access-action"))
        .empty(cx.t("access-tokens-empty"))
        .rows(tokens.iter().map(|token| {
            vec![
                Cell::text(&*token.name),
                Cell::text(role_name(&token.role)),
                Cell::text(show_stamp(&token.expires_at)),
                Cell::text(token.used_at.as_deref().and_then(|at| at.get(..10)).map_or_else(|| cx.t("access-token-unused"), str::to_owned)),
                Cell::Button(format!("/access/own/tokens/{}/revoke", token.id), cx.t("access-token-revoke")),
            ]
        }));
    let mut out = cx
        .page(cx.t("access-own"))
        .facts(vec![
            (cx.t("access-name"), Cell::text(&*account.name)),
            (cx.t("access-email"), Cell::text(&*account.email)),
            (cx.t("access-roles"), Cell::Many(roles.iter().map(|role| Cell::text(role_name(role.as_str()))).collect())),
        ])
        .form(again(mail_language(cx, account), "language"))
        .form(again(change, "password"))
        .list(session_list)
        .form(Form::post("/access/own/sessions/end", cx.t("access-sessions-end")).danger())
        .list(token_list);
    if !roles.is_empty() {
        let choices = roles.iter().map(|role| (role.as_str().to_owned(), role_name(role.as_str()))).collect();
        let make = Form::post("/access/own/tokens", cx.t("access-token-make"))
            .heading(cx.t("access-token-make"))
            .text("name", cx.t("access-token-name"))
            .hint(cx.t("access-token-name-hint"))
            .required()
            .field("role", cx.t("access-role"), Input::Select(choices))
            .required()
            .field("days", cx.t("access-token-days"), Input::Line("number"))
            .value("90")
            .required();
        out = out.form(again(make, "token"));
    }
    if !wrong.fields.is_empty() {
        out.status = 422;
    }
    Ok(out)
}

fn value<'a>(sent: &'a [(String, String)], name: &str) -> &'a str {
    sent.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
}

/// The form for the language of mail.
fn mail_language(cx: &Cx, account: &AccountRow) -> Form {
    // Each language by its own name: who cannot read one finds the other.
    let choices = [("", cx.t("access-language-both")), ("ja", "日本語".to_owned()), ("en", "English".to_owned())];
    Form::post("/access/own/language", cx.t("access-language-change"))
        .heading(cx.t("access-language"))
        .field("lang", cx.t("access-language-mail"), Input::Select(choices.map(|(value, words)| (value.to_owned(), words)).to_vec()))
        .value(account.lang.as_deref().unwrap_or_default())
}

/// Changes the language of mail.
pub async fn language(cx: Cx, headers: HeaderMap, Sent(sent): Sent<Vec<(String, String)>>) -> Result<Response> {
    let (account, hash) = oneself(&cx, &headers).await?;
    let lang = match value(&sent, "lang") {
        "" => None,
        text => match Lang::parse(text) {
            Some(lang) => Some(lang),
            None => {
                let fields = [Field { name: "lang".to_owned(), text: "error-not-a-choice", values: Vec::new() }];
                return Ok(page(&cx, &account, &hash, Wrong { form: "language", sent: &sent, fields: &fields }).await?.into_response());
            }
        },
    };
    let mut work = cx.work().await?;
    actions::set_lang(&mut work, lang).await?;
    work.commit().await?;
    Ok(Go::done("/access/own", "access-language-changed").into_response())
}

/// Changes the password; all other sessions end.
pub async fn password(cx: Cx, from: RemoteAddress, headers: HeaderMap, Sent(sent): Sent<Vec<(String, String)>>) -> Result<Response> {
    let (account, hash) = oneself(&cx, &headers).await?;
    let outcome = async {
        let hashed = actions::hash_slowly("new", value(&sent, "new").to_owned(), cx.app.entropy.bytes()).await?;
        let proof = actions::prove(&cx.app, &account.email, value(&sent, "current"), &from.0).await?;
        let mut work = cx.work().await?;
        let changed = actions::change_password(&mut work, proof, &hashed, &hash).await?;
        work.commit().await?;
        if changed { Ok(()) } else { Err(Error::invalid("current", "access-error-password-wrong")) }
    };
    match outcome.await {
        Ok(()) => Ok(Go::done("/access/own", "password-changed").into_response()),
        Err(Error::Invalid(fields)) => {
            Ok(page(&cx, &account, &hash, Wrong { form: "password", sent: &sent, fields: &fields }).await?.into_response())
        }
        Err(error) => Err(error),
    }
}

/// Ends another session of one's own.
pub async fn end_session(cx: Cx, Path(session): Path<SessionId>) -> Result<Go> {
    let mut work = cx.work().await?;
    actions::end_session(&mut work, &session).await?;
    work.commit().await?;
    Ok(Go::done("/access/own#sessions", "session-ended"))
}

/// Signs out everywhere.
pub async fn end_sessions(cx: Cx) -> Result<impl IntoResponse> {
    let mut work = cx.work().await?;
    actions::end_sessions(&mut work).await?;
    work.commit().await?;
    Ok((AppendHeaders([(SET_COOKIE, forget_cookie(SESSION_COOKIE))]), Go::to("/sign-in")))
}

/// Makes an API token and shows its secret once.
pub async fn make_token(cx: Cx, headers: HeaderMap, Sent(sent): Sent<Vec<(String, String)>>) -> Result<Response> {
    let (account, hash) = oneself(&cx, &headers).await?;
    let outcome = async {
        let role = Role::parse(value(&sent, "role")).ok_or_else(|| Error::invalid("role", "error-not-a-choice"))?;
        let days = value(&sent, "days").trim().parse().map_err(|_| Error::invalid("days", "error-not-a-number"))?;
        let mut work = cx.work().await?;
        let (_, secret) = actions::make_token(&mut work, &account.id, value(&sent, "name"), role, days).await?;
        work.commit().await?;
        Ok(secret)
    };
    match outcome.await {
        Ok(secret) => Ok(cx
            .page(cx.t("access-token-made"))
            .crumb("/access/own", cx.t("access-own"))
            .note("warn", cx.t("access-token-once"))
            .facts(vec![(cx.t("access-token"), Cell::text(secret))])
            .links(vec![("/access/own#tokens".to_owned(), cx.t("access-own"))])
            .into_response()),
        Err(Error::Invalid(fields)) => Ok(page(&cx, &account, &hash, Wrong { form: "token", sent: &sent, fields: &fields }).await?.into_response()),
        Err(error) => Err(error),
    }
}

/// Revokes an API token of one's own.
pub async fn revoke_token(cx: Cx, Path(token): Path<TokenId>) -> Result<Go> {
    let account = cx.actor.account.clone().ok_or(Error::NotFound)?;
    let mut work = cx.work().await?;
    actions::revoke_token(&mut work, &account, &token).await?;
    work.commit().await?;
    Ok(Go::done("/access/own#tokens", "token-revoked"))
}
