//! Drafts an organisation's security report.

use std::collections::BTreeMap;

use engine::evaluate::OrganisationResult;
use engine::facts::{Check, Claim};
use engine::grade::Grade;
use engine::numbers::{self, Figure};

use super::parts::{self, basis, checks, estimates, facts, figures, recommendation_count, remedies, roles, table};
use super::say::{Say, figure, plain};
use super::{Draft, evidence};
use crate::reports::fact::{Class, EDUCATION, Incident, MAIL_DRILL, OUTSOURCING, Prevention, share};
use crate::reports::material::{Material, Member};
use crate::reports::report::{Content, Kind};
use crate::reports::tree::{Body, Cell};

/// The draft. `None` never happens for a member; the shape keeps the caller honest.
pub fn draft(material: &Material, member: &Member) -> Option<Draft> {
    let code = member.named.code.as_str();
    let mut data: BTreeMap<String, Body> = BTreeMap::new();
    let mut put = |key: &str, body: Option<Body>| {
        if let Some(body) = body {
            data.insert(key.to_owned(), body);
        }
    };
    let empty = OrganisationResult::default();
    let result = material.result(member).unwrap_or(&empty);
    let differences = material.evaluation.as_ref().and_then(|evaluation| evaluation.differences.get(member.key.as_str()));
    let own = material.facts_of(code);
    let mine = || std::iter::once(&own);
    put(
        "key-figures",
        figures(material, &result.figures, differences, &[&numbers::IMPLEMENTATION_RATE, &numbers::REACH_RATE, &numbers::ATTAINMENT_RATE]),
    );
    put(
        "self-inspection-figures",
        figures(
            material,
            &result.figures,
            differences,
            &[&numbers::REACH_RATE, &numbers::IMPLEMENTATION_RATE, &numbers::ATTAINMENT_RATE, &numbers::CLAIMED_RATE],
        ),
    );
    put("self-inspection-roles", roles(&result.roles));
    put("gaps", gaps(material, member));
    put("priority-inspection", grades(material, result));
    put("measured-figures", estimates(&result.figures, &[&numbers::MEASURED_MET_RATE, &numbers::AUDITED_MET_RATE]));
    put("over-claims", estimates(&result.figures, &[&numbers::OVER_CLAIM_RATE, &numbers::UNADMITTED_RATE]));
    let every: Vec<&str> = Check::ALL.iter().map(|check| check.as_str()).collect();
    put("measured-checks", checks(material, &every, Some(code)));
    let kinds = result.disagreements.iter().filter_map(|(kind, count)| {
        let key = serde_json::to_value(kind).ok()?;
        Some(vec![Cell::Key(format!("disagreement-{}", key.as_str()?)), Cell::Count(i64::try_from(*count).unwrap_or(i64::MAX))])
    });
    put("disagreements", table(&["disagreement", "count"], kinds.collect(), None));
    put("recommendation-count", recommendation_count(material, Some(code)));
    put("remedy-figures", remedies(material, Some(code)));
    put("recommendations", recommendations(material, code));
    put("education-figures", facts(&["training-courses"], EDUCATION, mine()));
    put("outsourcing-figures", facts(&["outsourcing-contracts"], OUTSOURCING, mine()));
    put("drill-figures", facts(&["drills", "alerts"], MAIL_DRILL, mine()));
    let incidents = material.incidents_of(code);
    put("recurrence-state", recurrence_state(&incidents));
    put("recurrence-list", table(&["incident", "prevention", "state"], incidents.iter().map(recurrence).collect(), None));
    put("incident-counts", incident_counts(&incidents));
    put("incident-figures", parts::incidents(material, Some(code)));
    put(
        "incident-list",
        table(&["code", "class", "incident", "detected", "responded", "recovered", "affected"], incidents.iter().map(incident).collect(), None),
    );
    put("plan-steps", plan_steps(material, code));
    if let Some(evaluation) = &material.evaluation {
        put("requirements", evidence::requirements(material, evaluation));
        put("evidence", evidence::evidence(material, evaluation, Some(&member.key)));
    }
    put("actions", evidence::actions(material, Some(code)));
    Some(Draft { texts: texts(material, member, result, &incidents), data })
}

/// Requirements not fully claimed, or found or measured as not met.
fn gaps(material: &Material, member: &Member) -> Option<Body> {
    let evaluation = material.evaluation.as_ref()?;
    let open = |row: &&engine::evaluate::TripleRow| {
        let triple = &row.triple;
        triple.organisation.as_str() == member.key
            && (matches!(triple.claim, Some(Claim::Partly | Claim::Not)) || triple.audited() == Some(false) || triple.measured() == Some(false))
    };
    let mut rows: Vec<(String, Vec<Cell>)> = Vec::new();
    for row in evaluation.triples.iter().filter(open) {
        let triple = &row.triple;
        let requirement = material.requirement(triple.requirement.as_str());
        let system = triple
            .scope
            .0
            .as_ref()
            .map(|id| material.systems.get(id.as_str()).map_or(Cell::Plain(id.to_string()), |one| Cell::Words(one.name.clone())));
        let spelled = |kind: &str, text: Option<&str>| Cell::maybe(text.map(|text| Cell::Key(format!("{kind}-{text}"))));
        let cells = vec![
            Cell::Plain(requirement.code.clone()),
            Cell::Words(requirement.name),
            Cell::maybe(system),
            spelled("claim", triple.claim.map(Claim::as_str)),
            spelled("finding", triple.finding.map(|finding| finding.as_str())),
            spelled("verdict", triple.verdict.map(|verdict| verdict.as_str())),
        ];
        rows.push((requirement.code, cells));
    }
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    table(&["code", "requirement", "system", "claim", "finding", "verdict"], rows.into_iter().map(|(_, cells)| cells).collect(), None)
}

fn grades(material: &Material, result: &OrganisationResult) -> Option<Body> {
    let rows = result.grades.iter().map(|row| {
        let grade = match &row.grade {
            Some(Grade::Letter(letter)) => Cell::Plain(letter.clone()),
            Some(Grade::NotApplicable) => Cell::Key("claim-not-applicable".into()),
            None => Cell::Nothing,
        };
        let item = material.requirement(&row.item);
        vec![
            Cell::Key(format!("asset-{}", row.class)),
            if item.name.ja.is_empty() { Cell::Plain(item.code) } else { Cell::Words(item.name) },
            Cell::figure(&row.rate),
            basis(&row.rate),
            grade,
        ]
    });
    table(&["asset", "item", "priority-inspection-rate", "basis", "grade"], rows.collect(), None)
}

fn recommendations(material: &Material, code: &str) -> Option<Body> {
    let rows = material.actions_of(Some(code)).into_iter().filter(|action| !action.closed).map(|action| {
        let due = if action.due_on.is_empty() { Cell::Nothing } else { Cell::Plain(action.due_on) };
        vec![Cell::Plain(action.requirement), Cell::Plain(action.title), Cell::Key(format!("action-{}", action.state)), due]
    });
    table(&["code", "recommendation", "state", "due"], rows.collect(), None)
}

fn plan_steps(material: &Material, code: &str) -> Option<Body> {
    let rows = material.actions_of(Some(code)).into_iter().filter(|action| !action.closed).flat_map(|action| {
        let (owner, title) = (action.owner, action.title);
        action
            .steps
            .into_iter()
            .map(move |(step, due)| vec![Cell::Plain(due), Cell::Plain(step), Cell::Plain(title.clone()), Cell::Plain(owner.clone())])
    });
    table(&["due", "step", "recommendation", "owner"], rows.collect(), None)
}

fn dated(text: &str) -> Cell {
    if text.is_empty() { Cell::Nothing } else { Cell::Plain(text.to_owned()) }
}

fn incident(one: &Incident) -> Vec<Cell> {
    vec![
        Cell::Plain(one.code.clone()),
        Cell::Key(format!("class-{}", one.class.as_str())),
        Cell::Words(one.title()),
        dated(&one.detected_on),
        dated(&one.responded_on),
        dated(&one.recovered_on),
        Cell::maybe(one.affected.map(Cell::Count)),
    ]
}

fn recurrence(one: &Incident) -> Vec<Cell> {
    vec![Cell::Words(one.title()), Cell::Words(one.prevention()), Cell::Key(format!("prevention-{}", one.prevention_state.as_str()))]
}

fn recurrence_state(incidents: &[Incident]) -> Option<Body> {
    let count = |state: Prevention| i64::try_from(incidents.iter().filter(|one| one.prevention_state == state).count()).unwrap_or(i64::MAX);
    let rows = Prevention::ALL.iter().map(|state| vec![Cell::Key(format!("prevention-{}", state.as_str())), Cell::Count(count(*state))]);
    if incidents.is_empty() { None } else { table(&["state", "count"], rows.collect(), None) }
}

fn incident_counts(incidents: &[Incident]) -> Option<Body> {
    let rows = Class::ALL.iter().filter_map(|class| {
        let count = incidents.iter().filter(|one| one.class == *class).count();
        (count > 0).then(|| vec![Cell::Key(format!("class-{}", class.as_str())), Cell::Count(i64::try_from(count).unwrap_or(i64::MAX))])
    });
    table(&["class", "count"], rows.collect(), None)
}

fn texts(material: &Material, member: &Member, result: &OrganisationResult, incidents: &[Incident]) -> BTreeMap<String, engine::words::Words> {
    let code = member.named.code.as_str();
    let own = material.facts_of(code);
    let name = || ("name", member.named.name.clone());
    let mut say = Say::new(material);
    say.say("message", None, "message", &[name()]);
    // A rate of nothing is no sentence.
    let rate = |id: &str| result.figures.get(id).filter(|figure| figure.denominator > 0);
    if let Some(now) = rate(numbers::IMPLEMENTATION_RATE.id) {
        say.say(
            "review",
            Some("key-figures"),
            "review-implementation",
            &[("rate", figure(now)), ("part", plain(now.numerator)), ("whole", plain(now.denominator))],
        );
        if let (Some(value), Some(median)) = (now.value, material.median(&now.definition)) {
            let key = if value + 1e-9 < median { "review-below" } else { "review-above" };
            say.say("review", Some("key-figures"), key, &[("median", plain(engine_share(median)))]);
        }
        say.say(
            "targets",
            Some("key-figures"),
            if now.value.is_some_and(|value| value >= 1.0) { "targets-keep" } else { "targets-raise" },
            &[("rate", figure(now))],
        );
    } else {
        say.say("review", None, "review-none", &[]);
        say.say("targets", None, "targets-none", &[]);
    }
    let done = incidents.iter().filter(|one| one.prevention_state == Prevention::Done).count();
    if incidents.is_empty() {
        say.say("recurrence", Some("recurrence-state"), "recurrence-none", &[]);
        say.say("incidents", Some("incident-counts"), "incidents-none", &[]);
    } else {
        say.say("recurrence", Some("recurrence-state"), "recurrence", &[("done", plain(done)), ("all", plain(incidents.len()))]);
        say.say("incidents", Some("incident-counts"), "incidents", &[("all", plain(incidents.len()))]);
    }
    if let Some(reach) = rate(numbers::REACH_RATE.id) {
        say.say(
            "self-inspection",
            Some("self-inspection-figures"),
            "self-inspection",
            &[("reach", figure(reach)), ("part", plain(reach.numerator)), ("whole", plain(reach.denominator))],
        );
    } else {
        say.say("self-inspection", None, "self-inspection-none", &[]);
    }
    say.say("technical", None, "technical", &[]);
    let actions = material.actions_of(Some(code));
    let closed = actions.iter().filter(|action| action.closed).count();
    if !actions.is_empty() {
        say.say("technical", Some("recommendation-count"), "technical-recommendations", &[("all", plain(actions.len())), ("closed", plain(closed))]);
    }
    let shares = |list: &[crate::reports::fact::Share]| -> Vec<Figure> {
        list.iter().map(|one| share(*one, std::iter::once(&own))).filter(|figure| figure.denominator > 0).collect()
    };
    if let Some(rate) = shares(EDUCATION).first() {
        say.say(
            "education",
            Some("education-figures"),
            "education",
            &[("rate", figure(rate)), ("part", plain(rate.numerator)), ("whole", plain(rate.denominator))],
        );
    }
    if let Some(rate) = shares(OUTSOURCING).first() {
        say.say(
            "outsourcing",
            Some("outsourcing-figures"),
            "outsourcing",
            &[("rate", figure(rate)), ("part", plain(rate.numerator)), ("whole", plain(rate.denominator))],
        );
    }
    if let Some(drills) = own.get("drills") {
        say.say("procedures", Some("drill-figures"), "procedures-drills", &[("drills", plain(drills))]);
    }
    say.say("plan", None, "plan", &[]);
    say.done(|field| Kind::Organisation.texts().any(|known| known.key == field && known.content == Content::Items))
}

/// A share as a percentage, never rounded to 100.
fn engine_share(value: f64) -> String {
    crate::reports::paper::percent(value)
}
