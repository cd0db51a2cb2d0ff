//! Requirements over all organisations: a heat map by theme, a table, and one requirement organisation by organisation.

use std::collections::BTreeMap;

use axum::extract::Path;
use engine::facts::Claim;
use engine::numbers::{AUDITED_MET_RATE, CLAIMED_RATE, Coverage, Figure, MEASURED_MET_RATE, OVER_CLAIM_RATE};
use formats::chart::{Chart, Head, Heat, HeatRow, Palette, Unit};

use super::{Seen, cells, seen_by_centre, systems};
use crate::base::actor::Verb;
use crate::base::cx::Cx;
use crate::base::error::{Error, Result};
use crate::base::view::cell::Cell;
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::evaluations::view::{triples_at, triples_of};
use crate::inspections::cycle::CycleId;
use crate::standards;
use crate::standards::requirement::{Requirement, RequirementId};

const FIGURES: [&str; 4] = [CLAIMED_RATE.id, MEASURED_MET_RATE.id, AUDITED_MET_RATE.id, OVER_CLAIM_RATE.id];

/// All requirements.
pub async fn requirements(cx: Cx, Path(id): Path<CycleId>) -> Result<Page> {
    let mut tx = cx.read().await?;
    let seen = seen_by_centre(&cx, &mut tx, &id).await?;
    let all = standards::store::requirements(&mut tx, &seen.cycle.edition_id).await?;
    let mut list = List::new("requirements", cx.t("evaluations-requirements"))
        .column(cx.t("evaluations-requirement"))
        .column(cx.t("evaluations-title"))
        .choice(cx.t("evaluations-theme"))
        .choice(cx.t("evaluations-priority"));
    for id in FIGURES {
        list = list.column(cells::name(&cx, id));
    }
    list = list.column(cx.t("evaluations-disagreements"));
    for requirement in &all {
        let Some(result) = seen.evaluation.requirements.get(requirement.code.as_str()) else { continue };
        let mut row = vec![
            Cell::link(seen.requirement_at(&requirement.code).unwrap_or_default(), &*requirement.code),
            Cell::text(requirement.title(cx.lang)),
            Cell::text(requirement.theme_name(cx.lang)),
            Cell::int(requirement.priority),
        ];
        row.extend(FIGURES.iter().map(|id| cells::figure(&cx, &result.figures, id)));
        row.push(Cell::int(i64::try_from(result.disagreements.values().sum::<u64>()).unwrap_or(i64::MAX)));
        list.row(row);
    }
    let mut page = seen.page(&cx, cx.t("evaluations-requirements")).lead(cx.t("evaluations-requirements-lead")).list(list);
    if let Some(heat) = heat(&cx, &seen, &all) {
        page = page.chart(cx.t("evaluations-heat"), heat.svg("heat", Palette::Css), heat.data_table());
    }
    Ok(page)
}

/// Organisations by themes: the registered rate of claims "implemented" in each.
fn heat(cx: &Cx, seen: &Seen, all: &[Requirement]) -> Option<Heat> {
    let mut themes: Vec<String> = Vec::new();
    let mut theme_of: BTreeMap<&str, usize> = BTreeMap::new();
    for requirement in all {
        let name = requirement.theme_name(cx.lang).to_owned();
        let index = themes.iter().position(|theme| *theme == name).unwrap_or_else(|| {
            themes.push(name);
            themes.len() - 1
        });
        theme_of.insert(&requirement.code, index);
    }
    let rows = seen.own.iter().map(|(code, organisation)| {
        let mut counts = vec![(0_u64, 0_u64); themes.len()];
        for row in triples_of(&seen.evaluation, code) {
            let place = theme_of.get(row.triple.requirement.as_str()).and_then(|index| counts.get_mut(*index));
            if let (Some(place), Some(claim)) = (place, row.triple.claim.filter(|claim| *claim != Claim::NotApplicable)) {
                place.0 += u64::from(claim == Claim::Implemented);
                place.1 += 1;
            }
        }
        let share = |(done, all): (u64, u64)| Figure::share(&CLAIMED_RATE, done, all, Coverage::full(all)).value.map(|value| value * 100.0);
        HeatRow { label: organisation.name(cx.lang).to_owned(), values: counts.into_iter().map(share).collect() }
    });
    let head = Head { title: cx.t("evaluations-heat-title"), description: cx.t("evaluations-heat"), lang: cx.lang };
    let rows: Vec<HeatRow> = rows.collect();
    (!themes.is_empty()).then(|| Heat {
        head,
        unit: Unit::new("", 0),
        row_name: cx.t("evaluations-organisation"),
        columns: themes.clone(),
        rows,
        shades: (100.0, 0.0),
    })
}

/// One requirement in every organisation.
pub async fn requirement(cx: Cx, Path((id, requirement)): Path<(CycleId, RequirementId)>) -> Result<Page> {
    let mut tx = cx.read().await?;
    let seen = seen_by_centre(&cx, &mut tx, &id).await?;
    let one = standards::store::requirement(&mut tx, &requirement).await?;
    let result = seen.evaluation.requirements.get(one.code.as_str()).ok_or(Error::NotFound)?;
    let systems = systems(&mut tx, &cx.scope("evaluations", Verb::Read)?).await?;
    let mut list = List::new("organisations", cx.t("evaluations-by-organisation"))
        .choice(cx.t("evaluations-organisation"))
        .column(cx.t("evaluations-scope"))
        .choice(cx.t("evaluations-claim"))
        .choice(cx.t("evaluations-finding"))
        .choice(cx.t("evaluations-verdict"))
        .column(cx.t("evaluations-disagreements"));
    for code in seen.own.keys() {
        for row in triples_at(&seen.evaluation, code, &one.code) {
            let part = row.triple.scope.0.as_ref().map(|id| systems.get(id.as_str()).map_or(id.to_string(), |own| own.name(cx.lang).to_owned()));
            list.row(vec![
                Cell::link(seen.triple_at(code, &one.code).unwrap_or_default(), seen.name(&cx, code)),
                Cell::text(part.unwrap_or_else(|| cx.t("evaluations-whole"))),
                cells::claim(&cx, row.triple.claim),
                cells::finding(&cx, row.triple.finding),
                cells::verdict(&cx, row.triple.verdict),
                cells::disagreements(&cx, row),
            ]);
        }
    }
    let figures: Vec<_> = FIGURES.iter().filter_map(|id| Some((engine::numbers::definition(id)?, result.figures.get(*id)?))).collect();
    Ok(seen
        .page(&cx, format!("{} {}", one.code, one.title(cx.lang)))
        .crumb(format!("{}/requirements", seen.at()), cx.t("evaluations-requirements"))
        .lead(one.statement(cx.lang))
        .list(cells::figures(&cx, "figures", cx.t("evaluations-all-figures"), &figures))
        .list(list))
}
