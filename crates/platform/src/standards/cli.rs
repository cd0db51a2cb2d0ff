//! `hinomi standards …`: what the centre does with standards, for scripts.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use formats::problem::Problem;
use serde_json::json;

use super::actions::{self, Parcel};
use super::api::{Imported, Told};
use super::change::Kind;
use super::requirement::Edition;
use super::store;
use crate::base::actor::Scope;
use crate::base::area::CliCx;
use crate::base::blobs;
use crate::base::db::Tx;
use crate::base::error::{Error, Result};
use crate::base::upload;
use crate::register;

/// The arguments.
pub fn command() -> Command {
    let edition = |name: &'static str| Arg::new(name).required(true).help("An edition: CODE@VERSION (see `standards list`) or its id");
    Command::new("standards")
        .about("Standards and editions: take in, list, compare, adopt, export")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("import")
                .about("Store an OSCAL catalog or profile as an edition; what a profile imports is looked for beside it, then among the editions")
                .arg(Arg::new("file").required(true).value_parser(value_parser!(PathBuf)))
                .arg(Arg::new("dry-run").long("dry-run").action(ArgAction::SetTrue).help("Only examine it")),
        )
        .subcommand(
            Command::new("baseline")
                .about("Store the baseline standard that comes with the product")
                .arg(Arg::new("edition").value_parser(value_parser!(u8).range(1..=2)).help("1 or 2; without it, both")),
        )
        .subcommand(Command::new("list").about("List the editions"))
        .subcommand(Command::new("diff").about("What changed from one edition to another").arg(edition("from")).arg(edition("to")))
        .subcommand(
            Command::new("adopt")
                .about("Put an organisation on an edition, or all that stand on none")
                .arg(edition("edition"))
                .arg(Arg::new("organisation").long("organisation").help("The organisation's code; without it, all that stand on no edition")),
        )
        .subcommand(Command::new("standing").about("Which organisation stands on which edition, and what it has left to confirm"))
        .subcommand(
            Command::new("export")
                .about("Write an edition's catalog, or an organisation's derived standard, as OSCAL JSON")
                .arg(edition("edition").required(false).required_unless_present("organisation"))
                .arg(Arg::new("organisation").long("organisation").conflicts_with("edition").help("The organisation's code"))
                .arg(
                    Arg::new("output")
                        .long("output")
                        .short('o')
                        .value_parser(value_parser!(PathBuf))
                        .help("File to write; without it, to the screen"),
                ),
        )
}

/// Runs it.
pub async fn run(cx: CliCx, matches: ArgMatches) -> Result<u8> {
    match matches.subcommand() {
        Some(("import", m)) => import(&cx, m).await,
        Some(("baseline", m)) => baseline(&cx, m).await,
        Some(("list", _)) => list(&cx).await,
        Some(("diff", m)) => diff(&cx, m).await,
        Some(("adopt", m)) => adopt(&cx, m).await,
        Some(("standing", _)) => standing(&cx).await,
        Some(("export", m)) => export(&cx, m).await,
        _ => Err(Error::NotFound),
    }
}

fn text<'a>(m: &'a ArgMatches, name: &str) -> &'a str {
    m.get_one::<String>(name).map_or("", String::as_str)
}

/// The edition called `baseline@2` or by its id.
async fn edition(tx: &mut Tx, name: &str) -> Result<Edition> {
    let all = store::editions(tx).await?;
    let found = all.into_iter().find(|one| one.spelled() == name || one.id.as_str() == name);
    found.ok_or_else(|| Error::invalid_with("edition", "standards-error-edition", vec![("name", name.to_owned())]))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::invalid_with("file", "standards-error-file", vec![("path", path.display().to_string()), ("reason", error.to_string())])
}

async fn import(cx: &CliCx, m: &ArgMatches) -> Result<u8> {
    let Some(path) = m.get_one::<PathBuf>("file") else { return Err(Error::NotFound) };
    let bytes = upload::file(path).map_err(|error| unreadable(path, &error))?;
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    // Names only, so that a profile from outside cannot reach beyond the folder it lies in.
    let parcel = Parcel { name, bytes, beside: Arc::new(move |name| upload::file(&folder.join(name)).ok()) };
    let mut work = cx.work().await?;
    let now = work.now;
    let examined = match actions::examine(&mut work.tx, &parcel, now).await {
        Ok(examined) => examined,
        Err(Error::Invalid(wrong)) => {
            let problems: Vec<String> = wrong.iter().map(|field| field.message(cx.lang)).collect();
            cx.print(&json!({ "edition": null, "problems": problems }), || problems.join("\n"))?;
            return Ok(1);
        }
        Err(error) => return Err(error),
    };
    let dry = m.get_flag("dry-run");
    let fit = examined.draft.is_fit();
    let id = if fit && !dry {
        let id = actions::store_examined(&mut work, &examined, &parcel).await?;
        work.commit().await?;
        Some(id)
    } else {
        None
    };
    let told = Imported::of(&examined, id, cx.lang);
    cx.print(&told, || {
        let mut lines: Vec<String> = examined.draft.problems.iter().map(|problem| line(cx, problem)).collect();
        let values = [
            ("title", cx.lang.pick(told.title_ja.clone(), told.title_en.clone())),
            ("version", told.version.clone()),
            ("requirements", told.requirements.to_string()),
        ];
        lines.push(cx.tv(
            if !fit {
                "standards-cli-refused"
            } else if dry {
                "standards-cli-fit"
            } else {
                "standards-cli-stored"
            },
            &values,
        ));
        lines.join("\n")
    })?;
    Ok(u8::from(!fit))
}

fn line(cx: &CliCx, problem: &Problem) -> String {
    let told = Told::of(problem, cx.lang);
    format!("{} {} {}", told.code, told.message, told.remedy)
}

async fn baseline(cx: &CliCx, m: &ArgMatches) -> Result<u8> {
    let numbers: Vec<usize> = m.get_one::<u8>("edition").map_or_else(|| vec![1, 2], |one| vec![usize::from(*one)]);
    let mut work = cx.work().await?;
    let mut stored = Vec::new();
    for number in numbers {
        let id = actions::ship_baseline(&mut work, number).await?;
        stored.push(store::edition(&mut work.tx, &id).await?);
    }
    work.commit().await?;
    cx.print(&stored, || stored.iter().map(|one| sentence(cx, one)).collect::<Vec<_>>().join("\n"))?;
    Ok(0)
}

fn sentence(cx: &CliCx, one: &Edition) -> String {
    cx.tv(
        "standards-cli-edition",
        &[
            ("name", one.spelled()),
            ("title", one.title(cx.lang).to_owned()),
            ("date", one.published_on.clone()),
            ("requirements", one.requirements.to_string()),
        ],
    )
}

async fn list(cx: &CliCx) -> Result<u8> {
    let all = store::editions(&mut cx.app.db.read().await?).await?;
    cx.print(&all, || match all.is_empty() {
        true => cx.t("standards-cli-none"),
        false => all.iter().map(|one| sentence(cx, one)).collect::<Vec<_>>().join("\n"),
    })?;
    Ok(0)
}

async fn diff(cx: &CliCx, m: &ArgMatches) -> Result<u8> {
    let mut tx = cx.app.db.read().await?;
    let (from, to) = (edition(&mut tx, text(m, "from")).await?, edition(&mut tx, text(m, "to")).await?);
    let diff = actions::diff(&mut tx, &from.id, &to.id).await?;
    let count = |kind: Kind| diff.changes.iter().filter(|one| one.kind == kind).count().to_string();
    cx.print(&diff, || {
        let mut lines = vec![cx.tv(
            "standards-diff-lead",
            &[
                ("from", from.spelled()),
                ("to", to.spelled()),
                ("added", count(Kind::Added)),
                ("changed", count(Kind::Changed)),
                ("withdrawn", count(Kind::Withdrawn)),
            ],
        )];
        lines.extend(diff.changes.iter().map(|one| {
            let mut fields: Vec<String> = one.fields.iter().map(|field| cx.t(&format!("standards-field-{}", field.field))).collect();
            fields.dedup();
            let fields = if one.kind == Kind::Changed { format!(" ({})", fields.join(", ")) } else { String::new() };
            format!("{} {} {}{fields}", cx.t(&format!("standards-kind-{}", one.kind.as_str())), one.code, one.title(cx.lang))
        }));
        lines.join("\n")
    })?;
    Ok(0)
}

async fn adopt(cx: &CliCx, m: &ArgMatches) -> Result<u8> {
    let mut work = cx.work().await?;
    let edition = edition(&mut work.tx, text(m, "edition")).await?;
    let count = match m.get_one::<String>("organisation") {
        Some(code) => {
            let organisation = register::store::organisation_by_code(&mut work.tx, &Scope::Everything, code).await?;
            actions::adopt(&mut work, &organisation.id, &edition.id).await?;
            1
        }
        None => actions::adopt_all(&mut work, &edition.id).await?,
    };
    work.commit().await?;
    cx.print(&json!({ "edition": edition.spelled(), "organisations": count }), || {
        cx.tv("standards-cli-adopted", &[("name", edition.spelled()), ("count", count.to_string())])
    })?;
    Ok(0)
}

/// Exits with 1 when an organisation stands on no edition or has changes left.
async fn standing(cx: &CliCx) -> Result<u8> {
    let mut tx = cx.app.db.read().await?;
    let all = actions::overview(&mut tx, &Scope::Everything, cx.app.clock.now()).await?;
    cx.print(&all, || {
        let words = |one: &super::derived::Standing| {
            let edition = one.edition.clone().unwrap_or_else(|| cx.t("standards-state-none"));
            let name = cx.lang.pick(one.name_ja.clone(), one.name_en.clone());
            cx.tv("standards-cli-standing", &[("code", one.code.clone()), ("name", name), ("edition", edition), ("open", one.open.to_string())])
        };
        all.iter().map(words).collect::<Vec<_>>().join("\n")
    })?;
    Ok(u8::from(all.iter().any(|one| one.edition.is_none() || one.open > 0)))
}

async fn export(cx: &CliCx, m: &ArgMatches) -> Result<u8> {
    let mut tx = cx.app.db.read().await?;
    let bytes = match m.get_one::<String>("organisation") {
        Some(code) => {
            let organisation = register::store::organisation_by_code(&mut tx, &Scope::Everything, code).await?;
            actions::profile(&mut tx, &Scope::Everything, &organisation.id, cx.app.clock.now()).await?.1.to_json(true).into_bytes()
        }
        None => {
            let edition = edition(&mut tx, text(m, "edition")).await?;
            blobs::get(&mut tx, &edition.catalog_hash).await?
        }
    };
    match m.get_one::<PathBuf>("output") {
        Some(path) => {
            tokio::fs::write(path, &bytes).await.map_err(|error| unreadable(path, &error))?;
            let shown = path.display().to_string();
            cx.print(&json!({ "file": shown, "bytes": bytes.len() }), || cx.tv("standards-cli-written", &[("path", shown.clone())]))?;
        }
        None => {
            use std::io::Write as _;
            // A closed pipe (`| head`) is not an error of ours.
            let _ = std::io::stdout().write_all(&bytes);
        }
    }
    Ok(0)
}
