//! Where people write: the texts of a report, and the facts no other area holds.

use std::collections::BTreeMap;

use axum::Form as Sent;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use engine::words::Words;

use super::{Fields, value};
use crate::base::actor::Verb;
use crate::base::cx::Cx;
use crate::base::dates::fiscal_year_name;
use crate::base::db::Tx;
use crate::base::error::{Error, Field, Result};
use crate::base::lang::texts as words;
use crate::base::view::cell::Cell;
use crate::base::view::form::{Form, Input};
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::base::view::respond::Go;
use crate::reports::actions::{self, NewFacts};
use crate::reports::fact::{Class, FACTS, Incident, Prevention};
use crate::reports::report::{Kind, Report, ReportId};
use crate::reports::tree::{Body, Tree};
use crate::reports::{paper, store};
use crate::{inspections, register};

/// A report this reader may write, and its newest version.
async fn own(cx: &Cx, tx: &mut Tx, id: &ReportId) -> Result<(Report, store::Version)> {
    let report = store::report(tx, &cx.scope("reports", Verb::Read)?, id).await?;
    let verb = if report.kind == Kind::Annual { Verb::Manage } else { Verb::Write };
    if !cx.actor.scope("reports", verb).holds(&report.path) {
        return Err(Error::NotFound);
    }
    let version = store::version(tx, id, report.version).await?;
    Ok((report, version))
}

fn head(cx: &Cx, id: &ReportId, report: &Report, tree: &Tree, title: &str) -> Page {
    let of = format!("{} {}", paper::title(report.kind, tree.cycle.fiscal_year, cx.lang), tree.organisation.name.get(cx.lang));
    cx.page(cx.t(title)).crumb("/reports", cx.t("reports")).crumb(format!("/reports/{id}"), of)
}

/// What stands in a text field now.
fn standing(version: &store::Version, key: &str) -> Words {
    let block = version.tree.sections.iter().flat_map(|section| &section.blocks).find(|block| block.field == key);
    match block.map(|block| &block.body) {
        Some(Body::Text { words }) => words.clone(),
        Some(Body::Items { items }) => {
            let join = |pick: fn(&Words) -> &str| items.iter().map(pick).collect::<Vec<_>>().join("\n");
            Words::new(join(|words| &words.ja), join(|words| &words.en))
        }
        _ => Words::default(),
    }
}

/// The texts of a report.
pub async fn texts(cx: Cx, Path(id): Path<ReportId>) -> Result<Page> {
    texts_page(&cx, &id, &[], &[]).await
}

async fn texts_page(cx: &Cx, id: &ReportId, sent: &[(String, String)], wrong: &[Field]) -> Result<Page> {
    let mut tx = cx.read().await?;
    let (report, version) = own(cx, &mut tx, id).await?;
    let year = version.tree.cycle.fiscal_year;
    let mut form = Form::post(format!("/reports/{id}/texts"), cx.t("reports-save"));
    for field in report.kind.texts() {
        let name = cx
            .tv(&format!("reports-field-{}", field.key), &[("year", fiscal_year_name(year, cx.lang)), ("next", fiscal_year_name(year + 1, cx.lang))]);
        let now = standing(&version, field.key);
        let hint = format!("reports-hint-{}", field.key);
        for (lang, text) in [("ja", now.ja), ("en", now.en)] {
            form = form.field(format!("{}.{lang}", field.key), format!("{name}（{}）", cx.t(&format!("reports-in-{lang}"))), Input::Area).value(text);
            if lang == "ja" && words().has(cx.lang, &hint) {
                form = form.hint(cx.tv(&hint, &[("year", fiscal_year_name(year, cx.lang))]));
            }
        }
    }
    let mut page = head(cx, id, &report, &version.tree, "reports-write").lead(cx.t("reports-write-lead"));
    if report.approved_version == Some(report.version) {
        page = page.note("warn", cx.t("reports-approval-lapses"));
    }
    page = page.form(form.wrong(cx.lang, sent, wrong));
    if report.kind == Kind::Annual {
        let names: BTreeMap<_, _> = register::store::organisations(&mut tx, &cx.scope("reports", Verb::Read)?)
            .await?
            .into_iter()
            .map(|one| (one.id.clone(), one.name(cx.lang).to_owned()))
            .collect();
        let nominated = store::nominations(&mut tx, &cx.scope("reports", Verb::Read)?, &report.cycle_id).await?;
        page = page.list(
            List::new("nominations", cx.t("reports-nominations"))
                .column(cx.t("reports-column-organisation"))
                .column(cx.t("reports-comment"))
                .column(cx.t("reports-written-by"))
                .empty(cx.t("reports-nominations-empty"))
                .bare()
                .rows(nominated.iter().map(|(id, one)| {
                    vec![Cell::text(names.get(id).cloned().unwrap_or_default()), Cell::text(&*one.body), Cell::text(&*one.written_by)]
                })),
        );
    }
    if !wrong.is_empty() {
        page.status = 422;
    }
    Ok(page)
}

/// Saves the texts that were changed, as a new version.
pub async fn texts_sent(cx: Cx, Path(id): Path<ReportId>, Sent(sent): Sent<Fields>) -> Result<Response> {
    let (report, version) = own(&cx, &mut cx.read().await?, &id).await?;
    let mut changed = BTreeMap::new();
    for field in report.kind.texts() {
        // Browsers send line ends as CR LF.
        let of = |lang: &str| value(&sent, &format!("{}.{lang}", field.key)).replace("\r\n", "\n");
        let there = sent.iter().any(|(name, _)| name.split_once('.').is_some_and(|(key, _)| key == field.key));
        let now = Words::new(of("ja"), of("en"));
        if there && now != standing(&version, field.key) {
            changed.insert(field.key.to_owned(), now);
        }
    }
    let mut work = cx.work().await?;
    match actions::write(&mut work, &id, &changed).await {
        Ok(()) => {
            work.commit().await?;
            Ok(Go::done(format!("/reports/{id}"), "reports-saved").into_response())
        }
        Err(Error::Invalid(wrong)) => {
            drop(work);
            Ok(texts_page(&cx, &id, &sent, &wrong).await?.into_response())
        }
        Err(error) => Err(error),
    }
}

/// Facts and incidents.
pub async fn facts(cx: Cx, Path(id): Path<ReportId>) -> Result<Page> {
    facts_page(&cx, &id, &[], &[]).await
}

async fn facts_page(cx: &Cx, id: &ReportId, sent: &[(String, String)], wrong: &[Field]) -> Result<Page> {
    let mut tx = cx.read().await?;
    let (report, version) = own(cx, &mut tx, id).await?;
    if report.kind != Kind::Organisation {
        return Err(Error::NotFound);
    }
    let known = store::facts(&mut tx, &report.cycle_id).await?.remove(&report.organisation_id).unwrap_or_default();
    let incidents = store::incidents(&mut tx, &report.cycle_id).await?.remove(&report.organisation_id).unwrap_or_default();
    let is_incident = sent.iter().any(|(name, _)| name == "class");
    let (to_facts, to_incident) = if is_incident { (&[][..], sent) } else { (sent, &[][..]) };
    let mut form = Form::post(format!("/reports/{id}/facts"), cx.t("reports-save")).heading(cx.t("reports-facts"));
    for key in FACTS {
        form = form
            .field(*key, cx.t(&format!("reports-fact-{key}")), Input::Line("number"))
            .value(known.get(*key).map(i64::to_string).unwrap_or_default());
    }
    if !is_incident {
        form = form.wrong(cx.lang, to_facts, wrong);
    }
    let options =
        |prefix: &str, keys: Vec<&str>| keys.into_iter().map(|key| (key.to_owned(), cx.t(&format!("reports-value-{prefix}-{key}")))).collect();
    let mut incident = Form::post(format!("/reports/{id}/incidents"), cx.t("reports-incident-save"))
        .heading(cx.t("reports-incident-heading"))
        .text("code", cx.t("reports-column-code"))
        .hint(cx.t("reports-incident-code-hint"))
        .required()
        .field("class", cx.t("reports-column-class"), Input::Select(options("class", Class::ALL.iter().map(|one| one.as_str()).collect())))
        .text("title_ja", cx.t("reports-incident-title-ja"))
        .required()
        .text("title_en", cx.t("reports-incident-title-en"))
        .field("detected_on", cx.t("reports-column-detected"), Input::Line("date"))
        .required()
        .field("responded_on", cx.t("reports-column-responded"), Input::Line("date"))
        .field("recovered_on", cx.t("reports-column-recovered"), Input::Line("date"))
        .field("affected", cx.t("reports-column-affected"), Input::Line("number"))
        .field("prevention_ja", cx.t("reports-incident-prevention-ja"), Input::Area)
        .field("prevention_en", cx.t("reports-incident-prevention-en"), Input::Area)
        .field(
            "prevention_state",
            cx.t("reports-column-state"),
            Input::Select(options("prevention", Prevention::ALL.iter().map(|one| one.as_str()).collect())),
        );
    if is_incident {
        incident = incident.wrong(cx.lang, to_incident, wrong);
    }
    let list = List::new("incidents", cx.t("reports-field-incident-list"))
        .column(cx.t("reports-column-code"))
        .column(cx.t("reports-column-class"))
        .column(cx.t("reports-column-incident"))
        .column(cx.t("reports-column-detected"))
        .column(cx.t("reports-column-recovered"))
        .column(cx.t("reports-column-prevention"))
        .column(cx.t("reports-column-state"))
        .empty(cx.t("reports-incidents-empty"))
        .rows(incidents.iter().map(|one| {
            vec![
                Cell::text(&*one.code),
                Cell::text(cx.t(&format!("reports-value-class-{}", one.class.as_str()))),
                Cell::text(one.title().get(cx.lang)),
                Cell::text(&*one.detected_on),
                Cell::text(&*one.recovered_on),
                Cell::text(one.prevention().get(cx.lang)),
                Cell::text(cx.t(&format!("reports-value-prevention-{}", one.prevention_state.as_str()))),
            ]
        }));
    let mut page = head(cx, id, &report, &version.tree, "reports-enter").lead(cx.t("reports-enter-lead"));
    if report.approved_version == Some(report.version) {
        page = page.note("warn", cx.t("reports-approval-lapses"));
    }
    page = page.form(form).list(list).form(incident);
    if !wrong.is_empty() {
        page.status = 422;
    }
    Ok(page)
}

async fn entered(cx: Cx, id: ReportId, sent: Fields, fill: impl FnOnce(&mut NewFacts) -> Result<()>) -> Result<Response> {
    let mut work = cx.work().await?;
    let (report, _) = own(&cx, &mut work.tx, &id).await?;
    let cycle = inspections::store::cycle(&mut work.tx, &crate::inspections::cycle::CycleId::from_text(&report.cycle_id)).await?;
    let organisation = register::store::organisation(&mut work.tx, &cx.scope("reports", Verb::Read)?, &report.organisation_id).await?;
    let mut new = NewFacts { cycle: cycle.code, organisation: organisation.code, ..NewFacts::default() };
    let done = match fill(&mut new) {
        Ok(()) => actions::enter(&mut work, &new).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => {
            work.commit().await?;
            Ok(Go::done(format!("/reports/{id}/facts"), "reports-entered").into_response())
        }
        Err(Error::Invalid(wrong)) => {
            drop(work);
            Ok(facts_page(&cx, &id, &sent, &wrong).await?.into_response())
        }
        Err(error) => Err(error),
    }
}

/// Enters counts. A field left empty stays as it is.
pub async fn facts_sent(cx: Cx, Path(id): Path<ReportId>, Sent(sent): Sent<Fields>) -> Result<Response> {
    let copy = sent.clone();
    entered(cx, id, sent, move |new| {
        let mut wrong = Vec::new();
        for key in FACTS {
            match value(&copy, key) {
                text if text.is_empty() => {}
                text => match text.parse() {
                    Ok(number) => drop(new.facts.insert((*key).to_owned(), number)),
                    Err(_) => wrong.push(Field { name: (*key).to_owned(), text: "reports-error-count", values: Vec::new() }),
                },
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(Error::Invalid(wrong)) }
    })
    .await
}

/// Enters an incident, or corrects the one with the same code.
pub async fn incident_sent(cx: Cx, Path(id): Path<ReportId>, Sent(sent): Sent<Fields>) -> Result<Response> {
    let copy = sent.clone();
    entered(cx, id, sent, move |new| {
        let get = |name: &str| value(&copy, name);
        let affected = match get("affected") {
            text if text.is_empty() => None,
            text => Some(text.parse().map_err(|_| Error::invalid("affected", "reports-error-count"))?),
        };
        new.incidents.push(Incident {
            code: get("code"),
            class: Class::parse(&get("class")).ok_or_else(|| Error::invalid("class", "error-not-a-choice"))?,
            title_ja: get("title_ja"),
            title_en: get("title_en"),
            detected_on: get("detected_on"),
            responded_on: get("responded_on"),
            recovered_on: get("recovered_on"),
            affected,
            prevention_ja: get("prevention_ja"),
            prevention_en: get("prevention_en"),
            prevention_state: Prevention::parse(&get("prevention_state")).ok_or_else(|| Error::invalid("prevention_state", "error-not-a-choice"))?,
        });
        Ok(())
    })
    .await
}
