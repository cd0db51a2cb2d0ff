//! TLS of mail servers: the same questions after STARTTLS, judged for each server a domain's mail goes to (RFC 3207, RFC 7435).
//!
//! Whoever finds no TLS delivers in the clear, so that here a weak method is better than none (RFC 9325 5.2): see
//! [`TlsLimits::of_mail`](super::super::rules::TlsLimits::of_mail).

use std::collections::BTreeSet;
use std::net::SocketAddr;

use formats::dns::plain;
use formats::evidence::{Failure, Missing, Opening, Session, Verdict};
use hickory_proto::rr::Name;

use super::super::case::{Case, Open};
use super::super::judgement::Judged;
use super::super::reasons::Why;
use super::super::starttls::{self, Found, Host};
use super::talk::Talk;
use super::{Measure, accepted, chain, groups, suites, versions};
use crate::words::Words;

/// What is looked at.
#[derive(Clone, Copy)]
pub(in super::super) enum Part {
    Versions,
    Suites,
    Groups,
    Certificate,
}

impl Part {
    fn expected(self, case: &Case<'_>) -> (String, String) {
        let limits = &case.rules.mail_tls;
        match self {
            Self::Versions => versions::expected(limits),
            Self::Suites => suites::expected(limits),
            Self::Groups => groups::expected(limits),
            Self::Certificate => {
                let (rsa, ec) = (case.rules.certificate_min_rsa, case.rules.certificate_min_ec);
                (
                    format!("すべての証明書がRSA {rsa}ビット以上または楕円曲線{ec}ビット以上、SHA-2"),
                    format!("every certificate RSA ≥ {rsa} or EC ≥ {ec} bits and SHA-2"),
                )
            }
        }
    }

    fn judge(self, talk: &mut Talk<'_>, case: &Case<'_>, session: &Session) -> Result<Result<Judged, Failure>, Missing> {
        let found = match accepted(talk)? {
            Ok(versions) => versions,
            Err(failure) => return Ok(Err(failure)),
        };
        let measure = Measure::mail(case.rules);
        Ok(Ok(match self {
            Self::Versions => versions::judge(talk, &found, measure),
            Self::Suites => suites::judge(talk, &found, measure)?,
            Self::Groups => groups::judge(talk, &found, measure)?,
            // The conversation that was held to its end showed them too.
            Self::Certificate => chain::judge(talk, &found, case, || Ok(session.handshake.as_deref().ok_or(Failure::Timeout)))?,
        }))
    }
}

/// Judges one part of the TLS of `name`'s mail servers.
pub(in super::super) fn check(case: &Case<'_>, name: &Name, part: Part) -> Result<Judged, Missing> {
    let judged = judge(case, name, part).or_else(Open::judged)?;
    let (ja, en) = part.expected(case);
    let judged = if judged.command.is_empty() {
        let host = judged.reason.data.get("host").map_or("<MX>", String::as_str).to_owned();
        judged.command(starttls::command(case, &host))
    } else {
        judged
    };
    Ok(judged.expected(&format!("どのメールサーバも、{ja}"), &format!("every mail host: {en}")))
}

fn judge(case: &Case<'_>, name: &Name, part: Part) -> Result<Judged, Open> {
    let Some((hosts, rest)) = starttls::hosts(case, name)? else { return Ok(Judged::new(Verdict::NotApplicable, Why::NoMail, &[])) };
    let (mut asked, mut all) = (BTreeSet::new(), Vec::new());
    for host in &hosts {
        let written = plain(host);
        match starttls::find(case, host)? {
            // Several names for one server are one server.
            Found::Session(socket, _) if !asked.insert(socket) => {}
            Found::Session(socket, session) => {
                let judged = of_host(case, &written, socket, session, part)?;
                all.push((written, judged));
            }
            Found::Open(judged) => all.push((written, *judged)),
        }
    }
    let judged = conclude(all);
    Ok(if rest > 0 { judged.note(Why::MxUnchecked, &[("count", &rest.to_string())]) } else { judged })
}

/// What the server at `socket`, reached as `host`, is found to do.
fn of_host(case: &Case<'_>, host: &str, socket: SocketAddr, session: &Session, part: Part) -> Result<Judged, Missing> {
    if !session.starttls.as_deref().is_some_and(|reply| reply.starts_with("220")) {
        return Ok(match starttls::said(session, host) {
            Host::Open(judged) => judged,
            // That there is no TLS is the fault of another check.
            Host::Plain(judged) => Judged { verdict: Verdict::NotApplicable, ..judged },
            Host::Tls(_) => Judged::new(Verdict::NotApplicable, Why::NoMail, &[]),
        });
    }
    let mut talk = Talk::new(case, socket, host.to_owned(), Opening::Smtp);
    Ok(match part.judge(&mut talk, case, session)? {
        Ok(judged) => judged.of_host(host),
        Err(failure) => starttls::unreached(host, socket, &failure).command(talk.command("")),
    })
}

/// The worst server decides, because an attacker may choose it; the others are shown beside it.
fn conclude(mut all: Vec<(String, Judged)>) -> Judged {
    let rank = |verdict: Verdict| match verdict {
        Verdict::NotMet => 0,
        Verdict::CouldNotMeasure | Verdict::Stale => 1,
        Verdict::Met => 2,
        Verdict::NotApplicable => 3,
    };
    let block = |seen: &str, host: &str| if seen.is_empty() { String::new() } else { format!("{host}\n{seen}") };
    let lines = |get: fn(&Words) -> &str| {
        let blocks = all.iter().map(|(host, judged)| block(get(&judged.observed), host));
        blocks.filter(|block| !block.is_empty()).collect::<Vec<_>>().join("\n\n")
    };
    let observed = Words::new(lines(|words| &words.ja), lines(|words| &words.en));
    all.sort_by_key(|(_, judged)| rank(judged.verdict));
    let met = all.iter().filter(|(_, judged)| judged.verdict == Verdict::Met).count();
    let mut all = all.into_iter().map(|(_, judged)| judged);
    let Some(mut worst) = all.next() else { return Judged::new(Verdict::NotApplicable, Why::NoMail, &[]) };
    for other in all {
        if rank(other.verdict) < 2 {
            worst.notes.push(other.reason);
        }
        if worst.value != other.value && !other.value.is_empty() && other.verdict == worst.verdict {
            worst.value = format!("{} / {}", worst.value, other.value);
        }
        worst.notes.extend(other.notes);
    }
    if met > 1 && worst.verdict == Verdict::Met {
        let reason = Judged::new(Verdict::Met, Why::MailTlsMet, &[("count", &met.to_string())]).reason;
        worst = Judged { reason, ..worst };
    }
    worst.observed(observed)
}
