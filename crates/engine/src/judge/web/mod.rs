//! The checks of what a web server sends: how they ask for pages, and where redirects lead.
//!
//! A redirect is followed one question at a time, at most [`STEPS`] of them, and only to the target's own name and to names above and
//! below it in the same organisation; whatever else it points at is told, never asked. Begin at [`front`].

pub(super) mod cookies;
pub(super) mod exposures;
mod findings;
pub(super) mod headers;
pub(super) mod hsts;
pub(super) mod redirect;
pub(super) mod security_txt;
pub(super) mod software;
#[cfg(test)]
mod tests;
mod walk;

use std::net::SocketAddr;

use formats::dns::plain;
use formats::evidence::{Failure, Missing, Verdict};
use hickory_proto::rr::Name;
use url::Url;

use super::case::Case;
use super::https::{self, Shown};
use super::judgement::Judged;
use super::reasons::Why;
use walk::{End, Step, Unheard, Walk, ask, walk};

/// Answers asked for one after the other, the first included.
const STEPS: usize = 5;

/// `path` of the server `domain`.
fn address(tls: bool, domain: &str, path: &str) -> Option<Url> {
    Url::parse(&format!("{}://{domain}{path}", if tls { "https" } else { "http" })).ok()
}

/// That there is no web server, or no usable one, is the business of the certificate check: here nothing applies then.
fn absent(case: &Case<'_>, shown: &Shown<'_>) -> Judged {
    let mut judged = https::without_chain(shown, &case.evidence.target);
    if judged.verdict == Verdict::NotMet {
        judged.verdict = Verdict::NotApplicable;
        judged.remedy = String::new();
    }
    judged
}

/// From the front page over HTTPS to wherever it leads.
fn secure_front<'a>(case: &Case<'a>, name: &Name, path: &str) -> Result<Result<Walk<'a>, Judged>, Missing> {
    let shown = https::present(case, name)?;
    match (&shown, address(true, &plain(name), path)) {
        (Shown::Chain(..), Some(start)) => walk(case, name, start).map(Ok),
        _ => Ok(Err(absent(case, &shown))),
    }
}

/// The same, over plain HTTP where there is no HTTPS.
fn front<'a>(case: &Case<'a>, name: &Name) -> Result<Result<Walk<'a>, Judged>, Missing> {
    let shown = https::present(case, name)?;
    let domain = plain(name);
    let tls = match &shown {
        Shown::Chain(..) => true,
        Shown::Nothing(_, Failure::Closed | Failure::NoHandshake(_)) => false,
        _ => return Ok(Err(absent(case, &shown))),
    };
    let Some(start) = address(tls, &domain, "/") else { return Ok(Err(absent(case, &shown))) };
    if !tls && matches!(ask(case, &start)?, Err(Unheard::Failed(_, Failure::Closed))) {
        return Ok(Err(absent(case, &shown)));
    }
    let walk = walk(case, name, start)?;
    // Plain HTTP that leads to HTTPS where there is none.
    let nowhere = matches!(&walk.end, End::Unheard(url, Unheard::Failed(_, Failure::Closed | Failure::NoHandshake(_))) if url.scheme() == "https");
    Ok(if !tls && nowhere { Err(absent(case, &shown)) } else { Ok(walk) })
}

/// The page a walk ends at; else what that means for a check that needs a page.
fn page<'w, 'a>(walk: &'w Walk<'a>) -> Result<&'w Step<'a>, Box<Judged>> {
    let cannot = |why, data: &[(&str, &str)]| Judged::new(Verdict::CouldNotMeasure, why, data);
    let last = walk.steps.last().map(|step| step.url.as_str()).unwrap_or_default();
    Err(Box::new(match (&walk.end, walk.steps.last()) {
        (End::Page, Some(step)) if (200..300).contains(&step.response.status) => return Ok(step),
        (End::Page, Some(step)) => cannot(Why::PageStatus, &[("url", last), ("status", &step.response.status.to_string())]),
        (End::Foreign(target), _) => Judged::new(Verdict::NotApplicable, Why::PageElsewhere, &[("url", target)]),
        (End::Unheard(url, unheard), _) => unheard.judged(url.as_str()),
        (End::Round, _) => cannot(Why::PageRound, &[("url", last)]),
        (End::Far, _) => cannot(Why::PageFar, &[("url", last), ("count", &STEPS.to_string())]),
        (End::Unreadable(target), _) => cannot(Why::PageUnreadable, &[("url", last), ("detail", target)]),
        (End::Page, None) => cannot(Why::PageUnreadable, &[("url", last), ("detail", "")]),
    }))
}

/// A command that asks for `step` again; without one, for `otherwise`.
fn curl(case: &Case<'_>, step: Option<&Step<'_>>, otherwise: Option<&Url>, options: &str) -> String {
    match (step, otherwise) {
        (Some(step), _) => curl_at(&step.url, step.socket, options),
        (None, Some(url)) => format!("curl -sS {options} {url}"),
        (None, None) => format!("curl -sS {options} https://{}/", case.evidence.target.domain),
    }
}

/// A command that asks for `url` at the very address that was measured.
fn curl_at(url: &Url, socket: SocketAddr, options: &str) -> String {
    let usual = if url.scheme() == "https" { 443 } else { 80 };
    // `SocketAddr` writes IPv6 in brackets, as curl wants it.
    format!("curl -sS {options} --connect-to {}:{usual}:{socket} {url}", url.host_str().unwrap_or_default())
}

/// At most `most` characters of `text`, without control characters.
fn short(text: &str, most: usize) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if plain.chars().count() <= most { plain } else { format!("{}…", plain.chars().take(most).collect::<String>()) }
}
