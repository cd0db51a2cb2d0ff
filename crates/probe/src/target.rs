//! From where we ask, and how much.

use std::net::SocketAddr;
use std::time::Duration;

use formats::evidence::{Place, ROOT_ANCHORS, Roots};

/// The place measurements are made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vantage {
    /// Name written into every observation.
    pub name: String,
    /// Recursive resolvers, asked in this order; never the machine's own by default, because it may be split-horizon.
    pub resolvers: Vec<SocketAddr>,
    /// TCP port of HTTPS: 443, or the testbed's.
    pub https_port: u16,
    /// TCP port of plain HTTP: 80, or the testbed's.
    pub http_port: u16,
    /// Only testbeds set it: allows loopback and private addresses.
    pub allow_private: bool,
    pub roots: Roots,
    /// DS records of the DNS root's key, `key-tag algorithm digest-type hex-digest`.
    pub anchors: Vec<String>,
    /// How long to wait for one DNS answer; a lost datagram is asked once again.
    pub dns_timeout: Duration,
    /// How long to wait for a connection and for a handshake.
    pub connect_timeout: Duration,
}

impl Vantage {
    /// A vantage point on the Internet with real trust anchors and patient timeouts.
    pub fn internet(name: impl Into<String>, resolvers: Vec<SocketAddr>) -> Self {
        Self {
            name: name.into(),
            resolvers,
            https_port: 443,
            http_port: 80,
            allow_private: false,
            roots: Roots::Webpki,
            anchors: ROOT_ANCHORS.map(str::to_owned).to_vec(),
            dns_timeout: Duration::from_secs(3),
            connect_timeout: Duration::from_secs(8),
        }
    }
}

impl Vantage {
    /// What evidence keeps of it.
    pub fn place(&self, budget: &Budget) -> Place {
        Place {
            vantage: self.name.clone(),
            resolvers: self.resolvers.iter().map(ToString::to_string).collect(),
            https_port: self.https_port,
            http_port: self.http_port,
            allow_private: self.allow_private,
            max_connections: budget.max_connections,
            roots: self.roots.clone(),
            anchors: self.anchors.clone(),
        }
    }
}

/// The declared limit of what one target is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Datagrams and TCP questions, repeated ones included.
    pub max_queries_per_domain: usize,
    /// Addresses of one name that are tried.
    pub max_connections: usize,
    /// Connections in all.
    pub max_connections_per_domain: usize,
    /// Pause between two questions about the same domain.
    pub spacing: Duration,
}

impl Default for Budget {
    fn default() -> Self {
        Self { max_queries_per_domain: 40, max_connections: 2, max_connections_per_domain: 8, spacing: Duration::ZERO }
    }
}
