//! The loopback ports a testbed listens on.

use std::io::{Error, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::{TcpListener, UdpSocket};

use super::dns::At;
use super::servers::Place;

const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);
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
    /// IPv4 first; both on one port number.
    pub web: Vec<TcpListener>,
}

impl Ports {
    pub async fn open() -> std::io::Result<Self> {
        let ipv6 = TcpListener::bind((V6, 0)).await.is_ok();
        let resolver = attempt(async |port| listen(At::Resolver, V4, port, true).await).await?;
        let servers = attempt(async |port| servers(port, ipv6).await).await?;
        let web = attempt(async |port| web(port, ipv6).await).await?;
        Ok(Self { ipv6, resolver, servers, web })
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

async fn web(port: u16, ipv6: bool) -> std::io::Result<Vec<TcpListener>> {
    let mut all = vec![TcpListener::bind((V4, port)).await?];
    if ipv6 {
        all.push(TcpListener::bind((V6, port)).await?);
    }
    Ok(all)
}
