//! The name-server check: each authoritative server apart, over IPv4 and IPv6, UDP and TCP (RFC 2182, RFC 9210).
//!
//! A resolver asks one server and hides the others. Here every server is asked by itself, so that one that is lame, behind, or
//! serves signatures that have expired is seen although the others are well.

use std::collections::BTreeSet;
use std::net::IpAddr;

use formats::dns::plain;
use formats::evidence::{Failure, Missing, Verdict};
use hickory_proto::rr::{Name, RecordType};

use super::case::{Case, Open, Unanswered, failed};
use super::certificate::day;
use super::dnssec::{after, unix};
use super::judgement::{Judged, Reason};
use super::reasons::Why;
use super::servers::{Said, Server, Told, Zone, dig, named_by, question, server, soa, transitional, zone_of};
use crate::words::Words;

/// Names of servers that a reason and a remedy show: as many as the root has.
const MOST_SHOWN: usize = 13;

/// A server at one of its addresses, and what it said.
struct Row {
    server: String,
    address: IpAddr,
    udp: Said,
    tcp: Said,
}

impl Row {
    fn said(&self) -> [(&'static str, &Said); 2] {
        [("UDP", &self.udp), ("TCP", &self.tcp)]
    }

    /// What it told, the later answer first.
    fn told(&self) -> impl Iterator<Item = &Told> {
        [&self.tcp, &self.udp].into_iter().filter_map(|said| match said {
            Said::Zone(told) => Some(told),
            _ => None,
        })
    }

    /// The newest serial it gave: a zone may change between two questions.
    fn serial(&self) -> Option<u32> {
        self.told().map(|told| told.serial).reduce(|a, b| if after(b, a) { b } else { a })
    }
}

/// Something wrong, with what repairs it and what shows it.
struct Fault {
    why: Why,
    data: Vec<(&'static str, String)>,
    remedy: String,
    command: Option<String>,
}

/// Judges the servers of the zone that holds `name`.
pub(super) fn check(case: &Case<'_>, name: &Name) -> Result<Judged, Missing> {
    let judged = match zone_of(case, name) {
        Ok(Some(zone)) => judge(case, &zone)?,
        Ok(None) => Judged::new(Verdict::CouldNotMeasure, Why::NoSuchDomain, &[("domain", &plain(name))]),
        Err(open) => open.judged()?,
    };
    let judged = if judged.command.is_empty() { judged.command(case.dig(&plain(name), "NS")) } else { judged };
    Ok(judged.expected(
        "2台以上の権威サーバがあり、どれもIPv4・IPv6、UDP・TCPのいずれでも同じゾーンを、期限内の署名とともに答えること",
        "two or more authoritative servers, each of which answers with the same zone and current signatures, over IPv4 and IPv6, UDP and TCP",
    ))
}

fn judge(case: &Case<'_>, zone: &Zone) -> Result<Judged, Missing> {
    let mut servers = Vec::new();
    for name in zone.names.iter().take(case.rules.name_servers_max) {
        servers.push(server(case, name)?);
    }
    let rows = rows(case, &servers, &zone.apex)?;
    let mut faults = faults(case, zone, &servers, &rows);
    faults.extend(other_sets(case, zone, &rows)?);
    let judged = conclude(case, zone, &servers, &rows, faults).observed(table(case, &servers, &rows));
    Ok(notes(case, zone, &servers, &rows, judged))
}

/// Asks every server at its first address of each family, first all over UDP and then all over TCP: who is behind in both rounds
/// is not merely a moment late.
fn rows(case: &Case<'_>, servers: &[Server], apex: &Name) -> Result<Vec<Row>, Missing> {
    let places = servers.iter().flat_map(|server| {
        let v6 = server.v6.iter().find(|address| transitional(**address).is_none());
        let addresses = [server.v4.first().copied().map(IpAddr::from), v6.copied().map(IpAddr::from)];
        addresses.into_iter().flatten().map(|address| (plain(&server.name), address))
    });
    let mut rows = Vec::new();
    for (server, address) in places {
        rows.push(Row { server, address, udp: soa(case, address, apex, false)?, tcp: Said::Cut });
    }
    for row in &mut rows {
        row.tcp = soa(case, row.address, apex, true)?;
    }
    Ok(rows)
}

/// What is wrong, the worst first.
fn faults(case: &Case<'_>, zone: &Zone, servers: &[Server], rows: &[Row]) -> Vec<Fault> {
    let (apex, now) = (&zone.apex, case.evidence.at);
    let domain = plain(apex);
    let fault = |row: &Row, why, tcp, data: &[(&'static str, String)], remedy: String| {
        let mut data = data.to_vec();
        data.extend([("server", row.server.clone()), ("address", row.address.to_string())]);
        Fault { why, data, remedy, command: Some(dig(case, row.address, apex, tcp)) }
    };
    let mut faults = Vec::new();
    for row in rows {
        let lame = row.said().into_iter().find_map(|(_, said)| match said {
            Said::Lame(detail) => Some(detail.clone()),
            _ => None,
        });
        if let Some(detail) = lame {
            faults.push(fault(
                row,
                Why::NsLame,
                false,
                &[("detail", detail)],
                format!("zone \"{domain}\" {{ type secondary; file \"{domain}\"; }};"),
            ));
        }
    }
    let closed = |said: &Said| *said == Said::Nothing(Failure::Closed);
    for row in rows.iter().filter(|row| closed(&row.udp)) {
        faults.push(fault(row, Why::NsClosed, false, &[], format!("listen-on port 53 {{ {}; }};", row.address)));
    }
    for server in servers.iter().filter(|server| server.open.is_none() && server.v4.is_empty() && server.v6.is_empty()) {
        let name = plain(&server.name);
        let remedy = format!("{name}. IN A <IPv4 address>\n{name}. IN AAAA <IPv6 address>");
        faults.push(Fault { why: Why::NsNoAddress, data: vec![("server", name)], remedy, command: None });
    }
    if servers.iter().all(|server| server.open.is_none() && server.v4.is_empty()) && servers.iter().any(|server| !server.v6.is_empty()) {
        let remedy = servers.first().map(|server| format!("{}. IN A <IPv4 address>", plain(&server.name))).unwrap_or_default();
        faults.push(Fault { why: Why::NsNoIpv4, data: Vec::new(), remedy, command: None });
    }
    let signed = rows.iter().flat_map(Row::told).any(|told| !told.signatures.is_empty());
    let transfer = format!("rndc retransfer {domain}");
    for row in rows.iter().filter(|_| signed) {
        let Some(told) = row.told().next() else { continue };
        let current = |&(from, until): &(u32, u32)| !after(from, now as u32) && !after(now as u32, until);
        match told.signatures.iter().max_by_key(|(_, until)| unix(*until, now)) {
            None => faults.push(fault(row, Why::NsUnsigned, true, &[], transfer.clone())),
            Some((from, until)) if !told.signatures.iter().any(current) => {
                let dates = [("from", day(unix(*from, now))), ("until", day(unix(*until, now)))];
                faults.push(fault(row, Why::NsSignatureDates, true, &dates, transfer.clone()));
            }
            Some(_) => {}
        }
    }
    let newest = rows.iter().filter_map(Row::serial).reduce(|a, b| if after(b, a) { b } else { a });
    for row in rows {
        if let (Some(newest), Some(serial)) = (newest, row.serial().filter(|serial| Some(*serial) != newest)) {
            let data = [("serial", serial.to_string()), ("newest", newest.to_string())];
            faults.push(fault(row, Why::NsSerial, false, &data, transfer.clone()));
        }
    }
    for row in rows.iter().filter(|row| closed(&row.tcp) && !closed(&row.udp)) {
        faults.push(fault(row, Why::NsNoTcp, true, &[], "nft add rule inet filter input tcp dport 53 accept".into()));
    }
    if zone.names.len() < 2 {
        let data = vec![("count", zone.names.len().to_string())];
        faults.push(Fault { why: Why::NsTooFew, data, remedy: format!("{domain}. IN NS <second server>."), command: None });
    }
    faults
}

/// Names as one text, bounded.
fn listed(names: &[Name]) -> String {
    let mut shown: Vec<String> = names.iter().take(MOST_SHOWN).map(plain).collect();
    if names.len() > MOST_SHOWN {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}

/// Servers, and the parent, that name other servers than the rest does.
fn other_sets(case: &Case<'_>, zone: &Zone, rows: &[Row]) -> Result<Vec<Fault>, Missing> {
    let domain = plain(&zone.apex);
    let lines = |names: &[Name]| names.iter().take(MOST_SHOWN).map(|name| format!("{domain}. IN NS {}.", plain(name))).collect::<Vec<_>>().join("\n");
    let mut sets: Vec<(&str, Vec<Name>)> = Vec::new();
    // Each server once, at the first address that answers: who gave no SOA will give no NS records either.
    for row in rows.iter().filter(|row| matches!(row.udp, Said::Zone(_))) {
        if sets.iter().all(|(server, _)| *server != row.server) {
            sets.extend(named_by(case, row.address, &zone.apex, true)?.map(|names| (row.server.as_str(), names)));
        }
    }
    // Where all agree, the resolver may still hold what was true yesterday.
    let agreed = sets.first().map(|(_, names)| names).filter(|first| sets.iter().all(|(_, names)| names == *first));
    let others = agreed.unwrap_or(&zone.names);
    let fault = |why, (key, who): (&'static str, &str), names: &[Name]| Fault {
        why,
        data: vec![(key, who.to_owned()), ("names", listed(names)), ("others", listed(others))],
        remedy: lines(others),
        command: None,
    };
    let differing = sets.iter().filter(|(_, names)| names != others);
    let mut faults: Vec<Fault> = differing.map(|(server, names)| fault(Why::NsOtherSet, ("server", server), names)).collect();
    if let Some((parent, names)) = delegated(case, &zone.apex)?.filter(|(_, names)| names != others) {
        faults.push(fault(Why::NsParentDiffers, ("parent", &plain(&parent)), &names));
    }
    Ok(faults)
}

/// The parent zone and the servers it delegates `apex` to; None where one question to one of its servers does not tell, as when
/// parent and child lie on the same servers.
fn delegated(case: &Case<'_>, apex: &Name) -> Result<Option<(Name, Vec<Name>)>, Missing> {
    let above = apex.base_name();
    if above.is_root() {
        return Ok(None);
    }
    let parent = match zone_of(case, &above) {
        Ok(Some(parent)) => parent,
        Ok(None) | Err(Open::Unanswered(_)) => return Ok(None),
        Err(Open::Missing(missing)) => return Err(missing),
    };
    let Some(first) = parent.names.first() else { return Ok(None) };
    let address = match case.ask(first, RecordType::A) {
        Ok(answer) => answer.records(first, RecordType::A).into_iter().find_map(|record| record.data.ip_addr()),
        Err(Open::Unanswered(_)) => None,
        Err(Open::Missing(missing)) => return Err(missing),
    };
    let Some(address) = address else { return Ok(None) };
    Ok(named_by(case, address, apex, false)?.map(|names| (parent.apex, names)))
}

/// The verdict: the worst fault, else what was not heard, else met.
fn conclude(case: &Case<'_>, zone: &Zone, servers: &[Server], rows: &[Row], faults: Vec<Fault>) -> Judged {
    let serials: BTreeSet<u32> = rows.iter().filter_map(Row::serial).collect();
    let serials = serials.iter().map(ToString::to_string).collect::<Vec<_>>().join(" / ");
    let value = format!("{} NS, SOA {serials}", zone.names.len());
    let value = if serials.is_empty() { format!("{} NS", zone.names.len()) } else { value };
    let mut faults = faults.into_iter();
    if let Some(worst) = faults.next() {
        let reason = |fault: &Fault| {
            let data: Vec<(&str, &str)> = fault.data.iter().map(|(key, value)| (*key, value.as_str())).collect();
            Reason::new(fault.why, &data)
        };
        let mut judged = Judged::new(Verdict::NotMet, worst.why, &[]);
        judged.reason = reason(&worst);
        judged.notes = faults.map(|fault| reason(&fault)).collect();
        let command = worst.command.unwrap_or_default();
        return judged.value(value).remedy(worst.remedy).command(command);
    }
    if let Some(open) = servers.iter().find_map(|server| server.open.as_ref()) {
        return open.judged().value(value);
    }
    let unheard = rows.iter().flat_map(|row| [(row, false, &row.udp), (row, true, &row.tcp)]).find_map(|(row, tcp, said)| match said {
        // Not measured from here, and no reason to conclude nothing from the rest.
        Said::Nothing(Failure::NoRoute(_)) if row.address.is_ipv6() => None,
        Said::Nothing(failure) => Some((row, tcp, failure)),
        _ => None,
    });
    if let Some((row, tcp, failure)) = unheard {
        let judged = match failure {
            Failure::BudgetSpent | Failure::Cancelled => {
                Unanswered { question: question(case, row.address, &zone.apex, tcp), failure: failure.clone() }.judged()
            }
            Failure::Forbidden(kind) => {
                Judged::new(Verdict::CouldNotMeasure, Why::AddressRefused, &[("address", &row.address.to_string()), ("kind", kind)])
            }
            failure => {
                let transport = if tcp { "TCP" } else { "UDP" };
                let (address, detail) = (row.address.to_string(), failed(failure));
                let data = [("server", row.server.as_str()), ("address", &address), ("transport", transport), ("detail", &detail)];
                Judged::new(Verdict::CouldNotMeasure, Why::NsUnheard, &data)
            }
        };
        return judged.value(value).command(dig(case, row.address, &zone.apex, tcp));
    }
    if serials.is_empty() {
        // Every answer was cut, over TCP too.
        let asked = rows.first().map(|row| question(case, row.address, &zone.apex, true)).unwrap_or_default();
        return Unanswered { question: asked, failure: Failure::Malformed(String::new()) }.judged().value(value);
    }
    Judged::new(Verdict::Met, Why::NsMet, &[("count", &servers.len().to_string())]).value(value)
}

/// Remarks that decide nothing.
fn notes(case: &Case<'_>, zone: &Zone, servers: &[Server], rows: &[Row], mut judged: Judged) -> Judged {
    let networks: BTreeSet<[u8; 3]> =
        servers.iter().flat_map(|server| &server.v4).map(|address| [address.octets()[0], address.octets()[1], address.octets()[2]]).collect();
    if let (true, Some([a, b, c]), 1) = (servers.len() > 1, networks.first(), networks.len()) {
        judged = judged.note(Why::NsOneNetwork, &[("network", &format!("{a}.{b}.{c}.0/24"))]);
    }
    if rows.iter().any(|row| row.address.is_ipv6() && matches!(row.udp, Said::Nothing(Failure::NoRoute(_)))) {
        judged = judged.note(Why::NoIpv6Here, &[]);
    }
    let rest = zone.names.len().saturating_sub(case.rules.name_servers_max);
    if rest > 0 { judged.note(Why::NsUnchecked, &[("count", &rest.to_string())]) } else { judged }
}

/// What each server said, one line for each address.
fn table(case: &Case<'_>, servers: &[Server], rows: &[Row]) -> Words {
    let mut lines: Vec<Words> = Vec::new();
    for server in servers {
        let name = plain(&server.name);
        let mine: Vec<&Row> = rows.iter().filter(|row| row.server == name).collect();
        lines.extend(mine.iter().map(|row| {
            let [udp, tcp] = row.said().map(|(transport, said)| (transport, words(said, case.evidence.at)));
            let line = |udp_said: &str, tcp_said: &str| format!("{name} {}  {}: {udp_said}; {}: {tcp_said}", row.address, udp.0, tcp.0);
            Words::new(line(&udp.1.ja, &tcp.1.ja), line(&udp.1.en, &tcp.1.en))
        }));
        if !mine.iter().any(|row| row.address.is_ipv6()) {
            lines.push(match server.v6.first() {
                Some(wrapped) => {
                    Words::new(format!("{name} {wrapped}  IPv6として使えないアドレス"), format!("{name} {wrapped}  no address of real IPv6"))
                }
                None => Words::new(format!("{name}  IPv6アドレスなし"), format!("{name}  no IPv6 address")),
            });
        }
        if !mine.iter().any(|row| row.address.is_ipv4()) {
            lines.push(Words::new(format!("{name}  IPv4アドレスなし"), format!("{name}  no IPv4 address")));
        }
    }
    let join = |get: fn(&Words) -> &str| lines.iter().map(get).collect::<Vec<_>>().join("\n");
    Words::new(join(|line| &line.ja), join(|line| &line.en))
}

/// One answer in words.
fn words(said: &Said, now: i64) -> Words {
    match said {
        Said::Zone(told) => match told.signatures.iter().map(|(_, until)| unix(*until, now)).max() {
            Some(until) => {
                let until = day(until);
                Words::new(format!("SOA {}、署名は{until}まで", told.serial), format!("SOA {}, signed until {until}", told.serial))
            }
            None => Words::new(format!("SOA {}、署名なし", told.serial), format!("SOA {}, no signature", told.serial)),
        },
        Said::Cut => Words::new("TCPでの再問い合わせを求める応答", "asks to repeat over TCP"),
        Said::Lame(detail) => Words::new(format!("このゾーンの権威がない応答（{detail}）"), format!("no authority for the zone ({detail})")),
        Said::Nothing(Failure::NoRoute(_)) => Words::new("ここからは測定できません", "not measured from here"),
        Said::Nothing(Failure::Closed) => Words::new("接続を拒否", "refused the connection"),
        Said::Nothing(Failure::Timeout) => Words::new("時間内に応答なし", "no answer in time"),
        Said::Nothing(failure) => Words::new(format!("応答なし（{}）", failed(failure)), format!("no answer ({})", failed(failure))),
    }
}
