//! What is published: to everybody, and to the other organisations. What is not published does not exist here.

use axum::extract::Path;

use super::{Names, files, format};
use crate::base::actor::Verb;
use crate::base::cx::Cx;
use crate::base::dates::show_stamp;
use crate::base::error::Result;
use crate::base::view::cell::Cell;
use crate::base::view::list::List;
use crate::base::view::page::{Block, Page};
use crate::base::view::respond::File;
use crate::reports::policy::{Audience, Seen, see};
use crate::reports::render::{html, render};
use crate::reports::report::{ACTIONS, Kind, Report, ReportId};
use crate::reports::{gather, paper, store};

async fn seen(cx: &Cx, id: &ReportId, audience: Audience) -> Result<(Report, Seen)> {
    let mut tx = cx.read().await?;
    let report = store::published_report(&mut tx, id).await?;
    let version = store::version(&mut tx, id, report.published_version.unwrap_or_default()).await?;
    let policy = gather::policy(&mut tx).await?;
    Ok((report, see(&policy, &version.tree, audience)?))
}

async fn index(cx: &Cx, audience: Audience, path: &str) -> Result<Page> {
    let mut tx = cx.read().await?;
    let all = store::published(&mut tx).await?;
    let names = Names::read(&mut tx, cx.lang).await?;
    let licence = gather::policy(&mut tx).await?.licence;
    let mut page = cx.page(cx.t(&format!("reports-{}", audience.as_str()))).lead(cx.t(&format!("reports-{}-lead", audience.as_str())));
    for kind in [Kind::Annual, Kind::Organisation] {
        let rows = all.iter().filter(|one| one.kind == kind).map(|one| {
            let file = |format: &str, words: &str| Cell::link(format!("{path}/{}/file?format={format}&lang={}", one.id, cx.lang.as_str()), words);
            vec![
                Cell::link(format!("{path}/{}", one.id), if kind == Kind::Annual { names.cycle(one) } else { names.organisation(one) }),
                Cell::text(if kind == Kind::Annual { names.organisation(one) } else { names.cycle(one) }),
                Cell::text(one.published_at.as_deref().map(show_stamp).unwrap_or_default()),
                file("pdf", "PDF"),
                file("csv", "CSV"),
                file("json", "JSON"),
                file("oscal-ar", "OSCAL"),
            ]
        });
        let id = if kind == Kind::Annual { "annual" } else { "organisations" };
        let (first, second) =
            if kind == Kind::Annual { ("reports-column-cycle", "reports-issuer") } else { ("reports-column-organisation", "reports-column-cycle") };
        let list = List::new(id, cx.t(&format!("reports-kind-{}", kind.as_str())))
            .column(cx.t(first))
            .column(cx.t(second))
            .column(cx.t("reports-published-at"))
            .column("PDF")
            .column("CSV")
            .column("JSON")
            .column("OSCAL")
            .empty(cx.t("reports-none-published"))
            .rows(rows);
        page = page.list(list);
    }
    Ok(page.text(cx.tv("reports-licence", &[("licence", licence)])))
}

async fn one(cx: &Cx, id: &ReportId, audience: Audience, path: &str) -> Result<Page> {
    let (report, seen) = seen(cx, id, audience).await?;
    let tree = seen.tree();
    let has_actions = tree.records.iter().any(|block| block.field == ACTIONS.key);
    Ok(cx
        .page(format!("{} {}", paper::title(report.kind, tree.cycle.fiscal_year, cx.lang), tree.organisation.name.get(cx.lang)))
        .crumb(path, cx.t(&format!("reports-{}", audience.as_str())))
        .lead(format!("{}　{}", tree.cycle.name.get(cx.lang), cx.tv("reports-version-number", &[("version", tree.version.to_string())])))
        .links(files(cx, &format!("{path}/{id}/file"), audience, "", has_actions))
        .with(Block::Html(html::body(&seen, cx.lang)?)))
}

/// Everything that is published.
pub async fn public(cx: Cx) -> Result<Page> {
    let mut page = index(&cx, Audience::Public, "/public/reports").await?;
    page.lead = cx.t("reports-public-lead");
    Ok(page)
}

/// A published report, as the public sees it.
pub async fn public_report(cx: Cx, Path(id): Path<ReportId>) -> Result<Page> {
    let mut page = one(&cx, &id, Audience::Public, "/public/reports").await?;
    page.crumbs = vec![("/public".to_owned(), cx.t("reports-public"))];
    Ok(page)
}

/// A published report as a file, as the public sees it whatever the address says.
pub async fn public_file(cx: Cx, Path(id): Path<ReportId>) -> Result<File> {
    let (_, seen) = seen(&cx, &id, Audience::Public).await?;
    render(&seen, format(&cx)?, cx.lang).await
}

/// What the organisations share with each other.
pub async fn peers(cx: Cx) -> Result<Page> {
    cx.scope("reports", Verb::Read)?;
    Ok(index(&cx, Audience::Peers, "/reports/peers").await?.crumb("/reports", cx.t("reports")))
}

/// A published report, as the other organisations see it.
pub async fn peer(cx: Cx, Path(id): Path<ReportId>) -> Result<Page> {
    cx.scope("reports", Verb::Read)?;
    one(&cx, &id, Audience::Peers, "/reports/peers").await
}

/// A published report as a file, as the other organisations see it.
pub async fn peer_file(cx: Cx, Path(id): Path<ReportId>) -> Result<File> {
    cx.scope("reports", Verb::Read)?;
    let (_, seen) = seen(&cx, &id, Audience::Peers).await?;
    render(&seen, format(&cx)?, cx.lang).await
}
