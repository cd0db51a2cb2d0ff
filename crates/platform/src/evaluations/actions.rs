//! The verbs of the evaluations: evaluate a closed cycle, and prove that it still comes out the same.

use engine::evaluate::{CycleData, evaluate as compute};
use serde_json::json;

use super::gather::gather;
use super::store::{self, Record};
use crate::base::actor::Verb;
use crate::base::audit::sha256;
use crate::base::blobs;
use crate::base::db::Tx;
use crate::base::error::{Error, Result};
use crate::base::settings;
use crate::base::work::Work;
use crate::inspections;
use crate::inspections::cycle::{CycleId, State};

/// The version of the program, kept with each evaluation: another version may compute otherwise, and must say so.
pub const ENGINE: &str = env!("CARGO_PKG_VERSION");
/// The setting that says what a CISO sees of the peers.
pub const PEERS: &str = "evaluations.peers";

/// What those who are not the centre see of the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct PeersPolicy {
    /// Whether an organisation is told its own place among all (never anybody else's).
    pub own_place: bool,
}

/// Sets what those who are not the centre see of the others.
pub async fn set_peers(work: &mut Work, policy: PeersPolicy) -> Result<()> {
    work.scope("evaluations", Verb::Manage)?;
    settings::set(&mut work.tx, PEERS, &policy).await?;
    work.audit("", "evaluations", "peers.set", PEERS, json!(policy)).await
}

/// Evaluates a closed cycle, and freezes its rows. An evaluated one is computed again from its frozen rows: the same bytes
/// come out, or it is a conflict and the first evaluation stays.
pub async fn evaluate(work: &mut Work, id: &CycleId) -> Result<Record> {
    work.scope("evaluations", Verb::Manage)?;
    let cycle = inspections::store::cycle(&mut work.tx, id).await?;
    if let Some(record) = store::evaluation(&mut work.tx, id.as_str()).await? {
        let data: CycleData = serde_json::from_slice(&blobs::get(&mut work.tx, &record.inputs_hash).await?)?;
        if sha256(&compute(&data).to_json()?) != record.hash {
            return Err(Error::Conflict("evaluations-error-different"));
        }
        work.audit("", "evaluations", "cycle.evaluate-again", id.as_str(), json!({ "hash": record.hash })).await?;
        return Ok(record);
    }
    if cycle.state != State::Closed {
        return Err(Error::Conflict("inspections-error-not-closed"));
    }
    let now = work.stamp();
    let data = gather(&mut work.tx, &cycle, &now).await?;
    let inputs = serde_json::to_vec(&data)?;
    let evaluation = compute(&data);
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let record = Record {
        id: work.id(),
        cycle_id: id.to_string(),
        edition_id: cycle.edition_id.to_string(),
        hash: blobs::put(&mut work.tx, &evaluation.to_json()?, work.now).await?,
        inputs_hash: blobs::put(&mut work.tx, &inputs, work.now).await?,
        engine: ENGINE.to_owned(),
        at: now,
        organisations: count(evaluation.organisations.len()),
        flagged: count(evaluation.over_claims.flags.len()),
        problems: count(evaluation.problems.len()),
    };
    store::insert(&mut work.tx, &record).await?;
    inspections::actions::mark_evaluated(work, id).await?;
    let detail = json!({ "hash": record.hash, "inputs": record.inputs_hash, "engine": ENGINE, "flagged": record.flagged });
    work.audit("", "evaluations", "cycle.evaluate", id.as_str(), detail).await?;
    Ok(record)
}

/// What [`verify`] found.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Verified {
    /// The cycle.
    pub cycle: String,
    /// SHA-256 of the data file as it was stored.
    pub hash: String,
    /// SHA-256 of the data file as it is computed now from the frozen rows.
    pub again: String,
    /// Whether both are the same bytes.
    pub same: bool,
    /// What in the database differs from the frozen rows now: `answers`, `findings` … Of a closed cycle this may be `posts` and
    /// `systems` only, for the register goes on living.
    pub drifted: Vec<String>,
    /// Whether nothing drifted that must not.
    pub frozen: bool,
}

/// Computes the evaluation of a cycle again, from the frozen rows, and holds the frozen rows against the database.
pub async fn verify(tx: &mut Tx, id: &CycleId) -> Result<Verified> {
    let cycle = inspections::store::cycle(tx, id).await?;
    let record = store::evaluation(tx, id.as_str()).await?.ok_or(Error::Conflict("evaluations-error-none"))?;
    let data: CycleData = serde_json::from_slice(&blobs::get(tx, &record.inputs_hash).await?)?;
    let stored = sha256(&blobs::get(tx, &record.hash).await?);
    let again = sha256(&compute(&data).to_json()?);
    let now = gather(tx, &cycle, &record.at).await?;
    let differs = [
        ("requirements", data.requirements != now.requirements),
        ("organisations", data.organisations != now.organisations),
        ("respondents", data.respondents != now.respondents),
        ("answers", data.answers != now.answers),
        ("claims", data.claims != now.claims),
        ("findings", data.findings != now.findings),
        ("verdicts", data.verdicts != now.verdicts),
        ("units", data.units != now.units),
        ("previous", data.previous != now.previous),
        ("posts", data.posts != now.posts),
        ("systems", data.systems != now.systems),
        ("rules", data.rules != now.rules),
    ];
    let mut drifted: Vec<String> = differs.iter().filter(|(_, differs)| *differs).map(|(name, _)| (*name).to_owned()).collect();
    drifted.dedup();
    // The register is not part of a cycle, and the rules that are settings count for the next one.
    let frozen = drifted.iter().all(|name| matches!(name.as_str(), "organisations" | "posts" | "systems" | "rules"));
    Ok(Verified { cycle: cycle.code, same: again == record.hash && stored == record.hash, hash: record.hash, again, drifted, frozen })
}
