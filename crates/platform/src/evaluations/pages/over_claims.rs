//! Over-claims: whose habit they are, and on which requirements they happen.

use axum::extract::Path;
use engine::numbers::{OVER_CLAIM_RATE, UNADMITTED_RATE};

use super::{cells, seen_by_centre};
use crate::base::cx::Cx;
use crate::base::error::Result;
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::list::List;
use crate::base::view::page::{Block, Page};
use crate::inspections::cycle::CycleId;

/// The organisations that over-claim as a habit with the reason, all that were tested, and the requirements.
pub async fn over_claims(cx: Cx, Path(id): Path<CycleId>) -> Result<Page> {
    let mut tx = cx.read().await?;
    let seen = seen_by_centre(&cx, &mut tx, &id).await?;
    let detection = &seen.evaluation.over_claims;
    let link = |code: &str| Cell::link(seen.organisation_at(code).unwrap_or_default(), seen.name(&cx, code));
    let percent = |value: f64| Cell::figure(format!("{:.1} %", value * 100.0), Some(value));
    let mut flags = List::new("flags", cx.t("evaluations-flags"))
        .bare()
        .column(cx.t("evaluations-organisation"))
        .column(OVER_CLAIM_RATE.name(cx.lang))
        .column(cx.t("evaluations-interval"))
        .column(cx.t("evaluations-baseline"))
        .column(cx.t("evaluations-reason"))
        .empty(cx.t(if detection.no_majority { "evaluations-no-majority" } else { "evaluations-flags-none" }));
    for flag in &detection.flags {
        let interval = flag.interval.map_or(String::new(), |i| format!("{:.1}–{:.1} %", i.low * 100.0, i.high * 100.0));
        flags.row(vec![
            link(flag.organisation.as_str()),
            Cell::figure(format!("{:.1} % ({}/{})", flag.rate * 100.0, flag.over, flag.checked), Some(flag.rate)),
            Cell::text(interval),
            percent(flag.baseline),
            Cell::text(flag.reason.get(cx.lang)),
        ]);
    }
    let mut tested = List::new("tested", cx.t("evaluations-tested"))
        .column(cx.t("evaluations-organisation"))
        .column(OVER_CLAIM_RATE.name(cx.lang))
        .column(cx.t("evaluations-baseline"))
        .column(UNADMITTED_RATE.name(cx.lang))
        .column(cx.t("evaluations-adjusted"))
        .choice(cx.t("evaluations-result"));
    for one in &detection.tested {
        let flagged = detection.flags.iter().any(|flag| flag.organisation == one.organisation);
        let unadmitted = if one.gaps == 0 { None } else { Some(one.over as f64 / one.gaps as f64) };
        tested.row(vec![
            link(one.organisation.as_str()),
            Cell::figure(format!("{:.1} % ({}/{})", one.rate * 100.0, one.over, one.checked), Some(one.rate)),
            percent(one.baseline),
            Cell::figure(format!("{}/{}", one.over, one.gaps), unadmitted),
            Cell::figure(p_value(one.adjusted), Some(one.adjusted)),
            if flagged { Cell::Badge(Tone::Bad, cx.t("evaluations-is-flagged")) } else { Cell::text(cx.t("evaluations-not-flagged")) },
        ]);
    }
    let mut requirements = List::new("requirements", cx.t("evaluations-over-claims-by-requirement"))
        .column(cx.t("evaluations-requirement"))
        .column(cx.t("evaluations-title"))
        .column(OVER_CLAIM_RATE.name(cx.lang))
        .column(cx.t("evaluations-coverage"))
        .column(cx.t("evaluations-interval"));
    for (code, one) in &seen.evaluation.requirements {
        let Some(figure) = one.figures.get(OVER_CLAIM_RATE.id).filter(|figure| figure.denominator > 0) else { continue };
        requirements.row(vec![
            Cell::link(seen.requirement_at(code.as_str()).unwrap_or_default(), code.as_str()),
            Cell::text(one.title.get(cx.lang)),
            cells::figure(&cx, &one.figures, OVER_CLAIM_RATE.id),
            Cell::text(figure.coverage.text()),
            Cell::text(figure.interval_text().unwrap_or_default()),
        ]);
    }
    let too_few: Vec<String> =
        detection.too_few.iter().map(|one| format!("{} ({})", seen.name(&cx, one.organisation.as_str()), one.checked)).collect();
    let mut page = seen.page(&cx, cx.t("evaluations-over-claims")).lead(cx.t("evaluations-over-claims-lead")).list(flags).list(tested);
    if !too_few.is_empty() {
        page = page.note("plain", cx.tv("evaluations-too-few-checked", &[("organisations", too_few.join(cx.lang.pick("、", ", ")))]));
    }
    Ok(page
        .list(requirements)
        .with(Block::FoldBegin(cx.t("evaluations-definitions")))
        .list(cells::definitions(&cx, &[OVER_CLAIM_RATE.id, UNADMITTED_RATE.id]))
        .with(Block::FoldEnd))
}

/// A p-value as text; never zero, for it is not.
fn p_value(value: f64) -> String {
    if value < 0.0001 { "< 0.0001".to_owned() } else { format!("{value:.4}") }
}
