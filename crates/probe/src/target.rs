//! Whom we may ask, from where, and how much: targets, vantage points, budgets, and addresses that are never probed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use hickory_proto::rr::Name;

/// The suffix policy a target is measured against: data, with a version kept in the evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    /// For example `go.jp`, `lg.jp`; U-labels, case and a trailing dot do not matter.
    pub suffixes: Vec<String>,
    /// Version or date of the list.
    pub version: String,
}

/// A domain of the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Domain name, ASCII or U-labels.
    pub domain: String,
    /// Whether the register has a web server at this name: then a missing HTTPS service is a fault.
    pub web_server: bool,
    pub allow: Allowed,
}

impl Target {
    /// A target with a registered web server and no suffix policy.
    pub fn new(domain: impl Into<String>) -> Self {
        Self { domain: domain.into(), web_server: true, allow: Allowed::default() }
    }
}

/// Which authorities certificates must lead to.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Roots {
    /// The Mozilla list compiled in.
    #[default]
    Webpki,
    /// Given certificates (DER), for a testbed or an internal authority.
    Der(Vec<Vec<u8>>),
}

/// What DNSSEC trust starts from: DS records of the root key, in presentation format
/// `key-tag algorithm digest-type hex-digest`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustAnchors(pub Vec<String>);

impl TrustAnchors {
    /// The root zone's key-signing keys of 2017 and 2024, as IANA publishes them (root-anchors.xml).
    pub fn root() -> Self {
        Self(vec![
            "20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D".to_owned(),
            "38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16".to_owned(),
        ])
    }
}

/// The place measurements are made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vantage {
    /// Name written into every observation.
    pub name: String,
    /// Recursive resolvers, asked in this order; never the machine's own by default, because it may be split-horizon.
    pub resolvers: Vec<SocketAddr>,
    /// TCP port of HTTPS: 443, or the testbed's.
    pub https_port: u16,
    /// Only testbeds set it: allows loopback and private addresses.
    pub allow_private: bool,
    pub roots: Roots,
    pub anchors: TrustAnchors,
    /// How long to wait for one DNS answer; a lost datagram is asked once again.
    pub dns_timeout: Duration,
    /// How long to wait for a connection and for a handshake.
    pub connect_timeout: Duration,
}

impl Vantage {
    /// A vantage point on the Internet with real trust anchors and patient timeouts.
    pub fn internet(name: impl Into<String>, resolvers: Vec<SocketAddr>) -> Self {
        Self {
            name: name.into(),
            resolvers,
            https_port: 443,
            allow_private: false,
            roots: Roots::Webpki,
            anchors: TrustAnchors::root(),
            dns_timeout: Duration::from_secs(3),
            connect_timeout: Duration::from_secs(8),
        }
    }
}

/// The declared limit of what one target is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Datagrams and TCP questions, repeated ones included.
    pub max_queries_per_domain: usize,
    pub max_connections: usize,
    /// Pause between two questions about the same domain.
    pub spacing: Duration,
}

impl Default for Budget {
    fn default() -> Self {
        Self { max_queries_per_domain: 20, max_connections: 2, spacing: Duration::ZERO }
    }
}

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
pub(crate) fn labels(text: &str) -> Option<Name> {
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

/// The kind of `address` when it must never be probed from the Internet, else None.
///
/// Follows the IANA special-purpose registries (RFC 6890); addresses that embed an IPv4 address are judged by it.
pub fn refused(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(v4) => refused_v4(v4),
        IpAddr::V6(v6) => refused_v6(v6),
    }
}

fn refused_v4(address: Ipv4Addr) -> Option<&'static str> {
    let [a, b, c, _] = address.octets();
    match (a, b, c) {
        (0, ..) => Some("unspecified"),
        (127, ..) => Some("loopback"),
        (10, ..) | (172, 16..=31, _) | (192, 168, _) => Some("private"),
        (100, 64..=127, _) => Some("shared"),
        (169, 254, _) => Some("link-local"),
        (192, 0, 0) => Some("protocol"),
        (192, 0, 2) | (198, 51, 100) | (203, 0, 113) => Some("documentation"),
        (198, 18..=19, _) => Some("benchmarking"),
        (224..=239, ..) => Some("multicast"),
        (240..=255, ..) => Some("reserved"),
        _ => None,
    }
}

fn refused_v6(address: Ipv6Addr) -> Option<&'static str> {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let inner = |high: u16, low: u16| {
        let ([h1, h2], [l1, l2]) = (high.to_be_bytes(), low.to_be_bytes());
        refused_v4(Ipv4Addr::new(h1, h2, l1, l2))
    };
    match (a, b) {
        (0, 0) if (c, d, e) == (0, 0, 0) && f == 0xffff => inner(g, h),
        (0, 0) if (c, d, e, f, g) == (0, 0, 0, 0, 0) && h == 1 => Some("loopback"),
        (0, 0) => Some("unspecified"),
        (0x64, 0xff9b) if (c, d, e, f) == (0, 0, 0, 0) => inner(g, h),
        (0x64, 0xff9b) => Some("private"),
        (0x100, 0) => Some("reserved"),
        (0x2001, 0xdb8) | (0x3fff, _) => Some("documentation"),
        (0x2001, 0) => Some("tunnel"),
        (0x2002, _) => inner(b, c),
        (0xfc00..=0xfdff, _) => Some("private"),
        (0xfe80..=0xfebf, _) => Some("link-local"),
        (0xfec0..=0xfeff, _) => Some("private"),
        (0xff00..=0xffff, _) => Some("multicast"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_addresses_are_refused() {
        for text in [
            "127.0.0.1",
            "10.1.2.3",
            "172.31.0.1",
            "192.168.9.9",
            "169.254.169.254",
            "224.0.0.1",
            "255.255.255.255",
            "0.0.0.0",
            "100.64.0.1",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "64:ff9b::10.0.0.1",
            "2002:7f00:1::",
        ] {
            assert!(refused(text.parse().unwrap()).is_some(), "{text}");
        }
        for text in ["8.8.8.8", "172.32.0.1", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808"] {
            assert_eq!(refused(text.parse().unwrap()), None, "{text}");
        }
    }

    #[test]
    fn names_are_normalised() {
        assert_eq!(plain(&name_of("WWW.Example.GO.JP.").unwrap()), "www.example.go.jp");
        assert_eq!(plain(&name_of("総務省.jp").unwrap()), "xn--lhr645fjve.jp");
        for bad in ["", ".", "a..b", "192.0.2.1", "exa mple.jp", "a/b.jp", "\u{ad}", "１２７.0.0.1", "@", "*.example.jp", &"a".repeat(64)] {
            assert!(name_of(bad).is_none(), "{bad}");
        }
    }
}
