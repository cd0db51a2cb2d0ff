//! One page of a web server, bounded, with the headers as they came; no redirect is followed.
//!
//! Of each header the values stay in their order and none is joined or dropped, because browsers treat a second one differently from
//! header to header. Names lose their case, which means nothing (RFC 9110 5.1).

use std::net::SocketAddr;
use std::time::Duration;

use formats::evidence::{Failure, Handshake, Heard, Octets, Response};
use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, HOST, USER_AGENT};
use hyper::{Request, Uri, Version};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use crate::tls;

/// Octets of a body that are kept, of one that is asked for after many, and of headers that are read.
pub(crate) const LARGEST: usize = 262_144;
pub(crate) const LEAST: usize = 65_536;
const HEADERS: usize = 65_536;

/// What is asked.
pub(crate) struct Asked<'a> {
    pub socket: SocketAddr,
    pub name: &'a str,
    pub tls: bool,
    pub path: &'a str,
    /// Octets of the body that are kept, [`LARGEST`] at most.
    pub most: usize,
}

/// Fetches the page. `limit` bounds the connection and then the whole answer; `now` in Unix seconds.
pub(crate) async fn fetch(asked: &Asked<'_>, limit: Duration, now: i64) -> Heard {
    let Ok(path) = asked.path.parse::<Uri>() else { return Heard::Failure(Failure::Malformed("no such path can be asked for".into())) };
    let fetched = if asked.tls {
        match tls::connect(asked.socket, asked.name, limit, now).await {
            Ok((stream, shown)) => timeout(limit, talk(stream, asked, path, Some(Box::new(shown)))).await,
            Err(heard) => return heard,
        }
    } else {
        match tls::reach(asked.socket, limit).await {
            Ok(stream) => timeout(limit, talk(stream, asked, path, None)).await,
            Err(failure) => return Heard::Failure(failure),
        }
    };
    match fetched {
        Ok(Ok(response)) => Heard::Response(response),
        Ok(Err(error)) => Heard::Failure(Failure::Malformed(error.to_string())),
        Err(_) => Heard::Failure(Failure::Timeout),
    }
}

async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    asked: &Asked<'_>,
    path: Uri,
    handshake: Option<Box<Handshake>>,
) -> hyper::Result<Response> {
    let mut builder = http1::Builder::new();
    // As lenient as browsers: what they read must be seen here too.
    builder
        .max_buf_size(HEADERS)
        .max_headers(200)
        .allow_spaces_after_header_name_in_responses(true)
        .allow_obsolete_multiline_headers_in_responses(true);
    builder.ignore_invalid_headers_in_responses(true);
    let (mut sender, connection) = builder.handshake::<_, Empty<Bytes>>(TokioIo::new(stream)).await?;
    // Ends with the connection; what goes wrong in it is told by the request.
    let driven = tokio::spawn(connection);
    let mut request = Request::new(Empty::new());
    *request.uri_mut() = path;
    *request.version_mut() = Version::HTTP_11;
    for (header, value) in [(HOST, asked.name), (USER_AGENT, concat!("hinomi/", env!("CARGO_PKG_VERSION"))), (ACCEPT, "*/*")] {
        if let Ok(value) = value.parse() {
            request.headers_mut().insert(header, value);
        }
    }
    let answered = sender.send_request(request).await;
    let response = match answered {
        Ok(answer) => {
            let status = answer.status().as_u16();
            let headers = answer
                .headers()
                .iter()
                .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
                .collect();
            body(answer.into_body(), asked.most.min(LARGEST)).await.map(|(body, cut)| Response { status, headers, body, cut, handshake })
        }
        Err(error) => Err(error),
    };
    driven.abort();
    response
}

/// The body as far as it is kept, and whether there was more.
async fn body(mut incoming: Incoming, most: usize) -> hyper::Result<(Octets, bool)> {
    let mut kept = Vec::new();
    while let Some(frame) = incoming.frame().await {
        let Some(data) = frame?.into_data().ok() else { continue };
        let room = most - kept.len();
        kept.extend(data.iter().take(room));
        if data.len() > room {
            return Ok((Octets(kept), true));
        }
    }
    Ok((Octets(kept), false))
}
