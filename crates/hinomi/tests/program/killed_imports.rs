//! SIGKILL during a large import: afterwards all of it is there or nothing, and the same file once more makes it whole.

use std::path::PathBuf;
use std::process::{Child, Stdio};

use formats::lang::Lang;
use formats::sheets::{OutCell, OutColumn, OutSheet, write_xlsx};
use platform::base::db::Db;
use serde_json::Value;

use super::place::{Place, Server, ask, install, json, status, text};

/// Lines of one file. With their long texts they are more than SQLite keeps in memory, so that the file on disk grows long
/// before the import is committed.
const LINES: usize = 1_000;
/// The kill points, in percent of what a whole import lets the database grow by: its first byte, its middle, its end.
const POINTS: [u64; 3] = [0, 50, 97];
/// How often an import that was over before the kill is tried again with another file.
const TRIES: usize = 5;

/// A workbook with a ledger of [`LINES`] systems whose codes begin with `name`.
fn workbook(name: &str) -> Vec<u8> {
    let long = |word: &str| OutCell::Text(word.repeat(4_000 / word.chars().count()));
    let headers = ["組織コード", "システムコード", "名称（日本語）", "目的", "取り扱う情報", "機密性", "完全性", "可用性"];
    let sheet = OutSheet {
        name: "情報システム".into(),
        columns: headers.iter().map(|header| OutColumn::new(*header).width(10.0)).collect(),
        rows: (0..LINES)
            .map(|line| {
                let one = || OutCell::Integer(1);
                let (code, title) = (OutCell::Text(format!("{name}-{line}")), OutCell::Text(format!("{line}番")));
                vec![OutCell::from("centre"), code, title, long("申請を受け付ける"), long("申請者の氏名"), one(), one(), one()]
            })
            .collect(),
        ..OutSheet::default()
    };
    write_xlsx(&[sheet], &[], Lang::Ja).unwrap()
}

/// How large what the database has written is, committed or not: the write-ahead log of SQLite, the table of PostgreSQL.
enum Written {
    Log(PathBuf),
    Table(Db, tokio::runtime::Runtime),
}

impl Written {
    fn of(place: &Place) -> Self {
        match place.database() {
            None => Self::Log(place.data().join("hinomi.sqlite-wal")),
            Some(url) => {
                let runtime = tokio::runtime::Runtime::new().unwrap();
                Self::Table(runtime.block_on(Db::open_postgres(url)).unwrap(), runtime)
            }
        }
    }

    fn size(&self) -> u64 {
        match self {
            Self::Log(path) => std::fs::metadata(path).map_or(0, |file| file.len()),
            Self::Table(db, runtime) => runtime.block_on(async {
                let mut tx = db.read().await.unwrap();
                let row = tx.one("SELECT pg_total_relation_size('system') AS size", &[]).await.unwrap();
                row.get::<i64>("size").unwrap().unsigned_abs()
            }),
        }
    }

    /// Waits until more than `growth` was written beyond `from`; `false` where `over` says that it will not come to that.
    fn grows(&self, from: u64, growth: u64, mut over: impl FnMut() -> bool) -> bool {
        while self.size() <= from + growth {
            if over() {
                return false;
            }
            std::thread::yield_now();
        }
        true
    }
}

/// How much a whole import lets the database grow by. Its lines stay.
fn whole(place: &Place, written: &Written, name: &str) -> u64 {
    let mut import = begin(place, name);
    let from = written.size();
    let mut most = 0;
    written.grows(from, u64::MAX - from, || {
        most = most.max(written.size());
        import.try_wait().unwrap().is_some()
    });
    assert_eq!(there(place, name), LINES);
    most - from
}

/// Begins to import the file `name` at the command line.
fn begin(place: &Place, name: &str) -> Child {
    let file = place.file(&format!("{name}.xlsx"));
    std::fs::write(&file, workbook(name)).unwrap();
    place.command(&["register", "import", text(&file)]).stdout(Stdio::null()).spawn().unwrap()
}

/// How many systems of the file `name` are there.
fn there(place: &Place, name: &str) -> usize {
    let file = place.file("systems.csv");
    place.fine(&["register", "export", "--format", "csv", "--kind", "systems", "-o", text(&file)]);
    std::fs::read_to_string(file).unwrap().matches(&format!(",{name}-")).count()
}

/// After a kill: everything or nothing is there, the log says the same, and the same file again makes it whole, once.
fn mended(place: &Place, name: &str) -> usize {
    place.fine(&["audit", "verify"]);
    let found = there(place, name);
    assert!(found == 0 || found == LINES, "{name}: {found} of {LINES}");
    let log = place.fine(&["audit", "export"]);
    let lines = log.lines().filter(|line| line.contains("\"verb\":\"register.import\"") && line.contains(&format!("{name}.xlsx"))).count();
    assert_eq!(lines, found / LINES, "{name}: the log and the ledger");
    let again: Value = serde_json::from_str(&place.fine(&["--json", "register", "import", text(&place.file(&format!("{name}.xlsx")))])).unwrap();
    assert_eq!((again["added"].as_u64(), again["unchanged"].as_u64()), (Some((LINES - found) as u64), Some(found as u64)), "{again}");
    assert_eq!(there(place, name), LINES);
    place.fine(&["audit", "verify"]);
    found
}

#[test]
fn an_import_killed_at_the_command_line_is_whole_or_absent() {
    let place = Place::on_any_database();
    install(&place);
    let written = Written::of(&place);
    let all = whole(&place, &written, "whole");
    for percent in POINTS {
        // A server fills the room that killed imports left before its table grows again, so it may never come to a later point.
        let sure = percent == 0 || place.database().is_none();
        let killed = (0..if sure { TRIES } else { 1 }).any(|tried| {
            let name = format!("cli{percent}x{tried}");
            let mut import = begin(&place, &name);
            let from = written.size();
            let reached = written.grows(from, all * percent / 100, || import.try_wait().unwrap().is_some());
            // SIGKILL, unless it ended by itself a moment ago.
            import.kill().unwrap();
            let ended = import.wait().unwrap();
            let found = mended(&place, &name);
            assert!(!ended.success() || found == LINES, "{name}: it said that all was taken in");
            reached && ended.code().is_none()
        });
        assert!(killed || !sure, "{percent}%: always over before the kill");
    }
}

#[test]
fn an_import_killed_in_the_server_is_whole_or_absent() {
    let place = Place::on_any_database();
    let session = install(&place);
    let token = place.fine(&["token", "create", "first@example.test", "--name", "t", "--role", "evaluator"]);
    let token = format!("Bearer {}", token.trim());
    let written = Written::of(&place);
    let all = whole(&place, &written, "whole");

    // A program sends the file as the body.
    for percent in POINTS {
        let name = format!("api{percent}");
        let bytes = workbook(&name);
        std::fs::write(place.file(&format!("{name}.xlsx")), &bytes).unwrap();
        let mut server = Server::start(&place);
        let (address, path) = (server.address.clone(), format!("/api/v1/register/import?name={name}.xlsx"));
        let from = written.size();
        let answer = std::thread::scope(|scope| {
            let sent = scope.spawn(|| ask(&address, "POST", &path, &[("Authorization", &token)], &bytes));
            written.grows(from, all * percent / 100, || sent.is_finished());
            server.kill();
            sent.join().unwrap()
        });
        let found = mended(&place, &name);
        if let Ok(answer) = answer {
            assert_eq!((status(&answer), json(&answer)["written"].as_bool(), found), (200, Some(true), LINES), "{answer}");
        }
    }

    // A person sends it, looks, and confirms; the confirmation is killed, and given once more.
    let name = "form";
    let bytes = workbook(name);
    let file = place.file("form.xlsx");
    std::fs::write(&file, &bytes).unwrap();
    let mut server = Server::start(&place);
    let mut body = format!("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}.xlsx\"\r\n\r\n").into_bytes();
    body.extend_from_slice(&bytes);
    body.extend_from_slice(b"\r\n--edge--\r\n");
    let headers = [("Cookie", session.as_str()), ("Content-Type", "multipart/form-data; boundary=edge")];
    let page = ask(&server.address, "POST", "/register/import", &headers, &body).unwrap();
    assert_eq!(status(&page), 200, "{page}");
    let hash = page.split_once("name=\"hash\" value=\"").unwrap().1.split('"').next().unwrap();
    let confirmation = format!("hash={hash}&name={name}.xlsx");
    let headers = [("Cookie", session.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
    let (address, from) = (server.address.clone(), written.size());
    std::thread::scope(|scope| {
        let sent = scope.spawn(|| ask(&address, "POST", "/register/import/confirm", &headers, confirmation.as_bytes()));
        written.grows(from, all / 2, || sent.is_finished());
        server.kill();
        let _ = sent.join().unwrap();
    });
    place.fine(&["audit", "verify"]);
    let found = there(&place, name);
    assert!(found == 0 || found == LINES, "{found} of {LINES}");
    let server = Server::start(&place);
    let again = ask(&server.address, "POST", "/register/import/confirm", &headers, confirmation.as_bytes()).unwrap();
    assert_eq!(status(&again), 303, "{again}");
    assert_eq!(there(&place, name), LINES);
    place.fine(&["audit", "verify"]);
}
