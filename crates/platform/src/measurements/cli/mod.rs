//! The commands of this area: `measure` in the application, `probe` and `spf` without a database.

pub mod measure;
pub mod probe;
pub mod spf;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, value_parser};
use engine::judge::Profile;

use crate::base::area::Terminal;
use crate::base::config::ProbeConfig;
use crate::base::error::{Error, Result};

/// `--resolver`, asked in the order given.
fn resolver() -> Arg {
    Arg::new("resolver")
        .long("resolver")
        .env("HINOMI_RESOLVERS")
        .value_name("ADDRESS:PORT")
        .action(ArgAction::Append)
        .value_delimiter(',')
        .value_parser(value_parser!(SocketAddr))
}

/// `--vantage-file`.
fn vantage_file() -> Arg {
    Arg::new("vantage-file").long("vantage-file").env("HINOMI_VANTAGE_FILE").value_name("FILE").value_parser(value_parser!(PathBuf))
}

/// `--profile`.
fn profile() -> Arg {
    let words = PossibleValuesParser::new(Profile::ALL.iter().map(|profile| profile.as_str()));
    Arg::new("profile").long("profile").value_name("PROFILE").value_parser(words)
}

/// The resolvers asked for.
fn resolvers(m: &ArgMatches) -> Vec<SocketAddr> {
    m.get_many("resolver").into_iter().flatten().copied().collect()
}

/// `config` with what `--vantage-file` and `--resolver` say.
fn placed(config: ProbeConfig, m: &ArgMatches) -> Result<ProbeConfig> {
    let mut config = match m.get_one::<PathBuf>("vantage-file") {
        Some(path) => {
            let read = std::fs::read_to_string(path).map_err(|_| Error::invalid("vantage-file", "measurements-error-vantage-file"))?;
            ProbeConfig::read(&read).map_err(|_| Error::invalid("vantage-file", "measurements-error-vantage-file"))?
        }
        None => config,
    };
    let resolvers = resolvers(m);
    if !resolvers.is_empty() {
        config.vantage.resolvers = resolvers;
    }
    Ok(config)
}

/// From where a command without the application measures: as `--vantage-file` says, through `--resolver`, else through the machine's own.
fn vantage(m: &ArgMatches) -> Result<::probe::Vantage> {
    let config = placed(ProbeConfig::internet("terminal", Vec::new()), m)?;
    config.ready().ok_or_else(|| Error::invalid("resolver", "measurements-error-terminal-resolver"))
}

/// `label: text` for each text that says something.
fn labelled(terminal: &Terminal, pairs: &[(&str, &str)]) -> Vec<String> {
    pairs.iter().filter(|(_, text)| !text.is_empty()).map(|(label, text)| format!("{}: {text}", terminal.t(label))).collect()
}
