//! What came of it: how findings are mended and how incidents are met, from counts and days that areas hand in.
//!
//! # Worked examples
//! Eleven recommendations: four open, of which two are past their day; seven closed, six of them by their day, which has passed
//! for all seven. Open: 4. In time: 6 of the 9 whose day has passed. Days to close: the median of seven.
//!
//! ```
//! use engine::outcomes::{Remedies, Remedy};
//! use engine::words::Lang;
//! let open = Remedy { open: true, ..Remedy::default() };
//! let late = Remedy { due: true, ..open };
//! let closed = |days| Remedy { open: false, due: true, closed_in_time: days <= 90, days_to_close: Some(days) };
//! let all: Remedies = [open, open, late, late].into_iter().chain([10, 20, 30, 40, 60, 90, 95].map(closed)).collect();
//! let [findings_open, in_time, days] = all.figures();
//! assert_eq!((findings_open.text(Lang::En), findings_open.denominator), ("4".to_owned(), 11));
//! assert_eq!((in_time.text(Lang::En), in_time.coverage.text()), ("66.7 %".to_owned(), "81.8 %".to_owned()));
//! assert_eq!(days.text(Lang::En), "40.0 days");
//! ```

use serde::{Deserialize, Serialize};

use crate::compare::median;
use crate::numbers::{
    CLOSED_IN_TIME_RATE, Coverage, DAYS_TO_CLOSE, DAYS_TO_RECOVER, DAYS_TO_RESPOND, Definition, FINDINGS_OPEN, Figure, INCIDENTS,
    RECURRENCE_PREVENTED_RATE,
};

/// One finding that was sent to an organisation, and its remedy as it stands on one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remedy {
    /// Not closed yet, or open again.
    pub open: bool,
    /// Its last day has passed.
    pub due: bool,
    /// Closed by that day.
    pub closed_in_time: bool,
    /// Days from sending to closing, where it is closed.
    pub days_to_close: Option<u32>,
}

/// Findings and their remedies, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remedies {
    pub all: u64,
    pub open: u64,
    pub due: u64,
    /// Of those due. What was closed before its day came is counted when the day has come, so that quick remedies cannot
    /// make the rate look better than it will be.
    pub closed_in_time: u64,
    /// Of those closed.
    pub days_to_close: Vec<u32>,
}

impl Remedies {
    /// Counts one more.
    pub fn add(&mut self, one: Remedy) {
        self.all += 1;
        self.open += u64::from(one.open);
        self.due += u64::from(one.due);
        self.closed_in_time += u64::from(one.due && one.closed_in_time && !one.open);
        self.days_to_close.extend(one.days_to_close.filter(|_| !one.open));
    }

    /// Findings open, closed in time, days to close.
    pub fn figures(&self) -> [Figure; 3] {
        [
            Figure::count(&FINDINGS_OPEN, self.open, self.all, Coverage::full(self.all)),
            Figure::share(&CLOSED_IN_TIME_RATE, self.closed_in_time, self.due, Coverage { known: self.due, all: self.all }),
            days(&DAYS_TO_CLOSE, &self.days_to_close, self.all),
        ]
    }
}

impl FromIterator<Remedy> for Remedies {
    fn from_iter<I: IntoIterator<Item = Remedy>>(all: I) -> Self {
        let mut sum = Self::default();
        all.into_iter().for_each(|one| sum.add(one));
        sum
    }
}

/// Incidents (障害・事故等) of a cycle, counted, and which organisations reported on them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incidents {
    pub all: u64,
    /// Days from detection to the beginning of the response, where that is known.
    pub days_to_respond: Vec<u32>,
    /// Days from detection to recovery, of those recovered from.
    pub days_to_recover: Vec<u32>,
    /// Those whose prevention of recurrence is done.
    pub prevented: u64,
    /// Organisations that reported, of all: silence is not the absence of incidents.
    pub organisations: Coverage,
}

impl Incidents {
    /// Incidents, days to respond, days to recover, recurrence prevented.
    pub fn figures(&self) -> [Figure; 4] {
        [
            Figure::count(&INCIDENTS, self.all, self.all, self.organisations),
            days(&DAYS_TO_RESPOND, &self.days_to_respond, self.all),
            days(&DAYS_TO_RECOVER, &self.days_to_recover, self.all),
            Figure::share(&RECURRENCE_PREVENTED_RATE, self.prevented, self.all, Coverage::full(self.all)),
        ]
    }
}

/// The median of days; of nothing it is nothing, rather than a median of no days.
fn days(definition: &Definition, days: &[u32], all: u64) -> Figure {
    let known = days.len() as u64;
    let coverage = Coverage { known, all };
    if days.is_empty() {
        return Figure::share(definition, 0, 0, coverage);
    }
    Figure::statistic(definition, (known, known), coverage, median(days.iter().map(|one| f64::from(*one)).collect()), None)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::words::Lang;

    #[test]
    fn nothing_is_nothing_and_few_are_counts() {
        let [open, in_time, days] = Remedies::default().figures().map(|figure| figure.text(Lang::Ja));
        assert_eq!((open.as_str(), in_time.as_str(), days.as_str()), ("0", "—", "—"));
        let closed = Remedy { due: true, closed_in_time: true, days_to_close: Some(3), ..Remedy::default() };
        let [open, in_time, days] = [closed; 4].into_iter().collect::<Remedies>().figures().map(|figure| figure.text(Lang::Ja));
        assert_eq!((open.as_str(), in_time.as_str(), days.as_str()), ("0", "4 / 4", "4 / 4"));
        let [all, respond, recover, prevented] = Incidents::default().figures().map(|figure| figure.text(Lang::En));
        assert_eq!((all.as_str(), respond.as_str(), recover.as_str(), prevented.as_str()), ("0", "—", "—", "—"));
    }

    #[test]
    fn incidents_keep_what_is_not_known_in_the_coverage() {
        let incidents = Incidents {
            all: 8,
            days_to_respond: vec![0, 0, 1, 0, 2, 0, 0],
            days_to_recover: vec![1, 9, 3, 2, 30],
            prevented: 6,
            organisations: Coverage { known: 11, all: 12 },
        };
        let [all, respond, recover, prevented] = incidents.figures();
        assert_eq!((all.text(Lang::En), all.coverage.text()), ("8".to_owned(), "91.7 %".to_owned()));
        assert_eq!((respond.text(Lang::En), respond.coverage), ("0.0 days".to_owned(), Coverage { known: 7, all: 8 }));
        assert_eq!((recover.text(Lang::En), recover.coverage), ("3.0 days".to_owned(), Coverage { known: 5, all: 8 }));
        assert_eq!(prevented.text(Lang::En), "75.0 %");
    }

    proptest! {
        /// However they are handed in: what is open is never counted as closed in time, and no share exceeds its whole.
        #[test]
        fn parts_never_exceed_their_wholes(all in proptest::collection::vec((any::<bool>(), any::<bool>(), any::<bool>(), any::<Option<u32>>()), 0..60)) {
            let all: Vec<Remedy> = all.into_iter().map(|(open, due, closed_in_time, days_to_close)| Remedy { open, due, closed_in_time, days_to_close }).collect();
            let sum: Remedies = all.iter().copied().collect();
            prop_assert_eq!(sum.all, all.len() as u64);
            prop_assert!(sum.closed_in_time <= sum.due.min(sum.all - sum.open));
            for figure in sum.figures() {
                prop_assert!(figure.numerator <= figure.denominator && figure.coverage.known <= figure.coverage.all);
            }
        }
    }
}
