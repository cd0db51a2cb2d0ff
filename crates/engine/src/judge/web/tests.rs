//! Whatever a web server says, there is a judgement, and what could not be heard is never held against it.

use formats::evidence::{Check, Evidence, Exchange, Failure, Handshake, Heard, Octets, Place, Question, Response, Target, Verdict};
use hickory_proto::op::{Message, MessageType, OpCode};
use hickory_proto::rr::rdata::A;
use hickory_proto::rr::{RData, Record, RecordType};
use proptest::prelude::*;

use crate::judge::{Rules, judge};

const WEB: [Check; 7] =
    [Check::HttpsRedirect, Check::Hsts, Check::SecurityHeaders, Check::Cookies, Check::SecurityTxt, Check::SoftwareSupport, Check::Exposures];

fn evidence() -> Evidence {
    let place = Place { max_connections: 1, ..Place::internet("test") };
    Evidence::new(place, Target::new("town.example"), 1_790_000_000)
}

/// Every name has one address.
fn address(name: &str) -> Heard {
    let mut message = Message::new(1, MessageType::Response, OpCode::Query);
    let name = formats::dns::unwritten(name).unwrap();
    message.add_query(hickory_proto::op::Query::query(name.clone(), RecordType::A));
    message.add_answer(Record::from_rdata(name, 60, RData::A(A::new(192, 0, 2, 1))));
    Heard::Message { rcode: "NOERROR".into(), answer: Vec::new(), authority: Vec::new(), wire: Octets(message.to_vec().unwrap()) }
}

/// Judges `check` of a server that answers as `say` does, and gives the verdict with the number of pages asked for.
fn settle(check: Check, say: impl Fn(&Question) -> Heard) -> (Verdict, usize) {
    let (mut evidence, rules, mut pages) = (evidence(), Rules::baseline(), 0);
    for _ in 0..200 {
        let question = match judge(check, &evidence, &rules) {
            Ok(judgement) => return (judgement.verdict, pages),
            Err(missing) => missing.question().clone(),
        };
        let heard = match &question {
            Question::Dns { name, .. } => address(name),
            Question::Tls { .. } => Heard::Handshake(Handshake { chain: vec![Octets(vec![0])], ..Handshake::default() }),
            other => {
                pages += 1;
                say(other)
            }
        };
        evidence.keep(Exchange { question, heard, ms: 0, tried: Vec::new() });
    }
    panic!("{check:?} never ends");
}

#[test]
fn silence_is_never_a_fault() {
    for failure in [Failure::Timeout, Failure::BudgetSpent, Failure::Malformed("x".into()), Failure::Unreachable("x".into()), Failure::Cancelled] {
        for check in WEB {
            let (verdict, _) = settle(check, |_| Heard::Failure(failure.clone()));
            assert_eq!(verdict, Verdict::CouldNotMeasure, "{check:?} {failure:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_is_said_there_is_a_judgement(
        status in prop_oneof![Just(200u16), Just(301), Just(302), Just(404), 0u16..1_000],
        headers in prop::collection::vec(
            ("(location|set-cookie|strict-transport-security|content-security-policy|x-frame-options|server|content-type|referrer-policy)",
             prop_oneof!["\\PC{0,40}", "(https?://)?(town.example|www.town.example|other.example)?/?[a-z]{0,3}", "[a-zA-Z-]{1,12}=?[a-z0-9]{0,9}(; ?[A-Za-z]{1,9})?"]),
            0..6),
        body in prop_oneof![prop::collection::vec(any::<u8>(), 0..80), "(<(script|form|img|meta|base)[ a-z='\":/.]{0,20}>|Contact: |[a-z<>]{1,9}\n){0,8}".prop_map(String::into_bytes)],
    ) {
        for check in WEB {
            let (_, pages) = settle(check, |_| {
                Heard::Response(Response { status, headers: headers.clone(), body: Octets(body.clone()), ..Response::default() })
            });
            prop_assert!(pages <= 30, "{:?} asked for {} pages", check, pages);
        }
    }
}
