//! A number that is registered is computed: each definition is found with something counted in what the areas give.

use std::collections::BTreeSet;

use engine::numbers::DEFINITIONS;
use jiff::Timestamp;
use serde_json::Value;

use super::looking;
use crate::base::actor::Scope;
use crate::base::dates::parse_stamp;
use crate::reports::report::Kind;
use crate::{cryptography, evaluations, improvements, measurements, reports};

/// The definitions of all figures in `value` that count something.
fn counted(value: &Value, out: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            if let (Some(Value::String(id)), Some(denominator)) = (fields.get("definition"), fields.get("denominator").and_then(Value::as_u64))
                && denominator > 0
            {
                out.insert(id.clone());
            }
            fields.values().for_each(|value| counted(value, out));
        }
        Value::Array(values) => values.iter().for_each(|value| counted(value, out)),
        _ => {}
    }
}

/// The last of some moments.
fn last<'a>(stamps: impl Iterator<Item = &'a Option<String>>) -> Timestamp {
    stamps.flatten().filter_map(|stamp| parse_stamp(stamp)).max().unwrap()
}

#[test]
fn every_registered_number_is_computed_from_data() {
    looking(|example| async move {
        let mut found = BTreeSet::new();
        let mut tx = example.bench.app.db.read().await.unwrap();
        for record in evaluations::store::evaluations(&mut tx).await.unwrap() {
            let evaluation = evaluations::view::load(&mut tx, &record).await.unwrap();
            counted(&serde_json::to_value(&*evaluation).unwrap(), &mut found);
        }
        let outcomes = improvements::gather::outcomes(&mut tx, &Scope::Everything, "", "2026-08-03").await.unwrap();
        counted(&serde_json::to_value(&outcomes).unwrap(), &mut found);
        let now = example.bench.app.clock.now();
        // Both count the last thirty days, and the small example may be older than that on the day of the tests.
        let pages = measurements::homepages::store::list(&mut tx, &Scope::Everything).await.unwrap();
        let homepages = measurements::homepages::api::all(&mut tx, &Scope::Everything, last(pages.iter().map(|one| &one.seen_at))).await.unwrap();
        counted(&serde_json::to_value(&homepages).unwrap(), &mut found);
        let reported = measurements::aggregate_reports::summary::all(&mut tx, &Scope::Everything, now).await.unwrap();
        let on = last(reported.iter().map(|one| &one.last_at));
        let reported = measurements::aggregate_reports::summary::all(&mut tx, &Scope::Everything, on).await.unwrap();
        counted(&serde_json::to_value(&reported).unwrap(), &mut found);
        let transition = cryptography::gather::transition(&mut tx, &Scope::Everything, now).await.unwrap();
        counted(&serde_json::to_value(cryptography::api::overview_of(transition)).unwrap(), &mut found);
        // The example holds no drills, so what reports count is taken from their own sample.
        for kind in [Kind::Organisation, Kind::Annual] {
            counted(&serde_json::to_value(reports::tests::output::tree(kind)).unwrap(), &mut found);
        }
        let never: Vec<&str> = DEFINITIONS.iter().map(|one| one.id).filter(|id| !found.contains(*id)).collect();
        assert!(never.is_empty(), "registered and never computed: {never:?}");
        let unknown: Vec<&String> = found.iter().filter(|id| engine::numbers::definition(id).is_none()).collect();
        assert!(unknown.is_empty(), "computed and not registered: {unknown:?}");
    });
}
