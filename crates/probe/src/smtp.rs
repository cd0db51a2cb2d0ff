//! A mail server's greeting, what it offers, and its TLS handshake; no mail is begun (RFC 5321, RFC 3207).

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use formats::evidence::{Failure, Heard, Session};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::tls;

/// Octets of one reply that are read: RFC 5321 4.5.3.1.5 allows 512 for a line, and servers offer some twenty extensions.
const LONGEST: usize = 8_192;
/// Characters of one line that are kept.
const KEPT: usize = 200;

/// Talks to the mail server at `socket` as far as TLS for `name`. `limit` bounds each step; `now` in Unix seconds.
pub(crate) async fn converse(socket: SocketAddr, name: &str, limit: Duration, now: i64) -> Heard {
    let stream = match tls::reach(socket, limit).await {
        Ok(stream) => stream,
        Err(failure) => return Heard::Failure(failure),
    };
    let mut session = Session::default();
    match talk(stream, name, limit, now, &mut session).await {
        Err(failure) if session.greeting.is_empty() => Heard::Failure(failure),
        Err(failure) => Heard::Session(Session { broken: Some(failure), ..session }),
        Ok(()) => Heard::Session(session),
    }
}

/// Says what comes before TLS: whether `stream` is the server's for a handshake now. `session` keeps the replies, as far as they came.
pub(crate) async fn open(stream: &mut TcpStream, limit: Duration, session: &mut Session) -> Result<bool, Failure> {
    session.greeting = reply(stream, limit).await?;
    if !session.greeting.starts_with("220") {
        return Ok(false);
    }
    // Who has no name gives its address (RFC 5321 4.1.3).
    let own = match stream.local_addr().map(|own| own.ip()) {
        Ok(IpAddr::V4(v4)) => format!("[{v4}]"),
        Ok(IpAddr::V6(v6)) => format!("[IPv6:{v6}]"),
        Err(error) => return Err(Failure::Unreachable(error.to_string())),
    };
    say(stream, &format!("EHLO {own}"), limit).await?;
    session.ehlo = reply(stream, limit).await?;
    if !session.offers_tls() {
        return Ok(false);
    }
    say(stream, "STARTTLS", limit).await?;
    let ready = reply(stream, limit).await?;
    let go = ready.starts_with("220");
    session.starttls = Some(ready);
    Ok(go)
}

async fn talk(mut stream: TcpStream, name: &str, limit: Duration, now: i64, session: &mut Session) -> Result<(), Failure> {
    if !open(&mut stream, limit, session).await? {
        quit(&mut stream, limit).await;
        return Ok(());
    }
    match tls::over(stream, name, limit, now).await {
        Ok((mut stream, shown)) => {
            session.handshake = Some(Box::new(shown));
            // What is learnt is learnt; the farewell is for the server's log.
            let farewell = async {
                stream.write_all(b"QUIT\r\n").await?;
                stream.shutdown().await
            };
            let _ = timeout(limit, farewell).await;
            Ok(())
        }
        Err(Heard::Handshake(shown)) => {
            session.handshake = Some(Box::new(shown));
            Ok(())
        }
        Err(Heard::Failure(failure)) => Err(failure),
        Err(_) => Err(Failure::NoHandshake("no handshake".to_owned())),
    }
}

async fn say(stream: &mut TcpStream, line: &str, limit: Duration) -> Result<(), Failure> {
    match timeout(limit, stream.write_all(format!("{line}\r\n").as_bytes())).await {
        Err(_) => Err(Failure::Timeout),
        Ok(Err(error)) => Err(Failure::Unreachable(error.to_string())),
        Ok(Ok(())) => Ok(()),
    }
}

/// Takes leave. A server that is gone already missed nothing.
pub(crate) async fn quit(stream: &mut TcpStream, limit: Duration) {
    let _ = say(stream, "QUIT", limit).await;
}

/// One reply, its lines joined by line breaks.
async fn reply(stream: &mut TcpStream, limit: Duration) -> Result<String, Failure> {
    match timeout(limit, read_reply(stream)).await {
        Err(_) => Err(Failure::Timeout),
        Ok(read) => read,
    }
}

async fn read_reply(stream: &mut TcpStream) -> Result<String, Failure> {
    let mut heard = Vec::new();
    while heard.len() < LONGEST {
        // One octet after the other: what follows the reply to STARTTLS in the clear belongs to nobody (CVE-2011-0411).
        let octet = stream.read_u8().await.map_err(|error| Failure::Unreachable(error.to_string()))?;
        heard.push(octet);
        if octet == b'\n'
            && let Some(lines) = whole(&heard)
        {
            return lines;
        }
    }
    Err(Failure::Malformed("a reply without an end".to_owned()))
}

/// The lines of a reply when its last one has come: a code and a space (RFC 5321 4.2.1).
fn whole(heard: &[u8]) -> Option<Result<String, Failure>> {
    let text = String::from_utf8_lossy(heard);
    let clean = |line: &str| line.chars().filter(|c| !c.is_control()).take(KEPT).collect::<String>();
    let lines: Vec<String> = text.lines().map(clean).collect();
    let last = lines.last()?;
    let code = last.get(..3).is_some_and(|code| code.bytes().all(|b| b.is_ascii_digit()));
    match last.get(3..4) {
        _ if !code => Some(Err(Failure::Malformed("no mail server answers here".to_owned()))),
        Some("-") => None,
        None | Some(" ") => Some(Ok(lines.join("\n"))),
        Some(_) => Some(Err(Failure::Malformed("no mail server answers here".to_owned()))),
    }
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn a_reply_ends_with_a_line_without_hyphen() {
        assert!(whole(b"250-mail.example\r\n").is_none());
        assert_eq!(whole(b"250-mail.example\r\n250 STARTTLS\r\n").unwrap().unwrap(), "250-mail.example\n250 STARTTLS");
        assert_eq!(whole(b"220\r\n").unwrap().unwrap(), "220");
        assert!(whole(b"HTTP/1.1 400 Bad Request\r\n").unwrap().is_err());
        assert!(whole(b"\xff\xfe\r\n").unwrap().is_err());
    }
}
