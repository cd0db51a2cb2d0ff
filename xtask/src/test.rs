//! Runs every test: on SQLite, on PostgreSQL, in the browser, against the shared data.

use std::process::Command;

use anyhow::{Result, bail};

use crate::install::install;
use crate::servers::{Postgres, shared};
use crate::{cargo, root, run as execute};

/// The parts, in order.
const PARTS: [&str; 3] = ["rust", "postgres", "browser"];

/// Runs the tests.
pub fn run_parts(parts: &[&str]) -> Result<()> {
    let shared = shared().ok();
    if shared.is_none() {
        eprintln!("note: no shared test data, so the tests that need it say so and do not run");
    }
    let with_shared = |command: &mut Command| {
        if let Some(shared) = &shared {
            command.env("HINOMI_SHARED", shared);
        }
    };
    for part in parts {
        eprintln!("== {part}");
        match *part {
            "rust" => {
                let mut command = cargo();
                command.args(["test", "--workspace", "--locked"]).env_remove("HINOMI_TEST_DATABASE");
                with_shared(&mut command);
                execute(&mut command)?;
            }
            "postgres" => {
                let server = Postgres::start()?;
                let mut command = cargo();
                command.args(["test", "--locked", "--package", "platform", "--package", "hinomi"]).env("HINOMI_TEST_DATABASE", &server.url);
                with_shared(&mut command);
                execute(&mut command)?;
            }
            "browser" => {
                execute(cargo().args(["build", "--locked", "--package", "hinomi"]))?;
                let browser = root().join("tests/browser");
                let tests: Vec<_> = std::fs::read_dir(&browser)?
                    .flatten()
                    .map(|entry| entry.path())
                    .filter(|path| path.to_string_lossy().ends_with(".test.mjs"))
                    .collect();
                let mut npm = Command::new("npm");
                execute(npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]).arg(&browser))?;
                execute(Command::new("node").args(["--test", "--test-concurrency=1"]).args(tests))?;
            }
            other => bail!("no part is called {other}; there are {}", PARTS.join(", ")),
        }
    }
    Ok(())
}

/// Reads the arguments and runs.
pub fn run(arguments: &[&str]) -> Result<()> {
    let mut parts: Vec<&str> = PARTS.to_vec();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match *argument {
            "--install" => install()?,
            "--only" => parts = rest.next().map(|part| vec![*part]).unwrap_or_default(),
            other => bail!("test takes --install and --only PART, not {other}"),
        }
    }
    run_parts(&parts)
}
