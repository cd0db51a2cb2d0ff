//! What the centre sets: allowed suffixes by kind of organisation, the hour of the daily run, the age at which facts grow stale.

use std::collections::BTreeMap;

use engine::judge::Profile;
use serde::{Deserialize, Serialize};

/// The key of [`Suffixes`].
pub const SUFFIXES: &str = "measurements.suffixes";
/// The key of [`Schedule`].
pub const SCHEDULE: &str = "measurements.schedule";
/// The key of the age in days.
pub const MAX_AGE: &str = "measurements.max-age-days";

/// The key of the profile the rules are taken under.
pub const PROFILE: &str = "measurements.profile";

/// Under which suffixes the domains of each kind of organisation must lie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Suffixes {
    /// The version of the list, kept in every observation.
    pub version: String,
    /// Kind of organisation → suffixes. A kind that is not named has no such rule.
    pub by_kind: BTreeMap<String, Vec<String>>,
}

impl Default for Suffixes {
    /// Ministries and their agencies under `go.jp`, local governments under `lg.jp` (JPRS, rules on attribute-type names).
    fn default() -> Self {
        let list = |suffix: &str| vec![suffix.to_owned()];
        let by_kind = [("centre", "go.jp"), ("ministry", "go.jp"), ("agency", "go.jp"), ("local-government", "lg.jp")];
        Self { version: "default-1".to_owned(), by_kind: by_kind.map(|(kind, suffix)| (kind.to_owned(), list(suffix))).into() }
    }
}

impl Suffixes {
    /// The suffixes for a kind of organisation; none: it has no such rule.
    pub fn of(&self, kind: &str) -> &[String] {
        self.by_kind.get(kind).map_or(&[], Vec::as_slice)
    }
}

/// When everything is measured by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Schedule {
    /// The hour of the day, 0 to 23, Japan time; nothing: not by itself.
    pub hour: Option<i8>,
    /// The last day it was started, `2026-04-01`.
    #[serde(default)]
    pub last: String,
}

/// Everything that is set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Settings {
    /// Allowed suffixes.
    pub suffixes: Suffixes,
    /// The daily run.
    pub schedule: Schedule,
    /// Days after which an observation is stale.
    pub max_age_days: i64,
    /// How strict the rules are: `high-security`, `recommended` or `exception`.
    #[schemars(with = "String")]
    pub profile: Profile,
    /// Days the raw evidence of an observation is kept, unless it is the newest or the last decided one; 0: for ever.
    pub evidence_days: i64,
}

/// What the centre wants to be set.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Kind of organisation → suffixes.
    pub by_kind: BTreeMap<String, Vec<String>>,
    /// The hour of the daily run.
    pub hour: Option<i8>,
    /// Days after which an observation is stale.
    pub max_age_days: i64,
    /// How strict the rules are; none for a word that names no profile.
    pub profile: Option<Profile>,
    /// Days raw evidence is kept; 0: for ever.
    pub evidence_days: i64,
}

/// Days after which an observation is stale, unless set otherwise.
pub const DEFAULT_MAX_AGE: i64 = 30;
