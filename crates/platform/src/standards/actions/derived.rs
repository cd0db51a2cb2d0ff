//! What an organisation makes of its edition: left out, set, added, documented.

use engine::facts::{AppliesTo, Role};
use formats::oscal::Profile;
use serde_json::json;

use super::align::derived;
use crate::base::actor::{OrganisationId, Scope, Verb};
use crate::base::blobs;
use crate::base::db::Tx;
use crate::base::error::{Error, Field, Result};
use crate::base::work::Work;
use crate::register;
use crate::register::organisation::Organisation;
use crate::standards::derived::{Derived, Exclusion, OwnDocument, OwnDocumentId, OwnRequirement, OwnRequirementId, ParameterValue};
use crate::standards::export;
use crate::standards::requirement::Edition;
use crate::standards::store;

/// The most letters of one text.
const LONGEST: usize = 4_000;

/// The organisation, if the actor may change its derived standard.
async fn ours(work: &mut Work, id: &OrganisationId) -> Result<Organisation> {
    let scope = work.scope("standards", Verb::Write)?;
    register::store::organisation(&mut work.tx, &scope, id).await
}

/// The edition an organisation stands on; without one there is nothing to derive from.
async fn edition_of(tx: &mut Tx, id: &OrganisationId) -> Result<Edition> {
    let adoption = store::adoption(tx, id).await?.ok_or(Error::Conflict("standards-error-adopt-first"))?;
    store::edition(tx, &adoption.edition_id).await
}

fn filled(name: &str, text: &str, wrong: &mut Vec<Field>) -> String {
    let text = text.trim();
    let mut say = |key: &'static str, values| wrong.push(Field { name: name.to_owned(), text: key, values });
    if text.is_empty() {
        say("error-required", Vec::new());
    } else if text.chars().count() > LONGEST {
        say("error-too-long", vec![("limit", LONGEST.to_string())]);
    }
    text.to_owned()
}

fn good(wrong: Vec<Field>) -> Result<()> {
    if wrong.is_empty() { Ok(()) } else { Err(Error::Invalid(wrong)) }
}

/// Leaves a requirement out, with the reason.
///
/// # Errors
/// [`Error::Invalid`] when the edition does not ask it or the reason is missing.
pub async fn exclude(work: &mut Work, organisation: &OrganisationId, code: &str, reason: &str) -> Result<()> {
    let organisation = ours(work, organisation).await?;
    let edition = edition_of(&mut work.tx, &organisation.id).await?;
    let mut wrong = Vec::new();
    let reason = filled("reason", reason, &mut wrong);
    if !store::requirements(&mut work.tx, &edition.id).await?.iter().any(|one| one.code == code) {
        wrong.push(Field { name: "code".to_owned(), text: "error-not-a-choice", values: Vec::new() });
    }
    good(wrong)?;
    store::put_exclusion(&mut work.tx, &organisation.id, &Exclusion { code: code.to_owned(), reason: reason.clone() }).await?;
    work.audit(organisation.id.as_str(), "standards", "requirement.exclude", code, json!({ "reason": reason })).await
}

/// Takes a requirement in again.
///
/// # Errors
/// [`Error::NotFound`] when it was not left out.
pub async fn include(work: &mut Work, organisation: &OrganisationId, code: &str) -> Result<()> {
    let organisation = ours(work, organisation).await?;
    if !store::drop_exclusion(&mut work.tx, &organisation.id, code).await? {
        return Err(Error::NotFound);
    }
    work.audit(organisation.id.as_str(), "standards", "requirement.include", code, json!({})).await
}

/// Sets a value the edition leaves open; an empty one takes it back.
///
/// # Errors
/// [`Error::Invalid`] when the edition has no such parameter.
pub async fn set_parameter(work: &mut Work, organisation: &OrganisationId, param: &str, value: &str) -> Result<()> {
    let organisation = ours(work, organisation).await?;
    let edition = edition_of(&mut work.tx, &organisation.id).await?;
    if !store::parameters(&mut work.tx, &edition.id).await?.iter().any(|one| one.param_id == param) {
        return Err(Error::invalid("param_id", "error-not-a-choice"));
    }
    if value.chars().count() > LONGEST {
        return Err(Error::invalid_with("value", "error-too-long", vec![("limit", LONGEST.to_string())]));
    }
    let new = ParameterValue { param_id: param.to_owned(), value: value.trim().to_owned() };
    store::put_parameter_value(&mut work.tx, &organisation.id, &new).await?;
    work.audit(organisation.id.as_str(), "standards", "parameter.set", param, json!({ "value": new.value })).await
}

/// What an own requirement is made from.
#[derive(Clone, Debug, Default, serde::Deserialize, schemars::JsonSchema)]
pub struct NewOwnRequirement {
    /// Its code: begins with a letter; letters, digits, `.`, `-`, `_`.
    pub code: String,
    /// Its title in Japanese.
    pub title_ja: String,
    /// Its title in English; empty: the Japanese one.
    #[serde(default)]
    pub title_en: String,
    /// What it asks, in Japanese.
    pub statement_ja: String,
    /// What it asks, in English; empty: the Japanese one.
    #[serde(default)]
    pub statement_en: String,
    /// What it applies to.
    pub applies_to: String,
    /// Who must act.
    pub role: String,
}

/// Whether `code` can name a requirement: a token of OSCAL, at most 40 letters.
fn is_token(code: &str) -> bool {
    let mut letters = code.bytes();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && code.len() <= 40
        && letters.all(|one| one.is_ascii_alphanumeric() || matches!(one, b'.' | b'-' | b'_'))
}

/// Adds an own requirement.
///
/// # Errors
/// [`Error::Invalid`] with a line per field; a code the edition or the organisation uses already is one.
pub async fn add_own_requirement(work: &mut Work, organisation: &OrganisationId, new: &NewOwnRequirement) -> Result<OwnRequirementId> {
    let organisation = ours(work, organisation).await?;
    let mut wrong = Vec::new();
    let title_ja = filled("title_ja", &new.title_ja, &mut wrong);
    let statement_ja = filled("statement_ja", &new.statement_ja, &mut wrong);
    let (applies_to, role) = (AppliesTo::parse(&new.applies_to), Role::parse(&new.role));
    let mut need = |name: &str, fits: bool, text: &'static str| {
        if !fits {
            wrong.push(Field { name: name.to_owned(), text, values: Vec::new() });
        }
    };
    need("applies_to", applies_to.is_some(), "error-not-a-choice");
    need("role", role.is_some(), "error-not-a-choice");
    need("code", is_token(&new.code), "standards-error-code");
    let mut taken = store::own_requirements(&mut work.tx, &organisation.id).await?.iter().any(|one| one.code == new.code);
    if let Some(adoption) = store::adoption(&mut work.tx, &organisation.id).await? {
        taken |= store::requirements(&mut work.tx, &adoption.edition_id).await?.iter().any(|one| one.code == new.code);
    }
    need("code", !taken, "standards-error-code-taken");
    good(wrong)?;
    let or = |text: &str, other: &str| if text.trim().is_empty() { other.to_owned() } else { text.trim().to_owned() };
    let own = OwnRequirement {
        id: work.id(),
        organisation_id: organisation.id.clone(),
        code: new.code.clone(),
        title_en: or(&new.title_en, &title_ja),
        statement_en: or(&new.statement_en, &statement_ja),
        title_ja,
        statement_ja,
        applies_to: applies_to.unwrap_or(AppliesTo::Organisation),
        role: role.unwrap_or(Role::SystemManager),
    };
    store::insert_own_requirement(&mut work.tx, &own).await?;
    work.audit(organisation.id.as_str(), "standards", "own-requirement.add", own.id.as_str(), json!({ "code": own.code, "title_ja": own.title_ja }))
        .await?;
    Ok(own.id)
}

/// Ends an own requirement; whose it was.
///
/// # Errors
/// [`Error::NotFound`] when it is not there or not the actor's to end.
pub async fn end_own_requirement(work: &mut Work, id: &OwnRequirementId) -> Result<OrganisationId> {
    let scope = work.scope("standards", Verb::Write)?;
    let own = store::own_requirement(&mut work.tx, &scope, id).await?;
    let at = work.stamp();
    store::end_own_requirement(&mut work.tx, id, &at).await?;
    work.audit(own.organisation_id.as_str(), "standards", "own-requirement.end", id.as_str(), json!({ "code": own.code })).await?;
    Ok(own.organisation_id)
}

/// Adds a document. A later version is added beside the earlier one.
///
/// # Errors
/// [`Error::Invalid`] without title, version or content; [`Error::Conflict`] when that version is there already.
pub async fn add_document(
    work: &mut Work,
    organisation: &OrganisationId,
    title: &str,
    version: &str,
    file_name: &str,
    bytes: &[u8],
) -> Result<OwnDocumentId> {
    let organisation = ours(work, organisation).await?;
    let mut wrong = Vec::new();
    let (title, version) = (filled("title", title, &mut wrong), filled("version", version, &mut wrong));
    if bytes.is_empty() {
        wrong.push(Field { name: "file".to_owned(), text: "error-file-required", values: Vec::new() });
    }
    good(wrong)?;
    let document = OwnDocument {
        id: work.id(),
        organisation_id: organisation.id.clone(),
        title,
        version,
        file_name: file_name.rsplit(['/', '\\']).next().unwrap_or(file_name).to_owned(),
        hash: blobs::put(&mut work.tx, bytes, work.now).await?,
        size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        added_at: work.stamp(),
    };
    store::insert_own_document(&mut work.tx, &document).await?;
    let detail = json!({ "title": document.title, "version": document.version, "sha256": document.hash });
    work.audit(organisation.id.as_str(), "standards", "own-document.add", document.id.as_str(), detail).await?;
    Ok(document.id)
}

/// Ends a document; whose it was.
///
/// # Errors
/// [`Error::NotFound`] when it is not there or not the actor's to end.
pub async fn end_document(work: &mut Work, id: &OwnDocumentId) -> Result<OrganisationId> {
    let scope = work.scope("standards", Verb::Write)?;
    let document = store::own_document(&mut work.tx, &scope, id).await?;
    let at = work.stamp();
    store::end_own_document(&mut work.tx, id, &at).await?;
    work.audit(
        document.organisation_id.as_str(),
        "standards",
        "own-document.end",
        id.as_str(),
        json!({ "title": document.title, "version": document.version }),
    )
    .await?;
    Ok(document.organisation_id)
}

/// An organisation's derived standard as an OSCAL profile.
///
/// # Errors
/// [`Error::Conflict`] while it stands on no edition.
pub async fn profile(tx: &mut Tx, scope: &Scope, id: &OrganisationId, now: jiff::Timestamp) -> Result<(Organisation, Profile)> {
    let (organisation, derived): (Organisation, Derived) = derived(tx, scope, id).await?;
    let edition = derived.edition.clone().ok_or(Error::Conflict("standards-error-adopt-first"))?;
    let asked = store::requirements(tx, &edition.id).await?;
    let parameters: Vec<String> = store::parameters(tx, &edition.id).await?.into_iter().map(|one| one.param_id).collect();
    let profile = export::profile(&organisation, &edition, &derived, &asked, &parameters, &crate::base::dates::stamp(now));
    Ok((organisation, profile))
}
