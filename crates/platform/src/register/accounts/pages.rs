//! The administrator's pages about accounts. Reading the list is itself written to the audit log.

use axum::Form as Sent;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::{NewAccount, NewRole};
use crate::access::actions::link_url;
use crate::access::store::{self as accounts, AccountRow, HeldRoleId};
use crate::base::actor::{AccountId, Role, Scope, Verb};
use crate::base::cx::Cx;
use crate::base::error::{Error, Field, Result};
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::form::{Form, Input};
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::base::view::respond::Go;
use crate::register::organisation::Organisation;
use crate::register::store;

fn state(cx: &Cx, account: &AccountRow) -> Cell {
    if account.active { Cell::Badge(Tone::Good, cx.t("access-active")) } else { Cell::Badge(Tone::Plain, cx.t("access-inactive")) }
}

/// `role, organisation` in words; an organisation beyond reach is not named.
fn held(cx: &Cx, account: &AccountRow, organisations: &[Organisation]) -> Vec<Cell> {
    account
        .roles
        .iter()
        .filter_map(|held| {
            let place = organisations.iter().find(|one| one.id == held.organisation_id)?;
            Some(Cell::text(format!("{}：{}", cx.t(&format!("role-{}", held.role)), place.name(cx.lang))))
        })
        .collect()
}

/// Every account within reach.
pub async fn list(cx: Cx) -> Result<Page> {
    let scope = cx.scope("access", Verb::Manage)?;
    let mut work = cx.work().await?;
    let rows = accounts::accounts(&mut work.tx, &scope).await?;
    let organisations = store::organisations(&mut work.tx, &scope).await?;
    work.audit("", "access", "account.list", "", json!({ "count": rows.len() })).await?;
    work.commit().await?;
    let list = List::new("accounts", cx.t("access-accounts"))
        .column(cx.t("access-name"))
        .column(cx.t("access-email"))
        .column(cx.t("access-roles"))
        .choice(cx.t("access-state"))
        .empty(cx.t("access-accounts-empty"))
        .rows(rows.iter().map(|row| {
            vec![
                Cell::link(format!("/access/accounts/{}", row.id), &*row.name),
                Cell::text(&*row.email),
                Cell::Many(held(&cx, row, &organisations)),
                state(&cx, row),
            ]
        }));
    Ok(cx
        .page(cx.t("access-accounts"))
        .lead(cx.t("access-accounts-lead"))
        .links(vec![("/access/accounts/new".to_owned(), cx.t("access-account-add"))])
        .list(list))
}

/// What a list offers: value, words.
type Options = Vec<(String, String)>;

fn choices(cx: &Cx, organisations: &[Organisation]) -> (Options, Options) {
    let roles = Role::ALL.iter().map(|role| (role.as_str().to_owned(), cx.t(&format!("role-{}", role.as_str())))).collect();
    let places = organisations.iter().map(|one| (one.code.clone(), format!("{}{}", "　".repeat(one.depth()), one.name(cx.lang)))).collect();
    (roles, places)
}

async fn add_form(cx: &Cx, sent: &[(String, String)], wrong: &[Field]) -> Result<Page> {
    let scope = cx.scope("access", Verb::Manage)?;
    let (roles, places) = choices(cx, &store::organisations(&mut cx.read().await?, &scope).await?);
    let form = Form::post("/access/accounts/new", cx.t("access-account-add"))
        .text("name", cx.t("access-name"))
        .required()
        .field("email", cx.t("access-email"), Input::Line("email"))
        .required()
        .field("role", cx.t("access-role"), Input::Select(roles))
        // Never the role that may do most, by default.
        .value(Role::Ciso.as_str())
        .required()
        .field("organisation", cx.t("access-organisation"), Input::Select(places))
        .hint(cx.t("access-organisation-hint"))
        .required()
        .wrong(cx.lang, sent, wrong);
    let mut page = cx.page(cx.t("access-account-add")).crumb("/access/accounts", cx.t("access-accounts")).form(form);
    if !wrong.is_empty() {
        page.status = 422;
    }
    Ok(page)
}

/// The form for a new account.
pub async fn new(cx: Cx) -> Result<Page> {
    add_form(&cx, &[], &[]).await
}

fn value(sent: &[(String, String)], name: &str) -> String {
    sent.iter().find(|(key, _)| key == name).map_or(String::new(), |(_, value)| value.trim().to_owned())
}

/// Makes an account and shows the invitation, once.
pub async fn new_sent(cx: Cx, Sent(sent): Sent<Vec<(String, String)>>) -> Result<Response> {
    let new = NewAccount {
        name: value(&sent, "name"),
        email: value(&sent, "email"),
        role: value(&sent, "role"),
        organisation: value(&sent, "organisation"),
    };
    let mut work = cx.work().await?;
    let outcome = super::add(&mut work, &new).await;
    match outcome {
        Ok((id, secret)) => {
            work.commit().await?;
            Ok(invitation(&cx, &id, &new.name, &secret).into_response())
        }
        Err(Error::Invalid(wrong)) => {
            drop(work);
            Ok(add_form(&cx, &sent, &wrong).await?.into_response())
        }
        Err(Error::Conflict("error-already-exists")) => {
            drop(work);
            let wrong = [Field { name: "email".into(), text: "access-error-email-taken", values: Vec::new() }];
            Ok(add_form(&cx, &sent, &wrong).await?.into_response())
        }
        Err(error) => Err(error),
    }
}

fn invitation(cx: &Cx, id: &AccountId, name: &str, secret: &str) -> Page {
    let link = link_url(&cx.app, secret);
    cx.page(cx.t("access-invitation-made"))
        .crumb("/access/accounts", cx.t("access-accounts"))
        .crumb(format!("/access/accounts/{id}"), name)
        .note("warn", cx.t("access-invitation-once"))
        .facts(vec![(cx.t("access-name"), Cell::text(name)), (cx.t("access-invitation-link"), Cell::text(link))])
        .links(vec![(format!("/access/accounts/{id}"), cx.t("access-account-see"))])
}

/// One account.
pub async fn one(cx: Cx, Path(id): Path<AccountId>) -> Result<Page> {
    show(&cx, &id, &[], &[]).await
}

async fn show(cx: &Cx, id: &AccountId, sent: &[(String, String)], wrong: &[Field]) -> Result<Page> {
    let scope = cx.scope("access", Verb::Manage)?;
    let mut work = cx.work().await?;
    let account = super::see(&mut work, id).await?;
    let organisations = store::organisations(&mut work.tx, &scope).await?;
    work.audit("", "access", "account.read", id.as_str(), json!({})).await?;
    work.commit().await?;
    let whole = scope == Scope::Everything || account.roles.iter().all(|held| scope.holds(&held.path));
    let roles = List::new("roles", cx.t("access-roles"))
        .bare()
        .column(cx.t("access-role"))
        .column(cx.t("access-organisation"))
        .column(cx.t("access-action"))
        .empty(cx.t("access-roles-empty"))
        .rows(account.roles.iter().filter_map(|held| {
            let place = organisations.iter().find(|one| one.id == held.organisation_id)?;
            Some(vec![
                Cell::text(cx.t(&format!("role-{}", held.role))),
                Cell::text(place.name(cx.lang)),
                Cell::Button(format!("/access/accounts/{id}/roles/{}/take", held.id), cx.t("access-role-take")),
            ])
        }));
    let (role_choices, places) = choices(cx, &organisations);
    let give = Form::post(format!("/access/accounts/{id}/roles"), cx.t("access-role-give"))
        .heading(cx.t("access-role-give"))
        .field("role", cx.t("access-role"), Input::Select(role_choices))
        .required()
        .field("organisation", cx.t("access-organisation"), Input::Select(places))
        .hint(cx.t("access-organisation-hint"))
        .required()
        .wrong(cx.lang, sent, wrong);
    let yes_no = |yes: bool| cx.t(if yes { "yes" } else { "no" });
    let mut page = cx
        .page(&*account.name)
        .crumb("/access/accounts", cx.t("access-accounts"))
        .facts(vec![
            (cx.t("access-email"), Cell::text(&*account.email)),
            (cx.t("access-state"), state(cx, &account)),
            (cx.t("access-has-password"), Cell::text(yes_no(account.has_password))),
            (cx.t("access-has-single-sign-on"), Cell::text(yes_no(account.has_single_sign_on))),
        ])
        .list(roles)
        .form(give);
    if whole && account.active {
        page = page
            .form(Form::post(format!("/access/accounts/{id}/link"), cx.t("access-invite")).heading(cx.t("access-invitation")))
            .form(Form::post(format!("/access/accounts/{id}/deactivate"), cx.t("access-deactivate")).danger());
    } else if whole {
        page = page.form(Form::post(format!("/access/accounts/{id}/activate"), cx.t("access-activate")));
    } else {
        page = page.note("plain", cx.t("access-account-elsewhere"));
    }
    if !wrong.is_empty() {
        page.status = 422;
    }
    Ok(page)
}

/// Gives a role.
pub async fn give(cx: Cx, Path(id): Path<AccountId>, Sent(sent): Sent<Vec<(String, String)>>) -> Result<Response> {
    let new = NewRole { role: value(&sent, "role"), organisation: value(&sent, "organisation") };
    let mut work = cx.work().await?;
    match super::give(&mut work, &id, &new).await {
        Ok(renewed) => {
            work.commit().await?;
            Ok(Go::done(format!("/access/accounts/{id}"), if renewed { "role-given-renewed" } else { "role-given" }).into_response())
        }
        Err(Error::Invalid(wrong)) => {
            drop(work);
            Ok(show(&cx, &id, &sent, &wrong).await?.into_response())
        }
        Err(error) => Err(error),
    }
}

/// Takes a role away.
pub async fn take(cx: Cx, Path((id, held)): Path<(AccountId, HeldRoleId)>) -> Result<Go> {
    let mut work = cx.work().await?;
    super::take(&mut work, &id, &held).await?;
    work.commit().await?;
    Ok(Go::done(format!("/access/accounts/{id}"), "role-taken"))
}

/// Makes a new invitation and shows it, once.
pub async fn link(cx: Cx, Path(id): Path<AccountId>) -> Result<Page> {
    let mut work = cx.work().await?;
    let secret = super::invite(&mut work, &id).await?;
    let name = accounts::account(&mut work.tx, &id).await?.name;
    work.commit().await?;
    Ok(invitation(&cx, &id, &name, &secret))
}

/// Stops an account from signing in.
pub async fn deactivate(cx: Cx, Path(id): Path<AccountId>) -> Result<Go> {
    let mut work = cx.work().await?;
    super::set_active(&mut work, &id, false).await?;
    work.commit().await?;
    Ok(Go::done(format!("/access/accounts/{id}"), "account-deactivated"))
}

/// Lets an account sign in again.
pub async fn activate(cx: Cx, Path(id): Path<AccountId>) -> Result<Go> {
    let mut work = cx.work().await?;
    super::set_active(&mut work, &id, true).await?;
    work.commit().await?;
    Ok(Go::done(format!("/access/accounts/{id}"), "account-activated"))
}
