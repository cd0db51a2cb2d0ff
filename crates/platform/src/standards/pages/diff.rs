//! The difference of two editions, as a page (with its CSV) and as a JSON file.

use engine::facts::{AppliesTo, Check, Role};

use super::EDITIONS;
use super::editions::comparison;
use crate::base::cx::Cx;
use crate::base::db::Tx;
use crate::base::error::{Error, Result};
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::list::{List, query};
use crate::base::view::page::Page;
use crate::base::view::respond::File;
use crate::standards::api::Diff;
use crate::standards::change::{Change, FieldChange, Kind};
use crate::standards::requirement::EditionId;
use crate::standards::store;

/// The two editions an address names with `from` and `to`.
fn asked(cx: &Cx) -> Result<(EditionId, EditionId)> {
    let query = query(&cx.uri);
    let of = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| EditionId::from_text(value.as_str())).ok_or(Error::NotFound);
    Ok((of("from")?, of("to")?))
}

/// What happened, as a badge.
pub(super) fn badge(cx: &Cx, kind: Kind) -> Cell {
    let tone = match kind {
        Kind::Added => Tone::Good,
        Kind::Changed => Tone::Warn,
        Kind::Withdrawn => Tone::Plain,
    };
    Cell::Badge(tone, cx.t(&format!("standards-kind-{}", kind.as_str())))
}

/// A value of a field in words.
fn words(cx: &Cx, field: &str, value: &str) -> String {
    let each = |word: &dyn Fn(&str) -> Option<String>| {
        value.split_whitespace().map(|one| word(one).unwrap_or_else(|| one.to_owned())).collect::<Vec<_>>().join(&cx.t("standards-comma"))
    };
    match field {
        "roles" => each(&|one| Role::parse(one).map(|one| super::role(cx, one))),
        "applies-to" => each(&|one| AppliesTo::parse(one).map(|one| super::applies_to(cx, one))),
        "checks" => each(&|one| Check::parse(one).map(|one| super::check(cx, one))),
        "evidence" => each(&|one| ["self", "audit", "measurement"].contains(&one).then(|| cx.t(&format!("standards-evidence-{one}")))),
        "priority-inspection" if value == "yes" || value == "no" => cx.t(value),
        _ => value.to_owned(),
    }
}

/// The name of a field.
pub(super) fn field(cx: &Cx, change: &FieldChange) -> String {
    cx.t(&format!("standards-field-{}", change.field))
}

/// A list of changes, one row per field; texts in the reader's language, and in the other where only that one changed.
pub(super) fn list(cx: &Cx, changes: &[Change]) -> List {
    let mut list = List::new("changes", cx.t("standards-changes"))
        .column(cx.t("standards-number"))
        .choice(cx.t("standards-what"))
        .column(cx.t("standards-requirement"))
        .choice(cx.t("standards-field"))
        .column(cx.t("standards-before"))
        .column(cx.t("standards-after"))
        .empty(cx.t("standards-changes-none"));
    for change in changes {
        let mut row = |field: String, before: String, after: String| {
            let id = change.after.as_ref().or(change.before.as_ref());
            list.row(vec![
                id.map_or_else(|| Cell::text(&*change.code), |id| Cell::link(format!("/standards/requirements/{id}"), &*change.code)),
                badge(cx, change.kind),
                Cell::text(change.title(cx.lang)),
                Cell::text(field),
                Cell::text(before),
                Cell::text(after),
            ]);
        };
        for one in &change.fields {
            let spoken = one.lang.is_empty() || one.lang == cx.lang.as_str();
            let elsewhere = !change.fields.iter().any(|other| other.field == one.field && other.lang == cx.lang.as_str());
            if spoken || elsewhere {
                row(field(cx, one), words(cx, one.field, &one.before), words(cx, one.field, &one.after));
            }
        }
    }
    list
}

async fn read(tx: &mut Tx, cx: &Cx) -> Result<Diff> {
    let (from, to) = asked(cx)?;
    crate::standards::actions::diff(tx, &from, &to).await
}

/// The difference as a page.
pub async fn diff(cx: Cx) -> Result<Page> {
    let mut tx = cx.read().await?;
    let diff = read(&mut tx, &cx).await?;
    let editions = store::editions(&mut tx).await?;
    let count = |kind: Kind| diff.changes.iter().filter(|one| one.kind == kind).count().to_string();
    let named = |one: &crate::standards::requirement::Edition| {
        cx.tv("standards-edition-named", &[("title", one.title(cx.lang).to_owned()), ("version", one.version.clone())])
    };
    Ok(cx
        .page(cx.t("standards-compare"))
        .crumb(EDITIONS, cx.t("standards-standards"))
        .lead(cx.tv(
            "standards-diff-lead",
            &[
                ("from", named(&diff.from)),
                ("to", named(&diff.to)),
                ("added", count(Kind::Added)),
                ("changed", count(Kind::Changed)),
                ("withdrawn", count(Kind::Withdrawn)),
            ],
        ))
        .list(list(&cx, &diff.changes))
        .links(vec![(format!("/standards/diff.json?from={}&to={}", diff.from.id, diff.to.id), cx.t("standards-diff-json"))])
        .form(comparison(&cx, &editions, Some(&diff.from.id), Some(&diff.to.id)).heading(cx.t("standards-compare-other"))))
}

/// The difference as a JSON file.
pub async fn diff_json(cx: Cx) -> Result<File> {
    let diff = read(&mut cx.read().await?, &cx).await?;
    let name = format!("{}-{}-{}.json", diff.from.standard_code, diff.from.version, diff.to.version);
    Ok(File { name, kind: "application/json", bytes: serde_json::to_vec_pretty(&diff)?, inline: false })
}
