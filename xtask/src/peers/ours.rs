//! Our own program, asked as anybody would ask it at a terminal.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::root;

/// The program, and a folder for the files it reads.
pub struct Ours {
    program: PathBuf,
    folder: PathBuf,
}

impl Ours {
    /// `program`, with `folder` for files.
    pub fn new(program: &Path, folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        Ok(Self { program: program.to_owned(), folder: folder.to_owned() })
    }

    /// Where files lie.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes a file, and gives its path.
    pub fn file(&self, name: &str, content: &str) -> Result<String> {
        let path = self.folder.join(name);
        std::fs::write(&path, content)?;
        Ok(path.display().to_string())
    }

    /// What it prints for `arguments`, as JSON. That something is not met is no failure.
    pub fn json(&self, arguments: &[&str]) -> Result<Value> {
        let mut command = Command::new(&self.program);
        command.arg("--data").arg(&self.folder).arg("--json").args(arguments).current_dir(root()).env("LANG", "en_GB.UTF-8");
        for name in std::env::vars_os().map(|(name, _)| name).filter(|name| name.to_string_lossy().starts_with("HINOMI_")) {
            command.env_remove(name);
        }
        let output = command.output().with_context(|| format!("starting hinomi {}", arguments.join(" ")))?;
        match serde_json::from_slice(&output.stdout) {
            Ok(read) => Ok(read),
            Err(_) => bail!("hinomi {} ended with {}: {}", arguments.join(" "), output.status, String::from_utf8_lossy(&output.stderr)),
        }
    }

    /// What `ask` gives for each of `names`, four at a time: most of it is waiting for processes to start.
    pub fn each<T: Send>(&self, names: &[String], ask: impl Fn(&str) -> Result<T> + Sync) -> Result<Vec<T>> {
        let ask = &ask;
        std::thread::scope(|scope| {
            let workers: Vec<_> = names
                .chunks(names.len().div_ceil(4).max(1))
                .map(|some| scope.spawn(move || some.iter().map(|name| ask(name).with_context(|| format!("measuring {name}"))).collect()))
                .collect();
            let mut all = Vec::new();
            for worker in workers {
                let some: Result<Vec<T>> = worker.join().map_err(|_| anyhow::anyhow!("a worker panicked"))?;
                all.extend(some?);
            }
            Ok(all)
        })
    }
}
