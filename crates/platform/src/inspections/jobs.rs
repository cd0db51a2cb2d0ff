//! Background work of the inspections: reminders on the days before a cycle closes.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::actions::{self, REMIND, Reminding};
use super::cycle::{Cycle, CycleId, State};
use super::store;
use crate::base::actor::Scope;
use crate::base::config::App;
use crate::base::dates::{date, parse_date};
use crate::base::error::Result;
use crate::base::id::Id;
use crate::base::jobs::{JobCx, enqueue};
use crate::base::settings;
use crate::base::work::Work;

/// How many days before closing people are reminded; the setting `inspections.reminder-days` changes it.
const DAYS: [i64; 3] = [7, 3, 1];
/// How many people are reminded in one transaction: others who write wait no longer than that.
const STEP: usize = 200;

/// The setting that notes on which day a cycle was last reminded by the schedule.
fn noted(id: &CycleId) -> String {
    format!("inspections.reminded.{id}")
}

/// Whether `cycle` is due for a reminder on the day of `now`.
fn is_due(cycle: &Cycle, now: Timestamp, days: &[i64]) -> bool {
    let left = parse_date(&cycle.closes_on).and_then(|closes| date(now).until(closes).ok()).map(|span| i64::from(span.get_days()));
    cycle.state == State::Open && left.is_some_and(|left| days.contains(&left))
}

/// Puts due reminders on the list. Only where a mail server is configured: nobody wants mails to pile up unseen.
pub async fn plan(app: Arc<App>) -> Result<()> {
    if app.config.smtp.is_none() {
        return Ok(());
    }
    let now = app.clock.now();
    let today = date(now).to_string();
    let mut tx = app.db.read().await?;
    let days = settings::get(&mut tx, "inspections.reminder-days", DAYS.to_vec()).await?;
    let mut due = Vec::new();
    for cycle in store::cycles(&mut tx).await?.into_iter().filter(|cycle| is_due(cycle, now, &days)) {
        if settings::get(&mut tx, &noted(&cycle.id), String::new()).await? != today {
            due.push(cycle.id);
        }
    }
    drop(tx);
    if due.is_empty() {
        return Ok(());
    }
    let mut tx = app.db.begin().await?;
    for id in due {
        let asked = Reminding::new(&id, &Scope::Everything, today.clone());
        enqueue(&mut tx, &Id::new(now, &app.entropy), REMIND, &asked.key(), &json!(asked), now, now).await?;
        settings::set(&mut tx, &noted(&id), &today).await?;
    }
    tx.commit().await
}

/// Reminds those of one cycle who have not finished, a few in each transaction. Run twice, it reminds nobody twice: whom the
/// reminder of its day reached is noted with the mail.
pub async fn remind(cx: JobCx, payload: Json) -> Result<()> {
    let asked: Reminding = serde_json::from_value(payload)?;
    let late = store::unanswered(&mut cx.app.db.read().await?, &asked.scope(), &asked.cycle).await?;
    let late: Vec<_> = late.into_iter().filter(|(person, _)| !person.email.is_empty()).collect();
    let mut done = 0;
    for people in late.chunks(STEP) {
        if cx.progress(done, late.len()).await? {
            return Ok(());
        }
        let mut work = Work::begin(&cx.app, &cx.actor()).await?;
        let cycle = store::cycle(&mut work.tx, &asked.cycle).await?;
        // Closed in the meantime: there is nobody to remind any more.
        if cycle.state != State::Open {
            return Ok(());
        }
        if actions::remind_some(&mut work, &cycle, people, &asked.day).await? > 0 {
            work.commit().await?;
        }
        done += people.len();
    }
    cx.progress(done, late.len()).await.map(drop)
}
