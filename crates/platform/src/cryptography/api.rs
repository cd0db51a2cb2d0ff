//! The transition for programs.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use engine::crypto::{ALGORITHMS, Agility, Line, State};
use serde::Serialize;

use super::actions;
use super::compromise::{Compromise, CompromiseId, Hit, NewCompromise};
use super::declaration::{Declaration, NewDeclaration, UseId};
use super::gather;
use super::rule::{NewRule, PlanRule};
use super::store;
use crate::base::actor::{OrganisationId, Verb};
use crate::base::cx::Cx;
use crate::base::error::{Error, Result};
use crate::base::lang::Lang;
use crate::base::view::list::query;
use crate::register::system::SystemId;

/// The id of what was made or changed.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Written {
    /// Its id.
    pub id: String,
}

fn written(id: impl ToString) -> Json<Written> {
    Json(Written { id: id.to_string() })
}

/// An algorithm of the vocabulary.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct AlgorithmOut {
    /// Its stable id.
    pub id: String,
    /// `hash`, `mac`, `signature`, `cipher`, `key-exchange` or `protocol`.
    pub kind: String,
    /// Its name in Japanese.
    pub name_ja: String,
    /// Its name in English.
    pub name_en: String,
    /// Bits of a hash's output.
    pub output: Option<u16>,
    /// Bits of security against today's computers, at most; nothing where no figure is left or none exists.
    pub strength: Option<u16>,
    /// Whether a large quantum computer breaks it.
    pub falls_to_quantum: bool,
    /// Where it is said.
    pub source: String,
}

/// A line of the plan with how far it is.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct ProgressOut {
    /// The line.
    pub rule: PlanRule,
    /// The share of systems that do not use it any more.
    #[schemars(with = "serde_json::Value")]
    pub left: engine::numbers::Figure,
}

/// A system, or the domains of an organisation that belong to none, with where it stands.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct SubjectOut {
    /// Whose it is.
    pub organisation_id: OrganisationId,
    /// The system.
    pub system_id: Option<SystemId>,
    /// The system's code; empty for domains that belong to none.
    pub code: String,
    /// How it stands.
    #[schemars(with = "String")]
    pub state: State,
    /// Whether long-lived signatures are strong or can be exchanged.
    #[schemars(with = "String")]
    pub agility: Agility,
    /// Every use, the worst first.
    #[schemars(with = "Vec<serde_json::Value>")]
    pub lines: Vec<Line>,
}

/// The whole transition.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct OverviewOut {
    /// The day it is looked at.
    pub on: String,
    /// How far the transition is, and how many are prepared.
    #[schemars(with = "Vec<serde_json::Value>")]
    pub figures: Vec<engine::numbers::Figure>,
    /// Each line of the plan.
    pub progress: Vec<ProgressOut>,
    /// Each system, those that stand worst first.
    pub systems: Vec<SubjectOut>,
}

/// The transition as programs read it.
pub fn overview_of(whole: gather::Transition) -> OverviewOut {
    let progress = whole.progress().into_iter().map(|(rule, left)| ProgressOut { rule: rule.clone(), left }).collect();
    OverviewOut {
        on: whole.today.to_string(),
        figures: whole.figures().to_vec(),
        progress,
        systems: whole
            .subjects
            .into_iter()
            .map(|one| SubjectOut {
                organisation_id: one.organisation.id,
                code: one.system.as_ref().map_or(String::new(), |system| system.code.clone()),
                system_id: one.system.map(|system| system.id),
                state: one.standing.state,
                agility: one.standing.agility,
                lines: one.standing.lines,
            })
            .collect(),
    }
}

/// A compromise with whom it hits.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct CompromiseOut {
    /// The compromise.
    pub compromise: Compromise,
    /// Whom it hits within reach.
    pub hits: Vec<Hit>,
}

/// A problem of a file.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct ProblemOut {
    /// Its code.
    pub code: String,
    /// Whether it stops the import.
    pub error: bool,
    /// Where and what.
    pub message: String,
    /// What to do.
    pub remedy: String,
}

/// What an import did, or would do.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct ImportedOut {
    /// Lines that say something new.
    pub changed: usize,
    /// Lines that say what is there already.
    pub unchanged: usize,
    /// Whether it was written.
    pub written: bool,
    /// What is wrong.
    pub problems: Vec<ProblemOut>,
}

/// An import's outcome in words of `lang`.
pub fn imported_of(done: &actions::Imported, lang: Lang) -> ImportedOut {
    let problems = done.problems.iter().map(|one| ProblemOut {
        code: one.code.to_string(),
        error: one.is_error(),
        message: one.message(lang),
        remedy: one.remedy(lang),
    });
    ImportedOut { changed: done.changed, unchanged: done.unchanged, written: done.written, problems: problems.collect() }
}

/// Figures, plan and systems within reach.
pub async fn overview(cx: Cx) -> Result<Json<OverviewOut>> {
    let scope = cx.scope("cryptography", Verb::Read)?;
    Ok(Json(overview_of(gather::transition(&mut cx.read().await?, &scope, cx.app.clock.now()).await?)))
}

/// The vocabulary.
pub async fn algorithms(cx: Cx) -> Result<Json<Vec<AlgorithmOut>>> {
    cx.scope("cryptography", Verb::Read)?;
    let out = |one: &engine::crypto::Algorithm| AlgorithmOut {
        id: one.id.to_owned(),
        kind: one.kind.as_str().to_owned(),
        name_ja: one.ja.to_owned(),
        name_en: one.en.to_owned(),
        output: one.output,
        strength: one.strength,
        falls_to_quantum: one.falls_to_quantum,
        source: one.source.to_owned(),
    };
    Ok(Json(ALGORITHMS.iter().map(out).collect()))
}

/// What systems within reach declare.
pub async fn uses(cx: Cx) -> Result<Json<Vec<Declaration>>> {
    let scope = cx.scope("cryptography", Verb::Read)?;
    Ok(Json(store::uses(&mut cx.read().await?, &scope).await?))
}

/// Declares a use.
pub async fn declare(cx: Cx, Json(new): Json<NewDeclaration>) -> Result<Json<Written>> {
    let mut work = cx.work().await?;
    let id = actions::declare(&mut work, &[new]).await?.pop().ok_or(Error::NotFound)?;
    work.commit().await?;
    Ok(written(id))
}

/// Withdraws a use.
pub async fn withdraw(cx: Cx, Path(id): Path<UseId>) -> Result<Json<Written>> {
    let mut work = cx.work().await?;
    actions::withdraw(&mut work, &id).await?;
    work.commit().await?;
    Ok(written(id))
}

/// The plan.
pub async fn plan(cx: Cx) -> Result<Json<Vec<PlanRule>>> {
    let scope = cx.scope("cryptography", Verb::Read)?;
    let mut tx = cx.read().await?;
    let mut rules = store::rules(&mut tx).await?;
    // Exceptions of systems beyond one's reach do not exist.
    let systems = crate::register::store::systems_by_id(&mut tx, &scope).await?;
    for rule in &mut rules {
        rule.exceptions.retain(|one| systems.contains_key(&one.system_id));
    }
    Ok(Json(rules))
}

/// Adds or changes a line of the plan.
pub async fn rule_set(cx: Cx, Json(new): Json<NewRule>) -> Result<Json<Written>> {
    let mut work = cx.work().await?;
    let id = actions::set_rule(&mut work, &new).await?;
    work.commit().await?;
    Ok(written(id))
}

/// Every compromise.
pub async fn compromises(cx: Cx) -> Result<Json<Vec<Compromise>>> {
    cx.scope("cryptography", Verb::Read)?;
    Ok(Json(store::compromises(&mut cx.read().await?).await?))
}

/// One compromise with whom it hits within reach.
pub async fn compromise(cx: Cx, Path(id): Path<CompromiseId>) -> Result<Json<CompromiseOut>> {
    let scope = cx.scope("cryptography", Verb::Read)?;
    let mut tx = cx.read().await?;
    let compromise = store::compromise(&mut tx, &id).await?;
    let hits = store::hits(&mut tx, &scope, &id).await?;
    Ok(Json(CompromiseOut { compromise, hits }))
}

/// Records a compromise.
pub async fn compromise_record(cx: Cx, Json(new): Json<NewCompromise>) -> Result<Json<Written>> {
    let mut work = cx.work().await?;
    let id = actions::record(&mut work, &new).await?;
    work.commit().await?;
    Ok(written(id))
}

/// Takes a file over.
pub async fn import(cx: Cx, body: Bytes) -> Result<Json<ImportedOut>> {
    let asked = query(&cx.uri);
    let of = |name: &str| asked.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let name = if of("name").is_empty() { "cryptography.csv" } else { of("name") };
    let mut work = cx.work().await?;
    let done = actions::import(&mut work, &body, name, matches!(of("dry_run"), "1" | "true")).await?;
    if done.written {
        work.commit().await?;
    }
    Ok(Json(imported_of(&done, cx.lang)))
}
