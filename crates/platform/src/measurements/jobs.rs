//! Background work: measure the targets of a run, and begin the daily one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use engine::facts::{Check, Verdict};
use engine::judge::{Judgement, ORDER, Rules, Why, judge};
use formats::evidence::{Allowed, Evidence};
use jiff::Zoned;
use probe::Prober;
use serde_json::{Value as Json, json};
use tokio::task::JoinSet;

use super::actions;
use super::evidence::{Judged, Proof, packed};
use super::observation::{New, Observation, ObservationId};
use super::regression::{Outcome, hearers, in_language, is_by_rules, is_doubtful, letter};
use super::run::{Asked, Run, RunId, State};
use super::setting;
use super::store::{self, Untold};
use super::target::Target;
use crate::access;
use crate::base::actor::{Actor, OrganisationId, Scope};
use crate::base::config::App;
use crate::base::dates::{date, zone};
use crate::base::db::Tx;
use crate::base::error::{Error, Result};
use crate::base::events;
use crate::base::id::Id;
use crate::base::jobs::JobCx;
use crate::base::lang::Lang;
use crate::base::mail;
use crate::base::settings;
use crate::base::work::Work;
use crate::register;
use crate::register::system::SystemId;

/// How often a run stores what it has, tells how far it is, and listens whether to stop.
const BEAT: Duration = Duration::from_secs(1);
/// Observations stored in one transaction.
const BATCH: usize = 250;

/// Measures the targets of `{"run": id}`. Run again, it measures only what is missing.
pub async fn run(cx: JobCx, payload: Json) -> Result<()> {
    let mut tx = cx.app.db.read().await?;
    let Some((run, scope)) = asked(&mut tx, &payload).await? else { return Ok(()) };
    let mut targets = actions::targets_in(&mut tx, &scope, cx.app.clock.now()).await?;
    targets.retain(|target| run.asked.targets.is_empty() || run.asked.targets.contains(&target.domain));
    let settings = store::settings(&mut tx).await?;
    let (version, rules) = (settings.suffixes.version, Arc::new(Rules::of(settings.profile)));
    let done = store::measured_in_run(&mut tx, &run.id).await?;
    drop(tx);
    let checks = run.asked.checks();
    let todo: Vec<(Target, Vec<Check>)> = targets
        .iter()
        .filter_map(|target| {
            let known = done.get(&(target.organisation_id.clone(), target.domain.clone()));
            let missing: Vec<Check> = target.expects(&checks).filter(|check| known.is_none_or(|known| !known.contains(check))).collect();
            (!missing.is_empty()).then(|| (target.clone(), missing))
        })
        .collect();
    let Some(vantage) = cx.app.config.probe.ready() else {
        return Err(Error::Unavailable("measurements-error-no-resolver"));
    };
    let seed = u64::from_le_bytes(cx.app.entropy.bytes::<8>());
    let prober = Arc::new(Prober::new(vantage, cx.app.config.probe.budget, seed));
    let cancelled = measure(&cx, &run, &prober, &rules, targets.len(), todo, &version).await?;
    end(&cx, &run, cancelled).await
}

/// The run of `{"run": id}` and what it is about; none when it is over already.
async fn asked(tx: &mut Tx, payload: &Json) -> Result<Option<(Run, Scope)>> {
    let id = RunId::from_text(payload["run"].as_str().unwrap_or_default());
    let run = store::run(tx, &Scope::Everything, &id).await?;
    if run.state.is_over() {
        return Ok(None);
    }
    let root = register::store::organisation(tx, &Scope::Everything, &run.organisation_id).await?;
    Ok(Some((run, Scope::Paths(vec![root.path]))))
}

async fn end(cx: &JobCx, run: &Run, cancelled: bool) -> Result<()> {
    let mut work = Work::begin(&cx.app, &cx.actor()).await?;
    let counts = store::counts_of(&mut work.tx, &run.id).await?;
    let (state, now) = (if cancelled { State::Cancelled } else { State::Done }, work.stamp());
    store::set_state(&mut work.tx, &run.id, state, counts, &now).await?;
    // Judging again tells nobody anything.
    if run.origin != actions::REJUDGE {
        work.enqueue(actions::TELL, actions::TELL, json!({})).await?;
    }
    events::emit(&mut work, actions::RUN_END, run.id.as_str(), json!({ "state": state })).await?;
    work.audit(run.organisation_id.as_str(), "measurements", "run.end", run.id.as_str(), json!({ "state": state, "counts": counts })).await?;
    work.commit().await
}

/// The suffixes each target may have today.
async fn allowed(tx: &mut Tx, scope: &Scope, now: jiff::Timestamp) -> Result<BTreeMap<(OrganisationId, String), Vec<String>>> {
    let targets = actions::targets_in(tx, scope, now).await?;
    Ok(targets.into_iter().map(|target| ((target.organisation_id, target.domain), target.suffixes)).collect())
}

/// What kept evidence says under the rules and the suffixes of today.
fn again(
    one: &Observation,
    evidence: &mut Evidence,
    rules: &Rules,
    allowed: &BTreeMap<(OrganisationId, String), Vec<String>>,
    version: &str,
) -> Judgement {
    if let Some(suffixes) = allowed.get(&(one.organisation_id.clone(), one.target.clone())) {
        evidence.target.allow = Allowed { suffixes: suffixes.clone(), version: version.to_owned() };
    }
    engine::judge::rejudge(one.check, evidence, rules)
}

/// Tells the owners what regressed in the runs that are over: one mail for each organisation and run. Run again, it tells nothing.
pub async fn tell(cx: JobCx, _: Json) -> Result<()> {
    let mut work = Work::begin(&cx.app, &cx.actor()).await?;
    let now = work.stamp();
    let untold = store::take_untold(&mut work.tx, &now).await?;
    if untold.is_empty() {
        return Ok(());
    }
    let by_rules = by_rules(&mut work, &untold).await?;
    let accounts = access::store::accounts(&mut work.tx, &Scope::Everything).await?;
    let organisations = register::store::organisations(&mut work.tx, &Scope::Everything).await?;
    let mut outcomes: BTreeMap<Outcome, Vec<&ObservationId>> = BTreeMap::new();
    let mut letters: BTreeMap<(&OrganisationId, &RunId), Vec<&Observation>> = BTreeMap::new();
    for one in &untold {
        let observation = &one.observation;
        let outcome = match (one.met_again, by_rules.contains(&observation.id)) {
            (true, _) => Outcome::MetAgain,
            (_, true) => Outcome::Rules,
            _ => {
                letters.entry((&observation.organisation_id, &observation.run_id)).or_default().push(observation);
                continue;
            }
        };
        outcomes.entry(outcome).or_default().push(&observation.id);
    }
    let site = work.app().config.public_url.clone();
    let mut mails = 0;
    for ((id, _), regressed) in letters {
        let whose = organisations.iter().find(|one| one.id == *id);
        let hearers = whose.map(|one| hearers(&one.path, &accounts)).unwrap_or_default();
        if let Some(whose) = whose {
            let list = format!("{site}/measurements/organisations/{id}");
            for hearer in &hearers {
                let lang = hearer.lang.as_deref().and_then(Lang::parse);
                let (subject, body) = in_language(lang, |lang| letter(lang, whose.name(lang), &list, &site, &regressed));
                mail::send(&mut work, &hearer.email, &subject, &body).await?;
            }
        }
        mails += hearers.len();
        let outcome = if hearers.is_empty() { Outcome::Nobody } else { Outcome::Mail };
        outcomes.entry(outcome).or_default().extend(regressed.iter().map(|one| &one.id));
    }
    let mut counts = BTreeMap::new();
    for (outcome, ids) in outcomes {
        store::set_outcomes(&mut work.tx, outcome, &ids).await?;
        counts.insert(outcome.as_str(), ids.len());
    }
    work.audit("", "measurements", "regression.tell", "measurements", json!({ "mails": mails, "regressions": counts })).await?;
    work.commit().await
}

/// Those of `untold` that are the doing of the rules: the old evidence is not met under those of today either.
async fn by_rules(work: &mut Work, untold: &[Untold]) -> Result<BTreeSet<ObservationId>> {
    let doubtful: Vec<(&ObservationId, &Observation)> = untold
        .iter()
        .filter_map(|one| Some((&one.observation, one.before.as_ref()?)))
        .filter(|(after, before)| is_doubtful(before, after))
        .map(|(after, before)| (&after.id, before))
        .collect();
    if doubtful.is_empty() {
        return Ok(BTreeSet::new());
    }
    let (now, settings) = (work.now, store::settings(&mut work.tx).await?);
    let allowed = allowed(&mut work.tx, &Scope::Everything, now).await?;
    let rules = Rules::of(settings.profile);
    let raw = store::evidence_of(&mut work.tx, &doubtful.iter().map(|(_, before)| &before.id).collect::<Vec<_>>()).await?;
    let verdict = |before: &Observation| {
        let evidence = raw.get(&before.id).and_then(|kept| Evidence::read(&kept.text).ok());
        evidence.map_or(Verdict::CouldNotMeasure, |mut evidence| again(before, &mut evidence, &rules, &allowed, &settings.suffixes.version).verdict)
    };
    Ok(doubtful.into_iter().filter(|(_, before)| is_by_rules(verdict(before))).map(|(id, _)| id.clone()).collect())
}

/// Judges the newest kept evidence of `{"run": id}` again, under the rules as they are set now; nobody is asked anything. What is
/// judged otherwise becomes an observation of its own, made at the time of the evidence. Run again, it adds nothing.
pub async fn rejudge(cx: JobCx, payload: Json) -> Result<()> {
    let mut tx = cx.app.db.read().await?;
    let Some((run, scope)) = asked(&mut tx, &payload).await? else { return Ok(()) };
    let settings = store::settings(&mut tx).await?;
    let rules = Rules::of(settings.profile);
    // The list of suffixes is a rule too: the newest one counts, and which it is depends on the kind of organisation.
    let allowed = allowed(&mut tx, &scope, cx.app.clock.now()).await?;
    let checks = run.asked.checks();
    let mut kept = store::latest(&mut tx, &scope).await?;
    // What other products measured came without evidence of this shape.
    kept.retain(|one| one.source != "import" && checks.contains(&one.check));
    drop(tx);
    let (total, mut done) = (kept.len(), 0);
    for chunk in kept.chunks(BATCH) {
        let ids: Vec<_> = chunk.iter().map(|one| &one.id).collect();
        let raw = store::evidence_of(&mut cx.app.db.read().await?, &ids).await?;
        let mut otherwise = Vec::new();
        for one in chunk {
            // What was dropped cannot be judged again: it stays as it was judged.
            let Some((kept, mut evidence)) = raw.get(&one.id).and_then(|kept| Some((kept, Evidence::read(&kept.text).ok()?))) else { continue };
            let judgement = again(one, &mut evidence, &rules, &allowed, &settings.suffixes.version);
            if (one.verdict, &one.reason.code, &one.rule_version) != (judgement.verdict, &judgement.reason.code, &judgement.rule.version) {
                let origin = format!("rejudge/{}/{}@{}", one.id, judgement.rule.id, judgement.rule.version);
                let about = About { organisation_id: &one.organisation_id, system_id: one.system_id.as_ref(), target: &one.target };
                let proof = Proof::again(Id::new(cx.app.clock.now(), &cx.app.entropy), kept, &evidence)?;
                otherwise.push(keep(&cx, &run, about, actions::REJUDGE, origin, Judged::new(judgement, evidence, proof)));
            }
        }
        done += chunk.len();
        flush(&cx, &run, total, done, otherwise).await?;
        if cx.progress(done, total).await? {
            return end(&cx, &run, true).await;
        }
    }
    end(&cx, &run, false).await
}

/// Measures `todo`, several at a time, storing as it goes. `true`: somebody asked it to stop.
async fn measure(
    cx: &JobCx,
    run: &Run,
    prober: &Arc<Prober>,
    rules: &Arc<Rules>,
    total: usize,
    todo: Vec<(Target, Vec<Check>)>,
    version: &str,
) -> Result<bool> {
    let cancel = prober.cancel_flag();
    let mut done = total - todo.len();
    let mut waiting = todo.into_iter();
    let mut running = JoinSet::new();
    let mut heard: Vec<New> = Vec::new();
    let mut beat = tokio::time::interval(BEAT);
    loop {
        while running.len() < cx.app.config.probe.concurrency.max(1) && !cancel.load(Ordering::Relaxed) {
            let Some((target, checks)) = waiting.next() else { break };
            let (prober, rules, now) = (Arc::clone(prober), Arc::clone(rules), cx.app.clock.now().as_second());
            let allow = Allowed { suffixes: target.suffixes.clone(), version: version.to_owned() };
            let selectors = target.known_selectors();
            let asked = formats::evidence::Target { domain: target.domain.clone(), web_server: target.web_server, allow, selectors };
            let pack = Id::new(cx.app.clock.now(), &cx.app.entropy);
            running.spawn(async move {
                let mut found = visit(&prober, &asked, &checks, &rules, now).await;
                // What ended because the run was stopped is no fact about the target.
                found.retain(|(judgement, _)| judgement.reason.code != Why::Cancelled.code());
                (target, packed(&pack, found))
            });
        }
        let store_now = tokio::select! {
            joined = running.join_next() => match joined {
                None => true,
                Some(Err(error)) => return Err(Error::internal(format!("a measurement ended by itself: {error}"))),
                Some(Ok((target, judged))) => {
                    heard.extend(judged?.into_iter().map(|one| {
                        let about = About { organisation_id: &target.organisation_id, system_id: target.system_id.as_ref(), target: &target.domain };
                        let origin = format!("{}/{}/{}/{}", run.id, target.organisation_id, target.domain, one.judgement.check.as_str());
                        keep(cx, run, about, "probe", origin, one)
                    }));
                    done += 1;
                    heard.len() >= BATCH
                }
            },
            _ = beat.tick() => true,
        };
        if store_now {
            flush(cx, run, total, done, std::mem::take(&mut heard)).await?;
            if cx.progress(done, total).await? {
                cancel.store(true, Ordering::Relaxed);
            }
            if running.is_empty() && (waiting.len() == 0 || cancel.load(Ordering::Relaxed)) {
                return Ok(cancel.load(Ordering::Relaxed));
            }
        }
    }
}

/// Measures `checks` of one target: what is judged first is asked first, and what was heard serves all.
pub(super) async fn visit(
    prober: &Prober,
    target: &formats::evidence::Target,
    checks: &[Check],
    rules: &Rules,
    now: i64,
) -> Vec<(Judgement, Evidence)> {
    let mut visit = prober.visit(target, now);
    let mut found = Vec::new();
    for check in ORDER.iter().copied().filter(|check| checks.contains(check)) {
        let judgement = visit.settle(|evidence| judge(check, evidence, rules)).await;
        if check == Check::Dnssec && judgement.verdict == Verdict::Met {
            visit.vouch();
        }
        found.push((judgement, visit.evidence().used()));
    }
    found
}

async fn flush(cx: &JobCx, run: &Run, total: usize, done: usize, heard: Vec<New>) -> Result<()> {
    let mut work = Work::begin(&cx.app, &cx.actor()).await?;
    let now = work.stamp();
    store::set_progress(&mut work.tx, &run.id, total, done, &now).await?;
    if actions::record(&mut work, run, heard).await? == 0 {
        // How far a run is, is no change anybody must answer for: no audit line.
        return work.tx.commit().await;
    }
    work.commit().await
}

/// Whose target an observation is about.
struct About<'a> {
    organisation_id: &'a OrganisationId,
    system_id: Option<&'a SystemId>,
    target: &'a str,
}

/// An observation as it is kept.
fn keep(cx: &JobCx, run: &Run, about: About<'_>, source: &str, origin: String, judged: Judged) -> New {
    let Judged { judgement: one, at, vantage, proof } = judged;
    let check = one.check;
    New {
        origin,
        observation: Observation {
            id: Id::new(cx.app.clock.now(), &cx.app.entropy),
            organisation_id: about.organisation_id.clone(),
            system_id: about.system_id.cloned(),
            target: about.target.to_owned(),
            check,
            verdict: one.verdict,
            in_force: one.rule.in_force,
            reason: one.reason.into(),
            notes: one.notes.into_iter().map(Into::into).collect(),
            value: one.value,
            observed: one.observed.into(),
            expected: one.expected.into(),
            remedy: one.remedy,
            who: one.who.into(),
            command: one.command,
            evidence_hash: proof.hash.clone(),
            rule_id: one.rule.id,
            rule_version: one.rule.version,
            clause: one.rule.clause,
            vantage,
            at,
            lists: one.lists,
            source: source.to_owned(),
            run_id: run.id.clone(),
        },
        proof,
    }
}

/// Begins the daily run when its hour has come and it was not begun today. Called every second: two small reads.
pub async fn plan(app: Arc<App>) -> Result<()> {
    let now = app.clock.now();
    let today = date(now).to_string();
    let schedule = {
        let mut tx = app.db.read().await?;
        settings::get(&mut tx, setting::SCHEDULE, setting::Schedule::default()).await?
    };
    let Some(hour) = schedule.hour else { return Ok(()) };
    if schedule.last == today || Zoned::new(now, zone()).hour() < hour {
        return Ok(());
    }
    let mut work = Work::begin(&app, &Actor::operator("schedule")).await?;
    settings::set(&mut work.tx, setting::SCHEDULE, &setting::Schedule { hour: Some(hour), last: today }).await?;
    let organisations = register::store::organisations(&mut work.tx, &Scope::Everything).await?;
    let mut begun = BTreeSet::new();
    for top in actions::tops(&organisations) {
        match actions::run_from(&mut work, &Asked { organisation: top.code, ..Asked::default() }, "schedule").await {
            Ok(id) => begun.insert(id.to_string()),
            // A tree without domains has nothing to measure today.
            Err(Error::Invalid(_)) => false,
            Err(error) => return Err(error),
        };
    }
    work.audit("", "measurements", "schedule.begin", "measurements", json!({ "runs": begun })).await?;
    work.commit().await
}
