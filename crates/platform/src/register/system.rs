//! An information system in the ledger (情報システム).

use serde::{Deserialize, Serialize};

use crate::base::actor::OrganisationId;
use crate::base::id::Id;
use crate::base::lang::Lang;

/// Marker of a system's id.
pub enum SystemKind {}
/// A system's id.
pub type SystemId = Id<SystemKind>;

/// Where a system is in its life (ライフサイクルの段階).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// 企画.
    Planning,
    /// 開発.
    Development,
    /// 運用.
    #[default]
    Operation,
    /// 更改.
    Renewal,
    /// 廃止.
    Retired,
}

impl Stage {
    /// Every stage, in the order of a system's life.
    pub const ALL: [Self; 5] = [Self::Planning, Self::Development, Self::Operation, Self::Renewal, Self::Retired];

    /// The stable spelling; `register-stage-{…}` is the key of its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planning => "planning",
            Self::Development => "development",
            Self::Operation => "operation",
            Self::Renewal => "renewal",
            Self::Retired => "retired",
        }
    }

    /// The stage spelled `text`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == text)
    }
}

/// The three sides of a classification (格付け).
pub const AXES: [&str; 3] = ["confidentiality", "integrity", "availability"];

/// One level of a classification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Level {
    /// One of [`AXES`].
    pub axis: String,
    /// 1 is the lowest.
    pub level: i64,
    /// Its name in Japanese.
    pub name_ja: String,
    /// Its name in English.
    pub name_en: String,
}

/// What a line of the ledger is made from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
pub struct NewSystem {
    /// The code of the organisation whose it is.
    pub organisation: String,
    /// Its code.
    pub code: String,
    /// Its name in Japanese.
    pub name_ja: String,
    /// Its name in English; empty where it has none.
    #[serde(default)]
    pub name_en: String,
    /// What it is for.
    #[serde(default)]
    pub purpose: String,
    /// What information it handles.
    #[serde(default)]
    pub information: String,
    /// Confidentiality 1 to 3.
    pub confidentiality: i64,
    /// Integrity 1 or 2.
    pub integrity: i64,
    /// Availability 1 or 2.
    pub availability: i64,
    /// Handling limit; empty where there is none.
    #[serde(default)]
    pub handling_limit: String,
    /// How many people use it.
    #[serde(default)]
    pub users: i64,
    /// To whom its operation is outsourced; empty where it is not.
    #[serde(default)]
    pub outsourced_to: String,
    /// Where it is in its life.
    #[serde(default)]
    pub stage: Stage,
    /// When it is renewed, `2027-04-01`; empty where that is open.
    #[serde(default)]
    pub renewal_date: String,
    /// Whether the public reaches it.
    #[serde(default)]
    pub public_facing: bool,
    /// Whether the work it serves must go on the same day after a disaster.
    #[serde(default)]
    pub same_day_recovery: bool,
    /// When it was retired; empty while it lives.
    #[serde(default)]
    pub retired_on: String,
}

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
    /// Where it is in its life.
    pub stage: Stage,
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
    /// The mark that goes wherever the system is shown (格付け・取扱制限の表示): its levels, then its handling limit.
    pub fn marking(&self, levels: &[Level], lang: Lang) -> String {
        let sides = [(AXES[0], self.confidentiality), (AXES[1], self.integrity), (AXES[2], self.availability)];
        let mut marks: Vec<String> = sides
            .iter()
            .map(|(axis, at)| {
                let found = levels.iter().find(|level| level.axis == *axis && level.level == *at);
                found.map_or_else(|| format!("{axis} {at}"), |level| lang.pick(level.name_ja.clone(), level.name_en.clone()))
            })
            .collect();
        marks.extend((!self.handling_limit.is_empty()).then(|| self.handling_limit.clone()));
        marks.join(lang.pick("・", ", "))
    }

    /// Its name in `lang`.
    pub fn name(&self, lang: Lang) -> &str {
        if self.name_en.is_empty() { &self.name_ja } else { lang.pick(&self.name_ja, &self.name_en) }
    }
}
