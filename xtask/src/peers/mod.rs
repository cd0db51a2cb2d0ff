//! Programs of others beside ours, on the same testbed: every difference is explained in `docs/decisions/differences.md`, and every
//! explanation there is of a difference that still is.
//!
//! The testbeds are a bench target of the program (`testbed faults`, `testbed endpoints`); the peers live in Python environments of
//! their own. What both say is reduced to words per case and fact: [`mail`] beside checkdmarc, [`tls`] beside sslyze.

pub mod differences;
mod mail;
pub mod ours;
pub mod programs;
pub mod tls;

use anyhow::{Result, ensure};

use crate::{cargo, root, run as execute};
use differences::compare;
use ours::Ours;
use programs::{Built, CHECKDMARC, Package, SSLYZE, Testbed, target};

/// Installs what is compared with. Without a package index there is nothing to compare with, and the part says so.
pub fn install() {
    for package in [CHECKDMARC, SSLYZE] {
        if let Err(error) = package.install() {
            eprintln!("note: {} cannot be installed: {error:#}", package.name);
        }
    }
}

/// Where a package is, or a note that it is not.
fn there(package: &Package) -> Option<std::path::PathBuf> {
    let python = package.installed();
    if python.is_none() {
        eprintln!("note: not compared with {}: it is not installed (cargo xtask test --install, which needs PyPI)", package.name);
    }
    python
}

/// Measures with ours and with theirs, and holds the differences against the document.
pub fn run() -> Result<()> {
    let document = std::fs::read_to_string(root().join("docs/decisions/differences.md"))?;
    let (checkdmarc, sslyze) = (there(&CHECKDMARC), there(&SSLYZE));
    if checkdmarc.is_none() && sslyze.is_none() {
        return Ok(());
    }
    execute(cargo().args(["test", "--workspace", "--locked", "--no-run", "--bench", "testbed", "--bin", "hinomi"]))?;
    let folder = target().join("peers").join(format!("run-{}", std::process::id()));
    let ours = Ours::new(&target().join("debug/hinomi"), &folder)?;
    let mut results = Vec::new();
    if let Some(python) = checkdmarc {
        let testbed = Testbed::start(Built::ForTests, &["faults"])?;
        let compared = compare(&mail::ours(&ours, &testbed)?, &mail::theirs(&python, &testbed)?);
        eprintln!("{}: {}", CHECKDMARC.name, compared.sentence());
        results.push(compared.held_against(&document, CHECKDMARC.name));
    }
    if let Some(python) = sslyze {
        let mut endpoints = tls::Endpoints::start(&python, &ours, Built::ForTests, true)?;
        let ((they, their_most), (we, most)) = (endpoints.theirs(&python)?, endpoints.ours(&ours)?);
        let compared = compare(&we, &they);
        eprintln!("{}: {} At most {most} connections to an endpoint; theirs {their_most}.", SSLYZE.name, compared.sentence());
        ensure!(most <= tls::MOST, "{most} connections were made to one endpoint");
        results.push(compared.held_against(&document, SSLYZE.name));
    }
    std::fs::remove_dir_all(&folder)?;
    let wrong: Vec<String> = results.into_iter().filter_map(|result| result.err().map(|error| error.to_string())).collect();
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}
