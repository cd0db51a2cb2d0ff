//! All SQL of accounts and sign-in: accounts and roles here, sessions, tokens and links in `sessions`.

mod sessions;

pub use sessions::*;

use crate::args;
use crate::base::actor::{AccountId, OrganisationId, Role, Scope};
use crate::base::db::{Row, Tx};
use crate::base::error::{Error, Result};
use crate::base::id::Id;

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
    /// Whether it has a password of its own.
    pub has_password: bool,
    /// Whether it was matched with an account of the single sign-on.
    pub has_single_sign_on: bool,
    /// The language they want mail in, `ja` or `en`; none while they have not said: then mail is in both.
    pub lang: Option<String>,
    /// Roles held.
    pub roles: Vec<HeldRole>,
}

/// A role held in an organisation.
#[derive(Clone, Debug, serde::Serialize, schemars::JsonSchema)]
pub struct HeldRole {
    /// Its id.
    pub id: HeldRoleId,
    /// The role.
    pub role: String,
    /// In which organisation and below.
    pub organisation_id: OrganisationId,
    /// The organisation's path.
    pub path: String,
}

/// Marker of a held role's id.
pub enum Held {}
/// A held role's id.
pub type HeldRoleId = Id<Held>;

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

/// Every account with a role in `scope`, and with everything else it holds.
pub async fn accounts(tx: &mut Tx, scope: &Scope) -> Result<Vec<AccountRow>> {
    let sql = "SELECT a.id, a.name, a.email, a.active, a.password, a.oidc_subject, a.lang, h.id AS held_id, h.role, h.organisation_id, h.path
               FROM account a LEFT JOIN held_role h ON h.account_id = a.id
               WHERE EXISTS (SELECT 1 FROM held_role r WHERE r.account_id = a.id AND SCOPE(r.path))
                  OR NOT EXISTS (SELECT 1 FROM held_role r WHERE r.account_id = a.id)
               ORDER BY a.email, h.path, h.role";
    account_rows(&tx.all_in(scope, sql, &[]).await?)
}

/// One account; whether the reader may see it, the caller decides by its roles.
pub async fn account(tx: &mut Tx, id: &AccountId) -> Result<AccountRow> {
    let sql = "SELECT a.id, a.name, a.email, a.active, a.password, a.oidc_subject, a.lang, h.id AS held_id, h.role, h.organisation_id, h.path
               FROM account a LEFT JOIN held_role h ON h.account_id = a.id WHERE a.id = $1 ORDER BY h.path, h.role";
    account_rows(&tx.all(sql, args![id]).await?)?.into_iter().next().ok_or(Error::NotFound)
}

/// The id of the account with this address, active or not.
pub async fn account_by_email(tx: &mut Tx, email: &str) -> Result<AccountRow> {
    let id: AccountId = tx.one("SELECT id FROM account WHERE email = $1", args![email.trim().to_lowercase()]).await?.get("id")?;
    account(tx, &id).await
}

fn account_rows(rows: &[Row]) -> Result<Vec<AccountRow>> {
    let mut out: Vec<AccountRow> = Vec::new();
    for row in rows {
        let id: AccountId = row.get("id")?;
        if out.last().is_none_or(|last| last.id != id) {
            out.push(AccountRow {
                id,
                name: row.get("name")?,
                email: row.get("email")?,
                active: row.get("active")?,
                has_password: row.get::<Option<String>>("password")?.is_some(),
                has_single_sign_on: row.get::<Option<String>>("oidc_subject")?.is_some(),
                lang: row.get("lang")?,
                roles: Vec::new(),
            });
        }
        if let (Some(last), Some(role)) = (out.last_mut(), row.get::<Option<String>>("role")?) {
            last.roles.push(HeldRole { id: row.get("held_id")?, role, organisation_id: row.get("organisation_id")?, path: row.get("path")? });
        }
    }
    Ok(out)
}

/// Whether anybody who may sign in holds `role`.
pub async fn anybody_has(tx: &mut Tx, role: Role) -> Result<bool> {
    let sql = "SELECT 1 AS one FROM held_role h JOIN account a ON a.id = h.account_id AND a.active = 1 WHERE h.role = $1 LIMIT 1";
    Ok(tx.maybe(sql, args![role.as_str()]).await?.is_some())
}

/// Whether any account exists.
pub async fn anybody(tx: &mut Tx) -> Result<bool> {
    Ok(tx.maybe("SELECT 1 AS one FROM account LIMIT 1", &[]).await?.is_some())
}

/// Takes a role away.
pub async fn delete_role(tx: &mut Tx, id: &HeldRoleId) -> Result<()> {
    tx.run("DELETE FROM held_role WHERE id = $1", args![id]).await?;
    // A token carries a role of its owner; without the role it would only look alive.
    tx.run(
        "DELETE FROM api_token WHERE NOT EXISTS (SELECT 1 FROM held_role h WHERE h.account_id = api_token.account_id AND h.role = api_token.role)",
        &[],
    )
    .await?;
    Ok(())
}

/// Lets an account sign in, or no longer.
pub async fn set_active(tx: &mut Tx, id: &AccountId, active: bool) -> Result<()> {
    tx.run("UPDATE account SET active = $2 WHERE id = $1", args![id, active]).await?;
    Ok(())
}

/// Keeps the language an account wants mail in; none: both.
pub async fn set_lang(tx: &mut Tx, id: &AccountId, lang: Option<&str>) -> Result<()> {
    tx.run("UPDATE account SET lang = $2 WHERE id = $1", args![id, lang]).await?;
    Ok(())
}

/// Keeps the hash of a password.
pub async fn set_password(tx: &mut Tx, id: &AccountId, hash: &str) -> Result<()> {
    tx.run("UPDATE account SET password = $2 WHERE id = $1", args![id, hash]).await?;
    Ok(())
}

/// Forgets the password of an account.
pub async fn forget_password(tx: &mut Tx, id: &AccountId) -> Result<()> {
    tx.run("UPDATE account SET password = NULL WHERE id = $1", args![id]).await?;
    Ok(())
}

/// An organisation moved in the tree: what is held at or below `from` is now held at `to`.
pub async fn move_paths(tx: &mut Tx, from: &str, to: &str) -> Result<()> {
    let from_length = from.chars().count();
    tx.run("UPDATE held_role SET path = $2 || SUBSTR(path, CAST($3 AS INTEGER)) WHERE path LIKE $1 || '%'", args![from, to, from_length + 1]).await?;
    Ok(())
}
