//! A small DNS client of resolvers and of authoritative servers: UDP with one repeat, TCP when truncated, every question counted.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use formats::dns::{rcode, read, unwritten};
use formats::evidence::{Failure, Heard, Octets};
use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::{Name, Record, RecordType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

use crate::failure::unreached;
use crate::target::{Budget, Vantage};

/// EDNS buffer size that avoids fragments (DNS flag day 2020).
const PAYLOAD: u16 = 1232;
/// Records of one answer that evidence shows to people, and characters of one record.
const SHOWN_RECORDS: usize = 24;
const SHOWN_CHARS: usize = 700;

/// The questions about one target, within its budget.
pub(crate) struct Client<'a> {
    vantage: &'a Vantage,
    budget: Budget,
    ids: &'a AtomicU64,
    cancel: &'a AtomicBool,
    sent: AtomicUsize,
    sent_to_servers: AtomicUsize,
}

/// A question to one authoritative server. Names and types as a question writes them.
pub(crate) struct ToServer<'a> {
    pub server: SocketAddr,
    pub name: &'a str,
    pub kind: &'a str,
    pub signed: bool,
    pub tcp: bool,
}

/// Who is asked, which decides what the question says and which budget pays for it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum To {
    Resolver,
    Server,
}

/// A message as it came, and as it reads.
type Came = (Message, Vec<u8>);

impl<'a> Client<'a> {
    /// `ids` is a secret counter; message ids are drawn from it.
    pub fn new(vantage: &'a Vantage, budget: Budget, ids: &'a AtomicU64, cancel: &'a AtomicBool) -> Self {
        Self { vantage, budget, ids, cancel, sent: AtomicUsize::new(0), sent_to_servers: AtomicUsize::new(0) }
    }

    /// Whether somebody wants everything to stop.
    pub fn cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    /// Octets nobody can guess who does not know the secret.
    pub fn random(&self) -> [u8; 32] {
        let mut octets = [0; 32];
        octets.chunks_mut(8).for_each(|chunk| chunk.copy_from_slice(&self.draw().to_be_bytes()));
        octets
    }

    fn next_id(&self) -> u16 {
        self.draw() as u16
    }

    fn draw(&self) -> u64 {
        // SplitMix64 over a secret start: successive draws are unrelated for whoever does not know it.
        let mut z = self.ids.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Asks for records of `kind` at `name`, both as a question writes them. `tried` is told of every attempt.
    pub async fn ask(&self, name: &str, kind: &str, signed: bool, tried: &mut Vec<String>) -> Heard {
        heard(match asked(name, kind) {
            Ok((name, kind)) => self.exchange(&name, kind, signed, tried).await,
            Err(failure) => Err(failure),
        })
    }

    /// Asks one authoritative server. `tried` is told of every attempt.
    pub async fn ask_server(&self, question: &ToServer<'_>, tried: &mut Vec<String>) -> Heard {
        heard(self.exchange_with(question, tried).await)
    }

    async fn exchange_with(&self, question: &ToServer<'_>, tried: &mut Vec<String>) -> Result<Came, Failure> {
        let (name, kind) = asked(question.name, question.kind)?;
        let (server, transport) = (question.server, if question.tcp { "tcp" } else { "udp" });
        let mut last = Failure::Timeout;
        // One lost datagram is no failure; TCP repeats by itself.
        for _ in 0..if question.tcp { 1 } else { 2 } {
            let query = self.query(To::Server, &name, kind, question.signed)?;
            let outcome = if question.tcp { self.over_tcp(server, &query).await } else { self.over_udp(server, &query).await };
            tried.push(told(server, transport, &outcome));
            match outcome {
                Err(Failure::Timeout) => last = Failure::Timeout,
                other => return other,
            }
        }
        Err(last)
    }

    async fn exchange(&self, name: &Name, kind: RecordType, dnssec: bool, tried: &mut Vec<String>) -> Result<Came, Failure> {
        let mut last = Failure::Unreachable("no resolver is configured".into());
        // One lost datagram is no failure: ask again, at the next resolver when there is one.
        for attempt in 0..2usize {
            let servers = self.vantage.resolvers.len().max(1);
            let Some(server) = self.vantage.resolvers.get(attempt % servers).copied() else { return Err(last) };
            let query = self.query(To::Resolver, name, kind, dnssec)?;
            let outcome = self.over_udp(server, &query).await;
            tried.push(told(server, "udp", &outcome));
            let outcome = match outcome {
                Ok((message, _)) if message.truncation => {
                    let query = self.query(To::Resolver, name, kind, dnssec)?;
                    let outcome = self.over_tcp(server, &query).await;
                    tried.push(told(server, "tcp", &outcome));
                    outcome
                }
                other => other,
            };
            match outcome {
                Ok(came) => {
                    let usable = matches!(came.0.response_code, ResponseCode::NoError | ResponseCode::NXDomain);
                    if usable || servers == 1 || attempt == 1 {
                        return Ok(came);
                    }
                    last = Failure::Rcode(rcode(came.0.response_code));
                }
                Err(failure @ (Failure::BudgetSpent | Failure::Cancelled)) => return Err(failure),
                Err(failure) => last = failure,
            }
        }
        Err(last)
    }

    /// A question, when the budget still allows one.
    fn query(&self, to: To, name: &Name, kind: RecordType, dnssec: bool) -> Result<Message, Failure> {
        if self.cancelled() {
            return Err(Failure::Cancelled);
        }
        let (sent, most) = match to {
            To::Resolver => (&self.sent, self.budget.max_queries_per_domain),
            To::Server => (&self.sent_to_servers, self.budget.max_server_questions),
        };
        if sent.fetch_add(1, Ordering::Relaxed) >= most {
            return Err(Failure::BudgetSpent);
        }
        let mut message = Message::new(self.next_id(), MessageType::Query, OpCode::Query);
        // An authoritative server speaks for itself: asking it to recurse would hide that it knows nothing (RFC 1034 4.3.1).
        message.metadata.recursion_desired = to == To::Resolver;
        // We validate ourselves, so that a bogus zone is seen and not just a SERVFAIL (RFC 4035 3.2.2).
        message.metadata.checking_disabled = to == To::Resolver;
        message.metadata.authentic_data = to == To::Resolver;
        message.add_query(Query::query(name.clone(), kind));
        let mut edns = Edns::new();
        edns.set_max_payload(PAYLOAD);
        edns.set_dnssec_ok(dnssec);
        message.set_edns(edns);
        Ok(message)
    }

    async fn over_udp(&self, server: SocketAddr, query: &Message) -> Result<Came, Failure> {
        if !self.budget.spacing.is_zero() {
            tokio::time::sleep(self.budget.spacing).await;
        }
        let bytes = query.to_vec().map_err(|e| Failure::Malformed(e.to_string()))?;
        let unreachable = |e: std::io::Error| unreached(&e);
        let any: SocketAddr = if server.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0u16; 8], 0).into() };
        let socket = UdpSocket::bind(any).await.map_err(unreachable)?;
        // A connected socket accepts datagrams of this server only.
        socket.connect(server).await.map_err(unreachable)?;
        socket.send(&bytes).await.map_err(unreachable)?;
        let wait = async {
            let mut buffer = vec![0u8; 4096];
            loop {
                let length = socket.recv(&mut buffer).await.map_err(unreachable)?;
                // Anything that is not the answer to this question is ignored: it may be forged.
                let wire = buffer.get(..length).unwrap_or_default();
                if let Some(message) = read(wire).filter(|message| answers(query, message)) {
                    return Ok((message, wire.to_vec()));
                }
            }
        };
        within(self.vantage.dns_timeout, wait).await
    }

    async fn over_tcp(&self, server: SocketAddr, query: &Message) -> Result<Came, Failure> {
        let bytes = query.to_vec().map_err(|e| Failure::Malformed(e.to_string()))?;
        let length = u16::try_from(bytes.len()).map_err(|e| Failure::Malformed(e.to_string()))?;
        let unreachable = |e: std::io::Error| unreached(&e);
        let talk = async {
            let mut stream = TcpStream::connect(server).await.map_err(unreachable)?;
            let mut framed = length.to_be_bytes().to_vec();
            framed.extend_from_slice(&bytes);
            stream.write_all(&framed).await.map_err(unreachable)?;
            let length = stream.read_u16().await.map_err(unreachable)?;
            let mut buffer = vec![0u8; usize::from(length)];
            stream.read_exact(&mut buffer).await.map_err(unreachable)?;
            let message = read(&buffer).ok_or_else(|| Failure::Malformed("the answer cannot be read".into()))?;
            if answers(query, &message) { Ok((message, buffer)) } else { Err(Failure::Malformed("the answer is to another question".into())) }
        };
        within(self.vantage.dns_timeout, talk).await
    }
}

/// The question as it is sent.
fn asked(name: &str, kind: &str) -> Result<(Name, RecordType), Failure> {
    match (unwritten(name), kind.parse::<RecordType>()) {
        (Some(name), Ok(kind)) => Ok((name, kind)),
        _ => Err(Failure::Malformed("no such question can be asked".into())),
    }
}

/// What evidence keeps of an outcome.
fn heard(outcome: Result<Came, Failure>) -> Heard {
    match outcome {
        Ok((message, wire)) => Heard::Message {
            rcode: rcode(message.response_code),
            answer: shown(&message.answers),
            authority: shown(&message.authorities),
            wire: Octets(wire),
        },
        Err(failure) => Heard::Failure(failure),
    }
}

/// An attempt in words.
fn told(server: SocketAddr, transport: &str, outcome: &Result<Came, Failure>) -> String {
    match outcome {
        Ok(_) => format!("{server} {transport}: answer"),
        Err(failure) => format!("{server} {transport}: {failure:?}"),
    }
}

async fn within<T>(limit: Duration, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    timeout(limit, work).await.unwrap_or(Err(Failure::Timeout))
}

fn answers(query: &Message, message: &Message) -> bool {
    message.id == query.id && message.message_type == MessageType::Response && message.queries == query.queries
}

/// Records as people read them, bounded.
fn shown(records: &[Record]) -> Vec<String> {
    let mut lines: Vec<String> = records.iter().take(SHOWN_RECORDS).map(|r| r.to_string().chars().take(SHOWN_CHARS).collect()).collect();
    if records.len() > SHOWN_RECORDS {
        lines.push(format!("; {} more", records.len() - SHOWN_RECORDS));
    }
    lines
}
