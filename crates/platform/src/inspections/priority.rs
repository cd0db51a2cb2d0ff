//! The priority inspection (重点検査): units held and units done, by asset class and item.

use engine::facts::AppliesTo;
use engine::grade::{Grade, GradeError, GradeRule, grade};
use engine::numbers::Figure;
use serde::{Deserialize, Serialize};

use super::cycle::CycleId;
use crate::base::actor::OrganisationId;
use crate::base::id::Id;
use crate::standards::requirement::RequirementId;

/// Marker of a line's id.
pub enum PriorityUnitMark {}
/// A line's id.
pub type PriorityUnitId = Id<PriorityUnitMark>;

/// The classes of asset that are counted.
pub const CLASSES: [AppliesTo; 4] = [AppliesTo::Terminal, AppliesTo::WebServer, AppliesTo::MailServer, AppliesTo::System];

/// Units of one class for one item in one organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PriorityUnit {
    /// Its id.
    pub id: PriorityUnitId,
    /// The cycle.
    pub cycle_id: CycleId,
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// The item.
    pub requirement_id: RequirementId,
    /// The class.
    pub class: AppliesTo,
    /// Units held.
    pub held: u64,
    /// Units where it is done.
    pub done: u64,
    /// A remark.
    pub note: String,
    /// 1, then one more with each change.
    pub version: i64,
    /// Who.
    pub entered_by: String,
    /// When.
    pub entered_at: String,
}

impl PriorityUnit {
    /// Units done ÷ units held.
    pub fn rate(&self) -> Figure {
        engine::grade::rate(self.done, self.held, self.held)
    }

    /// The grade under `rule`.
    pub fn grade(&self, rule: &GradeRule) -> Result<Grade, GradeError> {
        grade(self.done, self.held, rule)
    }
}

/// A line to be stored.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct NewUnit {
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// The item.
    pub requirement_id: RequirementId,
    /// The class.
    pub class: AppliesTo,
    /// Units held.
    pub held: u64,
    /// Units where it is done.
    pub done: u64,
    /// A remark.
    #[serde(default)]
    pub note: String,
}
