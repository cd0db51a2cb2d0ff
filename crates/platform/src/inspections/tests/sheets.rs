//! Spreadsheets: out, filled, in again; twice without doubling; refused with place and remedy.

use engine::facts::Role;
use formats::lang::Lang;
use formats::problem::Problem;
use formats::sheets::{Limits, OutCell, OutColumn, OutSheet, hidden_values, read_table, write_xlsx};

use super::Fixture;
use crate::base::actor::OrganisationId;
use crate::base::error::Result;
use crate::inspections::actions;
use crate::inspections::answer::Taken;
use crate::inspections::sheets::{Import, answers};
use crate::inspections::store;

/// The sheet of an organisation as it is exported, with every open answer set by `fill`.
async fn filled(fixture: &Fixture, organisation: &OrganisationId, fill: impl Fn(usize) -> &'static str) -> Vec<u8> {
    let mut work = fixture.bench.work().await;
    let bytes = actions::export_answers(&mut work, &fixture.cycle, organisation, Lang::Ja).await.unwrap();
    let sheets = read_table(&bytes, "sheet.xlsx", &Limits::default()).unwrap();
    let values = hidden_values(&sheets);
    let sheet = sheets.iter().find(|sheet| !sheet.is_hidden()).unwrap();
    let header = sheet.rows.iter().position(|row| row.first().is_some_and(|cell| cell.text == "職員コード")).unwrap();
    let rows = sheet.rows[header + 1..].iter().enumerate().map(|(index, row)| {
        let mut cells: Vec<OutCell> = (0..10).map(|at| OutCell::Text(row.get(at).map(|cell| cell.text.clone()).unwrap_or_default())).collect();
        cells[7] = OutCell::Text(fill(index).to_owned());
        cells
    });
    let out = OutSheet {
        name: sheet.name.clone(),
        lead: Vec::new(),
        columns: sheet.rows[header].iter().map(|cell| OutColumn::new(cell.text.clone())).collect(),
        rows: rows.collect(),
    };
    let values: Vec<(&str, &str)> = values.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    write_xlsx(&[out], &values, Lang::Ja).unwrap()
}

async fn import(fixture: &Fixture, organisation: Option<&OrganisationId>, bytes: &[u8], name: &str) -> Result<Import<Taken>> {
    let mut work = fixture.bench.work().await;
    let import = actions::import_answers(&mut work, &fixture.cycle, organisation, bytes, name).await?;
    if import.taken.is_some() {
        work.commit().await?;
    }
    Ok(import)
}

fn messages(problems: &[Problem]) -> Vec<String> {
    problems.iter().filter(|one| one.is_error()).map(|one| format!("{} {}", one.code, one.message(Lang::Ja))).collect()
}

#[tokio::test]
async fn a_filled_sheet_comes_in_once_however_often_it_is_sent() {
    let fixture = Fixture::open().await;
    let moa = fixture.bench.organisation("moa").await;
    let bytes = filled(&fixture, &moa.id, |index| if index % 5 == 0 { "一部実施している" } else { "Implemented" }).await;
    let first = import(&fixture, None, &bytes, "甲省.xlsx").await.unwrap();
    assert!(first.problems.is_empty(), "{:?}", messages(&first.problems));
    let added = first.taken.unwrap().added;
    assert!(added > 40, "{added}");
    let again = import(&fixture, Some(&moa.id), &bytes, "甲省.xlsx").await.unwrap().taken.unwrap();
    assert_eq!(again, Taken { added: 0, changed: 0, same: added });
    // What is exported now reads back unchanged.
    let mut work = fixture.bench.work().await;
    let exported = actions::export_answers(&mut work, &fixture.cycle, &moa.id, Lang::En).await.unwrap();
    drop(work);
    let back = import(&fixture, None, &exported, "x.xlsx").await.unwrap();
    assert_eq!(back.taken, Some(again), "{:?}", messages(&back.problems));
}

#[tokio::test]
async fn every_wrong_cell_is_named_and_nothing_changes() {
    let fixture = Fixture::open().await;
    let moa = fixture.bench.organisation("moa").await;
    let staff = fixture.items(Role::Staff).await;
    let text = format!(
        "職員コード,項目番号,回答,該当なしの理由\r\na1,{0},実施している,\r\na1,{1},たぶん,\r\nzz,{0},実施している,\r\na1,xx-99,実施している,\r\na1,{2},該当なし,\r\n",
        staff[0].code, staff[1].code, staff[2].code
    );
    let done = import(&fixture, Some(&moa.id), text.as_bytes(), "回答.csv").await.unwrap();
    assert!(done.taken.is_none());
    let found = messages(&done.problems);
    assert!(found.len() == 1 && found[0].contains("3行目") && found[0].contains("たぶん"), "{found:?}");
    let done = import(&fixture, Some(&moa.id), text.replace("たぶん", "実施している").as_bytes(), "回答.csv").await.unwrap();
    let found = messages(&done.problems);
    assert!(
        found.len() == 2 && found[0].contains("4行目") && found[0].contains("zz") && found[1].contains("5行目") && found[1].contains("xx-99"),
        "{found:?}"
    );
    let done = import(
        &fixture,
        Some(&moa.id),
        text.replace("たぶん", "実施している").replace("zz", "a2").replace("xx-99", &staff[3].code).as_bytes(),
        "回答.csv",
    )
    .await
    .unwrap();
    let found = messages(&done.problems);
    assert!(found.len() == 1 && found[0].contains("6行目") && found[0].contains("理由"), "{found:?}");
    let mut tx = fixture.bench.app.db.read().await.unwrap();
    assert_eq!(store::answer_counts(&mut tx, &fixture.cycle).await.unwrap(), []);
}

#[tokio::test]
async fn a_sheet_of_elsewhere_or_after_closing_is_refused() {
    let fixture = Fixture::open().await;
    let (moa, mob) = (fixture.bench.organisation("moa").await, fixture.bench.organisation("mob").await);
    let bytes = filled(&fixture, &moa.id, |_| "実施している").await;
    let other = import(&fixture, Some(&mob.id), &bytes, "x.xlsx").await.unwrap();
    assert!(other.taken.is_none() && messages(&other.problems)[0].contains("別の組織"));
    let forged = answers::write(&[], Vec::new(), "x", &[("cycle".into(), "nonsense".into())], Lang::Ja).unwrap();
    assert!(messages(&import(&fixture, Some(&moa.id), &forged, "x.xlsx").await.unwrap().problems)[0].contains("別の周期"));
    let unknown =
        answers::write(&[], Vec::new(), "x", &[("cycle".into(), fixture.cycle.to_string()), ("organisation".into(), "nobody".into())], Lang::Ja)
            .unwrap();
    assert!(messages(&import(&fixture, None, &unknown, "x.xlsx").await.unwrap().problems)[0].contains("見つかりません"));
    let broken = import(&fixture, Some(&moa.id), b"PK\x03\x04 nonsense", "x.xlsx").await.unwrap();
    assert!(broken.taken.is_none() && !broken.problems.is_empty());
    fixture.close().await;
    assert_eq!(super::conflict(import(&fixture, Some(&moa.id), &bytes, "x.xlsx").await), "inspections-error-closed");
}

#[tokio::test]
async fn the_sheet_goes_through_the_browser_too() {
    let fixture = Fixture::open().await;
    let (moa, mob) = (fixture.bench.organisation("moa").await, fixture.bench.organisation("mob").await);
    let bytes = filled(&fixture, &moa.id, |_| "実施している").await;
    let path = |id| format!("/inspections/cycles/{}/organisations/{id}/sheet", fixture.cycle);
    let examined =
        fixture.bench.upload_as("ciso-a@example.test", &format!("{}?lang=ja", path(moa.id.clone())), "x.xlsx", &bytes, &[("mode", "examine")]).await;
    assert!(examined.status == 200 && examined.body.contains("問題ありません"), "{}", examined.body);
    let done = fixture.bench.upload_as("ciso-a@example.test", &path(moa.id.clone()), "x.xlsx", &bytes, &[("mode", "import")]).await;
    assert_eq!(done.status, 303, "{}", done.body);
    // Whoever may not see an organisation learns nothing of it.
    let foreign = fixture.bench.upload_as("ciso-b@example.test", &path(moa.id.clone()), "x.xlsx", &bytes, &[("mode", "import")]).await;
    assert_eq!(foreign.status, 404);
    let wrong = fixture.bench.upload_as("ciso-b@example.test", &format!("{}?lang=en", path(mob.id)), "x.xlsx", &bytes, &[("mode", "import")]).await;
    assert!(wrong.status == 422 && wrong.body.contains("another organisation"), "{}", wrong.body);
}

#[tokio::test]
async fn lists_of_people_and_units_come_back_unchanged() {
    let fixture = Fixture::open().await;
    let mut work = fixture.bench.work().await;
    let people = actions::export_respondents(&mut work, Lang::Ja).await.unwrap();
    let taken = actions::import_respondents(&mut work, &people, "people.xlsx").await.unwrap();
    assert!(taken.problems.is_empty(), "{:?}", messages(&taken.problems));
    assert_eq!(taken.taken.unwrap().same, 5);
    let empty = actions::export_units(&mut work, &fixture.cycle, Lang::Ja).await.unwrap();
    let none = actions::import_units(&mut work, &fixture.cycle, &empty, "units.xlsx").await.unwrap();
    assert_eq!(none.taken.unwrap().added, 0);
    let item = store::items(&mut work.tx, &fixture.cycle).await.unwrap().into_iter().find(|item| item.priority_inspected).unwrap();
    let class = crate::base::lang::texts().get(Lang::En, &format!("inspections-applies-{}", item.applies_to.as_str()));
    let csv = format!("Organisation code,Item,Class,Units held,Units done\r\nmoa,{0},{class},\"1,000\",999\r\nmob,{0},{class},0,0\r\n", item.code);
    let taken = actions::import_units(&mut work, &fixture.cycle, csv.as_bytes(), "units.csv").await.unwrap();
    assert!(taken.taken.is_some(), "{:?}", messages(&taken.problems));
    let units = store::priority_units(&mut work.tx, &fixture.cycle).await.unwrap();
    let rule = store::cycle(&mut work.tx, &fixture.cycle).await.unwrap().grade_rule;
    let grades: Vec<_> = units.iter().map(|unit| unit.grade(&rule).unwrap()).collect();
    assert_eq!(grades, [engine::grade::Grade::Letter("B".into()), engine::grade::Grade::NotApplicable]);
    let out = actions::export_units(&mut work, &fixture.cycle, Lang::En).await.unwrap();
    assert_eq!(actions::import_units(&mut work, &fixture.cycle, &out, "u.xlsx").await.unwrap().taken.unwrap().same, 2);
    let more = csv.replace("999", "1001");
    let refused = actions::import_units(&mut work, &fixture.cycle, more.as_bytes(), "units.csv").await.unwrap();
    assert!(refused.taken.is_none() && messages(&refused.problems)[0].contains("2行目"), "{:?}", messages(&refused.problems));
    work.commit().await.unwrap();
    assert_eq!(fixture.bench.get_as("centre@example.test", &format!("/inspections/cycles/{}/priority?lang=ja", fixture.cycle)).await.status, 200);
}
