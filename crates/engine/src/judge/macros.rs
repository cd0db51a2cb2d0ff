//! Expanding macros for one sender (RFC 7208 7).

use std::net::IpAddr;

use formats::spf::{DomainSpec, Piece};

/// What macros may tell of a message. The validated name (`p`) is looked up beforehand, because only it needs the DNS.
pub(super) struct Facts<'a> {
    pub ip: IpAddr,
    pub local: &'a str,
    /// The domain of the sender (`o`), which does not change with include and redirect.
    pub origin: &'a str,
    /// The domain whose record is being read (`d`).
    pub domain: &'a str,
    pub helo: &'a str,
    /// `None`: no name was validated, or none was needed.
    pub validated: Option<&'a str>,
    /// Who asks (`r`).
    pub receiver: &'a str,
    /// Unix seconds (`t`).
    pub now: i64,
}

/// Why a macro string has no value: the sender's local part is not ASCII, so that macros made of it match nothing (RFC 8616 4).
pub(super) struct NotAscii;

/// The text that `spec` stands for.
pub(super) fn expand(spec: &DomainSpec, facts: &Facts<'_>) -> Result<String, NotAscii> {
    let mut out = String::new();
    for piece in spec.pieces() {
        match piece {
            Piece::Literal(text) => out.push_str(text),
            Piece::Percent => out.push('%'),
            Piece::Blank => out.push(' '),
            Piece::UrlBlank => out.push_str("%20"),
            Piece::Expand { letter, digits, reverse, delimiters } => {
                let value = value(letter.to_ascii_lowercase(), facts)?;
                let cut = cut(&value, *digits, *reverse, delimiters);
                if letter.is_ascii_uppercase() { out.push_str(&escaped(&cut)) } else { out.push_str(&cut) }
            }
        }
    }
    Ok(out)
}

/// Whether `spec` holds the macro letter `wanted` (lower case).
pub(super) fn names(spec: &DomainSpec, wanted: char) -> bool {
    spec.pieces().iter().any(|piece| matches!(piece, Piece::Expand { letter, .. } if letter.to_ascii_lowercase() == wanted))
}

fn value(letter: char, facts: &Facts<'_>) -> Result<String, NotAscii> {
    if matches!(letter, 's' | 'l') && !facts.local.is_ascii() {
        return Err(NotAscii);
    }
    Ok(match letter {
        's' => format!("{}@{}", facts.local, facts.origin),
        'l' => facts.local.to_owned(),
        'o' => facts.origin.to_owned(),
        'd' => facts.domain.to_owned(),
        'i' => dotted(facts.ip),
        'p' => facts.validated.unwrap_or("unknown").to_owned(),
        'h' => facts.helo.to_owned(),
        'v' => if facts.ip.is_ipv4() { "in-addr" } else { "ip6" }.to_owned(),
        'c' => facts.ip.to_string(),
        'r' => facts.receiver.to_owned(),
        't' => facts.now.to_string(),
        // The grammar lets no other letter through.
        _ => String::new(),
    })
}

/// IPv4 as it is, IPv6 nibble by nibble (RFC 7208 7.3).
fn dotted(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let nibbles: Vec<String> = v6.octets().iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|nibble| format!("{nibble:X}")).collect();
            nibbles.join(".")
        }
    }
}

/// Splits at the delimiters, turns the parts round, keeps the last `digits` of them (0: all), joins with dots.
fn cut(value: &str, digits: u8, reverse: bool, delimiters: &str) -> String {
    let at = |c: char| if delimiters.is_empty() { c == '.' } else { delimiters.contains(c) };
    let mut parts: Vec<&str> = value.split(at).collect();
    if reverse {
        parts.reverse();
    }
    let skip = if digits == 0 { 0 } else { parts.len().saturating_sub(usize::from(digits)) };
    parts.get(skip..).unwrap_or_default().join(".")
}

/// Everything but the unreserved characters of RFC 3986 as `%XX`.
fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(ip: &'static str) -> Facts<'static> {
        Facts {
            ip: ip.parse().unwrap(),
            local: "strong-bad",
            origin: "email.example.com",
            domain: "email.example.com",
            helo: "mx.example.org",
            validated: None,
            receiver: "unknown",
            now: 0,
        }
    }

    /// The published examples of RFC 7208 7.4.
    #[test]
    fn the_examples_of_the_rfc() {
        for (spec, expected) in [
            ("%{s}", "strong-bad@email.example.com"),
            ("%{o}", "email.example.com"),
            ("%{d}", "email.example.com"),
            ("%{d4}", "email.example.com"),
            ("%{d3}", "email.example.com"),
            ("%{d2}", "example.com"),
            ("%{d1}", "com"),
            ("%{dr}", "com.example.email"),
            ("%{d2r}", "example.email"),
            ("%{l}", "strong-bad"),
            ("%{l-}", "strong.bad"),
            ("%{lr}", "strong-bad"),
            ("%{lr-}", "bad.strong"),
            ("%{l1r-}", "strong"),
            ("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"),
            ("%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"),
            ("%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"),
            ("%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"),
            ("%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"),
        ] {
            let spec = DomainSpec::parse_macro_string(spec).unwrap();
            assert_eq!(expand(&spec, &facts("192.0.2.3")).ok().unwrap(), expected, "{spec}");
        }
        let spec = DomainSpec::parse_macro_string("%{ir}.%{v}._spf.%{d2}").unwrap();
        let expected = "1.0.B.C.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2.ip6._spf.example.com";
        assert_eq!(expand(&spec, &facts("2001:db8::cb01")).ok().unwrap(), expected);
    }

    #[test]
    fn a_local_part_that_is_not_ascii_makes_no_names() {
        let other = Facts { local: "利用者", ..facts("192.0.2.3") };
        let spec = |text| DomainSpec::parse_macro_string(text).unwrap();
        assert!(expand(&spec("%{l}.example.com"), &other).is_err());
        assert_eq!(expand(&spec("%{o}"), &other).ok().unwrap(), "email.example.com");
    }
}
