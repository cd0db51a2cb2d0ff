//! A series: since when a target × check stands as it stands, and its readings side by side.
//!
//! Rules, for the pages and for the one statement in `store/series.rs` that follows them:
//! - A series is the unbroken run of readings with the same verdict; it began at its first reading.
//! - What could not be measured neither belongs to a series nor breaks it: nothing was learnt.
//! - "Not applicable" breaks it: in between the rule asked for nothing.
//! - Of several readings of one moment the one kept last counts. Evidence judged again keeps the moment it was heard at, so the new
//!   reading stands in the place of the old one, and a change of the rules moves no beginning that it does not touch.

use std::collections::{BTreeMap, BTreeSet};

use engine::facts::{Check, Verdict};

use super::observation::ObservationId;

/// One reading of a target × check: an observation without its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The observation.
    pub id: ObservationId,
    /// What was measured.
    pub check: Check,
    /// What it said.
    pub verdict: Verdict,
    /// When, UTC.
    pub at: String,
}

/// How a target × check stands, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// The verdict all its readings share.
    pub verdict: Verdict,
    /// When the first of them was made, UTC.
    pub since: String,
}

/// The verdicts that break a series of `verdict`.
pub fn breakers(verdict: Verdict) -> [Verdict; 2] {
    match verdict {
        Verdict::Met => [Verdict::NotMet, Verdict::NotApplicable],
        Verdict::NotMet => [Verdict::Met, Verdict::NotApplicable],
        // Could not measure, and stale, are no series; whoever asks for one gets what lies after the last decision.
        Verdict::NotApplicable | Verdict::CouldNotMeasure | Verdict::Stale => [Verdict::Met, Verdict::NotMet],
    }
}

/// The series a target × check stands in, from its `readings` in the order in which they were made, and of one moment in the order in
/// which they were kept. None: it never could be measured.
pub fn series<'a>(readings: impl DoubleEndedIterator<Item = &'a Reading>) -> Option<Series> {
    let mut found: Option<Series> = None;
    let mut moment: Option<&str> = None;
    for one in readings.rev() {
        if moment.replace(one.at.as_str()) == Some(one.at.as_str()) || matches!(one.verdict, Verdict::CouldNotMeasure | Verdict::Stale) {
            continue;
        }
        match &mut found {
            None => found = Some(Series { verdict: one.verdict, since: one.at.clone() }),
            Some(series) if series.verdict == one.verdict => series.since.clone_from(&one.at),
            Some(_) => break,
        }
    }
    found
}

/// Readings side by side: the moments at which anything was measured, and what each check said at each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SideBySide<'a> {
    /// The moments, oldest first.
    pub moments: Vec<&'a str>,
    /// Each check's reading at each moment.
    pub rows: BTreeMap<Check, Vec<Option<&'a Reading>>>,
}

/// Puts readings side by side; of one moment and check the reading kept last counts. `readings` as for [`series`].
pub fn side_by_side(readings: &[Reading]) -> SideBySide<'_> {
    let moments: Vec<&str> = readings.iter().map(|one| one.at.as_str()).collect::<BTreeSet<_>>().into_iter().collect();
    let mut rows: BTreeMap<Check, Vec<Option<&Reading>>> = BTreeMap::new();
    for one in readings {
        let row = rows.entry(one.check).or_insert_with(|| vec![None; moments.len()]);
        if let Some(cell) = moments.binary_search(&one.at.as_str()).ok().and_then(|at| row.get_mut(at)) {
            *cell = Some(one);
        }
    }
    SideBySide { moments, rows }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::Id;

    /// Readings from a line such as `1:met 2:not-met`.
    fn readings(line: &str) -> Vec<Reading> {
        line.split_whitespace()
            .enumerate()
            .map(|(number, one)| {
                let (day, verdict) = one.split_once(':').unwrap();
                let verdict = match verdict {
                    "m" => Verdict::Met,
                    "n" => Verdict::NotMet,
                    "a" => Verdict::NotApplicable,
                    "?" => Verdict::CouldNotMeasure,
                    other => panic!("{other}"),
                };
                Reading { id: Id::from_text(number.to_string()), check: Check::Spf, verdict, at: format!("2026-04-0{day}T00:00:00Z") }
            })
            .collect()
    }

    #[test]
    fn a_series_begins_at_its_first_reading() {
        for (line, expected) in [
            ("", None),
            ("1:? 2:?", None),
            ("1:n", Some((Verdict::NotMet, 1))),
            ("1:m 2:n 3:n", Some((Verdict::NotMet, 2))),
            // What could not be measured neither breaks it nor begins it, nor ends what is known.
            ("1:m 2:? 3:n 4:? 5:n 6:?", Some((Verdict::NotMet, 3))),
            ("1:n 2:? 3:n", Some((Verdict::NotMet, 1))),
            // Not applicable breaks it.
            ("1:n 2:a 3:n", Some((Verdict::NotMet, 3))),
            ("1:n 2:a 3:a", Some((Verdict::NotApplicable, 2))),
            // Repaired and broken again.
            ("1:n 2:m 3:n", Some((Verdict::NotMet, 3))),
            // Judged again: the new reading stands in the place of the old one, and older evidence keeps its own.
            ("1:m 2:m 2:n", Some((Verdict::NotMet, 2))),
            ("1:n 2:n 2:m 2:n", Some((Verdict::NotMet, 1))),
            ("1:m 2:n 2:m 3:m", Some((Verdict::Met, 1))),
            ("1:n 2:m 2:? 3:n", Some((Verdict::NotMet, 1))),
        ] {
            let found = series(readings(line).iter()).map(|one| (one.verdict, one.since));
            assert_eq!(found, expected.map(|(verdict, day)| (verdict, format!("2026-04-0{day}T00:00:00Z"))), "{line}");
        }
    }

    #[test]
    fn whatever_breaks_a_series_is_decided_otherwise() {
        for verdict in [Verdict::Met, Verdict::NotMet, Verdict::NotApplicable] {
            let breakers = breakers(verdict);
            assert!(!breakers.contains(&verdict) && breakers.iter().all(|one| !matches!(one, Verdict::CouldNotMeasure | Verdict::Stale)));
        }
    }

    #[test]
    fn readings_stand_side_by_side() {
        let mut all = readings("1:m 2:n 2:m 3:?");
        all.push(Reading { check: Check::Dmarc, ..readings("2:n").remove(0) });
        let side = side_by_side(&all);
        assert_eq!(side.moments.len(), 3);
        let verdicts = |check| side.rows[&check].iter().map(|one| one.map(|one| one.verdict)).collect::<Vec<_>>();
        assert_eq!(verdicts(Check::Spf), [Some(Verdict::Met), Some(Verdict::Met), Some(Verdict::CouldNotMeasure)]);
        assert_eq!(verdicts(Check::Dmarc), [None, Some(Verdict::NotMet), None]);
    }
}
