//! The redirect check: whether plain HTTP leads to HTTPS at once, and nothing leads back.

use formats::dns::plain;
use formats::evidence::{Failure, Missing, Verdict};
use hickory_proto::rr::Name;
use url::Url;

use super::walk::{End, Unheard, Walk, walk};
use super::{absent, address, curl, short};
use crate::judge::case::Case;
use crate::judge::https::{self, Shown};
use crate::judge::judgement::Judged;
use crate::judge::reasons::Why;
use crate::words::Words;

/// Judges what plain HTTP at `name` does.
pub(in crate::judge) fn check(case: &Case<'_>, name: &Name) -> Result<Judged, Missing> {
    let domain = plain(name);
    let shown = https::present(case, name)?;
    let start = address(false, &domain, "/");
    let judged = match start.clone() {
        Some(start) if !matches!(shown, Shown::NoSuchDomain | Shown::NoAddress | Shown::Unanswered(_)) => {
            let walk = walk(case, name, start)?;
            let judged = judge(case, &walk, &shown, &domain);
            judged.command(curl(case, walk.steps.first(), address(false, &domain, "/").as_ref(), "-D - -o /dev/null"))
        }
        _ => absent(case, &shown).command(curl(case, None, start.as_ref(), "-D - -o /dev/null")),
    };
    let judged = if judged.verdict == Verdict::NotMet { judged.remedy(remedy(&domain)) } else { judged };
    Ok(judged.expected(
        "http:// でのアクセスを、まず同じ名前の https:// へ転送すること（301・302・307・308）。または、HTTPで何も提供しないこと",
        "http:// leads to https:// of the same name first (301, 302, 307 or 308), or nothing is served over plain HTTP",
    ))
}

fn remedy(domain: &str) -> String {
    format!(
        "# nginx\nserver {{ listen 80; server_name {domain}; return 301 https://$host$request_uri; }}\n# Apache httpd\n<VirtualHost *:80>\n  ServerName {domain}\n  Redirect permanent / https://{domain}/\n</VirtualHost>"
    )
}

/// The steps as people read them.
fn seen(walk: &Walk<'_>) -> String {
    let line = |step: &super::Step<'_>| match &step.next {
        Some(next) => format!("{} {} → {}", step.url, step.response.status, short(next.as_str(), 200)),
        None => format!("{} {}", step.url, step.response.status),
    };
    walk.steps.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn judge(case: &Case<'_>, walk: &Walk<'_>, shown: &Shown<'_>, domain: &str) -> Judged {
    let Some(first) = walk.steps.first() else {
        return match &walk.end {
            End::Unheard(_, Unheard::Failed(_, Failure::Closed)) if matches!(shown, Shown::Chain(..)) => {
                Judged::new(Verdict::Met, Why::PlainClosed, &[])
                    .observed(Words::new("HTTP（80番ポート）は閉じています", "the port of plain HTTP is closed"))
            }
            End::Unheard(_, Unheard::Failed(_, Failure::Closed)) => absent(case, shown),
            End::Unheard(url, unheard) => unheard.judged(url.as_str()),
            _ => absent(case, shown),
        };
    };
    let status = first.response.status.to_string();
    let observed = Words::same(seen(walk));
    let say = |verdict, why, data: &[(&str, &str)]| Judged::new(verdict, why, data).observed(observed.clone());
    let Some(next) = &first.next else {
        let data = [("url", first.url.as_str()), ("status", status.as_str())];
        return match first.response.status {
            200..=299 => say(Verdict::NotMet, Why::PlainContent, &[]).value(status.clone()),
            301 | 302 | 303 | 307 | 308 => say(Verdict::NotMet, Why::RedirectUnreadable, &data).value(status.clone()),
            400..=499 => say(Verdict::Met, Why::PlainRefused, &data).value(status.clone()),
            _ => say(Verdict::CouldNotMeasure, Why::PageStatus, &data),
        };
    };
    let say = |verdict, why, data: &[(&str, &str)]| say(verdict, why, data).value(short(&format!("{status} {next}"), 80));
    let target = short(next.as_str(), 200);
    if first.response.status == 303 {
        return say(Verdict::NotMet, Why::RedirectStatus, &[("status", &status)]);
    }
    // Whatever comes before HTTPS can be changed by anybody in between.
    let plain_steps: Vec<&Url> = walk.steps.iter().filter_map(|step| step.next.as_ref()).take_while(|next| next.scheme() != "https").collect();
    let secure = walk.steps.iter().filter_map(|step| step.next.as_ref()).find(|next| next.scheme() == "https");
    let own = |url: &Url| url.host_str() == Some(domain) && url.port().is_none();
    let Some(secure) = secure else { return say(Verdict::NotMet, Why::RedirectPlain, &[("url", &target)]) };
    if let Some(other) = plain_steps.iter().find(|next| !own(next)) {
        return say(Verdict::NotMet, Why::RedirectPlain, &[("url", &short(other.as_str(), 200))]);
    }
    if !own(secure) {
        return say(Verdict::NotMet, Why::RedirectOther, &[("url", &short(secure.as_str(), 200))]);
    }
    if !matches!(shown, Shown::Chain(..)) {
        return absent(case, shown);
    }
    let back = walk.steps.iter().find_map(|step| step.next.as_ref().filter(|next| step.url.scheme() == "https" && next.scheme() == "http"));
    if let Some(back) = back {
        return say(Verdict::NotMet, Why::RedirectDowngrade, &[("url", &short(back.as_str(), 200))]);
    }
    let mut judged = say(Verdict::Met, Why::RedirectMet, &[]);
    if !plain_steps.is_empty() {
        judged = judged.note(Why::RedirectDetour, &[("url", &target)]);
    }
    if matches!(first.response.status, 302 | 307) {
        judged = judged.note(Why::RedirectTemporary, &[("status", &status)]);
    }
    match &walk.end {
        End::Foreign(url) => judged.note(Why::RedirectLeaves, &[("url", url)]),
        End::Round | End::Far => judged.note(Why::RedirectFar, &[]),
        End::Unheard(..) | End::Unreadable(_) => judged.note(Why::RedirectUnfinished, &[]),
        End::Page => judged,
    }
}
