//! The verbs of answers: answer for oneself, answer in bulk, approve.

use std::collections::{BTreeMap, BTreeSet};

use engine::facts::Role;
use serde_json::json;

use super::entering;
use super::respondents::open_cycle;
use crate::base::actor::{OrganisationId, Verb};
use crate::base::audit::sha256;
use crate::base::blobs;
use crate::base::error::{Error, Field, Result};
use crate::base::work::Work;
use crate::inspections::answer::{Answer, Evidence, Given, Submission, Taken};
use crate::inspections::cycle::{Cycle, CycleId, Item, State};
use crate::inspections::respondent::{RespondentId, questions};
use crate::inspections::store;
use crate::register::system::SystemId;
use crate::standards::requirement::RequirementId;

/// What answers are checked against: one organisation's frozen part of the cycle.
struct Part {
    organisation: OrganisationId,
    roles: BTreeMap<RespondentId, Vec<Role>>,
    systems: BTreeSet<SystemId>,
    /// What its derived standard left out at opening.
    left_out: BTreeSet<RequirementId>,
    there: BTreeMap<(RespondentId, RequirementId, Option<SystemId>), Answer>,
}

/// The key of an answer within a cycle.
fn key(answer: &Answer) -> (RespondentId, RequirementId, Option<SystemId>) {
    (answer.respondent_id.clone(), answer.requirement_id.clone(), answer.system_id.clone())
}

/// Stores a bulk of answers of any number of people: from sheets, from programs, from the example. All or nothing; doing it
/// twice changes nothing; one audit line. The names of wrong fields are `index.field`, the index counted from 0.
pub async fn answer_many(work: &mut Work, id: &CycleId, given: Vec<Given>) -> Result<Taken> {
    let scope = entering(work)?;
    let cycle = open_cycle(work, id).await?;
    let reach: BTreeSet<OrganisationId> =
        store::participants_within(&mut work.tx, &scope, id).await?.into_iter().map(|one| one.organisation_id).collect();
    let of: BTreeMap<RespondentId, OrganisationId> = store::organisations_asked(&mut work.tx, id).await?.into_iter().collect();
    let mut wrong = Vec::new();
    let mut by_organisation: BTreeMap<OrganisationId, Vec<(usize, Given)>> = BTreeMap::new();
    for (index, one) in given.into_iter().enumerate() {
        match of.get(&one.respondent_id).filter(|organisation| reach.contains(organisation)) {
            Some(organisation) => by_organisation.entry(organisation.clone()).or_default().push((index, one)),
            None => wrong.push(Field { name: format!("{index}.respondent"), text: "inspections-error-respondent", values: Vec::new() }),
        }
    }
    let items = items(work, id).await?;
    let mut taken = Taken::default();
    let mut only = String::new();
    for (organisation, given) in by_organisation {
        let part = Part {
            roles: store::asked_people(&mut work.tx, id, &organisation)
                .await?
                .into_iter()
                .map(|(person, asked)| (person.id, asked.roles()))
                .collect(),
            systems: store::systems_asked_of(&mut work.tx, id, &organisation).await?.into_iter().map(|(_, _, system)| system).collect(),
            left_out: store::exclusions_of(&mut work.tx, id, &organisation).await?.into_keys().collect(),
            there: store::answers_of(&mut work.tx, id, &organisation).await?.into_iter().map(|answer| (key(&answer), answer)).collect(),
            organisation,
        };
        let one = put(work, &cycle, &items, &part, given, &mut wrong).await?;
        if one.changes() {
            store::recount(&mut work.tx, id, &part.organisation).await?;
            only = if taken.changes() { String::new() } else { part.organisation.to_string() };
        }
        taken.added += one.added;
        taken.changed += one.changed;
        taken.same += one.same;
    }
    if !wrong.is_empty() {
        wrong.sort_by_key(|field| field.name.split('.').next().and_then(|index| index.parse::<usize>().ok()));
        return Err(Error::Invalid(wrong));
    }
    work.audit(&only, "inspections", "answer.many", id.as_str(), json!(taken)).await?;
    Ok(taken)
}

async fn items(work: &mut Work, id: &CycleId) -> Result<BTreeMap<RequirementId, Item>> {
    Ok(store::items(&mut work.tx, id).await?.into_iter().map(|item| (item.requirement_id.clone(), item)).collect())
}

/// Checks and stores the answers of one organisation; what is wrong is added to `wrong`, and then nothing is stored.
async fn put(
    work: &mut Work,
    cycle: &Cycle,
    items: &BTreeMap<RequirementId, Item>,
    part: &Part,
    given: Vec<(usize, Given)>,
    wrong: &mut Vec<Field>,
) -> Result<Taken> {
    let now = work.stamp();
    let mut taken = Taken::default();
    let (mut before, mut after) = (Vec::new(), Vec::new());
    let mut seen = BTreeSet::new();
    for (index, one) in given {
        let mut problems = one.problems(&format!("{index}."));
        let mut fail = |field: &str, text: &'static str| problems.push(Field { name: format!("{index}.{field}"), text, values: Vec::new() });
        let item = items.get(&one.requirement_id);
        let role = item.and_then(|item| {
            let roles = part.roles.get(&one.respondent_id)?;
            roles.iter().copied().find(|role| item.roles.contains(role))
        });
        match (item, role) {
            (None, _) => fail("requirement", "inspections-error-item-unknown"),
            (Some(item), _) if part.left_out.contains(&item.requirement_id) => fail("requirement", "inspections-error-left-out"),
            (Some(_), None) => fail("requirement", "inspections-error-not-asked"),
            (Some(item), Some(_)) => match &one.system_id {
                Some(system) if !item.by_system() || !part.systems.contains(system) => fail("system", "inspections-error-system-unknown"),
                None if item.by_system() => fail("system", "inspections-error-system-needed"),
                _ => {}
            },
        }
        let at = (one.respondent_id.clone(), one.requirement_id.clone(), one.system_id.clone());
        if !seen.insert(at.clone()) {
            fail("requirement", "inspections-error-answer-twice");
        }
        let (Some(role), true) = (role, problems.is_empty()) else {
            wrong.append(&mut problems);
            continue;
        };
        let given = Given { reason: one.reason.trim().to_owned(), note: one.note.trim().to_owned(), ..one };
        let old = part.there.get(&at);
        if old.is_some_and(|old| given.is_same(old)) {
            taken.same += 1;
            continue;
        }
        match old {
            Some(old) => {
                taken.changed += 1;
                before.push(old.clone());
            }
            None => taken.added += 1,
        }
        after.push(Answer {
            id: old.map_or_else(|| work.id(), |old| old.id.clone()),
            cycle_id: cycle.id.clone(),
            organisation_id: part.organisation.clone(),
            respondent_id: given.respondent_id,
            requirement_id: given.requirement_id,
            system_id: given.system_id,
            role,
            claim: given.claim,
            reason: given.reason,
            note: given.note,
            evidence: given.evidence.or_else(|| old.and_then(|old| old.evidence.clone())),
            version: old.map_or(1, |old| old.version + 1),
            answered_at: now.clone(),
        });
    }
    if !wrong.is_empty() || after.is_empty() {
        return Ok(taken);
    }
    if !store::raise_revision(&mut work.tx, &cycle.id, &part.organisation).await? {
        return Err(Error::Conflict("inspections-error-closed"));
    }
    store::put_answers(&mut work.tx, &before, &after).await?;
    Ok(taken)
}

/// Somebody who answers for themselves, in one cycle: made only from a personal link or from a sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answering {
    /// The cycle.
    pub cycle_id: CycleId,
    /// The person.
    pub respondent_id: RespondentId,
}

/// Who a personal link belongs to; an unknown one is not found.
pub async fn answering_by_link(tx: &mut crate::base::db::Tx, secret: &str) -> Result<Answering> {
    let (cycle_id, respondent_id) = store::link(tx, &sha256(secret.as_bytes())).await?;
    Ok(Answering { cycle_id, respondent_id })
}

/// Stores somebody's own answers; only questions asked of them. Files become evidence: index of the answer, name, bytes.
pub async fn answer_own(work: &mut Work, who: &Answering, mut given: Vec<Given>, files: &[(usize, String, Vec<u8>)]) -> Result<Taken> {
    let cycle = open_cycle(work, &who.cycle_id).await?;
    let person = store::respondent(&mut work.tx, &who.respondent_id).await?;
    let asked = store::asked_one(&mut work.tx, &cycle.id, &person.id).await?;
    let systems = store::systems_asked(&mut work.tx, &cycle.id, &person.id).await?;
    let all = store::items_for(&mut work.tx, &cycle.id, &asked.organisation_id, &asked.roles()).await?;
    let own: BTreeSet<(RequirementId, Option<SystemId>)> =
        questions(&all, &asked.duties, &systems).into_iter().map(|one| (one.item.requirement_id.clone(), one.system)).collect();
    if !given.iter().all(|one| one.respondent_id == person.id && own.contains(&(one.requirement_id.clone(), one.system_id.clone()))) {
        return Err(Error::NotFound);
    }
    for (index, name, bytes) in files {
        let hash = blobs::put(&mut work.tx, bytes, work.now).await?;
        if let Some(one) = given.get_mut(*index) {
            one.evidence = Some(Evidence { hash, name: name.chars().filter(|c| !c.is_control()).take(200).collect() });
        }
    }
    let part = Part {
        roles: BTreeMap::from([(person.id.clone(), asked.roles())]),
        systems: systems.into_iter().map(|(_, system)| system).collect(),
        // Nothing left out is among these items.
        left_out: BTreeSet::new(),
        there: store::answers_by(&mut work.tx, &cycle.id, &person.id).await?.into_iter().map(|answer| (key(&answer), answer)).collect(),
        organisation: asked.organisation_id,
    };
    let items = all.into_iter().map(|item| (item.requirement_id.clone(), item)).collect();
    let mut wrong = Vec::new();
    let taken = put(work, &cycle, &items, &part, given.into_iter().enumerate().collect(), &mut wrong).await?;
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    if taken.changes() {
        store::recount_one(&mut work.tx, &cycle.id, &person.id).await?;
    }
    // Whoever comes by a link has no account; the log names them as the list does.
    if !work.actor.is_known() {
        work.actor.name = format!("{} ({})", person.name, person.code);
    }
    work.audit(part.organisation.as_str(), "inspections", "answer.give", person.id.as_str(), json!(taken)).await?;
    Ok(taken)
}

/// The CISO approves the organisation's self-inspection as it stands. If answers change later, the approval lapses.
pub async fn approve(work: &mut Work, id: &CycleId, organisation: &OrganisationId, comment: &str) -> Result<Submission> {
    let scope = work.scope("inspections", Verb::Decide)?;
    let participant = store::participant(&mut work.tx, &scope, id, organisation).await?;
    let cycle = store::cycle(&mut work.tx, id).await?;
    match cycle.state {
        State::Open | State::Closed => {}
        State::Draft | State::Announced => return Err(Error::Conflict("inspections-error-not-yet-open")),
        State::Evaluated | State::Published => return Err(Error::Conflict("inspections-error-evaluated")),
    }
    let answers = store::answers_of(&mut work.tx, id, organisation).await?;
    if answers.is_empty() {
        return Err(Error::Conflict("inspections-error-nothing-answered"));
    }
    let mut lines: Vec<String> = answers
        .iter()
        .map(|one| {
            let file = one.evidence.as_ref().map_or("", |file| file.hash.as_str());
            json!([one.id, one.version, one.claim, one.reason, one.note, file]).to_string()
        })
        .collect();
    lines.sort();
    let submission = Submission {
        revision: participant.revision,
        digest: sha256(lines.join("\n").as_bytes()),
        comment: comment.trim().chars().take(4_000).collect(),
        approved_by: work.actor.name.clone(),
        approved_at: work.stamp(),
    };
    let new = work.id::<Submission>();
    store::insert_submission(&mut work.tx, new.as_str(), id, organisation, &submission).await?;
    let detail = json!({ "cycle": id, "revision": submission.revision, "digest": submission.digest, "answers": lines.len() });
    work.audit(organisation.as_str(), "inspections", "submission.approve", organisation.as_str(), detail).await?;
    Ok(submission)
}
