//! What the tests share: one target measured and judged, and a name server that says exactly what a test tells it to.
#![allow(dead_code)]

pub mod table;
pub mod web;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::Arc;

use engine::judge::{Judgement, Rules, judge};
use formats::evidence::{Check, Evidence, Target, Verdict};
use hickory_proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use probe::{Budget, Prober, Vantage};
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

/// One judged check with its evidence.
#[derive(Debug)]
pub struct Seen {
    pub judgement: Judgement,
    pub evidence: Evidence,
}

impl Deref for Seen {
    type Target = Judgement;
    fn deref(&self) -> &Judgement {
        &self.judgement
    }
}

/// Measures `checks` of one target with a prober that may be kept.
pub async fn observe(prober: &Prober, target: &Target, checks: &[Check], now: i64) -> Vec<Seen> {
    let rules = Rules::baseline();
    let mut visit = prober.visit(target, now);
    let mut seen = Vec::new();
    for check in checks {
        let judgement = visit.settle(|evidence| judge(*check, evidence, &rules)).await;
        if *check == Check::Dnssec && judgement.verdict == Verdict::Met {
            visit.vouch();
        }
        seen.push(Seen { judgement, evidence: visit.evidence().used() });
    }
    seen
}

/// The same with a prober of its own.
pub async fn measure(vantage: &Vantage, target: &Target, checks: &[Check], budget: Budget, now: i64) -> Vec<Seen> {
    // On loopback nobody needs a pause.
    observe(&Prober::new(vantage.clone(), budget, 1), target, checks, now).await
}

/// What one name answers.
#[derive(Clone, Default)]
pub struct At {
    pub records: Vec<RData>,
    /// Questions that find nothing are not answered at all.
    pub silent: bool,
}

/// What every name answers; the others do not exist.
#[derive(Clone, Default)]
pub struct Answers(HashMap<Name, At>);

impl Answers {
    pub fn entry(&mut self, name: &Name) -> &mut At {
        self.0.entry(name.clone()).or_default()
    }
}

/// A running server; dropping it closes its socket.
pub struct Server {
    pub address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A name of any characters, absolute and in lower case.
pub fn name(text: &str) -> Name {
    let labels: Vec<&[u8]> = text.split('.').filter(|label| !label.is_empty()).map(str::as_bytes).collect();
    let mut name = Name::from_labels(labels).unwrap().to_lowercase();
    name.set_fqdn(true);
    name
}

pub async fn serve(answers: Answers) -> Server {
    let socket = Arc::new(UdpSocket::bind(("127.0.0.1", 0)).await.unwrap());
    let address = socket.local_addr().unwrap();
    let task = tokio::spawn(async move {
        let mut buffer = [0u8; 4096];
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            let Some(reply) = Message::from_vec(&buffer[..length]).ok().and_then(|query| reply(&answers, &query)) else { continue };
            let _ = socket.send_to(&reply.to_vec().unwrap(), from).await;
        }
    });
    Server { address, task }
}

fn reply(answers: &Answers, query: &Message) -> Option<Message> {
    let mut reply = Message::new(query.id, MessageType::Response, OpCode::Query);
    reply.add_queries(query.queries.iter().cloned());
    let question = query.queries.first()?;
    let mut owner = question.name().to_lowercase();
    for _ in 0..8 {
        let Some(at) = answers.0.get(&owner) else {
            reply.metadata.response_code = ResponseCode::NXDomain;
            return Some(reply);
        };
        let found = at.records.iter().filter(|data| data.record_type() == question.query_type());
        let before = reply.answers.len();
        reply.answers.extend(found.map(|data| Record::from_rdata(owner.clone(), 60, data.clone())));
        if reply.answers.len() > before {
            return Some(reply);
        }
        let alias = at.records.iter().find(|data| data.record_type() == RecordType::CNAME);
        match alias {
            Some(RData::CNAME(target)) => {
                reply.answers.push(Record::from_rdata(owner.clone(), 60, RData::CNAME(target.clone())));
                owner = target.0.to_lowercase();
            }
            _ if at.silent => return None,
            _ => return Some(reply),
        }
    }
    Some(reply)
}
