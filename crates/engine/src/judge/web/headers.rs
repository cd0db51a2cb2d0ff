//! The check of headers that shield visitors: CSP, framing, content types, referrers.

use formats::csp::{self, Framing, Origin, Policy};
use formats::dns::plain;
use formats::evidence::{Missing, Response, Verdict};
use formats::html;
use hickory_proto::rr::Name;

use super::{curl, front, page, short};
use crate::judge::case::Case;
use crate::judge::judgement::{Judged, Reason};
use crate::judge::reasons::Why;
use crate::judge::rules::{HeaderRules, Need};
use crate::words::Words;

/// The headers that are looked at, in the order they are shown.
const SHOWN: [&str; 5] =
    ["Content-Security-Policy", "Content-Security-Policy-Report-Only", "X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy"];

/// What is wrong with one of them, and the header that mends it.
struct Fault {
    need: Need,
    why: Why,
    data: Vec<(&'static str, String)>,
    mend: (&'static str, &'static str),
}

/// Judges the page `name` leads to.
pub(in crate::judge) fn check(case: &Case<'_>, name: &Name) -> Result<Judged, Missing> {
    let walk = front(case, name)?;
    let found = walk.as_ref().map_err(|judged| Box::new(judged.clone())).and_then(page);
    let judged = match &found {
        Ok(step) => judge(step.response, &case.rules.headers),
        Err(judged) => Judged::clone(judged),
    };
    let required = required(&case.rules.headers).join("、");
    Ok(judged.command(curl(case, found.ok(), super::address(true, &plain(name), "/").as_ref(), "-D - -o /dev/null")).expected(
        &format!("利用者のブラウザを守るヘッダがあること（必須: {required}）"),
        &format!("headers that shield the visitor's browser (required: {})", required.replace('、', ", ")),
    ))
}

fn required(rules: &HeaderRules) -> Vec<&'static str> {
    [
        (rules.content_security_policy, "Content-Security-Policy"),
        (rules.framing, "frame-ancestors / X-Frame-Options"),
        (rules.content_types, "X-Content-Type-Options"),
        (rules.referrers, "Referrer-Policy"),
    ]
    .into_iter()
    .filter(|(need, _)| *need == Need::Required)
    .map(|(_, name)| name)
    .collect()
}

fn judge(response: &Response, rules: &HeaderRules) -> Judged {
    let policies = policies(response);
    let faults = [
        content(response, &policies, rules.content_security_policy),
        framing(response, &policies, rules.framing),
        content_types(response, rules.content_types),
        referrers(response, rules.referrers),
    ];
    let faults: Vec<Fault> = faults.into_iter().flatten().filter(|fault| fault.need != Need::Ignored).collect();
    let (worst, rest): (Vec<&Fault>, Vec<&Fault>) = faults.iter().partition(|fault| fault.need == Need::Required);
    let data = |fault: &'_ Fault| -> Vec<(&'static str, String)> { fault.data.clone() };
    let reason = |fault: &Fault| {
        let data = data(fault);
        Reason::new(fault.why, &data.iter().map(|(key, value)| (*key, value.as_str())).collect::<Vec<_>>())
    };
    let mut judged = match worst.first() {
        None => Judged::new(Verdict::Met, Why::HeadersMet, &[]),
        Some(fault) => {
            let mut judged = Judged::new(Verdict::NotMet, fault.why, &[]).remedy(remedy(&faults));
            judged.reason = reason(fault);
            judged
        }
    };
    judged.notes.extend(worst.iter().skip(1).chain(&rest).map(|fault| reason(fault)));
    judged.notes.extend(smaller(&policies));
    let missing = faults.iter().map(|fault| fault.mend.0).collect::<Vec<_>>().join(", ");
    judged.value(if missing.is_empty() { "ok".to_owned() } else { format!("- {missing}") }).observed(observed(response))
}

/// Every policy of the page: headers count together, and those of `<meta>` besides.
fn policies(response: &Response) -> Vec<Policy> {
    let of = |text: &str, origin| csp::parse(text, origin);
    let headers = values(response, "content-security-policy").into_iter().flat_map(|text| of(text, Origin::Header));
    let page = html::read(&response.body.0, response.header("content-type"));
    let metas = page.metas.iter().filter(|(name, _)| name == "content-security-policy").flat_map(|(_, text)| of(text, Origin::Meta));
    headers.chain(metas).take(50).collect()
}

fn values<'r>(response: &'r Response, name: &str) -> Vec<&'r str> {
    response.headers.iter().filter(|(one, _)| one.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str()).collect()
}

/// The values of a header that is a list, in lower case (Fetch: headers of one name are joined by commas).
fn list(response: &Response, name: &str) -> Vec<String> {
    values(response, name).iter().flat_map(|value| value.split(',')).map(|value| value.trim().to_ascii_lowercase()).collect()
}

fn content(response: &Response, policies: &[Policy], need: Need) -> Option<Fault> {
    const MEND: (&str, &str) = ("Content-Security-Policy", "default-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'self'");
    let fault = |why| Some(Fault { need, why, data: Vec::new(), mend: MEND });
    let scripts = csp::scripts(policies);
    if policies.is_empty() {
        let trial = !values(response, "content-security-policy-report-only").is_empty();
        fault(if trial { Why::CspReportOnly } else { Why::CspMissing })
    } else if scripts.any_inline && scripts.any_source {
        fault(Why::CspOpen)
    } else if scripts.any_inline {
        fault(Why::CspInline)
    } else if scripts.any_source {
        fault(Why::CspAnywhere)
    } else {
        None
    }
}

/// Who may frame the page, by the HTML standard: `frame-ancestors` makes browsers ignore X-Frame-Options; several different values of the
/// latter forbid all framing when one of them is known, and say nothing otherwise.
fn framing(response: &Response, policies: &[Policy], need: Need) -> Option<Fault> {
    let fault = |why, data| Some(Fault { need, why, data, mend: ("X-Frame-Options", "SAMEORIGIN") });
    match csp::framing(policies) {
        Framing::Restricted => return None,
        Framing::Anybody => {
            let mend = ("Content-Security-Policy", "frame-ancestors 'self'");
            return Some(Fault { need, why: Why::FramingAnybody, data: Vec::new(), mend });
        }
        Framing::Unsaid => {}
    }
    let mut said = list(response, "x-frame-options");
    said.sort();
    said.dedup();
    let known = |value: &String| matches!(value.as_str(), "deny" | "sameorigin");
    match said.as_slice() {
        [] => fault(Why::FramingMissing, Vec::new()),
        [one] if known(one) => None,
        several if several.len() > 1 && several.iter().any(|one| known(one) || one == "allowall") => None,
        others => fault(Why::FramingUnknown, vec![("value", short(&others.join(", "), 80))]),
    }
}

/// Fetch, “determine nosniff”: only the first value counts.
fn content_types(response: &Response, need: Need) -> Option<Fault> {
    let said = list(response, "x-content-type-options");
    let fault = |why, data| Some(Fault { need, why, data, mend: ("X-Content-Type-Options", "nosniff") });
    match said.first().map(String::as_str) {
        Some("nosniff") => None,
        Some(other) => fault(Why::SniffUnknown, vec![("value", short(other, 80))]),
        None => fault(Why::SniffMissing, Vec::new()),
    }
}

/// The last value a browser knows counts (Referrer Policy 8.1).
fn referrers(response: &Response, need: Need) -> Option<Fault> {
    const GOOD: [&str; 6] = ["no-referrer", "same-origin", "origin", "strict-origin", "origin-when-cross-origin", "strict-origin-when-cross-origin"];
    const WIDE: [&str; 2] = ["no-referrer-when-downgrade", "unsafe-url"];
    let said = list(response, "referrer-policy");
    let last = said.iter().rfind(|one| GOOD.contains(&one.as_str()) || WIDE.contains(&one.as_str()));
    let fault = |why, data| Some(Fault { need, why, data, mend: ("Referrer-Policy", "strict-origin-when-cross-origin") });
    match last {
        Some(value) if GOOD.contains(&value.as_str()) => None,
        Some(value) => fault(Why::ReferrerWide, vec![("value", value.clone())]),
        None => fault(Why::ReferrerMissing, Vec::new()),
    }
}

/// What makes a policy weaker without deciding anything.
fn smaller(policies: &[Policy]) -> Vec<Reason> {
    let mut notes = Vec::new();
    if policies.is_empty() {
        return notes;
    }
    if csp::scripts(policies).eval {
        notes.push(Reason::new(Why::CspEval, &[]));
    }
    if !policies.iter().any(Policy::objects_closed) {
        notes.push(Reason::new(Why::CspObjects, &[]));
    }
    if !policies.iter().any(|policy| policy.directive("base-uri").is_some()) {
        notes.push(Reason::new(Why::CspBase, &[]));
    }
    if policies.iter().any(|policy| policy.origin == Origin::Meta && policy.directive("frame-ancestors").is_some()) {
        notes.push(Reason::new(Why::CspMetaFrames, &[]));
    }
    notes
}

fn observed(response: &Response) -> Words {
    let lines = |none: &str| {
        let line = |name: &&str| match values(response, name).as_slice() {
            [] if *name == "Content-Security-Policy-Report-Only" => Vec::new(),
            [] => vec![format!("{name}: {none}")],
            several => several.iter().map(|value| format!("{name}: {}", short(value, 400))).collect(),
        };
        SHOWN.iter().flat_map(line).collect::<Vec<_>>().join("\n")
    };
    Words::new(lines("（なし）"), lines("(none)"))
}

fn remedy(faults: &[Fault]) -> String {
    let lines = |line: &dyn Fn(&str, &str) -> String| faults.iter().map(|fault| line(fault.mend.0, fault.mend.1)).collect::<Vec<_>>().join("\n");
    let nginx = lines(&|name, value| format!("add_header {name} \"{value}\" always;"));
    let apache = lines(&|name, value| format!("Header always set {name} \"{value}\""));
    format!("# nginx\n{nginx}\n# Apache httpd (mod_headers)\n{apache}")
}
