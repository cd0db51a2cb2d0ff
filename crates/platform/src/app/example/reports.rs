//! Reports of the example: facts no other area holds, what each CISO writes, remarks, approval, and publication.

use std::collections::BTreeMap;

use engine::simulate::{self, IncidentClass, Text};
use engine::words::Words;

use super::calendar::Calendar;
use super::stage::Stage;
use crate::base::actor::{Role, Scope};
use crate::base::error::Result;
use crate::inspections::cycle::CycleId;
use crate::reports::actions::{self, NewComment, NewFacts};
use crate::reports::fact::{Class, Facts, Incident, Prevention};
use crate::reports::report::{Kind, Step};
use crate::reports::store;

/// Enters the facts and incidents of the cycle at `index`.
pub async fn facts(stage: &Stage, index: usize) -> Result<()> {
    let cycle = stage.cycle(index)?;
    stage.on(&Calendar(cycle.fiscal_year).audited())?;
    let all: Vec<NewFacts> = cycle
        .training
        .iter()
        .map(|training| {
            let mut facts = Facts::new();
            let mut put = |key: &str, count: u32| facts.insert(key.to_owned(), i64::from(count));
            put("training-target", training.enrolled);
            put("training-completed", training.completed);
            if let Some(one) = cycle.outsourcing.iter().find(|one| one.organisation == training.organisation) {
                put("outsourcing-contracts", one.contracts);
                put("outsourcing-covered", one.with_clauses);
                put("outsourcing-checked", one.confirmed);
            }
            let incidents = cycle.incidents.iter().filter(|one| one.organisation == training.organisation).map(incident).collect();
            NewFacts { cycle: cycle.fiscal_year.to_string(), organisation: training.organisation.clone(), facts, incidents }
        })
        .collect();
    let mut work = stage.work_as(Role::Evaluator, &stage.centre()?).await?;
    actions::enter_all(&mut work, &all).await?;
    work.commit().await
}

fn incident(one: &simulate::Incident) -> Incident {
    let day = |stamp: &str| stamp.chars().take(10).collect::<String>();
    Incident {
        code: one.id.clone(),
        class: match one.class {
            IncidentClass::Intentional => Class::UnauthorisedAccess,
            IncidentClass::Accidental => Class::Failure,
            IncidentClass::Disaster => Class::Other,
        },
        title_ja: one.title.ja.clone(),
        title_en: one.title.en.clone(),
        detected_on: day(&one.detected_at),
        responded_on: day(&one.responded_at),
        recovered_on: one.recovered_at.as_deref().map(day).unwrap_or_default(),
        affected: None,
        prevention_ja: "手順を見直し、同じ設定の機器をすべて点検した。".to_owned(),
        prevention_en: "Reviewed the procedure and inspected every machine with the same settings.".to_owned(),
        prevention_state: match one.prevention {
            simulate::Prevention::Planned => Prevention::Planned,
            simulate::Prevention::UnderWay => Prevention::UnderWay,
            simulate::Prevention::Done => Prevention::Done,
        },
    }
}

/// Writes, approves, hands in and publishes the reports of the cycle at `index`, the annual one too, and publishes the cycle.
pub async fn load(stage: &Stage, index: usize, id: &CycleId) -> Result<()> {
    let cycle = stage.cycle(index)?;
    let days = Calendar(cycle.fiscal_year);
    let centre = stage.centre()?;
    stage.on(&days.reported())?;
    let mut work = stage.work_as(Role::Evaluator, &centre).await?;
    actions::draft_all(&mut work, id).await?;
    let drafted = store::reports(&mut work.tx, &Scope::Everything, id.as_str()).await?;
    work.commit().await?;
    for report in drafted.iter().filter(|one| one.kind == Kind::Organisation) {
        let code = stage.code_of(&report.organisation_id);
        let mut work = stage.work_as(Role::Ciso, code).await?;
        let mut version = report.version;
        if let Some(written) = cycle.reports.iter().find(|one| one.organisation == code) {
            actions::write(&mut work, &report.id, &texts(written)).await?;
            version += 1;
            if stage.actors.contains_key(&(Role::Advisor, code.to_owned())) {
                work.commit().await?;
                let mut advising = stage.work_as(Role::Advisor, code).await?;
                let remark = NewComment { section: String::new(), body: written.advisor_comment.ja.clone(), nominated: false };
                actions::comment(&mut advising, &report.id, &remark).await?;
                advising.commit().await?;
                work = stage.work_as(Role::Ciso, code).await?;
            }
        }
        actions::decide(&mut work, &report.id, Step::Approve, version, "").await?;
        actions::decide(&mut work, &report.id, Step::Submit, version, "").await?;
        work.commit().await?;
    }
    stage.on(&days.published())?;
    let mut work = stage.work_as(Role::Evaluator, &centre).await?;
    crate::inspections::actions::publish(&mut work, id).await?;
    for report in store::reports(&mut work.tx, &Scope::Everything, id.as_str()).await? {
        if report.kind == Kind::Annual {
            actions::decide(&mut work, &report.id, Step::Approve, report.version, "").await?;
        }
        actions::decide(&mut work, &report.id, Step::Publish, report.version, "").await?;
    }
    work.commit().await
}

fn texts(written: &simulate::SecurityReport) -> BTreeMap<String, Words> {
    let fields: [(&str, &Text); 5] = [
        ("message", &written.message),
        ("priority-activities", &written.priority_activity),
        ("review", &written.results),
        ("recurrence", &written.recurrence_prevention),
        ("plan", &written.next_year),
    ];
    fields.into_iter().map(|(key, text)| (key.to_owned(), Words::new(text.ja.clone(), text.en.clone()))).collect()
}
