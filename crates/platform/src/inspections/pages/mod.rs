//! Pages of the inspections: one action and one rendering each.

pub mod answer;
pub mod audit;
pub mod cycle;
pub mod cycles;
pub mod item;
pub mod organisation;
pub mod priority;
pub mod reminders;
pub mod respondents;

use std::collections::BTreeMap;

use engine::numbers::Figure;
use formats::chart::{Bar, Bars, Chart, Head, Palette, Unit};
use formats::problem::Problem;

use super::cycle::{Cycle, CycleId, State};
use super::rates::Counted;
use super::store;
use crate::base::actor::{OrganisationId, Scope, Verb};
use crate::base::cx::Cx;
use crate::base::db::Tx;
use crate::base::error::{Error, Result};
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::register::organisation::Organisation;

/// Where the list of cycles is.
pub const CYCLES: &str = "/inspections/cycles";

/// The address of a cycle.
pub fn path(id: &CycleId) -> String {
    format!("{CYCLES}/{id}")
}

/// The engine's name of the language.
pub fn tongue(cx: &Cx) -> engine::words::Lang {
    cx.lang.pick(engine::words::Lang::Ja, engine::words::Lang::En)
}

/// A cycle that the actor may know of, and their reach: a draft is known to those who run cycles, any other to those who see
/// an organisation that takes part.
pub async fn seen(cx: &Cx, tx: &mut Tx, id: &CycleId) -> Result<(Cycle, Scope)> {
    let scope = cx.scope("inspections", Verb::Read)?;
    let cycle = store::cycle(tx, id).await?;
    let runs = cx.actor.may("inspections", Verb::Manage);
    if !runs && (cycle.state == State::Draft || store::participants_within(tx, &scope, id).await?.is_empty()) {
        return Err(Error::NotFound);
    }
    Ok((cycle, scope))
}

/// A page below a cycle, with the way there and the mark of urgency.
pub fn below(cx: &Cx, cycle: &Cycle, title: impl Into<String>) -> Page {
    urgent(cx, cycle, cx.page(title).crumb(CYCLES, cx.t("inspections-cycles")).crumb(path(&cycle.id), cycle.name(cx.lang)))
}

/// Marks what belongs to an urgent inspection.
pub fn urgent(cx: &Cx, cycle: &Cycle, page: Page) -> Page {
    if cycle.is_urgent() { page.note("warn", cx.tv("inspections-urgent-note", &[("reason", cycle.urgent_reason.clone())])) } else { page }
}

/// The organisations within reach that take part, in the order of the tree.
pub async fn organisations(tx: &mut Tx, scope: &Scope, id: &CycleId) -> Result<Vec<Organisation>> {
    let part: std::collections::BTreeSet<OrganisationId> =
        store::participants_within(tx, scope, id).await?.into_iter().map(|one| one.organisation_id).collect();
    Ok(crate::register::store::organisations(tx, scope).await?.into_iter().filter(|one| part.contains(&one.id)).collect())
}

/// The titles of what a cycle asks, by requirement.
pub async fn titles(cx: &Cx, tx: &mut Tx, cycle: &Cycle) -> Result<BTreeMap<crate::standards::requirement::RequirementId, String>> {
    Ok(crate::standards::store::requirements(tx, &cycle.edition_id)
        .await?
        .into_iter()
        .map(|one| (one.id.clone(), one.title(cx.lang).to_owned()))
        .collect())
}

/// The names of systems within reach.
pub async fn system_names(cx: &Cx, tx: &mut Tx, scope: &Scope) -> Result<BTreeMap<crate::register::system::SystemId, String>> {
    Ok(crate::register::store::systems(tx, scope).await?.into_iter().map(|one| (one.id.clone(), one.name(cx.lang).to_owned())).collect())
}

/// The state of a cycle.
pub fn state(cx: &Cx, cycle: &Cycle) -> Cell {
    let tone = match cycle.state {
        State::Draft => Tone::Plain,
        State::Announced | State::Closed => Tone::Warn,
        State::Open | State::Evaluated | State::Published => Tone::Good,
    };
    Cell::Badge(tone, cx.t(&format!("inspections-state-{}", cycle.state.as_str())))
}

/// A claim.
pub fn claim(cx: &Cx, claim: engine::facts::Claim) -> Cell {
    use engine::facts::Claim;
    let tone = match claim {
        Claim::Implemented => Tone::Good,
        Claim::Partly => Tone::Warn,
        Claim::Not => Tone::Bad,
        Claim::NotApplicable => Tone::Plain,
    };
    Cell::Badge(tone, super::sheets::answers::words(claim, cx.lang))
}

/// An auditor's verdict.
pub fn verdict(cx: &Cx, verdict: engine::facts::Finding) -> Cell {
    use engine::facts::Finding;
    let tone = match verdict {
        Finding::Strength | Finding::Met => Tone::Good,
        Finding::Observation => Tone::Plain,
        Finding::Minor => Tone::Warn,
        Finding::Major => Tone::Bad,
    };
    Cell::Badge(tone, cx.t(&format!("inspections-verdict-{}", verdict.as_str())))
}

/// A figure as its definition writes it.
pub fn figure(cx: &Cx, figure: &Figure) -> Cell {
    Cell::figure(figure.text(tongue(cx)), figure.value)
}

/// The cells of a group: people asked and answered, then the three rates.
pub fn counted(cx: &Cx, one: &Counted) -> Vec<Cell> {
    vec![
        Cell::int(one.people.asked as i64),
        Cell::int(one.people.answered as i64),
        figure(cx, &one.reach()),
        figure(cx, &one.implementation()),
        figure(cx, &one.attainment()),
    ]
}

/// A list with the columns of [`counted`] after the first.
pub fn rate_list(cx: &Cx, id: &'static str, caption: &str, first: &str) -> List {
    List::new(id, cx.t(caption))
        .column(cx.t(first))
        .column(cx.t("inspections-asked"))
        .column(cx.t("inspections-answered"))
        .column(cx.t("inspections-reach"))
        .column(cx.t("inspections-implementation"))
        .column(cx.t("inspections-attainment"))
}

/// Bars of shares: label, figure.
pub fn bars(cx: &Cx, page: Page, id: &str, caption: &str, rows: &[(String, Figure)]) -> Page {
    // A group too small for a rate is in the table with its counts; a bar would say "not measured", which is not so.
    let rows: Vec<&(String, Figure)> = rows.iter().filter(|(_, figure)| figure.value.is_some()).collect();
    if rows.is_empty() {
        return page;
    }
    let bars = Bars {
        head: Head { title: cx.t(caption), description: cx.t("inspections-chart-hint"), lang: cx.lang },
        unit: Unit::new(" %", 1),
        bars: rows
            .iter()
            .map(|(label, figure)| Bar {
                label: label.clone(),
                value: figure.value.map(|value| value * 100.0),
                note: format!("{}/{}", figure.numerator, figure.denominator),
                ..Bar::default()
            })
            .collect(),
        bounds: Some((0.0, 100.0)),
        ..Bars::default()
    };
    page.chart(cx.t(caption), bars.svg(id, Palette::Css), bars.data_table())
}

/// Problems of a file with place and remedy.
pub fn problems(cx: &Cx, problems: &[Problem]) -> List {
    List::new("problems", cx.t("inspections-problems"))
        .column(cx.t("inspections-problem-code"))
        .choice(cx.t("inspections-problem-severity"))
        .column(cx.t("inspections-problem-what"))
        .column(cx.t("inspections-problem-remedy"))
        .rows(problems.iter().take(2_000).map(|one| {
            let (tone, key) = if one.is_error() { (Tone::Bad, "inspections-problem-error") } else { (Tone::Warn, "inspections-problem-note") };
            vec![Cell::text(&*one.code), Cell::Badge(tone, cx.t(key)), Cell::text(one.message(cx.lang)), Cell::text(one.remedy(cx.lang))]
        }))
}
