//! The verbs of the register: authorise, rule, store, audit, in one transaction.
//!
//! Every verb that writes lines goes through [`plan`](super::plan): the same rules for a form, a program and a file.

mod import;
mod organisations;

use serde_json::{Value as Json, json};

pub use import::{Format, ImportReport, MOST_PROBLEMS, export, import};
pub use organisations::{EndOrganisation, add_kind, change_organisation, create_centre, end_organisation};

use super::asset::AssetId;
use super::organisation::OrganisationLine;
use super::plan::{Mode, Noun, Plan, Planner};
use super::post::{NewPost, Post, PostId};
use super::store;
use super::system::SystemId;
use crate::base::actor::{OrganisationId, Verb};
use crate::base::error::{Error, Field, Result};
use crate::base::work::Work;

pub use super::asset::NewAsset;
pub use super::organisation::NewOrganisation;
pub use super::system::NewSystem;

/// Adds an organisation below another one.
pub async fn add_organisation(work: &mut Work, new: &NewOrganisation) -> Result<OrganisationId> {
    add_organisations(work, std::slice::from_ref(new)).await?.pop().ok_or(Error::NotFound)
}

/// Adds organisations; parents may come after children. Gives their ids in the order of the lines.
pub async fn add_organisations(work: &mut Work, new: &[NewOrganisation]) -> Result<Vec<OrganisationId>> {
    work.scope("register", Verb::Manage)?;
    let lines: Vec<OrganisationLine> = new.iter().map(|new| OrganisationLine { new: new.clone(), ..OrganisationLine::default() }).collect();
    let (plan, known) = run(work, Mode::Add, new.len(), |planner| planner.organisations(&lines)).await?;
    let ids: Vec<OrganisationId> = new.iter().filter_map(|new| known.organisations.get(&new.code)).map(|one| one.id.clone()).collect();
    written(work, &plan, "organisation.add", new.iter().map(|new| new.code.clone()).collect()).await?;
    Ok(ids)
}

/// Adds posts. Gives their ids in the order of the lines.
pub async fn add_posts(work: &mut Work, new: &[NewPost]) -> Result<Vec<PostId>> {
    let (plan, _) = run(work, Mode::Add, new.len(), |planner| planner.posts(new)).await?;
    written(work, &plan, "post.add", new.iter().map(|new| format!("{}:{}", new.organisation, new.post.as_str())).collect()).await?;
    Ok(plan.posts.iter().map(|post| post.id.clone()).collect())
}

/// Adds systems. Gives their ids in the order of the lines.
pub async fn add_systems(work: &mut Work, new: &[NewSystem]) -> Result<Vec<SystemId>> {
    let (plan, _) = run(work, Mode::Add, new.len(), |planner| planner.systems(new)).await?;
    written(work, &plan, "system.add", new.iter().map(|new| new.code.clone()).collect()).await?;
    Ok(plan.systems.iter().map(|system| system.id.clone()).collect())
}

/// Adds assets. Gives their ids in the order of the lines.
pub async fn add_assets(work: &mut Work, new: &[NewAsset]) -> Result<Vec<AssetId>> {
    let (plan, _) = run(work, Mode::Add, new.len(), |planner| planner.assets(new)).await?;
    written(work, &plan, "asset.add", new.iter().map(|new| format!("{}:{}:{}", new.organisation, new.kind, new.name)).collect()).await?;
    Ok(plan.assets.iter().map(|asset| asset.id.clone()).collect())
}

/// Changes a line of the ledger; its code stays.
pub async fn change_system(work: &mut Work, id: &SystemId, new: &NewSystem) -> Result<()> {
    let scope = work.scope("register", Verb::Write)?;
    let old = store::system(&mut work.tx, &scope, id).await?;
    let new = NewSystem { code: old.code.clone(), ..new.clone() };
    let (plan, _) = run(work, Mode::Save, 1, |planner| planner.systems(std::slice::from_ref(&new))).await?;
    let (before, after) = (json!(old), json!(plan.systems.first().unwrap_or(&old)));
    changed(work, old.organisation_id.as_str(), "system.change", id.as_str(), &before, &after).await
}

/// Changes an asset; its organisation and kind stay, its name may change.
pub async fn change_asset(work: &mut Work, id: &AssetId, new: &NewAsset) -> Result<()> {
    let scope = work.scope("register", Verb::Write)?;
    let old = store::asset(&mut work.tx, &scope, id).await?;
    let owner = store::organisation(&mut work.tx, &scope, &old.organisation_id).await?;
    let new = NewAsset { organisation: owner.code, kind: old.kind.clone(), ..new.clone() };
    let (plan, _) = planned(work, Mode::Save, |planner| {
        // Under its new name it is the same asset, unless that name is another one's.
        let key = (old.organisation_id.clone(), old.kind.clone(), old.name.clone());
        let name = super::asset::one_form(&old.kind, &new.name).unwrap_or_default();
        if name != old.name
            && let Some(asset) = planner.known.assets.remove(&key)
        {
            let taken = planner.known.assets.contains_key(&(key.0.clone(), key.1.clone(), name.clone()));
            if taken {
                let field = Field { name: "name".into(), text: "register-error-exists", values: Vec::new() };
                planner.plan.wrong.push(super::plan::Wrong { noun: Noun::Asset, line: 0, field });
                return;
            }
            planner.known.assets.insert((key.0, key.1, name), asset);
        }
        planner.assets(std::slice::from_ref(&new));
    })
    .await?;
    refuse(&plan, 1)?;
    write(work, &plan).await?;
    let (before, after) = (json!(old), json!(plan.assets.first().unwrap_or(&old)));
    changed(work, old.organisation_id.as_str(), "asset.change", id.as_str(), &before, &after).await
}

/// Changes a post; its organisation, kind and number stay.
pub async fn change_post(work: &mut Work, id: &PostId, new: &NewPost) -> Result<()> {
    let (old, owner) = post(work, id).await?;
    let new = NewPost { organisation: owner, post: old.post, position: old.position, ..new.clone() };
    let (plan, _) = run(work, Mode::Save, 1, |planner| planner.posts(std::slice::from_ref(&new))).await?;
    let (before, after) = (json!(old), json!(plan.posts.first().unwrap_or(&old)));
    changed(work, old.organisation_id.as_str(), "post.change", id.as_str(), &before, &after).await
}

/// Ends a post; `last` is its last day.
pub async fn end_post(work: &mut Work, id: &PostId, last: &str) -> Result<()> {
    let (old, _) = post(work, id).await?;
    let last = formats::sheets::date(last).ok_or_else(|| Error::invalid("valid_to", "error-not-a-date"))?;
    if last < old.valid_from {
        return Err(Error::invalid("valid_to", "register-error-period"));
    }
    store::end_post(&mut work.tx, id, &last).await?;
    let detail = json!({ "post": old.post, "position": old.position, "name": old.name, "valid_to": last });
    work.audit(old.organisation_id.as_str(), "register", "post.end", id.as_str(), detail).await
}

/// A current post that the actor may change, and its organisation's code.
async fn post(work: &mut Work, id: &PostId) -> Result<(Post, String)> {
    let scope = work.scope("register", Verb::Write)?;
    let old = store::post(&mut work.tx, &scope, id).await?;
    if old.valid_to.is_some() {
        return Err(Error::Conflict("register-error-post-ended"));
    }
    let owner = store::organisation(&mut work.tx, &scope, &old.organisation_id).await?;
    Ok((old, owner.code))
}

/// Plans against what is there within the actor's reach.
async fn planned(work: &mut Work, mode: Mode, fill: impl FnOnce(&mut Planner<'_>)) -> Result<(Plan, super::plan::Known)> {
    let write = work.scope("register", Verb::Write)?;
    let known = store::known(&mut work.tx, &write).await?;
    let manage = work.actor.scope("register", Verb::Manage);
    let today = crate::base::dates::date(work.now).to_string();
    let new_id = || work.id::<()>().as_str().to_owned();
    let mut planner = Planner::new(known, mode, &today, manage, write, &new_id);
    fill(&mut planner);
    Ok((planner.plan, planner.known))
}

/// Plans and writes, or says what is wrong.
async fn run(work: &mut Work, mode: Mode, lines: usize, fill: impl FnOnce(&mut Planner<'_>)) -> Result<(Plan, super::plan::Known)> {
    let (plan, known) = planned(work, mode, fill).await?;
    refuse(&plan, lines)?;
    write(work, &plan).await?;
    Ok((plan, known))
}

/// What is wrong, by field; where there are several lines, by index and field, `3.code`.
fn refuse(plan: &Plan, lines: usize) -> Result<()> {
    if plan.wrong.is_empty() {
        return Ok(());
    }
    let name = |line: usize, name: &str| if lines > 1 { format!("{line}.{name}") } else { name.to_owned() };
    Err(Error::Invalid(plan.wrong.iter().map(|wrong| Field { name: name(wrong.line, &wrong.field.name), ..wrong.field.clone() }).collect()))
}

/// Writes a plan that nothing is wrong with.
async fn write(work: &mut Work, plan: &Plan) -> Result<()> {
    store::save_organisations(&mut work.tx, &plan.organisations).await?;
    for (from, to) in &plan.moved {
        crate::access::store::move_paths(&mut work.tx, from, to).await?;
    }
    let ids: Vec<String> = plan.former.iter().map(|_| work.id::<()>().as_str().to_owned()).collect();
    store::insert_former_names(&mut work.tx, &plan.former, &ids).await?;
    store::save_posts(&mut work.tx, &plan.posts).await?;
    store::save_systems(&mut work.tx, &plan.systems).await?;
    store::save_assets(&mut work.tx, &plan.assets).await
}

/// The most names one audit line carries; a batch beyond that says how many there were.
const NAMED: usize = 100;

/// The audit line of a batch: about the thing itself where there is one, else about the batch.
async fn written(work: &mut Work, plan: &Plan, verb: &str, mut names: Vec<String>) -> Result<()> {
    let ids = plan
        .organisations
        .iter()
        .map(|one| (one.id.as_str(), one.id.as_str()))
        .chain(plan.posts.iter().map(|one| (one.organisation_id.as_str(), one.id.as_str())))
        .chain(plan.systems.iter().map(|one| (one.organisation_id.as_str(), one.id.as_str())))
        .chain(plan.assets.iter().map(|one| (one.organisation_id.as_str(), one.id.as_str())));
    let ids: Vec<(&str, &str)> = ids.collect();
    let count = names.len();
    let (organisation, subject) = ids.first().copied().unwrap_or(("", ""));
    let subject = if count == 1 { subject } else { organisation };
    names.truncate(NAMED);
    work.audit(organisation, "register", verb, subject, json!({ "count": count, "what": names })).await
}

/// The audit line of a change: what differs, old and new.
async fn changed(work: &mut Work, organisation: &str, verb: &str, subject: &str, old: &Json, new: &Json) -> Result<()> {
    let mut differs = serde_json::Map::new();
    if let (Json::Object(old), Json::Object(new)) = (old, new) {
        for (name, value) in new {
            let was = old.get(name).unwrap_or(&Json::Null);
            if was != value {
                differs.insert(name.clone(), json!({ "old": was, "new": value }));
            }
        }
    }
    work.audit(organisation, "register", verb, subject, Json::Object(differs)).await
}
