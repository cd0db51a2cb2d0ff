//! What the operator configures by flag or environment: mail, single sign-on, resolvers, the public address.

use anyhow::Context;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use platform::base::config::{Config, OidcConfig, ProbeConfig};

/// Adds the flags. Secrets are never flags: a command line is visible to everybody on the machine.
pub fn flags(command: Command) -> Command {
    command
        .arg(Arg::new("public-url").long("public-url").env("HINOMI_PUBLIC_URL").value_name("URL"))
        .arg(Arg::new("behind-proxy").long("behind-proxy").env("HINOMI_BEHIND_PROXY").action(ArgAction::SetTrue))
        .arg(Arg::new("mail-from").long("mail-from").env("HINOMI_MAIL_FROM").value_name("ADDRESS"))
        .arg(Arg::new("smtp-file").long("smtp-file").env("HINOMI_SMTP_FILE").value_name("FILE").value_parser(value_parser!(std::path::PathBuf)))
        .arg(Arg::new("oidc-issuer").long("oidc-issuer").env("HINOMI_OIDC_ISSUER").value_name("URL"))
        .arg(Arg::new("oidc-client-id").long("oidc-client-id").env("HINOMI_OIDC_CLIENT_ID").value_name("ID"))
        .arg(
            Arg::new("oidc-secret-file")
                .long("oidc-secret-file")
                .env("HINOMI_OIDC_SECRET_FILE")
                .value_name("FILE")
                .value_parser(value_parser!(std::path::PathBuf)),
        )
        .arg(
            Arg::new("resolver")
                .long("resolver")
                .env("HINOMI_RESOLVERS")
                .value_name("ADDRESS:PORT")
                .value_delimiter(',')
                .action(ArgAction::Append)
                .value_parser(value_parser!(std::net::SocketAddr)),
        )
        .arg(
            Arg::new("vantage-file")
                .long("vantage-file")
                .env("HINOMI_VANTAGE_FILE")
                .value_name("FILE")
                .value_parser(value_parser!(std::path::PathBuf)),
        )
        .arg(Arg::new("vantage").long("vantage").env("HINOMI_VANTAGE").value_name("NAME"))
}

/// A secret from the environment variable `variable`, else from the file the flag `file` names.
fn secret(arguments: &ArgMatches, variable: &str, file: &str) -> anyhow::Result<Option<String>> {
    if let Ok(value) = std::env::var(variable)
        && !value.trim().is_empty()
    {
        return Ok(Some(value.trim().to_owned()));
    }
    let Some(path) = arguments.get_one::<std::path::PathBuf>(file) else { return Ok(None) };
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
}

/// From where probes measure: as the file says, with the resolvers and the name of the flags.
fn probe(arguments: &ArgMatches) -> anyhow::Result<ProbeConfig> {
    let mut config = match arguments.get_one::<std::path::PathBuf>("vantage-file") {
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
            ProbeConfig::read(&text).with_context(|| format!("{} is no description of a vantage point", path.display()))?
        }
        None => ProbeConfig::default(),
    };
    let resolvers: Vec<_> = arguments.get_many("resolver").into_iter().flatten().copied().collect();
    if !resolvers.is_empty() {
        config.vantage.resolvers = resolvers;
    }
    if let Some(name) = arguments.get_one::<String>("vantage").map(|name| name.trim()).filter(|name| !name.is_empty()) {
        config.vantage.name = name.to_owned();
    }
    Ok(config)
}

/// The configuration that flags and environment ask for.
pub fn read(arguments: &ArgMatches) -> anyhow::Result<Config> {
    let text = |name: &str| arguments.get_one::<String>(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    let default = Config::default();
    let oidc = match (text("oidc-issuer"), text("oidc-client-id")) {
        (Some(issuer), Some(client_id)) => {
            let client_secret = secret(arguments, "HINOMI_OIDC_SECRET", "oidc-secret-file")?
                .context("single sign-on needs its secret: set HINOMI_OIDC_SECRET or --oidc-secret-file")?;
            Some(OidcConfig { issuer, client_id, client_secret })
        }
        (None, None) => None,
        _ => anyhow::bail!("single sign-on needs both --oidc-issuer and --oidc-client-id"),
    };
    let smtp = secret(arguments, "HINOMI_SMTP", "smtp-file")?;
    if let Some(url) = &smtp
        && !(url.starts_with("smtp://") || url.starts_with("smtps://"))
    {
        // The address may hold a password, so it is not repeated.
        anyhow::bail!("the mail server's address must begin with smtp:// or smtps://");
    }
    Ok(Config {
        public_url: text("public-url").map_or(default.public_url.clone(), |url| url.trim_end_matches('/').to_owned()),
        behind_proxy: arguments.get_flag("behind-proxy"),
        mail_from: text("mail-from").unwrap_or(default.mail_from.clone()),
        smtp,
        oidc,
        probe: probe(arguments)?,
        ..default
    })
}
