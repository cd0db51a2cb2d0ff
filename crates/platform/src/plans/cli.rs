//! `hinomi plan parse FILE`: reads a printed plan, without a database.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, value_parser};
use formats::plan_document::{Document, Limits, Measure, read};
use formats::problem::Problem;

use crate::base::area::AloneCx;
use crate::base::error::{Error, Result};
use crate::base::upload;

/// Its arguments.
pub fn command() -> Command {
    Command::new("plan")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(Command::new("parse").arg(Arg::new("file").value_name("FILE").required(true).value_parser(value_parser!(PathBuf))))
}

/// Prints what the document says; what a person must settle goes to standard error. Exit code 1: something is to be settled; 2: it is no plan.
pub async fn run(cx: AloneCx, m: ArgMatches) -> Result<u8> {
    let Some(("parse", m)) = m.subcommand() else { return Ok(2) };
    let path = m.get_one::<PathBuf>("file").cloned().unwrap_or_default();
    let bytes = upload::file(&path).map_err(|_| Error::invalid("file", "plans-error-file"))?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (document, problems) = match read(&bytes, &name, &Limits::default()) {
        Ok(read) => read,
        Err(problem) => {
            told(&cx, &problem);
            return Ok(2);
        }
    };
    let refused = problems.iter().any(Problem::is_error);
    if !refused || cx.json {
        cx.print(&document.measures, || shown(&cx, &document))?;
    }
    problems.iter().for_each(|problem| told(&cx, problem));
    Ok(if refused { 2 } else { u8::from(!problems.is_empty()) })
}

fn told(cx: &AloneCx, problem: &Problem) {
    eprintln!("{} {} {}", problem.code, problem.message(cx.lang), problem.remedy(cx.lang));
}

/// The measures below their chapters, sections and headings.
fn shown(cx: &AloneCx, document: &Document) -> String {
    let mut lines = vec![document.title.clone()];
    let mut place = (0, 0, String::new());
    for one in &document.measures {
        let here = (one.chapter, one.section, one.heading.clone());
        if here != place {
            let values = [("chapter", one.chapter.to_string()), ("section", one.section.to_string()), ("heading", one.headings.join(" / "))];
            lines.push(format!("\n{}", cx.tv("plans-place", &values)));
            place = here;
        }
        lines.push(line(cx, one));
    }
    let relisted = document.measures.iter().filter(|one| one.relisted).count();
    let counts = [("measures", (document.measures.len() - relisted).to_string()), ("relisted", relisted.to_string())];
    lines.push(format!("\n{}", cx.tv("plans-parsed", &counts)));
    lines.join("\n")
}

fn line(cx: &AloneCx, one: &Measure) -> String {
    let deadline = one.deadline.as_deref().map(|phrase| format!(" — {phrase}")).unwrap_or_default();
    let relisted = if one.relisted { cx.t("plans-relisted-mark") } else { String::new() };
    format!("{:>6}  {}  {}{relisted} [{}]{deadline}", one.line, one.label, one.title, one.owners.join(cx.lang.pick("、", ", ")))
}
