//! Posts of the security organisation: forms to add, change and end one.

use axum::Form as Sent;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};

use super::{Fields, again, done, organisation_href, post_name, ticked, value};
use crate::base::actor::{OrganisationId, Verb};
use crate::base::cx::Cx;
use crate::base::error::{Error, Field, Result};
use crate::base::view::form::{Form, Input};
use crate::base::view::page::Page;
use crate::register::actions;
use crate::register::organisation::Organisation;
use crate::register::post::{NewPost, Post, PostId, PostKind};
use crate::register::store;

/// The form for a new post.
pub async fn new(cx: Cx, Path(id): Path<OrganisationId>) -> Result<Page> {
    let owner = store::organisation(&mut cx.read().await?, &cx.scope("register", Verb::Write)?, &id).await?;
    Ok(new_form(&cx, &owner, &[], &[]))
}

fn new_form(cx: &Cx, owner: &Organisation, sent: &[(String, String)], wrong: &[Field]) -> Page {
    let kinds = PostKind::ALL.iter().map(|kind| (kind.as_str().to_owned(), post_name(cx, *kind))).collect();
    let form = Form::post(format!("{}/posts/new", organisation_href(&owner.id)), cx.t("register-post-add"))
        .field("post", cx.t("register-post"), Input::Select(kinds))
        .hint(cx.t("register-post-hint"));
    let page = page(cx, cx.t("register-post-add"), owner).form(fields(cx, form, None).wrong(cx.lang, sent, wrong));
    again(page, wrong)
}

fn page(cx: &Cx, title: String, owner: &Organisation) -> Page {
    cx.page(title).crumb("/register/organisations", cx.t("register-organisations")).crumb(organisation_href(&owner.id), owner.name(cx.lang))
}

fn fields(cx: &Cx, form: Form, old: Option<&Post>) -> Form {
    let of = |get: fn(&Post) -> &str| old.map_or(String::new(), |one| get(one).to_owned());
    let tick = |yes: bool| if yes { "1" } else { "" };
    form.text("name", cx.t("register-holder"))
        .hint(cx.t("register-holder-hint"))
        .value(of(|post| &post.name))
        .text("title", cx.t("register-title"))
        .value(of(|post| &post.title))
        .field("email", cx.t("register-email"), Input::Line("email"))
        .value(of(|post| &post.email))
        .field("expert", cx.t("register-expert"), Input::Check)
        .hint(cx.t("register-expert-hint"))
        .value(tick(old.is_some_and(|post| post.expert)))
        .field("concurrent", cx.t("register-concurrent"), Input::Check)
        .hint(cx.t("register-concurrent-hint"))
        .value(tick(old.is_some_and(|post| post.concurrent)))
        .field("valid_from", cx.t("register-valid-from"), Input::Line("date"))
        .value(of(|post| &post.valid_from))
}

fn new_from(sent: &[(String, String)]) -> NewPost {
    NewPost {
        name: value(sent, "name"),
        title: value(sent, "title"),
        email: value(sent, "email"),
        expert: ticked(sent, "expert"),
        concurrent: ticked(sent, "concurrent"),
        valid_from: value(sent, "valid_from"),
        ..NewPost::default()
    }
}

/// Adds a post.
pub async fn new_sent(cx: Cx, Path(id): Path<OrganisationId>, Sent(sent): Sent<Fields>) -> Result<Response> {
    let mut work = cx.work().await?;
    let owner = store::organisation(&mut work.tx, &cx.scope("register", Verb::Write)?, &id).await?;
    let result = match PostKind::parse(&value(&sent, "post")) {
        Some(post) => {
            let new = NewPost { organisation: owner.code.clone(), post, ..new_from(&sent) };
            actions::add_posts(&mut work, std::slice::from_ref(&new)).await.map(drop)
        }
        None => Err(Error::invalid("post", "error-not-a-choice")),
    };
    match done(work, result, |()| format!("{}#posts", organisation_href(&id)), "register-saved").await? {
        Ok(response) => Ok(response),
        Err(wrong) => Ok(new_form(&cx, &owner, &sent, &wrong).into_response()),
    }
}

/// One post: the forms to change it and to end it.
pub async fn post(cx: Cx, Path(id): Path<PostId>) -> Result<Page> {
    post_page(&cx, &id, (&[], &[]), (&[], &[])).await
}

async fn post_page(cx: &Cx, id: &PostId, change: (&[(String, String)], &[Field]), end: (&[(String, String)], &[Field])) -> Result<Page> {
    let mut tx = cx.read().await?;
    let scope = cx.scope("register", Verb::Write)?;
    let post = store::post(&mut tx, &scope, id).await?;
    let owner = store::organisation(&mut tx, &scope, &post.organisation_id).await?;
    let mut page = page(cx, post_name(cx, post.post), &owner);
    if let Some(last) = &post.valid_to {
        return Ok(page.note("warn", cx.tv("register-ended-note", &[("date", last.clone())])));
    }
    let form = Form::post(format!("/register/posts/{id}"), cx.t("register-save"));
    let ending = Form::post(format!("/register/posts/{id}/end"), cx.t("register-post-end"))
        .heading(cx.t("register-post-end"))
        .danger()
        .field("valid_to", cx.t("register-valid-to"), Input::Line("date"))
        .hint(cx.t("register-post-end-hint"))
        .required();
    page = page.form(fields(cx, form, Some(&post)).wrong(cx.lang, change.0, change.1)).form(ending.wrong(cx.lang, end.0, end.1));
    page = page.list(super::history(cx, &crate::base::audit::about(&mut tx, id.as_str(), 20).await?));
    Ok(again(page, if change.1.is_empty() { end.1 } else { change.1 }))
}

async fn owner_href(cx: &Cx, id: &PostId) -> Result<String> {
    let post = store::post(&mut cx.read().await?, &cx.scope("register", Verb::Write)?, id).await?;
    Ok(format!("{}#posts", organisation_href(&post.organisation_id)))
}

/// Changes a post.
pub async fn change_sent(cx: Cx, Path(id): Path<PostId>, Sent(sent): Sent<Fields>) -> Result<Response> {
    let href = owner_href(&cx, &id).await?;
    let mut work = cx.work().await?;
    let result = actions::change_post(&mut work, &id, &new_from(&sent)).await;
    match done(work, result, |()| href, "register-saved").await? {
        Ok(response) => Ok(response),
        Err(wrong) => Ok(post_page(&cx, &id, (&sent, &wrong), (&[], &[])).await?.into_response()),
    }
}

/// Ends a post.
pub async fn end_sent(cx: Cx, Path(id): Path<PostId>, Sent(sent): Sent<Fields>) -> Result<Response> {
    let href = owner_href(&cx, &id).await?;
    let mut work = cx.work().await?;
    let result = actions::end_post(&mut work, &id, &value(&sent, "valid_to")).await;
    match done(work, result, |()| href, "register-ended").await? {
        Ok(response) => Ok(response),
        Err(wrong) => Ok(post_page(&cx, &id, (&[], &[]), (&sent, &wrong)).await?.into_response()),
    }
}
