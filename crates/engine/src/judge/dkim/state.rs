//! What lies at the name of one selector.

use formats::dkim::{Algorithm, Key, is_key};
use formats::dns::{labels, plain};
use hickory_proto::rr::{Name, RecordType};
use x509_parser::prelude::FromDer;
use x509_parser::public_key::{PublicKey, RSAPublicKey};
use x509_parser::x509::SubjectPublicKeyInfo;

use super::{Case, Open, Unanswered};
use crate::judge::certificate::rsa_bits;
use crate::judge::rules::Rules;

/// Bits below which receivers ignore an RSA key (RFC 8301 3.2).
const SHORTEST: usize = 1024;
/// Bits above which receivers need not know an RSA key (RFC 8301 3.2).
const LONGEST: usize = 4096;
/// Octets of an Ed25519 key (RFC 8463 4).
const ED25519: usize = 32;

/// What was found.
pub(super) enum State {
    /// `text` is the record as published.
    Sound {
        text: String,
        kind: &'static str,
        bits: Option<usize>,
        remarks: Vec<Remark>,
    },
    Faulty {
        text: String,
        fault: Fault,
    },
    Revoked,
    Gone(Gone),
    Unanswered(Unanswered),
}

/// What deserves to be known of a key that works.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Remark {
    /// `t=y`
    Testing,
    Long,
    /// Ed25519, which not every receiver knows.
    NewKind,
}

/// Why there is no key.
pub(super) enum Gone {
    NoName,
    /// The name exists without a key: no TXT record, or texts for other purposes.
    NoKey,
    /// An alias that leads nowhere.
    Alias(String),
}

/// Why a key that is published is of no use, or worse.
pub(super) enum Fault {
    /// RSA below what receivers accept; others may forge signatures.
    Short(usize),
    /// RSA below what the rules ask for.
    Weak(usize),
    /// Several keys at one name, and the first that can be read.
    Several(usize, Option<Key>),
    Syntax(String),
    Unreadable(&'static str),
    Kind(String),
    /// SHA-1 and nothing else.
    Hash(Key),
    /// Not for mail.
    Service(Key),
}

/// Where the key of `selector` lies; none for what is no selector.
pub(super) fn place(selector: &str, domain: &str) -> Option<Name> {
    let label = |label: &str| !label.is_empty() && label.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'));
    let shaped = selector == "*" || selector.split('.').all(label);
    labels(&format!("{selector}._domainkey.{domain}")).filter(|_| shaped)
}

/// What lies at the name of `selector`.
///
/// # Errors
/// Nobody asked yet; an answer that did not come is a state.
pub(super) fn at(case: &Case<'_>, selector: &str, domain: &str) -> Result<State, Open> {
    let Some(place) = place(selector, domain) else { return Ok(State::Gone(Gone::NoName)) };
    let answer = match case.ask(&place, RecordType::TXT) {
        Ok(answer) => answer,
        Err(Open::Unanswered(unanswered)) => return Ok(State::Unanswered(unanswered)),
        Err(missing) => return Err(missing),
    };
    let texts: Vec<Vec<u8>> = answer.texts(&place).into_iter().filter(|text| is_key(text)).collect();
    let shown = texts.iter().map(|text| readable(text)).collect::<Vec<_>>().join("\n");
    Ok(match texts.as_slice() {
        [] if answer.nxdomain => State::Gone(Gone::NoName),
        [] => State::Gone(answer.alias(&place).map_or(Gone::NoKey, |target| Gone::Alias(plain(&target)))),
        [one] => of_record(one, shown, case.rules),
        several => {
            let readable = several.iter().find_map(|text| Key::parse(text).ok().filter(|key| !key.is_revoked()));
            State::Faulty { text: shown, fault: Fault::Several(several.len(), readable) }
        }
    })
}

/// A record as it may stand in a report.
fn readable(text: &[u8]) -> String {
    String::from_utf8_lossy(text).chars().map(|c| if c.is_control() { ' ' } else { c }).take(1_200).collect()
}

fn of_record(record: &[u8], text: String, rules: &Rules) -> State {
    let key = match Key::parse(record) {
        Ok(key) => key,
        Err(problem) => return State::Faulty { text, fault: Fault::Syntax(problem) },
    };
    if key.is_revoked() {
        return State::Revoked;
    }
    let (kind, bits) = match &key.algorithm {
        Algorithm::Rsa => match rsa(&key.public) {
            Some(bits) => ("RSA", Some(bits)),
            None => return State::Faulty { text, fault: Fault::Unreadable("p is not an RSA public key") },
        },
        Algorithm::Ed25519 if key.public.len() == ED25519 => ("Ed25519", None),
        Algorithm::Ed25519 => return State::Faulty { text, fault: Fault::Unreadable("p is not an Ed25519 public key of 32 octets") },
        Algorithm::Other(name) => return State::Faulty { text, fault: Fault::Kind(name.clone()) },
    };
    let fault = match bits {
        Some(bits) if bits < SHORTEST => Some(Fault::Short(bits)),
        Some(bits) if bits < rules.dkim_min_rsa => Some(Fault::Weak(bits)),
        _ if key.only_old_hashes() => Some(Fault::Hash(key.clone())),
        _ if !key.is_for_mail() => Some(Fault::Service(key.clone())),
        _ => None,
    };
    match fault {
        Some(fault) => State::Faulty { text, fault },
        None => {
            let remarks = [
                (key.testing, Remark::Testing),
                (bits.is_some_and(|bits| bits > LONGEST), Remark::Long),
                (key.algorithm == Algorithm::Ed25519, Remark::NewKind),
            ];
            let remarks = remarks.into_iter().filter(|(holds, _)| *holds).map(|(_, remark)| remark).collect();
            State::Sound { text, kind, bits, remarks }
        }
    }
}

/// Bits of an RSA key: as SubjectPublicKeyInfo, which everybody publishes, or as the bare RSAPublicKey the RFC speaks of
/// (RFC 6376 3.6.1 and its erratum 3017).
fn rsa(der: &[u8]) -> Option<usize> {
    if let Ok((_, info)) = SubjectPublicKeyInfo::from_der(der) {
        return match info.parsed() {
            Ok(PublicKey::RSA(key)) => Some(rsa_bits(key.modulus)),
            _ => None,
        };
    }
    RSAPublicKey::from_der(der).ok().map(|(_, key)| rsa_bits(key.modulus)).filter(|bits| *bits > 0)
}

impl State {
    /// Whether receivers can verify what is signed with it, be it weak.
    pub(super) fn works(&self) -> bool {
        matches!(self, Self::Sound { .. } | Self::Faulty { fault: Fault::Weak(_), .. })
    }

    /// In a table cell.
    pub(super) fn short(&self) -> String {
        match self {
            Self::Sound { kind, bits: Some(bits), .. } => format!("{kind} {bits}"),
            Self::Sound { kind, .. } => (*kind).to_owned(),
            Self::Faulty { fault: Fault::Short(bits) | Fault::Weak(bits), .. } => format!("RSA {bits}"),
            Self::Faulty { fault: Fault::Several(count, _), .. } => format!("×{count}"),
            Self::Faulty { .. } => "!".to_owned(),
            Self::Revoked => "p=".to_owned(),
            Self::Gone(_) => "—".to_owned(),
            Self::Unanswered(_) => "?".to_owned(),
        }
    }

    /// For people who read Japanese.
    pub(super) fn ja(&self) -> String {
        match self {
            Self::Gone(Gone::NoName) => "この名前は存在しません（NXDOMAIN）".to_owned(),
            Self::Gone(Gone::NoKey) => "この名前にDKIMの鍵はありません".to_owned(),
            Self::Gone(Gone::Alias(target)) => format!("別名（CNAME）の参照先{target}に鍵がありません"),
            Self::Unanswered(_) => "応答がありませんでした".to_owned(),
            other => other.text(),
        }
    }

    /// For people who read English.
    pub(super) fn en(&self) -> String {
        match self {
            Self::Gone(Gone::NoName) => "no such name (NXDOMAIN)".to_owned(),
            Self::Gone(Gone::NoKey) => "no DKIM key at this name".to_owned(),
            Self::Gone(Gone::Alias(target)) => format!("alias (CNAME) of {target}, where there is no key"),
            Self::Unanswered(_) => "no answer".to_owned(),
            other => other.text(),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Sound { text, .. } | Self::Faulty { text, .. } => text.clone(),
            Self::Revoked => "v=DKIM1; p=".to_owned(),
            Self::Gone(_) | Self::Unanswered(_) => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: &str =
        "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBALcafmVUohTzD7j7W2k1fclIkkYDWUA6TJaKrVUY4lvTlUnGJ/3PkOGWvjv6FJqD+XJkBeds9n3FPS73VYtunK8CAwEAAQ==";

    #[test]
    fn selectors_may_have_several_labels_and_nothing_else() {
        assert_eq!(plain(&place("s1.dept_2", "town.example").unwrap()), "s1.dept_2._domainkey.town.example");
        for wrong in ["", "a b", "a..b", "*.a", "a/b", "鍵", &"a".repeat(64), ".a"] {
            assert!(place(wrong, "town.example").is_none(), "{wrong}");
        }
    }

    #[test]
    fn rsa_keys_are_read_in_both_spellings() {
        let wrapped = data_of(SHORT);
        assert_eq!(rsa(&wrapped), Some(512));
        // The bit string of the SubjectPublicKeyInfo is the RSAPublicKey.
        assert_eq!(rsa(&wrapped[20..]), Some(512));
        for wrong in [&[][..], &[0; 32], &wrapped[..40], b"garbage"] {
            assert_eq!(rsa(wrong), None);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_octets_make_it_panic(der in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..80), at in 0usize..94, with: u8) {
            let _ = rsa(&der);
            let mut key = data_of(SHORT);
            key[at] = with;
            let _ = rsa(&key);
        }
    }

    fn data_of(base64: &str) -> Vec<u8> {
        Key::parse(format!("p={base64}").as_bytes()).unwrap().public
    }
}
