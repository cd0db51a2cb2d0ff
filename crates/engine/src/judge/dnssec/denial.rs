//! Reads what a signed parent proves about a missing DS: an unsigned delegation, no delegation, or no such name.

use std::cmp::Ordering;

use formats::dns::{Answer, base32hex, plain};
use hickory_proto::dnssec::Nsec3HashAlgorithm;
use hickory_proto::dnssec::rdata::{DNSKEY, DNSSECRData, NSEC, NSEC3};
use hickory_proto::rr::{Name, RData, Record, RecordType};

use super::End;
use super::signature::{Fault, verify};
use crate::judge::reasons::Why;

/// NXNAME of RFC 9824: the name does not exist, said compactly.
const NXNAME: u16 = 128;

/// What the proof says about a name without DS.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Denial {
    /// A delegation without DS: the child is unsigned.
    Delegated,
    /// No zone begins here.
    SameZone,
    NoSuchName,
}

/// Reads the proof in `answer` that `name` has no DS in `zone`, whose keys are `keys` (RFC 4035 5.2, RFC 5155 8.6).
///
/// # Errors
/// Bogus when nothing in the answer proves it.
pub(super) fn of_ds(answer: &Answer, name: &Name, zone: &Name, keys: &[DNSKEY], most_iterations: u16, now: i64) -> Result<Denial, End> {
    let records = &answer.authorities;
    let mut fault = Fault { why: Why::DnssecNoDenial, data: vec![("zone", plain(name))] };
    let mut proved = |record: &Record, kind| match verify(&record.name, kind, &[record], records, zone, keys, now) {
        Ok(()) => true,
        Err(found) => {
            fault = found;
            false
        }
    };
    let mut nsecs: Vec<(Name, NSEC)> = Vec::new();
    let mut hashed: Vec<(String, NSEC3)> = Vec::new();
    for record in records.iter().filter(|record| zone.zone_of(&record.name)).take(16) {
        match &record.data {
            RData::DNSSEC(DNSSECRData::NSEC(nsec)) if proved(record, RecordType::NSEC) => nsecs.push((record.name.clone(), nsec.clone())),
            RData::DNSSEC(DNSSECRData::NSEC3(nsec3)) if record.name.base_name() == *zone && proved(record, RecordType::NSEC3) => {
                let label = record.name.iter().next().map(|label| String::from_utf8_lossy(label).to_ascii_lowercase()).unwrap_or_default();
                hashed.push((label, nsec3.clone()));
            }
            _ => {}
        }
    }
    // An alias at the name cannot be a delegation; its own signature is checked at the end of the walk.
    if answer.alias(name).is_some() {
        return Ok(Denial::SameZone);
    }
    // RFC 9276 3.2: too many iterations make the zone insecure, which is not the same as bogus.
    if hashed.iter().any(|(_, nsec3)| nsec3.iterations() > most_iterations) {
        return Ok(Denial::Delegated);
    }
    by_nsec(&nsecs, name, zone, answer.nxdomain).or_else(|| by_nsec3(&hashed, name, zone)).ok_or_else(|| End::from(fault))
}

fn types_say(types: &[RecordType]) -> Option<Denial> {
    let has = |kind: RecordType| types.contains(&kind);
    // The child's own record says nothing about its DS; one with a DS contradicts the empty answer.
    if has(RecordType::DS) || (has(RecordType::SOA) && has(RecordType::NS)) {
        return None;
    }
    if types.iter().any(|kind| u16::from(*kind) == NXNAME) {
        return Some(Denial::NoSuchName);
    }
    Some(if has(RecordType::NS) { Denial::Delegated } else { Denial::SameZone })
}

fn by_nsec(nsecs: &[(Name, NSEC)], name: &Name, zone: &Name, nxdomain: bool) -> Option<Denial> {
    nsecs.iter().find_map(|(owner, nsec)| {
        let next = nsec.next_domain_name().to_lowercase();
        if owner == name {
            return types_say(&nsec.type_bit_maps().collect::<Vec<_>>());
        }
        // The last NSEC of a zone leads back to its apex.
        let covers = owner.cmp(name) == Ordering::Less && (name.cmp(&next) == Ordering::Less || next == *zone);
        // A span that begins at a delegation above says nothing about names below it (RFC 4035 5.4, RFC 6840 4.1).
        let delegation = nsec.type_bit_maps().any(|kind| kind == RecordType::NS) && !nsec.type_bit_maps().any(|kind| kind == RecordType::SOA);
        if !covers || (owner.zone_of(name) && delegation) {
            return None;
        }
        // Something lies below: the name is an empty non-terminal.
        Some(if name.zone_of(&next) && next != *zone {
            Denial::SameZone
        } else if nxdomain {
            Denial::NoSuchName
        } else {
            return None;
        })
    })
}

fn by_nsec3(records: &[(String, NSEC3)], name: &Name, zone: &Name) -> Option<Denial> {
    let (_, sample) = records.first()?;
    let (salt, iterations) = (sample.salt().to_vec(), sample.iterations());
    let hash = |name: &Name| Nsec3HashAlgorithm::SHA1.hash(&salt, &name.to_lowercase(), iterations).ok().map(|digest| base32hex(digest.as_ref()));
    let records: Vec<&(String, NSEC3)> = records.iter().filter(|(_, nsec3)| nsec3.salt() == salt && nsec3.iterations() == iterations).collect();
    let matching = |hash: &str| records.iter().find(|(owner, _)| owner == hash);
    let covering = |hash: &str| {
        records.iter().find(|(owner, nsec3)| {
            let next = base32hex(nsec3.next_hashed_owner_name());
            let owner = owner.as_str();
            // The last span wraps around.
            if owner < next.as_str() { owner < hash && hash < next.as_str() } else { hash > owner || hash < next.as_str() }
        })
    };
    if let Some((_, nsec3)) = matching(&hash(name)?) {
        return types_say(&nsec3.type_bit_maps().collect::<Vec<_>>());
    }
    // RFC 5155 8.3: the longest ancestor that exists, and a span over the name one label longer.
    for keep in (usize::from(zone.num_labels())..usize::from(name.num_labels())).rev() {
        let encloser = name.trim_to(keep);
        let Some((_, proof)) = matching(&hash(&encloser)?) else { continue };
        if encloser != *zone && proof.is_ancestor_delegation() {
            return None;
        }
        let (_, span) = covering(&hash(&name.trim_to(keep + 1))?)?;
        // RFC 5155 6: an opt-out span may hide unsigned delegations.
        return Some(if span.opt_out() { Denial::Delegated } else { Denial::NoSuchName });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::from_ascii(text).unwrap()
    }

    #[test]
    fn the_hashes_of_rfc_5155_appendix_a() {
        let salt = [0xaa, 0xbb, 0xcc, 0xdd];
        for (owner, expected) in [
            ("example.", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom"),
            ("a.example.", "35mthgpgcu1qg68fab165klnsnk3dpvl"),
            ("*.w.example.", "r53bq7cc2uvmubfu5ocmm6pers9tk9en"),
        ] {
            let digest = Nsec3HashAlgorithm::SHA1.hash(&salt, &name(owner), 12).unwrap();
            assert_eq!(base32hex(digest.as_ref()), expected);
        }
    }

    #[test]
    fn nsec_tells_delegation_from_same_zone() {
        let zone = name("example.");
        let at = |owner: &str, next: &str, types: &[RecordType]| vec![(name(owner), NSEC::new(name(next), types.iter().copied()))];
        let of = |nsecs: &[(Name, NSEC)], who: &str, nx| by_nsec(nsecs, &name(who), &zone, nx);
        use RecordType::{A, DS, NS, SOA};
        assert_eq!(of(&at("a.example.", "b.example.", &[NS]), "a.example.", false), Some(Denial::Delegated));
        assert_eq!(of(&at("a.example.", "b.example.", &[A]), "a.example.", false), Some(Denial::SameZone));
        assert_eq!(of(&at("a.example.", "b.example.", &[NS, DS]), "a.example.", false), None);
        assert_eq!(of(&at("a.example.", "b.example.", &[NS, SOA]), "a.example.", false), None);
        assert_eq!(of(&at("a.example.", "x.go.example.", &[A]), "go.example.", false), Some(Denial::SameZone));
        assert_eq!(of(&at("a.example.", "x.example.", &[A]), "go.example.", true), Some(Denial::NoSuchName));
        assert_eq!(of(&at("a.example.", "example.", &[A]), "zz.example.", true), Some(Denial::NoSuchName));
        assert_eq!(of(&at("a.example.", "b.example.", &[NS]), "x.a.example.", true), None);
        assert_eq!(of(&at("b.example.", "c.example.", &[A]), "a.example.", true), None);
    }
}
