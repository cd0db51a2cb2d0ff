//! The inspections from outside: through actions and the router.

mod answers;
mod command;
mod cycles;
mod exclusions;
mod pages;
mod reminders;
mod sheets;

use engine::facts::{Claim, Role};

use crate::base::actor::Role as Right;
use crate::base::error::{Error, Result};
use crate::inspections::actions;
use crate::inspections::answer::Given;
use crate::inspections::cycle::{CycleId, Item, NewCycle};
use crate::inspections::respondent::{NewRespondent, Respondent};
use crate::inspections::store;
use crate::standards::requirement::EditionId;
use crate::testing::Bench;

/// A bench with the baseline, people in both ministries and a draft of a cycle.
pub(crate) struct Fixture {
    pub bench: Bench,
    pub edition: EditionId,
    pub cycle: CycleId,
}

/// Somebody of the ministry `moa` or `mob`.
pub(crate) fn person(organisation: &str, code: &str, roles: &[Role]) -> NewRespondent {
    NewRespondent {
        organisation: organisation.into(),
        code: code.into(),
        name: format!("職員 {code}"),
        email: format!("{code}@example.test"),
        section: "総務課".into(),
        roles: roles.to_vec(),
        systems: Vec::new(),
    }
}

impl Fixture {
    /// Everything up to the draft.
    pub async fn draft() -> Self {
        let bench = Bench::new().await;
        let mut work = bench.work().await;
        let edition = crate::standards::actions::ship_baseline(&mut work, 1).await.unwrap();
        let people = [
            person("moa", "a1", &[Role::Staff]),
            person("moa", "a2", &[Role::Staff]),
            person("moa", "a3", &[Role::SectionHead, Role::Staff]),
            person("moa", "ac", &[Role::Ciso]),
            person("mob", "b1", &[Role::Staff]),
        ];
        actions::add_respondents(&mut work, &people).await.unwrap();
        let new = NewCycle {
            code: "2026".into(),
            name_ja: "令和8年度の点検".into(),
            name_en: "Inspection FY2026".into(),
            fiscal_year: 2026,
            edition: edition.to_string(),
            opens_on: "2026-04-01".into(),
            closes_on: "2026-05-31".into(),
            ..NewCycle::default()
        };
        let cycle = actions::create_cycle(&mut work, &new).await.unwrap();
        work.commit().await.unwrap();
        for (email, right, code) in [
            ("centre@example.test", Right::Evaluator, "centre"),
            ("ciso-a@example.test", Right::Ciso, "moa"),
            ("ciso-b@example.test", Right::Ciso, "mob"),
            ("auditor-a@example.test", Right::Auditor, "moa"),
            ("advisor-a@example.test", Right::Advisor, "moa"),
        ] {
            bench.account(email, right, code).await;
        }
        Self { bench, edition, cycle }
    }

    /// As [`Self::draft`], announced and opened.
    pub async fn open() -> Self {
        let fixture = Self::draft().await;
        let mut work = fixture.bench.work().await;
        actions::announce(&mut work, &fixture.cycle).await.unwrap();
        actions::open(&mut work, &fixture.cycle).await.unwrap();
        work.commit().await.unwrap();
        fixture
    }

    /// Takes one step with the clock as it stands.
    pub async fn close(&self) {
        let mut work = self.bench.work().await;
        actions::close(&mut work, &self.cycle).await.unwrap();
        work.commit().await.unwrap();
    }

    /// The person with this code.
    pub async fn person(&self, code: &str) -> Respondent {
        let mut tx = self.bench.app.db.read().await.unwrap();
        let all = store::respondents(&mut tx, &crate::base::actor::Scope::Everything).await.unwrap();
        all.into_iter().find(|one| one.code == code).unwrap()
    }

    /// The items a role is asked about the whole organisation.
    pub async fn items(&self, role: Role) -> Vec<Item> {
        let mut tx = self.bench.app.db.read().await.unwrap();
        let all = store::items(&mut tx, &self.cycle).await.unwrap();
        all.into_iter().filter(|item| item.self_inspected && !item.by_system() && item.roles.contains(&role)).collect()
    }

    /// Answers `claim` to every item of `role`, as this person.
    pub async fn give(&self, code: &str, role: Role, claim: Claim) -> Vec<Given> {
        let person = self.person(code).await;
        let reason = if claim == Claim::NotApplicable { "持っていないため" } else { "" };
        self.items(role)
            .await
            .into_iter()
            .map(|item| Given {
                respondent_id: person.id.clone(),
                requirement_id: item.requirement_id,
                system_id: None,
                claim,
                reason: reason.into(),
                note: String::new(),
                evidence: None,
            })
            .collect()
    }

    /// Stores answers as the operator.
    pub async fn store(&self, given: Vec<Given>) -> Result<crate::inspections::answer::Taken> {
        let mut work = self.bench.work().await;
        let taken = actions::answer_many(&mut work, &self.cycle, given).await?;
        work.commit().await?;
        Ok(taken)
    }
}

/// The key of a conflict.
pub(crate) fn conflict<T: std::fmt::Debug>(result: Result<T>) -> &'static str {
    match result.unwrap_err() {
        Error::Conflict(key) => key,
        other => panic!("{other:?}"),
    }
}
