//! The HSTS check: whether browsers are told to insist on HTTPS (RFC 6797).

use formats::dns::plain;
use formats::evidence::{Missing, Response, Verdict};
use formats::hsts::Policy;
use hickory_proto::rr::Name;

use super::walk::{End, Step, Walk};
use super::{address, curl, secure_front, short};
use crate::judge::case::Case;
use crate::judge::certificate;
use crate::judge::judgement::Judged;
use crate::judge::reasons::Why;
use crate::words::Words;

const NAME: &str = "strict-transport-security";
/// What makes browsers warn about a certificate, so that they ignore the header (RFC 6797 8.1).
const WARNED: [Why; 6] = [
    Why::CertificateExpired,
    Why::CertificateEarly,
    Why::CertificateName,
    Why::CertificateSelfSigned,
    Why::CertificateUntrusted,
    Why::CertificateNoProof,
];

/// Judges the header of the front page of `name`.
pub(in crate::judge) fn check(case: &Case<'_>, name: &Name) -> Result<Judged, Missing> {
    let domain = plain(name);
    let front = secure_front(case, name, "/")?;
    let (judged, step) = match &front {
        Ok(walk) => (judge(case, walk, &domain), walk.steps.first()),
        Err(judged) => (judged.clone(), None),
    };
    let command = curl(case, step, address(true, &domain, "/").as_ref(), "-D - -o /dev/null");
    let (age, sub) = (case.rules.hsts_min_age, case.rules.hsts_subdomains);
    let value = format!("max-age={}; includeSubDomains", age.max(31_536_000));
    let judged = if judged.verdict == Verdict::NotMet && judged.remedy.is_empty() {
        judged.remedy(format!(
            "# nginx\nadd_header Strict-Transport-Security \"{value}\" always;\n# Apache httpd (mod_headers)\nHeader always set Strict-Transport-Security \"{value}\""
        ))
    } else {
        judged
    };
    let (also_ja, also_en) = if sub { ("、includeSubDomains を付けること", " and includeSubDomains") } else { ("", "") };
    Ok(judged.command(command).expected(
        &format!("Strict-Transport-Security ヘッダの max-age が{age}秒以上であること{also_ja}"),
        &format!("a Strict-Transport-Security header with max-age of at least {age} seconds{also_en}"),
    ))
}

fn values(response: &Response) -> Vec<&str> {
    response.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(NAME)).map(|(_, value)| value.as_str()).collect()
}

fn judge(case: &Case<'_>, walk: &Walk<'_>, domain: &str) -> Judged {
    let Some(first) = walk.steps.first() else {
        return match &walk.end {
            End::Unheard(url, unheard) => unheard.judged(url.as_str()),
            _ => Judged::new(Verdict::NotApplicable, Why::NoWeb, &[]),
        };
    };
    let own = |step: &&Step<'_>| step.url.scheme() == "https" && step.url.host_str() == Some(domain);
    let with = |step: &&Step<'_>| !values(step.response).is_empty();
    // A policy holds for the name that sent it (RFC 6797 8.1), on whichever of its pages.
    let Some(step) = walk.steps.iter().filter(own).find(with) else { return without(walk, first) };
    let judged = judge_header(case, step);
    if step.url == first.url { judged } else { judged.note(Why::HstsLater, &[("url", &short(step.url.as_str(), 200))]) }
}

/// There is no header: on another name, on an error page, or nowhere.
fn without(walk: &Walk<'_>, first: &Step<'_>) -> Judged {
    let status = first.response.status;
    if status >= 400 {
        return Judged::new(Verdict::CouldNotMeasure, Why::PageStatus, &[("url", first.url.as_str()), ("status", &status.to_string())]);
    }
    let none = Words::new("Strict-Transport-Security ヘッダはありません", "no Strict-Transport-Security header");
    let elsewhere = walk.steps.iter().find(|step| step.url.scheme() == "https" && !values(step.response).is_empty());
    match elsewhere.and_then(|step| step.url.host_str()) {
        Some(host) => Judged::new(Verdict::NotMet, Why::HstsElsewhere, &[("host", host)]).observed(none),
        None => Judged::new(Verdict::NotMet, Why::HstsMissing, &[]).observed(none),
    }
}

fn judge_header(case: &Case<'_>, step: &Step<'_>) -> Judged {
    let (rules, evidence) = (case.rules, case.evidence);
    let all = values(step.response);
    let value = all.first().copied().unwrap_or_default();
    let observed = all.iter().map(|value| format!("Strict-Transport-Security: {}", short(value, 300))).collect::<Vec<_>>().join("\n");
    let say = |verdict, why, data: &[(&str, &str)]| Judged::new(verdict, why, data).observed(Words::same(observed.clone()));
    let policy = match Policy::parse(value) {
        Err(problem) => return say(Verdict::NotMet, Why::HstsInvalid, &[("problem", problem)]).value(short(value, 40)),
        Ok(policy) => policy,
    };
    let age = policy.max_age.to_string();
    let say = |verdict, why, data: &[(&str, &str)]| say(verdict, why, data).value(format!("max-age={age}"));
    let shown = step.response.handshake.as_deref().cloned().unwrap_or_default();
    let trust = certificate::judge(&shown, step.url.host_str().unwrap_or_default(), &evidence.place.roots, rules, evidence.at);
    let mut judged = if WARNED.iter().any(|why| why.code() == trust.reason.code) {
        say(Verdict::NotMet, Why::HstsCertificate, &[("detail", &trust.reason.code)])
            .remedy(format!("certbot certonly -d {}", step.url.host_str().unwrap_or_default()))
    } else if policy.max_age == 0 {
        say(Verdict::NotMet, Why::HstsZero, &[])
    } else if policy.max_age < rules.hsts_min_age {
        say(Verdict::NotMet, Why::HstsShort, &[("seconds", &age), ("limit", &rules.hsts_min_age.to_string())])
    } else if rules.hsts_subdomains && !policy.include_subdomains {
        say(Verdict::NotMet, Why::HstsSubdomains, &[])
    } else {
        say(Verdict::Met, Why::HstsMet, &[("seconds", &age)])
    };
    if all.len() > 1 {
        judged = judged.note(Why::HstsSeveral, &[("count", &all.len().to_string())]);
    }
    if !policy.include_subdomains && !rules.hsts_subdomains {
        judged = judged.note(Why::HstsSubdomains, &[]);
    }
    judged
}
