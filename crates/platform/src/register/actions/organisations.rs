//! The centre, changes, ends and mergers of organisations, and their kinds.

use serde_json::json;

use super::{NewOrganisation, add_organisation, changed, planned, refuse, run, write};
use crate::base::actor::{OrganisationId, Scope, Verb};
use crate::base::error::{Error, Field, Result};
use crate::base::work::Work;
use crate::register::asset::Asset;
use crate::register::organisation::{Organisation, OrganisationKind, OrganisationLine, is_code};
use crate::register::plan::{Mode, clean_line};
use crate::register::store;

/// Makes the centre, the root of the tree; only where there is no organisation yet.
pub async fn create_centre(work: &mut Work, code: &str, name_ja: &str, name_en: &str, valid_from: &str) -> Result<OrganisationId> {
    if store::has_organisations(&mut work.tx).await? {
        return Err(Error::Conflict("register-error-centre-exists"));
    }
    let new = NewOrganisation {
        code: code.to_owned(),
        parent: String::new(),
        kind: "centre".to_owned(),
        name_ja: name_ja.to_owned(),
        name_en: name_en.to_owned(),
        valid_from: valid_from.to_owned(),
    };
    add_organisation(work, &new).await
}

/// Changes an organisation: names (the old one is kept), kind, period, successor, what it hangs below. Its code stays.
pub async fn change_organisation(work: &mut Work, id: &OrganisationId, line: &OrganisationLine) -> Result<()> {
    let scope = work.scope("register", Verb::Manage)?;
    let old = store::organisation(&mut work.tx, &scope, id).await?;
    let mut line = line.clone();
    line.new.code.clone_from(&old.code);
    let (plan, known) = run(work, Mode::Save, 1, |planner| planner.organisations(std::slice::from_ref(&line))).await?;
    let new = known.organisations.get(&old.code).unwrap_or(&old);
    let moved = plan.organisations.len().saturating_sub(1);
    changed(work, id.as_str(), "organisation.change", id.as_str(), &json!(old), &json!({ "organisation": new, "moved_along": moved })["organisation"])
        .await
}

/// How an organisation ends.
#[derive(Clone, Debug, Default, serde::Deserialize, schemars::JsonSchema)]
pub struct EndOrganisation {
    /// Its last day, `2027-03-31`.
    pub valid_to: String,
    /// The code of what takes its place; empty if nothing does.
    #[serde(default)]
    pub successor: String,
}

/// Ends an organisation. What lies below it, its systems and its assets go to its successor; its posts end. Without a
/// successor it must have nothing that goes on.
pub async fn end_organisation(work: &mut Work, id: &OrganisationId, end: &EndOrganisation) -> Result<()> {
    let scope = work.scope("register", Verb::Manage)?;
    let old = store::organisation(&mut work.tx, &scope, id).await?;
    let all = store::organisations_by_code(&mut work.tx, &scope).await?;
    let successor = all.get(&end.successor).cloned();
    let below: Vec<&Organisation> = all.values().filter(|one| one.parent_id.as_ref() == Some(id) && one.valid_to.is_none()).collect();
    let systems = store::systems_of(&mut work.tx, &scope, id).await?;
    let living = systems.iter().filter(|system| system.stage != crate::register::system::Stage::Retired).count();
    let mut wrong = Vec::new();
    let mut need = |name: &str, fits: bool, text: &'static str| {
        if !fits {
            wrong.push(Field { name: name.to_owned(), text, values: Vec::new() });
        }
    };
    need("valid_to", !end.valid_to.trim().is_empty(), "error-required");
    need("successor", end.successor.is_empty() || successor.as_ref().is_some_and(|one| one.id != *id), "register-error-successor");
    need("successor", successor.as_ref().is_none_or(|one| !one.path.starts_with(&old.path)), "register-error-successor-below");
    need("successor", !end.successor.is_empty() || (below.is_empty() && living == 0), "register-error-goes-on");
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let code_of =
        |parent: &Option<OrganisationId>| all.values().find(|one| Some(&one.id) == parent.as_ref()).map_or(String::new(), |one| one.code.clone());
    let line = |one: &Organisation, parent: String, valid_to: String, after: String| OrganisationLine {
        new: NewOrganisation {
            code: one.code.clone(),
            parent,
            kind: one.kind.clone(),
            name_ja: one.name_ja.clone(),
            name_en: one.name_en.clone(),
            valid_from: one.valid_from.clone(),
        },
        valid_to,
        successor: after,
    };
    let mut lines = vec![line(&old, code_of(&old.parent_id), end.valid_to.clone(), end.successor.clone())];
    if let Some(successor) = &successor {
        lines.extend(below.iter().map(|one| line(one, successor.code.clone(), String::new(), code_of(&one.successor_id))));
    }
    let (mut plan, known) = planned(work, Mode::Save, |planner| planner.organisations(&lines)).await?;
    refuse(&plan, 1)?;
    let last = known.organisations.get(&old.code).and_then(|one| one.valid_to.clone()).unwrap_or_default();
    if let Some(successor) = &successor {
        plan.systems =
            systems.into_iter().map(|system| crate::register::system::System { organisation_id: successor.id.clone(), ..system }).collect();
        // What the successor already has under the same name stays where it is, so that nothing is counted away.
        let has = |asset: &Asset| known.assets.contains_key(&(successor.id.clone(), asset.kind.clone(), asset.name.clone()));
        let assets = store::assets_of(&mut work.tx, &scope, id).await?;
        plan.assets = assets.into_iter().filter(|asset| !has(asset)).map(|asset| Asset { organisation_id: successor.id.clone(), ..asset }).collect();
    }
    write(work, &plan).await?;
    store::end_posts(&mut work.tx, id, &last).await?;
    let detail = json!({
        "valid_to": last, "successor": end.successor, "moved_organisations": plan.moved.len(), "moved_systems": plan.systems.len(),
        "moved_assets": plan.assets.len(),
    });
    work.audit(id.as_str(), "register", "organisation.end", id.as_str(), detail).await
}

/// Adds a kind of organisation, or changes its names. Kinds are shared by the whole tree, so only its top may.
pub async fn add_kind(work: &mut Work, kind: &OrganisationKind) -> Result<()> {
    let scope = work.scope("register", Verb::Manage)?;
    let organisations = store::organisations(&mut work.tx, &scope).await?;
    if scope != Scope::Everything && !organisations.iter().any(|one| one.parent_id.is_none()) {
        return Err(Error::NotFound);
    }
    let kind = OrganisationKind { code: kind.code.clone(), name_ja: clean_line(&kind.name_ja), name_en: clean_line(&kind.name_en) };
    let others = store::kinds(&mut work.tx).await?;
    let mut wrong = Vec::new();
    let mut need = |name: &str, fits: bool, text: &'static str| {
        if !fits {
            wrong.push(Field { name: name.to_owned(), text, values: Vec::new() });
        }
    };
    need("code", is_code(&kind.code), "register-error-code");
    for (name, text) in [("name_ja", &kind.name_ja), ("name_en", &kind.name_en)] {
        need(name, !text.is_empty(), "error-required");
        // Imports know a kind by its code or by either name, so a name says one kind only.
        let same = |other: &OrganisationKind| other.code != kind.code && [&other.code, &other.name_ja, &other.name_en].contains(&text);
        need(name, !others.iter().any(same), "register-error-exists");
        need(name, !formats::sheets::guard::is_formula_like(text), "register-error-formula");
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    store::save_kind(&mut work.tx, &kind).await?;
    work.audit("", "register", "kind.save", &kind.code, json!({ "name_ja": kind.name_ja, "name_en": kind.name_en })).await
}
