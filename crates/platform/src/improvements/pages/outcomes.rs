//! What became of recommendations: registered numbers over all, and organisation by organisation.

use axum::extract::Query;
use engine::numbers::{CLOSED_IN_TIME_RATE, DAYS_TO_CLOSE, Definition, FINDINGS_OPEN, Figure, definition};

use super::{day, today, value};
use crate::base::actor::Verb;
use crate::base::cx::Cx;
use crate::base::error::Result;
use crate::base::view::cell::Cell;
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::evaluations::pages::cells;
use crate::improvements::gather;
use crate::inspections;

/// The numbers, in reading order.
const SHOWN: [&Definition; 3] = [&FINDINGS_OPEN, &CLOSED_IN_TIME_RATE, &DAYS_TO_CLOSE];

/// The outcomes within reach; `cycle` (id) narrows them to what that cycle pursues.
pub async fn outcomes(cx: Cx, Query(query): Query<Vec<(String, String)>>) -> Result<Page> {
    let scope = cx.scope("improvements", Verb::Read)?;
    let mut tx = cx.read().await?;
    let cycle = value(&query, "cycle");
    let all = gather::outcomes(&mut tx, &scope, &cycle, &today(&cx)).await?;
    let mut page = cx
        .page(cx.t("improvements-outcomes"))
        .crumb("/improvements", cx.t("improvements-recommendations"))
        .lead(cx.tv("improvements-outcomes-lead", &[("on", day(&cx, &all.on))]));
    let mut links = vec![("/improvements/outcomes".to_owned(), cx.t("improvements-outcomes-all"))];
    for one in inspections::store::cycles_within(&mut tx, &scope).await?.into_iter().filter(|one| one.evaluated_at.is_some()) {
        if one.id.as_str() == cycle {
            page = page.note("plain", cx.tv("improvements-outcomes-of", &[("cycle", one.name(cx.lang).to_owned())]));
        }
        links.push((format!("/improvements/outcomes?cycle={}", one.id), one.name(cx.lang).to_owned()));
    }
    let named: Vec<(&Definition, &Figure)> = all.total.iter().filter_map(|one| Some((definition(&one.definition)?, one))).collect();
    let mut list = List::new("outcomes", cx.t("improvements-outcomes-by-organisation"))
        .column(cx.t("improvements-organisation"))
        .empty(cx.t("improvements-outcomes-empty"));
    for one in SHOWN {
        list = list.column(one.name(cx.lang)).column(cx.tv("improvements-outcomes-counted", &[("name", one.name(cx.lang).to_owned())]));
    }
    for one in &all.organisations {
        let mut row = vec![Cell::text(cx.lang.pick(&*one.name_ja, &*one.name_en))];
        for shown in SHOWN {
            let figure = one.figures.iter().find(|figure| figure.definition == shown.id);
            row.push(figure.map_or_else(|| Cell::text(""), |figure| Cell::figure(figure.text(cx.lang), figure.value)));
            row.push(figure.map_or_else(|| Cell::text(""), |figure| Cell::text(counted(figure))));
        }
        list.row(row);
    }
    Ok(page
        .links(links)
        .list(cells::figures(&cx, "total", cx.t("improvements-outcomes-total"), &named))
        .list(list)
        .list(cells::definitions(&cx, &SHOWN.map(|one| one.id))))
}

/// What a number was counted from, and how much of the whole that is.
fn counted(figure: &Figure) -> String {
    format!("{} / {} ({} / {})", figure.numerator, figure.denominator, figure.coverage.known, figure.coverage.all)
}
