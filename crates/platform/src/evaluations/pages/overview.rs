//! A cycle at a glance: who is behind and why, side by side, without a mark.

use std::collections::BTreeSet;

use axum::extract::Path;
use engine::numbers::{
    ATTAINMENT_RATE, AUDITED_MET_RATE, CLAIMED_RATE, Definition, Figure, IMPLEMENTATION_RATE, MEASURED_MET_RATE, OVER_CLAIM_RATE, REACH_RATE,
    Unit as Measure, definition,
};
use formats::chart::{Chart, Dot, Head, Palette, Strip, StripRow, Unit};

use super::{Seen, cells, seen};
use crate::base::cx::Cx;
use crate::base::dates::show_stamp;
use crate::base::error::Result;
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::list::List;
use crate::base::view::page::{Block, Page};
use crate::inspections::cycle::CycleId;

/// The figures of the comparison, in reading order.
pub(super) const SHOWN: [&Definition; 7] =
    [&REACH_RATE, &IMPLEMENTATION_RATE, &ATTAINMENT_RATE, &CLAIMED_RATE, &MEASURED_MET_RATE, &AUDITED_MET_RATE, &OVER_CLAIM_RATE];

/// The overview of a cycle. Who is not the centre sees their own organisations, and the spread of all without names.
pub async fn overview(cx: Cx, Path(id): Path<CycleId>) -> Result<Page> {
    let mut tx = cx.read().await?;
    let seen = seen(&cx, &mut tx, &id).await?;
    let mut page = cx.page(seen.cycle.name(cx.lang)).crumb("/evaluations", cx.t("evaluations"));
    page = page.lead(cx.tv("evaluations-overview-lead", &[("at", show_stamp(&seen.record.at))]));
    if seen.centre {
        page = page.links(seen.links(&cx));
        let flags = seen.evaluation.over_claims.flags.len();
        if flags > 0 {
            page = page.note("bad", cx.tv("evaluations-flags-note", &[("count", flags.to_string())]));
        }
        if seen.evaluation.over_claims.no_majority {
            page = page.note("warn", cx.t("evaluations-no-majority"));
        }
    }
    page = page.list(table(&cx, &seen));
    page = strips(&cx, page, &seen);
    if seen.centre {
        let all: Vec<(&Definition, &Figure)> = seen.evaluation.figures.iter().filter_map(|(id, figure)| Some((definition(id)?, figure))).collect();
        page = page.list(outliers(&cx, &seen)).heading("all", cx.t("evaluations-all-organisations")).list(cells::figures(
            &cx,
            "figures",
            cx.t("evaluations-all-figures"),
            &all,
        ));
        page = remarks(&cx, page, &seen);
    }
    let ids: Vec<&str> = SHOWN.iter().map(|one| one.id).collect();
    Ok(page.with(Block::FoldBegin(cx.t("evaluations-definitions"))).list(cells::definitions(&cx, &ids)).with(Block::FoldEnd))
}

fn table(cx: &Cx, seen: &Seen) -> List {
    let mut list = List::new("organisations", cx.t("evaluations-compared")).column(cx.t("evaluations-organisation")).column(cx.t("evaluations-why"));
    for one in SHOWN {
        list = list.column(one.name(cx.lang));
    }
    for (code, organisation) in &seen.own {
        let Some(result) = seen.evaluation.organisations.get(code.as_str()) else { continue };
        let mut row = vec![Cell::link(seen.organisation_at(code).unwrap_or_default(), organisation.name(cx.lang)), why(cx, seen, code)];
        row.extend(SHOWN.iter().map(|one| cells::figure(cx, &result.figures, one.id)));
        list.row(row);
    }
    list
}

/// Why an organisation deserves a look: habit of over-claiming, unusual figures with the requirement that weighs most,
/// and how often its facts contradict each other.
fn why(cx: &Cx, seen: &Seen, code: &str) -> Cell {
    let mut cells = Vec::new();
    let mut named = BTreeSet::new();
    if seen.evaluation.over_claims.flags.iter().any(|flag| flag.organisation.as_str() == code) {
        cells.push(Cell::Badge(Tone::Bad, cx.t("evaluations-over-claims")));
    }
    if seen.centre {
        for one in SHOWN {
            let Some(outlier) = seen.evaluation.comparisons.get(one.id).and_then(|all| all.outliers.iter().find(|o| o.organisation.as_str() == code))
            else {
                continue;
            };
            let key = if outlier.z < 0.0 { "evaluations-unusually-low" } else { "evaluations-unusually-high" };
            cells.push(Cell::text(cx.tv(key, &[("figure", one.name(cx.lang).to_owned())])));
            // What made one figure unusual often made the next one so: each requirement is named once.
            for because in outlier.because.iter().take(2) {
                let requirement = because.requirement.as_str();
                if !named.insert(requirement) {
                    continue;
                }
                cells.push(Cell::link(seen.triple_at(code, requirement).unwrap_or_default(), seen.title(cx, requirement)));
            }
        }
    }
    let count: u64 = seen.evaluation.organisations.get(code).map_or(0, |one| one.disagreements.values().sum());
    if count > 0 {
        cells.push(Cell::text(cx.tv("evaluations-disagreement-count", &[("count", count.to_string())])));
    }
    match cells.len() {
        0 => Cell::text(""),
        1 => cells.remove(0),
        _ => Cell::Many(cells),
    }
}

/// One strip per figure: all organisations for the centre, one's own and the quartiles of all for others.
fn strips(cx: &Cx, page: Page, seen: &Seen) -> Page {
    let rows: Vec<StripRow> = SHOWN
        .iter()
        .filter(|one| one.unit == Measure::Percent)
        .filter_map(|one| {
            let comparison = seen.evaluation.comparisons.get(one.id)?;
            let spread = comparison.spread?;
            let dots = seen.own.iter().filter_map(|(code, organisation)| {
                let value = seen.evaluation.organisations.get(code.as_str())?.figures.get(one.id)?.value?;
                let outlier = comparison.outliers.iter().any(|o| o.organisation.as_str() == code);
                Some(Dot { label: organisation.name(cx.lang).to_owned(), value: value * 100.0, outlier })
            });
            Some(StripRow {
                label: one.name(cx.lang).to_owned(),
                dots: dots.collect(),
                quartiles: Some((spread.q1 * 100.0, spread.median * 100.0, spread.q3 * 100.0)),
            })
        })
        .collect();
    if rows.is_empty() {
        return page.note("plain", cx.t("evaluations-too-few"));
    }
    let key = if seen.centre { "evaluations-strip" } else { "evaluations-strip-own" };
    let head = Head { title: cx.t("evaluations-strip-title"), description: cx.t(key), lang: cx.lang };
    let strip = Strip { head, unit: Unit::new(" %", 1), rows, bounds: Some((0.0, 100.0)) };
    page.chart(cx.t(key), strip.svg("strip", Palette::Css), strip.data_table())
}

fn outliers(cx: &Cx, seen: &Seen) -> List {
    let mut list = List::new("outliers", cx.t("evaluations-outliers"))
        .choice(cx.t("evaluations-organisation"))
        .choice(cx.t("evaluations-figure"))
        .column(cx.t("evaluations-value"))
        .column(cx.t("evaluations-median"))
        .column(cx.t("evaluations-because"))
        .empty(cx.t("evaluations-outliers-none"));
    let percent = |value: f64| Cell::figure(format!("{:.1} %", value * 100.0), Some(value));
    for one in SHOWN {
        let Some(comparison) = seen.evaluation.comparisons.get(one.id) else { continue };
        let median = comparison.spread.map_or(0.0, |spread| spread.median);
        for outlier in &comparison.outliers {
            let code = outlier.organisation.as_str();
            let because = outlier.because.iter().map(|each| {
                let requirement = each.requirement.as_str();
                Cell::link(seen.triple_at(code, requirement).unwrap_or_default(), format!("{requirement} {}", seen.title(cx, requirement)))
            });
            list.row(vec![
                Cell::link(seen.organisation_at(code).unwrap_or_default(), seen.name(cx, code)),
                Cell::text(one.name(cx.lang)),
                percent(outlier.value),
                percent(median),
                Cell::Many(because.collect()),
            ]);
        }
    }
    list
}

fn remarks(cx: &Cx, mut page: Page, seen: &Seen) -> Page {
    if !seen.evaluation.improbable.is_empty() {
        let mut list =
            List::new("improbable", cx.t("evaluations-improbable")).bare().column(cx.t("evaluations-organisation")).column(cx.t("evaluations-note"));
        for one in &seen.evaluation.improbable {
            let code = one.organisation.as_str();
            list.row(vec![Cell::link(seen.organisation_at(code).unwrap_or_default(), seen.name(cx, code)), Cell::text(one.note.get(cx.lang))]);
        }
        page = page.list(list);
    }
    if !seen.evaluation.problems.is_empty() {
        let mut list = List::new("problems", cx.t("evaluations-problems"))
            .bare()
            .column(cx.t("evaluations-organisation"))
            .column(cx.t("evaluations-place"))
            .column(cx.t("evaluations-note"));
        for one in &seen.evaluation.problems {
            list.row(vec![Cell::text(seen.name(cx, one.organisation.as_str())), Cell::text(&*one.place), Cell::text(one.words.get(cx.lang))]);
        }
        page = page.list(list);
    }
    page
}
