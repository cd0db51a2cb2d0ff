//! Bounded JSON parsing: size, depth and count are limited, and a key that stands twice is refused.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::problem::ReadError;

/// How much of a document is read before it is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one document.
    pub bytes: usize,
    /// Nesting of objects and arrays. At most 120: below the parser's own guard.
    pub depth: usize,
    /// Values (scalars, objects and arrays) of one document.
    pub values: usize,
    /// Documents one profile may import, directly and indirectly.
    pub imports: usize,
}

impl Default for Limits {
    /// 64 MiB, 64 levels, 4 million values (SP 800-53 has about 120,000), 64 imports.
    fn default() -> Self {
        Self { bytes: 64 << 20, depth: 64, values: 4_000_000, imports: 64 }
    }
}

/// Parses `bytes` as one JSON value within `limits`. A UTF-8 byte order mark is tolerated.
pub(super) fn parse(bytes: &[u8], limits: &Limits) -> Result<Value, ReadError> {
    if bytes.len() > limits.bytes {
        return Err(ReadError::TooLarge { bytes: bytes.len(), limit: limits.bytes });
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let watch = Watch { limits, values: Cell::new(0), stopped: RefCell::new(None) };
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Seed { watch: &watch, depth: 0 }.deserialize(&mut reader);
    let parsed = value.and_then(|v| reader.end().map(|()| v));
    parsed.map_err(|e| match watch.stopped.take() {
        Some(Stop::Deep) => ReadError::TooDeep { limit: limits.depth },
        Some(Stop::Many) => ReadError::TooMany { limit: limits.values },
        Some(Stop::Twice(key)) => ReadError::DuplicateKey { key, line: e.line(), column: e.column() },
        None => ReadError::NotJson { reason: e.to_string() },
    })
}

enum Stop {
    Deep,
    Many,
    Twice(String),
}

struct Watch<'a> {
    limits: &'a Limits,
    values: Cell<usize>,
    stopped: RefCell<Option<Stop>>,
}

impl Watch<'_> {
    fn stop<E: Error>(&self, stop: Stop) -> E {
        self.stopped.replace(Some(stop));
        E::custom("stopped")
    }
}

struct Seed<'a> {
    watch: &'a Watch<'a>,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        let seen = self.watch.values.get() + 1;
        if seen > self.watch.limits.values {
            return Err(self.watch.stop(Stop::Many));
        }
        self.watch.values.set(seen);
        reader.deserialize_any(self)
    }
}

impl<'a> Seed<'a> {
    fn inner<E: Error>(&self) -> Result<Seed<'a>, E> {
        let depth = self.depth + 1;
        if depth > self.watch.limits.depth {
            return Err(self.watch.stop(Stop::Deep));
        }
        Ok(Seed { watch: self.watch, depth })
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(Value::Bool(v))
    }
    fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
        Ok(Value::Number(v.into()))
    }
    fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
        Ok(Value::Number(v.into()))
    }
    fn visit_f64<E>(self, v: f64) -> Result<Value, E> {
        Ok(Number::from_f64(v).map_or(Value::Null, Value::Number))
    }
    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        Ok(Value::String(v.to_owned()))
    }
    fn visit_string<E>(self, v: String) -> Result<Value, E> {
        Ok(Value::String(v))
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(self.inner::<A::Error>()?)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            if fields.contains_key(&key) {
                return Err(self.watch.stop(Stop::Twice(key)));
            }
            let value = map.next_value_seed(self.inner::<A::Error>()?)?;
            fields.insert(key, value);
        }
        Ok(Value::Object(fields))
    }
}
