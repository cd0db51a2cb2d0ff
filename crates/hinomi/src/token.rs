//! `hinomi token`: API tokens for programs, each with one role of one account and an end.

use clap::{Arg, ArgMatches, Command, value_parser};
use platform::access::{actions, store as accounts};
use platform::base::actor::{Role, Scope};
use platform::base::area::CliCx;
use platform::base::error::{Error, Result};
use platform::base::id::Id;
use serde_json::json;

/// Its arguments.
pub fn command() -> Command {
    Command::new("token")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("create")
                .arg(Arg::new("email").value_name("EMAIL").required(true))
                .arg(Arg::new("name").long("name").value_name("NAME").required(true))
                .arg(Arg::new("role").long("role").value_name("ROLE").required(true).value_parser(Role::ALL.map(Role::as_str).to_vec()))
                .arg(Arg::new("days").long("days").value_name("DAYS").default_value("90").value_parser(value_parser!(i64))),
        )
        .subcommand(Command::new("list").arg(Arg::new("email").value_name("EMAIL")))
        .subcommand(Command::new("revoke").arg(Arg::new("token").value_name("ID").required(true)))
}

/// Runs it.
pub async fn run(cx: CliCx, arguments: &ArgMatches) -> Result<u8> {
    let text = |arguments: &ArgMatches, name: &str| arguments.get_one::<String>(name).cloned().unwrap_or_default();
    match arguments.subcommand() {
        Some(("create", arguments)) => {
            let role = Role::parse(&text(arguments, "role")).ok_or_else(|| Error::invalid("role", "error-not-a-choice"))?;
            let days = arguments.get_one::<i64>("days").copied().unwrap_or(90);
            let mut work = cx.work().await?;
            let account = accounts::account_by_email(&mut work.tx, &text(arguments, "email")).await?;
            let (id, secret) = actions::make_token(&mut work, &account.id, &text(arguments, "name"), role, days).await?;
            work.commit().await?;
            cx.print(&json!({ "id": id, "token": secret }), || secret.clone())?;
        }
        Some(("list", arguments)) => {
            let mut tx = cx.app.db.read().await?;
            let owners = match arguments.get_one::<String>("email") {
                Some(email) => vec![accounts::account_by_email(&mut tx, email).await?],
                None => accounts::accounts(&mut tx, &Scope::Everything).await?,
            };
            let all = accounts::all_tokens(&mut tx).await?;
            let rows: Vec<_> = all
                .into_iter()
                .filter_map(|(owner, token)| Some((owners.iter().find(|account| account.id == owner)?.email.clone(), token)))
                .collect();
            let value: Vec<_> = rows.iter().map(|(email, token)| json!({ "email": email, "token": token })).collect();
            cx.print(&value, || {
                let line = |(email, token): &(String, accounts::TokenRow)| {
                    format!("{}\t{email}\t{}\t{}\t{}", token.id, token.name, token.role, token.expires_at)
                };
                rows.iter().map(line).collect::<Vec<_>>().join("\n")
            })?;
        }
        Some((_, arguments)) => {
            let id = Id::from_text(text(arguments, "token"));
            let mut work = cx.work().await?;
            let owner = accounts::token_owner(&mut work.tx, &id).await?;
            actions::revoke_token(&mut work, &owner, &id).await?;
            work.commit().await?;
            cx.print(&json!({ "revoked": id }), || cx.t("token-revoked"))?;
        }
        None => return Ok(2),
    }
    Ok(0)
}
