//! DMARC records (RFC 9989 4.7).

use serde::{Deserialize, Serialize};

/// What receivers are asked to do with mail that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    None,
    Quarantine,
    Reject,
}

impl Policy {
    /// The policy spelled `text`, in any case.
    pub fn parse(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "none" => Some(Self::None),
            "quarantine" => Some(Self::Quarantine),
            "reject" => Some(Self::Reject),
            _ => None,
        }
    }

    /// The spelling in a record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Quarantine => "quarantine",
            Self::Reject => "reject",
        }
    }

    /// One level weaker, as `t=y` asks for (RFC 9989 4.7).
    pub fn weaker(self) -> Self {
        match self {
            Self::Reject => Self::Quarantine,
            _ => Self::None,
        }
    }
}

/// The tags of a valid record that matter here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub policy: Policy,
    pub subdomains: Option<Policy>,
    /// `psd`: `y`, `n`, or `u` when absent.
    pub public_suffix: char,
    pub testing: bool,
    /// The obsolete `pct`, when below 100.
    pub percent: Option<u8>,
    /// `np`: for names below that do not exist.
    pub nonexistent: Option<Policy>,
    /// Tags among `p`, `sp` and `np` that name no policy, for which the record counts as `p=none`.
    pub faulty: Vec<String>,
    /// Where aggregate reports go (`rua`): the addresses of `mailto:` URIs, as written, without the obsolete size.
    pub aggregate: Vec<String>,
    /// Where failure reports go (`ruf`).
    pub failure: Vec<String>,
    /// Tags of RFC 7489 that RFC 9989 drops and older receivers still obey: `pct`, `rf`, `ri`.
    pub obsolete: Vec<String>,
}

/// Whether `text` claims to be DMARC: its first tag is `v=DMARC1` (RFC 9989 4.7: case counts, nothing may precede it).
pub fn is_dmarc(text: &[u8]) -> bool {
    let head = text.split(|c| *c == b';').next().unwrap_or_default();
    let squeezed: Vec<u8> = head.iter().copied().filter(|c| !matches!(c, b' ' | b'\t')).collect();
    squeezed == b"v=DMARC1" && head.first() == Some(&b'v')
}

impl Record {
    /// Reads a record that [`is_dmarc`] accepts. Unknown tags are ignored.
    ///
    /// # Errors
    /// A short English phrase: what makes the record not count.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(text).map_err(|_| "not UTF-8".to_owned())?;
        let mut tags: Vec<(String, String)> = Vec::new();
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let Some((name, value)) = part.split_once('=') else {
                return Err(format!("“{}” has no =", part.chars().take(40).collect::<String>()));
            };
            let name = name.trim().to_ascii_lowercase();
            if tags.iter().any(|(known, _)| *known == name) {
                return Err(format!("{} appears twice", name.chars().take(20).collect::<String>()));
            }
            tags.push((name, value.trim().to_owned()));
        }
        let tag = |name: &str| tags.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let aggregate = tag("rua").map(addresses).unwrap_or_default();
        let faulty: Vec<(&str, &str)> =
            ["p", "sp", "np"].into_iter().filter_map(|name| Some((name, tag(name).filter(|value| Policy::parse(value).is_none())?))).collect();
        let policy = tag("p").and_then(Policy::parse).filter(|_| faulty.is_empty());
        // RFC 9989 4.10.1: without p, or with a p, sp or np that is none, the record counts as p=none, but only if reports were asked for.
        if policy.is_none() && aggregate.is_empty() {
            return Err(match faulty.first() {
                Some((name, value)) => format!("{name}={}", value.chars().take(20).collect::<String>()),
                None => "p is missing".to_owned(),
            });
        }
        let below = |name: &str| policy.and_then(|_| Policy::parse(tag(name)?));
        Ok(Self {
            policy: policy.unwrap_or(Policy::None),
            subdomains: below("sp"),
            public_suffix: match tag("psd") {
                Some("y") => 'y',
                Some("n") => 'n',
                _ => 'u',
            },
            testing: tag("t") == Some("y"),
            percent: tag("pct").and_then(|value| value.parse().ok()).filter(|percent| *percent < 100),
            nonexistent: below("np"),
            faulty: faulty.iter().map(|(name, value)| format!("{name}={}", value.chars().take(20).collect::<String>())).collect(),
            aggregate,
            failure: tag("ruf").map(addresses).unwrap_or_default(),
            obsolete: ["pct", "rf", "ri"].into_iter().filter(|name| tag(name).is_some()).map(str::to_owned).collect(),
        })
    }

    /// The hosts that reports go to, in lower case, each once.
    pub fn report_hosts(&self) -> Vec<String> {
        let mut hosts: Vec<String> = Vec::new();
        for (_, host) in self.aggregate.iter().chain(&self.failure).filter_map(|address| address.rsplit_once('@')) {
            let host = host.to_ascii_lowercase();
            if !hosts.contains(&host) {
                hosts.push(host);
            }
        }
        hosts
    }
}

/// The addresses of the `mailto:` URIs in a list; other schemes say nothing to anybody today.
fn addresses(list: &str) -> Vec<String> {
    let address = |uri: &str| {
        let uri = uri.trim();
        let (scheme, rest) = uri.split_once(':')?;
        let address = rest.split('!').next().unwrap_or_default();
        (scheme.eq_ignore_ascii_case("mailto") && address.contains('@')).then(|| address.to_owned())
    };
    list.split(',').filter_map(address).take(16).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_recognised_by_their_first_tag() {
        assert!(is_dmarc(b"v=DMARC1; p=none"));
        assert!(is_dmarc(b"v = DMARC1 ;p=none"));
        for other in [&b"v=dmarc1; p=none"[..], b" v=DMARC1; p=none", b"p=none; v=DMARC1", b"v=DMARC10; p=none", b"v=spf1 -all", b""] {
            assert!(!is_dmarc(other), "{}", String::from_utf8_lossy(other));
        }
    }

    #[test]
    fn policy_rules_of_rfc_9989() {
        let policy = |text: &str| Record::parse(text.as_bytes()).map(|record| record.policy);
        assert_eq!(policy("v=DMARC1; p=Reject"), Ok(Policy::Reject));
        assert_eq!(policy("v=DMARC1; rua=mailto:a@b.example"), Ok(Policy::None));
        assert_eq!(policy("v=DMARC1; p=block; rua=mailto:a@b.example"), Ok(Policy::None));
        assert!(policy("v=DMARC1").is_err());
        assert!(policy("v=DMARC1; p=block").is_err());
        assert!(policy("v=DMARC1; p=reject; p=none").is_err());
        assert!(policy("v=DMARC1; reject").is_err());
        assert_eq!(policy("v=DMARC1; p=quarantine; future=1;"), Ok(Policy::Quarantine));
        assert!(policy("v=DMARC1; p=block; rua=https://b.example").is_err(), "nobody can be sent a report by that");
        // One wrong policy undoes the others.
        assert!(policy("v=DMARC1; p=reject; sp=block").is_err_and(|problem| problem == "sp=block"));
        for text in ["v=DMARC1; p=reject; sp=block; rua=mailto:a@b.example", "v=DMARC1; p=reject; sp=reject; np=; rua=mailto:a@b.example"] {
            let record = Record::parse(text.as_bytes()).unwrap();
            assert_eq!((record.policy, record.subdomains, record.nonexistent), (Policy::None, None, None), "{text}");
            assert_eq!(record.faulty.len(), 1, "{text}");
        }
    }

    #[test]
    fn report_addresses_lose_their_size_and_repeat_no_host() {
        let text =
            b"v=DMARC1; p=none; rua=mailto:a@B.example!10m, MAILTO:c@b.example,https://d.example; ruf=mailto:e@f.example; pct=5; ri=1; np=reject";
        let record = Record::parse(text).unwrap();
        assert_eq!((record.aggregate.len(), record.failure.as_slice()), (2, ["e@f.example".to_owned()].as_slice()));
        assert_eq!(record.report_hosts(), ["b.example", "f.example"]);
        assert_eq!((record.nonexistent, record.obsolete.as_slice()), (Some(Policy::Reject), ["pct".to_owned(), "ri".to_owned()].as_slice()));
    }
}
