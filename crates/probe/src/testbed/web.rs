//! The testbed's web servers: a port for HTTPS with a certificate per name, made when first asked for, and a port for plain HTTP.

use std::collections::HashMap;
use std::io::Cursor;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, RwLock};

use formats::date;
use formats::dns::{name_of, plain};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose, PublicKeyData, SerialNumber};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, UnixTime};
use rustls::server::Acceptor;
use rustls::version::{TLS12, TLS13};
use rustls::{DEFAULT_VERSIONS, ServerConfig, SupportedProtocolVersion};
use sha2::{Digest, Sha256, Sha512};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::LazyConfigAcceptor;

use super::front::{Web6, front};
use super::site::{Manner, Page, Plain, Site};
use super::smtp::Smtp;
use super::tls::Tls;
use super::zone::{Https, Keys, Mx, Zone};
use super::{Asked, Error, hello};

const DAY: i64 = 86_400;
/// The address that has no names. On Linux all of 127/8 is this machine.
pub(super) const UNNAMED: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 3);
type Issuer = CertifiedIssuer<'static, KeyPair>;

/// Authorities, states and certificates of the testbed.
pub(super) struct Web {
    now: i64,
    seed: u64,
    trusted: Issuer,
    stranger: Issuer,
    /// One key serves all: its strength is the same everywhere.
    leaf: KeyPair,
    states: RwLock<HashMap<String, (Https, Tls, Web6)>>,
    /// Hellos answered for each name.
    hellos: Mutex<HashMap<String, usize>>,
    /// Pages sent so far.
    fetches: AtomicUsize,
    /// MTA-STS hosts with their policy: content type and body.
    policies: RwLock<HashMap<String, Option<(&'static str, String)>>>,
    /// Mail hosts: whether nobody vouches for their certificate, and how they speak TLS.
    mails: RwLock<HashMap<String, (bool, Tls)>>,
    configs: RwLock<HashMap<(String, Https, Tls), Arc<ServerConfig>>>,
    sites: RwLock<HashMap<String, Site>>,
    asked: Mutex<Vec<Asked>>,
}

/// The name clients ask for by SNI: A-labels, lower case.
fn served_as(zone: &Zone) -> String {
    name_of(&zone.domain).map_or_else(|| zone.domain.clone(), |name| plain(&name))
}

/// The mail host whose behaviour a zone says: whether its certificate is its own word only, and how it speaks TLS.
fn mail_host(zone: &Zone) -> (String, (bool, Tls)) {
    (format!("mail.{}", served_as(zone)), (zone.mx == Mx::Hosts && zone.smtp == Smtp::SelfSigned, zone.mail_tls))
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
        let states = zones.iter().map(|zone| (served_as(zone), (zone.https, zone.tls, zone.web6))).collect();
        let policies = zones.iter().map(|zone| (policy_host(zone), zone.policy(&served_as(zone)))).collect();
        Ok(Self {
            now,
            seed,
            trusted: authority("Hinomi testbed authority", now)?,
            stranger: authority("Hinomi testbed stranger", now)?,
            leaf: KeyPair::generate()?,
            states: RwLock::new(states),
            hellos: Mutex::default(),
            fetches: AtomicUsize::new(0),
            policies: RwLock::new(policies),
            mails: RwLock::new(zones.iter().map(mail_host).collect()),
            configs: RwLock::default(),
            sites: RwLock::new(zones.iter().map(|zone| (served_as(zone), zone.site.clone())).collect()),
            asked: Mutex::default(),
        })
    }

    /// The trusted authority (DER).
    pub fn authority(&self) -> Vec<u8> {
        self.trusted.der().to_vec()
    }

    pub fn change(&self, zone: &Zone) {
        self.states.write().unwrap_or_else(|poison| poison.into_inner()).insert(served_as(zone), (zone.https, zone.tls, zone.web6));
        let (host, how) = mail_host(zone);
        self.mails.write().unwrap_or_else(|poison| poison.into_inner()).insert(host, how);
        self.policies.write().unwrap_or_else(|poison| poison.into_inner()).insert(policy_host(zone), zone.policy(&served_as(zone)));
        self.sites.write().unwrap_or_else(|poison| poison.into_inner()).insert(served_as(zone), zone.site.clone());
    }

    /// Connections so far, with what was asked over them.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(|poison| poison.into_inner()).clone()
    }

    /// Notes a connection, and gives its number.
    fn note(&self, asked: Asked) -> usize {
        let mut all = self.asked.lock().unwrap_or_else(|poison| poison.into_inner());
        all.push(asked);
        all.len() - 1
    }

    fn note_path(&self, number: usize, path: &str) {
        if let Some(asked) = self.asked.lock().unwrap_or_else(|poison| poison.into_inner()).get_mut(number) {
            asked.path = Some(path.to_owned());
        }
    }

    fn site(&self, domain: &str) -> Option<Site> {
        self.sites.read().unwrap_or_else(|poison| poison.into_inner()).get(domain).cloned()
    }

    /// What TLSA records of hosts with these certificates say, at mail servers on `port`.
    pub fn keys(&self, port: u16) -> Keys {
        let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
        let sha256 = |bytes: &[u8]| hex(&Sha256::digest(bytes));
        Keys {
            leaf: sha256(&self.leaf.subject_public_key_info()),
            authority: sha256(&self.trusted.key().subject_public_key_info()),
            authority_whole: hex(&Sha512::digest(self.trusted.der())),
            port,
        }
    }

    /// The certificate of the mail host `host`, and how it speaks TLS.
    pub fn mail(&self, host: &str) -> (Https, Tls) {
        let (doubtful, tls) = self.mails.read().unwrap_or_else(|poison| poison.into_inner()).get(host).copied().unwrap_or((false, Tls::Modern));
        (if doubtful { Https::SelfSigned } else { Https::Valid { days_left: 90 } }, tls)
    }

    /// The mail host that is meant by whoever names none.
    pub fn unnamed_mail(&self) -> String {
        let mails = self.mails.read().unwrap_or_else(|poison| poison.into_inner());
        mails.iter().find(|(_, (_, tls))| *tls == Tls::Ssl3).map(|(host, _)| host.clone()).unwrap_or_default()
    }

    /// The certificate for `domain` in its state.
    pub fn certificate(&self, domain: &str, state: Https) -> Result<CertificateDer<'static>, Error> {
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
        // As those of real authorities (RFC 5280 4.2.1.1): some libraries refuse what lacks it.
        params.use_authority_key_identifier_extension = true;
        let certificate = match state {
            Https::SelfSigned => params.self_signed(&self.leaf)?,
            Https::Untrusted => params.signed_by(&self.leaf, &self.stranger)?,
            _ => params.signed_by(&self.leaf, &self.trusted)?,
        };
        Ok(certificate.der().clone())
    }

    /// Settings of a real server for `domain`.
    pub fn config(&self, domain: &str, state: Https, tls: Tls) -> Result<Arc<ServerConfig>, Error> {
        let place = (domain.to_owned(), state, tls);
        if let Some(config) = self.configs.read().unwrap_or_else(|poison| poison.into_inner()).get(&place) {
            return Ok(Arc::clone(config));
        }
        // The authority is sent along: whoever holds only its digest (DANE-TA) can follow the chain.
        let mut chain = vec![self.certificate(domain, state)?];
        if !matches!(state, Https::SelfSigned | Https::Untrusted) {
            chain.push(self.trusted.der().clone());
        }
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.leaf.serialize_der()));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_details(provider, Arc::new(FixedTime(self.now)));
        let versions: &[&SupportedProtocolVersion] = match tls {
            Tls::Only12 => &[&TLS12],
            Tls::Only13 => &[&TLS13],
            _ => DEFAULT_VERSIONS,
        };
        let config = Arc::new(builder.with_protocol_versions(versions)?.with_no_client_auth().with_single_cert(chain, key)?);
        self.configs.write().unwrap_or_else(|poison| poison.into_inner()).insert(place, Arc::clone(&config));
        Ok(config)
    }

    /// How the server called `domain` behaves; an MTA-STS host always has a good certificate.
    fn state(&self, domain: &str) -> Option<(Https, Tls, Web6)> {
        let policy = self.policies.read().unwrap_or_else(|poison| poison.into_inner()).contains_key(domain);
        let state = self.states.read().unwrap_or_else(|poison| poison.into_inner()).get(domain).copied();
        state.or(policy.then_some((Https::Valid { days_left: 90 }, Tls::Modern, Web6::Same)))
    }

    /// The zone that is meant by whoever names none.
    fn unnamed(&self) -> String {
        let states = self.states.read().unwrap_or_else(|poison| poison.into_inner());
        states.iter().find(|(_, (_, tls, _))| *tls == Tls::Ssl3).map(|(domain, _)| domain.clone()).unwrap_or_default()
    }

    /// Hellos to `domain` before this one.
    pub fn count(&self, domain: &str) -> usize {
        let mut hellos = self.hellos.lock().unwrap_or_else(|poison| poison.into_inner());
        let count = hellos.entry(domain.to_owned()).or_default();
        *count += 1;
        *count - 1
    }

    /// The answer over HTTPS, and how it is sent.
    fn page(&self, domain: &str, path: &str, web6: Web6, ipv6: bool) -> (Vec<u8>, Manner) {
        let request = self.fetches.fetch_add(1, Ordering::Relaxed);
        let expires = date::written(self.now + 180 * DAY);
        let fill = |text: &str| text.replace("{domain}", domain).replace("{expires}", &expires).replace("{request}", &request.to_string());
        let policy = self.policies.read().unwrap_or_else(|poison| poison.into_inner()).get(domain).cloned();
        if let Some(policy) = policy {
            let page = match policy {
                Some((kind, body)) if path == "/.well-known/mta-sts.txt" => {
                    Page { status: 200, headers: vec![("Content-Type".to_owned(), kind.to_owned())], body: body.into_bytes() }
                }
                _ => Page::text("nothing here").status(404),
            };
            return (page.wire(&[], fill), Manner::Proper);
        }
        let site = self.site(domain).unwrap_or_else(Site::good);
        let given = site.pages.iter().find(|(one, _)| one == path).map(|(_, page)| page.clone());
        let page = given.unwrap_or_else(|| match (path, web6) {
            ("/", Web6::Same) => Page::html(&self.front(domain)),
            ("/", _) => front(web6, ipv6, domain, request),
            _ => site.missing.clone(),
        });
        (page.wire(&site.headers, fill), site.manner)
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

/// Serves HTTPS for every zone by name. At the address that has no names (see `Zone::records`) whoever asks for none means the one
/// that speaks SSL 3.0.
pub(super) async fn serve(listener: TcpListener, web: Arc<Web>, count: Arc<AtomicUsize>) {
    let at = listener.local_addr().map(|address| address.ip()).ok();
    each(listener, web, |stream, web| {
        count.fetch_add(1, Ordering::Relaxed);
        async move { talk(stream, &web, at).await }
    })
    .await;
}

/// Serves plain HTTP.
pub(super) async fn serve_plain(listener: TcpListener, web: Arc<Web>) {
    each(listener, web, |stream, web| async move { talk_plain(stream, &web).await }).await;
}

async fn each<F: Future<Output = std::io::Result<()>> + Send + 'static>(
    listener: TcpListener,
    web: Arc<Web>,
    talk: impl Fn(TcpStream, Arc<Web>) -> F,
) {
    let mut clients = tokio::task::JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        while clients.try_join_next().is_some() {}
        let talked = talk(stream, Arc::clone(&web));
        clients.spawn(async move {
            // A client that goes away harms nobody.
            let _ = talked.await;
        });
    }
}

async fn talk(mut stream: TcpStream, web: &Web, at: Option<IpAddr>) -> std::io::Result<()> {
    let (unnamed, ipv6) = (at == Some(IpAddr::V4(UNNAMED)), at.is_some_and(|at| at.is_ipv6()));
    let (head, offered) = hello::overhear(&mut stream).await?;
    let asked = offered.as_ref().map(|hello| hello.name.to_ascii_lowercase()).unwrap_or_default();
    let asked = if asked.is_empty() && unnamed { web.unnamed() } else { asked };
    let state = web.state(&asked);
    let raw = state.filter(|(https, ..)| matches!(https, Https::Valid { .. })).and_then(|(https, tls, _)| Some((https, tls.server()?)));
    if let (Some((https, server)), Some(offered)) = (raw, &offered) {
        let own = web.certificate(&asked, https).map_err(std::io::Error::other)?;
        return hello::answer(stream, &server, offered, web.count(&asked), &own).await;
    }
    // Before the handshake ends, so that whoever ended it finds it counted.
    let number = web.note(Asked { host: asked.clone(), tls: true, path: None });
    let (read, write) = stream.into_split();
    let start = LazyConfigAcceptor::new(Acceptor::default(), tokio::io::join(Cursor::new(head).chain(read), write)).await?;
    let (state, tls, web6) = match state {
        None | Some((Https::NoHttps | Https::NoAddress, ..)) => return Ok(()),
        Some((_, _, Web6::Closed)) if ipv6 => return Ok(()),
        // Holds the connection without a word until the client gives up.
        Some((Https::Down, ..)) => return std::future::pending().await,
        Some(state) => state,
    };
    let config = web.config(&asked, state, tls).map_err(std::io::Error::other)?;
    let mut tls = start.into_stream(config).await?;
    let request = heard(&mut tls).await?;
    if let Some((path, _)) = request {
        web.note_path(number, &path);
        let (wire, manner) = web.page(&asked, &path, web6, ipv6);
        send(&mut tls, &wire, manner).await?;
    }
    tls.shutdown().await
}

async fn talk_plain(mut stream: TcpStream, web: &Web) -> std::io::Result<()> {
    let Some((path, host)) = heard(&mut stream).await? else { return Ok(()) };
    web.note(Asked { host: host.clone(), tls: false, path: Some(path.clone()) });
    let Some(site) = web.site(&host) else { return Ok(()) };
    let page = match site.plain {
        Plain::Redirects => Page::redirect(301, "https://{domain}{path}"),
        Plain::Says(page) => page,
        Plain::Silent => return std::future::pending().await,
        Plain::Closed => return Ok(()),
    };
    let wire = page.wire(&[], |text| text.replace("{domain}", &host).replace("{path}", &path));
    send(&mut stream, &wire, Manner::Proper).await?;
    stream.shutdown().await
}

/// Path and host of a request; none when the client says nothing.
async fn heard(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<Option<(String, String)>> {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") && request.len() < 8_192 {
        let mut part = [0u8; 1_024];
        let length = stream.read(&mut part).await?;
        if length == 0 {
            break;
        }
        request.extend_from_slice(part.get(..length).unwrap_or_default());
    }
    let text = String::from_utf8_lossy(&request).into_owned();
    let host = text.lines().filter_map(|line| line.split_once(':')).find(|(name, _)| name.eq_ignore_ascii_case("host"));
    let host = host.map(|(_, value)| value.trim().to_ascii_lowercase()).unwrap_or_default();
    Ok(text.split(' ').nth(1).map(|path| (path.to_owned(), host)))
}

async fn send(stream: &mut (impl AsyncWrite + Unpin), wire: &[u8], manner: Manner) -> std::io::Result<()> {
    match manner {
        Manner::Proper => stream.write_all(wire).await,
        Manner::EndlessHeaders => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n").await?;
            loop {
                stream.write_all(b"X-More: and more and more and more and more and more and more and more\r\n").await?;
            }
        }
        Manner::EndlessBody => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n").await?;
            loop {
                stream.write_all(&[b'a'; 4_096]).await?;
            }
        }
        Manner::Stalls => {
            stream.write_all(wire.get(..wire.len() / 2).unwrap_or_default()).await?;
            stream.flush().await?;
            std::future::pending().await
        }
    }
}
