//! One organisation's targets, and one target with its history.

use axum::extract::Path;
use engine::facts::{Check, Verdict};
use engine::judge::FAMILIES;
use engine::numbers::MEASURED_MET_RATE;

use super::strip::strip;
use super::{HOME, badge, check_name, coverage, since_cell, unmet};
use crate::base::actor::{OrganisationId, Scope, Verb};
use crate::base::cx::Cx;
use crate::base::dates::show_stamp;
use crate::base::error::{Error, Result};
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::form::Form;
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::measurements::aggregate_reports;
use crate::measurements::standing::Standing;
use crate::measurements::{actions, store};
use crate::register;
use crate::register::asset::AssetId;

/// One organisation: its targets by check.
pub async fn organisation(cx: Cx, Path(id): Path<OrganisationId>) -> Result<Page> {
    let scope = cx.scope("measurements", Verb::Read)?;
    let mut tx = cx.read().await?;
    let one = register::store::organisation(&mut tx, &scope, &id).await?;
    let own = Scope::Paths(vec![one.path.clone()]);
    let standing = actions::standing(&mut tx, &own, cx.app.clock.now()).await?;
    let rate = standing.count(standing.targets_of(&id), Check::ALL).rate();
    let mut page = cx
        .page(cx.tv("measurements-of", &[("name", one.name(cx.lang).to_owned())]))
        .crumb(HOME, cx.t("measurements-title"))
        .facts(vec![
            (MEASURED_MET_RATE.name(cx.lang).to_owned(), Cell::text(rate.text(cx.lang))),
            (cx.t("measurements-coverage"), coverage(&cx, &rate)),
        ])
        .links(vec![(format!("{HOME}/organisations/{id}/observations"), cx.t("measurements-observations"))])
        .list(unmet::list(&cx, &mut tx, &own, &standing, Some(&id)).await?);
    for (family, checks) in FAMILIES {
        page = page.list(matrix(&cx, &standing, &id, family, checks));
    }
    if cx.actor.scope("measurements", Verb::Write).holds(&one.path) {
        page = page.form(Form::post(format!("{HOME}/runs"), cx.t("measurements-run-this")).hidden("organisation", &*one.code));
    }
    Ok(page)
}

/// The targets of an organisation by the checks of one family: narrow enough for a screen and a sheet of paper.
fn matrix(cx: &Cx, standing: &Standing, id: &OrganisationId, family: &'static str, checks: &[Check]) -> List {
    let mut list = List::new(family, cx.t(&format!("measurements-family-{family}"))).column(cx.t("measurements-target"));
    for check in checks {
        list = list.column(check_name(cx, *check));
    }
    list = list.empty(cx.t("measurements-no-targets"));
    for target in standing.targets_of(id) {
        let mut cells = vec![Cell::link(format!("{HOME}/targets/{}", target.asset_id), &*target.domain)];
        for check in checks {
            cells.push(match standing.newest(target, *check) {
                Some(one) => {
                    let words = if one.value.is_empty() { cx.t("measurements-look") } else { one.value.clone() };
                    Cell::Many(vec![badge(cx, standing.verdict(one)), Cell::link(format!("{HOME}/observations/{}", one.id), words)])
                }
                None if target.expects(&[*check]).next().is_none() => Cell::text(cx.t("measurements-verdict-not-applicable")),
                None => Cell::Badge(Tone::Warn, cx.t("measurements-never")),
            });
        }
        list.row(cells);
    }
    list
}

/// One target: every check now, and what was measured before.
pub async fn target(cx: Cx, Path(id): Path<AssetId>) -> Result<Page> {
    let scope = cx.scope("measurements", Verb::Read)?;
    let mut tx = cx.read().await?;
    let asset = register::store::asset(&mut tx, &scope, &id).await?;
    let organisation = register::store::organisation(&mut tx, &scope, &asset.organisation_id).await?;
    // One target needs its own organisation only, not everybody within reach.
    let own = Scope::Paths(vec![organisation.path.clone()]);
    let standing = actions::standing(&mut tx, &own, cx.app.clock.now()).await?;
    let target = standing.targets.iter().find(|target| target.asset_id == id).ok_or(Error::NotFound)?;
    let taught = aggregate_reports::actions::taught(&mut tx, &own, cx.app.clock.now()).await?;
    let reported = taught.get(&(target.organisation_id.clone(), target.domain.clone())).into_iter().flatten();
    let reported = reported
        .filter(|one| !target.selectors.contains(&one.name))
        .map(|one| cx.tv("measurements-selector-reported", &[("name", one.name.clone())]));
    let selectors = target.selectors.iter().cloned().chain(reported).collect::<Vec<_>>().join(", ");
    let since = store::since_decided(&mut tx, &own).await?;
    let newest: Vec<_> = target.expects(Check::ALL).filter_map(|check| Some(&standing.newest(target, check)?.id)).collect();
    let full = store::observations(&mut tx, &scope, &newest).await?;
    let mut history = store::history(&mut tx, &scope, &target.organisation_id, &target.domain, 500).await?;
    history.sort_by(|a, b| b.at.cmp(&a.at).then(a.check.cmp(&b.check)));
    let mut now = List::new("checks", cx.t("measurements-now"))
        .column(cx.t("measurements-check"))
        .column(cx.t("measurements-verdict"))
        .column(cx.t("measurements-since"))
        .column(cx.t("measurements-why"))
        .column(cx.t("measurements-remedy"))
        .column(cx.t("measurements-who"))
        .column(cx.t("measurements-at"))
        .bare();
    for check in target.expects(Check::ALL) {
        let key = (target.organisation_id.clone(), target.domain.clone(), check);
        now.row(match standing.newest(target, check).and_then(|brief| Some((standing.verdict(brief), full.get(&brief.id)?))) {
            Some((verdict, one)) => vec![
                Cell::link(format!("{HOME}/observations/{}", one.id), check_name(&cx, check)),
                badge(&cx, verdict),
                since_cell(&cx, since.get(&key)),
                Cell::text(one.reason.text.get(cx.lang)),
                Cell::text(&*one.remedy),
                Cell::text(if verdict == Verdict::NotMet { one.who.get(cx.lang) } else { "" }),
                Cell::text(show_stamp(&one.at)),
            ],
            None => vec![
                Cell::text(check_name(&cx, check)),
                Cell::Badge(Tone::Warn, cx.t("measurements-never")),
                Cell::text(""),
                Cell::text(""),
                Cell::text(""),
                Cell::text(""),
                Cell::text(""),
            ],
        });
    }
    let before = List::new("history", cx.t("measurements-history"))
        .column(cx.t("measurements-at"))
        .choice(cx.t("measurements-check"))
        .choice(cx.t("measurements-verdict"))
        .column(cx.t("measurements-value"))
        .column(cx.t("measurements-vantage"))
        .empty(cx.t("measurements-history-empty"))
        .rows(history.iter().map(|one| {
            vec![
                Cell::link(format!("{HOME}/observations/{}", one.id), show_stamp(&one.at)),
                Cell::text(check_name(&cx, one.check)),
                badge(&cx, one.verdict),
                Cell::text(&*one.value),
                Cell::text(&*one.vantage),
            ]
        }));
    let mut page = cx
        .page(&*target.domain)
        .crumb(HOME, cx.t("measurements-title"))
        .crumb(format!("{HOME}/organisations/{}", organisation.id), organisation.name(cx.lang))
        .facts(vec![
            (cx.t("measurements-organisation"), Cell::text(organisation.name(cx.lang))),
            (cx.t("measurements-web-server"), Cell::text(cx.t(if target.web_server { "yes" } else { "no" }))),
            (cx.t("measurements-suffixes"), Cell::text(target.suffixes.join(", "))),
            (cx.t("measurements-selectors"), Cell::text(selectors)),
        ])
        .list(now);
    page = strip(&cx, &mut tx, &scope, page, (&target.organisation_id, &target.domain), None).await?.list(before);
    if cx.actor.scope("measurements", Verb::Write).holds(&organisation.path) {
        page = page.form(
            Form::post(format!("{HOME}/runs"), cx.t("measurements-run-this"))
                .hidden("organisation", &*organisation.code)
                .hidden("targets", &*target.domain),
        );
    }
    Ok(page)
}
