//! The register from outside.

mod exchange;

use crate::base::actor::{Role, Scope};
use crate::register::actions::{NewAsset, NewOrganisation, NewSystem, add_assets, add_organisation, add_posts, add_systems, create_centre};
use crate::register::post::{NewPost, PostKind};
use crate::register::store;
use crate::testing::Bench;

fn ministry(code: &str) -> NewOrganisation {
    NewOrganisation {
        code: code.into(),
        parent: "centre".into(),
        kind: "ministry".into(),
        name_ja: "試験省".into(),
        name_en: "Ministry of Tests".into(),
        valid_from: "2026-04-01".into(),
    }
}

#[tokio::test]
async fn a_ciso_sees_only_their_own_organisation() {
    let bench = Bench::new().await;
    bench.account("ciso@example.test", Role::Ciso, "moa").await;
    let page = bench.get_as("ciso@example.test", "/register/organisations").await;
    assert!(page.body.contains("甲省") && !page.body.contains("乙省"), "{}", page.body);
    let other = bench.organisation("mob").await;
    assert_eq!(bench.get_as("ciso@example.test", &format!("/register/organisations/{}", other.id)).await.status, 404);
}

#[tokio::test]
async fn adding_twice_names_the_field_and_leaves_one() {
    let bench = Bench::new().await;
    let mut work = bench.work().await;
    add_organisation(&mut work, &ministry("mot")).await.unwrap();
    work.commit().await.unwrap();
    let mut work = bench.work().await;
    assert_eq!(add_organisation(&mut work, &ministry("mot")).await.unwrap_err().status(), 422);
}

#[tokio::test]
async fn wrong_input_names_each_field_in_both_languages() {
    let bench = Bench::new().await;
    bench.account("centre@example.test", Role::Evaluator, "centre").await;
    let sent = [("parent", "centre"), ("kind", "nonsense"), ("code", "大文字"), ("name_ja", ""), ("name_en", "x"), ("valid_from", "tomorrow")];
    let page = bench.post_as("centre@example.test", "/register/organisations/new?lang=en", &sent).await;
    assert_eq!(page.status, 422);
    for words in ["Use only small letters", "Please choose one", "Please fill this in", "Write the date as"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
}

/// A register with something in every list.
async fn filled(bench: &Bench) {
    let mut work = bench.work().await;
    let system = NewSystem {
        organisation: "moa".into(),
        code: "mail".into(),
        name_ja: "電子メールシステム".into(),
        name_en: "Mail".into(),
        confidentiality: 3,
        integrity: 2,
        availability: 1,
        handling_limit: "関係者限り".into(),
        users: 1200,
        ..NewSystem::default()
    };
    add_systems(&mut work, &[system]).await.unwrap();
    let asset = |kind: &str, name: &str, count| NewAsset {
        organisation: "moa".into(),
        system: "mail".into(),
        kind: kind.into(),
        name: name.into(),
        count,
        location: "東京".into(),
    };
    add_assets(&mut work, &[asset("domain", "WWW.moa.example.", 1), asset("web-server", "公開サーバ", 12), asset("mail-server", "中継", 3)])
        .await
        .unwrap();
    let post = |post, name: &str| NewPost { organisation: "moa".into(), post, name: name.into(), ..NewPost::default() };
    let advisor = NewPost { concurrent: true, ..post(PostKind::Advisor, "助言太郎") };
    add_posts(&mut work, &[post(PostKind::Ciso, "責任花子"), advisor, post(PostKind::Csirt, "")]).await.unwrap();
    work.commit().await.unwrap();
}

#[tokio::test]
async fn pages_show_what_is_there_in_both_languages() {
    let bench = Bench::new().await;
    filled(&bench).await;
    bench.account("ciso@example.test", Role::Ciso, "moa").await;
    let moa = bench.organisation("moa").await.id;
    let system = store::system_by_code(&mut bench.app.db.read().await.unwrap(), &Scope::Everything, "mail").await.unwrap().id;
    for (path, ja, en) in [
        (format!("/register/organisations/{moa}"), "アドバイザーがほかの職を兼ねています", "The advisor holds another post"),
        (
            format!("/register/organisations/{moa}"),
            "機密性3・完全性2・可用性1・関係者限り",
            "Confidentiality 3, Integrity 2, Availability 1, 関係者限り",
        ),
        ("/register/systems".into(), "電子メールシステム", "Mail"),
        (format!("/register/systems/{system}"), "www.moa.example", "Handling limit"),
        (format!("/register/systems/{system}/edit"), "取扱制限", "Handling limit"),
        ("/register/assets".into(), "組織ごとの台数", "Totals by organisation"),
        ("/register/gaps".into(), "空席の役職があります", "There is no audit lead."),
        ("/register/import".into(), "内容を確かめる", "Look it over"),
        ("/register/export".into(), "書き出す", "Download"),
        (format!("/register/organisations/{moa}/posts/new"), "アドバイザーは助言するだけ", "never decides"),
    ] {
        for (lang, words) in [("ja", ja), ("en", en)] {
            let page = bench.get_as("ciso@example.test", &format!("{path}?lang={lang}")).await;
            assert_eq!(page.status, 200, "{path} {lang}");
            assert!(page.body.contains(words) && !page.body.contains("[register-"), "{path} {lang}: {}", page.body);
        }
    }
}

#[tokio::test]
async fn forms_add_and_change_and_say_what_is_wrong() {
    let bench = Bench::new().await;
    filled(&bench).await;
    bench.account("ciso@example.test", Role::Ciso, "moa").await;
    let moa = bench.organisation("moa").await.id;
    let who = "ciso@example.test";
    let new = [
        ("organisation", "moa"),
        ("code", "web"),
        ("name_ja", "公開ウェブ"),
        ("confidentiality", "1"),
        ("integrity", "2"),
        ("availability", "2"),
        ("users", ""),
        ("stage", "planning"),
        ("public_facing", "1"),
    ];
    assert_eq!(bench.post_as(who, "/register/systems/new", &new).await.status, 303);
    let mut wrong = new.to_vec();
    wrong[3].1 = "9";
    let page = bench.post_as(who, "/register/systems/new?lang=en", &wrong).await;
    assert!(page.status == 422 && page.body.contains("Use one of 1, 2, 3.") && page.body.contains("registered already"), "{}", page.body);
    // Another organisation's things are neither named nor changed.
    let mut other = new.to_vec();
    other[0].1 = "mob";
    other[1].1 = "web2";
    assert_eq!(bench.post_as(who, "/register/systems/new", &other).await.status, 422);
    let mob = bench.organisation("mob").await.id;
    for path in [format!("/register/organisations/{mob}/posts/new"), format!("/register/organisations/{mob}")] {
        assert_eq!(bench.get_as(who, &path).await.status, 404, "{path}");
    }
    let post = [("post", "audit-lead"), ("name", "監査次郎"), ("expert", "1")];
    assert_eq!(bench.post_as(who, &format!("/register/organisations/{moa}/posts/new"), &post).await.status, 303);
    let mut tx = bench.app.db.read().await.unwrap();
    let posts = store::posts_of(&mut tx, &Scope::Everything, &moa).await.unwrap();
    drop(tx);
    let lead = posts.iter().find(|post| post.post == PostKind::AuditLead).unwrap();
    assert_eq!((lead.name.as_str(), lead.position, lead.valid_from.as_str()), ("監査次郎", 1, "2026-04-01"));
    assert_eq!(bench.post_as(who, &format!("/register/posts/{}", lead.id), &[("name", "監査三郎"), ("valid_from", "")]).await.status, 303);
    assert_eq!(bench.post_as(who, &format!("/register/posts/{}/end", lead.id), &[("valid_to", "2026-03-01")]).await.status, 422);
    assert_eq!(bench.post_as(who, &format!("/register/posts/{}/end", lead.id), &[("valid_to", "2027-03-31")]).await.status, 303);
    let page = bench.get_as(who, &format!("/register/organisations/{moa}")).await;
    assert!(
        page.body.contains("以前の役職") && page.body.contains("監査三郎") && page.body.contains("情報セキュリティ監査責任者がいません"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn an_asset_keeps_its_one_form_and_domains_in_use_are_listed() {
    let bench = Bench::new().await;
    filled(&bench).await;
    bench.account("ciso@example.test", Role::Ciso, "moa").await;
    let mut tx = bench.app.db.read().await.unwrap();
    let domains = store::domains(&mut tx, &Scope::Everything).await.unwrap();
    drop(tx);
    assert_eq!(domains.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["www.moa.example"]);
    let path = format!("/register/assets/{}", domains[0].id);
    let taken = bench.post_as("ciso@example.test", &path, &[("name", "not a domain"), ("count", "1")]).await;
    assert_eq!(taken.status, 422);
    assert_eq!(bench.post_as("ciso@example.test", &path, &[("name", "new.moa.example"), ("count", "0"), ("system", "mail")]).await.status, 303);
    let mut tx = bench.app.db.read().await.unwrap();
    assert!(store::domains(&mut tx, &Scope::Everything).await.unwrap().is_empty());
    assert_eq!(store::asset(&mut tx, &Scope::Everything, &domains[0].id).await.unwrap().name, "new.moa.example");
}

#[tokio::test]
async fn a_merger_takes_everything_below_to_the_successor_with_the_rights_held_there() {
    let bench = Bench::new().await;
    filled(&bench).await;
    let mut work = bench.work().await;
    add_organisation(&mut work, &NewOrganisation { code: "bureau".into(), parent: "moa".into(), ..ministry("") }).await.unwrap();
    work.commit().await.unwrap();
    bench.account("bureau@example.test", Role::Ciso, "bureau").await;
    bench.account("centre@example.test", Role::Evaluator, "centre").await;
    let moa = bench.organisation("moa").await.id;
    let path = format!("/register/organisations/{moa}/end");
    let refused = bench.post_as("centre@example.test", &path, &[("valid_to", "2026-03-31"), ("successor", "")]).await;
    assert!(refused.status == 422 && refused.body.contains("承継先を選んでください"), "{}", refused.body);
    assert_eq!(bench.post_as("centre@example.test", &path, &[("valid_to", "2026-03-31"), ("successor", "mob")]).await.status, 303);
    let (mob, bureau) = (bench.organisation("mob").await, bench.organisation("bureau").await);
    assert_eq!(bureau.path, format!("{}{}/", mob.path, bureau.id));
    let ended = bench.organisation("moa").await;
    assert_eq!((ended.valid_to.as_deref(), ended.successor_id), (Some("2026-03-31"), Some(mob.id.clone())));
    let mut tx = bench.app.db.read().await.unwrap();
    assert_eq!(store::systems_of(&mut tx, &Scope::Everything, &mob.id).await.unwrap().len(), 1);
    assert_eq!(store::assets_of(&mut tx, &Scope::Everything, &mob.id).await.unwrap().len(), 3);
    assert!(store::posts_of(&mut tx, &Scope::Everything, &moa).await.unwrap().iter().all(|post| post.valid_to.is_some()));
    drop(tx);
    // Whoever held a role below still holds it at the new place, and nowhere else.
    assert_eq!(bench.get_as("bureau@example.test", &format!("/register/organisations/{}", bureau.id)).await.status, 200);
    assert_eq!(bench.get_as("bureau@example.test", &format!("/register/organisations/{}", mob.id)).await.status, 404);
}

#[tokio::test]
async fn a_new_name_and_a_new_kind_are_kept() {
    let bench = Bench::new().await;
    bench.account("centre@example.test", Role::Evaluator, "centre").await;
    bench.account("ciso@example.test", Role::Ciso, "moa").await;
    let who = "centre@example.test";
    let kind = [("code", "prefecture"), ("name_ja", "都道府県"), ("name_en", "Prefecture")];
    assert_eq!(bench.post_as(who, "/register/kinds", &kind).await.status, 303);
    assert_eq!(bench.post_as("ciso@example.test", "/register/kinds", &kind).await.status, 404);
    let moa = bench.organisation("moa").await.id;
    let sent = [("parent", "centre"), ("kind", "prefecture"), ("name_ja", "新甲省"), ("name_en", "New A"), ("valid_from", "2020-04-01")];
    assert_eq!(bench.post_as(who, &format!("/register/organisations/{moa}/edit"), &sent).await.status, 303);
    let page = bench.get_as(who, &format!("/register/organisations/{moa}")).await;
    for words in ["新甲省", "以前の名称", "甲省", "2026-03-31", "都道府県", "組織を変更"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
}

#[tokio::test]
async fn programs_read_and_write_the_same_lists() {
    let bench = Bench::new().await;
    bench.account("ciso@example.test", Role::Ciso, "moa").await;
    let who = "ciso@example.test";
    let system = serde_json::json!({ "organisation": "moa", "code": "api", "name_ja": "窓口", "confidentiality": 2, "integrity": 1, "availability": 1, "stage": "operation" });
    assert_eq!(bench.json_as(who, "/api/v1/register/systems", &system).await.status, 200);
    assert_eq!(bench.json_as(who, "/api/v1/register/systems", &system).await.status, 422);
    let answer = bench.get_as(who, "/api/v1/register/systems").await;
    let read: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((read[0]["code"].as_str(), read[0]["stage"].as_str()), (Some("api"), Some("operation")));
    let post = serde_json::json!({ "organisation": "moa", "post": "ciso", "name": "責任花子" });
    assert_eq!(bench.json_as(who, "/api/v1/register/posts", &post).await.status, 200);
    let gaps: serde_json::Value = serde_json::from_str(&bench.get_as(who, "/api/v1/register/gaps").await.body).unwrap();
    assert_eq!(gaps[0]["gaps"][0], "no-decision-line");
    let organisation = serde_json::json!({ "code": "x1", "parent": "moa", "kind": "agency", "name_ja": "x", "valid_from": "2026-04-01" });
    assert_eq!(bench.json_as(who, "/api/v1/register/organisations", &organisation).await.status, 404);
}

#[tokio::test]
async fn there_is_one_centre() {
    let bench = Bench::empty().await;
    let mut work = bench.work().await;
    create_centre(&mut work, "nisc", "センター", "", "2026-04-01").await.unwrap();
    work.commit().await.unwrap();
    let mut work = bench.work().await;
    assert_eq!(create_centre(&mut work, "again", "もう一つ", "", "2026-04-01").await.unwrap_err().status(), 409);
}

#[tokio::test]
async fn a_table_fits_a_phone_and_forgets_what_was_done() {
    let bench = Bench::new().await;
    bench.account("eval@example.test", Role::Evaluator, "centre").await;
    // Three rows need no search, but their CSV is there.
    let short = bench.get_as("eval@example.test", "/register/organisations?lang=en&done=organisation-added").await.body;
    assert!(short.contains("role=\"status\"") && short.contains("organisations.csv=1") && !short.contains("role=\"search\""), "{short}");
    assert!(short.contains("class=\"cards\"") && short.contains("data-title=\"Kind\""), "{short}");
    let mut work = bench.work().await;
    add_organisation(&mut work, &ministry("fourth")).await.unwrap();
    work.commit().await.unwrap();
    let asked = "/register/organisations?lang=en&done=organisation-added&organisations.sort=-1";
    let page = bench.get_as("eval@example.test", asked).await.body;
    assert!(page.contains("<option value=\"-1\" selected>Code, falling</option>"), "{page}");
    // The words of what was done are said once: neither the search nor an order nor the download brings them back.
    let table = page.split("class=\"tools\"").nth(1).unwrap();
    assert!(table.contains("name=\"lang\" value=\"en\"") && !table.contains("done"), "{table}");
}
