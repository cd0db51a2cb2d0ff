//! The transition as it stands: ledger, measurements and plan read through their stores, and joined for each system.

use std::collections::BTreeMap;

use engine::crypto::{Affected, Day, Declared, Measured, Plan, Standing, standing};
use engine::numbers::Figure;
use jiff::Timestamp;

use super::compromise::{Compromise, Hit};
use super::declaration::Declaration;
use super::rule::PlanRule;
use super::store;
use crate::base::actor::{OrganisationId, Scope};
use crate::base::dates::{date, stamp};
use crate::base::db::Tx;
use crate::base::error::{Error, Result};
use crate::base::lang::Lang;
use crate::measurements;
use crate::register;
use crate::register::organisation::Organisation;
use crate::register::system::{Stage, System, SystemId};

/// A system, or the domains of an organisation that belong to none, with where it stands.
pub struct Subject {
    /// Whose it is.
    pub organisation: Organisation,
    /// The system; none for domains that belong to no system.
    pub system: Option<System>,
    /// Where it stands.
    pub standing: Standing,
    /// The domain that each measured use was seen at.
    pub targets: Vec<(String, Measured)>,
}

impl Subject {
    /// What hits are kept under.
    pub fn key(&self) -> String {
        self.system.as_ref().map_or_else(|| format!("domains:{}", self.organisation.id), |system| system.id.to_string())
    }

    /// The system's name; of loose domains `loose`.
    pub fn name<'a>(&'a self, lang: Lang, loose: &'a str) -> &'a str {
        self.system.as_ref().map_or(loose, |system| system.name(lang))
    }
}

/// The whole transition within somebody's reach.
pub struct Transition {
    /// The day it is looked at.
    pub today: Day,
    /// The plan, line by line.
    pub rules: Vec<PlanRule>,
    /// The same with what was broken, as the engine reads it.
    pub plan: Plan,
    /// What was broken.
    pub compromises: Vec<Compromise>,
    /// What is declared.
    pub uses: Vec<Declaration>,
    /// Systems and loose domains, those that stand worst first.
    pub subjects: Vec<Subject>,
}

/// The day of `now`.
///
/// # Errors
/// A year beyond four digits.
pub fn today(now: Timestamp) -> Result<Day> {
    Day::parse(&date(now).to_string()).ok_or_else(|| Error::internal("a day beyond the calendar"))
}

/// Reads the transition within `scope` at `now`: a fixed number of queries, whatever the size.
pub async fn transition(tx: &mut Tx, scope: &Scope, now: Timestamp) -> Result<Transition> {
    let today = today(now)?;
    let rules = store::rules(tx).await?;
    let compromises = store::compromises(tx).await?;
    let uses = store::uses(tx, scope).await?;
    let plan = Plan { rules: rules.iter().map(PlanRule::rule).collect(), compromises: compromises.iter().map(Compromise::fallen).collect() };
    let mut declared: BTreeMap<&SystemId, Vec<Declared>> = BTreeMap::new();
    for one in &uses {
        declared.entry(&one.system_id).or_default().push(one.declared());
    }
    let mut measured = measured(tx, scope, now).await?;
    let day = today.to_string();
    let organisations: BTreeMap<OrganisationId, Organisation> =
        register::store::organisations_by_id(tx, scope).await?.into_iter().filter(|(_, one)| one.is_valid_on(&day)).collect();
    let mut subjects = Vec::new();
    for system in register::store::systems(tx, scope).await?.into_iter().filter(|system| lives(system, &day)) {
        let Some(organisation) = organisations.get(&system.organisation_id) else { continue };
        let targets = measured.remove(&(system.organisation_id.clone(), Some(system.id.clone()))).unwrap_or_default();
        let declared = declared.get(&system.id).map_or(&[][..], Vec::as_slice);
        subjects.push(subject(organisation, Some(system), targets, declared, &plan, today));
    }
    // What is left belongs to no system that lives.
    let mut loose: BTreeMap<OrganisationId, Vec<(String, Measured)>> = BTreeMap::new();
    for ((organisation, _), mut targets) in measured {
        loose.entry(organisation).or_default().append(&mut targets);
    }
    for (id, targets) in loose {
        let Some(organisation) = organisations.get(&id) else { continue };
        subjects.push(subject(organisation, None, targets, &[], &plan, today));
    }
    subjects.sort_by(|a, b| {
        let key = |one: &Subject| (one.standing.state, one.standing.lines.first().and_then(|line| line.gone_by.map(|day| day.to_string())));
        (key(a), &a.organisation.path, a.key()).cmp(&(key(b), &b.organisation.path, b.key()))
    });
    Ok(Transition { today, rules, plan, compromises, uses, subjects })
}

/// Uses by organisation and system, each with the domain it was seen at.
type ByOwner = BTreeMap<(OrganisationId, Option<SystemId>), Vec<(String, Measured)>>;

/// What is measured of the domains that are registered today, under the system each belongs to today.
async fn measured(tx: &mut Tx, scope: &Scope, now: Timestamp) -> Result<ByOwner> {
    let targets = measurements::actions::targets_in(tx, scope, now).await?;
    let owners: BTreeMap<(OrganisationId, String), Option<SystemId>> =
        targets.into_iter().map(|one| ((one.organisation_id, one.domain), one.system_id)).collect();
    let mut out = ByOwner::new();
    for one in store::found(tx, scope).await? {
        let key = (one.organisation_id, one.target);
        if let Some(system) = owners.get(&key) {
            out.entry((key.0, system.clone())).or_default().push((key.1, one.measured));
        }
    }
    Ok(out)
}

fn lives(system: &System, today: &str) -> bool {
    system.stage != Stage::Retired && system.retired_on.as_deref().is_none_or(|day| day >= today)
}

fn subject(
    organisation: &Organisation,
    system: Option<System>,
    targets: Vec<(String, Measured)>,
    declared: &[Declared],
    plan: &Plan,
    today: Day,
) -> Subject {
    let shown: Vec<Measured> = targets.iter().map(|(_, measured)| measured.clone()).collect();
    let id = system.as_ref().map_or("", |system| system.id.as_str());
    let standing = standing(id, &shown, declared, plan, today);
    Subject { organisation: organisation.clone(), system, standing, targets }
}

impl Transition {
    /// Every standing.
    pub fn standings(&self) -> Vec<&Standing> {
        self.subjects.iter().map(|one| &one.standing).collect()
    }

    /// The figures of the whole: how far the transition is, and how many are prepared.
    pub fn figures(&self) -> [Figure; 2] {
        let standings = self.standings();
        [engine::crypto::transition_rate(&standings), engine::crypto::agility_rate(&standings)]
    }

    /// How far each line of the plan is.
    pub fn progress(&self) -> Vec<(&PlanRule, Figure)> {
        let standings = self.standings();
        self.rules.iter().map(|rule| (rule, engine::crypto::left_rate(&rule.rule(), &self.plan, &standings))).collect()
    }

    /// Whom `compromise` hits today.
    pub fn hits(&self, compromise: &Compromise, now: Timestamp) -> Vec<Hit> {
        let hit = |one: &Subject| {
            let how = one.standing.affected(compromise.algorithm);
            // Domains without a system cannot be declared, so nothing is unknown about them.
            let concerns = compromise.concerns(how) && !(one.system.is_none() && how == Affected::Unknown);
            concerns.then(|| Hit {
                subject: one.key(),
                organisation_id: one.organisation.id.clone(),
                system_id: one.system.as_ref().map(|system| system.id.clone()),
                how,
                found_at: stamp(now),
            })
        };
        self.subjects.iter().filter_map(hit).collect()
    }
}
