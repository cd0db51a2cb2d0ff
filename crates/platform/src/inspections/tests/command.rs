//! The command line runs a cycle; work that ends before it is committed leaves nothing.

use engine::facts::{Claim, Role};

use super::Fixture;
use crate::base::actor::{Actor, Scope};
use crate::base::area::{CliCx, Terminal};
use crate::base::lang::Lang;
use crate::inspections::cycle::State;
use crate::inspections::{actions, cli, store};

#[tokio::test]
async fn a_script_runs_a_cycle_and_moves_sheets() {
    let fixture = Fixture::draft().await;
    let dir = fixture.bench.app.config.data.clone();
    let cx = CliCx { app: fixture.bench.app.clone(), actor: Actor::operator("cli"), terminal: Terminal { json: true, lang: Lang::En } };
    let run = async |line: &str| {
        let matches = cli::command().try_get_matches_from(line.split(' ')).unwrap();
        cli::run(cx.clone(), matches).await
    };
    let edition = &fixture.edition;
    let create = format!(
        "cycle create half --edition {edition} --opens 2026-04-01 --closes 2026-04-30 --name-ja 上半期 --name-en Half --period first-half --organisation moa"
    );
    assert_eq!(run(&create).await.unwrap(), 0);
    assert_eq!(run(&create).await.unwrap_err().status(), 409);
    for verb in ["announce", "open", "rates", "remind"] {
        assert_eq!(run(&format!("cycle {verb} half")).await.unwrap(), 0, "{verb}");
    }
    let (people, sheet) = (dir.join("people.xlsx"), dir.join("moa.xlsx"));
    for line in [
        format!("cycle respondents export {}", people.display()),
        format!("cycle respondents import {} --dry-run", people.display()),
        format!("cycle answers export half --organisation moa {}", sheet.display()),
        format!("cycle answers import half {}", sheet.display()),
        "cycle list".to_owned(),
        "cycle close half".to_owned(),
        "cycle sample half --seed 7".to_owned(),
    ] {
        assert_eq!(run(&line).await.unwrap(), 0, "{line}");
    }
    assert_eq!(run(&format!("cycle answers import half {}", sheet.display())).await.unwrap_err().status(), 409);
    std::fs::write(&people, "not a table \u{0}").unwrap();
    assert_eq!(run(&format!("cycle respondents import {}", people.display())).await.unwrap(), 1);
    assert_eq!(run("cycle respondents import nowhere.xlsx").await.unwrap_err().status(), 422);
    let mut tx = fixture.bench.app.db.read().await.unwrap();
    let cycle = store::cycle_by_code(&mut tx, "half").await.unwrap();
    assert_eq!((cycle.state, store::participants(&mut tx, &cycle.id).await.unwrap().len()), (State::Closed, 1));
}

#[tokio::test]
async fn work_that_dies_before_its_end_leaves_nothing() {
    let fixture = Fixture::open().await;
    let given = fixture.give("a1", Role::Staff, Claim::Implemented).await;
    let mut work = fixture.bench.work().await;
    actions::answer_many(&mut work, &fixture.cycle, given).await.unwrap();
    drop(work);
    let mut work = fixture.bench.work().await;
    actions::close(&mut work, &fixture.cycle).await.unwrap();
    drop(work);
    let mut tx = fixture.bench.app.db.read().await.unwrap();
    assert_eq!(store::answer_counts(&mut tx, &fixture.cycle).await.unwrap(), []);
    assert_eq!(store::cycle(&mut tx, &fixture.cycle).await.unwrap().state, State::Open);
    let asked = store::asked_within(&mut tx, &Scope::Everything, &fixture.cycle).await.unwrap();
    assert!(asked.iter().all(|one| one.answered == 0));
}
