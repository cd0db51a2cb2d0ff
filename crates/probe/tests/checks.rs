//! Every state of every check, end to end over real packets to the testbed.

mod support;

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use engine::judge::{Rules, rejudge};
use formats::evidence::{Allowed, Check, Evidence, Heard, Target, Verdict};

use probe::testbed::{Caa, Dane, Dmarc, Dnssec, Failure, Https, Mx, Smtp, Spf, Sts, TlsRpt, Zone};
use probe::{Budget, Prober, Vantage};
use support::table::{NOW, ask, table, testbed, zone};
use support::{Seen, measure, observe};

#[tokio::test]
async fn spf_states() {
    use Verdict::{CouldNotMeasure, Met, NotMet};
    let cases = [
        (Spf::HardFail, Mx::Hosts, Met, "spf-ok"),
        (Spf::SoftFail, Mx::Hosts, Met, "spf-ok"),
        (Spf::Redirect, Mx::Hosts, Met, "spf-ok"),
        (Spf::Missing, Mx::Hosts, NotMet, "spf-missing"),
        (Spf::TwoRecords, Mx::Hosts, NotMet, "spf-two-records"),
        (Spf::SyntaxError, Mx::Hosts, NotMet, "spf-syntax"),
        (Spf::PlusAll, Mx::Hosts, NotMet, "spf-plus-all"),
        (Spf::NoEnding, Mx::Hosts, NotMet, "spf-no-ending"),
        (Spf::TooManyLookups, Mx::Hosts, NotMet, "spf-too-many-lookups"),
        (Spf::Loop, Mx::Hosts, NotMet, "spf-loop"),
        (Spf::BrokenInclude, Mx::Hosts, NotMet, "spf-target-missing"),
        (Spf::Parked, Mx::Null, Met, "spf-ok"),
        (Spf::Parked, Mx::Missing, Met, "spf-ok"),
        (Spf::ParkedRedirect, Mx::Null, Met, "spf-ok"),
        (Spf::Redirect, Mx::Null, NotMet, "spf-parked"),
        (Spf::HardFail, Mx::Null, NotMet, "spf-parked"),
        (Spf::SoftFail, Mx::Missing, NotMet, "spf-parked"),
    ];
    let mut cases: Vec<_> =
        cases.into_iter().enumerate().map(|(at, (spf, mx, state, code))| (zone(at, |zone| (zone.spf, zone.mx) = (spf, mx)), state, code)).collect();
    cases.push((zone(90, |zone| zone.failure = Some(Failure::ServFail)), CouldNotMeasure, "server-failure"));
    // `mx` looks at ten mail hosts, its own domain's or another's.
    let hosts = |zone: Zone, count: usize| (0..count).fold(zone, |zone, at| zone.with("", "MX", &format!("10 h{at}.elsewhere.example.")));
    let crowded = hosts(zone(91, |zone| zone.mx = Mx::Missing), 11);
    let through = format!("v=spf1 include:{} -all", crowded.domain);
    cases.push((crowded, NotMet, "spf-mx-limit"));
    cases.push((zone(92, |zone| zone.spf = Spf::Missing).with("", "TXT", &through), NotMet, "spf-mx-limit"));
    cases.push((hosts(zone(93, |zone| zone.mx = Mx::Missing), 10), Met, "spf-ok"));
    table(Check::Spf, cases).await;
}

#[tokio::test]
async fn dmarc_states() {
    use Verdict::{Met, NotMet};
    let cases = [
        (Dmarc::Reject, Met, "dmarc-ok"),
        (Dmarc::Quarantine, Met, "dmarc-ok"),
        (Dmarc::Partial, Met, "dmarc-ok"),
        (Dmarc::None, NotMet, "dmarc-monitoring-only"),
        (Dmarc::Missing, NotMet, "dmarc-missing"),
        (Dmarc::Invalid, NotMet, "dmarc-invalid"),
        (Dmarc::TwoRecords, NotMet, "dmarc-two-records"),
    ];
    let mut cases: Vec<_> =
        cases.into_iter().enumerate().map(|(at, (dmarc, state, code))| (zone(at, |zone| zone.dmarc = dmarc), state, code)).collect();
    // A wrong policy for others undoes one's own (RFC 9989 4.10.1).
    let wrong = |at, text: &str| zone(at, |zone| zone.dmarc = Dmarc::Missing).with("_dmarc", "TXT", text);
    cases.push((wrong(90, "v=DMARC1; p=reject; sp=block; rua=mailto:d@case90.example"), NotMet, "dmarc-monitoring-only"));
    cases.push((wrong(91, "v=DMARC1; p=reject; np=block"), NotMet, "dmarc-invalid"));
    table(Check::Dmarc, cases).await;
}

#[tokio::test]
async fn dmarc_falls_back_to_the_organisational_domain() {
    let mut sub = Zone::good("web.town.example");
    sub.dmarc = Dmarc::Missing;
    let (testbed, vantage) = testbed(&[Zone::good("town.example"), sub]).await;
    let seen = ask(&vantage, "web.town.example", Check::Dmarc).await;
    assert_eq!((seen.verdict, seen.value.as_str()), (Verdict::Met, "p=reject"));
    assert_eq!(seen.notes.first().map(|note| note.code.as_str()), Some("dmarc-inherited"));
    // sp=none at the organisation undoes its p=reject for names below.
    let mut parent = Zone::good("town.example");
    parent.dmarc = Dmarc::Partial;
    testbed.change(parent).unwrap();
    let seen = ask(&vantage, "web.town.example", Check::Dmarc).await;
    assert_eq!((seen.verdict, seen.reason.code.as_str()), (Verdict::NotMet, "dmarc-monitoring-only"));
    let notes: Vec<_> = ask(&vantage, "town.example", Check::Dmarc).await.judgement.notes.into_iter().map(|note| note.code).collect();
    assert_eq!(notes, ["dmarc-pct", "dmarc-sp-none", "dmarc-no-reports"]);
    // A deep name is asked for at most eight times (RFC 9989 4.10).
    let before = testbed.questions();
    ask(&vantage, "a.b.c.d.e.f.g.h.i.j.k.town.example", Check::Dmarc).await;
    assert!(testbed.questions() - before <= 8, "{}", testbed.questions() - before);
}

#[tokio::test]
async fn a_public_suffix_speaks_for_those_below_it_by_the_new_method_only() {
    let suffix = Zone { dmarc: Dmarc::Missing, ..Zone::good("go.jp") }.with("_dmarc", "TXT", "v=DMARC1; psd=y; p=reject; rua=mailto:a@go.jp");
    let below = Zone { dmarc: Dmarc::Missing, ..Zone::good("mof.go.jp") };
    let (testbed, vantage) = testbed(&[suffix, below.clone()]).await;
    let seen = ask(&vantage, "mof.go.jp", Check::Dmarc).await;
    assert_eq!((seen.verdict, seen.value.as_str()), (Verdict::Met, "p=reject"));
    let notes: Vec<&str> = seen.notes.iter().map(|note| note.code.as_str()).collect();
    assert_eq!(notes, ["dmarc-inherited", "dmarc-methods-differ"]);
    assert_eq!((seen.notes[1].data["walk"].as_str(), seen.notes[1].data["list"].as_str()), ("go.jp p=reject", "—"));
    assert!(seen.lists["public-suffix-list"].starts_with("psl 2."));
    // A host below an organisation with its own record: that one goes before the suffix's, by both methods.
    testbed.change(Zone { dmarc: Dmarc::Quarantine, ..below }).unwrap();
    let seen = ask(&vantage, "www.mof.go.jp", Check::Dmarc).await;
    assert_eq!(seen.value, "p=quarantine");
    assert_eq!(seen.notes.iter().map(|note| note.code.as_str()).collect::<Vec<_>>(), ["dmarc-inherited"]);
}

#[tokio::test]
async fn reports_go_only_to_hosts_that_say_they_take_them() {
    let asking = |name: &str, host: &str| {
        let record = format!("v=DMARC1; p=reject; rua=mailto:dmarc@{host}!10m; ruf=mailto:dmarc@sub.{name}; ri=3600; np=none");
        Zone { dmarc: Dmarc::Missing, ..Zone::good(name) }.with("_dmarc", "TXT", &record)
    };
    let taking = Zone::good("reports.example").with("a.example._report._dmarc", "TXT", "v=DMARC1;");
    let (_testbed, vantage) = testbed(&[asking("a.example", "reports.example"), asking("b.example", "reports.example"), taking]).await;
    let notes = |seen: Seen| seen.judgement.notes.into_iter().map(|note| note.code).collect::<Vec<_>>();
    assert_eq!(notes(ask(&vantage, "a.example", Check::Dmarc).await), ["dmarc-obsolete-tags", "dmarc-nonexistent-none"]);
    let refused = notes(ask(&vantage, "b.example", Check::Dmarc).await);
    assert_eq!(refused, ["dmarc-obsolete-tags", "dmarc-nonexistent-none", "dmarc-reports-refused"]);
}

#[tokio::test]
async fn mx_states() {
    use Verdict::{Met, NotApplicable, NotMet};
    let cases = [
        (Mx::Hosts, Met, "mx-ok"),
        (Mx::Null, Met, "mx-null"),
        (Mx::Missing, NotMet, "mx-implicit"),
        (Mx::NullAndOther, NotMet, "mx-null-and-other"),
        (Mx::Alias, NotMet, "mx-host-is-alias"),
        (Mx::NoAddress, NotMet, "mx-host-without-address"),
    ];
    let mut cases: Vec<_> = cases.into_iter().enumerate().map(|(at, (mx, state, code))| (zone(at, |zone| zone.mx = mx), state, code)).collect();
    cases.push((zone(90, |zone| (zone.mx, zone.https) = (Mx::Missing, Https::NoAddress)), NotApplicable, "mx-no-mail"));
    table(Check::Mx, cases).await;
}

#[tokio::test]
async fn mta_sts_states() {
    use Verdict::{Met, NotApplicable, NotMet};
    let cases = [
        (Sts::Enforce, Mx::Hosts, Met, "mta-sts-ok"),
        (Sts::Testing, Mx::Hosts, NotMet, "mta-sts-not-enforced"),
        (Sts::Missing, Mx::Hosts, NotMet, "mta-sts-missing"),
        (Sts::TwoRecords, Mx::Hosts, NotMet, "mta-sts-two-records"),
        (Sts::NoId, Mx::Hosts, NotMet, "mta-sts-invalid"),
        (Sts::NoPolicy, Mx::Hosts, NotMet, "mta-sts-policy-missing"),
        (Sts::NoHost, Mx::Hosts, NotMet, "mta-sts-policy-missing"),
        (Sts::BadPolicy, Mx::Hosts, NotMet, "mta-sts-policy-invalid"),
        (Sts::OtherHost, Mx::Hosts, NotMet, "mta-sts-host-not-covered"),
        (Sts::Missing, Mx::Null, NotApplicable, "no-mail"),
    ];
    let cases = cases.into_iter().enumerate().map(|(at, (sts, mx, state, code))| (zone(at, |zone| (zone.sts, zone.mx) = (sts, mx)), state, code));
    table(Check::MtaSts, cases.collect()).await;
    // The policy's host has a certificate of its own, and it counts.
    let owner = zone(1, |_| {});
    let host = Zone { https: Https::SelfSigned, ..Zone::good("mta-sts.case1.example") };
    let (_testbed, vantage) = testbed(&[owner, host]).await;
    let seen = ask(&vantage, "case1.example", Check::MtaSts).await;
    assert_eq!((seen.reason.code.as_str(), seen.reason.data["detail"].as_str()), ("mta-sts-certificate", "certificate-self-signed"));
}

#[tokio::test]
async fn starttls_states() {
    use Verdict::{CouldNotMeasure, Met, NotApplicable, NotMet};
    let cases = [
        (Smtp::Tls, Mx::Hosts, Met, "starttls-ok"),
        (Smtp::SelfSigned, Mx::Hosts, Met, "starttls-ok"),
        (Smtp::Plain, Mx::Hosts, NotMet, "starttls-missing"),
        (Smtp::Refuses, Mx::Hosts, NotMet, "starttls-refused"),
        (Smtp::Breaks, Mx::Hosts, NotMet, "starttls-handshake"),
        (Smtp::Rejects, Mx::Hosts, CouldNotMeasure, "smtp-rejects"),
        (Smtp::Silent, Mx::Hosts, CouldNotMeasure, "smtp-unreachable"),
        (Smtp::Closed, Mx::Hosts, CouldNotMeasure, "smtp-unreachable"),
        (Smtp::Tls, Mx::NoAddress, CouldNotMeasure, "smtp-unreachable"),
        (Smtp::Tls, Mx::Null, NotApplicable, "no-mail"),
    ];
    let cases = cases.into_iter().enumerate().map(|(at, (smtp, mx, state, code))| (zone(at, |zone| (zone.smtp, zone.mx) = (smtp, mx)), state, code));
    table(Check::StartTls, cases.collect()).await;
    let (_testbed, vantage) = testbed(&[zone(1, |zone| zone.smtp = Smtp::SelfSigned)]).await;
    let seen = ask(&vantage, "case1.example", Check::StartTls).await;
    assert_eq!(seen.notes.first().map(|note| note.data["detail"].as_str()), Some("certificate-self-signed"));
    assert_eq!(seen.value, "2 MX");
}

#[tokio::test]
async fn dane_states() {
    use Verdict::{CouldNotMeasure, Met, NotApplicable, NotMet};
    let good = (Smtp::Tls, Dnssec::Signed, Mx::Hosts);
    let cases = [
        (Dane::Good, good, Met, "dane-ok"),
        (Dane::Single, good, Met, "dane-ok"),
        (Dane::Authority, good, Met, "dane-ok"),
        (Dane::AuthorityWhole, good, Met, "dane-ok"),
        (Dane::Wildcard, good, Met, "dane-ok"),
        (Dane::Missing, good, NotMet, "dane-missing"),
        (Dane::Mismatch, good, NotMet, "dane-mismatch"),
        (Dane::Unusable, good, NotMet, "dane-unusable"),
        // The authority it names did not sign what is shown; the key it names is.
        (Dane::Authority, (Smtp::SelfSigned, Dnssec::Signed, Mx::Hosts), NotMet, "dane-mismatch"),
        (Dane::Good, (Smtp::SelfSigned, Dnssec::Signed, Mx::Hosts), Met, "dane-ok"),
        (Dane::Good, (Smtp::Plain, Dnssec::Signed, Mx::Hosts), NotMet, "dane-no-tls"),
        (Dane::Good, (Smtp::Rejects, Dnssec::Signed, Mx::Hosts), CouldNotMeasure, "smtp-rejects"),
        (Dane::Good, (Smtp::Tls, Dnssec::Unsigned, Mx::Hosts), NotMet, "dane-insecure"),
        (Dane::Good, (Smtp::Tls, Dnssec::Island, Mx::Hosts), NotMet, "dane-insecure"),
        (Dane::Good, (Smtp::Tls, Dnssec::Expired, Mx::Hosts), NotMet, "dane-bogus"),
        (Dane::Good, (Smtp::Tls, Dnssec::BadSignature, Mx::Hosts), NotMet, "dane-bogus"),
        (Dane::Good, (Smtp::Tls, Dnssec::WrongDs, Mx::Hosts), NotMet, "dane-bogus"),
        (Dane::Good, (Smtp::Tls, Dnssec::Signed, Mx::Null), NotApplicable, "no-mail"),
    ];
    let cases = cases.into_iter().enumerate().map(|(at, (dane, (smtp, dnssec, mx), state, code))| {
        (zone(at, |zone| (zone.dane, zone.smtp, zone.dnssec, zone.mx) = (dane, smtp, dnssec, mx)), state, code)
    });
    table(Check::Dane, cases.collect()).await;
}

#[tokio::test]
async fn mail_hosts_of_another_zone_must_be_protected_too() {
    // The domain is signed; its provider's zone is not.
    let owner = zone(1, |zone| zone.mx = Mx::Missing).with("", "MX", "10 mail.provider.example.");
    let provider = Zone { dnssec: Dnssec::Unsigned, ..Zone::good("provider.example") };
    let (testbed, vantage) = testbed(&[owner.clone(), provider]).await;
    let seen = ask(&vantage, "case1.example", Check::Dane).await;
    assert_eq!((seen.reason.code.as_str(), seen.reason.data["host"].as_str()), ("dane-insecure", "mail.provider.example"), "{seen:#?}");
    testbed.change(Zone::good("provider.example")).unwrap();
    let seen = ask(&vantage, "case1.example", Check::Dane).await;
    assert_eq!((seen.verdict, seen.reason.code.as_str()), (Verdict::Met, "dane-ok"), "{seen:#?}");
    // A signed provider does not help a domain whose MX anybody may forge.
    testbed.change(Zone { dnssec: Dnssec::Unsigned, ..owner }).unwrap();
    let seen = ask(&vantage, "case1.example", Check::Dane).await;
    assert_eq!((seen.reason.code.as_str(), seen.reason.data["place"].as_str()), ("dane-insecure", "case1.example MX"), "{seen:#?}");
}

#[tokio::test]
async fn tls_reporting_states() {
    use Verdict::{Met, NotApplicable, NotMet};
    let cases = [
        (TlsRpt::Good, Mx::Hosts, Met, "tls-rpt-ok"),
        (TlsRpt::Missing, Mx::Hosts, NotMet, "tls-rpt-missing"),
        (TlsRpt::TwoRecords, Mx::Hosts, NotMet, "tls-rpt-two-records"),
        (TlsRpt::Invalid, Mx::Hosts, NotMet, "tls-rpt-invalid"),
        (TlsRpt::Missing, Mx::Null, NotApplicable, "no-mail"),
    ];
    let cases =
        cases.into_iter().enumerate().map(|(at, (tls_rpt, mx, state, code))| (zone(at, |zone| (zone.tls_rpt, zone.mx) = (tls_rpt, mx)), state, code));
    table(Check::TlsRpt, cases.collect()).await;
}

#[tokio::test]
async fn caa_states() {
    use Verdict::{Met, NotMet};
    let cases = [(Caa::Issue, Met, "caa-ok"), (Caa::Missing, NotMet, "caa-missing"), (Caa::IodefOnly, NotMet, "caa-no-issue")];
    table(Check::Caa, cases.into_iter().enumerate().map(|(at, (caa, state, code))| (zone(at, |zone| zone.caa = caa), state, code)).collect()).await;
    let sub = Zone { caa: Caa::Missing, ..Zone::good("web.town.example") };
    let (_testbed, vantage) = testbed(&[Zone::good("town.example"), sub]).await;
    let seen = ask(&vantage, "web.town.example", Check::Caa).await;
    assert_eq!((seen.verdict, seen.notes[0].data["from"].as_str()), (Verdict::Met, "town.example"));
}

#[tokio::test]
async fn dnssec_states() {
    use Verdict::{Met, NotMet};
    let states = [
        (Dnssec::Signed, Met, "dnssec-secure"),
        (Dnssec::Unsigned, NotMet, "dnssec-unsigned"),
        (Dnssec::Island, NotMet, "dnssec-island"),
        (Dnssec::Expired, NotMet, "dnssec-signature-expired"),
        (Dnssec::WrongDs, NotMet, "dnssec-ds-mismatch"),
        (Dnssec::MissingSignature, NotMet, "dnssec-signature-missing"),
        (Dnssec::BadSignature, NotMet, "dnssec-signature-bad"),
        (Dnssec::MissingKey, NotMet, "dnssec-key-missing"),
    ];
    // Directly below a signed top level, below an empty label, and under a parent that denies with NSEC3 opt-out.
    for suffix in ["example", "go.example", "test", "go.test"] {
        let cases = states.iter().enumerate().map(|(at, (dnssec, state, code))| {
            let mut zone = Zone::good(format!("case{at}.{suffix}"));
            zone.dnssec = *dnssec;
            (zone, *state, *code)
        });
        table(Check::Dnssec, cases.collect()).await;
    }
}

#[tokio::test]
async fn without_a_verified_root_nothing_is_said_about_a_domain() {
    let (_testbed, mut vantage) = testbed(&[Zone::good("town.example")]).await;
    let later = NOW + 30 * 86_400;
    let seen = measure(&vantage, &Target::new("town.example"), &[Check::Dnssec], Budget::default(), later).await;
    assert_eq!((seen[0].verdict, seen[0].reason.code.as_str()), (Verdict::CouldNotMeasure, "dnssec-no-anchor"));
    let sub = ask(&vantage, "host.town.example", Check::Dnssec).await;
    assert_eq!(sub.reason.code, "no-such-domain");
    let mail = ask(&vantage, "mail.town.example", Check::Dnssec).await;
    assert_eq!(mail.reason.code, "dnssec-secure");
    vantage.anchors = formats::evidence::ROOT_ANCHORS.map(str::to_owned).to_vec();
    let seen = ask(&vantage, "town.example", Check::Dnssec).await;
    assert_eq!((seen.verdict, seen.reason.data["detail"].as_str()), (Verdict::CouldNotMeasure, "dnssec-ds-mismatch"));
}

#[tokio::test]
async fn https_states() {
    use Verdict::{CouldNotMeasure, Met, NotApplicable, NotMet};
    let cases = [
        (Https::Valid { days_left: 90 }, (Met, "certificate-ok"), (Met, "expiry-ok")),
        (Https::Valid { days_left: 30 }, (Met, "certificate-ok"), (Met, "expiry-ok")),
        (Https::Valid { days_left: 29 }, (Met, "certificate-ok"), (NotMet, "expiry-soon")),
        (Https::Expired, (NotMet, "certificate-expired"), (NotMet, "expiry-past")),
        (Https::WrongName, (NotMet, "certificate-wrong-name"), (Met, "expiry-ok")),
        (Https::SelfSigned, (NotMet, "certificate-self-signed"), (Met, "expiry-ok")),
        (Https::Untrusted, (NotMet, "certificate-untrusted"), (Met, "expiry-ok")),
        (Https::NoHttps, (NotMet, "no-https"), (NotApplicable, "no-https")),
        (Https::NoAddress, (NotMet, "no-https"), (NotApplicable, "no-https")),
    ];
    let certificate = cases.iter().enumerate().map(|(at, (https, (state, code), _))| (zone(at, |zone| zone.https = *https), *state, *code));
    table(Check::HttpsCertificate, certificate.collect()).await;
    let expiry = cases.iter().enumerate().map(|(at, (https, _, (state, code)))| (zone(at, |zone| zone.https = *https), *state, *code));
    table(Check::HttpsExpiry, expiry.collect()).await;

    let (_testbed, mut vantage) = testbed(&[zone(1, |zone| zone.https = Https::NoHttps), zone(2, |zone| zone.https = Https::Down)]).await;
    let mut target = Target::new("case1.example");
    target.web_server = false;
    let seen = measure(&vantage, &target, &[Check::HttpsCertificate], Budget::default(), NOW).await;
    assert_eq!((seen[0].verdict, seen[0].reason.code.as_str()), (NotApplicable, "no-web"));
    vantage.connect_timeout = Duration::from_millis(60);
    let seen = ask(&vantage, "case2.example", Check::HttpsCertificate).await;
    assert_eq!((seen.verdict, seen.reason.code.as_str()), (CouldNotMeasure, "connect-timeout"));
}

#[tokio::test]
async fn evidence_keeps_the_chain_and_the_answers() {
    let (_testbed, vantage) = testbed(&[zone(1, |zone| zone.https = Https::Expired)]).await;
    let seen = ask(&vantage, "case1.example", Check::HttpsCertificate).await;
    let shown = seen.evidence.exchanges.iter().find_map(|one| match &one.heard {
        Heard::Handshake(shown) => Some(shown),
        _ => None,
    });
    assert!(shown.unwrap().shown[0].starts_with("CN=case1.example; issued by "), "{shown:?}");
    assert!(!shown.unwrap().chain[0].0.is_empty());
    let seen = ask(&vantage, "case1.example", Check::Spf).await;
    let json = serde_json::to_value(&seen.evidence).unwrap();
    assert!(json["exchanges"][0]["answer"].to_string().contains("v=spf1 mx ip4:192.0.2.0/24 -all"), "{json:#}");
    assert_eq!((json["exchanges"][0]["name"].as_str(), json["exchanges"][0]["kind"].as_str()), (Some("case1.example"), Some("TXT")));
}

#[tokio::test]
async fn silence_is_never_a_fault_of_the_domain() {
    let (testbed, mut vantage) = testbed(&[
        zone(1, |zone| (zone.failure, zone.dnssec) = (Some(Failure::Silent), Dnssec::Unsigned)),
        zone(2, |zone| zone.failure = Some(Failure::Silent)),
        zone(3, |zone| zone.failure = Some(Failure::LosesOne)),
        zone(4, |zone| zone.failure = Some(Failure::Truncates)),
    ])
    .await;
    vantage.dns_timeout = Duration::from_millis(40);
    let checks: Vec<Check> = Check::ALL.iter().copied().filter(|check| *check != Check::DomainSuffix).collect();
    for silent in ["case1.example", "case2.example"] {
        for seen in measure(&vantage, &Target::new(silent), &checks, Budget::default(), NOW).await {
            assert_eq!((seen.verdict, seen.reason.code.as_str()), (Verdict::CouldNotMeasure, "timeout"), "{seen:#?}");
        }
    }
    // Nobody at the resolver's address: refused, not absent.
    drop(testbed);
    let seen = ask(&vantage, "case3.example", Check::Spf).await;
    assert_eq!(seen.verdict, Verdict::CouldNotMeasure);
}

#[tokio::test]
async fn one_lost_datagram_and_truncation_are_survived() {
    let (_testbed, mut vantage) =
        testbed(&[zone(3, |zone| zone.failure = Some(Failure::LosesOne)), zone(4, |zone| zone.failure = Some(Failure::Truncates))]).await;
    // Long enough that a busy machine still answers the second datagram; each lost one costs this wait.
    vantage.dns_timeout = Duration::from_millis(900);
    for (domain, check) in
        [("case3.example", Check::Dmarc), ("case4.example", Check::Dmarc), ("case4.example", Check::Mx), ("case4.example", Check::Dnssec)]
    {
        let seen = ask(&vantage, domain, check).await;
        assert_eq!(seen.verdict, Verdict::Met, "{seen:#?}");
        assert!(seen.evidence.exchanges.iter().any(|one| one.tried.len() >= 2), "{seen:#?}");
    }
}

#[tokio::test]
async fn a_domain_costs_twenty_questions_on_average_and_never_more_than_its_budget() {
    // What one measurement of mail and names by a resolver's answers consists of; asking each name server apart costs more, and
    // has a budget of its own.
    let all = vec![
        Check::Spf,
        Check::Dmarc,
        Check::Mx,
        Check::Dnssec,
        Check::HttpsCertificate,
        Check::HttpsExpiry,
        Check::DomainSuffix,
        Check::MtaSts,
        Check::TlsRpt,
        Check::Caa,
    ];
    let zones = [
        zone(1, |_| {}),
        zone(2, |zone| (zone.spf, zone.dmarc) = (Spf::TooManyLookups, Dmarc::Missing)),
        zone(3, |zone| (zone.dnssec, zone.spf) = (Dnssec::Island, Spf::Loop)),
        zone(4, |zone| zone.failure = Some(Failure::ServFail)),
        zone(5, |zone| (zone.mx, zone.https) = (Mx::Missing, Https::NoAddress)),
    ];
    let (testbed, vantage) = testbed(&zones).await;
    let mut costs = BTreeMap::new();
    for zone in &zones {
        let before = testbed.questions();
        let seen = measure(&vantage, &Target::new(&zone.domain), &all, Budget::default(), NOW).await;
        assert_eq!(seen.iter().map(|one| one.check).collect::<Vec<_>>(), all);
        assert!(seen.iter().all(|one| one.reason.code != "budget-spent"), "{seen:#?}");
        costs.insert(zone.domain.clone(), testbed.questions() - before);
    }
    assert!(costs.values().all(|cost| *cost <= Budget::default().max_queries_per_domain), "{costs:?}");
    assert!(costs.values().sum::<usize>() <= 20 * costs.len(), "{costs:?}");
    assert!(costs["case1.example"] <= 20, "{costs:?}");
    // A smaller budget is kept, and says so.
    let before = testbed.questions();
    let tight = Budget { max_queries_per_domain: 3, ..Budget::default() };
    let seen = measure(&vantage, &Target::new("case1.example"), &all, tight, NOW).await;
    assert_eq!(testbed.questions() - before, 3);
    assert!(seen.iter().any(|one| one.reason.code == "budget-spent"));
}

#[tokio::test]
async fn repairing_a_zone_changes_the_next_measurement() {
    let broken = zone(1, |zone| (zone.spf, zone.dnssec, zone.https) = (Spf::Missing, Dnssec::Expired, Https::Expired));
    let (testbed, vantage) = testbed(std::slice::from_ref(&broken)).await;
    let checks = [Check::Spf, Check::Dnssec, Check::HttpsCertificate];
    // The prober stays the same: it must not remember what the owner has repaired.
    let prober = Prober::new(vantage, Budget::default(), 1);
    let good = Zone::good("case1.example");
    for (zone, state) in [(&good, Verdict::Met), (&broken, Verdict::NotMet), (&good, Verdict::Met)] {
        testbed.change(zone.clone()).unwrap();
        for seen in observe(&prober, &Target::new("case1.example"), &checks, NOW).await {
            assert_eq!(seen.verdict, state, "{seen:#?}");
        }
    }
}

#[tokio::test]
async fn private_addresses_are_not_probed() {
    let (_testbed, mut vantage) = testbed(&[zone(1, |_| {})]).await;
    vantage.allow_private = false;
    let seen = ask(&vantage, "case1.example", Check::HttpsCertificate).await;
    assert_eq!((seen.verdict, seen.reason.code.as_str()), (Verdict::CouldNotMeasure, "address-refused"));
    assert_eq!(seen.reason.data["kind"], "loopback");
    let seen = ask(&vantage, "case1.example", Check::Mx).await;
    assert_eq!(seen.reason.code, "mx-private-address");
}

#[tokio::test]
async fn names_that_do_not_exist_or_are_no_names() {
    let (_testbed, vantage) = testbed(&[zone(1, |_| {})]).await;
    for check in [Check::Spf, Check::Mx, Check::Dnssec, Check::HttpsCertificate] {
        let seen = ask(&vantage, "nowhere.example", check).await;
        assert_eq!((seen.verdict, seen.reason.code.as_str()), (Verdict::CouldNotMeasure, "no-such-domain"), "{seen:#?}");
    }
    let seen = ask(&vantage, "not a domain", Check::Spf).await;
    assert_eq!(seen.reason.code, "invalid-domain");
}

#[tokio::test]
async fn names_in_japanese_and_zones_in_any_order() {
    let (_testbed, vantage) = testbed(&[Zone::good("窓口.町.example"), Zone::good("町.example")]).await;
    for domain in ["窓口.町.example", "町.example."] {
        let seen = measure(&vantage, &Target::new(domain), &Check::ALL[..6], Budget::default(), NOW).await;
        assert!(seen.iter().all(|one| one.verdict == Verdict::Met && one.command.contains("xn--")), "{seen:#?}");
    }
}

#[tokio::test]
async fn suffix_policy_is_data() {
    let (_testbed, vantage) = testbed(&[]).await;
    let mut target = Target::new("City.Example.");
    target.allow = Allowed { suffixes: vec!["example".into()], version: "2026-04".into() };
    let seen = measure(&vantage, &target, &[Check::DomainSuffix], Budget::default(), NOW).await;
    assert_eq!((seen[0].verdict, seen[0].value.as_str()), (Verdict::Met, "city.example"));
    assert_eq!(seen[0].lists["allowed-suffixes"], "2026-04");
}

#[tokio::test]
async fn the_root_and_the_top_level_are_asked_once_and_never_on_trust() {
    let zones: Vec<Zone> = (0..40).map(|at| Zone::good(format!("org{at}.example"))).collect();
    let (testbed, vantage) = testbed(&zones).await;
    let prober = Prober::new(vantage.clone(), Budget::default(), 1);
    let checks = [Check::Spf, Check::Mx, Check::Dnssec];
    for zone in &zones {
        let seen = observe(&prober, &Target::new(&zone.domain), &checks, NOW).await;
        assert!(seen.iter().all(|one| one.verdict == Verdict::Met), "{seen:#?}");
    }
    // Once the root's and the top level's keys and the top level's DS; then seven for each target.
    assert_eq!(testbed.questions(), 3 + 40 * 7);
    // Keys that do not verify are asked for again: what is wrong at this moment must not speak for the next target.
    let wrong = Vantage { anchors: formats::evidence::ROOT_ANCHORS.map(str::to_owned).to_vec(), ..vantage };
    let prober = Prober::new(wrong, Budget::default(), 1);
    for _ in 0..2 {
        let before = testbed.questions();
        observe(&prober, &Target::new("org1.example"), &[Check::Dnssec], NOW).await;
        assert_eq!(testbed.questions() - before, 1);
    }
}

#[tokio::test]
async fn a_cancelled_prober_asks_nothing_more() {
    let (testbed, vantage) = testbed(&[zone(1, |_| {})]).await;
    let prober = Prober::new(vantage, Budget::default(), 1);
    prober.cancel_flag().store(true, Ordering::Relaxed);
    for seen in observe(&prober, &Target::new("case1.example"), &Check::ALL[..6], NOW).await {
        assert_eq!((seen.verdict, seen.reason.code.as_str()), (Verdict::CouldNotMeasure, "cancelled"));
    }
    assert_eq!(testbed.questions(), 0);
}

#[tokio::test]
async fn old_evidence_is_judged_under_new_rules_without_a_packet() {
    let (testbed, vantage) =
        testbed(&[zone(1, |zone| zone.https = Https::Valid { days_left: 40 }), zone(2, |zone| zone.spf = Spf::TooManyLookups)]).await;
    let expiry = ask(&vantage, "case1.example", Check::HttpsExpiry).await;
    let spf = ask(&vantage, "case2.example", Check::Spf).await;
    assert_eq!((expiry.verdict, spf.verdict), (Verdict::Met, Verdict::NotMet));
    let before = testbed.questions();
    let strict = Rules { certificate_min_days: 60, spf_max_lookups: 20, ..Rules::baseline() };
    let again = |seen: &Seen, check| rejudge(check, &Evidence::read(&serde_json::to_string(&seen.evidence).unwrap()).unwrap(), &strict);
    assert_eq!(again(&expiry, Check::HttpsExpiry).reason.code, "expiry-soon");
    assert_eq!((spf.reason.data["count"].as_str(), again(&spf, Check::Spf).verdict), ("12", Verdict::Met));
    // What was never asked is not known, and nobody pretends to know it.
    assert_eq!(again(&spf, Check::Dnssec).reason.code, "not-in-evidence");
    assert_eq!(testbed.questions(), before);
}
