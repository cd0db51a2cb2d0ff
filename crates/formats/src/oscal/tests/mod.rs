//! Tests of OSCAL on small documents of our own: reading, text, comparison, resolution.

mod diffing;
mod reading;
mod resolving;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::catalog::{Catalog, Control, Group};
use super::common::{Metadata, Prop};

const UUID: &str = "11111111-2222-4333-8444-555555555555";

fn metadata() -> Value {
    json!({ "title": "t", "last-modified": "2026-01-01T00:00:00Z", "version": "1", "oscal-version": "1.2.1" })
}

fn document(model: &str, fields: Value) -> Vec<u8> {
    let mut body = json!({ "uuid": UUID, "metadata": metadata() });
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    json!({ model: body }).to_string().into_bytes()
}

fn ids(catalog: &Catalog) -> Vec<String> {
    catalog.controls().iter().map(|placed| placed.control.id.clone()).collect()
}

/// Controls of up to three levels with ids from a small set of letters, made unique by numbering in document order.
fn small_catalog() -> impl Strategy<Value = Catalog> {
    let leaf = ("[a-d]", "[x-z]", any::<bool>()).prop_map(|(id, title, withdrawn)| {
        let status = Prop { name: "status".into(), value: "withdrawn".into(), ..Prop::default() };
        Control { id, title, props: if withdrawn { vec![status] } else { vec![] }, ..Control::default() }
    });
    let control = leaf.prop_recursive(3, 12, 3, |inner| {
        ("[a-d]", prop::collection::vec(inner, 0..3)).prop_map(|(id, controls)| Control { id, title: "x".into(), controls, ..Control::default() })
    });
    let controls = || prop::collection::vec(control.clone(), 0..4);
    let group = controls().prop_map(|controls| Group { title: "g".into(), controls, ..Group::default() });
    let nested = (controls(), prop::collection::vec(group, 0..3)).prop_map(|(controls, groups)| Group {
        title: "G".into(),
        controls,
        groups,
        ..Group::default()
    });
    (controls(), prop::collection::vec(nested, 0..3)).prop_map(|(controls, groups)| {
        let metadata: Metadata = serde_json::from_value(metadata()).unwrap();
        let mut catalog = Catalog { uuid: UUID.into(), metadata, controls, groups, ..Catalog::default() };
        let mut next = 0;
        catalog.controls.iter_mut().for_each(|control| number(control, &mut next));
        catalog.groups.iter_mut().for_each(|group| number_group(group, &mut next));
        catalog
    })
}

fn number(control: &mut Control, next: &mut u32) {
    control.id = format!("{}{next}", control.id);
    *next += 1;
    control.controls.iter_mut().for_each(|inner| number(inner, next));
}

fn number_group(group: &mut Group, next: &mut u32) {
    group.controls.iter_mut().for_each(|control| number(control, next));
    group.groups.iter_mut().for_each(|inner| number_group(inner, next));
}
