//! The authoritative servers of a zone: which they are, where they are, and what each says of the zone when asked by itself.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use formats::dns::{plain, rcode, read, written};
use formats::evidence::{Failure, Heard, Missing, Question};
use hickory_proto::dnssec::rdata::DNSSECRData;
use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::{Name, RData, Record, RecordType};

use super::case::{Case, Open, Unanswered, said};

/// Zone cuts that are looked for above a name; real names lie two or three below theirs.
const MOST_STEPS: usize = 8;

/// A zone and the servers it names.
pub(super) struct Zone {
    pub apex: Name,
    /// In order, without repetition.
    pub names: Vec<Name>,
}

/// One server's addresses.
pub(super) struct Server {
    pub name: Name,
    pub v4: Vec<Ipv4Addr>,
    pub v6: Vec<Ipv6Addr>,
    /// A look-up of its addresses that brought no answer.
    pub open: Option<Unanswered>,
}

/// What one server said when asked for the zone's SOA.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Zone(Told),
    /// Cut: the whole comes over TCP only.
    Cut,
    /// Answered, but not as a server of this zone.
    Lame(String),
    /// No usable answer.
    Nothing(Failure),
}

/// What an authoritative answer holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub serial: u32,
    /// Dates of the signatures on the SOA: from and until, as RRSIG writes them (RFC 4034 3.1.5).
    pub signatures: Vec<(u32, u32)>,
}

/// The zone that holds `name`; None when there is no such name.
pub(super) fn zone_of(case: &Case<'_>, name: &Name) -> Result<Option<Zone>, Open> {
    let mut here = name.clone();
    for _ in 0..MOST_STEPS {
        let answer = case.ask(&here, RecordType::NS)?;
        if answer.nxdomain && here == *name {
            return Ok(None);
        }
        let names = targets(&answer.answers, &here);
        if !names.is_empty() {
            return Ok(Some(Zone { apex: here, names }));
        }
        // A denial carries the SOA of the zone it comes from (RFC 2308 3). Behind an alias it is another zone's.
        let apex =
            answer.authorities.iter().find(|record| record.record_type() == RecordType::SOA && record.name != here && record.name.zone_of(&here));
        here = apex.map_or_else(|| here.base_name(), |record| record.name.clone());
        if here.is_root() {
            break;
        }
    }
    Err(Open::Unanswered(Unanswered { question: format!("{} NS", plain(name)), failure: Failure::Malformed("no zone cut was found".into()) }))
}

/// The servers that NS records at `owner` name, in order.
fn targets(records: &[Record], owner: &Name) -> Vec<Name> {
    let of = |record: &Record| match &record.data {
        RData::NS(ns) if record.name.to_lowercase() == *owner => Some(ns.0.to_lowercase()),
        _ => None,
    };
    let mut names: Vec<Name> = records.iter().filter_map(of).collect();
    names.sort();
    names.dedup();
    names
}

/// The addresses of the server `name`.
pub(super) fn server(case: &Case<'_>, name: &Name) -> Result<Server, Missing> {
    let mut server = Server { name: name.clone(), v4: Vec::new(), v6: Vec::new(), open: None };
    for kind in [RecordType::A, RecordType::AAAA] {
        match case.ask(name, kind) {
            Ok(answer) => {
                for address in answer.records(name, kind).into_iter().filter_map(|record| record.data.ip_addr()) {
                    match address {
                        IpAddr::V4(v4) => server.v4.push(v4),
                        IpAddr::V6(v6) => server.v6.push(v6),
                    }
                }
                if answer.nxdomain {
                    break;
                }
            }
            Err(Open::Missing(missing)) => return Err(missing),
            Err(Open::Unanswered(unanswered)) => server.open = server.open.or(Some(unanswered)),
        }
    }
    Ok(server)
}

/// What the server at `address` answers to a question about `name`.
fn message(case: &Case<'_>, address: IpAddr, name: &Name, kind: RecordType, signed: bool, tcp: bool) -> Result<Result<Message, Failure>, Missing> {
    let address = SocketAddr::new(address, case.evidence.place.dns_port);
    let question = Question::Server { address, name: written(name), kind: kind.to_string(), signed, tcp };
    Ok(match &case.evidence.heard(question)?.heard {
        Heard::Message { wire, .. } => read(&wire.0).ok_or_else(|| Failure::Malformed(String::new())),
        Heard::Failure(failure) => Err(failure.clone()),
        _ => Err(Failure::Malformed(String::new())),
    })
}

/// What the server at `address` says of the zone `apex`.
pub(super) fn soa(case: &Case<'_>, address: IpAddr, apex: &Name, tcp: bool) -> Result<Said, Missing> {
    Ok(match message(case, address, apex, RecordType::SOA, true, tcp)? {
        Ok(message) => read_soa(&message, apex),
        Err(failure) => Said::Nothing(failure),
    })
}

fn read_soa(message: &Message, apex: &Name) -> Said {
    match message.response_code {
        ResponseCode::NoError => {}
        // Whether it knows the zone is not told by an answer that says it cannot answer now, or not like this.
        code @ (ResponseCode::ServFail | ResponseCode::FormErr | ResponseCode::NotImp) => return Said::Nothing(Failure::Rcode(rcode(code))),
        code => return Said::Lame(rcode(code)),
    }
    // A cut answer tells nothing, not even by its missing authority: some servers cut before they know.
    if message.truncation && message.answers.is_empty() {
        return Said::Cut;
    }
    if !message.authoritative {
        return Said::Lame("AA=0".into());
    }
    let here = message.answers.iter().filter(|record| record.name.to_lowercase() == *apex);
    let (mut serial, mut signatures) = (None, Vec::new());
    for record in here {
        match &record.data {
            RData::SOA(soa) => serial = Some(soa.serial),
            RData::DNSSEC(DNSSECRData::RRSIG(rrsig)) if rrsig.input().type_covered == RecordType::SOA => {
                signatures.push((rrsig.input().sig_inception.get(), rrsig.input().sig_expiration.get()));
            }
            _ => {}
        }
    }
    match serial {
        Some(serial) => Said::Zone(Told { serial, signatures }),
        None => Said::Lame("no SOA".into()),
    }
}

/// The servers that the one at `address` names for `apex`: with authority, or as whoever delegates it (RFC 1034 4.3.2). Nothing
/// when it does not tell.
pub(super) fn named_by(case: &Case<'_>, address: IpAddr, apex: &Name, with_authority: bool) -> Result<Option<Vec<Name>>, Missing> {
    let Ok(message) = message(case, address, apex, RecordType::NS, false, false)? else { return Ok(None) };
    let usable = message.response_code == ResponseCode::NoError && !message.truncation && message.authoritative == with_authority;
    let names = targets(if with_authority { &message.answers } else { &message.authorities }, apex);
    Ok(Some(names).filter(|names| usable && !names.is_empty()))
}

/// The question of [`soa`] as people read it.
pub(super) fn question(case: &Case<'_>, address: IpAddr, apex: &Name, tcp: bool) -> String {
    let address = SocketAddr::new(address, case.evidence.place.dns_port);
    said(&Question::Server { address, name: written(apex), kind: "SOA".into(), signed: true, tcp })
}

/// A `dig` command that repeats it.
pub(super) fn dig(case: &Case<'_>, address: IpAddr, apex: &Name, tcp: bool) -> String {
    let port = if case.evidence.place.dns_port == 53 { String::new() } else { format!(" -p {}", case.evidence.place.dns_port) };
    format!("dig @{address}{port} {} SOA +norec +dnssec{}", plain(apex), if tcp { " +tcp" } else { "" })
}

/// Why an IPv6 address does not lead to IPv6: addresses that wrap IPv4 ones and tunnels nobody maintains any more. None for real ones.
pub(super) fn transitional(address: Ipv6Addr) -> Option<&'static str> {
    match address.segments() {
        // RFC 4291 2.5.5: never on the wire.
        [0, 0, 0, 0, 0, 0xffff, ..] => Some("IPv4-mapped"),
        [0, 0, 0, 0, 0, 0, high, low] if (high, low) != (0, 1) => Some("IPv4-compatible"),
        // RFC 7526 took its relays out of service.
        [0x2002, ..] => Some("6to4"),
        [0x2001, 0, ..] => Some("Teredo"),
        // RFC 6052 3.1: means something to users of one NAT64 only.
        [0x64, 0xff9b, ..] => Some("NAT64"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn no_answer_makes_it_panic(wire in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200), flags in 0u16..=u16::MAX) {
            // The header of an answer with one question, so that the rest is reached.
            let mut bytes = vec![0, 7];
            bytes.extend(flags.to_be_bytes());
            bytes.extend([0, 0, 0, 1, 0, 0, 0, 0]);
            bytes.extend(wire);
            if let Some(message) = read(&bytes) {
                let _ = (read_soa(&message, &Name::root()), targets(&message.answers, &Name::root()));
            }
        }
    }

    #[test]
    fn wrapped_addresses_are_no_ipv6() {
        for (text, kind) in [
            ("::ffff:192.0.2.1", Some("IPv4-mapped")),
            ("::192.0.2.1", Some("IPv4-compatible")),
            ("::", Some("IPv4-compatible")),
            ("2002:c000:201::1", Some("6to4")),
            ("2001::1", Some("Teredo")),
            ("64:ff9b::c000:201", Some("NAT64")),
            ("::1", None),
            ("2001:db8::1", None),
            ("2400:4000::53", None),
        ] {
            assert_eq!(transitional(text.parse().unwrap()), kind, "{text}");
        }
    }
}
