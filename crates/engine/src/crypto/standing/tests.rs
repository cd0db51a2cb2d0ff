//! Standings at the boundaries of their dates.

use proptest::prelude::*;

use super::*;
use crate::crypto::{Compromise, Exception, Place, Severity};

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn of(id: &str) -> Algorithm {
    Algorithm::of(id).unwrap()
}

fn seen(id: &str, place: Place, on: &str) -> Measured {
    Measured { shown: Use { algorithm: of(id), place, host: "a.example.jp".into() }, on: day(on) }
}

fn declared(id: &str, purpose: Purpose, exchangeable: Option<bool>, gone_on: Option<&str>) -> Declared {
    Declared { algorithm: of(id), purpose, exchangeable, gone_on: gone_on.map(day) }
}

fn plan() -> Plan {
    let rule = |id: &str, purpose, no_new: &str, gone: &str| Rule {
        algorithm: of(id),
        purpose,
        successor: Some(of("sha-256")),
        no_new_from: Some(day(no_new)),
        gone_by: Some(day(gone)),
        exceptions: vec![
            Exception { system: "late".into(), until: day("2031-03-31") },
            Exception { system: "early".into(), until: day("2020-01-01") },
        ],
    };
    Plan {
        rules: vec![
            rule("sha-1", None, "2025-04-01", "2027-03-31"),
            rule("sha-1", Some(Purpose::Timestamp), "2020-04-01", "2022-03-31"),
            rule("tls-1.0", None, "2021-03-25", "2024-03-31"),
        ],
        compromises: Vec::new(),
    }
}

fn state_of(measured: &[Measured], declared: &[Declared], today: &str) -> State {
    standing("s", measured, declared, &plan(), day(today)).state
}

#[test]
fn a_use_is_forbidden_to_the_new_on_its_day_and_overdue_the_day_after_its_last() {
    let use_of = [declared("sha-1", Purpose::LongSignature, Some(true), None)];
    for (today, state) in
        [("2025-03-31", State::Fine), ("2025-04-01", State::NoNewUse), ("2027-03-31", State::NoNewUse), ("2027-04-01", State::Overdue)]
    {
        assert_eq!(state_of(&[], &use_of, today), state, "{today}");
    }
    // Measured all the same.
    let seen = [seen("sha-1", Place::CertificateSignature, "2025-01-01")];
    assert_eq!(state_of(&seen, &[], "2027-04-01"), State::Overdue);
    // The purpose that has a line of its own goes by it.
    assert_eq!(state_of(&[], &[declared("sha-1", Purpose::Timestamp, Some(true), None)], "2022-04-01"), State::Overdue);
}

#[test]
fn an_exception_lengthens_and_never_shortens() {
    let use_of = [declared("sha-1", Purpose::Storage, None, None)];
    let on = |system: &str, today: &str| standing(system, &[], &use_of, &plan(), day(today)).state;
    assert_eq!((on("late", "2027-04-01"), on("late", "2031-03-31"), on("late", "2031-04-01")), (State::NoNewUse, State::NoNewUse, State::Overdue));
    assert_eq!((on("early", "2027-03-31"), on("early", "2027-04-01")), (State::NoNewUse, State::Overdue));
}

#[test]
fn declared_gone_and_measured_later_is_a_contradiction() {
    let gone = [declared("sha-1", Purpose::Authentication, None, Some("2026-01-31"))];
    let on = |measured: &str| state_of(&[seen("sha-1", Place::CertificateSignature, measured)], &gone, "2026-04-01");
    // On its last day it may still be seen.
    assert_eq!((on("2026-01-30"), on("2026-01-31"), on("2026-02-01")), (State::Fine, State::Fine, State::Contradiction));
    // Until that day is over it is a plan, and no contradiction.
    assert_eq!(state_of(&[seen("sha-1", Place::CertificateSignature, "2026-01-31")], &gone, "2026-01-31"), State::NoNewUse);
    // Gone and not seen: known and fine, and out of use.
    let standing = standing("s", &[], &gone, &plan(), day("2026-02-01"));
    assert_eq!((standing.state, standing.is_known(), standing.is_through(), standing.uses(of("sha-1"))), (State::Fine, true, true, false));
}

#[test]
fn whoever_plans_past_the_last_day_will_be_late() {
    let on = |gone: &str| state_of(&[], &[declared("sha-1", Purpose::Storage, None, Some(gone))], "2026-04-01");
    assert_eq!((on("2027-03-31"), on("2027-04-01")), (State::NoNewUse, State::Late));
}

#[test]
fn the_worst_use_is_the_systems_state_and_comes_first() {
    let measured = [
        seen("tls-1.0", Place::TlsVersion, "2026-03-01"),
        seen("tls-1.3", Place::TlsVersion, "2026-03-01"),
        seen("sha-1", Place::Delegation, "2026-03-01"),
    ];
    let standing = standing("s", &measured, &[], &plan(), day("2026-04-01"));
    let lines: Vec<(&str, State)> = standing.lines.iter().map(|line| (line.algorithm.id, line.state)).collect();
    assert_eq!(lines, [("tls-1.0", State::Overdue), ("sha-1", State::NoNewUse), ("tls-1.3", State::Fine)]);
    assert_eq!(standing.state, State::Overdue);
    assert_eq!(state_of(&[], &[], "2026-04-01"), State::Unknown);
}

#[test]
fn an_algorithm_is_broken_from_its_day_and_says_whom_it_hits() {
    let mut plan = plan();
    plan.compromises = vec![
        Compromise { algorithm: of("sha-256"), from: day("2026-05-10"), severity: Severity::Notice },
        Compromise { algorithm: of("sha-256"), from: day("2026-05-12"), severity: Severity::Critical },
    ];
    let measured = [seen("sha-256", Place::CertificateSignature, "2026-05-01")];
    let on = |today: &str| standing("s", &measured, &[], &plan, day(today)).state;
    assert_eq!((on("2026-05-09"), on("2026-05-10")), (State::Fine, State::Broken));
    assert_eq!(plan.broken(of("sha-256"), day("2026-05-11")).unwrap().severity, Severity::Notice);
    assert_eq!(plan.broken(of("sha-256"), day("2026-05-12")).unwrap().severity, Severity::Critical);
    let hit = |measured: &[Measured], declared: &[Declared]| standing("s", measured, declared, &plan, day("2026-05-12")).affected(of("sha-256"));
    let storing = declared("sha-256", Purpose::Storage, None, None);
    let other = declared("sha-512", Purpose::Storage, None, None);
    assert_eq!(hit(&measured, std::slice::from_ref(&storing)), Affected::Measured);
    assert_eq!(hit(&[], std::slice::from_ref(&storing)), Affected::Declared);
    assert_eq!(hit(&[], std::slice::from_ref(&other)), Affected::No);
    assert_eq!(hit(&[seen("tls-1.3", Place::TlsVersion, "2026-05-01")], &[]), Affected::Unknown);
    assert_eq!(hit(&[], &[]), Affected::Unknown);
    assert_eq!(hit(&[], &[Declared { gone_on: Some(day("2026-05-11")), ..storing.clone() }]), Affected::No);
    assert_eq!(hit(&[], &[Declared { gone_on: Some(day("2026-05-12")), ..storing }]), Affected::Declared);
}

#[test]
fn the_guideline_asks_for_256_bits_or_a_hash_that_can_be_exchanged() {
    use Purpose::{LongSignature, Storage, Timestamp};
    let agility = |uses: &[(&str, Purpose, Option<bool>)]| {
        let uses: Vec<Declared> = uses.iter().map(|(id, purpose, quick)| declared(id, *purpose, *quick, None)).collect();
        let standing = standing("s", &[], &uses, &Plan::default(), day("2026-04-01"));
        assert_eq!(standing.state == State::Rigid, standing.agility == Agility::Rigid);
        standing.agility
    };
    assert_eq!(agility(&[("sha-1", Storage, Some(false))]), Agility::NotAsked);
    assert_eq!(agility(&[("sha-256", LongSignature, Some(false)), ("rsa-2048", LongSignature, Some(false))]), Agility::Strong);
    assert_eq!(agility(&[("sha-224", LongSignature, Some(false))]), Agility::Rigid);
    assert_eq!(agility(&[("sha-1", LongSignature, Some(true))]), Agility::Exchangeable);
    assert_eq!(agility(&[("sha-1", LongSignature, None)]), Agility::Unknown);
    // One weak hash beside a strong one is a weak hash.
    assert_eq!(agility(&[("sha-256", LongSignature, None), ("sha-1", Timestamp, Some(false))]), Agility::Rigid);
    // A signature alone does not say which hash it signs.
    assert_eq!(agility(&[("rsa-2048", LongSignature, Some(false))]), Agility::Unknown);
    assert_eq!(agility(&[("sha-256", LongSignature, Some(false)), ("rsa-2048", Timestamp, Some(false))]), Agility::Unknown);
    assert_eq!(agility(&[("rsa-2048", LongSignature, Some(true))]), Agility::Exchangeable);
}

#[test]
fn rates_count_what_is_known_and_show_the_rest() {
    let plan = plan();
    let on = |measured: &[Measured], declared: &[Declared]| standing("s", measured, declared, &plan, day("2026-04-01"));
    let clean = || on(&[seen("tls-1.3", Place::TlsVersion, "2026-03-01")], &[]);
    let all = [
        clean(),
        clean(),
        clean(),
        on(&[seen("tls-1.0", Place::TlsVersion, "2026-03-01")], &[]),
        on(&[], &[declared("sha-1", Purpose::LongSignature, Some(false), None)]),
        on(&[], &[declared("sha-256", Purpose::LongSignature, None, None)]),
        on(&[], &[]),
        on(&[], &[]),
    ];
    let all: Vec<&Standing> = all.iter().collect();
    let through = transition_rate(&all);
    assert_eq!((through.numerator, through.denominator, through.coverage), (4, 6, Coverage { known: 6, all: 8 }));
    let left = |at: usize| left_rate(&plan.rules[at], &plan, &all);
    assert_eq!((left(0).numerator, left(1).numerator, left(2).numerator, left(0).denominator), (5, 6, 5, 6));
    let agile = agility_rate(&all);
    assert_eq!((agile.numerator, agile.denominator, agile.coverage), (1, 2, Coverage::full(2)));
    assert_eq!(transition_rate(&[]).value, None);
}

proptest! {
    /// As days go by and nothing is done, a use never stands better.
    #[test]
    fn standing_still_never_makes_it_better(a in 0_u16..4000, b in 0_u16..4000) {
        let at = |days: u16| Day::parse(&format!("{}-{:02}-{:02}", 2020 + days / 336, 1 + days % 336 / 28, 1 + days % 28)).unwrap();
        let (early, late) = (at(a.min(b)), at(a.max(b)));
        let uses = [declared("sha-1", Purpose::LongSignature, Some(true), None)];
        let on = |today| standing("s", &[], &uses, &plan(), today).state;
        prop_assert!(on(early) >= on(late));
    }
}
