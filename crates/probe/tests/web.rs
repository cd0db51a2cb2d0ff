//! Every state of redirects, HSTS and headers, and servers without manners, over real connections to the testbed's servers.

mod support;

use std::time::Duration;

use engine::judge::{Profile, Rules, judge, rejudge};
use formats::evidence::{Check, Evidence, Heard, Target, Verdict};
use probe::testbed::{Https, Manner, Page, Plain, Site, Zone};
use probe::{Budget, Prober, Vantage};
use support::measure;
use support::table::{NOW, ask, table, testbed, zone};
use support::web::{notes, says, site, sites};

use Verdict::{CouldNotMeasure, Met, NotApplicable, NotMet};

const WEB: [Check; 7] =
    [Check::HttpsRedirect, Check::Hsts, Check::SecurityHeaders, Check::Cookies, Check::SecurityTxt, Check::SoftwareSupport, Check::Exposures];

#[tokio::test]
async fn redirect_states() {
    let to = |status, location| says(Page::redirect(status, location));
    let mut cases = sites(
        1,
        vec![
            (Site::good(), Met, "redirect-ok"),
            (to(302, "https://{domain}:443/"), Met, "redirect-ok"),
            (to(307, "https://{domain}/ja/"), Met, "redirect-ok"),
            (to(308, "HTTPS://{domain}/"), Met, "redirect-ok"),
            (to(303, "https://{domain}/"), NotMet, "redirect-status"),
            (to(301, "https://www.{domain}/"), NotMet, "redirect-other-host-first"),
            (to(301, "https://{domain}:8443/"), NotMet, "redirect-other-host-first"),
            (to(301, "https://elsewhere.example/"), NotMet, "redirect-other-host-first"),
            (to(301, "http://www.{domain}/"), NotMet, "redirect-stays-plain"),
            (to(301, "/index.html"), NotMet, "redirect-stays-plain"),
            (to(301, "http://{domain}/"), NotMet, "redirect-stays-plain"),
            (to(301, "http://["), NotMet, "redirect-unreadable"),
            (says(Page::html("<p>x").status(301)), NotMet, "redirect-unreadable"),
            (says(Page::html("<meta http-equiv=refresh content='0;url=https://{domain}/'>")), NotMet, "plain-http-content"),
            (says(Page::text("no").status(403)), Met, "plain-http-refused"),
            (says(Page::text("no").status(503)), CouldNotMeasure, "page-status"),
            (says(Page::text("no").status(304)), CouldNotMeasure, "page-status"),
            (Site::good().plain(Plain::Closed), Met, "plain-http-closed"),
            (Site::good().page("/", Page::redirect(302, "http://{domain}/ja/")), NotMet, "redirect-downgrade"),
            (Site::good().page("/", Page::redirect(302, "http://elsewhere.example/")), NotMet, "redirect-downgrade"),
        ],
    );
    cases.push((zone(80, |zone| zone.https = Https::NoHttps), NotApplicable, "no-https"));
    cases.push((zone(81, |zone| (zone.https, zone.site) = (Https::NoHttps, Site::good().plain(Plain::Closed))), NotApplicable, "no-https"));
    cases.push((zone(82, |zone| (zone.https, zone.site) = (Https::NoHttps, says(Page::html("x")))), NotMet, "plain-http-content"));
    cases.push((zone(83, |zone| zone.https = Https::NoAddress), NotApplicable, "no-https"));
    table(Check::HttpsRedirect, cases).await;
}

#[tokio::test]
async fn redirects_are_followed_within_the_organisation_and_no_further() {
    let (testbed, mut vantage) = testbed(&[
        site(1, Site::good().page("/", Page::redirect(302, "https://www.case1.example/"))),
        Zone { site: Site::good().page("/", Page::redirect(302, "https://stranger.example/")), ..Zone::good("www.case1.example") },
        Zone::good("stranger.example"),
        site(2, Site::good().page("/", Page::redirect(302, "/a")).page("/a", Page::redirect(302, "/"))),
        site(
            3,
            (0..9).fold(Site::good().page("/", Page::redirect(302, "/0")), |site, n| {
                site.page(&format!("/{n}"), Page::redirect(302, &format!("/{}", n + 1)))
            }),
        ),
        site(4, Site::good().plain(Plain::Silent)),
    ])
    .await;
    let seen = ask(&vantage, "case1.example", Check::HttpsRedirect).await;
    assert_eq!((seen.verdict, notes(&seen)), (Met, vec!["redirect-leaves"]), "{seen:#?}");
    assert!(testbed.web_asked().iter().all(|asked| asked.host != "stranger.example"), "a stranger was asked");
    let seen = ask(&vantage, "case1.example", Check::SecurityHeaders).await;
    assert_eq!((seen.verdict, seen.reason.code.as_str()), (NotApplicable, "page-elsewhere"));

    let seen = ask(&vantage, "case2.example", Check::HttpsRedirect).await;
    assert_eq!((seen.verdict, notes(&seen)), (Met, vec!["redirect-far"]));
    let seen = ask(&vantage, "case2.example", Check::Cookies).await;
    assert_eq!((seen.verdict, seen.reason.code.as_str()), (CouldNotMeasure, "page-redirect-loop"));

    let before = testbed.web_asked().len();
    let seen = ask(&vantage, "case3.example", Check::SecurityHeaders).await;
    assert_eq!((seen.verdict, seen.reason.code.as_str()), (CouldNotMeasure, "page-too-many-redirects"));
    // One handshake and five pages.
    assert_eq!(testbed.web_asked().len() - before, 6);

    // Silence on the plain port is no fault.
    vantage.connect_timeout = Duration::from_millis(400);
    let seen = ask(&vantage, "case4.example", Check::HttpsRedirect).await;
    assert_eq!((seen.verdict, seen.reason.code.as_str()), (CouldNotMeasure, "page-timeout"), "{seen:#?}");
}

#[tokio::test]
async fn hsts_states() {
    const NAME: &str = "Strict-Transport-Security";
    let with = |value: &str| Site::good().header(NAME, value);
    let mut cases = sites(
        1,
        vec![
            (Site::good(), Met, "hsts-ok"),
            (with("max-age=\"31536000\""), Met, "hsts-ok"),
            (with("max-age = 31536000 ; preload"), Met, "hsts-ok"),
            (with("includeSubDomains; MAX-AGE=031536000"), Met, "hsts-ok"),
            (with("max-age=31535999"), NotMet, "hsts-short"),
            (with("max-age=0; includeSubDomains"), NotMet, "hsts-zero"),
            (with("max-age=31536000; max-age=63072000"), NotMet, "hsts-invalid"),
            (with("max-age="), NotMet, "hsts-invalid"),
            (with("max-age=1e9"), NotMet, "hsts-invalid"),
            (with("includeSubDomains"), NotMet, "hsts-invalid"),
            (with(""), NotMet, "hsts-invalid"),
            // The first header counts, whatever the second says.
            (with("max-age=0").also(NAME, "max-age=63072000"), NotMet, "hsts-zero"),
            (with("max-age=63072000").also(NAME, "max-age=0"), Met, "hsts-ok"),
            (Site::good().without(NAME), NotMet, "hsts-missing"),
            // Over plain HTTP it is worth nothing.
            (Site::good().without(NAME).plain(Plain::Says(Page::html("x").with(NAME, "max-age=63072000"))), NotMet, "hsts-missing"),
            // The policy of a redirect counts, and so does that of the page it leads to under the same name.
            (Site::good().page("/", Page::redirect(302, "https://elsewhere.example/")), Met, "hsts-ok"),
            (
                Site::good().without(NAME).page("/", Page::redirect(302, "/ja/")).page("/ja/", Page::html("x").with(NAME, "max-age=63072000")),
                Met,
                "hsts-ok",
            ),
            (Site::good().without(NAME).page("/", Page::text("no").status(503)), CouldNotMeasure, "page-status"),
        ],
    );
    for (at, https) in [(90, Https::SelfSigned), (91, Https::Expired), (92, Https::WrongName), (93, Https::Untrusted)] {
        cases.push((zone(at, |zone| zone.https = https), NotMet, "hsts-certificate"));
    }
    cases.push((zone(94, |zone| zone.https = Https::NoHttps), NotApplicable, "no-https"));
    table(Check::Hsts, cases).await;

    let (_testbed, vantage) = testbed(&[
        site(1, Site::good().without(NAME).page("/", Page::redirect(301, "https://www.case1.example/"))),
        Zone::good("www.case1.example"),
        site(2, with("max-age=63072000").also(NAME, "x")),
    ])
    .await;
    let seen = ask(&vantage, "case1.example", Check::Hsts).await;
    assert_eq!((seen.verdict, seen.reason.code.as_str()), (NotMet, "hsts-only-elsewhere"));
    let seen = ask(&vantage, "case2.example", Check::Hsts).await;
    assert_eq!(notes(&seen), ["hsts-several", "hsts-no-subdomains"]);
}

#[tokio::test]
async fn header_states() {
    let csp = |value: &str| Site::good().header("Content-Security-Policy", value);
    let cases = vec![
        (Site::good(), Met, "headers-ok"),
        (Site::good().without("X-Frame-Options"), Met, "headers-ok"),
        (csp("default-src 'self'"), Met, "headers-ok"),
        (csp("default-src 'self'").without("X-Frame-Options"), NotMet, "framing-missing"),
        (csp("default-src 'self'").header("X-Frame-Options", "ALLOW-FROM https://a.example"), NotMet, "framing-unknown"),
        (csp("default-src 'self'").header("X-Frame-Options", "deny").also("X-Frame-Options", "SAMEORIGIN"), Met, "headers-ok"),
        // frame-ancestors makes browsers ignore X-Frame-Options.
        (csp("frame-ancestors *").header("X-Frame-Options", "DENY"), NotMet, "framing-anybody"),
        (csp("frame-ancestors *").also("Content-Security-Policy", "frame-ancestors 'none'"), Met, "headers-ok"),
        // In <meta> it is ignored.
        (
            Site::good()
                .without("Content-Security-Policy")
                .without("X-Frame-Options")
                .page("/", Page::html("<meta http-equiv='Content-Security-Policy' content=\"default-src 'self'; frame-ancestors 'none'\">")),
            NotMet,
            "framing-missing",
        ),
        (Site::good().without("X-Content-Type-Options"), NotMet, "nosniff-missing"),
        (Site::good().header("X-Content-Type-Options", "NoSniff, nosniff"), Met, "headers-ok"),
        (Site::good().header("X-Content-Type-Options", "sniff, nosniff"), NotMet, "nosniff-unknown"),
        (Site::good().page("/", Page::text("no").status(403)), CouldNotMeasure, "page-status"),
        (Site::good().page("/", Page::redirect(301, "https://[")), CouldNotMeasure, "page-unreadable"),
    ];
    let mut cases = sites(1, cases);
    cases.push((zone(90, |zone| zone.https = Https::NoHttps), NotApplicable, "no-https"));
    cases.push((zone(91, |zone| (zone.https, zone.site) = (Https::NoHttps, says(Page::html("x")))), NotMet, "framing-missing"));
    table(Check::SecurityHeaders, cases).await;

    // What only a note is by default, and what decides in the high-security profile, from the same evidence.
    let cases = [
        (csp("script-src 'self' 'unsafe-inline'; frame-ancestors 'self'"), "csp-unsafe-inline"),
        (csp("script-src 'nonce-a' 'unsafe-inline' 'strict-dynamic' https:; object-src 'none'; base-uri 'none'; frame-ancestors 'self'"), ""),
        (csp("script-src 'unsafe-inline', script-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'self'"), ""),
        (csp("script-src https:; frame-ancestors 'self'"), "csp-any-source"),
        (csp("frame-ancestors 'self'"), "csp-open"),
        (Site::good().without("Content-Security-Policy"), "csp-missing"),
        (Site::good().without("Content-Security-Policy").also("Content-Security-Policy-Report-Only", "default-src 'self'"), "csp-report-only"),
        (Site::good().without("Referrer-Policy"), "referrer-missing"),
        (Site::good().header("Referrer-Policy", "no-referrer, unsafe-url, unknown"), "referrer-wide"),
        (Site::good().header("Referrer-Policy", "unsafe-url, no-referrer"), ""),
    ];
    let zones: Vec<Zone> = cases.iter().enumerate().map(|(at, (one, _))| site(at, one.clone())).collect();
    let (_testbed, vantage) = testbed(&zones).await;
    let strict = Rules::of(Profile::HighSecurity);
    for (at, (_, code)) in cases.iter().enumerate() {
        let seen = ask(&vantage, &format!("case{at}.example"), Check::SecurityHeaders).await;
        assert_eq!((seen.verdict, notes(&seen).contains(code)), (Met, !code.is_empty()), "{code} {seen:#?}");
        let again = rejudge(Check::SecurityHeaders, &seen.evidence, &strict);
        let expected = if code.is_empty() { (Met, "headers-ok") } else { (NotMet, *code) };
        assert_eq!((again.verdict, again.reason.code.as_str()), expected, "{again:#?}");
    }
}

#[tokio::test]
async fn servers_without_manners_are_left_in_time_and_blamed_for_nothing() {
    let zones: Vec<Zone> = [Manner::EndlessHeaders, Manner::EndlessBody, Manner::Stalls]
        .into_iter()
        .enumerate()
        .map(|(at, manner)| site(at, Site::good().manner(manner)))
        .collect();
    let (_testbed, mut vantage) = testbed(&zones).await;
    let headers = ask(&vantage, "case0.example", Check::SecurityHeaders).await;
    assert_eq!((headers.verdict, headers.reason.code.as_str()), (CouldNotMeasure, "page-unreadable"), "{headers:#?}");
    // What was read of an endless body is kept within bounds.
    let seen = ask(&vantage, "case1.example", Check::SecurityTxt).await;
    assert_eq!(seen.reason.code, "security-txt-missing");
    assert!(serde_json::to_string(&seen.evidence).unwrap().len() < 2 * 400_000);
    // Nor do many such pages fill the evidence: a megabyte in full, then 64 kB of each.
    let seen = ask(&vantage, "case1.example", Check::Exposures).await;
    let kept: usize = seen.evidence.exchanges.iter().map(|one| if let Heard::Response(page) = &one.heard { page.body.0.len() } else { 0 }).sum();
    assert!((1 << 20..(1 << 20) + 22 * 65_536).contains(&kept), "{kept}");
    vantage.connect_timeout = Duration::from_millis(500);
    for check in WEB.into_iter().filter(|check| *check != Check::HttpsRedirect) {
        let seen = ask(&vantage, "case2.example", check).await;
        assert_eq!((seen.verdict, seen.reason.code.as_str()), (CouldNotMeasure, "page-timeout"), "{seen:#?}");
    }
}

#[tokio::test]
async fn one_host_is_asked_for_as_many_pages_as_declared() {
    let budget = Budget::default();
    let (testbed, vantage) =
        testbed(&[site(1, Site::good()), site(2, Site::good().page("/", Page::redirect(302, "/a")).page("/a", Page::html("x")))]).await;
    for (domain, checks) in [("case1.example", &WEB[..]), ("case2.example", &WEB), ("case1.example", Check::ALL), ("case2.example", Check::ALL)] {
        let before = testbed.web_asked().len();
        let all = measure(&vantage, &Target::new(domain), checks, budget, NOW).await;
        assert!(all.iter().all(|seen| seen.reason.code != "budget-spent"), "{all:#?}");
        let asked: Vec<_> = testbed.web_asked().split_off(before);
        let pages = asked.iter().filter(|asked| asked.host == domain && asked.path.is_some()).count();
        assert!(pages <= budget.max_pages_per_host && asked.len() <= budget.max_connections_per_domain, "{pages} of {}", asked.len());
        // Each page once, whichever check wants it; the front page once more over IPv6.
        let mut distinct = asked.clone();
        distinct.sort_by_key(|asked| (asked.host.clone(), asked.tls, asked.path.clone()));
        distinct.dedup();
        assert!(distinct.len() == asked.len() || checks.len() > WEB.len());
        println!("{domain}: {pages} pages, {} connections", asked.len());
    }
    // A smaller budget is kept, and says so.
    let before = testbed.web_asked().len();
    let tight = Budget { max_pages_per_host: 4, ..budget };
    let all = measure(&vantage, &Target::new("case1.example"), &WEB, tight, NOW).await;
    assert_eq!(testbed.web_asked().split_off(before).iter().filter(|asked| asked.path.is_some()).count(), 4);
    assert!(all.iter().any(|seen| (seen.verdict, seen.reason.code.as_str()) == (CouldNotMeasure, "budget-spent")));
    assert!(all.iter().all(|seen| seen.verdict != NotMet), "{all:#?}");
}

#[tokio::test]
async fn connections_keep_their_distance() {
    let (testbed, vantage) = testbed(&[site(1, Site::good())]).await;
    let pause = Duration::from_millis(15);
    let prober = Prober::new(Vantage { pause, ..vantage }, Budget::default(), 1);
    let rules = Rules::baseline();
    let mut visit = prober.visit(&Target::new("case1.example"), NOW);
    let begin = std::time::Instant::now();
    visit.settle(|evidence| judge(Check::Exposures, evidence, &rules)).await;
    let connections = u32::try_from(testbed.web_asked().len()).unwrap();
    assert!(begin.elapsed() >= pause * (connections - 1), "{connections} connections in {:?}", begin.elapsed());
}

#[tokio::test]
async fn evidence_from_before_plain_http_was_asked_still_reads() {
    let (_testbed, vantage) = testbed(&[site(1, Site::good())]).await;
    let seen = ask(&vantage, "case1.example", Check::HttpsCertificate).await;
    let mut kept = serde_json::to_value(&seen.evidence).unwrap();
    kept["place"].as_object_mut().unwrap().remove("http_port");
    let old = Evidence::read(&kept.to_string()).unwrap();
    assert_eq!((old.place.http_port, rejudge(Check::HttpsCertificate, &old, &Rules::baseline()).verdict), (80, Met));
    assert_eq!(rejudge(Check::Hsts, &old, &Rules::baseline()).reason.code, "not-in-evidence");
}
