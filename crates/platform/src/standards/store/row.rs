//! Rows of the standards, read and written.

use crate::base::db::{Row, Value};
use crate::base::error::{Error, Result};
use crate::standards::requirement::{Edition, Parameter, Requirement, Standard};
use engine::facts::{AppliesTo, Check, Role};

pub(super) fn standard(row: &Row) -> Result<Standard> {
    Ok(Standard {
        id: row.get("id")?,
        code: row.get("code")?,
        name_ja: row.get("name_ja")?,
        name_en: row.get("name_en")?,
        organisation_id: row.get("organisation_id")?,
    })
}

pub(super) fn edition(row: &Row) -> Result<Edition> {
    Ok(Edition {
        id: row.get("id")?,
        standard_id: row.get("standard_id")?,
        standard_code: row.get("standard_code")?,
        position: row.get("position")?,
        version: row.get("version")?,
        title_ja: row.get("title_ja")?,
        title_en: row.get("title_en")?,
        published_on: row.get("published_on")?,
        catalog_hash: row.get("catalog_hash")?,
        catalog_uuid: row.get("catalog_uuid")?,
        oscal_version: row.get("oscal_version")?,
        source_name: row.get("source_name")?,
        source_hash: row.get("source_hash")?,
        imported_at: row.get("imported_at")?,
        requirements: row.get("requirements")?,
    })
}

/// Words separated by spaces, each read by `parse`.
fn words<T>(row: &Row, column: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Vec<T>> {
    let text: String = row.get(column)?;
    text.split_whitespace().map(|word| parse(word).ok_or_else(|| Error::internal(format!("{column}: {word}")))).collect()
}

pub(super) fn requirement(row: &Row) -> Result<Requirement> {
    let applies_to: String = row.get("applies_to")?;
    Ok(Requirement {
        id: row.get("id")?,
        edition_id: row.get("edition_id")?,
        code: row.get("code")?,
        block: row.get("block")?,
        block_ja: row.get("block_ja")?,
        block_en: row.get("block_en")?,
        theme: row.get("theme")?,
        theme_ja: row.get("theme_ja")?,
        theme_en: row.get("theme_en")?,
        title_ja: row.get("title_ja")?,
        title_en: row.get("title_en")?,
        statement_ja: row.get("statement_ja")?,
        statement_en: row.get("statement_en")?,
        question_ja: row.get("question_ja")?,
        question_en: row.get("question_en")?,
        guidance_ja: row.get("guidance_ja")?,
        guidance_en: row.get("guidance_en")?,
        applies_to: AppliesTo::parse(&applies_to).ok_or_else(|| Error::internal(format!("applies_to: {applies_to}")))?,
        roles: words(row, "roles", Role::parse)?,
        evidence_self: row.get("evidence_self")?,
        evidence_audit: row.get("evidence_audit")?,
        checks: words(row, "checks", Check::parse)?,
        priority_inspection: row.get("priority_inspection")?,
        priority: row.get("priority")?,
        source: row.get("source")?,
        digest: row.get("digest")?,
    })
}

/// The values of a requirement, in the order of the statement that adds it.
pub(super) fn requirement_values(position: usize, one: &Requirement) -> Vec<Value> {
    let joined = |words: Vec<&str>| Value::from(words.join(" "));
    vec![
        Value::from(&one.id),
        Value::from(&one.edition_id),
        Value::from(position),
        Value::from(&one.code),
        Value::from(&one.block),
        Value::from(&one.block_ja),
        Value::from(&one.block_en),
        Value::from(&one.theme),
        Value::from(&one.theme_ja),
        Value::from(&one.theme_en),
        Value::from(&one.title_ja),
        Value::from(&one.title_en),
        Value::from(&one.statement_ja),
        Value::from(&one.statement_en),
        Value::from(&one.question_ja),
        Value::from(&one.question_en),
        Value::from(&one.guidance_ja),
        Value::from(&one.guidance_en),
        Value::from(one.applies_to.as_str()),
        joined(one.roles.iter().map(|role| role.as_str()).collect()),
        Value::from(one.evidence_self),
        Value::from(one.evidence_audit),
        joined(one.checks.iter().map(|check| check.as_str()).collect()),
        Value::from(one.priority_inspection),
        Value::from(one.priority),
        Value::from(&one.source),
        Value::from(&one.digest),
    ]
}

pub(super) fn parameter(row: &Row) -> Result<Parameter> {
    Ok(Parameter { param_id: row.get("param_id")?, code: row.get("code")?, label: row.get("label")?, value: row.get("value")? })
}
