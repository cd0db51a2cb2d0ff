//! SQL of cycles: what is asked of whom by when.

use super::row;
use crate::args;
use crate::base::actor::{OrganisationId, Scope};
use crate::base::db::{Tx, Value};
use crate::base::error::Result;
use crate::inspections::answer::Denominator;
use crate::inspections::cycle::{Cycle, CycleId, Item, Participant, State};
use crate::inspections::respondent::spell_roles;

/// Every cycle, newest first.
pub async fn cycles(tx: &mut Tx) -> Result<Vec<Cycle>> {
    tx.all("SELECT * FROM cycle ORDER BY opens_on DESC, code DESC", &[]).await?.iter().map(row::cycle).collect()
}

/// One cycle.
pub async fn cycle(tx: &mut Tx, id: &CycleId) -> Result<Cycle> {
    row::cycle(&tx.one("SELECT * FROM cycle WHERE id = $1", args![id]).await?)
}

/// One cycle by code.
pub async fn cycle_by_code(tx: &mut Tx, code: &str) -> Result<Cycle> {
    row::cycle(&tx.one("SELECT * FROM cycle WHERE code = $1", args![code]).await?)
}

/// The announced cycles, newest first, in which an organisation within reach takes part.
pub async fn cycles_within(tx: &mut Tx, scope: &Scope) -> Result<Vec<Cycle>> {
    tx.all_in(
        scope,
        "SELECT c.* FROM cycle c WHERE c.state <> 'draft' AND EXISTS (
             SELECT 1 FROM cycle_organisation p JOIN organisation o ON o.id = p.organisation_id WHERE p.cycle_id = c.id AND SCOPE(o.path))
         ORDER BY c.opens_on DESC, c.code DESC",
        &[],
    )
    .await?
    .iter()
    .map(row::cycle)
    .collect()
}

/// Adds a cycle.
pub async fn insert_cycle(tx: &mut Tx, new: &Cycle) -> Result<()> {
    tx.run(
        "INSERT INTO cycle (id, code, kind, urgent_reason, period, name_ja, name_en, fiscal_year, edition_id, opens_on, closes_on,
             state, claim_rule, grade_rule, sample_rule, sample_seed, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        args![
            &new.id,
            &new.code,
            new.kind.as_str(),
            &new.urgent_reason,
            new.period.as_str(),
            &new.name_ja,
            &new.name_en,
            new.fiscal_year,
            &new.edition_id,
            &new.opens_on,
            &new.closes_on,
            new.state.as_str(),
            serde_json::to_string(&new.claim_rule)?,
            serde_json::to_string(&new.grade_rule)?,
            serde_json::to_string(&new.sample_rule)?,
            new.sample_seed,
            &new.created_at
        ],
    )
    .await?;
    Ok(())
}

/// Puts a cycle in a state, if it is still in state `from`; says whether it was.
pub async fn set_state(tx: &mut Tx, id: &CycleId, from: State, to: State, at: &str) -> Result<bool> {
    // The column is one of ours, never a text from outside.
    let column = match to {
        State::Draft => "created_at",
        State::Announced => "announced_at",
        State::Open => "opened_at",
        State::Closed => "closed_at",
        State::Evaluated => "evaluated_at",
        State::Published => "published_at",
    };
    let sql = format!("UPDATE cycle SET state = $2, {column} = $3 WHERE id = $1 AND state = $4");
    Ok(tx.run(&sql, args![id, to.as_str(), at, from.as_str()]).await? == 1)
}

/// Sets the seed of the audit sample.
pub async fn set_sample_seed(tx: &mut Tx, id: &CycleId, seed: i64) -> Result<()> {
    tx.run("UPDATE cycle SET sample_seed = $2 WHERE id = $1", args![id, seed]).await?;
    Ok(())
}

/// What a cycle asks, in the order of the standard.
pub async fn items(tx: &mut Tx, id: &CycleId) -> Result<Vec<Item>> {
    tx.all("SELECT * FROM cycle_item WHERE cycle_id = $1 ORDER BY position", args![id]).await?.iter().map(row::item).collect()
}

/// Replaces what a cycle asks.
pub async fn set_items(tx: &mut Tx, id: &CycleId, items: &[Item]) -> Result<()> {
    tx.run("DELETE FROM cycle_item WHERE cycle_id = $1", args![id]).await?;
    let rows: Vec<Vec<Value>> = items
        .iter()
        .map(|item| {
            vec![
                id.into(),
                Value::from(&item.requirement_id),
                Value::from(&item.code),
                item.position.into(),
                spell_roles(&item.roles).into(),
                item.applies_to.as_str().into(),
                item.priority.into(),
                item.self_inspected.into(),
                item.audited.into(),
                item.priority_inspected.into(),
            ]
        })
        .collect();
    let head = "INSERT INTO cycle_item (cycle_id, requirement_id, code, position, roles, applies_to, priority, self_inspected, audited,
        priority_inspected)";
    tx.insert_many(head, "", &rows).await?;
    Ok(())
}

/// Which organisations take part, in the order of the tree.
pub async fn participants(tx: &mut Tx, id: &CycleId) -> Result<Vec<Participant>> {
    participants_within(tx, &Scope::Everything, id).await
}

/// Which organisations within reach take part, in the order of the tree.
pub async fn participants_within(tx: &mut Tx, scope: &Scope, id: &CycleId) -> Result<Vec<Participant>> {
    tx.all_in(
        scope,
        "SELECT p.* FROM cycle_organisation p JOIN organisation o ON o.id = p.organisation_id WHERE p.cycle_id = $1 AND SCOPE(o.path)
         ORDER BY o.path",
        args![id],
    )
    .await?
    .iter()
    .map(row::participant)
    .collect()
}

/// One organisation within reach that takes part.
pub async fn participant(tx: &mut Tx, scope: &Scope, id: &CycleId, organisation: &OrganisationId) -> Result<Participant> {
    row::participant(
        &tx.one_in(
            scope,
            "SELECT p.* FROM cycle_organisation p JOIN organisation o ON o.id = p.organisation_id
             WHERE p.cycle_id = $1 AND p.organisation_id = $2 AND SCOPE(o.path)",
            args![id, organisation],
        )
        .await?,
    )
}

/// Replaces which organisations take part.
pub async fn set_participants(tx: &mut Tx, id: &CycleId, organisations: &[OrganisationId]) -> Result<()> {
    tx.run("DELETE FROM cycle_organisation WHERE cycle_id = $1", args![id]).await?;
    let rows: Vec<Vec<Value>> = organisations.iter().map(|organisation| vec![id.into(), organisation.into(), 0_i64.into(), 0_i64.into()]).collect();
    tx.insert_many("INSERT INTO cycle_organisation (cycle_id, organisation_id, revision, taking)", "", &rows).await?;
    Ok(())
}

/// Notes that facts of an organisation change; says whether they still may. It locks the organisation's row, so that closing
/// waits for changes under way, and changes that come after it find the door shut.
pub async fn raise_revision(tx: &mut Tx, id: &CycleId, organisation: &OrganisationId) -> Result<bool> {
    let sql = "UPDATE cycle_organisation SET revision = revision + 1 WHERE cycle_id = $1 AND organisation_id = $2 AND taking = 1";
    Ok(tx.run(sql, args![id, organisation]).await? == 1)
}

/// Opens or shuts the door for answers.
pub async fn set_taking(tx: &mut Tx, id: &CycleId, taking: bool) -> Result<()> {
    tx.run("UPDATE cycle_organisation SET taking = $2 WHERE cycle_id = $1", args![id, taking]).await?;
    Ok(())
}

/// Freezes how many answers are asked for.
pub async fn insert_denominators(tx: &mut Tx, id: &CycleId, denominators: &[Denominator]) -> Result<()> {
    let rows: Vec<Vec<Value>> = denominators
        .iter()
        .map(|one| vec![id.into(), Value::from(&one.organisation_id), Value::from(&one.requirement_id), one.role.as_str().into(), one.asked.into()])
        .collect();
    tx.insert_many("INSERT INTO cycle_denominator (cycle_id, organisation_id, requirement_id, role, asked)", "", &rows).await?;
    Ok(())
}

/// How many answers are asked for, by organisation, requirement and role, within reach.
pub async fn denominators(tx: &mut Tx, scope: &Scope, id: &CycleId) -> Result<Vec<Denominator>> {
    tx.all_in(
        scope,
        "SELECT d.* FROM cycle_denominator d JOIN organisation o ON o.id = d.organisation_id WHERE d.cycle_id = $1 AND SCOPE(o.path)
         ORDER BY o.path, d.requirement_id, d.role",
        args![id],
    )
    .await?
    .iter()
    .map(|one| {
        Ok(Denominator {
            organisation_id: one.get("organisation_id")?,
            requirement_id: one.get("requirement_id")?,
            role: row::role(one)?,
            asked: row::count(one, "asked")?,
        })
    })
    .collect()
}
