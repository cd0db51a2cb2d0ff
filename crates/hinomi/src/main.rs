//! The program: reads the command line, opens the application and hands over to one command.

mod open;
mod serve;

use clap::{Arg, ArgAction, Command, value_parser};
use platform::app::AREAS;
use platform::base::area::CliCx;

fn command() -> Command {
    let mut command = Command::new("hinomi")
        .about("Runs the information security of many organisations as one.")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .arg(Arg::new("data").long("data").global(true).env("HINOMI_DATA").default_value("hinomi-data").value_parser(value_parser!(std::path::PathBuf)).help("Directory of this installation"))
        .arg(Arg::new("database").long("database").global(true).env("HINOMI_DATABASE").help("postgres://… instead of SQLite in the data directory"))
        .arg(Arg::new("json").long("json").global(true).action(ArgAction::SetTrue).help("Print JSON"))
        .arg(Arg::new("lang").long("lang").global(true).env("HINOMI_LANG").value_parser(["ja", "en"]).help("Language of messages"))
        .subcommand(serve::command());
    for area in AREAS {
        if let Some(cli) = &area.cli {
            command = command.subcommand((cli.command)());
        }
    }
    command
}

fn main() -> std::process::ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_env("HINOMI_LOG").unwrap_or_else(|_| "warn".into()))
        .with_writer(std::io::stderr)
        .init();
    let matches = command().get_matches();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("hinomi: cannot start: {error}");
            return std::process::ExitCode::from(2);
        }
    };
    match runtime.block_on(run(&matches)) {
        Ok(code) => std::process::ExitCode::from(code),
        Err(error) => {
            eprintln!("hinomi: {error:#}");
            std::process::ExitCode::from(2)
        }
    }
}

async fn run(matches: &clap::ArgMatches) -> anyhow::Result<u8> {
    let Some((name, arguments)) = matches.subcommand() else { anyhow::bail!("no command") };
    if name == "serve" {
        return serve::run(matches, arguments).await;
    }
    let lang = open::lang(matches);
    let app = open::app(matches, platform::base::config::Config::default()).await?;
    let cx = CliCx { app, actor: platform::base::actor::Actor::operator("cli"), json: matches.get_flag("json"), lang };
    for area in AREAS {
        if let Some(cli) = area.cli.as_ref().filter(|_| area.name == name || (cli_name(area) == name)) {
            return (cli.run)(cx, arguments.clone()).await.map_err(|error| anyhow::anyhow!(error.message(lang)));
        }
    }
    anyhow::bail!("no command is called {name}")
}

/// The word an area's command is called by; most are the area's name.
fn cli_name(area: &platform::base::area::Area) -> String {
    area.cli.as_ref().map(|cli| (cli.command)().get_name().to_owned()).unwrap_or_default()
}
