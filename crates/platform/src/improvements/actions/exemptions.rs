//! Exceptions: asked by the organisation, decided by the centre, ended by their date.

use serde_json::json;

use super::{needed, today};
use crate::base::actor::{Scope, Verb};
use crate::base::dates::parse_date;
use crate::base::error::{Error, Field, Result};
use crate::base::work::Work;
use crate::improvements::exemption::{Exemption, ExemptionId, State, Step};
use crate::improvements::store;
use crate::register;

/// What an exception is asked with.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize, schemars::JsonSchema)]
pub struct Ask {
    /// The organisation's code.
    pub organisation: String,
    /// The requirement's code.
    pub requirement: String,
    /// The system's code; empty for the organisation as a whole.
    #[serde(default)]
    pub system: String,
    /// Why the requirement is not kept.
    pub reason: String,
    /// What is done instead.
    pub instead: String,
    /// The last day.
    pub expires_on: String,
}

/// The longest an exception may last: longer than that, the standard is what should change.
const LONGEST_DAYS: i32 = 3 * 366;

/// Asks for an exception.
pub async fn ask(work: &mut Work, new: &Ask) -> Result<ExemptionId> {
    let scope = work.scope("improvements", Verb::Decide)?;
    let mut wrong = Vec::new();
    let mut bad = |name: &str, text: &'static str| wrong.push(Field { name: name.to_owned(), text, values: Vec::new() });
    let organisation = match register::store::organisation_by_code(&mut work.tx, &scope, new.organisation.trim()).await {
        Ok(one) => Some(one),
        Err(Error::NotFound) => {
            bad("organisation", "error-not-a-choice");
            None
        }
        Err(error) => return Err(error),
    };
    let code = new.requirement.trim().to_owned();
    if code.is_empty() {
        bad("requirement", "error-required");
    }
    for (name, text) in [("reason", &new.reason), ("instead", &new.instead)] {
        if text.trim().is_empty() {
            bad(name, "error-required");
        }
    }
    let now = parse_date(&today(work));
    match (parse_date(&new.expires_on), now) {
        (None, _) | (_, None) => bad("expires_on", "error-not-a-date"),
        (Some(day), Some(now)) if day < now => bad("expires_on", "improvements-error-past"),
        (Some(day), Some(now)) if (day - now).get_days() > LONGEST_DAYS => bad("expires_on", "improvements-error-too-long"),
        _ => {}
    }
    let mut system = None;
    if let (Some(organisation), false) = (&organisation, new.system.trim().is_empty()) {
        let own = Scope::Paths(vec![organisation.path.clone()]);
        let systems = register::store::systems(&mut work.tx, &own).await?;
        system = systems.into_iter().find(|one| one.code == new.system.trim() && one.organisation_id == organisation.id).map(|one| one.id);
        if system.is_none() {
            bad("system", "error-not-a-choice");
        }
    }
    let Some(organisation) = organisation.filter(|_| wrong.is_empty()) else { return Err(Error::Invalid(wrong)) };
    let one = Exemption {
        id: work.id(),
        organisation_id: organisation.id.clone(),
        requirement_id: None,
        requirement_code: code.clone(),
        system_id: system.map(|id| id.to_string()),
        reason: needed("reason", &new.reason)?,
        instead: needed("instead", &new.instead)?,
        expires_on: parse_date(&new.expires_on).map(|day| day.to_string()).unwrap_or_default(),
        state: State::Asked,
        asked_by: work.actor.name.clone(),
        asked_at: work.stamp(),
        decided_by: String::new(),
        decided_at: None,
        decision_note: String::new(),
    };
    store::insert_exemption(&mut work.tx, &one).await?;
    let detail = json!({ "requirement": code, "system": new.system, "reason": one.reason, "expires_on": one.expires_on });
    work.audit(organisation.id.as_str(), "improvements", "exemption.ask", one.id.as_str(), detail).await?;
    Ok(one.id)
}

async fn decide(work: &mut Work, id: &ExemptionId, verb: Verb, step: Step, note: &str, until: Option<String>) -> Result<()> {
    let scope = work.scope("improvements", verb)?;
    let mut one = store::exemption(&mut work.tx, &scope, id).await?;
    let from = one.state;
    one.state = from.after(step).ok_or(Error::Conflict("improvements-error-state"))?;
    if let Some(until) = until {
        one.expires_on = until;
    }
    one.decided_by = work.actor.name.clone();
    one.decided_at = Some(work.stamp());
    one.decision_note = note.to_owned();
    if !store::decide_exemption(&mut work.tx, &one, from).await? {
        return Err(Error::Conflict("improvements-error-state"));
    }
    let detail = json!({ "requirement": one.requirement_code, "from": from.as_str(), "to": one.state.as_str(), "note": note,
                         "expires_on": one.expires_on });
    work.audit(one.organisation_id.as_str(), "improvements", &format!("exemption.{}", one.state.as_str()), id.as_str(), detail).await
}

/// Grants an exception, until the day asked for or an earlier one.
pub async fn approve(work: &mut Work, id: &ExemptionId, note: &str, until: &str) -> Result<()> {
    let scope = work.scope("improvements", Verb::Manage)?;
    let one = store::exemption(&mut work.tx, &scope, id).await?;
    let day = match until.trim() {
        "" => one.expires_on.clone(),
        text => match parse_date(text).map(|day| day.to_string()) {
            None => return Err(Error::invalid("until", "error-not-a-date")),
            Some(day) if day > one.expires_on => return Err(Error::invalid("until", "improvements-error-later")),
            Some(day) => day,
        },
    };
    if day < today(work) {
        return Err(Error::invalid("until", "improvements-error-past"));
    }
    decide(work, id, Verb::Manage, Step::Approve, note.trim(), Some(day)).await
}

/// Does not grant it, with the reason.
pub async fn refuse(work: &mut Work, id: &ExemptionId, reason: &str) -> Result<()> {
    work.scope("improvements", Verb::Manage)?;
    let reason = needed("reason", reason)?;
    decide(work, id, Verb::Manage, Step::Refuse, &reason, None).await
}

/// Takes it back (the organisation) or ends it before its day (the centre).
pub async fn withdraw_exemption(work: &mut Work, id: &ExemptionId, reason: &str) -> Result<()> {
    let reason = needed("reason", reason)?;
    let verb = if work.actor.may("improvements", Verb::Manage) { Verb::Manage } else { Verb::Decide };
    decide(work, id, verb, Step::Withdraw, &reason, None).await
}
