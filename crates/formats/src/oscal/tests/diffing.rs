//! Comparison of editions.

use proptest::prelude::*;

use super::small_catalog;
use crate::oscal::{Catalog, ChangeKind, diff};

fn of(changes: &[crate::oscal::Change], wanted: fn(&ChangeKind) -> bool) -> Vec<String> {
    let mut ids: Vec<String> = changes.iter().filter(|c| wanted(&c.kind)).map(|c| c.control_id.clone()).collect();
    ids.sort();
    ids
}

fn added(kind: &ChangeKind) -> bool {
    matches!(kind, ChangeKind::Added)
}
fn withdrawn(kind: &ChangeKind) -> bool {
    matches!(kind, ChangeKind::Withdrawn)
}
fn changed(kind: &ChangeKind) -> bool {
    matches!(kind, ChangeKind::Changed { .. })
}

proptest! {
    #[test]
    fn a_catalog_does_not_differ_from_itself(catalog in small_catalog()) {
        prop_assert_eq!(diff(&catalog, &catalog), vec![]);
    }

    #[test]
    fn what_is_added_one_way_is_withdrawn_the_other(a in small_catalog(), b in small_catalog()) {
        let (there, back) = (diff(&a, &b), diff(&b, &a));
        prop_assert_eq!(of(&there, added), of(&back, withdrawn));
        prop_assert_eq!(of(&there, withdrawn), of(&back, added));
        prop_assert_eq!(of(&there, changed), of(&back, changed));
    }

    #[test]
    fn from_nothing_everything_in_force_is_added(catalog in small_catalog()) {
        let changes = diff(&Catalog::default(), &catalog);
        let in_force = catalog.controls().iter().filter(|p| !p.control.is_withdrawn()).count();
        prop_assert_eq!(changes.len(), in_force);
        prop_assert!(changes.iter().all(|c| added(&c.kind)));
    }
}

#[test]
fn a_change_names_its_fields() {
    let catalog = |title: &str, group: &str| {
        let text = super::document(
            "catalog",
            serde_json::json!({ "groups": [{ "id": group, "title": "g", "controls": [{ "id": "a1", "title": title }] }] }),
        );
        Catalog::read(&text).unwrap().0
    };
    let changes = diff(&catalog("old", "g1"), &catalog("new", "g2"));
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].kind, ChangeKind::Changed { fields: vec!["group".into(), "title".into()] });
}
