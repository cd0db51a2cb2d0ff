//! The addresses that belong to no area: the front page, the language, the API's document, whether we are well.

use axum::extract::{Path, Query};
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse};

use crate::base::actor::Verb;
use crate::base::area::{Need, Route};
use crate::base::cx::{Cx, LANG_COOKIE};
use crate::base::error::{Error, Result};
use crate::base::lang::Lang;
use crate::base::view::page::Page;
use crate::base::view::respond::{Go, local};

/// Its addresses.
pub fn routes() -> Vec<Route> {
    vec![
        Route::page("/", Need::Public, home),
        Route::page("/language/{lang}", Need::Public, language),
        Route::page("/api", Need::Public, super::openapi::reader),
        Route::file("/openapi.json", Need::Public, super::openapi::json),
        Route::file("/health", Need::Public, health),
    ]
}

/// The front page: what one can do here.
async fn home(cx: Cx) -> Result<Page> {
    let mut page = cx.page(cx.t("home-title")).lead(cx.t("home-lead"));
    let links = crate::base::area::menu_order()
        .flat_map(|area| area.menu.iter().map(move |entry| (area.name, entry)))
        .filter(|(area, entry)| entry.need.is_none_or(|verb| cx.actor.may(area, verb)))
        .map(|(_, entry)| (entry.path.to_owned(), cx.t(entry.text)))
        .collect();
    if cx.actor.may("access", Verb::Manage) && !super::setup::left(&mut cx.read().await?).await?.is_empty() {
        page = page.note("warn", cx.t("setup-remind")).links(vec![("/setup".to_owned(), cx.t("setup-steps-title"))]);
    }
    if cx.actor.is_known() {
        page = page.list(super::tasks::tasks(&cx).await?);
    }
    Ok(page.heading("areas", cx.t("home-areas")).links(links))
}

/// Keeps the language and goes back.
async fn language(Path(lang): Path<String>, Query(query): Query<Vec<(String, String)>>) -> Result<impl IntoResponse> {
    let lang = Lang::parse(&lang).ok_or(Error::NotFound)?;
    let back = query.iter().find(|(name, _)| name == "back").map_or("/", |(_, back)| local(back));
    let cookie = format!("{LANG_COOKIE}={}; Path=/; Max-Age=31536000; SameSite=Lax", lang.as_str());
    Ok((AppendHeaders([(SET_COOKIE, cookie)]), Go::to(without_lang(back))))
}

/// `?lang=` in an address would win over the cookie, so it is taken out.
fn without_lang(back: &str) -> String {
    let Some((path, query)) = back.split_once('?') else { return back.to_owned() };
    let kept: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("lang=")).collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}

/// Whether storage answers.
async fn health(cx: Cx) -> Result<&'static str> {
    cx.read().await?.one("SELECT 1 AS one FROM audit_head", &[]).await?;
    Ok("ok\n")
}
