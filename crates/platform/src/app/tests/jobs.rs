//! Every kind of job does no harm when it runs twice.

use std::collections::BTreeMap;

use super::{Example, alone};
use crate::base::id::Id;
use crate::base::jobs::{JobCx, enqueue, kinds};
use crate::measurements;
use crate::measurements::run::Asked;

/// What kinds that the example does not leave behind are given; `OPEN` is the id of the cycle that is open.
const GIVEN: &[(&str, &str)] = &[
    ("base.mail", "{}"),
    ("measurements.homepages", "{}"),
    ("measurements.evidence", "{}"),
    ("improvements.look", "{}"),
    ("cryptography.look", "{}"),
    ("inspections.remind", "{\"cycle\":\"OPEN\",\"day\":\"2026-05-24\",\"paths\":null}"),
];

/// The tables that background work changes by itself: its own list and the readers' places.
const ITS_OWN: [&str; 4] = ["job", "event_reader", "audit_head", "audit"];

/// How many rows each table has.
async fn counts(example: &Example) -> BTreeMap<String, i64> {
    let mut names = Vec::new();
    let tables = crate::app::AREAS.iter().flat_map(|area| area.tables).copied().chain([include_str!("../../base/tables.sql")]);
    for text in tables {
        names.extend(text.split("CREATE TABLE ").skip(1).filter_map(|rest| rest.split_whitespace().next()).map(str::to_owned));
    }
    let mut out = BTreeMap::new();
    for name in names.into_iter().filter(|name| !ITS_OWN.contains(&name.as_str())) {
        let count = example.rows(&format!("SELECT COUNT(*) AS count FROM {name}")).await[0].get("count").unwrap();
        out.insert(name, count);
    }
    out
}

#[test]
fn every_job_may_run_twice() {
    alone(|example| async move {
        // What is waiting is done first, so that the second time begins from rest.
        crate::base::jobs::run_due(&example.bench.app).await.unwrap();
        // The example has no reason to judge its evidence again.
        let mut work = example.bench.work().await;
        measurements::actions::run_from(&mut work, &Asked::default(), measurements::actions::REJUDGE).await.unwrap();
        work.commit().await.unwrap();
        let open: String = example.rows("SELECT id FROM cycle WHERE state = 'open'").await[0].get("id").unwrap();
        let mut missing = Vec::new();
        for kind in kinds() {
            let sql = format!("SELECT payload, id FROM job WHERE kind = '{}' ORDER BY created_at LIMIT 3", kind.name);
            let mut samples: Vec<String> = example.rows(&sql).await.iter().map(|row| row.get("payload").unwrap()).collect();
            samples.extend(GIVEN.iter().filter(|(name, _)| *name == kind.name).map(|(_, payload)| payload.replace("OPEN", &open)));
            if samples.is_empty() {
                missing.push(kind.name);
            }
            for payload in samples {
                let payload: serde_json::Value = serde_json::from_str(&payload).unwrap();
                let found = example.rows(&format!("SELECT id FROM job WHERE kind = '{}' LIMIT 1", kind.name)).await;
                let id = match found.first() {
                    Some(row) => row.get("id").unwrap(),
                    // A job tells how far it is, so it stands on the list; too late for any worker to take it.
                    None => {
                        let (app, now) = (&example.bench.app, example.bench.app.clock.now());
                        let id = Id::new(now, &app.entropy);
                        let mut tx = app.db.begin().await.unwrap();
                        enqueue(&mut tx, &id, kind.name, "", &payload, now, now + jiff::SignedDuration::from_hours(24 * 3_650)).await.unwrap();
                        tx.commit().await.unwrap();
                        id
                    }
                };
                let cx = JobCx { app: example.bench.app.clone(), id };
                (kind.run)(cx.clone(), payload.clone()).await.unwrap_or_else(|error| panic!("{} {payload}: {error}", kind.name));
                let before = counts(example).await;
                (kind.run)(cx, payload.clone()).await.unwrap_or_else(|error| panic!("{} {payload}, again: {error}", kind.name));
                assert_eq!(counts(example).await, before, "{} {payload} did something the second time", kind.name);
            }
        }
        assert!(missing.is_empty(), "no sample for the jobs {missing:?}: let the example leave one behind, or name a payload here");
    });
}
