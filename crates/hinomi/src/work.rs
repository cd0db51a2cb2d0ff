//! `hinomi work`: more workers for the jobs in the database, beside those of `hinomi serve`.

use anyhow::Context;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use platform::base::jobs;

/// Its arguments.
pub fn command() -> Command {
    let command = Command::new("work")
        .arg(Arg::new("workers").long("workers").value_name("NUMBER").default_value("1").value_parser(value_parser!(u16).range(1..=64)))
        .arg(Arg::new("once").long("once").action(ArgAction::SetTrue));
    crate::config::flags(command)
}

/// Works until interrupted, or with `--once` until nothing is due.
pub async fn run(matches: &ArgMatches, arguments: &ArgMatches) -> anyhow::Result<u8> {
    let app = crate::open::app(matches, crate::config::read(arguments)?).await?;
    if arguments.get_flag("once") {
        jobs::plan(&app).await?;
        let done = jobs::run_due(&app).await?;
        let lang = crate::open::lang(matches);
        let text = if matches.get_flag("json") {
            serde_json::json!({ "jobs": done }).to_string()
        } else {
            platform::base::lang::texts().with(lang, "work-done", &[("count", done.to_string())])
        };
        crate::open::print(&text);
        app.db.close().await;
        return Ok(0);
    }
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..arguments.get_one::<u16>("workers").copied().unwrap_or(1) {
        workers.spawn(jobs::work(app.clone()));
    }
    crate::serve::shutdown().await.context("waiting for a signal")?;
    // A job cut off here is taken up again when its lease ends; jobs may run twice.
    workers.shutdown().await;
    app.db.close().await;
    Ok(0)
}
