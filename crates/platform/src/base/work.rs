//! One change: its rows, its audit line and its jobs commit together or not at all.

use jiff::Timestamp;
use serde_json::Value as Json;

use super::actor::{Actor, Scope, Verb};
use super::audit;
use super::config::App;
use super::dates::stamp;
use super::db::Tx;
use super::error::{Error, Result};
use super::id::Id;
use super::jobs;

/// A change under way. Dropped without [`Work::commit`] it leaves nothing.
pub struct Work {
    /// The open transaction.
    pub tx: Tx,
    /// Who changes.
    pub actor: Actor,
    /// When.
    pub now: Timestamp,
    app: std::sync::Arc<App>,
    lines: usize,
}

impl Work {
    /// Begins a change by `actor`.
    pub async fn begin(app: &std::sync::Arc<App>, actor: &Actor) -> Result<Self> {
        Ok(Self { tx: app.db.begin().await?, actor: actor.clone(), now: app.clock.now(), app: app.clone(), lines: 0 })
    }

    /// The time as it is stored.
    pub fn stamp(&self) -> String {
        stamp(self.now)
    }

    /// A new id.
    pub fn id<K>(&self) -> Id<K> {
        Id::new(self.now, &self.app.entropy)
    }

    /// A new secret for a link or token; store only its hash.
    pub fn secret(&self) -> String {
        self.app.entropy.secret()
    }

    /// The application.
    pub fn app(&self) -> &std::sync::Arc<App> {
        &self.app
    }

    /// The actor's reach for `verb` in `area`; an empty one is [`Error::NotFound`].
    pub fn scope(&self, area: &str, verb: Verb) -> Result<Scope> {
        let scope = self.actor.scope(area, verb);
        if scope.is_empty() { Err(Error::NotFound) } else { Ok(scope) }
    }

    /// Whether the actor may do `verb` in `area` for the organisation at `path`; if not, it is not found.
    pub fn authorise(&self, area: &str, verb: Verb, path: &str) -> Result<()> {
        if self.actor.scope(area, verb).holds(path) { Ok(()) } else { Err(Error::NotFound) }
    }

    /// Writes the audit line of this change. `verb` is `noun.verb`; `detail` holds old and new values, never a secret.
    pub async fn audit(&mut self, organisation: &str, area: &str, verb: &str, subject: &str, detail: Json) -> Result<()> {
        let line = audit::Line {
            seq: 0,
            at: stamp(self.now),
            actor: match &self.actor.account {
                Some(id) => id.to_string(),
                None if self.actor.operator => "operator".to_owned(),
                None => "public".to_owned(),
            },
            actor_name: self.actor.name.clone(),
            organisation: organisation.to_owned(),
            area: area.to_owned(),
            verb: verb.to_owned(),
            subject: subject.to_owned(),
            detail: detail.to_string(),
            previous: String::new(),
            hash: String::new(),
        };
        self.lines += 1;
        audit::append(&mut self.tx, line).await
    }

    /// Puts a job on the list, to run as soon as this change is committed. `key` keeps one waiting job of its kind; "" does not.
    pub async fn enqueue(&mut self, kind: &str, key: &str, payload: Json) -> Result<jobs::JobId> {
        let id = self.id();
        jobs::enqueue(&mut self.tx, &id, kind, key, &payload, self.now, self.now).await?;
        Ok(id)
    }

    /// Makes the change lasting. A change without an audit line is our mistake and does not happen.
    pub async fn commit(self) -> Result<()> {
        if self.lines == 0 {
            return Err(Error::internal("a change without an audit line"));
        }
        self.tx.commit().await
    }
}
