//! A cycle's states, what opening freezes, and who may do it.

use engine::facts::{Claim, Role};

use super::{Fixture, conflict, person};
use crate::base::actor::{Actor, Scope};
use crate::base::work::Work;
use crate::inspections::actions;
use crate::inspections::cycle::{Kind, NewCycle, State};
use crate::inspections::store;

#[tokio::test]
async fn a_regular_cycle_waits_for_its_announced_day_and_an_urgent_one_does_not() {
    let fixture = Fixture::draft().await;
    fixture.bench.set_time("2026-03-20T00:00:00Z");
    let mut work = fixture.bench.work().await;
    assert_eq!(conflict(actions::open(&mut work, &fixture.cycle).await), "inspections-error-not-announced");
    actions::announce(&mut work, &fixture.cycle).await.unwrap();
    assert_eq!(conflict(actions::open(&mut work, &fixture.cycle).await), "inspections-error-too-early");
    let mut urgent = NewCycle {
        code: "2026-urgent".into(),
        kind: Kind::Urgent,
        name_ja: "臨時点検".into(),
        name_en: "Urgent inspection".into(),
        fiscal_year: 2026,
        edition: fixture.edition.to_string(),
        opens_on: "2026-04-01".into(),
        closes_on: "2026-05-31".into(),
        ..NewCycle::default()
    };
    assert_eq!(actions::create_cycle(&mut work, &urgent).await.unwrap_err().status(), 422);
    urgent.urgent_reason = "同種の攻撃が続いているため".into();
    let id = actions::create_cycle(&mut work, &urgent).await.unwrap();
    actions::open(&mut work, &id).await.unwrap();
    let cycle = store::cycle(&mut work.tx, &id).await.unwrap();
    assert_eq!((cycle.state, cycle.announced_at.is_some()), (State::Open, true));
}

#[tokio::test]
async fn opening_freezes_people_and_denominators() {
    let fixture = Fixture::open().await;
    let mut work = fixture.bench.work().await;
    let before = store::denominators(&mut work.tx, &Scope::Everything, &fixture.cycle).await.unwrap();
    let staff = fixture.items(Role::Staff).await.len();
    let moa = fixture.bench.organisation("moa").await;
    let asked: Vec<u64> = before.iter().filter(|one| one.organisation_id == moa.id && one.role == Role::Staff).map(|one| one.asked).collect();
    assert_eq!(asked, vec![3; staff]);
    // Somebody new after opening is not asked, so no denominator moves under the answers.
    actions::add_respondents(&mut work, &[person("moa", "a9", &[Role::Staff])]).await.unwrap();
    work.commit().await.unwrap();
    let given = fixture.give("a9", Role::Staff, Claim::Implemented).await;
    assert_eq!(fixture.store(given).await.unwrap_err().status(), 422);
    let mut tx = fixture.bench.app.db.read().await.unwrap();
    assert_eq!(store::denominators(&mut tx, &Scope::Everything, &fixture.cycle).await.unwrap(), before);
}

#[tokio::test]
async fn steps_are_the_centres_and_leave_audit_lines_and_events() {
    let fixture = Fixture::draft().await;
    let mut work = Work::begin(&fixture.bench.app, &Actor::public()).await.unwrap();
    assert_eq!(actions::announce(&mut work, &fixture.cycle).await.unwrap_err().status(), 404);
    drop(work);
    let mut work = fixture.bench.work().await;
    actions::announce(&mut work, &fixture.cycle).await.unwrap();
    actions::open(&mut work, &fixture.cycle).await.unwrap();
    actions::close(&mut work, &fixture.cycle).await.unwrap();
    actions::mark_evaluated(&mut work, &fixture.cycle).await.unwrap();
    actions::mark_evaluated(&mut work, &fixture.cycle).await.unwrap();
    actions::publish(&mut work, &fixture.cycle).await.unwrap();
    assert_eq!(conflict(actions::publish(&mut work, &fixture.cycle).await), "inspections-error-not-evaluated");
    work.commit().await.unwrap();
    let mut tx = fixture.bench.app.db.begin().await.unwrap();
    let kinds: Vec<String> = crate::base::events::take(&mut tx, "test", 20)
        .await
        .unwrap()
        .into_iter()
        .map(|event| event.kind)
        .filter(|kind| kind.starts_with("inspections"))
        .collect();
    assert_eq!(kinds, ["announce", "open", "close", "evaluate", "evaluate", "publish"].map(|verb| format!("inspections.cycle.{verb}")));
}

#[tokio::test]
async fn importing_people_twice_doubles_nobody() {
    let fixture = Fixture::draft().await;
    let mut work = fixture.bench.work().await;
    let people = [person("moa", "a1", &[Role::Staff]), person("moa", "n1", &[Role::Staff]), person("mob", "a1", &[Role::Staff])];
    let first = actions::add_respondents(&mut work, &people).await.unwrap();
    assert_eq!((first.added, first.changed, first.same), (2, 0, 1));
    let second = actions::add_respondents(&mut work, &people).await.unwrap();
    assert_eq!((second.added, second.changed, second.same), (0, 0, 3));
}

#[tokio::test]
async fn who_runs_a_part_does_not_move_the_cycle_of_all() {
    let fixture = Fixture::open().await;
    fixture.bench.account("part@example.test", crate::base::actor::Role::Evaluator, "moa").await;
    for (path, status) in [("close", 403), ("publish", 403)] {
        let path = format!("/inspections/cycles/{}/{path}", fixture.cycle);
        assert_eq!(fixture.bench.post_as("part@example.test", &path, &[]).await.status, status, "{path}");
    }
    let close = format!("/inspections/cycles/{}/close", fixture.cycle);
    assert_eq!(fixture.bench.post_as("centre@example.test", &close, &[]).await.status, 303);
}
