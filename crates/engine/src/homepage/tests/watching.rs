//! One page over time: what is told, and that it is told once.

use super::super::*;
use super::pages::{Site, defaced, redesigned};
use super::snapshot;
use crate::judge::{Reason, Why};

/// Short names of what happened at each sight, one a minute.
fn told(watch: &mut Watch, sights: &[Sight]) -> Vec<&'static str> {
    let thresholds = Thresholds::default();
    let mut all = Vec::new();
    for (at, sight) in (1_000_i64..).step_by(60).zip(sights) {
        all.extend(watch.see(sight, at, &thresholds).into_iter().map(|happening| match happening {
            Happening::Began => "began",
            Happening::Down { .. } => "down",
            Happening::Back => "back",
            Happening::Changed(_) => "changed",
            Happening::Returned => "returned",
            Happening::Drifted(_) => "drifted",
        }));
    }
    all
}

fn town(request: u64) -> Sight {
    seen(&Site::at(request).html())
}

fn seen(html: &str) -> Sight {
    Sight::Page(Box::new(snapshot(html)))
}

fn down() -> Sight {
    Sight::Down(Reason::new(Why::HomepageTimeout, &[("host", "a.example")]))
}

fn unknown() -> Sight {
    Sight::Unknown(Reason::new(Why::Timeout, &[("question", "a.example A")]))
}

fn status(status: u16) -> Sight {
    let mut page = snapshot("<h1>Not Found</h1>");
    page.status = status;
    Sight::Page(Box::new(page))
}

fn learnt() -> Watch {
    let mut watch = Watch::new(0);
    assert!(!watch.soon());
    assert_eq!(told(&mut watch, &[town(100)]), [""; 0]);
    assert!(watch.soon());
    assert_eq!(told(&mut watch, &[town(101)]), ["began"]);
    assert_eq!((watch.standing, watch.soon()), (Standing::Up, false));
    watch
}

#[test]
fn a_defaced_page_is_told_once_and_never_learnt_by_itself() {
    let mut watch = learnt();
    assert_eq!(told(&mut watch, &[town(100), seen(&defaced())]), [""; 0]);
    assert!(watch.soon() && watch.standing == Standing::Up);
    assert_eq!(told(&mut watch, &[seen(&defaced())]), ["changed"]);
    assert_eq!(told(&mut watch, &vec![seen(&defaced()); 50]), [""; 0]);
    assert_eq!(watch.standing, Standing::Changed);
    // Repaired, it is up again; defaced again, it is told again.
    assert_eq!(told(&mut watch, &[town(101)]), ["returned"]);
    assert_eq!(told(&mut watch, &[seen(&defaced()), seen(&defaced())]), ["changed"]);
    // Another hand on the same page is another change.
    let other = Site { foot: "<script src=https://evil.example/a.js></script>".into(), ..Site::at(101) }.html();
    assert_eq!(told(&mut watch, &[seen(&other), seen(&other), seen(&other)]), ["changed"]);
}

#[test]
fn one_odd_sight_is_no_alert() {
    let mut watch = learnt();
    let sights: Vec<Sight> = (0..10).flat_map(|_| [town(100), seen(&defaced())]).collect();
    assert_eq!(told(&mut watch, &sights), [""; 0]);
}

#[test]
fn a_redesign_is_accepted_by_a_person() {
    let mut watch = learnt();
    assert!(!watch.accept(1));
    assert_eq!(told(&mut watch, &[seen(&redesigned()), seen(&redesigned())]), ["changed"]);
    assert!(watch.accept(5_000));
    assert_eq!((watch.standing, watch.since, watch.soon()), (Standing::Learning, 5_000, true));
    assert_eq!(told(&mut watch, &[seen(&redesigned()), seen(&redesigned())]), ["began"]);
    assert_eq!(told(&mut watch, &[town(100), town(100)]), ["changed"]);
}

#[test]
fn down_is_told_after_two_misses_and_is_no_defacement() {
    let mut watch = learnt();
    assert_eq!(told(&mut watch, &[down(), town(101), down(), unknown(), town(100)]), [""; 0]);
    let thresholds = Thresholds::default();
    assert_eq!(watch.see(&down(), 7_000, &thresholds), []);
    assert!(watch.soon());
    let told_of = watch.see(&down(), 7_060, &thresholds);
    assert!(matches!(told_of.as_slice(), [Happening::Down { since: 7_000, .. }]), "{told_of:?}");
    assert_eq!((watch.standing, watch.since, watch.soon()), (Standing::Down, 7_000, false));
    assert_eq!(told(&mut watch, &[down(), down(), unknown(), status(404), town(100), town(101)]), ["back"]);
    assert_eq!(watch.standing, Standing::Up);
}

#[test]
fn an_error_in_place_of_the_page_counts_as_down_unless_it_was_always_one() {
    let mut watch = learnt();
    assert_eq!(watch.available(&status(404)), Some(false));
    assert_eq!((watch.available(&town(9)), watch.available(&unknown()), watch.available(&down())), (Some(true), None, Some(false)));
    assert_eq!(told(&mut watch, &[status(404), status(410)]), ["down"]);
    let mut bare = Watch::new(0);
    assert_eq!(told(&mut bare, &[status(404), status(404), status(404)]), ["began"]);
    assert_eq!(bare.available(&status(404)), Some(true));
}

#[test]
fn a_change_outlives_an_outage() {
    let mut watch = learnt();
    let sights = [seen(&defaced()), seen(&defaced()), down(), down(), seen(&defaced()), town(101)];
    assert_eq!(told(&mut watch, &sights), ["changed", "down", "back", "returned"]);
}

#[test]
fn pages_that_are_never_alike_are_learnt_in_the_end() {
    let mut watch = Watch::new(0);
    let sights: Vec<Sight> = (0..4).flat_map(|_| [town(100), seen(&defaced())]).collect();
    assert_eq!(told(&mut watch, &sights), ["began"]);
    // The first fetch failed: nothing is learnt of a page that is down.
    let mut late = Watch::new(0);
    assert_eq!(told(&mut late, &[down(), down(), down(), town(100), town(101)]), ["down", "back", "began"]);
}

#[test]
fn what_is_kept_reads_the_same() {
    let mut watch = learnt();
    told(&mut watch, &[seen(&defaced()), seen(&defaced())]);
    let text = serde_json::to_string(&watch).unwrap();
    assert_eq!(serde_json::from_str::<Watch>(&text).unwrap(), watch);
    assert!(text.len() < 60_000, "{}", text.len());
}
