//! IPv6: every state of reaching a domain by it, and of what it shows there.

mod support;

use std::time::Duration;

use engine::judge::{Rules, rejudge};
use formats::evidence::{Check, Exchange, Failure, Heard, Question, Target, Verdict};
use probe::Budget;
use probe::testbed::{Https, Mx, Servers, Smtp, Web6, Zone};
use support::measure;
use support::table::{NOW, ask, table, testbed, zone};

/// Whether this machine has IPv6; says so where it has not.
async fn has_ipv6(test: &str) -> bool {
    let (testbed, _) = testbed(&[]).await;
    if !testbed.ipv6 {
        eprintln!("{test}: this machine has no ::1: not run");
    }
    testbed.ipv6
}

#[tokio::test]
async fn ipv6_states() {
    use Verdict::{CouldNotMeasure, Met, NotMet};
    if !has_ipv6("ipv6_states").await {
        return;
    }
    let cases = vec![
        (zone(1, |_| {}), Met, "ipv6-ok"),
        (zone(2, |zone| zone.mx = Mx::Null), Met, "ipv6-ok"),
        (zone(3, |zone| zone.https = Https::NoAddress), Met, "ipv6-ok"),
        // The certificate is another check's business.
        (zone(4, |zone| zone.https = Https::Expired), Met, "ipv6-ok"),
        (zone(5, |zone| zone.servers = Servers::NoIpv6), NotMet, "ipv6-no-name-server"),
        (zone(6, |zone| zone.servers = Servers::MappedIpv6), NotMet, "ipv6-unusable-address"),
        (zone(7, |zone| zone.servers = Servers::RefusesIpv6), NotMet, "ipv6-name-server-fails"),
        (zone(8, |zone| zone.mail6 = false), NotMet, "ipv6-no-mail-host"),
        (zone(9, |zone| zone.web6 = Web6::Missing), NotMet, "ipv6-no-web"),
        (zone(10, |zone| zone.web6 = Web6::Mapped), NotMet, "ipv6-unusable-address"),
        (zone(11, |zone| zone.web6 = Web6::Closed), NotMet, "ipv6-web-fails"),
        // Over IPv4 there is no handshake either.
        (zone(12, |zone| zone.https = Https::NoHttps), CouldNotMeasure, "handshake-failed"),
        (zone(13, |zone| (zone.servers, zone.web6) = (Servers::RefusesIpv6, Web6::Missing)), NotMet, "ipv6-name-server-fails"),
        (Zone { web6: Web6::Missing, ..Zone::good("case14.example") }.with("", "AAAA", "2002:7f00:1::1"), NotMet, "ipv6-unusable-address"),
    ];
    table(Check::Ipv6, cases).await;
}

#[tokio::test]
async fn the_worst_part_decides_and_every_part_is_shown() {
    if !has_ipv6("the_worst_part_decides_and_every_part_is_shown").await {
        return;
    }
    let (_testbed, vantage) = testbed(&[zone(1, |zone| (zone.mail6, zone.web6) = (false, Web6::Missing)), zone(2, |zone| zone.mx = Mx::Null)]).await;
    let seen = ask(&vantage, "case1.example", Check::Ipv6).await;
    assert_eq!((seen.reason.code.as_str(), seen.value.as_str()), ("ipv6-no-mail-host", "DNS ○  MX ×  Web ×"));
    assert_eq!(seen.notes.iter().map(|note| note.code.as_str()).collect::<Vec<_>>(), ["ipv6-no-web"]);
    assert_eq!(seen.observed.en.lines().count(), 3, "{}", seen.observed.en);
    assert!(seen.observed.en.contains("name servers: ns1.case1.example ::1, ns2.case1.example ::1"), "{}", seen.observed.en);
    assert_eq!(ask(&vantage, "case2.example", Check::Ipv6).await.value, "DNS ○  MX –  Web ○");
    // Who has no web server in the register is not asked for one.
    let target = Target { web_server: false, ..Target::new("case1.example") };
    let seen = measure(&vantage, &target, &[Check::Ipv6], Budget::default(), NOW).await;
    assert_eq!(seen[0].value, "DNS ○  MX ×  Web –");
}

#[tokio::test]
async fn a_port_that_is_closed_over_ipv6_is_a_fault() {
    if !has_ipv6("a_port_that_is_closed_over_ipv6_is_a_fault").await {
        return;
    }
    let (mut testbed, vantage) = testbed(&[zone(1, |_| {}), zone(2, |zone| zone.servers = Servers::NoIpv6)]).await;
    testbed.shut_ipv6().await;
    let seen = ask(&vantage, "case1.example", Check::Ipv6).await;
    assert_eq!((seen.verdict, seen.reason.code.as_str()), (Verdict::NotMet, "ipv6-name-server-fails"), "{seen:#?}");
    assert_eq!(seen.notes.iter().map(|note| note.code.as_str()).collect::<Vec<_>>(), ["ipv6-mail-fails", "ipv6-web-fails"]);
    assert!(seen.notes.iter().all(|note| note.data["detail"] == "connection refused"), "{seen:#?}");
    assert_eq!(seen.value, "DNS ×  MX ×  Web ×");
    assert_eq!(seen.notes[0].data["host"], "mail.case1.example");
    let seen = ask(&vantage, "case1.example", Check::NameServers).await;
    assert_eq!((seen.verdict, seen.reason.code.as_str()), (Verdict::NotMet, "ns-closed"), "{seen:#?}");
    let seen = ask(&vantage, "case1.example", Check::Ipv6SameContent).await;
    assert_eq!((seen.verdict, seen.reason.code.as_str()), (Verdict::NotApplicable, "same-content-no-web"), "{seen:#?}");
}

#[tokio::test]
async fn a_mail_host_must_greet_over_ipv6() {
    use Verdict::{CouldNotMeasure, Met, NotMet};
    if !has_ipv6("a_mail_host_must_greet_over_ipv6").await {
        return;
    }
    let nobody = |at| Zone { mx: Mx::Missing, ..Zone::good(format!("case{at}.example")) };
    let zones = [
        zone(1, |_| {}),
        // The second host has the address that answers.
        nobody(2)
            .with("", "MX", "10 old.case2.example.")
            .with("", "MX", "20 new.case2.example.")
            .with("old", "A", "127.0.0.1")
            .with("old", "AAAA", "2002:7f00:1::1")
            .with("new", "AAAA", "::1"),
        // No way from this machine, as the system itself says it.
        nobody(3).with("", "MX", "10 mail.case3.example.").with("mail", "A", "127.0.0.1").with("mail", "AAAA", "ff0e::1"),
        nobody(4).with("", "MX", "10 mail.case4.example.").with("mail", "A", "127.0.0.2").with("mail", "AAAA", "::1"),
        nobody(5).with("", "MX", "10 mail.case5.example.").with("mail", "AAAA", "::1"),
    ];
    let (mut testbed, mut vantage) = testbed(&zones).await;
    let before = testbed.mail_connections();
    let seen = ask(&vantage, "case1.example", Check::Ipv6).await;
    assert_eq!((seen.verdict, seen.value.as_str()), (Met, "DNS ○  MX ○  Web ○"), "{seen:#?}");
    // One that greets suffices.
    assert_eq!(testbed.mail_connections() - before, 1);
    for (domain, verdict, code, part) in [
        ("case2.example", Met, "ipv6-ok", "MX ○"),
        ("case3.example", CouldNotMeasure, "no-ipv6-here", "MX ?"),
        ("case5.example", Met, "ipv6-ok", "MX ○"),
    ] {
        let seen = ask(&vantage, domain, Check::Ipv6).await;
        assert_eq!((seen.verdict, seen.reason.code.as_str()), (verdict, code), "{domain}: {seen:#?}");
        assert!(seen.value.contains(part), "{}", seen.value);
    }
    // It answers, but turns us away: perhaps only us.
    testbed.mail_by_ipv6(Smtp::Rejects);
    let seen = ask(&vantage, "case1.example", Check::Ipv6).await;
    assert_eq!((seen.verdict, seen.reason.code.as_str()), (CouldNotMeasure, "smtp-rejects"), "{seen:#?}");
    // A greeting is enough; TLS is another check's business.
    testbed.mail_by_ipv6(Smtp::Plain);
    assert_eq!(ask(&vantage, "case1.example", Check::Ipv6).await.verdict, Met);
    testbed.mail_by_ipv6(Smtp::Silent);
    vantage.connect_timeout = Duration::from_millis(150);
    let seen = ask(&vantage, "case1.example", Check::Ipv6).await;
    assert_eq!((seen.verdict, seen.reason.code.as_str()), (CouldNotMeasure, "smtp-unreachable"), "{seen:#?}");
    assert!(seen.command.contains("-starttls smtp -connect [::1]:"), "{}", seen.command);
    // A closed port is the host's fault only where IPv4 gets through to it.
    testbed.shut_ipv6().await;
    let mail = async |domain| {
        let seen = ask(&vantage, domain, Check::Ipv6).await;
        let reasons = std::iter::once(&seen.reason).chain(&seen.notes);
        let code = reasons.map(|reason| reason.code.clone()).find(|code| code.contains("mail") || code.contains("smtp"));
        (seen.value.split("  ").nth(1).map(str::to_owned), code)
    };
    let said = |part: &str, code: &str| (Some(part.to_owned()), Some(code.to_owned()));
    assert_eq!(mail("case1.example").await, said("MX ×", "ipv6-mail-fails"));
    assert_eq!(mail("case4.example").await, said("MX ?", "smtp-unreachable"));
    assert_eq!(mail("case5.example").await, said("MX ?", "smtp-unreachable"));
    let seen = ask(&vantage, "case1.example", Check::Ipv6).await;
    assert_eq!(seen.verdict, NotMet);
}

#[tokio::test]
async fn silence_over_ipv6_is_no_fault() {
    if !has_ipv6("silence_over_ipv6_is_no_fault").await {
        return;
    }
    let zones = [zone(1, |zone| zone.servers = Servers::SilentIpv6), zone(2, |zone| zone.https = Https::Down)];
    let (_testbed, mut vantage) = testbed(&zones).await;
    (vantage.dns_timeout, vantage.connect_timeout) = (Duration::from_millis(150), Duration::from_millis(150));
    for (domain, check, code) in [
        ("case1.example", Check::Ipv6, "ns-unanswered"),
        ("case1.example", Check::NameServers, "ns-unanswered"),
        ("case2.example", Check::Ipv6, "connect-timeout"),
        ("case2.example", Check::Ipv6SameContent, "connect-timeout"),
    ] {
        let seen = ask(&vantage, domain, check).await;
        assert_eq!((seen.verdict, seen.reason.code.as_str()), (Verdict::CouldNotMeasure, code), "{domain}: {seen:#?}");
    }
}

#[tokio::test]
async fn without_ipv6_here_nothing_is_said_of_ipv6_there() {
    if !has_ipv6("without_ipv6_here_nothing_is_said_of_ipv6_there").await {
        return;
    }
    let (testbed, mut vantage) = testbed(&[zone(1, |_| {}), zone(2, |zone| zone.web6 = Web6::Missing)]).await;
    let whole =
        measure(&vantage, &Target::new("case1.example"), &[Check::Ipv6, Check::NameServers, Check::Ipv6SameContent], Budget::default(), NOW).await;
    vantage.ipv6 = false;
    for (check, verdict, code) in [
        (Check::Ipv6, Verdict::CouldNotMeasure, "no-ipv6-here"),
        (Check::Ipv6SameContent, Verdict::CouldNotMeasure, "no-ipv6-here"),
        // The servers' IPv4 addresses tell enough; the rows of IPv6 say that they were not measured.
        (Check::NameServers, Verdict::Met, "ns-ok"),
    ] {
        let before = testbed.server_questions();
        let seen = ask(&vantage, "case1.example", check).await;
        assert_eq!((seen.verdict, seen.reason.code.as_str()), (verdict, code), "{seen:#?}");
        assert!(testbed.server_questions() - before <= 7, "nothing is sent over IPv6");
        // The very evidence of a machine with IPv6, had every way been missing, is judged alike.
        let mut evidence = whole.iter().find(|one| one.judgement.check == check).unwrap().evidence.clone();
        for exchange in &mut evidence.exchanges {
            let Exchange {
                question:
                    Question::Server { address, .. } | Question::Tls { address, .. } | Question::Http { address, .. } | Question::Smtp { address, .. },
                heard,
                ..
            } = exchange
            else {
                continue;
            };
            if address.is_ipv6() {
                *heard = Heard::Failure(Failure::NoRoute("Network is unreachable (os error 101)".into()));
            }
        }
        let text = serde_json::to_string(&evidence).unwrap();
        let again = rejudge(check, &formats::evidence::Evidence::read(&text).unwrap(), &Rules::baseline());
        assert_eq!((again.verdict, again.reason.code.as_str()), (verdict, code), "{again:#?}");
    }
    let seen = ask(&vantage, "case1.example", Check::NameServers).await;
    assert!(seen.observed.en.contains("not measured from here") && seen.notes.iter().any(|note| note.code == "no-ipv6-here"), "{seen:#?}");
    // That there is no address is seen from anywhere.
    let seen = ask(&vantage, "case2.example", Check::Ipv6).await;
    assert_eq!((seen.verdict, seen.reason.code.as_str()), (Verdict::NotMet, "ipv6-no-web"), "{seen:#?}");
    // A way that the machine does not have, as the system itself says it: nothing connects to a group.
    vantage.ipv6 = true;
    testbed.change(Zone { web6: Web6::Missing, ..Zone::good("case2.example") }.with("", "AAAA", "ff0e::1")).unwrap();
    let seen = ask(&vantage, "case2.example", Check::Ipv6).await;
    assert_eq!((seen.verdict, seen.reason.code.as_str()), (Verdict::CouldNotMeasure, "no-ipv6-here"), "{seen:#?}");
}

#[tokio::test]
async fn same_content_states() {
    use Verdict::{CouldNotMeasure, Met, NotApplicable, NotMet};
    if !has_ipv6("same_content_states").await {
        return;
    }
    let states = [
        (Web6::Same, Met, "same-content-ok"),
        (Web6::Varying, Met, "same-content-ok"),
        (Web6::NearlySame, Met, "same-content-ok"),
        (Web6::SameRedirect, Met, "same-content-ok"),
        (Web6::Forbidden, Met, "same-content-ok"),
        (Web6::OtherText, NotMet, "same-content-text"),
        (Web6::OtherTitle, NotMet, "same-content-title"),
        (Web6::OtherStatus, NotMet, "same-content-status"),
        (Web6::OtherRedirect, NotMet, "same-content-redirect"),
        (Web6::Missing, NotApplicable, "same-content-no-ipv6"),
        (Web6::Mapped, NotApplicable, "same-content-no-ipv6"),
        (Web6::Broken, CouldNotMeasure, "same-content-server-error"),
        (Web6::Closed, CouldNotMeasure, "handshake-failed"),
    ];
    let mut cases: Vec<_> =
        states.into_iter().enumerate().map(|(at, (web6, state, code))| (zone(at, |zone| zone.web6 = web6), state, code)).collect();
    cases.push((zone(90, |zone| zone.https = Https::NoHttps), NotApplicable, "same-content-no-web"));
    let only6 = Zone { https: Https::NoAddress, ..Zone::good("case91.example") }.with("", "AAAA", "::1");
    cases.push((only6, NotApplicable, "same-content-no-ipv4"));
    table(Check::Ipv6SameContent, cases).await;
}
