//! All SQL of accounts and sign-in.

use crate::args;
use crate::base::actor::{AccountId, Actor, Grant, OrganisationId, Role};
use crate::base::db::{Row, Tx};
use crate::base::error::Result;

/// An account as lists show it.
#[derive(Clone, Debug, serde::Serialize, schemars::JsonSchema)]
pub struct AccountRow {
    /// Its id.
    pub id: AccountId,
    /// The person's name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Whether they may sign in.
    pub active: bool,
    /// Roles held, `role@organisation id`.
    pub roles: Vec<(String, String)>,
}

/// Adds an account.
pub async fn insert_account(tx: &mut Tx, id: &AccountId, name: &str, email: &str, password: Option<&str>, now: &str) -> Result<()> {
    tx.run(
        "INSERT INTO account (id, name, email, password, active, created_at) VALUES ($1, $2, $3, $4, 1, $5)",
        args![id, name, email, password, now],
    )
    .await?;
    Ok(())
}

/// Gives a role; holding it already is fine.
pub async fn insert_role(tx: &mut Tx, id: &str, account: &AccountId, role: Role, organisation: &OrganisationId, path: &str) -> Result<()> {
    tx.run(
        "INSERT INTO held_role (id, account_id, role, organisation_id, path) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (account_id, role, organisation_id) DO UPDATE SET path = excluded.path",
        args![id, account, role.as_str(), organisation, path],
    )
    .await?;
    Ok(())
}

/// The id and password hash of the active account with this address.
pub async fn by_email(tx: &mut Tx, email: &str) -> Result<Option<(AccountId, Option<String>)>> {
    tx.maybe("SELECT id, password FROM account WHERE email = $1 AND active = 1", args![email])
        .await?
        .map(|row| Ok((row.get("id")?, row.get("password")?)))
        .transpose()
}

/// Keeps a session.
pub async fn insert_session(tx: &mut Tx, hash: &str, account: &AccountId, now: &str, expires: &str) -> Result<()> {
    tx.run("DELETE FROM session WHERE expires_at < $1", args![now]).await?;
    tx.run(
        "INSERT INTO session (hash, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4)",
        args![hash, account, now, expires],
    )
    .await?;
    Ok(())
}

/// Ends a session.
pub async fn delete_session(tx: &mut Tx, hash: &str) -> Result<()> {
    tx.run("DELETE FROM session WHERE hash = $1", args![hash]).await?;
    Ok(())
}

/// Who a living session belongs to, with all roles, in one query.
pub async fn actor_of_session(tx: &mut Tx, hash: &str, now: &str) -> Result<Option<Actor>> {
    let rows = tx
        .all(
            "SELECT a.id, a.name, h.role, h.organisation_id, h.path FROM session s
             JOIN account a ON a.id = s.account_id AND a.active = 1
             LEFT JOIN held_role h ON h.account_id = a.id
             WHERE s.hash = $1 AND s.expires_at > $2 ORDER BY h.path, h.role",
            args![hash, now],
        )
        .await?;
    actor(&rows, None)
}

/// Who a living API token belongs to; it carries only the one role it was made for.
pub async fn actor_of_token(tx: &mut Tx, hash: &str, now: &str) -> Result<Option<Actor>> {
    let rows = tx
        .all(
            "SELECT a.id, a.name, h.role, h.organisation_id, h.path FROM api_token t
             JOIN account a ON a.id = t.account_id AND a.active = 1
             JOIN held_role h ON h.account_id = a.id AND h.role = t.role
             WHERE t.hash = $1 AND t.expires_at > $2 ORDER BY h.path",
            args![hash, now],
        )
        .await?;
    actor(&rows, Some("API"))
}

fn actor(rows: &[Row], by: Option<&str>) -> Result<Option<Actor>> {
    let Some(first) = rows.first() else { return Ok(None) };
    let mut grants = Vec::new();
    for row in rows {
        let role: Option<String> = row.get("role")?;
        if let Some(role) = role.as_deref().and_then(Role::parse) {
            grants.push(Grant { role, organisation: row.get("organisation_id")?, path: row.get("path")? });
        }
    }
    let name: String = first.get("name")?;
    let name = by.map_or(name.clone(), |by| format!("{name} ({by})"));
    Ok(Some(Actor { account: Some(first.get("id")?), name, grants, operator: false }))
}

/// Keeps a sign-in link.
pub async fn insert_link(tx: &mut Tx, hash: &str, account: &AccountId, expires: &str, single_use: bool) -> Result<()> {
    tx.run(
        "INSERT INTO sign_in_link (hash, account_id, expires_at, single_use) VALUES ($1, $2, $3, $4)",
        args![hash, account, expires, single_use],
    )
    .await?;
    Ok(())
}

/// The account of a living sign-in link; a link for single use is used up.
pub async fn take_link(tx: &mut Tx, hash: &str, now: &str) -> Result<Option<AccountId>> {
    let Some(row) = tx.maybe("SELECT account_id, single_use FROM sign_in_link WHERE hash = $1 AND expires_at > $2", args![hash, now]).await?
    else {
        return Ok(None);
    };
    if row.get::<bool>("single_use")? {
        tx.run("DELETE FROM sign_in_link WHERE hash = $1", args![hash]).await?;
    }
    Ok(Some(row.get("account_id")?))
}

/// Every account with its roles.
pub async fn accounts(tx: &mut Tx) -> Result<Vec<AccountRow>> {
    let rows = tx
        .all(
            "SELECT a.id, a.name, a.email, a.active, h.role, h.organisation_id FROM account a
             LEFT JOIN held_role h ON h.account_id = a.id ORDER BY a.email, h.role, h.organisation_id",
            &[],
        )
        .await?;
    let mut out: Vec<AccountRow> = Vec::new();
    for row in &rows {
        let id: AccountId = row.get("id")?;
        if out.last().is_none_or(|last| last.id != id) {
            out.push(AccountRow { id, name: row.get("name")?, email: row.get("email")?, active: row.get("active")?, roles: Vec::new() });
        }
        if let (Some(last), Some(role)) = (out.last_mut(), row.get::<Option<String>>("role")?) {
            last.roles.push((role, row.get::<Option<String>>("organisation_id")?.unwrap_or_default()));
        }
    }
    Ok(out)
}

/// An organisation moved in the tree: what is held at or below `from` is now held at `to`.
pub async fn move_paths(tx: &mut Tx, from: &str, to: &str) -> Result<()> {
    let from_length = from.chars().count();
    tx.run(
        "UPDATE held_role SET path = $2 || SUBSTR(path, $3) WHERE path LIKE $1 || '%'",
        args![from, to, from_length + 1],
    )
    .await?;
    Ok(())
}
