//! How a request gets its actor: a session cookie for people, a bearer token for programs.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::store;
use crate::base::audit::sha256;
use crate::base::config::App;
use crate::base::cx::{SignedIn, cookie};
use crate::base::dates::stamp;
use crate::base::error::Result;

/// The cookie that holds a session's secret.
pub const SESSION_COOKIE: &str = "hinomi_session";

/// The text of a cookie that lasts as long as the browser wants; `Secure` where people come by HTTPS.
pub fn session_cookie(app: &App, name: &str, value: &str) -> String {
    let secure = if app.config.public_url.starts_with("https://") { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}")
}

/// The text that removes a cookie.
pub fn forget_cookie(name: &str) -> String {
    format!("{name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// The address a request came from, as text; "" where there is none. Behind a declared proxy, what the proxy says.
pub struct RemoteAddress(pub String);

impl axum::extract::FromRequestParts<Arc<App>> for RemoteAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, app: &Arc<App>) -> Result<Self, Self::Rejection> {
        let forwarded = || {
            // The last one is what our own proxy saw; those before it anybody can write.
            let line = parts.headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
            line.rsplit(',').next().map(|address| address.trim().to_owned())
        };
        let peer = || parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip().to_string());
        let address = if app.config.behind_proxy { forwarded().or_else(peer) } else { peer() };
        Ok(Self(address.unwrap_or_default()))
    }
}

/// Finds out who asks, before anything else looks at the request.
pub async fn sign_in(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    match actor(&app, request.headers().clone()).await {
        Ok(Some(actor)) => {
            let signed = SignedIn(actor);
            request.extensions_mut().insert(signed.clone());
            let mut response = next.run(request).await;
            // For the layer that words errors: its page shows who is signed in.
            response.extensions_mut().insert(signed);
            response
        }
        Ok(None) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

async fn actor(app: &Arc<App>, headers: HeaderMap) -> Result<Option<crate::base::actor::Actor>> {
    let now = stamp(app.clock.now());
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| value.strip_prefix("Bearer "));
    if let Some(token) = bearer {
        let hash = sha256(token.trim().as_bytes());
        let Some((actor, used)) = store::actor_of_token(&mut app.db.read().await?, &hash, &now).await? else { return Ok(None) };
        // Noted once a day: enough to find tokens nobody needs, without a write for each request.
        if used.is_none_or(|used| used.get(..10) != now.get(..10)) {
            let mut tx = app.db.begin().await?;
            store::touch_token(&mut tx, &hash, &now).await?;
            tx.commit().await?;
        }
        return Ok(Some(actor));
    }
    match cookie(&headers, SESSION_COOKIE) {
        Some(secret) => store::actor_of_session(&mut app.db.read().await?, &sha256(secret.as_bytes()), &now).await,
        None => Ok(None),
    }
}
