//! The program: reads the command line, opens the application and hands over to one command.

mod accounts;
mod audit;
mod backup;
mod config;
mod doctor;
mod example;
mod help;
mod open;
mod restore;
mod serve;
mod token;
mod work;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use platform::app::AREAS;
use platform::base::area::{AloneCx, Cli, CliCx, CliRun, Terminal};
use platform::base::clock::{Clock, Entropy};
use platform::base::error::{Error, Result};

/// The whole command line. Its words are put in by [`help::words`], in the language asked for.
fn command() -> Command {
    let mut command = Command::new("hinomi")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .arg(
            Arg::new("data")
                .long("data")
                .global(true)
                .env("HINOMI_DATA")
                .value_name("DIRECTORY")
                .default_value("hinomi-data")
                .value_parser(value_parser!(std::path::PathBuf)),
        )
        .arg(Arg::new("database").long("database").global(true).env("HINOMI_DATABASE").hide_env_values(true).value_name("URL"))
        .arg(Arg::new("json").long("json").global(true).action(ArgAction::SetTrue))
        .arg(Arg::new("lang").long("lang").global(true).env("HINOMI_LANG").value_parser(["ja", "en"]))
        .subcommand(serve::command())
        .subcommand(work::command())
        .subcommand(accounts::command())
        .subcommand(token::command())
        .subcommand(audit::command())
        .subcommand(doctor::command())
        .subcommand(backup::command())
        .subcommand(restore::command());
    for cli in clis() {
        let own = (cli.command)();
        command = match command.find_subcommand(own.get_name()) {
            Some(_) => {
                let name = own.get_name().to_owned();
                command.mut_subcommand(name, |there| there.subcommands(own.get_subcommands().cloned()))
            }
            None => command.subcommand(own),
        };
    }
    command
}

/// The commands of all areas, in the order of the floors.
fn clis() -> impl Iterator<Item = &'static Cli> {
    AREAS.iter().flat_map(|area| area.cli)
}

/// Whether `command` is the one called `name` that knows the verb; one without verbs is known by its name alone.
fn has(command: &Command, name: &str, verb: &str) -> bool {
    command.get_name() == name && (!command.has_subcommands() || command.find_subcommand(verb).is_some())
}

fn main() -> std::process::ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_env("HINOMI_LOG").unwrap_or_else(|_| "warn".into()))
        .with_writer(std::io::stderr)
        .init();
    platform::app::begin();
    // Wrong arguments end here with exit code 2 and the usage.
    let matches = help::words(command(), help::lang_asked(std::env::args())).get_matches();
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

async fn run(matches: &ArgMatches) -> anyhow::Result<u8> {
    let Some((name, arguments)) = matches.subcommand() else { anyhow::bail!("no command") };
    // Those that open the application in their own way, or not at all.
    match name {
        "serve" => return serve::run(matches, arguments).await,
        "work" => return work::run(matches, arguments).await,
        "doctor" => return doctor::run(matches, arguments).await,
        "audit" => {
            if let Some(("verify", verify)) = arguments.subcommand()
                && let Some(file) = verify.get_one::<std::path::PathBuf>("file")
            {
                return audit::verify_file(matches, verify, file);
            }
        }
        _ => {}
    }
    let lang = open::lang(matches);
    let terminal = Terminal { json: matches.get_flag("json"), lang };
    let words = |result: Result<u8>| result.map_err(|error| said(&error, lang));
    let verb = arguments.subcommand_name().unwrap_or_default();
    let cli = clis().find(|cli| has(&(cli.command)(), name, verb)).map(|cli| cli.run);
    if let Some(CliRun::Alone(run)) = cli {
        let cx = AloneCx { clock: Clock::System, entropy: Entropy::system(), terminal };
        return words(run(cx, arguments.clone()).await);
    }
    let app = open::app(matches, platform::base::config::Config::default()).await?;
    let cx = CliCx { app: app.clone(), actor: platform::base::actor::Actor::operator("cli"), terminal };
    let code = match name {
        "audit" => audit::run(cx, arguments).await,
        "backup" => backup::run(cx, arguments).await,
        "restore" => restore::run(cx, arguments).await,
        "accounts" => words(accounts::run(cx, arguments).await),
        "token" => words(token::run(cx, arguments).await),
        _ => match cli {
            Some(CliRun::App(run)) => words(run(cx, arguments.clone()).await),
            _ => Err(anyhow::anyhow!("no command is called {name}")),
        },
    };
    app.db.close().await;
    code
}

/// An error in words. Whoever sits at the command line is the operator: an internal error is told whole.
pub(crate) fn said(error: &Error, lang: platform::base::lang::Lang) -> anyhow::Error {
    match error {
        Error::Internal(what) => anyhow::anyhow!("{}\n{what}", error.message(lang)),
        Error::Invalid(fields) => {
            let lines: Vec<String> = fields
                .iter()
                .map(|field| if field.name.is_empty() { field.message(lang) } else { format!("{}: {}", field.name, field.message(lang)) })
                .collect();
            anyhow::anyhow!(lines.join("\n"))
        }
        // A page speaks of addresses; here somebody typed a name.
        Error::NotFound => anyhow::anyhow!(platform::base::lang::texts().get(lang, "cli-not-found")),
        other => anyhow::anyhow!(other.message(lang)),
    }
}
