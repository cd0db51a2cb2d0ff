//! Single sign-on by OpenID Connect against any provider: authorization code with PKCE, state and nonce (OpenID Connect Core
//! 1.0 §3.1, RFC 7636, RFC 9700 §2.1).
//!
//! An account is matched by the provider's subject, at first by a verified e-mail address; none is ever made silently. What is
//! under way lies in the database, is used once, ends after ten minutes, and belongs to the browser that began it.

use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Response};
use jiff::SignedDuration;
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse,
    IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse,
};
use serde_json::json;

use super::actions;
use super::layer::{SESSION_COOKIE, forget_cookie, session_cookie};
use super::store::{self, OidcState};
use crate::base::audit::sha256;
use crate::base::config::{App, OidcConfig};
use crate::base::cx::{Cx, cookie};
use crate::base::dates::stamp;
use crate::base::error::{Error, Result};
use crate::base::view::list::query;
use crate::base::view::respond::{Go, local};
use crate::base::work::Work;

/// The cookie that binds a sign-in under way to its browser.
const BROWSER_COOKIE: &str = "hinomi_oidc";
/// How long one may take at the provider.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);
/// The largest answer of a provider that is read.
const LARGEST: usize = 1024 * 1024;

/// What a verified token says.
struct Person {
    subject: String,
    email: Option<String>,
}

type Client = CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// Asks the provider; no redirects are followed, because they would lead us to addresses of its choice.
async fn ask(request: HttpRequest) -> Result<HttpResponse, std::io::Error> {
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(std::time::Duration::from_secs(10))
        .build()
        .map_err(std::io::Error::other)?;
    let request = reqwest::Request::try_from(request).map_err(std::io::Error::other)?;
    let mut answer = client.execute(request).await.map_err(std::io::Error::other)?;
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(std::io::Error::other)? {
        if body.len() + chunk.len() > LARGEST {
            return Err(std::io::Error::other("the provider's answer is too large"));
        }
        body.extend_from_slice(&chunk);
    }
    let mut response = HttpResponse::new(body);
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    Ok(response)
}

/// What went wrong goes to the log; the person reads that the provider does not answer and what to do.
fn unavailable(what: impl std::fmt::Debug) -> Error {
    tracing::warn!("single sign-on: {what:?}");
    Error::Unavailable("access-error-oidc-unavailable")
}

/// The provider's own description (OpenID Connect Discovery 1.0 §4); its issuer must be the one configured.
pub async fn discover(config: &OidcConfig) -> Result<CoreProviderMetadata> {
    let issuer = IssuerUrl::new(config.issuer.clone()).map_err(unavailable)?;
    CoreProviderMetadata::discover_async(issuer, &ask).await.map_err(unavailable)
}

async fn client(app: &App) -> Result<Client> {
    let config = app.config.oidc.as_ref().ok_or(Error::NotFound)?;
    let back = RedirectUrl::new(format!("{}/sign-in/oidc/back", app.config.public_url)).map_err(Error::internal)?;
    let secret = ClientSecret::new(config.client_secret.clone());
    let metadata = discover(config).await?;
    Ok(CoreClient::from_provider_metadata(metadata, ClientId::new(config.client_id.clone()), Some(secret)).set_redirect_uri(back))
}

/// Leads to the provider.
pub async fn begin(cx: Cx) -> Result<Response> {
    let client = client(&cx.app).await?;
    let secret = || cx.app.entropy.secret();
    let (state, nonce, browser) = (CsrfToken::new(secret()), Nonce::new(secret()), secret());
    let verifier = PkceCodeVerifier::new(secret());
    let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
    let asked = query(&cx.uri);
    let back = asked.iter().find(|(name, _)| name == "back").map_or("/", |(_, back)| local(back));
    let under_way =
        OidcState { browser: sha256(browser.as_bytes()), nonce: nonce.secret().clone(), verifier: verifier.secret().clone(), back: back.to_owned() };
    // Nothing of anybody's changes here, so this leaves no audit line.
    let now = cx.app.clock.now();
    let mut tx = cx.app.db.begin().await?;
    store::insert_oidc_state(&mut tx, &sha256(state.secret().as_bytes()), &under_way, &stamp(now), &stamp(now + PATIENCE)).await?;
    tx.commit().await?;
    let (url, _, _) = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || nonce)
        .add_scope(Scope::new("email".to_owned()))
        .add_scope(Scope::new("profile".to_owned()))
        .set_pkce_challenge(challenge)
        .url();
    Ok((AppendHeaders([(SET_COOKIE, session_cookie(&cx.app, BROWSER_COOKIE, &browser))]), Go::to(url.to_string())).into_response())
}

/// The provider leads back here.
pub async fn back(cx: Cx, headers: HeaderMap) -> Result<Response> {
    if cx.app.config.oidc.is_none() {
        return Err(Error::NotFound);
    }
    let asked = query(&cx.uri);
    let value = |name: &str| asked.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let stale = || Error::invalid("", "access-error-oidc-stale");
    let (state, browser) = (value("state").ok_or_else(stale)?, cookie(&headers, BROWSER_COOKIE).ok_or_else(stale)?);
    let now = stamp(cx.app.clock.now());
    // Taken before anything else is tried: a second use of the same state finds nothing.
    let mut tx = cx.app.db.begin().await?;
    let under_way = store::take_oidc_state(&mut tx, &sha256(state.as_bytes()), &now).await?;
    tx.commit().await?;
    let under_way = under_way.filter(|found| found.browser == sha256(browser.as_bytes())).ok_or_else(stale)?;
    if let Some(error) = value("error") {
        tracing::warn!("single sign-on: the provider refused: {error}");
        return Err(Error::invalid("", "access-error-oidc-refused"));
    }
    let person = exchange(&cx.app, value("code").ok_or_else(stale)?, &under_way).await?;
    let mut work = cx.work().await?;
    let secret = sign_in(&mut work, &person, cookie(&headers, SESSION_COOKIE).as_deref()).await?;
    work.commit().await?;
    let cookies = [(SET_COOKIE, session_cookie(&cx.app, SESSION_COOKIE, &secret)), (SET_COOKIE, forget_cookie(BROWSER_COOKIE))];
    Ok((AppendHeaders(cookies), Go::to(local(&under_way.back))).into_response())
}

/// Exchanges the code and verifies the token: signature, issuer, audience, time, nonce, access token.
async fn exchange(app: &App, code: String, under_way: &OidcState) -> Result<Person> {
    let client = client(app).await?;
    let answer = client
        .exchange_code(AuthorizationCode::new(code))
        .map_err(unavailable)?
        .set_pkce_verifier(PkceCodeVerifier::new(under_way.verifier.clone()))
        .request_async(&ask)
        .await
        .map_err(unavailable)?;
    let refused = |what: &dyn std::fmt::Debug| {
        tracing::warn!("single sign-on: {what:?}");
        Error::invalid("", "access-error-oidc-refused")
    };
    let token = answer.id_token().ok_or_else(|| refused(&"no identity token"))?;
    let seconds = u64::try_from(app.clock.now().as_second()).unwrap_or_default();
    let verifier = client.id_token_verifier().set_time_fn(move || (std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds)).into());
    let claims = token.claims(&verifier, &Nonce::new(under_way.nonce.clone())).map_err(|error| refused(&error))?;
    if let Some(expected) = claims.access_token_hash() {
        let algorithm = token.signing_alg().map_err(|error| refused(&error))?;
        let key = token.signing_key(&verifier).map_err(|error| refused(&error))?;
        let actual = AccessTokenHash::from_token(answer.access_token(), algorithm, key).map_err(|error| refused(&error))?;
        if actual != *expected {
            return Err(refused(&"another access token"));
        }
    }
    let email = claims.email().filter(|_| claims.email_verified() == Some(true)).map(|email| email.as_str().to_lowercase());
    Ok(Person { subject: format!("{} {}", claims.issuer().as_str(), claims.subject().as_str()), email })
}

/// Begins a session for the account that is this person; without one there is none.
async fn sign_in(work: &mut Work, person: &Person, before: Option<&str>) -> Result<String> {
    let nobody = || Error::invalid("", "access-error-oidc-nobody");
    let account = match store::account_by_subject(&mut work.tx, &person.subject).await? {
        Some(account) => account,
        None => {
            let email = person.email.as_deref().ok_or_else(nobody)?;
            let (account, _) = store::by_email(&mut work.tx, email).await?.ok_or_else(nobody)?;
            // An account that belongs to another subject already is not taken over by an address.
            if store::set_subject(&mut work.tx, &account, &person.subject).await? == 0 {
                return Err(nobody());
            }
            work.audit("", "access", "account.match", account.as_str(), json!({ "subject": person.subject })).await?;
            account
        }
    };
    if let Some(before) = before {
        store::delete_session(&mut work.tx, &sha256(before.as_bytes())).await?;
    }
    actions::begin_session(work, &account, "oidc").await
}
