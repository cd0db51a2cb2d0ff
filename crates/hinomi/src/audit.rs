//! `hinomi audit`: verify the audit log (offline too), export it, show its head.

use std::io::{BufRead, BufReader, Write};

use anyhow::Context;
use clap::{Arg, ArgMatches, Command, value_parser};
use platform::base::area::CliCx;
use platform::base::audit::{self, Broken, Line, Verifier};
use platform::base::lang::{Lang, texts};
use serde_json::json;

/// How many lines are read from the database at once.
const CHUNK: i64 = 1_000;
/// The longest line of a file; a line holds one change.
const LONGEST: u64 = 16 * 1024 * 1024;

/// Its arguments.
pub fn command() -> Command {
    Command::new("audit")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("verify")
                .arg(Arg::new("file").value_name("FILE").value_parser(value_parser!(std::path::PathBuf)))
                .arg(Arg::new("head").long("head").value_name("HASH")),
        )
        .subcommand(Command::new("export").arg(Arg::new("file").value_name("FILE").value_parser(value_parser!(std::path::PathBuf))))
        .subcommand(Command::new("head"))
}

/// How a verification ended.
pub enum Verdict {
    /// Every line holds: how many, the last hash.
    Holds(i64, String),
    /// The first line that does not.
    Broken(Broken),
}

/// Follows the chain in NDJSON, one line each, without any database.
pub fn verify_lines(mut from: impl BufRead) -> anyhow::Result<Verdict> {
    let mut verifier = Verifier::default();
    let mut text = Vec::new();
    loop {
        text.clear();
        let read = std::io::Read::take(&mut from, LONGEST).read_until(b'\n', &mut text).context("reading the file")?;
        if read == 0 {
            break;
        }
        if text.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let at = verifier.head().0 + 1;
        let Ok(line) = serde_json::from_slice::<Line>(&text) else {
            return Ok(Verdict::Broken(Broken { seq: at, what: "unreadable" }));
        };
        if let Err(mut broken) = verifier.take(&line) {
            // The place in the file, not what the line says of itself.
            broken.seq = at;
            return Ok(Verdict::Broken(broken));
        }
    }
    let (count, hash) = verifier.head();
    Ok(Verdict::Holds(count, hash.to_owned()))
}

fn say(json_wanted: bool, lang: Lang, verdict: Verdict, expected: Option<&String>) -> anyhow::Result<u8> {
    let verdict = match (verdict, expected) {
        (Verdict::Holds(count, hash), Some(expected)) if *expected != hash => Verdict::Broken(Broken { seq: count + 1, what: "head" }),
        (verdict, _) => verdict,
    };
    let (value, key, values, code) = match verdict {
        Verdict::Holds(count, hash) => {
            (json!({ "holds": true, "lines": count, "head": hash }), "audit-holds".to_owned(), vec![("count", count.to_string()), ("hash", hash)], 0)
        }
        Verdict::Broken(broken) => (
            json!({ "holds": false, "first_broken_line": broken.seq, "what": broken.what }),
            format!("audit-broken-{}", broken.what),
            vec![("line", broken.seq.to_string())],
            1,
        ),
    };
    let text = if json_wanted { serde_json::to_string_pretty(&value)? } else { texts().with(lang, &key, &values) };
    crate::open::print(&text);
    Ok(code)
}

/// Verifies a file; needs no database and opens none.
pub fn verify_file(matches: &ArgMatches, arguments: &ArgMatches, path: &std::path::Path) -> anyhow::Result<u8> {
    let file = std::fs::File::open(path).with_context(|| format!("opening {}", path.display()))?;
    let verdict = verify_lines(BufReader::new(file))?;
    say(matches.get_flag("json"), crate::open::lang(matches), verdict, arguments.get_one::<String>("head"))
}

/// Runs it against the database.
pub async fn run(cx: CliCx, arguments: &ArgMatches) -> anyhow::Result<u8> {
    match arguments.subcommand() {
        Some(("verify", arguments)) => {
            let verdict = match audit::verify(&mut cx.app.db.read().await?).await? {
                Ok((count, hash)) => Verdict::Holds(count, hash),
                Err(broken) => Verdict::Broken(broken),
            };
            say(cx.json, cx.lang, verdict, arguments.get_one::<String>("head"))
        }
        Some(("export", arguments)) => {
            let mut out: Box<dyn Write> = match arguments.get_one::<std::path::PathBuf>("file") {
                Some(path) => Box::new(crate::open::new_file(path)?),
                None => Box::new(std::io::stdout().lock()),
            };
            let mut tx = cx.app.db.read().await?;
            let mut last = 0;
            loop {
                let lines = audit::after(&mut tx, last, CHUNK).await?;
                let Some(end) = lines.last() else { break };
                last = end.seq;
                for line in &lines {
                    let written = serde_json::to_writer(&mut out, line).map_err(std::io::Error::from).and_then(|()| out.write_all(b"\n"));
                    match written {
                        // `| head` closes the pipe; that is not an error.
                        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(0),
                        other => other.context("writing the audit log")?,
                    }
                }
            }
            out.flush().context("writing the audit log")?;
            Ok(0)
        }
        _ => {
            let (seq, hash) = audit::head(&mut cx.app.db.read().await?).await?;
            cx.print(&json!({ "lines": seq, "head": hash }), || format!("{seq} {hash}"))?;
            Ok(0)
        }
    }
}
