//! The same-content check: whether the front page is the same over IPv4 and over IPv6.
//!
//! A web server often has one configuration for each family, and nobody looks at the second: it then shows a default page, an old
//! site or nothing at all to those who come by IPv6.

use std::net::{IpAddr, SocketAddr};

use formats::dns::plain;
use formats::evidence::{Failure, Missing, Response, Verdict};
use hickory_proto::rr::{Name, RecordType};

use super::case::{Case, Open, unconnected};
use super::judgement::Judged;
use super::likeness::{apart, title, words};
use super::reasons::Why;
use super::servers::transitional;
use crate::words::Words;

const PATH: &str = "/";
/// Characters of a title or a target that are shown.
const SHOWN: usize = 120;

/// Judges the front page of `name`.
pub(super) fn check(case: &Case<'_>, name: &Name) -> Result<Judged, Missing> {
    let domain = plain(name);
    let judged = judge(case, name, &domain).or_else(Open::judged)?;
    let judged = if judged.command.is_empty() { judged.command(case.dig(&domain, "AAAA")) } else { judged };
    let percent = case.rules.same_content_max_percent;
    Ok(judged.expected(
        &format!("IPv4とIPv6で、応答の種類・転送先・題名が同じで、本文の違いが{percent}％以内であること"),
        &format!("the same kind of answer, redirect and title over IPv4 and IPv6, and texts at most {percent} % apart"),
    ))
}

fn addresses(case: &Case<'_>, name: &Name, kind: RecordType) -> Result<Option<Vec<IpAddr>>, Open> {
    let answer = case.ask(name, kind)?;
    let found = answer.records(name, kind).into_iter().filter_map(|record| record.data.ip_addr());
    Ok((!answer.nxdomain).then(|| found.filter(|address| !matches!(address, IpAddr::V6(v6) if transitional(*v6).is_some())).collect()))
}

fn judge(case: &Case<'_>, name: &Name, domain: &str) -> Result<Judged, Open> {
    let missing = |why| Ok(Judged::new(Verdict::NotApplicable, why, &[]));
    let Some(v6) = addresses(case, name, RecordType::AAAA)? else {
        return Ok(Judged::new(Verdict::CouldNotMeasure, Why::NoSuchDomain, &[("domain", domain)]));
    };
    if v6.is_empty() {
        return missing(Why::SameNoIpv6);
    }
    let v4 = addresses(case, name, RecordType::A)?.unwrap_or_default();
    if v4.is_empty() {
        return missing(Why::SameNoIpv4);
    }
    let mut pages = Vec::new();
    for family in [&v4, &v6] {
        match page(case, family, domain)? {
            Ok(page) => pages.push(page),
            Err((address, Failure::Closed)) => {
                return Ok(Judged::new(Verdict::NotApplicable, Why::SameNoWeb, &[("address", &address.to_string())]));
            }
            Err((address, failure)) => return Ok(unconnected(address, &failure)),
        }
    }
    let [(at4, over4), (at6, over6)] = pages.as_slice() else { return missing(Why::SameNoIpv6) };
    let curl = |at: &SocketAddr| format!("<(curl -sSik --connect-to ::{at} https://{domain}{PATH})");
    Ok(compare(case, domain, over4, over6).observed(observed(over4, over6)).command(format!("diff {} {}", curl(at4), curl(at6))))
}

/// The page of the first address that sends one; else the last failure.
type Page<'a> = Result<(SocketAddr, &'a Response), (SocketAddr, Failure)>;

fn page<'a>(case: &Case<'a>, addresses: &[IpAddr], domain: &str) -> Result<Page<'a>, Missing> {
    let place = &case.evidence.place;
    let mut last = (SocketAddr::from(([0, 0, 0, 0], place.https_port)), Failure::Closed);
    for address in addresses.iter().take(place.max_connections) {
        let socket = SocketAddr::new(*address, place.https_port);
        match case.page(socket, domain, true, PATH)? {
            Ok(response) => return Ok(Ok((socket, response))),
            Err(failure) => last = (socket, failure),
        }
    }
    Ok(Err(last))
}

fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(SHOWN).collect()
}

/// The title, or nothing.
fn titled(response: &Response) -> String {
    title(&response.body.0).map(|title| shown(&title)).unwrap_or_default()
}

/// Where a redirect leads, written in full.
fn target(response: &Response, domain: &str) -> Option<String> {
    let location = response.header("location").filter(|_| (300..400).contains(&response.status))?.trim();
    let whole = match location {
        _ if location.contains("://") => location.to_owned(),
        _ if location.starts_with("//") => format!("https:{location}"),
        _ => format!("https://{domain}/{}", location.trim_start_matches('/')),
    };
    Some(whole.replacen(&format!("https://{domain}:443/"), &format!("https://{domain}/"), 1))
}

fn compare(case: &Case<'_>, domain: &str, over4: &Response, over6: &Response) -> Judged {
    let remedy = format!("server {{ listen 443 ssl; listen [::]:443 ssl; server_name {domain}; }}");
    let differs = |why, v4: &str, v6: &str| Judged::new(Verdict::NotMet, why, &[("v4", v4), ("v6", v6)]).remedy(remedy.clone());
    let (class4, class6) = (over4.status / 100, over6.status / 100);
    if class4 != class6 {
        return differs(Why::SameStatus, &over4.status.to_string(), &over6.status.to_string()).value(format!("{} / {}", over4.status, over6.status));
    }
    match class4 {
        // What a server says that cannot work now tells nothing of its contents.
        5 => return Judged::new(Verdict::CouldNotMeasure, Why::SameBroken, &[("status", &over4.status.to_string())]),
        // Error pages differ for good reasons, such as the visitor's address.
        4 => return Judged::new(Verdict::Met, Why::SameMet, &[]).value(format!("HTTP {}", over4.status)),
        _ => {}
    }
    let (target4, target6) = (target(over4, domain), target(over6, domain));
    if target4 != target6 {
        let (v4, v6) = (shown(&target4.unwrap_or_default()), shown(&target6.unwrap_or_default()));
        return differs(Why::SameRedirect, &v4, &v6);
    }
    if let Some(target) = target4 {
        return Judged::new(Verdict::Met, Why::SameMet, &[]).value(format!("→ {}", shown(&target)));
    }
    let (title4, title6) = (titled(over4), titled(over6));
    if title4 != title6 {
        return differs(Why::SameTitle, &title4, &title6);
    }
    let limit = case.rules.same_content_max_percent;
    let far = apart(&words(&over4.body.0), &words(&over6.body.0)) * 100.0;
    let percent = format!("{far:.0}");
    let (percent, limit_text) = (percent.as_str(), limit.to_string());
    let judged = if far > f64::from(limit) {
        Judged::new(Verdict::NotMet, Why::SameText, &[("percent", percent), ("limit", &limit_text)]).remedy(remedy)
    } else {
        Judged::new(Verdict::Met, Why::SameMet, &[])
    };
    judged.value(format!("{percent} %"))
}

fn observed(over4: &Response, over6: &Response) -> Words {
    let line = |family: &str, response: &Response, title: &str, words_of: &str| {
        let location = response.header("location").map(|location| format!(" → {}", shown(location))).unwrap_or_default();
        format!("{family}: HTTP {}{location}, {title}: {}, {} {words_of}", response.status, titled(response), words(&response.body.0).len())
    };
    let both = |title: &str, words_of: &str| format!("{}\n{}", line("IPv4", over4, title, words_of), line("IPv6", over6, title, words_of));
    Words::new(both("題名", "語"), both("title", "words"))
}
