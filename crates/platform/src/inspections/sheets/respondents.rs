//! The list of respondents as a spreadsheet.

use engine::facts::Role;
use formats::lang::Lang;
use formats::problem::{Named, Problem, ProblemKind};
use formats::sheets::{Column, OutCell, OutColumn, OutSheet, tidy, write_xlsx};

use super::{Read, open, rows};
use crate::base::lang::texts;
use crate::inspections::respondent::NewRespondent;

/// The columns.
pub const COLUMNS: [Column; 7] = [
    Column::required("organisation", "組織コード", "Organisation code"),
    Column::required("code", "職員コード", "Person code"),
    Column::required("name", "氏名", "Name"),
    Column::optional("email", "メールアドレス", "E-mail"),
    Column::optional("section", "所属", "Section"),
    Column::required("roles", "役割", "Roles"),
    Column::optional("systems", "担当システムコード", "System codes"),
];

/// The role that `word` means: its spelling, or its name in either language.
pub fn role(word: &str) -> Option<Role> {
    let key = formats::sheets::key(word);
    Role::ALL.iter().copied().find(|role| {
        formats::sheets::key(role.as_str()) == key
            || Lang::ALL.into_iter().any(|lang| formats::sheets::key(&texts().get(lang, &format!("inspections-role-{}", role.as_str()))) == key)
    })
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', '、', ';', '\n', '/', '・']).map(str::trim).filter(|part| !part.is_empty())
}

/// Reads a list of respondents, XLSX or CSV.
pub fn read(bytes: &[u8], name: &str) -> Read<NewRespondent> {
    let sheets = match open(bytes, name) {
        Ok(sheets) => sheets,
        Err(problem) => return Read { rows: Vec::new(), at: Vec::new(), problems: vec![problem] },
    };
    rows(&sheets, &COLUMNS, |row| {
        let mut problems = Vec::new();
        let mut need = |id: &str| match row.required(id) {
            Ok(text) => text.to_owned(),
            Err(problem) => {
                problems.push(problem);
                String::new()
            }
        };
        let (organisation, code, person, written) = (tidy(&need("organisation")), tidy(&need("code")), need("name"), need("roles"));
        let mut roles = Vec::new();
        for word in parts(&written) {
            match role(word) {
                Some(role) => roles.push(role),
                None => problems.push(Problem::new(
                    row.place("roles"),
                    ProblemKind::NotReadable {
                        text: word.to_owned(),
                        wanted: Named::new(
                            "役割（例 職員、課室の責任者、情報システムの管理者）",
                            "a role (for example staff, section head, system manager)",
                        ),
                    },
                )),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Some(NewRespondent {
            organisation,
            code,
            name: person,
            email: row.tidy("email"),
            section: row.text("section").to_owned(),
            roles,
            systems: parts(&row.tidy("systems")).map(str::to_owned).collect(),
        }))
    })
}

/// Writes a list of respondents that reads back unchanged; an empty one is the form to fill in.
pub fn write(people: &[NewRespondent], lang: Lang) -> Result<Vec<u8>, Problem> {
    let word = |role: &Role| texts().get(lang, &format!("inspections-role-{}", role.as_str()));
    let sheet = OutSheet {
        name: texts().get(lang, "inspections-respondents"),
        lead: vec![texts().get(lang, "inspections-respondents-sheet-lead")],
        columns: COLUMNS
            .iter()
            .map(|column| {
                let out = OutColumn::of(column, lang);
                if column.id == "roles" { out.choices(Role::ALL.iter().map(word)) } else { out }
            })
            .collect(),
        rows: people
            .iter()
            .map(|one| {
                let roles = one.roles.iter().map(word).collect::<Vec<_>>().join(",");
                [&one.organisation, &one.code, &one.name, &one.email, &one.section, &roles, &one.systems.join(",")]
                    .into_iter()
                    .map(|text| OutCell::Text(text.clone()))
                    .collect()
            })
            .collect(),
    };
    write_xlsx(&[sheet], &[], lang)
}
