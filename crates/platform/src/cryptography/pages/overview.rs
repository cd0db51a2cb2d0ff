//! The overview: how far the transition is, and which systems stand worst.

use engine::crypto::{Purpose, State};
use engine::numbers::{CRYPTO_AGILITY_RATE, CRYPTO_LEFT_RATE, CRYPTO_TRANSITION_RATE};

use super::{HOME, agility_badge, algorithm_cell, day_text, purpose_name, state_badge, subject_cell};
use crate::base::actor::Verb;
use crate::base::cx::Cx;
use crate::base::error::Result;
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::cryptography::gather::{self, Transition};

/// The transition of everything within reach.
pub async fn overview(cx: Cx) -> Result<Page> {
    let scope = cx.scope("cryptography", Verb::Read)?;
    let whole = gather::transition(&mut cx.read().await?, &scope, cx.app.clock.now()).await?;
    let [through, agile] = whole.figures();
    let count = |state: State| whole.subjects.iter().filter(|one| one.standing.state == state).count() as i64;
    let mut facts = vec![
        (CRYPTO_TRANSITION_RATE.name(cx.lang).to_owned(), Cell::text(through.text(cx.lang))),
        (cx.t("cryptography-coverage"), coverage(&cx, &through)),
        (CRYPTO_AGILITY_RATE.name(cx.lang).to_owned(), Cell::text(agile.text(cx.lang))),
        (cx.t("cryptography-agility-coverage"), coverage(&cx, &agile)),
    ];
    facts.extend(
        State::ALL
            .iter()
            .filter(|state| count(**state) > 0)
            .map(|state| (cx.t(&format!("cryptography-state-{}", state.as_str())), Cell::int(count(*state)))),
    );
    let mut links = vec![
        (format!("{HOME}/plan"), cx.t("cryptography-plan")),
        (format!("{HOME}/compromises"), cx.t("cryptography-compromises")),
        (format!("{HOME}/algorithms"), cx.t("cryptography-algorithms")),
        (format!("{HOME}/export?format=csv"), cx.t("cryptography-export-csv")),
        (format!("{HOME}/export?format=xlsx"), cx.t("cryptography-export-xlsx")),
    ];
    if cx.actor.may("cryptography", Verb::Write) {
        links.push((format!("{HOME}/import"), cx.t("cryptography-import")));
    }
    let mut page = cx.page(cx.t("cryptography-title")).lead(cx.t("cryptography-lead"));
    for one in whole.compromises.iter().take(3) {
        let values = [
            ("algorithm", one.algorithm.name(cx.lang).to_owned()),
            ("on", day_text(&cx, Some(one.known_on))),
            ("words", one.words(cx.lang).to_owned()),
        ];
        page = page.note("bad", cx.tv("cryptography-broken-note", &values));
    }
    page = page.facts(facts).text(CRYPTO_TRANSITION_RATE.formula(cx.lang)).links(links);
    Ok(page.list(progress(&cx, &whole)).list(matrix(&cx, &whole)))
}

fn coverage(cx: &Cx, figure: &engine::numbers::Figure) -> Cell {
    let values = [("share", figure.coverage.text()), ("known", figure.coverage.known.to_string()), ("all", figure.coverage.all.to_string())];
    Cell::text(cx.tv("cryptography-coverage-text", &values))
}

/// The plan, line by line, with how far it is.
pub(super) fn progress(cx: &Cx, whole: &Transition) -> List {
    List::new("progress", cx.t("cryptography-progress"))
        .column(cx.t("cryptography-algorithm"))
        .column(cx.t("cryptography-purpose"))
        .column(cx.t("cryptography-no-new-from"))
        .column(cx.t("cryptography-gone-by"))
        .column(cx.t("cryptography-successor"))
        .column(CRYPTO_LEFT_RATE.name(cx.lang))
        .column(cx.t("cryptography-coverage"))
        .column(cx.t("cryptography-still-using"))
        .empty(cx.t("cryptography-plan-empty"))
        .rows(whole.progress().into_iter().map(|(rule, figure)| {
            let overdue = rule.gone_by.is_some_and(|day| day < whole.today);
            let using = figure.denominator.saturating_sub(figure.numerator);
            vec![
                Cell::link(format!("{HOME}/plan/{}", rule.id), rule.algorithm.name(cx.lang)),
                Cell::text(rule.purpose.map_or_else(|| cx.t("cryptography-every-purpose"), |one: Purpose| purpose_name(cx, one))),
                Cell::text(day_text(cx, rule.no_new_from)),
                match (overdue && using > 0, day_text(cx, rule.gone_by)) {
                    (true, text) => Cell::Badge(Tone::Bad, text),
                    (false, text) => Cell::text(text),
                },
                rule.successor.map_or_else(|| Cell::text(""), |one| algorithm_cell(cx, one)),
                Cell::figure(figure.text(cx.lang), figure.value),
                Cell::figure(figure.coverage.text(), Some(figure.coverage.known as f64 / figure.coverage.all.max(1) as f64)),
                Cell::int(using as i64),
            ]
        }))
}

/// Every system with its state, those that stand worst first.
fn matrix(cx: &Cx, whole: &Transition) -> List {
    List::new("systems", cx.t("cryptography-systems"))
        .column(cx.t("cryptography-system"))
        .choice(cx.t("cryptography-organisation"))
        .choice(cx.t("cryptography-state"))
        .column(cx.t("cryptography-worst"))
        .column(cx.t("cryptography-gone-by"))
        .choice(cx.t("cryptography-agility"))
        .column(cx.t("cryptography-measured"))
        .column(cx.t("cryptography-declared"))
        .empty(cx.t("cryptography-systems-empty"))
        .rows(whole.subjects.iter().map(|one| {
            let worst = one.standing.lines.first().filter(|line| line.state != State::Fine);
            let measured = one.standing.lines.iter().filter(|line| !line.measured.is_empty()).count() as i64;
            let declared = one.standing.lines.iter().filter(|line| line.declared.is_some()).count() as i64;
            vec![
                subject_cell(cx, one),
                Cell::text(one.organisation.name(cx.lang)),
                state_badge(cx, one.standing.state),
                worst.map_or_else(|| Cell::text(""), |line| algorithm_cell(cx, line.algorithm)),
                Cell::text(worst.map_or(String::new(), |line| day_text(cx, line.gone_by))),
                agility_badge(cx, one.standing.agility),
                Cell::int(measured),
                Cell::int(declared),
            ]
        }))
}
