//! Servers the tests talk to, on loopback, stopped when dropped.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::install::is_root;
use crate::run;

/// A PostgreSQL server of our own in a temporary directory.
pub struct Postgres {
    dir: PathBuf,
    bin: PathBuf,
    /// Its address, for `HINOMI_TEST_DATABASE`.
    pub url: String,
}

/// A port that was free a moment ago.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// PostgreSQL refuses to run as root, so it runs as `postgres` then.
fn as_postgres(program: PathBuf) -> Command {
    if is_root() {
        let mut command = Command::new("runuser");
        command.arg("-u").arg("postgres").arg("--").arg(program);
        command
    } else {
        Command::new(program)
    }
}

impl Postgres {
    /// Starts one; durability is off, since nothing here is worth keeping.
    pub fn start() -> Result<Self> {
        let bin = ["15", "16", "17"]
            .iter()
            .map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin")))
            .find(|bin| bin.join("initdb").exists())
            .context("PostgreSQL 15 or later is missing: run `cargo xtask test --install`")?;
        let dir = std::env::temp_dir().join(format!("hinomi-postgres-{}", std::process::id()));
        std::fs::create_dir_all(&dir)?;
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(&dir))?;
        }
        let port = free_port()?;
        let data = dir.join("data");
        run(as_postgres(bin.join("initdb")).arg("-D").arg(&data).args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync"]))?;
        let options =
            format!("-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off -c max_connections=400 -k {}", dir.display());
        let log = dir.join("log");
        run(as_postgres(bin.join("pg_ctl")).arg("-D").arg(&data).arg("-o").arg(&options).arg("-l").arg(&log).args(["-w", "start"]))?;
        Ok(Self { dir, bin, url: format!("postgres://postgres@127.0.0.1:{port}/postgres") })
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = run(as_postgres(self.bin.join("pg_ctl")).arg("-D").arg(self.dir.join("data")).args(["-m", "immediate", "stop"]));
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

/// The shared folder of test data: `HINOMI_SHARED`, or `../shared` beside the project.
pub fn shared() -> Result<PathBuf> {
    let path = std::env::var("HINOMI_SHARED").map(PathBuf::from).unwrap_or_else(|_| crate::root().join("../shared"));
    match path.canonicalize() {
        Ok(path) if path.join("data").is_dir() => Ok(path),
        _ => bail!("no shared test data at {}", path.display()),
    }
}
