//! One observation, down to what was heard.

use axum::extract::Path;

use super::strip::strip;
use super::{HOME, badge, check_name, lines, since_cell};
use crate::base::actor::Verb;
use crate::base::cx::Cx;
use crate::base::dates::show_stamp;
use crate::base::error::Result;
use crate::base::view::cell::Cell;
use crate::base::view::list::List;
use crate::base::view::page::{Block, Page};
use crate::measurements::evidence::{Kept, Raw};
use crate::measurements::observation::{ObservationId, verdict_at};
use crate::measurements::retention::told;
use crate::measurements::store;
use crate::register;

/// Characters of evidence a page shows at most; the interface for programs gives all of it.
const MOST: usize = 64 * 1024;

/// The page of one observation.
pub async fn observation(cx: Cx, Path(id): Path<ObservationId>) -> Result<Page> {
    let scope = cx.scope("measurements", Verb::Read)?;
    let mut tx = cx.read().await?;
    let one = store::observation(&mut tx, &scope, &id).await?;
    let organisation = register::store::organisation(&mut tx, &scope, &one.organisation_id).await?;
    let raw = store::evidence(&mut tx, &id).await?;
    let max_age = store::settings(&mut tx).await?.max_age_days;
    let since = store::since_of(&mut tx, &scope, &one).await?;
    let now = verdict_at(one.verdict, &one.at, cx.app.clock.now(), max_age);
    let mut verdict = vec![badge(&cx, one.verdict)];
    if now != one.verdict {
        verdict.push(badge(&cx, now));
    }
    let mut page = cx
        .page(format!("{}: {}", check_name(&cx, one.check), one.target))
        .crumb(HOME, cx.t("measurements-title"))
        .crumb(format!("{HOME}/organisations/{}", organisation.id), organisation.name(cx.lang))
        .lead(one.reason.text.get(cx.lang))
        .facts(vec![
            (cx.t("measurements-verdict"), Cell::Many(verdict)),
            (cx.t("measurements-at"), Cell::text(show_stamp(&one.at))),
            (cx.t("measurements-since"), since_cell(&cx, since.as_ref())),
            (cx.t("measurements-value"), Cell::text(&*one.value)),
            (cx.t("measurements-who"), Cell::text(one.who.get(cx.lang))),
        ]);
    if !one.in_force {
        page = page.note("warn", cx.t("measurements-not-in-force"));
    }
    page = page.heading("seen", cx.t("measurements-seen")).facts(vec![
        (cx.t("measurements-observed"), Cell::text(one.observed.get(cx.lang))),
        (cx.t("measurements-expected"), Cell::text(one.expected.get(cx.lang))),
    ]);
    if !one.remedy.is_empty() {
        page = lines(page.heading("remedy", cx.t("measurements-remedy")), &cx.t("measurements-remedy-line"), &one.remedy)?;
    }
    if !one.notes.is_empty() {
        page = page.list(
            List::new("notes", cx.t("measurements-notes"))
                .bare()
                .column(cx.t("measurements-note"))
                .column(cx.t("measurements-code"))
                .rows(one.notes.iter().map(|note| vec![Cell::text(note.text.get(cx.lang)), Cell::text(&*note.code)])),
        );
    }
    page = strip(&cx, &mut tx, &scope, page, (&one.organisation_id, &one.target), Some(one.check)).await?;
    page = page.heading("proof", cx.t("measurements-proof"));
    if !one.command.is_empty() {
        page = lines(page, &cx.t("measurements-command"), &one.command)?;
    }
    let lists: Vec<String> = one.lists.iter().map(|(name, version)| format!("{name}: {version}")).collect();
    page = page.facts(vec![
        (cx.t("measurements-rule"), Cell::text(format!("{} {}", one.rule_id, one.rule_version).trim_end())),
        (cx.t("measurements-clause"), Cell::text(&*one.clause)),
        (cx.t("measurements-vantage"), Cell::text(&*one.vantage)),
        (cx.t("measurements-source"), Cell::text(cx.t(&format!("measurements-source-{}", one.source)))),
        (cx.t("measurements-lists"), Cell::text(lists.join("\n"))),
        (cx.t("measurements-code"), Cell::text(&*one.reason.code)),
        (cx.t("measurements-hash"), Cell::text(&*one.evidence_hash)),
    ]);
    let raw = match raw {
        Raw::Kept(Kept { text, .. }) => text,
        Raw::Dropped { at } => return Ok(page.note("", cx.tv("measurements-evidence-dropped", &told(&one.at, &at)))),
    };
    let pretty = serde_json::from_str::<serde_json::Value>(&raw).and_then(|value| serde_json::to_string_pretty(&value)).unwrap_or(raw);
    let mut shown: String = pretty.chars().take(MOST).collect();
    if shown.len() < pretty.len() {
        shown.push_str("\n…");
    }
    page.push(Block::FoldBegin(cx.t("measurements-evidence")));
    page = lines(page, &cx.t("measurements-evidence-raw"), &shown)?;
    page.push(Block::FoldEnd);
    Ok(page)
}
