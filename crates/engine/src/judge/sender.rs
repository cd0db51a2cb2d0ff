//! `check_host()` of RFC 7208 4: may this address send mail in this name, what did it cost to find out, and why.

use std::net::IpAddr;

use formats::dns::{Answer, labels, name_of, plain};
use formats::evidence::{Evidence, Missing};
use formats::spf::{DomainSpec, Mechanism, Qualifier, Record, Term, is_spf};
use hickory_proto::rr::{Name, RData, RecordType};
use serde::{Serialize, Serializer};

use super::case::{Case, Open};
use super::judgement::Reason;
use super::macros::{Facts, expand, names};
use super::reasons::Why;
use super::rules::Rules;

/// Terms that ask the DNS (RFC 7208 4.6.4), and how many names of one MX or PTR answer are looked up.
const MOST_LOOKUPS: u32 = 10;
/// Lookups that may find nothing, a SHOULD of the same section.
const MOST_VOID: u32 = 2;
/// Milliseconds of waiting for answers; RFC 7208 4.6.4 asks for at least 20 seconds.
const LONGEST: u64 = 20_000;

/// Who sends: the connection's address, MAIL FROM (empty for bounces) and the name given in HELO or EHLO.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    pub ip: IpAddr,
    pub sender: String,
    pub helo: String,
}

/// The seven results of RFC 7208 2.6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    None,
    Neutral,
    Pass,
    Fail,
    SoftFail,
    TempError,
    PermError,
}

/// What became of one term that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evaluated {
    /// The domain whose record holds it.
    pub domain: String,
    /// 0 in the sender's own record, one more in each record included or redirected to.
    pub depth: u32,
    #[serde(serialize_with = "written")]
    pub term: Term,
    /// Terms that asked the DNS for it, those of included records with it.
    pub lookups: u32,
    /// Questions that found nothing (`mx.example.com AAAA`), those of included records with it.
    pub void_lookups: Vec<String>,
    pub matched: bool,
}

fn written<S: Serializer>(term: &Term, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(term)
}

/// The result for one sender, and how it came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evaluation {
    pub result: Outcome,
    /// What the domain wants a refused sender to read (`exp=`).
    pub explanation: Option<String>,
    /// What made it a temporary or permanent error.
    pub problem: Option<Reason>,
    pub lookups: u32,
    pub void_lookups: u32,
    /// In the order they were looked at. Terms behind the deciding one were not.
    pub terms: Vec<Evaluated>,
}

/// Evaluates the record of the sender's domain. `receiver` fills the macro `r`.
///
/// # Errors
/// What would have to be asked first.
pub fn evaluate(evidence: &Evidence, rules: &Rules, sender: &Sender, receiver: &str) -> Result<Evaluation, Missing> {
    // A bounce is judged by its HELO name (RFC 7208 2.4); a missing local part is "postmaster" (4.3).
    let (local, domain) = sender.sender.rsplit_once('@').unwrap_or(("", if sender.sender.is_empty() { &sender.helo } else { &sender.sender }));
    let domain = if domain.is_ascii() { domain.to_owned() } else { name_of(domain).map_or_else(|| domain.to_owned(), |name| plain(&name)) };
    let mut check = Check {
        case: Case { evidence, rules },
        // A mapped address is the IPv4 address it holds (RFC 7208 5).
        ip: sender.ip.to_canonical(),
        local: if local.is_empty() { "postmaster" } else { local },
        origin: &domain,
        helo: sender.helo.trim_end_matches('.'),
        receiver,
        waited: 0,
        lookups: 0,
        void: Vec::new(),
        validated: None,
        terms: Vec::new(),
    };
    let (result, explanation, problem) = match check.host(&domain, 0) {
        Err(Stop::Missing(missing)) => return Err(missing),
        Err(Stop::Temporary(problem)) => (Outcome::TempError, None, Some(problem)),
        Err(Stop::Permanent(problem)) => (Outcome::PermError, None, Some(problem)),
        Ok((Outcome::Fail, Some((at, spec)))) => (Outcome::Fail, check.explain(&at, &spec)?, None),
        Ok((result, _)) => (result, None, None),
    };
    let void_lookups = u32::try_from(check.void.len()).unwrap_or(u32::MAX);
    Ok(Evaluation { result, explanation, problem, lookups: check.lookups, void_lookups, terms: check.terms })
}

/// What ends an evaluation at once.
enum Stop {
    /// Nobody asked yet.
    Missing(Missing),
    Temporary(Reason),
    Permanent(Reason),
}

impl Stop {
    fn permanent(why: Why, data: &[(&str, &str)]) -> Self {
        Self::Permanent(Reason::new(why, data))
    }
}

/// An `exp=` and the domain it stands in.
type Exp = Option<(String, DomainSpec)>;

struct Check<'a, 's> {
    case: Case<'a>,
    ip: IpAddr,
    local: &'s str,
    origin: &'s str,
    helo: &'s str,
    receiver: &'s str,
    /// Milliseconds.
    waited: u64,
    lookups: u32,
    void: Vec<String>,
    /// The names that lead back to the address, once they were asked for.
    validated: Option<Vec<Name>>,
    terms: Vec<Evaluated>,
}

impl Check<'_, '_> {
    fn host(&mut self, domain: &str, depth: u32) -> Result<(Outcome, Exp), Stop> {
        // A name that cannot be asked for has no policy (RFC 7208 4.3).
        let Some(name) = labels(domain).filter(|name| name.num_labels() > 1 && !domain.starts_with('[')) else { return Ok((Outcome::None, None)) };
        let answer = self.ask(&name, RecordType::TXT)?;
        let records: Vec<Vec<u8>> = answer.texts(&name).into_iter().filter(|text| is_spf(text)).collect();
        let record = match records.as_slice() {
            [] => return Ok((Outcome::None, None)),
            [one] => Record::parse(one).map_err(|problem| {
                Stop::permanent(Why::SpfEvaluatedSyntax, &[("domain", domain), ("place", &problem.place), ("problem", problem.what)])
            })?,
            several => return Err(Stop::permanent(Why::SpfEvaluatedTwo, &[("domain", domain), ("count", &several.len().to_string())])),
        };
        let exp = record.explanation().map(|spec| (domain.to_owned(), spec.clone()));
        for term in &record.terms {
            let Term::Directive(qualifier, mechanism) = term else { continue };
            if self.step(domain, depth, term, mechanism)? {
                let outcome = match qualifier {
                    Qualifier::Pass => Outcome::Pass,
                    Qualifier::Fail => Outcome::Fail,
                    Qualifier::SoftFail => Outcome::SoftFail,
                    Qualifier::Neutral => Outcome::Neutral,
                };
                return Ok((outcome, exp));
            }
        }
        let Some(spec) = record.redirect() else { return Ok((Outcome::Neutral, None)) };
        let term = Term::Redirect(spec.clone());
        let at = self.begin(domain, depth, &term);
        let outcome = match self.count(&term, domain) {
            Ok(()) => {
                let target = self.target(spec, domain)?.unwrap_or_default();
                match self.host(&target, depth + 1) {
                    Ok((Outcome::None, _)) => Err(Stop::permanent(Why::SpfTargetMissing, &[("domain", &target)])),
                    other => other,
                }
            }
            Err(stop) => Err(stop),
        };
        self.end(at, outcome.is_ok());
        outcome
    }

    /// Whether the term matches; keeps what it cost, also when it ends everything.
    fn step(&mut self, domain: &str, depth: u32, term: &Term, mechanism: &Mechanism) -> Result<bool, Stop> {
        let at = self.begin(domain, depth, term);
        let outcome = if mechanism.asks() { self.count(term, domain) } else { Ok(()) }.and_then(|()| self.matches(domain, depth, mechanism));
        self.end(at, matches!(outcome, Ok(true)));
        outcome
    }

    fn matches(&mut self, domain: &str, depth: u32, mechanism: &Mechanism) -> Result<bool, Stop> {
        match mechanism {
            Mechanism::All => Ok(true),
            Mechanism::Ip4 { address, prefix } => Ok(within(self.ip, IpAddr::V4(*address), prefix.unwrap_or(32))),
            Mechanism::Ip6 { address, prefix } => Ok(within(self.ip, IpAddr::V6(*address), prefix.unwrap_or(128))),
            Mechanism::Include(spec) => {
                let target = self.target(spec, domain)?.unwrap_or_default();
                // What an included record says of the sender counts only when it is a pass (RFC 7208 5.2).
                match self.host(&target, depth + 1)?.0 {
                    Outcome::None => Err(Stop::permanent(Why::SpfTargetMissing, &[("domain", &target)])),
                    outcome => Ok(outcome == Outcome::Pass),
                }
            }
            Mechanism::A { domain: spec, v4, v6 } => {
                let Some(name) = self.named(spec.as_ref(), domain)? else { return Ok(false) };
                self.addressed(&name, self.prefix(*v4, *v6))
            }
            Mechanism::Mx { domain: spec, v4, v6 } => {
                let Some(name) = self.named(spec.as_ref(), domain)? else { return Ok(false) };
                let answer = self.ask_counted(&name, RecordType::MX)?;
                let hosts = super::mx::hosts(&answer, &name);
                if hosts.len() > MOST_LOOKUPS as usize {
                    return Err(Stop::permanent(Why::SpfMxLimit, &[("domain", &plain(&name)), ("count", &hosts.len().to_string())]));
                }
                for (_, host) in hosts.iter().filter(|(_, host)| !host.is_root()) {
                    if self.addressed(host, self.prefix(*v4, *v6))? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Mechanism::Ptr(spec) => {
                let Some(name) = self.named(spec.as_ref(), domain)? else { return Ok(false) };
                Ok(self.validated(true)?.iter().any(|one| name.zone_of(one)))
            }
            Mechanism::Exists(spec) => {
                let Some(name) = self.named(Some(spec), domain)? else { return Ok(false) };
                // Always an A record, whatever the sender's address is (RFC 7208 5.7).
                Ok(!self.ask_counted(&name, RecordType::A)?.records(&name, RecordType::A).is_empty())
            }
        }
    }

    fn begin(&mut self, domain: &str, depth: u32, term: &Term) -> (usize, u32, usize) {
        let evaluated = Evaluated { domain: domain.to_owned(), depth, term: term.clone(), lookups: 0, void_lookups: Vec::new(), matched: false };
        self.terms.push(evaluated);
        (self.terms.len() - 1, self.lookups, self.void.len())
    }

    fn end(&mut self, (at, lookups, void): (usize, u32, usize), matched: bool) {
        if let Some(term) = self.terms.get_mut(at) {
            term.lookups = self.lookups - lookups;
            term.void_lookups = self.void.get(void..).unwrap_or_default().to_vec();
            term.matched = matched;
        }
    }

    fn count(&mut self, term: &Term, domain: &str) -> Result<(), Stop> {
        self.lookups += 1;
        if self.lookups > MOST_LOOKUPS {
            let place = [("domain", domain), ("term", &term.to_string()), ("limit", &MOST_LOOKUPS.to_string())];
            return Err(Stop::permanent(Why::SpfEvaluatedLookups, &place));
        }
        Ok(())
    }

    fn ask(&mut self, name: &Name, kind: RecordType) -> Result<Answer, Stop> {
        let answer = self.case.ask(name, kind).map_err(|open| match open {
            Open::Missing(missing) => Stop::Missing(missing),
            Open::Unanswered(unanswered) => Stop::Temporary(unanswered.judged().reason),
        })?;
        self.waited += self.case.waited(name, kind);
        if self.waited > LONGEST {
            return Err(Stop::Temporary(Reason::new(Why::SpfTime, &[("seconds", &(LONGEST / 1000).to_string())])));
        }
        Ok(answer)
    }

    /// Asks, and counts an answer without records of `kind` as void.
    fn ask_counted(&mut self, name: &Name, kind: RecordType) -> Result<Answer, Stop> {
        let answer = self.ask(name, kind)?;
        if answer.records(name, kind).is_empty() {
            self.found_nothing(name, kind)?;
        }
        Ok(answer)
    }

    fn found_nothing(&mut self, name: &Name, kind: RecordType) -> Result<(), Stop> {
        self.void.push(format!("{} {kind}", plain(name)));
        if self.void.len() > MOST_VOID as usize {
            return Err(Stop::permanent(Why::SpfVoid, &[("questions", &self.void.join(", ")), ("limit", &MOST_VOID.to_string())]));
        }
        Ok(())
    }

    fn kind(&self) -> RecordType {
        if self.ip.is_ipv4() { RecordType::A } else { RecordType::AAAA }
    }

    fn prefix(&self, v4: Option<u8>, v6: Option<u8>) -> u8 {
        if self.ip.is_ipv4() { v4.unwrap_or(32) } else { v6.unwrap_or(128) }
    }

    fn addressed(&mut self, name: &Name, prefix: u8) -> Result<bool, Stop> {
        let kind = self.kind();
        let answer = self.ask_counted(name, kind)?;
        Ok(addresses(&answer, name, kind).any(|address| within(self.ip, address, prefix)))
    }

    /// The answer, or none where no answer came; what was not asked yet still stops.
    fn try_ask(&mut self, name: &Name, kind: RecordType) -> Result<Option<Answer>, Stop> {
        match self.ask(name, kind) {
            Ok(answer) => Ok(Some(answer)),
            Err(Stop::Missing(missing)) => Err(Stop::Missing(missing)),
            Err(_) => Ok(None),
        }
    }

    /// The names whose address is the sender's (RFC 7208 5.5). Errors match nothing: they are not the domain's fault.
    fn validated(&mut self, counted: bool) -> Result<Vec<Name>, Stop> {
        if let Some(known) = &self.validated {
            return Ok(known.clone());
        }
        let reverse = Name::from(self.ip);
        let mut found = Vec::new();
        let (kind, ip) = (self.kind(), self.ip);
        if let Some(answer) = self.try_ask(&reverse, RecordType::PTR)? {
            let pointed: Vec<Name> = answer
                .records(&reverse, RecordType::PTR)
                .into_iter()
                .filter_map(|record| match &record.data {
                    RData::PTR(name) => Some(name.0.to_lowercase()),
                    _ => None,
                })
                .collect();
            if pointed.is_empty() && counted {
                self.found_nothing(&reverse, RecordType::PTR)?;
            }
            // More than ten are left out and not an error: whoever owns the address decides how many there are (RFC 7208 4.6.4).
            for name in pointed.into_iter().take(MOST_LOOKUPS as usize) {
                if let Some(answer) = self.try_ask(&name, kind)?
                    && addresses(&answer, &name, kind).any(|address| address == ip)
                {
                    found.push(name);
                }
            }
        }
        self.validated = Some(found.clone());
        Ok(found)
    }

    /// The domain-spec's text for this sender; none when it can match nothing.
    fn target(&mut self, spec: &DomainSpec, domain: &str) -> Result<Option<String>, Stop> {
        let validated = if names(spec, 'p') { self.validated_name(domain)? } else { None };
        let Ok(text) = expand(spec, &self.facts(domain, validated.as_deref())) else { return Ok(None) };
        // Too long for a name: labels are dropped from the left (RFC 7208 7.3).
        let mut rest = text.strip_suffix('.').unwrap_or(&text);
        while rest.len() > 253 {
            let Some((_, shorter)) = rest.split_once('.') else { return Ok(None) };
            rest = shorter;
        }
        Ok(Some(rest.to_owned()))
    }

    /// The name a mechanism speaks of, its own domain when none is written; none when it cannot be asked for (RFC 7208 4.8).
    fn named(&mut self, spec: Option<&DomainSpec>, domain: &str) -> Result<Option<Name>, Stop> {
        match spec {
            Some(spec) => Ok(self.target(spec, domain)?.as_deref().and_then(labels)),
            None => Ok(labels(domain)),
        }
    }

    fn facts<'f>(&'f self, domain: &'f str, validated: Option<&'f str>) -> Facts<'f> {
        let (ip, local, origin, helo, receiver, now) = (self.ip, self.local, self.origin, self.helo, self.receiver, self.case.evidence.at);
        Facts { ip, local, origin, domain, helo, validated, receiver, now }
    }

    /// The macro `p`: the domain itself if it is among the validated names, else one below it, else any.
    fn validated_name(&mut self, domain: &str) -> Result<Option<String>, Stop> {
        let found = self.validated(false)?;
        let own = labels(domain);
        let is = |test: &dyn Fn(&Name, &Name) -> bool| own.as_ref().and_then(|own| found.iter().find(|name| test(own, name)));
        Ok(is(&|own, name| own == name).or_else(|| is(&Name::zone_of)).or(found.first()).map(plain))
    }

    /// The text behind `exp=`. Whatever goes wrong with it, the result stays what it is (RFC 7208 6.2).
    fn explain(&mut self, domain: &str, spec: &DomainSpec) -> Result<Option<String>, Missing> {
        match self.explanation(domain, spec) {
            Ok(text) => Ok(text),
            Err(Stop::Missing(missing)) => Err(missing),
            Err(_) => Ok(None),
        }
    }

    fn explanation(&mut self, domain: &str, spec: &DomainSpec) -> Result<Option<String>, Stop> {
        let Some(name) = self.target(spec, domain)?.as_deref().and_then(labels) else { return Ok(None) };
        let answer = self.ask(&name, RecordType::TXT)?;
        let texts = answer.texts(&name);
        let [one] = texts.as_slice() else { return Ok(None) };
        let Some(text) = std::str::from_utf8(one).ok().and_then(DomainSpec::parse_explanation) else { return Ok(None) };
        let validated = if names(&text, 'p') { self.validated_name(domain)? } else { None };
        Ok(expand(&text, &self.facts(domain, validated.as_deref())).ok())
    }
}

fn addresses(answer: &Answer, name: &Name, kind: RecordType) -> impl Iterator<Item = IpAddr> {
    let found: Vec<IpAddr> = answer.records(name, kind).into_iter().filter_map(|record| record.data.ip_addr()).collect();
    found.into_iter()
}

/// Whether the first `prefix` bits agree; addresses of different families never do.
fn within(address: IpAddr, network: IpAddr, prefix: u8) -> bool {
    let shift = |width: u32| width.saturating_sub(u32::from(prefix));
    match (address, network) {
        (IpAddr::V4(one), IpAddr::V4(other)) => (one.to_bits() ^ other.to_bits()).checked_shr(shift(32)).unwrap_or(0) == 0,
        (IpAddr::V6(one), IpAddr::V6(other)) => (one.to_bits() ^ other.to_bits()).checked_shr(shift(128)).unwrap_or(0) == 0,
        _ => false,
    }
}
