//! Rows of observations: only ever added.

use std::collections::{BTreeMap, BTreeSet};

use engine::facts::{Check, Verdict};
use jiff::tz::TimeZone;

use super::evidence::insert_evidence;
use crate::args;
use crate::base::actor::{OrganisationId, Scope};
use crate::base::dates::{parse_date, stamp, zone};
use crate::base::db::{Row, Tx, Value};
use crate::base::error::{Error, Result};
use crate::measurements::observation::{Measured, New, Observation, ObservationId, Reason, Text};
use crate::measurements::run::RunId;
use crate::measurements::standing::Brief;

/// Names that one statement may list; both databases allow more.
pub(super) const MANY: usize = 500;

pub(super) fn check(row: &Row) -> Result<Check> {
    let text: String = row.get("check_id")?;
    Check::parse(&text).ok_or_else(|| Error::internal(format!("no check is called {text}")))
}

pub(super) fn verdict(row: &Row) -> Result<Verdict> {
    let text: String = row.get("verdict")?;
    Verdict::parse(&text).ok_or_else(|| Error::internal(format!("no verdict is called {text}")))
}

fn text(row: &Row, ja: &str, en: &str) -> Result<Text> {
    Ok(Text { ja: row.get(ja)?, en: row.get(en)? })
}

pub(super) fn read(row: &Row) -> Result<Observation> {
    let reason: Reason = serde_json::from_str(&row.get::<String>("reason")?)?;
    Ok(Observation {
        id: row.get("id")?,
        organisation_id: row.get("organisation_id")?,
        system_id: row.get("system_id")?,
        target: row.get("target")?,
        check: check(row)?,
        verdict: verdict(row)?,
        in_force: row.get("in_force")?,
        reason,
        notes: serde_json::from_str(&row.get::<String>("notes")?)?,
        value: row.get("value")?,
        observed: text(row, "observed_ja", "observed_en")?,
        expected: text(row, "expected_ja", "expected_en")?,
        remedy: row.get("remedy")?,
        who: text(row, "who_ja", "who_en")?,
        command: row.get("command")?,
        evidence_hash: row.get("evidence_hash")?,
        rule_id: row.get("rule_id")?,
        rule_version: row.get("rule_version")?,
        clause: row.get("clause")?,
        vantage: row.get("vantage")?,
        at: row.get("at")?,
        lists: serde_json::from_str(&row.get::<String>("lists")?)?,
        source: row.get("source")?,
        run_id: row.get("run_id")?,
    })
}

/// Adds observations with their evidence; one that is there already (same `origin`) must have been taken out before:
/// see [`known_origins`]. Gives the number added.
pub async fn insert(tx: &mut Tx, new: &[New]) -> Result<u64> {
    let sql = "UPDATE observation_head SET seq = seq + $1 WHERE id = 1 RETURNING seq";
    let first = tx.one(sql, args![new.len()]).await?.get::<i64>("seq")? - new.len() as i64 + 1;
    let rows = new
        .iter()
        .zip(first..)
        .map(|(New { observation: one, origin, .. }, seq)| {
            Ok(args![
                &one.id,
                &one.organisation_id,
                &one.system_id,
                &one.target,
                one.check.as_str(),
                one.verdict.as_str(),
                one.in_force,
                &one.reason.code,
                serde_json::to_string(&one.reason)?,
                serde_json::to_string(&one.notes)?,
                &one.value,
                &one.observed.ja,
                &one.observed.en,
                &one.expected.ja,
                &one.expected.en,
                &one.remedy,
                &one.who.ja,
                &one.who.en,
                &one.command,
                &one.evidence_hash,
                &one.rule_id,
                &one.rule_version,
                &one.clause,
                &one.vantage,
                &one.at,
                serde_json::to_string(&one.lists)?,
                &one.source,
                &one.run_id,
                origin,
                seq
            ]
            .to_vec())
        })
        .collect::<Result<Vec<Vec<Value>>>>()?;
    let added = tx
        .insert_many(
            "INSERT INTO observation (id, organisation_id, system_id, target, check_id, verdict, in_force, reason_code, reason, notes,
             value, observed_ja, observed_en, expected_ja, expected_en, remedy, who_ja, who_en, command, evidence_hash, rule_id,
             rule_version, clause, vantage, at, lists, source, run_id, origin, seq)",
            "",
            &rows,
        )
        .await?;
    insert_evidence(tx, new).await?;
    Ok(added)
}

/// Which of these origins are stored already.
pub async fn known_origins(tx: &mut Tx, origins: &[&str]) -> Result<BTreeSet<String>> {
    let mut known = BTreeSet::new();
    for chunk in origins.chunks(MANY) {
        let sql = format!("SELECT origin FROM observation WHERE origin IN ({})", marks(1, chunk.len()));
        let args: Vec<Value> = chunk.iter().map(|origin| Value::from(*origin)).collect();
        for row in tx.all(&sql, &args).await? {
            known.insert(row.get("origin")?);
        }
    }
    Ok(known)
}

pub(super) fn marks(first: usize, count: usize) -> String {
    (first..first + count).map(|mark| format!("${mark}")).collect::<Vec<_>>().join(", ")
}

/// A target × check of an organisation.
pub type Key = (OrganisationId, String, Check);

/// What is newest of a target × check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Newest {
    /// The newest observation.
    pub id: ObservationId,
    /// When it was made.
    pub at: String,
    /// The last verdict in force that was met or not met, and when it was given.
    pub decided: Option<(Verdict, String)>,
}

/// What is newest of each target × check of `organisations`.
pub async fn newest(tx: &mut Tx, organisations: &[OrganisationId]) -> Result<BTreeMap<Key, Newest>> {
    let mut found = BTreeMap::new();
    for chunk in organisations.chunks(MANY) {
        let sql = format!("SELECT * FROM observation_newest WHERE organisation_id IN ({})", marks(1, chunk.len()));
        let args: Vec<Value> = chunk.iter().map(Value::from).collect();
        for row in tx.all(&sql, &args).await? {
            let decided = row.get::<Option<String>>("decided")?.as_deref().and_then(Verdict::parse);
            let newest = Newest { id: row.get("observation_id")?, at: row.get("at")?, decided: decided.zip(row.get("decided_at")?) };
            found.insert((row.get("organisation_id")?, row.get("target")?, check(&row)?), newest);
        }
    }
    Ok(found)
}

/// Notes what is newest now.
pub async fn set_newest(tx: &mut Tx, newest: &BTreeMap<Key, Newest>) -> Result<()> {
    let rows: Vec<Vec<Value>> = newest
        .iter()
        .map(|((organisation, target, check), one)| {
            let (decided, decided_at) = one.decided.as_ref().map(|(verdict, at)| (verdict.as_str(), at.as_str())).unzip();
            args![organisation, target, check.as_str(), &one.id, &one.at, decided, decided_at].to_vec()
        })
        .collect();
    tx.insert_many(
        "INSERT INTO observation_newest (organisation_id, target, check_id, observation_id, at, decided, decided_at)",
        "ON CONFLICT (organisation_id, target, check_id) DO UPDATE SET observation_id = excluded.observation_id, at = excluded.at,
         decided = excluded.decided, decided_at = excluded.decided_at",
        &rows,
    )
    .await?;
    Ok(())
}

/// What a run has measured already: organisation, target, check.
pub async fn measured_in_run(tx: &mut Tx, run: &RunId) -> Result<BTreeMap<(OrganisationId, String), BTreeSet<Check>>> {
    let mut done: BTreeMap<_, BTreeSet<Check>> = BTreeMap::new();
    for row in &tx.all("SELECT organisation_id, target, check_id FROM observation WHERE run_id = $1", args![run]).await? {
        done.entry((row.get("organisation_id")?, row.get("target")?)).or_default().insert(check(row)?);
    }
    Ok(done)
}

/// The first or last second of a bound: a stamp as it is, a date (`2026-04-01`) as that whole day in Japan.
pub(super) fn bound(text: &str, end: bool) -> String {
    let whole_day = |date: jiff::civil::Date| {
        let day = if end { date.at(23, 59, 59, 0) } else { date.at(0, 0, 0, 0) };
        day.to_zoned(zone()).or_else(|_| day.to_zoned(TimeZone::UTC)).map(|at| stamp(at.timestamp()))
    };
    match (text.len(), parse_date(text)) {
        (10, Some(date)) => whole_day(date).unwrap_or_else(|_| text.to_owned()),
        _ => text.to_owned(),
    }
}

/// The latest observation of each target × check made from `from` to `to`, both included: stamps
/// (`2026-04-01T00:00:00Z`) or dates (whole days in Japan). For the whole federation, in a fixed order.
///
/// Verdicts stand as they were given when measured: evidence judged again later changes nothing about a cycle that is over and
/// is no new measurement. Rules not yet in force are left out, for they only warn.
pub async fn verdicts(tx: &mut Tx, from: &str, to: &str) -> Result<Vec<Measured>> {
    tx.all(
        "SELECT id, organisation_id, system_id, target, check_id, verdict, at FROM (
            SELECT ob.id, ob.organisation_id, ob.system_id, ob.target, ob.check_id, ob.verdict, ob.at,
                ROW_NUMBER() OVER (PARTITION BY ob.organisation_id, ob.target, ob.check_id ORDER BY ob.at DESC, ob.id DESC) AS place
            FROM observation ob WHERE ob.at >= $1 AND ob.at <= $2 AND ob.in_force = 1 AND ob.source <> 'rejudge') ranked
         WHERE place = 1 ORDER BY organisation_id, target, check_id",
        args![bound(from, false), bound(to, true)],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Measured {
            organisation_id: row.get("organisation_id")?,
            system_id: row.get("system_id")?,
            target: row.get("target")?,
            check: check(row)?,
            verdict: verdict(row)?,
            observation_id: row.get("id")?,
            at: row.get("at")?,
        })
    })
    .collect()
}

/// The latest observation of each target × check within reach, whenever it was made.
pub async fn latest(tx: &mut Tx, scope: &Scope) -> Result<Vec<Observation>> {
    tx.all_in(
        scope,
        "SELECT ob.* FROM observation_newest n JOIN observation ob ON ob.id = n.observation_id
         JOIN organisation o ON o.id = n.organisation_id WHERE SCOPE(o.path) ORDER BY o.path, ob.target, ob.check_id",
        &[],
    )
    .await?
    .iter()
    .map(read)
    .collect()
}

/// What is newest of each target × check within reach, in short.
pub async fn briefs(tx: &mut Tx, scope: &Scope) -> Result<BTreeMap<Key, Brief>> {
    let sql = "SELECT n.organisation_id, n.target, n.check_id, ob.id, ob.verdict, ob.at, ob.value FROM observation_newest n
        JOIN observation ob ON ob.id = n.observation_id JOIN organisation o ON o.id = n.organisation_id WHERE SCOPE(o.path)";
    let brief = |row: &Row| -> Result<Brief> {
        Ok(Brief { id: row.get("id")?, check: check(row)?, verdict: verdict(row)?, at: row.get("at")?, value: row.get("value")? })
    };
    let rows = tx.all_in(scope, sql, &[]).await?;
    rows.iter().map(|row| Ok(((row.get("organisation_id")?, row.get("target")?, check(row)?), brief(row)?))).collect()
}

/// Some observations within reach, by their ids.
pub async fn observations(tx: &mut Tx, scope: &Scope, ids: &[&ObservationId]) -> Result<BTreeMap<ObservationId, Observation>> {
    let mut found = BTreeMap::new();
    for chunk in ids.chunks(MANY) {
        let sql = format!(
            "SELECT ob.* FROM observation ob JOIN organisation o ON o.id = ob.organisation_id WHERE ob.id IN ({}) AND SCOPE(o.path)",
            marks(1, chunk.len())
        );
        let args: Vec<Value> = chunk.iter().map(|id| Value::from(*id)).collect();
        for row in tx.all_in(scope, &sql, &args).await? {
            let one = read(&row)?;
            found.insert(one.id.clone(), one);
        }
    }
    Ok(found)
}

/// One observation within reach.
pub async fn observation(tx: &mut Tx, scope: &Scope, id: &ObservationId) -> Result<Observation> {
    let sql = "SELECT ob.* FROM observation ob JOIN organisation o ON o.id = ob.organisation_id WHERE ob.id = $1 AND SCOPE(o.path)";
    read(&tx.one_in(scope, sql, args![id]).await?)
}

/// The newest `count` observations of one target, newest first.
pub async fn history(tx: &mut Tx, scope: &Scope, organisation: &OrganisationId, target: &str, count: i64) -> Result<Vec<Observation>> {
    tx.all_in(
        scope,
        "SELECT ob.* FROM observation ob JOIN organisation o ON o.id = ob.organisation_id
         WHERE ob.organisation_id = $1 AND ob.target = $2 AND SCOPE(o.path) ORDER BY ob.at DESC, ob.seq DESC LIMIT $3",
        args![organisation, target, count],
    )
    .await?
    .iter()
    .map(read)
    .collect()
}

/// The first `count` observations of one run within reach, in the order of the tree.
pub async fn of_run(tx: &mut Tx, scope: &Scope, run: &RunId, count: i64) -> Result<Vec<Observation>> {
    tx.all_in(
        scope,
        "SELECT ob.* FROM observation ob JOIN organisation o ON o.id = ob.organisation_id
         WHERE ob.run_id = $1 AND SCOPE(o.path) ORDER BY o.path, ob.target, ob.check_id LIMIT $2",
        args![run, count],
    )
    .await?
    .iter()
    .map(read)
    .collect()
}

/// How often a run gave a verdict for a check, within reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The run.
    pub run_id: RunId,
    /// The check.
    pub check: Check,
    /// The verdict.
    pub verdict: Verdict,
    /// How often.
    pub count: i64,
}

/// The verdicts of `runs`, counted, within reach.
pub async fn tally(tx: &mut Tx, scope: &Scope, runs: &[&RunId]) -> Result<Vec<Tally>> {
    if runs.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT ob.run_id, ob.check_id, ob.verdict, COUNT(*) AS times FROM observation ob JOIN organisation o ON o.id = ob.organisation_id
         WHERE ob.run_id IN ({}) AND SCOPE(o.path) GROUP BY ob.run_id, ob.check_id, ob.verdict",
        marks(1, runs.len())
    );
    let args: Vec<Value> = runs.iter().map(|run| Value::from(*run)).collect();
    tx.all_in(scope, &sql, &args)
        .await?
        .iter()
        .map(|row| Ok(Tally { run_id: row.get("run_id")?, check: check(row)?, verdict: verdict(row)?, count: row.get("times")? }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::bound;

    #[test]
    fn a_date_is_the_whole_day_in_japan() {
        assert_eq!(bound("2026-04-01", false), "2026-03-31T15:00:00Z");
        assert_eq!(bound("2026-04-01", true), "2026-04-01T14:59:59Z");
        assert_eq!(bound("2026-04-01T00:00:00Z", true), "2026-04-01T00:00:00Z");
    }
}
