//! Observations in the order in which they were kept, page after page.

use super::observations::{bound, read};
use crate::args;
use crate::base::actor::{OrganisationId, Scope};
use crate::base::db::Tx;
use crate::base::error::Result;
use crate::measurements::observation::Observation;

/// What is wanted; what is empty or none does not narrow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Those kept after this place.
    pub after: i64,
    /// Measured at this time or later: a stamp, or a date as the whole day in Japan.
    pub since: String,
    /// Of this organisation.
    pub organisation: Option<OrganisationId>,
    /// Of this target.
    pub target: String,
    /// Of this check, by its name.
    pub check: String,
    /// At most so many.
    pub count: i64,
}

/// An observation with its place in the order of keeping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its place: 1, 2, 3 …
    pub seq: i64,
    /// The code of the organisation whose target it is.
    pub organisation: String,
    /// The observation.
    pub observation: Observation,
}

/// The observations within reach that are wanted, in the order in which they were kept.
pub async fn batch(tx: &mut Tx, scope: &Scope, wanted: &Wanted) -> Result<Vec<Kept>> {
    let since = if wanted.since.is_empty() { String::new() } else { bound(&wanted.since, false) };
    let organisation = wanted.organisation.as_ref().map_or("", |id| id.as_str());
    tx.all_in(
        scope,
        "SELECT ob.*, o.code AS organisation_code FROM observation ob JOIN organisation o ON o.id = ob.organisation_id
         WHERE ob.seq > $1 AND ob.at >= $2 AND ($3 = '' OR ob.organisation_id = $3) AND ($4 = '' OR ob.target = $4)
         AND ($5 = '' OR ob.check_id = $5) AND SCOPE(o.path) ORDER BY ob.seq LIMIT $6",
        args![wanted.after, since, organisation, &wanted.target, &wanted.check, wanted.count],
    )
    .await?
    .iter()
    .map(|row| Ok(Kept { seq: row.get("seq")?, organisation: row.get("organisation_code")?, observation: read(row)? }))
    .collect()
}
