//! What measurements find open on web sites is drafted once, closed by measurement and reopened by it.

use probe::testbed::{Page, Zone};

use crate::base::actor::{Role, Scope};
use crate::base::jobs;
use crate::improvements::recommendation::{Recommendation, State};
use crate::improvements::{actions, store};
use crate::measurements::run::Asked;
use crate::measurements::tests::{bench_on, register, testbed};
use crate::testing::Bench;

async fn drafted(bench: &Bench) -> Vec<Recommendation> {
    store::recommendations(&mut bench.app.db.read().await.unwrap(), &Scope::Everything, "").await.unwrap()
}

async fn measure(bench: &Bench, at: &str) {
    bench.set_time(at);
    let mut work = bench.work().await;
    crate::measurements::actions::run(&mut work, &Asked { checks: vec!["exposures".into()], ..Asked::default() }).await.unwrap();
    work.commit().await.unwrap();
    bench.run_jobs().await;
    jobs::plan(&bench.app).await.unwrap();
    bench.run_jobs().await;
}

fn open(domain: &str, path: &str, body: &str) -> Zone {
    let mut zone = Zone::good(domain);
    zone.site.pages.push((path.into(), Page::text(body)));
    zone
}

#[tokio::test]
async fn what_lies_open_becomes_one_draft_which_the_centre_issues_and_a_measurement_closes() {
    let good = Zone::good("a.go.jp");
    let zones = [
        open("a.go.jp", "/.git/HEAD", "ref: refs/heads/main\n"),
        open("a2.go.jp", "/images/", "<title>Index of /images</title>"),
        Zone::good("b.go.jp"),
    ];
    let testbed = testbed(&zones).await;
    let bench = bench_on(&testbed).await;
    register(&bench, "moa", "a.go.jp").await;
    register(&bench, "moa", "a2.go.jp").await;
    register(&bench, "mob", "b.go.jp").await;
    bench.account("centre@example.test", Role::Evaluator, "centre").await;
    measure(&bench, "2026-04-02T00:00:00Z").await;
    let made = drafted(&bench).await;
    let [one] = made.as_slice() else { panic!("{made:#?}") };
    assert_eq!((one.state, one.priority, one.origin.as_str(), one.due_on.as_str()), (State::Draft, 1, "measurement", "2026-04-16"));
    // The worst first, with what was found and what to do, in both languages.
    let (high, medium) = (one.body.find("a.go.jp").unwrap(), one.body.find("a2.go.jp").unwrap());
    assert!(high < medium && one.body.contains(".git") && one.title.contains("2サイト") && one.title.contains("(2)"), "{one:#?}");
    let page = bench.get_as("centre@example.test", &format!("/improvements/recommendations/{}?lang=en", one.id)).await;
    assert!(page.status == 200 && page.body.contains("Measurement"), "{}", page.body);
    // Measured again, nobody is asked twice; a third site is a draft of its own.
    measure(&bench, "2026-04-03T00:00:00Z").await;
    assert_eq!(drafted(&bench).await.len(), 1);
    testbed.change(open("b.go.jp", "/.env", "DB_PASSWORD=secret\n")).unwrap();
    measure(&bench, "2026-04-04T00:00:00Z").await;
    assert_eq!(drafted(&bench).await.len(), 2);
    // What is closed before anybody issues it is asked of nobody, and drafted anew when it opens up again.
    let other = drafted(&bench).await.into_iter().find(|draft| draft.id != one.id).unwrap();
    testbed.change(Zone::good("b.go.jp")).unwrap();
    measure(&bench, "2026-04-04T06:00:00Z").await;
    let after = drafted(&bench).await;
    assert_eq!(after.iter().find(|draft| draft.id == other.id).unwrap().state, State::Withdrawn);
    assert_eq!(after.iter().filter(|draft| draft.state == State::Draft).count(), 1, "one of moa's sites is open still");
    testbed.change(open("b.go.jp", "/.env", "DB_PASSWORD=secret\n")).unwrap();
    measure(&bench, "2026-04-04T12:00:00Z").await;
    assert_eq!(drafted(&bench).await.len(), 3);
    // Issued, it is closed by the measurement that finds all of it closed, and reopened when it opens up again.
    let mut work = bench.work().await;
    actions::issue(&mut work, &one.id).await.unwrap();
    work.commit().await.unwrap();
    testbed.change(good.clone()).unwrap();
    measure(&bench, "2026-04-05T00:00:00Z").await;
    let state = async || store::recommendation(&mut bench.app.db.read().await.unwrap(), &Scope::Everything, &one.id).await.unwrap().state;
    assert_eq!(state().await, State::Issued, "one of two is still open");
    testbed.change(Zone::good("a2.go.jp")).unwrap();
    measure(&bench, "2026-04-06T00:00:00Z").await;
    assert_eq!(state().await, State::Closed);
    testbed.change(open("a.go.jp", "/.git/HEAD", "ref: refs/heads/main\n")).unwrap();
    measure(&bench, "2026-04-07T00:00:00Z").await;
    assert_eq!((state().await, drafted(&bench).await.len()), (State::Reopened, 3));
}
