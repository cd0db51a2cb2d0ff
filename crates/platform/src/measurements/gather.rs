//! What a document of measured facts says, read through the stores: a fixed number of statements for each edition, none for each row.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::observation::Observation;
use super::oscal::Given;
use super::{actions, store};
use crate::base::actor::{OrganisationId, Scope};
use crate::base::db::Tx;
use crate::base::error::{Error, Result};
use crate::register;
use crate::standards;
use crate::standards::requirement::Requirement;

/// What a document of `observations` says: of the organisation with the code `whose`, or of all within `scope` where it is empty.
///
/// Errors: nothing was measured.
pub async fn given(tx: &mut Tx, scope: &Scope, whose: &str, observations: Vec<Observation>, site: &str, now: Timestamp) -> Result<Given> {
    let mut organisations = register::store::organisations(tx, scope).await?;
    let top = match organisations.iter().find(|one| one.code == whose) {
        Some(one) => Some(one.clone()),
        None => actions::tops(&organisations).into_iter().next(),
    };
    let concerned: BTreeSet<&OrganisationId> = observations.iter().map(|one| &one.organisation_id).collect();
    organisations.retain(|one| concerned.contains(&one.id));
    let Some(top) = top.filter(|_| !organisations.is_empty()) else {
        return Err(Error::Conflict("measurements-error-nothing-measured"));
    };
    let requirements = requirements(tx, scope, &concerned).await?;
    let max_age_days = store::settings(tx).await?.max_age_days;
    Ok(Given { top, organisations, requirements, max_age_days, observations, now, site: site.to_owned() })
}

/// What the standards of `organisations` ask that a check may prove, without what they leave out.
async fn requirements(tx: &mut Tx, scope: &Scope, organisations: &BTreeSet<&OrganisationId>) -> Result<BTreeMap<OrganisationId, Vec<Requirement>>> {
    let mut adoptions = standards::store::adoptions(tx, scope).await?;
    adoptions.retain(|one| organisations.contains(&one.organisation_id));
    let editions: BTreeSet<_> = adoptions.iter().map(|one| one.edition_id.clone()).collect();
    let (mut asked, mut left_out, mut read) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
    for id in editions {
        let standard = standards::store::edition(tx, &id).await?.standard_id;
        if read.insert(standard.clone()) {
            let rows = standards::store::exclusions_under(tx, &standard).await?;
            left_out.extend(rows.into_iter().map(|(organisation, exclusion)| (organisation, exclusion.code)));
        }
        let mut rows = standards::store::requirements(tx, &id).await?;
        rows.retain(|one| !one.checks.is_empty());
        asked.insert(id, rows);
    }
    let of = |adoption: standards::derived::Adoption| {
        let whole: &[Requirement] = asked.get(&adoption.edition_id).map(Vec::as_slice).unwrap_or_default();
        let kept = whole.iter().filter(|one| !left_out.contains(&(adoption.organisation_id.clone(), one.code.clone()))).cloned().collect();
        (adoption.organisation_id, kept)
    };
    Ok(adoptions.into_iter().map(of).collect())
}
