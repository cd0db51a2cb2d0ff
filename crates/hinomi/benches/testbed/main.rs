//! Serves a testbed until its standard input ends, for comparison with other programs.
//!
//! `testbed faults` has a domain for each fault of names and mail, `testbed endpoints NAME…` a web server for each way to speak TLS
//! (and the names of others), `testbed domains COUNT [MILLISECONDS]` as many mixed domains, whose DNS answers take that long. The
//! first line printed is the vantage point to measure it from (JSON), the second the domains. Each line on standard input prints how
//! many DNS questions and HTTPS connections came so far.

mod endpoints;
mod faults;

use std::io::BufRead;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use probe::testbed::{Dnssec, Testbed, Zone};

/// Seventy signed, a hundred unsigned, ten islands, ten expired and ten with a wrong DS of two hundred.
const MIX: [(Dnssec, usize); 5] = [(Dnssec::Signed, 7), (Dnssec::Unsigned, 10), (Dnssec::Island, 1), (Dnssec::Expired, 1), (Dnssec::WrongDs, 1)];

fn domains(count: usize) -> Vec<Zone> {
    let mix: Vec<Dnssec> = MIX.iter().flat_map(|(dnssec, times)| std::iter::repeat_n(*dnssec, *times)).collect();
    (0..count).zip(mix.iter().cycle()).map(|(at, dnssec)| Zone { dnssec: *dnssec, ..Zone::good(format!("org{at}.go.example")) }).collect()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Other programs use the real clock, so this one reads it.
    #[allow(clippy::disallowed_methods)]
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
    // Cargo says --bench to the benches it runs.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse().ok());
    let (zones, delay) = match arguments.first().map(String::as_str) {
        Some("faults") => (faults::all(), 0),
        Some("endpoints") => (endpoints::all(arguments.get(1..).unwrap_or_default()), 0),
        Some("domains") => (domains(usize::try_from(number(1).unwrap_or(200_u64))?), number(2).unwrap_or(0)),
        other => return Err(format!("faults, endpoints NAME… or domains COUNT [MILLISECONDS], not {other:?}").into()),
    };
    let testbed = Testbed::start(&zones, now, 1).await?;
    testbed.answer_after(Duration::from_millis(delay));
    println!("{}", serde_json::to_string(&testbed.vantage("testbed"))?);
    println!("{}", serde_json::to_string(&zones.iter().map(|zone| zone.domain.as_str()).collect::<Vec<_>>())?);
    tokio::task::block_in_place(|| {
        for _ in std::io::stdin().lock().lines() {
            println!("{} {}", testbed.questions(), testbed.connections());
        }
    });
    Ok(())
}
