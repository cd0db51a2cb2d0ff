//! An example government drawn from a seed: organisations, people, systems, domains, two cycles of claims, and the truth behind them.
//!
//! Everything is fictional. The same seed, plan and requirements give the same bytes: randomness is ChaCha seeded from
//! `seed`, there is no clock, and nothing depends on the order of a hash map. Read in this order: [`plan`] (what is asked),
//! [`model`] (what comes out), [`organisations`], [`people`], [`systems`], [`zones`], [`truth`] (who is how good and who says
//! so), [`cycles`] (claims, audits, priority inspections), [`reports`] (what a CISO writes).
//!
//! ```
//! use engine::simulate::{government, synthetic_requirements, Plan};
//! let made = government(7, &Plan::example(), &synthetic_requirements(90));
//! assert!(made.organisations.len() >= 24 && made.systems.len() >= 250 && made.people.len() >= 3_000);
//! ```

mod answers;
mod cycles;
mod dice;
mod model;
mod names;
mod organisations;
mod people;
mod plan;
mod reports;
mod systems;
mod truth;
mod zones;

pub use answers::Answer;
pub use model::{
    Asset, AuditFinding, Cell, Cycle, Domain, Government, Incident, IncidentClass, Kind, Organisation, Outsourcing, Person, Post, Prevention,
    PriorityUnits, Scope, SecurityOrganisation, SecurityReport, Stage, State, System, Text, Training,
};
pub use plan::{Plan, RequirementModel, synthetic_requirements};
pub use truth::{OrganisationTruth, Truth};
pub use zones::{ALLOWED_SUFFIXES, DmarcModel, DnssecModel, MxModel, SpfModel, StsModel, WebModel, ZoneModel};

use std::collections::BTreeMap;

/// Draws a whole government from `seed`.
///
/// `requirements` is the standard its organisations are held to; only its shape is read (roles, scope, checks), never its
/// wording. Organisations, people and systems do not depend on `requirements`; claims and truths do.
pub fn government(seed: u64, plan: &Plan, requirements: &[RequirementModel]) -> Government {
    let organisations = organisations::draw(seed, plan);
    let domains = zones::domains(seed, plan, &organisations);
    let people = people::draw(seed, plan, &organisations, &domains);
    let security = people::security_organisations(seed, &organisations, &people, plan);
    let systems = systems::draw(seed, plan, &organisations, &people);
    let assets = systems::assets(seed, &organisations, &people, &domains);
    let profiles = truth::profiles(seed, plan, &organisations);
    let world = cycles::World { seed, plan, requirements, profiles: &profiles, systems: &systems, assets: &assets };
    let mut staff: BTreeMap<&str, u32> = BTreeMap::new();
    for person in &people {
        *staff.entry(&person.organisation).or_default() += 1;
    }
    let cycles: Vec<Cycle> = (1..=plan.cycles)
        .map(|number| {
            let zones = zones::draw(seed, number, &profiles, &domains);
            let mut cycle = cycles::draw(&world, number, zones);
            reports::fill(&world, &mut cycle, |code| staff.get(code).copied().unwrap_or_default());
            cycle
        })
        .collect();
    let truth = truth::summarise(seed, &profiles, &cycles);
    let mut made = Government {
        seed,
        requirements: requirements.to_vec(),
        organisations,
        security,
        people,
        systems,
        assets,
        domains,
        cycles,
        truth,
        index: Default::default(),
    };
    made.index = answers::Index::of(&made);
    made
}

#[cfg(test)]
mod tests;
