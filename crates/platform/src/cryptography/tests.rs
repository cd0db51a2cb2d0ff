//! The transition from outside: declared, measured, planned, broken.

use engine::crypto::{Affected, State};
use probe::testbed::{Testbed, Zone};

use super::compromise::{CompromiseId, Hit, NewCompromise};
use super::declaration::NewDeclaration;
use super::gather::{Transition, transition};
use super::rule::NewRule;
use super::{actions, jobs, store};
use crate::base::actor::{Role, Scope};
use crate::base::config::ProbeConfig;
use crate::base::jobs::JobCx;
use crate::improvements;
use crate::improvements::recommendation::{Recommendation, State as Standing};
use crate::measurements;
use crate::measurements::run::Asked;
use crate::register::actions::{NewAsset, NewOrganisation, NewSystem, add_assets, add_organisation, add_systems};
use crate::register::system::SystemId;
use crate::testing::{Bench, START};

fn now() -> i64 {
    START.parse::<jiff::Timestamp>().unwrap().as_second()
}

async fn system(bench: &Bench, organisation: &str, code: &str) -> SystemId {
    let new = NewSystem {
        organisation: organisation.into(),
        code: code.into(),
        name_ja: format!("システム{code}"),
        confidentiality: 2,
        integrity: 1,
        availability: 1,
        ..NewSystem::default()
    };
    let mut work = bench.work().await;
    let id = add_systems(&mut work, &[new]).await.unwrap().pop().unwrap();
    work.commit().await.unwrap();
    id
}

async fn people(bench: &Bench) {
    bench.account("centre@example.test", Role::Evaluator, "centre").await;
    bench.account("manager@example.test", Role::SystemManager, "moa").await;
    bench.account("other@example.test", Role::SystemManager, "mob").await;
    bench.account("advisor@example.test", Role::Advisor, "moa").await;
}

/// A bench whose probes see only the testbed.
async fn bench_on(testbed: &Testbed) -> Bench {
    let bench = Bench::with(|config| config.probe = ProbeConfig::at(testbed.vantage("testbed"))).await;
    let mut work = bench.work().await;
    for (code, parent, kind) in [("centre", "", "centre"), ("moa", "centre", "ministry"), ("mob", "centre", "ministry")] {
        let new = NewOrganisation {
            code: code.into(),
            parent: parent.into(),
            kind: kind.into(),
            name_ja: code.into(),
            name_en: code.into(),
            valid_from: "2020-04-01".into(),
        };
        add_organisation(&mut work, &new).await.unwrap();
    }
    work.commit().await.unwrap();
    bench
}

/// Registers a domain with its web server, of a system or of none.
async fn domain(bench: &Bench, organisation: &str, system: &str, name: &str) {
    let asset = |kind: &str| NewAsset {
        organisation: organisation.into(),
        system: system.into(),
        kind: kind.into(),
        name: name.into(),
        count: 1,
        ..NewAsset::default()
    };
    let mut work = bench.work().await;
    add_assets(&mut work, &[asset("domain"), asset("web-server")]).await.unwrap();
    work.commit().await.unwrap();
}

async fn measure(bench: &Bench) {
    let mut work = bench.work().await;
    measurements::actions::run(&mut work, &Asked::default()).await.unwrap();
    work.commit().await.unwrap();
    settle(bench).await;
}

/// What workers do until nothing is left.
async fn settle(bench: &Bench) {
    loop {
        crate::base::jobs::plan(&bench.app).await.unwrap();
        if bench.run_jobs().await == 0 {
            break;
        }
    }
}

fn declared(system: &str, purpose: &str, algorithm: &str) -> NewDeclaration {
    NewDeclaration { system: system.into(), purpose: purpose.into(), algorithm: algorithm.into(), ..NewDeclaration::default() }
}

async fn declare(bench: &Bench, new: &[NewDeclaration]) {
    let mut work = bench.work().await;
    actions::declare(&mut work, new).await.unwrap();
    work.commit().await.unwrap();
}

async fn seen(bench: &Bench) -> Transition {
    transition(&mut bench.app.db.read().await.unwrap(), &Scope::Everything, bench.app.clock.now()).await.unwrap()
}

fn broken(algorithm: &str, severity: &str) -> NewCompromise {
    NewCompromise {
        algorithm: algorithm.into(),
        known_on: "2026-03-30".into(),
        severity: severity.into(),
        words_ja: "衝突が見つかりました。".into(),
        words_en: "A collision was found.".into(),
        due_on: "2026-09-30".into(),
    }
}

async fn record(bench: &Bench, new: &NewCompromise) -> CompromiseId {
    let mut work = bench.work().await;
    let id = actions::record(&mut work, new).await.unwrap();
    work.commit().await.unwrap();
    id
}

async fn hits(bench: &Bench, id: &CompromiseId) -> Vec<Hit> {
    store::hits(&mut bench.app.db.read().await.unwrap(), &Scope::Everything, id).await.unwrap()
}

async fn recommended(bench: &Bench) -> Vec<Recommendation> {
    improvements::store::recommendations(&mut bench.app.db.read().await.unwrap(), &Scope::Everything, "").await.unwrap()
}

fn named(one: &Recommendation) -> Vec<&str> {
    one.because.iter().map(|reason| reason.system.as_str()).collect()
}

#[tokio::test]
async fn managers_declare_for_their_own_systems_and_nobody_elses() {
    let bench = Bench::new().await;
    people(&bench).await;
    let id = system(&bench, "moa", "moa-s1").await;
    let page = format!("/cryptography/systems/{id}");
    let form = [("purpose", "long-signature"), ("algorithm", "sha-1"), ("exchangeable", "no"), ("gone_on", ""), ("note", "契約書")];
    assert_eq!(bench.post_as("other@example.test", &page, &form).await.status, 404);
    assert_eq!(bench.post_as("advisor@example.test", &page, &form).await.status, 404);
    assert_eq!(bench.get_as("other@example.test", &page).await.status, 404);
    assert_eq!(bench.post_as("manager@example.test", &page, &form).await.status, 303);
    let again = bench.post_as("manager@example.test", &page, &[("purpose", "storage"), ("algorithm", "sha-0")]).await;
    assert!(again.status == 422 && again.body.contains("sha-0"), "{}", again.body);
    let shown = bench.get_as("manager@example.test", &page).await.body;
    assert!(shown.contains("SHA-1") && shown.contains("短いハッシュ関数を入れ替えられない") && shown.contains("契約書"), "{shown}");
    assert_eq!(seen(&bench).await.subjects[0].standing.state, State::Rigid);

    // The same use again changes what was said; a mistake is withdrawn and can be declared again.
    let form = [("purpose", "long-signature"), ("algorithm", "sha-1"), ("exchangeable", "yes")];
    assert_eq!(bench.post_as("manager@example.test", &page, &form).await.status, 303);
    let uses = seen(&bench).await.uses;
    assert_eq!((uses.len(), uses[0].exchangeable), (1, Some(true)));
    let withdraw = format!("/cryptography/uses/{}/withdraw", uses[0].id);
    assert_eq!(bench.post_as("other@example.test", &withdraw, &[]).await.status, 404);
    assert_eq!(bench.post_as("manager@example.test", &withdraw, &[]).await.status, 303);
    assert_eq!(seen(&bench).await.subjects[0].standing.state, State::Unknown);
    assert_eq!(bench.post_as("manager@example.test", &page, &form).await.status, 303);
    assert_eq!(seen(&bench).await.uses[0].id, uses[0].id);

    // Plan and compromises belong to the centre.
    let rule = [("algorithm", "sha-1"), ("gone_by", "2026-03-31")];
    assert_eq!(bench.post_as("manager@example.test", "/cryptography/plan", &rule).await.status, 404);
    assert_eq!(bench.get_as("manager@example.test", "/cryptography/compromises/new").await.status, 404);
    assert_eq!(bench.post_as("centre@example.test", "/cryptography/plan", &rule).await.status, 303);
    assert_eq!(seen(&bench).await.subjects[0].standing.state, State::Overdue);
    let overview = bench.get_as("manager@example.test", "/cryptography").await.body;
    assert!(overview.contains("期限切れ") && overview.contains("システムmoa-s1"), "{overview}");
    let using = bench.get_as("centre@example.test", "/cryptography/algorithms/sha-1?lang=en").await.body;
    assert!(using.contains("Overdue") && using.contains("Declared: in use"), "{using}");

    // An exception of the centre's gives one system longer.
    let rule = seen(&bench).await.rules[0].id.clone();
    let at = format!("/cryptography/plan/{rule}/exception");
    let early = [("system", "moa-s1"), ("until", "2026-03-31"), ("reason", "更改まで")];
    assert_eq!(bench.post_as("centre@example.test", &at, &early).await.status, 422);
    let granted = [("system", "moa-s1"), ("until", "2026-04-01"), ("reason", "更改まで")];
    assert_eq!(bench.post_as("centre@example.test", &at, &granted).await.status, 303);
    assert_eq!(seen(&bench).await.subjects[0].standing.state, State::Fine);
    bench.set_time("2026-04-01T15:00:00Z");
    assert_eq!(seen(&bench).await.subjects[0].standing.state, State::Overdue);
}

#[tokio::test]
async fn what_evidence_shows_is_read_once_and_follows_the_newest() {
    let testbed = Testbed::start(&[Zone::good("a.go.jp"), Zone::good("b.go.jp")], now(), 1).await.unwrap();
    let bench = bench_on(&testbed).await;
    let id = system(&bench, "moa", "moa-s1").await;
    domain(&bench, "moa", "moa-s1", "a.go.jp").await;
    domain(&bench, "mob", "", "b.go.jp").await;
    measure(&bench).await;
    let whole = seen(&bench).await;
    let of = |whole: &Transition, system: bool| {
        let one = whole.subjects.iter().find(|one| one.system.is_some() == system).unwrap();
        one.standing.lines.iter().map(|line| line.algorithm.id).collect::<Vec<_>>()
    };
    // A modern web server and a signed zone; domains without a system stand for themselves.
    for algorithm in ["tls-1.3", "sha-256", "ecdsa-p256"] {
        assert!(of(&whole, true).contains(&algorithm), "{algorithm}: {:?}", of(&whole, true));
        assert!(of(&whole, false).contains(&algorithm), "{algorithm}: {:?}", of(&whole, false));
    }
    assert!(whole.subjects.iter().all(|one| one.standing.state == State::Fine));

    // Run again, the job reads nothing; a second measurement of the same adds nothing.
    let rows = |whole: &Transition| whole.subjects.iter().map(|one| one.targets.len()).sum::<usize>();
    let cx = JobCx { app: bench.app.clone(), id: crate::base::id::Id::from_text("again") };
    jobs::look(cx, serde_json::json!({})).await.unwrap();
    assert_eq!(rows(&seen(&bench).await), rows(&whole));
    bench.set_time("2026-04-02T00:00:00Z");
    measure(&bench).await;
    let later = seen(&bench).await;
    assert_eq!(rows(&later), rows(&whole));
    assert!(later.subjects[0].targets.iter().any(|(_, one)| one.on.to_string() == "2026-04-02"));

    // A target that cannot be measured any more keeps what was seen of it.
    testbed.change(Zone { failure: Some(probe::testbed::Failure::ServFail), ..Zone::good("a.go.jp") }).unwrap();
    bench.set_time("2026-04-03T00:00:00Z");
    measure(&bench).await;
    assert!(of(&seen(&bench).await, true).contains(&"tls-1.3"));

    // Declared gone and measured later: the two contradict each other.
    let mut gone = declared("moa-s1", "authentication", "sha-256");
    gone.gone_on = "2026-03-31".into();
    declare(&bench, &[gone]).await;
    let whole = seen(&bench).await;
    let one = whole.subjects.iter().find(|one| one.system.as_ref().is_some_and(|system| system.id == id)).unwrap();
    assert_eq!(one.standing.state, State::Contradiction);
}

#[tokio::test]
async fn a_broken_algorithm_lists_whom_it_hits_and_asks_each_organisation_once() {
    let testbed = Testbed::start(&[Zone::good("a.go.jp")], now(), 1).await.unwrap();
    let bench = bench_on(&testbed).await;
    people(&bench).await;
    for (organisation, code) in [("moa", "measured"), ("moa", "declared"), ("moa", "other"), ("mob", "unknown")] {
        system(&bench, organisation, code).await;
    }
    domain(&bench, "moa", "measured", "a.go.jp").await;
    measure(&bench).await;
    declare(&bench, &[declared("declared", "timestamp", "sha-256"), declared("other", "storage", "sha-512")]).await;
    settle(&bench).await;
    let id = record(&bench, &broken("sha-256", "critical")).await;
    // At once, before any job.
    let mut how: Vec<Affected> = hits(&bench, &id).await.iter().map(|hit| hit.how).collect();
    how.sort();
    assert_eq!(how, [Affected::Measured, Affected::Declared, Affected::Unknown]);
    assert!(recommended(&bench).await.is_empty());
    settle(&bench).await;
    let all = recommended(&bench).await;
    assert_eq!(all.len(), 2);
    let (moa, mob) = (&all[0], &all[1]);
    let mut systems = named(moa);
    systems.sort_unstable();
    assert_eq!((systems, named(mob)), (vec!["declared", "measured"], vec!["unknown"]));
    assert_eq!((moa.state, moa.priority, moa.due_on.as_str(), moa.origin.as_str()), (Standing::Issued, 1, "2026-09-30", "compromise"));
    assert!(moa.body.contains("実測で使用を確認した情報システム: システムmeasured") && moa.body.contains("A collision was found."), "{}", moa.body);
    assert!(mob.body.contains("使用の有無が分からない情報システム: システムunknown"), "{}", mob.body);

    // The same jobs again, and the same event told again, open nothing.
    let mut work = bench.work().await;
    assert_eq!(actions::strike(&mut work).await.unwrap(), 0);
    assert!(improvements::actions::recommend_for_compromise(&mut work, &id).await.unwrap().is_empty());
    drop(work);
    settle(&bench).await;
    assert_eq!(recommended(&bench).await.len(), 2);
    let twice = bench.post_as(
        "centre@example.test",
        "/cryptography/compromises/new",
        &[
            ("algorithm", "sha-256"),
            ("known_on", "2026-03-30"),
            ("severity", "notice"),
            ("words_ja", "x"),
            ("words_en", "x"),
            ("due_on", "2026-09-30"),
        ],
    );
    assert_eq!(twice.await.status, 422);

    // A system that is found later is asked by itself; past the deadline with days of grace.
    bench.set_time("2026-10-01T00:00:00Z");
    system(&bench, "moa", "late").await;
    declare(&bench, &[declared("late", "storage", "sha-256")]).await;
    settle(&bench).await;
    let all = recommended(&bench).await;
    assert_eq!(all.len(), 3);
    let late = all.iter().find(|one| named(one) == ["late"]).unwrap();
    assert_eq!((late.due_on.as_str(), late.state), ("2026-10-31", Standing::Issued));

    // Each sees their own; what is known better later is shown, and asks nobody again.
    let page = format!("/cryptography/compromises/{id}");
    let (own, other) = (bench.get_as("manager@example.test", &page).await.body, bench.get_as("other@example.test", &page).await.body);
    assert!(own.contains("システムdeclared") && !own.contains("システムunknown"), "{own}");
    assert!(other.contains("システムunknown") && !other.contains("システムdeclared"), "{other}");
    declare(&bench, &[declared("unknown", "storage", "sha-256")]).await;
    settle(&bench).await;
    assert!(hits(&bench, &id).await.iter().all(|hit| hit.how != Affected::Unknown));
    assert_eq!(recommended(&bench).await.len(), 3);
}

#[tokio::test]
async fn a_notice_does_not_make_everybody_search() {
    let bench = Bench::new().await;
    for code in ["s1", "s2"] {
        system(&bench, "moa", code).await;
    }
    declare(&bench, &[declared("s1", "storage", "3des")]).await;
    let id = record(&bench, &broken("3des", "notice")).await;
    assert_eq!(hits(&bench, &id).await.iter().map(|hit| hit.how).collect::<Vec<_>>(), [Affected::Declared]);
}

#[tokio::test]
async fn declarations_travel_as_files_both_ways() {
    let bench = Bench::new().await;
    people(&bench).await;
    for (organisation, code) in [("moa", "moa-s1"), ("mob", "mob-s1")] {
        system(&bench, organisation, code).await;
    }
    let csv = "システムコード,用途,暗号,すぐに入れ替えられる,使い終わる日,備考\nmoa-s1,長期に有効な署名,SHA-256,いいえ,令和9年3月31日,\nmoa-s1,storage,aes-256-gcm,yes,,=1+1\n";
    let send = |who: &'static str, text: String, fields: &'static [(&'static str, &'static str)]| {
        let bench = &bench;
        async move { bench.upload_as(who, "/cryptography/import", "uses.csv", text.as_bytes(), fields).await }
    };
    let dry = send("manager@example.test", csv.to_owned(), &[("dry_run", "1")]).await;
    assert!(dry.status == 200 && dry.body.contains("2行"), "{}", dry.body);
    assert!(seen(&bench).await.uses.is_empty());
    assert_eq!(send("manager@example.test", csv.to_owned(), &[]).await.status, 303);
    assert_eq!(seen(&bench).await.uses.len(), 2);
    let nothing = send("manager@example.test", csv.to_owned(), &[]).await;
    assert!(nothing.body.contains("新しい内容はありません"), "{}", nothing.body);

    // One mistake, and nothing is taken over; another's system is as good as none.
    let wrong = format!("{csv}mob-s1,storage,sha-0,maybe,soon,\n");
    let refused = send("manager@example.test", wrong, &[]).await;
    assert_eq!(refused.status, 422);
    for text in ["sha-0", "maybe", "soon", "mob-s1"] {
        assert!(refused.body.contains(text), "{text}: {}", refused.body);
    }
    assert_eq!(seen(&bench).await.uses.len(), 2);

    // What goes out comes in again, in both kinds of file and both languages.
    for (format, lang) in [("csv", "ja"), ("csv", "en"), ("xlsx", "ja"), ("xlsx", "en")] {
        let out = bench.get_as("centre@example.test", &format!("/cryptography/export?format={format}&lang={lang}")).await;
        assert_eq!(out.status, 200);
        let mut work = bench.work().await;
        let done = actions::import(&mut work, &out.bytes, &format!("x.{format}"), true).await.unwrap();
        assert_eq!((done.changed, done.unchanged, done.problems.len()), (0, 2, 0), "{format} {lang}: {:?}", done.problems);
    }
    assert!(bench.get_as("other@example.test", "/cryptography/export?format=csv").await.body.lines().count() == 1);
}

#[tokio::test]
async fn programs_do_what_pages_do() {
    let bench = Bench::new().await;
    people(&bench).await;
    system(&bench, "moa", "moa-s1").await;
    let new = serde_json::json!({ "system": "moa-s1", "purpose": "storage", "algorithm": "3des" });
    assert_eq!(bench.json_as("other@example.test", "/api/v1/cryptography/uses", &new).await.status, 422);
    assert_eq!(bench.json_as("manager@example.test", "/api/v1/cryptography/uses", &new).await.status, 200);
    let rule = NewRule { algorithm: "3des".into(), gone_by: "2026-03-31".into(), ..NewRule::default() };
    let rule = serde_json::json!({ "algorithm": rule.algorithm, "gone_by": rule.gone_by });
    assert_eq!(bench.json_as("centre@example.test", "/api/v1/cryptography/plan", &rule).await.status, 200);
    let overview = bench.get_as("manager@example.test", "/api/v1/cryptography/overview").await.body;
    let overview: serde_json::Value = serde_json::from_str(&overview).unwrap();
    assert_eq!((overview["systems"][0]["code"].as_str(), overview["systems"][0]["state"].as_str()), (Some("moa-s1"), Some("overdue")));
    assert_eq!(overview["progress"][0]["left"]["denominator"], 1);
    let broken = serde_json::json!({
        "algorithm": "3des", "known_on": "2026-03-30", "severity": "serious", "words_ja": "弱い", "words_en": "Weak", "due_on": "2026-09-30",
    });
    assert_eq!(bench.json_as("manager@example.test", "/api/v1/cryptography/compromises", &broken).await.status, 404);
    let made = bench.json_as("centre@example.test", "/api/v1/cryptography/compromises", &broken).await.body;
    let id = serde_json::from_str::<serde_json::Value>(&made).unwrap()["id"].as_str().unwrap().to_owned();
    let one = bench.get_as("manager@example.test", &format!("/api/v1/cryptography/compromises/{id}")).await.body;
    assert!(one.contains("\"how\":\"declared\""), "{one}");
    let none = bench.get_as("other@example.test", &format!("/api/v1/cryptography/compromises/{id}")).await.body;
    assert!(none.contains("\"hits\":[]"), "{none}");
}
