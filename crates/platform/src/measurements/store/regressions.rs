//! Rows of regressions: kept with the observation, taken once when its run is over.

use std::collections::BTreeMap;

use super::observations::{MANY, marks, read};
use crate::args;
use crate::base::db::{Tx, Value};
use crate::base::error::Result;
use crate::measurements::observation::{Observation, ObservationId};
use crate::measurements::regression::{Outcome, Regression};

/// Keeps regressions; they wait for the end of their run.
pub async fn insert_regressions(tx: &mut Tx, new: &[Regression]) -> Result<()> {
    let rows: Vec<Vec<Value>> = new.iter().map(|one| args![&one.id, &one.organisation_id, &one.run_id, &one.met_at].to_vec()).collect();
    tx.insert_many("INSERT INTO regression (id, organisation_id, run_id, met_at)", "", &rows).await?;
    Ok(())
}

/// A regression that nobody was told of yet.
#[derive(Clone, Debug)]
pub struct Untold {
    /// The observation that is not met.
    pub observation: Observation,
    /// The last one that was met before it; none where it cannot be found any more.
    pub before: Option<Observation>,
    /// Whether it was met again since.
    pub met_again: bool,
}

/// Takes every regression whose run is over and that nobody was told of, in the order of the tree. Taken when the caller's transaction
/// commits; another worker then finds nothing. A run that was given up is over when somebody asks for the same again.
pub async fn take_untold(tx: &mut Tx, now: &str) -> Result<Vec<Untold>> {
    let taken: Vec<ObservationId> = tx
        .all(
            "UPDATE regression SET told_at = $1 WHERE told_at IS NULL AND run_id IN (
                 SELECT id FROM measure_run WHERE state NOT IN ('waiting', 'running')) RETURNING id",
            args![now],
        )
        .await?
        .iter()
        .map(|row| row.get("id"))
        .collect::<Result<_>>()?;
    let (mut found, mut before) = (Vec::new(), BTreeMap::new());
    for chunk in taken.chunks(MANY) {
        let args: Vec<Value> = chunk.iter().map(Value::from).collect();
        let list = marks(1, chunk.len());
        let sql = format!(
            "SELECT r.id AS regression_id, earlier.* FROM regression r JOIN observation ob ON ob.id = r.id JOIN observation earlier
                 ON earlier.organisation_id = ob.organisation_id AND earlier.target = ob.target AND earlier.check_id = ob.check_id
                 AND earlier.verdict = 'met' AND earlier.at = r.met_at AND earlier.in_force = 1
             WHERE r.id IN ({list}) ORDER BY earlier.seq"
        );
        for row in tx.all(&sql, &args).await? {
            before.insert(row.get::<ObservationId>("regression_id")?, read(&row)?);
        }
        let sql = format!(
            "SELECT ob.*, n.decided FROM observation ob JOIN organisation o ON o.id = ob.organisation_id JOIN observation_newest n
                 ON n.organisation_id = ob.organisation_id AND n.target = ob.target AND n.check_id = ob.check_id
             WHERE ob.id IN ({list}) ORDER BY o.path, ob.run_id, ob.target, ob.check_id"
        );
        for row in tx.all(&sql, &args).await? {
            let met_again = row.get::<Option<String>>("decided")?.as_deref() == Some("met");
            found.push(Untold { observation: read(&row)?, before: None, met_again });
        }
    }
    for one in &mut found {
        one.before = before.remove(&one.observation.id);
    }
    Ok(found)
}

/// Notes what came of telling.
pub async fn set_outcomes(tx: &mut Tx, outcome: Outcome, ids: &[&ObservationId]) -> Result<()> {
    for chunk in ids.chunks(MANY) {
        let mut args: Vec<Value> = args![outcome.as_str()].to_vec();
        args.extend(chunk.iter().map(|id| Value::from(*id)));
        tx.run(&format!("UPDATE regression SET outcome = $1 WHERE id IN ({})", marks(2, chunk.len())), &args).await?;
    }
    Ok(())
}
