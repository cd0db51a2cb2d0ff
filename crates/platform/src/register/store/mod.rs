//! All SQL of the register: organisations here, what belongs to them in `ledger`.

mod ledger;

use std::collections::{BTreeMap, BTreeSet};

use super::organisation::{FormerName, Organisation, OrganisationKind};
use super::plan::Known;
use super::post::{Post, Security, gaps};
use super::system::{Stage, System};
use crate::args;
use crate::base::actor::{OrganisationId, Scope};
use crate::base::db::{Row, Tx, Value};
use crate::base::error::Result;

pub use ledger::{
    asset, assets, assets_of, domains, end_post, end_posts, levels, post, posts, posts_of, save_assets, save_posts, save_systems, system,
    system_by_code, systems, systems_by_id, systems_of,
};

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

/// Every organisation within reach by id.
pub async fn organisations_by_id(tx: &mut Tx, scope: &Scope) -> Result<BTreeMap<OrganisationId, Organisation>> {
    Ok(organisations(tx, scope).await?.into_iter().map(|one| (one.id.clone(), one)).collect())
}

/// Every organisation within reach by code.
pub async fn organisations_by_code(tx: &mut Tx, scope: &Scope) -> Result<BTreeMap<String, Organisation>> {
    Ok(organisations(tx, scope).await?.into_iter().map(|one| (one.code.clone(), one)).collect())
}

/// Whether there is any organisation at all.
pub async fn has_organisations(tx: &mut Tx) -> Result<bool> {
    Ok(tx.maybe("SELECT 1 AS one FROM organisation LIMIT 1", &[]).await?.is_some())
}

/// Writes organisations, new ones and changed ones; parents must come before children.
pub async fn save_organisations(tx: &mut Tx, organisations: &[Organisation]) -> Result<()> {
    let row = |one: &Organisation, successor: Option<&OrganisationId>| {
        let o = one;
        args![&o.id, &o.code, &o.parent_id, &o.path, &o.kind, &o.name_ja, &o.name_en, &o.valid_from, &o.valid_to, successor].to_vec()
    };
    const HEAD: &str = "INSERT INTO organisation (id, code, parent_id, path, kind, name_ja, name_en, valid_from, valid_to, successor_id)";
    const TAIL: &str = "ON CONFLICT (id) DO UPDATE SET parent_id = excluded.parent_id, path = excluded.path, kind = excluded.kind,
        name_ja = excluded.name_ja, name_en = excluded.name_en, valid_from = excluded.valid_from, valid_to = excluded.valid_to,
        successor_id = excluded.successor_id";
    // A successor may stand further down, so all are there before the first one is named.
    let rows: Vec<Vec<Value>> = organisations.iter().map(|one| row(one, None)).collect();
    tx.insert_many(HEAD, TAIL, &rows).await?;
    let rows: Vec<Vec<Value>> =
        organisations.iter().filter(|one| one.successor_id.is_some()).map(|one| row(one, one.successor_id.as_ref())).collect();
    tx.insert_many(HEAD, TAIL, &rows).await?;
    Ok(())
}

/// Keeps former names; `ids` gives one new id for each.
pub async fn insert_former_names(tx: &mut Tx, names: &[FormerName], ids: &[String]) -> Result<()> {
    let rows: Vec<Vec<Value>> = names
        .iter()
        .zip(ids)
        .map(|(one, id)| args![id, &one.organisation_id, &one.name_ja, &one.name_en, &one.valid_from, &one.valid_to].to_vec())
        .collect();
    tx.insert_many("INSERT INTO organisation_name (id, organisation_id, name_ja, name_en, valid_from, valid_to)", "", &rows).await?;
    Ok(())
}

/// The former names of one organisation, oldest first.
pub async fn former_names(tx: &mut Tx, scope: &Scope, id: &OrganisationId) -> Result<Vec<FormerName>> {
    tx.all_in(
        scope,
        "SELECT n.* FROM organisation_name n JOIN organisation o ON o.id = n.organisation_id
         WHERE n.organisation_id = $1 AND SCOPE(o.path) ORDER BY n.valid_from",
        args![id],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(FormerName {
            organisation_id: row.get("organisation_id")?,
            name_ja: row.get("name_ja")?,
            name_en: row.get("name_en")?,
            valid_from: row.get("valid_from")?,
            valid_to: row.get("valid_to")?,
        })
    })
    .collect()
}

/// Adds a kind of organisation, or changes its names.
pub async fn save_kind(tx: &mut Tx, kind: &OrganisationKind) -> Result<()> {
    tx.run(
        "INSERT INTO organisation_kind (code, name_ja, name_en, position)
         SELECT $1, $2, $3, COALESCE(MAX(position), 0) + 1 FROM organisation_kind WHERE 1 = 1
         ON CONFLICT (code) DO UPDATE SET name_ja = excluded.name_ja, name_en = excluded.name_en",
        args![&kind.code, &kind.name_ja, &kind.name_en],
    )
    .await?;
    Ok(())
}

/// The security organisation of every organisation within reach that still exists, in the order of the tree.
pub async fn security(tx: &mut Tx, scope: &Scope) -> Result<Vec<Security>> {
    let organisations = organisations(tx, scope).await?;
    let mut posts_by: BTreeMap<OrganisationId, Vec<Post>> = BTreeMap::new();
    for post in posts(tx, scope).await? {
        posts_by.entry(post.organisation_id.clone()).or_default().push(post);
    }
    let mut living: BTreeMap<OrganisationId, usize> = BTreeMap::new();
    for system in systems(tx, scope).await?.iter().filter(|system| system.stage != Stage::Retired) {
        *living.entry(system.organisation_id.clone()).or_default() += 1;
    }
    let current = organisations.into_iter().filter(|one| one.valid_to.is_none());
    Ok(current
        .map(|organisation| {
            let posts = posts_by.remove(&organisation.id).unwrap_or_default();
            let systems = living.get(&organisation.id).copied().unwrap_or(0);
            Security { gaps: gaps(&posts, systems), organisation, posts, systems }
        })
        .collect())
}

/// All that a batch of lines within `scope` is planned against, in seven queries.
pub async fn known(tx: &mut Tx, scope: &Scope) -> Result<Known> {
    let organisations = organisations_by_code(tx, scope).await?;
    let systems: BTreeMap<String, System> = systems(tx, scope).await?.into_iter().map(|one| (one.code.clone(), one)).collect();
    let mut renamed = BTreeMap::new();
    for row in tx.all("SELECT organisation_id, MAX(valid_to) AS last FROM organisation_name GROUP BY organisation_id", &[]).await? {
        renamed.insert(row.get("organisation_id")?, row.get("last")?);
    }
    let mut taken = (BTreeSet::new(), BTreeSet::new());
    if *scope != Scope::Everything {
        for row in tx.all("SELECT code FROM organisation", &[]).await? {
            let code: String = row.get("code")?;
            if !organisations.contains_key(&code) {
                taken.0.insert(code);
            }
        }
        for row in tx.all("SELECT code FROM system", &[]).await? {
            let code: String = row.get("code")?;
            if !systems.contains_key(&code) {
                taken.1.insert(code);
            }
        }
    }
    Ok(Known {
        kinds: kinds(tx).await?,
        levels: levels(tx).await?,
        codes: organisations.values().map(|one| (one.id.clone(), one.code.clone())).collect(),
        organisations,
        taken,
        renamed,
        posts: posts(tx, scope).await?.into_iter().map(|one| ((one.organisation_id.clone(), one.post, one.position), one)).collect(),
        systems,
        assets: assets(tx, scope).await?.into_iter().map(|one| ((one.organisation_id.clone(), one.kind.clone(), one.name.clone()), one)).collect(),
    })
}

/// The kinds of organisation, in order.
pub async fn kinds(tx: &mut Tx) -> Result<Vec<OrganisationKind>> {
    tx.all("SELECT code, name_ja, name_en FROM organisation_kind ORDER BY position, code", &[])
        .await?
        .iter()
        .map(|row| Ok(OrganisationKind { code: row.get("code")?, name_ja: row.get("name_ja")?, name_en: row.get("name_en")? }))
        .collect()
}
