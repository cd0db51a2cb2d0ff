//! An algorithm was broken: each organisation it hits is asked to stop using it, once for each of its systems.

use std::collections::BTreeMap;

use engine::crypto::{Affected, Severity};
use jiff::ToSpan;

use super::draft::{add, blank, both};
use super::machine::must_be_machine;
use super::{ISSUER, issue, today};
use crate::base::actor::{OrganisationId, Scope};
use crate::base::dates::{date, show_day};
use crate::base::error::{Error, Result};
use crate::base::lang::{Lang, texts};
use crate::base::settings;
use crate::base::work::Work;
use crate::cryptography::compromise::{Compromise, CompromiseId, Hit};
use crate::cryptography::store as cryptography;
use crate::improvements::recommendation::{Reason, Recommendation, RecommendationId};
use crate::improvements::store;
use crate::register;
use crate::register::system::{System, SystemId};

/// Days that are left to whoever is found when the deadline is over, or nearly.
const GRACE: i64 = 30;
/// Letters the list of systems in a text may have; the table beside it names them all.
const LONGEST_LIST: usize = 1_000;

/// Opens one recommendation for each organisation with systems that `id` hits and that were not asked before. Run again, it opens none.
pub async fn recommend_for_compromise(work: &mut Work, id: &CompromiseId) -> Result<Vec<RecommendationId>> {
    must_be_machine(work)?;
    let compromise = cryptography::compromise(&mut work.tx, id).await?;
    let cause = format!("compromise/{id}");
    let asked = store::caused(&mut work.tx, &cause).await?;
    let mut by_organisation: BTreeMap<OrganisationId, Vec<Hit>> = BTreeMap::new();
    for hit in cryptography::hits(&mut work.tx, &Scope::Everything, id).await?.into_iter().filter(|hit| !asked.contains(&hit.subject)) {
        by_organisation.entry(hit.organisation_id.clone()).or_default().push(hit);
    }
    let mut opened = Vec::new();
    if by_organisation.is_empty() {
        return Ok(opened);
    }
    let systems = register::store::systems_by_id(&mut work.tx, &Scope::Everything).await?;
    let organisations = register::store::organisations_by_id(&mut work.tx, &Scope::Everything).await?;
    let issuer = settings::get(&mut work.tx, ISSUER, "centre".to_owned()).await?;
    let due_on = due(work, &compromise)?;
    for (organisation, hits) in by_organisation {
        let organisation = organisations.get(&organisation).ok_or(Error::NotFound)?;
        let one = Recommendation {
            origin: "compromise".to_owned(),
            origin_note: both(|lang| compromise.words(lang).to_owned(), " / "),
            priority: match compromise.severity {
                Severity::Critical => 1,
                Severity::Serious => 2,
                Severity::Notice => 3,
            },
            title: both(
                |lang| texts().with(lang, "improvements-compromise-title", &[("algorithm", compromise.algorithm.name(lang).to_owned())]),
                " / ",
            ),
            body: both(|lang| body(&compromise, &hits, &systems, lang), "\n\n"),
            because: hits.iter().map(|hit| reason(hit, &systems)).collect(),
            issuer: issuer.clone(),
            due_on: due_on.clone(),
            ..blank(work, organisation, None)
        };
        let year = crate::base::dates::fiscal_year(date(work.now));
        let opened_id = add(work, one, &format!("{year}-{}-{}", organisation.code, compromise.algorithm)).await?;
        let subjects: Vec<&str> = hits.iter().map(|hit| hit.subject.as_str()).collect();
        store::add_causes(&mut work.tx, &cause, &subjects, &opened_id).await?;
        // The centre decided when it recorded the compromise, with the deadline: nobody waits for a second word.
        issue(work, &opened_id).await?;
        opened.push(opened_id);
    }
    Ok(opened)
}

/// The deadline, or some days from now for whoever is found when it has passed.
fn due(work: &Work, compromise: &Compromise) -> Result<String> {
    let due = compromise.due_on.to_string();
    if due.as_str() >= today(work).as_str() {
        return Ok(due);
    }
    date(work.now).checked_add(GRACE.days()).map(|day| day.to_string()).map_err(Error::internal)
}

fn reason(hit: &Hit, systems: &BTreeMap<SystemId, System>) -> Reason {
    let code = hit.system_id.as_ref().and_then(|id| systems.get(id)).map_or(String::new(), |system| system.code.clone());
    // What was measured is that it is there, which is no verdict of a check.
    Reason { system: code, claim: None, finding: None, verdict: None }
}

fn body(compromise: &Compromise, hits: &[Hit], systems: &BTreeMap<SystemId, System>, lang: Lang) -> String {
    let t = |key: &str, values: &[(&str, String)]| texts().with(lang, key, values);
    let mut lines = vec![t(
        "improvements-compromise-why",
        &[
            ("algorithm", compromise.algorithm.name(lang).to_owned()),
            ("on", show_day(&compromise.known_on.to_string(), lang)),
            ("severity", t(&format!("cryptography-severity-{}", compromise.severity.as_str()), &[])),
            ("words", compromise.words(lang).to_owned()),
        ],
    )];
    for how in [Affected::Measured, Affected::Declared, Affected::Unknown] {
        let names: Vec<String> = hits
            .iter()
            .filter(|hit| hit.how == how)
            .map(|hit| match hit.system_id.as_ref().and_then(|id| systems.get(id)) {
                Some(system) => system.name(lang).to_owned(),
                None => t("improvements-compromise-loose", &[]),
            })
            .collect();
        if !names.is_empty() {
            let list: String = names.join(lang.pick("、", ", "));
            let cut: String = if list.chars().count() > LONGEST_LIST { list.chars().take(LONGEST_LIST).chain(['…']).collect() } else { list };
            lines.push(t(&format!("improvements-compromise-{}", how.as_str()), &[("systems", cut)]));
        }
    }
    lines.push(t("improvements-compromise-ask", &[]));
    lines.join("\n")
}
