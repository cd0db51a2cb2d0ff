//! `hinomi serve`: the application on an address, with its background work.

use anyhow::Context;
use clap::{Arg, ArgMatches, Command};
use platform::base::jobs;
use platform::base::lang::texts;

/// Its arguments.
pub fn command() -> Command {
    crate::example::flags(crate::config::flags(
        Command::new("serve").arg(Arg::new("listen").long("listen").env("HINOMI_LISTEN").value_name("ADDRESS:PORT").default_value("127.0.0.1:8008")),
    ))
}

/// Serves until interrupted; requests under way are finished.
pub async fn run(matches: &ArgMatches, arguments: &ArgMatches) -> anyhow::Result<u8> {
    let lang = crate::open::lang(matches);
    let mut config = crate::config::read(arguments)?;
    let listen = arguments.get_one::<String>("listen").map_or("127.0.0.1:8008", String::as_str);
    // The address is taken before the database is opened: a second start by mistake must not touch the data.
    let listener = match tokio::net::TcpListener::bind(listen).await {
        Ok(listener) => listener,
        Err(error) => {
            let key = match error.kind() {
                std::io::ErrorKind::AddrInUse => "serve-address-in-use",
                std::io::ErrorKind::PermissionDenied => "serve-address-denied",
                _ => "serve-address-wrong",
            };
            anyhow::bail!(texts().with(lang, key, &[("address", listen.to_owned()), ("error", error.to_string())]));
        }
    };
    if arguments.get_one::<String>("public-url").is_none() {
        config.public_url = format!("http://{}", listener.local_addr()?);
    }
    // Kept until the end: with it end the example's domains.
    let (app, _example) = if arguments.get_flag("example") {
        let (app, example) = crate::example::prepare(matches, arguments, config, crate::example::place(matches)).await?;
        example.announce(&app, matches.get_flag("json"), lang).await?;
        (app, Some(example))
    } else {
        let app = crate::open::app(matches, config).await?;
        let setup = platform::app::setup::begin(&app).await.map_err(|error| crate::said(&error, lang))?;
        if matches.get_flag("json") {
            let document = serde_json::json!({ "address": app.config.public_url, "setup": setup });
            crate::open::print(&serde_json::to_string_pretty(&document)?);
        } else {
            crate::open::print(&app.config.public_url);
            if let Some(link) = setup {
                crate::open::print(&texts().with(lang, "serve-setup", &[("link", link)]));
            }
        }
        (app, None)
    };
    let worker = tokio::spawn(jobs::work(app.clone()));
    let end = async {
        if let Err(error) = shutdown().await {
            tracing::error!("signals: {error}");
        }
    };
    platform::app::serve(listener, app.clone(), end).await.context("serving")?;
    worker.abort();
    app.db.close().await;
    Ok(0)
}

/// Ends when the operator or the system asks for it.
pub async fn shutdown() -> std::io::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        interrupt = tokio::signal::ctrl_c() => interrupt,
        _ = terminate.recv() => Ok(()),
    }
}
