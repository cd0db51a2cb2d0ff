//! The check of named programs: whether a server names one whose maker has stopped supporting it.
//!
//! What a server names is no proof: distributions carry repairs back into old versions. So nothing here is ever called weak or not met;
//! what is named is given to somebody who can look.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use formats::dns::plain;
use formats::evidence::{Missing, Response, Verdict};
use formats::html;
use formats::software::{self, Named, Support};
use hickory_proto::rr::Name;
use url::Url;

use super::findings::absent_path;
use super::walk::{Walk, ask};
use super::{curl, front, page, short};
use crate::judge::case::Case;
use crate::judge::judgement::{Judged, Reason};
use crate::judge::reasons::Why;
use crate::words::Words;

/// The list of branches without support, with the makers' pages.
static SUPPORT: LazyLock<Option<Support>> = LazyLock::new(|| Support::parse(include_bytes!("end-of-support.json")).ok());
/// Programs that are looked at.
const MOST: usize = 40;

/// Date of the list.
pub(in crate::judge) fn version() -> String {
    SUPPORT.as_ref().map(|list| list.version.clone()).unwrap_or_default()
}

/// Judges what the pages of `name` name.
pub(in crate::judge) fn check(case: &Case<'_>, name: &Name) -> Result<Judged, Missing> {
    let walk = front(case, name)?;
    let judged = match &walk {
        Ok(walk) => judge(case, walk)?,
        Err(judged) => judged.clone(),
    };
    let step = walk.as_ref().ok().and_then(|walk| walk.steps.last());
    Ok(judged
        .command(curl(case, step, super::address(true, &plain(name), "/").as_ref(), "-i"))
        .expected("提供元のサポートが終わった版を名乗るソフトウェアがないこと", "no program that names a version without support by its maker"))
}

fn judge(case: &Case<'_>, walk: &Walk<'_>) -> Result<Judged, Missing> {
    let step = match page(walk) {
        Ok(step) => step,
        Err(judged) => return Ok(*judged),
    };
    let mut found = BTreeMap::new();
    for step in &walk.steps {
        headers(step.response, &mut found);
    }
    body(step.response, &mut found);
    // Error pages name servers whose headers do not.
    let mut error: Url = step.url.clone();
    error.set_path(&absent_path(case.evidence));
    error.set_query(None);
    if let Ok((_, response)) = ask(case, &error)? {
        headers(response, &mut found);
        error_page(response, &mut found);
    }
    let Some(list) = SUPPORT.as_ref() else { return Ok(Judged::new(Verdict::CouldNotMeasure, Why::SoftwareNoList, &[])) };
    let outdated: Vec<Reason> = found
        .iter()
        .filter_map(|(named, place)| {
            let row = list.outdated(named, case.evidence.at)?;
            let data =
                [("product", row.product.as_str()), ("version", &named.version), ("date", &row.ended), ("source", &row.source), ("place", place)];
            Some(Reason::new(Why::SoftwareToConfirm, &data))
        })
        .collect();
    let value = found.keys().map(|named| format!("{} {}", named.name, named.version)).collect::<Vec<_>>().join(", ");
    let seen = found.iter().map(|(named, place)| format!("{place}: {} {}", named.name, named.version)).collect::<Vec<_>>().join("\n");
    let seen = if seen.is_empty() { Words::new("版を名乗るものはありません", "nothing names a version") } else { Words::same(seen) };
    let mut judged = match outdated.first() {
        Some(reason) => {
            let mut judged = Judged::new(Verdict::CouldNotMeasure, Why::SoftwareMet, &[]);
            judged.reason = reason.clone();
            judged.notes = outdated.iter().skip(1).cloned().collect();
            judged
        }
        None => Judged::new(Verdict::Met, Why::SoftwareMet, &[]),
    };
    if found.values().any(|place| place.starts_with("Server") || place.starts_with("X-")) {
        judged = judged.note(Why::SoftwareNamed, &[]);
    }
    Ok(judged.value(short(&value, 120)).observed(seen))
}

fn keep(found: &mut BTreeMap<Named, String>, named: Named, place: &str) {
    let named = Named { name: short(&named.name, 60), version: short(&named.version, 40) };
    if found.len() < MOST {
        found.entry(named).or_insert_with(|| place.to_owned());
    }
}

fn headers(response: &Response, found: &mut BTreeMap<Named, String>) {
    for (name, value) in &response.headers {
        let place = match name.to_ascii_lowercase().as_str() {
            "server" => "Server",
            "x-powered-by" => "X-Powered-By",
            "x-generator" => {
                software::generator(value).into_iter().for_each(|named| keep(found, named, "X-Generator"));
                continue;
            }
            _ => continue,
        };
        software::products(value).into_iter().for_each(|named| keep(found, named, place));
    }
}

fn body(response: &Response, found: &mut BTreeMap<Named, String>) {
    let page = html::read(&response.body.0, response.header("content-type"));
    page.generator().and_then(software::generator).into_iter().for_each(|named| keep(found, named, "meta generator"));
    for script in page.scripts.iter().filter_map(|script| script.src.as_deref()) {
        software::script(script, "jquery").into_iter().for_each(|named| keep(found, named, "script"));
    }
}

/// `Apache Tomcat/9.0.1` and the like, in the text of an error page.
fn error_page(response: &Response, found: &mut BTreeMap<Named, String>) {
    if response.status < 400 {
        return;
    }
    let page = html::read(&response.body.0, response.header("content-type"));
    for text in page.text.iter().chain(&page.title).take(200) {
        software::products(text).into_iter().for_each(|named| keep(found, named, "error page"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sound_and_covers_the_usual_programs() {
        let list = Support::parse(include_bytes!("end-of-support.json")).unwrap();
        let now = formats::date::day("2026-09-22").unwrap();
        let outdated = |name: &str, version: &str| list.outdated(&Named { name: name.into(), version: version.into() }, now).is_some();
        for (name, old, new) in [
            ("Apache", "2.2.15", "2.4.62"),
            ("nginx", "1.14.0", "1.29.1"),
            ("PHP", "7.4.33", "8.3.1"),
            ("OpenSSL", "1.0.2k-fips", "3.5.1"),
            ("Microsoft-IIS", "8.5", "10.0"),
            ("Tomcat", "8.5.31", "11.0.2"),
            ("jquery", "1.12.4", "3.7.1"),
            ("WordPress", "4.5.3", "6.8.1"),
            ("Drupal", "7", "11"),
        ] {
            assert!(outdated(name, old), "{name} {old}");
            assert!(!outdated(name, new), "{name} {new}");
        }
    }
}
