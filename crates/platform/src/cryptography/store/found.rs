//! Rows of what evidence shows: drawn from the newest observation of each target × check that measured anything.

use engine::crypto::{Day, Measured, Place, Use};
use engine::facts::Verdict;

use super::algorithm;
use crate::args;
use crate::base::actor::{OrganisationId, Scope};
use crate::base::dates::{date, parse_stamp};
use crate::base::db::{Row, Tx, Value};
use crate::base::error::{Error, Result};
use crate::measurements::observation::ObservationId;

/// An observation whose evidence was not read yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The observation.
    pub id: ObservationId,
    /// Whose target it is.
    pub organisation_id: OrganisationId,
    /// The domain.
    pub target: String,
    /// What was measured.
    pub check: String,
    /// Whether it says anything about the target.
    pub measured: bool,
    /// When, UTC.
    pub at: String,
    /// The observation whose rows stand for this target and check; empty for none.
    pub shown_by: String,
}

/// The newest observations that were not read yet, `count` at most.
pub async fn unread(tx: &mut Tx, count: i64) -> Result<Vec<Unread>> {
    let read = |row: &Row| {
        let verdict: String = row.get("verdict")?;
        let source: String = row.get("source")?;
        Ok(Unread {
            id: row.get("observation_id")?,
            organisation_id: row.get("organisation_id")?,
            target: row.get("target")?,
            check: row.get("check_id")?,
            measured: Verdict::parse(&verdict) != Some(Verdict::CouldNotMeasure) && source != "import",
            at: row.get("at")?,
            shown_by: row.get("shown_by")?,
        })
    };
    tx.all(
        "SELECT n.organisation_id, n.target, n.check_id, n.observation_id, ob.verdict, ob.source, ob.at, COALESCE(r.shown_by, '') AS shown_by
         FROM observation_newest n JOIN observation ob ON ob.id = n.observation_id
         LEFT JOIN crypto_read r ON r.organisation_id = n.organisation_id AND r.target = n.target AND r.check_id = n.check_id
         WHERE r.observation_id IS NULL OR r.observation_id <> n.observation_id
         ORDER BY n.organisation_id, n.target, n.check_id LIMIT $1",
        args![count],
    )
    .await?
    .iter()
    .map(read)
    .collect()
}

/// Notes `read` as read, each with what its evidence shows. Rows of the observation before are taken away where the new one measured.
pub async fn keep(tx: &mut Tx, read: &[(Unread, Vec<Use>)]) -> Result<()> {
    let gone: Vec<Value> =
        read.iter().filter(|(one, _)| one.measured && !one.shown_by.is_empty()).map(|(one, _)| Value::from(&one.shown_by)).collect();
    if !gone.is_empty() {
        let marks: Vec<String> = (1..=gone.len()).map(|at| format!("${at}")).collect();
        tx.run(&format!("DELETE FROM crypto_found WHERE observation_id IN ({})", marks.join(", ")), &gone).await?;
    }
    let mut rows: Vec<Vec<Value>> = Vec::new();
    for (one, uses) in read.iter().filter(|(one, _)| one.measured) {
        rows.extend(
            uses.iter().map(|shown| {
                args![&one.id, &one.organisation_id, &one.target, shown.algorithm.id, shown.place.as_str(), &shown.host, &one.at].to_vec()
            }),
        );
    }
    tx.insert_many(
        "INSERT INTO crypto_found (observation_id, organisation_id, target, algorithm, place, host, at)",
        "ON CONFLICT (observation_id, algorithm, place, host) DO NOTHING",
        &rows,
    )
    .await?;
    let rows: Vec<Vec<Value>> = read
        .iter()
        .map(|(one, _)| {
            let shown_by = if one.measured { one.id.as_str() } else { &one.shown_by };
            args![&one.organisation_id, &one.target, &one.check, &one.id, shown_by].to_vec()
        })
        .collect();
    tx.insert_many(
        "INSERT INTO crypto_read (organisation_id, target, check_id, observation_id, shown_by)",
        "ON CONFLICT (organisation_id, target, check_id) DO UPDATE SET observation_id = excluded.observation_id, shown_by = excluded.shown_by",
        &rows,
    )
    .await?;
    Ok(())
}

/// What is measured of one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Whose target it is.
    pub organisation_id: OrganisationId,
    /// The domain.
    pub target: String,
    /// The use, and the day of the newest measurement that shows it.
    pub measured: Measured,
}

/// Everything measured within reach, each use of a target once.
pub async fn found(tx: &mut Tx, scope: &Scope) -> Result<Vec<Found>> {
    let read = |row: &Row| {
        let place: String = row.get("place")?;
        let shown = Use {
            algorithm: algorithm(row, "algorithm")?,
            place: Place::parse(&place).ok_or_else(|| Error::internal(format!("no place is called {place}")))?,
            host: row.get("host")?,
        };
        let at: String = row.get("at")?;
        let on = parse_stamp(&at).and_then(|at| Day::parse(&date(at).to_string()));
        let on = on.ok_or_else(|| Error::internal(format!("{at} is no time")))?;
        Ok(Found { organisation_id: row.get("organisation_id")?, target: row.get("target")?, measured: Measured { shown, on } })
    };
    tx.all_in(
        scope,
        "SELECT f.organisation_id, f.target, f.algorithm, f.place, f.host, MAX(f.at) AS at FROM crypto_found f
         JOIN organisation o ON o.id = f.organisation_id WHERE SCOPE(o.path)
         GROUP BY f.organisation_id, f.target, f.algorithm, f.place, f.host ORDER BY f.organisation_id, f.target, f.algorithm, f.place, f.host",
        &[],
    )
    .await?
    .iter()
    .map(read)
    .collect()
}
