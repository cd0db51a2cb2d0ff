//! The IPv6 check: whether somebody who has IPv6 only finds the domain, can send it mail and see its pages (RFC 3901, RFC 6540).

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use formats::dns::plain;
use formats::evidence::{Failure, Missing, Verdict};
use hickory_proto::rr::{Name, RecordType};

use super::case::{Case, Open, failed, unconnected};
use super::judgement::Judged;
use super::mx;
use super::reasons::Why;
use super::servers::{Said, Zone, dig, server, soa, transitional, zone_of};
use super::starttls::{self, Found};
use crate::words::Words;

/// One of the three parts, with what was concluded of it.
struct Part {
    /// As the short value shows it.
    sign: &'static str,
    name: Words,
    judged: Judged,
}

/// Judges name servers, mail and web of `name`.
pub(super) fn check(case: &Case<'_>, name: &Name) -> Result<Judged, Missing> {
    let domain = plain(name);
    let judged = match zone_of(case, name) {
        Ok(Some(zone)) => conclude([
            Part { sign: "DNS", name: Words::new("権威サーバ", "name servers"), judged: name_servers(case, &zone)? },
            Part { sign: "MX", name: Words::new("メール", "mail"), judged: mail(case, name).or_else(Open::judged)? },
            Part { sign: "Web", name: Words::new("ウェブ", "web"), judged: web(case, name, &domain).or_else(Open::judged)? },
        ]),
        Ok(None) => Judged::new(Verdict::CouldNotMeasure, Why::NoSuchDomain, &[("domain", &domain)]),
        Err(open) => open.judged()?,
    };
    let judged = if judged.command.is_empty() { judged.command(case.dig(&domain, "AAAA")) } else { judged };
    Ok(judged.expected(
        "権威サーバ、メールサーバ、ウェブサーバにIPv6アドレスがあり、IPv6で接続できること",
        "name servers, mail hosts and web server have IPv6 addresses and can be reached by IPv6",
    ))
}

/// The worst part decides; the others are shown beside it.
fn conclude(parts: [Part; 3]) -> Judged {
    let rank = |verdict: Verdict| match verdict {
        Verdict::NotMet => 0,
        Verdict::CouldNotMeasure | Verdict::Stale => 1,
        Verdict::Met => 2,
        Verdict::NotApplicable => 3,
    };
    let sign = |verdict: Verdict| match verdict {
        Verdict::Met => "○",
        Verdict::NotMet => "×",
        Verdict::NotApplicable => "–",
        Verdict::CouldNotMeasure | Verdict::Stale => "?",
    };
    let value = parts.iter().map(|part| format!("{} {}", part.sign, sign(part.judged.verdict))).collect::<Vec<_>>().join("  ");
    let lines = |get: fn(&Words) -> &str| {
        let line = |part: &Part| {
            let seen = Some(get(&part.judged.observed)).filter(|seen| !seen.is_empty()).unwrap_or_else(|| get(&part.judged.reason.text));
            format!("{}: {seen}", get(&part.name))
        };
        parts.iter().map(line).collect::<Vec<_>>().join("\n")
    };
    let observed = Words::new(lines(|words| &words.ja), lines(|words| &words.en));
    let mut all: Vec<Judged> = parts.into_iter().map(|part| part.judged).collect();
    all.sort_by_key(|judged| rank(judged.verdict));
    let mut all = all.into_iter();
    let Some(mut worst) = all.next() else { return Judged::new(Verdict::CouldNotMeasure, Why::NoIpv6Here, &[]) };
    if worst.verdict == Verdict::Met {
        return Judged::new(Verdict::Met, Why::Ipv6Met, &[]).value(value).observed(observed);
    }
    let others = all.filter(|judged| matches!(judged.verdict, Verdict::NotMet | Verdict::CouldNotMeasure)).map(|judged| judged.reason);
    worst.notes = others.filter(|reason| *reason != worst.reason).collect();
    worst.notes.dedup();
    worst.value(value).observed(observed)
}

/// Hosts and their IPv6 addresses, as one line.
fn listed(hosts: &[(String, Vec<Ipv6Addr>)]) -> Words {
    let line = |none: &str| {
        let one = |(host, addresses): &(String, Vec<Ipv6Addr>)| match addresses.first() {
            Some(address) => format!("{host} {address}"),
            None => format!("{host} {none}"),
        };
        hosts.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    Words::new(line("（IPv6アドレスなし）"), line("(no IPv6 address)"))
}

/// A fault of all `hosts`: they have no IPv6 address, or only such as lead to IPv4.
fn without(hosts: &[(String, Vec<Ipv6Addr>)], why: Why) -> Judged {
    let wrapped = hosts.iter().find_map(|(host, addresses)| addresses.first().and_then(|address| Some((host, address, transitional(*address)?))));
    let judged = match wrapped {
        Some((host, address, kind)) => {
            Judged::new(Verdict::NotMet, Why::Ipv6Unusable, &[("host", host), ("address", &address.to_string()), ("kind", kind)])
        }
        None => Judged::new(Verdict::NotMet, why, &[]),
    };
    let line = hosts.first().map(|(host, _)| format!("{host}. IN AAAA <IPv6 address>")).unwrap_or_default();
    judged.remedy(line).observed(listed(hosts))
}

fn real(addresses: &[Ipv6Addr]) -> impl Iterator<Item = Ipv6Addr> {
    addresses.iter().copied().filter(|address| transitional(*address).is_none())
}

/// At least one server has a real address, and every published one answers for the zone.
fn name_servers(case: &Case<'_>, zone: &Zone) -> Result<Judged, Missing> {
    let (mut hosts, mut open, mut answered, mut unheard, mut fault) = (Vec::new(), None, false, None, None);
    for name in zone.names.iter().take(case.rules.name_servers_max) {
        let server = server(case, name)?;
        let host = plain(name);
        // One address of each, as the check of the name servers asks them.
        if let Some(address) = real(&server.v6).next() {
            let place = IpAddr::from(address);
            let command = dig(case, place, &zone.apex, false);
            let data = |detail: &str| [("server", host.clone()), ("address", address.to_string()), ("detail", detail.to_owned())];
            match soa(case, place, &zone.apex, false)? {
                Said::Zone(_) | Said::Cut => answered = true,
                Said::Lame(detail) => fault = fault.or(Some((data(&detail), command))),
                Said::Nothing(Failure::Closed) => fault = fault.or(Some((data(&failed(&Failure::Closed)), command))),
                Said::Nothing(failure) => unheard = unheard.or(Some((host.clone(), place, failure))),
            }
        }
        open = open.or(server.open);
        hosts.push((host, server.v6));
    }
    if let Some((data, command)) = fault {
        let data: Vec<(&str, &str)> = data.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let judged = Judged::new(Verdict::NotMet, Why::Ipv6NameServer, &data);
        return Ok(judged.observed(listed(&hosts)).remedy("listen-on-v6 port 53 { any; };").command(command));
    }
    let judged = match (unheard, open) {
        (Some((server, address, failure)), _) => unheard_of(case, zone, &server, address, &failure),
        (None, Some(open)) if !answered => open.judged(),
        _ if answered => Judged::new(Verdict::Met, Why::Ipv6Met, &[]),
        _ => return Ok(without(&hosts, Why::Ipv6NoNameServer)),
    };
    Ok(judged.observed(listed(&hosts)))
}

fn unheard_of(case: &Case<'_>, zone: &Zone, server: &str, address: IpAddr, failure: &Failure) -> Judged {
    let socket = SocketAddr::new(address, case.evidence.place.dns_port);
    let judged = match failure {
        Failure::NoRoute(_) | Failure::Forbidden(_) | Failure::BudgetSpent | Failure::Cancelled => unconnected(socket, failure),
        failure => {
            let data = [("server", server), ("address", &address.to_string()), ("transport", "UDP"), ("detail", &failed(failure))];
            Judged::new(Verdict::CouldNotMeasure, Why::NsUnheard, &data)
        }
    };
    judged.command(dig(case, address, &zone.apex, false))
}

/// The IPv6 addresses of `name`.
fn addresses(case: &Case<'_>, name: &Name) -> Result<Vec<Ipv6Addr>, Open> {
    let answer = case.ask(name, RecordType::AAAA)?;
    let v6 = |address| match address {
        IpAddr::V6(v6) => Some(v6),
        IpAddr::V4(_) => None,
    };
    Ok(answer.records(name, RecordType::AAAA).into_iter().filter_map(|record| record.data.ip_addr()).filter_map(v6).collect())
}

/// A mail host with a real address.
type Reachable = (Name, Ipv6Addr);

/// At least one of the first mail hosts has a real address and greets whoever connects to it.
fn mail(case: &Case<'_>, name: &Name) -> Result<Judged, Open> {
    let answer = case.ask(name, RecordType::MX)?;
    let named: Vec<Name> = mx::hosts(&answer, name).into_iter().map(|(_, host)| host).filter(|host| !host.is_root()).collect();
    if named.is_empty() {
        return Ok(Judged::new(Verdict::NotApplicable, Why::NoMail, &[]));
    }
    let (mut hosts, mut reachable, mut open) = (Vec::new(), Vec::new(), None);
    for host in named.iter().take(case.rules.mx_max_hosts) {
        match addresses(case, host) {
            Ok(found) => {
                reachable.extend(real(&found).next().map(|address| (host.clone(), address)));
                hosts.push((plain(host), found));
            }
            Err(missing @ Open::Missing(_)) => return Err(missing),
            Err(unanswered) => open = open.or(Some(unanswered)),
        }
    }
    match (greeted(case, &reachable)?, open) {
        (Some(judged), None) => Ok(judged.observed(listed(&hosts))),
        (Some(judged), Some(_)) if judged.verdict == Verdict::Met => Ok(judged.observed(listed(&hosts))),
        (_, Some(unanswered)) => Err(unanswered),
        (None, None) => Ok(without(&hosts, Why::Ipv6NoMail).command(case.dig(named.first().map(plain).as_deref().unwrap_or_default(), "AAAA"))),
    }
}

/// What becomes of connecting to `hosts`: one that greets suffices. None where there is no host.
fn greeted(case: &Case<'_>, hosts: &[Reachable]) -> Result<Option<Judged>, Open> {
    let (mut closed, mut unheard) = (None, None);
    for (host, address) in hosts {
        let (socket, written) = (SocketAddr::new((*address).into(), case.evidence.place.smtp_port), plain(host));
        let command = || format!("openssl s_client -starttls smtp -connect {socket} -servername {written} </dev/null");
        match case.session(socket, &written)? {
            Ok(session) if session.greeting.starts_with("220") => return Ok(Some(Judged::new(Verdict::Met, Why::Ipv6Met, &[]))),
            // It may have something against whoever measures; over IPv4 the check of STARTTLS says the same.
            Ok(session) => unheard = unheard.or_else(|| Some(starttls::rejected(&written, &session.greeting).command(command()))),
            // There is no way to the others either.
            Err(failure @ Failure::NoRoute(_)) => return Ok(Some(starttls::unreached(&written, socket, &failure).command(command()))),
            Err(failure @ Failure::Closed) => closed = closed.or_else(|| Some((host, socket, failed(&failure), command()))),
            Err(failure) => unheard = unheard.or_else(|| Some(starttls::unreached(&written, socket, &failure).command(command()))),
        }
    }
    let Some((host, socket, detail, command)) = closed.filter(|_| unheard.is_none()) else { return Ok(unheard) };
    // Some networks answer for everybody at port 25. Where IPv4 gets through, it is the host's own port that is closed.
    let written = plain(host);
    if !matches!(starttls::find(case, host)?, Found::Session(found, _) if found.is_ipv4()) {
        return Ok(Some(starttls::unreached(&written, socket, &Failure::Closed).command(command)));
    }
    let judged = Judged::new(Verdict::NotMet, Why::Ipv6Mail, &[("host", &written), ("address", &socket.to_string()), ("detail", &detail)]);
    Ok(Some(judged.remedy("# Postfix, main.cf\ninet_protocols = all\ninet_interfaces = all").command(command)))
}

/// The web server has a real address, and TLS comes about at one of them.
fn web(case: &Case<'_>, name: &Name, domain: &str) -> Result<Judged, Open> {
    let (place, registered) = (&case.evidence.place, case.evidence.target.web_server);
    let hosts = [(domain.to_owned(), addresses(case, name)?)];
    let v4: Vec<IpAddr> =
        case.ask(name, RecordType::A)?.records(name, RecordType::A).into_iter().filter_map(|record| record.data.ip_addr()).collect();
    let [(_, v6)] = &hosts;
    if v6.is_empty() && (v4.is_empty() || !registered) {
        return Ok(Judged::new(Verdict::NotApplicable, Why::Ipv6NothingToReach, &[]));
    }
    let mut last = None;
    for address in real(v6).take(place.max_connections) {
        let socket = SocketAddr::new(address.into(), place.https_port);
        match case.tls(socket, domain)? {
            Ok(_) => return Ok(Judged::new(Verdict::Met, Why::Ipv6Met, &[]).observed(Words::same(socket.to_string()))),
            Err(failure) => last = Some((socket, failure)),
        }
    }
    let Some((socket, failure)) = last else { return Ok(without(&hosts, Why::Ipv6NoWeb)) };
    // A handshake that breaks says something about IPv6 only where it does not break over IPv4.
    let only_here = match (&failure, v4.first()) {
        (Failure::Closed, _) => true,
        (Failure::NoHandshake(_), Some(v4)) => case.tls(SocketAddr::new(*v4, place.https_port), domain)?.is_ok(),
        _ => false,
    };
    let command = format!("openssl s_client -connect {socket} -servername {domain} </dev/null");
    if !only_here {
        return Ok(unconnected(socket, &failure).command(command));
    }
    if !registered {
        return Ok(Judged::new(Verdict::NotApplicable, Why::Ipv6NothingToReach, &[]));
    }
    let judged = Judged::new(Verdict::NotMet, Why::Ipv6Web, &[("address", &socket.to_string()), ("detail", &failed(&failure))]);
    let line = format!("server {{ listen 443 ssl; listen [::]:443 ssl; server_name {domain}; }}");
    Ok(judged.observed(Words::same(format!("{socket}: {}", failed(&failure)))).remedy(line).command(command))
}
