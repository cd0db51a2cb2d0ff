//! The areas put together: one list, from which router, menu, rights, jobs, commands and documents derive.
//!
//! Begin at [`AREAS`]. A new area is a folder and a line here.

pub mod example;
pub mod home;
pub mod openapi;
pub mod router;
pub mod setup;
pub mod tasks;

use std::sync::Arc;

use jiff::Timestamp;

use crate::base::area::{Area, install};
use crate::base::clock::{Clock, Entropy};
use crate::base::config::{App, Config};
use crate::base::dates::stamp;
use crate::base::db::{Db, Tx};
use crate::base::error::Result;
use crate::{access, args, cryptography, evaluations, improvements, inspections, measurements, plans, register, reports, standards};

/// Every area, in the order of the floors: an area may import those before it.
pub const AREAS: &[Area] = &[
    access::AREA,
    register::AREA,
    standards::AREA,
    inspections::AREA,
    measurements::AREA,
    cryptography::AREA,
    evaluations::AREA,
    improvements::AREA,
    plans::AREA,
    reports::AREA,
];

/// The tables that belong to no area.
const BASE_TABLES: &[&str] = &[include_str!("../base/tables.sql"), include_str!("../base/tables_2.sql")];

/// The words of the program and of the pages that belong to no area: Japanese, English.
const TEXTS: (&str, &str) = (include_str!("ja.ftl"), include_str!("en.ftl"));

/// Makes the areas and all words known; needed before the first word is said.
pub fn begin() {
    install(AREAS, TEXTS);
}

/// Puts an application together: makes the areas known and brings the tables up to date.
pub async fn start(db: Db, clock: Clock, entropy: Entropy, config: Config) -> Result<Arc<App>> {
    begin();
    migrate(&db, clock.now()).await?;
    Ok(Arc::new(App { db, clock, entropy, config }))
}

/// The sets of tables this program wants, by area and version, that are not in the database yet.
pub async fn missing_tables(tx: &mut Tx) -> Result<Vec<(String, i64)>> {
    let there = crate::base::backup::migrations(tx).await?;
    let owners = std::iter::once(("base", BASE_TABLES)).chain(AREAS.iter().map(|area| (area.name, area.tables)));
    let wanted = owners.flat_map(|(area, versions)| (1..=versions.len() as i64).map(move |version| (area.to_owned(), version)));
    Ok(wanted.filter(|one| !there.contains(one)).collect())
}

/// Brings the tables up to date: every area's versions that are not there yet, each in its own transaction.
pub async fn migrate(db: &Db, now: Timestamp) -> Result<()> {
    let mut tx = db.begin().await?;
    tx.script("CREATE TABLE IF NOT EXISTS migration (area TEXT NOT NULL, version BIGINT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (area, version))")
        .await?;
    tx.commit().await?;
    // The areas in the order of the floors: a table may refer to those before it.
    let owners = std::iter::once(("base", BASE_TABLES)).chain(AREAS.iter().map(|area| (area.name, area.tables)));
    for (area, versions) in owners {
        for (index, sql) in versions.iter().enumerate() {
            let version = index as i64 + 1;
            let mut tx = db.begin().await?;
            let there = tx.maybe("SELECT version FROM migration WHERE area = $1 AND version = $2", args![area, version]).await?.is_some();
            if !there {
                tx.script(sql).await?;
                tx.run("INSERT INTO migration (area, version, at) VALUES ($1, $2, $3)", args![area, version, stamp(now)]).await?;
                tx.commit().await?;
            }
        }
    }
    Ok(())
}

/// Serves the application on `listener` until `end` ends, then lets requests under way finish.
pub async fn serve(listener: tokio::net::TcpListener, app: Arc<App>, end: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
    let service = router::router(app).into_make_service_with_connect_info::<std::net::SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(end).await
}

#[cfg(test)]
mod tests;
