//! How a lower area tells the ones above: an event row in its own transaction, read later by an upper area's job.
//!
//! Each reader keeps its own place, so that several may read the same event and none is read twice by one.

use serde_json::Value as Json;

use super::db::Tx;
use super::error::Result;
use super::work::Work;
use crate::args;

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its number, 1, 2, 3 …
    pub seq: i64,
    /// What, such as `measurements.decayed`.
    pub kind: String,
    /// The id of the thing it happened to.
    pub subject: String,
    /// What else is known.
    pub payload: Json,
}

/// Writes an event as part of a change.
pub async fn emit(work: &mut Work, kind: &str, subject: &str, payload: Json) -> Result<()> {
    let now = work.stamp();
    let seq: i64 = work.tx.one("UPDATE event_head SET seq = seq + 1 WHERE id = 1 RETURNING seq", &[]).await?.get("seq")?;
    work.tx
        .run("INSERT INTO event (seq, kind, subject, payload, at) VALUES ($1, $2, $3, $4, $5)", args![seq, kind, subject, payload.to_string(), now])
        .await?;
    Ok(())
}

/// Whether `reader` has something to read.
pub async fn waiting(tx: &mut Tx, reader: &str) -> Result<bool> {
    let sql = "SELECT 1 AS one FROM event WHERE seq > COALESCE((SELECT seq FROM event_reader WHERE reader = $1), 0) LIMIT 1";
    Ok(tx.maybe(sql, args![reader]).await?.is_some())
}

/// The next events `reader` has not taken, in order; taken when the caller's transaction commits.
pub async fn take(tx: &mut Tx, reader: &str, count: i64) -> Result<Vec<Event>> {
    let rows = tx
        .all(
            "SELECT * FROM event WHERE seq > COALESCE((SELECT seq FROM event_reader WHERE reader = $1), 0) ORDER BY seq LIMIT $2",
            args![reader, count],
        )
        .await?;
    let events: Vec<Event> = rows
        .iter()
        .map(|row| {
            let payload: String = row.get("payload")?;
            Ok(Event { seq: row.get("seq")?, kind: row.get("kind")?, subject: row.get("subject")?, payload: serde_json::from_str(&payload)? })
        })
        .collect::<Result<_>>()?;
    if let Some(last) = events.last() {
        tx.run(
            "INSERT INTO event_reader (reader, seq) VALUES ($1, $2) ON CONFLICT (reader) DO UPDATE SET seq = excluded.seq",
            args![reader, last.seq],
        )
        .await?;
    }
    Ok(events)
}
