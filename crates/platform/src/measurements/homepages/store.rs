//! All SQL of the homepage watch.

use std::collections::BTreeMap;

use engine::homepage::{Standing, Watch};

use super::{Event, EventKind, Homepage, HomepageId, Looks};
use crate::args;
use crate::base::actor::{OrganisationId, Scope};
use crate::base::db::{Row, Tx, Value};
use crate::base::error::{Error, Result};

/// Names that one statement may list; both databases allow more.
const MANY: usize = 500;
/// Changed pages of one homepage that are kept word for word.
const PAGES_KEPT: i64 = 10;

/// Everything of a homepage but what the watch remembers, which is large.
const COLUMNS: &str = "h.id, h.organisation_id, h.domain, h.standing, h.since, h.level, h.reasons, h.title, h.address, h.seen_at, h.remark";

fn read(row: &Row) -> Result<Homepage> {
    let standing: String = row.get("standing")?;
    let remark: Option<String> = row.get("remark")?;
    Ok(Homepage {
        id: row.get("id")?,
        organisation_id: row.get("organisation_id")?,
        domain: row.get("domain")?,
        standing: Standing::parse(&standing).ok_or_else(|| Error::internal(format!("no homepage stands {standing}")))?,
        since: row.get("since")?,
        level: row.get("level")?,
        reasons: serde_json::from_str(&row.get::<String>("reasons")?)?,
        title: row.get("title")?,
        address: row.get("address")?,
        seen_at: row.get("seen_at")?,
        remark: remark.map(|text| serde_json::from_str(&text)).transpose()?,
    })
}

/// The watched homepages within reach, in the order of the tree.
pub async fn list(tx: &mut Tx, scope: &Scope) -> Result<Vec<Homepage>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM homepage h JOIN organisation o ON o.id = h.organisation_id WHERE h.watched = 1 AND SCOPE(o.path) ORDER BY o.path, h.domain"
    );
    tx.all_in(scope, &sql, &[]).await?.iter().map(read).collect()
}

/// One homepage within reach, watched or not.
pub async fn one(tx: &mut Tx, scope: &Scope, id: &HomepageId) -> Result<Homepage> {
    let sql = format!("SELECT {COLUMNS} FROM homepage h JOIN organisation o ON o.id = h.organisation_id WHERE h.id = $1 AND SCOPE(o.path)");
    read(&tx.one_in(scope, &sql, args![id]).await?)
}

/// What the watch remembers of one homepage. The caller has found the homepage within reach.
pub async fn watch(tx: &mut Tx, id: &HomepageId) -> Result<Watch> {
    Ok(serde_json::from_str(&tx.one("SELECT watch FROM homepage WHERE id = $1", args![id]).await?.get::<String>("watch")?)?)
}

/// The homepages there are, by organisation and domain, and whether they are watched.
pub async fn known(tx: &mut Tx) -> Result<BTreeMap<(OrganisationId, String), (HomepageId, bool)>> {
    let rows = tx.all("SELECT id, organisation_id, domain, watched FROM homepage", &[]).await?;
    rows.iter().map(|row| Ok(((row.get("organisation_id")?, row.get("domain")?), (row.get("id")?, row.get("watched")?)))).collect()
}

/// Puts homepages under watch, to be looked at as soon as possible.
pub async fn enrol(tx: &mut Tx, new: &[(HomepageId, OrganisationId, String)], watch: &Watch, now: &str) -> Result<u64> {
    let text = serde_json::to_string(watch)?;
    let rows: Vec<Vec<Value>> = new
        .iter()
        .map(|(id, organisation, domain)| args![id, organisation, domain, true, watch.standing.as_str(), now, "[]", "", "", now, &text].to_vec())
        .collect();
    let head = "INSERT INTO homepage (id, organisation_id, domain, watched, standing, since, reasons, title, address, due_at, watch)";
    tx.insert_many(head, "ON CONFLICT (organisation_id, domain) DO NOTHING", &rows).await
}

/// Begins or ends the watch over a homepage.
pub async fn set_watched(tx: &mut Tx, id: &HomepageId, watched: bool, due_at: &str) -> Result<()> {
    tx.run("UPDATE homepage SET watched = $2, due_at = $3 WHERE id = $1", args![id, watched, due_at]).await?;
    Ok(())
}

/// Whether some homepage waits to be looked at.
pub async fn is_due(tx: &mut Tx, now: &str) -> Result<bool> {
    Ok(tx.maybe("SELECT 1 AS one FROM homepage WHERE watched = 1 AND due_at <= $1 LIMIT 1", args![now]).await?.is_some())
}

/// Those that wait to be looked at, the longest waiting first: id, domain, and the time it was to be.
pub async fn due(tx: &mut Tx, now: &str) -> Result<Vec<(HomepageId, String, String)>> {
    let sql = "SELECT id, domain, due_at FROM homepage WHERE watched = 1 AND due_at <= $1 ORDER BY due_at, id";
    tx.all(sql, args![now]).await?.iter().map(|row| Ok((row.get("id")?, row.get("domain")?, row.get("due_at")?))).collect()
}

/// A homepage with all that is remembered of it.
pub struct Remembered {
    /// As lists show it.
    pub homepage: Homepage,
    /// When it is to be looked at next.
    pub due_at: String,
    /// What the watch remembers.
    pub watch: Watch,
}

/// All that is remembered of some homepages, for changing it.
pub async fn remembered(tx: &mut Tx, ids: &[&HomepageId]) -> Result<BTreeMap<HomepageId, Remembered>> {
    let mut found = BTreeMap::new();
    for chunk in ids.chunks(MANY) {
        let marks: Vec<String> = (1..=chunk.len()).map(|at| format!("${at}")).collect();
        let args: Vec<Value> = chunk.iter().map(|id| Value::from(*id)).collect();
        let sql = format!("SELECT {COLUMNS}, h.due_at, h.watch FROM homepage h WHERE h.id IN ({})", marks.join(", "));
        for row in tx.all(&sql, &args).await? {
            let homepage = read(&row)?;
            let watch = serde_json::from_str(&row.get::<String>("watch")?)?;
            found.insert(homepage.id.clone(), Remembered { homepage, due_at: row.get("due_at")?, watch });
        }
    }
    Ok(found)
}

/// Keeps what a look has changed, unless somebody else has looked since `due_at`; says whether it was kept.
pub async fn keep(tx: &mut Tx, one: &Homepage, watch: &Watch, due_at: &str, next: &str) -> Result<bool> {
    let remark = one.remark.as_ref().map(serde_json::to_string).transpose()?;
    let sql = "UPDATE homepage SET standing = $3, since = $4, level = $5, reasons = $6, title = $7, address = $8, seen_at = $9, remark = $10,
               due_at = $11, watch = $12 WHERE id = $1 AND due_at = $2";
    let args = args![
        &one.id,
        due_at,
        one.standing.as_str(),
        &one.since,
        &one.level,
        serde_json::to_string(&one.reasons)?,
        &one.title,
        &one.address,
        &one.seen_at,
        remark,
        next,
        serde_json::to_string(watch)?
    ];
    Ok(tx.run(sql, args).await? > 0)
}

/// Adds what happened.
pub async fn insert_events(tx: &mut Tx, events: &[Event]) -> Result<u64> {
    let rows = events
        .iter()
        .map(|one| {
            let change = one.change.as_ref().map(serde_json::to_string).transpose()?;
            let reasons = serde_json::to_string(&one.reasons)?;
            Ok(args![&one.id, &one.homepage_id, &one.organisation_id, &one.at, one.kind.as_str(), &one.level, reasons, change, &one.by, &one.note]
                .to_vec())
        })
        .collect::<Result<Vec<Vec<Value>>>>()?;
    let head = "INSERT INTO homepage_event (id, homepage_id, organisation_id, at, kind, level, reasons, change, by_name, note)";
    tx.insert_many(head, "", &rows).await
}

fn event(row: &Row) -> Result<Event> {
    let kind: String = row.get("kind")?;
    let change: Option<String> = row.get("change")?;
    Ok(Event {
        id: row.get("id")?,
        homepage_id: row.get("homepage_id")?,
        organisation_id: row.get("organisation_id")?,
        at: row.get("at")?,
        kind: EventKind::parse(&kind).ok_or_else(|| Error::internal(format!("nothing called {kind} happens to homepages")))?,
        level: row.get("level")?,
        reasons: serde_json::from_str(&row.get::<String>("reasons")?)?,
        change: change.map(|text| serde_json::from_str(&text)).transpose()?,
        by: row.get("by_name")?,
        note: row.get("note")?,
    })
}

/// What happened to one homepage, newest first. The caller has found the homepage within reach.
pub async fn events(tx: &mut Tx, id: &HomepageId, count: i64) -> Result<Vec<Event>> {
    let sql = "SELECT * FROM homepage_event WHERE homepage_id = $1 ORDER BY at DESC, id DESC LIMIT $2";
    tx.all(sql, args![id, count]).await?.iter().map(event).collect()
}

/// What happened of one kind from `from` to before `to`, with the domain it happened to.
pub async fn events_between(tx: &mut Tx, kind: EventKind, from: &str, to: &str) -> Result<Vec<(String, Event)>> {
    let sql = "SELECT e.*, h.domain FROM homepage_event e JOIN homepage h ON h.id = e.homepage_id
               WHERE e.kind = $1 AND e.at >= $2 AND e.at < $3 ORDER BY e.organisation_id, h.domain, e.at";
    tx.all(sql, args![kind.as_str(), from, to]).await?.iter().map(|row| Ok((row.get("domain")?, event(row)?))).collect()
}

/// Keeps a changed page word for word, and forgets the older ones of its homepage.
pub async fn keep_page(tx: &mut Tx, event: &Event, raw: &str) -> Result<()> {
    tx.run("INSERT INTO homepage_evidence (id, raw) VALUES ($1, $2)", args![&event.id, raw]).await?;
    let sql = "DELETE FROM homepage_evidence WHERE id IN (SELECT id FROM homepage_event WHERE homepage_id = $1)
               AND id NOT IN (SELECT id FROM homepage_event WHERE homepage_id = $1 AND kind = 'changed' ORDER BY at DESC, id DESC LIMIT $2)";
    tx.run(sql, args![&event.homepage_id, PAGES_KEPT]).await?;
    Ok(())
}

/// The page of the newest change, word for word. The caller has found the homepage within reach.
pub async fn page(tx: &mut Tx, id: &HomepageId) -> Result<Option<String>> {
    let sql =
        "SELECT p.raw FROM homepage_evidence p JOIN homepage_event e ON e.id = p.id WHERE e.homepage_id = $1 ORDER BY e.at DESC, e.id DESC LIMIT 1";
    tx.maybe(sql, args![id]).await?.map(|row| row.get("raw")).transpose()
}

/// Counts looks of one day.
pub async fn count(tx: &mut Tx, day: &str, looks: &[(HomepageId, Looks)]) -> Result<u64> {
    let rows: Vec<Vec<Value>> = looks.iter().map(|(id, one)| args![id, day, one.up, one.down, one.unknown].to_vec()).collect();
    let tail = "ON CONFLICT (homepage_id, day) DO UPDATE SET up = homepage_day.up + excluded.up, down = homepage_day.down + excluded.down,
                unknown = homepage_day.unknown + excluded.unknown";
    tx.insert_many("INSERT INTO homepage_day (homepage_id, day, up, down, unknown)", tail, &rows).await
}

fn looks(row: &Row) -> Result<(String, Looks)> {
    let count = |name: &str| row.get::<i64>(name).map(|value| u64::try_from(value).unwrap_or(0));
    Ok((row.get("day")?, Looks { up: count("up")?, down: count("down")?, unknown: count("unknown")? }))
}

/// The looks at every homepage within reach since `from`, by day.
pub async fn days(tx: &mut Tx, scope: &Scope, from: &str) -> Result<BTreeMap<HomepageId, BTreeMap<String, Looks>>> {
    let sql = "SELECT d.homepage_id, d.day, d.up, d.down, d.unknown FROM homepage_day d JOIN homepage h ON h.id = d.homepage_id
               JOIN organisation o ON o.id = h.organisation_id WHERE d.day >= $1 AND h.watched = 1 AND SCOPE(o.path)";
    let mut found: BTreeMap<HomepageId, BTreeMap<String, Looks>> = BTreeMap::new();
    for row in tx.all_in(scope, sql, args![from]).await? {
        let (day, one) = looks(&row)?;
        found.entry(row.get("homepage_id")?).or_default().insert(day, one);
    }
    Ok(found)
}

/// The looks at one homepage since `from`, by day. The caller has found the homepage within reach.
pub async fn days_of(tx: &mut Tx, id: &HomepageId, from: &str) -> Result<BTreeMap<String, Looks>> {
    tx.all("SELECT * FROM homepage_day WHERE homepage_id = $1 AND day >= $2", args![id, from]).await?.iter().map(looks).collect()
}

/// Takes away what is older than it is kept.
pub async fn tidy(tx: &mut Tx, before_day: &str, before: &str) -> Result<()> {
    tx.run("DELETE FROM homepage_day WHERE day < $1", args![before_day]).await?;
    tx.run("DELETE FROM homepage_evidence WHERE id IN (SELECT id FROM homepage_event WHERE at < $1)", args![before]).await?;
    tx.run("DELETE FROM homepage_event WHERE at < $1", args![before]).await?;
    Ok(())
}
