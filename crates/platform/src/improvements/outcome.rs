//! What became of recommendations in registered numbers, for one organisation and over all: how a recommendation counts.

use engine::numbers::Figure;
use engine::outcomes::Remedy;
use serde::Serialize;

use super::recommendation::{Recommendation, State};
use crate::base::actor::OrganisationId;
use crate::base::dates::{date, parse_stamp};

/// How a recommendation counts on `today` (`2027-04-01`); `None` for what was never sent, or was taken back.
pub fn remedy(one: &Recommendation, today: &str) -> Option<Remedy> {
    if matches!(one.state, State::Draft | State::Withdrawn) {
        return None;
    }
    let day = |stamp: &Option<String>| stamp.as_deref().and_then(parse_stamp).map(date);
    let open = one.state.is_open();
    let closed = day(&one.closed_at).filter(|_| !open);
    Some(Remedy {
        open,
        // As `Recommendation::is_overdue` sees it: the last day itself is still in time.
        due: !one.due_on.is_empty() && one.due_on.as_str() < today,
        closed_in_time: closed.is_some_and(|closed| closed.to_string() <= one.due_on),
        days_to_close: closed.zip(day(&one.issued_at)).and_then(|(closed, issued)| u32::try_from((closed - issued).get_days()).ok()),
    })
}

/// The outcome in one organisation.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Outcome {
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// Its code.
    pub code: String,
    /// Its name in Japanese.
    pub name_ja: String,
    /// Its name in English.
    pub name_en: String,
    /// Findings open, closed in time, days to close: each with its definition, counts and coverage.
    #[schemars(with = "Vec<serde_json::Value>")]
    pub figures: Vec<Figure>,
}

/// The outcome of every organisation within reach that was sent a recommendation.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Outcomes {
    /// The day as of which it was counted.
    pub on: String,
    /// Only of this cycle (id); empty for all.
    pub cycle: String,
    /// Over all within reach.
    #[schemars(with = "Vec<serde_json::Value>")]
    pub total: Vec<Figure>,
    /// By organisation, in the order of the tree.
    pub organisations: Vec<Outcome>,
}
