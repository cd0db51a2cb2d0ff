//! `hinomi serve --example`: an example government with domains that really answer, and a link for each role.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use platform::app::example::{self, Wish, World};
use platform::base::actor::Actor;
use platform::base::config::{App, Config};
use platform::base::dates;
use platform::base::jobs;
use platform::base::lang::{Lang, texts};
use platform::base::work::Work;
use platform::measurements::{self, run::Asked};

/// The seed of the example that pictures and documents show.
const SEED: &str = "2026";

/// Adds the flags to `serve`.
pub fn flags(command: Command) -> Command {
    command
        .arg(Arg::new("example").long("example").action(ArgAction::SetTrue))
        .arg(
            Arg::new("example-seed")
                .long("example-seed")
                .value_name("NUMBER")
                .requires("example")
                .value_parser(value_parser!(u64))
                .default_value(SEED),
        )
        .arg(Arg::new("example-null").long("example-null").action(ArgAction::SetTrue).requires("example"))
        .arg(Arg::new("example-control").long("example-control").value_name("PORT").requires("example").value_parser(value_parser!(u16)).hide(true))
}

/// What runs beside the application.
pub struct Example {
    world: Arc<World>,
    control: Option<std::net::SocketAddr>,
    temporary: Option<PathBuf>,
}

/// The command line with a data directory for the example: the one asked for, else a temporary one.
pub fn place(matches: &ArgMatches) -> Option<PathBuf> {
    let asked = matches.value_source("data").is_some_and(|source| source != ValueSource::DefaultValue);
    (!asked).then(|| std::env::temp_dir().join(format!("hinomi-example-{}", std::process::id())))
}

/// The government asked for.
fn wish(arguments: &ArgMatches) -> Wish {
    let seed = arguments.get_one::<u64>("example-seed").copied().unwrap_or_default();
    if arguments.get_flag("example-null") { Wish::null(seed) } else { Wish::example(seed) }
}

/// Loads the example unless it is there already, and lets its domains answer. The application is opened by `open`, once with
/// the plain configuration for loading and then as it shall be served.
pub async fn prepare(
    matches: &ArgMatches,
    arguments: &ArgMatches,
    mut config: Config,
    temporary: Option<PathBuf>,
) -> anyhow::Result<(Arc<App>, Example)> {
    config.example = true;
    let lang = crate::open::lang(matches);
    let words = |error: platform::base::error::Error| crate::said(&error, lang);
    let app = crate::open::app_in(matches, config, temporary.clone()).await?;
    let before = example::loaded(&app.db).await.map_err(words)?;
    let fresh = before.is_none();
    let loaded = match before {
        Some(loaded) => loaded,
        None => {
            let wish = wish(arguments).seen_on(dates::date(app.clock.now())).map_err(words)?;
            let mut say = |step: &str| eprintln!("{}", texts().get(lang, &format!("example-step-{step}")));
            let (loaded, truth) = example::load(&app.db, &app.config, &wish, &mut say).await.map_err(words)?;
            let file = app.config.data.join("truth.json");
            std::fs::write(&file, serde_json::to_vec_pretty(&truth)?).with_context(|| format!("writing {}", file.display()))?;
            loaded
        }
    };
    let world = Arc::new(World::current(&loaded.wish, app.clock.now()).await.map_err(words)?);
    let mut config = app.config.clone();
    config.probe = world.reach();
    let app = Arc::new(App { db: app.db.clone(), clock: app.clock.clone(), entropy: app.entropy.clone(), config });
    if fresh {
        // The cycles' measurements lie in the past; the reader shall see how things are today.
        let mut work = Work::begin(&app, &Actor::operator("example")).await.map_err(words)?;
        measurements::actions::run(&mut work, &Asked::default()).await.map_err(words)?;
        work.commit().await.map_err(words)?;
        jobs::run_due(&app).await.map_err(words)?;
    }
    let control = match arguments.get_one::<u16>("example-control") {
        Some(port) => {
            let listener = tokio::net::TcpListener::bind(("127.0.0.1", *port)).await.context("opening the control port")?;
            let address = listener.local_addr()?;
            tokio::spawn(example::control::serve(listener, world.clone()));
            Some(address)
        }
        None => None,
    };
    Ok((app, Example { world, control, temporary }))
}

impl Example {
    /// Prints the address and the links, as sentences or as JSON.
    pub async fn announce(&self, app: &Arc<App>, json: bool, lang: Lang) -> anyhow::Result<()> {
        let loaded = example::loaded(&app.db).await.map_err(|error| crate::said(&error, lang))?.context("the example is gone")?;
        let links = example::links(app, &loaded).await.map_err(|error| crate::said(&error, lang))?;
        if json {
            let document = serde_json::json!({
                "address": app.config.public_url, "links": links, "data": app.config.data, "wish": loaded.wish,
                "control": self.control.map(|address| format!("http://{address}")), "domains": self.world.domains().len(),
            });
            crate::open::print(&serde_json::to_string_pretty(&document)?);
            return Ok(());
        }
        let mut lines = vec![texts().with(lang, "example-ready", &[("address", app.config.public_url.clone())])];
        for link in &links {
            let role = texts().get(lang, &format!("role-{}", link.role));
            lines.push(format!("  {role}{}{}  {}", if lang == Lang::Ja { "：" } else { ": " }, lang.pick(&link.who_ja, &link.who_en), link.url));
        }
        lines.push(texts().with(lang, "example-data", &[("path", app.config.data.display().to_string())]));
        crate::open::print(&lines.join("\n"));
        Ok(())
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        // Nobody asked for a place to keep it.
        if let Some(path) = &self.temporary {
            let _ = std::fs::remove_dir_all(path);
        }
    }
}
