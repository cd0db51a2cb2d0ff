//! The audit log as a page: who did what, when, within the reader's reach. Reading it is written to it.

use serde_json::json;

use crate::base::actor::{Scope, Verb};
use crate::base::area::areas;
use crate::base::audit::{self, Filter, Line};
use crate::base::cx::Cx;
use crate::base::dates::{parse_date, show_stamp};
use crate::base::error::{Error, Result};
use crate::base::view::cell::Cell;
use crate::base::view::form::{Form, Input};
use crate::base::view::list::{List, encode, query};
use crate::base::view::page::Page;
use crate::register::organisation::Organisation;
use crate::register::store;

/// Lines on one page.
const COUNT: i64 = 200;

/// Reads the lines the query asks for, within reach, and writes that they were read.
pub async fn read(cx: &Cx, query: &[(String, String)]) -> Result<(Vec<Line>, Vec<Organisation>, Filter)> {
    let text = |name: &str| query.iter().find(|(key, _)| key == name).map_or(String::new(), |(_, value)| value.trim().to_owned());
    let scope = cx.scope("access", Verb::Read)?;
    let mut work = cx.work().await?;
    let all = store::organisations(&mut work.tx, &Scope::Everything).await?;
    // Lines about no organisation (standards, accounts, settings) concern the whole: only who reaches the top sees them.
    let whole = all.iter().filter(|one| one.parent_id.is_none()).all(|top| scope.holds(&top.path));
    let reached: Vec<Organisation> = all.into_iter().filter(|one| scope.holds(&one.path)).collect();
    for day in ["from", "to"] {
        if !text(day).is_empty() && parse_date(&text(day)).is_none() {
            return Err(Error::invalid(day, "error-not-a-date"));
        }
    }
    let filter = Filter {
        area: text("area"),
        text: text("text"),
        from: text("from"),
        to: text("to"),
        before: text("before").parse().unwrap_or(0),
        organisations: (!whole).then(|| reached.iter().map(|one| one.id.to_string()).collect()),
    };
    let lines = audit::search(&mut work.tx, &filter, COUNT).await?;
    let asked = json!({ "area": filter.area, "text": filter.text, "from": filter.from, "to": filter.to });
    work.audit("", "access", "audit.read", "", asked).await?;
    work.commit().await?;
    Ok((lines, reached, filter))
}

/// The page: filter, lines, and with `?verify=1` whether the chain holds.
pub async fn page(cx: Cx) -> Result<Page> {
    let asked = query(&cx.uri);
    let (lines, organisations, filter) = read(&cx, &asked).await?;
    let mut page = cx.page(cx.t("access-audit")).lead(cx.t("access-audit-lead"));
    if asked.iter().any(|(name, _)| name == "verify") {
        page = match audit::verify(&mut cx.read().await?).await? {
            Ok((count, hash)) => page.note("good", cx.tv("access-audit-holds", &[("count", count.to_string()), ("hash", hash)])),
            Err(broken) => page.note("bad", cx.tv("access-audit-broken", &[("line", broken.seq.to_string())])),
        };
    } else {
        page = page.links(vec![("/access/audit?verify=1".to_owned(), cx.t("access-audit-verify"))]);
    }
    let mut names: Vec<(String, String)> = vec![(String::new(), cx.t("list-all"))];
    names.extend(areas().iter().map(|area| (area.name.to_owned(), called(&cx, area.name))));
    let form = Form::get("/access/audit", cx.t("list-apply"))
        .field("area", cx.t("access-audit-area"), Input::Select(names))
        .value(&*filter.area)
        .text("text", cx.t("access-audit-text"))
        .value(&*filter.text)
        .field("from", cx.t("access-audit-from"), Input::Line("date"))
        .value(&*filter.from)
        .field("to", cx.t("access-audit-to"), Input::Line("date"))
        .value(&*filter.to);
    let last = lines.last().filter(|_| lines.len() as i64 == COUNT).map(|line| line.seq);
    let list = List::new("audit", cx.t("access-audit-lines"))
        .column(cx.t("access-audit-number"))
        .column(cx.t("access-audit-at"))
        .column(cx.t("access-audit-who"))
        .choice(cx.t("access-audit-verb"))
        .column(cx.t("access-audit-subject"))
        .choice(cx.t("access-organisation"))
        .column(cx.t("access-audit-detail"))
        .rows(lines.into_iter().map(|line| {
            let place = organisations.iter().find(|one| one.id.as_str() == line.organisation).map_or("", |one| one.name(cx.lang));
            vec![
                Cell::int(line.seq),
                Cell::text(show_stamp(&line.at)),
                Cell::text(if line.actor_name.is_empty() { cx.t("access-audit-public") } else { line.actor_name }),
                Cell::text(format!("{} {}", called(&cx, &line.area), line.verb)),
                Cell::text(line.subject),
                Cell::text(place),
                Cell::text(readable(&line.detail)),
            ]
        }));
    page = page.form(form).list(list);
    if let Some(last) = last {
        let href = format!(
            "/access/audit?area={}&text={}&from={}&to={}&before={last}",
            encode(&filter.area),
            encode(&filter.text),
            encode(&filter.from),
            encode(&filter.to),
        );
        page = page.links(vec![(href, cx.t("access-audit-older"))]);
    }
    Ok(page)
}

/// What people call an area: the words of its menu, where it has one.
fn called(cx: &Cx, area: &str) -> String {
    let menu = areas().iter().find(|one| one.name == area).and_then(|one| one.menu.first());
    menu.map_or_else(|| area.to_owned(), |entry| cx.t(entry.text))
}

/// A line's detail without the signs of JSON; what is empty says nothing.
fn readable(detail: &str) -> String {
    let Ok(serde_json::Value::Object(fields)) = serde_json::from_str(detail) else { return detail.to_owned() };
    let said = fields.iter().filter(|(_, value)| !matches!(value, serde_json::Value::Null) && value.as_str() != Some(""));
    let word = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    said.map(|(name, value)| format!("{name}: {}", word(value))).collect::<Vec<_>>().join("; ")
}
