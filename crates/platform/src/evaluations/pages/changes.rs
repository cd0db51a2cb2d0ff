//! What changed since the last cycle, each source for itself.

use std::collections::BTreeMap;

use axum::extract::Path;
use engine::change::Movement;

use super::{cells, overview::SHOWN, seen};
use crate::base::cx::Cx;
use crate::base::error::Result;
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::inspections::cycle::CycleId;

pub(super) fn movement(cx: &Cx, movement: Option<Movement>) -> Cell {
    let (tone, key) = match movement {
        Some(Movement::Improved) => (Tone::Good, "improved"),
        Some(Movement::Worsened) => (Tone::Bad, "worsened"),
        Some(Movement::New) => (Tone::Plain, "new"),
        Some(Movement::Withdrawn) => (Tone::Warn, "withdrawn"),
        Some(Movement::Same) => return Cell::text(cx.t("evaluations-movement-same")),
        None => return Cell::text(""),
    };
    Cell::Badge(tone, cx.t(&format!("evaluations-movement-{key}")))
}

/// Differences of the figures, and every requirement that moved, of the organisations within reach.
pub async fn changes(cx: Cx, Path(id): Path<CycleId>) -> Result<Page> {
    let mut tx = cx.read().await?;
    let seen = seen(&cx, &mut tx, &id).await?;
    let page = seen.page(&cx, cx.t("evaluations-changes")).lead(cx.t("evaluations-changes-lead"));
    if seen.evaluation.changes.is_empty() {
        return Ok(page.note("plain", cx.t("evaluations-changes-none")));
    }
    let mut counts: BTreeMap<&str, [i64; 2]> = BTreeMap::new();
    let mut moved = List::new("changes", cx.t("evaluations-moved"))
        .column(cx.t("evaluations-requirement"))
        .choice(cx.t("evaluations-organisation"))
        .choice(cx.t("evaluations-claim"))
        .choice(cx.t("evaluations-finding"))
        .choice(cx.t("evaluations-verdict"));
    for change in &seen.evaluation.changes {
        let code = change.organisation.as_str();
        let Some(own) = seen.own.get(code) else { continue };
        let three = [change.claim, change.audit, change.measurement];
        let count = counts.entry(own.code.as_str()).or_default();
        count[0] += i64::from(three.contains(&Some(Movement::Improved)));
        count[1] += i64::from(three.contains(&Some(Movement::Worsened)));
        if three.iter().any(|one| matches!(one, Some(Movement::Improved | Movement::Worsened | Movement::Withdrawn))) {
            let requirement = change.requirement.as_str();
            let words = format!("{requirement} {}", seen.title(&cx, requirement));
            let first = seen.triple_at(code, requirement).map_or_else(|| Cell::text(words.clone()), |at| Cell::link(at, words.clone()));
            let mut row = vec![first, Cell::text(own.name(cx.lang))];
            row.extend(three.map(|one| movement(&cx, one)));
            moved.row(row);
        }
    }
    let mut figures = List::new("figures", cx.t("evaluations-differences"))
        .column(cx.t("evaluations-organisation"))
        .column(cx.t("evaluations-improved"))
        .column(cx.t("evaluations-worsened"));
    for one in SHOWN {
        figures = figures.column(cells::name(&cx, one.id));
    }
    for (code, organisation) in &seen.own {
        let Some(differences) = seen.evaluation.differences.get(code.as_str()) else { continue };
        let [improved, worsened] = counts.get(code.as_str()).copied().unwrap_or_default();
        let mut row =
            vec![Cell::link(seen.organisation_at(code).unwrap_or_default(), organisation.name(cx.lang)), Cell::int(improved), Cell::int(worsened)];
        row.extend(SHOWN.iter().map(|one| difference(&cx, differences.get(one.id).copied())));
        figures.row(row);
    }
    Ok(page.list(figures).list(moved))
}

/// A difference of two shares, in percentage points.
pub(super) fn difference(cx: &Cx, value: Option<f64>) -> Cell {
    let text = value.map(|value| cx.tv("evaluations-points-difference", &[("points", format!("{:+.1}", value * 100.0))]));
    Cell::figure(text.unwrap_or_else(|| "–".to_owned()), value)
}
