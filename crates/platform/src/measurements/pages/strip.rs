//! The history of a target as a strip: each check's verdicts at the last moments it was measured, and the same as a table.

use engine::facts::{Check, Verdict};
use formats::chart::{Chart, Head, Moment, Palette, Sign, State, StateRow, States};

use super::{check_name, verdict_name};
use crate::base::actor::{OrganisationId, Scope};
use crate::base::cx::Cx;
use crate::base::dates::{parse_stamp, show_stamp, zone};
use crate::base::db::Tx;
use crate::base::error::Result;
use crate::base::view::page::Page;
use crate::measurements::series::{Reading, series, side_by_side};
use crate::measurements::store;

/// Moments a strip shows at most: what a screen holds, and a month of daily runs.
const MOMENTS: i64 = 32;

/// Adds the strip of a target, of one check or of all; nothing where it was never measured.
pub async fn strip(cx: &Cx, tx: &mut Tx, scope: &Scope, page: Page, of: (&OrganisationId, &str), only: Option<Check>) -> Result<Page> {
    let readings = store::readings(tx, scope, of, only.map_or("", Check::as_str), MOMENTS).await?;
    if readings.is_empty() {
        return Ok(page);
    }
    let chart = chart(cx, of.1, &readings);
    Ok(page.chart(chart.head.title.clone(), chart.svg("strip", Palette::Css), chart.data_table()))
}

fn sign(verdict: Verdict) -> Sign {
    match verdict {
        Verdict::Met => Sign::Good,
        Verdict::NotMet => Sign::Bad,
        Verdict::CouldNotMeasure | Verdict::Stale => Sign::Unknown,
        Verdict::NotApplicable => Sign::Nothing,
    }
}

fn chart(cx: &Cx, target: &str, readings: &[Reading]) -> States {
    let side = side_by_side(readings);
    let state = |verdict: Verdict| State { sign: sign(verdict), words: verdict_name(cx, verdict) };
    // Moments of several years are named by year and month.
    let year = |at: Option<&&str>| at.and_then(|at| at.get(..4)).map(str::to_owned);
    let spelling = if year(side.moments.first()) == year(side.moments.last()) { "%m-%d" } else { "%Y-%m" };
    let moment = |at: &&str| Moment {
        short: parse_stamp(at).map_or_else(|| (*at).to_owned(), |time| time.to_zoned(zone()).strftime(spelling).to_string()),
        whole: show_stamp(at),
    };
    let not_met: Vec<String> = side
        .rows
        .keys()
        .filter(|check| series(readings.iter().filter(|one| one.check == **check)).is_some_and(|one| one.verdict == Verdict::NotMet))
        .map(|check| check_name(cx, *check))
        .collect();
    let now = if not_met.is_empty() { cx.t("none") } else { not_met.join(cx.lang.pick("、", ", ")) };
    States {
        head: Head {
            title: cx.tv("measurements-strip", &[("target", target.to_owned())]),
            description: cx.tv("measurements-strip-description", &[("count", side.moments.len().to_string()), ("now", now)]),
            lang: cx.lang,
        },
        moment_name: cx.t("measurements-at"),
        moments: side.moments.iter().map(moment).collect(),
        rows: side
            .rows
            .iter()
            .map(|(check, cells)| StateRow {
                label: check_name(cx, *check),
                cells: cells.iter().map(|cell| cell.map(|one| state(one.verdict))).collect(),
            })
            .collect(),
        legend: [Verdict::Met, Verdict::NotMet, Verdict::CouldNotMeasure, Verdict::NotApplicable].map(state).to_vec(),
    }
}
