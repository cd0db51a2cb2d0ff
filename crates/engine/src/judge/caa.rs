//! The CAA check: which authorities may issue certificates for the name (RFC 8659).

use formats::dns::plain;
use formats::evidence::{Missing, Verdict};
use hickory_proto::rr::rdata::CAA;
use hickory_proto::rr::{Name, RData, RecordType};

use super::case::{Case, Open};
use super::judgement::Judged;
use super::reasons::Why;
use crate::words::Words;

/// Judges the records that apply to `name`: its own, else the nearest ones above (RFC 8659 3).
pub(super) fn check(case: &Case<'_>, name: &Name) -> Result<Judged, Missing> {
    let domain = plain(name);
    let judged = judge(case, name, &domain).or_else(Open::judged)?;
    Ok(judged.command(case.dig(&domain, "CAA")).expected(
        "証明書を発行してよい認証局を示すCAAレコード（issue）があること",
        "a CAA record (issue) that says which authorities may issue certificates",
    ))
}

fn judge(case: &Case<'_>, name: &Name, domain: &str) -> Result<Judged, Open> {
    let line = format!("{domain}. IN CAA 0 issue \"<authority>\"");
    for keep in (1..=usize::from(name.num_labels())).rev() {
        let here = name.trim_to(keep);
        let answer = case.ask(&here, RecordType::CAA)?;
        let found: Vec<&CAA> = answer
            .records(&here, RecordType::CAA)
            .into_iter()
            .filter_map(|record| match &record.data {
                RData::CAA(caa) => Some(caa),
                _ => None,
            })
            .collect();
        if !found.is_empty() {
            return Ok(say(&found, &here, name, line));
        }
    }
    let none = Words::new("CAAレコードはありません", "no CAA record");
    Ok(Judged::new(Verdict::NotMet, Why::CaaMissing, &[]).observed(none).remedy(line))
}

fn say(found: &[&CAA], at: &Name, name: &Name, line: String) -> Judged {
    let text = |caa: &CAA| {
        let value: String = String::from_utf8_lossy(&caa.value).chars().filter(|c| !c.is_control()).take(200).collect();
        format!("{} {} \"{value}\"", caa.flags(), caa.tag.chars().take(30).collect::<String>())
    };
    let mut lines: Vec<String> = found.iter().take(20).map(|caa| text(caa)).collect();
    lines.sort();
    let is = |caa: &CAA, tag: &str| caa.tag.eq_ignore_ascii_case(tag);
    // Without an issue property anybody may issue (RFC 8659 4.2); issuewild alone speaks of wildcards only.
    let mut judged = if found.iter().any(|caa| is(caa, "issue")) {
        Judged::new(Verdict::Met, Why::CaaMet, &[])
    } else {
        Judged::new(Verdict::NotMet, Why::CaaOpen, &[]).remedy(line)
    };
    judged = judged.value(lines.join(", ")).observed(Words::same(lines.join("\n")));
    if at != name {
        judged = judged.note(Why::CaaInherited, &[("from", &plain(at))]);
    }
    let known = ["issue", "issuewild", "iodef", "issuemail", "contactemail", "contactphone"];
    if let Some(unknown) = found.iter().find(|caa| caa.issuer_critical && !known.iter().any(|tag| is(caa, tag))) {
        let tag: String = unknown.tag.chars().take(30).collect();
        judged = judged.note(Why::CaaCritical, &[("tag", &tag)]);
    }
    judged
}
