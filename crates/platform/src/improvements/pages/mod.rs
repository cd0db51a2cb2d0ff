//! Pages of the improvements: one action and one rendering each.

mod beside;
mod exceptions;
mod list;
mod one;
mod outcomes;
mod sent;

pub use beside::triple;
pub use exceptions::{exceptions, exemption, exemption_approve, exemption_new, exemption_new_sent, exemption_refuse, exemption_withdraw};
pub use list::{draft_sent, issue_all_sent, issuer_sent, new, new_sent, recommendations};
pub use one::recommendation;
pub use outcomes::outcomes;
pub use sent::{accept, audit, edit, issue, plan, return_plan, step, withdraw};

use std::collections::BTreeMap;

use axum::response::{IntoResponse, Response};

use super::exemption::Standing;
use super::recommendation::State;
use crate::base::actor::{Scope, Verb};
use crate::base::cx::Cx;
use crate::base::dates::{date, show_day};
use crate::base::db::Tx;
use crate::base::error::{Error, Field, Result};
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::respond::Go;
use crate::base::work::Work;
use crate::register;
use crate::register::organisation::Organisation;

/// Where one recommendation is shown.
pub fn at(id: &impl std::fmt::Display) -> String {
    format!("/improvements/recommendations/{id}")
}

/// What was sent for `name`, without blanks around it.
fn value(sent: &[(String, String)], name: &str) -> String {
    sent.iter().find(|(key, _)| key == name).map_or(String::new(), |(_, value)| value.trim().to_owned())
}

/// Today, as dates are stored.
fn today(cx: &Cx) -> String {
    date(cx.app.clock.now()).to_string()
}

/// A stored date for people.
fn day(cx: &Cx, text: &str) -> String {
    show_day(text, cx.lang)
}

/// The organisations within reach, by id.
async fn organisations(tx: &mut Tx, scope: &Scope) -> Result<BTreeMap<String, Organisation>> {
    Ok(register::store::organisations(tx, scope).await?.into_iter().map(|one| (one.id.to_string(), one)).collect())
}

/// Where the actor runs the area; there drafts are seen.
fn run_by(cx: &Cx) -> Scope {
    cx.actor.scope("improvements", Verb::Manage)
}

fn state(cx: &Cx, state: State) -> Cell {
    let tone = match state {
        State::Closed => Tone::Good,
        State::Reopened => Tone::Bad,
        State::Issued | State::Returned | State::Submitted => Tone::Warn,
        State::Draft | State::Accepted | State::Withdrawn => Tone::Plain,
    };
    Cell::Badge(tone, cx.t(&format!("improvements-state-{}", state.as_str())))
}

fn standing(cx: &Cx, standing: Standing) -> Cell {
    let tone = match standing {
        Standing::Asked => Tone::Warn,
        Standing::Expired => Tone::Bad,
        Standing::InForce | Standing::Refused | Standing::Withdrawn => Tone::Plain,
    };
    Cell::Badge(tone, cx.t(&format!("improvements-exception-{}", standing.as_str())))
}

/// After an action: commits and leads on, or shows the page again with what was wrong.
async fn finish<T>(
    work: Work,
    done: Result<T>,
    to: String,
    words: &str,
    again: impl AsyncFnOnce(Vec<Field>) -> Result<Response>,
) -> Result<Response> {
    match done {
        Ok(_) => {
            work.commit().await?;
            Ok(Go::done(to, words).into_response())
        }
        Err(Error::Invalid(wrong)) => {
            drop(work);
            again(wrong).await
        }
        Err(error) => Err(error),
    }
}
