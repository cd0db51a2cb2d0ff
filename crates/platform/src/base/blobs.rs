//! Files kept by the SHA-256 of their bytes: evidence, uploads, published documents. Storing twice stores once.

use super::audit::sha256;
use super::dates::stamp;
use super::db::Tx;
use super::error::Result;
use crate::args;

/// Stores `bytes` and gives their SHA-256 in hexadecimal.
pub async fn put(tx: &mut Tx, bytes: &[u8], now: jiff::Timestamp) -> Result<String> {
    let hash = sha256(bytes);
    tx.run(
        "INSERT INTO blob (hash, size, bytes, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (hash) DO NOTHING",
        args![&hash, bytes.len(), bytes, stamp(now)],
    )
    .await?;
    Ok(hash)
}

/// The bytes stored under `hash`.
pub async fn get(tx: &mut Tx, hash: &str) -> Result<Vec<u8>> {
    tx.one("SELECT bytes FROM blob WHERE hash = $1", args![hash]).await?.get("bytes")
}
