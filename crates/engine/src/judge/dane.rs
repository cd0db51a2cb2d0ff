//! The DANE check: whether the certificates of the mail hosts match TLSA records that DNSSEC protects (RFC 7672, RFC 6698).

use formats::dns::plain;
use formats::evidence::{Handshake, Missing, Octets, Roots, Verdict};
use hickory_proto::rr::rdata::TLSA;
use hickory_proto::rr::{Name, RData, RecordType};
use sha2::{Digest, Sha256, Sha512};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::case::{Case, Open};
use super::certificate;
use super::dnssec::{Secured, secured};
use super::judgement::Judged;
use super::reasons::Why;
use super::starttls::{self, Host};
use crate::words::Words;

/// Judges the TLSA records of the mail hosts of `name`.
pub(super) fn check(case: &Case<'_>, name: &Name) -> Result<Judged, Missing> {
    let judged = judge(case, name).or_else(Open::judged)?;
    let host = judged.reason.data.get("host").cloned().unwrap_or_else(|| "<MX>".to_owned());
    let command = format!("{}; {} | openssl x509 -noout -pubkey", case.dig(&place(case, &host), "TLSA +dnssec"), starttls::command(case, &host));
    Ok(judged.command(command).expected(
        "DNSSECで検証できるMXとTLSAレコード（3 1 1または2 1 1）があり、すべてのメールサーバの証明書と一致すること",
        "MX and TLSA records (3 1 1 or 2 1 1) that verify by DNSSEC and match the certificate of every mail host",
    ))
}

/// Where the records of a mail host lie (RFC 7672 2.2.3).
fn place(case: &Case<'_>, host: &str) -> String {
    format!("_{}._tcp.{host}", case.evidence.place.smtp_port)
}

fn judge(case: &Case<'_>, name: &Name) -> Result<Judged, Open> {
    let Some((hosts, rest)) = starttls::hosts(case, name)? else { return Ok(Judged::new(Verdict::NotApplicable, Why::NoMail, &[])) };
    let (mut open, mut lines, mut single) = (None, Vec::new(), Vec::new());
    for host in &hosts {
        let written = plain(host);
        match one(case, host, &written)? {
            Of::Matches(records) => {
                lines.extend(records.iter().map(|record| format!("{written}: {}", said(record))));
                if records.len() < 2 {
                    single.push(written);
                }
            }
            Of::Fault(judged) => return Ok(judged),
            Of::Open(judged) => open = open.or(Some(judged)),
        }
    }
    // Only secured MX records name the right hosts (RFC 7672 2.2.1).
    match protected(case, name, RecordType::MX)? {
        Some(Of::Fault(judged)) => return Ok(judged),
        Some(Of::Open(judged)) => open = open.or(Some(judged)),
        _ => {}
    }
    if let Some(judged) = open {
        return Ok(judged);
    }
    let mut judged = Judged::new(Verdict::Met, Why::DaneMet, &[]).value(format!("{} MX", hosts.len())).observed(Words::same(lines.join("\n")));
    for host in single {
        judged = judged.note(Why::DaneSingle, &[("host", &host)]);
    }
    Ok(if rest > 0 { judged.note(Why::MxUnchecked, &[("count", &rest.to_string())]) } else { judged })
}

/// What is known of one host.
enum Of {
    Matches(Vec<TLSA>),
    Fault(Judged),
    Open(Judged),
}

/// What is wrong with the protection of `kind` at `name`, if anything.
fn protected(case: &Case<'_>, name: &Name, kind: RecordType) -> Result<Option<Of>, Open> {
    let at = format!("{} {kind}", plain(name));
    Ok(match secured(case, name, kind)? {
        Secured::Secure(..) | Secured::Absent => None,
        Secured::Insecure => Some(Of::Fault(not_met(Why::DaneInsecure, &[("place", &at)], &at).remedy(sign(name)))),
        Secured::Bogus(why) => Some(Of::Fault(not_met(Why::DaneBogus, &[("place", &at), ("detail", why.code())], &at).remedy(sign(name)))),
        Secured::Unanswered(unanswered) => Some(Of::Open(unanswered.judged())),
    })
}

fn not_met(why: Why, data: &[(&str, &str)], seen: &str) -> Judged {
    Judged::new(Verdict::NotMet, why, data).observed(Words::same(seen.to_owned()))
}

fn sign(name: &Name) -> String {
    format!("{}. IN DS <key-tag> 13 2 <SHA-256 of the key>", plain(name))
}

/// One mail host: its records, their protection, its certificate.
fn one(case: &Case<'_>, host: &Name, written: &str) -> Result<Of, Open> {
    let at = place(case, written);
    let data = [("host", written)];
    let Some(owner) = host.prepend_label("_tcp").and_then(|name| name.prepend_label(format!("_{}", case.evidence.place.smtp_port).as_bytes())).ok()
    else {
        return Ok(Of::Fault(not_met(Why::DaneMissing, &data, &at).remedy(record(&at, None))));
    };
    let records: Vec<TLSA> = match secured(case, &owner, RecordType::TLSA)? {
        Secured::Secure(owner, answer) => {
            let data = answer.records(&owner, RecordType::TLSA).into_iter().filter_map(|record| match &record.data {
                RData::TLSA(tlsa) => Some(tlsa.clone()),
                _ => None,
            });
            data.take(20).collect()
        }
        Secured::Absent => {
            let none = Words::new(format!("{at}にTLSAレコードはありません"), format!("no TLSA record at {at}"));
            let shown = match starttls::reach(case, host)? {
                Host::Tls(shown) => shown.chain.first().map(|der| der.0.as_slice()),
                _ => None,
            };
            return Ok(Of::Fault(Judged::new(Verdict::NotMet, Why::DaneMissing, &data).observed(none).remedy(record(&at, shown))));
        }
        Secured::Insecure => return Ok(Of::Fault(not_met(Why::DaneInsecure, &[("place", &at), ("host", written)], &at).remedy(sign(host)))),
        Secured::Bogus(why) => {
            return Ok(Of::Fault(not_met(Why::DaneBogus, &[("place", &at), ("host", written), ("detail", why.code())], &at).remedy(sign(host))));
        }
        Secured::Unanswered(unanswered) => return Ok(Of::Open(unanswered.judged())),
    };
    let listed = records.iter().map(said).collect::<Vec<_>>().join("\n");
    // PKIX-TA and PKIX-EE have no meaning for mail (RFC 7672 3.1.3).
    let usable: Vec<TLSA> = records.iter().filter(|record| matches!(number(record).0, 2 | 3)).cloned().collect();
    let shown = match starttls::reach(case, host)? {
        Host::Tls(shown) => shown,
        Host::Plain(_) => {
            return Ok(Of::Fault(not_met(Why::DaneNoTls, &data, &listed).remedy(format!("{at}. IN TLSA  ; delete, or offer STARTTLS"))));
        }
        Host::Open(judged) => return Ok(Of::Open(judged)),
    };
    let leaf = shown.chain.first().map(|der| der.0.as_slice());
    if usable.is_empty() {
        let data = [("host", written), ("records", listed.lines().next().unwrap_or_default())];
        return Ok(Of::Fault(not_met(Why::DaneUnusable, &data, &listed).remedy(record(&at, leaf))));
    }
    if !usable.iter().any(|record| matches(case, record, shown, written)) {
        return Ok(Of::Fault(not_met(Why::DaneMismatch, &data, &listed).remedy(record(&at, leaf))));
    }
    // The host's address must be protected too, or the records would not be used at all (RFC 7672 2.2.2).
    let kind = if case.ask(host, RecordType::A)?.records(host, RecordType::A).is_empty() { RecordType::AAAA } else { RecordType::A };
    Ok(protected(case, host, kind)?.unwrap_or(Of::Matches(usable)))
}

/// Usage, selector and matching type as numbers (RFC 6698 2.1).
fn number(record: &TLSA) -> (u8, u8, u8) {
    (record.cert_usage.into(), record.selector.into(), record.matching.into())
}

/// A record as master files write it, bounded.
fn said(record: &TLSA) -> String {
    let (usage, selector, matching) = number(record);
    format!("{usage} {selector} {matching} {}", hex(record.cert_data.get(..64).unwrap_or(&record.cert_data)))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The line to publish for a certificate: DANE-EE, its public key, SHA-256 (RFC 7672 3.1).
fn record(at: &str, leaf: Option<&[u8]>) -> String {
    let digest = leaf.and_then(|der| X509Certificate::from_der(der).ok()).map(|(_, leaf)| hex(&Sha256::digest(leaf.public_key().raw)));
    format!("{at}. IN TLSA 3 1 1 {}", digest.as_deref().unwrap_or("<SHA-256 of the public key>"))
}

/// Whether `record` speaks of the chain a host showed.
fn matches(case: &Case<'_>, record: &TLSA, shown: &Handshake, host: &str) -> bool {
    let (usage, _, _) = number(record);
    match usage {
        // DANE-EE: the certificate itself; names and dates do not matter (RFC 7672 3.1.1).
        3 => shown.proved && shown.chain.first().is_some_and(|der| speaks_of(record, der)),
        // DANE-TA: an authority in the chain, from which the certificate must follow, for this name and date (RFC 7672 3.1.2).
        2 => shown.chain.iter().skip(1).filter(|der| speaks_of(record, der)).any(|der| {
            let roots = Roots::Der(vec![der.clone()]);
            certificate::judge(shown, host, &roots, case.rules, case.evidence.at).verdict == Verdict::Met
        }),
        _ => false,
    }
}

fn speaks_of(record: &TLSA, der: &Octets) -> bool {
    let Ok((_, certificate)) = X509Certificate::from_der(&der.0) else { return false };
    let (_, selector, matching) = number(record);
    let part = match selector {
        0 => der.0.as_slice(),
        1 => certificate.public_key().raw,
        _ => return false,
    };
    match matching {
        0 => record.cert_data == part,
        1 => record.cert_data == Sha256::digest(part).as_slice(),
        2 => record.cert_data == Sha512::digest(part).as_slice(),
        _ => false,
    }
}
