//! The front page of a testbed domain over IPv4 and over IPv6: alike, or different in one respect.

use super::site::Page;

/// What a web server shows over IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Web6 {
    /// The very page of IPv4.
    Same,
    /// No IPv6 address.
    Missing,
    /// An IPv6 address that only wraps an IPv4 one.
    Mapped,
    /// Connects, and says nothing of TLS.
    Closed,
    /// The same page, with what changes at every fetch: nonces, tokens, the time.
    Varying,
    /// One word in thirty is another.
    NearlySame,
    OtherText,
    OtherTitle,
    /// 404 instead of the page.
    OtherStatus,
    /// Both redirect, each to a place of its own.
    OtherRedirect,
    SameRedirect,
    /// 403 by both, with different pages.
    Forbidden,
    /// 503 by both.
    Broken,
}

const TEXT: &str = "this page tells the citizens of the town where they may apply for a certificate of residence and when the office is open \
    bring your card and the letter we sent you and come to the second floor of the town hall on any working day before noon \
    the staff will gladly help you to fill in the form and the fee may be paid in cash or by card at the counter next to the stairs";
const OTHER: &str = "under construction nobody has yet put anything here the default page of a freshly installed server shows that it works";

/// The page. `fetch` counts the fetches so far.
pub(super) fn front(state: Web6, ipv6: bool, domain: &str, fetch: usize) -> Page {
    let page = |title: &str, text: &str| {
        Page::html(&format!("<!doctype html><html lang=\"en\"><head><title>{title}</title></head><body><p>{text}</p></body></html>"))
    };
    match state {
        Web6::OtherText if ipv6 => page(domain, OTHER),
        Web6::OtherTitle if ipv6 => page("Welcome", TEXT),
        Web6::OtherStatus if ipv6 => page("Not found", OTHER).status(404),
        Web6::NearlySame if ipv6 => page(domain, &TEXT.replace("second", "third").replace("noon", "four")),
        Web6::OtherRedirect if ipv6 => Page::redirect(302, "/old/"),
        Web6::OtherRedirect | Web6::SameRedirect if ipv6 => Page::redirect(302, &format!("https://{domain}/en/")),
        Web6::OtherRedirect | Web6::SameRedirect => Page::redirect(302, "/en/"),
        Web6::Forbidden => page("Forbidden", if ipv6 { OTHER } else { TEXT }).status(403),
        Web6::Broken => page("Sorry", OTHER).status(503),
        Web6::Varying => Page::html(&varying(domain, fetch)),
        _ => page(domain, TEXT),
    }
}

fn varying(domain: &str, fetch: usize) -> String {
    // Long enough to be no word, and another at every fetch.
    let token = format!("{:016x}{:016x}", fetch.wrapping_mul(0x9e37_79b9_7f4a_7c15), fetch.wrapping_mul(0x94d0_49bb_1331_11eb));
    format!(
        "<!doctype html><html lang=\"en\"><head><title>{domain}</title><meta name=\"csrf-token\" content=\"{token}\">\
         <script nonce=\"{token}\">var now = \"2026-09-21T14:{:02}:09+09:00\";</script></head><body><p>{TEXT}</p>\
         <form><input type=\"hidden\" name=\"__VIEWSTATE\" value=\"/wEPDwUK{token}Zz==\"></form><!-- made in {fetch} ms --></body></html>",
        fetch % 60
    )
}
