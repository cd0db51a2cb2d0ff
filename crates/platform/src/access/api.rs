//! One's own account for programs. Passwords and tokens are made by people only, in a session.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;

use super::actions;
use super::store::{self, AccountRow, TokenId, TokenRow};
use crate::base::cx::Cx;
use crate::base::error::{Error, Result};
use crate::base::lang::Lang;

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

/// The language one wants mail in.
#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
pub struct LanguageIn {
    /// `ja` or `en`; none: both.
    pub lang: Option<String>,
}

/// Changes the language of mail.
pub async fn language(cx: Cx, Json(body): Json<LanguageIn>) -> Result<Json<AccountRow>> {
    let id = cx.actor.account.clone().ok_or(Error::NotFound)?;
    let lang = match &body.lang {
        None => None,
        Some(text) => Some(Lang::parse(text).ok_or_else(|| Error::invalid("lang", "error-not-a-choice"))?),
    };
    let mut work = cx.work().await?;
    actions::set_lang(&mut work, lang).await?;
    let account = store::account(&mut work.tx, &id).await?;
    work.commit().await?;
    Ok(Json(account))
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
