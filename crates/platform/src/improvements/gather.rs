//! Recommendations read and counted, for one organisation and over all.

use std::collections::BTreeMap;

use engine::outcomes::{Remedies, Remedy};

use super::outcome::{Outcome, Outcomes, remedy};
use super::store;
use crate::base::actor::{OrganisationId, Scope};
use crate::base::db::Tx;
use crate::base::error::Result;
use crate::register;

/// What became of the recommendations within reach on `today`; `cycle` (id) empty means of all cycles.
pub async fn outcomes(tx: &mut Tx, scope: &Scope, cycle: &str, today: &str) -> Result<Outcomes> {
    let all = store::recommendations(tx, scope, cycle).await?;
    let mut by: BTreeMap<OrganisationId, Vec<Remedy>> = BTreeMap::new();
    for one in &all {
        if let Some(counted) = remedy(one, today) {
            by.entry(one.organisation_id.clone()).or_default().push(counted);
        }
    }
    let total: Remedies = by.values().flatten().copied().collect();
    let organisations = register::store::organisations(tx, scope).await?;
    Ok(Outcomes {
        on: today.to_owned(),
        cycle: cycle.to_owned(),
        total: total.figures().to_vec(),
        organisations: organisations
            .into_iter()
            .filter_map(|one| {
                let counted: Remedies = by.get(&one.id)?.iter().copied().collect();
                let (organisation_id, code, name_ja, name_en) = (one.id, one.code, one.name_ja, one.name_en);
                Some(Outcome { organisation_id, code, name_ja, name_en, figures: counted.figures().to_vec() })
            })
            .collect(),
    })
}
