//! Pages of the homepage watch: all of them, and one with what has changed.

use std::collections::{BTreeMap, BTreeSet};

use axum::Form as Sent;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use engine::homepage::{Change, Standing};
use engine::numbers::HOMEPAGE_AVAILABILITY;
use formats::chart::{Chart, Head, Heat, HeatRow, Line, Palette, Series, Unit};
use jiff::{Span, Timestamp};

use super::api::{self, HomepageFull, HomepageOut, Seen, WatchingIn};
use super::{DAYS, Event, EventKind, HomepageId, Looks, actions, store};
use crate::base::actor::Verb;
use crate::base::cx::Cx;
use crate::base::dates::{date, show_stamp};
use crate::base::error::{Error, Field, Result};
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::form::{Form, Input};
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::base::view::respond::Go;
use crate::measurements::observation::Reason;
use crate::register;

const AREA: &str = "/measurements";
const HOME: &str = "/measurements/homepages";
/// Pages whose availability is drawn: those that were missing most.
const DRAWN: usize = 20;
/// Minutes to choose from.
const EVERY: [u32; 6] = [5, 10, 15, 30, 60, 360];

fn standing(cx: &Cx, one: Standing, level: Option<&str>) -> Cell {
    let tone = match one {
        Standing::Up => Tone::Good,
        Standing::Changed | Standing::Down => Tone::Bad,
        Standing::Learning => Tone::Plain,
    };
    let word = cx.t(&format!("measurements-homepage-{}", one.as_str()));
    let level = level.map(|level| cx.t(&format!("measurements-homepage-level-{level}")));
    Cell::Badge(tone, level.map_or_else(|| word.clone(), |level| format!("{word}・{level}")))
}

fn sentences(cx: &Cx, reasons: &[Reason]) -> Cell {
    Cell::Many(reasons.iter().map(|reason| Cell::text(reason.text.get(cx.lang))).collect())
}

/// The days that are shown, oldest first.
fn last_days(now: Timestamp) -> Vec<String> {
    let today = date(now);
    (0..DAYS).rev().map(|back| today.saturating_sub(Span::new().days(back)).to_string()).collect()
}

fn month_day(day: &str) -> String {
    day.get(5..).unwrap_or(day).to_owned()
}

fn percent(looks: Option<&Looks>) -> Option<f64> {
    looks.and_then(|looks| looks.figure().value).map(|share| share * 100.0)
}

/// Every watched homepage within reach.
pub async fn list(cx: Cx) -> Result<Page> {
    listed(&cx, &[], &[]).await
}

async fn listed(cx: &Cx, sent: &[(String, String)], wrong: &[Field]) -> Result<Page> {
    let scope = cx.scope("measurements", Verb::Read)?;
    let mut tx = cx.read().await?;
    let now = cx.app.clock.now();
    let all = api::all(&mut tx, &scope, now).await?;
    let days = store::days(&mut tx, &scope, &api::first_day(now)).await?;
    let organisations = register::store::organisations(&mut tx, &scope).await?;
    let names: BTreeMap<&str, &str> = organisations.iter().map(|one| (one.id.as_str(), one.name(cx.lang))).collect();
    let watching = actions::watching(&mut tx).await?;
    let count = |wanted: Standing| Cell::int(all.iter().filter(|one| one.homepage.standing == wanted).count() as i64);
    let every = match watching.minutes {
        Some(minutes) => cx.tv("measurements-homepages-every", &[("minutes", minutes.to_string())]),
        None => cx.t("measurements-homepages-off"),
    };
    let mut facts = vec![(cx.t("measurements-homepages-interval"), Cell::text(every))];
    facts.extend(Standing::ALL.iter().rev().map(|one| (cx.t(&format!("measurements-homepage-{}", one.as_str())), count(*one))));
    let empty = cx.t(if watching.minutes.is_none() { "measurements-homepages-empty-off" } else { "measurements-homepages-empty" });
    let rows = List::new("homepages", cx.t("measurements-homepages"))
        .choice(cx.t("measurements-organisation"))
        .column(cx.t("measurements-homepage"))
        .choice(cx.t("measurements-state"))
        .column(cx.t("measurements-homepage-since"))
        .column(cx.t("measurements-why"))
        .column(HOMEPAGE_AVAILABILITY.name(cx.lang))
        .column(cx.t("measurements-homepage-seen"))
        .empty(empty)
        .rows(all.iter().map(|one| {
            let page = &one.homepage;
            vec![
                Cell::text(names.get(page.organisation_id.as_str()).copied().unwrap_or_default()),
                Cell::link(format!("{HOME}/{}", page.id), &*page.domain),
                standing(cx, page.standing, page.level.as_deref()),
                Cell::text(show_stamp(&page.since)),
                Cell::text(page.reasons.first().or(page.remark.as_ref()).map_or("", |reason| reason.text.get(cx.lang))),
                Cell::figure(one.availability.text(cx.lang), one.availability.value),
                Cell::text(page.seen_at.as_deref().map(show_stamp).unwrap_or_default()),
            ]
        }));
    let mut page = cx
        .page(cx.t("measurements-homepages"))
        .lead(cx.t("measurements-homepages-lead"))
        .crumb(AREA, cx.t("measurements-title"))
        .facts(facts)
        .list(rows);
    if let Some(heat) = strips(cx, &all, &days, now) {
        page = page.chart(cx.t("measurements-homepages-missing"), heat.svg("strips", Palette::Css), heat.data_table());
        page = page.text(HOMEPAGE_AVAILABILITY.formula(cx.lang));
    }
    if cx.actor.may("measurements", Verb::Manage) {
        let mut choices = vec![("0".to_owned(), cx.t("measurements-homepages-off"))];
        choices.extend(EVERY.iter().map(|minutes| (minutes.to_string(), cx.tv("measurements-homepages-every", &[("minutes", minutes.to_string())]))));
        let minutes = watching.minutes.unwrap_or(0).to_string();
        // What was set by a program may be none of the choices.
        if !choices.iter().any(|(value, _)| *value == minutes) {
            choices.push((minutes.clone(), cx.tv("measurements-homepages-every", &[("minutes", minutes.clone())])));
        }
        let form = Form::post(HOME, cx.t("measurements-homepages-save"))
            .field("minutes", cx.t("measurements-homepages-interval"), Input::Select(choices))
            .value(minutes)
            .hint(cx.t("measurements-homepages-hint"))
            .wrong(cx.lang, sent, wrong);
        page = page.form(form);
    }
    if !wrong.is_empty() {
        page.status = 422;
    }
    Ok(page)
}

/// A strip of days for each page that was ever missing, those first that were missing most: whoever was always there needs no drawing.
fn strips(cx: &Cx, all: &[HomepageOut], days: &BTreeMap<HomepageId, BTreeMap<String, Looks>>, now: Timestamp) -> Option<Heat> {
    let mut seen: Vec<&HomepageOut> = all.iter().filter(|one| one.looks.down > 0).collect();
    seen.sort_by(|a, b| a.availability.value.partial_cmp(&b.availability.value).unwrap_or(std::cmp::Ordering::Equal));
    seen.truncate(DRAWN);
    let columns = last_days(now);
    let rows = seen.iter().map(|one| {
        let own = days.get(&one.homepage.id);
        HeatRow { label: one.homepage.domain.clone(), values: columns.iter().map(|day| percent(own.and_then(|own| own.get(day)))).collect() }
    });
    let rows: Vec<HeatRow> = rows.collect();
    (!rows.is_empty()).then(|| Heat {
        head: Head { title: cx.t("measurements-homepages-missing"), description: cx.t("measurements-homepages-strips-description"), lang: cx.lang },
        unit: Unit::new("%", 0),
        row_name: cx.t("measurements-homepage"),
        columns: columns.iter().map(|day| month_day(day)).collect(),
        rows,
        shades: (100.0, 0.0),
    })
}

/// Sets how often pages are looked at.
pub async fn set_sent(cx: Cx, Sent(sent): Sent<Vec<(String, String)>>) -> Result<Response> {
    cx.scope("measurements", Verb::Manage)?;
    let minutes = sent.iter().find(|(name, _)| name == "minutes").and_then(|(_, value)| value.trim().parse::<u32>().ok());
    let Some(minutes) = minutes else {
        let wrong = [Field { name: "minutes".to_owned(), text: "error-not-a-number", values: Vec::new() }];
        return Ok(listed(&cx, &sent, &wrong).await?.into_response());
    };
    let mut work = cx.work().await?;
    match api::change(&mut work, WatchingIn { minutes: Some(minutes), ..WatchingIn::default() }).await {
        Ok(_) => {
            work.commit().await?;
            Ok(Go::done(HOME, "measurements-homepages-saved").into_response())
        }
        Err(Error::Invalid(wrong)) => {
            drop(work);
            Ok(listed(&cx, &sent, &wrong).await?.into_response())
        }
        Err(error) => Err(error),
    }
}

/// One homepage.
pub async fn one(cx: Cx, Path(id): Path<HomepageId>) -> Result<Page> {
    shown(&cx, &id, &[], &[]).await
}

async fn shown(cx: &Cx, id: &HomepageId, sent: &[(String, String)], wrong: &[Field]) -> Result<Page> {
    let scope = cx.scope("measurements", Verb::Read)?;
    let mut tx = cx.read().await?;
    let now = cx.app.clock.now();
    let full = api::full(&mut tx, &scope, id, now).await?;
    let (one, out) = (&full.homepage.homepage, &full.homepage);
    let organisation = register::store::organisation(&mut tx, &scope, &one.organisation_id).await?;
    let mut facts = vec![
        (cx.t("measurements-state"), standing(cx, one.standing, one.level.as_deref())),
        (cx.t("measurements-homepage-since"), Cell::text(show_stamp(&one.since))),
        (cx.t("measurements-organisation"), Cell::link(format!("{AREA}/organisations/{}", organisation.id), organisation.name(cx.lang))),
        (HOMEPAGE_AVAILABILITY.name(cx.lang).to_owned(), Cell::text(out.availability.text(cx.lang))),
        (cx.t("measurements-coverage"), crate::measurements::pages::coverage(cx, &out.availability)),
        (cx.t("measurements-homepage-seen"), Cell::text(one.seen_at.as_deref().map(show_stamp).unwrap_or_default())),
    ];
    if let Some(remark) = &one.remark {
        facts.push((cx.t("measurements-homepage-remark"), Cell::text(remark.text.get(cx.lang))));
    }
    if !one.reasons.is_empty() {
        facts.push((cx.t("measurements-why"), sentences(cx, &one.reasons)));
    }
    let mut page = cx.page(&*one.domain).crumb(AREA, cx.t("measurements-title")).crumb(HOME, cx.t("measurements-homepages")).facts(facts);
    if let (Some(known), Some(pending)) = (&full.known, &full.pending) {
        page = changed(cx, page, &full, known, pending);
        if cx.actor.scope("measurements", Verb::Write).holds(&organisation.path) {
            page = page.form(
                Form::post(format!("{HOME}/{id}/accept"), cx.t("measurements-homepage-accept"))
                    .heading(cx.t("measurements-homepage-accept-heading"))
                    .field("reason", cx.t("measurements-homepage-accept-reason"), Input::Area)
                    .hint(cx.t("measurements-homepage-accept-hint"))
                    .required()
                    .wrong(cx.lang, sent, wrong),
            );
        }
    } else if let Some(known) = &full.known {
        page = page.heading("known", cx.t("measurements-homepage-known")).facts(facts_of(cx, known)).list(hosts(cx, known, None));
    }
    page = page.list(history(cx, &full.events));
    if !full.days.is_empty() {
        let line = availability(cx, &full.days, now);
        page = page.chart(cx.t("measurements-homepages-strips"), line.svg("availability", Palette::Css), line.data_table());
        page = page.text(HOMEPAGE_AVAILABILITY.formula(cx.lang));
    }
    if !wrong.is_empty() {
        page.status = 422;
    }
    Ok(page)
}

/// What is shown of a page, by name.
fn parts<'a>(seen: &'a Seen) -> [(&'static str, String); 8] {
    let joined = |set: &'a BTreeSet<String>| set.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    [
        ("title", seen.title.clone()),
        ("address", seen.address.clone()),
        ("away", seen.away.clone().unwrap_or_default()),
        ("language", seen.language.clone()),
        ("certificate", seen.certificate.clone().unwrap_or_default()),
        ("addresses", joined(&seen.addresses)),
        ("name-servers", joined(&seen.name_servers)),
        ("excerpt", seen.excerpt.clone()),
    ]
}

fn facts_of(cx: &Cx, seen: &Seen) -> Vec<(String, Cell)> {
    parts(seen)
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(name, text)| (cx.t(&format!("measurements-homepage-part-{name}")), Cell::text(text)))
        .collect()
}

/// Before and now, side by side.
fn changed(cx: &Cx, page: Page, full: &HomepageFull, known: &Seen, pending: &Seen) -> Page {
    let told = full.events.iter().find(|event| event.kind == EventKind::Changed);
    let mut page = page.heading("changed", cx.t("measurements-homepage-what"));
    if let Some(change) = told.and_then(|event| event.change.as_ref()) {
        page = page.facts(figures(cx, change));
    }
    let rows = parts(known).into_iter().zip(parts(pending)).filter(|((_, before), (_, now))| !before.is_empty() || !now.is_empty());
    page.list(
        List::new("parts", cx.t("measurements-homepage-parts"))
            .column(cx.t("measurements-homepage-part"))
            .column(cx.t("measurements-homepage-before"))
            .column(cx.t("measurements-homepage-now"))
            .bare()
            .rows(rows.map(|((name, before), (_, now))| {
                let mark = if before == now { Cell::text(now) } else { Cell::Badge(Tone::Warn, now) };
                vec![Cell::text(cx.t(&format!("measurements-homepage-part-{name}"))), Cell::text(before), mark]
            })),
    )
    .list(hosts(cx, known, Some(pending)))
    .links(vec![(format!("/api/v1{HOME}/{}/evidence", full.homepage.homepage.id), cx.t("measurements-homepage-evidence"))])
}

fn figures(cx: &Cx, change: &Change) -> Vec<(String, Cell)> {
    let alike = |share: f64| Cell::text(format!("{:.0} %", share * 100.0));
    vec![
        (cx.t("measurements-homepage-skeleton"), alike(change.skeleton)),
        (cx.t("measurements-homepage-text"), alike(change.text)),
        (cx.t("measurements-homepage-new-hosts"), Cell::int(change.hosts.len() as i64)),
    ]
}

/// The sites a page reaches, those it reached and those it reaches now beside each other.
fn hosts(cx: &Cx, known: &Seen, pending: Option<&Seen>) -> List {
    let mut list = List::new("hosts", cx.t("measurements-homepage-hosts"))
        .choice(cx.t("measurements-homepage-reach"))
        .column(cx.t("measurements-homepage-host"))
        .choice(cx.t("measurements-homepage-before"));
    if pending.is_some() {
        list = list.choice(cx.t("measurements-homepage-now"));
    }
    let pairs = |seen: &Seen| -> BTreeSet<(String, String)> {
        seen.hosts.iter().flat_map(|(reach, hosts)| hosts.iter().map(move |host| (reach.clone(), host.clone()))).collect()
    };
    let (before, now) = (pairs(known), pending.map(pairs));
    let mut all: Vec<&(String, String)> = before.iter().chain(now.iter().flatten().filter(|pair| !before.contains(*pair))).collect();
    // What is new stands first.
    all.sort_by_key(|pair| (before.contains(*pair), *pair));
    let yes = |is: bool| cx.t(if is { "yes" } else { "no" });
    list.empty(cx.t("measurements-homepage-hosts-empty")).rows(all.into_iter().map(|pair| {
        let old = before.contains(pair);
        let mut cells = vec![Cell::text(cx.t(&format!("measurements-homepage-reach-{}", pair.0))), Cell::text(&*pair.1), Cell::text(yes(old))];
        if let Some(now) = &now {
            let there = now.contains(pair);
            cells.push(if there && !old { Cell::Badge(Tone::Bad, cx.t("measurements-homepage-new")) } else { Cell::text(yes(there)) });
        }
        cells
    }))
}

fn history(cx: &Cx, events: &[Event]) -> List {
    List::new("history", cx.t("measurements-homepage-history"))
        .column(cx.t("measurements-homepage-at"))
        .choice(cx.t("measurements-homepage-event"))
        .column(cx.t("measurements-why"))
        .column(cx.t("measurements-homepage-by"))
        .empty(cx.t("measurements-homepage-history-empty"))
        .rows(events.iter().map(|event| {
            let tone = match event.kind {
                EventKind::Changed | EventKind::Down => Tone::Bad,
                EventKind::Back | EventKind::Returned | EventKind::Accepted => Tone::Good,
                EventKind::Began | EventKind::Drifted => Tone::Plain,
            };
            let why = if event.note.is_empty() { sentences(cx, &event.reasons) } else { Cell::text(&*event.note) };
            vec![
                Cell::text(show_stamp(&event.at)),
                Cell::Badge(tone, cx.t(&format!("measurements-homepage-event-{}", event.kind.as_str()))),
                why,
                Cell::text(&*event.by),
            ]
        }))
}

fn availability(cx: &Cx, days: &BTreeMap<String, Looks>, now: Timestamp) -> Line {
    let steps = last_days(now);
    Line {
        head: Head { title: cx.t("measurements-homepages-strips"), description: cx.t("measurements-homepages-strips-description"), lang: cx.lang },
        unit: Unit::new("%", 1),
        step_name: cx.t("measurements-homepage-day"),
        series: vec![Series {
            label: HOMEPAGE_AVAILABILITY.name(cx.lang).to_owned(),
            values: steps.iter().map(|day| percent(days.get(day))).collect(),
        }],
        steps: steps.iter().map(|day| month_day(day)).collect(),
        bounds: Some((0.0, 100.0)),
    }
}

/// Accepts a change.
pub async fn accept_sent(cx: Cx, Path(id): Path<HomepageId>, Sent(sent): Sent<Vec<(String, String)>>) -> Result<Response> {
    let reason = sent.iter().find(|(name, _)| name == "reason").map_or("", |(_, value)| value.as_str());
    let mut work = cx.work().await?;
    match actions::accept(&mut work, &id, reason).await {
        Ok(()) => {
            work.commit().await?;
            Ok(Go::done(format!("{HOME}/{id}"), "measurements-homepage-accepted").into_response())
        }
        Err(Error::Invalid(wrong)) => {
            drop(work);
            Ok(shown(&cx, &id, &sent, &wrong).await?.into_response())
        }
        Err(error) => Err(error),
    }
}
