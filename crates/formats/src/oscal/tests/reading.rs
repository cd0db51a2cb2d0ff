//! Reading: what is wrong is named with its place; nothing known or unknown is lost; nothing panics.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{document, metadata, small_catalog};
use crate::lang::Lang;
use crate::oscal::{Catalog, Limits, Profile, ReadError};

fn problems(fields: Value) -> Vec<(String, String)> {
    let (_, problems) = Catalog::read(&document("catalog", fields)).unwrap();
    problems.iter().map(|p| (p.code.to_string(), p.place.sheet.clone().unwrap_or_default())).collect()
}

#[test]
fn a_good_catalog_has_no_problem() {
    assert_eq!(problems(json!({ "controls": [{ "id": "遵守-1.2", "title": "題" }] })), []);
}

#[test]
fn every_problem_has_its_place() {
    let found = problems(json!({
        "uuid": "not-a-uuid",
        "controls": [
            { "id": "a1", "title": "one", "parts": "none" },
            { "id": "a1" },
            { "id": "1a", "title": "x", "controls": [7, { "title": "no id" }] },
        ],
    }));
    let expected = [
        ("H0414", "/catalog/uuid"),
        ("H0412", "/catalog/controls/0/parts"),
        ("H0413", "/catalog/controls/1/id"),
        ("H0411", "/catalog/controls/1"),
        ("H0415", "/catalog/controls/2/id"),
        ("H0412", "/catalog/controls/2/controls/0"),
        ("H0411", "/catalog/controls/2/controls/1"),
    ];
    assert_eq!(found, expected.map(|(code, place)| (code.to_owned(), place.to_owned())));
}

#[test]
fn problems_speak_both_languages_and_say_what_to_do() {
    let text = document("catalog", json!({ "controls": [{ "id": "a1", "title": "x" }, { "id": "a1", "title": "y" }] }));
    let (_, problems) = Catalog::read(&text).unwrap();
    let problem = &problems[0];
    assert!(problem.message(Lang::Ja).contains("識別子「a1」は /catalog/controls/0/id ですでに使われています。"));
    assert!(problem.message(Lang::En).contains("the id \"a1\" is already used at /catalog/controls/0/id."));
    assert!(problem.remedy(Lang::Ja).contains("一つだけ"));
    assert!(problem.remedy(Lang::En).contains("unique"));
}

#[test]
fn versions() {
    let read = |version: &str| {
        let mut metadata = metadata();
        metadata["oscal-version"] = version.into();
        Catalog::read(&document("catalog", json!({ "metadata": metadata }))).map(|_| ())
    };
    for version in ["1.0.0", "v1.0.0", "1.1.2", "1.2.1", "1.2.2", "1.2"] {
        assert_eq!(read(version), Ok(()), "{version}");
    }
    for version in ["", "2.0.0", "1.3.0", "0.9.0", "1.0.0-rc1", "1", "one", "1.0.", "11.0.0"] {
        assert_eq!(read(version), Err(ReadError::Version { found: version.into() }), "{version}");
    }
}

#[test]
fn another_model_is_named() {
    let error = Catalog::read(&document("profile", json!({}))).unwrap_err();
    assert_eq!(error, ReadError::OtherModel { expected: "catalog", found: "profile".into() });
    for text in ["[]", "7", "{}", "{\"catalog\": 1}"] {
        assert!(matches!(Catalog::read(text.as_bytes()), Err(ReadError::OtherModel { .. })), "{text}");
    }
}

#[test]
fn size_depth_and_twice_the_same_key_are_refused() {
    let code = |text: &[u8], limits: &Limits| Catalog::read_within(text, limits).unwrap_err().code().to_owned();
    let limits = Limits::default();
    assert_eq!(code(b"{}", &Limits { bytes: 1, ..limits }), "H0101");
    assert_eq!(code("[".repeat(100_000).as_bytes(), &limits), "H0203");
    assert_eq!(code(br#"{"catalog":{"uuid":"a","uuid":"b"}}"#, &limits), "H0202");
    assert_eq!(code(b"<catalog/>", &limits), "H0201");
}

#[test]
fn unknown_fields_survive() {
    let text = document("catalog", json!({ "x-own": 1, "controls": [{ "id": "a1", "title": "x", "x": [1, { "y": null }] }] }));
    let (catalog, problems) = Catalog::read(&text).unwrap();
    assert_eq!(problems, []);
    let before: Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&catalog.to_json(false)).unwrap(), before);
}

#[test]
fn a_statement_in_either_language() {
    let control = json!({
        "id": "a1", "title": "x",
        "parts": [
            { "name": "statement", "class": "ja", "prose": "守る。" },
            { "name": "statement", "class": "en", "prose": "Keep it." },
            { "name": "guidance", "class": "ja", "prose": "例。" },
        ],
    });
    let (catalog, _) = Catalog::read(&document("catalog", json!({ "controls": [control] }))).unwrap();
    assert_eq!(catalog.statement("a1", Lang::Ja).as_deref(), Some("守る。"));
    assert_eq!(catalog.statement("a1", Lang::En).as_deref(), Some("Keep it."));
    let control = catalog.control("a1").unwrap();
    assert_eq!(control.text("guidance", Lang::En, &[]).as_deref(), Some("例。"));
    assert_eq!(control.text("objective", Lang::Ja, &[]), None);
}

#[test]
fn a_foreign_statement_is_put_together() {
    let label = |value| json!([{ "name": "label", "value": value }]);
    let control = json!({
        "id": "a1", "title": "x",
        "params": [
            { "id": "p1", "label": "roles" },
            { "id": "p2", "select": { "how-many": "one-or-more", "choice": ["stop", "wait {{ insert: param, p3 }} "] } },
            { "id": "p3", "values": ["5 minutes"] },
            { "id": "loop", "label": "{{ insert: param, loop }}" },
        ],
        "parts": [{ "name": "statement", "prose": "Do:", "parts": [
            { "name": "item", "props": label("a."), "prose": "tell {{ insert: param, p1 }};" },
            { "name": "item", "props": label("b."), "parts": [
                { "name": "item", "props": label("1."), "prose": "{{insert:param,p2}} {{ other }} {{ insert: param, gone }} {{" },
            ] },
        ] }],
    });
    let (catalog, _) = Catalog::read(&document("catalog", json!({ "controls": [control] }))).unwrap();
    let expected = "Do:\n  a. tell [Assignment: roles];\n  b.\n    1. [Selection (one or more): stop; wait 5 minutes] \
                    {{ other }} [Assignment: gone] {{";
    assert_eq!(catalog.control("a1").unwrap().statement(Lang::Ja).as_deref(), Some(expected));
}

proptest! {
    #[test]
    fn bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Catalog::read(&bytes);
        let _ = Profile::read(&bytes);
    }

    /// Any value in any place of a catalog and a profile: read, or refused, and what was read can be written.
    #[test]
    fn odd_values_never_panic(value in odd(), place in 0..14usize) {
        let names = ["metadata", "controls", "groups", "params", "back-matter", "uuid", "imports", "merge", "modify"];
        let (name, value) = match names.get(place) {
            Some(name) => (*name, value),
            None => ("controls", json!([{ "id": "a", "title": "t", "parts": value.clone(), "params": value }])),
        };
        for model in ["catalog", "profile"] {
            let text = document(model, json!({ name: value }));
            if let Ok((catalog, _)) = Catalog::read(&text) {
                prop_assert!(!catalog.to_json(true).is_empty());
                for placed in catalog.controls() {
                    let _ = placed.control.statement(Lang::Ja);
                }
            }
            if let Ok((profile, _)) = Profile::read(&text) {
                let _ = crate::oscal::resolve(&profile, &|_| Some(text.clone()), &Limits::default());
            }
        }
    }

    #[test]
    fn written_and_read_again_is_the_same(catalog in small_catalog()) {
        let text = catalog.to_json(true);
        let (again, problems) = Catalog::read(text.as_bytes()).unwrap();
        prop_assert_eq!(problems, vec![]);
        prop_assert_eq!(&again, &catalog);
        prop_assert_eq!(again.to_json(true), text);
    }
}

fn odd() -> impl Strategy<Value = Value> {
    let names = || prop::sample::select(vec!["id", "title", "name", "value", "controls", "parts", "prose", "href", "values", "x"]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-c{}: ,]{0,8}".prop_map(Value::from),
        Just(json!("{{ insert: param, a }}")),
        Just(json!("#11111111-2222-4333-8444-555555555555")),
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((names(), inner), 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())),
        ]
    })
}
