//! Making accounts, giving roles, links and API tokens. Signing in and out is in `sign_in`.
//!
//! Who may make or change an account depends on the tree of organisations, which lies above this area: callers have
//! authorised (`register::accounts`, the command line). What people do with their own account is authorised here.

mod sign_in;
mod slowly;

pub use sign_in::*;
pub use slowly::{hash_slowly, verify_slowly};

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::password;
use super::store::{self, HeldRoleId, SessionId, TokenId, TokenRow};
use crate::base::actor::{AccountId, OrganisationId, Role};
use crate::base::audit::sha256;
use crate::base::config::App;
use crate::base::dates::stamp;
use crate::base::error::{Error, Field, Result};
use crate::base::lang::Lang;
use crate::base::work::Work;

/// What an API token begins with, so that people and scanners for leaked secrets recognise it.
pub const TOKEN_PREFIX: &str = "hin_";
/// The longest life of an API token in days.
pub const TOKEN_DAYS: i64 = 366;
/// How long an invitation can be used.
pub const INVITATION: SignedDuration = SignedDuration::from_hours(24 * 7);

/// Makes an account. The address is kept in lower case; one address, one account.
pub async fn add_account(work: &mut Work, name: &str, email: &str, secret: Option<&str>) -> Result<AccountId> {
    let (name, email) = (name.trim(), email.trim().to_lowercase());
    let mut wrong = Vec::new();
    if name.is_empty() {
        wrong.push(Field { name: "name".into(), text: "error-required", values: Vec::new() });
    } else if name.chars().count() > 200 {
        wrong.push(Field { name: "name".into(), text: "error-too-long", values: vec![("limit", "200".into())] });
    }
    if !is_email(&email) {
        wrong.push(Field { name: "email".into(), text: "access-error-email", values: Vec::new() });
    }
    if secret.is_some_and(|secret| secret.chars().count() < password::SHORTEST) {
        wrong.push(Field { name: "password".into(), text: "access-error-password-short", values: vec![("count", password::SHORTEST.to_string())] });
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let hashed = secret.map(|secret| password::hash(secret, work.app().entropy.bytes())).transpose()?;
    let id: AccountId = work.id();
    let now = work.stamp();
    store::insert_account(&mut work.tx, &id, name, &email, hashed.as_deref(), &now).await?;
    work.audit("", "access", "account.add", id.as_str(), json!({ "name": name, "email": email })).await?;
    Ok(id)
}

/// An address with something on both sides of one `@`, without spaces; whether it can be reached, only mail tells.
fn is_email(email: &str) -> bool {
    let parts: Vec<&str> = email.split('@').collect();
    email.len() <= 254
        && !email.chars().any(|letter| letter.is_whitespace() || letter.is_control())
        && matches!(parts[..], [user, host] if !user.is_empty() && !host.is_empty())
}

/// Gives a role in the organisation at `path`.
pub async fn give_role(work: &mut Work, account: &AccountId, role: Role, organisation: &OrganisationId, path: &str) -> Result<()> {
    let id = work.id::<Role>().to_string();
    store::insert_role(&mut work.tx, &id, account, role, organisation, path).await?;
    work.audit(organisation.as_str(), "access", "role.give", account.as_str(), json!({ "role": role.as_str() })).await
}

/// Sets the language one wants one's own mail in; none: both.
pub async fn set_lang(work: &mut Work, lang: Option<Lang>) -> Result<()> {
    let id = work.actor.account.clone().ok_or(Error::NotFound)?;
    let spelled = lang.map(Lang::as_str);
    store::set_lang(&mut work.tx, &id, spelled).await?;
    work.audit("", "access", "account.language", id.as_str(), json!({ "lang": spelled })).await
}

/// Ends every way in that an account has: password, sessions, tokens and links. Single sign-on stays, because the provider vouches.
pub async fn renew(work: &mut Work, account: &AccountId) -> Result<()> {
    store::forget_password(&mut work.tx, account).await?;
    store::delete_sessions(&mut work.tx, account, "").await?;
    store::delete_tokens(&mut work.tx, account).await?;
    store::delete_links(&mut work.tx, account).await?;
    work.audit("", "access", "account.renew", account.as_str(), json!({})).await
}

/// Takes a role away. The last administrator stays, or nobody could give roles any more.
pub async fn take_role(work: &mut Work, account: &AccountId, held: &HeldRoleId) -> Result<()> {
    let row = store::account(&mut work.tx, account).await?;
    let role = row.roles.into_iter().find(|role| role.id == *held).ok_or(Error::NotFound)?;
    store::delete_role(&mut work.tx, held).await?;
    keep_an_administrator(work).await?;
    work.audit(role.organisation_id.as_str(), "access", "role.take", account.as_str(), json!({ "role": role.role })).await
}

/// Lets an account sign in again, or no longer: then its sessions, tokens and links end at once.
pub async fn set_active(work: &mut Work, account: &AccountId, active: bool) -> Result<()> {
    store::set_active(&mut work.tx, account, active).await?;
    if !active {
        store::delete_sessions(&mut work.tx, account, "").await?;
        store::delete_tokens(&mut work.tx, account).await?;
        store::delete_links(&mut work.tx, account).await?;
        keep_an_administrator(work).await?;
    }
    let verb = if active { "account.activate" } else { "account.deactivate" };
    work.audit("", "access", verb, account.as_str(), json!({})).await
}

async fn keep_an_administrator(work: &mut Work) -> Result<()> {
    if store::anybody_has(&mut work.tx, Role::Administrator).await? {
        return Ok(());
    }
    // The operator of the machine can always make a new one.
    if work.actor.operator { Ok(()) } else { Err(Error::Conflict("access-error-last-administrator")) }
}

/// Makes a link that signs `account` in until `expires`; gives the secret, which is stored only as a hash.
///
/// A link that is not for single use works only while the installation shows its example.
pub async fn make_link(work: &mut Work, account: &AccountId, expires: Timestamp, single_use: bool) -> Result<String> {
    let secret = work.secret();
    store::insert_link(&mut work.tx, &sha256(secret.as_bytes()), account, &stamp(expires), single_use).await?;
    work.audit("", "access", "link.make", account.as_str(), json!({ "expires": stamp(expires), "single_use": single_use })).await?;
    Ok(secret)
}

/// The address of a link.
pub fn link_url(app: &App, secret: &str) -> String {
    format!("{}/sign-in/link/{secret}", app.config.public_url.trim_end_matches('/'))
}

/// Makes an API token that acts as `account` with one of its roles for `days`; gives its id and the secret, shown once.
pub async fn make_token(work: &mut Work, account: &AccountId, name: &str, role: Role, days: i64) -> Result<(TokenId, String)> {
    let held = store::account(&mut work.tx, account).await?.roles;
    let name = name.trim();
    let mut wrong = Vec::new();
    if name.is_empty() {
        wrong.push(Field { name: "name".into(), text: "error-required", values: Vec::new() });
    } else if name.chars().count() > 100 {
        wrong.push(Field { name: "name".into(), text: "error-too-long", values: vec![("limit", "100".into())] });
    }
    if !held.iter().any(|held| held.role == role.as_str()) {
        wrong.push(Field { name: "role".into(), text: "access-error-role-not-held", values: Vec::new() });
    }
    if !(1..=TOKEN_DAYS).contains(&days) {
        wrong.push(Field { name: "days".into(), text: "access-error-days", values: vec![("limit", TOKEN_DAYS.to_string())] });
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let secret = format!("{TOKEN_PREFIX}{}", work.secret());
    let row = TokenRow {
        id: work.id(),
        name: name.to_owned(),
        role: role.as_str().to_owned(),
        created_at: work.stamp(),
        expires_at: stamp(work.now + SignedDuration::from_hours(24 * days)),
        used_at: None,
    };
    store::insert_token(&mut work.tx, &row, &sha256(secret.as_bytes()), account).await?;
    work.audit("", "access", "token.make", row.id.as_str(), json!({ "account": account, "name": name, "role": row.role, "expires": row.expires_at }))
        .await?;
    Ok((row.id, secret))
}

/// Revokes a token of an account.
pub async fn revoke_token(work: &mut Work, account: &AccountId, token: &TokenId) -> Result<()> {
    if store::delete_token(&mut work.tx, account, token).await? == 0 {
        return Err(Error::NotFound);
    }
    work.audit("", "access", "token.revoke", token.as_str(), json!({ "account": account })).await
}

/// Ends one session of the actor.
pub async fn end_session(work: &mut Work, session: &SessionId) -> Result<()> {
    let account = work.actor.account.clone().ok_or(Error::NotFound)?;
    if store::delete_session_of(&mut work.tx, &account, session).await? == 0 {
        return Err(Error::NotFound);
    }
    work.audit("", "access", "session.end", account.as_str(), json!({ "session": session })).await
}

/// Ends every session of the actor: sign-out everywhere.
pub async fn end_sessions(work: &mut Work) -> Result<()> {
    let account = work.actor.account.clone().ok_or(Error::NotFound)?;
    let ended = store::delete_sessions(&mut work.tx, &account, "").await?;
    work.audit("", "access", "session.end-all", account.as_str(), json!({ "ended": ended })).await
}

/// Gives an account a new password, already hashed; every session but the one with hash `keep` ends.
pub async fn set_password(work: &mut Work, account: &AccountId, hashed: &str, keep: &str) -> Result<()> {
    store::set_password(&mut work.tx, account, hashed).await?;
    store::delete_sessions(&mut work.tx, account, keep).await?;
    work.audit("", "access", "password.change", account.as_str(), json!({})).await
}
