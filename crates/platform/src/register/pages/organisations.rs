//! Organisations: the tree, one of them, forms to add, change and end, and their kinds.

use std::collections::BTreeMap;

use axum::Form as Sent;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use engine::numbers::{Coverage, Figure, SECURITY_ORGANISATION_GAPS};

use super::{Fields, again, answer, done, history, link_if, none, offered, organisation_cell, organisation_href, post_name, value};
use crate::base::actor::{OrganisationId, Verb};
use crate::base::audit;
use crate::base::cx::Cx;
use crate::base::error::{Error, Field, Result};
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::form::{Form, Input};
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::register::actions::{self, EndOrganisation, NewOrganisation};
use crate::register::organisation::{Organisation, OrganisationKind, OrganisationLine};
use crate::register::post::{Post, gaps, vacancies};
use crate::register::store;
use crate::register::system::Stage;

/// The tree as a list.
pub async fn organisations(cx: Cx) -> Result<Page> {
    let mut tx = cx.read().await?;
    let scope = cx.scope("register", Verb::Read)?;
    let organisations = store::organisations(&mut tx, &scope).await?;
    let kinds = kind_names(&cx, &store::kinds(&mut tx).await?);
    let today = crate::base::dates::date(cx.app.clock.now()).to_string();
    let list = List::new("organisations", cx.t("register-organisations"))
        .column(cx.t("register-name"))
        .column(cx.t("register-code"))
        .choice(cx.t("register-kind"))
        .column(cx.t("register-valid-from"))
        .column(cx.t("register-valid-to"))
        .choice(cx.t("register-state"))
        .empty(cx.t("register-organisations-empty"))
        .rows(organisations.iter().map(|one| {
            vec![
                Cell::link(organisation_href(&one.id), format!("{}{}", "　".repeat(one.depth()), one.name(cx.lang))),
                Cell::text(&*one.code),
                Cell::text(kinds.get(&one.kind).cloned().unwrap_or_default()),
                Cell::text(&*one.valid_from),
                Cell::text(one.valid_to.clone().unwrap_or_default()),
                state(&cx, one, &today),
            ]
        }));
    let mut links = Vec::new();
    if cx.actor.may("register", Verb::Manage) {
        links.push(("/register/organisations/new".to_owned(), cx.t("register-organisation-add")));
        links.push(("/register/kinds".to_owned(), cx.t("register-kinds")));
    }
    if cx.actor.may("register", Verb::Write) {
        links.push(("/register/import".to_owned(), cx.t("register-import")));
    }
    links.push(("/register/export".to_owned(), cx.t("register-export")));
    Ok(cx.page(cx.t("register-organisations")).lead(cx.t("register-organisations-lead")).links(links).list(list))
}

fn kind_names(cx: &Cx, kinds: &[OrganisationKind]) -> BTreeMap<String, String> {
    kinds.iter().map(|kind| (kind.code.clone(), cx.lang.pick(kind.name_ja.clone(), kind.name_en.clone()))).collect()
}

fn state(cx: &Cx, one: &Organisation, today: &str) -> Cell {
    match one.is_valid_on(today) {
        true => Cell::Badge(Tone::Good, cx.t("register-state-current")),
        false if one.valid_from.as_str() > today => Cell::Badge(Tone::Plain, cx.t("register-state-coming")),
        false => Cell::Badge(Tone::Plain, cx.t("register-state-ended")),
    }
}

/// One organisation: who it is, what it lies below, who answers for security there, what it has, who changed what.
pub async fn organisation(cx: Cx, Path(id): Path<OrganisationId>) -> Result<Page> {
    let mut tx = cx.read().await?;
    let scope = cx.scope("register", Verb::Read)?;
    let one = store::organisation(&mut tx, &scope, &id).await?;
    let all = store::organisations_by_id(&mut tx, &scope).await?;
    let kinds = kind_names(&cx, &store::kinds(&mut tx).await?);
    let posts = store::posts_of(&mut tx, &scope, &id).await?;
    let (current, ended): (Vec<Post>, Vec<Post>) = posts.into_iter().partition(|post| post.valid_to.is_none());
    let systems = store::systems_of(&mut tx, &scope, &id).await?;
    let assets = store::assets_of(&mut tx, &scope, &id).await?;
    let levels = store::levels(&mut tx).await?;
    let names = store::former_names(&mut tx, &scope, &id).await?;
    let lines = audit::about(&mut tx, id.as_str(), 50).await?;
    let today = crate::base::dates::date(cx.app.clock.now()).to_string();
    let href = organisation_href(&id);
    let mut page = cx.page(one.name(cx.lang)).crumb("/register/organisations", cx.t("register-organisations"));
    // Above it, as far as the reader reaches.
    let ancestors = one.path.split('/').filter(|part| !part.is_empty() && *part != id.as_str());
    for above in ancestors.filter_map(|part| all.get(&OrganisationId::from_text(part))) {
        page = page.crumb(organisation_href(&above.id), above.name(cx.lang));
    }
    if let Some(last) = &one.valid_to {
        page = page.note("warn", cx.tv("register-ended-note", &[("date", last.clone())]));
    }
    let mut links = Vec::new();
    links.extend(link_if(&cx, Verb::Manage, format!("{href}/edit"), &one.path, "register-change"));
    links.extend(link_if(&cx, Verb::Manage, format!("{href}/end"), &one.path, "register-organisation-end").filter(|_| one.valid_to.is_none()));
    links.extend(link_if(&cx, Verb::Write, format!("{href}/posts/new"), &one.path, "register-post-add"));
    links.extend(link_if(&cx, Verb::Write, format!("/register/systems/new?organisation={}", one.code), &one.path, "register-system-add"));
    links.extend(link_if(&cx, Verb::Write, format!("/register/assets/new?organisation={}", one.code), &one.path, "register-asset-add"));
    page = page
        .facts(vec![
            (cx.t("register-code"), Cell::text(&*one.code)),
            (cx.t("register-kind"), Cell::text(kinds.get(&one.kind).cloned().unwrap_or_default())),
            (cx.t("register-name-ja"), Cell::text(&*one.name_ja)),
            (cx.t("register-name-en"), Cell::text(&*one.name_en)),
            (cx.t("register-valid-from"), Cell::text(&*one.valid_from)),
            (cx.t("register-valid-to"), Cell::text(one.valid_to.clone().unwrap_or_default())),
            (cx.t("register-parent"), organisation_cell(&cx, &all, one.parent_id.as_ref())),
            (cx.t("register-successor"), organisation_cell(&cx, &all, one.successor_id.as_ref())),
        ])
        .links(links)
        .heading("security", cx.t("register-security"));
    if one.valid_to.is_none() {
        page = security(&cx, page, &current, systems.iter().filter(|system| system.stage != Stage::Retired).count());
    }
    page = page.list(post_list(&cx, "posts", cx.t("register-posts"), &current, cx.actor.scope("register", Verb::Write).holds(&one.path)));
    if !ended.is_empty() {
        page = page.list(post_list(&cx, "ended", cx.t("register-posts-ended"), &ended, false));
    }
    let below = List::new("below", cx.t("register-below"))
        .bare()
        .column(cx.t("register-name"))
        .column(cx.t("register-kind"))
        .column(cx.t("register-state"))
        .empty(cx.t("register-below-empty"))
        .rows(all.values().filter(|other| other.parent_id.as_ref() == Some(&id)).map(|other| {
            vec![
                Cell::link(organisation_href(&other.id), other.name(cx.lang)),
                Cell::text(kinds.get(&other.kind).cloned().unwrap_or_default()),
                state(&cx, other, &today),
            ]
        }));
    let former =
        List::new("names", cx.t("register-former-names"))
            .bare()
            .column(cx.t("register-name-ja"))
            .column(cx.t("register-name-en"))
            .column(cx.t("register-valid-from"))
            .column(cx.t("register-valid-to"))
            .rows(names.iter().map(|name| {
                vec![Cell::text(&*name.name_ja), Cell::text(&*name.name_en), Cell::text(&*name.valid_from), Cell::text(&*name.valid_to)]
            }));
    page = page.list(below).list(super::systems::list(&cx, &systems, &levels, None)).list(super::assets::list(&cx, &assets, &systems, None));
    if !names.is_empty() {
        page = page.list(former);
    }
    Ok(page.list(history(&cx, &lines)))
}

/// How many posts are vacant, by its definition, and what is missing in words.
fn security(cx: &Cx, page: Page, posts: &[Post], systems: usize) -> Page {
    let (needed, vacant, reported) = vacancies(posts, systems);
    let figure = Figure::count(&SECURITY_ORGANISATION_GAPS, vacant, needed, Coverage { known: reported, all: needed });
    let lang = cx.lang;
    let mut page = page.facts(vec![(
        SECURITY_ORGANISATION_GAPS.name(lang).to_owned(),
        Cell::text(format!("{} / {needed}　{}", figure.text(lang), SECURITY_ORGANISATION_GAPS.formula(lang))),
    )]);
    let missing = gaps(posts, systems);
    if missing.is_empty() {
        page = page.note("good", cx.t("register-gaps-none"));
    }
    for gap in missing {
        page = page.note("warn", cx.t(&format!("register-gap-{}", gap.as_str())));
    }
    page
}

fn post_list(cx: &Cx, id: &'static str, caption: String, posts: &[Post], may_change: bool) -> List {
    let mut sorted: Vec<&Post> = posts.iter().collect();
    sorted.sort_by_key(|post| (post.post, post.position));
    List::new(id, caption)
        .bare()
        .column(cx.t("register-post"))
        .column(cx.t("register-holder"))
        .column(cx.t("register-title"))
        .column(cx.t("register-email"))
        .column(cx.t("register-expert"))
        .column(cx.t("register-concurrent"))
        .column(cx.t("register-valid-from"))
        .column(cx.t("register-valid-to"))
        .empty(cx.t("register-posts-empty"))
        .rows(sorted.into_iter().map(|post| {
            let name = post_name(cx, post.post);
            let holder = if post.name.is_empty() { Cell::Badge(Tone::Warn, cx.t("register-vacant")) } else { Cell::text(&*post.name) };
            vec![
                if may_change { Cell::link(format!("/register/posts/{}", post.id), name) } else { Cell::text(name) },
                holder,
                Cell::text(&*post.title),
                Cell::text(&*post.email),
                Cell::text(answer(cx, post.expert)),
                Cell::text(answer(cx, post.concurrent)),
                Cell::text(&*post.valid_from),
                Cell::text(post.valid_to.clone().unwrap_or_default()),
            ]
        }))
}

/// The form for a new organisation.
pub async fn new(cx: Cx) -> Result<Page> {
    new_form(&cx, &[], &[]).await
}

async fn new_form(cx: &Cx, sent: &[(String, String)], wrong: &[Field]) -> Result<Page> {
    let mut tx = cx.read().await?;
    let scope = cx.scope("register", Verb::Manage)?;
    let parents = offered(cx, &store::organisations(&mut tx, &scope).await?);
    let form =
        Form::post("/register/organisations/new", cx.t("register-organisation-add")).field("parent", cx.t("register-parent"), Input::Select(parents));
    let form = fields(cx, form, &store::kinds(&mut tx).await?, None).wrong(cx.lang, sent, wrong);
    let page = cx.page(cx.t("register-organisation-add")).crumb("/register/organisations", cx.t("register-organisations")).form(form);
    Ok(again(page, wrong))
}

/// The fields that a new one and a changed one share.
fn fields(cx: &Cx, form: Form, kinds: &[OrganisationKind], old: Option<&Organisation>) -> Form {
    // There is one centre; whoever is added to it is most likely something else.
    let first = kinds.iter().find(|kind| kind.code != "centre").map_or(String::new(), |kind| kind.code.clone());
    let kinds = kinds.iter().map(|kind| (kind.code.clone(), cx.lang.pick(kind.name_ja.clone(), kind.name_en.clone()))).collect();
    let of = |get: fn(&Organisation) -> &str| old.map_or(String::new(), |one| get(one).to_owned());
    let mut form = form.field("kind", cx.t("register-kind"), Input::Select(kinds)).value(old.map_or(first, |one| one.kind.clone()));
    if old.is_none() {
        form = form.text("code", cx.t("register-code")).hint(cx.t("register-code-hint")).required();
    }
    form.text("name_ja", cx.t("register-name-ja"))
        .value(of(|one| &one.name_ja))
        .required()
        .text("name_en", cx.t("register-name-en"))
        .value(of(|one| &one.name_en))
        .field("valid_from", cx.t("register-valid-from"), Input::Line("date"))
        .value(of(|one| &one.valid_from))
        .required()
}

fn new_from(sent: &[(String, String)]) -> NewOrganisation {
    NewOrganisation {
        code: value(sent, "code"),
        parent: value(sent, "parent"),
        kind: value(sent, "kind"),
        name_ja: value(sent, "name_ja"),
        name_en: value(sent, "name_en"),
        valid_from: value(sent, "valid_from"),
    }
}

/// Adds an organisation.
pub async fn new_sent(cx: Cx, Sent(sent): Sent<Fields>) -> Result<Response> {
    let mut work = cx.work().await?;
    let result = actions::add_organisation(&mut work, &new_from(&sent)).await;
    match done(work, result, |id| organisation_href(&id), "organisation-added").await? {
        Ok(response) => Ok(response),
        Err(wrong) => Ok(new_form(&cx, &sent, &wrong).await?.into_response()),
    }
}

/// The form to change an organisation.
pub async fn edit(cx: Cx, Path(id): Path<OrganisationId>) -> Result<Page> {
    edit_form(&cx, &id, &[], &[]).await
}

async fn edit_form(cx: &Cx, id: &OrganisationId, sent: &[(String, String)], wrong: &[Field]) -> Result<Page> {
    let mut tx = cx.read().await?;
    let scope = cx.scope("register", Verb::Manage)?;
    let one = store::organisation(&mut tx, &scope, id).await?;
    let all = store::organisations(&mut tx, &scope).await?;
    let code =
        |id: &Option<OrganisationId>| all.iter().find(|other| Some(&other.id) == id.as_ref()).map_or(String::new(), |other| other.code.clone());
    let (parent, successor) = (code(&one.parent_id), code(&one.successor_id));
    // Below itself it cannot go.
    let beside: Vec<Organisation> = all.iter().filter(|other| !other.path.starts_with(&one.path)).cloned().collect();
    let mut parents = offered(cx, &beside);
    if parent.is_empty() {
        parents.insert(0, none());
    }
    let mut form = Form::post(format!("{}/edit", organisation_href(id)), cx.t("register-save"))
        .field("parent", cx.t("register-parent"), Input::Select(parents))
        .value(parent)
        .hint(cx.t("register-parent-hint"));
    form = fields(cx, form, &store::kinds(&mut tx).await?, Some(&one));
    if one.valid_to.is_some() {
        let others = std::iter::once(none()).chain(offered(cx, &all)).filter(|(code, _)| *code != one.code).collect();
        form = form
            .field("valid_to", cx.t("register-valid-to"), Input::Line("date"))
            .value(one.valid_to.clone().unwrap_or_default())
            .field("successor", cx.t("register-successor"), Input::Select(others))
            .value(successor);
    }
    let page = cx
        .page(cx.tv("register-change-of", &[("name", one.name(cx.lang).to_owned())]))
        .lead(cx.t("register-organisation-change-lead"))
        .crumb("/register/organisations", cx.t("register-organisations"))
        .crumb(organisation_href(id), one.name(cx.lang))
        .form(form.wrong(cx.lang, sent, wrong));
    Ok(again(page, wrong))
}

/// Changes an organisation.
pub async fn edit_sent(cx: Cx, Path(id): Path<OrganisationId>, Sent(sent): Sent<Fields>) -> Result<Response> {
    let line = OrganisationLine { new: new_from(&sent), valid_to: value(&sent, "valid_to"), successor: value(&sent, "successor") };
    let mut work = cx.work().await?;
    let result = actions::change_organisation(&mut work, &id, &line).await;
    match done(work, result, |()| organisation_href(&id), "register-saved").await? {
        Ok(response) => Ok(response),
        Err(wrong) => Ok(edit_form(&cx, &id, &sent, &wrong).await?.into_response()),
    }
}

/// The form to end an organisation.
pub async fn end(cx: Cx, Path(id): Path<OrganisationId>) -> Result<Page> {
    end_form(&cx, &id, &[], &[]).await
}

async fn end_form(cx: &Cx, id: &OrganisationId, sent: &[(String, String)], wrong: &[Field]) -> Result<Page> {
    let mut tx = cx.read().await?;
    let scope = cx.scope("register", Verb::Manage)?;
    let one = store::organisation(&mut tx, &scope, id).await?;
    let beside: Vec<Organisation> =
        store::organisations(&mut tx, &scope).await?.into_iter().filter(|other| !other.path.starts_with(&one.path)).collect();
    let form = Form::post(format!("{}/end", organisation_href(id)), cx.t("register-organisation-end"))
        .danger()
        .field("valid_to", cx.t("register-valid-to"), Input::Line("date"))
        .required()
        .field("successor", cx.t("register-successor"), Input::Select(std::iter::once(none()).chain(offered(cx, &beside)).collect()))
        .hint(cx.t("register-successor-hint"))
        .wrong(cx.lang, sent, wrong);
    let page = cx
        .page(cx.tv("register-end-of", &[("name", one.name(cx.lang).to_owned())]))
        .lead(cx.t("register-organisation-end-lead"))
        .crumb("/register/organisations", cx.t("register-organisations"))
        .crumb(organisation_href(id), one.name(cx.lang))
        .form(form);
    Ok(again(page, wrong))
}

/// Ends an organisation.
pub async fn end_sent(cx: Cx, Path(id): Path<OrganisationId>, Sent(sent): Sent<Fields>) -> Result<Response> {
    let end = EndOrganisation { valid_to: value(&sent, "valid_to"), successor: value(&sent, "successor") };
    let mut work = cx.work().await?;
    let result = actions::end_organisation(&mut work, &id, &end).await;
    match done(work, result, |()| organisation_href(&id), "register-ended").await? {
        Ok(response) => Ok(response),
        Err(wrong) => Ok(end_form(&cx, &id, &sent, &wrong).await?.into_response()),
    }
}

/// The kinds of organisation, and the form to add one.
pub async fn kinds(cx: Cx) -> Result<Page> {
    kinds_page(&cx, &[], &[]).await
}

async fn kinds_page(cx: &Cx, sent: &[(String, String)], wrong: &[Field]) -> Result<Page> {
    let kinds = store::kinds(&mut cx.read().await?).await?;
    let list = List::new("kinds", cx.t("register-kinds"))
        .bare()
        .column(cx.t("register-code"))
        .column(cx.t("register-name-ja"))
        .column(cx.t("register-name-en"))
        .rows(kinds.iter().map(|kind| vec![Cell::text(&*kind.code), Cell::text(&*kind.name_ja), Cell::text(&*kind.name_en)]));
    let form = Form::post("/register/kinds", cx.t("register-save"))
        .heading(cx.t("register-kind-add"))
        .text("code", cx.t("register-code"))
        .hint(cx.t("register-kind-hint"))
        .required()
        .text("name_ja", cx.t("register-name-ja"))
        .required()
        .text("name_en", cx.t("register-name-en"))
        .required()
        .wrong(cx.lang, sent, wrong);
    let page = cx.page(cx.t("register-kinds")).lead(cx.t("register-kinds-lead")).crumb("/register/organisations", cx.t("register-organisations"));
    Ok(again(page.list(list).form(form), wrong))
}

/// Adds a kind.
pub async fn kinds_sent(cx: Cx, Sent(sent): Sent<Fields>) -> Result<Response> {
    let kind = OrganisationKind { code: value(&sent, "code"), name_ja: value(&sent, "name_ja"), name_en: value(&sent, "name_en") };
    let mut work = cx.work().await?;
    let result = actions::add_kind(&mut work, &kind).await;
    match done(work, result, |()| "/register/kinds".to_owned(), "register-saved").await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(wrong)) => Ok(kinds_page(&cx, &sent, &wrong).await?.into_response()),
        Err(Error::NotFound) => Err(Error::Forbidden),
        Err(error) => Err(error),
    }
}
