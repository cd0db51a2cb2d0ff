//! The page of a respondent: a few questions, plain words, on a phone, without a script.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::multipart::Multipart;
use axum::extract::{Path, Query};
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Response};
use engine::facts::Claim;

use crate::access::layer::session_cookie;
use crate::base::actor::Scope;
use crate::base::cx::{Cx, LINK_COOKIE};
use crate::base::db::Tx;
use crate::base::error::{Error, Field, Result};
use crate::base::upload;
use crate::base::view::page::{Block, Page};
use crate::base::view::respond::Go;
use crate::inspections::actions::{self, Answering};
use crate::inspections::answer::{Answer, Given};
use crate::inspections::cycle::{Cycle, State};
use crate::inspections::respondent::{QUESTIONS, Respondent, questions};
use crate::inspections::sheets::answers::words;
use crate::inspections::store;
use crate::register::system::SystemId;
use crate::standards::requirement::{Requirement, RequirementId};

/// A question as the template shows it.
struct Shown {
    index: usize,
    number: usize,
    text: String,
    guidance: String,
    system: String,
    requirement: String,
    system_id: String,
    options: Vec<(&'static str, String, bool)>,
    reason: String,
    note: String,
    evidence: String,
    error: String,
}

struct Words {
    system: String,
    reason: String,
    guidance: String,
    more: String,
    note: String,
    file: String,
    kept: String,
    submit: String,
}

#[derive(Template)]
#[template(path = "inspections/pages/answer.html")]
struct Sheet {
    page: usize,
    questions: Vec<Shown>,
    words: Words,
}

/// Everything about one person's part of a cycle.
pub(crate) struct Own {
    pub cycle: Cycle,
    pub person: Respondent,
    pub questions: Vec<(Requirement, Option<SystemId>, String)>,
    pub answers: BTreeMap<(RequirementId, Option<SystemId>), Answer>,
}

/// Who answers: whoever carries a personal link, else whoever signed in with a respondent's address.
pub(crate) async fn who(cx: &Cx, tx: &mut Tx) -> Result<Answering> {
    if let Some(link) = &cx.link {
        match actions::answering_by_link(tx, link).await {
            // A cookie of an older link must not lock out somebody who signed in.
            Err(Error::NotFound) if cx.actor.account.is_some() => {}
            other => return other,
        }
    }
    let Some(account) = &cx.actor.account else { return Err(Error::SignIn) };
    let email = crate::access::store::account(tx, account).await?.email.to_lowercase();
    // Only where the account holds something: whoever may make accounts in one part of the tree could otherwise make one with the
    // address of a respondent elsewhere, and answer in their name.
    let held = Scope::Paths(cx.actor.grants.iter().map(|grant| grant.path.clone()).collect());
    let found = store::asked_by_email(tx, &held, &email).await?.into_iter().next().ok_or(Error::NotFound)?;
    Ok(Answering { cycle_id: found.0, respondent_id: found.1 })
}

/// Loads one person's part.
pub(crate) async fn own(cx: &Cx, tx: &mut Tx) -> Result<Own> {
    let who = who(cx, tx).await?;
    let cycle = store::cycle(tx, &who.cycle_id).await?;
    let person = store::respondent(tx, &who.respondent_id).await?;
    let asked = store::asked_one(tx, &cycle.id, &person.id).await?;
    let items = store::items_for(tx, &cycle.id, &asked.organisation_id, &asked.roles()).await?;
    let systems = store::systems_asked(tx, &cycle.id, &person.id).await?;
    let names: BTreeMap<SystemId, String> = if systems.is_empty() {
        BTreeMap::new()
    } else {
        let all = crate::register::store::systems_of(tx, &Scope::Everything, &asked.organisation_id).await?;
        all.into_iter().map(|one| (one.id.clone(), one.name(cx.lang).to_owned())).collect()
    };
    let asked_now = questions(&items, &asked.duties, &systems);
    let wanted: Vec<RequirementId> = asked_now.iter().map(|one| one.item.requirement_id.clone()).collect::<BTreeSet<_>>().into_iter().collect();
    let requirements: BTreeMap<RequirementId, Requirement> =
        crate::standards::store::requirements_among(tx, &wanted).await?.into_iter().map(|one| (one.id.clone(), one)).collect();
    let mut list = Vec::new();
    for question in asked_now {
        let Some(requirement) = requirements.get(&question.item.requirement_id) else { continue };
        let name = question.system.as_ref().and_then(|id| names.get(id)).cloned().unwrap_or_default();
        list.push((requirement.clone(), question.system, name));
    }
    let answers = store::answers_by(tx, &cycle.id, &person.id)
        .await?
        .into_iter()
        .map(|one| ((one.requirement_id.clone(), one.system_id.clone()), one))
        .collect();
    Ok(Own { cycle, person, questions: list, answers })
}

/// Exchanges a personal link for a cookie, so that the secret leaves the address at once.
pub async fn link(cx: Cx, Path(secret): Path<String>) -> Result<Response> {
    match actions::answering_by_link(&mut cx.read().await?, &secret).await {
        Ok(_) => {
            let cookie = session_cookie(&cx.app, LINK_COOKIE, &secret);
            Ok((AppendHeaders([(SET_COOKIE, cookie)]), Go::to("/answer")).into_response())
        }
        Err(Error::NotFound) => Ok(cx.gone("inspections-link-gone").into_response()),
        Err(error) => Err(error),
    }
}

fn asked_page(query: &[(String, String)]) -> usize {
    query.iter().find(|(name, _)| name == "page").and_then(|(_, value)| value.parse().ok()).unwrap_or(1).max(1)
}

/// The questions.
pub async fn answer(cx: Cx, Query(query): Query<Vec<(String, String)>>) -> Result<Page> {
    let own = match own(&cx, &mut cx.read().await?).await {
        Err(Error::NotFound) => return Ok(cx.gone("inspections-link-gone")),
        other => other?,
    };
    show(&cx, &own, asked_page(&query), &[], &[])
}

fn show(cx: &Cx, own: &Own, page: usize, sent: &[Given], wrong: &[Field]) -> Result<Page> {
    let pages = own.questions.len().div_ceil(QUESTIONS).max(1);
    let page = page.min(pages);
    let answered =
        own.questions.iter().filter(|(requirement, system, _)| own.answers.contains_key(&(requirement.id.clone(), system.clone()))).count();
    let mut out = cx.page(own.cycle.name(cx.lang));
    out.plain = true;
    if own.cycle.is_urgent() {
        out = out.note("warn", cx.tv("inspections-urgent-note", &[("reason", own.cycle.urgent_reason.clone())]));
    }
    let facts = [
        ("name", own.person.name.clone()),
        ("closes", crate::base::dates::show_day(&own.cycle.closes_on, cx.lang)),
        ("answered", answered.to_string()),
        ("all", own.questions.len().to_string()),
    ];
    if own.cycle.state != State::Open {
        return Ok(out.note("plain", cx.tv("inspections-answer-closed", &facts)));
    }
    out = out.lead(cx.tv("inspections-answer-lead", &facts));
    if !wrong.is_empty() {
        out.status = 422;
        out = out.note("bad", cx.t("inspections-answer-wrong"));
    } else if answered == own.questions.len() && answered > 0 {
        out = out.note("good", cx.tv("inspections-answer-complete", &facts));
    } else {
        out = out.note("plain", cx.tv("inspections-answer-progress", &facts));
    }
    if pages > 1 {
        let links = (1..=pages)
            .map(|number| {
                let key = if number == page { "inspections-answer-page-here" } else { "inspections-answer-page" };
                (format!("/answer?page={number}"), cx.tv(key, &[("number", number.to_string()), ("pages", pages.to_string())]))
            })
            .collect();
        out = out.links(links);
    }
    let first = (page - 1) * QUESTIONS;
    let shown = own
        .questions
        .iter()
        .enumerate()
        .skip(first)
        .take(QUESTIONS)
        .map(|(at, (requirement, system, name))| {
            let index = at - first;
            let key = (requirement.id.clone(), system.clone());
            let given = sent.iter().position(|one| (&one.requirement_id, &one.system_id) == (&key.0, &key.1));
            let there = own.answers.get(&key);
            let now = given.and_then(|at| sent.get(at));
            let claim = now.map(|one| one.claim).or(there.map(|one| one.claim));
            let error = wrong
                .iter()
                .filter(|field| given.is_some_and(|at| field.name.split('.').next() == Some(at.to_string().as_str())))
                .map(|field| field.message(cx.lang))
                .collect::<Vec<_>>()
                .join(" ");
            Shown {
                index,
                number: at + 1,
                text: requirement.question(cx.lang).to_owned(),
                guidance: requirement.guidance(cx.lang).to_owned(),
                system: name.clone(),
                requirement: requirement.id.to_string(),
                system_id: system.as_ref().map(ToString::to_string).unwrap_or_default(),
                options: Claim::ALL.iter().map(|one| (one.as_str(), words(*one, cx.lang), claim == Some(*one))).collect(),
                reason: now.map(|one| &one.reason).or(there.map(|one| &one.reason)).cloned().unwrap_or_default(),
                note: now.map(|one| &one.note).or(there.map(|one| &one.note)).cloned().unwrap_or_default(),
                evidence: there.and_then(|one| one.evidence.as_ref()).map(|one| one.name.clone()).unwrap_or_default(),
                error,
            }
        })
        .collect();
    let words = Words {
        system: cx.t("inspections-system"),
        reason: cx.t("inspections-answer-reason"),
        guidance: cx.t("inspections-answer-guidance"),
        more: cx.t("inspections-answer-more"),
        note: cx.t("inspections-note"),
        file: cx.t("inspections-answer-file"),
        kept: cx.t("inspections-answer-kept"),
        submit: cx.t(if page < pages { "inspections-answer-next" } else { "inspections-answer-send" }),
    };
    Ok(out.with(Block::Html(Sheet { page, questions: shown, words }.render()?)))
}

/// Stores what was sent and leads on: to the next page, or back with thanks.
pub async fn answer_sent(cx: Cx, Query(query): Query<Vec<(String, String)>>, form: Multipart) -> Result<Response> {
    let page = asked_page(&query);
    let sent = upload::read(form, upload::LIMIT).await?;
    let mut work = cx.work().await?;
    let who = who(&cx, &mut work.tx).await?;
    let (mut given, mut files) = (Vec::new(), Vec::new());
    for index in 0..QUESTIONS {
        // A question left open is no answer yet.
        let Some(claim) = Claim::parse(sent.text(&format!("c{index}"))) else { continue };
        let system = sent.text(&format!("s{index}"));
        if let Some((name, bytes)) = sent.file(&format!("f{index}")).filter(|(_, bytes)| !bytes.is_empty()) {
            files.push((given.len(), name.to_owned(), bytes.to_vec()));
        }
        given.push(Given {
            respondent_id: who.respondent_id.clone(),
            requirement_id: RequirementId::from_text(sent.text(&format!("r{index}"))),
            system_id: (!system.is_empty()).then(|| SystemId::from_text(system)),
            claim,
            reason: sent.text(&format!("w{index}")).to_owned(),
            note: sent.text(&format!("n{index}")).to_owned(),
            evidence: None,
        });
    }
    match actions::answer_own(&mut work, &who, given.clone(), &files).await {
        Ok(_) => {
            // How many questions this person has is frozen; reading them all again to count them would cost as much as a page.
            let asked = store::asked_one(&mut work.tx, &who.cycle_id, &who.respondent_id).await?.asked;
            work.commit().await?;
            let pages = usize::try_from(asked).unwrap_or_default().div_ceil(QUESTIONS);
            let next = if page < pages { page + 1 } else { page };
            Ok(Go::done(format!("/answer?page={next}"), "inspections-answered").into_response())
        }
        Err(Error::Invalid(wrong)) => {
            drop(work);
            let own = own(&cx, &mut cx.read().await?).await?;
            Ok(show(&cx, &own, page, &given, &wrong)?.into_response())
        }
        Err(error) => Err(error),
    }
}
