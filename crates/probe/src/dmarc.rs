//! The DMARC check: the record, the policy that applies, and from where (RFC 9989).

use hickory_proto::rr::{Name, RecordType};

use crate::dns::{Asked, Trail};
use crate::observation::{Judged, State, Text};
use crate::reasons::Why;
use crate::target::plain;

/// What receivers are asked to do with mail that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Policy {
    None,
    Quarantine,
    Reject,
}

impl Policy {
    fn parse(text: &str) -> Option<Self> {
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
    fn weaker(self) -> Self {
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

enum Found {
    Nothing,
    One(Record, String),
    /// Several records: none counts.
    Several(Vec<String>),
    Invalid(String, String),
}

/// Judges the DMARC policy that applies to `name`.
pub(crate) async fn check(trail: &mut Trail<'_, '_>, name: &Name) -> Judged {
    let domain = plain(name);
    let command = trail.client.dig(&format!("_dmarc.{domain}"), "TXT");
    let judged = judge(trail, name, &domain).await.unwrap_or_else(|asked| asked.judged());
    let mut judged = judged.command(command).expected(
        "_dmarc に有効なDMARCレコードが1件だけあり、方針（p）が quarantine か reject であること",
        "exactly one valid DMARC record at _dmarc with the policy (p) quarantine or reject",
    );
    judged.evidence = trail.evidence();
    judged
}

async fn at(trail: &mut Trail<'_, '_>, name: &Name) -> Result<Found, Asked> {
    let Ok(place) = name.prepend_label("_dmarc") else { return Ok(Found::Nothing) };
    let answer = trail.ask(&place, RecordType::TXT).await?;
    let records: Vec<Vec<u8>> = answer.texts(&place).into_iter().filter(|text| is_dmarc(text)).collect();
    let shown = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
    Ok(match records.as_slice() {
        [] => Found::Nothing,
        [one] => match Record::parse(one) {
            Ok(record) => Found::One(record, shown(one)),
            Err(problem) => Found::Invalid(problem, shown(one)),
        },
        several => Found::Several(several.iter().map(shown).collect()),
    })
}

async fn judge(trail: &mut Trail<'_, '_>, name: &Name, domain: &str) -> Result<Judged, Asked> {
    let line = format!("_dmarc.{domain}. IN TXT \"v=DMARC1; p=reject; rua=mailto:dmarc-reports@{domain}\"");
    match at(trail, name).await? {
        Found::One(record, text) => return Ok(applied(&record, record.policy, text, None, line)),
        Found::Several(texts) => {
            let observed = Text::same(texts.join("\n"));
            return Ok(Judged::new(State::NotMet, Why::DmarcTwo, &[("count", &texts.len().to_string())])
                .value(texts.join(" | "))
                .observed(observed)
                .remedy(line));
        }
        Found::Invalid(problem, text) => {
            return Ok(Judged::new(State::NotMet, Why::DmarcInvalid, &[("problem", &problem)])
                .value(text.clone())
                .observed(Text::same(text))
                .remedy(line));
        }
        Found::Nothing => {}
    }
    // RFC 9989 4.10: the organisational domain is found by walking up, at most eight questions in all.
    let labels = usize::from(name.num_labels());
    let first = if labels > 8 { 7 } else { labels.saturating_sub(1) };
    let mut found: Vec<(Name, Record, String)> = Vec::new();
    for keep in (1..=first).rev() {
        let here = name.trim_to(keep);
        // What is wrong higher up is not this domain's doing and does not stop the walk.
        if let Found::One(record, text) = at(trail, &here).await? {
            let stop = record.public_suffix != 'u';
            found.push((here, record, text));
            if stop {
                break;
            }
        }
    }
    let Some((mut from, mut record, mut text)) = found.pop() else {
        let none = Text::new("DMARCレコードはありません", "no DMARC record");
        return Ok(Judged::new(State::NotMet, Why::DmarcMissing, &[]).observed(none).remedy(line));
    };
    // psd=y: the organisational domain lies one label below; its own record goes before the suffix's.
    if record.public_suffix == 'y' {
        let below = name.trim_to(usize::from(from.num_labels()) + 1);
        if let Some(position) = found.iter().position(|(here, ..)| *here == below) {
            (from, record, text) = found.swap_remove(position);
        }
    }
    let policy = record.subdomains.unwrap_or(record.policy);
    Ok(applied(&record, policy, text, Some(&plain(&from)), line))
}

fn applied(record: &Record, policy: Policy, text: String, from: Option<&str>, line: String) -> Judged {
    let effective = if record.testing { policy.weaker() } else { policy };
    let mut judged = if effective == Policy::None {
        Judged::new(State::NotMet, Why::DmarcNone, &[]).remedy(line)
    } else {
        Judged::new(State::Met, Why::DmarcMet, &[("policy", effective.as_str())])
    };
    judged = judged.value(format!("p={}", effective.as_str())).observed(Text::same(text));
    if let Some(from) = from {
        judged = judged.note(Why::DmarcInherited, &[("from", from)]);
    }
    if record.testing {
        judged = judged.note(Why::DmarcTest, &[]);
    }
    if let Some(percent) = record.percent {
        judged = judged.note(Why::DmarcPct, &[("pct", &percent.to_string())]);
    }
    if from.is_none() && record.subdomains == Some(Policy::None) && policy != Policy::None {
        judged = judged.note(Why::DmarcSubNone, &[]);
    }
    if !record.reports {
        judged = judged.note(Why::DmarcNoReports, &[]);
    }
    judged
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
