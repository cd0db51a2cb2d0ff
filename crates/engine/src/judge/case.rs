//! One case: the evidence and the rules, and what a check may ask of them.

use std::net::{IpAddr, SocketAddr};

use formats::dns::{Answer, read, written};
use formats::evidence::{Evidence, Failure, Handshake, Heard, Missing, Opening, Question, Reply, Response, Session, Verdict};
use formats::tls::Hello;
use hickory_proto::rr::{Name, RecordType};

use super::judgement::Judged;
use super::reasons::Why;
use super::rules::Rules;

/// What a check reads.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// What was heard.
    pub evidence: &'a Evidence,
    /// What it is judged by.
    pub rules: &'a Rules,
}

/// Why a question brings nothing.
#[derive(Debug)]
pub(crate) enum Open {
    /// Nobody asked yet.
    Missing(Missing),
    /// It was asked, and no answer came.
    Unanswered(Unanswered),
}

impl From<Missing> for Open {
    fn from(missing: Missing) -> Self {
        Self::Missing(missing)
    }
}

impl Open {
    /// What an unanswered question means for a check; a missing one is passed on.
    pub fn judged(self) -> Result<Judged, Missing> {
        match self {
            Self::Missing(missing) => Err(missing),
            Self::Unanswered(unanswered) => Ok(unanswered.judged()),
        }
    }
}

/// A question without an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unanswered {
    pub question: String,
    pub failure: Failure,
}

impl Unanswered {
    /// "Could not measure", saying why.
    pub fn judged(&self) -> Judged {
        let question = self.question.as_str();
        let cannot = |why, data: &[(&str, &str)]| Judged::new(Verdict::CouldNotMeasure, why, data);
        match &self.failure {
            Failure::Timeout => cannot(Why::Timeout, &[("question", question)]),
            Failure::Rcode(code) => cannot(Why::ServerFailure, &[("question", question), ("rcode", code)]),
            Failure::Unreachable(_) | Failure::Closed | Failure::NoRoute(_) => cannot(Why::Unreachable, &[("question", question)]),
            Failure::Malformed(_) | Failure::NoHandshake(_) => cannot(Why::Malformed, &[("question", question)]),
            Failure::BudgetSpent => cannot(Why::BudgetSpent, &[("question", question)]),
            Failure::Cancelled => cannot(Why::Cancelled, &[]),
            Failure::Forbidden(kind) => cannot(Why::AddressRefused, &[("address", question), ("kind", kind)]),
        }
    }
}

/// What a failed connection to `address` means where it says nothing about the target: a time-out, a refused address, a broken
/// handshake.
pub(super) fn unconnected(address: SocketAddr, failure: &Failure) -> Judged {
    let (place, cannot) = (address.to_string(), |why, data: &[(&str, &str)]| Judged::new(Verdict::CouldNotMeasure, why, data));
    match failure {
        Failure::Forbidden(kind) => cannot(Why::AddressRefused, &[("address", &address.ip().to_string()), ("kind", kind)]),
        Failure::Timeout => cannot(Why::ConnectTimeout, &[("address", &place)]),
        Failure::NoHandshake(detail) => cannot(Why::HandshakeFailed, &[("detail", detail)]),
        Failure::NoRoute(_) if address.is_ipv6() => cannot(Why::NoIpv6Here, &[]),
        Failure::BudgetSpent => cannot(Why::BudgetSpent, &[("question", &place)]),
        Failure::Cancelled => cannot(Why::Cancelled, &[]),
        failure => cannot(Why::ConnectFailed, &[("detail", &failed(failure))]),
    }
}

/// A failure in a few words that both languages use.
pub(super) fn failed(failure: &Failure) -> String {
    match failure {
        Failure::Timeout => "timeout".into(),
        Failure::Rcode(detail) | Failure::Unreachable(detail) | Failure::NoRoute(detail) | Failure::NoHandshake(detail) => detail.clone(),
        Failure::Malformed(detail) if detail.is_empty() => "unreadable".into(),
        Failure::Malformed(detail) => detail.clone(),
        Failure::BudgetSpent => "budget spent".into(),
        Failure::Cancelled => "cancelled".into(),
        Failure::Forbidden(kind) => kind.clone(),
        Failure::Closed => "connection refused".into(),
    }
}

/// Where a name leads.
pub(crate) enum Addresses {
    NoSuchName,
    /// None: the name exists without an address.
    Found(Vec<IpAddr>),
}

/// A question as people read it.
pub(super) fn said(question: &Question) -> String {
    match question {
        Question::Dns { name, kind, .. } => format!("{} {kind}", if name.is_empty() { "." } else { name }),
        Question::Tls { address, name } => format!("{address} ({name})"),
        Question::Smtp { address, name } => format!("SMTP {address} ({name})"),
        Question::Hello { address, hello, opening, .. } => {
            let before = if opening.is_direct() { "" } else { "SMTP " };
            format!("{before}{address} ({}) {}", hello.name, hello.version.name())
        }
        Question::Server { address, name, kind, tcp, .. } => {
            format!("{address} {}: {} {kind}", if *tcp { "tcp" } else { "udp" }, if name.is_empty() { "." } else { name })
        }
        Question::Http { address, name, tls, path } => format!("{}://{name}{path} ({address})", if *tls { "https" } else { "http" }),
    }
}

impl<'a> Case<'a> {
    /// Records of `kind` at `name`.
    pub(crate) fn ask(&self, name: &Name, kind: RecordType) -> Result<Answer, Open> {
        self.dns(name, kind, self.signed(name, kind))
    }

    /// Whether the question is put with DNSSEC: where mail goes is asked once for those who need signatures (DANE) and those who do not.
    fn signed(&self, name: &Name, kind: RecordType) -> bool {
        let known = |signed| self.evidence.heard(Question::Dns { name: written(name), kind: kind.to_string(), signed }).is_ok();
        matches!(kind, RecordType::MX | RecordType::A | RecordType::AAAA) && !known(false)
    }

    /// The same with their DNSSEC material.
    pub(super) fn ask_signed(&self, name: &Name, kind: RecordType) -> Result<Answer, Open> {
        self.dns(name, kind, true)
    }

    fn dns(&self, name: &Name, kind: RecordType, signed: bool) -> Result<Answer, Open> {
        let question = Question::Dns { name: written(name), kind: kind.to_string(), signed };
        let said = said(&question);
        let unanswered = |failure| Open::Unanswered(Unanswered { question: said.clone(), failure });
        match &self.evidence.heard(question)?.heard {
            Heard::Message { rcode, wire, .. } => {
                let message = read(&wire.0).ok_or_else(|| unanswered(Failure::Malformed(String::new())))?;
                Answer::of(message).ok_or_else(|| unanswered(Failure::Rcode(rcode.clone())))
            }
            Heard::Failure(failure) => Err(unanswered(failure.clone())),
            _ => Err(unanswered(Failure::Malformed(String::new()))),
        }
    }

    /// Milliseconds until the answer to a question came.
    pub(super) fn waited(&self, name: &Name, kind: RecordType) -> u64 {
        let question = Question::Dns { name: written(name), kind: kind.to_string(), signed: self.signed(name, kind) };
        self.evidence.heard(question).map_or(0, |exchange| exchange.ms)
    }

    /// What a TLS server at `address` showed to whoever asked for `name`.
    pub(super) fn tls(&self, address: SocketAddr, name: &str) -> Result<Result<&'a Handshake, Failure>, Missing> {
        Ok(match &self.evidence.heard(Question::Tls { address, name: name.to_owned() })?.heard {
            Heard::Handshake(shown) => Ok(shown),
            Heard::Failure(failure) => Err(failure.clone()),
            _ => Err(Failure::Malformed(String::new())),
        })
    }

    /// What a TLS server at `address` answered to a ClientHello after `opening`.
    pub(super) fn greeted(
        &self,
        address: SocketAddr,
        hello: Hello,
        certificates: bool,
        opening: Opening,
    ) -> Result<Result<&'a Reply, Failure>, Missing> {
        Ok(match &self.evidence.heard(Question::Hello { address, hello, certificates, opening })?.heard {
            Heard::Hello(reply) => Ok(reply),
            Heard::Failure(failure) => Err(failure.clone()),
            _ => Err(Failure::Malformed(String::new())),
        })
    }

    /// What the web server `name` at `address` sends for `path`.
    pub(crate) fn page(&self, address: SocketAddr, name: &str, tls: bool, path: &str) -> Result<Result<&'a Response, Failure>, Missing> {
        let question = Question::Http { address, name: name.to_owned(), tls, path: path.to_owned() };
        Ok(match &self.evidence.heard(question)?.heard {
            Heard::Response(response) => Ok(response),
            Heard::Failure(failure) => Err(failure.clone()),
            _ => Err(Failure::Malformed(String::new())),
        })
    }

    /// What the mail server `name` at `address` said.
    pub(super) fn session(&self, address: SocketAddr, name: &str) -> Result<Result<&'a Session, Failure>, Missing> {
        Ok(match &self.evidence.heard(Question::Smtp { address, name: name.to_owned() })?.heard {
            Heard::Session(session) => Ok(session),
            Heard::Failure(failure) => Err(failure.clone()),
            _ => Err(Failure::Malformed(String::new())),
        })
    }

    /// The addresses of `name`: IPv4 first, and IPv6 only where there is none.
    pub(crate) fn addresses(&self, name: &Name) -> Result<Addresses, Open> {
        let mut found = Vec::new();
        for kind in [RecordType::A, RecordType::AAAA] {
            let answer = self.ask(name, kind)?;
            if answer.nxdomain {
                return Ok(Addresses::NoSuchName);
            }
            found.extend(answer.records(name, kind).into_iter().filter_map(|record| record.data.ip_addr()));
            if !found.is_empty() {
                break;
            }
        }
        Ok(Addresses::Found(found))
    }

    /// A `dig` command that repeats a question of `kind` about `name`.
    pub(super) fn dig(&self, name: &str, kind: &str) -> String {
        let server = self.evidence.place.resolvers.first().and_then(|text| text.parse::<SocketAddr>().ok()).map_or_else(String::new, |server| {
            let port = if server.port() == 53 { String::new() } else { format!(" -p {}", server.port()) };
            format!(" @{}{port}", server.ip())
        });
        format!("dig{server} {name} {kind}")
    }
}
