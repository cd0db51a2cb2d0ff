//! Units of the priority inspection as a spreadsheet.

use engine::facts::AppliesTo;
use formats::lang::Lang;
use formats::problem::{Problem, ProblemKind};
use formats::sheets::{Column, OutCell, OutColumn, OutSheet, tidy, write_xlsx};

use super::{Read, open, rows};
use crate::base::lang::texts;
use crate::inspections::priority::CLASSES;

/// The columns.
pub const COLUMNS: [Column; 7] = [
    Column::required("organisation", "組織コード", "Organisation code"),
    Column::required("requirement", "項目番号", "Item"),
    Column::optional("title", "項目名", "Title"),
    Column::required("class", "機器の種類", "Class"),
    Column::required("held", "保有台数", "Units held"),
    Column::required("done", "実施済み台数", "Units done"),
    Column::optional("note", "補足", "Note"),
];

/// One row. Codes are as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The organisation's code.
    pub organisation: String,
    /// The item's code.
    pub requirement: String,
    /// The item's title, for people.
    pub title: String,
    /// The class.
    pub class: AppliesTo,
    /// Units held and done; `None` while nothing is entered.
    pub units: Option<(u64, u64)>,
    /// A remark.
    pub note: String,
}

fn word(class: AppliesTo, lang: Lang) -> String {
    texts().get(lang, &format!("inspections-applies-{}", class.as_str()))
}

/// Reads units, XLSX or CSV; rows without any count are left aside.
pub fn read(bytes: &[u8], name: &str) -> Read<Line> {
    let sheets = match open(bytes, name) {
        Ok(sheets) => sheets,
        Err(problem) => return Read { rows: Vec::new(), at: Vec::new(), problems: vec![problem] },
    };
    rows(&sheets, &COLUMNS, |row| {
        if row.text("held").is_empty() && row.text("done").is_empty() {
            return Ok(None);
        }
        let mut problems = Vec::new();
        let mut keep = |result: Result<Option<u64>, Problem>, id: &str| match result {
            Ok(Some(count)) => count,
            Ok(None) => {
                problems.extend(row.required(id).err());
                0
            }
            Err(problem) => {
                problems.push(problem);
                0
            }
        };
        let units = (keep(row.count("held"), "held"), keep(row.count("done"), "done"));
        let mut need = |id: &str| {
            row.required(id).map(tidy).unwrap_or_else(|problem| {
                problems.push(problem);
                String::new()
            })
        };
        let (organisation, requirement) = (need("organisation"), need("requirement"));
        let written = formats::sheets::key(row.raw("class"));
        let class = CLASSES.into_iter().find(|class| {
            formats::sheets::key(class.as_str()) == written || Lang::ALL.into_iter().any(|lang| formats::sheets::key(&word(*class, lang)) == written)
        });
        match (class, problems.is_empty()) {
            (Some(class), true) => {
                Ok(Some(Line { organisation, requirement, title: String::new(), class, units: Some(units), note: row.text("note").to_owned() }))
            }
            (None, _) => {
                let choices = CLASSES.into_iter().map(|class| word(class, Lang::Ja)).collect();
                problems.push(Problem::new(row.place("class"), ProblemKind::NotAChoice { text: row.text("class").to_owned(), choices }));
                Err(problems)
            }
            _ => Err(problems),
        }
    })
}

/// Writes units so that they read back unchanged; rows without counts are to be filled in.
pub fn write(lines: &[Line], lang: Lang) -> Result<Vec<u8>, Problem> {
    let count = |value: Option<u64>| value.map_or(OutCell::Empty, |value| OutCell::Integer(i64::try_from(value).unwrap_or(i64::MAX)));
    let sheet = OutSheet {
        name: texts().get(lang, "inspections-priority"),
        lead: vec![texts().get(lang, "inspections-priority-sheet-lead")],
        columns: COLUMNS
            .iter()
            .map(|column| {
                let out = OutColumn::of(column, lang);
                if column.id == "class" { out.choices(CLASSES.into_iter().map(|class| word(class, lang))) } else { out }
            })
            .collect(),
        rows: lines
            .iter()
            .map(|one| {
                vec![
                    OutCell::Text(one.organisation.clone()),
                    OutCell::Text(one.requirement.clone()),
                    OutCell::Text(one.title.clone()),
                    OutCell::Text(word(one.class, lang)),
                    count(one.units.map(|units| units.0)),
                    count(one.units.map(|units| units.1)),
                    if one.note.is_empty() { OutCell::Empty } else { OutCell::Text(one.note.clone()) },
                ]
            })
            .collect(),
    };
    write_xlsx(&[sheet], &[], lang)
}
