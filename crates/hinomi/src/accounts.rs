//! `hinomi accounts`: people who may sign in, from the command line; the first administrator is made here or at set-up.

use clap::{Arg, ArgMatches, Command};
use platform::access::actions::link_url;
use platform::access::store::{self as accounts, AccountRow};
use platform::base::actor::{Role, Scope};
use platform::base::area::CliCx;
use platform::base::error::Result;
use platform::register::accounts::{self as people, NewAccount, NewRole};
use platform::register::store as register;
use serde_json::json;

fn need(name: &'static str, value: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).required(true)
}

fn roles() -> Arg {
    need("role", "ROLE").value_parser(Role::ALL.map(Role::as_str).to_vec())
}

/// Its arguments.
pub fn command() -> Command {
    let email = || Arg::new("email").value_name("EMAIL").required(true);
    Command::new("accounts")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(Command::new("add").arg(email()).arg(need("name", "NAME")).arg(roles()).arg(need("organisation", "CODE")))
        .subcommand(Command::new("list"))
        .subcommand(
            Command::new("role")
                .arg(email())
                .arg(roles())
                .arg(need("organisation", "CODE"))
                .arg(Arg::new("take").long("take").action(clap::ArgAction::SetTrue)),
        )
        .subcommand(Command::new("link").arg(email()))
        .subcommand(Command::new("deactivate").arg(email()))
        .subcommand(Command::new("activate").arg(email()))
}

fn text(arguments: &ArgMatches, name: &str) -> String {
    arguments.get_one::<String>(name).cloned().unwrap_or_default()
}

/// Runs it.
pub async fn run(cx: CliCx, arguments: &ArgMatches) -> Result<u8> {
    match arguments.subcommand() {
        Some(("add", arguments)) => {
            let new = NewAccount {
                name: text(arguments, "name"),
                email: text(arguments, "email"),
                role: text(arguments, "role"),
                organisation: text(arguments, "organisation"),
            };
            let mut work = cx.work().await?;
            let (id, secret) = people::add(&mut work, &new).await?;
            work.commit().await?;
            let link = link_url(&cx.app, &secret);
            cx.print(&json!({ "id": id, "link": link }), || cx.tv("accounts-added", &[("email", new.email.clone()), ("link", link.clone())]))?;
        }
        Some(("list", _)) => {
            let mut tx = cx.app.db.read().await?;
            let rows = accounts::accounts(&mut tx, &Scope::Everything).await?;
            let organisations = register::organisations(&mut tx, &Scope::Everything).await?;
            let line = |row: &AccountRow| {
                let held: Vec<String> = row
                    .roles
                    .iter()
                    .map(|held| {
                        let code = organisations.iter().find(|one| one.id == held.organisation_id).map_or("?", |one| one.code.as_str());
                        format!("{}@{code}", held.role)
                    })
                    .collect();
                let state = cx.t(if row.active { "access-active" } else { "access-inactive" });
                format!("{}\t{}\t{state}\t{}", row.email, row.name, held.join(" "))
            };
            cx.print(&rows, || rows.iter().map(line).collect::<Vec<_>>().join("\n"))?;
        }
        Some(("role", arguments)) => {
            let new = NewRole { role: text(arguments, "role"), organisation: text(arguments, "organisation") };
            let mut work = cx.work().await?;
            let account = accounts::account_by_email(&mut work.tx, &text(arguments, "email")).await?;
            let mut renewed = false;
            if arguments.get_flag("take") {
                let organisation = register::organisation_by_code(&mut work.tx, &Scope::Everything, &new.organisation).await?;
                let held = account.roles.iter().find(|held| held.role == new.role && held.organisation_id == organisation.id);
                let held = held.ok_or(platform::base::error::Error::NotFound)?;
                people::take(&mut work, &account.id, &held.id).await?;
            } else {
                renewed = people::give(&mut work, &account.id, &new).await?;
            }
            let after = accounts::account(&mut work.tx, &account.id).await?;
            work.commit().await?;
            cx.print(&after, || cx.t(if renewed { "done-role-given-renewed" } else { "accounts-changed" }))?;
        }
        Some(("link", arguments)) => {
            let mut work = cx.work().await?;
            let account = accounts::account_by_email(&mut work.tx, &text(arguments, "email")).await?;
            let secret = people::invite(&mut work, &account.id).await?;
            work.commit().await?;
            let link = link_url(&cx.app, &secret);
            cx.print(&json!({ "link": link }), || link.clone())?;
        }
        Some((verb, arguments)) => {
            let mut work = cx.work().await?;
            let account = accounts::account_by_email(&mut work.tx, &text(arguments, "email")).await?;
            people::set_active(&mut work, &account.id, verb == "activate").await?;
            let after = accounts::account(&mut work.tx, &account.id).await?;
            work.commit().await?;
            cx.print(&after, || cx.t("accounts-changed"))?;
        }
        None => return Ok(2),
    }
    Ok(0)
}
