//! Every reader of octets from outside is given many broken ones: it must come back, soon, and never panic.
//!
//! Each target is run for a moment in the tests. `HINOMI_FUZZ_SECONDS=600 cargo test --release --workspace --test fuzz -- --nocapture`
//! runs each for that long; what breaks is printed as hexadecimal digits, to become a test of its own beside the reader.

#[path = "fuzz/targets.rs"]
mod targets;

use std::panic::catch_unwind;
use std::time::{Duration, Instant};

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Inputs for one target in the tests.
const INPUTS: usize = 400;
/// Octets of an input at most.
const LONGEST: usize = 65_536;
/// Octets that readers often mean something by.
const TELLING: [u8; 16] = *b"\0\xff\x7f\x80\n\r;=:<>&\"'% ";

/// One change somewhere in `input`; `other` is another good input to take a part from.
fn change(rng: &mut impl Rng, input: &mut Vec<u8>, other: &[u8]) {
    let at = rng.random_range(0..=input.len());
    let end = (at + rng.random_range(0..32)).min(input.len());
    match rng.random_range(0..8) {
        0 => input.truncate(at),
        1 => drop(input.drain(at..end)),
        2 => input.insert(at, TELLING[rng.random_range(0..TELLING.len())]),
        3 => {
            let part = input[at..end].to_vec();
            input.splice(at..at, part.repeat(rng.random_range(1..64)));
        }
        4 => {
            let from = rng.random_range(0..=other.len());
            input.splice(at..end, other[from..].iter().copied());
        }
        5 if at < input.len() => input[at] ^= 1 << rng.random_range(0..8),
        6 if at < input.len() => input[at] = input[at].wrapping_add(1),
        _ if at < input.len() => input[at] = rng.random(),
        _ => input.push(rng.random()),
    }
    input.truncate(LONGEST);
}

#[test]
fn no_reader_breaks() {
    let seconds = std::env::var("HINOMI_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
    for target in targets::all() {
        // Seeded by its name: the same inputs every time, others for each target.
        let mut rng = ChaCha8Rng::seed_from_u64(target.name.bytes().fold(7, |seed: u64, byte| seed.wrapping_mul(31) ^ u64::from(byte)));
        let begin = Instant::now();
        let mut count = 0;
        while seconds.map_or(count < INPUTS, |seconds| begin.elapsed() < Duration::from_secs(seconds)) {
            let pick = |rng: &mut ChaCha8Rng| target.seeds[rng.random_range(0..target.seeds.len())].clone();
            let (mut input, other) = (pick(&mut rng), pick(&mut rng));
            for _ in 0..rng.random_range(0..6) {
                change(&mut rng, &mut input, &other);
            }
            let read = target.read;
            assert!(
                catch_unwind(|| read(&input)).is_ok(),
                "{} breaks on {}",
                target.name,
                input.iter().map(|b| format!("{b:02x}")).collect::<String>()
            );
            count += 1;
        }
        println!("{}: {count} inputs in {:?}", target.name, begin.elapsed());
    }
}
