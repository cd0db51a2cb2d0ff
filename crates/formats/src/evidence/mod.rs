//! What was asked of the outside and what was heard: enough to judge it now, and to judge it again under other rules.
//!
//! A probe fills [`Evidence`]; a judge reads it with [`Evidence::heard`] and is told what is still missing. Nothing here asks anybody.
//! Begin at [`Evidence`]; what is kept of it for long lies in a [`pack::Pack`].

mod address;
mod octets;
pub mod pack;
mod question;
mod selector;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

pub use address::refused;
pub use octets::Octets;
pub use question::{End, Exchange, Failure, Handshake, Heard, Opening, Question, Reply, Response, Session};
pub use selector::{Selector, SelectorSource};

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
        StartTls => "starttls",
        Dane => "dane",
        TlsVersions => "tls-versions",
        TlsSuites => "tls-suites",
        TlsGroups => "tls-groups",
        CertificateChain => "certificate-chain",
        HttpsRedirect => "https-redirect",
        Hsts => "hsts",
        SecurityHeaders => "security-headers",
        Cookies => "cookies",
        SecurityTxt => "security-txt",
        SoftwareSupport => "software-support",
        Exposures => "exposures",
        NameServers => "name-servers",
        Ipv6 => "ipv6",
        Ipv6SameContent => "ipv6-same-content",
        Dkim => "dkim",
        MailTlsVersions => "mail-tls-versions",
        MailTlsSuites => "mail-tls-suites",
        MailTlsGroups => "mail-tls-groups",
        MailCertificate => "mail-certificate",
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
    /// DKIM selectors that are known, at most [`Selector::MOST`]; evidence of earlier times has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub selectors: Vec<Selector>,
}

impl Target {
    /// A target with a registered web server and no suffix policy.
    pub fn new(domain: impl Into<String>) -> Self {
        Self { domain: domain.into(), web_server: true, allow: Allowed::default(), selectors: Vec::new() }
    }

    /// The same with these selectors, the most telling ones first.
    #[must_use]
    pub fn with_selectors(mut self, selectors: &[Selector]) -> Self {
        self.selectors = Selector::ranked(selectors);
        self
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
    /// TCP port of mail servers: 25, or a testbed's.
    #[serde(default = "port::smtp")]
    pub smtp_port: u16,
    /// TCP port of plain HTTP: 80, or a testbed's.
    #[serde(default = "port::http")]
    pub http_port: u16,
    /// UDP and TCP port of authoritative name servers: 53, or a testbed's.
    #[serde(default = "port::dns")]
    pub dns_port: u16,
    /// Whether loopback and private addresses may be asked: only testbeds set it.
    pub allow_private: bool,
    /// Addresses of one name that are tried at most.
    pub max_connections: usize,
    pub roots: Roots,
    /// DS records of the DNS root's key, `key-tag algorithm digest-type hex-digest`.
    pub anchors: Vec<String>,
}

impl Place {
    /// A place called `vantage` on the Internet, where every service has its own port.
    pub fn internet(vantage: impl Into<String>) -> Self {
        Self {
            vantage: vantage.into(),
            resolvers: Vec::new(),
            https_port: 443,
            smtp_port: port::smtp(),
            http_port: port::http(),
            dns_port: port::dns(),
            allow_private: false,
            max_connections: 2,
            roots: Roots::Webpki,
            anchors: ROOT_ANCHORS.map(str::to_owned).to_vec(),
        }
    }
}

/// What evidence means that was kept before its place told of a port.
mod port {
    /// RFC 1035 4.2.
    pub fn dns() -> u16 {
        53
    }

    /// RFC 5321 4.5.4.2.
    pub fn smtp() -> u16 {
        25
    }

    /// RFC 9110 4.2.1.
    pub fn http() -> u16 {
        80
    }
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
pub struct Missing(Box<Question>);

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
            None => Err(Missing(Box::new(question))),
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
        let place = Place { roots: Roots::Der(vec![Octets(vec![1, 2, 255])]), ..Place::internet("test") };
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
    fn evidence_kept_before_name_servers_were_asked_is_still_read() {
        let text = serde_json::to_string(&evidence()).unwrap();
        assert!(text.contains(r#""dns_port":53,"#));
        let old = text.replace(r#""dns_port":53,"#, "");
        assert_eq!(Evidence::read(&old).unwrap(), evidence());
    }

    #[test]
    fn hellos_kept_before_there_were_openings_were_sent_at_once() {
        let old = r#"{"ask":"hello","address":"192.0.2.1:443","hello":{"version":"tls1.2","name":"a.example","suites":"c02f","groups":"","schemes":""},"certificates":false}"#;
        let question: Question = serde_json::from_str(old).unwrap();
        let Question::Hello { opening, address, hello, certificates } = question.clone() else { panic!("{question:?}") };
        assert_eq!(opening, Opening::Direct);
        assert_eq!(serde_json::to_string(&question).unwrap(), old);
        // After STARTTLS the same hello is another question.
        let mail = Question::Hello { address, hello, certificates, opening: Opening::Smtp };
        let text = serde_json::to_string(&mail).unwrap();
        assert!(text.ends_with(r#","opening":"smtp"}"#), "{text}");
        assert_eq!(serde_json::from_str::<Question>(&text).unwrap(), mail);
        assert_ne!(mail, question);
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

    #[test]
    fn a_target_of_earlier_times_knows_no_selectors() {
        let old = r#"{"domain":"a.example","web_server":true,"allow":{"suffixes":[],"version":""}}"#;
        assert_eq!(serde_json::from_str::<Target>(old).unwrap(), Target::new("a.example"));
        assert_eq!(serde_json::to_string(&Target::new("a.example")).unwrap(), old);
        let known = Target::new("a.example").with_selectors(&[Selector::reported("s1", 7)]);
        assert_eq!(serde_json::from_str::<Target>(&serde_json::to_string(&known).unwrap()).unwrap(), known);
    }
}
