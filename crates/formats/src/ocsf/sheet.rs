//! Observations made elsewhere as a sheet: one row each.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{OutsideObservation, known_word, time};
use crate::problem::{Named, Problem, ProblemKind};
use crate::sheets::{Column, Row, Sheet};

/// The columns of such a sheet.
pub const COLUMNS: &[Column] = &[
    Column::required("target", "対象", "Target"),
    Column::required("check", "検査項目", "Check"),
    Column::required("verdict", "判定", "Verdict"),
    Column::required("time", "日時", "Time"),
    Column::optional("source", "実施者", "Source"),
    Column::optional("note", "備考", "Note"),
];

/// Reads one sheet. `offset` is the zone of times written without one, such as `+09:00`.
///
/// Tolerant: a row that cannot be read is left out and becomes a problem with its cell. The verdict takes the usual words in Japanese
/// and English (適合, 不適合, 不明, 対象外; pass, fail, warning, unknown, not-applicable).
pub fn from_sheet(sheet: &Sheet, offset: &str) -> (Vec<OutsideObservation>, Vec<Problem>) {
    let table = match sheet.table(COLUMNS) {
        Ok(table) => table,
        Err(problems) => return (Vec::new(), problems),
    };
    let mut problems = table.notes.clone();
    let mut observations = Vec::new();
    for row in table.rows() {
        match observation(&row, offset) {
            Ok(one) => observations.push(one),
            Err(mut found) => problems.append(&mut found),
        }
    }
    (observations, problems)
}

fn observation(row: &Row<'_>, offset: &str) -> Result<OutsideObservation, Vec<Problem>> {
    let (target, check) = (row.required("target"), row.required("check"));
    let verdict = row.required("verdict").and_then(|word| {
        let choices = || ["適合", "不適合", "不明", "対象外", "Pass", "Fail", "Warning", "Unknown"].map(str::to_owned).to_vec();
        let wrong = || ProblemKind::NotAChoice { text: word.to_owned(), choices: choices() };
        known_word(word).ok_or_else(|| Problem::new(row.place("verdict"), wrong()))
    });
    let wanted = Named::new("日時（例 2026-04-01 09:00）", "a date and time (for example 2026-04-01 09:00)");
    let time = row.required("time").and_then(|_| row.parse("time", wanted, |text| time::rfc_3339(text, Some(offset))));
    match (target, check, verdict, time) {
        (Ok(target), Ok(check), Ok(verdict), Ok(Some(time))) => Ok(OutsideObservation {
            target: target.to_owned(),
            check: check.to_owned(),
            verdict: verdict.to_owned(),
            title: String::new(),
            time,
            product: row.text("source").to_owned(),
            note: row.text("note").to_owned(),
            raw: Arc::new(raw(row)),
            place: row.place("target"),
        }),
        (target, check, verdict, time) => Err([target.err(), check.err(), verdict.err(), time.err()].into_iter().flatten().collect()),
    }
}

fn raw(row: &Row<'_>) -> Value {
    let fields: Map<String, Value> = COLUMNS.iter().map(|column| (column.id.to_owned(), Value::String(row.raw(column.id).to_owned()))).collect();
    Value::Object(fields)
}
