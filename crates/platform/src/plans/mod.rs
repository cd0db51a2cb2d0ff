//! Annual plans: measures with owners and deadlines, from the printed document to what became of them.
//!
//! Owns no tables yet.
//! Holds always: what the document says is kept in its own words; what its reader could not decide is told with its line, never guessed.
//! Not here on purpose: how the document is read (`formats::plan_document`).
//! Begin at [`cli`].

pub mod cli;

#[cfg(test)]
mod tests;

use crate::base::area::{Area, Cli, CliRun};

/// The area.
pub const AREA: Area = Area {
    name: "plans",
    tables: &[],
    texts: (include_str!("ja.ftl"), include_str!("en.ftl")),
    rights: &[],
    routes: Vec::new,
    menu: &[],
    jobs: &[],
    plan: None,
    cli: &[Cli { command: cli::command, run: CliRun::Alone(|cx, m| Box::pin(cli::run(cx, m))) }],
};
