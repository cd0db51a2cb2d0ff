//! `hinomi cycle …`: whatever the pages do, for scripts.

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde::Serialize;
use serde_json::json;

use super::actions;
use super::cycle::{Cycle, Kind, NewCycle, Period};
use super::sheets::{Import, reports};
use super::wire::{CycleOut, rates};
use super::{pages, store};
use crate::base::actor::{OrganisationId, Scope};
use crate::base::area::CliCx;
use crate::base::dates::{date, fiscal_year};
use crate::base::error::{Error, Result};
use crate::base::work::Work;

/// The command.
pub fn command() -> Command {
    let code = || Arg::new("cycle").required(true).value_name("CYCLE").help("The cycle's code");
    let file = || Arg::new("file").required(true).value_name("FILE").value_parser(value_parser!(std::path::PathBuf)).help("XLSX or CSV");
    let some = |name: &'static str, help: &'static str| Arg::new(name).long(name).default_value("").help(help);
    let need = |name: &'static str, help: &'static str| Arg::new(name).long(name).required(true).help(help);
    let dry = || Arg::new("dry-run").long("dry-run").action(ArgAction::SetTrue).help("Only examine; nothing changes");
    let many = |name: &'static str, help: &'static str| Arg::new(name).long(name).action(ArgAction::Append).help(help);
    let mut command = Command::new("cycle")
        .about("Cycles of inspection: make, announce, open, close, publish")
        .subcommand_required(true)
        .subcommand(Command::new("list").about("List every cycle"))
        .subcommand(
            Command::new("create")
                .about("Make a cycle as a draft")
                .arg(code())
                .arg(need("edition", "Edition of the standard: its id, or standard@version"))
                .arg(need("opens", "First day, 2026-09-01"))
                .arg(need("closes", "Last day, 2026-10-31"))
                .arg(need("name-ja", "Name in Japanese"))
                .arg(need("name-en", "Name in English"))
                .arg(Arg::new("year").long("year").value_parser(value_parser!(i64)).help("Fiscal year; that of the first day if left out"))
                .arg(
                    Arg::new("period")
                        .long("period")
                        .default_value("year")
                        .value_parser(["year", "first-half", "second-half"])
                        .help("How long it is"),
                )
                .arg(some("urgent", "Makes it urgent, for this reason"))
                .arg(many("organisation", "Code of an organisation that takes part; all if left out"))
                .arg(many("item", "Code of an item; all if left out")),
        )
        .subcommand(Command::new("rates").about("Rates by organisation, role and item").arg(code()))
        .subcommand(Command::new("exclusions").about("What derived standards left out when the cycle opened, with the reason").arg(code()))
        .subcommand(Command::new("remind").about("Remind those who have not finished, once a day").arg(code()))
        .subcommand(Command::new("links").about("Write personal addresses of those who have not finished, as JSON or lines").arg(code()))
        .subcommand(
            Command::new("sample")
                .about("Draw the audit sample of a closed cycle")
                .arg(code())
                .arg(Arg::new("seed").long("seed").value_parser(value_parser!(i64)).help("Repeats a draw; drawn if left out")),
        )
        .subcommand(
            Command::new("answers")
                .about("Answers as sheets")
                .subcommand_required(true)
                .subcommand(
                    Command::new("export").about("Write the sheet of one organisation").arg(code()).arg(need("organisation", "Its code")).arg(file()),
                )
                .subcommand(
                    Command::new("import")
                        .about("Take a filled sheet in; exit code 1 when something is wrong, and then nothing changes")
                        .arg(code())
                        .arg(some("organisation", "Its code; the sheet knows it"))
                        .arg(file())
                        .arg(dry()),
                ),
        )
        .subcommand(
            Command::new("units")
                .about("Units of the priority inspection as sheets")
                .subcommand_required(true)
                .subcommand(Command::new("export").about("Write the sheet").arg(code()).arg(file()))
                .subcommand(Command::new("import").about("Take a filled sheet in").arg(code()).arg(file()).arg(dry())),
        )
        .subcommand(
            Command::new("respondents")
                .about("The people who can be asked")
                .subcommand_required(true)
                .subcommand(Command::new("export").about("Write the list").arg(file()))
                .subcommand(Command::new("import").about("Take a list in").arg(file()).arg(dry())),
        );
    for (verb, about) in [
        ("announce", "Tell dates and items"),
        ("open", "Open: freezes what is asked of whom"),
        ("close", "Close: answers are final"),
        ("publish", "Publish an evaluated cycle"),
    ] {
        command = command.subcommand(Command::new(verb).about(about).arg(code()));
    }
    command
}

fn text<'a>(matches: &'a ArgMatches, name: &str) -> &'a str {
    matches.get_one::<String>(name).map_or("", String::as_str)
}

async fn cycle(work: &mut Work, matches: &ArgMatches) -> Result<Cycle> {
    store::cycle_by_code(&mut work.tx, text(matches, "cycle")).await
}

async fn organisation(work: &mut Work, code: &str) -> Result<OrganisationId> {
    Ok(crate::register::store::organisation_by_code(&mut work.tx, &Scope::Everything, code).await?.id)
}

fn file(matches: &ArgMatches) -> Result<(std::path::PathBuf, String)> {
    let path = matches.get_one::<std::path::PathBuf>("file").cloned().unwrap_or_default();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok((path, name))
}

fn read(matches: &ArgMatches) -> Result<(String, Vec<u8>)> {
    let (path, name) = file(matches)?;
    let bytes = crate::base::upload::file(&path).map_err(|error| cannot(&path, &error))?;
    Ok((name, bytes))
}

fn cannot(path: &std::path::Path, error: &std::io::Error) -> Error {
    let values = vec![("file", path.display().to_string()), ("error", error.to_string())];
    Error::invalid_with("file", "inspections-cli-file", values)
}

fn write(cx: &CliCx, matches: &ArgMatches, bytes: &[u8]) -> Result<u8> {
    let (path, _) = file(matches)?;
    std::fs::write(&path, bytes).map_err(|error| cannot(&path, &error))?;
    let shown = path.display().to_string();
    cx.print(&json!({ "file": shown, "bytes": bytes.len() }), || shown.clone())?;
    Ok(0)
}

/// Tells what an import did; commits it unless something is wrong or it was only to be examined.
async fn imported<T: Serialize>(cx: &CliCx, work: Work, matches: &ArgMatches, import: Import<T>) -> Result<u8> {
    let dry = matches.get_flag("dry-run");
    let fine = import.taken.is_some();
    if fine && !dry {
        work.commit().await?;
    }
    let value = json!({ "taken": import.taken, "kept": fine && !dry, "problems": reports(&import.problems, cx.lang) });
    cx.print(&value, || {
        let mut lines: Vec<String> =
            import.problems.iter().map(|one| format!("{} {} {}", one.code, one.message(cx.lang), one.remedy(cx.lang))).collect();
        lines.push(match (&import.taken, dry) {
            (None, _) => cx.t("inspections-cli-stopped"),
            (Some(_), true) => cx.t("inspections-cli-fit"),
            (Some(taken), false) => format!("{} {}", cx.t("inspections-cli-kept"), json!(taken)),
        });
        lines.join("\n")
    })?;
    Ok(u8::from(!fine))
}

/// Runs it.
pub async fn run(cx: CliCx, matches: ArgMatches) -> Result<u8> {
    let Some((verb, matches)) = matches.subcommand() else { return Ok(2) };
    let mut work = cx.work().await?;
    match verb {
        "list" => {
            let all = store::cycles(&mut work.tx).await?;
            let lines: Vec<String> = all
                .iter()
                .map(|one| {
                    format!(
                        "{}\t{}\t{}\t{} – {}",
                        one.code,
                        cx.t(&format!("inspections-state-{}", one.state.as_str())),
                        one.name(cx.lang),
                        one.opens_on,
                        one.closes_on
                    )
                })
                .collect();
            let value: Vec<CycleOut> = all.into_iter().map(CycleOut::from).collect();
            cx.print(&value, || if lines.is_empty() { cx.t("inspections-cycles-empty") } else { lines.join("\n") })?;
            Ok(0)
        }
        "create" => create(&cx, work, matches).await,
        "announce" | "open" | "close" | "publish" => {
            let id = cycle(&mut work, matches).await?.id;
            match verb {
                "announce" => actions::announce(&mut work, &id).await?,
                "open" => actions::open(&mut work, &id).await?,
                "close" => actions::close(&mut work, &id).await?,
                _ => actions::publish(&mut work, &id).await?,
            }
            done(&cx, work, &id).await
        }
        "rates" => {
            let one = cycle(&mut work, matches).await?;
            let counted = pages::cycle::count(&mut work.tx, &Scope::Everything, &one.id).await?;
            let names: std::collections::BTreeMap<_, _> = crate::register::store::organisations(&mut work.tx, &Scope::Everything)
                .await?
                .into_iter()
                .map(|one| (one.id.clone(), one.name(cx.lang).to_owned()))
                .collect();
            let tongue = cx.lang.pick(engine::words::Lang::Ja, engine::words::Lang::En);
            cx.print(&rates(&counted), || {
                let mut lines = vec![
                    [cx.t("inspections-organisation"), cx.t("inspections-reach"), cx.t("inspections-implementation"), cx.t("inspections-attainment")]
                        .join("\t"),
                ];
                let groups = counted.organisations.iter().map(|(id, one)| (names.get(id).cloned().unwrap_or_default(), one));
                for (name, one) in groups.chain([(cx.t("inspections-cli-total"), &counted.total)]) {
                    lines.push([name, one.reach().text(tongue), one.implementation().text(tongue), one.attainment().text(tongue)].join("\t"));
                }
                lines.join("\n")
            })?;
            Ok(0)
        }
        "exclusions" => exclusions(&cx, work, matches).await,
        "remind" => {
            let id = cycle(&mut work, matches).await?.id;
            let done = actions::remind(&mut work, &id).await?;
            work.commit().await?;
            cx.print(&done, || cx.t("inspections-cli-reminded"))?;
            Ok(0)
        }
        "links" => {
            let id = cycle(&mut work, matches).await?.id;
            let letters = actions::make_links(&mut work, &id, None).await?;
            work.commit().await?;
            cx.print(&letters, || {
                letters.iter().map(|one| [&*one.code, &*one.name, &*one.email, &*one.link].join("\t")).collect::<Vec<_>>().join("\n")
            })?;
            Ok(0)
        }
        "sample" => {
            let id = cycle(&mut work, matches).await?.id;
            let count = actions::draw_sample(&mut work, &id, matches.get_one::<i64>("seed").copied()).await?;
            work.commit().await?;
            cx.print(&json!({ "drawn": count }), || cx.tv("inspections-cli-drawn", &[("count", count.to_string())]))?;
            Ok(0)
        }
        "answers" | "units" | "respondents" => sheets(&cx, work, verb, matches).await,
        _ => Ok(2),
    }
}

async fn done(cx: &CliCx, mut work: Work, id: &super::cycle::CycleId) -> Result<u8> {
    let now = store::cycle(&mut work.tx, id).await?;
    work.commit().await?;
    let line = format!("{}\t{}\t{}", now.code, cx.t(&format!("inspections-state-{}", now.state.as_str())), now.name(cx.lang));
    cx.print(&CycleOut::from(now), || line)?;
    Ok(0)
}

async fn exclusions(cx: &CliCx, mut work: Work, matches: &ArgMatches) -> Result<u8> {
    let id = cycle(&mut work, matches).await?.id;
    let all = store::exclusions(&mut work.tx, &Scope::Everything, &id).await?;
    let items = store::items(&mut work.tx, &id).await?;
    let organisations = crate::register::store::organisations(&mut work.tx, &Scope::Everything).await?;
    cx.print(&all, || {
        let line = |one: &super::cycle::CycleExclusion| {
            let organisation = organisations.iter().find(|other| other.id == one.organisation_id).map_or("", |other| other.name(cx.lang));
            let code = items.iter().find(|item| item.requirement_id == one.requirement_id).map_or("", |item| item.code.as_str());
            [organisation, code, one.reason.as_str()].join("\t")
        };
        if all.is_empty() { cx.t("inspections-exclusions-empty") } else { all.iter().map(line).collect::<Vec<_>>().join("\n") }
    })?;
    Ok(0)
}

async fn create(cx: &CliCx, mut work: Work, matches: &ArgMatches) -> Result<u8> {
    let wanted = text(matches, "edition");
    let edition = crate::standards::store::editions(&mut work.tx).await?.into_iter().find(|one| one.id.as_str() == wanted || one.spelled() == wanted);
    let urgent = text(matches, "urgent").trim();
    let many = |name: &str| matches.get_many::<String>(name).map(|all| all.cloned().collect()).unwrap_or_default();
    let opens = text(matches, "opens");
    let year = crate::base::dates::parse_date(opens).unwrap_or_else(|| date(work.now));
    let new = NewCycle {
        code: text(matches, "cycle").to_owned(),
        kind: if urgent.is_empty() { Kind::Regular } else { Kind::Urgent },
        urgent_reason: urgent.to_owned(),
        period: Period::parse(text(matches, "period")).unwrap_or_default(),
        name_ja: text(matches, "name-ja").to_owned(),
        name_en: text(matches, "name-en").to_owned(),
        fiscal_year: matches.get_one::<i64>("year").copied().unwrap_or_else(|| i64::from(fiscal_year(year))),
        edition: edition.map(|one| one.id.to_string()).unwrap_or_default(),
        opens_on: opens.to_owned(),
        closes_on: text(matches, "closes").to_owned(),
        organisations: many("organisation"),
        items: many("item"),
    };
    let id = actions::create_cycle(&mut work, &new).await?;
    done(cx, work, &id).await
}

async fn sheets(cx: &CliCx, mut work: Work, what: &str, matches: &ArgMatches) -> Result<u8> {
    let Some((verb, matches)) = matches.subcommand() else { return Ok(2) };
    match (what, verb) {
        ("respondents", "export") => {
            let bytes = actions::export_respondents(&mut work, cx.lang).await?;
            write(cx, matches, &bytes)
        }
        ("respondents", _) => {
            let (name, bytes) = read(matches)?;
            let import = actions::import_respondents(&mut work, &bytes, &name).await?;
            imported(cx, work, matches, import).await
        }
        ("units", "export") => {
            let id = cycle(&mut work, matches).await?.id;
            let bytes = actions::export_units(&mut work, &id, cx.lang).await?;
            write(cx, matches, &bytes)
        }
        ("units", _) => {
            let id = cycle(&mut work, matches).await?.id;
            let (name, bytes) = read(matches)?;
            let import = actions::import_units(&mut work, &id, &bytes, &name).await?;
            imported(cx, work, matches, import).await
        }
        (_, "export") => {
            let id = cycle(&mut work, matches).await?.id;
            let organisation = organisation(&mut work, text(matches, "organisation")).await?;
            let bytes = actions::export_answers(&mut work, &id, &organisation, cx.lang).await?;
            write(cx, matches, &bytes)
        }
        _ => {
            let id = cycle(&mut work, matches).await?.id;
            let code = text(matches, "organisation");
            let organisation = if code.is_empty() { None } else { Some(organisation(&mut work, code).await?) };
            let (name, bytes) = read(matches)?;
            let import = actions::import_answers(&mut work, &id, organisation.as_ref(), &bytes, &name).await?;
            imported(cx, work, matches, import).await
        }
    }
}
