//! The priority inspection of a cycle: units held and done, rate and grade; entered by form or by sheet.

use std::collections::BTreeMap;

use axum::Form as Sent;
use axum::extract::Path;
use axum::extract::multipart::Multipart;
use axum::response::{IntoResponse, Response};
use engine::grade::Grade;

use super::cycle::XLSX;
use super::organisation::{examined, modes};
use super::{below, figure, path, seen};
use crate::base::actor::{OrganisationId, Verb};
use crate::base::cx::Cx;
use crate::base::error::{Error, Field, Result};
use crate::base::upload;
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::form::{Form, Input};
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::base::view::respond::{File, Go};
use crate::inspections::actions;
use crate::inspections::cycle::{CycleId, State};
use crate::inspections::priority::{CLASSES, NewUnit};
use crate::inspections::store;
use crate::standards::requirement::RequirementId;

/// A grade as a cell.
fn grade(cx: &Cx, unit: &crate::inspections::priority::PriorityUnit, rule: &engine::grade::GradeRule) -> Cell {
    match unit.grade(rule) {
        Ok(Grade::Letter(letter)) => {
            let tone = if unit.done == unit.held { Tone::Good } else { Tone::Warn };
            Cell::Badge(tone, letter)
        }
        Ok(Grade::NotApplicable) => Cell::text(cx.t("inspections-nothing-held")),
        Err(_) => Cell::Badge(Tone::Bad, cx.t("inspections-no-grade")),
    }
}

/// The priority inspection.
pub async fn priority(cx: Cx, Path(id): Path<CycleId>) -> Result<Page> {
    page(&cx, &id, &[], &[]).await
}

async fn page(cx: &Cx, id: &CycleId, sent: &[(String, String)], wrong: &[Field]) -> Result<Page> {
    let mut tx = cx.read().await?;
    let (cycle, scope) = seen(cx, &mut tx, id).await?;
    let units = store::priority_units_within(&mut tx, &scope, id).await?;
    let organisations = super::organisations(&mut tx, &scope, id).await?;
    let names: BTreeMap<_, _> = organisations.iter().map(|one| (one.id.clone(), one.name(cx.lang).to_owned())).collect();
    let items: Vec<_> = store::items(&mut tx, id).await?.into_iter().filter(|item| item.priority_inspected).collect();
    let codes: BTreeMap<_, _> = items.iter().map(|item| (item.requirement_id.clone(), item.code.clone())).collect();
    let titles = super::titles(cx, &mut tx, &cycle).await?;
    let class = |class: engine::facts::AppliesTo| cx.t(&format!("inspections-applies-{}", class.as_str()));
    let mut totals = List::new("classes", cx.t("inspections-priority-classes"))
        .bare()
        .column(cx.t("inspections-class"))
        .column(cx.t("inspections-units-held"))
        .column(cx.t("inspections-units-done"))
        .column(cx.t("inspections-priority-rate"));
    for one in CLASSES {
        let (held, done) = units.iter().filter(|unit| unit.class == one).fold((0, 0), |(held, done), unit| (held + unit.held, done + unit.done));
        totals.row(vec![Cell::text(class(one)), Cell::int(held as i64), Cell::int(done as i64), figure(cx, &engine::grade::rate(done, held, held))]);
    }
    let list = List::new("units", cx.t("inspections-units"))
        .choice(cx.t("inspections-organisation"))
        .choice(cx.t("inspections-class"))
        .column(cx.t("inspections-item"))
        .column(cx.t("inspections-title"))
        .column(cx.t("inspections-units-held"))
        .column(cx.t("inspections-units-done"))
        .column(cx.t("inspections-priority-rate"))
        .choice(cx.t("inspections-grade"))
        .column(cx.t("inspections-note"))
        .empty(cx.t("inspections-units-empty"))
        .rows(units.iter().map(|unit| {
            vec![
                Cell::text(names.get(&unit.organisation_id).cloned().unwrap_or_default()),
                Cell::text(class(unit.class)),
                Cell::link(format!("{}/items/{}", path(id), unit.requirement_id), codes.get(&unit.requirement_id).cloned().unwrap_or_default()),
                Cell::text(titles.get(&unit.requirement_id).cloned().unwrap_or_default()),
                Cell::int(unit.held as i64),
                Cell::int(unit.done as i64),
                figure(cx, &unit.rate()),
                grade(cx, unit, &cycle.grade_rule),
                Cell::text(&*unit.note),
            ]
        }));
    let steps = cycle.grade_rule.steps.iter().map(|step| format!("{} ≥ {} %", step.letter, step.at_least * 100.0)).collect::<Vec<_>>().join("、");
    let mut page = below(cx, &cycle, cx.t("inspections-priority"))
        .lead(cx.t("inspections-priority-lead"))
        .facts(vec![(cx.t("inspections-grade-rule"), Cell::text(steps))])
        .list(totals)
        .list(list);
    let enters = cx.actor.may("inspections", Verb::Write) || cx.actor.may("inspections", Verb::Manage);
    if enters {
        page = page.links(vec![(format!("{}/priority/sheet", path(id)), cx.t("inspections-sheet-download"))]);
    }
    if enters && cycle.state == State::Open {
        let options = organisations.iter().map(|one| (one.id.to_string(), one.name(cx.lang).to_owned())).collect();
        let asked = items
            .iter()
            .map(|item| {
                let title = titles.get(&item.requirement_id).map_or("", String::as_str);
                (item.requirement_id.to_string(), format!("{} {title} ({})", item.code, class(item.applies_to)))
            })
            .collect();
        page = page
            .form(
                Form::post(format!("{}/priority", path(id)), cx.t("inspections-units-record"))
                    .heading(cx.t("inspections-units-heading"))
                    .field("organisation", cx.t("inspections-organisation"), Input::Select(options))
                    .field("requirement", cx.t("inspections-item"), Input::Select(asked))
                    .field("held", cx.t("inspections-units-held"), Input::Line("number"))
                    .required()
                    .field("done", cx.t("inspections-units-done"), Input::Line("number"))
                    .required()
                    .text("note", cx.t("inspections-note"))
                    .wrong(cx.lang, sent, wrong),
            )
            .form(
                Form::post(format!("{}/priority/sheet", path(id)), cx.t("inspections-import"))
                    .heading(cx.t("inspections-sheet-upload"))
                    .field("file", cx.t("inspections-file"), Input::File(".xlsx,.csv"))
                    .required()
                    .field("mode", cx.t("inspections-import-mode"), Input::Radio(modes(cx)))
                    .value("examine"),
            );
    }
    if !wrong.is_empty() {
        page.status = 422;
    }
    Ok(page)
}

/// Records one line.
pub async fn priority_sent(cx: Cx, Path(id): Path<CycleId>, Sent(sent): Sent<Vec<(String, String)>>) -> Result<Response> {
    let value = |name: &str| sent.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim());
    let mut wrong = Vec::new();
    let mut count = |name: &str| {
        value(name).parse::<u64>().unwrap_or_else(|_| {
            wrong.push(Field { name: name.to_owned(), text: "error-not-a-number", values: Vec::new() });
            0
        })
    };
    let (held, done) = (count("held"), count("done"));
    let mut work = cx.work().await?;
    let requirement = RequirementId::from_text(value("requirement"));
    let class = store::items(&mut work.tx, &id).await?.into_iter().find(|item| item.requirement_id == requirement).map(|item| item.applies_to);
    let outcome = match class {
        _ if !wrong.is_empty() => Err(Error::Invalid(wrong)),
        None => Err(Error::invalid("requirement", "error-not-a-choice")),
        Some(class) => {
            let organisation_id = OrganisationId::from_text(value("organisation"));
            let unit = NewUnit { organisation_id, requirement_id: requirement, class, held, done, note: value("note").to_owned() };
            actions::record_units(&mut work, &id, &[unit]).await
        }
    };
    match outcome {
        Ok(_) => {
            work.commit().await?;
            Ok(Go::done(format!("{}/priority", path(&id)), "inspections-units-recorded").into_response())
        }
        Err(Error::Invalid(wrong)) => {
            drop(work);
            let wrong: Vec<Field> = wrong.into_iter().map(|field| Field { name: field.name.trim_start_matches("0.").to_owned(), ..field }).collect();
            Ok(page(&cx, &id, &sent, &wrong).await?.into_response())
        }
        Err(error) => Err(error),
    }
}

/// The sheet, out.
pub async fn sheet(cx: Cx, Path(id): Path<CycleId>) -> Result<File> {
    let mut work = cx.work().await?;
    seen(&cx, &mut work.tx, &id).await?;
    let bytes = actions::export_units(&mut work, &id, cx.lang).await?;
    Ok(File { name: "priority-inspection.xlsx".to_owned(), kind: XLSX, bytes, inline: false })
}

/// The sheet, in.
pub async fn sheet_sent(cx: Cx, Path(id): Path<CycleId>, form: Multipart) -> Result<Response> {
    let sent = upload::read(form, upload::LIMIT).await?;
    let (name, bytes) = sent.needed_file("file")?;
    let mut work = cx.work().await?;
    let (cycle, _) = seen(&cx, &mut work.tx, &id).await?;
    let import = actions::import_units(&mut work, &id, bytes, name).await?;
    let here = format!("{}/priority", path(&id));
    if import.taken.is_some() && sent.text("mode") == "import" {
        work.commit().await?;
        return Ok(Go::done(here, "inspections-imported").into_response());
    }
    drop(work);
    let values = import.taken.map(|one| [("added", one.added), ("changed", one.changed), ("same", one.same)]);
    Ok(examined(&cx, below(&cx, &cycle, cx.t("inspections-import-result")), values, &import.problems, here).into_response())
}
