//! What SQLite alone takes for the rows of a self-inspection: to insert them, and to read each of them once.
//!
//! `cargo bench -p hinomi --bench rows -- insert FILE ROWS ROWS_PER_TRANSACTION` and `… -- pass FILE`; `cargo xtask bench` holds
//! the product's figures against these. It stands here and not in `platform`, whose tests need features of other crates that would
//! have everything built a second time. Connections are opened as the product opens them, so that a commit costs what it costs
//! there. Prints a name and seconds.

use std::collections::HashMap;
use std::path::Path;
use std::time::Instant;

use futures_util::TryStreamExt;
use platform::base::db::Db;
use sqlx::{AssertSqlSafe, Row, SqlitePool};

/// The tables as the product makes them.
const TABLES: &str = include_str!("../../platform/src/inspections/tables.sql");
/// Values of a row of `answer`.
const WIDTH: usize = 14;

/// The statement of [`TABLES`] that begins with `head`, without its references: the other tables are not there.
fn statement(head: &str) -> String {
    let from = TABLES.find(head).expect("the table");
    let text = TABLES[from..].split(';').next().unwrap_or_default();
    text.replace(" REFERENCES cycle (id)", "").replace(" REFERENCES respondent (id)", "")
}

/// Inserts `rows` answers into an empty file, `each` in a transaction, with one statement per hundred rows at most.
async fn insert(pool: &SqlitePool, rows: usize, each: usize) -> f64 {
    for head in ["CREATE TABLE answer (", "CREATE INDEX answer_counting"] {
        sqlx::query(AssertSqlSafe(statement(head))).execute(pool).await.expect("a table");
    }
    let id = |kind: &str, number: usize| format!("{kind}-{number:032}");
    let begin = Instant::now();
    let mut done = 0;
    while done < rows {
        let end = (done + each).min(rows);
        let mut tx = pool.begin_with("BEGIN IMMEDIATE").await.expect("a transaction");
        while done < end {
            let count = (end - done).min(100);
            let row = format!("({})", vec!["?"; WIDTH].join(", "));
            let sql = format!("INSERT INTO answer VALUES {}", vec![row; count].join(", "));
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for number in done..done + count {
                query = query.bind(id("a", number)).bind("cycle").bind(id("o", number / 1_200)).bind(id("p", number / 10));
                query = query.bind(id("q", number % 300)).bind("").bind("staff").bind("implemented").bind("").bind("");
                query = query.bind(None::<String>).bind(None::<String>).bind(1_i64).bind("2026-06-01T00:00:00.000Z");
            }
            query.execute(&mut *tx).await.expect("rows");
            done += count;
        }
        tx.commit().await.expect("a commit");
    }
    begin.elapsed().as_secs_f64()
}

/// Reads every answer once and adds up by organisation, requirement, role and claim.
async fn pass(pool: &SqlitePool) -> f64 {
    let begin = Instant::now();
    let mut counts: HashMap<(String, String, String, String), u64> = HashMap::new();
    let mut rows = sqlx::query("SELECT organisation_id, requirement_id, role, claim FROM answer").fetch(pool);
    while let Some(row) = rows.try_next().await.expect("a row") {
        *counts.entry((row.get(0), row.get(1), row.get(2), row.get(3))).or_default() += 1;
    }
    assert!(counts.values().sum::<u64>() > 0, "no answers");
    begin.elapsed().as_secs_f64()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (name, seconds) = match words.as_slice() {
        ["insert", file, rows, each] => {
            // A new file: what an earlier run left would be measured too.
            for ending in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{file}{ending}"));
            }
            let db = Db::open_sqlite(Path::new(file)).await.expect("a database");
            let Db::Lite { write, .. } = &db else { unreachable!("SQLite was asked for") };
            let seconds = insert(write, rows.parse().expect("a number"), each.parse().expect("a number")).await;
            db.close().await;
            ("insert", seconds)
        }
        ["pass", file] => {
            let db = Db::open_sqlite(Path::new(file)).await.expect("a database");
            let Db::Lite { read, .. } = &db else { unreachable!("SQLite was asked for") };
            let mut times = Vec::new();
            for _ in 0..5 {
                times.push(pass(read).await);
            }
            times.sort_by(f64::total_cmp);
            db.close().await;
            ("pass", times[2])
        }
        other => panic!("insert FILE ROWS ROWS_PER_TRANSACTION, or pass FILE; not {other:?}"),
    };
    println!("{name}\t{seconds}");
}
