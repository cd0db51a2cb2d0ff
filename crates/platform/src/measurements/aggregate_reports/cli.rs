//! `hinomi measure aggregate-reports`.

use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::api::TakenOut;
use super::summary::DomainOut;
use super::{actions, summary};
use crate::base::actor::Scope;
use crate::base::area::CliCx;
use crate::base::dates::show_stamp;
use crate::base::error::{Error, Result};
use crate::base::upload;

/// Its arguments.
pub fn command() -> Command {
    Command::new("aggregate-reports")
        .arg(Arg::new("file").value_name("FILE").action(ArgAction::Append).value_parser(value_parser!(PathBuf)))
        .arg(Arg::new("directory").long("directory").value_name("DIRECTORY").value_parser(value_parser!(PathBuf)))
}

/// Takes files in, each by itself; without files it lists what reports say of each domain. Exit code 1: some file was refused.
pub async fn run(cx: &CliCx, m: &ArgMatches) -> Result<u8> {
    let mut files: Vec<PathBuf> = m.get_many("file").into_iter().flatten().cloned().collect();
    if let Some(directory) = m.get_one::<PathBuf>("directory") {
        files.extend(listed(directory)?);
    } else if files.is_empty() {
        return list(cx).await;
    }
    let mut done = Vec::new();
    let mut refused = false;
    for path in &files {
        let bytes = upload::file(path).map_err(|_| Error::invalid("file", "measurements-error-file"))?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut work = cx.work().await?;
        let taken = actions::import(&mut work, &name, &bytes).await?;
        if taken.new > 0 {
            work.commit().await?;
        }
        refused |= taken.is_refused();
        done.push((name, TakenOut::of(&taken, cx.lang), taken.is_refused()));
    }
    let outs: Vec<&TakenOut> = done.iter().map(|(_, out, _)| out).collect();
    cx.print(&outs, || done.iter().map(|(name, out, refused)| line(cx, name, out, *refused)).collect::<Vec<_>>().join("\n"))?;
    Ok(u8::from(refused))
}

/// The files of a directory, in the order of their names.
fn listed(directory: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(directory).map_err(|_| Error::invalid("directory", "measurements-error-file"))?;
    let mut found: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    found.sort();
    Ok(found)
}

fn line(cx: &CliCx, name: &str, out: &TakenOut, refused: bool) -> String {
    let key = match (refused, out.new) {
        (true, _) => "measurements-aggregate-refused",
        (_, true) => "measurements-aggregate-taken",
        _ => "measurements-aggregate-known",
    };
    let values = [("domain", out.domain.clone()), ("reporter", out.reporter.clone()), ("messages", out.messages.to_string())];
    let mut lines = vec![format!("{name}: {}", cx.tv(key, &values))];
    lines.extend(out.problems.iter().map(|one| format!("  {} {} {}", one.code, one.message, one.remedy)));
    lines.extend(out.selectors.iter().map(|selector| format!("  {}: {selector}", cx.t("measurements-aggregate-new-selector"))));
    lines.join("\n")
}

async fn list(cx: &CliCx) -> Result<u8> {
    let found = summary::all(&mut cx.app.db.read().await?, &Scope::Everything, cx.app.clock.now()).await?;
    let line = |one: &DomainOut| {
        let last = one.last_at.as_deref().map(show_stamp).unwrap_or_default();
        format!("{}  {}  {}  {}  {last}", one.organisation, one.domain, one.messages.all(), one.aligned_rate.text(cx.lang))
    };
    cx.print(&found, || match found.is_empty() {
        true => cx.t("measurements-aggregate-empty"),
        false => found.iter().map(line).collect::<Vec<_>>().join("\n"),
    })?;
    Ok(0)
}
