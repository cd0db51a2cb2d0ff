//! What a server's first messages say: version, suite, group, key exchange and certificates.

use super::hello::{KEY_SHARE, SUPPORTED_VERSIONS};
use super::octets::{Reader, block};
use super::{Suite, Version};

/// The random of a HelloRetryRequest: SHA-256 of its name (RFC 8446 4.1.3).
const RETRY: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e,
    0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];
/// Certificates of one chain that are read.
const LONGEST_CHAIN: usize = 16;

/// A ServerHello or a HelloRetryRequest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerHello {
    /// As sent; TLS 1.3 by its extension.
    pub version: u16,
    pub suite: u16,
    /// Whether it asks for a share of `group` instead.
    pub retry: bool,
    /// The group of TLS 1.3.
    pub group: Option<u16>,
    /// Extensions in the order they came.
    pub extensions: Vec<u16>,
}

impl ServerHello {
    /// Reads the message without its header.
    pub fn read(body: &[u8]) -> Option<Self> {
        let mut from = Reader(body);
        let version = from.code()?;
        let retry = from.take(32)? == RETRY;
        from.block(1)?;
        let suite = from.code()?;
        from.number(1)?;
        let mut hello = Self { version, suite, retry, group: None, extensions: Vec::new() };
        if from.0.is_empty() {
            return Some(hello);
        }
        let mut extensions = from.block(2)?;
        while !extensions.0.is_empty() {
            let kind = extensions.code()?;
            let mut content = extensions.block(2)?;
            match kind {
                SUPPORTED_VERSIONS => hello.version = content.code()?,
                KEY_SHARE => hello.group = Some(content.code()?),
                _ => {}
            }
            hello.extensions.push(kind);
        }
        Some(hello)
    }

    /// The message without its header, as the testbed answers.
    pub fn write(&self, random: &[u8; 32]) -> Vec<u8> {
        let new = self.version > Version::Tls12.code();
        let mut body = self.version.min(Version::Tls12.code()).to_be_bytes().to_vec();
        body.extend_from_slice(if self.retry { &RETRY } else { random });
        body.extend(block(1, &[]));
        body.extend(self.suite.to_be_bytes());
        body.push(0);
        let mut extensions = Vec::new();
        let mut add = |kind: u16, content: &[u8]| {
            extensions.extend(kind.to_be_bytes());
            extensions.extend(block(2, content));
        };
        if new {
            add(SUPPORTED_VERSIONS, &self.version.to_be_bytes());
        }
        if let Some(group) = self.group {
            // A retry names the group only; else a key follows.
            let key = if self.retry { Vec::new() } else { block(2, random) };
            add(KEY_SHARE, &[group.to_be_bytes().as_slice(), &key].concat());
        }
        if !extensions.is_empty() {
            body.extend(block(2, &extensions));
        }
        body
    }

    /// The version, if it is one.
    pub fn agreed(&self) -> Option<Version> {
        Version::of(self.version)
    }
}

/// How a key is agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exchanged {
    /// In a named group.
    Group(u16),
    /// On a curve the server describes by itself (RFC 4492 5.4; forbidden since RFC 8422).
    OwnCurve,
    /// Modulo a prime of so many bits.
    Prime(usize),
    /// Under an RSA key of so many bits made for the occasion (export suites, RFC 2246 7.4.3).
    ShortRsa(usize),
}

/// A ServerKeyExchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyExchange {
    pub exchanged: Exchanged,
    /// The signature scheme of TLS 1.2; before it there is no choice (MD5 with SHA-1, or SHA-1).
    pub scheme: Option<u16>,
}

impl KeyExchange {
    /// Reads the message without its header; what it holds depends on `version` and `suite`.
    pub fn read(body: &[u8], version: Version, suite: Suite) -> Option<Self> {
        let mut from = Reader(body);
        let exchanged = if suite.key_exchange().starts_with("ECDH") {
            match from.number(1)? {
                3 => {
                    let group = from.code()?;
                    from.block(1)?;
                    Exchanged::Group(group)
                }
                // What follows is as long as its curve; nothing behind it is needed.
                1 | 2 => return Some(Self { exchanged: Exchanged::OwnCurve, scheme: None }),
                _ => return None,
            }
        } else if suite.key_exchange().starts_with("RSA") {
            let modulus = from.block(2)?;
            from.block(2)?;
            Exchanged::ShortRsa(bits(modulus.0))
        } else {
            let prime = from.block(2)?;
            from.block(2)?;
            from.block(2)?;
            Exchanged::Prime(bits(prime.0))
        };
        let signed = version == Version::Tls12 && !from.0.is_empty();
        Some(Self { exchanged, scheme: if signed { Some(from.code()?) } else { None } })
    }
}

/// Bits of a number without its leading zeros.
fn bits(digits: &[u8]) -> usize {
    let used: Vec<&u8> = digits.iter().skip_while(|digit| **digit == 0).collect();
    used.first().map_or(0, |first| used.len() * 8 - first.leading_zeros() as usize)
}

/// The certificates (DER) of a Certificate message up to TLS 1.2, the server's own first; none where it cannot be read.
pub fn certificates(body: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut list = Reader(body).block(3)?;
    let mut chain = Vec::new();
    while !list.0.is_empty() && chain.len() < LONGEST_CHAIN {
        chain.push(list.block(3)?.0.to_vec());
    }
    Some(chain)
}

/// The same list, without its header.
pub fn certificate_list<'a>(chain: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    block(3, &chain.into_iter().flat_map(|der| block(3, der)).collect::<Vec<u8>>())
}
