//! Who may read which field of a report, and the one function that cuts out what a reader may not.
//!
//! Everything that leaves a report (page, PDF, CSV, JSON, OSCAL) is made from a [`Seen`], and only [`see`] makes one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::report::fields;
use super::tree::Tree;
use crate::base::error::Result;

formats::spelled! {
    #[derive(schemars::JsonSchema)]
    /// Who reads, from the widest circle to the narrowest.
    Audience {
        /// Everybody.
        Public => "public",
        /// The other organisations of the federation.
        Peers => "peers",
        /// The centre, and the organisation itself.
        Centre => "centre",
    }
}

/// The name of the setting that keeps the policy.
pub const SETTING: &str = "reports.policy";

/// The policy: who may read each field, and under which licence the public may use it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Policy {
    /// By field; one that is not named is as its default.
    #[serde(default)]
    pub fields: BTreeMap<String, Audience>,
    /// The line that says how open data may be used.
    pub licence: String,
}

impl Default for Policy {
    fn default() -> Self {
        // Public Data License 1.0 (公共データ利用規約), the Japanese government's own; compatible with CC BY 4.0.
        Self {
            fields: BTreeMap::new(), licence: "公共データ利用規約（第1.0版）/ Public Data License 1.0 (compatible with CC BY 4.0)".to_owned()
        }
    }
}

impl Policy {
    /// Who may read `field`. A field nobody declared is the centre's.
    pub fn audience(&self, field: &str) -> Audience {
        let default = || fields().into_iter().find(|known| known.key == field).map_or(Audience::Centre, |known| known.default);
        self.fields.get(field).copied().unwrap_or_else(default)
    }
}

/// Takes out of `value` every object whose `field` is not for `audience`, at any depth. An object without `field` belongs to
/// what surrounds it. Where something is taken out nothing remains, not even an empty place.
pub fn cut(policy: &Policy, value: &Value, audience: Audience) -> Value {
    let visible = |value: &&Value| match value.get("field") {
        Some(Value::String(field)) => policy.audience(field) <= audience,
        // A field that is no text is a mistake, and mistakes are not published.
        Some(_) => false,
        None => true,
    };
    match value {
        Value::Array(items) => Value::Array(items.iter().filter(visible).map(|item| cut(policy, item, audience)).collect()),
        Value::Object(map) => {
            Value::Object(map.iter().filter(|(_, item)| visible(item)).map(|(name, item)| (name.clone(), cut(policy, item, audience))).collect())
        }
        other => other.clone(),
    }
}

/// A report as one audience sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    tree: Tree,
    audience: Audience,
    licence: String,
}

/// What `audience` sees of a report.
pub fn see(policy: &Policy, tree: &Tree, audience: Audience) -> Result<Seen> {
    let cut = cut(policy, &serde_json::to_value(tree)?, audience);
    // What is not for everybody is under no open licence.
    let licence = if audience == Audience::Public { policy.licence.clone() } else { String::new() };
    Ok(Seen { tree: serde_json::from_value(cut)?, audience, licence })
}

impl Seen {
    /// What is left.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Whose eyes.
    pub fn audience(&self) -> Audience {
        self.audience
    }

    /// The licence line; empty for what is not public.
    pub fn licence(&self) -> &str {
        &self.licence
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn an_unknown_field_is_the_centres() {
        let policy = Policy::default();
        assert_eq!(policy.audience("message"), Audience::Public);
        assert_eq!(policy.audience("gaps"), Audience::Centre);
        assert_eq!(policy.audience("something new"), Audience::Centre);
    }

    #[test]
    fn what_is_cut_leaves_no_place() {
        let value = json!({ "a": [{ "field": "gaps", "x": 1 }, { "field": "message", "y": { "field": "gaps" } }], "b": { "field": 3 } });
        assert_eq!(cut(&Policy::default(), &value, Audience::Public), json!({ "a": [{ "field": "message" }] }));
        assert_eq!(cut(&Policy::default(), &value, Audience::Centre)["a"], value["a"]);
    }

    /// Any JSON in which each object may belong to a field.
    fn any_value() -> impl Strategy<Value = Value> {
        let field = prop::sample::select(fields().iter().map(|field| field.key).chain(["unknown"]).collect::<Vec<_>>());
        let leaf = prop_oneof![any::<bool>().prop_map(Value::from), any::<i32>().prop_map(Value::from), "[a-z]{0,6}".prop_map(Value::from)];
        leaf.prop_recursive(5, 60, 6, move |inner| {
            let map = (prop::option::of(field.clone()), prop::collection::btree_map("[a-e]", inner.clone(), 0..5));
            prop_oneof![
                prop::collection::vec(inner, 0..5).prop_map(Value::from),
                map.prop_map(|(field, map)| {
                    let mut object: serde_json::Map<String, Value> = map.into_iter().collect();
                    if let Some(field) = field {
                        object.insert("field".into(), field.into());
                    }
                    object.into()
                }),
            ]
        })
    }

    fn fields_in(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| fields_in(item, found)),
            Value::Object(map) => {
                if let Some(Value::String(field)) = map.get("field") {
                    found.push(field.clone());
                }
                map.values().for_each(|item| fields_in(item, found));
            }
            _ => {}
        }
    }

    proptest! {
        #[test]
        fn nothing_above_the_audience_remains(inner in any_value(), levels in prop::collection::btree_map("message|gaps|spread|unknown", 0..3_usize, 0..4)) {
            let policy = Policy { fields: levels.into_iter().map(|(key, level)| (key, Audience::ALL[level])).collect(), ..Policy::default() };
            // The whole itself belongs to no field.
            let value = json!([inner]);
            let mut before = 0;
            for audience in Audience::ALL {
                let seen = cut(&policy, &value, *audience);
                let mut found = Vec::new();
                fields_in(&seen, &mut found);
                prop_assert!(found.iter().all(|field| policy.audience(field) <= *audience));
                prop_assert!(found.len() >= before, "a narrower circle sees no less");
                before = found.len();
                prop_assert_eq!(cut(&policy, &seen, *audience), seen, "twice is once");
            }
        }
    }
}
