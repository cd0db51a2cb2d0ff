//! A copy of everything in one file that either engine can take back: a ZIP of one NDJSON file per table and a manifest.
//!
//! `tables/{name}.ndjson` holds a JSON array per row, in the order of the primary key: text as a string, whole numbers as
//! numbers, other numbers as strings (the shortest that reads back the same), bytes in hexadecimal, nothing as null.
//! `manifest.json` names columns, rows and the SHA-256 of each file. The same content gives the same files on SQLite and on
//! PostgreSQL. The list of tables comes from the database's own catalogue, so that a new area needs no line here.

use std::io::{BufRead, BufReader, Read, Seek, Write};

use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use sqlx::AssertSqlSafe;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::audit::{self, Line, Verifier, hex};
use super::db::{Row, Tx, Value};
use super::error::{Error, Result};
use crate::args;

/// The version of the format this program writes and reads.
const FORMAT: u32 = 1;
/// The longest line of a table; an upload of the largest size in hexadecimal fits.
const LONGEST: u64 = 512 * 1024 * 1024;
/// The table that says which tables there are; it is compared, not restored.
const MIGRATION: &str = "migration";

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the format.
    pub format: u32,
    /// The program that wrote it.
    pub program: String,
    /// When, UTC.
    pub made_at: String,
    /// How many lines the audit log has.
    pub audit_lines: i64,
    /// Its last hash.
    pub audit_head: String,
    /// Area and version of every set of tables.
    pub migrations: Vec<(String, i64)>,
    /// The tables.
    pub tables: Vec<Table>,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns in order.
    pub columns: Vec<Column>,
    /// How many rows.
    pub rows: u64,
    /// SHA-256 of its file.
    pub sha256: String,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Text,
    Integer,
    Real,
    Bytes,
}

impl Kind {
    /// The kind a declared type stands for; the portable subset has these four.
    fn of(declared: &str) -> Result<Self> {
        match declared.to_lowercase().as_str() {
            "text" => Ok(Self::Text),
            "bigint" => Ok(Self::Integer),
            "double precision" => Ok(Self::Real),
            "bytea" => Ok(Self::Bytes),
            other => Err(Error::internal(format!("a column of type {other} is outside the portable subset"))),
        }
    }
}

/// A name fit to stand in a statement; names come from the catalogue or from a file, which must not smuggle SQL in.
fn name(text: &str) -> Result<&str> {
    let fits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if fits { Ok(text) } else { Err(Error::invalid("", "backup-error-name")) }
}

/// The tables there are, and their columns with their place in the primary key (0: not in it).
async fn catalogue(tx: &mut Tx) -> Result<Vec<(String, Vec<(Column, i64)>)>> {
    let (tables, columns) = if tx.is_postgres() {
        (
            "SELECT CAST(table_name AS TEXT) AS name FROM information_schema.tables
             WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY 1",
            "SELECT CAST(c.column_name AS TEXT) AS name, CAST(c.data_type AS TEXT) AS type, CAST(COALESCE(k.ordinal_position, 0) AS BIGINT) AS pk
             FROM information_schema.columns c
             LEFT JOIN information_schema.table_constraints t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
                 AND t.constraint_type = 'PRIMARY KEY'
             LEFT JOIN information_schema.key_column_usage k ON k.constraint_schema = t.constraint_schema
                 AND k.constraint_name = t.constraint_name AND k.table_name = t.table_name AND k.column_name = c.column_name
             WHERE c.table_schema = current_schema() AND c.table_name = $1 ORDER BY c.ordinal_position",
        )
    } else {
        (
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
            "SELECT name, type, pk FROM pragma_table_info($1) ORDER BY cid",
        )
    };
    let mut out = Vec::new();
    for row in tx.all(tables, &[]).await? {
        let table: String = row.get("name")?;
        let mut found = Vec::new();
        for row in tx.all(columns, args![name(&table)?]).await? {
            let kind = Kind::of(&row.get::<String>("type")?)?;
            found.push((Column { name: name(&row.get::<String>("name")?)?.to_owned(), kind }, row.get("pk")?));
        }
        out.push((table, found));
    }
    // Both engines sort their catalogue in their own way.
    out.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(out)
}

/// Area and version of every set of tables.
pub async fn migrations(tx: &mut Tx) -> Result<Vec<(String, i64)>> {
    let mut all = tx
        .all("SELECT area, version FROM migration", &[])
        .await?
        .iter()
        .map(|row| Ok((row.get("area")?, row.get("version")?)))
        .collect::<Result<Vec<(String, i64)>>>()?;
    all.sort();
    Ok(all)
}

fn json(row: &Row, columns: &[Column]) -> Result<Json> {
    let mut out = Vec::with_capacity(columns.len());
    for column in columns {
        let at = column.name.as_str();
        out.push(match column.kind {
            Kind::Text => row.get::<Option<String>>(at)?.map(Json::from),
            Kind::Integer => row.get::<Option<i64>>(at)?.map(Json::from),
            Kind::Real => row.get::<Option<f64>>(at)?.map(|value| Json::from(format!("{value:?}"))),
            Kind::Bytes => row.get::<Option<Vec<u8>>>(at)?.map(|value| Json::from(hex(&value))),
        });
    }
    Ok(Json::Array(out.into_iter().map(Option::unwrap_or_default).collect()))
}

/// The other way round.
fn value(json: &Json, kind: Kind) -> Option<Value> {
    Some(match (kind, json) {
        (Kind::Text, Json::Null) => Value::Text(None),
        (Kind::Text, Json::String(text)) => Value::Text(Some(text.clone())),
        (Kind::Integer, Json::Null) => Value::Int(None),
        (Kind::Integer, Json::Number(number)) => Value::Int(Some(number.as_i64()?)),
        (Kind::Real, Json::Null) => Value::Real(None),
        (Kind::Real, Json::String(text)) => Value::Real(Some(text.parse().ok()?)),
        (Kind::Bytes, Json::Null) => Value::Bytes(None),
        (Kind::Bytes, Json::String(text)) => Value::Bytes(Some(unhex(text)?)),
        _ => return None,
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| (*byte as char).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect()
}

/// Writes everything that `tx` sees, which is one state throughout, to `out`.
pub async fn write<W: Write + Seek>(tx: &mut Tx, out: W, made_at: &str) -> Result<Manifest> {
    let file = |error: std::io::Error| Error::internal(format!("writing the backup: {error}"));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).large_file(true);
    let mut zip = ZipWriter::new(out);
    let (audit_lines, audit_head) = audit::head(tx).await?;
    let mut manifest = Manifest {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: made_at.to_owned(),
        audit_lines,
        audit_head,
        migrations: migrations(tx).await?,
        tables: Vec::new(),
    };
    let postgres = tx.is_postgres();
    for (table, columns) in catalogue(tx).await? {
        if table == MIGRATION {
            continue;
        }
        let mut order: Vec<&(Column, i64)> = columns.iter().filter(|(_, pk)| *pk > 0).collect();
        order.sort_by_key(|(_, pk)| *pk);
        if order.is_empty() {
            order = columns.iter().collect();
        }
        // Byte order on both engines, whatever the locale of the server.
        let order: Vec<String> = order
            .iter()
            .map(|(column, _)| if postgres && column.kind == Kind::Text { format!("{} COLLATE \"C\"", column.name) } else { column.name.clone() })
            .collect();
        let columns: Vec<Column> = columns.into_iter().map(|(column, _)| column).collect();
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        let sql = format!("SELECT {} FROM {table} ORDER BY {}", names.join(", "), order.join(", "));
        zip.start_file(format!("tables/{table}.ndjson"), options).map_err(Error::internal)?;
        let (mut hash, mut rows) = (Sha256::new(), 0);
        let mut put = |row: Row| -> Result<()> {
            let mut line = serde_json::to_vec(&json(&row, &columns)?)?;
            line.push(b'\n');
            hash.update(&line);
            rows += 1;
            zip.write_all(&line).map_err(file)
        };
        // Row by row: a table of files does not fit into memory.
        match tx {
            Tx::Lite(tx) => {
                let mut found = sqlx::query(AssertSqlSafe(sql)).fetch(&mut **tx);
                while let Some(row) = found.try_next().await? {
                    put(Row::Lite(row))?;
                }
            }
            Tx::Pg(tx) => {
                let mut found = sqlx::query(AssertSqlSafe(sql)).fetch(&mut **tx);
                while let Some(row) = found.try_next().await? {
                    put(Row::Pg(row))?;
                }
            }
        }
        manifest.tables.push(Table { name: table, columns, rows, sha256: hex(&hash.finalize()) });
    }
    zip.start_file("manifest.json", options).map_err(Error::internal)?;
    zip.write_all(&serde_json::to_vec_pretty(&manifest)?).map_err(file)?;
    zip.finish().map_err(Error::internal)?.flush().map_err(file)?;
    Ok(manifest)
}

/// A backup that was opened; [`verify`] it before [`restore`].
pub struct Backup<R: Read + Seek> {
    zip: ZipArchive<R>,
    /// What it says it holds.
    pub manifest: Manifest,
}

fn broken(part: &str) -> Error {
    Error::invalid_with("", "backup-error-broken", vec![("part", part.to_owned())])
}

/// Opens a backup and reads its manifest.
pub fn open<R: Read + Seek>(from: R) -> Result<Backup<R>> {
    let mut zip = ZipArchive::new(from).map_err(|_| Error::invalid("", "backup-error-not-one"))?;
    let mut text = Vec::new();
    let file = zip.by_name("manifest.json").map_err(|_| Error::invalid("", "backup-error-not-one"))?;
    file.take(16 * 1024 * 1024).read_to_end(&mut text).map_err(|_| broken("manifest.json"))?;
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|_| broken("manifest.json"))?;
    if manifest.format != FORMAT {
        return Err(Error::invalid_with("", "backup-error-format", vec![("program", manifest.program)]));
    }
    for table in &manifest.tables {
        name(&table.name)?;
        for column in &table.columns {
            name(&column.name)?;
        }
    }
    Ok(Backup { zip, manifest })
}

/// Gives each line of a table's file to `each`.
fn lines<R: Read + Seek>(zip: &mut ZipArchive<R>, table: &Table, mut each: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
    let part = format!("tables/{}.ndjson", table.name);
    let mut file = BufReader::new(zip.by_name(&part).map_err(|_| broken(&part))?);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = Read::take(&mut file, LONGEST).read_until(b'\n', &mut line).map_err(|_| broken(&part))?;
        if read == 0 {
            return Ok(());
        }
        if line.last() != Some(&b'\n') {
            return Err(broken(&part));
        }
        each(&line)?;
    }
}

/// Compares every file with the manifest and follows the audit log's chain, without any database.
pub fn verify<R: Read + Seek>(backup: &mut Backup<R>) -> Result<()> {
    let manifest = backup.manifest.clone();
    let mut chain = Verifier::default();
    for table in &manifest.tables {
        let (mut hash, mut rows) = (Sha256::new(), 0_u64);
        lines(&mut backup.zip, table, |line| {
            hash.update(line);
            rows += 1;
            if table.name == "audit" {
                let fields: Json = serde_json::from_slice(line).map_err(|_| broken("tables/audit.ndjson"))?;
                let named = table.columns.iter().map(|column| column.name.clone()).zip(fields.as_array().cloned().unwrap_or_default());
                let line: Line = serde_json::from_value(Json::Object(named.collect())).map_err(|_| broken("tables/audit.ndjson"))?;
                let at = chain.head().0 + 1;
                chain.take(&line).map_err(|_| Error::invalid_with("", "backup-error-audit", vec![("line", at.to_string())]))?;
            }
            Ok(())
        })?;
        if rows != table.rows || hex(&hash.finalize()) != table.sha256 {
            return Err(broken(&format!("tables/{}.ndjson", table.name)));
        }
    }
    if chain.head() != (manifest.audit_lines, manifest.audit_head.as_str()) {
        return Err(Error::invalid_with("", "backup-error-audit", vec![("line", (chain.head().0 + 1).to_string())]));
    }
    Ok(())
}

/// Puts everything into an empty installation with the same tables, within `tx`: the caller commits, or nothing happened.
pub async fn restore<R: Read + Seek>(tx: &mut Tx, backup: &mut Backup<R>) -> Result<()> {
    // Every change leaves an audit line, so an installation without one holds nothing of anybody's.
    if audit::head(tx).await?.0 != 0 {
        return Err(Error::Conflict("backup-error-not-empty"));
    }
    let manifest = backup.manifest.clone();
    let there: Vec<(String, Vec<Column>)> = catalogue(tx)
        .await?
        .into_iter()
        .filter(|(table, _)| table != MIGRATION)
        .map(|(table, columns)| (table, columns.into_iter().map(|(column, _)| column).collect()))
        .collect();
    let theirs: Vec<(String, Vec<Column>)> = manifest.tables.iter().map(|table| (table.name.clone(), table.columns.clone())).collect();
    if there != theirs || migrations(tx).await? != manifest.migrations {
        return Err(Error::invalid_with("", "backup-error-version", vec![("program", manifest.program)]));
    }
    let foreign = defer_foreign_keys(tx).await?;
    for table in &manifest.tables {
        tx.run(&format!("DELETE FROM {}", table.name), &[]).await?;
    }
    for table in &manifest.tables {
        let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        let head = format!("INSERT INTO {} ({})", table.name, names.join(", "));
        let part = || broken(&format!("tables/{}.ndjson", table.name));
        let mut file = BufReader::new(backup.zip.by_name(&format!("tables/{}.ndjson", table.name)).map_err(|_| part())?);
        let (mut rows, mut bytes, mut line) = (Vec::new(), 0, Vec::new());
        loop {
            line.clear();
            let read = Read::take(&mut file, LONGEST).read_until(b'\n', &mut line).map_err(|_| part())?;
            if read > 0 {
                let fields: Vec<Json> = serde_json::from_slice(&line).map_err(|_| part())?;
                let row: Option<Vec<Value>> = fields.iter().zip(&table.columns).map(|(field, column)| value(field, column.kind)).collect();
                rows.push(row.filter(|row| row.len() == table.columns.len()).ok_or_else(part)?);
                bytes += read;
            }
            if read == 0 || rows.len() >= 5_000 || bytes > 16 * 1024 * 1024 {
                tx.insert_many(&head, "", &rows).await?;
                (rows, bytes) = (Vec::new(), 0);
            }
            if read == 0 {
                break;
            }
        }
    }
    check_foreign_keys(tx, foreign).await
}

/// Lets rows refer to rows that come later: SQLite by a pragma until the commit, PostgreSQL by making each constraint
/// deferrable for this transaction. Gives the constraints that were changed.
async fn defer_foreign_keys(tx: &mut Tx) -> Result<Vec<(String, String)>> {
    if !tx.is_postgres() {
        tx.script("PRAGMA defer_foreign_keys = ON").await?;
        return Ok(Vec::new());
    }
    let sql = "SELECT CAST(c.conname AS TEXT) AS name, CAST(t.relname AS TEXT) AS tab FROM pg_constraint c
               JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = c.connamespace
               WHERE c.contype = 'f' AND n.nspname = current_schema() AND NOT c.condeferrable";
    let mut found = Vec::new();
    for row in tx.all(sql, &[]).await? {
        let (constraint, table): (String, String) = (row.get("name")?, row.get("tab")?);
        tx.script(&format!("ALTER TABLE {} ALTER CONSTRAINT {} DEFERRABLE INITIALLY IMMEDIATE", name(&table)?, name(&constraint)?)).await?;
        found.push((table, constraint));
    }
    tx.script("SET CONSTRAINTS ALL DEFERRED").await?;
    Ok(found)
}

async fn check_foreign_keys(tx: &mut Tx, foreign: Vec<(String, String)>) -> Result<()> {
    if !tx.is_postgres() {
        // Checked at the commit too; here it can be named.
        return match tx.maybe("SELECT \"table\" AS name FROM pragma_foreign_key_check LIMIT 1", &[]).await? {
            Some(row) => Err(broken(&format!("tables/{}.ndjson", row.get::<String>("name")?))),
            None => Ok(()),
        };
    }
    tx.script("SET CONSTRAINTS ALL IMMEDIATE").await?;
    for (table, constraint) in foreign {
        tx.script(&format!("ALTER TABLE {table} ALTER CONSTRAINT {constraint} NOT DEFERRABLE")).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_numbers_come_back_the_same() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(unhex(&hex(&bytes)), Some(bytes));
        assert_eq!(unhex("0"), None);
        assert_eq!(unhex("zz"), None);
        for number in [0.1 + 0.2, f64::MIN_POSITIVE, 1e308, -0.0, f64::INFINITY] {
            let text = Json::from(format!("{number:?}"));
            assert_eq!(value(&text, Kind::Real), Some(Value::Real(Some(number))));
        }
        assert_eq!(value(&Json::from("1"), Kind::Integer), None);
        assert_eq!(value(&Json::from(i64::MIN), Kind::Integer), Some(Value::Int(Some(i64::MIN))));
    }

    #[test]
    fn a_name_carries_no_sql() {
        assert!(name("audit_head").is_ok());
        for bad in ["", "a b", "a;drop", "\"a\"", "Ä"] {
            assert!(name(bad).is_err(), "{bad}");
        }
    }
}
