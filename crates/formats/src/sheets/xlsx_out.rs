//! Writes XLSX that a person can fill in offline and send back: bold frozen header, widths, drop-downs; same input, same bytes.

use std::collections::BTreeSet;

use rust_xlsxwriter::{DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError};

use super::{Column, HIDDEN_SHEET, guard, letters, row_number};
use crate::lang::Lang;
use crate::problem::{Place, Problem, ProblemKind};

/// What a cell gets. Text is always written as text: nothing written here is ever run as a formula.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum OutCell {
    #[default]
    Empty,
    Text(String),
    Integer(i64),
    Number(f64),
}

impl From<&str> for OutCell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for OutCell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for OutCell {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<u32> for OutCell {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<f64> for OutCell {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl<T: Into<OutCell>> From<Option<T>> for OutCell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

/// A column to write.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OutColumn {
    pub header: String,
    /// Width in characters of the default font; if `None`, from the longest text, between 8 and 60.
    pub width: Option<f64>,
    /// Words to choose from, as a drop-down; empty for free text.
    pub choices: Vec<String>,
}

impl OutColumn {
    pub fn new(header: impl Into<String>) -> Self {
        Self { header: header.into(), ..Self::default() }
    }

    /// The column of a table, with the header of one language.
    pub fn of(column: &Column, lang: Lang) -> Self {
        Self::new(column.header(lang))
    }

    #[must_use]
    pub fn width(mut self, characters: f64) -> Self {
        self.width = Some(characters);
        self
    }

    #[must_use]
    pub fn choices<T: Into<String>>(mut self, words: impl IntoIterator<Item = T>) -> Self {
        self.choices = words.into_iter().map(Into::into).collect();
        self
    }
}

/// A sheet to write: lines of explanation, then the header, then rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OutSheet {
    /// Characters that Excel forbids are replaced, and the name is cut to 31 characters.
    pub name: String,
    /// Lines above the header (XLSX only).
    pub lead: Vec<String>,
    pub columns: Vec<OutColumn>,
    pub rows: Vec<Vec<OutCell>>,
}

/// Name of the hidden sheet that holds the words of drop-downs (a list inside the validation itself may have 255 characters only).
const LISTS_SHEET: &str = "_lists";

/// Rows below the last that still offer the drop-down, so that a person can add rows.
const SPARE_ROWS: u32 = 500;

/// A workbook of `sheets` and, if `values` is not empty, the hidden sheet of these keys and values (read back by
/// [`hidden_values`](super::hidden_values)). `lang` is the language of the drop-downs' message.
///
/// Errors: a text longer than Excel's 32,767 characters, or more rows or columns than its 1,048,576 × 16,384.
pub fn write_xlsx(sheets: &[OutSheet], values: &[(&str, &str)], lang: Lang) -> Result<Vec<u8>, Problem> {
    let failed = |error: XlsxError| damaged(&Place::nowhere(), &error);
    let mut workbook = Workbook::new();
    // A fixed date: the same input must give the same bytes.
    let created = ExcelDateTime::from_ymd(2000, 1, 1).map_err(failed)?;
    workbook.set_properties(&DocProperties::new().set_author("Hinomi").set_creation_datetime(&created));
    let mut taken = BTreeSet::from([key_of(HIDDEN_SHEET), key_of(LISTS_SHEET)]);
    let mut lists: Vec<&[String]> = Vec::new();
    for sheet in sheets {
        let name = sheet_name(&sheet.name, &mut taken);
        let worksheet = workbook.add_worksheet();
        worksheet.set_name(&name).map_err(failed)?;
        fill(worksheet, sheet, &name)?;
        drop_downs(worksheet, sheet, &mut lists, lang).map_err(failed)?;
    }
    if !lists.is_empty() {
        let worksheet = workbook.add_worksheet();
        worksheet.set_name(LISTS_SHEET).map_err(failed)?.set_hidden(true);
        for (column, words) in (0_u16..).zip(&lists) {
            for (row, word) in (0_u32..).zip(*words) {
                text(worksheet, row, column, word, None, LISTS_SHEET)?;
            }
        }
    }
    if !values.is_empty() {
        let worksheet = workbook.add_worksheet();
        worksheet.set_name(HIDDEN_SHEET).map_err(failed)?.set_hidden(true);
        for (row, (key, value)) in (0_u32..).zip(values) {
            text(worksheet, row, 0, key, None, HIDDEN_SHEET)?;
            text(worksheet, row, 1, value, None, HIDDEN_SHEET)?;
        }
    }
    workbook.save_to_buffer().map_err(failed)
}

fn damaged(place: &Place, error: &XlsxError) -> Problem {
    Problem::new(place.clone(), ProblemKind::Damaged { detail: error.to_string() })
}

fn fill(worksheet: &mut Worksheet, sheet: &OutSheet, name: &str) -> Result<(), Problem> {
    let whole = |error: XlsxError| match error {
        XlsxError::RowColumnLimitError => Problem::new(Place::sheet(name), ProblemKind::TooManyRows { limit: 1_048_576 }),
        error => damaged(&Place::sheet(name), &error),
    };
    let head = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top).set_border_bottom(FormatBorder::Thin);
    let body = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let mut row = 0_u32;
    for line in &sheet.lead {
        text(worksheet, row, 0, line, None, name)?;
        row += 1;
    }
    for (column, out) in (0_u16..).zip(&sheet.columns) {
        text(worksheet, row, column, &out.header, Some(&head), name)?;
        let width = out.width.unwrap_or_else(|| natural_width(sheet, usize::from(column)));
        worksheet.set_column_width(column, width).map_err(whole)?;
    }
    worksheet.set_freeze_panes(row + 1, 0).map_err(whole)?;
    for cells in &sheet.rows {
        row += 1;
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                OutCell::Empty => {}
                OutCell::Text(words) => text(worksheet, row, column, words, Some(&body), name)?,
                // Beyond 2^53 a spreadsheet would change the number; as text it stays what it is.
                OutCell::Integer(number) if number.unsigned_abs() > 1 << 53 => {
                    text(worksheet, row, column, &number.to_string(), Some(&body), name)?;
                }
                OutCell::Integer(number) => {
                    worksheet.write_number_with_format(row, column, *number as f64, &body).map_err(whole)?;
                }
                OutCell::Number(number) if number.is_finite() => {
                    worksheet.write_number_with_format(row, column, *number, &body).map_err(whole)?;
                }
                OutCell::Number(number) => text(worksheet, row, column, &number.to_string(), Some(&body), name)?,
            }
        }
    }
    Ok(())
}

fn text(worksheet: &mut Worksheet, row: u32, column: u16, words: &str, format: Option<&Format>, sheet: &str) -> Result<(), Problem> {
    if words.is_empty() {
        return Ok(());
    }
    let words = guard::for_xlsx(words);
    let written = match format {
        Some(format) => worksheet.write_string_with_format(row, column, words, format),
        None => worksheet.write_string(row, column, words),
    };
    let place = || Place::sheet(sheet).row(row_number(row as usize)).column(letters(column.into()));
    match written {
        Ok(_) => Ok(()),
        Err(XlsxError::MaxStringLengthExceeded) => Err(Problem::new(place(), ProblemKind::CellTooLong { limit: 32_767 })),
        Err(XlsxError::RowColumnLimitError) => Err(Problem::new(place(), ProblemKind::TooManyRows { limit: 1_048_576 })),
        Err(error) => Err(damaged(&place(), &error)),
    }
}

/// The width that shows the longest line of the column, a full-width character counting as two; between 8 and 60.
fn natural_width(sheet: &OutSheet, column: usize) -> f64 {
    let width = |text: &str| -> usize {
        let line = |line: &str| line.chars().map(|c| if u32::from(c) < 0x1100 { 1 } else { 2 }).sum();
        text.lines().map(line).max().unwrap_or(0)
    };
    let header = sheet.columns.get(column).map_or(0, |out| width(&out.header));
    let cells = sheet.rows.iter().take(1_000).map(|row| match row.get(column) {
        Some(OutCell::Text(text)) => width(text),
        Some(OutCell::Integer(number)) => number.to_string().len(),
        Some(OutCell::Number(number)) => number.to_string().len(),
        Some(OutCell::Empty) | None => 0,
    });
    let longest = cells.fold(header, usize::max).saturating_add(2);
    u32::try_from(longest.clamp(8, 60)).map_or(60.0, f64::from)
}

/// Puts the words of each column with choices on the lists sheet and points the column's validation at them.
fn drop_downs<'a>(worksheet: &mut Worksheet, sheet: &'a OutSheet, lists: &mut Vec<&'a [String]>, lang: Lang) -> Result<(), XlsxError> {
    let first = u32::try_from(sheet.lead.len()).unwrap_or(u32::MAX).saturating_add(1);
    let rows = u32::try_from(sheet.rows.len()).unwrap_or(u32::MAX);
    let last = first.saturating_add(rows).saturating_add(SPARE_ROWS).min(1_048_575);
    for (column, out) in (0_u16..).zip(&sheet.columns) {
        if out.choices.is_empty() {
            continue;
        }
        let at = lists.iter().position(|words| *words == out.choices.as_slice()).unwrap_or_else(|| {
            lists.push(&out.choices);
            lists.len() - 1
        });
        let letter = letters(at);
        let range = format!("={LISTS_SHEET}!${letter}$1:${letter}${}", out.choices.len());
        let rule = DataValidation::new()
            .allow_list_formula(Formula::new(range))
            .set_error_title(lang.pick("選べない値です", "Not a choice"))?
            .set_error_message(lang.pick("一覧から選んでください。", "Choose a value from the list."))?;
        worksheet.add_data_validation(first, column, last, column, &rule)?;
    }
    Ok(())
}

/// Excel compares names of sheets without regard to case.
fn key_of(name: &str) -> String {
    name.to_lowercase()
}

/// A name Excel takes (ECMA-376 Part 1, 18.2.19, and Excel's own rules), not yet taken by another sheet.
fn sheet_name(wanted: &str, taken: &mut BTreeSet<String>) -> String {
    let clean: String = wanted.chars().map(|c| if c.is_control() || "[]:*?/\\".contains(c) { '-' } else { c }).collect();
    let clean = clean.trim_matches('\'').trim();
    let base = if clean.is_empty() { "Sheet" } else { clean };
    for number in 1_u32.. {
        let tail = if number == 1 { String::new() } else { format!(" ({number})") };
        // Excel counts UTF-16 units.
        let mut room = 31 - tail.len();
        let head: String = base
            .chars()
            .take_while(|c| {
                let fits = c.len_utf16() <= room;
                room = room.saturating_sub(c.len_utf16());
                fits
            })
            .collect();
        let name = format!("{}{tail}", head.trim_end_matches('\''));
        if taken.insert(key_of(&name)) {
            return name;
        }
    }
    base.to_owned()
}
