//! SQL of what derived standards left out, frozen with a cycle, and of what is left to ask.

use std::collections::BTreeMap;

use engine::facts::Role;

use super::row;
use crate::args;
use crate::base::actor::{OrganisationId, Scope};
use crate::base::db::{Tx, Value};
use crate::base::error::Result;
use crate::inspections::cycle::{CycleExclusion, CycleId, Item};
use crate::register::system::SystemId;
use crate::standards::requirement::RequirementId;

/// Freezes what is left out.
pub async fn insert_exclusions(tx: &mut Tx, id: &CycleId, exclusions: &[CycleExclusion]) -> Result<()> {
    let rows: Vec<Vec<Value>> = exclusions
        .iter()
        .map(|one| vec![id.into(), Value::from(&one.organisation_id), Value::from(&one.requirement_id), Value::from(&one.reason)])
        .collect();
    tx.insert_many("INSERT INTO cycle_exclusion (cycle_id, organisation_id, requirement_id, reason)", "", &rows).await?;
    Ok(())
}

/// What organisations within reach left out of a cycle, in the order of the tree and of the standard.
pub async fn exclusions(tx: &mut Tx, scope: &Scope, id: &CycleId) -> Result<Vec<CycleExclusion>> {
    tx.all_in(
        scope,
        "SELECT x.organisation_id, x.requirement_id, x.reason FROM cycle_exclusion x JOIN organisation o ON o.id = x.organisation_id
         JOIN cycle_item i ON i.cycle_id = x.cycle_id AND i.requirement_id = x.requirement_id
         WHERE x.cycle_id = $1 AND SCOPE(o.path) ORDER BY o.path, i.position",
        args![id],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(CycleExclusion { organisation_id: row.get("organisation_id")?, requirement_id: row.get("requirement_id")?, reason: row.get("reason")? })
    })
    .collect()
}

/// What one organisation left out of a cycle, and why.
pub async fn exclusions_of(tx: &mut Tx, id: &CycleId, organisation: &OrganisationId) -> Result<BTreeMap<RequirementId, String>> {
    tx.all("SELECT requirement_id, reason FROM cycle_exclusion WHERE cycle_id = $1 AND organisation_id = $2", args![id, organisation])
        .await?
        .iter()
        .map(|row| Ok((row.get("requirement_id")?, row.get("reason")?)))
        .collect()
}

/// What a cycle asks of one organisation, in the order of the standard: its items but those left out.
pub async fn items_of(tx: &mut Tx, id: &CycleId, organisation: &OrganisationId) -> Result<Vec<Item>> {
    tx.all(
        "SELECT i.* FROM cycle_item i WHERE i.cycle_id = $1 AND NOT EXISTS (SELECT 1 FROM cycle_exclusion x
             WHERE x.cycle_id = i.cycle_id AND x.organisation_id = $2 AND x.requirement_id = i.requirement_id)
         ORDER BY i.position",
        args![id, organisation],
    )
    .await?
    .iter()
    .map(row::item)
    .collect()
}

/// The same, only what people of `roles` answer: a page for one person need not read the whole standard.
pub async fn items_for(tx: &mut Tx, id: &CycleId, organisation: &OrganisationId, roles: &[Role]) -> Result<Vec<Item>> {
    if roles.is_empty() {
        return Ok(Vec::new());
    }
    // Roles are kept joined by commas.
    let named: Vec<String> = (3..3 + roles.len()).map(|mark| format!("(',' || i.roles || ',') LIKE ${mark}")).collect();
    let sql = format!(
        "SELECT i.* FROM cycle_item i WHERE i.cycle_id = $1 AND i.self_inspected = 1 AND ({}) AND NOT EXISTS (SELECT 1 FROM cycle_exclusion x
             WHERE x.cycle_id = i.cycle_id AND x.organisation_id = $2 AND x.requirement_id = i.requirement_id)
         ORDER BY i.position",
        named.join(" OR ")
    );
    let mut args: Vec<Value> = args![id, organisation].to_vec();
    args.extend(roles.iter().map(|role| Value::from(format!("%,{},%", role.as_str()))));
    tx.all(&sql, &args).await?.iter().map(row::item).collect()
}

/// The systems somebody was asked for in a cycle, by organisation.
pub async fn systems_in(tx: &mut Tx, id: &CycleId) -> Result<Vec<(OrganisationId, SystemId)>> {
    tx.all("SELECT DISTINCT organisation_id, system_id FROM cycle_system WHERE cycle_id = $1 ORDER BY organisation_id, system_id", args![id])
        .await?
        .iter()
        .map(|row| Ok((row.get("organisation_id")?, row.get("system_id")?)))
        .collect()
}
