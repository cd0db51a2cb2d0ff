//! The system ledger: the list, one system, and the form.

use std::collections::BTreeMap;

use axum::Form as Sent;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};

use super::{Fields, again, answer, done, history, link_if, number, offered, organisation_cell, organisation_href, stage_name, ticked, value};
use crate::base::actor::{OrganisationId, Verb};
use crate::base::audit;
use crate::base::cx::Cx;
use crate::base::error::{Error, Field, Result};
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::form::{Form, Input};
use crate::base::view::list::{List, query};
use crate::base::view::page::Page;
use crate::register::actions;
use crate::register::organisation::Organisation;
use crate::register::store;
use crate::register::system::{AXES, Level, NewSystem, Stage, System, SystemId};

fn href(id: &SystemId) -> String {
    format!("/register/systems/{id}")
}

/// Systems as a table; with `owners` it has a column for them.
pub(super) fn list(cx: &Cx, systems: &[System], levels: &[Level], owners: Option<&BTreeMap<OrganisationId, Organisation>>) -> List {
    let mut list = List::new("systems", cx.t("register-systems")).column(cx.t("register-name")).column(cx.t("register-code"));
    if owners.is_some() {
        list = list.choice(cx.t("register-organisation"));
    }
    list.column(cx.t("register-marking"))
        .choice(cx.t("register-stage"))
        .column(cx.t("register-users"))
        .column(cx.t("register-renewal-date"))
        .choice(cx.t("register-public-facing"))
        .empty(cx.t("register-systems-empty"))
        .rows(systems.iter().map(|system| {
            let mut row = vec![Cell::link(href(&system.id), system.name(cx.lang)), Cell::text(&*system.code)];
            if let Some(owners) = owners {
                row.push(organisation_cell(cx, owners, Some(&system.organisation_id)));
            }
            row.extend([
                marking(cx, system, levels),
                Cell::text(stage_name(cx, system.stage)),
                Cell::int(system.users),
                Cell::text(system.renewal_date.clone().unwrap_or_default()),
                Cell::text(answer(cx, system.public_facing)),
            ]);
            row
        }))
}

/// The mark of a system's information; the highest levels stand out.
fn marking(cx: &Cx, system: &System, levels: &[Level]) -> Cell {
    let top = levels.iter().filter(|level| level.axis == AXES[0]).map(|level| level.level).max();
    let tone = if top == Some(system.confidentiality) { Tone::Warn } else { Tone::Plain };
    Cell::Badge(tone, system.marking(levels, cx.lang))
}

/// The ledger.
pub async fn systems(cx: Cx) -> Result<Page> {
    let mut tx = cx.read().await?;
    let scope = cx.scope("register", Verb::Read)?;
    let owners = store::organisations_by_id(&mut tx, &scope).await?;
    let systems = store::systems(&mut tx, &scope).await?;
    let levels = store::levels(&mut tx).await?;
    let mut links = Vec::new();
    if cx.actor.may("register", Verb::Write) {
        links.push(("/register/systems/new".to_owned(), cx.t("register-system-add")));
        links.push(("/register/import".to_owned(), cx.t("register-import")));
    }
    links.push(("/register/export?format=csv&kind=systems".to_owned(), cx.t("register-export-csv")));
    let page = cx.page(cx.t("register-ledger")).lead(cx.t("register-ledger-lead")).links(links);
    Ok(page.list(list(&cx, &systems, &levels, Some(&owners))))
}

/// One system.
pub async fn system(cx: Cx, Path(id): Path<SystemId>) -> Result<Page> {
    let mut tx = cx.read().await?;
    let scope = cx.scope("register", Verb::Read)?;
    let system = store::system(&mut tx, &scope, &id).await?;
    let owner = store::organisation(&mut tx, &scope, &system.organisation_id).await?;
    let levels = store::levels(&mut tx).await?;
    let assets: Vec<_> = store::assets(&mut tx, &scope).await?.into_iter().filter(|asset| asset.system_id.as_ref() == Some(&id)).collect();
    let lines = audit::about(&mut tx, id.as_str(), 50).await?;
    let level = |axis: &str, at: i64| {
        let found = levels.iter().find(|level| level.axis == axis && level.level == at);
        Cell::text(found.map_or(at.to_string(), |level| cx.lang.pick(level.name_ja.clone(), level.name_en.clone())))
    };
    let mut links = Vec::new();
    links.extend(link_if(&cx, Verb::Write, format!("{}/edit", href(&id)), &owner.path, "register-change"));
    let new_asset = format!("/register/assets/new?organisation={}&system={}", owner.code, system.code);
    links.extend(link_if(&cx, Verb::Write, new_asset, &owner.path, "register-asset-add"));
    let page = cx
        .page(system.name(cx.lang))
        .lead(system.marking(&levels, cx.lang))
        .crumb("/register/systems", cx.t("register-ledger"))
        .crumb(organisation_href(&owner.id), owner.name(cx.lang))
        .facts(vec![
            (cx.t("register-marking"), marking(&cx, &system, &levels)),
            (cx.t("register-code"), Cell::text(&*system.code)),
            (cx.t("register-organisation"), Cell::link(organisation_href(&owner.id), owner.name(cx.lang))),
            (cx.t("register-purpose"), Cell::text(&*system.purpose)),
            (cx.t("register-information"), Cell::text(&*system.information)),
            (cx.t("register-confidentiality"), level(AXES[0], system.confidentiality)),
            (cx.t("register-integrity"), level(AXES[1], system.integrity)),
            (cx.t("register-availability"), level(AXES[2], system.availability)),
            (cx.t("register-handling-limit"), Cell::text(&*system.handling_limit)),
            (cx.t("register-users"), Cell::int(system.users)),
            (cx.t("register-outsourced-to"), Cell::text(&*system.outsourced_to)),
            (cx.t("register-stage"), Cell::text(stage_name(&cx, system.stage))),
            (cx.t("register-renewal-date"), Cell::text(system.renewal_date.clone().unwrap_or_default())),
            (cx.t("register-public-facing"), Cell::text(answer(&cx, system.public_facing))),
            (cx.t("register-same-day-recovery"), Cell::text(answer(&cx, system.same_day_recovery))),
            (cx.t("register-retired-on"), Cell::text(system.retired_on.clone().unwrap_or_default())),
        ])
        .links(links)
        .list(super::assets::list(&cx, &assets, std::slice::from_ref(&system), None));
    Ok(page.list(history(&cx, &lines)))
}

/// The form for a new system.
pub async fn new(cx: Cx) -> Result<Page> {
    form_page(&cx, None, &[], &[]).await
}

/// The form to change a system.
pub async fn edit(cx: Cx, Path(id): Path<SystemId>) -> Result<Page> {
    form_page(&cx, Some(&id), &[], &[]).await
}

async fn form_page(cx: &Cx, id: Option<&SystemId>, sent: &[(String, String)], wrong: &[Field]) -> Result<Page> {
    let mut tx = cx.read().await?;
    let scope = cx.scope("register", Verb::Write)?;
    let organisations = store::organisations(&mut tx, &scope).await?;
    let levels = store::levels(&mut tx).await?;
    let old = match id {
        Some(id) => Some(store::system(&mut tx, &scope, id).await?),
        None => None,
    };
    let of = |get: fn(&System) -> &str| old.as_ref().map_or(String::new(), |one| get(one).to_owned());
    let tick = |get: fn(&System) -> bool| if old.as_ref().is_some_and(get) { "1" } else { "" };
    let asked = query(&cx.uri).into_iter().find(|(name, _)| name == "organisation").map_or(String::new(), |(_, value)| value);
    let owner = old
        .as_ref()
        .map_or(asked, |old| organisations.iter().find(|one| one.id == old.organisation_id).map_or(String::new(), |one| one.code.clone()));
    let (action, title) = match (id, &old) {
        (Some(id), Some(old)) => (format!("{}/edit", href(id)), cx.tv("register-change-of", &[("name", old.name(cx.lang).to_owned())])),
        _ => ("/register/systems/new".to_owned(), cx.t("register-system-add")),
    };
    let mut form = Form::post(action, cx.t("register-save"))
        .field("organisation", cx.t("register-organisation"), Input::Select(offered(cx, &organisations)))
        .value(owner)
        .required();
    if old.is_none() {
        form = form.text("code", cx.t("register-code")).hint(cx.t("register-code-hint")).required();
    }
    form = form
        .text("name_ja", cx.t("register-name-ja"))
        .value(of(|one| &one.name_ja))
        .required()
        .text("name_en", cx.t("register-name-en"))
        .value(of(|one| &one.name_en))
        .field("purpose", cx.t("register-purpose"), Input::Area)
        .value(of(|one| &one.purpose))
        .field("information", cx.t("register-information"), Input::Area)
        .value(of(|one| &one.information));
    for axis in AXES {
        let choices = levels
            .iter()
            .filter(|level| level.axis == axis)
            .map(|level| (level.level.to_string(), cx.lang.pick(level.name_ja.clone(), level.name_en.clone())))
            .collect();
        let at = old.as_ref().map(|one| match axis {
            "confidentiality" => one.confidentiality,
            "integrity" => one.integrity,
            _ => one.availability,
        });
        form = form
            .field(axis, cx.t(&format!("register-{axis}")), Input::Radio(choices))
            .value(at.map_or(String::new(), |at| at.to_string()))
            .required();
    }
    let stages = Stage::ALL.iter().map(|stage| (stage.as_str().to_owned(), stage_name(cx, *stage))).collect();
    form = form
        .text("handling_limit", cx.t("register-handling-limit"))
        .hint(cx.t("register-handling-limit-hint"))
        .value(of(|one| &one.handling_limit))
        .field("users", cx.t("register-users"), Input::Line("number"))
        .value(old.as_ref().map_or("0".to_owned(), |one| one.users.to_string()))
        .text("outsourced_to", cx.t("register-outsourced-to"))
        .hint(cx.t("register-outsourced-to-hint"))
        .value(of(|one| &one.outsourced_to))
        .field("stage", cx.t("register-stage"), Input::Select(stages))
        .value(old.as_ref().map_or(Stage::default(), |one| one.stage).as_str())
        .field("renewal_date", cx.t("register-renewal-date"), Input::Line("date"))
        .value(of(|one| one.renewal_date.as_deref().unwrap_or_default()))
        .field("public_facing", cx.t("register-public-facing"), Input::Check)
        .value(tick(|one| one.public_facing))
        .field("same_day_recovery", cx.t("register-same-day-recovery"), Input::Check)
        .hint(cx.t("register-same-day-recovery-hint"))
        .value(tick(|one| one.same_day_recovery))
        .field("retired_on", cx.t("register-retired-on"), Input::Line("date"))
        .value(of(|one| one.retired_on.as_deref().unwrap_or_default()))
        .wrong(cx.lang, sent, wrong);
    let mut page = cx.page(title).crumb("/register/systems", cx.t("register-ledger"));
    if let Some(old) = &old {
        page = page.crumb(href(&old.id), old.name(cx.lang));
    }
    Ok(again(page.form(form), wrong))
}

fn new_from(sent: &[(String, String)]) -> Result<NewSystem> {
    Ok(NewSystem {
        organisation: value(sent, "organisation"),
        code: value(sent, "code"),
        name_ja: value(sent, "name_ja"),
        name_en: value(sent, "name_en"),
        purpose: value(sent, "purpose"),
        information: value(sent, "information"),
        confidentiality: number(sent, "confidentiality"),
        integrity: number(sent, "integrity"),
        availability: number(sent, "availability"),
        handling_limit: value(sent, "handling_limit"),
        users: if value(sent, "users").is_empty() { 0 } else { number(sent, "users") },
        outsourced_to: value(sent, "outsourced_to"),
        stage: Stage::parse(&value(sent, "stage")).ok_or_else(|| Error::invalid("stage", "error-not-a-choice"))?,
        renewal_date: value(sent, "renewal_date"),
        public_facing: ticked(sent, "public_facing"),
        same_day_recovery: ticked(sent, "same_day_recovery"),
        retired_on: value(sent, "retired_on"),
    })
}

/// Adds a system.
pub async fn new_sent(cx: Cx, Sent(sent): Sent<Fields>) -> Result<Response> {
    let mut work = cx.work().await?;
    let result = match new_from(&sent) {
        Ok(new) => actions::add_systems(&mut work, std::slice::from_ref(&new)).await,
        Err(error) => Err(error),
    };
    match done(work, result, |ids| ids.first().map_or("/register/systems".to_owned(), href), "register-saved").await? {
        Ok(response) => Ok(response),
        Err(wrong) => Ok(form_page(&cx, None, &sent, &wrong).await?.into_response()),
    }
}

/// Changes a system.
pub async fn edit_sent(cx: Cx, Path(id): Path<SystemId>, Sent(sent): Sent<Fields>) -> Result<Response> {
    let mut work = cx.work().await?;
    let result = match new_from(&sent) {
        Ok(new) => actions::change_system(&mut work, &id, &new).await,
        Err(error) => Err(error),
    };
    match done(work, result, |()| href(&id), "register-saved").await? {
        Ok(response) => Ok(response),
        Err(wrong) => Ok(form_page(&cx, Some(&id), &sent, &wrong).await?.into_response()),
    }
}
