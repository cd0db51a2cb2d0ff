//! Serves a testbed with one zone per DNSSEC state until its standard input ends, for comparison with other validators.

use std::io::Read;
use std::time::{SystemTime, UNIX_EPOCH};

use probe::testbed::{Dnssec, Testbed, Zone};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Other validators use the real clock, so this one program reads it.
    #[allow(clippy::disallowed_methods)]
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
    let states = [
        ("signed", Dnssec::Signed),
        ("unsigned", Dnssec::Unsigned),
        ("island", Dnssec::Island),
        ("expired", Dnssec::Expired),
        ("wrongds", Dnssec::WrongDs),
        ("nosig", Dnssec::MissingSignature),
        ("badsig", Dnssec::BadSignature),
        ("nokey", Dnssec::MissingKey),
    ];
    let mut zones = Vec::new();
    for suffix in ["example", "go.example", "test", "go.test"] {
        for (name, dnssec) in states {
            let mut zone = Zone::good(format!("{name}.{suffix}"));
            zone.dnssec = dnssec;
            zones.push(zone);
        }
    }
    let testbed = Testbed::start(&zones, now, 1).await?;
    println!("{}", testbed.dns.port());
    println!("{}", testbed.trust_anchors.join("\n"));
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
    Ok(())
}
