//! The verbs of the homepage watch: set it, accept a change, tell the owner.

use std::collections::BTreeSet;

use engine::homepage::Thresholds;
use serde_json::json;

use super::store;
use super::{Event, EventKind, HomepageId, WATCHING, Watching};
use crate::access;
use crate::base::actor::{OrganisationId, Role, Scope, Verb};
use crate::base::db::Tx;
use crate::base::error::{Error, Field, Result};
use crate::base::lang::{Lang, texts};
use crate::base::work::Work;
use crate::base::{events, mail, settings};
use crate::register;
use crate::register::post::PostKind;

/// Characters of a reason.
const LONGEST: usize = 1_000;

/// How the watch is set now.
pub async fn watching(tx: &mut Tx) -> Result<Watching> {
    settings::get(tx, WATCHING, Watching::default()).await
}

/// Sets how often pages are looked at (minutes, none: not at all) and what counts as a change.
pub async fn set(work: &mut Work, wanted: Watching) -> Result<()> {
    work.scope("measurements", Verb::Manage)?;
    let Watching { minutes, mut thresholds } = wanted;
    let mut wrong = Vec::new();
    let mut refuse = |name: &str, is: bool, text: &'static str| {
        if is {
            wrong.push(Field { name: name.to_owned(), text, values: Vec::new() });
        }
    };
    refuse("minutes", minutes.is_some_and(|minutes| !(1..=1_440).contains(&minutes)), "measurements-error-minutes");
    refuse("skeleton", !(0.0..=1.0).contains(&thresholds.skeleton), "measurements-error-share");
    refuse("text", !(0.0..=1.0).contains(&thresholds.text), "measurements-error-share");
    refuse("link_hosts", thresholds.link_hosts == 0, "measurements-error-at-least-one");
    refuse("links", thresholds.links == 0, "measurements-error-at-least-one");
    refuse("misses", !(1..=10).contains(&thresholds.misses), "measurements-error-in-a-row");
    refuse("sights", !(1..=10).contains(&thresholds.sights), "measurements-error-in-a-row");
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let old = watching(&mut work.tx).await?;
    let usual = Thresholds::default();
    let same = Thresholds { version: usual.version.clone(), ..thresholds.clone() } == usual;
    thresholds.version = if same { usual.version } else { work.stamp() };
    let new = Watching { minutes, thresholds };
    settings::set(&mut work.tx, WATCHING, &new).await?;
    work.audit("", "measurements", "setting.change", WATCHING, json!({ "old": old, "new": new })).await
}

/// Says that a changed page is as it should be: it is learnt anew, and the reason stands in its history.
pub async fn accept(work: &mut Work, id: &HomepageId, reason: &str) -> Result<()> {
    let scope = work.scope("measurements", Verb::Write)?;
    store::one(&mut work.tx, &scope, id).await?;
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Error::invalid("reason", "error-required"));
    }
    if reason.chars().count() > LONGEST {
        return Err(Error::invalid_with("reason", "error-too-long", vec![("limit", LONGEST.to_string())]));
    }
    let mut found = store::remembered(&mut work.tx, &[id]).await?;
    let mut one = found.remove(id).ok_or(Error::NotFound)?;
    if !one.watch.accept(work.now.as_second()) {
        return Err(Error::Conflict("measurements-error-homepage-unchanged"));
    }
    let now = work.stamp();
    if one.homepage.standing != one.watch.standing {
        (one.homepage.standing, one.homepage.since) = (one.watch.standing, now.clone());
    }
    (one.homepage.level, one.homepage.reasons) = (None, Vec::new());
    // Looked at again at once, so that what changes by itself on the new page is learnt.
    if !store::keep(&mut work.tx, &one.homepage, &one.watch, &one.due_at, &now).await? {
        return Err(Error::Conflict("measurements-error-homepage-unchanged"));
    }
    let event = Event {
        id: work.id(),
        homepage_id: id.clone(),
        organisation_id: one.homepage.organisation_id.clone(),
        at: now,
        kind: EventKind::Accepted,
        level: None,
        reasons: Vec::new(),
        change: None,
        by: work.actor.name.clone(),
        note: reason.to_owned(),
    };
    store::insert_events(&mut work.tx, std::slice::from_ref(&event)).await?;
    emit(work, &one.homepage.domain, &event).await?;
    let detail = json!({ "domain": one.homepage.domain, "reason": reason });
    work.audit(event.organisation_id.as_str(), "measurements", "homepage.accept", id.as_str(), detail).await
}

/// Tells the areas above, where they may want to act.
pub async fn emit(work: &mut Work, domain: &str, event: &Event) -> Result<()> {
    let codes: Vec<&str> = event.reasons.iter().map(|reason| reason.code.as_str()).collect();
    let payload = json!({
        "organisation_id": event.organisation_id, "homepage_id": event.homepage_id, "event_id": event.id, "target": domain, "level": event.level,
        "reasons": codes,
    });
    events::emit(work, &format!("measurements.homepage-{}", event.kind.as_str()), event.homepage_id.as_str(), payload).await
}

/// Who hears of an organisation's pages: its system managers and its CISO who have accounts, and its CSIRT's posts.
pub async fn owners(tx: &mut Tx, organisation: &OrganisationId) -> Result<Vec<String>> {
    let holds = |account: &access::store::AccountRow| {
        let roles = [Role::SystemManager.as_str(), Role::Ciso.as_str()];
        account.active && account.roles.iter().any(|held| roles.contains(&held.role.as_str()) && held.organisation_id == *organisation)
    };
    let accounts = access::store::accounts(tx, &Scope::Everything).await?;
    let mut found: BTreeSet<String> = accounts.iter().filter(|account| holds(account)).map(|account| account.email.clone()).collect();
    let posts = register::store::posts_of(tx, &Scope::Everything, organisation).await?;
    found.extend(
        posts.into_iter().filter(|post| post.post == PostKind::Csirt && post.valid_to.is_none() && !post.email.is_empty()).map(|post| post.email),
    );
    Ok(found.into_iter().collect())
}

/// What one event of a page is, in a mail.
pub fn told(event: &Event, lang: Lang) -> String {
    event.reasons.iter().map(|reason| format!("- {}", reason.text.get(lang))).collect::<Vec<_>>().join("\n")
}

/// Writes to the owners in both languages, for nobody's language is known. `key` names the subject, `{key}-body` the text.
pub async fn tell(work: &mut Work, organisation: &OrganisationId, key: &str, values: impl Fn(Lang) -> Vec<(&'static str, String)>) -> Result<()> {
    let text = |lang: Lang, key: &str| texts().with(lang, key, &values(lang));
    let subject = format!("{} / {}", text(Lang::Ja, key), text(Lang::En, key));
    let body_key = format!("{key}-body");
    let body = format!("{}\n\n{}\n", text(Lang::Ja, &body_key), text(Lang::En, &body_key));
    for address in owners(&mut work.tx, organisation).await? {
        mail::send(work, &address, &subject, &body).await?;
    }
    Ok(())
}
