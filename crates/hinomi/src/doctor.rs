//! `hinomi doctor`: looks at everything that can be wrong with an installation, and says what to do about it.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use clap::{ArgMatches, Command};
use jiff::{SignedDuration, Timestamp};
use platform::base::clock::Clock;
use platform::base::config::Config;
use platform::base::dates::parse_stamp;
use platform::base::db::Db;
use platform::base::error::Result;
use platform::base::lang::{Lang, texts};
use platform::base::{audit, health, mail};
use serde::Serialize;

/// Its arguments.
pub fn command() -> Command {
    crate::config::flags(Command::new("doctor"))
}

/// One thing looked at.
#[derive(Serialize)]
struct Check {
    /// What.
    check: &'static str,
    /// Whether it is as it should be.
    fine: bool,
    /// What was found.
    detail: String,
    /// What to do, as a key of the words; empty when fine.
    #[serde(skip_serializing_if = "str::is_empty")]
    remedy: &'static str,
}

/// What was found so far.
struct Found {
    checks: Vec<Check>,
    lang: Lang,
}

impl Found {
    fn fine(&mut self, check: &'static str, detail: impl Into<String>) {
        self.checks.push(Check { check, fine: true, detail: detail.into(), remedy: "" });
    }

    fn wrong(&mut self, check: &'static str, detail: impl Into<String>, remedy: &'static str) {
        self.checks.push(Check { check, fine: false, detail: detail.into(), remedy });
    }

    fn t(&self, key: &str) -> String {
        texts().get(self.lang, key)
    }
}

/// Runs it. It opens the database itself and changes nothing: whatever is wrong is a line, not an end.
pub async fn run(matches: &ArgMatches, arguments: &ArgMatches) -> anyhow::Result<u8> {
    let config = crate::config::read(arguments)?;
    let lang = crate::open::lang(matches);
    let mut found = Found { checks: Vec::new(), lang };
    let data = matches.get_one::<std::path::PathBuf>("data").cloned().unwrap_or_default();
    let url = matches.get_one::<String>("database");
    directory(&mut found, &data, url.is_none());
    let db = match url {
        Some(url) => Db::open_postgres(url).await,
        None => match data.join("hinomi.sqlite") {
            file if file.exists() => Db::open_sqlite(&file).await,
            // Opening would make an empty one, and a wrong --data would look healthy.
            file => Err(platform::base::error::Error::internal(format!("{}: not there", file.display()))),
        },
    };
    match db {
        Ok(db) => {
            let text = found.t("doctor-fine");
            found.fine("database", text);
            if let Err(error) = storage(&mut found, &db, Clock::System.now()).await {
                found.wrong("database", error.to_string(), "doctor-remedy-database");
            }
            db.close().await;
        }
        // The address may hold a password; the driver's message does not repeat it.
        Err(error) => found.wrong("database", error.to_string(), "doctor-remedy-database"),
    }
    outside(&mut found, &config).await;
    let wrong = found.checks.iter().any(|check| !check.fine);
    let text = if matches.get_flag("json") {
        serde_json::to_string_pretty(&serde_json::json!({ "fine": !wrong, "checks": said(&found) }))?
    } else {
        let line = |check: &Check| {
            let mark = if check.fine { "✔" } else { "✖" };
            let remedy = if check.remedy.is_empty() { String::new() } else { format!("\n    → {}", texts().get(lang, check.remedy)) };
            format!("{mark} {}: {}{remedy}", texts().get(lang, &format!("doctor-{}", check.check)), check.detail)
        };
        found.checks.iter().map(line).collect::<Vec<_>>().join("\n")
    };
    crate::open::print(&text);
    Ok(u8::from(wrong))
}

fn said(found: &Found) -> Vec<serde_json::Value> {
    found
        .checks
        .iter()
        .map(|check| {
            let mut value = serde_json::json!({ "check": check.check, "fine": check.fine, "detail": check.detail });
            if !check.remedy.is_empty() {
                value["remedy"] = found.t(check.remedy).into();
            }
            value
        })
        .collect()
}

fn directory(found: &mut Found, data: &Path, needed: bool) {
    match std::fs::metadata(data) {
        Ok(there) if there.permissions().mode() & 0o077 != 0 && needed => {
            found.wrong("data", format!("{} {:o}", data.display(), there.permissions().mode() & 0o777), "doctor-remedy-data");
        }
        Ok(_) => found.fine("data", data.display().to_string()),
        Err(error) if needed => found.wrong("data", format!("{}: {error}", data.display()), "doctor-remedy-data"),
        Err(_) => {}
    }
}

async fn storage(found: &mut Found, db: &Db, now: Timestamp) -> Result<()> {
    let fine = found.t("doctor-fine");
    match health::writable(db).await {
        Ok(()) => found.fine("writable", fine.clone()),
        Err(error) => found.wrong("writable", error.to_string(), "doctor-remedy-writable"),
    }
    let mut tx = db.read().await?;
    match health::engine(&mut tx).await? {
        (said, true) => found.fine("engine", said),
        (said, false) => found.wrong("engine", said, "doctor-remedy-engine"),
    }
    let missing = match platform::app::missing_tables(&mut tx).await {
        Ok(missing) => missing,
        // Not even the list of tables is there.
        Err(error) => {
            found.wrong("tables", error.to_string(), "doctor-remedy-tables");
            return Ok(());
        }
    };
    if !missing.is_empty() {
        let names: Vec<String> = missing.iter().map(|(area, version)| format!("{area} {version}")).collect();
        found.wrong("tables", names.join(", "), "doctor-remedy-tables");
        return Ok(());
    }
    found.fine("tables", fine.clone());
    // Five minutes: what two machines that keep time never differ by.
    match health::last_change(&mut tx).await?.as_deref().and_then(parse_stamp) {
        Some(last) if last > now + SignedDuration::from_mins(5) => found.wrong("clock", format!("{now} < {last}"), "doctor-remedy-clock"),
        _ => found.fine("clock", now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
    }
    match health::jobs(&mut tx, now).await? {
        (0, 0) => found.fine("jobs", fine),
        (_, late) if late > 0 => found.wrong("jobs", late.to_string(), "doctor-remedy-jobs-late"),
        (failed, _) => found.wrong("jobs", failed.to_string(), "doctor-remedy-jobs-failed"),
    }
    match audit::verify(&mut tx).await? {
        Ok((count, hash)) => found.fine("audit", format!("{count} {hash}")),
        Err(broken) => {
            let text = texts().with(found.lang, &format!("audit-broken-{}", broken.what), &[("line", broken.seq.to_string())]);
            found.wrong("audit", text, "doctor-remedy-audit");
        }
    }
    Ok(())
}

async fn outside(found: &mut Found, config: &Config) {
    let (fine, none) = (found.t("doctor-fine"), found.t("doctor-not-configured"));
    match &config.smtp {
        None => found.fine("mail", none.clone()),
        Some(url) => match mail::reachable(url).await {
            Ok(true) => found.fine("mail", fine.clone()),
            _ => found.wrong("mail", "", "doctor-remedy-mail"),
        },
    }
    match &config.oidc {
        None => found.fine("oidc", none),
        Some(oidc) => match platform::access::oidc::discover(oidc).await {
            Ok(_) => found.fine("oidc", oidc.issuer.clone()),
            Err(_) => found.wrong("oidc", oidc.issuer.clone(), "doctor-remedy-oidc"),
        },
    }
    let resolvers = if config.probe.vantage.resolvers.is_empty() { of_the_machine() } else { config.probe.vantage.resolvers.clone() };
    if resolvers.is_empty() {
        found.wrong("resolver", "/etc/resolv.conf", "doctor-remedy-resolver");
    }
    for resolver in resolvers {
        if answers(resolver).await {
            found.fine("resolver", resolver.to_string())
        } else {
            found.wrong("resolver", resolver.to_string(), "doctor-remedy-resolver")
        }
    }
}

/// The resolvers that the machine is configured with (resolv.conf(5)).
fn of_the_machine() -> Vec<SocketAddr> {
    let text = std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
    let address = |line: &str| line.strip_prefix("nameserver").and_then(|rest| rest.trim().parse().ok()).map(|ip| SocketAddr::new(ip, 53));
    text.lines().filter_map(|line| address(line.trim())).collect()
}

/// Whether a resolver answers a question for the root's name servers at all (RFC 1035 §4.1), within three seconds.
async fn answers(resolver: SocketAddr) -> bool {
    // Identifier, recursion desired, one question: the root, NS, IN.
    const QUESTION: [u8; 17] = [0x68, 0x69, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1];
    let ask = async {
        let here: SocketAddr = if resolver.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0_u16; 8], 0).into() };
        let socket = tokio::net::UdpSocket::bind(here).await?;
        socket.connect(resolver).await?;
        socket.send(&QUESTION).await?;
        let mut answer = [0; 1_500];
        let length = socket.recv(&mut answer).await?;
        // The same identifier, and marked as an answer.
        Ok::<bool, std::io::Error>(length >= 12 && answer.starts_with(&[0x68, 0x69]) && answer.get(2).is_some_and(|flags| flags & 0x80 != 0))
    };
    matches!(tokio::time::timeout(Duration::from_secs(3), ask).await, Ok(Ok(true)))
}
