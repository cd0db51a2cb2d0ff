//! `openapi.json` is what it says it is, and what the API gives fits it.

use serde_json::{Value, json};

use super::access::Cast;
use super::{looking, pages};
use crate::app::openapi::document;
use crate::app::router::routes;
use crate::base::area::Kind;

/// Every reference in a document.
fn references<'a>(value: &'a Value, out: &mut Vec<&'a str>) {
    match value {
        Value::Object(fields) => {
            out.extend(fields.get("$ref").and_then(Value::as_str));
            fields.values().for_each(|value| references(value, out));
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, out)),
        _ => {}
    }
}

#[test]
fn the_document_is_sound() {
    crate::app::begin();
    let document = document();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    let mut found = Vec::new();
    references(&document, &mut found);
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
    let mut ids = std::collections::BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        assert!(path.starts_with("/api/v1/"), "{path}");
        for (method, operation) in item.as_object().unwrap() {
            assert!(["get", "post", "put", "delete"].contains(&method.as_str()));
            assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{path}: the operation id is taken");
            assert!(!operation["summary"].as_str().unwrap().is_empty(), "{method} {path} does not say what it does");
            let declared: Vec<&str> =
                operation["parameters"].as_array().unwrap().iter().filter(|one| one["in"] == "path").filter_map(|one| one["name"].as_str()).collect();
            for name in path.split('{').skip(1).filter_map(|part| part.split('}').next()) {
                assert!(declared.contains(&name), "{path}: {name}");
            }
            assert!(operation["responses"].as_object().is_some_and(|responses| !responses.is_empty()));
        }
    }
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        assert!(jsonschema::meta::is_valid(schema), "the schema {name} is none");
    }
}

/// Programs of others are written against it: what changes in it is read before it is accepted.
#[test]
fn the_document_is_the_one_that_was_agreed() {
    crate::app::begin();
    insta::assert_snapshot!("openapi", serde_json::to_string_pretty(&document()).unwrap());
}

#[test]
fn what_the_api_gives_fits_its_schema() {
    looking(|example| async move {
        let mut cast = Cast::of(example).await;
        let document = document();
        let mut wrong = Vec::new();
        for (area, route) in routes() {
            if route.kind != Kind::Api || route.method != "GET" {
                continue;
            }
            // A route without a sample fails the access test.
            let Ok((path, _)) = cast.addresses(example, &route).await else { continue };
            let answer = pages::first_answer(example, &cast, area, route.need, &path, "en").await;
            if answer.status != 200 {
                wrong.push(format!("{path}: {}", answer.status));
                continue;
            }
            let schema = &document["paths"][route.path]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
            if schema.is_null() {
                continue;
            }
            let Ok(given) = serde_json::from_str::<Value>(&answer.body) else {
                wrong.push(format!("{path}: no JSON"));
                continue;
            };
            let mut whole = json!({ "allOf": [schema] });
            whole["components"] = document["components"].clone();
            whole["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
            match jsonschema::validator_for(&whole) {
                Ok(validator) => {
                    wrong.extend(validator.iter_errors(&given).take(3).map(|error| format!("{path}: {}: {error}", error.instance_path())))
                }
                Err(error) => wrong.push(format!("{path}: its schema: {error}")),
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}
