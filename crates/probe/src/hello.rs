//! One ClientHello, and what the server says before anything is encrypted.

use std::net::SocketAddr;
use std::time::Duration;

use formats::evidence::{End, Failure, Heard, Octets, Opening, Reply, Session};
use formats::tls::{
    CERTIFICATE, Flight, Hello, SERVER_HELLO, SERVER_HELLO_DONE, SERVER_KEY_EXCHANGE, ServerHello, Version, certificate_list, certificates, handshake,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use crate::smtp;
use crate::tls::reach;

/// Octets of an answer that are read, and of a message that is kept.
const LARGEST: usize = 65_536;
const KEPT: usize = 16_384;

/// What is said.
pub(crate) struct Greeting<'a> {
    pub offer: &'a Hello,
    pub random: [u8; 32],
    /// Whether the certificates of the answer are kept.
    pub certificates: bool,
    /// What is said before it.
    pub opening: Opening,
}

/// Greets the server at `address`; `limit` bounds the connection, each step of what is said before, and then the whole answer.
pub(crate) async fn greet(address: SocketAddr, greeting: &Greeting<'_>, limit: Duration) -> Heard {
    let mut stream = match reach(address, limit).await {
        Ok(stream) => stream,
        Err(failure) => return Heard::Failure(failure),
    };
    if greeting.opening == Opening::Smtp
        && let Err(failure) = start_tls(&mut stream, limit).await
    {
        return Heard::Failure(failure);
    }
    let until = Instant::now() + limit;
    let hello = greeting.offer.write(&greeting.random);
    let (octets, end) = match timeout_at(until, stream.write_all(&hello)).await {
        Err(_) => (Vec::new(), End::Cut),
        // A server may refuse before it has read everything, and what it said may still arrive.
        Ok(_) => listen(&mut stream, until).await,
    };
    let flight = Flight::read(&octets).unwrap_or_default();
    if octets.is_empty() && end == End::Cut {
        return Heard::Failure(Failure::Timeout);
    }
    Heard::Hello(Reply {
        messages: Octets(kept(&flight, greeting.certificates)),
        alert: flight.alert.map(|alert| alert.0),
        end: if flight.alert.is_some() { End::Alert } else { end },
    })
}

/// Brings a mail server to the point where it waits for a hello. Its refusal is no answer to the hello: it may come from a limit on
/// connections, and another time it may agree.
async fn start_tls(stream: &mut TcpStream, limit: Duration) -> Result<(), Failure> {
    let mut session = Session::default();
    if smtp::open(stream, limit, &mut session).await? {
        return Ok(());
    }
    smtp::quit(stream, limit).await;
    let last = session.starttls.as_deref().or(Some(session.ehlo.as_str()).filter(|ehlo| !ehlo.is_empty())).unwrap_or(&session.greeting);
    Err(Failure::NoHandshake(last.lines().next().unwrap_or_default().to_owned()))
}

/// Reads until the server has said everything, went away, or fell silent.
async fn listen(stream: &mut TcpStream, until: Instant) -> (Vec<u8>, End) {
    let (mut octets, mut buffer) = (Vec::new(), vec![0; 8_192]);
    loop {
        match timeout_at(until, stream.read(&mut buffer)).await {
            Err(_) => return (octets, End::Cut),
            Ok(Ok(0) | Err(_)) => return (octets, End::Broken),
            Ok(Ok(count)) => octets.extend_from_slice(buffer.get(..count).unwrap_or_default()),
        }
        match Flight::read(&octets) {
            Err(_) => return (octets, End::Foreign),
            Ok(flight) if is_whole(&flight) => return (octets, End::Whole),
            Ok(_) if octets.len() > LARGEST => return (octets, End::Cut),
            Ok(_) => {}
        }
    }
}

/// Whether nothing more comes in the clear.
fn is_whole(flight: &Flight) -> bool {
    let done = flight.message(SERVER_HELLO_DONE).is_some();
    let new = || flight.message(SERVER_HELLO).and_then(ServerHello::read).is_some_and(|hello| hello.version >= Version::Tls13.code());
    flight.alert.is_some() || flight.sealed || done || new()
}

/// The messages evidence keeps. A chain that is too long loses its last certificates.
fn kept(flight: &Flight, with_certificates: bool) -> Vec<u8> {
    let mut octets = Vec::new();
    for message in &flight.messages {
        match message.kind {
            SERVER_HELLO | SERVER_KEY_EXCHANGE if message.body.len() <= KEPT => octets.extend(handshake(message.kind, &message.body)),
            CERTIFICATE if with_certificates => octets.extend(handshake(CERTIFICATE, &shortened(&message.body))),
            _ => {}
        }
    }
    octets
}

/// As many certificates as may be kept, the first ones first.
fn shortened(body: &[u8]) -> Vec<u8> {
    let (chain, mut room) = (certificates(body).unwrap_or_default(), KEPT);
    let short = chain.iter().map(Vec::as_slice).take_while(|der| {
        let fits = der.len() <= room;
        room = room.saturating_sub(der.len());
        fits
    });
    certificate_list(short)
}
