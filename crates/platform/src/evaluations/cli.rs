//! `hinomi evaluations …`: evaluate, show, verify; and `hinomi cycle evaluate`.

use clap::{Arg, ArgMatches, Command};
use engine::numbers::definition;
use serde_json::json;

use super::actions;
use super::{store, view};
use crate::base::area::CliCx;
use crate::base::db::Tx;
use crate::base::error::{Error, Result};
use crate::inspections;
use crate::inspections::cycle::Cycle;

/// The command.
pub fn command() -> Command {
    let cycle = || Arg::new("cycle").required(true).value_name("CYCLE").help("The cycle's code");
    Command::new("evaluations")
        .about("Evaluations of closed cycles")
        .subcommand_required(true)
        .subcommand(Command::new("run").about("Evaluate a closed cycle; an evaluated one again gives the same bytes").arg(cycle()))
        .subcommand(
            Command::new("show")
                .about("Show the figures, of all or of one organisation")
                .arg(cycle())
                .arg(Arg::new("organisation").long("organisation").value_name("CODE").help("Only this organisation")),
        )
        .subcommand(Command::new("verify").about("Compute again and compare the bytes; exit code 1 when they differ").arg(cycle()))
}

/// What it adds to `hinomi cycle …`: the step between `close` and `publish`.
pub fn of_cycle() -> Command {
    let cycle = Arg::new("cycle").required(true).value_name("CYCLE").help("The cycle's code");
    Command::new("cycle").subcommand(Command::new("evaluate").about("Evaluate a closed cycle, as `evaluations run` does").arg(cycle))
}

async fn cycle(tx: &mut Tx, m: &ArgMatches) -> Result<Cycle> {
    inspections::store::cycle_by_code(tx, m.get_one::<String>("cycle").map_or("", String::as_str)).await
}

/// Runs it.
pub async fn run(cx: CliCx, m: ArgMatches) -> Result<u8> {
    match m.subcommand() {
        Some(("run" | "evaluate", m)) => {
            let mut work = cx.work().await?;
            let cycle = cycle(&mut work.tx, m).await?;
            let record = actions::evaluate(&mut work, &cycle.id).await?;
            work.commit().await?;
            let values = [
                ("cycle", cycle.code.clone()),
                ("organisations", record.organisations.to_string()),
                ("flagged", record.flagged.to_string()),
                ("hash", record.hash.clone()),
            ];
            cx.print(&record, || cx.tv("evaluations-cli-done", &values))?;
            Ok(0)
        }
        Some(("show", m)) => show(&cx, m).await,
        Some(("verify", m)) => {
            let mut tx = cx.app.db.read().await?;
            let cycle = cycle(&mut tx, m).await?;
            let verified = actions::verify(&mut tx, &cycle.id).await?;
            cx.print(&verified, || {
                let key = if verified.same && verified.frozen { "evaluations-cli-same" } else { "evaluations-cli-differs" };
                cx.tv(key, &[("cycle", cycle.code.clone()), ("hash", verified.hash.clone()), ("drifted", verified.drifted.join(", "))])
            })?;
            Ok(u8::from(!(verified.same && verified.frozen)))
        }
        _ => Ok(2),
    }
}

async fn show(cx: &CliCx, m: &ArgMatches) -> Result<u8> {
    let mut tx = cx.app.db.read().await?;
    let cycle = cycle(&mut tx, m).await?;
    let record = store::evaluation(&mut tx, cycle.id.as_str()).await?.ok_or(Error::Conflict("evaluations-error-none"))?;
    let evaluation = view::load(&mut tx, &record).await?;
    let figures = match m.get_one::<String>("organisation") {
        None => &evaluation.figures,
        Some(code) => &evaluation.organisations.get(code.as_str()).ok_or(Error::NotFound)?.figures,
    };
    let flags: Vec<&str> = evaluation.over_claims.flags.iter().map(|flag| flag.organisation.as_str()).collect();
    cx.print(&json!({ "cycle": cycle.code, "figures": figures, "flagged": flags }), || {
        let line = |(id, one): (&String, &engine::numbers::Figure)| {
            let name = definition(id).map_or(id.as_str(), |one| one.name(cx.lang));
            format!("{name}: {} ({}/{})", one.text(cx.lang), one.numerator, one.denominator)
        };
        let mut lines: Vec<String> = figures.iter().map(line).collect();
        lines.push(cx.tv("evaluations-cli-flagged", &[("organisations", flags.join(", "))]));
        lines.join("\n")
    })?;
    Ok(0)
}
