//! SIGKILL while domains are measured: what was stored is not measured again, and the run comes to its end.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use platform::base::db::Db;
use probe::testbed::{Testbed, Zone};
use serde_json::Value;

use super::place::{Place, code, said, text};

/// Domains of the run; enough that storing begins long before the end.
const DOMAINS: usize = 120;
/// How long each DNS answer takes, so that a run lasts several of its beats of one second.
const WAIT: Duration = Duration::from_millis(40);

/// The program's JSON answer.
fn verb(place: &Place, vantage: &str, arguments: &[&str]) -> Value {
    let output = place.command(&[&["--json"], arguments].concat()).env("HINOMI_VANTAGE_FILE", vantage).output().unwrap();
    assert!(code(&output) < 2, "{arguments:?}: {}", said(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Lets the time pass after which a job that nobody works at is free again.
async fn end_claims(place: &Place) {
    let db = match place.database() {
        Some(url) => Db::open_postgres(url).await,
        None => Db::open_sqlite(&place.data().join("hinomi.sqlite")).await,
    };
    let db = db.unwrap();
    let mut tx = db.begin().await.unwrap();
    tx.script("UPDATE job SET lease_until = '2000-01-01T00:00:00Z' WHERE state = 'running'").await.unwrap();
    tx.commit().await.unwrap();
    db.close().await;
}

#[test]
fn a_killed_run_goes_on_where_it_was() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    #[allow(clippy::disallowed_methods)]
    let now = jiff::Timestamp::now().as_second();
    let domains: Vec<String> = (0..DOMAINS).map(|at| format!("org{at}.example")).collect();
    let zones: Vec<Zone> = domains.iter().map(Zone::good).collect();
    let testbed = runtime.block_on(Testbed::start(&zones, now, 1)).unwrap();
    testbed.answer_after(WAIT);

    let place = Place::on_any_database();
    let file = |name: &str, content: String| {
        std::fs::write(place.file(name), content).unwrap();
        text(&place.file(name)).to_owned()
    };
    let vantage = file("vantage.json", serde_json::to_string(&testbed.vantage("test")).unwrap());
    let heads = ["Code,Kind,Name (Japanese),Name (English),First day", "Organisation code,Asset kind,Asset name,Count"];
    let lines: String = domains.iter().map(|domain| format!("\norg,domain,{domain},1")).collect();
    verb(&place, &vantage, &["register", "import", &file("organisations.csv", format!("{}\norg,ministry,省,Ministry,2020-04-01", heads[0]))]);
    verb(&place, &vantage, &["register", "import", &file("assets.csv", format!("{}{lines}", heads[1]))]);

    let checks = ["measure", "run", "--check", "spf,mx,dmarc", "--wait"];
    let mut child = place.command(&checks).env("HINOMI_VANTAGE_FILE", &vantage).stdout(Stdio::null()).spawn().unwrap();
    let stored = || verb(&place, &vantage, &["measure", "list"]).as_array().unwrap().clone();
    while stored().is_empty() {
        assert!(child.try_wait().unwrap().is_none(), "the run was over before it was killed");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let before = stored();
    assert!(before.iter().all(|one| one["vantage"] == "test"), "it was measured elsewhere: {before:?}");
    assert!(before.len() < 3 * DOMAINS, "the run was over before it was killed");
    let asked: BTreeMap<&str, usize> = domains.iter().map(|domain| (domain.as_str(), testbed.questions_about(domain))).collect();

    // Whoever works next takes the run up when the dead worker's claim has ended, which here is at once.
    testbed.answer_after(Duration::ZERO);
    runtime.block_on(end_claims(&place));
    let output = place.command(&["work", "--once"]).env("HINOMI_VANTAGE_FILE", &vantage).output().unwrap();
    assert_eq!(code(&output), 0, "{}", said(&output));
    assert_eq!(verb(&place, &vantage, &["measure", "runs"])[0]["state"], "done");
    let after = stored();
    assert_eq!(after.len(), 3 * DOMAINS);
    for one in &before {
        assert!(after.iter().any(|other| other["id"] == one["id"]), "an observation is gone: {one}");
    }
    // A domain whose three checks were stored was not asked about again.
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for one in &before {
        *counts.entry(one["target"].as_str().unwrap()).or_default() += 1;
    }
    let whole: Vec<&str> = counts.iter().filter(|(_, count)| **count == 3).map(|(domain, _)| *domain).collect();
    assert!(!whole.is_empty());
    for domain in whole {
        assert_eq!(testbed.questions_about(domain), asked[domain], "{domain}");
    }
    let unfinished = domains.iter().find(|domain| !counts.contains_key(domain.as_str())).unwrap();
    assert!(testbed.questions_about(unfinished) > 0);
}
