//! Each authoritative server apart: every state of the check, and a server that others wrote.

mod support;

use std::time::Duration;

use formats::evidence::{Check, Question, Target, Verdict};
use probe::Budget;
use probe::testbed::{Dnssec, Failure, Servers};
use support::measure;
use support::table::{NOW, ask, table, testbed, zone};

#[tokio::test]
async fn name_server_states() {
    use Verdict::{CouldNotMeasure, Met, NotMet};
    // Without IPv6 here nothing is left of such servers.
    let no_ipv4 = if std::net::TcpListener::bind(("::1", 0)).is_ok() { "ns-no-ipv4" } else { "ns-without-address" };
    let cases = [
        (Servers::Good, Met, "ns-ok"),
        (Servers::OneNetwork, Met, "ns-ok"),
        (Servers::NoIpv6, Met, "ns-ok"),
        (Servers::MappedIpv6, Met, "ns-ok"),
        (Servers::OneLame, NotMet, "ns-lame"),
        (Servers::OneRecursive, NotMet, "ns-lame"),
        (Servers::OneClosed, NotMet, "ns-closed"),
        (Servers::OneWithoutAddress, NotMet, "ns-without-address"),
        (Servers::NoIpv4, NotMet, no_ipv4),
        (Servers::OneExpired, NotMet, "ns-signature-dates"),
        (Servers::OneUnsigned, NotMet, "ns-unsigned"),
        (Servers::OneOldSerial, NotMet, "ns-serial-differs"),
        (Servers::OneWithoutTcp, NotMet, "ns-no-tcp"),
        (Servers::OneOtherSet, NotMet, "ns-set-differs"),
        (Servers::ParentDiffers, NotMet, "ns-parent-differs"),
        (Servers::OnlyOne, NotMet, "ns-too-few"),
        (Servers::OneFailing, CouldNotMeasure, "ns-unanswered"),
    ];
    let mut cases: Vec<_> =
        cases.into_iter().enumerate().map(|(at, (servers, state, code))| (zone(at, |zone| zone.servers = servers), state, code)).collect();
    cases.push((zone(90, |zone| zone.failure = Some(Failure::ServFail)), CouldNotMeasure, "server-failure"));
    cases.push((zone(91, |zone| zone.failure = Some(Failure::Truncates)), Met, "ns-ok"));
    cases.push((zone(92, |zone| zone.dnssec = Dnssec::Unsigned), Met, "ns-ok"));
    table(Check::NameServers, cases).await;
}

#[tokio::test]
async fn a_silent_server_is_asked_again_and_is_no_fault() {
    let zones = [
        zone(1, |zone| zone.servers = Servers::OneSilent),
        zone(2, |zone| (zone.failure, zone.servers) = (Some(Failure::LosesOne), Servers::NoIpv6)),
    ];
    let (_testbed, mut vantage) = testbed(&zones).await;
    vantage.dns_timeout = Duration::from_millis(150);
    let seen = ask(&vantage, "case1.example", Check::NameServers).await;
    assert_eq!((seen.verdict, seen.reason.code.as_str()), (Verdict::CouldNotMeasure, "ns-unanswered"), "{seen:#?}");
    assert_eq!((seen.reason.data["server"].as_str(), seen.reason.data["detail"].as_str()), ("ns2.case1.example", "timeout"));
    // One lost datagram: the second is answered, at every server.
    vantage.dns_timeout = Duration::from_millis(500);
    let seen = ask(&vantage, "case2.example", Check::NameServers).await;
    assert_eq!((seen.verdict, seen.reason.code.as_str()), (Verdict::Met, "ns-ok"), "{seen:#?}");
    let servers: Vec<_> = seen.evidence.exchanges.iter().filter(|one| matches!(one.question, Question::Server { tcp: false, .. })).collect();
    assert!(servers.len() > 3 && servers.iter().filter(|one| one.tried.len() == 2).count() >= servers.len() - 1, "{servers:#?}");
}

#[tokio::test]
async fn everything_wrong_is_told_and_the_worst_first() {
    // Two more servers: one at the address of nobody, one without TCP.
    let zone = zone(1, |zone| zone.servers = Servers::OneExpired)
        .with("", "NS", "ns3.case1.example.")
        .with("ns3", "A", "127.0.5.53")
        .with("", "NS", "ns4.case1.example.")
        .with("ns4", "A", "127.0.3.53")
        .with("", "NS", "ns5.case1.example.");
    let (_testbed, vantage) = testbed(&[zone]).await;
    let seen = ask(&vantage, "www.case1.example", Check::NameServers).await;
    assert_eq!(seen.reason.code, "no-such-domain");
    // A host's servers are those of the zone it lies in.
    for domain in ["case1.example", "mail.case1.example"] {
        let seen = ask(&vantage, domain, Check::NameServers).await;
        assert_eq!((seen.verdict, seen.reason.code.as_str()), (Verdict::NotMet, "ns-closed"), "{seen:#?}");
        assert_eq!(seen.notes.iter().map(|note| note.code.as_str()).collect::<Vec<_>>(), ["ns-signature-dates", "ns-no-tcp", "ns-unchecked"]);
        assert_eq!(seen.value, "5 NS, SOA 20260401");
        let line = |server: &str| seen.observed.en.lines().find(|line| line.starts_with(&format!("{server}.case1.example 127"))).unwrap().to_owned();
        assert!(line("ns1").ends_with("UDP: SOA 20260401, signed until 2026-10-05; TCP: SOA 20260401, signed until 2026-10-05"), "{}", line("ns1"));
        assert!(line("ns2").contains("signed until 2026-09-18"), "{}", line("ns2"));
        assert!(line("ns3").ends_with("UDP: refused the connection; TCP: refused the connection"), "{}", line("ns3"));
        assert!(line("ns4").ends_with("TCP: refused the connection"), "{}", line("ns4"));
        assert!(seen.command.starts_with(&format!("dig @127.0.5.53 -p {} case1.example SOA +norec", vantage.dns_port)), "{}", seen.command);
    }
}

#[tokio::test]
async fn servers_at_private_addresses_are_not_asked() {
    let (testbed, mut vantage) = testbed(&[zone(1, |_| {})]).await;
    vantage.allow_private = false;
    for (check, code) in
        [(Check::NameServers, "address-refused"), (Check::Ipv6, if testbed.ipv6 { "address-refused" } else { "ipv6-no-name-server" })]
    {
        let seen = ask(&vantage, "case1.example", check).await;
        assert_eq!(seen.reason.code.as_str(), code, "{seen:#?}");
    }
    assert_eq!(testbed.server_questions(), 0);
}

#[tokio::test]
async fn every_check_together_stays_within_both_budgets() {
    let zones = [zone(1, |_| {}), zone(2, |zone| zone.servers = Servers::OneOldSerial), zone(3, |zone| zone.servers = Servers::OneSilent)];
    let (testbed, mut vantage) = testbed(&zones).await;
    vantage.dns_timeout = Duration::from_millis(300);
    let budget = Budget::default();
    for zone in &zones {
        let before = (testbed.questions(), testbed.server_questions());
        let seen = measure(&vantage, &Target::new(&zone.domain), Check::ALL, budget, NOW).await;
        assert!(seen.iter().all(|one| one.reason.code != "budget-spent"), "{seen:#?}");
        let asked = (testbed.questions() - before.0, testbed.server_questions() - before.1);
        assert!(asked.0 <= budget.max_queries_per_domain && asked.1 <= budget.max_server_questions, "{}: {asked:?}", zone.domain);
        eprintln!("{}: {asked:?} questions to the resolver and to servers", zone.domain);
    }
    // A smaller budget is kept, and says so; what it leaves open is no fault.
    let before = testbed.server_questions();
    let tight = Budget { max_server_questions: 3, ..budget };
    let seen = measure(&vantage, &Target::new("case1.example"), &[Check::NameServers], tight, NOW).await;
    assert_eq!(testbed.server_questions() - before, 3);
    assert_eq!((seen[0].verdict, seen[0].reason.code.as_str()), (Verdict::CouldNotMeasure, "budget-spent"));
}
