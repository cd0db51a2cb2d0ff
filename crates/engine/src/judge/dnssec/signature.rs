//! Verifies the signatures of one record set and names the fault when none holds (RFC 4035 5.3).

use formats::dns::plain;
use hickory_proto::dnssec::rdata::{DNSKEY, DNSSECRData, RRSIG};
use hickory_proto::dnssec::{PublicKey, TBS};
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType};

use crate::judge::certificate::day;
use crate::judge::reasons::Why;

/// Signature checks one record set may cost (KeyTrap, CVE-2023-50387).
const MOST_CHECKS: usize = 16;

/// Why a record set does not verify.
#[derive(Debug)]
pub(super) struct Fault {
    pub why: Why,
    pub data: Vec<(&'static str, String)>,
}

/// Whether serial `a` lies after `b` (RFC 1982 3.2, as RFC 4034 3.1.5 asks).
pub(in crate::judge) fn after(a: u32, b: u32) -> bool {
    a != b && a.wrapping_sub(b) < 0x8000_0000
}

/// `serial` as Unix seconds near `now`.
pub(in crate::judge) fn unix(serial: u32, now: i64) -> i64 {
    now + i64::from(serial.wrapping_sub(now as u32) as i32)
}

/// Verifies `rrset` (all of `kind` at `name`) by a signature in `section`, made by `zone` with one of `keys`, at `now`.
///
/// # Errors
/// The best fault to report: an expired signature rather than a key that is not there.
pub(super) fn verify(
    name: &Name,
    kind: RecordType,
    rrset: &[&Record],
    section: &[Record],
    zone: &Name,
    keys: &[DNSKEY],
    now: i64,
) -> Result<(), Fault> {
    let data = || vec![("zone", plain(name)), ("type", kind.to_string())];
    let mut fault = Fault { why: Why::DnssecMissingSignature, data: data() };
    let signatures = section.iter().filter(|record| record.name == *name).filter_map(|record| match &record.data {
        RData::DNSSEC(DNSSECRData::RRSIG(rrsig)) if rrsig.input().type_covered == kind => Some(rrsig),
        _ => None,
    });
    // Serial arithmetic is modulo 2³².
    let clock = now as u32;
    let mut checks = 0;
    for rrsig in signatures.take(MOST_CHECKS) {
        let input = rrsig.input();
        // A signature of another zone does not speak for this name. One of a wildcard does for what is published below `_tcp`
        // and the like (RFC 4035 5.3.2); that nothing closer exists is not asked.
        let whole = input.num_labels == name.num_labels() || (kind == RecordType::TLSA && input.num_labels < name.num_labels());
        if input.signer_name.to_lowercase() != *zone || !whole {
            continue;
        }
        let until = input.sig_expiration.get();
        if after(clock, until) {
            let mut data = data();
            data.push(("until", day(unix(until, now))));
            fault = Fault { why: Why::DnssecExpired, data };
            continue;
        }
        if after(input.sig_inception.get(), clock) {
            fault = Fault { why: Why::DnssecEarly, data: data() };
            continue;
        }
        for key in
            keys.iter().filter(|key| key.public_key().algorithm() == input.algorithm && key.calculate_key_tag().is_ok_and(|tag| tag == input.key_tag))
        {
            checks += 1;
            if checks > MOST_CHECKS {
                return Err(fault);
            }
            if holds(name, rrsig, rrset, key) {
                return Ok(());
            }
            fault = Fault { why: Why::DnssecBadSignature, data: data() };
        }
    }
    Err(fault)
}

fn holds(name: &Name, rrsig: &RRSIG, rrset: &[&Record], key: &DNSKEY) -> bool {
    TBS::from_input(name, DNSClass::IN, rrsig.input(), rrset.iter().copied())
        .is_ok_and(|signed| key.public_key().verify(signed.as_ref(), rrsig.sig()).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serials_wrap_around() {
        assert!(after(1, 0));
        assert!(!after(0, 1));
        assert!(after(5, u32::MAX - 5));
        assert!(!after(7, 7));
        // 2106-02-07T06:28:16Z is 2³²: a signature shortly after it has a small serial.
        let now = (1i64 << 32) - 100;
        assert_eq!(unix(50, now), (1i64 << 32) + 50);
    }
}
