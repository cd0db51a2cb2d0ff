//! Serves a testbed until its standard input ends, for comparison with other programs: `testbed states` has one zone per DNSSEC
//! state, `testbed domains COUNT [MILLISECONDS]` as many mixed domains, whose DNS answers take that long.
//!
//! The first line printed is the vantage point to measure it from (JSON), the second the domains; the last one, at the end, how many
//! DNS questions came. A line on standard input prints that number at once.

use std::io::BufRead;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use probe::testbed::{Dnssec, Testbed, Zone};

/// Seventy signed, a hundred unsigned, ten islands, ten expired and ten with a wrong DS of two hundred.
const MIX: [(Dnssec, usize); 5] = [(Dnssec::Signed, 7), (Dnssec::Unsigned, 10), (Dnssec::Island, 1), (Dnssec::Expired, 1), (Dnssec::WrongDs, 1)];

fn states() -> Vec<Zone> {
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
    let all = ["example", "go.example", "test", "go.test"].iter().flat_map(|suffix| states.iter().map(move |state| (suffix, state)));
    all.map(|(suffix, (name, dnssec))| Zone { dnssec: *dnssec, ..Zone::good(format!("{name}.{suffix}")) }).collect()
}

fn domains(count: usize) -> Vec<Zone> {
    let mix: Vec<Dnssec> = MIX.iter().flat_map(|(dnssec, times)| std::iter::repeat_n(*dnssec, *times)).collect();
    (0..count).zip(mix.iter().cycle()).map(|(at, dnssec)| Zone { dnssec: *dnssec, ..Zone::good(format!("org{at}.go.example")) }).collect()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Other programs use the real clock, so this one reads it.
    #[allow(clippy::disallowed_methods)]
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse().ok());
    let zones = match arguments.first().map(String::as_str) {
        Some("domains") => domains(usize::try_from(number(1).unwrap_or(200_u64))?),
        _ => states(),
    };
    let testbed = Testbed::start(&zones, now, 1).await?;
    testbed.answer_after(Duration::from_millis(number(2).unwrap_or(0)));
    println!("{}", serde_json::to_string(&testbed.vantage("testbed"))?);
    println!("{}", serde_json::to_string(&zones.iter().map(|zone| zone.domain.as_str()).collect::<Vec<_>>())?);
    tokio::task::block_in_place(|| {
        for _ in std::io::stdin().lock().lines() {
            println!("{}", testbed.questions());
        }
    });
    println!("{}", testbed.questions());
    Ok(())
}
