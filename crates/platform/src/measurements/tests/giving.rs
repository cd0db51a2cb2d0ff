//! Given to other programs: the whole history page after page without a gap, what is not met, and OSCAL that fits its schema.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use probe::testbed::Zone;
use serde_json::Value;

use super::seeing::{CENTRE, CISO, measured};
use super::{bench_on, latest, measure, register, testbed};
use crate::base::actor::{Actor, Role};
use crate::base::area::{CliCx, Terminal};
use crate::base::lang::Lang;
use crate::measurements::cli;
use crate::standards;
use crate::testing::Bench;

async fn json(bench: &Bench, who: &str, path: &str) -> Value {
    let answer = bench.get_as(who, path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

/// Every observation, fetched page after page; and the cursor at the end.
async fn walk(bench: &Bench, who: &str, query: &str, from: &str) -> (Vec<Value>, String) {
    let (mut all, mut cursor) = (Vec::new(), from.to_owned());
    loop {
        let page = json(bench, who, &format!("/api/v1/measurements/history?{query}&cursor={cursor}")).await;
        all.extend(page["observations"].as_array().unwrap().iter().cloned());
        cursor = page["next"].as_str().unwrap().to_owned();
        if page["more"] == false {
            return (all, cursor);
        }
    }
}

#[tokio::test]
async fn the_history_is_fetched_page_after_page_without_a_gap() {
    let (bench, _testbed) = measured().await;
    let (all, end) = walk(&bench, CENTRE, "limit=7", "").await;
    let ids: BTreeSet<&str> = all.iter().map(|one| one["id"].as_str().unwrap()).collect();
    let kept: i64 = bench.app.db.read().await.unwrap().one("SELECT COUNT(*) AS times FROM observation", &[]).await.unwrap().get("times").unwrap();
    assert_eq!((ids.len(), all.len() as i64), (all.len(), kept), "each once, all of them");
    // The reason with its code, and every sentence in both languages.
    let weak = all.iter().find(|one| one["verdict"] == "not-met").unwrap();
    assert!(weak["organisation"].is_string() && !weak["reason"]["code"].as_str().unwrap().is_empty());
    for text in [&weak["reason"]["text"], &weak["observed"], &weak["expected"], &weak["who"]] {
        assert!(["ja", "en"].iter().all(|lang| !text[lang].as_str().unwrap().is_empty()), "{weak:#}");
    }
    // Nothing is new; then only what is new is given, however it is narrowed.
    assert_eq!(walk(&bench, CENTRE, "", &end).await, (Vec::new(), end.clone()));
    bench.set_time("2026-04-09T00:00:00Z");
    measure(&bench).await;
    let (new, _) = walk(&bench, CENTRE, "limit=1000", &end).await;
    assert!(!new.is_empty() && new.iter().all(|one| one["at"].as_str().unwrap().starts_with("2026-04-09")));
    let (since, _) = walk(&bench, CENTRE, "since=2026-04-09T09:00:00%2B09:00", "").await;
    assert_eq!(since.len(), new.len());
    assert_eq!(walk(&bench, CENTRE, "since=2026-04-09", "").await.0.len(), new.len(), "the whole day in Japan");
    let (dmarc, _) = walk(&bench, CENTRE, "organisation=mob&check=dmarc&since=2026-04-09", "").await;
    assert!(dmarc.len() == 5 && dmarc.iter().all(|one| one["check"] == "dmarc" && one["organisation"] == "mob"));
    assert_eq!(walk(&bench, CENTRE, "target=b2.go.jp&check=spf", "").await.0.len(), 3);
    // A reach is a reach.
    let (own, _) = walk(&bench, CISO, "limit=3", "").await;
    assert!(!own.is_empty() && own.iter().all(|one| one["organisation"] == "moa"));
    assert_eq!(bench.get_as(CISO, "/api/v1/measurements/history?organisation=mob").await.status, 404);
    for wrong in ["cursor=x", "cursor=-1", "limit=0", "limit=1001", "limit=x", "since=yesterday", "check=teapot"] {
        let answer = bench.get_as(CENTRE, &format!("/api/v1/measurements/history?{wrong}")).await;
        assert_eq!(answer.status, 422, "{wrong}: {}", answer.body);
    }
}

#[tokio::test]
async fn programs_are_told_what_is_not_met_since_when() {
    let (bench, _testbed) = measured().await;
    let unmet = json(&bench, CENTRE, "/api/v1/measurements/unmet").await;
    let of =
        |target: &str, check: &str| unmet.as_array().unwrap().iter().find(|one| one["target"] == target && one["check"] == check).unwrap().clone();
    // Measured twice, a week apart: since the first time.
    assert_eq!(of("b2.go.jp", "dmarc")["since"], "2026-04-01T00:00:00Z");
    assert_eq!(
        (of("b2.go.jp", "dmarc")["organisation"].as_str(), of("b2.go.jp", "dmarc")["remedy"].as_str().map(str::is_empty)),
        (Some("mob"), Some(false))
    );
    assert!(unmet.as_array().unwrap().iter().all(|one| one["verdict"] == "not-met"));
    assert!(unmet.as_array().unwrap().iter().all(|one| one["target"] != "a.go.jp"), "what was mended is not listed");
    for (who, query, count) in [(CENTRE, "check=dmarc", 2), (CENTRE, "organisation=moa", 0), (CISO, "", 0)] {
        assert_eq!(json(&bench, who, &format!("/api/v1/measurements/unmet?{query}")).await.as_array().unwrap().len(), count, "{query}");
    }
}

/// The published schema of assessment results, if the shared data are there.
fn schema() -> Option<PathBuf> {
    match std::env::var_os("HINOMI_SHARED") {
        Some(folder) => Some(Path::new(&folder).join("data/oscal/schemas-1.2.1/oscal_assessment-results_schema.json")),
        None => {
            eprintln!("needs HINOMI_SHARED: the schema is not compared");
            None
        }
    }
}

fn valid(document: &Value) {
    let Some(path) = schema() else { return };
    let schema: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let validator = jsonschema::draft7::options().should_validate_formats(true).build(&schema).unwrap();
    let complaints: Vec<String> =
        validator.iter_errors(document).take(3).map(|e| format!("{}: {e}", e.instance_path()).chars().take(300).collect()).collect();
    assert_eq!(complaints, Vec::<String>::new());
}

#[tokio::test]
async fn oscal_observations_fit_the_schema_and_findings_only_what_the_standard_names() {
    let (bench, _testbed) = measured().await;
    let oscal = async |who: &str, query: &str| json(&bench, who, &format!("/api/v1/measurements/oscal?{query}")).await;
    let result = |document: &Value| document["assessment-results"]["results"][0].clone();
    // Without a standard: observations, no finding.
    let bare = oscal(CENTRE, "lang=en").await;
    valid(&bare);
    assert!(result(&bare)["findings"].is_null() && result(&bare)["observations"].as_array().unwrap().len() == latest(&bench).await.len());
    let mut work = bench.work().await;
    let edition = standards::actions::ship_baseline(&mut work, 1).await.unwrap();
    standards::actions::adopt_all(&mut work, &edition).await.unwrap();
    work.commit().await.unwrap();
    let requirements = standards::store::requirements(&mut bench.app.db.read().await.unwrap(), &edition).await.unwrap();
    let dmarc = requirements.iter().find(|one| one.checks.iter().any(|check| check.as_str() == "dmarc")).unwrap();
    for lang in ["ja", "en"] {
        let document = oscal(CENTRE, &format!("lang={lang}")).await;
        valid(&document);
        let result = result(&document);
        let finding = |organisation: &str| {
            let whose = |one: &&Value| {
                one["target"]["target-id"] == format!("{}_smt", dmarc.code)
                    && one["props"].as_array().unwrap().iter().any(|prop| prop["name"] == "organisation" && prop["value"] == organisation)
            };
            result["findings"].as_array().unwrap().iter().find(whose).unwrap().clone()
        };
        let (own, other) = (finding("moa"), finding("mob"));
        assert_eq!(own["target"]["status"]["state"], "satisfied");
        assert_eq!(other["target"]["status"]["state"], "not-satisfied");
        let unknown = own["props"].as_array().unwrap().iter().find(|prop| prop["name"] == "could-not-measure").unwrap();
        assert_ne!(unknown["value"], "0", "what could not be measured is shown");
        let observations = result["observations"].as_array().unwrap();
        let one = observations.iter().find(|one| one["title"].as_str().unwrap().starts_with("DMARC: a.go.jp")).unwrap();
        assert_eq!(
            (&one["methods"][0], &one["collected"], &one["expires"]),
            (&"TEST".into(), &"2026-04-08T00:00:00Z".into(), &"2026-05-08T00:00:00Z".into())
        );
        let evidence = &one["relevant-evidence"][0];
        let id = evidence["href"].as_str().unwrap().rsplit('/').next().unwrap();
        let full = json(&bench, CENTRE, &format!("/api/v1/measurements/observations/{id}")).await;
        assert_eq!(evidence["props"][0]["value"], full["evidence_hash"]);
        for name in ["check", "verdict", "reason", "rule-id", "rule-version", "vantage"] {
            assert!(one["props"].as_array().unwrap().iter().any(|prop| prop["name"] == name), "{name}: {one:#}");
        }
        let silent = observations.iter().find(|one| one["title"].as_str().unwrap().starts_with("DMARC: silent")).unwrap();
        assert!(silent["expires"].is_null(), "what could not be measured does not grow stale");
    }
    // The same again, byte for byte; narrowed; one's own only.
    assert_eq!(oscal(CENTRE, "lang=en").await, oscal(CENTRE, "lang=en").await);
    let mail = oscal(CENTRE, "organisation=mob&check=dmarc").await;
    valid(&mail);
    assert_eq!(result(&mail)["observations"].as_array().unwrap().len(), 5);
    let own = oscal(CISO, "").await;
    valid(&own);
    assert!(!own.to_string().contains("b2.go.jp") && own["assessment-results"]["metadata"]["parties"][0]["name"].as_str().unwrap().contains("甲省"));
    // What an organisation leaves out of its standard, nobody finds.
    let mut work = bench.work().await;
    standards::actions::exclude(&mut work, &bench.organisation("moa").await.id, &dmarc.code, "no mail").await.unwrap();
    work.commit().await.unwrap();
    let own = oscal(CISO, "check=dmarc").await;
    valid(&own);
    assert!(result(&own)["findings"].is_null(), "{own:#}");
}

#[tokio::test]
async fn a_script_exports_oscal() {
    let testbed = testbed(&[Zone::good("a.go.jp")]).await;
    let bench = bench_on(&testbed).await;
    register(&bench, "moa", "a.go.jp").await;
    bench.account(CENTRE, Role::Evaluator, "centre").await;
    let export = async |line: &str| {
        let cx = CliCx { app: bench.app.clone(), actor: Actor::operator("cli"), terminal: Terminal { json: false, lang: Lang::Ja } };
        cli::measure::run(cx, cli::measure::command().try_get_matches_from(line.split(' ')).unwrap()).await
    };
    // Nothing was measured: said so, at the terminal and to programs.
    assert_eq!(export("measure export --oscal").await.unwrap_err().status(), 409);
    assert_eq!(bench.get_as(CENTRE, "/api/v1/measurements/oscal").await.status, 409);
    measure(&bench).await;
    for line in ["measure export --oscal", "measure export --oscal --organisation moa --check spf"] {
        assert_eq!(export(line).await.unwrap(), 0, "{line}");
    }
}
