//! The cookie check: whether the cookies of a site are kept from scripts, from plain HTTP and from other sites.

use formats::cookie::{Broken, Cookie, SameSite};
use formats::dns::plain;
use formats::evidence::{Missing, Verdict};
use hickory_proto::rr::Name;

use super::walk::Walk;
use super::{curl, front, page, short};
use crate::judge::case::Case;
use crate::judge::judgement::{Judged, Reason};
use crate::judge::reasons::Why;
use crate::judge::rules::Need;
use crate::words::Words;

/// Parts of names of cookies that hold a session or a sign-in, and of those that only look so: a token against forgery must be read by
/// scripts, a consent is no secret, and an author is a name.
const SESSION: [&str; 10] = ["sess", "auth", "login", "token", "jwt", "sso", "remember", "identity", "ticket", "credential"];
const OTHER: [&str; 4] = ["csrf", "xsrf", "consent", "author"];
/// Cookies that are looked at.
const MOST: usize = 60;

/// One cookie and whether it came over HTTPS.
struct Set {
    cookie: Cookie,
    tls: bool,
}

/// Judges the cookies set on the way to the page of `name`.
pub(in crate::judge) fn check(case: &Case<'_>, name: &Name) -> Result<Judged, Missing> {
    let walk = front(case, name)?;
    let judged = match &walk {
        Ok(walk) => judge(case, walk),
        Err(judged) => judged.clone(),
    };
    let step = walk.as_ref().ok().and_then(|walk| walk.steps.last());
    Ok(judged.command(curl(case, step, super::address(true, &plain(name), "/").as_ref(), "-D - -o /dev/null")).expected(
        "セッション用のCookieに Secure と HttpOnly があり、SameSite が指定されていること",
        "cookies of a session are Secure and HttpOnly and say SameSite",
    ))
}

fn is_session(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let is_id =
        lower.ends_with("sid") && !lower.ends_with("visid") || lower.strip_prefix("sid").is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
    (is_id || SESSION.iter().any(|part| lower.contains(part))) && !OTHER.iter().any(|part| lower.contains(part))
}

fn judge(case: &Case<'_>, walk: &Walk<'_>) -> Judged {
    let (sets, unread) = cookies(walk, case.evidence.at);
    if sets.is_empty() && unread == 0 {
        // Without a page nothing is known of the cookies it would set.
        return match page(walk) {
            Ok(_) => Judged::new(Verdict::NotApplicable, Why::CookiesNone, &[]),
            Err(judged) => *judged,
        };
    }
    let mut decisive = Vec::new();
    let mut notes = Vec::new();
    for set in &sets {
        let session = is_session(&set.cookie.name);
        for (why, need) in faults(set, case.rules.cookie_same_site) {
            let reason = Reason::new(why, &[("name", &short(&set.cookie.name, 60))]);
            if session && need == Need::Required { decisive.push(reason) } else { notes.push(reason) }
        }
    }
    if unread > 0 {
        notes.push(Reason::new(Why::CookieUnread, &[("count", &unread.to_string())]));
    }
    let lines: Vec<String> = sets.iter().take(20).map(line).collect();
    let mut judged = match decisive.first() {
        None => Judged::new(Verdict::Met, Why::CookiesMet, &[]),
        Some(reason) => {
            let mut judged = Judged::new(Verdict::NotMet, Why::CookiesMet, &[]).remedy(remedy());
            judged.reason = reason.clone();
            judged
        }
    };
    judged.notes = decisive.into_iter().skip(1).chain(notes).take(20).collect();
    judged.value(sets.len().to_string()).observed(Words::same(lines.join("\n")))
}

/// Every cookie once, the last word about it; those that are taken away are none.
fn cookies(walk: &Walk<'_>, now: i64) -> (Vec<Set>, usize) {
    let (mut sets, mut unread): (Vec<Set>, usize) = (Vec::new(), 0);
    for step in &walk.steps {
        for (_, value) in step.response.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie")).take(MOST) {
            match Cookie::parse(value) {
                Err(_) => unread += 1,
                Ok(cookie) => {
                    sets.retain(|set| set.cookie.name != cookie.name);
                    if !cookie.is_removal(now) && sets.len() < MOST {
                        sets.push(Set { cookie, tls: step.url.scheme() == "https" });
                    }
                }
            }
        }
    }
    (sets, unread)
}

/// What a cookie lacks, and whether that decides about one of a session.
fn faults(set: &Set, same_site: Need) -> Vec<(Why, Need)> {
    let Set { cookie, tls } = set;
    let mut found = Vec::new();
    let mut lacks = |fault: bool, why, need| {
        if fault && need != Need::Ignored {
            found.push((why, need));
        }
    };
    lacks(!cookie.secure && *tls, Why::CookieNotSecure, Need::Required);
    lacks(!tls, Why::CookiePlain, Need::Required);
    lacks(!cookie.http_only, Why::CookieScripts, Need::Required);
    lacks(cookie.broken_prefix() == Some(Broken::Host), Why::CookieHostPrefix, Need::Required);
    lacks(cookie.broken_prefix() == Some(Broken::Secure), Why::CookieSecurePrefix, Need::Required);
    lacks(cookie.same_site == Some(SameSite::None), Why::CookieAnySite, Need::Advised);
    lacks(cookie.same_site.is_none(), Why::CookieSameSite, same_site);
    found
}

/// A cookie without its value.
fn line(set: &Set) -> String {
    let cookie = &set.cookie;
    let mut line = format!("Set-Cookie: {}=…", short(&cookie.name, 60));
    for (stands, text) in [(cookie.secure, "; Secure"), (cookie.http_only, "; HttpOnly"), (cookie.has_domain, "; Domain=…")] {
        line += if stands { text } else { "" };
    }
    match cookie.same_site {
        Some(SameSite::Strict) => line += "; SameSite=Strict",
        Some(SameSite::Lax) => line += "; SameSite=Lax",
        Some(SameSite::None) => line += "; SameSite=None",
        None => {}
    }
    line
}

fn remedy() -> String {
    "# nginx (proxy)\nproxy_cookie_flags ~ secure httponly samesite=lax;\n# Apache httpd (mod_headers)\nHeader always edit Set-Cookie ^(.*)$ \"$1; Secure; HttpOnly; SameSite=Lax\"\n# php.ini\nsession.cookie_secure = 1\nsession.cookie_httponly = 1\nsession.cookie_samesite = Lax".to_owned()
}

#[cfg(test)]
mod tests {
    use super::is_session;

    #[test]
    fn names_of_sessions() {
        for name in [
            "PHPSESSID",
            "JSESSIONID",
            "ASP.NET_SessionId",
            "sid",
            "connect.sid",
            "laravel_session",
            ".AspNetCore.Identity.Application",
            "auth_token",
            "SSOSESS1a2b",
        ] {
            assert!(is_session(name), "{name}");
        }
        for name in [
            "XSRF-TOKEN",
            "csrftoken",
            "lang",
            "_ga",
            "cookie_consent_session",
            "sidebar",
            "AWSALB",
            "visid_incap_1",
            "president",
            "comment_author_1",
        ] {
            assert!(!is_session(name), "{name}");
        }
    }
}
