//! What an organisation made of an edition: its derived standard (省庁対策基準), and what it has yet to align.

use std::collections::{BTreeMap, BTreeSet};

use engine::facts::{AppliesTo, Role};
use serde::Serialize;

use super::change::Change;
use super::requirement::{Edition, EditionId, StandardId};
use crate::base::actor::OrganisationId;
use crate::base::id::Id;
use crate::base::lang::Lang;

/// Which edition an organisation stands on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Adoption {
    /// Whose.
    pub organisation_id: OrganisationId,
    /// The edition.
    pub edition_id: EditionId,
    /// Since when.
    pub adopted_at: String,
    /// Who said so.
    pub adopted_by: String,
}

/// A requirement an organisation leaves out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Exclusion {
    /// The requirement's code.
    pub code: String,
    /// Why.
    pub reason: String,
}

/// A value an organisation set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ParameterValue {
    /// The parameter.
    pub param_id: String,
    /// Its value.
    pub value: String,
}

/// An own requirement's id.
pub type OwnRequirementId = Id<OwnRequirement>;

/// What an organisation asks of itself beyond the common standard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct OwnRequirement {
    /// Its id.
    pub id: OwnRequirementId,
    /// Whose.
    pub organisation_id: OrganisationId,
    /// Its code, used once in the organisation and in no edition it stands on.
    pub code: String,
    /// Its title in Japanese.
    pub title_ja: String,
    /// Its title in English.
    pub title_en: String,
    /// What it asks, in Japanese.
    pub statement_ja: String,
    /// What it asks, in English.
    pub statement_en: String,
    /// What it applies to.
    #[schemars(with = "String")]
    pub applies_to: AppliesTo,
    /// Who must act.
    #[schemars(with = "String")]
    pub role: Role,
}

impl OwnRequirement {
    /// Its title in `lang`.
    pub fn title(&self, lang: Lang) -> &str {
        lang.pick(&self.title_ja, &self.title_en)
    }
}

/// An own document's id.
pub type OwnDocumentId = Id<OwnDocument>;

/// A document of an organisation's standard: a policy, rules, a procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct OwnDocument {
    /// Its id.
    pub id: OwnDocumentId,
    /// Whose.
    pub organisation_id: OrganisationId,
    /// Its title.
    pub title: String,
    /// Its version.
    pub version: String,
    /// The file's name.
    pub file_name: String,
    /// SHA-256 of its bytes.
    pub hash: String,
    /// Its bytes' number.
    pub size: i64,
    /// When it was added.
    pub added_at: String,
}

/// What a CISO confirmed: requirement `code` as it stands under `digest`; an empty digest is its withdrawal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Alignment {
    /// Whose.
    pub organisation_id: OrganisationId,
    /// Of which standard.
    pub standard_id: StandardId,
    /// The requirement's code.
    pub code: String,
    /// The digest confirmed.
    pub digest: String,
    /// What the CISO remarked.
    pub note: String,
    /// When.
    pub confirmed_at: String,
    /// By whom.
    pub confirmed_by: String,
}

/// An organisation's derived standard.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Derived {
    /// The edition it stands on; none before it adopted one.
    pub edition: Option<Edition>,
    /// Since when and by whom.
    pub adoption: Option<Adoption>,
    /// The newest edition of that standard, when it is another one.
    pub newest: Option<Edition>,
    /// What it has yet to confirm to reach the newest edition.
    pub open: Vec<Change>,
    /// What it left out of the edition.
    pub exclusions: Vec<Exclusion>,
    /// Values it set.
    pub values: Vec<ParameterValue>,
    /// What it asks of itself besides.
    pub own: Vec<OwnRequirement>,
    /// Its documents.
    pub documents: Vec<OwnDocument>,
}

/// Where an organisation stands, for the centre's overview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Standing {
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// Its code.
    pub code: String,
    /// Its name in Japanese.
    pub name_ja: String,
    /// Its name in English.
    pub name_en: String,
    /// The edition it stands on, as a command names it; none before it adopted one.
    pub edition: Option<String>,
    /// That edition.
    pub edition_id: Option<EditionId>,
    /// The newest edition of that standard.
    pub newest: Option<String>,
    /// How many changes up to the newest edition it has not confirmed.
    pub open: usize,
    /// How many changes there are in all.
    pub changes: usize,
    /// The last day on which it confirmed something, or empty.
    pub last_confirmed_at: String,
}

/// Codes and digests of what changed from `old` to `new` (code → digest); an empty digest is a withdrawal.
pub fn changed(old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) -> BTreeSet<(String, String)> {
    let here = new.iter().filter(|(code, digest)| old.get(*code) != Some(digest)).map(|(code, digest)| (code.clone(), digest.clone()));
    let gone = old.keys().filter(|code| !new.contains_key(*code)).map(|code| (code.clone(), String::new()));
    here.chain(gone).collect()
}
