//! `hinomi register …`: import, export, list, and what is missing.

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde_json::json;

use super::actions::{self, Format};
use super::api::report_line;
use super::plan::Noun;
use super::store;
use crate::base::actor::Verb;
use crate::base::area::CliCx;
use crate::base::error::{Error, Result};
use crate::base::lang::Lang;
use crate::base::upload;

/// The command's arguments.
pub fn command() -> Command {
    let path = |name: &'static str| Arg::new(name).value_parser(value_parser!(std::path::PathBuf));
    Command::new("register")
        .about("Organisations, their security organisation, systems and assets")
        .subcommand_required(true)
        .subcommand(
            Command::new("import")
                .about("Take over an XLSX workbook or a CSV file, all of it or nothing")
                .arg(path("file").required(true).help("The file"))
                .arg(Arg::new("dry-run").long("dry-run").action(ArgAction::SetTrue).help("Show every problem, change nothing")),
        )
        .subcommand(
            Command::new("export")
                .about("Write the register as a file that can be imported again")
                .arg(Arg::new("format").long("format").value_parser(["xlsx", "csv"]).default_value("xlsx").help("Kind of file"))
                .arg(
                    Arg::new("kind")
                        .long("kind")
                        .value_parser(["organisations", "posts", "systems", "assets"])
                        .default_value("organisations")
                        .help("The list, for CSV"),
                )
                .arg(path("output").long("output").short('o').required(true).help("Where to write it")),
        )
        .subcommand(Command::new("organisations").about("List the organisations"))
        .subcommand(Command::new("gaps").about("List what is missing from the security organisations; exit code 1 if anything is"))
}

/// Runs it.
pub async fn run(cx: CliCx, matches: ArgMatches) -> Result<u8> {
    match matches.subcommand() {
        Some(("import", matches)) => import(&cx, matches).await,
        Some(("export", matches)) => export(&cx, matches).await,
        Some(("gaps", _)) => gaps(&cx).await,
        _ => organisations(&cx).await,
    }
}

fn path<'a>(matches: &'a ArgMatches, name: &str) -> Result<&'a std::path::PathBuf> {
    matches.get_one::<std::path::PathBuf>(name).ok_or_else(|| Error::invalid(name, "error-required"))
}

async fn import(cx: &CliCx, matches: &ArgMatches) -> Result<u8> {
    let file = path(matches, "file")?;
    let shown = file.display().to_string();
    let bytes = match upload::file(file) {
        Ok(bytes) => bytes,
        Err(error) => {
            return Err(Error::invalid_with("file", "register-error-file", vec![("path", shown), ("why", error.to_string())]));
        }
    };
    let name = file.file_name().map_or(shown, |name| name.to_string_lossy().into_owned());
    let mut work = cx.work().await?;
    let report = actions::import(&mut work, &bytes, &name, matches.get_flag("dry-run")).await?;
    if report.written {
        work.commit().await?;
    }
    let line = report_line(&report, cx.lang);
    cx.print(&line, || {
        let mut lines: Vec<String> =
            line.problems.iter().map(|problem| format!("{} {}\n    {}", problem.code, problem.message, problem.remedy)).collect();
        let values = [("added", line.added.to_string()), ("changed", line.changed.to_string()), ("unchanged", line.unchanged.to_string())];
        if line.more > 0 {
            lines.push(cx.tv("register-problems-more", &[("count", line.more.to_string())]));
        }
        lines.push(cx.tv(
            match (report.written, report.is_refused()) {
                (true, _) => "register-cli-imported",
                (false, true) => "register-cli-refused",
                (false, false) => "register-cli-would",
            },
            &values,
        ));
        lines.join("\n")
    })?;
    Ok(u8::from(report.is_refused()))
}

async fn export(cx: &CliCx, matches: &ArgMatches) -> Result<u8> {
    let text = |name: &str| matches.get_one::<String>(name).map_or("", String::as_str);
    let format = match (text("format"), Noun::parse(text("kind"))) {
        ("csv", Some(noun)) => Format::Csv(noun),
        _ => Format::Xlsx,
    };
    let scope = cx.actor.scope("register", Verb::Read);
    let bytes = actions::export(&mut cx.app.db.read().await?, &scope, format, cx.lang).await?;
    let output = path(matches, "output")?;
    let shown = output.display().to_string();
    if let Err(error) = std::fs::write(output, &bytes) {
        return Err(Error::invalid_with("output", "register-error-file", vec![("path", shown), ("why", error.to_string())]));
    }
    cx.print(&json!({ "output": shown, "bytes": bytes.len() }), || cx.tv("register-cli-exported", &[("path", shown.clone())]))?;
    Ok(0)
}

async fn organisations(cx: &CliCx) -> Result<u8> {
    let scope = cx.actor.scope("register", Verb::Read);
    let all = store::organisations(&mut cx.app.db.read().await?, &scope).await?;
    let indent = |depth: usize| cx.lang.pick("　", "  ").repeat(depth);
    cx.print(&all, || {
        let line = |one: &super::organisation::Organisation| format!("{}{}  {}", indent(one.depth()), one.code, one.name(cx.lang));
        if all.is_empty() { cx.t("register-organisations-empty") } else { all.iter().map(line).collect::<Vec<_>>().join("\n") }
    })?;
    Ok(0)
}

async fn gaps(cx: &CliCx) -> Result<u8> {
    let scope = cx.actor.scope("register", Verb::Read);
    let all = store::security(&mut cx.app.db.read().await?, &scope).await?;
    let found: Vec<_> = all.iter().filter(|one| !one.gaps.is_empty()).collect();
    let value: Vec<_> =
        found.iter().map(|one| json!({ "code": one.organisation.code, "name": one.organisation.name(Lang::Ja), "gaps": one.gaps })).collect();
    cx.print(&value, || {
        let words = |one: &&super::post::Security| {
            let gaps = one.gaps.iter().map(|gap| cx.t(&format!("register-gap-{}", gap.as_str())));
            format!("{}  {}\n    {}", one.organisation.code, one.organisation.name(cx.lang), gaps.collect::<Vec<_>>().join("\n    "))
        };
        if found.is_empty() { cx.t("register-gaps-none") } else { found.iter().map(words).collect::<Vec<_>>().join("\n") }
    })?;
    Ok(u8::from(!found.is_empty()))
}
