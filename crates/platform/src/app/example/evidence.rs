//! Files that respondents of the example attach to a few of their answers: exports of settings and records of inspections.
//!
//! They are sent as people send them, by the person who answers. What they say fits what the auditor will find: where the
//! requirement is kept every line is in order, and where it is not, the file itself shows the gap beside the claim.

use std::collections::{BTreeMap, BTreeSet};

use engine::facts::AppliesTo;
use engine::simulate::{Government, Scope as About};

use super::calendar::Calendar;
use super::stage::Stage;
use crate::base::actor::{Actor, OrganisationId};
use crate::base::audit::sha256;
use crate::base::error::{Error, Result};
use crate::base::work::Work;
use crate::inspections::actions::{self, Answering};
use crate::inspections::answer::Given;
use crate::inspections::cycle::CycleId;
use crate::inspections::respondent::RespondentId;
use crate::inspections::store;
use crate::register::system::SystemId;
use crate::standards::requirement::{Requirement, RequirementId};

/// What respondents write beside a file.
const NOTE: &str = "記録を添付します。";

/// An answer that its person sends with a file.
pub struct Attached {
    given: Given,
    name: String,
    bytes: Vec<u8>,
}

/// What an auditor will look at: the organisation's code, and whether the requirement is kept.
type Audited<'a> = BTreeMap<(OrganisationId, RequirementId, Option<SystemId>), (&'a str, bool)>;

/// Takes out of `given` the answers that their people send with a file: of each organisation, among what an auditor will look at,
/// the first that a record shows and the first that settings show.
pub async fn choose(stage: &Stage, made: &Government, index: usize, work: &mut Work, id: &CycleId, given: &mut Vec<Given>) -> Result<Vec<Attached>> {
    let cycle = made.cycles.get(index).ok_or_else(|| Error::internal("no such cycle"))?;
    let edition = store::cycle(&mut work.tx, id).await?.edition_id;
    let requirements = crate::standards::store::requirements(&mut work.tx, &edition).await?;
    let by_code: BTreeMap<&str, &Requirement> = requirements.iter().map(|one| (one.code.as_str(), one)).collect();
    let by_id: BTreeMap<&RequirementId, &Requirement> = requirements.iter().map(|one| (&one.id, one)).collect();
    let of: BTreeMap<RespondentId, OrganisationId> = store::organisations_asked(&mut work.tx, id).await?.into_iter().collect();
    let codes: BTreeMap<&SystemId, &str> = stage.systems.iter().map(|(code, id)| (id, code.as_str())).collect();
    let mut audited = Audited::new();
    for one in &cycle.audits {
        let system = match &one.scope {
            About::Organisation => None,
            About::System(code) => stage.systems.get(code),
        };
        if let (Some(requirement), Some(organisation)) = (by_code.get(one.requirement.as_str()), stage.organisations.get(&one.organisation)) {
            audited.insert((organisation.id.clone(), requirement.id.clone(), system.cloned()), (one.organisation.as_str(), one.finding.is_met()));
        }
    }
    let mut done: BTreeSet<(&str, bool)> = BTreeSet::new();
    let (mut attached, mut rest) = (Vec::new(), Vec::with_capacity(given.len()));
    for one in std::mem::take(given) {
        let found = of.get(&one.respondent_id).and_then(|organisation| {
            let key = (organisation.clone(), one.requirement_id.clone(), one.system_id.clone());
            let (code, kept) = audited.get(&key).copied().filter(|_| one.claim == engine::facts::Claim::Implemented)?;
            let requirement = by_id.get(&one.requirement_id).copied()?;
            done.insert((code, is_record(requirement))).then_some((code, kept, requirement))
        });
        let Some((organisation, kept, requirement)) = found else {
            rest.push(one);
            continue;
        };
        let system = one.system_id.as_ref().and_then(|id| codes.get(id).copied());
        let text = Text { seed: stage.wish.seed, year: cycle.fiscal_year, organisation, requirement, system, kept };
        let (name, bytes) = text.file();
        attached.push(Attached { given: Given { note: NOTE.to_owned(), ..one }, name, bytes });
    }
    *given = rest;
    Ok(attached)
}

/// Sends the answers with their files, each person's together, as the person does who came by a personal link.
pub async fn send(stage: &Stage, id: &CycleId, attached: Vec<Attached>) -> Result<()> {
    let mut by_person: BTreeMap<RespondentId, Vec<Attached>> = BTreeMap::new();
    for one in attached {
        by_person.entry(one.given.respondent_id.clone()).or_default().push(one);
    }
    for (respondent_id, own) in by_person {
        let (mut given, mut files) = (Vec::new(), Vec::new());
        for one in own {
            files.push((given.len(), one.name, one.bytes));
            given.push(one.given);
        }
        let mut work = Work::begin(&stage.app, &Actor::public()).await?;
        let who = Answering { cycle_id: id.clone(), respondent_id };
        actions::answer_own(&mut work, &who, given, &files).await?;
        work.commit().await?;
    }
    Ok(())
}

/// Whether what people do is recorded; else the settings of machines are exported.
fn is_record(requirement: &Requirement) -> bool {
    matches!(requirement.applies_to, AppliesTo::Organisation | AppliesTo::Person)
}

/// What a file is made from.
struct Text<'a> {
    seed: u64,
    year: i32,
    organisation: &'a str,
    requirement: &'a Requirement,
    system: Option<&'a str>,
    kept: bool,
}

impl Text<'_> {
    /// Its name and its bytes: settings of machines as CSV, whatever people do as a record.
    fn file(&self) -> (String, Vec<u8>) {
        let code = &self.requirement.code;
        let about = self.system.map_or_else(String::new, |system| format!("-{system}"));
        if is_record(self.requirement) {
            (format!("record-{code}.txt"), self.record().into_bytes())
        } else {
            (format!("settings-{code}{about}.csv"), self.settings().into_bytes())
        }
    }

    /// Numbers below `limit` that depend on the seed and on what the file is about, and on nothing else.
    fn number(&self, at: usize, limit: u32) -> u32 {
        let named = format!("{} {} {} {} {}", self.seed, self.year, self.organisation, self.requirement.code, self.system.unwrap_or_default());
        let digest = sha256(named.as_bytes());
        let at = at % 28 * 2;
        digest.get(at..at + 4).and_then(|part| u32::from_str_radix(part, 16).ok()).unwrap_or_default() % limit.max(1)
    }

    /// A day of the weeks before the answers came in.
    fn day(&self, at: usize) -> String {
        let month = Calendar(self.year).answered();
        format!("{}{:02}", month.get(..8).unwrap_or_default(), 1 + self.number(at, 18))
    }

    fn settings(&self) -> String {
        let lines = 6 + self.number(0, 7) as usize;
        let open = if self.kept { 0 } else { 1 + self.number(1, 3) as usize };
        let mut out = String::from("機器,設定,状態,最終変更日\r\n");
        for line in 0..lines {
            let state = if line < open { "未設定" } else { "設定済み" };
            let name = self.system.unwrap_or(self.organisation);
            out.push_str(&format!("{name}-{:02},{},{state},{}\r\n", line + 1, self.requirement.title_ja, self.day(line + 2)));
        }
        out
    }

    fn record(&self) -> String {
        let seen = 8 + self.number(0, 25);
        let open = if self.kept { 0 } else { 1 + self.number(1, 4) };
        let result = if open == 0 { "不備なし".to_owned() } else { format!("不備 {open}件（是正の期日は未定）") };
        format!(
            "点検記録\r\n\r\n組織　{}\r\n遵守事項　{} {}\r\n点検した日　{}\r\n確かめた方法　台帳と実物の照合、担当者への聞き取り\r\n確かめた数　{seen}件\r\n結果　{result}\r\n",
            self.organisation,
            self.requirement.code,
            self.requirement.title_ja,
            self.day(2),
        )
    }
}
