//! Declarations as a sheet, in and out. Pure: what [`write`] writes, [`read`] reads back.

use std::collections::BTreeMap;

use engine::crypto::{ALGORITHMS, Purpose};
use formats::problem::{Named, Place, Problem, ProblemKind};
use formats::sheets::{Column, OutCell, OutColumn, OutSheet, Sheet, key, visible, write_csv, write_xlsx};

use super::declaration::{Declaration, NewDeclaration};
use crate::base::error::Field;
use crate::base::lang::{Lang, texts};
use crate::register::system::{System, SystemId};

const COLUMNS: &[Column] = &[
    Column::required("system", "システムコード", "System code"),
    Column::required("purpose", "用途", "Purpose"),
    Column::required("algorithm", "暗号", "Algorithm"),
    Column::optional("exchangeable", "すぐに入れ替えられる", "Exchangeable quickly"),
    Column::optional("gone_on", "使い終わる日", "Last day of use"),
    Column::optional("note", "備考", "Remark"),
];

/// A row of a file, and where it stands.
pub struct Row {
    /// What it says.
    pub new: NewDeclaration,
    places: BTreeMap<&'static str, (Place, String)>,
}

impl Row {
    /// What is wrong with one of its cells.
    pub fn problem(&self, field: &Field) -> Problem {
        let (place, text) = self.places.get(field.name.as_str()).cloned().unwrap_or_else(|| (Place::nowhere(), String::new()));
        if text.is_empty() {
            let column = COLUMNS.iter().find(|column| column.id == field.name);
            let column = column.map_or_else(|| Named::new("", ""), |column| Named::new(column.ja, column.en));
            return Problem::new(place, ProblemKind::EmptyCell { column });
        }
        let choices: Vec<String> = match field.name.as_str() {
            "purpose" => Purpose::ALL.iter().map(|one| one.as_str().to_owned()).collect(),
            "algorithm" => ALGORITHMS.iter().map(|one| one.id.to_owned()).collect(),
            "exchangeable" => vec!["yes".to_owned(), "no".to_owned()],
            name => {
                let wanted = match name {
                    "system" => Named::new("申告してよい情報システムのコード", "the code of a system you may declare for"),
                    "gone_on" => Named::new("日付（例 2027-03-31）", "a date (for example 2027-03-31)"),
                    _ => Named::new(field.message(Lang::Ja), field.message(Lang::En)),
                };
                return Problem::new(place, ProblemKind::NotReadable { text, wanted });
            }
        };
        Problem::new(place, ProblemKind::NotAChoice { text, choices })
    }
}

/// The id of a word, which is itself or its name in either language.
fn id_of(text: &str, ids: &[&str], family: &str) -> String {
    let written = key(text);
    let named = |id: &&&str| {
        let name = format!("{family}-{id}");
        key(id) == written || [Lang::Ja, Lang::En].iter().any(|lang| key(&texts().get(*lang, &name)) == written)
    };
    ids.iter().find(named).map_or_else(|| text.trim().to_owned(), |id| (*id).to_owned())
}

/// The rows of every sheet people filled in.
pub fn read(sheets: &[Sheet]) -> (Vec<Row>, Vec<Problem>) {
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    let purposes: Vec<&str> = Purpose::ALL.iter().map(|one| one.as_str()).collect();
    for sheet in visible(sheets) {
        let table = match sheet.table(COLUMNS) {
            Ok(table) => table,
            Err(errors) => {
                problems.extend(errors);
                continue;
            }
        };
        problems.extend(table.notes.iter().cloned());
        for row in table.rows() {
            let places = COLUMNS.iter().map(|column| (column.id, (row.place(column.id), row.text(column.id).to_owned()))).collect();
            let new = NewDeclaration {
                system: row.tidy("system"),
                purpose: id_of(row.text("purpose"), &purposes, "cryptography-purpose"),
                algorithm: row.text("algorithm").to_owned(),
                exchangeable: id_of(row.text("exchangeable"), &["yes", "no"], "cryptography-exchangeable"),
                gone_on: row.text("gone_on").to_owned(),
                note: row.text("note").to_owned(),
            };
            rows.push(Row { new, places });
        }
    }
    if rows.is_empty() && problems.is_empty() {
        problems.push(Problem::new(Place::nowhere(), ProblemKind::EmptyFile));
    }
    (rows, problems)
}

/// The declarations as CSV or XLSX. The same declarations give the same bytes.
///
/// # Errors
/// What a spreadsheet cannot hold.
pub fn write(uses: &[Declaration], systems: &BTreeMap<SystemId, System>, xlsx: bool, lang: Lang) -> Result<Vec<u8>, Problem> {
    let t = |key: String| texts().get(lang, &key);
    let text = |text: String| if text.is_empty() { OutCell::Empty } else { OutCell::Text(text) };
    let answer = |yes: bool| t(format!("cryptography-exchangeable-{}", if yes { "yes" } else { "no" }));
    let purpose = |one: Purpose| t(format!("cryptography-purpose-{}", one.as_str()));
    let columns = COLUMNS.iter().map(|column| {
        let out = OutColumn::of(column, lang);
        match column.id {
            "purpose" => out.choices(Purpose::ALL.iter().map(|one| purpose(*one))),
            "exchangeable" => out.choices([answer(true), answer(false)]),
            _ => out,
        }
    });
    let rows = uses.iter().map(|one| {
        vec![
            text(systems.get(&one.system_id).map_or(String::new(), |system| system.code.clone())),
            text(purpose(one.purpose)),
            text(one.algorithm.id.to_owned()),
            text(one.exchangeable.map(answer).unwrap_or_default()),
            text(one.gone_on.map(|day| day.to_string()).unwrap_or_default()),
            text(one.note.clone()),
        ]
    });
    let sheet = OutSheet { name: t("cryptography-uses".to_owned()), lead: Vec::new(), columns: columns.collect(), rows: rows.collect() };
    if xlsx { write_xlsx(&[sheet], &[("kind", "cryptography")], lang) } else { Ok(write_csv(&sheet)) }
}
