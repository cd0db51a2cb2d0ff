//! The RFC 7208 test suite, its zones served over real DNS packets.
//!
//! Needs `HINOMI_SHARED`; the suite is not part of the project.

mod support;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use engine::judge::{Rules, Sender, evaluate};
use formats::evidence::{Roots, Target};
use hickory_proto::rr::RData;
use hickory_proto::rr::rdata::{A, AAAA, CNAME, MX, PTR, TXT};
use probe::{Budget, Prober, Vantage};
use serde::Deserialize;
use serde_json::Value;
use support::{Answers, name, serve};

#[derive(Deserialize)]
struct Scenario {
    description: String,
    tests: BTreeMap<String, Case>,
    zonedata: BTreeMap<String, Vec<Value>>,
}

#[derive(Deserialize)]
struct Case {
    helo: String,
    host: String,
    mailfrom: String,
    result: Value,
    explanation: Option<String>,
}

/// The suite writes octets as characters of the same number.
fn octets(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}

fn strings(value: &Value) -> Vec<Vec<u8>> {
    match value {
        Value::Array(parts) => parts.iter().map(|part| octets(part.as_str().unwrap())).collect(),
        one => vec![octets(one.as_str().unwrap())],
    }
}

fn record(kind: &str, value: &Value) -> RData {
    let text = value.as_str().unwrap_or_default();
    match kind {
        "A" => RData::A(A(text.parse().unwrap())),
        "AAAA" => RData::AAAA(AAAA(text.parse().unwrap())),
        "CNAME" => RData::CNAME(CNAME(name(text))),
        "PTR" => RData::PTR(PTR(name(text))),
        "MX" => RData::MX(MX::new(value[0].as_u64().unwrap() as u16, name(value[1].as_str().unwrap()))),
        "TXT" => RData::TXT(TXT::from_bytes(strings(value).iter().map(Vec::as_slice).collect())),
        other => panic!("{other}"),
    }
}

/// A record marked SPF is a TXT record too, unless the name has a TXT entry of its own; TIMEOUT ends what a name answers.
fn answers(zones: &BTreeMap<String, Vec<Value>>) -> Answers {
    let mut all = Answers::default();
    for (owner, entries) in zones {
        let own = entries.iter().any(|entry| entry.get("TXT").is_some());
        let at = all.entry(&name(owner));
        for entry in entries {
            let Some((kind, value)) = entry.as_object().and_then(|map| map.iter().next()) else {
                at.silent = true;
                continue;
            };
            match kind.as_str() {
                "TXT" if value == "NONE" => {}
                "SPF" if own => {}
                "SPF" => at.records.push(record("TXT", value)),
                other => at.records.push(record(other, value)),
            }
        }
    }
    all
}

#[tokio::test]
async fn every_case_of_the_suite_gives_the_result_it_demands() {
    let Some(folder) = std::env::var_os("HINOMI_SHARED").map(PathBuf::from) else {
        eprintln!("needs HINOMI_SHARED: not run");
        return;
    };
    let text = std::fs::read_to_string(folder.join("data/spf/rfc7208-tests.yml")).unwrap();
    let scenarios: Vec<Scenario> = serde_saphyr::from_multiple(&text).unwrap();
    let rules = Rules::baseline();
    let (mut passed, mut failed) = (0, Vec::new());
    for scenario in scenarios {
        let server = serve(answers(&scenario.zonedata)).await;
        let vantage = Vantage {
            name: "suite".into(),
            resolvers: vec![server.address],
            https_port: 443,
            http_port: 80,
            allow_private: true,
            roots: Roots::Webpki,
            anchors: Vec::new(),
            dns_timeout: Duration::from_millis(150),
            connect_timeout: Duration::from_millis(150),
        };
        let prober = Prober::new(vantage, Budget { max_queries_per_domain: 250, ..Budget::default() }, 7);
        for (id, case) in &scenario.tests {
            let ip: IpAddr = case.host.parse().unwrap();
            let sender = Sender { ip, sender: case.mailfrom.clone(), helo: case.helo.clone() };
            let mut visit = prober.visit(&Target::new(""), 0);
            let got = visit.settle(|evidence| evaluate(evidence, &rules, &sender, "unknown")).await;
            let result = serde_json::to_value(got.result).unwrap();
            let right = match &case.result {
                Value::Array(any) => any.contains(&result),
                one => *one == result,
            };
            let explained = match case.explanation.as_deref() {
                None => true,
                Some("DEFAULT") => got.explanation.is_none(),
                Some(text) => got.explanation.as_deref() == Some(text),
            };
            // An error says what it is, and only an error does.
            let said = got.problem.is_some() == (result == "temperror" || result == "permerror");
            if right && explained && said {
                passed += 1;
            } else {
                failed.push(format!("{}/{id}: {} demanded {:?}, got {got:?}", scenario.description, case.result, case.explanation));
            }
        }
    }
    assert!(failed.is_empty(), "{passed} passed, {} failed:\n{}", failed.len(), failed.join("\n"));
    assert_eq!(passed, 203);
}
