//! One organisation's part of a cycle: rates, people, the sheet out and in, the CISO's approval.

use axum::Form as Sent;
use axum::extract::Path;
use axum::extract::multipart::Multipart;
use axum::response::{IntoResponse, Response};

use super::cycle::{XLSX, letters_file};
use super::{below, counted, figure, path, problems, rate_list, seen};
use crate::base::actor::{OrganisationId, Scope, Verb};
use crate::base::cx::Cx;
use crate::base::dates::show_stamp;
use crate::base::db::Tx;
use crate::base::error::{Error, Result};
use crate::base::upload;
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::form::{Form, Input};
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::base::view::respond::{File, Go};
use crate::inspections::actions;
use crate::inspections::cycle::{Cycle, CycleId, State};
use crate::inspections::store;
use crate::register::organisation::Organisation;

/// The address of an organisation's part.
pub(super) fn at(cycle: &CycleId, organisation: &OrganisationId) -> String {
    format!("{}/organisations/{organisation}", path(cycle))
}

/// The cycle, the organisation and a scope of it alone; what is not within reach or takes no part is not found.
pub(super) async fn part(cx: &Cx, tx: &mut Tx, id: &CycleId, organisation: &OrganisationId) -> Result<(Cycle, Organisation, Scope, i64)> {
    let (cycle, scope) = seen(cx, tx, id).await?;
    let revision = store::participant(tx, &scope, id, organisation).await?.revision;
    let one = crate::register::store::organisation(tx, &scope, organisation).await?;
    Ok((cycle, one, scope, revision))
}

/// Whether the actor may enter facts of the organisation.
pub(super) fn enters(cx: &Cx, one: &Organisation) -> bool {
    cx.actor.scope("inspections", Verb::Write).holds(&one.path) || cx.actor.scope("inspections", Verb::Manage).holds(&one.path)
}

/// One organisation's part.
pub async fn organisation(cx: Cx, Path((id, organisation)): Path<(CycleId, OrganisationId)>) -> Result<Page> {
    let mut tx = cx.read().await?;
    let (cycle, one, _, revision) = part(&cx, &mut tx, &id, &organisation).await?;
    let only = Scope::Paths(vec![one.path.clone()]);
    let rates = super::cycle::count(&mut tx, &only, &id).await?;
    let counts = rates.organisations.get(&organisation).copied().unwrap_or_default();
    let items = store::items(&mut tx, &id).await?;
    let titles = super::titles(&cx, &mut tx, &cycle).await?;
    let approval = store::submission(&mut tx, &id, &organisation).await?;
    let here = at(&id, &organisation);
    let mut facts = vec![
        (cx.t("inspections-state"), super::state(&cx, &cycle)),
        (cx.t("inspections-closes-on"), Cell::text(&*cycle.closes_on)),
        (cx.t("inspections-asked"), Cell::int(counts.people.asked as i64)),
        (cx.t("inspections-answered"), Cell::int(counts.people.answered as i64)),
        (cx.t("inspections-reach"), figure(&cx, &counts.reach())),
        (cx.t("inspections-implementation"), figure(&cx, &counts.implementation())),
        (cx.t("inspections-attainment"), figure(&cx, &counts.attainment())),
    ];
    let in_force = approval.as_ref().is_some_and(|one| one.revision == revision);
    facts.push((
        cx.t("inspections-approval"),
        match &approval {
            Some(one) => Cell::Many(vec![
                if in_force {
                    Cell::Badge(Tone::Good, cx.t("inspections-approved"))
                } else {
                    Cell::Badge(Tone::Warn, cx.t("inspections-approval-lapsed"))
                },
                Cell::text(format!("{} {}", one.approved_by, show_stamp(&one.approved_at))),
                Cell::text(&*one.comment),
            ]),
            None => Cell::text(cx.t("inspections-approval-none")),
        },
    ));
    let mut page = below(&cx, &cycle, one.name(cx.lang)).facts(facts);
    let enters = enters(&cx, &one);
    let mut links = Vec::new();
    if cycle.opened_at.is_some() && enters {
        links.push((format!("{here}/sheet"), cx.t("inspections-sheet-download")));
        links.push((format!("{here}/people"), cx.t("inspections-people")));
    }
    if cycle.opened_at.is_some() {
        links.push((format!("{}/priority", path(&id)), cx.t("inspections-priority")));
        page = page.links(links);
    }
    if cycle.state == State::Open && enters {
        page = page.form(
            Form::post(format!("{here}/sheet"), cx.t("inspections-import"))
                .heading(cx.t("inspections-sheet-upload"))
                .field("file", cx.t("inspections-file"), Input::File(".xlsx,.csv"))
                .required()
                .field("mode", cx.t("inspections-import-mode"), Input::Radio(modes(&cx)))
                .value("examine"),
        );
    }
    let approves = cx.actor.scope("inspections", Verb::Decide).holds(&one.path) && matches!(cycle.state, State::Open | State::Closed);
    if approves && !in_force {
        page = page.form(
            Form::post(format!("{here}/approve"), cx.t("inspections-approve"))
                .heading(cx.t("inspections-approve-heading"))
                .field("comment", cx.t("inspections-approve-comment"), Input::Area)
                .hint(cx.t("inspections-approve-hint")),
        );
    }
    if cycle.opened_at.is_some() {
        let list = rate_list(&cx, "roles", "inspections-by-role", "inspections-role").bare().rows(rates.organisation_roles.iter().filter_map(
            |((of, role), counts)| {
                let mut row = vec![Cell::text(cx.t(&format!("inspections-role-{}", role.as_str())))];
                row.extend(counted(&cx, counts));
                (*of == organisation).then_some(row)
            },
        ));
        page = page.list(list);
    }
    let left_out = store::exclusions_of(&mut tx, &id, &organisation).await?;
    if !left_out.is_empty() {
        let list = List::new("exclusions", cx.t("inspections-exclusions"))
            .column(cx.t("inspections-item"))
            .column(cx.t("inspections-title"))
            .column(cx.t("inspections-left-out-reason"))
            .rows(items.iter().filter_map(|item| {
                let reason = left_out.get(&item.requirement_id)?;
                let title = titles.get(&item.requirement_id).cloned().unwrap_or_default();
                Some(vec![Cell::link(format!("{here}/items/{}", item.requirement_id), &*item.code), Cell::text(title), Cell::text(&**reason)])
            }));
        page = page.text(cx.t("inspections-exclusions-lead")).list(list);
    }
    let list = List::new("items", cx.t("inspections-items"))
        .column(cx.t("inspections-item"))
        .column(cx.t("inspections-title"))
        .choice(cx.t("inspections-roles"))
        .column(cx.t("inspections-claim-implemented"))
        .column(cx.t("inspections-claim-partly"))
        .column(cx.t("inspections-claim-not"))
        .column(cx.t("inspections-claim-not-applicable"))
        .column(cx.t("inspections-implementation"))
        .rows(items.iter().map(|item| {
            let counts = rates.organisation_items.get(&(organisation.clone(), item.requirement_id.clone())).copied().unwrap_or_default();
            let title = Cell::text(titles.get(&item.requirement_id).cloned().unwrap_or_default());
            let out = left_out.contains_key(&item.requirement_id);
            vec![
                Cell::link(format!("{here}/items/{}", item.requirement_id), &*item.code),
                if out { Cell::Many(vec![title, Cell::Badge(Tone::Plain, cx.t("inspections-left-out"))]) } else { title },
                Cell::text(item.roles.iter().map(|role| cx.t(&format!("inspections-role-{}", role.as_str()))).collect::<Vec<_>>().join("、")),
                Cell::int(counts.answers.implemented as i64),
                Cell::int(counts.answers.partly as i64),
                Cell::int(counts.answers.not as i64),
                Cell::int(counts.answers.not_applicable as i64),
                figure(&cx, &counts.implementation()),
            ]
        }));
    Ok(page.list(list))
}

/// The two ways to send a file.
pub(super) fn modes(cx: &Cx) -> Vec<(String, String)> {
    ["examine", "import"].map(|mode| (mode.to_owned(), cx.t(&format!("inspections-import-{mode}")))).to_vec()
}

/// The sheet, out.
pub async fn sheet(cx: Cx, Path((id, organisation)): Path<(CycleId, OrganisationId)>) -> Result<File> {
    let mut work = cx.work().await?;
    let bytes = actions::export_answers(&mut work, &id, &organisation, cx.lang).await?;
    let code = crate::register::store::organisation(&mut work.tx, &Scope::Everything, &organisation).await?.code;
    Ok(File { name: format!("self-inspection-{code}.xlsx"), kind: XLSX, bytes, inline: false })
}

/// The sheet, in: examined, or examined and taken.
pub async fn sheet_sent(cx: Cx, Path((id, organisation)): Path<(CycleId, OrganisationId)>, form: Multipart) -> Result<Response> {
    let sent = upload::read(form, upload::LIMIT).await?;
    let (name, bytes) = sent.needed_file("file")?;
    let mut work = cx.work().await?;
    let (cycle, _, _, _) = part(&cx, &mut work.tx, &id, &organisation).await?;
    let import = actions::import_answers(&mut work, &id, Some(&organisation), bytes, name).await?;
    let here = at(&id, &organisation);
    if import.taken.is_some() && sent.text("mode") == "import" {
        work.commit().await?;
        return Ok(Go::done(here, "inspections-imported").into_response());
    }
    drop(work);
    let page = below(&cx, &cycle, cx.t("inspections-import-result"));
    let values = import.taken.map(|one| [("added", one.added), ("changed", one.changed), ("same", one.same)]);
    Ok(examined(&cx, page, values, &import.problems, here).into_response())
}

/// What an import would do, or what stops it.
pub(super) fn examined(cx: &Cx, mut page: Page, values: Option<[(&'static str, u64); 3]>, found: &[formats::problem::Problem], back: String) -> Page {
    match values {
        Some(values) => {
            let values: Vec<(&str, String)> = values.iter().map(|(name, value)| (*name, value.to_string())).collect();
            page = page.note("good", cx.tv("inspections-import-would", &values));
        }
        None => {
            page.status = 422;
            page = page.note("bad", cx.t("inspections-import-stopped"));
        }
    }
    if !found.is_empty() {
        page = page.list(problems(cx, found));
    }
    page.links(vec![(back, cx.t("error-back"))])
}

/// Who was asked, and how far they are.
pub async fn people(cx: Cx, Path((id, organisation)): Path<(CycleId, OrganisationId)>) -> Result<Page> {
    let mut tx = cx.read().await?;
    let (cycle, one, _, _) = part(&cx, &mut tx, &id, &organisation).await?;
    if !enters(&cx, &one) {
        return Err(Error::NotFound);
    }
    let people = store::asked_people(&mut tx, &id, &organisation).await?;
    let list = List::new("people", cx.t("inspections-people"))
        .column(cx.t("inspections-person"))
        .column(cx.t("inspections-person-code"))
        .choice(cx.t("inspections-section"))
        .column(cx.t("inspections-roles"))
        .choice(cx.t("inspections-progress"))
        .column(cx.t("inspections-questions"))
        .column(cx.t("inspections-answers"))
        .empty(cx.t("inspections-people-empty"))
        .rows(people.iter().map(|(person, asked)| {
            let (tone, key) = match asked.answered {
                0 => (Tone::Bad, "inspections-progress-none"),
                n if n < asked.asked => (Tone::Warn, "inspections-progress-some"),
                _ => (Tone::Good, "inspections-progress-all"),
            };
            vec![
                Cell::text(&*person.name),
                Cell::text(&*person.code),
                Cell::text(&*person.section),
                Cell::text(asked.duties.iter().map(|duty| cx.t(&format!("inspections-role-{}", duty.role.as_str()))).collect::<Vec<_>>().join("、")),
                Cell::Badge(tone, cx.t(key)),
                Cell::int(asked.asked),
                Cell::int(asked.answered),
            ]
        }));
    let here = at(&id, &organisation);
    let mut page = below(&cx, &cycle, cx.tv("inspections-people-of", &[("name", one.name(cx.lang).to_owned())]))
        .crumb(here.clone(), one.name(cx.lang))
        .list(list);
    if cycle.state == State::Open {
        page = page.form(Form::post(format!("{here}/links"), cx.t("inspections-links-make")).heading(cx.t("inspections-links-heading")));
    }
    Ok(page)
}

/// Personal links of one organisation as a mail-merge list.
pub async fn links(cx: Cx, Path((id, organisation)): Path<(CycleId, OrganisationId)>) -> Result<File> {
    let mut work = cx.work().await?;
    let scope = actions::entering(&work)?;
    store::participant(&mut work.tx, &scope, &id, &organisation).await?;
    let letters = actions::make_links(&mut work, &id, Some(&organisation)).await?;
    let cycle = store::cycle(&mut work.tx, &id).await?;
    work.commit().await?;
    letters_file(&cx, &cycle, &letters)
}

/// The CISO approves.
pub async fn approve(cx: Cx, Path((id, organisation)): Path<(CycleId, OrganisationId)>, Sent(sent): Sent<Vec<(String, String)>>) -> Result<Response> {
    let comment = sent.iter().find(|(name, _)| name == "comment").map_or("", |(_, value)| value.as_str());
    let mut work = cx.work().await?;
    actions::approve(&mut work, &id, &organisation, comment).await?;
    work.commit().await?;
    Ok(Go::done(at(&id, &organisation), "inspections-approved").into_response())
}
