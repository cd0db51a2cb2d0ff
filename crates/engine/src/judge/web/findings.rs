//! What the front page itself gives away: contents without encryption, forms without a token, and the name of a page that is not there.

use formats::csp::{self, Origin};
use formats::evidence::{Evidence, Response};
use formats::html::{self, Form};
use url::Url;

use super::short;
use crate::judge::judgement::Reason;
use crate::judge::reasons::Why;

/// Parts of names of hidden fields that stop other sites from sending a form.
const TOKENS: [&str; 10] =
    ["csrf", "xsrf", "token", "nonce", "authenticity", "__requestverification", "__viewstate", "form_build_id", "_wpnonce", "captcha"];

/// The path of a page that does not exist: other at every visit, so that nobody can prepare for it, and the same when judged again.
pub(super) fn absent_path(evidence: &Evidence) -> String {
    let seed = format!("{}/{}", evidence.target.domain, evidence.at);
    let hash = seed.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, octet| (hash ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3));
    format!("/hinomi-{hash:016x}")
}

/// What a page over HTTPS takes without encryption.
pub(super) struct Mixed {
    /// Scripts, frames and style sheets, or where a form is sent: whoever changes them changes the page.
    pub active: Vec<String>,
    /// Pictures, sounds, films.
    pub passive: Vec<String>,
}

/// Contents of `response` that come over plain HTTP; none where the policy makes browsers ask by HTTPS instead.
pub(super) fn mixed(url: &Url, response: &Response) -> Mixed {
    let mut mixed = Mixed { active: Vec::new(), passive: Vec::new() };
    let page = html::read(&response.body.0, response.header("content-type"));
    let headers = response.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("content-security-policy")).map(|(_, value)| value);
    let metas = page.metas.iter().filter(|(name, _)| name == "content-security-policy").map(|(_, text)| text);
    let upgraded =
        headers.chain(metas).flat_map(|text| csp::parse(text, Origin::Header)).any(|one| one.directive("upgrade-insecure-requests").is_some());
    if url.scheme() != "https" || upgraded {
        return mixed;
    }
    let base = page.base(url);
    let plain = |target: &str| html::resolve(&base, target).filter(|url| url.scheme() == "http").map(|url| short(url.as_str(), 200));
    let scripts = page.scripts.iter().filter_map(|script| script.src.as_deref());
    let forms =
        page.forms.iter().flat_map(|form| form.action.iter().chain(form.fields.iter().filter_map(|field| field.action.as_ref()))).map(String::as_str);
    let active = scripts.chain(page.frames.iter().map(String::as_str)).chain(page.stylesheets.iter().map(String::as_str)).chain(forms);
    mixed.active = active.filter_map(plain).take(20).collect();
    mixed.passive = page.images.iter().filter_map(|image| plain(image)).take(20).collect();
    mixed
}

/// Forms that change something and carry no token: perhaps they need none, so somebody must look.
pub(super) fn forms(response: &Response) -> Option<Reason> {
    let page = html::read(&response.body.0, response.header("content-type"));
    let guarded = |form: &&Form| {
        form.fields.iter().any(|field| {
            let name = field.name.to_ascii_lowercase();
            TOKENS.iter().any(|token| name.contains(token))
        })
    };
    let open: Vec<&Form> = page.forms.iter().filter(|form| form.method == "post").filter(|form| !guarded(form)).collect();
    let action = open.first()?.action.as_deref().unwrap_or("-");
    Some(Reason::new(Why::ExposureForm, &[("count", &open.len().to_string()), ("action", &short(action, 120))]))
}
