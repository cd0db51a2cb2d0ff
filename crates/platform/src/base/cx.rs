//! What every handler is given: the application, who asks, and in which language. Taking it is the sign-in check.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};

use super::actor::{Actor, Scope, Verb};
use super::config::App;
use super::db::Tx;
use super::error::{Error, Result};
use super::lang::Lang;
use super::view::page::Page;
use super::work::Work;

/// A request's context.
#[derive(Clone)]
pub struct Cx {
    /// The application.
    pub app: Arc<App>,
    /// Who asks.
    pub actor: Actor,
    /// In which language to answer.
    pub lang: Lang,
    /// The address asked for.
    pub uri: Uri,
    /// The personal-link token, if the respondent carries one.
    pub link: Option<String>,
}

/// Put into the request by the sign-in layer of area `access`, so that base need not know how people sign in.
#[derive(Clone)]
pub struct SignedIn(pub Actor);

/// The value of cookie `name`.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// The name of the cookie that keeps the language.
pub const LANG_COOKIE: &str = "hinomi_lang";
/// The name of the cookie that keeps a respondent's personal link.
pub const LINK_COOKIE: &str = "hinomi_link";

/// The language of a request: `?lang=`, then the cookie, then what the browser asks for, then Japanese.
pub fn lang(headers: &HeaderMap, uri: &Uri) -> Lang {
    let asked = uri.query().into_iter().flat_map(|query| query.split('&')).find_map(|pair| pair.strip_prefix("lang="));
    if let Some(lang) = asked.and_then(Lang::parse) {
        return lang;
    }
    if let Some(lang) = cookie(headers, LANG_COOKIE).as_deref().and_then(Lang::parse) {
        return lang;
    }
    let header = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("");
    header.split(',').filter_map(|part| Lang::parse(part.trim().get(..2)?)).next().unwrap_or(Lang::Ja)
}

impl FromRequestParts<Arc<App>> for Cx {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Self::Rejection> {
        let actor = parts.extensions.get::<SignedIn>().map_or_else(Actor::public, |signed| signed.0.clone());
        Ok(Self {
            app: app.clone(),
            actor,
            lang: lang(&parts.headers, &parts.uri),
            uri: parts.uri.clone(),
            link: cookie(&parts.headers, LINK_COOKIE),
        })
    }
}

impl Cx {
    /// Begins reading.
    pub async fn read(&self) -> Result<Tx> {
        self.app.db.read().await
    }

    /// Begins a change.
    pub async fn work(&self) -> Result<Work> {
        Work::begin(&self.app, &self.actor).await
    }

    /// The actor's reach; an empty one is [`Error::NotFound`].
    pub fn scope(&self, area: &str, verb: Verb) -> Result<Scope> {
        let scope = self.actor.scope(area, verb);
        if scope.is_empty() { Err(Error::NotFound) } else { Ok(scope) }
    }

    /// A text.
    pub fn t(&self, key: &str) -> String {
        super::lang::texts().get(self.lang, key)
    }

    /// A text with values.
    pub fn tv(&self, key: &str, values: &[(&str, String)]) -> String {
        super::lang::texts().with(self.lang, key, values)
    }

    /// The page of a link that leads nowhere any more: what the holder can do now, and nothing about what it once opened.
    pub fn gone(&self, key: &str) -> Page {
        let mut page = self.page(self.t("error-title-link")).note("bad", self.t(key));
        page.status = 404;
        page.plain = true;
        page
    }

    /// A page with `title`, to which blocks are added.
    pub fn page(&self, title: impl Into<String>) -> Page {
        Page::new(self, title.into())
    }
}
