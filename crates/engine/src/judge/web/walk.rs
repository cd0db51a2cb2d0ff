//! From one page to the next, as redirects lead: one question for each step.

use std::net::SocketAddr;

use formats::dns::{name_of, plain};
use formats::evidence::{Failure, Missing, Response, Verdict};
use hickory_proto::rr::Name;
use url::Url;

use super::STEPS;
use crate::judge::case::{Addresses, Case, Open, Unanswered};
use crate::judge::judgement::Judged;
use crate::judge::reasons::Why;

/// Characters of a `Location` that are read.
const LONGEST: usize = 4_096;

/// One answer on the way.
pub(super) struct Step<'a> {
    pub url: Url,
    pub socket: SocketAddr,
    pub response: &'a Response,
    /// Where it leads, when it leads anywhere.
    pub next: Option<Url>,
}

/// How a walk ended.
pub(super) enum End {
    /// The last answer leads nowhere else.
    Page,
    /// A server that is not the target's: never asked.
    Foreign(String),
    /// A step that brought nothing.
    Unheard(Url, Unheard),
    /// Back where it was before.
    Round,
    /// There were still more steps.
    Far,
    /// A redirect to nowhere.
    Unreadable(String),
}

/// The steps and the end.
pub(super) struct Walk<'a> {
    pub steps: Vec<Step<'a>>,
    pub end: End,
}

/// Why a page was not heard.
pub(super) enum Unheard {
    NoSuchName(String),
    NoAddress,
    /// Its address could not be looked up.
    Unanswered(Unanswered),
    /// The last address that was tried.
    Failed(SocketAddr, Failure),
}

impl Unheard {
    /// "Could not measure", saying why.
    pub fn judged(&self, url: &str) -> Judged {
        let cannot = |why, data: &[(&str, &str)]| Judged::new(Verdict::CouldNotMeasure, why, data);
        match self {
            Self::NoSuchName(domain) => cannot(Why::NoSuchDomain, &[("domain", domain)]),
            Self::NoAddress => cannot(Why::PageClosed, &[("url", url), ("detail", "no address")]),
            Self::Unanswered(unanswered) => unanswered.judged(),
            Self::Failed(address, failure) => match failure {
                Failure::Timeout => cannot(Why::PageTimeout, &[("url", url)]),
                Failure::Closed => cannot(Why::PageClosed, &[("url", url), ("detail", &format!("{address}: connection refused"))]),
                Failure::Unreachable(detail) | Failure::NoRoute(detail) | Failure::NoHandshake(detail) => {
                    cannot(Why::PageClosed, &[("url", url), ("detail", detail)])
                }
                Failure::Malformed(detail) | Failure::Rcode(detail) => cannot(Why::PageUnreadable, &[("url", url), ("detail", detail)]),
                Failure::Forbidden(kind) => cannot(Why::AddressRefused, &[("address", &address.ip().to_string()), ("kind", kind)]),
                Failure::BudgetSpent => cannot(Why::BudgetSpent, &[("question", url)]),
                Failure::Cancelled => cannot(Why::Cancelled, &[]),
            },
        }
    }
}

/// The answer for `url`, from the first of its server's addresses that gives one.
pub(super) fn ask<'a>(case: &Case<'a>, url: &Url) -> Result<Result<(SocketAddr, &'a Response), Unheard>, Missing> {
    let place = &case.evidence.place;
    let Some(name) = url.domain().and_then(name_of) else { return Ok(Err(Unheard::NoSuchName(url.to_string()))) };
    let server = plain(&name);
    let addresses = match case.addresses(&name) {
        Ok(Addresses::Found(addresses)) => addresses,
        Ok(Addresses::NoSuchName) => return Ok(Err(Unheard::NoSuchName(server))),
        Err(Open::Missing(missing)) => return Err(missing),
        Err(Open::Unanswered(unanswered)) => return Ok(Err(Unheard::Unanswered(unanswered))),
    };
    let tls = url.scheme() == "https";
    let port = if tls { place.https_port } else { place.http_port };
    let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let mut last = Unheard::NoAddress;
    for address in addresses.into_iter().take(place.max_connections) {
        let socket = SocketAddr::new(address, port);
        match case.page(socket, &server, tls, &path)? {
            Ok(response) => return Ok(Ok((socket, response))),
            Err(failure) => last = Unheard::Failed(socket, failure),
        }
    }
    Ok(Err(last))
}

/// Whether `host` belongs to whoever answers for `name`: itself, below it, or above it up to the name the organisation registered.
fn is_own(name: &Name, host: &Name) -> bool {
    let registered = psl::domain_str(&plain(name)).and_then(name_of);
    name.zone_of(host) || (host.zone_of(name) && registered.is_some_and(|registered| registered.zone_of(host)))
}

/// Where `response` to `url` leads.
fn target(url: &Url, response: &Response) -> Option<Result<Url, String>> {
    if !matches!(response.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = response.header("location").map(str::trim).unwrap_or_default();
    let joined = (!location.is_empty() && location.len() <= LONGEST).then(|| url.join(location).ok()).flatten();
    Some(joined.map(without_fragment).ok_or_else(|| super::short(location, 120)))
}

fn without_fragment(mut url: Url) -> Url {
    url.set_fragment(None);
    url
}

/// Walks from `start` on behalf of the target called `name`.
pub(super) fn walk<'a>(case: &Case<'a>, name: &Name, start: Url) -> Result<Walk<'a>, Missing> {
    let (mut steps, mut url): (Vec<Step<'a>>, Url) = (Vec::new(), start);
    let end = loop {
        if steps.len() >= STEPS {
            break End::Far;
        }
        let (socket, response) = match ask(case, &url)? {
            Ok(heard) => heard,
            Err(unheard) => break End::Unheard(url, unheard),
        };
        let next = target(&url, response);
        let leads = next.as_ref().and_then(|next| next.as_ref().ok()).cloned();
        steps.push(Step { url: url.clone(), socket, response, next: leads });
        match next {
            None => break End::Page,
            Some(Err(location)) => break End::Unreadable(location),
            Some(Ok(next)) => {
                let host = next.domain().and_then(name_of);
                // A port of its own is another service.
                let usual = matches!(next.scheme(), "http" | "https") && next.port().is_none();
                if !usual || !host.is_some_and(|host| is_own(name, &host)) {
                    break End::Foreign(super::short(next.as_str(), 300));
                }
                if steps.iter().any(|step| step.url == next) {
                    break End::Round;
                }
                url = next;
            }
        }
    };
    Ok(Walk { steps, end })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_names_lie_above_and_below_within_the_organisation() {
        let own = |name: &str, host: &str| is_own(&name_of(name).unwrap(), &name_of(host).unwrap());
        for (name, host) in [
            ("town.lg.jp", "town.lg.jp"),
            ("town.lg.jp", "www.town.lg.jp"),
            ("www.town.lg.jp", "town.lg.jp"),
            ("a.b.mof.go.jp", "mof.go.jp"),
            ("city.kawasaki.jp", "www.city.kawasaki.jp"),
        ] {
            assert!(own(name, host), "{name} {host}");
        }
        for (name, host) in [
            ("town.lg.jp", "lg.jp"),
            ("town.lg.jp", "other.lg.jp"),
            ("mof.go.jp", "go.jp"),
            ("www.town.lg.jp", "shop.town.lg.jp"),
            ("town.lg.jp", "town.lg.jp.evil.example"),
            ("town.lg.jp", "eviltown.lg.jp"),
        ] {
            assert!(!own(name, host), "{name} {host}");
        }
    }

    #[test]
    fn redirects_lead_where_browsers_go() {
        let url = Url::parse("http://a.example/x/y?z").unwrap();
        let to = |status: u16, location: &str| {
            let response = Response { status, headers: vec![("location".into(), location.into())], ..Response::default() };
            target(&url, &response).map(|next| next.map(|next| next.to_string()))
        };
        let leads = |text: &str| Some(Ok(text.to_owned()));
        assert_eq!(to(301, "https://A.example:443/#top"), leads("https://a.example/"));
        assert_eq!(to(302, "//b.example"), leads("http://b.example/"));
        assert_eq!(to(303, "../q"), leads("http://a.example/q"));
        assert_eq!(to(307, "?q=1"), leads("http://a.example/x/y?q=1"));
        assert_eq!(to(308, "\\\\b.example\\c"), leads("http://b.example/c"));
        assert_eq!(to(308, "https:\t//b.example/"), leads("https://b.example/"));
        assert_eq!(to(200, "https://b.example/"), None);
        assert_eq!(to(304, "https://b.example/"), None);
        assert_eq!(to(301, ""), Some(Err(String::new())));
        assert_eq!(to(301, "http://"), Some(Err("http://".to_owned())));
    }
}
