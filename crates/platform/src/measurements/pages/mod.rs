//! Pages of the measurements: one action and one rendering each.

mod compare;
mod import;
mod observation;
mod overview;
mod run;
mod settings;
mod strip;
mod target;
mod unmet;

use askama::Template;
use engine::facts::{Check, Verdict};
use engine::numbers::Figure;

pub use compare::{compare, observations};
pub(super) use import::problems;
pub use import::{import, import_sent};
pub use observation::observation;
pub use overview::overview;
pub use run::{cancel_sent, rejudge_sent, run, run_sent, runs};
pub use settings::{settings, settings_sent};
pub use target::{organisation, target};

use super::run::State;
use crate::base::cx::Cx;
use crate::base::dates::{date, parse_stamp};
use crate::base::error::Result;
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::page::{Block, Page};

/// Where the area begins.
const HOME: &str = "/measurements";

/// Text that must keep its lines: a record to publish, a command, raw evidence.
#[derive(Template)]
#[template(path = "measurements/pages/lines.html")]
struct Lines<'a> {
    label: &'a str,
    text: &'a str,
}

/// Adds a labelled text that keeps its lines.
fn lines(page: Page, label: &str, text: &str) -> Result<Page> {
    Ok(page.with(Block::Html(Lines { label, text }.render()?)))
}

/// The coverage of a figure: a share, and the counts behind it.
pub(super) fn coverage(cx: &Cx, figure: &Figure) -> Cell {
    let counts = [("share", figure.coverage.text()), ("known", figure.coverage.known.to_string()), ("all", figure.coverage.all.to_string())];
    Cell::text(cx.tv("measurements-coverage-text", &counts))
}

/// Since which day something stands as it does, and for how many days.
fn since_cell(cx: &Cx, since: Option<&String>) -> Cell {
    let Some(since) = since.and_then(|since| parse_stamp(since)) else { return Cell::text("") };
    let days = cx.app.clock.now().duration_since(since).as_hours() / 24;
    Cell::text(cx.tv("measurements-since-text", &[("day", date(since).to_string()), ("days", days.to_string())]))
}

fn check_name(cx: &Cx, check: Check) -> String {
    cx.t(&format!("measurements-check-{}", check.as_str()))
}

fn verdict_name(cx: &Cx, verdict: Verdict) -> String {
    cx.t(&format!("measurements-verdict-{}", verdict.as_str()))
}

fn badge(cx: &Cx, verdict: Verdict) -> Cell {
    let tone = match verdict {
        Verdict::Met => Tone::Good,
        Verdict::NotMet => Tone::Bad,
        Verdict::CouldNotMeasure | Verdict::Stale => Tone::Warn,
        Verdict::NotApplicable => Tone::Plain,
    };
    Cell::Badge(tone, verdict_name(cx, verdict))
}

fn state_badge(cx: &Cx, state: State) -> Cell {
    let tone = match state {
        State::Done => Tone::Good,
        State::Failed => Tone::Bad,
        State::Waiting | State::Running => Tone::Warn,
        State::Cancelled => Tone::Plain,
    };
    Cell::Badge(tone, cx.t(&format!("job-{}", state.as_str())))
}

/// The value of a field as it was sent.
fn value<'a>(sent: &'a [(String, String)], name: &str) -> &'a str {
    sent.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
}

/// All values of a field as they were sent.
fn values(sent: &[(String, String)], name: &str) -> Vec<String> {
    sent.iter().filter(|(key, value)| key == name && !value.trim().is_empty()).map(|(_, value)| value.trim().to_owned()).collect()
}
