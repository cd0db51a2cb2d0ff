//! Since when a verdict stands, and the readings of one target: the history without its words.

use std::collections::BTreeMap;

use engine::facts::Verdict;

use super::observations::{Key, check, verdict};
use crate::args;
use crate::base::actor::{OrganisationId, Scope};
use crate::base::db::{Row, Tx};
use crate::base::error::Result;
use crate::measurements::observation::Observation;
use crate::measurements::series::{Reading, breakers};

/// Of several readings of one moment the one kept last counts: the condition that `name` is it.
fn last_of_its_moment(name: &str) -> String {
    format!(
        "NOT EXISTS (SELECT 1 FROM observation later WHERE later.organisation_id = {name}.organisation_id AND later.target = {name}.target
         AND later.check_id = {name}.check_id AND later.at = {name}.at AND later.seq > {name}.seq)"
    )
}

/// Of every target × check within reach whose newest verdict is `wanted`: since when it is, by the rules of
/// [`crate::measurements::series`]. One statement, which looks up three places of an index for each; the history is not read.
pub async fn since(tx: &mut Tx, scope: &Scope, wanted: Verdict) -> Result<BTreeMap<Key, String>> {
    let broken = |mark: u8| {
        format!(
            "COALESCE((SELECT broke.at FROM observation broke WHERE broke.organisation_id = n.organisation_id AND broke.target = n.target
             AND broke.check_id = n.check_id AND broke.verdict = ${mark} AND {} ORDER BY broke.at DESC LIMIT 1), '')",
            last_of_its_moment("broke")
        )
    };
    let sql = format!(
        "SELECT n.organisation_id, n.target, n.check_id, (
             SELECT begun.at FROM observation begun WHERE begun.organisation_id = n.organisation_id AND begun.target = n.target
             AND begun.check_id = n.check_id AND begun.verdict = $1 AND begun.at > {} AND begun.at > {} AND {} ORDER BY begun.at LIMIT 1) AS since
         FROM observation_newest n JOIN observation newest ON newest.id = n.observation_id JOIN organisation o ON o.id = n.organisation_id
         WHERE newest.verdict = $1 AND SCOPE(o.path)",
        broken(2),
        broken(3),
        last_of_its_moment("begun")
    );
    let [one, other] = breakers(wanted);
    let mut found = BTreeMap::new();
    for row in tx.all_in(scope, &sql, args![wanted.as_str(), one.as_str(), other.as_str()]).await? {
        if let Some(since) = row.get::<Option<String>>("since")? {
            found.insert((row.get("organisation_id")?, row.get("target")?, check(&row)?), since);
        }
    }
    Ok(found)
}

/// As [`since`], for every verdict that makes a series: three statements.
pub async fn since_decided(tx: &mut Tx, scope: &Scope) -> Result<BTreeMap<Key, String>> {
    let mut all = BTreeMap::new();
    for verdict in [Verdict::Met, Verdict::NotMet, Verdict::NotApplicable] {
        all.append(&mut since(tx, scope, verdict).await?);
    }
    Ok(all)
}

/// Since when the series that one observation stands in had lasted when it was made; none where it decided nothing.
pub async fn since_of(tx: &mut Tx, scope: &Scope, one: &Observation) -> Result<Option<String>> {
    if matches!(one.verdict, Verdict::CouldNotMeasure | Verdict::Stale) {
        return Ok(None);
    }
    let sql = format!(
        "SELECT MIN(begun.at) AS since FROM observation begun JOIN organisation o ON o.id = begun.organisation_id
         WHERE begun.organisation_id = $1 AND begun.target = $2 AND begun.check_id = $3 AND begun.verdict = $4 AND begun.at <= $5
         AND SCOPE(o.path) AND begun.at > COALESCE((
             SELECT MAX(broke.at) FROM observation broke WHERE broke.organisation_id = $1 AND broke.target = $2 AND broke.check_id = $3
             AND broke.verdict IN ($6, $7) AND broke.at < $5 AND {}), '') AND (begun.at = $5 OR {})",
        last_of_its_moment("broke"),
        last_of_its_moment("begun")
    );
    let [first, second] = breakers(one.verdict);
    let args = args![&one.organisation_id, &one.target, one.check.as_str(), one.verdict.as_str(), &one.at, first.as_str(), second.as_str()];
    tx.one_in(scope, &sql, args).await?.get("since")
}

fn reading(row: &Row) -> Result<Reading> {
    Ok(Reading { id: row.get("id")?, check: check(row)?, verdict: verdict(row)?, at: row.get("at")? })
}

/// The readings of one target at its last `count` moments, oldest first, of one moment in the order in which they were kept. `only`: of
/// this check alone, by its name; empty: of all.
pub async fn readings(tx: &mut Tx, scope: &Scope, (organisation, target): (&OrganisationId, &str), only: &str, count: i64) -> Result<Vec<Reading>> {
    tx.all_in(
        scope,
        "SELECT ob.id, ob.check_id, ob.verdict, ob.at FROM observation ob JOIN organisation o ON o.id = ob.organisation_id
         WHERE ob.organisation_id = $1 AND ob.target = $2 AND ($3 = '' OR ob.check_id = $3) AND SCOPE(o.path) AND ob.at IN (
             SELECT DISTINCT moment.at FROM observation moment
             WHERE moment.organisation_id = $1 AND moment.target = $2 AND ($3 = '' OR moment.check_id = $3)
             ORDER BY moment.at DESC LIMIT $4)
         ORDER BY ob.at, ob.seq",
        args![organisation, target, only, count],
    )
    .await?
    .iter()
    .map(reading)
    .collect()
}
