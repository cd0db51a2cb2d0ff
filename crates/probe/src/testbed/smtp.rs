//! The testbed's mail server: it goes as far as TLS and takes no mail; how it behaves depends on the address it is reached at.

use std::io::{Cursor, Error};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};

use rustls::server::Acceptor;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::LazyConfigAcceptor;

use super::hello;
use super::tls::Tls;
use super::web::Web;

/// Where the mail host lives that nobody can name, see [`Web::unnamed_mail`].
pub(super) const UNNAMED: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 8);
/// Connections that [`Smtp::Tires`] serves.
const PATIENCE: usize = 4;

/// How the first mail host behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Smtp {
    Tls,
    /// The same with a certificate nobody vouches for.
    SelfSigned,
    /// Offers no STARTTLS.
    Plain,
    /// Offers STARTTLS and then refuses it.
    Refuses,
    /// Says that it is ready for TLS and then speaks none.
    Breaks,
    /// Turns everybody away.
    Rejects,
    /// Connects, then never speaks.
    Silent,
    /// Serves four connections, then turns everybody away for a while; one zone at most.
    Tires,
    /// Nothing listens.
    Closed,
}

impl Smtp {
    /// Where hosts that behave like this live: the testbed's mail server tells them apart by the address it is reached at.
    pub(super) fn address(self, tls: Tls) -> IpAddr {
        let last = match self {
            // SSL 3.0 names no server.
            Self::Tls if tls == Tls::Ssl3 => return IpAddr::V4(UNNAMED),
            Self::Tls | Self::SelfSigned => 1,
            Self::Closed => 2,
            Self::Plain => 3,
            Self::Refuses => 4,
            Self::Breaks => 5,
            Self::Rejects => 6,
            Self::Silent => 7,
            Self::Tires => 9,
        };
        IpAddr::from([127, 0, 0, last])
    }

    /// Those that listen, each at an address of its own.
    pub(super) const ANSWERING: [Self; 7] = [Self::Tls, Self::Plain, Self::Refuses, Self::Breaks, Self::Rejects, Self::Silent, Self::Tires];
}

/// A mail server, as it behaves now.
pub(super) struct Server {
    pub manner: Arc<RwLock<Smtp>>,
    pub web: Arc<Web>,
    /// Connections to all mail servers.
    pub count: Arc<AtomicUsize>,
}

pub(super) async fn serve(listener: TcpListener, server: Server) {
    let unnamed = listener.local_addr().is_ok_and(|address| address.ip() == IpAddr::V4(UNNAMED));
    let (mut clients, mut served) = (tokio::task::JoinSet::new(), 0);
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        while clients.try_join_next().is_some() {}
        server.count.fetch_add(1, Ordering::Relaxed);
        let manner = *server.manner.read().unwrap_or_else(|poison| poison.into_inner());
        let tired = manner == Smtp::Tires && served >= PATIENCE;
        served += 1;
        let web = Arc::clone(&server.web);
        clients.spawn(async move {
            // A client that goes away harms nobody.
            let _ = if tired { send_away(stream).await } else { talk(stream, manner, &web, unnamed).await };
        });
    }
}

async fn send_away(mut stream: TcpStream) -> std::io::Result<()> {
    stream.write_all(b"421 4.7.0 too many connections from you\r\n").await?;
    // Until the client has read it.
    stream.read(&mut [0; 64]).await.map(|_| ())
}

async fn talk(stream: TcpStream, manner: Smtp, web: &Web, unnamed: bool) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    match manner {
        // Holds the connection without a word until the client gives up.
        Smtp::Silent => return std::future::pending().await,
        Smtp::Rejects => return stream.write_all(b"554 no service for you\r\n").await,
        _ => stream.write_all(b"220 mail.testbed ESMTP\r\n").await?,
    }
    loop {
        let mut line = String::new();
        if (&mut stream).take(1_000).read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let verb = line.split_ascii_whitespace().next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" if manner == Smtp::Plain => stream.write_all(b"250-mail.testbed\r\n250 8BITMIME\r\n").await?,
            "EHLO" => stream.write_all(b"250-mail.testbed\r\n250-8BITMIME\r\n250 STARTTLS\r\n").await?,
            "STARTTLS" if manner == Smtp::Refuses => stream.write_all(b"454 TLS not available due to temporary reason\r\n").await?,
            "STARTTLS" if manner != Smtp::Plain => {
                stream.write_all(b"220 go ahead\r\n").await?;
                break;
            }
            "QUIT" => return stream.write_all(b"221 bye\r\n").await,
            _ => stream.write_all(b"502 not here\r\n").await?,
        }
    }
    if manner == Smtp::Breaks {
        return stream.write_all(b"500 no TLS after all\r\n").await;
    }
    // What came in the clear after STARTTLS is forgotten with the reader (CVE-2011-0411).
    encrypted(stream.into_inner(), web, unnamed).await
}

/// What is left when TLS may begin.
async fn encrypted(mut stream: TcpStream, web: &Web, unnamed: bool) -> std::io::Result<()> {
    let (head, offered) = hello::overhear(&mut stream).await?;
    let named = offered.as_ref().map(|hello| hello.name.to_ascii_lowercase()).unwrap_or_default();
    let host = if named.is_empty() && unnamed { web.unnamed_mail() } else { named };
    let (state, tls) = web.mail(&host);
    if let (Some(server), Some(offered)) = (tls.server(), &offered) {
        let own = web.certificate(&host, state).map_err(Error::other)?;
        return hello::answer(stream, &server, offered, web.count(&host), &own).await;
    }
    let (read, write) = stream.into_split();
    let start = LazyConfigAcceptor::new(Acceptor::default(), tokio::io::join(Cursor::new(head).chain(read), write)).await?;
    let mut tls = start.into_stream(web.config(&host, state, tls).map_err(Error::other)?).await?;
    let mut farewell = [0u8; 64];
    if tls.read(&mut farewell).await? > 0 {
        tls.write_all(b"221 bye\r\n").await?;
    }
    tls.shutdown().await
}
