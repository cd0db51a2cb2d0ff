//! Plans: sent by the organisation, accepted or sent back by the centre.

use serde_json::json;

use super::{needed, owner, step, take, tell, today};
use crate::base::actor::Verb;
use crate::base::error::{Error, Result};
use crate::base::work::Work;
use crate::improvements::plan::{NewPlan, Plan, PlanId, wrong};
use crate::improvements::recommendation::{RecommendationId, Step};
use crate::improvements::store;

/// Answers a recommendation with a plan.
pub async fn submit(work: &mut Work, id: &RecommendationId, new: &NewPlan) -> Result<PlanId> {
    let (mut one, _) = take(work, id, Verb::Decide).await?;
    one.state.after(Step::Submit).ok_or(Error::Conflict("improvements-error-state"))?;
    let wrong = wrong(new, &today(work));
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let version = store::plans(&mut work.tx, id).await?.first().map_or(0, |plan| plan.version) + 1;
    let plan = Plan {
        id: work.id(),
        recommendation_id: id.clone(),
        version,
        summary: new.summary.trim().to_owned(),
        owner: new.owner.trim().to_owned(),
        owner_email: new.owner_email.trim().to_owned(),
        due_on: new.due_on.trim().to_owned(),
        steps: new.steps.clone(),
        submitted_by: work.actor.name.clone(),
        submitted_at: work.stamp(),
        decision: String::new(),
        decision_note: String::new(),
        decided_by: String::new(),
        decided_at: None,
    };
    store::insert_plan(&mut work.tx, &plan).await?;
    step(work, &mut one, Step::Submit, &plan.summary).await?;
    Ok(plan.id)
}

/// The plan that waits for a decision.
async fn waiting(work: &mut Work, id: &RecommendationId) -> Result<Plan> {
    store::plans(&mut work.tx, id).await?.into_iter().next().ok_or(Error::Conflict("improvements-error-state"))
}

/// Accepts the plan; `note` may be empty.
pub async fn accept(work: &mut Work, id: &RecommendationId, note: &str) -> Result<()> {
    let (mut one, organisation) = take(work, id, Verb::Manage).await?;
    step(work, &mut one, Step::Accept, note.trim()).await?;
    let plan = waiting(work, id).await?;
    let (who, now) = (work.actor.name.clone(), work.stamp());
    store::decide_plan(&mut work.tx, &plan.id, "accepted", note.trim(), &who, &now).await?;
    let to = owner(work, &one).await?;
    tell(work, &one, &organisation, &to, "improvements-mail-accepted", note.trim()).await
}

/// Sends the plan back with the reason.
pub async fn return_plan(work: &mut Work, id: &RecommendationId, reason: &str) -> Result<()> {
    let (mut one, organisation) = take(work, id, Verb::Manage).await?;
    let reason = needed("reason", reason)?;
    step(work, &mut one, Step::Return, &reason).await?;
    let plan = waiting(work, id).await?;
    let (who, now) = (work.actor.name.clone(), work.stamp());
    store::decide_plan(&mut work.tx, &plan.id, "returned", &reason, &who, &now).await?;
    let to = owner(work, &one).await?;
    tell(work, &one, &organisation, &to, "improvements-mail-returned", &reason).await
}

/// Notes step `position` (1, 2, 3 …) of the newest plan as done today, or as open again. It closes nothing.
pub async fn mark_step(work: &mut Work, id: &RecommendationId, position: i64, done: bool) -> Result<()> {
    let (one, _) = take(work, id, Verb::Write).await?;
    one.state.after(Step::Progress).ok_or(Error::Conflict("improvements-error-state"))?;
    let plan = waiting(work, id).await?;
    let done_on = done.then(|| today(work));
    if !store::mark_step(&mut work.tx, &plan.id, position, done_on.clone()).await? {
        return Err(Error::NotFound);
    }
    let (who, now) = (work.actor.name.clone(), work.stamp());
    let words = usize::try_from(position - 1).ok().and_then(|at| plan.steps.get(at)).map(|step| step.words.clone()).unwrap_or_default();
    let verb = if done { "progress" } else { "progress-undone" };
    store::add_history(&mut work.tx, id, &now, &who, verb, one.state, &words).await?;
    let detail = json!({ "code": one.code, "step": position, "done_on": done_on });
    work.audit(one.organisation_id.as_str(), "improvements", "plan.progress", id.as_str(), detail).await
}
