//! Background work in the database: written in the transaction of the change that wants it, leased by a worker, may run twice.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;

use super::area::{Later, areas};
use super::config::App;
use super::dates::stamp;
use super::db::Tx;
use super::error::{Error, Result};
use super::id::Id;
use crate::args;

/// Marker of a job's id.
pub enum Job {}
/// A job's id.
pub type JobId = Id<Job>;

/// A kind of job: its name, and what runs it. Running it twice must do no harm.
#[derive(Clone, Copy)]
pub struct JobKind {
    /// `area.verb`, such as `measurements.run`.
    pub name: &'static str,
    /// The work.
    pub run: fn(JobCx, Json) -> Later<Result<()>>,
}

/// What a running job is given.
#[derive(Clone)]
pub struct JobCx {
    /// The application.
    pub app: Arc<App>,
    /// The job itself.
    pub id: JobId,
}

impl JobCx {
    /// Notes how far the work is, and says whether somebody asked for it to stop.
    pub async fn progress(&self, done: usize, total: usize) -> Result<bool> {
        let lease = stamp(self.app.clock.now() + LEASE);
        let mut tx = self.app.db.begin().await?;
        let row = tx
            .one("UPDATE job SET done = $2, total = $3, lease_until = $4 WHERE id = $1 RETURNING cancel", args![&self.id, done, total, lease])
            .await?;
        tx.commit().await?;
        row.get("cancel")
    }

    /// The actor in whose name background work is done.
    pub fn actor(&self) -> super::actor::Actor {
        super::actor::Actor::operator("job")
    }
}

/// A job as a page shows it.
#[derive(Clone, Debug, serde::Serialize, schemars::JsonSchema)]
pub struct State {
    /// The job.
    pub id: JobId,
    /// Its kind.
    pub kind: String,
    /// `waiting`, `running`, `done`, `failed`, `cancelled`.
    pub state: String,
    /// Steps done.
    pub done: i64,
    /// Steps in all, 0 while unknown.
    pub total: i64,
    /// What went wrong last.
    pub error: Option<String>,
    /// When it was asked for.
    pub created_at: String,
}

impl State {
    /// Whether nothing more comes of it.
    pub fn is_over(&self) -> bool {
        matches!(self.state.as_str(), "done" | "failed" | "cancelled")
    }
}

/// How long a worker may be silent before another takes the job over.
const LEASE: SignedDuration = SignedDuration::from_secs(120);
/// How often a failing job is tried.
const ATTEMPTS: i64 = 5;

/// The job that belongs to no area: sending mail.
const BASE: &[JobKind] = &[JobKind { name: "base.mail", run: |cx, payload| Box::pin(super::mail::run(cx, payload)) }];

/// Every kind of job.
pub fn kinds() -> impl Iterator<Item = JobKind> {
    BASE.iter().chain(areas().iter().flat_map(|area| area.jobs)).copied()
}

/// Lets every area look at the clock and put due jobs on the list.
pub async fn plan(app: &Arc<App>) -> Result<()> {
    for plan in areas().iter().filter_map(|area| area.plan) {
        plan(app.clone()).await?;
    }
    Ok(())
}

/// Puts a job on the list, to run at `run_at` or later. A job with the same `kind` and `key` that still waits is not doubled.
pub async fn enqueue(tx: &mut Tx, id: &JobId, kind: &str, key: &str, payload: &Json, now: Timestamp, run_at: Timestamp) -> Result<()> {
    tx.run(
        "INSERT INTO job (id, kind, unique_key, payload, state, run_at, created_at, done, total, attempts, cancel)
         SELECT $1, $2, $3, $4, 'waiting', $5, $6, 0, 0, 0, 0
         WHERE NOT EXISTS (SELECT 1 FROM job WHERE kind = $2 AND unique_key = $3 AND unique_key <> '' AND state = 'waiting')",
        args![id, kind, key, payload.to_string(), stamp(run_at), stamp(now)],
    )
    .await?;
    Ok(())
}

/// The state of one job.
pub async fn state(tx: &mut Tx, id: &JobId) -> Result<State> {
    let row = tx.one("SELECT * FROM job WHERE id = $1", args![id]).await?;
    read(&row)
}

/// The job of a kind with this key that is under way, else the newest, if there ever was one.
pub async fn newest(tx: &mut Tx, kind: &str, key: &str) -> Result<Option<State>> {
    let sql = "SELECT * FROM job WHERE kind = $1 AND unique_key = $2
         ORDER BY CASE WHEN state IN ('waiting', 'running') THEN 0 ELSE 1 END, created_at DESC, id DESC LIMIT 1";
    tx.maybe(sql, args![kind, key]).await?.as_ref().map(read).transpose()
}

/// The newest jobs of a kind, or of all kinds.
pub async fn list(tx: &mut Tx, kind: Option<&str>, count: i64) -> Result<Vec<State>> {
    tx.all("SELECT * FROM job WHERE ($1 = '' OR kind = $1) ORDER BY created_at DESC, id DESC LIMIT $2", args![kind.unwrap_or(""), count])
        .await?
        .iter()
        .map(read)
        .collect()
}

fn read(row: &super::db::Row) -> Result<State> {
    Ok(State {
        id: row.get("id")?,
        kind: row.get("kind")?,
        state: row.get("state")?,
        done: row.get("done")?,
        total: row.get("total")?,
        error: row.get("error")?,
        created_at: row.get("created_at")?,
    })
}

/// Asks a job to stop: a waiting one at once, a running one at its next step.
pub async fn cancel(tx: &mut Tx, id: &JobId) -> Result<()> {
    tx.run("UPDATE job SET cancel = 1, state = CASE WHEN state = 'waiting' THEN 'cancelled' ELSE state END WHERE id = $1", args![id]).await?;
    Ok(())
}

/// Takes one due job and runs it. `false` when nothing is due.
pub async fn run_one(app: &Arc<App>) -> Result<bool> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    // Two workers on PostgreSQL must not take the same row; SQLite has one writer, so the question does not arise.
    let lock = if tx.is_postgres() { "FOR UPDATE SKIP LOCKED" } else { "" };
    let sql = format!(
        "UPDATE job SET state = 'running', lease_until = $2, attempts = attempts + 1 WHERE id = (
            SELECT id FROM job WHERE (state = 'waiting' AND run_at <= $1) OR (state = 'running' AND lease_until < $1)
            ORDER BY run_at, id LIMIT 1 {lock}) RETURNING *"
    );
    let Some(row) = tx.maybe(&sql, args![stamp(now), stamp(now + LEASE)]).await? else { return Ok(false) };
    tx.commit().await?;
    let id: JobId = row.get("id")?;
    let kind: String = row.get("kind")?;
    let attempts: i64 = row.get("attempts")?;
    let payload: Json = serde_json::from_str(&row.get::<String>("payload")?)?;
    let outcome = match kinds().find(|job| job.name == kind) {
        Some(job) => (job.run)(JobCx { app: app.clone(), id: id.clone() }, payload).await,
        None => Err(Error::internal(format!("no job is called {kind}"))),
    };
    let mut tx = app.db.begin().await?;
    match outcome {
        Ok(()) => {
            tx.run(
                "UPDATE job SET state = CASE WHEN cancel = 1 THEN 'cancelled' ELSE 'done' END, error = NULL, finished_at = $2 WHERE id = $1",
                args![&id, stamp(app.clock.now())],
            )
            .await?;
        }
        Err(error) => {
            tracing::warn!(job = %id, %kind, attempts, "job failed: {error}");
            let again = attempts < ATTEMPTS && matches!(error, Error::Internal(_) | Error::Unavailable(_));
            // Waits 1, 4, 9, 16 minutes: an outage is given time to end.
            let later = app.clock.now() + SignedDuration::from_mins(attempts * attempts);
            tx.run(
                "UPDATE job SET state = $2, error = $3, run_at = $4 WHERE id = $1",
                args![&id, if again { "waiting" } else { "failed" }, error.to_string(), stamp(later)],
            )
            .await?;
        }
    }
    tx.commit().await?;
    Ok(true)
}

/// Runs jobs until none is due. For tests and the command line.
pub async fn run_due(app: &Arc<App>) -> Result<usize> {
    let mut count = 0;
    while run_one(app).await? {
        count += 1;
    }
    Ok(count)
}

/// Runs jobs for ever, looking every second when idle; plans what the schedule asks for.
pub async fn work(app: Arc<App>) {
    loop {
        if let Err(error) = plan(&app).await {
            tracing::error!("planning: {error}");
        }
        match run_one(&app).await {
            Ok(true) => {}
            Ok(false) => tokio::time::sleep(std::time::Duration::from_secs(1)).await,
            Err(error) => {
                tracing::error!("jobs: {error}");
                tokio::time::sleep(std::time::Duration::from_secs(5)).await;
            }
        }
    }
}
