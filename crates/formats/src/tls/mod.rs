//! TLS as it is before any secret: a ClientHello to write, and what a server answers, from SSL 3.0 to TLS 1.3.
//!
//! Begin at [`Hello`], which is written and read, and at [`Flight`], which reads what came back. Nothing here encrypts or verifies: a
//! hello shows what a server is willing to use without ever agreeing on a key.

mod answer;
mod groups;
mod hello;
mod octets;
mod records;
mod schemes;
mod suites;
#[cfg(test)]
mod tests;

use std::fmt;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use answer::{Exchanged, KeyExchange, ServerHello, certificate_list, certificates};
pub use groups::{GROUPS, Group, Kind};
pub use hello::{Hello, Share};
pub use records::{
    Alert, CERTIFICATE, CLIENT_HELLO, Flight, Message, NotTls, SERVER_HELLO, SERVER_HELLO_DONE, SERVER_KEY_EXCHANGE, handshake, messages,
};
pub use schemes::{SCHEMES, named as scheme_named, weak_hash};
pub use suites::{Authentication, SUITES, Suite};

crate::spelled! {
    /// A version of the protocol, oldest first.
    Version {
        Ssl3 => "ssl3.0",
        Tls10 => "tls1.0",
        Tls11 => "tls1.1",
        Tls12 => "tls1.2",
        Tls13 => "tls1.3",
    }
}

impl Version {
    /// As it is sent.
    pub fn code(self) -> u16 {
        match self {
            Self::Ssl3 => 0x0300,
            Self::Tls10 => 0x0301,
            Self::Tls11 => 0x0302,
            Self::Tls12 => 0x0303,
            Self::Tls13 => 0x0304,
        }
    }

    /// The version sent as `code`.
    pub fn of(code: u16) -> Option<Self> {
        Self::ALL.iter().copied().find(|version| version.code() == code)
    }

    /// As people write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ssl3 => "SSL 3.0",
            Self::Tls10 => "TLS 1.0",
            Self::Tls11 => "TLS 1.1",
            Self::Tls12 => "TLS 1.2",
            Self::Tls13 => "TLS 1.3",
        }
    }
}

/// Two-octet codes, written as hexadecimal digits without anything between them, because evidence holds many.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Codes(pub Vec<u16>);

impl fmt::Debug for Codes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Codes({})", HEXLOWER.encode(&octets::codes(&self.0)))
    }
}

impl Serialize for Codes {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&HEXLOWER.encode(&octets::codes(&self.0)))
    }
}

impl<'de> Deserialize<'de> for Codes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let octets = HEXLOWER.decode(text.as_bytes()).map_err(de::Error::custom)?;
        octets::Reader(&octets).codes().map(Self).ok_or_else(|| de::Error::custom("a code has four digits"))
    }
}
