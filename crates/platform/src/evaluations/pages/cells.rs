//! Figures and facts in cells: a number never stands without what it counts.

use engine::evaluate::{Figures, TripleRow};
use engine::facts::{Claim, Finding, Verdict};
use engine::numbers::{Definition, Figure, definition};

use crate::base::cx::Cx;
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::list::List;

/// A figure in a table: value, and what it was counted from.
pub fn figure(cx: &Cx, figures: &Figures, id: &str) -> Cell {
    let Some(one) = figures.get(id) else { return Cell::figure("–", None) };
    let text = one.text(cx.lang);
    if one.shown_as_counts || one.denominator == 0 {
        return Cell::figure(text, one.value);
    }
    Cell::figure(format!("{text} ({}/{})", one.numerator, one.denominator), one.value)
}

/// The name of a registered figure.
pub fn name(cx: &Cx, id: &str) -> String {
    definition(id).map_or_else(|| id.to_owned(), |one| one.name(cx.lang).to_owned())
}

/// A table of figures with everything a reader needs to judge them.
pub fn figures(cx: &Cx, id: &'static str, caption: String, all: &[(&Definition, &Figure)]) -> List {
    let mut list = List::new(id, caption)
        .bare()
        .column(cx.t("evaluations-figure"))
        .column(cx.t("evaluations-value"))
        .column(cx.t("evaluations-counted"))
        .column(cx.t("evaluations-coverage"))
        .column(cx.t("evaluations-interval"));
    for (definition, one) in all {
        list.row(vec![
            Cell::text(definition.name(cx.lang)),
            Cell::figure(one.text(cx.lang), one.value),
            Cell::text(format!("{} / {}", one.numerator, one.denominator)),
            Cell::text(format!("{} ({}/{})", one.coverage.text(), one.coverage.known, one.coverage.all)),
            Cell::text(one.interval_text().unwrap_or_default()),
        ]);
    }
    list
}

/// What the figures of a page mean, in words.
pub fn definitions(cx: &Cx, ids: &[&str]) -> List {
    List::new("definitions", cx.t("evaluations-definitions"))
        .bare()
        .column(cx.t("evaluations-figure"))
        .column(cx.t("evaluations-formula"))
        .rows(ids.iter().filter_map(|id| definition(id)).map(|one| vec![Cell::text(one.name(cx.lang)), Cell::text(one.formula(cx.lang))]))
}

/// A claim.
pub fn claim(cx: &Cx, claim: Option<Claim>) -> Cell {
    let tone = match claim {
        Some(Claim::Implemented) => Tone::Good,
        Some(Claim::Partly) => Tone::Warn,
        Some(Claim::Not) => Tone::Bad,
        Some(Claim::NotApplicable) => Tone::Plain,
        None => return Cell::text(""),
    };
    Cell::Badge(tone, claim.map_or(String::new(), |claim| cx.t(&format!("evaluations-claim-{}", claim.as_str()))))
}

/// An auditor's verdict.
pub fn finding(cx: &Cx, finding: Option<Finding>) -> Cell {
    let tone = match finding {
        Some(Finding::Strength | Finding::Met) => Tone::Good,
        Some(Finding::Observation) => Tone::Plain,
        Some(Finding::Minor) => Tone::Warn,
        Some(Finding::Major) => Tone::Bad,
        None => return Cell::text(""),
    };
    Cell::Badge(tone, finding.map_or(String::new(), |finding| cx.t(&format!("evaluations-finding-{}", finding.as_str()))))
}

/// A measurement's verdict.
pub fn verdict(cx: &Cx, verdict: Option<Verdict>) -> Cell {
    let tone = match verdict {
        Some(Verdict::Met) => Tone::Good,
        Some(Verdict::NotMet) => Tone::Bad,
        Some(Verdict::CouldNotMeasure | Verdict::Stale) => Tone::Warn,
        Some(Verdict::NotApplicable) => Tone::Plain,
        None => return Cell::text(""),
    };
    Cell::Badge(tone, verdict.map_or(String::new(), |verdict| cx.t(&format!("evaluations-verdict-{}", verdict.as_str()))))
}

/// Where the facts disagree, in a few words.
pub fn disagreements(cx: &Cx, row: &TripleRow) -> Cell {
    let words = row.disagreements.iter().map(|one| cx.t(&format!("evaluations-disagreement-{}", one.as_str())));
    Cell::text(words.collect::<Vec<_>>().join(cx.lang.pick("、", ", ")))
}
