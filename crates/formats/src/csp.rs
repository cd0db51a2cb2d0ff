//! Content Security Policy (CSP Level 3): what the policies of a page together still allow.

/// Octets of all policies together that are read, and sources of one directive.
const LARGEST: usize = 32_768;
const MOST: usize = 1_000;

/// How a policy reached the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Header,
    /// `<meta http-equiv>`: cannot say who may frame the page (CSP 3.3).
    Meta,
}

/// One policy: directives by lower-case name; of a directive that stands twice the first counts (CSP 2.2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    pub origin: Origin,
    pub directives: Vec<(String, Vec<String>)>,
}

/// What may run as a script under a policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scripts {
    /// Any script written into the page.
    pub any_inline: bool,
    /// Scripts of any server.
    pub any_source: bool,
    /// Text turned into code.
    pub eval: bool,
}

/// Who may show the page in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// No policy speaks of it.
    Unsaid,
    Anybody,
    /// The named, or nobody.
    Restricted,
}

/// The policies of one header value or one meta element: a comma begins another policy, and an empty one is none.
pub fn parse(text: &str, origin: Origin) -> Vec<Policy> {
    let text = text.get(..LARGEST).unwrap_or(if text.len() > LARGEST { "" } else { text });
    text.split(',').map(|text| Policy::parse(text, origin)).filter(|policy| !policy.directives.is_empty()).collect()
}

impl Policy {
    fn parse(text: &str, origin: Origin) -> Self {
        let mut directives: Vec<(String, Vec<String>)> = Vec::new();
        for directive in text.split(';') {
            let mut words = directive.split_ascii_whitespace();
            let Some(name) = words.next().map(str::to_ascii_lowercase) else { continue };
            if directives.iter().all(|(one, _)| *one != name) && directives.len() < 100 {
                directives.push((name, words.take(MOST).map(str::to_owned).collect()));
            }
        }
        Self { origin, directives }
    }

    /// The sources of the directive called `name`.
    pub fn directive(&self, name: &str) -> Option<&[String]> {
        self.directives.iter().find(|(one, _)| one == name).map(|(_, sources)| sources.as_slice())
    }

    /// The first of `names` that stands, as a directive falls back to the next (CSP 6.8.3).
    fn falling_back(&self, names: &[&str]) -> Option<&[String]> {
        names.iter().find_map(|name| self.directive(name))
    }

    /// What scripts it allows. Nonces, hashes and `strict-dynamic` make browsers ignore `unsafe-inline`, and `strict-dynamic` makes
    /// them ignore servers and schemes (CSP 6.7.3.2, 6.7.1.1), so that these may stand there for old browsers.
    pub fn scripts(&self) -> Scripts {
        let everything = Scripts { any_inline: true, any_source: true, eval: true };
        let Some(elements) = self.falling_back(&["script-src-elem", "script-src", "default-src"]) else { return everything };
        let attributes = self.falling_back(&["script-src-attr", "script-src", "default-src"]).unwrap_or_default();
        let evaluated = self.falling_back(&["script-src", "default-src"]);
        let strict = has(elements, "'strict-dynamic'");
        Scripts {
            any_inline: inline(elements) || inline(attributes),
            any_source: !strict && elements.iter().any(|source| is_anywhere(source)),
            eval: evaluated.is_none_or(|sources| has(sources, "'unsafe-eval'")),
        }
    }

    /// Whether plug-ins are shut out, which could run scripts past the other directives.
    pub fn objects_closed(&self) -> bool {
        self.falling_back(&["object-src", "default-src"]).is_some_and(|sources| sources.iter().all(|source| source.eq_ignore_ascii_case("'none'")))
    }

    fn framing(&self) -> Framing {
        match self.directive("frame-ancestors").filter(|_| self.origin == Origin::Header) {
            None => Framing::Unsaid,
            Some(sources) if sources.iter().any(|source| is_anywhere(source)) => Framing::Anybody,
            Some(_) => Framing::Restricted,
        }
    }
}

fn has(sources: &[String], keyword: &str) -> bool {
    sources.iter().any(|source| source.eq_ignore_ascii_case(keyword))
}

fn is_nonce_or_hash(source: &str) -> bool {
    let lower = source.to_ascii_lowercase();
    ["'nonce-", "'sha256-", "'sha384-", "'sha512-"]
        .iter()
        .any(|start| lower.strip_prefix(start).is_some_and(|rest| rest.len() > 1 && rest.ends_with('\'')))
}

fn inline(sources: &[String]) -> bool {
    has(sources, "'unsafe-inline'") && !has(sources, "'strict-dynamic'") && !sources.iter().any(|source| is_nonce_or_hash(source))
}

/// Whether a source stands for every server, or for text an attacker may bring along.
fn is_anywhere(source: &str) -> bool {
    let lower = source.to_ascii_lowercase();
    let without = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://")).unwrap_or(&lower);
    matches!(lower.as_str(), "http:" | "https:" | "data:" | "blob:" | "ws:" | "wss:")
        || without == "*"
        || without.starts_with("*:")
        || without.starts_with("*/")
}

/// What scripts all policies together allow: each must agree (CSP 8.1), so that a policy may only restrict another.
pub fn scripts(policies: &[Policy]) -> Scripts {
    let each: Vec<Scripts> = policies.iter().map(Policy::scripts).collect();
    let all = |of: fn(&Scripts) -> bool| each.iter().all(of);
    Scripts { any_inline: all(|one| one.any_inline), any_source: all(|one| one.any_source), eval: all(|one| one.eval) }
}

/// Who may frame a page under all policies together.
pub fn framing(policies: &[Policy]) -> Framing {
    let each: Vec<Framing> = policies.iter().map(Policy::framing).collect();
    if each.contains(&Framing::Restricted) {
        Framing::Restricted
    } else if each.contains(&Framing::Anybody) {
        Framing::Anybody
    } else {
        Framing::Unsaid
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(text: &str) -> (bool, bool) {
        let scripts = scripts(&parse(text, Origin::Header));
        (scripts.any_inline, scripts.any_source)
    }

    #[test]
    fn what_stands_for_old_browsers_does_no_harm() {
        // CSP Level 3, 8.2: the policy recommended there.
        assert_eq!(of("script-src 'nonce-DhcnhD3khTMePgXwdayK9BsMqXjhguVV' 'strict-dynamic' https: 'unsafe-inline'"), (false, false));
        assert_eq!(of("script-src 'unsafe-inline' 'self'"), (true, false));
        assert_eq!(of("default-src 'self' 'unsafe-inline' 'SHA256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"), (false, false));
        assert_eq!(of("script-src 'unsafe-inline' 'nonce-'"), (true, false), "an empty nonce is none");
        assert_eq!(of("script-src https: 'strict-dynamic'"), (false, false));
        assert_eq!(of("script-src 'self' 'nonce-abc'; script-src-attr 'unsafe-inline'"), (true, false));
    }

    #[test]
    fn everything_is_allowed_where_nothing_is_said() {
        assert_eq!(of(""), (true, true));
        assert_eq!(of("frame-ancestors 'none'; upgrade-insecure-requests"), (true, true));
        for open in ["*", "https:", "HTTP:", "data:", "https://*", "http://*:*", "*:443"] {
            assert_eq!(of(&format!("default-src {open}")), (false, true), "{open}");
        }
        for closed in ["'none'", "'self'", "*.example.jp", "https://*.example.jp", ""] {
            assert_eq!(of(&format!("default-src {closed}")), (false, false), "{closed}");
        }
    }

    #[test]
    fn two_policies_intersect_and_the_first_directive_counts() {
        assert_eq!(of("script-src 'unsafe-inline' 'self', script-src *"), (false, false));
        assert_eq!(of("script-src 'self'; SCRIPT-SRC * 'unsafe-inline'"), (false, false));
        assert_eq!(of("script-src *; script-src 'self'"), (false, true));
        assert!(scripts(&parse("script-src 'self' 'unsafe-eval'", Origin::Header)).eval);
        assert!(!scripts(&parse("default-src 'self'", Origin::Header)).eval);
    }

    #[test]
    fn frames() {
        let of = |text: &str, origin| framing(&parse(text, origin));
        assert_eq!(of("frame-ancestors 'none'", Origin::Header), Framing::Restricted);
        assert_eq!(of("frame-ancestors", Origin::Header), Framing::Restricted, "no source is nobody");
        assert_eq!(of("frame-ancestors 'self' https:", Origin::Header), Framing::Anybody);
        assert_eq!(of("default-src 'none'", Origin::Header), Framing::Unsaid, "no fallback (CSP 6.4.2)");
        assert_eq!(of("frame-ancestors 'none'", Origin::Meta), Framing::Unsaid);
        assert_eq!(of("frame-ancestors *, frame-ancestors 'self'", Origin::Header), Framing::Restricted);
    }

    #[test]
    fn plug_ins() {
        let closed = |text: &str| parse(text, Origin::Header)[0].objects_closed();
        assert!(closed("object-src 'none'") && closed("default-src 'none'") && closed("default-src 'self'; object-src 'NONE'"));
        assert!(!closed("default-src 'self'") && !closed("script-src 'none'"));
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,80}", shaped in "((script-src|default-src|frame-ancestors)( ('self'|'unsafe-inline'|'nonce-a'|\\*|https:)){0,4}[;,]?){0,5}") {
            for text in [text, shaped] {
                let policies = parse(&text, Origin::Header);
                let _ = (scripts(&policies), framing(&policies));
            }
        }

        /// A further policy never allows more.
        #[test]
        fn policies_only_restrict(one in "(script-src|default-src)( ('self'|'unsafe-inline'|'nonce-a'|\\*|https:)){0,4}", other in "(script-src|img-src)( ('self'|'unsafe-inline'|'strict-dynamic'|\\*)){0,4}") {
            let (alone, both) = (of(&one), of(&format!("{one}, {other}")));
            prop_assert!((alone.0 || !both.0) && (alone.1 || !both.1));
        }
    }
}
