//! Rows of declared uses.

use engine::crypto::Purpose;

use super::{algorithm, day};
use crate::args;
use crate::base::actor::Scope;
use crate::base::db::{Row, Tx, Value};
use crate::base::error::{Error, Result};
use crate::cryptography::declaration::{Declaration, UseId};
use crate::register::system::SystemId;

const FROM: &str = "SELECT u.* FROM crypto_use u JOIN system s ON s.id = u.system_id JOIN organisation o ON o.id = s.organisation_id
    WHERE u.withdrawn = 0 AND SCOPE(o.path)";
const ORDER: &str = "ORDER BY o.path, s.code, u.purpose, u.algorithm";

fn read(row: &Row) -> Result<Declaration> {
    let purpose: String = row.get("purpose")?;
    Ok(Declaration {
        id: row.get("id")?,
        system_id: row.get("system_id")?,
        purpose: Purpose::parse(&purpose).ok_or_else(|| Error::internal(format!("no purpose is called {purpose}")))?,
        algorithm: algorithm(row, "algorithm")?,
        exchangeable: row.get::<Option<i64>>("exchangeable")?.map(|yes| yes != 0),
        gone_on: day(row, "gone_on")?,
        note: row.get("note")?,
        declared_by: row.get("declared_by")?,
        declared_at: row.get("declared_at")?,
    })
}

/// Every declared use within reach.
pub async fn uses(tx: &mut Tx, scope: &Scope) -> Result<Vec<Declaration>> {
    tx.all_in(scope, &format!("{FROM} {ORDER}"), &[]).await?.iter().map(read).collect()
}

/// The declared uses of one system within reach.
pub async fn uses_of(tx: &mut Tx, scope: &Scope, system: &SystemId) -> Result<Vec<Declaration>> {
    tx.all_in(scope, &format!("{FROM} AND u.system_id = $1 {ORDER}"), args![system]).await?.iter().map(read).collect()
}

/// Writes uses; the same use of a system again changes the row that is there, and one that was withdrawn comes back.
pub async fn save_uses(tx: &mut Tx, uses: &[Declaration]) -> Result<()> {
    let rows: Vec<Vec<Value>> = uses
        .iter()
        .map(|one| {
            args![
                &one.id,
                &one.system_id,
                one.purpose.as_str(),
                one.algorithm.id,
                one.exchangeable,
                one.gone_on.map(|day| day.to_string()),
                &one.note,
                &one.declared_by,
                &one.declared_at,
                false
            ]
            .to_vec()
        })
        .collect();
    tx.insert_many(
        "INSERT INTO crypto_use (id, system_id, purpose, algorithm, exchangeable, gone_on, note, declared_by, declared_at, withdrawn)",
        "ON CONFLICT (system_id, purpose, algorithm) DO UPDATE SET exchangeable = excluded.exchangeable, gone_on = excluded.gone_on,
         note = excluded.note, declared_by = excluded.declared_by, declared_at = excluded.declared_at, withdrawn = 0",
        &rows,
    )
    .await?;
    Ok(())
}

/// Withdraws a use within reach and gives what it said.
pub async fn withdraw_use(tx: &mut Tx, scope: &Scope, id: &UseId) -> Result<Declaration> {
    let one = read(&tx.one_in(scope, &format!("{FROM} AND u.id = $1"), args![id]).await?)?;
    tx.run("UPDATE crypto_use SET withdrawn = 1 WHERE id = $1", args![id]).await?;
    Ok(one)
}
