//! `hinomi report …`: a cycle's reports from a script.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde_json::json;

use super::actions::{self, NewFacts};
use super::policy::{Audience, see};
use super::render::{Format, render};
use super::report::{Kind, Report, ReportId, Step};
use super::{gather, store};
use crate::base::actor::{Scope, Verb};
use crate::base::area::CliCx;
use crate::base::error::{Error, Result};
use crate::inspections::cycle::CycleId;
use crate::{inspections, register};

/// Its arguments.
pub fn command() -> Command {
    let cycle = || Arg::new("cycle").value_name("CYCLE").required(true).help("The cycle's code");
    let organisation = || Arg::new("organisation").long("organisation").value_name("CODE").conflicts_with("annual");
    let annual = || Arg::new("annual").long("annual").action(ArgAction::SetTrue).help("The annual report of the centre");
    let note = || Arg::new("note").long("note").value_name("TEXT").default_value("");
    let step = |name: &'static str, about: &'static str| Command::new(name).about(about).arg(cycle()).arg(organisation()).arg(annual()).arg(note());
    Command::new("report")
        .visible_alias("reports")
        .about("Security reports and the annual report")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("build")
                .about("Draft a report where it is not begun yet, and write it to a file")
                .arg(cycle())
                .arg(organisation())
                .arg(annual())
                .arg(Arg::new("format").long("format").value_parser(["html", "pdf", "csv", "json", "oscal-ar", "oscal-poam"]).default_value("pdf"))
                .arg(Arg::new("as").long("as").value_parser(["public", "peers", "centre"]).default_value("centre").help("With whose eyes"))
                .arg(Arg::new("again").long("again").action(ArgAction::SetTrue).help("Draw the data anew, as a new version"))
                .arg(Arg::new("output").long("output").short('o').value_name("FILE").value_parser(value_parser!(PathBuf)).required(true)),
        )
        .subcommand(Command::new("draft").about("Begin every report of a cycle").arg(cycle()))
        .subcommand(step("approve", "Approve the newest version"))
        .subcommand(step("submit", "Hand the approved version to the centre"))
        .subcommand(
            step("publish", "Publish the submitted version").arg(
                Arg::new("all")
                    .long("all")
                    .action(ArgAction::SetTrue)
                    .conflicts_with_all(["annual", "organisation"])
                    .help("Every report of the cycle that is ready"),
            ),
        )
        .subcommand(Command::new("list").about("List reports").arg(Arg::new("cycle").value_name("CYCLE").help("Only of this cycle")))
        .subcommand(
            Command::new("facts")
                .about("Enter facts and incidents from a JSON file: a list of {cycle, organisation, facts, incidents}")
                .arg(Arg::new("file").value_name("FILE").value_parser(value_parser!(PathBuf)).required(true)),
        )
}

fn text(m: &ArgMatches, name: &str) -> String {
    m.get_one::<String>(name).cloned().unwrap_or_default()
}

/// Runs it.
pub async fn run(cx: CliCx, matches: ArgMatches) -> Result<u8> {
    let Some((name, m)) = matches.subcommand() else { return Ok(2) };
    match name {
        "build" => build(&cx, m).await,
        "draft" => {
            let mut work = cx.work().await?;
            let cycle = actions::cycle_called(&mut work, &text(m, "cycle")).await?.id;
            let count = actions::draft_all(&mut work, &cycle).await?;
            if count > 0 {
                work.commit().await?;
            }
            cx.print(&json!({ "drafted": count }), || cx.tv("reports-cli-drafted", &[("count", count.to_string())]))?;
            Ok(0)
        }
        "approve" => decide(&cx, m, Step::Approve).await,
        "submit" => decide(&cx, m, Step::Submit).await,
        "publish" => decide(&cx, m, Step::Publish).await,
        "list" => list(&cx, m).await,
        "facts" => facts(&cx, m).await,
        _ => Ok(2),
    }
}

/// The report that the arguments name; `None`: it is not begun.
async fn named(cx: &CliCx, m: &ArgMatches) -> Result<(CycleId, Option<String>, Option<Report>)> {
    let mut tx = cx.app.db.read().await?;
    let scope = cx.actor.scope("reports", Verb::Read);
    let cycle = inspections::store::cycle_by_code(&mut tx, &text(m, "cycle")).await?.id;
    let code = if m.get_flag("annual") { None } else { m.get_one::<String>("organisation").cloned() };
    let (one, kind) = match &code {
        Some(code) => (register::store::organisation_by_code(&mut tx, &scope, code).await?, Kind::Organisation),
        None => {
            let all = register::store::organisations(&mut tx, &scope).await?;
            (all.into_iter().find(|one| one.parent_id.is_none()).ok_or(Error::NotFound)?, Kind::Annual)
        }
    };
    let report = store::report_of(&mut tx, cycle.as_str(), &one.id, kind).await?;
    Ok((cycle, code, report))
}

async fn build(cx: &CliCx, m: &ArgMatches) -> Result<u8> {
    let (cycle, code, report) = named(cx, m).await?;
    let id = match report {
        Some(report) if !m.get_flag("again") => report.id,
        _ => {
            let mut work = cx.work().await?;
            let id = match &code {
                Some(code) => actions::draft(&mut work, &cycle, code).await?,
                None => actions::draft_annual(&mut work, &cycle).await?,
            };
            work.commit().await?;
            id
        }
    };
    let mut tx = cx.app.db.read().await?;
    let report = store::report(&mut tx, &Scope::Everything, &id).await?;
    let version = store::version(&mut tx, &id, report.version).await?;
    let policy = gather::policy(&mut tx).await?;
    drop(tx);
    let audience = Audience::parse(&text(m, "as")).ok_or_else(|| Error::invalid("as", "error-not-a-choice"))?;
    let format = Format::parse(&text(m, "format")).ok_or_else(|| Error::invalid("format", "error-not-a-choice"))?;
    let lang = cx.lang;
    let file = match render(&see(&policy, &version.tree, audience)?, format, lang).await {
        // A plan of action without actions, results without requirements: said in words of its own.
        Err(Error::NotFound) => return Err(Error::Conflict("reports-error-nothing")),
        other => other?,
    };
    let path = m.get_one::<PathBuf>("output").cloned().unwrap_or_default();
    std::fs::write(&path, &file.bytes).map_err(|error| Error::Internal(format!("{}: {error}", path.display())))?;
    let shown = json!({ "report": id, "version": report.version, "state": report.state, "file": path, "bytes": file.bytes.len() });
    cx.print(&shown, || cx.tv("reports-cli-built", &[("file", path.display().to_string()), ("version", report.version.to_string())]))?;
    Ok(0)
}

async fn decide(cx: &CliCx, m: &ArgMatches, step: Step) -> Result<u8> {
    let all = step == Step::Publish && m.get_flag("all");
    let reports: Vec<Report> = if all {
        let mut tx = cx.app.db.read().await?;
        let cycle = inspections::store::cycle_by_code(&mut tx, &text(m, "cycle")).await?.id;
        let every = store::reports(&mut tx, &cx.actor.scope("reports", Verb::Read), cycle.as_str()).await?;
        every.into_iter().filter(|report| step.after(report.state, report.kind).is_some()).collect()
    } else {
        vec![named(cx, m).await?.2.ok_or(Error::NotFound)?]
    };
    if !reports.is_empty() {
        let mut work = cx.work().await?;
        for report in &reports {
            actions::decide(&mut work, &report.id, step, report.version, &text(m, "note")).await?;
        }
        work.commit().await?;
    }
    let ids: Vec<&ReportId> = reports.iter().map(|report| &report.id).collect();
    cx.print(&json!({ "decision": step, "reports": ids }), || cx.tv(&format!("reports-cli-{}", step.as_str()), &[("count", ids.len().to_string())]))?;
    Ok(0)
}

async fn list(cx: &CliCx, m: &ArgMatches) -> Result<u8> {
    let mut tx = cx.app.db.read().await?;
    let cycle = match m.get_one::<String>("cycle") {
        Some(code) => inspections::store::cycle_by_code(&mut tx, code).await?.id.to_string(),
        None => String::new(),
    };
    let reports = store::reports(&mut tx, &cx.actor.scope("reports", Verb::Read), &cycle).await?;
    let organisations = register::store::organisations(&mut tx, &Scope::Everything).await?;
    let cycles = inspections::store::cycles(&mut tx).await?;
    let rows: Vec<_> = reports
        .iter()
        .map(|report| {
            let organisation = organisations.iter().find(|one| one.id == report.organisation_id).map(|one| one.code.clone());
            let cycle = cycles.iter().find(|one| one.id.as_str() == report.cycle_id).map(|one| one.code.clone());
            json!({ "id": report.id, "cycle": cycle, "organisation": organisation, "kind": report.kind, "state": report.state,
                    "version": report.version, "approved_version": report.approved_version, "published_version": report.published_version })
        })
        .collect();
    cx.print(&rows, || {
        let line = |row: &serde_json::Value| {
            let get = |key: &str| row.get(key).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).unwrap_or_default();
            format!("{}\t{}\t{}\t{}\tv{}", get("cycle"), get("organisation"), get("kind"), get("state"), get("version"))
        };
        if rows.is_empty() { cx.t("reports-empty") } else { rows.iter().map(line).collect::<Vec<_>>().join("\n") }
    })?;
    Ok(0)
}

/// The largest file of facts.
const LARGEST: usize = 16 << 20;

async fn facts(cx: &CliCx, m: &ArgMatches) -> Result<u8> {
    let path = m.get_one::<PathBuf>("file").cloned().unwrap_or_default();
    let bytes = std::fs::read(&path).map_err(|error| Error::Internal(format!("{}: {error}", path.display())))?;
    if bytes.len() > LARGEST {
        return Err(Error::invalid_with("file", "reports-error-long", vec![("most", LARGEST.to_string())]));
    }
    let all: Vec<NewFacts> = serde_json::from_slice(&bytes).map_err(|error| Error::Internal(format!("{}: {error}", path.display())))?;
    let mut work = cx.work().await?;
    let count = actions::enter_all(&mut work, &all).await?;
    if count > 0 {
        work.commit().await?;
    }
    cx.print(&json!({ "entered": count }), || cx.tv("reports-cli-entered", &[("count", count.to_string())]))?;
    Ok(0)
}
