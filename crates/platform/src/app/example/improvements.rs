//! What follows from a cycle of the example: the evaluation, recommendations with plans and exceptions.

use engine::facts::Role as Asked;

use super::calendar::Calendar;
use super::stage::Stage;
use crate::base::actor::{Role, Scope};
use crate::base::error::Result;
use crate::base::lang::Lang;
use crate::evaluations;
use crate::improvements::actions::{self, Ask, NewDraft};
use crate::improvements::plan::{NewPlan, PlanStep};
use crate::improvements::recommendation::State;
use crate::improvements::store;
use crate::inspections::cycle::CycleId;

/// Evaluates the cycle at `index`.
pub async fn evaluate(stage: &Stage, index: usize, cycle: &CycleId) -> Result<()> {
    stage.on(&Calendar(stage.cycle(index)?.fiscal_year).evaluated())?;
    let mut work = stage.work_as(Role::Evaluator, &stage.centre()?).await?;
    evaluations::actions::evaluate(&mut work, cycle).await?;
    work.commit().await
}

/// Recommends what the evaluation of the cycle at `index` shows, and lets the organisations answer: most with a plan that is
/// accepted, some with one that is returned, a few not at all; auditors confirm some, measurements will close others.
pub async fn load(stage: &Stage, index: usize, cycle: &CycleId) -> Result<()> {
    let days = Calendar(stage.cycle(index)?.fiscal_year);
    exceptions(stage, &days).await?;
    let evaluator = stage.centre()?;
    stage.on(&days.recommended())?;
    let mut work = stage.work_as(Role::Evaluator, &evaluator).await?;
    let new = NewDraft { cycle: cycle.to_string(), most: 3, due_on: days.due(), ..NewDraft::default() };
    actions::draft_from_findings(&mut work, &new, Lang::Ja).await?;
    let drafts = store::recommendations(&mut work.tx, &Scope::Everything, cycle.as_str()).await?;
    for one in drafts.iter().filter(|one| one.state == State::Draft) {
        actions::issue(&mut work, &one.id).await?;
    }
    work.commit().await?;
    stage.on(&days.planned())?;
    for (number, one) in drafts.iter().enumerate().filter(|(number, _)| number % 9 != 8) {
        let code = stage.code_of(&one.organisation_id);
        let mut work = stage.work_as(Role::Ciso, code).await?;
        actions::submit(&mut work, &one.id, &plan(stage, code, &days)).await?;
        work.commit().await?;
        let mut work = stage.work_as(Role::Evaluator, &evaluator).await?;
        if number % 7 == 6 {
            actions::return_plan(&mut work, &one.id, "実施の時期と担当が読み取れません。工程ごとの期日を示してください。").await?;
        } else {
            actions::accept(&mut work, &one.id, "").await?;
        }
        work.commit().await?;
    }
    stage.on(&days.reported())?;
    for (number, one) in drafts.iter().enumerate().filter(|(number, _)| number % 9 != 8 && number % 7 != 6) {
        let code = stage.code_of(&one.organisation_id);
        if number % 2 == 0 {
            let mut work = stage.work_as(Role::SystemManager, code).await?;
            actions::mark_step(&mut work, &one.id, 1, true).await?;
            work.commit().await?;
        }
        // What no probe can see, an auditor confirms.
        if number % 5 == 0 && one.checks.is_empty() {
            let mut work = stage.work_as(Role::Auditor, code).await?;
            actions::close_by_audit(&mut work, &one.id, "手順書と実施記録を閲覧し、担当者に確認した。求められた措置はすべて実施されている。").await?;
            work.commit().await?;
        }
    }
    Ok(())
}

fn plan(stage: &Stage, code: &str, days: &Calendar) -> NewPlan {
    let person = stage.government().ok().and_then(|made| made.people.iter().find(|one| one.organisation == code && one.role == Asked::SystemManager));
    let step = |words: &str, due_on: String| PlanStep { words: words.to_owned(), due_on, done_on: None };
    NewPlan {
        summary: "現状を調べて不足を洗い出し、設定と手順を改め、点検で効果を確かめる。".to_owned(),
        owner: person.map_or_else(|| "情報システム担当".to_owned(), |one| one.name.ja.clone()),
        owner_email: person.map_or_else(String::new, |one| one.email.clone()),
        due_on: days.due(),
        steps: vec![
            step("対象を調べ、不足の一覧を作る", days.published()),
            step("設定と手順を改める", days.mended()),
            step("点検し、結果を報告する", days.due()),
        ],
    }
}

/// A few organisations ask not to keep a requirement for a time: most are allowed to, one is not, one still waits.
async fn exceptions(stage: &Stage, days: &Calendar) -> Result<()> {
    stage.on(&days.evaluated())?;
    let few = stage.below(6)?;
    for (number, code) in few.iter().enumerate() {
        let mut work = stage.work_as(Role::Ciso, code).await?;
        let ask = Ask {
            organisation: code.clone(),
            requirement: if number % 2 == 0 { "hw-26" } else { "hw-13" }.to_owned(),
            system: String::new(),
            reason: "委託先の設備が対応しておらず、次の更改まで変えられないため。".to_owned(),
            instead: "設定の変更を二人で確かめ、変化を毎日点検する。".to_owned(),
            expires_on: days.excepted(),
        };
        let id = actions::ask(&mut work, &ask).await?;
        work.commit().await?;
        let mut work = stage.work_as(Role::Evaluator, &stage.centre()?).await?;
        match number {
            2 => actions::refuse(&mut work, &id, "代わりの措置では、なりすましを防げません。更改を早める計画を出してください。").await?,
            // The last of them waits for a decision.
            number if number + 1 == few.len() => continue,
            _ => actions::approve(&mut work, &id, "", "").await?,
        }
        work.commit().await?;
    }
    Ok(())
}
