//! Imports and exports: a file in becomes one of the other verbs, all or nothing; every problem keeps its place in the file.

use std::collections::{BTreeMap, BTreeSet};

use formats::lang::Lang;

use super::{Recorded, RespondentsTaken, add_respondents, answer_many, entering, record_units};
use crate::base::actor::OrganisationId;
use crate::base::error::{Error, Result};
use crate::base::work::Work;
use crate::inspections::answer::{Given, Taken};
use crate::inspections::cycle::CycleId;
use crate::inspections::priority::NewUnit;
use crate::inspections::respondent::{NewRespondent, questions};
use crate::inspections::sheets::{Import, Read, answers, respondents, units, whole};
use crate::inspections::store;

/// Puts what an action said about rows at their places; other errors go up.
fn placed<R, T>(mut read: Read<R>, outcome: Result<T>, columns: &[formats::sheets::Column]) -> Result<Import<T>> {
    match outcome {
        Ok(taken) => Ok(Import { taken: Some(taken), problems: read.problems }),
        Err(Error::Invalid(wrong)) => {
            read.place(&wrong, columns);
            Ok(Import { taken: None, problems: read.problems })
        }
        Err(error) => Err(error),
    }
}

/// Takes in a list of respondents, XLSX or CSV.
pub async fn import_respondents(work: &mut Work, bytes: &[u8], name: &str) -> Result<Import<RespondentsTaken>> {
    entering(work)?;
    let mut read = respondents::read(bytes, name);
    if !read.is_fit() {
        return Ok(Import { taken: None, problems: read.problems });
    }
    let rows = std::mem::take(&mut read.rows);
    let outcome = add_respondents(work, &rows).await;
    placed(read, outcome, &respondents::COLUMNS)
}

/// Takes in the answers of one organisation, XLSX or CSV. `organisation` may be left to the file's hidden sheet.
pub async fn import_answers(work: &mut Work, id: &CycleId, organisation: Option<&OrganisationId>, bytes: &[u8], name: &str) -> Result<Import<Taken>> {
    let scope = entering(work)?;
    let cycle = super::respondents::open_cycle(work, id).await?;
    let (hidden, mut read) = answers::read(bytes, name);
    let refuse = |mut read: Read<answers::Line>, key: &str| {
        read.problems.push(whole("H1202", key, &[]));
        Ok(Import { taken: None, problems: read.problems })
    };
    if hidden.get("cycle").is_some_and(|other| other != id.as_str()) {
        return refuse(read, "inspections-problem-other-cycle");
    }
    let named = hidden.get("organisation").map(|text| OrganisationId::from_text(text.as_str()));
    if let (Some(wanted), Some(named)) = (organisation, &named)
        && wanted != named
    {
        return refuse(read, "inspections-problem-other-organisation");
    }
    let Some(organisation) = organisation.or(named.as_ref()) else { return refuse(read, "inspections-problem-no-organisation") };
    match store::participant(&mut work.tx, &scope, id, organisation).await {
        Ok(_) => {}
        Err(Error::NotFound) => return refuse(read, "inspections-problem-unknown-organisation"),
        Err(error) => return Err(error),
    }
    if !read.is_fit() {
        return Ok(Import { taken: None, problems: read.problems });
    }
    let people: BTreeMap<String, _> =
        store::asked_people(&mut work.tx, &cycle.id, organisation).await?.into_iter().map(|(person, _)| (person.code, person.id)).collect();
    let items: BTreeMap<String, _> = store::items(&mut work.tx, id).await?.into_iter().map(|item| (item.code, item.requirement_id)).collect();
    let systems: BTreeMap<String, _> =
        crate::register::store::systems(&mut work.tx, &scope).await?.into_iter().map(|one| (one.code, one.id)).collect();
    let mut wrong = Vec::new();
    let mut given = Vec::with_capacity(read.rows.len());
    for (index, line) in std::mem::take(&mut read.rows).into_iter().enumerate() {
        let mut fail = |field: &str, text: &'static str, code: &str| {
            wrong.push(crate::base::error::Field { name: format!("{index}.{field}"), text, values: vec![("code", code.to_owned())] });
        };
        let (person, item) = (people.get(&line.respondent), items.get(&line.requirement));
        let system = if line.system.is_empty() { None } else { systems.get(&line.system) };
        if person.is_none() {
            fail("respondent", "inspections-error-person-code", &line.respondent);
        }
        if item.is_none() {
            fail("requirement", "inspections-error-item", &line.requirement);
        }
        if system.is_none() && !line.system.is_empty() {
            fail("system", "inspections-error-system", &line.system);
        }
        if let (Some(person), Some(item), Some(claim)) = (person, item, line.claim) {
            given.push(Given {
                respondent_id: person.clone(),
                requirement_id: item.clone(),
                system_id: system.cloned(),
                claim,
                reason: line.reason,
                note: line.note,
                evidence: None,
            });
        }
    }
    let outcome = if wrong.is_empty() { answer_many(work, id, given).await } else { Err(Error::Invalid(wrong)) };
    placed(read, outcome, &answers::COLUMNS)
}

/// The answers of one organisation as XLSX: every question asked, with the answer where there is one.
pub async fn export_answers(work: &mut Work, id: &CycleId, organisation: &OrganisationId, lang: Lang) -> Result<Vec<u8>> {
    let scope = entering(work)?;
    store::participant(&mut work.tx, &scope, id, organisation).await?;
    let cycle = store::cycle(&mut work.tx, id).await?;
    let of = crate::register::store::organisation(&mut work.tx, &scope, organisation).await?;
    let items = store::items_of(&mut work.tx, id, organisation).await?;
    let requirements: BTreeMap<_, _> =
        crate::standards::store::requirements(&mut work.tx, &cycle.edition_id).await?.into_iter().map(|one| (one.id.clone(), one)).collect();
    let systems: BTreeMap<_, _> = crate::register::store::systems(&mut work.tx, &scope).await?.into_iter().map(|one| (one.id.clone(), one)).collect();
    let mut own: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (person, role, system) in store::systems_asked_of(&mut work.tx, id, organisation).await? {
        own.entry(person).or_default().push((role, system));
    }
    let there: BTreeMap<_, _> = store::answers_of(&mut work.tx, id, organisation)
        .await?
        .into_iter()
        .map(|one| ((one.respondent_id.clone(), one.requirement_id.clone(), one.system_id.clone()), one))
        .collect();
    let mut lines = Vec::new();
    for (person, asked) in store::asked_people(&mut work.tx, id, organisation).await? {
        for question in questions(&items, &asked.duties, own.get(&person.id).map_or(&[], Vec::as_slice)) {
            let system = question.system.as_ref().and_then(|system| systems.get(system));
            let answer = there.get(&(person.id.clone(), question.item.requirement_id.clone(), question.system.clone()));
            lines.push(answers::Line {
                respondent: person.code.clone(),
                name: person.name.clone(),
                section: person.section.clone(),
                requirement: question.item.code.clone(),
                question: requirements.get(&question.item.requirement_id).map(|one| one.question(lang).to_owned()).unwrap_or_default(),
                system: system.map(|one| one.code.clone()).unwrap_or_default(),
                system_name: system.map(|one| one.name(lang).to_owned()).unwrap_or_default(),
                claim: answer.map(|one| one.claim),
                reason: answer.map(|one| one.reason.clone()).unwrap_or_default(),
                note: answer.map(|one| one.note.clone()).unwrap_or_default(),
            });
        }
    }
    let text = |key: &str| crate::base::lang::texts().with(lang, key, &[("closes", crate::base::dates::show_day(&cycle.closes_on, lang))]);
    let lead = vec![format!("{}　{}", cycle.name(lang), of.name(lang)), text("inspections-sheet-lead")];
    let values = [
        ("cycle", id.to_string()),
        ("organisation", organisation.to_string()),
        ("cycle-code", cycle.code.clone()),
        ("organisation-code", of.code.clone()),
    ]
    .map(|(key, value)| (key.to_owned(), value));
    answers::write(&lines, lead, &of.code, &values, lang).map_err(Error::internal)
}

/// The list of respondents within reach as XLSX; it reads back unchanged.
pub async fn export_respondents(work: &mut Work, lang: Lang) -> Result<Vec<u8>> {
    let scope = entering(work)?;
    let organisations: BTreeMap<_, _> =
        crate::register::store::organisations(&mut work.tx, &scope).await?.into_iter().map(|one| (one.id, one.code)).collect();
    let systems: BTreeMap<_, _> = crate::register::store::systems(&mut work.tx, &scope).await?.into_iter().map(|one| (one.id, one.code)).collect();
    let mut own: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for (person, system) in store::respondent_systems(&mut work.tx, &scope).await? {
        own.entry(person).or_default().extend(systems.get(&system).cloned());
    }
    let people: Vec<NewRespondent> = store::respondents(&mut work.tx, &scope)
        .await?
        .into_iter()
        .filter(|person| person.active)
        .map(|person| NewRespondent {
            organisation: organisations.get(&person.organisation_id).cloned().unwrap_or_default(),
            systems: own.remove(&person.id).unwrap_or_default(),
            code: person.code,
            name: person.name,
            email: person.email,
            section: person.section,
            roles: person.roles,
        })
        .collect();
    respondents::write(&people, lang).map_err(Error::internal)
}

/// Takes in units of the priority inspection, XLSX or CSV.
pub async fn import_units(work: &mut Work, id: &CycleId, bytes: &[u8], name: &str) -> Result<Import<Recorded>> {
    let scope = entering(work)?;
    let mut read = units::read(bytes, name);
    if !read.is_fit() {
        return Ok(Import { taken: None, problems: read.problems });
    }
    let reach: Vec<OrganisationId> = store::participants_within(&mut work.tx, &scope, id).await?.into_iter().map(|one| one.organisation_id).collect();
    let organisations: BTreeMap<String, _> = crate::register::store::organisations(&mut work.tx, &scope)
        .await?
        .into_iter()
        .filter(|one| reach.contains(&one.id))
        .map(|one| (one.code, one.id))
        .collect();
    let items: BTreeMap<String, _> = store::items(&mut work.tx, id).await?.into_iter().map(|item| (item.code, item.requirement_id)).collect();
    let mut wrong = Vec::new();
    let mut new = Vec::new();
    for (index, line) in std::mem::take(&mut read.rows).into_iter().enumerate() {
        let mut fail = |field: &str, text: &'static str, code: &str| {
            wrong.push(crate::base::error::Field { name: format!("{index}.{field}"), text, values: vec![("code", code.to_owned())] });
        };
        let (organisation, item) = (organisations.get(&line.organisation), items.get(&line.requirement));
        if organisation.is_none() {
            fail("organisation", "inspections-error-organisation", &line.organisation);
        }
        if item.is_none() {
            fail("requirement", "inspections-error-item", &line.requirement);
        }
        if let (Some(organisation), Some(item), Some((held, done))) = (organisation, item, line.units) {
            new.push(NewUnit { organisation_id: organisation.clone(), requirement_id: item.clone(), class: line.class, held, done, note: line.note });
        }
    }
    let outcome = if wrong.is_empty() { record_units(work, id, &new).await } else { Err(Error::Invalid(wrong)) };
    placed(read, outcome, &units::COLUMNS)
}

/// Units of the priority inspection within reach as XLSX: every organisation and item that its derived standard did not leave
/// out, with the counts where there are some.
pub async fn export_units(work: &mut Work, id: &CycleId, lang: Lang) -> Result<Vec<u8>> {
    let scope = entering(work)?;
    let cycle = store::cycle(&mut work.tx, id).await?;
    let requirements: BTreeMap<_, _> =
        crate::standards::store::requirements(&mut work.tx, &cycle.edition_id).await?.into_iter().map(|one| (one.id.clone(), one)).collect();
    let reach: Vec<OrganisationId> = store::participants_within(&mut work.tx, &scope, id).await?.into_iter().map(|one| one.organisation_id).collect();
    let there: BTreeMap<_, _> = store::priority_units_within(&mut work.tx, &scope, id)
        .await?
        .into_iter()
        .map(|one| ((one.organisation_id.clone(), one.requirement_id.clone()), one))
        .collect();
    let items: Vec<_> = store::items(&mut work.tx, id).await?.into_iter().filter(|item| item.priority_inspected).collect();
    let left_out: BTreeSet<_> =
        store::exclusions(&mut work.tx, &scope, id).await?.into_iter().map(|one| (one.organisation_id, one.requirement_id)).collect();
    let mut lines = Vec::new();
    for one in crate::register::store::organisations(&mut work.tx, &scope).await?.into_iter().filter(|one| reach.contains(&one.id)) {
        for item in items.iter().filter(|item| !left_out.contains(&(one.id.clone(), item.requirement_id.clone()))) {
            let unit = there.get(&(one.id.clone(), item.requirement_id.clone()));
            lines.push(units::Line {
                organisation: one.code.clone(),
                requirement: item.code.clone(),
                title: requirements.get(&item.requirement_id).map(|one| one.title(lang).to_owned()).unwrap_or_default(),
                class: item.applies_to,
                units: unit.map(|unit| (unit.held, unit.done)),
                note: unit.map(|unit| unit.note.clone()).unwrap_or_default(),
            });
        }
    }
    units::write(&lines, lang).map_err(Error::internal)
}
