//! The loopback ports a testbed listens on.

use std::io::{Error, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::{TcpListener, UdpSocket};

use super::dns::At;
use super::servers::Place;
use super::smtp::{self, Smtp};
use super::tls::Tls;
use super::web::UNNAMED;

const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);
/// Where web servers stand that have no HTTPS.
const WITHOUT_HTTPS: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
/// Attempts to find one port that is free everywhere it is needed.
const ATTEMPTS: usize = 32;

/// One name server's sockets.
pub(super) struct Listening {
    pub at: At,
    pub udp: UdpSocket,
    pub tcp: Option<TcpListener>,
}

/// Everything that was opened.
pub(super) struct Ports {
    /// Whether this machine has `::1`.
    pub ipv6: bool,
    pub resolver: Listening,
    /// All on one port number.
    pub servers: Vec<Listening>,
    /// At every address web servers stand at, see `Zone::records`, on one port number.
    pub https: Vec<TcpListener>,
    pub https_port: u16,
    /// The same for plain HTTP.
    pub http: Vec<TcpListener>,
    pub http_port: u16,
    /// Mail servers, each behaviour at an address of its own, on one port number.
    pub smtp: Vec<(TcpListener, Smtp)>,
    pub smtp_port: u16,
}

impl Ports {
    pub async fn open() -> std::io::Result<Self> {
        let ipv6 = TcpListener::bind((V6, 0)).await.is_ok();
        let resolver = attempt(async |port| listen(At::Resolver, V4, port, true).await).await?;
        let servers = attempt(async |port| servers(port, ipv6).await).await?;
        let v6 = ipv6.then_some(V6);
        let (https, https_port) = attempt(async |port| web(port, &[V4, IpAddr::V4(UNNAMED)], v6).await).await?;
        let (http, http_port) = attempt(async |port| web(port, &[V4, IpAddr::V4(WITHOUT_HTTPS)], v6).await).await?;
        let (smtp, smtp_port) = attempt(async |port| mail(port, v6).await).await?;
        Ok(Self { ipv6, resolver, servers, https, https_port, http, http_port, smtp, smtp_port })
    }
}

/// Calls `open` with ports that were free a moment ago, until nobody was faster.
async fn attempt<T>(open: impl AsyncFn(u16) -> std::io::Result<T>) -> std::io::Result<T> {
    let mut last = Error::from(ErrorKind::AddrInUse);
    for _ in 0..ATTEMPTS {
        let free = TcpListener::bind((V4, 0)).await?.local_addr()?.port();
        match open(free).await {
            Err(error) if error.kind() == ErrorKind::AddrInUse => last = error,
            other => return other,
        }
    }
    Err(last)
}

async fn listen(at: At, address: IpAddr, port: u16, tcp: bool) -> std::io::Result<Listening> {
    let place = SocketAddr::new(address, port);
    let tcp = if tcp { Some(TcpListener::bind(place).await?) } else { None };
    Ok(Listening { at, udp: UdpSocket::bind(place).await?, tcp })
}

async fn servers(port: u16, ipv6: bool) -> std::io::Result<Vec<Listening>> {
    let mut all = Vec::new();
    for place in Place::ALL {
        match listen(At::Server(place), place.address().into(), port, place != Place::WithoutTcp).await {
            // Elsewhere than on Linux only 127.0.0.1 is this machine: the server is then out of reach.
            Err(error) if error.kind() == ErrorKind::AddrNotAvailable => {}
            other => all.push(other?),
        }
    }
    if ipv6 {
        all.push(listen(At::Ipv6, V6, port, true).await?);
    }
    Ok(all)
}

/// Listeners at those of `addresses` and `more` that this machine has: elsewhere than on Linux only 127.0.0.1 is.
async fn web(port: u16, addresses: &[IpAddr], more: Option<IpAddr>) -> std::io::Result<(Vec<TcpListener>, u16)> {
    let mut all = Vec::new();
    for address in addresses.iter().copied().chain(more) {
        match TcpListener::bind((address, port)).await {
            Err(error) if error.kind() == ErrorKind::AddrNotAvailable => {}
            other => all.push(other?),
        }
    }
    Ok((all, port))
}

async fn mail(port: u16, more: Option<IpAddr>) -> std::io::Result<(Vec<(TcpListener, Smtp)>, u16)> {
    let mut all = Vec::new();
    let answering = Smtp::ANSWERING.iter().map(|manner| (manner.address(Tls::Modern), *manner));
    let speaking = [IpAddr::V4(smtp::UNNAMED)].into_iter().chain(more).map(|address| (address, Smtp::Tls));
    for (address, manner) in answering.chain(speaking) {
        match TcpListener::bind((address, port)).await {
            Err(error) if error.kind() == ErrorKind::AddrNotAvailable => {}
            other => all.push((other?, manner)),
        }
    }
    Ok((all, port))
}
