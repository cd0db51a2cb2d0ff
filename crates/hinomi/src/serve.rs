//! `hinomi serve`: the application on an address, with its background work.

use anyhow::Context;
use clap::{Arg, ArgMatches, Command};
use platform::base::config::Config;
use platform::base::jobs;

/// Its arguments.
pub fn command() -> Command {
    Command::new("serve")
        .about("Serve the application")
        .arg(Arg::new("listen").long("listen").default_value("127.0.0.1:8008").help("Address to listen on"))
        .arg(Arg::new("public-url").long("public-url").env("HINOMI_PUBLIC_URL").help("The address people type"))
}

/// Serves until interrupted.
pub async fn run(matches: &ArgMatches, arguments: &ArgMatches) -> anyhow::Result<u8> {
    let listen = arguments.get_one::<String>("listen").map_or("127.0.0.1:8008", String::as_str);
    let listener = tokio::net::TcpListener::bind(listen).await.with_context(|| format!("listening on {listen}"))?;
    let address = listener.local_addr()?;
    let public_url = arguments.get_one::<String>("public-url").cloned().unwrap_or_else(|| format!("http://{address}"));
    let app = crate::open::app(matches, Config { public_url, ..Config::default() }).await?;
    let worker = tokio::spawn(jobs::work(app.clone()));
    println!("{}", app.config.public_url);
    platform::app::serve(listener, app.clone(), shutdown()).await?;
    worker.abort();
    app.db.close().await;
    Ok(0)
}

/// Ends when the operator or the system asks for it.
async fn shutdown() {
    let interrupt = tokio::signal::ctrl_c();
    let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else { return };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}
