//! What one check of one target gave: the state, why, what to do about it, and the raw evidence beneath.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use crate::reasons::Why;

/// Declares an enum whose members have one stable spelling for storage, files and addresses.
macro_rules! spelled {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident => $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every member, in the order people read them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable spelling.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The member spelled `text`, if there is one.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

spelled! {
    /// A measurement that exists today, spelled as requirements name it.
    Check {
        Spf => "spf",
        Dmarc => "dmarc",
        Mx => "mx",
        Dnssec => "dnssec",
        HttpsCertificate => "https-certificate",
        HttpsExpiry => "https-expiry",
        DomainSuffix => "domain-suffix",
    }
}

spelled! {
    /// What the evidence says under a rule: five states, never a boolean.
    State {
        Met => "met",
        NotMet => "not-met",
        NotApplicable => "not-applicable",
        /// Says why; leaves the denominator and is shown.
        CouldNotMeasure => "could-not-measure",
        /// Older than the rule allows. Probes never produce it: whoever stores observations does.
        Stale => "stale",
    }
}

/// A sentence in both languages of the product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    pub ja: String,
    pub en: String,
}

impl Text {
    /// A text of two sentences.
    pub fn new(ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self { ja: ja.into(), en: en.into() }
    }

    /// Something that reads the same in both languages, such as a record.
    pub fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { ja: text.clone(), en: text }
    }
}

/// Why a state was given: a stable code, the data that go with it, and the sentence filled with them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Stable code, see [`Why::code`].
    pub code: String,
    /// Named values, for example `host` or `days`.
    pub data: BTreeMap<String, String>,
    pub text: Text,
}

impl Reason {
    /// The reason `why` with its placeholders filled from `data`.
    pub fn new(why: Why, data: &[(&str, &str)]) -> Self {
        let fill = |sentence: &str| data.iter().fold(sentence.to_owned(), |done, (key, value)| done.replace(&format!("{{{key}}}"), value));
        Self {
            code: why.code().to_owned(),
            data: data.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            text: Text::new(fill(why.ja()), fill(why.en())),
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
    /// False before the rule's effective date: the state is a warning and counts for nothing yet.
    pub in_force: bool,
}

/// One measured fact with what is needed to act on it and to judge it again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// The domain asked about, lower case ASCII (A-labels), no trailing dot.
    pub target: String,
    pub check: Check,
    pub state: State,
    pub reason: Reason,
    /// Smaller remarks that did not decide the state.
    pub notes: Vec<Reason>,
    /// Short value for a table cell, for example `p=reject`.
    pub value: String,
    /// What was seen.
    pub observed: Text,
    /// What the rule asks for.
    pub expected: Text,
    /// The line to publish or configure, filled with the real domain; empty when nothing is to be done.
    pub remedy: String,
    /// Who acts.
    pub who: Text,
    /// A command line that repeats the measurement.
    pub command: String,
    /// Queries and answers in presentation format, times in milliseconds, certificates: bounded in size.
    pub evidence: serde_json::Value,
    pub rule: RuleRef,
    /// Name of the place the measurement was made from.
    pub vantage: String,
    /// Unix seconds.
    pub at: i64,
    /// Versions of the lists used, for example `allowed-suffixes` → `2026-04`.
    pub lists: BTreeMap<String, String>,
}

/// What a check concluded, before target, rule and vantage are added.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    pub state: State,
    pub reason: Reason,
    pub notes: Vec<Reason>,
    pub value: String,
    pub observed: Text,
    pub expected: Text,
    pub remedy: String,
    pub command: String,
    pub evidence: serde_json::Value,
}

impl Judged {
    /// A conclusion that has only a state and a reason so far.
    pub fn new(state: State, why: Why, data: &[(&str, &str)]) -> Self {
        Self {
            state,
            reason: Reason::new(why, data),
            notes: Vec::new(),
            value: String::new(),
            observed: Text::default(),
            expected: Text::default(),
            remedy: String::new(),
            command: String::new(),
            evidence: serde_json::Value::Null,
        }
    }

    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    pub fn observed(mut self, observed: Text) -> Self {
        self.observed = observed;
        self
    }

    pub fn expected(mut self, ja: &str, en: &str) -> Self {
        self.expected = Text::new(ja, en);
        self
    }

    pub fn remedy(mut self, line: impl Into<String>) -> Self {
        self.remedy = line.into();
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
