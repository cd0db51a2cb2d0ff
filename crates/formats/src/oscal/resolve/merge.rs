//! Merge: how the selections of several imports become one catalog.

use std::collections::HashSet;

use super::error::{ResolveError, Warning};
use crate::oscal::catalog::{Catalog, Control, Group};
use crate::oscal::common::Param;
use crate::oscal::profile::Profile;

/// The merge directives, checked.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    as_is: bool,
    use_first: bool,
}

/// Reads the merge directives. Default: keep, flat.
pub(super) fn plan(profile: &Profile, chain: &[String]) -> Result<Plan, ResolveError> {
    let Some(merge) = &profile.merge else {
        return Ok(Plan { as_is: false, use_first: false });
    };
    let unsupported = |directive: &str, pointer: &str| {
        Err(ResolveError::Unsupported { chain: chain.to_vec(), directive: directive.to_owned(), pointer: format!("/profile/merge/{pointer}") })
    };
    let as_is = merge.as_is == Some(true);
    let given = [("flat", merge.flat.is_some()), ("as-is", as_is), ("custom", merge.custom.is_some())];
    let given: Vec<&str> = given.iter().filter(|(_, there)| *there).map(|(name, _)| *name).collect();
    if given.len() > 1 {
        let directives = given.join(", ");
        return Err(ResolveError::Conflict { chain: chain.to_vec(), directives, pointer: "/profile/merge".to_owned() });
    }
    if merge.custom.is_some() {
        return unsupported("custom", "custom");
    }
    let use_first = match merge.combine.as_ref().and_then(|combine| combine.method.as_deref()) {
        None | Some("keep") => false,
        Some("use-first") => true,
        Some(other) => return unsupported(&format!("combine: {other}"), "combine/method"),
    };
    Ok(Plan { as_is, use_first })
}

/// One catalog of several selections, in the order of the imports.
pub(super) fn merge(sources: Vec<Catalog>, plan: Plan, warnings: &mut Vec<Warning>) -> Catalog {
    let mut result = Catalog::default();
    for source in sources {
        result.params.extend(source.params);
        result.controls.extend(source.controls);
        for group in source.groups {
            join_group(&mut result.groups, group);
        }
    }
    if plan.use_first {
        use_first(&mut result);
    }
    if !plan.as_is {
        flatten(&mut result);
    }
    join_params(&mut result.params, plan.use_first);

    let mut seen = HashSet::new();
    let ids = result.controls().into_iter().map(|placed| &placed.control.id);
    let twice = ids.chain(result.params.iter().map(|param| &param.id)).filter(|id| !seen.insert((*id).clone()));
    let mut twice: Vec<String> = twice.cloned().collect();
    twice.dedup();
    warnings.extend(twice.into_iter().map(|id| Warning::Duplicate { id }));
    result
}

/// As-is joins groups with the same id; a group without an id stays by itself.
fn join_group(groups: &mut Vec<Group>, new: Group) {
    let same = |group: &&mut Group| group.id.is_some() && group.id == new.id;
    let Some(old) = groups.iter_mut().find(same) else {
        groups.push(new);
        return;
    };
    append_new(&mut old.params, new.params);
    append_new(&mut old.props, new.props);
    append_new(&mut old.links, new.links);
    append_new(&mut old.parts, new.parts);
    old.controls.extend(new.controls);
    for inner in new.groups {
        join_group(&mut old.groups, inner);
    }
}

fn append_new<T: PartialEq>(old: &mut Vec<T>, new: Vec<T>) {
    for item in new {
        if !old.contains(&item) {
            old.push(item);
        }
    }
}

/// Of controls with one id the first stays, in document order; the children of the others move up like those of a
/// control that was not selected, and are judged by the same rule.
fn use_first(catalog: &mut Catalog) {
    fn of_group(group: &mut Group, first: &mut First) {
        group.controls = first.of(std::mem::take(&mut group.controls));
        group.groups.iter_mut().for_each(|inner| of_group(inner, first));
        group.groups.retain(|inner| !inner.controls.is_empty() || !inner.groups.is_empty());
    }
    let mut first = First::default();
    catalog.controls = first.of(std::mem::take(&mut catalog.controls));
    catalog.groups.iter_mut().for_each(|group| of_group(group, &mut first));
    catalog.groups.retain(|group| !group.controls.is_empty() || !group.groups.is_empty());
}

#[derive(Default)]
struct First {
    seen: HashSet<String>,
}

impl First {
    fn of(&mut self, controls: Vec<Control>) -> Vec<Control> {
        let mut kept = Vec::new();
        for mut control in controls {
            let is_first = self.seen.insert(control.id.clone());
            let children = self.of(std::mem::take(&mut control.controls));
            if is_first {
                control.controls = children;
                kept.push(control);
            } else {
                kept.extend(children);
            }
        }
        kept
    }
}

/// Flat: no groups and no nesting; controls and loose parameters in document order.
fn flatten(catalog: &mut Catalog) {
    fn of_controls(controls: Vec<Control>, flat: &mut Vec<Control>) {
        for mut control in controls {
            let children = std::mem::take(&mut control.controls);
            flat.push(control);
            of_controls(children, flat);
        }
    }
    fn of_group(group: Group, flat: &mut Vec<Control>, params: &mut Vec<Param>) {
        params.extend(group.params);
        of_controls(group.controls, flat);
        group.groups.into_iter().for_each(|inner| of_group(inner, flat, params));
    }
    let mut flat = Vec::new();
    of_controls(std::mem::take(&mut catalog.controls), &mut flat);
    let groups = std::mem::take(&mut catalog.groups);
    groups.into_iter().for_each(|group| of_group(group, &mut flat, &mut catalog.params));
    catalog.controls = flat;
}

/// Equal loose parameters count once; of different ones with one id `use-first` keeps the first.
fn join_params(params: &mut Vec<Param>, use_first: bool) {
    let mut kept: Vec<Param> = Vec::new();
    let mut seen = HashSet::new();
    for param in std::mem::take(params) {
        let new = seen.insert(param.id.clone());
        if new || (!use_first && !kept.contains(&param)) {
            kept.push(param);
        }
    }
    *params = kept;
}
