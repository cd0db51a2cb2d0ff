//! security.txt: whom to tell about a weakness (RFC 9116).

use crate::date;

/// Octets that are read.
pub const LARGEST: usize = 32_768;
/// Lines that are read.
const MOST: usize = 1_000;

/// What the file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecurityTxt {
    /// URIs in order of preference, as far as they are usable.
    pub contacts: Vec<String>,
    /// Contacts that are no `mailto:`, `tel:` or `https:` URI.
    pub unusable: Vec<String>,
    /// Unix seconds.
    pub expires: Option<i64>,
    pub canonical: Vec<String>,
    /// Whether it lies in an OpenPGP cleartext signature (RFC 9116 2.3); the signature is not verified.
    pub signed: bool,
}

/// Whether `bytes` look like such a file at all: some line is a known field. An error page does not.
pub fn is_file(bytes: &[u8]) -> bool {
    let known = ["contact", "expires", "encryption", "acknowledgments", "canonical", "policy", "hiring", "preferred-languages"];
    let text = String::from_utf8_lossy(bytes.get(..LARGEST).unwrap_or(bytes)).into_owned();
    let mut fields = text.lines().take(MOST).filter_map(|line| line.split_once(':'));
    fields.any(|(name, _)| known.iter().any(|one| name.trim().eq_ignore_ascii_case(one)))
}

impl SecurityTxt {
    /// Reads a file; unknown fields are ignored, lines end in CRLF or LF.
    ///
    /// # Errors
    /// A short English phrase: what makes the file not count.
    pub fn parse(bytes: &[u8]) -> Result<Self, &'static str> {
        if bytes.len() > LARGEST {
            return Err("larger than 32 kB");
        }
        let text = std::str::from_utf8(bytes).map_err(|_| "not UTF-8")?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut file = Self { signed: text.trim_start().starts_with("-----BEGIN PGP SIGNED MESSAGE-----"), ..Self::default() };
        let lines: Vec<&str> = if file.signed { signed_text(text).ok_or("a signature without its end")? } else { text.lines().collect() };
        let (mut expires, mut languages) = (Vec::new(), 0);
        for line in lines.into_iter().take(MOST) {
            if line.starts_with('#') {
                continue;
            }
            let Some((name, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            match name.trim().to_ascii_lowercase().as_str() {
                "contact" if is_contact(value) => file.contacts.push(value.to_owned()),
                "contact" => file.unusable.push(value.to_owned()),
                "expires" => expires.push(value),
                "canonical" => file.canonical.push(value.to_owned()),
                "preferred-languages" => languages += 1,
                _ => {}
            }
        }
        if file.contacts.is_empty() {
            return Err(if file.unusable.is_empty() { "Contact is missing" } else { "no Contact is a mailto:, tel: or https: URI" });
        }
        if languages > 1 {
            return Err("Preferred-Languages appears twice");
        }
        file.expires = match expires.as_slice() {
            [] => return Err("Expires is missing"),
            [one] => Some(date::rfc3339(one).ok_or("Expires is no date and time of RFC 3339")?),
            _ => return Err("Expires appears twice"),
        };
        Ok(file)
    }
}

fn is_contact(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let rest = ["mailto:", "tel:", "https://"].iter().find_map(|start| lower.strip_prefix(start));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
}

/// The lines inside a cleartext signature (RFC 9580 7.2), with dash-escapes undone.
fn signed_text(text: &str) -> Option<Vec<&str>> {
    let mut lines = text.trim_start().lines().skip(1);
    // Armor headers (Hash) end with an empty line.
    lines.by_ref().find(|line| line.trim().is_empty())?;
    let (mut inside, mut ended) = (Vec::new(), false);
    for line in lines {
        if line.starts_with("-----BEGIN PGP SIGNATURE-----") {
            ended = true;
            break;
        }
        inside.push(line.strip_prefix("- ").unwrap_or(line));
    }
    ended.then_some(inside)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// RFC 9116 2.6.
    const UNSIGNED: &str = "# Our security address\nContact: mailto:security@example.com\n\n# Our OpenPGP key\nEncryption: https://example.com/pgp-key.txt\n\n# Our security policy\nPolicy: https://example.com/security-policy.html\n\n# Our security acknowledgments page\nAcknowledgments: https://example.com/hall-of-fame.html\n\nExpires: 2021-12-31T18:37:07z\n";
    /// RFC 9116 2.7.
    const SIGNED: &str = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n# Canonical URI\nCanonical: https://example.com/.well-known/security.txt\n\n# Our security address\nContact: mailto:security@example.com\n\nExpires: 2021-12-31T18:37:07z\n-----BEGIN PGP SIGNATURE-----\nVersion: GnuPG v2.2\n\n[signature]\n-----END PGP SIGNATURE-----\n";

    #[test]
    fn the_examples_of_the_rfc() {
        let file = SecurityTxt::parse(UNSIGNED.as_bytes()).unwrap();
        assert_eq!((file.contacts, file.expires, file.signed), (vec!["mailto:security@example.com".to_owned()], Some(1_640_975_827), false));
        let file = SecurityTxt::parse(SIGNED.replace('\n', "\r\n").as_bytes()).unwrap();
        assert!(file.signed && file.canonical == ["https://example.com/.well-known/security.txt"]);
        assert!(is_file(SIGNED.as_bytes()) && !is_file(b"<!doctype html><p>Not found: nothing</p>"));
    }

    #[test]
    fn what_does_not_count() {
        let expires = "Expires: 2030-01-01T00:00:00Z\n";
        for (text, why) in [
            (expires.to_owned(), "Contact is missing"),
            (format!("Contact: security@example.jp\n{expires}"), "no Contact is a mailto:, tel: or https: URI"),
            (format!("Contact: http://example.jp/form\n{expires}"), "no Contact is a mailto:, tel: or https: URI"),
            ("Contact: tel:+81-3-0000-0000".to_owned(), "Expires is missing"),
            (format!("Contact: tel:+81-3-0000-0000\n{expires}{expires}"), "Expires appears twice"),
            ("Contact: tel:+81-3-0000-0000\nExpires: 2030-01-01".to_owned(), "Expires is no date and time of RFC 3339"),
            (format!("#Contact: tel:+81-3-0000-0000\n{expires}"), "Contact is missing"),
            (format!("Contact: tel:1\n{expires}Preferred-Languages: ja\nPreferred-Languages: en"), "Preferred-Languages appears twice"),
            (SIGNED.replace("BEGIN PGP SIGNATURE", "BEGIN"), "a signature without its end"),
        ] {
            assert_eq!(SecurityTxt::parse(text.as_bytes()), Err(why), "{text}");
        }
        let two = SecurityTxt::parse(format!("contact: MAILTO:a@b.jp\nCONTACT:https://b.jp/f\nContact: x\n{expires}").as_bytes()).unwrap();
        assert_eq!((two.contacts.len(), two.unusable.len()), (2, 1));
        assert_eq!(SecurityTxt::parse(&[0xff]), Err("not UTF-8"));
        assert_eq!(SecurityTxt::parse(&[b' '; LARGEST + 1]), Err("larger than 32 kB"));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "(-----BEGIN PGP SIGNED MESSAGE-----\r?\n)?((Contact|Expires|Canonical): ?[a-z:0-9TZ-]{0,20}\r?\n){0,5}(-----BEGIN PGP SIGNATURE-----)?") {
            for bytes in [bytes.as_slice(), text.as_bytes()] {
                let _ = (SecurityTxt::parse(bytes), is_file(bytes));
            }
        }
    }
}
