//! Rows of the plan and its exceptions.

use std::collections::BTreeMap;

use engine::crypto::{Algorithm, Purpose};

use super::{algorithm, day, needed_day};
use crate::args;
use crate::base::db::{Row, Tx};
use crate::base::error::{Error, Result};
use crate::cryptography::rule::{Granted, PlanRule, RuleId};

fn read(row: &Row, exceptions: Vec<Granted>) -> Result<PlanRule> {
    let successor: String = row.get("successor")?;
    Ok(PlanRule {
        id: row.get("id")?,
        algorithm: algorithm(row, "algorithm")?,
        purpose: Purpose::parse(&row.get::<String>("purpose")?),
        successor: Algorithm::of(&successor),
        no_new_from: day(row, "no_new_from")?,
        gone_by: day(row, "gone_by")?,
        note: row.get("note")?,
        exceptions,
    })
}

/// The plan, with the exceptions of each line.
pub async fn rules(tx: &mut Tx) -> Result<Vec<PlanRule>> {
    let mut exceptions: BTreeMap<RuleId, Vec<Granted>> = BTreeMap::new();
    for row in tx.all("SELECT * FROM crypto_exception ORDER BY rule_id, until_on, system_id", &[]).await? {
        exceptions.entry(row.get("rule_id")?).or_default().push(Granted {
            system_id: row.get("system_id")?,
            until_on: needed_day(&row, "until_on")?,
            reason: row.get("reason")?,
            granted_by: row.get("granted_by")?,
        });
    }
    let rows = tx.all("SELECT * FROM crypto_rule WHERE withdrawn = 0 ORDER BY COALESCE(gone_by, no_new_from), algorithm, purpose", &[]).await?;
    rows.iter().map(|row| read(row, exceptions.remove(&row.get("id")?).unwrap_or_default())).collect()
}

/// One line of the plan.
pub async fn rule(tx: &mut Tx, id: &RuleId) -> Result<PlanRule> {
    rules(tx).await?.into_iter().find(|one| one.id == *id).ok_or(Error::NotFound)
}

/// Writes a line; the one for the same use is changed, and gives its id.
pub async fn save_rule(tx: &mut Tx, rule: &PlanRule) -> Result<RuleId> {
    let (no_new_from, gone_by) = (rule.no_new_from.map(|day| day.to_string()), rule.gone_by.map(|day| day.to_string()));
    tx.one(
        "INSERT INTO crypto_rule (id, algorithm, purpose, successor, no_new_from, gone_by, note, withdrawn) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)
         ON CONFLICT (algorithm, purpose) DO UPDATE SET successor = excluded.successor, no_new_from = excluded.no_new_from,
         gone_by = excluded.gone_by, note = excluded.note, withdrawn = 0 RETURNING id",
        args![
            &rule.id,
            rule.algorithm.id,
            rule.purpose.map_or("", Purpose::as_str),
            rule.successor.map_or("", |one| one.id),
            no_new_from,
            gone_by,
            &rule.note
        ],
    )
    .await?
    .get("id")
}

/// Withdraws a line.
pub async fn withdraw_rule(tx: &mut Tx, id: &RuleId) -> Result<()> {
    tx.run("UPDATE crypto_rule SET withdrawn = 1 WHERE id = $1", args![id]).await?;
    Ok(())
}

/// Lets a system go on for longer; granted again, the newer word counts.
pub async fn grant(tx: &mut Tx, id: &RuleId, granted: &Granted, now: &str) -> Result<()> {
    tx.run(
        "INSERT INTO crypto_exception (rule_id, system_id, until_on, reason, granted_by, granted_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (rule_id, system_id) DO UPDATE SET until_on = excluded.until_on, reason = excluded.reason,
         granted_by = excluded.granted_by, granted_at = excluded.granted_at",
        args![id, &granted.system_id, granted.until_on.to_string(), &granted.reason, &granted.granted_by, now],
    )
    .await?;
    Ok(())
}
