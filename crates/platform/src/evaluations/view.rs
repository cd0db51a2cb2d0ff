//! An evaluation's data file, read once and kept in memory by its hash, with the few indexes pages need.

use std::sync::{Arc, Mutex, OnceLock};

use engine::evaluate::{Evaluation, TripleRow};

use super::store::Record;
use crate::base::blobs;
use crate::base::db::Tx;
use crate::base::error::Result;

/// How many evaluations are kept in memory: the newest cycle, the one before, and two that somebody looks up.
const KEPT: usize = 4;

/// Evaluations by hash, the last used at the end. What lies under a hash never changes, so nothing goes out of date.
static READ: OnceLock<Mutex<Vec<Kept>>> = OnceLock::new();

/// A hash and what lies under it.
type Kept = (String, Arc<Evaluation>);

/// The evaluation a record names.
pub async fn load(tx: &mut Tx, record: &Record) -> Result<Arc<Evaluation>> {
    let cache = READ.get_or_init(Mutex::default);
    // Nothing panics while the lock is held; should it be poisoned all the same, its content is still right.
    let lock = || cache.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    {
        let mut kept = lock();
        if let Some(at) = kept.iter().position(|(hash, _)| *hash == record.hash) {
            let one = kept.remove(at);
            let evaluation = one.1.clone();
            kept.push(one);
            return Ok(evaluation);
        }
    }
    let bytes = blobs::get(tx, &record.hash).await?;
    let evaluation: Arc<Evaluation> = Arc::new(serde_json::from_slice(&bytes)?);
    let mut kept = lock();
    kept.push((record.hash.clone(), evaluation.clone()));
    if kept.len() > KEPT {
        kept.remove(0);
    }
    Ok(evaluation)
}

/// The triples of one organisation, in the order of requirement and scope. They lie together, for the file is in order.
pub fn triples_of<'e>(evaluation: &'e Evaluation, organisation: &str) -> &'e [TripleRow] {
    let from = evaluation.triples.partition_point(|row| row.triple.organisation.as_str() < organisation);
    let to = evaluation.triples.partition_point(|row| row.triple.organisation.as_str() <= organisation);
    evaluation.triples.get(from..to).unwrap_or_default()
}

/// The triples of one requirement in one organisation, one per scope.
pub fn triples_at<'e>(evaluation: &'e Evaluation, organisation: &str, requirement: &str) -> &'e [TripleRow] {
    let own = triples_of(evaluation, organisation);
    let from = own.partition_point(|row| row.triple.requirement.as_str() < requirement);
    let to = own.partition_point(|row| row.triple.requirement.as_str() <= requirement);
    own.get(from..to).unwrap_or_default()
}
