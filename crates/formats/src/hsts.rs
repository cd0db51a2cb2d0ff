//! HTTP Strict Transport Security: the header that makes browsers insist on HTTPS (RFC 6797 6.1).

/// Octets of a header that are read.
const LARGEST: usize = 4_096;

/// What a browser remembers of a header that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Seconds; numbers too large for 64 bits are the largest one.
    pub max_age: u64,
    pub include_subdomains: bool,
    /// Not of the RFC: consent to the browsers' built-in list.
    pub preload: bool,
}

impl Policy {
    /// Reads the value of one `Strict-Transport-Security` header. Names are compared in any case, values may be quoted, blanks may
    /// stand round `;` and `=` (the grammar is that of RFC 2616, with implied blanks), unknown directives are ignored.
    ///
    /// # Errors
    /// A short English phrase: what makes browsers ignore the header (RFC 6797 8.1).
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text.len() > LARGEST {
            return Err("longer than 4 kB");
        }
        let (mut seen, mut max_age) = (Vec::new(), None);
        let mut rest = Scanner(text);
        loop {
            rest.blanks();
            if let Some(name) = rest.token() {
                let name = name.to_ascii_lowercase();
                rest.blanks();
                let value = if rest.eat('=') {
                    rest.blanks();
                    Some(rest.value()?)
                } else {
                    None
                };
                if seen.contains(&name) {
                    return Err("a directive appears twice");
                }
                match name.as_str() {
                    "max-age" => max_age = Some(seconds(&value.ok_or("max-age has no value")?)?),
                    "includesubdomains" if value.is_some() => return Err("includeSubDomains has a value"),
                    _ => {}
                }
                seen.push(name);
                rest.blanks();
            }
            if rest.0.is_empty() {
                break;
            }
            if !rest.eat(';') {
                return Err("a character that belongs to no directive");
            }
        }
        let has = |name: &str| seen.iter().any(|one| one == name);
        Ok(Self { max_age: max_age.ok_or("max-age is missing")?, include_subdomains: has("includesubdomains"), preload: has("preload") })
    }
}

/// Delta-seconds: digits only, leading zeros allowed.
fn seconds(text: &str) -> Result<u64, &'static str> {
    if text.is_empty() || !text.bytes().all(|c| c.is_ascii_digit()) {
        return Err("max-age is not a number of seconds");
    }
    Ok(text.parse().unwrap_or(u64::MAX))
}

struct Scanner<'a>(&'a str);

impl<'a> Scanner<'a> {
    fn blanks(&mut self) {
        self.0 = self.0.trim_start_matches([' ', '\t']);
    }

    fn eat(&mut self, one: char) -> bool {
        self.0.strip_prefix(one).map(|rest| self.0 = rest).is_some()
    }

    /// A token (RFC 9110 5.6.2), if one stands here.
    fn token(&mut self) -> Option<&'a str> {
        let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        let end = self.0.find(|c| !is_token(c)).unwrap_or(self.0.len());
        let (token, rest) = self.0.split_at_checked(end)?;
        self.0 = rest;
        (!token.is_empty()).then_some(token)
    }

    /// A token or a quoted string, without its quotes.
    fn value(&mut self) -> Result<String, &'static str> {
        if !self.eat('"') {
            return self.token().map(str::to_owned).ok_or("a directive has an empty value");
        }
        let (mut text, mut escaped) = (String::new(), false);
        for (at, c) in self.0.char_indices() {
            match c {
                _ if escaped => {
                    text.push(c);
                    escaped = false;
                }
                '\\' => escaped = true,
                '"' => {
                    self.0 = self.0.get(at + 1..).unwrap_or_default();
                    return Ok(text);
                }
                _ => text.push(c),
            }
        }
        Err("a quoted value without its end")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn age(text: &str) -> Result<u64, &'static str> {
        Policy::parse(text).map(|policy| policy.max_age)
    }

    /// The examples of RFC 6797 6.2.
    #[test]
    fn the_examples_of_the_rfc() {
        assert_eq!(age("max-age=31536000"), Ok(31_536_000));
        assert!(Policy::parse("max-age=15768000 ; includeSubDomains").unwrap().include_subdomains);
        assert_eq!(age("max-age=\"31536000\""), Ok(31_536_000));
        assert_eq!(age("max-age=0"), Ok(0));
        assert_eq!(Policy::parse("max-age=0; includeSubDomains"), Ok(Policy { max_age: 0, include_subdomains: true, preload: false }));
    }

    #[test]
    fn legal_though_unusual() {
        for text in [
            "MAX-AGE = 63072000",
            " max-age\t=\t\"63072000\" ; preload",
            "includesubdomains;max-age=63072000;;",
            ";max-age=063072000",
            "max-age=63072000; report=\"a;b=c\\\"\"; other",
            "max-age=\"6307\\2000\"",
        ] {
            assert_eq!(age(text), Ok(63_072_000), "{text}");
        }
        assert_eq!(age("max-age=99999999999999999999999"), Ok(u64::MAX));
    }

    #[test]
    fn what_browsers_ignore() {
        for text in [
            "",
            "includeSubDomains",
            "max-age",
            "max-age=",
            "max-age=\"\"",
            "max-age=-1",
            "max-age=1e6",
            "max-age=31536000.0",
            "max-age=\" 31536000\"",
            "max-age=\"31536000",
            "max-age=31536000 includeSubDomains",
            "max-age=31536000, max-age=31536000",
            "max-age=31536000; max-age=31536000",
            "max-age=31536000; includeSubDomains; INCLUDESUBDOMAINS",
            "max-age=31536000; includeSubDomains=true",
            "max-age==31536000",
            "\"max-age\"=31536000",
            "max-age=３１５３６０００",
        ] {
            assert!(Policy::parse(text).is_err(), "{text}");
        }
        assert!(Policy::parse(&format!("max-age=1; x=\"{}\"", "y".repeat(5_000))).is_err());
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,60}", shaped in "((max-age|includeSubDomains|x) ?=? ?\"?[0-9]{0,3}\"?[;, ]?){0,6}") {
            let _ = Policy::parse(&text);
            let _ = Policy::parse(&shaped);
        }

        #[test]
        fn a_written_policy_reads_the_same(max_age in any::<u64>(), quoted in any::<bool>(), include_subdomains in any::<bool>(), preload in any::<bool>()) {
            let quote = if quoted { "\"" } else { "" };
            let text = format!("{}max-age={quote}{max_age}{quote}{}", if include_subdomains { "includeSubDomains; " } else { "" }, if preload { "; preload" } else { "" });
            prop_assert_eq!(Policy::parse(&text), Ok(Policy { max_age, include_subdomains, preload }));
        }
    }
}
