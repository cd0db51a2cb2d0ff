//! Rows of runs.

use engine::facts::Verdict;

use crate::args;
use crate::base::actor::{OrganisationId, Scope};
use crate::base::db::{Row, Tx};
use crate::base::error::Result;
use crate::base::jobs::JobId;
use crate::measurements::run::{Asked, Counts, Run, RunId, State};

fn read(row: &Row) -> Result<Run> {
    let count = |name: &str| row.get::<i64>(name).map(|value| u64::try_from(value).unwrap_or(0));
    Ok(Run {
        id: row.get("id")?,
        organisation_id: row.get("organisation_id")?,
        origin: row.get("origin")?,
        whole: row.get("whole")?,
        asked: serde_json::from_str(&row.get::<String>("asked")?)?,
        asked_by: row.get("asked_by")?,
        state: State::parse(&row.get::<String>("state")?),
        job_id: row.get("job_id")?,
        created_at: row.get("created_at")?,
        started_at: row.get("started_at")?,
        finished_at: row.get("finished_at")?,
        targets: row.get("targets")?,
        done: row.get("done")?,
        counts: Counts {
            met: count("met")?,
            not_met: count("not_met")?,
            not_applicable: count("not_applicable")?,
            unknown: count("could_not_measure")?,
        },
    })
}

/// Adds a run.
pub async fn insert_run(tx: &mut Tx, run: &Run) -> Result<()> {
    tx.run(
        "INSERT INTO measure_run (id, organisation_id, origin, whole, asked, asked_by, state, job_id, created_at, started_at, finished_at,
         targets, done, met, not_met, not_applicable, could_not_measure)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        args![
            &run.id,
            &run.organisation_id,
            &run.origin,
            run.whole,
            serde_json::to_string(&run.asked)?,
            &run.asked_by,
            run.state.as_str(),
            &run.job_id,
            &run.created_at,
            &run.started_at,
            &run.finished_at,
            run.targets,
            run.done,
            run.counts.met,
            run.counts.not_met,
            run.counts.not_applicable,
            run.counts.unknown
        ],
    )
    .await?;
    Ok(())
}

/// Notes which job does a run.
pub async fn set_job(tx: &mut Tx, id: &RunId, job: &JobId) -> Result<()> {
    tx.run("UPDATE measure_run SET job_id = $2 WHERE id = $1", args![id, job]).await?;
    Ok(())
}

/// One run within reach.
pub async fn run(tx: &mut Tx, scope: &Scope, id: &RunId) -> Result<Run> {
    let sql = "SELECT r.* FROM measure_run r JOIN organisation o ON o.id = r.organisation_id WHERE r.id = $1 AND SCOPE(o.path)";
    read(&tx.one_in(scope, sql, args![id]).await?)
}

/// The newest runs within reach, newest first.
pub async fn runs(tx: &mut Tx, scope: &Scope, count: i64) -> Result<Vec<Run>> {
    tx.all_in(
        scope,
        "SELECT r.* FROM measure_run r JOIN organisation o ON o.id = r.organisation_id WHERE SCOPE(o.path)
         ORDER BY r.created_at DESC, r.id DESC LIMIT $1",
        args![count],
    )
    .await?
    .iter()
    .map(read)
    .collect()
}

/// The run of this organisation that asks the same and is not over, if there is one. `again`: one that judges kept evidence again.
pub async fn open_run(tx: &mut Tx, organisation: &OrganisationId, asked: &Asked, again: bool) -> Result<Option<Run>> {
    let sql = "SELECT * FROM measure_run WHERE organisation_id = $1 AND asked = $2 AND (origin = 'rejudge') = ($3 = 1)
               AND state IN ('waiting', 'running') ORDER BY id LIMIT 1";
    tx.maybe(sql, args![organisation, serde_json::to_string(asked)?, i64::from(again)]).await?.map(|row| read(&row)).transpose()
}

/// Notes how far a run has come.
pub async fn set_progress(tx: &mut Tx, id: &RunId, targets: usize, done: usize, started_at: &str) -> Result<()> {
    tx.run(
        "UPDATE measure_run SET state = 'running', targets = $2, done = $3, started_at = COALESCE(started_at, $4) WHERE id = $1",
        args![id, targets, done, started_at],
    )
    .await?;
    Ok(())
}

/// Ends a run, with what came out.
pub async fn set_state(tx: &mut Tx, id: &RunId, state: State, counts: Counts, finished_at: &str) -> Result<()> {
    tx.run(
        "UPDATE measure_run SET state = $2, met = $3, not_met = $4, not_applicable = $5, could_not_measure = $6, finished_at = $7 WHERE id = $1",
        args![id, state.as_str(), counts.met, counts.not_met, counts.not_applicable, counts.unknown, finished_at],
    )
    .await?;
    Ok(())
}

/// What a run gave so far.
pub async fn counts_of(tx: &mut Tx, id: &RunId) -> Result<Counts> {
    let mut counts = Counts::default();
    for row in tx.all("SELECT verdict, COUNT(*) AS times FROM observation WHERE run_id = $1 GROUP BY verdict", args![id]).await? {
        let times = u64::try_from(row.get::<i64>("times")?).unwrap_or(0);
        if let Some(verdict) = Verdict::parse(&row.get::<String>("verdict")?) {
            counts.add(verdict, times);
        }
    }
    Ok(counts)
}

/// The newest complete runs over everything, asked for at an organisation that lies above all of `paths`. They may be beyond the
/// reader's reach: show nothing of them but what [`super::tally`] counts within reach.
pub async fn runs_above(tx: &mut Tx, paths: &[&str], count: i64) -> Result<Vec<Run>> {
    let Some((first, rest)) = paths.split_first() else { return Ok(Vec::new()) };
    let mut args = args![count, *first].to_vec();
    let mut sql = "SELECT r.* FROM measure_run r JOIN organisation o ON o.id = r.organisation_id
        WHERE r.whole = 1 AND r.state = 'done' AND r.origin <> 'import' AND $2 LIKE o.path || '%'"
        .to_owned();
    for path in rest {
        args.push((*path).into());
        sql.push_str(&format!(" AND ${} LIKE o.path || '%'", args.len()));
    }
    sql.push_str(" ORDER BY r.created_at DESC, r.id DESC LIMIT $1");
    tx.all(&sql, &args).await?.iter().map(read).collect()
}
