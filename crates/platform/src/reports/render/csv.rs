//! A report as rows: one number or word a row, so that any program can filter and add.

use engine::numbers::definition;

use crate::base::error::Result;
use crate::base::lang::Lang;
use crate::base::view::respond;
use crate::reports::paper;
use crate::reports::policy::Seen;
use crate::reports::tree::{Body, Cell, Table};

const HEAD: [&str; 18] = [
    "cycle",
    "fiscal_year",
    "organisation",
    "report",
    "version",
    "section",
    "field",
    "row",
    "item",
    "column",
    "shown",
    "value",
    "numerator",
    "denominator",
    "known",
    "all",
    "definition",
    "licence",
];

/// The rows. Keys are the same in both languages; `item` and `shown` are in `lang`.
pub fn rows(seen: &Seen, lang: Lang) -> Result<Vec<u8>> {
    let tree = seen.tree();
    let lead = [
        tree.cycle.code.clone(),
        tree.cycle.fiscal_year.to_string(),
        tree.organisation.code.clone(),
        tree.kind.as_str().to_owned(),
        tree.version.to_string(),
    ];
    let mut out = vec![HEAD.map(str::to_owned).to_vec()];
    for section in &tree.sections {
        for block in &section.blocks {
            let mut put = |row: usize, item: String, column: &str, cell: &Cell| {
                let mut line = lead.to_vec();
                line.extend([section.key.clone(), block.field.clone(), row.to_string(), item, column.to_owned(), paper::cell(cell, lang)]);
                line.extend(numbers(cell));
                line.push(seen.licence().to_owned());
                out.push(line);
            };
            match &block.body {
                Body::Table(Table { columns, rows, .. }) => {
                    for (at, row) in rows.iter().enumerate() {
                        let item = row.first().map(|first| paper::cell(first, lang)).unwrap_or_default();
                        for (column, cell) in columns.iter().zip(row).skip(1) {
                            put(at + 1, item.clone(), column, cell);
                        }
                    }
                }
                Body::Text { words } => put(1, String::new(), "text", &Cell::Words(words.clone())),
                Body::Items { items } => {
                    for (at, item) in items.iter().enumerate() {
                        put(at + 1, String::new(), "text", &Cell::Words(item.clone()));
                    }
                }
                Body::Evidence { .. } | Body::Actions { .. } => {}
            }
        }
    }
    Ok(respond::csv(out.into_iter()))
}

/// Value, numerator, denominator, known, all, definition with its version.
fn numbers(cell: &Cell) -> [String; 6] {
    let none = || [const { String::new() }; 6];
    let versioned = |id: &str| definition(id).map_or_else(|| id.to_owned(), |one| format!("{} v{}", one.id, one.version));
    match cell {
        Cell::Figure(figure) => [
            figure.value.map(|value| value.to_string()).unwrap_or_default(),
            figure.numerator.to_string(),
            figure.denominator.to_string(),
            figure.coverage.known.to_string(),
            figure.coverage.all.to_string(),
            format!("{} v{}", figure.definition, figure.version),
        ],
        Cell::Value(id, value) | Cell::Change(id, value) => {
            let mut row = none();
            row[0] = value.to_string();
            row[5] = versioned(id);
            row
        }
        Cell::Count(count) => {
            let mut row = none();
            row[0] = count.to_string();
            row
        }
        Cell::Of(part, whole) => {
            let mut row = none();
            row[1] = part.to_string();
            row[2] = whole.to_string();
            row
        }
        _ => none(),
    }
}
