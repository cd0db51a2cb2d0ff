//! Runs: what is measured is kept once, changes are told, a stop is heard.

use engine::facts::{Check, Verdict};
use engine::judge::Profile;
use probe::testbed::{Dmarc, Failure, Zone};
use serde_json::json;

use super::{ask, bench_on, latest, measure, register, testbed};
use crate::base::actor::Scope;
use crate::base::{events, jobs};
use crate::measurements::run::{Asked, State};
use crate::measurements::setting::Wanted;
use crate::measurements::{actions, store};
use crate::testing::Bench;

async fn told(bench: &Bench) -> Vec<(String, String, String)> {
    let mut tx = bench.app.db.begin().await.unwrap();
    let events = events::take(&mut tx, "test", 100).await.unwrap();
    tx.commit().await.unwrap();
    let text = |event: &events::Event, name: &str| event.payload[name].as_str().unwrap_or("").to_owned();
    let of_targets = events.iter().filter(|event| event.kind != actions::RUN_END);
    of_targets.map(|event| (event.kind.clone(), text(event, "target"), text(event, "check"))).collect()
}

#[tokio::test]
async fn registered_domains_are_measured_and_a_change_is_told_once() {
    let weak = Zone { dmarc: Dmarc::None, ..Zone::good("a.go.jp") };
    let testbed = testbed(&[weak.clone(), Zone::good("b.go.jp"), Zone { failure: Some(Failure::ServFail), ..Zone::good("c.go.jp") }]).await;
    let bench = bench_on(&testbed).await;
    for (code, domain) in [("moa", "a.go.jp"), ("mob", "b.go.jp"), ("mob", "c.go.jp")] {
        register(&bench, code, domain).await;
    }
    let run = measure(&bench).await;
    let seen = latest(&bench).await;
    assert_eq!(seen.len(), 3 * Check::ALL.len());
    let verdict = |seen: &[crate::measurements::observation::Observation], target: &str, check: Check| {
        seen.iter().find(|one| one.target == target && one.check == check).unwrap().verdict
    };
    assert_eq!(verdict(&seen, "a.go.jp", Check::Dmarc), Verdict::NotMet);
    assert_eq!(verdict(&seen, "c.go.jp", Check::Spf), Verdict::CouldNotMeasure);
    // A good domain meets everything but what it has not: no selector is registered, and it sets no cookies.
    for check in Check::ALL {
        let wanted = match check {
            Check::Dkim => Verdict::CouldNotMeasure,
            Check::Cookies => Verdict::NotApplicable,
            _ => Verdict::Met,
        };
        assert_eq!(verdict(&seen, "b.go.jp", *check), wanted, "{}: {seen:#?}", check.as_str());
    }
    let stored = store::run(&mut bench.app.db.read().await.unwrap(), &Scope::Everything, &run).await.unwrap();
    assert_eq!((stored.state, stored.targets, stored.done), (State::Done, 3, 3));
    assert_eq!(stored.counts.decided() + stored.counts.unknown + stored.counts.not_applicable, seen.len() as u64);
    assert!(told(&bench).await.is_empty(), "a first measurement changes nothing");

    // The owner repairs the record; another one's zone breaks; a third cannot be asked.
    testbed.change(Zone::good("a.go.jp")).unwrap();
    testbed.change(Zone { dmarc: Dmarc::Missing, ..Zone::good("b.go.jp") }).unwrap();
    bench.set_time("2026-04-02T00:00:00Z");
    measure(&bench).await;
    let mut events = told(&bench).await;
    events.sort();
    let event = |kind: &str, target: &str| (format!("measurements.{kind}"), target.to_owned(), "dmarc".to_owned());
    assert_eq!(events, [event("decayed", "b.go.jp"), event("recovered", "a.go.jp")]);

    // In between it could not be measured: that is neither; afterwards it is told from what was known last.
    testbed.change(Zone { failure: Some(Failure::ServFail), ..Zone::good("b.go.jp") }).unwrap();
    bench.set_time("2026-04-03T00:00:00Z");
    measure(&bench).await;
    assert_eq!(told(&bench).await, []);
    testbed.change(Zone::good("b.go.jp")).unwrap();
    bench.set_time("2026-04-04T00:00:00Z");
    measure(&bench).await;
    assert_eq!(told(&bench).await, [event("recovered", "b.go.jp")]);

    let period = store::verdicts(&mut bench.app.db.read().await.unwrap(), "2026-04-01", "2026-04-02").await.unwrap();
    let of = |target: &str| period.iter().find(|one| one.target == target && one.check == Check::Dmarc).unwrap();
    assert_eq!((of("b.go.jp").verdict, of("b.go.jp").at.as_str()), (Verdict::NotMet, "2026-04-02T00:00:00Z"));
    assert_eq!(period.len(), seen.len());
}

#[tokio::test]
async fn a_job_that_runs_twice_measures_once() {
    let testbed = testbed(&[Zone::good("a.go.jp")]).await;
    let bench = bench_on(&testbed).await;
    register(&bench, "moa", "a.go.jp").await;
    let run = measure(&bench).await;
    let questions = testbed.questions();
    let cx = jobs::JobCx { app: bench.app.clone(), id: crate::base::id::Id::from_text("again") };
    crate::measurements::jobs::run(cx.clone(), json!({ "run": run })).await.unwrap();
    assert_eq!((latest(&bench).await.len(), testbed.questions()), (Check::ALL.len(), questions));
    // Even a run that was cut off before its end keeps what it has.
    let mut tx = bench.app.db.begin().await.unwrap();
    store::set_progress(&mut tx, &run, 1, 1, "").await.unwrap();
    jobs::enqueue(&mut tx, &cx.id, "measurements.run", "", &json!({ "run": run }), bench.app.clock.now(), bench.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    bench.run_jobs().await;
    assert_eq!((latest(&bench).await.len(), testbed.questions()), (Check::ALL.len(), questions));
}

#[tokio::test]
async fn a_wish_that_waits_is_not_doubled_and_can_be_stopped() {
    let testbed = testbed(&[Zone::good("a.go.jp")]).await;
    let bench = bench_on(&testbed).await;
    register(&bench, "moa", "a.go.jp").await;
    let asked = Asked { targets: vec!["A.go.jp.".into()], checks: vec!["spf".into()], ..Asked::default() };
    let run = ask(&bench, &asked).await;
    assert_eq!(ask(&bench, &asked).await, run);
    let mut work = bench.work().await;
    actions::cancel(&mut work, &run).await.unwrap();
    work.commit().await.unwrap();
    bench.run_jobs().await;
    assert_eq!((latest(&bench).await.len(), testbed.questions()), (0, 0));
    let mut work = bench.work().await;
    assert_eq!(actions::cancel(&mut work, &run).await.unwrap_err().status(), 409);
    drop(work);
    let again = ask(&bench, &asked).await;
    assert_ne!(again, run);
    bench.run_jobs().await;
    assert_eq!(latest(&bench).await.len(), 1);
}

#[tokio::test]
async fn a_run_that_is_stopped_keeps_what_it_has_and_ends() {
    let testbed = testbed(&[Zone { failure: Some(Failure::Silent), ..Zone::good("a.go.jp") }, Zone::good("b.go.jp")]).await;
    let bench = bench_on(&testbed).await;
    register(&bench, "moa", "a.go.jp").await;
    register(&bench, "moa", "b.go.jp").await;
    let run = ask(&bench, &Asked::default()).await;
    let job = store::run(&mut bench.app.db.read().await.unwrap(), &Scope::Everything, &run).await.unwrap().job_id.unwrap();
    // The wish to stop arrives while the job runs: it is written beside a job that has begun.
    let mut tx = bench.app.db.begin().await.unwrap();
    store::set_progress(&mut tx, &run, 0, 0, "2026-04-01T00:00:00Z").await.unwrap();
    tx.commit().await.unwrap();
    let app = bench.app.clone();
    let worker = tokio::spawn(async move { jobs::run_due(&app).await });
    while jobs::state(&mut bench.app.db.read().await.unwrap(), &job).await.unwrap().state == "waiting" {
        tokio::task::yield_now().await;
    }
    let mut work = bench.work().await;
    actions::cancel(&mut work, &run).await.unwrap();
    work.commit().await.unwrap();
    worker.await.unwrap().unwrap();
    let stored = store::run(&mut bench.app.db.read().await.unwrap(), &Scope::Everything, &run).await.unwrap();
    assert_eq!(stored.state, State::Cancelled);
    assert_eq!(jobs::state(&mut bench.app.db.read().await.unwrap(), &job).await.unwrap().state, "cancelled");
    assert!(latest(&bench).await.iter().all(|one| one.reason.code != "cancelled"));
}

#[tokio::test]
async fn only_the_register_is_measured() {
    let testbed = testbed(&[Zone::good("a.go.jp")]).await;
    let bench = bench_on(&testbed).await;
    let mut work = bench.work().await;
    assert_eq!(actions::run(&mut work, &Asked::default()).await.unwrap_err().status(), 422);
    drop(work);
    register(&bench, "moa", "a.go.jp").await;
    let mut work = bench.work().await;
    for (targets, checks, organisation) in [(vec!["b.go.jp"], vec![], ""), (vec![], vec!["nonsense"], ""), (vec![], vec![], "nobody")] {
        let own = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect();
        let asked = Asked { organisation: organisation.into(), targets: own(targets), checks: own(checks) };
        assert_eq!(actions::run(&mut work, &asked).await.unwrap_err().status(), 422, "{asked:?}");
    }
}

#[tokio::test]
async fn the_daily_run_begins_once_when_its_hour_has_come() {
    let testbed = testbed(&[Zone::good("a.go.jp")]).await;
    let bench = bench_on(&testbed).await;
    register(&bench, "moa", "a.go.jp").await;
    let runs = async || store::runs(&mut bench.app.db.read().await.unwrap(), &Scope::Everything, 10).await.unwrap().len();
    crate::measurements::jobs::plan(bench.app.clone()).await.unwrap();
    assert_eq!(runs().await, 0, "nobody has set an hour");
    let mut work = bench.work().await;
    let wanted = Wanted { by_kind: Default::default(), hour: Some(10), max_age_days: 30, profile: Some(Profile::Recommended), evidence_days: 400 };
    actions::set(&mut work, wanted).await.unwrap();
    work.commit().await.unwrap();
    // 09:00 in Japan, then 10:00 twice.
    for (time, count) in [("2026-04-01T00:59:59Z", 0), ("2026-04-01T01:00:00Z", 1), ("2026-04-01T02:00:00Z", 1), ("2026-04-02T01:00:00Z", 2)] {
        bench.set_time(time);
        crate::measurements::jobs::plan(bench.app.clone()).await.unwrap();
        bench.run_jobs().await;
        assert_eq!(runs().await, count, "{time}");
    }
}

#[tokio::test]
async fn kept_evidence_is_judged_again_under_other_rules_without_a_packet() {
    let testbed = testbed(&[Zone { dmarc: Dmarc::Quarantine, ..Zone::good("a.go.jp") }, Zone::good("b.go.jp")]).await;
    let bench = bench_on(&testbed).await;
    register(&bench, "moa", "a.go.jp").await;
    register(&bench, "mob", "b.go.jp").await;
    measure(&bench).await;
    told(&bench).await;
    let dmarc = async || latest(&bench).await.into_iter().find(|one| one.target == "a.go.jp" && one.check == Check::Dmarc).unwrap();
    let (before, packets) = (dmarc().await, testbed.questions());
    assert_eq!(before.verdict, Verdict::Met);

    let rejudge = async |profile: Profile| {
        bench.set_time("2026-05-01T00:00:00Z");
        let mut work = bench.work().await;
        let old = store::settings(&mut work.tx).await.unwrap();
        let wanted = Wanted { by_kind: old.suffixes.by_kind, hour: None, max_age_days: 30, profile: Some(profile), evidence_days: 400 };
        actions::set(&mut work, wanted).await.unwrap();
        let id = actions::run_from(&mut work, &Asked::default(), actions::REJUDGE).await.unwrap();
        work.commit().await.unwrap();
        bench.run_jobs().await;
        let run = store::run(&mut bench.app.db.read().await.unwrap(), &Scope::Everything, &id).await.unwrap();
        (run.state, run.counts.decided())
    };
    // Thirteen of the rules are stricter that can be decided here, for both domains: all is fine under either, one policy is too weak now.
    assert_eq!(rejudge(Profile::HighSecurity).await, (State::Done, 26));
    let after = dmarc().await;
    assert_eq!((after.verdict, after.reason.code.as_str(), after.rule_version.as_str()), (Verdict::NotMet, "dmarc-weak", "1-high-security"));
    assert_eq!((after.at.as_str(), after.source.as_str()), (before.at.as_str(), "rejudge"));
    // Judged again it adds nothing; nobody hears of a decay; a cycle's facts stay what they were.
    assert_eq!(rejudge(Profile::HighSecurity).await, (State::Done, 0));
    assert_eq!(told(&bench).await, []);
    let facts = store::verdicts(&mut bench.app.db.read().await.unwrap(), "2026-01-01", "2026-12-31").await.unwrap();
    assert!(facts.iter().all(|one| one.verdict != Verdict::NotMet), "{facts:?}");
    // And back again.
    assert_eq!(rejudge(Profile::Recommended).await, (State::Done, 26));
    assert_eq!((dmarc().await.verdict, testbed.questions()), (Verdict::Met, packets));
}
