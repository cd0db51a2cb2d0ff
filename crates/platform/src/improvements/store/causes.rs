//! What recommendations were opened for by themselves.

use std::collections::BTreeSet;

use crate::args;
use crate::base::db::{Tx, Value};
use crate::base::error::Result;
use crate::improvements::recommendation::RecommendationId;

/// The subjects for which `cause` has opened a recommendation already.
pub async fn caused(tx: &mut Tx, cause: &str) -> Result<BTreeSet<String>> {
    let rows = tx.all("SELECT subject FROM recommendation_cause WHERE cause = $1", args![cause]).await?;
    rows.iter().map(|row| row.get("subject")).collect()
}

/// Notes that `cause` opened a recommendation for `subjects`.
pub async fn add_causes(tx: &mut Tx, cause: &str, subjects: &[&str], id: &RecommendationId) -> Result<()> {
    let rows: Vec<Vec<Value>> = subjects.iter().map(|subject| args![cause, *subject, id].to_vec()).collect();
    tx.insert_many("INSERT INTO recommendation_cause (cause, subject, recommendation_id)", "", &rows).await?;
    Ok(())
}
