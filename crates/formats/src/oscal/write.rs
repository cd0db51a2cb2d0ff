//! Checked writing: every text is brought into the data type the schema asks for, or refused by name.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::shape::{is_token, is_uuid};
use super::{NAMESPACE, OSCAL_VERSION};
use crate::lang::Lang;

/// What keeps a document from being written. `field` names the input.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    #[error("{field}: {value:?} is not a version 4 or 5 UUID")]
    NotAUuid { field: &'static str, value: String },
    #[error("{field}: {value:?} is not a token (a letter or _, then letters, digits, . - _)")]
    NotAToken { field: &'static str, value: String },
    #[error("{field}: {value:?} is not a date and time with zone")]
    NotATime { field: &'static str, value: String },
    #[error("{field}: empty")]
    Empty { field: &'static str },
    #[error("{field}: refers to {value}, which is not in the document")]
    NotThere { field: &'static str, value: String },
    #[error("{field}: {value} stands twice")]
    Twice { field: &'static str, value: String },
}

impl WriteError {
    pub fn code(&self) -> &'static str {
        match self {
            WriteError::NotAUuid { .. } => "H0431",
            WriteError::NotAToken { .. } => "H0432",
            WriteError::NotATime { .. } => "H0433",
            WriteError::Empty { .. } => "H0434",
            WriteError::NotThere { .. } => "H0435",
            WriteError::Twice { .. } => "H0436",
        }
    }

    /// What is wrong and what to do next.
    pub fn message(&self, lang: Lang) -> String {
        match (lang, self) {
            (Lang::En, other) => format!("The document cannot be written: {other}. Correct the input and try again."),
            (Lang::Ja, WriteError::NotAUuid { field, value }) => {
                format!("書き出せません。{field}「{value}」が UUID の形になっていません。直してからやり直してください。")
            }
            (Lang::Ja, WriteError::NotAToken { field, value }) => {
                format!("書き出せません。{field}「{value}」は識別子として使えません。文字で始まる英数字などに直してください。")
            }
            (Lang::Ja, WriteError::NotATime { field, value }) => {
                format!("書き出せません。{field}「{value}」が時差付きの日時になっていません。直してからやり直してください。")
            }
            (Lang::Ja, WriteError::Empty { field }) => format!("書き出せません。{field} が空です。入力してください。"),
            (Lang::Ja, WriteError::NotThere { field, value }) => {
                format!("書き出せません。{field} が指す「{value}」が文書の中にありません。対象も一緒に書き出してください。")
            }
            (Lang::Ja, WriteError::Twice { field, value }) => {
                format!("書き出せません。{field}「{value}」が二度使われています。どちらかを変えてください。")
            }
        }
    }
}

/// What every document of ours begins with. Times are RFC 3339 with zone; UUIDs are version 4 or 5.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heading {
    pub uuid: String,
    pub title: String,
    pub last_modified: String,
    pub version: String,
    /// The language of the texts, written as a property of ours: OSCAL has no field for it.
    pub lang: Lang,
    /// The organisation the document is about.
    pub organisation: Party,
}

/// An organisation named in a document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Party {
    pub uuid: String,
    pub name: String,
}

/// An object under construction; empty lists and absent values are left out, as the schemas ask.
#[derive(Default)]
pub(super) struct Object(Map<String, Value>);

impl Object {
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    pub fn maybe(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    pub fn list(self, name: &str, values: Vec<Value>) -> Self {
        if values.is_empty() { self } else { self.with(name, values) }
    }

    pub fn done(self) -> Value {
        Value::Object(self.0)
    }
}

/// The UUIDs a document defines: no two objects share one, and references end at one of the right kind.
#[derive(Default)]
pub(super) struct Ids {
    defined: HashSet<(&'static str, String)>,
    all: HashSet<String>,
}

impl Ids {
    /// Defines `value` as a `kind`; the field is checked.
    pub fn define(&mut self, kind: &'static str, field: &'static str, value: &str) -> Result<(), WriteError> {
        uuid(field, value)?;
        if !self.all.insert(value.to_owned()) {
            return Err(WriteError::Twice { field, value: value.to_owned() });
        }
        self.defined.insert((kind, value.to_owned()));
        Ok(())
    }

    /// `[{key: uuid}, …]` of references to objects of `kind`.
    pub fn refer(&self, kind: &'static str, key: &'static str, uuids: &[String]) -> Result<Vec<Value>, WriteError> {
        uuids
            .iter()
            .map(|value| match self.defined.contains(&(kind, value.clone())) {
                true => Ok(json!({ key: value })),
                false => Err(WriteError::NotThere { field: key, value: value.clone() }),
            })
            .collect()
    }
}

pub(super) fn uuid(field: &'static str, value: &str) -> Result<Value, WriteError> {
    if is_uuid(value) { Ok(value.into()) } else { Err(WriteError::NotAUuid { field, value: value.to_owned() }) }
}

pub(super) fn token(field: &'static str, value: &str) -> Result<Value, WriteError> {
    if is_token(value) { Ok(value.into()) } else { Err(WriteError::NotAToken { field, value: value.to_owned() }) }
}

/// A date and time of RFC 3339 with seconds and zone. The calendar itself is the caller's.
pub(super) fn time(field: &'static str, value: &str) -> Result<Value, WriteError> {
    let shaped = |text: &str, shape: &str| {
        text.len() == shape.len() && text.bytes().zip(shape.bytes()).all(|(b, s)| if s == b'0' { b.is_ascii_digit() } else { b == s })
    };
    let valid = value.split_at_checked(19).is_some_and(|(clock, zone)| {
        let zone = match zone.strip_prefix('.') {
            Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
            None => zone,
        };
        shaped(clock, "0000-00-00T00:00:00") && (zone == "Z" || shaped(zone, "+00:00") || shaped(zone, "-00:00"))
    });
    if valid { Ok(value.into()) } else { Err(WriteError::NotATime { field, value: value.to_owned() }) }
}

/// One line: white space collapsed, not empty (the schema's string and markup line).
pub(super) fn line(field: &'static str, value: &str) -> Result<Value, WriteError> {
    let words: Vec<&str> = value.split_whitespace().collect();
    if words.is_empty() { Err(WriteError::Empty { field }) } else { Ok(words.join(" ").into()) }
}

/// Several lines, not empty.
pub(super) fn prose(field: &'static str, value: &str) -> Result<Value, WriteError> {
    let value = value.trim();
    if value.is_empty() { Err(WriteError::Empty { field }) } else { Ok(value.into()) }
}

/// Properties of ours; one without a value is left out.
pub(super) fn props(pairs: &[(&str, &str)]) -> Result<Vec<Value>, WriteError> {
    let with_value = pairs.iter().filter(|(_, value)| !value.trim().is_empty());
    with_value.map(|(name, value)| Ok(json!({ "name": token("prop name", name)?, "ns": NAMESPACE, "value": line("prop value", value)? }))).collect()
}

/// The metadata of a document and the party it defines.
pub(super) fn metadata(heading: &Heading, parties: &[&Party], ids: &mut Ids) -> Result<Value, WriteError> {
    let mut written = Vec::new();
    for party in [&heading.organisation].into_iter().chain(parties.iter().copied()) {
        ids.define("party", "party uuid", &party.uuid)?;
        written.push(json!({
            "uuid": party.uuid, "type": "organization", "name": line("party name", &party.name)?,
        }));
    }
    Ok(Object::default()
        .with("title", line("title", &heading.title)?)
        .with("last-modified", time("last-modified", &heading.last_modified)?)
        .with("version", line("version", &heading.version)?)
        .with("oscal-version", OSCAL_VERSION)
        .list("props", props(&[("lang", heading.lang.as_str())])?)
        .list("parties", written)
        .done())
}

/// The document as text. The same value gives the same bytes.
pub(super) fn text(model: &str, body: Value, pretty: bool) -> String {
    let document = json!({ model: body });
    // A value in memory always has a text.
    if pretty { serde_json::to_string_pretty(&document).unwrap_or_default() } else { document.to_string() }
}
