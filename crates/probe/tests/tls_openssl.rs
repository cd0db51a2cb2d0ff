//! The same inventory of a server that others wrote: what `openssl s_server` was told to offer is what is found, at once and behind
//! STARTTLS; and `openssl s_client` finds the testbed's mail server.

mod support;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use formats::evidence::{Check, Question, Target, Verdict};
use formats::tls::Suite;
use probe::Budget;
use probe::testbed::Zone;
use support::table::{NOW, testbed};
use support::{Seen, measure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const TLS: [Check; 4] = [Check::TlsVersions, Check::TlsSuites, Check::TlsGroups, Check::CertificateChain];
const MAIL: [Check; 4] = [Check::MailTlsVersions, Check::MailTlsSuites, Check::MailTlsGroups, Check::MailCertificate];

/// `openssl.cnf` there allows what `@SECLEVEL=0` in a list of ciphers would come too late for: a short prime.
const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/");

/// A running program; dropping it ends it.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn openssl(arguments: &[&str]) -> String {
    let output = Command::new("openssl").args(arguments).output().unwrap();
    assert!(output.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn is_installed() -> bool {
    let there = Command::new("openssl").arg("version").output().is_ok_and(|output| output.status.success());
    if !there {
        println!("not compared: there is no openssl program in PATH");
    }
    there
}

/// Self-signed certificates and their keys, one of each kind, in a folder of this test's own.
fn certificates(of: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("tls-{of}"));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, key) in [("rsa", ["-newkey", "rsa:2048", "-sha256", "-nodes"]), ("ec", ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"])]
    {
        let (certificate, private) = (folder.join(format!("{name}.pem")), folder.join(format!("{name}.key")));
        let files = ["-nodes", "-out", certificate.to_str().unwrap(), "-keyout", private.to_str().unwrap(), "-subj", "/CN=case.example"];
        openssl(&[["req", "-x509", "-batch"].as_slice(), &key, &files].concat());
    }
    folder
}

/// Starts the server with `arguments` at a free port.
fn start(folder: &Path, arguments: &[&str]) -> (Server, u16) {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let mut child = Command::new("openssl")
        .current_dir(folder)
        .env("OPENSSL_CONF", DATA.to_owned() + "openssl.cnf")
        .args(["s_server", "-accept", &format!("127.0.0.1:{port}"), "-www", "-cert", "rsa.pem", "-key", "rsa.key"])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let ready = lines.by_ref().map_while(Result::ok).any(|line| line.contains("ACCEPT"));
    assert!(ready, "openssl s_server {arguments:?} did not start");
    // What it says later must not fill the pipe.
    std::thread::spawn(move || lines.count());
    (Server(child), port)
}

/// Everything found of a server told `arguments`.
async fn found(of: &str, arguments: &[&str]) -> Vec<Seen> {
    let (_server, port) = start(&certificates(of), arguments);
    let (_testbed, mut vantage) = testbed(&[Zone::good("case.example")]).await;
    vantage.https_port = port;
    counted(of, measure(&vantage, &Target::new("case.example"), &TLS, Budget::default(), NOW).await)
}

/// The same of a mail server.
async fn found_by_mail(of: &str, arguments: &[&str]) -> Vec<Seen> {
    let (_server, port) = start(&certificates(of), arguments);
    let (_testbed, mut vantage) = testbed(&[Zone::good("case.example")]).await;
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    vantage.smtp_port = listener.local_addr().unwrap().port();
    let front = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(before(stream, port));
        }
    });
    let seen = measure(&vantage, &Target::new("case.example"), &MAIL, Budget::default(), NOW).await;
    front.abort();
    counted(of, seen)
}

/// `s_server` knows no STARTTLS: says what comes before TLS, and hands the connection over to it.
async fn before(mut stream: TcpStream, port: u16) -> std::io::Result<()> {
    let mut line = [0; 512];
    for reply in ["220 mail ESMTP\r\n", "250-mail\r\n250 STARTTLS\r\n", "220 ready\r\n"] {
        stream.write_all(reply.as_bytes()).await?;
        // After the last one it is the server who listens.
        if !reply.starts_with("220 ready") && stream.read(&mut line).await? == 0 {
            return Ok(());
        }
    }
    let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    tokio::io::copy_bidirectional(&mut stream, &mut server).await.map(|_| ())
}

fn counted(of: &str, seen: Vec<Seen>) -> Vec<Seen> {
    assert!(seen.iter().all(|one| one.verdict != Verdict::CouldNotMeasure), "{seen:#?}");
    let asked = seen.iter().flat_map(|one| &one.evidence.exchanges).filter(|one| matches!(one.question, Question::Hello { .. }));
    let hellos: BTreeSet<&Question> = asked.map(|one| &one.question).collect();
    println!("{of}: {} hellos", hellos.len());
    assert!(hellos.len() <= Budget::default().max_hellos_per_endpoint, "{}", hellos.len());
    seen
}

fn codes(seen: &Seen) -> BTreeSet<String> {
    std::iter::once(&seen.reason).chain(&seen.notes).map(|reason| reason.code.clone()).collect()
}

fn listed(seen: &Seen) -> BTreeSet<String> {
    seen.observed.en.lines().map(|line| line.rsplit(' ').next().unwrap().to_owned()).collect()
}

fn set(words: &[&str]) -> BTreeSet<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn names_and_codes_of_suites_are_those_of_openssl() {
    if !is_installed() {
        return;
    }
    let mut compared = 0;
    for line in openssl(&["ciphers", "-V", "-stdname", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"]).lines() {
        let mut words = line.split_whitespace();
        let code = words.next().unwrap().replace("0x", "").replace(',', "");
        let name = words.nth(1).unwrap();
        if !name.contains("PSK") && !name.contains("SRP") {
            assert_eq!(Suite::named(u16::from_str_radix(&code, 16).unwrap()), name);
            compared += 1;
        }
    }
    assert!(compared > 50, "{compared}");
}

#[tokio::test]
async fn a_server_of_tls_1_2_with_two_suites() {
    if !is_installed() {
        return;
    }
    let seen =
        found("two", &["-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-SHA384:@SECLEVEL=2", "-groups", "P-384:X25519"]).await;
    assert_eq!(seen[0].value, "TLS 1.2");
    assert_eq!(listed(&seen[1]), set(&["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"]));
    assert_eq!(listed(&seen[2]), set(&["secp384r1", "x25519"]));
    assert_eq!((seen[3].reason.code.as_str(), seen[3].value.as_str()), ("certificate-self-signed", "RSA 2048 (1)"));
}

#[tokio::test]
async fn a_server_of_tls_1_3_alone() {
    if !is_installed() {
        return;
    }
    let seen =
        found("newest", &["-tls1_3", "-ciphersuites", "TLS_AES_256_GCM_SHA384:TLS_AES_128_CCM_SHA256", "-groups", "P-521:X25519:ffdhe3072"]).await;
    assert_eq!(seen[0].value, "TLS 1.3");
    assert_eq!(listed(&seen[1]), set(&["TLS_AES_256_GCM_SHA384", "TLS_AES_128_CCM_SHA256"]));
    assert_eq!(listed(&seen[2]), set(&["secp521r1", "x25519", "ffdhe3072"]));
    assert_eq!(seen[3].value, "RSA 2048 (1)");
}

#[tokio::test]
async fn a_server_of_tls_1_0_with_everything() {
    if !is_installed() {
        return;
    }
    let seen = found("oldest", &["-tls1", "-cipher", "ALL:@SECLEVEL=0"]).await;
    assert_eq!((seen[0].value.as_str(), seen[0].reason.code.as_str()), ("TLS 1.0", "tls-version-old"));
    // What is wrong with the suites openssl says it has there, by their names; NULL is not among ALL.
    let offered = openssl(&["ciphers", "-s", "-stdname", "-tls1", "ALL:@SECLEVEL=0"]);
    let names: Vec<&str> = offered.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.iter().any(|name| name.contains("anon")) && names.contains(&"TLS_RSA_WITH_AES_128_CBC_SHA"));
    assert_eq!(codes(&seen[1]), set(&["tls-suite-anonymous", "tls-suite-no-forward-secrecy"]), "{:#?}", seen[1]);
}

#[tokio::test]
async fn a_server_of_tls_1_2_with_everything_and_two_certificates() {
    if !is_installed() {
        return;
    }
    let all = ["-tls1_2", "-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0", "-dcert", "ec.pem", "-dkey", "ec.key", "-serverpref"];
    let seen = found("all", &all).await;
    let suites = codes(&seen[1]);
    for code in ["tls-suite-null", "tls-suite-anonymous", "tls-suite-no-forward-secrecy", "tls-list-cut"] {
        assert!(suites.contains(code), "{code}: {suites:?}");
    }
    let groups = codes(&seen[2]);
    assert!(groups.contains("tls-weak-hash"), "{groups:?}");
    assert!(codes(&seen[3]).contains("chain-two") && seen[3].value == "RSA 2048, EC 256 (2)", "{:#?}", seen[3]);
}

#[tokio::test]
async fn a_server_of_every_version_with_everything() {
    if !is_installed() {
        return;
    }
    // The lowest version openssl is built with here; the others follow.
    let prime = DATA.to_owned() + "dh-1024.pem";
    let all = ["-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0", "-dcert", "ec.pem", "-dkey", "ec.key", "-dhparam", &prime];
    let seen = found("every", &all).await;
    assert_eq!(seen[0].value, "TLS 1.0, TLS 1.1, TLS 1.2, TLS 1.3");
    assert!(codes(&seen[1]).contains("tls-suite-null") && codes(&seen[2]).contains("tls-weak-prime"));
}

#[tokio::test]
async fn a_prime_that_is_too_short() {
    if !is_installed() {
        return;
    }
    let prime = DATA.to_owned() + "dh-1024.pem";
    let seen = found("prime", &["-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256", "-dhparam", &prime]).await;
    assert_eq!((seen[2].reason.code.as_str(), seen[2].reason.data["bits"].as_str()), ("tls-weak-prime", "1024"));
}

#[tokio::test]
async fn mail_servers_are_found_to_offer_what_they_were_told_to() {
    if !is_installed() {
        return;
    }
    let all = ["-tls1_2", "-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0", "-dcert", "ec.pem", "-dkey", "ec.key", "-serverpref"];
    let seen = found_by_mail("mail-all", &all).await;
    assert_eq!((seen[0].verdict, seen[0].value.as_str()), (Verdict::Met, "TLS 1.2"));
    assert_eq!((seen[1].verdict, seen[1].reason.code.as_str()), (Verdict::NotMet, "tls-suite-null"));
    for code in ["tls-suite-anonymous", "tls-suite-no-forward-secrecy", "mail-tls-tolerated"] {
        assert!(codes(&seen[1]).contains(code), "{code}: {:#?}", seen[1].notes);
    }
    assert!(seen[2].verdict == Verdict::Met && codes(&seen[2]).contains("tls-weak-hash"), "{:#?}", seen[2]);
    assert_eq!((seen[3].verdict, seen[3].value.as_str()), (Verdict::Met, "RSA 2048, EC 256 (2)"));

    let seen = found_by_mail("mail-oldest", &["-tls1", "-cipher", "ALL:@SECLEVEL=0"]).await;
    assert_eq!((seen[0].value.as_str(), seen[0].reason.code.as_str()), ("TLS 1.0", "tls-version-missing"));
    assert_eq!(seen[1].verdict, Verdict::Met);
    assert_eq!(codes(&seen[1]), set(&["tls-suites-ok", "tls-suite-anonymous", "tls-suite-no-forward-secrecy", "mail-tls-tolerated"]));

    let seen = found_by_mail("mail-newest", &["-tls1_3", "-groups", "P-521:X25519"]).await;
    assert!(seen.iter().all(|one| one.verdict == Verdict::Met), "{seen:#?}");
    assert_eq!((seen[0].value.as_str(), seen[3].value.as_str()), ("TLS 1.3", "RSA 2048 (1)"));
    assert!(codes(&seen[3]).contains("certificate-self-signed"), "{:#?}", seen[3]);

    let prime = DATA.to_owned() + "dh-1024.pem";
    let seen = found_by_mail("mail-prime", &["-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256", "-dhparam", &prime]).await;
    assert_eq!((seen[2].reason.code.as_str(), seen[2].reason.data["bits"].as_str()), ("tls-weak-prime", "1024"));
}

#[tokio::test]
async fn the_command_that_repeats_it_finds_the_same() {
    if !is_installed() {
        return;
    }
    let (_testbed, vantage) = testbed(&[Zone::good("case.example")]).await;
    let seen = measure(&vantage, &Target::new("case.example"), &MAIL, Budget::default(), NOW).await;
    for command in seen.iter().map(|one| one.command.clone()) {
        assert!(command.contains("-starttls smtp"), "{command}");
        let output = tokio::task::spawn_blocking(move || Command::new("sh").args(["-c", &command]).output().unwrap()).await.unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains("TLSv1.3") && said.contains("CN = mail.case.example"), "{said}");
    }
}
