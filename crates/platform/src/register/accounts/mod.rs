//! Accounts of people, seen with the tree of organisations: who may make, change and invite whom.
//!
//! The rows are `access`'s; this part lies here because only the register knows the tree. An administrator of a part of the
//! tree reaches the accounts that hold something in that part, and changes only those that hold nothing outside it: whoever
//! could invite an account again could act as it.

pub mod api;
pub mod audit;
pub mod pages;

#[cfg(test)]
mod tests;

use crate::access::actions as access;
use crate::access::store::{self as accounts, AccountRow, HeldRoleId};
use crate::base::actor::{AccountId, Role, Scope, Verb};
use crate::base::area::{Need, Route};
use crate::base::error::{Error, Result};
use crate::base::work::Work;
use crate::register::organisation::Organisation;
use crate::register::store;

/// The addresses of accounts and of the audit log; their rights are those of area `access`.
pub fn routes() -> Vec<Route> {
    const MANAGE: Need = Need::MayIn("access", Verb::Manage);
    const READ: Need = Need::MayIn("access", Verb::Read);
    vec![
        Route::page("/access/accounts", MANAGE, pages::list),
        Route::page("/access/accounts/new", MANAGE, pages::new),
        Route::form("/access/accounts/new", MANAGE, pages::new_sent),
        Route::page("/access/accounts/{account}", MANAGE, pages::one),
        Route::form("/access/accounts/{account}/roles", MANAGE, pages::give),
        Route::form("/access/accounts/{account}/roles/{held_role}/take", MANAGE, pages::take),
        Route::form("/access/accounts/{account}/link", MANAGE, pages::link),
        Route::form("/access/accounts/{account}/deactivate", MANAGE, pages::deactivate),
        Route::form("/access/accounts/{account}/activate", MANAGE, pages::activate),
        Route::page("/access/audit", READ, audit::page).query(&["area", "text", "from", "to", "before", "verify"]),
        Route::api("/api/v1/access/accounts", MANAGE, "List accounts with their roles", api::list).gives::<Vec<AccountRow>>(),
        Route::api_post("/api/v1/access/accounts", MANAGE, "Add an account with its first role, and make its invitation", api::add)
            .takes::<NewAccount>()
            .gives::<api::Invited>(),
        Route::api_post("/api/v1/access/accounts/{account}/roles", MANAGE, "Give a role in an organisation", api::give)
            .takes::<NewRole>()
            .gives::<AccountRow>(),
        Route::api_post("/api/v1/access/accounts/{account}/roles/{held_role}/take", MANAGE, "Take a role away", api::take).gives::<AccountRow>(),
        Route::api_post("/api/v1/access/accounts/{account}/link", MANAGE, "Make a new invitation", api::link).gives::<api::Invited>(),
        Route::api_post("/api/v1/access/accounts/{account}/deactivate", MANAGE, "Stop an account from signing in", api::deactivate)
            .gives::<AccountRow>(),
        Route::api_post("/api/v1/access/accounts/{account}/activate", MANAGE, "Let an account sign in again", api::activate).gives::<AccountRow>(),
        Route::api("/api/v1/access/audit", READ, "Lines of the audit log within reach, newest first", api::audit)
            .gives::<Vec<crate::base::audit::Line>>()
            .query(&["area", "text", "from", "to", "before"]),
    ]
}

/// What a new account is made from.
#[derive(Clone, Debug, Default, serde::Deserialize, schemars::JsonSchema)]
pub struct NewAccount {
    /// The person's name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// The role they begin with: `administrator`, `evaluator`, `ciso`, `advisor`, `auditor`, `system-manager`, `respondent`.
    pub role: String,
    /// The code of the organisation they hold it in.
    pub organisation: String,
}

/// A role to give.
#[derive(Clone, Debug, Default, serde::Deserialize, schemars::JsonSchema)]
pub struct NewRole {
    /// The role.
    pub role: String,
    /// The code of the organisation to hold it in.
    pub organisation: String,
}

/// The role and the organisation that `new` names, if the actor may give it there.
async fn what(work: &mut Work, new: &NewRole) -> Result<(Role, Organisation)> {
    let scope = work.scope("access", Verb::Manage)?;
    let role = Role::parse(&new.role).ok_or_else(|| Error::invalid("role", "error-not-a-choice"))?;
    match store::organisation_by_code(&mut work.tx, &scope, &new.organisation).await {
        Ok(organisation) => Ok((role, organisation)),
        Err(Error::NotFound) => Err(Error::invalid("organisation", "error-not-a-choice")),
        Err(error) => Err(error),
    }
}

/// Whether everything `account` holds lies within `scope`, and whether anything does.
fn within(account: &AccountRow, scope: &Scope) -> (bool, bool) {
    let all = account.roles.iter().all(|held| scope.holds(&held.path));
    let any = account.roles.is_empty() || account.roles.iter().any(|held| scope.holds(&held.path));
    (all, any)
}

/// An account within the actor's reach.
pub async fn see(work: &mut Work, id: &AccountId) -> Result<AccountRow> {
    let scope = work.scope("access", Verb::Manage)?;
    let account = accounts::account(&mut work.tx, id).await?;
    if within(&account, &scope).1 { Ok(account) } else { Err(Error::NotFound) }
}

/// An account that the actor may change as a whole: it holds nothing outside the actor's reach.
async fn change(work: &mut Work, id: &AccountId) -> Result<AccountRow> {
    let account = see(work, id).await?;
    let scope = work.scope("access", Verb::Manage)?;
    if within(&account, &scope).0 { Ok(account) } else { Err(Error::Forbidden) }
}

/// Makes an account with its first role; gives it and an invitation, the secret of a link for single use.
pub async fn add(work: &mut Work, new: &NewAccount) -> Result<(AccountId, String)> {
    let first = NewRole { role: new.role.clone(), organisation: new.organisation.clone() };
    let (role, organisation) = what(work, &first).await?;
    let id = access::add_account(work, &new.name, &new.email, None).await?;
    access::give_role(work, &id, role, &organisation.id, &organisation.path).await?;
    let link = invite(work, &id).await?;
    Ok((id, link))
}

/// Makes an invitation: a link for single use, with which the person signs in and chooses a password. Earlier ones end.
pub async fn invite(work: &mut Work, id: &AccountId) -> Result<String> {
    let account = change(work, id).await?;
    if !account.active {
        return Err(Error::Conflict("access-error-inactive"));
    }
    accounts::delete_links(&mut work.tx, id).await?;
    let expires = work.now + access::INVITATION;
    access::make_link(work, id, expires, true).await
}

/// Gives a role. Where it reaches beyond what the account held, whoever invited it before could act there too, with a password
/// they chose or a session they kept: all that ends, and the person is invited again. `true`: it did.
pub async fn give(work: &mut Work, id: &AccountId, new: &NewRole) -> Result<bool> {
    let account = see(work, id).await?;
    let (role, organisation) = what(work, new).await?;
    let beyond = !account.roles.iter().any(|held| organisation.path.starts_with(&held.path));
    // Who may not change the account as a whole gives only what is their own to give.
    let renew = beyond && within(&account, &work.scope("access", Verb::Manage)?).0;
    access::give_role(work, id, role, &organisation.id, &organisation.path).await?;
    if renew {
        access::renew(work, id).await?;
    }
    Ok(renew)
}

/// Takes a role away that lies within the actor's reach.
pub async fn take(work: &mut Work, id: &AccountId, held: &HeldRoleId) -> Result<()> {
    let account = see(work, id).await?;
    let scope = work.scope("access", Verb::Manage)?;
    let role = account.roles.iter().find(|role| role.id == *held).ok_or(Error::NotFound)?;
    if !scope.holds(&role.path) {
        return Err(Error::NotFound);
    }
    access::take_role(work, id, held).await
}

/// Lets an account sign in again, or no longer.
pub async fn set_active(work: &mut Work, id: &AccountId, active: bool) -> Result<()> {
    let account = change(work, id).await?;
    if !active && work.actor.account.as_ref() == Some(&account.id) {
        return Err(Error::Conflict("access-error-oneself"));
    }
    access::set_active(work, id, active).await
}
