//! The DMARC check: the record, the policy that applies, and from where (RFC 9989).

use formats::dmarc::{Policy, Record, is_dmarc};
use formats::dns::{labels, name_of, plain};
use formats::evidence::{Missing, Verdict};
use hickory_proto::rr::{Name, RecordType};

use super::case::{Case, Open};
use super::judgement::Judged;
use super::reasons::Why;
use crate::words::Words;

/// The list of public suffixes compiled in (publicsuffix.org, by way of the crate that carries it).
pub(super) const SUFFIX_LIST: &str = "psl 2.1.247";
/// Hosts of other organisations that are asked whether they take reports.
const MOST_HOSTS: usize = 3;

enum Found {
    Nothing,
    One(Record, String),
    /// Several records: none counts.
    Several(Vec<String>),
    Invalid(String, String),
}

/// Judges the DMARC policy that applies to `name`.
pub(super) fn check(case: &Case<'_>, name: &Name) -> Result<Judged, Missing> {
    let domain = plain(name);
    let judged = judge(case, name, &domain).or_else(Open::judged)?;
    let (ja, en) = match case.rules.dmarc_least {
        Policy::Reject => ("reject", "reject"),
        _ => ("quarantine か reject", "quarantine or reject"),
    };
    Ok(judged.command(case.dig(&format!("_dmarc.{domain}"), "TXT")).expected(
        &format!("_dmarc に有効なDMARCレコードが1件だけあり、方針（p）が {ja} であること"),
        &format!("exactly one valid DMARC record at _dmarc with the policy (p) {en}"),
    ))
}

fn at(case: &Case<'_>, name: &Name) -> Result<Found, Open> {
    let Ok(place) = name.prepend_label("_dmarc") else { return Ok(Found::Nothing) };
    let answer = case.ask(&place, RecordType::TXT)?;
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

/// A record that applies, and where it was found.
#[derive(Clone)]
struct Applied {
    from: Name,
    record: Record,
    text: String,
}

impl Applied {
    /// The policy for mail of `name`, weakened where the record is only tested.
    fn policy(&self, name: &Name) -> Policy {
        let own = self.from == *name;
        let policy = if own { self.record.policy } else { self.record.subdomains.unwrap_or(self.record.policy) };
        if self.record.testing { policy.weaker() } else { policy }
    }
}

fn judge(case: &Case<'_>, name: &Name, domain: &str) -> Result<Judged, Open> {
    let line = format!("_dmarc.{domain}. IN TXT \"v=DMARC1; p=reject; rua=mailto:dmarc-reports@{domain}\"");
    let applied = match at(case, name)? {
        Found::One(record, text) => Some(Applied { from: name.clone(), record, text }),
        Found::Several(texts) => {
            let observed = Words::same(texts.join("\n"));
            return Ok(Judged::new(Verdict::NotMet, Why::DmarcTwo, &[("count", &texts.len().to_string())])
                .value(texts.join(" | "))
                .observed(observed)
                .remedy(line));
        }
        Found::Invalid(problem, text) => {
            return Ok(Judged::new(Verdict::NotMet, Why::DmarcInvalid, &[("problem", &problem)])
                .value(text.clone())
                .observed(Words::same(text))
                .remedy(line));
        }
        Found::Nothing => walk(case, name)?,
    };
    let other = by_list(case, name, applied.as_ref())?;
    let judged = match &applied {
        None => {
            let none = Words::new("DMARCレコードはありません", "no DMARC record");
            Judged::new(Verdict::NotMet, Why::DmarcMissing, &[]).observed(none).remedy(line)
        }
        Some(applied) => say(case, name, applied, line)?,
    };
    // Receivers that know only RFC 7489 look elsewhere; where that changes what they do, the owner should know.
    let said = |one: Option<&Applied>| one.map_or_else(|| "—".to_owned(), |one| format!("{} p={}", plain(&one.from), one.policy(name).as_str()));
    let (walk, list) = (said(applied.as_ref()), said(other.as_ref()));
    Ok(if walk == list { judged } else { judged.note(Why::DmarcMethods, &[("walk", &walk), ("list", &list)]) })
}

/// RFC 9989 4.10: the organisational domain is found by walking up, at most eight questions in all.
fn walk(case: &Case<'_>, name: &Name) -> Result<Option<Applied>, Open> {
    let labels = usize::from(name.num_labels());
    let first = if labels > 8 { 7 } else { labels.saturating_sub(1) };
    let mut found: Vec<Applied> = Vec::new();
    for keep in (1..=first).rev() {
        let here = name.trim_to(keep);
        // What is wrong higher up is not this domain's doing and does not stop the walk.
        if let Found::One(record, text) = at(case, &here)? {
            let stop = record.public_suffix != 'u';
            found.push(Applied { from: here, record, text });
            if stop {
                break;
            }
        }
    }
    let Some(last) = found.pop() else { return Ok(None) };
    // psd=y: the organisational domain lies one label below; its own record goes before the suffix's.
    if last.record.public_suffix == 'y' {
        let below = name.trim_to(usize::from(last.from.num_labels()) + 1);
        if let Some(position) = found.iter().position(|one| one.from == below) {
            return Ok(Some(found.swap_remove(position)));
        }
    }
    Ok(Some(last))
}

/// RFC 7489 6.6.3: the domain's own record, else that of the organisational domain by the list of public suffixes.
fn by_list(case: &Case<'_>, name: &Name, walked: Option<&Applied>) -> Result<Option<Applied>, Open> {
    let own = walked.filter(|one| one.from == *name);
    let organisation = organisation(name).filter(|organisation| organisation != name);
    Ok(match (own, organisation) {
        (Some(own), _) => Some(own.clone()),
        (None, Some(organisation)) => match at(case, &organisation)? {
            Found::One(record, text) => Some(Applied { from: organisation, record, text }),
            _ => None,
        },
        (None, None) => None,
    })
}

/// The organisational domain by the list of public suffixes; none for a suffix itself.
fn organisation(name: &Name) -> Option<Name> {
    labels(psl::domain_str(&plain(name))?)
}

fn say(case: &Case<'_>, name: &Name, applied: &Applied, line: String) -> Result<Judged, Open> {
    let (record, effective) = (&applied.record, applied.policy(name));
    let least = case.rules.dmarc_least;
    let mut judged = if effective == Policy::None {
        Judged::new(Verdict::NotMet, Why::DmarcNone, &[]).remedy(line)
    } else if effective < least {
        Judged::new(Verdict::NotMet, Why::DmarcWeak, &[("policy", effective.as_str()), ("least", least.as_str())]).remedy(line)
    } else {
        Judged::new(Verdict::Met, Why::DmarcMet, &[("policy", effective.as_str())])
    };
    judged = judged.value(format!("p={}", effective.as_str())).observed(Words::same(applied.text.clone()));
    if applied.from != *name {
        judged = judged.note(Why::DmarcInherited, &[("from", &plain(&applied.from))]);
    }
    if !record.faulty.is_empty() {
        judged = judged.note(Why::DmarcFaulty, &[("tags", &record.faulty.join(", "))]);
    }
    if record.testing {
        judged = judged.note(Why::DmarcTest, &[]);
    }
    if let Some(percent) = record.percent {
        judged = judged.note(Why::DmarcPct, &[("pct", &percent.to_string())]);
    }
    // pct below 100 was named above already.
    let obsolete: Vec<&str> = record.obsolete.iter().map(String::as_str).filter(|tag| *tag != "pct" || record.percent.is_none()).collect();
    if !obsolete.is_empty() {
        judged = judged.note(Why::DmarcObsolete, &[("tags", &obsolete.join(", "))]);
    }
    if applied.from == *name && effective != Policy::None {
        if record.subdomains == Some(Policy::None) {
            judged = judged.note(Why::DmarcSubNone, &[]);
        }
        if record.nonexistent == Some(Policy::None) {
            judged = judged.note(Why::DmarcNonexistent, &[]);
        }
    }
    if record.aggregate.is_empty() {
        judged = judged.note(Why::DmarcNoReports, &[]);
    }
    for host in refusing(case, &applied.from, record)? {
        judged = judged.note(Why::DmarcReportsRefused, &[("host", &host), ("domain", &plain(&applied.from))]);
    }
    Ok(judged)
}

/// Hosts of other organisations that were named for reports and do not say that they take them (RFC 9990 4).
fn refusing(case: &Case<'_>, domain: &Name, record: &Record) -> Result<Vec<String>, Open> {
    let mut refusing = Vec::new();
    for host in record.report_hosts().into_iter().take(MOST_HOSTS) {
        let Some(name) = name_of(&host) else {
            refusing.push(host);
            continue;
        };
        if name.zone_of(domain) || domain.zone_of(&name) || organisation(&name).is_some_and(|one| organisation(domain) == Some(one)) {
            continue;
        }
        let Some(place) = labels(&format!("{}._report._dmarc.{}", plain(domain), plain(&name))) else { continue };
        match case.ask(&place, RecordType::TXT) {
            Ok(answer) if answer.texts(&place).iter().any(|text| is_dmarc(text)) => {}
            Ok(_) => refusing.push(host),
            Err(Open::Missing(missing)) => return Err(missing.into()),
            // Whoever does not answer says nothing about the domain.
            Err(Open::Unanswered(_)) => {}
        }
    }
    Ok(refusing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn japanese_suffixes_are_known() {
        let of = |text: &str| organisation(&name_of(text).unwrap()).map(|name| plain(&name));
        assert_eq!(of("www.mof.go.jp").as_deref(), Some("mof.go.jp"));
        assert_eq!(of("go.jp"), None);
        // A wildcard with an exception: each name below kawasaki.jp is a suffix but the city's own.
        assert_eq!(of("www.city.kawasaki.jp").as_deref(), Some("city.kawasaki.jp"));
        assert_eq!(of("x.kawasaki.jp"), None);
        assert_eq!(of("a.x.kawasaki.jp").as_deref(), Some("a.x.kawasaki.jp"));
    }

    #[test]
    fn the_version_of_the_list_is_the_one_built_in() {
        let lock = include_str!("../../../../Cargo.lock");
        let version = lock.split("name = \"psl\"\nversion = \"").nth(1).and_then(|rest| rest.split('"').next());
        assert_eq!(version.map(|version| format!("psl {version}")).as_deref(), Some(SUFFIX_LIST));
    }
}
