//! The MX check: where mail for a domain goes (RFC 5321 5.1, RFC 7505, RFC 2181 10.3).

use std::net::IpAddr;

use formats::dns::{Answer, plain};
use formats::evidence::{Missing, Verdict, refused};
use hickory_proto::rr::{Name, RData, RecordType};

use super::case::{Case, Open};
use super::judgement::Judged;
use super::reasons::Why;
use crate::words::Words;

/// Preference and host of each MX at `name`, best first.
pub(super) fn hosts(answer: &Answer, name: &Name) -> Vec<(u16, Name)> {
    let mut hosts: Vec<(u16, Name)> = answer
        .records(name, RecordType::MX)
        .into_iter()
        .filter_map(|record| match &record.data {
            RData::MX(mx) => Some((mx.preference, mx.exchange.to_lowercase())),
            _ => None,
        })
        .collect();
    hosts.sort();
    hosts.dedup();
    hosts
}

/// Whether somebody receives mail for `name` by its MX records.
pub(super) fn takes_mail(case: &Case<'_>, name: &Name) -> Result<bool, Open> {
    Ok(hosts(&case.ask(name, RecordType::MX)?, name).iter().any(|(_, host)| !host.is_root()))
}

/// Judges the MX records of `name`.
pub(super) fn check(case: &Case<'_>, name: &Name) -> Result<Judged, Missing> {
    let domain = plain(name);
    let judged = judge(case, name, &domain).or_else(Open::judged)?;
    Ok(judged.command(case.dig(&domain, "MX")).expected(
        "アドレスを持つホスト名のMX、またはNull MX（受け取らない場合）",
        "MX records that name hosts with addresses, or a null MX when no mail is received",
    ))
}

/// The addresses of `host`; None when it is an alias.
fn addresses(case: &Case<'_>, host: &Name) -> Result<Option<Vec<IpAddr>>, Open> {
    let v4 = case.ask(host, RecordType::A)?;
    if v4.alias(host).is_some() {
        return Ok(None);
    }
    let found = |answer: &Answer, kind| answer.records(host, kind).into_iter().filter_map(|r| r.data.ip_addr()).collect::<Vec<_>>();
    let addresses = found(&v4, RecordType::A);
    if !addresses.is_empty() || v4.nxdomain {
        return Ok(Some(addresses));
    }
    Ok(Some(found(&case.ask(host, RecordType::AAAA)?, RecordType::AAAA)))
}

fn judge(case: &Case<'_>, name: &Name, domain: &str) -> Result<Judged, Open> {
    let answer = case.ask(name, RecordType::MX)?;
    if answer.nxdomain {
        return Ok(Judged::new(Verdict::CouldNotMeasure, Why::NoSuchDomain, &[("domain", domain)]));
    }
    let hosts = hosts(&answer, name);
    let null_line = format!("{domain}. IN MX 0 .");
    let value = hosts.iter().map(|(preference, host)| format!("{preference} {}", plain(host))).collect::<Vec<_>>().join(", ");
    let say = |state, why, data: &[(&str, &str)]| Judged::new(state, why, data).value(value.clone()).observed(Words::same(value.clone()));
    let nulls = hosts.iter().filter(|(_, host)| host.is_root()).count();
    if hosts.is_empty() {
        let none = Words::new("MXレコードはありません", "no MX record");
        let judged = match addresses(case, name)? {
            Some(found) if found.is_empty() => Judged::new(Verdict::NotApplicable, Why::MxNone, &[]).remedy(null_line),
            _ => Judged::new(Verdict::NotMet, Why::MxImplicit, &[]).remedy(null_line),
        };
        return Ok(judged.observed(none));
    }
    if nulls == hosts.len() {
        return Ok(say(Verdict::Met, Why::MxNull, &[]));
    }
    let others = |skip: Option<&Name>| {
        let lines: Vec<String> = hosts
            .iter()
            .filter(|(_, host)| !host.is_root() && Some(host) != skip)
            .map(|(preference, host)| format!("{domain}. IN MX {preference} {}.", plain(host)))
            .collect();
        if lines.is_empty() { format!("{domain}. IN MX 10 mail.{domain}.") } else { lines.join("\n") }
    };
    if nulls > 0 {
        return Ok(say(Verdict::NotMet, Why::MxNullAndOther, &[]).remedy(others(None)));
    }
    let mut unanswered = None;
    for (preference, host) in hosts.iter().take(case.rules.mx_max_hosts) {
        let written = plain(host);
        let data = [("host", written.as_str())];
        if written.parse::<IpAddr>().is_ok() {
            let line = format!("mail.{domain}. IN A {written}\n{domain}. IN MX {preference} mail.{domain}.");
            return Ok(say(Verdict::NotMet, Why::MxAddressLiteral, &data).remedy(line));
        }
        match addresses(case, host) {
            Ok(None) => {
                let real = case.ask(host, RecordType::A)?.alias(host).map_or_else(String::new, |real| plain(&real));
                return Ok(say(Verdict::NotMet, Why::MxAlias, &data).remedy(format!("{domain}. IN MX {preference} {real}.")));
            }
            Ok(Some(found)) => {
                if found.is_empty() {
                    return Ok(say(Verdict::NotMet, Why::MxNoAddress, &data).remedy(others(Some(host))));
                }
                let refused = found.iter().find(|address| !case.evidence.place.allow_private && refused(**address).is_some());
                if let Some(address) = refused {
                    return Ok(
                        say(Verdict::NotMet, Why::MxRefused, &[("host", &written), ("address", &address.to_string())]).remedy(others(Some(host)))
                    );
                }
            }
            Err(Open::Missing(missing)) => return Err(missing.into()),
            Err(Open::Unanswered(asked)) => unanswered = unanswered.or(Some(asked)),
        }
    }
    // A host we could not ask about may be at fault: that is neither met nor not met.
    if let Some(asked) = unanswered {
        return Ok(asked.judged().value(value.clone()).observed(Words::same(value)));
    }
    let judged = say(Verdict::Met, Why::MxMet, &[]);
    let rest = hosts.len().saturating_sub(case.rules.mx_max_hosts);
    Ok(if rest > 0 { judged.note(Why::MxUnchecked, &[("count", &rest.to_string())]) } else { judged })
}
