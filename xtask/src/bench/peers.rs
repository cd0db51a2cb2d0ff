//! Programs of others that measure the same testbed: where they come from, and the testbed itself.

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::program::target;
use crate::{cargo, root, run};

/// A Python environment with one package of PyPI, made when it is first needed.
pub fn python(package: &str, version: &str) -> Result<PathBuf> {
    let place = target().join("peers").join(format!("{package}-{version}"));
    let python = place.join("bin/python");
    if !place.join("ready").exists() {
        eprintln!("== {package} {version} from PyPI");
        run(Command::new("python3").args(["-m", "venv"]).arg(&place))?;
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", &format!("{package}=={version}")]))?;
        std::fs::write(place.join("ready"), "")?;
    }
    Ok(python)
}

/// What a script of ours printed in that environment.
pub fn script(python: &PathBuf, name: &str, arguments: &[&str]) -> Result<Value> {
    let path = root().join("xtask/src/bench").join(name);
    let output = Command::new(python).arg(path).args(arguments).stderr(Stdio::null()).output().with_context(|| format!("starting {name}"))?;
    ensure!(output.status.success(), "{name} ended with {}", output.status);
    serde_json::from_slice(&output.stdout).with_context(|| format!("what {name} printed"))
}

/// A running testbed; ends when dropped.
pub struct Testbed {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    /// The vantage point to measure it from (JSON).
    pub vantage: String,
    /// The domains in it (JSON).
    pub domains: String,
}

impl Testbed {
    /// Starts one as `arguments` of the bench target `testbed` say.
    pub fn start(arguments: &[&str]) -> Result<Self> {
        let mut command = cargo();
        command.args(["bench", "--quiet", "--locked", "--package", "hinomi", "--bench", "testbed", "--"]).args(arguments).current_dir(root());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("starting the testbed")?;
        let mut lines = BufReader::new(child.stdout.take().context("its output")?).lines();
        let mut next = || lines.next().context("the testbed said nothing")?.context("reading what the testbed says");
        let (vantage, domains) = (next()?, next()?);
        Ok(Self { child, lines, vantage, domains })
    }

    /// DNS questions it has received.
    pub fn questions(&mut self) -> Result<usize> {
        let stdin = self.child.stdin.as_mut().context("its input")?;
        stdin.write_all(b"\n")?;
        self.lines.next().context("the testbed is gone")??.parse().context("a number of questions")
    }
}

impl Drop for Testbed {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
