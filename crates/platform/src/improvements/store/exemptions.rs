//! Exceptions.

use crate::args;
use crate::base::actor::{OrganisationId, Scope};
use crate::base::db::{Row, Tx};
use crate::base::error::{Error, Result};
use crate::improvements::exemption::{Exemption, ExemptionId, State};

const FROM: &str = "SELECT e.* FROM exemption e JOIN organisation o ON o.id = e.organisation_id WHERE SCOPE(o.path)";

fn read(row: &Row) -> Result<Exemption> {
    let state: String = row.get("state")?;
    Ok(Exemption {
        id: row.get("id")?,
        organisation_id: row.get("organisation_id")?,
        requirement_id: row.get("requirement_id")?,
        requirement_code: row.get("requirement_code")?,
        system_id: row.get("system_id")?,
        reason: row.get("reason")?,
        instead: row.get("instead")?,
        expires_on: row.get("expires_on")?,
        state: State::parse(&state).ok_or_else(|| Error::internal(format!("exemption in state {state}")))?,
        asked_by: row.get("asked_by")?,
        asked_at: row.get("asked_at")?,
        decided_by: row.get("decided_by")?,
        decided_at: row.get("decided_at")?,
        decision_note: row.get("decision_note")?,
    })
}

/// Every exception within reach.
pub async fn exemptions(tx: &mut Tx, scope: &Scope) -> Result<Vec<Exemption>> {
    tx.all_in(scope, &format!("{FROM} ORDER BY o.path, e.requirement_code, e.asked_at"), &[]).await?.iter().map(read).collect()
}

/// Every exception of one organisation within reach.
pub async fn exemptions_of(tx: &mut Tx, scope: &Scope, organisation: &OrganisationId) -> Result<Vec<Exemption>> {
    let sql = format!("{FROM} AND e.organisation_id = $1 ORDER BY e.requirement_code, e.asked_at");
    tx.all_in(scope, &sql, args![organisation]).await?.iter().map(read).collect()
}

/// One exception within reach.
pub async fn exemption(tx: &mut Tx, scope: &Scope, id: &ExemptionId) -> Result<Exemption> {
    read(&tx.one_in(scope, &format!("{FROM} AND e.id = $1"), args![id]).await?)
}

/// Adds an exception.
pub async fn insert_exemption(tx: &mut Tx, new: &Exemption) -> Result<()> {
    tx.run(
        "INSERT INTO exemption (id, organisation_id, requirement_id, requirement_code, system_id, reason, instead, expires_on, state,
         asked_by, asked_at, decided_by, decision_note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', '')",
        args![
            &new.id,
            &new.organisation_id,
            &new.requirement_id,
            &new.requirement_code,
            &new.system_id,
            &new.reason,
            &new.instead,
            &new.expires_on,
            new.state.as_str(),
            &new.asked_by,
            &new.asked_at
        ],
    )
    .await?;
    Ok(())
}

/// Stores a decision, only if the exception still stood at `from`; `false` when somebody was faster.
pub async fn decide_exemption(tx: &mut Tx, one: &Exemption, from: State) -> Result<bool> {
    let rows = tx
        .run(
            "UPDATE exemption SET state = $2, expires_on = $3, decided_by = $4, decided_at = $5, decision_note = $6
             WHERE id = $1 AND state = $7",
            args![&one.id, one.state.as_str(), &one.expires_on, &one.decided_by, &one.decided_at, &one.decision_note, from.as_str()],
        )
        .await?;
    Ok(rows == 1)
}
