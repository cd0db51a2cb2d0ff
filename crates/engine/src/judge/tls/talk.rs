//! Talking with one TLS server by hellos: what is offered, and whether the server agrees.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use formats::evidence::{End, Failure, Missing, Opening, Reply};
use formats::tls::{
    Alert, CERTIFICATE, Codes, GROUPS, Group, Hello, KeyExchange, SCHEMES, SERVER_HELLO, SERVER_KEY_EXCHANGE, ServerHello, Suite, Version,
    certificates, messages, weak_hash,
};

use super::super::case::Case;
use super::known;

/// Hellos that go unanswered before no more are sent.
const PATIENCE: usize = 2;

/// What a hello offers besides its version and the server's name.
#[derive(Clone, Debug)]
pub(super) struct Offer {
    pub version: Version,
    pub suites: Vec<Suite>,
    pub groups: Vec<u16>,
    pub schemes: Vec<u16>,
    pub certificates: bool,
    /// Whether its suites alone can be the cause when it is refused.
    full: bool,
}

impl Offer {
    /// `suites` with everything else `version` knows, so that only they can be refused.
    pub fn of(version: Version, suites: Vec<Suite>) -> Self {
        let known = |group: &&Group| if version == Version::Tls13 { group.is_13() } else { group.code < 512 && !(31..=33).contains(&group.code) };
        let groups = if version == Version::Ssl3 { Vec::new() } else { GROUPS.iter().filter(known).map(|group| group.code).collect() };
        let schemes = if version >= Version::Tls12 { strong_first() } else { Vec::new() };
        Self { version, suites, groups, schemes, certificates: false, full: true }
    }

    /// Every suite of `version`, the strong ones first.
    pub fn everything(version: Version) -> Self {
        let suites = known(version).iter().map(|(suite, _)| *suite).collect();
        Self::of(version, suites)
    }

    /// The same with other groups.
    pub fn groups(self, groups: Vec<u16>) -> Self {
        Self { groups, full: false, ..self }
    }

    /// The same, and the certificates are kept.
    pub fn with_certificates(self) -> Self {
        Self { certificates: true, ..self }
    }

    /// The same with other signature schemes.
    pub fn schemes(self, schemes: Vec<u16>) -> Self {
        Self { schemes, full: false, ..self }
    }
}

/// Every signature scheme, those with weak hashes last.
fn strong_first() -> Vec<u16> {
    let mut schemes: Vec<u16> = SCHEMES.iter().map(|(code, _)| *code).collect();
    schemes.sort_by_key(|code| weak_hash(*code).is_some());
    schemes
}

/// What a server agreed to.
#[derive(Clone, Debug)]
pub(super) struct Agreed {
    pub version: Version,
    pub suite: Suite,
    /// The group of TLS 1.3.
    pub group: Option<u16>,
    /// The key exchange up to TLS 1.2, where there is one.
    pub exchange: Option<KeyExchange>,
    /// Certificates (DER), where they were asked for.
    pub chain: Vec<Vec<u8>>,
}

/// How a hello was answered.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    Agreed(Box<Agreed>),
    Refused,
    /// Nobody knows.
    Unknown,
}

impl Answer {
    /// What was agreed to, if anything was.
    pub fn agreed(self) -> Option<Agreed> {
        match self {
            Self::Agreed(agreed) => Some(*agreed),
            Self::Refused | Self::Unknown => None,
        }
    }
}

/// A talk with the server called `name` at `address`.
pub(super) struct Talk<'a> {
    case: &'a Case<'a>,
    pub address: SocketAddr,
    pub name: String,
    /// What is said before each hello.
    pub opening: Opening,
    /// Suites that were refused together with everything else a version knows: they need not be offered again.
    refused: BTreeMap<Version, BTreeSet<u16>>,
    /// Whether a connection was broken off since the last [`Talk::confirm`].
    broken: bool,
    silences: usize,
    /// What could not be learnt, and why: the first time.
    pub open: Option<(Version, Failure)>,
    /// How the first refusal was put.
    pub first_refusal: Option<String>,
    /// Every key exchange seen.
    pub exchanges: Vec<(Suite, KeyExchange)>,
}

impl<'a> Talk<'a> {
    /// Nothing was said yet.
    pub fn new(case: &'a Case<'a>, address: SocketAddr, name: String, opening: Opening) -> Self {
        Self {
            case,
            address,
            name,
            opening,
            refused: BTreeMap::new(),
            broken: false,
            silences: 0,
            open: None,
            first_refusal: None,
            exchanges: Vec::new(),
        }
    }

    /// Whether only what may be a fault is asked for: a mail server serves many domains, each of which asks it, and a hello costs it
    /// a conversation. What is good besides is then not listed.
    pub fn is_brief(&self) -> bool {
        self.opening == Opening::Smtp
    }

    /// `openssl s_client` as a command, with further options.
    pub fn command(&self, options: &str) -> String {
        super::command(&self.name, &self.address.to_string(), &[if self.is_brief() { "-starttls smtp" } else { "" }, options])
    }

    /// The answer to `offer` as it came.
    pub fn reply(&self, offer: &Offer) -> Result<Result<&'a Reply, Failure>, Missing> {
        let hello = Hello {
            version: offer.version,
            name: if offer.version == Version::Ssl3 { String::new() } else { self.name.clone() },
            suites: Codes(offer.suites.iter().map(|suite| suite.code).collect()),
            groups: Codes(offer.groups.clone()),
            schemes: Codes(offer.schemes.clone()),
            shares: Vec::new(),
        };
        self.case.greeted(self.address, hello, offer.certificates, self.opening)
    }

    /// Whether the server agrees to `offer`; what it refused before is left out, and without a packet where nothing else is left.
    pub fn ask(&mut self, mut offer: Offer) -> Result<Answer, Missing> {
        if let Some(refused) = self.refused.get(&offer.version) {
            offer.suites.retain(|suite| !refused.contains(&suite.code));
        }
        if offer.suites.is_empty() {
            return Ok(Answer::Refused);
        }
        if self.silences >= PATIENCE {
            return Ok(Answer::Unknown);
        }
        let answer = match self.reply(&offer)? {
            Ok(reply) => self.understood(reply, offer.version),
            Err(failure) => self.unanswered(offer.version, failure),
        };
        match &answer {
            Answer::Agreed(agreed) => self.exchanges.extend(agreed.exchange.map(|exchange| (agreed.suite, exchange))),
            Answer::Refused if offer.full => self.refused.entry(offer.version).or_default().extend(offer.suites.iter().map(|suite| suite.code)),
            Answer::Refused | Answer::Unknown => {}
        }
        Ok(answer)
    }

    fn unanswered(&mut self, version: Version, failure: Failure) -> Answer {
        self.silences += 1;
        self.open.get_or_insert((version, failure));
        Answer::Unknown
    }

    fn understood(&mut self, reply: &Reply, asked: Version) -> Answer {
        if let Some(agreed) = agreed(reply) {
            return Answer::Agreed(Box::new(agreed));
        }
        match reply.end {
            End::Alert => {
                let alert = Alert(reply.alert.unwrap_or_default()).name();
                self.first_refusal.get_or_insert(alert);
                Answer::Refused
            }
            End::Broken | End::Foreign => {
                self.broken = true;
                self.first_refusal.get_or_insert(if reply.end == End::Broken { "connection closed" } else { "no TLS" }.to_owned());
                Answer::Refused
            }
            End::Cut => self.unanswered(asked, Failure::Timeout),
            End::Whole => self.unanswered(asked, Failure::Malformed(String::new())),
        }
    }

    /// A connection that was broken off says no only where a good hello still says yes: one more of these, told apart from the others
    /// by naming its suite `times` over.
    pub fn confirm(&mut self, good: &Agreed, times: usize) -> Result<(), Missing> {
        if std::mem::take(&mut self.broken) {
            let answer = self.ask(Offer::of(good.version, vec![good.suite; times]))?;
            if let Answer::Refused = answer {
                self.unanswered(good.version, Failure::Unreachable("connection closed".to_owned()));
            }
        }
        Ok(())
    }
}

/// What the messages of a reply agree to, if they do.
fn agreed(reply: &Reply) -> Option<Agreed> {
    let messages = messages(&reply.messages.0);
    let find = |kind: u8| messages.iter().find(|message| message.kind == kind).map(|message| message.body.as_slice());
    let hello = ServerHello::read(find(SERVER_HELLO)?)?;
    let (version, suite) = (hello.agreed()?, Suite::of(hello.suite)?);
    Some(Agreed {
        version,
        suite,
        group: hello.group,
        exchange: find(SERVER_KEY_EXCHANGE).and_then(|body| KeyExchange::read(body, version, suite)),
        chain: find(CERTIFICATE).and_then(certificates).unwrap_or_default(),
    })
}
