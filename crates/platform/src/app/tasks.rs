//! What the front page tells each reader: what is asked of me, by when, and what to fix first.

use std::collections::{BTreeMap, BTreeSet};

use engine::facts::Verdict;

use crate::base::actor::Verb;
use crate::base::cx::Cx;
use crate::base::dates::{date, show_day};
use crate::base::db::Tx;
use crate::base::error::Result;
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::list::List;
use crate::improvements::recommendation::State as Recommended;
use crate::inspections::cycle::{Cycle, State as CycleState};
use crate::{improvements, inspections, measurements, register};

/// One thing to do or to know.
struct Task {
    tone: Tone,
    text: String,
    href: String,
    /// `2026-09-30`; empty where nothing presses.
    due: String,
}

/// The table of what waits for this reader; empty for those for whom nothing can wait.
pub async fn tasks(cx: &Cx) -> Result<List> {
    let mut tasks = Vec::new();
    if cx.actor.is_known() {
        let mut tx = cx.read().await?;
        if cx.actor.may("access", Verb::Manage) {
            let left = super::setup::left(&mut tx).await?;
            tasks.extend(left.into_iter().map(|(key, href)| Task { tone: Tone::Warn, text: cx.t(&key), href: href.to_owned(), due: String::new() }));
        }
        cycles(cx, &mut tx, &mut tasks).await?;
        recommendations(cx, &mut tx, &mut tasks).await?;
        measured(cx, &mut tx, &mut tasks).await?;
    }
    // What is due first comes first; what has no day comes last.
    tasks.sort_by_key(|task| (task.due.is_empty(), task.due.clone()));
    let today = date(cx.app.clock.now()).to_string();
    let list = List::new("tasks", cx.t("home-tasks"))
        .bare()
        .column(cx.t("home-task"))
        .column(cx.t("home-due"))
        .column(cx.t("home-state"))
        .empty(cx.t("home-nothing"))
        .rows(tasks.into_iter().map(|task| {
            let late = !task.due.is_empty() && task.due < today;
            let due = show_day(&task.due, cx.lang);
            vec![
                Cell::link(task.href, task.text),
                Cell::text(due),
                if late {
                    Cell::Badge(Tone::Bad, cx.t("home-late"))
                } else {
                    Cell::Badge(task.tone, cx.t(if task.tone == Tone::Plain { "home-info" } else { "home-open" }))
                },
            ]
        }));
    Ok(list)
}

/// Cycles under way: for the centre their progress, for an organisation what is still to answer and to approve.
async fn cycles(cx: &Cx, tx: &mut Tx, tasks: &mut Vec<Task>) -> Result<()> {
    let reach = cx.actor.scope("inspections", Verb::Read);
    if reach.is_empty() {
        return Ok(());
    }
    let centre = cx.actor.may("inspections", Verb::Manage);
    let under_way: Vec<Cycle> = if centre { inspections::store::cycles(tx).await? } else { inspections::store::cycles_within(tx, &reach).await? };
    for cycle in under_way {
        let href = format!("/inspections/cycles/{}", cycle.id);
        let name = cx.lang.pick(&cycle.name_ja, &cycle.name_en).clone();
        let mut add = |tone, key: &str, values: &[(&str, String)], due: &str| {
            let values: Vec<(&str, String)> = values.iter().cloned().chain([("cycle", name.clone())]).collect();
            tasks.push(Task { tone, text: cx.tv(key, &values), href: href.clone(), due: due.to_owned() });
        };
        match cycle.state {
            CycleState::Draft if centre => add(Tone::Warn, "home-cycle-draft", &[], &cycle.opens_on),
            CycleState::Announced => add(Tone::Plain, "home-cycle-announced", &[], &cycle.opens_on),
            CycleState::Closed if centre => add(Tone::Warn, "home-cycle-closed", &[], ""),
            CycleState::Evaluated if centre => add(Tone::Warn, "home-cycle-evaluated", &[], ""),
            CycleState::Open => {
                let counts = inspections::store::asked_within(tx, &reach, &cycle.id).await?;
                let (asked, answered) = counts.iter().fold((0, 0), |(asked, answered), one| (asked + one.asked, answered + one.answered));
                let values = [("asked", asked.to_string()), ("answered", answered.to_string())];
                add(if answered < asked { Tone::Warn } else { Tone::Plain }, "home-cycle-open", &values, &cycle.closes_on);
                let deciding = cx.actor.scope("inspections", Verb::Decide);
                if !deciding.is_empty() && !centre {
                    let approved: BTreeMap<_, _> = inspections::store::approved_revisions(tx, &cycle.id).await?.into_iter().collect();
                    let waiting = inspections::store::participants_within(tx, &deciding, &cycle.id)
                        .await?
                        .into_iter()
                        .filter(|one| approved.get(&one.organisation_id) != Some(&one.revision))
                        .count();
                    if waiting > 0 {
                        add(Tone::Warn, "home-cycle-approve", &[("count", waiting.to_string())], &cycle.closes_on);
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Recommendations that wait for this reader's hand.
async fn recommendations(cx: &Cx, tx: &mut Tx, tasks: &mut Vec<Task>) -> Result<()> {
    let centre = cx.actor.may("improvements", Verb::Manage);
    let reach = cx.actor.scope("improvements", if centre { Verb::Manage } else { Verb::Write });
    if reach.is_empty() {
        return Ok(());
    }
    // Who answers for several organisations must see which of them is meant.
    let organisations = register::store::organisations(tx, &reach).await?;
    let several = organisations.len() > 1;
    for one in improvements::store::recommendations(tx, &reach, "").await? {
        let (tone, key) = match one.state {
            Recommended::Submitted if centre => (Tone::Warn, "home-plan-look"),
            Recommended::Issued | Recommended::Returned | Recommended::Reopened if !centre => (Tone::Warn, "home-plan-owed"),
            Recommended::Accepted if !centre => (Tone::Plain, "home-plan-running"),
            _ => continue,
        };
        let whose = organisations.iter().find(|own| several && own.id == one.organisation_id);
        let title = whose.map_or_else(
            || one.title.clone(),
            |own| cx.tv("home-plan-whose", &[("organisation", own.name(cx.lang).to_owned()), ("title", one.title.clone())]),
        );
        tasks.push(Task {
            tone,
            text: cx.tv(key, &[("title", title)]),
            href: format!("/improvements/recommendations/{}", one.id),
            due: one.due_on.clone(),
        });
    }
    Ok(())
}

/// What probes saw that is not met, for those who can mend it.
async fn measured(cx: &Cx, tx: &mut Tx, tasks: &mut Vec<Task>) -> Result<()> {
    let reach = cx.actor.scope("measurements", Verb::Write);
    if reach.is_empty() {
        return Ok(());
    }
    let newest = measurements::store::briefs(tx, &reach).await?;
    let not_met: Vec<_> = newest.iter().filter(|(_, one)| one.verdict == Verdict::NotMet).collect();
    let targets: BTreeSet<&str> = not_met.iter().map(|((_, target, _), _)| target.as_str()).collect();
    if !not_met.is_empty() {
        tasks.push(Task {
            tone: Tone::Warn,
            text: cx.tv("home-measured", &[("count", not_met.len().to_string()), ("targets", targets.len().to_string())]),
            href: "/measurements".to_owned(),
            due: String::new(),
        });
    }
    Ok(())
}
