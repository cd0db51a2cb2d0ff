//! Plans and their steps.

use std::collections::BTreeMap;

use crate::args;
use crate::base::actor::{OrganisationId, Scope};
use crate::base::db::{Row, Tx, Value};
use crate::base::error::Result;
use crate::improvements::plan::{Plan, PlanId, PlanStep};
use crate::improvements::recommendation::RecommendationId;

fn read(row: &Row) -> Result<Plan> {
    Ok(Plan {
        id: row.get("id")?,
        recommendation_id: row.get("recommendation_id")?,
        version: row.get("version")?,
        summary: row.get("summary")?,
        owner: row.get("owner")?,
        owner_email: row.get("owner_email")?,
        due_on: row.get("due_on")?,
        steps: Vec::new(),
        submitted_by: row.get("submitted_by")?,
        submitted_at: row.get("submitted_at")?,
        decision: row.get("decision")?,
        decision_note: row.get("decision_note")?,
        decided_by: row.get("decided_by")?,
        decided_at: row.get("decided_at")?,
    })
}

fn join(plans: &[Row], steps: &[Row]) -> Result<Vec<Plan>> {
    let mut by_plan: BTreeMap<String, Vec<PlanStep>> = BTreeMap::new();
    for row in steps {
        let step = PlanStep { words: row.get("words")?, due_on: row.get("due_on")?, done_on: row.get("done_on")? };
        by_plan.entry(row.get("plan_id")?).or_default().push(step);
    }
    plans
        .iter()
        .map(|row| {
            let plan = read(row)?;
            Ok(Plan { steps: by_plan.remove(plan.id.as_str()).unwrap_or_default(), ..plan })
        })
        .collect()
}

/// The plans that answer one recommendation, newest first.
pub async fn plans(tx: &mut Tx, recommendation: &RecommendationId) -> Result<Vec<Plan>> {
    let plans = tx.all("SELECT * FROM plan WHERE recommendation_id = $1 ORDER BY version DESC", args![recommendation]).await?;
    let steps = tx
        .all(
            "SELECT s.* FROM plan_step s JOIN plan p ON p.id = s.plan_id WHERE p.recommendation_id = $1 ORDER BY s.plan_id, s.position",
            args![recommendation],
        )
        .await?;
    join(&plans, &steps)
}

/// Every plan within reach, newest first for each recommendation; `organisation` empty means all.
pub async fn plans_of(tx: &mut Tx, scope: &Scope, organisation: Option<&OrganisationId>) -> Result<Vec<Plan>> {
    let organisation = organisation.map_or(String::new(), |id| id.as_str().to_owned());
    let plans = tx
        .all_in(
            scope,
            "SELECT p.* FROM plan p JOIN recommendation r ON r.id = p.recommendation_id JOIN organisation o ON o.id = r.organisation_id
             WHERE SCOPE(o.path) AND ($1 = '' OR r.organisation_id = $1) ORDER BY r.code, p.version DESC",
            args![&organisation],
        )
        .await?;
    let steps = tx
        .all_in(
            scope,
            "SELECT s.* FROM plan_step s JOIN plan p ON p.id = s.plan_id JOIN recommendation r ON r.id = p.recommendation_id
             JOIN organisation o ON o.id = r.organisation_id WHERE SCOPE(o.path) AND ($1 = '' OR r.organisation_id = $1)
             ORDER BY s.plan_id, s.position",
            args![&organisation],
        )
        .await?;
    join(&plans, &steps)
}

/// Adds a plan with its steps.
pub async fn insert_plan(tx: &mut Tx, new: &Plan) -> Result<()> {
    tx.run(
        "INSERT INTO plan (id, recommendation_id, version, summary, owner, owner_email, due_on, submitted_by, submitted_at, decision,
         decision_note, decided_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', '', '')",
        args![
            &new.id,
            &new.recommendation_id,
            new.version,
            &new.summary,
            &new.owner,
            &new.owner_email,
            &new.due_on,
            &new.submitted_by,
            &new.submitted_at
        ],
    )
    .await?;
    let rows: Vec<Vec<Value>> = (1_i64..)
        .zip(&new.steps)
        .map(|(position, step)| {
            vec![Value::from(&new.id), Value::from(position), Value::from(&step.words), Value::from(&step.due_on), Value::from(&step.done_on)]
        })
        .collect();
    tx.insert_many("INSERT INTO plan_step (plan_id, position, words, due_on, done_on)", "", &rows).await?;
    Ok(())
}

/// Stores the centre's decision on a plan.
pub async fn decide_plan(tx: &mut Tx, id: &PlanId, decision: &str, note: &str, who: &str, at: &str) -> Result<()> {
    tx.run("UPDATE plan SET decision = $2, decision_note = $3, decided_by = $4, decided_at = $5 WHERE id = $1", args![id, decision, note, who, at])
        .await?;
    Ok(())
}

/// Notes a step as done, or as not done after all.
pub async fn mark_step(tx: &mut Tx, id: &PlanId, position: i64, done_on: Option<String>) -> Result<bool> {
    Ok(tx.run("UPDATE plan_step SET done_on = $3 WHERE plan_id = $1 AND position = $2", args![id, position, done_on]).await? == 1)
}
