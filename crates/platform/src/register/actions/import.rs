//! A whole file into the register and out of it.

use formats::problem::Problem;
use formats::sheets::{Limits, read_table, write_csv, write_xlsx};
use serde_json::json;

use super::{planned, write};
use crate::base::actor::Scope;
use crate::base::db::Tx;
use crate::base::error::{Error, Result};
use crate::base::lang::Lang;
use crate::base::work::Work;
use crate::register::plan::{Mode, Noun, Tally};
use crate::register::{store, workbook};

/// The most problems one report lists; a person mends no more at once.
pub const MOST_PROBLEMS: usize = 500;

/// What an import did, or would do.
#[derive(Clone, Debug, Default)]
pub struct ImportReport {
    /// Lines that were new.
    pub added: usize,
    /// Lines that changed something.
    pub changed: usize,
    /// Lines that said what is there already.
    pub unchanged: usize,
    /// The same by list.
    pub lists: Vec<(Noun, Tally)>,
    /// What is wrong, or should be known; nothing is written while one of them is an error.
    pub problems: Vec<Problem>,
    /// Problems beyond [`MOST_PROBLEMS`].
    pub more: usize,
    /// Whether it was written.
    pub written: bool,
}

impl ImportReport {
    /// Whether something stops the import.
    pub fn is_refused(&self) -> bool {
        self.problems.iter().any(Problem::is_error)
    }
}

/// Takes over a workbook or a CSV file named `name`: all of it or nothing. With `dry_run` nothing is written in any case.
/// Lines that say what is there already change nothing, so that a file may be imported again.
pub async fn import(work: &mut Work, bytes: &[u8], name: &str, dry_run: bool) -> Result<ImportReport> {
    let sheets = match read_table(bytes, name, &Limits::default()) {
        Ok(sheets) => sheets,
        Err(problem) => return Ok(ImportReport { problems: vec![problem], ..ImportReport::default() }),
    };
    let mut problems = Vec::new();
    let (plan, _) = planned(work, Mode::Save, |planner| {
        let (lines, read) = workbook::read(&sheets, &planner.known);
        problems = read;
        planner.organisations(&lines.organisations);
        planner.posts(&lines.posts);
        planner.systems(&lines.systems);
        planner.assets(&lines.assets);
        for wrong in &planner.plan.wrong {
            let problem = workbook::problem(&lines, wrong);
            // What could not be read is told once, with the reader's own words.
            if !problems.iter().any(|told| told.is_error() && told.place == problem.place) {
                problems.push(problem);
            }
            if problems.len() > 20 * MOST_PROBLEMS {
                break;
            }
        }
    })
    .await?;
    // Errors first, each list from top to bottom.
    problems.sort_by_key(|problem| !problem.is_error());
    let more = problems.len().saturating_sub(MOST_PROBLEMS);
    problems.truncate(MOST_PROBLEMS);
    let sum = |count: fn(&Tally) -> usize| plan.tally.values().map(count).sum();
    let mut report = ImportReport {
        added: sum(|tally| tally.added),
        changed: sum(|tally| tally.changed),
        unchanged: sum(|tally| tally.unchanged),
        lists: plan.tally.iter().map(|(noun, tally)| (*noun, *tally)).collect(),
        problems,
        more,
        written: false,
    };
    if dry_run || report.is_refused() || !plan.wrong.is_empty() {
        return Ok(report);
    }
    write(work, &plan).await?;
    let top = plan.organisations.first().map(|one| one.id.as_str().to_owned());
    let top = top.or_else(|| work.actor.grants.first().map(|grant| grant.organisation.to_string())).unwrap_or_default();
    let detail = json!({
        "file": name, "sha256": crate::base::audit::sha256(bytes), "added": report.added, "changed": report.changed, "unchanged": report.unchanged,
    });
    work.audit(&top, "register", "register.import", &top, detail).await?;
    report.written = true;
    Ok(report)
}

/// What a file of the register is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One workbook with all lists.
    Xlsx,
    /// One list.
    Csv(Noun),
}

/// The register within `scope` as a file. The same register gives the same bytes.
pub async fn export(tx: &mut Tx, scope: &Scope, format: Format, lang: Lang) -> Result<Vec<u8>> {
    let known = store::known(tx, scope).await?;
    let broken = |problem: Problem| Error::internal(problem.message(Lang::En));
    match format {
        Format::Xlsx => write_xlsx(&workbook::sheets(&known, &Noun::ALL, lang), &[("kind", "register")], lang).map_err(broken),
        Format::Csv(noun) => Ok(workbook::sheets(&known, &[noun], lang).first().map(write_csv).unwrap_or_default()),
    }
}
