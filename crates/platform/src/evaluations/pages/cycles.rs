//! The cycles that can be, or were, evaluated.

use axum::Form as Sent;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};

use crate::base::actor::Verb;
use crate::base::cx::Cx;
use crate::base::dates::show_stamp;
use crate::base::error::Result;
use crate::base::settings;
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::form::{Form, Input};
use crate::base::view::list::List;
use crate::base::view::page::{Block, Page};
use crate::base::view::respond::Go;
use crate::evaluations::actions::{self, PEERS, PeersPolicy};
use crate::evaluations::store;
use crate::inspections;
use crate::inspections::cycle::{CycleId, State};

/// Every cycle within reach that is closed or evaluated.
pub async fn cycles(cx: Cx) -> Result<Page> {
    let scope = cx.scope("evaluations", Verb::Read)?;
    let manage = cx.actor.may("evaluations", Verb::Manage);
    let mut tx = cx.read().await?;
    let records = store::evaluations(&mut tx).await?;
    let cycles = inspections::store::cycles_within(&mut tx, &scope).await?;
    let mut list = List::new("cycles", cx.t("evaluations-cycles"))
        .column(cx.t("evaluations-cycle"))
        .column(cx.t("evaluations-state"))
        .column(cx.t("evaluations-evaluated-at"));
    if manage {
        list = list.column(cx.t("evaluations-organisations")).column(cx.t("evaluations-flagged"));
    }
    list = list.empty(cx.t(if manage { "evaluations-empty-centre" } else { "evaluations-empty" }));
    for cycle in &cycles {
        let record = records.iter().find(|record| record.cycle_id == cycle.id.as_str());
        if record.is_none() && !(manage && cycle.state == State::Closed) {
            continue;
        }
        let at = format!("/evaluations/cycles/{}", cycle.id);
        let mut row = match record {
            Some(record) => vec![
                Cell::link(&*at, cycle.name(cx.lang)),
                Cell::Badge(Tone::Good, cx.t("evaluations-is-evaluated")),
                Cell::text(show_stamp(&record.at)),
            ],
            None => vec![
                Cell::text(cycle.name(cx.lang)),
                Cell::Badge(Tone::Warn, cx.t("evaluations-is-closed")),
                Cell::Button(format!("{at}/evaluate"), cx.t("evaluations-evaluate")),
            ],
        };
        if manage {
            row.push(record.map_or(Cell::text(""), |record| Cell::int(record.organisations)));
            row.push(record.map_or(Cell::text(""), |record| Cell::int(record.flagged)));
        }
        list.row(row);
    }
    let mut page = cx.page(cx.t("evaluations")).lead(cx.t("evaluations-lead")).list(list);
    if manage {
        let policy = settings::get(&mut tx, PEERS, PeersPolicy::default()).await?;
        page = page
            .with(Block::FoldBegin(cx.t("evaluations-settings")))
            .form(
                Form::post("/evaluations/peers", cx.t("evaluations-save"))
                    .field("own_place", cx.t("evaluations-own-place"), Input::Check)
                    .value(if policy.own_place { "1" } else { "" })
                    .hint(cx.t("evaluations-own-place-hint")),
            )
            .with(Block::FoldEnd);
    }
    Ok(page)
}

/// Evaluates a closed cycle.
pub async fn evaluate(cx: Cx, Path(id): Path<CycleId>) -> Result<Response> {
    let mut work = cx.work().await?;
    actions::evaluate(&mut work, &id).await?;
    work.commit().await?;
    Ok(Go::done(format!("/evaluations/cycles/{id}"), "evaluations-evaluated").into_response())
}

/// Says what an organisation learns about its place.
pub async fn peers(cx: Cx, Sent(sent): Sent<Vec<(String, String)>>) -> Result<Response> {
    let mut work = cx.work().await?;
    actions::set_peers(&mut work, PeersPolicy { own_place: sent.iter().any(|(name, value)| name == "own_place" && !value.is_empty()) }).await?;
    work.commit().await?;
    Ok(Go::done("/evaluations", "evaluations-saved").into_response())
}
