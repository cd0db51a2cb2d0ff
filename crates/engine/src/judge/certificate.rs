//! Judges a presented certificate chain at a given time: trust, name, dates, key, signature, days left.

pub(super) use formats::date::written_day as day;
use formats::evidence::{Handshake, Octets, Roots, Verdict};
use rustls::RootCertStore;
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, Error as TlsError};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};
use x509_parser::public_key::PublicKey;

use super::judgement::{Finding, Judged};
use super::reasons::Why;
use super::rules::Rules;
use crate::words::Words;

/// Seconds.
pub(super) const DAY: i64 = 86_400;

/// How evidence names the trusted roots.
pub(super) fn roots_version(roots: &Roots) -> String {
    match roots {
        Roots::Webpki => format!("webpki-roots 1.0, {} authorities", webpki_roots::TLS_SERVER_ROOTS.len()),
        Roots::Der(list) => format!("{} given authorities", list.len()),
    }
}

fn store(roots: &Roots) -> RootCertStore {
    let mut store = RootCertStore::empty();
    match roots {
        Roots::Webpki => store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Roots::Der(list) => {
            store.add_parsable_certificates(list.iter().map(|der| CertificateDer::from(der.0.as_slice())));
        }
    }
    store
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let san = certificate.subject_alternative_name().ok().flatten();
    let list = san.map(|extension| extension.value.general_names.as_slice()).unwrap_or_default();
    list.iter()
        .filter_map(|name| match name {
            GeneralName::DNSName(dns) => Some((*dns).chars().take(253).collect()),
            _ => None,
        })
        .take(50)
        .collect()
}

/// Bits of an RSA modulus, counted without the sign octet and its leading zero bits.
pub(super) fn rsa_bits(modulus: &[u8]) -> usize {
    let digits = modulus.iter().skip_while(|byte| **byte == 0);
    let unused = digits.clone().next().map_or(0, |first| first.leading_zeros() as usize);
    digits.count() * 8 - unused
}

/// Kind and bits of a public key; None when the kind has no length worth judging (Ed25519).
fn key_of(certificate: &X509Certificate<'_>) -> (&'static str, Option<usize>) {
    match certificate.public_key().parsed() {
        Ok(PublicKey::RSA(rsa)) => ("RSA", Some(rsa_bits(rsa.modulus))),
        // An uncompressed point is one octet and two coordinates.
        Ok(PublicKey::EC(point)) => ("EC", Some(point.key_size())),
        Ok(PublicKey::DSA(_)) => ("DSA", Some(0)),
        _ => ("other", None),
    }
}

/// Kind and bits of a public key as people read them.
pub(super) fn key_named(certificate: &X509Certificate<'_>) -> String {
    let (kind, bits) = key_of(certificate);
    bits.map_or_else(|| kind.to_owned(), |bits| format!("{kind} {bits}"))
}

/// The hash a certificate is signed with, by signature OID (RFC 8017 A.2.4, RFC 3279 2.2, RFC 5758 3.2, RFC 8410 3), and whether
/// it is weak.
fn signature_of(certificate: &X509Certificate<'_>) -> Option<(&'static str, bool)> {
    Some(match certificate.signature_algorithm.algorithm.to_id_string().as_str() {
        "1.2.840.113549.1.1.2" => ("MD2", true),
        "1.2.840.113549.1.1.4" => ("MD5", true),
        "1.2.840.113549.1.1.5" | "1.2.840.10045.4.1" | "1.2.840.10040.4.3" | "1.3.14.3.2.29" => ("SHA-1", true),
        "1.2.840.113549.1.1.14" | "1.2.840.10045.4.3.1" => ("SHA-224", false),
        "1.2.840.113549.1.1.11" | "1.2.840.10045.4.3.2" => ("SHA-256", false),
        "1.2.840.113549.1.1.12" | "1.2.840.10045.4.3.3" => ("SHA-384", false),
        "1.2.840.113549.1.1.13" | "1.2.840.10045.4.3.4" => ("SHA-512", false),
        "1.2.840.113549.1.1.10" => ("RSASSA-PSS", false),
        "1.3.101.112" => ("Ed25519", false),
        "1.3.101.113" => ("Ed448", false),
        _ => return None,
    })
}

/// The hash a certificate is signed with as people read it.
pub(super) fn signature_named(certificate: &X509Certificate<'_>) -> String {
    signature_of(certificate).map_or_else(|| certificate.signature_algorithm.algorithm.to_id_string(), |(name, _)| name.to_owned())
}

fn weak_signature(certificate: &X509Certificate<'_>) -> Option<&'static str> {
    signature_of(certificate).filter(|(_, weak)| *weak).map(|(name, _)| name)
}

/// What is too weak about a certificate: its key as kind and bits, and the hash of its signature, which counts for nothing where
/// `anchor` says that it signs itself.
pub(super) fn weaknesses(certificate: &X509Certificate<'_>, anchor: bool, rules: &Rules) -> (Option<(&'static str, usize)>, Option<&'static str>) {
    let (kind, bits) = key_of(certificate);
    let least = if kind == "EC" { rules.certificate_min_ec } else { rules.certificate_min_rsa };
    let key = bits.filter(|bits| *bits < least).map(|bits| (kind, bits));
    (key, weak_signature(certificate).filter(|_| !anchor))
}

/// What is wrong with the dates, the name and the trust of `leaf`, which is `der`, shown to whoever asked for `domain` together with
/// `intermediates` in any order.
pub(super) fn faults_of_leaf(
    (der, leaf): (&CertificateDer<'_>, &X509Certificate<'_>),
    intermediates: &[CertificateDer<'_>],
    domain: &str,
    roots: &Roots,
    now: i64,
) -> Vec<Finding> {
    let (from, until) = (leaf.validity().not_before.timestamp(), leaf.validity().not_after.timestamp());
    let own_issue = leaf.subject().as_raw() == leaf.issuer().as_raw();
    let mut faults: Vec<Finding> = Vec::new();
    if now > until {
        faults.push((Why::CertificateExpired, vec![("until", day(until))]));
    }
    if now < from {
        faults.push((Why::CertificateEarly, vec![("from", day(from))]));
    }
    let (Ok(parsed), Ok(server)) = (ParsedCertificate::try_from(der), ServerName::try_from(domain)) else {
        faults.push((Why::CertificateBad, vec![("detail", "not a server certificate".to_owned())]));
        return faults;
    };
    if verify_server_name(&parsed, &server).is_err() {
        let listed = names(leaf).join(", ");
        let names = if listed.is_empty() { "—".to_owned() } else { listed };
        faults.push((Why::CertificateName, vec![("domain", domain.to_owned()), ("names", names)]));
    }
    // Trust is asked for at a moment the leaf is valid, so that an expired one is not called untrusted too.
    let moment = UnixTime::since_unix_epoch(std::time::Duration::from_secs(u64::try_from(now.clamp(from, until.max(from))).unwrap_or(0)));
    let algorithms = aws_lc_rs::default_provider().signature_verification_algorithms;
    match verify_server_cert_signed_by_trust_anchor(&parsed, &store(roots), intermediates, moment, algorithms.all) {
        Ok(()) => {}
        // A self-signed authority certificate used as a server's own is the same mistake as a self-signed leaf.
        Err(TlsError::InvalidCertificate(_)) if own_issue => faults.push((Why::CertificateSelfSigned, Vec::new())),
        Err(TlsError::InvalidCertificate(CertificateError::UnknownIssuer)) => faults.push((Why::CertificateUntrusted, Vec::new())),
        Err(error) => faults.push((Why::CertificateBad, vec![("detail", error.to_string())])),
    }
    faults
}

/// Judges the chain a server showed to whoever asked for `domain`, at `now` (Unix seconds).
pub(super) fn judge(shown: &Handshake, domain: &str, roots: &Roots, rules: &Rules, now: i64) -> Judged {
    let chain: Vec<CertificateDer<'_>> = shown.chain.iter().map(|Octets(der)| CertificateDer::from(der.as_slice())).collect();
    let bad = |detail: &str| Judged::new(Verdict::NotMet, Why::CertificateBad, &[("detail", detail)]);
    let Some(der) = chain.first() else { return bad("nothing was presented") };
    let Ok((_, leaf)) = X509Certificate::from_der(der) else { return bad("not a readable certificate") };
    let mut faults = faults_of_leaf((der, &leaf), chain.get(1..).unwrap_or_default(), domain, roots, now);
    for presented in chain.iter().filter_map(|der| X509Certificate::from_der(der).ok()).map(|(_, certificate)| certificate) {
        // A root's signature on itself proves nothing and harms nothing.
        let root = presented.subject().as_raw() == presented.issuer().as_raw() && presented.tbs_certificate.as_ref() != leaf.tbs_certificate.as_ref();
        let (key, signature) = weaknesses(&presented, root, rules);
        if let Some((kind, bits)) = key {
            faults.push((Why::CertificateWeakKey, vec![("kind", kind.to_owned()), ("bits", bits.to_string())]));
        }
        if let Some(algorithm) = signature {
            faults.push((Why::CertificateWeakSignature, vec![("algorithm", algorithm.to_owned())]));
        }
    }
    // What rustls cannot verify because the key is weak was named above already.
    if !shown.proved && !faults.iter().any(|(why, _)| *why == Why::CertificateWeakKey) {
        faults.push((Why::CertificateNoProof, Vec::new()));
    }

    let (from, until) = (leaf.validity().not_before.timestamp(), leaf.validity().not_after.timestamp());
    let (listed, key) = (names(&leaf).join(", "), key_named(&leaf));
    let issuer: String = leaf.issuer().to_string().chars().take(200).collect();
    Judged::worst_of(&faults, &(Why::CertificateMet, Vec::new())).value(format!("{key}, {}", day(until))).observed(Words::new(
        format!("名前: {listed}\n発行者: {issuer}\n期間: {}から{}\n鍵: {key}", day(from), day(until)),
        format!("names: {listed}\nissuer: {issuer}\nvalid: {} to {}\nkey: {key}", day(from), day(until)),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn pem(text: &[u8]) -> CertificateDer<'static> {
        CertificateDer::from(x509_parser::pem::parse_x509_pem(text).unwrap().1.contents)
    }

    fn codes(domain: &str, certificates: Vec<CertificateDer<'static>>, roots: Vec<Vec<u8>>) -> Vec<String> {
        let octets = |der: &CertificateDer<'_>| Octets(der.to_vec());
        let shown = Handshake { chain: certificates.iter().map(octets).collect(), proved: true, ..Handshake::default() };
        let roots = Roots::Der(roots.into_iter().map(Octets).collect());
        let judged = judge(&shown, domain, &roots, &Rules::baseline(), NOW);
        assert_eq!(judged.verdict, Verdict::NotMet);
        std::iter::once(judged.reason.code).chain(judged.notes.into_iter().map(|note| note.code)).collect()
    }

    #[test]
    fn a_short_key_is_named_beside_other_faults() {
        let weak = pem(include_bytes!("../../tests/data/weak-key.pem"));
        assert_eq!(codes("weak.example", vec![weak], Vec::new()), ["certificate-self-signed", "certificate-weak-key"]);
    }

    #[test]
    fn sha_1_counts_in_the_leaf_and_not_in_a_root() {
        let leaf = pem(include_bytes!("../../tests/data/sha1-signature.pem"));
        let authority = pem(include_bytes!("../../tests/data/sha1-authority.pem"));
        let found = codes("old.example", vec![leaf, authority.clone()], vec![authority.to_vec()]);
        assert_eq!(found.iter().filter(|code| *code == "certificate-weak-signature").count(), 1, "{found:?}");
        assert!(
            codes("other.example", vec![pem(include_bytes!("../../tests/data/sha1-signature.pem"))], Vec::new())
                .contains(&"certificate-wrong-name".to_owned())
        );
    }

    #[test]
    fn garbage_is_judged_and_not_fatal() {
        assert_eq!(codes("a.example", vec![CertificateDer::from(vec![0x30, 0x03, 1, 2, 3])], Vec::new()), ["certificate-unusable"]);
        assert_eq!(codes("a.example", Vec::new(), Vec::new()), ["certificate-unusable"]);
    }

    #[test]
    fn dates_follow_the_calendar() {
        for (at, expected) in [
            (0, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (1_709_164_800, "2024-02-29"),
            (4_107_542_400, "2100-03-01"),
            (-1, "1969-12-31"),
            (1_790_000_000, "2026-09-21"),
        ] {
            assert_eq!(day(at), expected);
        }
    }
}
