//! Walking a catalog: controls in document order with parent and group path, properties by name.

use super::NAMESPACE;
use super::catalog::{Catalog, Control, Group};
use super::common::{Link, Param, Part, Prop};
use crate::lang::Lang;

/// A control where it stands.
#[derive(Clone, Debug)]
pub struct Placed<'a> {
    pub control: &'a Control,
    /// The control it is nested in.
    pub parent: Option<&'a Control>,
    /// The groups around it, outermost first.
    pub groups: Vec<&'a Group>,
}

impl Catalog {
    /// Every control, depth first in document order: a parent before its enhancements, the controls of a group
    /// before those of its subgroups.
    pub fn controls(&self) -> Vec<Placed<'_>> {
        let mut found = Vec::new();
        visit_controls(&self.controls, None, &[], &mut found);
        for group in &self.groups {
            visit_group(group, &mut Vec::new(), &mut found);
        }
        found
    }

    /// The first control with this id.
    pub fn control(&self, id: &str) -> Option<&Control> {
        self.controls().into_iter().map(|placed| placed.control).find(|control| control.id == id)
    }

    /// Every parameter: the catalog's own, the groups', the controls'.
    pub fn all_params(&self) -> Vec<&Param> {
        fn of_group<'a>(group: &'a Group, found: &mut Vec<&'a Param>) {
            found.extend(&group.params);
            group.groups.iter().for_each(|inner| of_group(inner, found));
        }
        let mut found: Vec<&Param> = self.params.iter().collect();
        self.groups.iter().for_each(|group| of_group(group, &mut found));
        found.extend(self.controls().into_iter().flat_map(|placed| &placed.control.params));
        found
    }
}

fn visit_group<'a>(group: &'a Group, path: &mut Vec<&'a Group>, found: &mut Vec<Placed<'a>>) {
    path.push(group);
    visit_controls(&group.controls, None, path, found);
    for inner in &group.groups {
        visit_group(inner, path, found);
    }
    path.pop();
}

fn visit_controls<'a>(controls: &'a [Control], parent: Option<&'a Control>, groups: &[&'a Group], found: &mut Vec<Placed<'a>>) {
    for control in controls {
        found.push(Placed { control, parent, groups: groups.to_vec() });
        visit_controls(&control.controls, Some(control), groups, found);
    }
}

impl Control {
    /// The value of the first property `name` in namespace `ns`; `None` means OSCAL's own namespace.
    pub fn prop(&self, name: &str, ns: Option<&str>) -> Option<&str> {
        self.props.iter().find(|prop| prop.is(name, ns)).map(|prop| prop.value.as_str())
    }

    /// Every value of the property `name` in namespace `ns`, in order.
    pub fn props_named<'a>(&'a self, name: &'a str, ns: Option<&'a str>) -> impl Iterator<Item = &'a str> {
        self.props.iter().filter(move |prop| prop.is(name, ns)).map(|prop| prop.value.as_str())
    }

    /// The title in one language: a property `title` of ours with class `ja` or `en`, else the control's title.
    pub fn title_in(&self, lang: Lang) -> &str {
        let ours = |prop: &&Prop| prop.is("title", Some(NAMESPACE)) && prop.class.as_deref() == Some(lang.as_str());
        self.props.iter().find(ours).map_or(self.title.as_str(), |prop| prop.value.as_str())
    }

    /// Whether the control says of itself that it is withdrawn (`status` property, as SP 800-53 writes it).
    pub fn is_withdrawn(&self) -> bool {
        self.props.iter().any(|prop| prop.name == "status" && prop.value.eq_ignore_ascii_case("withdrawn"))
    }

    /// Links with the relation `rel`, in order.
    pub fn links_named<'a>(&'a self, rel: &'a str) -> impl Iterator<Item = &'a Link> {
        self.links.iter().filter(move |link| link.rel.as_deref() == Some(rel))
    }

    /// Top-level parts with the name `name`, in order.
    pub fn parts_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Part> {
        self.parts.iter().filter(move |part| part.name == name)
    }
}
