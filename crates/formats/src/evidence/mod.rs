//! What was asked of the outside and what was heard: enough to judge it now, and to judge it again under other rules.
//!
//! A probe fills [`Evidence`]; a judge reads it with [`Evidence::heard`] and is told what is still missing. Nothing here asks anybody.
//! Begin at [`Evidence`].

mod address;
mod octets;
mod question;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

pub use address::refused;
pub use octets::Octets;
pub use question::{Exchange, Failure, Handshake, Heard, Question, Response};

crate::spelled! {
    /// A measurement that exists today. A requirement names the checks that may serve as its evidence.
    Check {
        Spf => "spf",
        Dmarc => "dmarc",
        Mx => "mx",
        Dnssec => "dnssec",
        HttpsCertificate => "https-certificate",
        HttpsExpiry => "https-expiry",
        DomainSuffix => "domain-suffix",
        MtaSts => "mta-sts",
        TlsRpt => "tls-rpt",
        Caa => "caa",
    }
}

crate::spelled! {
    /// What evidence says under a rule (実測の判定): five states, never a boolean.
    Verdict {
        Met => "met",
        NotMet => "not-met",
        NotApplicable => "not-applicable",
        /// Says why; leaves the denominator and is shown.
        CouldNotMeasure => "could-not-measure",
        /// Older than the rule allows. No judge gives it: whoever stores observations does.
        Stale => "stale",
    }
}

/// The suffix policy a target is measured against: data, with a version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowed {
    /// For example `go.jp`, `lg.jp`; U-labels, case and a trailing dot do not matter.
    pub suffixes: Vec<String>,
    /// Version or date of the list.
    pub version: String,
}

/// A domain of the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// Domain name, ASCII or U-labels.
    pub domain: String,
    /// Whether the register has a web server at this name: then a missing HTTPS service is a fault.
    pub web_server: bool,
    pub allow: Allowed,
}

impl Target {
    /// A target with a registered web server and no suffix policy.
    pub fn new(domain: impl Into<String>) -> Self {
        Self { domain: domain.into(), web_server: true, allow: Allowed::default() }
    }
}

/// Which authorities certificates must lead to.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Roots {
    /// The Mozilla list compiled in.
    #[default]
    Webpki,
    /// Given certificates (DER), for a testbed or an internal authority.
    Der(Vec<Octets>),
}

/// The DNS root's key-signing keys of 2017 and 2024, as IANA publishes them (root-anchors.xml): what DNSSEC trust starts from.
pub const ROOT_ANCHORS: [&str; 2] = [
    "20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
    "38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16",
];

/// The place measured from, as far as it matters to what the answers mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its name.
    pub vantage: String,
    /// Recursive resolvers as `address:port`, for the commands that repeat a measurement.
    pub resolvers: Vec<String>,
    /// TCP port of HTTPS: 443, or a testbed's.
    pub https_port: u16,
    /// TCP port of plain HTTP: 80, or a testbed's.
    #[serde(default = "plain_http")]
    pub http_port: u16,
    /// Whether loopback and private addresses may be asked: only testbeds set it.
    pub allow_private: bool,
    /// Addresses of one name that are tried at most.
    pub max_connections: usize,
    pub roots: Roots,
    /// DS records of the DNS root's key, `key-tag algorithm digest-type hex-digest`.
    pub anchors: Vec<String>,
}

/// The port of evidence that was kept before plain HTTP was asked.
fn plain_http() -> u16 {
    80
}

/// Everything heard about one target from one place at one time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Unix seconds.
    pub at: i64,
    pub place: Place,
    pub target: Target,
    pub exchanges: Vec<Exchange>,
    #[serde(skip)]
    index: BTreeMap<Question, usize>,
    #[serde(skip)]
    used: Used,
}

/// Which exchanges were read since [`Evidence::begin`]: no part of the evidence, so that equal evidence is equal whoever read it.
#[derive(Debug, Default)]
struct Used(Mutex<BTreeSet<usize>>);

impl Used {
    fn with<T>(&self, act: impl FnOnce(&mut BTreeSet<usize>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(|poison| poison.into_inner()))
    }
}

impl Clone for Used {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for Used {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// What a judge would have to know besides. Only [`Evidence::heard`] makes one, so it is never something already asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing(Question);

impl Missing {
    /// The question to ask.
    pub fn question(&self) -> &Question {
        &self.0
    }
}

impl Evidence {
    /// Nothing heard yet.
    pub fn new(place: Place, target: Target, at: i64) -> Self {
        Self { at, place, target, exchanges: Vec::new(), index: BTreeMap::new(), used: Used::default() }
    }

    /// Evidence that was kept, ready to be read.
    ///
    /// # Errors
    /// What is not evidence of this shape.
    pub fn read(text: &str) -> Result<Self, serde_json::Error> {
        let mut read: Self = serde_json::from_str(text)?;
        for (at, exchange) in read.exchanges.iter().enumerate() {
            read.index.entry(exchange.question.clone()).or_insert(at);
        }
        Ok(read)
    }

    /// Keeps what was heard. A question that was answered before keeps its first answer.
    pub fn keep(&mut self, exchange: Exchange) {
        self.index.entry(exchange.question.clone()).or_insert(self.exchanges.len());
        self.exchanges.push(exchange);
    }

    /// The answer to `question`.
    ///
    /// # Errors
    /// Nobody asked yet.
    pub fn heard(&self, question: Question) -> Result<&Exchange, Missing> {
        match self.index.get(&question).and_then(|at| Some((*at, self.exchanges.get(*at)?))) {
            Some((at, exchange)) => {
                self.used.with(|used| used.insert(at));
                Ok(exchange)
            }
            None => Err(Missing(question)),
        }
    }

    /// Forgets what was read so far; [`Evidence::used`] then tells of what is read from now on.
    pub fn begin(&self) {
        self.used.with(BTreeSet::clear);
    }

    /// The part that was read since [`Evidence::begin`].
    pub fn used(&self) -> Self {
        let mut part = Self::new(self.place.clone(), self.target.clone(), self.at);
        for exchange in self.used.with(|used| used.clone()).into_iter().filter_map(|at| self.exchanges.get(at)) {
            part.keep(exchange.clone());
        }
        part
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(name: &str) -> Question {
        Question::Dns { name: name.to_owned(), kind: "TXT".to_owned(), signed: false }
    }

    fn evidence() -> Evidence {
        let place = Place {
            vantage: "test".into(),
            resolvers: Vec::new(),
            https_port: 443,
            http_port: 80,
            allow_private: false,
            max_connections: 2,
            roots: Roots::Der(vec![Octets(vec![1, 2, 255])]),
            anchors: Vec::new(),
        };
        let mut evidence = Evidence::new(place, Target::new("a.example"), 7);
        for name in ["a.example", "b.example", "c.example"] {
            let heard = Heard::Message { rcode: "NOERROR".into(), answer: vec![name.into()], authority: Vec::new(), wire: Octets(vec![0; 3]) };
            evidence.keep(Exchange { question: question(name), heard, ms: 1, tried: Vec::new() });
        }
        evidence
    }

    #[test]
    fn only_what_was_not_heard_is_missing() {
        let evidence = evidence();
        assert_eq!(evidence.heard(question("d.example")).unwrap_err().question(), &question("d.example"));
        assert!(evidence.heard(question("b.example")).is_ok());
    }

    #[test]
    fn what_is_kept_reads_the_same_and_holds_only_what_was_used() {
        let evidence = evidence();
        let _ = evidence.heard(question("a.example"));
        evidence.begin();
        let _ = evidence.heard(question("c.example"));
        let part = evidence.used();
        assert_eq!(part.exchanges.len(), 1);
        let again = Evidence::read(&serde_json::to_string(&part).unwrap()).unwrap();
        assert_eq!(again, part);
        assert!(again.heard(question("c.example")).is_ok() && again.heard(question("a.example")).is_err());
    }
}
