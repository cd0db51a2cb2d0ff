//! The vocabulary, and who uses one algorithm: measured where, declared by whom.

use axum::extract::Path;
use engine::crypto::{ALGORITHMS, Algorithm};

use super::{HOME, algorithm_cell, day_text, evidence_cell, kind_name, purpose_name, state_badge, subject_cell};
use crate::base::actor::Verb;
use crate::base::cx::Cx;
use crate::base::error::{Error, Result};
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::cryptography::gather;

/// Every algorithm with its strength, and how many systems within reach use it.
pub async fn algorithms(cx: Cx) -> Result<Page> {
    let scope = cx.scope("cryptography", Verb::Read)?;
    let whole = gather::transition(&mut cx.read().await?, &scope, cx.app.clock.now()).await?;
    let using = |one: Algorithm| whole.subjects.iter().filter(|subject| subject.standing.uses(one)).count() as i64;
    let list = List::new("algorithms", cx.t("cryptography-algorithms"))
        .column(cx.t("cryptography-algorithm"))
        .choice(cx.t("cryptography-kind"))
        .column(cx.t("cryptography-strength"))
        .choice(cx.t("cryptography-quantum"))
        .column(cx.t("cryptography-using"))
        .column(cx.t("cryptography-source"))
        .rows(ALGORITHMS.iter().map(|one| {
            vec![
                algorithm_cell(&cx, *one),
                Cell::text(kind_name(&cx, one.kind)),
                one.strength.map_or_else(|| Cell::text(""), |bits| Cell::int(bits.into())),
                Cell::text(cx.t(if one.falls_to_quantum { "cryptography-quantum-falls" } else { "cryptography-quantum-stands" })),
                Cell::int(using(*one)),
                Cell::text(one.source),
            ]
        }));
    Ok(cx.page(cx.t("cryptography-algorithms")).lead(cx.t("cryptography-algorithms-lead")).crumb(HOME, cx.t("cryptography-title")).list(list))
}

/// Who uses one algorithm.
pub async fn algorithm(cx: Cx, Path(id): Path<String>) -> Result<Page> {
    let one = Algorithm::of(&id).ok_or(Error::NotFound)?;
    let scope = cx.scope("cryptography", Verb::Read)?;
    let whole = gather::transition(&mut cx.read().await?, &scope, cx.app.clock.now()).await?;
    let strength = one.strength.map_or_else(|| cx.t("cryptography-strength-none"), |bits| cx.tv("cryptography-bits", &[("bits", bits.to_string())]));
    let mut facts = vec![
        (cx.t("cryptography-kind"), Cell::text(kind_name(&cx, one.kind))),
        (cx.t("cryptography-strength"), Cell::text(strength)),
        (
            cx.t("cryptography-quantum"),
            Cell::text(cx.t(if one.falls_to_quantum { "cryptography-quantum-falls" } else { "cryptography-quantum-stands" })),
        ),
        (cx.t("cryptography-source"), Cell::text(one.source)),
    ];
    if let Some(bits) = one.output {
        facts.push((cx.t("cryptography-output"), Cell::text(cx.tv("cryptography-bits", &[("bits", bits.to_string())]))));
    }
    for rule in whole.rules.iter().filter(|rule| rule.algorithm == one) {
        let purpose = rule.purpose.map_or_else(|| cx.t("cryptography-every-purpose"), |purpose| purpose_name(&cx, purpose));
        let text = cx.tv(
            "cryptography-rule-text",
            &[("purpose", purpose), ("from", dash(day_text(&cx, rule.no_new_from))), ("by", dash(day_text(&cx, rule.gone_by)))],
        );
        facts.push((cx.t("cryptography-plan"), Cell::link(format!("{HOME}/plan/{}", rule.id), text)));
    }
    for broken in whole.compromises.iter().filter(|broken| broken.algorithm == one) {
        facts.push((
            cx.t("cryptography-compromise"),
            Cell::Many(vec![
                Cell::Badge(Tone::Bad, day_text(&cx, Some(broken.known_on))),
                Cell::link(format!("{HOME}/compromises/{}", broken.id), broken.words(cx.lang)),
            ]),
        ));
    }
    let rows =
        whole.subjects.iter().flat_map(|subject| subject.standing.lines.iter().filter(|line| line.algorithm == one).map(move |line| (subject, line)));
    let list = List::new("using", cx.t("cryptography-who-uses"))
        .column(cx.t("cryptography-system"))
        .choice(cx.t("cryptography-organisation"))
        .choice(cx.t("cryptography-purpose"))
        .choice(cx.t("cryptography-state"))
        .column(cx.t("cryptography-gone-by"))
        .column(cx.t("cryptography-evidence"))
        .empty(cx.t("cryptography-nobody-uses"))
        .rows(rows.map(|(subject, line)| {
            vec![
                subject_cell(&cx, subject),
                Cell::text(subject.organisation.name(cx.lang)),
                Cell::text(purpose_name(&cx, line.purpose)),
                state_badge(&cx, line.state),
                Cell::text(day_text(&cx, line.gone_by)),
                evidence_cell(&cx, line),
            ]
        }));
    let page =
        cx.page(one.name(cx.lang)).crumb(HOME, cx.t("cryptography-title")).crumb(format!("{HOME}/algorithms"), cx.t("cryptography-algorithms"));
    Ok(page.facts(facts).list(list))
}

fn dash(text: String) -> String {
    if text.is_empty() { "—".to_owned() } else { text }
}
