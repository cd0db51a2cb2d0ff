//! The pages and the API of the standards, through the router.

use serde_json::Value;

use crate::base::actor::Role;
use crate::standards::{actions, store};
use crate::testing::{Answer, Bench};

const CENTRE: &str = "centre@example.test";
const STAFF: &str = "staff@example.test";

pub(super) async fn bench() -> Bench {
    let bench = Bench::new().await;
    bench.account(CENTRE, Role::Evaluator, "centre").await;
    bench.account(STAFF, Role::Respondent, "moa").await;
    bench
}

/// Keeps a page for a person to look at, when `HINOMI_TEST_PAGES` names a folder.
pub(super) fn keep(name: &str, answer: &Answer) {
    if let Some(folder) = std::env::var_os("HINOMI_TEST_PAGES") {
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}.html")), &answer.bytes).unwrap();
    }
}

fn hidden(body: &str, name: &str) -> String {
    let (_, rest) = body.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("{name}: {body}"));
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_centre_ships_the_baseline_and_everybody_reads_it() {
    let bench = bench().await;
    let empty = bench.get_as(CENTRE, "/standards/editions").await;
    assert!(empty.body.contains("付属の共通基準 第1版を登録する"), "{}", empty.body);
    assert!(!bench.get_as(STAFF, "/standards/editions").await.body.contains("/standards/baseline"));
    assert_eq!(bench.post_as(STAFF, "/standards/baseline", &[("number", "1")]).await.status, 404);
    for number in ["1", "2"] {
        assert_eq!(bench.post_as(CENTRE, "/standards/baseline", &[("number", number)]).await.status, 303);
    }
    assert_eq!(bench.post_as(CENTRE, "/standards/baseline", &[("number", "3")]).await.status, 404);
    let mut tx = bench.app.db.read().await.unwrap();
    let editions = store::editions(&mut tx).await.unwrap();
    let requirement = store::requirements(&mut tx, &editions[1].id).await.unwrap().into_iter().find(|one| !one.checks.is_empty()).unwrap();
    drop(tx);
    for lang in ["ja", "en"] {
        let list = bench.get_as(STAFF, &format!("/standards/editions?lang={lang}")).await;
        keep(&format!("editions-{lang}"), &list);
        let edition = bench.get_as(STAFF, &format!("/standards/editions/{}?lang={lang}", editions[1].id)).await;
        keep(&format!("edition-{lang}"), &edition);
        assert!(edition.body.contains("requirements.c2"), "{}", edition.body);
        let one = bench.get_as(STAFF, &format!("/standards/requirements/{}?lang={lang}", requirement.id)).await;
        keep(&format!("requirement-{lang}"), &one);
        assert!(one.body.contains(if lang == "ja" { "実測（" } else { "Measurement (" }), "{}", one.body);
        let diff = bench.get_as(STAFF, &format!("/standards/diff?from={}&to={}&lang={lang}", editions[0].id, editions[1].id)).await;
        keep(&format!("diff-{lang}"), &diff);
        assert!(diff.body.contains(if lang == "ja" { "追加6件、変更8件、廃止3件" } else { "6 added, 8 changed, 3 withdrawn" }), "{}", diff.body);
        for page in [&list, &edition, &one, &diff] {
            assert!(page.status == 200 && !page.body.contains("[standards-"), "{}", page.body);
        }
    }
    let pair = format!("from={}&to={}", editions[0].id, editions[1].id);
    let csv = bench.get_as(STAFF, &format!("/standards/diff?{pair}&changes.csv=1")).await;
    assert!(csv.body.lines().count() > 17, "{}", csv.body);
    let json: Value = serde_json::from_str(&bench.get_as(STAFF, &format!("/standards/diff.json?{pair}")).await.body).unwrap();
    assert_eq!(json["changes"].as_array().unwrap().len(), 17);
    assert_eq!(json, serde_json::from_str::<Value>(&bench.get_as(STAFF, &format!("/api/v1/standards/diff?{pair}")).await.body).unwrap());
    let whole: Value = serde_json::from_str(&bench.get_as(STAFF, &format!("/api/v1/standards/editions/{}", editions[1].id)).await.body).unwrap();
    assert_eq!(whole["requirements"].as_array().unwrap().len(), 119);
    let catalog = bench.get_as(STAFF, &format!("/standards/editions/{}/catalog.json", editions[1].id)).await;
    assert_eq!(catalog.bytes, include_bytes!("../baseline/edition-2.json"));
    assert_eq!(bench.get("/standards/editions").await.status, 303);
    assert_eq!(bench.get_as(STAFF, "/standards/diff?from=x&to=y").await.status, 404);
}

#[tokio::test]
async fn an_upload_is_shown_first_and_stored_on_a_second_word() {
    let bench = bench().await;
    let bytes = include_bytes!("../baseline/edition-1.json");
    let shown = bench.upload_as(CENTRE, "/standards/import", "共通基準.json", bytes, &[]).await;
    keep("import-preview", &shown);
    assert_eq!(shown.status, 200, "{}", shown.body);
    assert!(shown.body.contains("新しい基準の最初の版になります") && shown.body.contains("116"));
    assert!(store::editions(&mut bench.app.db.read().await.unwrap()).await.unwrap().is_empty());
    let sent = [("name", "共通基準.json".to_owned()), ("file", hidden(&shown.body, "file")), ("beside", String::new())];
    let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(bench.post_as(STAFF, "/standards/import/confirm", &sent).await.status, 404);
    assert_eq!(bench.post_as(CENTRE, "/standards/import/confirm", &sent).await.status, 303);
    assert_eq!(store::editions(&mut bench.app.db.read().await.unwrap()).await.unwrap().len(), 1);
    let next = bench.upload_as(CENTRE, "/standards/import", "b.json", include_bytes!("../baseline/edition-2.json"), &[]).await;
    assert!(next.body.contains("新しい版になります") && next.body.contains("mgt-33"), "{}", next.body);
    let again = bench.upload_as(CENTRE, "/standards/import", "a.json", bytes, &[]).await;
    assert!(again.body.contains("同じ内容がもう登録されています") && !again.body.contains("name=\"file\" value"), "{}", again.body);
    let wrong = bench.upload_as(CENTRE, "/standards/import?lang=en", "a.json", b"PK\x03\x04", &[]).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("H0201"), "{}", wrong.body);
    let doubled = String::from_utf8_lossy(bytes).replace("\"inf-02\"", "\"inf-01\"");
    let wrong = bench.upload_as(CENTRE, "/standards/import", "a.json", doubled.as_bytes(), &[]).await;
    keep("import-refused", &wrong);
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("H0413") && wrong.body.contains("/catalog/groups/0"), "{}", wrong.body);
    assert!(!wrong.body.contains("H1102") && !wrong.body.contains("同じ内容がもう"), "{}", wrong.body);
    let none = bench.upload_as(CENTRE, "/standards/import", "", b"", &[]).await;
    assert_eq!(none.status, 422);
}

#[tokio::test]
async fn programs_examine_and_store() {
    let bench = bench().await;
    let document: Value = serde_json::from_slice(include_bytes!("../baseline/edition-1.json")).unwrap();
    let body = |dry: bool| serde_json::json!({ "name": "one.json", "document": document, "dry_run": dry });
    let dry: Value = serde_json::from_str(&bench.json_as(CENTRE, "/api/v1/standards/import", &body(true)).await.body).unwrap();
    assert_eq!((&dry["edition"], &dry["requirements"]), (&Value::Null, &Value::from(116)));
    let stored: Value = serde_json::from_str(&bench.json_as(CENTRE, "/api/v1/standards/import", &body(false)).await.body).unwrap();
    assert!(stored["edition"].is_string());
    assert_eq!(bench.json_as(STAFF, "/api/v1/standards/import", &body(false)).await.status, 404);
    let wrong = bench.json_as(CENTRE, "/api/v1/standards/import?lang=en", &serde_json::json!({ "name": "x", "document": { "catalog": 1 } })).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("H0406") && wrong.body.contains("Choose a file"), "{}", wrong.body);
    let mut work = bench.work().await;
    assert!(actions::ship_baseline(&mut work, 2).await.is_ok());
}
