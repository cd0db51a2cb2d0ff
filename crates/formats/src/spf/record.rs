//! Reading and writing an SPF record (RFC 7208 12, the collected grammar).

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::DomainSpec;

/// What a matching mechanism says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Qualifier {
    Pass,
    Fail,
    SoftFail,
    Neutral,
}

/// A mechanism. Prefix lengths are `None` when not written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Mechanism {
    All,
    Include(DomainSpec),
    A { domain: Option<DomainSpec>, v4: Option<u8>, v6: Option<u8> },
    Mx { domain: Option<DomainSpec>, v4: Option<u8>, v6: Option<u8> },
    Ptr(Option<DomainSpec>),
    Ip4 { address: Ipv4Addr, prefix: Option<u8> },
    Ip6 { address: Ipv6Addr, prefix: Option<u8> },
    Exists(DomainSpec),
}

impl Mechanism {
    /// Whether evaluating it asks the DNS and so counts against the limit (RFC 7208 4.6.4).
    pub fn asks(&self) -> bool {
        matches!(self, Self::Include(_) | Self::A { .. } | Self::Mx { .. } | Self::Ptr(_) | Self::Exists(_))
    }
}

/// A term of a record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Term {
    Directive(Qualifier, Mechanism),
    Redirect(DomainSpec),
    Explanation(DomainSpec),
    /// An unknown modifier: ignored, but its syntax counts.
    Modifier {
        name: String,
        value: DomainSpec,
    },
}

/// A syntactically correct record.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Record {
    pub terms: Vec<Term>,
}

/// A fault that makes the whole record a permanent error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The term as written, cut to a readable length.
    pub place: String,
    /// A short English phrase.
    pub what: &'static str,
}

impl Record {
    /// Reads a record. `bytes` are the joined strings of one TXT record that [`super::is_spf`] accepts.
    ///
    /// # Errors
    /// The first term that breaks the grammar, or a modifier that may not be repeated.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let place = |text: &str| text.chars().take(80).collect::<String>();
        let fault = |text: &str, what| Err(Problem { place: place(text), what });
        if bytes.len() > 16_384 {
            return fault("", "record longer than 16 KiB");
        }
        let Some(text) = std::str::from_utf8(bytes).ok().filter(|text| text.is_ascii()) else {
            return fault(&String::from_utf8_lossy(bytes), "not ASCII");
        };
        if !super::is_spf(bytes) {
            return fault(text, "does not begin with v=spf1");
        }
        let mut terms = Vec::new();
        for word in text.get(6..).unwrap_or_default().split(' ').filter(|word| !word.is_empty()) {
            let term = term(word).map_err(|what| Problem { place: place(word), what })?;
            let repeated = terms
                .iter()
                .any(|before| matches!((before, &term), (Term::Redirect(_), Term::Redirect(_)) | (Term::Explanation(_), Term::Explanation(_))));
            if repeated {
                return fault(word, "modifier appears twice");
            }
            terms.push(term);
        }
        Ok(Self { terms })
    }

    /// Position and qualifier of the first `all`.
    pub fn all(&self) -> Option<(usize, Qualifier)> {
        self.terms.iter().enumerate().find_map(|(at, term)| match term {
            Term::Directive(qualifier, Mechanism::All) => Some((at, *qualifier)),
            _ => None,
        })
    }

    /// The `exp` target.
    pub fn explanation(&self) -> Option<&DomainSpec> {
        self.terms.iter().find_map(|term| match term {
            Term::Explanation(domain) => Some(domain),
            _ => None,
        })
    }

    /// The `redirect` target. Evaluation uses it only when there is no `all`.
    pub fn redirect(&self) -> Option<&DomainSpec> {
        self.terms.iter().find_map(|term| match term {
            Term::Redirect(domain) => Some(domain),
            _ => None,
        })
    }
}

fn term(word: &str) -> Result<Term, &'static str> {
    // A modifier has "=" before any ":" or "/"; names of mechanisms never hold "=".
    let end = word.find([':', '/', '=']).unwrap_or(word.len());
    let (name, rest) = word.split_at(end);
    if let Some(value) = rest.strip_prefix('=') {
        return modifier(name, value);
    }
    let (qualifier, name) = match name.chars().next() {
        Some('+') => (Qualifier::Pass, name.get(1..).unwrap_or_default()),
        Some('-') => (Qualifier::Fail, name.get(1..).unwrap_or_default()),
        Some('~') => (Qualifier::SoftFail, name.get(1..).unwrap_or_default()),
        Some('?') => (Qualifier::Neutral, name.get(1..).unwrap_or_default()),
        _ => (Qualifier::Pass, name),
    };
    Ok(Term::Directive(qualifier, mechanism(&name.to_ascii_lowercase(), rest)?))
}

fn modifier(name: &str, value: &str) -> Result<Term, &'static str> {
    let lower = name.to_ascii_lowercase();
    match lower.as_str() {
        "redirect" => DomainSpec::parse(value).map(Term::Redirect).ok_or("redirect needs a domain"),
        "exp" => DomainSpec::parse(value).map(Term::Explanation).ok_or("exp needs a domain"),
        _ => {
            let shaped = name.bytes().next().is_some_and(|c| c.is_ascii_alphabetic())
                && name.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.'));
            if !shaped {
                return Err("modifier name is not allowed");
            }
            let value = DomainSpec::parse_macro_string(value).ok_or("macro is not allowed")?;
            Ok(Term::Modifier { name: name.to_owned(), value })
        }
    }
}

fn mechanism(name: &str, rest: &str) -> Result<Mechanism, &'static str> {
    let needed = |rest: &str| rest.strip_prefix(':').and_then(DomainSpec::parse).ok_or("domain is missing or not allowed");
    match name {
        "all" if rest.is_empty() => Ok(Mechanism::All),
        "all" => Err("all takes no argument"),
        "include" => needed(rest).map(Mechanism::Include),
        "exists" => needed(rest).map(Mechanism::Exists),
        "ptr" if rest.is_empty() => Ok(Mechanism::Ptr(None)),
        "ptr" => needed(rest).map(|domain| Mechanism::Ptr(Some(domain))),
        "a" => dual(rest).map(|(domain, v4, v6)| Mechanism::A { domain, v4, v6 }),
        "mx" => dual(rest).map(|(domain, v4, v6)| Mechanism::Mx { domain, v4, v6 }),
        "ip4" => {
            let (address, prefix) = network(rest, 32)?;
            // Rust's reader refuses leading zeros and wrong counts, as the grammar of RFC 7208 does.
            Ok(Mechanism::Ip4 { address: address.parse().map_err(|_| "not an IPv4 address")?, prefix })
        }
        "ip6" => {
            let (address, prefix) = network(rest, 128)?;
            Ok(Mechanism::Ip6 { address: address.parse().map_err(|_| "not an IPv6 address")?, prefix })
        }
        _ => Err("unknown mechanism"),
    }
}

/// `:address[/prefix]`
fn network(rest: &str, most: u8) -> Result<(&str, Option<u8>), &'static str> {
    let body = rest.strip_prefix(':').ok_or("address is missing")?;
    match body.split_once('/') {
        Some((address, prefix)) => Ok((address, Some(length(prefix, most)?))),
        None => Ok((body, None)),
    }
}

/// Decimal without leading zeros, at most `most`.
fn length(text: &str, most: u8) -> Result<u8, &'static str> {
    let shaped = !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse::<u8>().ok().filter(|n| shaped && *n <= most).ok_or("prefix length is not allowed")
}

type Dual = (Option<DomainSpec>, Option<u8>, Option<u8>);

/// `[:domain-spec][/v4][//v6]`
fn dual(rest: &str) -> Result<Dual, &'static str> {
    // The prefix lengths stand at the end; a domain-spec may itself hold slashes, so they are taken off from the right.
    let ends = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    let (rest, v6) = match rest.rsplit_once("//") {
        Some((before, tail)) if ends(tail) => (before, Some(length(tail, 128)?)),
        _ => (rest, None),
    };
    let (rest, v4) = match rest.rsplit_once('/') {
        Some((before, tail)) if ends(tail) => (before, Some(length(tail, 32)?)),
        _ => (rest, None),
    };
    let domain = match rest.strip_prefix(':') {
        Some(domain) => Some(DomainSpec::parse(domain).ok_or("domain is missing or not allowed")?),
        None if rest.is_empty() => None,
        None => return Err("prefix length is not allowed"),
    };
    Ok((domain, v4, v6))
}

impl fmt::Display for Qualifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pass => "",
            Self::Fail => "-",
            Self::SoftFail => "~",
            Self::Neutral => "?",
        })
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slash = |f: &mut fmt::Formatter<'_>, mark: &str, prefix: &Option<u8>| prefix.map_or(Ok(()), |n| write!(f, "{mark}{n}"));
        let domain = |f: &mut fmt::Formatter<'_>, domain: &Option<DomainSpec>| domain.as_ref().map_or(Ok(()), |d| write!(f, ":{d}"));
        match self {
            Self::All => f.write_str("all"),
            Self::Include(spec) => write!(f, "include:{spec}"),
            Self::Exists(spec) => write!(f, "exists:{spec}"),
            Self::Ptr(spec) => {
                f.write_str("ptr")?;
                domain(f, spec)
            }
            Self::A { domain: spec, v4, v6 } | Self::Mx { domain: spec, v4, v6 } => {
                f.write_str(if matches!(self, Self::A { .. }) { "a" } else { "mx" })?;
                domain(f, spec)?;
                slash(f, "/", v4)?;
                slash(f, "//", v6)
            }
            Self::Ip4 { address, prefix } => {
                write!(f, "ip4:{address}")?;
                slash(f, "/", prefix)
            }
            Self::Ip6 { address, prefix } => {
                write!(f, "ip6:{address}")?;
                slash(f, "/", prefix)
            }
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directive(qualifier, mechanism) => write!(f, "{qualifier}{mechanism}"),
            Self::Redirect(domain) => write!(f, "redirect={domain}"),
            Self::Explanation(domain) => write!(f, "exp={domain}"),
            Self::Modifier { name, value } => write!(f, "{name}={value}"),
        }
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("v=spf1")?;
        self.terms.iter().try_for_each(|term| write!(f, " {term}"))
    }
}
