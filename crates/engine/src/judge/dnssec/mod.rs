//! The DNSSEC check: validates from the root's trust anchor down, so that every bogus zone has a reason (RFC 4035 5).

mod denial;
mod secured;
mod signature;

use formats::dns::{Answer, plain};
use formats::evidence::{Failure, Missing, Verdict};
use hickory_proto::dnssec::rdata::{DNSKEY, DNSSECRData, DS};
use hickory_proto::dnssec::{Algorithm, DigestType, PublicKey, SupportedAlgorithms};
use hickory_proto::rr::{Name, RData, Record, RecordType};

use super::case::{Case, Open, Unanswered};
use super::judgement::Judged;
use super::reasons::Why;
use crate::words::Words;
use denial::Denial;
pub(super) use secured::{Secured, secured};
use signature::{Fault, verify};
pub(super) use signature::{after, unix};

/// Why the walk ended without a secure zone.
enum End {
    Open(Open),
    NoSuchDomain,
    /// Not even the root verifies: the fault lies with the resolver, the clock or the anchors, not with the domain.
    NoAnchor(Why),
    /// The parent proves that there is no DS.
    Insecure,
    /// A DS of algorithms nobody here supports: counts as unsigned (RFC 4035 5.2).
    Unsupported(Name),
    Bogus(Why, Vec<(&'static str, String)>),
}

impl From<Open> for End {
    fn from(open: Open) -> Self {
        Self::Open(open)
    }
}

impl From<Fault> for End {
    fn from(fault: Fault) -> Self {
        Self::Bogus(fault.why, fault.data)
    }
}

/// Judges whether `name` can be validated at the time the evidence was taken.
pub(super) fn check(case: &Case<'_>, name: &Name) -> Result<Judged, Missing> {
    let domain = plain(name);
    let command = case.dig(&domain, "SOA +dnssec +cd");
    let result = walk(case, name);
    let judged = match result {
        Ok(zone) => {
            let zone = plain(&zone);
            Judged::new(Verdict::Met, Why::DnssecSecure, &[])
                .value("secure")
                .observed(Words::new(format!("{zone}の署名を検証できました"), format!("signatures of {zone} verified")))
        }
        Err(End::Open(open)) => open.judged()?,
        Err(End::NoSuchDomain) => Judged::new(Verdict::CouldNotMeasure, Why::NoSuchDomain, &[("domain", &domain)]),
        Err(End::NoAnchor(why)) => Judged::new(Verdict::CouldNotMeasure, Why::DnssecNoAnchor, &[("detail", why.code())]),
        Err(End::Unsupported(zone)) => {
            let judged = Judged::new(Verdict::NotMet, Why::DnssecUnsupported, &[("zone", &plain(&zone))]);
            judged
                .value("unsupported")
                .observed(Words::new("対応していない署名方式です", "an unsupported algorithm"))
                .remedy(format!("{domain}. IN DNSKEY 257 3 13 <ECDSA P-256 key>"))
        }
        Err(End::Insecure) => unsigned(case, name, &domain)?,
        Err(End::Bogus(why, data)) => {
            let borrowed: Vec<(&str, &str)> = data.iter().map(|(key, value)| (*key, value.as_str())).collect();
            let judged = Judged::new(Verdict::NotMet, why, &borrowed);
            let text = judged.reason.text.clone();
            let remedy = repair(case, name, &domain, why)?;
            judged.value("bogus").observed(text).remedy(remedy)
        }
    };
    Ok(judged.command(command).expected("ルートから検証できるDNSSECの署名", "DNSSEC signatures that verify from the root down"))
}

/// Without a DS: signed all the same (an island), or not at all.
fn unsigned(case: &Case<'_>, name: &Name, domain: &str) -> Result<Judged, Missing> {
    let answer = match case.ask_signed(name, RecordType::DNSKEY) {
        Ok(answer) => answer,
        Err(open) => return open.judged(),
    };
    Ok(match secure_entry(&keys(&answer, name), name) {
        Some(ds) => Judged::new(Verdict::NotMet, Why::DnssecIsland, &[])
            .value("island")
            .observed(Words::new("鍵はあるが、上位にDSがない", "keys, but no DS at the parent"))
            .remedy(format!("{domain}. IN DS {ds}")),
        None => Judged::new(Verdict::NotMet, Why::DnssecUnsigned, &[])
            .value("unsigned")
            .observed(Words::new("鍵も上位のDSもない", "neither keys nor a DS at the parent"))
            .remedy(format!("{domain}. IN DNSKEY 257 3 13 <ECDSA P-256 key>\n{domain}. IN DS <key-tag> 13 2 <SHA-256 of the key>")),
    })
}

/// The line that repairs a bogus zone.
fn repair(case: &Case<'_>, name: &Name, domain: &str, why: Why) -> Result<String, Missing> {
    let answer = match why {
        Why::DnssecDsMismatch => match case.ask_signed(name, RecordType::DNSKEY) {
            Ok(answer) => Some(answer),
            Err(Open::Missing(missing)) => return Err(missing),
            Err(Open::Unanswered(_)) => None,
        },
        _ => None,
    };
    Ok(match answer.and_then(|answer| secure_entry(&keys(&answer, name), name)) {
        Some(ds) => format!("{domain}. IN DS {ds}"),
        None if why == Why::DnssecNoKey => format!("{domain}. IN DNSKEY 257 3 13 <ECDSA P-256 key>"),
        None => format!("dnssec-signzone -o {domain} <zone file>"),
    })
}

/// The DS to register for the zone's entry key.
fn secure_entry(keys: &[DNSKEY], zone: &Name) -> Option<DS> {
    let key = keys.iter().find(|key| key.secure_entry_point()).or(keys.first())?;
    let digest = key.to_digest(zone, DigestType::SHA256).ok()?;
    Some(DS::new(key.calculate_key_tag().ok()?, key.public_key().algorithm(), DigestType::SHA256, digest.as_ref().to_vec()))
}

fn keys(answer: &Answer, zone: &Name) -> Vec<DNSKEY> {
    let found = answer.answers.iter().filter(|record| record.name == *zone).filter_map(|record| match &record.data {
        RData::DNSSEC(DNSSECRData::DNSKEY(key)) if key.zone_key() && !key.revoke() => Some(key.clone()),
        _ => None,
    });
    // A zone needs a handful; more would only cost us signature checks (KeyTrap).
    found.take(16).collect()
}

fn delegations(answer: &Answer, zone: &Name) -> Vec<DS> {
    let found = answer.answers.iter().filter(|record| record.name == *zone).filter_map(|record| match &record.data {
        RData::DNSSEC(DNSSECRData::DS(ds)) => Some(ds.clone()),
        _ => None,
    });
    found.take(16).collect()
}

fn supported(algorithm: Algorithm) -> bool {
    // The name says "all", and leaves out what must not be used any more.
    SupportedAlgorithms::all().has(algorithm) && !matches!(algorithm, Algorithm::Unknown(_))
}

fn usable(ds: &DS) -> bool {
    supported(ds.algorithm()) && ds.digest_type().is_supported()
}

/// Reads a trust anchor, `key-tag algorithm digest-type hex-digest`.
fn anchor(text: &str) -> Option<DS> {
    let mut fields = text.split_ascii_whitespace();
    let tag = fields.next()?.parse().ok()?;
    let algorithm = Algorithm::from_u8(fields.next()?.parse().ok()?);
    let digest_type = DigestType::from(fields.next()?.parse::<u8>().ok()?);
    let hex: String = fields.collect();
    let digest: Option<Vec<u8>> = (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()).collect();
    Some(DS::new(tag, algorithm, digest_type, digest?))
}

fn anchors(texts: &[String]) -> Vec<DS> {
    texts.iter().filter_map(|text| anchor(text)).collect()
}

/// The verified keys of `zone`, whose DS set (or trust anchor) is `trusted`.
fn enter(case: &Case<'_>, zone: &Name, trusted: &[DS], now: i64) -> Result<Vec<DNSKEY>, End> {
    let answer = case.ask_signed(zone, RecordType::DNSKEY)?;
    let found = keys(&answer, zone);
    let here = || vec![("zone", plain(zone))];
    if found.is_empty() {
        return Err(End::Bogus(Why::DnssecNoKey, here()));
    }
    let covers = |ds: &DS, key: &DNSKEY| {
        ds.algorithm() == key.public_key().algorithm()
            && key.calculate_key_tag().is_ok_and(|tag| tag == ds.key_tag())
            && ds.covers(zone, key).unwrap_or(false)
    };
    let entries: Vec<DNSKEY> = found.iter().filter(|key| trusted.iter().any(|ds| usable(ds) && covers(ds, key))).cloned().collect();
    if entries.is_empty() {
        return Err(End::Bogus(Why::DnssecDsMismatch, here()));
    }
    let rrset: Vec<&Record> = answer.records(zone, RecordType::DNSKEY);
    verify(zone, RecordType::DNSKEY, &rrset, &answer.answers, zone, &entries, now)?;
    Ok(found)
}

/// Follows the delegations down to the zone that holds `name`; returns it with its verified keys.
fn descend(case: &Case<'_>, name: &Name) -> Result<(Name, Vec<DNSKEY>), End> {
    let now = case.evidence.at;
    let mut zone = Name::root();
    let mut trusted = enter(case, &zone, &anchors(&case.evidence.place.anchors), now).map_err(|end| match end {
        End::Bogus(why, _) => End::NoAnchor(why),
        other => other,
    })?;
    for keep in 1..=usize::from(name.num_labels()) {
        let here = name.trim_to(keep);
        let answer = case.ask_signed(&here, RecordType::DS)?;
        let delegation = delegations(&answer, &here);
        if !delegation.is_empty() {
            let rrset = answer.records(&here, RecordType::DS);
            verify(&here, RecordType::DS, &rrset, &answer.answers, &zone, &trusted, now)?;
            if !delegation.iter().any(usable) {
                return Err(End::Unsupported(here));
            }
            trusted = enter(case, &here, &delegation, now)?;
            zone = here;
            continue;
        }
        match denial::of_ds(&answer, &here, &zone, &trusted, case.rules.nsec3_max_iterations, now)? {
            Denial::Delegated => return Err(End::Insecure),
            Denial::SameZone => {}
            Denial::NoSuchName => return Err(End::NoSuchDomain),
        }
    }
    Ok((zone, trusted))
}

/// The zone of `name` when the chain down to it stands and what it says verifies.
fn walk(case: &Case<'_>, name: &Name) -> Result<Name, End> {
    let now = case.evidence.at;
    let (zone, trusted) = descend(case, name)?;
    let answer = case.ask_signed(name, RecordType::SOA)?;
    let (place, section) =
        if answer.records(name, RecordType::SOA).is_empty() { (zone.clone(), &answer.authorities) } else { (name.clone(), &answer.answers) };
    let rrset: Vec<&Record> = section.iter().filter(|record| record.record_type() == RecordType::SOA && record.name == place).collect();
    if rrset.is_empty() {
        // An alias at the name: its signature is what there is to check.
        let alias = answer.records(name, RecordType::CNAME);
        if alias.is_empty() {
            return Err(End::Open(Open::Unanswered(Unanswered {
                question: format!("{} SOA", plain(name)),
                failure: Failure::Malformed("neither SOA nor denial".into()),
            })));
        }
        verify(name, RecordType::CNAME, &alias, &answer.answers, &zone, &trusted, now)?;
        return Ok(zone);
    }
    verify(&place, RecordType::SOA, &rrset, section, &zone, &trusted, now)?;
    Ok(zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_anchors_are_readable() {
        let anchors = anchors(&formats::evidence::ROOT_ANCHORS.map(str::to_owned));
        assert_eq!(anchors.iter().map(DS::key_tag).collect::<Vec<_>>(), [20326, 38696]);
        assert!(anchors.iter().all(|ds| usable(ds) && ds.digest().len() == 32));
        // The DNS library carries the same two keys: their digests must be ours.
        let library = hickory_proto::dnssec::TrustAnchors::default();
        assert_eq!(library.len(), 2);
        for at in 0..2 {
            let key = DNSKEY::with_flags(257, library.get(at).unwrap().clone());
            let tag = key.calculate_key_tag().unwrap();
            assert!(anchors.iter().any(|ds| ds.key_tag() == tag && ds.covers(&Name::root(), &key).unwrap()), "{tag}");
        }
        assert!(anchor("1 8 2 0G").is_none());
        assert!(anchor("").is_none());
    }
}
