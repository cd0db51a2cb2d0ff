//! Answers ClientHellos as a server with other versions, suites, groups and certificates would, up to where a secret begins.

use formats::tls::{
    Alert, Authentication, CERTIFICATE, CLIENT_HELLO, Flight, Group, Hello, Kind, SERVER_HELLO, SERVER_HELLO_DONE, SERVER_KEY_EXCHANGE, ServerHello,
    Suite, Version, certificate_list, handshake,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::tls::{Manner, Server, Shown};

/// Octets of a hello that are read.
const LARGEST: usize = 16_384;
/// A server's random, which no one here ever uses.
const RANDOM: [u8; 32] = [0x5a; 32];

/// Certificates made with openssl by `data/make.sh`, for names under `tls.example`.
pub(super) const RSA_ROOT: &[u8] = include_bytes!("data/root.der");
const INTERMEDIATE: &[u8] = include_bytes!("data/intermediate.der");
const INTERMEDIATE_SHA1: &[u8] = include_bytes!("data/intermediate-sha1.der");
const INTERMEDIATE_EXPIRED: &[u8] = include_bytes!("data/intermediate-expired.der");
const INTERMEDIATE_CROSS: &[u8] = include_bytes!("data/intermediate-cross-expired.der");
const LEAF: &[u8] = include_bytes!("data/leaf.der");
const LEAF_1024: &[u8] = include_bytes!("data/leaf-rsa1024.der");
const LEAF_MD5: &[u8] = include_bytes!("data/leaf-md5.der");
const LEAF_UNDER_SHA1: &[u8] = include_bytes!("data/leaf-under-sha1.der");
const LEAF_UNDER_EXPIRED: &[u8] = include_bytes!("data/leaf-under-expired.der");

/// Reads what a client says first: its octets, and the hello in them, if it is one.
pub(super) async fn overhear(stream: &mut TcpStream) -> std::io::Result<(Vec<u8>, Option<Hello>)> {
    let (mut octets, mut buffer) = (Vec::new(), [0; 4_096]);
    loop {
        let count = stream.read(&mut buffer).await?;
        octets.extend_from_slice(buffer.get(..count).unwrap_or_default());
        let Ok(flight) = Flight::read(&octets) else { return Ok((octets, None)) };
        if let Some(body) = flight.message(CLIENT_HELLO) {
            let hello = Hello::read(body);
            return Ok((octets, hello));
        }
        if count == 0 || octets.len() > LARGEST {
            return Ok((octets, None));
        }
    }
}

/// Answers `hello`, the `count`th one of this server, counted from 0. `own` is a certificate with a key on a curve.
pub(super) async fn answer(mut stream: TcpStream, server: &Server, hello: &Hello, count: usize, own: &[u8]) -> std::io::Result<()> {
    match server.manner {
        Manner::SilentAfter(most) if count >= most => return std::future::pending().await,
        Manner::TiresAfter(most) if count >= most => return Ok(()),
        Manner::Foreign => stream.write_all(b"SSH-2.0-testbed\r\n").await?,
        _ => {
            let said = said(server, hello, own);
            let curt = server.manner == Manner::Curt;
            match said {
                Ok(flight) => stream.write_all(&flight).await?,
                Err(_) if curt => return Ok(()),
                Err((version, alert)) => stream.write_all(&alert.write(version)).await?,
            }
        }
    }
    // The client closes; what it may still say is nothing we understand.
    stream.read(&mut [0; 64]).await.map(|_| ())
}

/// The server's flight up to ServerHelloDone, or the alert it sends instead.
fn said(server: &Server, hello: &Hello, own: &[u8]) -> Result<Vec<u8>, (Version, Alert)> {
    let version = server.versions.iter().copied().filter(|version| *version <= hello.version).max();
    let version = version.ok_or((Version::Tls12, Alert(70)))?;
    let refused = (version, Alert(40));
    let group = server.groups.iter().copied().find(|group| hello.groups.0.contains(group));
    let scheme = |suite: Suite| server.schemes.iter().copied().find(|scheme| hello.schemes.0.contains(scheme) && signs(*scheme, suite));
    let fits = |suite: &&Suite| {
        let offered = hello.suites.0.contains(&suite.code) && suite.serves(version);
        let signed = version < Version::Tls12 || !suite.has_forward_secrecy() || is_anonymous(**suite) || scheme(**suite).is_some();
        let shown = is_anonymous(**suite) || !chain(server.shown, suite.authentication(), own).is_empty();
        offered && signed && shown && (!suite.is_ecdhe() || group.is_some())
    };
    // Single DES and export keys ended with TLS 1.1 and 1.2; servers that had them kept to it.
    let dated = |suite: &&Suite| version < Version::Tls12 || !(suite.is_export() || suite.cipher().starts_with("DES_"));
    let suite = *server.suites.iter().filter(fits).find(dated).ok_or(refused)?;
    let answer = ServerHello { version: version.code(), suite: suite.code, retry: false, group: None, extensions: Vec::new() };
    let mut flight = handshake(SERVER_HELLO, &answer.write(&RANDOM));
    if !is_anonymous(suite) {
        let chain = chain(server.shown, suite.authentication(), own);
        flight.extend(handshake(CERTIFICATE, &certificate_list(chain)));
    }
    if let Some(exchange) = exchange(suite, group, server.prime) {
        let signature = match (is_anonymous(suite), version, scheme(suite)) {
            (true, ..) => Vec::new(),
            (_, Version::Tls12, Some(scheme)) => [scheme.to_be_bytes().as_slice(), &block(&[1; 256])].concat(),
            _ => block(&[1; 256]),
        };
        flight.extend(handshake(SERVER_KEY_EXCHANGE, &[exchange, signature].concat()));
    }
    flight.extend(handshake(SERVER_HELLO_DONE, &[]));
    Ok(Flight::write(version, &flight))
}

fn is_anonymous(suite: Suite) -> bool {
    suite.authentication() == Authentication::Anonymous
}

/// Whether `scheme` goes with the kind of certificate `suite` needs.
fn signs(scheme: u16, suite: Suite) -> bool {
    let elliptic = scheme & 0xff == 3;
    match suite.authentication() {
        Authentication::Ecdsa => elliptic,
        _ => !elliptic,
    }
}

/// What comes before the signature in a ServerKeyExchange, for suites that have one.
fn exchange(suite: Suite, group: Option<u16>, prime: usize) -> Option<Vec<u8>> {
    if suite.is_ecdhe() {
        let group = group?;
        let bits = Group::of(group).filter(|known| known.kind == Kind::Curve).map_or(256, |known| known.bits);
        let point = vec![4; usize::from(bits).div_ceil(8).min(66) * 2 + 1];
        let length = u8::try_from(point.len()).unwrap_or(u8::MAX);
        return Some([&[3], group.to_be_bytes().as_slice(), &[length], &point].concat());
    }
    let number = |bits: usize| block(&vec![0xff; bits / 8]);
    if suite.is_dhe() {
        // Export suites allow 512 bits (RFC 2246 7.4.3).
        let bits = if suite.is_export() { 512 } else { prime };
        return Some([number(bits), block(&[2]), number(bits)].concat());
    }
    (suite.is_export() && suite.authentication() == Authentication::Rsa).then(|| [number(512), block(&[1, 0, 1])].concat())
}

/// Octets after their length.
fn block(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap_or(u16::MAX);
    [length.to_be_bytes().as_slice(), content].concat()
}

/// The chain for suites that need a key of `kind`; empty: there is none.
fn chain(shown: Shown, kind: Authentication, own: &[u8]) -> Vec<&[u8]> {
    if kind != Authentication::Rsa {
        return if shown == Shown::Both && kind == Authentication::Ecdsa { vec![own] } else { Vec::new() };
    }
    match shown {
        Shown::Rsa | Shown::Both => vec![LEAF, INTERMEDIATE],
        Shown::Rsa1024 => vec![LEAF_1024, INTERMEDIATE],
        Shown::Md5 => vec![LEAF_MD5, INTERMEDIATE],
        Shown::Sha1Intermediate => vec![LEAF_UNDER_SHA1, INTERMEDIATE_SHA1],
        Shown::ExpiredIntermediate => vec![LEAF_UNDER_EXPIRED, INTERMEDIATE_EXPIRED],
        Shown::MissingIntermediate => vec![LEAF],
        Shown::Reversed => vec![INTERMEDIATE, LEAF],
        Shown::ExpiredCross => vec![LEAF, INTERMEDIATE, INTERMEDIATE_CROSS],
        Shown::WithRoot => vec![LEAF, INTERMEDIATE, RSA_ROOT],
    }
}
