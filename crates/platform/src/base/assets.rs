//! The few files a browser needs, in the binary, under names that change with their content.

use std::sync::OnceLock;

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;

use super::audit::sha256;
use super::error::Error;

const STYLE: &str = include_str!("view/style.css");
const ICON: &str = include_str!("view/icon.svg");

/// The address of the style sheet: its name holds the hash of its bytes, so it may be cached for ever.
pub fn style_href() -> String {
    static HREF: OnceLock<String> = OnceLock::new();
    HREF.get_or_init(|| format!("/assets/style-{}.css", sha256(STYLE.as_bytes()).get(..12).unwrap_or_default())).clone()
}

/// Serves a file.
pub async fn asset(Path(file): Path<String>) -> axum::response::Response {
    let (kind, body, cache) = match file.as_str() {
        "icon.svg" => ("image/svg+xml", ICON, "public, max-age=86400"),
        name if style_href().ends_with(&format!("/{name}")) => ("text/css; charset=utf-8", STYLE, "public, max-age=31536000, immutable"),
        _ => return Error::NotFound.into_response(),
    };
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, cache)], body).into_response()
}
