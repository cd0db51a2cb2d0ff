//! The shapes of the models as data, and the tolerant check that brings a JSON value into one of them.
//!
//! After `check` the value holds nothing of a wrong type in a known field, so that the typed reading cannot fail;
//! everything taken out is reported.

use std::collections::HashMap;

use serde_json::Value;

use super::problem::{Problem, Trouble};

/// No list of problems grows past this: a hostile file must not turn into a larger report.
const MOST_PROBLEMS: usize = 1_000;

/// What a value must look like.
pub(super) enum Shape {
    /// Kept as it came.
    Any,
    Text,
    Flag,
    Token,
    Uuid,
    /// A token unique among those of the same kind.
    Id(&'static str),
    List(&'static Shape),
    Object(&'static [Field]),
}

/// A known field: name, shape, whether it is required.
pub(super) struct Field(pub &'static str, pub &'static Shape, pub bool);

const fn may(name: &'static str, shape: &'static Shape) -> Field {
    Field(name, shape, false)
}
const fn must(name: &'static str, shape: &'static Shape) -> Field {
    Field(name, shape, true)
}

static ANY_LIST: Shape = Shape::List(&Shape::Any);
static TEXTS: Shape = Shape::List(&Shape::Text);
static TOKENS: Shape = Shape::List(&Shape::Token);

static PROPS: Shape =
    Shape::List(&Shape::Object(&[must("name", &Shape::Token), may("ns", &Shape::Text), must("value", &Shape::Text), may("class", &Shape::Text)]));
static LINKS: Shape = Shape::List(&Shape::Object(&[must("href", &Shape::Text), may("rel", &Shape::Text), may("text", &Shape::Text)]));
static PARTS: Shape = Shape::List(&Shape::Object(&[
    may("id", &Shape::Id("part")),
    must("name", &Shape::Token),
    may("ns", &Shape::Text),
    may("class", &Shape::Text),
    may("title", &Shape::Text),
    may("props", &PROPS),
    may("prose", &Shape::Text),
    may("parts", &PARTS),
    may("links", &LINKS),
]));
static SELECTION: Shape = Shape::Object(&[may("how-many", &Shape::Text), may("choice", &TEXTS)]);
static PARAMS: Shape = Shape::List(&Shape::Object(&[
    must("id", &Shape::Id("param")),
    may("class", &Shape::Text),
    may("depends-on", &Shape::Text),
    may("props", &PROPS),
    may("links", &LINKS),
    may("label", &Shape::Text),
    may("usage", &Shape::Text),
    may("constraints", &ANY_LIST),
    may("guidelines", &ANY_LIST),
    may("values", &TEXTS),
    may("select", &SELECTION),
]));
static CONTROLS: Shape = Shape::List(&Shape::Object(&[
    must("id", &Shape::Id("control")),
    may("class", &Shape::Text),
    must("title", &Shape::Text),
    may("params", &PARAMS),
    may("props", &PROPS),
    may("links", &LINKS),
    may("parts", &PARTS),
    may("controls", &CONTROLS),
]));
static GROUPS: Shape = Shape::List(&Shape::Object(&[
    may("id", &Shape::Id("group")),
    may("class", &Shape::Text),
    must("title", &Shape::Text),
    may("params", &PARAMS),
    may("props", &PROPS),
    may("links", &LINKS),
    may("parts", &PARTS),
    may("groups", &GROUPS),
    may("controls", &CONTROLS),
]));
static METADATA: Shape = Shape::Object(&[
    must("title", &Shape::Text),
    may("published", &Shape::Text),
    must("last-modified", &Shape::Text),
    must("version", &Shape::Text),
    must("oscal-version", &Shape::Text),
    may("props", &PROPS),
    may("links", &LINKS),
]);
static BACK_MATTER: Shape = Shape::Object(&[may(
    "resources",
    &Shape::List(&Shape::Object(&[
        must("uuid", &Shape::Uuid),
        may("title", &Shape::Text),
        may("description", &Shape::Text),
        may("props", &PROPS),
        may("rlinks", &Shape::List(&Shape::Object(&[must("href", &Shape::Text), may("media-type", &Shape::Text)]))),
    ])),
)]);
/// OSCAL `catalog`.
pub(super) static CATALOG: Shape = Shape::Object(&[
    must("uuid", &Shape::Uuid),
    must("metadata", &METADATA),
    may("params", &PARAMS),
    may("controls", &CONTROLS),
    may("groups", &GROUPS),
    may("back-matter", &BACK_MATTER),
]);

static SELECTS: Shape = Shape::List(&Shape::Object(&[
    may("with-child-controls", &Shape::Text),
    may("with-ids", &TOKENS),
    may("matching", &Shape::List(&Shape::Object(&[may("pattern", &Shape::Text)]))),
]));
static ALTERS: Shape = Shape::List(&Shape::Object(&[
    must("control-id", &Shape::Token),
    may(
        "removes",
        &Shape::List(&Shape::Object(&[
            may("by-name", &Shape::Text),
            may("by-class", &Shape::Text),
            may("by-id", &Shape::Text),
            may("by-item-name", &Shape::Text),
            may("by-ns", &Shape::Text),
        ])),
    ),
    may(
        "adds",
        &Shape::List(&Shape::Object(&[
            may("position", &Shape::Text),
            may("by-id", &Shape::Text),
            may("title", &Shape::Text),
            may("params", &PARAMS),
            may("props", &PROPS),
            may("links", &LINKS),
            may("parts", &PARTS),
        ])),
    ),
]));
static SET_PARAMETERS: Shape = Shape::List(&Shape::Object(&[
    must("param-id", &Shape::Token),
    may("class", &Shape::Text),
    may("depends-on", &Shape::Text),
    may("props", &PROPS),
    may("links", &LINKS),
    may("label", &Shape::Text),
    may("usage", &Shape::Text),
    may("constraints", &ANY_LIST),
    may("guidelines", &ANY_LIST),
    may("values", &TEXTS),
    may("select", &SELECTION),
]));
/// OSCAL `profile`.
pub(super) static PROFILE: Shape = Shape::Object(&[
    must("uuid", &Shape::Uuid),
    must("metadata", &METADATA),
    must(
        "imports",
        &Shape::List(&Shape::Object(&[
            must("href", &Shape::Text),
            may("include-all", &Shape::Object(&[])),
            may("include-controls", &SELECTS),
            may("exclude-controls", &SELECTS),
        ])),
    ),
    may(
        "merge",
        &Shape::Object(&[
            may("combine", &Shape::Object(&[may("method", &Shape::Text)])),
            may("flat", &Shape::Object(&[])),
            may("as-is", &Shape::Flag),
            may("custom", &Shape::Any),
        ]),
    ),
    may("modify", &Shape::Object(&[may("set-parameters", &SET_PARAMETERS), may("alters", &ALTERS)])),
    may("back-matter", &BACK_MATTER),
]);

/// Brings `value` into `shape`, taking out what does not fit. `root` is the JSON pointer of `value`.
pub(super) fn check(value: &mut Value, shape: &'static Shape, root: &str) -> Vec<Problem> {
    let mut checker = Checker { problems: Vec::new(), seen: HashMap::new(), pointer: root.to_owned() };
    checker.fits(value, shape);
    checker.problems
}

struct Checker {
    problems: Vec<Problem>,
    seen: HashMap<(&'static str, String), String>,
    pointer: String,
}

impl Checker {
    fn report(&mut self, trouble: Trouble) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(trouble.at(&self.pointer));
        }
    }

    /// Whether the value may stay.
    fn fits(&mut self, value: &mut Value, shape: &'static Shape) -> bool {
        match (shape, &mut *value) {
            (Shape::Any, _) | (Shape::Flag, Value::Bool(_)) | (Shape::Text, Value::String(_)) => true,
            (Shape::Token, Value::String(text)) => {
                if !is_token(text) {
                    let value = text.clone();
                    self.report(Trouble::BadToken { value });
                }
                true
            }
            (Shape::Uuid, Value::String(text)) => {
                if !is_uuid(text) {
                    let value = text.clone();
                    self.report(Trouble::BadUuid { value });
                }
                true
            }
            (Shape::Id(kind), Value::String(text)) => {
                let id = text.clone();
                if !is_token(&id) {
                    self.report(Trouble::BadToken { value: id });
                } else if let Some(first) = self.seen.get(&(*kind, id.clone())) {
                    let first = first.clone();
                    self.report(Trouble::DuplicateId { id, first });
                } else {
                    self.seen.insert((kind, id), self.pointer.clone());
                }
                true
            }
            (Shape::List(item), Value::Array(items)) => {
                let mut index = 0;
                items.retain_mut(|value| {
                    let stays = self.at(&index.to_string(), |c| c.fits(value, item));
                    index += 1;
                    stays
                });
                true
            }
            (Shape::Object(known), Value::Object(fields)) => {
                for Field(name, shape, required) in known.iter() {
                    let there = match fields.get_mut(*name) {
                        Some(Value::String(text)) if *required && text.is_empty() => false,
                        Some(value) => {
                            if !self.at(name, |c| c.fits(value, shape)) {
                                fields.shift_remove(*name);
                            }
                            true
                        }
                        None => false,
                    };
                    if *required && !there {
                        self.report(Trouble::Missing { field: name });
                    }
                }
                true
            }
            (_, other) => {
                let found = kind_of(other);
                self.report(Trouble::WrongType { expected: wanted(shape), found });
                false
            }
        }
    }

    fn at<T>(&mut self, step: &str, inner: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.pointer.len();
        self.pointer.push('/');
        self.pointer.push_str(step);
        let result = inner(self);
        self.pointer.truncate(before);
        result
    }
}

fn wanted(shape: &Shape) -> &'static str {
    match shape {
        Shape::Any => "any",
        Shape::Flag => "true/false",
        Shape::Text | Shape::Token | Shape::Uuid | Shape::Id(_) => "string",
        Shape::List(_) => "array",
        Shape::Object(_) => "object",
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true/false",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The schema's token: `^(\p{L}|_)(\p{L}|\p{N}|[.\-_])*$`. Japanese letters are letters.
pub(super) fn is_token(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|c| c.is_alphabetic() || c == '_') && letters.all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

/// A version 4 or 5 UUID of RFC 4122, as the schema's UUIDDatatype.
pub(super) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => b == b'-',
            14 => matches!(b, b'4' | b'5'),
            19 => matches!(b, b'8' | b'9' | b'a' | b'b' | b'A' | b'B'),
            _ => b.is_ascii_hexdigit(),
        })
}
