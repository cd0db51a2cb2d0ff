//! Adopting an edition, and following it from one edition to the next.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::base::actor::{OrganisationId, Scope, Verb};
use crate::base::dates::date;
use crate::base::db::Tx;
use crate::base::error::{Error, Result};
use crate::base::events;
use crate::base::work::Work;
use crate::register;
use crate::register::organisation::Organisation;
use crate::standards::change::changes;
use crate::standards::derived::{Adoption, Alignment, Derived, Standing, changed};
use crate::standards::requirement::{Edition, EditionId, StandardId};
use crate::standards::store;

/// The newest edition of a standard.
async fn newest(tx: &mut Tx, standard: &StandardId) -> Result<Edition> {
    store::editions_of(tx, standard).await?.pop().ok_or(Error::NotFound)
}

/// An organisation's derived standard, with what it has yet to align. The caller's `scope` must reach it.
///
/// # Errors
/// [`Error::NotFound`] when it does not.
pub async fn derived(tx: &mut Tx, scope: &Scope, id: &OrganisationId) -> Result<(Organisation, Derived)> {
    let organisation = register::store::organisation(tx, scope, id).await?;
    let mut derived = Derived {
        exclusions: store::exclusions(tx, id).await?,
        values: store::parameter_values(tx, id).await?,
        own: store::own_requirements(tx, id).await?,
        documents: store::own_documents(tx, id).await?,
        ..Derived::default()
    };
    let Some(adoption) = store::adoption(tx, id).await? else { return Ok((organisation, derived)) };
    let edition = store::edition(tx, &adoption.edition_id).await?;
    let newest = newest(tx, &edition.standard_id).await?;
    if newest.id != edition.id {
        let (old, new) = (store::requirements(tx, &edition.id).await?, store::requirements(tx, &newest.id).await?);
        let only = Scope::Paths(vec![organisation.path.clone()]);
        let confirmed: BTreeSet<(String, String)> = store::alignments(tx, &only)
            .await?
            .into_iter()
            .filter(|one| one.organisation_id == *id && one.standard_id == edition.standard_id)
            .map(|one| (one.code, one.digest))
            .collect();
        derived.open = changes(&old, &new);
        derived.open.retain(|change| !confirmed.contains(&(change.code.clone(), change.digest.clone())));
        derived.newest = Some(newest);
    }
    derived.edition = Some(edition);
    derived.adoption = Some(adoption);
    Ok((organisation, derived))
}

/// Where every organisation within reach stands that exists on the day of `now`.
///
/// # Errors
/// Only those of storage.
pub async fn overview(tx: &mut Tx, scope: &Scope, now: jiff::Timestamp) -> Result<Vec<Standing>> {
    let today = date(now).to_string();
    let editions: BTreeMap<EditionId, Edition> = store::editions(tx).await?.into_iter().map(|one| (one.id.clone(), one)).collect();
    let mut last: BTreeMap<StandardId, &Edition> = BTreeMap::new();
    for edition in editions.values() {
        let newest = last.entry(edition.standard_id.clone()).or_insert(edition);
        if edition.position > newest.position {
            *newest = edition;
        }
    }
    let digests = store::digests(tx).await?;
    let adoptions: BTreeMap<OrganisationId, Adoption> =
        store::adoptions(tx, scope).await?.into_iter().map(|one| (one.organisation_id.clone(), one)).collect();
    let mut confirmed: BTreeMap<OrganisationId, Vec<Alignment>> = BTreeMap::new();
    for one in store::alignments(tx, scope).await? {
        confirmed.entry(one.organisation_id.clone()).or_default().push(one);
    }
    let none = BTreeMap::new();
    let mut known: BTreeMap<(EditionId, EditionId), BTreeSet<(String, String)>> = BTreeMap::new();
    let mut all = Vec::new();
    for organisation in register::store::organisations(tx, scope).await?.into_iter().filter(|one| one.is_valid_on(&today)) {
        let mut standing = Standing {
            organisation_id: organisation.id.clone(),
            code: organisation.code,
            name_ja: organisation.name_ja,
            name_en: organisation.name_en,
            edition: None,
            edition_id: None,
            newest: None,
            open: 0,
            changes: 0,
            last_confirmed_at: String::new(),
        };
        let confirmed = confirmed.remove(&organisation.id).unwrap_or_default();
        standing.last_confirmed_at = confirmed.last().map(|one| one.confirmed_at.clone()).unwrap_or_default();
        let edition = adoptions.get(&organisation.id).and_then(|one| editions.get(&one.edition_id));
        if let Some((edition, newest)) = edition.and_then(|edition| Some((edition, *last.get(&edition.standard_id)?))) {
            let of = |edition: &Edition| digests.get(&edition.id).unwrap_or(&none);
            let pair = (edition.id.clone(), newest.id.clone());
            let changes = known.entry(pair).or_insert_with(|| changed(of(edition), of(newest)));
            let done = |one: &(String, String)| {
                confirmed.iter().any(|sure| sure.standard_id == edition.standard_id && sure.code == one.0 && sure.digest == one.1)
            };
            standing.open = changes.iter().filter(|one| !done(one)).count();
            standing.changes = changes.len();
            standing.newest = Some(newest.spelled());
            standing.edition = Some(edition.spelled());
            standing.edition_id = Some(edition.id.clone());
        }
        all.push(standing);
    }
    Ok(all)
}

/// Whether the actor decides for this organisation: its CISO, or the centre that runs the area.
fn may_adopt(work: &Work, organisation: &Organisation) -> Result<()> {
    let manages = work.actor.scope("standards", Verb::Manage).holds(&organisation.path);
    if manages { Ok(()) } else { work.authorise("standards", Verb::Decide, &organisation.path) }
}

async fn put(work: &mut Work, organisation: &OrganisationId, edition: &Edition) -> Result<()> {
    let adoption = Adoption {
        organisation_id: organisation.clone(),
        edition_id: edition.id.clone(),
        adopted_at: work.stamp(),
        adopted_by: work.actor.name.clone(),
    };
    store::put_adoption(&mut work.tx, &adoption).await?;
    work.audit(organisation.as_str(), "standards", "edition.adopt", edition.id.as_str(), json!({ "edition": edition.spelled() })).await
}

/// Puts an organisation on an edition: its first, or one of another standard. From one edition of a standard to the next
/// it goes by [`confirm`].
///
/// # Errors
/// [`Error::Conflict`] when it stands on an edition of this standard already.
pub async fn adopt(work: &mut Work, organisation: &OrganisationId, edition: &EditionId) -> Result<()> {
    let scope = work.scope("standards", Verb::Read)?;
    let organisation = register::store::organisation(&mut work.tx, &scope, organisation).await?;
    may_adopt(work, &organisation)?;
    let edition = store::edition(&mut work.tx, edition).await?;
    if let Some(now) = store::adoption(&mut work.tx, &organisation.id).await? {
        if now.edition_id == edition.id {
            return work.audit(organisation.id.as_str(), "standards", "edition.adopt", edition.id.as_str(), json!({ "again": true })).await;
        }
        if store::edition(&mut work.tx, &now.edition_id).await?.standard_id == edition.standard_id {
            return Err(Error::Conflict("standards-error-confirm-instead"));
        }
    }
    put(work, &organisation.id, &edition).await
}

/// Puts every organisation within reach that stands on no edition yet on this one; how many.
///
/// # Errors
/// [`Error::NotFound`] for an actor who does not run the area.
pub async fn adopt_all(work: &mut Work, edition: &EditionId) -> Result<usize> {
    let scope = work.scope("standards", Verb::Manage)?;
    let edition = store::edition(&mut work.tx, edition).await?;
    let today = date(work.now).to_string();
    let there: BTreeSet<OrganisationId> = store::adoptions(&mut work.tx, &scope).await?.into_iter().map(|one| one.organisation_id).collect();
    let mut count = 0;
    for one in register::store::organisations(&mut work.tx, &scope).await? {
        if one.is_valid_on(&today) && !there.contains(&one.id) {
            put(work, &one.id, &edition).await?;
            count += 1;
        }
    }
    work.audit("", "standards", "edition.adopt-all", edition.id.as_str(), json!({ "organisations": count })).await?;
    Ok(count)
}

/// The CISO confirms that the organisation follows these changes of the newest edition; how many are left. With the last
/// one the organisation stands on that edition, and the event `standards.aligned` says so.
///
/// # Errors
/// [`Error::Invalid`] when none is chosen, or one is not on the list.
pub async fn confirm(work: &mut Work, organisation: &OrganisationId, codes: &[String], note: &str) -> Result<usize> {
    let scope = work.scope("standards", Verb::Decide)?;
    let (organisation, derived) = derived(&mut work.tx, &scope, organisation).await?;
    work.authorise("standards", Verb::Decide, &organisation.path)?;
    let Some(newest) = derived.newest else { return Err(Error::Conflict("standards-error-nothing-open")) };
    let codes: BTreeSet<&str> = codes.iter().map(String::as_str).collect();
    if codes.is_empty() {
        return Err(Error::invalid("codes", "standards-error-choose"));
    }
    let mut sure = Vec::new();
    for code in &codes {
        let change = derived.open.iter().find(|one| one.code == *code);
        let change = change.ok_or_else(|| Error::invalid_with("codes", "standards-error-not-open", vec![("code", (*code).to_owned())]))?;
        sure.push(Alignment {
            organisation_id: organisation.id.clone(),
            standard_id: newest.standard_id.clone(),
            code: change.code.clone(),
            digest: change.digest.clone(),
            note: note.trim().to_owned(),
            confirmed_at: work.stamp(),
            confirmed_by: work.actor.name.clone(),
        });
    }
    store::insert_alignments(&mut work.tx, &sure).await?;
    let detail = json!({ "edition": newest.spelled(), "codes": codes, "note": note.trim() });
    work.audit(organisation.id.as_str(), "standards", "change.confirm", newest.id.as_str(), detail).await?;
    let left = derived.open.len() - sure.len();
    if left == 0 {
        put(work, &organisation.id, &newest).await?;
        events::emit(work, "standards.aligned", organisation.id.as_str(), json!({ "edition": newest.id })).await?;
    }
    Ok(left)
}
