//! Organisations side by side, check by check: no mark for an organisation, no mean over checks, every number with its coverage.

use axum::extract::Path;
use engine::facts::Check;
use engine::judge::FAMILIES;
use engine::numbers::MEASURED_MET_RATE;

use super::overview::measured;
use super::{HOME, badge, check_name, since_cell};
use crate::base::actor::{OrganisationId, Scope, Verb};
use crate::base::cx::Cx;
use crate::base::dates::show_stamp;
use crate::base::error::Result;
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::form::{Form, Input};
use crate::base::view::list::{List, query};
use crate::base::view::page::Page;
use crate::measurements::run::Counts;
use crate::measurements::standing::Standing;
use crate::measurements::{actions, store};
use crate::register;
use crate::register::organisation::Organisation;

/// What the address asks for under `name`.
fn asked(cx: &Cx, name: &str) -> String {
    query(&cx.uri).into_iter().find(|(key, _)| key == name).map(|(_, value)| value).unwrap_or_default()
}

/// One number of the page: an organisation, a check, and what is counted.
struct Place<'a> {
    organisation: &'a Organisation,
    family: &'static str,
    check: Check,
    counts: Counts,
}

impl Place<'_> {
    /// Where its evidence is.
    fn evidence(&self) -> String {
        format!("{HOME}/organisations/{}/observations?check={}", self.organisation.id, self.check.as_str())
    }

    /// What it sorts by: the share met, which is there for small groups too.
    fn share(&self) -> Option<f64> {
        (self.counts.decided() > 0).then(|| self.counts.met as f64 / self.counts.decided() as f64)
    }
}

/// The page.
pub async fn compare(cx: Cx) -> Result<Page> {
    let scope = cx.scope("measurements", Verb::Read)?;
    let standing = actions::standing(&mut cx.read().await?, &scope, cx.app.clock.now()).await?;
    let chosen = asked(&cx, "family");
    let families: Vec<_> = FAMILIES.iter().filter(|(family, _)| *family == chosen).collect();
    let families = if families.is_empty() { FAMILIES.iter().collect() } else { families };
    let mut places = Vec::new();
    for (organisation, targets) in measured(&standing) {
        for (family, checks) in &families {
            places.extend(checks.iter().map(|check| Place {
                organisation,
                family,
                check: *check,
                counts: standing.count(targets.iter().copied(), &[*check]),
            }));
        }
    }
    let mut page = cx
        .page(cx.t("measurements-compare"))
        .crumb(HOME, cx.t("measurements-title"))
        .lead(cx.t("measurements-compare-lead"))
        .text(MEASURED_MET_RATE.formula(cx.lang))
        .form(filter(&cx, &chosen));
    if standing.last().is_none() && !places.is_empty() {
        page = page.note("warn", cx.t("measurements-compare-unmeasured")).links(vec![(HOME.to_owned(), cx.t("measurements-run-new"))]);
    }
    for (family, checks) in families {
        page = page.list(matrix(&cx, &standing, &places, family, checks));
    }
    Ok(page.list(lines(&cx, &places)))
}

fn filter(cx: &Cx, chosen: &str) -> Form {
    let mut choices = vec![(String::new(), cx.t("list-all"))];
    choices.extend(FAMILIES.iter().map(|(family, _)| ((*family).to_owned(), cx.t(&format!("measurements-family-{family}")))));
    Form::get(format!("{HOME}/compare"), cx.t("list-apply")).field("family", cx.t("measurements-family"), Input::Select(choices)).value(chosen)
}

/// One family: a row for each organisation, a column for each check.
fn matrix(cx: &Cx, standing: &Standing, places: &[Place<'_>], family: &'static str, checks: &[Check]) -> List {
    let mut list = List::new(family, cx.t(&format!("measurements-family-{family}"))).column(cx.t("measurements-organisation"));
    for check in checks {
        list = list.column(check_name(cx, *check));
    }
    for (organisation, _) in measured(standing) {
        let own = places.iter().filter(|place| place.organisation.id == organisation.id && place.family == family);
        let name = Cell::link(format!("{HOME}/organisations/{}", organisation.id), organisation.name(cx.lang));
        list.row(std::iter::once(name).chain(own.map(|place| cell(cx, place))).collect());
    }
    list.empty(cx.t("measurements-no-targets"))
}

/// The figure, which leads to its evidence; what is not met; what could not be measured.
fn cell(cx: &Cx, place: &Place<'_>) -> Cell {
    let counts = place.counts;
    if counts.applicable() == 0 {
        return Cell::text(if counts.not_applicable > 0 { cx.t("measurements-verdict-not-applicable") } else { String::new() });
    }
    let figure = counts.rate();
    let mut parts = vec![Cell::link(place.evidence(), figure.text(cx.lang))];
    if figure.value.is_some() {
        parts.push(Cell::text(format!("{} / {}", counts.met, counts.decided())));
    }
    if counts.not_met > 0 {
        parts.push(Cell::Badge(Tone::Bad, cx.tv("measurements-compare-not-met", &[("count", counts.not_met.to_string())])));
    }
    if counts.unknown > 0 {
        let coverage = [("share", figure.coverage.text()), ("known", counts.decided().to_string()), ("all", counts.applicable().to_string())];
        parts.push(Cell::Badge(Tone::Warn, cx.tv("measurements-compare-coverage", &coverage)));
    }
    Cell::ranked(place.share(), parts)
}

/// The same in lines, every count in a column of its own: for sorting over all checks, and as CSV.
fn lines(cx: &Cx, places: &[Place<'_>]) -> List {
    List::new("lines", cx.t("measurements-compare-lines"))
        .choice(cx.t("measurements-organisation"))
        .choice(cx.t("measurements-family"))
        .choice(cx.t("measurements-check"))
        .column(MEASURED_MET_RATE.name(cx.lang))
        .column(cx.t("measurements-verdict-met"))
        .column(cx.t("measurements-verdict-not-met"))
        .column(cx.t("measurements-unknown-count"))
        .column(cx.t("measurements-verdict-not-applicable"))
        .column(cx.t("measurements-coverage"))
        .empty(cx.t("measurements-no-targets"))
        .rows(places.iter().map(|place| {
            let (counts, figure) = (place.counts, place.counts.rate());
            let covered = (figure.coverage.all > 0).then(|| figure.coverage.known as f64 / figure.coverage.all as f64);
            vec![
                Cell::text(place.organisation.name(cx.lang)),
                Cell::text(cx.t(&format!("measurements-family-{}", place.family))),
                Cell::link(place.evidence(), check_name(cx, place.check)),
                Cell::figure(figure.text(cx.lang), place.share()),
                Cell::int(counts.met as i64),
                Cell::int(counts.not_met as i64),
                Cell::int(counts.unknown as i64),
                Cell::int(counts.not_applicable as i64),
                Cell::figure(figure.coverage.text(), covered),
            ]
        }))
}

/// What a number counts: the newest observation of each target of one organisation, of one check or of all.
pub async fn observations(cx: Cx, Path(id): Path<OrganisationId>) -> Result<Page> {
    let scope = cx.scope("measurements", Verb::Read)?;
    let mut tx = cx.read().await?;
    let organisation = register::store::organisation(&mut tx, &scope, &id).await?;
    let own = Scope::Paths(vec![organisation.path.clone()]);
    let standing = actions::standing(&mut tx, &own, cx.app.clock.now()).await?;
    let since = store::since_decided(&mut tx, &own).await?;
    let only = Check::parse(&asked(&cx, "check"));
    let checks = only.map_or_else(|| Check::ALL.to_vec(), |check| vec![check]);
    let counts = standing.count(standing.targets_of(&id), &checks);
    let figure = counts.rate();
    let newest: Vec<_> =
        standing.targets_of(&id).flat_map(|target| target.expects(&checks).filter_map(|check| Some(&standing.newest(target, check)?.id))).collect();
    let full = store::observations(&mut tx, &own, &newest).await?;
    let mut list = List::new("observations", cx.t("measurements-observations"))
        .column(cx.t("measurements-target"))
        .choice(cx.t("measurements-check"))
        .choice(cx.t("measurements-verdict"))
        .column(cx.t("measurements-since"))
        .column(cx.t("measurements-value"))
        .column(cx.t("measurements-why"))
        .column(cx.t("measurements-at"))
        .empty(cx.t("measurements-no-targets"));
    for target in standing.targets_of(&id) {
        for check in target.expects(&checks) {
            let key = (id.clone(), target.domain.clone(), check);
            list.row(match standing.newest(target, check).and_then(|brief| Some((standing.verdict(brief), full.get(&brief.id)?))) {
                Some((verdict, one)) => vec![
                    Cell::link(format!("{HOME}/observations/{}", one.id), &*target.domain),
                    Cell::text(check_name(&cx, check)),
                    badge(&cx, verdict),
                    since_cell(&cx, since.get(&key)),
                    Cell::text(&*one.value),
                    Cell::text(one.reason.text.get(cx.lang)),
                    Cell::text(show_stamp(&one.at)),
                ],
                None => vec![
                    Cell::link(format!("{HOME}/targets/{}", target.asset_id), &*target.domain),
                    Cell::text(check_name(&cx, check)),
                    Cell::Badge(Tone::Warn, cx.t("measurements-never")),
                    Cell::text(""),
                    Cell::text(""),
                    Cell::text(""),
                    Cell::text(""),
                ],
            });
        }
    }
    let title = match only {
        Some(check) => cx.tv("measurements-of-check", &[("name", organisation.name(cx.lang).to_owned()), ("check", check_name(&cx, check))]),
        None => cx.tv("measurements-of", &[("name", organisation.name(cx.lang).to_owned())]),
    };
    Ok(cx
        .page(title)
        .crumb(HOME, cx.t("measurements-title"))
        .crumb(format!("{HOME}/compare"), cx.t("measurements-compare"))
        .crumb(format!("{HOME}/organisations/{id}"), organisation.name(cx.lang))
        .facts(vec![
            (MEASURED_MET_RATE.name(cx.lang).to_owned(), Cell::text(figure.text(cx.lang))),
            (cx.t("measurements-coverage"), super::coverage(&cx, &figure)),
        ])
        .list(list))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_is_compared_in_one_family() {
        for check in Check::ALL {
            let families = FAMILIES.iter().filter(|(_, checks)| checks.contains(check)).count();
            assert_eq!(families, 1, "{}", check.as_str());
        }
    }
}
