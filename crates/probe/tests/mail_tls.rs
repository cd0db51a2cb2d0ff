//! TLS of mail servers, asked after STARTTLS: every state of every check, what it costs, and how profiles weigh it.

mod support;

use std::collections::BTreeSet;
use std::time::Duration;

use engine::judge::{Profile, Rules, judge, rejudge};
use formats::evidence::{Check, Evidence, Failure, Heard, Opening, Question, Target, Verdict};
use probe::testbed::{Mx, Smtp, Tls, Zone};
use probe::{Budget, Prober, Vantage};
use support::table::{NOW, ask, table, testbed};
use support::{Seen, measure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const MAIL: [Check; 4] = [Check::MailTlsVersions, Check::MailTlsSuites, Check::MailTlsGroups, Check::MailCertificate];

/// A good zone whose first mail host speaks TLS like this. The second one lives at the same address, and is the same server.
fn zone(at: usize, mail_tls: Tls) -> Zone {
    Zone { mail_tls, ..Zone::good(format!("case{at}.example")) }
}

/// A zone with one mail host, at this address.
fn alone(at: usize, address: &str) -> Zone {
    let host = format!("mail.case{at}.example.");
    Zone { mx: Mx::Missing, ..Zone::good(format!("case{at}.example")) }.with("", "MX", &format!("10 {host}")).with("mail", "A", address)
}

/// The states of one check, with those that all have in common; `met` is the reason of a server that has nothing wrong.
fn cases<const N: usize>(met: &'static str, states: [(Tls, Verdict, &'static str); N]) -> Vec<(Zone, Verdict, &'static str)> {
    use Verdict::{CouldNotMeasure, Met, NotApplicable};
    let mut cases: Vec<_> = states.into_iter().enumerate().map(|(at, (tls, state, code))| (zone(at, tls), state, code)).collect();
    cases.push((Zone { mx: Mx::Null, ..zone(80, Tls::Modern) }, NotApplicable, "no-mail"));
    cases.push((Zone { mx: Mx::NoAddress, ..zone(81, Tls::Modern) }, CouldNotMeasure, "smtp-unreachable"));
    cases.push((zone(82, Tls::Refuses), CouldNotMeasure, "handshake-failed"));
    cases.push((zone(83, Tls::Foreign), CouldNotMeasure, "handshake-failed"));
    for (at, (smtp, state, code)) in [
        (Smtp::Breaks, CouldNotMeasure, "handshake-failed"),
        (Smtp::Rejects, CouldNotMeasure, "smtp-rejects"),
        (Smtp::Closed, CouldNotMeasure, "smtp-unreachable"),
        (Smtp::Tires, CouldNotMeasure, "tls-unanswered"),
        // The second host is as good as ever: that the first one gives no TLS is another check's business.
        (Smtp::Plain, Met, met),
        (Smtp::Refuses, Met, met),
        (Smtp::SelfSigned, Met, met),
    ]
    .into_iter()
    .enumerate()
    {
        cases.push((Zone { smtp, ..zone(84 + at, Tls::Modern) }, state, code));
    }
    // Neither offers it, or says so and does not mean it.
    cases.push((alone(95, "127.0.0.3"), NotApplicable, "starttls-missing"));
    cases.push((alone(96, "127.0.0.4"), NotApplicable, "starttls-refused"));
    cases
}

#[tokio::test]
async fn version_states() {
    use Verdict::{CouldNotMeasure, Met, NotMet};
    let states = [
        (Tls::Modern, Met, "tls-versions-ok"),
        (Tls::Only12, Met, "tls-versions-ok"),
        (Tls::Only13, Met, "tls-versions-ok"),
        (Tls::Resets, Met, "tls-versions-ok"),
        // Better than nothing.
        (Tls::Tls10, Met, "tls-versions-ok"),
        (Tls::Tls11, Met, "tls-versions-ok"),
        (Tls::Ssl3, NotMet, "tls-version-old"),
        (Tls::OnlyTls10, NotMet, "tls-version-missing"),
        (Tls::TiresAfter(4), CouldNotMeasure, "tls-unanswered"),
    ];
    table(Check::MailTlsVersions, cases("tls-versions-ok", states)).await;
}

#[tokio::test]
async fn suite_states() {
    use Verdict::{CouldNotMeasure, Met, NotMet};
    let states = [
        (Tls::Modern, Met, "tls-suites-ok"),
        (Tls::Only13, Met, "tls-suites-ok"),
        (Tls::Cbc, Met, "tls-suites-ok"),
        (Tls::OnlyTls10, Met, "tls-suites-ok"),
        (Tls::Anonymous, Met, "tls-suites-ok"),
        (Tls::NoForwardSecrecy, Met, "tls-suites-ok"),
        (Tls::OnlyStatic, Met, "tls-suites-ok"),
        (Tls::Null, NotMet, "tls-suite-null"),
        (Tls::Export, NotMet, "tls-suite-export"),
        (Tls::Des, NotMet, "tls-suite-des"),
        (Tls::Rc4, NotMet, "tls-suite-rc4"),
        (Tls::Md5, NotMet, "tls-suite-md5"),
        (Tls::TripleDes, NotMet, "tls-suite-64-bit-block"),
        (Tls::Everything, NotMet, "tls-suite-null"),
        (Tls::TiresAfter(5), CouldNotMeasure, "tls-unanswered"),
    ];
    table(Check::MailTlsSuites, cases("tls-suites-ok", states)).await;
}

#[tokio::test]
async fn group_states() {
    use Verdict::{CouldNotMeasure, Met, NotApplicable, NotMet};
    let states = [
        (Tls::Modern, Met, "tls-groups-ok"),
        (Tls::Only12, Met, "tls-groups-ok"),
        (Tls::Only13, Met, "tls-groups-ok"),
        (Tls::Prime2048, Met, "tls-groups-ok"),
        (Tls::Sha1Exchange, Met, "tls-groups-ok"),
        (Tls::Prime1024, NotMet, "tls-weak-prime"),
        (Tls::Export, NotMet, "tls-short-rsa"),
        (Tls::WeakCurve, NotMet, "tls-weak-curve"),
        (Tls::OnlyStatic, NotApplicable, "tls-no-groups"),
        (Tls::TiresAfter(8), CouldNotMeasure, "tls-unanswered"),
    ];
    table(Check::MailTlsGroups, cases("tls-groups-ok", states)).await;
}

#[tokio::test]
async fn certificate_states() {
    use Verdict::{Met, NotMet};
    let states = [
        (Tls::Modern, Met, "mail-certificate-ok"),
        (Tls::Only13, Met, "mail-certificate-ok"),
        (Tls::Chain, Met, "mail-certificate-ok"),
        (Tls::TwoChains, Met, "mail-certificate-ok"),
        (Tls::ExpiredIntermediate, Met, "mail-certificate-ok"),
        (Tls::MissingIntermediate, Met, "mail-certificate-ok"),
        (Tls::Reversed, Met, "mail-certificate-ok"),
        (Tls::Rsa1024, NotMet, "chain-weak-key"),
        (Tls::Md5Certificate, NotMet, "chain-weak-signature"),
        (Tls::Sha1Intermediate, NotMet, "chain-weak-signature"),
    ];
    table(Check::MailCertificate, cases("mail-certificate-ok", states)).await;
}

fn notes(seen: &Seen) -> Vec<&str> {
    seen.notes.iter().map(|note| note.code.as_str()).collect()
}

#[tokio::test]
async fn what_is_better_than_nothing_is_remarked_on() {
    let zones = [
        zone(1, Tls::Tls10),
        zone(2, Tls::Anonymous),
        zone(3, Tls::Sha1Exchange),
        zone(4, Tls::Reversed),
        Zone { smtp: Smtp::SelfSigned, ..zone(5, Tls::Modern) },
    ];
    let (_testbed, vantage) = testbed(&zones).await;
    for (domain, check, expected) in [
        ("case1.example", Check::MailTlsVersions, ["tls-version-old", "tls-version-old", "mail-tls-tolerated"].as_slice()),
        ("case2.example", Check::MailTlsSuites, &["tls-suite-anonymous", "mail-tls-tolerated"]),
        ("case3.example", Check::MailTlsGroups, &["tls-weak-hash", "mail-tls-tolerated", "tls-no-post-quantum"]),
        ("case4.example", Check::MailCertificate, &["certificate-wrong-name", "chain-order"]),
        ("case5.example", Check::MailCertificate, &["certificate-self-signed"]),
    ] {
        let seen = ask(&vantage, domain, check).await;
        assert_eq!((seen.verdict, notes(&seen)), (Verdict::Met, expected.to_vec()), "{seen:#?}");
        // Every sentence says of which host.
        let host = format!("mail.{domain}");
        for reason in std::iter::once(&seen.reason).chain(&seen.notes) {
            assert!(reason.text.ja.starts_with(&format!("{host}: ")) && reason.data["host"] == host, "{reason:?}");
        }
    }
}

#[tokio::test]
async fn the_worst_host_decides_and_every_one_is_shown() {
    // One host with SSL 3.0, at an address of its own, and a modern one.
    let (testbed, vantage) = testbed(&[zone(1, Tls::Ssl3), Zone::good("case2.example").with("", "MX", "30 mail.case1.example.")]).await;
    let seen = ask(&vantage, "case1.example", Check::MailTlsVersions).await;
    assert_eq!((seen.verdict, seen.reason.data["host"].as_str()), (Verdict::NotMet, "mail.case1.example"), "{seen:#?}");
    assert_eq!(seen.reason.data["version"], "SSL 3.0");
    assert_eq!(seen.observed.en, "mail.case1.example\nSSL 3.0, TLS 1.0, TLS 1.1, TLS 1.2\n\nmail2.case1.example\nTLS 1.2, TLS 1.3");
    assert!(seen.command.contains("-starttls smtp -ssl3") && seen.command.contains("-connect 127.0.0.8:"), "{}", seen.command);
    assert_eq!(seen.remedy, "# Postfix, main.cf\nsmtpd_tls_protocols = >=TLSv1");
    // Three names at two addresses are two servers.
    let before = testbed.mail_connections();
    let seen = ask(&vantage, "case2.example", Check::MailTlsVersions).await;
    assert_eq!(seen.reason.data["host"].as_str(), "mail.case1.example", "{seen:#?}");
    let hellos: BTreeSet<_> = hellos(&seen).map(|(address, _)| address).collect();
    assert_eq!(hellos.len(), 2, "{hellos:?}");
    // Three greetings and, for each server, five versions.
    assert_eq!(testbed.mail_connections() - before, 3 + 2 * 5);
    // Both are good: then it is said of both.
    testbed.change(Zone { mx: Mx::Missing, ..Zone::good("case1.example") }.with("mail", "A", "127.0.0.8")).unwrap();
    let seen = ask(&vantage, "case2.example", Check::MailTlsVersions).await;
    assert_eq!((seen.reason.code.as_str(), seen.reason.data["count"].as_str()), ("mail-tls-ok", "2"), "{seen:#?}");
}

/// The hellos evidence holds: where they went, and what was said before.
fn hellos(seen: &Seen) -> impl Iterator<Item = (String, Opening)> {
    seen.evidence.exchanges.iter().filter_map(|one| match &one.question {
        Question::Hello { address, opening, .. } => Some((address.to_string(), *opening)),
        _ => None,
    })
}

#[tokio::test]
async fn a_mail_server_costs_thirty_connections_at_most_and_a_modern_one_fourteen() {
    let states = [
        Tls::Modern,
        Tls::Only12,
        Tls::Only13,
        Tls::Tls10,
        Tls::OnlyTls10,
        Tls::Null,
        Tls::Export,
        Tls::Rc4,
        Tls::Everything,
        Tls::OnlyStatic,
        Tls::Prime1024,
        Tls::TwoChains,
        Tls::Resets,
        Tls::TiresAfter(3),
        Tls::Refuses,
        Tls::Foreign,
    ];
    let mut zones: Vec<Zone> = states.iter().enumerate().map(|(at, tls)| zone(at, *tls)).collect();
    zones.push(zone(90, Tls::Ssl3));
    let (testbed, vantage) = testbed(&zones).await;
    let mut costs = Vec::new();
    for zone in &zones {
        let before = testbed.mail_connections();
        let seen = measure(&vantage, &Target::new(&zone.domain), &MAIL, Budget::default(), NOW).await;
        assert!(seen.iter().all(|one| one.reason.code != "budget-spent"), "{seen:#?}");
        assert!(seen.iter().flat_map(hellos).all(|(_, opening)| opening == Opening::Smtp));
        costs.push((zone.mail_tls, testbed.mail_connections() - before));
    }
    println!("{costs:?}");
    // Two greetings; the zone with SSL 3.0 has two servers.
    let (two, one) = costs.split_last().unwrap();
    assert!(one.iter().all(|(_, cost)| *cost <= 2 + 27) && two.1 <= 2 + 27 + 12, "{costs:?}");
    assert_eq!((costs[0].1, costs[2].1), (2 + 12, 2 + 6), "{costs:?}");
    // A smaller budget is kept, and says so.
    let before = testbed.mail_connections();
    let tight = Budget { max_mail_hellos_per_domain: 7, ..Budget::default() };
    let seen = measure(&vantage, &Target::new(&zones[0].domain), &MAIL, tight, NOW).await;
    assert_eq!(testbed.mail_connections() - before, 2 + 7);
    let codes: Vec<&str> = seen.iter().map(|one| one.reason.code.as_str()).collect();
    assert_eq!(codes, ["tls-versions-ok", "tls-suites-ok", "budget-spent", "budget-spent"]);
}

#[tokio::test]
async fn silence_is_no_refusal_and_hellos_keep_their_distance() {
    let (testbed, mut vantage) = testbed(&[alone(1, "127.0.0.7"), zone(2, Tls::SilentAfter(2)), zone(3, Tls::Modern)]).await;
    let patient = vantage.clone();
    vantage.connect_timeout = Duration::from_millis(150);
    for (domain, code) in [("case1.example", "smtp-unreachable"), ("case2.example", "tls-unanswered")] {
        for seen in measure(&vantage, &Target::new(domain), &MAIL, Budget::default(), NOW).await {
            assert_eq!((seen.verdict, seen.reason.code.as_str()), (Verdict::CouldNotMeasure, code), "{seen:#?}");
        }
    }
    let (pause, before) = (Duration::from_millis(15), testbed.mail_connections());
    let prober = Prober::new(Vantage { pause, ..patient }, Budget::default(), 1);
    let rules = Rules::baseline();
    let mut visit = prober.visit(&Target::new("case3.example"), NOW);
    let begin = std::time::Instant::now();
    visit.settle(|evidence| judge(Check::MailTlsVersions, evidence, &rules)).await;
    let connections = u32::try_from(testbed.mail_connections() - before).unwrap();
    assert!(connections == 7 && begin.elapsed() >= pause * (connections - 1), "{connections} connections in {:?}", begin.elapsed());
}

#[tokio::test]
async fn other_profiles_judge_the_same_evidence_without_a_packet() {
    let zones = [
        zone(1, Tls::Tls10),
        zone(2, Tls::Anonymous),
        zone(3, Tls::TripleDes),
        zone(4, Tls::Sha1Exchange),
        zone(5, Tls::Prime2048),
        zone(6, Tls::OnlyTls10),
        zone(7, Tls::Rc4),
        zone(8, Tls::Modern),
        zone(9, Tls::Cbc),
    ];
    let (testbed, vantage) = testbed(&zones).await;
    let mut evidence = Vec::new();
    for zone in &zones {
        evidence.push(measure(&vantage, &Target::new(&zone.domain), &MAIL, Budget::default(), NOW).await);
    }
    let before = testbed.mail_connections();
    let (high, exception) = (Rules::of(Profile::HighSecurity), Rules::of(Profile::Exception));
    for (at, check, rules, code) in [
        (1, 0, &high, "tls-version-old"),
        (1, 0, &exception, "tls-versions-ok"),
        (2, 1, &high, "tls-suite-anonymous"),
        (2, 1, &exception, "tls-suites-ok"),
        (3, 1, &high, "tls-suite-64-bit-block"),
        (3, 1, &exception, "tls-suites-ok"),
        (4, 2, &high, "tls-weak-hash"),
        (5, 2, &high, "tls-weak-prime"),
        (5, 3, &high, "chain-weak-key"),
        (6, 0, &high, "tls-version-old"),
        (6, 0, &exception, "tls-versions-ok"),
        // No profile forgives what is broken.
        (7, 1, &exception, "tls-suite-rc4"),
        (8, 0, &high, "tls-versions-ok"),
        (8, 1, &high, "tls-suites-ok"),
        (8, 2, &high, "tls-groups-ok"),
        (8, 3, &high, "mail-certificate-ok"),
        (9, 1, &high, "tls-suite-cbc"),
    ] {
        let kept = Evidence::read(&serde_json::to_string(&evidence[at - 1][check].evidence).unwrap()).unwrap();
        assert_eq!(rejudge(MAIL[check], &kept, rules).reason.code, code, "case{at} {}", MAIL[check].as_str());
    }
    // Evidence of a web server's hellos says nothing about mail.
    let web = ask(&vantage, "case8.example", Check::TlsVersions).await;
    assert_eq!(rejudge(Check::MailTlsVersions, &web.evidence, &high).reason.code, "not-in-evidence");
    assert_eq!(testbed.mail_connections(), before);
}

/// A mail server that sends `after` together with its reply to STARTTLS.
async fn forward(after: &'static [u8]) -> (u16, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let task = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut buffer = [0; 2_048];
                let ready = [b"220 go ahead\r\n", after].concat();
                for reply in [b"220 mail ESMTP\r\n".as_slice(), b"250-mail\r\n250 STARTTLS\r\n", &ready] {
                    stream.write_all(reply).await?;
                    if stream.read(&mut buffer).await? == 0 {
                        break;
                    }
                }
                std::io::Result::Ok(())
            });
        }
    });
    (port, task)
}

#[tokio::test]
async fn what_follows_in_the_clear_is_neither_a_reply_nor_left_over() {
    // CVE-2011-0411: somebody in between sends replies ahead, to be taken for what comes over TLS.
    let (port, server) = forward(b"250 2.0.0 injected\r\n").await;
    let (_testbed, mut vantage) = testbed(&[zone(1, Tls::Modern)]).await;
    vantage.smtp_port = port;
    let seen = ask(&vantage, "case1.example", Check::MailTlsVersions).await;
    assert_eq!((seen.verdict, seen.reason.code.as_str()), (Verdict::CouldNotMeasure, "handshake-failed"), "{seen:#?}");
    let heard: Vec<&Heard> = seen.evidence.exchanges.iter().map(|one| &one.heard).collect();
    assert!(heard.iter().any(|heard| matches!(heard, Heard::Hello(reply) if reply.messages.0.is_empty())), "{heard:?}");
    let session = heard.iter().find_map(|heard| if let Heard::Session(session) = heard { Some(session) } else { None }).unwrap();
    assert_eq!(session.starttls.as_deref(), Some("220 go ahead"));
    assert!(session.handshake.is_none() && matches!(session.broken, Some(Failure::NoHandshake(_))), "{session:?}");
    server.abort();
}
