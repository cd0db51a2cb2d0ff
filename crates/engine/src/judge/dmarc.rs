//! The DMARC check: the record, the policy that applies, and from where (RFC 9989).

use formats::dmarc::{Policy, Record, is_dmarc};
use formats::dns::plain;
use formats::evidence::{Missing, Verdict};
use hickory_proto::rr::{Name, RecordType};

use super::case::{Case, Open};
use super::judgement::Judged;
use super::reasons::Why;
use crate::words::Words;

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
    Ok(judged.command(case.dig(&format!("_dmarc.{domain}"), "TXT")).expected(
        "_dmarc に有効なDMARCレコードが1件だけあり、方針（p）が quarantine か reject であること",
        "exactly one valid DMARC record at _dmarc with the policy (p) quarantine or reject",
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

fn judge(case: &Case<'_>, name: &Name, domain: &str) -> Result<Judged, Open> {
    let line = format!("_dmarc.{domain}. IN TXT \"v=DMARC1; p=reject; rua=mailto:dmarc-reports@{domain}\"");
    match at(case, name)? {
        Found::One(record, text) => return Ok(applied(&record, record.policy, text, None, line)),
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
        Found::Nothing => {}
    }
    // RFC 9989 4.10: the organisational domain is found by walking up, at most eight questions in all.
    let labels = usize::from(name.num_labels());
    let first = if labels > 8 { 7 } else { labels.saturating_sub(1) };
    let mut found: Vec<(Name, Record, String)> = Vec::new();
    for keep in (1..=first).rev() {
        let here = name.trim_to(keep);
        // What is wrong higher up is not this domain's doing and does not stop the walk.
        if let Found::One(record, text) = at(case, &here)? {
            let stop = record.public_suffix != 'u';
            found.push((here, record, text));
            if stop {
                break;
            }
        }
    }
    let Some((mut from, mut record, mut text)) = found.pop() else {
        let none = Words::new("DMARCレコードはありません", "no DMARC record");
        return Ok(Judged::new(Verdict::NotMet, Why::DmarcMissing, &[]).observed(none).remedy(line));
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
        Judged::new(Verdict::NotMet, Why::DmarcNone, &[]).remedy(line)
    } else {
        Judged::new(Verdict::Met, Why::DmarcMet, &[("policy", effective.as_str())])
    };
    judged = judged.value(format!("p={}", effective.as_str())).observed(Words::same(text));
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
