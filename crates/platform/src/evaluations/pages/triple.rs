//! The bottom of every number: what is claimed, what the auditor found and what was measured, side by side.

use engine::numbers::CLAIMED_RATE;

use super::{Seen, cells, seen, systems};
use crate::base::actor::{OrganisationId, Scope, Verb};
use crate::base::cx::Cx;
use crate::base::dates::show_stamp;
use crate::base::db::Tx;
use crate::base::error::{Error, Result};
use crate::base::view::cell::Cell;
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::evaluations::view::triples_at;
use crate::inspections;
use crate::inspections::cycle::CycleId;
use crate::measurements;
use crate::register::organisation::Organisation;
use crate::standards;
use crate::standards::requirement::{Requirement, RequirementId};

/// Answers shown; the rest is counted.
const ANSWERS: i64 = 200;

/// The three facts as a page to which upper areas add what is done about them.
pub struct Triple {
    /// The page so far.
    pub page: Page,
    /// Whose facts.
    pub organisation: Organisation,
    /// Of which requirement.
    pub requirement: Requirement,
    /// In which cycle.
    pub cycle: CycleId,
}

/// One requirement in one organisation.
pub async fn triple(cx: &Cx, tx: &mut Tx, id: &CycleId, organisation: &OrganisationId, requirement: &RequirementId) -> Result<Triple> {
    let seen = seen(cx, tx, id).await?;
    let one = seen.own.values().find(|one| one.id == *organisation).cloned().ok_or(Error::NotFound)?;
    let requirement = standards::store::requirement(tx, requirement).await?;
    if requirement.edition_id != seen.cycle.edition_id {
        return Err(Error::NotFound);
    }
    let read = cx.scope("evaluations", Verb::Read)?;
    let systems = systems(tx, &read).await?;
    let rows = triples_at(&seen.evaluation, &one.code, &requirement.code);
    let mut page = seen
        .page(cx, format!("{} {}", requirement.code, requirement.title(cx.lang)))
        .crumb(format!("{}/organisations/{}", seen.at(), one.id), one.name(cx.lang))
        .lead(requirement.statement(cx.lang));
    for disagreement in rows.iter().flat_map(|row| &row.disagreements).collect::<std::collections::BTreeSet<_>>() {
        page = page.note("warn", disagreement.sentence(cx.lang));
    }
    if let Some(reason) = inspections::store::exclusions_of(tx, id, organisation).await?.get(&requirement.id) {
        page = page.note("plain", cx.tv("evaluations-left-out", &[("reason", reason.clone())]));
    }
    let mut list = List::new("triples", cx.t("evaluations-triple"))
        .bare()
        .column(cx.t("evaluations-scope"))
        .column(cx.t("evaluations-claim"))
        .column(cx.t("evaluations-finding"))
        .column(cx.t("evaluations-verdict"))
        .column(cx.t("evaluations-disagreements"))
        .empty(cx.t("evaluations-triple-none"));
    for row in rows {
        let part = row.triple.scope.0.as_ref().map(|id| systems.get(id.as_str()).map_or(id.to_string(), |own| own.name(cx.lang).to_owned()));
        list.row(vec![
            Cell::text(part.unwrap_or_else(|| cx.t("evaluations-whole"))),
            cells::claim(cx, row.triple.claim),
            cells::finding(cx, row.triple.finding),
            cells::verdict(cx, row.triple.verdict),
            cells::disagreements(cx, row),
        ]);
    }
    page = page.list(list);
    page = claims(cx, tx, page, &seen, &one, &requirement).await?;
    page = found(cx, tx, page, &seen, &one, &requirement).await?;
    page = measured(cx, tx, page, &seen, &one, &requirement).await?;
    Ok(Triple { page, organisation: one, requirement, cycle: id.clone() })
}

/// What is claimed: how many said what, and what they wrote.
async fn claims(cx: &Cx, tx: &mut Tx, page: Page, seen: &Seen, one: &Organisation, requirement: &Requirement) -> Result<Page> {
    let systems = crate::register::store::systems_of(tx, &Scope::Everything, &one.id).await?;
    let part = |id: &Option<crate::register::system::SystemId>| match id {
        None => cx.t("evaluations-whole"),
        Some(id) => systems.iter().find(|own| own.id == *id).map_or(id.to_string(), |own| own.name(cx.lang).to_owned()),
    };
    let own = Scope::Paths(vec![one.path.clone()]);
    let mut counts = List::new("counts", cx.t("evaluations-claim-counts"))
        .bare()
        .column(cx.t("evaluations-scope"))
        .column(cx.t("evaluations-role"))
        .column(cx.t("evaluations-claim-implemented"))
        .column(cx.t("evaluations-claim-partly"))
        .column(cx.t("evaluations-claim-not"))
        .column(cx.t("evaluations-claim-not-applicable"))
        .empty(cx.t("evaluations-claim-none"));
    let int = |number: u64| Cell::int(i64::try_from(number).unwrap_or(i64::MAX));
    for row in inspections::store::answer_counts_within(tx, &own, &seen.cycle.id).await? {
        if row.organisation_id == one.id && row.requirement_id == requirement.id {
            counts.row(vec![
                Cell::text(part(&row.system_id)),
                Cell::text(cx.t(&format!("evaluations-role-{}", row.role.as_str()))),
                int(row.implemented),
                int(row.partly),
                int(row.not),
                int(row.not_applicable),
            ]);
        }
    }
    let rule = &seen.evaluation.rules.claim;
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    let mut page = page
        .heading("claim", cx.t("evaluations-claim"))
        .text(cx.tv("evaluations-claim-rule", &[("implemented", percent(rule.implemented_at)), ("partly", percent(rule.partly_at))]))
        .list(counts);
    let answers = inspections::store::answers_on(tx, &seen.cycle.id, &one.id, &requirement.id, ANSWERS).await?;
    let said: Vec<_> = answers.iter().filter(|one| !one.note.is_empty() || !one.reason.is_empty() || one.evidence.is_some()).collect();
    if !said.is_empty() {
        let mut list = List::new("answers", cx.t("evaluations-answers"))
            .column(cx.t("evaluations-claim"))
            .column(cx.t("evaluations-role"))
            .column(cx.t("evaluations-scope"))
            .column(cx.t("evaluations-said"))
            .column(cx.t("evaluations-evidence"));
        for answer in said {
            let words: Vec<&str> = [answer.reason.as_str(), answer.note.as_str()].into_iter().filter(|text| !text.is_empty()).collect();
            let evidence = answer.evidence.as_ref().map_or_else(
                || Cell::text(""),
                |file| Cell::link(format!("/inspections/cycles/{}/evidence/{}", seen.cycle.id, file.hash), &*file.name),
            );
            list.row(vec![
                cells::claim(cx, Some(answer.claim)),
                Cell::text(cx.t(&format!("evaluations-role-{}", answer.role.as_str()))),
                Cell::text(part(&answer.system_id)),
                Cell::text(words.join(" / ")),
                evidence,
            ]);
        }
        page = page.list(list);
    }
    let figures: Vec<_> = seen
        .evaluation
        .requirements
        .get(requirement.code.as_str())
        .filter(|_| seen.centre)
        .and_then(|all| all.figures.get(CLAIMED_RATE.id))
        .map(|figure| (&CLAIMED_RATE, figure))
        .into_iter()
        .collect();
    Ok(if figures.is_empty() { page } else { page.list(cells::figures(cx, "figures", cx.t("evaluations-all-organisations"), &figures)) })
}

/// What the auditor found.
async fn found(cx: &Cx, tx: &mut Tx, page: Page, seen: &Seen, one: &Organisation, requirement: &Requirement) -> Result<Page> {
    let own = Scope::Paths(vec![one.path.clone()]);
    let mut list = List::new("findings", cx.t("evaluations-finding"))
        .bare()
        .column(cx.t("evaluations-finding"))
        .column(cx.t("evaluations-said"))
        .column(cx.t("evaluations-auditor"))
        .column(cx.t("evaluations-at"))
        .empty(cx.t("evaluations-finding-none"));
    for row in inspections::store::findings_within(tx, &own, &seen.cycle.id).await? {
        if row.organisation_id == one.id && row.requirement_id == requirement.id {
            list.row(vec![
                cells::finding(cx, Some(row.verdict)),
                Cell::text(&*row.note),
                Cell::text(&*row.auditor),
                Cell::text(show_stamp(&row.found_at)),
            ]);
        }
    }
    Ok(page.list(list))
}

/// What was measured, each with the way to its raw evidence.
async fn measured(cx: &Cx, tx: &mut Tx, page: Page, seen: &Seen, one: &Organisation, requirement: &Requirement) -> Result<Page> {
    if requirement.checks.is_empty() {
        return Ok(page.heading("verdict", cx.t("evaluations-verdict")).text(cx.t("evaluations-no-checks")));
    }
    let from = seen.cycle.opened_at.clone().unwrap_or_default();
    let mut list = List::new("verdicts", cx.t("evaluations-verdict"))
        .column(cx.t("evaluations-target"))
        .choice(cx.t("evaluations-check"))
        .choice(cx.t("evaluations-verdict"))
        .column(cx.t("evaluations-at"))
        .empty(cx.t("evaluations-verdict-none"));
    for row in measurements::store::verdicts(tx, &from, &seen.record.at).await? {
        if row.organisation_id == one.id && requirement.checks.contains(&row.check) {
            list.row(vec![
                Cell::link(format!("/measurements/observations/{}", row.observation_id), &*row.target),
                Cell::text(row.check.as_str().to_uppercase().replace('-', " ")),
                cells::verdict(cx, Some(row.verdict)),
                Cell::text(show_stamp(&row.at)),
            ]);
        }
    }
    Ok(page.list(list))
}
