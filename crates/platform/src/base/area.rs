//! What an area is: its routes, tables, words, jobs and command, in one value from which all else derives.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use axum::handler::Handler;
use axum::routing::{MethodRouter, get, post};
use schemars::JsonSchema;

use super::actor::{Role, Verb};
use super::config::App;
use super::error::Result;
use super::jobs::JobKind;
use super::work::Work;

/// The areas of this program and its own words (Japanese, English), put here once by `app`, so that base need not know them.
static INSTALLED: OnceLock<(&'static [Area], (&'static str, &'static str))> = OnceLock::new();

/// Makes the areas and the program's own words known; `app` calls it before anything else.
pub fn install(areas: &'static [Area], texts: (&'static str, &'static str)) {
    // A second call brings the same list.
    let _ = INSTALLED.set((areas, texts));
}

/// Every area, in the order of the floors; none before [`install`].
pub fn areas() -> &'static [Area] {
    INSTALLED.get().map(|(areas, _)| *areas).unwrap_or_default()
}

/// The words of the program itself: Japanese, English.
pub fn app_texts() -> (&'static str, &'static str) {
    INSTALLED.get().map(|(_, texts)| *texts).unwrap_or_default()
}

/// The areas in the order of the menu: what the work is about first, accounts last.
pub fn menu_order() -> impl Iterator<Item = &'static Area> {
    areas().iter().skip(1).chain(areas().iter().take(1))
}

/// A future that a function pointer can give.
pub type Later<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Looks at the clock and puts due jobs on the list.
pub type Plan = fn(Arc<App>) -> Later<Result<()>>;

/// One area. A new area is one folder and one line in [`crate::app::AREAS`].
pub struct Area {
    /// The folder's, the table prefix's, the address's, the permission's and the command's name.
    pub name: &'static str,
    /// Its tables, version after version; a released version never changes.
    pub tables: &'static [&'static str],
    /// Its words: Japanese, English (Fluent).
    pub texts: (&'static str, &'static str),
    /// Who may do what in it, each in the organisations where they hold the role; who is not named may nothing.
    pub rights: &'static [(Role, &'static [Verb])],
    /// Its addresses.
    pub routes: fn() -> Vec<Route>,
    /// Its entries in the menu, in order.
    pub menu: &'static [MenuEntry],
    /// Its background work.
    pub jobs: &'static [JobKind],
    /// Called often, so it must be cheap.
    pub plan: Option<Plan>,
    /// Its commands at the command line; one that an area before it has already is added to.
    pub cli: &'static [Cli],
}

/// An entry of the menu.
pub struct MenuEntry {
    /// Where it leads.
    pub path: &'static str,
    /// The key of its words.
    pub text: &'static str,
    /// Who sees it: those who may do this somewhere in the area. `None`: everybody.
    pub need: Option<Verb>,
}

/// An area's command: `hinomi NAME …`.
pub struct Cli {
    /// Its arguments.
    pub command: fn() -> clap::Command,
    /// Runs it. The exit code is 0 fine, 1 problems found, 2 could not run.
    pub run: CliRun,
}

/// How a command runs.
#[derive(Clone, Copy)]
pub enum CliRun {
    /// In the application, with its database.
    App(fn(CliCx, clap::ArgMatches) -> Later<Result<u8>>),
    /// With nothing but what it is given: no database is opened, none needs to exist.
    Alone(fn(AloneCx, clap::ArgMatches) -> Later<Result<u8>>),
}

/// What a command in the application is given.
#[derive(Clone)]
pub struct CliCx {
    /// The application.
    pub app: Arc<App>,
    /// In whose name.
    pub actor: super::actor::Actor,
    /// Where results go.
    pub terminal: Terminal,
}

impl CliCx {
    /// Begins a change.
    pub async fn work(&self) -> Result<Work> {
        Work::begin(&self.app, &self.actor).await
    }
}

impl std::ops::Deref for CliCx {
    type Target = Terminal;
    fn deref(&self) -> &Terminal {
        &self.terminal
    }
}

/// What a command without the application is given.
#[derive(Clone)]
pub struct AloneCx {
    /// The time.
    pub clock: super::clock::Clock,
    /// Randomness.
    pub entropy: super::clock::Entropy,
    /// Where results go.
    pub terminal: Terminal,
}

impl std::ops::Deref for AloneCx {
    type Target = Terminal;
    fn deref(&self) -> &Terminal {
        &self.terminal
    }
}

/// How results are printed.
#[derive(Clone, Copy, Debug)]
pub struct Terminal {
    /// Whether to print JSON instead of sentences.
    pub json: bool,
    /// The language of sentences.
    pub lang: super::lang::Lang,
}

impl Terminal {
    /// Prints a result: `value` as JSON with `--json`, else the sentences.
    pub fn print(&self, value: &impl serde::Serialize, sentences: impl FnOnce() -> String) -> Result<()> {
        use std::io::Write as _;
        let text = if self.json { serde_json::to_string_pretty(value)? } else { sentences() };
        // A closed pipe (`| head`) is not an error of ours.
        let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
        Ok(())
    }

    /// A text in the language asked for.
    pub fn t(&self, key: &str) -> String {
        super::lang::texts().get(self.lang, key)
    }

    /// A text with values.
    pub fn tv(&self, key: &str, values: &[(&str, String)]) -> String {
        super::lang::texts().with(self.lang, key, values)
    }
}

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Everybody, signed in or not.
    Public,
    /// Everybody who is signed in.
    Known,
    /// Those who may do this verb somewhere in the area. Which organisations, the action decides.
    May(Verb),
    /// The same in another area: pages about a lower area that need the tree of organisations.
    MayIn(&'static str, Verb),
    /// A respondent who came by a personal link; the action checks the link.
    Link,
}

/// How a route speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// HTML for people.
    Page,
    /// A form that a page sends.
    Form,
    /// JSON for programs, below `/api/v1/`; in `openapi.json`.
    Api,
    /// A file to download.
    File,
}

/// One address with everything the router, the access test and `openapi.json` must know.
pub struct Route {
    /// `GET` or `POST` (also `PUT`, `DELETE` for `Kind::Api`).
    pub method: &'static str,
    /// The address; a parameter is named after its noun, `{organisation}`, which is also its table.
    pub path: &'static str,
    /// How it speaks.
    pub kind: Kind,
    /// Who may call it.
    pub need: Need,
    /// What it does, in English, for `openapi.json`.
    pub summary: &'static str,
    /// The JSON it takes.
    pub takes: Option<fn(&mut schemars::SchemaGenerator) -> schemars::Schema>,
    /// The JSON it gives.
    pub gives: Option<fn(&mut schemars::SchemaGenerator) -> schemars::Schema>,
    /// The parameters it understands in the query.
    pub query: &'static [&'static str],
    /// The handler.
    pub handler: MethodRouter<Arc<App>>,
}

impl Route {
    fn new(method: &'static str, path: &'static str, kind: Kind, need: Need, handler: MethodRouter<Arc<App>>) -> Self {
        Self { method, path, kind, need, summary: "", takes: None, gives: None, query: &[], handler }
    }

    /// A page.
    pub fn page<H, T>(path: &'static str, need: Need, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        Self::new("GET", path, Kind::Page, need, get(handler))
    }

    /// A form sent by a page.
    pub fn form<H, T>(path: &'static str, need: Need, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        Self::new("POST", path, Kind::Form, need, post(handler))
    }

    /// A file to download.
    pub fn file<H, T>(path: &'static str, need: Need, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        Self::new("GET", path, Kind::File, need, get(handler))
    }

    /// JSON read.
    pub fn api<H, T>(path: &'static str, need: Need, summary: &'static str, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        Self { summary, ..Self::new("GET", path, Kind::Api, need, get(handler)) }
    }

    /// JSON sent.
    pub fn api_post<H, T>(path: &'static str, need: Need, summary: &'static str, handler: H) -> Self
    where
        H: Handler<T, Arc<App>>,
        T: 'static,
    {
        Self { summary, ..Self::new("POST", path, Kind::Api, need, post(handler)) }
    }

    /// Declares the JSON it takes.
    pub fn takes<B: JsonSchema>(mut self) -> Self {
        self.takes = Some(|generator| generator.subschema_for::<B>());
        self
    }

    /// Declares the JSON it gives.
    pub fn gives<B: JsonSchema>(mut self) -> Self {
        self.gives = Some(|generator| generator.subschema_for::<B>());
        self
    }

    /// Declares the parameters it understands in the query.
    pub fn query(mut self, names: &'static [&'static str]) -> Self {
        self.query = names;
        self
    }
}
