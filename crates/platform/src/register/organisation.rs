//! An organisation: a node of the tree, valid for a time.

use serde::{Deserialize, Serialize};

use crate::base::actor::OrganisationId;
use crate::base::lang::Lang;

/// A node of the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Organisation {
    /// Its id.
    pub id: OrganisationId,
    /// Its short code, used once for ever; imports and exports name it so.
    pub code: String,
    /// Above it; the centre has none.
    pub parent_id: Option<OrganisationId>,
    /// The ids of its ancestors and its own, `/a/b/`.
    pub path: String,
    /// Its kind's code.
    pub kind: String,
    /// Its name in Japanese.
    pub name_ja: String,
    /// Its name in English.
    pub name_en: String,
    /// The first day it exists, `2026-04-01`.
    pub valid_from: String,
    /// The last day it existed, if it ended.
    pub valid_to: Option<String>,
    /// What took its place, if anything did.
    pub successor_id: Option<OrganisationId>,
}

impl Organisation {
    /// Its name in `lang`.
    pub fn name(&self, lang: Lang) -> &str {
        // Many offices have no English name; the Japanese one is better than none.
        if self.name_en.is_empty() { &self.name_ja } else { lang.pick(&self.name_ja, &self.name_en) }
    }

    /// Whether it exists on `date` (`2026-04-01`).
    pub fn is_valid_on(&self, date: &str) -> bool {
        self.valid_from.as_str() <= date && self.valid_to.as_deref().is_none_or(|to| date <= to)
    }

    /// How deep it lies in the tree; the centre is 0.
    pub fn depth(&self) -> usize {
        self.path.matches('/').count().saturating_sub(2)
    }
}

/// A name an organisation had before (旧名称).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct FormerName {
    /// Whose name it was.
    pub organisation_id: OrganisationId,
    /// In Japanese.
    pub name_ja: String,
    /// In English.
    pub name_en: String,
    /// The first day it was used.
    pub valid_from: String,
    /// The last day it was used.
    pub valid_to: String,
}

/// A kind of organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct OrganisationKind {
    /// Its code.
    pub code: String,
    /// Its name in Japanese.
    pub name_ja: String,
    /// Its name in English.
    pub name_en: String,
}

/// Whether `code` can name something: small letters, digits and hyphens, 2 to 40.
pub fn is_code(code: &str) -> bool {
    (2..=40).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// The most levels a tree may have. Deeper ones are mistakes in a file, and paths would grow without end.
pub const DEEPEST: usize = 32;

/// What a new organisation is made from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
pub struct NewOrganisation {
    /// Its code.
    pub code: String,
    /// The code of the organisation above it; empty for the centre.
    #[serde(default)]
    pub parent: String,
    /// Its kind's code.
    pub kind: String,
    /// Its name in Japanese.
    pub name_ja: String,
    /// Its name in English; empty where it has none.
    #[serde(default)]
    pub name_en: String,
    /// The first day it exists, `2026-04-01`.
    pub valid_from: String,
}

/// An organisation as a whole line says it: what it is made from, and how it ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
pub struct OrganisationLine {
    /// What it is made from.
    #[serde(flatten)]
    pub new: NewOrganisation,
    /// The last day it existed; empty while it exists.
    #[serde(default)]
    pub valid_to: String,
    /// The code of what took its place; empty if nothing did.
    #[serde(default)]
    pub successor: String,
}
