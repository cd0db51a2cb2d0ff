//! Answers: stored once, kept when changed, refused after closing, counted right, approved as they stand.

use engine::facts::{Claim, Role};
use engine::rates::Answers;

use super::{Fixture, conflict};
use crate::base::actor::Scope;
use crate::base::error::Error;
use crate::inspections::actions::{self, Answering};
use crate::inspections::answer::Taken;
use crate::inspections::pages::cycle::{count, overview};
use crate::inspections::rates::Rates;
use crate::inspections::store;

#[tokio::test]
async fn the_same_answers_twice_change_nothing_and_a_change_keeps_what_was() {
    let fixture = Fixture::open().await;
    let given = fixture.give("a1", Role::Staff, Claim::Implemented).await;
    let n = given.len() as u64;
    assert_eq!(fixture.store(given.clone()).await.unwrap(), Taken { added: n, changed: 0, same: 0 });
    assert_eq!(fixture.store(given.clone()).await.unwrap(), Taken { added: 0, changed: 0, same: n });
    let mut changed = given.clone();
    changed[0].claim = Claim::Partly;
    assert_eq!(fixture.store(changed).await.unwrap(), Taken { added: 0, changed: 1, same: n - 1 });
    let moa = fixture.bench.organisation("moa").await;
    let mut tx = fixture.bench.app.db.read().await.unwrap();
    let versions = store::versions_on(&mut tx, &fixture.cycle, &moa.id, &given[0].requirement_id).await.unwrap();
    assert_eq!(versions.len(), 1);
    assert_eq!((versions[0][2].as_str(), versions[0][3].as_str()), ("1", "implemented"));
}

#[tokio::test]
async fn counts_are_what_was_answered() {
    let fixture = Fixture::open().await;
    for (code, claim) in [("a1", Claim::Implemented), ("a2", Claim::Not), ("b1", Claim::NotApplicable)] {
        let given = fixture.give(code, Role::Staff, claim).await;
        fixture.store(given).await.unwrap();
    }
    let (moa, mob) = (fixture.bench.organisation("moa").await, fixture.bench.organisation("mob").await);
    let items = fixture.items(Role::Staff).await.len();
    let mut tx = fixture.bench.app.db.read().await.unwrap();
    let counts = store::answer_counts(&mut tx, &fixture.cycle).await.unwrap();
    assert_eq!(counts.len(), 2 * items);
    for one in &counts {
        let seen = (one.implemented, one.partly, one.not, one.not_applicable);
        assert_eq!(seen, if one.organisation_id == moa.id { (1, 0, 1, 0) } else { (0, 0, 0, 1) });
    }
    let asked = store::asked(&mut tx, &fixture.cycle).await.unwrap();
    let of = |id, role| {
        asked.iter().find(|one| one.organisation_id == id && one.role == role).map(|one| (one.asked, one.answered, one.everything_implemented))
    };
    // a3 is asked as section head first and as staff too; people are counted once, under the principal role.
    assert_eq!(of(moa.id.clone(), Role::Staff), Some((2, 2, 1)));
    assert_eq!(of(moa.id, Role::SectionHead), Some((1, 0, 0)));
    assert_eq!(of(mob.id, Role::Staff), Some((1, 1, 1)));
}

#[tokio::test]
async fn what_the_database_adds_up_is_what_we_add_up() {
    let fixture = Fixture::open().await;
    for (code, claim) in [("a1", Claim::Implemented), ("a2", Claim::Partly), ("b1", Claim::NotApplicable)] {
        fixture.store(fixture.give(code, Role::Staff, claim).await).await.unwrap();
    }
    let moa = fixture.bench.organisation("moa").await;
    let mut tx = fixture.bench.app.db.read().await.unwrap();
    for scope in [Scope::Everything, Scope::Paths(vec![moa.path.clone()])] {
        let whole = count(&mut tx, &scope, &fixture.cycle).await.unwrap();
        let coarse = overview(&mut tx, &scope, &fixture.cycle).await.unwrap();
        assert!(whole.total.answers.total() > 0 && whole.total.asked > whole.total.answers.total());
        let crossed = whole.organisation_items.clone();
        assert_eq!(coarse, Rates { organisation_items: Default::default(), ..whole });
        let item = fixture.items(Role::Staff).await.remove(0).requirement_id;
        let sums = store::sums_on(&mut tx, &scope, &fixture.cycle, &item).await.unwrap();
        assert!(sums.iter().any(|sum| sum.key == moa.id && sum.answers == Answers { implemented: 1, partly: 1, ..Answers::default() }));
        for sum in sums {
            let one = crossed[&(sum.key, item.clone())];
            assert_eq!((sum.answers, sum.asked), (one.answers, one.asked));
        }
    }
}

#[tokio::test]
async fn a_closed_cycle_takes_nothing_more() {
    let fixture = Fixture::open().await;
    let given = fixture.give("a1", Role::Staff, Claim::Implemented).await;
    fixture.close().await;
    assert_eq!(conflict(fixture.store(given.clone()).await), "inspections-error-closed");
    let who = Answering { cycle_id: fixture.cycle.clone(), respondent_id: given[0].respondent_id.clone() };
    let mut work = fixture.bench.work().await;
    assert_eq!(conflict(actions::answer_own(&mut work, &who, given, &[]).await), "inspections-error-closed");
}

#[tokio::test]
async fn one_wrong_answer_keeps_out_all_and_is_named() {
    let fixture = Fixture::open().await;
    let mut given = fixture.give("a1", Role::Staff, Claim::Implemented).await;
    given[1].claim = Claim::NotApplicable;
    let ciso = fixture.items(Role::Ciso).await;
    given[2].requirement_id = ciso[0].requirement_id.clone();
    let Err(Error::Invalid(wrong)) = fixture.store(given).await else { panic!() };
    let names: Vec<(&str, &str)> = wrong.iter().map(|field| (field.name.as_str(), field.text)).collect();
    assert_eq!(names, [("1.reason", "inspections-error-reason"), ("2.requirement", "inspections-error-not-asked")]);
    let mut tx = fixture.bench.app.db.read().await.unwrap();
    assert_eq!(store::answer_counts(&mut tx, &fixture.cycle).await.unwrap(), []);
}

#[tokio::test]
async fn nobody_answers_for_somebody_else() {
    let fixture = Fixture::open().await;
    let given = fixture.give("a2", Role::Staff, Claim::Implemented).await;
    let who = Answering { cycle_id: fixture.cycle.clone(), respondent_id: fixture.person("a1").await.id };
    let mut work = fixture.bench.work().await;
    assert_eq!(actions::answer_own(&mut work, &who, given, &[]).await.unwrap_err().status(), 404);
}

#[tokio::test]
async fn an_approval_lapses_when_answers_change() {
    let fixture = Fixture::open().await;
    let mut given = fixture.give("a1", Role::Staff, Claim::Implemented).await;
    fixture.store(given.clone()).await.unwrap();
    let moa = fixture.bench.organisation("moa").await;
    let mut work = fixture.bench.work().await;
    let first = actions::approve(&mut work, &fixture.cycle, &moa.id, "確認しました").await.unwrap();
    work.commit().await.unwrap();
    let stands = async || {
        let mut tx = fixture.bench.app.db.read().await.unwrap();
        let now = store::participant(&mut tx, &crate::base::actor::Scope::Everything, &fixture.cycle, &moa.id).await.unwrap();
        let approved = store::submission(&mut tx, &fixture.cycle, &moa.id).await.unwrap().unwrap();
        now.revision == approved.revision
    };
    assert!(stands().await);
    fixture.store(given.clone()).await.unwrap();
    assert!(stands().await, "the same answers again change nothing");
    given[0].claim = Claim::Not;
    fixture.store(given).await.unwrap();
    assert!(!stands().await);
    let mut work = fixture.bench.work().await;
    let second = actions::approve(&mut work, &fixture.cycle, &moa.id, "").await.unwrap();
    assert_ne!(first.digest, second.digest);
}
