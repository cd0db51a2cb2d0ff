//! Where a system stands in the transition: what was measured of it, what its ledger declares, and what the plan says of both.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::plan::{Plan, Purpose, Rule};
use super::{Algorithm, Day, Kind, Use};
use crate::numbers::{CRYPTO_AGILITY_RATE, CRYPTO_LEFT_RATE, CRYPTO_TRANSITION_RATE, Coverage, Figure};

/// Bits of a hash that the guideline of 2006 asks of new systems.
const ENOUGH: u16 = 256;

/// A use that the newest measurement of a target shows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Measured {
    #[serde(flatten)]
    pub shown: Use,
    pub on: Day,
}

/// A use that the ledger declares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Declared {
    pub algorithm: Algorithm,
    pub purpose: Purpose,
    /// Whether the algorithm can be exchanged quickly, by configuration and without building the system again; none: not said.
    pub exchangeable: Option<bool>,
    /// The last day it is used, planned or past; none: no end is planned.
    pub gone_on: Option<Day>,
}

impl Declared {
    /// Whether it is still in use on `today`, by its own words.
    pub fn is_in_use(&self, today: Day) -> bool {
        self.gone_on.is_none_or(|gone| today <= gone)
    }
}

formats::spelled! {
    /// How a use, or the worst use of a system, stands; worst first.
    State {
        /// It uses what is known to be broken.
        Broken => "broken",
        /// The plan's last day has passed.
        Overdue => "overdue",
        /// Declared as gone, and measured after that.
        Contradiction => "contradiction",
        /// It means to stop only after the plan's last day.
        Late => "late",
        /// What is there may stay for now; nothing new may begin with it.
        NoNewUse => "no-new-use",
        /// Long-lived signatures with a short hash that cannot be exchanged quickly.
        Rigid => "rigid",
        /// Neither measured nor declared.
        Unknown => "unknown",
        Fine => "fine",
    }
}

formats::spelled! {
    /// What the guideline asks of long-lived signatures and timestamps: a hash of 256 bits, or one that can be exchanged quickly.
    Agility {
        /// A short hash, built in.
        Rigid => "rigid",
        /// Not said.
        Unknown => "unknown",
        Exchangeable => "exchangeable",
        Strong => "strong",
        /// Nothing of the kind is declared.
        NotAsked => "not-asked",
    }
}

formats::spelled! {
    /// What the fall of one algorithm means for a system.
    Affected {
        /// A measurement shows that it is used.
        Measured => "measured",
        /// The ledger says so, and nothing was measured.
        Declared => "declared",
        /// The ledger says nothing about this system, so that nobody knows.
        Unknown => "unknown",
        /// Declared, and not with this algorithm.
        No => "no",
    }
}

/// One algorithm used for one purpose by a system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    pub algorithm: Algorithm,
    pub purpose: Purpose,
    pub state: State,
    /// Whether it is in use today, as far as is known.
    pub in_use: bool,
    /// Whether the plan, or an algorithm's fall, asks for it to be left.
    pub to_leave: bool,
    pub measured: Vec<Measured>,
    pub declared: Option<Declared>,
    pub no_new_from: Option<Day>,
    /// The last day for this system, its exception included.
    pub gone_by: Option<Day>,
    pub successor: Option<Algorithm>,
}

/// Where a system stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    pub state: State,
    pub agility: Agility,
    /// Worst first.
    pub lines: Vec<Line>,
}

impl Standing {
    /// Whether anything is known.
    pub fn is_known(&self) -> bool {
        !self.lines.is_empty()
    }

    /// Whether it uses nothing that must be left.
    pub fn is_through(&self) -> bool {
        self.is_known() && !self.lines.iter().any(|line| line.in_use && line.to_leave)
    }

    /// Whether it uses `algorithm`, as far as is known.
    pub fn uses(&self, algorithm: Algorithm) -> bool {
        self.lines.iter().any(|line| line.in_use && line.algorithm == algorithm)
    }

    /// What the fall of `algorithm` means for it. What is measured from outside is never all: a system that declared nothing may use
    /// the algorithm where nobody sees it.
    pub fn affected(&self, algorithm: Algorithm) -> Affected {
        let of: Vec<&Line> = self.lines.iter().filter(|line| line.in_use && line.algorithm == algorithm).collect();
        if of.iter().any(|line| !line.measured.is_empty()) {
            Affected::Measured
        } else if !of.is_empty() {
            Affected::Declared
        } else if self.lines.iter().any(|line| line.declared.is_some()) {
            Affected::No
        } else {
            Affected::Unknown
        }
    }
}

/// Joins what was measured of `system` with what it declared, against `plan` on `today`.
pub fn standing(system: &str, measured: &[Measured], declared: &[Declared], plan: &Plan, today: Day) -> Standing {
    let mut keys: BTreeMap<(Algorithm, Purpose), (Vec<Measured>, Option<Declared>)> = BTreeMap::new();
    for one in measured {
        keys.entry((one.shown.algorithm, one.shown.place.purpose())).or_default().0.push(one.clone());
    }
    for one in declared {
        let entry = &mut keys.entry((one.algorithm, one.purpose)).or_default().1;
        // Of two lines about the same use the one that ends later counts; no end is the latest.
        let later = |new: &Declared, old: &Declared| (new.gone_on.is_none(), new.gone_on) > (old.gone_on.is_none(), old.gone_on);
        if entry.as_ref().is_none_or(|old| later(one, old)) {
            *entry = Some(one.clone());
        }
    }
    let line = |((algorithm, purpose), (measured, declared))| line(system, algorithm, purpose, measured, declared, plan, today);
    let mut lines: Vec<Line> = keys.into_iter().map(line).collect();
    lines.sort_by_key(|line| (line.state, line.gone_by.is_none(), line.gone_by, line.algorithm, line.purpose));
    let agility = agility(declared, today);
    let worst = lines.first().map_or(State::Unknown, |line| line.state);
    Standing { state: if agility == Agility::Rigid { worst.min(State::Rigid) } else { worst }, agility, lines }
}

fn line(system: &str, algorithm: Algorithm, purpose: Purpose, measured: Vec<Measured>, declared: Option<Declared>, plan: &Plan, today: Day) -> Line {
    let rule = plan.rule(algorithm, purpose);
    let gone_on = declared.as_ref().and_then(|one| one.gone_on).filter(|gone| *gone < today);
    // The last day of use may be the day of the measurement: only a later one contradicts.
    let contradicted = gone_on.is_some_and(|gone| measured.iter().any(|one| one.on > gone));
    let in_use = gone_on.is_none() || contradicted;
    let gone_by = rule.and_then(|rule| rule.gone_by(system));
    let no_new_from = rule.and_then(|rule| rule.no_new_from);
    let broken = plan.broken(algorithm, today).is_some();
    let late = gone_by.is_some_and(|day| declared.as_ref().and_then(|one| one.gone_on).is_some_and(|planned| planned > day));
    let state = match () {
        () if !in_use => State::Fine,
        () if broken => State::Broken,
        () if gone_by.is_some_and(|day| day < today) => State::Overdue,
        () if contradicted => State::Contradiction,
        () if late => State::Late,
        () if no_new_from.is_some_and(|day| day <= today) => State::NoNewUse,
        () => State::Fine,
    };
    let to_leave = broken || gone_by.is_some() || no_new_from.is_some();
    Line { algorithm, purpose, state, in_use, to_leave, measured, declared, no_new_from, gone_by, successor: rule.and_then(|rule| rule.successor) }
}

/// What stands in for the guideline's question in the ledger: the hashes declared for what must last, and whether they can be exchanged.
fn agility(declared: &[Declared], today: Day) -> Agility {
    let lasting: Vec<&Declared> =
        declared.iter().filter(|one| matches!(one.purpose, Purpose::LongSignature | Purpose::Timestamp) && one.is_in_use(today)).collect();
    if lasting.is_empty() {
        return Agility::NotAsked;
    }
    let hashes = || lasting.iter().filter(|one| one.algorithm.kind == Kind::Hash);
    let long = |one: &&&Declared| one.algorithm.output.is_some_and(|bits| bits >= ENOUGH);
    // Each purpose needs a hash of its own to be called strong.
    let purposes: BTreeSet<Purpose> = lasting.iter().map(|one| one.purpose).collect();
    let named = purposes.iter().all(|purpose| hashes().any(|one| one.purpose == *purpose));
    if named && hashes().all(|one| long(&one)) {
        return Agility::Strong;
    }
    let short: Vec<&&Declared> = if named { hashes().filter(|one| !long(one)).collect() } else { lasting.iter().collect() };
    if short.iter().all(|one| one.exchangeable == Some(true)) {
        Agility::Exchangeable
    } else if short.iter().any(|one| one.exchangeable == Some(false)) && named {
        Agility::Rigid
    } else {
        Agility::Unknown
    }
}

fn coverage(standings: &[&Standing]) -> (u64, Coverage) {
    let known = standings.iter().filter(|one| one.is_known()).count() as u64;
    (known, Coverage { known, all: standings.len() as u64 })
}

/// Systems that use nothing which must be left, of those anything is known of.
pub fn transition_rate(standings: &[&Standing]) -> Figure {
    let (known, coverage) = coverage(standings);
    Figure::share(&CRYPTO_TRANSITION_RATE, standings.iter().filter(|one| one.is_through()).count() as u64, known, coverage)
}

/// Systems that do not use what the line `rule` of `plan` bids them to leave, of those anything is known of.
pub fn left_rate(rule: &Rule, plan: &Plan, standings: &[&Standing]) -> Figure {
    let (known, coverage) = coverage(standings);
    let is_meant = |line: &Line| line.in_use && plan.rule(line.algorithm, line.purpose) == Some(rule);
    let using = standings.iter().filter(|one| one.lines.iter().any(is_meant)).count() as u64;
    Figure::share(&CRYPTO_LEFT_RATE, known.saturating_sub(using), known, coverage)
}

/// Systems whose long-lived signatures are strong or can be exchanged, of those that declared how it is.
pub fn agility_rate(standings: &[&Standing]) -> Figure {
    let count = |wanted: &[Agility]| standings.iter().filter(|one| wanted.contains(&one.agility)).count() as u64;
    let (good, bad, open) = (count(&[Agility::Strong, Agility::Exchangeable]), count(&[Agility::Rigid]), count(&[Agility::Unknown]));
    Figure::share(&CRYPTO_AGILITY_RATE, good, good + bad, Coverage { known: good + bad, all: good + bad + open })
}

#[cfg(test)]
mod tests;
