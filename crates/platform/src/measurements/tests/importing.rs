//! Observations made elsewhere: taken in whole or not at all, once, and never for a stranger.

use engine::facts::{Check, Verdict};
use probe::testbed::Zone;
use serde_json::{Value, json};

use super::{bench_on, latest, register, testbed};
use crate::base::actor::Role;
use crate::testing::Bench;

const CENTRE: &str = "centre@example.test";
const CISO: &str = "ciso@example.test";

async fn bench() -> (Bench, probe::testbed::Testbed) {
    let testbed = testbed(&[Zone::good("a.go.jp")]).await;
    let bench = bench_on(&testbed).await;
    register(&bench, "moa", "a.go.jp").await;
    register(&bench, "mob", "b.go.jp").await;
    bench.account(CENTRE, Role::Evaluator, "centre").await;
    bench.account(CISO, Role::Ciso, "moa").await;
    (bench, testbed)
}

fn finding(target: &str, check: &str, status: &str) -> Value {
    json!({
        "class_uid": 2003, "category_uid": 2, "activity_id": 1, "type_uid": 200301, "severity_id": 1,
        "time": 1_774_900_000_000_i64, "metadata": { "version": "1.5.0", "product": { "name": "Scanner" } },
        "finding_info": { "uid": target, "title": "t" },
        "compliance": { "control": check, "status": status, "status_detail": "seen by the scanner" },
        "resources": [{ "name": target }],
    })
}

#[tokio::test]
async fn ocsf_lines_are_taken_in_once() {
    let (bench, _testbed) = bench().await;
    let lines =
        format!("{}\n{}\n{}\n", finding("a.go.jp", "spf", "Fail"), finding("https://b.go.jp/", "DMARC", "Pass"), finding("a.go.jp", "mx", "Warning"));
    let first = bench.upload_as(CENTRE, "/measurements/import", "scan.ndjson", lines.as_bytes(), &[]).await;
    assert_eq!(first.status, 303, "{}", first.body);
    let seen = latest(&bench).await;
    let verdict = |target: &str, check: Check| seen.iter().find(|one| one.target == target && one.check == check).unwrap();
    assert_eq!(verdict("a.go.jp", Check::Spf).verdict, Verdict::NotMet);
    assert_eq!(verdict("b.go.jp", Check::Dmarc).verdict, Verdict::Met);
    assert_eq!(verdict("a.go.jp", Check::Mx).verdict, Verdict::CouldNotMeasure);
    let one = verdict("a.go.jp", Check::Spf);
    assert_eq!((one.vantage.as_str(), one.source.as_str(), one.at.as_str()), ("Scanner", "import", "2026-03-30T19:46:40Z"));
    let page = bench.get_as(CISO, &format!("/measurements/observations/{}?lang=en", one.id)).await;
    assert!(page.body.contains("another product (imported)") && page.body.contains("seen by the scanner"), "{}", page.body);
    // Again, in another order and with one more.
    let more = format!("{}\n{lines}", finding("b.go.jp", "spf", "Pass"));
    assert_eq!(bench.upload_as(CENTRE, "/measurements/import", "scan.ndjson", more.as_bytes(), &[]).await.status, 303);
    assert_eq!(latest(&bench).await.len(), 4);
    let again = bench.upload_as(CENTRE, "/measurements/import?lang=en", "scan.ndjson", more.as_bytes(), &[]).await;
    assert!(again.status == 200 && again.body.contains("All 4 are there already"), "{}", again.body);
}

#[tokio::test]
async fn one_error_and_nothing_is_taken_in() {
    let (bench, _testbed) = bench().await;
    let mut late = finding("a.go.jp", "spf", "Pass");
    late["time"] = json!(1_900_000_000_000_i64);
    let lines = [finding("a.go.jp", "spf", "Pass"), finding("unknown.example", "spf", "Pass"), finding("a.go.jp", "nonsense", "Pass"), late];
    let text = lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    let page = bench.upload_as(CENTRE, "/measurements/import?lang=en", "scan.json", text.as_bytes(), &[]).await;
    assert_eq!(page.status, 422);
    for words in
        ["row 2", "“unknown.example” is not a domain of the register", "row 3", "no check called “nonsense”", "row 4", "lies in the future", "H1401"]
    {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    assert!(latest(&bench).await.is_empty());
    let api = bench.json_as(CENTRE, "/api/v1/measurements/import", &finding("unknown.example", "spf", "Pass")).await;
    assert_eq!(api.status, 422);
    let problem: Value = serde_json::from_str(&api.body).unwrap();
    assert_eq!(problem["errors"][0]["field"], "row 1");
    for (name, bytes) in [("x.csv", &b"\xff\xfe\x00"[..]), ("x.json", b"{\"a\": 1, \"a\": 2}"), ("x.json", b"["), ("x.csv", b"")] {
        let page = bench.upload_as(CENTRE, "/measurements/import", name, bytes, &[]).await;
        assert_eq!(page.status, 422, "{name} {bytes:?}");
    }
}

#[tokio::test]
async fn a_ciso_imports_for_their_own_domains_only() {
    let (bench, _testbed) = bench().await;
    let page = bench.upload_as(CISO, "/measurements/import", "b.json", finding("b.go.jp", "spf", "Pass").to_string().as_bytes(), &[]).await;
    assert_eq!(page.status, 422);
    let page = bench.upload_as(CISO, "/measurements/import", "a.json", finding("a.go.jp", "spf", "Pass").to_string().as_bytes(), &[]).await;
    assert_eq!(page.status, 303);
    let seen = latest(&bench).await;
    assert_eq!(seen.iter().map(|one| one.target.as_str()).collect::<Vec<_>>(), ["a.go.jp"]);
}

#[tokio::test]
async fn a_sheet_is_taken_in_after_a_look() {
    let (bench, _testbed) = bench().await;
    let text =
        "対象,検査項目,判定,日時,実施者,備考\na.go.jp,HTTPS証明書,不適合,2026/3/31 9:00,委託先,期限切れ\nb.go.jp,spf,対象外,2026/3/31 9:00,委託先,\n";
    let look = bench.upload_as(CENTRE, "/measurements/import?lang=en", "観測.csv", text.as_bytes(), &[("dry_run", "1")]).await;
    assert!(look.status == 200 && look.body.contains("It would add 2"), "{}", look.body);
    assert!(latest(&bench).await.is_empty());
    assert_eq!(bench.upload_as(CENTRE, "/measurements/import", "観測.csv", text.as_bytes(), &[]).await.status, 303);
    let seen = latest(&bench).await;
    let one = seen.iter().find(|one| one.target == "a.go.jp").unwrap();
    assert_eq!((one.check, one.verdict, one.at.as_str()), (Check::HttpsCertificate, Verdict::NotMet, "2026-03-31T00:00:00Z"));
    assert_eq!(seen.iter().find(|one| one.target == "b.go.jp").unwrap().verdict, Verdict::NotApplicable);
}
