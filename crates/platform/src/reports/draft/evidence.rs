//! The rows behind a report, for documents that programs read.

use engine::evaluate::{Evaluation, TripleRow};

use crate::reports::material::Material;
use crate::reports::tree::{Body, Fact, Named};

/// The facts of one organisation, all of them; or of all organisations, only where claim, audit and measurement disagree
/// (the whole would be 15,000 rows that nobody reads twice).
pub fn evidence(material: &Material, evaluation: &Evaluation, organisation: Option<&str>) -> Option<Body> {
    let code = |key: &str| material.members.iter().find(|member| member.key == key).map(|member| member.named.code.clone());
    let wanted = |row: &&TripleRow| match organisation {
        Some(wanted) => row.triple.organisation.as_str() == wanted,
        None => !row.disagreements.is_empty(),
    };
    let spelled = |value: serde_json::Result<serde_json::Value>| value.ok().and_then(|value| value.as_str().map(str::to_owned));
    let mut facts: Vec<Fact> = Vec::new();
    for row in evaluation.triples.iter().filter(wanted) {
        let triple = &row.triple;
        let Some(organisation) = code(triple.organisation.as_str()) else { continue };
        facts.push(Fact {
            organisation,
            system: triple.scope.0.as_ref().map(|system| {
                let known = material.systems.get(system.as_str()).cloned();
                known.unwrap_or_else(|| Named { code: system.to_string(), ..Named::default() })
            }),
            requirement: material.requirement(triple.requirement.as_str()).code,
            claim: triple.claim.map(|claim| claim.as_str().to_owned()),
            finding: triple.finding.map(|finding| finding.as_str().to_owned()),
            verdict: triple.verdict.map(|verdict| verdict.as_str().to_owned()),
            disagreements: row.disagreements.iter().filter_map(|one| spelled(serde_json::to_value(one))).collect(),
        });
    }
    if facts.is_empty() { None } else { Some(Body::Evidence { requirements: Vec::new(), facts }) }
}

/// What was asked in the cycle.
pub fn requirements(material: &Material, evaluation: &Evaluation) -> Option<Body> {
    let mut requirements: Vec<Named> = evaluation.requirements.keys().map(|key| material.requirement(key.as_str())).collect();
    requirements.sort();
    if requirements.is_empty() { None } else { Some(Body::Evidence { requirements, facts: Vec::new() }) }
}

/// What is to be done.
pub fn actions(material: &Material, organisation: Option<&str>) -> Option<Body> {
    let actions = material.actions_of(organisation);
    if actions.is_empty() { None } else { Some(Body::Actions { actions }) }
}
