//! The OSCAL profile: which controls of which catalogs, in which order, with which values.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::catalog::{bounded, from_document};
use super::common::{BackMatter, Link, Metadata, Param, Part, Prop, Selection};
use super::limits::Limits;
use super::problem::{LOSSES, Problem, ReadError};
use super::shape;

/// A selection from catalogs and other profiles (OSCAL `profile`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Profile {
    pub uuid: String,
    pub metadata: Metadata,
    pub imports: Vec<Import>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merge: Option<Merge>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modify: Option<Modify>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub back_matter: Option<BackMatter>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
    /// The first directive that could not be read as written. Such a profile is shown, but not resolved.
    #[serde(skip)]
    pub broken: Option<Problem>,
}

/// One source and the controls taken from it. Neither include directive means all (the specification's "implicit all").
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Import {
    pub href: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_all: Option<Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_controls: Option<Vec<Select>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude_controls: Vec<Select>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// Controls by id or by pattern.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Select {
    /// `yes` or `no`; absent means no.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with_child_controls: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub with_ids: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub matching: Vec<Matching>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// A glob over control ids: `*` any number of characters, `?` one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Matching {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// How several imports become one catalog.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Merge {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub combine: Option<Combine>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flat: Option<Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_is: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom: Option<Value>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// What happens to two controls with one id: `keep` (default), `use-first`, `merge` (deprecated).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Combine {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// Changes to what was selected.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Modify {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub set_parameters: Vec<SetParameter>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alters: Vec<Alter>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// New content of one parameter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct SetParameter {
    pub param_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub depends_on: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub props: Vec<Prop>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub constraints: Vec<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub guidelines: Vec<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub select: Option<Selection>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// Removals from and additions to one control.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Alter {
    pub control_id: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub removes: Vec<Remove>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub adds: Vec<Add>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// Which objects of the control go: all the criteria given must hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Remove {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_class: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_id: Option<String>,
    /// `param`, `prop`, `link` or `part`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_item_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_ns: Option<String>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// What is added, and where.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Add {
    /// `before`, `after`, `starting` or `ending` (default).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<Param>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub props: Vec<Prop>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

impl Profile {
    /// Reads an OSCAL profile of version 1.0 to 1.2 within the default limits.
    ///
    /// # Errors
    /// Too large, too deep, not JSON, another model, another version: see [`ReadError`].
    pub fn read(bytes: &[u8]) -> Result<(Self, Vec<Problem>), ReadError> {
        Self::read_within(bytes, &Limits::default())
    }

    /// As [`Profile::read`], with limits of the caller's choice.
    ///
    /// # Errors
    /// As [`Profile::read`].
    pub fn read_within(bytes: &[u8], limits: &Limits) -> Result<(Self, Vec<Problem>), ReadError> {
        Self::from_value(bounded(bytes, limits)?)
    }

    /// The whole document, `{"profile": …}`; the same profile gives the same bytes.
    pub fn to_json(&self, pretty: bool) -> String {
        let document = Document { profile: self };
        let text = if pretty { serde_json::to_string_pretty(&document) } else { serde_json::to_string(&document) };
        // Writing strings and string-keyed maps into memory has no way to fail.
        text.unwrap_or_default()
    }

    pub(super) fn from_value(document: Value) -> Result<(Self, Vec<Problem>), ReadError> {
        let (mut profile, problems): (Self, _) = from_document(document, "profile", &shape::PROFILE)?;
        // A value left out of a directive would silently change what the profile selects.
        let in_directive = |problem: &&Problem| {
            let pointer = problem.place.sheet.as_deref().unwrap_or_default();
            let inside = ["/profile/imports", "/profile/merge", "/profile/modify"].iter().any(|d| pointer.starts_with(d));
            (inside || (pointer == "/profile" && profile.imports.is_empty())) && LOSSES.contains(&&*problem.code)
        };
        profile.broken = problems.iter().find(in_directive).cloned();
        Ok((profile, problems))
    }
}

#[derive(Serialize)]
struct Document<'a> {
    profile: &'a Profile,
}
