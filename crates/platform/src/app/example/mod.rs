//! The example government in a running application: drawn by `engine::simulate`, loaded through the verbs of the areas, measured on a testbed.
//!
//! Nothing is written past the actions, so what the example holds is what people could have entered. The dates come from the
//! generator's fiscal years and from the day it is told: the same wish gives the same content on any clock. Ids and secrets inside are
//! drawn from the seed too, therefore sign-in links are made later, with the system's randomness ([`people::links`]).
//! Begin at [`load`].

mod aggregate_reports;
mod calendar;
pub mod control;
mod cryptography;
mod evidence;
mod improvements;
mod inspections;
mod measure;
mod people;
mod register;
mod reports;
mod stage;
mod standards;
mod world;

use std::sync::Arc;

use calendar::{Calendar, Window};
use engine::simulate::{Plan, Truth};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::base::actor::{Actor, Scope};
use crate::base::clock::{Clock, Entropy};
use crate::base::config::{App, Config};
use crate::base::db::Db;
use crate::base::error::{Error, Result};
use crate::base::settings;
pub use people::{Link, links};
use stage::Stage;
pub use world::World;

/// The setting that says which example a database holds.
const SETTING: &str = "app.example";

/// Which government to load.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// The seed everything is drawn from.
    pub seed: u64,
    /// How large, and how honest.
    pub plan: Plan,
    /// The day on which the last cycle is half over; none: that cycle keeps the generator's days, too.
    #[serde(default)]
    pub today: Option<Date>,
}

impl Wish {
    /// The example that `serve --example` shows.
    pub fn example(seed: u64) -> Self {
        Self { seed, plan: Plan::example(), today: None }
    }

    /// The same without anybody who over-claims.
    pub fn null(seed: u64) -> Self {
        Self { seed, plan: Plan::null_case(), today: None }
    }

    /// A small one for tests: every kind of thing, few of each.
    pub fn small(seed: u64) -> Self {
        Self {
            seed,
            plan: Plan { organisations: 6, systems: 18, people: 96, over_claimers: 1, under_claimers: 1, vacant_posts: 1, ..Plan::example() },
            today: None,
        }
    }

    /// The same as somebody sees it who looks around on `today`: the earlier cycles are over, this year's is open.
    pub fn seen_on(mut self, today: Date) -> Result<Self> {
        self.plan.first_fiscal_year = calendar::open_year(today)? - self.plan.cycles as i32;
        self.today = Some(today);
        Ok(self)
    }
}

/// What a loaded example is known by.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Loaded {
    /// What was asked for.
    pub wish: Wish,
    /// One account for each role, by whose links people look around.
    pub accounts: Vec<people::Shown>,
}

/// The example this database holds, if any.
pub async fn loaded(db: &Db) -> Result<Option<Loaded>> {
    settings::get(&mut db.read().await?, SETTING, None).await
}

/// Loads the government into an empty database and measures it. `say` is told how far it is.
///
/// The truth behind the claims comes back apart from the database, which does not hold it.
///
/// # Errors
/// Whatever an action refuses; a database that holds something already is a conflict.
pub async fn load(db: &Db, config: &Config, wish: &Wish, say: &mut (dyn FnMut(&str) + Send)) -> Result<(Loaded, Truth)> {
    let mut stage = Stage::new(db.clone(), config.clone(), wish).await?;
    if !crate::register::store::organisations(&mut db.read().await?, &Scope::Everything).await?.is_empty() {
        return Err(Error::Conflict("example-error-not-empty"));
    }
    say("standards");
    standards::load(&mut stage, 0).await?;
    say("organisations");
    register::load(&mut stage).await?;
    let accounts = people::accounts(&mut stage).await?;
    standards::adopt(&stage).await?;
    standards::leave_out(&stage).await?;
    measure::settings(&stage).await?;
    cryptography::load(&stage).await?;
    inspections::people(&stage).await?;
    let cycles = wish.plan.cycles as usize;
    for index in 0..cycles {
        if index > 0 {
            standards::load(&mut stage, index).await?;
            standards::follow(&stage, index).await?;
        }
        say("cycle");
        let year = stage.cycle(index)?.fiscal_year;
        let cycle = inspections::open(&stage, year, Calendar(year).into(), index, Vec::new()).await?;
        inspections::run(&stage, index, &cycle).await?;
        say("measure");
        measure::load(&stage, index).await?;
        if index + 1 == cycles {
            measure::homepages(&stage, index).await?;
        }
        reports::facts(&stage, index).await?;
        say("evaluate");
        improvements::evaluate(&stage, index, &cycle).await?;
        // The last cycle is left as it is evaluated: what follows from it is for whoever looks around.
        if index + 1 < cycles {
            say("improve");
            improvements::load(&stage, index, &cycle).await?;
            say("report");
            reports::load(&stage, index, &cycle).await?;
        }
        register::give_up(&stage, index as u32 + 1).await?;
    }
    cryptography::break_one(&stage).await?;
    // This year's cycle is open, so that a personal link asks its questions.
    let year = wish.plan.first_fiscal_year + cycles as i32;
    let days = wish.today.map_or_else(|| Ok(Calendar(year).into()), Window::around)?;
    inspections::open(&stage, year, days, cycles.saturating_sub(1), stage.below(3)?).await?;
    measure::settle(&stage.app).await?;
    measure::go_on(&stage).await?;
    aggregate_reports::load(&stage, &stage.cycle(cycles.saturating_sub(1))?.zones).await?;
    let truth = stage.truth();
    let loaded = Loaded { wish: wish.clone(), accounts };
    let mut work = stage.work().await?;
    settings::set(&mut work.tx, SETTING, &Some(&loaded)).await?;
    work.audit("", "app", "example.load", "", serde_json::json!({ "seed": wish.seed })).await?;
    work.commit().await?;
    Ok((loaded, truth))
}

/// An application over `db` with another clock and configuration.
fn application(db: &Db, clock: &Clock, entropy: &Entropy, config: &Config) -> Arc<App> {
    Arc::new(App { db: db.clone(), clock: clock.clone(), entropy: entropy.clone(), config: config.clone() })
}

/// In whose name the example is entered where no person of it acts.
fn operator() -> Actor {
    Actor::operator("example")
}

#[cfg(test)]
mod tests;
