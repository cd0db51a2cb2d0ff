//! `hinomi crypto …`: the transition for scripts.

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use engine::crypto::State;
use serde_json::json;

use super::api::{CompromiseOut, imported_of, overview_of};
use super::compromise::NewCompromise;
use super::{actions, gather, store};
use crate::base::actor::{Scope, Verb};
use crate::base::area::CliCx;
use crate::base::error::{Error, Result};
use crate::base::upload;

/// Its arguments.
pub fn command() -> Command {
    let path = |name: &'static str| Arg::new(name).value_parser(value_parser!(std::path::PathBuf)).required(true);
    let text = |name: &'static str, shown: &'static str| Arg::new(name).long(name).value_name(shown).required(true);
    Command::new("crypto")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(Command::new("list"))
        .subcommand(Command::new("import").arg(path("file").value_name("FILE")).arg(Arg::new("dry-run").long("dry-run").action(ArgAction::SetTrue)))
        .subcommand(
            Command::new("export")
                .arg(Arg::new("format").long("format").value_parser(["csv", "xlsx"]).default_value("csv"))
                .arg(path("output").long("output").short('o').value_name("FILE")),
        )
        .subcommand(
            Command::new("compromise")
                .arg(text("algorithm", "ID"))
                .arg(text("known-on", "DATE"))
                .arg(text("severity", "SEVERITY").value_parser(["critical", "serious", "notice"]))
                .arg(text("due-on", "DATE"))
                .arg(text("ja", "TEXT"))
                .arg(text("en", "TEXT")),
        )
}

/// Runs it.
pub async fn run(cx: CliCx, matches: ArgMatches) -> Result<u8> {
    match matches.subcommand() {
        Some(("list", _)) => list(&cx).await,
        Some(("import", m)) => import(&cx, m).await,
        Some(("export", m)) => export(&cx, m).await,
        Some(("compromise", m)) => compromise(&cx, m).await,
        _ => Ok(2),
    }
}

fn text(m: &ArgMatches, name: &str) -> String {
    m.get_one::<String>(name).cloned().unwrap_or_default()
}

fn path<'a>(m: &'a ArgMatches, name: &str) -> Result<&'a std::path::PathBuf> {
    m.get_one::<std::path::PathBuf>(name).ok_or_else(|| Error::invalid(name, "error-required"))
}

fn unreadable(shown: &str, error: &std::io::Error) -> Error {
    Error::invalid_with("file", "cryptography-error-file", vec![("path", shown.to_owned()), ("why", error.to_string())])
}

/// How every system stands; exit code 1 if one uses what it must not.
async fn list(cx: &CliCx) -> Result<u8> {
    let scope = cx.actor.scope("cryptography", Verb::Read);
    let whole = gather::transition(&mut cx.app.db.read().await?, &scope, cx.app.clock.now()).await?;
    let bad = whole.subjects.iter().any(|one| matches!(one.standing.state, State::Broken | State::Overdue | State::Contradiction));
    let loose = cx.t("cryptography-loose");
    let lines: Vec<String> = whole
        .subjects
        .iter()
        .map(|one| {
            let state = cx.t(&format!("cryptography-state-{}", one.standing.state.as_str()));
            let worst = one.standing.lines.first().filter(|line| line.state != State::Fine).map_or("", |line| line.algorithm.id);
            let code = one.system.as_ref().map_or("—", |system| system.code.as_str());
            format!("{state}  {}  {code}  {}  {worst}", one.organisation.code, one.name(cx.lang, &loose)).trim_end().to_owned()
        })
        .collect();
    cx.print(&overview_of(whole), || if lines.is_empty() { cx.t("cryptography-systems-empty") } else { lines.join("\n") })?;
    Ok(u8::from(bad))
}

async fn import(cx: &CliCx, m: &ArgMatches) -> Result<u8> {
    let file = path(m, "file")?;
    let shown = file.display().to_string();
    let bytes = upload::file(file).map_err(|error| unreadable(&shown, &error))?;
    let name = file.file_name().map_or(shown, |name| name.to_string_lossy().into_owned());
    let mut work = cx.work().await?;
    let done = actions::import(&mut work, &bytes, &name, m.get_flag("dry-run")).await?;
    if done.written {
        work.commit().await?;
    }
    let line = imported_of(&done, cx.lang);
    cx.print(&line, || {
        let mut lines: Vec<String> = line.problems.iter().map(|one| format!("{} {}\n    {}", one.code, one.message, one.remedy)).collect();
        let counts = [("changed", line.changed.to_string()), ("unchanged", line.unchanged.to_string())];
        let words = match (done.is_refused(), line.written, line.changed) {
            (true, ..) => "cryptography-import-refused",
            (_, true, _) => "cryptography-import-done",
            (_, _, 0) => "cryptography-import-nothing",
            _ => "cryptography-import-would",
        };
        lines.push(cx.tv(words, &counts));
        lines.join("\n")
    })?;
    Ok(u8::from(done.is_refused()))
}

async fn export(cx: &CliCx, m: &ArgMatches) -> Result<u8> {
    let scope = cx.actor.scope("cryptography", Verb::Read);
    let bytes = actions::export(&mut cx.app.db.read().await?, &scope, text(m, "format") == "xlsx", cx.lang).await?;
    let output = path(m, "output")?;
    let shown = output.display().to_string();
    std::fs::write(output, &bytes).map_err(|error| unreadable(&shown, &error))?;
    cx.print(&json!({ "output": shown, "bytes": bytes.len() }), || cx.tv("cryptography-cli-exported", &[("path", shown.clone())]))?;
    Ok(0)
}

/// Records a compromise and prints whom it hits.
async fn compromise(cx: &CliCx, m: &ArgMatches) -> Result<u8> {
    let new = NewCompromise {
        algorithm: text(m, "algorithm"),
        known_on: text(m, "known-on"),
        severity: text(m, "severity"),
        words_ja: text(m, "ja"),
        words_en: text(m, "en"),
        due_on: text(m, "due-on"),
    };
    let mut work = cx.work().await?;
    let id = actions::record(&mut work, &new).await?;
    work.commit().await?;
    let mut tx = cx.app.db.read().await?;
    let hits = store::hits(&mut tx, &Scope::Everything, &id).await?;
    let codes: std::collections::BTreeMap<_, _> =
        crate::register::store::systems(&mut tx, &Scope::Everything).await?.into_iter().map(|one| (one.id, one.code)).collect();
    let lines: Vec<String> = hits
        .iter()
        .map(|hit| {
            let code = hit.system_id.as_ref().and_then(|id| codes.get(id)).map_or("—", String::as_str);
            format!("{}  {code}", cx.t(&format!("cryptography-affected-{}", hit.how.as_str())))
        })
        .collect();
    let compromise = store::compromise(&mut tx, &id).await?;
    let first = cx.tv("cryptography-cli-recorded", &[("id", id.to_string()), ("count", hits.len().to_string())]);
    cx.print(&CompromiseOut { compromise, hits }, || std::iter::once(first).chain(lines).collect::<Vec<_>>().join("\n"))?;
    Ok(0)
}
