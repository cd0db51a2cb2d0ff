//! The homepage watch from outside: pages on loopback are learnt, defaced, accepted, taken down, and what is told is told once.

use engine::homepage::Standing;
use probe::testbed::{Page, Testbed, Zone};
use serde_json::{Value as Json, json};

use super::api::{self, HomepageFull, HomepageOut, WatchingIn};
use super::{EventKind, HomepageId, cli, jobs};
use crate::base::actor::{Actor, Role, Scope};
use crate::base::area::{CliCx, Terminal};
use crate::base::jobs as base;
use crate::base::lang::Lang;
use crate::base::{events, mail};
use crate::measurements::tests::{bench_on, register, testbed};
use crate::testing::Bench;

const OWNER: &str = "manager@a.example";
const EVALUATOR: &str = "evaluator@centre.example";

fn town(more: &str) -> Zone {
    Zone::good("a.go.jp").showing(Page::town("甲省", more))
}

fn defaced() -> Zone {
    Zone::good("a.go.jp").showing(Page::defaced())
}

async fn set(bench: &Bench, minutes: u32) {
    let mut work = bench.work().await;
    api::change(&mut work, WatchingIn { minutes: Some(minutes), ..WatchingIn::default() }).await.unwrap();
    work.commit().await.unwrap();
}

/// What the workers do at this time.
async fn look(bench: &Bench, at: &str) {
    bench.set_time(at);
    base::plan(&bench.app).await.unwrap();
    bench.run_jobs().await;
}

async fn all(bench: &Bench) -> Vec<HomepageOut> {
    api::all(&mut bench.app.db.read().await.unwrap(), &Scope::Everything, bench.app.clock.now()).await.unwrap()
}

async fn full(bench: &Bench, domain: &str) -> HomepageFull {
    let id = all(bench).await.into_iter().find(|one| one.homepage.domain == domain).unwrap().homepage.id;
    api::full(&mut bench.app.db.read().await.unwrap(), &Scope::Everything, &id, bench.app.clock.now()).await.unwrap()
}

/// Kinds of events of a page, oldest first.
async fn happened(bench: &Bench, domain: &str) -> Vec<EventKind> {
    full(bench, domain).await.events.iter().rev().map(|event| event.kind).collect()
}

async fn mails(bench: &Bench) -> Vec<(String, String)> {
    let waiting = mail::waiting(&mut bench.app.db.read().await.unwrap(), 100).await.unwrap();
    waiting
        .into_iter()
        .filter(|mail| mail.subject.contains("a.go.jp") || mail.subject.contains("日報"))
        .map(|mail| (mail.recipient, mail.subject))
        .collect()
}

/// Two pages under watch, learnt.
async fn watched() -> (Testbed, Bench) {
    let testbed = testbed(&[town(""), Zone::good("b.go.jp")]).await;
    let bench = bench_on(&testbed).await;
    register(&bench, "moa", "a.go.jp").await;
    register(&bench, "mob", "b.go.jp").await;
    bench.account(OWNER, Role::SystemManager, "moa").await;
    bench.account(EVALUATOR, Role::Evaluator, "centre").await;
    look(&bench, "2026-04-01T00:00:00Z").await;
    assert!(all(&bench).await.is_empty(), "nobody looks until the centre says so");
    set(&bench, 10).await;
    look(&bench, "2026-04-01T00:00:10Z").await;
    assert!(all(&bench).await.iter().all(|one| one.homepage.standing == Standing::Learning));
    look(&bench, "2026-04-01T00:01:10Z").await;
    assert!(all(&bench).await.iter().all(|one| one.homepage.standing == Standing::Up), "{:?}", all(&bench).await);
    (testbed, bench)
}

#[tokio::test]
async fn a_defaced_page_is_told_once_and_accepted_only_by_a_person() {
    let (testbed, bench) = watched().await;
    look(&bench, "2026-04-01T00:05:00Z").await;
    assert_eq!(full(&bench, "a.go.jp").await.homepage.looks.up, 2, "not before its time");
    testbed.change(defaced()).unwrap();
    look(&bench, "2026-04-01T00:12:00Z").await;
    assert_eq!(full(&bench, "a.go.jp").await.homepage.homepage.standing, Standing::Up, "one odd sight is no alert");
    for at in ["2026-04-01T00:13:00Z", "2026-04-01T00:24:00Z", "2026-04-01T00:35:00Z"] {
        look(&bench, at).await;
    }
    assert_eq!(happened(&bench, "a.go.jp").await, [EventKind::Began, EventKind::Changed]);
    assert_eq!(happened(&bench, "b.go.jp").await, [EventKind::Began]);
    let one = full(&bench, "a.go.jp").await;
    assert_eq!((one.homepage.homepage.standing, one.homepage.homepage.level.as_deref()), (Standing::Changed, Some("confirm")));
    assert_eq!(one.homepage.homepage.reasons[0].code, "homepage-skeleton");
    assert_eq!(one.pending.as_ref().unwrap().title, "HACKED");
    assert_eq!(mails(&bench).await.iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), [OWNER]);
    let mut tx = bench.app.db.begin().await.unwrap();
    let told: Vec<_> = events::take(&mut tx, "test", 100).await.unwrap().into_iter().filter(|event| event.kind.contains("homepage")).collect();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].kind.as_str(), told[0].payload["target"].as_str()), ("measurements.homepage-changed", Some("a.go.jp")));
    drop(tx);

    // The page shows what it was and what it is; the evidence is there word for word.
    let path = format!("/measurements/homepages/{}", one.homepage.homepage.id);
    let page = bench.get_as(OWNER, &path).await;
    assert!(page.body.contains("HACKED") && page.body.contains("甲省公式ホームページ") && page.body.contains("/accept"), "{}", page.body);
    let evidence = bench.get_as(OWNER, &format!("/api/v1{path}/evidence")).await;
    assert!(evidence.status == 200 && evidence.body.contains("exchanges"), "{}", evidence.body);

    // Without a reason nothing is accepted; with one it is learnt anew.
    assert_eq!(bench.post_as(OWNER, &format!("{path}/accept"), &[("reason", " ")]).await.status, 422);
    assert_eq!(bench.post_as(OWNER, &format!("{path}/accept"), &[("reason", "改修のため")]).await.status, 303);
    assert_eq!(bench.json_as(OWNER, &format!("/api/v1{path}/accept"), &json!({ "reason": "again" })).await.status, 409);
    look(&bench, "2026-04-01T00:36:00Z").await;
    assert_eq!(happened(&bench, "a.go.jp").await, [EventKind::Began, EventKind::Changed, EventKind::Accepted, EventKind::Began]);
    let after = full(&bench, "a.go.jp").await;
    assert_eq!((after.homepage.homepage.standing, after.known.unwrap().title.as_str()), (Standing::Up, "HACKED"));
    assert_eq!(after.events[1].note, "改修のため");
}

#[tokio::test]
async fn an_outage_is_told_after_two_misses_and_counts_in_the_availability() {
    let (testbed, bench) = watched().await;
    testbed.change(Zone::good("a.go.jp").showing(Page::html("x").status(503))).unwrap();
    look(&bench, "2026-04-01T00:12:00Z").await;
    assert!(mails(&bench).await.is_empty());
    look(&bench, "2026-04-01T00:13:00Z").await;
    let one = full(&bench, "a.go.jp").await;
    assert_eq!((one.homepage.homepage.standing, one.homepage.homepage.since.as_str()), (Standing::Down, "2026-04-01T00:12:00Z"));
    look(&bench, "2026-04-01T00:24:00Z").await;
    testbed.change(town("")).unwrap();
    look(&bench, "2026-04-01T00:35:00Z").await;
    assert_eq!(happened(&bench, "a.go.jp").await, [EventKind::Began, EventKind::Down, EventKind::Back]);
    assert_eq!(mails(&bench).await.len(), 1);
    let looks = full(&bench, "a.go.jp").await.homepage.looks;
    assert_eq!((looks.up, looks.down, looks.unknown), (3, 3, 0));
    // The watch point's own trouble counts for nothing.
    testbed.change(Zone { failure: Some(probe::testbed::Failure::ServFail), ..town("") }).unwrap();
    look(&bench, "2026-04-01T00:46:00Z").await;
    let one = full(&bench, "a.go.jp").await;
    assert_eq!((one.homepage.looks.unknown, one.homepage.homepage.standing), (1, Standing::Up));
    assert_eq!(one.homepage.homepage.remark.unwrap().code, "server-failure");
    assert_eq!(one.homepage.availability.value, Some(0.5));
}

#[tokio::test]
async fn drifting_text_is_written_once_the_next_day() {
    let (testbed, bench) = watched().await;
    testbed.change(town("<p>大雨のため、本日の窓口業務は正午までとします。避難所の場所は地図でご確認ください。</p>")).unwrap();
    for at in ["2026-04-01T00:12:00Z", "2026-04-01T00:23:00Z"] {
        look(&bench, at).await;
    }
    assert_eq!(happened(&bench, "a.go.jp").await, [EventKind::Began, EventKind::Drifted]);
    assert!(mails(&bench).await.is_empty());
    // Midnight in Japan is at three in the afternoon.
    for at in ["2026-04-01T15:00:10Z", "2026-04-01T15:11:00Z", "2026-04-01T15:22:00Z"] {
        look(&bench, at).await;
    }
    let told = mails(&bench).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].1.contains("日報") && told[0].0 == OWNER);
    // Long afterwards the history is gone, and how the page stands is not.
    look(&bench, "2027-06-01T00:00:00Z").await;
    assert!(happened(&bench, "a.go.jp").await.is_empty());
    assert_eq!(full(&bench, "a.go.jp").await.homepage.homepage.standing, Standing::Up);
}

#[tokio::test]
async fn only_the_register_is_watched_and_two_workers_tell_once() {
    let (testbed, bench) = watched().await;
    testbed.change(defaced()).unwrap();
    look(&bench, "2026-04-01T00:12:00Z").await;
    bench.set_time("2026-04-01T00:13:00Z");
    let cx = |id: &str| base::JobCx { app: bench.app.clone(), id: base::JobId::from_text(id) };
    let id: String = bench
        .app
        .db
        .read()
        .await
        .unwrap()
        .one("SELECT id FROM job WHERE kind = 'measurements.homepages' LIMIT 1", &[])
        .await
        .unwrap()
        .get("id")
        .unwrap();
    let (one, other) = tokio::join!(jobs::look(cx(&id), Json::Null), jobs::look(cx(&id), Json::Null));
    one.unwrap();
    other.unwrap();
    assert_eq!(happened(&bench, "a.go.jp").await, [EventKind::Began, EventKind::Changed]);
    assert_eq!(mails(&bench).await.len(), 1);
    // A domain that leaves the register is left alone.
    let mut work = bench.work().await;
    let gone = crate::register::store::assets(&mut work.tx, &Scope::Everything).await.unwrap();
    for asset in gone.into_iter().filter(|asset| asset.name == "b.go.jp") {
        let new = crate::register::asset::NewAsset { organisation: "mob".into(), kind: asset.kind, name: asset.name, count: 0, ..Default::default() };
        crate::register::actions::change_asset(&mut work, &asset.id, &new).await.unwrap();
    }
    work.commit().await.unwrap();
    look(&bench, "2026-04-01T00:30:00Z").await;
    assert_eq!(all(&bench).await.iter().map(|one| one.homepage.domain.as_str()).collect::<Vec<_>>(), ["a.go.jp"]);
}

#[tokio::test]
async fn the_centre_sets_it_and_each_sees_its_own() {
    let (_testbed, bench) = watched().await;
    let list = bench.get_as(OWNER, "/measurements/homepages").await;
    assert!(list.body.contains("a.go.jp") && !list.body.contains("b.go.jp") && !list.body.contains("name=\"minutes\""), "{}", list.body);
    let list = bench.get_as(EVALUATOR, "/measurements/homepages").await;
    assert!(list.body.contains("b.go.jp") && list.body.contains("name=\"minutes\""), "{}", list.body);
    let csv = bench.get_as(EVALUATOR, "/measurements/homepages?homepages.csv=1").await;
    assert!(csv.body.contains("a.go.jp") && csv.body.contains("正常"), "{}", csv.body);
    for (sent, status) in [("15", 303), ("0", 303), ("x", 422), ("9999", 422)] {
        assert_eq!(bench.post_as(EVALUATOR, "/measurements/homepages", &[("minutes", sent)]).await.status, status, "{sent}");
    }
    assert_eq!(bench.post_as(OWNER, "/measurements/homepages", &[("minutes", "1")]).await.status, 404);
    let limits = json!({ "skeleton": 0.4, "links": 30 });
    let set = bench.json_as(EVALUATOR, "/api/v1/measurements/homepages", &limits).await;
    let now: Json = serde_json::from_str(&set.body).unwrap();
    assert_eq!((now["minutes"].as_u64(), now["thresholds"]["skeleton"].as_f64()), (None, Some(0.4)), "{}", set.body);
    assert_ne!(now["thresholds"]["version"], "1");
    assert_eq!(bench.json_as(EVALUATOR, "/api/v1/measurements/homepages", &json!({ "text": 2.0 })).await.status, 422);
    let own: Vec<Json> = serde_json::from_str(&bench.get_as(OWNER, "/api/v1/measurements/homepages?standing=up").await.body).unwrap();
    assert_eq!(own.iter().map(|one| one["domain"].as_str().unwrap()).collect::<Vec<_>>(), ["a.go.jp"]);
    let other = full(&bench, "b.go.jp").await.homepage.homepage.id;
    assert_eq!(bench.get_as(OWNER, &format!("/measurements/homepages/{other}")).await.status, 404);
    assert_eq!(bench.get_as(EVALUATOR, &format!("/api/v1/measurements/homepages/{other}/evidence")).await.body, "null");
    assert_eq!(bench.get_as(OWNER, &format!("/api/v1/measurements/homepages/{other}/evidence")).await.status, 404);
    let unknown = HomepageId::from_text("unknown");
    assert_eq!(bench.post_as(OWNER, &format!("/measurements/homepages/{unknown}/accept"), &[("reason", "x")]).await.status, 404);
}

#[tokio::test]
async fn a_script_begins_the_watch_looks_and_hears_what_is_wrong() {
    let testbed = testbed(&[town("")]).await;
    let bench = bench_on(&testbed).await;
    register(&bench, "moa", "a.go.jp").await;
    let hinomi = async |line: &str| {
        let terminal = Terminal { json: true, lang: Lang::En };
        let cx = CliCx { app: bench.app.clone(), actor: Actor::operator("cli"), terminal };
        let matches = cli::command().try_get_matches_from(std::iter::once("homepages").chain(line.split_whitespace())).unwrap();
        cli::run(&cx, &matches).await.unwrap()
    };
    assert_eq!(hinomi("--every 5 --now").await, 0);
    bench.set_time("2026-04-01T00:01:00Z");
    assert_eq!(hinomi("--now --standing up").await, 0);
    assert_eq!(full(&bench, "a.go.jp").await.homepage.homepage.standing, Standing::Up);
    testbed.change(defaced()).unwrap();
    for (at, code) in [("2026-04-01T00:06:00Z", 0), ("2026-04-01T00:07:00Z", 1)] {
        bench.set_time(at);
        assert_eq!(hinomi("--now").await, code, "{at}");
    }
    assert_eq!(hinomi("--off").await, 1, "what was found stays found");
    look(&bench, "2026-04-01T00:30:00Z").await;
    assert_eq!(full(&bench, "a.go.jp").await.homepage.looks.up, 4, "nobody looks any more");
}
