//! Aggregate reports from outside: taken in once, only for one's own domains; their selectors are measured.

use engine::facts::{Check, Verdict};
use probe::testbed::dkim::SELECTOR;
use probe::testbed::{Testbed, Zone};
use serde_json::Value as Json;

use super::cli;
use crate::base::actor::{Actor, Role, Scope};
use crate::base::area::{CliCx, Terminal};
use crate::base::lang::Lang;
use crate::measurements::run::Asked;
use crate::measurements::tests::{bench_on, register, testbed};
use crate::measurements::{actions, store};
use crate::register::store::assets;
use crate::testing::Bench;

const HOME: &str = "/measurements/aggregate-reports";
const API: &str = "/api/v1/measurements/aggregate-reports";
const CENTRE: &str = "centre@example.test";
const CISO: &str = "ciso@example.test";
/// The day before the bench's first day (2026-04-01), in Unix seconds.
const END: i64 = 1_774_915_199;

/// A report with `records`: address, messages, aligned by DKIM and by SPF, selector, outcome of the signature.
fn report(id: &str, domain: &str, end: i64, records: &[(&str, u64, &str, &str, &str, &str)]) -> String {
    let record = |(source, count, dkim, spf, selector, outcome): &(&str, u64, &str, &str, &str, &str)| {
        format!(
            "<record><row><source_ip>{source}</source_ip><count>{count}</count><policy_evaluated><disposition>reject</disposition><dkim>{dkim}</dkim>\
             <spf>{spf}</spf></policy_evaluated></row><identifiers><header_from>{domain}</header_from></identifiers><auth_results>\
             <dkim><domain>{domain}</domain><selector>{selector}</selector><result>{outcome}</result></dkim></auth_results></record>"
        )
    };
    format!(
        "<?xml version=\"1.0\"?><feedback><report_metadata><org_name>receiver.example</org_name><email>d@receiver.example</email>\
         <report_id>{id}</report_id><date_range><begin>{}</begin><end>{end}</end></date_range></report_metadata>\
         <policy_published><domain>{domain}</domain><p>none</p></policy_published>{}</feedback>",
        end - 86_399,
        records.iter().map(record).collect::<String>()
    )
}

fn usual() -> String {
    let records = [
        ("192.0.2.7", 90, "pass", "pass", "s2026", "pass"),
        ("198.51.100.9", 6, "fail", "fail", "forged", "fail"),
        ("198.51.100.9", 4, "fail", "fail", "S2026.", "fail"),
    ];
    report("r1", "a.go.jp", END, &records)
}

async fn bench() -> (Bench, Testbed) {
    let testbed = testbed(&[Zone::good("a.go.jp"), Zone::good("b.go.jp")]).await;
    let bench = bench_on(&testbed).await;
    register(&bench, "moa", "a.go.jp").await;
    register(&bench, "mob", "b.go.jp").await;
    bench.account(CENTRE, Role::Evaluator, "centre").await;
    bench.account(CISO, Role::Ciso, "moa").await;
    (bench, testbed)
}

async fn asset_of(bench: &Bench, domain: &str) -> String {
    let all = assets(&mut bench.app.db.read().await.unwrap(), &Scope::Everything).await.unwrap();
    all.into_iter().find(|one| one.kind == "domain" && one.name == domain).unwrap().id.to_string()
}

async fn full(bench: &Bench, domain: &str) -> Json {
    let answer = bench.get_as(CENTRE, &format!("{API}/{}", asset_of(bench, domain).await)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

#[tokio::test]
async fn a_report_counts_once_and_shows_who_sends() {
    let (bench, _testbed) = bench().await;
    for _ in 0..2 {
        assert_eq!(bench.upload_as(CISO, HOME, "r1.xml", usual().as_bytes(), &[]).await.status, 303);
    }
    let seen = full(&bench, "a.go.jp").await;
    assert_eq!((&seen["reports"], &seen["aligned"], &seen["failed"], &seen["unknown"]), (&1.into(), &90.into(), &10.into(), &0.into()), "{seen:#}");
    assert_eq!(seen["aligned_rate"]["value"], 0.9);
    let sources: Vec<(&str, u64)> =
        seen["sources"].as_array().unwrap().iter().map(|one| (one["address"].as_str().unwrap(), one["refused"].as_u64().unwrap())).collect();
    assert_eq!(sources, [("198.51.100.9", 10), ("192.0.2.7", 90)], "those first whose mail failed most");
    // A good signature makes a selector known; only then its bad ones count. What was only ever forged is nobody's selector.
    let selectors = seen["selectors"].as_array().unwrap();
    assert_eq!(selectors.len(), 1, "{seen:#}");
    assert_eq!((&selectors[0]["selector"], &selectors[0]["passed"], &selectors[0]["failed"]), (&"s2026".into(), &90.into(), &4.into()));
    assert_eq!(selectors[0]["passed_at"], "2026-03-30T23:59:59Z");
    let page = bench.get_as(CISO, &format!("{HOME}/{}?lang=en", asset_of(&bench, "a.go.jp").await)).await;
    assert!(page.status == 200 && page.body.contains("198.51.100.9") && page.body.contains("90.0 %"), "{}", page.body);
    assert!(bench.get_as(CISO, &format!("{HOME}?lang=en")).await.body.contains("a.go.jp"));
    // After a month it is there and counts no more.
    bench.set_time("2026-05-02T00:00:00Z");
    let later = full(&bench, "a.go.jp").await;
    assert_eq!((&later["reports"], later["recent"].as_array().unwrap().len(), &later["last_at"]), (&0.into(), 1, &"2026-03-30T23:59:59Z".into()));
}

#[tokio::test]
async fn what_fits_nothing_is_refused_whole_and_says_why() {
    let (bench, _testbed) = bench().await;
    let strange = report("r2", "elsewhere.example", END, &[]);
    let late = report("r3", "a.go.jp", END + 40 * 86_400, &[]);
    for (text, code) in [(strange.as_str(), "H1404"), (late.as_str(), "H1405"), ("<feedback>", "H05"), ("", "H05")] {
        let page = bench.upload_as(CENTRE, &format!("{HOME}?lang=en"), "r.xml", text.as_bytes(), &[]).await;
        if text.is_empty() {
            assert_eq!(page.status, 422);
            continue;
        }
        assert!(page.status == 422 && page.body.contains(code), "{code}: {}", page.body);
    }
    // A CISO speaks for their own domains only, and does not learn that others exist.
    let other = report("r4", "b.go.jp", END, &[]);
    assert_eq!(bench.upload_as(CISO, HOME, "r.xml", other.as_bytes(), &[]).await.status, 422);
    assert_eq!(bench.get_as(CISO, &format!("{HOME}/{}", asset_of(&bench, "b.go.jp").await)).await.status, 404);
    let all = bench.get_as(CENTRE, API).await;
    assert_eq!(all.body, "[]");
}

#[tokio::test]
async fn learnt_selectors_are_measured_like_registered_ones() {
    let (bench, _testbed) = bench().await;
    let dkim = async || {
        let mut work = bench.work().await;
        actions::run(&mut work, &Asked { checks: vec!["dkim".into()], ..Asked::default() }).await.unwrap();
        work.commit().await.unwrap();
        bench.run_jobs().await;
        let latest = store::latest(&mut bench.app.db.read().await.unwrap(), &Scope::Everything).await.unwrap();
        latest.into_iter().find(|one| one.target == "a.go.jp" && one.check == Check::Dkim).unwrap()
    };
    assert_eq!(dkim().await.verdict, Verdict::CouldNotMeasure, "nobody knows a selector");
    let good = report("r5", "a.go.jp", END, &[("192.0.2.7", 9, "pass", "pass", SELECTOR, "pass")]);
    assert_eq!(bench.upload_as(CISO, HOME, "r5.xml", good.as_bytes(), &[]).await.status, 303);
    let measured = dkim().await;
    assert_eq!(measured.verdict, Verdict::Met, "{measured:?}");
    let page = bench.get_as(CISO, &format!("/measurements/targets/{}?lang=en", asset_of(&bench, "a.go.jp").await)).await;
    assert!(page.body.contains(&format!("{SELECTOR} (aggregate reports)")), "{}", page.body);
    // Too long ago, and nobody asks for it any more.
    bench.set_time("2027-06-01T00:00:00Z");
    assert_eq!(dkim().await.verdict, Verdict::CouldNotMeasure);
    let next = report("r6", "a.go.jp", END + 425 * 86_400, &[]);
    assert_eq!(bench.upload_as(CISO, HOME, "r6.xml", next.as_bytes(), &[]).await.status, 303);
    crate::base::jobs::plan(&bench.app).await.unwrap();
    bench.run_jobs().await;
    let kept = full(&bench, "a.go.jp").await;
    assert_eq!((kept["selectors"].as_array().unwrap().len(), kept["recent"].as_array().unwrap().len()), (0, 1), "{kept:#}");
}

#[tokio::test]
async fn a_script_takes_a_directory_in() {
    let (bench, _testbed) = bench().await;
    let folder = bench.app.config.data.join("reports");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("1.xml"), usual()).unwrap();
    std::fs::write(folder.join("2.xml"), report("r2", "elsewhere.example", END, &[])).unwrap();
    for json in [true, false] {
        for (line, code) in [("", 0), ("FILE", 0), ("--directory DIR", 1), ("", 0)] {
            let line = line.replace("FILE", &folder.join("1.xml").to_string_lossy()).replace("DIR", &folder.to_string_lossy());
            let cx = CliCx { app: bench.app.clone(), actor: Actor::operator("cli"), terminal: Terminal { json, lang: Lang::Ja } };
            let words = std::iter::once("aggregate-reports").chain(line.split_whitespace());
            let matches = cli::command().try_get_matches_from(words).unwrap();
            assert_eq!(cli::run(&cx, &matches).await.unwrap(), code, "{line}");
        }
    }
    assert_eq!(full(&bench, "a.go.jp").await["reports"], 1);
    let mut work = bench.work().await;
    let known = super::actions::import(&mut work, "again", usual().as_bytes()).await.unwrap();
    assert_eq!((known.new, known.messages, known.is_refused()), (0, 100, false));
}

#[tokio::test]
async fn a_mail_system_posts_what_arrives() {
    let (bench, _testbed) = bench().await;
    let answer = bench.body_as(CENTRE, &format!("{API}?name=mail.eml"), "message/rfc822", usual().into_bytes()).await;
    let taken: Json = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((answer.status, &taken["new"], &taken["selectors"][0]), (200, &true.into(), &"s2026._domainkey.a.go.jp".into()), "{}", answer.body);
    let refused = bench.body_as(CENTRE, API, "application/xml", b"<nothing/>".to_vec()).await;
    assert_eq!(refused.status, 422, "{}", refused.body);
}
