//! Rows of compromises and whom they hit.

use engine::crypto::{Affected, Severity};

use super::{algorithm, needed_day};
use crate::args;
use crate::base::actor::Scope;
use crate::base::db::{Row, Tx, Value};
use crate::base::error::{Error, Result};
use crate::cryptography::compromise::{Compromise, CompromiseId, Hit};

fn read(row: &Row) -> Result<Compromise> {
    let severity: String = row.get("severity")?;
    Ok(Compromise {
        id: row.get("id")?,
        algorithm: algorithm(row, "algorithm")?,
        known_on: needed_day(row, "known_on")?,
        severity: Severity::parse(&severity).ok_or_else(|| Error::internal(format!("no severity is called {severity}")))?,
        words_ja: row.get("words_ja")?,
        words_en: row.get("words_en")?,
        due_on: needed_day(row, "due_on")?,
        recorded_by: row.get("recorded_by")?,
        recorded_at: row.get("recorded_at")?,
    })
}

fn read_hit(row: &Row) -> Result<Hit> {
    let how: String = row.get("how")?;
    Ok(Hit {
        subject: row.get("subject")?,
        organisation_id: row.get("organisation_id")?,
        system_id: row.get("system_id")?,
        how: Affected::parse(&how).ok_or_else(|| Error::internal(format!("affected {how}")))?,
        found_at: row.get("found_at")?,
    })
}

/// Every compromise, the newest first.
pub async fn compromises(tx: &mut Tx) -> Result<Vec<Compromise>> {
    tx.all("SELECT * FROM compromise ORDER BY known_on DESC, id DESC", &[]).await?.iter().map(read).collect()
}

/// One compromise.
pub async fn compromise(tx: &mut Tx, id: &CompromiseId) -> Result<Compromise> {
    read(&tx.one("SELECT * FROM compromise WHERE id = $1", args![id]).await?)
}

/// Adds a compromise.
pub async fn insert_compromise(tx: &mut Tx, new: &Compromise) -> Result<()> {
    tx.run(
        "INSERT INTO compromise (id, algorithm, known_on, severity, words_ja, words_en, due_on, recorded_by, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            &new.id,
            new.algorithm.id,
            new.known_on.to_string(),
            new.severity.as_str(),
            &new.words_ja,
            &new.words_en,
            new.due_on.to_string(),
            &new.recorded_by,
            &new.recorded_at
        ],
    )
    .await?;
    Ok(())
}

/// Whom a compromise hit, within reach.
pub async fn hits(tx: &mut Tx, scope: &Scope, id: &CompromiseId) -> Result<Vec<Hit>> {
    const SQL: &str = "SELECT h.* FROM compromise_hit h JOIN organisation o ON o.id = h.organisation_id
        WHERE h.compromise_id = $1 AND SCOPE(o.path) ORDER BY o.path, h.found_at, h.subject";
    tx.all_in(scope, SQL, args![id]).await?.iter().map(read_hit).collect()
}

/// Whom each compromise hit: for background work.
pub async fn hits_of(tx: &mut Tx) -> Result<Vec<(CompromiseId, Hit)>> {
    let rows = tx.all("SELECT * FROM compromise_hit ORDER BY compromise_id, subject", &[]).await?;
    rows.iter().map(|row| Ok((row.get("compromise_id")?, read_hit(row)?))).collect()
}

/// Adds hits that were not there.
pub async fn add_hits(tx: &mut Tx, id: &CompromiseId, hits: &[Hit]) -> Result<u64> {
    let rows: Vec<Vec<Value>> =
        hits.iter().map(|one| args![id, &one.subject, &one.organisation_id, &one.system_id, one.how.as_str(), &one.found_at].to_vec()).collect();
    tx.insert_many(
        "INSERT INTO compromise_hit (compromise_id, subject, organisation_id, system_id, how, found_at)",
        "ON CONFLICT (compromise_id, subject) DO NOTHING",
        &rows,
    )
    .await
}

/// Notes what is known better now of hits that were there.
pub async fn set_how(tx: &mut Tx, id: &CompromiseId, hits: &[Hit]) -> Result<()> {
    let rows: Vec<Vec<Value>> =
        hits.iter().map(|one| args![id, &one.subject, &one.organisation_id, &one.system_id, one.how.as_str(), &one.found_at].to_vec()).collect();
    tx.insert_many(
        "INSERT INTO compromise_hit (compromise_id, subject, organisation_id, system_id, how, found_at)",
        "ON CONFLICT (compromise_id, subject) DO UPDATE SET how = excluded.how",
        &rows,
    )
    .await?;
    Ok(())
}
