//! The HTTPS checks: one handshake that keeps whatever chain is presented, judged afterwards.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use hickory_proto::rr::{Name, RecordType};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;

pub(crate) use crate::certificate::{check_certificate, check_expiry, roots_version};
use crate::dns::{Asked, Trail};
use crate::target::{plain, refused};

/// What a domain showed at its HTTPS port.
pub(crate) struct Presented {
    pub outcome: Outcome,
    pub evidence: Value,
    pub command: String,
}

pub(crate) enum Outcome {
    /// The address could not be looked up.
    Unasked(Asked),
    NoSuchDomain,
    NoAddress,
    /// Only addresses that must not be probed.
    Forbidden(IpAddr, &'static str),
    /// Nothing listens.
    Closed(SocketAddr),
    TimedOut(SocketAddr),
    Failed(String),
    NoHandshake(String),
    Chain(Chain),
}

/// A presented chain, leaf first.
pub(crate) struct Chain {
    pub certificates: Vec<CertificateDer<'static>>,
    /// Whether the server proved that it holds the leaf's key.
    pub proved: bool,
}

#[derive(Debug, Default)]
struct Seen {
    certificates: Vec<CertificateDer<'static>>,
    proved: Option<bool>,
}

/// Accepts every certificate, so that a bad one can be seen and judged; nothing is ever sent over the connection.
#[derive(Debug)]
struct Recorder {
    provider: Arc<CryptoProvider>,
    seen: Arc<Mutex<Seen>>,
}

impl Recorder {
    fn proof(&self, valid: bool) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.seen.lock().unwrap_or_else(|poison| poison.into_inner()).proved = Some(valid);
        Ok(HandshakeSignatureValid::assertion())
    }
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let chain = std::iter::once(end_entity).chain(intermediates).take(12);
        self.seen.lock().unwrap_or_else(|poison| poison.into_inner()).certificates = chain.map(|c| c.clone().into_owned()).collect();
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.proof(verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms).is_ok())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.proof(verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms).is_ok())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let mut schemes = self.provider.signature_verification_algorithms.supported_schemes();
        // Servers with old certificates shall show them rather than refuse.
        schemes.extend([SignatureScheme::RSA_PKCS1_SHA1, SignatureScheme::ECDSA_SHA1_Legacy]);
        schemes
    }
}

#[derive(Debug)]
struct At(u64);

impl rustls::time_provider::TimeProvider for At {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(std::time::Duration::from_secs(self.0)))
    }
}

/// Connects to `name` and keeps what it presents. IPv4 first; one address that answers suffices.
pub(crate) async fn connect(trail: &mut Trail<'_, '_>, name: &Name, now: i64) -> Presented {
    let domain = plain(name);
    let port = trail.client.vantage.https_port;
    let mut tried = Vec::new();
    let outcome = attempt(trail, name, &domain, now, &mut tried).await.unwrap_or_else(Outcome::Unasked);
    // The very address that was measured: a name may have several, and a testbed's is known to nobody else.
    let place = tried.iter().rev().find_map(|one| one.get("address")?.as_str()).map_or_else(|| format!("{domain}:{port}"), str::to_owned);
    let command = format!(
        "openssl s_client -connect {place} -servername {domain} </dev/null | openssl x509 -noout -subject -issuer -dates -ext subjectAltName"
    );
    let mut evidence = trail.evidence();
    if let Some(map) = evidence.as_object_mut() {
        map.insert("connections".into(), tried.into());
    }
    Presented { outcome, evidence, command }
}

async fn attempt(trail: &mut Trail<'_, '_>, name: &Name, domain: &str, now: i64, tried: &mut Vec<Value>) -> Result<Outcome, Asked> {
    let mut addresses = Vec::new();
    for kind in [RecordType::A, RecordType::AAAA] {
        let answer = trail.ask(name, kind).await?;
        if answer.nxdomain {
            return Ok(Outcome::NoSuchDomain);
        }
        addresses.extend(answer.records(name, kind).into_iter().filter_map(|record| record.data.ip_addr()));
        if !addresses.is_empty() {
            break;
        }
    }
    let vantage = trail.client.vantage;
    let mut last = Outcome::NoAddress;
    for address in addresses.into_iter().take(trail.client.budget().max_connections) {
        if let Some(kind) = refused(address).filter(|_| !vantage.allow_private) {
            tried.push(json!({"address": address.to_string(), "outcome": "refused", "kind": kind}));
            last = Outcome::Forbidden(address, kind);
            continue;
        }
        let socket = SocketAddr::new(address, vantage.https_port);
        let begin = Instant::now();
        let (outcome, detail) = handshake(socket, domain, vantage.connect_timeout, now).await;
        let ms = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
        tried.push(json!({"address": socket.to_string(), "ms": ms, "outcome": detail}));
        let done = matches!(outcome, Outcome::Chain(_));
        last = outcome;
        if done {
            break;
        }
    }
    Ok(last)
}

async fn handshake(socket: SocketAddr, domain: &str, limit: std::time::Duration, now: i64) -> (Outcome, String) {
    let stream = match timeout(limit, TcpStream::connect(socket)).await {
        Err(_) => return (Outcome::TimedOut(socket), "connect timed out".into()),
        Ok(Err(error)) if error.kind() == ErrorKind::ConnectionRefused => return (Outcome::Closed(socket), "connection refused".into()),
        Ok(Err(error)) => return (Outcome::Failed(error.to_string()), error.to_string()),
        Ok(Ok(stream)) => stream,
    };
    let provider = Arc::new(aws_lc_rs::default_provider());
    let seen = Arc::new(Mutex::new(Seen::default()));
    let recorder = Recorder { provider: Arc::clone(&provider), seen: Arc::clone(&seen) };
    let clock = Arc::new(At(u64::try_from(now).unwrap_or(0)));
    let config = ClientConfig::builder_with_details(provider, clock)
        .with_safe_default_protocol_versions()
        .map(|builder| builder.dangerous().with_custom_certificate_verifier(Arc::new(recorder)).with_no_client_auth());
    let (config, name) = match (config, ServerName::try_from(domain.to_owned())) {
        (Ok(config), Ok(name)) => (config, name),
        (Err(error), _) => return (Outcome::Failed(error.to_string()), error.to_string()),
        (_, Err(error)) => return (Outcome::Failed(error.to_string()), error.to_string()),
    };
    let result = timeout(limit, TlsConnector::from(Arc::new(config)).connect(name, stream)).await;
    let seen = std::mem::take(&mut *seen.lock().unwrap_or_else(|poison| poison.into_inner()));
    let detail = match &result {
        Err(_) => "handshake timed out".to_owned(),
        Ok(Err(error)) => error.to_string(),
        Ok(Ok(stream)) => {
            let (_, session) = stream.get_ref();
            format!("{:?} {:?}", session.protocol_version(), session.negotiated_cipher_suite().map(|suite| suite.suite()))
        }
    };
    // A chain that was shown before the handshake broke is evidence all the same.
    let outcome = match result {
        _ if !seen.certificates.is_empty() => Outcome::Chain(Chain { certificates: seen.certificates, proved: seen.proved.unwrap_or(false) }),
        Err(_) => Outcome::TimedOut(socket),
        Ok(_) => Outcome::NoHandshake(detail.clone()),
    };
    (outcome, detail)
}
