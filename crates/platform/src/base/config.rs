//! What the running application is made of.

use std::path::PathBuf;

use super::clock::{Clock, Entropy};
use super::db::Db;

/// The application: storage, time, randomness and what the operator configured.
pub struct App {
    /// Storage.
    pub db: Db,
    /// Time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
    /// What the operator configured.
    pub config: Config,
}

/// What the operator configured, from flags and environment.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where files of this installation live.
    pub data: PathBuf,
    /// The address people type, without a slash at the end, such as `https://hinomi.example.go.jp`.
    pub public_url: String,
    /// How probes reach the outside.
    pub probe: ProbeConfig,
    /// Single sign-on, if configured.
    pub oidc: Option<OidcConfig>,
    /// Outgoing mail, if configured: `smtp://host:port` or `smtps://user:password@host:port`.
    pub smtp: Option<String>,
    /// The sender of outgoing mail.
    pub mail_from: String,
    /// Whether the personal sign-in links of the example may be used.
    pub example: bool,
    /// Whether a reverse proxy of ours stands in front, whose `X-Forwarded-For` tells the remote address.
    pub behind_proxy: bool,
}

/// How probes reach the outside.
#[derive(Clone, Debug)]
pub struct ProbeConfig {
    /// The place measured from. Without resolvers those of the machine are asked, and the observations say so.
    pub vantage: probe::Vantage,
    /// The most that one target is asked.
    pub budget: probe::Budget,
    /// Targets measured at the same time.
    pub concurrency: usize,
}

impl Default for ProbeConfig {
    fn default() -> Self {
        Self::internet("default", Vec::new())
    }
}

impl ProbeConfig {
    /// Measures the Internet from a place called `name` through `resolvers`.
    pub fn internet(name: &str, resolvers: Vec<std::net::SocketAddr>) -> Self {
        Self::at(probe::Vantage::internet(name, resolvers))
    }

    /// Measures from the place a file describes (JSON; see [`probe::Vantage`]).
    ///
    /// # Errors
    /// Where and why the text is no such description.
    pub fn read(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text).map(Self::at)
    }

    /// Measures from `vantage`, for example a testbed's.
    pub fn at(vantage: probe::Vantage) -> Self {
        Self { vantage, budget: probe::Budget::default(), concurrency: 16 }
    }

    /// The place to measure from, with resolvers; `None` where neither the operator nor the machine names one.
    ///
    /// A machine's own resolver may show inside what the outside does not see, so the vantage point's name tells of it.
    pub fn ready(&self) -> Option<probe::Vantage> {
        let mut vantage = self.vantage.clone();
        if vantage.resolvers.is_empty() {
            vantage.resolvers = std::fs::read_to_string("/etc/resolv.conf").map(|text| resolvers_of(&text)).unwrap_or_default();
            vantage.name = format!("{} (local resolver)", vantage.name);
        }
        (!vantage.resolvers.is_empty()).then_some(vantage)
    }
}

/// The resolvers a `resolv.conf` names (resolv.conf(5)): at most three, port 53.
fn resolvers_of(text: &str) -> Vec<std::net::SocketAddr> {
    text.lines()
        .filter_map(|line| line.trim().strip_prefix("nameserver"))
        .filter_map(|rest| rest.trim().parse::<std::net::IpAddr>().ok())
        .map(|address| std::net::SocketAddr::new(address, 53))
        .take(3)
        .collect()
}

/// Single sign-on by OpenID Connect.
#[derive(Clone, Debug)]
pub struct OidcConfig {
    /// The issuer's address.
    pub issuer: String,
    /// Our id there.
    pub client_id: String,
    /// Our secret there.
    pub client_secret: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::from("hinomi-data"),
            public_url: "http://127.0.0.1:8008".to_owned(),
            probe: ProbeConfig::default(),
            oidc: None,
            smtp: None,
            mail_from: "hinomi@localhost".to_owned(),
            example: false,
            behind_proxy: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machines_resolvers_are_asked_only_when_none_is_configured_and_not_in_silence() {
        let text = "# made by hand\nsearch example.jp\nnameserver 192.0.2.53\nnameserver 2001:db8::53\nnameserver nonsense\n";
        let found: Vec<String> = resolvers_of(text).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["192.0.2.53:53", "[2001:db8::53]:53"]);
        let mut config = ProbeConfig::default();
        config.vantage.resolvers = resolvers_of(text);
        assert_eq!(config.ready().map(|vantage| vantage.name), Some("default".to_owned()));
    }
}
