//! Pages of the evaluations: from a comparison of organisations down to the three facts of one requirement.

mod axes;
pub mod cells;
mod changes;
mod cycles;
mod organisation;
mod over_claims;
mod overview;
mod requirements;
mod triple;

pub use axes::{agreement, components, importance};
pub use changes::changes;
pub use cycles::{cycles, evaluate, peers};
pub use organisation::organisation;
pub use over_claims::over_claims;
pub use overview::overview;
pub use requirements::{requirement, requirements};
pub use triple::{Triple, triple};

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::evaluate::Evaluation;

use super::{store, view};
use crate::base::actor::{Scope, Verb};
use crate::base::cx::Cx;
use crate::base::db::Tx;
use crate::base::error::{Error, Result};
use crate::base::view::page::Page;
use crate::inspections;
use crate::inspections::cycle::{Cycle, CycleId};
use crate::register;
use crate::register::organisation::Organisation;

/// An evaluated cycle as one reader may see it.
pub(super) struct Seen {
    pub cycle: Cycle,
    pub record: store::Record,
    pub evaluation: Arc<Evaluation>,
    /// The organisations of the evaluation within reach, by code. All others are nameless to this reader.
    pub own: BTreeMap<String, Organisation>,
    /// Whether the reader runs the area for every organisation of the evaluation: only then others are compared by name.
    pub centre: bool,
    /// The requirements' ids by code.
    pub requirements: BTreeMap<String, String>,
}

/// The cycle's evaluation for the reader. Not evaluated, or nothing of one's own in it: not found.
pub(super) async fn seen(cx: &Cx, tx: &mut Tx, id: &CycleId) -> Result<Seen> {
    let read = cx.scope("evaluations", Verb::Read)?;
    let cycle = inspections::store::cycle(tx, id).await?;
    let record = store::evaluation(tx, id.as_str()).await?.ok_or(Error::NotFound)?;
    let evaluation = view::load(tx, &record).await?;
    let within = register::store::organisations(tx, &read).await?;
    let own: BTreeMap<String, Organisation> =
        within.into_iter().filter(|one| evaluation.organisations.contains_key(one.code.as_str())).map(|one| (one.code.clone(), one)).collect();
    if own.is_empty() {
        return Err(Error::NotFound);
    }
    let manage = cx.actor.scope("evaluations", Verb::Manage);
    let centre = own.len() == evaluation.organisations.len() && own.values().all(|one| manage.holds(&one.path));
    let items = inspections::store::items(tx, id).await?;
    let requirements = items.into_iter().map(|item| (item.code, item.requirement_id.to_string())).collect();
    Ok(Seen { cycle, record, evaluation, own, centre, requirements })
}

/// As [`seen`], for pages that compare organisations by name: for others than the centre they do not exist.
pub(super) async fn seen_by_centre(cx: &Cx, tx: &mut Tx, id: &CycleId) -> Result<Seen> {
    let seen = seen(cx, tx, id).await?;
    if seen.centre { Ok(seen) } else { Err(Error::NotFound) }
}

impl Seen {
    /// Where this cycle's pages begin.
    pub fn at(&self) -> String {
        format!("/evaluations/cycles/{}", self.cycle.id)
    }

    /// Where an organisation is shown, if the reader may see it.
    pub fn organisation_at(&self, code: &str) -> Option<String> {
        self.own.get(code).map(|one| format!("{}/organisations/{}", self.at(), one.id))
    }

    /// Where a requirement is shown in one organisation, if the reader may see it.
    pub fn triple_at(&self, organisation: &str, requirement: &str) -> Option<String> {
        Some(format!("{}/requirements/{}", self.organisation_at(organisation)?, self.requirements.get(requirement)?))
    }

    /// Where a requirement is shown over all organisations.
    pub fn requirement_at(&self, requirement: &str) -> Option<String> {
        Some(format!("{}/requirements/{}", self.at(), self.requirements.get(requirement)?))
    }

    /// An organisation's name; the code where it is not within reach, which pages for the centre never meet.
    pub fn name(&self, cx: &Cx, code: &str) -> String {
        self.own.get(code).map_or_else(|| code.to_owned(), |one| one.name(cx.lang).to_owned())
    }

    /// A requirement's title.
    pub fn title(&self, cx: &Cx, code: &str) -> String {
        self.evaluation.requirements.get(code).map_or_else(|| code.to_owned(), |one| one.title.get(cx.lang).to_owned())
    }

    /// A page of this cycle with the way here.
    pub fn page(&self, cx: &Cx, title: String) -> Page {
        cx.page(title).crumb("/evaluations", cx.t("evaluations")).crumb(self.at(), self.cycle.name(cx.lang))
    }

    /// Where to go from a page of this cycle.
    pub fn links(&self, cx: &Cx) -> Vec<(String, String)> {
        let at = self.at();
        ["over-claims", "requirements", "components", "changes", "importance", "agreement", "data"]
            .into_iter()
            .map(|name| (format!("{at}/{name}"), cx.t(&format!("evaluations-{name}"))))
            .collect()
    }
}

/// The systems within reach, by code.
pub(super) async fn systems(tx: &mut Tx, scope: &Scope) -> Result<BTreeMap<String, register::system::System>> {
    Ok(register::store::systems(tx, scope).await?.into_iter().map(|one| (one.code.clone(), one)).collect())
}
