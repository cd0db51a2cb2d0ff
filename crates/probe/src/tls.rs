//! One TLS handshake that keeps whatever chain is presented, to be judged afterwards.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use formats::evidence::{Failure, Handshake, Heard, Octets};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::failure::unreached;

/// Certificates of a chain that evidence shows to people, certificates kept, and octets of one.
const SHOWN: usize = 8;
const KEPT: usize = 12;
const LONGEST: usize = 16_384;

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
        let chain = std::iter::once(end_entity).chain(intermediates).filter(|der| der.len() <= LONGEST).take(KEPT);
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

/// A connection to `socket`.
pub(crate) async fn reach(socket: SocketAddr, limit: Duration) -> Result<TcpStream, Failure> {
    match timeout(limit, TcpStream::connect(socket)).await {
        Err(_) => Err(Failure::Timeout),
        Ok(Err(error)) => Err(unreached(&error)),
        Ok(Ok(stream)) => Ok(stream),
    }
}

/// Connects to `socket`, asks for `domain`, and keeps what is shown. `now` in Unix seconds.
pub(crate) async fn handshake(socket: SocketAddr, domain: &str, limit: Duration, now: i64) -> Heard {
    match connect(socket, domain, limit, now).await {
        Ok((_, shown)) => Heard::Handshake(shown),
        Err(heard) => heard,
    }
}

/// The same, with the connection for whoever wants to say something over it.
///
/// # Errors
/// What was heard instead: a chain whose handshake broke, or nothing.
pub(crate) async fn connect(socket: SocketAddr, domain: &str, limit: Duration, now: i64) -> Result<(TlsStream<TcpStream>, Handshake), Heard> {
    match reach(socket, limit).await {
        Ok(stream) => over(stream, domain, limit, now).await,
        Err(failure) => Err(Heard::Failure(failure)),
    }
}

/// A handshake over a connection that stands.
///
/// # Errors
/// As [`connect`].
pub(crate) async fn over(stream: TcpStream, domain: &str, limit: Duration, now: i64) -> Result<(TlsStream<TcpStream>, Handshake), Heard> {
    let nothing = |failure| Err(Heard::Failure(failure));
    let provider = Arc::new(aws_lc_rs::default_provider());
    let seen = Arc::new(Mutex::new(Seen::default()));
    let recorder = Recorder { provider: Arc::clone(&provider), seen: Arc::clone(&seen) };
    let clock = Arc::new(At(u64::try_from(now).unwrap_or(0)));
    let config = ClientConfig::builder_with_details(provider, clock)
        .with_safe_default_protocol_versions()
        .map(|builder| builder.dangerous().with_custom_certificate_verifier(Arc::new(recorder)).with_no_client_auth());
    let (config, name) = match (config, ServerName::try_from(domain.to_owned())) {
        (Ok(config), Ok(name)) => (config, name),
        (Err(error), _) => return nothing(Failure::Unreachable(error.to_string())),
        (_, Err(error)) => return nothing(Failure::Unreachable(error.to_string())),
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
    let shown = Handshake {
        shown: seen.certificates.iter().take(SHOWN).map(shown).collect(),
        chain: seen.certificates.iter().map(|der| Octets(der.to_vec())).collect(),
        proved: seen.proved.unwrap_or(false),
        detail: detail.clone(),
    };
    match result {
        Ok(Ok(stream)) if !shown.chain.is_empty() => Ok((stream, shown)),
        // A chain that was shown before the handshake broke is evidence all the same.
        _ if !shown.chain.is_empty() => Err(Heard::Handshake(shown)),
        Err(_) => nothing(Failure::Timeout),
        Ok(_) => nothing(Failure::NoHandshake(detail)),
    }
}

/// A certificate as people read it.
fn shown(der: &CertificateDer<'_>) -> String {
    let cut = |text: String| text.chars().take(300).collect::<String>();
    match X509Certificate::from_der(der) {
        Ok((_, one)) => format!(
            "{}; issued by {}; serial {}; {} to {}",
            cut(one.subject().to_string()),
            cut(one.issuer().to_string()),
            one.raw_serial_as_string(),
            one.validity().not_before,
            one.validity().not_after
        ),
        Err(error) => format!("unreadable: {error}"),
    }
}
