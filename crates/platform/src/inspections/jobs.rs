//! Background work of the inspections: reminders on the days before a cycle closes.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::actions;
use super::cycle::{Cycle, CycleId, State};
use super::store;
use crate::base::config::App;
use crate::base::dates::{date, parse_date};
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::base::jobs::{JobCx, enqueue};
use crate::base::settings;
use crate::base::work::Work;

/// How many days before closing people are reminded; the setting `inspections.reminder-days` changes it.
const DAYS: [i64; 3] = [7, 3, 1];

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
        enqueue(&mut tx, &Id::new(now, &app.entropy), "inspections.remind", id.as_str(), &json!({ "cycle": id }), now, now).await?;
        settings::set(&mut tx, &noted(&id), &today).await?;
    }
    tx.commit().await
}

/// Reminds those of one cycle who have not finished. Running it twice on a day reminds nobody twice.
pub async fn remind(cx: JobCx, payload: Json) -> Result<()> {
    let id = CycleId::from_text(payload["cycle"].as_str().unwrap_or_default());
    let mut work = Work::begin(&cx.app, &cx.actor()).await?;
    match actions::remind(&mut work, &id).await {
        Ok(_) => work.commit().await,
        // Closed in the meantime: there is nobody to remind any more.
        Err(Error::Conflict(_) | Error::NotFound) => Ok(()),
        Err(error) => Err(error),
    }
}
