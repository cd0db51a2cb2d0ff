//! Raw evidence: every exchange of a visit is kept once, comes back letter by letter, and is dropped when its time is over.

use engine::facts::{Check, Verdict};
use engine::judge::Profile;
use probe::testbed::{Dmarc, Failure, Testbed, Zone};
use serde_json::{Value, json};

use super::{ask, bench_on, latest, measure, register, testbed};
use crate::args;
use crate::base::actor::{Role, Scope};
use crate::base::audit::sha256;
use crate::base::jobs::JobCx;
use crate::measurements::evidence::{Kept, Raw};
use crate::measurements::observation::{Observation, ObservationId};
use crate::measurements::run::Asked;
use crate::measurements::setting::Wanted;
use crate::measurements::store::Wanted as Sought;
use crate::measurements::{actions, jobs, retention, store};
use crate::testing::Bench;

const CENTRE: &str = "centre@example.test";

async fn one_domain(zone: Zone) -> (Bench, Testbed) {
    let testbed = testbed(&[zone]).await;
    let bench = bench_on(&testbed).await;
    register(&bench, "moa", "a.go.jp").await;
    bench.account(CENTRE, Role::Evaluator, "centre").await;
    (bench, testbed)
}

async fn number(bench: &Bench, sql: &str) -> i64 {
    bench.app.db.read().await.unwrap().one(sql, &[]).await.unwrap().get("n").unwrap()
}

async fn packs(bench: &Bench) -> i64 {
    number(bench, "SELECT COUNT(*) AS n FROM evidence_pack").await
}

/// Every observation there is.
async fn all(bench: &Bench) -> Vec<Observation> {
    let wanted = Sought { count: 1_000, ..Sought::default() };
    let kept = store::batch(&mut bench.app.db.read().await.unwrap(), &Scope::Everything, &wanted).await.unwrap();
    kept.into_iter().map(|one| one.observation).collect()
}

async fn raw(bench: &Bench, one: &Observation) -> Raw {
    store::evidence(&mut bench.app.db.read().await.unwrap(), &one.id).await.unwrap()
}

async fn kept(bench: &Bench, one: &Observation) -> Kept {
    raw(bench, one).await.kept().unwrap()
}

/// What holds always: the hash of an observation is that of its evidence as it is read. Gives how many observations have lost theirs.
async fn verified(bench: &Bench) -> usize {
    let (all, mut dropped) = (all(bench).await, 0);
    let ids: Vec<&ObservationId> = all.iter().map(|one| &one.id).collect();
    let together = store::evidence_of(&mut bench.app.db.read().await.unwrap(), &ids).await.unwrap();
    for one in &all {
        match raw(bench, one).await {
            Raw::Kept(kept) => {
                assert_eq!(sha256(kept.text.as_bytes()), one.evidence_hash, "{one:?}");
                assert_eq!(together.get(&one.id), Some(&kept));
            }
            Raw::Dropped { .. } => {
                assert_eq!(together.get(&one.id), None);
                dropped += 1;
            }
        }
    }
    dropped
}

/// Sets the profile, the suffixes of ministries and the days.
async fn set(bench: &Bench, profile: Profile, suffix: &str, evidence_days: i64) {
    let mut work = bench.work().await;
    let by_kind = [("ministry".to_owned(), vec![suffix.to_owned()])].into();
    let wanted = Wanted { by_kind, hour: None, max_age_days: 30, profile: Some(profile), evidence_days };
    actions::set(&mut work, wanted).await.unwrap();
    work.commit().await.unwrap();
}

async fn rejudge(bench: &Bench) {
    let mut work = bench.work().await;
    actions::run_from(&mut work, &Asked::default(), actions::REJUDGE).await.unwrap();
    work.commit().await.unwrap();
    bench.run_jobs().await;
}

#[tokio::test]
async fn a_visit_is_one_pack_and_each_check_has_its_part_of_it() {
    let (bench, testbed) = one_domain(Zone { dmarc: Dmarc::Quarantine, ..Zone::good("a.go.jp") }).await;
    measure(&bench).await;
    assert_eq!((packs(&bench).await, verified(&bench).await), (1, 0));
    let (mut texts, mut exchanges) = (0, std::collections::BTreeSet::new());
    for one in latest(&bench).await {
        let Kept { text, .. } = kept(&bench, &one).await;
        texts += text.len() as i64;
        let value: Value = serde_json::from_str(&text).unwrap();
        exchanges.extend(value["exchanges"].as_array().unwrap().iter().map(Value::to_string));
    }
    let octets = number(&bench, "SELECT CAST(LENGTH(octets) AS BIGINT) AS n FROM evidence_pack").await;
    assert!(octets * 8 < texts && exchanges.len() > 40, "{octets} octets for {texts} of text, {} exchanges", exchanges.len());

    // Judged again under other rules: another part of the same pack, or the same one.
    let packets = testbed.questions();
    set(&bench, Profile::HighSecurity, "go.jp", 400).await;
    rejudge(&bench).await;
    let judged: Vec<Observation> = latest(&bench).await.into_iter().filter(|one| one.source == "rejudge").collect();
    assert!(judged.len() > 5 && judged.iter().any(|one| one.verdict == Verdict::NotMet));
    assert_eq!((packs(&bench).await, verified(&bench).await, testbed.questions()), (1, 0, packets));
    // Under another list of suffixes the frame is another, and still nothing that was heard is written twice.
    set(&bench, Profile::Recommended, "example.jp", 400).await;
    rejudge(&bench).await;
    let moved = latest(&bench).await.into_iter().find(|one| one.check == Check::DomainSuffix).unwrap();
    assert_eq!((moved.verdict, moved.source.as_str()), (Verdict::NotMet, "rejudge"));
    let text = kept(&bench, &moved).await.text;
    assert!(text.contains("example.jp") && !text.contains("\"go.jp\""), "{text}");
    assert_eq!((packs(&bench).await, verified(&bench).await), (1, 0));
}

#[tokio::test]
async fn what_was_kept_before_there_were_packs_is_read_shown_and_judged_again() {
    let (bench, _testbed) = one_domain(Zone { dmarc: Dmarc::Quarantine, ..Zone::good("a.go.jp") }).await;
    measure(&bench).await;
    // As an earlier version left it.
    let mut tx = bench.app.db.begin().await.unwrap();
    for one in latest(&bench).await {
        let text = store::evidence(&mut tx, &one.id).await.unwrap().kept().unwrap().text;
        tx.run("INSERT INTO observation_evidence (id, raw) VALUES ($1, $2)", args![&one.id, text]).await.unwrap();
    }
    tx.script("DELETE FROM evidence_use; DELETE FROM evidence_pack").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(verified(&bench).await, 0);
    let dmarc = latest(&bench).await.into_iter().find(|one| one.check == Check::Dmarc).unwrap();
    let page = bench.get_as(CENTRE, &format!("/measurements/observations/{}", dmarc.id)).await;
    assert!(page.body.contains("_dmarc.a.go.jp") && page.body.contains("&#34;exchanges&#34;"), "{}", page.body);
    set(&bench, Profile::HighSecurity, "go.jp", 30).await;
    rejudge(&bench).await;
    let judged = latest(&bench).await.into_iter().find(|one| one.check == Check::Dmarc).unwrap();
    assert_eq!((judged.verdict, verified(&bench).await), (Verdict::NotMet, 0));
    assert!(packs(&bench).await > 0);
    // Its time ends like that of any other.
    bench.set_time("2026-06-01T00:00:00Z");
    measure(&bench).await;
    tidy(&bench).await;
    // The zone's signatures have expired by then, so that it could not be told any more whether they are good: the last verdict stays.
    let left = "SELECT ob.check_id FROM observation_evidence e JOIN observation ob ON ob.id = e.id";
    let left = bench.app.db.read().await.unwrap().all(left, &[]).await.unwrap();
    let left: Vec<String> = left.iter().map(|row| row.get("check_id").unwrap()).collect();
    assert_eq!(left, ["dnssec"]);
    assert!(matches!(raw(&bench, &dmarc).await, Raw::Dropped { .. }));
    assert!(verified(&bench).await >= Check::ALL.len());
}

async fn tidy(bench: &Bench) -> i64 {
    let drops = "SELECT COUNT(*) AS n FROM audit WHERE verb = 'evidence.drop'";
    let before = number(bench, drops).await;
    retention::jobs::plan(bench.app.clone()).await.unwrap();
    bench.run_jobs().await;
    number(bench, drops).await - before
}

#[tokio::test]
async fn evidence_is_dropped_when_its_time_is_over_and_nobody_needs_it() {
    let (bench, testbed) = one_domain(Zone::good("a.go.jp")).await;
    set(&bench, Profile::Recommended, "go.jp", 0).await;
    measure(&bench).await;
    bench.set_time("2026-04-02T00:00:00Z");
    measure(&bench).await;
    testbed.change(Zone { failure: Some(Failure::ServFail), ..Zone::good("a.go.jp") }).unwrap();
    for time in ["2026-04-03T00:00:00Z", "2026-06-10T00:00:00Z"] {
        bench.set_time(time);
        measure(&bench).await;
    }
    assert_eq!((packs(&bench).await, tidy(&bench).await), (4, 0), "kept for ever, where that is set");
    set(&bench, Profile::Recommended, "go.jp", 30).await;
    assert_eq!(tidy(&bench).await, 0, "once a day");
    bench.set_time("2026-06-11T00:00:00Z");
    assert_eq!(tidy(&bench).await, 1);
    // The newest could not be measured; the last that was decided is of the second day; nobody needs the first and the third.
    let spf: Vec<Observation> = all(&bench).await.into_iter().filter(|one| one.check == Check::Spf).collect();
    let dropped = Raw::Dropped { at: "2026-06-11T00:00:00Z".into() };
    let mut is_dropped = Vec::new();
    for one in &spf {
        is_dropped.push(raw(&bench, one).await == dropped);
    }
    assert_eq!((is_dropped, packs(&bench).await), (vec![true, false, true, false], 2));
    let (gone, lines) = (verified(&bench).await as i64, "SELECT detail FROM audit WHERE verb = 'evidence.drop'");
    let detail: Value = {
        let row = bench.app.db.read().await.unwrap().one(lines, &[]).await.unwrap();
        serde_json::from_str(&row.get::<String>("detail").unwrap()).unwrap()
    };
    assert_eq!(detail, json!({ "observations": gone, "packs": 2, "before": "2026-05-12T00:00:00Z", "days": 30 }));
    assert_eq!(all(&bench).await.len(), 4 * Check::ALL.len(), "observations stay");

    // Whoever looks is told; programs too.
    let path = format!("/measurements/observations/{}", spf[0].id);
    for (lang, words) in
        [("ja", "観測から71日たち、保存する日数を過ぎたため、2026-06-11 09:00 JSTに消しました"), ("en", "71 days after the observation")]
    {
        let page = bench.get_as(CENTRE, &format!("{path}?lang={lang}")).await;
        assert!(page.status == 200 && page.body.contains(words) && page.body.contains(&spf[0].evidence_hash), "{}", page.body);
    }
    let api: Value = serde_json::from_str(&bench.get_as(CENTRE, &format!("/api/v1{path}")).await.body).unwrap();
    assert_eq!((&api["evidence"], api["evidence_dropped_at"].as_str()), (&Value::Null, Some("2026-06-11T00:00:00Z")));
    // Again: nothing, on that day and the next.
    let cx = JobCx { app: bench.app.clone(), id: crate::base::id::Id::from_text("again") };
    retention::jobs::tidy(cx, json!({})).await.unwrap();
    bench.set_time("2026-06-12T00:00:00Z");
    assert_eq!((tidy(&bench).await, verified(&bench).await as i64), (0, gone));
    // What is left is judged again; what is gone stays as it was judged.
    let before = all(&bench).await.len();
    set(&bench, Profile::HighSecurity, "go.jp", 30).await;
    rejudge(&bench).await;
    assert!(all(&bench).await.len() > before);
    assert_eq!((packs(&bench).await, verified(&bench).await as i64), (2, gone));
}

#[tokio::test]
async fn a_regression_waits_for_its_evidence_and_lives_without_it() {
    let (bench, testbed) = one_domain(Zone { dmarc: Dmarc::Quarantine, ..Zone::good("a.go.jp") }).await;
    set(&bench, Profile::Recommended, "go.jp", 30).await;
    measure(&bench).await;
    let met = latest(&bench).await.into_iter().find(|one| one.check == Check::Dmarc).unwrap();
    // Not measured for longer than evidence is kept; then stricter rules, and a weaker record.
    bench.set_time("2026-07-01T00:00:00Z");
    set(&bench, Profile::HighSecurity, "go.jp", 30).await;
    testbed.change(Zone { dmarc: Dmarc::None, ..Zone::good("a.go.jp") }).unwrap();
    ask(&bench, &Asked::default()).await;
    assert!(crate::base::jobs::run_one(&bench.app).await.unwrap());
    // The run is over and nobody was told yet: what it is compared with stays, though its time is over.
    let cx = JobCx { app: bench.app.clone(), id: crate::base::id::Id::from_text("early") };
    let mut tx = bench.app.db.begin().await.unwrap();
    let dropped = store::drop_evidence(&mut tx, "2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z", 1_000).await.unwrap();
    tx.commit().await.unwrap();
    assert!(dropped.observations > 0 && raw(&bench, &met).await.kept().is_some(), "{dropped:?}");
    // Lost all the same, it says nothing: nobody is told what may be the doing of the rules.
    let mut tx = bench.app.db.begin().await.unwrap();
    let sql = "UPDATE evidence_use SET pack_id = NULL, pieces = NULL, dropped_at = '2026-07-01T00:00:00Z' WHERE id = $1";
    tx.run(sql, args![&met.id]).await.unwrap();
    tx.commit().await.unwrap();
    jobs::tell(cx, json!({})).await.unwrap();
    assert_eq!(number(&bench, "SELECT COUNT(*) AS n FROM regression WHERE outcome = 'rules'").await, 1);
}

#[tokio::test]
async fn a_record_of_another_product_is_kept_once_for_all_it_speaks_of() {
    let (bench, _testbed) = one_domain(Zone::good("a.go.jp")).await;
    register(&bench, "mob", "b.go.jp").await;
    let finding = |resources: Value, detail: &str| {
        json!({
            "class_uid": 2003, "category_uid": 2, "activity_id": 1, "type_uid": 200301, "severity_id": 1,
            "time": 1_774_900_000_000_i64, "metadata": { "version": "1.5.0", "product": { "name": "Scanner" } },
            "finding_info": { "uid": "f", "title": "\"exchanges\":[" },
            "compliance": { "control": "spf", "status": "Fail", "status_detail": detail }, "resources": resources,
        })
    };
    let lines =
        format!("{}\n{}\n", finding(json!([{ "name": "a.go.jp" }, { "name": "b.go.jp" }]), "both"), finding(json!([{ "name": "a.go.jp" }]), "one"));
    let taken = bench.upload_as(CENTRE, "/measurements/import", "scan.ndjson", lines.as_bytes(), &[]).await;
    assert_eq!((all(&bench).await.len(), packs(&bench).await, verified(&bench).await), (3, 2, 0), "{}", taken.body);
    for one in all(&bench).await {
        let text = kept(&bench, &one).await.text;
        assert!(lines.lines().any(|line| serde_json::from_str::<Value>(line).unwrap() == serde_json::from_str::<Value>(&text).unwrap()), "{text}");
    }
    rejudge(&bench).await;
    assert_eq!(all(&bench).await.len(), 3, "it is no evidence of ours");
}
