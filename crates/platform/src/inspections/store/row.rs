//! Rows of the inspections, read.

use engine::facts::{AppliesTo, Claim, Finding as Verdict, Role};
use serde::de::DeserializeOwned;

use crate::base::db::{Row, Value};
use crate::base::error::{Error, Result};
use crate::inspections::answer::{Answer, Evidence};
use crate::inspections::audit::{Finding, Sampled};
use crate::inspections::cycle::{Cycle, Item, Kind, Participant, Period, State};
use crate::inspections::priority::PriorityUnit;
use crate::inspections::respondent::{Asked, Duty, Respondent, parse_roles};
use crate::register::system::SystemId;

/// A word of ours, read by `parse`; an unknown one is our mistake.
pub(super) fn word<T>(row: &Row, column: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T> {
    let text: String = row.get(column)?;
    parse(&text).ok_or_else(|| Error::internal(format!("{column}: {text}")))
}

fn json<T: DeserializeOwned>(row: &Row, column: &str) -> Result<T> {
    Ok(serde_json::from_str(&row.get::<String>(column)?)?)
}

/// A count, which storage keeps as a signed number.
pub(super) fn count(row: &Row, column: &str) -> Result<u64> {
    Ok(u64::try_from(row.get::<i64>(column)?).unwrap_or(0))
}

/// The system of a row; storage says "the whole organisation" with an empty text, so that it can be part of a key.
pub(super) fn system(row: &Row) -> Result<Option<SystemId>> {
    let text: String = row.get("system_id")?;
    Ok((!text.is_empty()).then(|| SystemId::from_text(text)))
}

/// A system as it is stored.
pub(super) fn system_value(id: Option<&SystemId>) -> Value {
    id.map_or("", |id| id.as_str()).into()
}

/// Hash and name of evidence as they are stored.
pub(super) fn evidence_values(evidence: Option<&Evidence>) -> [Value; 2] {
    [Value::from(evidence.map(|one| one.hash.clone())), Value::from(evidence.map(|one| one.name.clone()))]
}

pub(super) fn role(row: &Row) -> Result<Role> {
    word(row, "role", Role::parse)
}

fn evidence(row: &Row) -> Result<Option<Evidence>> {
    let hash: Option<String> = row.get("evidence_hash")?;
    let name: Option<String> = row.get("evidence_name")?;
    Ok(hash.map(|hash| Evidence { hash, name: name.unwrap_or_default() }))
}

pub(super) fn cycle(row: &Row) -> Result<Cycle> {
    Ok(Cycle {
        id: row.get("id")?,
        code: row.get("code")?,
        kind: word(row, "kind", Kind::parse)?,
        urgent_reason: row.get("urgent_reason")?,
        period: word(row, "period", Period::parse)?,
        name_ja: row.get("name_ja")?,
        name_en: row.get("name_en")?,
        fiscal_year: row.get("fiscal_year")?,
        edition_id: row.get("edition_id")?,
        opens_on: row.get("opens_on")?,
        closes_on: row.get("closes_on")?,
        state: word(row, "state", State::parse)?,
        claim_rule: json(row, "claim_rule")?,
        grade_rule: json(row, "grade_rule")?,
        sample_rule: json(row, "sample_rule")?,
        sample_seed: row.get("sample_seed")?,
        created_at: row.get("created_at")?,
        announced_at: row.get("announced_at")?,
        opened_at: row.get("opened_at")?,
        closed_at: row.get("closed_at")?,
        evaluated_at: row.get("evaluated_at")?,
        published_at: row.get("published_at")?,
    })
}

pub(super) fn item(row: &Row) -> Result<Item> {
    Ok(Item {
        cycle_id: row.get("cycle_id")?,
        requirement_id: row.get("requirement_id")?,
        code: row.get("code")?,
        position: row.get("position")?,
        roles: parse_roles(&row.get::<String>("roles")?),
        applies_to: word(row, "applies_to", AppliesTo::parse)?,
        priority: row.get("priority")?,
        self_inspected: row.get("self_inspected")?,
        audited: row.get("audited")?,
        priority_inspected: row.get("priority_inspected")?,
    })
}

pub(super) fn participant(row: &Row) -> Result<Participant> {
    Ok(Participant { cycle_id: row.get("cycle_id")?, organisation_id: row.get("organisation_id")?, revision: row.get("revision")? })
}

pub(super) fn respondent(row: &Row) -> Result<Respondent> {
    Ok(Respondent {
        id: row.get("id")?,
        organisation_id: row.get("organisation_id")?,
        code: row.get("code")?,
        name: row.get("name")?,
        email: row.get("email")?,
        section: row.get("section")?,
        roles: parse_roles(&row.get::<String>("roles")?),
        active: row.get("active")?,
    })
}

pub(super) fn asked(row: &Row) -> Result<Asked> {
    Ok(Asked {
        cycle_id: row.get("cycle_id")?,
        respondent_id: row.get("respondent_id")?,
        organisation_id: row.get("organisation_id")?,
        duties: row.get::<String>("duties")?.split(',').filter_map(Duty::parse).collect(),
        asked: row.get("asked")?,
        answered: row.get("answered")?,
        fulfilled: row.get("fulfilled")?,
    })
}

pub(super) fn answer(row: &Row) -> Result<Answer> {
    Ok(Answer {
        id: row.get("id")?,
        cycle_id: row.get("cycle_id")?,
        organisation_id: row.get("organisation_id")?,
        respondent_id: row.get("respondent_id")?,
        requirement_id: row.get("requirement_id")?,
        system_id: system(row)?,
        role: role(row)?,
        claim: word(row, "claim", Claim::parse)?,
        reason: row.get("reason")?,
        note: row.get("note")?,
        evidence: evidence(row)?,
        version: row.get("version")?,
        answered_at: row.get("answered_at")?,
    })
}

pub(super) fn finding(row: &Row) -> Result<Finding> {
    Ok(Finding {
        id: row.get("id")?,
        cycle_id: row.get("cycle_id")?,
        organisation_id: row.get("organisation_id")?,
        requirement_id: row.get("requirement_id")?,
        system_id: system(row)?,
        verdict: word(row, "verdict", Verdict::parse)?,
        note: row.get("note")?,
        evidence: evidence(row)?,
        version: row.get("version")?,
        auditor: row.get("auditor")?,
        found_at: row.get("found_at")?,
    })
}

pub(super) fn sampled(row: &Row) -> Result<Sampled> {
    Ok(Sampled {
        organisation_id: row.get("organisation_id")?,
        requirement_id: row.get("requirement_id")?,
        system_id: system(row)?,
        priority: row.get("priority")?,
        claim: word(row, "claim", Claim::parse)?,
        drawn_at: row.get("drawn_at")?,
    })
}

pub(super) fn unit(row: &Row) -> Result<PriorityUnit> {
    Ok(PriorityUnit {
        id: row.get("id")?,
        cycle_id: row.get("cycle_id")?,
        organisation_id: row.get("organisation_id")?,
        requirement_id: row.get("requirement_id")?,
        class: word(row, "class", AppliesTo::parse)?,
        held: count(row, "held")?,
        done: count(row, "done")?,
        note: row.get("note")?,
        version: row.get("version")?,
        entered_by: row.get("entered_by")?,
        entered_at: row.get("entered_at")?,
    })
}
