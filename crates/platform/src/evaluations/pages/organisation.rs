//! One organisation: its figures beside the spread of all, and every requirement with what is claimed, found and measured.

use axum::extract::Path;
use engine::compare::Comparison;
use engine::evaluate::OrganisationResult;
use engine::grade::Grade;
use engine::numbers::{Figure, decimal, definition};

use super::overview::SHOWN;
use super::{Seen, cells, changes, seen, systems};
use crate::base::actor::{OrganisationId, Verb};
use crate::base::cx::Cx;
use crate::base::error::{Error, Result};
use crate::base::settings;
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::list::List;
use crate::base::view::page::{Block, Page};
use crate::evaluations::actions::{PEERS, PeersPolicy};
use crate::evaluations::view::triples_of;
use crate::inspections::cycle::CycleId;

/// One organisation in one cycle.
pub async fn organisation(cx: Cx, Path((id, organisation)): Path<(CycleId, OrganisationId)>) -> Result<Page> {
    let mut tx = cx.read().await?;
    let seen = seen(&cx, &mut tx, &id).await?;
    let one = seen.own.values().find(|one| one.id == organisation).ok_or(Error::NotFound)?;
    let result = seen.evaluation.organisations.get(one.code.as_str()).ok_or(Error::NotFound)?;
    let place = seen.centre || settings::get(&mut tx, PEERS, PeersPolicy::default()).await?.own_place;
    let systems = systems(&mut tx, &cx.scope("evaluations", Verb::Read)?).await?;

    let mut page = seen.page(&cx, one.name(cx.lang).to_owned()).lead(cx.t("evaluations-organisation-lead"));
    let flag = seen.evaluation.over_claims.flags.iter().find(|flag| flag.organisation.as_str() == one.code);
    if let Some(flag) = flag {
        page = page.note("bad", flag.reason.get(cx.lang));
    }
    for note in seen.evaluation.improbable.iter().filter(|note| note.organisation.as_str() == one.code) {
        page = page.note("warn", note.note.get(cx.lang));
    }
    page = page.list(figures(&cx, &seen, &one.code, result, place));
    if cx.actor.may("improvements", Verb::Manage) {
        page = page.form(
            crate::base::view::form::Form::post("/improvements/draft", cx.t("evaluations-draft"))
                .hidden("cycle", seen.cycle.id.as_str())
                .hidden("organisation", &*one.code),
        );
    }

    let mut list = List::new("requirements", cx.t("evaluations-triples"))
        .column(cx.t("evaluations-requirement"))
        .column(cx.t("evaluations-scope"))
        .choice(cx.t("evaluations-claim"))
        .choice(cx.t("evaluations-finding"))
        .choice(cx.t("evaluations-verdict"))
        .choice(cx.t("evaluations-disagreements"));
    for row in triples_of(&seen.evaluation, &one.code) {
        let requirement = row.triple.requirement.as_str();
        let words = format!("{requirement} {}", seen.title(&cx, requirement));
        let part = row.triple.scope.0.as_ref().map(|id| systems.get(id.as_str()).map_or(id.to_string(), |own| own.name(cx.lang).to_owned()));
        list.row(vec![
            seen.triple_at(&one.code, requirement).map_or_else(|| Cell::text(words.clone()), |at| Cell::link(at, words.clone())),
            Cell::text(part.unwrap_or_else(|| cx.t("evaluations-whole"))),
            cells::claim(&cx, row.triple.claim),
            cells::finding(&cx, row.triple.finding),
            cells::verdict(&cx, row.triple.verdict),
            cells::disagreements(&cx, row),
        ]);
    }
    page = page.list(list).list(roles(&cx, result));
    if !result.grades.is_empty() {
        page = page.list(grades(&cx, &seen, result));
    }
    let ids: Vec<&str> = result.figures.keys().map(String::as_str).collect();
    Ok(page.with(Block::FoldBegin(cx.t("evaluations-definitions"))).list(cells::definitions(&cx, &ids)).with(Block::FoldEnd))
}

/// Where `value` stands among all: 1 is the highest; ties share it.
fn place_of(seen: &Seen, id: &str, value: f64) -> (usize, usize) {
    let known: Vec<f64> = seen.evaluation.organisations.values().filter_map(|one| one.figures.get(id)?.value).collect();
    (known.iter().filter(|other| **other > value).count() + 1, known.len())
}

fn figures(cx: &Cx, seen: &Seen, code: &str, result: &OrganisationResult, place: bool) -> List {
    let mut list = List::new("figures", cx.t("evaluations-all-figures"))
        .bare()
        .column(cx.t("evaluations-figure"))
        .column(cx.t("evaluations-value"))
        .column(cx.t("evaluations-counted"))
        .column(cx.t("evaluations-coverage"))
        .column(cx.t("evaluations-interval"))
        .column(cx.t("evaluations-median"))
        .column(cx.t("evaluations-quartiles"))
        .column(cx.t("evaluations-since"));
    if place {
        list = list.column(cx.t("evaluations-place-among"));
    }
    let differences = seen.evaluation.differences.get(code);
    let compared = |id: &str| SHOWN.iter().any(|one| one.id == id);
    let rest = result.figures.keys().map(String::as_str).filter(|id| !compared(id));
    for id in SHOWN.iter().map(|one| one.id).chain(rest) {
        let (Some(definition), Some(figure)) = (definition(id), result.figures.get(id)) else { continue };
        let spread = seen.evaluation.comparisons.get(id).and_then(|one: &Comparison| one.spread);
        let percent = |value: f64| format!("{} %", decimal(value * 100.0, 1));
        let mut row = vec![
            Cell::text(definition.name(cx.lang)),
            Cell::figure(figure.text(cx.lang), figure.value),
            Cell::text(format!("{} / {}", figure.numerator, figure.denominator)),
            Cell::text(format!("{} ({}/{})", figure.coverage.text(), figure.coverage.known, figure.coverage.all)),
            Cell::text(figure.interval_text().unwrap_or_default()),
            Cell::text(spread.map_or(String::new(), |spread| percent(spread.median))),
            Cell::text(spread.map_or(String::new(), |spread| format!("{}–{}", percent(spread.q1), percent(spread.q3)))),
            if compared(id) { changes::difference(cx, differences.and_then(|own| own.get(id)).copied()) } else { Cell::text("") },
        ];
        if place {
            let shown = |figure: &Figure| spread.and(figure.value).map(|value| place_of(seen, id, value));
            row.push(Cell::text(shown(figure).map_or(String::new(), |(at, of)| format!("{at} / {of}"))));
        }
        list.row(row);
    }
    list
}

fn roles(cx: &Cx, result: &OrganisationResult) -> List {
    const FIGURES: [&str; 3] = ["reach-rate", "implementation-rate", "attainment-rate"];
    let mut list = List::new("roles", cx.t("evaluations-roles")).bare().column(cx.t("evaluations-role"));
    for id in FIGURES {
        list = list.column(cells::name(cx, id));
    }
    for (role, figures) in &result.roles {
        let mut row = vec![Cell::text(cx.t(&format!("evaluations-role-{}", role.as_str())))];
        row.extend(FIGURES.iter().map(|id| cells::figure(cx, figures, id)));
        list.row(row);
    }
    list
}

fn grades(cx: &Cx, seen: &Seen, result: &OrganisationResult) -> List {
    let mut list = List::new("grades", cx.t("evaluations-grades"))
        .bare()
        .column(cx.t("evaluations-class"))
        .column(cx.t("evaluations-requirement"))
        .column(cx.t("evaluations-value"))
        .column(cx.t("evaluations-counted"))
        .column(cx.t("evaluations-grade"));
    for row in &result.grades {
        list.row(vec![
            Cell::text(cx.t(&format!("evaluations-class-{}", row.class))),
            Cell::text(format!("{} {}", row.item, seen.title(cx, &row.item))),
            Cell::figure(row.rate.text(cx.lang), row.rate.value),
            Cell::text(format!("{} / {}", row.rate.numerator, row.rate.denominator)),
            row.grade.as_ref().map_or_else(|| Cell::text(""), |grade| Cell::Badge(Tone::Plain, grade_text(grade))),
        ]);
    }
    list
}

fn grade_text(grade: &Grade) -> String {
    match grade {
        Grade::Letter(letter) => letter.clone(),
        Grade::NotApplicable => String::new(),
    }
}
