//! An in-process piece of Internet on loopback: signed DNS from the root down, the authoritative servers of each domain, and HTTPS
//! by name, all over IPv4 and IPv6; for tests and examples.
//!
//! Everything is really asked and really answered; only the addresses and the trust anchors are its own.

pub mod dkim;
mod dns;
mod front;
mod hello;
mod ports;
mod servers;
mod sign;
mod site;
mod smtp;
mod tls;
mod town;
mod web;
mod zone;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use formats::evidence::{Octets, Roots};
use tokio::task::JoinHandle;

use crate::target::Vantage;
pub use dkim::Dkim;
pub use front::Web6;
use ports::Ports;
pub use servers::Servers;
pub use site::{Manner, Page, Plain, Site};
pub use smtp::Smtp;
pub use tls::Tls;
pub use zone::{Caa, Dane, Dmarc, Dnssec, Failure, Https, Mx, Spf, Sts, TlsRpt, Zone};

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

/// A connection a web server of the testbed was asked over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// By SNI or the Host header.
    pub host: String,
    pub tls: bool,
    /// None: a handshake and nothing more.
    pub path: Option<String>,
}

/// A running testbed; dropping it closes its sockets.
pub struct Testbed {
    /// Answers UDP and TCP as a recursive resolver would.
    pub dns: SocketAddr,
    /// Serves HTTPS for every zone, chosen by SNI.
    pub https: SocketAddr,
    /// Takes mail for every zone, each behaviour at an address of its own; this one speaks TLS.
    pub smtp: SocketAddr,
    /// Serves plain HTTP for every zone, chosen by the Host header.
    pub http: SocketAddr,
    /// Port of every authoritative name server.
    pub dns_port: u16,
    /// Whether this machine has IPv6; without it no domain of the testbed has it either.
    pub ipv6: bool,
    /// The authorities that certificates lead to (DER).
    pub roots: Vec<Vec<u8>>,
    /// DS of the root key, `key-tag algorithm digest-type hex-digest`.
    pub trust_anchors: Vec<String>,
    world: Arc<RwLock<dns::World>>,
    web: Arc<web::Web>,
    asked: Arc<AtomicUsize>,
    /// Milliseconds before a DNS answer leaves.
    delay: Arc<AtomicU64>,
    greeted: Arc<AtomicUsize>,
    mailed: Arc<AtomicUsize>,
    /// How the mail server at `::1` behaves.
    mail6: Arc<RwLock<Smtp>>,
    servers_asked: Arc<AtomicUsize>,
    tasks: Vec<JoinHandle<()>>,
    tasks_by_ipv6: Vec<JoinHandle<()>>,
}

impl Testbed {
    /// Starts serving `zones` as they are at `now` (Unix seconds). Parents up to the root are made and signed as needed;
    /// those under `.test` deny with NSEC3 opt-out, all others with NSEC. `seed` varies pages and serial numbers.
    ///
    /// # Errors
    /// When no port can be opened, or a zone's name is no domain name.
    pub async fn start(zones: &[Zone], now: i64, seed: u64) -> Result<Self, Error> {
        let ports = Ports::open().await?;
        let local = |port| SocketAddr::from(([127, 0, 0, 1], port));
        let dns_port = ports.servers.first().map_or(Ok(0), |server| server.udp.local_addr().map(|address| address.port()))?;
        let (ipv6, dns_address) = (ports.ipv6, ports.resolver.udp.local_addr()?);
        let web = Arc::new(web::Web::new(zones, now, seed)?);
        let world = dns::World::new(zones, now, web.keys(ports.smtp_port), ipv6)?;
        let trust_anchors = vec![world.anchor()?];
        let world = Arc::new(RwLock::new(world));
        let (asked, servers_asked, greeted) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let delay = Arc::<AtomicU64>::default();
        let mut tasks = vec![tokio::spawn(dns::serve(ports.resolver, Arc::clone(&world), Arc::clone(&asked), Arc::clone(&delay)))];
        let mut tasks_by_ipv6 = Vec::new();
        for server in ports.servers {
            let kept = if server.at == dns::At::Ipv6 { &mut tasks_by_ipv6 } else { &mut tasks };
            kept.push(tokio::spawn(dns::serve(server, Arc::clone(&world), Arc::clone(&servers_asked), Arc::default())));
        }
        for listener in ports.https {
            let kept = if listener.local_addr()?.is_ipv6() { &mut tasks_by_ipv6 } else { &mut tasks };
            kept.push(tokio::spawn(web::serve(listener, Arc::clone(&web), Arc::clone(&greeted))));
        }
        tasks.extend(ports.http.into_iter().map(|listener| tokio::spawn(web::serve_plain(listener, Arc::clone(&web)))));
        let (mailed, mail6) = (Arc::<AtomicUsize>::default(), Arc::new(RwLock::new(Smtp::Tls)));
        for (listener, manner) in ports.smtp {
            let by_ipv6 = listener.local_addr()?.is_ipv6();
            let manner = if by_ipv6 { Arc::clone(&mail6) } else { Arc::new(RwLock::new(manner)) };
            let kept = if by_ipv6 { &mut tasks_by_ipv6 } else { &mut tasks };
            kept.push(tokio::spawn(smtp::serve(listener, smtp::Server { manner, web: Arc::clone(&web), count: Arc::clone(&mailed) })));
        }
        Ok(Self {
            dns: dns_address,
            https: local(ports.https_port),
            smtp: local(ports.smtp_port),
            http: local(ports.http_port),
            dns_port,
            ipv6,
            roots: vec![web.authority(), hello::RSA_ROOT.to_vec()],
            trust_anchors,
            world,
            web,
            asked,
            servers_asked,
            delay,
            greeted,
            mailed,
            mail6,
            tasks,
            tasks_by_ipv6,
        })
    }

    /// A vantage point that measures this testbed. Its timeouts are shorter than the Internet's and long enough for a busy machine.
    pub fn vantage(&self, name: impl Into<String>) -> Vantage {
        Vantage {
            name: name.into(),
            resolvers: vec![self.dns],
            https_port: self.https.port(),
            smtp_port: self.smtp.port(),
            http_port: self.http.port(),
            dns_port: self.dns_port,
            ipv6: self.ipv6,
            allow_private: true,
            roots: Roots::Der(self.roots.iter().cloned().map(Octets).collect()),
            anchors: self.trust_anchors.clone(),
            dns_timeout: Duration::from_millis(2000),
            connect_timeout: Duration::from_millis(3000),
            pause: Duration::ZERO,
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

    /// Lets every DNS answer over UDP wait, as one from far away does.
    pub fn answer_after(&self, wait: Duration) {
        self.delay.store(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// DNS questions received so far about the zone `domain`.
    pub fn questions_about(&self, domain: &str) -> usize {
        self.world.read().unwrap_or_else(|poison| poison.into_inner()).asked(domain)
    }

    /// Connections to the web servers so far, from the ClientHello or the request on.
    pub fn web_asked(&self) -> Vec<Asked> {
        self.web.asked()
    }

    /// DNS questions the resolver received so far, over UDP and TCP.
    pub fn questions(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    /// Connections to its web servers so far, whatever was said over them.
    pub fn connections(&self) -> usize {
        self.greeted.load(Ordering::Relaxed)
    }

    /// The same to its mail servers.
    pub fn mail_connections(&self) -> usize {
        self.mailed.load(Ordering::Relaxed)
    }

    /// Lets the mail server at `::1` behave otherwise.
    pub fn mail_by_ipv6(&self, manner: Smtp) {
        *self.mail6.write().unwrap_or_else(|poison| poison.into_inner()) = manner;
    }

    /// DNS questions to all authoritative servers together.
    pub fn server_questions(&self) -> usize {
        self.servers_asked.load(Ordering::Relaxed)
    }

    /// Stops listening at `::1`, whose ports are closed from then on.
    pub async fn shut_ipv6(&mut self) {
        for task in self.tasks_by_ipv6.drain(..) {
            task.abort();
            // It ends by being stopped; its sockets are closed when it has.
            let _ = task.await;
        }
    }
}

impl Drop for Testbed {
    fn drop(&mut self) {
        for task in self.tasks.iter().chain(&self.tasks_by_ipv6) {
            task.abort();
        }
    }
}
