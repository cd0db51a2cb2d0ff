//! What is asked of a TLS server, in which order, and when enough is known.
//!
//! Nothing here depends on a rule: the same hellos serve every profile, so that what was heard can be judged under another one. The most
//! that can be asked is forty: five versions; eleven for the nine weaknesses, one of which the versions show already, and refusals; eight
//! for strong suites, nine for groups, three for chains, and four to confirm that the server still answers. A mail server is asked
//! twenty-seven at most: no list of strong suites, and of groups only what is missing or may be weak ([`Talk::is_brief`]).

use std::collections::{BTreeMap, BTreeSet};

use formats::evidence::Missing;
use formats::tls::{Authentication, Exchanged, GROUPS, Group, Kind, SCHEMES, Suite, Version, weak_hash};

use super::super::rules::Weakness;
use super::talk::{Agreed, Answer, Offer, Talk};
use super::{class, known};

/// Hellos for the list of strong suites of TLS 1.2, of suites of TLS 1.3, and of groups; where a server has more, the list says so.
const STRONG: usize = 5;
const NEWEST: usize = 3;
const CLASSIC: usize = 5;
/// Bits below which a curve is asked for by itself.
const USUAL_CURVE: u16 = 256;

/// Versions with what the server agreed to when it was offered everything they know.
pub(super) type Versions = BTreeMap<Version, Agreed>;

/// Something that was listed, and whether there may be more of it.
#[derive(Clone, Debug)]
pub(super) struct Listed<T> {
    pub found: Vec<T>,
    pub cut: bool,
}

/// The versions a server accepts, beginning with `first`, which was asked already.
pub(super) fn versions(talk: &mut Talk<'_>) -> Result<Versions, Missing> {
    let mut found = Versions::new();
    for version in [Version::Tls12, Version::Tls13, Version::Tls11, Version::Tls10, Version::Ssl3] {
        // A server may choose an older version than it was asked for: that one counts.
        if let Some(agreed) = talk.ask(Offer::everything(version))?.agreed() {
            found.entry(agreed.version).or_insert(agreed);
        }
    }
    if let Some(good) = found.values().next_back().cloned() {
        talk.confirm(&good, 1)?;
    }
    Ok(found)
}

/// Suites with the version they were seen in.
pub(super) fn suites(talk: &mut Talk<'_>, versions: &Versions) -> Result<Listed<(Suite, Version)>, Missing> {
    let (mut found, mut cut) = (Vec::new(), false);
    let mut add = |agreed: &Agreed| {
        if !found.iter().any(|(suite, _)| *suite == agreed.suite) {
            found.push((agreed.suite, agreed.version));
        }
    };
    versions.values().rev().for_each(&mut add);
    let mut struck: BTreeSet<Weakness> = versions.values().filter_map(|agreed| class(agreed.suite)).collect();
    for version in old(versions) {
        // One suite of a weakness is enough, because the next hello asks for the others.
        loop {
            let open = known(version).iter().filter(|(_, weakness)| weakness.is_some_and(|weakness| !struck.contains(&weakness)));
            let Some(agreed) = talk.ask(Offer::of(version, open.map(|(suite, _)| *suite).collect()))?.agreed() else { break };
            add(&agreed);
            // Whoever chooses what was not offered would do so for ever.
            if !class(agreed.suite).is_some_and(|weakness| struck.insert(weakness)) {
                break;
            }
        }
    }
    for (version, most) in [(Version::Tls12, STRONG), (Version::Tls13, NEWEST)] {
        let Some(first) = versions.get(&version).filter(|_| !talk.is_brief()) else { continue };
        let mut seen = BTreeSet::from([first.suite]);
        let mut more = true;
        for _ in 0..most {
            let strong = known(version).iter().filter(|(_, weakness)| weakness.is_none() || version == Version::Tls13);
            let rest = strong.map(|(suite, _)| *suite).filter(|suite| !seen.contains(suite));
            match talk.ask(Offer::of(version, rest.collect()))? {
                Answer::Agreed(agreed) if seen.insert(agreed.suite) => add(&agreed),
                _ => {
                    more = false;
                    break;
                }
            }
        }
        cut |= more;
    }
    if let Some(good) = versions.values().next_back() {
        talk.confirm(good, 2)?;
    }
    Ok(Listed { found, cut })
}

/// Versions before TLS 1.3, the newest first.
fn old(versions: &Versions) -> impl Iterator<Item = Version> {
    versions.keys().rev().copied().filter(|version| *version < Version::Tls13)
}

/// Groups of TLS 1.3 and curves of TLS 1.2; primes and signature hashes stand in the exchanges of `talk`.
pub(super) fn groups(talk: &mut Talk<'_>, versions: &Versions) -> Result<Listed<u16>, Missing> {
    let mut listed = Listed { found: Vec::new(), cut: false };
    if let Some(first) = versions.get(&Version::Tls13) {
        listed.found.extend(first.group);
        let all = || Offer::everything(Version::Tls13);
        let of =
            |quantum: bool| GROUPS.iter().filter(move |group| group.is_13() && (group.kind == Kind::PostQuantum) == quantum).map(|group| group.code);
        if !listed.found.iter().any(|code| Group::of(*code).is_some_and(|group| group.kind == Kind::PostQuantum)) {
            listed.found.extend(talk.ask(all().groups(of(true).collect()))?.agreed().and_then(|agreed| agreed.group));
        }
        list(talk, &mut listed, |known| all().groups(of(false).filter(|code| !known.contains(code)).collect()))?;
    }
    let Some(newest) = old(versions).next() else { return confirmed(talk, versions, listed) };
    let curves = |weak: bool| {
        GROUPS.iter().filter(move |group| group.kind == Kind::Curve && !(31..=33).contains(&group.code) && (group.bits < USUAL_CURVE) == weak)
    };
    let serving = |wanted: fn(Suite) -> bool| known(newest).iter().map(|(suite, _)| *suite).filter(|suite| wanted(*suite)).collect::<Vec<_>>();
    if newest > Version::Ssl3 {
        // A server with a key on a curve wants that curve among the groups (RFC 8422 5.1): then the weak ones only come first.
        let own = versions.get(&newest).is_some_and(|agreed| agreed.suite.authentication() == Authentication::Ecdsa);
        let weak = curves(true).map(|group| group.code).chain((23..=25).filter(|_| own));
        talk.ask(Offer::of(newest, serving(Suite::is_ecdhe)).groups(weak.collect()))?;
        if !versions.contains_key(&Version::Tls13) {
            list(talk, &mut listed, |known| {
                let rest = curves(false).map(|group| group.code).filter(|code| !known.contains(code));
                Offer::of(newest, serving(Suite::is_ecdhe)).groups(rest.collect())
            })?;
        }
    }
    // Without groups of RFC 7919 the server shows the prime of its own.
    let groups = Offer::of(newest, Vec::new()).groups.into_iter().filter(|code| *code < 256);
    talk.ask(Offer::of(newest, serving(Suite::is_dhe)).groups(groups.collect()))?;
    if newest == Version::Tls12 {
        let signed = |suite: Suite| suite.has_forward_secrecy() && suite.authentication() != Authentication::Anonymous;
        let weak = SCHEMES.iter().map(|(code, _)| *code).filter(|code| weak_hash(*code).is_some()).collect();
        talk.ask(Offer::of(newest, serving(signed)).schemes(weak))?;
    }
    confirmed(talk, versions, listed)
}

fn confirmed(talk: &mut Talk<'_>, versions: &Versions, listed: Listed<u16>) -> Result<Listed<u16>, Missing> {
    if let Some(good) = versions.values().next_back() {
        talk.confirm(good, 3)?;
    }
    Ok(listed)
}

/// Strikes each group that is picked and asks again, where lists are made at all.
fn list(talk: &mut Talk<'_>, listed: &mut Listed<u16>, offer: impl Fn(&[u16]) -> Offer) -> Result<(), Missing> {
    if talk.is_brief() {
        return Ok(());
    }
    for _ in 0..CLASSIC {
        let offer = offer(&listed.found);
        let Some(agreed) = talk.ask(offer)?.agreed() else { return Ok(()) };
        let exchanged = agreed.exchange.and_then(|exchange| match exchange.exchanged {
            Exchanged::Group(group) => Some(group),
            Exchanged::OwnCurve | Exchanged::Prime(_) | Exchanged::ShortRsa(_) => None,
        });
        match agreed.group.or(exchanged) {
            Some(group) if !listed.found.contains(&group) => listed.found.push(group),
            _ => return Ok(()),
        }
    }
    listed.cut = true;
    Ok(())
}

/// The certificate chains a server shows up to TLS 1.2: one for each kind of key it has.
pub(super) fn chains(talk: &mut Talk<'_>, versions: &Versions) -> Result<Vec<Vec<Vec<u8>>>, Missing> {
    let mut found: Vec<Vec<Vec<u8>>> = Vec::new();
    let Some(newest) = old(versions).next() else { return Ok(found) };
    let mut kinds = vec![Authentication::Rsa, Authentication::Ecdsa];
    kinds.extend(versions.values().map(|agreed| agreed.suite.authentication()).filter(|kind| *kind == Authentication::Dss).take(1));
    for kind in kinds {
        let suites = Offer::everything(newest).suites.into_iter().filter(|suite| suite.authentication() == kind).collect();
        found.extend(talk.ask(Offer::of(newest, suites).with_certificates())?.agreed().map(|agreed| agreed.chain).filter(|chain| !chain.is_empty()));
    }
    if let Some(good) = versions.values().next_back() {
        talk.confirm(good, 4)?;
    }
    found.dedup();
    Ok(found)
}
