//! Cookies as servers set them, read the way browsers do (RFC 6265 5.2, and the drafts that replace it: SameSite and name prefixes).

use crate::date;

/// Octets of a header that are read; browsers ignore cookies whose name and value are longer than this together.
const LARGEST: usize = 4_096;

/// To whom a browser sends the cookie when another site leads there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameSite {
    Strict,
    Lax,
    None,
}

/// One cookie. The value is not kept: it may be somebody's session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cookie {
    pub name: String,
    pub secure: bool,
    pub http_only: bool,
    /// None: not said, so that the browser's own default applies.
    pub same_site: Option<SameSite>,
    pub has_domain: bool,
    /// None: not said.
    pub path: Option<String>,
    /// Seconds, negative or zero: forget it now.
    pub max_age: Option<i64>,
    /// Unix seconds.
    pub expires: Option<i64>,
}

/// What a name prefix promises and the cookie does not keep, so that browsers refuse it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    Secure,
    Host,
}

impl Cookie {
    /// Reads the value of one `Set-Cookie` header; unknown attributes are ignored, and of an attribute that stands twice the last counts.
    ///
    /// # Errors
    /// A short English phrase: why browsers ignore the header.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text.len() > LARGEST {
            return Err("longer than 4 kB");
        }
        if text.chars().any(|c| c.is_control() && c != '\t') {
            return Err("a control character");
        }
        let mut fields = text.split(';');
        let pair = fields.next().unwrap_or_default();
        // Without = the name is empty and the whole is the value.
        let (name, value) = pair.split_once('=').map_or(("", pair), |(name, value)| (name, value));
        if name.trim().is_empty() && value.trim().is_empty() {
            return Err("neither name nor value");
        }
        let mut cookie = Self { name: name.trim().to_owned(), ..Self::default() };
        for field in fields {
            let (name, value) = field.split_once('=').map_or((field, ""), |(name, value)| (name, value));
            cookie.attribute(&name.trim().to_ascii_lowercase(), value.trim());
        }
        Ok(cookie)
    }

    fn attribute(&mut self, name: &str, value: &str) {
        match name {
            "secure" => self.secure = true,
            "httponly" => self.http_only = true,
            "domain" => self.has_domain = !value.trim_start_matches('.').is_empty(),
            "path" => self.path = Some(value.to_owned()).filter(|path| path.starts_with('/')),
            "samesite" => {
                self.same_site = match value.to_ascii_lowercase().as_str() {
                    "strict" => Some(SameSite::Strict),
                    "lax" => Some(SameSite::Lax),
                    "none" => Some(SameSite::None),
                    _ => None,
                }
            }
            "max-age" => {
                let digits = value.strip_prefix('-').unwrap_or(value);
                if !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit()) {
                    let beyond = if value.starts_with('-') { i64::MIN } else { i64::MAX };
                    self.max_age = Some(value.parse().unwrap_or(beyond));
                }
            }
            "expires" => self.expires = date::of_cookie(value).or(self.expires),
            _ => {}
        }
    }

    /// Whether the header only takes a cookie away, `now` in Unix seconds; Max-Age comes before Expires (RFC 6265 5.3).
    pub fn is_removal(&self, now: i64) -> bool {
        self.max_age.map_or_else(|| self.expires.is_some_and(|until| until <= now), |age| age <= 0)
    }

    /// The promise of the name's prefix that is broken; prefixes are compared in any case, as browsers do.
    pub fn broken_prefix(&self) -> Option<Broken> {
        let name = self.name.to_ascii_lowercase();
        if name.starts_with("__host-") {
            let kept = self.secure && !self.has_domain && self.path.as_deref() == Some("/");
            (!kept).then_some(Broken::Host)
        } else {
            (name.starts_with("__secure-") && !self.secure).then_some(Broken::Secure)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The examples of RFC 6265 3.1.
    #[test]
    fn the_examples_of_the_rfc() {
        let cookie = Cookie::parse("SID=31d4d96e407aad42; Path=/; Secure; HttpOnly").unwrap();
        assert_eq!((cookie.name.as_str(), cookie.secure, cookie.http_only, cookie.path.as_deref()), ("SID", true, true, Some("/")));
        let cookie = Cookie::parse("lang=en-US; Path=/; Domain=example.com").unwrap();
        assert!(cookie.has_domain && !cookie.secure && !cookie.is_removal(0));
        let cookie = Cookie::parse("lang=; Expires=Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        assert_eq!((cookie.expires, cookie.is_removal(784_111_777), cookie.is_removal(784_111_776)), (Some(784_111_777), true, false));
    }

    #[test]
    fn attributes_as_browsers_read_them() {
        let cookie = Cookie::parse("a=b;SECURE;httponly;SameSite=lax;samesite=STRICT; path=relative; max-age=0x").unwrap();
        assert!(cookie.secure && cookie.http_only);
        assert_eq!((cookie.same_site, cookie.path, cookie.max_age), (Some(SameSite::Strict), None, None));
        assert_eq!(Cookie::parse("a=b; SameSite=other").unwrap().same_site, None);
        assert!(Cookie::parse("a=b; Max-Age=-1; Expires=Fri, 31 Dec 9999 23:59:59 GMT").unwrap().is_removal(0));
        assert!(!Cookie::parse("a=b; Max-Age=99999999999999999999; Expires=Thu, 01 Jan 1970 00:00:00 GMT").unwrap().is_removal(0));
        // Quotes do not protect a semicolon, and the value may hold anything else.
        assert!(Cookie::parse("a=\"b; Secure\"").unwrap().name == "a");
        assert_eq!(Cookie::parse("novalue").unwrap().name, "");
        for wrong in ["", "=", " ; Secure", "a=b\u{0}", &"a".repeat(5_000)] {
            assert!(Cookie::parse(wrong).is_err(), "{wrong}");
        }
    }

    /// The examples of RFC 6265bis 4.1.3.
    #[test]
    fn prefixes_are_promises() {
        let broken = |text: &str| Cookie::parse(text).unwrap().broken_prefix();
        assert_eq!(broken("__Secure-SID=12345; Domain=site.example"), Some(Broken::Secure));
        assert_eq!(broken("__Secure-SID=12345; Domain=site.example; Secure"), None);
        assert_eq!(broken("__Host-SID=12345"), Some(Broken::Host));
        assert_eq!(broken("__Host-SID=12345; Secure"), Some(Broken::Host));
        assert_eq!(broken("__Host-SID=12345; Domain=site.example; Path=/; Secure"), Some(Broken::Host));
        assert_eq!(broken("__Host-SID=12345; Secure; Path=/"), None);
        assert_eq!(broken("__host-SID=12345"), Some(Broken::Host));
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,80}", shaped in "[a-z_=-]{0,6}(; ?(Secure|HttpOnly|SameSite|Path|Max-Age|Expires|Domain)=?[A-Za-z0-9:/ ,-]{0,20}){0,6}") {
            for text in [text, shaped] {
                if let Ok(cookie) = Cookie::parse(&text) {
                    let _ = (cookie.is_removal(0), cookie.broken_prefix());
                }
            }
        }
    }
}
