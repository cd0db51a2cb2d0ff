//! Tables from and to the spreadsheets of offices: XLSX and CSV, both ways, bounded before they are parsed.
//!
//! Begin at [`read_table`] and [`Sheet::table`]; the way out is [`write_xlsx`] and [`write_csv`]. What is written reads back unchanged.

use std::collections::BTreeMap;

use crate::problem::{Place, Problem, ProblemKind};

mod decode;
mod delimited;
pub mod guard;
mod table;
mod tidy;
mod xlsx_in;
mod xlsx_out;

pub use delimited::write_csv;
pub use table::{Column, Row, Table};
pub use tidy::{date, key, tidy, trim};
pub use xlsx_out::{OutCell, OutColumn, OutSheet, write_xlsx};

/// What a file may cost before it is refused. Sizes in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The file as it arrives.
    pub bytes: u64,
    /// Parts inside an XLSX archive.
    pub entries: u64,
    /// All parts of an XLSX archive, unpacked.
    pub expanded: u64,
    pub sheets: u64,
    /// Rows of one sheet, empty ones before the last filled one included.
    pub rows: u64,
    pub columns: u64,
    /// Cells of all sheets together, empty ones to the left of a filled one included.
    pub cells: u64,
    /// Text of all cells together.
    pub text: u64,
    /// Characters of one cell (Excel's own limit is 32,767).
    pub cell: u64,
}

impl Default for Limits {
    /// Room for 60,000 answers in one file several times over, and at most some hundreds of MiB of memory.
    fn default() -> Self {
        Self {
            bytes: 32 << 20,
            entries: 2_000,
            expanded: 256 << 20,
            sheets: 64,
            rows: 300_000,
            columns: 1_000,
            cells: 4_000_000,
            text: 128 << 20,
            cell: 32_767,
        }
    }
}

/// What kind of content a cell holds, beyond its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CellKind {
    #[default]
    Plain,
    /// Text that a spreadsheet could run (`=…`, `+cmd`, `@…`); it is kept as text and never run here.
    FormulaLike,
    /// An error value of the spreadsheet, such as `#REF!`.
    Error,
}

/// One cell: what it shows, as text. Numbers without a needless `.0`; dates and times of XLSX in ISO 8601 without a zone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    pub text: String,
    pub kind: CellKind,
}

impl Cell {
    fn of_text(text: &str) -> Self {
        let text = guard::undo(text);
        let kind = if guard::is_formula_like(text) { CellKind::FormulaLike } else { CellKind::Plain };
        Self { text: text.to_owned(), kind }
    }

    fn plain(text: String) -> Self {
        Self { text, kind: CellKind::Plain }
    }

    /// Whether the cell shows nothing but blanks.
    pub fn is_blank(&self) -> bool {
        trim(&self.text).is_empty()
    }
}

/// Which kind of file a sheet came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Xlsx,
    Csv,
}

/// One sheet: rows from the very first, each as long as its last filled cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Name of the sheet; for CSV the name of the file without its folder and extension.
    pub name: String,
    pub origin: Origin,
    pub rows: Vec<Vec<Cell>>,
}

/// The hidden sheet that carries key and value pairs of an exported file, so that a file that comes back says what it is.
pub const HIDDEN_SHEET: &str = "_hinomi";

impl Sheet {
    /// Whether the sheet is one of ours that no person fills in (its name begins with an underscore).
    pub fn is_hidden(&self) -> bool {
        self.name.starts_with('_')
    }
}

/// The key and value pairs of the hidden sheet; empty if there is none.
pub fn hidden_values(sheets: &[Sheet]) -> BTreeMap<String, String> {
    let Some(sheet) = sheets.iter().find(|sheet| sheet.name == HIDDEN_SHEET) else { return BTreeMap::new() };
    sheet
        .rows
        .iter()
        .filter_map(|row| Some((row.first()?.text.clone(), row.get(1).map(|cell| cell.text.clone()).unwrap_or_default())))
        .filter(|(key, _)| !key.is_empty())
        .collect()
}

/// The sheets people fill in.
pub fn visible(sheets: &[Sheet]) -> impl Iterator<Item = &Sheet> {
    sheets.iter().filter(|sheet| !sheet.is_hidden())
}

/// Reads a file of tables. The kind of file is told by its content, never by its name.
///
/// Shape: the sheets in their order; CSV is one sheet named after the file. CSV may be UTF-8 (with or without a byte order
/// mark), UTF-16 with one, or Shift_JIS (as Windows writes it), divided by commas or tabs. Of a formula in XLSX the value
/// that the spreadsheet saved is read.
///
/// Errors: one problem, the first that makes the file unreadable.
pub fn read_table(bytes: &[u8], file_name: &str, limits: &Limits) -> Result<Vec<Sheet>, Problem> {
    let file = || Place::sheet(base_name(file_name));
    let size = bytes.len() as u64;
    if size > limits.bytes {
        return Err(Problem::new(file(), ProblemKind::FileTooLarge { bytes: size, limit: limits.bytes }));
    }
    if bytes.is_empty() {
        return Err(Problem::new(file(), ProblemKind::EmptyFile));
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return xlsx_in::read(bytes, &file(), limits);
    }
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(Problem::new(file(), ProblemKind::OldOrProtected));
    }
    if let Some(found) = foreign_kind(bytes) {
        return Err(Problem::new(file(), ProblemKind::NotATable { found: found.to_owned() }));
    }
    let text = decode::text(bytes, &file())?;
    let name = stem(base_name(file_name));
    Ok(vec![delimited::read(&text, name, limits)?])
}

/// Kinds of file that people send by mistake, by their first bytes.
fn foreign_kind(bytes: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 8] = [
        (b"%PDF", "PDF"),
        (b"\x89PNG", "PNG"),
        (b"\xFF\xD8\xFF", "JPEG"),
        (b"GIF8", "GIF"),
        (b"\x1F\x8B", "gzip"),
        (b"7z\xBC\xAF", "7-Zip"),
        (b"Rar!", "RAR"),
        (b"{\\rtf", "RTF"),
    ];
    KINDS.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, name)| *name)
}

fn base_name(file_name: &str) -> &str {
    file_name.rsplit(['/', '\\']).next().unwrap_or(file_name)
}

fn stem(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => name,
    }
}

/// The letters of a column, counted from 0: 0 is `A`, 26 is `AA`.
pub fn letters(column: usize) -> String {
    let mut rest = column;
    let mut reversed = Vec::new();
    loop {
        let digit = u8::try_from(rest % 26).unwrap_or_default();
        reversed.push(char::from(b'A' + digit));
        if rest < 26 {
            return reversed.iter().rev().collect();
        }
        rest = rest / 26 - 1;
    }
}

/// A row's number as a person sees it, from its index.
fn row_number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1)
}

#[cfg(test)]
mod tests;
