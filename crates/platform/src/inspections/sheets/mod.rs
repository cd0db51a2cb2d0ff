//! The spreadsheets of the inspections: out, filled offline, in again.

pub mod answers;
pub mod respondents;
pub mod units;

use formats::lang::Lang;
use formats::problem::{Place, Problem};
use formats::sheets::{Column, Limits, Sheet, Table, read_table, visible};

use crate::base::error::Field;
use crate::base::lang::texts;

/// Where a row came from.
#[derive(Clone, Debug)]
pub struct At {
    sheet: String,
    row: u32,
}

/// What was read from a file: one value per row, and where each row stands.
#[derive(Debug)]
pub struct Read<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where they stand.
    pub at: Vec<At>,
    /// What a person should know, and what stops the import.
    pub problems: Vec<Problem>,
}

/// What an import did, or what stopped it.
#[derive(Debug)]
pub struct Import<T> {
    /// What it did; `None` when anything is wrong: then nothing may be kept.
    pub taken: Option<T>,
    /// What is wrong, and what a person should know.
    pub problems: Vec<Problem>,
}

impl<T> Read<T> {
    /// Whether anything stops the import.
    pub fn is_fit(&self) -> bool {
        !self.problems.iter().any(Problem::is_error)
    }

    /// Puts the wrong fields of an action, named `index.field`, at their places in the file.
    pub fn place(&mut self, wrong: &[Field], columns: &[Column]) {
        for field in wrong {
            let (index, name) = field.name.split_once('.').unwrap_or(("", field.name.as_str()));
            let mut place = match index.parse::<usize>().ok().and_then(|index| self.at.get(index)) {
                Some(at) => Place::sheet(at.sheet.as_str()).row(at.row),
                None => Place::nowhere(),
            };
            if let Some(column) = columns.iter().find(|column| column.id == name) {
                place = place.column(column.ja);
            }
            let words = |lang| field.message(lang);
            let remedy = |lang| texts().get(lang, "inspections-remedy-row");
            self.problems.push(Problem::custom("H1201", place, words(Lang::Ja), words(Lang::En), remedy(Lang::Ja), remedy(Lang::En)));
        }
    }
}

/// A problem of the whole file, in the words of `key`.
pub fn whole(code: &'static str, key: &str, values: &[(&str, String)]) -> Problem {
    let words = |lang| texts().with(lang, key, values);
    let remedy = |lang| texts().get(lang, "inspections-remedy-file");
    Problem::custom(code, Place::nowhere(), words(Lang::Ja), words(Lang::En), remedy(Lang::Ja), remedy(Lang::En))
}

/// Reads every row of every visible sheet by `each`; a sheet that is no such table is a problem.
fn rows<T>(sheets: &[Sheet], columns: &[Column], mut each: impl FnMut(&formats::sheets::Row<'_>) -> Result<Option<T>, Vec<Problem>>) -> Read<T> {
    let mut out = Read { rows: Vec::new(), at: Vec::new(), problems: Vec::new() };
    for sheet in visible(sheets) {
        let table: Table<'_> = match sheet.table(columns) {
            Ok(table) => table,
            Err(problems) => {
                out.problems.extend(problems);
                continue;
            }
        };
        out.problems.extend(table.notes.iter().cloned());
        for row in table.rows() {
            match each(&row) {
                Ok(Some(value)) => {
                    out.rows.push(value);
                    out.at.push(At { sheet: table.name().to_owned(), row: row.number() });
                }
                Ok(None) => {}
                Err(problems) => out.problems.extend(problems),
            }
        }
    }
    out
}

/// The sheets of a file, or the one problem that makes it unreadable.
fn open(bytes: &[u8], name: &str) -> Result<Vec<Sheet>, Problem> {
    read_table(bytes, name, &Limits::default())
}

/// Every problem with place and remedy as a person or a script reads it.
pub fn reports(problems: &[Problem], lang: Lang) -> Vec<formats::problem::Report> {
    problems.iter().map(|problem| problem.report(lang)).collect()
}
