//! One cycle: dates, participation, rates, and the steps for those who run it.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use engine::facts::Role;

use super::{CYCLES, bars, counted, figure, path, rate_list, seen, state, urgent};
use crate::base::actor::{OrganisationId, Verb};
use crate::base::cx::Cx;
use crate::base::dates::show_stamp;
use crate::base::error::Result;
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::form::Form;
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::base::view::respond::{File, Go};
use crate::inspections::actions;
use crate::inspections::cycle::{Cycle, CycleExclusion, CycleId, Item, State};
use crate::inspections::rates::{self, Rates};
use crate::inspections::store;
use crate::standards::requirement::RequirementId;

/// What was counted of a cycle within reach, down to every item of every organisation: three queries, whatever the number of answers.
pub(crate) async fn count(tx: &mut crate::base::db::Tx, scope: &crate::base::actor::Scope, id: &CycleId) -> Result<Rates> {
    let counts = store::answer_counts_within(tx, scope, id).await?;
    let denominators = store::denominators(tx, scope, id).await?;
    let people = store::asked_within(tx, scope, id).await?;
    Ok(rates::rates(&counts, &denominators, &people))
}

/// What was counted of a cycle within reach, by organisation, role and item: a page of it needs no more.
pub(crate) async fn overview(tx: &mut crate::base::db::Tx, scope: &crate::base::actor::Scope, id: &CycleId) -> Result<Rates> {
    let roles = store::sums_by_role(tx, scope, id).await?;
    let items = store::sums_by_item(tx, scope, id).await?;
    let people = store::asked_within(tx, scope, id).await?;
    Ok(rates::overview(&roles, &items, &people))
}

/// The facts of a cycle.
/// An edition by its title and version.
pub(super) fn named(cx: &Cx, edition: &crate::standards::requirement::Edition) -> String {
    cx.tv("standards-edition-named", &[("title", edition.title(cx.lang).to_owned()), ("version", edition.version.clone())])
}

fn facts(cx: &Cx, cycle: &Cycle, edition: &crate::standards::requirement::Edition) -> Vec<(String, Cell)> {
    let when = |at: &Option<String>| Cell::text(at.as_deref().map(show_stamp).unwrap_or_default());
    let mut facts = vec![
        (cx.t("inspections-state"), state(cx, cycle)),
        (cx.t("inspections-kind"), Cell::text(cx.t(&format!("inspections-kind-{}", cycle.kind.as_str())))),
        (cx.t("inspections-opens-on"), Cell::text(&*cycle.opens_on)),
        (cx.t("inspections-closes-on"), Cell::text(&*cycle.closes_on)),
        (cx.t("inspections-edition"), Cell::link(format!("/standards/editions/{}", edition.id), named(cx, edition))),
        (cx.t("inspections-period"), Cell::text(cx.t(&format!("inspections-period-{}", cycle.period.as_str())))),
    ];
    for (key, at) in [
        ("inspections-announced-at", &cycle.announced_at),
        ("inspections-opened-at", &cycle.opened_at),
        ("inspections-closed-at", &cycle.closed_at),
        ("inspections-evaluated-at", &cycle.evaluated_at),
        ("inspections-published-at", &cycle.published_at),
    ] {
        if at.is_some() {
            facts.push((cx.t(key), when(at)));
        }
    }
    facts
}

/// One cycle.
pub async fn cycle(cx: Cx, Path(id): Path<CycleId>) -> Result<Page> {
    let mut tx = cx.read().await?;
    let (cycle, scope) = seen(&cx, &mut tx, &id).await?;
    let edition = crate::standards::store::edition(&mut tx, &cycle.edition_id).await?;
    let items = store::items(&mut tx, &id).await?;
    let titles = super::titles(&cx, &mut tx, &cycle).await?;
    let organisations = super::organisations(&mut tx, &scope, &id).await?;
    let rates = overview(&mut tx, &scope, &id).await?;
    let revisions: BTreeMap<_, _> =
        store::participants_within(&mut tx, &scope, &id).await?.into_iter().map(|one| (one.organisation_id, one.revision)).collect();
    let approved: BTreeMap<_, _> = store::approved_revisions(&mut tx, &id).await?.into_iter().collect();
    let waiting: BTreeMap<_, _> =
        if cycle.opened_at.is_none() { store::respondent_counts(&mut tx, &scope).await?.into_iter().collect() } else { BTreeMap::new() };
    let mut page = urgent(&cx, &cycle, cx.page(cycle.name(cx.lang)).crumb(CYCLES, cx.t("inspections-cycles"))).facts(facts(&cx, &cycle, &edition));
    let runs = cx.actor.may("inspections", Verb::Manage);
    if runs {
        page = steps(&cx, &cycle, page);
    }
    let mut links = Vec::new();
    if cycle.opened_at.is_some() {
        links.push((format!("{}/priority", path(&id)), cx.t("inspections-priority")));
        links.push((format!("{}/audit", path(&id)), cx.t("inspections-audit")));
        if runs && cycle.state == State::Open {
            links.push((format!("{}/reminders", path(&id)), cx.t("inspections-reminders")));
        }
        let total = rates.total;
        page = page.heading("rates", cx.t("inspections-rates")).facts(vec![
            (cx.t("inspections-asked"), Cell::int(total.people.asked as i64)),
            (cx.t("inspections-answered"), Cell::int(total.people.answered as i64)),
            (cx.t("inspections-reach"), figure(&cx, &total.reach())),
            (cx.t("inspections-implementation"), figure(&cx, &total.implementation())),
            (cx.t("inspections-attainment"), figure(&cx, &total.attainment())),
        ]);
    } else if runs {
        links.push(("/inspections/respondents".to_owned(), cx.t("inspections-respondents")));
    }
    if !links.is_empty() {
        page = page.links(links);
    }
    let mut list = rate_list(&cx, "organisations", "inspections-organisations", "inspections-organisation").choice(cx.t("inspections-approval"));
    let mut shares = Vec::new();
    for one in &organisations {
        let mut counts = rates.organisations.get(&one.id).copied().unwrap_or_default();
        if let Some(people) = waiting.get(&one.id) {
            counts.people.asked = *people;
        }
        let approval = match (approved.get(&one.id), revisions.get(&one.id)) {
            (Some(approved), Some(now)) if approved == now => Cell::Badge(Tone::Good, cx.t("inspections-approved")),
            (Some(_), _) => Cell::Badge(Tone::Warn, cx.t("inspections-approval-lapsed")),
            (None, _) => Cell::text(cx.t("inspections-approval-none")),
        };
        let mut row = vec![Cell::link(format!("{}/organisations/{}", path(&id), one.id), one.name(cx.lang))];
        row.extend(super::counted(&cx, &counts));
        row.push(approval);
        list.row(row);
        shares.push((one.name(cx.lang).to_owned(), counts.reach()));
    }
    page = page.list(list.empty(cx.t("inspections-organisations-empty")));
    if cycle.opened_at.is_some() && shares.len() <= 60 {
        page = bars(&cx, page, "reach", "inspections-reach-by-organisation", &shares);
    }
    if cycle.opened_at.is_some() {
        page = page.list(roles(&cx, &rates));
    }
    let exclusions = store::exclusions(&mut tx, &scope, &id).await?;
    if !exclusions.is_empty() {
        let names: BTreeMap<_, _> = organisations.iter().map(|one| (&one.id, one.name(cx.lang))).collect();
        page = page.text(cx.t("inspections-exclusions-lead")).list(left_out(&cx, &id, &items, &titles, &names, &exclusions));
    }
    let list = List::new("items", cx.t("inspections-items"))
        .column(cx.t("inspections-item"))
        .column(cx.t("inspections-title"))
        .choice(cx.t("inspections-roles"))
        .choice(cx.t("inspections-applies-to"))
        .column(cx.t("inspections-answers"))
        .column(cx.t("inspections-implementation"))
        .rows(items.iter().map(|item| {
            let counts = rates.items.get(&item.requirement_id).copied().unwrap_or_default();
            vec![
                Cell::link(format!("{}/items/{}", path(&id), item.requirement_id), &*item.code),
                Cell::text(titles.get(&item.requirement_id).cloned().unwrap_or_default()),
                Cell::text(item.roles.iter().map(|role| cx.t(&format!("inspections-role-{}", role.as_str()))).collect::<Vec<_>>().join("、")),
                Cell::text(cx.t(&format!("inspections-applies-{}", item.applies_to.as_str()))),
                Cell::int(counts.answers.total() as i64),
                figure(&cx, &counts.implementation()),
            ]
        }));
    Ok(page.list(list))
}

/// What derived standards left out: by whom, what, why.
fn left_out(
    cx: &Cx,
    id: &CycleId,
    items: &[Item],
    titles: &BTreeMap<RequirementId, String>,
    names: &BTreeMap<&OrganisationId, &str>,
    exclusions: &[CycleExclusion],
) -> List {
    let codes: BTreeMap<_, _> = items.iter().map(|item| (&item.requirement_id, item.code.as_str())).collect();
    List::new("exclusions", cx.t("inspections-exclusions"))
        .choice(cx.t("inspections-organisation"))
        .column(cx.t("inspections-item"))
        .column(cx.t("inspections-title"))
        .column(cx.t("inspections-left-out-reason"))
        .rows(exclusions.iter().map(|one| {
            let at = super::organisation::at(id, &one.organisation_id);
            vec![
                Cell::text(names.get(&one.organisation_id).copied().unwrap_or_default()),
                Cell::link(format!("{at}/items/{}", one.requirement_id), codes.get(&one.requirement_id).copied().unwrap_or_default()),
                Cell::text(titles.get(&one.requirement_id).cloned().unwrap_or_default()),
                Cell::text(&*one.reason),
            ]
        }))
}

/// Rates by role.
pub(super) fn roles(cx: &Cx, rates: &Rates) -> List {
    rate_list(cx, "roles", "inspections-by-role", "inspections-role").bare().rows(Role::ALL.iter().filter_map(|role| {
        let counts = rates.roles.get(role)?;
        let mut row = vec![Cell::text(cx.t(&format!("inspections-role-{}", role.as_str())))];
        row.extend(counted(cx, counts));
        Some(row)
    }))
}

/// The next step, with what it means.
fn steps(cx: &Cx, cycle: &Cycle, page: Page) -> Page {
    let step = match cycle.state {
        State::Draft if cycle.is_urgent() => "open",
        State::Draft => "announce",
        State::Announced => "open",
        State::Open => "close",
        State::Evaluated => "publish",
        State::Closed | State::Published => return page.text(cx.t(&format!("inspections-next-{}", cycle.state.as_str()))),
    };
    let mut form =
        Form::post(format!("{}/{step}", path(&cycle.id)), cx.t(&format!("inspections-step-{step}"))).heading(cx.t("inspections-next-step"));
    if matches!(step, "close" | "publish" | "open") {
        form = form.danger();
    }
    page.text(cx.t(&format!("inspections-step-{step}-means"))).form(form)
}

/// Announces.
pub async fn announce(cx: Cx, Path(id): Path<CycleId>) -> Result<Response> {
    let mut work = cx.work().await?;
    actions::announce(&mut work, &id).await?;
    work.commit().await?;
    Ok(Go::done(path(&id), "inspections-announced").into_response())
}

/// Opens.
pub async fn open(cx: Cx, Path(id): Path<CycleId>) -> Result<Response> {
    let mut work = cx.work().await?;
    actions::open(&mut work, &id).await?;
    work.commit().await?;
    Ok(Go::done(path(&id), "inspections-opened").into_response())
}

/// Closes.
pub async fn close(cx: Cx, Path(id): Path<CycleId>) -> Result<Response> {
    let mut work = cx.work().await?;
    actions::close(&mut work, &id).await?;
    work.commit().await?;
    Ok(Go::done(path(&id), "inspections-closed").into_response())
}

/// Publishes.
pub async fn publish(cx: Cx, Path(id): Path<CycleId>) -> Result<Response> {
    let mut work = cx.work().await?;
    actions::publish(&mut work, &id).await?;
    work.commit().await?;
    Ok(Go::done(path(&id), "inspections-published").into_response())
}

/// Makes personal links and gives the mail-merge list. Each list has new links; older ones stay valid.
pub async fn links(cx: Cx, Path(id): Path<CycleId>) -> Result<File> {
    let mut work = cx.work().await?;
    let letters = actions::make_links(&mut work, &id, None).await?;
    let cycle = store::cycle(&mut work.tx, &id).await?;
    work.commit().await?;
    letters_file(&cx, &cycle, &letters)
}

/// A mail-merge list as XLSX.
pub(super) fn letters_file(cx: &Cx, cycle: &Cycle, letters: &[actions::Letter]) -> Result<File> {
    use formats::sheets::{OutCell, OutColumn, OutSheet, write_xlsx};
    let keys = [
        "inspections-person-code",
        "inspections-person",
        "inspections-section",
        "inspections-email",
        "inspections-asked",
        "inspections-answered",
        "inspections-link",
        "inspections-closes-on",
    ];
    let sheet = OutSheet {
        name: cx.t("inspections-links-sheet"),
        columns: keys.iter().map(|key| OutColumn::new(cx.t(key))).collect(),
        rows: letters
            .iter()
            .map(|one| {
                let text = |text: &String| OutCell::Text(text.clone());
                vec![
                    text(&one.code),
                    text(&one.name),
                    text(&one.section),
                    text(&one.email),
                    OutCell::Integer(one.asked),
                    OutCell::Integer(one.answered),
                    text(&one.link),
                    text(&cycle.closes_on),
                ]
            })
            .collect(),
        ..OutSheet::default()
    };
    let bytes = write_xlsx(&[sheet], &[], cx.lang).map_err(crate::base::error::Error::internal)?;
    Ok(File { name: format!("links-{}.xlsx", cycle.code), kind: XLSX, bytes, inline: false })
}

/// The media type of XLSX.
pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
