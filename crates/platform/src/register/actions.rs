//! The verbs of the register: authorise, rule, store, audit, in one transaction.

use serde_json::json;

use super::organisation::{Organisation, is_code};
use super::store;
use crate::base::actor::{OrganisationId, Scope, Verb};
use crate::base::dates::parse_date;
use crate::base::error::{Error, Field, Result};
use crate::base::work::Work;

/// What a new organisation is made from.
#[derive(Clone, Debug, Default, serde::Deserialize, schemars::JsonSchema)]
pub struct NewOrganisation {
    /// Its code.
    pub code: String,
    /// The code of the organisation above it; empty for the centre.
    #[serde(default)]
    pub parent: String,
    /// Its kind's code.
    pub kind: String,
    /// Its name in Japanese.
    pub name_ja: String,
    /// Its name in English.
    pub name_en: String,
    /// The first day it exists, `2026-04-01`.
    pub valid_from: String,
}

/// Adds an organisation below another one.
pub async fn add_organisation(work: &mut Work, new: &NewOrganisation) -> Result<OrganisationId> {
    let scope = work.scope("register", Verb::Manage)?;
    let mut wrong = Vec::new();
    let mut need = |name: &str, fits: bool, text: &'static str| {
        if !fits {
            wrong.push(Field { name: name.to_owned(), text, values: Vec::new() });
        }
    };
    let kinds = store::kinds(&mut work.tx).await?;
    need("code", is_code(&new.code), "register-error-code");
    need("kind", kinds.iter().any(|kind| kind.code == new.kind), "error-not-a-choice");
    need("name_ja", !new.name_ja.trim().is_empty(), "error-required");
    need("name_en", !new.name_en.trim().is_empty(), "error-required");
    need("valid_from", parse_date(&new.valid_from).is_some(), "error-not-a-date");
    let parent = match new.parent.as_str() {
        "" => None,
        code => match store::organisation_by_code(&mut work.tx, &scope, code).await {
            Ok(parent) => Some(parent),
            Err(Error::NotFound) => {
                need("parent", false, "register-error-parent");
                None
            }
            Err(error) => return Err(error),
        },
    };
    // Only the operator begins a tree; everybody else adds below what they reach.
    if new.parent.is_empty() && scope != Scope::Everything {
        need("parent", false, "error-required");
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let id: OrganisationId = work.id();
    let organisation = Organisation {
        path: format!("{}{id}/", parent.as_ref().map_or("/", |parent| parent.path.as_str())),
        id: id.clone(),
        code: new.code.clone(),
        parent_id: parent.map(|parent| parent.id),
        kind: new.kind.clone(),
        name_ja: new.name_ja.trim().to_owned(),
        name_en: new.name_en.trim().to_owned(),
        valid_from: new.valid_from.clone(),
        valid_to: None,
        successor_id: None,
    };
    store::insert_organisation(&mut work.tx, &organisation).await?;
    work.audit(id.as_str(), "register", "organisation.add", id.as_str(), json!({ "code": new.code, "kind": new.kind, "name_ja": new.name_ja }))
        .await?;
    Ok(id)
}
