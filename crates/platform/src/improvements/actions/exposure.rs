//! Something of a web site lies open to everybody: its organisation is to be asked to close it, once for each site.

use std::collections::{BTreeMap, BTreeSet};

use engine::facts::{Check, Verdict};
use jiff::ToSpan;

use super::draft::{add, blank, both};
use super::machine::must_be_machine;
use super::{ISSUER, step};
use crate::base::actor::{OrganisationId, Scope};
use crate::base::dates::date;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::base::lang::{Lang, texts};
use crate::base::settings;
use crate::base::work::Work;
use crate::improvements::recommendation::{Measured, Reason, Recommendation, RecommendationId, Step};
use crate::improvements::store;
use crate::measurements;
use crate::measurements::observation::{Observation, ObservationId};
use crate::register;

/// What such recommendations are opened for.
const CAUSE: &str = "exposure";
/// Sites named in one text; the measurements list them all.
const MOST_NAMED: usize = 20;

/// Drafts one recommendation for each organisation with sites where the latest of `rows` found something open, and nobody was asked to close it
/// before. Run again, it drafts none: if the same site opens up once more, the measurement reopens what was closed. The centre reads and issues
/// it, for a recommendation is its word, not a machine's.
///
/// A draft whose sites are all closed before anybody issued it is withdrawn: there is nothing to ask for.
pub async fn recommend_for_exposures(work: &mut Work, rows: &[Measured]) -> Result<Vec<RecommendationId>> {
    must_be_machine(work)?;
    withdraw_gone(work, rows).await?;
    let asked = store::caused(&mut work.tx, CAUSE).await?;
    let open = rows.iter().filter(|row| row.check == Check::Exposures && row.verdict == Verdict::NotMet);
    let mut by_organisation: BTreeMap<&OrganisationId, Vec<&Measured>> = BTreeMap::new();
    for row in open.filter(|row| !asked.contains(&subject(row))) {
        by_organisation.entry(&row.organisation_id).or_default().push(row);
    }
    let mut drafted = Vec::new();
    if by_organisation.is_empty() {
        return Ok(drafted);
    }
    let systems = register::store::systems_by_id(&mut work.tx, &Scope::Everything).await?;
    let organisations = register::store::organisations_by_id(&mut work.tx, &Scope::Everything).await?;
    let issuer = settings::get(&mut work.tx, ISSUER, "centre".to_owned()).await?;
    for (organisation, rows) in by_organisation {
        let organisation = organisations.get(organisation).ok_or(Error::NotFound)?;
        let ids: Vec<ObservationId> = rows.iter().map(|row| Id::from_text(row.observation.clone())).collect();
        let found = measurements::store::observations(&mut work.tx, &Scope::Everything, &ids.iter().collect::<Vec<_>>()).await?;
        let mut seen: Vec<Observation> = found.into_values().collect();
        seen.sort_by_key(|one| (Urgency::of(one).priority, one.target.clone()));
        let worst = seen.iter().map(Urgency::of).min_by_key(|urgency| urgency.priority).unwrap_or(Urgency::LOW);
        let codes: BTreeSet<String> = rows
            .iter()
            .map(|row| row.system_id.as_ref().and_then(|id| systems.get(id)).map_or(String::new(), |system| system.code.clone()))
            .collect();
        let one = Recommendation {
            origin: "measurement".to_owned(),
            checks: vec![Check::Exposures.as_str().to_owned()],
            priority: worst.priority,
            title: both(|lang| texts().with(lang, "improvements-exposure-title", &[("count", seen.len().to_string())]), " / "),
            body: both(|lang| body(&seen, lang), "\n\n"),
            because: codes
                .into_iter()
                .map(|system| Reason { system, claim: None, finding: None, verdict: Some(Verdict::NotMet.as_str().to_owned()) })
                .collect(),
            issuer: issuer.clone(),
            due_on: date(work.now).checked_add(worst.days.days()).map(|day| day.to_string()).map_err(Error::internal)?,
            ..blank(work, organisation, None)
        };
        let year = crate::base::dates::fiscal_year(date(work.now));
        let id = add(work, one, &format!("{year}-{}-{CAUSE}", organisation.code)).await?;
        let subjects: Vec<String> = rows.iter().map(|row| subject(row)).collect();
        store::add_causes(&mut work.tx, CAUSE, &subjects.iter().map(String::as_str).collect::<Vec<_>>(), &id).await?;
        drafted.push(id);
    }
    Ok(drafted)
}

async fn withdraw_gone(work: &mut Work, rows: &[Measured]) -> Result<()> {
    let looked = || rows.iter().filter(|row| row.check == Check::Exposures);
    let closed: BTreeSet<String> = looked().filter(|row| matches!(row.verdict, Verdict::Met | Verdict::NotApplicable)).map(subject).collect();
    let there: BTreeSet<String> = looked().map(subject).collect();
    for (id, subjects) in store::caused_drafts(&mut work.tx, CAUSE).await? {
        // A site that left the register is gone too; one that could not be measured may still be open.
        if subjects.iter().all(|subject| closed.contains(subject) || !there.contains(subject)) {
            let mut one = store::recommendation(&mut work.tx, &Scope::Everything, &id).await?;
            step(work, &mut one, Step::Withdraw, &both(|lang| texts().get(lang, "improvements-exposure-gone"), " / ")).await?;
            store::forget_causes(&mut work.tx, &id).await?;
        }
    }
    Ok(())
}

fn subject(row: &Measured) -> String {
    format!("{}/{}", row.organisation_id, row.target)
}

/// How much a finding hurries: the priority of its recommendation, and the days that are left.
#[derive(Clone, Copy)]
struct Urgency {
    priority: i64,
    days: i64,
}

impl Urgency {
    const HIGH: Self = Self { priority: 1, days: 14 };
    const MEDIUM: Self = Self { priority: 2, days: 60 };
    const LOW: Self = Self { priority: 3, days: 180 };

    /// By the severity of the worst finding, as the template of the inspection declares it.
    fn of(one: &Observation) -> Self {
        match one.reason.data.get("severity").map(String::as_str) {
            Some("high") => Self::HIGH,
            Some("low" | "info") => Self::LOW,
            // Contents without encryption carry no word of their own.
            _ => Self::MEDIUM,
        }
    }
}

fn body(seen: &[Observation], lang: Lang) -> String {
    let mut lines = vec![texts().get(lang, "improvements-exposure-why")];
    lines.extend(seen.iter().take(MOST_NAMED).map(|one| format!("- {}: {}", one.target, one.reason.text.get(lang))));
    if seen.len() > MOST_NAMED {
        lines.push(texts().with(lang, "improvements-exposure-more", &[("count", (seen.len() - MOST_NAMED).to_string())]));
    }
    lines.push(texts().get(lang, "improvements-exposure-ask"));
    lines.join("\n")
}
