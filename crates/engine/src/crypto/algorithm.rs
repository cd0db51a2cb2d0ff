//! The vocabulary: every algorithm that can be found or declared, with its strength and where that figure comes from.
//!
//! Strengths are those of NIST SP 800-57 part 1 (revision 5), table 2 for keys and ciphers, table 3 for hashes under signatures, which
//! CRYPTREC's criteria for algorithms and key lengths (LS-0003) share. Keys are grouped by the length at which that table begins a row.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::words::Lang;

formats::spelled! {
    /// What an algorithm does.
    Kind {
        Hash => "hash",
        Mac => "mac",
        Signature => "signature",
        Cipher => "cipher",
        KeyExchange => "key-exchange",
        Protocol => "protocol",
    }
}

/// An algorithm of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Algorithm {
    /// Stable, for storage, files and addresses.
    pub id: &'static str,
    pub kind: Kind,
    pub ja: &'static str,
    pub en: &'static str,
    /// Bits of a hash's output.
    pub output: Option<u16>,
    /// Bits of security against today's computers, at most; none where no figure is left or none exists.
    pub strength: Option<u16>,
    /// Whether a large quantum computer breaks it (Shor's algorithm).
    pub falls_to_quantum: bool,
    /// Where it is said.
    pub source: &'static str,
}

const TABLE_2: &str = "NIST SP 800-57 part 1 rev. 5, table 2; CRYPTREC LS-0003";
const TABLE_3: &str = "NIST SP 800-57 part 1 rev. 5, table 3; CRYPTREC LS-0003";

const fn hash(id: &'static str, name: &'static str, output: u16, strength: Option<u16>, source: &'static str) -> Algorithm {
    Algorithm { id, kind: Kind::Hash, ja: name, en: name, output: Some(output), strength, falls_to_quantum: false, source }
}

const fn plain(id: &'static str, kind: Kind, name: &'static str, strength: Option<u16>, source: &'static str) -> Algorithm {
    Algorithm { id, kind, ja: name, en: name, output: None, strength, falls_to_quantum: false, source }
}

const fn classic(id: &'static str, kind: Kind, (ja, en): (&'static str, &'static str), strength: Option<u16>) -> Algorithm {
    Algorithm { id, kind, ja, en, output: None, strength, falls_to_quantum: true, source: TABLE_2 }
}

const fn same(name: &'static str) -> (&'static str, &'static str) {
    (name, name)
}

const fn cipher(id: &'static str, name: &'static str, strength: u16) -> Algorithm {
    plain(id, Kind::Cipher, name, Some(strength), TABLE_2)
}

use Kind::{Cipher, KeyExchange, Mac, Protocol, Signature};

/// Every algorithm, kind by kind, the weakest of a kind first.
#[rustfmt::skip]
pub const ALGORITHMS: &[Algorithm] = &[
    hash("md5", "MD5", 128, None, "RFC 6151"),
    hash("sha-1", "SHA-1", 160, Some(80), "NIST SP 800-57 part 1 rev. 5, table 3; CRYPTREC LS-0001 (運用監視暗号リスト)"),
    hash("ripemd-160", "RIPEMD-160", 160, Some(80), "CRYPTREC LS-0001 (運用監視暗号リスト)"),
    hash("sha-224", "SHA-224", 224, Some(112), TABLE_3),
    hash("sha-256", "SHA-256", 256, Some(128), TABLE_3),
    hash("sha-384", "SHA-384", 384, Some(192), TABLE_3),
    hash("sha-512", "SHA-512", 512, Some(256), TABLE_3),
    hash("sha3-256", "SHA3-256", 256, Some(128), TABLE_3),
    hash("sha3-384", "SHA3-384", 384, Some(192), TABLE_3),
    hash("sha3-512", "SHA3-512", 512, Some(256), TABLE_3),
    hash("sm3", "SM3", 256, Some(128), "RFC 8998"),
    hash("gost-r-34.11-94", "GOST R 34.11-94", 256, None, "RFC 9906"),

    plain("hmac-md5", Mac, "HMAC-MD5", None, "RFC 6151 2.3"),
    plain("hmac-sha-1", Mac, "HMAC-SHA-1", Some(128), TABLE_3),
    plain("hmac-sha-2", Mac, "HMAC-SHA-2", Some(256), TABLE_3),

    classic("rsa-512", Signature, ("RSA（1024ビット未満）", "RSA below 1024 bits"), None),
    classic("rsa-1024", Signature, ("RSA（1024〜2047ビット）", "RSA of 1024–2047 bits"), Some(80)),
    classic("rsa-2048", Signature, ("RSA（2048〜3071ビット）", "RSA of 2048–3071 bits"), Some(112)),
    classic("rsa-3072", Signature, ("RSA（3072〜4095ビット）", "RSA of 3072–4095 bits"), Some(128)),
    classic("rsa-4096", Signature, ("RSA（4096ビット以上）", "RSA of 4096 bits or more"), Some(128)),
    classic("dsa", Signature, same("DSA"), None),
    classic("ecdsa-160", Signature, ("ECDSA（224ビット未満の曲線）", "ECDSA on a curve below 224 bits"), Some(80)),
    classic("ecdsa-224", Signature, ("ECDSA（224〜255ビットの曲線）", "ECDSA on a curve of 224–255 bits"), Some(112)),
    classic("ecdsa-p256", Signature, same("ECDSA P-256"), Some(128)),
    classic("ecdsa-256", Signature, ("ECDSA（P-256以外の256〜383ビットの曲線）", "ECDSA on another curve of 256–383 bits"), Some(128)),
    classic("ecdsa-p384", Signature, same("ECDSA P-384"), Some(192)),
    classic("ecdsa-384", Signature, ("ECDSA（P-384以外の384〜511ビットの曲線）", "ECDSA on another curve of 384–511 bits"), Some(192)),
    classic("ecdsa-p521", Signature, same("ECDSA P-521"), Some(256)),
    classic("ecdsa-512", Signature, ("ECDSA（P-521以外の512ビット以上の曲線）", "ECDSA on another curve of 512 bits or more"), Some(256)),
    classic("ed25519", Signature, same("Ed25519"), Some(128)),
    classic("ed448", Signature, same("Ed448"), Some(192)),
    classic("gost-r-34.10-2001", Signature, same("GOST R 34.10-2001"), None),
    classic("sm2", Signature, same("SM2"), Some(128)),
    plain("ml-dsa-44", Signature, "ML-DSA-44", Some(128), "NIST FIPS 204"),
    plain("ml-dsa-65", Signature, "ML-DSA-65", Some(192), "NIST FIPS 204"),
    plain("ml-dsa-87", Signature, "ML-DSA-87", Some(256), "NIST FIPS 204"),
    plain("slh-dsa", Signature, "SLH-DSA", Some(128), "NIST FIPS 205"),

    plain("null", Cipher, "NULL", None, "RFC 9325 4.1"),
    plain("rc2", Cipher, "RC2", None, "RFC 9325 4.1"),
    plain("rc4", Cipher, "RC4", None, "RFC 7465"),
    plain("des", Cipher, "DES", None, "RFC 5469"),
    plain("idea", Cipher, "IDEA", None, "RFC 5469"),
    plain("3des", Cipher, "3DES", Some(112), "NIST SP 800-57 part 1 rev. 5, table 2; CRYPTREC LS-0001 (運用監視暗号リスト)"),
    cipher("seed", "SEED", 128),
    cipher("sm4", "SM4", 128),
    cipher("aes-128-cbc", "AES-128-CBC", 128),
    cipher("aes-128-ccm", "AES-128-CCM", 128),
    cipher("aes-128-gcm", "AES-128-GCM", 128),
    cipher("aes-256-cbc", "AES-256-CBC", 256),
    cipher("aes-256-ccm", "AES-256-CCM", 256),
    cipher("aes-256-gcm", "AES-256-GCM", 256),
    cipher("aria-128", "ARIA-128", 128),
    cipher("aria-256", "ARIA-256", 256),
    cipher("camellia-128", "Camellia-128", 128),
    cipher("camellia-256", "Camellia-256", 256),
    plain("chacha20-poly1305", Cipher, "ChaCha20-Poly1305", Some(256), "RFC 8439"),
    plain("kcipher-2", Cipher, "KCipher-2", Some(128), "CRYPTREC LS-0001"),

    classic("rsa-key-transport", KeyExchange, ("RSA暗号化による鍵の配送", "RSA key transport"), None),
    classic("dh-512", KeyExchange, ("DH（1024ビット未満）", "DH below 1024 bits"), None),
    classic("dh-1024", KeyExchange, ("DH（1024〜2047ビット）", "DH of 1024–2047 bits"), Some(80)),
    classic("dh-2048", KeyExchange, ("DH（2048〜3071ビット）", "DH of 2048–3071 bits"), Some(112)),
    classic("dh-3072", KeyExchange, ("DH（3072〜4095ビット）", "DH of 3072–4095 bits"), Some(128)),
    classic("dh-4096", KeyExchange, ("DH（4096ビット以上）", "DH of 4096 bits or more"), Some(128)),
    classic("ecdh-160", KeyExchange, ("ECDH（224ビット未満の曲線）", "ECDH on a curve below 224 bits"), Some(80)),
    classic("ecdh-224", KeyExchange, ("ECDH（224〜255ビットの曲線）", "ECDH on a curve of 224–255 bits"), Some(112)),
    classic("ecdh-p256", KeyExchange, same("ECDH P-256"), Some(128)),
    classic("ecdh-256", KeyExchange, ("ECDH（P-256以外の256〜383ビットの曲線）", "ECDH on another curve of 256–383 bits"), Some(128)),
    classic("ecdh-p384", KeyExchange, same("ECDH P-384"), Some(192)),
    classic("ecdh-384", KeyExchange, ("ECDH（P-384以外の384〜511ビットの曲線）", "ECDH on another curve of 384–511 bits"), Some(192)),
    classic("ecdh-p521", KeyExchange, same("ECDH P-521"), Some(256)),
    classic("ecdh-512", KeyExchange, ("ECDH（P-521以外の512ビット以上の曲線）", "ECDH on another curve of 512 bits or more"), Some(256)),
    classic("x25519", KeyExchange, same("X25519"), Some(128)),
    classic("x448", KeyExchange, same("X448"), Some(192)),
    plain("mlkem512", KeyExchange, "ML-KEM-512", Some(128), "NIST FIPS 203"),
    plain("mlkem768", KeyExchange, "ML-KEM-768", Some(192), "NIST FIPS 203"),
    plain("mlkem1024", KeyExchange, "ML-KEM-1024", Some(256), "NIST FIPS 203"),
    plain("kyber-draft", KeyExchange, "Kyber (draft)", Some(192), "NIST FIPS 203, appendix C"),
    plain("secp256r1mlkem768", KeyExchange, "SecP256r1MLKEM768", Some(192), "NIST FIPS 203"),
    plain("x25519mlkem768", KeyExchange, "X25519MLKEM768", Some(192), "NIST FIPS 203"),
    plain("secp384r1mlkem1024", KeyExchange, "SecP384r1MLKEM1024", Some(256), "NIST FIPS 203"),
    plain("curvesm2mlkem768", KeyExchange, "curveSM2MLKEM768", Some(192), "NIST FIPS 203"),

    plain("ssl-3.0", Protocol, "SSL 3.0", None, "RFC 7568"),
    plain("tls-1.0", Protocol, "TLS 1.0", None, "RFC 8996"),
    plain("tls-1.1", Protocol, "TLS 1.1", None, "RFC 8996"),
    plain("tls-1.2", Protocol, "TLS 1.2", None, "RFC 5246, RFC 9325"),
    plain("tls-1.3", Protocol, "TLS 1.3", None, "RFC 8446"),
];

impl Algorithm {
    /// The algorithm called `id`, in any case.
    pub fn of(id: &str) -> Option<Self> {
        let id = id.trim();
        ALGORITHMS.iter().copied().find(|one| one.id.eq_ignore_ascii_case(id))
    }

    /// The algorithm that `text` means in a sheet: its id, or its name in either language, in any case.
    pub fn meant(text: &str) -> Option<Self> {
        let text = text.trim();
        Self::of(text).or_else(|| ALGORITHMS.iter().copied().find(|one| one.ja == text || one.en.eq_ignore_ascii_case(text)))
    }

    /// The name in `lang`.
    pub fn name(self, lang: Lang) -> &'static str {
        lang.pick(self.ja, self.en)
    }

    /// An RSA key of `bits`.
    pub(super) fn rsa(bits: usize) -> Option<Self> {
        Self::of(match bits {
            0..1024 => "rsa-512",
            1024..2048 => "rsa-1024",
            2048..3072 => "rsa-2048",
            3072..4096 => "rsa-3072",
            _ => "rsa-4096",
        })
    }

    /// A key agreed modulo a prime of `bits`.
    pub(super) fn dh(bits: usize) -> Option<Self> {
        Self::of(match bits {
            0..1024 => "dh-512",
            1024..2048 => "dh-1024",
            2048..3072 => "dh-2048",
            3072..4096 => "dh-3072",
            _ => "dh-4096",
        })
    }

    /// A curve of `bits` for signatures (`ecdsa`) or key exchange (`ecdh`), other than those that have a name of their own.
    pub(super) fn curve(use_of: &str, bits: usize) -> Option<Self> {
        let class = match bits {
            0..224 => 160,
            224..256 => 224,
            256..384 => 256,
            384..512 => 384,
            _ => 512,
        };
        Self::of(&format!("{use_of}-{class}"))
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

impl Serialize for Algorithm {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.id)
    }
}

impl<'de> Deserialize<'de> for Algorithm {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::of(&text).ok_or_else(|| de::Error::custom("no algorithm has this name"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_name_means_one_algorithm() {
        let ids: BTreeSet<&str> = ALGORITHMS.iter().map(|one| one.id).collect();
        assert_eq!(ids.len(), ALGORITHMS.len());
        for one in ALGORITHMS {
            assert!(one.id.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || b"-.".contains(&c)), "{}", one.id);
            for text in [one.id, one.ja, one.en, &one.en.to_uppercase()] {
                assert_eq!(Algorithm::meant(text), Some(*one), "{text}");
            }
            assert!(!one.source.is_empty());
            assert_eq!(one.output.is_some(), one.kind == Kind::Hash);
        }
        assert_eq!(Algorithm::of("sha-0"), None);
    }

    /// NIST SP 800-57 part 1 rev. 5, tables 2 and 3.
    #[test]
    fn strengths_are_those_of_the_tables() {
        for (id, strength) in [
            ("rsa-1024", 80),
            ("rsa-2048", 112),
            ("rsa-3072", 128),
            ("dh-1024", 80),
            ("dh-2048", 112),
            ("dh-3072", 128),
            ("ecdsa-160", 80),
            ("ecdsa-224", 112),
            ("ecdsa-p256", 128),
            ("ecdsa-p384", 192),
            ("ecdsa-p521", 256),
            ("3des", 112),
            ("aes-128-gcm", 128),
            ("aes-256-gcm", 256),
            ("sha-1", 80),
            ("sha-224", 112),
            ("sha-256", 128),
            ("sha-384", 192),
            ("sha-512", 256),
        ] {
            assert_eq!(Algorithm::of(id).unwrap().strength, Some(strength), "{id}");
        }
        // A hash under a signature is half as strong as it is long.
        for one in ALGORITHMS.iter().filter(|one| one.kind == Kind::Hash) {
            assert!(one.strength.is_none_or(|strength| Some(strength * 2) == one.output), "{}", one.id);
        }
    }

    #[test]
    fn keys_fall_into_the_row_where_their_length_begins() {
        for (bits, id) in [
            (512, "rsa-512"),
            (1023, "rsa-512"),
            (1024, "rsa-1024"),
            (2047, "rsa-1024"),
            (2048, "rsa-2048"),
            (3071, "rsa-2048"),
            (3072, "rsa-3072"),
            (4095, "rsa-3072"),
            (4096, "rsa-4096"),
            (16384, "rsa-4096"),
        ] {
            assert_eq!(Algorithm::rsa(bits).map(|one| one.id), Some(id), "{bits}");
        }
        for (bits, id) in [(1023, "dh-512"), (1024, "dh-1024"), (2048, "dh-2048"), (3072, "dh-3072"), (8192, "dh-4096")] {
            assert_eq!(Algorithm::dh(bits).map(|one| one.id), Some(id), "{bits}");
        }
        for (bits, id) in [
            (163, "ecdsa-160"),
            (223, "ecdsa-160"),
            (224, "ecdsa-224"),
            (255, "ecdsa-224"),
            (256, "ecdsa-256"),
            (383, "ecdsa-256"),
            (384, "ecdsa-384"),
            (512, "ecdsa-512"),
            (571, "ecdsa-512"),
        ] {
            assert_eq!(Algorithm::curve("ecdsa", bits).map(|one| one.id), Some(id), "{bits}");
            assert!(Algorithm::curve("ecdh", bits).is_some());
        }
    }
}
