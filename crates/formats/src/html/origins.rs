//! Whose servers a page leads to or takes things from.

use std::collections::BTreeSet;

use url::Url;

use super::Page;

crate::spelled! {
    /// How a page reaches another server.
    Reach {
        Script => "script",
        Frame => "frame",
        Form => "form",
        Link => "link",
        Refresh => "refresh",
        Style => "style",
        Image => "image",
        /// An address written in a script of the page itself: where code loads from or sends to.
        Code => "code",
    }
}

/// Octets of an address that are looked at, and addresses taken from inline scripts.
const LONGEST: usize = 2048;
const WRITTEN: usize = 500;

/// `target` as written in a page whose relative addresses are relative to `base`.
pub fn resolve(base: &Url, target: &str) -> Option<Url> {
    target.len().le(&LONGEST).then(|| base.join(target).ok()).flatten()
}

/// Scheme, host and port of an address (RFC 6454 6.2); for addresses without a server their scheme, as `data:`.
pub fn origin(address: &Url) -> String {
    match address.origin() {
        tuple @ url::Origin::Tuple(..) => tuple.ascii_serialization(),
        url::Origin::Opaque(_) => format!("{}:", address.scheme()),
    }
}

impl Page {
    /// What relative addresses of this page are relative to, when it was fetched from `address`.
    pub fn base(&self, address: &Url) -> Url {
        self.base.as_deref().and_then(|base| resolve(address, base)).unwrap_or_else(|| address.clone())
    }

    /// Every origin the page reaches, and how.
    pub fn origins(&self, address: &Url) -> BTreeSet<(Reach, String)> {
        self.reaches(address).into_iter().collect()
    }

    /// The same, once for each time it is written. Addresses that cannot be read are left out; long `data:` addresses count as `data:`.
    pub fn reaches(&self, address: &Url) -> Vec<(Reach, String)> {
        let base = self.base(address);
        let mut found = Vec::new();
        let mut take = |reach: Reach, target: &str| {
            let inline = target.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("data:"));
            let origin = if inline { Some("data:".to_owned()) } else { resolve(&base, target).as_ref().map(origin) };
            found.extend(origin.map(|origin| (reach, origin)));
        };
        for script in self.scripts.iter().filter(|script| script.runs()) {
            script.src.iter().for_each(|src| take(Reach::Script, src));
            written(&script.inline).for_each(|host| take(Reach::Code, &host));
        }
        self.frames.iter().for_each(|frame| take(Reach::Frame, frame));
        for form in &self.forms {
            // A form without an action goes to the page itself, whatever `<base>` says (WHATWG HTML 4.10.21.3, step 9).
            take(Reach::Form, form.action.as_deref().unwrap_or(address.as_str()));
            form.fields.iter().filter_map(|field| field.action.as_deref()).for_each(|action| take(Reach::Form, action));
        }
        self.links.iter().for_each(|link| take(Reach::Link, &link.href));
        self.refresh.iter().filter_map(|refresh| refresh.target.as_deref()).for_each(|target| take(Reach::Refresh, target));
        self.stylesheets.iter().for_each(|style| take(Reach::Style, style));
        self.images.iter().for_each(|image| take(Reach::Image, image));
        found
    }
}

/// Addresses `//host…` written in code, with or without their scheme; a slash may be escaped as in JSON.
fn written(code: &str) -> impl Iterator<Item = String> {
    let plain = code.replace("\\/", "/");
    let mut found = Vec::new();
    let mut rest = plain.as_str();
    while let Some((before, after)) = rest.split_once("//") {
        let host = after.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':'))).next().unwrap_or_default();
        let scheme = if before.ends_with("http:") { "http:" } else { "https:" };
        let quoted = before.ends_with(['"', '\'', '`']) || before.ends_with("http:") || before.ends_with("https:");
        // A comment is no address: an address has a scheme or stands right after a quotation mark, and its host has a dot.
        if quoted && host.trim_matches(['.', ':']).contains('.') {
            found.push(format!("{scheme}//{}", host.trim_end_matches(['.', ':'])));
        }
        if found.len() >= WRITTEN {
            break;
        }
        rest = after;
    }
    found.into_iter()
}
