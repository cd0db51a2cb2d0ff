//! Receives the testbed's DNS questions, over UDP and TCP, and counts them.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use hickory_proto::op::Message;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};

use super::super::ports::Listening;
use super::{At, World};

fn reply(world: &RwLock<World>, asked: &AtomicUsize, at: At, bytes: &[u8], udp: bool) -> Option<Vec<u8>> {
    asked.fetch_add(1, Ordering::Relaxed);
    let query = Message::from_vec(bytes).ok()?;
    let mut message = world.write().unwrap_or_else(|poison| poison.into_inner()).answer(&query, udp, at)?;
    let wire = message.to_vec().ok()?;
    let limit = query.edns.as_ref().map_or(512, |edns| usize::from(edns.max_payload()).max(512));
    if !udp || wire.len() <= limit {
        return Some(wire);
    }
    message.answers.clear();
    message.authorities.clear();
    message.metadata.truncation = true;
    message.to_vec().ok()
}

/// Answers at one address, over UDP and TCP; over UDP after `delay` milliseconds.
pub(in crate::testbed) async fn serve(listening: Listening, world: Arc<RwLock<World>>, asked: Arc<AtomicUsize>, delay: Arc<AtomicU64>) {
    let Listening { at, udp, tcp } = listening;
    let over_tcp = async {
        match tcp {
            Some(listener) => serve_tcp(listener, at, &world, &asked).await,
            None => std::future::pending().await,
        }
    };
    tokio::join!(serve_udp(udp, at, &world, &asked, &delay), over_tcp);
}

async fn serve_udp(socket: UdpSocket, at: At, world: &RwLock<World>, asked: &AtomicUsize, delay: &AtomicU64) {
    let socket = Arc::new(socket);
    let mut late = tokio::task::JoinSet::new();
    let mut buffer = vec![0u8; 4096];
    loop {
        // A socket error belongs to one client (an ICMP refusal); the next datagram may be fine.
        let Ok((length, from)) = socket.recv_from(&mut buffer).await else { continue };
        if let Some(wire) = buffer.get(..length).and_then(|bytes| reply(world, asked, at, bytes, true)) {
            let wait = delay.load(Ordering::Relaxed);
            if wait == 0 {
                let _ = socket.send_to(&wire, from).await;
                continue;
            }
            while late.try_join_next().is_some() {}
            let socket = Arc::clone(&socket);
            late.spawn(async move {
                tokio::time::sleep(Duration::from_millis(wait)).await;
                let _ = socket.send_to(&wire, from).await;
            });
        }
    }
}

async fn serve_tcp(listener: TcpListener, at: At, world: &Arc<RwLock<World>>, asked: &Arc<AtomicUsize>) {
    let mut clients = tokio::task::JoinSet::new();
    loop {
        let Ok((mut stream, _)) = listener.accept().await else { continue };
        while clients.try_join_next().is_some() {}
        let (world, asked) = (Arc::clone(world), Arc::clone(asked));
        clients.spawn(async move {
            while let Ok(length) = stream.read_u16().await {
                let mut bytes = vec![0u8; usize::from(length)];
                if stream.read_exact(&mut bytes).await.is_err() {
                    return;
                }
                let Some(wire) = reply(&world, &asked, at, &bytes, false) else { return };
                let mut framed = u16::try_from(wire.len()).unwrap_or(u16::MAX).to_be_bytes().to_vec();
                framed.extend_from_slice(&wire);
                if stream.write_all(&framed).await.is_err() {
                    return;
                }
            }
        });
    }
}
