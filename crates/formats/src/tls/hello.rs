//! The ClientHello: written for a probe, read for whoever answers one.

use serde::{Deserialize, Serialize};

use super::octets::{Reader, block, codes};
use super::records::{self, CLIENT_HELLO};
use super::{Codes, Version};
use crate::evidence::Octets;

/// Extensions (IANA, TLS ExtensionType).
const SERVER_NAME: u16 = 0;
const SUPPORTED_GROUPS: u16 = 10;
const POINT_FORMATS: u16 = 11;
const SIGNATURE_ALGORITHMS: u16 = 13;
const PADDING: u16 = 21;
const EXTENDED_SECRET: u16 = 23;
pub(super) const SUPPORTED_VERSIONS: u16 = 43;
pub(super) const KEY_SHARE: u16 = 51;
const RENEGOTIATION: u16 = 0xff01;

/// A public key for one group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Share {
    pub group: u16,
    pub key: Octets,
}

/// What a client offers. A version has only what it knows: SSL 3.0 no extensions, schemes from TLS 1.2, shares in TLS 1.3.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Hello {
    /// The highest version offered; for TLS 1.3 the only one.
    pub version: Version,
    /// The server's name in A-labels; empty: none is sent.
    pub name: String,
    pub suites: Codes,
    pub groups: Codes,
    pub schemes: Codes,
    /// None of them makes a TLS 1.3 server ask for the group it likes best (RFC 8446 4.1.4).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shares: Vec<Share>,
}

impl Hello {
    /// The hello in records, as it is sent. `random` need not be secret, because no key is ever agreed on.
    pub fn write(&self, random: &[u8; 32]) -> Vec<u8> {
        // 1.3 hides in 1.2 (RFC 8446 4.1.2); its session id makes it pass where middleboxes look (D.4).
        let legacy = self.version.min(Version::Tls12).code();
        let session: &[u8] = if self.version == Version::Tls13 { random } else { &[] };
        let mut body = legacy.to_be_bytes().to_vec();
        body.extend_from_slice(random);
        body.extend(block(1, session));
        body.extend(block(2, &codes(&self.suites.0)));
        body.extend(block(1, &[0]));
        if self.version != Version::Ssl3 {
            let extensions = self.extensions();
            body.extend(block(2, &padded(extensions, body.len())));
        }
        records::wrap(if self.version == Version::Ssl3 { Version::Ssl3 } else { Version::Tls10 }, &records::handshake(CLIENT_HELLO, &body))
    }

    fn extensions(&self) -> Vec<u8> {
        let mut all = Vec::new();
        let mut add = |kind: u16, content: &[u8]| {
            all.extend(kind.to_be_bytes());
            all.extend(block(2, content));
        };
        if !self.name.is_empty() {
            let name = [&[0], block(2, self.name.as_bytes()).as_slice()].concat();
            add(SERVER_NAME, &block(2, &name));
        }
        if !self.groups.0.is_empty() {
            add(SUPPORTED_GROUPS, &block(2, &codes(&self.groups.0)));
            // Uncompressed points: the only form everybody reads (RFC 8422 5.1.2).
            add(POINT_FORMATS, &[1, 0]);
        }
        if self.version >= Version::Tls12 {
            add(SIGNATURE_ALGORITHMS, &block(2, &codes(&self.schemes.0)));
        }
        if self.version == Version::Tls13 {
            add(SUPPORTED_VERSIONS, &block(1, &Version::Tls13.code().to_be_bytes()));
            let shares: Vec<u8> =
                self.shares.iter().flat_map(|share| [&share.group.to_be_bytes(), block(2, &share.key.0).as_slice()].concat()).collect();
            add(KEY_SHARE, &block(2, &shares));
        } else {
            add(EXTENDED_SECRET, &[]);
            add(RENEGOTIATION, &[0]);
        }
        all
    }

    /// Reads a ClientHello without its header.
    pub fn read(body: &[u8]) -> Option<Self> {
        let mut from = Reader(body);
        let legacy = from.code()?;
        from.take(32)?;
        from.block(1)?;
        let suites = Codes(from.block(2)?.codes()?);
        from.block(1)?;
        let mut hello = Self {
            version: Version::of(legacy)?,
            name: String::new(),
            suites,
            groups: Codes::default(),
            schemes: Codes::default(),
            shares: Vec::new(),
        };
        if from.0.is_empty() {
            return Some(hello);
        }
        let mut extensions = from.block(2)?;
        while !extensions.0.is_empty() {
            let kind = extensions.code()?;
            hello.read_extension(kind, extensions.block(2)?)?;
        }
        Some(hello)
    }

    fn read_extension(&mut self, kind: u16, mut content: Reader<'_>) -> Option<()> {
        match kind {
            SERVER_NAME => {
                let mut list = content.block(2)?;
                if list.number(1)? == 0 {
                    self.name = String::from_utf8(list.block(2)?.0.to_vec()).ok()?;
                }
            }
            SUPPORTED_GROUPS => self.groups = Codes(content.block(2)?.codes()?),
            SIGNATURE_ALGORITHMS => self.schemes = Codes(content.block(2)?.codes()?),
            SUPPORTED_VERSIONS => {
                let offered = content.block(1)?.codes()?;
                self.version = offered.into_iter().filter_map(Version::of).max().unwrap_or(self.version);
            }
            KEY_SHARE => {
                let mut list = content.block(2)?;
                while !list.0.is_empty() {
                    let (group, key) = (list.code()?, list.block(2)?);
                    self.shares.push(Share { group, key: Octets(key.0.to_vec()) });
                }
            }
            _ => {}
        }
        Some(())
    }
}

/// Extensions filled up where the whole message, with a header of four octets, would otherwise be 256 to 511 octets long: some
/// load balancers take these for something else (RFC 7685 1).
fn padded(mut extensions: Vec<u8>, before: usize) -> Vec<u8> {
    let length = 4 + before + 2 + extensions.len();
    if (256..512).contains(&length) {
        extensions.extend(PADDING.to_be_bytes());
        extensions.extend(block(2, &vec![0; (512 - length).saturating_sub(4)]));
    }
    extensions
}
