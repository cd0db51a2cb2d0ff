//! The checks of TLS itself: which versions, suites and groups a server accepts, and every certificate it shows.
//!
//! `survey` decides what is asked, `talk` asks it; the checks here only read what was heard under the rules. Whoever sees no TLS server
//! leaves the complaint to the certificate check. `mail` asks the same of mail servers, after STARTTLS, and weighs it otherwise.

mod chain;
mod groups;
mod mail;
mod suites;
mod survey;
mod talk;
#[cfg(test)]
mod tests;
mod versions;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::LazyLock;

use formats::dns::plain;
use formats::evidence::{Failure, Missing, Opening, Verdict};
use formats::tls::{Authentication, Suite, Version};
use hickory_proto::rr::Name;

pub(super) use chain::check as check_chain;
pub(super) use groups::check as check_groups;
pub(super) use mail::{Part, check as check_mail};
pub(super) use suites::check as check_suites;
pub(super) use versions::check as check_versions;

use super::case::{Addresses, Case, Open};
use super::https::{Shown, without_server};
use super::judgement::{Finding, Judged};
use super::reasons::Why;
use super::rules::{Rules, TlsLimits, Weakness};
use survey::Versions;
use talk::{Offer, Talk};

/// What is wrong with a suite before any rule: the worst of it.
fn class(suite: Suite) -> Option<Weakness> {
    let cipher = suite.cipher();
    let found = [
        (Weakness::Null, suite.is_null()),
        (Weakness::Anonymous, suite.authentication() == Authentication::Anonymous),
        (Weakness::Export, suite.is_export()),
        (Weakness::Des, cipher.starts_with("DES_")),
        (Weakness::Md5, suite.uses_md5()),
        (Weakness::Rc4, cipher.starts_with("RC4_")),
        (Weakness::SmallBlock, ["3DES_", "IDEA_", "RC2_"].iter().any(|start| cipher.starts_with(start))),
        (Weakness::Static, !suite.has_forward_secrecy()),
        (Weakness::Cbc, !suite.is_authenticated_encryption()),
    ];
    found.into_iter().find_map(|(weakness, fits)| fits.then_some(weakness))
}

/// A suite with the worst that is wrong with it.
type Classed = (Suite, Option<Weakness>);

/// The suites of `version` with what is wrong with each, the strong ones first. Worked out once: it is asked for at every step.
fn known(version: Version) -> &'static [Classed] {
    static KNOWN: LazyLock<BTreeMap<Version, Vec<Classed>>> = LazyLock::new(|| {
        let of = |version: Version| {
            let mut suites: Vec<_> = Suite::all().filter(|suite| suite.serves(version)).map(|suite| (suite, class(suite))).collect();
            suites.sort_by_key(|(_, weakness)| Reverse(weakness.map_or(usize::MAX, |weakness| weakness as usize)));
            (version, suites)
        };
        Version::ALL.iter().copied().map(of).collect()
    });
    KNOWN.get(&version).map_or(&[], Vec::as_slice)
}

/// What counts as a fault, and what is remarked on besides.
#[derive(Clone, Copy)]
struct Measure<'a> {
    must: &'a TlsLimits,
    advised: &'a TlsLimits,
}

impl<'a> Measure<'a> {
    fn web(rules: &'a Rules) -> Self {
        Self { must: &rules.tls, advised: &rules.tls }
    }

    /// What would be a fault of a web server is told of a mail server too.
    fn mail(rules: &'a Rules) -> Self {
        Self { must: &rules.mail_tls, advised: &rules.tls }
    }

    /// Judges by what `faults` finds under either limits.
    fn weigh(&self, met: &Finding, faults: impl Fn(&TlsLimits) -> Vec<Finding>) -> Judged {
        let counted = faults(self.must);
        let tolerated: Vec<Finding> = faults(self.advised).into_iter().filter(|fault| !counted.contains(fault)).collect();
        let judged = Judged::worst_of(&counted, met).findings(&tolerated);
        if tolerated.is_empty() { judged } else { judged.note(Why::MailTlsTolerated, &[]) }
    }
}

/// A server that speaks TLS, or what there is to say without one.
enum Server<'a> {
    Speaks(Box<Talk<'a>>, Versions),
    Judged(Box<Judged>),
}

/// Finds the address that answers, IPv4 first, and the versions it accepts.
fn server<'a>(case: &'a Case<'a>, name: &Name) -> Result<Server<'a>, Missing> {
    let (place, domain) = (&case.evidence.place, plain(name));
    let without = |shown: &Shown<'_>| {
        // The very address that was tried: a name may have several.
        let tried = if let Shown::Nothing(address, _) = shown { address.to_string() } else { format!("{domain}:{}", place.https_port) };
        let command = command(&domain, &tried, &[]);
        Ok(Server::Judged(Box::new(without_server(shown, &case.evidence.target).command(command))))
    };
    let addresses = match case.addresses(name) {
        Ok(Addresses::Found(addresses)) => addresses,
        Ok(Addresses::NoSuchName) => return without(&Shown::NoSuchDomain),
        Err(Open::Missing(missing)) => return Err(missing),
        Err(Open::Unanswered(unanswered)) => return without(&Shown::Unanswered(unanswered)),
    };
    let mut last = Shown::NoAddress;
    for address in addresses.into_iter().take(place.max_connections) {
        let socket = SocketAddr::new(address, place.https_port);
        let mut talk = Talk::new(case, socket, domain.clone(), Opening::Direct);
        match accepted(&mut talk)? {
            Ok(versions) => return Ok(Server::Speaks(Box::new(talk), versions)),
            Err(failure) => last = Shown::Nothing(socket, failure),
        }
    }
    without(&last)
}

/// The versions a server accepts, or why it is none that speaks TLS.
fn accepted(talk: &mut Talk<'_>) -> Result<Result<Versions, Failure>, Missing> {
    if let Err(failure) = talk.reply(&Offer::everything(Version::Tls12))? {
        return Ok(Err(failure));
    }
    let versions = survey::versions(talk)?;
    if !versions.is_empty() {
        return Ok(Ok(versions));
    }
    let refusal = || Failure::NoHandshake(talk.first_refusal.clone().unwrap_or_default());
    Ok(Err(talk.open.as_ref().map_or_else(refusal, |(_, failure)| failure.clone())))
}

/// Where something stayed open, nothing is met: only a fault that was found anyway counts.
fn with_open(judged: Judged, talk: &Talk<'_>) -> Judged {
    let Some((version, failure)) = &talk.open else { return judged };
    let detail = match failure {
        Failure::Timeout => "no answer".to_owned(),
        Failure::BudgetSpent => "budget spent".to_owned(),
        Failure::Cancelled => "cancelled".to_owned(),
        Failure::Malformed(_) => "unreadable answer".to_owned(),
        Failure::Closed => "connection refused".to_owned(),
        Failure::Unreachable(detail)
        | Failure::NoRoute(detail)
        | Failure::NoHandshake(detail)
        | Failure::Rcode(detail)
        | Failure::Forbidden(detail) => detail.clone(),
    };
    let data = [("version", version.name()), ("detail", detail.as_str())];
    if judged.verdict == Verdict::NotMet {
        return judged.note(Why::TlsOpen, &data);
    }
    let mut open = match failure {
        Failure::BudgetSpent => Judged::new(Verdict::CouldNotMeasure, Why::BudgetSpent, &[("question", &talk.address.to_string())]),
        Failure::Cancelled => Judged::new(Verdict::CouldNotMeasure, Why::Cancelled, &[]),
        _ => Judged::new(Verdict::CouldNotMeasure, Why::TlsOpen, &data),
    };
    (open.value, open.observed, open.command) = (judged.value, judged.observed, judged.command);
    open
}

/// `openssl s_client` as a command, with further options.
fn command(domain: &str, address: &str, options: &[&str]) -> String {
    let options: String = options.iter().filter(|option| !option.is_empty()).map(|option| format!(" {option}")).collect();
    format!("openssl s_client -connect {address} -servername {domain}{options} </dev/null")
}

/// A remedy for both servers that are used most.
fn remedy(nginx: &str, apache: &str) -> String {
    format!("{nginx}  # nginx\n{apache}  # Apache")
}

/// The same for mail.
fn postfix(lines: &str) -> String {
    format!("# Postfix, main.cf\n{lines}")
}
