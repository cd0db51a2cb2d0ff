//! What the parts of the loader share: the application with a clock that is set day by day, and the drawn government.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use engine::simulate::{Government, RequirementModel, Truth, government};

use super::calendar::{Calendar, morning};
use super::{Wish, application, operator};
use crate::base::actor::{Actor, Grant, OrganisationId, Role};
use crate::base::clock::{Clock, Entropy};
use crate::base::config::{App, Config};
use crate::base::db::Db;
use crate::base::error::{Error, Result};
use crate::base::work::Work;
use crate::register::organisation::Organisation;
use crate::register::system::SystemId;
use crate::standards::requirement::{EditionId, Requirement, RequirementId};

/// The loader's hands.
pub struct Stage {
    /// The application, on the day that was set last.
    pub app: Arc<App>,
    /// What was asked for.
    pub wish: Wish,
    /// The government as each cycle sees it: organisations, people and systems are the same in all, the standard is not.
    pub made: Vec<Government>,
    /// Each cycle's edition.
    pub editions: Vec<EditionId>,
    /// The requirements that the priority inspection counts, of all editions.
    pub priority: BTreeSet<RequirementId>,
    /// The stored systems, by code.
    pub systems: BTreeMap<String, SystemId>,
    /// The stored organisations, by code.
    pub organisations: BTreeMap<String, Organisation>,
    /// The actors that decide, by role and organisation's code.
    pub actors: BTreeMap<(Role, String), Actor>,
}

impl Stage {
    /// Begins on the first day of the first fiscal year.
    pub async fn new(db: Db, config: Config, wish: &Wish) -> Result<Self> {
        let first = Calendar(wish.plan.first_fiscal_year);
        let clock = Clock::fixed(morning(&first.standard())?);
        let app = crate::app::start(db, clock, Entropy::seeded(wish.seed), config).await?;
        Ok(Self {
            app,
            wish: wish.clone(),
            made: Vec::new(),
            editions: Vec::new(),
            priority: BTreeSet::new(),
            systems: BTreeMap::new(),
            organisations: BTreeMap::new(),
            actors: BTreeMap::new(),
        })
    }

    /// Draws the government as the cycle under this edition sees it.
    pub fn draw(&mut self, edition: EditionId, requirements: &[Requirement]) {
        let models: Vec<RequirementModel> = requirements
            .iter()
            .map(|one| RequirementModel {
                id: one.code.clone(),
                // What respondents are not asked is measured or audited only.
                roles: if one.evidence_self { one.roles.clone() } else { Vec::new() },
                applies_to: one.applies_to,
                checks: one.checks.clone(),
                priority: u8::try_from(one.priority).unwrap_or(u8::MAX),
                audit: one.evidence_audit,
            })
            .collect();
        self.made.push(government(self.wish.seed, &self.wish.plan, &models));
        self.editions.push(edition);
        self.priority.extend(requirements.iter().filter(|one| one.priority_inspection).map(|one| one.id.clone()));
    }

    /// The government for what all cycles share.
    pub fn government(&self) -> Result<&Government> {
        self.made.first().ok_or_else(|| Error::internal("no government was drawn yet"))
    }

    /// The cycle at `index`, from 0, as its edition asks it.
    pub fn cycle(&self, index: usize) -> Result<&engine::simulate::Cycle> {
        let cycle = self.made.get(index).and_then(|made| made.cycles.get(index));
        cycle.ok_or_else(|| Error::internal(format!("the example has no cycle {index}")))
    }

    /// The code of a stored organisation; empty for one that is not of the example.
    pub fn code_of(&self, id: &OrganisationId) -> &str {
        self.organisations.values().find(|one| one.id == *id).map_or("", |one| one.code.as_str())
    }

    /// The codes of the first `count` organisations below the centre that take part.
    pub fn below(&self, count: usize) -> Result<Vec<String>> {
        let all = self.government()?.organisations.iter().filter(|one| one.takes_part && one.parent.is_some());
        Ok(all.take(count).map(|one| one.code.clone()).collect())
    }

    /// The code of the centre.
    pub fn centre(&self) -> Result<String> {
        self.government()?.organisations.first().map(|one| one.code.clone()).ok_or(Error::NotFound)
    }

    /// Sets the day, `2025-07-01`.
    pub fn on(&self, day: &str) -> Result<()> {
        self.app.clock.set(morning(day)?);
        Ok(())
    }

    /// A change by the operator.
    pub async fn work(&self) -> Result<Work> {
        Work::begin(&self.app, &operator()).await
    }

    /// A change by whoever holds `role` in the organisation.
    pub async fn work_as(&self, role: Role, organisation: &str) -> Result<Work> {
        let actor = self.actors.get(&(role, organisation.to_owned())).cloned().unwrap_or_else(operator);
        Work::begin(&self.app, &actor).await
    }

    /// The application as it measures elsewhere, on the same day.
    pub fn with_config(&self, change: impl FnOnce(&mut Config)) -> Arc<App> {
        let mut config = self.app.config.clone();
        change(&mut config);
        application(&self.app.db, &self.app.clock, &self.app.entropy, &config)
    }

    /// A stored organisation.
    pub fn organisation(&self, code: &str) -> Result<&Organisation> {
        self.organisations.get(code).ok_or_else(|| Error::internal(format!("the example has no organisation {code}")))
    }

    /// What an account of the example holds.
    pub fn grant(&self, role: Role, code: &str) -> Result<Grant> {
        let organisation = self.organisation(code)?;
        Ok(Grant { role, organisation: organisation.id.clone(), path: organisation.path.clone() })
    }

    /// What is planted. The levels of each cycle come from the government that cycle saw.
    pub fn truth(&self) -> Truth {
        let mut truth = self.made.first().map(|made| made.truth.clone()).unwrap_or_default();
        for (index, made) in self.made.iter().enumerate() {
            for (row, seen) in truth.organisations.iter_mut().zip(&made.truth.organisations) {
                for (to, from) in [(&mut row.true_level, &seen.true_level), (&mut row.claimed_level, &seen.claimed_level)] {
                    if let (Some(to), Some(from)) = (to.get_mut(index), from.get(index)) {
                        *to = *from;
                    }
                }
            }
        }
        truth
    }
}
