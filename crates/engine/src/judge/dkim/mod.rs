//! The DKIM check: whether receivers can verify what the domain signs, by the keys of the selectors that are known (RFC 6376).
//!
//! Selectors cannot be listed by asking: that nothing is known of them is no fault, and no answer about `_domainkey` itself is one.
//! The quantifier is *all*, told apart by where a selector is known from:
//! - every key that is published under a known selector must be sound, because a weak one lets others sign in the domain's name
//!   whoever still uses it;
//! - every registered selector must have a record: the owner says that mail is signed with it. Revoking one is in order when another
//!   one is sound;
//! - a selector that only reports tell of may be gone when another one is sound: that is how keys are changed;
//! - an inferred selector without a record says nothing at all.
//!
//! Where a key that was not asked for, or that gave no answer, might be the good one, the absence of others is no fault.
//!
//! A domain without mail does well to revoke all keys by a wildcard.

mod state;

use formats::dkim::Key;
use formats::dns::plain;
use formats::evidence::{Missing, Selector, SelectorSource, Verdict};
use hickory_proto::rr::{Name, RecordType};

use super::case::{Case, Open, Unanswered};
use super::judgement::Judged;
use super::mx;
use super::reasons::Why;
use crate::words::Words;
use state::{Fault, Remark, State, at};

/// A known selector and what lies at its name.
struct Seen {
    selector: Selector,
    state: State,
}

impl Seen {
    fn is_registered(&self) -> bool {
        self.selector.source == SelectorSource::Registered
    }
}

/// Judges the keys of `name`.
pub(super) fn check(case: &Case<'_>, name: &Name) -> Result<Judged, Missing> {
    let domain = plain(name);
    let known = Selector::ranked(&case.evidence.target.selectors);
    let first = known.first().map_or("<selector>", |one| one.name.as_str());
    let judged = judge(case, name, &domain, &known).or_else(Open::judged)?;
    let command = case.dig(&format!("{first}._domainkey.{domain}"), "TXT");
    let judged = if judged.command.is_empty() { judged.command(command) } else { judged };
    let least = case.rules.dkim_min_rsa;
    Ok(judged.expected(
        &format!("署名に使うセレクタごとに正しい公開鍵が1件だけあり、RSAの鍵は{least}ビット以上であること"),
        &format!("exactly one correct public key for each selector that mail is signed with, RSA keys of at least {least} bits"),
    ))
}

fn judge(case: &Case<'_>, name: &Name, domain: &str, known: &[Selector]) -> Result<Judged, Open> {
    let (usable, unusable): (Vec<&Selector>, Vec<&Selector>) = known.iter().partition(|one| state::place(&one.name, domain).is_some());
    let mut seen = Vec::new();
    for selector in usable.iter().take(case.rules.dkim_max_selectors) {
        seen.push(Seen { selector: (*selector).clone(), state: at(case, &selector.name, domain)? });
    }
    let unasked = usable.len().saturating_sub(seen.len());
    let mut judged = conclude(case, name, domain, &seen, unasked)?;
    for one in &unusable {
        judged = judged.note(Why::DkimNoSelectorName, &[("selector", &one.name.chars().take(60).collect::<String>())]);
    }
    let told = judged.reason.code == Why::DkimUnasked.code();
    Ok(if unasked > 0 && !told { judged.note(Why::DkimUnasked, &[("count", &unasked.to_string())]) } else { judged })
}

fn conclude(case: &Case<'_>, name: &Name, domain: &str, seen: &[Seen], unasked: usize) -> Result<Judged, Open> {
    // A guess of ours that nothing lies at tells nothing, as if there had been no guess.
    let told: Vec<&Seen> =
        seen.iter().filter(|one| one.selector.source != SelectorSource::Inferred || !matches!(one.state, State::Gone(_))).collect();
    let works = told.iter().any(|one| one.state.works());
    let open = told.iter().find_map(|one| match &one.state {
        State::Unanswered(unanswered) => Some(unanswered),
        _ => None,
    });
    let mut faults: Vec<Shown> = told.iter().filter_map(|one| of_key(one, domain, case.rules.dkim_min_rsa)).collect();
    faults.sort_by_key(|one| one.rank);
    // What was not asked for, or gave no answer, may be the key that mail is signed with today.
    let hidden = open.is_some() || unasked > 0;
    let lost = told.iter().any(|one| one.is_registered() && matches!(one.state, State::Gone(_)));
    if faults.is_empty() && !works && !lost && !hidden {
        // Nothing that could sign: right for a domain without mail, and only there.
        if let Some(judged) = without_mail(case, name, domain, &told)? {
            return Ok(judged);
        }
    }
    for one in &told {
        if let Some(gone) = of_absence(one, domain, works || hidden) {
            faults.push(gone);
        }
    }
    let mut judged = match faults.split_first() {
        Some((first, rest)) => {
            let judged = Judged::new(Verdict::NotMet, first.why, &first.data()).remedy(first.remedy.clone());
            let judged = judged.command(case.dig(&format!("{}._domainkey.{domain}", first.selector), "TXT"));
            rest.iter().fold(judged, |judged, one| judged.note(one.why, &one.data()))
        }
        None => match open.filter(|_| !works || told.iter().any(|one| one.is_registered() && matches!(one.state, State::Unanswered(_)))) {
            // A registered key we could not ask for may be at fault: that is neither met nor not met.
            Some(unanswered) => unanswered.judged(),
            None if !works && unasked > 0 => Judged::new(Verdict::CouldNotMeasure, Why::DkimUnasked, &[("count", &unasked.to_string())]),
            None if told.is_empty() => return Ok(unknown(domain)),
            None => met(&told),
        },
    };
    for one in &told {
        judged = remarks(judged, one, works);
    }
    Ok(judged.value(values(&told)).observed(observed(&told)))
}

/// A fault of one selector, ready to be told.
struct Shown {
    /// Graver ones first.
    rank: usize,
    selector: String,
    why: Why,
    more: Vec<(&'static str, String)>,
    remedy: String,
}

impl Shown {
    fn data(&self) -> Vec<(&str, &str)> {
        std::iter::once(("selector", self.selector.as_str())).chain(self.more.iter().map(|(name, value)| (*name, value.as_str()))).collect()
    }
}

/// The line that publishes `record` for `selector`, in strings of at most 255 octets (RFC 1035 3.3.14).
fn line(selector: &str, domain: &str, record: &str) -> String {
    let mut strings = vec![String::new()];
    for c in record.chars() {
        if strings.last().is_some_and(|last| last.len() + c.len_utf8() > 255) {
            strings.push(String::new());
        }
        if let Some(last) = strings.last_mut() {
            last.push(c);
        }
    }
    let quoted: Vec<String> = strings.iter().map(|part| format!("\"{part}\"")).collect();
    format!("{selector}._domainkey.{domain}. IN TXT {}", quoted.join(" "))
}

/// What stands where only the owner knows the key.
const NEW_KEY: &str = "v=DKIM1; k=rsa; p=<new public key>";

/// What is wrong with a key that is published.
fn of_key(one: &Seen, domain: &str, least: usize) -> Option<Shown> {
    let State::Faulty { fault, .. } = &one.state else { return None };
    let selector = &one.selector.name;
    let (rank, why, more, record) = match fault {
        Fault::Short(bits) => (0, Why::DkimShort, vec![("bits", bits.to_string())], NEW_KEY.to_owned()),
        Fault::Weak(bits) => (1, Why::DkimWeak, vec![("bits", bits.to_string()), ("least", least.to_string())], NEW_KEY.to_owned()),
        Fault::Several(count, best) => {
            let best = best.as_ref().map_or_else(|| NEW_KEY.to_owned(), Key::to_string);
            (2, Why::DkimTwo, vec![("count", count.to_string())], best)
        }
        Fault::Syntax(problem) => (3, Why::DkimInvalid, vec![("problem", problem.clone())], NEW_KEY.to_owned()),
        Fault::Unreadable(problem) => (4, Why::DkimUnusable, vec![("problem", (*problem).to_owned())], NEW_KEY.to_owned()),
        Fault::Kind(kind) => (5, Why::DkimKind, vec![("kind", kind.clone())], NEW_KEY.to_owned()),
        Fault::Hash(key) => (6, Why::DkimHash, Vec::new(), Key { hashes: None, ..key.clone() }.to_string()),
        Fault::Service(key) => {
            (7, Why::DkimService, vec![("services", key.services.join(":"))], Key { services: vec!["*".into()], ..key.clone() }.to_string())
        }
    };
    Some(Shown { rank, selector: selector.clone(), why, more, remedy: line(selector, domain, &record) })
}

/// What the absence of a key means: a registered selector has one. Others, and a revoked key, are at fault only where there is no
/// `other` that works or might.
fn of_absence(one: &Seen, domain: &str, other: bool) -> Option<Shown> {
    let selector = one.selector.name.clone();
    let remedy = line(&selector, domain, NEW_KEY);
    let shown = |why, more| Some(Shown { rank: 8, selector: selector.clone(), why, more, remedy: remedy.clone() });
    match &one.state {
        State::Gone(gone) if one.is_registered() || !other => match gone {
            state::Gone::NoName => shown(Why::DkimMissing, Vec::new()),
            state::Gone::NoKey => shown(Why::DkimNoKey, Vec::new()),
            state::Gone::Alias(target) => shown(Why::DkimAlias, vec![("target", target.clone())]),
        },
        State::Revoked if !other => shown(Why::DkimRevoked, Vec::new()),
        _ => None,
    }
}

fn met(told: &[&Seen]) -> Judged {
    let sound: Vec<&str> = told.iter().filter(|one| matches!(one.state, State::Sound { .. })).map(|one| one.selector.name.as_str()).collect();
    Judged::new(Verdict::Met, Why::DkimMet, &[("selectors", &sound.join(", "))])
}

/// What deserves to be known of one selector though it decides nothing.
fn remarks(mut judged: Judged, one: &Seen, works: bool) -> Judged {
    let selector = [("selector", one.selector.name.as_str())];
    match &one.state {
        State::Sound { remarks, bits, .. } => {
            for remark in remarks {
                let bits = bits.unwrap_or_default().to_string();
                judged = match remark {
                    Remark::Testing => judged.note(Why::DkimTest, &selector),
                    Remark::Long => judged.note(Why::DkimLong, &[selector[0], ("bits", &bits)]),
                    Remark::NewKind => judged.note(Why::DkimNewKind, &selector),
                };
            }
            judged
        }
        State::Gone(_) if works && !one.is_registered() => judged.note(Why::DkimOld, &selector),
        State::Revoked if works => judged.note(Why::DkimRetired, &selector),
        State::Unanswered(unanswered) if judged.verdict != Verdict::CouldNotMeasure => {
            judged.note(Why::DkimUnanswered, &[selector[0], ("question", &unanswered.question)])
        }
        _ => judged,
    }
}

/// No selector is known: nothing can be said, and how to change that.
fn unknown(domain: &str) -> Judged {
    Judged::new(Verdict::CouldNotMeasure, Why::DkimUnknown, &[("domain", domain)])
}

/// What is right for a domain that takes no mail; none where it takes some.
fn without_mail(case: &Case<'_>, name: &Name, domain: &str, told: &[&Seen]) -> Result<Option<Judged>, Open> {
    let answer = case.ask(name, RecordType::MX)?;
    if answer.nxdomain && told.is_empty() {
        return Ok(Some(Judged::new(Verdict::CouldNotMeasure, Why::NoSuchDomain, &[("domain", domain)])));
    }
    if mx::hosts(&answer, name).iter().any(|(_, host)| !host.is_root()) {
        return Ok(None);
    }
    // The wildcard itself is asked for, so that no selector has to be guessed.
    let wildcard = state::at(case, "*", domain)?;
    let revoked = matches!(wildcard, State::Revoked) || (!told.is_empty() && told.iter().all(|one| matches!(one.state, State::Revoked)));
    let command = case.dig(&format!("'*._domainkey.{domain}'"), "TXT");
    let remedy = line("*", domain, "v=DKIM1; p=");
    let judged = match (&wildcard, revoked) {
        (_, true) => Judged::new(Verdict::Met, Why::DkimNone, &[]).value("p="),
        (State::Unanswered(unanswered), _) => unanswered.judged(),
        _ => Judged::new(Verdict::NotApplicable, Why::NoMail, &[]).remedy(remedy),
    };
    let seen = Seen { selector: Selector::inferred("*"), state: wildcard };
    let all: Vec<&Seen> = told.iter().copied().chain(std::iter::once(&seen)).collect();
    Ok(Some(judged.command(command).observed(observed(&all))))
}

/// All selectors in a table cell.
fn values(told: &[&Seen]) -> String {
    told.iter().map(|one| format!("{}: {}", one.selector.name, one.state.short())).collect::<Vec<_>>().join(", ")
}

/// What lies at each name, as published.
fn observed(told: &[&Seen]) -> Words {
    let lines = |of: fn(&State) -> String| told.iter().map(|one| format!("{}: {}", one.selector.name, of(&one.state))).collect::<Vec<_>>().join("\n");
    Words::new(lines(State::ja), lines(State::en))
}
