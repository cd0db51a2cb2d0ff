//! `hinomi measure homepages`, and `hinomi probe NAME --homepage` without a database.

use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use engine::homepage::{Sight, Snapshot, Thresholds, compare, judge, learn, look};
use formats::evidence::Target;
use probe::Prober;
use serde_json::json;

use super::api::{self, WatchingIn};
use super::{actions, jobs};
use crate::base::actor::Scope;
use crate::base::area::{AloneCx, CliCx};
use crate::base::dates::show_stamp;
use crate::base::error::Result;
use crate::base::jobs::run_due;
use crate::base::work::Work;

/// Seconds between the two fetches from which a page is learnt at the terminal.
const APART: Duration = Duration::from_secs(2);

/// Its arguments.
pub fn command() -> Command {
    Command::new("homepages")
        .arg(Arg::new("standing").long("standing").value_name("STANDING").value_parser(["learning", "up", "changed", "down"]))
        .arg(Arg::new("every").long("every").value_name("MINUTES").value_parser(value_parser!(u32).range(1..=1_440)))
        .arg(Arg::new("off").long("off").action(ArgAction::SetTrue).conflicts_with("every"))
        .arg(Arg::new("now").long("now").action(ArgAction::SetTrue))
}

/// Sets the watch, looks at the pages whose time has come, lists them. Exit code 1: some page is changed or down.
pub async fn run(cx: &CliCx, m: &ArgMatches) -> Result<u8> {
    let minutes = if m.get_flag("off") { Some(0) } else { m.get_one::<u32>("every").copied() };
    if minutes.is_some() {
        let mut work = cx.work().await?;
        api::change(&mut work, WatchingIn { minutes, ..WatchingIn::default() }).await?;
        work.commit().await?;
    }
    if m.get_flag("now") {
        let mut work: Work = cx.work().await?;
        work.enqueue(jobs::JOB, "homepages", json!({})).await?;
        work.tx.commit().await?;
        run_due(&cx.app).await?;
    }
    let mut tx = cx.app.db.read().await?;
    let mut found = api::all(&mut tx, &Scope::Everything, cx.app.clock.now()).await?;
    let bad = found.iter().any(|one| matches!(one.homepage.standing.as_str(), "changed" | "down"));
    if let Some(standing) = m.get_one::<String>("standing") {
        found.retain(|one| one.homepage.standing.as_str() == standing);
    }
    let watching = actions::watching(&mut tx).await?;
    cx.print(&found, || {
        let every = match watching.minutes {
            Some(minutes) => cx.tv("measurements-homepages-every", &[("minutes", minutes.to_string())]),
            None => cx.t("measurements-homepages-off"),
        };
        let line = |one: &api::HomepageOut| {
            let page = &one.homepage;
            let word = cx.t(&format!("measurements-homepage-{}", page.standing.as_str()));
            let why = page.reasons.first().or(page.remark.as_ref()).map_or("", |reason| reason.text.get(cx.lang));
            format!("{}  {}  {word}  {}  {}  {why}", one.organisation, page.domain, show_stamp(&page.since), one.availability.text(cx.lang))
        };
        let head = format!("{}: {every}", cx.t("measurements-homepages-interval"));
        std::iter::once(head).chain(found.iter().map(line)).collect::<Vec<_>>().join("\n")
    })?;
    Ok(u8::from(bad))
}

/// Looks twice at one page and prints what is seen. Exit code 2: there is no page to see.
pub async fn probe(cx: &AloneCx, prober: &Prober, domain: &str) -> Result<u8> {
    let mut seen = Vec::new();
    for turn in 0..2 {
        if turn > 0 {
            tokio::time::sleep(APART).await;
        }
        let mut visit = prober.visit(&Target::new(domain), cx.clock.now().as_second());
        match visit.settle(look).await {
            Sight::Page(page) => seen.push(*page),
            Sight::Down(reason) | Sight::Unknown(reason) => {
                cx.print(&json!({ "domain": domain, "page": null, "reason": reason }), || format!("{domain}: {}", reason.text.get(cx.lang)))?;
                return Ok(2);
            }
        }
    }
    let [first, second] = seen.as_slice() else { return Ok(2) };
    let known = learn(first, second);
    let between = compare(&engine::homepage::Baseline::of(first), second);
    let verdict = judge(&between, &Thresholds::default());
    let page = &known.page;
    cx.print(&json!({ "domain": domain, "page": page, "between_two_looks": between, "verdict": verdict }), || shown(cx, page, &between))?;
    Ok(0)
}

fn shown(cx: &AloneCx, page: &Snapshot, between: &engine::homepage::Change) -> String {
    let part = |name: &str| cx.t(&format!("measurements-homepage-part-{name}"));
    let mut lines = vec![format!("{}  HTTP {}", page.address, page.status)];
    let mut add = |label: String, text: &str| {
        if !text.is_empty() {
            lines.push(format!("{label}: {text}"));
        }
    };
    add(part("title"), &page.title);
    add(part("away"), page.away.as_deref().unwrap_or_default());
    add(part("language"), &format!("{} {}", page.lang, page.writing.as_str()));
    add(part("certificate"), page.certificate.as_deref().unwrap_or_default());
    for (reach, hosts) in &page.hosts {
        add(cx.t(&format!("measurements-homepage-reach-{}", reach.as_str())), &hosts.keys().cloned().collect::<Vec<_>>().join(", "));
    }
    let alike = |share: f64| format!("{:.0} %", share * 100.0);
    add(cx.t("measurements-homepage-skeleton-twice"), &alike(between.skeleton));
    add(cx.t("measurements-homepage-text-twice"), &alike(between.text));
    lines.join("\n")
}
