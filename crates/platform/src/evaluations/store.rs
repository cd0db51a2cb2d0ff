//! All SQL of the evaluations.

use crate::args;
use crate::base::db::{Row, Tx};
use crate::base::error::Result;
use crate::base::id::Id;

/// Marker of an evaluation's id.
pub enum EvaluationMark {}
/// An evaluation's id.
pub type EvaluationId = Id<EvaluationMark>;

/// What is kept of an evaluation beside its data file.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Record {
    /// Its id.
    pub id: EvaluationId,
    /// The cycle's id.
    pub cycle_id: String,
    /// The id of the edition it was inspected against.
    pub edition_id: String,
    /// SHA-256 of the data file.
    pub hash: String,
    /// SHA-256 of the rows it was computed from.
    pub inputs_hash: String,
    /// The version of the program that computed it.
    pub engine: String,
    /// When.
    pub at: String,
    /// Organisations in it.
    pub organisations: i64,
    /// Organisations found to over-claim as a habit.
    pub flagged: i64,
    /// Rows that could not be used.
    pub problems: i64,
}

fn read(row: &Row) -> Result<Record> {
    Ok(Record {
        id: row.get("id")?,
        cycle_id: row.get("cycle_id")?,
        edition_id: row.get("edition_id")?,
        hash: row.get("hash")?,
        inputs_hash: row.get("inputs_hash")?,
        engine: row.get("engine")?,
        at: row.get("at")?,
        organisations: row.get("organisations")?,
        flagged: row.get("flagged")?,
        problems: row.get("problems")?,
    })
}

/// Every evaluation, newest first.
pub async fn evaluations(tx: &mut Tx) -> Result<Vec<Record>> {
    tx.all("SELECT * FROM evaluation ORDER BY at DESC, id DESC", &[]).await?.iter().map(read).collect()
}

/// The evaluation of a cycle, if there is one.
pub async fn evaluation(tx: &mut Tx, cycle: &str) -> Result<Option<Record>> {
    tx.maybe("SELECT * FROM evaluation WHERE cycle_id = $1", args![cycle]).await?.as_ref().map(read).transpose()
}

/// Keeps an evaluation.
pub async fn insert(tx: &mut Tx, new: &Record) -> Result<()> {
    tx.run(
        "INSERT INTO evaluation (id, cycle_id, edition_id, hash, inputs_hash, engine, at, organisations, flagged, problems)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![
            &new.id,
            &new.cycle_id,
            &new.edition_id,
            &new.hash,
            &new.inputs_hash,
            &new.engine,
            &new.at,
            new.organisations,
            new.flagged,
            new.problems
        ],
    )
    .await?;
    Ok(())
}
