//! Drafts: from material to the data of each field and a first wording of each text.
//!
//! Pure. A text is only proposed; what people write in its place is kept through every later draft.

mod annual;
mod evidence;
mod organisation;
mod parts;
mod say;

use std::collections::BTreeMap;

use engine::words::Words;

use super::material::Material;
use super::report::{ACTIONS, Content, EVIDENCE, Kind, REQUIREMENTS};
use super::tree::{Block, Body, Named, Section, Tree};

/// What a draft holds, by field.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// First wordings.
    pub texts: BTreeMap<String, Words>,
    /// Data; a field with nothing to say is absent.
    pub data: BTreeMap<String, Body>,
}

/// Drafts an organisation's security report. `None`: the organisation does not take part in the cycle.
pub fn organisation(material: &Material, code: &str) -> Option<Draft> {
    organisation::draft(material, material.member(code)?)
}

/// Drafts the annual report.
pub fn annual(material: &Material) -> Draft {
    annual::draft(material)
}

/// Puts a report together in its fixed structure. `texts` are in force; `draft` gives the data only.
pub fn assemble(
    kind: Kind,
    material: &Material,
    of: &Named,
    draft: &Draft,
    texts: &BTreeMap<String, Words>,
    version: i64,
    saved: (&str, &str),
) -> Tree {
    let block = |key: &str, content: Content| -> Option<Block> {
        let words = || texts.get(key).filter(|words| !words.ja.trim().is_empty() || !words.en.trim().is_empty());
        let body = match content {
            Content::Data => draft.data.get(key)?.clone(),
            Content::Text => Body::Text { words: super::fact::both(&words()?.ja, &words()?.en) },
            Content::Items => Body::Items { items: items(words()?) },
        };
        Some(Block { field: key.to_owned(), body })
    };
    let sections = kind
        .sections()
        .iter()
        .map(|(key, fields)| Section { key: (*key).to_owned(), blocks: fields.iter().filter_map(|field| block(field.key, field.content)).collect() })
        .collect();
    Tree {
        kind,
        cycle: material.cycle.clone(),
        organisation: of.clone(),
        version,
        date: saved.0.to_owned(),
        saved_at: saved.1.to_owned(),
        sections,
        records: [REQUIREMENTS, EVIDENCE, ACTIONS].iter().filter_map(|field| block(field.key, field.content)).collect(),
    }
}

/// One item a line; where the languages have different numbers of lines, a missing one takes the other's words.
pub fn items(words: &Words) -> Vec<Words> {
    let lines = |text: &str| -> Vec<String> { text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect() };
    let (ja, en) = (lines(&words.ja), lines(&words.en));
    (0..ja.len().max(en.len())).map(|at| super::fact::both(ja.get(at).map_or("", String::as_str), en.get(at).map_or("", String::as_str))).collect()
}
