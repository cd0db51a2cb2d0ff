//! The end of a resolution: loose parameters and resources that nothing refers to are left out.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use serde_json::Value;

use crate::oscal::catalog::{Catalog, Group};
use crate::oscal::common::{Param, Resource};
use crate::oscal::prose::param_id;
use crate::oscal::shape::is_uuid;

/// Drops the parameters of catalog and groups that no text inserts, directly or through a parameter that stays, and
/// those that belong to a control of the result: a parameter cannot be both loose and anchored.
pub(super) fn loose_params(catalog: &mut Catalog) {
    let mut referenced = HashSet::new();
    let mut anchored = HashSet::new();
    for placed in catalog.controls() {
        let control = placed.control;
        inserted(&control.params, &mut referenced);
        inserted(&control.parts, &mut referenced);
        inserted(&control.props, &mut referenced);
        inserted(&control.title, &mut referenced);
        anchored.extend(control.params.iter().map(|param| param.id.clone()));
    }
    let mut loose: Vec<Param> = catalog.params.clone();
    fn of_group(group: &Group, loose: &mut Vec<Param>, referenced: &mut HashSet<String>) {
        loose.extend(group.params.iter().cloned());
        inserted(&group.parts, referenced);
        inserted(&group.title, referenced);
        group.groups.iter().for_each(|inner| of_group(inner, loose, referenced));
    }
    catalog.groups.iter().for_each(|group| of_group(group, &mut loose, &mut referenced));

    let mut by_id: HashMap<&str, Vec<&Param>> = HashMap::new();
    loose.iter().for_each(|param| by_id.entry(&param.id).or_default().push(param));
    let mut open: Vec<String> = referenced.iter().cloned().collect();
    while let Some(id) = open.pop() {
        for param in by_id.remove(id.as_str()).unwrap_or_default() {
            let mut further = HashSet::new();
            inserted(param, &mut further);
            open.extend(further.into_iter().filter(|id| referenced.insert(id.clone())));
        }
    }
    let stays = |param: &Param| referenced.contains(&param.id) && !anchored.contains(&param.id);
    fn thin(group: &mut Group, stays: &impl Fn(&Param) -> bool) {
        group.params.retain(stays);
        group.groups.iter_mut().for_each(|inner| thin(inner, stays));
    }
    catalog.params.retain(stays);
    catalog.groups.iter_mut().for_each(|group| thin(group, &stays));
}

/// The resources the result refers to by `#uuid`, and those marked `keep` = `always`, each once and where it first
/// stood; of several with one uuid the last given is taken unless an earlier one is marked to be kept.
pub(super) fn resources(catalog: &Catalog, given: Vec<Resource>) -> Vec<Resource> {
    let mut referenced = HashSet::new();
    texts(catalog, &mut |text| fragments(text, &mut referenced));
    let is_kept = |resource: &Resource| resource.props.iter().any(|p| p.is("keep", None) && p.value == "always");
    let mut place: HashMap<String, usize> = HashMap::new();
    let mut found: Vec<Resource> = Vec::new();
    for resource in given {
        let uuid = resource.uuid.to_lowercase();
        if !referenced.contains(&uuid) && !is_kept(&resource) {
            continue;
        }
        match place.get(&uuid).and_then(|index| found.get_mut(*index)) {
            Some(earlier) if !is_kept(earlier) => *earlier = resource,
            Some(_) => {}
            None => {
                place.insert(uuid, found.len());
                found.push(resource);
            }
        }
    }
    found
}

/// Adds the ids of `{{ insert: param, id }}` in every text of `value`.
fn inserted(value: &impl Serialize, ids: &mut HashSet<String>) {
    texts(value, &mut |text| {
        let inside = text.split("{{").skip(1).filter_map(|after| after.split_once("}}"));
        ids.extend(inside.filter_map(|(inner, _)| param_id(inner)).map(str::to_owned));
    });
}

/// Adds every `#uuid` in `text`, lower case: a link is nothing else, a Markdown link has it in its brackets.
fn fragments(text: &str, uuids: &mut HashSet<String>) {
    let after = text.split('#').skip(1).filter_map(|after| after.get(..36));
    uuids.extend(after.filter(|uuid| is_uuid(uuid)).map(str::to_lowercase));
}

fn texts(value: &impl Serialize, visit: &mut impl FnMut(&str)) {
    fn walk(value: &Value, visit: &mut impl FnMut(&str)) {
        match value {
            Value::String(text) => visit(text),
            Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
            Value::Object(fields) => fields.values().for_each(|field| walk(field, visit)),
            _ => {}
        }
    }
    // A value of strings and string-keyed maps always has a JSON form.
    if let Ok(value) = serde_json::to_value(value) {
        walk(&value, visit);
    }
}
