//! Regressions: the owner hears once, in their language, of what the target did, and nothing of what the rules did.

use engine::judge::Profile;
use probe::testbed::{Dmarc, Failure, Spf, Testbed, Zone};
use serde_json::json;

use super::{bench_on, measure, register, testbed};
use crate::base::actor::Role;
use crate::base::jobs::JobCx;
use crate::base::mail::{self, Mail};
use crate::measurements::run::Asked;
use crate::measurements::setting::Wanted;
use crate::measurements::{actions, jobs, store};
use crate::testing::Bench;

const MANAGER: &str = "manager@example.test";
const CISO: &str = "ciso@example.test";

/// Two ministries measured once; the first has a system manager who reads English and a CISO whose language nobody knows.
async fn met() -> (Bench, Testbed) {
    let testbed = testbed(&[Zone::good("a.go.jp"), Zone::good("b.go.jp")]).await;
    let bench = bench_on(&testbed).await;
    register(&bench, "moa", "a.go.jp").await;
    register(&bench, "mob", "b.go.jp").await;
    bench.account(MANAGER, Role::SystemManager, "moa").await;
    bench.account(CISO, Role::Ciso, "moa").await;
    bench.account("auditor@example.test", Role::Auditor, "moa").await;
    bench.account("centre@example.test", Role::Evaluator, "centre").await;
    assert_eq!(bench.post_as(MANAGER, "/access/own/language", &[("lang", "en")]).await.status, 303);
    assert_eq!(bench.post_as(MANAGER, "/access/own/language", &[("lang", "fr")]).await.status, 422);
    for (lang, status) in [(json!("ja"), 200), (json!("fr"), 422), (json!(null), 200)] {
        let answer = bench.json_as(CISO, "/api/v1/access/own/language", &json!({ "lang": lang })).await;
        assert_eq!(answer.status, status, "{}", answer.body);
    }
    measure(&bench).await;
    (bench, testbed)
}

/// The mails written so far.
async fn mails(bench: &Bench) -> Vec<Mail> {
    mail::waiting(&mut bench.app.db.read().await.unwrap(), 100).await.unwrap()
}

async fn on(bench: &Bench, testbed: &Testbed, day: u8, zone: Zone) -> usize {
    testbed.change(zone).unwrap();
    bench.set_time(&format!("2026-04-{day:02}T00:00:00Z"));
    let before = mails(bench).await.len();
    measure(bench).await;
    mails(bench).await.len() - before
}

fn broken() -> Zone {
    Zone { dmarc: Dmarc::Missing, spf: Spf::Missing, ..Zone::good("a.go.jp") }
}

fn silent() -> Zone {
    Zone { failure: Some(Failure::ServFail), ..Zone::good("a.go.jp") }
}

#[tokio::test]
async fn one_mail_for_an_organisation_and_run_tells_all_with_what_to_do() {
    let (bench, testbed) = met().await;
    assert!(mails(&bench).await.is_empty(), "a first measurement is no regression");
    testbed.change(Zone { dmarc: Dmarc::Missing, ..Zone::good("b.go.jp") }).unwrap();
    assert_eq!(on(&bench, &testbed, 2, broken()).await, 2, "one for each who answers; the other ministry has nobody");
    let sent = mails(&bench).await;
    let to = |address: &str| sent.iter().find(|mail| mail.recipient == address).unwrap();
    let (english, both) = (to(MANAGER), to(CISO));
    assert_eq!(english.subject, "[Measurements] Organisation moa: 2 no longer met");
    assert_eq!(both.subject, "【実測】甲省：満たさなくなった項目が2件あります / [Measurements] Organisation moa: 2 no longer met");
    for words in
        ["1. a.go.jp DMARC", "2. a.go.jp SPF", "v=DMARC1;", "2026-04-02 09:00", "/measurements/observations/", "/measurements/organisations/"]
    {
        assert!(english.body.contains(words) && both.body.contains(words), "{words}: {}", english.body);
    }
    assert!(!english.body.contains("理由") && both.body.contains("対応する人") && both.body.contains("Who acts"), "{}", both.body);
    assert!(!english.body.contains("b.go.jp") && !english.body.contains("[measurements-"), "{}", english.body);
    // The addresses in it lead its reader there.
    let address = english.body.lines().find(|line| line.contains("/measurements/observations/")).unwrap();
    let path = address.strip_prefix(bench.app.config.public_url.as_str()).unwrap();
    assert_eq!(bench.get_as(MANAGER, path).await.status, 200);
    let outcomes = {
        let mut tx = bench.app.db.read().await.unwrap();
        let rows = tx.all("SELECT outcome, COUNT(*) AS times FROM regression WHERE told_at IS NOT NULL GROUP BY outcome ORDER BY outcome", &[]).await;
        rows.unwrap().iter().map(|row| (row.get("outcome").unwrap(), row.get("times").unwrap())).collect::<Vec<(String, i64)>>()
    };
    assert_eq!(outcomes, [("mail".to_owned(), 2), ("nobody".to_owned(), 1)]);
}

#[tokio::test]
async fn nobody_hears_the_same_twice() {
    let (bench, testbed) = met().await;
    assert_eq!(on(&bench, &testbed, 2, broken()).await, 2);
    let cx = JobCx { app: bench.app.clone(), id: crate::base::id::Id::from_text("again") };
    jobs::tell(cx.clone(), json!({})).await.unwrap();
    assert_eq!(mails(&bench).await.len(), 2, "the job told again");
    assert_eq!(on(&bench, &testbed, 3, broken()).await, 0, "still broken");
    assert_eq!(on(&bench, &testbed, 4, silent()).await, 0, "could not be measured");
    assert_eq!(on(&bench, &testbed, 5, broken()).await, 0, "broken as before");
    assert_eq!(on(&bench, &testbed, 6, Zone::good("a.go.jp")).await, 0, "repaired");
    assert_eq!(on(&bench, &testbed, 7, broken()).await, 2, "broken again");
    assert_eq!(on(&bench, &testbed, 8, Zone::good("a.go.jp")).await, 0, "repaired");
    assert_eq!(on(&bench, &testbed, 9, silent()).await, 0, "could not be measured");
    assert_eq!(on(&bench, &testbed, 10, broken()).await, 2, "met, then unknown, then broken is one");
}

#[tokio::test]
async fn what_was_met_again_before_anybody_was_told_is_not_told() {
    let (bench, testbed) = met().await;
    testbed.change(broken()).unwrap();
    bench.set_time("2026-04-02T00:00:00Z");
    super::ask(&bench, &Asked::default()).await;
    // The run ends, and before the telling another one finds it repaired.
    assert!(crate::base::jobs::run_one(&bench.app).await.unwrap());
    testbed.change(Zone::good("a.go.jp")).unwrap();
    let mut work = bench.work().await;
    work.tx.run("UPDATE job SET run_at = '2026-04-03T01:00:00Z' WHERE kind = 'measurements.tell' AND state = 'waiting'", &[]).await.unwrap();
    work.tx.commit().await.unwrap();
    bench.set_time("2026-04-03T00:00:00Z");
    measure(&bench).await;
    bench.set_time("2026-04-03T02:00:00Z");
    bench.run_jobs().await;
    assert!(mails(&bench).await.is_empty());
}

async fn profile(bench: &Bench, profile: Profile) {
    let mut work = bench.work().await;
    let old = store::settings(&mut work.tx).await.unwrap();
    let wanted = Wanted { by_kind: old.suffixes.by_kind, hour: None, max_age_days: 30, profile: Some(profile), evidence_days: 400 };
    actions::set(&mut work, wanted).await.unwrap();
    work.commit().await.unwrap();
}

#[tokio::test]
async fn stricter_rules_are_nobodys_regression() {
    let (bench, testbed) = met().await;
    let quarantine = || Zone { dmarc: Dmarc::Quarantine, ..Zone::good("a.go.jp") };
    assert_eq!(on(&bench, &testbed, 2, quarantine()).await, 0, "weaker, and still met");
    // Measured under stricter rules: the target did what it did before.
    profile(&bench, Profile::HighSecurity).await;
    assert_eq!(on(&bench, &testbed, 3, quarantine()).await, 0);
    // Repaired; then the rules change and the target breaks too: that is told.
    assert_eq!(on(&bench, &testbed, 4, Zone::good("a.go.jp")).await, 0);
    profile(&bench, Profile::Recommended).await;
    assert_eq!(on(&bench, &testbed, 5, Zone { dmarc: Dmarc::None, ..Zone::good("a.go.jp") }).await, 2);
    // Judged again under other rules, without a packet.
    assert_eq!(on(&bench, &testbed, 6, quarantine()).await, 0);
    profile(&bench, Profile::HighSecurity).await;
    let mut work = bench.work().await;
    actions::run_from(&mut work, &Asked::default(), actions::REJUDGE).await.unwrap();
    work.commit().await.unwrap();
    bench.run_jobs().await;
    assert_eq!(on(&bench, &testbed, 7, quarantine()).await, 0);
    assert_eq!(mails(&bench).await.len(), 2);
}
