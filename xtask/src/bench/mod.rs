//! `cargo xtask bench [--only NAME]`: speed and size of the release program, each beside a peer measured in the same run.
//!
//! The program is measured from outside: its verbs, its server over loopback, its memory in /proc. What it is held against is
//! measured in the same run on the same machine ([`row`]), so that a table means the same everywhere. Nothing here is a test,
//! since a busy machine must not fail a change; a goal that is missed ends with exit code 1.
//! Begin at [`subjects::SUBJECTS`]; the data is [`government`], the database with it [`ground`].

mod government;
mod ground;
mod http;
mod probes;
mod program;
mod respondents;
mod row;
mod subjects;

use anyhow::{Result, bail};

use ground::Ground;
use program::Program;
use subjects::SUBJECTS;

/// Reads the arguments and runs.
pub fn run(arguments: &[&str]) -> Result<()> {
    let names: Vec<&str> = SUBJECTS.iter().map(|(name, _)| *name).collect();
    let (mut only, mut keep) = (None, false);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match *argument {
            "--only" => only = rest.next().copied(),
            "--keep" => keep = true,
            other => bail!("bench takes --only NAME and --keep, not {other}"),
        }
    }
    if let Some(name) = only.filter(|name| !names.contains(name)) {
        bail!("no subject is called {name}; there are {}", names.join(", "));
    }
    let ground = Ground::new(Program::build()?, keep)?;
    let mut rows = Vec::new();
    for (name, measure) in SUBJECTS.iter().filter(|(name, _)| only.is_none_or(|only| only == *name)) {
        eprintln!("== {name}");
        rows.extend(measure(&ground)?);
    }
    println!("{}", row::table(&rows));
    let missed = rows.iter().filter(|row| !row.reached()).count();
    if missed > 0 {
        bail!("{missed} of {} goals are missed", rows.len());
    }
    Ok(())
}
