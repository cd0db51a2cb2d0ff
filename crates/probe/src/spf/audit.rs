//! The SPF check: what a domain publishes, followed through include and redirect, without evaluating any sender.

use std::collections::BTreeSet;

use hickory_proto::rr::{Name, RecordType};
use serde_json::json;

use super::{DomainSpec, Mechanism, Qualifier, Record, Term, is_spf};
use crate::dns::{Asked, Trail};
use crate::observation::{Judged, State};
use crate::reasons::Why;
use crate::rules::Rules;
use crate::target::{name_of, plain};

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
pub(crate) async fn check(trail: &mut Trail<'_, '_>, name: &Name, rules: &Rules) -> Judged {
    let domain = plain(name);
    let command = trail.client.dig(&domain, "TXT");
    let (judged, costs) = judge(trail, name, &domain, rules).await.unwrap_or_else(|asked| (asked.judged(), Vec::new()));
    let mut judged = judged.command(command);
    if judged.expected.ja.is_empty() {
        judged = judged.expected(EXPECTED.0, EXPECTED.1);
    }
    judged.evidence = trail.evidence();
    if let (Some(map), false) = (judged.evidence.as_object_mut(), costs.is_empty()) {
        map.insert("lookups".into(), json!(costs.iter().map(|(term, cost)| json!({"term": term, "lookups": cost})).collect::<Vec<_>>()));
    }
    judged
}

type Costs = Vec<(String, u32)>;

async fn judge(trail: &mut Trail<'_, '_>, name: &Name, domain: &str, rules: &Rules) -> Result<(Judged, Costs), Asked> {
    let answer = trail.ask(name, RecordType::TXT).await?;
    if answer.nxdomain {
        return Ok((Judged::new(State::CouldNotMeasure, Why::NoSuchDomain, &[("domain", domain)]), Vec::new()));
    }
    let records: Vec<Vec<u8>> = answer.texts(name).into_iter().filter(|text| is_spf(text)).collect();
    let published = records.iter().map(|r| String::from_utf8_lossy(r).into_owned()).collect::<Vec<_>>();
    let observed = crate::Text::same(published.join("\n"));
    let line = |record: &str| format!("{domain}. IN TXT \"{record}\"");
    let plain_line = |mail: &Result<Mail, Asked>| line(if matches!(mail, Ok(Mail::None)) { "v=spf1 -all" } else { "v=spf1 mx -all" });
    let with_all = |record: &Record, qualifier| {
        let mut terms: Vec<Term> = record.terms.iter().filter(|t| !matches!(t, Term::Directive(_, Mechanism::All))).cloned().collect();
        terms.push(Term::Directive(qualifier, Mechanism::All));
        line(&Record { terms }.to_string())
    };

    let bytes = match records.as_slice() {
        [] => {
            let mail = mail(trail, name).await;
            let none = crate::Text::new("SPFレコードはありません", "no SPF record");
            return Ok((Judged::new(State::NotMet, Why::SpfMissing, &[]).observed(none).remedy(plain_line(&mail)), Vec::new()));
        }
        [one] => one,
        several => {
            let count = several.len().to_string();
            let merged = line(&merge(several).to_string());
            return Ok((
                Judged::new(State::NotMet, Why::SpfTwo, &[("count", &count)]).value(published.join(" | ")).observed(observed).remedy(merged),
                Vec::new(),
            ));
        }
    };
    let value = published.first().cloned().unwrap_or_default();
    let say = |state, why, data: &[(&str, &str)]| Judged::new(state, why, data).value(value.clone()).observed(observed.clone());

    let record = match Record::parse(bytes) {
        Ok(record) => record,
        Err(problem) => {
            let mail = mail(trail, name).await;
            let judged = say(State::NotMet, Why::SpfSyntax, &[("place", &problem.place), ("problem", problem.what)]);
            return Ok((judged.remedy(plain_line(&mail)), Vec::new()));
        }
    };
    // What the record itself says is certain, whatever the lookups behind it bring.
    match record.all() {
        Some((_, Qualifier::Pass)) => return Ok((say(State::NotMet, Why::SpfPlusAll, &[]).remedy(with_all(&record, Qualifier::Fail)), Vec::new())),
        Some((_, Qualifier::Neutral)) => {
            return Ok((say(State::NotMet, Why::SpfNeutral, &[]).remedy(with_all(&record, Qualifier::SoftFail)), Vec::new()));
        }
        None if record.redirect().is_none() => {
            return Ok((say(State::NotMet, Why::SpfNoEnd, &[]).remedy(with_all(&record, Qualifier::SoftFail)), Vec::new()));
        }
        _ => {}
    }

    let mut walk = Walk { limit: rules.spf_max_lookups, count: 0, senders: false, costs: Vec::new(), notes: Vec::new() };
    let mut path = BTreeSet::from([domain.to_owned()]);
    let end = walk.follow(trail, &record, &mut path, 0).await;
    // Refusing all senders may also be said by a redirect to a shared record.
    let only_refuses = matches!(end, Ok(Some(Qualifier::Fail))) && !walk.senders;
    match end {
        Ok(Some(end)) => match end {
            Qualifier::Pass => return Ok((say(State::NotMet, Why::SpfPlusAll, &[]).remedy(with_all(&record, Qualifier::Fail)), walk.costs)),
            Qualifier::Neutral => return Ok((say(State::NotMet, Why::SpfNeutral, &[]).remedy(with_all(&record, Qualifier::SoftFail)), walk.costs)),
            Qualifier::Fail | Qualifier::SoftFail => {}
        },
        Ok(None) => return Ok((say(State::NotMet, Why::SpfNoEnd, &[]).remedy(with_all(&record, Qualifier::SoftFail)), walk.costs)),
        Err(Stop::Fault(why, at)) => {
            let (count, limit) = (walk.count.to_string(), walk.limit.to_string());
            let data: &[(&str, &str)] = if why == Why::SpfLookups { &[("count", &count), ("limit", &limit)] } else { &[("domain", &at)] };
            let kept: Vec<Term> = record.terms.iter().filter(|term| keeps(term, &at)).cloned().collect();
            // Too many lookups: only the owner knows which senders' addresses replace the names.
            let remedy =
                if why == Why::SpfLookups { line("v=spf1 ip4:<sender> ip6:<sender> -all") } else { line(&Record { terms: kept }.to_string()) };
            return Ok((say(State::NotMet, why, data).remedy(remedy), walk.costs));
        }
        Err(Stop::Unanswered(asked)) => return Ok((asked.judged().value(value.clone()).observed(observed.clone()), walk.costs)),
    }

    if !only_refuses && matches!(mail(trail, name).await?, Mail::None) {
        let judged = say(State::NotMet, Why::SpfParked, &[]).remedy(line("v=spf1 -all"));
        return Ok((judged.expected("v=spf1 -all", "v=spf1 -all"), walk.costs));
    }
    let mut judged = say(State::Met, Why::SpfMet, &[]);
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

async fn mail(trail: &mut Trail<'_, '_>, name: &Name) -> Result<Mail, Asked> {
    let answer = trail.ask(name, RecordType::MX).await?;
    let hosts = crate::mx::hosts(&answer, name);
    Ok(if hosts.iter().all(|(_, host)| host.is_root()) { Mail::None } else { Mail::Received })
}

enum Stop {
    /// A definite fault, and the domain it lies at.
    Fault(Why, String),
    Unanswered(Asked),
}

/// Counts lookups along include and redirect.
struct Walk {
    limit: u32,
    count: u32,
    /// Whether some mechanism besides `all` names a sender.
    senders: bool,
    costs: Costs,
    notes: Vec<(Why, String)>,
}

impl Walk {
    /// Follows `record`; returns how its evaluation ends when nothing matches (None: no ending).
    async fn follow(
        &mut self,
        trail: &mut Trail<'_, '_>,
        record: &Record,
        path: &mut BTreeSet<String>,
        depth: u32,
    ) -> Result<Option<Qualifier>, Stop> {
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
                    self.enter(trail, term, spec, path, depth).await?;
                }
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
        let end = self.enter(trail, &Term::Redirect(spec.clone()), spec, path, depth).await?;
        if depth == 0 {
            self.costs.push((format!("redirect={spec}"), self.count - begin));
        }
        Ok(end)
    }

    fn add(&mut self) -> Result<(), Stop> {
        self.count += 1;
        if self.count > self.limit { Err(Stop::Fault(Why::SpfLookups, String::new())) } else { Ok(()) }
    }

    fn note(&mut self, why: Why, term: &Term) {
        let note = (why, term.to_string());
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    async fn enter(
        &mut self,
        trail: &mut Trail<'_, '_>,
        term: &Term,
        spec: &DomainSpec,
        path: &mut BTreeSet<String>,
        depth: u32,
    ) -> Result<Option<Qualifier>, Stop> {
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
        let answer = trail.ask(&name, RecordType::TXT).await.map_err(Stop::Unanswered)?;
        let records: Vec<Vec<u8>> = answer.texts(&name).into_iter().filter(|text| is_spf(text)).collect();
        let [bytes] = records.as_slice() else { return Err(Stop::Fault(Why::SpfTargetMissing, domain)) };
        let Ok(record) = Record::parse(bytes) else { return Err(Stop::Fault(Why::SpfTargetMissing, domain)) };
        // Every level costs one lookup, so the limit bounds the recursion.
        let end = Box::pin(self.follow(trail, &record, path, depth + 1)).await?;
        path.remove(&domain);
        Ok(end)
    }
}
