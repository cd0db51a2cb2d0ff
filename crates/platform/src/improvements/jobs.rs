//! Background work: what measurements, cycles and broken algorithms tell, and a look once a day.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::actions;
use super::recommendation::Measured;
use crate::base::actor::{Actor, Scope};
use crate::base::config::App;
use crate::base::dates::{date, stamp};
use crate::base::db::Tx;
use crate::base::error::Result;
use crate::base::events;
use crate::base::jobs::JobCx;
use crate::base::lang::Lang;
use crate::base::settings;
use crate::base::work::Work;
use crate::cryptography;
use crate::inspections;
use crate::measurements;

/// The name under which this area reads events.
const READER: &str = "improvements";
/// The job's name.
pub const LOOK: &str = "improvements.look";
/// The setting that holds the day of the last look.
const LOOKED_ON: &str = "improvements.looked-on";
/// Events read in one go.
const MANY: i64 = 500;

/// The latest measurement of each target that is still registered. What is no longer there is nothing to mend.
pub async fn measured(tx: &mut Tx, now: jiff::Timestamp) -> Result<Vec<Measured>> {
    let targets = measurements::actions::targets_in(tx, &Scope::Everything, now).await?;
    let there: BTreeSet<(String, String)> = targets.into_iter().map(|one| (one.organisation_id.to_string(), one.domain)).collect();
    let rows = measurements::store::verdicts(tx, "1970-01-01", &stamp(now)).await?;
    Ok(rows
        .into_iter()
        .filter(|row| there.contains(&(row.organisation_id.to_string(), row.target.clone())))
        .map(|row| Measured {
            organisation_id: row.organisation_id,
            system_id: row.system_id,
            target: row.target,
            check: row.check,
            verdict: row.verdict,
            at: row.at,
            observation: row.observation_id.to_string(),
        })
        .collect())
}

/// Reads what happened below: new measurements close and reopen, an opened cycle takes over what is unfinished, a broken algorithm
/// and what lies open on web sites open what is to be mended.
pub async fn look(cx: JobCx, _: Json) -> Result<()> {
    let mut work = Work::begin(&cx.app, &Actor::operator("measurements")).await?;
    loop {
        let read = events::take(&mut work.tx, READER, MANY).await?;
        for event in read.iter().filter(|event| event.kind == "inspections.cycle.open") {
            let cycle = inspections::store::cycle(&mut work.tx, &crate::base::id::Id::from_text(event.subject.clone())).await?;
            let note = format!("{} / {}", cycle.name(Lang::Ja), cycle.name(Lang::En));
            actions::carry_all(&mut work, cycle.id.as_str(), &note).await?;
        }
        let hit: BTreeSet<&str> = read.iter().filter(|event| event.kind == cryptography::actions::HIT).map(|event| event.subject.as_str()).collect();
        for compromise in hit {
            actions::recommend_for_compromise(&mut work, &crate::base::id::Id::from_text(compromise)).await?;
        }
        if (read.len() as i64) < MANY {
            break;
        }
    }
    let now = work.now;
    let rows = measured(&mut work.tx, now).await?;
    actions::look(&mut work, &rows).await?;
    actions::recommend_for_exposures(&mut work, &rows).await?;
    settings::set(&mut work.tx, LOOKED_ON, &date(now).to_string()).await?;
    work.commit().await
}

/// Plans a look when something happened below, and once a day.
pub async fn plan(app: Arc<App>) -> Result<()> {
    let today = date(app.clock.now()).to_string();
    let mut tx = app.db.read().await?;
    let due = events::waiting(&mut tx, READER).await? || settings::get(&mut tx, LOOKED_ON, String::new()).await? != today;
    drop(tx);
    if due {
        let mut work = Work::begin(&app, &Actor::operator("schedule")).await?;
        work.enqueue(LOOK, "look", json!({})).await?;
        work.tx.commit().await?;
    }
    Ok(())
}
