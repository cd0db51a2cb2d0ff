//! What recommendations were opened for by themselves.

use std::collections::{BTreeMap, BTreeSet};

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

/// The drafts that `cause` has opened and nobody has issued, each with its subjects.
pub async fn caused_drafts(tx: &mut Tx, cause: &str) -> Result<BTreeMap<RecommendationId, BTreeSet<String>>> {
    let sql = "SELECT c.subject, c.recommendation_id FROM recommendation_cause c JOIN recommendation r ON r.id = c.recommendation_id
        WHERE c.cause = $1 AND r.state = 'draft'";
    let mut found: BTreeMap<RecommendationId, BTreeSet<String>> = BTreeMap::new();
    for row in tx.all(sql, args![cause]).await? {
        found.entry(row.get("recommendation_id")?).or_default().insert(row.get("subject")?);
    }
    Ok(found)
}

/// Forgets what `id` was opened for, so that the same may open another.
pub async fn forget_causes(tx: &mut Tx, id: &RecommendationId) -> Result<()> {
    tx.run("DELETE FROM recommendation_cause WHERE recommendation_id = $1", args![id]).await?;
    Ok(())
}
