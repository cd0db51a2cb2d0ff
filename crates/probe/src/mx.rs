//! The MX check: where mail for a domain goes (RFC 5321 5.1, RFC 7505, RFC 2181 10.3).

use std::net::IpAddr;

use hickory_proto::rr::{Name, RData, RecordType};

use crate::dns::{Answer, Asked, Trail};
use crate::observation::{Judged, State, Text};
use crate::reasons::Why;
use crate::rules::Rules;
use crate::target::{plain, refused};

/// Preference and host of each MX at `name`, best first.
pub(crate) fn hosts(answer: &Answer, name: &Name) -> Vec<(u16, Name)> {
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

/// Judges the MX records of `name`.
pub(crate) async fn check(trail: &mut Trail<'_, '_>, name: &Name, rules: &Rules) -> Judged {
    let domain = plain(name);
    let command = trail.client.dig(&domain, "MX");
    let judged = judge(trail, name, &domain, rules).await.unwrap_or_else(|asked| asked.judged());
    let mut judged = judged.command(command).expected(
        "アドレスを持つホスト名のMX、またはNull MX（受け取らない場合）",
        "MX records that name hosts with addresses, or a null MX when no mail is received",
    );
    judged.evidence = trail.evidence();
    judged
}

/// The addresses of `host`; None when it is an alias.
async fn addresses(trail: &mut Trail<'_, '_>, host: &Name) -> Result<Option<Vec<IpAddr>>, Asked> {
    let v4 = trail.ask(host, RecordType::A).await?;
    if v4.alias(host).is_some() {
        return Ok(None);
    }
    let found = |answer: &Answer, kind| answer.records(host, kind).into_iter().filter_map(|r| r.data.ip_addr()).collect::<Vec<_>>();
    let addresses = found(&v4, RecordType::A);
    if !addresses.is_empty() || v4.nxdomain {
        return Ok(Some(addresses));
    }
    Ok(Some(found(&trail.ask(host, RecordType::AAAA).await?, RecordType::AAAA)))
}

async fn judge(trail: &mut Trail<'_, '_>, name: &Name, domain: &str, rules: &Rules) -> Result<Judged, Asked> {
    let answer = trail.ask(name, RecordType::MX).await?;
    if answer.nxdomain {
        return Ok(Judged::new(State::CouldNotMeasure, Why::NoSuchDomain, &[("domain", domain)]));
    }
    let hosts = hosts(&answer, name);
    let null_line = format!("{domain}. IN MX 0 .");
    let value = hosts.iter().map(|(preference, host)| format!("{preference} {}", plain(host))).collect::<Vec<_>>().join(", ");
    let say = |state, why, data: &[(&str, &str)]| Judged::new(state, why, data).value(value.clone()).observed(Text::same(value.clone()));
    let nulls = hosts.iter().filter(|(_, host)| host.is_root()).count();
    if hosts.is_empty() {
        let none = Text::new("MXレコードはありません", "no MX record");
        let judged = match addresses(trail, name).await? {
            Some(found) if found.is_empty() => Judged::new(State::NotApplicable, Why::MxNone, &[]).remedy(null_line),
            _ => Judged::new(State::NotMet, Why::MxImplicit, &[]).remedy(null_line),
        };
        return Ok(judged.observed(none));
    }
    if nulls == hosts.len() {
        return Ok(say(State::Met, Why::MxNull, &[]));
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
        return Ok(say(State::NotMet, Why::MxNullAndOther, &[]).remedy(others(None)));
    }
    let mut unanswered = None;
    for (preference, host) in hosts.iter().take(rules.mx_max_hosts) {
        let written = plain(host);
        let data = [("host", written.as_str())];
        if written.parse::<IpAddr>().is_ok() {
            let line = format!("mail.{domain}. IN A {written}\n{domain}. IN MX {preference} mail.{domain}.");
            return Ok(say(State::NotMet, Why::MxAddressLiteral, &data).remedy(line));
        }
        match addresses(trail, host).await {
            Ok(None) => {
                let real = trail.ask(host, RecordType::A).await?.alias(host).map_or_else(String::new, |real| plain(&real));
                return Ok(say(State::NotMet, Why::MxAlias, &data).remedy(format!("{domain}. IN MX {preference} {real}.")));
            }
            Ok(Some(found)) => {
                if found.is_empty() {
                    return Ok(say(State::NotMet, Why::MxNoAddress, &data).remedy(others(Some(host))));
                }
                let refused = found.iter().find(|address| !trail.client.vantage.allow_private && refused(**address).is_some());
                if let Some(address) = refused {
                    return Ok(
                        say(State::NotMet, Why::MxRefused, &[("host", &written), ("address", &address.to_string())]).remedy(others(Some(host)))
                    );
                }
            }
            Err(asked) => unanswered = unanswered.or(Some(asked)),
        }
    }
    // A host we could not ask about may be at fault: that is neither met nor not met.
    if let Some(asked) = unanswered {
        return Ok(asked.judged().value(value.clone()).observed(Text::same(value)));
    }
    let judged = say(State::Met, Why::MxMet, &[]);
    let rest = hosts.len().saturating_sub(rules.mx_max_hosts);
    Ok(if rest > 0 { judged.note(Why::MxUnchecked, &[("count", &rest.to_string())]) } else { judged })
}
