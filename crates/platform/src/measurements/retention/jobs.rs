//! Background work: what is over is dropped once a day.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::over;
use crate::base::actor::Actor;
use crate::base::config::App;
use crate::base::dates::date;
use crate::base::error::Result;
use crate::base::jobs::{JobCx, newest};
use crate::base::settings;
use crate::base::work::Work;
use crate::measurements::{aggregate_reports, store};

/// Its key: one of them is enough.
const KEY: &str = "evidence";
/// The day on which it was last looked what is over.
const TIDIED: &str = "measurements.evidence-tidied";
/// Observations whose evidence is dropped in one transaction.
const BATCH: i64 = 2_000;
/// The job's name.
pub const JOB: &str = "measurements.evidence";

/// Drops the raw evidence whose time is over and that nobody needs any more. Run again, it drops nothing.
pub async fn tidy(cx: JobCx, _: Json) -> Result<()> {
    let (now, days) = (cx.app.clock.now(), store::settings(&mut cx.app.db.read().await?).await?.evidence_days);
    let mut done = 0;
    while let Some(before) = over(now, days) {
        let mut work = Work::begin(&cx.app, &cx.actor()).await?;
        let at = work.stamp();
        let dropped = store::drop_evidence(&mut work.tx, &before, &at, BATCH).await?;
        if dropped == store::Dropped::default() {
            break;
        }
        let detail = json!({ "observations": dropped.observations, "packs": dropped.packs, "before": before, "days": days });
        work.audit("", "measurements", "evidence.drop", "evidence", detail).await?;
        work.commit().await?;
        done += dropped.observations as usize;
        if cx.progress(done, 0).await? {
            break;
        }
    }
    let mut work = Work::begin(&cx.app, &cx.actor()).await?;
    settings::set(&mut work.tx, TIDIED, &date(now).to_string()).await?;
    let reports = aggregate_reports::actions::drop_old(&mut work).await?;
    if reports == 0 {
        // That it was looked is no change anybody must answer for: no audit line.
        return work.tx.commit().await;
    }
    work.audit("", "measurements", "aggregate-report.drop", "aggregate-reports", json!({ "reports": reports })).await?;
    work.commit().await
}

/// Puts the job on the list once a day. Called every second: one small read.
pub async fn plan(app: Arc<App>) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    if settings::get(&mut tx, TIDIED, String::new()).await? == date(now).to_string() {
        return Ok(());
    }
    if newest(&mut tx, JOB, KEY).await?.is_some_and(|last| !last.is_over()) {
        return Ok(());
    }
    drop(tx);
    let mut work = Work::begin(&app, &Actor::operator("schedule")).await?;
    work.enqueue(JOB, KEY, json!({})).await?;
    work.tx.commit().await
}
