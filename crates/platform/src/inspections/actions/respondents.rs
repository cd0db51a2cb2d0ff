//! The verbs of respondents: add in bulk, make personal links.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::entering;
use crate::base::audit::sha256;
use crate::base::error::{Error, Field, Result};
use crate::base::work::Work;
use crate::inspections::cycle::{Cycle, CycleId, State};
use crate::inspections::respondent::{NewRespondent, Respondent, RespondentId};
use crate::inspections::store;
use crate::register::system::SystemId;

/// What a bulk of respondents did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct RespondentsTaken {
    /// People who were not there before.
    pub added: u64,
    /// People brought up to date.
    pub changed: u64,
    /// People who were there already, just so.
    pub same: u64,
}

/// Adds people, or brings those with the same code in the same organisation up to date. All or nothing; doing it twice changes nothing. The names of
/// wrong fields are `index.field`, the index counted from 0.
pub async fn add_respondents(work: &mut Work, new: &[NewRespondent]) -> Result<RespondentsTaken> {
    let scope = entering(work)?;
    let organisations: BTreeMap<String, _> =
        crate::register::store::organisations(&mut work.tx, &scope).await?.into_iter().map(|one| (one.code, one.id)).collect();
    let systems: BTreeMap<String, (SystemId, _)> =
        crate::register::store::systems(&mut work.tx, &scope).await?.into_iter().map(|one| (one.code, (one.id, one.organisation_id))).collect();
    let there: BTreeMap<_, Respondent> =
        store::respondents(&mut work.tx, &scope).await?.into_iter().map(|one| ((one.organisation_id.clone(), one.code.clone()), one)).collect();
    let mut held: BTreeMap<RespondentId, BTreeSet<SystemId>> = BTreeMap::new();
    for (person, system) in store::respondent_systems(&mut work.tx, &scope).await? {
        held.entry(person).or_default().insert(system);
    }
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    let mut taken = RespondentsTaken::default();
    let (mut people, mut pairs) = (Vec::new(), Vec::new());
    for (index, one) in new.iter().enumerate() {
        let mut fail = |field: &str, text: &'static str, values: Vec<(&'static str, String)>| {
            wrong.push(Field { name: format!("{index}.{field}"), text, values });
        };
        if one.code.trim().is_empty() || one.code.chars().count() > 80 {
            fail("code", "error-required", Vec::new());
        } else if !seen.insert((one.organisation.trim(), one.code.trim())) {
            fail("code", "inspections-error-twice", vec![("code", one.code.clone())]);
        }
        if one.name.trim().is_empty() {
            fail("name", "error-required", Vec::new());
        }
        if one.roles.is_empty() {
            fail("roles", "inspections-error-roles", Vec::new());
        }
        if !one.email.trim().is_empty() && one.email.parse::<lettre::Address>().is_err() {
            fail("email", "inspections-error-email", Vec::new());
        }
        let Some(organisation) = organisations.get(one.organisation.trim()) else {
            fail("organisation", "inspections-error-organisation", vec![("code", one.organisation.clone())]);
            continue;
        };
        let mut own = BTreeSet::new();
        for code in one.systems.iter().map(|code| code.trim()).filter(|code| !code.is_empty()) {
            match systems.get(code) {
                Some((id, of)) if of == organisation => {
                    own.insert(id.clone());
                }
                _ => fail("systems", "inspections-error-system", vec![("code", code.to_owned())]),
            }
        }
        let before = there.get(&(organisation.clone(), one.code.trim().to_owned()));
        let mut roles = one.roles.clone();
        let mut named = BTreeSet::new();
        roles.retain(|role| named.insert(*role));
        let person = Respondent {
            id: before.map_or_else(|| work.id(), |before| before.id.clone()),
            organisation_id: organisation.clone(),
            code: one.code.trim().to_owned(),
            name: one.name.trim().to_owned(),
            email: one.email.trim().to_lowercase(),
            section: one.section.trim().to_owned(),
            roles,
            active: true,
        };
        let same = before == Some(&person) && held.get(&person.id).cloned().unwrap_or_default() == own;
        match before {
            _ if same => taken.same += 1,
            Some(_) => taken.changed += 1,
            None => taken.added += 1,
        }
        if !same {
            pairs.extend(own.into_iter().map(|system| (person.id.clone(), system)));
            people.push(person);
        }
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    store::put_respondents(&mut work.tx, &people).await?;
    let ids: Vec<RespondentId> = people.iter().map(|person| person.id.clone()).collect();
    store::set_respondent_systems(&mut work.tx, &ids, &pairs).await?;
    let one = people.first().map_or("", |person| person.organisation_id.as_str()).to_owned();
    let organisation = if people.iter().all(|person| person.organisation_id.as_str() == one) { one } else { String::new() };
    work.audit(&organisation, "inspections", "respondent.add", "", json!(taken)).await?;
    Ok(taken)
}

/// A line of a mail-merge list.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Letter {
    /// The person's code.
    pub code: String,
    /// The name.
    pub name: String,
    /// The section.
    pub section: String,
    /// The address; may be empty.
    pub email: String,
    /// Questions asked.
    pub asked: i64,
    /// Questions answered.
    pub answered: i64,
    /// The personal link; whoever has it answers as this person.
    pub link: String,
}

/// Makes personal links for everybody within the actor's reach who has not answered everything, in one organisation or (`None`)
/// in all. The secret leaves only here: what is stored is its hash.
pub async fn make_links(work: &mut Work, id: &CycleId, organisation: Option<&crate::base::actor::OrganisationId>) -> Result<Vec<Letter>> {
    let scope = entering(work)?;
    let cycle = open_cycle(work, id).await?;
    let people: Vec<_> = store::unanswered(&mut work.tx, &scope, &cycle.id)
        .await?
        .into_iter()
        .filter(|(person, _)| organisation.is_none_or(|id| person.organisation_id == *id))
        .collect();
    let base = work.app().config.public_url.clone();
    let (mut links, mut letters) = (Vec::new(), Vec::new());
    for (person, asked) in people {
        let secret = work.secret();
        links.push((sha256(secret.as_bytes()), person.id));
        letters.push(Letter {
            code: person.code,
            name: person.name,
            section: person.section,
            email: person.email,
            asked: asked.asked,
            answered: asked.answered,
            link: format!("{base}/answer/link/{secret}"),
        });
    }
    let now = work.stamp();
    store::insert_links(&mut work.tx, &cycle.id, &links, &now).await?;
    let of = organisation.map_or("", |id| id.as_str());
    work.audit(of, "inspections", "respondent.links", id.as_str(), json!({ "links": letters.len() })).await?;
    Ok(letters)
}

/// A cycle that takes answers; else the words that say why not.
pub(super) async fn open_cycle(work: &mut Work, id: &CycleId) -> Result<Cycle> {
    let cycle = store::cycle(&mut work.tx, id).await?;
    match cycle.state {
        State::Open => Ok(cycle),
        State::Draft | State::Announced => Err(Error::Conflict("inspections-error-not-yet-open")),
        State::Closed | State::Evaluated | State::Published => Err(Error::Conflict("inspections-error-closed")),
    }
}
