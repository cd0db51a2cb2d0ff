//! From flags and environment to an open application.

use std::sync::Arc;

use anyhow::Context;
use clap::ArgMatches;
use platform::base::clock::{Clock, Entropy};
use platform::base::config::{App, Config};
use platform::base::db::Db;
use platform::base::lang::Lang;

/// The language of messages: `--lang`, else the locale, else Japanese.
pub fn lang(matches: &ArgMatches) -> Lang {
    matches.get_one::<String>("lang").and_then(|lang| Lang::parse(lang)).unwrap_or_else(lang_of_locale)
}

/// The language of the locale: English for `en…` and `C…`, else Japanese.
pub fn lang_of_locale() -> Lang {
    let locale = std::env::var("LC_ALL").or_else(|_| std::env::var("LANG")).unwrap_or_default();
    if locale.starts_with("en") || locale.starts_with('C') { Lang::En } else { Lang::Ja }
}

/// Opens the database that the flags name and brings its tables up to date.
pub async fn app(matches: &ArgMatches, config: Config) -> anyhow::Result<Arc<App>> {
    app_in(matches, config, None).await
}

/// As [`app`], in another data directory than the flags name.
pub async fn app_in(matches: &ArgMatches, config: Config, place: Option<std::path::PathBuf>) -> anyhow::Result<Arc<App>> {
    let data = place.or_else(|| matches.get_one::<std::path::PathBuf>("data").cloned()).unwrap_or_default();
    let db = match matches.get_one::<String>("database") {
        Some(url) => Db::open_postgres(url).await.map_err(|error| anyhow::anyhow!("{error}")).context("opening the PostgreSQL database")?,
        None => {
            // Only its owner reads it: it holds everything.
            std::os::unix::fs::DirBuilderExt::mode(std::fs::DirBuilder::new().recursive(true), 0o700)
                .create(&data)
                .with_context(|| format!("making the data directory {}", data.display()))?;
            let file = data.join("hinomi.sqlite");
            Db::open_sqlite(&file).await.map_err(|error| anyhow::anyhow!("{error}")).with_context(|| format!("opening {}", file.display()))?
        }
    };
    let config = Config { data, ..config };
    platform::app::start(db, Clock::System, Entropy::system(), config).await.map_err(|error| anyhow::anyhow!("{error}"))
}

/// Prints to standard output; a closed pipe (`| head`) is not an error of ours.
pub fn print(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
}

/// Opens a new file that only its owner may read; an existing one is not overwritten.
pub fn new_file(path: &std::path::Path) -> anyhow::Result<std::io::BufWriter<std::fs::File>> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("creating {} (an existing file is not overwritten)", path.display()))?;
    Ok(std::io::BufWriter::new(file))
}
