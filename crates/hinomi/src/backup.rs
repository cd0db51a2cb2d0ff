//! `hinomi backup`: everything in one file, consistent while the application serves.

use anyhow::Context;
use clap::{Arg, ArgMatches, Command, value_parser};
use platform::base::area::CliCx;
use platform::base::backup::{self, Manifest};
use platform::base::dates::stamp;
use serde_json::json;

/// Its arguments.
pub fn command() -> Command {
    Command::new("backup").arg(Arg::new("file").value_name("FILE").required(true).value_parser(value_parser!(std::path::PathBuf)))
}

/// What was written or read, in words.
pub fn say(cx: &CliCx, key: &str, manifest: &Manifest) -> anyhow::Result<()> {
    let rows: u64 = manifest.tables.iter().map(|table| table.rows).sum();
    let value = json!({
        "rows": rows, "tables": manifest.tables.len(), "audit_lines": manifest.audit_lines, "audit_head": manifest.audit_head,
        "made_at": manifest.made_at,
    });
    let words = [
        ("rows", rows.to_string()),
        ("tables", manifest.tables.len().to_string()),
        ("lines", manifest.audit_lines.to_string()),
        ("hash", manifest.audit_head.clone()),
    ];
    Ok(cx.print(&value, || cx.tv(key, &words))?)
}

/// Runs it.
pub async fn run(cx: CliCx, arguments: &ArgMatches) -> anyhow::Result<u8> {
    let path = arguments.get_one::<std::path::PathBuf>("file").context("no file")?;
    // Written beside its place and moved there when whole: a file with the right name is never half a backup.
    let part = path.with_extension("part");
    anyhow::ensure!(!path.exists(), "{} exists already", path.display());
    let file = crate::open::new_file(&part)?;
    let outcome = async {
        // Taking everything away is a privileged read; its line is part of what is taken.
        let mut work = cx.work().await?;
        work.audit("", "access", "backup.make", "", json!({})).await?;
        work.commit().await?;
        let mut tx = cx.app.db.read().await?;
        backup::write(&mut tx, file, &stamp(cx.app.clock.now())).await
    };
    match outcome.await {
        Ok(manifest) => {
            std::fs::File::open(&part).and_then(|file| file.sync_all()).context("writing the backup")?;
            std::fs::rename(&part, path).with_context(|| format!("naming {}", path.display()))?;
            say(&cx, "backup-done", &manifest)?;
            Ok(0)
        }
        Err(error) => {
            let _ = std::fs::remove_file(&part);
            Err(crate::said(&error, cx.lang))
        }
    }
}
