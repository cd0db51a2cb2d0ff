//! Groups a key is agreed in, by code and IANA name, with their strength.
//!
//! Written from RFC 4492, 7027, 7919, 8422, 8446, 8734, 8998 and the hybrid groups registered with IANA for ML-KEM (FIPS 203).

/// How a group works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Curve,
    FiniteField,
    /// Withstands a quantum computer, as far as is known; alone or together with a curve.
    PostQuantum,
}

/// A group of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group {
    pub code: u16,
    /// As IANA writes it.
    pub name: &'static str,
    pub kind: Kind,
    /// Bits of the curve's field or of the prime; of a post-quantum group, those of the key size it is named after.
    pub bits: u16,
}

const fn curve(code: u16, name: &'static str, bits: u16) -> Group {
    Group { code, name, kind: Kind::Curve, bits }
}

const fn field(code: u16, name: &'static str, bits: u16) -> Group {
    Group { code, name, kind: Kind::FiniteField, bits }
}

const fn quantum(code: u16, name: &'static str, bits: u16) -> Group {
    Group { code, name, kind: Kind::PostQuantum, bits }
}

/// Every group, by code.
pub const GROUPS: &[Group] = &[
    curve(1, "sect163k1", 163),
    curve(2, "sect163r1", 163),
    curve(3, "sect163r2", 163),
    curve(4, "sect193r1", 193),
    curve(5, "sect193r2", 193),
    curve(6, "sect233k1", 233),
    curve(7, "sect233r1", 233),
    curve(8, "sect239k1", 239),
    curve(9, "sect283k1", 283),
    curve(10, "sect283r1", 283),
    curve(11, "sect409k1", 409),
    curve(12, "sect409r1", 409),
    curve(13, "sect571k1", 571),
    curve(14, "sect571r1", 571),
    curve(15, "secp160k1", 160),
    curve(16, "secp160r1", 160),
    curve(17, "secp160r2", 160),
    curve(18, "secp192k1", 192),
    curve(19, "secp192r1", 192),
    curve(20, "secp224k1", 224),
    curve(21, "secp224r1", 224),
    curve(22, "secp256k1", 256),
    curve(23, "secp256r1", 256),
    curve(24, "secp384r1", 384),
    curve(25, "secp521r1", 521),
    curve(26, "brainpoolP256r1", 256),
    curve(27, "brainpoolP384r1", 384),
    curve(28, "brainpoolP512r1", 512),
    // 255 and 448 bits, of the strength of curves of 256 and 448 (RFC 7748 1).
    curve(29, "x25519", 256),
    curve(30, "x448", 448),
    curve(31, "brainpoolP256r1tls13", 256),
    curve(32, "brainpoolP384r1tls13", 384),
    curve(33, "brainpoolP512r1tls13", 512),
    curve(41, "curveSM2", 256),
    field(256, "ffdhe2048", 2048),
    field(257, "ffdhe3072", 3072),
    field(258, "ffdhe4096", 4096),
    field(259, "ffdhe6144", 6144),
    field(260, "ffdhe8192", 8192),
    quantum(512, "MLKEM512", 512),
    quantum(513, "MLKEM768", 768),
    quantum(514, "MLKEM1024", 1024),
    quantum(0x11eb, "SecP256r1MLKEM768", 768),
    quantum(0x11ec, "X25519MLKEM768", 768),
    quantum(0x11ed, "SecP384r1MLKEM1024", 1024),
    quantum(0x11ee, "curveSM2MLKEM768", 768),
    quantum(0x6399, "X25519Kyber768Draft00", 768),
    quantum(0x639a, "SecP256r1Kyber768Draft00", 768),
];

impl Group {
    /// The group with `code`, if the table has it.
    pub fn of(code: u16) -> Option<Self> {
        let at = GROUPS.binary_search_by_key(&code, |group| group.code).ok()?;
        GROUPS.get(at).copied()
    }

    /// The name of `code`, or the code itself.
    pub fn named(code: u16) -> String {
        Self::of(code).map_or_else(|| format!("0x{code:04x}"), |group| group.name.to_owned())
    }

    /// Whether TLS 1.3 knows it; the curves it left behind it must not use (RFC 8446 4.2.7).
    pub fn is_13(self) -> bool {
        matches!(self.code, 23..=25 | 29..=33 | 41) || self.kind != Kind::Curve
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order() {
        assert!(GROUPS.windows(2).all(|pair| pair[0].code < pair[1].code));
        assert_eq!(Group::of(0x11ec).map(|group| group.name), Some("X25519MLKEM768"));
        assert_eq!((Group::named(29).as_str(), Group::named(0x2a2a).as_str()), ("x25519", "0x2a2a"));
        assert!(!Group::of(22).unwrap().is_13() && Group::of(256).unwrap().is_13());
    }
}
