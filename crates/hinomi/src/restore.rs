//! `hinomi restore`: a backup into an empty installation; verified first, all or nothing.

use anyhow::Context;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use platform::base::area::CliCx;
use platform::base::backup;
use platform::base::error::Result;

/// Its arguments.
pub fn command() -> Command {
    Command::new("restore")
        .arg(Arg::new("file").value_name("FILE").required(true).value_parser(value_parser!(std::path::PathBuf)))
        .arg(Arg::new("check").long("check").action(ArgAction::SetTrue))
}

/// Runs it.
pub async fn run(cx: CliCx, arguments: &ArgMatches) -> anyhow::Result<u8> {
    let path = arguments.get_one::<std::path::PathBuf>("file").context("no file")?;
    let file = std::fs::File::open(path).with_context(|| format!("opening {}", path.display()))?;
    let outcome: Result<_> = async {
        let mut backup = backup::open(std::io::BufReader::new(file))?;
        backup::verify(&mut backup)?;
        if !arguments.get_flag("check") {
            let mut tx = cx.app.db.begin().await?;
            backup::restore(&mut tx, &mut backup).await?;
            tx.commit().await?;
        }
        Ok(backup.manifest)
    }
    .await;
    let manifest = outcome.map_err(|error| crate::said(&error, cx.lang))?;
    crate::backup::say(&cx, if arguments.get_flag("check") { "restore-checked" } else { "restore-done" }, &manifest)?;
    Ok(0)
}
