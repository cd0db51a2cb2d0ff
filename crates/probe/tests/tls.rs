//! TLS by hellos: every state of every check, the connections they cost, and what other profiles make of the same evidence.

mod support;

use std::time::Duration;

use engine::judge::{Profile, Rules, TlsLimits, rejudge};
use formats::evidence::{Check, Evidence, Target, Verdict};
use probe::Budget;
use probe::testbed::{Https, Tls, Zone};
use support::table::{NOW, ask, table, testbed};
use support::{Seen, measure};

const TLS: [Check; 4] = [Check::TlsVersions, Check::TlsSuites, Check::TlsGroups, Check::CertificateChain];

/// A good zone under the name the testbed's RSA certificates are for.
fn zone(at: usize, tls: Tls) -> Zone {
    Zone { tls, ..Zone::good(format!("case{at}.tls.example")) }
}

fn cases<const N: usize>(states: [(Tls, Verdict, &'static str); N]) -> Vec<(Zone, Verdict, &'static str)> {
    let mut cases: Vec<_> = states.into_iter().enumerate().map(|(at, (tls, state, code))| (zone(at, tls), state, code)).collect();
    cases.push((Zone { https: Https::NoHttps, ..zone(90, Tls::Modern) }, Verdict::NotApplicable, "no-https"));
    cases.push((Zone { https: Https::NoAddress, ..zone(91, Tls::Modern) }, Verdict::NotApplicable, "no-https"));
    cases.push((zone(92, Tls::Refuses), Verdict::CouldNotMeasure, "handshake-failed"));
    cases.push((zone(93, Tls::Foreign), Verdict::CouldNotMeasure, "handshake-failed"));
    cases
}

#[tokio::test]
async fn tls_version_states() {
    use Verdict::{CouldNotMeasure, Met, NotMet};
    let states = cases([
        (Tls::Modern, Met, "tls-versions-ok"),
        (Tls::Only12, Met, "tls-versions-ok"),
        (Tls::Only13, Met, "tls-versions-ok"),
        (Tls::Resets, Met, "tls-versions-ok"),
        (Tls::Ssl3, NotMet, "tls-version-old"),
        (Tls::Tls10, NotMet, "tls-version-old"),
        (Tls::Tls11, NotMet, "tls-version-old"),
        (Tls::OnlyTls10, NotMet, "tls-version-old"),
        (Tls::TiresAfter(3), CouldNotMeasure, "tls-unanswered"),
    ]);
    table(Check::TlsVersions, states).await;
}

#[tokio::test]
async fn tls_suite_states() {
    use Verdict::{CouldNotMeasure, Met, NotMet};
    let states = cases([
        (Tls::Modern, Met, "tls-suites-ok"),
        (Tls::Only13, Met, "tls-suites-ok"),
        (Tls::Cbc, Met, "tls-suites-ok"),
        (Tls::Resets, Met, "tls-suites-ok"),
        (Tls::Null, NotMet, "tls-suite-null"),
        (Tls::Anonymous, NotMet, "tls-suite-anonymous"),
        (Tls::Export, NotMet, "tls-suite-export"),
        (Tls::Des, NotMet, "tls-suite-des"),
        (Tls::Rc4, NotMet, "tls-suite-rc4"),
        (Tls::Md5, NotMet, "tls-suite-md5"),
        (Tls::TripleDes, NotMet, "tls-suite-64-bit-block"),
        (Tls::NoForwardSecrecy, NotMet, "tls-suite-no-forward-secrecy"),
        (Tls::OnlyStatic, NotMet, "tls-suite-no-forward-secrecy"),
        (Tls::Everything, NotMet, "tls-suite-null"),
        (Tls::TiresAfter(6), CouldNotMeasure, "tls-unanswered"),
    ]);
    table(Check::TlsSuites, states).await;
}

#[tokio::test]
async fn tls_group_states() {
    use Verdict::{CouldNotMeasure, Met, NotApplicable, NotMet};
    let states = cases([
        (Tls::Modern, Met, "tls-groups-ok"),
        (Tls::Only12, Met, "tls-groups-ok"),
        (Tls::Only13, Met, "tls-groups-ok"),
        (Tls::Prime2048, Met, "tls-groups-ok"),
        (Tls::Prime1024, NotMet, "tls-weak-prime"),
        (Tls::Export, NotMet, "tls-short-rsa"),
        (Tls::WeakCurve, NotMet, "tls-weak-curve"),
        (Tls::Sha1Exchange, NotMet, "tls-weak-hash"),
        (Tls::OnlyStatic, NotApplicable, "tls-no-groups"),
        (Tls::TiresAfter(9), CouldNotMeasure, "tls-unanswered"),
    ]);
    table(Check::TlsGroups, states).await;
}

#[tokio::test]
async fn certificate_chain_states() {
    use Verdict::{Met, NotMet};
    let mut states = cases([
        (Tls::Modern, Met, "chain-ok"),
        (Tls::Only13, Met, "chain-ok"),
        (Tls::Chain, Met, "chain-ok"),
        (Tls::TwoChains, Met, "chain-ok"),
        (Tls::ExpiredCross, Met, "chain-ok"),
        (Tls::WithRoot, Met, "chain-ok"),
        (Tls::OnlyTls10, Met, "chain-ok"),
        (Tls::Rsa1024, NotMet, "chain-weak-key"),
        (Tls::Md5Certificate, NotMet, "chain-weak-signature"),
        (Tls::Sha1Intermediate, NotMet, "chain-weak-signature"),
        (Tls::ExpiredIntermediate, NotMet, "chain-expired"),
        (Tls::MissingIntermediate, NotMet, "chain-incomplete"),
        (Tls::Reversed, NotMet, "chain-order"),
    ]);
    for (at, (https, code)) in [
        (Https::Expired, "certificate-expired"),
        (Https::WrongName, "certificate-wrong-name"),
        (Https::SelfSigned, "certificate-self-signed"),
        (Https::Untrusted, "chain-incomplete"),
    ]
    .into_iter()
    .enumerate()
    {
        states.push((Zone { https, ..zone(80 + at, Tls::Modern) }, NotMet, code));
    }
    table(Check::CertificateChain, states).await;
}

fn codes(seen: &Seen) -> Vec<&str> {
    std::iter::once(seen.reason.code.as_str()).chain(seen.notes.iter().map(|note| note.code.as_str())).collect()
}

#[tokio::test]
async fn everything_wrong_is_named_and_not_only_the_worst() {
    let (_testbed, vantage) = testbed(&[zone(1, Tls::Everything), zone(2, Tls::Ssl3), zone(3, Tls::TwoChains), zone(4, Tls::ExpiredCross)]).await;
    let seen = ask(&vantage, "case1.tls.example", Check::TlsSuites).await;
    let worst_first = ["null", "anonymous", "export", "des", "rc4", "md5", "64-bit-block", "no-forward-secrecy"];
    assert_eq!(codes(&seen)[..8], worst_first.map(|one| format!("tls-suite-{one}")), "{seen:#?}");
    assert!(seen.command.contains("-cipher 'eNULL:@SECLEVEL=0'") && seen.remedy.contains("ssl_ciphers ECDHE"), "{seen:#?}");
    let seen = ask(&vantage, "case1.tls.example", Check::TlsGroups).await;
    for code in ["tls-short-rsa", "tls-weak-prime", "tls-weak-curve", "tls-weak-hash", "tls-no-post-quantum"] {
        assert!(codes(&seen).contains(&code), "{code}: {seen:#?}");
    }
    let seen = ask(&vantage, "case2.tls.example", Check::TlsVersions).await;
    assert_eq!((seen.value.as_str(), codes(&seen).len()), ("SSL 3.0, TLS 1.0, TLS 1.1, TLS 1.2", 3));
    assert!(seen.command.contains("-ssl3") && seen.remedy.contains("ssl_protocols TLSv1.2 TLSv1.3;"), "{seen:#?}");
    let seen = ask(&vantage, "case3.tls.example", Check::CertificateChain).await;
    assert_eq!((codes(&seen), seen.value.as_str()), (vec!["chain-ok", "chain-two"], "RSA 2048, EC 256 (3)"));
    let seen = ask(&vantage, "case4.tls.example", Check::CertificateChain).await;
    assert_eq!(codes(&seen), ["chain-ok", "chain-expired"], "{seen:#?}");
}

#[tokio::test]
async fn an_endpoint_costs_forty_connections_at_most_and_a_modern_one_twenty() {
    let states = [
        Tls::Modern,
        Tls::Only12,
        Tls::Only13,
        Tls::Ssl3,
        Tls::Tls10,
        Tls::Null,
        Tls::Export,
        Tls::Rc4,
        Tls::NoForwardSecrecy,
        Tls::Cbc,
        Tls::Everything,
        Tls::OnlyStatic,
        Tls::Prime1024,
        Tls::TwoChains,
        Tls::Resets,
        Tls::TiresAfter(3),
        Tls::Refuses,
        Tls::Foreign,
    ];
    let zones: Vec<Zone> = states.iter().enumerate().map(|(at, tls)| zone(at, *tls)).collect();
    let (testbed, vantage) = testbed(&zones).await;
    let mut costs = Vec::new();
    for (zone, tls) in zones.iter().zip(states) {
        let before = testbed.connections();
        let seen = measure(&vantage, &Target::new(&zone.domain), &TLS, Budget::default(), NOW).await;
        assert!(seen.iter().all(|one| one.reason.code != "budget-spent"), "{seen:#?}");
        costs.push((tls, testbed.connections() - before));
    }
    println!("{costs:?}");
    assert!(costs.iter().all(|(_, cost)| *cost <= Budget::default().max_hellos_per_endpoint), "{costs:?}");
    assert!(costs[0].1 <= 20 && costs[2].1 <= 20, "{costs:?}");
    // A smaller budget is kept, and says so.
    let before = testbed.connections();
    let tight = Budget { max_hellos_per_endpoint: 7, ..Budget::default() };
    let seen = measure(&vantage, &Target::new(&zones[0].domain), &TLS, tight, NOW).await;
    assert_eq!(testbed.connections() - before, 7);
    let codes: Vec<&str> = seen.iter().map(|one| one.reason.code.as_str()).collect();
    assert_eq!(codes, ["tls-versions-ok", "budget-spent", "budget-spent", "budget-spent"]);
}

#[tokio::test]
async fn silence_is_no_refusal() {
    let (_testbed, mut vantage) = testbed(&[zone(1, Tls::SilentAfter(1)), Zone { https: Https::Down, ..zone(2, Tls::Modern) }]).await;
    vantage.connect_timeout = Duration::from_millis(150);
    for (domain, code) in [("case1.tls.example", "tls-unanswered"), ("case2.tls.example", "connect-timeout")] {
        for seen in measure(&vantage, &Target::new(domain), &TLS, Budget::default(), NOW).await {
            assert_eq!((seen.verdict, seen.reason.code.as_str()), (Verdict::CouldNotMeasure, code), "{seen:#?}");
        }
    }
}

#[tokio::test]
async fn a_fault_that_was_found_counts_though_the_rest_is_open() {
    // Five hellos for the versions and one that finds 3DES; then it answers nobody.
    let (_testbed, mut vantage) = testbed(&[zone(1, Tls::SilentAfter(6))]).await;
    vantage.connect_timeout = Duration::from_millis(150);
    let seen = measure(&vantage, &Target::new("case1.tls.example"), &TLS, Budget::default(), NOW).await;
    assert_eq!(seen[0].verdict, Verdict::Met);
    assert_eq!((seen[1].verdict, codes(&seen[1])), (Verdict::NotMet, vec!["tls-suite-64-bit-block", "tls-unanswered"]));
    assert_eq!((seen[2].verdict, seen[3].verdict), (Verdict::CouldNotMeasure, Verdict::CouldNotMeasure));
}

#[tokio::test]
async fn other_profiles_judge_the_same_evidence_without_a_packet() {
    let zones =
        [zone(1, Tls::Only12), zone(2, Tls::Cbc), zone(3, Tls::Prime2048), zone(4, Tls::Tls10), zone(5, Tls::Modern), zone(6, Tls::Sha1Exchange)];
    let (testbed, vantage) = testbed(&zones).await;
    let mut evidence = Vec::new();
    for zone in &zones {
        evidence.push(measure(&vantage, &Target::new(&zone.domain), &TLS, Budget::default(), NOW).await);
    }
    let before = testbed.connections();
    let (high, exception) = (Rules::of(Profile::HighSecurity), Rules::of(Profile::Exception));
    let quantum = Rules { tls: TlsLimits { requires_post_quantum: true, ..TlsLimits::of(Profile::Recommended) }, ..Rules::baseline() };
    let again = |at: usize, check: usize, rules: &Rules| {
        let kept = Evidence::read(&serde_json::to_string(&evidence[at][check].evidence).unwrap()).unwrap();
        rejudge(TLS[check], &kept, rules).reason.code
    };
    for (at, check, rules, code) in [
        (0, 0, &high, "tls-version-missing"),
        (0, 0, &exception, "tls-versions-ok"),
        (1, 1, &high, "tls-suite-cbc"),
        (2, 2, &high, "tls-weak-prime"),
        (2, 3, &high, "chain-weak-key"),
        (3, 0, &exception, "tls-versions-ok"),
        (4, 0, &high, "tls-versions-ok"),
        (4, 1, &high, "tls-suites-ok"),
        (4, 2, &high, "tls-groups-ok"),
        (4, 2, &quantum, "tls-groups-ok"),
        (0, 2, &quantum, "tls-no-post-quantum"),
        (1, 2, &quantum, "tls-no-post-quantum"),
        (5, 2, &exception, "tls-groups-ok"),
    ] {
        assert_eq!(again(at, check, rules), code, "{} {}", zones[at].domain, TLS[check].as_str());
    }
    assert_eq!(testbed.connections(), before);
}
