//! Organisations side by side: the same figures on the screen, in CSV and for programs, with coverage, and one's own reach only.

use serde_json::Value;

use super::seeing::{CENTRE, CISO, measured};
use crate::testing::Bench;

async fn csv(bench: &Bench, query: &str) -> Vec<Vec<String>> {
    let answer = bench.get_as(CENTRE, &format!("/measurements/compare?lang=en&{query}")).await;
    assert_eq!(answer.status, 200);
    answer.body.trim_start_matches('\u{feff}').lines().map(|line| line.split(',').map(|cell| cell.trim_matches('"').to_owned()).collect()).collect()
}

#[tokio::test]
async fn every_number_has_its_counts_its_coverage_and_its_evidence() {
    let (bench, _testbed) = measured().await;
    let page = bench.get_as(CENTRE, "/measurements/compare?lang=en").await;
    // Five of one ministry: a rate. One of two of the other could be decided: counts, and the coverage.
    for words in ["60.0 %", "3 / 5", "2 not met", "1 / 1", "coverage 50.0 % (1 / 2)", "Mail", "Web", "Domain name", "All counts"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let only = bench.get_as(CENTRE, "/measurements/compare?lang=en&family=mail").await;
    assert!(only.body.contains(">DMARC<") && !only.body.contains(">DNSSEC<"), "{}", only.body);
    assert!(only.body.contains("<option value=\"mail\" selected"), "{}", only.body);
    // What one may not see does not exist.
    let own = bench.get_as(CISO, "/measurements/compare?lang=en").await;
    assert!(own.body.contains("Organisation moa") && !own.body.contains("mob") && !own.body.contains("60.0 %"), "{}", own.body);
    // From the number to what it counts.
    let mob = bench.organisation("mob").await;
    let evidence = format!("/measurements/organisations/{}/observations?check=dmarc", mob.id);
    assert!(page.body.contains(&format!("href=\"{}\"", evidence.replace('&', "&amp;"))), "{}", page.body);
    let behind = bench.get_as(CENTRE, &format!("{evidence}&lang=en")).await;
    assert_eq!((behind.body.matches(">not met</span>").count(), behind.body.matches(">met</span>").count()), (2, 3), "{}", behind.body);
    assert!(behind.body.contains("/measurements/observations/") && !behind.body.contains("SPF"), "{}", behind.body);
    assert_eq!(bench.get_as(CISO, &evidence).await.status, 404);
    let all = bench.get_as(CENTRE, &format!("/measurements/organisations/{}/observations?check=nothing", mob.id)).await;
    assert!(all.status == 200 && all.body.contains("SPF"), "a word that names no check narrows nothing");
}

#[tokio::test]
async fn screen_csv_and_programs_count_the_same() {
    let (bench, _testbed) = measured().await;
    let lines = csv(&bench, "lines.csv=1").await;
    let overview: Value = serde_json::from_str(&bench.get_as(CENTRE, "/api/v1/measurements/overview").await.body).unwrap();
    let mut compared = 0;
    for one in overview.as_array().unwrap().iter().filter(|one| one["check"].is_string()) {
        let name = crate::base::lang::texts().get(crate::base::lang::Lang::En, &format!("measurements-check-{}", one["check"].as_str().unwrap()));
        let whose = format!("Organisation {}", one["organisation"].as_str().unwrap());
        let line = lines.iter().find(|line| line[0] == whose && line[2] == name).unwrap_or_else(|| panic!("{whose} {name}: {lines:?}"));
        let counts = &one["counts"];
        assert_eq!(
            [&line[4], &line[5], &line[6], &line[7]].map(|text| text.parse::<u64>().unwrap()),
            ["met", "not_met", "unknown", "not_applicable"].map(|key| counts[key].as_u64().unwrap())
        );
        let figure: engine::numbers::Figure = serde_json::from_value(one["figure"].clone()).unwrap();
        assert_eq!((line[3].as_str(), line[8].as_str()), (figure.text(crate::base::lang::Lang::En).as_str(), figure.coverage.text().as_str()));
        compared += 1;
    }
    assert_eq!(compared, lines.len() - 1);
    // Sorted by the share met, worst first: small groups take part, and what has no number comes before all.
    let sorted = csv(&bench, "lines.sort=3&lines.csv=1").await;
    let shares: Vec<f64> = sorted[1..]
        .iter()
        .map(|line| {
            let (met, not_met) = (line[4].parse::<f64>().unwrap(), line[5].parse::<f64>().unwrap());
            if met + not_met > 0.0 { met / (met + not_met) } else { -1.0 }
        })
        .collect();
    assert!(shares.is_sorted() && shares.len() > 10, "{shares:?}");
    // DMARC stands in the third column.
    for (order, first) in [("3", "Organisation mob"), ("-3", "Organisation moa")] {
        let mail = csv(&bench, &format!("mail.sort={order}&mail.csv=1")).await;
        assert_eq!(mail[1][0], first, "{mail:?}");
    }
}
