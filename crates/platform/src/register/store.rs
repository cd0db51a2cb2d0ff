//! All SQL of the register.

use super::asset::Asset;
use super::organisation::{Organisation, OrganisationKind};
use super::system::System;
use crate::args;
use crate::base::actor::{OrganisationId, Scope};
use crate::base::db::{Row, Tx};
use crate::base::error::Result;

fn organisation_row(row: &Row) -> Result<Organisation> {
    Ok(Organisation {
        id: row.get("id")?,
        code: row.get("code")?,
        parent_id: row.get("parent_id")?,
        path: row.get("path")?,
        kind: row.get("kind")?,
        name_ja: row.get("name_ja")?,
        name_en: row.get("name_en")?,
        valid_from: row.get("valid_from")?,
        valid_to: row.get("valid_to")?,
        successor_id: row.get("successor_id")?,
    })
}

/// Every organisation within reach, parents before children, in the order of the tree.
pub async fn organisations(tx: &mut Tx, scope: &Scope) -> Result<Vec<Organisation>> {
    tx.all_in(scope, "SELECT o.* FROM organisation o WHERE SCOPE(o.path) ORDER BY o.path", &[]).await?.iter().map(organisation_row).collect()
}

/// One organisation within reach.
pub async fn organisation(tx: &mut Tx, scope: &Scope, id: &OrganisationId) -> Result<Organisation> {
    organisation_row(&tx.one_in(scope, "SELECT o.* FROM organisation o WHERE o.id = $1 AND SCOPE(o.path)", args![id]).await?)
}

/// One organisation within reach, by code.
pub async fn organisation_by_code(tx: &mut Tx, scope: &Scope, code: &str) -> Result<Organisation> {
    organisation_row(&tx.one_in(scope, "SELECT o.* FROM organisation o WHERE o.code = $1 AND SCOPE(o.path)", args![code]).await?)
}

/// Adds an organisation.
pub async fn insert_organisation(tx: &mut Tx, new: &Organisation) -> Result<()> {
    tx.run(
        "INSERT INTO organisation (id, code, parent_id, path, kind, name_ja, name_en, valid_from, valid_to, successor_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![&new.id, &new.code, &new.parent_id, &new.path, &new.kind, &new.name_ja, &new.name_en, &new.valid_from, &new.valid_to,
              &new.successor_id],
    )
    .await?;
    Ok(())
}

/// The kinds of organisation, in order.
pub async fn kinds(tx: &mut Tx) -> Result<Vec<OrganisationKind>> {
    tx.all("SELECT code, name_ja, name_en FROM organisation_kind ORDER BY position, code", &[])
        .await?
        .iter()
        .map(|row| Ok(OrganisationKind { code: row.get("code")?, name_ja: row.get("name_ja")?, name_en: row.get("name_en")? }))
        .collect()
}

/// Every system within reach.
pub async fn systems(tx: &mut Tx, scope: &Scope) -> Result<Vec<System>> {
    tx.all_in(
        scope,
        "SELECT s.* FROM system s JOIN organisation o ON o.id = s.organisation_id WHERE SCOPE(o.path) ORDER BY o.path, s.code",
        &[],
    )
    .await?
    .iter()
    .map(system_row)
    .collect()
}

fn system_row(row: &Row) -> Result<System> {
    Ok(System {
        id: row.get("id")?,
        organisation_id: row.get("organisation_id")?,
        code: row.get("code")?,
        name_ja: row.get("name_ja")?,
        name_en: row.get("name_en")?,
        purpose: row.get("purpose")?,
        information: row.get("information")?,
        confidentiality: row.get("confidentiality")?,
        integrity: row.get("integrity")?,
        availability: row.get("availability")?,
        handling_limit: row.get("handling_limit")?,
        users: row.get("users")?,
        outsourced_to: row.get("outsourced_to")?,
        stage: row.get("stage")?,
        renewal_date: row.get("renewal_date")?,
        public_facing: row.get("public_facing")?,
        same_day_recovery: row.get("same_day_recovery")?,
        retired_on: row.get("retired_on")?,
    })
}

/// Every asset within reach.
pub async fn assets(tx: &mut Tx, scope: &Scope) -> Result<Vec<Asset>> {
    tx.all_in(
        scope,
        "SELECT a.* FROM asset a JOIN organisation o ON o.id = a.organisation_id WHERE SCOPE(o.path) ORDER BY o.path, a.kind, a.name",
        &[],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Asset {
            id: row.get("id")?,
            organisation_id: row.get("organisation_id")?,
            system_id: row.get("system_id")?,
            kind: row.get("kind")?,
            name: row.get("name")?,
            count: row.get("count")?,
            location: row.get("location")?,
        })
    })
    .collect()
}
