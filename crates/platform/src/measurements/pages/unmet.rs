//! The work list: what is not met now, since when, and what to do.

use std::collections::BTreeMap;

use engine::facts::Verdict;

use super::{HOME, check_name, since_cell};
use crate::base::actor::{OrganisationId, Scope};
use crate::base::cx::Cx;
use crate::base::db::Tx;
use crate::base::error::Result;
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::list::List;
use crate::measurements::standing::Standing;
use crate::measurements::store;

/// What is not met, one line each: of everybody within reach, or of one organisation with the lines to publish, for which a table of all
/// has no room.
pub async fn list(cx: &Cx, tx: &mut Tx, scope: &Scope, standing: &Standing, only: Option<&OrganisationId>) -> Result<List> {
    let since = store::since(tx, scope, Verdict::NotMet).await?;
    let unmet: Vec<_> = standing.not_met().filter(|(target, _)| only.is_none_or(|id| target.organisation_id == *id)).collect();
    let full = store::observations(tx, scope, &unmet.iter().map(|(_, one)| &one.id).collect::<Vec<_>>()).await?;

    let names: BTreeMap<&str, &str> = standing.organisations.iter().map(|one| (one.id.as_str(), one.name(cx.lang))).collect();
    let mut list = List::new("findings", cx.t("measurements-findings")).column(cx.t("measurements-target")).choice(cx.t("measurements-check"));
    if only.is_none() {
        list = list.choice(cx.t("measurements-organisation"));
    }
    list = list.column(cx.t("measurements-since")).column(cx.t("measurements-why"));
    if only.is_some() {
        list = list.column(cx.t("measurements-remedy"));
    }
    list = list.choice(cx.t("measurements-who")).empty(cx.t("measurements-findings-empty"));
    for (target, one) in unmet.into_iter().filter_map(|(target, one)| Some((target, full.get(&one.id)?))) {
        let key = (target.organisation_id.clone(), target.domain.clone(), one.check);
        let mut cells =
            vec![Cell::link(format!("{HOME}/observations/{}", one.id), &*target.domain), Cell::Badge(Tone::Bad, check_name(cx, one.check))];
        if only.is_none() {
            cells.push(Cell::text(names.get(one.organisation_id.as_str()).copied().unwrap_or_default()));
        }
        cells.extend([since_cell(cx, since.get(&key)), Cell::text(one.reason.text.get(cx.lang))]);
        if only.is_some() {
            cells.push(Cell::text(&*one.remedy));
        }
        cells.push(Cell::text(one.who.get(cx.lang)));
        list.row(cells);
    }
    Ok(list)
}
