//! Modify: parameter values set by a profile; alterations of controls.

use super::alter::alter;
use super::error::{ResolveError, Warning};
use crate::oscal::catalog::{Catalog, Control, Group};
use crate::oscal::common::{Link, Param, Prop};
use crate::oscal::profile::{Modify, SetParameter};

/// Carries out the modify directives on the merged catalog.
pub(super) fn modify(catalog: &mut Catalog, directives: &Modify, chain: &[String], warnings: &mut Vec<Warning>) -> Result<(), ResolveError> {
    for (index, set) in directives.set_parameters.iter().enumerate() {
        let mut found = false;
        each_param(catalog, &mut |param| {
            if param.id == set.param_id {
                found = true;
                set_param(param, set);
            }
        });
        if !found {
            let pointer = format!("/profile/modify/set-parameters/{index}");
            warnings.push(Warning::UnknownParam { id: set.param_id.clone(), pointer });
        }
    }
    for (index, alteration) in directives.alters.iter().enumerate() {
        alter(catalog, alteration, &format!("/profile/modify/alters/{index}"), chain, warnings)?;
    }
    Ok(())
}

/// Class, depends-on, label, usage, values and select are replaced; prop and link are added (one with the same uuid
/// or the same target is replaced); constraints and guidelines are added.
fn set_param(param: &mut Param, set: &SetParameter) {
    let replace = |old: &mut Option<String>, new: &Option<String>| {
        if new.is_some() {
            old.clone_from(new);
        }
    };
    replace(&mut param.class, &set.class);
    replace(&mut param.depends_on, &set.depends_on);
    replace(&mut param.label, &set.label);
    replace(&mut param.usage, &set.usage);
    // The schema lets a parameter have values or a choice, not both.
    if !set.values.is_empty() {
        param.values.clone_from(&set.values);
        param.select = None;
    }
    if set.select.is_some() {
        param.select.clone_from(&set.select);
        param.values.clear();
    }
    for prop in &set.props {
        let same = |old: &&mut Prop| old.rest.contains_key("uuid") && old.rest.get("uuid") == prop.rest.get("uuid");
        match param.props.iter_mut().find(same) {
            Some(old) => old.clone_from(prop),
            None => param.props.push(prop.clone()),
        }
    }
    for link in &set.links {
        let same = |old: &&mut Link| old.href == link.href && old.rel == link.rel;
        match param.links.iter_mut().find(same) {
            Some(old) => old.clone_from(link),
            None => param.links.push(link.clone()),
        }
    }
    param.constraints.extend(set.constraints.iter().cloned());
    param.guidelines.extend(set.guidelines.iter().cloned());
}

fn each_param(catalog: &mut Catalog, visit: &mut impl FnMut(&mut Param)) {
    fn of_controls(controls: &mut [Control], visit: &mut impl FnMut(&mut Param)) {
        for control in controls {
            control.params.iter_mut().for_each(&mut *visit);
            of_controls(&mut control.controls, visit);
        }
    }
    fn of_group(group: &mut Group, visit: &mut impl FnMut(&mut Param)) {
        group.params.iter_mut().for_each(&mut *visit);
        of_controls(&mut group.controls, visit);
        group.groups.iter_mut().for_each(|inner| of_group(inner, visit));
    }
    catalog.params.iter_mut().for_each(&mut *visit);
    of_controls(&mut catalog.controls, visit);
    catalog.groups.iter_mut().for_each(|group| of_group(group, visit));
}
