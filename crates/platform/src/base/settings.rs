//! Small settings that belong to the installation and are data, not code: allowed suffixes, grade rules, the issuer.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::db::Tx;
use super::error::Result;
use crate::args;

/// The setting `key`, or `default` where nobody set it.
pub async fn get<T: DeserializeOwned>(tx: &mut Tx, key: &str, default: T) -> Result<T> {
    match tx.maybe("SELECT value FROM setting WHERE name = $1", args![key]).await? {
        Some(row) => Ok(serde_json::from_str(&row.get::<String>("value")?)?),
        None => Ok(default),
    }
}

/// Sets `key`. The caller writes the audit line.
pub async fn set<T: Serialize>(tx: &mut Tx, key: &str, value: &T) -> Result<()> {
    tx.run(
        "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        args![key, serde_json::to_string(value)?],
    )
    .await?;
    Ok(())
}
