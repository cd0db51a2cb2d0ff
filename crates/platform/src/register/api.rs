//! The register for programs.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::actions::{self, EndOrganisation, ImportReport, NewAsset, NewOrganisation, NewSystem};
use super::asset::{Asset, AssetId};
use super::organisation::{Organisation, OrganisationKind, OrganisationLine};
use super::plan::Tally;
use super::post::{NewPost, Post, PostId, Security};
use super::store;
use super::system::{System, SystemId};
use crate::base::actor::{OrganisationId, Verb};
use crate::base::cx::Cx;
use crate::base::error::{Error, Result};
use crate::base::lang::Lang;
use crate::base::view::list::query;

/// The id of what was made or changed.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Made {
    /// Its id.
    pub id: String,
}

fn made(id: impl ToString) -> Json<Made> {
    Json(Made { id: id.to_string() })
}

/// The organisations within reach.
pub async fn organisations(cx: Cx) -> Result<Json<Vec<Organisation>>> {
    let scope = cx.scope("register", Verb::Read)?;
    Ok(Json(store::organisations(&mut cx.read().await?, &scope).await?))
}

/// One organisation.
pub async fn organisation(cx: Cx, Path(id): Path<OrganisationId>) -> Result<Json<Organisation>> {
    let scope = cx.scope("register", Verb::Read)?;
    Ok(Json(store::organisation(&mut cx.read().await?, &scope, &id).await?))
}

/// Adds an organisation.
pub async fn add_organisation(cx: Cx, Json(new): Json<NewOrganisation>) -> Result<Json<Made>> {
    let mut work = cx.work().await?;
    let id = actions::add_organisation(&mut work, &new).await?;
    work.commit().await?;
    Ok(made(id))
}

/// Changes an organisation.
pub async fn change_organisation(cx: Cx, Path(id): Path<OrganisationId>, Json(line): Json<OrganisationLine>) -> Result<Json<Made>> {
    let mut work = cx.work().await?;
    actions::change_organisation(&mut work, &id, &line).await?;
    work.commit().await?;
    Ok(made(id))
}

/// Ends an organisation.
pub async fn end_organisation(cx: Cx, Path(id): Path<OrganisationId>, Json(end): Json<EndOrganisation>) -> Result<Json<Made>> {
    let mut work = cx.work().await?;
    actions::end_organisation(&mut work, &id, &end).await?;
    work.commit().await?;
    Ok(made(id))
}

/// The kinds of organisation.
pub async fn kinds(cx: Cx) -> Result<Json<Vec<OrganisationKind>>> {
    cx.scope("register", Verb::Read)?;
    Ok(Json(store::kinds(&mut cx.read().await?).await?))
}

/// Adds a kind of organisation or changes its names.
pub async fn add_kind(cx: Cx, Json(kind): Json<OrganisationKind>) -> Result<Json<Made>> {
    let mut work = cx.work().await?;
    actions::add_kind(&mut work, &kind).await?;
    work.commit().await?;
    Ok(made(kind.code))
}

/// The current posts within reach.
pub async fn posts(cx: Cx) -> Result<Json<Vec<Post>>> {
    let scope = cx.scope("register", Verb::Read)?;
    Ok(Json(store::posts(&mut cx.read().await?, &scope).await?))
}

/// Adds a post.
pub async fn add_post(cx: Cx, Json(new): Json<NewPost>) -> Result<Json<Made>> {
    let mut work = cx.work().await?;
    let ids = actions::add_posts(&mut work, &[new]).await?;
    work.commit().await?;
    Ok(made(ids.first().ok_or(Error::NotFound)?))
}

/// Changes a post.
pub async fn change_post(cx: Cx, Path(id): Path<PostId>, Json(new): Json<NewPost>) -> Result<Json<Made>> {
    let mut work = cx.work().await?;
    actions::change_post(&mut work, &id, &new).await?;
    work.commit().await?;
    Ok(made(id))
}

/// The last day of what ends.
#[derive(Clone, Debug, serde::Deserialize, schemars::JsonSchema)]
pub struct End {
    /// The last day, `2027-03-31`.
    pub valid_to: String,
}

/// Ends a post.
pub async fn end_post(cx: Cx, Path(id): Path<PostId>, Json(end): Json<End>) -> Result<Json<Made>> {
    let mut work = cx.work().await?;
    actions::end_post(&mut work, &id, &end.valid_to).await?;
    work.commit().await?;
    Ok(made(id))
}

/// The security organisations within reach, with what is missing.
pub async fn gaps(cx: Cx) -> Result<Json<Vec<Security>>> {
    let scope = cx.scope("register", Verb::Read)?;
    Ok(Json(store::security(&mut cx.read().await?, &scope).await?))
}

/// The systems within reach.
pub async fn systems(cx: Cx) -> Result<Json<Vec<System>>> {
    let scope = cx.scope("register", Verb::Read)?;
    Ok(Json(store::systems(&mut cx.read().await?, &scope).await?))
}

/// One system.
pub async fn system(cx: Cx, Path(id): Path<SystemId>) -> Result<Json<System>> {
    let scope = cx.scope("register", Verb::Read)?;
    Ok(Json(store::system(&mut cx.read().await?, &scope, &id).await?))
}

/// Adds a system.
pub async fn add_system(cx: Cx, Json(new): Json<NewSystem>) -> Result<Json<Made>> {
    let mut work = cx.work().await?;
    let ids = actions::add_systems(&mut work, &[new]).await?;
    work.commit().await?;
    Ok(made(ids.first().ok_or(Error::NotFound)?))
}

/// Changes a system.
pub async fn change_system(cx: Cx, Path(id): Path<SystemId>, Json(new): Json<NewSystem>) -> Result<Json<Made>> {
    let mut work = cx.work().await?;
    actions::change_system(&mut work, &id, &new).await?;
    work.commit().await?;
    Ok(made(id))
}

/// The assets within reach.
pub async fn assets(cx: Cx) -> Result<Json<Vec<Asset>>> {
    let scope = cx.scope("register", Verb::Read)?;
    Ok(Json(store::assets(&mut cx.read().await?, &scope).await?))
}

/// Adds an asset.
pub async fn add_asset(cx: Cx, Json(new): Json<NewAsset>) -> Result<Json<Made>> {
    let mut work = cx.work().await?;
    let ids = actions::add_assets(&mut work, &[new]).await?;
    work.commit().await?;
    Ok(made(ids.first().ok_or(Error::NotFound)?))
}

/// Changes an asset.
pub async fn change_asset(cx: Cx, Path(id): Path<AssetId>, Json(new): Json<NewAsset>) -> Result<Json<Made>> {
    let mut work = cx.work().await?;
    actions::change_asset(&mut work, &id, &new).await?;
    work.commit().await?;
    Ok(made(id))
}

/// One problem of a file.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct ProblemLine {
    /// Stable code, `H` and four digits.
    pub code: String,
    /// Whether it stops the import.
    pub error: bool,
    /// Sheet or file.
    pub sheet: Option<String>,
    /// Row as a person counts it.
    pub row: Option<u32>,
    /// Header of the column.
    pub column: Option<String>,
    /// Where and what.
    pub message: String,
    /// What to do next.
    pub remedy: String,
}

/// What an import did or would do.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct ReportLine {
    /// Whether it was written.
    pub written: bool,
    /// New lines.
    pub added: usize,
    /// Changed lines.
    pub changed: usize,
    /// Lines that said what is there already.
    pub unchanged: usize,
    /// The same by list.
    pub lists: BTreeMap<String, Tally>,
    /// What is wrong or should be known.
    pub problems: Vec<ProblemLine>,
    /// Problems beyond those listed.
    pub more: usize,
}

/// A report in one language.
pub fn report_line(report: &ImportReport, lang: Lang) -> ReportLine {
    ReportLine {
        written: report.written,
        added: report.added,
        changed: report.changed,
        unchanged: report.unchanged,
        lists: report.lists.iter().map(|(noun, tally)| (noun.as_str().to_owned(), *tally)).collect(),
        problems: report
            .problems
            .iter()
            .map(|problem| ProblemLine {
                code: problem.code.to_string(),
                error: problem.is_error(),
                sheet: problem.place.sheet.clone(),
                row: problem.place.row,
                column: problem.place.column.clone(),
                message: problem.message(lang),
                remedy: problem.remedy(lang),
            })
            .collect(),
        more: report.more,
    }
}

/// Takes over a file sent as the body; `name` in the query names it, `dry_run=1` writes nothing.
pub async fn import(cx: Cx, body: Bytes) -> Result<Response> {
    let asked = query(&cx.uri);
    let of = |name: &str| asked.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let name = if of("name").is_empty() { "register" } else { of("name") };
    let mut work = cx.work().await?;
    work.scope("register", Verb::Write)?;
    let report = actions::import(&mut work, &body, name, !matches!(of("dry_run"), "" | "0" | "false")).await?;
    if report.written {
        work.commit().await?;
    }
    let status = if report.is_refused() { axum::http::StatusCode::UNPROCESSABLE_ENTITY } else { axum::http::StatusCode::OK };
    Ok((status, Json(report_line(&report, cx.lang))).into_response())
}
