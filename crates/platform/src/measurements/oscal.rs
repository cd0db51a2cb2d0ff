//! Measured facts as OSCAL assessment results: observations by test, and what they say about the requirements that name their checks.
//!
//! A finding is made only where the standard an organisation stands on says that a check is evidence for a requirement, and only
//! where something was decided: what could not be measured stands as an observation and is counted in the finding's properties.

use std::collections::{BTreeMap, BTreeSet};

use engine::facts::{Check, Verdict};
use formats::oscal::assessment::{Assessment, Cycle, Evidence, Finding, Method, ObservationType, Subject, SubjectKind};
use formats::oscal::{Heading, Party, WriteError};
use jiff::{SignedDuration, Timestamp};

use super::observation::{Observation, verdict_at};
use super::run::Counts;
use crate::base::actor::OrganisationId;
use crate::base::dates::{parse_stamp, stamp};
use crate::base::lang::{Lang, texts};
use crate::base::oscal::{organisation, statement, token, uuid};
use crate::register::organisation::Organisation;
use crate::standards::requirement::Requirement;

/// Everything a document says, read from the stores.
pub struct Given {
    /// Whose document it is: the organisation asked for, or the top of what is within reach.
    pub top: Organisation,
    /// The organisations whose observations are given.
    pub organisations: Vec<Organisation>,
    /// The newest observations, in the order of the tree.
    pub observations: Vec<Observation>,
    /// What each organisation's standard asks that a check may prove; what it leaves out is not there.
    pub requirements: BTreeMap<OrganisationId, Vec<Requirement>>,
    /// Days after which an observation says nothing about today any more.
    pub max_age_days: i64,
    /// The time of the document.
    pub now: Timestamp,
    /// The beginning of all addresses.
    pub site: String,
}

/// The document in `lang`. The same facts at the same time give the same bytes.
///
/// # Errors
/// As [`Assessment::to_json`].
pub fn document(given: &Given, lang: Lang) -> Result<String, WriteError> {
    let words = |key: &str, values: &[(&str, String)]| texts().with(lang, key, values);
    let (now, top) = (stamp(given.now), &given.top);
    let whose: BTreeMap<&str, &Organisation> = given.organisations.iter().map(|one| (one.id.as_str(), one)).collect();
    let mut subjects: BTreeMap<String, Subject> = BTreeMap::new();
    let mut observations = Vec::new();
    for one in &given.observations {
        let Some(owner) = whose.get(one.organisation_id.as_str()) else { continue };
        let (about, party) = (asset(owner, &one.target, lang), organisation(&owner.code));
        let of = (vec![about.uuid.clone(), party.clone()], given);
        observations.push(observation(one, of, lang));
        subjects.entry(about.uuid.clone()).or_insert(about);
        let name = owner.name(lang).to_owned();
        let whole = Subject { uuid: party.clone(), kind: SubjectKind::Organisation, title: name.clone(), description: name };
        subjects.entry(party).or_insert(whole);
    }
    let findings: Vec<Finding> = given.organisations.iter().flat_map(|one| findings(one, given, lang)).collect();
    let times = || given.observations.iter().map(|one| one.at.as_str());
    let id = |what: &str| uuid(&["measurements", what, &top.code, lang.as_str(), &now]);
    let title = words("measurements-oscal-title", &[("organisation", top.name(lang).to_owned())]);
    let described = [("count", observations.len().to_string()), ("days", given.max_age_days.to_string())];
    let party = |one: &Organisation| Party { uuid: organisation(&one.code), name: one.name(lang).to_owned() };
    Assessment {
        heading: Heading {
            uuid: id("document"),
            title: title.clone(),
            last_modified: now.clone(),
            version: now.clone(),
            lang,
            organisation: party(top),
        },
        parties: given.organisations.iter().filter(|one| one.id != top.id).map(party).collect(),
        cycle: Cycle {
            uuid: id("cycle"),
            title: title.clone(),
            description: words("measurements-oscal-plan", &[]),
            start: times().min().unwrap_or(&now).to_owned(),
            end: Some(times().max().unwrap_or(&now).to_owned()),
            href: None,
        },
        result_uuid: id("result"),
        title,
        description: words("measurements-oscal-description", &described),
        controls: controls(given),
        subjects: subjects.into_values().collect(),
        observations,
        risks: Vec::new(),
        findings,
    }
    .to_json(true)
}

/// The controls looked at: the requirements that a check given here may prove. Where no standard names any of them, the rules themselves
/// are what was looked at: the model wants at least one.
fn controls(given: &Given) -> Vec<String> {
    let checks: BTreeSet<Check> = given.observations.iter().map(|one| one.check).collect();
    let asked = given.requirements.values().flatten().filter(|one| one.checks.iter().any(|check| checks.contains(check)));
    let mut controls: BTreeSet<String> = asked.map(|one| token(&one.code)).collect();
    if controls.is_empty() {
        controls = checks.iter().map(|check| token(check.as_str())).collect();
    }
    controls.into_iter().collect()
}

fn asset(owner: &Organisation, target: &str, lang: Lang) -> Subject {
    let description = texts().with(lang, "measurements-oscal-asset", &[("organisation", owner.name(lang).to_owned())]);
    Subject { uuid: uuid(&["measurements", "target", &owner.code, target]), kind: SubjectKind::Asset, title: target.to_owned(), description }
}

fn observation_uuid(one: &Observation) -> String {
    uuid(&["measurements", "observation", one.id.as_str()])
}

fn observation(one: &Observation, (subjects, given): (Vec<String>, &Given), lang: Lang) -> formats::oscal::assessment::Observation {
    let words = |key: &str| texts().get(lang, key);
    let mut description = vec![one.reason.text.get(lang).to_owned()];
    let acts = one.verdict == Verdict::NotMet;
    for (key, value, told) in [
        ("measurements-observed", one.observed.get(lang), true),
        ("measurements-expected", one.expected.get(lang), true),
        ("measurements-remedy-line", one.remedy.as_str(), acts),
        ("measurements-who", one.who.get(lang), acts),
    ] {
        if told && !value.is_empty() {
            description.push(format!("{}: {value}", words(key)));
        }
    }
    // What could not be measured does not grow staler than it is.
    let expires = parse_stamp(&one.at).filter(|_| one.verdict != Verdict::CouldNotMeasure);
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    formats::oscal::assessment::Observation {
        uuid: observation_uuid(one),
        title: format!("{}: {}", words(&format!("measurements-check-{}", one.check.as_str())), one.target),
        description: description.join("\n"),
        methods: vec![Method::Test],
        types: vec![ObservationType::Finding],
        collected: one.at.clone(),
        expires: expires.map(|at| stamp(at + SignedDuration::from_hours(24 * given.max_age_days))),
        subjects,
        evidence: vec![Evidence {
            description: words("measurements-evidence-raw"),
            href: Some(format!("{}/api/v1/measurements/observations/{}", given.site, one.id)),
            props: vec![pair("sha-256", &one.evidence_hash)],
        }],
        props: vec![
            pair("check", one.check.as_str()),
            pair("verdict", one.verdict.as_str()),
            pair("reason", &one.reason.code),
            pair("in-force", if one.in_force { "yes" } else { "no" }),
            pair("rule-id", &one.rule_id),
            pair("rule-version", &one.rule_version),
            pair("clause", &one.clause),
            pair("vantage", &one.vantage),
            pair("source", &one.source),
        ],
    }
}

/// What an organisation's observations say about what its standard asks: satisfied where something is met and nothing is not met.
fn findings(whose: &Organisation, given: &Given, lang: Lang) -> Vec<Finding> {
    let own: Vec<&Observation> = given.observations.iter().filter(|one| one.organisation_id == whose.id).collect();
    let asked = given.requirements.get(&whose.id).map(Vec::as_slice).unwrap_or_default();
    let finding = |requirement: &Requirement| {
        // A rule that is not in force only warns.
        let related: Vec<&&Observation> = own.iter().filter(|one| one.in_force && requirement.checks.contains(&one.check)).collect();
        let mut counts = Counts::default();
        for one in &related {
            counts.add(verdict_at(one.verdict, &one.at, given.now, given.max_age_days), 1);
        }
        let pair = |name: &str, value: u64| (name.to_owned(), value.to_string());
        (counts.decided() > 0).then(|| Finding {
            uuid: uuid(&["measurements", "finding", &whose.code, &requirement.code, &stamp(given.now)]),
            title: format!("{} {}", requirement.code, requirement.title(lang)),
            description: texts().with(
                lang,
                "measurements-oscal-finding",
                &[
                    ("organisation", whose.name(lang).to_owned()),
                    ("met", counts.met.to_string()),
                    ("decided", counts.decided().to_string()),
                    ("all", counts.applicable().to_string()),
                ],
            ),
            statement_id: statement(&requirement.code),
            satisfied: counts.not_met == 0,
            observations: related.iter().map(|one| observation_uuid(one)).collect(),
            risks: Vec::new(),
            props: vec![
                ("organisation".to_owned(), whose.code.clone()),
                pair("met", counts.met),
                pair("not-met", counts.not_met),
                pair("could-not-measure", counts.unknown),
            ],
        })
    };
    asked.iter().filter_map(finding).collect()
}
