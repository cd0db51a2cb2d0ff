//! Runs every test: on SQLite, on PostgreSQL, in the browser, against the shared data, beside programs of others.

use std::process::Command;

use anyhow::{Result, bail};

use crate::install::install;
use crate::peers;
use crate::servers::{Postgres, shared};
use crate::{cargo, root, run as execute};

/// The parts, in order.
const PARTS: [&str; 4] = ["rust", "postgres", "browser", "peers"];

/// The tests of the program from outside, which meet its database too.
fn program_tests() -> Result<Vec<String>> {
    let mut names: Vec<String> = std::fs::read_dir(root().join("crates/hinomi/tests"))?
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".rs").map(str::to_owned))
        .collect();
    names.sort();
    Ok(names)
}

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
                // The whole workspace again, not `--package`: another choice of packages is another choice of features, and all
                // dependencies would be compiled a second time. The pure crates' tests take seconds.
                command.args(["test", "--workspace", "--locked", "--lib", "--bins"]).env("HINOMI_TEST_DATABASE", &server.url);
                for test in program_tests()? {
                    command.args(["--test", &test]);
                }
                with_shared(&mut command);
                execute(&mut command)?;
            }
            "browser" => {
                // Builds the program too, for its own tests, with the features everything else was built with.
                execute(cargo().args(["test", "--workspace", "--locked", "--no-run"]))?;
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
            "peers" => peers::run()?,
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
            "--install" => {
                install()?;
                peers::install();
            }
            "--only" => parts = rest.next().map(|part| vec![*part]).unwrap_or_default(),
            other => bail!("test takes --install and --only PART, not {other}"),
        }
    }
    run_parts(&parts)
}
