//! From pages, files and errors to HTTP answers.

use axum::Json;
use axum::body::Body;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use serde::Serialize;

use super::list::encode;
use super::page::Page;
use crate::base::cx::Cx;
use crate::base::error::Error;

impl IntoResponse for Page {
    fn into_response(self) -> axum::response::Response {
        if let Some((name, bytes)) = self.csv() {
            return File { name: format!("{name}.csv"), kind: "text/csv; charset=utf-8", bytes, inline: false }.into_response();
        }
        match self.html() {
            Ok(html) => {
                let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
                (status, [(CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
            }
            Err(error) => Error::from(error).into_response(),
        }
    }
}

/// Errors travel in the response until the outermost layer, which knows the reader's language, puts them in words.
#[derive(Clone)]
pub struct Carried(pub std::sync::Arc<Error>);

impl IntoResponse for Error {
    fn into_response(self) -> axum::response::Response {
        let status = StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(Carried(std::sync::Arc::new(self)));
        response
    }
}

/// Puts an error in words: a page for people, JSON for programs (RFC 9457 problem details).
pub fn error_response(cx: &Cx, error: &Error, api: bool, back: Option<&str>) -> axum::response::Response {
    let number = if let Error::Internal(what) = error {
        let number = crate::base::audit::hex(&cx.app.entropy.bytes::<4>());
        tracing::error!(number, path = cx.uri.path(), "{what}");
        Some(number)
    } else {
        None
    };
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if api {
        #[derive(Serialize)]
        struct Problem {
            r#type: &'static str,
            title: String,
            status: u16,
            #[serde(skip_serializing_if = "Vec::is_empty")]
            errors: Vec<FieldProblem>,
            #[serde(skip_serializing_if = "Option::is_none")]
            number: Option<String>,
        }
        #[derive(Serialize)]
        struct FieldProblem {
            field: String,
            code: &'static str,
            message: String,
        }
        let errors = match error {
            Error::Invalid(fields) => {
                fields.iter().map(|field| FieldProblem { field: field.name.clone(), code: field.text, message: field.message(cx.lang) }).collect()
            }
            _ => Vec::new(),
        };
        let problem = Problem { r#type: "about:blank", title: error.message(cx.lang), status: error.status(), errors, number };
        let mut response = (status, Json(problem)).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        return response;
    }
    let mut page = cx.page(cx.t(match error {
        Error::NotFound => "error-title-not-found",
        Error::SignIn => "error-title-sign-in",
        Error::Forbidden => "error-title-forbidden",
        // Nothing of a form to mend: the request as a whole was refused.
        Error::Invalid(fields) if fields.iter().all(|field| field.name.is_empty()) => "error-title-refused",
        Error::Invalid(_) => "error-title-invalid",
        Error::Conflict(_) => "error-title-conflict",
        Error::Unavailable(_) => "error-title-unavailable",
        Error::Internal(_) => "error-title-internal",
    }));
    page.status = error.status();
    for line in error.message(cx.lang).lines() {
        page = page.note("bad", line);
    }
    if let Some(number) = number {
        page = page.text(cx.tv("error-number", &[("number", number)]));
    }
    let back = back.map_or("/", local);
    page = page.links(vec![(back.to_owned(), cx.t("error-back"))]);
    page.into_response()
}

/// A file to download or show.
pub struct File {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub kind: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether the browser may show it.
    pub inline: bool,
}

impl IntoResponse for File {
    fn into_response(self) -> axum::response::Response {
        // RFC 6266 with RFC 8187: names in Japanese arrive whole.
        let disposition = format!("{}; filename*=UTF-8''{}", if self.inline { "inline" } else { "attachment" }, encode(&self.name));
        let mut response = Response::new(Body::from(self.bytes));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(self.kind));
        if let Ok(value) = HeaderValue::from_str(&disposition) {
            response.headers_mut().insert(CONTENT_DISPOSITION, value);
        }
        response
    }
}

/// `back` if it is an address of this site, else the front page. Browsers read "//elsewhere" and "/\elsewhere" as another
/// host, and drop tabs and line ends before they look (WHATWG URL, basic URL parser).
pub fn local(back: &str) -> &str {
    let odd = |letter: char| letter == '\\' || letter.is_control();
    if back.starts_with('/') && !back.starts_with("//") && !back.contains(odd) { back } else { "/" }
}

/// Leads the browser on after a form was done; `done` names the words `done-…` the next page shows.
pub struct Go(String);

impl Go {
    /// To `path`, without words.
    pub fn to(path: impl Into<String>) -> Self {
        Self(path.into())
    }

    /// To `path`, which then shows the words `done-{done}`.
    pub fn done(path: impl Into<String>, done: &str) -> Self {
        let path = path.into();
        let (path, anchor) = path.split_once('#').map_or((path.clone(), String::new()), |(path, anchor)| (path.to_owned(), format!("#{anchor}")));
        let join = if path.contains('?') { '&' } else { '?' };
        Self(format!("{path}{join}done={}{anchor}", encode(done)))
    }
}

impl IntoResponse for Go {
    fn into_response(self) -> axum::response::Response {
        let mut response = StatusCode::SEE_OTHER.into_response();
        if let Ok(value) = HeaderValue::from_str(&self.0) {
            response.headers_mut().insert(LOCATION, value);
        }
        response
    }
}

/// Rows as CSV: UTF-8 with byte order mark (spreadsheets in Japan need it), RFC 4180, formulas neutralised.
pub fn csv(rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut out = vec![0xef, 0xbb, 0xbf];
    for row in rows {
        for (index, field) in row.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            // A cell that begins like a formula is run by spreadsheets (CWE-1236).
            let guard = if field.starts_with(['=', '+', '-', '@', '\t', '\r']) && field.parse::<f64>().is_err() { "'" } else { "" };
            if field.contains([',', '"', '\n', '\r']) || !guard.is_empty() {
                out.extend_from_slice(format!("\"{guard}{}\"", field.replace('"', "\"\"")).as_bytes());
            } else {
                out.extend_from_slice(field.as_bytes());
            }
        }
        out.extend_from_slice(b"\r\n");
    }
    out
}
