//! What every OSCAL model shares: metadata, properties, links, parts, parameters and back matter.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::NAMESPACE;

/// The namespace a `prop` without `ns` belongs to (OSCAL metaschema, `property/@ns`).
pub const OSCAL_NAMESPACE: &str = "http://csrc.nist.gov/ns/oscal";

/// Title, version and dates of a document. Parties, roles and the like are kept in `rest` as they came.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Metadata {
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// A date and time with zone, RFC 3339.
    pub last_modified: String,
    pub version: String,
    pub oscal_version: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub props: Vec<Prop>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// A name and a value, qualified by a namespace.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Prop {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ns: Option<String>,
    pub value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

impl Prop {
    /// A property in Hinomi's namespace.
    pub fn ours(name: &str, value: &str) -> Self {
        Self { name: name.to_owned(), ns: Some(NAMESPACE.to_owned()), value: value.to_owned(), ..Self::default() }
    }

    /// Whether this is the property `name` of namespace `ns`; `None` means OSCAL's own namespace.
    pub fn is(&self, name: &str, ns: Option<&str>) -> bool {
        self.name == name && self.ns.as_deref().unwrap_or(OSCAL_NAMESPACE) == ns.unwrap_or(OSCAL_NAMESPACE)
    }
}

/// A reference to something inside (`#id`) or outside the document.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Link {
    pub href: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rel: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// A piece of text of a control or group: statement, item, guidance, objective …
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Part {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ns: Option<String>,
    /// In parts of ours the language, `ja` or `en`: OSCAL has no field for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub props: Vec<Prop>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prose: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// A value the adopting organisation fills in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Param {
    pub id: String,
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

/// The choices of a parameter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Selection {
    /// `one` or `one-or-more`; absent means one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how_many: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choice: Vec<String>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// The resources a document refers to by `#uuid`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct BackMatter {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<Resource>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// One resource; citation, base64 and document ids are kept in `rest`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Resource {
    pub uuid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub props: Vec<Prop>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rlinks: Vec<RLink>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// Where a resource can be obtained, and in which format.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct RLink {
    pub href: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

impl RLink {
    /// Whether the link says, by media type or by name, that JSON lies behind it.
    pub fn is_json(&self) -> bool {
        self.media_type.as_deref().is_some_and(|m| m.ends_with("json")) || self.href.ends_with(".json")
    }
}
