//! What reports come to: for every domain, and for one with its senders and selectors.

use std::collections::BTreeMap;

use engine::numbers::Figure;
use jiff::{Span, Timestamp};
use serde::Serialize;

use super::{AggregateReport, DAYS, Messages, ReportedSelector, Source, store};
use crate::base::actor::{OrganisationId, Scope};
use crate::base::dates::{date, stamp};
use crate::base::db::Tx;
use crate::base::error::{Error, Result};
use crate::measurements::actions;
use crate::measurements::target::Target;
use crate::register;
use crate::register::asset::AssetId;

/// What reports say of one domain.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct DomainOut {
    /// Its line in the register.
    pub asset_id: AssetId,
    /// Whose it is.
    pub organisation_id: OrganisationId,
    /// Its code.
    pub organisation: String,
    /// The domain.
    pub domain: String,
    /// Reports that ended within the last 30 days.
    pub reports: u64,
    /// The end of the last report, UTC.
    pub last_at: Option<String>,
    /// Messages they tell of.
    #[serde(flatten)]
    pub messages: Messages,
    /// The figure `dmarc-aligned-rate` of them.
    #[schemars(with = "serde_json::Value")]
    pub aligned_rate: Figure,
}

/// One domain with everything reported of it.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct DomainFull {
    /// The domain.
    #[serde(flatten)]
    pub domain: DomainOut,
    /// Who sends mail in its name, within the last 30 days; those first whose mail failed most.
    pub sources: Vec<Source>,
    /// The selectors it is signed with, the newest first.
    pub selectors: Vec<ReportedSelector>,
    /// Messages by the day on which their report ended (Japan time), of the last 30 days.
    pub days: BTreeMap<String, Messages>,
    /// The reports, the newest first.
    pub recent: Vec<AggregateReport>,
}

/// The beginning of what is counted.
pub fn since(now: Timestamp) -> String {
    stamp(now.saturating_sub(jiff::SignedDuration::from_hours(DAYS * 24)).unwrap_or(now))
}

/// The days that are shown, the oldest first.
pub fn days(now: Timestamp) -> Vec<String> {
    let today = date(now);
    (0..=DAYS).rev().map(|back| today.saturating_sub(Span::new().days(back)).to_string()).collect()
}

fn out(target: &Target, code: &str, counted: Option<&store::Counted>) -> DomainOut {
    let counted = counted.cloned().unwrap_or_default();
    DomainOut {
        asset_id: target.asset_id.clone(),
        organisation_id: target.organisation_id.clone(),
        organisation: code.to_owned(),
        domain: target.domain.clone(),
        reports: counted.reports,
        last_at: counted.last_at,
        messages: counted.messages,
        aligned_rate: counted.messages.figure(),
    }
}

/// Every registered domain within reach that reports were taken in for.
pub async fn all(tx: &mut Tx, scope: &Scope, now: Timestamp) -> Result<Vec<DomainOut>> {
    let targets = actions::targets_in(tx, scope, now).await?;
    let organisations = register::store::organisations(tx, scope).await?;
    let codes: BTreeMap<&OrganisationId, &str> = organisations.iter().map(|one| (&one.id, one.code.as_str())).collect();
    let counted = store::counted(tx, scope, &since(now)).await?;
    let told = targets.iter().filter_map(|target| {
        let counted = counted.get(&(target.organisation_id.clone(), target.domain.clone()))?;
        Some(out(target, codes.get(&target.organisation_id).copied().unwrap_or_default(), Some(counted)))
    });
    Ok(told.collect())
}

/// One registered domain within reach.
pub async fn one(tx: &mut Tx, scope: &Scope, id: &AssetId, now: Timestamp) -> Result<DomainFull> {
    let asset = register::store::asset(tx, scope, id).await?;
    let organisation = register::store::organisation(tx, scope, &asset.organisation_id).await?;
    // One domain needs its own organisation only, not everybody within reach.
    let own = Scope::Paths(vec![organisation.path.clone()]);
    let targets = actions::targets_in(tx, &own, now).await?;
    let key = crate::measurements::target::domain_key(&asset.name);
    let target = targets.iter().find(|one| one.organisation_id == asset.organisation_id && one.domain == key).ok_or(Error::NotFound)?;
    let (from, whose) = (since(now), (&target.organisation_id, target.domain.as_str()));
    let recent = store::reports(tx, whose).await?;
    let mut by_day: BTreeMap<String, Messages> = BTreeMap::new();
    for report in recent.iter().filter(|report| report.end_at >= from) {
        let day = crate::base::dates::parse_stamp(&report.end_at).map(|at| date(at).to_string()).unwrap_or_default();
        *by_day.entry(day).or_default() += report.messages;
    }
    let counted = store::counted(tx, &own, &from).await?;
    Ok(DomainFull {
        domain: out(target, &organisation.code, counted.get(&(target.organisation_id.clone(), target.domain.clone()))),
        sources: store::sources(tx, whose, &from).await?,
        selectors: store::selectors_of(tx, whose).await?,
        days: by_day,
        recent,
    })
}
