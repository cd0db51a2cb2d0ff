//! The name-server check against NSD, an authoritative server that others wrote: it and the testbed must be judged alike.

mod support;

use std::io::{BufRead, BufReader};
use std::net::{IpAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use formats::evidence::{Check, Verdict};
use hickory_proto::rr::RData;
use hickory_proto::rr::rdata::{A, AAAA, NS};
use probe::Vantage;
use support::table::ask;
use support::{Answers, name, serve};

const PROGRAM: &str = "/usr/sbin/nsd";

/// A running NSD; dropping it ends it and its children.
struct Nsd(Child, PathBuf);

impl Drop for Nsd {
    fn drop(&mut self) {
        // It ends its own children, which a SIGKILL would leave behind.
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
        let _ = std::fs::remove_dir_all(&self.1);
    }
}

/// Starts NSD at `addresses` with `zone` as town.example, or without any zone. None when the port was taken.
fn start(at: &str, addresses: &[&str], port: u16, zone: Option<&str>) -> Option<Nsd> {
    let folder: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("nsd-{}-{at}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let place = |file: &str| folder.join(file).display().to_string();
    let listen: String = addresses.iter().map(|address| format!("  ip-address: {address}@{port}\n")).collect();
    let served = zone.map_or_else(String::new, |text| {
        std::fs::write(folder.join("town.zone"), text).unwrap();
        format!("zone:\n  name: town.example\n  zonefile: \"{}\"\n", place("town.zone"))
    });
    let configuration = format!(
        "server:\n{listen}  username: \"\"\n  chroot: \"\"\n  zonesdir: \"{}\"\n  pidfile: \"{}\"\n  xfrdfile: \"{}\"\n  xfrdir: \"{}\"\n  \
         zonelistfile: \"{}\"\n  database: \"\"\n  server-count: 1\nremote-control:\n  control-enable: no\n{served}",
        folder.display(),
        place("nsd.pid"),
        place("xfrd.state"),
        folder.display(),
        place("zone.list"),
    );
    std::fs::write(folder.join("nsd.conf"), configuration).unwrap();
    let mut child = Command::new(PROGRAM)
        .args(["-d", "-c", &place("nsd.conf")])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    let nsd = Nsd(child, folder);
    // Ends without the line where it could not start.
    said.into_iter().any(|line| line.contains("nsd started")).then_some(nsd)
}

fn zone(serial: u32, servers: &[&str]) -> String {
    let named: String = servers.iter().map(|server| format!("@ IN NS {server}\n")).collect();
    format!(
        "$ORIGIN town.example.\n$TTL 300\n@ IN SOA ns1 hostmaster {serial} 3600 600 86400 60\n{named}ns1 IN A 127.0.0.1\nns1 IN AAAA ::1\nns2 IN A 127.0.0.2\n"
    )
}

#[tokio::test]
async fn a_server_that_others_wrote_is_judged_as_the_testbed_is() {
    if !Path::new(PROGRAM).exists() {
        eprintln!("a_server_that_others_wrote_is_judged_as_the_testbed_is: {PROGRAM} is missing (cargo xtask test --install): not run");
        return;
    }
    let ipv6 = TcpListener::bind(("::1", 0)).is_ok();
    let first: &[&str] = if ipv6 { &["127.0.0.1", "::1"] } else { &["127.0.0.1"] };
    let good = zone(20_260_402, &["ns1", "ns2"]);
    let (port, only) = (0..8)
        .find_map(|at| {
            let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
            Some((port, start(&format!("first{at}"), first, port, Some(&good))?))
        })
        .unwrap();
    let mut answers = Answers::default();
    let address = |text: &str| match text.parse().unwrap() {
        IpAddr::V4(v4) => RData::A(A(v4)),
        IpAddr::V6(v6) => RData::AAAA(AAAA(v6)),
    };
    answers.entry(&name("town.example")).records = ["ns1", "ns2"].map(|host| RData::NS(NS(name(&format!("{host}.town.example"))))).to_vec();
    answers.entry(&name("ns1.town.example")).records = first.iter().map(|text| address(text)).collect();
    answers.entry(&name("ns2.town.example")).records = vec![address("127.0.0.2")];
    let resolver = serve(answers).await;
    let vantage = Vantage { dns_port: port, allow_private: true, ..Vantage::internet("nsd", vec![resolver.address]) };

    let (old, other) = (zone(20_260_401, &["ns1", "ns2"]), zone(20_260_402, &["ns1", "ns3"]));
    let cases = [
        (Some(good.as_str()), Verdict::Met, "ns-ok"),
        (Some(old.as_str()), Verdict::NotMet, "ns-serial-differs"),
        (Some(other.as_str()), Verdict::NotMet, "ns-set-differs"),
        // Knows nothing of the zone, and says REFUSED.
        (None, Verdict::NotMet, "ns-lame"),
    ];
    for (at, (text, verdict, code)) in cases.into_iter().enumerate() {
        let second = start(&format!("second{at}"), &["127.0.0.2"], port, text);
        assert!(second.is_some(), "NSD did not start with {text:?}");
        let seen = ask(&vantage, "town.example", Check::NameServers).await;
        assert_eq!((seen.verdict, seen.reason.code.as_str()), (verdict, code), "{seen:#?}");
        if verdict == Verdict::NotMet {
            assert_eq!(seen.reason.data["server"], "ns2.town.example");
        }
    }
    // Both name a third server, of which the resolver has not heard yet: nobody is at fault.
    drop(only);
    let newer = zone(20_260_403, &["ns1", "ns2", "ns3"]);
    let both = [start("newer1", first, port, Some(&newer)), start("newer2", &["127.0.0.2"], port, Some(&newer))];
    assert!(both.iter().all(Option::is_some));
    let seen = ask(&vantage, "town.example", Check::NameServers).await;
    assert_eq!((seen.verdict, seen.reason.code.as_str()), (Verdict::Met, "ns-ok"), "{seen:#?}");
    drop(both);
    // Stopped: nothing listens there any more.
    let seen = ask(&vantage, "town.example", Check::NameServers).await;
    assert_eq!((seen.verdict, seen.reason.code.as_str()), (Verdict::NotMet, "ns-closed"), "{seen:#?}");
}
