//! Which algorithms the DNS shows: a zone's keys and their digests at the parent, and keys that sign mail.

use formats::dkim::{Algorithm as Kind, Key};
use formats::dns::{Answer, name_of, plain, read};
use hickory_proto::dnssec::PublicKey as _;
use hickory_proto::dnssec::rdata::{DNSKEY, DNSSECRData};
use hickory_proto::rr::{Name, RData, RecordType};

use super::certificate::{bits, key_of_der};
use super::{Algorithm, Place};

/// Records of one answer that are looked at.
const MOST: usize = 32;

/// What an answer (as it came) shows about the zones and the mail of `target`, with the name it stands at.
pub(super) fn uses(wire: &[u8], target: &str) -> Vec<(Algorithm, Place, String)> {
    let Some((target, answer)) = name_of(target).zip(read(wire).and_then(Answer::of)) else { return Vec::new() };
    let registered = psl::domain_str(&plain(&target)).and_then(name_of).unwrap_or_else(|| target.clone());
    let mut found = Vec::new();
    for record in answer.answers.iter().take(MOST) {
        let at = plain(&record.name);
        // The root and the registries above are nobody's here.
        let own_zone = registered.zone_of(&record.name) && record.name.zone_of(&target);
        let (shown, place) = match &record.data {
            RData::DNSSEC(DNSSECRData::DNSKEY(key)) if own_zone && key.zone_key() && !key.revoke() => (zone_key(key), Place::ZoneKey),
            RData::DNSSEC(DNSSECRData::DS(ds)) if own_zone => ((digest(u8::from(ds.digest_type())), None), Place::Delegation),
            _ => continue,
        };
        found.extend([shown.0, shown.1].into_iter().flatten().map(|algorithm| (algorithm, place, at.clone())));
    }
    found.extend(mail_keys(&answer, &target));
    found
}

/// Hash and key of a zone's key (RFC 8624 3.1).
fn zone_key(key: &DNSKEY) -> (Option<Algorithm>, Option<Algorithm>) {
    let public = key.public_key();
    let rsa = || rsa_modulus(public.public_bytes()).and_then(|modulus| Algorithm::rsa(bits(modulus)));
    let of = Algorithm::of;
    match u8::from(public.algorithm()) {
        1 => (of("md5"), rsa()),
        3 | 6 => (of("sha-1"), of("dsa")),
        5 | 7 => (of("sha-1"), rsa()),
        8 => (of("sha-256"), rsa()),
        10 => (of("sha-512"), rsa()),
        12 => (of("gost-r-34.11-94"), of("gost-r-34.10-2001")),
        13 => (of("sha-256"), of("ecdsa-p256")),
        14 => (of("sha-384"), of("ecdsa-p384")),
        15 => (None, of("ed25519")),
        16 => (None, of("ed448")),
        17 => (of("sm3"), of("sm2")),
        _ => (None, None),
    }
}

/// The modulus behind the exponent of an RSA key (RFC 3110 2).
fn rsa_modulus(key: &[u8]) -> Option<&[u8]> {
    let (first, rest) = key.split_first()?;
    if *first != 0 {
        return rest.get(usize::from(*first)..);
    }
    let (length, rest) = rest.split_first_chunk::<2>()?;
    rest.get(usize::from(u16::from_be_bytes(*length))..)
}

/// The hash of a DS (IANA, DS RR Type Digest Algorithms).
fn digest(kind: u8) -> Option<Algorithm> {
    Algorithm::of(match kind {
        1 => "sha-1",
        2 => "sha-256",
        3 => "gost-r-34.11-94",
        4 => "sha-384",
        6 => "sm3",
        _ => return None,
    })
}

/// Keys that sign mail (RFC 6376 3.6.1), of selectors below `target`.
fn mail_keys(answer: &Answer, target: &Name) -> Vec<(Algorithm, Place, String)> {
    let mut owners: Vec<&Name> = answer.answers.iter().filter(|record| record.record_type() == RecordType::TXT).map(|record| &record.name).collect();
    owners.sort();
    owners.dedup();
    // The selector may be an alias: its own name, before any alias, says whose key it is.
    let first = answer.answers.first().map(|record| &record.name);
    let asked = first.filter(|name| target.zone_of(name) && name.iter().any(|label| label.eq_ignore_ascii_case(b"_domainkey")));
    let Some(asked) = asked else { return Vec::new() };
    let texts = owners.into_iter().flat_map(|owner| answer.texts(owner));
    texts.take(MOST).flat_map(|text| mail_key(&text)).map(|algorithm| (algorithm, Place::MailKey, plain(asked))).collect()
}

/// The key of a record, and its hash where it allows nothing but SHA-1.
fn mail_key(text: &[u8]) -> Vec<Algorithm> {
    let Some(record) = Key::parse(text).ok().filter(|record| !record.is_revoked()) else { return Vec::new() };
    let key = match record.algorithm {
        Kind::Rsa => key_of_der(&record.public).or_else(|| bare_rsa(&record.public)),
        Kind::Ed25519 => Algorithm::of("ed25519"),
        Kind::Other(_) => None,
    };
    key.into_iter().chain(record.only_old_hashes().then(|| Algorithm::of("sha-1")).flatten()).collect()
}

/// An RSAPublicKey without its wrapping, which RFC 6376 3.6.1 asks for by its words and nobody by practice.
fn bare_rsa(der: &[u8]) -> Option<Algorithm> {
    use x509_parser::prelude::FromDer as _;
    let (_, key) = x509_parser::public_key::RSAPublicKey::from_der(der).ok()?;
    Algorithm::rsa(bits(key.modulus))
}

#[cfg(test)]
mod tests {
    use hickory_proto::dnssec::rdata::DS;
    use hickory_proto::dnssec::{Algorithm as Code, DigestType, PublicKeyBuf};
    use hickory_proto::op::{Message, MessageType, OpCode};
    use hickory_proto::rr::Record;
    use hickory_proto::rr::rdata::{CNAME, TXT};
    use proptest::prelude::*;

    use super::*;

    fn wire(records: Vec<(&str, RData)>) -> Vec<u8> {
        let mut message = Message::new(7, MessageType::Response, OpCode::Query);
        message.answers = records.into_iter().map(|(name, data)| Record::from_rdata(Name::from_ascii(name).unwrap(), 60, data)).collect();
        message.to_vec().unwrap()
    }

    fn shown(records: Vec<(&str, RData)>) -> Vec<String> {
        uses(&wire(records), "www.city.example.lg.jp").into_iter().map(|(one, place, at)| format!("{one} {} {at}", place.as_str())).collect()
    }

    fn dnskey(code: u8, key: Vec<u8>) -> RData {
        RData::DNSSEC(DNSSECRData::DNSKEY(DNSKEY::with_flags(257, PublicKeyBuf::new(key, Code::from_u8(code)))))
    }

    /// RFC 3110 2: one octet of length, the exponent 65537, a modulus whose highest bit is set.
    fn rsa(bits: usize) -> Vec<u8> {
        let mut key = vec![3, 1, 0, 1];
        key.extend(std::iter::once(0x80).chain(std::iter::repeat_n(1, bits / 8 - 1)));
        key
    }

    #[test]
    fn zone_keys_and_digests_count_in_zones_of_ones_own() {
        let zone = "example.lg.jp.";
        assert_eq!(shown(vec![(zone, dnskey(13, vec![1; 64]))]), ["sha-256 zone-key example.lg.jp", "ecdsa-p256 zone-key example.lg.jp"]);
        assert_eq!(shown(vec![(zone, dnskey(7, rsa(1024)))]), ["sha-1 zone-key example.lg.jp", "rsa-1024 zone-key example.lg.jp"]);
        assert_eq!(shown(vec![(zone, dnskey(8, rsa(2048)))]), ["sha-256 zone-key example.lg.jp", "rsa-2048 zone-key example.lg.jp"]);
        assert_eq!(shown(vec![(zone, dnskey(15, vec![1; 32]))]), ["ed25519 zone-key example.lg.jp"]);
        let ds = |kind: u8| RData::DNSSEC(DNSSECRData::DS(DS::new(1, Code::RSASHA256, DigestType::from(kind), vec![0; 20])));
        assert_eq!(shown(vec![(zone, ds(1)), (zone, ds(2))]), ["sha-1 delegation example.lg.jp", "sha-256 delegation example.lg.jp"]);
        for above in ["lg.jp.", "jp.", ".", "other.lg.jp."] {
            assert!(shown(vec![(above, dnskey(5, rsa(1024))), (above, ds(1))]).is_empty(), "{above}");
        }
    }

    #[test]
    fn mail_keys_count_by_their_length() {
        let text = |text: &str| RData::TXT(TXT::from_bytes(text.as_bytes().chunks(255).collect()));
        let at = "s1._domainkey.www.city.example.lg.jp.";
        // RFC 6376 appendix C: a key of 1024 bits; RFC 8463 appendix A.
        let rsa = "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB";
        assert_eq!(shown(vec![(at, text(rsa))]), [format!("rsa-1024 mail-key {}", at.trim_end_matches('.'))]);
        assert_eq!(shown(vec![(at, text(&format!("{rsa}; h=sha1")))]).len(), 2);
        assert_eq!(shown(vec![(at, text(&format!("{rsa}; h=sha1:sha256")))]).len(), 1);
        let edwards = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
        assert_eq!(shown(vec![(at, text(edwards))]), [format!("ed25519 mail-key {}", at.trim_end_matches('.'))]);
        // At an alias it is the key of whoever points there.
        let alias = RData::CNAME(CNAME(Name::from_ascii("s1.provider.example.").unwrap()));
        assert_eq!(shown(vec![(at, alias), ("s1.provider.example.", text(rsa))]), [format!("rsa-1024 mail-key {}", at.trim_end_matches('.'))]);
        for nothing in ["v=DKIM1; p=", "v=spf1 -all", "v=DKIM1; k=other; p=AAAA", "p=!!"] {
            assert!(shown(vec![(at, text(nothing))]).is_empty(), "{nothing}");
        }
        assert!(shown(vec![("s1._domainkey.other.jp.", text(rsa))]).is_empty());
    }

    proptest! {
        #[test]
        fn no_octets_make_it_panic(octets in proptest::collection::vec(any::<u8>(), 0..300), text in "\\PC{0,80}") {
            let _ = uses(&octets, "example.jp");
            let _ = rsa_modulus(&octets);
            let _ = mail_key(&octets);
            let _ = mail_key(format!("p={text}").as_bytes());
        }
    }
}
