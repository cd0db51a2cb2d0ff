//! The testbed's mail server: it goes as far as TLS and takes no mail; how it behaves depends on the address it is reached at.

use std::sync::Arc;

use rustls::server::Acceptor;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::LazyConfigAcceptor;

use super::web::Web;
use super::zone::Smtp;

pub(super) async fn serve(listener: TcpListener, manner: Smtp, web: Arc<Web>) {
    let mut clients = tokio::task::JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        while clients.try_join_next().is_some() {}
        let web = Arc::clone(&web);
        clients.spawn(async move {
            // A client that goes away harms nobody.
            let _ = talk(stream, manner, &web).await;
        });
    }
}

async fn talk(stream: TcpStream, manner: Smtp, web: &Web) -> std::io::Result<()> {
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
    let start = LazyConfigAcceptor::new(Acceptor::default(), stream.into_inner()).await?;
    let host = start.client_hello().server_name().unwrap_or_default().to_ascii_lowercase();
    let mut tls = start.into_stream(web.mail(&host).map_err(std::io::Error::other)?).await?;
    let mut farewell = [0u8; 64];
    if tls.read(&mut farewell).await? > 0 {
        tls.write_all(b"221 bye\r\n").await?;
    }
    tls.shutdown().await
}
