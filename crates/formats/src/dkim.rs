//! DKIM key records: the public half of the key that mail is signed with (RFC 6376 3.6.1, RFC 8301, RFC 8463).

use std::fmt;

use data_encoding::{BASE64, BASE64_NOPAD};

/// Octets of a record that are read. The longest key that receivers must know, RSA 4096, takes some 750.
pub const LARGEST: usize = 8_192;
/// Tags of a record that are read.
const MOST_TAGS: usize = 64;

/// What kind of key it is (`k`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Algorithm {
    Rsa,
    Ed25519,
    /// One that no receiver knows today.
    Other(String),
}

impl Algorithm {
    /// The spelling in a record.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Rsa => "rsa",
            Self::Ed25519 => "ed25519",
            Self::Other(name) => name,
        }
    }
}

/// A key record. Unknown tags are ignored (RFC 6376 3.2); what they say is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub algorithm: Algorithm,
    /// `p`, decoded: DER for RSA, 32 octets for Ed25519. Empty: the key was revoked.
    pub public: Vec<u8>,
    /// `h`, in lower case: the hashes signatures may use; none when all may.
    pub hashes: Option<Vec<String>>,
    /// `s`, in lower case: the services it is for.
    pub services: Vec<String>,
    /// `t=y`: only tried out, so that receivers treat what is signed as if it were not.
    pub testing: bool,
    /// `t=s`: not for identities in subdomains.
    pub strict: bool,
}

/// The tags of `text` in their order.
fn tags(text: &[u8]) -> Result<Vec<(&str, &str)>, String> {
    if text.len() > LARGEST {
        return Err(format!("longer than {LARGEST} octets"));
    }
    let text = std::str::from_utf8(text).ok().filter(|text| text.is_ascii()).ok_or("not ASCII")?;
    let mut tags: Vec<(&str, &str)> = Vec::new();
    let mut parts = text.split(';').map(|part| part.trim_matches(BLANK)).peekable();
    while let Some(part) = parts.next() {
        // One semicolon may stand at the end.
        if part.is_empty() && parts.peek().is_none() && !tags.is_empty() {
            break;
        }
        let short = || part.chars().filter(|c| !c.is_control()).take(40).collect::<String>();
        let (name, value) = part.split_once('=').ok_or_else(|| format!("“{}” has no =", short()))?;
        let (name, value) = (name.trim_end_matches(BLANK), value.trim_start_matches(BLANK));
        let shaped = name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_');
        if !shaped {
            return Err(format!("“{}” is no tag", short()));
        }
        if tags.iter().any(|(known, _)| *known == name) {
            return Err(format!("{} appears twice", name.chars().take(20).collect::<String>()));
        }
        if tags.len() == MOST_TAGS {
            return Err(format!("more than {MOST_TAGS} tags"));
        }
        tags.push((name, value));
    }
    Ok(tags)
}

/// Folding white space (RFC 6376 2.8).
const BLANK: [char; 4] = [' ', '\t', '\r', '\n'];

/// The items of a list with colons, in lower case, empty ones left out.
fn items(value: &str) -> Vec<String> {
    value.split(':').map(|item| item.trim_matches(BLANK).to_ascii_lowercase()).filter(|item| !item.is_empty()).take(16).collect()
}

/// Whether `text` is meant as a key. A wildcard answers at every selector with what it holds for other purposes, so that other
/// texts are left out before records are counted: those of another version (RFC 6376 3.6.1) and those without `v` and `p`.
pub fn is_key(text: &[u8]) -> bool {
    let fields = text.get(..LARGEST.min(text.len())).unwrap_or_default().split(|c| *c == b';');
    let mut named = fields.map(|field| {
        let squeezed: Vec<u8> = field.iter().copied().filter(|c| !matches!(c, b' ' | b'\t' | b'\r' | b'\n')).take(8).collect();
        squeezed
    });
    match named.next() {
        Some(first) if first.starts_with(b"v=") => first == b"v=DKIM1",
        Some(first) => first.starts_with(b"p=") || named.any(|field| field.starts_with(b"p=")),
        None => false,
    }
}

impl Key {
    /// Reads a record that [`is_key`] accepts.
    ///
    /// # Errors
    /// A short English phrase: why receivers cannot use the record.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        let tags = tags(text)?;
        let tag = |name: &str| tags.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        match (tag("v"), tags.first()) {
            (None, _) | (Some("DKIM1"), Some(("v", _))) => {}
            (Some("DKIM1"), _) => return Err("v=DKIM1 is not the first tag".to_owned()),
            (Some(other), _) => return Err(format!("v={}", other.chars().take(20).collect::<String>())),
        }
        let algorithm = match tag("k") {
            None | Some("rsa") => Algorithm::Rsa,
            Some("ed25519") => Algorithm::Ed25519,
            Some(other) if !other.is_empty() => Algorithm::Other(other.chars().take(40).collect()),
            Some(_) => return Err("k is empty".to_owned()),
        };
        let digits: String = tag("p").ok_or("p is missing")?.chars().filter(|c| !BLANK.contains(c)).collect();
        // The grammar leaves the padding to whoever writes the record (RFC 6376 2.10).
        let bare = digits.strip_suffix("==").or_else(|| digits.strip_suffix('=')).unwrap_or(&digits);
        let public = BASE64_NOPAD.decode(bare.as_bytes()).map_err(|_| "p is not base64")?;
        if public.is_empty() && !digits.is_empty() {
            return Err("p is not base64".to_owned());
        }
        let flags = items(tag("t").unwrap_or_default());
        let has = |flag: &str| flags.iter().any(|one| one == flag);
        Ok(Self {
            algorithm,
            public,
            hashes: tag("h").map(items).filter(|hashes| !hashes.is_empty()),
            services: tag("s").map(items).filter(|services| !services.is_empty()).unwrap_or_else(|| vec!["*".to_owned()]),
            testing: has("y"),
            strict: has("s"),
        })
    }

    /// Whether it was withdrawn: mail signed with it counts as unsigned (RFC 6376 3.6.1).
    pub fn is_revoked(&self) -> bool {
        self.public.is_empty()
    }

    /// Whether it is for mail at all.
    pub fn is_for_mail(&self) -> bool {
        self.services.iter().any(|service| service == "*" || service == "email")
    }

    /// Whether it allows none but hashes that no receiver accepts any more (RFC 8301 3.1: SHA-1 must not be used).
    pub fn only_old_hashes(&self) -> bool {
        self.hashes.as_ref().is_some_and(|hashes| !hashes.iter().any(|hash| hash == "sha256"))
    }
}

impl fmt::Display for Key {
    /// The record as it is published, before it is cut into strings of 255 octets.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "v=DKIM1; k={}", self.algorithm.as_str())?;
        if let Some(hashes) = &self.hashes {
            write!(out, "; h={}", hashes.join(":"))?;
        }
        if self.services != ["*"] {
            write!(out, "; s={}", self.services.join(":"))?;
        }
        let flags: Vec<&str> = [(self.testing, "y"), (self.strict, "s")].into_iter().filter(|(set, _)| *set).map(|(_, flag)| flag).collect();
        if !flags.is_empty() {
            write!(out, "; t={}", flags.join(":"))?;
        }
        write!(out, "; p={}", BASE64.encode(&self.public))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The key of RFC 8463 appendix A.2.
    const ED25519: &str = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    /// The key of RFC 6376 appendix C, as zone files fold it.
    const FOLDED: &str = "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQ\r\n KBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYt\r\n \
        IxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v\r\n /RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhi\r\n tdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB";

    #[test]
    fn the_keys_of_the_rfcs() {
        let key = Key::parse(ED25519.as_bytes()).unwrap();
        assert_eq!((key.algorithm.clone(), key.public.len(), key.to_string().as_str()), (Algorithm::Ed25519, 32, ED25519));
        let key = Key::parse(FOLDED.as_bytes()).unwrap();
        assert_eq!((&key.algorithm, key.public.len(), key.is_for_mail(), key.testing), (&Algorithm::Rsa, 162, true, false));
        assert_eq!(Key::parse(FOLDED.trim_end_matches('=').as_bytes()).unwrap(), key);
    }

    #[test]
    fn tags_by_the_book() {
        let key = Key::parse(b" k=rsa ;\th = sha1 : SHA256 ; s=email:x ; n=a note; t = y : s : z;future=1; p = AQ ID ; ").unwrap();
        assert_eq!((key.public.as_slice(), key.testing, key.strict, key.is_for_mail()), ([1, 2, 3].as_slice(), true, true, true));
        assert_eq!((key.hashes.as_deref(), key.only_old_hashes()), (Some(["sha1".to_owned(), "sha256".to_owned()].as_slice()), false));
        assert_eq!(key.to_string(), "v=DKIM1; k=rsa; h=sha1:sha256; s=email:x; t=y:s; p=AQID");
        assert!(Key::parse(b"v=DKIM1; h=sha1; p=AQID").unwrap().only_old_hashes());
        assert!(!Key::parse(b"s=tlsrpt; p=AQID").unwrap().is_for_mail());
        for revoked in ["v=DKIM1; p=", "p=", "v=DKIM1;p=\t;", "v=DKIM1; k=rsa; p= ; t=s"] {
            assert!(Key::parse(revoked.as_bytes()).unwrap().is_revoked(), "{revoked}");
        }
        assert_eq!(Key::parse(b"v=DKIM1; k=falcon; p=AQID").unwrap().algorithm, Algorithm::Other("falcon".into()));
    }

    #[test]
    fn what_receivers_cannot_use() {
        for wrong in [
            "v=DKIM1",
            "v=DKIM1; k=rsa",
            "v=DKIM1; p=AQID; p=AQID",
            "p=AQID; v=DKIM1",
            "v=DKIM2; p=AQID",
            "v=dkim1; p=AQID",
            "v=DKIM1; p=*AQ*",
            "v=DKIM1; p=A",
            "v=DKIM1; p==",
            "v=DKIM1; rsa; p=AQID",
            "v=DKIM1;; p=AQID",
            "v=DKIM1; k=; p=AQID",
            "v=DKIM1; 1k=rsa; p=AQID",
            "v=DKIM1; P=AQID",
            "v=DKIM1; p=AQ“ID",
            "",
            ";",
        ] {
            assert!(Key::parse(wrong.as_bytes()).is_err(), "{wrong}: {:?}", Key::parse(wrong.as_bytes()));
        }
        assert!(Key::parse(format!("v=DKIM1; n={}; p=AQID", "n".repeat(LARGEST)).as_bytes()).is_err());
    }

    #[test]
    fn texts_of_a_wildcard_are_no_keys() {
        for key in ["v=DKIM1; p=AQID", "v = DKIM1", "k=rsa; p=AQID", "p=", "v=DKIM1;garbage"] {
            assert!(is_key(key.as_bytes()), "{key}");
        }
        for other in ["v=spf1 -all", "v=DMARC1; p=reject", "v=DKIM10; p=AQID", "owner-proof=x", "hello", "", "P=AQID"] {
            assert!(!is_key(other.as_bytes()), "{other}");
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "v=DKIM1;( ?(k|p|h|s|t|n)?=?[a-zA-Z0-9:= ;]{0,12};){0,6}") {
            for text in [bytes.as_slice(), text.as_bytes()] {
                let _ = is_key(text);
                if let Ok(key) = Key::parse(text) {
                    prop_assert_eq!(Key::parse(key.to_string().as_bytes()), Ok(key));
                }
            }
        }

        #[test]
        fn good_records_that_were_changed_do_not_make_it_panic(at in 0..FOLDED.len(), with in any::<u8>()) {
            let mut bytes = FOLDED.as_bytes().to_vec();
            if let Some(byte) = bytes.get_mut(at) {
                *byte = with;
            }
            let _ = (is_key(&bytes), Key::parse(&bytes));
        }

        #[test]
        fn what_is_written_reads_the_same(public in prop::collection::vec(any::<u8>(), 0..600), ed25519: bool, hashes in prop::option::of(prop::collection::vec("sha(1|256)", 1..3)),
            services in prop::collection::vec("[a-z]{1,8}", 1..3), testing: bool, strict: bool) {
            let algorithm = if ed25519 { Algorithm::Ed25519 } else { Algorithm::Rsa };
            let key = Key { algorithm, public, hashes, services, testing, strict };
            prop_assert!(is_key(key.to_string().as_bytes()));
            prop_assert_eq!(Key::parse(key.to_string().as_bytes()), Ok(key));
        }
    }
}
