//! Hashing passwords beside the threads that answer requests, a few at a time.

use crate::access::password;
use crate::base::error::{Error, Result};

/// At most this many hashes are computed at once: each takes 19 MiB, and a crowd at the door must not exhaust the machine.
static AT_ONCE: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(4);

async fn slowly<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let _turn = AT_ONCE.acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}

/// As [`password::verify`], beside the threads that answer requests.
pub async fn verify_slowly(typed: String, hashed: Option<String>) -> Result<bool> {
    slowly(move || password::verify(&typed, hashed.as_deref())).await
}

/// As [`password::hash`], beside the threads that answer requests. Too short a password is an error of field `field`.
pub async fn hash_slowly(field: &str, typed: String, salt: [u8; 16]) -> Result<String> {
    if typed.chars().count() < password::SHORTEST {
        return Err(Error::invalid_with(field, "access-error-password-short", vec![("count", password::SHORTEST.to_string())]));
    }
    // Nobody types more; a longer one would only keep the machine busy.
    if typed.len() > 1_000 {
        return Err(Error::invalid_with(field, "error-too-long", vec![("limit", "1000".to_owned())]));
    }
    slowly(move || password::hash(&typed, salt)).await
}
