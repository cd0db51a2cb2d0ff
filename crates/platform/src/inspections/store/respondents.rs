//! SQL of respondents: who can be asked, who was asked, links and reminders.

use engine::facts::Role;

use super::row;
use crate::args;
use crate::base::actor::{OrganisationId, Scope};
use crate::base::db::{Tx, Value};
use crate::base::error::Result;
use crate::inspections::cycle::CycleId;
use crate::inspections::respondent::{Asked, Duty, Respondent, RespondentId, spell_roles};
use crate::register::system::SystemId;

/// Everybody within reach who can be asked, by organisation and code.
pub async fn respondents(tx: &mut Tx, scope: &Scope) -> Result<Vec<Respondent>> {
    tx.all_in(scope, "SELECT r.* FROM respondent r JOIN organisation o ON o.id = r.organisation_id WHERE SCOPE(o.path) ORDER BY o.path, r.code", &[])
        .await?
        .iter()
        .map(row::respondent)
        .collect()
}

/// One person.
pub async fn respondent(tx: &mut Tx, id: &RespondentId) -> Result<Respondent> {
    row::respondent(&tx.one("SELECT * FROM respondent WHERE id = $1", args![id]).await?)
}

/// The people of one organisation, by code.
pub async fn respondents_of(tx: &mut Tx, organisation: &OrganisationId) -> Result<Vec<Respondent>> {
    tx.all("SELECT * FROM respondent WHERE organisation_id = $1 ORDER BY code", args![organisation]).await?.iter().map(row::respondent).collect()
}

/// How many people can be asked, by organisation.
pub async fn respondent_counts(tx: &mut Tx, scope: &Scope) -> Result<Vec<(OrganisationId, u64)>> {
    tx.all_in(
        scope,
        "SELECT r.organisation_id, COUNT(*) AS n FROM respondent r JOIN organisation o ON o.id = r.organisation_id
         WHERE r.active = 1 AND SCOPE(o.path) GROUP BY r.organisation_id",
        &[],
    )
    .await?
    .iter()
    .map(|one| Ok((one.get("organisation_id")?, row::count(one, "n")?)))
    .collect()
}

/// Adds people, or brings them up to date.
pub async fn put_respondents(tx: &mut Tx, people: &[Respondent]) -> Result<()> {
    let rows: Vec<Vec<Value>> = people
        .iter()
        .map(|one| {
            vec![
                Value::from(&one.id),
                Value::from(&one.organisation_id),
                Value::from(&one.code),
                Value::from(&one.name),
                Value::from(&one.email),
                Value::from(&one.section),
                spell_roles(&one.roles).into(),
                one.active.into(),
            ]
        })
        .collect();
    tx.insert_many(
        "INSERT INTO respondent (id, organisation_id, code, name, email, section, roles, active)",
        "ON CONFLICT (id) DO UPDATE SET organisation_id = excluded.organisation_id, name = excluded.name, email = excluded.email,
         section = excluded.section, roles = excluded.roles, active = excluded.active",
        &rows,
    )
    .await?;
    Ok(())
}

/// For which systems people answer: person, system; of everybody within reach.
pub async fn respondent_systems(tx: &mut Tx, scope: &Scope) -> Result<Vec<(RespondentId, SystemId)>> {
    tx.all_in(
        scope,
        "SELECT s.respondent_id, s.system_id FROM respondent_system s JOIN respondent r ON r.id = s.respondent_id
         JOIN organisation o ON o.id = r.organisation_id WHERE SCOPE(o.path) ORDER BY s.respondent_id, s.system_id",
        &[],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("respondent_id")?, row.get("system_id")?)))
    .collect()
}

/// Replaces for which systems these people answer.
pub async fn set_respondent_systems(tx: &mut Tx, people: &[RespondentId], pairs: &[(RespondentId, SystemId)]) -> Result<()> {
    for chunk in people.chunks(500) {
        let marks: Vec<String> = (1..=chunk.len()).map(|index| format!("${index}")).collect();
        let args: Vec<Value> = chunk.iter().map(Value::from).collect();
        tx.run(&format!("DELETE FROM respondent_system WHERE respondent_id IN ({})", marks.join(", ")), &args).await?;
    }
    let rows: Vec<Vec<Value>> = pairs.iter().map(|(person, system)| vec![person.into(), system.into()]).collect();
    tx.insert_many("INSERT INTO respondent_system (respondent_id, system_id)", "ON CONFLICT DO NOTHING", &rows).await?;
    Ok(())
}

/// Freezes who is asked.
pub async fn insert_asked(tx: &mut Tx, asked: &[Asked]) -> Result<()> {
    let rows: Vec<Vec<Value>> = asked
        .iter()
        .map(|one| {
            vec![
                Value::from(&one.cycle_id),
                Value::from(&one.respondent_id),
                Value::from(&one.organisation_id),
                one.duties.first().map_or("", |duty| duty.role.as_str()).into(),
                one.duties.iter().map(Duty::spelled).collect::<Vec<_>>().join(",").into(),
                one.asked.into(),
                0_i64.into(),
                0_i64.into(),
            ]
        })
        .collect();
    let head = "INSERT INTO cycle_respondent (cycle_id, respondent_id, organisation_id, role, duties, asked, answered, fulfilled)";
    tx.insert_many(head, "", &rows).await?;
    Ok(())
}

/// Freezes who answers in which role for which system: organisation, system, role, person.
pub async fn insert_cycle_systems(tx: &mut Tx, cycle: &CycleId, rows: &[(OrganisationId, SystemId, Role, RespondentId)]) -> Result<()> {
    let rows: Vec<Vec<Value>> = rows
        .iter()
        .map(|(organisation, system, role, person)| vec![cycle.into(), organisation.into(), system.into(), role.as_str().into(), person.into()])
        .collect();
    tx.insert_many("INSERT INTO cycle_system (cycle_id, organisation_id, system_id, role, respondent_id)", "ON CONFLICT DO NOTHING", &rows).await?;
    Ok(())
}

/// For which systems somebody was asked, in which role.
pub async fn systems_asked(tx: &mut Tx, cycle: &CycleId, person: &RespondentId) -> Result<Vec<(Role, SystemId)>> {
    tx.all("SELECT role, system_id FROM cycle_system WHERE cycle_id = $1 AND respondent_id = $2 ORDER BY system_id, role", args![cycle, person])
        .await?
        .iter()
        .map(|one| Ok((row::role(one)?, one.get("system_id")?)))
        .collect()
}

/// Who was asked for which system in which role, in one organisation: person, role, system.
pub async fn systems_asked_of(tx: &mut Tx, cycle: &CycleId, organisation: &OrganisationId) -> Result<Vec<(RespondentId, Role, SystemId)>> {
    tx.all(
        "SELECT respondent_id, role, system_id FROM cycle_system WHERE cycle_id = $1 AND organisation_id = $2
         ORDER BY respondent_id, system_id, role",
        args![cycle, organisation],
    )
    .await?
    .iter()
    .map(|one| Ok((one.get("respondent_id")?, row::role(one)?, one.get("system_id")?)))
    .collect()
}

/// What somebody was asked as.
pub async fn asked_one(tx: &mut Tx, cycle: &CycleId, person: &RespondentId) -> Result<Asked> {
    row::asked(&tx.one("SELECT * FROM cycle_respondent WHERE cycle_id = $1 AND respondent_id = $2", args![cycle, person]).await?)
}

/// The organisation of everybody asked, for a bulk that names people of many organisations.
pub async fn organisations_asked(tx: &mut Tx, cycle: &CycleId) -> Result<Vec<(RespondentId, OrganisationId)>> {
    tx.all("SELECT respondent_id, organisation_id FROM cycle_respondent WHERE cycle_id = $1", args![cycle])
        .await?
        .iter()
        .map(|one| Ok((one.get("respondent_id")?, one.get("organisation_id")?)))
        .collect()
}

const PEOPLE: &str = "SELECT c.cycle_id, c.respondent_id, c.organisation_id, c.duties, c.asked, c.answered, c.fulfilled, r.id, r.code, r.name,
    r.email, r.section, r.roles, r.active FROM cycle_respondent c JOIN respondent r ON r.id = c.respondent_id
    JOIN organisation o ON o.id = c.organisation_id WHERE c.cycle_id = $1";

fn person(row: &crate::base::db::Row) -> Result<(Respondent, Asked)> {
    Ok((row::respondent(row)?, row::asked(row)?))
}

/// Those within reach who have not answered everything; with name and address.
pub async fn unanswered(tx: &mut Tx, scope: &Scope, cycle: &CycleId) -> Result<Vec<(Respondent, Asked)>> {
    let sql = format!("{PEOPLE} AND c.answered < c.asked AND r.active = 1 AND SCOPE(o.path) ORDER BY o.path, r.code");
    tx.all_in(scope, &sql, args![cycle]).await?.iter().map(person).collect()
}

/// Everybody asked in one organisation; with name and address.
pub async fn asked_people(tx: &mut Tx, cycle: &CycleId, organisation: &OrganisationId) -> Result<Vec<(Respondent, Asked)>> {
    let sql = format!("{PEOPLE} AND c.organisation_id = $2 ORDER BY r.code");
    tx.all(&sql, args![cycle, organisation]).await?.iter().map(person).collect()
}

/// Adds hashes of personal links.
pub async fn insert_links(tx: &mut Tx, cycle: &CycleId, links: &[(String, RespondentId)], now: &str) -> Result<()> {
    let rows: Vec<Vec<Value>> = links.iter().map(|(hash, person)| vec![Value::from(hash), cycle.into(), person.into(), now.into()]).collect();
    tx.insert_many("INSERT INTO respondent_link (hash, cycle_id, respondent_id, created_at)", "", &rows).await?;
    Ok(())
}

/// Whose personal link this is, and for which cycle.
pub async fn link(tx: &mut Tx, hash: &str) -> Result<(CycleId, RespondentId)> {
    let row = tx.one("SELECT cycle_id, respondent_id FROM respondent_link WHERE hash = $1", args![hash]).await?;
    Ok((row.get("cycle_id")?, row.get("respondent_id")?))
}

/// The open cycles in which somebody with this address is asked within `scope`, the soonest to close first.
pub async fn asked_by_email(tx: &mut Tx, scope: &Scope, email: &str) -> Result<Vec<(CycleId, RespondentId)>> {
    tx.all_in(
        scope,
        "SELECT k.cycle_id, k.respondent_id FROM cycle_respondent k JOIN respondent r ON r.id = k.respondent_id
         JOIN organisation o ON o.id = k.organisation_id JOIN cycle c ON c.id = k.cycle_id
         WHERE r.email = $1 AND r.active = 1 AND c.state = 'open' AND SCOPE(o.path) ORDER BY c.closes_on, c.code, r.code",
        args![email],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("cycle_id")?, row.get("respondent_id")?)))
    .collect()
}

/// Notes whom the reminder of `day` reaches; gives those it had not reached yet. Two who note the same at once do not both
/// get the same person: the table decides.
pub async fn note_reminders(tx: &mut Tx, cycle: &CycleId, people: &[RespondentId], day: &str) -> Result<Vec<RespondentId>> {
    let mut fresh = Vec::new();
    for chunk in people.chunks(500) {
        let marks: Vec<String> = (0..chunk.len()).map(|index| format!("($1, ${}, $2)", index + 3)).collect();
        let sql =
            format!("INSERT INTO reminder (cycle_id, respondent_id, day) VALUES {} ON CONFLICT DO NOTHING RETURNING respondent_id", marks.join(", "));
        let args: Vec<Value> = [cycle.into(), day.into()].into_iter().chain(chunk.iter().map(Value::from)).collect();
        for row in tx.all(&sql, &args).await? {
            fresh.push(row.get("respondent_id")?);
        }
    }
    Ok(fresh)
}
