//! Pages and the interface for programs: what is seen, by whom, in both languages.

use probe::testbed::{Dmarc, Failure, Https, Spf, Zone};
use serde_json::json;

use super::{bench_on, latest, measure, register, testbed};
use crate::base::actor::Role;
use crate::testing::Bench;

pub(super) const CENTRE: &str = "centre@example.test";
pub(super) const CISO: &str = "ciso@example.test";

/// Two ministries measured twice; a CISO for one of them.
pub(super) async fn measured() -> (Bench, probe::testbed::Testbed) {
    let bad = Zone { dmarc: Dmarc::None, spf: Spf::Missing, https: Https::Expired, ..Zone::good("a.go.jp") };
    let mut zones = vec![bad, Zone { failure: Some(Failure::ServFail), ..Zone::good("silent.go.jp") }];
    zones.extend((1..=5).map(|n| Zone { dmarc: if n % 2 == 0 { Dmarc::Missing } else { Dmarc::Reject }, ..Zone::good(format!("b{n}.go.jp")) }));
    let testbed = testbed(&zones).await;
    let bench = bench_on(&testbed).await;
    for zone in &zones {
        register(&bench, if zone.domain.starts_with('b') { "mob" } else { "moa" }, &zone.domain).await;
    }
    measure(&bench).await;
    testbed.change(Zone { spf: Spf::SoftFail, ..Zone::good("a.go.jp") }).unwrap();
    bench.set_time("2026-04-08T00:00:00Z");
    measure(&bench).await;
    bench.account(CENTRE, Role::Evaluator, "centre").await;
    bench.account(CISO, Role::Ciso, "moa").await;
    (bench, testbed)
}

#[tokio::test]
async fn the_centre_sees_everybody_and_a_ciso_only_their_own() {
    let (bench, _testbed) = measured().await;
    let all = bench.get_as(CENTRE, "/measurements?lang=en").await;
    for words in ["Organisation moa", "Organisation mob", "Measured met rate", "b2.go.jp", "<svg", "Begin measuring", "Measurement settings"] {
        assert!(all.body.contains(words), "{words}: {}", all.body);
    }
    let own = bench.get_as(CISO, "/measurements?lang=en").await;
    assert!(own.body.contains("Organisation moa") && !own.body.contains("mob") && !own.body.contains("b2.go.jp"), "{}", own.body);
    assert!(!own.body.contains("/measurements/settings"));
    let mob = bench.organisation("mob").await;
    let theirs = latest(&bench).await.into_iter().find(|one| one.organisation_id == mob.id).unwrap();
    for path in [
        format!("/measurements/organisations/{}", mob.id),
        format!("/measurements/observations/{}", theirs.id),
        format!("/measurements/runs/{}", theirs.run_id),
        "/measurements/settings".to_owned(),
        format!("/api/v1/measurements/observations/{}", theirs.id),
    ] {
        assert_eq!(bench.get_as(CISO, &path).await.status, 404, "{path}");
        assert_eq!(bench.get_as(CENTRE, &path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn an_observation_says_what_to_publish_and_how_to_prove_it() {
    let (bench, _testbed) = measured().await;
    let weak = latest(&bench).await.into_iter().find(|one| one.target == "b2.go.jp" && one.check.as_str() == "dmarc").unwrap();
    for (lang, words) in
        [("en", ["What to publish or configure", "A command that repeats"]), ("ja", ["公開・設定する内容", "同じ測定を繰り返すコマンド"])]
    {
        let page = bench.get_as(CENTRE, &format!("/measurements/observations/{}?lang={lang}", weak.id)).await;
        for words in words.into_iter().chain(["v=DMARC1;", "RFC 9989", "testbed", "_dmarc.b2.go.jp"]) {
            assert!(page.body.contains(words), "{words}: {}", page.body);
        }
    }
    let api = bench.get_as(CENTRE, &format!("/api/v1/measurements/observations/{}", weak.id)).await;
    let json: serde_json::Value = serde_json::from_str(&api.body).unwrap();
    assert_eq!((json["verdict"].as_str(), json["verdict_now"].as_str()), (Some("not-met"), Some("not-met")));
    assert!(json["evidence"].is_object());
    // Other products take the same in, and a CISO gives out only their own.
    let given = |body: &str| serde_json::from_str::<Vec<serde_json::Value>>(body).unwrap();
    let all = given(&bench.get_as(CENTRE, "/api/v1/measurements/ocsf").await.body);
    let own = given(&bench.get_as(CISO, "/api/v1/measurements/ocsf?check=spf").await.body);
    assert!(all.iter().all(|one| one["class_uid"] == 2003) && all.len() > own.len() && !own.is_empty());
    assert!(own.iter().all(|one| one["resources"][0]["owner"]["uid"] == "moa" && one["compliance"]["control"] == "spf"), "{own:#?}");
    bench.set_time("2026-06-08T00:00:00Z");
    let old = bench.get_as(CENTRE, &format!("/measurements/observations/{}?lang=en", weak.id)).await;
    assert!(old.body.contains(">stale<"), "{}", old.body);
}

#[tokio::test]
async fn a_target_shows_its_history_and_a_ciso_may_measure_it_again() {
    let (bench, testbed) = measured().await;
    let seen = bench.get_as(CISO, "/measurements/organisations/x").await;
    assert_eq!(seen.status, 404);
    let moa = bench.organisation("moa").await;
    let page = bench.get_as(CISO, &format!("/measurements/organisations/{}?lang=en", moa.id)).await;
    let (_, rest) = page.body.split_once("/measurements/targets/").unwrap();
    let asset = rest.split('"').next().unwrap().to_owned();
    let page = bench.get_as(CISO, &format!("/measurements/targets/{asset}?lang=en")).await;
    assert!(page.body.contains("Observations so far") && page.body.contains("2026-04-01") && page.body.contains("2026-04-08"), "{}", page.body);
    bench.set_time("2026-04-09T00:00:00Z");
    testbed.change(Zone::good("a.go.jp")).unwrap();
    let sent = bench.post_as(CISO, "/measurements/runs", &[("organisation", "moa"), ("targets", "a.go.jp")]).await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    let run = sent.headers.iter().find(|(name, _)| name == "location").unwrap().1.clone();
    let waiting = bench.get_as(CISO, &format!("{run}?lang=en")).await;
    assert!(
        waiting.body.contains("http-equiv=\"refresh\"") && waiting.body.contains("Stop measuring") && waiting.body.contains("<progress"),
        "{}",
        waiting.body
    );
    bench.run_jobs().await;
    let done = bench.get_as(CISO, &format!("{run}?lang=en")).await;
    assert!(!done.body.contains("http-equiv=\"refresh\"") && done.body.contains("See the results"), "{}", done.body);
    for (organisation, status) in [("mob", 422), ("centre", 422)] {
        assert_eq!(bench.post_as(CISO, "/measurements/runs", &[("organisation", organisation)]).await.status, status, "{organisation}");
    }
    let stop = bench.post_as(CISO, &format!("{run}/cancel"), &[]).await;
    assert_eq!(stop.status, 409);
}

#[tokio::test]
async fn programs_ask_and_read_the_same() {
    let (bench, _testbed) = measured().await;
    let overview: serde_json::Value = serde_json::from_str(&bench.get_as(CENTRE, "/api/v1/measurements/overview").await.body).unwrap();
    let of = |organisation: &str, check: Option<&str>| {
        overview.as_array().unwrap().iter().find(|one| one["organisation"] == organisation && one["check"].as_str() == check).unwrap().clone()
    };
    let dmarc = of("mob", Some("dmarc"));
    assert_eq!((dmarc["counts"]["met"].as_u64(), dmarc["counts"]["not_met"].as_u64()), (Some(3), Some(2)));
    assert_eq!(dmarc["figure"]["value"], 0.6);
    let own = of("moa", Some("dmarc"));
    // What cannot be asked leaves the denominator and shows in the coverage; two are too few for a rate.
    assert_eq!((own["figure"]["coverage"]["known"].as_u64(), own["figure"]["coverage"]["all"].as_u64()), (Some(1), Some(2)));
    assert!(own["figure"]["value"].is_null());
    let found = bench.get_as(CENTRE, "/api/v1/measurements/observations?check=dmarc&verdict=not-met&organisation=mob").await;
    assert_eq!(serde_json::from_str::<serde_json::Value>(&found.body).unwrap().as_array().unwrap().len(), 2);
    let made = bench.json_as(CISO, "/api/v1/measurements/runs", &json!({ "checks": ["spf"] })).await;
    let id = serde_json::from_str::<serde_json::Value>(&made.body).unwrap()["id"].as_str().unwrap().to_owned();
    assert_eq!(bench.json_as(CISO, &format!("/api/v1/measurements/runs/{id}/cancel"), &json!({})).await.status, 200);
    let run: serde_json::Value = serde_json::from_str(&bench.get_as(CISO, &format!("/api/v1/measurements/runs/{id}")).await.body).unwrap();
    assert_eq!(run["state"], "cancelled");
    let targets: serde_json::Value = serde_json::from_str(&bench.get_as(CISO, "/api/v1/measurements/targets").await.body).unwrap();
    assert_eq!(targets.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_centre_sets_suffixes_hour_and_age() {
    let (bench, _testbed) = measured().await;
    let wrong = [
        ("hour", "5"),
        ("max_age_days", "0"),
        ("suffix-ministry", "go.jp a..b"),
        ("suffix-nobody", "x.jp"),
        ("profile", "none"),
        ("evidence_days", "29"),
    ];
    let page = bench.post_as(CENTRE, "/measurements/settings?lang=en", &wrong).await;
    assert_eq!(page.status, 422);
    assert!(
        page.body.contains("“a..b” is not a domain suffix") && page.body.contains("from 1 to 3650") && page.body.contains("from 30 to 36500"),
        "{}",
        page.body
    );
    let right = [
        ("hour", "5"),
        ("max_age_days", "10"),
        ("suffix-ministry", "Example.JP、go.jp"),
        ("suffix-agency", ""),
        ("profile", "exception"),
        ("evidence_days", "0"),
    ];
    assert_eq!(bench.post_as(CENTRE, "/measurements/settings", &right).await.status, 303);
    let set: serde_json::Value = serde_json::from_str(&bench.get_as(CENTRE, "/api/v1/measurements/settings").await.body).unwrap();
    assert_eq!(set["suffixes"]["by_kind"], json!({ "ministry": ["example.jp", "go.jp"] }));
    assert_eq!((set["schedule"]["hour"].as_i64(), set["max_age_days"].as_i64()), (Some(5), Some(10)));
    assert_eq!((set["profile"].as_str(), set["evidence_days"].as_i64()), (Some("exception"), Some(0)));
    assert_eq!(bench.json_as(CISO, "/api/v1/measurements/settings", &json!({})).await.status, 404);
}
