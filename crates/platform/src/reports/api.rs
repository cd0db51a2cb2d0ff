//! Reports for programs.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::Path;
use engine::words::Words;
use serde::{Deserialize, Serialize};

use super::actions::{self, NewComment, NewFacts};
use super::policy::{Audience, Policy, see};
use super::report::{Kind, Report, ReportId, Step};
use super::store::{Comment, Decision, VersionLine};
use super::tree::{Bilingual, Tree};
use super::{gather, store};
use crate::base::actor::{Scope, Verb};
use crate::base::cx::Cx;
use crate::base::error::{Error, Result};
use crate::base::view::list::query;
use crate::{inspections, register};

/// Which report to begin.
#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
pub struct NewReport {
    /// The cycle's code.
    pub cycle: String,
    /// The organisation's code; absent for the annual report of the centre.
    pub organisation: Option<String>,
}

/// A report with everything said and decided on it.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Shown {
    /// The report.
    pub report: Report,
    /// The version asked for, as data.
    pub tree: Tree,
    /// Remarks.
    pub comments: Vec<Comment>,
    /// Decisions.
    pub decisions: Vec<Decision>,
    /// Versions.
    pub versions: Vec<VersionLine>,
}

/// Texts to write, by field.
#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
pub struct NewTexts {
    /// By field, such as `message`.
    #[schemars(with = "BTreeMap<String, Bilingual>")]
    pub texts: BTreeMap<String, Words>,
}

/// A decision on a version.
#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
pub struct NewDecision {
    /// The version that was read; it must be the newest.
    pub version: i64,
    /// A remark, such as the meeting that decided.
    #[serde(default)]
    pub note: String,
}

/// How many were done.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Done {
    /// How many.
    pub count: usize,
}

/// A published report.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Published {
    /// Its id: it is read at `/public/reports/{id}` and `/public/reports/{id}/file?format=json`.
    pub id: ReportId,
    /// What kind.
    pub kind: Kind,
    /// The cycle's code.
    pub cycle: String,
    /// The organisation's code.
    pub organisation: String,
    /// When it was published.
    pub published_at: Option<String>,
}

/// The reports within reach.
pub async fn reports(cx: Cx) -> Result<Json<Vec<Report>>> {
    Ok(Json(store::reports(&mut cx.read().await?, &cx.scope("reports", Verb::Read)?, "").await?))
}

/// Begins a report.
pub async fn draft(cx: Cx, Json(new): Json<NewReport>) -> Result<Json<Report>> {
    let mut work = cx.work().await?;
    let cycle = actions::cycle_called(&mut work, &new.cycle).await?.id;
    let id = match &new.organisation {
        Some(code) => actions::draft(&mut work, &cycle, code).await?,
        None => actions::draft_annual(&mut work, &cycle).await?,
    };
    let report = store::report(&mut work.tx, &Scope::Everything, &id).await?;
    work.commit().await?;
    Ok(Json(report))
}

/// One report.
pub async fn report(cx: Cx, Path(id): Path<ReportId>) -> Result<Json<Shown>> {
    let mut tx = cx.read().await?;
    let report = store::report(&mut tx, &cx.scope("reports", Verb::Read)?, &id).await?;
    let asked = query(&cx.uri);
    let get = |name: &str| asked.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let version = get("version").map_or(Ok(report.version), str::parse).map_err(|_| Error::NotFound)?;
    let audience = get("as").map_or(Some(Audience::Centre), Audience::parse).ok_or(Error::NotFound)?;
    let policy = gather::policy(&mut tx).await?;
    let seen = see(&policy, &store::version(&mut tx, &id, version).await?.tree, audience)?;
    Ok(Json(Shown {
        tree: seen.tree().clone(),
        comments: store::comments(&mut tx, &id).await?,
        decisions: store::decisions(&mut tx, &id).await?,
        versions: store::versions(&mut tx, &id).await?,
        report,
    }))
}

async fn after(cx: &Cx, id: &ReportId) -> Result<Json<Report>> {
    Ok(Json(store::report(&mut cx.read().await?, &cx.scope("reports", Verb::Read)?, id).await?))
}

/// Writes texts.
pub async fn write(cx: Cx, Path(id): Path<ReportId>, Json(new): Json<NewTexts>) -> Result<Json<Report>> {
    let mut work = cx.work().await?;
    actions::write(&mut work, &id, &new.texts).await?;
    work.commit().await?;
    after(&cx, &id).await
}

/// Draws the data anew.
pub async fn redraft(cx: Cx, Path(id): Path<ReportId>) -> Result<Json<Report>> {
    let mut work = cx.work().await?;
    actions::redraft(&mut work, &id).await?;
    work.commit().await?;
    after(&cx, &id).await
}

/// Remarks.
pub async fn comment(cx: Cx, Path(id): Path<ReportId>, Json(new): Json<NewComment>) -> Result<Json<Report>> {
    let mut work = cx.work().await?;
    actions::comment(&mut work, &id, &new).await?;
    work.commit().await?;
    after(&cx, &id).await
}

async fn decide(cx: Cx, id: ReportId, step: Step, new: NewDecision) -> Result<Json<Report>> {
    let mut work = cx.work().await?;
    actions::decide(&mut work, &id, step, new.version, &new.note).await?;
    work.commit().await?;
    after(&cx, &id).await
}

/// Approves.
pub async fn approve(cx: Cx, Path(id): Path<ReportId>, Json(new): Json<NewDecision>) -> Result<Json<Report>> {
    decide(cx, id, Step::Approve, new).await
}

/// Submits.
pub async fn submit(cx: Cx, Path(id): Path<ReportId>, Json(new): Json<NewDecision>) -> Result<Json<Report>> {
    decide(cx, id, Step::Submit, new).await
}

/// Publishes.
pub async fn publish(cx: Cx, Path(id): Path<ReportId>, Json(new): Json<NewDecision>) -> Result<Json<Report>> {
    decide(cx, id, Step::Publish, new).await
}

/// Enters facts and incidents of one organisation.
pub async fn enter(cx: Cx, Json(new): Json<NewFacts>) -> Result<Json<Done>> {
    let mut work = cx.work().await?;
    actions::enter(&mut work, &new).await?;
    work.commit().await?;
    Ok(Json(Done { count: 1 }))
}

/// Enters facts and incidents of many organisations.
pub async fn enter_all(cx: Cx, Json(all): Json<Vec<NewFacts>>) -> Result<Json<Done>> {
    let mut work = cx.work().await?;
    let count = actions::enter_all(&mut work, &all).await?;
    if count > 0 {
        work.commit().await?;
    }
    Ok(Json(Done { count }))
}

/// The publication policy.
pub async fn policy(cx: Cx) -> Result<Json<Policy>> {
    cx.scope("reports", Verb::Manage)?;
    Ok(Json(gather::policy(&mut cx.read().await?).await?))
}

/// Sets the publication policy.
pub async fn set_policy(cx: Cx, Json(new): Json<Policy>) -> Result<Json<Policy>> {
    let mut work = cx.work().await?;
    actions::set_policy(&mut work, &new).await?;
    work.commit().await?;
    Ok(Json(new))
}

/// Everything that is published.
pub async fn published(cx: Cx) -> Result<Json<Vec<Published>>> {
    let mut tx = cx.read().await?;
    let cycles: BTreeMap<String, String> = inspections::store::cycles(&mut tx).await?.into_iter().map(|one| (one.id.to_string(), one.code)).collect();
    let organisations: BTreeMap<_, _> =
        register::store::organisations(&mut tx, &Scope::Everything).await?.into_iter().map(|one| (one.id, one.code)).collect();
    let all = store::published(&mut tx).await?;
    Ok(Json(
        all.into_iter()
            .map(|one| Published {
                cycle: cycles.get(&one.cycle_id).cloned().unwrap_or_default(),
                organisation: organisations.get(&one.organisation_id).cloned().unwrap_or_default(),
                id: one.id,
                kind: one.kind,
                published_at: one.published_at,
            })
            .collect(),
    ))
}
