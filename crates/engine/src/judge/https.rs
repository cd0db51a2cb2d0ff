//! The HTTPS checks: what a web server shows of its certificate, and for how long it is still valid.

use std::net::SocketAddr;

use formats::dns::plain;
use formats::evidence::{Failure, Handshake, Missing, Target, Verdict};
use hickory_proto::rr::Name;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::case::{Addresses, Case, Open, Unanswered, unconnected};
use super::certificate::{self, DAY, day};
use super::judgement::Judged;
use super::reasons::Why;
use crate::words::Words;

/// What a domain showed at its HTTPS port.
pub(super) enum Shown<'a> {
    /// Its address could not be looked up.
    Unanswered(Unanswered),
    NoSuchDomain,
    NoAddress,
    /// The last address that was tried, and why there was nothing.
    Nothing(SocketAddr, Failure),
    Chain(SocketAddr, &'a Handshake),
}

/// IPv4 first; one address that answers suffices.
pub(super) fn present<'a>(case: &Case<'a>, name: &Name) -> Result<Shown<'a>, Missing> {
    let addresses = match case.addresses(name) {
        Ok(Addresses::Found(addresses)) => addresses,
        Ok(Addresses::NoSuchName) => return Ok(Shown::NoSuchDomain),
        Err(Open::Missing(missing)) => return Err(missing),
        Err(Open::Unanswered(unanswered)) => return Ok(Shown::Unanswered(unanswered)),
    };
    let (place, server) = (&case.evidence.place, plain(name));
    let mut last = Shown::NoAddress;
    for address in addresses.into_iter().take(place.max_connections) {
        let socket = SocketAddr::new(address, place.https_port);
        match case.tls(socket, &server)? {
            Ok(handshake) => return Ok(Shown::Chain(socket, handshake)),
            Err(failure) => last = Shown::Nothing(socket, failure),
        }
    }
    Ok(last)
}

/// The very address that was measured: a name may have several, and a testbed's is known to nobody else.
fn command(case: &Case<'_>, domain: &str, shown: &Shown<'_>) -> String {
    let place = match shown {
        Shown::Nothing(address, _) | Shown::Chain(address, _) => address.to_string(),
        _ => format!("{domain}:{}", case.evidence.place.https_port),
    };
    format!("openssl s_client -connect {place} -servername {domain} </dev/null | openssl x509 -noout -subject -issuer -dates -ext subjectAltName")
}

/// Conclusions for everything but a chain.
pub(super) fn without_chain(shown: &Shown<'_>, target: &Target) -> Judged {
    let closed = |detail: &str| {
        if target.web_server {
            let none = Words::new(format!("HTTPSのサービスなし（{detail}）"), format!("no HTTPS service ({detail})"));
            let line = format!("server {{ listen 443 ssl; server_name {}; }}", target.domain);
            Judged::new(Verdict::NotMet, Why::NoHttps, &[("detail", detail)]).observed(none).remedy(line)
        } else {
            Judged::new(Verdict::NotApplicable, Why::NoWeb, &[])
        }
    };
    let cannot = |why, data: &[(&str, &str)]| Judged::new(Verdict::CouldNotMeasure, why, data);
    match shown {
        Shown::Unanswered(unanswered) => unanswered.judged(),
        Shown::NoSuchDomain => cannot(Why::NoSuchDomain, &[("domain", &target.domain)]),
        Shown::NoAddress => closed("no address"),
        Shown::Nothing(address, Failure::Closed) => closed(&format!("{address}: connection refused")),
        Shown::Nothing(address, failure) => unconnected(*address, failure),
        Shown::Chain(..) => cannot(Why::CertificateBad, &[("detail", "no readable certificate")]),
    }
}

/// The same for the checks that leave it to the certificate check to complain that there is no HTTPS at all.
pub(super) fn without_server(shown: &Shown<'_>, target: &Target) -> Judged {
    let mut judged = without_chain(shown, target);
    if judged.verdict == Verdict::NotMet {
        judged.verdict = Verdict::NotApplicable;
    }
    judged
}

/// Judges the presented certificate for `name`.
pub(super) fn check_certificate(case: &Case<'_>, name: &Name) -> Result<Judged, Missing> {
    let (domain, evidence) = (plain(name), case.evidence);
    let shown = present(case, name)?;
    let judged = match &shown {
        Shown::Chain(_, handshake) => certificate::judge(handshake, &domain, &evidence.place.roots, case.rules, evidence.at),
        _ => without_chain(&shown, &evidence.target),
    };
    let judged = if judged.verdict == Verdict::NotMet && judged.remedy.is_empty() { judged.remedy(remedy(&domain)) } else { judged };
    let (rsa, ec) = (case.rules.certificate_min_rsa, case.rules.certificate_min_ec);
    Ok(judged.command(command(case, &domain, &shown)).expected(
        &format!("信頼できる認証局が発行した、名前の一致する有効期間内の証明書（RSA {rsa}ビット以上または楕円曲線{ec}ビット以上、SHA-2）"),
        &format!("a certificate of a trusted authority, for this name, within its dates (RSA ≥ {rsa} or EC ≥ {ec} bits, SHA-2)"),
    ))
}

/// Judges how long the presented certificate is still valid.
pub(super) fn check_expiry(case: &Case<'_>, name: &Name) -> Result<Judged, Missing> {
    let (domain, now, limit) = (plain(name), case.evidence.at, case.rules.certificate_min_days);
    let shown = present(case, name)?;
    let leaf = match &shown {
        Shown::Chain(_, handshake) => handshake.chain.first().and_then(|der| X509Certificate::from_der(&der.0).ok()),
        _ => None,
    };
    let judged = match leaf {
        Some((_, leaf)) => {
            let until = leaf.validity().not_after.timestamp();
            let days = (until - now).div_euclid(DAY);
            let (date, days_text, limit_text) = (day(until), days.to_string(), limit.to_string());
            let data = [("until", date.as_str()), ("days", days_text.as_str()), ("limit", limit_text.as_str())];
            let judged = match days {
                _ if until < now => Judged::new(Verdict::NotMet, Why::ExpiryPast, &data),
                days if days < limit => Judged::new(Verdict::NotMet, Why::ExpirySoon, &data),
                _ => Judged::new(Verdict::Met, Why::ExpiryMet, &data),
            };
            let judged = if judged.verdict == Verdict::NotMet { judged.remedy(remedy(&domain)) } else { judged };
            judged.value(date.clone()).observed(Words::new(format!("{date}まで（残り{days}日）"), format!("valid until {date} ({days} days)")))
        }
        None => without_server(&shown, &case.evidence.target),
    };
    Ok(judged.command(command(case, &domain, &shown)).expected(&format!("残り{limit}日以上"), &format!("at least {limit} days left")))
}

fn remedy(domain: &str) -> String {
    format!("certbot certonly --key-type ecdsa --elliptic-curve secp256r1 -d {domain}")
}
