//! Background work: read what new evidence shows, and look whom a compromise hits now.

use std::sync::Arc;

use engine::crypto::Use;
use formats::evidence::Evidence;
use serde_json::{Value as Json, json};

use super::actions;
use super::store::{self, Unread};
use crate::base::actor::Actor;
use crate::base::config::App;
use crate::base::error::{Error, Result};
use crate::base::events;
use crate::base::jobs::JobCx;
use crate::base::work::Work;
use crate::measurements;

/// The name under which this area reads events.
const READER: &str = "cryptography";
/// The job's name.
pub const LOOK: &str = "cryptography.look";
/// Observations read in one transaction.
const BATCH: i64 = 200;
/// Events taken in one go.
const MANY: i64 = 500;

/// Reads the evidence that was not read yet, a batch at a time, then holds every compromise against what is known now. Run again,
/// it finds nothing new.
pub async fn look(cx: JobCx, _: Json) -> Result<()> {
    loop {
        let mut work = Work::begin(&cx.app, &Actor::operator("cryptography")).await?;
        let unread = store::unread(&mut work.tx, BATCH).await?;
        let last = (unread.len() as i64) < BATCH;
        if !unread.is_empty() {
            let read = read(&mut work, unread).await?;
            store::keep(&mut work.tx, &read).await?;
            let uses: usize = read.iter().map(|(_, uses)| uses.len()).sum();
            work.audit("", "cryptography", "evidence.read", "", json!({ "observations": read.len(), "uses": uses })).await?;
        }
        if last {
            while events::take(&mut work.tx, READER, MANY).await?.len() as i64 == MANY {}
            actions::strike(&mut work).await?;
            // Places of readers alone are no change anybody answers for.
            return work.tx.commit().await;
        }
        work.commit().await?;
    }
}

/// Each observation with the uses its evidence shows.
async fn read(work: &mut Work, unread: Vec<Unread>) -> Result<Vec<(Unread, Vec<Use>)>> {
    let ids: Vec<_> = unread.iter().filter(|one| one.measured).map(|one| &one.id).collect();
    let raw = measurements::store::evidence_of(&mut work.tx, &ids).await?;
    // Certificates and packets take a while to read: not on the threads that answer others.
    let read = move || {
        let uses = |one: &Unread| {
            let evidence = raw.get(&one.id).and_then(|kept| Evidence::read(&kept.text).ok());
            evidence.map(|evidence| engine::crypto::found(&evidence).into_iter().collect()).unwrap_or_default()
        };
        unread.into_iter().map(|one| (one.clone(), uses(&one))).collect()
    };
    tokio::task::spawn_blocking(read).await.map_err(Error::internal)
}

/// Plans a look when something happened below.
pub async fn plan(app: Arc<App>) -> Result<()> {
    let mut tx = app.db.read().await?;
    let due = events::waiting(&mut tx, READER).await?;
    drop(tx);
    if due {
        let mut work = Work::begin(&app, &Actor::operator("schedule")).await?;
        work.enqueue(LOOK, LOOK, json!({})).await?;
        work.tx.commit().await?;
    }
    Ok(())
}
