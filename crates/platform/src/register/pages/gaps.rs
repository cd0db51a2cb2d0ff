//! What is missing from the security organisations, one line for each organisation.

use std::collections::BTreeMap;

use engine::numbers::{Coverage, Figure, SECURITY_ORGANISATION_GAPS};

use super::organisation_href;
use crate::base::actor::Verb;
use crate::base::cx::Cx;
use crate::base::error::Result;
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::register::post::vacancies;
use crate::register::store;

/// The gaps of every organisation within reach that still exists.
pub async fn gaps(cx: Cx) -> Result<Page> {
    let mut tx = cx.read().await?;
    let scope = cx.scope("register", Verb::Read)?;
    let found = store::security(&mut tx, &scope).await?;
    let number = |posts: &[crate::register::post::Post], systems: usize| {
        let (needed, vacant, reported) = vacancies(posts, systems);
        (needed, vacant, reported)
    };
    let sum = found.iter().map(|one| number(&one.posts, one.systems)).fold((0, 0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1, sum.2 + one.2));
    let all = Figure::count(&SECURITY_ORGANISATION_GAPS, sum.1, sum.0, Coverage { known: sum.2, all: sum.0 });
    let mut by_gap: BTreeMap<crate::register::post::Gap, usize> = BTreeMap::new();
    for gap in found.iter().flat_map(|one| &one.gaps) {
        *by_gap.entry(*gap).or_default() += 1;
    }
    let words = |gap: &crate::register::post::Gap| cx.t(&format!("register-gap-{}", gap.as_str()));
    let list = List::new("gaps", cx.t("register-gaps"))
        .column(cx.t("register-organisation"))
        .column(SECURITY_ORGANISATION_GAPS.name(cx.lang))
        .column(cx.t("register-gaps-what"))
        .empty(cx.t("register-organisations-empty"))
        .rows(found.iter().map(|one| {
            let (needed, vacant, reported) = number(&one.posts, one.systems);
            let figure = Figure::count(&SECURITY_ORGANISATION_GAPS, vacant, needed, Coverage { known: reported, all: needed });
            let what = if one.gaps.is_empty() {
                Cell::Badge(Tone::Good, cx.t("register-gaps-none"))
            } else {
                Cell::Many(one.gaps.iter().map(|gap| Cell::Badge(Tone::Warn, words(gap))).collect())
            };
            vec![
                Cell::link(format!("{}#security", organisation_href(&one.organisation.id)), one.organisation.name(cx.lang)),
                Cell::figure(format!("{} / {needed}", figure.text(cx.lang)), figure.value),
                what,
            ]
        }));
    let kinds = List::new("kinds", cx.t("register-gaps-by-kind"))
        .bare()
        .column(cx.t("register-gaps-what"))
        .column(cx.t("register-organisations"))
        .empty(cx.t("register-gaps-none"))
        .rows(by_gap.iter().map(|(gap, count)| vec![Cell::text(words(gap)), Cell::int(*count as i64)]));
    let shown = format!("{} / {}　{}", all.text(cx.lang), sum.0, SECURITY_ORGANISATION_GAPS.formula(cx.lang));
    Ok(cx
        .page(cx.t("register-gaps"))
        .lead(cx.t("register-gaps-lead"))
        .facts(vec![(SECURITY_ORGANISATION_GAPS.name(cx.lang).to_owned(), Cell::text(shown))])
        .list(kinds)
        .list(list))
}
