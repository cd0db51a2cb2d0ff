//! Derived standards for programs.

use axum::Json;
use axum::extract::Path;
use axum::extract::multipart::Multipart;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::base::actor::{OrganisationId, Verb};
use crate::base::cx::Cx;
use crate::base::error::Result;
use crate::base::upload;
use crate::standards::actions::{self, NewOwnRequirement};
use crate::standards::derived::{Derived, OwnDocumentId, OwnRequirementId, Standing};
use crate::standards::requirement::EditionId;

/// An edition to adopt.
#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
pub struct AdoptBody {
    /// The edition.
    pub edition: EditionId,
}

/// Changes to confirm.
#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
pub struct ConfirmBody {
    /// The requirements' codes.
    pub codes: Vec<String>,
    /// A remark.
    #[serde(default)]
    pub note: String,
}

/// How many.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Counted {
    /// After a confirmation the changes left; after an adoption by many the organisations it concerned.
    pub count: usize,
}

/// A requirement to leave out, or to take in again.
#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
pub struct ExcludeBody {
    /// The requirement's code.
    pub code: String,
    /// Why it is left out; without a reason it is taken in again.
    #[serde(default)]
    pub reason: Option<String>,
}

/// A value to set.
#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
pub struct ParameterBody {
    /// The parameter.
    pub param_id: String,
    /// Its value; empty takes it back.
    pub value: String,
}

/// The overview.
pub async fn organisations(cx: Cx) -> Result<Json<Vec<Standing>>> {
    let scope = cx.scope("standards", Verb::Read)?;
    Ok(Json(actions::overview(&mut cx.read().await?, &scope, cx.app.clock.now()).await?))
}

async fn now(cx: &Cx, id: &OrganisationId) -> Result<Json<Derived>> {
    let scope = cx.scope("standards", Verb::Read)?;
    Ok(Json(actions::derived(&mut cx.read().await?, &scope, id).await?.1))
}

/// One derived standard, with what is left to align.
pub async fn organisation(cx: Cx, Path(id): Path<OrganisationId>) -> Result<Json<Derived>> {
    now(&cx, &id).await
}

/// Adopts an edition.
pub async fn adopt(cx: Cx, Path(id): Path<OrganisationId>, Json(body): Json<AdoptBody>) -> Result<Json<Derived>> {
    let mut work = cx.work().await?;
    actions::adopt(&mut work, &id, &body.edition).await?;
    work.commit().await?;
    now(&cx, &id).await
}

/// Puts all that stand on none on an edition.
pub async fn adopt_all(cx: Cx, Json(body): Json<AdoptBody>) -> Result<Json<Counted>> {
    let mut work = cx.work().await?;
    let count = actions::adopt_all(&mut work, &body.edition).await?;
    work.commit().await?;
    Ok(Json(Counted { count }))
}

/// The CISO confirms changes.
pub async fn confirm(cx: Cx, Path(id): Path<OrganisationId>, Json(body): Json<ConfirmBody>) -> Result<Json<Counted>> {
    let mut work = cx.work().await?;
    let count = actions::confirm(&mut work, &id, &body.codes, &body.note).await?;
    work.commit().await?;
    Ok(Json(Counted { count }))
}

/// Leaves a requirement out, or takes it in again.
pub async fn exclude(cx: Cx, Path(id): Path<OrganisationId>, Json(body): Json<ExcludeBody>) -> Result<Json<Derived>> {
    let mut work = cx.work().await?;
    match &body.reason {
        Some(reason) => actions::exclude(&mut work, &id, &body.code, reason).await?,
        None => actions::include(&mut work, &id, &body.code).await?,
    }
    work.commit().await?;
    now(&cx, &id).await
}

/// Sets a value.
pub async fn set_parameter(cx: Cx, Path(id): Path<OrganisationId>, Json(body): Json<ParameterBody>) -> Result<Json<Derived>> {
    let mut work = cx.work().await?;
    actions::set_parameter(&mut work, &id, &body.param_id, &body.value).await?;
    work.commit().await?;
    now(&cx, &id).await
}

/// Adds an own requirement.
pub async fn add_own_requirement(cx: Cx, Path(id): Path<OrganisationId>, Json(body): Json<NewOwnRequirement>) -> Result<Json<Derived>> {
    let mut work = cx.work().await?;
    actions::add_own_requirement(&mut work, &id, &body).await?;
    work.commit().await?;
    now(&cx, &id).await
}

/// Ends an own requirement.
pub async fn end_own_requirement(cx: Cx, Path(id): Path<OwnRequirementId>) -> Result<Json<Derived>> {
    let mut work = cx.work().await?;
    let organisation = actions::end_own_requirement(&mut work, &id).await?;
    work.commit().await?;
    now(&cx, &organisation).await
}

/// Adds a document: a form with `title`, `version` and `file`.
pub async fn add_document(cx: Cx, Path(id): Path<OrganisationId>, form: Multipart) -> Result<Json<Derived>> {
    let sent = upload::read(form, upload::LIMIT).await?;
    let (name, bytes) = sent.file("file").unwrap_or(("", b""));
    let mut work = cx.work().await?;
    actions::add_document(&mut work, &id, sent.text("title"), sent.text("version"), name, bytes).await?;
    work.commit().await?;
    now(&cx, &id).await
}

/// Ends a document.
pub async fn end_document(cx: Cx, Path(id): Path<OwnDocumentId>) -> Result<Json<Derived>> {
    let mut work = cx.work().await?;
    let organisation = actions::end_document(&mut work, &id).await?;
    work.commit().await?;
    now(&cx, &organisation).await
}

/// The derived standard as an OSCAL profile.
pub async fn profile(cx: Cx, Path(id): Path<OrganisationId>) -> Result<Json<Value>> {
    let scope = cx.scope("standards", Verb::Read)?;
    let (_, profile) = actions::profile(&mut cx.read().await?, &scope, &id, cx.app.clock.now()).await?;
    Ok(Json(serde_json::from_str(&profile.to_json(false))?))
}
