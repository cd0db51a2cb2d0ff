//! The verbs of the measurements: ask for a run, stop it, keep what was observed, set the rules.

use std::collections::{BTreeMap, BTreeSet};

use engine::facts::{Check, Verdict};
use formats::problem::{Place, Problem, ProblemKind};
use serde_json::json;

use super::aggregate_reports;
use super::import;
use super::observation::{Change, New, change};
use super::regression::Regression;
use super::retention;
use super::run::{Asked, Counts, Run, RunId, State};
use super::setting::{self, Schedule, Suffixes, Wanted};
use super::standing::Standing;
use super::store;
use super::target::{Target, domain_key, targets};
use crate::base::actor::{Scope, Verb};
use crate::base::dates::date;
use crate::base::db::Tx;
use crate::base::error::{Error, Field, Result};
use crate::base::lang::Lang;
use crate::base::work::Work;
use crate::base::{events, jobs, settings};
use crate::register;
use crate::register::organisation::Organisation;

/// The targets within `scope` on the day of `now`.
pub async fn targets_in(tx: &mut Tx, scope: &Scope, now: jiff::Timestamp) -> Result<Vec<Target>> {
    let organisations = register::store::organisations(tx, scope).await?;
    let assets = register::store::assets(tx, scope).await?;
    let suffixes = store::settings(tx).await?.suffixes;
    let mut found = targets(&organisations, &assets, &suffixes, &date(now).to_string());
    let mut taught = aggregate_reports::actions::taught(tx, scope, now).await?;
    for target in &mut found {
        target.reported = taught.remove(&(target.organisation_id.clone(), target.domain.clone())).unwrap_or_default();
    }
    Ok(found)
}

/// How things stand within `scope` at `now`: a fixed number of queries, whatever the size.
pub async fn standing(tx: &mut Tx, scope: &Scope, now: jiff::Timestamp) -> Result<Standing> {
    let today = date(now).to_string();
    let mut organisations = register::store::organisations(tx, scope).await?;
    organisations.retain(|one| one.is_valid_on(&today));
    let settings = store::settings(tx).await?;
    let targets = targets(&organisations, &register::store::assets(tx, scope).await?, &settings.suffixes, &today);
    Ok(Standing::new(organisations, targets, settings, store::briefs(tx, scope).await?, now))
}

/// Asks for measurements; a job does them. A run that asks the same and is not over is given instead of a second one.
///
/// Errors: an organisation that is not the asker's to measure; a domain that is not registered; an unknown check; nothing to measure.
pub async fn run(work: &mut Work, asked: &Asked) -> Result<RunId> {
    run_from(work, asked, "person").await
}

/// The origin of a run that asks nobody: it judges the newest kept evidence again, under the rules as they are set now.
pub const REJUDGE: &str = "rejudge";

/// The job that tells of regressions, when a run is over.
pub const TELL: &str = "measurements.tell";

/// The event that tells that a run is over; its subject is the run.
pub const RUN_END: &str = "measurements.run.end";

/// As [`run`], with where the wish came from: `person`, `schedule` or [`REJUDGE`].
pub async fn run_from(work: &mut Work, asked: &Asked, origin: &str) -> Result<RunId> {
    let scope = work.scope("measurements", Verb::Write)?;
    let root = root(work, &scope, &asked.organisation).await?;
    let known = targets_in(&mut work.tx, &Scope::Paths(vec![root.path.clone()]), work.now).await?;
    let mut wrong: Vec<Field> = asked
        .checks
        .iter()
        .filter(|check| Check::parse(check).is_none())
        .map(|check| Field { name: "checks".to_owned(), text: "measurements-error-check", values: vec![("check", check.clone())] })
        .collect();
    let named: Vec<String> = asked.targets.iter().map(|name| domain_key(name)).collect();
    wrong.extend(named.iter().filter(|name| !known.iter().any(|one| one.domain == **name)).map(|name| Field {
        name: "targets".to_owned(),
        text: "measurements-error-target",
        values: vec![("target", name.clone())],
    }));
    if known.is_empty() {
        wrong.push(Field { name: String::new(), text: "measurements-error-no-targets", values: Vec::new() });
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    // The same wish in other words is the same wish.
    let mut asked = Asked { organisation: root.code.clone(), targets: named, checks: asked.checks.clone() };
    asked.targets.sort();
    asked.targets.dedup();
    asked.checks.sort();
    asked.checks.dedup();
    if let Some(open) = store::open_run(&mut work.tx, &root.id, &asked, origin == REJUDGE).await? {
        if is_given_up(&mut work.tx, &open).await? {
            let now = work.stamp();
            store::set_state(&mut work.tx, &open.id, State::Failed, open.counts, &now).await?;
        } else {
            work.audit(root.id.as_str(), "measurements", "run.again", open.id.as_str(), json!({ "asked": asked })).await?;
            return Ok(open.id);
        }
    }
    let id: RunId = work.id();
    let run = Run {
        id: id.clone(),
        organisation_id: root.id.clone(),
        origin: origin.to_owned(),
        whole: asked.is_whole(),
        asked: asked.clone(),
        asked_by: work.actor.name.clone(),
        state: State::Waiting,
        job_id: None,
        created_at: work.stamp(),
        started_at: None,
        finished_at: None,
        targets: 0,
        done: 0,
        counts: Counts::default(),
    };
    store::insert_run(&mut work.tx, &run).await?;
    let kind = if origin == REJUDGE { "measurements.rejudge" } else { "measurements.run" };
    let job = work.enqueue(kind, "", json!({ "run": id })).await?;
    store::set_job(&mut work.tx, &id, &job).await?;
    work.audit(root.id.as_str(), "measurements", "run.ask", id.as_str(), json!({ "asked": asked, "origin": origin })).await?;
    Ok(id)
}

/// Whether nobody works on a run that is not over: its job was tried too often.
pub async fn is_given_up(tx: &mut Tx, run: &Run) -> Result<bool> {
    match &run.job_id {
        Some(job) if !run.state.is_over() => Ok(matches!(jobs::state(tx, job).await?.state.as_str(), "failed" | "cancelled")),
        _ => Ok(false),
    }
}

/// The organisation a run is for: the one named, else the only top of what the asker may measure.
async fn root(work: &mut Work, scope: &Scope, code: &str) -> Result<Organisation> {
    if !code.is_empty() {
        return match register::store::organisation_by_code(&mut work.tx, scope, code).await {
            Err(Error::NotFound) => Err(Error::invalid("organisation", "measurements-error-organisation")),
            other => other,
        };
    }
    let mut tops = tops(&register::store::organisations(&mut work.tx, scope).await?);
    match (tops.pop(), tops.is_empty()) {
        (Some(top), true) => Ok(top),
        (Some(_), false) => Err(Error::invalid("organisation", "measurements-error-choose-organisation")),
        (None, _) => Err(Error::invalid("", "measurements-error-no-targets")),
    }
}

/// Those of `organisations` that lie below none of the others.
pub fn tops(organisations: &[Organisation]) -> Vec<Organisation> {
    let below = |one: &Organisation| organisations.iter().any(|other| other.id != one.id && one.path.starts_with(&other.path));
    organisations.iter().filter(|one| !below(one)).cloned().collect()
}

/// Stops a run; what it has measured stays.
pub async fn cancel(work: &mut Work, id: &RunId) -> Result<()> {
    let scope = work.scope("measurements", Verb::Write)?;
    let run = store::run(&mut work.tx, &scope, id).await?;
    if run.state.is_over() {
        return Err(Error::Conflict("measurements-error-run-over"));
    }
    if let Some(job) = &run.job_id {
        jobs::cancel(&mut work.tx, job).await?;
    }
    // A job that waits never hears of it; one that runs ends the run itself.
    if run.state == State::Waiting {
        let now = work.stamp();
        store::set_state(&mut work.tx, id, State::Cancelled, run.counts, &now).await?;
    }
    work.audit(run.organisation_id.as_str(), "measurements", "run.cancel", id.as_str(), json!({})).await
}

/// Keeps observations of `run`, leaving out those kept before, and tells the areas above what decayed or recovered.
/// Gives the number of new ones. Authority: the caller has checked that it may write for every organisation concerned.
pub async fn record(work: &mut Work, run: &Run, mut new: Vec<New>) -> Result<usize> {
    let origins: Vec<&str> = new.iter().map(|one| one.origin.as_str()).collect();
    let mut known = store::known_origins(&mut work.tx, &origins).await?;
    new.retain(|one| known.insert(one.origin.clone()));
    if new.is_empty() {
        return Ok(0);
    }
    let mut organisations: Vec<_> = new.iter().map(|one| one.observation.organisation_id.clone()).collect();
    organisations.sort();
    organisations.dedup();
    let before = store::newest(&mut work.tx, &organisations).await?;
    let mut after: BTreeMap<store::Key, store::Newest> = BTreeMap::new();
    let mut regressed = Vec::new();
    new.sort_by(|a, b| a.observation.at.cmp(&b.observation.at));
    store::insert(&mut work.tx, &new).await?;
    for one in new.iter().map(|one| &one.observation) {
        let key = (one.organisation_id.clone(), one.target.clone(), one.check);
        let last = after.get(&key).or_else(|| before.get(&key)).cloned();
        // An older fact that arrives late changes nothing about today.
        if last.as_ref().is_some_and(|last| last.at > one.at) {
            continue;
        }
        let mut decided = last.and_then(|last| last.decided);
        if one.in_force && matches!(one.verdict, Verdict::Met | Verdict::NotMet) {
            // Other rules are no change of the target: nobody is told that it decayed.
            let other = run.origin == REJUDGE;
            if let Some(change) = change(decided.as_ref().map(|(verdict, _)| *verdict), one.verdict).filter(|_| !other) {
                let payload = json!({
                    "organisation_id": one.organisation_id, "target": one.target, "check": one.check.as_str(), "observation_id": one.id,
                });
                events::emit(work, change.event(), one.id.as_str(), payload).await?;
                if let (Change::Decayed, Some((_, met_at))) = (change, decided) {
                    let (id, organisation_id) = (one.id.clone(), one.organisation_id.clone());
                    regressed.push(Regression { id, organisation_id, run_id: run.id.clone(), met_at });
                }
            }
            decided = Some((one.verdict, one.at.clone()));
        }
        after.insert(key, store::Newest { id: one.id.clone(), at: one.at.clone(), decided });
    }
    store::set_newest(&mut work.tx, &after).await?;
    store::insert_regressions(&mut work.tx, &regressed).await?;
    let detail = json!({ "count": new.len(), "source": run.origin });
    work.audit(run.organisation_id.as_str(), "measurements", "observation.record", run.id.as_str(), detail).await?;
    Ok(new.len())
}

/// Sets the allowed suffixes by kind of organisation, the hour of the daily run, the age in days, the profile of the rules and how long raw
/// evidence is kept.
pub async fn set(work: &mut Work, wanted: Wanted) -> Result<()> {
    work.scope("measurements", Verb::Manage)?;
    let Wanted { by_kind, hour, max_age_days, profile, evidence_days } = wanted;
    let old = store::settings(&mut work.tx).await?;
    let kinds = register::store::kinds(&mut work.tx).await?;
    let mut wrong = Vec::new();
    let mut clean = BTreeMap::new();
    for (kind, suffixes) in by_kind {
        let field = format!("suffix-{kind}");
        if !kinds.iter().any(|one| one.code == kind) {
            wrong.push(Field { name: field.clone(), text: "error-not-a-choice", values: Vec::new() });
        }
        let mut list = Vec::new();
        for suffix in suffixes {
            match formats::dns::name_of(suffix.trim().trim_start_matches('.')) {
                Some(name) => list.push(formats::dns::plain(&name)),
                None => wrong.push(Field { name: field.clone(), text: "measurements-error-suffix", values: vec![("suffix", suffix)] }),
            }
        }
        if !list.is_empty() {
            clean.insert(kind, list);
        }
    }
    if hour.is_some_and(|hour| !(0..24).contains(&hour)) {
        wrong.push(Field { name: "hour".to_owned(), text: "error-not-a-choice", values: Vec::new() });
    }
    if !(1..=3650).contains(&max_age_days) {
        wrong.push(Field { name: "max_age_days".to_owned(), text: "measurements-error-max-age", values: Vec::new() });
    }
    if !retention::may_be(evidence_days) {
        wrong.push(Field { name: "evidence_days".to_owned(), text: "measurements-error-evidence-days", values: Vec::new() });
    }
    let Some(profile) = profile else {
        wrong.push(Field { name: "profile".to_owned(), text: "error-not-a-choice", values: Vec::new() });
        return Err(Error::Invalid(wrong));
    };
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    if clean != old.suffixes.by_kind {
        let list = Suffixes { version: work.stamp(), by_kind: clean.clone() };
        settings::set(&mut work.tx, setting::SUFFIXES, &list).await?;
    }
    settings::set(&mut work.tx, setting::SCHEDULE, &Schedule { hour, last: old.schedule.last.clone() }).await?;
    settings::set(&mut work.tx, setting::MAX_AGE, &max_age_days).await?;
    settings::set(&mut work.tx, setting::PROFILE, &profile).await?;
    settings::set(&mut work.tx, retention::DAYS, &evidence_days).await?;
    let detail = json!({
        "old": old, "suffixes": clean, "hour": hour, "max_age_days": max_age_days, "profile": profile, "evidence_days": evidence_days,
    });
    work.audit("", "measurements", "setting.change", "measurements", detail).await
}

/// What taking a file in did, or would do.
#[derive(Debug, Default)]
pub struct Imported {
    /// The run that holds what is new; none when nothing was stored.
    pub run: Option<RunId>,
    /// Observations that were not there before.
    pub new: usize,
    /// Observations that were there already.
    pub known: usize,
    /// What is wrong, with its place. One error, and nothing of the file is taken in.
    pub problems: Vec<Problem>,
}

impl Imported {
    /// Whether the file was refused.
    pub fn is_refused(&self) -> bool {
        self.problems.iter().any(Problem::is_error)
    }
}

/// The errors among `problems` as the error of a form, in both languages.
pub fn refusal(problems: &[Problem]) -> Error {
    let field = |problem: &Problem| Field {
        name: problem.place.row.map_or(String::new(), |row| format!("row {row}")),
        text: "measurements-problem",
        values: vec![
            ("code", problem.code.to_string()),
            ("ja", format!("{} {}", problem.message(Lang::Ja), problem.remedy(Lang::Ja))),
            ("en", format!("{} {}", problem.message(Lang::En), problem.remedy(Lang::En))),
        ],
    };
    Error::Invalid(problems.iter().filter(|problem| problem.is_error()).map(field).collect())
}

/// Takes in observations made elsewhere: OCSF Compliance Findings (JSON, JSON lines) or a sheet (CSV, XLSX). All or nothing;
/// the same record again adds nothing. With `dry_run`, and when a problem stops it, nothing is changed: do not commit then.
pub async fn import(work: &mut Work, name: &str, bytes: &[u8], dry_run: bool) -> Result<Imported> {
    let scope = work.scope("measurements", Verb::Write)?;
    let (file, sent) = (name.to_owned(), bytes.to_vec());
    // A large file takes seconds to read: not on the threads that answer others.
    let (outside, mut problems) = tokio::task::spawn_blocking(move || import::read(&file, &sent)).await.map_err(Error::internal)?;
    let targets = targets_in(&mut work.tx, &scope, work.now).await?;
    let (fitting, mut unfit) = import::fit(&outside, &targets, work.now);
    problems.append(&mut unfit);
    let mut done = Imported { problems, ..Imported::default() };
    if done.is_refused() || fitting.is_empty() {
        if !done.is_refused() {
            done.problems.push(Problem::new(Place::nowhere(), ProblemKind::EmptyFile));
        }
        return Ok(done);
    }
    let id: RunId = work.id();
    let new = import::keep(&fitting, &id, work.now, &work.app().entropy.clone())?;
    let origins: BTreeSet<&str> = new.iter().map(|one| one.origin.as_str()).collect();
    let known = store::known_origins(&mut work.tx, &origins.iter().copied().collect::<Vec<_>>()).await?;
    (done.new, done.known) = (origins.len() - known.len(), known.len());
    if dry_run || done.new == 0 {
        return Ok(done);
    }
    let touched = import::organisations(&fitting);
    let root = common_top(&register::store::organisations(&mut work.tx, &Scope::Everything).await?, &touched)?;
    let mut counts = Counts::default();
    for one in new.iter().filter(|one| !known.contains(&one.origin)) {
        counts.add(one.observation.verdict, 1);
    }
    let now = work.stamp();
    let run = Run {
        id: id.clone(),
        organisation_id: root.id.clone(),
        origin: "import".to_owned(),
        whole: false,
        asked: Asked { organisation: root.code.clone(), ..Asked::default() },
        asked_by: work.actor.name.clone(),
        state: State::Done,
        job_id: None,
        created_at: now.clone(),
        started_at: Some(now.clone()),
        finished_at: Some(now),
        targets: touched.len() as i64,
        done: touched.len() as i64,
        counts,
    };
    store::insert_run(&mut work.tx, &run).await?;
    record(work, &run, new).await?;
    work.enqueue(TELL, TELL, json!({})).await?;
    work.audit(root.id.as_str(), "measurements", "observation.import", id.as_str(), json!({ "file": name, "new": done.new, "known": done.known }))
        .await?;
    done.run = Some(id);
    Ok(done)
}

/// The deepest organisation above (or equal to) all of `touched`.
fn common_top(organisations: &[Organisation], touched: &BTreeSet<&str>) -> Result<Organisation> {
    let paths: Vec<&str> = organisations.iter().filter(|one| touched.contains(one.id.as_str())).map(|one| one.path.as_str()).collect();
    organisations
        .iter()
        .filter(|one| paths.iter().all(|path| path.starts_with(one.path.as_str())))
        .max_by_key(|one| one.path.len())
        .cloned()
        .ok_or_else(|| Error::invalid("", "measurements-error-several-trees"))
}
