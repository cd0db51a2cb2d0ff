//! What a suite counts as, and that no server, however odd, costs more than its budget or makes a judge fail.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use formats::evidence::{End, Evidence, Exchange, Heard, Octets, Place, Question, Reply, Roots, Session, Target};
use formats::tls::{CERTIFICATE, Hello, SERVER_HELLO, SERVER_KEY_EXCHANGE, ServerHello, certificate_list, handshake};
use hickory_proto::op::{Message, MessageType, OpCode, Query};
use hickory_proto::rr::rdata::{A, MX};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use proptest::prelude::*;

use super::*;
use crate::judge::{Rules, judge};
use formats::evidence::Check;

const TLS: [Check; 4] = [Check::TlsVersions, Check::TlsSuites, Check::TlsGroups, Check::CertificateChain];
const MAIL: [Check; 4] = [Check::MailTlsVersions, Check::MailTlsSuites, Check::MailTlsGroups, Check::MailCertificate];
/// Hellos to one endpoint, and to all mail servers of a domain (`probe::Budget`).
const BUDGET: usize = 40;
const MAIL_BUDGET: usize = 90;
/// What `survey` says that a mail server is asked at most.
const BRIEF: usize = 27;

#[test]
fn every_suite_counts_under_its_worst_weakness() {
    for (name, expected) in [
        ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", None),
        ("TLS_AES_256_GCM_SHA384", None),
        ("TLS_DHE_RSA_WITH_AES_128_CCM_8", None),
        ("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", Some(Weakness::Cbc)),
        ("TLS_RSA_WITH_AES_128_GCM_SHA256", Some(Weakness::Static)),
        ("TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA384", Some(Weakness::Static)),
        ("TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", Some(Weakness::SmallBlock)),
        ("TLS_RSA_WITH_IDEA_CBC_SHA", Some(Weakness::SmallBlock)),
        ("TLS_RSA_WITH_RC4_128_SHA", Some(Weakness::Rc4)),
        ("TLS_RSA_WITH_RC4_128_MD5", Some(Weakness::Md5)),
        ("TLS_DHE_DSS_WITH_DES_CBC_SHA", Some(Weakness::Des)),
        ("TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5", Some(Weakness::Export)),
        ("TLS_DH_anon_EXPORT_WITH_RC4_40_MD5", Some(Weakness::Anonymous)),
        ("TLS_ECDH_anon_WITH_NULL_SHA", Some(Weakness::Null)),
        ("TLS_RSA_WITH_NULL_SHA256", Some(Weakness::Null)),
        ("TLS_SHA256_SHA256", Some(Weakness::Null)),
    ] {
        let suite = Suite::all().find(|suite| suite.name == name).unwrap();
        assert_eq!(class(suite), expected, "{name}");
    }
}

/// One answer of a server that means no good.
#[derive(Clone, Debug)]
enum Move {
    /// Agrees on the suite at this place of the offer, in this version or the one that was asked for.
    Agree(usize, Option<Version>, u16),
    /// Agrees on what was never offered.
    Invent(usize, u16),
    Refuse(End),
    Silence,
    Garbage(Vec<u8>),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let version = prop::option::weighted(0.2, prop::sample::select(Version::ALL));
    let group = prop_oneof![Just(29u16), Just(23), Just(19), Just(0x11ec), any::<u16>()];
    let one = prop_oneof![
        8 => (any::<usize>(), version, group.clone()).prop_map(|(at, version, group)| Move::Agree(at, version, group)),
        1 => (any::<usize>(), group).prop_map(|(at, group)| Move::Invent(at, group)),
        4 => prop::sample::select(End::ALL).prop_map(Move::Refuse),
        1 => Just(Move::Silence),
        1 => prop::collection::vec(any::<u8>(), 0..120).prop_map(Move::Garbage),
    ];
    prop::collection::vec(one, 1..60)
}

fn agree(suite: u16, version: Version, group: u16, certificates: bool) -> Heard {
    let group13 = (version == Version::Tls13).then_some(group);
    let hello = ServerHello { version: version.code(), suite, retry: true, group: group13, extensions: Vec::new() };
    let mut messages = handshake(SERVER_HELLO, &hello.write(&[1; 32]));
    if certificates {
        let der = x509_parser::pem::parse_x509_pem(include_bytes!("../../../tests/data/weak-key.pem")).unwrap().1.contents;
        messages.extend(handshake(CERTIFICATE, &certificate_list([der.as_slice(), &[0x30, 1, 2]])));
    }
    let [high, low] = group.to_be_bytes();
    messages.extend(handshake(SERVER_KEY_EXCHANGE, &[3, high, low, 1, 4, 2, 1, 0, 1, 0]));
    Heard::Hello(Reply { messages: Octets(messages), alert: None, end: End::Whole })
}

fn said(by: &Move, hello: &Hello, certificates: bool) -> Heard {
    let reply = |end, messages| Heard::Hello(Reply { messages: Octets(messages), alert: (end == End::Alert).then_some(40), end });
    match by {
        Move::Agree(at, version, group) => match hello.suites.0.get(at % hello.suites.0.len().max(1)) {
            Some(suite) => agree(*suite, version.unwrap_or(hello.version), *group, certificates),
            None => reply(End::Alert, Vec::new()),
        },
        Move::Invent(at, group) => {
            let any: Vec<Suite> = Suite::all().collect();
            agree(any[at % any.len()].code, hello.version, *group, certificates)
        }
        Move::Refuse(end) => reply(*end, Vec::new()),
        Move::Silence => Heard::Failure(Failure::Timeout),
        Move::Garbage(octets) => reply(End::Whole, octets.clone()),
    }
}

/// Where names lead: `a.example` has three mail hosts, each with an address of its own.
fn record(name: &str, kind: &str) -> Heard {
    let of = |text: &str| Name::from_ascii(format!("{text}.")).unwrap();
    let owner = of(name);
    let mut message = Message::new(1, MessageType::Response, OpCode::Query);
    message.add_query(Query::query(owner.clone(), kind.parse::<RecordType>().unwrap()));
    let data: Vec<RData> = match kind {
        "MX" => (1..=3).map(|at| RData::MX(MX::new(at, of(&format!("m{at}.{name}"))))).collect(),
        _ => vec![RData::A(A::new(192, 0, 2, name.as_bytes()[1]))],
    };
    message.answers.extend(data.into_iter().map(|data| Record::from_rdata(owner.clone(), 60, data)));
    Heard::Message { rcode: "NOERROR".into(), answer: Vec::new(), authority: Vec::new(), wire: Octets(message.to_vec().unwrap()) }
}

/// A mail server that is ready for TLS.
fn ready() -> Heard {
    let (greeting, ehlo) = ("220 mail".to_owned(), "250-mail\n250 STARTTLS".to_owned());
    Heard::Session(Session { greeting, ehlo, starttls: Some("220 go".to_owned()), ..Session::default() })
}

/// Lets `checks` ask until all have concluded; gives the questions that were asked.
fn play(moves: &[Move], checks: &[Check]) -> Vec<Question> {
    let place = Place { allow_private: true, roots: Roots::Der(Vec::new()), ..Place::internet("test") };
    let (mut evidence, rules) = (Evidence::new(place, Target::new("a.example"), 1_800_000_000), Rules::baseline());
    let mut next = moves.iter().cycle();
    for check in checks {
        while let Err(missing) = judge(*check, &evidence, &rules) {
            let question = missing.question().clone();
            let heard = match &question {
                Question::Dns { name, kind, .. } => record(name, kind),
                Question::Hello { hello, certificates, .. } => said(next.next().unwrap(), hello, *certificates),
                Question::Smtp { .. } => ready(),
                _ => Heard::Failure(Failure::Timeout),
            };
            evidence.keep(Exchange { question, heard, ms: 0, tried: Vec::new() });
            assert!(evidence.exchanges.len() < 200, "it never ends");
        }
    }
    evidence.exchanges.into_iter().map(|exchange| exchange.question).collect()
}

/// Hellos to each address.
fn hellos(questions: &[Question]) -> BTreeMap<SocketAddr, usize> {
    let mut counts = BTreeMap::new();
    for question in questions {
        if let Question::Hello { address, .. } = question {
            *counts.entry(*address).or_default() += 1;
        }
    }
    counts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]
    #[test]
    fn no_server_makes_it_ask_more_than_the_budget_or_the_same_twice(moves in moves()) {
        for (checks, most) in [(TLS, BUDGET), (MAIL, BRIEF)] {
            let questions = play(&moves, &checks);
            let hellos = hellos(&questions);
            prop_assert!(hellos.values().all(|count| *count <= most), "{hellos:?}");
            prop_assert!(checks == TLS || hellos.values().sum::<usize>() <= MAIL_BUDGET);
            prop_assert_eq!(questions.iter().collect::<BTreeSet<_>>().len(), questions.len());
        }
    }
}

#[test]
fn a_server_that_agrees_to_everything_costs_no_more() {
    for at in [0, 1, 7, 50] {
        for group in [29, 19, 0x11ec] {
            for (checks, most) in [(TLS, BUDGET), (MAIL, BRIEF)] {
                let hellos = hellos(&play(&[Move::Agree(at, None, group)], &checks));
                assert!(!hellos.is_empty() && hellos.values().all(|count| *count <= most), "{hellos:?}");
            }
        }
    }
}
