//! Making accounts, giving roles, signing in and out.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{password, store};
use crate::base::actor::{AccountId, OrganisationId, Role};
use crate::base::audit::sha256;
use crate::base::dates::stamp;
use crate::base::error::{Error, Result};
use crate::base::work::Work;

/// How long a session lasts: a working day.
const SESSION: SignedDuration = SignedDuration::from_hours(12);

/// Makes an account. The address is kept in lower case; one address, one account.
pub async fn add_account(work: &mut Work, name: &str, email: &str, secret: Option<&str>) -> Result<AccountId> {
    let (name, email) = (name.trim(), email.trim().to_lowercase());
    if name.is_empty() {
        return Err(Error::invalid("name", "error-required"));
    }
    if !email.contains('@') {
        return Err(Error::invalid("email", "access-error-email"));
    }
    if secret.is_some_and(|secret| secret.chars().count() < password::SHORTEST) {
        return Err(Error::invalid_with("password", "access-error-password-short", vec![("count", password::SHORTEST.to_string())]));
    }
    let hashed = secret.map(|secret| password::hash(secret, work.app().entropy.bytes())).transpose()?;
    let id: AccountId = work.id();
    let now = work.stamp();
    store::insert_account(&mut work.tx, &id, name, &email, hashed.as_deref(), &now).await?;
    work.audit("", "access", "account.add", id.as_str(), json!({ "name": name, "email": email })).await?;
    Ok(id)
}

/// Gives a role in the organisation at `path`.
pub async fn give_role(work: &mut Work, account: &AccountId, role: Role, organisation: &OrganisationId, path: &str) -> Result<()> {
    let id = work.id::<Role>().to_string();
    store::insert_role(&mut work.tx, &id, account, role, organisation, path).await?;
    work.audit(organisation.as_str(), "access", "role.give", account.as_str(), json!({ "role": role.as_str() })).await
}

/// Makes a link that signs `account` in until `expires`; gives the secret, which is stored only as a hash.
pub async fn make_link(work: &mut Work, account: &AccountId, expires: Timestamp, single_use: bool) -> Result<String> {
    let secret = work.secret();
    store::insert_link(&mut work.tx, &sha256(secret.as_bytes()), account, &stamp(expires), single_use).await?;
    work.audit("", "access", "link.make", account.as_str(), json!({ "expires": stamp(expires), "single_use": single_use })).await?;
    Ok(secret)
}

/// Begins a session and gives its secret for the cookie.
async fn begin_session(work: &mut Work, account: &AccountId, how: &str) -> Result<String> {
    let secret = work.secret();
    let (now, expires) = (work.stamp(), stamp(work.now + SESSION));
    store::insert_session(&mut work.tx, &sha256(secret.as_bytes()), account, &now, &expires).await?;
    work.audit("", "access", "session.begin", account.as_str(), json!({ "how": how })).await?;
    Ok(secret)
}

/// Signs in by address and password.
pub async fn sign_in(work: &mut Work, email: &str, secret: &str) -> Result<String> {
    let found = store::by_email(&mut work.tx, &email.trim().to_lowercase()).await?;
    let fits = password::verify(secret, found.as_ref().and_then(|(_, hashed)| hashed.as_deref()))?;
    match found {
        Some((account, _)) if fits => begin_session(work, &account, "password").await,
        _ => Err(Error::invalid("", "access-error-sign-in")),
    }
}

/// Signs in by a link.
pub async fn sign_in_by_link(work: &mut Work, secret: &str) -> Result<String> {
    let now = work.stamp();
    let account = store::take_link(&mut work.tx, &sha256(secret.as_bytes()), &now).await?;
    let account = account.ok_or_else(|| Error::invalid("", "access-error-link"))?;
    begin_session(work, &account, "link").await
}

/// Signs out.
pub async fn sign_out(work: &mut Work, secret: &str) -> Result<()> {
    store::delete_session(&mut work.tx, &sha256(secret.as_bytes())).await?;
    let subject = work.actor.account.as_ref().map(ToString::to_string).unwrap_or_default();
    work.audit("", "access", "session.end", &subject, json!({})).await
}
