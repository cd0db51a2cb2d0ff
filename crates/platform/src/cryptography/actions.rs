//! The verbs of the transition: declare, plan, except, record a compromise, take a file over.

use std::collections::{BTreeMap, BTreeSet};

use formats::problem::Problem;
use formats::sheets::{Limits, read_table};
use serde_json::json;

use super::compromise::{Compromise, CompromiseId, Hit, NewCompromise};
use super::declaration::{Declaration, NewDeclaration, UseId, wrong};
use super::gather;
use super::jobs::LOOK;
use super::rule::{Granted, NewRule, PlanRule, RuleId};
use super::sheet;
use super::store;
use crate::base::actor::{Scope, Verb};
use crate::base::error::{Error, Field, Result};
use crate::base::events;
use crate::base::lang::Lang;
use crate::base::work::Work;
use crate::register;
use crate::register::system::System;

/// The event that tells that a compromise hits somebody it did not hit before; its subject is the compromise.
pub const HIT: &str = "cryptography.hit";
/// Problems one report lists.
pub const MOST_PROBLEMS: usize = 500;

/// Declares uses of systems that the actor may write for; a use that is declared already is changed. Gives the ids in the order of `new`.
///
/// # Errors
/// What is wrong, by field; where there are several lines, by index and field, `3.algorithm`.
pub async fn declare(work: &mut Work, new: &[NewDeclaration]) -> Result<Vec<UseId>> {
    let scope = work.scope("cryptography", Verb::Write)?;
    let systems: BTreeMap<String, System> =
        register::store::systems(&mut work.tx, &scope).await?.into_iter().map(|one| (one.code.clone(), one)).collect();
    let (lines, errors) = lines(work, new, &systems);
    if !errors.is_empty() {
        let named = |(at, field): (usize, Field)| if new.len() > 1 { Field { name: format!("{at}.{}", field.name), ..field } } else { field };
        return Err(Error::Invalid(errors.into_iter().map(named).collect()));
    }
    write(work, &scope, &systems, lines, "use.declare").await
}

/// What `new` says, ready to be written, and what is wrong with which line.
fn lines(work: &Work, new: &[NewDeclaration], systems: &BTreeMap<String, System>) -> (Vec<Declaration>, Vec<(usize, Field)>) {
    let (mut lines, mut errors) = (Vec::new(), Vec::new());
    for (at, one) in new.iter().enumerate() {
        let system = systems.get(one.system.trim());
        if system.is_none() {
            let field =
                Field { name: "system".to_owned(), text: "cryptography-error-system", values: vec![("system", one.system.trim().to_owned())] };
            errors.push((at, field));
        }
        match (one.read(), system) {
            (Err(fields), _) => errors.extend(fields.into_iter().map(|field| (at, field))),
            (Ok(entered), Some(system)) => lines.push(Declaration {
                id: work.id(),
                system_id: system.id.clone(),
                purpose: entered.purpose,
                algorithm: entered.algorithm,
                exchangeable: entered.exchangeable,
                gone_on: entered.gone_on,
                note: entered.note,
                declared_by: work.actor.name.clone(),
                declared_at: work.stamp(),
            }),
            (Ok(_), None) => {}
        }
    }
    (lines, errors)
}

/// Whether two declarations say the same.
fn says_the_same(a: &Declaration, b: &Declaration) -> bool {
    (a.exchangeable, a.gone_on, &a.note) == (b.exchangeable, b.gone_on, &b.note)
}

/// Writes what says something new, an audit line for each system, and looks whom a compromise hits now.
async fn write(work: &mut Work, scope: &Scope, systems: &BTreeMap<String, System>, lines: Vec<Declaration>, verb: &str) -> Result<Vec<UseId>> {
    let key = |one: &Declaration| (one.system_id.clone(), one.purpose, one.algorithm);
    let old: BTreeMap<_, Declaration> = store::uses(&mut work.tx, scope).await?.into_iter().map(|one| (key(&one), one)).collect();
    let lines: Vec<Declaration> =
        lines.into_iter().map(|one| old.get(&key(&one)).map_or(one.clone(), |old| Declaration { id: old.id.clone(), ..one })).collect();
    // Of two lines about the same use the last one counts.
    let last: BTreeMap<_, &Declaration> = lines.iter().map(|one| (key(one), one)).collect();
    let changed: Vec<Declaration> = last.into_values().filter(|one| old.get(&key(one)).is_none_or(|old| !says_the_same(old, one))).cloned().collect();
    store::save_uses(&mut work.tx, &changed).await?;
    let owners: BTreeMap<_, &System> = systems.values().map(|one| (&one.id, one)).collect();
    let mut by_system: BTreeMap<_, Vec<&Declaration>> = BTreeMap::new();
    for one in &changed {
        by_system.entry(&one.system_id).or_default().push(one);
    }
    for (system, new) in by_system {
        let before: Vec<&Declaration> = new.iter().filter_map(|one| old.get(&key(one))).collect();
        let owner = owners.get(system).map_or("", |one| one.organisation_id.as_str());
        work.audit(owner, "cryptography", verb, system.as_str(), json!({ "old": before, "new": new })).await?;
    }
    if changed.is_empty() {
        work.audit("", "cryptography", &format!("{verb}-none"), "", json!({ "lines": lines.len() })).await?;
    } else {
        work.enqueue(LOOK, LOOK, json!({})).await?;
    }
    // A use that was withdrawn keeps its id, which only the store knows.
    let stored: BTreeMap<_, UseId> = store::uses(&mut work.tx, scope).await?.into_iter().map(|one| (key(&one), one.id)).collect();
    Ok(lines.iter().filter_map(|one| stored.get(&key(one)).cloned()).collect())
}

/// Withdraws a use that was declared by mistake.
pub async fn withdraw(work: &mut Work, id: &UseId) -> Result<Declaration> {
    let scope = work.scope("cryptography", Verb::Write)?;
    let one = store::withdraw_use(&mut work.tx, &scope, id).await?;
    let system = register::store::system(&mut work.tx, &Scope::Everything, &one.system_id).await?;
    work.audit(system.organisation_id.as_str(), "cryptography", "use.withdraw", one.system_id.as_str(), json!({ "old": one })).await?;
    work.enqueue(LOOK, LOOK, json!({})).await?;
    Ok(one)
}

/// Adds a line to the plan, or changes the one for the same algorithm and purpose.
pub async fn set_rule(work: &mut Work, new: &NewRule) -> Result<RuleId> {
    work.scope("cryptography", Verb::Manage)?;
    let rule = new.read(work.id()).map_err(Error::Invalid)?;
    let old = store::rules(&mut work.tx).await?.into_iter().find(|one| (one.algorithm, one.purpose) == (rule.algorithm, rule.purpose));
    let id = store::save_rule(&mut work.tx, &rule).await?;
    work.audit("", "cryptography", "rule.set", id.as_str(), json!({ "old": old, "new": rule })).await?;
    Ok(id)
}

/// Takes a line out of the plan.
pub async fn withdraw_rule(work: &mut Work, id: &RuleId) -> Result<()> {
    work.scope("cryptography", Verb::Manage)?;
    let old: PlanRule = store::rule(&mut work.tx, id).await?;
    store::withdraw_rule(&mut work.tx, id).await?;
    work.audit("", "cryptography", "rule.withdraw", id.as_str(), json!({ "old": old })).await
}

/// Lets a system (by code) use what a line of the plan bids it to leave until `until`, for a reason.
pub async fn grant(work: &mut Work, id: &RuleId, system: &str, until: &str, reason: &str) -> Result<()> {
    let scope = work.scope("cryptography", Verb::Manage)?;
    let rule = store::rule(&mut work.tx, id).await?;
    let mut errors = Vec::new();
    let until = super::declaration::day("until", until, &mut errors);
    if until.is_none() && errors.is_empty() {
        errors.push(wrong("until", "error-required"));
    }
    if reason.trim().is_empty() {
        errors.push(wrong("reason", "error-required"));
    }
    if rule.gone_by.is_none() {
        errors.push(wrong("until", "cryptography-error-no-last-day"));
    } else if until.zip(rule.gone_by).is_some_and(|(until, by)| until <= by) {
        errors.push(wrong("until", "cryptography-error-not-longer"));
    }
    let system = match register::store::system_by_code(&mut work.tx, &scope, system.trim()).await {
        Ok(system) => Some(system),
        Err(Error::NotFound) => {
            errors.push(Field { name: "system".to_owned(), text: "cryptography-error-system", values: vec![("system", system.trim().to_owned())] });
            None
        }
        Err(error) => return Err(error),
    };
    let (Some(system), Some(until_on), true) = (system, until, errors.is_empty()) else { return Err(Error::Invalid(errors)) };
    let granted = Granted { system_id: system.id.clone(), until_on, reason: reason.trim().to_owned(), granted_by: work.actor.name.clone() };
    let now = work.stamp();
    store::grant(&mut work.tx, id, &granted, &now).await?;
    let detail = json!({ "rule": id, "algorithm": rule.algorithm, "granted": granted });
    work.audit(system.organisation_id.as_str(), "cryptography", "exception.grant", system.id.as_str(), detail).await
}

/// Records that an algorithm was broken, and lists at once whom it hits.
pub async fn record(work: &mut Work, new: &NewCompromise) -> Result<CompromiseId> {
    work.scope("cryptography", Verb::Manage)?;
    let (algorithm, known_on, severity, due_on) = new.read(gather::today(work.now)?).map_err(Error::Invalid)?;
    // The same event is recorded once.
    if store::compromises(&mut work.tx).await?.iter().any(|one| (one.algorithm, one.known_on) == (algorithm, known_on)) {
        return Err(Error::invalid("algorithm", "cryptography-error-recorded"));
    }
    let compromise = Compromise {
        id: work.id(),
        algorithm,
        known_on,
        severity,
        words_ja: new.words_ja.trim().to_owned(),
        words_en: new.words_en.trim().to_owned(),
        due_on,
        recorded_by: work.actor.name.clone(),
        recorded_at: work.stamp(),
    };
    store::insert_compromise(&mut work.tx, &compromise).await?;
    work.audit("", "cryptography", "compromise.record", compromise.id.as_str(), json!({ "new": compromise })).await?;
    strike(work).await?;
    Ok(compromise.id)
}

/// Looks whom each compromise hits, keeps those it did not hit before, and tells the areas above. Gives how many were new.
pub async fn strike(work: &mut Work) -> Result<usize> {
    // Most days nothing is broken, and then nothing need be read.
    if store::compromises(&mut work.tx).await?.is_empty() {
        return Ok(0);
    }
    let now = work.now;
    let transition = gather::transition(&mut work.tx, &Scope::Everything, now).await?;
    let mut known: BTreeMap<CompromiseId, BTreeMap<String, Hit>> = BTreeMap::new();
    for (id, hit) in store::hits_of(&mut work.tx).await? {
        known.entry(id).or_default().insert(hit.subject.clone(), hit);
    }
    let mut count = 0;
    for compromise in &transition.compromises {
        let there = known.remove(&compromise.id).unwrap_or_default();
        let (old, new): (Vec<Hit>, Vec<Hit>) = transition.hits(compromise, now).into_iter().partition(|hit| there.contains_key(&hit.subject));
        let better: Vec<Hit> = old.into_iter().filter(|hit| there.get(&hit.subject).is_some_and(|was| was.how != hit.how)).collect();
        store::set_how(&mut work.tx, &compromise.id, &better).await?;
        if new.is_empty() {
            continue;
        }
        store::add_hits(&mut work.tx, &compromise.id, &new).await?;
        let organisations: BTreeSet<&str> = new.iter().map(|hit| hit.organisation_id.as_str()).collect();
        let detail = json!({ "systems": new.len(), "organisations": organisations.len() });
        events::emit(work, HIT, compromise.id.as_str(), detail.clone()).await?;
        work.audit("", "cryptography", "compromise.hit", compromise.id.as_str(), detail).await?;
        count += new.len();
    }
    Ok(count)
}

/// What taking a file over did, or would do.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// Lines that say something new.
    pub changed: usize,
    /// Lines that say what is there already.
    pub unchanged: usize,
    /// What is wrong; nothing is written while one of them is an error.
    pub problems: Vec<Problem>,
    /// Whether it was written.
    pub written: bool,
}

impl Imported {
    /// Whether something stops it.
    pub fn is_refused(&self) -> bool {
        self.problems.iter().any(Problem::is_error)
    }
}

/// Takes over declarations from CSV or XLSX: all of it or nothing. A file may come again; what it says twice changes nothing.
pub async fn import(work: &mut Work, bytes: &[u8], name: &str, dry_run: bool) -> Result<Imported> {
    let scope = work.scope("cryptography", Verb::Write)?;
    let sheets = match read_table(bytes, name, &Limits::default()) {
        Ok(sheets) => sheets,
        Err(problem) => return Ok(Imported { problems: vec![problem], ..Imported::default() }),
    };
    let (rows, mut problems) = sheet::read(&sheets);
    let systems: BTreeMap<String, System> =
        register::store::systems(&mut work.tx, &scope).await?.into_iter().map(|one| (one.code.clone(), one)).collect();
    let new: Vec<NewDeclaration> = rows.iter().map(|row| row.new.clone()).collect();
    let (lines, errors) = lines(work, &new, &systems);
    problems.extend(errors.iter().filter_map(|(at, field)| rows.get(*at).map(|row| row.problem(field))));
    problems.sort_by_key(|problem| !problem.is_error());
    problems.truncate(MOST_PROBLEMS);
    let old = store::uses(&mut work.tx, &scope).await?;
    let is_there = |one: &&Declaration| {
        old.iter().any(|old| (&old.system_id, old.purpose, old.algorithm) == (&one.system_id, one.purpose, one.algorithm) && says_the_same(old, one))
    };
    let unchanged = lines.iter().filter(is_there).count();
    let mut done = Imported { changed: lines.len() - unchanged, unchanged, problems, written: false };
    if dry_run || done.is_refused() || done.changed == 0 {
        return Ok(done);
    }
    write(work, &scope, &systems, lines, "use.import").await?;
    done.written = true;
    Ok(done)
}

/// The declarations within `scope` as rows of a file.
pub async fn export(tx: &mut crate::base::db::Tx, scope: &Scope, xlsx: bool, lang: Lang) -> Result<Vec<u8>> {
    let systems = register::store::systems_by_id(tx, scope).await?;
    let uses = store::uses(tx, scope).await?;
    sheet::write(&uses, &systems, xlsx, lang).map_err(|problem| Error::internal(problem.message(Lang::En)))
}
