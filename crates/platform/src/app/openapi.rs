//! `openapi.json` (OpenAPI 3.1) from the routes, and a page that reads it, offline.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::router::routes;
use crate::base::area::{Kind, Need};
use crate::base::cx::Cx;
use crate::base::view::cell::Cell;
use crate::base::view::list::List;
use crate::base::view::page::Page;

/// The document.
pub fn document() -> Value {
    // OpenAPI 3.1 schemas are JSON Schema 2020-12; only the place of the definitions differs.
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    let mut generator = settings.into_generator();
    let mut paths: std::collections::BTreeMap<&str, Map<String, Value>> = Default::default();
    for (area, route) in routes() {
        if route.kind != Kind::Api {
            continue;
        }
        let mut parameters = Vec::new();
        for name in route.path.split('{').skip(1).filter_map(|part| part.split('}').next()) {
            parameters.push(json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }));
        }
        for name in route.query {
            parameters.push(json!({ "name": name, "in": "query", "required": false, "schema": { "type": "string" } }));
        }
        let mut ok = json!({ "description": "OK" });
        if let Some(gives) = route.gives {
            ok["content"] = json!({ "application/json": { "schema": gives(&mut generator) } });
        }
        let problem = |text: &str| json!({ "description": text, "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } } });
        let mut responses = json!({ "200": ok, "404": problem("Does not exist, or is not yours to see") });
        if route.need != Need::Public {
            responses["401"] = problem("Sign in or send an API token first");
        }
        if route.method != "GET" {
            responses["422"] = problem("The input is wrong; each error names its field");
            responses["409"] = problem("The state does not allow this any more");
        }
        let mut operation = json!({
            "operationId": format!("{}_{}", route.method.to_lowercase(), route.path.trim_start_matches("/api/v1/").replace(['/', '-'], "_").replace(['{', '}'], "")),
            "tags": [area],
            "summary": route.summary,
            "parameters": parameters,
            "responses": responses,
        });
        if let Some(takes) = route.takes {
            operation["requestBody"] = json!({ "required": true, "content": { "application/json": { "schema": takes(&mut generator) } } });
        }
        if route.need == Need::Public {
            operation["security"] = json!([]);
        }
        paths.entry(route.path).or_default().insert(route.method.to_lowercase(), operation);
    }
    let mut schemas: std::collections::BTreeMap<String, Value> = generator.take_definitions(true).into_iter().collect();
    schemas.insert(
        "Problem".to_owned(),
        json!({
            "type": "object", "description": "RFC 9457", "required": ["type", "title", "status"],
            "properties": {
                "type": { "type": "string" }, "title": { "type": "string" }, "status": { "type": "integer" },
                "number": { "type": "string", "description": "to quote when asking for help" },
                "errors": { "type": "array", "items": { "type": "object", "properties": {
                    "field": { "type": "string" }, "code": { "type": "string" }, "message": { "type": "string" } } } }
            }
        }),
    );
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Hinomi", "version": env!("CARGO_PKG_VERSION"), "license": { "name": "Apache-2.0 OR MIT" } },
        "security": [{ "token": [] }, { "session": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "description": "An API token made on the page of access tokens" },
                "session": { "type": "apiKey", "in": "cookie", "name": crate::access::layer::SESSION_COOKIE }
            }
        }
    })
}

/// Serves the document.
pub async fn json() -> axum::Json<Value> {
    axum::Json(document())
}

/// Shows the document to people.
pub async fn reader(cx: Cx) -> Page {
    let document = document();
    let mut page = cx.page(cx.t("api-title")).lead(cx.t("api-lead")).links(vec![("/openapi.json".to_owned(), "openapi.json".to_owned())]);
    let mut list = List::new("operations", cx.t("api-operations"))
        .column(cx.t("api-address"))
        .choice(cx.t("api-method"))
        .choice(cx.t("api-area"))
        .column(cx.t("api-summary"))
        .column(cx.t("api-takes"))
        .column(cx.t("api-gives"));
    let name = |schema: &Value| {
        let text = schema["$ref"].as_str().or(schema["items"]["$ref"].as_str()).unwrap_or("");
        let name = text.rsplit('/').next().unwrap_or("").to_owned();
        if name.is_empty() { Cell::text(schema["type"].as_str().unwrap_or("")) } else { Cell::link(format!("#{name}"), name) }
    };
    for (path, operations) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in operations.as_object().into_iter().flatten() {
            list.row(vec![
                Cell::text(path.as_str()),
                Cell::text(method.to_uppercase()),
                Cell::text(operation["tags"][0].as_str().unwrap_or("")),
                Cell::text(operation["summary"].as_str().unwrap_or("")),
                name(&operation["requestBody"]["content"]["application/json"]["schema"]),
                name(&operation["responses"]["200"]["content"]["application/json"]["schema"]),
            ]);
        }
    }
    page = page.list(list);
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        page = page.heading(name, name.as_str());
        if let Some(description) = schema["description"].as_str() {
            page = page.text(description);
        }
        let rows = schema["properties"].as_object().into_iter().flatten().map(|(field, kind)| {
            vec![Cell::text(field.as_str()), Cell::text(type_name(kind)), Cell::text(kind["description"].as_str().unwrap_or(""))]
        });
        if schema["properties"].is_null() {
            page = page.text(type_name(schema));
            continue;
        }
        page = page.list(List::new("fields", "").bare().column(cx.t("api-field")).column(cx.t("api-type")).column(cx.t("api-meaning")).rows(rows));
    }
    page
}

/// A JSON schema in a few words: `string`, `array of Organisation`, `Id or null`.
fn type_name(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return reference.rsplit('/').next().unwrap_or("").to_owned();
    }
    for key in ["anyOf", "oneOf"] {
        if let Some(kinds) = schema[key].as_array() {
            return kinds.iter().map(type_name).collect::<Vec<_>>().join(" or ");
        }
    }
    if let Some(value) = schema["const"].as_str() {
        return format!("\"{value}\"");
    }
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().map(Value::to_string).collect::<Vec<_>>().join(" | ");
    }
    match &schema["type"] {
        Value::String(kind) if kind == "array" => format!("array of {}", type_name(&schema["items"])),
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ => "any".to_owned(),
    }
}
