//! The overview: who is behind in what, and whether it gets better.

use engine::facts::Check;
use engine::judge::FAMILIES;
use engine::numbers::MEASURED_MET_RATE;
use formats::chart::{Chart, Head, Line, Palette, Series, Unit};

use super::{HOME, check_name, coverage};
use crate::base::actor::{Scope, Verb};
use crate::base::cx::Cx;
use crate::base::dates::{parse_stamp, show_stamp, zone};
use crate::base::db::Tx;
use crate::base::error::Result;
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::measurements::run::{Counts, Run};
use crate::measurements::standing::Standing;
use crate::measurements::target::Target;
use crate::measurements::{actions, store};
use crate::register::organisation::Organisation;

/// Runs a trend shows at most.
const STEPS: i64 = 12;

/// The overview of everything within reach.
pub async fn overview(cx: Cx) -> Result<Page> {
    let scope = cx.scope("measurements", Verb::Read)?;
    let mut tx = cx.read().await?;
    let standing = actions::standing(&mut tx, &scope, cx.app.clock.now()).await?;
    let runs = store::runs(&mut tx, &scope, 60).await?;
    let all = standing.count(standing.targets.iter(), Check::ALL);
    let rate = all.rate();
    let mut page = cx.page(cx.t("measurements-title")).lead(cx.t("measurements-lead"));
    if let Some(open) = runs.iter().find(|run| !run.state.is_over()) {
        page =
            page.note("plain", cx.t("measurements-under-way")).links(vec![(format!("{HOME}/runs/{}", open.id), cx.t("measurements-under-way-look"))]);
    }
    page = page.facts(vec![
        (MEASURED_MET_RATE.name(cx.lang).to_owned(), Cell::text(rate.text(cx.lang))),
        (cx.t("measurements-coverage"), coverage(&cx, &rate)),
        (cx.t("measurements-not-met-count"), Cell::int(all.not_met as i64)),
        (cx.t("measurements-unknown-count"), Cell::int(all.unknown as i64)),
        (cx.t("measurements-targets"), Cell::int(standing.targets.len() as i64)),
        (cx.t("measurements-last-run"), Cell::text(standing.last().map_or_else(|| cx.t("none"), show_stamp))),
        (
            cx.t("measurements-schedule"),
            Cell::text(match standing.settings.schedule.hour {
                Some(hour) => cx.tv("measurements-schedule-at", &[("hour", hour.to_string())]),
                None => cx.t("measurements-schedule-off"),
            }),
        ),
    ]);
    let mut parts = vec![("#findings".to_owned(), cx.t("measurements-findings")), (format!("{HOME}/compare"), cx.t("measurements-compare"))];
    parts.extend(FAMILIES.iter().map(|(family, _)| (format!("#{family}"), cx.t(&format!("measurements-family-{family}")))));
    page = page.text(MEASURED_MET_RATE.formula(cx.lang)).links(parts).list(rates(&cx, &standing));
    for (family, checks) in FAMILIES {
        page = page.list(matrix(&cx, &standing, family, checks));
    }
    page = page.list(super::unmet::list(&cx, &mut tx, &scope, &standing, None).await?);
    if let Some(line) = trend(&cx, &mut tx, &scope, &standing.organisations).await? {
        page = page.chart(cx.t("measurements-trend"), line.svg("trend", Palette::Css), line.data_table());
    }
    let mut links = vec![
        (format!("{HOME}/homepages"), cx.t("measurements-homepages")),
        (format!("{HOME}/aggregate-reports"), cx.t("measurements-aggregate")),
        (format!("{HOME}/runs"), cx.t("measurements-runs")),
    ];
    if cx.actor.may("measurements", Verb::Write) {
        page = page.form(super::run::form(&cx, &standing.organisations, &[], &[]));
        links.push((format!("{HOME}/import"), cx.t("measurements-import")));
    }
    if cx.actor.may("measurements", Verb::Manage) {
        links.push((format!("{HOME}/settings"), cx.t("measurements-settings")));
    }
    Ok(page.links(links))
}

/// Counts in one place: met of decided, and what could not be measured beside it.
fn counts(cx: &Cx, counts: Counts) -> Cell {
    let mut parts = Vec::new();
    if counts.decided() > 0 {
        let tone = if counts.not_met == 0 { Tone::Good } else { Tone::Bad };
        parts.push(Cell::Badge(tone, format!("{} / {}", counts.met, counts.decided())));
    }
    if counts.unknown > 0 {
        parts.push(Cell::Badge(Tone::Warn, format!("? {}", counts.unknown)));
    }
    if parts.is_empty() {
        Cell::text(if counts.not_applicable > 0 { cx.t("measurements-verdict-not-applicable") } else { String::new() })
    } else {
        Cell::Many(parts)
    }
}

/// Each organisation's figure over all checks, with its coverage.
fn rates(cx: &Cx, standing: &Standing) -> List {
    let mut list = List::new("organisations", cx.t("measurements-by-organisation"))
        .column(cx.t("measurements-organisation"))
        .column(cx.t("measurements-targets"))
        .column(MEASURED_MET_RATE.name(cx.lang))
        .column(cx.t("measurements-coverage"))
        .empty(cx.t("measurements-no-targets"));
    for (one, targets) in measured(standing) {
        let rate = standing.count(targets.iter().copied(), Check::ALL).rate();
        list.row(vec![
            Cell::link(format!("{HOME}/organisations/{}", one.id), one.name(cx.lang)),
            Cell::int(targets.len() as i64),
            Cell::figure(rate.text(cx.lang), rate.value),
            Cell::figure(rate.coverage.text(), Some(rate.coverage.known as f64 / rate.coverage.all.max(1) as f64)),
        ]);
    }
    list
}

/// The counts of one family of checks: narrow enough for a screen and a sheet of paper.
fn matrix(cx: &Cx, standing: &Standing, family: &'static str, checks: &[Check]) -> List {
    let caption = cx.tv("measurements-family-counts", &[("family", cx.t(&format!("measurements-family-{family}")))]);
    let mut list = List::new(family, caption).column(cx.t("measurements-organisation"));
    for check in checks {
        list = list.column(check_name(cx, *check));
    }
    for (one, targets) in measured(standing) {
        let mut cells = vec![Cell::link(format!("{HOME}/organisations/{}", one.id), one.name(cx.lang))];
        cells.extend(checks.iter().map(|check| counts(cx, standing.count(targets.iter().copied(), &[*check]))));
        list.row(cells);
    }
    list.empty(cx.t("measurements-no-targets"))
}

/// Organisations that have something to measure, with their targets.
pub(super) fn measured(standing: &Standing) -> impl Iterator<Item = (&Organisation, Vec<&Target>)> {
    standing.organisations.iter().map(|one| (one, standing.targets_of(&one.id).collect::<Vec<_>>())).filter(|(_, targets)| !targets.is_empty())
}

/// The share met over the last complete runs that covered everything within reach; none with fewer than two.
async fn trend(cx: &Cx, tx: &mut Tx, scope: &Scope, organisations: &[Organisation]) -> Result<Option<Line>> {
    let tops: Vec<Organisation> = actions::tops(organisations);
    // A run asked for above one's own reach is not listed here, but it measured one's own targets too.
    let mut covering = store::runs_above(tx, &tops.iter().map(|one| one.path.as_str()).collect::<Vec<_>>(), STEPS).await?;
    covering.reverse();
    if covering.len() < 2 {
        return Ok(None);
    }
    let tallies = store::tally(tx, scope, &covering.iter().map(|run| &run.id).collect::<Vec<_>>()).await?;
    let series = FAMILIES
        .iter()
        .map(|(name, checks)| {
            let value = |run: &Run| {
                let mut counts = Counts::default();
                for one in tallies.iter().filter(|one| one.run_id == run.id && checks.contains(&one.check)) {
                    counts.add(one.verdict, u64::try_from(one.count).unwrap_or(0));
                }
                counts.rate().value.map(|share| share * 100.0)
            };
            Series { label: cx.t(&format!("measurements-family-{name}")), values: covering.iter().map(value).collect() }
        })
        .collect();
    let day = |run: &Run| parse_stamp(&run.created_at).map_or_else(|| run.created_at.clone(), |at| at.to_zoned(zone()).strftime("%m-%d").to_string());
    Ok(Some(Line {
        head: Head { title: cx.t("measurements-trend"), description: cx.t("measurements-trend-description"), lang: cx.lang },
        unit: Unit::new("%", 1),
        step_name: cx.t("measurements-run"),
        steps: covering.iter().map(day).collect(),
        series,
        bounds: Some((0.0, 100.0)),
    }))
}
