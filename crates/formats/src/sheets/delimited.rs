//! Comma- and tab-separated text both ways (RFC 4180), strict where leniency would shift values into other columns.

use std::fmt::Write as _;

use super::{Cell, Limits, Origin, OutCell, OutSheet, Sheet, guard, letters, row_number};
use crate::problem::{Place, Problem, ProblemKind};

/// One row, then the next: cells of the row and what follows it.
struct Scanner<'a> {
    rest: std::str::Chars<'a>,
    delimiter: char,
    name: &'a str,
}

enum End {
    Cell,
    Row,
    File,
}

impl Scanner<'_> {
    fn place(&self, row: usize, column: usize) -> Place {
        Place::sheet(self.name).row(row_number(row)).column(letters(column))
    }

    /// Reads one cell into `text` and says what ended it. Line ends are CRLF, LF or CR.
    fn cell(&mut self, text: &mut String, row: usize, column: usize) -> Result<End, Problem> {
        text.clear();
        if self.rest.as_str().starts_with('"') {
            self.rest.next();
            loop {
                match self.rest.next() {
                    None => return Err(Problem::new(self.place(row, column), ProblemKind::UnterminatedQuote)),
                    Some('"') if self.rest.as_str().starts_with('"') => {
                        self.rest.next();
                        text.push('"');
                    }
                    Some('"') => break,
                    Some(c) => text.push(c),
                }
            }
            return match self.end() {
                Some(end) => Ok(end),
                None => Err(Problem::new(self.place(row, column), ProblemKind::TextAfterQuote)),
            };
        }
        loop {
            if let Some(end) = self.end() {
                return Ok(end);
            }
            text.extend(self.rest.next());
        }
    }

    /// Takes a delimiter, a line end or the end of the file, if one is next.
    fn end(&mut self) -> Option<End> {
        let mut ahead = self.rest.clone();
        let end = match ahead.next() {
            None => End::File,
            Some(c) if c == self.delimiter => End::Cell,
            Some('\n') => End::Row,
            Some('\r') => {
                if ahead.as_str().starts_with('\n') {
                    ahead.next();
                }
                End::Row
            }
            Some(_) => return None,
        };
        self.rest = ahead;
        Some(end)
    }
}

/// Tab if the first row has more tabs than commas outside quotation marks, else comma.
fn delimiter(text: &str) -> char {
    let (mut commas, mut tabs, mut quoted) = (0_usize, 0_usize, false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => commas += 1,
            '\t' if !quoted => tabs += 1,
            '\r' | '\n' if !quoted && commas + tabs > 0 => break,
            _ => {}
        }
    }
    if tabs > commas { '\t' } else { ',' }
}

/// Reads one sheet. A blank line is an empty row, so that row numbers are those a spreadsheet shows.
pub(super) fn read(text: &str, name: &str, limits: &Limits) -> Result<Sheet, Problem> {
    let mut scanner = Scanner { rest: text.chars(), delimiter: delimiter(text), name };
    let mut sheet = Sheet { name: name.to_owned(), origin: Origin::Csv, rows: Vec::new() };
    let (mut cells, mut buffer) = (0_u64, String::new());
    while !scanner.rest.as_str().is_empty() {
        let index = sheet.rows.len();
        if index as u64 >= limits.rows {
            return Err(Problem::new(Place::sheet(name), ProblemKind::TooManyRows { limit: limits.rows }));
        }
        let mut row: Vec<Cell> = Vec::new();
        loop {
            let column = row.len();
            if column as u64 >= limits.columns {
                let place = Place::sheet(name).row(row_number(index));
                return Err(Problem::new(place, ProblemKind::TooManyColumns { limit: limits.columns }));
            }
            let end = scanner.cell(&mut buffer, index, column)?;
            if buffer.len() as u64 > limits.cell && buffer.chars().count() as u64 > limits.cell {
                let kind = ProblemKind::CellTooLong { limit: limits.cell };
                return Err(Problem::new(scanner.place(index, column), kind));
            }
            row.push(Cell::of_text(&buffer));
            cells += 1;
            match end {
                End::Cell => {}
                End::Row | End::File => break,
            }
        }
        if cells > limits.cells {
            return Err(Problem::new(Place::sheet(name), ProblemKind::TooManyCells { limit: limits.cells }));
        }
        sheet.rows.push(if matches!(row.as_slice(), [only] if only.text.is_empty()) { Vec::new() } else { row });
    }
    Ok(sheet)
}

/// One sheet as CSV: UTF-8 with a byte order mark (without it Excel takes Japanese text for another encoding), CRLF, header first. The
/// lead lines and drop-downs of the sheet have no place in CSV and are left out.
pub fn write_csv(sheet: &OutSheet) -> Vec<u8> {
    let mut out = String::from('\u{FEFF}');
    let headers: Vec<String> = sheet.columns.iter().map(|column| guard::for_csv(&column.header)).collect();
    line(&mut out, &headers);
    for row in &sheet.rows {
        let mut texts: Vec<String> = row
            .iter()
            .map(|cell| match cell {
                OutCell::Empty => String::new(),
                OutCell::Text(text) => guard::for_csv(text),
                OutCell::Integer(number) => number.to_string(),
                OutCell::Number(number) => number.to_string(),
            })
            .collect();
        if texts.len() < headers.len() {
            texts.resize(headers.len(), String::new());
        }
        line(&mut out, &texts);
    }
    out.into_bytes()
}

fn line(out: &mut String, cells: &[String]) {
    for (index, text) in cells.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        // Tabs are quoted too, so that a reader who looks for tab-separated text is not misled; so is a lone empty cell,
        // which would otherwise be a blank line.
        if text.contains(['"', ',', '\r', '\n', '\t']) || text.is_empty() && cells.len() == 1 {
            // Writing to a String cannot fail.
            let _ = write!(out, "\"{}\"", text.replace('"', "\"\""));
        } else {
            out.push_str(text);
        }
    }
    out.push_str("\r\n");
}
