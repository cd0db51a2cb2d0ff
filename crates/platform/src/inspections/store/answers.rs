//! SQL of answers: stored one by one, counted in one query.

use std::collections::BTreeMap;

use engine::facts::{Claim, Role};
use engine::rates::Answers;

use super::row;
use crate::args;
use crate::base::actor::{OrganisationId, Scope};
use crate::base::db::{Tx, Value};
use crate::base::error::Result;
use crate::inspections::answer::{Answer, AnswerCount, AskedCount, Submission, Sum};
use crate::inspections::cycle::CycleId;
use crate::inspections::respondent::RespondentId;
use crate::standards::requirement::RequirementId;

/// The answers of one organisation.
pub async fn answers_of(tx: &mut Tx, cycle: &CycleId, organisation: &OrganisationId) -> Result<Vec<Answer>> {
    tx.all("SELECT * FROM answer WHERE cycle_id = $1 AND organisation_id = $2", args![cycle, organisation]).await?.iter().map(row::answer).collect()
}

/// The answers of one person.
pub async fn answers_by(tx: &mut Tx, cycle: &CycleId, person: &RespondentId) -> Result<Vec<Answer>> {
    tx.all("SELECT * FROM answer WHERE cycle_id = $1 AND respondent_id = $2", args![cycle, person]).await?.iter().map(row::answer).collect()
}

/// The answers of one organisation on one requirement, those with evidence and the less than "implemented" ones first.
pub async fn answers_on(tx: &mut Tx, cycle: &CycleId, organisation: &OrganisationId, requirement: &RequirementId, most: i64) -> Result<Vec<Answer>> {
    tx.all(
        "SELECT * FROM answer WHERE cycle_id = $1 AND organisation_id = $2 AND requirement_id = $3
         ORDER BY CASE WHEN evidence_hash IS NOT NULL THEN 0 WHEN claim <> 'implemented' OR note <> '' THEN 1 ELSE 2 END, system_id,
                  respondent_id LIMIT $4",
        args![cycle, organisation, requirement, most],
    )
    .await?
    .iter()
    .map(row::answer)
    .collect()
}

/// What answers of one organisation on one requirement were before they changed, newest first: person, system, version,
/// claim, reason, note, when.
pub async fn versions_on(tx: &mut Tx, cycle: &CycleId, organisation: &OrganisationId, requirement: &RequirementId) -> Result<Vec<[String; 7]>> {
    tx.all(
        "SELECT a.respondent_id, a.system_id, v.version, v.claim, v.reason, v.note, v.answered_at FROM answer_version v
         JOIN answer a ON a.id = v.answer_id WHERE a.cycle_id = $1 AND a.organisation_id = $2 AND a.requirement_id = $3
         ORDER BY v.answered_at DESC, a.respondent_id, v.version DESC LIMIT 500",
        args![cycle, organisation, requirement],
    )
    .await?
    .iter()
    .map(|row| {
        Ok([
            row.get("respondent_id")?,
            row.get("system_id")?,
            row.get::<i64>("version")?.to_string(),
            row.get("claim")?,
            row.get("reason")?,
            row.get("note")?,
            row.get("answered_at")?,
        ])
    })
    .collect()
}

/// Stores answers, new ones and changed ones; what changed ones were, `before`, is kept as a version.
pub async fn put_answers(tx: &mut Tx, before: &[Answer], answers: &[Answer]) -> Result<()> {
    let rows: Vec<Vec<Value>> = before
        .iter()
        .map(|one| {
            let [hash, name] = row::evidence_values(one.evidence.as_ref());
            let claim = one.claim.as_str().into();
            vec![
                Value::from(&one.id),
                one.version.into(),
                claim,
                Value::from(&one.reason),
                Value::from(&one.note),
                hash,
                name,
                Value::from(&one.answered_at),
            ]
        })
        .collect();
    let head = "INSERT INTO answer_version (answer_id, version, claim, reason, note, evidence_hash, evidence_name, answered_at)";
    tx.insert_many(head, "", &rows).await?;
    let rows: Vec<Vec<Value>> = answers
        .iter()
        .map(|one| {
            let [hash, name] = row::evidence_values(one.evidence.as_ref());
            vec![
                Value::from(&one.id),
                Value::from(&one.cycle_id),
                Value::from(&one.organisation_id),
                Value::from(&one.respondent_id),
                Value::from(&one.requirement_id),
                row::system_value(one.system_id.as_ref()),
                one.role.as_str().into(),
                one.claim.as_str().into(),
                Value::from(&one.reason),
                Value::from(&one.note),
                hash,
                name,
                one.version.into(),
                Value::from(&one.answered_at),
            ]
        })
        .collect();
    tx.insert_many(
        "INSERT INTO answer (id, cycle_id, organisation_id, respondent_id, requirement_id, system_id, role, claim, reason, note,
             evidence_hash, evidence_name, version, answered_at)",
        "ON CONFLICT (id) DO UPDATE SET claim = excluded.claim, reason = excluded.reason, note = excluded.note,
         evidence_hash = excluded.evidence_hash, evidence_name = excluded.evidence_name, version = excluded.version,
         answered_at = excluded.answered_at",
        &rows,
    )
    .await?;
    Ok(())
}

const RECOUNT: &str = "UPDATE cycle_respondent SET
    answered = (SELECT COUNT(*) FROM answer a WHERE a.cycle_id = cycle_respondent.cycle_id AND a.respondent_id = cycle_respondent.respondent_id),
    fulfilled = (SELECT COUNT(*) FROM answer a WHERE a.cycle_id = cycle_respondent.cycle_id AND a.respondent_id = cycle_respondent.respondent_id
                 AND a.claim IN ('implemented', 'not-applicable'))";

/// Counts the answers of one person anew.
pub async fn recount_one(tx: &mut Tx, cycle: &CycleId, person: &RespondentId) -> Result<()> {
    tx.run(&format!("{RECOUNT} WHERE cycle_id = $1 AND respondent_id = $2"), args![cycle, person]).await?;
    Ok(())
}

/// Counts the answers of everybody in an organisation anew.
pub async fn recount(tx: &mut Tx, cycle: &CycleId, organisation: &OrganisationId) -> Result<()> {
    tx.run(&format!("{RECOUNT} WHERE cycle_id = $1 AND organisation_id = $2"), args![cycle, organisation]).await?;
    Ok(())
}

/// Answers counted by organisation, system, requirement, role and claim.
pub async fn answer_counts(tx: &mut Tx, cycle: &CycleId) -> Result<Vec<AnswerCount>> {
    answer_counts_within(tx, &Scope::Everything, cycle).await
}

/// As [`answer_counts`], within reach: one pass over an index that holds all it needs.
pub async fn answer_counts_within(tx: &mut Tx, scope: &Scope, cycle: &CycleId) -> Result<Vec<AnswerCount>> {
    let rows = tx
        .all_in(
            scope,
            "SELECT a.organisation_id, a.requirement_id, a.system_id, a.role, a.claim, COUNT(*) AS n FROM answer a
             WHERE a.cycle_id = $1 AND a.organisation_id IN (SELECT o.id FROM organisation o WHERE SCOPE(o.path))
             GROUP BY a.organisation_id, a.requirement_id, a.system_id, a.role, a.claim
             ORDER BY a.organisation_id, a.requirement_id, a.system_id, a.role",
            args![cycle],
        )
        .await?;
    let mut out: Vec<AnswerCount> = Vec::new();
    for one in &rows {
        let (organisation_id, requirement_id) = (one.get("organisation_id")?, one.get("requirement_id")?);
        let (system_id, role) = (row::system(one)?, row::role(one)?);
        let same = out.last().is_some_and(|last| {
            last.organisation_id == organisation_id && last.requirement_id == requirement_id && last.system_id == system_id && last.role == role
        });
        if !same {
            out.push(AnswerCount { organisation_id, system_id, requirement_id, role, implemented: 0, partly: 0, not: 0, not_applicable: 0 });
        }
        let Some(last) = out.last_mut() else { continue };
        let n = row::count(one, "n")?;
        match one.get::<String>("claim")?.as_str() {
            "implemented" => last.implemented += n,
            "partly" => last.partly += n,
            "not" => last.not += n,
            _ => last.not_applicable += n,
        }
    }
    Ok(out)
}

/// Answers by organisation and role. The database adds up, so that a page about a whole cycle reads a few hundred rows and not
/// one for each organisation, requirement and claim.
pub async fn sums_by_role(tx: &mut Tx, scope: &Scope, cycle: &CycleId) -> Result<Vec<Sum<(OrganisationId, Role)>>> {
    sums(tx, scope, args![cycle], "organisation_id, t.role", "", |one| Ok((one.get("organisation_id")?, row::role(one)?))).await
}

/// Answers by requirement.
pub async fn sums_by_item(tx: &mut Tx, scope: &Scope, cycle: &CycleId) -> Result<Vec<Sum<RequirementId>>> {
    sums(tx, scope, args![cycle], "requirement_id", "", |one| one.get("requirement_id")).await
}

/// Answers on one requirement by organisation.
pub async fn sums_on(tx: &mut Tx, scope: &Scope, cycle: &CycleId, requirement: &RequirementId) -> Result<Vec<Sum<OrganisationId>>> {
    sums(tx, scope, args![cycle, requirement], "organisation_id", "AND t.requirement_id = $2", |one| one.get("organisation_id")).await
}

/// Answers, and answers asked for, added up by the columns `by`.
async fn sums<K: Ord>(
    tx: &mut Tx,
    scope: &Scope,
    args: &[Value],
    by: &str,
    only: &str,
    key: impl Fn(&crate::base::db::Row) -> Result<K>,
) -> Result<Vec<Sum<K>>> {
    let within = format!("t.cycle_id = $1 {only} AND t.organisation_id IN (SELECT o.id FROM organisation o WHERE SCOPE(o.path))");
    let mut out: BTreeMap<K, (Answers, u64)> = BTreeMap::new();
    let sql = format!("SELECT t.{by}, t.claim, COUNT(*) AS n FROM answer t WHERE {within} GROUP BY t.{by}, t.claim");
    for one in &tx.all_in(scope, &sql, args).await? {
        let claim = row::word(one, "claim", Claim::parse)?;
        out.entry(key(one)?).or_default().0.add(claim, row::count(one, "n")?);
    }
    let sql = format!("SELECT t.{by}, CAST(SUM(t.asked) AS BIGINT) AS n FROM cycle_denominator t WHERE {within} GROUP BY t.{by}");
    for one in &tx.all_in(scope, &sql, args).await? {
        out.entry(key(one)?).or_default().1 += row::count(one, "n")?;
    }
    Ok(out.into_iter().map(|(key, (answers, asked))| Sum { key, answers, asked }).collect())
}

/// People asked, who answered, and who implemented everything, by organisation and principal role.
pub async fn asked(tx: &mut Tx, cycle: &CycleId) -> Result<Vec<AskedCount>> {
    asked_within(tx, &Scope::Everything, cycle).await
}

/// As [`asked`], within reach.
pub async fn asked_within(tx: &mut Tx, scope: &Scope, cycle: &CycleId) -> Result<Vec<AskedCount>> {
    tx.all_in(
        scope,
        "SELECT c.organisation_id, c.role, COUNT(*) AS asked,
             CAST(SUM(CASE WHEN c.answered > 0 THEN 1 ELSE 0 END) AS BIGINT) AS answered,
             CAST(SUM(CASE WHEN c.answered >= c.asked AND c.fulfilled = c.answered THEN 1 ELSE 0 END) AS BIGINT) AS complete
         FROM cycle_respondent c WHERE c.cycle_id = $1 AND c.organisation_id IN (SELECT o.id FROM organisation o WHERE SCOPE(o.path))
         GROUP BY c.organisation_id, c.role ORDER BY c.organisation_id, c.role",
        args![cycle],
    )
    .await?
    .iter()
    .map(|one| {
        Ok(AskedCount {
            organisation_id: one.get("organisation_id")?,
            role: row::role(one)?,
            asked: row::count(one, "asked")?,
            answered: row::count(one, "answered")?,
            everything_implemented: row::count(one, "complete")?,
        })
    })
    .collect()
}

/// The newest approval of an organisation's self-inspection, whether in force or lapsed.
pub async fn submission(tx: &mut Tx, cycle: &CycleId, organisation: &OrganisationId) -> Result<Option<Submission>> {
    let row = tx
        .maybe(
            "SELECT * FROM submission WHERE cycle_id = $1 AND organisation_id = $2 ORDER BY approved_at DESC, id DESC LIMIT 1",
            args![cycle, organisation],
        )
        .await?;
    row.map(|row| {
        Ok(Submission {
            revision: row.get("revision")?,
            digest: row.get("digest")?,
            comment: row.get("comment")?,
            approved_by: row.get("approved_by")?,
            approved_at: row.get("approved_at")?,
        })
    })
    .transpose()
}

/// The newest revision approved, by organisation.
pub async fn approved_revisions(tx: &mut Tx, cycle: &CycleId) -> Result<Vec<(OrganisationId, i64)>> {
    tx.all("SELECT organisation_id, MAX(revision) AS revision FROM submission WHERE cycle_id = $1 GROUP BY organisation_id", args![cycle])
        .await?
        .iter()
        .map(|row| Ok((row.get("organisation_id")?, row.get("revision")?)))
        .collect()
}

/// Adds an approval.
pub async fn insert_submission(tx: &mut Tx, id: &str, cycle: &CycleId, organisation: &OrganisationId, new: &Submission) -> Result<()> {
    tx.run(
        "INSERT INTO submission (id, cycle_id, organisation_id, revision, digest, comment, approved_by, approved_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![id, cycle, organisation, new.revision, &new.digest, &new.comment, &new.approved_by, &new.approved_at],
    )
    .await?;
    Ok(())
}
