//! Accounts and the audit log for programs.

use axum::Json;
use axum::extract::{Path, Query};
use serde_json::json;

use super::{NewAccount, NewRole};
use crate::access::actions::link_url;
use crate::access::store::{self as accounts, AccountRow, HeldRoleId};
use crate::base::actor::{AccountId, Verb};
use crate::base::audit::Line;
use crate::base::cx::Cx;
use crate::base::error::Result;

/// A new account and its invitation.
#[derive(serde::Serialize, schemars::JsonSchema)]
pub struct Invited {
    /// The account.
    pub id: AccountId,
    /// The link for single use; it is shown only here.
    pub link: String,
}

/// Every account within reach.
pub async fn list(cx: Cx) -> Result<Json<Vec<AccountRow>>> {
    let scope = cx.scope("access", Verb::Manage)?;
    let mut work = cx.work().await?;
    let rows = accounts::accounts(&mut work.tx, &scope).await?;
    work.audit("", "access", "account.list", "", json!({ "count": rows.len() })).await?;
    work.commit().await?;
    Ok(Json(rows))
}

/// Makes an account.
pub async fn add(cx: Cx, Json(new): Json<NewAccount>) -> Result<Json<Invited>> {
    let mut work = cx.work().await?;
    let (id, secret) = super::add(&mut work, &new).await?;
    work.commit().await?;
    Ok(Json(Invited { id, link: link_url(&cx.app, &secret) }))
}

/// Makes a new invitation.
pub async fn link(cx: Cx, Path(id): Path<AccountId>) -> Result<Json<Invited>> {
    let mut work = cx.work().await?;
    let secret = super::invite(&mut work, &id).await?;
    work.commit().await?;
    Ok(Json(Invited { id, link: link_url(&cx.app, &secret) }))
}

/// Gives a role.
pub async fn give(cx: Cx, Path(id): Path<AccountId>, Json(new): Json<NewRole>) -> Result<Json<AccountRow>> {
    let mut work = cx.work().await?;
    super::give(&mut work, &id, &new).await?;
    let after = accounts::account(&mut work.tx, &id).await?;
    work.commit().await?;
    Ok(Json(after))
}

/// Takes a role away.
pub async fn take(cx: Cx, Path((id, held)): Path<(AccountId, HeldRoleId)>) -> Result<Json<AccountRow>> {
    let mut work = cx.work().await?;
    super::take(&mut work, &id, &held).await?;
    let after = accounts::account(&mut work.tx, &id).await?;
    work.commit().await?;
    Ok(Json(after))
}

async fn set_active(cx: Cx, id: AccountId, active: bool) -> Result<Json<AccountRow>> {
    let mut work = cx.work().await?;
    super::set_active(&mut work, &id, active).await?;
    let after = accounts::account(&mut work.tx, &id).await?;
    work.commit().await?;
    Ok(Json(after))
}

/// Stops an account from signing in.
pub async fn deactivate(cx: Cx, Path(id): Path<AccountId>) -> Result<Json<AccountRow>> {
    set_active(cx, id, false).await
}

/// Lets an account sign in again.
pub async fn activate(cx: Cx, Path(id): Path<AccountId>) -> Result<Json<AccountRow>> {
    set_active(cx, id, true).await
}

/// Lines of the audit log, newest first.
pub async fn audit(cx: Cx, Query(query): Query<Vec<(String, String)>>) -> Result<Json<Vec<Line>>> {
    Ok(Json(super::audit::read(&cx, &query).await?.0))
}
