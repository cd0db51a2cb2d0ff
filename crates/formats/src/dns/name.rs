//! Domain names as people, records and packets write them.

use std::net::IpAddr;

use hickory_proto::rr::Name;

/// `domain` as an absolute lower-case name; U-labels become A-labels. None when it is no usable host name.
pub fn name_of(domain: &str) -> Option<Name> {
    let trimmed = domain.trim();
    let bare = trimmed.strip_suffix(['.', '。']).unwrap_or(trimmed);
    if bare.is_empty() || bare.chars().count() > 253 || bare.parse::<IpAddr>().is_ok() {
        return None;
    }
    let mut name = Name::from_utf8(bare).ok()?.to_lowercase();
    name.set_fqdn(true);
    let host = |label: &[u8]| !label.is_empty() && label.iter().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'));
    // IDNA may have dropped every character, or made digits of full-width ones: look again.
    let usable = !name.is_root() && name.iter().all(host) && plain(&name).parse::<IpAddr>().is_err();
    usable.then_some(name)
}

/// `text` as an absolute lower-case name of any characters; None when it is no name at all (RFC 1035 2.3.4).
/// Macros of SPF make names that are no host names.
pub fn labels(text: &str) -> Option<Name> {
    let bare = text.strip_suffix('.').unwrap_or(text);
    let sized = bare.len() <= 253 && bare.split('.').all(|label| (1..=63).contains(&label.len()));
    let mut name = Name::from_labels(sized.then(|| bare.split('.').map(str::as_bytes))?).ok()?.to_lowercase();
    name.set_fqdn(true);
    Some(name)
}

/// `name` as people write it: lower case, no trailing dot.
pub fn plain(name: &Name) -> String {
    let text = name.to_ascii().to_ascii_lowercase();
    match text.strip_suffix('.') {
        Some(bare) if !bare.is_empty() => bare.to_owned(),
        _ => text,
    }
}

/// `name` as master files write it (RFC 1035 5.1), in lower case and without the last dot: every octet can be told.
pub fn written(name: &Name) -> String {
    let labels = name.iter().map(|label| {
        label.iter().fold(String::new(), |mut out, octet| {
            match octet.to_ascii_lowercase() {
                special @ (b'.' | b'\\') => out.extend(['\\', char::from(special)]),
                visible @ 0x21..=0x7e => out.push(char::from(visible)),
                other => out.push_str(&format!("\\{other:03}")),
            }
            out
        })
    });
    labels.collect::<Vec<_>>().join(".")
}

/// The name that [`written`] wrote; the empty text is the root. None for what it never writes.
pub fn unwritten(text: &str) -> Option<Name> {
    let mut labels: Vec<Vec<u8>> = Vec::new();
    let mut label = Vec::new();
    let mut octets = text.bytes();
    while let Some(octet) = octets.next() {
        match octet {
            b'.' => labels.push(std::mem::take(&mut label)),
            b'\\' => match octets.next()? {
                digit @ b'0'..=b'9' => {
                    let digits = [digit, octets.next()?, octets.next()?];
                    label.push(std::str::from_utf8(&digits).ok()?.parse().ok()?);
                }
                special => label.push(special),
            },
            plain => label.push(plain),
        }
    }
    if !text.is_empty() {
        labels.push(label);
    }
    let mut name = Name::from_labels(labels.iter().map(Vec::as_slice)).ok()?;
    name.set_fqdn(true);
    (labels.iter().all(|label| !label.is_empty())).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_normalised() {
        assert_eq!(plain(&name_of("WWW.Example.GO.JP.").unwrap()), "www.example.go.jp");
        assert_eq!(plain(&name_of("総務省.jp").unwrap()), "xn--lhr645fjve.jp");
        for bad in ["", ".", "a..b", "192.0.2.1", "exa mple.jp", "a/b.jp", "\u{ad}", "１２７.0.0.1", "@", "*.example.jp", &"a".repeat(64)] {
            assert!(name_of(bad).is_none(), "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn names_of_any_octets_are_written_and_read(labels in proptest::collection::vec(proptest::collection::vec(proptest::prelude::any::<u8>(), 1..20), 0..6)) {
            let mut name = Name::from_labels(labels.iter().map(Vec::as_slice)).unwrap().to_lowercase();
            name.set_fqdn(true);
            proptest::prop_assert_eq!(unwritten(&written(&name)), Some(name));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}") {
            let _ = unwritten(&text);
        }
    }
}
