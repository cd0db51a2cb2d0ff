//! Reads XLSX: the archive is weighed entry by entry before any XML is parsed, then cells are streamed into bounded rows.

use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Reader, SheetType, Xlsx};

use super::{Cell, CellKind, Limits, Origin, Sheet, letters};
use crate::problem::{Place, Problem, ProblemKind};

pub(super) fn read(bytes: &[u8], file: &Place, limits: &Limits) -> Result<Vec<Sheet>, Problem> {
    weigh(bytes, file, limits)?;
    // The XML of a damaged workbook can drive a reader that others wrote into a panic; it must not take the process along.
    catch_unwind(AssertUnwindSafe(|| cells(bytes, file, limits))).unwrap_or_else(|_| Err(damaged(file, "unexpected structure")))
}

fn damaged(file: &Place, detail: impl ToString) -> Problem {
    Problem::new(file.clone(), ProblemKind::Damaged { detail: detail.to_string() })
}

/// Counts entries and what they really expand to. Declared sizes are checked first because that is free, but never trusted.
fn weigh(bytes: &[u8], file: &Place, limits: &Limits) -> Result<(), Problem> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(file, error))?;
    let entries = archive.len() as u64;
    if entries > limits.entries {
        return Err(Problem::new(file.clone(), ProblemKind::TooManyEntries { entries, limit: limits.entries }));
    }
    let too_far = || Problem::new(file.clone(), ProblemKind::ExpandsTooFar { limit: limits.expanded });
    if archive.decompressed_size().is_some_and(|size| size > u128::from(limits.expanded)) {
        return Err(too_far());
    }
    let mut room = limits.expanded;
    let mut workbook = false;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| damaged(file, error))?;
        let name = entry.name().map_err(|error| damaged(file, error))?.to_lowercase();
        workbook |= name.ends_with("workbook.xml");
        let mut scan = Scan { active: name.ends_with("sharedstrings.xml"), ..Scan::default() };
        // One byte more than there is room for tells "exactly full" from "too much" without reading on.
        let read = std::io::copy(&mut entry.take(room.saturating_add(1)), &mut scan).map_err(|error| damaged(file, error))?;
        room = room.checked_sub(read).ok_or_else(too_far)?;
        // The shortest string there can be, `<si/>`, takes five bytes.
        if scan.most > read / 5 + 16 {
            return Err(damaged(file, "more shared strings declared than there are"));
        }
    }
    if workbook { Ok(()) } else { Err(Problem::new(file.clone(), ProblemKind::NotATable { found: "ZIP".to_owned() })) }
}

/// Looks for the greatest number of shared strings a part declares: the reader reserves memory for that many at once, and a
/// reservation that cannot be met ends the process. A text that quotes such a declaration would be taken for one too.
#[derive(Default)]
struct Scan {
    active: bool,
    /// The end of what was seen, without the zero bytes of UTF-16.
    tail: Vec<u8>,
    most: u64,
}

impl Scan {
    const NAME: &[u8] = b"uniqueCount";
    /// Bytes kept from one piece to the next: room for the name, blanks and all digits that make a difference.
    const KEPT: usize = 256;

    fn look(&mut self) {
        let starts = self.tail.windows(Self::NAME.len()).enumerate().filter(|(_, window)| *window == Self::NAME);
        for (at, _) in starts {
            let rest = self.tail.iter().skip(at + Self::NAME.len());
            let digits = rest.skip_while(|byte| byte.is_ascii_whitespace() || matches!(byte, b'=' | b'"' | b'\'' | b'+'));
            let digits = digits.take_while(|byte| byte.is_ascii_digit());
            let number = digits.fold(0_u64, |number, digit| number.saturating_mul(10).saturating_add(u64::from(digit - b'0')));
            self.most = self.most.max(number);
        }
    }
}

impl std::io::Write for Scan {
    fn write(&mut self, piece: &[u8]) -> std::io::Result<usize> {
        if self.active {
            self.tail.extend(piece.iter().filter(|byte| **byte != 0));
            self.look();
            self.tail.drain(..self.tail.len().saturating_sub(Self::KEPT));
        }
        Ok(piece.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What all sheets together may still take.
struct Budget {
    cells: u64,
    text: u64,
}

fn cells(bytes: &[u8], file: &Place, limits: &Limits) -> Result<Vec<Sheet>, Problem> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| damaged(file, error))?;
    let names: Vec<String> =
        workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet).map(|sheet| sheet.name.clone()).collect();
    if names.len() as u64 > limits.sheets {
        let kind = ProblemKind::TooManySheets { sheets: names.len() as u64, limit: limits.sheets };
        return Err(Problem::new(file.clone(), kind));
    }
    let mut budget = Budget { cells: limits.cells, text: limits.text };
    names.into_iter().map(|name| sheet(&mut workbook, name, file, limits, &mut budget)).collect()
}

/// Streams one sheet. The dimension a sheet declares is never asked: only cells that hold something take room.
fn sheet(workbook: &mut Xlsx<Cursor<&[u8]>>, name: String, file: &Place, limits: &Limits, budget: &mut Budget) -> Result<Sheet, Problem> {
    let here = Place::sheet(name.as_str());
    let fail = |kind| Err(Problem::new(here.clone(), kind));
    let mut reader = workbook.worksheet_cells_reader(&name).map_err(|error| damaged(file, error))?;
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    while let Some(found) = reader.next_cell().map_err(|error| damaged(&here, error))? {
        let (row, column) = found.get_position();
        let Some(cell) = cell(found.get_value(), budget, limits, || here.clone().row(row.saturating_add(1)).column(letters(column as usize)))? else {
            // A cell without content takes no room, but reading it takes time.
            match budget.cells.checked_sub(1) {
                Some(left) => budget.cells = left,
                None => return fail(ProblemKind::TooManyCells { limit: limits.cells }),
            }
            continue;
        };
        if u64::from(row) >= limits.rows {
            return fail(ProblemKind::TooManyRows { limit: limits.rows });
        }
        if u64::from(column) >= limits.columns {
            return fail(ProblemKind::TooManyColumns { limit: limits.columns });
        }
        let (row, column) = (row as usize, column as usize);
        if rows.len() <= row {
            rows.resize_with(row + 1, Vec::new);
        }
        let Some(line) = rows.get_mut(row) else { continue };
        if line.len() <= column {
            let more = (column + 1 - line.len()) as u64;
            let Some(left) = budget.cells.checked_sub(more) else {
                return fail(ProblemKind::TooManyCells { limit: limits.cells });
            };
            budget.cells = left;
            line.resize_with(column + 1, Cell::default);
        }
        if let Some(slot) = line.get_mut(column) {
            *slot = cell;
        }
    }
    Ok(Sheet { name, origin: Origin::Xlsx, rows })
}

/// One value as a cell; `None` for one that holds nothing. Text is weighed before it is copied: one long shared string can be
/// referred to by every cell.
fn cell(value: &DataRef<'_>, budget: &mut Budget, limits: &Limits, place: impl Fn() -> Place) -> Result<Option<Cell>, Problem> {
    let text: &str = match value {
        DataRef::Empty => return Ok(None),
        DataRef::Int(number) => return Ok(Some(Cell::plain(number.to_string()))),
        DataRef::Float(number) => return Ok(Some(Cell::plain(number_text(*number)))),
        DataRef::Bool(true) => return Ok(Some(Cell::plain("TRUE".to_owned()))),
        DataRef::Bool(false) => return Ok(Some(Cell::plain("FALSE".to_owned()))),
        DataRef::Error(error) => return Ok(Some(Cell { text: error.to_string(), kind: CellKind::Error })),
        DataRef::DateTime(when) => return Ok(Some(Cell::plain(date_text(when)))),
        DataRef::SharedString(text) => text,
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text,
    };
    if text.is_empty() {
        return Ok(None);
    }
    let size = text.len() as u64;
    if size > limits.cell && text.chars().count() as u64 > limits.cell {
        return Err(Problem::new(place(), ProblemKind::CellTooLong { limit: limits.cell }));
    }
    let Some(left) = budget.text.checked_sub(size) else {
        return Err(Problem::new(place(), ProblemKind::TooMuchText { limit: limits.text }));
    };
    budget.text = left;
    Ok(Some(Cell::of_text(text)))
}

/// A number as a person writes it: whole numbers without a point, others with as many digits as they need.
fn number_text(number: f64) -> String {
    // Up to 2^53 every whole number has its own value in f64.
    if number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0 { format!("{}", number as i64) } else { number.to_string() }
}

/// `YYYY-MM-DD`, `YYYY-MM-DDTHH:MM:SS`, `HH:MM:SS` for a time of day, or hours, minutes and seconds of a duration.
fn date_text(when: &calamine::ExcelDateTime) -> String {
    let value = when.as_f64();
    if when.is_duration() {
        let seconds = (value * 86_400.0).round() as i64;
        let (sign, seconds) = (if seconds < 0 { "-" } else { "" }, seconds.unsigned_abs());
        return format!("{sign}{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
    let (year, month, day, hour, minute, second, _) = when.to_ymd_hms_milli();
    if value < 1.0 {
        format!("{hour:02}:{minute:02}:{second:02}")
    } else if value.fract() == 0.0 {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    }
}
