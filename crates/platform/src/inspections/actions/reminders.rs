//! Reminding those who have not finished: asked for in a request, done by a job in small steps, so that nobody waits for it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::entering;
use super::respondents::open_cycle;
use crate::base::actor::Scope;
use crate::base::audit::sha256;
use crate::base::dates::{date, show_day};
use crate::base::db::Tx;
use crate::base::error::{Error, Result};
use crate::base::jobs::{self, State as Progress};
use crate::base::lang::{Lang, texts};
use crate::base::mail;
use crate::base::work::Work;
use crate::inspections::cycle::{Cycle, CycleId};
use crate::inspections::respondent::{Asked, Respondent, RespondentId};
use crate::inspections::store;

/// The kind of job that reminds.
pub const REMIND: &str = "inspections.remind";

/// A reminder to be sent: what the job is given. The day is that of the request, so that a job that runs again, even after
/// midnight, knows whom this very reminder reached already.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reminding {
    /// The cycle.
    pub cycle: CycleId,
    /// The day it was asked for, `2026-05-24`.
    pub day: String,
    /// The organisations it is for, by path; all of them where there are none.
    pub paths: Option<Vec<String>>,
}

impl Reminding {
    /// A reminder of everybody within `scope`.
    pub fn new(cycle: &CycleId, scope: &Scope, day: String) -> Self {
        let paths = match scope {
            Scope::Everything => None,
            Scope::Paths(paths) => Some(paths.clone()),
        };
        Self { cycle: cycle.clone(), day, paths }
    }

    /// The organisations it is for.
    pub fn scope(&self) -> Scope {
        self.paths.clone().map_or(Scope::Everything, Scope::Paths)
    }

    /// The key of its job: one of the same cycle and reach that still waits is not doubled.
    pub fn key(&self) -> String {
        format!("{} {}", self.cycle, self.paths.as_deref().unwrap_or_default().join(" "))
    }
}

/// Asks for a reminder to everybody within reach who has not answered everything; gives how far it is. Whoever was reminded
/// today already is left out.
pub async fn remind(work: &mut Work, id: &CycleId) -> Result<Progress> {
    let scope = entering(work)?;
    let cycle = open_cycle(work, id).await?;
    let asked = Reminding::new(&cycle.id, &scope, date(work.now).to_string());
    work.enqueue(REMIND, &asked.key(), json!(asked)).await?;
    work.audit("", "inspections", "reminder.ask", id.as_str(), json!({ "day": asked.day })).await?;
    jobs::newest(&mut work.tx, REMIND, &asked.key()).await?.ok_or(Error::NotFound)
}

/// How far the newest reminder of this reach is, if there was one.
pub async fn reminding(tx: &mut Tx, scope: &Scope, id: &CycleId) -> Result<Option<Progress>> {
    jobs::newest(tx, REMIND, &Reminding::new(id, scope, String::new()).key()).await
}

/// Stops a reminder under way: those it has not reached are not reminded.
pub async fn stop_reminding(work: &mut Work, id: &CycleId) -> Result<()> {
    let scope = entering(work)?;
    let job = reminding(&mut work.tx, &scope, id).await?.filter(|job| !job.is_over()).ok_or(Error::Conflict("inspections-error-no-reminder"))?;
    jobs::cancel(&mut work.tx, &job.id).await?;
    work.audit("", "inspections", "reminder.stop", id.as_str(), json!({ "done": job.done })).await
}

/// Writes mails with personal links to those of `people` whom the reminder of `day` has not reached; gives how many.
pub async fn remind_some(work: &mut Work, cycle: &Cycle, people: &[(Respondent, Asked)], day: &str) -> Result<usize> {
    let ids: Vec<RespondentId> = people.iter().map(|(person, _)| person.id.clone()).collect();
    let fresh: BTreeSet<RespondentId> = store::note_reminders(&mut work.tx, &cycle.id, &ids, day).await?.into_iter().collect();
    let base = work.app().config.public_url.clone();
    let mut links = Vec::new();
    for (person, asked) in people.iter().filter(|(person, _)| fresh.contains(&person.id)) {
        let secret = work.secret();
        links.push((sha256(secret.as_bytes()), person.id.clone()));
        // Both languages in one mail: nobody told us which the reader prefers.
        let words = |lang: Lang, key: &str| {
            texts().with(
                lang,
                key,
                &[
                    ("name", person.name.clone()),
                    ("cycle", cycle.name(lang).to_owned()),
                    ("closes", show_day(&cycle.closes_on, lang)),
                    ("left", (asked.asked - asked.answered).max(0).to_string()),
                    ("link", format!("{base}/answer/link/{secret}")),
                ],
            )
        };
        let body = format!("{}\n\n----\n{}\n", words(Lang::Ja, "inspections-mail-body"), words(Lang::En, "inspections-mail-body"));
        mail::send(work, &person.email, &words(Lang::Ja, "inspections-mail-subject"), &body).await?;
    }
    let now = work.stamp();
    store::insert_links(&mut work.tx, &cycle.id, &links, &now).await?;
    work.audit("", "inspections", "cycle.remind", cycle.id.as_str(), json!({ "day": day, "mails": links.len() })).await?;
    Ok(links.len())
}
