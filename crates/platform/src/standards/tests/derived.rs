//! Derived standards: adopted, changed, documented, exported, and brought along to the next edition by the CISO.

use formats::oscal::{Catalog, Limits, Profile, resolve};

use super::pages::keep;
use crate::base::actor::{Actor, Role, Scope};
use crate::base::work::Work;
use crate::standards::derived::Derived;
use crate::standards::requirement::EditionId;
use crate::standards::{actions, store};
use crate::testing::Bench;

const CENTRE: &str = "centre@example.test";
const CISO: &str = "ciso@example.test";
const OTHER: &str = "other@example.test";
const ADVISOR: &str = "advisor@example.test";

/// Both ministries on edition 1, and edition 2 stored.
async fn bench() -> (Bench, EditionId, EditionId) {
    let bench = Bench::new().await;
    bench.account(CENTRE, Role::Evaluator, "centre").await;
    bench.account(CISO, Role::Ciso, "moa").await;
    bench.account(OTHER, Role::Ciso, "mob").await;
    bench.account(ADVISOR, Role::Advisor, "moa").await;
    let mut work = bench.work().await;
    let first = actions::ship_baseline(&mut work, 1).await.unwrap();
    assert_eq!(actions::adopt_all(&mut work, &first).await.unwrap(), 3);
    assert_eq!(actions::adopt_all(&mut work, &first).await.unwrap(), 0);
    let second = actions::ship_baseline(&mut work, 2).await.unwrap();
    work.commit().await.unwrap();
    (bench, first, second)
}

async fn derived(bench: &Bench, code: &str) -> Derived {
    let id = bench.organisation(code).await.id;
    actions::derived(&mut bench.app.db.read().await.unwrap(), &Scope::Everything, &id).await.unwrap().1
}

#[tokio::test]
async fn a_new_edition_is_followed_change_by_change_and_only_by_the_ciso() {
    let (bench, first, second) = bench().await;
    let id = bench.organisation("moa").await.id;
    let align = format!("/standards/organisations/{id}/align");
    assert_eq!(derived(&bench, "moa").await.open.len(), 17);
    for lang in ["ja", "en"] {
        for (name, path) in [
            ("overview", "/standards/organisations".to_owned()),
            ("organisation", format!("/standards/organisations/{id}")),
            ("align", align.clone()),
        ] {
            let page = bench.get_as(CISO, &format!("{path}?lang={lang}")).await;
            keep(&format!("{name}-{lang}"), &page);
            assert!(page.status == 200 && !page.body.contains("[standards-"), "{}", page.body);
        }
    }
    let overview = bench.get_as(CENTRE, "/standards/organisations").await;
    keep("overview-centre", &overview);
    assert!(overview.body.contains("17 / 17") && overview.body.contains("乙省"), "{}", overview.body);
    assert!(!bench.get_as(CISO, "/standards/organisations").await.body.contains("乙省"));
    // The advisor reads and never confirms; another CISO does not even see it; nor does the centre decide for them.
    assert!(!bench.get_as(ADVISOR, &align).await.body.contains("name=\"codes\""));
    for who in [ADVISOR, OTHER, CENTRE] {
        assert_eq!(bench.post_as(who, &align, &[("codes", "inf-03")]).await.status, 404, "{who}");
    }
    assert_eq!(bench.get_as(OTHER, &align).await.status, 404);
    let none = bench.post_as(CISO, &align, &[("note", "x")]).await;
    assert!(none.status == 422 && none.body.contains("ひとつ以上選んで"), "{}", none.body);
    assert_eq!(bench.post_as(CISO, &align, &[("codes", "inf-01")]).await.status, 422);
    assert_eq!(bench.post_as(CISO, &align, &[("codes", "inf-03"), ("codes", "mgt-33"), ("note", "規程 第3版")]).await.status, 303);
    let left = derived(&bench, "moa").await;
    assert_eq!((left.open.len(), left.edition.as_ref().map(|one| &one.id)), (15, Some(&first)));
    assert_eq!(bench.post_as(CISO, &align, &[("codes", "inf-03")]).await.status, 422, "confirmed already");
    let standing = actions::overview(&mut bench.app.db.read().await.unwrap(), &Scope::Everything, bench.app.clock.now()).await.unwrap();
    assert_eq!(
        standing.iter().map(|one| (one.code.as_str(), one.open, one.changes)).collect::<Vec<_>>(),
        [("centre", 17, 17), ("moa", 15, 17), ("mob", 17, 17)]
    );
    let rest: Vec<(&str, &str)> = left.open.iter().map(|one| ("codes", one.code.as_str())).collect();
    let done = bench.post_as(CISO, &align, &rest).await;
    assert!(done.headers.iter().any(|(name, value)| name == "location" && value.contains("standards-aligned")), "{done:?}");
    let now = derived(&bench, "moa").await;
    assert_eq!((now.open.len(), now.newest, now.edition.map(|one| one.id)), (0, None, Some(second.clone())));
    assert!(bench.get_as(CISO, &align).await.body.contains("確認する変更はありません"));
    // Back to an edition of the same standard, or past the confirmation, there is no way.
    let adopt = |who: &'static str, edition: EditionId, id: String| {
        let bench = &bench;
        async move { bench.post_as(who, &format!("/standards/organisations/{id}/adopt"), &[("edition", edition.as_str())]).await.status }
    };
    assert_eq!(adopt(CISO, first, id.to_string()).await, 409);
    assert_eq!(adopt(OTHER, second.clone(), bench.organisation("mob").await.id.to_string()).await, 409);
    assert_eq!(adopt(OTHER, second, id.to_string()).await, 404);
}

#[tokio::test]
async fn a_change_that_changes_again_is_asked_again() {
    let (bench, ..) = bench().await;
    let id = bench.organisation("moa").await.id;
    let mut work = bench.work().await;
    let all: Vec<String> = vec!["inf-03".into(), "inf-16".into()];
    assert_eq!(actions::confirm(&mut work, &id, &all, "").await.unwrap(), 15);
    let third = include_str!("../baseline/edition-2.json")
        .replacen("\"version\": \"2\"", "\"version\": \"3\"", 1)
        .replace("作成した文書に格付けを示す", "作った文書に格付けを示す");
    let draft = actions::import_catalog(&mut work, third.as_bytes(), "third.json").await.unwrap();
    assert_eq!(store::edition(&mut work.tx, &draft.0).await.unwrap().spelled(), "baseline@3");
    let (_, derived) = actions::derived(&mut work.tx, &Scope::Everything, &id).await.unwrap();
    let codes: Vec<&str> = derived.open.iter().map(|one| one.code.as_str()).collect();
    assert!(codes.contains(&"inf-03") && !codes.contains(&"inf-16"), "{codes:?}");
    assert_eq!(codes.len(), 16);
}

#[tokio::test]
async fn what_an_organisation_changes_is_in_its_profile() {
    let (bench, first, _) = bench().await;
    let organisation = bench.organisation("moa").await;
    let base = format!("/standards/organisations/{}", organisation.id);
    let own = [
        ("code", "own-01"),
        ("title_ja", "来訪者の記録"),
        ("statement_ja", "来訪者を記録すること。"),
        ("role", "section-head"),
        ("applies_to", "organisation"),
    ];
    assert_eq!(bench.post_as(CISO, &format!("{base}/own-requirements"), &own).await.status, 303);
    let clash = [("code", "inf-01"), ("title_ja", "x"), ("statement_ja", ""), ("role", "section-head"), ("applies_to", "moon")];
    let wrong = bench.post_as(CISO, &format!("{base}/own-requirements?lang=en"), &clash).await;
    assert!(wrong.status == 422 && wrong.body.contains("used already") && wrong.body.contains("Please fill"), "{}", wrong.body);
    assert_eq!(bench.post_as(CISO, &format!("{base}/exclusions"), &[("code", "inf-01"), ("reason", "上位の組織が定める")]).await.status, 303);
    assert_eq!(bench.post_as(CISO, &format!("{base}/exclusions"), &[("code", "inf-02"), ("reason", " ")]).await.status, 422);
    assert_eq!(bench.post_as(CISO, &format!("{base}/exclusions"), &[("code", "nothing"), ("reason", "x")]).await.status, 422);
    let document = bench.upload_as(CISO, &format!("{base}/documents"), "規程.pdf", b"%PDF-1.7", &[("title", "対策基準"), ("version", "3")]).await;
    assert_eq!(document.status, 303, "{}", document.body);
    assert_eq!(
        bench.upload_as(CISO, &format!("{base}/documents"), "規程.pdf", b"%PDF-1.8", &[("title", "対策基準"), ("version", "3")]).await.status,
        409
    );
    assert_eq!(bench.upload_as(CISO, &format!("{base}/documents"), "x", b"", &[("title", ""), ("version", "3")]).await.status, 422);
    for who in [ADVISOR, OTHER] {
        assert_eq!(bench.post_as(who, &format!("{base}/own-requirements"), &own).await.status, 404, "{who}");
        assert_eq!(bench.post_as(who, &format!("{base}/exclusions"), &[("code", "inf-02"), ("reason", "x")]).await.status, 404, "{who}");
    }
    let page = bench.get_as(CISO, &base).await;
    keep("organisation-full", &page);
    let now = derived(&bench, "moa").await;
    let file = format!("/standards/documents/{}/file", now.documents[0].id);
    assert_eq!(bench.get_as(CISO, &file).await.bytes, b"%PDF-1.7");
    assert_eq!(bench.get_as(OTHER, &file).await.status, 404);
    // Any program that resolves profiles gets 115 of the edition and the one of its own.
    let bytes = bench.get_as(CISO, &format!("{base}/profile.json")).await.bytes;
    assert_eq!(bytes, bench.get_as(CISO, &format!("{base}/profile.json")).await.bytes);
    let (profile, problems) = Profile::read(&bytes).unwrap();
    assert_eq!(problems, []);
    let edition = store::edition(&mut bench.app.db.read().await.unwrap(), &first).await.unwrap();
    let loader = |href: &str| (href == edition.file_name()).then(|| include_bytes!("../baseline/edition-1.json").to_vec());
    let resolved = resolve(&profile, &loader, &Limits::default()).unwrap();
    assert_eq!(resolved.warnings, []);
    let codes: Vec<&str> = resolved.catalog.controls().iter().map(|placed| placed.control.id.as_str()).collect();
    assert!(codes.len() == 116 && !codes.contains(&"inf-01") && codes.contains(&"own-01"), "{codes:?}");
    assert!(Catalog::read(resolved.catalog.to_json(false).as_bytes()).unwrap().1.is_empty());
    assert!(String::from_utf8_lossy(&bytes).contains(&now.documents[0].hash));
    // It comes in again as an edition of a standard of its own, over the stored catalog.
    let mut work = bench.work().await;
    let (again, _) = actions::import_profile(&mut work, &bytes, "moa-profile.json", vec![]).await.unwrap();
    let all = store::requirements(&mut work.tx, &again).await.unwrap();
    let mine = all.iter().find(|one| one.code == "own-01").unwrap();
    assert_eq!((all.len(), mine.title_ja.as_str(), mine.theme_en.as_str()), (116, "来訪者の記録", "Own requirements"));
    drop(work);
    // And everything can be taken back.
    for path in [
        format!("{base}/include?code=inf-01"),
        format!("/standards/own-requirements/{}/end", now.own[0].id),
        format!("/standards/documents/{}/end", now.documents[0].id),
    ] {
        assert_eq!(bench.post_as(OTHER, &path, &[]).await.status, 404, "{path}");
        assert_eq!(bench.post_as(CISO, &path, &[]).await.status, 303, "{path}");
        assert_eq!(bench.post_as(CISO, &path, &[]).await.status, 404, "{path}");
    }
    let now = derived(&bench, "moa").await;
    assert!(now.own.is_empty() && now.documents.is_empty() && now.exclusions.is_empty());
}

#[tokio::test]
async fn nothing_is_derived_before_an_edition_is_adopted() {
    let bench = Bench::new().await;
    bench.account(CISO, Role::Ciso, "moa").await;
    let organisation = bench.organisation("moa").await;
    let mut work = bench.work().await;
    let first = actions::ship_baseline(&mut work, 1).await.unwrap();
    assert_eq!(actions::exclude(&mut work, &organisation.id, "inf-01", "x").await.unwrap_err().status(), 409);
    assert_eq!(actions::confirm(&mut work, &organisation.id, &["inf-01".into()], "").await.unwrap_err().status(), 409);
    work.commit().await.unwrap();
    let base = format!("/standards/organisations/{}", organisation.id);
    assert_eq!(bench.get_as(CISO, &format!("{base}/profile.json")).await.status, 409);
    let page = bench.get_as(CISO, &base).await;
    assert!(page.body.contains("まだどの版も採用していません") && page.body.contains("この版を採用する"), "{}", page.body);
    assert_eq!(bench.post_as(CISO, &format!("{base}/adopt"), &[("edition", first.as_str())]).await.status, 303);
    assert!(derived(&bench, "moa").await.open.is_empty());
    // Nobody without a role decides.
    let mut work = Work::begin(&bench.app, &Actor::public()).await.unwrap();
    assert_eq!(actions::adopt(&mut work, &organisation.id, &first).await.unwrap_err().status(), 404);
}

#[tokio::test]
async fn programs_do_what_pages_do() {
    let (bench, _, second) = bench().await;
    let id = bench.organisation("moa").await.id;
    let base = format!("/api/v1/standards/organisations/{id}");
    let json = |answer: crate::testing::Answer| {
        assert_eq!(answer.status, 200, "{}", answer.body);
        serde_json::from_str::<serde_json::Value>(&answer.body).unwrap()
    };
    let all = json(bench.get_as(CENTRE, "/api/v1/standards/organisations").await);
    assert_eq!(all.as_array().unwrap().len(), 3);
    assert_eq!(json(bench.get_as(CISO, "/api/v1/standards/organisations").await).as_array().unwrap().len(), 1);
    let now = json(bench.get_as(CISO, &base).await);
    let codes: Vec<&serde_json::Value> = now["open"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
    assert_eq!(codes.len(), 17);
    let own = serde_json::json!({ "code": "own-9", "title_ja": "あ", "statement_ja": "い", "applies_to": "person", "role": "staff" });
    let now = json(bench.json_as(CISO, &format!("{base}/own-requirements"), &own).await);
    let mine = now["own"][0]["id"].as_str().unwrap().to_owned();
    json(bench.json_as(CISO, &format!("{base}/exclusions"), &serde_json::json!({ "code": "inf-01", "reason": "x" })).await);
    let profile = json(bench.get_as(CISO, &format!("{base}/profile")).await);
    assert_eq!(profile["profile"]["imports"][0]["exclude-controls"][0]["with-ids"][0], "inf-01");
    let now = json(bench.json_as(CISO, &format!("{base}/exclusions"), &serde_json::json!({ "code": "inf-01" })).await);
    assert!(now["exclusions"].as_array().unwrap().is_empty());
    let now = json(bench.upload_as(CISO, &format!("{base}/documents"), "a.txt", b"a", &[("title", "t"), ("version", "1")]).await);
    let document = now["documents"][0]["id"].as_str().unwrap().to_owned();
    json(bench.json_as(CISO, &format!("/api/v1/standards/documents/{document}/end"), &serde_json::Value::Null).await);
    let now = json(bench.json_as(CISO, &format!("/api/v1/standards/own-requirements/{mine}/end"), &serde_json::Value::Null).await);
    assert!(now["own"].as_array().unwrap().is_empty() && now["documents"].as_array().unwrap().is_empty());
    assert_eq!(bench.json_as(CISO, &format!("{base}/parameters"), &serde_json::json!({ "param_id": "x", "value": "1" })).await.status, 422);
    assert_eq!(bench.json_as(CENTRE, &format!("{base}/align"), &serde_json::json!({ "codes": codes })).await.status, 404);
    assert_eq!(json(bench.json_as(CISO, &format!("{base}/align"), &serde_json::json!({ "codes": codes })).await)["count"], 0);
    assert_eq!(json(bench.get_as(CISO, &base).await)["edition"]["id"], second.as_str());
    assert_eq!(json(bench.json_as(CENTRE, "/api/v1/standards/adoptions", &serde_json::json!({ "edition": second })).await)["count"], 0);
}

#[tokio::test]
async fn values_an_edition_leaves_open_are_set_and_exported() {
    let (bench, ..) = bench().await;
    let id = bench.organisation("mob").await.id;
    let catalog = serde_json::json!({ "catalog": {
        "uuid": "8742196d-86ba-4e72-a411-28867dab43bb",
        "metadata": { "title": "Small", "last-modified": "2026-01-02T00:00:00Z", "version": "1", "oscal-version": "1.1.2" },
        "controls": [{ "id": "a-1", "title": "Back up", "params": [{ "id": "a-1_prm", "label": "days" }],
            "parts": [{ "id": "a-1_smt", "name": "statement", "prose": "Back up every {{ insert: param, a-1_prm }} days." }] }],
    } });
    let mut work = bench.work().await;
    let (edition, _) = actions::import_catalog(&mut work, catalog.to_string().as_bytes(), "small.json").await.unwrap();
    work.commit().await.unwrap();
    let base = format!("/standards/organisations/{id}");
    // Another standard altogether may be adopted at any time.
    assert_eq!(bench.post_as(OTHER, &format!("{base}/adopt"), &[("edition", edition.as_str())]).await.status, 303);
    assert_eq!(bench.post_as(OTHER, &format!("{base}/parameters"), &[("param_id", "a-1_prm"), ("value", "7")]).await.status, 303);
    assert_eq!(bench.post_as(OTHER, &format!("{base}/parameters"), &[("param_id", "zz"), ("value", "7")]).await.status, 422);
    let page = bench.get_as(OTHER, &base).await;
    keep("organisation-parameters", &page);
    assert!(page.body.contains("a-1_prm"), "{}", page.body);
    let profile = bench.get_as(OTHER, &format!("{base}/profile.json")).await.bytes;
    let mut work = bench.work().await;
    let (resolved, _) = actions::import_profile(&mut work, &profile, "p.json", vec![]).await.unwrap();
    assert_eq!(store::requirements(&mut work.tx, &resolved).await.unwrap()[0].statement_ja, "Back up every 7 days.");
    drop(work);
    bench.post_as(OTHER, &format!("{base}/parameters"), &[("param_id", "a-1_prm"), ("value", "")]).await;
    assert!(derived(&bench, "mob").await.values.is_empty());
}
