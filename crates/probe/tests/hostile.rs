//! Answers nobody should believe, and answers nobody can read.

mod support;

use std::net::SocketAddr;
use std::time::Duration;

use hickory_proto::op::{Message, MessageType, Query};
use hickory_proto::rr::rdata::TXT;
use hickory_proto::rr::{Name, RData, Record, RecordType};
use proptest::prelude::*;
use tokio::net::UdpSocket;

use formats::evidence::{Check, Target, Verdict};
use probe::{Budget, Vantage};
use support::{Seen, measure};

/// A name server that sends, for each question, what `script` makes of it.
async fn server(script: impl Fn(&Message) -> Vec<Vec<u8>> + Send + 'static) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut buffer = [0u8; 2048];
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            for wire in script(&Message::from_vec(&buffer[..length]).unwrap()) {
                let _ = socket.send_to(&wire, from).await;
            }
        }
    });
    address
}

async fn ask(server: SocketAddr, check: Check) -> Seen {
    patiently(server, check, Duration::from_secs(5)).await
}

async fn patiently(server: SocketAddr, check: Check, patience: Duration) -> Seen {
    let mut vantage = Vantage::internet("test", vec![server]);
    vantage.dns_timeout = patience;
    measure(&vantage, &Target::new("town.example"), &[check], Budget::default(), 1_790_000_000).await.remove(0)
}

fn reply(query: &Message, texts: &[&[u8]]) -> Message {
    let mut reply = Message::new(query.id, MessageType::Response, query.op_code);
    reply.add_queries(query.queries.iter().cloned());
    let name = query.queries[0].name().clone();
    for text in texts {
        reply.add_answer(Record::from_rdata(name.clone(), 60, RData::TXT(TXT::from_bytes(text.chunks(255).collect()))));
    }
    reply
}

#[tokio::test]
async fn answers_to_other_questions_are_ignored() {
    let script = |query: &Message| {
        let mut other_id = reply(query, &[b"v=spf1 +all"]);
        other_id.metadata.id ^= 1;
        let mut other_name = reply(query, &[b"v=spf1 +all"]);
        other_name.queries = vec![Query::query(Name::from_ascii("other.example.").unwrap(), RecordType::TXT)];
        let mut a_query = reply(query, &[b"v=spf1 +all"]);
        a_query.metadata.message_type = MessageType::Query;
        let good = reply(query, &[b"v=DMARC1; p=reject; rua=mailto:a@town.example"]);
        let mut wires = vec![b"garbage".to_vec(), Vec::new()];
        wires.extend([other_id, other_name, a_query, good].iter().map(|message| message.to_vec().unwrap()));
        wires
    };
    let seen = ask(server(script).await, Check::Dmarc).await;
    assert_eq!((seen.verdict, seen.value.as_str()), (Verdict::Met, "p=reject"), "{seen:#?}");

    let only_forged = |query: &Message| {
        let mut forged = reply(query, &[b"v=DMARC1; p=none"]);
        forged.metadata.id = forged.metadata.id.wrapping_add(7);
        vec![forged.to_vec().unwrap()]
    };
    let seen = patiently(server(only_forged).await, Check::Dmarc, Duration::from_millis(60)).await;
    assert_eq!((seen.verdict, seen.reason.code.as_str()), (Verdict::CouldNotMeasure, "timeout"));
}

#[tokio::test]
async fn records_for_other_names_are_ignored() {
    let script = |query: &Message| {
        let mut answer = reply(query, &[]);
        let other = Name::from_ascii("attacker.example.").unwrap();
        answer.add_answer(Record::from_rdata(other, 60, RData::TXT(TXT::from_bytes(vec![b"v=DMARC1; p=reject"]))));
        vec![answer.to_vec().unwrap()]
    };
    let seen = ask(server(script).await, Check::Dmarc).await;
    assert_eq!(seen.reason.code, "dmarc-missing");
}

#[tokio::test]
async fn a_resolver_that_withholds_signatures_says_nothing_about_the_domain() {
    let seen = ask(server(|query| vec![reply(query, &[]).to_vec().unwrap()]).await, Check::Dnssec).await;
    assert_eq!((seen.verdict, seen.reason.code.as_str()), (Verdict::CouldNotMeasure, "dnssec-no-anchor"), "{seen:#?}");
}

#[tokio::test]
async fn texts_that_are_no_text_stay_bounded() {
    let long = vec![b'a'; 3_000];
    let script = move |query: &Message| {
        let spf = [b"v=spf1 a:".as_slice(), &long, b"\xff\xfe -all"].concat();
        vec![reply(query, &[b"\xff\xfe\x00", &spf, b"\"v=spf1 -all\""]).to_vec().unwrap()]
    };
    let seen = ask(server(script).await, Check::Spf).await;
    assert_eq!((seen.verdict, seen.reason.code.as_str()), (Verdict::NotMet, "spf-syntax"));
    assert!(serde_json::to_string(&seen.evidence).unwrap().len() < 20_000);
}

proptest! {
    #[test]
    fn dmarc_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "v=DMARC1;( ?(p|sp|rua|pct|t|psd)=?[a-z0-9:@,; ]{0,8};){0,5}") {
        for bytes in [bytes.as_slice(), text.as_bytes()] {
            let _ = formats::dmarc::is_dmarc(bytes);
            let _ = formats::dmarc::Record::parse(bytes);
        }
    }

    #[test]
    fn names_never_panic_and_normalise_once(text in "\\PC{0,40}") {
        if let Some(name) = formats::dns::name_of(&text) {
            let plain = formats::dns::plain(&name);
            prop_assert_eq!(formats::dns::name_of(&plain).map(|again| formats::dns::plain(&again)), Some(plain));
        }
    }
}
