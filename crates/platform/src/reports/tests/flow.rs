//! From draft to publication, through actions and the router.

use engine::words::Words;
use serde_json::{Value, json};

use crate::base::actor::Role;
use crate::inspections::actions as inspect;
use crate::inspections::cycle::{CycleId, NewCycle};
use crate::inspections::respondent::NewRespondent;
use crate::reports::actions::{self, NewFacts};
use crate::reports::fact::{Class, Incident, Prevention};
use crate::reports::policy::{Audience, Policy};
use crate::reports::report::{Kind, ReportId, State, Step};
use crate::reports::store;
use crate::testing::Bench;

/// A bench with an evaluated cycle and one account per role.
async fn stage() -> (Bench, CycleId) {
    let bench = Bench::new().await;
    let mut work = bench.work().await;
    let edition = crate::standards::actions::ship_baseline(&mut work, 1).await.unwrap();
    let person = |organisation: &str, code: &str| NewRespondent {
        organisation: organisation.into(),
        code: code.into(),
        name: format!("職員 {code}"),
        email: format!("{code}@example.test"),
        section: "総務課".into(),
        roles: vec![engine::facts::Role::Staff],
        systems: Vec::new(),
    };
    inspect::add_respondents(&mut work, &[person("moa", "a1"), person("moa", "a2"), person("mob", "b1")]).await.unwrap();
    let new = NewCycle {
        code: "2026".into(),
        name_ja: "令和8年度の点検".into(),
        name_en: "Inspection FY2026".into(),
        fiscal_year: 2026,
        edition: edition.to_string(),
        opens_on: "2026-04-01".into(),
        closes_on: "2026-05-31".into(),
        ..NewCycle::default()
    };
    let cycle = inspect::create_cycle(&mut work, &new).await.unwrap();
    inspect::announce(&mut work, &cycle).await.unwrap();
    inspect::open(&mut work, &cycle).await.unwrap();
    inspect::close(&mut work, &cycle).await.unwrap();
    crate::evaluations::actions::evaluate(&mut work, &cycle).await.unwrap();
    work.commit().await.unwrap();
    for (email, role, code) in [
        ("centre@example.test", Role::Evaluator, "centre"),
        ("ciso@example.test", Role::Ciso, "moa"),
        ("advisor@example.test", Role::Advisor, "moa"),
        ("other@example.test", Role::Ciso, "mob"),
    ] {
        bench.account(email, role, code).await;
    }
    (bench, cycle)
}

async fn begin(bench: &Bench, cycle: &CycleId, code: &str) -> ReportId {
    let mut work = bench.work().await;
    let id = actions::draft(&mut work, cycle, code).await.unwrap();
    work.commit().await.unwrap();
    id
}

async fn state(bench: &Bench, id: &ReportId) -> (State, i64) {
    let report = store::report(&mut bench.app.db.read().await.unwrap(), &crate::base::actor::Scope::Everything, id).await.unwrap();
    (report.state, report.version)
}

fn incident() -> Incident {
    Incident {
        code: "1".into(),
        class: Class::Loss,
        title_ja: "秘密の紛失".into(),
        title_en: String::new(),
        detected_on: "2026-05-01".into(),
        responded_on: "2026-05-01".into(),
        recovered_on: String::new(),
        affected: None,
        prevention_ja: "持出しの禁止".into(),
        prevention_en: String::new(),
        prevention_state: Prevention::Done,
    }
}

#[tokio::test]
async fn a_report_goes_from_draft_to_the_public() {
    let (bench, cycle) = stage().await;
    let sent = bench.post_as("ciso@example.test", "/reports", &[("cycle", cycle.as_str()), ("organisation", "moa")]).await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    let place = sent.headers.iter().find(|(name, _)| name == "location").unwrap().1.clone();
    let path = place.split('?').next().unwrap().to_owned();
    let id = ReportId::from_text(path.rsplit('/').next().unwrap());

    // Facts and an incident are drawn in.
    let facts = [("training-target", "100"), ("training-completed", "97")];
    assert_eq!(bench.post_as("ciso@example.test", &format!("{path}/facts"), &facts).await.status, 303);
    let page = bench.get_as("ciso@example.test", &format!("{path}?lang=en")).await;
    assert!(page.body.contains("97.0 %"), "{}", page.body);
    let new = NewFacts { cycle: "2026".into(), organisation: "moa".into(), incidents: vec![incident()], ..NewFacts::default() };
    let sent = bench.json_as("ciso@example.test", "/api/v1/reports/facts", &serde_json::to_value(&new).unwrap()).await;
    assert_eq!(sent.status, 200, "{}", sent.body);

    // The CISO writes; the advisor remarks and decides nothing.
    let texts = [("message.ja", "自分の言葉で書く。"), ("message.en", "In my own words."), ("plan.ja", "公開しない計画")];
    assert_eq!(bench.post_as("ciso@example.test", &format!("{path}/texts"), &texts).await.status, 303);
    let (now, version) = state(&bench, &id).await;
    assert_eq!((now, version), (State::Draft, 4));
    let remark = [("section", "message.ciso"), ("body", "数字も示してください。"), ("nominated", "1")];
    assert_eq!(bench.post_as("advisor@example.test", &format!("{path}/comments"), &remark).await.status, 303);
    assert_eq!(state(&bench, &id).await.0, State::Commented);
    let number = version.to_string();
    for verb in ["approve", "submit", "publish"] {
        let status = bench.post_as("advisor@example.test", &format!("{path}/{verb}"), &[("version", &number)]).await.status;
        assert!(matches!(status, 403 | 404), "{verb}: {status}");
    }
    assert!(matches!(bench.post_as("advisor@example.test", &format!("{path}/texts"), &texts).await.status, 403 | 404));

    // An approval is of the version that was read, and lapses with the next save.
    assert_eq!(bench.post_as("ciso@example.test", &format!("{path}/approve"), &[("version", "1")]).await.status, 409);
    assert_eq!(bench.post_as("ciso@example.test", &format!("{path}/submit"), &[("version", &number)]).await.status, 409);
    assert_eq!(bench.post_as("ciso@example.test", &format!("{path}/approve"), &[("version", &number)]).await.status, 303);
    assert_eq!(bench.post_as("ciso@example.test", &format!("{path}/texts"), &[("plan.ja", "公開する計画")]).await.status, 303);
    assert_eq!(state(&bench, &id).await, (State::Draft, 5));
    for (who, verb) in [("ciso@example.test", "approve"), ("ciso@example.test", "submit")] {
        assert_eq!(bench.get(&format!("/public{path}")).await.status, 404, "nothing unpublished exists");
        assert_eq!(bench.post_as(who, &format!("{path}/{verb}"), &[("version", "5")]).await.status, 303, "{verb}");
    }
    assert!(matches!(bench.post_as("ciso@example.test", &format!("{path}/publish"), &[("version", "5")]).await.status, 403 | 404));
    assert_eq!(bench.post_as("centre@example.test", &format!("{path}/publish"), &[("version", "5")]).await.status, 303);

    // The public reads what the policy lets through, in each form; the list of incidents is the peers'.
    let public = format!("/public{path}");
    let page = bench.get(&public).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("公開する計画") && page.body.contains("97.0 %") && !page.body.contains("秘密の紛失"));
    let peer = bench.get_as("other@example.test", &format!("/reports/peers/{id}")).await;
    assert!(peer.body.contains("秘密の紛失"));
    for format in ["json", "csv", "html"] {
        let file = bench.get(&format!("{public}/file?format={format}&as=centre")).await;
        assert!(file.status == 200 && file.body.contains("公開する計画") && !file.body.contains("秘密の紛失"), "{format}");
        assert_eq!(file.bytes, bench.get(&format!("{public}/file?format={format}")).await.bytes);
    }
    assert!(bench.get(&format!("{public}/file?format=pdf")).await.bytes.starts_with(b"%PDF-1.7"));
    assert!(bench.get("/public").await.body.contains(&public));
    let listed: Value = serde_json::from_str(&bench.get("/api/v1/public/reports").await.body).unwrap();
    assert_eq!(listed[0]["organisation"], "moa");

    keep(&bench, &id).await;
    // A later draft leaves the published version alone.
    assert_eq!(bench.post_as("ciso@example.test", &format!("{path}/texts"), &[("plan.ja", "次の案")]).await.status, 303);
    let page = bench.get(&public).await;
    assert!(page.body.contains("公開する計画") && !page.body.contains("次の案"));

    // A stricter policy takes effect at once.
    let mut work = bench.work().await;
    let policy = Policy { fields: [("plan".to_owned(), Audience::Centre)].into(), ..Policy::default() };
    actions::set_policy(&mut work, &policy).await.unwrap();
    work.commit().await.unwrap();
    assert!(!bench.get(&public).await.body.contains("公開する計画"));
}

/// Every page has its words in both languages; kept in the folder that `HINOMI_KEEP_REPORTS` names, to be looked at.
async fn keep(bench: &Bench, id: &ReportId) {
    let folder = std::env::var("HINOMI_KEEP_REPORTS").ok();
    let pages = [
        ("list", "centre@example.test", "/reports".to_owned()),
        ("show", "ciso@example.test", format!("/reports/{id}")),
        ("texts", "ciso@example.test", format!("/reports/{id}/texts")),
        ("facts", "ciso@example.test", format!("/reports/{id}/facts")),
        ("policy", "centre@example.test", "/reports/policy".to_owned()),
        ("public", "other@example.test", "/public".to_owned()),
        ("report", "other@example.test", format!("/public/reports/{id}")),
    ];
    for (name, who, path) in pages {
        for lang in ["ja", "en"] {
            let body = bench.get_as(who, &format!("{path}?lang={lang}")).await.body;
            assert!(!body.contains("[reports-") && !body.contains("[done-"), "{name} {lang}");
            if let Some(folder) = &folder {
                std::fs::write(format!("{folder}/page-{name}-{lang}.html"), body).unwrap();
            }
        }
    }
}

#[tokio::test]
async fn another_organisation_knows_nothing_of_a_report() {
    let (bench, cycle) = stage().await;
    let id = begin(&bench, &cycle, "moa").await;
    for path in ["", "/texts", "/facts", "/file?format=json"] {
        assert_eq!(bench.get_as("other@example.test", &format!("/reports/{id}{path}")).await.status, 404, "{path}");
        assert_eq!(bench.get_as("ciso@example.test", &format!("/reports/{id}{path}")).await.status, 200, "{path}");
    }
    assert_eq!(bench.get_as("other@example.test", &format!("/api/v1/reports/{id}")).await.status, 404);
    assert_eq!(bench.get_as("other@example.test", &format!("/reports/peers/{id}")).await.status, 404);
    assert_eq!(bench.get_as("other@example.test", "/reports/policy").await.status, 404);
    assert!(!bench.get_as("other@example.test", "/reports").await.body.contains(id.as_str()));
    // The centre begins reports for others, and does not draft over what is theirs.
    let again = bench.json_as("centre@example.test", "/api/v1/reports", &json!({ "cycle": "2026", "organisation": "moa" })).await;
    assert_eq!(again.status, 409);
}

#[tokio::test]
async fn the_annual_report_is_the_centres() {
    let (bench, cycle) = stage().await;
    assert_eq!(bench.json_as("ciso@example.test", "/api/v1/reports", &json!({ "cycle": "2026" })).await.status, 404);
    let made = bench.json_as("centre@example.test", "/api/v1/reports", &json!({ "cycle": "2026" })).await;
    assert_eq!(made.status, 200, "{}", made.body);
    let made: Value = serde_json::from_str(&made.body).unwrap();
    let path = format!("/api/v1/reports/{}", made["id"].as_str().unwrap());
    let texts = json!({ "texts": { "issues-evaluation": { "ja": "一つ目\n二つ目", "en": "first\nsecond" } } });
    assert_eq!(bench.json_as("centre@example.test", &format!("{path}/texts"), &texts).await.status, 200);
    for verb in ["approve", "publish"] {
        let sent = bench.json_as("centre@example.test", &format!("{path}/{verb}"), &json!({ "version": 2, "note": "第6回会議" })).await;
        assert_eq!(sent.status, 200, "{verb}: {}", sent.body);
    }
    let page = bench.get(&format!("/public/reports/{}?lang=en", made["id"].as_str().unwrap())).await;
    assert!(page.body.contains("<li>second</li>") && page.body.contains("Chapter 4"), "{}", page.body);
    let all = {
        let mut work = bench.work().await;
        let count = actions::draft_all(&mut work, &cycle).await.unwrap();
        work.commit().await.unwrap();
        count
    };
    assert!(all >= 2, "the ministries' reports are begun, the annual one is not begun again");
}

#[tokio::test]
async fn facts_are_checked_and_entered_in_bulk() {
    let (bench, cycle) = stage().await;
    let id = begin(&bench, &cycle, "moa").await;
    let wrong =
        bench.post_as("ciso@example.test", &format!("/reports/{id}/facts?lang=en"), &[("training-target", "10"), ("training-completed", "11")]).await;
    assert!(wrong.status == 422 && wrong.body.contains("greater than its whole"), "{}", wrong.body);
    let wrong = [
        ("code", ""),
        ("class", "loss"),
        ("title_ja", "x"),
        ("detected_on", "2026-05-02"),
        ("recovered_on", "2026-05-01"),
        ("prevention_state", "done"),
    ];
    let wrong = bench.post_as("ciso@example.test", &format!("/reports/{id}/incidents?lang=en"), &wrong).await;
    assert!(wrong.status == 422 && wrong.body.contains("out of order") && wrong.body.contains("Please fill this in"), "{}", wrong.body);
    let one = |code: &str| NewFacts {
        cycle: "2026".into(),
        organisation: code.into(),
        facts: [("drills".to_owned(), 2)].into(),
        incidents: vec![incident()],
    };
    for _ in 0..2 {
        let mut work = bench.work().await;
        assert_eq!(actions::enter_all(&mut work, &[one("moa"), one("mob")]).await.unwrap(), 2);
        work.commit().await.unwrap();
    }
    let mut tx = bench.app.db.read().await.unwrap();
    assert_eq!(store::incidents(&mut tx, cycle.as_str()).await.unwrap().values().map(Vec::len).collect::<Vec<_>>(), [1, 1]);
}

#[tokio::test]
async fn texts_people_wrote_survive_a_new_draft_and_drafted_ones_follow_the_data() {
    let (bench, cycle) = stage().await;
    let id = begin(&bench, &cycle, "moa").await;
    let mut work = bench.work().await;
    let texts = [("message".to_owned(), Words::new("私の言葉", ""))].into();
    actions::write(&mut work, &id, &texts).await.unwrap();
    let facts = NewFacts { cycle: "2026".into(), organisation: "moa".into(), incidents: vec![incident()], ..NewFacts::default() };
    actions::enter(&mut work, &facts).await.unwrap();
    actions::decide(&mut work, &id, Step::Approve, 3, "").await.unwrap();
    work.commit().await.unwrap();
    let mut tx = bench.app.db.read().await.unwrap();
    let version = store::version(&mut tx, &id, 3).await.unwrap();
    assert_eq!(version.texts.keys().collect::<Vec<_>>(), ["message"]);
    let text = serde_json::to_string(&version.tree).unwrap();
    assert!(text.contains("私の言葉") && text.contains("障害・事故等は1件"), "{text}");
    assert_eq!(store::versions(&mut tx, &id).await.unwrap().len(), 3);
    let report = store::report_of(&mut tx, cycle.as_str(), &bench.organisation("moa").await.id, Kind::Organisation).await.unwrap().unwrap();
    assert_eq!((report.state, report.approved_version), (State::Approved, Some(3)));
}
