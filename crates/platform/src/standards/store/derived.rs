//! SQL of derived standards and of what was confirmed.

use std::collections::BTreeMap;

use engine::facts::{AppliesTo, Role};

use crate::args;
use crate::base::actor::{OrganisationId, Scope};
use crate::base::db::{Row, Tx, Value};
use crate::base::error::{Error, Result};
use crate::standards::derived::{Adoption, Alignment, Exclusion, OwnDocument, OwnDocumentId, OwnRequirement, OwnRequirementId, ParameterValue};
use crate::standards::requirement::{EditionId, StandardId};

fn adoption_row(row: &Row) -> Result<Adoption> {
    Ok(Adoption {
        organisation_id: row.get("organisation_id")?,
        edition_id: row.get("edition_id")?,
        adopted_at: row.get("adopted_at")?,
        adopted_by: row.get("adopted_by")?,
    })
}

/// The edition an organisation stands on, if it adopted one.
pub async fn adoption(tx: &mut Tx, organisation: &OrganisationId) -> Result<Option<Adoption>> {
    tx.maybe("SELECT * FROM adoption WHERE organisation_id = $1", args![organisation]).await?.as_ref().map(adoption_row).transpose()
}

/// The editions the organisations within reach stand on.
pub async fn adoptions(tx: &mut Tx, scope: &Scope) -> Result<Vec<Adoption>> {
    let sql = "SELECT a.* FROM adoption a JOIN organisation o ON o.id = a.organisation_id WHERE SCOPE(o.path) ORDER BY o.path";
    tx.all_in(scope, sql, &[]).await?.iter().map(adoption_row).collect()
}

/// Notes which edition an organisation stands on.
pub async fn put_adoption(tx: &mut Tx, new: &Adoption) -> Result<()> {
    tx.run(
        "INSERT INTO adoption (organisation_id, edition_id, adopted_at, adopted_by) VALUES ($1, $2, $3, $4)
         ON CONFLICT (organisation_id) DO UPDATE SET edition_id = excluded.edition_id, adopted_at = excluded.adopted_at,
             adopted_by = excluded.adopted_by",
        args![&new.organisation_id, &new.edition_id, &new.adopted_at, &new.adopted_by],
    )
    .await?;
    Ok(())
}

/// What an organisation leaves out.
pub async fn exclusions(tx: &mut Tx, organisation: &OrganisationId) -> Result<Vec<Exclusion>> {
    tx.all("SELECT code, reason FROM exclusion WHERE organisation_id = $1 ORDER BY code", args![organisation])
        .await?
        .iter()
        .map(|row| Ok(Exclusion { code: row.get("code")?, reason: row.get("reason")? }))
        .collect()
}

/// What every organisation leaves out of an edition of this standard, by organisation and code.
pub async fn exclusions_under(tx: &mut Tx, standard: &StandardId) -> Result<Vec<(OrganisationId, Exclusion)>> {
    tx.all(
        "SELECT x.organisation_id, x.code, x.reason FROM exclusion x JOIN adoption a ON a.organisation_id = x.organisation_id
         JOIN edition e ON e.id = a.edition_id WHERE e.standard_id = $1 ORDER BY x.organisation_id, x.code",
        args![standard],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("organisation_id")?, Exclusion { code: row.get("code")?, reason: row.get("reason")? })))
    .collect()
}

/// Leaves a requirement out, or changes why.
pub async fn put_exclusion(tx: &mut Tx, organisation: &OrganisationId, new: &Exclusion) -> Result<()> {
    tx.run(
        "INSERT INTO exclusion (organisation_id, code, reason) VALUES ($1, $2, $3)
         ON CONFLICT (organisation_id, code) DO UPDATE SET reason = excluded.reason",
        args![organisation, &new.code, &new.reason],
    )
    .await?;
    Ok(())
}

/// Takes a requirement in again; whether it was left out.
pub async fn drop_exclusion(tx: &mut Tx, organisation: &OrganisationId, code: &str) -> Result<bool> {
    Ok(tx.run("DELETE FROM exclusion WHERE organisation_id = $1 AND code = $2", args![organisation, code]).await? > 0)
}

/// The values an organisation set.
pub async fn parameter_values(tx: &mut Tx, organisation: &OrganisationId) -> Result<Vec<ParameterValue>> {
    tx.all("SELECT param_id, value FROM parameter_value WHERE organisation_id = $1 ORDER BY param_id", args![organisation])
        .await?
        .iter()
        .map(|row| Ok(ParameterValue { param_id: row.get("param_id")?, value: row.get("value")? }))
        .collect()
}

/// Sets a value; an empty one takes it back.
pub async fn put_parameter_value(tx: &mut Tx, organisation: &OrganisationId, new: &ParameterValue) -> Result<()> {
    if new.value.is_empty() {
        tx.run("DELETE FROM parameter_value WHERE organisation_id = $1 AND param_id = $2", args![organisation, &new.param_id]).await?;
        return Ok(());
    }
    tx.run(
        "INSERT INTO parameter_value (organisation_id, param_id, value) VALUES ($1, $2, $3)
         ON CONFLICT (organisation_id, param_id) DO UPDATE SET value = excluded.value",
        args![organisation, &new.param_id, &new.value],
    )
    .await?;
    Ok(())
}

fn own_requirement_row(row: &Row) -> Result<OwnRequirement> {
    let (applies_to, role): (String, String) = (row.get("applies_to")?, row.get("role")?);
    Ok(OwnRequirement {
        id: row.get("id")?,
        organisation_id: row.get("organisation_id")?,
        code: row.get("code")?,
        title_ja: row.get("title_ja")?,
        title_en: row.get("title_en")?,
        statement_ja: row.get("statement_ja")?,
        statement_en: row.get("statement_en")?,
        applies_to: AppliesTo::parse(&applies_to).ok_or_else(|| Error::internal(format!("applies_to: {applies_to}")))?,
        role: Role::parse(&role).ok_or_else(|| Error::internal(format!("role: {role}")))?,
    })
}

/// What an organisation asks of itself, in force.
pub async fn own_requirements(tx: &mut Tx, organisation: &OrganisationId) -> Result<Vec<OwnRequirement>> {
    tx.all("SELECT * FROM own_requirement WHERE organisation_id = $1 AND ended_at IS NULL ORDER BY code", args![organisation])
        .await?
        .iter()
        .map(own_requirement_row)
        .collect()
}

/// One own requirement in force, within reach.
pub async fn own_requirement(tx: &mut Tx, scope: &Scope, id: &OwnRequirementId) -> Result<OwnRequirement> {
    let sql = "SELECT r.* FROM own_requirement r JOIN organisation o ON o.id = r.organisation_id
        WHERE r.id = $1 AND r.ended_at IS NULL AND SCOPE(o.path)";
    own_requirement_row(&tx.one_in(scope, sql, args![id]).await?)
}

/// Adds an own requirement.
pub async fn insert_own_requirement(tx: &mut Tx, new: &OwnRequirement) -> Result<()> {
    tx.run(
        "INSERT INTO own_requirement (id, organisation_id, code, title_ja, title_en, statement_ja, statement_en, applies_to, role)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            &new.id,
            &new.organisation_id,
            &new.code,
            &new.title_ja,
            &new.title_en,
            &new.statement_ja,
            &new.statement_en,
            new.applies_to.as_str(),
            new.role.as_str()
        ],
    )
    .await?;
    Ok(())
}

/// Ends an own requirement.
pub async fn end_own_requirement(tx: &mut Tx, id: &OwnRequirementId, at: &str) -> Result<()> {
    tx.run("UPDATE own_requirement SET ended_at = $2 WHERE id = $1", args![id, at]).await?;
    Ok(())
}

fn own_document_row(row: &Row) -> Result<OwnDocument> {
    Ok(OwnDocument {
        id: row.get("id")?,
        organisation_id: row.get("organisation_id")?,
        title: row.get("title")?,
        version: row.get("version")?,
        file_name: row.get("file_name")?,
        hash: row.get("hash")?,
        size: row.get("size")?,
        added_at: row.get("added_at")?,
    })
}

/// An organisation's documents in force.
pub async fn own_documents(tx: &mut Tx, organisation: &OrganisationId) -> Result<Vec<OwnDocument>> {
    tx.all("SELECT * FROM own_document WHERE organisation_id = $1 AND ended_at IS NULL ORDER BY title, added_at", args![organisation])
        .await?
        .iter()
        .map(own_document_row)
        .collect()
}

/// One document in force, within reach.
pub async fn own_document(tx: &mut Tx, scope: &Scope, id: &OwnDocumentId) -> Result<OwnDocument> {
    let sql = "SELECT d.* FROM own_document d JOIN organisation o ON o.id = d.organisation_id
        WHERE d.id = $1 AND d.ended_at IS NULL AND SCOPE(o.path)";
    own_document_row(&tx.one_in(scope, sql, args![id]).await?)
}

/// Adds a document.
pub async fn insert_own_document(tx: &mut Tx, new: &OwnDocument) -> Result<()> {
    tx.run(
        "INSERT INTO own_document (id, organisation_id, title, version, file_name, hash, size, added_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![&new.id, &new.organisation_id, &new.title, &new.version, &new.file_name, &new.hash, new.size, &new.added_at],
    )
    .await?;
    Ok(())
}

/// Ends a document.
pub async fn end_own_document(tx: &mut Tx, id: &OwnDocumentId, at: &str) -> Result<()> {
    tx.run("UPDATE own_document SET ended_at = $2 WHERE id = $1", args![id, at]).await?;
    Ok(())
}

/// What the CISOs of the organisations within reach confirmed.
pub async fn alignments(tx: &mut Tx, scope: &Scope) -> Result<Vec<Alignment>> {
    tx.all_in(
        scope,
        "SELECT a.* FROM alignment a JOIN organisation o ON o.id = a.organisation_id WHERE SCOPE(o.path) ORDER BY a.confirmed_at, a.code",
        &[],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Alignment {
            organisation_id: row.get("organisation_id")?,
            standard_id: row.get("standard_id")?,
            code: row.get("code")?,
            digest: row.get("digest")?,
            note: row.get("note")?,
            confirmed_at: row.get("confirmed_at")?,
            confirmed_by: row.get("confirmed_by")?,
        })
    })
    .collect()
}

/// Notes what a CISO confirmed.
pub async fn insert_alignments(tx: &mut Tx, new: &[Alignment]) -> Result<()> {
    let rows: Vec<Vec<Value>> = new
        .iter()
        .map(|one| {
            vec![
                (&one.organisation_id).into(),
                (&one.standard_id).into(),
                Value::from(&one.code),
                Value::from(&one.digest),
                Value::from(&one.note),
                Value::from(&one.confirmed_at),
                Value::from(&one.confirmed_by),
            ]
        })
        .collect();
    let head = "INSERT INTO alignment (organisation_id, standard_id, code, digest, note, confirmed_at, confirmed_by)";
    tx.insert_many(head, "ON CONFLICT (organisation_id, standard_id, code, digest) DO NOTHING", &rows).await?;
    Ok(())
}

/// Code → digest of every requirement, edition by edition.
pub async fn digests(tx: &mut Tx) -> Result<BTreeMap<EditionId, BTreeMap<String, String>>> {
    let mut all: BTreeMap<EditionId, BTreeMap<String, String>> = BTreeMap::new();
    for row in tx.all("SELECT edition_id, code, digest FROM requirement", &[]).await? {
        all.entry(row.get("edition_id")?).or_default().insert(row.get("code")?, row.get("digest")?);
    }
    Ok(all)
}
