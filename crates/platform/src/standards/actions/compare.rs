//! What changed from one edition to another.

use crate::base::db::Tx;
use crate::base::error::Result;
use crate::standards::api::Diff;
use crate::standards::change::changes;
use crate::standards::requirement::EditionId;
use crate::standards::store;

/// The changes from edition `from` to edition `to`, of one standard or of two.
///
/// # Errors
/// [`crate::base::error::Error::NotFound`] when one of them does not exist.
pub async fn diff(tx: &mut Tx, from: &EditionId, to: &EditionId) -> Result<Diff> {
    let (from, to) = (store::edition(tx, from).await?, store::edition(tx, to).await?);
    let (old, new) = (store::requirements(tx, &from.id).await?, store::requirements(tx, &to.id).await?);
    Ok(Diff { changes: changes(&old, &new), from, to })
}
