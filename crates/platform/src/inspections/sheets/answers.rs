//! The answers of one organisation as a spreadsheet: one row per person and question, with drop-downs.

use engine::facts::Claim;
use formats::lang::Lang;
use formats::problem::Problem;
use formats::sheets::{Column, OutCell, OutColumn, OutSheet, hidden_values, tidy, write_xlsx};

use super::{Read, open, rows};
use crate::base::lang::texts;

/// The columns.
pub const COLUMNS: [Column; 10] = [
    Column::required("respondent", "職員コード", "Person code"),
    Column::optional("name", "氏名", "Name"),
    Column::optional("section", "所属", "Section"),
    Column::required("requirement", "項目番号", "Item"),
    Column::optional("question", "質問", "Question"),
    Column::optional("system", "システムコード", "System code"),
    Column::optional("system_name", "システム名", "System name"),
    Column::required("claim", "回答", "Answer"),
    Column::optional("reason", "該当なしの理由", "Why it does not apply"),
    Column::optional("note", "補足", "Note"),
];

/// One row: a person's answer to a question. Codes are as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The person's code.
    pub respondent: String,
    /// The name, for people.
    pub name: String,
    /// The section, for people.
    pub section: String,
    /// The item's code.
    pub requirement: String,
    /// The question, for people.
    pub question: String,
    /// The system's code, or empty.
    pub system: String,
    /// The system's name, for people.
    pub system_name: String,
    /// The answer; `None` while there is none.
    pub claim: Option<Claim>,
    /// Why it does not apply.
    pub reason: String,
    /// A remark.
    pub note: String,
}

/// The words of a claim in one language.
pub fn words(claim: Claim, lang: Lang) -> String {
    texts().get(lang, &format!("inspections-claim-{}", claim.as_str()))
}

/// Reads answers, XLSX or CSV: the values of the hidden sheet (empty for CSV), and the rows that are answered.
pub fn read(bytes: &[u8], name: &str) -> (std::collections::BTreeMap<String, String>, Read<Line>) {
    let sheets = match open(bytes, name) {
        Ok(sheets) => sheets,
        Err(problem) => return (Default::default(), Read { rows: Vec::new(), at: Vec::new(), problems: vec![problem] }),
    };
    let spelled: Vec<(Claim, [String; 3])> =
        Claim::ALL.iter().map(|claim| (*claim, [words(*claim, Lang::Ja), words(*claim, Lang::En), claim.as_str().to_owned()])).collect();
    let lent: Vec<(Claim, [&str; 3])> =
        spelled.iter().map(|(claim, words)| (*claim, [words[0].as_str(), words[1].as_str(), words[2].as_str()])).collect();
    let choices: Vec<(Claim, &[&str])> = lent.iter().map(|(claim, words)| (*claim, words.as_slice())).collect();
    let read = rows(&sheets, &COLUMNS, |row| {
        // A row that nobody answered yet says nothing.
        let Some(claim) = row.choice("claim", &choices, Lang::Ja).map_err(|problem| vec![problem])? else { return Ok(None) };
        let mut problems = Vec::new();
        let mut need = |id: &str| match row.required(id) {
            Ok(text) => tidy(text),
            Err(problem) => {
                problems.push(problem);
                String::new()
            }
        };
        let (respondent, requirement) = (need("respondent"), need("requirement"));
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Some(Line {
            respondent,
            requirement,
            system: row.tidy("system"),
            claim: Some(claim),
            reason: row.text("reason").to_owned(),
            note: row.text("note").to_owned(),
            ..Line::default()
        }))
    });
    (hidden_values(&sheets), read)
}

/// Writes the sheet of one organisation. `values` go into the hidden sheet: cycle, organisation and their codes.
pub fn write(lines: &[Line], lead: Vec<String>, title: &str, values: &[(String, String)], lang: Lang) -> Result<Vec<u8>, Problem> {
    let sheet = OutSheet {
        name: title.to_owned(),
        lead,
        columns: COLUMNS
            .iter()
            .map(|column| {
                let out = OutColumn::of(column, lang);
                match column.id {
                    "claim" => out.choices(Claim::ALL.iter().map(|claim| words(*claim, lang))),
                    "question" => out.width(60.0),
                    "note" | "reason" => out.width(30.0),
                    _ => out,
                }
            })
            .collect(),
        rows: lines
            .iter()
            .map(|one| {
                let claim = one.claim.map(|claim| words(claim, lang)).unwrap_or_default();
                [
                    &one.respondent,
                    &one.name,
                    &one.section,
                    &one.requirement,
                    &one.question,
                    &one.system,
                    &one.system_name,
                    &claim,
                    &one.reason,
                    &one.note,
                ]
                .into_iter()
                .map(|text| if text.is_empty() { OutCell::Empty } else { OutCell::Text(text.clone()) })
                .collect()
            })
            .collect(),
    };
    let values: Vec<(&str, &str)> = values.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    write_xlsx(&[sheet], &values, lang)
}
