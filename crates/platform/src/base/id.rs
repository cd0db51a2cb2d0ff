//! Typed identifiers: 32 hexadecimal digits that sort by time, each kind its own type.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::clock::Entropy;

/// The identifier of a `K`; `K` is a marker that never has a value.
pub struct Id<K>(String, PhantomData<fn() -> K>);

impl<K> Id<K> {
    /// A new identifier: 48 bits of time in milliseconds, then 80 random bits (the idea of UUID version 7, RFC 9562 §5.7).
    pub fn new(now: Timestamp, entropy: &Entropy) -> Self {
        let millis = now.as_millisecond().max(0) as u64 & 0xffff_ffff_ffff;
        let mut text = format!("{millis:012x}");
        for byte in entropy.bytes::<10>() {
            text.push_str(&format!("{byte:02x}"));
        }
        Self(text, PhantomData)
    }

    /// Takes an identifier from outside. Anything is accepted: what does not exist is simply not found.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into(), PhantomData)
    }

    /// The identifier as it stands in storage and addresses.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state)
    }
}
impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl<K> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
impl<'de, K> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from_text)
    }
}
impl<K> schemars::JsonSchema for Id<K> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Id".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[0-9a-f]{32}$" })
    }
}
