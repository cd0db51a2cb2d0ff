//! `hinomi improvements …`: whatever the pages do, for scripts.

use clap::{Arg, ArgAction, ArgMatches, Command};
use engine::numbers::definition;

use super::actions::{self, Ask, NewDraft};
use super::plan::{NewPlan, steps_of};
use super::recommendation::{Recommendation, RecommendationId, State};
use super::store;
use crate::base::actor::{Scope, Verb};
use crate::base::area::CliCx;
use crate::base::dates::date;
use crate::base::db::Tx;
use crate::base::error::{Error, Result};
use crate::base::work::Work;
use crate::{inspections, register};

/// The command.
pub fn command() -> Command {
    let code = || Arg::new("CODE").required(true).help("The number of the recommendation");
    let text = |name: &'static str, help: &'static str| Arg::new(name).long(name).required(true).help(help);
    let some = |name: &'static str, help: &'static str| Arg::new(name).long(name).default_value("").help(help);
    Command::new("improvements")
        .about("Recommendations, improvement plans and exceptions")
        .subcommand_required(true)
        .subcommand(
            Command::new("list")
                .about("List recommendations; exit code 1 when one is overdue")
                .arg(some("cycle", "Only of this cycle"))
                .arg(some("organisation", "Only of this organisation (code)"))
                .arg(some("state", "Only in this state"))
                .arg(Arg::new("overdue").long("overdue").action(ArgAction::SetTrue).help("Only what is overdue")),
        )
        .subcommand(
            Command::new("outcomes")
                .about("Count what became of recommendations, by organisation and over all")
                .arg(some("cycle", "Only of this cycle")),
        )
        .subcommand(Command::new("show").about("Show one recommendation with plans and history").arg(code()))
        .subcommand(
            Command::new("draft")
                .about("Draft recommendations from a cycle's findings")
                .arg(Arg::new("cycle").required(true).value_name("CYCLE").help("The cycle's code"))
                .arg(Arg::new("organisation").long("organisation").action(ArgAction::Append).help("Only for this organisation (code)"))
                .arg(some("requirement", "Only for this requirement (code)"))
                .arg(Arg::new("most").long("most").default_value("5").value_parser(clap::value_parser!(usize)).help("At most so many each"))
                .arg(some("due", "The last day, 2027-03-31")),
        )
        .subcommand(
            Command::new("issue")
                .about("Issue drafts")
                .arg(Arg::new("CODE").num_args(0..).help("The numbers of the drafts"))
                .arg(Arg::new("all").long("all").action(ArgAction::SetTrue).help("Every draft")),
        )
        .subcommand(
            Command::new("plan")
                .about("Answer with a plan, in the organisation's name")
                .arg(code())
                .arg(text("summary", "What will be done"))
                .arg(text("owner", "Who answers for it"))
                .arg(some("owner-email", "Where that person is told"))
                .arg(text("due", "Until when, 2026-09-30"))
                .arg(Arg::new("step").long("step").action(ArgAction::Append).required(true).help("A step, with or without a date before it")),
        )
        .subcommand(Command::new("accept").about("Accept the plan").arg(code()).arg(some("note", "A remark")))
        .subcommand(Command::new("return").about("Send the plan back").arg(code()).arg(text("reason", "Why")))
        .subcommand(Command::new("close-by-audit").about("Close by an auditor's confirmation").arg(code()).arg(text("seen", "What was seen")))
        .subcommand(Command::new("withdraw").about("Take a recommendation back").arg(code()).arg(text("reason", "Why")))
        .subcommand(Command::new("issuer").about("Say who issues recommendations").arg(Arg::new("WHO").required(true).value_parser(actions::ISSUERS)))
        .subcommand(Command::new("exceptions").about("List exceptions as they stand today"))
        .subcommand(
            Command::new("ask")
                .about("Ask for an exception")
                .arg(text("organisation", "The organisation's code"))
                .arg(text("requirement", "The requirement's code"))
                .arg(some("system", "The system's code"))
                .arg(text("reason", "Why the requirement is not kept"))
                .arg(text("instead", "What is done instead"))
                .arg(text("expires", "The last day")),
        )
        .subcommand(
            Command::new("approve")
                .about("Grant an exception")
                .arg(Arg::new("ID").required(true))
                .arg(some("note", "A remark"))
                .arg(some("until", "An earlier last day")),
        )
        .subcommand(Command::new("refuse").about("Refuse an exception").arg(Arg::new("ID").required(true)).arg(text("reason", "Why")))
        .subcommand(Command::new("end").about("End an exception").arg(Arg::new("ID").required(true)).arg(text("reason", "Why")))
}

fn word<'m>(m: &'m ArgMatches, name: &str) -> &'m str {
    m.get_one::<String>(name).map_or("", String::as_str)
}

/// Runs it.
pub async fn run(cx: CliCx, m: ArgMatches) -> Result<u8> {
    let Some((name, m)) = m.subcommand() else { return Ok(2) };
    match name {
        "list" => list(&cx, m).await,
        "outcomes" => outcomes(&cx, m).await,
        "show" => show(&cx, m).await,
        "exceptions" => exceptions(&cx).await,
        _ => change(&cx, name, m).await,
    }
}

/// The id of the cycle called as the arguments say; empty when they name none.
async fn cycle(tx: &mut Tx, m: &ArgMatches) -> Result<String> {
    match word(m, "cycle") {
        "" => Ok(String::new()),
        code => Ok(inspections::store::cycle_by_code(tx, code).await?.id.to_string()),
    }
}

fn line(cx: &CliCx, one: &Recommendation, today: &str) -> String {
    let late = if one.is_overdue(today) { cx.t("improvements-is-overdue") } else { String::new() };
    format!("{}  {}  {}  {} {late}", one.code, cx.t(&format!("improvements-state-{}", one.state.as_str())), one.due_on, one.title)
}

async fn list(cx: &CliCx, m: &ArgMatches) -> Result<u8> {
    let mut tx = cx.app.db.read().await?;
    let scope = cx.actor.scope("improvements", Verb::Read);
    let today = date(cx.app.clock.now()).to_string();
    let cycle = cycle(&mut tx, m).await?;
    let mut all = match word(m, "organisation") {
        "" => store::recommendations(&mut tx, &scope, &cycle).await?,
        code => {
            let organisation = register::store::organisation_by_code(&mut tx, &scope, code).await?;
            store::recommendations_of(&mut tx, &scope, &organisation.id, &cycle).await?
        }
    };
    let state = match word(m, "state") {
        "" => None,
        text => Some(State::parse(text).ok_or(Error::invalid("state", "error-not-a-choice"))?),
    };
    all.retain(|one| state.is_none_or(|state| one.state == state) && (!m.get_flag("overdue") || one.is_overdue(&today)));
    let late = all.iter().any(|one| one.is_overdue(&today));
    cx.print(&all, || all.iter().map(|one| line(cx, one, &today)).collect::<Vec<_>>().join("\n"))?;
    Ok(u8::from(late))
}

async fn outcomes(cx: &CliCx, m: &ArgMatches) -> Result<u8> {
    let mut tx = cx.app.db.read().await?;
    let today = date(cx.app.clock.now()).to_string();
    let cycle = cycle(&mut tx, m).await?;
    let all = super::gather::outcomes(&mut tx, &cx.actor.scope("improvements", Verb::Read), &cycle, &today).await?;
    cx.print(&all, || {
        let names = all.total.iter().filter_map(|one| definition(&one.definition)).map(|one| one.name(cx.lang).to_owned());
        let mut lines = vec![std::iter::once(cx.t("improvements-organisation")).chain(names).collect::<Vec<_>>().join("\t")];
        let own = all.organisations.iter().map(|one| (cx.lang.pick(&*one.name_ja, &*one.name_en).to_owned(), &one.figures));
        for (name, figures) in own.chain([(cx.t("improvements-outcomes-total"), &all.total)]) {
            let shown = figures.iter().map(|one| format!("{} ({}/{})", one.text(cx.lang), one.numerator, one.denominator));
            lines.push(std::iter::once(name).chain(shown).collect::<Vec<_>>().join("\t"));
        }
        lines.join("\n")
    })?;
    Ok(0)
}

async fn show(cx: &CliCx, m: &ArgMatches) -> Result<u8> {
    let mut tx = cx.app.db.read().await?;
    let one = store::recommendation_by_code(&mut tx, &cx.actor.scope("improvements", Verb::Read), word(m, "CODE")).await?;
    let today = date(cx.app.clock.now()).to_string();
    let whole = super::api::Whole {
        overdue: one.is_overdue(&today),
        plans: store::plans(&mut tx, &one.id).await?,
        history: store::history(&mut tx, &one.id).await?,
        recommendation: one,
    };
    cx.print(&whole, || {
        let mut lines = vec![line(cx, &whole.recommendation, &today), whole.recommendation.body.clone()];
        lines.extend(whole.plans.iter().map(|plan| format!("{} {} {} {}", plan.version, plan.owner, plan.due_on, plan.summary)));
        lines.extend(whole.history.iter().map(|one| format!("{} {} {} {}", one.at, one.verb, one.who, one.note)));
        lines.join("\n")
    })?;
    Ok(0)
}

async fn exceptions(cx: &CliCx) -> Result<u8> {
    let mut tx = cx.app.db.read().await?;
    let all = store::exemptions(&mut tx, &cx.actor.scope("improvements", Verb::Read)).await?;
    let today = date(cx.app.clock.now()).to_string();
    cx.print(&all, || {
        let one = |one: &super::exemption::Exemption| {
            let standing = cx.t(&format!("improvements-exception-{}", one.on(&today).as_str()));
            format!("{}  {}  {standing}  {}  {}", one.id, one.requirement_code, one.expires_on, one.reason)
        };
        all.iter().map(one).collect::<Vec<_>>().join("\n")
    })?;
    Ok(0)
}

async fn called(work: &mut Work, m: &ArgMatches) -> Result<RecommendationId> {
    Ok(store::recommendation_by_code(&mut work.tx, &Scope::Everything, word(m, "CODE")).await?.id)
}

/// The verbs that change something: one action each, committed together.
async fn change(cx: &CliCx, name: &str, m: &ArgMatches) -> Result<u8> {
    let mut work = cx.work().await?;
    let mut said = serde_json::json!({ "done": name });
    match name {
        "draft" => {
            let organisations = m.get_many::<String>("organisation").map(|all| all.cloned().collect()).unwrap_or_default();
            let new = NewDraft {
                cycle: cycle(&mut work.tx, m).await?,
                organisations,
                requirement: word(m, "requirement").to_owned(),
                most: m.get_one::<usize>("most").copied().unwrap_or_default(),
                due_on: word(m, "due").to_owned(),
            };
            said = serde_json::to_value(actions::draft_from_findings(&mut work, &new, cx.lang).await?)?;
        }
        "issue" => {
            let mut issued = Vec::new();
            let named: Vec<String> = m.get_many::<String>("CODE").map(|all| all.cloned().collect()).unwrap_or_default();
            let drafts = store::recommendations(&mut work.tx, &Scope::Everything, "").await?;
            for one in drafts.into_iter().filter(|one| if m.get_flag("all") { one.state == State::Draft } else { named.contains(&one.code) }) {
                actions::issue(&mut work, &one.id).await?;
                issued.push(one.code);
            }
            if issued.len() < named.len() || issued.is_empty() {
                return Err(Error::NotFound);
            }
            said = serde_json::json!({ "issued": issued });
        }
        "plan" => {
            let id = called(&mut work, m).await?;
            let steps: Vec<String> = m.get_many::<String>("step").map(|all| all.cloned().collect()).unwrap_or_default();
            let new = NewPlan {
                summary: word(m, "summary").to_owned(),
                owner: word(m, "owner").to_owned(),
                owner_email: word(m, "owner-email").to_owned(),
                due_on: word(m, "due").to_owned(),
                steps: steps_of(&steps.join("\n")),
            };
            actions::submit(&mut work, &id, &new).await?;
        }
        "accept" => {
            let id = called(&mut work, m).await?;
            actions::accept(&mut work, &id, word(m, "note")).await?;
        }
        "return" => {
            let id = called(&mut work, m).await?;
            actions::return_plan(&mut work, &id, word(m, "reason")).await?;
        }
        "close-by-audit" => {
            let id = called(&mut work, m).await?;
            actions::close_by_audit(&mut work, &id, word(m, "seen")).await?;
        }
        "withdraw" => {
            let id = called(&mut work, m).await?;
            actions::withdraw(&mut work, &id, word(m, "reason")).await?;
        }
        "issuer" => actions::set_issuer(&mut work, word(m, "WHO")).await?,
        "ask" => {
            let new = Ask {
                organisation: word(m, "organisation").to_owned(),
                requirement: word(m, "requirement").to_owned(),
                system: word(m, "system").to_owned(),
                reason: word(m, "reason").to_owned(),
                instead: word(m, "instead").to_owned(),
                expires_on: word(m, "expires").to_owned(),
            };
            said = serde_json::json!({ "id": actions::ask(&mut work, &new).await? });
        }
        "approve" => actions::approve(&mut work, &exemption(m), word(m, "note"), word(m, "until")).await?,
        "refuse" => actions::refuse(&mut work, &exemption(m), word(m, "reason")).await?,
        "end" => actions::withdraw_exemption(&mut work, &exemption(m), word(m, "reason")).await?,
        _ => return Ok(2),
    }
    work.commit().await?;
    cx.print(&said, || format!("{}\n{said}", cx.t("improvements-cli-done")))?;
    Ok(0)
}

fn exemption(m: &ArgMatches) -> super::exemption::ExemptionId {
    crate::base::id::Id::from_text(word(m, "ID"))
}
