//! The verbs of the inspections: authorise, rule, store, audit, in one transaction.

mod answers;
mod audits;
mod cycles;
mod freeze;
mod imports;
mod priority;
mod reminders;
mod respondents;

pub use answers::*;
pub use audits::*;
pub use cycles::*;
pub use imports::*;
pub use priority::*;
pub use reminders::*;
pub use respondents::*;

use crate::base::actor::{Actor, Scope, Verb};
use crate::base::error::{Error, Result};
use crate::base::work::Work;

/// Where the actor may enter facts: for their own organisation, or as the one who runs the cycle.
pub fn entering(work: &Work) -> Result<Scope> {
    reach(&work.actor)
}

/// As [`entering`], for a page that only shows it.
pub(crate) fn reach(actor: &Actor) -> Result<Scope> {
    either(actor.scope("inspections", Verb::Write), actor.scope("inspections", Verb::Manage))
}

/// Both reaches together; none at all is not found.
pub(crate) fn either(one: Scope, other: Scope) -> Result<Scope> {
    let scope = match (one, other) {
        (Scope::Everything, _) | (_, Scope::Everything) => Scope::Everything,
        (Scope::Paths(mut paths), Scope::Paths(more)) => {
            paths.extend(more);
            paths.sort();
            paths.dedup();
            Scope::Paths(paths)
        }
    };
    if scope.is_empty() { Err(Error::NotFound) } else { Ok(scope) }
}
