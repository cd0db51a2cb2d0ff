//! What a check concluded: the verdict, why, and what to do about it.

use std::collections::BTreeMap;

use formats::evidence::{Check, Evidence, Verdict};
use serde::{Deserialize, Serialize};

use super::reasons::Why;
use crate::words::Words;

/// Why a verdict was given: a stable code, the data that go with it, and the sentence filled with them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Stable code, see [`Why::code`].
    pub code: String,
    /// Named values, for example `host` or `days`.
    pub data: BTreeMap<String, String>,
    pub text: Words,
}

impl Reason {
    /// The reason `why` with its placeholders filled from `data`.
    pub fn new(why: Why, data: &[(&str, &str)]) -> Self {
        let fill = |sentence: &str| data.iter().fold(sentence.to_owned(), |done, (key, value)| done.replace(&format!("{{{key}}}"), value));
        Self {
            code: why.code().to_owned(),
            data: data.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            text: Words::new(fill(why.ja()), fill(why.en())),
        }
    }
}

/// The rule an observation was judged by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleRef {
    pub id: String,
    pub version: String,
    /// RFC and section.
    pub clause: String,
    /// False before the rule's effective date: the verdict is a warning and counts for nothing yet.
    pub in_force: bool,
}

impl RuleRef {
    /// Where no rule speaks of `check`.
    pub(super) fn none(check: Check) -> Self {
        Self { id: check.as_str().to_owned(), version: String::new(), clause: String::new(), in_force: false }
    }
}

/// One judged check with what is needed to act on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    pub check: Check,
    pub verdict: Verdict,
    pub reason: Reason,
    /// Smaller remarks that did not decide the verdict.
    pub notes: Vec<Reason>,
    /// Short value for a table cell, for example `p=reject`.
    pub value: String,
    /// What was seen.
    pub observed: Words,
    /// What the rule asks for.
    pub expected: Words,
    /// The line to publish or configure, filled with the real domain; empty when nothing is to be done.
    pub remedy: String,
    /// Who acts.
    pub who: Words,
    /// A command line that repeats the measurement.
    pub command: String,
    pub rule: RuleRef,
    /// Versions of the lists used, for example `allowed-suffixes` → `2026-04`.
    pub lists: BTreeMap<String, String>,
}

impl Judgement {
    /// The conclusion with its rule and lists.
    pub(super) fn new(judged: Judged, check: Check, rule: RuleRef, evidence: &Evidence) -> Self {
        let list = match check {
            Check::DomainSuffix => Some(("allowed-suffixes", evidence.target.allow.version.clone())),
            Check::HttpsCertificate | Check::CertificateChain | Check::MailCertificate => {
                Some(("trusted-roots", super::certificate::roots_version(&evidence.place.roots)))
            }
            Check::Dmarc => Some(("public-suffix-list", super::dmarc::SUFFIX_LIST.to_owned())),
            Check::Dnssec => Some(("trust-anchors", evidence.place.anchors.join("; "))),
            Check::SoftwareSupport => Some(("end-of-support", super::web::software::version())),
            Check::HttpsRedirect | Check::Hsts | Check::SecurityHeaders | Check::Cookies | Check::SecurityTxt => {
                Some(("public-suffix-list", super::dmarc::SUFFIX_LIST.to_owned()))
            }
            Check::Exposures => Some(("exposure-templates", super::web::exposures::version())),
            _ => None,
        };
        Self {
            check,
            verdict: judged.verdict,
            reason: judged.reason,
            notes: judged.notes,
            value: judged.value,
            observed: judged.observed,
            expected: judged.expected,
            remedy: judged.remedy,
            who: super::who(check),
            command: judged.command,
            rule,
            lists: list.into_iter().map(|(name, version)| (name.to_owned(), version)).collect(),
        }
    }
}

/// Something found, with the data of its sentence.
pub(super) type Finding = (Why, Vec<(&'static str, String)>);

/// What a check concluded, before rule and lists are added.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    pub verdict: Verdict,
    pub reason: Reason,
    pub notes: Vec<Reason>,
    pub value: String,
    pub observed: Words,
    pub expected: Words,
    pub remedy: String,
    pub command: String,
}

impl Judged {
    /// A conclusion that has only a verdict and a reason so far.
    pub fn new(verdict: Verdict, why: Why, data: &[(&str, &str)]) -> Self {
        Self {
            verdict,
            reason: Reason::new(why, data),
            notes: Vec::new(),
            value: String::new(),
            observed: Words::default(),
            expected: Words::default(),
            remedy: String::new(),
            command: String::new(),
        }
    }

    /// Not met for the first of `faults`, which are given worst first, and the others as notes; else met.
    pub fn worst_of(faults: &[Finding], met: &Finding) -> Self {
        let judged =
            |verdict, (why, data): &Finding| Self::new(verdict, *why, &data.iter().map(|(key, value)| (*key, value.as_str())).collect::<Vec<_>>());
        match faults.split_first() {
            None => judged(Verdict::Met, met),
            Some((worst, others)) => judged(Verdict::NotMet, worst).findings(others),
        }
    }

    /// Further notes.
    pub fn findings(mut self, notes: &[Finding]) -> Self {
        for (why, data) in notes {
            self = self.note(*why, &data.iter().map(|(key, value)| (*key, value.as_str())).collect::<Vec<_>>());
        }
        self
    }

    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    pub fn observed(mut self, observed: Words) -> Self {
        self.observed = observed;
        self
    }

    pub fn expected(mut self, ja: &str, en: &str) -> Self {
        self.expected = Words::new(ja, en);
        self
    }

    pub fn remedy(mut self, line: impl Into<String>) -> Self {
        self.remedy = line.into();
        self
    }

    /// The remedy, where one is needed.
    pub fn remedied(self, line: impl FnOnce() -> String) -> Self {
        if self.verdict == Verdict::NotMet { self.remedy(line()) } else { self }
    }

    /// The same, said of `host`: one of several.
    pub fn of_host(mut self, host: &str) -> Self {
        for reason in std::iter::once(&mut self.reason).chain(&mut self.notes) {
            reason.data.insert("host".to_owned(), host.to_owned());
            reason.text = Words::new(format!("{host}: {}", reason.text.ja), format!("{host}: {}", reason.text.en));
        }
        self
    }

    pub fn command(mut self, line: impl Into<String>) -> Self {
        self.command = line.into();
        self
    }

    pub fn note(mut self, why: Why, data: &[(&str, &str)]) -> Self {
        self.notes.push(Reason::new(why, data));
        self
    }
}
