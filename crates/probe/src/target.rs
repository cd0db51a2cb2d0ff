//! From where we ask, and how much.

use std::net::SocketAddr;
use std::time::Duration;

use formats::evidence::{Place, ROOT_ANCHORS, Roots};
use serde::{Deserialize, Serialize};

/// The place measurements are made from. As a JSON file, whatever is left out is as on the Internet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Vantage {
    /// Name written into every observation.
    pub name: String,
    /// Recursive resolvers, asked in this order; never the machine's own by default, because it may be split-horizon.
    pub resolvers: Vec<SocketAddr>,
    /// TCP port of HTTPS: 443, or the testbed's.
    pub https_port: u16,
    /// TCP port of mail servers: 25, or the testbed's.
    pub smtp_port: u16,
    /// TCP port of plain HTTP: 80, or the testbed's.
    pub http_port: u16,
    /// UDP and TCP port of authoritative name servers: 53, or the testbed's.
    pub dns_port: u16,
    /// Whether what is measured is asked over IPv6. Where that leads nowhere, its silence would be taken for the servers' own.
    pub ipv6: bool,
    /// Allows loopback and private addresses: for testbeds, and for networks of one's own.
    pub allow_private: bool,
    pub roots: Roots,
    /// DS records of the DNS root's key, `key-tag algorithm digest-type hex-digest`.
    pub anchors: Vec<String>,
    /// How long to wait for one DNS answer; a lost datagram is asked once again.
    #[serde(with = "milliseconds")]
    pub dns_timeout: Duration,
    /// How long to wait for a connection and for a handshake.
    #[serde(with = "milliseconds")]
    pub connect_timeout: Duration,
    /// Before each connection about one target but the first, so that nobody takes us for an attack; milliseconds in files.
    #[serde(with = "milliseconds")]
    pub pause: Duration,
}

impl Default for Vantage {
    fn default() -> Self {
        Self::internet("default", Vec::new())
    }
}

impl Vantage {
    /// A vantage point on the Internet with real trust anchors and patient timeouts.
    pub fn internet(name: impl Into<String>, resolvers: Vec<SocketAddr>) -> Self {
        Self {
            name: name.into(),
            resolvers,
            https_port: 443,
            smtp_port: 25,
            http_port: 80,
            dns_port: 53,
            ipv6: true,
            allow_private: false,
            roots: Roots::Webpki,
            anchors: ROOT_ANCHORS.map(str::to_owned).to_vec(),
            dns_timeout: Duration::from_secs(3),
            connect_timeout: Duration::from_secs(8),
            pause: Duration::from_millis(100),
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
            smtp_port: self.smtp_port,
            http_port: self.http_port,
            dns_port: self.dns_port,
            allow_private: self.allow_private,
            max_connections: budget.max_connections,
            roots: self.roots.clone(),
            anchors: self.anchors.clone(),
        }
    }
}

/// Durations in files, in milliseconds.
mod milliseconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(duration: &Duration, to: S) -> Result<S::Ok, S::Error> {
        duration.as_millis().serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_millis)
    }
}

/// The declared limit of what one target is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Datagrams and TCP questions to resolvers, repeated ones included.
    pub max_queries_per_domain: usize,
    /// The same to authoritative name servers, all of them together: four servers at two addresses each, once over UDP with a repeat
    /// and once over TCP, the NS records of each, and one question to a server of the parent.
    pub max_server_questions: usize,
    /// Addresses of one name that are tried.
    pub max_connections: usize,
    /// Connections in all.
    pub max_connections_per_domain: usize,
    /// ClientHellos to one address and port, each over a connection of its own; they do not count among the connections above.
    pub max_hellos_per_endpoint: usize,
    /// ClientHellos after STARTTLS to all mail servers of a domain together: others' mail passes there too.
    pub max_mail_hellos_per_domain: usize,
    /// Pages asked of one host, at whatever address.
    pub max_pages_per_host: usize,
    /// Octets of pages kept in full; of later ones the first 64 kB are kept.
    pub max_octets_per_domain: usize,
    /// Pause between two questions about the same domain.
    pub spacing: Duration,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            max_queries_per_domain: 40,
            max_server_questions: 34,
            max_connections: 2,
            // Eight for certificates and policies, the rest for the pages of the web checks on two hosts.
            max_connections_per_domain: 48,
            max_hellos_per_endpoint: 40,
            // Three servers, each with everything that can be wrong.
            max_mail_hellos_per_domain: 90,
            max_pages_per_host: 36,
            max_octets_per_domain: 1 << 20,
            spacing: Duration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_only_what_is_different() {
        let read: Vantage = serde_json::from_str(r#"{"name": "inside", "allow_private": true, "dns_timeout": 500}"#).unwrap();
        let expected = Vantage { allow_private: true, dns_timeout: Duration::from_millis(500), ..Vantage::internet("inside", Vec::new()) };
        assert_eq!(read, expected);
        assert_eq!(serde_json::from_str::<Vantage>(&serde_json::to_string(&read).unwrap()).unwrap(), read);
        assert!(serde_json::from_str::<Vantage>(r#"{"alow_private": true}"#).is_err());
    }
}
