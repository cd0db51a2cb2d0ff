//! The OSCAL catalog: groups and controls, read tolerantly from JSON and written deterministically.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::common::{BackMatter, Link, Metadata, Param, Part, Prop};
use super::limits::Limits;
use super::problem::{Place, Problem, ReadError};
use super::shape::{self, Shape};
use crate::json::parse_bounded;
use crate::problem::ProblemKind;

/// A catalogue of controls (OSCAL `catalog`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Catalog {
    pub uuid: String,
    pub metadata: Metadata,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<Param>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<Control>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub back_matter: Option<BackMatter>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// A family of controls (OSCAL `group`), of any depth.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Group {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    pub title: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<Param>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub props: Vec<Prop>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<Control>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// One requirement (OSCAL `control`), with its enhancements nested in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Control {
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    pub title: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<Param>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub props: Vec<Prop>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<Control>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

impl Catalog {
    /// Reads an OSCAL catalog of version 1.0 to 1.2 within the default limits. What is wrong but readable comes
    /// back as problems beside the value; a caller that wants all or nothing refuses when the list is not empty.
    ///
    /// # Errors
    /// Too large, too deep, not JSON, another model, another version: see [`ReadError`].
    pub fn read(bytes: &[u8]) -> Result<(Self, Vec<Problem>), ReadError> {
        Self::read_within(bytes, &Limits::default())
    }

    /// As [`Catalog::read`], with limits of the caller's choice.
    ///
    /// # Errors
    /// As [`Catalog::read`].
    pub fn read_within(bytes: &[u8], limits: &Limits) -> Result<(Self, Vec<Problem>), ReadError> {
        Self::from_value(bounded(bytes, limits)?)
    }

    pub(super) fn from_value(document: Value) -> Result<(Self, Vec<Problem>), ReadError> {
        from_document(document, "catalog", &shape::CATALOG)
    }

    /// The whole document, `{"catalog": …}`, with known fields in the schema's order and unknown ones after them.
    /// The same catalog gives the same bytes.
    pub fn to_json(&self, pretty: bool) -> String {
        let document = Document { catalog: self };
        let text = if pretty { serde_json::to_string_pretty(&document) } else { serde_json::to_string(&document) };
        // Writing strings and string-keyed maps into memory has no way to fail.
        text.unwrap_or_default()
    }
}

#[derive(Serialize)]
struct Document<'a> {
    catalog: &'a Catalog,
}

/// The names an OSCAL document of any model can begin with, to say what a wrong file is.
const MODELS: [&str; 8] = [
    "catalog",
    "profile",
    "component-definition",
    "system-security-plan",
    "assessment-plan",
    "assessment-results",
    "plan-of-action-and-milestones",
    "mapping-collection",
];

/// The model a document says it is, or a description of what stands there instead.
pub(super) fn model_of(document: &Value) -> String {
    match document {
        Value::Object(fields) => MODELS
            .iter()
            .find(|model| fields.contains_key(**model))
            .map(|model| (*model).to_owned())
            .or_else(|| fields.keys().find(|key| !key.starts_with('$')).map(|key| key.chars().take(60).collect()))
            .unwrap_or_else(|| "{}".to_owned()),
        Value::Array(_) => "[]".to_owned(),
        other => other.to_string().chars().take(60).collect(),
    }
}

/// A JSON document within the limits.
pub(super) fn bounded(bytes: &[u8], limits: &Limits) -> Result<Value, ReadError> {
    parse_bounded(bytes, limits.bytes, limits.depth).map_err(ReadError::Json)
}

/// Takes `model` out of a parsed document, checks version and shape, and reads it into its type.
pub(super) fn from_document<T: serde::de::DeserializeOwned>(
    mut document: Value,
    model: &'static str,
    shape: &'static Shape,
) -> Result<(T, Vec<Problem>), ReadError> {
    let found = model_of(&document);
    let Some(body) = document.get_mut(model).filter(|body| body.is_object() && found == model) else {
        return Err(ReadError::OtherModel { expected: model, found });
    };
    let mut body = body.take();
    let version = body.pointer("/metadata/oscal-version").and_then(Value::as_str).unwrap_or_default();
    if !is_known_version(version) {
        return Err(ReadError::Version { found: version.to_owned() });
    }
    let problems = shape::check(&mut body, shape, &format!("/{model}"));
    let value =
        serde_json::from_value(body).map_err(|e| ReadError::Json(Problem::new(Place::nowhere(), ProblemKind::BadJson { detail: e.to_string() })))?;
    Ok((value, problems))
}

/// 1.0, 1.1 and 1.2 with any patch number; a leading `v` (seen in the wild) is tolerated, pre-releases are not.
fn is_known_version(text: &str) -> bool {
    let text = text.strip_prefix('v').unwrap_or(text);
    let numbers: Vec<_> = text.split('.').collect();
    let digits = |n: &&str| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit());
    numbers.iter().all(digits) && matches!(numbers.as_slice(), ["1", "0" | "1" | "2"] | ["1", "0" | "1" | "2", _])
}
