//! Measures speed and size as ratios against a floor or a peer in the same run, and prints a table.

use anyhow::Result;

use crate::{cargo, run as execute};

/// Runs the measurements in a release build.
pub fn run(arguments: &[&str]) -> Result<()> {
    let mut command = cargo();
    command.args(["run", "--release", "--locked", "--package", "hinomi", "--features", "bench", "--bin", "bench", "--"]).args(arguments);
    execute(&mut command)
}
