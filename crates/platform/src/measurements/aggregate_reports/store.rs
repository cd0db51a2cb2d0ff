//! All SQL of the aggregate reports.

use std::collections::{BTreeMap, BTreeSet};

use super::{AggregateReport, Messages, ReportedSelector, Source};
use crate::args;
use crate::base::actor::{OrganisationId, Scope};
use crate::base::db::{Row, Tx, Value};
use crate::base::error::Result;

/// Reports of one domain that a page shows.
const SHOWN: i64 = 400;
/// Addresses of one domain that a page shows.
const SOURCES: i64 = 500;

/// An organisation and one of its domains.
pub type Whose<'a> = (&'a OrganisationId, &'a str);

fn count(row: &Row, name: &str) -> Result<u64> {
    Ok(u64::try_from(row.get::<i64>(name)?).unwrap_or(0))
}

fn messages(row: &Row) -> Result<Messages> {
    Ok(Messages { aligned: count(row, "aligned")?, failed: count(row, "failed")?, unknown: count(row, "unknown")? })
}

fn report(row: &Row) -> Result<AggregateReport> {
    Ok(AggregateReport {
        id: row.get("id")?,
        organisation_id: row.get("organisation_id")?,
        domain: row.get("domain")?,
        reporter: row.get("reporter")?,
        report: row.get("report")?,
        begin_at: row.get("begin_at")?,
        end_at: row.get("end_at")?,
        policy: row.get("policy")?,
        messages: messages(row)?,
        imported_at: row.get("imported_at")?,
        by: row.get("by_name")?,
    })
}

fn selector(row: &Row) -> Result<ReportedSelector> {
    Ok(ReportedSelector {
        organisation_id: row.get("organisation_id")?,
        domain: row.get("domain")?,
        selector: row.get("selector")?,
        first_at: row.get("first_at")?,
        last_at: row.get("last_at")?,
        passed_at: row.get("passed_at")?,
        passed: count(row, "passed")?,
        failed: count(row, "failed")?,
    })
}

/// Keeps a report with its sources; `false`: it is kept already.
pub async fn insert(tx: &mut Tx, one: &AggregateReport, sources: &[Source]) -> Result<bool> {
    let m = &one.messages;
    let added = tx
        .run(
            "INSERT INTO aggregate_report (id, organisation_id, domain, reporter, report, begin_at, end_at, policy, aligned, failed, unknown,
             imported_at, by_name) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
             ON CONFLICT (organisation_id, domain, reporter, report) DO NOTHING",
            args![
                &one.id,
                &one.organisation_id,
                &one.domain,
                &one.reporter,
                &one.report,
                &one.begin_at,
                &one.end_at,
                &one.policy,
                m.aligned,
                m.failed,
                m.unknown,
                &one.imported_at,
                &one.by
            ],
        )
        .await?;
    if added == 0 {
        return Ok(false);
    }
    let rows: Vec<Vec<Value>> = sources
        .iter()
        .map(|from| args![&one.id, &from.address, from.messages.aligned, from.messages.failed, from.messages.unknown, from.refused].to_vec())
        .collect();
    tx.insert_many("INSERT INTO aggregate_source (report_id, source, aligned, failed, unknown, refused)", "", &rows).await?;
    Ok(true)
}

/// Adds what a report tells of selectors to what is known of them.
pub async fn learn(tx: &mut Tx, seen: &[ReportedSelector]) -> Result<()> {
    let rows: Vec<Vec<Value>> = seen
        .iter()
        .map(|one| {
            args![&one.organisation_id, &one.domain, &one.selector, &one.first_at, &one.last_at, &one.passed_at, one.passed, one.failed].to_vec()
        })
        .collect();
    // `MAX` of two values is SQLite's alone; both databases know CASE.
    let tail = "ON CONFLICT (organisation_id, domain, selector) DO UPDATE SET
        first_at = CASE WHEN excluded.first_at < reported_selector.first_at THEN excluded.first_at ELSE reported_selector.first_at END,
        last_at = CASE WHEN excluded.last_at > reported_selector.last_at THEN excluded.last_at ELSE reported_selector.last_at END,
        passed_at = CASE WHEN reported_selector.passed_at IS NULL OR excluded.passed_at > reported_selector.passed_at THEN excluded.passed_at
            ELSE reported_selector.passed_at END,
        passed = reported_selector.passed + excluded.passed, failed = reported_selector.failed + excluded.failed";
    let head = "INSERT INTO reported_selector (organisation_id, domain, selector, first_at, last_at, passed_at, passed, failed)";
    tx.insert_many(head, tail, &rows).await?;
    Ok(())
}

/// Reports of a domain since some time, added up.
#[derive(Clone, Debug, Default)]
pub struct Counted {
    /// How many there are.
    pub reports: u64,
    /// The end of the last one of all.
    pub last_at: Option<String>,
    /// Messages they tell of.
    pub messages: Messages,
}

/// The reports that ended since `from`, by domain; a domain whose reports are all older is there with none.
pub async fn counted(tx: &mut Tx, scope: &Scope, from: &str) -> Result<BTreeMap<(OrganisationId, String), Counted>> {
    let sql = "SELECT r.organisation_id, r.domain, MAX(r.end_at) AS last_at, SUM(CASE WHEN r.end_at >= $1 THEN 1 ELSE 0 END) AS reports,
        CAST(SUM(CASE WHEN r.end_at >= $1 THEN r.aligned ELSE 0 END) AS BIGINT) AS aligned,
        CAST(SUM(CASE WHEN r.end_at >= $1 THEN r.failed ELSE 0 END) AS BIGINT) AS failed,
        CAST(SUM(CASE WHEN r.end_at >= $1 THEN r.unknown ELSE 0 END) AS BIGINT) AS unknown
        FROM aggregate_report r JOIN organisation o ON o.id = r.organisation_id WHERE SCOPE(o.path) GROUP BY r.organisation_id, r.domain";
    let rows = tx.all_in(scope, sql, args![from]).await?;
    let read =
        |row: &Row| -> Result<Counted> { Ok(Counted { reports: count(row, "reports")?, last_at: row.get("last_at")?, messages: messages(row)? }) };
    rows.iter().map(|row| Ok(((row.get("organisation_id")?, row.get("domain")?), read(row)?))).collect()
}

/// The newest reports about one domain. The caller has found the domain within reach.
pub async fn reports(tx: &mut Tx, (organisation, domain): Whose<'_>) -> Result<Vec<AggregateReport>> {
    let sql = "SELECT * FROM aggregate_report WHERE organisation_id = $1 AND domain = $2 ORDER BY end_at DESC, id DESC LIMIT $3";
    tx.all(sql, args![organisation, domain, SHOWN]).await?.iter().map(report).collect()
}

/// Who sent mail in the name of one domain since `from`, those first whose mail failed most. The caller has found the domain within reach.
pub async fn sources(tx: &mut Tx, (organisation, domain): Whose<'_>, from: &str) -> Result<Vec<Source>> {
    let sql = "SELECT s.source, CAST(SUM(s.aligned) AS BIGINT) AS aligned, CAST(SUM(s.failed) AS BIGINT) AS failed,
        CAST(SUM(s.unknown) AS BIGINT) AS unknown, CAST(SUM(s.refused) AS BIGINT) AS refused
        FROM aggregate_source s JOIN aggregate_report r ON r.id = s.report_id
        WHERE r.organisation_id = $1 AND r.domain = $2 AND r.end_at >= $3
        GROUP BY s.source ORDER BY SUM(s.failed) DESC, SUM(s.aligned) DESC, s.source LIMIT $4";
    let rows = tx.all(sql, args![organisation, domain, from, SOURCES]).await?;
    rows.iter().map(|row| Ok(Source { address: row.get("source")?, messages: messages(row)?, refused: count(row, "refused")? })).collect()
}

/// The selectors of one domain, the newest first. The caller has found the domain within reach.
pub async fn selectors_of(tx: &mut Tx, (organisation, domain): Whose<'_>) -> Result<Vec<ReportedSelector>> {
    let sql = "SELECT * FROM reported_selector WHERE organisation_id = $1 AND domain = $2 ORDER BY last_at DESC, selector LIMIT $3";
    tx.all(sql, args![organisation, domain, SOURCES]).await?.iter().map(selector).collect()
}

/// The selectors within reach under which a signature was good since `from`.
pub async fn good_selectors(tx: &mut Tx, scope: &Scope, from: &str) -> Result<Vec<ReportedSelector>> {
    let sql = "SELECT r.* FROM reported_selector r JOIN organisation o ON o.id = r.organisation_id
        WHERE r.passed_at >= $1 AND SCOPE(o.path) ORDER BY r.organisation_id, r.domain, r.passed_at DESC, r.selector";
    tx.all_in(scope, sql, args![from]).await?.iter().map(selector).collect()
}

/// The selectors known of one organisation.
pub async fn known_selectors(tx: &mut Tx, organisation: &OrganisationId) -> Result<BTreeSet<(String, String)>> {
    let rows = tx.all("SELECT domain, selector FROM reported_selector WHERE organisation_id = $1", args![organisation]).await?;
    rows.iter().map(|row| Ok((row.get("domain")?, row.get("selector")?))).collect()
}

/// Takes away what ended before `before`; gives how many reports.
pub async fn tidy(tx: &mut Tx, before: &str) -> Result<u64> {
    tx.run("DELETE FROM aggregate_source WHERE report_id IN (SELECT id FROM aggregate_report WHERE end_at < $1)", args![before]).await?;
    tx.run("DELETE FROM reported_selector WHERE last_at < $1", args![before]).await?;
    tx.run("DELETE FROM aggregate_report WHERE end_at < $1", args![before]).await
}
