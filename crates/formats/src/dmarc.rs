//! DMARC records (RFC 9989 4.7).

/// What receivers are asked to do with mail that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    pub reports: bool,
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
        let reports = tag("rua").is_some_and(|value| value.split(',').any(|uri| uri.trim().to_ascii_lowercase().starts_with("mailto:")));
        // RFC 9989 4.10.1: without a valid policy the record counts as p=none, but only if reports were asked for.
        let policy = match tag("p").map(Policy::parse) {
            Some(Some(policy)) => policy,
            Some(None) | None if reports => Policy::None,
            Some(None) => return Err(format!("p={}", tag("p").unwrap_or_default().chars().take(20).collect::<String>())),
            None => return Err("p is missing".to_owned()),
        };
        Ok(Self {
            policy,
            subdomains: tag("sp").and_then(Policy::parse),
            public_suffix: match tag("psd") {
                Some("y") => 'y',
                Some("n") => 'n',
                _ => 'u',
            },
            testing: tag("t") == Some("y"),
            percent: tag("pct").and_then(|value| value.parse().ok()).filter(|percent| *percent < 100),
            reports,
        })
    }
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
    }
}
