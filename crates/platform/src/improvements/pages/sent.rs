//! What the forms of one recommendation do: one action each.

use axum::Form as Sent;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};

use super::{at, finish, one::shown, value};
use crate::base::cx::Cx;
use crate::base::error::{Error, Field, Result};
use crate::improvements::actions::{self, Words};
use crate::improvements::plan::{NewPlan, steps_of};
use crate::improvements::recommendation::RecommendationId;

type Fields = Sent<Vec<(String, String)>>;

/// Shows the recommendation again with what was wrong in `form`.
macro_rules! done {
    ($cx:expr, $id:expr, $form:literal, $sent:expr, $work:expr, $done:expr, $words:literal) => {{
        let again = async |wrong: Vec<Field>| Ok(shown(&$cx, &$id, $form, &$sent, &wrong).await?.into_response());
        finish($work, $done, at(&$id), $words, again).await
    }};
}

/// Changes the words of a draft.
pub async fn edit(cx: Cx, Path(id): Path<RecommendationId>, Sent(sent): Fields) -> Result<Response> {
    let words = Words { title: value(&sent, "title"), body: value(&sent, "body"), issuer: value(&sent, "issuer"), due_on: value(&sent, "due_on") };
    let mut work = cx.work().await?;
    let done = actions::edit(&mut work, &id, &words).await;
    done!(cx, id, "edit", sent, work, done, "improvements-saved")
}

/// Sends a draft.
pub async fn issue(cx: Cx, Path(id): Path<RecommendationId>) -> Result<Response> {
    let mut work = cx.work().await?;
    let done = actions::issue(&mut work, &id).await;
    let sent: Vec<(String, String)> = Vec::new();
    done!(cx, id, "issue", sent, work, done, "improvements-issued")
}

/// Answers with a plan.
pub async fn plan(cx: Cx, Path(id): Path<RecommendationId>, Sent(sent): Fields) -> Result<Response> {
    let new = NewPlan {
        summary: value(&sent, "summary"),
        owner: value(&sent, "owner"),
        owner_email: value(&sent, "owner_email"),
        due_on: value(&sent, "due_on"),
        steps: steps_of(&value(&sent, "steps")),
    };
    let mut work = cx.work().await?;
    let done = actions::submit(&mut work, &id, &new).await;
    done!(cx, id, "plan", sent, work, done, "improvements-submitted")
}

/// Accepts a plan.
pub async fn accept(cx: Cx, Path(id): Path<RecommendationId>, Sent(sent): Fields) -> Result<Response> {
    let mut work = cx.work().await?;
    let done = actions::accept(&mut work, &id, &value(&sent, "note")).await;
    done!(cx, id, "accept", sent, work, done, "improvements-accepted")
}

/// Sends a plan back.
pub async fn return_plan(cx: Cx, Path(id): Path<RecommendationId>, Sent(sent): Fields) -> Result<Response> {
    let mut work = cx.work().await?;
    let done = actions::return_plan(&mut work, &id, &value(&sent, "reason")).await;
    done!(cx, id, "return", sent, work, done, "improvements-returned")
}

/// Closes by an auditor's confirmation.
pub async fn audit(cx: Cx, Path(id): Path<RecommendationId>, Sent(sent): Fields) -> Result<Response> {
    let mut work = cx.work().await?;
    let done = actions::close_by_audit(&mut work, &id, &value(&sent, "seen")).await;
    done!(cx, id, "audit", sent, work, done, "improvements-closed")
}

/// Takes it back.
pub async fn withdraw(cx: Cx, Path(id): Path<RecommendationId>, Sent(sent): Fields) -> Result<Response> {
    let mut work = cx.work().await?;
    let done = actions::withdraw(&mut work, &id, &value(&sent, "reason")).await;
    done!(cx, id, "withdraw", sent, work, done, "improvements-withdrawn")
}

/// Notes a step as done, or as open again.
pub async fn step(cx: Cx, Path((id, number, what)): Path<(RecommendationId, i64, String)>) -> Result<Response> {
    let done = match what.as_str() {
        "done" => true,
        "open" => false,
        _ => return Err(Error::NotFound),
    };
    let mut work = cx.work().await?;
    let done = actions::mark_step(&mut work, &id, number, done).await;
    let sent: Vec<(String, String)> = Vec::new();
    done!(cx, id, "step", sent, work, done, "improvements-noted")
}
