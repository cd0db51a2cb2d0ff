//! Every state of DKIM keys, for selectors known in every way.

mod support;

use std::time::Duration;

use engine::judge::{FAMILIES, Profile, Rules, rejudge};
use formats::evidence::{Check, Selector, Target, Verdict};
use probe::testbed::dkim::{RSA_2048, SELECTOR};
use probe::testbed::{Dkim, Failure, Mx, Zone};
use probe::{Budget, Vantage};
use support::table::{NOW, complete, testbed, zone};
use support::{Seen, measure};

/// The DKIM check of `domain`, where `selectors` are known.
async fn keys(vantage: &Vantage, domain: &str, selectors: &[Selector]) -> Seen {
    let target = Target::new(domain).with_selectors(selectors);
    measure(vantage, &target, &[Check::Dkim], Budget::default(), NOW).await.remove(0)
}

fn notes(seen: &Seen) -> Vec<&str> {
    seen.notes.iter().map(|note| note.code.as_str()).collect()
}

/// Domain, what is known of it, and what that makes: state, reason and notes.
type Known<'a> = (&'a str, Vec<Selector>, Verdict, &'a str, &'a [&'a str]);

fn known() -> [Selector; 1] {
    [Selector::registered(SELECTOR)]
}

/// A zone with one more key at `selector`.
fn with_key(zone: Zone, selector: &str, record: &str) -> Zone {
    zone.with(&format!("{selector}._domainkey"), "TXT", record)
}

#[tokio::test]
async fn dkim_states() {
    use Verdict::{Met, NotMet};
    let cases: Vec<(Dkim, Verdict, &str, &str, &[&str])> = vec![
        (Dkim::Rsa2048, Met, "dkim-ok", "s1: RSA 2048", &[]),
        (Dkim::Rsa4096, Met, "dkim-ok", "s1: RSA 4096", &[]),
        (Dkim::Ed25519, Met, "dkim-ok", "s1: Ed25519", &["dkim-ed25519"]),
        (Dkim::Testing, Met, "dkim-ok", "s1: RSA 2048", &["dkim-testing"]),
        (Dkim::Alias, Met, "dkim-ok", "s1: RSA 2048", &[]),
        (Dkim::Rsa1024, NotMet, "dkim-key-weak", "s1: RSA 1024", &[]),
        (Dkim::Rsa512, NotMet, "dkim-key-ignored", "s1: RSA 512", &[]),
        (Dkim::Revoked, NotMet, "dkim-revoked", "s1: p=", &[]),
        (Dkim::AllRevoked, NotMet, "dkim-revoked", "s1: p=", &[]),
        (Dkim::Missing, NotMet, "dkim-missing", "s1: —", &[]),
        (Dkim::NoText, NotMet, "dkim-no-key", "s1: —", &[]),
        (Dkim::OtherText, NotMet, "dkim-no-key", "s1: —", &[]),
        (Dkim::TwoRecords, NotMet, "dkim-two-records", "s1: ×2", &[]),
        (Dkim::Garbage, NotMet, "dkim-invalid", "s1: !", &[]),
        (Dkim::NotAKey, NotMet, "dkim-key-unreadable", "s1: !", &[]),
        (Dkim::Wrapped, NotMet, "dkim-key-unreadable", "s1: !", &[]),
        (Dkim::UnknownKind, NotMet, "dkim-key-unknown", "s1: !", &[]),
        (Dkim::OnlySha1, NotMet, "dkim-sha1-only", "s1: !", &[]),
        (Dkim::OtherService, NotMet, "dkim-not-for-mail", "s1: !", &[]),
    ];
    let mut zones: Vec<Zone> = cases.iter().enumerate().map(|(at, (dkim, ..))| zone(at, |zone| zone.dkim = *dkim)).collect();
    zones.push(with_key(Zone::good("provider.example"), "key", &format!("v=DKIM1; p={RSA_2048}")));
    let (testbed, vantage) = testbed(&zones).await;
    for ((_, state, code, value, noted), zone) in cases.iter().zip(&zones) {
        let seen = keys(&vantage, &zone.domain, &known()).await;
        complete(&seen, &zone.domain, *state, code);
        assert_eq!((seen.value.as_str(), notes(&seen).as_slice()), (*value, *noted), "{seen:#?}");
        // Not one of them is a fault of a domain whose selectors nobody knows.
        let unknown = keys(&vantage, &zone.domain, &[]).await;
        complete(&unknown, &zone.domain, Verdict::CouldNotMeasure, "dkim-no-selector");
    }
    // The key is gone at the provider.
    testbed.change(Zone::good("provider.example")).unwrap();
    let alias = cases.iter().position(|case| case.0 == Dkim::Alias).unwrap();
    let seen = keys(&vantage, &zones[alias].domain, &known()).await;
    complete(&seen, &zones[alias].domain, NotMet, "dkim-alias-broken");
    assert_eq!(seen.reason.data["target"], "key._domainkey.provider.example");
}

#[tokio::test]
async fn remedies_are_lines_to_publish() {
    let (_testbed, vantage) = testbed(&[
        zone(1, |zone| zone.dkim = Dkim::OnlySha1),
        zone(2, |zone| zone.dkim = Dkim::TwoRecords),
        zone(3, |zone| zone.dkim = Dkim::Missing),
    ])
    .await;
    let seen = keys(&vantage, "case1.example", &known()).await;
    let (first, second) = seen.remedy.strip_prefix("s1._domainkey.case1.example. IN TXT \"").unwrap().split_once("\" \"").unwrap();
    assert_eq!((first.len(), format!("{first}{second}")), (255, format!("v=DKIM1; k=rsa; p={RSA_2048}\"")));
    assert!(keys(&vantage, "case2.example", &known()).await.remedy.contains(&RSA_2048[..200]));
    let seen = keys(&vantage, "case3.example", &known()).await;
    assert_eq!(seen.remedy, "s1._domainkey.case3.example. IN TXT \"v=DKIM1; k=rsa; p=<new public key>\"");
    assert!(seen.command.ends_with(" s1._domainkey.case3.example TXT"), "{}", seen.command);
}

#[tokio::test]
async fn what_the_absence_of_a_key_means_depends_on_where_its_selector_is_known_from() {
    use Verdict::{CouldNotMeasure, Met, NotMet};
    let revoked = with_key(zone(2, |_| {}), "old", "v=DKIM1; p=");
    let weak = with_key(zone(3, |_| {}), "old", "v=DKIM1; p=TUZ3");
    let (_testbed, vantage) =
        testbed(&[zone(1, |_| {}), revoked, weak, zone(4, |zone| zone.dkim = Dkim::Missing), zone(5, |zone| zone.dkim = Dkim::Rsa1024)]).await;
    let (registered, reported, inferred) = (Selector::registered, |name| Selector::reported(name, NOW - 86_400), Selector::inferred);
    let cases: Vec<Known> = vec![
        // Another key is good: what only reports tell of may be gone, what the owner registered may not.
        ("case1.example", vec![registered("s1"), reported("old")], Met, "dkim-ok", &["dkim-selector-gone"]),
        ("case1.example", vec![reported("s1"), reported("old")], Met, "dkim-ok", &["dkim-selector-gone"]),
        ("case1.example", vec![reported("s1"), inferred("old")], Met, "dkim-ok", &[]),
        ("case1.example", vec![inferred("s1")], Met, "dkim-ok", &[]),
        ("case1.example", vec![reported("s1"), registered("old")], NotMet, "dkim-missing", &[]),
        ("case1.example", vec![registered("s1"), registered("not one")], Met, "dkim-ok", &["dkim-selector-invalid"]),
        // Revoking is how a key is withdrawn.
        ("case2.example", vec![registered("s1"), registered("old")], Met, "dkim-ok", &["dkim-selector-revoked"]),
        ("case2.example", vec![reported("old")], NotMet, "dkim-revoked", &[]),
        // A weak key works, so that the other one is an old one.
        ("case5.example", vec![reported("s1"), reported("old")], NotMet, "dkim-key-weak", &["dkim-selector-gone"]),
        // A bad key that is published harms whoever uses it.
        ("case3.example", vec![registered("s1"), reported("old")], NotMet, "dkim-key-unreadable", &[]),
        // Nothing is good: what signed mail once does so no more. A guess stays a guess.
        ("case4.example", vec![reported("old")], NotMet, "dkim-missing", &[]),
        ("case4.example", vec![reported("old"), registered("s1")], NotMet, "dkim-missing", &["dkim-missing"]),
        ("case4.example", vec![inferred("old"), inferred("older")], CouldNotMeasure, "dkim-no-selector", &[]),
        ("case4.example", vec![registered("not one")], CouldNotMeasure, "dkim-no-selector", &["dkim-selector-invalid"]),
    ];
    for (domain, selectors, state, code, noted) in cases {
        let seen = keys(&vantage, domain, &selectors).await;
        complete(&seen, domain, state, code);
        assert_eq!(notes(&seen), noted, "{selectors:?}");
    }
}

#[tokio::test]
async fn a_domain_without_mail_revokes_all_keys_by_a_wildcard() {
    use Verdict::{CouldNotMeasure, Met, NotApplicable, NotMet};
    let without = |at, dkim, mx| zone(at, |zone| (zone.dkim, zone.mx) = (dkim, mx));
    let (_testbed, vantage) = testbed(&[
        without(1, Dkim::AllRevoked, Mx::Null),
        without(2, Dkim::AllRevoked, Mx::Missing),
        without(3, Dkim::Missing, Mx::Null),
        without(4, Dkim::Revoked, Mx::Null),
        without(5, Dkim::Rsa1024, Mx::Null),
    ])
    .await;
    for domain in ["case1.example", "case2.example"] {
        complete(&keys(&vantage, domain, &[]).await, domain, Met, "dkim-all-revoked");
        complete(&keys(&vantage, domain, &known()).await, domain, Met, "dkim-all-revoked");
    }
    let seen = keys(&vantage, "case3.example", &[]).await;
    complete(&seen, "case3.example", NotApplicable, "no-mail");
    assert_eq!(seen.remedy, "*._domainkey.case3.example. IN TXT \"v=DKIM1; p=\"");
    complete(&keys(&vantage, "case3.example", &[Selector::reported("old", NOW)]).await, "case3.example", NotApplicable, "no-mail");
    complete(&keys(&vantage, "case4.example", &known()).await, "case4.example", Met, "dkim-all-revoked");
    // It takes no mail and yet sends some: the owner says so.
    complete(&keys(&vantage, "case3.example", &known()).await, "case3.example", NotMet, "dkim-missing");
    complete(&keys(&vantage, "case5.example", &known()).await, "case5.example", NotMet, "dkim-key-weak");
    complete(&keys(&vantage, "nowhere.example", &[]).await, "nowhere.example", CouldNotMeasure, "no-such-domain");
}

#[tokio::test]
async fn a_selector_that_does_not_answer_is_no_fault() {
    use Verdict::{CouldNotMeasure, Met, NotMet};
    let silent = |name: &str| Zone { failure: Some(Failure::Silent), ..Zone::good(name) };
    let failing = Zone { failure: Some(Failure::ServFail), ..Zone::good("slow._domainkey.case2.example") };
    let zones = [
        zone(1, |_| {}),
        silent("slow._domainkey.case1.example"),
        zone(2, |_| {}),
        failing,
        zone(3, |zone| zone.dkim = Dkim::Rsa512),
        silent("slow._domainkey.case3.example"),
    ];
    let (_testbed, mut vantage) = testbed(&zones).await;
    vantage.dns_timeout = Duration::from_millis(60);
    let (s1, slow) = (Selector::registered("s1"), Selector::registered("slow"));
    let seen = keys(&vantage, "case1.example", &[s1.clone(), slow.clone()]).await;
    complete(&seen, "case1.example", CouldNotMeasure, "timeout");
    assert_eq!(seen.value, "s1: RSA 2048, slow: ?");
    complete(&keys(&vantage, "case2.example", &[s1.clone(), slow.clone()]).await, "case2.example", CouldNotMeasure, "server-failure");
    // Only reports tell of it, and another key is good.
    let seen = keys(&vantage, "case1.example", &[s1.clone(), Selector::reported("slow", NOW)]).await;
    complete(&seen, "case1.example", Met, "dkim-ok");
    assert_eq!(notes(&seen), ["dkim-selector-unanswered"]);
    // The only other key may be good, so that what is gone decides nothing.
    let gone = [Selector::reported("gone", NOW), Selector::reported("slow", NOW)];
    complete(&keys(&vantage, "case1.example", &gone).await, "case1.example", CouldNotMeasure, "timeout");
    // A fault that was seen stays one.
    let seen = keys(&vantage, "case3.example", &[s1, slow]).await;
    complete(&seen, "case3.example", NotMet, "dkim-key-ignored");
    assert_eq!(notes(&seen), ["dkim-selector-unanswered"]);
}

#[tokio::test]
async fn selectors_cost_one_question_each_and_are_bounded() {
    let mut many = zone(1, |_| {});
    for at in 0..12 {
        many = with_key(many, &format!("r{at}"), &format!("v=DKIM1; p={RSA_2048}"));
    }
    let (testbed, vantage) = testbed(&[many]).await;
    let cost = async |selectors: &[Selector], checks: &[Check]| {
        let before = testbed.questions();
        let target = Target::new("case1.example").with_selectors(selectors);
        let seen = measure(&vantage, &target, checks, Budget::default(), NOW).await;
        (testbed.questions() - before, seen)
    };
    let reported: Vec<Selector> = (0..12).map(|at| Selector::reported(format!("r{at}"), NOW - at)).collect();
    let (asked, seen) = cost(&reported, &[Check::Dkim]).await;
    assert_eq!((asked, seen[0].value.as_str()), (4, "r0: RSA 2048, r1: RSA 2048, r2: RSA 2048, r3: RSA 2048"));
    assert_eq!((notes(&seen[0]), seen[0].notes[0].data["count"].as_str()), (vec!["dkim-selectors-unasked"], "8"));
    // None of those asked for is there; one of the others may be.
    let gone: Vec<Selector> = (0..4).map(|at| Selector::reported(format!("gone{at}"), NOW)).chain(reported.clone()).collect();
    let (asked, seen) = cost(&gone, &[Check::Dkim]).await;
    complete(&seen[0], "case1.example", Verdict::CouldNotMeasure, "dkim-selectors-unasked");
    assert_eq!((asked, notes(&seen[0]).len()), (4, 0));
    // Beside all other checks of mail: no more than one question for each selector, and within what a domain may cost on average.
    let mail: Vec<Check> =
        FAMILIES.iter().filter(|(family, _)| matches!(*family, "mail" | "transport")).flat_map(|(_, checks)| *checks).copied().collect();
    let without: Vec<Check> = mail.iter().copied().filter(|check| *check != Check::Dkim).collect();
    let ((plain, _), (one, _)) = (cost(&known(), &without).await, cost(&known(), &mail).await);
    assert_eq!(one, plain + 1);
    assert!(one <= 20, "{one}");
    let ((all, seen), (none, _)) = (cost(&reported, &mail).await, cost(&[], &mail).await);
    assert_eq!((all, none), (plain + 4, plain));
    assert!(
        all <= Budget::default().max_queries_per_domain && seen.iter().all(|one| one.verdict == Verdict::Met || one.check == Check::DomainSuffix)
    );
}

#[tokio::test]
async fn kept_keys_are_judged_under_other_profiles() {
    let (testbed, vantage) = testbed(&[zone(1, |zone| zone.dkim = Dkim::Rsa1024)]).await;
    let seen = keys(&vantage, "case1.example", &known()).await;
    let before = testbed.questions();
    for (profile, state, code) in [
        (Profile::Recommended, Verdict::NotMet, "dkim-key-weak"),
        (Profile::HighSecurity, Verdict::NotMet, "dkim-key-weak"),
        (Profile::Exception, Verdict::Met, "dkim-ok"),
    ] {
        let again = rejudge(Check::Dkim, &seen.evidence, &Rules::of(profile));
        assert_eq!((again.verdict, again.reason.code.as_str()), (state, code));
    }
    assert_eq!(testbed.questions(), before);
}
