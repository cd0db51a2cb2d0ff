//! JSON from outside, bounded in size, depth and number of values; a key that stands twice in one object is a problem.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::problem::{Place, Problem, ProblemKind};

/// Values (scalars, arrays and objects) of one document: what 32 MiB of dense JSON may grow to in memory is bounded by this.
const MAX_VALUES: u64 = 4_000_000;

/// The parser underneath guards its stack at 128 levels; ours must be reached first to have its own message.
const DEEPEST: u32 = 120;

/// One JSON value. `max_bytes` counts the bytes as they arrive, `max_depth` nested arrays and objects (at most 120).
///
/// Errors: too large, too deep, too many values, not well-formed, the same key twice (RFC 8259 section 4 leaves its meaning open, and
/// `serde_json` keeps the last without a word): each with line and column, counted from 1.
pub fn parse_bounded(bytes: &[u8], max_bytes: u64, max_depth: u32) -> Result<Value, Problem> {
    let size = bytes.len() as u64;
    if size > max_bytes {
        return Err(Problem::new(Place::nowhere(), ProblemKind::FileTooLarge { bytes: size, limit: max_bytes }));
    }
    // Programs on Windows put a byte order mark in front (RFC 8259 section 8.1 lets a reader ignore it).
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Problem::new(Place::nowhere(), ProblemKind::EmptyFile));
    }
    let watch = Watch { deepest: max_depth.min(DEEPEST), values: Cell::new(0), stopped: RefCell::new(None) };
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let parsed = Seed { watch: &watch, depth: 0 }.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    parsed.map_err(|error| {
        let row = u32::try_from(error.line().max(1)).unwrap_or(u32::MAX);
        let place = Place::nowhere().row(row).column(error.column().to_string());
        let kind = watch.stopped.take().unwrap_or_else(|| ProblemKind::BadJson { detail: reason(&error) });
        Problem::new(place, kind)
    })
}

/// The parser's own words without the place, which the problem has already.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(at) => text.get(..at).unwrap_or(&text).to_owned(),
        None => text,
    }
}

/// What the parser has seen so far, and why it was stopped.
struct Watch {
    deepest: u32,
    values: Cell<u64>,
    stopped: RefCell<Option<ProblemKind>>,
}

#[derive(Clone, Copy)]
struct Seed<'a> {
    watch: &'a Watch,
    depth: u32,
}

impl Seed<'_> {
    fn stop<E: serde::de::Error>(&self, kind: ProblemKind) -> E {
        self.watch.stopped.replace(Some(kind));
        E::custom("stopped")
    }

    fn deeper<E: serde::de::Error>(&self) -> Result<Self, E> {
        let depth = self.depth + 1;
        if depth > self.watch.deepest {
            return Err(self.stop(ProblemKind::TooDeep { limit: self.watch.deepest.into() }));
        }
        Ok(Self { depth, ..*self })
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        let seen = self.watch.values.get() + 1;
        if seen > MAX_VALUES {
            return Err(self.stop(ProblemKind::TooManyItems { items: seen, limit: MAX_VALUES }));
        }
        self.watch.values.set(seen);
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(inner)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut values = Map::new();
        while let Some(key) = fields.next_key::<String>()? {
            if values.contains_key(&key) {
                return Err(self.stop(ProblemKind::DuplicateKey { key }));
            }
            let value = fields.next_value_seed(inner)?;
            values.insert(key, value);
        }
        Ok(Value::Object(values))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::parse_bounded;

    fn problem(text: &str) -> (String, u32, String) {
        let problem = parse_bounded(text.as_bytes(), 1_000, 4).unwrap_err();
        (problem.code.into_owned(), problem.place.row.unwrap_or(0), problem.place.column.unwrap_or_default())
    }

    #[test]
    fn a_key_written_twice_has_a_place() {
        assert_eq!(problem("{\"a\": 1,\n \"b\": {\"c\": 1, \"c\": 2}}").0, "H0202");
        assert_eq!(problem("{\"a\": 1,\n \"b\": {\"c\": 1, \"c\": 2}}").1, 2);
        assert_eq!(problem("{\"a\":1,\"\\u0061\":2}").0, "H0202", "escaped spelling of the same key");
    }

    #[test]
    fn bounds_come_before_values() {
        assert_eq!(problem("[[[[[1]]]]]").0, "H0203");
        assert!(parse_bounded(b"[[[[1]]]]", 1_000, 4).is_ok());
        assert_eq!(problem(&" ".repeat(1_001)).0, "H0101");
        assert_eq!(problem(" \n").0, "H0102");
        let deep = "[".repeat(100_000);
        assert_eq!(parse_bounded(deep.as_bytes(), 1 << 20, u32::MAX).unwrap_err().code, "H0203");
    }

    #[test]
    fn what_is_not_json_has_a_place() {
        assert_eq!(problem("{\n  \"a\": x\n}"), ("H0201".into(), 2, "8".into()));
        assert_eq!(problem("{} x").0, "H0201");
        assert_eq!(problem("{\"a\": 1").0, "H0201");
        assert_eq!(problem("1e999").0, "H0201");
    }

    proptest! {
        #[test]
        fn agrees_with_the_plain_parser(text in "[\\[\\]{}\":, a1\\.e-]{0,24}") {
            let plain: Result<serde_json::Value, _> = serde_json::from_str(&text);
            match parse_bounded(text.as_bytes(), 1_000, 100) {
                Ok(value) => prop_assert_eq!(value, plain.unwrap()),
                Err(problem) => prop_assert!(problem.code == "H0202" || plain.is_err()),
            }
        }
    }
}
