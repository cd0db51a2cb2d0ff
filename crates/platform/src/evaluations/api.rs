//! The evaluations for programs.

use axum::Json;
use axum::extract::Path;
use engine::evaluate::TripleRow;
use serde_json::{Value, json};

use super::actions::{self, PEERS, PeersPolicy, Verified};
use super::pages::{seen, seen_by_centre};
use super::store::{self, Record};
use super::view::triples_of;
use crate::base::actor::{OrganisationId, Verb};
use crate::base::blobs;
use crate::base::cx::Cx;
use crate::base::error::{Error, Result};
use crate::base::settings;
use crate::base::view::respond::File;
use crate::inspections;
use crate::inspections::cycle::CycleId;

/// The evaluations of cycles within reach.
pub async fn evaluations(cx: Cx) -> Result<Json<Vec<Record>>> {
    let scope = cx.scope("evaluations", Verb::Read)?;
    let mut tx = cx.read().await?;
    let within = inspections::store::cycles_within(&mut tx, &scope).await?;
    let mut all = store::evaluations(&mut tx).await?;
    all.retain(|record| within.iter().any(|cycle| cycle.id.as_str() == record.cycle_id));
    if !cx.actor.may("evaluations", Verb::Manage) {
        // How many were flagged says something about others.
        all.iter_mut().for_each(|record| (record.flagged, record.problems) = (0, 0));
    }
    Ok(Json(all))
}

/// The data file of a cycle, byte for byte.
pub async fn data(cx: Cx, Path(id): Path<CycleId>) -> Result<File> {
    let mut tx = cx.read().await?;
    let seen = seen_by_centre(&cx, &mut tx, &id).await?;
    let bytes = blobs::get(&mut tx, &seen.record.hash).await?;
    Ok(File { name: format!("evaluation-{}.json", seen.cycle.code), kind: "application/json", bytes, inline: false })
}

/// The whole evaluation, for the centre.
pub async fn evaluation(cx: Cx, Path(id): Path<CycleId>) -> Result<Json<Value>> {
    let mut tx = cx.read().await?;
    let seen = seen_by_centre(&cx, &mut tx, &id).await?;
    Ok(Json(serde_json::to_value(&*seen.evaluation)?))
}

/// One organisation's results, with the quartiles of all and nobody else's values.
pub async fn organisation(cx: Cx, Path((id, organisation)): Path<(CycleId, OrganisationId)>) -> Result<Json<Value>> {
    let mut tx = cx.read().await?;
    let seen = seen(&cx, &mut tx, &id).await?;
    let one = seen.own.values().find(|one| one.id == organisation).ok_or(Error::NotFound)?;
    let result = seen.evaluation.organisations.get(one.code.as_str()).ok_or(Error::NotFound)?;
    let peers: serde_json::Map<String, Value> = seen
        .evaluation
        .comparisons
        .iter()
        .filter_map(|(id, all)| all.spread.map(|s| (id.clone(), json!({ "q1": s.q1, "median": s.median, "q3": s.q3, "count": all.count }))))
        .collect();
    let triples: &[TripleRow] = triples_of(&seen.evaluation, &one.code);
    let flag = seen.evaluation.over_claims.flags.iter().find(|flag| flag.organisation.as_str() == one.code);
    let differences = seen.evaluation.differences.get(one.code.as_str());
    Ok(Json(json!({
        "cycle": seen.evaluation.cycle, "organisation": one.code, "result": result, "peers": peers, "flag": flag,
        "differences": differences, "triples": triples,
    })))
}

/// Evaluates a closed cycle; an evaluated one again gives the same.
pub async fn evaluate(cx: Cx, Path(id): Path<CycleId>) -> Result<Json<Record>> {
    let mut work = cx.work().await?;
    let record = actions::evaluate(&mut work, &id).await?;
    work.commit().await?;
    Ok(Json(record))
}

/// Computes again and compares the bytes.
pub async fn verify(cx: Cx, Path(id): Path<CycleId>) -> Result<Json<Verified>> {
    cx.scope("evaluations", Verb::Manage)?;
    let mut tx = cx.read().await?;
    seen_by_centre(&cx, &mut tx, &id).await?;
    Ok(Json(actions::verify(&mut tx, &id).await?))
}

/// What organisations learn about their place.
pub async fn peers(cx: Cx) -> Result<Json<PeersPolicy>> {
    cx.scope("evaluations", Verb::Manage)?;
    Ok(Json(settings::get(&mut cx.read().await?, PEERS, PeersPolicy::default()).await?))
}

/// Sets what organisations learn about their place.
pub async fn set_peers(cx: Cx, Json(policy): Json<PeersPolicy>) -> Result<Json<PeersPolicy>> {
    let mut work = cx.work().await?;
    actions::set_peers(&mut work, policy).await?;
    work.commit().await?;
    Ok(Json(policy))
}
