//! One report: what it says, how far it is, what advisors remark, and what may be decided.

use axum::Form as Sent;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};

use super::{Fields, Names, asked, badge, files, format, value};
use crate::base::actor::Verb;
use crate::base::cx::Cx;
use crate::base::dates::show_stamp;
use crate::base::error::{Error, Field, Result};
use crate::base::view::cell::Cell;
use crate::base::view::form::{Form, Input};
use crate::base::view::list::List;
use crate::base::view::page::{Block, Page};
use crate::base::view::respond::{File, Go};
use crate::reports::actions::{self, NewComment};
use crate::reports::policy::{Audience, Seen, see};
use crate::reports::render::{html, render};
use crate::reports::report::{ACTIONS, Kind, Report, ReportId, Step};
use crate::reports::{gather, paper, store};

/// What the address asks to see of a report within reach: the version, and with whose eyes.
async fn seen(cx: &Cx, report: &Report) -> Result<(Seen, i64)> {
    let mut tx = cx.read().await?;
    let version = match asked(cx, "version") {
        Some(text) => text.parse().map_err(|_| Error::NotFound)?,
        None => report.version,
    };
    let audience = asked(cx, "as").map_or(Some(Audience::Centre), |text| Audience::parse(&text)).ok_or(Error::NotFound)?;
    let version = store::version(&mut tx, &report.id, version).await?;
    let policy = gather::policy(&mut tx).await?;
    Ok((see(&policy, &version.tree, audience)?, version.version))
}

/// One report.
pub async fn show(cx: Cx, Path(id): Path<ReportId>) -> Result<Page> {
    page(&cx, &id, &[], &[]).await
}

async fn page(cx: &Cx, id: &ReportId, sent: &[(String, String)], wrong: &[Field]) -> Result<Page> {
    let mut tx = cx.read().await?;
    let report = store::report(&mut tx, &cx.scope("reports", Verb::Read)?, id).await?;
    let names = Names::read(&mut tx, cx.lang).await?;
    let (seen, version) = seen(cx, &report).await?;
    let tree = seen.tree();
    let path = format!("/reports/{id}");
    let number = |version: i64| cx.tv("reports-version-number", &[("version", version.to_string())]);
    let facts = vec![
        (cx.t("reports-column-organisation"), Cell::text(names.organisation(&report))),
        (cx.t("reports-column-cycle"), Cell::text(names.cycle(&report))),
        (cx.t("reports-column-state"), badge(cx, report.state)),
        (cx.t("reports-version"), Cell::text(number(report.version))),
        (cx.t("reports-approved-version"), Cell::text(report.approved_version.map_or("—".to_owned(), number))),
        (cx.t("reports-published-version"), Cell::text(report.published_version.map_or("—".to_owned(), number))),
        (cx.t("reports-updated"), Cell::text(show_stamp(&report.updated_at))),
    ];
    let mut page = cx
        .page(format!("{} {}", paper::title(report.kind, tree.cycle.fiscal_year, cx.lang), names.organisation(&report)))
        .crumb("/reports", cx.t("reports"))
        .facts(facts);
    if version != report.version {
        page = page.note("warn", cx.tv("reports-older-version", &[("version", version.to_string())]));
    }
    let missing: Vec<String> = report
        .kind
        .texts()
        .filter(|field| tree.sections.iter().flat_map(|section| &section.blocks).all(|block| block.field != field.key))
        .map(|field| years(cx, &format!("reports-field-{}", field.key), tree.cycle.fiscal_year))
        .collect();
    let own = |verb: Verb| cx.actor.scope("reports", verb).holds(&report.path);
    let writes = own(if report.kind == Kind::Annual { Verb::Manage } else { Verb::Write });
    if seen.audience() == Audience::Centre && !missing.is_empty() && writes {
        page = page.note("warn", format!("{}\n{}", cx.t("reports-missing"), missing.join(cx.lang.pick("、", ", "))));
    }
    if writes {
        let mut links = vec![(format!("{path}/texts"), cx.t("reports-write"))];
        if report.kind == Kind::Organisation {
            links.push((format!("{path}/facts"), cx.t("reports-enter")));
        }
        page = page.links(links).facts(vec![(cx.t("reports-redraft-label"), Cell::Button(format!("{path}/redraft"), cx.t("reports-redraft")))]);
    }
    page = decisions(cx, page, &report);
    let more = if version == report.version { String::new() } else { format!("&version={version}") };
    page = page.heading("preview", cx.t("reports-preview"));
    let eyes = Audience::ALL
        .iter()
        .rev()
        .map(|audience| (format!("{path}?as={}{more}#preview", audience.as_str()), cx.t(&format!("reports-as-{}", audience.as_str()))));
    page = page.links(eyes.collect());
    page = page.note(if seen.audience() == Audience::Centre { "plain" } else { "warn" }, cx.t(&format!("reports-seen-{}", seen.audience().as_str())));
    let has_actions = tree.records.iter().any(|block| block.field == ACTIONS.key);
    page = page.links(files(cx, &format!("{path}/file"), seen.audience(), &more, has_actions));
    page = page.with(Block::Html(html::body(&seen, cx.lang)?));
    page = comments(cx, page, &report, tree.cycle.fiscal_year, sent, wrong, store::comments(&mut tx, id).await?);
    let history = store::versions(&mut tx, id).await?;
    let decided = store::decisions(&mut tx, id).await?;
    page = page.list(
        List::new("versions", cx.t("reports-versions"))
            .column(cx.t("reports-version"))
            .column(cx.t("reports-saved-by"))
            .column(cx.t("reports-saved-at"))
            .column(cx.t("reports-decided"))
            .column(cx.t("reports-digest"))
            .bare()
            .rows(history.iter().map(|line| {
                let on: Vec<Cell> = decided
                    .iter()
                    .filter(|decision| decision.version == line.version)
                    .map(|decision| {
                        let words = cx.t(&format!("reports-decision-{}", decision.decision));
                        let note = if decision.note.is_empty() { String::new() } else { format!(" – {}", decision.note) };
                        Cell::text(format!("{words}: {} {}{note}", decision.decided_by, show_stamp(&decision.decided_at)))
                    })
                    .collect();
                vec![
                    Cell::link(format!("{path}?version={}", line.version), number(line.version)),
                    Cell::text(&*line.saved_by),
                    Cell::text(show_stamp(&line.saved_at)),
                    Cell::Many(on),
                    Cell::text(line.digest.chars().take(12).collect::<String>()),
                ]
            })),
    );
    if !wrong.is_empty() {
        page.status = 422;
    }
    Ok(page)
}

fn years(cx: &Cx, key: &str, year: i16) -> String {
    let name = |year| crate::base::dates::fiscal_year_name(year, cx.lang);
    cx.tv(key, &[("year", name(year)), ("next", name(year + 1))])
}

/// The decisions that are this reader's to take now.
fn decisions(cx: &Cx, mut page: Page, report: &Report) -> Page {
    for (step, verb) in [(Step::Approve, Verb::Decide), (Step::Submit, Verb::Decide), (Step::Publish, Verb::Manage)] {
        let verb = if report.kind == Kind::Annual { Verb::Manage } else { verb };
        if step.after(report.state, report.kind).is_none() || !cx.actor.scope("reports", verb).holds(&report.path) {
            continue;
        }
        let name = step.as_str();
        let form =
            Form::post(format!("/reports/{}/{name}", report.id), cx.tv(&format!("reports-{name}"), &[("version", report.version.to_string())]))
                .heading(cx.t(&format!("reports-{name}-heading")))
                .hidden("version", report.version.to_string())
                .text("note", cx.t("reports-note"))
                .hint(cx.t(&format!("reports-{name}-hint")));
        page = page.form(form);
    }
    page
}

fn comments(cx: &Cx, mut page: Page, report: &Report, year: i16, sent: &[(String, String)], wrong: &[Field], comments: Vec<store::Comment>) -> Page {
    let section =
        |key: &str| if key.is_empty() { cx.t("reports-whole") } else { years(cx, &format!("reports-section-{}", key.replace('.', "-")), year) };
    let may = cx.actor.scope("reports", Verb::Comment).holds(&report.path) && Step::Comment.after(report.state, report.kind).is_some();
    if !comments.is_empty() || may {
        page = page.list(
            List::new("comments", cx.t("reports-comments"))
                .column(cx.t("reports-section"))
                .column(cx.t("reports-comment"))
                .column(cx.t("reports-nominated"))
                .column(cx.t("reports-version"))
                .column(cx.t("reports-written-by"))
                .column(cx.t("reports-saved-at"))
                .empty(cx.t("reports-comments-empty"))
                .bare()
                .rows(comments.iter().map(|one| {
                    vec![
                        Cell::text(section(&one.section)),
                        Cell::text(&*one.body),
                        Cell::text(if one.nominated { cx.t("reports-nominated-yes") } else { String::new() }),
                        Cell::int(one.version),
                        Cell::text(&*one.written_by),
                        Cell::text(show_stamp(&one.written_at)),
                    ]
                })),
        );
    }
    if may {
        let mut sections = vec![(String::new(), cx.t("reports-whole"))];
        sections.extend(report.kind.sections().iter().filter(|(key, _)| key.contains('.')).map(|(key, _)| ((*key).to_owned(), section(key))));
        let form = Form::post(format!("/reports/{}/comments", report.id), cx.t("reports-comment-send"))
            .heading(cx.t("reports-comment-heading"))
            .field("section", cx.t("reports-section"), Input::Select(sections))
            .field("body", cx.t("reports-comment"), Input::Area)
            .hint(cx.t("reports-comment-hint"))
            .required()
            .field("nominated", cx.t("reports-nominate"), Input::Check)
            .wrong(cx.lang, sent, wrong);
        page = page.form(form);
    }
    page
}

/// Remarks on a report.
pub async fn comment_sent(cx: Cx, Path(id): Path<ReportId>, Sent(sent): Sent<Fields>) -> Result<Response> {
    let new = NewComment { section: value(&sent, "section"), body: value(&sent, "body"), nominated: value(&sent, "nominated") == "1" };
    let mut work = cx.work().await?;
    match actions::comment(&mut work, &id, &new).await {
        Ok(()) => {
            work.commit().await?;
            Ok(Go::done(format!("/reports/{id}"), "reports-commented").into_response())
        }
        Err(Error::Invalid(wrong)) => {
            drop(work);
            Ok(page(&cx, &id, &sent, &wrong).await?.into_response())
        }
        Err(error) => Err(error),
    }
}

async fn decide(cx: Cx, id: ReportId, step: Step, sent: Fields) -> Result<Response> {
    let version = value(&sent, "version").parse().map_err(|_| Error::invalid("version", "error-required"))?;
    let mut work = cx.work().await?;
    actions::decide(&mut work, &id, step, version, &value(&sent, "note")).await?;
    work.commit().await?;
    let done = format!("reports-{}", step.as_str());
    Ok(Go::done(format!("/reports/{id}"), &done).into_response())
}

/// Approves the newest version.
pub async fn approve(cx: Cx, Path(id): Path<ReportId>, Sent(sent): Sent<Fields>) -> Result<Response> {
    decide(cx, id, Step::Approve, sent).await
}

/// Hands it to the centre.
pub async fn submit(cx: Cx, Path(id): Path<ReportId>, Sent(sent): Sent<Fields>) -> Result<Response> {
    decide(cx, id, Step::Submit, sent).await
}

/// Gives it to the public.
pub async fn publish(cx: Cx, Path(id): Path<ReportId>, Sent(sent): Sent<Fields>) -> Result<Response> {
    decide(cx, id, Step::Publish, sent).await
}

/// Draws the data anew.
pub async fn redraft_sent(cx: Cx, Path(id): Path<ReportId>) -> Result<Go> {
    let mut work = cx.work().await?;
    actions::redraft(&mut work, &id).await?;
    work.commit().await?;
    Ok(Go::done(format!("/reports/{id}"), "reports-drafted"))
}

/// A report in one form.
pub async fn file(cx: Cx, Path(id): Path<ReportId>) -> Result<File> {
    let report = store::report(&mut cx.read().await?, &cx.scope("reports", Verb::Read)?, &id).await?;
    let (seen, _) = seen(&cx, &report).await?;
    render(&seen, format(&cx)?, cx.lang).await
}
