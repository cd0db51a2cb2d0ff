//! An organisation's derived standard: the edition it stands on, what it left out, set, added and documented.

use axum::extract::Path;
use axum::extract::multipart::Multipart;
use axum::response::{IntoResponse, Response};
use engine::facts::{AppliesTo, Role};

use super::organisations::{ORGANISATIONS, choices};
use super::{EDITIONS, applies_to, role};
use crate::base::actor::{OrganisationId, Verb};
use crate::base::blobs;
use crate::base::cx::Cx;
use crate::base::dates::show_stamp;
use crate::base::error::{Error, Field, Result};
use crate::base::upload;
use crate::base::view::cell::Cell;
use crate::base::view::form::{Form, Input};
use crate::base::view::list::{List, encode, query};
use crate::base::view::page::{Block, Page};
use crate::base::view::respond::{File, Go};
use crate::standards::actions::{self, NewOwnRequirement};
use crate::standards::derived::{Derived, OwnDocumentId, OwnRequirementId};
use crate::standards::requirement::{EditionId, Parameter, Requirement};
use crate::standards::store;

type Sent = Vec<(String, String)>;

fn value<'a>(sent: &'a Sent, name: &str) -> &'a str {
    sent.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
}

/// The page.
pub async fn organisation(cx: Cx, Path(id): Path<OrganisationId>) -> Result<Page> {
    page(&cx, &id, "", &Vec::new(), &[]).await
}

/// The page; `which` form was sent with what was wrong in it.
async fn page(cx: &Cx, id: &OrganisationId, which: &str, sent: &Sent, wrong: &[Field]) -> Result<Page> {
    let mut tx = cx.read().await?;
    let (organisation, derived) = actions::derived(&mut tx, &cx.scope("standards", Verb::Read)?, id).await?;
    let base = format!("{ORGANISATIONS}/{id}");
    let holds = |verb: Verb| cx.actor.scope("standards", verb).holds(&organisation.path);
    let mut page = cx
        .page(cx.tv("standards-derived-of", &[("name", organisation.name(cx.lang).to_owned())]))
        .crumb(ORGANISATIONS, cx.t("standards-organisations"));
    if !wrong.is_empty() {
        page.status = 422;
    }
    let mend = |form: Form, name: &str| if which == name { form.wrong(cx.lang, sent, wrong) } else { form };
    let Some(edition) = derived.edition.clone() else {
        page = page.note("warn", cx.t("standards-derived-none"));
        if holds(Verb::Decide) || holds(Verb::Manage) {
            let editions = store::editions(&mut tx).await?;
            if !editions.is_empty() {
                let newest = editions.last().map(|one| one.id.to_string()).unwrap_or_default();
                let form = Form::post(format!("{base}/adopt"), cx.t("standards-adopt"))
                    .field("edition", cx.t("standards-edition"), Input::Select(choices(cx, &editions)))
                    .value(newest);
                page = page.form(mend(form, "adopt"));
            }
        }
        return Ok(page);
    };
    let asked = store::requirements(&mut tx, &edition.id).await?;
    let parameters = store::parameters(&mut tx, &edition.id).await?;
    if let Some(newest) = &derived.newest {
        let words = cx.tv("standards-derived-behind", &[("version", newest.version.clone()), ("open", derived.open.len().to_string())]);
        page = page.note("warn", words).links(vec![(format!("{base}/align"), cx.t("standards-align"))]);
    }
    let write = holds(Verb::Write);
    let named = cx.tv("standards-edition-named", &[("title", edition.title(cx.lang).to_owned()), ("version", edition.version.clone())]);
    page = page
        .facts(vec![
            (cx.t("standards-stands-on"), Cell::link(format!("{EDITIONS}/{}", edition.id), named)),
            (cx.t("standards-adopted-at"), Cell::text(derived.adoption.as_ref().map(|one| show_stamp(&one.adopted_at)).unwrap_or_default())),
            (cx.t("standards-adopted-by"), Cell::text(derived.adoption.as_ref().map(|one| one.adopted_by.clone()).unwrap_or_default())),
            (cx.t("standards-requirements"), Cell::int(asked.len() as i64)),
            (cx.t("standards-exclusions"), Cell::int(derived.exclusions.len() as i64)),
            (cx.t("standards-own"), Cell::int(derived.own.len() as i64)),
        ])
        .links(vec![(format!("{base}/profile.json"), cx.t("standards-profile-download"))])
        .list(documents(cx, &derived, write));
    if write {
        let form = Form::post(format!("{base}/documents"), cx.t("standards-document-add"))
            .text("title", cx.t("standards-document-title"))
            .required()
            .text("version", cx.t("standards-version"))
            .required()
            .field("file", cx.t("standards-document-file"), Input::File(""))
            .required();
        page = fold(page, cx.t("standards-document-add"), mend(form, "documents"), which == "documents");
    }
    page = page.list(own(cx, &derived, write));
    if write {
        page = fold(page, cx.t("standards-own-add"), mend(own_form(cx, &base), "own"), which == "own");
    }
    page = page.list(exclusions(cx, &base, &derived, &asked, write));
    if write {
        let left: Vec<(String, String)> = asked
            .iter()
            .filter(|one| !derived.exclusions.iter().any(|out| out.code == one.code))
            .map(|one| (one.code.clone(), format!("{} {}", one.code, one.title(cx.lang))))
            .collect();
        let form = Form::post(format!("{base}/exclusions"), cx.t("standards-exclude"))
            .field("code", cx.t("standards-requirement"), Input::Select(left))
            .field("reason", cx.t("standards-reason"), Input::Area)
            .hint(cx.t("standards-reason-hint"))
            .required();
        page = fold(page, cx.t("standards-exclude"), mend(form, "exclusions"), which == "exclusions");
    }
    if !parameters.is_empty() {
        page = page.list(values(cx, &derived, &parameters));
        if write {
            let all = parameters.iter().map(|one| (one.param_id.clone(), format!("{} {}", one.param_id, one.label))).collect();
            let form = Form::post(format!("{base}/parameters"), cx.t("standards-parameter-set"))
                .field("param_id", cx.t("standards-parameter"), Input::Select(all))
                .text("value", cx.t("standards-value"))
                .hint(cx.t("standards-value-hint"));
            page = fold(page, cx.t("standards-parameter-set"), mend(form, "parameters"), which == "parameters");
        }
    }
    Ok(page)
}

/// A form folded away until it is wanted; open when something was wrong in it.
fn fold(page: Page, summary: String, form: Form, open: bool) -> Page {
    if open { page.form(form) } else { page.with(Block::FoldBegin(summary)).form(form).with(Block::FoldEnd) }
}

fn documents(cx: &Cx, derived: &Derived, write: bool) -> List {
    let mut list = List::new("documents", cx.t("standards-documents"))
        .column(cx.t("standards-document-title"))
        .column(cx.t("standards-version"))
        .column(cx.t("standards-document-added"))
        .column(cx.t("standards-document-hash"))
        .empty(cx.t("standards-documents-empty"));
    if write {
        list = list.column(cx.t("standards-action"));
    }
    list.rows(derived.documents.iter().map(|one| {
        let mut row = vec![
            Cell::link(format!("/standards/documents/{}/file", one.id), &*one.title),
            Cell::text(&*one.version),
            Cell::text(show_stamp(&one.added_at)),
            Cell::text(one.hash.chars().take(12).collect::<String>()),
        ];
        if write {
            row.push(Cell::Button(format!("/standards/documents/{}/end", one.id), cx.t("standards-end")));
        }
        row
    }))
}

fn own(cx: &Cx, derived: &Derived, write: bool) -> List {
    let mut list = List::new("own", cx.t("standards-own"))
        .column(cx.t("standards-number"))
        .column(cx.t("standards-requirement"))
        .column(cx.t("standards-statement"))
        .column(cx.t("standards-role"))
        .column(cx.t("standards-applies-to"))
        .empty(cx.t("standards-own-empty"));
    if write {
        list = list.column(cx.t("standards-action"));
    }
    list.rows(derived.own.iter().map(|one| {
        let mut row = vec![
            Cell::text(&*one.code),
            Cell::text(one.title(cx.lang)),
            Cell::text(cx.lang.pick(&*one.statement_ja, &*one.statement_en)),
            Cell::text(role(cx, one.role)),
            Cell::text(applies_to(cx, one.applies_to)),
        ];
        if write {
            row.push(Cell::Button(format!("/standards/own-requirements/{}/end", one.id), cx.t("standards-end")));
        }
        row
    }))
}

fn own_form(cx: &Cx, base: &str) -> Form {
    Form::post(format!("{base}/own-requirements"), cx.t("standards-own-add"))
        .text("code", cx.t("standards-number"))
        .hint(cx.t("standards-own-code-hint"))
        .required()
        .text("title_ja", cx.t("standards-title-ja"))
        .required()
        .text("title_en", cx.t("standards-title-en"))
        .field("statement_ja", cx.t("standards-statement-ja"), Input::Area)
        .required()
        .field("statement_en", cx.t("standards-statement-en"), Input::Area)
        .field("role", cx.t("standards-role"), Input::Select(Role::ALL.iter().map(|one| (one.as_str().to_owned(), role(cx, *one))).collect()))
        .field(
            "applies_to",
            cx.t("standards-applies-to"),
            Input::Select(AppliesTo::ALL.iter().map(|one| (one.as_str().to_owned(), applies_to(cx, *one))).collect()),
        )
}

fn exclusions(cx: &Cx, base: &str, derived: &Derived, asked: &[Requirement], write: bool) -> List {
    let mut list = List::new("exclusions", cx.t("standards-exclusions"))
        .column(cx.t("standards-number"))
        .column(cx.t("standards-requirement"))
        .column(cx.t("standards-reason"))
        .empty(cx.t("standards-exclusions-empty"));
    if write {
        list = list.column(cx.t("standards-action"));
    }
    list.rows(derived.exclusions.iter().map(|one| {
        let there = asked.iter().find(|other| other.code == one.code);
        let mut row = vec![
            there.map_or_else(|| Cell::text(&*one.code), super::link),
            Cell::text(there.map_or_else(|| cx.t("standards-absent"), |other| other.title(cx.lang).to_owned())),
            Cell::text(&*one.reason),
        ];
        if write {
            row.push(Cell::Button(format!("{base}/include?code={}", encode(&one.code)), cx.t("standards-include")));
        }
        row
    }))
}

fn values(cx: &Cx, derived: &Derived, parameters: &[Parameter]) -> List {
    List::new("parameters", cx.t("standards-parameters"))
        .column(cx.t("standards-parameter"))
        .choice(cx.t("standards-number"))
        .column(cx.t("standards-parameter-label"))
        .column(cx.t("standards-value"))
        .rows(parameters.iter().map(|one| {
            let set = derived.values.iter().find(|value| value.param_id == one.param_id);
            vec![Cell::text(&*one.param_id), Cell::text(&*one.code), Cell::text(&*one.label), Cell::text(set.map_or(&*one.value, |set| &*set.value))]
        }))
}

/// What a form's action gave, as an answer: on with a notice, or the page again with what was wrong.
async fn answer(cx: &Cx, id: &OrganisationId, which: &str, sent: &Sent, outcome: Result<()>, done: &str) -> Result<Response> {
    match outcome {
        Ok(()) => Ok(Go::done(format!("{ORGANISATIONS}/{id}"), done).into_response()),
        Err(Error::Invalid(wrong)) => Ok(page(cx, id, which, sent, &wrong).await?.into_response()),
        Err(error) => Err(error),
    }
}

/// Adopts an edition.
pub async fn adopt(cx: Cx, Path(id): Path<OrganisationId>, axum::Form(sent): axum::Form<Sent>) -> Result<Response> {
    let outcome = async {
        let mut work = cx.work().await?;
        actions::adopt(&mut work, &id, &EditionId::from_text(value(&sent, "edition"))).await?;
        work.commit().await
    };
    answer(&cx, &id, "adopt", &sent, outcome.await, "standards-adopted").await
}

/// Leaves a requirement out.
pub async fn exclude(cx: Cx, Path(id): Path<OrganisationId>, axum::Form(sent): axum::Form<Sent>) -> Result<Response> {
    let outcome = async {
        let mut work = cx.work().await?;
        actions::exclude(&mut work, &id, value(&sent, "code"), value(&sent, "reason")).await?;
        work.commit().await
    };
    answer(&cx, &id, "exclusions", &sent, outcome.await, "standards-changed").await
}

/// Takes a requirement in again; the address says which.
pub async fn include(cx: Cx, Path(id): Path<OrganisationId>) -> Result<Go> {
    let code = query(&cx.uri).into_iter().find(|(name, _)| name == "code").map(|(_, value)| value).unwrap_or_default();
    let mut work = cx.work().await?;
    actions::include(&mut work, &id, &code).await?;
    work.commit().await?;
    Ok(Go::done(format!("{ORGANISATIONS}/{id}"), "standards-changed"))
}

/// Sets a value.
pub async fn set_parameter(cx: Cx, Path(id): Path<OrganisationId>, axum::Form(sent): axum::Form<Sent>) -> Result<Response> {
    let outcome = async {
        let mut work = cx.work().await?;
        actions::set_parameter(&mut work, &id, value(&sent, "param_id"), value(&sent, "value")).await?;
        work.commit().await
    };
    answer(&cx, &id, "parameters", &sent, outcome.await, "standards-changed").await
}

/// Adds an own requirement.
pub async fn own_sent(cx: Cx, Path(id): Path<OrganisationId>, axum::Form(sent): axum::Form<Sent>) -> Result<Response> {
    let of = |name: &str| value(&sent, name).to_owned();
    let new = NewOwnRequirement {
        code: of("code"),
        title_ja: of("title_ja"),
        title_en: of("title_en"),
        statement_ja: of("statement_ja"),
        statement_en: of("statement_en"),
        applies_to: of("applies_to"),
        role: of("role"),
    };
    let outcome = async {
        let mut work = cx.work().await?;
        actions::add_own_requirement(&mut work, &id, &new).await?;
        work.commit().await
    };
    answer(&cx, &id, "own", &sent, outcome.await, "standards-changed").await
}

/// Ends an own requirement.
pub async fn own_end(cx: Cx, Path(id): Path<OwnRequirementId>) -> Result<Go> {
    let mut work = cx.work().await?;
    let organisation = actions::end_own_requirement(&mut work, &id).await?;
    work.commit().await?;
    Ok(Go::done(format!("{ORGANISATIONS}/{organisation}"), "standards-changed"))
}

/// Adds a document.
pub async fn document_sent(cx: Cx, Path(id): Path<OrganisationId>, form: Multipart) -> Result<Response> {
    let sent = upload::read(form, upload::LIMIT).await?;
    let outcome = async {
        let (name, bytes) = sent.file("file").unwrap_or(("", b""));
        let mut work = cx.work().await?;
        actions::add_document(&mut work, &id, sent.text("title"), sent.text("version"), name, bytes).await?;
        work.commit().await
    };
    answer(&cx, &id, "documents", &sent.fields, outcome.await, "standards-changed").await
}

/// Ends a document.
pub async fn document_end(cx: Cx, Path(id): Path<OwnDocumentId>) -> Result<Go> {
    let mut work = cx.work().await?;
    let organisation = actions::end_document(&mut work, &id).await?;
    work.commit().await?;
    Ok(Go::done(format!("{ORGANISATIONS}/{organisation}"), "standards-changed"))
}

/// A document's file.
pub async fn document(cx: Cx, Path(id): Path<OwnDocumentId>) -> Result<File> {
    let mut tx = cx.read().await?;
    let document = store::own_document(&mut tx, &cx.scope("standards", Verb::Read)?, &id).await?;
    let bytes = blobs::get(&mut tx, &document.hash).await?;
    // Whatever was uploaded is only ever downloaded, never shown inside our pages.
    Ok(File { name: document.file_name, kind: "application/octet-stream", bytes, inline: false })
}

/// The derived standard as an OSCAL profile.
pub async fn profile(cx: Cx, Path(id): Path<OrganisationId>) -> Result<File> {
    let mut tx = cx.read().await?;
    let (organisation, profile) = actions::profile(&mut tx, &cx.scope("standards", Verb::Read)?, &id, cx.app.clock.now()).await?;
    Ok(File {
        name: format!("{}-profile.json", organisation.code),
        kind: "application/json",
        bytes: profile.to_json(true).into_bytes(),
        inline: false,
    })
}
