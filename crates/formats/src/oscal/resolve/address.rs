//! Addresses of imports: relative references (RFC 3986 §5.2) and resources embedded as base64 (RFC 2045).

/// Joins `reference` to the address of the document it stands in. An empty base leaves it as written.
pub(super) fn join(base: &str, reference: &str) -> String {
    let (root, folder) = split(base);
    if base.is_empty() || has_scheme(reference) || reference.starts_with("//") {
        return reference.to_owned();
    }
    if reference.starts_with('/') {
        return format!("{root}{reference}");
    }
    let mut steps: Vec<&str> = Vec::new();
    let absolute = folder.starts_with('/');
    let parents = folder.rsplit_once('/').map_or("", |(parents, _)| parents);
    for step in parents.split('/').chain(reference.split('/')) {
        match step {
            "" | "." => {}
            // Above the root of a relative path the dots are kept: the loader decides what they mean.
            ".." if !absolute && steps.last().is_none_or(|last| *last == "..") => steps.push(".."),
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    format!("{root}{}{}", if absolute { "/" } else { "" }, steps.join("/"))
}

/// Scheme and authority, and the path after them.
fn split(address: &str) -> (&str, &str) {
    let Some((scheme, after)) = address.split_once("://").filter(|_| has_scheme(address)) else {
        return ("", address);
    };
    let path = after.find('/').unwrap_or(after.len());
    address.split_at_checked(scheme.len() + 3 + path).unwrap_or((address, ""))
}

fn has_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}

/// Decodes base64 with white space and padding tolerated; `None` when it is not base64 or longer than `limit` bytes.
pub(super) fn base64(text: &str, limit: u64) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let (mut bits, mut held) = (0u32, 0u32);
    for letter in text.bytes().filter(|b| !b.is_ascii_whitespace()).take_while(|b| *b != b'=') {
        let six = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(six)) & 0xFFFF;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held & 0xFF) as u8);
        }
        if out.len() as u64 > limit {
            return None;
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::{base64, join};

    /// RFC 3986 §5.4.1 and §5.4.2, those that concern paths.
    #[test]
    fn references_of_the_rfc() {
        let base = "http://a/b/c/d";
        let cases = [
            ("g:h", "g:h"),
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("/g", "http://a/g"),
            ("../g", "http://a/b/g"),
            ("../../g", "http://a/g"),
            ("../../../g", "http://a/g"),
            ("./g/h", "http://a/b/c/g/h"),
        ];
        for (reference, expected) in cases {
            assert_eq!(join(base, reference), expected, "{reference}");
        }
        assert_eq!(join("", "../json/c.json"), "../json/c.json");
        assert_eq!(join("../x/p.json", "../../c.json"), "../../c.json");
        assert_eq!(join("/data/p.json", "c.json"), "/data/c.json");
    }

    /// RFC 4648 §10.
    #[test]
    fn base64_of_the_rfc() {
        for (text, bytes) in [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9v\r\nYmFy", "foobar")] {
            assert_eq!(base64(text, 100).as_deref(), Some(bytes.as_bytes()));
        }
        assert_eq!(base64("Zm9v!", 100), None);
        assert_eq!(base64("Zm9vYmFy", 3), None);
    }
}
