//! `hinomi measure …`: everything the pages do, for scripts.

use std::sync::Arc;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use engine::facts::Verdict;

use crate::base::actor::{Scope, Verb};
use crate::base::area::CliCx;
use crate::base::config::App;
use crate::base::dates::show_stamp;
use crate::base::db::Tx;
use crate::base::error::{Error, Result};
use crate::base::jobs;
use crate::measurements::api::{self, ImportedOut, SettingsIn};
use crate::measurements::observation::{self, Observation, ObservationId};
use crate::measurements::run::{Asked, Run, RunId, State};
use crate::measurements::{actions, retention, store};

/// Its arguments.
pub fn command() -> Command {
    let organisation = || Arg::new("organisation").long("organisation").value_name("CODE");
    let check = || Arg::new("check").long("check").value_name("CHECK").action(ArgAction::Append).value_delimiter(',');
    let id = || Arg::new("id").value_name("ID").required(true);
    Command::new("measure")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("run")
                .arg(organisation())
                .arg(check())
                .arg(Arg::new("target").long("target").value_name("DOMAIN").action(ArgAction::Append).value_delimiter(','))
                .arg(Arg::new("wait").long("wait").action(ArgAction::SetTrue))
                .arg(super::resolver())
                .arg(super::vantage_file())
                .arg(Arg::new("vantage").long("vantage").env("HINOMI_VANTAGE").value_name("NAME")),
        )
        .subcommand(Command::new("rejudge").arg(organisation()).arg(check()).arg(Arg::new("wait").long("wait").action(ArgAction::SetTrue)))
        .subcommand(Command::new("runs"))
        .subcommand(Command::new("cancel").arg(id()))
        .subcommand(Command::new("list").arg(organisation()).arg(check()).arg(
            Arg::new("verdict").long("verdict").value_name("VERDICT").value_parser([
                "met",
                "not-met",
                "not-applicable",
                "could-not-measure",
                "stale",
            ]),
        ))
        .subcommand(Command::new("export").arg(organisation()).arg(check()).arg(Arg::new("oscal").long("oscal").action(ArgAction::SetTrue)))
        .subcommand(Command::new("overview"))
        .subcommand(crate::measurements::homepages::cli::command())
        .subcommand(crate::measurements::aggregate_reports::cli::command())
        .subcommand(Command::new("show").arg(id()))
        .subcommand(
            Command::new("import")
                .arg(Arg::new("file").value_name("FILE").required(true).value_parser(value_parser!(std::path::PathBuf)))
                .arg(Arg::new("dry-run").long("dry-run").action(ArgAction::SetTrue)),
        )
        .subcommand(
            Command::new("schedule")
                .arg(Arg::new("hour").long("hour").value_name("0-23").value_parser(value_parser!(i8).range(0..24)))
                .arg(Arg::new("off").long("off").action(ArgAction::SetTrue).conflicts_with("hour")),
        )
        .subcommand(
            Command::new("rules")
                .arg(super::profile())
                .arg(Arg::new("max-age-days").long("max-age-days").value_name("DAYS").value_parser(value_parser!(i64)))
                .arg(Arg::new("evidence-days").long("evidence-days").value_name("DAYS").value_parser(value_parser!(i64)))
                .arg(Arg::new("suffix").long("suffix").value_name("KIND=SUFFIX,…").action(ArgAction::Append)),
        )
}

/// Runs it.
pub async fn run(cx: CliCx, matches: ArgMatches) -> Result<u8> {
    let Some((name, m)) = matches.subcommand() else { return Ok(2) };
    match name {
        "run" => measure(&cx, m).await,
        "rejudge" => rejudge(&cx, m).await,
        "runs" => {
            let runs = store::runs(&mut cx.app.db.read().await?, &Scope::Everything, 100).await?;
            cx.print(&runs, || runs.iter().map(|run| line(&cx, run)).collect::<Vec<_>>().join("\n"))?;
            Ok(0)
        }
        "cancel" => {
            let id = RunId::from_text(text(m, "id"));
            let mut work = cx.work().await?;
            actions::cancel(&mut work, &id).await?;
            work.commit().await?;
            cx.print(&api::Made { id }, || cx.t("done-measurements-cancelled"))?;
            Ok(0)
        }
        "list" => list(&cx, m).await,
        "export" => export(&cx, m).await,
        "overview" => overview(&cx).await,
        "homepages" => crate::measurements::homepages::cli::run(&cx, m).await,
        "aggregate-reports" => crate::measurements::aggregate_reports::cli::run(&cx, m).await,
        "show" => show(&cx, m).await,
        "import" => import(&cx, m).await,
        "schedule" => {
            let hour = if m.get_flag("off") { Some(-1) } else { m.get_one::<i8>("hour").copied() };
            set(&cx, SettingsIn { hour, ..SettingsIn::default() }).await
        }
        "rules" => rules(&cx, m).await,
        _ => Ok(2),
    }
}

fn text(m: &ArgMatches, name: &str) -> String {
    m.get_one::<String>(name).cloned().unwrap_or_default()
}

fn texts(m: &ArgMatches, name: &str) -> Vec<String> {
    m.get_many::<String>(name).into_iter().flatten().cloned().collect()
}

fn line(cx: &CliCx, run: &Run) -> String {
    let counts = [
        ("at", show_stamp(&run.created_at)),
        ("state", cx.t(&format!("job-{}", run.state.as_str()))),
        ("targets", run.targets.to_string()),
        ("met", run.counts.met.to_string()),
        ("notmet", run.counts.not_met.to_string()),
        ("unknown", run.counts.unknown.to_string()),
    ];
    format!("{}  {}", run.id, cx.tv("measurements-run-line", &counts))
}

/// Asks for a run; with `--wait` does it here. Exit code 1: something is not met, or the run did not come to its end.
async fn measure(cx: &CliCx, m: &ArgMatches) -> Result<u8> {
    let asked = Asked { organisation: text(m, "organisation"), targets: texts(m, "target"), checks: texts(m, "check") };
    begin(cx, m, &with_probe(cx, m)?, &asked, "person").await
}

/// Asks for kept evidence to be judged again; as [`measure`], and nobody is asked anything.
async fn rejudge(cx: &CliCx, m: &ArgMatches) -> Result<u8> {
    let asked = Asked { organisation: text(m, "organisation"), targets: Vec::new(), checks: texts(m, "check") };
    begin(cx, m, &cx.app, &asked, actions::REJUDGE).await
}

async fn begin(cx: &CliCx, m: &ArgMatches, app: &Arc<App>, asked: &Asked, origin: &str) -> Result<u8> {
    let mut work = cx.work().await?;
    let id = actions::run_from(&mut work, asked, origin).await?;
    work.commit().await?;
    if m.get_flag("wait") {
        wait(app, &id).await?;
    }
    let mut tx = cx.app.db.read().await?;
    let mut run = store::run(&mut tx, &Scope::Everything, &id).await?;
    if actions::is_given_up(&mut tx, &run).await? {
        run.state = State::Failed;
    }
    cx.print(&run, || line(cx, &run))?;
    Ok(u8::from(run.counts.not_met > 0 || matches!(run.state, State::Failed | State::Cancelled)))
}

/// The application with the place that flags or environment describe.
fn with_probe(cx: &CliCx, m: &ArgMatches) -> Result<Arc<App>> {
    let mut config = cx.app.config.clone();
    config.probe = super::placed(config.probe, m)?;
    let name = text(m, "vantage");
    if !name.is_empty() {
        config.probe.vantage.name = name;
    }
    Ok(Arc::new(App { db: cx.app.db.clone(), clock: cx.app.clock.clone(), entropy: cx.app.entropy.clone(), config }))
}

/// Works until the run is over. A server at work on the same database may do it: then this only waits.
async fn wait(app: &Arc<App>, id: &RunId) -> Result<()> {
    loop {
        let mut tx = app.db.read().await?;
        let run = store::run(&mut tx, &Scope::Everything, id).await?;
        let over = run.state.is_over() || actions::is_given_up(&mut tx, &run).await?;
        drop(tx);
        if over {
            // What follows from it, such as telling the owners what regressed, is done here too where no server does it.
            return jobs::run_due(app).await.map(drop);
        }
        if !jobs::run_one(app).await? {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
}

/// The newest observations of the organisation and checks asked for.
async fn newest(tx: &mut Tx, m: &ArgMatches) -> Result<Vec<Observation>> {
    let mut found = store::latest(tx, &Scope::Everything).await?;
    let (organisation, checks) = (text(m, "organisation"), texts(m, "check"));
    if !organisation.is_empty() {
        let one = crate::register::store::organisation_by_code(tx, &Scope::Everything, &organisation).await?;
        found.retain(|observation| observation.organisation_id == one.id);
    }
    found.retain(|one| checks.is_empty() || checks.iter().any(|check| check == one.check.as_str()));
    Ok(found)
}

/// Prints OCSF Compliance Findings: JSON lines, or one array with `--json`. With `--oscal` one document of assessment results.
async fn export(cx: &CliCx, m: &ArgMatches) -> Result<u8> {
    let mut tx = cx.app.db.read().await?;
    let found = newest(&mut tx, m).await?;
    if m.get_flag("oscal") {
        let (whose, site) = (text(m, "organisation"), cx.app.config.public_url.as_str());
        let document = api::assessment(&mut tx, &Scope::Everything, &whose, found, site, (cx.lang, cx.app.clock.now())).await?;
        cx.print(&serde_json::from_str::<serde_json::Value>(&document)?, || document)?;
        return Ok(0);
    }
    let findings = api::findings(&mut tx, &Scope::Everything, &found, cx.lang, cx.app.clock.now()).await?;
    cx.print(&findings, || findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    Ok(0)
}

async fn list(cx: &CliCx, m: &ArgMatches) -> Result<u8> {
    let mut tx = cx.app.db.read().await?;
    let mut found = newest(&mut tx, m).await?;
    let verdict = text(m, "verdict");
    let max_age = store::settings(&mut tx).await?.max_age_days;
    let now = cx.app.clock.now();
    let verdict_now = |one: &Observation| observation::verdict_at(one.verdict, &one.at, now, max_age);
    found.retain(|one| verdict.is_empty() || verdict_now(one).as_str() == verdict);
    cx.print(&found, || {
        let line = |one: &Observation| {
            let word = cx.t(&format!("measurements-verdict-{}", verdict_now(one).as_str()));
            format!("{}  {}  {}  {word}  {}", one.id, one.target, one.check.as_str(), one.reason.text.get(cx.lang))
        };
        found.iter().map(line).collect::<Vec<_>>().join("\n")
    })?;
    Ok(0)
}

async fn overview(cx: &CliCx) -> Result<u8> {
    let standing = actions::standing(&mut cx.app.db.read().await?, &Scope::Everything, cx.app.clock.now()).await?;
    let stands = api::stands(&standing);
    cx.print(&stands, || {
        let line = |one: &api::Stands| {
            let check = one.check.as_deref().unwrap_or("*");
            format!("{}  {check}  {}  ({} / {})", one.organisation, one.figure.text(cx.lang), one.figure.coverage.known, one.figure.coverage.all)
        };
        stands.iter().map(line).collect::<Vec<_>>().join("\n")
    })?;
    Ok(0)
}

async fn show(cx: &CliCx, m: &ArgMatches) -> Result<u8> {
    let scope = cx.actor.scope("measurements", Verb::Read);
    let id = ObservationId::from_text(text(m, "id"));
    let one = api::full(&mut cx.app.db.read().await?, &scope, &id, cx.app.clock.now()).await?;
    cx.print(&one, || {
        let seen = &one.observation;
        let verdict = cx.t(&format!("measurements-verdict-{}", one.verdict_now.as_str()));
        let mut lines =
            vec![format!("{} {}: {verdict} ({})", seen.target, seen.check.as_str(), show_stamp(&seen.at)), seen.reason.text.get(cx.lang).to_owned()];
        lines.extend(super::labelled(
            cx,
            &[
                ("measurements-observed", seen.observed.get(cx.lang)),
                ("measurements-expected", seen.expected.get(cx.lang)),
                ("measurements-remedy-line", seen.remedy.as_str()),
                ("measurements-who", seen.who.get(cx.lang)),
                ("measurements-command", seen.command.as_str()),
            ],
        ));
        if let Some(at) = &one.evidence_dropped_at {
            lines.push(cx.tv("measurements-evidence-dropped", &retention::told(&seen.at, at)));
        }
        lines.join("\n")
    })?;
    Ok(u8::from(one.verdict_now == Verdict::NotMet))
}

async fn import(cx: &CliCx, m: &ArgMatches) -> Result<u8> {
    let path = m.get_one::<std::path::PathBuf>("file").cloned().unwrap_or_default();
    let size = std::fs::metadata(&path).map_err(|_| Error::invalid("file", "measurements-error-file"))?.len();
    if size > crate::base::upload::LIMIT as u64 {
        let limit = (crate::base::upload::LIMIT / 1024 / 1024).to_string();
        return Err(Error::invalid_with("file", "error-upload-too-large", vec![("limit", limit)]));
    }
    let bytes = std::fs::read(&path).map_err(|_| Error::invalid("file", "measurements-error-file"))?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut work = cx.work().await?;
    let done = actions::import(&mut work, &name, &bytes, m.get_flag("dry-run")).await?;
    if done.run.is_some() {
        work.commit().await?;
    }
    let out = ImportedOut::of(&done, cx.lang);
    cx.print(&out, || {
        let mut lines: Vec<String> = out.problems.iter().map(|one| format!("{} {} {}", one.code, one.message, one.remedy)).collect();
        let key = match (done.is_refused(), &done.run, m.get_flag("dry-run")) {
            (true, ..) => "measurements-import-refused",
            (_, None, true) => "measurements-import-would",
            (_, None, false) => "measurements-import-nothing-new",
            _ => "measurements-import-with-notes",
        };
        lines.push(cx.tv(key, &[("new", out.new.to_string()), ("known", out.known.to_string())]));
        lines.join("\n")
    })?;
    Ok(u8::from(done.is_refused()))
}

async fn rules(cx: &CliCx, m: &ArgMatches) -> Result<u8> {
    let mut suffixes = None;
    for pair in texts(m, "suffix") {
        let Some((kind, list)) = pair.split_once('=') else { return Err(Error::invalid("suffix", "measurements-error-suffix-pair")) };
        let map = match &mut suffixes {
            Some(map) => map,
            None => suffixes.insert(store::settings(&mut cx.app.db.read().await?).await?.suffixes.by_kind),
        };
        map.insert(kind.to_owned(), list.split(',').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect());
    }
    let profile = m.get_one::<String>("profile").cloned();
    let days = |name: &str| m.get_one::<i64>(name).copied();
    set(cx, SettingsIn { suffixes, hour: None, max_age_days: days("max-age-days"), profile, evidence_days: days("evidence-days") }).await
}

/// Sets what is named, then prints what is set.
async fn set(cx: &CliCx, body: SettingsIn) -> Result<u8> {
    if body != SettingsIn::default() {
        let mut work = cx.work().await?;
        api::change(&mut work, body).await?;
        work.commit().await?;
    }
    let now = store::settings(&mut cx.app.db.read().await?).await?;
    cx.print(&now, || {
        let schedule = match now.schedule.hour {
            Some(hour) => cx.tv("measurements-schedule-at", &[("hour", hour.to_string())]),
            None => cx.t("measurements-schedule-off"),
        };
        let mut lines =
            vec![format!("{}: {schedule}", cx.t("measurements-schedule")), format!("{}: {}", cx.t("measurements-max-age"), now.max_age_days)];
        lines.push(format!("{}: {}", cx.t("measurements-profile"), cx.t(&format!("measurements-profile-{}", now.profile.as_str()))));
        lines.push(format!("{}: {}", cx.t("measurements-evidence-days"), now.evidence_days));
        lines.extend(now.suffixes.by_kind.iter().map(|(kind, list)| format!("{kind}: {}", list.join(", "))));
        lines.join("\n")
    })?;
    Ok(0)
}
