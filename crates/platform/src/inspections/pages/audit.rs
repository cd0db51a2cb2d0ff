//! The audit of a cycle: what was drawn, the claim beside the verdict, and what is still to see.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::response::{IntoResponse, Response};

use super::organisation::at;
use super::{below, claim, path, seen, verdict};
use crate::base::actor::Verb;
use crate::base::cx::Cx;
use crate::base::error::Result;
use crate::base::view::cell::Cell;
use crate::base::view::form::Form;
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::base::view::respond::Go;
use crate::inspections::actions;
use crate::inspections::cycle::{CycleId, State};
use crate::inspections::store;

/// The sample and the verdicts.
pub async fn audit(cx: Cx, Path(id): Path<CycleId>) -> Result<Page> {
    let mut tx = cx.read().await?;
    let (cycle, scope) = seen(&cx, &mut tx, &id).await?;
    let drawn = store::sampled(&mut tx, &scope, &id).await?;
    let findings = store::findings_within(&mut tx, &scope, &id).await?;
    let names: BTreeMap<_, _> =
        super::organisations(&mut tx, &scope, &id).await?.into_iter().map(|one| (one.id.clone(), one.name(cx.lang).to_owned())).collect();
    let items: BTreeMap<_, _> = store::items(&mut tx, &id).await?.into_iter().map(|item| (item.requirement_id.clone(), item.code)).collect();
    let titles = super::titles(&cx, &mut tx, &cycle).await?;
    let systems = super::system_names(&cx, &mut tx, &scope).await?;
    let mut found: BTreeMap<_, _> =
        findings.iter().map(|one| ((one.organisation_id.clone(), one.requirement_id.clone(), one.system_id.clone()), one)).collect();
    let mut list = List::new("sample", cx.t("inspections-sample"))
        .choice(cx.t("inspections-organisation"))
        .column(cx.t("inspections-item"))
        .column(cx.t("inspections-title"))
        .column(cx.t("inspections-system"))
        .column(cx.t("inspections-priority-level"))
        .choice(cx.t("inspections-claim"))
        .choice(cx.t("inspections-verdict"))
        .column(cx.t("inspections-seen"))
        .empty(cx.t("inspections-sample-empty"));
    let total = drawn.len();
    let mut seen_already = 0;
    let rows = drawn.into_iter().map(|one| (one.organisation_id, one.requirement_id, one.system_id, Some((one.priority, one.claim))));
    let rows: Vec<_> = rows.collect();
    let beyond: Vec<_> = findings
        .iter()
        .map(|one| (one.organisation_id.clone(), one.requirement_id.clone(), one.system_id.clone(), None))
        .filter(|(organisation, requirement, system, _)| !rows.iter().any(|row| (&row.0, &row.1, &row.2) == (organisation, requirement, system)))
        .collect();
    for (organisation, requirement, system, drawn) in rows.into_iter().chain(beyond) {
        let finding = found.remove(&(organisation.clone(), requirement.clone(), system.clone()));
        seen_already += usize::from(finding.is_some() && drawn.is_some());
        list.row(vec![
            Cell::text(names.get(&organisation).cloned().unwrap_or_default()),
            Cell::link(format!("{}/items/{requirement}", at(&id, &organisation)), items.get(&requirement).cloned().unwrap_or_default()),
            Cell::text(titles.get(&requirement).cloned().unwrap_or_default()),
            Cell::text(system.as_ref().and_then(|id| systems.get(id)).cloned().unwrap_or_default()),
            drawn.map_or_else(|| Cell::text(cx.t("inspections-beyond-sample")), |(priority, _)| Cell::int(priority)),
            drawn.map_or_else(|| Cell::text(""), |(_, said)| claim(&cx, said)),
            finding.map_or_else(|| Cell::text(cx.t("inspections-not-yet-seen")), |one| verdict(&cx, one.verdict)),
            Cell::text(finding.map(|one| one.note.clone()).unwrap_or_default()),
        ]);
    }
    let mut page = below(&cx, &cycle, cx.t("inspections-audit")).lead(cx.t("inspections-audit-lead")).facts(vec![
        (cx.t("inspections-sample-drawn"), Cell::int(total as i64)),
        (cx.t("inspections-sample-seen"), Cell::int(seen_already as i64)),
        (cx.t("inspections-sample-seed"), Cell::text(cycle.sample_seed.map(|seed| seed.to_string()).unwrap_or_default())),
    ]);
    let draws = cx.actor.may("inspections", Verb::Manage) || cx.actor.may("inspections", Verb::Audit);
    if draws && cycle.state == State::Closed && total == 0 {
        page =
            page.form(Form::post(format!("{}/audit", path(&id)), cx.t("inspections-sample-draw")).heading(cx.t("inspections-sample-draw-heading")));
    }
    Ok(page.list(list))
}

/// Draws the sample.
pub async fn draw(cx: Cx, Path(id): Path<CycleId>) -> Result<Response> {
    let mut work = cx.work().await?;
    actions::draw_sample(&mut work, &id, None).await?;
    work.commit().await?;
    Ok(Go::done(format!("{}/audit", path(&id)), "inspections-drawn").into_response())
}
