//! Time and randomness as values that are handed in, so that a test or a rerun decides both.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use rand::{Rng, SeedableRng, TryRng};
use rand_chacha::ChaCha20Rng;

/// Where "now" comes from.
#[derive(Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A time that stands still until it is set.
    Fixed(Arc<Mutex<Timestamp>>),
}

impl Clock {
    /// A clock that shows `at`, for example `2026-04-01T00:00:00Z`, until [`Clock::set`].
    pub fn fixed(at: Timestamp) -> Self {
        Self::Fixed(Arc::new(Mutex::new(at)))
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        match self {
            #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
            Self::System => Timestamp::now(),
            Self::Fixed(at) => *at.lock().unwrap_or_else(|poisoned| poisoned.into_inner()),
        }
    }

    /// Sets a fixed clock; the machine's clock is not ours to set.
    pub fn set(&self, to: Timestamp) {
        if let Self::Fixed(at) = self {
            *at.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = to;
        }
    }
}

/// Where random bytes come from: a cryptographic generator seeded once, by the system or by a test.
#[derive(Clone)]
pub struct Entropy(Arc<Mutex<ChaCha20Rng>>);

impl Entropy {
    /// Seeded by the operating system.
    pub fn system() -> Self {
        let mut seed = [0; 32];
        // Without randomness from the system no secret is safe, so there is nothing to go on with.
        if let Err(error) = rand::rngs::SysRng.try_fill_bytes(&mut seed) {
            panic!("the operating system gives no randomness: {error}");
        }
        Self(Arc::new(Mutex::new(ChaCha20Rng::from_seed(seed))))
    }

    /// Seeded by a number: the same ids and tokens on every run.
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(ChaCha20Rng::seed_from_u64(seed))))
    }

    /// `N` fresh random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).fill_bytes(&mut out);
        out
    }

    /// A secret of 256 bits as 43 letters fit for an address.
    pub fn secret(&self) -> String {
        const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        self.bytes::<43>().iter().map(|byte| LETTERS[usize::from(byte % 64)] as char).collect()
    }
}
