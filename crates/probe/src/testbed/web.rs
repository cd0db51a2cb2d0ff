//! The testbed's web server: one port, a certificate per name, made when first asked for.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};

use formats::dns::{name_of, plain};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose, SerialNumber};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, UnixTime};
use rustls::server::Acceptor;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::LazyConfigAcceptor;

use super::Error;
use super::front::Front;
use super::zone::{Https, Zone};

const DAY: i64 = 86_400;
type Issuer = CertifiedIssuer<'static, KeyPair>;

/// Authorities, states and certificates of the testbed.
pub(super) struct Web {
    now: i64,
    seed: u64,
    trusted: Issuer,
    stranger: Issuer,
    /// One key serves all: its strength is the same everywhere.
    leaf: KeyPair,
    states: RwLock<HashMap<String, Https>>,
    /// MTA-STS hosts with their policy: content type and body.
    policies: RwLock<HashMap<String, Option<(&'static str, String)>>>,
    configs: RwLock<HashMap<(String, Https), Arc<ServerConfig>>>,
    fronts: RwLock<HashMap<String, Front>>,
    /// Front pages given so far.
    requests: AtomicUsize,
}

/// The name clients ask for by SNI: A-labels, lower case.
fn served_as(zone: &Zone) -> String {
    name_of(&zone.domain).map_or_else(|| zone.domain.clone(), |name| plain(&name))
}

/// Where a zone's MTA-STS policy is served.
fn policy_host(zone: &Zone) -> String {
    format!("mta-sts.{}", served_as(zone))
}

fn authority(name: &str, now: i64) -> Result<Issuer, Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    valid(&mut params, now - 3650 * DAY, now + 3650 * DAY);
    Ok(CertifiedIssuer::self_signed(params, KeyPair::generate()?)?)
}

/// Sets the validity in Unix seconds; years before 1970 and after 2100 are cut.
fn valid(params: &mut CertificateParams, from: i64, until: i64) {
    let moment = |at: i64| rcgen::date_time_ymd(1970, 1, 1) + std::time::Duration::from_secs(u64::from(u32::try_from(at.max(0)).unwrap_or(u32::MAX)));
    params.not_before = moment(from);
    params.not_after = moment(until);
}

impl Web {
    pub fn new(zones: &[Zone], now: i64, seed: u64) -> Result<Self, Error> {
        let states = zones.iter().map(|zone| (served_as(zone), zone.https)).collect();
        let policies = zones.iter().map(|zone| (policy_host(zone), zone.policy(&served_as(zone)))).collect();
        Ok(Self {
            now,
            seed,
            trusted: authority("Hinomi testbed authority", now)?,
            stranger: authority("Hinomi testbed stranger", now)?,
            leaf: KeyPair::generate()?,
            states: RwLock::new(states),
            policies: RwLock::new(policies),
            configs: RwLock::default(),
            fronts: RwLock::new(zones.iter().filter_map(|zone| Some((served_as(zone), zone.front.clone()?))).collect()),
            requests: AtomicUsize::new(0),
        })
    }

    /// The trusted authority (DER).
    pub fn authority(&self) -> Vec<u8> {
        self.trusted.der().to_vec()
    }

    pub fn change(&self, zone: &Zone) {
        self.states.write().unwrap_or_else(|poison| poison.into_inner()).insert(served_as(zone), zone.https);
        self.policies.write().unwrap_or_else(|poison| poison.into_inner()).insert(policy_host(zone), zone.policy(&served_as(zone)));
        let mut fronts = self.fronts.write().unwrap_or_else(|poison| poison.into_inner());
        match &zone.front {
            Some(front) => fronts.insert(served_as(zone), front.clone()),
            None => fronts.remove(&served_as(zone)),
        };
    }

    /// The front page of `domain`, where it has one of its own.
    fn fronted(&self, domain: &str) -> Option<String> {
        let front = self.fronts.read().unwrap_or_else(|poison| poison.into_inner()).get(domain).cloned()?;
        Some(front.wire(self.requests.fetch_add(1, Ordering::Relaxed)))
    }

    fn config(&self, domain: &str, state: Https) -> Result<Arc<ServerConfig>, Error> {
        let place = (domain.to_owned(), state);
        if let Some(config) = self.configs.read().unwrap_or_else(|poison| poison.into_inner()).get(&place) {
            return Ok(Arc::clone(config));
        }
        let name = if state == Https::WrongName { "another.invalid" } else { domain };
        let mut params = CertificateParams::new(vec![name.to_owned()])?;
        params.distinguished_name.push(DnType::CommonName, name);
        params.serial_number = Some(SerialNumber::from(
            self.seed ^ domain.bytes().fold(14_695_981_039_346_656_037, |h: u64, b| (h ^ u64::from(b)).wrapping_mul(1_099_511_628_211)) | 1,
        ));
        let (from, until) = match state {
            Https::Valid { days_left } => (self.now - 30 * DAY, self.now + days_left * DAY + DAY / 2),
            Https::Expired => (self.now - 100 * DAY, self.now - 10 * DAY),
            _ => (self.now - 30 * DAY, self.now + 60 * DAY),
        };
        valid(&mut params, from, until);
        let certificate = match state {
            Https::SelfSigned => params.self_signed(&self.leaf)?,
            Https::Untrusted => params.signed_by(&self.leaf, &self.stranger)?,
            _ => params.signed_by(&self.leaf, &self.trusted)?,
        };
        let chain: Vec<CertificateDer<'static>> = vec![certificate.der().clone()];
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.leaf.serialize_der()));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_details(provider, Arc::new(FixedTime(self.now)));
        let config = Arc::new(builder.with_safe_default_protocol_versions()?.with_no_client_auth().with_single_cert(chain, key)?);
        self.configs.write().unwrap_or_else(|poison| poison.into_inner()).insert(place, Arc::clone(&config));
        Ok(config)
    }

    /// How the server called `domain` behaves; an MTA-STS host always has a good certificate.
    fn state(&self, domain: &str) -> Option<Https> {
        let policy = self.policies.read().unwrap_or_else(|poison| poison.into_inner()).contains_key(domain);
        let state = self.states.read().unwrap_or_else(|poison| poison.into_inner()).get(domain).copied();
        state.or(policy.then_some(Https::Valid { days_left: 90 }))
    }

    fn page(&self, domain: &str, path: &str) -> String {
        if let Some(front) = self.fronted(domain).filter(|_| path == "/") {
            return front;
        }
        let policy = self.policies.read().unwrap_or_else(|poison| poison.into_inner()).get(domain).cloned();
        let (status, kind, body) = match policy {
            Some(Some((kind, body))) if path == "/.well-known/mta-sts.txt" => ("200 OK", kind, body),
            Some(_) => ("404 Not Found", "text/plain", "nothing here".to_owned()),
            None => ("200 OK", "text/html; charset=utf-8", self.front(domain)),
        };
        format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
    }

    fn front(&self, domain: &str) -> String {
        format!(
            "<!doctype html><html lang=\"ja\"><head><meta charset=\"utf-8\"><title>{domain}</title></head><body><h1>{domain}</h1><p>試験用のページです（{}）。</p></body></html>",
            self.seed
        )
    }
}

/// The testbed's clock stands still.
#[derive(Debug)]
struct FixedTime(i64);

impl rustls::time_provider::TimeProvider for FixedTime {
    fn current_time(&self) -> Option<UnixTime> {
        u64::try_from(self.0).ok().map(|at| UnixTime::since_unix_epoch(std::time::Duration::from_secs(at)))
    }
}

pub(super) async fn serve(listener: TcpListener, web: Arc<Web>) {
    let mut clients = tokio::task::JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        while clients.try_join_next().is_some() {}
        let web = Arc::clone(&web);
        clients.spawn(async move {
            // A client that goes away harms nobody.
            let _ = talk(stream, &web).await;
        });
    }
}

async fn talk(stream: TcpStream, web: &Web) -> std::io::Result<()> {
    let start = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
    let domain = start.client_hello().server_name().unwrap_or_default().to_ascii_lowercase();
    let state = match web.state(&domain) {
        None | Some(Https::NoHttps | Https::NoAddress) => return Ok(()),
        // Holds the connection without a word until the client gives up.
        Some(Https::Down) => return std::future::pending().await,
        Some(state) => state,
    };
    let config = web.config(&domain, state).map_err(std::io::Error::other)?;
    let mut tls = start.into_stream(config).await?;
    let mut request = [0u8; 2048];
    let length = tls.read(&mut request).await?;
    if length > 0 {
        let line = String::from_utf8_lossy(request.get(..length).unwrap_or_default()).into_owned();
        let path = line.split(' ').nth(1).unwrap_or("/");
        tls.write_all(web.page(&domain, path).as_bytes()).await?;
    }
    tls.shutdown().await
}
