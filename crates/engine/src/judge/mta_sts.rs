//! The MTA-STS check: whether senders are told to insist on TLS to the right mail hosts (RFC 8461).

use std::net::SocketAddr;

use formats::dns::plain;
use formats::evidence::{Failure, Missing, Response, Verdict};
use formats::mta_sts::{Mode, Policy, id, is_record};
use hickory_proto::rr::{Name, RecordType};

use super::case::{Addresses, Case, Open};
use super::certificate;
use super::judgement::Judged;
use super::mx;
use super::reasons::Why;
use crate::words::Words;

/// Where the policy lies (RFC 8461 3.3).
const PATH: &str = "/.well-known/mta-sts.txt";

/// Judges record and policy of `name`.
pub(super) fn check(case: &Case<'_>, name: &Name) -> Result<Judged, Missing> {
    let domain = plain(name);
    let judged = judge(case, name, &domain).or_else(Open::judged)?;
    Ok(judged.command(format!("{}; curl -sS https://mta-sts.{domain}{PATH}", case.dig(&format!("_mta-sts.{domain}"), "TXT"))).expected(
        "_mta-sts にレコードが1件だけあり、mode: enforce のポリシーがすべてのメールサーバを挙げていること",
        "exactly one record at _mta-sts, and a policy with mode: enforce that covers every mail host",
    ))
}

fn judge(case: &Case<'_>, name: &Name, domain: &str) -> Result<Judged, Open> {
    let answer = case.ask(name, RecordType::MX)?;
    let hosts: Vec<String> = mx::hosts(&answer, name).iter().filter(|(_, host)| !host.is_root()).map(|(_, host)| plain(host)).collect();
    if hosts.is_empty() {
        return Ok(Judged::new(Verdict::NotApplicable, Why::NoMail, &[]));
    }
    let record = format!("_mta-sts.{domain}. IN TXT \"v=STSv1; id=1\"");
    let policy = format!("version: STSv1\nmode: enforce\n{}max_age: 604800", hosts.iter().map(|host| format!("mx: {host}\n")).collect::<String>());
    let remedy = format!("{record}\n# https://mta-sts.{domain}{PATH}\n{policy}");
    let Ok(place) = name.prepend_label("_mta-sts") else { return Ok(Judged::new(Verdict::NotApplicable, Why::NoMail, &[])) };
    let texts: Vec<Vec<u8>> = case.ask(&place, RecordType::TXT)?.texts(&place).into_iter().filter(|text| is_record(text)).collect();
    let shown = texts.iter().map(|text| String::from_utf8_lossy(text).into_owned()).collect::<Vec<_>>().join("\n");
    let wrong = |why, data: &[(&str, &str)]| Judged::new(Verdict::NotMet, why, data).value(shown.clone()).observed(Words::same(shown.clone()));
    match texts.as_slice() {
        [] => {
            let none = Words::new("MTA-STSのレコードはありません", "no MTA-STS record");
            return Ok(Judged::new(Verdict::NotMet, Why::StsMissing, &[]).observed(none).remedy(remedy));
        }
        [one] => {
            if let Err(problem) = id(one) {
                return Ok(wrong(Why::StsInvalid, &[("problem", problem)]).remedy(record));
            }
        }
        several => return Ok(wrong(Why::StsTwo, &[("count", &several.len().to_string())]).remedy(record)),
    }
    let response = match fetched(case, name)? {
        Ok(response) => response,
        Err(judged) => return Ok(if judged.verdict == Verdict::NotMet { judged.observed(Words::same(shown)).remedy(remedy) } else { judged }),
    };
    let body = String::from_utf8_lossy(&response.body.0).chars().take(4_000).collect::<String>();
    let seen = Words::same(format!("{shown}\n{body}"));
    let wrong = |why, data: &[(&str, &str)]| Judged::new(Verdict::NotMet, why, data).observed(seen.clone()).remedy(remedy.clone());
    let policy = match Policy::parse(&response.body.0) {
        _ if response.cut => return Ok(wrong(Why::StsPolicy, &[("problem", "larger than 64 kB")])),
        Err(problem) => return Ok(wrong(Why::StsPolicy, &[("problem", problem)])),
        Ok(policy) => policy,
    };
    if policy.mode != Mode::Enforce {
        let mode = if policy.mode == Mode::Testing { "testing" } else { "none" };
        return Ok(wrong(Why::StsMode, &[("mode", mode)]).value(format!("mode={mode}")));
    }
    if let Some(host) = hosts.iter().find(|host| !policy.covers(host)) {
        return Ok(wrong(Why::StsHost, &[("host", host)]).value("mode=enforce"));
    }
    let mut judged = Judged::new(Verdict::Met, Why::StsMet, &[]).value("mode=enforce").observed(seen);
    let kind = response.header("content-type").unwrap_or_default();
    if !kind.trim().to_ascii_lowercase().starts_with("text/plain") {
        judged = judged.note(Why::StsContentType, &[("kind", &kind.chars().take(60).collect::<String>())]);
    }
    // A day is not enough to outlast an attack (RFC 8461 3.2 speaks of weeks or more).
    if policy.max_age < 86_400 * 7 {
        judged = judged.note(Why::StsMaxAge, &[("seconds", &policy.max_age.to_string())]);
    }
    Ok(judged)
}

/// The answer of the policy's host; else what its absence means.
fn fetched<'a>(case: &Case<'a>, name: &Name) -> Result<Result<&'a Response, Judged>, Open> {
    let place = &case.evidence.place;
    let Ok(host) = name.prepend_label("mta-sts") else { return Ok(Err(Judged::new(Verdict::NotApplicable, Why::NoMail, &[]))) };
    let server = plain(&host);
    let absent = |detail: &str| Judged::new(Verdict::NotMet, Why::StsUnfetched, &[("host", &server), ("detail", detail)]);
    let addresses = match case.addresses(&host)? {
        Addresses::NoSuchName => return Ok(Err(absent("no such name"))),
        Addresses::Found(addresses) if addresses.is_empty() => return Ok(Err(absent("no address"))),
        Addresses::Found(addresses) => addresses,
    };
    let mut last = Failure::Closed;
    for address in addresses.into_iter().take(place.max_connections) {
        match case.page(SocketAddr::new(address, place.https_port), &server, true, PATH)? {
            Ok(response) => {
                let shown = response.handshake.clone().unwrap_or_default();
                let trust = certificate::judge(&shown, &server, &place.roots, case.rules, case.evidence.at);
                return Ok(if trust.verdict != Verdict::Met {
                    Err(Judged::new(Verdict::NotMet, Why::StsCertificate, &[("host", &server), ("detail", &trust.reason.code)]))
                } else if response.status != 200 {
                    // Redirects must not be followed (RFC 8461 3.3).
                    Err(absent(&format!("HTTP {}", response.status)))
                } else {
                    Ok(response)
                });
            }
            Err(failure) => last = failure,
        }
    }
    Ok(Err(match last {
        Failure::Closed => absent("connection refused"),
        Failure::NoHandshake(detail) => absent(&detail),
        failure => super::case::Unanswered { question: format!("https://{server}{PATH}"), failure }.judged(),
    }))
}
