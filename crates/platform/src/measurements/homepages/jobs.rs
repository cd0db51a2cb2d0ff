//! Background work of the homepage watch: look at the pages whose time has come, once a day tidy up and write the digest.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use engine::homepage::{Finding, Happening, Level, Sight, Standing, Thresholds, Verdict, Watch, Weight};
use formats::evidence::{Evidence, Target};
use jiff::{SignedDuration, Timestamp};
use probe::Prober;
use serde_json::{Value as Json, json};
use tokio::task::JoinSet;

use super::actions;
use super::store::{self, Remembered};
use super::{Event, EventKind, HomepageId, KEPT_DAYS, Looks, TIDIED, Watching};
use crate::base::actor::{Actor, OrganisationId, Scope};
use crate::base::config::App;
use crate::base::dates::{date, stamp, zone};
use crate::base::error::{Error, Result};
use crate::base::jobs::{self as base, JobCx};
use crate::base::lang::Lang;
use crate::base::settings;
use crate::base::work::Work;
use crate::measurements::observation::Reason;

/// The job's name.
pub const JOB: &str = "measurements.homepages";
/// Its key: one of them is enough.
const KEY: &str = "homepages";
/// Looks kept in one transaction; each may hold a page of a quarter of a megabyte.
const BATCH: usize = 16;
/// How often a job keeps what it has and listens whether to stop.
const BEAT: Duration = Duration::from_secs(2);
/// Seconds until the next look where something is half known, and between two jobs.
const SOON: i64 = 60;
const GAP: i64 = 30;

/// One look.
struct Looked {
    id: HomepageId,
    /// The time it was to be, by which a second look of another worker is known.
    due_at: String,
    sight: Sight,
    evidence: Evidence,
}

/// Looks at every page whose time has come. Run again, it looks at none.
pub async fn look(cx: JobCx, _: Json) -> Result<()> {
    let watching = actions::watching(&mut cx.app.db.read().await?).await?;
    let Some(minutes) = watching.minutes else { return Ok(()) };
    let Some(vantage) = cx.app.config.probe.ready() else {
        return Err(Error::Unavailable("measurements-error-no-resolver"));
    };
    enrol(&cx).await?;
    tidy(&cx).await?;
    let due = store::due(&mut cx.app.db.read().await?, &stamp(cx.app.clock.now())).await?;
    let prober = Arc::new(Prober::new(vantage, cx.app.config.probe.budget, u64::from_le_bytes(cx.app.entropy.bytes::<8>())));
    visit(&cx, &prober, due, &watching, minutes).await
}

async fn visit(cx: &JobCx, prober: &Arc<Prober>, due: Vec<(HomepageId, String, String)>, watching: &Watching, minutes: u32) -> Result<()> {
    let (cancel, total) = (prober.cancel_flag(), due.len());
    let (mut waiting, mut running, mut looked, mut done) = (due.into_iter(), JoinSet::new(), Vec::new(), 0);
    let mut beat = tokio::time::interval(BEAT);
    loop {
        while running.len() < cx.app.config.probe.concurrency.max(1) && !cancel.load(Ordering::Relaxed) {
            let Some((id, domain, due_at)) = waiting.next() else { break };
            let (prober, now) = (Arc::clone(prober), cx.app.clock.now().as_second());
            running.spawn(async move {
                let mut visit = prober.visit(&Target::new(domain), now);
                let sight = visit.settle(engine::homepage::look).await;
                Looked { id, due_at, sight, evidence: visit.evidence().clone() }
            });
        }
        let keep_now = tokio::select! {
            joined = running.join_next() => match joined {
                None => true,
                Some(Err(error)) => return Err(Error::internal(format!("a look ended by itself: {error}"))),
                Some(Ok(one)) => {
                    looked.push(one);
                    done += 1;
                    looked.len() >= BATCH
                }
            },
            _ = beat.tick() => true,
        };
        if keep_now {
            // What ended because the job was stopped says nothing of the page: it stays due.
            if !cancel.load(Ordering::Relaxed) {
                keep(cx, std::mem::take(&mut looked), watching, minutes).await?;
            }
            if cx.progress(done, total).await? {
                cancel.store(true, Ordering::Relaxed);
            }
            if running.is_empty() && (waiting.len() == 0 || cancel.load(Ordering::Relaxed)) {
                return Ok(());
            }
        }
    }
}

/// Keeps what was seen, and tells what has happened.
async fn keep(cx: &JobCx, looked: Vec<Looked>, watching: &Watching, minutes: u32) -> Result<()> {
    if looked.is_empty() {
        return Ok(());
    }
    let mut work = Work::begin(&cx.app, &cx.actor()).await?;
    let ids: Vec<&HomepageId> = looked.iter().map(|one| &one.id).collect();
    let mut known = store::remembered(&mut work.tx, &ids).await?;
    let (mut counted, mut told) = (Vec::new(), 0);
    for one in &looked {
        let Some(mut row) = known.remove(&one.id).filter(|row| row.due_at == one.due_at) else { continue };
        let at = one.evidence.at;
        let available = row.watch.available(&one.sight);
        let happened = row.watch.see(&one.sight, at, &watching.thresholds);
        note(&mut row, &one.sight, &happened, at, &watching.thresholds);
        let wait = if row.watch.soon() { SOON } else { i64::from(minutes) * 60 };
        let next = stamp(work.now + SignedDuration::from_secs(wait));
        if !store::keep(&mut work.tx, &row.homepage, &row.watch, &row.due_at, &next).await? {
            continue;
        }
        counted.push((one.id.clone(), Looks::of(available)));
        told += happened.len();
        for happening in happened {
            tell(&mut work, &row, happening, &one.evidence).await?;
        }
    }
    let today = date(work.now).to_string();
    store::count(&mut work.tx, &today, &counted).await?;
    // That a page was there again, as ten minutes ago, is no change anybody must answer for: no audit line.
    if told == 0 { work.tx.commit().await } else { work.commit().await }
}

fn level(verdict: &Verdict) -> Option<String> {
    match verdict.weight {
        Weight::Alert(level) => Some(level.as_str().to_owned()),
        Weight::Digest | Weight::Nothing => None,
    }
}

fn at_stamp(seconds: i64) -> String {
    stamp(Timestamp::from_second(seconds).unwrap_or_default())
}

/// Brings what lists show of a page up to date with what the watch knows.
fn note(row: &mut Remembered, sight: &Sight, happened: &[Happening], at: i64, thresholds: &Thresholds) {
    let (one, watch): (_, &Watch) = (&mut row.homepage, &row.watch);
    one.seen_at = Some(at_stamp(at));
    one.remark = match sight {
        Sight::Down(reason) | Sight::Unknown(reason) => Some(reason.clone().into()),
        Sight::Page(page) => {
            (one.title, one.address) = (page.title.clone(), page.address.clone());
            None
        }
    };
    (one.standing, one.since) = (watch.standing, at_stamp(watch.since));
    (one.level, one.reasons) = match (watch.standing, watch.finding(thresholds)) {
        (Standing::Changed, Some(finding)) => (level(&finding.verdict), reasons(&finding)),
        (Standing::Down, _) => (None, why_down(happened).map_or_else(|| std::mem::take(&mut one.reasons), |reason| vec![reason])),
        _ => (None, Vec::new()),
    };
}

fn why_down(happened: &[Happening]) -> Option<Reason> {
    happened.iter().find_map(|happening| match happening {
        Happening::Down { reason, .. } => Some(reason.clone().into()),
        _ => None,
    })
}

fn reasons(finding: &Finding) -> Vec<Reason> {
    finding.verdict.reasons.iter().cloned().map(Into::into).collect()
}

/// Keeps one event; an alert and an outage are told to the owner and to the areas above.
async fn tell(work: &mut Work, row: &Remembered, happening: Happening, evidence: &Evidence) -> Result<()> {
    let (kind, finding, down) = match happening {
        Happening::Began => (EventKind::Began, None, None),
        Happening::Changed(finding) => (EventKind::Changed, Some(finding), None),
        Happening::Drifted(finding) => (EventKind::Drifted, Some(finding), None),
        Happening::Returned => (EventKind::Returned, None, None),
        Happening::Down { reason, since } => (EventKind::Down, None, Some((reason, since))),
        Happening::Back => (EventKind::Back, None, None),
    };
    let one = &row.homepage;
    let event = Event {
        id: work.id(),
        homepage_id: one.id.clone(),
        organisation_id: one.organisation_id.clone(),
        at: down.as_ref().map_or_else(|| at_stamp(evidence.at), |(_, since)| at_stamp(*since)),
        kind,
        level: finding.as_ref().and_then(|finding| level(&finding.verdict)),
        reasons: finding.as_ref().map(|finding| reasons(finding)).or_else(|| down.map(|(reason, _)| vec![reason.into()])).unwrap_or_default(),
        change: finding.map(|finding| finding.change),
        by: String::new(),
        note: String::new(),
    };
    store::insert_events(&mut work.tx, std::slice::from_ref(&event)).await?;
    let codes: Vec<&str> = event.reasons.iter().map(|reason| reason.code.as_str()).collect();
    let detail = json!({ "domain": one.domain, "kind": kind, "reasons": codes });
    work.audit(event.organisation_id.as_str(), "measurements", "homepage.see", one.id.as_str(), detail).await?;
    match kind {
        EventKind::Changed => {
            store::keep_page(&mut work.tx, &event, &serde_json::to_string(evidence)?).await?;
            actions::emit(work, &one.domain, &event).await?;
            let urgent = event.level.as_deref() == Some(Level::Urgent.as_str());
            mail(work, one, &event, if urgent { "measurements-mail-homepage-urgent" } else { "measurements-mail-homepage-changed" }).await
        }
        EventKind::Down => {
            actions::emit(work, &one.domain, &event).await?;
            mail(work, one, &event, "measurements-mail-homepage-down").await
        }
        EventKind::Back | EventKind::Returned => actions::emit(work, &one.domain, &event).await,
        EventKind::Began | EventKind::Drifted | EventKind::Accepted => Ok(()),
    }
}

async fn mail(work: &mut Work, one: &super::Homepage, event: &Event, key: &str) -> Result<()> {
    let address = format!("{}/measurements/homepages/{}", work.app().config.public_url, one.id);
    let values = |lang: Lang| {
        vec![
            ("domain", one.domain.clone()),
            ("at", crate::base::dates::show_stamp(&event.at)),
            ("reasons", actions::told(event, lang)),
            ("address", address.clone()),
        ]
    };
    actions::tell(work, &one.organisation_id, key, values).await
}

/// Puts registered web servers under watch that are not yet, and ends the watch over what left the register.
async fn enrol(cx: &JobCx) -> Result<()> {
    let mut tx = cx.app.db.read().await?;
    let targets = crate::measurements::actions::targets_in(&mut tx, &Scope::Everything, cx.app.clock.now()).await?;
    let wanted: BTreeSet<(OrganisationId, String)> =
        targets.into_iter().filter(|target| target.web_server).map(|target| (target.organisation_id, target.domain)).collect();
    let known = store::known(&mut tx).await?;
    drop(tx);
    let fresh: Vec<&(OrganisationId, String)> = wanted.iter().filter(|key| !known.contains_key(*key)).collect();
    let turned: Vec<(&HomepageId, bool)> =
        known.iter().filter(|(key, (_, watched))| wanted.contains(key) != *watched).map(|(_, (id, watched))| (id, !watched)).collect();
    if fresh.is_empty() && turned.is_empty() {
        return Ok(());
    }
    let mut work = Work::begin(&cx.app, &cx.actor()).await?;
    let now = work.stamp();
    let new: Vec<(HomepageId, OrganisationId, String)> =
        fresh.into_iter().map(|(organisation, domain)| (work.id(), organisation.clone(), domain.clone())).collect();
    let watch = Watch::new(work.now.as_second());
    store::enrol(&mut work.tx, &new, &watch, &now).await?;
    for (id, watched) in &turned {
        store::set_watched(&mut work.tx, id, *watched, &now).await?;
    }
    let detail = json!({ "new": new.len(), "turned": turned.len() });
    work.audit("", "measurements", "homepage.enrol", "homepages", detail).await?;
    work.commit().await
}

/// Once a day: takes away what is old, and writes to each owner which texts changed the day before.
async fn tidy(cx: &JobCx) -> Result<()> {
    let now = cx.app.clock.now();
    let today = date(now);
    let last = settings::get(&mut cx.app.db.read().await?, TIDIED, String::new()).await?;
    if last == today.to_string() {
        return Ok(());
    }
    let midnight = |day: jiff::civil::Date| day.to_zoned(zone()).map(|at| stamp(at.timestamp())).map_err(Error::internal);
    let (from, to) = (midnight(today.saturating_sub(jiff::Span::new().days(1)))?, midnight(today)?);
    let oldest = today.saturating_sub(jiff::Span::new().days(KEPT_DAYS));
    let mut work = Work::begin(&cx.app, &cx.actor()).await?;
    store::tidy(&mut work.tx, &oldest.to_string(), &midnight(oldest)?).await?;
    let drifted = store::events_between(&mut work.tx, EventKind::Drifted, &from, &to).await?;
    let owners: BTreeSet<OrganisationId> = drifted.iter().map(|(_, event)| event.organisation_id.clone()).collect();
    let address = format!("{}/measurements/homepages", work.app().config.public_url);
    for owner in &owners {
        let own: Vec<&(String, Event)> = drifted.iter().filter(|(_, event)| event.organisation_id == *owner).collect();
        let pages = |lang: Lang| own.iter().map(|(domain, event)| format!("{domain}\n{}", actions::told(event, lang))).collect::<Vec<_>>().join("\n");
        let values = |lang: Lang| vec![("pages", pages(lang)), ("address", address.clone())];
        actions::tell(&mut work, owner, "measurements-mail-homepage-digest", values).await?;
    }
    settings::set(&mut work.tx, TIDIED, &today.to_string()).await?;
    work.audit("", "measurements", "homepage.tidy", "homepages", json!({ "digests": owners.len(), "before": oldest.to_string() })).await?;
    work.commit().await
}

/// Puts the job on the list when a page's time has come. Called every second: a few small reads.
pub async fn plan(app: Arc<App>) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let Some(minutes) = actions::watching(&mut tx).await?.minutes else { return Ok(()) };
    if let Some(last) = base::newest(&mut tx, JOB, KEY).await? {
        let younger = |seconds: i64| last.created_at > stamp(now - SignedDuration::from_secs(seconds));
        // Where no page waits the register may still have grown, so it is looked through as often as pages are.
        if !last.is_over() || younger(GAP) || (younger(i64::from(minutes) * 60) && !store::is_due(&mut tx, &stamp(now)).await?) {
            return Ok(());
        }
    }
    drop(tx);
    let mut work = Work::begin(&app, &Actor::operator("schedule")).await?;
    work.enqueue(JOB, KEY, json!({})).await?;
    work.tx.commit().await
}
