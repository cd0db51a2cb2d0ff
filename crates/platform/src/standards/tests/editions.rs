//! Editions stored and compared; files that must not be stored.

use engine::facts::{AppliesTo, Role};
use formats::oscal::ChangeKind;

use crate::base::error::Error;
use crate::base::lang::Lang;
use crate::standards::change::{Kind, changes};
use crate::standards::{actions, store};
use crate::testing::Bench;

#[tokio::test]
async fn the_baseline_ships_once_with_all_it_asks() {
    let bench = Bench::new().await;
    let mut work = bench.work().await;
    let first = actions::ship_baseline(&mut work, 1).await.unwrap();
    let second = actions::ship_baseline(&mut work, 2).await.unwrap();
    assert_eq!(actions::ship_baseline(&mut work, 1).await.unwrap(), first);
    work.commit().await.unwrap();
    let mut tx = bench.app.db.read().await.unwrap();
    let editions = store::editions(&mut tx).await.unwrap();
    assert_eq!(editions.iter().map(|edition| edition.spelled()).collect::<Vec<_>>(), ["baseline@1", "baseline@2"]);
    for (id, count) in [(&first, 116), (&second, 119)] {
        let all = store::requirements(&mut tx, id).await.unwrap();
        assert_eq!(all.len(), count);
        assert_eq!(store::edition(&mut tx, id).await.unwrap().requirements, count as i64);
        for one in &all {
            for text in [
                &one.title_ja,
                &one.title_en,
                &one.statement_ja,
                &one.statement_en,
                &one.question_ja,
                &one.question_en,
                &one.guidance_ja,
                &one.guidance_en,
                &one.source,
                &one.block_ja,
                &one.theme_en,
            ] {
                assert!(!text.is_empty(), "{}", one.code);
            }
            assert!(!one.roles.is_empty() && one.theme.starts_with(&one.block));
        }
        assert_eq!(store::requirement(&mut tx, &all[5].id).await.unwrap(), all[5]);
        assert_eq!(all.iter().flat_map(|one| &one.checks).count(), 7);
    }
}

#[tokio::test]
async fn the_second_edition_changes_what_it_says_it_changes() {
    let bench = Bench::new().await;
    let mut work = bench.work().await;
    let first = actions::ship_baseline(&mut work, 1).await.unwrap();
    let second = actions::ship_baseline(&mut work, 2).await.unwrap();
    let (old, new) = (store::requirements(&mut work.tx, &first).await.unwrap(), store::requirements(&mut work.tx, &second).await.unwrap());
    let ours = changes(&old, &new);
    let catalog = |text: &str| formats::oscal::Catalog::read(text.as_bytes()).unwrap().0;
    let (a, b) = (catalog(include_str!("../baseline/edition-1.json")), catalog(include_str!("../baseline/edition-2.json")));
    let theirs = formats::oscal::diff(&a, &b);
    let kind = |kind: &ChangeKind| match kind {
        ChangeKind::Added => Kind::Added,
        ChangeKind::Changed { .. } => Kind::Changed,
        ChangeKind::Withdrawn => Kind::Withdrawn,
    };
    assert_eq!(
        ours.iter().map(|one| (one.code.clone(), one.kind)).collect::<Vec<_>>(),
        theirs.iter().map(|one| (one.control_id.clone(), kind(&one.kind))).collect::<Vec<_>>()
    );
    let count = |kind: Kind| ours.iter().filter(|one| one.kind == kind).count();
    assert_eq!((count(Kind::Added), count(Kind::Changed), count(Kind::Withdrawn)), (6, 8, 3));
    for one in &ours {
        assert!(!one.fields.is_empty());
        assert!(one.fields.iter().all(|field| field.before != field.after), "{one:?}");
    }
    assert!(changes(&new, &new).is_empty());
}

/// A catalog of one control, changed by `change`.
fn catalog(change: impl FnOnce(&mut serde_json::Value)) -> Vec<u8> {
    let mut document = serde_json::json!({ "catalog": {
        "uuid": "8742196d-86ba-4e72-a411-28867dab43bb",
        "metadata": { "title": "A small standard", "last-modified": "2026-01-02T00:00:00Z", "version": "1", "oscal-version": "1.1.2" },
        "controls": [{ "id": "a-1", "title": "Back up", "params": [{ "id": "a-1_prm", "label": "days" }],
            "parts": [{ "id": "a-1_smt", "name": "statement", "prose": "Back up every {{ insert: param, a-1_prm }} days." }] }],
    } });
    change(&mut document["catalog"]);
    document.to_string().into_bytes()
}

#[tokio::test]
async fn a_foreign_catalog_gets_sensible_values_and_is_known_again() {
    let bench = Bench::new().await;
    let mut work = bench.work().await;
    let (id, problems) = actions::import_catalog(&mut work, &catalog(|_| {}), "small.json").await.unwrap();
    assert_eq!(problems, []);
    let one = &store::requirements(&mut work.tx, &id).await.unwrap()[0];
    assert_eq!((one.code.as_str(), one.title_ja.as_str(), one.title_en.as_str()), ("a-1", "Back up", "Back up"));
    assert_eq!(one.statement_ja, "Back up every [Assignment: days] days.");
    assert_eq!(one.question_en, "Have you put \"Back up\" into practice?");
    assert_eq!((one.roles.as_slice(), one.applies_to), (&[Role::SystemManager][..], AppliesTo::Organisation));
    assert!(one.evidence_self && one.evidence_audit && one.checks.is_empty() && one.priority == 2);
    assert_eq!(actions::import_catalog(&mut work, &catalog(|_| {}), "other-name.json").await.unwrap().0, id);
    // Another version of the same title is the next edition; the same version with other content is refused.
    let next = catalog(|catalog| {
        catalog["metadata"]["version"] = "2".into();
        catalog["controls"][0]["title"] = "Back up often".into();
    });
    let (second, _) = actions::import_catalog(&mut work, &next, "small-2.json").await.unwrap();
    let editions = store::editions(&mut work.tx).await.unwrap();
    assert_eq!(editions.iter().map(|one| one.spelled()).collect::<Vec<_>>(), ["small@1", "small@2"]);
    let diff = actions::diff(&mut work.tx, &id, &second).await.unwrap();
    assert_eq!(diff.changes[0].fields.iter().map(|one| one.field).collect::<Vec<_>>(), ["title", "title", "question", "question"]);
    let other = catalog(|catalog| catalog["controls"][0]["title"] = "Something else".into());
    assert_eq!(code(&actions::import_catalog(&mut work, &other, "small.json").await.unwrap_err()), "H1105");
}

fn code(error: &Error) -> String {
    let Error::Invalid(fields) = error else { panic!("{error:?}") };
    fields[0].values.iter().find(|(name, _)| *name == "code").unwrap().1.clone()
}

#[tokio::test]
async fn what_is_wrong_is_named_with_place_and_remedy_and_nothing_is_stored() {
    let bench = Bench::new().await;
    let control = |id: &str| serde_json::json!({ "id": id, "title": "x" });
    let ours = |name: &str, value: &str| serde_json::json!([{ "name": name, "ns": "urn:hinomi:oscal", "value": value }]);
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("H0413", catalog(|catalog| catalog["controls"] = serde_json::json!([control("a-1"), control("a-1")])), "a-1"),
        ("H0407", catalog(|catalog| catalog["metadata"]["oscal-version"] = "2.0.0".into()), "2.0.0"),
        ("H0406", br#"{"component-definition": {}}"#.to_vec(), "component-definition"),
        ("H0201", b"{\"catalog\": ".to_vec(), ""),
        ("H0202", br#"{"catalog": {"uuid": "a", "uuid": "b"}}"#.to_vec(), "uuid"),
        ("H0411", catalog(|catalog| drop(catalog["controls"][0].as_object_mut().unwrap().remove("title"))), "title"),
        ("H0412", catalog(|catalog| catalog["controls"][0]["parts"] = "text".into()), "/catalog/controls/0/parts"),
        ("H0411", catalog(|catalog| drop(catalog["metadata"].as_object_mut().unwrap().remove("version"))), "version"),
        ("H1101", catalog(|catalog| catalog["controls"][0]["props"] = ours("role", "gardener")), "section-head"),
        ("H1101", catalog(|catalog| catalog["controls"][0]["props"] = ours("check", "teapot")), "https-expiry"),
        ("H1103", catalog(|catalog| catalog["controls"] = serde_json::json!([])), ""),
        ("H0203", format!("{{\"catalog\": {}{}}}", "[".repeat(100), "]".repeat(100)).into_bytes(), ""),
    ];
    for (wanted, bytes, words) in cases {
        let mut work = bench.work().await;
        let error = actions::import_catalog(&mut work, &bytes, "x.json").await.unwrap_err();
        assert_eq!(code(&error), wanted, "{error}");
        for lang in Lang::ALL {
            assert!(error.message(lang).contains(words), "{}", error.message(lang));
        }
        assert!(store::editions(&mut work.tx).await.unwrap().is_empty() && store::standard_codes(&mut work.tx).await.unwrap().is_empty());
    }
    // An odd document uuid or a missing date harms nothing; it is told.
    let mut work = bench.work().await;
    let odd = catalog(|catalog| {
        catalog["uuid"] = "1".into();
        catalog["metadata"].as_object_mut().unwrap().remove("last-modified");
    });
    let (id, problems) = actions::import_catalog(&mut work, &odd, "x.json").await.unwrap();
    assert_eq!(problems.iter().map(|one| (&*one.code, one.is_error())).collect::<Vec<_>>(), [("H0414", false), ("H0411", false)]);
    assert_eq!(store::edition(&mut work.tx, &id).await.unwrap().published_on, "2026-04-01");
}

#[tokio::test]
async fn a_profile_takes_its_catalog_from_beside_or_from_the_store() {
    let bench = Bench::new().await;
    let profile = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut document = serde_json::json!({ "profile": {
            "uuid": "11111111-2222-4333-8444-555555555555",
            "metadata": { "title": "Chosen", "last-modified": "2026-01-03T00:00:00Z", "version": "1", "oscal-version": "1.1.2" },
            "imports": [{ "href": "../far/away/small.xml", "include-controls": [{ "with-ids": ["a-1"] }] }],
            "merge": { "as-is": true },
            "modify": { "set-parameters": [{ "param-id": "a-1_prm", "values": ["7"] }] },
        } });
        change(&mut document["profile"]);
        document.to_string().into_bytes()
    };
    let mut work = bench.work().await;
    let error = actions::import_profile(&mut work, &profile(&|_| {}), "p.json", vec![]).await.unwrap_err();
    assert_eq!(code(&error), "H0421");
    let beside = vec![("small.json".to_owned(), catalog(|_| {}))];
    let (id, problems) = actions::import_profile(&mut work, &profile(&|_| {}), "p.json", beside).await.unwrap();
    assert_eq!(problems, []);
    assert_eq!(store::requirements(&mut work.tx, &id).await.unwrap()[0].statement_en, "Back up every 7 days.");
    actions::import_catalog(&mut work, &catalog(|_| {}), "small.json").await.unwrap();
    assert_eq!(actions::import_profile(&mut work, &profile(&|_| {}), "p.json", vec![]).await.unwrap().0, id);
    type Turn = Box<dyn Fn(&mut serde_json::Value)>;
    let turns: Vec<(&str, &str, Turn)> = vec![
        ("H1111", "a-9", Box::new(|profile| profile["imports"][0]["include-controls"][0]["with-ids"][0] = "a-9".into())),
        ("H1114", "zz", Box::new(|profile| profile["modify"]["set-parameters"][0]["param-id"] = "zz".into())),
        ("H0425", "surprise", Box::new(|profile| profile["modify"]["surprise"] = "x".into())),
        ("H0425", "custom", Box::new(|profile| profile["merge"] = serde_json::json!({ "custom": {} }))),
    ];
    for (wanted, words, turn) in turns {
        let error = actions::import_profile(&mut work, &profile(&*turn), "p.json", vec![]).await.unwrap_err();
        assert_eq!(code(&error), wanted, "{error}");
        assert!(error.message(Lang::Ja).contains(words) && error.message(Lang::En).contains(words), "{}", error.message(Lang::Ja));
    }
}
