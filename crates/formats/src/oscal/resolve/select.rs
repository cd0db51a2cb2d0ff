//! Selection: which controls of one source come in, and what becomes of those around them.

use std::collections::HashSet;

use super::error::Warning;
use crate::oscal::catalog::{Catalog, Control, Group};
use crate::oscal::common::Param;
use crate::oscal::profile::{Import, Select};

/// Keeps of `source` what `import` selects, groups and nesting as they were. A control whose parent is not selected
/// moves up to where the parent stood; a group left without controls goes; parameters of controls that were not
/// selected become parameters of the catalog (they are dropped at the end when nothing refers to them).
pub(super) fn select(source: Catalog, import: &Import, pointer: &str, warnings: &mut Vec<Warning>) -> Catalog {
    let ids: HashSet<&str> = source.controls().into_iter().map(|placed| placed.control.id.as_str()).collect();
    let included = import.include_controls.as_deref();
    for (name, selects) in [("include-controls", included.unwrap_or_default()), ("exclude-controls", &import.exclude_controls)] {
        for (index, select) in selects.iter().enumerate() {
            warn(select, &ids, &format!("{pointer}/{name}/{index}"), warnings);
        }
    }
    let wanted = included.map(|selects| Chooser::new(selects).choose(&source));
    let unwanted = Chooser::new(&import.exclude_controls).choose(&source);
    // Exclusion beats inclusion however specific either is.
    let keeps = |id: &str| wanted.as_ref().is_none_or(|w| w.contains(id)) && !unwanted.contains(id);

    let Catalog { uuid, metadata, mut params, controls, groups, back_matter, rest } = source;
    let mut loosened = Vec::new();
    let controls = thin(controls, &keeps, &mut loosened);
    let groups = groups.into_iter().filter_map(|group| thin_group(group, &keeps, &mut loosened)).collect();
    params.extend(loosened);
    Catalog { uuid, metadata, params, controls, groups, back_matter, rest }
}

fn warn(select: &Select, ids: &HashSet<&str>, pointer: &str, warnings: &mut Vec<Warning>) {
    for (index, id) in select.with_ids.iter().enumerate().filter(|(_, id)| !ids.contains(id.as_str())) {
        warnings.push(Warning::UnknownControl { id: id.clone(), pointer: format!("{pointer}/with-ids/{index}") });
    }
    for (index, matching) in select.matching.iter().enumerate() {
        let pattern = matching.pattern.clone().unwrap_or_default();
        if !ids.iter().any(|id| glob(&pattern, id)) {
            warnings.push(Warning::NothingMatches { pattern, pointer: format!("{pointer}/matching/{index}") });
        }
    }
}

/// Several select directives taken together: repetition counts once.
struct Chooser<'a> {
    rules: Vec<Rule<'a>>,
}

struct Rule<'a> {
    ids: HashSet<&'a str>,
    patterns: Vec<&'a str>,
    with_children: bool,
}

impl<'a> Chooser<'a> {
    fn new(selects: &'a [Select]) -> Self {
        let rule = |select: &'a Select| Rule {
            ids: select.with_ids.iter().map(String::as_str).collect(),
            patterns: select.matching.iter().filter_map(|m| m.pattern.as_deref()).collect(),
            with_children: select.with_child_controls.as_deref() == Some("yes"),
        };
        Self { rules: selects.iter().map(rule).collect() }
    }

    fn choose(&self, source: &Catalog) -> HashSet<String> {
        fn of_group(chooser: &Chooser, group: &Group, chosen: &mut HashSet<String>) {
            chooser.walk(&group.controls, false, chosen);
            group.groups.iter().for_each(|inner| of_group(chooser, inner, chosen));
        }
        let mut chosen = HashSet::new();
        self.walk(&source.controls, false, &mut chosen);
        source.groups.iter().for_each(|group| of_group(self, group, &mut chosen));
        chosen
    }

    fn walk(&self, controls: &[Control], inherited: bool, chosen: &mut HashSet<String>) {
        for control in controls {
            let id = control.id.as_str();
            let (mut here, mut below) = (inherited, inherited);
            for rule in &self.rules {
                if rule.ids.contains(id) || rule.patterns.iter().any(|pattern| glob(pattern, id)) {
                    here = true;
                    below |= rule.with_children;
                }
            }
            if here {
                chosen.insert(id.to_owned());
            }
            self.walk(&control.controls, below, chosen);
        }
    }
}

/// Keeps the controls `keeps` names; the children of the others take their parent's place.
pub(super) fn thin(controls: Vec<Control>, keeps: &impl Fn(&str) -> bool, loosened: &mut Vec<Param>) -> Vec<Control> {
    let mut kept = Vec::new();
    for mut control in controls {
        let children = thin(std::mem::take(&mut control.controls), keeps, loosened);
        if keeps(&control.id) {
            control.controls = children;
            kept.push(control);
        } else {
            loosened.append(&mut control.params);
            kept.extend(children);
        }
    }
    kept
}

fn thin_group(mut group: Group, keeps: &impl Fn(&str) -> bool, loosened: &mut Vec<Param>) -> Option<Group> {
    group.controls = thin(group.controls, keeps, loosened);
    let inner = std::mem::take(&mut group.groups);
    group.groups = inner.into_iter().filter_map(|inner| thin_group(inner, keeps, loosened)).collect();
    if group.controls.is_empty() && group.groups.is_empty() {
        loosened.append(&mut group.params);
        return None;
    }
    Some(group)
}

/// `*` stands for any number of characters, `?` for one; anything else for itself. An empty pattern matches nothing.
pub(super) fn glob(pattern: &str, text: &str) -> bool {
    if pattern.is_empty() {
        return false;
    }
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // The last star and how far the text had come there: going back only to it keeps this at O(pattern × text).
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || Some(c) == text.get(t) => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, reached)) => {
                    star = Some((at, reached + 1));
                    p = at + 1;
                    t = reached + 1;
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(p).all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::glob;

    fn slow(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => (0..=text.len()).any(|n| slow(rest, &text[n..])),
            Some((c, rest)) => text.split_first().is_some_and(|(t, more)| (*c == '?' || c == t) && slow(rest, more)),
        }
    }

    proptest! {
        #[test]
        fn glob_agrees_with_the_slow_version(pattern in "[ab*?]{0,7}", text in "[ab]{0,7}") {
            let (p, t): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
            prop_assert_eq!(glob(&pattern, &text), !pattern.is_empty() && slow(&p, &t));
        }
    }
}
