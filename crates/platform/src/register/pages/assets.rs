//! Assets: the list with totals, and the form.

use std::collections::BTreeMap;

use axum::Form as Sent;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};

use super::{Fields, again, done, history, none, number, offered, organisation_cell, organisation_href, value};
use crate::base::actor::{OrganisationId, Verb};
use crate::base::audit;
use crate::base::cx::Cx;
use crate::base::error::{Field, Result};
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::form::{Form, Input};
use crate::base::view::list::{List, query};
use crate::base::view::page::Page;
use crate::register::actions;
use crate::register::asset::{Asset, AssetId, KINDS, NewAsset, totals};
use crate::register::organisation::Organisation;
use crate::register::store;
use crate::register::system::System;

fn kind_name(cx: &Cx, kind: &str) -> String {
    cx.t(&format!("register-asset-{kind}"))
}

/// Assets as a table; with `owners` it has a column for them.
pub(super) fn list(cx: &Cx, assets: &[Asset], systems: &[System], owners: Option<&BTreeMap<OrganisationId, Organisation>>) -> List {
    let may = cx.actor.may("register", Verb::Write);
    let systems: BTreeMap<_, _> = systems.iter().map(|system| (&system.id, system)).collect();
    let mut list = List::new("assets", cx.t("register-assets")).column(cx.t("register-name")).choice(cx.t("register-asset-kind"));
    if owners.is_some() {
        list = list.choice(cx.t("register-organisation"));
    }
    list.column(cx.t("register-count")).column(cx.t("register-location")).column(cx.t("register-system")).empty(cx.t("register-assets-empty")).rows(
        assets.iter().map(|asset| {
            let name = if may { Cell::link(format!("/register/assets/{}", asset.id), &*asset.name) } else { Cell::text(&*asset.name) };
            let mut row = vec![name, Cell::text(kind_name(cx, &asset.kind))];
            if let Some(owners) = owners {
                row.push(organisation_cell(cx, owners, Some(&asset.organisation_id)));
            }
            let system = asset.system_id.as_ref().and_then(|id| systems.get(id));
            row.extend([
                if asset.count == 0 { Cell::Badge(Tone::Plain, cx.t("register-none-left")) } else { Cell::int(asset.count) },
                Cell::text(&*asset.location),
                system.map_or(Cell::text(""), |system| Cell::link(format!("/register/systems/{}", system.id), system.name(cx.lang))),
            ]);
            row
        }),
    )
}

/// All assets, with the totals of each organisation first.
pub async fn assets(cx: Cx) -> Result<Page> {
    let mut tx = cx.read().await?;
    let scope = cx.scope("register", Verb::Read)?;
    let owners = store::organisations_by_id(&mut tx, &scope).await?;
    let systems = store::systems(&mut tx, &scope).await?;
    let assets = store::assets(&mut tx, &scope).await?;
    let mut table = List::new("totals", cx.t("register-totals")).column(cx.t("register-organisation"));
    for kind in KINDS {
        table = table.column(kind_name(&cx, kind));
    }
    let numbers = |counts: &[i64; KINDS.len()]| counts.iter().map(|count| Cell::int(*count)).collect::<Vec<_>>();
    let totals = totals(&assets);
    let all = totals.values().fold([0; KINDS.len()], |sum: [i64; KINDS.len()], one| std::array::from_fn(|at| sum[at].saturating_add(one[at])));
    table = table
        .rows((!totals.is_empty()).then(|| std::iter::once(Cell::text(cx.t("register-totals-all"))).chain(numbers(&all)).collect()))
        .rows(totals.iter().map(|(id, counts)| std::iter::once(organisation_cell(&cx, &owners, Some(id))).chain(numbers(counts)).collect()));
    let mut links = Vec::new();
    if cx.actor.may("register", Verb::Write) {
        links.push(("/register/assets/new".to_owned(), cx.t("register-asset-add")));
        links.push(("/register/import".to_owned(), cx.t("register-import")));
    }
    links.push(("/register/export?format=csv&kind=assets".to_owned(), cx.t("register-export-csv")));
    let page = cx.page(cx.t("register-assets")).lead(cx.t("register-assets-lead")).links(links);
    let page = if assets.is_empty() { page } else { page.list(table) };
    Ok(page.list(list(&cx, &assets, &systems, Some(&owners))))
}

/// The form for a new asset.
pub async fn new(cx: Cx) -> Result<Page> {
    new_form(&cx, &[], &[]).await
}

fn system_choices(cx: &Cx, systems: &[System]) -> Vec<(String, String)> {
    std::iter::once(none()).chain(systems.iter().map(|system| (system.code.clone(), system.name(cx.lang).to_owned()))).collect()
}

async fn new_form(cx: &Cx, sent: &[(String, String)], wrong: &[Field]) -> Result<Page> {
    let mut tx = cx.read().await?;
    let scope = cx.scope("register", Verb::Write)?;
    let organisations = store::organisations(&mut tx, &scope).await?;
    let systems = store::systems(&mut tx, &scope).await?;
    let asked = query(&cx.uri);
    let kinds = KINDS.iter().map(|kind| ((*kind).to_owned(), kind_name(cx, kind))).collect();
    let form = Form::post("/register/assets/new", cx.t("register-save"))
        .field("organisation", cx.t("register-organisation"), Input::Select(offered(cx, &organisations)))
        .value(value(&asked, "organisation"))
        .required()
        .field("asset_kind", cx.t("register-asset-kind"), Input::Select(kinds));
    let new = NewAsset { system: value(&asked, "system"), count: 1, ..NewAsset::default() };
    let form = fields(cx, form, &new, &systems).wrong(cx.lang, sent, wrong);
    Ok(again(cx.page(cx.t("register-asset-add")).crumb("/register/assets", cx.t("register-assets")).form(form), wrong))
}

fn fields(cx: &Cx, form: Form, line: &NewAsset, systems: &[System]) -> Form {
    form.text("name", cx.t("register-name"))
        .hint(cx.t("register-asset-name-hint"))
        .value(&*line.name)
        .required()
        .field("count", cx.t("register-count"), Input::Line("number"))
        .hint(cx.t("register-count-hint"))
        .value(line.count.to_string())
        .required()
        .text("location", cx.t("register-location"))
        .value(&*line.location)
        .field("system", cx.t("register-system"), Input::Select(system_choices(cx, systems)))
        .value(&*line.system)
}

fn new_from(sent: &[(String, String)]) -> NewAsset {
    NewAsset {
        organisation: value(sent, "organisation"),
        system: value(sent, "system"),
        kind: value(sent, "asset_kind"),
        name: value(sent, "name"),
        count: number(sent, "count"),
        location: value(sent, "location"),
    }
}

/// Adds an asset.
pub async fn new_sent(cx: Cx, Sent(sent): Sent<Fields>) -> Result<Response> {
    let mut work = cx.work().await?;
    let result = actions::add_assets(&mut work, &[new_from(&sent)]).await;
    match done(work, result, |_| "/register/assets".to_owned(), "register-saved").await? {
        Ok(response) => Ok(response),
        Err(wrong) => Ok(new_form(&cx, &sent, &wrong).await?.into_response()),
    }
}

/// One asset: the form to change it.
pub async fn asset(cx: Cx, Path(id): Path<AssetId>) -> Result<Page> {
    asset_page(&cx, &id, &[], &[]).await
}

async fn asset_page(cx: &Cx, id: &AssetId, sent: &[(String, String)], wrong: &[Field]) -> Result<Page> {
    let mut tx = cx.read().await?;
    let scope = cx.scope("register", Verb::Write)?;
    let old = store::asset(&mut tx, &scope, id).await?;
    let owner = store::organisation(&mut tx, &scope, &old.organisation_id).await?;
    let systems = store::systems(&mut tx, &scope).await?;
    let system = systems.iter().find(|system| Some(&system.id) == old.system_id.as_ref()).map_or(String::new(), |system| system.code.clone());
    let line = NewAsset { system, name: old.name.clone(), count: old.count, location: old.location.clone(), ..NewAsset::default() };
    let form = fields(cx, Form::post(format!("/register/assets/{id}"), cx.t("register-save")), &line, &systems).wrong(cx.lang, sent, wrong);
    let page = cx
        .page(&*old.name)
        .lead(kind_name(cx, &old.kind))
        .crumb("/register/assets", cx.t("register-assets"))
        .crumb(organisation_href(&owner.id), owner.name(cx.lang))
        .form(form)
        .list(history(cx, &audit::about(&mut tx, id.as_str(), 20).await?));
    Ok(again(page, wrong))
}

/// Changes an asset.
pub async fn asset_sent(cx: Cx, Path(id): Path<AssetId>, Sent(sent): Sent<Fields>) -> Result<Response> {
    let mut work = cx.work().await?;
    let result = actions::change_asset(&mut work, &id, &new_from(&sent)).await;
    match done(work, result, |()| format!("/register/assets/{id}"), "register-saved").await? {
        Ok(response) => Ok(response),
        Err(wrong) => Ok(asset_page(&cx, &id, &sent, &wrong).await?.into_response()),
    }
}
