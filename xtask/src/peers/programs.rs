//! Programs of others that measure the same testbed: where they come from, and the testbed itself.

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{cargo, root, run};

/// Where cargo builds.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A program of PyPI with everything it needs, each in the version that was compared with.
pub struct Package {
    /// Its name and version.
    pub name: &'static str,
    requirements: &'static str,
}

/// DNS and mail.
pub const CHECKDMARC: Package = Package { name: "checkdmarc 6.0.4", requirements: include_str!("checkdmarc.txt") };
/// TLS, and tlslite-ng for servers as nobody runs them any more.
pub const SSLYZE: Package = Package { name: "sslyze 6.3.1", requirements: include_str!("sslyze.txt") };

impl Package {
    fn place(&self) -> PathBuf {
        target().join("peers").join(self.name.replace(' ', "-"))
    }

    /// Its Python, when it is installed. Each package has an environment of its own: they need different versions of the same libraries.
    pub fn installed(&self) -> Option<PathBuf> {
        let place = self.place();
        let ready = std::fs::read_to_string(place.join("ready")).is_ok_and(|installed| installed == self.requirements);
        ready.then(|| place.join("bin/python"))
    }

    /// Its Python; installed when it is not.
    pub fn install(&self) -> Result<PathBuf> {
        if let Some(python) = self.installed() {
            return Ok(python);
        }
        let place = self.place();
        eprintln!("== {} from PyPI", self.name);
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&place))?;
        let list = place.join("requirements.txt");
        std::fs::write(&list, self.requirements)?;
        run(Command::new(place.join("bin/python")).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(&list))?;
        std::fs::write(place.join("ready"), self.requirements)?;
        Ok(place.join("bin/python"))
    }
}

/// One of our Python scripts in an environment.
pub fn python(python: &Path, script: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(python);
    command.arg(root().join("xtask/src/peers").join(script)).args(arguments).current_dir(root());
    command
}

/// What such a script printed. What a peer says besides is about faults that were put there for it to find.
pub fn printed(python_of: &Path, script: &str, arguments: &[&str]) -> Result<Value> {
    let output = python(python_of, script, arguments).output().with_context(|| format!("starting {script}"))?;
    ensure!(output.status.success(), "{script} ended with {}: {}", output.status, last(&output.stderr));
    serde_json::from_slice(&output.stdout).with_context(|| format!("what {script} printed"))
}

fn last(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    let lines: Vec<&str> = said.lines().collect();
    lines.iter().skip(lines.len().saturating_sub(12)).copied().collect::<Vec<_>>().join("\n")
}

/// How something of ours is built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Built {
    /// As the tests are, with the features everything else was built with.
    ForTests,
    /// As the benches are.
    ForSpeed,
}

/// Something that runs beside us and answers a line with a line; ends when dropped.
pub struct Beside {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Beside {
    /// Starts it.
    pub fn start(command: &mut Command) -> Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().with_context(|| format!("starting {command:?}"))?;
        let lines = BufReader::new(child.stdout.take().context("its output")?).lines();
        Ok(Self { child, lines })
    }

    /// The next line it prints.
    pub fn next(&mut self) -> Result<String> {
        self.lines.next().context("it is gone")?.context("reading what it says")
    }

    /// What it answers to an empty line.
    pub fn asked(&mut self) -> Result<String> {
        self.child.stdin.as_mut().context("its input")?.write_all(b"\n")?;
        self.next()
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// A running testbed.
pub struct Testbed {
    beside: Beside,
    /// The vantage point to measure it from (JSON).
    pub vantage: String,
    /// The domains in it (JSON).
    pub domains: String,
}

impl Testbed {
    /// Starts one as `arguments` of the bench target `testbed` say.
    pub fn start(built: Built, arguments: &[&str]) -> Result<Self> {
        let how: &[&str] = match built {
            // Another choice of packages would be another choice of features, and everything would be built a second time.
            Built::ForTests => &["test", "--workspace"],
            Built::ForSpeed => &["bench", "--package", "hinomi"],
        };
        let mut command = cargo();
        command.args(how).args(["--quiet", "--locked", "--bench", "testbed", "--"]).args(arguments).current_dir(root());
        let mut beside = Beside::start(&mut command)?;
        let (vantage, domains) = (beside.next()?, beside.next()?);
        Ok(Self { beside, vantage, domains })
    }

    /// The names of its domains.
    pub fn names(&self) -> Result<Vec<String>> {
        serde_json::from_str(&self.domains).context("the testbed's domains")
    }

    /// DNS questions and HTTPS connections it has received.
    pub fn counts(&mut self) -> Result<(usize, usize)> {
        let said = self.beside.asked()?;
        let (questions, connections) = said.split_once(' ').context("two numbers")?;
        Ok((questions.parse()?, connections.parse()?))
    }
}
