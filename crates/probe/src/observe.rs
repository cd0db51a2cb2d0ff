//! Runs checks against targets, one or many at a time, within a budget.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use hickory_proto::rr::Name;
use serde_json::json;
use tokio::task::JoinSet;

use crate::dns::{Client, Trail};
use crate::dnssec::KnownZones;
use crate::observation::{Check, Judged, Observation, State, Text};
use crate::reasons::Why;
use crate::rules::Rules;
use crate::target::{Budget, Target, Vantage, name_of, plain};
use crate::{dmarc, dnssec, https, mx, spf, suffix};

/// A place to measure from, with its rules, its budget, and the keys of the root and top-level zones it verified.
/// It may be kept: those keys are asked for again after an hour, and nothing of a target is remembered between calls.
pub struct Prober {
    vantage: Vantage,
    rules: Rules,
    budget: Budget,
    ids: AtomicU64,
    zones: KnownZones,
    cancel: Arc<AtomicBool>,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub done: usize,
    pub total: usize,
}

impl Prober {
    /// `seed` must be unpredictable outside tests: message ids are drawn from it.
    pub fn new(vantage: Vantage, rules: Rules, budget: Budget, seed: u64) -> Self {
        Self { vantage, rules, budget, ids: AtomicU64::new(seed), zones: KnownZones::default(), cancel: Arc::default() }
    }

    /// Setting it true stops every measurement of this prober at its next question.
    pub fn cancel_flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.cancel)
    }

    /// Measures `checks` of one target at `now` (Unix seconds), in the order cheapest first; answers come in the order asked for.
    ///
    /// Never fails: what could not be measured says why.
    pub async fn observe(&self, target: &Target, checks: &[Check], now: i64) -> Vec<Observation> {
        let Some(name) = name_of(&target.domain) else {
            let judged = || Judged::new(State::CouldNotMeasure, Why::InvalidDomain, &[("domain", &target.domain)]);
            return checks.iter().map(|check| self.observation(target, target.domain.clone(), *check, judged(), now)).collect();
        };
        let client = Client::new(&self.vantage, self.budget, &self.ids, &self.cancel);
        let mut done: BTreeMap<Check, Observation> = BTreeMap::new();
        let mut connection = None;
        // SPF may need many questions, so it comes last: whatever it leaves unasked is its own.
        use Check::{Dmarc, Dnssec, DomainSuffix, HttpsCertificate, HttpsExpiry, Mx, Spf};
        for check in [DomainSuffix, Mx, HttpsCertificate, HttpsExpiry, Dnssec, Dmarc, Spf] {
            if checks.contains(&check) {
                let judged = self.one(check, target, &name, &client, &mut connection, now).await;
                done.insert(check, self.observation(target, plain(&name), check, judged, now));
            }
        }
        checks.iter().filter_map(|check| done.get(check).cloned()).collect()
    }

    /// Whether `sender` may use its domain, at `now` (Unix seconds); `receiver` is the name of whoever would receive its mail.
    /// The limits are those of RFC 7208; the budget only bounds what a hostile record could cost.
    pub async fn spf(&self, sender: &spf::Sender, receiver: &str, now: i64) -> spf::Evaluation {
        let client = Client::new(&self.vantage, self.budget, &self.ids, &self.cancel);
        spf::evaluate(&mut Trail::new(&client), sender, receiver, now).await
    }

    async fn one(
        &self,
        check: Check,
        target: &Target,
        name: &Name,
        client: &Client<'_>,
        connection: &mut Option<https::Presented>,
        now: i64,
    ) -> Judged {
        let mut trail = Trail::new(client);
        match check {
            Check::DomainSuffix => suffix::check(name, &target.allow),
            Check::Mx => mx::check(&mut trail, name, &self.rules).await,
            Check::Dmarc => dmarc::check(&mut trail, name).await,
            Check::Spf => spf::check(&mut trail, name, &self.rules).await,
            Check::Dnssec => dnssec::check(&mut trail, name, &self.rules, &self.zones, now).await,
            Check::HttpsCertificate | Check::HttpsExpiry => {
                let presented = match connection {
                    Some(presented) => presented,
                    None => connection.insert(https::connect(&mut trail, name, now).await),
                };
                match check {
                    Check::HttpsExpiry => https::check_expiry(presented, target, &self.rules, now),
                    _ => https::check_certificate(presented, target, name, &self.vantage, &self.rules, now),
                }
            }
        }
    }

    fn observation(&self, target: &Target, domain: String, check: Check, judged: Judged, now: i64) -> Observation {
        let rule = self.rules.rule(check).map_or_else(
            || crate::RuleRef { id: check.as_str().to_owned(), version: String::new(), clause: String::new(), in_force: false },
            |rule| rule.reference(now),
        );
        let mut lists = BTreeMap::new();
        match check {
            Check::DomainSuffix => {
                lists.insert("allowed-suffixes".to_owned(), target.allow.version.clone());
            }
            Check::HttpsCertificate => {
                lists.insert("trusted-roots".to_owned(), https::roots_version(&self.vantage.roots));
            }
            Check::Dnssec => {
                lists.insert("trust-anchors".to_owned(), self.vantage.anchors.0.join("; "));
            }
            _ => {}
        }
        let mut judged = judged;
        if judged.evidence.is_null() {
            judged.evidence = json!({});
        }
        Observation {
            target: domain,
            check,
            state: judged.state,
            reason: judged.reason,
            notes: judged.notes,
            value: judged.value,
            observed: judged.observed,
            expected: judged.expected,
            remedy: judged.remedy,
            who: who(check),
            command: judged.command,
            evidence: judged.evidence,
            rule,
            vantage: self.vantage.name.clone(),
            at: now,
            lists,
        }
    }
}

/// Who acts on what a check found.
fn who(check: Check) -> Text {
    match check {
        Check::Spf | Check::Dmarc | Check::Mx => Text::new("メールとDNSの担当者（委託先を含む）", "whoever runs mail and DNS, contractors included"),
        Check::Dnssec => Text::new("DNSの担当者（DNS事業者・ドメイン登録事業者を含む）", "whoever runs the DNS, with the DNS provider and registrar"),
        Check::HttpsCertificate | Check::HttpsExpiry => {
            Text::new("ウェブサーバの担当者（委託先を含む）", "whoever runs the web server, contractors included")
        }
        Check::DomainSuffix => Text::new("情報システムの責任者", "the owner of the information system"),
    }
}

/// Measures one target with a prober of its own. See [`Prober::observe`].
pub async fn observe(target: &Target, checks: &[Check], vantage: &Vantage, rules: &Rules, budget: Budget, now: i64, seed: u64) -> Vec<Observation> {
    Prober::new(vantage.clone(), rules.clone(), budget, seed).observe(target, checks, now).await
}

/// Measures many targets, at most `concurrency` at a time. `progress` gets each target's observations as they come;
/// after the prober's cancel flag is set, targets not yet begun are left out and the rest end at their next question.
/// Returns the observations in the order of `targets`.
pub async fn observe_many(
    prober: Arc<Prober>,
    targets: Vec<Target>,
    checks: Vec<Check>,
    now: i64,
    concurrency: usize,
    mut progress: impl FnMut(Progress, &[Observation]) + Send,
) -> Vec<Observation> {
    let total = targets.len();
    let checks = Arc::new(checks);
    let mut waiting = targets.into_iter().enumerate();
    let mut running = JoinSet::new();
    let mut finished: BTreeMap<usize, Vec<Observation>> = BTreeMap::new();
    loop {
        while running.len() < concurrency.max(1) && !prober.cancel.load(Ordering::Relaxed) {
            let Some((at, target)) = waiting.next() else { break };
            let (prober, checks) = (Arc::clone(&prober), Arc::clone(&checks));
            running.spawn(async move { (at, prober.observe(&target, &checks, now).await) });
        }
        let Some(joined) = running.join_next().await else { break };
        // A task that was aborted from outside leaves its target out, like one never begun.
        if let Ok((at, observations)) = joined {
            progress(Progress { done: finished.len() + 1, total }, &observations);
            finished.insert(at, observations);
        }
    }
    finished.into_values().flatten().collect()
}
