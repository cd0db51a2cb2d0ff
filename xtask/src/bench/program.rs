//! The release program as an operator runs it: its verbs, its server, its memory.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::http::Client;
use crate::peers::programs::target;
use crate::{cargo, root, run};

/// The built program.
pub struct Program(PathBuf);

impl Program {
    /// Builds it as a user would.
    pub fn build() -> Result<Self> {
        run(cargo().args(["build", "--release", "--locked", "--package", "hinomi"]))?;
        Ok(Self(target().join("release/hinomi")))
    }

    /// The program on the data in `data`, untouched by the caller's configuration.
    pub fn command(&self, data: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.0);
        command.arg("--data").arg(data).args(arguments).current_dir(root()).env("LANG", "en_GB.UTF-8");
        let ours = std::env::vars_os().map(|(name, _)| name).filter(|name| name.to_string_lossy().starts_with("HINOMI_"));
        for name in ours {
            command.env_remove(name);
        }
        command
    }

    /// Runs a verb with `--json` and gives what it printed. Anything but exit code 0 is a failure.
    pub fn verb(&self, data: &Path, arguments: &[&str]) -> Result<Value> {
        let output = self.command(data, &["--json"]).args(arguments).output().with_context(|| format!("starting hinomi {}", arguments.join(" ")))?;
        let said = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            let said: String = said.chars().take(2_000).collect();
            bail!("hinomi {} ended with {}: {said}{}", arguments.join(" "), output.status, String::from_utf8_lossy(&output.stderr));
        }
        serde_json::from_str(&said).with_context(|| format!("what hinomi {} printed", arguments.join(" ")))
    }

    /// Serves the data in `data` and waits until it says where.
    pub fn serve(&self, data: &Path, arguments: &[&str]) -> Result<Server> {
        self.started(self.command(data, &["serve", "--listen", "127.0.0.1:0"]).args(arguments))
    }

    /// As [`Program::serve`], with a line in the file `log` for each statement sent to the database.
    pub fn serve_counting(&self, data: &Path, log: &Path) -> Result<Server> {
        let log = std::fs::File::create(log)?;
        self.started(self.command(data, &["serve", "--listen", "127.0.0.1:0"]).env("HINOMI_LOG", "sqlx::query=debug").stderr(log))
    }

    /// As [`Program::serve`], measuring from the place that the file `vantage` describes.
    pub fn serve_from(&self, data: &Path, vantage: &str) -> Result<Server> {
        self.started(self.command(data, &["serve", "--listen", "127.0.0.1:0"]).env("HINOMI_VANTAGE_FILE", vantage))
    }

    /// Its file.
    pub fn path(&self) -> &Path {
        &self.0
    }

    fn started(&self, command: &mut Command) -> Result<Server> {
        let mut child = command.stdout(Stdio::piped()).spawn().context("starting hinomi serve")?;
        let stdout = child.stdout.take().context("the server's output")?;
        let mut server = Server { child, address: String::new(), said: String::new() };
        // One line with the address; with --json a whole document, which ends with a brace of its own.
        for line in BufReader::new(stdout).lines() {
            let line = line?;
            server.said.push_str(&line);
            if server.said.starts_with("http://") || line == "}" {
                break;
            }
        }
        let start = server.said.find("http://").with_context(|| format!("no address in {:?}", server.said))?;
        server.address = server.said[start + "http://".len()..].chars().take_while(|c| c.is_ascii_alphanumeric() || ".:".contains(*c)).collect();
        Ok(server)
    }
}

/// A running server; stopped when dropped.
pub struct Server {
    child: Child,
    /// Its address, `127.0.0.1:40001`.
    pub address: String,
    /// What it printed at its start.
    pub said: String,
}

impl Server {
    /// A connection; `headers` as [`Client::new`].
    pub fn client(&self, headers: &str) -> Result<Client> {
        Client::new(&self.address, headers)
    }

    /// Resident memory in bytes: now, and at its highest.
    pub fn memory(&self) -> Result<(u64, u64)> {
        let path = format!("/proc/{}/status", self.child.id());
        let text = std::fs::read_to_string(&path).with_context(|| format!("reading {path}; memory is measured on Linux"))?;
        let of = |name: &str| -> Result<u64> {
            let line = text.lines().find_map(|line| line.strip_prefix(name)).with_context(|| format!("no {name} in {path}"))?;
            let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
            Ok(kilobytes * 1024)
        };
        Ok((of("VmRSS:")?, of("VmHWM:")?))
    }

    /// Lets it finish and close its database.
    pub fn stop(mut self) -> Result<()> {
        run_quietly(Command::new("kill").arg(self.child.id().to_string()))?;
        let status = self.child.wait()?;
        if !status.success() {
            bail!("the server ended with {status}");
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a command, of which only success is of interest.
pub fn run_quietly(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("starting {command:?}"))?;
    if !output.status.success() {
        bail!("{command:?} ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// What `work` gives, and the seconds it took.
pub fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<(T, f64)> {
    let begin = Instant::now();
    let out = work()?;
    Ok((out, begin.elapsed().as_secs_f64()))
}

/// The median of `runs` measurements in seconds.
pub fn median(runs: usize, mut measure: impl FnMut() -> Result<f64>) -> Result<f64> {
    let mut all = (0..runs).map(|_| measure()).collect::<Result<Vec<f64>>>()?;
    all.sort_by(f64::total_cmp);
    all.get(runs / 2).copied().context("nothing was measured")
}

/// What floors printed: `cargo bench` of one target in one crate gives lines of a name and seconds; the seconds of `names`.
pub fn floors<const N: usize>(package: &str, bench: &str, arguments: &[&str], names: [&str; N]) -> Result<[f64; N]> {
    let mut command = cargo();
    command.args(["bench", "--quiet", "--locked", "--package", package, "--bench", bench, "--"]).args(arguments).current_dir(root());
    let output = command.stderr(Stdio::inherit()).output().with_context(|| format!("the floors of {package}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let mut seconds = [0.0; N];
    for (place, name) in seconds.iter_mut().zip(names) {
        let found = said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('\t')?.trim().parse().ok());
        *place = match found {
            Some(found) if output.status.success() => found,
            _ => bail!("cargo bench -p {package} --bench {bench} gave no {name} ({}): {said}", output.status),
        };
    }
    Ok(seconds)
}
