//! The testbed's name servers: one address that answers for every zone as a recursive resolver would, and others with authority.

mod authority;
mod serving;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Bound;

use formats::dns::{base32hex, name_of, plain};
use hickory_proto::dnssec::Nsec3HashAlgorithm;
use hickory_proto::dnssec::rdata::{DNSSECRData, DS, NSEC, NSEC3};
use hickory_proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, CNAME, MX, NS, SOA, TXT};
use hickory_proto::rr::{Name, RData, Record, RecordType};

use super::Error;
use super::servers::{Place, Servers};
use super::sign::ZoneKey;
use super::zone::{Dnssec, Failure, Keys, Zone};
pub(super) use serving::serve;

const DAY: i64 = 86_400;
const TTL: u32 = 300;
/// Of every zone.
const SERIAL: u32 = 20_260_401;

/// Where a question arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum At {
    Resolver,
    /// At an authoritative server.
    Server(Place),
    /// At `::1`, where there is one address for all of them.
    Ipv6,
}

/// One served zone: a parent made by the testbed, or one of its domains.
struct Served {
    origin: Name,
    key: Option<ZoneKey>,
    state: Dnssec,
    failure: Option<Failure>,
    servers: Servers,
    /// Deny with NSEC3 opt-out instead of NSEC.
    nsec3: bool,
    /// Records by owner and type.
    records: BTreeMap<Name, BTreeMap<u16, Vec<Record>>>,
    /// Zones below: their DS, or none.
    children: BTreeMap<Name, Option<DS>>,
}

impl Served {
    fn add(&mut self, name: Name, data: RData) {
        let kind = u16::from(data.record_type());
        self.records.entry(name.clone()).or_default().entry(kind).or_default().push(Record::from_rdata(name, TTL, data));
    }

    fn rrset(&self, name: &Name, kind: RecordType) -> Option<&Vec<Record>> {
        self.records.get(name)?.get(&u16::from(kind))
    }

    /// Whether `name` owns records or lies above something that does.
    fn exists(&self, name: &Name) -> bool {
        self.records.keys().chain(self.children.keys()).any(|owner| name.zone_of(owner))
    }

    /// The wildcard that answers for `name`, which does not exist: it lies below the closest name that does (RFC 4592 3.3.1).
    fn wildcard(&self, name: &Name) -> Option<Name> {
        let above = (1..name.num_labels()).rev().map(|keep| name.trim_to(usize::from(keep))).find(|name| self.exists(name))?;
        above.prepend_label("*").ok().filter(|wildcard| self.records.contains_key(wildcard))
    }
}

/// Everything the name server knows.
pub(super) struct World {
    now: i64,
    /// Whether `::1` exists; where not, nothing has it as its address.
    ipv6: bool,
    zones: BTreeMap<Name, Served>,
    lost: HashSet<(Name, u16, At)>,
    /// Questions about each zone.
    asked: BTreeMap<Name, usize>,
    keys: Keys,
}

fn soa(origin: &Name) -> Result<RData, Error> {
    let at = |label: &str| origin.prepend_label(label).map_err(|e| Error::Domain(e.to_string()));
    Ok(RData::SOA(SOA::new(at("ns1")?, at("hostmaster")?, SERIAL, 3600, 600, 86_400, 60)))
}

impl World {
    pub fn new(zones: &[Zone], now: i64, keys: Keys, ipv6: bool) -> Result<Self, Error> {
        let mut world = Self { now, ipv6, zones: BTreeMap::new(), lost: HashSet::new(), asked: BTreeMap::new(), keys };
        world.parent(Name::root())?;
        for zone in zones {
            world.put(zone.clone())?;
        }
        Ok(world)
    }

    /// DS of the root key in presentation form.
    pub fn anchor(&self) -> Result<String, Error> {
        let root = self.zones.get(&Name::root()).and_then(|zone| zone.key.as_ref()).ok_or_else(|| Error::Dnssec("no root key".into()))?;
        Ok(root.ds(&Name::root())?.to_string())
    }

    /// A signed zone above the domains.
    fn parent(&mut self, origin: Name) -> Result<(), Error> {
        if self.zones.contains_key(&origin) {
            return Ok(());
        }
        let key = ZoneKey::generate()?;
        if !origin.is_root() {
            let ds = key.ds(&origin)?;
            if let Some(root) = self.zones.get_mut(&Name::root()) {
                root.children.insert(origin.clone(), Some(ds));
            }
        }
        let nsec3 = origin.num_labels() == 1 && origin.iter().next() == Some(b"test".as_slice());
        let mut served = Served {
            origin: origin.clone(),
            key: Some(key),
            state: Dnssec::Signed,
            failure: None,
            servers: Servers::Good,
            nsec3,
            records: BTreeMap::new(),
            children: BTreeMap::new(),
        };
        served.add(origin.clone(), soa(&origin)?);
        let server = Name::from_ascii("ns.nic.").and_then(|name| name.append_domain(&origin)).map_err(|e| Error::Domain(e.to_string()))?;
        served.add(server.clone(), RData::A(A(Place::Above.address())));
        served.add(origin.clone(), RData::NS(NS(server)));
        if let Some(key) = &served.key {
            let dnskey = key.dnskey();
            served.add(origin.clone(), dnskey);
        }
        self.zones.insert(origin, served);
        Ok(())
    }

    /// Adds a zone or replaces it.
    pub fn put(&mut self, mut zone: Zone) -> Result<(), Error> {
        let origin = name_of(&zone.domain).filter(|name| name.num_labels() > 1).ok_or_else(|| Error::Domain(zone.domain.clone()))?;
        zone.domain = plain(&origin);
        let bad = || Error::Domain(zone.domain.clone());
        self.parent(origin.trim_to(1))?;
        let signed = !matches!(zone.dnssec, Dnssec::Unsigned);
        let key = if signed { Some(ZoneKey::generate()?) } else { None };
        let ds = match (&key, zone.dnssec) {
            (None, _) | (_, Dnssec::Island) => None,
            (Some(_), Dnssec::WrongDs) => Some(ZoneKey::generate()?.ds(&origin)?),
            (Some(key), _) => Some(key.ds(&origin)?),
        };
        let mut children = self.zones.remove(&origin).map(|old| old.children).unwrap_or_default();
        // The closest zone above delegates; labels in between are empty.
        let above = (1..origin.num_labels()).rev().map(|keep| origin.trim_to(usize::from(keep))).find(|name| self.zones.contains_key(name));
        if let Some(above) = above.and_then(|name| self.zones.get_mut(&name)) {
            above.children.insert(origin.clone(), ds);
            // What lies below the new zone is delegated by it from now on.
            // In their order (RFC 4034 6.1) these follow it at once; there may be thousands of others.
            let after = (Bound::Excluded(&origin), Bound::Unbounded);
            let moved: Vec<Name> = above.children.range(after).map(|(child, _)| child).take_while(|child| origin.zone_of(child)).cloned().collect();
            children.extend(moved.into_iter().filter_map(|child| above.children.remove_entry(&child)));
        }
        let (state, failure, servers) = (zone.dnssec, zone.failure, zone.servers);
        let mut served = Served { origin: origin.clone(), key, state, failure, servers, nsec3: false, records: BTreeMap::new(), children };
        served.add(origin.clone(), soa(&origin)?);
        if let (Some(key), false) = (&served.key, zone.dnssec == Dnssec::MissingKey) {
            let dnskey = key.dnskey();
            served.add(origin.clone(), dnskey);
        }
        for (owner, kind, data) in zone.records(&self.keys) {
            if !self.ipv6 && (kind, data.as_str()) == ("AAAA", "::1") {
                continue;
            }
            let owner = owner.rsplit('.').filter(|label| !label.is_empty()).try_fold(origin.clone(), |name, label| name.prepend_label(label));
            let owner = owner.map_err(|_| bad())?;
            let name = |text: &str| Name::from_ascii(text).map_err(|_| bad());
            let data = match kind {
                "A" => RData::A(A(data.parse().map_err(|_| bad())?)),
                "AAAA" => RData::AAAA(AAAA(data.parse().map_err(|_| bad())?)),
                "NS" => RData::NS(NS(name(&data)?)),
                "CAA" => {
                    let (tag, value) = data.split_once(' ').ok_or_else(bad)?;
                    RData::try_from_str(RecordType::CAA, &format!("0 {tag} \"{value}\"")).map_err(|_| bad())?
                }
                "TLSA" => RData::try_from_str(RecordType::TLSA, &data).map_err(|_| bad())?,
                "CNAME" => RData::CNAME(CNAME(name(&data)?)),
                "MX" => {
                    let (preference, host) = data.split_once(' ').ok_or_else(bad)?;
                    RData::MX(MX::new(preference.parse().map_err(|_| bad())?, name(host)?))
                }
                // Long texts are cut into strings of 255 octets, as real records are.
                _ => RData::TXT(TXT::from_bytes(data.as_bytes().chunks(255).collect())),
            };
            served.add(owner, data);
        }
        self.zones.insert(origin, served);
        Ok(())
    }

    /// Questions received about the zone `domain`, those of its parent about it not counted.
    pub fn asked(&self, domain: &str) -> usize {
        name_of(domain).and_then(|name| self.asked.get(&name).copied()).unwrap_or(0)
    }

    /// The zone that answers for `name`; a DS is the parent's.
    fn zone_for(&self, name: &Name, kind: RecordType) -> Option<&Served> {
        let most = name.num_labels();
        let from = if kind == RecordType::DS && most > 0 { most - 1 } else { most };
        (0..=from).rev().find_map(|keep| self.zones.get(&name.trim_to(usize::from(keep))))
    }

    /// The answer to `query`; None when it is never answered.
    fn answer(&mut self, query: &Message, udp: bool, at: At) -> Option<Message> {
        let mut reply = Message::new(query.id, MessageType::Response, OpCode::Query);
        reply.metadata.recursion_desired = query.recursion_desired;
        reply.metadata.recursion_available = true;
        reply.metadata.checking_disabled = query.checking_disabled;
        reply.add_queries(query.queries.iter().cloned());
        if let Some(edns) = &query.edns {
            let mut own = hickory_proto::op::Edns::new();
            own.set_max_payload(1232);
            own.set_dnssec_ok(edns.flags().dnssec_ok);
            reply.set_edns(own);
        }
        let Some(question) = query.queries.first() else {
            reply.metadata.response_code = ResponseCode::FormErr;
            return Some(reply);
        };
        let dnssec = query.edns.as_ref().is_some_and(|edns| edns.flags().dnssec_ok);
        let (name, kind) = (question.name().to_lowercase(), question.query_type());
        // Servers above know nothing of what is wrong below.
        let failure = self.zone_for(&name, kind).and_then(|zone| zone.failure).filter(|_| at != At::Server(Place::Above));
        if let Some(origin) = self.zone_for(&name, kind).map(|zone| zone.origin.clone()) {
            *self.asked.entry(origin).or_default() += 1;
        }
        match failure {
            Some(Failure::Silent) => return None,
            Some(Failure::ServFail) => {
                reply.metadata.response_code = ResponseCode::ServFail;
                return Some(reply);
            }
            Some(Failure::LosesOne) if udp && self.lost.insert((name.clone(), kind.into(), at)) => return None,
            Some(Failure::Truncates) if udp => {
                reply.metadata.truncation = true;
                return Some(reply);
            }
            _ => {}
        }
        if at != At::Resolver {
            return self.authoritative(&name, kind, dnssec, at, &mut reply).then_some(reply);
        }
        let Some(zone) = self.zone_for(&name, kind) else {
            reply.metadata.response_code = ResponseCode::Refused;
            return Some(reply);
        };
        self.fill(zone, &name, kind, dnssec, &mut reply);
        Some(reply)
    }

    fn fill(&self, zone: &Served, name: &Name, kind: RecordType, dnssec: bool, reply: &mut Message) {
        if let (RecordType::DS, Some(Some(ds))) = (kind, zone.children.get(name)) {
            let record = Record::from_rdata(name.clone(), TTL, RData::DNSSEC(DNSSECRData::DS(ds.clone())));
            reply.answers = self.signed(zone, vec![record], dnssec);
            return;
        }
        if let Some(alias) = zone.rrset(name, RecordType::CNAME).filter(|_| kind != RecordType::CNAME) {
            reply.answers = self.signed(zone, alias.clone(), dnssec);
            if let Some(RData::CNAME(target)) = alias.first().map(|record| &record.data) {
                let target = target.0.to_lowercase();
                if let Some(found) =
                    self.zone_for(&target, kind).and_then(|other| other.rrset(&target, kind).map(|set| self.signed(other, set.clone(), dnssec)))
                {
                    reply.answers.extend(found);
                }
            }
            return;
        }
        if let Some(found) = zone.rrset(name, kind) {
            reply.answers = self.signed(zone, found.clone(), dnssec);
            return;
        }
        let exists = zone.exists(name);
        let wildcard = if exists { None } else { zone.wildcard(name) };
        if let Some(found) = wildcard.as_ref().and_then(|wildcard| zone.rrset(wildcard, kind)) {
            let answers = self.signed(zone, found.clone(), dnssec).into_iter();
            reply.answers = answers.map(|record| Record::from_rdata(name.clone(), record.ttl, record.data)).collect();
            return;
        }
        let exists = exists || wildcard.is_some();
        let soa = zone.rrset(&zone.origin, RecordType::SOA).cloned().unwrap_or_default();
        reply.authorities = self.signed(zone, soa, dnssec);
        // Compact denial (RFC 9824): signed zones say that the name exists with hardly any type.
        let compact = dnssec && zone.key.is_some();
        if !exists && !compact {
            reply.metadata.response_code = ResponseCode::NXDomain;
        }
        if compact {
            let denial = self.denial(zone, name, exists);
            reply.authorities.extend(denial.into_iter().flat_map(|record| self.signed(zone, vec![record], true)));
        }
    }

    /// Records that prove there is no such type at `name`.
    fn denial(&self, zone: &Served, name: &Name, exists: bool) -> Vec<Record> {
        let mut types: BTreeSet<u16> = zone.records.get(name).map(|sets| sets.keys().copied().collect()).unwrap_or_default();
        if let Some(ds) = zone.children.get(name) {
            types.insert(RecordType::NS.into());
            if ds.is_some() {
                types.insert(RecordType::DS.into());
            }
        }
        if !exists {
            // NXNAME, RFC 9824 3.
            types.insert(128);
        }
        if zone.nsec3 {
            return hashed_denial(zone, name, types);
        }
        let next = name.prepend_label([0u8].as_slice()).unwrap_or_else(|_| name.clone());
        let nsec = NSEC::new_cover_self(next, types.into_iter().map(RecordType::from));
        vec![Record::from_rdata(name.clone(), 60, RData::DNSSEC(DNSSECRData::NSEC(nsec)))]
    }

    /// `records` with their signature when asked for and when the zone has one to give.
    fn signed(&self, zone: &Served, records: Vec<Record>, dnssec: bool) -> Vec<Record> {
        let (true, Some(key)) = (dnssec, &zone.key) else { return records };
        let is_key = records.first().is_some_and(|record| record.record_type() == RecordType::DNSKEY);
        if zone.state == Dnssec::MissingSignature && !is_key {
            return records;
        }
        let (from, until) =
            if zone.state == Dnssec::Expired { (self.now - 40 * DAY, self.now - 3 * DAY) } else { (self.now - DAY, self.now + 14 * DAY) };
        let signature = if zone.state == Dnssec::BadSignature && !is_key {
            // Signed as if the record had another time to live: well-formed, and wrong.
            let other: Vec<Record> = records
                .iter()
                .cloned()
                .map(|mut record| {
                    record.ttl += 1;
                    record
                })
                .collect();
            key.sign(&zone.origin, &other, from, until).map(|record| tampered(record, TTL))
        } else {
            key.sign(&zone.origin, &records, from, until)
        };
        records.into_iter().chain(signature).collect()
    }
}

/// The signature `record` with its original time to live rewritten.
fn tampered(record: Record, ttl: u32) -> Record {
    use hickory_proto::dnssec::rdata::RRSIG;
    let RData::DNSSEC(DNSSECRData::RRSIG(rrsig)) = &record.data else { return record };
    let mut input = rrsig.input().clone();
    input.original_ttl = ttl;
    let rrsig = RRSIG::from_sig(input, rrsig.sig().to_vec());
    Record::from_rdata(record.name.clone(), ttl, RData::DNSSEC(DNSSECRData::RRSIG(rrsig)))
}

/// Proof by NSEC3: the types at `name`; for an unsigned delegation, that an ancestor exists and that an opt-out span
/// covers the name below it (RFC 5155 7.2.4).
fn hashed_denial(zone: &Served, name: &Name, types: BTreeSet<u16>) -> Vec<Record> {
    let hash = |name: &Name| Nsec3HashAlgorithm::SHA1.hash(&[], name, 0).map(|digest| digest.as_ref().to_vec()).unwrap_or_default();
    let step = |bytes: &[u8], up: bool| {
        let mut bytes = bytes.to_vec();
        for byte in bytes.iter_mut().rev() {
            let (next, carry) = if up { byte.overflowing_add(1) } else { byte.overflowing_sub(1) };
            *byte = next;
            if !carry {
                break;
            }
        }
        bytes
    };
    let record = |owner: &[u8], next: Vec<u8>, types: Vec<RecordType>| {
        let label = base32hex(owner);
        let nsec3 = NSEC3::new(Nsec3HashAlgorithm::SHA1, true, 0, Vec::new(), next, types);
        zone.origin.prepend_label(label.as_str()).ok().map(|owner| Record::from_rdata(owner, 60, RData::DNSSEC(DNSSECRData::NSEC3(nsec3))))
    };
    let matching = |name: &Name, types: &BTreeSet<u16>| {
        let own = hash(name);
        let mut types: Vec<RecordType> = types.iter().copied().map(RecordType::from).collect();
        if !types.is_empty() {
            types.push(RecordType::RRSIG);
        }
        record(&own, step(&own, true), types)
    };
    if !zone.children.get(name).is_some_and(Option::is_none) {
        return matching(name, &types).into_iter().collect();
    }
    // Unsigned delegations have no record of their own; what lies above a signed name has.
    let stands = |keep: &usize| {
        let above = name.trim_to(*keep);
        zone.records.keys().chain(zone.children.iter().filter(|(_, ds)| ds.is_some()).map(|(child, _)| child)).any(|owner| above.zone_of(owner))
    };
    let least = usize::from(zone.origin.num_labels());
    let keep = (least..usize::from(name.num_labels())).rev().find(stands).unwrap_or(least);
    let encloser = name.trim_to(keep);
    let held: BTreeSet<u16> = zone.records.get(&encloser).map(|sets| sets.keys().copied().collect()).unwrap_or_default();
    let next_closer = hash(&name.trim_to(keep + 1));
    [matching(&encloser, &held), record(&step(&next_closer, false), step(&next_closer, true), vec![RecordType::NS])].into_iter().flatten().collect()
}
