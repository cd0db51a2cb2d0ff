//! Rows of systems, assets and posts.

use std::collections::BTreeMap;

use crate::args;
use crate::base::actor::{OrganisationId, Scope};
use crate::base::db::{Row, Tx, Value};
use crate::base::error::{Error, Result};
use crate::register::asset::{Asset, AssetId};
use crate::register::post::{Post, PostId, PostKind};
use crate::register::system::{Level, Stage, System, SystemId};

/// Every system within reach.
pub async fn systems(tx: &mut Tx, scope: &Scope) -> Result<Vec<System>> {
    tx.all_in(scope, "SELECT s.* FROM system s JOIN organisation o ON o.id = s.organisation_id WHERE SCOPE(o.path) ORDER BY o.path, s.code", &[])
        .await?
        .iter()
        .map(system_row)
        .collect()
}

fn system_row(row: &Row) -> Result<System> {
    let stage: String = row.get("stage")?;
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
        stage: Stage::parse(&stage).ok_or_else(|| Error::internal(format!("stage {stage}")))?,
        renewal_date: row.get("renewal_date")?,
        public_facing: row.get("public_facing")?,
        same_day_recovery: row.get("same_day_recovery")?,
        retired_on: row.get("retired_on")?,
    })
}

/// Every system within reach by id.
pub async fn systems_by_id(tx: &mut Tx, scope: &Scope) -> Result<BTreeMap<SystemId, System>> {
    Ok(systems(tx, scope).await?.into_iter().map(|one| (one.id.clone(), one)).collect())
}

/// The systems of one organisation.
pub async fn systems_of(tx: &mut Tx, scope: &Scope, id: &OrganisationId) -> Result<Vec<System>> {
    tx.all_in(
        scope,
        "SELECT s.* FROM system s JOIN organisation o ON o.id = s.organisation_id WHERE s.organisation_id = $1 AND SCOPE(o.path) ORDER BY s.code",
        args![id],
    )
    .await?
    .iter()
    .map(system_row)
    .collect()
}

/// One system within reach.
pub async fn system(tx: &mut Tx, scope: &Scope, id: &SystemId) -> Result<System> {
    const SQL: &str = "SELECT s.* FROM system s JOIN organisation o ON o.id = s.organisation_id WHERE s.id = $1 AND SCOPE(o.path)";
    system_row(&tx.one_in(scope, SQL, args![id]).await?)
}

/// One system within reach, by code.
pub async fn system_by_code(tx: &mut Tx, scope: &Scope, code: &str) -> Result<System> {
    const SQL: &str = "SELECT s.* FROM system s JOIN organisation o ON o.id = s.organisation_id WHERE s.code = $1 AND SCOPE(o.path)";
    system_row(&tx.one_in(scope, SQL, args![code]).await?)
}

/// Writes systems, new ones and changed ones.
pub async fn save_systems(tx: &mut Tx, systems: &[System]) -> Result<()> {
    let rows: Vec<Vec<Value>> = systems
        .iter()
        .map(|s| {
            args![
                &s.id,
                &s.organisation_id,
                &s.code,
                &s.name_ja,
                &s.name_en,
                &s.purpose,
                &s.information,
                s.confidentiality,
                s.integrity,
                s.availability,
                &s.handling_limit,
                s.users,
                &s.outsourced_to,
                s.stage.as_str(),
                &s.renewal_date,
                s.public_facing,
                s.same_day_recovery,
                &s.retired_on
            ]
            .to_vec()
        })
        .collect();
    tx.insert_many(
        "INSERT INTO system (id, organisation_id, code, name_ja, name_en, purpose, information, confidentiality, integrity, availability,
         handling_limit, users, outsourced_to, stage, renewal_date, public_facing, same_day_recovery, retired_on)",
        "ON CONFLICT (id) DO UPDATE SET organisation_id = excluded.organisation_id, name_ja = excluded.name_ja, name_en = excluded.name_en,
         purpose = excluded.purpose, information = excluded.information, confidentiality = excluded.confidentiality,
         integrity = excluded.integrity, availability = excluded.availability, handling_limit = excluded.handling_limit,
         users = excluded.users, outsourced_to = excluded.outsourced_to, stage = excluded.stage, renewal_date = excluded.renewal_date,
         public_facing = excluded.public_facing, same_day_recovery = excluded.same_day_recovery, retired_on = excluded.retired_on",
        &rows,
    )
    .await?;
    Ok(())
}

/// The levels of classification, by axis from the lowest.
pub async fn levels(tx: &mut Tx) -> Result<Vec<Level>> {
    tx.all("SELECT * FROM classification_level ORDER BY axis, level", &[])
        .await?
        .iter()
        .map(|row| Ok(Level { axis: row.get("axis")?, level: row.get("level")?, name_ja: row.get("name_ja")?, name_en: row.get("name_en")? }))
        .collect()
}

fn asset_row(row: &Row) -> Result<Asset> {
    Ok(Asset {
        id: row.get("id")?,
        organisation_id: row.get("organisation_id")?,
        system_id: row.get("system_id")?,
        kind: row.get("kind")?,
        name: row.get("name")?,
        count: row.get("count")?,
        location: row.get("location")?,
    })
}

/// Every asset within reach.
pub async fn assets(tx: &mut Tx, scope: &Scope) -> Result<Vec<Asset>> {
    const SQL: &str = "SELECT a.* FROM asset a JOIN organisation o ON o.id = a.organisation_id WHERE SCOPE(o.path) ORDER BY o.path, a.kind, a.name";
    tx.all_in(scope, SQL, &[]).await?.iter().map(asset_row).collect()
}

/// The assets of one organisation.
pub async fn assets_of(tx: &mut Tx, scope: &Scope, id: &OrganisationId) -> Result<Vec<Asset>> {
    const SQL: &str = "SELECT a.* FROM asset a JOIN organisation o ON o.id = a.organisation_id
        WHERE a.organisation_id = $1 AND SCOPE(o.path) ORDER BY a.kind, a.name";
    tx.all_in(scope, SQL, args![id]).await?.iter().map(asset_row).collect()
}

/// The domains in use within reach; each names its organisation.
pub async fn domains(tx: &mut Tx, scope: &Scope) -> Result<Vec<Asset>> {
    const SQL: &str = "SELECT a.* FROM asset a JOIN organisation o ON o.id = a.organisation_id
        WHERE a.kind = 'domain' AND a.count > 0 AND SCOPE(o.path) ORDER BY o.path, a.name";
    tx.all_in(scope, SQL, &[]).await?.iter().map(asset_row).collect()
}

/// One asset within reach.
pub async fn asset(tx: &mut Tx, scope: &Scope, id: &AssetId) -> Result<Asset> {
    const SQL: &str = "SELECT a.* FROM asset a JOIN organisation o ON o.id = a.organisation_id WHERE a.id = $1 AND SCOPE(o.path)";
    asset_row(&tx.one_in(scope, SQL, args![id]).await?)
}

/// Writes assets, new ones and changed ones.
pub async fn save_assets(tx: &mut Tx, assets: &[Asset]) -> Result<()> {
    let rows: Vec<Vec<Value>> =
        assets.iter().map(|a| args![&a.id, &a.organisation_id, &a.system_id, &a.kind, &a.name, a.count, &a.location].to_vec()).collect();
    tx.insert_many(
        "INSERT INTO asset (id, organisation_id, system_id, kind, name, count, location)",
        "ON CONFLICT (id) DO UPDATE SET organisation_id = excluded.organisation_id, system_id = excluded.system_id, name = excluded.name,
         count = excluded.count, location = excluded.location",
        &rows,
    )
    .await?;
    Ok(())
}

fn post_row(row: &Row) -> Result<Post> {
    let post: String = row.get("post")?;
    Ok(Post {
        id: row.get("id")?,
        organisation_id: row.get("organisation_id")?,
        post: PostKind::parse(&post).ok_or_else(|| Error::internal(format!("post {post}")))?,
        position: row.get("position")?,
        name: row.get("name")?,
        title: row.get("title")?,
        email: row.get("email")?,
        expert: row.get("expert")?,
        concurrent: row.get("concurrent")?,
        valid_from: row.get("valid_from")?,
        valid_to: row.get("valid_to")?,
    })
}

/// Every current post within reach.
pub async fn posts(tx: &mut Tx, scope: &Scope) -> Result<Vec<Post>> {
    const SQL: &str = "SELECT p.* FROM post p JOIN organisation o ON o.id = p.organisation_id
        WHERE p.valid_to IS NULL AND SCOPE(o.path) ORDER BY o.path, p.post, p.position";
    tx.all_in(scope, SQL, &[]).await?.iter().map(post_row).collect()
}

/// The posts of one organisation, ended ones included.
pub async fn posts_of(tx: &mut Tx, scope: &Scope, id: &OrganisationId) -> Result<Vec<Post>> {
    const SQL: &str = "SELECT p.* FROM post p JOIN organisation o ON o.id = p.organisation_id
        WHERE p.organisation_id = $1 AND SCOPE(o.path) ORDER BY p.post, p.position, p.valid_from";
    tx.all_in(scope, SQL, args![id]).await?.iter().map(post_row).collect()
}

/// One post within reach.
pub async fn post(tx: &mut Tx, scope: &Scope, id: &PostId) -> Result<Post> {
    const SQL: &str = "SELECT p.* FROM post p JOIN organisation o ON o.id = p.organisation_id WHERE p.id = $1 AND SCOPE(o.path)";
    post_row(&tx.one_in(scope, SQL, args![id]).await?)
}

/// Writes posts, new ones and changed ones.
pub async fn save_posts(tx: &mut Tx, posts: &[Post]) -> Result<()> {
    let rows: Vec<Vec<Value>> = posts
        .iter()
        .map(|p| {
            args![
                &p.id,
                &p.organisation_id,
                p.post.as_str(),
                p.position,
                &p.name,
                &p.title,
                &p.email,
                p.expert,
                p.concurrent,
                &p.valid_from,
                &p.valid_to
            ]
            .to_vec()
        })
        .collect();
    tx.insert_many(
        "INSERT INTO post (id, organisation_id, post, position, name, title, email, expert, concurrent, valid_from, valid_to)",
        "ON CONFLICT (id) DO UPDATE SET post = excluded.post, position = excluded.position, name = excluded.name, title = excluded.title,
         email = excluded.email, expert = excluded.expert, concurrent = excluded.concurrent, valid_from = excluded.valid_from,
         valid_to = excluded.valid_to",
        &rows,
    )
    .await?;
    Ok(())
}

/// Ends a post.
pub async fn end_post(tx: &mut Tx, id: &PostId, last: &str) -> Result<()> {
    tx.run("UPDATE post SET valid_to = $2 WHERE id = $1 AND valid_to IS NULL", args![id, last]).await?;
    Ok(())
}

/// Ends every post of an organisation.
pub async fn end_posts(tx: &mut Tx, organisation: &OrganisationId, last: &str) -> Result<()> {
    tx.run("UPDATE post SET valid_to = $2 WHERE organisation_id = $1 AND valid_to IS NULL", args![organisation, last]).await?;
    Ok(())
}
