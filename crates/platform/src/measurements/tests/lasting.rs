//! Since when: the statement agrees with the rule whatever happened, and the pages say it.

use engine::facts::{Check, Verdict};
use probe::testbed::{Dmarc, Failure, Zone};

use super::{bench_on, measure, register, testbed};
use crate::base::actor::{Role, Scope};
use crate::base::id::Id;
use crate::measurements::evidence::Proof;
use crate::measurements::observation::{New, Observation, Reason, Text};
use crate::measurements::run::{Asked, Counts, Run, State};
use crate::measurements::series::{Series, series};
use crate::measurements::{actions, store};
use crate::testing::Bench;

/// A run that is over, to hang observations on.
async fn past_run(bench: &Bench, origin: &str) -> Run {
    let mut work = bench.work().await;
    let run = Run {
        id: work.id(),
        organisation_id: bench.organisation("moa").await.id,
        origin: origin.into(),
        whole: true,
        asked: Asked::default(),
        asked_by: "test".into(),
        state: State::Done,
        job_id: None,
        created_at: work.stamp(),
        started_at: None,
        finished_at: None,
        targets: 0,
        done: 0,
        counts: Counts::default(),
    };
    store::insert_run(&mut work.tx, &run).await.unwrap();
    work.audit("", "measurements", "test.run", "", serde_json::json!({})).await.unwrap();
    work.commit().await.unwrap();
    run
}

fn new(bench: &Bench, run: &Run, target: &str, verdict: Verdict, at: &str, number: usize) -> New {
    New {
        origin: format!("{target}/{number}"),
        proof: Proof::whole(Id::new(bench.app.clock.now(), &bench.app.entropy), at, "").unwrap(),
        observation: Observation {
            id: Id::new(bench.app.clock.now(), &bench.app.entropy),
            organisation_id: run.organisation_id.clone(),
            system_id: None,
            target: target.into(),
            check: Check::Spf,
            verdict,
            in_force: true,
            reason: Reason::default(),
            notes: Vec::new(),
            value: String::new(),
            observed: Text::default(),
            expected: Text::default(),
            remedy: String::new(),
            who: Text::default(),
            command: String::new(),
            evidence_hash: String::new(),
            rule_id: "spf".into(),
            rule_version: "1".into(),
            clause: String::new(),
            vantage: "test".into(),
            at: at.into(),
            lists: Default::default(),
            source: "probe".into(),
            run_id: run.id.clone(),
        },
    }
}

#[tokio::test]
async fn the_statement_agrees_with_the_rule_whatever_happened() {
    let testbed = testbed(&[]).await;
    let bench = bench_on(&testbed).await;
    let run = past_run(&bench, "person").await;
    // Any order of any verdicts, several at one moment (judged again), some that arrive late (imported).
    let mut state = 20_260_401_u64;
    let mut dice = |sides: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % sides
    };
    for number in 0..9 {
        let mut some = Vec::new();
        for target in 0..150 {
            let verdict = [Verdict::Met, Verdict::NotMet, Verdict::NotMet, Verdict::NotApplicable, Verdict::CouldNotMeasure][dice(5) as usize];
            let at = format!("2026-03-0{}T00:00:00Z", 1 + dice(7));
            if dice(8) > 0 {
                some.push(new(&bench, &run, &format!("t{target}.go.jp"), verdict, &at, number));
            }
        }
        let mut work = bench.work().await;
        actions::record(&mut work, &run, some).await.unwrap();
        work.commit().await.unwrap();
    }
    let mut tx = bench.app.db.read().await.unwrap();
    let since = store::since_decided(&mut tx, &Scope::Everything).await.unwrap();
    let latest = store::latest(&mut tx, &Scope::Everything).await.unwrap();
    assert_eq!(latest.len(), 150);
    let mut seen = [0; 2];
    for one in latest {
        let readings = store::readings(&mut tx, &Scope::Everything, (&one.organisation_id, &one.target), "", 100).await.unwrap();
        let rule = series(readings.iter());
        let key = (one.organisation_id.clone(), one.target.clone(), one.check);
        let of = store::since_of(&mut tx, &Scope::Everything, &one).await.unwrap();
        if one.verdict == Verdict::CouldNotMeasure {
            assert_eq!((since.get(&key), of), (None, None), "{readings:?}");
            seen[0] += 1;
        } else {
            let found = since.get(&key).map(|since| Series { verdict: one.verdict, since: since.clone() });
            assert_eq!(found, rule, "{readings:?}");
            assert_eq!(of, rule.map(|rule| rule.since), "{readings:?}");
            seen[1] += 1;
        }
    }
    assert!(seen[0] > 10 && seen[1] > 80, "{seen:?}");
    // A key in nobody's reach is in nobody's answer.
    assert!(store::since(&mut tx, &Scope::Paths(vec!["/elsewhere/".into()]), Verdict::NotMet).await.unwrap().is_empty());
}

#[tokio::test]
async fn pages_say_since_when_and_show_the_history_as_a_strip() {
    let testbed = testbed(&[Zone { dmarc: Dmarc::None, ..Zone::good("a.go.jp") }]).await;
    let bench = bench_on(&testbed).await;
    register(&bench, "moa", "a.go.jp").await;
    bench.account("ciso@example.test", Role::Ciso, "moa").await;
    let moa = bench.organisation("moa").await;
    // Never measured: nothing to draw, and the page says what to do.
    let organisation = format!("/measurements/organisations/{}?lang=en", moa.id);
    let page = bench.get_as("ciso@example.test", &organisation).await;
    assert!(page.body.contains("Nothing is unmet") && page.body.contains("never measured"), "{}", page.body);
    measure(&bench).await;
    for (day, zone) in [
        ("02", Zone { failure: Some(Failure::ServFail), ..Zone::good("a.go.jp") }),
        ("03", Zone { dmarc: Dmarc::None, ..Zone::good("a.go.jp") }),
        ("04", Zone { dmarc: Dmarc::None, ..Zone::good("a.go.jp") }),
    ] {
        testbed.change(zone).unwrap();
        bench.set_time(&format!("2026-04-{day}T00:00:00Z"));
        measure(&bench).await;
    }
    // Since the first day: what could not be measured in between changed nothing.
    let page = bench.get_as("ciso@example.test", &organisation).await;
    assert!(page.body.contains("2026-04-01 (3 days)") && page.body.contains("v=DMARC1"), "{}", page.body);
    let overview = bench.get_as("ciso@example.test", "/measurements?lang=ja").await;
    assert!(overview.body.contains("2026-04-01（3日）") && overview.body.contains("いつから"), "{}", overview.body);
    let (_, rest) = page.body.split_once("/measurements/targets/").unwrap();
    let target = format!("/measurements/targets/{}", rest.split('"').next().unwrap());
    for (lang, words) in [
        (
            "ja",
            ["a.go.jpの判定の移り変わり", "DMARC / 2026-04-01 09:00 JST: 不適合", "SPF / 2026-04-02 09:00 JST: 測定不能", "いま不適合の項目：DMARC<"],
        ),
        (
            "en",
            [
                "Verdicts of a.go.jp over time",
                "DMARC / 2026-04-01 09:00 JST: not met",
                "SPF / 2026-04-02 09:00 JST: could not measure",
                "Not met now: DMARC<",
            ],
        ),
    ] {
        let page = bench.get_as("ciso@example.test", &format!("{target}?lang={lang}")).await;
        for words in words {
            assert!(page.body.contains(words), "{words}: {}", page.body);
        }
        // The same as a table.
        assert!(page.body.contains("<td>2026-04-03 09:00 JST</td>"), "{}", page.body);
    }
    let weak = super::latest(&bench).await.into_iter().find(|one| one.check == Check::Dmarc).unwrap();
    let page = bench.get_as("ciso@example.test", &format!("/measurements/observations/{}?lang=en", weak.id)).await;
    assert!(page.body.contains("2026-04-01 (3 days)") && page.body.contains("DMARC / 2026-04-02 09:00 JST: could not measure"), "{}", page.body);
    assert!(!page.body.contains("SPF / 2026-04-02"), "only its own check");
}
