//! The audit (監査): what was drawn, and the auditor's own verdict beside the claim.

use engine::facts::{Claim, Finding as Verdict};
use serde::Serialize;

use super::answer::Evidence;
use super::cycle::CycleId;
use crate::base::actor::OrganisationId;
use crate::base::id::Id;
use crate::register::system::SystemId;
use crate::standards::requirement::RequirementId;

/// Marker of a finding's id.
pub enum FindingMark {}
/// A finding's id.
pub type FindingId = Id<FindingMark>;

/// An auditor's verdict as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Its id.
    pub id: FindingId,
    /// The cycle.
    pub cycle_id: CycleId,
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// The requirement.
    pub requirement_id: RequirementId,
    /// The system, or `None` for the whole organisation.
    pub system_id: Option<SystemId>,
    /// The verdict.
    pub verdict: Verdict,
    /// What was seen.
    pub note: String,
    /// A file that shows it.
    pub evidence: Option<Evidence>,
    /// 1, then one more with each change.
    pub version: i64,
    /// Who.
    pub auditor: String,
    /// When.
    pub found_at: String,
}

/// A verdict to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFinding {
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// The requirement.
    pub requirement_id: RequirementId,
    /// The system, or `None` for the whole organisation.
    pub system_id: Option<SystemId>,
    /// The verdict.
    pub verdict: Verdict,
    /// What was seen; needed for anything but "met".
    pub note: String,
    /// A file; `None` keeps the one there is.
    pub evidence: Option<Evidence>,
}

/// Something drawn for audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sampled {
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// The requirement.
    pub requirement_id: RequirementId,
    /// The system, or `None` for the whole organisation.
    pub system_id: Option<SystemId>,
    /// 1 is the highest.
    pub priority: i64,
    /// The claim as it was drawn.
    pub claim: Claim,
    /// When it was drawn.
    pub drawn_at: String,
}
