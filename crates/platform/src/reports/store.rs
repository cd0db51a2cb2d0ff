//! All SQL of the reports.

use std::collections::BTreeMap;

use engine::words::Words;
use serde::{Deserialize, Serialize};

use super::fact::{Class, Facts, Incident, Prevention};
use super::report::{Kind, Report, ReportId, State};
use super::tree::Tree;
use crate::args;
use crate::base::actor::{OrganisationId, Scope};
use crate::base::db::{Row, Tx};
use crate::base::error::{Error, Result};

/// A version of a report.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    /// The report.
    pub report_id: ReportId,
    /// 1, 2, 3 …
    pub version: i64,
    /// What people wrote, by field.
    pub texts: BTreeMap<String, Words>,
    /// The whole as data.
    pub tree: Tree,
    /// SHA-256 of the whole.
    pub digest: String,
    /// By whom.
    pub saved_by: String,
    /// When.
    pub saved_at: String,
}

/// A version without its contents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct VersionLine {
    /// 1, 2, 3 …
    pub version: i64,
    /// SHA-256 of the whole.
    pub digest: String,
    /// By whom.
    pub saved_by: String,
    /// When.
    pub saved_at: String,
}

/// An advisor's remark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Comment {
    /// Its id.
    pub id: String,
    /// The version it speaks of.
    pub version: i64,
    /// The section, or empty for the whole.
    pub section: String,
    /// The remark.
    pub body: String,
    /// Whether it recommends the effort as a good practice.
    pub nominated: bool,
    /// By whom.
    pub written_by: String,
    /// When.
    pub written_at: String,
}

/// A decision on a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Decision {
    /// Its id.
    pub id: String,
    /// The version it binds.
    pub version: i64,
    /// SHA-256 of that version.
    pub digest: String,
    /// `approve`, `submit` or `publish`.
    pub decision: String,
    /// A remark, such as the meeting that decided.
    pub note: String,
    /// By whom.
    pub decided_by: String,
    /// When.
    pub decided_at: String,
}

const FROM: &str = "SELECT r.*, o.path AS path FROM report r JOIN organisation o ON o.id = r.organisation_id";

fn unreadable(what: &str) -> Error {
    Error::internal(format!("unreadable {what}"))
}

fn report_row(row: &Row) -> Result<Report> {
    Ok(Report {
        id: row.get("id")?,
        cycle_id: row.get("cycle_id")?,
        organisation_id: row.get("organisation_id")?,
        path: row.get("path")?,
        kind: Kind::parse(&row.get::<String>("kind")?).ok_or_else(|| unreadable("report.kind"))?,
        state: State::parse(&row.get::<String>("state")?).ok_or_else(|| unreadable("report.state"))?,
        version: row.get("version")?,
        approved_version: row.get("approved_version")?,
        published_version: row.get("published_version")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        published_at: row.get("published_at")?,
    })
}

/// Every report within reach, newest cycle first; `cycle` empty means all.
pub async fn reports(tx: &mut Tx, scope: &Scope, cycle: &str) -> Result<Vec<Report>> {
    let sql = format!("{FROM} WHERE SCOPE(o.path) AND ($1 = '' OR r.cycle_id = $1) ORDER BY r.cycle_id DESC, r.kind, o.path");
    tx.all_in(scope, &sql, args![cycle]).await?.iter().map(report_row).collect()
}

/// Every report of which a version is published.
pub async fn published(tx: &mut Tx) -> Result<Vec<Report>> {
    let sql = format!("{FROM} WHERE r.published_version IS NOT NULL ORDER BY r.cycle_id DESC, r.kind, o.path");
    tx.all(&sql, &[]).await?.iter().map(report_row).collect()
}

/// One report within reach.
pub async fn report(tx: &mut Tx, scope: &Scope, id: &ReportId) -> Result<Report> {
    report_row(&tx.one_in(scope, &format!("{FROM} WHERE r.id = $1 AND SCOPE(o.path)"), args![id]).await?)
}

/// One published report; an unpublished one is not found.
pub async fn published_report(tx: &mut Tx, id: &ReportId) -> Result<Report> {
    report_row(&tx.one(&format!("{FROM} WHERE r.id = $1 AND r.published_version IS NOT NULL"), args![id]).await?)
}

/// The report of an organisation on a cycle, if it was begun.
pub async fn report_of(tx: &mut Tx, cycle: &str, organisation: &OrganisationId, kind: Kind) -> Result<Option<Report>> {
    let sql = format!("{FROM} WHERE r.cycle_id = $1 AND r.organisation_id = $2 AND r.kind = $3");
    tx.maybe(&sql, args![cycle, organisation, kind.as_str()]).await?.as_ref().map(report_row).transpose()
}

/// Begins a report.
pub async fn insert(tx: &mut Tx, new: &Report) -> Result<()> {
    tx.run(
        "INSERT INTO report (id, cycle_id, organisation_id, kind, state, version, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
        args![&new.id, &new.cycle_id, &new.organisation_id, new.kind.as_str(), new.state.as_str(), new.version, &new.created_at],
    )
    .await?;
    Ok(())
}

/// Moves a report that still is at `from` and `version`; false: somebody was faster.
pub async fn move_to(tx: &mut Tx, one: &Report, from: State, version: i64) -> Result<bool> {
    let touched = tx
        .run(
            "UPDATE report SET state = $1, version = $2, approved_version = $3, published_version = $4, updated_at = $5, published_at = $6
             WHERE id = $7 AND state = $8 AND version = $9",
            args![
                one.state.as_str(),
                one.version,
                one.approved_version,
                one.published_version,
                &one.updated_at,
                &one.published_at,
                &one.id,
                from.as_str(),
                version
            ],
        )
        .await?;
    Ok(touched == 1)
}

/// Keeps a version.
pub async fn insert_version(tx: &mut Tx, new: &Version, tree: &str) -> Result<()> {
    tx.run(
        "INSERT INTO report_version (report_id, version, texts, tree, digest, saved_by, saved_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![&new.report_id, new.version, serde_json::to_string(&new.texts)?, tree, &new.digest, &new.saved_by, &new.saved_at],
    )
    .await?;
    Ok(())
}

/// A version of a report the caller has looked up within reach.
pub async fn version(tx: &mut Tx, id: &ReportId, version: i64) -> Result<Version> {
    let row = tx.one("SELECT * FROM report_version WHERE report_id = $1 AND version = $2", args![id, version]).await?;
    Ok(Version {
        report_id: row.get("report_id")?,
        version: row.get("version")?,
        texts: serde_json::from_str(&row.get::<String>("texts")?)?,
        tree: serde_json::from_str(&row.get::<String>("tree")?)?,
        digest: row.get("digest")?,
        saved_by: row.get("saved_by")?,
        saved_at: row.get("saved_at")?,
    })
}

/// The versions of a report, newest first, without contents.
pub async fn versions(tx: &mut Tx, id: &ReportId) -> Result<Vec<VersionLine>> {
    tx.all("SELECT version, digest, saved_by, saved_at FROM report_version WHERE report_id = $1 ORDER BY version DESC", args![id])
        .await?
        .iter()
        .map(|row| {
            Ok(VersionLine {
                version: row.get("version")?,
                digest: row.get("digest")?,
                saved_by: row.get("saved_by")?,
                saved_at: row.get("saved_at")?,
            })
        })
        .collect()
}

/// Adds a remark.
pub async fn insert_comment(tx: &mut Tx, report: &ReportId, new: &Comment) -> Result<()> {
    tx.run(
        "INSERT INTO report_comment (id, report_id, version, section, body, nominated, written_by, written_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![&new.id, report, new.version, &new.section, &new.body, new.nominated, &new.written_by, &new.written_at],
    )
    .await?;
    Ok(())
}

fn comment_row(row: &Row) -> Result<Comment> {
    Ok(Comment {
        id: row.get("id")?,
        version: row.get("version")?,
        section: row.get("section")?,
        body: row.get("body")?,
        nominated: row.get("nominated")?,
        written_by: row.get("written_by")?,
        written_at: row.get("written_at")?,
    })
}

/// The remarks on a report, newest first.
pub async fn comments(tx: &mut Tx, report: &ReportId) -> Result<Vec<Comment>> {
    tx.all("SELECT * FROM report_comment WHERE report_id = $1 ORDER BY written_at DESC, id DESC", args![report])
        .await?
        .iter()
        .map(comment_row)
        .collect()
}

/// Efforts nominated as good practices in one cycle, with the organisation's id.
pub async fn nominations(tx: &mut Tx, scope: &Scope, cycle: &str) -> Result<Vec<(OrganisationId, Comment)>> {
    let sql =
        "SELECT c.*, r.organisation_id FROM report_comment c JOIN report r ON r.id = c.report_id JOIN organisation o ON o.id = r.organisation_id
               WHERE c.nominated = 1 AND r.cycle_id = $1 AND SCOPE(o.path) ORDER BY o.path, c.written_at, c.id";
    tx.all_in(scope, sql, args![cycle]).await?.iter().map(|row| Ok((row.get("organisation_id")?, comment_row(row)?))).collect()
}

/// Adds a decision.
pub async fn insert_decision(tx: &mut Tx, report: &ReportId, new: &Decision) -> Result<()> {
    tx.run(
        "INSERT INTO report_decision (id, report_id, version, digest, decision, note, decided_by, decided_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![&new.id, report, new.version, &new.digest, &new.decision, &new.note, &new.decided_by, &new.decided_at],
    )
    .await?;
    Ok(())
}

/// The decisions on a report, newest first.
pub async fn decisions(tx: &mut Tx, report: &ReportId) -> Result<Vec<Decision>> {
    tx.all("SELECT * FROM report_decision WHERE report_id = $1 ORDER BY decided_at DESC, id DESC", args![report])
        .await?
        .iter()
        .map(|row| {
            Ok(Decision {
                id: row.get("id")?,
                version: row.get("version")?,
                digest: row.get("digest")?,
                decision: row.get("decision")?,
                note: row.get("note")?,
                decided_by: row.get("decided_by")?,
                decided_at: row.get("decided_at")?,
            })
        })
        .collect()
}

/// The counts of a cycle, by organisation's id.
pub async fn facts(tx: &mut Tx, cycle: &str) -> Result<BTreeMap<OrganisationId, Facts>> {
    let mut all: BTreeMap<OrganisationId, Facts> = BTreeMap::new();
    for row in tx.all("SELECT organisation_id, fact, value FROM report_fact WHERE cycle_id = $1", args![cycle]).await? {
        all.entry(row.get("organisation_id")?).or_default().insert(row.get("fact")?, row.get("value")?);
    }
    Ok(all)
}

/// Sets counts.
pub async fn set_facts(tx: &mut Tx, cycle: &str, organisation: &OrganisationId, facts: &Facts, by: (&str, &str)) -> Result<()> {
    let rows: Vec<_> = facts.iter().map(|(fact, value)| args![cycle, organisation, fact, *value, by.0, by.1].to_vec()).collect();
    tx.insert_many(
        "INSERT INTO report_fact (cycle_id, organisation_id, fact, value, entered_by, entered_at)",
        "ON CONFLICT (cycle_id, organisation_id, fact) DO UPDATE
         SET value = excluded.value, entered_by = excluded.entered_by, entered_at = excluded.entered_at",
        &rows,
    )
    .await?;
    Ok(())
}

/// The incidents of a cycle, by organisation's id.
pub async fn incidents(tx: &mut Tx, cycle: &str) -> Result<BTreeMap<OrganisationId, Vec<Incident>>> {
    let mut all: BTreeMap<OrganisationId, Vec<Incident>> = BTreeMap::new();
    for row in tx.all("SELECT * FROM report_incident WHERE cycle_id = $1 ORDER BY organisation_id, code", args![cycle]).await? {
        all.entry(row.get("organisation_id")?).or_default().push(Incident {
            code: row.get("code")?,
            class: Class::parse(&row.get::<String>("class")?).ok_or_else(|| unreadable("report_incident.class"))?,
            title_ja: row.get("title_ja")?,
            title_en: row.get("title_en")?,
            detected_on: row.get("detected_on")?,
            responded_on: row.get("responded_on")?,
            recovered_on: row.get("recovered_on")?,
            affected: row.get("affected")?,
            prevention_ja: row.get("prevention_ja")?,
            prevention_en: row.get("prevention_en")?,
            prevention_state: Prevention::parse(&row.get::<String>("prevention_state")?)
                .ok_or_else(|| unreadable("report_incident.prevention_state"))?,
        });
    }
    Ok(all)
}

/// Enters incidents, or corrects those that have the same code; `ids` has as many ids.
pub async fn put_incidents(
    tx: &mut Tx,
    cycle: &str,
    organisation: &OrganisationId,
    incidents: &[Incident],
    ids: Vec<String>,
    by: (&str, &str),
) -> Result<()> {
    let row = |(one, id): (&Incident, String)| {
        args![
            id,
            cycle,
            organisation,
            &one.code,
            one.class.as_str(),
            &one.title_ja,
            &one.title_en,
            &one.detected_on,
            &one.responded_on,
            &one.recovered_on,
            one.affected,
            &one.prevention_ja,
            &one.prevention_en,
            one.prevention_state.as_str(),
            by.0,
            by.1
        ]
        .to_vec()
    };
    let rows: Vec<_> = incidents.iter().zip(ids).map(row).collect();
    tx.insert_many(
        "INSERT INTO report_incident (id, cycle_id, organisation_id, code, class, title_ja, title_en, detected_on, responded_on, recovered_on,
         affected, prevention_ja, prevention_en, prevention_state, entered_by, entered_at)",
        "ON CONFLICT (cycle_id, organisation_id, code) DO UPDATE
         SET class = excluded.class, title_ja = excluded.title_ja, title_en = excluded.title_en, detected_on = excluded.detected_on,
             responded_on = excluded.responded_on, recovered_on = excluded.recovered_on, affected = excluded.affected,
             prevention_ja = excluded.prevention_ja, prevention_en = excluded.prevention_en, prevention_state = excluded.prevention_state,
             entered_by = excluded.entered_by, entered_at = excluded.entered_at",
        &rows,
    )
    .await?;
    Ok(())
}
