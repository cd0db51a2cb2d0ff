//! What a generated government shall contain, and the shape of the standard it is held to.

use crate::facts::{AppliesTo, Check, Role};
use serde::{Deserialize, Serialize};

/// The shape of one requirement, without its wording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequirementModel {
    /// The requirement's id in its catalogue.
    pub id: String,
    /// Who must act, and so who is asked; nobody where only an audit or a measurement is accepted.
    pub roles: Vec<Role>,
    pub applies_to: AppliesTo,
    /// The measurements accepted as evidence; all of them must be met.
    pub checks: Vec<Check>,
    /// 1 is the most urgent.
    pub priority: u8,
    /// Whether an auditor's verdict is accepted evidence.
    pub audit: bool,
}

impl RequirementModel {
    /// Whether the requirement is answered once for each system. A requirement that a probe can measure is answered once for
    /// the organisation, because what is measured are the organisation's domains.
    pub fn per_system(&self) -> bool {
        self.applies_to == AppliesTo::System && self.checks.is_empty()
    }
}

/// How large a government is, and how honest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Organisations that inspect themselves. Contractors and organisations that no longer exist come in addition.
    pub organisations: usize,
    pub systems: usize,
    pub people: usize,
    /// Organisations that claim most of what they have not done.
    pub over_claimers: usize,
    /// Organisations that have done much and claim little.
    pub under_claimers: usize,
    pub cycles: u32,
    /// The fiscal year (beginning in April) of the first cycle.
    pub first_fiscal_year: i32,
    /// How many organisations have a vacant post in their security organisation.
    pub vacant_posts: usize,
    /// How many of a hundred requirements that accept an audit are sampled in each organisation; systems are sampled at a third.
    pub audit_percent: u32,
    /// How many cells with a claim auditors look at in each organisation at least, where it has so many.
    pub audit_minimum: u32,
}

impl Plan {
    /// The example government: 30 organisations, four of which over-claim by plan.
    pub fn example() -> Self {
        Self {
            organisations: 30,
            systems: 264,
            people: 3_200,
            over_claimers: 4,
            under_claimers: 3,
            cycles: 2,
            first_fiscal_year: 2024,
            vacant_posts: 4,
            audit_percent: 40,
            audit_minimum: 75,
        }
    }

    /// The example without any over-claimer: whoever is flagged in it is flagged wrongly.
    pub fn null_case() -> Self {
        Self { over_claimers: 0, ..Self::example() }
    }

    /// The size at which speed is measured: 50 organisations, 60,000 people.
    pub fn bench() -> Self {
        Self { organisations: 50, systems: 500, people: 60_000, over_claimers: 6, under_claimers: 5, ..Self::example() }
    }
}

/// `count` requirements of a believable shape, for tests and benchmarks that need a standard of a certain size.
///
/// Of each twenty, one to seven carry a check, six are answered per system, four by staff, the rest by the officers.
pub fn synthetic_requirements(count: usize) -> Vec<RequirementModel> {
    let shapes: [(Role, AppliesTo, Option<Check>); 20] = [
        (Role::Ciso, AppliesTo::Organisation, None),
        (Role::Staff, AppliesTo::Person, None),
        (Role::SystemManager, AppliesTo::System, None),
        (Role::SystemManager, AppliesTo::MailServer, Some(Check::Spf)),
        (Role::SectionHead, AppliesTo::Organisation, None),
        (Role::SystemManager, AppliesTo::System, None),
        (Role::SystemManager, AppliesTo::MailServer, Some(Check::Dmarc)),
        (Role::Csirt, AppliesTo::Organisation, None),
        (Role::Staff, AppliesTo::Person, None),
        (Role::SystemManager, AppliesTo::Terminal, None),
        (Role::SystemManager, AppliesTo::System, None),
        (Role::SystemManager, AppliesTo::WebServer, Some(Check::Dnssec)),
        (Role::AuditLead, AppliesTo::Organisation, None),
        (Role::SystemManager, AppliesTo::System, None),
        (Role::SystemManager, AppliesTo::WebServer, None),
        (Role::Staff, AppliesTo::Person, None),
        (Role::SystemManager, AppliesTo::System, None),
        (Role::Ciso, AppliesTo::Organisation, None),
        (Role::SystemManager, AppliesTo::System, None),
        (Role::Staff, AppliesTo::Terminal, None),
    ];
    let later = [Check::HttpsCertificate, Check::Mx, Check::HttpsExpiry, Check::DomainSuffix];
    shapes
        .iter()
        .cycle()
        .take(count)
        .enumerate()
        .map(|(position, (role, applies_to, check))| {
            // The second round of twenty brings the remaining checks; later rounds bring none.
            let check = match (check, position / shapes.len()) {
                (Some(check), 0) => Some(*check),
                (Some(Check::Spf), 1) => later.first().copied(),
                (Some(Check::Dmarc), 1) => later.get(1).copied(),
                (Some(Check::Dnssec), 1) => later.get(2).copied(),
                (Some(Check::Spf), 2) => later.get(3).copied(),
                _ => None,
            };
            RequirementModel {
                id: format!("q-{:03}", position + 1),
                roles: vec![*role],
                applies_to: *applies_to,
                checks: check.into_iter().collect(),
                priority: if position % 5 == 0 { 1 } else { 2 },
                audit: *applies_to != AppliesTo::Person || position % 3 == 0,
            }
        })
        .collect()
}
