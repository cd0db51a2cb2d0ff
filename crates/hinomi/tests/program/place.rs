//! A place to run the program in: a data directory of its own, the built binary, a server, and HTTP by hand.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// A data directory of its own, removed at the end.
pub struct Place {
    dir: PathBuf,
    database: Option<String>,
}

impl Place {
    /// An empty one, on SQLite.
    pub fn new() -> Self {
        use std::sync::atomic::{AtomicU64, Ordering};
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("hinomi-program-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let place = Self { dir: std::env::temp_dir().join(name), database: None };
        std::fs::create_dir_all(&place.dir).unwrap();
        place
    }

    /// An empty one on the database that `HINOMI_TEST_DATABASE` names, in a schema of its own; without it on SQLite.
    pub fn on_any_database() -> Self {
        let mut place = Self::new();
        if let Ok(url) = std::env::var("HINOMI_TEST_DATABASE")
            && !url.is_empty()
        {
            let schema = place.dir.file_name().unwrap().to_str().unwrap().replace('-', "_");
            let make = async {
                let db = platform::base::db::Db::open_postgres(&url).await.unwrap();
                let mut tx = db.begin().await.unwrap();
                tx.script(&format!("CREATE SCHEMA {schema}")).await.unwrap();
                tx.commit().await.unwrap();
                db.close().await;
            };
            tokio::runtime::Runtime::new().unwrap().block_on(make);
            place.database = Some(format!("{url}?options=-c%20search_path%3D{schema}"));
        }
        place
    }

    /// The directory that the program is given.
    pub fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    /// A file beside it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// The address of its database on a server, if it has one.
    pub fn database(&self) -> Option<&str> {
        self.database.as_deref()
    }

    /// The program with this directory, in English.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hinomi"));
        command.arg("--data").arg(self.data()).args(arguments).env_clear().env("LANG", "en_GB.UTF-8");
        if let Some(database) = &self.database {
            command.env("HINOMI_DATABASE", database);
        }
        command
    }

    /// Runs it to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs it; it must end well. Gives what it printed, without what it may have warned of.
    pub fn fine(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(code(&output), 0, "{arguments:?}: {}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

/// The exit code.
pub fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// Both streams.
pub fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A path as text.
pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A server that is stopped at the end, its address and its set-up link if it printed one.
pub struct Server {
    /// The process.
    pub child: Child,
    /// `127.0.0.1:port`.
    pub address: String,
    /// The path of the set-up link, if it was waited for.
    pub setup: String,
}

impl Server {
    /// Starts one on a free port and waits for the line that says where it is.
    pub fn start(place: &Place) -> Self {
        Self::begin(place).0
    }

    /// As [`Server::start`], where nothing is installed yet: waits for the set-up link too.
    pub fn first(place: &Place) -> Self {
        let (mut server, mut lines) = Self::begin(place);
        let link = lines.find(|line| line.contains("/setup/")).unwrap();
        server.setup = link.trim().split_once(&server.address).unwrap().1.to_owned();
        server
    }

    fn begin(place: &Place) -> (Self, impl Iterator<Item = String> + use<>) {
        let mut child = place.command(&["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let url = lines.next().unwrap();
        (Self { child, address: url.strip_prefix("http://").unwrap().to_owned(), setup: String::new() }, lines)
    }

    /// SIGKILL: no goodbye.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends a form and gives the whole answer.
    pub fn post(&self, path: &str, body: &str) -> String {
        ask(&self.address, "POST", path, &[("Content-Type", "application/x-www-form-urlencoded")], body.as_bytes()).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends one request over a connection of its own and gives the whole answer; an error where none came, or only a part.
pub fn ask(address: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(&request(address, method, path, headers, body.len()))?;
    stream.write_all(body)?;
    read(&mut stream)
}

/// The head of a request.
pub fn request(address: &str, method: &str, path: &str, headers: &[(&str, &str)], length: usize) -> Vec<u8> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    head.into_bytes()
}

/// Reads an answer to its end.
pub fn read(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    // A killed server closes the connection, which looks like an end: an answer is whole when it has the length it says.
    let whole = answer.split_once("\r\n\r\n").is_some_and(|(head, body)| {
        let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse::<usize>().ok());
        length.is_none_or(|length| body.len() >= length)
    });
    if whole { Ok(answer) } else { Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof)) }
}

/// The status of an answer.
pub fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

/// The body of an answer as JSON.
pub fn json(answer: &str) -> serde_json::Value {
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap_or_else(|_| panic!("{answer}"))
}

/// What the set-up form is sent.
pub const SETUP: &str = "name_ja=C&name_en=C&code=centre&valid_from=2026-04-01&name=First&email=first%40example.test&password=a+long+enough+password";

/// Makes the centre and an administrator; gives the cookie of their session.
pub fn install(place: &Place) -> String {
    let server = Server::first(place);
    let answer = server.post(&server.setup, SETUP);
    assert_eq!(status(&answer), 303, "{answer}");
    let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

/// An installation with a centre and an administrator.
pub fn installed() -> Place {
    let place = Place::new();
    install(&place);
    place
}
