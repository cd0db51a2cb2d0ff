//! One's own account for programs. Passwords and tokens are made by people only, in a session.

use axum::Json;
use axum::extract::Path;

use super::actions;
use super::store::{self, AccountRow, TokenId, TokenRow};
use crate::base::cx::Cx;
use crate::base::error::{Error, Result};

/// Who one is.
pub async fn own(cx: Cx) -> Result<Json<AccountRow>> {
    let id = cx.actor.account.as_ref().ok_or(Error::NotFound)?;
    Ok(Json(store::account(&mut cx.read().await?, id).await?))
}

/// One's own API tokens, without their secrets.
pub async fn tokens(cx: Cx) -> Result<Json<Vec<TokenRow>>> {
    let id = cx.actor.account.as_ref().ok_or(Error::NotFound)?;
    Ok(Json(store::tokens(&mut cx.read().await?, id).await?))
}

/// Revokes one of them.
pub async fn revoke_token(cx: Cx, Path(token): Path<TokenId>) -> Result<Json<Vec<TokenRow>>> {
    let id = cx.actor.account.clone().ok_or(Error::NotFound)?;
    let mut work = cx.work().await?;
    actions::revoke_token(&mut work, &id, &token).await?;
    let left = store::tokens(&mut work.tx, &id).await?;
    work.commit().await?;
    Ok(Json(left))
}

/// Ends every session of one's own.
pub async fn end_sessions(cx: Cx) -> Result<Json<AccountRow>> {
    let id = cx.actor.account.clone().ok_or(Error::NotFound)?;
    let mut work = cx.work().await?;
    actions::end_sessions(&mut work).await?;
    let account = store::account(&mut work.tx, &id).await?;
    work.commit().await?;
    Ok(Json(account))
}
