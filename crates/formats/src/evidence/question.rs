//! One question to the outside and its answer.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::Octets;
use crate::tls::Hello;

/// What is asked. Names are in lower case, as master files write them (RFC 1035 5.1), without the last dot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case")]
pub enum Question {
    /// Records of one type at one name, asked of a recursive resolver; `signed`: with their DNSSEC material.
    Dns { name: String, kind: String, signed: bool },
    /// A page: `GET path` of the server `name` at `address`, over TLS or not. No redirect is followed.
    Http { address: SocketAddr, name: String, tls: bool, path: String },
    /// A TLS handshake that keeps whatever chain is presented; nothing is sent over the connection.
    Tls { address: SocketAddr, name: String },
    /// A mail server's greeting and what it offers, then STARTTLS with a handshake for `name`; no mail is begun.
    Smtp { address: SocketAddr, name: String },
    /// A ClientHello, and what the server answers before anything is encrypted; the connection ends there. `certificates`: keep
    /// those it shows, which are the longest part of an answer. `opening`: what is said before TLS begins.
    Hello {
        address: SocketAddr,
        hello: Hello,
        certificates: bool,
        #[serde(default, skip_serializing_if = "Opening::is_direct")]
        opening: Opening,
    },
    /// Records of one type at one name, asked of one authoritative server without recursion, over UDP or TCP. A truncated answer
    /// is kept as it came: whoever wants the whole asks over TCP.
    Server { address: SocketAddr, name: String, kind: String, signed: bool, tcp: bool },
}

/// What is said over a connection before TLS begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Opening {
    /// Nothing: TLS is what is spoken there.
    #[default]
    Direct,
    /// SMTP as far as STARTTLS (RFC 3207).
    Smtp,
}

impl Opening {
    /// Whether nothing is said; evidence of earlier times knows of nothing else.
    pub fn is_direct(&self) -> bool {
        *self == Self::Direct
    }
}

/// A question, its answer, and what it took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    #[serde(flatten)]
    pub question: Question,
    #[serde(flatten)]
    pub heard: Heard,
    /// Milliseconds.
    pub ms: u64,
    /// Each attempt in words: server, transport, outcome.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tried: Vec<String>,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "heard", rename_all = "kebab-case")]
pub enum Heard {
    /// A DNS message: as people read it, and as it came.
    Message { rcode: String, answer: Vec<String>, authority: Vec<String>, wire: Octets },
    /// What a web server sent, bounded.
    Response(Response),
    /// A TLS handshake that showed a chain, whether or not it came to its end.
    Handshake(Handshake),
    /// What a mail server said.
    Session(Session),
    /// What a TLS server answered to a ClientHello.
    Hello(Reply),
    /// Nothing usable.
    Failure(Failure),
}

/// What a web server sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    pub status: u16,
    /// Names in lower case, values as far as they are text; those of one name in the order they came.
    pub headers: Vec<(String, String)>,
    pub body: Octets,
    /// Whether there was more of the body than is kept.
    pub cut: bool,
    /// What the server showed before, over TLS.
    pub handshake: Option<Box<Handshake>>,
}

impl Response {
    /// The first header called `name`, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(one, _)| one.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// What a TLS server showed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handshake {
    /// The first certificates as people read them.
    pub shown: Vec<String>,
    /// Certificates as presented (DER), the server's own first.
    pub chain: Vec<Octets>,
    /// Whether the server proved that it holds the key of its certificate.
    pub proved: bool,
    /// Version and suite, or how the handshake ended.
    pub detail: String,
}

/// What a mail server said (RFC 5321 3.1, 3.2; RFC 3207), each line as far as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The reply to the connection; several lines are joined by line breaks, here and below.
    pub greeting: String,
    /// The reply to EHLO.
    pub ehlo: String,
    /// The reply to STARTTLS, if it was offered.
    pub starttls: Option<String>,
    /// What was shown after it.
    pub handshake: Option<Box<Handshake>>,
    /// Why the conversation ended early.
    pub broken: Option<Failure>,
}

impl Session {
    /// Whether STARTTLS is among the extensions offered.
    pub fn offers_tls(&self) -> bool {
        let keyword = |line: &str| line.get(4..).and_then(|rest| rest.split_ascii_whitespace().next()).unwrap_or_default().to_owned();
        self.ehlo.starts_with("250") && self.ehlo.lines().skip(1).any(|line| keyword(line).eq_ignore_ascii_case("STARTTLS"))
    }
}

/// What a TLS server answered to a ClientHello.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// ServerHello and ServerKeyExchange as they came, each with its header (RFC 5246 7.4), and Certificate where it was asked for.
    pub messages: Octets,
    /// The alert that ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert: Option<u8>,
    pub end: End,
}

crate::spelled! {
    /// How an answer to a ClientHello ended.
    #[derive(Default)]
    End {
        /// The server said all it says before it waits for us.
        Whole => "whole",
        Alert => "alert",
        /// The server closed or reset the connection.
        Broken => "broken",
        /// It fell silent, or went on for longer than anybody reads.
        #[default]
        Cut => "cut",
        /// What came is no TLS.
        Foreign => "foreign",
    }
}

/// Why nothing usable came back. None of these says anything about the target but `Closed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "failure", content = "detail", rename_all = "kebab-case")]
pub enum Failure {
    Timeout,
    /// SERVFAIL, REFUSED and everything else that is neither an answer nor a denial.
    Rcode(String),
    Unreachable(String),
    Malformed(String),
    BudgetSpent,
    Cancelled,
    /// An address that is never asked, with its kind.
    Forbidden(String),
    /// Nothing listens there.
    Closed,
    /// The handshake ended before a certificate was shown.
    NoHandshake(String),
    /// The place measured from has no way to addresses of this kind, as where there is no IPv6.
    NoRoute(String),
}
