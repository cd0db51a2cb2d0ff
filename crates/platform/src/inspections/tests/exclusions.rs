//! Comply or explain: what a derived standard leaves out when the cycle opens is not asked, is shown with its reason, and stays so.

use engine::facts::{Claim, Role};
use formats::lang::Lang;
use formats::sheets::{Limits, read_table};

use super::Fixture;
use crate::base::actor::Scope;
use crate::base::error::Error;
use crate::inspections::priority::NewUnit;
use crate::inspections::{actions, store};
use crate::standards;
use crate::standards::requirement::RequirementId;

const REASON: &str = "私物の端末の業務利用を禁じているため";

/// An open cycle in which the ministry `moa` left `hw-07` out of its derived standard, and `hw-02`, which is counted in units.
async fn open() -> Fixture {
    let fixture = Fixture::draft().await;
    let mut work = fixture.bench.work().await;
    standards::actions::adopt_all(&mut work, &fixture.edition).await.unwrap();
    let moa = fixture.bench.organisation("moa").await.id;
    for code in ["hw-07", "hw-02"] {
        standards::actions::exclude(&mut work, &moa, code, REASON).await.unwrap();
    }
    actions::announce(&mut work, &fixture.cycle).await.unwrap();
    actions::open(&mut work, &fixture.cycle).await.unwrap();
    work.commit().await.unwrap();
    fixture
}

async fn requirement(fixture: &Fixture, code: &str) -> RequirementId {
    let mut tx = fixture.bench.app.db.read().await.unwrap();
    let items = store::items(&mut tx, &fixture.cycle).await.unwrap();
    items.into_iter().find(|item| item.code == code).unwrap().requirement_id
}

#[tokio::test]
async fn what_is_left_out_is_in_no_denominator_and_takes_no_answer() {
    let fixture = open().await;
    let (moa, mob) = (fixture.bench.organisation("moa").await, fixture.bench.organisation("mob").await);
    let out = requirement(&fixture, "hw-07").await;
    let mut tx = fixture.bench.app.db.read().await.unwrap();
    let frozen = store::denominators(&mut tx, &Scope::Everything, &fixture.cycle).await.unwrap();
    let asked = |organisation: &crate::base::actor::OrganisationId| {
        frozen.iter().filter(|one| one.organisation_id == *organisation && one.requirement_id == out).map(|one| one.asked).sum::<u64>()
    };
    assert_eq!((asked(&moa.id), asked(&mob.id)), (0, 1));
    let staff = fixture.items(Role::Staff).await.len() as i64;
    let people = store::asked_people(&mut tx, &fixture.cycle, &moa.id).await.unwrap();
    assert_eq!(people.iter().find(|(person, _)| person.code == "a1").unwrap().1.asked, staff - 1);
    drop(tx);
    // Whoever sends an answer all the same is told why it is not wanted; nothing of the bulk is stored.
    let given = fixture.give("a1", Role::Staff, Claim::Implemented).await;
    match fixture.store(given.clone()).await {
        Err(Error::Invalid(wrong)) => assert_eq!(wrong.iter().map(|one| one.text).collect::<Vec<_>>(), ["inspections-error-left-out"]),
        other => panic!("{other:?}"),
    }
    let rest = given.into_iter().filter(|one| one.requirement_id != out).collect();
    assert_eq!(fixture.store(rest).await.unwrap().added as i64, staff - 1);
    fixture.store(fixture.give("b1", Role::Staff, Claim::Implemented).await).await.unwrap();
    let mut tx = fixture.bench.app.db.read().await.unwrap();
    let rates = crate::inspections::pages::cycle::count(&mut tx, &Scope::Everything, &fixture.cycle).await.unwrap();
    assert_eq!(rates.items[&out].implementation().denominator, 1, "only the other ministry counts");
    assert_eq!(rates.organisations[&mob.id].people.complete, 1);
}

#[tokio::test]
async fn the_standard_changed_after_opening_changes_nothing_here() {
    let fixture = open().await;
    let moa = fixture.bench.organisation("moa").await.id;
    let mut work = fixture.bench.work().await;
    let before = store::exclusions(&mut work.tx, &Scope::Everything, &fixture.cycle).await.unwrap();
    standards::actions::include(&mut work, &moa, "hw-07").await.unwrap();
    standards::actions::exclude(&mut work, &moa, "hw-06", "別の理由").await.unwrap();
    work.commit().await.unwrap();
    let mut tx = fixture.bench.app.db.read().await.unwrap();
    assert_eq!(store::exclusions(&mut tx, &Scope::Everything, &fixture.cycle).await.unwrap(), before);
    assert_eq!(before.iter().map(|one| one.reason.as_str()).collect::<Vec<_>>(), [REASON, REASON]);
}

#[tokio::test]
async fn an_exclusion_from_another_standard_says_nothing_about_this_one() {
    let fixture = Fixture::draft().await;
    let mut work = fixture.bench.work().await;
    standards::actions::adopt_all(&mut work, &fixture.edition).await.unwrap();
    let moa = fixture.bench.organisation("moa").await.id;
    standards::actions::exclude(&mut work, &moa, "hw-07", REASON).await.unwrap();
    // Codes are only unique within a series of editions.
    let sql = "INSERT INTO standard (id, code, name_ja, name_en) VALUES ('other', 'other', 'x', 'x')";
    work.tx.run(sql, &[]).await.unwrap();
    let sql = "INSERT INTO edition (id, standard_id, position, version, title_ja, title_en, published_on, catalog_hash, catalog_uuid,
        oscal_version, source_name, source_hash, imported_at, requirements)
        SELECT 'other-1', 'other', 1, version, title_ja, title_en, published_on, catalog_hash, 'u', oscal_version, source_name,
        source_hash, imported_at, requirements FROM edition";
    work.tx.run(sql, &[]).await.unwrap();
    work.tx.run("UPDATE adoption SET edition_id = 'other-1'", &[]).await.unwrap();
    actions::announce(&mut work, &fixture.cycle).await.unwrap();
    actions::open(&mut work, &fixture.cycle).await.unwrap();
    assert!(store::exclusions(&mut work.tx, &Scope::Everything, &fixture.cycle).await.unwrap().is_empty());
}

#[tokio::test]
async fn sheets_do_not_offer_it_and_refuse_it_at_its_cell() {
    let fixture = open().await;
    let (moa, mob) = (fixture.bench.organisation("moa").await, fixture.bench.organisation("mob").await);
    let mut work = fixture.bench.work().await;
    for (organisation, there) in [(&moa, false), (&mob, true)] {
        let bytes = actions::export_answers(&mut work, &fixture.cycle, &organisation.id, Lang::Ja).await.unwrap();
        let sheets = read_table(&bytes, "sheet.xlsx", &Limits::default()).unwrap();
        assert_eq!(sheets.iter().flat_map(|sheet| &sheet.rows).flatten().any(|cell| cell.text == "hw-07"), there, "{}", organisation.code);
    }
    let text = "職員コード,項目番号,回答\r\na1,hw-06,実施している\r\na1,hw-07,実施している\r\n";
    let import = actions::import_answers(&mut work, &fixture.cycle, Some(&moa.id), text.as_bytes(), "回答.csv").await.unwrap();
    let said: Vec<String> = import.problems.iter().map(|one| one.message(Lang::Ja)).collect();
    assert!(import.taken.is_none() && said.len() == 1 && said[0].contains("3行目") && said[0].contains("対策基準から外した"), "{said:?}");
    // The priority inspection neither lists nor takes it.
    let bytes = actions::export_units(&mut work, &fixture.cycle, Lang::Ja).await.unwrap();
    let sheets = read_table(&bytes, "units.xlsx", &Limits::default()).unwrap();
    let of = |code: &str| sheets.iter().flat_map(|sheet| &sheet.rows).filter(|row| row.iter().any(|cell| cell.text == code)).count();
    assert_eq!((of("hw-01"), of("hw-02")), (2, 1));
    drop(work);
    let (counted, class) = (requirement(&fixture, "hw-02").await, engine::facts::AppliesTo::Terminal);
    let mut work = fixture.bench.work().await;
    let unit = |organisation_id| NewUnit { organisation_id, requirement_id: counted.clone(), class, held: 9, done: 9, note: String::new() };
    assert_eq!(actions::record_units(&mut work, &fixture.cycle, &[unit(moa.id)]).await.unwrap_err().status(), 422);
    assert_eq!(actions::record_units(&mut work, &fixture.cycle, &[unit(mob.id)]).await.unwrap().added, 1);
}

#[tokio::test]
async fn the_reason_is_shown_to_whoever_may_see_the_organisation() {
    let fixture = open().await;
    let moa = fixture.bench.organisation("moa").await;
    let out = requirement(&fixture, "hw-07").await;
    let cycle = format!("/inspections/cycles/{}", fixture.cycle);
    let own = format!("{cycle}/organisations/{}", moa.id);
    let item = format!("{own}/items/{out}");
    let api = format!("/api/v1/inspections/cycles/{}/exclusions", fixture.cycle);
    for (email, path) in [
        ("centre@example.test", &cycle),
        ("centre@example.test", &format!("{cycle}/items/{out}")),
        ("ciso-a@example.test", &cycle),
        ("ciso-a@example.test", &own),
        ("ciso-a@example.test", &item),
        ("auditor-a@example.test", &item),
        ("ciso-a@example.test", &api),
    ] {
        let answer = fixture.bench.get_as(email, path).await;
        assert!(answer.status == 200 && answer.body.contains(REASON), "{email} {path}: {}", answer.body);
    }
    let page = fixture.bench.get_as("ciso-a@example.test", &format!("{own}?lang=en")).await.body;
    assert!(page.contains("Left out of the derived standard"), "{page}");
    // Another ministry learns nothing of it.
    for path in [&cycle, &format!("{cycle}/items/{out}"), &api] {
        assert!(!fixture.bench.get_as("ciso-b@example.test", path).await.body.contains(REASON), "{path}");
    }
    assert_eq!(fixture.bench.get_as("ciso-b@example.test", &item).await.status, 404);
}
