//! Tests that derive from the lists: a new route, page, text, job or table is covered without anybody asking for it.
//!
//! All look at one small example, loaded and measured once for the whole process. What changes it waits until the others
//! have finished looking ([`Example::alone`]).

mod access;
mod api;
mod evidence;
mod jobs;
mod nist;
mod numbers;
mod pages;
mod planted;
mod queries;
mod texts;

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::LazyLock;

use axum::body::Body;
use axum::http::{Request, header};
use tokio::sync::{Mutex, OnceCell, RwLock};

use crate::app::example::{self, Link, Wish, World};
use crate::base::config::ProbeConfig;
use crate::base::db::Row;
use crate::testing::{Answer, Bench};

/// The seed of the tests; not the one the documents show.
const SEED: u64 = 7_741;
/// A day while this year's cycle of the example is open.
const TODAY: &str = "2026-08-03T00:00:00Z";

/// A loaded example to look at.
pub struct Example {
    /// Requests go through it.
    pub bench: Bench,
    /// The domains; kept so that they answer.
    _world: World,
    /// One link for each role.
    pub links: Vec<Link>,
    sessions: Mutex<BTreeMap<String, String>>,
    quiet: RwLock<()>,
}

/// One runtime for all tests: connections belong to the runtime that opened them.
static RUNTIME: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| tokio::runtime::Runtime::new().unwrap());
static EXAMPLE: OnceCell<Example> = OnceCell::const_new();

/// Runs a test that only looks, on the shared example.
fn looking<F: Future<Output = ()>>(test: impl FnOnce(&'static Example) -> F) {
    RUNTIME.block_on(async {
        let example = EXAMPLE.get_or_init(|| Example::load(Wish::small(SEED))).await;
        let _quiet = example.quiet.read().await;
        test(example).await;
    });
}

/// Runs a test that changes the shared example, or must be sure that nobody else does.
fn alone<F: Future<Output = ()>>(test: impl FnOnce(&'static Example) -> F) {
    RUNTIME.block_on(async {
        let example = EXAMPLE.get_or_init(|| Example::load(Wish::small(SEED))).await;
        let _quiet = example.quiet.write().await;
        test(example).await;
    });
}

/// Directories of test processes that ended without taking theirs away: a static is never dropped.
fn sweep() {
    for entry in std::fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let process = name.strip_prefix("hinomi-test-").and_then(|rest| rest.split('_').next()).unwrap_or_default().to_owned();
        let number = !process.is_empty() && process.bytes().all(|byte| byte.is_ascii_digit());
        if number && std::path::Path::new("/proc/self").exists() && !std::path::Path::new("/proc").join(&process).exists() {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

impl Example {
    /// Loads `wish` into a fresh bench.
    pub async fn load(wish: Wish) -> Self {
        sweep();
        let now = TODAY.parse().unwrap();
        let world = World::current(&wish, now).await.unwrap();
        let probe: ProbeConfig = world.reach();
        let bench = Bench::with(|config| {
            config.probe = probe;
            config.example = true;
        })
        .await;
        let (loaded, _) = example::load(&bench.app.db, &bench.app.config, &wish, &mut |_| {}).await.unwrap();
        bench.set_time(TODAY);
        let links = example::links(&bench.app, &loaded).await.unwrap();
        Self { bench, _world: world, links, sessions: Mutex::new(BTreeMap::new()), quiet: RwLock::new(()) }
    }

    /// The link of a role.
    pub fn link(&self, role: &str) -> &Link {
        self.links.iter().find(|link| link.role == role).unwrap_or_else(|| panic!("no link for {role}"))
    }

    /// Reads `path` with a cookie, `""` for nobody.
    pub async fn read(&self, cookie: &str, path: &str, lang: &str) -> Answer {
        let request = Request::get(path).header(header::COOKIE, cookie).header(header::ACCEPT_LANGUAGE, lang);
        self.bench.send(request.body(Body::empty()).unwrap()).await
    }

    /// The cookie of the account with this address; one session for each in the whole process.
    pub async fn session(&self, email: &str) -> String {
        let mut sessions = self.sessions.lock().await;
        if let Some(cookie) = sessions.get(email) {
            return cookie.clone();
        }
        let cookie = self.bench.session(email).await;
        sessions.insert(email.to_owned(), cookie.clone());
        cookie
    }

    /// Every row of `sql`.
    pub async fn rows(&self, sql: &str) -> Vec<Row> {
        self.bench.app.db.read().await.unwrap().all(sql, &[]).await.unwrap()
    }
}
