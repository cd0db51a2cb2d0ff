//! Recommendations and their history.

use std::collections::BTreeMap;

use crate::args;
use crate::base::actor::{OrganisationId, Scope};
use crate::base::db::{Row, Tx, Value};
use crate::base::error::{Error, Result};
use crate::improvements::recommendation::{Line, Recommendation, RecommendationId, State};

const FROM: &str = "SELECT r.* FROM recommendation r JOIN organisation o ON o.id = r.organisation_id WHERE SCOPE(o.path)";
const ORDER: &str = "ORDER BY o.path, r.code";

fn state(row: &Row) -> Result<State> {
    let text: String = row.get("state")?;
    State::parse(&text).ok_or_else(|| Error::internal(format!("recommendation in state {text}")))
}

fn read(row: &Row) -> Result<Recommendation> {
    let checks: String = row.get("checks")?;
    let because: String = row.get("because")?;
    Ok(Recommendation {
        id: row.get("id")?,
        code: row.get("code")?,
        organisation_id: row.get("organisation_id")?,
        origin: row.get("origin")?,
        origin_note: row.get("origin_note")?,
        cycle_id: row.get("cycle_id")?,
        first_cycle_id: row.get("first_cycle_id")?,
        requirement_id: row.get("requirement_id")?,
        requirement_code: row.get("requirement_code")?,
        checks: checks.split(',').filter(|check| !check.is_empty()).map(str::to_owned).collect(),
        priority: row.get("priority")?,
        title: row.get("title")?,
        body: row.get("body")?,
        because: serde_json::from_str(&because)?,
        issuer: row.get("issuer")?,
        due_on: row.get("due_on")?,
        state: state(row)?,
        created_at: row.get("created_at")?,
        issued_at: row.get("issued_at")?,
        since: row.get("since")?,
        closed_at: row.get("closed_at")?,
        closed_by: row.get("closed_by")?,
        proof: row.get("proof")?,
        reopened: row.get("reopened")?,
        updated_at: row.get("updated_at")?,
    })
}

/// Every recommendation within reach, drafts too; `cycle` empty means all cycles.
pub async fn recommendations(tx: &mut Tx, scope: &Scope, cycle: &str) -> Result<Vec<Recommendation>> {
    let sql = format!("{FROM} AND ($1 = '' OR r.cycle_id = $1 OR r.first_cycle_id = $1) {ORDER}");
    tx.all_in(scope, &sql, args![cycle]).await?.iter().map(read).collect()
}

/// Every recommendation of one organisation within reach; `cycle` empty means all cycles.
pub async fn recommendations_of(tx: &mut Tx, scope: &Scope, organisation: &OrganisationId, cycle: &str) -> Result<Vec<Recommendation>> {
    let sql = format!("{FROM} AND r.organisation_id = $1 AND ($2 = '' OR r.cycle_id = $2 OR r.first_cycle_id = $2) {ORDER}");
    tx.all_in(scope, &sql, args![organisation, cycle]).await?.iter().map(read).collect()
}

/// One recommendation within reach.
pub async fn recommendation(tx: &mut Tx, scope: &Scope, id: &RecommendationId) -> Result<Recommendation> {
    read(&tx.one_in(scope, &format!("{FROM} AND r.id = $1"), args![id]).await?)
}

/// One recommendation within reach, by its number.
pub async fn recommendation_by_code(tx: &mut Tx, scope: &Scope, code: &str) -> Result<Recommendation> {
    read(&tx.one_in(scope, &format!("{FROM} AND r.code = $1"), args![code]).await?)
}

/// Every recommendation that a measurement can close or reopen, of all organisations: for background work.
pub async fn measurable(tx: &mut Tx) -> Result<Vec<Recommendation>> {
    tx.all("SELECT r.* FROM recommendation r WHERE r.checks <> '' AND r.state NOT IN ('draft', 'withdrawn') ORDER BY r.code", &[])
        .await?
        .iter()
        .map(read)
        .collect()
}

/// Every unfinished recommendation, of all organisations: for background work.
pub async fn unfinished(tx: &mut Tx) -> Result<Vec<Recommendation>> {
    let mut all: Vec<Recommendation> = tx
        .all("SELECT r.* FROM recommendation r WHERE r.state NOT IN ('draft', 'closed', 'withdrawn') ORDER BY r.organisation_id, r.code", &[])
        .await?
        .iter()
        .map(read)
        .collect::<Result<_>>()?;
    all.retain(|one| one.state.is_open());
    Ok(all)
}

/// Whether a number is used already.
pub async fn code_taken(tx: &mut Tx, code: &str) -> Result<bool> {
    Ok(tx.maybe("SELECT id FROM recommendation WHERE code = $1", args![code]).await?.is_some())
}

/// Adds a recommendation.
pub async fn insert_recommendation(tx: &mut Tx, new: &Recommendation) -> Result<()> {
    tx.run(
        "INSERT INTO recommendation (id, code, organisation_id, origin, origin_note, cycle_id, first_cycle_id, requirement_id,
         requirement_code, checks, priority, title, body, because, issuer, due_on, state, created_at, issued_at, since, closed_at,
         closed_by, proof, reopened, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
         $18, NULL, NULL, NULL, NULL, NULL, 0, $18)",
        args![
            &new.id,
            &new.code,
            &new.organisation_id,
            &new.origin,
            &new.origin_note,
            &new.cycle_id,
            &new.first_cycle_id,
            &new.requirement_id,
            &new.requirement_code,
            new.checks.join(","),
            new.priority,
            &new.title,
            &new.body,
            serde_json::to_string(&new.because)?,
            &new.issuer,
            &new.due_on,
            new.state.as_str(),
            &new.created_at
        ],
    )
    .await?;
    Ok(())
}

/// Changes the words of a draft.
pub async fn move_words(tx: &mut Tx, one: &Recommendation, now: &str) -> Result<()> {
    tx.run(
        "UPDATE recommendation SET title = $2, body = $3, issuer = $4, due_on = $5, priority = $6, updated_at = $7 WHERE id = $1",
        args![&one.id, &one.title, &one.body, &one.issuer, &one.due_on, one.priority, now],
    )
    .await?;
    Ok(())
}

/// Stores where a recommendation stands now, only if it still stood at `from`; `false` when somebody was faster.
pub async fn move_to(tx: &mut Tx, one: &Recommendation, from: State, now: &str) -> Result<bool> {
    let rows = tx
        .run(
            "UPDATE recommendation SET state = $2, issued_at = $3, since = $4, closed_at = $5, closed_by = $6, proof = $7,
             reopened = $8, updated_at = $9 WHERE id = $1 AND state = $10",
            args![
                &one.id,
                one.state.as_str(),
                &one.issued_at,
                &one.since,
                &one.closed_at,
                &one.closed_by,
                &one.proof,
                one.reopened,
                now,
                from.as_str()
            ],
        )
        .await?;
    Ok(rows == 1)
}

/// Moves a recommendation to another cycle.
pub async fn carry(tx: &mut Tx, id: &RecommendationId, cycle: &str, now: &str) -> Result<()> {
    tx.run("UPDATE recommendation SET cycle_id = $2, updated_at = $3 WHERE id = $1", args![id, cycle, now]).await?;
    Ok(())
}

/// Adds a line to the history.
pub async fn add_history(tx: &mut Tx, id: &RecommendationId, at: &str, who: &str, verb: &str, state: State, note: &str) -> Result<()> {
    tx.run(
        "INSERT INTO recommendation_history (recommendation_id, seq, at, who, verb, state, note)
         SELECT $1, COALESCE(MAX(seq), 0) + 1, $2, $3, $4, $5, $6 FROM recommendation_history WHERE recommendation_id = $1",
        args![id, at, who, verb, state.as_str(), note],
    )
    .await?;
    Ok(())
}

fn line(row: &Row) -> Result<Line> {
    Ok(Line { seq: row.get("seq")?, at: row.get("at")?, who: row.get("who")?, verb: row.get("verb")?, state: state(row)?, note: row.get("note")? })
}

/// The history of one recommendation, oldest first.
pub async fn history(tx: &mut Tx, id: &RecommendationId) -> Result<Vec<Line>> {
    tx.all("SELECT * FROM recommendation_history WHERE recommendation_id = $1 ORDER BY seq", args![id]).await?.iter().map(line).collect()
}

/// The histories of all recommendations of one organisation, by the recommendation's id.
pub async fn histories(tx: &mut Tx, scope: &Scope, organisation: &OrganisationId) -> Result<BTreeMap<String, Vec<Line>>> {
    let rows = tx
        .all_in(
            scope,
            "SELECT h.* FROM recommendation_history h JOIN recommendation r ON r.id = h.recommendation_id
             JOIN organisation o ON o.id = r.organisation_id WHERE r.organisation_id = $1 AND SCOPE(o.path)
             ORDER BY h.recommendation_id, h.seq",
            &[Value::from(organisation)],
        )
        .await?;
    let mut all: BTreeMap<String, Vec<Line>> = BTreeMap::new();
    for row in &rows {
        all.entry(row.get("recommendation_id")?).or_default().push(line(row)?);
    }
    Ok(all)
}
