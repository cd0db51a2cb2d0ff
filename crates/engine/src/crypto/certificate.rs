//! Which algorithms a certificate carries: its key, and the hash it is signed with.

use x509_parser::prelude::{FromDer, SubjectPublicKeyInfo, X509Certificate};
use x509_parser::public_key::PublicKey;
use x509_parser::signature_algorithm::RsaSsaPssParams;

use super::Algorithm;

/// Bits of a number without its leading zeros.
pub(super) fn bits(digits: &[u8]) -> usize {
    let used: Vec<u8> = digits.iter().copied().skip_while(|digit| *digit == 0).collect();
    used.first().map_or(0, |first| used.len() * 8 - first.leading_zeros() as usize)
}

/// The algorithm of a public key.
pub(super) fn key(info: &SubjectPublicKeyInfo<'_>) -> Option<Algorithm> {
    // RFC 8410 3, FIPS 204 (NIST CSOR) and RFC 9909.
    let oid = info.algorithm.algorithm.to_id_string();
    let named = match oid.as_str() {
        "1.3.101.112" => Some("ed25519"),
        "1.3.101.113" => Some("ed448"),
        "2.16.840.1.101.3.4.3.17" => Some("ml-dsa-44"),
        "2.16.840.1.101.3.4.3.18" => Some("ml-dsa-65"),
        "2.16.840.1.101.3.4.3.19" => Some("ml-dsa-87"),
        "1.2.643.2.2.19" => Some("gost-r-34.10-2001"),
        _ => None,
    };
    if let Some(id) = named {
        return Algorithm::of(id);
    }
    match info.parsed().ok()? {
        PublicKey::RSA(rsa) => Algorithm::rsa(bits(rsa.modulus)),
        PublicKey::DSA(_) => Algorithm::of("dsa"),
        PublicKey::EC(point) => {
            let curve = info.algorithm.parameters.as_ref().and_then(|any| any.as_oid().ok()).map(|oid| oid.to_id_string());
            match curve.as_deref() {
                // RFC 5480 2.1.1.1, RFC 8998 3.2.1.
                Some("1.2.840.10045.3.1.7") => Algorithm::of("ecdsa-p256"),
                Some("1.3.132.0.34") => Algorithm::of("ecdsa-p384"),
                Some("1.3.132.0.35") => Algorithm::of("ecdsa-p521"),
                Some("1.2.156.10197.1.301") => Algorithm::of("sm2"),
                _ => Algorithm::curve("ecdsa", point.key_size()),
            }
        }
        PublicKey::GostR3410(_) | PublicKey::GostR3410_2012(_) => Algorithm::of("gost-r-34.10-2001"),
        PublicKey::Unknown(_) => None,
    }
}

/// The hash a certificate is signed with; of a signature that has its hash built in, the signature itself.
pub(super) fn signature(certificate: &X509Certificate<'_>) -> Option<Algorithm> {
    let algorithm = &certificate.signature_algorithm;
    // RFC 8017 A.2.4, 3279 2.2, 5758 3, 8410 3; FIPS 204 and 205 (NIST CSOR).
    let oid = algorithm.algorithm.to_id_string();
    Algorithm::of(match oid.as_str() {
        "1.2.840.113549.1.1.4" => "md5",
        "1.2.840.113549.1.1.5" | "1.2.840.10045.4.1" | "1.2.840.10040.4.3" | "1.3.14.3.2.29" => "sha-1",
        "1.2.840.113549.1.1.14" | "1.2.840.10045.4.3.1" | "2.16.840.1.101.3.4.3.1" => "sha-224",
        "1.2.840.113549.1.1.11" | "1.2.840.10045.4.3.2" | "2.16.840.1.101.3.4.3.2" => "sha-256",
        "1.2.840.113549.1.1.12" | "1.2.840.10045.4.3.3" => "sha-384",
        "1.2.840.113549.1.1.13" | "1.2.840.10045.4.3.4" => "sha-512",
        "1.2.840.113549.1.1.10" => {
            let parameters = algorithm.parameters.as_ref().and_then(|any| RsaSsaPssParams::try_from(any).ok());
            // Nothing said means SHA-1 (RFC 4055 3.1).
            return parameters.map_or(Algorithm::of("sha-1"), |one| hash(&one.hash_algorithm_oid().to_id_string()));
        }
        "1.3.101.112" => "ed25519",
        "1.3.101.113" => "ed448",
        "1.2.156.10197.1.501" => "sm3",
        "2.16.840.1.101.3.4.3.17" => "ml-dsa-44",
        "2.16.840.1.101.3.4.3.18" => "ml-dsa-65",
        "2.16.840.1.101.3.4.3.19" => "ml-dsa-87",
        other => {
            // SLH-DSA has twelve sets of parameters (RFC 9909 3).
            let set = other.strip_prefix("2.16.840.1.101.3.4.3.").and_then(|last| last.parse::<u8>().ok());
            return if set.is_some_and(|set| (20..=31).contains(&set)) { Algorithm::of("slh-dsa") } else { None };
        }
    })
}

fn hash(oid: &str) -> Option<Algorithm> {
    Algorithm::of(match oid {
        "1.3.14.3.2.26" => "sha-1",
        "2.16.840.1.101.3.4.2.4" => "sha-224",
        "2.16.840.1.101.3.4.2.1" => "sha-256",
        "2.16.840.1.101.3.4.2.2" => "sha-384",
        "2.16.840.1.101.3.4.2.3" => "sha-512",
        _ => return None,
    })
}

/// The key of an encoded SubjectPublicKeyInfo.
pub(super) fn key_of_der(der: &[u8]) -> Option<Algorithm> {
    key(&SubjectPublicKeyInfo::from_der(der).ok()?.1)
}

/// Whether a certificate certifies itself.
pub(super) fn is_own_issue(certificate: &X509Certificate<'_>) -> bool {
    certificate.subject().as_raw() == certificate.issuer().as_raw()
}
