//! The STARTTLS check: whether every mail host takes mail over TLS (RFC 3207).

use std::net::SocketAddr;

use formats::dns::plain;
use formats::evidence::{Failure, Handshake, Missing, Session, Verdict};
use hickory_proto::rr::{Name, RecordType};

use super::case::{Addresses, Case, Open, failed, unconnected};
use super::certificate;
use super::judgement::Judged;
use super::mx;
use super::reasons::Why;
use crate::words::Words;

/// Characters of a reply that a sentence repeats.
const QUOTED: usize = 80;

/// What one mail host showed.
pub(super) enum Host<'a> {
    /// TLS came about, at this address.
    Tls(&'a Handshake),
    /// It was reached and gave no TLS.
    Plain(Judged),
    /// Nothing can be said.
    Open(Judged),
}

/// The mail hosts of `name` that are looked at, and how many are not; none for a domain without mail.
pub(super) fn hosts(case: &Case<'_>, name: &Name) -> Result<Option<(Vec<Name>, usize)>, Open> {
    let all: Vec<Name> = mx::hosts(&case.ask(name, RecordType::MX)?, name).into_iter().map(|(_, host)| host).filter(|host| !host.is_root()).collect();
    let rest = all.len().saturating_sub(case.rules.mx_max_hosts);
    Ok((!all.is_empty()).then(|| (all.into_iter().take(case.rules.mx_max_hosts).collect(), rest)))
}

/// What became of looking for a mail host.
pub(super) enum Found<'a> {
    /// The first of its addresses that answered, and what was said there.
    Session(SocketAddr, &'a Session),
    /// Nothing can be said.
    Open(Box<Judged>),
}

/// The mail host `host` at the first of its addresses that answers.
pub(super) fn find<'a>(case: &Case<'a>, host: &Name) -> Result<Found<'a>, Open> {
    let (place, written) = (&case.evidence.place, plain(host));
    let open = |judged| Found::Open(Box::new(judged));
    let cannot = |detail: &str| open(Judged::new(Verdict::CouldNotMeasure, Why::SmtpUnreachable, &[("host", &written), ("detail", detail)]));
    let addresses = match case.addresses(host)? {
        Addresses::NoSuchName => return Ok(cannot("no such name")),
        Addresses::Found(addresses) => addresses,
    };
    let mut last = cannot("no address");
    for address in addresses.into_iter().take(place.max_connections) {
        let socket = SocketAddr::new(address, place.smtp_port);
        match case.session(socket, &written)? {
            Ok(session) => return Ok(Found::Session(socket, session)),
            Err(failure) => last = open(unreached(&written, socket, &failure)),
        }
    }
    Ok(last)
}

/// What it means that the mail host `host` was not reached at `socket`, or broke off: nothing about the host.
pub(super) fn unreached(host: &str, socket: SocketAddr, failure: &Failure) -> Judged {
    match failure {
        Failure::NoRoute(_) | Failure::Forbidden(_) | Failure::BudgetSpent | Failure::Cancelled | Failure::NoHandshake(_) => {
            unconnected(socket, failure)
        }
        failure => {
            let detail = format!("{socket}: {}", failed(failure));
            Judged::new(Verdict::CouldNotMeasure, Why::SmtpUnreachable, &[("host", host), ("detail", &detail)])
        }
    }
}

/// What the mail host `host` shows there.
pub(super) fn reach<'a>(case: &Case<'a>, host: &Name) -> Result<Host<'a>, Open> {
    Ok(match find(case, host)? {
        Found::Session(_, session) => said(session, &plain(host)),
        Found::Open(judged) => Host::Open(*judged),
    })
}

/// What it means that the mail host `host` turned the measurement away with `reply`: nothing about the host.
pub(super) fn rejected(host: &str, reply: &str) -> Judged {
    Judged::new(Verdict::CouldNotMeasure, Why::SmtpRejects, &[("host", host), ("reply", &quoted(reply))]).observed(Words::same(reply.to_owned()))
}

/// The beginning of a reply.
fn quoted(reply: &str) -> String {
    reply.lines().next().unwrap_or_default().chars().take(QUOTED).collect()
}

/// What a conversation says about TLS.
pub(super) fn said<'a>(session: &'a Session, host: &str) -> Host<'a> {
    let (seen, offered) = (|text: &str| Words::same(text.to_owned()), session.offers_tls());
    let plain = |why, data: &[(&str, &str)], text: &str| Host::Plain(Judged::new(Verdict::NotMet, why, data).observed(seen(text)));
    if let Some(shown) = &session.handshake {
        return Host::Tls(shown);
    }
    if !session.greeting.starts_with("220") || !session.ehlo.starts_with("250") {
        let reply = if session.greeting.starts_with("220") { &session.ehlo } else { &session.greeting };
        return Host::Open(rejected(host, reply));
    }
    match (&session.starttls, &session.broken) {
        (None, None) if !offered => plain(Why::StartTlsMissing, &[("host", host)], &session.ehlo),
        (Some(reply), None) => plain(Why::StartTlsRefused, &[("host", host), ("reply", &quoted(reply))], reply),
        (Some(_), Some(Failure::NoHandshake(detail))) => plain(Why::StartTlsHandshake, &[("host", host), ("detail", detail)], detail),
        (_, failure) => {
            let detail = failed(failure.as_ref().unwrap_or(&Failure::Timeout));
            Host::Open(Judged::new(Verdict::CouldNotMeasure, Why::SmtpUnreachable, &[("host", host), ("detail", &detail)]))
        }
    }
}

/// Judges the mail hosts of `name`.
pub(super) fn check(case: &Case<'_>, name: &Name) -> Result<Judged, Missing> {
    let judged = judge(case, name).or_else(Open::judged)?;
    let host = judged.reason.data.get("host").cloned().unwrap_or_else(|| "<MX>".to_owned());
    Ok(judged.command(command(case, &host)).expected(
        "すべてのメールサーバがSTARTTLSを提供し、TLS 1.2以上で接続できること",
        "every mail host offers STARTTLS and can be reached with TLS 1.2 or later",
    ))
}

/// A command that repeats the conversation with `host`.
pub(super) fn command(case: &Case<'_>, host: &str) -> String {
    format!("openssl s_client -starttls smtp -connect {host}:{} -servername {host} </dev/null", case.evidence.place.smtp_port)
}

fn judge(case: &Case<'_>, name: &Name) -> Result<Judged, Open> {
    let Some((hosts, rest)) = hosts(case, name)? else { return Ok(Judged::new(Verdict::NotApplicable, Why::NoMail, &[])) };
    let (place, rules) = (&case.evidence.place, case.rules);
    let (mut open, mut lines, mut faults) = (None, Vec::new(), Vec::new());
    for host in &hosts {
        let written = plain(host);
        match reach(case, host)? {
            Host::Tls(shown) => {
                let trust = certificate::judge(shown, &written, &place.roots, rules, case.evidence.at);
                lines.push(format!("{written}: {}", shown.detail));
                if trust.verdict != Verdict::Met {
                    faults.push((written, trust.reason.code));
                }
            }
            // One host without TLS is enough: an attacker chooses it.
            Host::Plain(judged) => return Ok(judged.value(written).remedy(line())),
            Host::Open(judged) => open = open.or(Some(judged)),
        }
    }
    if let Some(judged) = open {
        return Ok(judged);
    }
    let mut judged = Judged::new(Verdict::Met, Why::StartTlsMet, &[]).value(format!("{} MX", hosts.len())).observed(Words::same(lines.join("\n")));
    for (host, code) in faults {
        judged = judged.note(Why::StartTlsCertificate, &[("host", &host), ("detail", &code)]);
    }
    Ok(if rest > 0 { judged.note(Why::MxUnchecked, &[("count", &rest.to_string())]) } else { judged })
}

/// What switches it on, for the most common server.
fn line() -> String {
    "# Postfix, main.cf\nsmtpd_tls_security_level = may\nsmtpd_tls_chain_files = <key and certificate chain>\nsmtpd_tls_protocols = >=TLSv1.2"
        .to_owned()
}
