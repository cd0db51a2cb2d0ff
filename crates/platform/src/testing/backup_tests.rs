//! Backup and restore from outside: both engines, files included, nothing half.

use std::io::{Cursor, Read, Write};

use crate::base::backup::{self, Manifest};
use crate::base::blobs;
use crate::base::db::Db;
use crate::testing::Bench;

/// A bench with accounts, organisations and files of odd bytes.
async fn full() -> Bench {
    let bench = Bench::new().await;
    bench.account("a@example.test", crate::base::actor::Role::Ciso, "moa").await;
    bench.session("a@example.test").await;
    let mut work = bench.work().await;
    for size in [0_usize, 1, 255, 300_000] {
        let bytes: Vec<u8> = (0..size).map(|at| (at * 7 % 256) as u8).collect();
        blobs::put(&mut work.tx, &bytes, work.now).await.unwrap();
    }
    work.audit("", "register", "test.file", "", serde_json::json!({ "文字": "改行\n\u{1F600}\u{2028}" })).await.unwrap();
    work.commit().await.unwrap();
    bench
}

async fn written(db: &Db) -> (Vec<u8>, Manifest) {
    let mut out = Cursor::new(Vec::new());
    let manifest = backup::write(&mut db.read().await.unwrap(), &mut out, "2026-04-01T00:00:00Z").await.unwrap();
    (out.into_inner(), manifest)
}

async fn restored(bytes: &[u8], into: &Db) -> crate::base::error::Result<()> {
    let mut backup = backup::open(Cursor::new(bytes))?;
    backup::verify(&mut backup)?;
    let mut tx = into.begin().await?;
    backup::restore(&mut tx, &mut backup).await?;
    tx.commit().await
}

/// A database of the other engine, if this run has both: SQLite always is there.
async fn sqlite(bench: &Bench) -> Db {
    let db = Db::open_sqlite(&bench.app.config.data.join("other.sqlite")).await.unwrap();
    crate::app::migrate(&db, bench.app.clock.now()).await.unwrap();
    db
}

#[tokio::test]
async fn what_was_written_comes_back_the_same_on_either_engine() {
    let bench = full().await;
    let (bytes, first) = written(&bench.app.db).await;
    assert!(first.tables.iter().any(|table| table.name == "blob" && table.rows == 4), "{first:?}");
    // From the engine under test to SQLite, and from there into an empty one under test.
    let lite = sqlite(&bench).await;
    restored(&bytes, &lite).await.unwrap();
    let (again, second) = written(&lite).await;
    assert_eq!(first, second, "every table has the same bytes");
    let empty = Bench::empty().await;
    restored(&again, &empty.app.db).await.unwrap();
    let (_, third) = written(&empty.app.db).await;
    assert_eq!(first, third);
    // It goes on from there: the chain continues, references hold.
    empty.account("b@example.test", crate::base::actor::Role::Auditor, "mob").await;
    assert!(crate::base::audit::verify(&mut empty.app.db.read().await.unwrap()).await.unwrap().is_ok());
}

#[tokio::test]
async fn a_backup_goes_only_into_an_empty_installation() {
    let bench = full().await;
    let (bytes, before) = written(&bench.app.db).await;
    assert_eq!(restored(&bytes, &bench.app.db).await.unwrap_err().status(), 409);
    assert_eq!(written(&bench.app.db).await.1, before);
}

/// The backup with the bytes of one part changed.
fn changed(bytes: &[u8], part: &str, change: impl Fn(Vec<u8>) -> Vec<u8>) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..from.len() {
        let mut file = from.by_index(at).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        out.start_file(&name, zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(&if name == part { change(content) } else { content }).unwrap();
    }
    out.finish().unwrap().into_inner()
}

#[tokio::test]
async fn damage_is_named_and_leaves_nothing() {
    let bench = full().await;
    let (bytes, manifest) = written(&bench.app.db).await;
    let message = |error: crate::base::error::Error| error.message(crate::base::lang::Lang::En);
    let words = |text: &str, from: &str, to: &str| text.replacen(from, to, 1).into_bytes();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();

    let one = changed(&bytes, "tables/organisation.ndjson", |content| words(&text(content), "甲省", "丙省"));
    let empty = Bench::empty().await;
    assert!(message(restored(&one, &empty.app.db).await.unwrap_err()).contains("organisation"));

    // Whoever also mends the manifest is still caught by the audit log's chain.
    let mut line = String::new();
    let forged = changed(&bytes, "tables/audit.ndjson", |content| words(&text(content), "organisation.add", "organisation.sub"));
    let mut archive = zip::ZipArchive::new(Cursor::new(&forged)).unwrap();
    archive.by_name("tables/audit.ndjson").unwrap().read_to_string(&mut line).unwrap();
    let old = manifest.tables.iter().find(|table| table.name == "audit").unwrap().sha256.clone();
    let new = crate::base::audit::sha256(line.as_bytes());
    let forged = changed(&forged, "manifest.json", |content| words(&text(content), &old, &new));
    assert!(message(restored(&forged, &empty.app.db).await.unwrap_err()).contains("line 1"));

    // A row that refers to nothing is found although its file fits the manifest.
    let mut held = String::new();
    let orphan = changed(&bytes, "tables/held_role.ndjson", |content| {
        let id = manifest
            .tables
            .iter()
            .find(|table| table.name == "held_role")
            .unwrap()
            .columns
            .iter()
            .position(|column| column.name == "account_id")
            .unwrap();
        let mut row: serde_json::Value = serde_json::from_slice(&content).unwrap();
        row[id] = "nobody".into();
        format!("{row}\n").into_bytes()
    });
    zip::ZipArchive::new(Cursor::new(&orphan)).unwrap().by_name("tables/held_role.ndjson").unwrap().read_to_string(&mut held).unwrap();
    let old = manifest.tables.iter().find(|table| table.name == "held_role").unwrap().sha256.clone();
    let orphan = changed(&orphan, "manifest.json", |content| words(&text(content), &old, &crate::base::audit::sha256(held.as_bytes())));
    restored(&orphan, &empty.app.db).await.unwrap_err();

    for broken in [b"not a zip".to_vec(), bytes[..bytes.len() / 2].to_vec()] {
        assert!(message(restored(&broken, &empty.app.db).await.unwrap_err()).contains("not a backup"));
    }
    let older = changed(&bytes, "manifest.json", |content| words(&text(content), "\"standards\"", "\"things\""));
    if older != bytes {
        restored(&older, &empty.app.db).await.unwrap_err();
    }
    // After all that nothing stands there, and the whole backup still goes in.
    restored(&bytes, &empty.app.db).await.unwrap();
}
