//! A standard, its editions, and what each edition asks.

use engine::facts::{AppliesTo, Check, Role};
use serde::Serialize;

use crate::base::actor::OrganisationId;
use crate::base::id::Id;
use crate::base::lang::Lang;

/// A standard's id.
pub type StandardId = Id<Standard>;
/// An edition's id.
pub type EditionId = Id<Edition>;
/// A requirement's id.
pub type RequirementId = Id<Requirement>;

/// A series of editions (基準).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Standard {
    /// Its id.
    pub id: StandardId,
    /// Its short code; commands and files name it so.
    pub code: String,
    /// Its name in Japanese.
    pub name_ja: String,
    /// Its name in English.
    pub name_en: String,
    /// The organisation whose own it is; `None`: common to all.
    pub organisation_id: Option<OrganisationId>,
}

impl Standard {
    /// Its name in `lang`.
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_ja, &self.name_en)
    }
}

/// One edition of a standard (版).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Edition {
    /// Its id.
    pub id: EditionId,
    /// The standard it is an edition of.
    pub standard_id: StandardId,
    /// That standard's code.
    pub standard_code: String,
    /// Its place in the series: 1, 2, 3 … in the order they were taken in.
    pub position: i64,
    /// Its version, as its catalog says.
    pub version: String,
    /// Its title in Japanese.
    pub title_ja: String,
    /// Its title in English.
    pub title_en: String,
    /// The day it was published, `2026-06-01`.
    pub published_on: String,
    /// SHA-256 of its catalog (OSCAL JSON), under which `base::blobs` keeps it.
    pub catalog_hash: String,
    /// The catalog's own UUID.
    pub catalog_uuid: String,
    /// The version of OSCAL the catalog was written in.
    pub oscal_version: String,
    /// The file it came from.
    pub source_name: String,
    /// SHA-256 of that file.
    pub source_hash: String,
    /// When it was taken in.
    pub imported_at: String,
    /// How many requirements it holds.
    pub requirements: i64,
}

impl Edition {
    /// Its title in `lang`.
    pub fn title(&self, lang: Lang) -> &str {
        lang.pick(&self.title_ja, &self.title_en)
    }

    /// Standard and version, as a command names it: `baseline@2`.
    pub fn spelled(&self) -> String {
        format!("{}@{}", self.standard_code, self.version)
    }

    /// The name of its catalog as a file; a profile of ours imports it by this name.
    pub fn file_name(&self) -> String {
        format!("{}-{}.json", self.standard_code, self.version.replace(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-'), "_"))
    }
}

/// One thing an edition asks (遵守事項).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Requirement {
    /// Its id.
    pub id: RequirementId,
    /// The edition that asks it.
    pub edition_id: EditionId,
    /// The control's id in the catalog; the same in every edition that asks it.
    pub code: String,
    /// The outermost group: one of the four blocks in the baseline (`information`, `hardware` …).
    pub block: String,
    /// The block's name in Japanese.
    pub block_ja: String,
    /// The block's name in English.
    pub block_en: String,
    /// The innermost group, such as `hardware.web`; the block itself when it has no parts.
    pub theme: String,
    /// The theme's name in Japanese.
    pub theme_ja: String,
    /// The theme's name in English.
    pub theme_en: String,
    /// Its title in Japanese.
    pub title_ja: String,
    /// Its title in English.
    pub title_en: String,
    /// What it asks, in Japanese.
    pub statement_ja: String,
    /// What it asks, in English.
    pub statement_en: String,
    /// What a respondent is asked, in Japanese.
    pub question_ja: String,
    /// What a respondent is asked, in English.
    pub question_en: String,
    /// Why, and what counts as evidence, in Japanese.
    pub guidance_ja: String,
    /// Why, and what counts as evidence, in English.
    pub guidance_en: String,
    /// What it applies to.
    #[schemars(with = "String")]
    pub applies_to: AppliesTo,
    /// Who must act.
    #[schemars(with = "Vec<String>")]
    pub roles: Vec<Role>,
    /// Whether a self-inspection is evidence.
    pub evidence_self: bool,
    /// Whether an audit is evidence.
    pub evidence_audit: bool,
    /// Which measurements are evidence.
    #[schemars(with = "Vec<String>")]
    pub checks: Vec<Check>,
    /// Whether the priority inspection counts units of it.
    pub priority_inspection: bool,
    /// 1 first, 2, 3.
    pub priority: i64,
    /// Where it comes from.
    pub source: String,
    /// SHA-256 of the control and its place; the same digest asks the same.
    pub digest: String,
}

impl Requirement {
    /// Its title in `lang`.
    pub fn title(&self, lang: Lang) -> &str {
        lang.pick(&self.title_ja, &self.title_en)
    }

    /// What it asks, in `lang`.
    pub fn statement(&self, lang: Lang) -> &str {
        lang.pick(&self.statement_ja, &self.statement_en)
    }

    /// What a respondent is asked, in `lang`.
    pub fn question(&self, lang: Lang) -> &str {
        lang.pick(&self.question_ja, &self.question_en)
    }

    /// Why, and what counts as evidence, in `lang`.
    pub fn guidance(&self, lang: Lang) -> &str {
        lang.pick(&self.guidance_ja, &self.guidance_en)
    }

    /// The block's name in `lang`.
    pub fn block_name(&self, lang: Lang) -> &str {
        lang.pick(&self.block_ja, &self.block_en)
    }

    /// The theme's name in `lang`.
    pub fn theme_name(&self, lang: Lang) -> &str {
        lang.pick(&self.theme_ja, &self.theme_en)
    }
}

/// A value an edition leaves to whoever adopts it (OSCAL `param`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Parameter {
    /// Its id in the catalog.
    pub param_id: String,
    /// The requirement that uses it.
    pub code: String,
    /// What it is.
    pub label: String,
    /// The value the edition itself gives, or empty.
    pub value: String,
}
