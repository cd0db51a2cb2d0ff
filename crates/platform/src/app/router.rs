//! From the areas' routes to one service: sign-in, rights, protection against other sites, bounds, words for errors.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_SECURITY_POLICY, REFERER, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::timeout::TimeoutLayer;

use super::AREAS;
use crate::base::area::{Kind, Need, Route};
use crate::base::assets;
use crate::base::config::App;
use crate::base::cx::Cx;
use crate::base::error::Error;
use crate::base::upload;
use crate::base::view::respond::{Carried, error_response};

/// The longest body that is read at all: a file of the largest size with the form around it.
const LARGEST: u64 = upload::LIMIT as u64 + 1024 * 1024;

/// Every route with the name of its area.
pub fn routes() -> Vec<(&'static str, Route)> {
    AREAS
        .iter()
        .flat_map(|area| (area.routes)().into_iter().map(|route| (area.name, route)))
        .chain(super::home::routes().into_iter().chain(super::setup::routes()).map(|route| ("app", route)))
        .collect()
}

/// The whole application as a service.
pub fn router(app: Arc<App>) -> Router {
    let mut router = Router::new();
    for (area, route) in routes() {
        let need = route.need;
        let api = route.kind == Kind::Api;
        router = router
            .route(route.path, route.handler.layer(from_fn(move |cx: Cx2, request: Request, next: Next| guard(area, need, api, cx, request, next))));
    }
    router
        .route("/assets/{file}", get(assets::asset))
        .fallback(|| async { Error::NotFound })
        .layer(DefaultBodyLimit::max(upload::LIMIT))
        .layer(from_fn_with_state(app.clone(), crate::access::layer::sign_in))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| Error::internal("a handler panicked").into_response()))
        // Fetch metadata and Origin decide (OWASP, 2025); cookies are SameSite=Lax besides. API tokens carry no cookie.
        .layer(CsrfLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, Duration::from_secs(300)))
        .layer(from_fn_with_state(app.clone(), words))
        .with_state(app)
}

/// The context, taken in a layer that has no state of its own: the actor alone is needed.
struct Cx2(crate::base::actor::Actor);

impl<S: Send + Sync> FromRequestParts<S> for Cx2 {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut axum::http::request::Parts, _: &S) -> Result<Self, Self::Rejection> {
        let actor = parts.extensions.get::<crate::base::cx::SignedIn>().map(|signed| signed.0.clone());
        Ok(Self(actor.unwrap_or_else(crate::base::actor::Actor::public)))
    }
}

/// Deny by default: a route opens only for those its `need` names. Which organisations, the action decides.
async fn guard(area: &'static str, need: Need, api: bool, Cx2(actor): Cx2, request: Request, next: Next) -> Response {
    let fits = match need {
        Need::Public | Need::Link => true,
        Need::Known => actor.is_known(),
        Need::May(verb) => actor.may(area, verb),
        Need::MayIn(area, verb) => actor.may(area, verb),
    };
    if fits {
        return next.run(request).await;
    }
    let error = if actor.is_known() { Error::NotFound } else { Error::SignIn };
    if matches!(error, Error::SignIn) && !api && request.method() == axum::http::Method::GET {
        let back = request.uri().path_and_query().map_or("/", |path| path.as_str());
        return crate::base::view::respond::Go::to(format!("/sign-in?back={}", crate::base::view::list::encode(back))).into_response();
    }
    error.into_response()
}

/// Puts errors in the reader's words and adds the headers every answer carries.
async fn words(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let mut cx = match Cx::from_request_parts(&mut parts, &app).await {
        Ok(cx) => cx,
        Err(never) => match never {},
    };
    let api = parts.uri.path().starts_with("/api/");
    let back = parts
        .headers
        .get(REFERER)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<axum::http::Uri>().ok())
        .and_then(|uri| uri.path_and_query().map(|path| path.as_str().to_owned()));
    let announced = parts.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|value| value.parse::<u64>().ok());
    let mut response = if announced.is_some_and(|length| length > LARGEST) {
        // Refused by what it says of itself, before a byte of it is read.
        StatusCode::PAYLOAD_TOO_LARGE.into_response()
    } else {
        next.run(Request::from_parts(parts, body)).await
    };
    if let Some(actor) = response.extensions_mut().remove::<crate::base::cx::SignedIn>() {
        cx.actor = actor.0;
    }
    let mut carried = response.extensions_mut().remove::<Carried>().map(|carried| carried.0);
    if carried.is_none() && api && matches!(response.status(), StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY) && !api_json(&response) {
        // The framework's words name the field, the line and the column.
        let bytes = axum::body::to_bytes(std::mem::take(response.body_mut()), 4096).await.unwrap_or_default();
        let detail: String = String::from_utf8_lossy(&bytes).chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(400).collect();
        carried = Some(Arc::new(Error::invalid_with("", "error-unreadable-json", vec![("detail", detail)])));
    }
    let error = carried.or_else(|| match response.status() {
        // Refusals of the framework itself get our words too.
        StatusCode::PAYLOAD_TOO_LARGE => {
            Some(Arc::new(Error::invalid_with("", "error-upload-too-large", vec![("limit", (upload::LIMIT / 1024 / 1024).to_string())])))
        }
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY | StatusCode::UNSUPPORTED_MEDIA_TYPE if !api_json(&response) => {
            Some(Arc::new(Error::invalid("", "error-unreadable-request")))
        }
        StatusCode::FORBIDDEN if !api_json(&response) => Some(Arc::new(Error::invalid("", "error-cross-site"))),
        StatusCode::METHOD_NOT_ALLOWED => Some(Arc::new(Error::NotFound)),
        StatusCode::GATEWAY_TIMEOUT => Some(Arc::new(Error::Unavailable("error-too-slow"))),
        _ => None,
    });
    if let Some(error) = error {
        let cookies: Vec<HeaderValue> = response.headers().get_all(axum::http::header::SET_COOKIE).iter().cloned().collect();
        let status = response.status();
        response = error_response(&cx, &error, api, back.as_deref());
        // Statuses that programs and proxies act on stay what they were.
        if matches!(status, StatusCode::FORBIDDEN | StatusCode::PAYLOAD_TOO_LARGE | StatusCode::GATEWAY_TIMEOUT) {
            *response.status_mut() = status;
        }
        for cookie in cookies {
            response.headers_mut().append(axum::http::header::SET_COOKIE, cookie);
        }
    }
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    // No script at all: every task works without JavaScript. Charts carry style attributes.
    headers.insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
    );
    if !headers.contains_key(axum::http::header::CACHE_CONTROL) {
        headers.insert(axum::http::header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// Whether an answer is already words of ours (a page or JSON).
fn api_json(response: &Response<Body>) -> bool {
    response
        .headers()
        .get(axum::http::header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("text/html") || kind.contains("json"))
}
