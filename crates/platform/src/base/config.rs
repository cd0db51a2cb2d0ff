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
#[derive(Clone, Debug, Default)]
pub struct ProbeConfig {
    /// Resolvers to ask, `address:port`; empty means those of the machine.
    pub resolvers: Vec<std::net::SocketAddr>,
    /// Sends every HTTPS connection to this port instead of 443 (testbed only).
    pub https_port: Option<u16>,
    /// Whether loopback and private addresses may be asked (testbed only).
    pub allow_private: bool,
    /// Additional trusted certificate authorities, DER (testbed only).
    pub extra_roots: Vec<Vec<u8>>,
    /// The DNSSEC trust anchor, DS in presentation format; `None` is the root zone's.
    pub trust_anchor: Option<String>,
    /// The name of the place measured from.
    pub vantage: String,
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
