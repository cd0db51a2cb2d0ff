//! Sessions, API tokens, sign-in links, failed tries and sign-ins under way at a provider.

use crate::args;
use crate::base::actor::{AccountId, Actor, Grant, Role};
use crate::base::db::{Row, Tx};
use crate::base::error::Result;
use crate::base::id::Id;

/// Marker of a session's id.
pub enum Session {}
/// A session's id; it is not the secret.
pub type SessionId = Id<Session>;
/// Marker of an API token's id.
pub enum Token {}
/// An API token's id; it is not the secret.
pub type TokenId = Id<Token>;

/// A session as its owner sees it.
#[derive(Clone, Debug, serde::Serialize, schemars::JsonSchema)]
pub struct SessionRow {
    /// Its id.
    pub id: SessionId,
    /// SHA-256 of its secret, to mark the reader's own.
    #[serde(skip)]
    pub hash: String,
    /// `password`, `link`, `oidc` or `setup`.
    pub how: String,
    /// When it began, UTC.
    pub created_at: String,
    /// When it ends by itself, UTC.
    pub expires_at: String,
}

/// An API token as its owner sees it.
#[derive(Clone, Debug, serde::Serialize, schemars::JsonSchema)]
pub struct TokenRow {
    /// Its id.
    pub id: TokenId,
    /// What its owner called it.
    pub name: String,
    /// The one role it carries.
    pub role: String,
    /// When it was made, UTC.
    pub created_at: String,
    /// When it ends, UTC.
    pub expires_at: String,
    /// When it was last used, to the day.
    pub used_at: Option<String>,
}

/// Keeps a session.
pub async fn insert_session(tx: &mut Tx, id: &SessionId, hash: &str, account: &AccountId, how: &str, now: &str, expires: &str) -> Result<()> {
    tx.run("DELETE FROM session WHERE expires_at < $1", args![now]).await?;
    tx.run(
        "INSERT INTO session (id, hash, account_id, how, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
        args![id, hash, account, how, now, expires],
    )
    .await?;
    Ok(())
}

/// Ends the session with this hash; gives how many there were.
pub async fn delete_session(tx: &mut Tx, hash: &str) -> Result<u64> {
    tx.run("DELETE FROM session WHERE hash = $1", args![hash]).await
}

/// Ends one session of an account; gives how many there were.
pub async fn delete_session_of(tx: &mut Tx, account: &AccountId, id: &SessionId) -> Result<u64> {
    tx.run("DELETE FROM session WHERE account_id = $1 AND id = $2", args![account, id]).await
}

/// Ends every session of an account but the one with hash `keep` ("" keeps none).
pub async fn delete_sessions(tx: &mut Tx, account: &AccountId, keep: &str) -> Result<u64> {
    tx.run("DELETE FROM session WHERE account_id = $1 AND hash <> $2", args![account, keep]).await
}

/// The living sessions of an account, newest first.
pub async fn sessions(tx: &mut Tx, account: &AccountId, now: &str) -> Result<Vec<SessionRow>> {
    tx.all("SELECT * FROM session WHERE account_id = $1 AND expires_at > $2 ORDER BY created_at DESC, id DESC", args![account, now])
        .await?
        .iter()
        .map(|row| {
            Ok(SessionRow {
                id: row.get("id")?,
                hash: row.get("hash")?,
                how: row.get("how")?,
                created_at: row.get("created_at")?,
                expires_at: row.get("expires_at")?,
            })
        })
        .collect()
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
///
/// With the actor comes the day it was last used.
pub async fn actor_of_token(tx: &mut Tx, hash: &str, now: &str) -> Result<Option<(Actor, Option<String>)>> {
    let rows = tx
        .all(
            "SELECT a.id, a.name, h.role, h.organisation_id, h.path, t.used_at FROM api_token t
             JOIN account a ON a.id = t.account_id AND a.active = 1
             JOIN held_role h ON h.account_id = a.id AND h.role = t.role
             WHERE t.hash = $1 AND t.expires_at > $2 ORDER BY h.path",
            args![hash, now],
        )
        .await?;
    let used = rows.first().map(|row| row.get::<Option<String>>("used_at")).transpose()?.flatten();
    Ok(actor(&rows, Some("API"))?.map(|actor| (actor, used)))
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

/// Notes that a token was used.
pub async fn touch_token(tx: &mut Tx, hash: &str, now: &str) -> Result<()> {
    tx.run("UPDATE api_token SET used_at = $2 WHERE hash = $1", args![hash, now]).await?;
    Ok(())
}

/// Keeps an API token.
pub async fn insert_token(tx: &mut Tx, row: &TokenRow, hash: &str, account: &AccountId) -> Result<()> {
    tx.run(
        "INSERT INTO api_token (id, hash, account_id, name, role, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![&row.id, hash, account, &row.name, &row.role, &row.created_at, &row.expires_at],
    )
    .await?;
    Ok(())
}

fn token_row(row: &Row) -> Result<TokenRow> {
    Ok(TokenRow {
        id: row.get("id")?,
        name: row.get("name")?,
        role: row.get("role")?,
        created_at: row.get("created_at")?,
        expires_at: row.get("expires_at")?,
        used_at: row.get("used_at")?,
    })
}

/// The tokens of an account, newest first.
pub async fn tokens(tx: &mut Tx, account: &AccountId) -> Result<Vec<TokenRow>> {
    let sql = "SELECT * FROM api_token WHERE account_id = $1 ORDER BY created_at DESC, id DESC";
    tx.all(sql, args![account]).await?.iter().map(token_row).collect()
}

/// Every token with its owner.
pub async fn all_tokens(tx: &mut Tx) -> Result<Vec<(AccountId, TokenRow)>> {
    let sql = "SELECT * FROM api_token ORDER BY account_id, created_at DESC, id DESC";
    tx.all(sql, &[]).await?.iter().map(|row| Ok((row.get("account_id")?, token_row(row)?))).collect()
}

/// Revokes one token of an account; gives how many there were.
pub async fn delete_token(tx: &mut Tx, account: &AccountId, id: &TokenId) -> Result<u64> {
    tx.run("DELETE FROM api_token WHERE account_id = $1 AND id = $2", args![account, id]).await
}

/// The account a token belongs to.
pub async fn token_owner(tx: &mut Tx, id: &TokenId) -> Result<AccountId> {
    tx.one("SELECT account_id FROM api_token WHERE id = $1", args![id]).await?.get("account_id")
}

/// Revokes every token of an account.
pub async fn delete_tokens(tx: &mut Tx, account: &AccountId) -> Result<u64> {
    tx.run("DELETE FROM api_token WHERE account_id = $1", args![account]).await
}

/// Keeps a sign-in link.
pub async fn insert_link(tx: &mut Tx, hash: &str, account: &AccountId, expires: &str, single_use: bool) -> Result<()> {
    tx.run("INSERT INTO sign_in_link (hash, account_id, expires_at, single_use) VALUES ($1, $2, $3, $4)", args![hash, account, expires, single_use])
        .await?;
    Ok(())
}

/// What a living sign-in link opens: the account, and whether the link is for single use.
pub async fn peek_link(tx: &mut Tx, hash: &str, now: &str) -> Result<Option<(AccountId, bool)>> {
    tx.maybe(
        "SELECT l.account_id, l.single_use FROM sign_in_link l JOIN account a ON a.id = l.account_id AND a.active = 1
         WHERE l.hash = $1 AND l.expires_at > $2",
        args![hash, now],
    )
    .await?
    .map(|row| Ok((row.get("account_id")?, row.get("single_use")?)))
    .transpose()
}

/// Ends every link of an account.
pub async fn delete_links(tx: &mut Tx, account: &AccountId) -> Result<u64> {
    tx.run("DELETE FROM sign_in_link WHERE account_id = $1", args![account]).await
}

/// The account of a living sign-in link; a link for single use is used up.
pub async fn take_link(tx: &mut Tx, hash: &str, now: &str) -> Result<Option<(AccountId, bool)>> {
    let found = peek_link(tx, hash, now).await?;
    // Two who use it at once: only the one whose deletion touched the row goes on.
    if matches!(found, Some((_, true))) && tx.run("DELETE FROM sign_in_link WHERE hash = $1", args![hash]).await? == 0 {
        return Ok(None);
    }
    Ok(found)
}

/// How often the tries under `key` failed, if that still counts at `now`.
pub async fn failures(tx: &mut Tx, key: &str, now: &str) -> Result<i64> {
    let row = tx.maybe("SELECT failures FROM sign_in_try WHERE key = $1 AND until > $2", args![key, now]).await?;
    row.map_or(Ok(0), |row| row.get("failures"))
}

/// Counts one more failed try under `key`; all are forgotten at `until`. What is over is removed, so the table stays small.
pub async fn add_failure(tx: &mut Tx, key: &str, now: &str, until: &str) -> Result<()> {
    tx.run("DELETE FROM sign_in_try WHERE until <= $1", args![now]).await?;
    tx.run(
        "INSERT INTO sign_in_try (key, failures, until) VALUES ($1, 1, $2)
         ON CONFLICT (key) DO UPDATE SET failures = sign_in_try.failures + 1",
        args![key, until],
    )
    .await?;
    Ok(())
}

/// Forgets the failed tries under `key`.
pub async fn forget_failures(tx: &mut Tx, key: &str) -> Result<()> {
    tx.run("DELETE FROM sign_in_try WHERE key = $1", args![key]).await?;
    Ok(())
}

/// A sign-in under way at a provider.
pub struct OidcState {
    /// SHA-256 of the secret kept in the browser that began.
    pub browser: String,
    /// What the token must repeat.
    pub nonce: String,
    /// The PKCE verifier.
    pub verifier: String,
    /// Where to go afterwards.
    pub back: String,
}

/// Keeps a sign-in under way; what is over is removed.
pub async fn insert_oidc_state(tx: &mut Tx, hash: &str, state: &OidcState, now: &str, expires: &str) -> Result<()> {
    tx.run("DELETE FROM oidc_state WHERE expires_at <= $1", args![now]).await?;
    tx.run(
        "INSERT INTO oidc_state (hash, browser, nonce, verifier, back, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
        args![hash, &state.browser, &state.nonce, &state.verifier, &state.back, expires],
    )
    .await?;
    Ok(())
}

/// Takes a sign-in under way: it can be taken once.
pub async fn take_oidc_state(tx: &mut Tx, hash: &str, now: &str) -> Result<Option<OidcState>> {
    tx.maybe("DELETE FROM oidc_state WHERE hash = $1 AND expires_at > $2 RETURNING browser, nonce, verifier, back", args![hash, now])
        .await?
        .map(|row| Ok(OidcState { browser: row.get("browser")?, nonce: row.get("nonce")?, verifier: row.get("verifier")?, back: row.get("back")? }))
        .transpose()
}

/// The active account matched with this subject of the provider.
pub async fn account_by_subject(tx: &mut Tx, subject: &str) -> Result<Option<AccountId>> {
    tx.maybe("SELECT id FROM account WHERE oidc_subject = $1 AND active = 1", args![subject]).await?.map(|row| row.get("id")).transpose()
}

/// Matches an account with a subject, if it has none yet; gives how many rows that touched.
pub async fn set_subject(tx: &mut Tx, account: &AccountId, subject: &str) -> Result<u64> {
    tx.run("UPDATE account SET oidc_subject = $2 WHERE id = $1 AND oidc_subject IS NULL", args![account, subject]).await
}
