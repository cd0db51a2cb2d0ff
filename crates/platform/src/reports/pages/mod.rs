//! Pages of the reports.

mod edit;
mod list;
mod policy;
mod public;
mod show;

pub use edit::{facts, facts_sent, incident_sent, texts, texts_sent};
pub use list::{all_sent, begin, list};
pub use policy::{policy, policy_sent};
pub use public::{peer, peer_file, peers, public, public_file, public_report};
pub use show::{approve, comment_sent, file, publish, redraft_sent, show, submit};

use std::collections::BTreeMap;

use super::policy::Audience;
use super::render::Format;
use super::report::{Report, State};
use crate::base::actor::{OrganisationId, Scope};
use crate::base::cx::Cx;
use crate::base::db::Tx;
use crate::base::error::{Error, Result};
use crate::base::lang::Lang;
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::list::query;
use crate::{inspections, register};

/// What a form sent.
pub type Fields = Vec<(String, String)>;

/// One value of a form.
fn value(sent: &[(String, String)], name: &str) -> String {
    sent.iter().find(|(key, _)| key == name).map_or(String::new(), |(_, value)| value.trim().to_owned())
}

/// One value of the address.
fn asked(cx: &Cx, name: &str) -> Option<String> {
    query(&cx.uri).into_iter().find(|(key, _)| key == name).map(|(_, value)| value).filter(|value| !value.is_empty())
}

/// The form of a file that the address asks for.
fn format(cx: &Cx) -> Result<Format> {
    asked(cx, "format").as_deref().map_or(Some(Format::Pdf), Format::parse).ok_or(Error::NotFound)
}

/// Names of cycles and of organisations, by id.
struct Names {
    cycles: BTreeMap<String, String>,
    organisations: BTreeMap<OrganisationId, String>,
}

impl Names {
    /// All names, for lists. Names of organisations are no secret; that a report exists is, and the caller has seen to it.
    async fn read(tx: &mut Tx, lang: Lang) -> Result<Self> {
        let cycles = inspections::store::cycles(tx).await?;
        let organisations = register::store::organisations(tx, &Scope::Everything).await?;
        Ok(Self {
            cycles: cycles.into_iter().map(|one| (one.id.to_string(), lang.pick(one.name_ja, one.name_en))).collect(),
            organisations: organisations.into_iter().map(|one| (one.id.clone(), one.name(lang).to_owned())).collect(),
        })
    }

    fn cycle(&self, report: &Report) -> String {
        self.cycles.get(&report.cycle_id).cloned().unwrap_or_default()
    }

    fn organisation(&self, report: &Report) -> String {
        self.organisations.get(&report.organisation_id).cloned().unwrap_or_default()
    }
}

fn badge(cx: &Cx, state: State) -> Cell {
    let tone = match state {
        State::Published => Tone::Good,
        State::Draft | State::Commented => Tone::Warn,
        State::Approved | State::Submitted => Tone::Plain,
    };
    Cell::Badge(tone, cx.t(&format!("reports-state-{}", state.as_str())))
}

/// Links to the forms of a report; `path` is where its files lie, `more` what else the address says.
fn files(cx: &Cx, path: &str, audience: Audience, more: &str, has_actions: bool) -> Vec<(String, String)> {
    Format::ALL
        .iter()
        // A plan of action without actions is no document.
        .filter(|format| **format != Format::Poam || has_actions)
        .map(|format| {
            let href = format!("{path}?format={}&as={}{more}&lang={}", format.as_str(), audience.as_str(), cx.lang.as_str());
            (href, cx.t(&format!("reports-format-{}", format.as_str())))
        })
        .collect()
}
