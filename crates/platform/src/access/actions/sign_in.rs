//! Signing in and out: password with a bound on tries, links, and what every way ends in, a fresh session.

use jiff::SignedDuration;
use serde_json::json;

use crate::access::store::{self, SessionId};
use crate::base::actor::AccountId;
use crate::base::audit::sha256;
use crate::base::config::App;
use crate::base::dates::stamp;
use crate::base::error::{Error, Result};
use crate::base::work::Work;

/// How long a session lasts: a working day.
const SESSION: SignedDuration = SignedDuration::from_hours(12);
/// How long failed tries count.
pub const TRIES_COUNT_FOR: SignedDuration = SignedDuration::from_mins(15);
/// Failed tries for one account from one address.
pub const TRIES_PER_ACCOUNT: i64 = 10;
/// Failed tries from one address for whatever accounts; many people may share an address.
pub const TRIES_PER_ADDRESS: i64 = 100;
/// Failed tries for one account from wherever: who has many addresses guesses no more often (NIST SP 800-63B-4 §3.2.2 asks for
/// at most 100). Somebody may keep a person out so, for a quarter of an hour; links and single sign-on stay open to them.
pub const TRIES_FROM_ANYWHERE: i64 = 100;

/// Begins a session and gives its secret for the cookie. It is always a fresh secret: one planted before is worth nothing.
pub async fn begin_session(work: &mut Work, account: &AccountId, how: &str) -> Result<String> {
    let secret = work.secret();
    let id: SessionId = work.id();
    let (now, expires) = (work.stamp(), stamp(work.now + SESSION));
    store::insert_session(&mut work.tx, &id, &sha256(secret.as_bytes()), account, how, &now, &expires).await?;
    work.audit("", "access", "session.begin", account.as_str(), json!({ "how": how })).await?;
    Ok(secret)
}

/// What a try to sign in showed, before anything is written.
pub struct Proof {
    account: Option<AccountId>,
    fits: bool,
    keys: [(String, i64); 3],
}

/// How a try to sign in ended. The caller commits whatever it is: failures are counted.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Signed in; the session's secret.
    In(String),
    /// Address or password is wrong; which one, nobody learns.
    Wrong,
    /// Too many tries; come back later.
    TooMany,
}

/// Looks at address and password without writing: the slow part, outside any transaction. `from` is the remote address.
pub async fn prove(app: &App, email: &str, secret: &str, from: &str) -> Result<Proof> {
    let email = email.trim().to_lowercase();
    let keys = [
        (sha256(format!("account\n{email}\n{from}").as_bytes()), TRIES_PER_ACCOUNT),
        (sha256(format!("address\n{from}").as_bytes()), TRIES_PER_ADDRESS),
        (sha256(format!("anywhere\n{email}").as_bytes()), TRIES_FROM_ANYWHERE),
    ];
    let now = stamp(app.clock.now());
    let mut tx = app.db.read().await?;
    for (key, limit) in &keys {
        if store::failures(&mut tx, key, &now).await? >= *limit {
            return Ok(Proof { account: None, fits: false, keys });
        }
    }
    let found = store::by_email(&mut tx, &email).await?;
    drop(tx);
    let (account, hashed) = found.map_or((None, None), |(account, hashed)| (Some(account), hashed));
    let fits = super::verify_slowly(secret.to_owned(), hashed).await?;
    Ok(Proof { account, fits, keys })
}

/// Signs in by what [`prove`] showed. `before` is the session the browser came with, which ends.
pub async fn sign_in(work: &mut Work, proof: Proof, before: Option<&str>) -> Result<Outcome> {
    let now = work.stamp();
    // Counted again inside the transaction: tries sent side by side must not slip through together.
    for (key, limit) in &proof.keys {
        if store::failures(&mut work.tx, key, &now).await? >= *limit {
            work.audit("", "access", "session.too-many", proof.account.as_ref().map_or("", AccountId::as_str), json!({})).await?;
            return Ok(Outcome::TooMany);
        }
    }
    match proof.account {
        Some(account) if proof.fits => {
            // Not those of the address: who has one account of their own would guess at others for ever.
            let [(here, _), _, (anywhere, _)] = &proof.keys;
            store::forget_failures(&mut work.tx, here).await?;
            store::forget_failures(&mut work.tx, anywhere).await?;
            if let Some(before) = before {
                store::delete_session(&mut work.tx, &sha256(before.as_bytes())).await?;
            }
            begin_session(work, &account, "password").await.map(Outcome::In)
        }
        account => {
            count_failure(work, &proof.keys).await?;
            // What was typed is not written down: it may be a password in the wrong field.
            work.audit("", "access", "session.refuse", account.as_ref().map_or("", AccountId::as_str), json!({})).await?;
            Ok(Outcome::Wrong)
        }
    }
}

async fn count_failure(work: &mut Work, keys: &[(String, i64)]) -> Result<()> {
    let (now, until) = (work.stamp(), stamp(work.now + TRIES_COUNT_FOR));
    for (key, _) in keys {
        store::add_failure(&mut work.tx, key, &now, &until).await?;
    }
    Ok(())
}

/// Changes the actor's own password: `proof` is of the present one, `hashed` the new one, `keep` the hash of this session.
/// The caller commits even when it answers `false`: the failure is counted.
pub async fn change_password(work: &mut Work, proof: Proof, hashed: &str, keep: &str) -> Result<bool> {
    let account = work.actor.account.clone().ok_or(Error::NotFound)?;
    let has_one = store::account(&mut work.tx, &account).await?.has_password;
    if has_one && !(proof.fits && proof.account.as_ref() == Some(&account)) {
        count_failure(work, &proof.keys).await?;
        work.audit("", "access", "password.refuse", account.as_str(), json!({})).await?;
        return Ok(false);
    }
    super::set_password(work, &account, hashed, keep).await?;
    Ok(true)
}

/// Signs in by a link and, where the account has none yet, with a first password, already hashed.
pub async fn accept_invitation(work: &mut Work, secret: &str, hashed: Option<&str>) -> Result<String> {
    let now = work.stamp();
    let found = store::peek_link(&mut work.tx, &sha256(secret.as_bytes()), &now).await?;
    let (account, _) = found.ok_or_else(|| Error::invalid("", "access-error-link"))?;
    if let Some(hashed) = hashed {
        super::set_password(work, &account, hashed, "").await?;
    }
    sign_in_by_link(work, secret).await
}

/// Signs in by a link. A link for single use is used up; another one works only while the example is shown.
pub async fn sign_in_by_link(work: &mut Work, secret: &str) -> Result<String> {
    let now = work.stamp();
    let found = store::take_link(&mut work.tx, &sha256(secret.as_bytes()), &now).await?;
    let (account, single_use) = found.ok_or_else(|| Error::invalid("", "access-error-link"))?;
    if !single_use && !work.app().config.example {
        return Err(Error::invalid("", "access-error-link"));
    }
    begin_session(work, &account, "link").await
}

/// Signs out.
pub async fn sign_out(work: &mut Work, secret: &str) -> Result<()> {
    store::delete_session(&mut work.tx, &sha256(secret.as_bytes())).await?;
    let subject = work.actor.account.as_ref().map(ToString::to_string).unwrap_or_default();
    work.audit("", "access", "session.end", &subject, json!({})).await
}
