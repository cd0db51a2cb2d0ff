//! Each authoritative server apart: every state of the check, and a server that others wrote.

mod support;

use std::time::Duration;

use formats::evidence::{Check, Target, Verdict};
use probe::Budget;
use probe::testbed::{Dnssec, Failure, Servers};
use support::measure;
use support::table::{NOW, table, testbed, zone};

#[tokio::test]
async fn name_server_states() {
    use Verdict::{CouldNotMeasure, Met, NotMet};
    let cases = [
        (Servers::Good, Met, "ns-ok"),
        (Servers::OneNetwork, Met, "ns-ok"),
        (Servers::NoIpv6, Met, "ns-ok"),
        (Servers::MappedIpv6, Met, "ns-ok"),
        (Servers::OneLame, NotMet, "ns-lame"),
        (Servers::OneRecursive, NotMet, "ns-lame"),
        (Servers::OneClosed, NotMet, "ns-closed"),
        (Servers::OneWithoutAddress, NotMet, "ns-without-address"),
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
async fn every_check_together_stays_within_both_budgets() {
    let zones = [
        zone(1, |_| {}),
        zone(2, |zone| zone.servers = Servers::OneOldSerial),
        zone(3, |zone| zone.failure = Some(Failure::LosesOne)),
        zone(4, |zone| zone.servers = Servers::OneSilent),
    ];
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
