//! An in-process piece of Internet on loopback: signed DNS from the root down and HTTPS by name, for tests and examples.
//!
//! Everything is really asked and really answered; only the addresses and the trust anchors are its own.

mod dns;
mod front;
mod sign;
mod web;
mod zone;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use formats::evidence::{Octets, Roots};
use tokio::net::{TcpListener, UdpSocket};
use tokio::task::JoinHandle;

use crate::target::Vantage;
pub use front::Front;
pub use zone::{Caa, Dmarc, Dnssec, Failure, Https, Mx, Spf, Sts, TlsRpt, Zone};

/// Why a testbed could not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("a loopback port could not be opened: {0}")]
    Socket(#[from] std::io::Error),
    #[error("a DNSSEC key could not be made: {0}")]
    Dnssec(String),
    #[error("a certificate could not be made: {0}")]
    Certificate(#[from] rcgen::Error),
    #[error("TLS could not be set up: {0}")]
    Tls(#[from] rustls::Error),
    #[error("“{0}” is not a domain name")]
    Domain(String),
}

/// A running testbed; dropping it closes its sockets.
pub struct Testbed {
    /// Answers UDP and TCP as a recursive resolver would.
    pub dns: SocketAddr,
    /// Serves HTTPS for every zone, chosen by SNI.
    pub https: SocketAddr,
    /// The authority that certificates lead to (DER).
    pub roots: Vec<Vec<u8>>,
    /// DS of the root key, `key-tag algorithm digest-type hex-digest`.
    pub trust_anchors: Vec<String>,
    world: Arc<RwLock<dns::World>>,
    web: Arc<web::Web>,
    asked: Arc<AtomicUsize>,
    tasks: Vec<JoinHandle<()>>,
}

impl Testbed {
    /// Starts serving `zones` as they are at `now` (Unix seconds). Parents up to the root are made and signed as needed;
    /// those under `.test` deny with NSEC3 opt-out, all others with NSEC. `seed` varies pages and serial numbers.
    ///
    /// # Errors
    /// When no port can be opened, or a zone's name is no domain name.
    pub async fn start(zones: &[Zone], now: i64, seed: u64) -> Result<Self, Error> {
        // The same port for UDP and TCP: take a free TCP port and try its UDP twin.
        let mut pair = None;
        for _ in 0..16 {
            let tcp = TcpListener::bind(("127.0.0.1", 0)).await?;
            if let Ok(udp) = UdpSocket::bind(tcp.local_addr()?).await {
                pair = Some((tcp, udp));
                break;
            }
        }
        let (tcp, udp) = pair.ok_or_else(|| std::io::Error::from(std::io::ErrorKind::AddrInUse))?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let (dns_address, https_address) = (udp.local_addr()?, listener.local_addr()?);

        let world = dns::World::new(zones, now)?;
        let trust_anchors = vec![world.anchor()?];
        let world = Arc::new(RwLock::new(world));
        let asked = Arc::new(AtomicUsize::new(0));
        let web = Arc::new(web::Web::new(zones, now, seed)?);
        let tasks = vec![
            tokio::spawn(dns::serve_udp(udp, Arc::clone(&world), Arc::clone(&asked))),
            tokio::spawn(dns::serve_tcp(tcp, Arc::clone(&world), Arc::clone(&asked))),
            tokio::spawn(web::serve(listener, Arc::clone(&web))),
        ];
        Ok(Self { dns: dns_address, https: https_address, roots: vec![web.authority()], trust_anchors, world, web, asked, tasks })
    }

    /// A vantage point that measures this testbed. Its timeouts are shorter than the Internet's and long enough for a busy machine.
    pub fn vantage(&self, name: impl Into<String>) -> Vantage {
        Vantage {
            name: name.into(),
            resolvers: vec![self.dns],
            https_port: self.https.port(),
            http_port: self.https.port(),
            allow_private: true,
            roots: Roots::Der(self.roots.iter().cloned().map(Octets).collect()),
            anchors: self.trust_anchors.clone(),
            dns_timeout: Duration::from_millis(2000),
            connect_timeout: Duration::from_millis(3000),
        }
    }

    /// Replaces the zone of the same name, or adds it: what the owner of a domain does to repair it.
    ///
    /// # Errors
    /// When its name is no domain name or a key cannot be made.
    pub fn change(&self, zone: Zone) -> Result<(), Error> {
        self.web.change(&zone);
        self.world.write().unwrap_or_else(|poison| poison.into_inner()).put(zone)
    }

    /// DNS questions received so far, over UDP and TCP.
    pub fn questions(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

impl Drop for Testbed {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}
