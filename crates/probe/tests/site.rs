//! Every state of cookies, security.txt, named software and exposures, over real connections to the testbed's servers.

mod support;

use engine::judge::{Profile, Rules, rejudge};
use formats::evidence::{Check, Verdict};
use probe::testbed::{Https, Page, Plain, Site};
use support::table::{ask, table, testbed, zone};
use support::web::{notes, says, site, sites};

use Verdict::{CouldNotMeasure, Met, NotApplicable, NotMet};

#[tokio::test]
async fn cookie_states() {
    let with = |value: &str| Site::good().also("Set-Cookie", value);
    let cases = vec![
        (Site::good(), NotApplicable, "cookies-none"),
        (with("PHPSESSID=1; Secure; HttpOnly; SameSite=Lax; Path=/"), Met, "cookies-ok"),
        (with("PHPSESSID=1; HttpOnly"), NotMet, "cookie-not-secure"),
        (with("JSESSIONID=1; Secure"), NotMet, "cookie-readable"),
        (with("__Host-session=1; Secure; HttpOnly; Path=/; Domain=case1.example"), NotMet, "cookie-host-prefix"),
        (with("__Secure-auth=1; HttpOnly"), NotMet, "cookie-not-secure"),
        (with("lang=ja").also("Set-Cookie", "XSRF-TOKEN=1"), Met, "cookies-ok"),
        // Taken away again: none is left.
        (with("PHPSESSID=; Max-Age=0"), NotApplicable, "cookies-none"),
        (with("PHPSESSID=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT"), NotApplicable, "cookies-none"),
        // Two cookies in two headers, and the bad one is the second.
        (with("a=1; Secure").also("Set-Cookie", "connect.sid=2; Secure"), NotMet, "cookie-readable"),
        (Site::good().page("/", Page::text("no").status(500)), CouldNotMeasure, "page-status"),
    ];
    let mut cases = sites(1, cases);
    let plain = says(Page::html("x").with("Set-Cookie", "sid=1; HttpOnly"));
    cases.push((zone(90, |zone| (zone.https, zone.site) = (Https::NoHttps, plain)), NotMet, "cookie-over-plain-http"));
    cases.push((zone(91, |zone| (zone.https, zone.site) = (Https::NoHttps, Site::good().plain(Plain::Closed))), NotApplicable, "no-https"));
    table(Check::Cookies, cases).await;

    let (_testbed, vantage) = testbed(&[site(1, with("sid=1; Secure; HttpOnly").also("Set-Cookie", "\u{1}"))]).await;
    let seen = ask(&vantage, "case1.example", Check::Cookies).await;
    assert_eq!((seen.verdict, notes(&seen)[0]), (Met, "cookie-no-samesite"), "{seen:#?}");
    assert_eq!(rejudge(Check::Cookies, &seen.evidence, &Rules::of(Profile::HighSecurity)).reason.code, "cookie-no-samesite");
    assert!(!seen.observed.ja.contains("sid=1"), "the value of a session is not shown");
}

#[tokio::test]
async fn security_txt_states() {
    const PATH: &str = "/.well-known/security.txt";
    let with = |page: Page| Site::good().page(PATH, page);
    let text = |body: &str| with(Page::text(body));
    let good = "Contact: mailto:a@case.example\nExpires: {expires}\n";
    let signed =
        format!("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{good}-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n");
    let gone = || with(Page::html("x").status(404));
    let mut cases = sites(
        1,
        vec![
            (Site::good(), Met, "security-txt-ok"),
            (text(&signed), Met, "security-txt-ok"),
            (text(&good.replace('\n', "\r\n")), Met, "security-txt-ok"),
            (with(Page::redirect(302, "/s.txt")).page("/s.txt", Page::text(good)), Met, "security-txt-ok"),
            (with(Page::redirect(302, "https://csirt.example/security.txt")), CouldNotMeasure, "security-txt-elsewhere"),
            (gone(), NotMet, "security-txt-missing"),
            (gone().page("/security.txt", Page::text(good)), NotMet, "security-txt-old-place"),
            // Answers 200 to everything.
            (with(Page::html("<p>ページがありません")).missing(Page::html("<p>ページがありません")), NotMet, "security-txt-missing"),
            (with(Page::html(good)), NotMet, "security-txt-type"),
            (text("Contact: mailto:a@case.example\n"), NotMet, "security-txt-invalid"),
            (text("Contact: a@case.example\nExpires: {expires}\n"), NotMet, "security-txt-invalid"),
            (text(&format!("{good}Expires: {{expires}}\n")), NotMet, "security-txt-invalid"),
            (text("Contact: tel:1\nExpires: 2026-09-01T00:00:00Z\n"), NotMet, "security-txt-expired"),
            (with(Page::text("x").status(403)), CouldNotMeasure, "page-status"),
            (with(Page::text("x").status(500)), CouldNotMeasure, "page-status"),
        ],
    );
    cases.push((zone(90, |zone| zone.https = Https::NoHttps), NotApplicable, "no-https"));
    cases.push((site(91, with(Page::redirect(302, "http://{domain}/s.txt")).plain(Plain::Says(Page::text(good)))), NotMet, "security-txt-plain"));
    table(Check::SecurityTxt, cases).await;

    let far = "Contact: https://case1.example/form\nContact: x\nExpires: 2030-01-01T00:00:00Z\nCanonical: https://other.example/security.txt\n";
    let (_testbed, vantage) = testbed(&[site(1, text(far))]).await;
    let seen = ask(&vantage, "case1.example", Check::SecurityTxt).await;
    assert_eq!((seen.verdict, notes(&seen)), (Met, vec!["security-txt-far", "security-txt-contact", "security-txt-canonical"]));
}

#[tokio::test]
async fn software_is_named_and_never_condemned() {
    let generator = |text: &str| Site::good().page("/", Page::html(&format!("<meta name=generator content='{text}'>")));
    let cases = vec![
        (Site::good(), Met, "software-ok"),
        (Site::good().also("Server", "Apache"), Met, "software-ok"),
        (Site::good().also("Server", "Apache/2.4.62 (Unix)"), Met, "software-ok"),
        (Site::good().also("Server", "Apache/2.2.15 (CentOS)"), CouldNotMeasure, "software-to-confirm"),
        (Site::good().also("Server", "Microsoft-IIS/8.5").also("X-Powered-By", "ASP.NET"), CouldNotMeasure, "software-to-confirm"),
        (Site::good().also("X-Powered-By", "PHP/7.4.33"), CouldNotMeasure, "software-to-confirm"),
        (Site::good().also("Server", "Apache/2.4.6 OpenSSL/1.0.2k-fips"), CouldNotMeasure, "software-to-confirm"),
        (generator("WordPress 6.8.1"), Met, "software-ok"),
        (generator("WordPress 4.5.3"), CouldNotMeasure, "software-to-confirm"),
        (generator("Drupal 7 (https://www.drupal.org)"), CouldNotMeasure, "software-to-confirm"),
        (Site::good().page("/", Page::html("<script src=/js/jquery-1.12.4.min.js></script>")), CouldNotMeasure, "software-to-confirm"),
        (Site::good().missing(Page::html("<h1>404</h1><h3>Apache Tomcat/8.5.31</h3>").status(404)), CouldNotMeasure, "software-to-confirm"),
        (Site::good().page("/", Page::text("no").status(502)), CouldNotMeasure, "page-status"),
        (Site::good().page("/", Page::redirect(301, "https://elsewhere.example/")), NotApplicable, "page-elsewhere"),
    ];
    table(Check::SoftwareSupport, sites(1, cases)).await;

    let (_testbed, vantage) = testbed(&[site(1, Site::good().also("Server", "Apache/2.2.15").also("X-Powered-By", "PHP/5.6.40"))]).await;
    let seen = ask(&vantage, "case1.example", Check::SoftwareSupport).await;
    let data = &seen.reason.data;
    assert_eq!((data["product"].as_str(), data["version"].as_str(), data["date"].as_str()), ("Apache HTTP Server", "2.2.15", "2017-12-31"));
    assert!(data["source"].starts_with("https://httpd.apache.org"));
    assert_eq!(notes(&seen), ["software-to-confirm", "software-named"]);
    assert!(seen.lists["end-of-support"].starts_with("20"));
    // The same evidence, judged as of a day when that version had support.
    let mut then = seen.evidence.clone();
    then.at = 1_300_000_000;
    assert_ne!(rejudge(Check::SoftwareSupport, &then, &Rules::baseline()).reason.code, "software-to-confirm");
}

#[tokio::test]
async fn exposure_states() {
    let with = |path: &str, page: Page| Site::good().page(path, page);
    let found = |path: &str, body: &str| (with(path, Page::text(body)), NotMet, "exposure-found");
    let mut cases = vec![
        (Site::good(), Met, "exposures-ok"),
        found("/.git/HEAD", "ref: refs/heads/main\n"),
        found("/.svn/entries", "12\n\ndir\n1\nhttps://svn.example/x\n"),
        found("/.env", "APP_NAME=x\nDB_PASSWORD=secret\n"),
        found("/.htpasswd", "admin:$apr1$x$y\n"),
        found("/index.php.bak", "<?php $password = 1;"),
        found("/backup.sql", "-- MySQL dump 10.13"),
        found("/images/", "<title>Index of /images</title>"),
        found("/server-status", "<title>Apache Status</title>"),
        found("/info.php", "<title>phpinfo()</title>"),
        found("/phpmyadmin/", "<title>phpMyAdmin</title>"),
        // A status that is not 200, or a body of another kind, proves nothing.
        (with("/.git/HEAD", Page::text("ref: refs/heads/main\n").status(403)), Met, "exposures-ok"),
        (with("/.env", Page::html("<html>DB_PASSWORD= is what attackers look for</html>")), Met, "exposures-ok"),
        (with("/.git/HEAD", Page::redirect(302, "/")), Met, "exposures-ok"),
        // Low ones are notes by default.
        (with("/", Page::html("<title>Welcome to nginx!</title>")), Met, "exposures-ok"),
        (Site::good().missing(Page::html("<pre>Traceback (most recent call last):</pre>").status(500)), NotMet, "exposure-found"),
        (with("/", Page::html("<script src='http://cdn.example/a.js'></script>")), NotMet, "exposure-mixed-content"),
        (with("/", Page::html("<form method=post action='http://case.example/'>")), NotMet, "exposure-mixed-content"),
        (
            with(
                "/",
                Page::html(
                    "<meta http-equiv=content-security-policy content=upgrade-insecure-requests><script src='http://cdn.example/a.js'></script>",
                ),
            ),
            Met,
            "exposures-ok",
        ),
        // Servers that answer 200 to everything, even with what a template looks for.
        (Site::good().missing(Page::html("<p>ページがありません")), Met, "exposures-ok"),
        (Site::good().missing(Page::html("<title>Index of /</title>")), Met, "exposures-ok"),
        (Site::good().missing(Page::text("ref: refs/heads/main\nDB_PASSWORD=")), Met, "exposures-ok"),
        (Site::good().page("/", Page::text("no").status(401)), CouldNotMeasure, "page-status"),
    ];
    cases.push((with("/.DS_Store", Page { body: b"\0\0\0\x01Bud1".to_vec(), ..Page::text("") }), Met, "exposures-ok"));
    let mut cases = sites(1, cases);
    cases.push((zone(90, |zone| (zone.https, zone.site) = (Https::NoHttps, Site::good().plain(Plain::Closed))), NotApplicable, "no-https"));
    table(Check::Exposures, cases).await;

    let bad = Site::good()
        .page("/", Page::html("<title>Welcome to nginx!</title><img src='http://a.example/x.png'><form method=post><input name=q></form>"))
        .page("/.git/HEAD", Page::text("ref: refs/heads/main"))
        .page("/images/", Page::html("<title>Index of /images</title>"));
    let (_testbed, vantage) =
        testbed(&[site(1, bad), site(2, Site::good().page("/.DS_Store", Page { body: b"\0\0\0\x01Bud1".to_vec(), ..Page::text("") }))]).await;
    let seen = ask(&vantage, "case1.example", Check::Exposures).await;
    assert_eq!((seen.verdict, seen.reason.data["id"].as_str(), seen.reason.data["severity"].as_str()), (NotMet, "git-directory", "high"));
    assert_eq!(notes(&seen), ["exposure-found", "exposure-found", "exposure-mixed-pictures", "exposure-form-token"]);
    assert!(seen.reason.text.ja.contains(".git") && seen.remedy.contains("location"), "{seen:#?}");
    let low = ask(&vantage, "case2.example", Check::Exposures).await;
    assert_eq!((low.verdict, notes(&low)), (Met, vec!["exposure-found"]));
    assert_eq!(rejudge(Check::Exposures, &low.evidence, &Rules::of(Profile::HighSecurity)).verdict, NotMet);
    assert_eq!(rejudge(Check::Exposures, &seen.evidence, &Rules::of(Profile::Exception)).verdict, NotMet);
}
