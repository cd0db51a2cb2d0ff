//! How long raw evidence and aggregate reports are kept, and who drops them when their time is over. Observations and their
//! hashes stay.

pub mod jobs;

use jiff::{SignedDuration, Timestamp};

use crate::base::dates::{parse_stamp, show_stamp, stamp};

/// The key of the days raw evidence is kept.
pub const DAYS: &str = "measurements.evidence-days";
/// Unless set otherwise: the year of a cycle, the year in which it is evaluated, reported and compared with the next, and some weeks.
pub const DEFAULT_DAYS: i64 = 800;
/// The fewest days that may be set; less would leave a regression without what it is compared with.
pub const FEWEST: i64 = 30;
/// The most.
pub const MOST: i64 = 36_500;

/// Whether so many days may be set; 0: for ever.
pub fn may_be(days: i64) -> bool {
    days == 0 || (FEWEST..=MOST).contains(&days)
}

/// What was heard before this moment has had its time, if it has an end.
fn over(now: Timestamp, days: i64) -> Option<String> {
    (days > 0).then(|| stamp(now - SignedDuration::from_hours(24 * days)))
}

/// What the sentence says about evidence of `at` that was dropped: when, and after how many days.
pub fn told(at: &str, dropped_at: &str) -> [(&'static str, String); 2] {
    let days = parse_stamp(at).zip(parse_stamp(dropped_at)).map_or(0, |(at, dropped)| dropped.duration_since(at).as_hours() / 24);
    [("at", show_stamp(dropped_at)), ("days", days.to_string())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_over_to_the_second_or_never() {
        let now: Timestamp = "2026-04-01T00:00:00Z".parse().unwrap();
        assert_eq!(over(now, 30).as_deref(), Some("2026-03-02T00:00:00Z"));
        assert_eq!(over(now, 0), None);
        assert_eq!(told("2026-03-02T00:00:00Z", "2026-04-01T23:59:59Z")[1].1, "30");
        assert!(may_be(0) && may_be(30) && may_be(36_500) && !may_be(29) && !may_be(36_501) && !may_be(-1));
    }
}
