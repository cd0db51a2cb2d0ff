//! Domain specifications and macros of SPF (RFC 7208 7.1).

use std::fmt;

/// A part of a macro string.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Piece {
    /// Visible ASCII without `%`.
    Literal(String),
    /// `%{…}`: letter as written, digits (0 = none given), `r`, delimiters.
    Expand { letter: char, digits: u8, reverse: bool, delimiters: String },
    /// `%%`
    Percent,
    /// `%_`
    Blank,
    /// `%-`
    UrlBlank,
}

/// A validated macro string.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DomainSpec(Vec<Piece>);

impl DomainSpec {
    /// Reads a domain-spec: a macro string that ends in a macro or in a dot and a top label.
    pub fn parse(text: &str) -> Option<Self> {
        let spec = Self::parse_macro_string(text)?;
        match spec.0.last()? {
            Piece::Expand { .. } => Some(spec),
            Piece::Literal(tail) => {
                // The dot before the top label may itself follow a macro, as in `%{i}.example`.
                let bare = tail.strip_suffix('.').unwrap_or(tail);
                let (_, top) = bare.rsplit_once('.')?;
                top_label(top).then_some(spec)
            }
            // `%%`, `%_` and `%-` are no domain-end.
            _ => None,
        }
    }

    /// Reads a macro string without asking what it ends in (unknown modifiers, RFC 7208 6).
    pub fn parse_macro_string(text: &str) -> Option<Self> {
        Self::read(text, |c| (0x21..=0x7e).contains(&c), "slodiphv")
    }

    /// Reads the text that an `exp` leads to: it may hold blanks and the macro letters c, r and t besides (RFC 7208 7.1).
    pub fn parse_explanation(text: &str) -> Option<Self> {
        Self::read(text, |c| (0x20..=0x7e).contains(&c), "slodiphvcrt")
    }

    fn read(text: &str, visible: impl Fn(u8) -> bool, letters: &str) -> Option<Self> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if first != '%' {
                let end = rest.find('%').unwrap_or(rest.len());
                let (literal, after) = rest.split_at(end);
                if !literal.bytes().all(&visible) {
                    return None;
                }
                pieces.push(Piece::Literal(literal.to_owned()));
                rest = after;
                continue;
            }
            let after = rest.get(1..)?;
            let (piece, next) = match after.chars().next()? {
                '%' => (Piece::Percent, after.get(1..)?),
                '_' => (Piece::Blank, after.get(1..)?),
                '-' => (Piece::UrlBlank, after.get(1..)?),
                '{' => {
                    let (body, next) = after.get(1..)?.split_once('}')?;
                    (expand(body, letters)?, next)
                }
                _ => return None,
            };
            pieces.push(piece);
            rest = next;
        }
        Some(Self(pieces))
    }

    /// The domain when it holds no macros: what a static audit can follow.
    pub fn literal(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The parts in order.
    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }
}

fn expand(body: &str, letters: &str) -> Option<Piece> {
    let letter = body.chars().next()?;
    if !letters.contains(letter.to_ascii_lowercase()) {
        return None;
    }
    let rest = body.get(1..)?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (number, rest) = rest.split_at(end);
    let digits = if number.is_empty() {
        0
    } else {
        // Zero parts make no sense (RFC 7208 7.1: "DIGIT MUST be non-zero"); no name has more than 127 labels.
        match number.parse::<u32>().ok()? {
            0 => return None,
            n => u8::try_from(n.min(128)).ok()?,
        }
    };
    let (reverse, delimiters) = match rest.strip_prefix(['r', 'R']) {
        Some(after) => (true, after),
        None => (false, rest),
    };
    if !delimiters.chars().all(|c| matches!(c, '.' | '-' | '+' | ',' | '/' | '_' | '=')) {
        return None;
    }
    Some(Piece::Expand { letter, digits, reverse, delimiters: delimiters.to_owned() })
}

/// toplabel of RFC 7208 7.1: letters, digits and inner hyphens, not digits alone.
fn top_label(label: &str) -> bool {
    label.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().any(|c| !c.is_ascii_digit())
        && label.len() <= 63
}

impl fmt::Display for DomainSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.0 {
            match piece {
                Piece::Literal(text) => f.write_str(text)?,
                Piece::Percent => f.write_str("%%")?,
                Piece::Blank => f.write_str("%_")?,
                Piece::UrlBlank => f.write_str("%-")?,
                Piece::Expand { letter, digits, reverse, delimiters } => {
                    write!(f, "%{{{letter}")?;
                    if *digits > 0 {
                        write!(f, "{digits}")?;
                    }
                    write!(f, "{}{delimiters}}}", if *reverse { "r" } else { "" })?;
                }
            }
        }
        Ok(())
    }
}
