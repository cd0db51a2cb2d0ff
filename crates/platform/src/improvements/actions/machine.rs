//! What happens without anybody's word: a measurement closes or reopens, a new cycle takes over what is unfinished.

use std::collections::BTreeMap;

use engine::facts::Verdict;
use serde_json::json;

use super::{owner, step, tell};
use crate::base::actor::Scope;
use crate::base::error::{Error, Result};
use crate::base::work::Work;
use crate::improvements::recommendation::{Measured, Recommendation, State, Step, proof};
use crate::improvements::store;
use crate::register;

/// What a look at the measurements changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Looked {
    /// The numbers of those closed.
    pub closed: Vec<String>,
    /// The numbers of those reopened.
    pub reopened: Vec<String>,
    /// Unfinished ones that can be closed by measurement.
    pub waiting: u64,
}

pub(super) fn must_be_machine(work: &Work) -> Result<()> {
    if work.actor.operator { Ok(()) } else { Err(Error::NotFound) }
}

/// The latest measurements, and the systems' codes: read once for many recommendations.
struct Seen<'r> {
    rows: &'r [Measured],
    systems: BTreeMap<String, String>,
}

impl<'r> Seen<'r> {
    async fn new(work: &mut Work, rows: &'r [Measured]) -> Result<Self> {
        let systems = register::store::systems(&mut work.tx, &Scope::Everything).await?;
        Ok(Self { rows, systems: systems.into_iter().map(|one| (one.id.to_string(), one.code)).collect() })
    }

    /// Those that concern a recommendation: its checks, in its organisation, in the systems it names. A recommendation about
    /// the organisation as a whole looks at all its targets.
    fn of(&self, one: &Recommendation) -> Vec<&'r Measured> {
        let whole = one.because.is_empty() || one.because.iter().any(|reason| reason.system.is_empty());
        let code = |row: &Measured| row.system_id.as_ref().and_then(|id| self.systems.get(id.as_str()));
        let named = |row: &Measured| code(row).is_some_and(|code| one.because.iter().any(|reason| reason.system == *code));
        self.rows
            .iter()
            .filter(|row| row.organisation_id == one.organisation_id && one.checks.iter().any(|check| check == row.check.as_str()))
            .filter(|row| whole || named(row))
            .collect()
    }
}

async fn try_to_close(work: &mut Work, one: &mut Recommendation, seen: &Seen<'_>) -> Result<bool> {
    let Some(found) = proof(&seen.of(one), one.since.as_deref().unwrap_or_default()).filter(|_| one.state.is_open()) else {
        return Ok(false);
    };
    step(work, one, Step::CloseByMeasurement, &found.observation).await?;
    tell_owner(work, one, "improvements-mail-closed").await?;
    Ok(true)
}

async fn try_to_reopen(work: &mut Work, one: &mut Recommendation, seen: &Seen<'_>) -> Result<bool> {
    // What is measured now counts, not what an event said: it may be old, and mended since.
    let bad = seen.of(one).into_iter().find(|row| row.verdict == Verdict::NotMet);
    let Some(bad) = bad.filter(|_| one.state == State::Closed) else { return Ok(false) };
    step(work, one, Step::Decay, &bad.observation).await?;
    tell_owner(work, one, "improvements-mail-reopened").await?;
    Ok(true)
}

async fn tell_owner(work: &mut Work, one: &Recommendation, key: &str) -> Result<()> {
    let organisation = register::store::organisation(&mut work.tx, &Scope::Everything, &one.organisation_id).await?;
    let to = owner(work, one).await?;
    tell(work, one, &organisation, &to, key, "").await
}

/// Holds every recommendation that a measurement can close or reopen against `rows`, the latest measurements of all targets.
pub async fn look(work: &mut Work, rows: &[Measured]) -> Result<Looked> {
    must_be_machine(work)?;
    let seen = Seen::new(work, rows).await?;
    let mut looked = Looked::default();
    for mut one in store::measurable(&mut work.tx).await? {
        if try_to_close(work, &mut one, &seen).await? {
            looked.closed.push(one.code);
        } else if try_to_reopen(work, &mut one, &seen).await? {
            looked.reopened.push(one.code);
        } else if one.state.is_open() {
            looked.waiting += 1;
        }
    }
    let detail = json!({ "closed": looked.closed, "reopened": looked.reopened, "waiting": looked.waiting });
    work.audit("", "improvements", "measurements.look", "", detail).await?;
    Ok(looked)
}

/// Takes every unfinished recommendation of earlier cycles over into `cycle`. Run again, it moves none.
pub async fn carry_all(work: &mut Work, cycle: &str, words: &str) -> Result<u64> {
    must_be_machine(work)?;
    let now = work.stamp();
    let mut moved = 0;
    for one in store::unfinished(&mut work.tx).await?.into_iter().filter(|one| one.cycle_id.as_deref() != Some(cycle)) {
        one.state.after(Step::Carry).ok_or(Error::Conflict("improvements-error-state"))?;
        store::carry(&mut work.tx, &one.id, cycle, &now).await?;
        let who = work.actor.name.clone();
        store::add_history(&mut work.tx, &one.id, &now, &who, Step::Carry.as_str(), one.state, words).await?;
        let detail = json!({ "code": one.code, "from": one.cycle_id, "to": cycle });
        work.audit(one.organisation_id.as_str(), "improvements", "recommendation.carry", one.id.as_str(), detail).await?;
        moved += 1;
    }
    Ok(moved)
}
