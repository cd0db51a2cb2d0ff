//! The security.txt check: whether somebody who finds a weakness is told whom to tell (RFC 9116).

use formats::dns::plain;
use formats::evidence::{Missing, Response, Verdict};
use formats::security_txt::{SecurityTxt, is_file};
use formats::{date, evidence::Failure};
use hickory_proto::rr::Name;

use super::walk::{End, Step, Unheard, Walk};
use super::{address, curl, secure_front, short};
use crate::judge::case::Case;
use crate::judge::certificate::DAY;
use crate::judge::judgement::Judged;
use crate::judge::reasons::Why;
use crate::words::Words;

/// Where it lies, and where it lay before the RFC.
const PATH: &str = "/.well-known/security.txt";
const OLD: &str = "/security.txt";

/// Judges the file of `name`.
pub(in crate::judge) fn check(case: &Case<'_>, name: &Name) -> Result<Judged, Missing> {
    let domain = plain(name);
    let walk = secure_front(case, name, PATH)?;
    let (judged, step) = match &walk {
        Ok(walk) => (judge(case, name, walk)?, walk.steps.last()),
        Err(judged) => (judged.clone(), None),
    };
    let judged = if judged.verdict == Verdict::NotMet {
        let until = date::written(case.evidence.at + 180 * DAY);
        judged.remedy(format!("# https://{domain}{PATH}\nContact: mailto:security@{domain}\nExpires: {until}\nPreferred-Languages: ja, en\nCanonical: https://{domain}{PATH}"))
    } else {
        judged
    };
    Ok(judged.command(curl(case, step, address(true, &domain, PATH).as_ref(), "-i")).expected(
        &format!("https://{domain}{PATH} に、連絡先（Contact）と期限（Expires、未来の日時）が書かれた text/plain のファイルがあること"),
        &format!("a text/plain file at https://{domain}{PATH} with Contact and an Expires that is still to come"),
    ))
}

fn judge(case: &Case<'_>, name: &Name, walk: &Walk<'_>) -> Result<Judged, Missing> {
    let cannot = |why, data: &[(&str, &str)]| Judged::new(Verdict::CouldNotMeasure, why, data);
    let step = match (&walk.end, walk.steps.last()) {
        (End::Page, Some(step)) => step,
        // A redirect to a common contact point is allowed; whose it is, we do not judge.
        (End::Foreign(url), _) => return Ok(cannot(Why::SecurityTxtElsewhere, &[("url", url)])),
        _ => return Ok(super::page(walk).err().map_or_else(|| cannot(Why::PageUnreadable, &[("url", PATH), ("detail", "")]), |judged| *judged)),
    };
    let status = step.response.status;
    match status {
        200 if is_file(&step.response.body.0) => Ok(judge_file(case, walk, step)),
        200..300 | 300..400 | 400 | 404 | 405 | 410 => missing(case, name),
        _ => Ok(cannot(Why::PageStatus, &[("url", step.url.as_str()), ("status", &status.to_string())])),
    }
}

/// There is none; perhaps at the old place.
fn missing(case: &Case<'_>, name: &Name) -> Result<Judged, Missing> {
    let old = match secure_front(case, name, OLD)? {
        Ok(walk) => walk,
        Err(judged) => return Ok(judged),
    };
    let file = |step: &&Step<'_>| step.response.status == 200 && is_file(&step.response.body.0);
    let (why, seen) = match (old.steps.last().filter(file), &old.end) {
        (Some(step), _) => (Why::SecurityTxtOldPlace, Words::same(text(step.response))),
        (None, End::Unheard(url, Unheard::Failed(_, failure))) if *failure != Failure::Closed => {
            // It is certain that nothing lies at the right place, whatever the old one says.
            (Why::SecurityTxtMissing, Words::same(format!("{url}: -")))
        }
        _ => (Why::SecurityTxtMissing, Words::new("security.txt はありません", "no security.txt")),
    };
    Ok(Judged::new(Verdict::NotMet, why, &[]).observed(seen))
}

fn text(response: &Response) -> String {
    String::from_utf8_lossy(&response.body.0).chars().filter(|c| !c.is_control() || *c == '\n').take(2_000).collect()
}

fn judge_file(case: &Case<'_>, walk: &Walk<'_>, step: &Step<'_>) -> Judged {
    let now = case.evidence.at;
    let observed = Words::same(text(step.response));
    let say = |verdict, why, data: &[(&str, &str)]| Judged::new(verdict, why, data).observed(observed.clone());
    if step.url.scheme() != "https" {
        return say(Verdict::NotMet, Why::SecurityTxtPlain, &[("url", step.url.as_str())]);
    }
    let kind = step.response.header("content-type").unwrap_or_default();
    let mut parts = kind.split(';').map(|part| part.trim().to_ascii_lowercase());
    let is_text = parts.next().as_deref() == Some("text/plain");
    let charset = parts.find_map(|part| part.strip_prefix("charset=").map(|name| name.trim_matches('"').to_owned()));
    if !is_text || charset.is_some_and(|charset| !matches!(charset.as_str(), "utf-8" | "us-ascii")) {
        return say(Verdict::NotMet, Why::SecurityTxtType, &[("kind", &short(kind, 60))]);
    }
    let file = match SecurityTxt::parse(&step.response.body.0) {
        _ if step.response.cut => return say(Verdict::NotMet, Why::SecurityTxtInvalid, &[("problem", "larger than 32 kB")]),
        Err(problem) => return say(Verdict::NotMet, Why::SecurityTxtInvalid, &[("problem", problem)]),
        Ok(file) => file,
    };
    let expires = file.expires.unwrap_or_default();
    let until = date::written_day(expires);
    if expires <= now {
        return say(Verdict::NotMet, Why::SecurityTxtExpired, &[("until", &until)]).value(until);
    }
    let mut judged = say(Verdict::Met, Why::SecurityTxtMet, &[("until", &until)]).value(until.clone());
    // RFC 9116 2.5.5: less than a year is recommended, so that nobody trusts a forgotten file.
    if expires > now + 366 * DAY {
        judged = judged.note(Why::SecurityTxtFar, &[("until", &until)]);
    }
    if !file.unusable.is_empty() {
        judged = judged.note(Why::SecurityTxtContact, &[("value", &short(&file.unusable.join(", "), 120))]);
    }
    let is_here = |url: &String| walk.steps.iter().any(|step| step.url.as_str() == url.trim());
    if !file.canonical.is_empty() && !file.canonical.iter().any(is_here) {
        judged = judged.note(Why::SecurityTxtCanonical, &[("value", &short(&file.canonical.join(", "), 200))]);
    }
    if file.signed {
        judged = judged.note(Why::SecurityTxtSigned, &[]);
    }
    judged
}
