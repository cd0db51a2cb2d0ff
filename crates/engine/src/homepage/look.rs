//! What evidence says of a page: seen, down, or not to be known.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use data_encoding::HEXLOWER;
use formats::dns::{labels, name_of, plain};
use formats::evidence::{Evidence, Failure, Missing, Response};
use hickory_proto::rr::{Name, RData, RecordType};
use sha2::{Digest, Sha256};
use url::Url;

use super::snapshot::{Circumstances, Snapshot, house};
use crate::judge::case::{Addresses, Case, Open, Unanswered};
use crate::judge::{Reason, Rules, Why};

/// Redirects within the organisation's own names that are followed.
const HOPS: usize = 4;

/// What one visit saw.
#[derive(Clone, Debug, PartialEq)]
pub enum Sight {
    Page(Box<Snapshot>),
    /// Visitors see nothing, or an error of the server: availability, not defacement.
    Down(Reason),
    /// The watch point cannot tell; it counts for nothing.
    Unknown(Reason),
}

/// One fetch: the answer with the addresses of its server, or why there is none.
type Fetched<'a> = Result<(&'a Response, BTreeSet<String>), Sight>;

/// Reads the page of the evidence's target: HTTPS first, plain HTTP where there is none.
///
/// # Errors
/// What would have to be asked first.
pub fn look(evidence: &Evidence) -> Result<Sight, Missing> {
    let rules = Rules::baseline();
    let case = Case { evidence, rules: &rules };
    let domain = &evidence.target.domain;
    let Some(name) = name_of(domain) else { return Ok(Sight::Unknown(Reason::new(Why::InvalidDomain, &[("domain", domain)]))) };
    let name_servers = name_servers(&case, &name)?;
    let host = plain(&name);
    let sight = visit(&case, &host, "https", &name_servers)?;
    if let Sight::Down(reason) = &sight
        && matches!(reason.code.as_str(), "homepage-refused" | "homepage-no-tls")
    {
        // A site without HTTPS is still a site; that it lacks HTTPS is for another check to say.
        let plain = visit(&case, &host, "http", &name_servers)?;
        return Ok(if matches!(plain, Sight::Page(_)) { plain } else { sight });
    }
    Ok(sight)
}

/// The name servers of the house `name` belongs to. That they cannot be asked keeps nobody from reading the page.
fn name_servers(case: &Case<'_>, name: &Name) -> Result<BTreeSet<String>, Missing> {
    let own = plain(name);
    let Some(zone) = labels(house(&own)) else { return Ok(BTreeSet::new()) };
    match case.ask(&zone, RecordType::NS) {
        Err(Open::Missing(missing)) => Err(missing),
        Err(Open::Unanswered(_)) => Ok(BTreeSet::new()),
        Ok(answer) => Ok(answer
            .records(&zone, RecordType::NS)
            .into_iter()
            .filter_map(|record| match &record.data {
                RData::NS(server) => Some(plain(&server.0)),
                _ => None,
            })
            .collect()),
    }
}

fn visit(case: &Case<'_>, host: &str, scheme: &str, name_servers: &BTreeSet<String>) -> Result<Sight, Missing> {
    let invalid = |host: &str| Sight::Unknown(Reason::new(Why::InvalidDomain, &[("domain", host)]));
    let Ok(mut address) = Url::parse(&format!("{scheme}://{host}/")) else { return Ok(invalid(host)) };
    for hop in 0..=HOPS {
        let (response, addresses) = match fetch(case, &address)? {
            Ok(fetched) => fetched,
            Err(sight) => return Ok(sight),
        };
        let around = Circumstances {
            at: case.evidence.at,
            status: response.status,
            certificate: fingerprint(response),
            addresses,
            name_servers: name_servers.clone(),
        };
        if let Some(next) = redirect(response, &address) {
            let target = next.host_str().unwrap_or_default();
            if house(target) != house(host) || !matches!(next.scheme(), "http" | "https") {
                return Ok(Sight::Page(Box::new(Snapshot::away(target, &address, around))));
            }
            if hop < HOPS {
                address = next;
                continue;
            }
        }
        return Ok(read(response, &address, around));
    }
    // Every hop but the last continues or returns, and the last returns.
    Ok(invalid(host))
}

fn read(response: &Response, address: &Url, around: Circumstances) -> Sight {
    let status = response.status.to_string();
    match response.status {
        500.. => Sight::Down(Reason::new(Why::HomepageServerError, &[("status", &status)])),
        // Servers that turn programs away say nothing about what people see.
        401 | 403 | 429 => Sight::Unknown(Reason::new(Why::HomepageTurnedAway, &[("status", &status)])),
        _ => Sight::Page(Box::new(Snapshot::of(&response.body.0, response.header("content-type"), address, around))),
    }
}

fn redirect(response: &Response, address: &Url) -> Option<Url> {
    matches!(response.status, 301 | 302 | 303 | 307 | 308).then(|| response.header("location")).flatten().and_then(|to| address.join(to).ok())
}

fn fingerprint(response: &Response) -> Option<String> {
    let leaf = response.handshake.as_ref()?.chain.first()?;
    Some(HEXLOWER.encode(&Sha256::digest(&leaf.0)))
}

/// Asks for `address`; the first of the server's addresses that answers suffices.
fn fetch<'a>(case: &Case<'a>, address: &Url) -> Result<Fetched<'a>, Missing> {
    let (host, tls) = (address.host_str().unwrap_or_default(), address.scheme() == "https");
    let down = |why, data: &[(&str, &str)]| Ok(Err(Sight::Down(Reason::new(why, data))));
    let Some(name) = name_of(host) else { return Ok(Err(Sight::Unknown(Reason::new(Why::InvalidDomain, &[("domain", host)])))) };
    let addresses = match case.addresses(&name) {
        Ok(Addresses::Found(addresses)) if !addresses.is_empty() => addresses,
        Ok(_) => return down(Why::HomepageNoAddress, &[("host", host)]),
        Err(Open::Missing(missing)) => return Err(missing),
        Err(Open::Unanswered(unanswered)) => return Ok(Err(Sight::Unknown(unanswered.judged().reason))),
    };
    let place = &case.evidence.place;
    let port = address.port().unwrap_or(if tls { place.https_port } else { place.http_port });
    let path = address.query().map_or_else(|| address.path().to_owned(), |query| format!("{}?{query}", address.path()));
    let mut last = Failure::Closed;
    for ip in addresses.iter().take(place.max_connections) {
        match case.page(SocketAddr::new(*ip, port), host, tls, &path)? {
            Ok(response) => return Ok(Ok((response, addresses.iter().map(ToString::to_string).collect()))),
            Err(failure) => last = failure,
        }
    }
    match last {
        Failure::Closed => down(Why::HomepageRefused, &[("host", host)]),
        Failure::NoHandshake(detail) => down(Why::HomepageNoTls, &[("host", host), ("detail", &detail)]),
        Failure::Timeout => down(Why::HomepageTimeout, &[("host", host)]),
        Failure::Unreachable(detail) | Failure::NoRoute(detail) | Failure::Malformed(detail) | Failure::Rcode(detail) => {
            down(Why::HomepageBroken, &[("host", host), ("detail", &detail)])
        }
        failure @ (Failure::BudgetSpent | Failure::Cancelled | Failure::Forbidden(_)) => {
            Ok(Err(Sight::Unknown(Unanswered { question: address.to_string(), failure }.judged().reason)))
        }
    }
}
