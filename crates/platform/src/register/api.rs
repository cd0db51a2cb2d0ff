//! The register for programs.

use axum::Json;

use super::organisation::Organisation;
use super::store;
use crate::base::actor::Verb;
use crate::base::cx::Cx;
use crate::base::error::Result;

/// The organisations within reach.
pub async fn organisations(cx: Cx) -> Result<Json<Vec<Organisation>>> {
    let scope = cx.scope("register", Verb::Read)?;
    Ok(Json(store::organisations(&mut cx.read().await?, &scope).await?))
}
