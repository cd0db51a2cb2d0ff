//! Which measure a relisted one (再掲) repeats.

use std::collections::BTreeMap;

use super::Measure;
use super::label::narrow;
use super::words::Doubt;

/// Links each relisted measure with the one of the same title that is not relisted. What cannot be linked is a doubt at its line.
pub(super) fn link(measures: &mut [Measure]) -> Vec<(usize, Doubt)> {
    let mut originals: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, one) in measures.iter().enumerate().filter(|(_, one)| !one.relisted) {
        originals.entry(key(&one.title)).or_default().push(index);
    }
    let mut doubts = Vec::new();
    for one in measures.iter_mut().filter(|one| one.relisted) {
        match originals.get(&key(&one.title)).map(Vec::as_slice) {
            Some([original]) => one.relists = Some(*original),
            Some(several) => doubts.push((one.line, Doubt::Originals(one.title.clone(), several.len()))),
            None => doubts.push((one.line, Doubt::NoOriginal(one.title.clone()))),
        }
    }
    doubts
}

/// A title as it compares: printed twice, it may be spaced and quoted otherwise.
fn key(title: &str) -> String {
    title.chars().map(narrow).filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
