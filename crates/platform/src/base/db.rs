//! One SQL text for SQLite and PostgreSQL.
//!
//! The portable subset: columns are `TEXT`, `BIGINT`, `DOUBLE PRECISION` and `BYTEA`; yes/no is `BIGINT` 0/1; times are
//! `TEXT` in UTC ([`super::dates::stamp`], so that they sort); parameters are `$1 …`; a sum is `CAST(SUM(x) AS BIGINT)`
//! because PostgreSQL widens it; `ON CONFLICT … DO UPDATE` and `RETURNING` exist on both; ids are made by us.
//! `SCOPE(column)` in a text becomes the condition that `column`, an organisation's path, lies in the actor's reach.

use sqlx::postgres::{PgPoolOptions, PgRow};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Postgres, Row as _, Sqlite};

use super::actor::Scope;
use super::error::{Error, Result};
use super::id::Id;

/// An open database.
#[derive(Clone)]
pub enum Db {
    /// SQLite in the data directory: one writer, many readers (write-ahead log).
    Lite { write: sqlx::SqlitePool, read: sqlx::SqlitePool },
    /// PostgreSQL 15 or later.
    Pg(sqlx::PgPool),
}

/// A transaction. Dropped without [`Tx::commit`] it leaves nothing.
pub enum Tx {
    /// On SQLite.
    Lite(sqlx::Transaction<'static, Sqlite>),
    /// On PostgreSQL.
    Pg(sqlx::Transaction<'static, Postgres>),
}

/// A parameter, typed even when it is null (PostgreSQL wants to know).
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Text(Option<String>),
    Int(Option<i64>),
    Real(Option<f64>),
    Bytes(Option<Vec<u8>>),
}

/// A row of a result.
pub enum Row {
    Lite(SqliteRow),
    Pg(PgRow),
}

/// The parameters of a statement, in order: `args![id, name, Some(3_i64)]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { &[$($crate::base::db::Value::from($value)),*][..] };
}

impl Db {
    /// Opens (and creates) the SQLite file at `path`.
    pub async fn open_sqlite(path: &std::path::Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // NORMAL may lose the last commits at a power cut; accepted answers must survive that, so FULL.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(std::time::Duration::from_secs(20))
            .pragma("cache_size", "-16000")
            .statement_cache_capacity(256);
        let write = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
        let read = SqlitePoolOptions::new().max_connections(4).connect_with(options).await?;
        Ok(Self::Lite { write, read })
    }

    /// Connects to PostgreSQL at `url`, `postgres://user:password@host/name`.
    pub async fn open_postgres(url: &str) -> Result<Self> {
        Ok(Self::Pg(PgPoolOptions::new().max_connections(12).connect(url).await?))
    }

    /// Begins a transaction that may write. On SQLite it takes the write lock at once, so that it cannot fail half-way.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(match self {
            Self::Lite { write, .. } => Tx::Lite(write.begin_with("BEGIN IMMEDIATE").await?),
            Self::Pg(pool) => Tx::Pg(pool.begin().await?),
        })
    }

    /// Begins a transaction that only reads, and sees one state throughout.
    pub async fn read(&self) -> Result<Tx> {
        Ok(match self {
            Self::Lite { read, .. } => Tx::Lite(read.begin().await?),
            Self::Pg(pool) => Tx::Pg(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?),
        })
    }

    /// Closes all connections.
    pub async fn close(&self) {
        match self {
            Self::Lite { write, read } => {
                write.close().await;
                read.close().await;
            }
            Self::Pg(pool) => pool.close().await,
        }
    }
}

macro_rules! bind_all {
    ($query:expr, $args:expr) => {{
        let mut query = $query;
        for value in $args {
            query = match value.clone() {
                Value::Text(value) => query.bind(value),
                Value::Int(value) => query.bind(value),
                Value::Real(value) => query.bind(value),
                Value::Bytes(value) => query.bind(value),
            };
        }
        query
    }};
}

#[cfg(any(test, feature = "testing"))]
tokio::task_local! {
    static STATEMENTS: std::cell::Cell<usize>;
}

/// Runs `work` and counts the statements it sends, as far as it does not hand them to another task.
#[cfg(any(test, feature = "testing"))]
pub async fn counted<T>(work: impl Future<Output = T>) -> (T, usize) {
    let counting = async {
        let out = work.await;
        (out, STATEMENTS.with(std::cell::Cell::get))
    };
    STATEMENTS.scope(std::cell::Cell::new(0), counting).await
}

/// Counts one statement where a test counts.
fn count() {
    #[cfg(any(test, feature = "testing"))]
    let _ = STATEMENTS.try_with(|count| count.set(count.get() + 1));
}

impl Tx {
    /// Every row of `sql`.
    pub async fn all(&mut self, sql: &str, args: &[Value]) -> Result<Vec<Row>> {
        count();
        Ok(match self {
            Self::Lite(tx) => {
                bind_all!(sqlx::query(AssertSqlSafe(sql.to_owned())), args).fetch_all(&mut **tx).await?.into_iter().map(Row::Lite).collect()
            }
            Self::Pg(tx) => {
                bind_all!(sqlx::query(AssertSqlSafe(sql.to_owned())), args).fetch_all(&mut **tx).await?.into_iter().map(Row::Pg).collect()
            }
        })
    }

    /// The first row of `sql`, if any.
    pub async fn maybe(&mut self, sql: &str, args: &[Value]) -> Result<Option<Row>> {
        count();
        Ok(match self {
            Self::Lite(tx) => bind_all!(sqlx::query(AssertSqlSafe(sql.to_owned())), args).fetch_optional(&mut **tx).await?.map(Row::Lite),
            Self::Pg(tx) => bind_all!(sqlx::query(AssertSqlSafe(sql.to_owned())), args).fetch_optional(&mut **tx).await?.map(Row::Pg),
        })
    }

    /// The first row of `sql`; none is [`Error::NotFound`].
    pub async fn one(&mut self, sql: &str, args: &[Value]) -> Result<Row> {
        self.maybe(sql, args).await?.ok_or(Error::NotFound)
    }

    /// Runs `sql` and gives the number of rows it touched.
    pub async fn run(&mut self, sql: &str, args: &[Value]) -> Result<u64> {
        count();
        Ok(match self {
            Self::Lite(tx) => bind_all!(sqlx::query(AssertSqlSafe(sql.to_owned())), args).execute(&mut **tx).await?.rows_affected(),
            Self::Pg(tx) => bind_all!(sqlx::query(AssertSqlSafe(sql.to_owned())), args).execute(&mut **tx).await?.rows_affected(),
        })
    }

    /// Inserts many rows with few statements. `head` is `INSERT INTO t (a, b)`, `tail` what follows the values
    /// (such as `ON CONFLICT (a) DO UPDATE SET b = excluded.b`) or empty. Every row has the same number of values.
    pub async fn insert_many(&mut self, head: &str, tail: &str, rows: &[Vec<Value>]) -> Result<u64> {
        let Some(width) = rows.first().map(Vec::len).filter(|width| *width > 0) else { return Ok(0) };
        let mut touched = 0;
        let postgres = self.is_postgres();
        // SQLite keeps `$1` and `?1` in a list of names that is walked for every parameter, when preparing and again when binding:
        // with two thousand of them that takes longer than to insert the rows. A bare `?` has no name.
        let mark = |number: usize| if postgres { format!("${number}") } else { "?".to_owned() };
        // SQLite allows 32,766 parameters, PostgreSQL 65,535; 2,000 keeps the statement small enough to cache.
        for chunk in rows.chunks((2_000 / width).max(1)) {
            let mut sql = format!("{head} VALUES ");
            for row in 0..chunk.len() {
                let marks: Vec<String> = (1..=width).map(|column| mark(row * width + column)).collect();
                sql.push_str(if row == 0 { "(" } else { ", (" });
                sql.push_str(&marks.join(", "));
                sql.push(')');
            }
            sql.push(' ');
            sql.push_str(tail);
            let args: Vec<Value> = chunk.iter().flatten().cloned().collect();
            touched += self.run(&sql, &args).await?;
        }
        Ok(touched)
    }

    /// Every row of `sql` within the actor's reach: see `SCOPE(column)` in the module's header.
    pub async fn all_in(&mut self, scope: &Scope, sql: &str, args: &[Value]) -> Result<Vec<Row>> {
        let (sql, args) = within(scope, sql, args);
        self.all(&sql, &args).await
    }

    /// The first row of `sql` within the actor's reach; none is [`Error::NotFound`].
    pub async fn one_in(&mut self, scope: &Scope, sql: &str, args: &[Value]) -> Result<Row> {
        let (sql, args) = within(scope, sql, args);
        self.one(&sql, &args).await
    }

    /// Runs a script of several statements, for tables.
    pub async fn script(&mut self, sql: &str) -> Result<()> {
        match self {
            Self::Lite(tx) => sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut **tx).await.map(drop)?,
            Self::Pg(tx) => sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut **tx).await.map(drop)?,
        }
        Ok(())
    }

    /// Makes everything done in this transaction lasting.
    pub async fn commit(self) -> Result<()> {
        match self {
            Self::Lite(tx) => tx.commit().await?,
            Self::Pg(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Whether this is PostgreSQL, for the two statements in `base` that cannot be one text.
    pub fn is_postgres(&self) -> bool {
        matches!(self, Self::Pg(_))
    }
}

/// Replaces every `SCOPE(column)` by a condition on the paths of `scope`.
fn within(scope: &Scope, sql: &str, args: &[Value]) -> (String, Vec<Value>) {
    let mut args = args.to_vec();
    let mut out = String::with_capacity(sql.len() + 64);
    let mut rest = sql;
    while let Some((before, after)) = rest.split_once("SCOPE(") {
        let (column, after) = after.split_once(')').unwrap_or((after, ""));
        out.push_str(before);
        match scope {
            Scope::Everything => out.push_str("1 = 1"),
            Scope::Paths(paths) if paths.is_empty() => out.push_str("1 = 0"),
            Scope::Paths(paths) => {
                let parts: Vec<String> = paths
                    .iter()
                    .map(|path| {
                        args.push(Value::from(format!("{path}%")));
                        format!("{column} LIKE ${}", args.len())
                    })
                    .collect();
                out.push_str(&format!("({})", parts.join(" OR ")));
            }
        }
        rest = after;
    }
    out.push_str(rest);
    (out, args)
}

/// A type that a column can be read as.
pub trait Column: Sized {
    /// Reads column `name`.
    fn read(row: &Row, name: &str) -> Result<Self, sqlx::Error>;
}

macro_rules! column {
    ($($type:ty),*) => {$(
        impl Column for $type {
            fn read(row: &Row, name: &str) -> Result<Self, sqlx::Error> {
                match row { Row::Lite(row) => row.try_get(name), Row::Pg(row) => row.try_get(name) }
            }
        }
        impl Column for Option<$type> {
            fn read(row: &Row, name: &str) -> Result<Self, sqlx::Error> {
                match row { Row::Lite(row) => row.try_get(name), Row::Pg(row) => row.try_get(name) }
            }
        }
    )*};
}
column!(String, i64, f64, Vec<u8>);

impl Column for bool {
    fn read(row: &Row, name: &str) -> Result<Self, sqlx::Error> {
        i64::read(row, name).map(|value| value != 0)
    }
}

impl<K> Column for Id<K> {
    fn read(row: &Row, name: &str) -> Result<Self, sqlx::Error> {
        String::read(row, name).map(Self::from_text)
    }
}

impl<K> Column for Option<Id<K>> {
    fn read(row: &Row, name: &str) -> Result<Self, sqlx::Error> {
        Option::<String>::read(row, name).map(|value| value.map(Id::from_text))
    }
}

impl Row {
    /// The column `name` as a `T`.
    pub fn get<T: Column>(&self, name: &str) -> Result<T> {
        T::read(self, name).map_err(|error| Error::Internal(format!("column {name}: {error}")))
    }
}

macro_rules! value {
    ($($type:ty => $variant:ident, $convert:expr;)*) => {$(
        impl From<$type> for Value { fn from(value: $type) -> Self { Self::$variant(Some($convert(value))) } }
        impl From<Option<$type>> for Value { fn from(value: Option<$type>) -> Self { Self::$variant(value.map($convert)) } }
    )*};
}
value! {
    String => Text, std::convert::identity;
    &str => Text, str::to_owned;
    &String => Text, String::clone;
    i64 => Int, std::convert::identity;
    i32 => Int, i64::from;
    u32 => Int, i64::from;
    u8 => Int, i64::from;
    usize => Int, |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
    u64 => Int, |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    bool => Int, i64::from;
    f64 => Real, std::convert::identity;
    Vec<u8> => Bytes, std::convert::identity;
    &[u8] => Bytes, <[u8]>::to_vec;
}
impl<K> From<&Id<K>> for Value {
    fn from(value: &Id<K>) -> Self {
        Self::Text(Some(value.as_str().to_owned()))
    }
}
impl<K> From<Id<K>> for Value {
    fn from(value: Id<K>) -> Self {
        Self::from(&value)
    }
}
impl<K> From<Option<&Id<K>>> for Value {
    fn from(value: Option<&Id<K>>) -> Self {
        Self::Text(value.map(|id| id.as_str().to_owned()))
    }
}
impl<K> From<&Option<Id<K>>> for Value {
    fn from(value: &Option<Id<K>>) -> Self {
        Self::from(value.as_ref())
    }
}
impl From<&Option<String>> for Value {
    fn from(value: &Option<String>) -> Self {
        Self::Text(value.clone())
    }
}
