//! The testbed's authoritative servers: what one of them says of a zone, and how it says it wrongly.

use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::rdata::NS;
use hickory_proto::rr::{Name, RData, Record, RecordType};

use super::super::servers::{Place, Servers};
use super::{At, DAY, SERIAL, Served, World};

/// How a server deviates from what the zone holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    Right,
    Refuses,
    Fails,
    Silent,
    WithoutAuthority,
    OldSerial,
    Expired,
    Unsigned,
    OtherSet,
}

/// How the server at `at` treats a zone with `servers`.
fn manner(servers: Servers, at: At) -> Manner {
    match (servers, at) {
        (Servers::RefusesIpv6, At::Ipv6) | (Servers::OneLame, At::Server(Place::Second)) => Manner::Refuses,
        (Servers::SilentIpv6, At::Ipv6) | (Servers::OneSilent, At::Server(Place::Second)) => Manner::Silent,
        (Servers::OneFailing, At::Server(Place::Second)) => Manner::Fails,
        (Servers::OneRecursive, At::Server(Place::Second)) => Manner::WithoutAuthority,
        (Servers::OneOldSerial, At::Server(Place::Second)) => Manner::OldSerial,
        (Servers::OneExpired, At::Server(Place::Second)) => Manner::Expired,
        (Servers::OneUnsigned, At::Server(Place::Second)) => Manner::Unsigned,
        (Servers::OneOtherSet, At::Server(Place::Second)) => Manner::OtherSet,
        _ => Manner::Right,
    }
}

/// NS records that name a server which nobody else names.
fn with_a_stranger(mut records: Vec<Record>) -> Vec<Record> {
    let stranger = records
        .first()
        .and_then(|first| Some(Record::from_rdata(first.name.clone(), first.ttl, RData::NS(NS(first.name.prepend_label("ns9").ok()?)))));
    records.truncate(1);
    records.extend(stranger);
    records
}

impl World {
    /// Fills `reply` as the authoritative server at `at` does; false when it says nothing at all.
    pub(super) fn authoritative(&self, name: &Name, kind: RecordType, dnssec: bool, at: At, reply: &mut Message) -> bool {
        reply.metadata.recursion_available = false;
        let zone = if at == At::Server(Place::Above) {
            let Some(parent) = self.zones.get(&name.trim_to(1)) else {
                reply.metadata.response_code = ResponseCode::Refused;
                return true;
            };
            if let Some(child) = parent.children.keys().find(|child| child.zone_of(name)).and_then(|child| self.zones.get(child)) {
                refer(child, reply);
                return true;
            }
            parent
        } else {
            // Servers of domains know nothing of the zones above.
            let Some(zone) = self.zone_for(name, kind).filter(|zone| zone.origin.num_labels() > 1) else {
                reply.metadata.response_code = ResponseCode::Refused;
                return true;
            };
            zone
        };
        let manner = manner(zone.servers, at);
        match manner {
            Manner::Silent => return false,
            Manner::Refuses | Manner::Fails => {
                reply.metadata.response_code = if manner == Manner::Fails { ResponseCode::ServFail } else { ResponseCode::Refused };
                return true;
            }
            _ => {}
        }
        reply.metadata.authoritative = manner != Manner::WithoutAuthority;
        self.fill(zone, name, kind, dnssec, reply);
        let answers = std::mem::take(&mut reply.answers);
        reply.answers = self.changed(zone, manner, answers);
        true
    }

    fn changed(&self, zone: &Served, manner: Manner, records: Vec<Record>) -> Vec<Record> {
        let signed = records.iter().any(|record| record.record_type() == RecordType::RRSIG);
        let mut bare: Vec<Record> = records.iter().filter(|record| record.record_type() != RecordType::RRSIG).cloned().collect();
        let mut dates = (self.now - DAY, self.now + 14 * DAY);
        match manner {
            Manner::Unsigned => return bare,
            Manner::Expired => dates = (self.now - 40 * DAY, self.now - 3 * DAY),
            Manner::OldSerial => {
                for record in &mut bare {
                    if let RData::SOA(soa) = &mut record.data {
                        soa.serial = SERIAL - 1;
                    }
                }
            }
            Manner::OtherSet if bare.iter().all(|record| record.record_type() == RecordType::NS) => bare = with_a_stranger(bare),
            _ => return records,
        }
        let signature = zone.key.as_ref().filter(|_| signed).and_then(|key| key.sign(&zone.origin, &bare, dates.0, dates.1));
        bare.into_iter().chain(signature).collect()
    }
}

/// Points to the servers of `child` (RFC 1034 4.3.2 step 3b).
fn refer(child: &Served, reply: &mut Message) {
    let records = child.rrset(&child.origin, RecordType::NS).cloned().unwrap_or_default();
    reply.authorities = if child.servers == Servers::ParentDiffers { with_a_stranger(records) } else { records };
}
