//! Asks what a judge wants to know, within a budget, and keeps the answers.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex};

use formats::evidence::{Evidence, Exchange, Failure, Heard, Missing, Opening, Question, Target, refused};
use formats::tls::Hello;
use tokio::time::Instant;

use crate::dns::{Client, ToServer};
use crate::hello;
use crate::http;
use crate::smtp;
use crate::target::{Budget, Vantage};
use crate::tls;

/// Seconds after which keys of the root and of top-level zones are asked for again: shorter than any key stays published.
const REMEMBERED: i64 = 3_600;

/// A place to ask from, with its budget and what it remembers of the root and the top-level zones. It may be kept; nothing of a
/// target is remembered between calls, because that changes when somebody repairs it.
pub struct Prober {
    vantage: Vantage,
    budget: Budget,
    ids: AtomicU64,
    above: Mutex<HashMap<Question, (i64, Exchange)>>,
    cancel: Arc<AtomicBool>,
}

impl Prober {
    /// `seed` must be unpredictable outside tests: message ids are drawn from it.
    pub fn new(vantage: Vantage, budget: Budget, seed: u64) -> Self {
        Self { vantage, budget, ids: AtomicU64::new(seed), above: Mutex::default(), cancel: Arc::default() }
    }

    /// Setting it true stops every measurement of this prober at its next question.
    pub fn cancel_flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.cancel)
    }

    /// A visit to `target` at `now` (Unix seconds): nothing is asked yet.
    pub fn visit(&self, target: &Target, now: i64) -> Visit<'_> {
        Visit {
            evidence: Evidence::new(self.vantage.place(&self.budget), target.clone(), now),
            client: Client::new(&self.vantage, self.budget, &self.ids, &self.cancel),
            prober: self,
            connections: 0,
            hellos: HashMap::new(),
            mail_hellos: 0,
            pages: HashMap::new(),
            octets: 0,
        }
    }

    fn remembered(&self, question: &Question, now: i64) -> Option<Exchange> {
        let above = self.above.lock().unwrap_or_else(|poison| poison.into_inner());
        above.get(question).filter(|(at, _)| (0..REMEMBERED).contains(&(now - at))).map(|(_, exchange)| exchange.clone())
    }
}

/// Whether a question is about the keys of the root or of a top-level zone.
fn is_above(question: &Question) -> bool {
    matches!(question, Question::Dns { name, kind, signed: true } if !name.contains('.') && (kind == "DNSKEY" || kind == "DS"))
}

/// Everything asked about one target, once each and within its budget.
pub struct Visit<'a> {
    evidence: Evidence,
    client: Client<'a>,
    prober: &'a Prober,
    connections: usize,
    /// ClientHellos sent so far.
    hellos: HashMap<SocketAddr, usize>,
    /// Those of them that mail servers were sent, all servers together.
    mail_hellos: usize,
    /// Pages asked so far, by host.
    pages: HashMap<String, usize>,
    /// Octets of pages kept so far.
    octets: usize,
}

impl Visit<'_> {
    /// Asks whatever `conclude` finds missing, until it concludes.
    pub async fn settle<T>(&mut self, conclude: impl Fn(&Evidence) -> Result<T, Missing>) -> T {
        loop {
            self.evidence.begin();
            let missing = match conclude(&self.evidence) {
                Ok(concluded) => return concluded,
                Err(missing) => missing,
            };
            let question = missing.question().clone();
            let exchange = self.ask(&question).await;
            self.evidence.keep(exchange);
        }
    }

    /// The last conclusion rests on signatures that verify: what it read of the root and of a top-level zone need not be asked
    /// again for the next target. Never called for anything else, or one forged answer would speak for a whole hour.
    pub fn vouch(&self) {
        let mut above = self.prober.above.lock().unwrap_or_else(|poison| poison.into_inner());
        for exchange in self.evidence.used().exchanges.into_iter().filter(|exchange| is_above(&exchange.question)) {
            let fresh = above.get(&exchange.question).is_some_and(|(at, _)| (0..REMEMBERED).contains(&(self.evidence.at - at)));
            if !fresh {
                above.insert(exchange.question.clone(), (self.evidence.at, exchange));
            }
        }
    }

    /// What was heard so far.
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// Why nobody asks anything of `address`, if nobody may; `spent`: because of the budget.
    fn forbidden(&self, address: SocketAddr, spent: bool) -> Option<Failure> {
        let vantage = &self.prober.vantage;
        if let Some(kind) = refused(address.ip()).filter(|_| !vantage.allow_private) {
            return Some(Failure::Forbidden(kind.to_owned()));
        }
        if address.is_ipv6() && !vantage.ipv6 {
            return Some(Failure::NoRoute("IPv6 is switched off here".into()));
        }
        spent.then_some(Failure::BudgetSpent)
    }

    /// Waits until it is polite to make another connection.
    async fn pause(&self) {
        let pause = self.prober.vantage.pause;
        if self.connections + self.hellos.len() > 0 && !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
    }

    /// Whether `question` would go beyond the budget.
    fn is_spent(&self, question: &Question) -> bool {
        let budget = &self.prober.budget;
        let pages = match question {
            Question::Http { name, .. } => self.pages.get(name).copied().unwrap_or_default(),
            _ => 0,
        };
        self.connections >= budget.max_connections_per_domain || pages >= budget.max_pages_per_host
    }

    /// Counts the connection that `question` needs, and waits until it is polite to make it.
    async fn count(&mut self, question: &Question) {
        self.pause().await;
        self.connections += 1;
        if let Question::Http { name, .. } = question {
            *self.pages.entry(name.clone()).or_default() += 1;
        }
    }

    async fn connect(&self, question: &Question, now: i64) -> Heard {
        let limit = self.prober.vantage.connect_timeout;
        // A server that answers everything with a large page must not fill the evidence with it.
        let most = self.prober.budget.max_octets_per_domain.saturating_sub(self.octets).max(http::LEAST);
        match question {
            Question::Tls { address, name } => tls::handshake(*address, name, limit, now).await,
            Question::Http { address, name, tls, path } => {
                http::fetch(&http::Asked { socket: *address, name, tls: *tls, path, most }, limit, now).await
            }
            Question::Smtp { address, name } => smtp::converse(*address, name, limit, now).await,
            Question::Dns { .. } | Question::Server { .. } | Question::Hello { .. } => {
                Heard::Failure(Failure::Malformed("not asked over such a connection".into()))
            }
        }
    }

    /// Sends the server at `address` a hello, when the budget still allows it.
    async fn greet(&mut self, address: SocketAddr, offer: &Hello, certificates: bool, opening: Opening) -> Heard {
        let budget = self.prober.budget;
        let sent = self.hellos.get(&address).copied().unwrap_or(0);
        let mail = opening == Opening::Smtp;
        let spent = sent >= budget.max_hellos_per_endpoint || (mail && self.mail_hellos >= budget.max_mail_hellos_per_domain);
        if let Some(failure) = self.forbidden(address, spent) {
            return Heard::Failure(failure);
        }
        self.pause().await;
        self.hellos.insert(address, sent + 1);
        self.mail_hellos += usize::from(mail);
        let random = self.client.random();
        hello::greet(address, &hello::Greeting { offer, random, certificates, opening }, self.prober.vantage.connect_timeout).await
    }

    async fn ask(&mut self, question: &Question) -> Exchange {
        let now = self.evidence.at;
        if let Some(known) = self.prober.remembered(question, now) {
            return known;
        }
        let (begin, mut tried) = (Instant::now(), Vec::new());
        let heard = match question {
            Question::Dns { name, kind, signed } => self.client.ask(name, kind, *signed, &mut tried).await,
            Question::Server { address, name, kind, signed, tcp } => match self.forbidden(*address, false) {
                Some(failure) => Heard::Failure(failure),
                None => {
                    let question = ToServer { server: *address, name, kind, signed: *signed, tcp: *tcp };
                    self.client.ask_server(&question, &mut tried).await
                }
            },
            _ if self.client.cancelled() => Heard::Failure(Failure::Cancelled),
            Question::Hello { address, hello, certificates, opening } => self.greet(*address, hello, *certificates, *opening).await,
            Question::Tls { address, .. } | Question::Http { address, .. } | Question::Smtp { address, .. } => {
                match self.forbidden(*address, self.is_spent(question)) {
                    Some(failure) => Heard::Failure(failure),
                    None => {
                        self.count(question).await;
                        let heard = self.connect(question, now).await;
                        if let Heard::Response(response) = &heard {
                            self.octets += response.body.0.len();
                        }
                        heard
                    }
                }
            }
        };
        let ms = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
        Exchange { question: question.clone(), heard, ms, tried }
    }
}
