//! Templates of things that should not be open to everybody on a web server: which pages are asked for, and what gives a finding away.

use serde::Deserialize;

use crate::evidence::Response;
use crate::json::parse_bounded;

/// Octets of a list, templates in it, pages of one template, and octets of a body that are searched.
const LARGEST: usize = 262_144;
const MOST: usize = 200;
const PAGES: usize = 8;
const SEARCHED: usize = 131_072;

/// Stands for a page that certainly does not exist: what it shows is the server's error page.
pub const ABSENT: &str = "{absent}";

crate::spelled! {
    /// How bad a finding is.
    Severity {
        Info => "info",
        Low => "low",
        Medium => "medium",
        High => "high",
    }
}

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    pub ja: String,
    pub en: String,
}

/// One property of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Matcher {
    /// One of these.
    Status(Vec<u16>),
    /// A header of this name contains this text, in any case.
    HeaderContains(String, String),
    BodyContains(String),
    /// After blanks.
    BodyBegins(String),
    /// The body does not contain this, in any case: an HTML page is no configuration file.
    BodyLacks(String),
    /// These octets, in hexadecimal, begin the body.
    BodyBeginsOctets(String),
}

/// One template.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Template {
    pub id: String,
    pub severity: Severity,
    pub title: Text,
    pub advice: Text,
    /// The lines that shut it on nginx and Apache httpd; `{path}` stands for the page.
    pub remedy: String,
    /// Asked for one after the other, until one is found.
    pub paths: Vec<String>,
    /// All of these.
    pub all: Vec<Matcher>,
    /// And at least one of these, where there are any.
    #[serde(default)]
    pub any: Vec<Matcher>,
    /// Requests it may cause at most.
    pub max_request: usize,
}

/// A list of templates.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Templates {
    /// Date of the list.
    pub version: String,
    pub templates: Vec<Template>,
}

impl Templates {
    /// Reads a list. Every template asks by GET and proves what it finds by header or body: a status alone proves nothing.
    ///
    /// # Errors
    /// A short English phrase: what is wrong with it.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let value = parse_bounded(bytes, LARGEST as u64, 8).map_err(|problem| problem.code.into_owned())?;
        let list: Self = serde_json::from_value(value).map_err(|error| error.to_string())?;
        if list.templates.len() > MOST {
            return Err("too many templates".to_owned());
        }
        for (at, template) in list.templates.iter().enumerate() {
            template.sound().map_err(|problem| format!("{}: {problem}", template.id))?;
            if list.templates.iter().take(at).any(|other| other.id == template.id) {
                return Err(format!("{}: appears twice", template.id));
            }
        }
        Ok(list)
    }

    /// Requests all templates cause at most together, the page that certainly does not exist included.
    pub fn max_request(&self) -> usize {
        1 + self.templates.iter().map(|template| template.max_request).sum::<usize>()
    }
}

impl Template {
    fn sound(&self) -> Result<(), &'static str> {
        let proves = |matcher: &Matcher| match matcher {
            Matcher::Status(_) | Matcher::BodyLacks(_) => false,
            Matcher::HeaderContains(_, text) | Matcher::BodyContains(text) | Matcher::BodyBegins(text) => text.trim().len() >= 2,
            Matcher::BodyBeginsOctets(text) => octets(text).is_some_and(|octets| octets.len() >= 2),
        };
        let is_path = |path: &String| {
            path == ABSENT
                || (path.starts_with('/') && path.len() <= 200 && path.bytes().all(|c| c.is_ascii_graphic() && !matches!(c, b'#' | b'{' | b'}')))
        };
        let known = |path: &&String| *path != ABSENT && *path != "/";
        if self.id.is_empty() || !self.id.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-') {
            return Err("the id is not lower-case letters, digits and hyphens");
        }
        if self.paths.is_empty() || self.paths.len() > PAGES || !self.paths.iter().all(is_path) {
            return Err("paths are not 1 to 8 paths");
        }
        // The front page and the error page are asked for anyway.
        if self.max_request < self.paths.iter().filter(known).count() {
            return Err("more pages than max-request");
        }
        let shaped = self.all.iter().chain(&self.any).all(|matcher| !matches!(matcher, Matcher::BodyBeginsOctets(text) if octets(text).is_none()));
        if !shaped || !(self.all.iter().any(proves) || (!self.any.is_empty() && self.any.iter().all(proves))) {
            return Err("nothing in header or body proves the finding");
        }
        let texts = [&self.title.ja, &self.title.en, &self.advice.ja, &self.advice.en];
        if texts.iter().any(|text| text.trim().is_empty()) { Err("a text is missing") } else { Ok(()) }
    }

    /// Whether `response` gives the finding away. Without a matcher on the status only 200 does.
    pub fn matches(&self, response: &Response) -> bool {
        let speaks = self.all.iter().chain(&self.any).any(|matcher| matches!(matcher, Matcher::Status(_)));
        (speaks || response.status == 200)
            && self.all.iter().all(|matcher| matcher.holds(response))
            && (self.any.is_empty() || self.any.iter().any(|matcher| matcher.holds(response)))
    }
}

fn octets(hex: &str) -> Option<Vec<u8>> {
    data_encoding::HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).ok()
}

impl Matcher {
    fn holds(&self, response: &Response) -> bool {
        let body = response.body.0.get(..SEARCHED).unwrap_or(&response.body.0);
        let within = |text: &str| body.windows(text.len().max(1)).any(|part| part == text.as_bytes());
        let from = body.iter().position(|c| !c.is_ascii_whitespace()).unwrap_or(body.len());
        match self {
            Self::Status(list) => list.contains(&response.status),
            Self::HeaderContains(name, text) => {
                let text = text.to_ascii_lowercase();
                response.headers.iter().any(|(one, value)| one.eq_ignore_ascii_case(name) && value.to_ascii_lowercase().contains(&text))
            }
            Self::BodyContains(text) => within(text),
            Self::BodyBegins(text) => body.get(from..).is_some_and(|rest| rest.starts_with(text.as_bytes())),
            Self::BodyLacks(text) => !body.windows(text.len().max(1)).any(|part| part.eq_ignore_ascii_case(text.as_bytes())),
            Self::BodyBeginsOctets(text) => octets(text).is_some_and(|octets| body.starts_with(&octets)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::evidence::Octets;

    fn list(changes: &str) -> String {
        format!(
            r#"{{"version":"1","templates":[{{"id":"a","severity":"high","title":{{"ja":"あ","en":"a"}},"advice":{{"ja":"あ","en":"a"}},"remedy":"","paths":["/.git/HEAD"],"max-request":1,{changes}}}]}}"#
        )
    }

    fn response(status: u16, body: &str) -> Response {
        Response { status, headers: vec![("server".into(), "Apache".into())], body: Octets(body.into()), ..Response::default() }
    }

    #[test]
    fn matchers_hold_together() {
        let text = list(
            r#""all":[{"body-begins":"ref: refs/"},{"body-lacks":"<HTML"}],"any":[{"header-contains":["Server","apache"]},{"body-contains":"zz"}]"#,
        );
        let list = Templates::parse(text.as_bytes()).unwrap();
        let template = &list.templates[0];
        assert!(template.matches(&response(200, "\n ref: refs/heads/main\n")));
        assert!(!template.matches(&response(404, "ref: refs/heads/main\n")), "only 200 where no status is named");
        assert!(!template.matches(&response(200, "x ref: refs/heads/main\n")));
        assert!(!template.matches(&response(200, "ref: refs/ <html>")));
        assert!(!template.matches(&Response { headers: Vec::new(), ..response(200, "ref: refs/heads/main\n") }));
        assert_eq!(list.max_request(), 2);
    }

    #[test]
    fn a_status_alone_proves_nothing() {
        for wrong in [
            r#""all":[]"#,
            r#""all":[{"status":[200]}]"#,
            r#""all":[{"body-lacks":"x y"}]"#,
            r#""all":[{"body-contains":" a"}]"#,
            r#""all":[{"body-begins-octets":"zz"}]"#,
            r#""all":[],"any":[{"body-contains":"abc"},{"status":[200]}]"#,
            r#""all":[{"body-contains":"abc"}],"extra":1"#,
            r#""all":[{"body-matches":"abc"}]"#,
        ] {
            assert!(Templates::parse(list(wrong).as_bytes()).is_err(), "{wrong}");
        }
        let good = list(r#""all":[{"body-contains":"abc"}]"#);
        assert!(Templates::parse(good.as_bytes()).is_ok());
        for (from, to) in [
            ("/.git/HEAD", "x"),
            ("/.git/HEAD", "http://other.example/"),
            (r#""max-request":1"#, r#""max-request":0"#),
            (r#""id":"a""#, r#""id":"A b""#),
            ("\"あ\"", "\"\""),
        ] {
            assert!(Templates::parse(good.replace(from, to).as_bytes()).is_err(), "{from} {to}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,120}", body in prop::collection::vec(any::<u8>(), 0..60), needle in "\\PC{0,6}") {
            let _ = Templates::parse(text.as_bytes());
            let response = Response { status: 200, body: Octets(body), ..Response::default() };
            for matcher in [Matcher::BodyContains(needle.clone()), Matcher::BodyBegins(needle.clone()), Matcher::BodyLacks(needle.clone()), Matcher::BodyBeginsOctets(needle.clone()), Matcher::HeaderContains(needle.clone(), needle)] {
                let _ = matcher.holds(&response);
            }
        }
    }
}
