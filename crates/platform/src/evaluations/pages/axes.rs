//! What the organisations differ in (principal components), which systems matter most, and how far the sources agree.

use axum::extract::Path;
use engine::agreement::Agreement;
use engine::numbers::{COHEN_KAPPA, GWET_AC1, decimal};
use formats::chart::{Chart, Head, Palette, Point, Scatter, Unit};

use super::{cells, seen, seen_by_centre, systems};
use crate::base::actor::Verb;
use crate::base::cx::Cx;
use crate::base::error::Result;
use crate::base::view::cell::Cell;
use crate::base::view::list::List;
use crate::base::view::page::{Block, Page};
use crate::inspections::cycle::CycleId;

/// Loadings shown per axis.
const LOADINGS: usize = 12;

/// The axes, in words and as a plane.
pub async fn components(cx: Cx, Path(id): Path<CycleId>) -> Result<Page> {
    let mut tx = cx.read().await?;
    let seen = seen_by_centre(&cx, &mut tx, &id).await?;
    let all = &seen.evaluation.components;
    let mut page = seen.page(&cx, cx.t("evaluations-components")).lead(cx.t("evaluations-components-lead"));
    if all.axes.is_empty() {
        return Ok(page.note("plain", cx.t("evaluations-components-none")));
    }
    page = page.facts(vec![
        (cx.t("evaluations-organisations"), Cell::text(all.organisations.to_string())),
        (cx.t("evaluations-requirements"), Cell::text(all.requirements.to_string())),
        (cx.t("evaluations-known-cells"), Cell::text(format!("{} ({}/{})", all.coverage.text(), all.coverage.known, all.coverage.all))),
        (cx.t("evaluations-constant"), Cell::text(all.constant.len().to_string())),
        (cx.t("evaluations-unknown-columns"), Cell::text(all.unknown.len().to_string())),
    ]);
    if let [first, second, ..] = &all.axes[..] {
        let flagged = |code: &str| seen.evaluation.over_claims.flags.iter().any(|flag| flag.organisation.as_str() == code);
        let points = first.scores.iter().filter_map(|(code, x)| {
            let y = *second.scores.get(code)?;
            Some(Point { label: seen.name(&cx, code.as_str()), x: *x, y, marked: flagged(code.as_str()) })
        });
        let scatter = Scatter {
            head: Head { title: cx.t("evaluations-scatter-title"), description: cx.t("evaluations-scatter"), lang: cx.lang },
            unit: Unit::new("", 2),
            point_name: cx.t("evaluations-organisation"),
            x_label: cx.tv("evaluations-axis", &[("number", "1".into()), ("share", share(first.variance))]),
            y_label: cx.tv("evaluations-axis", &[("number", "2".into()), ("share", share(second.variance))]),
            points: points.collect(),
        };
        page = page.chart(cx.t("evaluations-scatter"), scatter.svg("scatter", Palette::Css), scatter.data_table());
    }
    for ((number, axis), id) in (1..).zip(&all.axes).zip(["loadings-1", "loadings-2", "loadings-3"]) {
        page = page
            .heading(&format!("axis-{number}"), cx.tv("evaluations-axis", &[("number", number.to_string()), ("share", share(axis.variance))]))
            .text(axis.words.get(cx.lang));
        if !axis.distinct {
            page = page.note("warn", cx.t("evaluations-not-distinct"));
        }
        let mut loadings: Vec<_> = axis.loadings.iter().collect();
        loadings.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then_with(|| a.0.cmp(b.0)));
        let mut list = List::new(id, cx.tv("evaluations-loadings", &[("number", number.to_string())]))
            .bare()
            .column(cx.t("evaluations-requirement"))
            .column(cx.t("evaluations-title"))
            .column(cx.t("evaluations-loading"));
        for (code, value) in loadings.into_iter().take(LOADINGS) {
            list.row(vec![
                Cell::link(seen.requirement_at(code.as_str()).unwrap_or_default(), code.as_str()),
                Cell::text(seen.title(&cx, code.as_str())),
                Cell::figure(decimal(*value, 2), Some(*value)),
            ]);
        }
        page = page.with(Block::FoldBegin(cx.tv("evaluations-loadings", &[("number", number.to_string())]))).list(list).with(Block::FoldEnd);
    }
    Ok(page)
}

fn share(value: f64) -> String {
    format!("{} %", decimal(value * 100.0, 1))
}

/// The systems within reach by importance, with what makes each important.
pub async fn importance(cx: Cx, Path(id): Path<CycleId>) -> Result<Page> {
    let mut tx = cx.read().await?;
    let seen = seen(&cx, &mut tx, &id).await?;
    let systems = systems(&mut tx, &cx.scope("evaluations", Verb::Read)?).await?;
    let names: std::collections::BTreeMap<&str, &str> = seen.own.values().map(|one| (one.id.as_str(), one.name(cx.lang))).collect();
    let mut list = List::new("systems", cx.t("evaluations-importance"))
        .column(cx.t("evaluations-rank"))
        .column(cx.t("evaluations-system"))
        .choice(cx.t("evaluations-organisation"))
        .column(cx.t("evaluations-rank-range"))
        .column(cx.t("evaluations-points"))
        .column(cx.t("evaluations-coverage"))
        .column(cx.t("evaluations-because"))
        .empty(cx.t("evaluations-importance-none"));
    for one in &seen.evaluation.importance {
        let Some(system) = systems.get(one.system.as_str()) else { continue };
        let because = one.because.iter().take(3).map(|part| part.words.get(cx.lang).to_owned());
        let rank = i64::try_from(one.rank).unwrap_or(i64::MAX);
        list.row(vec![
            if one.points.is_some() { Cell::int(rank) } else { Cell::figure("–", None) },
            Cell::link(format!("/register/systems/{}", system.id), system.name(cx.lang)),
            Cell::text(names.get(system.organisation_id.as_str()).copied().unwrap_or_default()),
            Cell::text(format!("{}–{}", one.rank_range.0, one.rank_range.1)),
            Cell::figure(one.points.map_or("–".to_owned(), |points| decimal(points, 2)), one.points),
            Cell::text(format!("{}/{}", one.coverage.known, one.coverage.all)),
            Cell::text(because.collect::<Vec<_>>().join(cx.lang.pick("、", "; "))),
        ]);
    }
    let mut criteria = List::new("criteria", cx.t("evaluations-criteria"))
        .bare()
        .column(cx.t("evaluations-criterion"))
        .column(cx.t("evaluations-weight"))
        .column(cx.t("evaluations-levels"));
    for one in &seen.evaluation.rules.criteria {
        let levels = one.levels.iter().map(|level| format!("{} {}", level.name.get(cx.lang), decimal(level.points, 2)));
        criteria.row(vec![
            Cell::text(one.name.get(cx.lang)),
            Cell::figure(decimal(one.weight, 1), Some(one.weight)),
            Cell::text(levels.collect::<Vec<_>>().join(cx.lang.pick("、", ", "))),
        ]);
    }
    Ok(seen.page(&cx, cx.t("evaluations-importance")).lead(cx.t("evaluations-importance-lead")).list(list).list(criteria))
}

/// How far claim, audit and measurement agree.
pub async fn agreement(cx: Cx, Path(id): Path<CycleId>) -> Result<Page> {
    let mut tx = cx.read().await?;
    let seen = seen_by_centre(&cx, &mut tx, &id).await?;
    let all = &seen.evaluation.agreements;
    let mut page = seen.page(&cx, cx.t("evaluations-agreement")).lead(cx.t("evaluations-agreement-lead"));
    let tables: [(&'static str, &Agreement); 3] =
        [("claim-audit", &all.claim_audit), ("claim-measurement", &all.claim_measurement), ("audit-measurement", &all.audit_measurement)];
    for (name, one) in tables {
        let figures = [(&COHEN_KAPPA, &one.kappa), (&GWET_AC1, &one.ac1)];
        page = page.list(cells::figures(&cx, name, cx.t(&format!("evaluations-agreement-{name}")), &figures));
    }
    Ok(page.list(cells::definitions(&cx, &[COHEN_KAPPA.id, GWET_AC1.id])))
}
