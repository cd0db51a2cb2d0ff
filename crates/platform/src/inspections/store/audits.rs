//! SQL of the audit and of the priority inspection.

use super::row;
use crate::args;
use crate::base::actor::Scope;
use crate::base::db::{Tx, Value};
use crate::base::error::{Error, Result};
use crate::inspections::audit::{Finding, Sampled};
use crate::inspections::cycle::CycleId;
use crate::inspections::priority::PriorityUnit;

/// Every finding of a cycle.
pub async fn findings(tx: &mut Tx, cycle: &CycleId) -> Result<Vec<Finding>> {
    findings_within(tx, &Scope::Everything, cycle).await
}

/// The findings of a cycle within reach, by organisation and requirement.
pub async fn findings_within(tx: &mut Tx, scope: &Scope, cycle: &CycleId) -> Result<Vec<Finding>> {
    tx.all_in(
        scope,
        "SELECT f.* FROM finding f JOIN organisation o ON o.id = f.organisation_id WHERE f.cycle_id = $1 AND SCOPE(o.path)
         ORDER BY o.path, f.requirement_id, f.system_id",
        args![cycle],
    )
    .await?
    .iter()
    .map(row::finding)
    .collect()
}

/// Stores findings; what changed ones were, `before`, is kept as a version.
pub async fn put_findings(tx: &mut Tx, before: &[Finding], findings: &[Finding]) -> Result<()> {
    let rows: Vec<Vec<Value>> = before
        .iter()
        .map(|one| {
            let [hash, name] = row::evidence_values(one.evidence.as_ref());
            let verdict = one.verdict.as_str().into();
            vec![
                Value::from(&one.id),
                one.version.into(),
                verdict,
                Value::from(&one.note),
                hash,
                name,
                Value::from(&one.auditor),
                Value::from(&one.found_at),
            ]
        })
        .collect();
    let head = "INSERT INTO finding_version (finding_id, version, verdict, note, evidence_hash, evidence_name, auditor, found_at)";
    tx.insert_many(head, "", &rows).await?;
    let rows: Vec<Vec<Value>> = findings
        .iter()
        .map(|one| {
            let [hash, name] = row::evidence_values(one.evidence.as_ref());
            vec![
                Value::from(&one.id),
                Value::from(&one.cycle_id),
                Value::from(&one.organisation_id),
                Value::from(&one.requirement_id),
                row::system_value(one.system_id.as_ref()),
                one.verdict.as_str().into(),
                Value::from(&one.note),
                hash,
                name,
                one.version.into(),
                Value::from(&one.auditor),
                Value::from(&one.found_at),
            ]
        })
        .collect();
    tx.insert_many(
        "INSERT INTO finding (id, cycle_id, organisation_id, requirement_id, system_id, verdict, note, evidence_hash, evidence_name,
             version, auditor, found_at)",
        "ON CONFLICT (id) DO UPDATE SET verdict = excluded.verdict, note = excluded.note, evidence_hash = excluded.evidence_hash,
         evidence_name = excluded.evidence_name, version = excluded.version, auditor = excluded.auditor, found_at = excluded.found_at",
        &rows,
    )
    .await?;
    Ok(())
}

/// What was drawn for audit within reach.
pub async fn sampled(tx: &mut Tx, scope: &Scope, cycle: &CycleId) -> Result<Vec<Sampled>> {
    tx.all_in(
        scope,
        "SELECT s.* FROM audit_sample s JOIN organisation o ON o.id = s.organisation_id WHERE s.cycle_id = $1 AND SCOPE(o.path)
         ORDER BY o.path, s.requirement_id, s.system_id",
        args![cycle],
    )
    .await?
    .iter()
    .map(row::sampled)
    .collect()
}

/// Adds what was drawn.
pub async fn insert_sampled(tx: &mut Tx, cycle: &CycleId, drawn: &[Sampled]) -> Result<()> {
    let rows: Vec<Vec<Value>> = drawn
        .iter()
        .map(|one| {
            vec![
                cycle.into(),
                Value::from(&one.organisation_id),
                Value::from(&one.requirement_id),
                row::system_value(one.system_id.as_ref()),
                one.priority.into(),
                one.claim.as_str().into(),
                Value::from(&one.drawn_at),
            ]
        })
        .collect();
    let head = "INSERT INTO audit_sample (cycle_id, organisation_id, requirement_id, system_id, priority, claim, drawn_at)";
    tx.insert_many(head, "ON CONFLICT DO NOTHING", &rows).await?;
    Ok(())
}

/// Every line of a cycle's priority inspection.
pub async fn priority_units(tx: &mut Tx, cycle: &CycleId) -> Result<Vec<PriorityUnit>> {
    priority_units_within(tx, &Scope::Everything, cycle).await
}

/// The lines of a cycle's priority inspection within reach.
pub async fn priority_units_within(tx: &mut Tx, scope: &Scope, cycle: &CycleId) -> Result<Vec<PriorityUnit>> {
    tx.all_in(
        scope,
        "SELECT u.* FROM priority_unit u JOIN organisation o ON o.id = u.organisation_id WHERE u.cycle_id = $1 AND SCOPE(o.path)
         ORDER BY o.path, u.class, u.requirement_id",
        args![cycle],
    )
    .await?
    .iter()
    .map(row::unit)
    .collect()
}

/// Stores lines of the priority inspection; what changed ones were, `before`, is kept as a version.
pub async fn put_units(tx: &mut Tx, before: &[PriorityUnit], units: &[PriorityUnit]) -> Result<()> {
    let rows: Vec<Vec<Value>> = before
        .iter()
        .map(|one| {
            let (by, at) = (Value::from(&one.entered_by), Value::from(&one.entered_at));
            vec![Value::from(&one.id), one.version.into(), one.held.into(), one.done.into(), Value::from(&one.note), by, at]
        })
        .collect();
    tx.insert_many("INSERT INTO priority_unit_version (priority_unit_id, version, held, done, note, entered_by, entered_at)", "", &rows).await?;
    let rows: Vec<Vec<Value>> = units
        .iter()
        .map(|one| {
            vec![
                Value::from(&one.id),
                Value::from(&one.cycle_id),
                Value::from(&one.organisation_id),
                Value::from(&one.requirement_id),
                one.class.as_str().into(),
                one.held.into(),
                one.done.into(),
                Value::from(&one.note),
                one.version.into(),
                Value::from(&one.entered_by),
                Value::from(&one.entered_at),
            ]
        })
        .collect();
    tx.insert_many(
        "INSERT INTO priority_unit (id, cycle_id, organisation_id, requirement_id, class, held, done, note, version, entered_by, entered_at)",
        "ON CONFLICT (id) DO UPDATE SET held = excluded.held, done = excluded.done, note = excluded.note, version = excluded.version,
         entered_by = excluded.entered_by, entered_at = excluded.entered_at",
        &rows,
    )
    .await?;
    Ok(())
}

/// The name of a file that is evidence of something in a cycle within reach; else [`Error::NotFound`].
pub async fn evidence_name(tx: &mut Tx, scope: &Scope, cycle: &CycleId, hash: &str) -> Result<String> {
    for table in ["answer", "finding"] {
        let sql = format!(
            "SELECT e.evidence_name FROM {table} e JOIN organisation o ON o.id = e.organisation_id
             WHERE e.cycle_id = $1 AND e.evidence_hash = $2 AND SCOPE(o.path) LIMIT 1"
        );
        match tx.one_in(scope, &sql, args![cycle, hash]).await {
            Ok(row) => return row.get("evidence_name"),
            Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Err(Error::NotFound)
}
