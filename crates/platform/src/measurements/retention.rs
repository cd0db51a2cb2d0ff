//! How long raw evidence and aggregate reports are kept, and the background work that drops them when their time is over. Observations and
//! their hashes stay.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};

use super::{aggregate_reports, store};
use crate::base::actor::Actor;
use crate::base::config::App;
use crate::base::dates::{date, parse_stamp, show_stamp, stamp};
use crate::base::error::Result;
use crate::base::jobs::{self, JobCx};
use crate::base::settings;
use crate::base::work::Work;

/// The job's name.
pub const JOB: &str = "measurements.evidence";
/// Its key: one of them is enough.
const KEY: &str = "evidence";
/// The key of the days raw evidence is kept.
pub const DAYS: &str = "measurements.evidence-days";
/// Unless set otherwise: the year of a cycle, the year in which it is evaluated, reported and compared with the next, and some weeks.
pub const DEFAULT_DAYS: i64 = 800;
/// The fewest days that may be set; less would leave a regression without what it is compared with.
pub const FEWEST: i64 = 30;
/// The most.
pub const MOST: i64 = 36_500;
/// The day on which it was last looked what is over.
const TIDIED: &str = "measurements.evidence-tidied";
/// Observations whose evidence is dropped in one transaction.
const BATCH: i64 = 2_000;

/// Whether so many days may be set; 0: for ever.
pub fn may_be(days: i64) -> bool {
    days == 0 || (FEWEST..=MOST).contains(&days)
}

/// What was heard before this moment has had its time, if it has an end.
fn over(now: Timestamp, days: i64) -> Option<String> {
    (days > 0).then(|| stamp(now - SignedDuration::from_hours(24 * days)))
}

/// What the sentence says about evidence of `at` that was dropped: when, and after how many days.
pub fn told(at: &str, dropped_at: &str) -> [(&'static str, String); 2] {
    let days = parse_stamp(at).zip(parse_stamp(dropped_at)).map_or(0, |(at, dropped)| dropped.duration_since(at).as_hours() / 24);
    [("at", show_stamp(dropped_at)), ("days", days.to_string())]
}

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
    if jobs::newest(&mut tx, JOB, KEY).await?.is_some_and(|last| !last.is_over()) {
        return Ok(());
    }
    drop(tx);
    let mut work = Work::begin(&app, &Actor::operator("schedule")).await?;
    work.enqueue(JOB, KEY, json!({})).await?;
    work.tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_over_to_the_second_or_never() {
        let now: Timestamp = "2026-04-01T00:00:00Z".parse().unwrap();
        assert_eq!(over(now, 30).as_deref(), Some("2026-03-02T00:00:00Z"));
        assert_eq!(over(now, 0), None);
        assert_eq!(told("2026-03-02T00:00:00Z", "2026-04-01T23:59:59Z")[1].1, "30");
        assert!(may_be(0) && may_be(30) && may_be(36_500) && !may_be(29) && !may_be(36_501) && !may_be(-1));
    }
}
