//! One table for the states of one check: what the testbed publishes, and what must be said of it.

use engine::judge::{Rules, rejudge};
use formats::evidence::{Check, Evidence, Target, Verdict};
use probe::testbed::{Testbed, Zone};
use probe::{Budget, Vantage};

use super::{Seen, measure};

/// When everything happens.
pub const NOW: i64 = 1_790_000_000;

/// The testbed with `zones`, and a function's worth of patience.
pub async fn testbed(zones: &[Zone]) -> (Testbed, Vantage) {
    let testbed = Testbed::start(zones, NOW, 7).await.unwrap();
    let vantage = testbed.vantage("test");
    (testbed, vantage)
}

/// One check of one domain.
pub async fn ask(vantage: &Vantage, domain: &str, check: Check) -> Seen {
    let mut all = measure(vantage, &Target::new(domain), &[check], Budget::default(), NOW).await;
    assert_eq!(all.len(), 1);
    all.remove(0)
}

/// Makes one zone per case, asks `check` about it and compares state and reason.
pub async fn table(check: Check, cases: Vec<(Zone, Verdict, &str)>) {
    let zones: Vec<Zone> = cases.iter().map(|(zone, ..)| zone.clone()).collect();
    let (_testbed, vantage) = testbed(&zones).await;
    for (zone, state, code) in &cases {
        complete(&ask(&vantage, &zone.domain, check).await, &zone.domain, *state, code);
    }
}

/// What was seen has this state for this reason, says all a person needs, and can be judged again.
pub fn complete(seen: &Seen, domain: &str, state: Verdict, code: &str) {
    assert_eq!((seen.verdict, seen.reason.code.as_str()), (state, code), "{domain}: {seen:#?}");
    assert_eq!(seen.evidence.target.domain, domain);
    assert!(!seen.command.is_empty() && !seen.expected.ja.is_empty() && !seen.expected.en.is_empty(), "{seen:#?}");
    for reason in std::iter::once(&seen.reason).chain(&seen.notes) {
        assert!(!reason.text.ja.contains('{') && !reason.text.en.contains('{'), "{reason:?}");
    }
    if seen.verdict == Verdict::NotMet {
        assert!(!seen.remedy.is_empty() && !seen.observed.ja.is_empty(), "{seen:#?}");
    }
    let json = serde_json::to_string(&seen.evidence).unwrap();
    assert!(json.len() < 60_000, "{}", json.len());
    // Kept evidence gives the same judgement, and asks nobody.
    assert_eq!(rejudge(seen.check, &Evidence::read(&json).unwrap(), &Rules::baseline()), seen.judgement);
}

/// One case: a good domain, changed.
pub fn zone(at: usize, change: impl FnOnce(&mut Zone)) -> Zone {
    let mut zone = Zone::good(format!("case{at}.example"));
    change(&mut zone);
    zone
}
