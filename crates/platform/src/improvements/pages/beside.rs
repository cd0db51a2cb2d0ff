//! What is done about one requirement in one organisation, beside its three facts: exceptions hide none of them.

use axum::extract::Path;

use super::{at, day, run_by, standing, state, today};
use crate::base::actor::{OrganisationId, Scope, Verb};
use crate::base::cx::Cx;
use crate::base::error::Result;
use crate::base::view::cell::Cell;
use crate::base::view::form::Form;
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::evaluations;
use crate::improvements::recommendation::State;
use crate::improvements::store;
use crate::inspections::cycle::CycleId;
use crate::standards::requirement::RequirementId;

/// The three facts of `evaluations`, with the exceptions and recommendations that concern them.
pub async fn triple(cx: Cx, Path((cycle, organisation, requirement)): Path<(CycleId, OrganisationId, RequirementId)>) -> Result<Page> {
    let mut tx = cx.read().await?;
    let facts = evaluations::pages::triple(&cx, &mut tx, &cycle, &organisation, &requirement).await?;
    let own = Scope::Paths(vec![facts.organisation.path.clone()]);
    let code = &facts.requirement.code;
    let today = today(&cx);
    let mut exceptions = List::new("exceptions", cx.t("improvements-exceptions-beside"))
        .bare()
        .column(cx.t("improvements-reason"))
        .column(cx.t("improvements-instead"))
        .column(cx.t("improvements-state"))
        .column(cx.t("improvements-expires"))
        .empty(cx.t("improvements-exceptions-empty"));
    for one in store::exemptions_of(&mut tx, &own, &facts.organisation.id).await?.iter().filter(|one| one.requirement_code == *code) {
        exceptions.row(vec![
            Cell::link(format!("/improvements/exceptions/{}", one.id), &*one.reason),
            Cell::text(&*one.instead),
            standing(&cx, one.on(&today)),
            Cell::text(day(&cx, &one.expires_on)),
        ]);
    }
    let run = run_by(&cx).holds(&facts.organisation.path);
    let mut recommendations = List::new("recommendations", cx.t("improvements-recommendations"))
        .bare()
        .column(cx.t("improvements-title"))
        .column(cx.t("improvements-state"))
        .column(cx.t("improvements-due"))
        .empty(cx.t("improvements-empty"));
    let all = store::recommendations_of(&mut tx, &own, &facts.organisation.id, "").await?;
    for one in all.iter().filter(|one| one.requirement_code == *code && (run || one.state != State::Draft)) {
        recommendations.row(vec![Cell::link(at(&one.id), &*one.title), state(&cx, one.state), Cell::text(day(&cx, &one.due_on))]);
    }
    let mut page = facts.page.heading("improvements", cx.t("improvements-done-about")).list(exceptions).list(recommendations);
    if run {
        page = page.form(
            Form::post("/improvements/draft", cx.t("improvements-draft-one"))
                .hidden("cycle", facts.cycle.as_str())
                .hidden("organisation", &*facts.organisation.code)
                .hidden("requirement", code.as_str()),
        );
    }
    if cx.actor.scope("improvements", Verb::Decide).holds(&facts.organisation.path) {
        let ask = format!("/improvements/exceptions/new?organisation={}&requirement={code}", facts.organisation.code);
        page = page.links(vec![(ask, cx.t("improvements-ask"))]);
    }
    Ok(page)
}
