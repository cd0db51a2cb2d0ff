//! A sheet seen as a table: headers matched in Japanese, English or by id, in any order; rows read by column id.

use super::{Cell, CellKind, Origin, Sheet, key, letters, row_number, tidy, trim};
use crate::lang::Lang;
use crate::problem::{Named, Place, Problem, ProblemKind};

/// A column a reader knows: the id code uses, and the header texts people see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    pub id: &'static str,
    pub ja: &'static str,
    pub en: &'static str,
    /// Whether a table without this column cannot be read. An empty cell in it is the area's matter: see [`Row::required`].
    pub required: bool,
}

impl Column {
    pub const fn required(id: &'static str, ja: &'static str, en: &'static str) -> Self {
        Self { id, ja, en, required: true }
    }

    pub const fn optional(id: &'static str, ja: &'static str, en: &'static str) -> Self {
        Self { id, ja, en, required: false }
    }

    /// The header text in one language.
    pub fn header(&self, lang: Lang) -> &'static str {
        lang.pick(self.ja, self.en)
    }

    fn named(&self) -> Named {
        Named::new(self.ja, self.en)
    }

    fn is(&self, header: &str) -> bool {
        !header.is_empty() && [self.id, self.ja, self.en].iter().any(|name| key(name) == header)
    }
}

/// A table: known columns found, rows below the header.
#[derive(Clone, Debug)]
pub struct Table<'a> {
    sheet: &'a Sheet,
    /// Index of the header row.
    header: usize,
    /// Each known column with its place in the sheet, if the sheet has it.
    columns: Vec<(Column, Option<usize>)>,
    /// What a person should know but what stops nothing: unknown columns, rows cut short.
    pub notes: Vec<Problem>,
}

/// Lines of explanation may stand above the header; it is looked for in this many rows.
const HEADER_WITHIN: usize = 30;

impl Sheet {
    /// The sheet as a table of `columns`. The header is the first row in which most of its filled cells, or at least two, are
    /// known headers.
    ///
    /// Errors: every reason why the table cannot be read: no header, missing required columns, headers twice, rows with
    /// more cells than the header, error values.
    pub fn table(&self, columns: &[Column]) -> Result<Table<'_>, Vec<Problem>> {
        let sheet = || Place::sheet(self.name.as_str());
        let Some(header) = self.header_row(columns) else {
            let wanted = columns.iter().filter(|column| column.required).take(4).map(Column::named).collect();
            return Err(vec![Problem::new(sheet(), ProblemKind::NoHeader { wanted })]);
        };
        let place = || sheet().row(row_number(header));
        let cells = self.rows.get(header).map(Vec::as_slice).unwrap_or_default();
        let mut errors = Vec::new();
        let mut notes = Vec::new();
        let mut found: Vec<(Column, Option<usize>)> = columns.iter().map(|column| (*column, None)).collect();
        for (index, cell) in cells.iter().enumerate() {
            let text = header_key(&cell.text);
            match found.iter_mut().find(|(column, _)| column.is(&text)) {
                Some((_, Some(first))) => errors.push(Problem::new(
                    place().column(letters(index)),
                    ProblemKind::DuplicateHeader { text: cell.text.clone(), also: letters(*first) },
                )),
                Some((_, slot)) => *slot = Some(index),
                None if text.is_empty() => {}
                None => notes.push(Problem::note(place().column(letters(index)), ProblemKind::UnknownColumn { text: trim(&cell.text).to_owned() })),
            }
        }
        for (column, _) in found.iter().filter(|(column, at)| column.required && at.is_none()) {
            errors.push(Problem::new(place(), ProblemKind::MissingColumn { column: column.named() }));
        }
        let table = Table { sheet: self, header, columns: found, notes };
        table.finish(cells.len(), errors)
    }

    fn header_row(&self, columns: &[Column]) -> Option<usize> {
        self.rows.iter().take(HEADER_WITHIN).position(|row| {
            let filled = row.iter().filter(|cell| !cell.is_blank()).count();
            let known = row.iter().filter(|cell| columns.iter().any(|c| c.is(&header_key(&cell.text)))).count();
            known >= 2 || known > 0 && 2 * known > filled
        })
    }
}

/// The comparable form of a header; marks for "required" that people and forms add are no part of it.
fn header_key(text: &str) -> String {
    let text = key(text);
    for mark in ["*", "※", "(必須)", "【必須】", "(required)"] {
        if let Some(rest) = text.strip_suffix(mark).or_else(|| text.strip_prefix(mark)) {
            return rest.to_owned();
        }
    }
    text
}

impl<'a> Table<'a> {
    /// Looks over the rows once for what makes the whole table doubtful.
    fn finish(mut self, width: usize, mut errors: Vec<Problem>) -> Result<Self, Vec<Problem>> {
        let mut notes = Vec::new();
        for row in self.rows() {
            let place = || Place::sheet(self.sheet.name.as_str()).row(row.number());
            let kind = || ProblemKind::Ragged { cells: row.cells.len() as u64, expected: width as u64 };
            if row.cells.iter().skip(width).any(|cell| !cell.is_blank()) {
                errors.push(Problem::new(place(), kind()));
            } else if self.sheet.origin == Origin::Csv && row.cells.len() < width {
                notes.push(Problem::note(place(), kind()));
            }
            for (column, at) in &self.columns {
                let cell = at.and_then(|at| row.cells.get(at));
                if let Some(cell) = cell.filter(|cell| cell.kind == CellKind::Error) {
                    let kind = ProblemKind::CellError { text: cell.text.clone() };
                    errors.push(Problem::new(row.place(column.id), kind));
                }
            }
        }
        self.notes.extend(notes);
        if errors.is_empty() { Ok(self) } else { Err(errors) }
    }

    /// The rows below the header that are not wholly blank.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let below = self.sheet.rows.iter().enumerate().skip(self.header + 1);
        below.filter(|(_, cells)| cells.iter().any(|cell| !cell.is_blank())).map(|(index, cells)| Row { table: self, index, cells })
    }

    /// Whether the sheet has this column.
    pub fn has(&self, id: &str) -> bool {
        self.at(id).is_some()
    }

    /// The sheet's name.
    pub fn name(&self) -> &'a str {
        &self.sheet.name
    }

    fn at(&self, id: &str) -> Option<usize> {
        self.columns.iter().find(|(column, _)| column.id == id).and_then(|(_, at)| *at)
    }

    fn column(&self, id: &str) -> Option<&Column> {
        self.columns.iter().map(|(column, _)| column).find(|column| column.id == id)
    }
}

/// One row of a table, read by column id. A column the sheet does not have reads as empty.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    table: &'a Table<'a>,
    index: usize,
    cells: &'a [Cell],
}

impl<'a> Row<'a> {
    /// The row's number as a person sees it.
    pub fn number(&self) -> u32 {
        row_number(self.index)
    }

    /// The cell's text exactly as it is.
    pub fn raw(&self, id: &str) -> &'a str {
        self.cell(id).map(|cell| cell.text.as_str()).unwrap_or_default()
    }

    /// The cell's text without surrounding blanks: for names and sentences.
    pub fn text(&self, id: &str) -> &'a str {
        trim(self.raw(id))
    }

    /// The cell's text in one width: for codes, numbers and words to choose from (see [`tidy`]).
    pub fn tidy(&self, id: &str) -> String {
        tidy(self.raw(id))
    }

    /// The cell, if the row reaches that far.
    pub fn cell(&self, id: &str) -> Option<&'a Cell> {
        self.cells.get(self.table.at(id)?)
    }

    /// Where the cell is, for a problem: sheet, row, and the column's header as it stands in the sheet.
    pub fn place(&self, id: &str) -> Place {
        let place = Place::sheet(self.table.name()).row(self.number());
        let written = self.table.at(id).map(|at| {
            let header = self.table.sheet.rows.get(self.table.header).and_then(|row| row.get(at));
            header.map(|cell| trim(&cell.text).to_owned()).unwrap_or_else(|| letters(at))
        });
        match written.or_else(|| self.table.column(id).map(|column| column.ja.to_owned())) {
            Some(text) => place.column(text),
            None => place,
        }
    }

    /// The text of a cell that must not be empty.
    pub fn required(&self, id: &str) -> Result<&'a str, Problem> {
        let text = self.text(id);
        if !text.is_empty() {
            return Ok(text);
        }
        let column = self.table.column(id).map_or_else(|| Named::new("", ""), Column::named);
        Err(Problem::new(self.place(id), ProblemKind::EmptyCell { column }))
    }

    /// A date in any form offices write (see [`date`](super::date)) as `YYYY-MM-DD`; `None` for an empty cell.
    pub fn date(&self, id: &str) -> Result<Option<String>, Problem> {
        self.parse(id, Named::new("日付（例 2026-04-01、令和8年4月1日）", "a date (for example 2026-04-01)"), super::date)
    }

    /// A whole number not below 0, with or without separators of thousands; `None` for an empty cell.
    pub fn count(&self, id: &str) -> Result<Option<u64>, Problem> {
        let read = |text: &str| {
            let digits = text.replace(',', "");
            let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            plain.then(|| digits.parse().ok()).flatten()
        };
        self.parse(id, Named::new("0以上の整数", "a whole number, 0 or more"), read)
    }

    /// One of `choices`: pairs of a value and the words people may write for it; `None` for an empty cell.
    pub fn choice<T: Copy>(&self, id: &str, choices: &[(T, &[&str])], lang_words: Lang) -> Result<Option<T>, Problem> {
        let written = key(self.raw(id));
        if written.is_empty() {
            return Ok(None);
        }
        let found = choices.iter().find(|(_, words)| words.iter().any(|word| key(word) == written));
        if let Some((value, _)) = found {
            return Ok(Some(*value));
        }
        let at = lang_words.pick(0, 1);
        let choices = choices.iter().filter_map(|(_, words)| words.get(at).or(words.first()));
        let choices = choices.map(|word| (*word).to_owned()).collect();
        Err(Problem::new(self.place(id), ProblemKind::NotAChoice { text: self.text(id).to_owned(), choices }))
    }

    /// What `read` makes of the tidied text; `wanted` says in words what that is; `None` for an empty cell.
    pub fn parse<T>(&self, id: &str, wanted: Named, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Problem> {
        let text = self.tidy(id);
        if text.is_empty() {
            return Ok(None);
        }
        let wrong = || ProblemKind::NotReadable { text: self.text(id).to_owned(), wanted: wanted.clone() };
        read(&text).map(Some).ok_or_else(|| Problem::new(self.place(id), wrong()))
    }
}
