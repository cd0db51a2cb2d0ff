//! All SQL of the standards.

mod derived;
mod row;

pub use derived::*;

use super::requirement::{Edition, EditionId, Parameter, Requirement, RequirementId, Standard, StandardId};
use crate::args;
use crate::base::db::{Tx, Value};
use crate::base::error::Result;

/// Every standard, the common ones first.
pub async fn standards(tx: &mut Tx) -> Result<Vec<Standard>> {
    tx.all("SELECT * FROM standard WHERE organisation_id IS NULL ORDER BY code", &[]).await?.iter().map(row::standard).collect()
}

/// One standard.
pub async fn standard(tx: &mut Tx, id: &StandardId) -> Result<Standard> {
    row::standard(&tx.one("SELECT * FROM standard WHERE id = $1", args![id]).await?)
}

/// Adds a standard.
pub async fn insert_standard(tx: &mut Tx, new: &Standard) -> Result<()> {
    tx.run(
        "INSERT INTO standard (id, code, name_ja, name_en, organisation_id) VALUES ($1, $2, $3, $4, $5)",
        args![&new.id, &new.code, &new.name_ja, &new.name_en, &new.organisation_id],
    )
    .await?;
    Ok(())
}

/// Every edition of every common standard, by standard and then oldest first.
pub async fn editions(tx: &mut Tx) -> Result<Vec<Edition>> {
    tx.all(
        "SELECT e.*, s.code AS standard_code FROM edition e JOIN standard s ON s.id = e.standard_id
         WHERE s.organisation_id IS NULL ORDER BY s.code, e.position",
        &[],
    )
    .await?
    .iter()
    .map(row::edition)
    .collect()
}

/// One edition.
pub async fn edition(tx: &mut Tx, id: &EditionId) -> Result<Edition> {
    let sql = "SELECT e.*, s.code AS standard_code FROM edition e JOIN standard s ON s.id = e.standard_id WHERE e.id = $1";
    row::edition(&tx.one(sql, args![id]).await?)
}

/// Adds an edition.
pub async fn insert_edition(tx: &mut Tx, new: &Edition) -> Result<()> {
    tx.run(
        "INSERT INTO edition (id, standard_id, position, version, title_ja, title_en, published_on, catalog_hash, catalog_uuid,
             oscal_version, source_name, source_hash, imported_at, requirements)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        args![
            &new.id,
            &new.standard_id,
            new.position,
            &new.version,
            &new.title_ja,
            &new.title_en,
            &new.published_on,
            &new.catalog_hash,
            &new.catalog_uuid,
            &new.oscal_version,
            &new.source_name,
            &new.source_hash,
            &new.imported_at,
            new.requirements
        ],
    )
    .await?;
    Ok(())
}

/// What an edition asks, in the order of its catalog.
pub async fn requirements(tx: &mut Tx, edition: &EditionId) -> Result<Vec<Requirement>> {
    tx.all("SELECT * FROM requirement WHERE edition_id = $1 ORDER BY position", args![edition]).await?.iter().map(row::requirement).collect()
}

/// Those of the requirements `ids` that there are, in no order: for who needs a few of a large standard.
pub async fn requirements_among(tx: &mut Tx, ids: &[RequirementId]) -> Result<Vec<Requirement>> {
    let mut out = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(500) {
        let marks: Vec<String> = (1..=chunk.len()).map(|number| format!("${number}")).collect();
        let args: Vec<Value> = chunk.iter().map(Value::from).collect();
        let rows = tx.all(&format!("SELECT * FROM requirement WHERE id IN ({})", marks.join(", ")), &args).await?;
        out.extend(rows.iter().map(row::requirement).collect::<Result<Vec<_>>>()?);
    }
    Ok(out)
}

/// One requirement.
pub async fn requirement(tx: &mut Tx, id: &RequirementId) -> Result<Requirement> {
    row::requirement(&tx.one("SELECT * FROM requirement WHERE id = $1", args![id]).await?)
}

/// The requirement called `code` in every common edition that asks it.
pub async fn requirements_called(tx: &mut Tx, standard: &StandardId, code: &str) -> Result<Vec<Requirement>> {
    tx.all(
        "SELECT r.* FROM requirement r JOIN edition e ON e.id = r.edition_id WHERE e.standard_id = $1 AND r.code = $2 ORDER BY e.position",
        args![standard, code],
    )
    .await?
    .iter()
    .map(row::requirement)
    .collect()
}

/// Adds what an edition asks, in order.
pub async fn insert_requirements(tx: &mut Tx, new: &[Requirement]) -> Result<()> {
    let rows: Vec<Vec<Value>> = new.iter().enumerate().map(|(position, one)| row::requirement_values(position, one)).collect();
    let head = "INSERT INTO requirement (id, edition_id, position, code, block, block_ja, block_en, theme, theme_ja, theme_en,
        title_ja, title_en, statement_ja, statement_en, question_ja, question_en, guidance_ja, guidance_en, applies_to, roles,
        evidence_self, evidence_audit, checks, priority_inspection, priority, source, digest)";
    tx.insert_many(head, "", &rows).await?;
    Ok(())
}

/// The values an edition leaves open, in order.
pub async fn parameters(tx: &mut Tx, edition: &EditionId) -> Result<Vec<Parameter>> {
    tx.all("SELECT * FROM parameter WHERE edition_id = $1 ORDER BY position", args![edition]).await?.iter().map(row::parameter).collect()
}

/// Adds the values an edition leaves open, in order.
pub async fn insert_parameters(tx: &mut Tx, edition: &EditionId, new: &[Parameter]) -> Result<()> {
    let rows: Vec<Vec<Value>> = new
        .iter()
        .enumerate()
        .map(|(position, one)| {
            vec![
                edition.into(),
                Value::from(&one.param_id),
                position.into(),
                Value::from(&one.code),
                Value::from(&one.label),
                Value::from(&one.value),
            ]
        })
        .collect();
    tx.insert_many("INSERT INTO parameter (edition_id, param_id, position, code, label, value)", "", &rows).await?;
    Ok(())
}

/// The codes of all standards, owned ones too.
pub async fn standard_codes(tx: &mut Tx) -> Result<Vec<String>> {
    tx.all("SELECT code FROM standard", &[]).await?.iter().map(|row| row.get("code")).collect()
}

/// The editions of one standard, oldest first.
pub async fn editions_of(tx: &mut Tx, standard: &StandardId) -> Result<Vec<Edition>> {
    tx.all(
        "SELECT e.*, s.code AS standard_code FROM edition e JOIN standard s ON s.id = e.standard_id WHERE s.id = $1 ORDER BY e.position",
        args![standard],
    )
    .await?
    .iter()
    .map(row::edition)
    .collect()
}
