//! A small DNS client: UDP with one repeat, TCP when truncated, every question counted, remembered and kept as evidence.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::{Instant, timeout};

use crate::observation::{Judged, State};
use crate::packet;
use crate::reasons::Why;
use crate::target::{Budget, Vantage, plain};

/// EDNS buffer size that avoids fragments (DNS flag day 2020).
const PAYLOAD: u16 = 1232;
/// Records of one answer that evidence keeps, and characters of one record.
const KEPT_RECORDS: usize = 24;
const KEPT_CHARS: usize = 700;

/// Why a question has no answer. None of these says anything about the domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    Timeout,
    /// SERVFAIL, REFUSED and everything else that is neither an answer nor a denial.
    Rcode(String),
    Unreachable(String),
    Malformed(String),
    BudgetSpent,
    Cancelled,
}

/// A usable answer: NOERROR or NXDOMAIN.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub nxdomain: bool,
    pub answers: Vec<Record>,
    pub authorities: Vec<Record>,
}

impl Answer {
    /// Records of `kind` at `name`, following the aliases inside this answer.
    pub fn records(&self, name: &Name, kind: RecordType) -> Vec<&Record> {
        let mut owner = name.clone();
        for _ in 0..9 {
            let found: Vec<&Record> = self.answers.iter().filter(|r| r.record_type() == kind && r.name == owner).collect();
            if !found.is_empty() || kind == RecordType::CNAME {
                return found;
            }
            match self.alias(&owner) {
                Some(next) => owner = next,
                None => return Vec::new(),
            }
        }
        Vec::new()
    }

    /// Where `name` points as an alias, if it is one.
    pub fn alias(&self, name: &Name) -> Option<Name> {
        self.answers.iter().find_map(|record| match &record.data {
            RData::CNAME(target) if record.name == *name => Some(target.0.to_lowercase()),
            _ => None,
        })
    }

    /// The texts of the TXT records at `name`: strings joined without separator (RFC 7208 3.3).
    pub fn texts(&self, name: &Name) -> Vec<Vec<u8>> {
        self.records(name, RecordType::TXT)
            .into_iter()
            .filter_map(|record| match &record.data {
                RData::TXT(txt) => Some(txt.txt_data.iter().flat_map(|part| part.iter().copied()).collect()),
                _ => None,
            })
            .collect()
    }
}

type Key = (Name, RecordType, bool);
type Kept = (Result<Answer, Failure>, Value);

/// The questions about one target: budget, memory, evidence.
pub(crate) struct Client<'a> {
    pub vantage: &'a Vantage,
    budget: Budget,
    ids: &'a AtomicU64,
    cancel: &'a AtomicBool,
    sent: AtomicUsize,
    kept: Mutex<HashMap<Key, Kept>>,
}

impl<'a> Client<'a> {
    /// `ids` is a secret counter; message ids are drawn from it.
    pub fn new(vantage: &'a Vantage, budget: Budget, ids: &'a AtomicU64, cancel: &'a AtomicBool) -> Self {
        Self { vantage, budget, ids, cancel, sent: AtomicUsize::new(0), kept: Mutex::new(HashMap::new()) }
    }

    pub fn budget(&self) -> &Budget {
        &self.budget
    }

    fn remembered(&self, key: &Key) -> Option<Kept> {
        self.kept.lock().unwrap_or_else(|poison| poison.into_inner()).get(key).cloned()
    }

    fn next_id(&self) -> u16 {
        // SplitMix64 over a secret start: successive ids are unrelated for whoever does not know it.
        let mut z = self.ids.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) as u16
    }

    /// Asks once; the same question again is answered from memory. Returns the answer and its evidence.
    async fn ask(&self, name: &Name, kind: RecordType, dnssec: bool) -> Kept {
        let key = (name.clone(), kind, dnssec);
        if let Some(kept) = self.remembered(&key) {
            return kept;
        }
        let begin = Instant::now();
        let mut tried = Vec::new();
        let result = self.exchange(name, kind, dnssec, &mut tried).await;
        let mut evidence = json!({
            "question": format!("{} {kind}", plain(name)),
            "tried": tried,
            "ms": u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX),
        });
        let result = result.and_then(|message| {
            if let Some(map) = evidence.as_object_mut() {
                map.insert("rcode".into(), message.response_code.to_string().into());
                map.insert("ad".into(), message.authentic_data.into());
                map.insert("answer".into(), shown(&message.answers));
                map.insert("authority".into(), shown(&message.authorities));
            }
            match message.response_code {
                ResponseCode::NoError | ResponseCode::NXDomain => Ok(Answer {
                    // An alias whose target is missing does exist itself.
                    nxdomain: message.response_code == ResponseCode::NXDomain && message.answers.is_empty(),
                    answers: lowered(&message.answers),
                    authorities: lowered(&message.authorities),
                }),
                other => Err(Failure::Rcode(spelling(other))),
            }
        });
        if let (Err(failure), Some(map)) = (&result, evidence.as_object_mut()) {
            map.insert("failure".into(), format!("{failure:?}").into());
        }
        let kept = (result, evidence);
        if !matches!(kept.0, Err(Failure::Cancelled)) {
            self.kept.lock().unwrap_or_else(|poison| poison.into_inner()).insert(key, kept.clone());
        }
        kept
    }

    async fn exchange(&self, name: &Name, kind: RecordType, dnssec: bool, tried: &mut Vec<Value>) -> Result<Message, Failure> {
        let mut last = Failure::Unreachable("no resolver is configured".into());
        // One lost datagram is no failure: ask again, at the next resolver when there is one.
        for attempt in 0..2usize {
            let servers = self.vantage.resolvers.len().max(1);
            let Some(server) = self.vantage.resolvers.get(attempt % servers).copied() else { return Err(last) };
            let query = self.query(name, kind, dnssec)?;
            let outcome = self.over_udp(server, &query).await;
            tried.push(json!({"server": server.to_string(), "transport": "udp", "outcome": outcome.as_ref().map_or_else(|e| format!("{e:?}"), |_| "answer".into())}));
            let outcome = match outcome {
                Ok(message) if message.truncation => {
                    let query = self.query(name, kind, dnssec)?;
                    let outcome = self.over_tcp(server, &query).await;
                    tried.push(json!({"server": server.to_string(), "transport": "tcp", "outcome": outcome.as_ref().map_or_else(|e| format!("{e:?}"), |_| "answer".into())}));
                    outcome
                }
                other => other,
            };
            match outcome {
                Ok(message) => {
                    let usable = matches!(message.response_code, ResponseCode::NoError | ResponseCode::NXDomain);
                    if usable || servers == 1 || attempt == 1 {
                        return Ok(message);
                    }
                    last = Failure::Rcode(spelling(message.response_code));
                }
                Err(failure @ (Failure::BudgetSpent | Failure::Cancelled)) => return Err(failure),
                Err(failure) => last = failure,
            }
        }
        Err(last)
    }

    /// A question, when the budget still allows one.
    fn query(&self, name: &Name, kind: RecordType, dnssec: bool) -> Result<Message, Failure> {
        if self.cancel.load(Ordering::Relaxed) {
            return Err(Failure::Cancelled);
        }
        if self.sent.fetch_add(1, Ordering::Relaxed) >= self.budget.max_queries_per_domain {
            return Err(Failure::BudgetSpent);
        }
        let mut message = Message::new(self.next_id(), MessageType::Query, OpCode::Query);
        message.metadata.recursion_desired = true;
        // We validate ourselves, so that a bogus zone is seen and not just a SERVFAIL (RFC 4035 3.2.2).
        message.metadata.checking_disabled = true;
        message.metadata.authentic_data = true;
        message.add_query(Query::query(name.clone(), kind));
        let mut edns = Edns::new();
        edns.set_max_payload(PAYLOAD);
        edns.set_dnssec_ok(dnssec);
        message.set_edns(edns);
        Ok(message)
    }

    async fn over_udp(&self, server: SocketAddr, query: &Message) -> Result<Message, Failure> {
        if !self.budget.spacing.is_zero() {
            tokio::time::sleep(self.budget.spacing).await;
        }
        let bytes = query.to_vec().map_err(|e| Failure::Malformed(e.to_string()))?;
        let unreachable = |e: std::io::Error| Failure::Unreachable(e.to_string());
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
                if let Some(message) = buffer.get(..length).and_then(packet::read).filter(|m| answers(query, m)) {
                    return Ok(message);
                }
            }
        };
        within(self.vantage.dns_timeout, wait).await
    }

    async fn over_tcp(&self, server: SocketAddr, query: &Message) -> Result<Message, Failure> {
        let bytes = query.to_vec().map_err(|e| Failure::Malformed(e.to_string()))?;
        let length = u16::try_from(bytes.len()).map_err(|e| Failure::Malformed(e.to_string()))?;
        let unreachable = |e: std::io::Error| Failure::Unreachable(e.to_string());
        let talk = async {
            let mut stream = TcpStream::connect(server).await.map_err(unreachable)?;
            let mut framed = length.to_be_bytes().to_vec();
            framed.extend_from_slice(&bytes);
            stream.write_all(&framed).await.map_err(unreachable)?;
            let length = stream.read_u16().await.map_err(unreachable)?;
            let mut buffer = vec![0u8; usize::from(length)];
            stream.read_exact(&mut buffer).await.map_err(unreachable)?;
            let message = packet::read(&buffer).ok_or_else(|| Failure::Malformed("the answer cannot be read".into()))?;
            if answers(query, &message) { Ok(message) } else { Err(Failure::Malformed("the answer is to another question".into())) }
        };
        within(self.vantage.dns_timeout, talk).await
    }

    /// A `dig` command that repeats a question of `kind` about `name`.
    pub fn dig(&self, name: &str, kind: &str) -> String {
        let server = self.vantage.resolvers.first().map_or_else(String::new, |server| {
            let port = if server.port() == 53 { String::new() } else { format!(" -p {}", server.port()) };
            format!(" @{}{port}", server.ip())
        });
        format!("dig{server} {name} {kind}")
    }
}

async fn within<T>(limit: Duration, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    timeout(limit, work).await.unwrap_or(Err(Failure::Timeout))
}

fn answers(query: &Message, message: &Message) -> bool {
    message.id == query.id && message.message_type == MessageType::Response && message.queries == query.queries
}

fn spelling(code: ResponseCode) -> String {
    match code {
        ResponseCode::ServFail => "SERVFAIL".into(),
        ResponseCode::Refused => "REFUSED".into(),
        ResponseCode::FormErr => "FORMERR".into(),
        ResponseCode::NotImp => "NOTIMP".into(),
        other => other.to_string(),
    }
}

/// Owner names compare without case everywhere else.
fn lowered(records: &[Record]) -> Vec<Record> {
    records
        .iter()
        .cloned()
        .map(|mut record| {
            record.name = record.name.to_lowercase();
            record
        })
        .collect()
}

fn shown(records: &[Record]) -> Value {
    let mut lines: Vec<Value> =
        records.iter().take(KEPT_RECORDS).map(|r| r.to_string().chars().take(KEPT_CHARS).collect::<String>().into()).collect();
    if records.len() > KEPT_RECORDS {
        lines.push(format!("; {} more", records.len() - KEPT_RECORDS).into());
    }
    Value::Array(lines)
}

/// The questions of one check, in order, with what was heard.
pub(crate) struct Trail<'c, 'a> {
    pub client: &'c Client<'a>,
    queries: Vec<Value>,
}

impl<'c, 'a> Trail<'c, 'a> {
    pub fn new(client: &'c Client<'a>) -> Self {
        Self { client, queries: Vec::new() }
    }

    /// Asks for `kind` at `name`.
    pub async fn ask(&mut self, name: &Name, kind: RecordType) -> Result<Answer, Asked> {
        self.put(name, kind, false).await
    }

    /// Asks for `kind` at `name` together with its DNSSEC material.
    pub async fn ask_signed(&mut self, name: &Name, kind: RecordType) -> Result<Answer, Asked> {
        self.put(name, kind, true).await
    }

    async fn put(&mut self, name: &Name, kind: RecordType, dnssec: bool) -> Result<Answer, Asked> {
        let (result, evidence) = self.client.ask(name, kind, dnssec).await;
        if self.queries.len() < 64 && !self.queries.contains(&evidence) {
            self.queries.push(evidence);
        }
        result.map_err(|failure| Asked { question: format!("{} {kind}", plain(name)), failure })
    }

    /// The evidence of all questions of this check.
    pub fn evidence(&self) -> Value {
        json!({ "queries": self.queries })
    }
}

/// A question that has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub question: String,
    pub failure: Failure,
}

impl Asked {
    /// "Could not measure", saying why.
    pub fn judged(&self) -> Judged {
        let question = self.question.as_str();
        match &self.failure {
            Failure::Timeout => Judged::new(State::CouldNotMeasure, Why::Timeout, &[("question", question)]),
            Failure::Rcode(code) => Judged::new(State::CouldNotMeasure, Why::ServerFailure, &[("question", question), ("rcode", code)]),
            Failure::Unreachable(_) => Judged::new(State::CouldNotMeasure, Why::Unreachable, &[("question", question)]),
            Failure::Malformed(_) => Judged::new(State::CouldNotMeasure, Why::Malformed, &[("question", question)]),
            Failure::BudgetSpent => Judged::new(State::CouldNotMeasure, Why::BudgetSpent, &[("question", question)]),
            Failure::Cancelled => Judged::new(State::CouldNotMeasure, Why::Cancelled, &[]),
        }
    }
}
