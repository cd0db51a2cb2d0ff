//! The plan: its lines, one line with those who still use it, and its exceptions.

use axum::Form as Sent;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use engine::numbers::CRYPTO_LEFT_RATE;

use super::overview::progress;
use super::{
    Fields, HOME, again, algorithm_cell, algorithm_choices, day_text, evidence_cell, purpose_choices, purpose_name, state_badge, subject_cell, value,
};
use crate::base::actor::Verb;
use crate::base::cx::Cx;
use crate::base::error::{Error, Field, Result};
use crate::base::view::cell::Cell;
use crate::base::view::form::{Form, Input};
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::base::view::respond::Go;
use crate::cryptography::rule::{NewRule, PlanRule, RuleId};
use crate::cryptography::{actions, gather};

/// The plan.
pub async fn plan(cx: Cx) -> Result<Page> {
    plan_page(&cx, &[], &[]).await
}

async fn plan_page(cx: &Cx, sent: &[(String, String)], wrong: &[Field]) -> Result<Page> {
    let scope = cx.scope("cryptography", Verb::Read)?;
    let whole = gather::transition(&mut cx.read().await?, &scope, cx.app.clock.now()).await?;
    let mut page = cx.page(cx.t("cryptography-plan")).lead(cx.t("cryptography-plan-lead")).crumb(HOME, cx.t("cryptography-title"));
    page = page.text(CRYPTO_LEFT_RATE.formula(cx.lang)).list(progress(cx, &whole));
    if cx.actor.may("cryptography", Verb::Manage) {
        page = page.form(form(cx, None).wrong(cx.lang, sent, wrong));
    }
    Ok(again(page, wrong))
}

fn form(cx: &Cx, old: Option<&PlanRule>) -> Form {
    let of = |get: fn(&PlanRule) -> String| old.map_or(String::new(), get);
    Form::post(format!("{HOME}/plan"), cx.t("cryptography-rule-save"))
        .heading(cx.t(if old.is_some() { "cryptography-rule-change" } else { "cryptography-rule-add" }))
        .field("algorithm", cx.t("cryptography-algorithm"), Input::Select(algorithm_choices(cx, false)))
        .value(of(|one| one.algorithm.id.to_owned()))
        .required()
        .field("purpose", cx.t("cryptography-purpose"), Input::Select(purpose_choices(cx, true)))
        .hint(cx.t("cryptography-rule-purpose-hint"))
        .value(of(|one| one.purpose.map_or(String::new(), |purpose| purpose.as_str().to_owned())))
        .field("successor", cx.t("cryptography-successor"), Input::Select(algorithm_choices(cx, true)))
        .value(of(|one| one.successor.map_or(String::new(), |one| one.id.to_owned())))
        .field("no_new_from", cx.t("cryptography-no-new-from"), Input::Line("date"))
        .value(of(|one| one.no_new_from.map_or(String::new(), |day| day.to_string())))
        .field("gone_by", cx.t("cryptography-gone-by"), Input::Line("date"))
        .value(of(|one| one.gone_by.map_or(String::new(), |day| day.to_string())))
        .field("note", cx.t("cryptography-note"), Input::Area)
        .value(of(|one| one.note.clone()))
}

/// Adds a line, or changes the one for the same use.
pub async fn rule_sent(cx: Cx, Sent(sent): Sent<Fields>) -> Result<Response> {
    let new = NewRule {
        algorithm: value(&sent, "algorithm"),
        purpose: value(&sent, "purpose"),
        successor: value(&sent, "successor"),
        no_new_from: value(&sent, "no_new_from"),
        gone_by: value(&sent, "gone_by"),
        note: value(&sent, "note"),
    };
    let mut work = cx.work().await?;
    match actions::set_rule(&mut work, &new).await {
        Ok(id) => {
            work.commit().await?;
            Ok(Go::done(format!("{HOME}/plan/{id}"), "cryptography-rule-saved").into_response())
        }
        Err(Error::Invalid(wrong)) => {
            drop(work);
            Ok(plan_page(&cx, &sent, &wrong).await?.into_response())
        }
        Err(error) => Err(error),
    }
}

/// One line of the plan.
pub async fn rule(cx: Cx, Path(id): Path<RuleId>) -> Result<Page> {
    rule_page(&cx, &id, &[], &[]).await
}

async fn rule_page(cx: &Cx, id: &RuleId, sent: &[(String, String)], wrong: &[Field]) -> Result<Page> {
    let scope = cx.scope("cryptography", Verb::Read)?;
    let whole = gather::transition(&mut cx.read().await?, &scope, cx.app.clock.now()).await?;
    let (rule, figure) = whole.progress().into_iter().find(|(rule, _)| rule.id == *id).ok_or(Error::NotFound)?;
    let purpose = rule.purpose.map_or_else(|| cx.t("cryptography-every-purpose"), |one| purpose_name(cx, one));
    let mut page = cx
        .page(cx.tv("cryptography-rule-title", &[("algorithm", rule.algorithm.name(cx.lang).to_owned()), ("purpose", purpose)]))
        .crumb(HOME, cx.t("cryptography-title"))
        .crumb(format!("{HOME}/plan"), cx.t("cryptography-plan"))
        .facts(vec![
            (cx.t("cryptography-algorithm"), algorithm_cell(cx, rule.algorithm)),
            (cx.t("cryptography-successor"), rule.successor.map_or_else(|| Cell::text(""), |one| algorithm_cell(cx, one))),
            (cx.t("cryptography-no-new-from"), Cell::text(day_text(cx, rule.no_new_from))),
            (cx.t("cryptography-gone-by"), Cell::text(day_text(cx, rule.gone_by))),
            (CRYPTO_LEFT_RATE.name(cx.lang).to_owned(), Cell::text(figure.text(cx.lang))),
            (cx.t("cryptography-coverage"), Cell::text(figure.coverage.text())),
            (cx.t("cryptography-note"), Cell::text(&*rule.note)),
        ]);
    let meant = rule.rule();
    let using = whole.subjects.iter().flat_map(|subject| {
        let lines = subject.standing.lines.iter().filter(|line| line.in_use && whole.plan.rule(line.algorithm, line.purpose) == Some(&meant));
        lines.map(move |line| (subject, line)).collect::<Vec<_>>()
    });
    let list = List::new("using", cx.t("cryptography-who-uses"))
        .column(cx.t("cryptography-system"))
        .choice(cx.t("cryptography-organisation"))
        .choice(cx.t("cryptography-purpose"))
        .choice(cx.t("cryptography-state"))
        .column(cx.t("cryptography-last-day"))
        .column(cx.t("cryptography-evidence"))
        .empty(cx.t("cryptography-nobody-uses"))
        .rows(using.map(|(subject, line)| {
            vec![
                subject_cell(cx, subject),
                Cell::text(subject.organisation.name(cx.lang)),
                Cell::text(purpose_name(cx, line.purpose)),
                state_badge(cx, line.state),
                Cell::text(day_text(cx, line.gone_by)),
                evidence_cell(cx, line),
            ]
        }));
    page = page.list(list);
    let systems: Vec<_> = whole.subjects.iter().filter_map(|one| one.system.as_ref()).collect();
    let exceptions = List::new("exceptions", cx.t("cryptography-exceptions"))
        .column(cx.t("cryptography-system"))
        .column(cx.t("cryptography-last-day"))
        .column(cx.t("cryptography-reason"))
        .empty(cx.t("cryptography-exceptions-empty"))
        .rows(rule.exceptions.iter().filter_map(|one| {
            // An exception of somebody beyond one's reach does not exist.
            let system = systems.iter().find(|system| system.id == one.system_id)?;
            Some(vec![
                Cell::link(format!("{HOME}/systems/{}", system.id), system.name(cx.lang)),
                Cell::text(day_text(cx, Some(one.until_on))),
                Cell::text(&*one.reason),
            ])
        }));
    page = page.list(exceptions);
    if cx.actor.may("cryptography", Verb::Manage) {
        let offered = systems.iter().map(|one| (one.code.clone(), format!("{} {}", one.code, one.name(cx.lang)))).collect();
        page = page
            .form(
                Form::post(format!("{HOME}/plan/{id}/exception"), cx.t("cryptography-exception-grant"))
                    .heading(cx.t("cryptography-exception-heading"))
                    .field("system", cx.t("cryptography-system"), Input::Select(offered))
                    .required()
                    .field("until", cx.t("cryptography-last-day"), Input::Line("date"))
                    .required()
                    .field("reason", cx.t("cryptography-reason"), Input::Area)
                    .required()
                    .wrong(cx.lang, sent, wrong),
            )
            .form(form(cx, Some(rule)))
            .form(Form::post(format!("{HOME}/plan/{id}/withdraw"), cx.t("cryptography-rule-withdraw")).danger());
    }
    Ok(again(page, wrong))
}

/// Takes a line out of the plan.
pub async fn rule_withdraw_sent(cx: Cx, Path(id): Path<RuleId>) -> Result<Go> {
    let mut work = cx.work().await?;
    actions::withdraw_rule(&mut work, &id).await?;
    work.commit().await?;
    Ok(Go::done(format!("{HOME}/plan"), "cryptography-rule-withdrawn"))
}

/// Lets a system go on for longer.
pub async fn exception_sent(cx: Cx, Path(id): Path<RuleId>, Sent(sent): Sent<Fields>) -> Result<Response> {
    let mut work = cx.work().await?;
    match actions::grant(&mut work, &id, &value(&sent, "system"), &value(&sent, "until"), &value(&sent, "reason")).await {
        Ok(()) => {
            work.commit().await?;
            Ok(Go::done(format!("{HOME}/plan/{id}"), "cryptography-excepted").into_response())
        }
        Err(Error::Invalid(wrong)) => {
            drop(work);
            Ok(rule_page(&cx, &id, &sent, &wrong).await?.into_response())
        }
        Err(error) => Err(error),
    }
}
