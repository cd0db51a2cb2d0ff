//! What storage can say about its own health, for `hinomi doctor`.

use jiff::{SignedDuration, Timestamp};

use super::dates::stamp;
use super::db::{Db, Row, Tx};
use super::error::Result;
use crate::args;

/// The oldest PostgreSQL this program is tested on, as `server_version_num` counts.
pub const POSTGRES: i64 = 150_000;

/// The engine in words, and whether it is sound: SQLite by its integrity check, PostgreSQL by its version.
pub async fn engine(tx: &mut Tx) -> Result<(String, bool)> {
    if tx.is_postgres() {
        let row = tx.one("SELECT CAST(current_setting('server_version_num') AS BIGINT) AS version", &[]).await?;
        let version: i64 = row.get("version")?;
        return Ok((format!("PostgreSQL {}.{}", version / 10_000, version % 10_000), version >= POSTGRES));
    }
    let version: String = tx.one("SELECT sqlite_version() AS version", &[]).await?.get("version")?;
    let found: String = tx.one("PRAGMA integrity_check", &[]).await?.get("integrity_check")?;
    let said = if found == "ok" { format!("SQLite {version}") } else { format!("SQLite {version}: {found}") };
    Ok((said, found == "ok"))
}

/// Whether a change can be written; nothing is kept of it.
pub async fn writable(db: &Db) -> Result<()> {
    let mut tx = db.begin().await?;
    tx.script("CREATE TABLE doctor_probe (id BIGINT PRIMARY KEY)").await?;
    // Dropped without a commit: the table never was there.
    drop(tx);
    Ok(())
}

/// The time of the last audit line, if there is one.
pub async fn last_change(tx: &mut Tx) -> Result<Option<String>> {
    tx.maybe("SELECT at FROM audit ORDER BY seq DESC LIMIT 1", &[]).await?.map(|row| row.get("at")).transpose()
}

/// Jobs that failed for good within a week, and jobs that nobody works on although they are ten minutes late.
pub async fn jobs(tx: &mut Tx, now: Timestamp) -> Result<(i64, i64)> {
    let count = |row: Row| row.get::<i64>("n");
    let week = stamp(now - SignedDuration::from_hours(24 * 7));
    let late = stamp(now - SignedDuration::from_mins(10));
    let failed = count(tx.one("SELECT COUNT(*) AS n FROM job WHERE state = 'failed' AND created_at > $1", args![week]).await?)?;
    let sql = "SELECT COUNT(*) AS n FROM job WHERE (state = 'waiting' AND run_at < $1) OR (state = 'running' AND lease_until < $1)";
    Ok((failed, count(tx.one(sql, args![late]).await?)?))
}
