//! The project's automation: `cargo xtask test [--install]`, `cargo xtask bench`; the rules of the house are its own tests.

mod bench;
mod install;
mod peers;
mod servers;
mod test;
#[cfg(test)]
mod tidy;

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

const HELP: &str = "\
cargo xtask test [--install] [--only PART]   run every test; --install first installs from Debian what is missing
                                             PART is rust, postgres, browser or peers
cargo xtask bench [--only NAME] [--keep]     measure speed and size of the release program, each against a peer in the same run;
                                             NAME is http, xlsx, rates, evaluation, pages, start, memory or probes;
                                             --keep leaves the measured databases under target/bench
";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["test", rest @ ..] => test::run(rest),
        ["bench", rest @ ..] => bench::run(rest),
        [] | ["help" | "--help" | "-h", ..] => {
            print!("{HELP}");
            Ok(())
        }
        [other, ..] => bail!("no task is called {other}\n{HELP}"),
    }
}

/// The root of the project.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().map(PathBuf::from).unwrap_or_default()
}

/// Runs a program in the root and fails when it fails.
pub fn run(command: &mut Command) -> Result<()> {
    eprintln!("$ {}", show(command));
    let status = command.current_dir(root()).status().with_context(|| format!("starting {}", show(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", show(command));
    }
    Ok(())
}

/// A command as a person would type it.
fn show(command: &Command) -> String {
    let words: Vec<_> = std::iter::once(command.get_program()).chain(command.get_args()).map(|word| word.to_string_lossy()).collect();
    words.join(" ")
}

/// The cargo that runs us.
pub fn cargo() -> Command {
    Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
}
