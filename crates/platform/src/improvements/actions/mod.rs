//! The verbs of the improvements: authorise, rule, store, note in the history, audit, in one transaction.

mod compromise;
mod draft;
mod exemptions;
mod exposure;
mod machine;
mod plans;

pub use compromise::recommend_for_compromise;
pub use draft::{Drafted, NewDraft, NewRecommendation, draft, draft_from_findings};
pub use exemptions::{Ask, approve, ask, refuse, withdraw_exemption};
pub use exposure::recommend_for_exposures;
pub use machine::{Looked, carry_all, look};
pub use plans::{accept, mark_step, return_plan, submit};

use serde_json::json;

use super::recommendation::{Recommendation, RecommendationId, State, Step};
use super::store;
use crate::access;
use crate::base::actor::{OrganisationId, Role, Scope, Verb};
use crate::base::dates::{date, parse_date};
use crate::base::error::{Error, Field, Result};
use crate::base::lang::{Lang, texts};
use crate::base::mail;
use crate::base::settings;
use crate::base::work::Work;
use crate::register;
use crate::register::organisation::Organisation;

/// The setting that names who issues recommendations, `centre` or `council`.
pub const ISSUER: &str = "improvements.issuer";
/// Who can issue.
pub const ISSUERS: [&str; 2] = ["centre", "council"];
/// The longest text somebody may enter.
pub const LONGEST: usize = 4_000;

/// The words of a recommendation.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize, schemars::JsonSchema)]
pub struct Words {
    /// What it is about.
    pub title: String,
    /// What is asked.
    pub body: String,
    /// Who issues it; empty keeps what it is.
    #[serde(default)]
    pub issuer: String,
    /// Until when.
    pub due_on: String,
}

/// Today, as dates are stored.
pub fn today(work: &Work) -> String {
    date(work.now).to_string()
}

/// Says who issues recommendations from now on.
pub async fn set_issuer(work: &mut Work, issuer: &str) -> Result<()> {
    work.scope("improvements", Verb::Manage)?;
    if !ISSUERS.contains(&issuer) {
        return Err(Error::invalid("issuer", "error-not-a-choice"));
    }
    settings::set(&mut work.tx, ISSUER, &issuer).await?;
    work.audit("", "improvements", "issuer.set", ISSUER, json!({ "issuer": issuer })).await
}

/// The recommendation and its organisation, if the actor may do `verb` there. A draft exists for those who write it only.
async fn take(work: &mut Work, id: &RecommendationId, verb: Verb) -> Result<(Recommendation, Organisation)> {
    let scope = work.scope("improvements", verb)?;
    let one = store::recommendation(&mut work.tx, &scope, id).await?;
    let organisation = register::store::organisation(&mut work.tx, &Scope::Everything, &one.organisation_id).await?;
    if one.state == State::Draft {
        work.authorise("improvements", Verb::Manage, &organisation.path)?;
    }
    Ok((one, organisation))
}

/// Takes a step: the new state with its dates, the history line and the audit line.
async fn step(work: &mut Work, one: &mut Recommendation, step: Step, note: &str) -> Result<()> {
    let from = one.state;
    let to = from.after(step).ok_or(Error::Conflict("improvements-error-state"))?;
    let now = work.stamp();
    one.state = to;
    match step {
        Step::Issue => {
            one.issued_at = Some(now.clone());
            one.since = Some(now.clone());
        }
        Step::CloseByMeasurement | Step::CloseByAudit => {
            one.closed_at = Some(now.clone());
            one.closed_by = Some(if step == Step::CloseByAudit { "audit" } else { "measurement" }.to_owned());
            one.proof = Some(note.to_owned());
        }
        Step::Decay => {
            one.since = Some(now.clone());
            one.closed_at = None;
            one.closed_by = None;
            one.proof = None;
            one.reopened += 1;
        }
        _ => {}
    }
    if !store::move_to(&mut work.tx, one, from, &now).await? {
        return Err(Error::Conflict("improvements-error-state"));
    }
    let who = work.actor.name.clone();
    store::add_history(&mut work.tx, &one.id, &now, &who, step.as_str(), to, note).await?;
    let detail = json!({ "code": one.code, "from": from.as_str(), "to": to.as_str(), "note": note });
    work.audit(one.organisation_id.as_str(), "improvements", &format!("recommendation.{}", step.as_str()), one.id.as_str(), detail).await
}

/// A text somebody must enter.
fn needed(name: &str, text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid(name, "error-required"));
    }
    if text.chars().count() > LONGEST {
        return Err(Error::invalid_with(name, "error-too-long", vec![("limit", LONGEST.to_string())]));
    }
    Ok(text.to_owned())
}

fn words_wrong(words: &Words) -> Vec<Field> {
    let mut wrong = Vec::new();
    for (name, text) in [("title", &words.title), ("body", &words.body)] {
        if let Err(Error::Invalid(fields)) = needed(name, text) {
            wrong.extend(fields);
        }
    }
    if parse_date(&words.due_on).is_none() {
        wrong.push(Field { name: "due_on".into(), text: "error-not-a-date", values: Vec::new() });
    }
    if !words.issuer.is_empty() && !ISSUERS.contains(&words.issuer.as_str()) {
        wrong.push(Field { name: "issuer".into(), text: "error-not-a-choice", values: Vec::new() });
    }
    wrong
}

/// Changes the words of a draft.
pub async fn edit(work: &mut Work, id: &RecommendationId, words: &Words) -> Result<()> {
    let (mut one, _) = take(work, id, Verb::Manage).await?;
    one.state.after(Step::Edit).ok_or(Error::Conflict("improvements-error-state"))?;
    let wrong = words_wrong(words);
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let old = json!({ "title": one.title, "body": one.body, "due_on": one.due_on, "issuer": one.issuer });
    one.title = words.title.trim().to_owned();
    one.body = words.body.trim().to_owned();
    one.due_on = parse_date(&words.due_on).map(|date| date.to_string()).unwrap_or_default();
    if !words.issuer.is_empty() {
        one.issuer.clone_from(&words.issuer);
    }
    let now = work.stamp();
    store::move_words(&mut work.tx, &one, &now).await?;
    let new = json!({ "title": one.title, "body": one.body, "due_on": one.due_on, "issuer": one.issuer });
    work.audit(one.organisation_id.as_str(), "improvements", "recommendation.edit", id.as_str(), json!({ "old": old, "new": new })).await
}

/// Sends a draft to its organisation, and mail to its CISO.
pub async fn issue(work: &mut Work, id: &RecommendationId) -> Result<()> {
    let (mut one, organisation) = take(work, id, Verb::Manage).await?;
    if one.state == State::Draft && one.due_on.as_str() < today(work).as_str() {
        return Err(Error::invalid("due_on", "improvements-error-past"));
    }
    step(work, &mut one, Step::Issue, "").await?;
    let to = cisos(work, &one.organisation_id).await?;
    tell(work, &one, &organisation, &to, "improvements-mail-issued", "").await
}

/// Takes a recommendation back.
pub async fn withdraw(work: &mut Work, id: &RecommendationId, reason: &str) -> Result<()> {
    let (mut one, _) = take(work, id, Verb::Manage).await?;
    let reason = needed("reason", reason)?;
    step(work, &mut one, Step::Withdraw, &reason).await
}

/// Closes by an auditor's own confirmation, which says what was seen.
pub async fn close_by_audit(work: &mut Work, id: &RecommendationId, seen: &str) -> Result<()> {
    let (mut one, organisation) = take(work, id, Verb::Audit).await?;
    let seen = needed("seen", seen)?;
    step(work, &mut one, Step::CloseByAudit, &seen).await?;
    let to = owner(work, &one).await?;
    tell(work, &one, &organisation, &to, "improvements-mail-closed", &seen).await
}

/// The addresses of an organisation's CISO.
async fn cisos(work: &mut Work, organisation: &OrganisationId) -> Result<Vec<String>> {
    let accounts = access::store::accounts(&mut work.tx, &Scope::Everything).await?;
    let is_ciso = |account: &&access::store::AccountRow| {
        account.active && account.roles.iter().any(|held| held.role == Role::Ciso.as_str() && held.organisation_id == *organisation)
    };
    Ok(accounts.iter().filter(is_ciso).map(|account| account.email.clone()).collect())
}

/// The address of the owner of the newest plan; without one, the CISO's.
async fn owner(work: &mut Work, one: &Recommendation) -> Result<Vec<String>> {
    let newest = store::plans(&mut work.tx, &one.id).await?.into_iter().next();
    match newest.map(|plan| plan.owner_email).filter(|address| !address.is_empty()) {
        Some(address) => Ok(vec![address]),
        None => cisos(work, &one.organisation_id).await,
    }
}

/// Writes mail in both languages, for nobody's language is known.
async fn tell(work: &mut Work, one: &Recommendation, organisation: &Organisation, to: &[String], key: &str, note: &str) -> Result<()> {
    let address = format!("{}/improvements/recommendations/{}", work.app().config.public_url, one.id);
    let text = |lang: Lang, key: &str| {
        let values = [
            ("organisation", organisation.name(lang).to_owned()),
            ("code", one.code.clone()),
            ("title", one.title.clone()),
            ("due", one.due_on.clone()),
            ("note", note.to_owned()),
            ("address", address.clone()),
        ];
        texts().with(lang, key, &values)
    };
    let subject = format!("{} / {}", text(Lang::Ja, &format!("{key}-subject")), text(Lang::En, &format!("{key}-subject")));
    let body = format!("{}\n\n{}\n", text(Lang::Ja, key), text(Lang::En, key));
    for address in to {
        mail::send(work, address, &subject, &body).await?;
    }
    Ok(())
}
