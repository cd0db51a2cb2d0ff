//! What changed between two editions of a catalog, control by control.

use std::collections::HashMap;

use serde_json::Value;

use super::catalog::{Catalog, Control};

/// One control that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub control_id: String,
    pub kind: ChangeKind,
}

/// What happened to a control.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It is in force now and was not before: new, or no longer withdrawn.
    Added,
    /// It is in force in both, and these of its fields differ (OSCAL's names, in the catalog's order). `parent` and
    /// `group` say that it moved. Enhancements are controls of their own and do not count as a field.
    Changed { fields: Vec<String> },
    /// It was in force and is not now: gone, or its `status` property says `withdrawn`.
    Withdrawn,
}

/// The changes from `old` to `new`: first by the order of `new`, then what is gone by the order of `old`. Of controls
/// with one id the first counts.
pub fn diff(old: &Catalog, new: &Catalog) -> Vec<Change> {
    let (before, after) = (Index::of(old), Index::of(new));
    let mut changes = Vec::new();
    for id in &after.order {
        let change = match (before.in_force(id), after.in_force(id)) {
            (Some(old), Some(new)) => {
                let fields = differing(old, new);
                (!fields.is_empty()).then_some(ChangeKind::Changed { fields })
            }
            (None, Some(_)) => Some(ChangeKind::Added),
            (Some(_), None) => Some(ChangeKind::Withdrawn),
            (None, None) => None,
        };
        changes.extend(change.map(|kind| Change { control_id: (*id).to_owned(), kind }));
    }
    let gone = before.order.iter().filter(|id| before.in_force(id).is_some() && !after.by_id.contains_key(*id));
    changes.extend(gone.map(|id| Change { control_id: (*id).to_owned(), kind: ChangeKind::Withdrawn }));
    changes
}

struct Standing<'a> {
    control: &'a Control,
    parent: Option<&'a str>,
    /// The innermost group: its id, or its title when it has none.
    group: Option<&'a str>,
}

struct Index<'a> {
    order: Vec<&'a str>,
    by_id: HashMap<&'a str, Standing<'a>>,
}

impl<'a> Index<'a> {
    fn of(catalog: &'a Catalog) -> Self {
        let mut index = Self { order: Vec::new(), by_id: HashMap::new() };
        for placed in catalog.controls() {
            let id = placed.control.id.as_str();
            if !index.by_id.contains_key(id) {
                let parent = placed.parent.map(|parent| parent.id.as_str());
                let group = placed.groups.last().map(|group| group.id.as_deref().unwrap_or(&group.title));
                index.order.push(id);
                index.by_id.insert(id, Standing { control: placed.control, parent, group });
            }
        }
        index
    }

    fn in_force(&self, id: &str) -> Option<&Standing<'a>> {
        self.by_id.get(id).filter(|standing| !standing.control.is_withdrawn())
    }
}

fn differing(old: &Standing, new: &Standing) -> Vec<String> {
    let (a, b) = (old.control, new.control);
    let known = [
        ("group", old.group != new.group),
        ("parent", old.parent != new.parent),
        ("class", a.class != b.class),
        ("title", a.title != b.title),
        ("params", a.params != b.params),
        ("props", a.props != b.props),
        ("links", a.links != b.links),
        ("parts", a.parts != b.parts),
    ];
    let mut fields: Vec<String> = known.iter().filter(|(_, differs)| *differs).map(|(name, _)| (*name).into()).collect();
    let other = a.rest.keys().chain(b.rest.keys().filter(|key| !a.rest.contains_key(*key)));
    let value = |control: &'_ Control, key: &str| control.rest.get(key).cloned().unwrap_or(Value::Null);
    fields.extend(other.filter(|key| value(a, key) != value(b, key)).cloned());
    fields
}
