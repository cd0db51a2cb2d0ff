//! What the web server of a testbed's domain says: pages, headers, manners, good and bad ones.

/// One answer of a web server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    /// `{domain}` stands for the domain, `{expires}` for a date half a year ahead, `{request}` for a number that no other request has.
    pub body: Vec<u8>,
}

/// What happens on the port of plain HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plain {
    /// Leads to the same address over HTTPS.
    Redirects,
    /// Nothing listens.
    Closed,
    /// Connects, then never speaks.
    Silent,
    /// The same answer to every question; `{path}` in a header stands for the path.
    Says(Page),
}

/// How a server sends what it says over HTTPS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    Proper,
    /// Headers without an end.
    EndlessHeaders,
    /// A body without an end.
    EndlessBody,
    /// Half an answer, then nothing more.
    Stalls,
}

/// A site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    pub plain: Plain,
    /// Sent with every page over HTTPS.
    pub headers: Vec<(String, String)>,
    /// Pages by path and query; the front page is made up where none is given.
    pub pages: Vec<(String, Page)>,
    /// The answer for every other path.
    pub missing: Page,
    pub manner: Manner,
}

impl Page {
    /// A page of HTML.
    pub fn html(body: &str) -> Self {
        Self::of(200, "text/html; charset=utf-8", body)
    }

    /// A page of plain text.
    pub fn text(body: &str) -> Self {
        Self::of(200, "text/plain; charset=utf-8", body)
    }

    /// Leads to `location`.
    pub fn redirect(status: u16, location: &str) -> Self {
        Self::of(status, "text/html", "").with("Location", location)
    }

    fn of(status: u16, kind: &str, body: &str) -> Self {
        Self { status, headers: vec![("Content-Type".to_owned(), kind.to_owned())], body: body.as_bytes().to_vec() }
    }

    /// The same with another status.
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// The same with one more header.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The answer on the wire.
    pub(super) fn wire(&self, more: &[(String, String)], fill: impl Fn(&str) -> String) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} Said\r\n", self.status);
        for (name, value) in self.headers.iter().chain(more) {
            head += &format!("{name}: {}\r\n", fill(value));
        }
        let body = std::str::from_utf8(&self.body).map_or_else(|_| self.body.clone(), |text| fill(text).into_bytes());
        head += &format!("Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
        [head.into_bytes(), body].concat()
    }
}

impl Site {
    /// A site with nothing to complain about.
    pub fn good() -> Self {
        let headers = [
            ("Strict-Transport-Security", "max-age=63072000; includeSubDomains"),
            ("Content-Security-Policy", "default-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'self'"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "SAMEORIGIN"),
            ("Referrer-Policy", "strict-origin-when-cross-origin"),
        ];
        let contact = "Contact: mailto:security@{domain}\nExpires: {expires}\nPreferred-Languages: ja, en\nCanonical: https://{domain}/.well-known/security.txt\n";
        Self {
            plain: Plain::Redirects,
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
            pages: vec![("/.well-known/security.txt".to_owned(), Page::text(contact))],
            missing: Page::html("<!doctype html><title>404</title><p>ページがありません。</p>").status(404),
            manner: Manner::Proper,
        }
    }

    /// The same with `page` at `path`.
    pub fn page(mut self, path: &str, page: Page) -> Self {
        self.pages.retain(|(one, _)| one != path);
        self.pages.push((path.to_owned(), page));
        self
    }

    /// The same with this header, in place of those of its name.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.without(name).also(name, value)
    }

    /// The same with one more header.
    pub fn also(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same without the headers called `name`.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(one, _)| !one.eq_ignore_ascii_case(name));
        self
    }

    /// The same with another answer on the port of plain HTTP.
    pub fn plain(mut self, plain: Plain) -> Self {
        self.plain = plain;
        self
    }

    /// The same with another answer where there is no page.
    pub fn missing(mut self, page: Page) -> Self {
        self.missing = page;
        self
    }

    /// The same, sent in another manner.
    pub fn manner(mut self, manner: Manner) -> Self {
        self.manner = manner;
        self
    }
}
