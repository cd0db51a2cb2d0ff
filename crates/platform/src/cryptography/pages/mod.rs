//! Pages of the transition: how far it is, who uses what, the plan, and what was broken.

mod algorithm;
mod compromise;
mod exchange;
mod overview;
mod plan;
mod system;

pub use algorithm::{algorithm, algorithms};
pub use compromise::{compromise, compromise_new, compromise_new_sent, compromises};
pub use exchange::{export, import, import_sent};
pub use overview::overview;
pub use plan::{exception_sent, plan, rule, rule_sent, rule_withdraw_sent};
pub use system::{declare_sent, system, withdraw_sent};

use engine::crypto::{ALGORITHMS, Agility, Algorithm, Day, Kind, Line, Purpose, State};

use super::gather::Subject;
use crate::base::cx::Cx;
use crate::base::dates::show_day;
use crate::base::error::Field;
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::page::Page;

/// Where the area begins.
const HOME: &str = "/cryptography";

/// What a form sent.
type Fields = Vec<(String, String)>;

fn value(sent: &[(String, String)], name: &str) -> String {
    sent.iter().find(|(key, _)| key == name).map_or(String::new(), |(_, value)| value.trim().to_owned())
}

/// The page of a form again, with the status that says the input was wrong.
fn again(mut page: Page, wrong: &[Field]) -> Page {
    if !wrong.is_empty() {
        page.status = 422;
    }
    page
}

fn algorithm_href(one: Algorithm) -> String {
    format!("{HOME}/algorithms/{}", one.id)
}

fn algorithm_cell(cx: &Cx, one: Algorithm) -> Cell {
    Cell::link(algorithm_href(one), one.name(cx.lang))
}

fn purpose_name(cx: &Cx, one: Purpose) -> String {
    cx.t(&format!("cryptography-purpose-{}", one.as_str()))
}

fn kind_name(cx: &Cx, one: Kind) -> String {
    cx.t(&format!("cryptography-kind-{}", one.as_str()))
}

fn day_text(cx: &Cx, day: Option<Day>) -> String {
    day.map_or(String::new(), |day| show_day(&day.to_string(), cx.lang))
}

fn state_badge(cx: &Cx, state: State) -> Cell {
    let tone = match state {
        State::Broken | State::Overdue | State::Contradiction => Tone::Bad,
        State::Late | State::NoNewUse | State::Rigid | State::Unknown => Tone::Warn,
        State::Fine => Tone::Good,
    };
    Cell::Badge(tone, cx.t(&format!("cryptography-state-{}", state.as_str())))
}

fn agility_badge(cx: &Cx, agility: Agility) -> Cell {
    let tone = match agility {
        Agility::Rigid => Tone::Bad,
        Agility::Unknown => Tone::Warn,
        Agility::Exchangeable | Agility::Strong => Tone::Good,
        Agility::NotAsked => Tone::Plain,
    };
    Cell::Badge(tone, cx.t(&format!("cryptography-agility-{}", agility.as_str())))
}

/// A system with a link to its page; loose domains lead to the measurements of their organisation.
fn subject_cell(cx: &Cx, one: &Subject) -> Cell {
    let name = one.name(cx.lang, &cx.t("cryptography-loose")).to_owned();
    match &one.system {
        Some(system) => Cell::link(format!("{HOME}/systems/{}", system.id), name),
        None => Cell::link(format!("/measurements/organisations/{}", one.organisation.id), name),
    }
}

/// Where a line comes from: measured at which place, and what is declared.
fn evidence_cell(cx: &Cx, line: &Line) -> Cell {
    let mut parts: Vec<Cell> = line
        .measured
        .iter()
        .take(4)
        .map(|one| {
            let values = [
                ("place", cx.t(&format!("cryptography-place-{}", one.shown.place.as_str()))),
                ("host", one.shown.host.clone()),
                ("on", show_day(&one.on.to_string(), cx.lang)),
            ];
            Cell::text(cx.tv("cryptography-measured-at", &values))
        })
        .collect();
    if line.measured.len() > 4 {
        parts.push(Cell::text(cx.tv("cryptography-measured-more", &[("count", (line.measured.len() - 4).to_string())])));
    }
    if let Some(declared) = &line.declared {
        parts.push(Cell::text(match declared.gone_on {
            Some(day) => cx.tv("cryptography-declared-until", &[("on", show_day(&day.to_string(), cx.lang))]),
            None => cx.t("cryptography-declared-in-use"),
        }));
    }
    Cell::Many(parts)
}

/// The algorithms a form offers, kind by kind.
fn algorithm_choices(cx: &Cx, none: bool) -> Vec<(String, String)> {
    let all = ALGORITHMS.iter().map(|one| (one.id.to_owned(), format!("{} — {}", kind_name(cx, one.kind), one.name(cx.lang))));
    let first = none.then(|| (String::new(), "—".to_owned()));
    first.into_iter().chain(all).collect()
}

fn purpose_choices(cx: &Cx, every: bool) -> Vec<(String, String)> {
    let first = every.then(|| (String::new(), cx.t("cryptography-every-purpose")));
    first.into_iter().chain(Purpose::ALL.iter().map(|one| (one.as_str().to_owned(), purpose_name(cx, *one)))).collect()
}
