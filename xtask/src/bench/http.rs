//! A plain blocking HTTP/1.1 client: one connection that stays open, one request at a time, nothing else to measure.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// A connection to the server.
pub struct Client {
    address: String,
    headers: String,
    stream: BufReader<TcpStream>,
}

/// What came back.
pub struct Answer {
    /// 200 and so on.
    pub status: u16,
    /// The lines before the body.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().filter_map(|line| line.split_once(':')).find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// This answer, if it has the status wanted.
    pub fn wanted(self, status: u16) -> Result<Self> {
        if self.status != status {
            bail!("the server answered {} and not {status}: {}", self.status, self.text().chars().take(600).collect::<String>());
        }
        Ok(self)
    }
}

impl Client {
    /// Connects to `address` (`127.0.0.1:8008`); every request carries `headers`, each line ended by `\r\n`.
    pub fn new(address: &str, headers: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).with_context(|| format!("connecting to {address}"))?;
        // A request goes out as it is written; waiting for company would be measured as the server's time.
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(300)))?;
        Ok(Self { address: address.to_owned(), headers: headers.to_owned(), stream: BufReader::new(stream) })
    }

    /// The headers from now on.
    pub fn carry(&mut self, headers: String) {
        self.headers = headers;
    }

    /// Reads an address.
    pub fn get(&mut self, path: &str) -> Result<Answer> {
        self.send("GET", path, "", b"")
    }

    /// Sends `body`.
    pub fn post(&mut self, path: &str, kind: &str, body: &[u8]) -> Result<Answer> {
        self.send("POST", path, kind, body)
    }

    fn send(&mut self, method: &str, path: &str, kind: &str, body: &[u8]) -> Result<Answer> {
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nAccept-Language: en\r\n{}", self.address, self.headers).into_bytes();
        if method == "POST" {
            request.extend(format!("Content-Type: {kind}\r\nContent-Length: {}\r\n", body.len()).bytes());
        }
        request.extend(b"\r\n");
        request.extend(body);
        self.stream.get_mut().write_all(&request)?;
        self.answer().with_context(|| format!("{method} {path}"))
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            bail!("the server closed the connection");
        }
        Ok(line)
    }

    fn answer(&mut self) -> Result<Answer> {
        let first = self.line()?;
        let status = first.split(' ').nth(1).and_then(|status| status.parse().ok()).with_context(|| format!("no status in {first:?}"))?;
        let mut head = String::new();
        loop {
            let line = self.line()?;
            if line.trim_end().is_empty() {
                break;
            }
            head.push_str(&line);
        }
        let mut answer = Answer { status, head, body: Vec::new() };
        if answer.header("transfer-encoding").is_some_and(|kind| kind.eq_ignore_ascii_case("chunked")) {
            loop {
                let size = self.line()?;
                let size = usize::from_str_radix(size.trim(), 16).context("the length of a chunk")?;
                self.read_onto(&mut answer.body, size)?;
                self.line()?;
                if size == 0 {
                    break;
                }
            }
        } else {
            let size = answer.header("content-length").and_then(|size| size.parse().ok()).unwrap_or(0);
            self.read_onto(&mut answer.body, size)?;
        }
        Ok(answer)
    }

    fn read_onto(&mut self, body: &mut Vec<u8>, size: usize) -> Result<()> {
        let from = body.len();
        body.resize(from + size, 0);
        Ok(self.stream.read_exact(&mut body[from..])?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_connection_reads_counted_and_chunked_bodies() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let server = std::thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let mut asked = Vec::new();
            for answer in [
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
                "HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n\r\n2\r\nde\r\n1\r\nf\r\n0\r\n\r\n",
            ] {
                asked.extend(lines.by_ref().map(Result::unwrap).take_while(|line| !line.is_empty()));
                (&stream).write_all(answer.as_bytes()).unwrap();
            }
            asked
        });
        let mut client = Client::new(&address, "Cookie: a=b\r\n").unwrap();
        let first = client.get("/x").unwrap();
        assert_eq!((first.status, first.text().as_str()), (200, "abc"));
        let second = client.get("/y").unwrap();
        assert_eq!((second.status, second.text().as_str()), (404, "def"));
        assert!(second.wanted(200).is_err());
        let asked = server.join().unwrap();
        assert!(asked.contains(&"GET /y HTTP/1.1".to_owned()) && asked.contains(&"Cookie: a=b".to_owned()), "{asked:?}");
    }
}
