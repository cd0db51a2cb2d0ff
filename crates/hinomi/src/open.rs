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
    let locale = std::env::var("LC_ALL").or_else(|_| std::env::var("LANG")).unwrap_or_default();
    let by_locale = if locale.starts_with("en") || locale.starts_with("C") { Lang::En } else { Lang::Ja };
    matches.get_one::<String>("lang").and_then(|lang| Lang::parse(lang)).unwrap_or(by_locale)
}

/// Opens the database that the flags name and brings its tables up to date.
pub async fn app(matches: &ArgMatches, config: Config) -> anyhow::Result<Arc<App>> {
    let data = matches.get_one::<std::path::PathBuf>("data").cloned().unwrap_or_default();
    let db = match matches.get_one::<String>("database") {
        Some(url) => Db::open_postgres(url).await.map_err(|error| anyhow::anyhow!("{error}")).context("opening the PostgreSQL database")?,
        None => {
            std::fs::create_dir_all(&data).with_context(|| format!("making the data directory {}", data.display()))?;
            let file = data.join("hinomi.sqlite");
            Db::open_sqlite(&file).await.map_err(|error| anyhow::anyhow!("{error}")).with_context(|| format!("opening {}", file.display()))?
        }
    };
    let config = Config { data, ..config };
    platform::app::start(db, Clock::System, Entropy::system(), config).await.map_err(|error| anyhow::anyhow!("{error}"))
}
