//! Alterations of one control: what is removed from it, what is added to it. Its enhancements are controls of their own.

use super::error::{ResolveError, Warning};
use crate::oscal::catalog::{Catalog, Control, Group};
use crate::oscal::common::{Link, OSCAL_NAMESPACE, Param, Part, Prop};
use crate::oscal::profile::{Add, Alter, Remove};

/// Carries out one `alter`: removals first, then additions, each in order. `pointer` is its place in the profile.
pub(super) fn alter(catalog: &mut Catalog, alter: &Alter, pointer: &str, chain: &[String], warnings: &mut Vec<Warning>) -> Result<(), ResolveError> {
    let unsupported = |directive: String, pointer: String| Err(ResolveError::Unsupported { chain: chain.to_vec(), directive, pointer });
    for (index, remove) in alter.removes.iter().enumerate() {
        if *remove == (Remove { rest: remove.rest.clone(), ..Remove::default() }) {
            return unsupported("remove without a criterion".to_owned(), format!("{pointer}/removes/{index}"));
        }
        let item = remove.by_item_name.as_deref().unwrap_or("part");
        if !matches!(item, "param" | "prop" | "link" | "part") {
            return unsupported(format!("by-item-name: {item}"), format!("{pointer}/removes/{index}/by-item-name"));
        }
    }
    for (index, add) in alter.adds.iter().enumerate() {
        let position = add.position.as_deref().unwrap_or("ending");
        let beside = matches!(position, "before" | "after");
        if !beside && !matches!(position, "starting" | "ending") {
            return unsupported(format!("position: {position}"), format!("{pointer}/adds/{index}/position"));
        }
        let only_parts = add.title.is_none() && add.params.is_empty() && add.props.is_empty() && add.links.is_empty();
        if beside && add.by_id.is_some() && !only_parts {
            let directive = format!("{position} with by-id for anything but parts");
            return unsupported(directive, format!("{pointer}/adds/{index}"));
        }
        if add.by_id.as_ref().is_some_and(|id| *id != alter.control_id) && !add.params.is_empty() {
            return unsupported("params added to a part or param".to_owned(), format!("{pointer}/adds/{index}/params"));
        }
        // A parameter holds properties and links; a title or a part would be lost in it.
        let mut in_param = false;
        each_control(catalog, &mut |control| {
            in_param |= control.id == alter.control_id && control.params.iter().any(|p| Some(&p.id) == add.by_id.as_ref());
        });
        if in_param && (beside || add.title.is_some() || !add.parts.is_empty()) {
            return unsupported("title, part or position beside a param".to_owned(), format!("{pointer}/adds/{index}"));
        }
    }
    let mut found = false;
    let mut unknown = Vec::new();
    each_control(catalog, &mut |control| {
        if control.id == alter.control_id {
            found = true;
            alter.removes.iter().for_each(|remove| take_out(control, remove));
            let missed = alter.adds.iter().enumerate().filter(|(_, add)| !put_in(control, add));
            unknown.extend(missed.map(|(index, add)| (index, add.by_id.clone().unwrap_or_default())));
        }
    });
    if !found {
        warnings.push(Warning::NothingToAlter { id: alter.control_id.clone(), pointer: pointer.to_owned() });
    }
    let told = |(index, id)| Warning::NothingToAlter { id, pointer: format!("{pointer}/adds/{index}") };
    warnings.extend(unknown.into_iter().map(told));
    Ok(())
}

fn each_control(catalog: &mut Catalog, visit: &mut impl FnMut(&mut Control)) {
    fn of_controls(controls: &mut [Control], visit: &mut impl FnMut(&mut Control)) {
        for control in controls {
            visit(control);
            of_controls(&mut control.controls, visit);
        }
    }
    fn of_group(group: &mut Group, visit: &mut impl FnMut(&mut Control)) {
        of_controls(&mut group.controls, visit);
        group.groups.iter_mut().for_each(|inner| of_group(inner, visit));
    }
    of_controls(&mut catalog.controls, visit);
    catalog.groups.iter_mut().for_each(|group| of_group(group, visit));
}

/// What a removal can ask of an object: a criterion an object has no field for is not met.
#[derive(Default)]
struct Traits<'a> {
    item: &'a str,
    id: Option<&'a str>,
    name: Option<&'a str>,
    class: Option<&'a str>,
    ns: Option<&'a str>,
}

fn meets(remove: &Remove, object: &Traits) -> bool {
    let holds = |wanted: &Option<String>, has: Option<&str>| wanted.is_none() || wanted.as_deref() == has;
    holds(&remove.by_item_name, Some(object.item))
        && holds(&remove.by_id, object.id)
        && holds(&remove.by_name, object.name)
        && holds(&remove.by_class, object.class)
        && holds(&remove.by_ns, object.ns)
}

fn take_out(control: &mut Control, remove: &Remove) {
    let stays = |param: &Param| {
        let (id, class) = (Some(param.id.as_str()), param.class.as_deref());
        !meets(remove, &Traits { item: "param", id, class, ..Traits::default() })
    };
    control.params.retain(stays);
    for param in &mut control.params {
        thin(&mut param.props, &mut param.links, remove);
    }
    thin(&mut control.props, &mut control.links, remove);
    thin_parts(&mut control.parts, remove);
}

fn thin(props: &mut Vec<Prop>, links: &mut Vec<Link>, remove: &Remove) {
    props.retain(|prop| {
        let ns = Some(prop.ns.as_deref().unwrap_or(OSCAL_NAMESPACE));
        let (name, class) = (Some(prop.name.as_str()), prop.class.as_deref());
        !meets(remove, &Traits { item: "prop", name, class, ns, ..Traits::default() })
    });
    links.retain(|_| !meets(remove, &Traits { item: "link", ..Traits::default() }));
}

fn thin_parts(parts: &mut Vec<Part>, remove: &Remove) {
    parts.retain(|part| {
        let ns = Some(part.ns.as_deref().unwrap_or(OSCAL_NAMESPACE));
        let (id, name, class) = (part.id.as_deref(), Some(part.name.as_str()), part.class.as_deref());
        !meets(remove, &Traits { item: "part", id, name, class, ns })
    });
    for part in parts {
        thin(&mut part.props, &mut part.links, remove);
        thin_parts(&mut part.parts, remove);
    }
}

/// Whether the place was found. Without `by-id`, or with the control's own, it is the control itself, where before
/// means starting and after means ending.
fn put_in(control: &mut Control, add: &Add) -> bool {
    let starting = matches!(add.position.as_deref(), Some("starting" | "before"));
    let Some(id) = add.by_id.as_deref().filter(|id| *id != control.id) else {
        if let Some(title) = &add.title {
            control.title.clone_from(title);
        }
        join(&mut control.params, &add.params, starting);
        join(&mut control.props, &add.props, starting);
        join(&mut control.links, &add.links, starting);
        join(&mut control.parts, &add.parts, starting);
        return true;
    };
    if matches!(add.position.as_deref(), Some("before" | "after")) {
        return beside(&mut control.parts, id, &add.parts, starting);
    }
    if let Some(param) = control.params.iter_mut().find(|param| param.id == id) {
        join(&mut param.props, &add.props, starting);
        join(&mut param.links, &add.links, starting);
        return true;
    }
    inside(&mut control.parts, id, add, starting)
}

fn join<T: Clone>(old: &mut Vec<T>, new: &[T], starting: bool) {
    let at = if starting { 0 } else { old.len() };
    old.splice(at..at, new.iter().cloned());
}

fn beside(parts: &mut Vec<Part>, id: &str, new: &[Part], before: bool) -> bool {
    if let Some(at) = parts.iter().position(|part| part.id.as_deref() == Some(id)) {
        let at = if before { at } else { at + 1 };
        parts.splice(at..at, new.iter().cloned());
        return true;
    }
    parts.iter_mut().any(|part| beside(&mut part.parts, id, new, before))
}

fn inside(parts: &mut [Part], id: &str, add: &Add, starting: bool) -> bool {
    if let Some(part) = parts.iter_mut().find(|part| part.id.as_deref() == Some(id)) {
        if add.title.is_some() {
            part.title.clone_from(&add.title);
        }
        join(&mut part.props, &add.props, starting);
        join(&mut part.links, &add.links, starting);
        join(&mut part.parts, &add.parts, starting);
        return true;
    }
    parts.iter_mut().any(|part| inside(&mut part.parts, id, add, starting))
}
