//! The rules of the house as ordinary tests: each says what is wrong, where, and why the rule exists.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::root;

/// The longest file a stranger reads at one sitting.
const LONGEST: usize = 450;

fn files(ending: &str) -> Vec<(String, String)> {
    fn walk(dir: &Path, ending: &str, out: &mut Vec<PathBuf>) {
        let Ok(entries) = fs::read_dir(dir) else { return };
        for entry in entries.flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() && name != "target" && name != "node_modules" && !name.starts_with('.') {
                walk(&path, ending, out);
            } else if name.ends_with(ending) {
                out.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    for top in ["crates", "xtask"] {
        walk(&root().join(top), ending, &mut paths);
    }
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            (path.strip_prefix(root()).unwrap().to_string_lossy().into_owned(), text)
        })
        .collect()
}

fn none(problems: Vec<String>) {
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn every_file_begins_with_one_sentence() {
    none(files(".rs").iter().filter(|(_, text)| !text.starts_with("//!")).map(|(path, _)| format!("{path}: begin with `//! …`")).collect());
}

#[test]
fn no_file_is_longer_than_a_sitting() {
    let tests = |path: &str| path.contains("/tests") || path.ends_with("tests.rs");
    none(
        files(".rs")
            .iter()
            .filter(|(path, text)| !tests(path) && text.lines().count() > LONGEST)
            .map(|(path, text)| format!("{path}: {} lines; make it a folder by noun or verb", text.lines().count()))
            .collect(),
    );
}

#[test]
fn crates_depend_downwards_only() {
    let allowed: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("formats", &[][..]),
        ("engine", &["formats"][..]),
        ("probe", &["formats"][..]),
        ("platform", &["formats", "engine", "probe"][..]),
        ("hinomi", &["formats", "engine", "probe", "platform"][..]),
    ]);
    let mut problems = Vec::new();
    for (name, may) in &allowed {
        let text = fs::read_to_string(root().join(format!("crates/{name}/Cargo.toml"))).unwrap();
        // What the code knows. The tests of a crate may bring in its neighbour: a probe's answers are worth nothing unjudged.
        let known = text.split("[dev-dependencies]").next().unwrap_or_default();
        for other in allowed.keys().filter(|other| *other != name && !may.contains(other)) {
            if known.lines().any(|line| line.starts_with(&format!("{other}.")) || line.starts_with(&format!("{other} "))) {
                problems.push(format!("crates/{name} must not know {other}"));
            }
        }
        if !text.contains("[lints]\nworkspace = true") {
            problems.push(format!("crates/{name}/Cargo.toml: `[lints] workspace = true` is missing"));
        }
    }
    none(problems);
}

#[test]
fn pure_crates_stay_pure() {
    // No clock, network, database or async below `platform`, except that `probe` asks the network.
    let mut problems = Vec::new();
    for (path, text) in files(".rs") {
        for (prefix, words) in [
            ("crates/formats/", &["tokio::", "sqlx::", "std::net::Tcp", "Timestamp::now", "async fn"][..]),
            ("crates/engine/", &["tokio::", "sqlx::", "std::net::Tcp", "Timestamp::now", "async fn", "std::fs::"][..]),
            ("crates/probe/src/", &["sqlx::", "axum::", "Timestamp::now"][..]),
        ] {
            if path.starts_with(prefix) && !path.contains("/tests/") && !path.ends_with("tests.rs") {
                let hits = words.iter().filter(|word| text.contains(**word));
                problems.extend(hits.map(|word| format!("{path}: `{word}` has no place in a pure crate")));
            }
        }
    }
    none(problems);
}

/// The areas in the order of `AREAS`.
fn areas() -> Vec<String> {
    let text = fs::read_to_string(root().join("crates/platform/src/app/mod.rs")).unwrap();
    let list = text.split("pub const AREAS").nth(1).unwrap().split("];").next().unwrap();
    // However the formatter lays the list out.
    list.split(|c: char| !c.is_ascii_lowercase() && !"_:AREA".contains(c)).filter_map(|word| word.strip_suffix("::AREA").map(str::to_owned)).collect()
}

#[test]
fn areas_import_only_those_before_them() {
    let areas = areas();
    assert!(areas.len() >= 8, "{areas:?}");
    let mut problems = Vec::new();
    for (path, text) in files(".rs") {
        let Some(inside) = path.strip_prefix("crates/platform/src/") else { continue };
        let place = inside.split('/').next().unwrap_or_default();
        // base knows no area; an area knows those before it; app and testing know all.
        let forbidden: Vec<&str> = match areas.iter().position(|area| area == place) {
            Some(index) => areas.iter().skip(index + 1).map(String::as_str).chain(["app"]).collect(),
            None if place == "base" => areas.iter().map(String::as_str).chain(["app"]).collect(),
            None => continue,
        };
        // Tests may put the whole application together, wherever they stand.
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        let tests = path.ends_with("tests.rs") || path.contains("/tests/");
        for other in forbidden {
            let named = code.contains(&format!("crate::{other}::"))
                || code.contains(&format!("crate::{{{other}"))
                || code.contains(&format!("use crate::{other};"));
            if named && !tests {
                problems.push(format!("{path}: `{place}` lies below `{other}` and must not import it; write an event instead"));
            }
        }
    }
    none(problems);
}

/// Verbs of SQL that read or change rows, followed by a table's name.
fn statements(text: &str) -> Vec<(&'static str, String)> {
    let mut out = Vec::new();
    for verb in ["INSERT INTO ", "DELETE FROM ", "UPDATE "] {
        for part in text.split(verb).skip(1) {
            let table: String = part.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_' || c.is_ascii_digit()).collect();
            let real = match verb {
                "UPDATE " => part.get(table.len()..).is_some_and(|rest| rest.trim_start().starts_with("SET")),
                _ => true,
            };
            if !table.is_empty() && real {
                out.push((verb.trim(), table));
            }
        }
    }
    out
}

#[test]
fn sql_lives_in_the_store_and_only_the_owner_writes_a_table() {
    let mut owners: BTreeMap<String, String> = BTreeMap::new();
    let mut problems = Vec::new();
    for (path, text) in files(".sql") {
        let owner = path.strip_prefix("crates/platform/src/").unwrap().split('/').next().unwrap().to_owned();
        for part in text.split("CREATE TABLE ").skip(1) {
            let table: String =
                part.trim_start_matches("IF NOT EXISTS ").chars().take_while(|c| c.is_ascii_lowercase() || *c == '_' || c.is_ascii_digit()).collect();
            if let Some(other) = owners.insert(table.clone(), owner.clone()).filter(|other| *other != owner) {
                problems.push(format!("table {table} belongs to {other} and {owner}"));
            }
        }
    }
    for (path, text) in files(".rs") {
        let Some(inside) = path.strip_prefix("crates/platform/src/") else { continue };
        let place = inside.split('/').next().unwrap_or_default();
        if matches!(place, "app" | "testing") || inside.ends_with("tests.rs") || inside.contains("/tests/") {
            continue;
        }
        let text: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        let in_store = place == "base" || inside.ends_with("/store.rs") || inside.contains("/store/");
        if !in_store && (text.contains("\"SELECT ") || !statements(&text).is_empty()) {
            problems.push(format!("{path}: SQL belongs in store.rs"));
        }
        for (verb, table) in statements(&text) {
            match owners.get(&table) {
                Some(owner) if owner != place => problems.push(format!("{path}: {verb} {table}, which belongs to {owner}")),
                None if in_store => problems.push(format!("{path}: {verb} {table}, which no tables.sql makes")),
                _ => {}
            }
        }
    }
    none(problems);
}

#[test]
fn every_registered_number_is_shown() {
    // A definition that no area uses promises a number nobody ever sees.
    let files = files(".rs");
    let registered: Vec<&str> = files
        .iter()
        .filter(|(path, _)| path.starts_with("crates/engine/src/numbers/"))
        .flat_map(|(_, text)| text.split("pub static ").skip(1))
        .filter_map(|rest| rest.split_once(": Definition =").map(|(name, _)| name))
        .filter(|name| !name.contains('\n'))
        .collect();
    assert!(registered.len() >= 20, "{registered:?}");
    let words: BTreeSet<&str> = files
        .iter()
        .filter(|(path, _)| path.starts_with("crates/platform/src/") && !path.contains("/tests") && !path.ends_with("tests.rs"))
        .flat_map(|(_, text)| text.lines().filter(|line| !line.trim_start().starts_with("//")))
        .flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'))
        .collect();
    let list = files.iter().find(|(path, _)| path.ends_with("numbers/definitions.rs")).map_or("", |(_, text)| text.as_str());
    let mut problems: Vec<String> = registered
        .iter()
        .filter(|name| !words.contains(**name))
        .map(|name| format!("engine::numbers::{name} is registered, and no area uses it"))
        .collect();
    problems.extend(
        registered
            .iter()
            .filter(|name| !list.contains(&format!("    &{name},")))
            .map(|name| format!("engine::numbers::{name} is not in DEFINITIONS")),
    );
    none(problems);
}

#[test]
fn an_area_has_only_the_known_files() {
    // A stranger finds the same names in every area; nouns are the exception, and they hold no SQL and no HTTP.
    let known: BTreeSet<&str> = [
        "mod.rs",
        "store.rs",
        "actions.rs",
        "pages.rs",
        "api.rs",
        "jobs.rs",
        "cli.rs",
        "tests.rs",
        "tables.sql",
        "ja.ftl",
        "en.ftl",
        // What a computation needs, read through stores; and its result, read back.
        "gather.rs",
        "view.rs",
    ]
    .into();
    let mut problems = Vec::new();
    for area in areas() {
        let dir = root().join("crates/platform/src").join(&area);
        for name in ["mod.rs", "ja.ftl", "en.ftl"] {
            if !dir.join(name).exists() {
                problems.push(format!("{area}/{name} is missing"));
            }
        }
        let header = fs::read_to_string(dir.join("mod.rs")).unwrap_or_default();
        for words in ["//! Owns ", "//! Holds always", "//! Not here on purpose", "//! Begin at "] {
            if !header.contains(words) {
                problems.push(format!("{area}/mod.rs: the header lacks `{}…`", words.trim_start_matches("//! ")));
            }
        }
        for entry in fs::read_dir(&dir).unwrap().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let text = if name.ends_with(".rs") { fs::read_to_string(entry.path()).unwrap() } else { String::new() };
            if !known.contains(name.as_str()) && name.ends_with(".rs") && text.contains("async fn") && !text.contains("axum::") {
                problems.push(format!("{area}/{name}: only the known files act; a noun is pure"));
            }
        }
    }
    none(problems);
}

#[test]
fn nothing_is_left_open() {
    let marks =
        ["TO".to_owned() + "DO", "FIX".to_owned() + "ME", "todo".to_owned() + "!", "unimplemented".to_owned() + "!", "#[ign".to_owned() + "ore"];
    let mut problems = Vec::new();
    for ending in [".rs", ".html", ".sql", ".ftl", ".typ"] {
        for (path, text) in files(ending) {
            problems.extend(marks.iter().filter(|mark| text.contains(mark.as_str())).map(|mark| format!("{path}: {mark}")));
        }
    }
    none(problems);
}

#[test]
fn the_architecture_page_is_one_page_and_names_every_area() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let mut problems: Vec<String> = areas()
        .into_iter()
        .filter(|area| !text.contains(&format!("`{area}`")))
        .map(|area| format!("ARCHITECTURE.md does not name `{area}`"))
        .collect();
    if text.lines().count() > 80 {
        problems.push(format!("ARCHITECTURE.md has {} lines; one page is 80", text.lines().count()));
    }
    none(problems);
}
