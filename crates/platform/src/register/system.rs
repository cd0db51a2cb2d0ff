//! An information system in the ledger (情報システム).

use serde::Serialize;

use crate::base::actor::OrganisationId;
use crate::base::id::Id;
use crate::base::lang::Lang;

/// Marker of a system's id.
pub enum SystemKind {}
/// A system's id.
pub type SystemId = Id<SystemKind>;

/// A line of the system ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct System {
    /// Its id.
    pub id: SystemId,
    /// Whose it is.
    pub organisation_id: OrganisationId,
    /// Its code, used once for ever.
    pub code: String,
    /// Its name in Japanese.
    pub name_ja: String,
    /// Its name in English.
    pub name_en: String,
    /// What it is for.
    pub purpose: String,
    /// What information it handles.
    pub information: String,
    /// Confidentiality 1 to 3.
    pub confidentiality: i64,
    /// Integrity 1 or 2.
    pub integrity: i64,
    /// Availability 1 or 2.
    pub availability: i64,
    /// Handling limit, such as 関係者限り; empty where there is none.
    pub handling_limit: String,
    /// How many people use it.
    pub users: i64,
    /// To whom its operation is outsourced; empty where it is not.
    pub outsourced_to: String,
    /// Where it is in its life: planning, development, operation, renewal, retired.
    pub stage: String,
    /// When it is renewed.
    pub renewal_date: Option<String>,
    /// Whether the public reaches it.
    pub public_facing: bool,
    /// Whether the work it serves must go on the same day after a disaster.
    pub same_day_recovery: bool,
    /// When it was retired.
    pub retired_on: Option<String>,
}

impl System {
    /// Its name in `lang`.
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_ja, &self.name_en)
    }
}
