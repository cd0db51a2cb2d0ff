//! The triple: what is claimed, found and measured of one requirement in one scope, and where the three disagree.
//!
//! # Worked examples
//! - The organisation claims `implemented`, the probe says `not-met`: [`Disagreement::OverClaimMeasurement`].
//! - It claims `partly`, the auditor says `met`: [`Disagreement::UnderClaimAudit`].
//! - It claims `partly`, the probe says `not-met`: no disagreement; "partly" already admits that it is not yet kept.
//! - It claims `implemented`, the auditor agrees, the probe says `not-met`: the claim is contradicted *and* audit and
//!   measurement differ; both are said, because a reader acts differently on each.
//! - The probe says `could-not-measure`, `stale` or `not-applicable`: it contradicts nobody and supports nobody.
//!
//! ```
//! use engine::facts::{Claim, Verdict};
//! use engine::triple::{disagreement, Disagreement, Scope, Triple};
//! let triple = Triple {
//!     claim: Some(Claim::Implemented),
//!     verdict: Some(Verdict::NotMet),
//!     ..Triple::of("moc", Scope::whole(), "2.1.1-a")
//! };
//! assert_eq!(disagreement(&triple), [Disagreement::OverClaimMeasurement]);
//! ```

use serde::{Deserialize, Serialize};

use crate::facts::{Claim, Finding, Verdict};
use crate::ids::{OrganisationId, RequirementId, SystemId};

/// What of an organisation is spoken of: the whole, or one of its systems.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scope(pub Option<SystemId>);

impl Scope {
    /// The organisation as a whole.
    pub fn whole() -> Self {
        Self(None)
    }

    /// One system.
    pub fn system(id: impl Into<SystemId>) -> Self {
        Self(Some(id.into()))
    }
}

/// The (up to) three facts of one requirement in one scope of one organisation in one cycle.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Triple {
    pub organisation: OrganisationId,
    pub scope: Scope,
    pub requirement: RequirementId,
    /// From self-inspection (自己点検).
    pub claim: Option<Claim>,
    /// From audit (監査).
    pub finding: Option<Finding>,
    /// From measurement (実測).
    pub verdict: Option<Verdict>,
}

impl Triple {
    /// A triple without any fact yet.
    pub fn of(organisation: impl Into<OrganisationId>, scope: Scope, requirement: impl Into<RequirementId>) -> Self {
        Self { organisation: organisation.into(), scope, requirement: requirement.into(), claim: None, finding: None, verdict: None }
    }

    /// Whether the auditor saw it kept; `None` when nobody audited it.
    pub fn audited(&self) -> Option<bool> {
        self.finding.map(Finding::is_met)
    }

    /// Whether the measurement saw it kept; `None` when nothing was, or could be, measured.
    pub fn measured(&self) -> Option<bool> {
        match self.verdict {
            Some(Verdict::Met) => Some(true),
            Some(Verdict::NotMet) => Some(false),
            _ => None,
        }
    }

    /// Whether somebody other than the organisation looked and came to a result.
    pub fn checked(&self) -> bool {
        self.audited().is_some() || self.measured().is_some()
    }

    /// Whether a claim "implemented" was checked: the denominator of the over-claim rate.
    pub fn claim_checked(&self) -> bool {
        self.claim == Some(Claim::Implemented) && self.checked()
    }

    /// Whether a claim "implemented" was contradicted by audit or measurement: the numerator of the over-claim rate.
    pub fn over_claimed(&self) -> bool {
        self.claim == Some(Claim::Implemented) && (self.audited() == Some(false) || self.measured() == Some(false))
    }
}

/// One way in which two of the three facts disagree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Disagreement {
    /// Claimed implemented; the auditor says not met.
    OverClaimAudit,
    /// Claimed implemented; the measurement says not met.
    OverClaimMeasurement,
    /// Claimed partly or not; the auditor says met.
    UnderClaimAudit,
    /// Claimed partly or not; the measurement says met.
    UnderClaimMeasurement,
    /// Auditor and measurement differ.
    AuditMeasurement,
    /// Claimed not applicable; yet the auditor judged it.
    NotApplicableAudited,
    /// Claimed not applicable; yet there was something to measure.
    NotApplicableMeasured,
}

impl Disagreement {
    /// Every way, in the order people read them.
    pub const ALL: &'static [Self] = &[
        Self::OverClaimAudit,
        Self::OverClaimMeasurement,
        Self::UnderClaimAudit,
        Self::UnderClaimMeasurement,
        Self::AuditMeasurement,
        Self::NotApplicableAudited,
        Self::NotApplicableMeasured,
    ];

    /// The stable spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OverClaimAudit => "over-claim-audit",
            Self::OverClaimMeasurement => "over-claim-measurement",
            Self::UnderClaimAudit => "under-claim-audit",
            Self::UnderClaimMeasurement => "under-claim-measurement",
            Self::AuditMeasurement => "audit-measurement",
            Self::NotApplicableAudited => "not-applicable-audited",
            Self::NotApplicableMeasured => "not-applicable-measured",
        }
    }

    /// What it says, as one sentence for `lang`.
    pub fn sentence(self, lang: crate::words::Lang) -> &'static str {
        use crate::words::Lang::{En, Ja};
        match (self, lang) {
            (Self::OverClaimAudit, Ja) => "「実施済み」と回答していますが、監査では満たしていないと判定されました。",
            (Self::OverClaimAudit, En) => "Claimed implemented, but the auditor found it not met.",
            (Self::OverClaimMeasurement, Ja) => "「実施済み」と回答していますが、実測では満たしていません。",
            (Self::OverClaimMeasurement, En) => "Claimed implemented, but measured not met.",
            (Self::UnderClaimAudit, Ja) => "「一部実施」または「未実施」と回答していますが、監査では満たしていると判定されました。",
            (Self::UnderClaimAudit, En) => "Claimed partly or not implemented, but the auditor found it met.",
            (Self::UnderClaimMeasurement, Ja) => "「一部実施」または「未実施」と回答していますが、実測では満たしています。",
            (Self::UnderClaimMeasurement, En) => "Claimed partly or not implemented, but measured met.",
            (Self::AuditMeasurement, Ja) => "監査の判定と実測の結果が食い違っています。",
            (Self::AuditMeasurement, En) => "The audit and the measurement differ.",
            (Self::NotApplicableAudited, Ja) => "「該当なし」と回答していますが、監査では対象として判定されました。",
            (Self::NotApplicableAudited, En) => "Claimed not applicable, but the auditor judged it.",
            (Self::NotApplicableMeasured, Ja) => "「該当なし」と回答していますが、実測できる対象がありました。",
            (Self::NotApplicableMeasured, En) => "Claimed not applicable, but there was something to measure.",
        }
    }
}

/// Where the three facts of `triple` disagree: nothing, one or several ways, in the order of [`Disagreement::ALL`].
pub fn disagreement(triple: &Triple) -> Vec<Disagreement> {
    let mut found = Vec::new();
    let (audited, measured) = (triple.audited(), triple.measured());
    match triple.claim {
        Some(Claim::Implemented) => {
            if audited == Some(false) {
                found.push(Disagreement::OverClaimAudit);
            }
            if measured == Some(false) {
                found.push(Disagreement::OverClaimMeasurement);
            }
        }
        Some(Claim::Partly | Claim::Not) => {
            if audited == Some(true) {
                found.push(Disagreement::UnderClaimAudit);
            }
            if measured == Some(true) {
                found.push(Disagreement::UnderClaimMeasurement);
            }
        }
        Some(Claim::NotApplicable) | None => {}
    }
    if let (Some(audited), Some(measured)) = (audited, measured)
        && audited != measured
    {
        found.push(Disagreement::AuditMeasurement);
    }
    if triple.claim == Some(Claim::NotApplicable) {
        if audited.is_some() {
            found.push(Disagreement::NotApplicableAudited);
        }
        if measured.is_some() {
            found.push(Disagreement::NotApplicableMeasured);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use Disagreement::*;

    /// The table of all 5 × 6 × 6 combinations, written by hand as (claim, audit, measurement) classes.
    fn expected(claim: &str, audit: &str, measurement: &str) -> &'static [Disagreement] {
        match (claim, audit, measurement) {
            ("implemented", "none", "none" | "met") => &[],
            ("implemented", "none", "not") => &[OverClaimMeasurement],
            ("implemented", "met", "none" | "met") => &[],
            ("implemented", "met", "not") => &[OverClaimMeasurement, AuditMeasurement],
            ("implemented", "not", "none") => &[OverClaimAudit],
            ("implemented", "not", "met") => &[OverClaimAudit, AuditMeasurement],
            ("implemented", "not", "not") => &[OverClaimAudit, OverClaimMeasurement],
            ("less", "none", "none" | "not") => &[],
            ("less", "none", "met") => &[UnderClaimMeasurement],
            ("less", "met", "none") => &[UnderClaimAudit],
            ("less", "met", "met") => &[UnderClaimAudit, UnderClaimMeasurement],
            ("less", "met", "not") => &[UnderClaimAudit, AuditMeasurement],
            ("less", "not", "none" | "not") => &[],
            ("less", "not", "met") => &[UnderClaimMeasurement, AuditMeasurement],
            ("na", "none", "none") => &[],
            ("na", "none", _) => &[NotApplicableMeasured],
            ("na", _, "none") => &[NotApplicableAudited],
            ("na", "met", "met") | ("na", "not", "not") => &[NotApplicableAudited, NotApplicableMeasured],
            ("na", _, _) => &[AuditMeasurement, NotApplicableAudited, NotApplicableMeasured],
            ("silent", "met", "not") | ("silent", "not", "met") => &[AuditMeasurement],
            ("silent", _, _) => &[],
            other => panic!("{other:?} is not in the table"),
        }
    }

    #[test]
    fn every_combination_is_in_the_truth_table() {
        let claims = [None].into_iter().chain(Claim::ALL.iter().copied().map(Some));
        let mut seen = 0;
        for claim in claims {
            for finding in [None].into_iter().chain(Finding::ALL.iter().copied().map(Some)) {
                for verdict in [None].into_iter().chain(Verdict::ALL.iter().copied().map(Some)) {
                    let triple = Triple { claim, finding, verdict, ..Triple::of("a", Scope::whole(), "r") };
                    let claim_class = match claim {
                        None => "silent",
                        Some(Claim::Implemented) => "implemented",
                        Some(Claim::Partly | Claim::Not) => "less",
                        Some(Claim::NotApplicable) => "na",
                    };
                    let audit_class = match finding {
                        None => "none",
                        Some(Finding::Strength | Finding::Met | Finding::Observation) => "met",
                        Some(Finding::Minor | Finding::Major) => "not",
                    };
                    let measure_class = match verdict {
                        Some(Verdict::Met) => "met",
                        Some(Verdict::NotMet) => "not",
                        _ => "none",
                    };
                    let expect = expected(claim_class, audit_class, measure_class);
                    assert_eq!(disagreement(&triple), expect, "{triple:?}");
                    let over = expect.contains(&OverClaimAudit) || expect.contains(&OverClaimMeasurement);
                    assert_eq!(triple.over_claimed(), over, "{triple:?}");
                    assert!(!triple.over_claimed() || triple.claim_checked(), "{triple:?}");
                    seen += 1;
                }
            }
        }
        assert_eq!(seen, 5 * 6 * 6);
    }

    #[test]
    fn spellings_agree_with_serde() {
        for d in Disagreement::ALL {
            assert_eq!(serde_json::to_value(d).unwrap(), d.as_str());
        }
    }
}
