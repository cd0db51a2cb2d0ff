//! The aggregate reports for programs.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use serde::Serialize;

use super::actions::{self, Taken};
use super::summary::{self, DomainFull, DomainOut};
use crate::base::actor::Verb;
use crate::base::cx::Cx;
use crate::base::error::Result;
use crate::base::lang::Lang;
use crate::base::view::list::query;
use crate::measurements::actions::refusal;
use crate::measurements::api::Told;
use crate::register::asset::AssetId;

/// What taking a report in did.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct TakenOut {
    /// Who reports.
    pub reporter: String,
    /// The reporter's own number of the report.
    pub report: String,
    /// The domain it is about.
    pub domain: String,
    /// Messages it tells of.
    pub messages: u64,
    /// Whether it was not there before.
    pub new: bool,
    /// DKIM selectors that nobody had told of before.
    pub selectors: Vec<String>,
    /// What is wrong or worth knowing.
    pub problems: Vec<Told>,
}

impl TakenOut {
    /// What was done, in `lang`.
    pub fn of(done: &Taken, lang: Lang) -> Self {
        Self {
            reporter: done.reporter.clone(),
            report: done.report.clone(),
            domain: done.domain.clone(),
            messages: done.messages,
            new: done.new > 0,
            selectors: done.selectors.clone(),
            problems: done.problems.iter().map(|problem| Told::of(problem, lang)).collect(),
        }
    }
}

/// What reports say of each registered domain.
pub async fn list(cx: Cx) -> Result<Json<Vec<DomainOut>>> {
    let scope = cx.scope("measurements", Verb::Read)?;
    let mut found = summary::all(&mut cx.read().await?, &scope, cx.app.clock.now()).await?;
    if let Some((_, wanted)) = query(&cx.uri).into_iter().find(|(name, value)| name == "organisation" && !value.is_empty()) {
        found.retain(|one| one.organisation == wanted);
    }
    Ok(Json(found))
}

/// One domain.
pub async fn one(cx: Cx, Path(id): Path<AssetId>) -> Result<Json<DomainFull>> {
    let scope = cx.scope("measurements", Verb::Read)?;
    Ok(Json(summary::one(&mut cx.read().await?, &scope, &id, cx.app.clock.now()).await?))
}

/// Takes one report in: the body is the file itself.
pub async fn import(cx: Cx, body: Bytes) -> Result<Json<TakenOut>> {
    let name = query(&cx.uri).into_iter().find(|(name, value)| name == "name" && !value.is_empty()).map_or("body".to_owned(), |(_, value)| value);
    let mut work = cx.work().await?;
    let done = actions::import(&mut work, &name, &body).await?;
    if done.is_refused() {
        return Err(refusal(&done.problems));
    }
    if done.new > 0 {
        work.commit().await?;
    }
    Ok(Json(TakenOut::of(&done, cx.lang)))
}
