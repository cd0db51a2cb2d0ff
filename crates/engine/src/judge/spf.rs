//! The SPF check: what a domain publishes, followed through include and redirect, without evaluating any sender.

use std::collections::BTreeSet;

use formats::dns::{name_of, plain};
use formats::evidence::{Evidence, Missing, Verdict};
use formats::spf::{DomainSpec, Mechanism, Qualifier, Record, Term, is_spf};
use hickory_proto::rr::{Name, RecordType};
use serde::Serialize;

use super::case::{Case, Open};
use super::judgement::Judged;
use super::reasons::Why;
use super::rules::Rules;
use crate::words::Words;

const EXPECTED: (&str, &str) = (
    "「v=spf1」で始まるTXTレコードが1件だけあり、-all または ~all で終わること",
    "exactly one TXT record that starts with v=spf1 and ends in -all or ~all",
);

/// Whether the domain takes mail: a parked one must refuse all senders.
enum Mail {
    Received,
    None,
}

/// Judges the SPF record of `name`.
pub(super) fn check(case: &Case<'_>, name: &Name) -> Result<Judged, Missing> {
    let domain = plain(name);
    let (judged, costs) = match judge(case, name, &domain) {
        Ok(found) => found,
        Err(open) => (open.judged()?, Vec::new()),
    };
    let mut judged = judged.command(case.dig(&domain, "TXT"));
    if judged.expected.ja.is_empty() {
        judged = judged.expected(EXPECTED.0, EXPECTED.1);
    }
    if !costs.is_empty() {
        let each = costs.iter().map(|(term, cost)| format!("{term} {cost}")).collect::<Vec<_>>().join(", ");
        judged.observed.ja.push_str(&format!("\nDNSを参照する記述の数: {each}"));
        judged.observed.en.push_str(&format!("\nterms that ask the DNS: {each}"));
    }
    Ok(judged)
}

type Costs = Vec<(String, u32)>;

fn judge(case: &Case<'_>, name: &Name, domain: &str) -> Result<(Judged, Costs), Open> {
    let answer = case.ask(name, RecordType::TXT)?;
    if answer.nxdomain {
        return Ok((Judged::new(Verdict::CouldNotMeasure, Why::NoSuchDomain, &[("domain", domain)]), Vec::new()));
    }
    let records: Vec<Vec<u8>> = answer.texts(name).into_iter().filter(|text| is_spf(text)).collect();
    let published = records.iter().map(|r| String::from_utf8_lossy(r).into_owned()).collect::<Vec<_>>();
    let observed = Words::same(published.join("\n"));
    let line = |record: &str| format!("{domain}. IN TXT \"{record}\"");
    let plain_line = |mail: &Result<Mail, Open>| line(if matches!(mail, Ok(Mail::None)) { "v=spf1 -all" } else { "v=spf1 mx -all" });
    let with_all = |record: &Record, qualifier| {
        let mut terms: Vec<Term> = record.terms.iter().filter(|t| !matches!(t, Term::Directive(_, Mechanism::All))).cloned().collect();
        terms.push(Term::Directive(qualifier, Mechanism::All));
        line(&Record { terms }.to_string())
    };

    let bytes = match records.as_slice() {
        [] => {
            let mail = mail(case, name);
            let none = Words::new("SPFレコードはありません", "no SPF record");
            return Ok((Judged::new(Verdict::NotMet, Why::SpfMissing, &[]).observed(none).remedy(plain_line(&mail)), Vec::new()));
        }
        [one] => one,
        several => {
            let count = several.len().to_string();
            let merged = line(&merge(several).to_string());
            return Ok((
                Judged::new(Verdict::NotMet, Why::SpfTwo, &[("count", &count)]).value(published.join(" | ")).observed(observed).remedy(merged),
                Vec::new(),
            ));
        }
    };
    let value = published.first().cloned().unwrap_or_default();
    let say = |state, why, data: &[(&str, &str)]| Judged::new(state, why, data).value(value.clone()).observed(observed.clone());

    let record = match Record::parse(bytes) {
        Ok(record) => record,
        Err(problem) => {
            let mail = mail(case, name);
            let judged = say(Verdict::NotMet, Why::SpfSyntax, &[("place", &problem.place), ("problem", problem.what)]);
            return Ok((judged.remedy(plain_line(&mail)), Vec::new()));
        }
    };
    // What the record itself says is certain, whatever the lookups behind it bring.
    match record.all() {
        Some((_, Qualifier::Pass)) => return Ok((say(Verdict::NotMet, Why::SpfPlusAll, &[]).remedy(with_all(&record, Qualifier::Fail)), Vec::new())),
        Some((_, Qualifier::Neutral)) => {
            return Ok((say(Verdict::NotMet, Why::SpfNeutral, &[]).remedy(with_all(&record, Qualifier::SoftFail)), Vec::new()));
        }
        None if record.redirect().is_none() => {
            return Ok((say(Verdict::NotMet, Why::SpfNoEnd, &[]).remedy(with_all(&record, Qualifier::SoftFail)), Vec::new()));
        }
        _ => {}
    }

    let mut walk = Walk::default();
    let mut path = BTreeSet::from([domain.to_owned()]);
    let limit = case.rules.spf_max_lookups;
    let end = match walk.follow(case, name, &record, &mut path, 0) {
        Err(Stop::Open(Open::Missing(missing))) => return Err(missing.into()),
        // Too many are too many, whatever else the rest would have brought.
        _ if walk.count > limit => Err(Stop::Fault(Why::SpfLookups, String::new())),
        Ok(_) if let Some((domain, _)) = &walk.crowded => Err(Stop::Fault(Why::SpfMxLimit, domain.clone())),
        other => other,
    };
    // Asked in any case, so that the evidence also tells what other limits would make of it.
    let received = match mail(case, name) {
        Err(Open::Missing(missing)) => return Err(missing.into()),
        other => other,
    };
    // Refusing all senders may also be said by a redirect to a shared record.
    let only_refuses = matches!(end, Ok(Some(Qualifier::Fail))) && !walk.senders;
    match end {
        Ok(Some(end)) => match end {
            Qualifier::Pass => return Ok((say(Verdict::NotMet, Why::SpfPlusAll, &[]).remedy(with_all(&record, Qualifier::Fail)), walk.costs)),
            Qualifier::Neutral => return Ok((say(Verdict::NotMet, Why::SpfNeutral, &[]).remedy(with_all(&record, Qualifier::SoftFail)), walk.costs)),
            Qualifier::Fail | Qualifier::SoftFail => {}
        },
        Ok(None) => return Ok((say(Verdict::NotMet, Why::SpfNoEnd, &[]).remedy(with_all(&record, Qualifier::SoftFail)), walk.costs)),
        Err(Stop::Fault(why, at)) => {
            let (count, limit) = (walk.count.to_string(), limit.to_string());
            let hosts = walk.crowded.map_or(0, |(_, hosts)| hosts).to_string();
            let data: &[(&str, &str)] = match why {
                Why::SpfLookups => &[("count", &count), ("limit", &limit)],
                Why::SpfMxLimit => &[("domain", &at), ("count", &hosts)],
                _ => &[("domain", &at)],
            };
            let kept: Vec<Term> = record.terms.iter().filter(|term| keeps(term, &at)).cloned().collect();
            // Too many lookups: only the owner knows which senders' addresses replace the names.
            let too_many = matches!(why, Why::SpfLookups | Why::SpfMxLimit);
            let remedy = if too_many { line("v=spf1 ip4:<sender> ip6:<sender> -all") } else { line(&Record { terms: kept }.to_string()) };
            return Ok((say(Verdict::NotMet, why, data).remedy(remedy), walk.costs));
        }
        Err(Stop::Open(open)) => return Ok((open.judged()?.value(value.clone()).observed(observed.clone()), walk.costs)),
    }

    if !only_refuses && matches!(received?, Mail::None) {
        let judged = say(Verdict::NotMet, Why::SpfParked, &[]).remedy(line("v=spf1 -all"));
        return Ok((judged.expected("v=spf1 -all", "v=spf1 -all"), walk.costs));
    }
    let mut judged = say(Verdict::Met, Why::SpfMet, &[]);
    if let Some((at, qualifier)) = record.all() {
        if qualifier == Qualifier::SoftFail {
            judged = judged.note(Why::SpfSoftFail, &[]);
        }
        let ignored: Vec<String> =
            record.terms.iter().skip(at + 1).filter(|t| matches!(t, Term::Directive(..) | Term::Redirect(_))).map(Term::to_string).collect();
        if !ignored.is_empty() {
            judged = judged.note(Why::SpfIgnored, &[("terms", &ignored.join(" "))]);
        }
    }
    for (why, term) in &walk.notes {
        judged = judged.note(*why, &[("term", term)]);
    }
    Ok((judged, walk.costs))
}

/// Whether a repaired record keeps `term`: all but references to the faulty domain.
fn keeps(term: &Term, faulty: &str) -> bool {
    match term {
        Term::Directive(_, Mechanism::Include(spec)) | Term::Redirect(spec) => {
            spec.literal().and_then(name_of).map(|n| plain(&n)).as_deref() != Some(faulty)
        }
        _ => true,
    }
}

/// One record with the terms of all, the strictest readable ending last.
fn merge(records: &[Vec<u8>]) -> Record {
    let mut terms: Vec<Term> = Vec::new();
    for term in records.iter().filter_map(|bytes| Record::parse(bytes).ok()).flat_map(|record| record.terms) {
        if matches!(term, Term::Directive(_, ref m) if *m != Mechanism::All) && !terms.contains(&term) {
            terms.push(term);
        }
    }
    terms.push(Term::Directive(Qualifier::SoftFail, Mechanism::All));
    Record { terms }
}

fn mail(case: &Case<'_>, name: &Name) -> Result<Mail, Open> {
    let answer = case.ask(name, RecordType::MX)?;
    let hosts = super::mx::hosts(&answer, name);
    Ok(if hosts.iter().all(|(_, host)| host.is_root()) { Mail::None } else { Mail::Received })
}

enum Stop {
    /// A definite fault, and the domain it lies at.
    Fault(Why, String),
    Open(Open),
}

/// Terms that are counted at most: no record that works has so many, and each include among them is a question.
const MOST: u32 = 40;
/// Mail hosts of one name that `mx` looks at.
const MOST_HOSTS: usize = 10;

/// What a record costs whoever evaluates it to its end: all branches counted, as no single sender meets them (RFC 7208 4.6.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// Terms that ask the DNS.
    pub lookups: u32,
    /// Each term of the record itself, with what lies behind it.
    pub terms: Vec<TermCost>,
}

/// What one term costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TermCost {
    pub term: String,
    pub lookups: u32,
}

/// The cost of the record of `domain`, as far as its includes can be followed; none where it has no single correct record.
///
/// # Errors
/// What would have to be asked first.
pub fn cost(evidence: &Evidence, rules: &Rules, domain: &str) -> Result<Option<Cost>, Missing> {
    let case = Case { evidence, rules };
    let Some(name) = name_of(domain) else { return Ok(None) };
    let answer = match case.ask(&name, RecordType::TXT) {
        Ok(answer) => answer,
        Err(open) => return open.judged().map(|_| None),
    };
    let records: Vec<Vec<u8>> = answer.texts(&name).into_iter().filter(|text| is_spf(text)).collect();
    let [bytes] = records.as_slice() else { return Ok(None) };
    let Ok(record) = Record::parse(bytes) else { return Ok(None) };
    let mut walk = Walk::default();
    if let Err(Stop::Open(Open::Missing(missing))) = walk.follow(&case, &name, &record, &mut BTreeSet::from([plain(&name)]), 0) {
        return Err(missing);
    }
    let terms = walk.costs.into_iter().map(|(term, lookups)| TermCost { term, lookups }).collect();
    Ok(Some(Cost { lookups: walk.count, terms }))
}

/// Counts lookups along include and redirect.
#[derive(Default)]
struct Walk {
    count: u32,
    /// Whether some mechanism besides `all` names a sender.
    senders: bool,
    costs: Costs,
    notes: Vec<(Why, String)>,
    /// A domain with more mail hosts than `mx` may look at, and how many.
    crowded: Option<(String, usize)>,
}

impl Walk {
    /// Follows the `record` of `at`; returns how its evaluation ends when nothing matches (None: no ending).
    fn follow(&mut self, case: &Case<'_>, at: &Name, record: &Record, path: &mut BTreeSet<String>, depth: u32) -> Result<Option<Qualifier>, Stop> {
        let ending = record.all();
        let before_all = ending.map_or(record.terms.len(), |(at, _)| at);
        for term in record.terms.iter().take(before_all) {
            let Term::Directive(_, mechanism) = term else { continue };
            self.senders = true;
            if !mechanism.asks() {
                continue;
            }
            let begin = self.count;
            self.add()?;
            match mechanism {
                Mechanism::Include(spec) => {
                    self.enter(case, term, spec, path, depth)?;
                }
                Mechanism::Mx { domain, .. } => self.count_hosts(case, at, domain.as_ref())?,
                Mechanism::Ptr(_) => self.note(Why::SpfPtr, term),
                _ => {}
            }
            if depth == 0 {
                self.costs.push((term.to_string(), self.count - begin));
            }
        }
        if let Some((_, qualifier)) = ending {
            return Ok(Some(qualifier));
        }
        let Some(spec) = record.redirect() else { return Ok(None) };
        let begin = self.count;
        self.add()?;
        let end = self.enter(case, &Term::Redirect(spec.clone()), spec, path, depth)?;
        if depth == 0 {
            self.costs.push((format!("redirect={spec}"), self.count - begin));
        }
        Ok(end)
    }

    fn add(&mut self) -> Result<(), Stop> {
        self.count += 1;
        if self.count > MOST { Err(Stop::Fault(Why::SpfLookups, String::new())) } else { Ok(()) }
    }

    /// More than ten mail hosts are an error to whoever comes to this `mx` (RFC 7208 4.6.4).
    fn count_hosts(&mut self, case: &Case<'_>, at: &Name, domain: Option<&DomainSpec>) -> Result<(), Stop> {
        // Which name a macro gives depends on the sender.
        let Some(name) = domain.map_or_else(|| Some(at.clone()), |spec| spec.literal().and_then(name_of)) else { return Ok(()) };
        match case.ask(&name, RecordType::MX) {
            Ok(answer) => {
                let hosts = super::mx::hosts(&answer, &name).len();
                if hosts > MOST_HOSTS {
                    self.crowded.get_or_insert((plain(&name), hosts));
                }
                Ok(())
            }
            Err(Open::Missing(missing)) => Err(Stop::Open(missing.into())),
            // Whoever does not answer now says nothing about the record.
            Err(Open::Unanswered(_)) => Ok(()),
        }
    }

    fn note(&mut self, why: Why, term: &Term) {
        let note = (why, term.to_string());
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    fn enter(&mut self, case: &Case<'_>, term: &Term, spec: &DomainSpec, path: &mut BTreeSet<String>, depth: u32) -> Result<Option<Qualifier>, Stop> {
        let Some(literal) = spec.literal() else {
            self.note(Why::SpfMacro, term);
            // A redirect by macro ends somewhere we cannot see; that is not the same as no ending.
            return Ok(Some(Qualifier::SoftFail));
        };
        let Some(name) = name_of(literal) else { return Err(Stop::Fault(Why::SpfTargetMissing, literal.to_owned())) };
        let domain = plain(&name);
        if !path.insert(domain.clone()) {
            return Err(Stop::Fault(Why::SpfLoop, domain));
        }
        let answer = case.ask(&name, RecordType::TXT).map_err(Stop::Open)?;
        let records: Vec<Vec<u8>> = answer.texts(&name).into_iter().filter(|text| is_spf(text)).collect();
        let [bytes] = records.as_slice() else { return Err(Stop::Fault(Why::SpfTargetMissing, domain)) };
        let Ok(record) = Record::parse(bytes) else { return Err(Stop::Fault(Why::SpfTargetMissing, domain)) };
        // Every level costs one lookup, so the limit bounds the recursion.
        let end = self.follow(case, &name, &record, path, depth + 1)?;
        path.remove(&domain);
        Ok(end)
    }
}
