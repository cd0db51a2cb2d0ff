//! The improvements for programs.

use axum::Json;
use axum::extract::{Path, Query};
use serde::{Deserialize, Serialize};

use super::actions::{self, Ask, Drafted, NewDraft, NewRecommendation, Words};
use super::exemption::{Exemption, ExemptionId, Standing};
use super::gather;
use super::outcome::Outcomes;
use super::plan::{NewPlan, Plan};
use super::recommendation::{Line, Recommendation, RecommendationId, State};
use super::store;
use crate::base::actor::{Scope, Verb};
use crate::base::cx::Cx;
use crate::base::dates::date;
use crate::base::error::{Error, Result};
use crate::register;

/// A recommendation with everything that belongs to it.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Whole {
    /// The recommendation.
    pub recommendation: Recommendation,
    /// Whether its day has passed.
    pub overdue: bool,
    /// Its plans, newest first.
    pub plans: Vec<Plan>,
    /// Everything that happened, oldest first.
    pub history: Vec<Line>,
}

/// An exception and how it stands today.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Standings {
    /// The exception.
    #[serde(flatten)]
    pub exception: Exemption,
    /// How it stands today.
    pub standing: Standing,
}

/// What a list asks for.
#[derive(Deserialize)]
pub struct Asked {
    /// The cycle's id; empty for all.
    #[serde(default)]
    pub cycle: String,
}

/// A remark, a reason, or what was seen.
#[derive(Default, Deserialize, schemars::JsonSchema)]
pub struct Remark {
    /// The words.
    #[serde(default)]
    pub note: String,
}

/// A decision on an exception.
#[derive(Default, Deserialize, schemars::JsonSchema)]
pub struct Grant {
    /// A remark.
    #[serde(default)]
    pub note: String,
    /// The last day; empty for the one asked for.
    #[serde(default)]
    pub until: String,
}

/// The id of what was made.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Made {
    /// The id.
    pub id: String,
}

/// The recommendations within reach. Drafts are given to those who write them only.
pub async fn recommendations(cx: Cx, Query(asked): Query<Asked>) -> Result<Json<Vec<Recommendation>>> {
    let scope = cx.scope("improvements", Verb::Read)?;
    let mut tx = cx.read().await?;
    Ok(Json(visible(&cx, &mut tx, &scope, &asked.cycle).await?))
}

/// The recommendations within reach without drafts that are not the actor's to see.
async fn visible(cx: &Cx, tx: &mut crate::base::db::Tx, scope: &Scope, cycle: &str) -> Result<Vec<Recommendation>> {
    let run = cx.actor.scope("improvements", Verb::Manage);
    let paths: std::collections::BTreeMap<String, String> =
        register::store::organisations(tx, scope).await?.into_iter().map(|one| (one.id.to_string(), one.path)).collect();
    let mut all = store::recommendations(tx, scope, cycle).await?;
    all.retain(|one| one.state != State::Draft || paths.get(one.organisation_id.as_str()).is_some_and(|path| run.holds(path)));
    Ok(all)
}

/// What became of the recommendations within reach, as of today.
pub async fn outcomes(cx: Cx, Query(asked): Query<Asked>) -> Result<Json<Outcomes>> {
    let scope = cx.scope("improvements", Verb::Read)?;
    let today = date(cx.app.clock.now()).to_string();
    Ok(Json(gather::outcomes(&mut cx.read().await?, &scope, &asked.cycle, &today).await?))
}

async fn whole(cx: &Cx, id: &RecommendationId) -> Result<Json<Whole>> {
    let scope = cx.scope("improvements", Verb::Read)?;
    let mut tx = cx.read().await?;
    let recommendation = store::recommendation(&mut tx, &scope, id).await?;
    let organisation = register::store::organisation(&mut tx, &Scope::Everything, &recommendation.organisation_id).await?;
    if recommendation.state == State::Draft && !cx.actor.scope("improvements", Verb::Manage).holds(&organisation.path) {
        return Err(Error::NotFound);
    }
    let today = date(cx.app.clock.now()).to_string();
    Ok(Json(Whole {
        overdue: recommendation.is_overdue(&today),
        plans: store::plans(&mut tx, id).await?,
        history: store::history(&mut tx, id).await?,
        recommendation,
    }))
}

/// One recommendation.
pub async fn recommendation(cx: Cx, Path(id): Path<RecommendationId>) -> Result<Json<Whole>> {
    whole(&cx, &id).await
}

/// Drafts one by hand.
pub async fn draft(cx: Cx, Json(new): Json<NewRecommendation>) -> Result<Json<Made>> {
    let mut work = cx.work().await?;
    let id = actions::draft(&mut work, &new).await?;
    work.commit().await?;
    Ok(Json(Made { id: id.to_string() }))
}

/// Proposes drafts from an evaluation.
pub async fn draft_from_findings(cx: Cx, Json(new): Json<NewDraft>) -> Result<Json<Drafted>> {
    let mut work = cx.work().await?;
    let drafted = actions::draft_from_findings(&mut work, &new, cx.lang).await?;
    work.commit().await?;
    Ok(Json(drafted))
}

/// Changes the words of a draft.
pub async fn edit(cx: Cx, Path(id): Path<RecommendationId>, Json(words): Json<Words>) -> Result<Json<Whole>> {
    let mut work = cx.work().await?;
    actions::edit(&mut work, &id, &words).await?;
    work.commit().await?;
    whole(&cx, &id).await
}

/// Issues a draft.
pub async fn issue(cx: Cx, Path(id): Path<RecommendationId>) -> Result<Json<Whole>> {
    let mut work = cx.work().await?;
    actions::issue(&mut work, &id).await?;
    work.commit().await?;
    whole(&cx, &id).await
}

/// Answers with a plan.
pub async fn submit(cx: Cx, Path(id): Path<RecommendationId>, Json(new): Json<NewPlan>) -> Result<Json<Whole>> {
    let mut work = cx.work().await?;
    actions::submit(&mut work, &id, &new).await?;
    work.commit().await?;
    whole(&cx, &id).await
}

/// Accepts a plan.
pub async fn accept(cx: Cx, Path(id): Path<RecommendationId>, Json(remark): Json<Remark>) -> Result<Json<Whole>> {
    let mut work = cx.work().await?;
    actions::accept(&mut work, &id, &remark.note).await?;
    work.commit().await?;
    whole(&cx, &id).await
}

/// Sends a plan back.
pub async fn return_plan(cx: Cx, Path(id): Path<RecommendationId>, Json(remark): Json<Remark>) -> Result<Json<Whole>> {
    let mut work = cx.work().await?;
    actions::return_plan(&mut work, &id, &remark.note).await?;
    work.commit().await?;
    whole(&cx, &id).await
}

/// Notes a step as done; a note, which closes nothing.
pub async fn step(cx: Cx, Path((id, number, what)): Path<(RecommendationId, i64, String)>) -> Result<Json<Whole>> {
    let mut work = cx.work().await?;
    actions::mark_step(&mut work, &id, number, what == "done").await?;
    work.commit().await?;
    whole(&cx, &id).await
}

/// Closes by an auditor's confirmation.
pub async fn close_by_audit(cx: Cx, Path(id): Path<RecommendationId>, Json(remark): Json<Remark>) -> Result<Json<Whole>> {
    let mut work = cx.work().await?;
    actions::close_by_audit(&mut work, &id, &remark.note).await?;
    work.commit().await?;
    whole(&cx, &id).await
}

/// Takes a recommendation back.
pub async fn withdraw(cx: Cx, Path(id): Path<RecommendationId>, Json(remark): Json<Remark>) -> Result<Json<Whole>> {
    let mut work = cx.work().await?;
    actions::withdraw(&mut work, &id, &remark.note).await?;
    work.commit().await?;
    whole(&cx, &id).await
}

/// The exceptions within reach.
pub async fn exceptions(cx: Cx) -> Result<Json<Vec<Standings>>> {
    let scope = cx.scope("improvements", Verb::Read)?;
    let today = date(cx.app.clock.now()).to_string();
    let all = store::exemptions(&mut cx.read().await?, &scope).await?;
    Ok(Json(all.into_iter().map(|exception| Standings { standing: exception.on(&today), exception }).collect()))
}

/// Asks for an exception.
pub async fn ask(cx: Cx, Json(new): Json<Ask>) -> Result<Json<Made>> {
    let mut work = cx.work().await?;
    let id = actions::ask(&mut work, &new).await?;
    work.commit().await?;
    Ok(Json(Made { id: id.to_string() }))
}

async fn standing(cx: &Cx, id: &ExemptionId) -> Result<Json<Standings>> {
    let scope = cx.scope("improvements", Verb::Read)?;
    let exception = store::exemption(&mut cx.read().await?, &scope, id).await?;
    let today = date(cx.app.clock.now()).to_string();
    Ok(Json(Standings { standing: exception.on(&today), exception }))
}

/// Grants an exception.
pub async fn approve(cx: Cx, Path(id): Path<ExemptionId>, Json(grant): Json<Grant>) -> Result<Json<Standings>> {
    let mut work = cx.work().await?;
    actions::approve(&mut work, &id, &grant.note, &grant.until).await?;
    work.commit().await?;
    standing(&cx, &id).await
}

/// Does not grant an exception.
pub async fn refuse(cx: Cx, Path(id): Path<ExemptionId>, Json(remark): Json<Remark>) -> Result<Json<Standings>> {
    let mut work = cx.work().await?;
    actions::refuse(&mut work, &id, &remark.note).await?;
    work.commit().await?;
    standing(&cx, &id).await
}

/// Takes an exception back, or ends it.
pub async fn withdraw_exception(cx: Cx, Path(id): Path<ExemptionId>, Json(remark): Json<Remark>) -> Result<Json<Standings>> {
    let mut work = cx.work().await?;
    actions::withdraw_exemption(&mut work, &id, &remark.note).await?;
    work.commit().await?;
    standing(&cx, &id).await
}
